//! An expense: its paper, its dates, its form of cost, whom and what it was for.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::kinds::{Category, DocumentKind, Nature, PaperKind, Place};
use super::share::Share;
use super::terms::FlatRate;
use crate::id::{ActionId, BudgetLineId, ContractId, DeliveryId, ExpenseId, OperationId, SupplierId};
use crate::money::{Money, MoneyError, Rounding};
use crate::time::Period;

fn euro() -> String {
    Money::CURRENCY.to_owned()
}

/// The paper with its amounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// What it is.
    pub kind: DocumentKind,
    /// Series and number, as printed.
    pub number: String,
    /// Day of issue.
    pub issued_on: NaiveDate,
    /// Without VAT.
    pub net: Money,
    /// VAT.
    pub vat: Money,
    /// With VAT.
    pub gross: Money,
    /// Currency (ISO 4217).
    #[serde(default = "euro")]
    pub currency: String,
}

/// The one form in which a cost is declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "form", rename_all_fields = "snake_case")]
pub enum CostForm {
    /// What was paid.
    Actual,
    /// So many units at a fixed amount.
    Unit {
        /// Units, counted from deliveries or indicators.
        quantity: u32,
        /// Amount of one.
        unit_cost: Money,
    },
    /// A fixed amount for something achieved.
    Lump {
        /// What is achieved.
        milestone: String,
        /// Whether it was.
        achieved: bool,
    },
    /// A percentage of other costs.
    Flat {
        /// Which.
        rate: FlatRate,
        /// Categories on which it is computed.
        base: BTreeSet<Category>,
    },
}

impl CostForm {
    /// Stable name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Actual => "actual",
            Self::Unit { .. } => "unit",
            Self::Lump { .. } => "lump",
            Self::Flat { .. } => "flat",
        }
    }

    /// Whether it is anything but what was paid.
    pub const fn is_simplified(&self) -> bool {
        !matches!(self, Self::Actual)
    }
}

/// The days of an expense, in the order in which they must lie. What has not happened is absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Dates {
    /// Commitment decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub committed: Option<NaiveDate>,
    /// Award decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub awarded: Option<NaiveDate>,
    /// Contract signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contracted: Option<NaiveDate>,
    /// Delivered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivered: Option<NaiveDate>,
    /// Accepted by protocol.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<NaiveDate>,
    /// Incurred, where that is proved to be another day than the document's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incurred: Option<NaiveDate>,
    /// Paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paid: Option<NaiveDate>,
    /// When the work behind a simplified cost was carried out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carried_out: Option<Period>,
}

/// A paper that is there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    /// What it proves.
    pub kind: PaperKind,
    /// Its public number (ΑΔΑ, ΑΔΑΜ) or its own.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub number: String,
    /// SHA-256 of the file, in hexadecimal; empty while only the number is known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub digest: String,
    /// Name of the file.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub file: String,
    /// When the act was posted publicly; absent, nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posted_on: Option<NaiveDate>,
    /// When the act was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_on: Option<NaiveDate>,
    /// Whether somebody looked and found it as it must be: a time-sheet signed, publicity with emblem, fund and logo; absent,
    /// nobody looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sound: Option<bool>,
}

impl Paper {
    /// A paper of which only its kind and its number are known.
    pub const fn of(kind: PaperKind, number: String) -> Self {
        Self {
            kind,
            number,
            digest: String::new(),
            file: String::new(),
            posted_on: None,
            revoked_on: None,
            sound: None,
        }
    }
}

/// A day of a time-sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SheetDay {
    /// The day.
    pub on: NaiveDate,
    /// Hours worked on it for the operation.
    #[serde(with = "rust_decimal::serde::str")]
    pub hours: Decimal,
    /// Whether the person was on leave.
    #[serde(default)]
    pub leave: bool,
}

/// Work of own staff in the period of the payroll.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payroll {
    /// Latest documented annual gross cost of employment.
    pub annual_gross: Money,
    /// Part of full time that the annual cost is for.
    pub full_time: Share,
    /// Hours declared now.
    #[serde(with = "rust_decimal::serde::str")]
    pub hours: Decimal,
    /// Rate declared for an hour; absent, the 1,720 rule's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hourly_rate: Option<Money>,
    /// The year of the hours.
    pub year: i32,
    /// Fixed part of working time on the operation, without time-sheets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed: Option<Share>,
    /// Gross cost of the declared period, of which a fixed part is taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gross: Option<Money>,
    /// What the time-sheets say, day by day; empty, they were not copied.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sheet: Vec<SheetDay>,
}

/// A contribution in kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind", rename_all_fields = "snake_case")]
pub enum InKind {
    /// Goods, rooms, services.
    Goods {
        /// What they cost on the market.
        market_value: Option<Money>,
    },
    /// Land or buildings.
    Land {
        /// What an independent valuer certified.
        certified_value: Option<Money>,
    },
    /// Unpaid work.
    Work {
        /// Hours verified.
        #[serde(with = "rust_decimal::serde::str")]
        hours: Decimal,
        /// Pay of an hour of such work.
        rate: Money,
        /// Whether the sheets are signed.
        signed: bool,
    },
}

/// Depreciation of something that was bought before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Depreciation {
    /// The period for which it is declared.
    pub period: Period,
    /// Invoices prove the purchase.
    pub documented: bool,
    /// A public grant helped to buy it.
    pub granted: bool,
    /// What was paid for it; absent, what a month takes of it cannot be counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Money>,
    /// Months over which it is written off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub months: Option<u32>,
    /// Part of its use that is for the operation.
    #[serde(default = "whole")]
    pub used: Share,
}

/// Why equipment may be bought under ESF+.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EquipmentReason {
    /// The operation cannot do without.
    Necessary,
    /// Written off completely during the operation.
    FullyDepreciated,
    /// Buying is cheapest.
    Cheapest,
}

impl EquipmentReason {
    /// Every reason.
    pub const ALL: [Self; 3] = [Self::Necessary, Self::FullyDepreciated, Self::Cheapest];

    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Necessary => "necessary",
            Self::FullyDepreciated => "fully-depreciated",
            Self::Cheapest => "cheapest",
        }
    }
}

/// What was kept back from the payee; absent is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Withheld {
    /// Income tax.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax: Option<Money>,
    /// Levy of the procurement authority.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub levy: Option<Money>,
    /// Levy of the electronic procurement system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub levy_system: Option<Money>,
}

/// What part of the declared amount was for what.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allocation {
    /// Part.
    pub share: Share,
    /// The action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action_id: Option<ActionId>,
    /// The deliverable, by its code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deliverable: Option<String>,
    /// The delivery: parcel, session, appointment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery_id: Option<DeliveryId>,
    /// The instalment of the action: every delivery of it that arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instalment: Option<u16>,
}

/// An expense as it is recorded. It holds no names: the payee's are sealed elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expense {
    /// Identifier.
    pub id: ExpenseId,
    /// The operation that declares it.
    pub operation_id: OperationId,
    /// Sub-project.
    pub sub_project: String,
    /// Work package.
    pub work_package: String,
    /// Deliverable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deliverable: Option<String>,
    /// The indicator from which a simplified cost is settled, by its code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indicator: Option<String>,
    /// Category.
    pub category: Category,
    /// Budget line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget_line_id: Option<BudgetLineId>,
    /// Phase of the operation, where forms of cost follow each other.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub phase: String,
    /// For what, in plain words; no names.
    pub subject: String,
    /// Who is paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier_id: Option<SupplierId>,
    /// Under which contract.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract_id: Option<ContractId>,
    /// The paper.
    pub document: Document,
    /// The part of the paper that this operation declares.
    #[serde(default = "whole")]
    pub share: Share,
    /// Whether VAT is declared too.
    pub vat_included: bool,
    /// Form of cost.
    pub form: CostForm,
    /// Days.
    #[serde(default)]
    pub dates: Dates,
    /// Where.
    #[serde(default)]
    pub place: Place,
    /// Whether the programme's area benefits, or the operation's objectives do.
    #[serde(default)]
    pub benefits_area: bool,
    /// Whether the monitoring committee agreed to a place outside the Union.
    #[serde(default)]
    pub place_agreed: bool,
    /// What is bought.
    #[serde(default)]
    pub nature: Nature,
    /// Why equipment is bought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equipment: Option<EquipmentReason>,
    /// Papers that are there.
    #[serde(default)]
    pub papers: Vec<Paper>,
    /// Whether the payee is who issued the paper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid_to_issuer: Option<bool>,
    /// Separate accounting code.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub account: String,
    /// Payroll.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payroll: Option<Payroll>,
    /// In kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_kind: Option<InKind>,
    /// Depreciation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depreciation: Option<Depreciation>,
    /// What a third party bore of participants' pay or allowances.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub third_party_cost: Option<Money>,
    /// Kept back.
    #[serde(default)]
    pub withheld: Withheld,
    /// What it was for.
    #[serde(default)]
    pub allocations: Vec<Allocation>,
    /// The expense that a credit note reduces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credits: Option<ExpenseId>,
}

fn whole() -> Share {
    Share::WHOLE
}

impl Expense {
    /// An expense of which nothing is said but its paper: what was paid, all of it, with VAT.
    pub const fn of(id: ExpenseId, operation_id: OperationId, category: Category, document: Document) -> Self {
        Self {
            id,
            operation_id,
            sub_project: String::new(),
            work_package: String::new(),
            deliverable: None,
            indicator: None,
            category,
            budget_line_id: None,
            phase: String::new(),
            subject: String::new(),
            supplier_id: None,
            contract_id: None,
            document,
            share: Share::WHOLE,
            vat_included: true,
            form: CostForm::Actual,
            dates: Dates {
                committed: None,
                awarded: None,
                contracted: None,
                delivered: None,
                accepted: None,
                incurred: None,
                paid: None,
                carried_out: None,
            },
            place: Place::Area,
            benefits_area: false,
            place_agreed: false,
            nature: Nature::Ordinary,
            equipment: None,
            papers: Vec::new(),
            paid_to_issuer: None,
            account: String::new(),
            payroll: None,
            in_kind: None,
            depreciation: None,
            third_party_cost: None,
            withheld: Withheld {
                tax: None,
                levy: None,
                levy_system: None,
            },
            allocations: Vec::new(),
            credits: None,
        }
    }

    /// What is declared: the paper's amount, with VAT where it is included, times this operation's share; rounded once.
    ///
    /// # Errors
    /// When an amount is too large.
    pub fn declared(&self) -> Result<Money, MoneyError> {
        let amount = if self.vat_included {
            self.document.net.checked_add(self.document.vat)?
        } else {
            self.document.net
        };
        self.share.of(amount)
    }

    /// The day on which it was incurred: the proved one, else the document's.
    pub fn incurred_on(&self) -> NaiveDate {
        self.dates.incurred.unwrap_or(self.document.issued_on)
    }

    /// Whether a paper of this kind is there.
    pub fn has(&self, kind: PaperKind) -> bool {
        self.papers.iter().any(|paper| paper.kind == kind)
    }

    /// Whether it is a credit note.
    pub fn is_credit(&self) -> bool {
        self.document.kind == DocumentKind::CreditNote
    }

    /// Whether something is bought from somebody: goods, services, works.
    pub fn is_purchase(&self) -> bool {
        matches!(self.document.kind, DocumentKind::Invoice | DocumentKind::Receipt)
            && !self.form.is_simplified()
            && self.category != Category::A1
    }

    /// The amount that a unit cost, a lump sum or the 1,720 rule makes of its own figures, where it has them.
    ///
    /// # Errors
    /// When an amount is too large.
    pub fn computed(&self) -> Result<Option<Money>, MoneyError> {
        match &self.form {
            CostForm::Unit { quantity, unit_cost } => {
                unit_cost.times(Decimal::from(*quantity), Rounding::HalfUp).map(Some)
            }
            CostForm::Actual | CostForm::Lump { .. } | CostForm::Flat { .. } => Ok(None),
        }
    }
}

//! What else was declared: the sums and the neighbours that a judgement of one expense needs from the whole operation.

use chrono::{Datelike as _, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::book::Book;
use super::contract::Contract;
use super::expense::{CostForm, Expense, InKind};
use super::indicator::Measured;
use super::kinds::{Category, Nature, Place};
use super::parameters::Parameters;
use super::share::Share;
use super::terms::FlatRate;
use crate::canonical::Digest;
use crate::id::{ClaimId, ContractId, ExpenseId, OperationId, SupplierId};
use crate::money::Money;

/// An expense in one line, as the ledger keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The expense.
    pub id: ExpenseId,
    /// Its operation.
    pub operation_id: OperationId,
    /// Its sub-project.
    pub sub_project: String,
    /// Category.
    pub category: Category,
    /// Name of its form of cost.
    pub form: String,
    /// Flat rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<FlatRate>,
    /// Phase.
    #[serde(default)]
    pub phase: String,
    /// What is eligible of it.
    pub eligible: Money,
    /// Its part of the paper.
    pub share: Share,
    /// Fingerprint of the paper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<Digest>,
    /// Who was paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier_id: Option<SupplierId>,
    /// Nature.
    #[serde(default)]
    pub nature: Nature,
    /// Place.
    #[serde(default)]
    pub place: Place,
    /// Whether it is a contribution in kind.
    #[serde(default)]
    pub in_kind: bool,
    /// Year and hours of a payroll.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<(i32, String)>,
    /// The expense that it reduces, with the amount: a credit note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credits: Option<(ExpenseId, Money)>,
    /// The month whose work it pays, of a payroll or a simplified cost of somebody: first day of the month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month: Option<NaiveDate>,
    /// The claim that holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim_id: Option<ClaimId>,
}

impl Entry {
    /// The line of an expense of which this much is eligible.
    pub fn of(expense: &Expense, eligible: Money, fingerprint: Option<Digest>, claim_id: Option<ClaimId>) -> Self {
        let declared = expense.declared().unwrap_or_default();
        Self {
            id: expense.id,
            operation_id: expense.operation_id,
            sub_project: expense.sub_project.clone(),
            category: expense.category,
            form: expense.form.name().to_owned(),
            rate: match &expense.form {
                CostForm::Flat { rate, .. } => Some(*rate),
                CostForm::Actual | CostForm::Unit { .. } | CostForm::Lump { .. } => None,
            },
            phase: expense.phase.clone(),
            eligible,
            share: expense.share,
            fingerprint,
            supplier_id: expense.supplier_id,
            nature: expense.nature,
            place: expense.place,
            in_kind: expense.in_kind.is_some(),
            hours: expense
                .payroll
                .as_ref()
                .map(|payroll| (payroll.year, payroll.hours.to_string())),
            credits: expense
                .credits
                .filter(|_| expense.is_credit())
                .and_then(|of| declared.checked_neg().ok().map(|amount| (of, amount))),
            month: month_of(expense),
            claim_id,
        }
    }
}

/// The month whose work an expense pays: of a payroll the month of its paper, of a simplified cost of somebody the month in
/// which it was carried out.
pub(super) fn month_of(expense: &Expense) -> Option<NaiveDate> {
    let day = if expense.payroll.is_some() {
        expense.incurred_on()
    } else if expense.form.is_simplified() && expense.supplier_id.is_some() {
        let carried_out = expense.dates.carried_out;
        carried_out.map_or_else(|| expense.incurred_on(), |period| period.from)
    } else {
        return None;
    };
    day.with_day(1)
}

/// Another expense of the same paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SameItem {
    /// The expense; absent when it was declared outside this system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expense_id: Option<ExpenseId>,
    /// Its operation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_id: Option<OperationId>,
    /// Its part of the paper.
    pub share: Share,
}

/// A form of cost that another expense of the category uses.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormUsed {
    /// Category.
    pub category: Category,
    /// Sub-project.
    pub sub_project: String,
    /// Phase.
    #[serde(default)]
    pub phase: String,
    /// Form.
    pub form: String,
}

/// The sums and neighbours. Sums leave the judged expense out, and hold what came before it where a ceiling is used up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Ledger {
    /// Other expenses of the same paper.
    pub same_item: Vec<SameItem>,
    /// Eligible direct staff costs of the operation.
    pub direct_staff: Money,
    /// Other eligible direct costs.
    pub direct_other: Money,
    /// Eligible purchases of food and basic goods.
    pub food: Money,
    /// Declared before under the same flat rate.
    pub flat_before: Money,
    /// Whether staff costs of the operation are declared at a flat rate.
    pub staff_is_flat: bool,
    /// Eligible in all, this expense included.
    pub total_eligible: Money,
    /// Of that in kind.
    pub in_kind: Money,
    /// Land before this expense.
    pub land_before: Money,
    /// Outside the Union before this expense.
    pub abroad_before: Money,
    /// Hours of the same person declared before in the year.
    #[serde(with = "rust_decimal::serde::str")]
    pub hours_before: Decimal,
    /// Forms of other expenses of the same category.
    pub other_forms: Vec<FormUsed>,
    /// Forms under which the same person is declared for the same month.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub same_person: Vec<String>,
    /// Other direct awards of the same object to the same contractor in the year.
    pub similar_awards: Money,
    /// Units that were delivered and not yet declared; absent, nobody counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub units_left: Option<u32>,
    /// What the indicator that the expense names has reached; absent, it names none, or the operation has none of this code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measured: Option<Measured>,
    /// Credit notes that reduce this expense.
    pub credited: Money,
    /// Another claim that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_claim: Option<ClaimId>,
    /// What the commitment that the expense names has left before it; absent, no such commitment is on record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commitment_left: Option<Money>,
    /// Form of the budget line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line_form: Option<String>,
    /// What the budget line has left before this expense.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line_left: Option<Money>,
}

impl Ledger {
    /// The ledger of one expense among the others of its operation, and those of its paper wherever they are. For many
    /// expenses of one operation, make one [`Book`] and ask it.
    pub fn of(expense: &Expense, fingerprint: Option<Digest>, others: &[Entry], parameters: &Parameters) -> Self {
        let (own, elsewhere): (Vec<Entry>, Vec<Entry>) = others
            .iter()
            .cloned()
            .partition(|entry| entry.operation_id == expense.operation_id);
        Book::of(own, parameters).ledger(expense, fingerprint, &elsewhere)
    }

    /// What other contracts were awarded directly for the same object to the same contractor in the same year.
    pub fn similar<'a>(own: &Contract, others: impl IntoIterator<Item = &'a Contract>) -> Money {
        let is_similar = |other: &&Contract| -> bool {
            let id: ContractId = other.id;
            id != own.id
                && other.path == own.path
                && other.object() == own.object()
                && other.supplier_id == own.supplier_id
                && other.awarded_on.year() == own.awarded_on.year()
        };
        let values = others.into_iter().filter(is_similar).map(|other| other.value);
        Money::checked_sum(values).unwrap_or_default()
    }
}

/// Whether an in-kind contribution is unpaid work.
pub(super) const fn is_work(in_kind: &InKind) -> bool {
    matches!(in_kind, InKind::Work { .. })
}

//! What an operation was approved under, as far as expenditure is judged by it. What is not said stays unknown.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::kinds::Category;
use super::share::Share;
use crate::money::Money;
use crate::operation::{ImplementationMode, Regime};
use crate::time::Period;

/// Whether the body that runs the operation gets its VAT back from the tax office.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VatStatus {
    /// Nobody said: a person finds out before a claim.
    #[default]
    Unknown,
    /// It bears the tax.
    NonRecoverable,
    /// It gets the tax back.
    Recoverable,
    /// It gets this part back (pro rata).
    ProRata(Share),
}

/// State aid in the operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StateAid {
    /// None: the final recipients are natural persons.
    #[default]
    None,
    /// De minimis.
    DeMinimis,
    /// Any other.
    Other,
}

/// A flat rate that the regulations know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FlatRate {
    /// Indirect costs, 7 % of direct costs.
    Indirect7,
    /// Indirect costs, 15 % of direct staff costs.
    Indirect15,
    /// Indirect costs, 25 % of direct costs, with an approved method.
    Indirect25,
    /// Direct staff costs, 20 % of the other direct costs.
    Staff20,
    /// All remaining costs, 40 % of direct staff costs.
    Remaining40,
    /// Administration, transport and storage of food and goods, 7 % of their purchase.
    FoodHandling,
    /// Accompanying measures, 7 % of the purchase of food and goods.
    FoodMeasures,
}

impl FlatRate {
    /// Every rate.
    pub const ALL: [Self; 7] = [
        Self::Indirect7,
        Self::Indirect15,
        Self::Indirect25,
        Self::Staff20,
        Self::Remaining40,
        Self::FoodHandling,
        Self::FoodMeasures,
    ];

    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Indirect7 => "indirect7",
            Self::Indirect15 => "indirect15",
            Self::Indirect25 => "indirect25",
            Self::Staff20 => "staff20",
            Self::Remaining40 => "remaining40",
            Self::FoodHandling => "food-handling",
            Self::FoodMeasures => "food-measures",
        }
    }

    /// Whether what it makes is declared in this category.
    pub const fn fits(self, category: Category) -> bool {
        match self {
            Self::Indirect7 | Self::Indirect15 | Self::Indirect25 => matches!(category, Category::B3),
            Self::Staff20 => matches!(category, Category::B4),
            Self::Remaining40 => matches!(category, Category::B5),
            Self::FoodHandling | Self::FoodMeasures => category.is_flat(),
        }
    }

    /// Whether the regulations of a regime know it.
    pub const fn is_known_in(self, regime: Regime) -> bool {
        match self {
            Self::Indirect7 | Self::FoodHandling | Self::FoodMeasures => matches!(regime, Regime::Period2127),
            Self::Indirect15 | Self::Indirect25 | Self::Staff20 | Self::Remaining40 => true,
        }
    }
}

/// Infrastructure or a productive investment, which must last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Investment {
    /// When the final payment was made.
    pub final_payment_on: NaiveDate,
    /// When it stopped, was sold or moved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ceased_on: Option<NaiveDate>,
    /// Whether rules of State aid oblige to keep it.
    #[serde(default)]
    pub maintenance_duty: bool,
}

/// What the duty to keep documents is counted from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Closing {
    /// The managing authority submitted the accounts that hold the (final) expenditure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accounts_on: Option<NaiveDate>,
    /// The managing authority made its last payment to the beneficiary body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_payment_on: Option<NaiveDate>,
    /// Legal proceedings stop the clock.
    pub proceedings: bool,
}

/// The terms of funding. Amounts are of the whole operation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one yes or no of the decision of inclusion"
)]
pub struct FundingTerms {
    /// VAT of the body that runs it.
    pub vat: VatStatus,
    /// State aid.
    pub state_aid: StateAid,
    /// Total cost with VAT.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_cost: Option<Money>,
    /// Total eligible expenditure as approved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_eligible: Option<Money>,
    /// Public support.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_support: Option<Money>,
    /// Part that the fund pays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fund_share: Option<Share>,
    /// When the application for funding was submitted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applied_on: Option<NaiveDate>,
    /// When the operation was physically completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completed_on: Option<NaiveDate>,
    /// When the programme was submitted to the Commission, where that is before the window opens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub programme_submitted_on: Option<NaiveDate>,
    /// The fund's budget of the programme: the measure of what is spent outside the Union.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub programme_budget: Option<Money>,
    /// Flat rates of the decision.
    pub flat_rates: Vec<FlatRate>,
    /// A fair, equitable and verifiable method was approved.
    pub approved_method: bool,
    /// It holds a works contract above the threshold of the directive on public procurement.
    pub large_works: bool,
    /// It belongs to the Youth Employment Initiative.
    pub youth_initiative: bool,
    /// It gives food and basic goods (specific objective (m)).
    pub material_support: bool,
    /// Its site was derelict or used for industry.
    pub derelict_site: bool,
    /// The programme allows depreciation.
    pub depreciation_allowed: bool,
    /// Net revenue that nobody foresaw at approval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub net_revenue: Option<Money>,
    /// Lump sums or unit costs took the revenue into account beforehand.
    pub revenue_in_advance: bool,
    /// An investment that must last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub investment: Option<Investment>,
    /// The end of its accounts.
    pub closing: Closing,
}

/// What a judgement reads about the operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperationFacts {
    /// Regime.
    pub regime: Regime,
    /// Fund, e.g. `ESF`.
    pub fund: String,
    /// The operation's own period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// How the sub-project is carried out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<ImplementationMode>,
    /// Terms of funding.
    #[serde(default)]
    pub terms: FundingTerms,
}

//! Closed lists of an expense: categories of the budget, kinds of paper, place, nature; each with its stable name.

use serde::{Deserialize, Serialize};

/// A category of the budget: `A` by documents, `B` simplified. Internal codes, mapped to those of the authority on export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Category {
    /// Own staff.
    A1,
    /// Persons under a contract of work.
    A2,
    /// Services of third parties.
    A3,
    /// Supplies and consumables: food, kits.
    A4,
    /// Equipment.
    A5,
    /// Depreciation.
    A5d,
    /// Travel.
    A6,
    /// Venues and rent.
    A7,
    /// Publicity.
    A8,
    /// Participants' costs.
    A9,
    /// Contributions in kind.
    A10,
    /// VAT, as a line of its own.
    A11,
    /// Other.
    A12,
    /// Unit cost.
    B1,
    /// Lump sum.
    B2,
    /// Indirect costs at a flat rate.
    B3,
    /// Staff costs at a flat rate.
    B4,
    /// Remaining costs at a flat rate.
    B5,
}

impl Category {
    /// Every category, in the order of the grid.
    pub const ALL: [Self; 18] = [
        Self::A1,
        Self::A2,
        Self::A3,
        Self::A4,
        Self::A5,
        Self::A5d,
        Self::A6,
        Self::A7,
        Self::A8,
        Self::A9,
        Self::A10,
        Self::A11,
        Self::A12,
        Self::B1,
        Self::B2,
        Self::B3,
        Self::B4,
        Self::B5,
    ];

    /// Code, as stored and shown.
    pub const fn name(self) -> &'static str {
        match self {
            Self::A1 => "A1",
            Self::A2 => "A2",
            Self::A3 => "A3",
            Self::A4 => "A4",
            Self::A5 => "A5",
            Self::A5d => "A5d",
            Self::A6 => "A6",
            Self::A7 => "A7",
            Self::A8 => "A8",
            Self::A9 => "A9",
            Self::A10 => "A10",
            Self::A11 => "A11",
            Self::A12 => "A12",
            Self::B1 => "B1",
            Self::B2 => "B2",
            Self::B3 => "B3",
            Self::B4 => "B4",
            Self::B5 => "B5",
        }
    }

    /// The category with this code.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.name() == name)
    }

    /// Whether it is itself computed at a flat rate.
    pub const fn is_flat(self) -> bool {
        matches!(self, Self::B3 | Self::B4 | Self::B5)
    }

    /// Whether it is declared without invoices.
    pub const fn is_simplified(self) -> bool {
        matches!(self, Self::B1 | Self::B2 | Self::B3 | Self::B4 | Self::B5)
    }
}

/// What the paper is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentKind {
    /// An invoice (τιμολόγιο).
    Invoice,
    /// A receipt of services (ΑΠΥ).
    Receipt,
    /// A payroll statement.
    Payroll,
    /// A credit note (πιστωτικό): the only one with negative amounts.
    CreditNote,
    /// A contribution in kind.
    InKind,
    /// A statement of depreciation.
    Depreciation,
    /// A statement of simplified cost.
    Simplified,
}

impl DocumentKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Invoice,
        Self::Receipt,
        Self::Payroll,
        Self::CreditNote,
        Self::InKind,
        Self::Depreciation,
        Self::Simplified,
    ];

    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::Receipt => "receipt",
            Self::Payroll => "payroll",
            Self::CreditNote => "credit-note",
            Self::InKind => "in-kind",
            Self::Depreciation => "depreciation",
            Self::Simplified => "simplified",
        }
    }

    /// The kind with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Where it happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// In the programme's area.
    #[default]
    Area,
    /// Elsewhere in the Union.
    Union,
    /// Outside the Union.
    Outside,
}

impl Place {
    /// Every place.
    pub const ALL: [Self; 3] = [Self::Area, Self::Union, Self::Outside];

    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Area => "area",
            Self::Union => "union",
            Self::Outside => "outside",
        }
    }
}

/// What is bought, where the law treats it apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Nature {
    /// Anything else.
    #[default]
    Ordinary,
    /// Food and basic goods for people.
    Food,
    /// Interest on debt.
    Interest,
    /// A subsidy of interest or of a guarantee fee.
    InterestSubsidy,
    /// Land.
    Land,
    /// Buildings.
    RealEstate,
    /// Infrastructure.
    Infrastructure,
    /// Furniture, equipment or vehicles.
    Equipment,
    /// Liquid fuel or tobacco.
    Fuel,
    /// Fees of the bank account of the operation.
    BankFee,
}

impl Nature {
    /// Every nature.
    pub const ALL: [Self; 10] = [
        Self::Ordinary,
        Self::Food,
        Self::Interest,
        Self::InterestSubsidy,
        Self::Land,
        Self::RealEstate,
        Self::Infrastructure,
        Self::Equipment,
        Self::Fuel,
        Self::BankFee,
    ];

    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::Food => "food",
            Self::Interest => "interest",
            Self::InterestSubsidy => "interest-subsidy",
            Self::Land => "land",
            Self::RealEstate => "real-estate",
            Self::Infrastructure => "infrastructure",
            Self::Equipment => "equipment",
            Self::Fuel => "fuel",
            Self::BankFee => "bank-fee",
        }
    }
}

/// A paper of the checklist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PaperKind {
    /// The invoice, receipt or statement itself.
    Document,
    /// Bank extract or statement of the single payment authority.
    Payment,
    /// Payment order (χρηματικό ένταλμα).
    Warrant,
    /// Levies paid.
    Levies,
    /// Commitment decision.
    Commitment,
    /// Award decision.
    Award,
    /// Contract.
    Contract,
    /// Protocol of acceptance.
    Acceptance,
    /// Tax and social insurance clearance.
    Clearance,
    /// Assignment of staff.
    Assignment,
    /// Pay slip.
    Payslip,
    /// Declaration to social insurance (ΑΠΔ).
    Insurance,
    /// Time-sheet.
    Timesheet,
    /// Report of activity.
    Activity,
    /// Signed lists, receipts of distribution, photographs, programme.
    Physical,
    /// Evidence of publicity.
    Publicity,
    /// How the value was found.
    Valuation,
    /// Why it serves the programme although it lies outside its area.
    Justification,
}

impl PaperKind {
    /// Every kind, in the order in which an auditor reads.
    pub const ALL: [Self; 18] = [
        Self::Commitment,
        Self::Award,
        Self::Contract,
        Self::Acceptance,
        Self::Document,
        Self::Warrant,
        Self::Payment,
        Self::Levies,
        Self::Clearance,
        Self::Assignment,
        Self::Payslip,
        Self::Insurance,
        Self::Timesheet,
        Self::Activity,
        Self::Valuation,
        Self::Justification,
        Self::Physical,
        Self::Publicity,
    ];

    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Payment => "payment",
            Self::Warrant => "warrant",
            Self::Levies => "levies",
            Self::Commitment => "commitment",
            Self::Award => "award",
            Self::Contract => "contract",
            Self::Acceptance => "acceptance",
            Self::Clearance => "clearance",
            Self::Assignment => "assignment",
            Self::Payslip => "payslip",
            Self::Insurance => "insurance",
            Self::Timesheet => "timesheet",
            Self::Activity => "activity",
            Self::Physical => "physical",
            Self::Publicity => "publicity",
            Self::Valuation => "valuation",
            Self::Justification => "justification",
        }
    }

    /// The kind with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

//! Shapes of money as the API takes and answers them.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde_json::Value;
use uuid::Uuid;

use super::{LocalText, Money, Period};

/// The paper with its amounts.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Document {
    /// `invoice`, `receipt`, `payroll`, `credit-note`, `in-kind`, `depreciation`, `simplified`.
    kind: String,
    number: String,
    issued_on: NaiveDate,
    net: Money,
    vat: Money,
    gross: Money,
    /// ISO 4217; nothing but `EUR` is taken.
    currency: Option<String>,
}

/// The one form in which a cost is declared.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", tag = "form", rename_all_fields = "snake_case")]
pub(crate) enum CostForm {
    Actual,
    Unit {
        quantity: u32,
        unit_cost: Money,
    },
    Lump {
        milestone: String,
        achieved: bool,
    },
    /// `base`: the categories on which the rate is computed.
    Flat {
        rate: String,
        base: Vec<String>,
    },
}

/// The days of an expense; what has not happened is absent.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Dates {
    committed: Option<NaiveDate>,
    awarded: Option<NaiveDate>,
    contracted: Option<NaiveDate>,
    delivered: Option<NaiveDate>,
    accepted: Option<NaiveDate>,
    /// Where proved to be another day than the document's.
    incurred: Option<NaiveDate>,
    paid: Option<NaiveDate>,
    /// Of what a simplified cost is for.
    carried_out: Option<Period>,
}

/// A paper that is there.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Paper {
    kind: String,
    number: Option<String>,
    /// SHA-256 of the file.
    digest: Option<String>,
    file: Option<String>,
    /// When the act was posted publicly.
    posted_on: Option<NaiveDate>,
    revoked_on: Option<NaiveDate>,
    /// Whether somebody looked and found it as it must be.
    sound: Option<bool>,
}

/// What part of the declared amount was for what.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Allocation {
    /// In per cent, e.g. `60.25`.
    share: String,
    action_id: Option<Uuid>,
    deliverable: Option<String>,
    delivery_id: Option<Uuid>,
    instalment: Option<u16>,
}

/// An expense to record or to ask about. It holds no names.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct NewExpense {
    sub_project: String,
    work_package: String,
    deliverable: Option<String>,
    /// The indicator from which a unit cost or a lump sum is settled.
    indicator: Option<String>,
    /// Code of the grid, e.g. `A4`.
    category: String,
    budget_line_id: Option<Uuid>,
    phase: Option<String>,
    /// For what, in plain words; no names.
    subject: String,
    supplier_id: Option<Uuid>,
    contract_id: Option<Uuid>,
    document: Document,
    /// The part of the paper that this operation declares, in per cent; the whole when absent.
    share: Option<String>,
    vat_included: bool,
    form: CostForm,
    dates: Option<Dates>,
    /// `area`, `union`, `outside`.
    place: Option<String>,
    benefits_area: Option<bool>,
    place_agreed: Option<bool>,
    /// `ordinary`, `food`, `interest`, `land` and others.
    nature: Option<String>,
    equipment: Option<String>,
    papers: Option<Vec<Paper>>,
    paid_to_issuer: Option<bool>,
    /// Separate accounting code.
    account: Option<String>,
    /// Hours and annual cost of a payroll.
    payroll: Option<BTreeMap<String, Value>>,
    in_kind: Option<BTreeMap<String, Value>>,
    depreciation: Option<BTreeMap<String, Value>>,
    third_party_cost: Option<Money>,
    /// Tax and levies kept back.
    withheld: Option<BTreeMap<String, Value>>,
    allocations: Option<Vec<Allocation>>,
    /// The expense that a credit note reduces.
    credits: Option<Uuid>,
}

/// An expense as it is recorded.
#[derive(JsonSchema)]
pub(crate) struct Expense {
    id: Uuid,
    operation_id: Uuid,
    #[schemars(flatten)]
    more: BTreeMap<String, Value>,
}

/// A contract.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Contract {
    id: Uuid,
    operation_id: Uuid,
    supplier_id: Uuid,
    subject: String,
    kind: String,
    path: String,
    cpv: String,
    value: Money,
    awarded_on: NaiveDate,
    signed_on: Option<NaiveDate>,
    request_adam: Option<String>,
    award_adam: Option<String>,
    award_published_on: Option<NaiveDate>,
    #[schemars(rename = "contract_adam")]
    adam: Option<String>,
    electronic: bool,
    ministerial_act: bool,
    /// For `If-Match`.
    version: i64,
}

/// A line of the budget.
#[derive(JsonSchema)]
pub(crate) struct BudgetLine {
    id: Uuid,
    operation_id: Uuid,
    code: String,
    name: LocalText,
    work_package: String,
    category: String,
    form: String,
    year: Option<i32>,
    unit_cost: Option<Money>,
    /// Of a flat line.
    rate: Option<String>,
    /// Of a lump line.
    deliverable: Option<String>,
    /// Of a unit or lump line.
    indicator: Option<String>,
    approved: Money,
    /// After reallocations.
    amount: Money,
}

/// Money that moves between lines.
#[derive(JsonSchema)]
pub(crate) struct Reallocation {
    id: Uuid,
    operation_id: Uuid,
    from: Uuid,
    to: Uuid,
    amount: Money,
    reason: String,
    amendment: Option<String>,
    /// `proposed`, `approved`, `rejected`, with who and when.
    state: BTreeMap<String, Value>,
    /// For `If-Match`.
    version: i64,
}

/// A commitment of money.
#[derive(JsonSchema)]
pub(crate) struct Commitment {
    id: Uuid,
    operation_id: Uuid,
    budget_line_id: Uuid,
    ada: String,
    decided_on: NaiveDate,
    subject: String,
    amount: Money,
    by: Uuid,
    state: String,
    /// For `If-Match`.
    version: i64,
}

/// Budget, committed, obligated, spent, eligible, certified.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Figures {
    budget: Money,
    committed: Money,
    obligated: Money,
    spent: Money,
    eligible: Money,
    certified: Money,
}

/// Sums of a claim.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct ClaimTotals {
    expenses: u32,
    declared: Money,
    eligible: Money,
    /// Negative.
    corrections: Money,
    claimed: Money,
}

/// A claim.
#[derive(JsonSchema)]
pub(crate) struct Claim {
    id: Uuid,
    operation_id: Uuid,
    sub_project: String,
    number: u32,
    up_to: NaiveDate,
    by: Uuid,
    at: DateTime<Utc>,
    totals: Option<ClaimTotals>,
    rule_set: Option<String>,
    /// `draft`, `frozen`, `submitted`, `certified`, `withdrawn`, with who and when.
    state: BTreeMap<String, Value>,
}

/// An irregularity of an expense.
#[derive(JsonSchema)]
pub(crate) struct Irregularity {
    id: Uuid,
    operation_id: Uuid,
    /// Within the operation, from 1.
    number: u32,
    expense_id: Uuid,
    /// `own`, `managing-authority`, `accounting`, `audit-authority`, `union`, `report`.
    found_by: String,
    found_on: NaiveDate,
    article: String,
    finding: String,
    amount: Money,
    fraud: bool,
    /// Of one that is systemic: the first of its group, what they have in common, the part that is taken of each.
    systemic: Option<BTreeMap<String, Value>>,
    /// `suspected`, `confirmed`, `corrected`, `dismissed`, with who and when.
    state: BTreeMap<String, Value>,
    /// For `If-Match`.
    version: i64,
}

/// What the expenses of a systemic irregularity have in common.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", tag = "by", rename_all_fields = "snake_case")]
pub(crate) enum Criterion {
    /// A rule did not simply agree when they were judged last.
    Rule {
        rule: String,
    },
    Supplier {
        supplier_id: Uuid,
    },
    Contract {
        contract_id: Uuid,
    },
    Line {
        budget_line_id: Uuid,
    },
}

/// A scientific opinion.
#[derive(JsonSchema)]
pub(crate) struct ScientificOpinion {
    id: Uuid,
    /// `proposal` or `deliverable`, with what names it.
    subject: BTreeMap<String, Value>,
    given_by: LocalText,
    given_on: NaiveDate,
    /// `favourable`, `with-remarks`, `unfavourable`.
    outcome: String,
    remarks: LocalText,
    number: Option<String>,
    by: Uuid,
}

/// What a claim's digest is over, and its documents.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Manifest {
    /// The digest is SHA-256 over `osn:claim-manifest:1`, a newline, and this in canonical form (RFC 8785).
    #[schemars(rename = "manifest")]
    frozen: BTreeMap<String, Value>,
    digest: String,
    rule_set: Option<String>,
    totals: Option<ClaimTotals>,
    state: String,
    documents: Vec<BTreeMap<String, Value>>,
}

/// The decision of inclusion, or an amendment.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Inclusion {
    on: NaiveDate,
    ada: Option<String>,
    change: Option<LocalText>,
}

/// A deliverable.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Deliverable {
    code: String,
    work_package: String,
    name: LocalText,
    due_on: Option<NaiveDate>,
    accepted_on: Option<NaiveDate>,
    /// In per cent.
    progress: String,
}

/// What an operation is measured by.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Indicator {
    code: String,
    name: LocalText,
    /// `output`, `result`.
    kind: String,
    /// `persons`, `households`, `deliveries`.
    unit: String,
    target: Option<u64>,
    /// The actions that it counts; all of the operation's when absent.
    actions: Option<Vec<Uuid>>,
    /// Where its definition stands.
    source: String,
}

/// A work package.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct WorkPackage {
    code: String,
    name: LocalText,
}

/// A sub-project.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct SubProject {
    code: String,
    name: LocalText,
    /// `own-means` or `contract`.
    mode: String,
}

//! Shapes of the chain's records as the API answers them. `tests/tests/server/document.rs` holds them against real answers.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde_json::Value;
use uuid::Uuid;

use super::money::{Deliverable, Inclusion, Indicator, SubProject, WorkPackage};
use super::{DeliveryItem, Intake, LocalText, Money, Need, OnePer, Period, Slot, UnknownDecision};

type Instant = DateTime<Utc>;

/// What an examination found.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", tag = "outcome")]
pub(crate) enum NeedOutcome {
    Covered,
    /// `residual`: people whom the network does not serve.
    PartlyCovered {
        residual: u32,
    },
    Gap {
        residual: u32,
    },
}

/// The examination of a need: every service with every check, the outcome, what is open.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Confirmation {
    need: Need,
    /// The mapping was read as it was recorded then.
    recorded_at: Instant,
    policy: FreshnessPolicy,
    examined: Vec<ExaminedService>,
    /// Places that count.
    places: u32,
    outcome: NeedOutcome,
    /// Services on which a person must still decide.
    open: u32,
    refer_to: Vec<Uuid>,
    /// What two officers decided against the rules; then `outcome` is theirs.
    overruled: Option<super::network::Overruled>,
    /// For `If-Match`; not inside a certificate.
    version: Option<i64>,
}

/// How old a record may be, in days.
#[expect(clippy::struct_field_names, reason = "the names are the API's")]
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct FreshnessPolicy {
    remind_after_days: u16,
    no_cover_after_days: u16,
    no_referral_after_days: u16,
}

/// One service that was looked at.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct ExaminedService {
    service_id: Uuid,
    name: LocalText,
    organization_id: Uuid,
    organization: LocalText,
    relation: Relation,
    checks: Vec<Check>,
    verdict: ServiceVerdict,
    decided: Option<UnknownDecision>,
    referable: bool,
}

/// Near services are listed and never cover.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub(crate) enum Relation {
    Candidate,
    Near,
}

/// One question about a service.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Check {
    /// `status`, `group`, `age`, `area`, `mode`, `language`, `freshness`, `cost`, `documents`, `capacity`.
    dimension: String,
    fit: Fit,
    /// Stable code.
    reason: String,
    params: Option<BTreeMap<String, String>>,
}

/// The answer to a question.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub(crate) enum Fit {
    Met,
    NotMet,
    Unknown,
}

/// What the rules say of a service.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", tag = "verdict")]
pub(crate) enum ServiceVerdict {
    Serves { places: u32 },
    DoesNotServe,
    Undetermined,
}

/// A certificate with digest, signature and public key.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct SignedCertificate {
    certificate: NeedCertificate,
    /// SHA-256 of the canonical certificate, hexadecimal.
    digest: String,
    /// ed25519, hexadecimal.
    signature: String,
    public_key: String,
}

/// What is signed.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct NeedCertificate {
    id: Uuid,
    municipality_id: Uuid,
    request_id: Uuid,
    reference: String,
    issued_at: Instant,
    issued_by: Uuid,
    confirmation: Confirmation,
}

/// A version of the intervention model.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct InterventionModel {
    version: u32,
    entries: Vec<ModelEntry>,
    /// Immediate services.
    catalogue: Vec<CatalogueEntry>,
}

/// One kind of intervention.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct ModelEntry {
    code: String,
    strand: Strand,
    name: LocalText,
    description: LocalText,
}

/// A strand of the model.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub(crate) enum Strand {
    Prevention,
    Support,
    Immediate,
}

/// One immediate service.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct CatalogueEntry {
    code: String,
    name: LocalText,
    description: LocalText,
    ceiling: Ceiling,
}

/// What an immediate service may reach.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Ceiling {
    people: Option<u32>,
    cost: Option<Money>,
    days: Option<u16>,
}

/// A funded operation.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Operation {
    id: Uuid,
    code: String,
    name: LocalText,
    /// The body that runs it, as EU law says.
    beneficiary: LocalText,
    programme: LocalText,
    fund: String,
    priority_axis: Option<LocalText>,
    territorial_investment: Option<LocalText>,
    /// `1420` or `2127`.
    regime: String,
    period: Option<Period>,
    budget: Option<Money>,
    work_packages: Vec<WorkPackage>,
    sub_projects: Vec<SubProject>,
    /// The decision of inclusion with its amendments.
    decisions: Option<Vec<Inclusion>>,
    deliverables: Option<Vec<Deliverable>>,
    /// What it is measured by.
    indicators: Option<Vec<Indicator>>,
    /// What expenditure is judged by: VAT, State aid, totals, dates, flat rates.
    terms: BTreeMap<String, Value>,
    /// What may leave a budget line without an amended decision, in per cent.
    reallocation_margin: Option<String>,
    /// For `If-Match`.
    version: i64,
}

/// An action.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Action {
    id: Uuid,
    name: LocalText,
    description: LocalText,
    program: ProgramRef,
    /// As the program's own schema describes them.
    parameters: Value,
    certificate_id: Uuid,
    /// Further certificates that it answers.
    further_certificates: Option<Vec<Uuid>>,
    certified_residual: u32,
    model_entry: String,
    period: Period,
    instalments: u16,
    budget: Money,
    operation_id: Option<Uuid>,
    /// Every version of its places; the last is in force.
    places: Vec<PlacesVersion>,
    /// Asked for beyond the certified residual: waits for a second person.
    asked_places: Option<PlacesVersion>,
    /// Whether it is tried out: then it ends with an evaluation.
    pilot: Option<bool>,
    /// The bodies that deliver it, beside the team.
    deliverers: Option<Vec<Deliverer>>,
    created_by: Uuid,
    state: ActionState,
    /// For `If-Match`.
    version: i64,
}

/// A body that delivers an action: all of it, or at one of its places.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Deliverer {
    organization_id: Uuid,
    /// The place, by the program's key; without it, everywhere.
    place: Option<String>,
}

/// The program that an action pinned.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct ProgramRef {
    name: String,
    code_digest: String,
    package_digest: String,
}

/// A version of an action's places.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct PlacesVersion {
    version: u32,
    places: u32,
    reason: LocalText,
    by: Uuid,
    at: Instant,
    second: Option<SecondPerson>,
}

/// Who agreed to places beyond the certified residual.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct SecondPerson {
    by: Uuid,
    at: Instant,
    reason: LocalText,
}

/// Where an action stands.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", tag = "state")]
pub(crate) enum ActionState {
    Draft,
    Approved { by: Uuid, at: Instant },
    Completed { at: Instant },
    Cancelled { at: Instant },
}

/// A call as it was written, for whoever writes it.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Call {
    id: Uuid,
    action_id: Uuid,
    title: LocalText,
    opens_at: Instant,
    /// Included.
    closes_at: Instant,
    capacity: u32,
    one_per: OnePer,
    /// Absent: `deadline`.
    intake: Option<Intake>,
    tie_break: TieBreak,
    /// Canonical JSON text, frozen at publication.
    parameters: String,
    code_digest: String,
    created_by: Uuid,
    state: CallState,
    /// For `If-Match`.
    version: i64,
}

/// What decides between equals.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", tag = "tie_break")]
pub(crate) enum TieBreak {
    SubmissionTime,
    /// `commitment`: SHA-256 of the seed, hexadecimal.
    Draw {
        commitment: String,
    },
}

/// Where a call stands.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", tag = "state")]
pub(crate) enum CallState {
    Draft,
    Published { at: Instant },
    Assessed { at: Instant },
    Proposed { selection: Uuid, by: Uuid },
    Final { selection: Uuid, at: Instant },
    Cancelled { at: Instant },
}

/// An assessment run: what was run, with what, and what came out.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct AssessmentRun {
    id: Uuid,
    call_id: Uuid,
    program: String,
    code_digest: String,
    package_digest: String,
    contract: String,
    /// Canonical JSON text.
    parameters: String,
    as_of: NaiveDate,
    fuel_limit: u64,
    started_by: Uuid,
    started_at: Instant,
    state: RunState,
}

/// Where a run stands.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", tag = "state", rename_all_fields = "snake_case")]
pub(crate) enum RunState {
    Running,
    Finished {
        at: Instant,
        merkle_root: String,
        eligible: u64,
        not_eligible: u64,
        missing_evidence: u64,
        fuel_used: u64,
    },
    Failed {
        at: Instant,
        code: String,
    },
}

/// A ranked and cut list; its lines are pages of their own.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Selection {
    id: Uuid,
    list: ListHead,
    /// The assessment that it was made from.
    run_id: Option<Uuid>,
    proposed_by: Uuid,
    proposed_at: Instant,
    state: SelectionState,
    /// For `If-Match`.
    version: i64,
}

/// How the list was made, and how many lines it holds.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct ListHead {
    call_id: Uuid,
    keys: Vec<RankingKey>,
    tie: TieOrder,
    capacity: u32,
    /// Digest of the references, hexadecimal.
    frozen: String,
    /// Lines with a place; they come first.
    selected: u32,
    /// Lines on the reserve list, after them.
    reserve: u32,
}

/// One ranking key.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct RankingKey {
    key: String,
    descending: bool,
}

/// The order among equals.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", tag = "by")]
pub(crate) enum TieOrder {
    SubmissionTime,
    Draw { seed: Vec<u8> },
}

/// A line of a ranked list.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct RankedLine {
    rank: u32,
    candidate: Candidate,
    decided_by: DecidedBy,
    place: Place,
}

/// Who stands in a line, by reference.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Candidate {
    application_id: Uuid,
    reference: String,
    keys: Vec<i64>,
    submitted_at: Instant,
    protocol: Option<ProtocolNumber>,
    units: u32,
}

/// A protocol number.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct ProtocolNumber {
    year: i32,
    number: u32,
}

/// What put a line behind the one before it.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", tag = "by", content = "key")]
pub(crate) enum DecidedBy {
    First,
    Key(String),
    SubmissionTime,
    Draw,
    Protocol,
}

/// The cut.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", tag = "place")]
pub(crate) enum Place {
    Selected,
    Reserve { position: u32 },
}

/// Where a list stands.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", tag = "state")]
pub(crate) enum SelectionState {
    Proposed,
    Approved { by: Uuid, at: Instant },
    Rejected { by: Uuid, at: Instant },
}

/// An award.
#[derive(JsonSchema)]
pub(crate) struct Award {
    id: Uuid,
    /// Absent of immediate help.
    action_id: Option<Uuid>,
    person_id: Uuid,
    basis: AwardBasis,
    awarded_at: Instant,
    state: AwardState,
}

/// Why somebody has an award.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", tag = "basis", rename_all_fields = "snake_case")]
pub(crate) enum AwardBasis {
    Selection {
        selection_id: Uuid,
        application_id: Uuid,
    },
    Promotion {
        selection_id: Uuid,
        application_id: Uuid,
        replaces: Uuid,
    },
    Immediate {
        intervention_id: Uuid,
        decision_id: Uuid,
    },
}

/// Where an award stands.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", tag = "state")]
pub(crate) enum AwardState {
    Active,
    Withdrawn { at: Instant },
    Fulfilled { at: Instant },
}

/// A version of the delivery plan.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct DeliveryPlan {
    action_id: Uuid,
    version: u32,
    slots: Vec<Slot>,
    reason: LocalText,
    by: Uuid,
    at: Instant,
}

/// A delivery with its attempts.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Delivery {
    id: Uuid,
    award_id: Uuid,
    instalment: u16,
    planned_for: NaiveDate,
    plan_version: u32,
    /// What the program planned, where people are assigned to rounds.
    items: Option<Vec<DeliveryItem>>,
    /// There was nothing to plan for it: it is still owed, and the next version of the plan asks again.
    waits: Option<bool>,
    attempts: Vec<Attempt>,
    state: DeliveryState,
    /// For `If-Match`.
    version: i64,
}

/// One try.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Attempt {
    at: Instant,
    by: Uuid,
    /// `delivered` or `failed`.
    result: String,
    /// Of a failure: its kind, a key of the program's.
    kind: Option<String>,
    /// What was written down that says nothing about a person, by key of the program's field.
    recorded: Option<BTreeMap<String, Value>>,
    /// How many participants were there, where the roll is called.
    present: Option<u16>,
    /// Whether something about people was written down too; it is opened with a reason.
    has_notes: Option<bool>,
}

/// Where a delivery stands.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", tag = "state")]
pub(crate) enum DeliveryState {
    Planned,
    Failed,
    Delivered { at: Instant },
    Cancelled { at: Instant },
}

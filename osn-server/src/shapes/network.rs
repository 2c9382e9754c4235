//! Shapes of need and network as the API answers them. `tests/tests/server/document.rs` holds them against real answers.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde_json::Value;
use uuid::Uuid;

use super::{LocalText, Money, Period};

type Instant = DateTime<Utc>;

/// Where a record stands: its name, and who did what when, as far as the state has it.
#[derive(JsonSchema)]
pub(crate) struct State {
    state: String,
    #[schemars(flatten)]
    rest: BTreeMap<String, Value>,
}

/// Why people are not served.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub(crate) enum GapCause {
    NoMeans,
    NoSuchService,
    BarrierOfAccess,
}

/// Where a report comes from.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", tag = "from", rename_all_fields = "snake_case")]
pub(crate) enum GapSource {
    Meeting { meeting: Uuid },
    RefusedReferral { referral: Uuid },
    TurnedAway { service: Uuid, period: Period, people: u32 },
    EmptySearch { period: Period, searches: u32 },
    Observation,
}

/// How a gap is closed.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", tag = "by", rename_all_fields = "snake_case")]
pub(crate) enum Closure {
    Referral { referral: Uuid },
    Extension { extension: Uuid },
    JointEffort { bodies: Vec<Uuid>, agreement: LocalText },
    Action { action: Uuid },
}

/// What a body proposes.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct GapProposal {
    organization_id: Option<Uuid>,
    by: Uuid,
    at: Instant,
    words: LocalText,
}

/// A reported gap.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct ReportedGap {
    id: Uuid,
    reported_by: Uuid,
    /// The body behind the report; absent: the team.
    organization_id: Option<Uuid>,
    title: LocalText,
    category: String,
    groups: Vec<String>,
    areas: Vec<String>,
    /// How many people, as an estimate.
    people: u32,
    cause: GapCause,
    evidence: LocalText,
    source: GapSource,
    /// The described group that its number of people comes from.
    from_profile: Option<super::FromProfile>,
    reported_at: Instant,
    proposals: Vec<GapProposal>,
    /// `reported`, `accepted`, `closed`, `joined`, `dismissed`.
    state: State,
    /// For `If-Match`.
    version: i64,
}

/// What a body offers.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub(crate) enum ContributionKind {
    Places,
    Rooms,
    People,
    Goods,
}

/// Means that a body offers towards a gap.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Contribution {
    id: Uuid,
    gap_id: Uuid,
    organization_id: Uuid,
    offered_by: Uuid,
    kind: ContributionKind,
    quantity: u32,
    unit: LocalText,
    words: LocalText,
    period: Period,
    at: Instant,
    /// `offered`, `accepted`, `declined`, `withdrawn`.
    state: State,
    /// For `If-Match`.
    version: i64,
}

/// More places of a service that exists.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct ServiceExtension {
    id: Uuid,
    gap_id: Uuid,
    service_id: Uuid,
    organization_id: Uuid,
    places: u32,
    unit: LocalText,
    /// The day on which the mapping changes.
    effective_on: NaiveDate,
    planned_by: Uuid,
    planned_at: Instant,
    /// `planned`, `applied`, `cancelled`, `failed`.
    state: State,
    /// For `If-Match`.
    version: i64,
}

/// A piece of a person's data.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub(crate) enum DataField {
    Name,
    Phone,
    Email,
    Address,
    BirthYear,
    Situation,
}

/// What a person agreed to.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Consent {
    /// Which data may cross.
    scope: Vec<DataField>,
    given_on: NaiveDate,
    /// The last day on which it holds.
    expires_on: NaiveDate,
}

/// A person's data; sealed wherever they are kept.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct ReferralData {
    name: Option<String>,
    phone: Option<String>,
    email: Option<String>,
    address: Option<String>,
    birth_year: Option<u16>,
    situation: Option<String>,
    /// What became of it, in the body's words.
    outcome: Option<String>,
}

/// Why a body does not take a person.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub(crate) enum RefusalReason {
    NoPlaces,
    NoSuchService,
    NotEligible,
    CannotBeReached,
    PersonDeclined,
}

/// What became of a person who was taken.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub(crate) enum ReferralOutcome {
    Served,
    PartlyServed,
    NeverCame,
    NotServed,
}

/// A person handed to a body, without the person's data.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Referral {
    id: Uuid,
    person_id: Uuid,
    organization_id: Uuid,
    service_id: Option<Uuid>,
    category: String,
    areas: Vec<String>,
    groups: Vec<String>,
    consent: Consent,
    answer_by: NaiveDate,
    request_id: Option<Uuid>,
    /// The gap that its refusal reported.
    gap_id: Option<Uuid>,
    referred_by: Uuid,
    referred_at: Instant,
    note: Option<LocalText>,
    /// `sent`, `accepted`, `refused`, `expired`, `withdrawn`, `concluded`.
    state: State,
    /// For `If-Match`.
    version: i64,
}

/// Which kind of member.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub(crate) enum MemberKind {
    Municipal,
    CivilSociety,
}

/// What was agreed with a body.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Agreement {
    reference: String,
    signed_on: NaiveDate,
    period: Period,
}

/// A body's membership.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Member {
    id: Uuid,
    organization_id: Uuid,
    kind: MemberKind,
    agreement: Option<Agreement>,
    /// `invited`, `active`, `ended`.
    state: State,
    /// For `If-Match`.
    version: i64,
}

/// What somebody does for a body in the network.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub(crate) enum ContactRole {
    Representative,
    Referrals,
    Records,
    Delivery,
}

/// Somebody at a body.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct NetworkContact {
    name: String,
    role: ContactRole,
    email: Option<String>,
    phone: Option<String>,
}

/// A good practice that a body shares.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct GoodPractice {
    id: Uuid,
    organization_id: Option<Uuid>,
    by: Uuid,
    at: Instant,
    title: LocalText,
    words: LocalText,
    tags: Vec<String>,
    /// For `If-Match`.
    version: i64,
}

/// A proposal to answer a need otherwise than the rules.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Overruling {
    id: Uuid,
    request_id: Uuid,
    /// The version of the examination that it is about.
    examination: i64,
    /// What the rules answered.
    computed: super::records::NeedOutcome,
    residual: u32,
    refer_to: Vec<Uuid>,
    reason: LocalText,
    by: Uuid,
    at: Instant,
    /// `proposed`, `approved`, `rejected`, `lapsed`.
    state: State,
    /// For `If-Match`.
    version: i64,
}

/// The most that immediate help may take.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Ceiling {
    people: Option<u32>,
    cost: Option<Money>,
    days: Option<u16>,
}

/// Who is helped.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", tag = "to", rename_all_fields = "snake_case")]
pub(crate) enum HelpTo {
    People { people: Vec<Uuid> },
    Body { organization_id: Uuid, people: u32 },
}

/// Something that was given.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct HelpGiven {
    person_id: Option<Uuid>,
    on: NaiveDate,
    by: Uuid,
    cost: Money,
    /// The delivery that says so.
    delivery_id: Option<Uuid>,
}

/// From which operation immediate help is paid.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct HelpPayer {
    operation_id: Uuid,
    sub_project: String,
    work_package: String,
    /// Category of its budget.
    category: String,
}

/// Immediate help, without who is helped.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct ImmediateIntervention {
    id: Uuid,
    entry: String,
    model_version: u32,
    to: HelpTo,
    areas: Vec<String>,
    period: Period,
    cost: Money,
    reason: LocalText,
    emergency_id: Option<Uuid>,
    /// Absent: the municipality itself pays.
    payer: Option<HelpPayer>,
    ceiling: Ceiling,
    request_id: Option<Uuid>,
    certificate_due: NaiveDate,
    certificate_id: Option<Uuid>,
    proposed_by: Uuid,
    proposed_at: Instant,
    given: Vec<HelpGiven>,
    /// `proposed`, `approved`, `refused`, `delivered`, `cancelled`.
    state: State,
    /// For `If-Match`.
    version: i64,
}

/// A declared emergency.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Emergency {
    id: Uuid,
    name: LocalText,
    areas: Vec<String>,
    period: Period,
    entries: Vec<String>,
    ceiling: Ceiling,
    proposed_by: Uuid,
    proposed_at: Instant,
    /// `proposed`, `declared`, `ended`.
    state: State,
    /// For `If-Match`.
    version: i64,
}

/// A proposed ceiling of immediate help.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct CeilingProposal {
    id: Uuid,
    /// Code of the catalogue's entry.
    entry: String,
    ceiling: Ceiling,
    /// Number of the municipality's decision that sets it.
    decision: String,
    proposed_by: Uuid,
    proposed_at: Instant,
    /// `proposed`, `approved`, `refused`.
    state: State,
    /// For `If-Match`.
    version: i64,
}

/// One answer about an operation.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct FitAnswer {
    /// `character`, `duration`, `budget`.
    dimension: String,
    /// `met`, `not-met`, `unknown`.
    fit: String,
    /// Stable code.
    reason: String,
    params: Option<Vec<(String, String)>>,
}

/// Whether an operation can pay for an action.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct OperationFit {
    operation_id: Uuid,
    answers: Vec<FitAnswer>,
}

/// A proposal of an action.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct ActionProposal {
    id: Uuid,
    name: LocalText,
    description: LocalText,
    certificates: Vec<Uuid>,
    residual: u32,
    category: String,
    groups: Vec<String>,
    areas: Vec<String>,
    program: String,
    model_entry: String,
    period: Period,
    places: u32,
    budget: Money,
    operation_id: Option<Uuid>,
    fits: Vec<OperationFit>,
    /// Actions that overlapped it.
    overlaps: Vec<Uuid>,
    /// What bodies planned that overlapped it.
    planned_overlaps: Option<Vec<Uuid>>,
    proposed_by: Uuid,
    proposed_at: Instant,
    /// `proposed`, `approved`, `rejected`, `planned`, `withdrawn`.
    state: State,
    /// For `If-Match`.
    version: i64,
}

/// What a body plans by itself.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct PlannedAction {
    id: Uuid,
    organization_id: Uuid,
    by: Uuid,
    at: Instant,
    title: LocalText,
    words: LocalText,
    category: String,
    groups: Vec<String>,
    areas: Vec<String>,
    period: Period,
    people: Option<u32>,
    /// `planned`, `cancelled`.
    state: State,
    /// For `If-Match`; absent inside other answers.
    version: Option<i64>,
}

/// A single change that would cover a need, or bring it nearer.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct CoverOption {
    change: CoverChange,
    service_id: Option<Uuid>,
    service: Option<LocalText>,
    /// Places that it brings; absent while the record leaves something unknown.
    brings: Option<u32>,
    /// What would still be unknown.
    unknown: Option<Vec<String>>,
    /// People left without service after it.
    leaves: u32,
}

/// The change with its numbers.
#[derive(JsonSchema)]
pub(crate) struct CoverChange {
    /// `confirm`, `places`, `areas`, `ages`, `mode`, `languages`, `groups`, `reopen`, `action`.
    change: String,
    #[schemars(flatten)]
    numbers: BTreeMap<String, Value>,
}

/// What two officers decided against the rules.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Overruled {
    /// What the rules answered.
    computed: super::records::NeedOutcome,
    reason: LocalText,
    by: Uuid,
    approved_by: Uuid,
    at: Instant,
}

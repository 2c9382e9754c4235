//! JSON Schemas of values that `osn-core` owns: the rules crate carries no schema library, so their shapes stand here.
//!
//! Each type is a mirror for documentation only; nothing is read or written through it.
#![expect(dead_code, reason = "the fields exist to be described, nobody reads them")]

mod evaluation;
mod meetings;
mod money;
mod network;
mod opened;
mod records;
mod requests;

pub(crate) use evaluation::{ActionEvaluation, Conclusion, EvaluationFigures};
pub(crate) use meetings::{
    FollowUp, FromProfile, GroupProfile, Meeting, MeetingCadence, MeetingPurpose, ProfileQuestion,
};
pub(crate) use money::{
    BudgetLine, Claim, ClaimTotals, Commitment, Contract, Criterion, Expense, Figures, Irregularity, Manifest,
    NewExpense, Reallocation, ScientificOpinion,
};
pub(crate) use network::{
    ActionProposal, Agreement, Ceiling, CeilingProposal, Closure, Consent, Contribution, ContributionKind, CoverOption,
    Emergency, GapCause, GapSource, GoodPractice, ImmediateIntervention, Member, MemberKind, NetworkContact,
    Overruling, PlannedAction, Referral, ReferralData, ReferralOutcome, RefusalReason, ReportedGap, ServiceExtension,
};
pub(crate) use opened::{ApplicationData, Evidence, JournalEntry};
pub(crate) use records::{
    Action, AssessmentRun, Award, Call, Confirmation, Deliverer, Delivery, DeliveryPlan, InterventionModel, Operation,
    RankedLine, Selection, SignedCertificate,
};
pub(crate) use requests::{RequestOrigin, SupportRequest};

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

/// A text by language tag, Greek (`el`) first.
#[derive(JsonSchema)]
#[schemars(transparent)]
pub(crate) struct LocalText(BTreeMap<String, String>);

/// An amount in euros: two decimals as a string.
#[derive(JsonSchema)]
pub(crate) struct Money {
    /// For example `1234.56`.
    #[schemars(regex(pattern = r"^-?[0-9]+\.[0-9]{2}$"))]
    amount: String,
    /// Always `EUR`.
    currency: String,
}

/// Days from `from` to `to`, both included; without `to` it is open.
#[derive(JsonSchema)]
pub(crate) struct Period {
    from: chrono::NaiveDate,
    to: Option<chrono::NaiveDate>,
}

/// People of a period, as a body counts them.
#[derive(JsonSchema)]
pub(crate) struct PeriodFigures {
    period: Period,
    /// People served.
    served: Option<u32>,
    /// People turned away.
    turned_away: Option<u32>,
    /// People waiting on the last day.
    waiting: Option<u32>,
}

/// What is recorded of an action's stock.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub(crate) enum StockEvent {
    /// So many pieces arrived.
    Arrived,
    /// So many pieces are left.
    Counted,
}

/// What a suggestion is about.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub(crate) enum SuggestionAbout {
    Closed,
    Hours,
    Contact,
    Place,
    Conditions,
    Other,
}

/// What a request asks for, in the terms of the mapping.
#[derive(JsonSchema)]
pub(crate) struct Need {
    /// Code of the category.
    category: String,
    /// Codes of beneficiary groups: a service must be open to each of them.
    groups: Vec<String>,
    people: People,
    /// Codes of areas that must be served.
    areas: Vec<String>,
    mode: Mode,
    period: Period,
    /// Languages of service (ISO 639-1), any of which will do.
    languages: Option<Vec<String>>,
    /// When people can come; absent: no condition.
    hours: Option<NeededHours>,
    urgency: Urgency,
}

/// Hours at which people can come.
#[derive(JsonSchema)]
pub(crate) struct NeededHours {
    /// `MO`, `TU` and so on.
    days: Vec<String>,
    from: chrono::NaiveTime,
    to: chrono::NaiveTime,
}

/// How many people, and their ages where they matter.
#[derive(JsonSchema)]
pub(crate) struct People {
    count: u32,
    age_from: Option<u8>,
    age_to: Option<u8>,
}

/// Words and phrases of any language that mean the same.
#[derive(JsonSchema)]
pub(crate) struct SynonymGroup {
    /// At least two that differ.
    #[schemars(length(min = 2, max = 100))]
    words: Vec<String>,
}

/// A municipality's list of words that mean the same, as it is kept.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct SynonymsKept {
    groups: Vec<SynonymGroup>,
    /// For `If-Match`.
    version: i64,
}

/// After how many days a record is asked about, as it is kept.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct UpkeepDaysKept {
    remind_after_days: u16,
    no_cover_after_days: u16,
    no_referral_after_days: u16,
    remind_again_after_days: u16,
    link_valid_days: u16,
    /// Counts below this are not shown publicly.
    publish_from: u32,
    /// For `If-Match`.
    version: i64,
}

/// A service with the reasons for which it was found.
#[derive(JsonSchema)]
pub(crate) struct FoundService {
    #[schemars(flatten)]
    service: BTreeMap<String, serde_json::Value>,
    reasons: Option<Vec<SearchReason>>,
    /// Whether it is open at one of its places.
    opening: crate::acts::opening::OpeningView,
}

/// A running action of the municipality that was found, as a service.
#[derive(JsonSchema)]
pub(crate) struct FoundAction {
    #[schemars(flatten)]
    found: FoundService,
    /// The call that people apply to, or applied to last.
    #[schemars(with = "Option<uuid::Uuid>")]
    call: Option<osn_core::id::CallId>,
}

/// Why a service answers a word of a query.
#[derive(JsonSchema)]
pub(crate) struct SearchReason {
    /// What was typed.
    typed: String,
    field: SearchField,
    form: SearchForm,
    /// What stands there: the record's word, or the phrase that means the same.
    matched: String,
}

/// Where a word stands.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub(crate) enum SearchField {
    Name,
    OtherName,
    Category,
    Place,
    Organization,
    Group,
    Area,
    Description,
}

/// How a typed word met a word of a record.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub(crate) enum SearchForm {
    Word,
    Inflected,
    Sound,
    Start,
    SoundStart,
    Synonym,
    Layout,
    Typo,
}

/// How help reaches people.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub(crate) enum Mode {
    Place,
    Home,
    Remote,
    Street,
}

/// How soon help must come.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub(crate) enum Urgency {
    Normal,
    High,
    Immediate,
}

/// A person's decision about a service that the record leaves undetermined.
#[derive(JsonSchema)]
pub(crate) struct UnknownDecision {
    service_id: uuid::Uuid,
    /// Places to count; 0: it does not cover this need.
    places: u32,
    reason: LocalText,
}

/// How a call takes applications in.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub(crate) enum Intake {
    Deadline,
    Rolling,
}

/// One application for each …
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub(crate) enum OnePer {
    Person,
    Household,
}

/// One planned round of deliveries.
#[derive(JsonSchema)]
pub(crate) struct Slot {
    /// Counted from 1.
    instalment: u16,
    date: chrono::NaiveDate,
    /// What it offers, where people are assigned to it.
    occasion: Option<Occasion>,
}

/// What a round offers; places, series and features are options of questions of the program.
#[derive(JsonSchema)]
pub(crate) struct Occasion {
    place: Option<String>,
    series: Option<String>,
    /// In the municipality's time.
    starts: Option<chrono::NaiveTime>,
    minutes: Option<u32>,
    /// Youngest age, full years; 0 when left out.
    age_from: Option<u16>,
    /// Oldest age, full years.
    age_to: Option<u16>,
    features: Option<Vec<String>>,
    /// Most people; without it there is no limit.
    capacity: Option<u32>,
}

/// What a program planned for somebody of an award.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct DeliveryItem {
    /// Position of the participant in the application.
    claim: u16,
    /// Key of the program's supply.
    supply: String,
    quantity: u32,
    cost: Money,
}

/// The state of the paper behind an answer.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub(crate) enum EvidenceState {
    None,
    Declared,
    Bringing,
    Accepted,
    Refused,
    Expired,
}

macro_rules! documents {
    ($($(#[doc = $doc:literal])* $name:ident),* $(,)?) => {$(
        $(#[doc = $doc])*
        pub(crate) struct $name;

        impl JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "object", "description": concat!($($doc),*).trim() })
            }
        }
    )*};
}

documents! {
    /// A record of the mapping: `record` (taxonomy-term, organization, location, service) and the fields of that kind.
    DirectoryRecord,
    /// A JSON Schema (2020-12).
    JsonSchemaDocument,
    /// A decision record in canonical form.
    DecisionRecord,
    /// A published list with its signature, schema `osn-published-list-0.1`.
    SignedList,
    /// A description of a program: form, criteria, ranking, parameters, delivery.
    ProgramAbout,
}

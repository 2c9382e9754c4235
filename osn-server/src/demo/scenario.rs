//! A program's demo scenario, as its package carries it: what the player knows about a program is what stands in it.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use osn_core::lang::LocalText;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The shape that this player reads.
const SCHEMA: &str = "osn-demo-scenario-0.1";

/// One scenario.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scenario {
    pub(super) schema: String,
    pub(super) key: String,
    pub(super) program: String,
    pub(super) municipality: String,
    pub(super) time_zone: String,
    pub(super) default_seed: u64,
    /// Place among the year's stories: the first is the main one.
    #[serde(default)]
    pub(super) order: u32,
    #[expect(dead_code, reason = "shown by tools that list scenarios")]
    pub(super) name: LocalText,
    #[serde(default)]
    pub(super) actions: Vec<ActionRow>,
    #[serde(default)]
    pub(super) calls: Vec<CallRow>,
    pub(super) people: People,
    #[serde(default)]
    pub(super) attempts: Vec<AttemptRow>,
    #[serde(default)]
    pub(super) plans: Vec<PlanRow>,
    #[serde(default)]
    pub(super) withdrawals: Vec<WithdrawalRow>,
    #[serde(default)]
    pub(super) records: Vec<RecordRow>,
    #[serde(default)]
    pub(super) failures: Vec<FailureRow>,
    #[serde(default)]
    pub(super) timeline: Vec<Happening>,
}

impl Scenario {
    /// Whether the schema is the one that this player knows.
    pub(super) fn is_known(&self) -> bool {
        self.schema == SCHEMA
    }
}

/// When something happens: a local time of the played year, or the day on which the demo is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Moment {
    /// Local time.
    Local(NaiveDateTime),
    /// After the year, by the machine's clock.
    Today,
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == "today" {
            return Ok(Self::Today);
        }
        text.parse().map(Self::Local).map_err(serde::de::Error::custom)
    }
}

/// What is written down at the deliveries of an action: of one instalment, or of all.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordRow {
    pub(super) action: String,
    #[serde(default)]
    pub(super) instalment: Option<u16>,
    /// Once for each delivery.
    #[serde(default)]
    pub(super) recorded: serde_json::Map<String, Value>,
    /// Of each participant.
    #[serde(default)]
    pub(super) participants: serde_json::Map<String, Value>,
}

/// A reason given by somebody in particular.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SecondRow {
    pub(super) actor: String,
    pub(super) reason: LocalText,
}

/// A version of an action's places.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlacesRow {
    pub(super) version: u32,
    pub(super) places: u32,
    pub(super) actor: String,
    pub(super) at: Moment,
    pub(super) reason: LocalText,
    #[serde(default)]
    pub(super) second: Option<SecondRow>,
}

/// Days counted from the day on which the demo is started.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DaysFromToday {
    pub(super) from: u32,
    pub(super) to: u32,
}

/// An action of the story.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ActionRow {
    pub(super) key: String,
    pub(super) request: String,
    pub(super) model_entry: String,
    #[serde(default)]
    pub(super) operation: Option<String>,
    #[serde(default)]
    #[expect(dead_code, reason = "the interface takes no work package of an action yet")]
    pub(super) work_package: Option<String>,
    pub(super) name: LocalText,
    pub(super) description: LocalText,
    #[serde(default)]
    pub(super) period: Option<Value>,
    #[serde(default)]
    pub(super) period_days_from_today: Option<DaysFromToday>,
    pub(super) instalments: u16,
    #[serde(default)]
    #[expect(dead_code, reason = "says where the budget comes from")]
    pub(super) unit_price: Option<Value>,
    pub(super) budget: Value,
    pub(super) parameters: Value,
    /// Keys of the bodies that deliver it.
    #[serde(default)]
    pub(super) deliverers: Vec<String>,
    pub(super) places: Vec<PlacesRow>,
}

/// A call of the story.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CallRow {
    pub(super) key: String,
    pub(super) action: String,
    pub(super) title: LocalText,
    #[serde(default)]
    pub(super) opens_at: Option<NaiveDateTime>,
    #[serde(default)]
    pub(super) closes_at: Option<NaiveDateTime>,
    #[serde(default)]
    pub(super) opens_days_from_today: Option<u32>,
    #[serde(default)]
    pub(super) closes_days_from_today: Option<u32>,
    pub(super) capacity: u32,
    pub(super) one_per: String,
    pub(super) tie_break: String,
}

/// Ages, both ends included.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ages {
    pub(super) from: u32,
    pub(super) to: u32,
}

/// A weighted range of whole numbers.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Bucket {
    pub(super) weight: u32,
    pub(super) from: i64,
    pub(super) to: i64,
    #[serde(default = "one")]
    pub(super) step: i64,
}

fn one() -> i64 {
    1
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WeightedArea {
    pub(super) weight: u32,
    pub(super) area: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WeightedHousehold {
    pub(super) weight: u32,
    pub(super) members: Vec<Ages>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WeightedDays {
    pub(super) weight: u32,
    pub(super) from: NaiveDate,
    pub(super) to: NaiveDate,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Hours {
    pub(super) from: NaiveTime,
    pub(super) to: NaiveTime,
}

/// A weighted last day of a paper's validity.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WeightedValidity {
    pub(super) weight: u32,
    #[serde(default)]
    pub(super) from: Option<NaiveDate>,
    #[serde(default)]
    pub(super) to: Option<NaiveDate>,
    #[serde(default)]
    pub(super) indefinite: bool,
}

/// Serials, both ends included.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Serials {
    pub(super) from: u16,
    pub(super) to: u16,
}

/// Who an answer is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Of {
    /// The application as a whole.
    Application,
    /// Each claim.
    Claim,
    /// Each member of the household beside the applicant.
    Member,
}

/// How an answer is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum AnswerKind {
    /// Whole per cent.
    Percent,
    /// Cents.
    Money,
    /// Yes or no.
    Flag,
    /// A whole number.
    Integer,
    /// One of the choices, by the value given.
    Choice,
    /// The date of birth of the person concerned.
    BirthDate,
    /// The age of the person concerned, full years on the reference day.
    Age,
    /// From `least` to `most` of the options, in an order of their own.
    Options,
}

/// One answer of the form.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AnswerRow {
    pub(super) of: Of,
    pub(super) key: String,
    pub(super) kind: AnswerKind,
    #[serde(default)]
    pub(super) buckets: Vec<Bucket>,
    #[serde(default)]
    pub(super) value: Option<Value>,
    #[serde(default)]
    pub(super) choices: Vec<WeightedValue>,
    #[serde(default)]
    pub(super) options: Vec<String>,
    #[serde(default)]
    pub(super) least: u32,
    #[serde(default)]
    pub(super) most: u32,
}

/// One paper; the key of a participant's is `claims/*/<key>`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EvidenceRow {
    pub(super) key: String,
    pub(super) submitted: String,
    pub(super) checked: String,
    #[serde(default)]
    pub(super) valid_to: Vec<WeightedValidity>,
}

/// A weighted value, given as it is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WeightedValue {
    pub(super) weight: u32,
    pub(super) value: Value,
}

/// How many of a profile.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Share {
    pub(super) least: u32,
    pub(super) most: u32,
}

/// A kind of applicant: what differs from the rest, and what a test expects of the program.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Profile {
    #[expect(dead_code, reason = "names the profile for its readers")]
    pub(super) key: String,
    #[serde(default)]
    pub(super) share: Option<Share>,
    #[serde(default)]
    pub(super) rest: bool,
    pub(super) expect: String,
    /// Participants, each as a range of ages; without any, the applicant is the one.
    #[serde(default)]
    pub(super) claims: Vec<Ages>,
    #[serde(default)]
    pub(super) answers: Vec<AnswerRow>,
    #[serde(default)]
    pub(super) evidence: Vec<EvidenceRow>,
}

/// The invented people.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct People {
    pub(super) call: String,
    pub(super) accepted: u32,
    pub(super) reference_day: NaiveDate,
    pub(super) female_permille: u32,
    pub(super) amka_serials: Serials,
    pub(super) phone_prefix: String,
    pub(super) phone_digits: u32,
    pub(super) email_permille: u32,
    pub(super) house_numbers: Ages,
    pub(super) applicant_age: Vec<Bucket>,
    pub(super) areas: Vec<WeightedArea>,
    pub(super) households: Vec<WeightedHousehold>,
    pub(super) submissions: Vec<WeightedDays>,
    pub(super) submission_hours: Hours,
    #[serde(default)]
    pub(super) submissions_at: Vec<NaiveDateTime>,
    pub(super) answers: Vec<AnswerRow>,
    pub(super) evidence: Vec<EvidenceRow>,
    pub(super) profiles: Vec<Profile>,
}

/// Puts a value somewhere in the body.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetRow {
    pub(super) path: String,
    pub(super) value: Value,
}

/// Copies a value from an accepted application.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CopyRow {
    pub(super) accepted: usize,
    pub(super) from: String,
    pub(super) to: String,
}

/// What the refusal must say.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExpectedRefusal {
    pub(super) http: u16,
    pub(super) code: String,
    #[serde(default)]
    pub(super) path: Option<String>,
    #[serde(default)]
    pub(super) error: Option<String>,
}

/// An attempt that must be refused.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AttemptRow {
    pub(super) key: String,
    pub(super) at: Moment,
    #[serde(default)]
    #[expect(dead_code, reason = "`fresh` is what stands when `accepted` is absent")]
    pub(super) base: Option<String>,
    #[serde(default)]
    pub(super) accepted: Option<usize>,
    #[serde(default)]
    pub(super) members: Option<Vec<Ages>>,
    #[serde(default)]
    pub(super) set: Option<SetRow>,
    #[serde(default)]
    pub(super) remove: Option<String>,
    #[serde(default)]
    pub(super) copy: Option<CopyRow>,
    #[serde(default)]
    pub(super) false_check_digit: Option<String>,
    #[serde(default)]
    pub(super) raw: Option<String>,
    pub(super) expect: ExpectedRefusal,
}

/// A version of a delivery plan.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanRow {
    pub(super) version: u32,
    pub(super) action: String,
    pub(super) actor: String,
    pub(super) at: Moment,
    pub(super) slots: Vec<Value>,
    pub(super) reason: LocalText,
}

/// A recipient who gives the award back.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WithdrawalRow {
    pub(super) action: String,
    pub(super) rank: u64,
    #[expect(dead_code, reason = "follows from the time; written for the reader")]
    pub(super) after_instalment: u16,
    pub(super) actor: String,
    pub(super) at: Moment,
    pub(super) reason: String,
    #[expect(dead_code, reason = "the rules always promote the first of the reserve list")]
    pub(super) promote: String,
}

/// A delivery that fails and is repeated.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FailureRow {
    pub(super) action: String,
    pub(super) rank: u64,
    pub(super) instalment: u16,
    pub(super) kind: String,
    pub(super) note: LocalText,
    pub(super) repeated_at: Moment,
}

/// One line of the timeline.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Happening {
    pub(super) at: Moment,
    #[serde(default)]
    pub(super) to: Option<Moment>,
    pub(super) actor: String,
    #[serde(rename = "do")]
    pub(super) act: Act,
    #[serde(default)]
    pub(super) request: Option<String>,
    #[serde(default)]
    pub(super) action: Option<String>,
    #[serde(default)]
    pub(super) call: Option<String>,
    #[serde(default)]
    pub(super) instalment: Option<u16>,
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Act {
    ImportMapping,
    SubmitRequest,
    ExamineRequest,
    DecideUnknowns,
    IssueCertificate,
    CreateAction,
    ApproveAction,
    CreateCall,
    PublishCall,
    ReceiveApplications,
    CheckEvidence,
    Assess,
    ProposeSelection,
    ApproveSelection,
    PublishResults,
    Deliver,
    CompleteAction,
}

/// Every scenario of the house's own plugins, from their sources: what the tests of the player run over.
#[cfg(test)]
pub(super) fn in_sources() -> Vec<Scenario> {
    let plugins = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins");
    let folders = std::fs::read_dir(plugins).unwrap();
    let files = folders
        .map(|folder| folder.unwrap().path().join("demo/scenario.toml"))
        .filter(|file| file.is_file());
    let read = |file: std::path::PathBuf| {
        super::city::read(&file.display().to_string(), &std::fs::read_to_string(&file).unwrap()).unwrap()
    };
    let scenarios: Vec<Scenario> = files.map(read).collect();
    assert!(!scenarios.is_empty(), "no scenario found");
    scenarios
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_scenario_of_the_house_has_the_known_schema() {
        for scenario in super::in_sources() {
            assert!(scenario.is_known(), "{}", scenario.key);
        }
    }
}

//! Shapes of meetings and of the groups that they describe. `tests/tests/server/document.rs` holds them against real answers.

use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use uuid::Uuid;

use super::network::State;
use super::{LocalText, People};

type Instant = DateTime<Utc>;

/// Why bodies meet.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub(crate) enum MeetingPurpose {
    FindGaps,
    PresentServices,
    Both,
}

/// How often bodies meet.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub(crate) enum MeetingCadence {
    Once,
    Weekly,
    Monthly,
    Quarterly,
    Yearly,
}

/// Something to do after a meeting.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct FollowUp {
    what: LocalText,
    /// The body that does it.
    owner: Uuid,
    due: NaiveDate,
    done_on: Option<NaiveDate>,
}

/// A group in counts.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct GroupProfile {
    groups: Vec<String>,
    people: People,
    areas: Vec<String>,
    women: Option<u32>,
    men: Option<u32>,
    employed: Option<u32>,
    unemployed: Option<u32>,
    /// Everybody else is none.
    single_parents: Option<u32>,
    /// By age; bands do not overlap.
    ages: Option<Vec<AgeCount>>,
    /// By area; none lies within another.
    by_area: Option<Vec<AreaCount>>,
}

/// People of some ages.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct AgeCount {
    from: u8,
    to: Option<u8>,
    people: u32,
}

/// People of an area.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct AreaCount {
    area: String,
    people: u32,
}

/// Women or men.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub(crate) enum Sex {
    Women,
    Men,
}

/// In work or out of work.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub(crate) enum Employment {
    Employed,
    Unemployed,
}

/// Whom of a described group one means: everybody who answers all of it.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct GroupPart {
    sex: Option<Sex>,
    employment: Option<Employment>,
    single_parents: Option<bool>,
    age_from: Option<u8>,
    age_to: Option<u8>,
    areas: Option<Vec<String>>,
}

/// The described group of a meeting that a need or a report was sized from.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct FromProfile {
    meeting: Uuid,
    /// Which of its groups, counted from 0.
    number: u16,
    /// Whom of the group; of a request, its ages and areas are the need's.
    part: Option<GroupPart>,
}

/// A question by which a group was counted.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub(crate) enum ProfileQuestion {
    Sex,
    Age,
    Employment,
    Area,
    SingleParenthood,
}

/// A meeting of the network.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Meeting {
    id: Uuid,
    title: LocalText,
    purpose: MeetingPurpose,
    host: Option<Uuid>,
    initiative: Option<Uuid>,
    cadence: MeetingCadence,
    starts_at: Instant,
    ends_at: Instant,
    place: LocalText,
    agenda: Vec<LocalText>,
    invited: Vec<Uuid>,
    attended: Vec<Uuid>,
    minutes: Option<LocalText>,
    follow_ups: Vec<FollowUp>,
    profiles: Vec<GroupProfile>,
    /// Gaps that were reported.
    gaps: Vec<Uuid>,
    /// Requests that a described group sized.
    requests: Option<Vec<Uuid>>,
    /// Means that were offered.
    contributions: Vec<Uuid>,
    created_by: Uuid,
    /// How often the invitation changed.
    sequence: u32,
    /// `planned`, `invited`, `held`, `cancelled`.
    state: State,
    /// For `If-Match`.
    version: i64,
}

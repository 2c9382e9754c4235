//! Meetings of the network: called or joined, with a purpose, an agenda, minutes, follow-ups, and what came of them.

pub(crate) mod calendar;
mod profile;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use self::calendar::icalendar;
pub use self::profile::{
    AgeCount, AreaCount, Counted, Employment, FromProfile, GroupProfile, Part, ProfileError, ProfileQuestion, Sex, Size,
};
use crate::id::{AccountId, ContributionId, GapId, MeetingId, OrganizationId, RequestId};
use crate::lang::LocalText;
use crate::state::{InvalidTransition, Machine};
use crate::time::Instant;

/// Why bodies meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// To find what is missing.
    FindGaps,
    /// To show what bodies offer.
    PresentServices,
    /// Both.
    Both,
}

impl Purpose {
    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FindGaps => "find-gaps",
            Self::PresentServices => "present-services",
            Self::Both => "both",
        }
    }
}

/// How often a body meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cadence {
    /// Once.
    Once,
    /// Every week.
    Weekly,
    /// Every month.
    Monthly,
    /// Every three months.
    Quarterly,
    /// Every year.
    Yearly,
}

impl Cadence {
    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Once => "once",
            Self::Weekly => "weekly",
            Self::Monthly => "monthly",
            Self::Quarterly => "quarterly",
            Self::Yearly => "yearly",
        }
    }
}

/// Something to do after a meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FollowUp {
    /// What; no personal data.
    pub what: LocalText,
    /// The body that does it.
    pub owner: OrganizationId,
    /// By when.
    pub due: NaiveDate,
    /// When it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_on: Option<NaiveDate>,
}

/// Where a meeting stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state", rename_all_fields = "snake_case")]
pub enum MeetingState {
    /// Being prepared.
    Planned,
    /// Invitations went out.
    Invited {
        /// When.
        at: Instant,
    },
    /// It took place; its minutes are kept.
    Held {
        /// When the minutes were kept.
        at: Instant,
    },
    /// It does not take place.
    Cancelled {
        /// When.
        at: Instant,
    },
}

/// What can happen to a meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MeetingEvent {
    /// Invitations go out (again, where something moved).
    Invite {
        /// When.
        at: Instant,
    },
    /// It took place.
    Hold {
        /// When.
        at: Instant,
    },
    /// It does not take place.
    Cancel {
        /// When.
        at: Instant,
    },
}

impl Machine for MeetingState {
    type Event = MeetingEvent;
    const NAME: &'static str = "meeting";

    fn name(&self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Invited { .. } => "invited",
            Self::Held { .. } => "held",
            Self::Cancelled { .. } => "cancelled",
        }
    }

    fn event_name(event: &MeetingEvent) -> &'static str {
        match event {
            MeetingEvent::Invite { .. } => "invite",
            MeetingEvent::Hold { .. } => "hold",
            MeetingEvent::Cancel { .. } => "cancel",
        }
    }

    fn apply(&self, event: &MeetingEvent) -> Result<Self, InvalidTransition> {
        match (self, event) {
            (Self::Planned | Self::Invited { .. }, MeetingEvent::Invite { at }) => Ok(Self::Invited { at: *at }),
            (Self::Planned | Self::Invited { .. } | Self::Held { .. }, MeetingEvent::Hold { at }) => {
                Ok(Self::Held { at: *at })
            }
            (Self::Planned | Self::Invited { .. }, MeetingEvent::Cancel { at }) => Ok(Self::Cancelled { at: *at }),
            _ => Err(self.refuse(event)),
        }
    }
}

/// A meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meeting {
    /// Identifier.
    pub id: MeetingId,
    /// Title.
    pub title: LocalText,
    /// Why.
    pub purpose: Purpose,
    /// The body that hosts it; absent: the team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<OrganizationId>,
    /// Whose idea it was; absent: the team's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initiative: Option<OrganizationId>,
    /// How often.
    pub cadence: Cadence,
    /// When it begins.
    pub starts_at: Instant,
    /// When it ends.
    pub ends_at: Instant,
    /// Where, or by which link.
    pub place: LocalText,
    /// What is talked about.
    pub agenda: Vec<LocalText>,
    /// Bodies that are invited.
    pub invited: Vec<OrganizationId>,
    /// Bodies that came.
    #[serde(default)]
    pub attended: Vec<OrganizationId>,
    /// What was said; no personal data.
    #[serde(default, skip_serializing_if = "LocalText::is_empty")]
    pub minutes: LocalText,
    /// What is to be done.
    #[serde(default)]
    pub follow_ups: Vec<FollowUp>,
    /// Groups that were described.
    #[serde(default)]
    pub profiles: Vec<GroupProfile>,
    /// Gaps that were reported.
    #[serde(default)]
    pub gaps: Vec<GapId>,
    /// Requests that a described group sized.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<RequestId>,
    /// Means that were offered.
    #[serde(default)]
    pub contributions: Vec<ContributionId>,
    /// Who prepares it.
    pub created_by: AccountId,
    /// How often the invitation changed: the sequence of the calendar's entry.
    #[serde(default)]
    pub sequence: u32,
    /// Where it stands.
    pub state: MeetingState,
}

/// What is wrong with a meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MeetingError {
    /// No title.
    #[error("a title is needed")]
    NoTitle,
    /// It ends before it begins.
    #[error("the meeting ends before it begins")]
    Backwards,
    /// Nobody is invited.
    #[error("at least one body is invited")]
    NobodyInvited,
    /// Minutes of a meeting that has not begun.
    #[error("minutes are of a meeting that took place")]
    NotBegun,
}

impl MeetingError {
    /// The field that the remedy belongs to.
    pub const fn path(self) -> &'static str {
        match self {
            Self::NoTitle => "/title",
            Self::Backwards => "/ends_at",
            Self::NobodyInvited => "/invited",
            Self::NotBegun => "/minutes",
        }
    }

    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoTitle => "required",
            Self::Backwards => "backwards-period",
            Self::NobodyInvited => "meeting-nobody-invited",
            Self::NotBegun => "meeting-not-begun",
        }
    }
}

impl Meeting {
    /// Everything that is wrong with its frame.
    pub fn problems(&self) -> Vec<MeetingError> {
        let mut problems = Vec::new();
        if self.title.get("el").trim().is_empty() {
            problems.push(MeetingError::NoTitle);
        }
        if self.ends_at <= self.starts_at {
            problems.push(MeetingError::Backwards);
        }
        if self.invited.is_empty() {
            problems.push(MeetingError::NobodyInvited);
        }
        problems
    }

    /// Follow-ups that are late on a day.
    pub fn late(&self, today: NaiveDate) -> impl Iterator<Item = &FollowUp> {
        self.follow_ups
            .iter()
            .filter(move |follow_up| follow_up.done_on.is_none() && follow_up.due < today)
    }
}

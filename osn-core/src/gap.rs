//! Reported gaps (αναφερόμενα κενά): what a meeting, a refused referral, people turned away, a search without result or an
//! observation says is missing; what bodies offer towards it; and how it is closed.
//!
//! `Gap` alone is the certificate's outcome. A reported gap is a claim: its people are an estimate, with its evidence.

mod board;
mod offer;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use self::board::{Month, UnmetBoard, UnmetCell, UnmetNeed, unmet_board};
pub use self::offer::{
    Contribution, ContributionEvent, ContributionKind, ContributionState, ExtensionError, ExtensionEvent,
    ExtensionState, ServiceExtension,
};
use crate::directory::{Directory, TermCode};
use crate::id::{AccountId, ActionId, ExtensionId, GapId, MeetingId, OrganizationId, ReferralId, ServiceId};
use crate::lang::LocalText;
use crate::meeting::FromProfile;
use crate::state::{InvalidTransition, Machine};
use crate::time::{Instant, Period};

/// Why people are not served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GapCause {
    /// The service exists and has no means for more people.
    NoMeans,
    /// No such service exists.
    NoSuchService,
    /// The service exists and something keeps people away: language, papers, hours, distance.
    BarrierOfAccess,
}

impl GapCause {
    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoMeans => "no-means",
            Self::NoSuchService => "no-such-service",
            Self::BarrierOfAccess => "barrier-of-access",
        }
    }
}

/// Where a report comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "from", rename_all_fields = "snake_case")]
pub enum GapSource {
    /// A meeting of the network.
    Meeting {
        /// The meeting.
        meeting: MeetingId,
    },
    /// A referral that a body refused.
    RefusedReferral {
        /// The referral.
        referral: ReferralId,
    },
    /// People whom a service turned away, as its body counted them.
    TurnedAway {
        /// The service.
        service: ServiceId,
        /// The days that were counted.
        period: Period,
        /// How many.
        people: u32,
    },
    /// Searches that found nothing, counted without knowing who searched or in which words.
    EmptySearch {
        /// The days that were counted.
        period: Period,
        /// How many searches.
        searches: u32,
    },
    /// Somebody saw it.
    Observation,
}

impl GapSource {
    /// Stable name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Meeting { .. } => "meeting",
            Self::RefusedReferral { .. } => "refused-referral",
            Self::TurnedAway { .. } => "turned-away",
            Self::EmptySearch { .. } => "empty-search",
            Self::Observation => "observation",
        }
    }

    /// The meeting that it came from.
    pub const fn meeting(&self) -> Option<MeetingId> {
        match self {
            Self::Meeting { meeting } => Some(*meeting),
            Self::RefusedReferral { .. } | Self::TurnedAway { .. } | Self::EmptySearch { .. } | Self::Observation => {
                None
            }
        }
    }
}

/// How a gap is closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "by", rename_all_fields = "snake_case")]
pub enum Closure {
    /// People were handed to a body that takes them.
    Referral {
        /// The referral that showed the way.
        referral: ReferralId,
    },
    /// An existing service has more places.
    Extension {
        /// The extension.
        extension: ExtensionId,
    },
    /// Bodies put their means together.
    JointEffort {
        /// The bodies.
        bodies: Vec<OrganizationId>,
        /// What they agreed.
        agreement: LocalText,
    },
    /// An action serves it.
    Action {
        /// The action.
        action: ActionId,
    },
}

impl Closure {
    /// Stable name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Referral { .. } => "referral",
            Self::Extension { .. } => "extension",
            Self::JointEffort { .. } => "joint-effort",
            Self::Action { .. } => "action",
        }
    }
}

/// Where a reported gap stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state", rename_all_fields = "snake_case")]
pub enum GapState {
    /// Somebody reported it.
    Reported,
    /// The team takes it as real and works on it.
    Accepted {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// It is served.
    Closed {
        /// Who closed it.
        by: AccountId,
        /// When.
        at: Instant,
        /// How.
        closure: Closure,
    },
    /// It was another gap in other words.
    Joined {
        /// Who joined them.
        by: AccountId,
        /// When.
        at: Instant,
        /// The gap that goes on.
        into: GapId,
    },
    /// It is no gap.
    Dismissed {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
        /// Why.
        reason: LocalText,
    },
}

/// What can happen to a reported gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GapEvent {
    /// The team takes it as real.
    Accept {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// It is served.
    Close {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
        /// How.
        closure: Closure,
    },
    /// It is another one in other words.
    Join {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
        /// The gap that goes on.
        into: GapId,
    },
    /// It is no gap; without a reason this is no decision.
    Dismiss {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
        /// Why.
        reason: LocalText,
    },
    /// What closed it did not last.
    Reopen {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
    },
}

impl Machine for GapState {
    type Event = GapEvent;
    const NAME: &'static str = "gap";

    fn name(&self) -> &'static str {
        match self {
            Self::Reported => "reported",
            Self::Accepted { .. } => "accepted",
            Self::Closed { .. } => "closed",
            Self::Joined { .. } => "joined",
            Self::Dismissed { .. } => "dismissed",
        }
    }

    fn event_name(event: &GapEvent) -> &'static str {
        match event {
            GapEvent::Accept { .. } => "accept",
            GapEvent::Close { .. } => "close",
            GapEvent::Join { .. } => "join",
            GapEvent::Dismiss { .. } => "dismiss",
            GapEvent::Reopen { .. } => "reopen",
        }
    }

    fn apply(&self, event: &GapEvent) -> Result<Self, InvalidTransition> {
        match (self, event) {
            (Self::Reported, GapEvent::Accept { by, at })
            | (Self::Closed { .. } | Self::Dismissed { .. }, GapEvent::Reopen { by, at }) => {
                Ok(Self::Accepted { by: *by, at: *at })
            }
            (Self::Accepted { .. }, GapEvent::Close { by, at, closure }) => Ok(Self::Closed {
                by: *by,
                at: *at,
                closure: closure.clone(),
            }),
            (Self::Reported | Self::Accepted { .. }, GapEvent::Join { by, at, into }) => Ok(Self::Joined {
                by: *by,
                at: *at,
                into: *into,
            }),
            (Self::Reported | Self::Accepted { .. }, GapEvent::Dismiss { by, at, reason })
                if !reason.get("el").trim().is_empty() =>
            {
                Ok(Self::Dismissed {
                    by: *by,
                    at: *at,
                    reason: reason.clone(),
                })
            }
            _ => Err(self.refuse(event)),
        }
    }
}

/// What a body proposes to do about a gap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GapProposal {
    /// The body; absent: the team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization_id: Option<OrganizationId>,
    /// Who wrote it.
    pub by: AccountId,
    /// When.
    pub at: Instant,
    /// In words; no personal data.
    pub words: LocalText,
}

/// A reported gap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportedGap {
    /// Identifier.
    pub id: GapId,
    /// Who reported it.
    pub reported_by: AccountId,
    /// The body behind it; absent: the team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization_id: Option<OrganizationId>,
    /// Short title.
    pub title: LocalText,
    /// Category of the service that is missing.
    pub category: TermCode,
    /// For whom.
    pub groups: Vec<TermCode>,
    /// Where.
    pub areas: Vec<TermCode>,
    /// How many people, as an estimate.
    pub people: u32,
    /// Why they are not served.
    pub cause: GapCause,
    /// What shows it; no personal data.
    pub evidence: LocalText,
    /// Where the report comes from.
    pub source: GapSource,
    /// The described group that its number of people comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_profile: Option<FromProfile>,
    /// When it was reported.
    pub reported_at: Instant,
    /// What bodies propose.
    #[serde(default)]
    pub proposals: Vec<GapProposal>,
    /// Where it stands.
    pub state: GapState,
}

/// What is wrong with a report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GapError {
    /// Nobody is missing anything.
    #[error("people must be at least 1")]
    NoPeople,
    /// No area is named.
    #[error("areas must name at least one area")]
    NoArea,
    /// No title.
    #[error("a title is needed")]
    NoTitle,
    /// Nothing shows it.
    #[error("the evidence must say what shows the gap")]
    NoEvidence,
    /// The counted days are open or backwards.
    #[error("the counted days need a first and a last day, in this order")]
    BackwardsPeriod,
    /// More people are estimated than the source counted.
    #[error("{people} people are more than the {counted} that the source counted")]
    MoreThanCounted {
        /// Estimate.
        people: u32,
        /// What the source counted.
        counted: u32,
    },
}

impl GapError {
    /// The field that the remedy belongs to.
    pub const fn path(&self) -> &'static str {
        match self {
            Self::NoPeople | Self::MoreThanCounted { .. } => "/people",
            Self::NoArea => "/areas",
            Self::NoTitle => "/title",
            Self::NoEvidence => "/evidence",
            Self::BackwardsPeriod => "/source/period/to",
        }
    }

    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoPeople => "need.no-people",
            Self::NoArea => "need.no-area",
            Self::NoTitle | Self::NoEvidence => "required",
            Self::BackwardsPeriod => "backwards-period",
            Self::MoreThanCounted { .. } => "gap-more-than-counted",
        }
    }
}

/// Why two gaps are not joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JoinError {
    /// It is the same report.
    #[error("a gap is not joined with itself")]
    Itself,
    /// They are about different things.
    #[error("the gaps differ in `{0}`")]
    Different(&'static str),
    /// One of them is over.
    #[error(transparent)]
    Transition(#[from] InvalidTransition),
}

impl ReportedGap {
    /// Everything that is wrong with it.
    pub fn problems(&self) -> Vec<GapError> {
        let mut problems = Vec::new();
        if self.title.get("el").trim().is_empty() {
            problems.push(GapError::NoTitle);
        }
        if self.people == 0 {
            problems.push(GapError::NoPeople);
        }
        if self.areas.is_empty() {
            problems.push(GapError::NoArea);
        }
        if self.evidence.get("el").trim().is_empty() {
            problems.push(GapError::NoEvidence);
        }
        let (period, counted) = match &self.source {
            GapSource::TurnedAway { period, people, .. } => (Some(*period), Some(*people)),
            GapSource::EmptySearch { period, searches } => (Some(*period), Some(*searches)),
            GapSource::Meeting { .. } | GapSource::RefusedReferral { .. } | GapSource::Observation => (None, None),
        };
        if period.is_some_and(|period| period.to.is_none_or(|to| to < period.from)) {
            problems.push(GapError::BackwardsPeriod);
        }
        if let Some(counted) = counted
            && self.people > counted
        {
            problems.push(GapError::MoreThanCounted {
                people: self.people,
                counted,
            });
        }
        problems
    }

    /// Whether somebody still works on it, or could.
    pub const fn is_open(&self) -> bool {
        matches!(self.state, GapState::Reported | GapState::Accepted { .. })
    }

    /// The day until which people were not served, where it is over. A gap that was joined lives on in the other one,
    /// and one that was dismissed never was.
    pub fn over_on(&self, day: impl Fn(Instant) -> NaiveDate) -> Option<NaiveDate> {
        match &self.state {
            GapState::Closed { at, .. } => Some(day(*at)),
            GapState::Reported | GapState::Accepted { .. } | GapState::Joined { .. } | GapState::Dismissed { .. } => {
                None
            }
        }
    }

    /// What keeps this gap from being the same as another: category, groups, cause, and one area that both name or that
    /// lies within one of the other's.
    pub fn difference(&self, other: &Self, directory: &Directory) -> Option<&'static str> {
        let set = |codes: &[TermCode]| codes.iter().cloned().collect::<BTreeSet<_>>();
        let within = |one: &[TermCode], all: &[TermCode]| {
            one.iter()
                .any(|code| directory.with_ancestors(code).iter().any(|above| all.contains(above)))
        };
        if self.category != other.category {
            Some("category")
        } else if set(&self.groups) != set(&other.groups) {
            Some("groups")
        } else if self.cause != other.cause {
            Some("cause")
        } else if !within(&self.areas, &other.areas) && !within(&other.areas, &self.areas) {
            Some("areas")
        } else {
            None
        }
    }

    /// Joins `other` into this one: this one keeps the greater estimate and every area and proposal of both. The same
    /// people are not counted twice, so estimates are never added.
    ///
    /// # Errors
    /// When it is the same report, they differ, or one of them is over.
    pub fn join(
        &mut self,
        other: &mut Self,
        directory: &Directory,
        (by, at): (AccountId, Instant),
    ) -> Result<(), JoinError> {
        if self.id == other.id {
            return Err(JoinError::Itself);
        }
        if let Some(field) = self.difference(other, directory) {
            return Err(JoinError::Different(field));
        }
        let event = GapEvent::Join { by, at, into: self.id };
        // The one that goes on must be open too: the same step shows it.
        self.state.apply(&event)?;
        other.state = other.state.apply(&event)?;
        self.people = self.people.max(other.people);
        for area in &other.areas {
            let known = directory
                .with_ancestors(area)
                .iter()
                .any(|above| self.areas.contains(above));
            if !known {
                self.areas.push(area.clone());
            }
        }
        self.proposals.extend(other.proposals.iter().cloned());
        Ok(())
    }
}

//! The network: which bodies are members, with which agreement, whom one speaks to there, and what they share.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::id::{AccountId, MemberId, OrganizationId, PracticeId};
use crate::lang::LocalText;
use crate::state::{InvalidTransition, Machine};
use crate::time::{Instant, Period};

/// What kind of member a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MemberKind {
    /// A directorate, structure or legal entity of the municipality: no agreement is needed.
    Municipal,
    /// Civil society: an invitation, then an agreement with its days.
    CivilSociety,
}

impl MemberKind {
    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Municipal => "municipal",
            Self::CivilSociety => "civil-society",
        }
    }
}

/// What was agreed with a body of civil society.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// Its number or title.
    pub reference: String,
    /// The day on which it was signed.
    pub signed_on: NaiveDate,
    /// The days on which it holds.
    pub period: Period,
}

/// Where a membership stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state", rename_all_fields = "snake_case")]
pub enum MemberState {
    /// Invited; nothing is signed.
    Invited {
        /// When.
        at: Instant,
    },
    /// A member.
    Active {
        /// Since when.
        at: Instant,
    },
    /// It left, or the agreement ended.
    Ended {
        /// When.
        at: Instant,
    },
}

/// What can happen to a membership.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemberEvent {
    /// The agreement is signed, or none is needed.
    Join {
        /// When.
        at: Instant,
    },
    /// It ends.
    End {
        /// When.
        at: Instant,
    },
    /// It is invited again.
    Invite {
        /// When.
        at: Instant,
    },
}

impl Machine for MemberState {
    type Event = MemberEvent;
    const NAME: &'static str = "member";

    fn name(&self) -> &'static str {
        match self {
            Self::Invited { .. } => "invited",
            Self::Active { .. } => "active",
            Self::Ended { .. } => "ended",
        }
    }

    fn event_name(event: &MemberEvent) -> &'static str {
        match event {
            MemberEvent::Join { .. } => "join",
            MemberEvent::End { .. } => "end",
            MemberEvent::Invite { .. } => "invite",
        }
    }

    fn apply(&self, event: &MemberEvent) -> Result<Self, InvalidTransition> {
        match (self, event) {
            (Self::Invited { .. }, MemberEvent::Join { at }) => Ok(Self::Active { at: *at }),
            (Self::Invited { .. } | Self::Active { .. }, MemberEvent::End { at }) => Ok(Self::Ended { at: *at }),
            (Self::Ended { .. }, MemberEvent::Invite { at }) => Ok(Self::Invited { at: *at }),
            _ => Err(self.refuse(event)),
        }
    }
}

/// What somebody does for a body in the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContactRole {
    /// Speaks for the body.
    Representative,
    /// Takes referrals.
    Referrals,
    /// Keeps its records.
    Records,
    /// Delivers.
    Delivery,
}

impl ContactRole {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Representative, Self::Referrals, Self::Records, Self::Delivery];

    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Representative => "representative",
            Self::Referrals => "referrals",
            Self::Records => "records",
            Self::Delivery => "delivery",
        }
    }
}

/// Somebody at a body: personal data, sealed wherever they are kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkContact {
    /// Name.
    pub name: String,
    /// What they do in the network.
    pub role: ContactRole,
    /// E-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

impl fmt::Debug for NetworkContact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NetworkContact")
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// A body's membership.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Identifier.
    pub id: MemberId,
    /// The body.
    pub organization_id: OrganizationId,
    /// Which kind of member.
    pub kind: MemberKind,
    /// What was agreed; a municipal member needs nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<Agreement>,
    /// Where it stands.
    pub state: MemberState,
}

/// Why a membership does not begin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MemberError {
    /// Civil society signs first.
    #[error("an agreement is needed")]
    NoAgreement,
    /// The agreement ends before it begins.
    #[error("the agreement ends before it begins")]
    BackwardsAgreement,
    /// The agreement does not hold on this day.
    #[error("the agreement does not hold on {0}")]
    NotInForce(NaiveDate),
    /// It is signed on a day to come.
    #[error("the agreement is signed on a day that has not come")]
    SignedInFuture,
    /// The step is not possible.
    #[error(transparent)]
    Transition(#[from] InvalidTransition),
}

impl Member {
    /// The membership begins.
    ///
    /// # Errors
    /// When a body of civil society has no agreement in force, or the step is not possible.
    pub fn join(&mut self, agreement: Option<Agreement>, today: NaiveDate, at: Instant) -> Result<(), MemberError> {
        if let Some(agreement) = &agreement {
            if agreement.period.to.is_some_and(|to| to < agreement.period.from) {
                return Err(MemberError::BackwardsAgreement);
            }
            if agreement.signed_on > today {
                return Err(MemberError::SignedInFuture);
            }
        }
        match (self.kind, &agreement) {
            (MemberKind::CivilSociety, None) => return Err(MemberError::NoAgreement),
            (MemberKind::CivilSociety, Some(agreement)) if !agreement.period.contains(today) => {
                return Err(MemberError::NotInForce(today));
            }
            (MemberKind::CivilSociety, Some(_)) | (MemberKind::Municipal, _) => {}
        }
        self.state = self.state.apply(&MemberEvent::Join { at })?;
        self.agreement = agreement;
        Ok(())
    }

    /// Whether it is a member on a day.
    pub fn is_member_on(&self, day: NaiveDate) -> bool {
        let agreed = match (self.kind, &self.agreement) {
            (MemberKind::Municipal, _) => true,
            (MemberKind::CivilSociety, Some(agreement)) => agreement.period.contains(day),
            (MemberKind::CivilSociety, None) => false,
        };
        agreed && matches!(self.state, MemberState::Active { .. })
    }
}

/// A good practice that a body shares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoodPractice {
    /// Identifier.
    pub id: PracticeId,
    /// The body; absent: the team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization_id: Option<OrganizationId>,
    /// Who wrote it.
    pub by: AccountId,
    /// When.
    pub at: Instant,
    /// Title.
    pub title: LocalText,
    /// What was done and what it brought; no personal data.
    pub words: LocalText,
    /// Tags, in lower case.
    pub tags: Vec<String>,
}

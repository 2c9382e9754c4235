//! Referrals (παραπομπές): a person is handed to a body of the network, with their consent and the least of their data.
//!
//! Invariant: every piece of data that crosses stands in the consent's scope, and nothing crosses outside its days.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::directory::TermCode;
use crate::id::{AccountId, GapId, OrganizationId, PersonId, ReferralId, RequestId, ServiceId};
use crate::lang::LocalText;
use crate::state::{InvalidTransition, Machine};
use crate::time::Instant;

/// A piece of a person's data that a referral may carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DataField {
    /// Name.
    Name,
    /// Telephone.
    Phone,
    /// E-mail.
    Email,
    /// Address.
    Address,
    /// Year of birth; never the day.
    BirthYear,
    /// What they need, in words.
    Situation,
}

impl DataField {
    /// Every piece.
    pub const ALL: [Self; 6] = [
        Self::Name,
        Self::Phone,
        Self::Email,
        Self::Address,
        Self::BirthYear,
        Self::Situation,
    ];

    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Address => "address",
            Self::BirthYear => "birth-year",
            Self::Situation => "situation",
        }
    }
}

/// What the person agreed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// Which data may cross.
    pub scope: Vec<DataField>,
    /// When it was given.
    pub given_on: NaiveDate,
    /// The last day on which it holds.
    pub expires_on: NaiveDate,
}

/// The person's data; sealed wherever it is kept.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReferralData {
    /// Name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Telephone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// E-mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Year of birth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birth_year: Option<u16>,
    /// What they need, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub situation: Option<String>,
    /// What became of it, in the body's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
}

impl fmt::Debug for ReferralData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReferralData({} pieces)", self.given().len())
    }
}

impl ReferralData {
    /// The pieces that are there.
    pub fn given(&self) -> Vec<DataField> {
        let there = |field: &DataField| match field {
            DataField::Name => self.name.is_some(),
            DataField::Phone => self.phone.is_some(),
            DataField::Email => self.email.is_some(),
            DataField::Address => self.address.is_some(),
            DataField::BirthYear => self.birth_year.is_some(),
            DataField::Situation => self.situation.is_some(),
        };
        DataField::ALL.into_iter().filter(there).collect()
    }
}

/// Why a body does not take a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefusalReason {
    /// No place is free.
    NoPlaces,
    /// It has no such service.
    NoSuchService,
    /// The person is not one of those whom it serves.
    NotEligible,
    /// The person cannot reach it: language, papers, hours, distance.
    CannotBeReached,
    /// The person does not want it.
    PersonDeclined,
}

impl RefusalReason {
    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoPlaces => "no-places",
            Self::NoSuchService => "no-such-service",
            Self::NotEligible => "not-eligible",
            Self::CannotBeReached => "cannot-be-reached",
            Self::PersonDeclined => "person-declined",
        }
    }

    /// The cause of the gap that it reports; none where nothing is missing.
    pub const fn gap_cause(self) -> Option<crate::gap::GapCause> {
        use crate::gap::GapCause;
        match self {
            Self::NoPlaces => Some(GapCause::NoMeans),
            Self::NoSuchService | Self::NotEligible => Some(GapCause::NoSuchService),
            Self::CannotBeReached => Some(GapCause::BarrierOfAccess),
            Self::PersonDeclined => None,
        }
    }
}

/// What became of a person who was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReferralOutcome {
    /// Served.
    Served,
    /// Served in part.
    PartlyServed,
    /// The person never came.
    NeverCame,
    /// It turned out that the body cannot serve them.
    NotServed,
}

impl ReferralOutcome {
    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Served => "served",
            Self::PartlyServed => "partly-served",
            Self::NeverCame => "never-came",
            Self::NotServed => "not-served",
        }
    }
}

/// Where a referral stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state", rename_all_fields = "snake_case")]
pub enum ReferralState {
    /// The body has it.
    Sent,
    /// The body takes the person.
    Accepted {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// The body does not take the person.
    Refused {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
        /// Why.
        reason: RefusalReason,
    },
    /// Nobody answered in time.
    Expired {
        /// When.
        at: Instant,
    },
    /// The person took the consent back, or the team the referral.
    Withdrawn {
        /// When.
        at: Instant,
    },
    /// The body said what became of it.
    Concluded {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
        /// What.
        outcome: ReferralOutcome,
    },
}

/// What can happen to a referral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReferralEvent {
    /// The body takes the person.
    Accept {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// The body does not.
    Refuse {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
        /// Why.
        reason: RefusalReason,
    },
    /// The day of the answer passed.
    Expire {
        /// When.
        at: Instant,
    },
    /// It is taken back.
    Withdraw {
        /// When.
        at: Instant,
    },
    /// What became of it.
    Conclude {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
        /// What.
        outcome: ReferralOutcome,
    },
}

impl Machine for ReferralState {
    type Event = ReferralEvent;
    const NAME: &'static str = "referral";

    fn name(&self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Accepted { .. } => "accepted",
            Self::Refused { .. } => "refused",
            Self::Expired { .. } => "expired",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Concluded { .. } => "concluded",
        }
    }

    fn event_name(event: &ReferralEvent) -> &'static str {
        match event {
            ReferralEvent::Accept { .. } => "accept",
            ReferralEvent::Refuse { .. } => "refuse",
            ReferralEvent::Expire { .. } => "expire",
            ReferralEvent::Withdraw { .. } => "withdraw",
            ReferralEvent::Conclude { .. } => "conclude",
        }
    }

    fn apply(&self, event: &ReferralEvent) -> Result<Self, InvalidTransition> {
        match (self, event) {
            (Self::Sent, ReferralEvent::Accept { by, at }) => Ok(Self::Accepted { by: *by, at: *at }),
            (Self::Sent, ReferralEvent::Refuse { by, at, reason }) => Ok(Self::Refused {
                by: *by,
                at: *at,
                reason: *reason,
            }),
            (Self::Sent, ReferralEvent::Expire { at }) => Ok(Self::Expired { at: *at }),
            (Self::Sent | Self::Accepted { .. }, ReferralEvent::Withdraw { at }) => Ok(Self::Withdrawn { at: *at }),
            (Self::Accepted { .. }, ReferralEvent::Conclude { by, at, outcome }) => Ok(Self::Concluded {
                by: *by,
                at: *at,
                outcome: *outcome,
            }),
            _ => Err(self.refuse(event)),
        }
    }
}

/// A person handed to a body, without the person's data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Referral {
    /// Identifier.
    pub id: ReferralId,
    /// The person whose key seals the data.
    pub person_id: PersonId,
    /// The body that is asked.
    pub organization_id: OrganizationId,
    /// The service that it is asked for, where one is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_id: Option<ServiceId>,
    /// What is needed.
    pub category: TermCode,
    /// Where.
    pub areas: Vec<TermCode>,
    /// For whom, as far as it matters for being served.
    #[serde(default)]
    pub groups: Vec<TermCode>,
    /// What the person agreed to.
    pub consent: Consent,
    /// The last day on which the body can answer.
    pub answer_by: NaiveDate,
    /// The request behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<RequestId>,
    /// The gap that its refusal reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap_id: Option<GapId>,
    /// Who referred.
    pub referred_by: AccountId,
    /// When.
    pub referred_at: Instant,
    /// Remarks without personal data.
    #[serde(default, skip_serializing_if = "LocalText::is_empty")]
    pub note: LocalText,
    /// Where it stands.
    pub state: ReferralState,
}

/// Why a referral is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReferralError {
    /// The person agreed to nothing.
    #[error("the person's consent is needed")]
    NoConsent,
    /// The consent is of a day to come.
    #[error("the consent is given on a day that has not come")]
    ConsentInFuture,
    /// The consent no longer holds.
    #[error("the consent ended on {0}")]
    ConsentExpired(NaiveDate),
    /// The consent ends before it begins.
    #[error("the consent ends before it is given")]
    BackwardsConsent,
    /// A piece of data that the person did not agree to.
    #[error("the consent does not cover `{}`", .0.name())]
    OutsideConsent(DataField),
    /// Nothing by which the body could reach the person.
    #[error("a telephone, an e-mail or an address is needed")]
    NoWayToReach,
    /// The answer is asked for after the consent's end, or before today.
    #[error("the answer must be due between today and the end of the consent")]
    AnswerBy,
    /// No area.
    #[error("areas must name at least one area")]
    NoArea,
    /// Nobody can answer any more.
    #[error("the answer was due by {0}")]
    TooLate(NaiveDate),
}

impl ReferralError {
    /// The field that the remedy belongs to.
    pub fn path(&self) -> String {
        match self {
            Self::NoConsent => "/consent/scope".to_owned(),
            Self::ConsentInFuture => "/consent/given_on".to_owned(),
            Self::ConsentExpired(_) | Self::BackwardsConsent => "/consent/expires_on".to_owned(),
            Self::OutsideConsent(field) => format!("/data/{}", field.name().replace('-', "_")),
            Self::NoWayToReach => "/data".to_owned(),
            Self::AnswerBy | Self::TooLate(_) => "/answer_by".to_owned(),
            Self::NoArea => "/areas".to_owned(),
        }
    }

    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoConsent => "referral-no-consent",
            Self::ConsentInFuture => "referral-consent-in-future",
            Self::ConsentExpired(_) => "referral-consent-expired",
            Self::BackwardsConsent => "backwards-period",
            Self::OutsideConsent(_) => "referral-outside-consent",
            Self::NoWayToReach => "referral-no-way-to-reach",
            Self::AnswerBy => "referral-answer-by",
            Self::NoArea => "need.no-area",
            Self::TooLate(_) => "referral-too-late",
        }
    }
}

impl Consent {
    /// Whether it holds on a day.
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        !self.scope.is_empty() && self.given_on <= day && day <= self.expires_on
    }
}

impl Referral {
    /// Everything that is wrong with it and its data on the day on which it is sent.
    pub fn problems(&self, data: &ReferralData, today: NaiveDate) -> Vec<ReferralError> {
        let mut problems = Vec::new();
        let consent = &self.consent;
        if consent.scope.is_empty() {
            problems.push(ReferralError::NoConsent);
        }
        if consent.given_on > today {
            problems.push(ReferralError::ConsentInFuture);
        }
        if consent.expires_on < consent.given_on {
            problems.push(ReferralError::BackwardsConsent);
        } else if consent.expires_on < today {
            problems.push(ReferralError::ConsentExpired(consent.expires_on));
        }
        let given = data.given();
        let outside = given.iter().filter(|field| !consent.scope.contains(field));
        problems.extend(outside.map(|field| ReferralError::OutsideConsent(*field)));
        let reaches = |field: &DataField| matches!(field, DataField::Phone | DataField::Email | DataField::Address);
        if !given.iter().any(reaches) {
            problems.push(ReferralError::NoWayToReach);
        }
        if self.answer_by < today || self.answer_by > consent.expires_on {
            problems.push(ReferralError::AnswerBy);
        }
        if self.areas.is_empty() {
            problems.push(ReferralError::NoArea);
        }
        problems
    }

    /// Whether the body may read the person's data on a day: while it is asked or has taken the person, and the consent
    /// holds.
    ///
    /// # Errors
    /// When the consent ended, or the referral is over.
    pub fn may_read(&self, today: NaiveDate) -> Result<(), ReferralError> {
        if !self.consent.holds_on(today) {
            return Err(ReferralError::ConsentExpired(self.consent.expires_on));
        }
        match self.state {
            ReferralState::Sent if today > self.answer_by => Err(ReferralError::TooLate(self.answer_by)),
            ReferralState::Sent | ReferralState::Accepted { .. } => Ok(()),
            ReferralState::Refused { .. }
            | ReferralState::Expired { .. }
            | ReferralState::Withdrawn { .. }
            | ReferralState::Concluded { .. } => Err(ReferralError::NoConsent),
        }
    }

    /// Whether the body may still answer.
    ///
    /// # Errors
    /// When the day of the answer or the consent has passed.
    pub fn may_answer(&self, today: NaiveDate) -> Result<(), ReferralError> {
        if today > self.answer_by {
            Err(ReferralError::TooLate(self.answer_by))
        } else if !self.consent.holds_on(today) {
            Err(ReferralError::ConsentExpired(self.consent.expires_on))
        } else {
            Ok(())
        }
    }
}

//! The urgent track: immediate help from the catalogue to named people or to a body, without a call.
//!
//! Somebody proposes, another person approves; what is given stays within the entry's ceiling (people, euro, days), or
//! within that of a declared emergency. The certificate of need follows within a set time. Each person who is helped has a
//! decision, an award and deliveries as through a call; where an operation pays, each delivery has its expense.

mod ceiling;
mod decision;
mod emergency;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

pub use self::ceiling::{CeilingEvent, CeilingProposal, CeilingState};
pub use self::decision::{HelpAnswer, HelpAsked, HelpDecision};
pub use self::emergency::{Emergency, EmergencyEvent, EmergencyState};
use crate::directory::TermCode;
use crate::expenditure::Category;
use crate::id::{
    AccountId, CertificateId, DeliveryId, EmergencyId, InterventionId, OperationId, OrganizationId, PersonId, RequestId,
};
use crate::intervention::Ceiling;
use crate::lang::LocalText;
use crate::money::Money;
use crate::state::{InvalidTransition, Machine};
use crate::time::{Instant, Period};

/// Who is helped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "to", rename_all_fields = "snake_case")]
pub enum HelpTo {
    /// Named people: each one's data are sealed under a key of their own.
    People {
        /// The people.
        people: Vec<PersonId>,
    },
    /// A body, for people whom it knows.
    Body {
        /// The body.
        organization_id: OrganizationId,
        /// How many people.
        people: u32,
    },
}

impl HelpTo {
    /// How many people.
    pub fn count(&self) -> u32 {
        match self {
            Self::People { people } => u32::try_from(people.len()).unwrap_or(u32::MAX),
            Self::Body { people, .. } => *people,
        }
    }
}

/// Where immediate help stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state", rename_all_fields = "snake_case")]
pub enum InterventionState {
    /// Proposed; nothing is given.
    Proposed,
    /// A second person approved: the people hold the right to what is given.
    Approved {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// A second person refused.
    Refused {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
        /// Why.
        reason: LocalText,
    },
    /// Everything was given.
    Delivered {
        /// When.
        at: Instant,
    },
    /// It was taken back before anything was given.
    Cancelled {
        /// When.
        at: Instant,
    },
}

/// What can happen to immediate help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InterventionEvent {
    /// A second person approves.
    Approve {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// A second person refuses; without a reason this is no decision.
    Refuse {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
        /// Why.
        reason: LocalText,
    },
    /// The last of it was given.
    Deliver {
        /// When.
        at: Instant,
    },
    /// It is taken back.
    Cancel {
        /// When.
        at: Instant,
    },
}

impl Machine for InterventionState {
    type Event = InterventionEvent;
    const NAME: &'static str = "intervention";

    fn name(&self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Approved { .. } => "approved",
            Self::Refused { .. } => "refused",
            Self::Delivered { .. } => "delivered",
            Self::Cancelled { .. } => "cancelled",
        }
    }

    fn event_name(event: &InterventionEvent) -> &'static str {
        match event {
            InterventionEvent::Approve { .. } => "approve",
            InterventionEvent::Refuse { .. } => "refuse",
            InterventionEvent::Deliver { .. } => "deliver",
            InterventionEvent::Cancel { .. } => "cancel",
        }
    }

    fn apply(&self, event: &InterventionEvent) -> Result<Self, InvalidTransition> {
        match (self, event) {
            (Self::Proposed, InterventionEvent::Approve { by, at }) => Ok(Self::Approved { by: *by, at: *at }),
            (Self::Proposed, InterventionEvent::Refuse { by, at, reason }) if !reason.get("el").trim().is_empty() => {
                Ok(Self::Refused {
                    by: *by,
                    at: *at,
                    reason: reason.clone(),
                })
            }
            (Self::Approved { .. }, InterventionEvent::Deliver { at }) => Ok(Self::Delivered { at: *at }),
            (Self::Proposed | Self::Approved { .. }, InterventionEvent::Cancel { at }) => {
                Ok(Self::Cancelled { at: *at })
            }
            _ => Err(self.refuse(event)),
        }
    }
}

/// Something that was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HelpGiven {
    /// To whom; absent: to the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person_id: Option<PersonId>,
    /// When.
    pub on: NaiveDate,
    /// Who recorded it.
    pub by: AccountId,
    /// What it cost.
    pub cost: Money,
    /// The delivery that says so; absent of what was given before help had deliveries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery_id: Option<DeliveryId>,
}

/// From which operation immediate help is paid, and under what its expenses are declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HelpPayer {
    /// The operation.
    pub operation_id: OperationId,
    /// Its sub-project.
    pub sub_project: String,
    /// Its work package; empty where the operation has none.
    #[serde(default)]
    pub work_package: String,
    /// Category of its budget.
    pub category: Category,
}

/// Immediate help.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImmediateIntervention {
    /// Identifier.
    pub id: InterventionId,
    /// Code of the catalogue's entry.
    pub entry: String,
    /// Version of the model that it was read from.
    pub model_version: u32,
    /// Who is helped.
    pub to: HelpTo,
    /// Where.
    pub areas: Vec<TermCode>,
    /// On which days.
    pub period: Period,
    /// The most that it costs.
    pub cost: Money,
    /// Why at once; no personal data.
    pub reason: LocalText,
    /// The emergency that opened the track for many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency_id: Option<EmergencyId>,
    /// Who pays; absent: the municipality itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payer: Option<HelpPayer>,
    /// The ceiling that held when it was proposed.
    pub ceiling: Ceiling,
    /// The request through which the need is certified afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<RequestId>,
    /// The last day for the certificate.
    pub certificate_due: NaiveDate,
    /// The certificate, once it followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_id: Option<CertificateId>,
    /// Who proposed it.
    pub proposed_by: AccountId,
    /// When.
    pub proposed_at: Instant,
    /// What was given.
    #[serde(default)]
    pub given: Vec<HelpGiven>,
    /// Where it stands.
    pub state: InterventionState,
}

/// Why immediate help is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InterventionError {
    /// Nobody is helped.
    #[error("at least one person is helped")]
    NoPeople,
    /// The municipality has set no ceiling for this entry: nothing is given without one.
    #[error("the entry has no ceiling of `{0}`")]
    NoCeiling(&'static str),
    /// More than the ceiling.
    #[error("`{what}`: {asked} exceeds the ceiling of {ceiling}")]
    OverCeiling {
        /// `people`, `cost` or `days`.
        what: &'static str,
        /// What was asked.
        asked: String,
        /// The most.
        ceiling: String,
    },
    /// The days are open or backwards.
    #[error("the days need a first and a last one, in this order")]
    BackwardsPeriod,
    /// No reason.
    #[error("a reason is needed")]
    NoReason,
    /// No cost, or a negative one.
    #[error("the cost must be positive")]
    NoCost,
    /// The emergency is not in force on these days, in these areas, for this entry.
    #[error("the emergency does not open `{0}`")]
    OutsideEmergency(&'static str),
    /// Whoever proposed it cannot decide on it.
    #[error("a second person decides")]
    SamePerson,
    /// A person who is not among those helped.
    #[error("the person is not among those who are helped")]
    NotAmongThem,
    /// An operation pays, and the paper that proves the expense is not named.
    #[error("the number of the paper is needed: an operation pays")]
    NoPaper,
    /// More was given than was approved.
    #[error("{given} given exceeds the {approved} that were approved")]
    MoreThanApproved {
        /// Given in all.
        given: Money,
        /// Approved.
        approved: Money,
    },
    /// Given on a day outside the approved ones, or to come.
    #[error("{0} is not one of the approved days, or has not come")]
    OutsideDays(NaiveDate),
    /// The step is not possible.
    #[error(transparent)]
    Transition(#[from] InvalidTransition),
}

impl InterventionError {
    /// The field that the remedy belongs to.
    pub const fn path(&self) -> &'static str {
        match self {
            Self::NoPeople => "/to",
            Self::NoCeiling(_) => "/entry",
            Self::OverCeiling { what, .. } => match what.as_bytes() {
                b"people" => "/to",
                b"days" => "/period",
                _ => "/cost",
            },
            Self::BackwardsPeriod => "/period/to",
            Self::NoReason => "/reason",
            Self::NoCost | Self::MoreThanApproved { .. } => "/cost",
            Self::OutsideEmergency(_) => "/emergency_id",
            Self::NotAmongThem => "/person_id",
            Self::OutsideDays(_) => "/on",
            Self::NoPaper => "/paper",
            Self::SamePerson | Self::Transition(_) => "",
        }
    }

    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoPeople => "need.no-people",
            Self::NoCeiling(_) => "immediate-no-ceiling",
            Self::OverCeiling { .. } => "immediate-over-ceiling",
            Self::BackwardsPeriod => "backwards-period",
            Self::NoReason | Self::NoPaper => "required",
            Self::NoCost => "not-positive",
            Self::OutsideEmergency(_) => "immediate-outside-emergency",
            Self::SamePerson => "immediate-same-person",
            Self::NotAmongThem => "immediate-not-among-them",
            Self::MoreThanApproved { .. } => "immediate-more-than-approved",
            Self::OutsideDays(_) => "immediate-outside-days",
            Self::Transition(_) => "state-not-possible",
        }
    }
}

/// Days of a period with both ends, first and last included.
fn days(period: Period) -> Option<u16> {
    let to = period.to?;
    let days = to.signed_duration_since(period.from).num_days().checked_add(1)?;
    u16::try_from(days).ok().filter(|days| *days > 0)
}

/// What stands against so many people, so much money and these days under a ceiling.
fn beyond(ceiling: &Ceiling, people: u32, cost: Money, period: Period) -> Vec<InterventionError> {
    let mut problems = Vec::new();
    let over = |what, asked: String, ceiling: String| InterventionError::OverCeiling { what, asked, ceiling };
    match ceiling.people {
        None => problems.push(InterventionError::NoCeiling("people")),
        Some(most) if people > most => {
            problems.push(over("people", people.to_string(), most.to_string()));
        }
        Some(_) => {}
    }
    match ceiling.cost {
        None => problems.push(InterventionError::NoCeiling("cost")),
        Some(most) if cost > most => problems.push(over("cost", cost.to_string(), most.to_string())),
        Some(_) => {}
    }
    match (days(period), ceiling.days) {
        (None, _) => problems.push(InterventionError::BackwardsPeriod),
        (Some(_), None) => problems.push(InterventionError::NoCeiling("days")),
        (Some(asked), Some(most)) if asked > most => {
            problems.push(over("days", asked.to_string(), most.to_string()));
        }
        (Some(_), Some(_)) => {}
    }
    problems
}

impl ImmediateIntervention {
    /// Everything that is wrong with a proposal.
    pub fn problems(&self) -> Vec<InterventionError> {
        let mut problems = Vec::new();
        if self.to.count() == 0 {
            problems.push(InterventionError::NoPeople);
        }
        if self.reason.get("el").trim().is_empty() {
            problems.push(InterventionError::NoReason);
        }
        if !self.cost.is_positive() {
            problems.push(InterventionError::NoCost);
        }
        problems.extend(beyond(&self.ceiling, self.to.count(), self.cost, self.period));
        problems
    }

    /// A second person approves.
    ///
    /// # Errors
    /// When the same person proposed it, or it was decided.
    pub fn approve(&mut self, by: AccountId, at: Instant) -> Result<(), InterventionError> {
        if by == self.proposed_by {
            return Err(InterventionError::SamePerson);
        }
        self.state = self.state.apply(&InterventionEvent::Approve { by, at })?;
        Ok(())
    }

    /// A second person refuses, with a reason.
    ///
    /// # Errors
    /// When the same person proposed it, no reason is given, or it was decided.
    pub fn refuse(&mut self, by: AccountId, at: Instant, reason: LocalText) -> Result<(), InterventionError> {
        if by == self.proposed_by {
            return Err(InterventionError::SamePerson);
        }
        if reason.get("el").trim().is_empty() {
            return Err(InterventionError::NoReason);
        }
        self.state = self.state.apply(&InterventionEvent::Refuse { by, at, reason })?;
        Ok(())
    }

    /// Something was given, within what was approved.
    ///
    /// # Errors
    /// When it is not approved, the person is not among them, the day is none of the approved ones, or it is too much.
    pub fn give(&mut self, given: HelpGiven, today: NaiveDate) -> Result<(), InterventionError> {
        let InterventionState::Approved { at, .. } = self.state else {
            return Err(self
                .state
                .refuse(&InterventionEvent::Deliver { at: self.proposed_at })
                .into());
        };
        let among = match (&self.to, given.person_id) {
            (HelpTo::People { people }, Some(person)) => people.contains(&person),
            (HelpTo::Body { .. }, None) => true,
            (HelpTo::People { .. }, None) | (HelpTo::Body { .. }, Some(_)) => false,
        };
        if !among {
            return Err(InterventionError::NotAmongThem);
        }
        if !self.period.contains(given.on)
            || given.on > today
            || given.on < at.date_naive().pred_opt().unwrap_or(given.on)
        {
            return Err(InterventionError::OutsideDays(given.on));
        }
        if given.cost.is_negative() {
            return Err(InterventionError::NoCost);
        }
        let costs = self.given.iter().map(|each| each.cost).chain([given.cost]);
        let sum = Money::checked_sum(costs).map_err(|_| InterventionError::NoCost)?;
        if sum > self.cost {
            return Err(InterventionError::MoreThanApproved {
                given: sum,
                approved: self.cost,
            });
        }
        self.given.push(given);
        Ok(())
    }

    /// Whether the certificate is late on a day.
    pub fn is_certificate_late(&self, today: NaiveDate) -> bool {
        let counts = matches!(
            self.state,
            InterventionState::Approved { .. } | InterventionState::Delivered { .. }
        );
        counts && self.certificate_id.is_none() && today > self.certificate_due
    }
}

/// The last day for the certificate of help that begins on a day.
pub fn certificate_due(from: NaiveDate, within_days: u16) -> NaiveDate {
    from.checked_add_days(Days::new(within_days.into())).unwrap_or(from)
}

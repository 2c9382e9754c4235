//! Overruling: an officer answers a need otherwise than the rules, with a reason, and a second officer approves.
//!
//! The rules' answer stays beside it. A proposal is about one examination: another examination ends it.

use serde::{Deserialize, Serialize};

use crate::coverage::{Confirmation, NeedOutcome, Overruled, Relation};
use crate::id::{AccountId, OverrulingId, RequestId, ServiceId};
use crate::lang::LocalText;
use crate::state::{InvalidTransition, Machine};
use crate::time::Instant;

/// Where a proposal stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state", rename_all_fields = "snake_case")]
pub enum OverrulingState {
    /// It waits for a second officer.
    Proposed,
    /// A second officer approved it.
    Approved {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// A second officer refused it.
    Rejected {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
        /// Why.
        reason: LocalText,
    },
    /// The need was examined again before anybody decided.
    Lapsed {
        /// When.
        at: Instant,
    },
}

/// What can happen to a proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OverrulingEvent {
    /// A second officer approves it.
    Approve {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// A second officer refuses it; without a reason this is no decision.
    Reject {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
        /// Why.
        reason: LocalText,
    },
    /// The need was examined again.
    Lapse {
        /// When.
        at: Instant,
    },
}

impl Machine for OverrulingState {
    type Event = OverrulingEvent;
    const NAME: &'static str = "overruling";

    fn name(&self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Approved { .. } => "approved",
            Self::Rejected { .. } => "rejected",
            Self::Lapsed { .. } => "lapsed",
        }
    }

    fn event_name(event: &OverrulingEvent) -> &'static str {
        match event {
            OverrulingEvent::Approve { .. } => "approve",
            OverrulingEvent::Reject { .. } => "reject",
            OverrulingEvent::Lapse { .. } => "lapse",
        }
    }

    fn apply(&self, event: &OverrulingEvent) -> Result<Self, InvalidTransition> {
        match (self, event) {
            (Self::Proposed, OverrulingEvent::Approve { by, at }) => Ok(Self::Approved { by: *by, at: *at }),
            (Self::Proposed, OverrulingEvent::Reject { by, at, reason }) if !reason.get("el").trim().is_empty() => {
                Ok(Self::Rejected {
                    by: *by,
                    at: *at,
                    reason: reason.clone(),
                })
            }
            (Self::Proposed, OverrulingEvent::Lapse { at }) => Ok(Self::Lapsed { at: *at }),
            _ => Err(self.refuse(event)),
        }
    }
}

/// A proposal to answer a need otherwise than the rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overruling {
    /// Identifier.
    pub id: OverrulingId,
    /// The request.
    pub request_id: RequestId,
    /// The version of the examination that it is about.
    pub examination: i64,
    /// What the rules answered.
    pub computed: NeedOutcome,
    /// People whom the network does not serve, in the officer's judgement; 0: it serves everybody.
    pub residual: u32,
    /// The services that serve them; at least one when fewer people are left than the rules say.
    #[serde(default)]
    pub refer_to: Vec<ServiceId>,
    /// Why.
    pub reason: LocalText,
    /// Who proposed it.
    pub by: AccountId,
    /// When.
    pub at: Instant,
    /// Where it stands.
    pub state: OverrulingState,
}

/// Why an overruling is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OverrulingError {
    /// No reason.
    #[error("an overruling needs a reason")]
    NoReason,
    /// It says what the rules say.
    #[error("the rules already leave {residual} people")]
    Same {
        /// People left.
        residual: u32,
    },
    /// More people are left than are in need.
    #[error("{residual} people left are more than the {people} in need")]
    MoreThanInNeed {
        /// People left.
        residual: u32,
        /// People in need.
        people: u32,
    },
    /// A service is named that was not examined.
    #[error("service {0} was not examined as a candidate")]
    NotExamined(ServiceId),
    /// A service to which nobody is referred any more: its record is too old, or it does not run.
    #[error("service {0} may not be referred to")]
    NotReferable(ServiceId),
    /// The network is said to serve more people and nobody says which service does.
    #[error("the services that serve more people than the rules found must be named")]
    NoService,
    /// Whoever proposed it cannot decide on it.
    #[error("a second person decides")]
    SamePerson,
    /// The need was examined again since.
    #[error("the need was examined again since")]
    Moved,
    /// The step is not possible.
    #[error(transparent)]
    Transition(#[from] InvalidTransition),
}

impl Overruling {
    /// Everything that can be refused when it is proposed.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self, confirmation: &Confirmation) -> Result<(), OverrulingError> {
        let people = confirmation.need.people.count;
        let computed = self.computed.residual();
        if self.reason.get("el").trim().is_empty() {
            return Err(OverrulingError::NoReason);
        }
        if self.residual > people {
            return Err(OverrulingError::MoreThanInNeed {
                residual: self.residual,
                people,
            });
        }
        if self.residual == computed {
            return Err(OverrulingError::Same { residual: computed });
        }
        for id in &self.refer_to {
            let candidate = |service: &&crate::coverage::ExaminedService| {
                service.service_id == *id && service.relation == Relation::Candidate
            };
            match confirmation.examined.iter().find(candidate) {
                None => return Err(OverrulingError::NotExamined(*id)),
                Some(service) if !service.referable => return Err(OverrulingError::NotReferable(*id)),
                Some(_) => {}
            }
        }
        if self.residual < computed && self.refer_to.is_empty() {
            return Err(OverrulingError::NoService);
        }
        Ok(())
    }

    /// A second officer approves: the examination answers as proposed, with both answers kept.
    ///
    /// # Errors
    /// When the same person proposed it, the examination moved, or it was decided.
    pub fn approve(
        &mut self,
        confirmation: &mut Confirmation,
        version: i64,
        by: AccountId,
        at: Instant,
    ) -> Result<(), OverrulingError> {
        if by == self.by {
            return Err(OverrulingError::SamePerson);
        }
        let state = self.state.apply(&OverrulingEvent::Approve { by, at })?;
        if version != self.examination {
            return Err(OverrulingError::Moved);
        }
        self.state = state;
        let people = confirmation.need.people.count;
        confirmation.outcome = NeedOutcome::of(people, people.saturating_sub(self.residual));
        if !self.refer_to.is_empty() {
            confirmation.refer_to.clone_from(&self.refer_to);
        }
        confirmation.overruled = Some(Overruled {
            computed: self.computed,
            reason: self.reason.clone(),
            by: self.by,
            approved_by: by,
            at,
        });
        Ok(())
    }

    /// A second officer refuses, with a reason.
    ///
    /// # Errors
    /// When the same person proposed it, no reason is given, or it was decided.
    pub fn reject(&mut self, by: AccountId, at: Instant, reason: LocalText) -> Result<(), OverrulingError> {
        if by == self.by {
            return Err(OverrulingError::SamePerson);
        }
        if reason.get("el").trim().is_empty() {
            return Err(OverrulingError::NoReason);
        }
        self.state = self.state.apply(&OverrulingEvent::Reject { by, at, reason })?;
        Ok(())
    }
}

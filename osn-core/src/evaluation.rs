//! What is decided about an action at its end: stop, repeat or extend it, with the reason and the figures of that day.
//!
//! Somebody proposes, another person approves. A pilot is not completed without it.

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, ActionId, EvaluationId};
use crate::lang::LocalText;
use crate::money::Money;
use crate::state::{InvalidTransition, Machine};
use crate::time::Instant;

/// What becomes of the action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conclusion {
    /// It ends and is not done again.
    Stop,
    /// It is done again as it was.
    Repeat,
    /// It goes on for more people, or longer.
    Extend,
}

impl Conclusion {
    /// Every conclusion.
    pub const ALL: [Self; 3] = [Self::Stop, Self::Repeat, Self::Extend];

    /// Its stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Repeat => "repeat",
            Self::Extend => "extend",
        }
    }
}

/// What the action had reached when it was evaluated. Frozen: later deliveries do not change a decision's grounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figures {
    /// Places in force.
    pub places: u32,
    /// Awards that were not given back.
    pub awards: u64,
    /// People of awards of which something arrived.
    pub recipients: u64,
    /// Different households of which something arrived.
    pub households: u64,
    /// Deliveries made.
    pub delivered: u64,
    /// Attempts that failed.
    pub failed: u64,
    /// Money set aside.
    pub budget: Money,
}

impl Figures {
    /// Deliveries for each person who received something, in hundredths, rounded down; none where nobody did.
    pub fn delivered_per_person(&self) -> Option<u64> {
        self.delivered.saturating_mul(100).checked_div(self.recipients)
    }

    /// The budget for each person who received something, rounded down to the cent; none where nobody did.
    pub fn budget_per_person(&self) -> Option<Money> {
        let recipients = i64::try_from(self.recipients).ok()?;
        self.budget.cents().checked_div(recipients).map(Money::from_cents)
    }
}

/// Where an evaluation stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state", rename_all_fields = "snake_case")]
pub enum EvaluationState {
    /// It waits for a second person.
    Proposed,
    /// A second person agreed: it stands.
    Approved {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// A second person did not agree, with a reason.
    Rejected {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
        /// Why.
        reason: LocalText,
    },
}

/// What can happen to an evaluation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EvaluationEvent {
    /// A second person agrees.
    Approve {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// A second person does not; without a reason this is no decision.
    Reject {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
        /// Why.
        reason: LocalText,
    },
}

impl Machine for EvaluationState {
    type Event = EvaluationEvent;
    const NAME: &'static str = "evaluation";

    fn name(&self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Approved { .. } => "approved",
            Self::Rejected { .. } => "rejected",
        }
    }

    fn event_name(event: &EvaluationEvent) -> &'static str {
        match event {
            EvaluationEvent::Approve { .. } => "approve",
            EvaluationEvent::Reject { .. } => "reject",
        }
    }

    fn apply(&self, event: &EvaluationEvent) -> Result<Self, InvalidTransition> {
        match (self, event) {
            (Self::Proposed, EvaluationEvent::Approve { by, at }) => Ok(Self::Approved { by: *by, at: *at }),
            (Self::Proposed, EvaluationEvent::Reject { by, at, reason }) if !reason.is_empty() => Ok(Self::Rejected {
                by: *by,
                at: *at,
                reason: reason.clone(),
            }),
            _ => Err(self.refuse(event)),
        }
    }
}

/// An evaluation of an action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionEvaluation {
    /// Identifier.
    pub id: EvaluationId,
    /// The action.
    pub action_id: ActionId,
    /// What becomes of it.
    pub conclusion: Conclusion,
    /// Why.
    pub reason: LocalText,
    /// What it had reached.
    pub figures: Figures,
    /// Who proposed it.
    pub proposed_by: AccountId,
    /// When.
    pub proposed_at: Instant,
    /// Where it stands.
    pub state: EvaluationState,
}

/// Why a step is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvaluationError {
    /// The same person in both roles.
    #[error("the second person must be another person")]
    SamePerson,
    /// The step is not possible.
    #[error(transparent)]
    Transition(#[from] InvalidTransition),
}

impl ActionEvaluation {
    /// A second person decides; whoever proposed cannot.
    ///
    /// # Errors
    /// When the same person proposed it, or it was decided already.
    pub fn decide(&mut self, event: &EvaluationEvent) -> Result<(), EvaluationError> {
        let (EvaluationEvent::Approve { by, .. } | EvaluationEvent::Reject { by, .. }) = event;
        if *by == self.proposed_by {
            return Err(EvaluationError::SamePerson);
        }
        self.state = self.state.apply(event)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn figures(delivered: u64, recipients: u64) -> Figures {
        Figures {
            places: 150,
            awards: 150,
            recipients,
            households: recipients,
            delivered,
            failed: 2,
            budget: Money::from_cents(1_575_000),
        }
    }

    #[test]
    fn figures_for_each_person_are_none_where_nobody_received_anything() {
        for (delivered, recipients, each, cost) in [
            (448, 150, Some(298), Some(10_500)),
            (0, 0, None, None),
            (3, 1, Some(300), Some(1_575_000)),
        ] {
            let figures = figures(delivered, recipients);
            assert_eq!(figures.delivered_per_person(), each);
            assert_eq!(figures.budget_per_person().map(Money::cents), cost);
        }
    }

    #[test]
    fn whoever_proposed_does_not_decide_and_a_refusal_needs_its_reason() {
        let person = |number| AccountId::new(Uuid::from_u128(number));
        let at: Instant = "2022-12-05T10:00:00Z".parse().unwrap();
        let mut evaluation = ActionEvaluation {
            id: EvaluationId::new(Uuid::from_u128(1)),
            action_id: ActionId::new(Uuid::from_u128(2)),
            conclusion: Conclusion::Extend,
            reason: LocalText::new("Υπάρχει επιλαχών.", "Somebody waits."),
            figures: figures(448, 150),
            proposed_by: person(1),
            proposed_at: at,
            state: EvaluationState::Proposed,
        };
        let own = EvaluationEvent::Approve { by: person(1), at };
        assert_eq!(evaluation.decide(&own), Err(EvaluationError::SamePerson));
        let silent = EvaluationEvent::Reject {
            by: person(2),
            at,
            reason: LocalText::default(),
        };
        assert!(matches!(
            evaluation.decide(&silent),
            Err(EvaluationError::Transition(_))
        ));
        let other = EvaluationEvent::Approve { by: person(2), at };
        evaluation.decide(&other).unwrap();
        assert_eq!(evaluation.state.name(), "approved");
        assert!(evaluation.decide(&other).is_err(), "decided once");
    }
}

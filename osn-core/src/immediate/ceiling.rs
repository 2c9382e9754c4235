//! Ceilings of the catalogue: somebody proposes one with the decision behind it, another person approves it.

use serde::{Deserialize, Serialize};

use super::InterventionError;
use crate::id::{AccountId, CeilingId};
use crate::intervention::Ceiling;
use crate::state::{InvalidTransition, Machine};
use crate::time::Instant;

/// Where a proposed ceiling stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state", rename_all_fields = "snake_case")]
pub enum CeilingState {
    /// Somebody proposed it; nothing is given by it yet.
    Proposed,
    /// A second person approved: it is the entry's ceiling from then on.
    Approved {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// It was refused, or taken back.
    Refused {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
    },
}

/// What can happen to a proposed ceiling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CeilingEvent {
    /// A second person approves.
    Approve {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// A second person refuses, or who proposed it takes it back.
    Refuse {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
    },
}

impl Machine for CeilingState {
    type Event = CeilingEvent;
    const NAME: &'static str = "ceiling";

    fn name(&self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Approved { .. } => "approved",
            Self::Refused { .. } => "refused",
        }
    }

    fn event_name(event: &CeilingEvent) -> &'static str {
        match event {
            CeilingEvent::Approve { .. } => "approve",
            CeilingEvent::Refuse { .. } => "refuse",
        }
    }

    fn apply(&self, event: &CeilingEvent) -> Result<Self, InvalidTransition> {
        match (self, event) {
            (Self::Proposed, CeilingEvent::Approve { by, at }) => Ok(Self::Approved { by: *by, at: *at }),
            (Self::Proposed, CeilingEvent::Refuse { by, at }) => Ok(Self::Refused { by: *by, at: *at }),
            _ => Err(self.refuse(event)),
        }
    }
}

/// The most that one immediate help of an entry may take, as it is proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CeilingProposal {
    /// Identifier.
    pub id: CeilingId,
    /// Code of the catalogue's entry.
    pub entry: String,
    /// People, euro and days.
    pub ceiling: Ceiling,
    /// The decision of the municipality that sets it: its number, as it is posted.
    pub decision: String,
    /// Who proposed it.
    pub proposed_by: AccountId,
    /// When.
    pub proposed_at: Instant,
    /// Where it stands.
    pub state: CeilingState,
}

impl CeilingProposal {
    /// A second person approves it.
    ///
    /// # Errors
    /// When the same person proposed it, or it was decided.
    pub fn approve(&mut self, by: AccountId, at: Instant) -> Result<(), InterventionError> {
        if by == self.proposed_by {
            return Err(InterventionError::SamePerson);
        }
        self.state = self.state.apply(&CeilingEvent::Approve { by, at })?;
        Ok(())
    }
}

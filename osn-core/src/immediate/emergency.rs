//! Declared emergencies: a heatwave, sudden arrivals. One opens entries of the catalogue for many, with ceilings of its own.

use serde::{Deserialize, Serialize};

use super::InterventionError;
use crate::directory::TermCode;
use crate::id::{AccountId, EmergencyId};
use crate::intervention::{CatalogueEntry, Ceiling};
use crate::lang::LocalText;
use crate::state::{InvalidTransition, Machine};
use crate::time::{Instant, Period};

/// Where an emergency stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state", rename_all_fields = "snake_case")]
pub enum EmergencyState {
    /// Somebody declared it; it opens nothing yet.
    Proposed,
    /// A second person confirmed it.
    Declared {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// It is over, before its last day or on it.
    Ended {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
    },
}

/// What can happen to an emergency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EmergencyEvent {
    /// A second person confirms it.
    Declare {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// It is over, or was none.
    End {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
    },
}

impl Machine for EmergencyState {
    type Event = EmergencyEvent;
    const NAME: &'static str = "emergency";

    fn name(&self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Declared { .. } => "declared",
            Self::Ended { .. } => "ended",
        }
    }

    fn event_name(event: &EmergencyEvent) -> &'static str {
        match event {
            EmergencyEvent::Declare { .. } => "declare",
            EmergencyEvent::End { .. } => "end",
        }
    }

    fn apply(&self, event: &EmergencyEvent) -> Result<Self, InvalidTransition> {
        match (self, event) {
            (Self::Proposed, EmergencyEvent::Declare { by, at }) => Ok(Self::Declared { by: *by, at: *at }),
            (Self::Proposed | Self::Declared { .. }, EmergencyEvent::End { by, at }) => {
                Ok(Self::Ended { by: *by, at: *at })
            }
            _ => Err(self.refuse(event)),
        }
    }
}

/// A declared emergency: a heatwave, sudden arrivals. It opens entries of the catalogue for many, with ceilings of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Emergency {
    /// Identifier.
    pub id: EmergencyId,
    /// What happened.
    pub name: LocalText,
    /// Where.
    pub areas: Vec<TermCode>,
    /// From when until when.
    pub period: Period,
    /// The entries that it opens.
    pub entries: Vec<String>,
    /// The most that one intervention may take while it lasts.
    pub ceiling: Ceiling,
    /// Who proposed it.
    pub proposed_by: AccountId,
    /// When.
    pub proposed_at: Instant,
    /// Where it stands.
    pub state: EmergencyState,
}

impl Emergency {
    /// A second person declares it.
    ///
    /// # Errors
    /// When the same person proposed it, or it was decided.
    pub fn declare(&mut self, by: AccountId, at: Instant) -> Result<(), InterventionError> {
        if by == self.proposed_by {
            return Err(InterventionError::SamePerson);
        }
        self.state = self.state.apply(&EmergencyEvent::Declare { by, at })?;
        Ok(())
    }

    /// The ceiling that it gives an entry on these days, in these areas; `includes` says whether its areas include one.
    ///
    /// # Errors
    /// When it is not declared, or the entry, the days or the areas lie outside it.
    pub fn ceiling_of(
        &self,
        entry: &CatalogueEntry,
        period: Period,
        areas: &[TermCode],
        includes: impl Fn(&TermCode) -> bool,
    ) -> Result<Ceiling, InterventionError> {
        let within = period.to.is_some_and(|to| self.period.contains(to)) && self.period.contains(period.from);
        if !matches!(self.state, EmergencyState::Declared { .. }) {
            Err(InterventionError::OutsideEmergency("state"))
        } else if !self.entries.contains(&entry.code) {
            Err(InterventionError::OutsideEmergency("entry"))
        } else if !within {
            Err(InterventionError::OutsideEmergency("period"))
        } else if areas.is_empty() || !areas.iter().all(includes) {
            Err(InterventionError::OutsideEmergency("areas"))
        } else {
            Ok(self.ceiling.clone())
        }
    }
}

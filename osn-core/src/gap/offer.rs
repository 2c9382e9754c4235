//! What bodies give towards a gap: means, and more places of a service that exists.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::directory::{Service, ServiceCapacity};
use crate::id::{AccountId, ContributionId, ExtensionId, GapId, OrganizationId, ServiceId};
use crate::lang::LocalText;
use crate::state::{InvalidTransition, Machine};
use crate::time::{Instant, Period};

/// What a body offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContributionKind {
    /// Places in what it does already.
    Places,
    /// Rooms.
    Rooms,
    /// People who work or volunteer.
    People,
    /// Goods.
    Goods,
}

impl ContributionKind {
    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Places => "places",
            Self::Rooms => "rooms",
            Self::People => "people",
            Self::Goods => "goods",
        }
    }
}

/// Where an offer stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state", rename_all_fields = "snake_case")]
pub enum ContributionState {
    /// A body offers it.
    Offered,
    /// The team takes it.
    Accepted {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// The team does not take it.
    Declined {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
        /// Why.
        reason: LocalText,
    },
    /// The body takes it back.
    Withdrawn {
        /// When.
        at: Instant,
    },
}

/// What can happen to an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContributionEvent {
    /// The team takes it.
    Accept {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// The team does not take it; without a reason this is no answer.
    Decline {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
        /// Why.
        reason: LocalText,
    },
    /// The body takes it back.
    Withdraw {
        /// When.
        at: Instant,
    },
}

impl Machine for ContributionState {
    type Event = ContributionEvent;
    const NAME: &'static str = "contribution";

    fn name(&self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::Accepted { .. } => "accepted",
            Self::Declined { .. } => "declined",
            Self::Withdrawn { .. } => "withdrawn",
        }
    }

    fn event_name(event: &ContributionEvent) -> &'static str {
        match event {
            ContributionEvent::Accept { .. } => "accept",
            ContributionEvent::Decline { .. } => "decline",
            ContributionEvent::Withdraw { .. } => "withdraw",
        }
    }

    fn apply(&self, event: &ContributionEvent) -> Result<Self, InvalidTransition> {
        match (self, event) {
            (Self::Offered, ContributionEvent::Accept { by, at }) => Ok(Self::Accepted { by: *by, at: *at }),
            (Self::Offered, ContributionEvent::Decline { by, at, reason }) if !reason.get("el").trim().is_empty() => {
                Ok(Self::Declined {
                    by: *by,
                    at: *at,
                    reason: reason.clone(),
                })
            }
            (Self::Offered | Self::Accepted { .. }, ContributionEvent::Withdraw { at }) => {
                Ok(Self::Withdrawn { at: *at })
            }
            _ => Err(self.refuse(event)),
        }
    }
}

/// Means that a body offers towards a gap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contribution {
    /// Identifier.
    pub id: ContributionId,
    /// The gap.
    pub gap_id: GapId,
    /// The body that offers.
    pub organization_id: OrganizationId,
    /// Who wrote it.
    pub offered_by: AccountId,
    /// What.
    pub kind: ContributionKind,
    /// How many or how much, in `unit`; at least 1.
    pub quantity: u32,
    /// What is counted: places, rooms, hours a week, parcels.
    pub unit: LocalText,
    /// In words.
    pub words: LocalText,
    /// When it is there.
    pub period: Period,
    /// When it was offered.
    pub at: Instant,
    /// Where it stands.
    pub state: ContributionState,
}

/// Where an extension stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state", rename_all_fields = "snake_case")]
pub enum ExtensionState {
    /// Agreed; the mapping changes on the day.
    Planned,
    /// The mapping says it.
    Applied {
        /// When.
        at: Instant,
        /// Places of the service before.
        before: Option<u32>,
        /// Places of the service since.
        after: u32,
    },
    /// Given up before the day.
    Cancelled {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// The day came and the service was not there any more.
    Failed {
        /// When.
        at: Instant,
    },
}

/// What can happen to an extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExtensionEvent {
    /// The day came.
    Apply {
        /// When.
        at: Instant,
        /// Places before.
        before: Option<u32>,
        /// Places since.
        after: u32,
    },
    /// It is given up.
    Cancel {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// The service is gone.
    Fail {
        /// When.
        at: Instant,
    },
}

impl Machine for ExtensionState {
    type Event = ExtensionEvent;
    const NAME: &'static str = "extension";

    fn name(&self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Applied { .. } => "applied",
            Self::Cancelled { .. } => "cancelled",
            Self::Failed { .. } => "failed",
        }
    }

    fn event_name(event: &ExtensionEvent) -> &'static str {
        match event {
            ExtensionEvent::Apply { .. } => "apply",
            ExtensionEvent::Cancel { .. } => "cancel",
            ExtensionEvent::Fail { .. } => "fail",
        }
    }

    fn apply(&self, event: &ExtensionEvent) -> Result<Self, InvalidTransition> {
        match (self, event) {
            (Self::Planned, ExtensionEvent::Apply { at, before, after }) => Ok(Self::Applied {
                at: *at,
                before: *before,
                after: *after,
            }),
            (Self::Planned, ExtensionEvent::Cancel { by, at }) => Ok(Self::Cancelled { by: *by, at: *at }),
            (Self::Planned, ExtensionEvent::Fail { at }) => Ok(Self::Failed { at: *at }),
            _ => Err(self.refuse(event)),
        }
    }
}

/// More places of a service that exists, from a day on: agreed by its body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceExtension {
    /// Identifier.
    pub id: ExtensionId,
    /// The gap that it serves.
    pub gap_id: GapId,
    /// The service.
    pub service_id: ServiceId,
    /// The body that offers it.
    pub organization_id: OrganizationId,
    /// How many places more.
    pub places: u32,
    /// What the places are counted in, where the record does not say yet.
    pub unit: LocalText,
    /// The day on which the mapping changes.
    pub effective_on: NaiveDate,
    /// Who agreed it.
    pub planned_by: AccountId,
    /// When.
    pub planned_at: Instant,
    /// Where it stands.
    pub state: ExtensionState,
}

/// Why an extension cannot be planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExtensionError {
    /// No place more.
    #[error("places must be at least 1")]
    NoPlaces,
    /// The day has passed.
    #[error("the mapping is not changed for days that have passed")]
    Past,
}

impl ServiceExtension {
    /// Checks it on the day on which it is agreed.
    ///
    /// # Errors
    /// When no place is added or the day has passed.
    pub fn check(&self, today: NaiveDate) -> Result<(), ExtensionError> {
        if self.places == 0 {
            Err(ExtensionError::NoPlaces)
        } else if self.effective_on < today {
            Err(ExtensionError::Past)
        } else {
            Ok(())
        }
    }

    /// The record of the service with the places added: to what it says is free and to its most. A record that says
    /// nothing of places says these from now on. Also the places before and after.
    pub fn extended(&self, service: &Service) -> (Service, Option<u32>, u32) {
        let mut service = service.clone();
        let Some(capacity) = service.capacities.iter_mut().find(|capacity| capacity.counts_places()) else {
            let capacity = ServiceCapacity::of(
                service.id,
                self.places,
                Some(self.places),
                self.unit.clone(),
                self.effective_on,
            );
            service.capacities.push(capacity);
            return (service, None, self.places);
        };
        let before = capacity.available;
        capacity.available = before.saturating_add(self.places);
        capacity.maximum = capacity.maximum.map(|maximum| maximum.saturating_add(self.places));
        capacity.updated = self.effective_on.into();
        let after = capacity.available;
        (service, Some(before), after)
    }
}

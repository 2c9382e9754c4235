//! A call for applications (πρόσκληση): its window, its capacity, its ties, and the parameters frozen for all of it.

use serde::{Deserialize, Serialize};

use crate::canonical::Digest;
use crate::id::{AccountId, ActionId, CallId, SelectionId};
use crate::lang::LocalText;
use crate::state::{InvalidTransition, Machine};
use crate::time::Instant;

/// How many applications one person or household may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnePer {
    /// One for each applicant.
    Person,
    /// One for each household: no member may stand in two applications.
    Household,
}

/// What decides between equal keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "tie_break")]
pub enum TieBreak {
    /// Who applied first.
    SubmissionTime,
    /// A draw with a seed that was committed before the deadline.
    Draw {
        /// SHA-256 of the seed, published with the call.
        commitment: Digest,
    },
}

/// How a call takes applications in, as its program declares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Intake {
    /// One list after the deadline.
    #[default]
    Deadline,
    /// A list whenever somebody waits, while the call stays open; the last one after its last day.
    Rolling,
}

impl Intake {
    /// Whether lists are made while the call is open.
    pub const fn is_rolling(&self) -> bool {
        matches!(self, Self::Rolling)
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
    const fn is_deadline(&self) -> bool {
        matches!(self, Self::Deadline)
    }
}

/// Where a call stands. Whether it is open now follows from its window and the clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state", rename_all_fields = "snake_case")]
pub enum CallState {
    /// Being written.
    Draft,
    /// Published; it opens and closes by itself.
    Published {
        /// When it was published; with a rolling intake, when its last list so far became final.
        at: Instant,
    },
    /// Every application was assessed.
    Assessed {
        /// When.
        at: Instant,
    },
    /// A ranked list waits for the second person.
    Proposed {
        /// The list.
        selection: SelectionId,
        /// Who proposed it.
        by: AccountId,
    },
    /// The list is final.
    Final {
        /// The list.
        selection: SelectionId,
        /// When.
        at: Instant,
    },
    /// Given up.
    Cancelled {
        /// When.
        at: Instant,
    },
}

/// What can happen to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallEvent {
    /// It is published.
    Publish {
        /// When.
        at: Instant,
    },
    /// An assessment over all applications ended.
    Assess {
        /// When.
        at: Instant,
    },
    /// A list is proposed.
    Propose {
        /// The list.
        selection: SelectionId,
        /// By whom.
        by: AccountId,
    },
    /// The second person approves the list.
    Approve {
        /// By whom.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// The second person approves a list of a rolling intake, which goes on.
    ApproveRound {
        /// By whom.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// The second person sends the list back.
    Reject {
        /// By whom.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// It is given up.
    Cancel {
        /// When.
        at: Instant,
    },
}

impl Machine for CallState {
    type Event = CallEvent;
    const NAME: &'static str = "call";

    fn name(&self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published { .. } => "published",
            Self::Assessed { .. } => "assessed",
            Self::Proposed { .. } => "proposed",
            Self::Final { .. } => "final",
            Self::Cancelled { .. } => "cancelled",
        }
    }

    fn event_name(event: &CallEvent) -> &'static str {
        match event {
            CallEvent::Publish { .. } => "publish",
            CallEvent::Assess { .. } => "assess",
            CallEvent::Propose { .. } => "propose",
            CallEvent::Approve { .. } => "approve",
            CallEvent::ApproveRound { .. } => "approve-round",
            CallEvent::Reject { .. } => "reject",
            CallEvent::Cancel { .. } => "cancel",
        }
    }

    fn apply(&self, event: &CallEvent) -> Result<Self, InvalidTransition> {
        match (self, event) {
            (Self::Draft, CallEvent::Publish { at }) => Ok(Self::Published { at: *at }),
            (Self::Published { .. } | Self::Assessed { .. }, CallEvent::Assess { at }) => {
                Ok(Self::Assessed { at: *at })
            }
            (Self::Assessed { .. }, CallEvent::Propose { selection, by }) => Ok(Self::Proposed {
                selection: *selection,
                by: *by,
            }),
            (Self::Proposed { selection, by }, CallEvent::Approve { by: second, at }) if by != second => {
                Ok(Self::Final {
                    selection: *selection,
                    at: *at,
                })
            }
            (Self::Proposed { by, .. }, CallEvent::ApproveRound { by: second, at }) if by != second => {
                Ok(Self::Published { at: *at })
            }
            (Self::Proposed { .. }, CallEvent::Reject { at, .. }) => Ok(Self::Assessed { at: *at }),
            (
                Self::Draft | Self::Published { .. } | Self::Assessed { .. } | Self::Proposed { .. },
                CallEvent::Cancel { at },
            ) => Ok(Self::Cancelled { at: *at }),
            _ => Err(self.refuse(event)),
        }
    }
}

/// A call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// Identifier.
    pub id: CallId,
    /// The action it fills.
    pub action_id: ActionId,
    /// Title.
    pub title: LocalText,
    /// First moment at which it takes applications.
    pub opens_at: Instant,
    /// Last moment at which it takes them, included.
    pub closes_at: Instant,
    /// Places to fill.
    pub capacity: u32,
    /// One application for each …
    pub one_per: OnePer,
    /// How it takes applications in.
    #[serde(default, skip_serializing_if = "Intake::is_deadline")]
    pub intake: Intake,
    /// What decides between equals.
    pub tie_break: TieBreak,
    /// The action's parameters, resolved (scales as numbers) and frozen: canonical JSON text.
    pub parameters: String,
    /// Digest of the code that judges this call, pinned at publication.
    pub code_digest: String,
    /// Who created it.
    pub created_by: AccountId,
    /// Where it stands.
    pub state: CallState,
}

/// Why a call does not take an application now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallRefusal {
    /// It is not published, or was given up.
    #[error("the call does not take applications")]
    NotOpen,
    /// Too early.
    #[error("the call opens at {opens_at}")]
    TooEarly {
        /// Opening.
        opens_at: Instant,
    },
    /// Too late.
    #[error("the call closed at {closes_at}")]
    Late {
        /// Closing.
        closes_at: Instant,
    },
}

/// What is wrong with a call that is being written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// It closes before it opens.
    #[error("closes_at is not after opens_at")]
    BackwardsWindow,
    /// It has no places.
    #[error("capacity must be at least 1")]
    NoCapacity,
    /// A draw needs a deadline: its seed is disclosed with the first list.
    #[error("a rolling intake cannot be drawn")]
    DrawnRolling,
    /// More places than the action has.
    #[error("capacity {capacity} exceeds the action's {places} places")]
    OverPlaces {
        /// The call's capacity.
        capacity: u32,
        /// The action's places.
        places: u32,
    },
}

impl Call {
    /// Whether it was ever published: then its parameters are frozen. A draft that was given up nobody saw.
    pub fn was_published(&self) -> bool {
        !self.parameters.is_empty()
    }

    /// Whether it takes an application at `at`; the closing moment is included.
    ///
    /// # Errors
    /// With the reason and the moment that decides.
    pub fn accepts(&self, at: Instant) -> Result<(), CallRefusal> {
        if !self.is_taking_in() {
            return Err(
                if at > self.closes_at && !matches!(self.state, CallState::Draft | CallState::Cancelled { .. }) {
                    CallRefusal::Late {
                        closes_at: self.closes_at,
                    }
                } else {
                    CallRefusal::NotOpen
                },
            );
        }
        if at < self.opens_at {
            return Err(CallRefusal::TooEarly {
                opens_at: self.opens_at,
            });
        }
        if at > self.closes_at {
            return Err(CallRefusal::Late {
                closes_at: self.closes_at,
            });
        }
        Ok(())
    }

    /// Whether its step lets it take applications, whatever the clock says: a rolling intake goes on while a list is made.
    pub const fn is_taking_in(&self) -> bool {
        match self.state {
            CallState::Published { .. } => true,
            CallState::Assessed { .. } | CallState::Proposed { .. } => self.intake.is_rolling(),
            CallState::Draft | CallState::Final { .. } | CallState::Cancelled { .. } => false,
        }
    }

    /// The moment as of which applications are judged that are assessed at `now`: the deadline, or while a rolling intake
    /// goes on, now.
    pub fn judged_at(&self, now: Instant) -> Instant {
        match self.intake {
            Intake::Deadline => self.closes_at,
            Intake::Rolling => self.closes_at.min(now),
        }
    }

    /// Everything that is wrong with it, given the action's places.
    pub fn problems(&self, places: u32) -> Vec<CallError> {
        let mut problems = Vec::new();
        if self.closes_at <= self.opens_at {
            problems.push(CallError::BackwardsWindow);
        }
        if self.capacity == 0 {
            problems.push(CallError::NoCapacity);
        }
        if self.intake.is_rolling() && matches!(self.tie_break, TieBreak::Draw { .. }) {
            problems.push(CallError::DrawnRolling);
        }
        if self.capacity > places {
            problems.push(CallError::OverPlaces {
                capacity: self.capacity,
                places,
            });
        }
        problems
    }
}

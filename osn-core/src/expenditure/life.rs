//! The life of an expense: entered by one person, approved by another, claimed, certified.

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, ClaimId};
use crate::state::{InvalidTransition, Machine};
use crate::time::Instant;

/// Where an expense stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state", rename_all_fields = "snake_case")]
pub enum ExpenseState {
    /// Recorded; may still change.
    Entered {
        /// Who recorded it.
        by: AccountId,
    },
    /// A second person looked at it: it may be claimed.
    Approved {
        /// Who recorded it.
        entered_by: AccountId,
        /// Who approved it.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// A frozen claim holds it.
    Claimed {
        /// The claim.
        claim_id: ClaimId,
        /// Who recorded it.
        entered_by: AccountId,
        /// Who approved it.
        approved_by: AccountId,
    },
    /// The managing authority certified it with its claim.
    Certified {
        /// The claim.
        claim_id: ClaimId,
    },
    /// Taken back, with a reason.
    Withdrawn {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
        /// Why.
        reason: String,
    },
}

/// What can happen to an expense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExpenseEvent {
    /// It is corrected, or a paper comes.
    Change {
        /// Who.
        by: AccountId,
    },
    /// A second person approves it.
    Approve {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// A claim freezes it.
    Claim {
        /// Which.
        claim_id: ClaimId,
    },
    /// The claim was withdrawn.
    Release {
        /// When.
        at: Instant,
    },
    /// The claim was certified.
    Certify,
    /// It is taken back.
    Withdraw {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
        /// Why.
        reason: String,
    },
}

impl ExpenseState {
    /// Every stable name.
    pub const NAMES: [&'static str; 5] = ["entered", "approved", "claimed", "certified", "withdrawn"];
}

impl Machine for ExpenseState {
    type Event = ExpenseEvent;
    const NAME: &'static str = "expense";

    fn name(&self) -> &'static str {
        match self {
            Self::Entered { .. } => "entered",
            Self::Approved { .. } => "approved",
            Self::Claimed { .. } => "claimed",
            Self::Certified { .. } => "certified",
            Self::Withdrawn { .. } => "withdrawn",
        }
    }

    fn event_name(event: &ExpenseEvent) -> &'static str {
        match event {
            ExpenseEvent::Change { .. } => "change",
            ExpenseEvent::Approve { .. } => "approve",
            ExpenseEvent::Claim { .. } => "claim",
            ExpenseEvent::Release { .. } => "release",
            ExpenseEvent::Certify => "certify",
            ExpenseEvent::Withdraw { .. } => "withdraw",
        }
    }

    fn apply(&self, event: &ExpenseEvent) -> Result<Self, InvalidTransition> {
        match (self, event) {
            // Whoever changes it last is whoever entered it: another person approves what is there now.
            (Self::Entered { .. } | Self::Approved { .. }, ExpenseEvent::Change { by }) => {
                Ok(Self::Entered { by: *by })
            }
            (Self::Entered { by: entered_by }, ExpenseEvent::Approve { by, at }) if by != entered_by => {
                Ok(Self::Approved {
                    entered_by: *entered_by,
                    by: *by,
                    at: *at,
                })
            }
            (Self::Approved { entered_by, by, .. }, ExpenseEvent::Claim { claim_id }) => Ok(Self::Claimed {
                claim_id: *claim_id,
                entered_by: *entered_by,
                approved_by: *by,
            }),
            (
                Self::Claimed {
                    entered_by,
                    approved_by,
                    ..
                },
                ExpenseEvent::Release { at },
            ) => Ok(Self::Approved {
                entered_by: *entered_by,
                by: *approved_by,
                at: *at,
            }),
            (Self::Claimed { claim_id, .. }, ExpenseEvent::Certify) => Ok(Self::Certified { claim_id: *claim_id }),
            (Self::Entered { .. } | Self::Approved { .. }, ExpenseEvent::Withdraw { by, at, reason })
                if !reason.trim().is_empty() =>
            {
                Ok(Self::Withdrawn {
                    by: *by,
                    at: *at,
                    reason: reason.clone(),
                })
            }
            _ => Err(self.refuse(event)),
        }
    }
}

//! The register of irregularities: who found what, when, by which article, and what it takes from what was claimed.
//!
//! One person records, another confirms. A confirmed amount stands against its expense: the next claim takes it back with a
//! correction, and ceilings are counted without it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::systemic::Systemic;
use crate::id::{AccountId, ClaimId, ExpenseId, IrregularityId, OperationId};
use crate::money::Money;
use crate::state::{InvalidTransition, Machine};
use crate::time::Instant;

/// Who found it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FoundBy {
    /// The body that runs the operation.
    Own,
    /// The managing authority.
    ManagingAuthority,
    /// The authority that certifies or accounts.
    Accounting,
    /// The audit authority.
    AuditAuthority,
    /// The Commission, the Court of Auditors or the anti-fraud office.
    Union,
    /// Anybody else, who reported it.
    Report,
}

impl FoundBy {
    /// Everybody.
    pub const ALL: [Self; 6] = [
        Self::Own,
        Self::ManagingAuthority,
        Self::Accounting,
        Self::AuditAuthority,
        Self::Union,
        Self::Report,
    ];

    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::ManagingAuthority => "managing-authority",
            Self::Accounting => "accounting",
            Self::AuditAuthority => "audit-authority",
            Self::Union => "union",
            Self::Report => "report",
        }
    }
}

/// Where an irregularity stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state", rename_all_fields = "snake_case")]
pub enum IrregularityState {
    /// Recorded: somebody else looks at it.
    Suspected {
        /// Who recorded it.
        by: AccountId,
    },
    /// A second person found it true: the next claim takes the amount back.
    Confirmed {
        /// Who recorded it.
        recorded_by: AccountId,
        /// Who confirmed it.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// A frozen claim took the amount back.
    Corrected {
        /// Who recorded it.
        recorded_by: AccountId,
        /// Who confirmed it.
        confirmed_by: AccountId,
        /// When it was confirmed.
        at: Instant,
        /// The claim.
        claim_id: ClaimId,
    },
    /// A second person found nothing in it.
    Dismissed {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
        /// Why.
        reason: String,
    },
}

/// What can happen to an irregularity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IrregularityEvent {
    /// A second person confirms it.
    Confirm {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// A second person dismisses it.
    Dismiss {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
        /// Why.
        reason: String,
    },
    /// A claim is frozen that takes the amount back.
    Correct {
        /// The claim.
        claim_id: ClaimId,
    },
    /// That claim was taken back: the amount stands open again.
    Reopen,
}

impl Machine for IrregularityState {
    type Event = IrregularityEvent;
    const NAME: &'static str = "irregularity";

    fn name(&self) -> &'static str {
        match self {
            Self::Suspected { .. } => "suspected",
            Self::Confirmed { .. } => "confirmed",
            Self::Corrected { .. } => "corrected",
            Self::Dismissed { .. } => "dismissed",
        }
    }

    fn event_name(event: &IrregularityEvent) -> &'static str {
        match event {
            IrregularityEvent::Confirm { .. } => "confirm",
            IrregularityEvent::Dismiss { .. } => "dismiss",
            IrregularityEvent::Correct { .. } => "correct",
            IrregularityEvent::Reopen => "reopen",
        }
    }

    fn apply(&self, event: &IrregularityEvent) -> Result<Self, InvalidTransition> {
        match (self, event) {
            (Self::Suspected { by: maker }, IrregularityEvent::Confirm { by, at }) if maker != by => {
                Ok(Self::Confirmed {
                    recorded_by: *maker,
                    by: *by,
                    at: *at,
                })
            }
            (Self::Suspected { by: maker }, IrregularityEvent::Dismiss { by, at, reason })
                if maker != by && !reason.trim().is_empty() =>
            {
                Ok(Self::Dismissed {
                    by: *by,
                    at: *at,
                    reason: reason.clone(),
                })
            }
            (Self::Confirmed { recorded_by, by, at }, IrregularityEvent::Correct { claim_id }) => Ok(Self::Corrected {
                recorded_by: *recorded_by,
                confirmed_by: *by,
                at: *at,
                claim_id: *claim_id,
            }),
            (
                Self::Corrected {
                    recorded_by,
                    confirmed_by,
                    at,
                    ..
                },
                IrregularityEvent::Reopen,
            ) => Ok(Self::Confirmed {
                recorded_by: *recorded_by,
                by: *confirmed_by,
                at: *at,
            }),
            _ => Err(self.refuse(event)),
        }
    }
}

/// An irregularity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Irregularity {
    /// Identifier.
    pub id: IrregularityId,
    /// The operation.
    pub operation_id: OperationId,
    /// Number within the operation, from 1.
    pub number: u32,
    /// The expense.
    pub expense_id: ExpenseId,
    /// Who found it.
    pub found_by: FoundBy,
    /// When.
    pub found_on: NaiveDate,
    /// The article that was broken.
    pub article: String,
    /// What is wrong; no names of persons.
    pub finding: String,
    /// What it takes from the expense.
    pub amount: Money,
    /// Whether fraud is suspected.
    pub fraud: bool,
    /// What makes it one of many; absent of one that stands alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub systemic: Option<Systemic>,
    /// Where it stands.
    pub state: IrregularityState,
}

impl Irregularity {
    /// What it takes from its expense now: nothing while it is only suspected, nor once it was dismissed.
    pub const fn takes(&self) -> Money {
        match self.state {
            IrregularityState::Confirmed { .. } | IrregularityState::Corrected { .. } => self.amount,
            IrregularityState::Suspected { .. } | IrregularityState::Dismissed { .. } => Money::ZERO,
        }
    }
}

//! A claim (δήλωση δαπανών): expenses of a sub-project, judged, frozen, explained, submitted.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::canonical::Digest;
use crate::id::{AccountId, ClaimId, ExpenseId, OperationId};
use crate::money::{Money, MoneyError};
use crate::state::{InvalidTransition, Machine};
use crate::time::Instant;

/// Where a claim stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state", rename_all_fields = "snake_case")]
pub enum ClaimState {
    /// Being collected.
    Draft,
    /// Judged and frozen: expenses, findings and documents change no more.
    Frozen {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
        /// Digest over its manifest.
        digest: Digest,
    },
    /// Handed to the managing authority, by another person than who froze it.
    Submitted {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
        /// Digest over its manifest.
        digest: Digest,
    },
    /// The managing authority certified it.
    Certified {
        /// Who recorded it.
        by: AccountId,
        /// When.
        at: Instant,
        /// Digest over its manifest.
        digest: Digest,
        /// The amount.
        amount: Money,
    },
    /// Taken back: its expenses are free again.
    Withdrawn {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
        /// Why.
        reason: String,
    },
}

/// What can happen to a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimEvent {
    /// It is judged and frozen.
    Freeze {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
        /// Digest over its manifest.
        digest: Digest,
    },
    /// It is submitted.
    Submit {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// It was certified.
    Certify {
        /// Who records it.
        by: AccountId,
        /// When.
        at: Instant,
        /// The amount.
        amount: Money,
    },
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

impl ClaimState {
    /// Every stable name.
    pub const NAMES: [&'static str; 5] = ["draft", "frozen", "submitted", "certified", "withdrawn"];

    /// The digest over its manifest, from the freeze on.
    pub const fn digest(&self) -> Option<&Digest> {
        match self {
            Self::Frozen { digest, .. } | Self::Submitted { digest, .. } | Self::Certified { digest, .. } => {
                Some(digest)
            }
            Self::Draft | Self::Withdrawn { .. } => None,
        }
    }

    /// Since when it stands there; a draft has stood since it was begun.
    pub const fn since(&self) -> Option<Instant> {
        match self {
            Self::Draft => None,
            Self::Frozen { at, .. }
            | Self::Submitted { at, .. }
            | Self::Certified { at, .. }
            | Self::Withdrawn { at, .. } => Some(*at),
        }
    }
}

impl Machine for ClaimState {
    type Event = ClaimEvent;
    const NAME: &'static str = "claim";

    fn name(&self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Frozen { .. } => "frozen",
            Self::Submitted { .. } => "submitted",
            Self::Certified { .. } => "certified",
            Self::Withdrawn { .. } => "withdrawn",
        }
    }

    fn event_name(event: &ClaimEvent) -> &'static str {
        match event {
            ClaimEvent::Freeze { .. } => "freeze",
            ClaimEvent::Submit { .. } => "submit",
            ClaimEvent::Certify { .. } => "certify",
            ClaimEvent::Withdraw { .. } => "withdraw",
        }
    }

    fn apply(&self, event: &ClaimEvent) -> Result<Self, InvalidTransition> {
        match (self, event) {
            (Self::Draft, ClaimEvent::Freeze { by, at, digest }) => Ok(Self::Frozen {
                by: *by,
                at: *at,
                digest: *digest,
            }),
            (
                Self::Frozen {
                    by: frozen_by, digest, ..
                },
                ClaimEvent::Submit { by, at },
            ) if by != frozen_by => Ok(Self::Submitted {
                by: *by,
                at: *at,
                digest: *digest,
            }),
            (Self::Submitted { digest, .. }, ClaimEvent::Certify { by, at, amount }) => Ok(Self::Certified {
                by: *by,
                at: *at,
                digest: *digest,
                amount: *amount,
            }),
            (Self::Draft | Self::Frozen { .. } | Self::Submitted { .. }, ClaimEvent::Withdraw { by, at, reason })
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

/// What a line of a claim is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LineKind {
    /// An expense.
    Expense,
    /// What a later credit note or irregularity takes from an expense that another claim declared: a negative amount.
    Correction,
}

/// A line of a claim, frozen with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimLine {
    /// What it is.
    pub kind: LineKind,
    /// The expense.
    pub expense_id: ExpenseId,
    /// What was declared.
    pub declared: Money,
    /// What is eligible.
    pub eligible: Money,
}

/// Sums of a claim.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimTotals {
    /// Expenses.
    pub expenses: u32,
    /// Declared.
    pub declared: Money,
    /// Eligible before corrections.
    pub eligible: Money,
    /// Corrections, negative.
    pub corrections: Money,
    /// What is claimed: eligible with corrections.
    pub claimed: Money,
}

/// The sums of lines.
///
/// # Errors
/// When an amount is too large.
pub fn totals(lines: &[ClaimLine]) -> Result<ClaimTotals, MoneyError> {
    let mut sums = ClaimTotals::default();
    for line in lines {
        match line.kind {
            LineKind::Expense => {
                sums.expenses = sums.expenses.saturating_add(1);
                sums.declared = sums.declared.checked_add(line.declared)?;
                sums.eligible = sums.eligible.checked_add(line.eligible)?;
            }
            LineKind::Correction => sums.corrections = sums.corrections.checked_add(line.eligible)?,
        }
    }
    sums.claimed = sums.eligible.checked_add(sums.corrections)?;
    Ok(sums)
}

/// A claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Identifier.
    pub id: ClaimId,
    /// The operation.
    pub operation_id: OperationId,
    /// Its sub-project.
    pub sub_project: String,
    /// Number within the operation, from 1.
    pub number: u32,
    /// Expenses paid up to this day.
    pub up_to: NaiveDate,
    /// Who began it.
    pub by: AccountId,
    /// When.
    pub at: Instant,
    /// Sums, from the freeze on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totals: Option<ClaimTotals>,
    /// Version of the rule set that judged it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule_set: Option<String>,
    /// Where it stands.
    pub state: ClaimState,
}

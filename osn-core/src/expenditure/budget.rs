//! The budget: lines, what moves between them by two people, commitments, and the figures of the board.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::kinds::Category;
use super::share::Share;
use super::terms::FlatRate;
use crate::id::{AccountId, BudgetLineId, CommitmentId, OperationId, ReallocationId};
use crate::identifier::Ada;
use crate::lang::LocalText;
use crate::money::{Money, MoneyError};
use crate::state::{InvalidTransition, Machine};
use crate::time::Instant;

/// A line of the budget.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetLine {
    /// Identifier.
    pub id: BudgetLineId,
    /// The operation.
    pub operation_id: OperationId,
    /// Code within the operation.
    pub code: String,
    /// Name.
    pub name: LocalText,
    /// Work package.
    pub work_package: String,
    /// Category.
    pub category: Category,
    /// Name of the form of cost: `actual`, `unit`, `lump`, `flat`.
    pub form: String,
    /// Year, where the budget is by year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<i32>,
    /// Amount of one unit, of a line of unit costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_cost: Option<Money>,
    /// The rate of a line of flat rates: its amounts are computed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<FlatRate>,
    /// The deliverable of a line of lump sums, by its code: the sum is due once it is accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deliverable: Option<String>,
    /// The indicator that a line of unit costs counts, or that a line of lump sums waits for, by its code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indicator: Option<String>,
    /// As approved.
    pub approved: Money,
    /// As it stands after reallocations.
    pub amount: Money,
}

/// Where a reallocation stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state", rename_all_fields = "snake_case")]
pub enum ReallocationState {
    /// One person asks for it.
    Proposed {
        /// Who.
        by: AccountId,
    },
    /// Another agreed: the money moved.
    Approved {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// Another refused.
    Rejected {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
    },
}

/// What can happen to a reallocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReallocationEvent {
    /// Another person agrees.
    Approve {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// Another person refuses.
    Reject {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
    },
}

impl Machine for ReallocationState {
    type Event = ReallocationEvent;
    const NAME: &'static str = "reallocation";

    fn name(&self) -> &'static str {
        match self {
            Self::Proposed { .. } => "proposed",
            Self::Approved { .. } => "approved",
            Self::Rejected { .. } => "rejected",
        }
    }

    fn event_name(event: &ReallocationEvent) -> &'static str {
        match event {
            ReallocationEvent::Approve { .. } => "approve",
            ReallocationEvent::Reject { .. } => "reject",
        }
    }

    fn apply(&self, event: &ReallocationEvent) -> Result<Self, InvalidTransition> {
        match (self, event) {
            (Self::Proposed { by: maker }, ReallocationEvent::Approve { by, at }) if maker != by => {
                Ok(Self::Approved { by: *by, at: *at })
            }
            (Self::Proposed { by: maker }, ReallocationEvent::Reject { by, at }) if maker != by => {
                Ok(Self::Rejected { by: *by, at: *at })
            }
            _ => Err(self.refuse(event)),
        }
    }
}

/// Money that moves from one line to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reallocation {
    /// Identifier.
    pub id: ReallocationId,
    /// The operation.
    pub operation_id: OperationId,
    /// From this line.
    pub from: BudgetLineId,
    /// To this one.
    pub to: BudgetLineId,
    /// This much.
    pub amount: Money,
    /// Why.
    pub reason: String,
    /// The amended decision of inclusion, where it goes beyond the margin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amendment: Option<Ada>,
    /// Where it stands.
    pub state: ReallocationState,
}

/// Why money does not move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReallocationError {
    /// Nothing, or less.
    #[error("an amount above nothing is wanted")]
    NotPositive,
    /// From a line to itself.
    #[error("a line gives nothing to itself")]
    SameLine,
    /// The line does not have it.
    #[error("the line has {left} left")]
    NotThere {
        /// What is left.
        left: Money,
    },
    /// Beyond the margin, without an amended decision.
    #[error("the margin allows {most} in all; beyond it the decision of inclusion is amended first")]
    BeyondMargin {
        /// What the margin allows in all.
        most: Money,
    },
    /// An amount is too large.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl Reallocation {
    /// Whether it may be proposed: the line has the money free, and the margin (of its approved amount, over all
    /// reallocations out of it) is kept or an amended decision is named.
    ///
    /// # Errors
    /// The reason why not.
    pub fn check(
        &self,
        from: &BudgetLine,
        free: Money,
        moved_before: Money,
        margin: Option<Share>,
    ) -> Result<(), ReallocationError> {
        if !self.amount.is_positive() {
            return Err(ReallocationError::NotPositive);
        }
        if self.from == self.to {
            return Err(ReallocationError::SameLine);
        }
        if self.amount > free {
            return Err(ReallocationError::NotThere { left: free });
        }
        if let (Some(margin), None) = (margin, &self.amendment) {
            let most = margin.of(from.approved)?;
            if moved_before.checked_add(self.amount)? > most {
                return Err(ReallocationError::BeyondMargin { most });
            }
        }
        Ok(())
    }
}

/// Where a commitment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CommitmentState {
    /// In force.
    Active,
    /// Taken back: the money is free again.
    Released,
}

/// A commitment of money (ανάληψη υποχρέωσης), in force from its posting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commitment {
    /// Identifier.
    pub id: CommitmentId,
    /// The operation.
    pub operation_id: OperationId,
    /// The line.
    pub budget_line_id: BudgetLineId,
    /// Number of its posting.
    pub ada: Ada,
    /// When it was decided.
    pub decided_on: NaiveDate,
    /// For what.
    pub subject: String,
    /// How much.
    pub amount: Money,
    /// Who recorded it.
    pub by: AccountId,
    /// Where it stands.
    pub state: CommitmentState,
}

/// The figures of a line, or of an operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figures {
    /// Budget.
    pub budget: Money,
    /// Committed.
    pub committed: Money,
    /// Obligated by papers: declared, paid or not.
    pub obligated: Money,
    /// Paid.
    pub spent: Money,
    /// Eligible of what is paid.
    pub eligible: Money,
    /// Certified.
    pub certified: Money,
}

/// Adds figures up.
///
/// # Errors
/// When an amount is too large.
pub fn figures(parts: impl IntoIterator<Item = Figures>) -> Result<Figures, MoneyError> {
    parts.into_iter().try_fold(Figures::default(), |sum, part| {
        Ok(Figures {
            budget: sum.budget.checked_add(part.budget)?,
            committed: sum.committed.checked_add(part.committed)?,
            obligated: sum.obligated.checked_add(part.obligated)?,
            spent: sum.spent.checked_add(part.spent)?,
            eligible: sum.eligible.checked_add(part.eligible)?,
            certified: sum.certified.checked_add(part.certified)?,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(number: u8, approved: i64) -> BudgetLine {
        serde_json::from_value(serde_json::json!({
            "id": format!("00000000-0000-0000-0000-0000000000{number:02}"),
            "operation_id": "00000000-0000-0000-0000-000000000001", "code": "1", "name": { "el": "Γραμμή" },
            "work_package": "WP1", "category": "A4", "form": "actual", "approved": Money::from_cents(approved),
            "amount": Money::from_cents(approved),
        }))
        .unwrap()
    }

    #[test]
    fn money_leaves_a_line_within_its_margin_or_with_an_amended_decision() {
        let (from, to) = (line(2, 100_000), line(3, 0));
        let ten = Some(Share::from_basis_points(1_000));
        let amended = || Some(Ada::parse("ΨΡΗ4Η-354").unwrap());
        let euros = Money::from_cents;
        let beyond = |most| Err(ReallocationError::BeyondMargin { most: euros(most) });
        // Cents: amount, free, moved before; the margin is of 1,000.00.
        for (amount, free, before, margin, amendment, wanted) in [
            (10_000, 100_000, 0, ten, None, Ok(())),
            (10_001, 100_000, 0, ten, None, beyond(10_000)),
            // Over all that left the line.
            (5_000, 100_000, 5_000, ten, None, Ok(())),
            (5_000, 100_000, 5_001, ten, None, beyond(10_000)),
            (100_000, 100_000, 0, ten, amended(), Ok(())),
            // No margin is said: only what is free limits it, amended or not.
            (100_000, 100_000, 0, None, None, Ok(())),
            (
                100_001,
                100_000,
                0,
                None,
                amended(),
                Err(ReallocationError::NotThere { left: euros(100_000) }),
            ),
            (
                1,
                0,
                0,
                ten,
                None,
                Err(ReallocationError::NotThere { left: Money::ZERO }),
            ),
            (0, 100_000, 0, ten, None, Err(ReallocationError::NotPositive)),
            (-1, 100_000, 0, ten, None, Err(ReallocationError::NotPositive)),
        ] {
            let movement = Reallocation {
                id: "00000000-0000-0000-0000-000000000009".parse().unwrap(),
                operation_id: from.operation_id,
                from: from.id,
                to: to.id,
                amount: euros(amount),
                reason: "Περισσότερα δέματα".to_owned(),
                amendment,
                state: ReallocationState::Proposed {
                    by: "00000000-0000-0000-0000-000000000008".parse().unwrap(),
                },
            };
            let got = movement.check(&from, euros(free), euros(before), margin);
            assert_eq!(got, wanted, "{amount} of {free} free, {before} before, {margin:?}");
            let circle = Reallocation {
                to: from.id,
                amount: euros(1),
                ..movement
            };
            assert_eq!(
                circle.check(&from, euros(1), euros(0), None),
                Err(ReallocationError::SameLine)
            );
        }
    }
}

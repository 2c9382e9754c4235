//! Systemic irregularities: what is wrong once by its nature is wrong wherever the same thing stands. A criterion says where, and a
//! flat rate says how much of it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::expense::Expense;
use super::share::Share;
use crate::id::{BudgetLineId, ContractId, IrregularityId, SupplierId};
use crate::money::{Money, MoneyError};

/// What the touched expenses have in common.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "by", rename_all_fields = "snake_case")]
pub enum Criterion {
    /// A rule spoke against them, or asked somebody to look, when they were judged last.
    Rule {
        /// Its code.
        rule: String,
    },
    /// The same payee.
    Supplier {
        /// Who.
        supplier_id: SupplierId,
    },
    /// The same contract.
    Contract {
        /// Which.
        contract_id: ContractId,
    },
    /// The same budget line.
    Line {
        /// Which.
        budget_line_id: BudgetLineId,
    },
}

impl Criterion {
    /// Every stable name.
    pub const NAMES: [&'static str; 4] = ["rule", "supplier", "contract", "line"];

    /// Stable name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Rule { .. } => "rule",
            Self::Supplier { .. } => "supplier",
            Self::Contract { .. } => "contract",
            Self::Line { .. } => "line",
        }
    }

    /// Whether it touches an expense; `spoke` are the codes of the rules that did not simply agree when it was judged last. A
    /// credit note is no expense of its own.
    pub fn touches(&self, expense: &Expense, spoke: &BTreeSet<String>) -> bool {
        !expense.is_credit()
            && match self {
                Self::Rule { rule } => spoke.contains(rule),
                Self::Supplier { supplier_id } => expense.supplier_id == Some(*supplier_id),
                Self::Contract { contract_id } => expense.contract_id == Some(*contract_id),
                Self::Line { budget_line_id } => expense.budget_line_id == Some(*budget_line_id),
            }
    }
}

/// What makes an irregularity one of many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Systemic {
    /// The first of them: they are confirmed or dismissed together.
    pub group: IrregularityId,
    /// What they have in common.
    pub criterion: Criterion,
    /// The part that is taken of each.
    pub rate: Share,
}

/// What a flat rate takes of each amount: together exactly what it takes of their sum, rounded once, and of none more than it is.
///
/// # Errors
/// When a sum is too large.
pub fn spread(examined: &[Money], rate: Share) -> Result<Vec<Money>, MoneyError> {
    let rate = rate.min(Share::WHOLE);
    let (mut sum, mut taken) = (Money::ZERO, Money::ZERO);
    let mut parts = Vec::with_capacity(examined.len());
    for amount in examined {
        sum = sum.checked_add(*amount)?;
        let so_far = rate.of(sum)?;
        parts.push(so_far.checked_sub(taken)?);
        taken = so_far;
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_rate_over_many_amounts_is_exact_to_the_cent(
            cents in prop::collection::vec(0_i64..100_000_000, 0..40),
            points in 0_u32..=10_000,
        ) {
            let examined: Vec<Money> = cents.iter().copied().map(Money::from_cents).collect();
            let rate = Share::from_basis_points(points);
            let parts = spread(&examined, rate).unwrap();
            let all = Money::checked_sum(examined.iter().copied()).unwrap();
            prop_assert_eq!(Money::checked_sum(parts.iter().copied()), rate.of(all));
            for (part, amount) in parts.iter().zip(&examined) {
                prop_assert!(!part.is_negative() && part <= amount);
            }
        }
    }
}

//! The sample of an audit: drawn with a seed that can be published, the riskier first.

use crate::canonical::digest;
use crate::id::ExpenseId;
use crate::money::Money;

/// An expense that may be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The expense.
    pub id: ExpenseId,
    /// Its amount.
    pub amount: Money,
    /// Findings that warned or cut.
    pub doubts: u32,
}

/// Draws expenses. With `by_risk` those with more doubts come first, then the larger; what is left to chance is decided by
/// the digest of seed and identifier, so that whoever has the seed draws the same.
pub fn draw(seed: &str, by_risk: bool, count: usize, candidates: &[Candidate]) -> Vec<ExpenseId> {
    let chance = |id: ExpenseId| digest("expenditure-sample:1", format!("{seed}\n{id}").as_bytes());
    let mut drawn: Vec<&Candidate> = candidates.iter().collect();
    drawn.sort_by_cached_key(|candidate| {
        let risk = by_risk.then_some((std::cmp::Reverse(candidate.doubts), std::cmp::Reverse(candidate.amount)));
        (risk, chance(candidate.id).to_string(), candidate.id)
    });
    drawn.truncate(count);
    drawn.into_iter().map(|candidate| candidate.id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn candidates() -> Vec<Candidate> {
        (1..=20_u32)
            .map(|number| Candidate {
                id: ExpenseId::new(Uuid::from_u128(number.into())),
                amount: Money::from_cents(number.into()),
                doubts: number % 3,
            })
            .collect()
    }

    #[test]
    fn the_seed_decides_and_not_the_order() {
        let mut turned = candidates();
        turned.reverse();
        let drawn = draw("2022", false, 5, &candidates());
        assert_eq!(drawn.len(), 5);
        assert_eq!(drawn, draw("2022", false, 5, &turned));
        assert_ne!(drawn, draw("2023", false, 5, &candidates()));
    }

    #[test]
    fn the_riskier_come_first() {
        let drawn = draw("2022", true, 3, &candidates());
        let numbers: Vec<u128> = drawn.iter().map(|id| id.uuid().as_u128()).collect();
        assert_eq!(numbers, [20, 17, 14], "two doubts each, the larger first");
    }
}

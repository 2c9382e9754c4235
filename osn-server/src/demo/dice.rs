//! Deterministic draws: the same seed makes the same people, on every machine.

/// A small generator (`SplitMix64`) with integer draws only; it is for invented people, never for secrets.
#[derive(Clone, Debug)]
pub(super) struct Dice(u64);

impl Dice {
    /// A generator for one purpose: another `purpose` under the same seed draws independently, so that a change in one
    /// part of the story does not move the others.
    pub(super) fn new(seed: u64, purpose: &str) -> Self {
        let mixed = purpose.bytes().fold(seed ^ 0x9E37_79B9_7F4A_7C15, |state, byte| {
            (state ^ u64::from(byte))
                .wrapping_mul(0x0000_0100_0000_01B3)
                .rotate_left(23)
        });
        Self(mixed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ (word >> 31)
    }

    /// A number from `low` to `high`, both included; `low` when they stand the wrong way round.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let Some(span) = high
            .checked_sub(low)
            .and_then(|span| u64::try_from(span).ok())
            .and_then(|span| span.checked_add(1))
        else {
            return low;
        };
        // The remainder's bias is below 2^-40 for every span used here.
        i64::try_from(self.next() % span).map_or(low, |offset| low.saturating_add(offset))
    }

    /// One of the choices; `None` when there are none.
    pub(super) fn choose<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        let last = i64::try_from(choices.len()).ok()?.checked_sub(1)?;
        choices.get(usize::try_from(self.between(0, last)).ok()?)
    }

    /// An index drawn by weight; zero when nothing weighs anything.
    pub(super) fn weighted(&mut self, weights: &[u32]) -> usize {
        let total: i64 = weights.iter().map(|weight| i64::from(*weight)).sum();
        let mut left = self.between(0, total.saturating_sub(1));
        for (index, weight) in weights.iter().enumerate() {
            if left < i64::from(*weight) {
                return index;
            }
            left = left.saturating_sub(i64::from(*weight));
        }
        0
    }

    /// Puts the items in a random order.
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = usize::try_from(self.between(0, i64::try_from(last).unwrap_or(0))).unwrap_or(0);
            items.swap(last, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Dice;

    #[test]
    fn the_same_seed_draws_the_same_and_purposes_are_independent() {
        let draw = |seed, purpose| {
            let mut dice = Dice::new(seed, purpose);
            (0..8).map(|_| dice.between(0, 1_000_000)).collect::<Vec<_>>()
        };
        assert_eq!(draw(7, "people"), draw(7, "people"));
        assert_ne!(draw(7, "people"), draw(7, "times"));
        assert_ne!(draw(7, "people"), draw(8, "people"));
    }

    #[test]
    fn draws_stay_inside_and_reach_both_ends() {
        let mut dice = Dice::new(1, "ends");
        let drawn: std::collections::BTreeSet<i64> = (0..500).map(|_| dice.between(-2, 2)).collect();
        assert_eq!(drawn.into_iter().collect::<Vec<_>>(), [-2, -1, 0, 1, 2]);
        assert_eq!(dice.between(5, 4), 5);
        assert_eq!(dice.weighted(&[0, 3, 0]), 1);
        assert_eq!(dice.choose::<u8>(&[]), None);
    }
}

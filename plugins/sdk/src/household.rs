//! Incomes of households of different size made comparable, in integers.

/// Weights of an equivalence scale, in ten-thousandths (1.0 = 10000). The host resolves a scale's name to these numbers from its
/// dated law data before the parameters are frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    /// The first adult.
    pub first_adult: i64,
    /// Each further adult.
    pub other_adult: i64,
    /// Each minor.
    pub minor: i64,
    /// The first minor where exactly one adult lives with minors, if the scale has such a rule.
    pub single_parent_first_minor: Option<i64>,
    /// Whoever is younger counts as a minor.
    pub minor_under_age: i32,
}

impl Scale {
    /// A scale that the host has not resolved yet.
    pub const UNRESOLVED: Self = Self {
        first_adult: 0,
        other_adult: 0,
        minor: 0,
        single_parent_first_minor: None,
        minor_under_age: 0,
    };

    /// Weight of a household: the sum over its people. Without an adult, the oldest minor counts as the first adult.
    #[inline]
    pub const fn weight(&self, adults: i64, minors: i64) -> i64 {
        if adults == 0 {
            let further = if minors > 0 { minors - 1 } else { 0 };
            return self.first_adult + further * self.minor;
        }
        let sum = self.first_adult + (adults - 1) * self.other_adult;
        match self.single_parent_first_minor {
            Some(first) if adults == 1 && minors > 0 => sum + first + (minors - 1) * self.minor,
            _ => sum + minors * self.minor,
        }
    }

    /// Income per equivalent adult, in the income's own scale, rounded half up once. `None` where it cannot be counted.
    #[inline]
    pub fn equivalised(&self, income: i64, adults: i64, minors: i64) -> Option<i64> {
        let weight = self.weight(adults, minors);
        if weight <= 0 || self.first_adult <= 0 {
            return None;
        }
        let half = if income < 0 { -(weight / 2) } else { weight / 2 };
        // WebAssembly divides 64 bits in one instruction and 128 in a loop; only absurd incomes and weights need the latter.
        if income.unsigned_abs() < 1 << 42 && weight.max(self.first_adult) < 1 << 20 {
            return Some((income * self.first_adult + half) / weight);
        }
        self.widely(income, half, weight)
    }

    #[cold]
    fn widely(&self, income: i64, half: i64, weight: i64) -> Option<i64> {
        let scaled = i128::from(income) * i128::from(self.first_adult) + i128::from(half);
        i64::try_from(scaled / i128::from(weight)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OECD: Scale = Scale {
        first_adult: 10_000,
        other_adult: 5_000,
        minor: 3_000,
        single_parent_first_minor: None,
        minor_under_age: 14,
    };
    const A21: Scale = Scale {
        minor: 2_500,
        single_parent_first_minor: Some(5_000),
        minor_under_age: 18,
        ..OECD
    };

    #[test]
    fn incomes_are_equivalised_and_rounded_once() {
        for (scale, income, adults, minors, equivalised) in [
            (A21, 1_200_000, 1, 1, 800_000),
            (A21, 1_200_000, 2, 2, 600_000),
            (A21, 2_000_000, 1, 2, 1_142_857),
            (A21, 900_000, 1, 1, 600_000),
            (A21, 1_500_000, 2, 1, 857_143),
            (OECD, 600_000, 1, 0, 600_000),
            (OECD, 600_000, 2, 1, 333_333),
            (OECD, 100, 1, 1, 77),
            (OECD, 0, 3, 0, 0),
            (OECD, 650_000, 0, 2, 500_000),
        ] {
            assert_eq!(scale.equivalised(income, adults, minors), Some(equivalised));
        }
        assert_eq!(Scale::UNRESOLVED.equivalised(1, 1, 0), None);
        // Where the scaled income needs more than 64 bits.
        assert_eq!(OECD.equivalised(i64::MAX, 1, 0), Some(i64::MAX));
        assert_eq!(OECD.equivalised(i64::MAX, 2, 0), Some(6_148_914_691_236_517_205));
        assert_eq!(
            OECD.equivalised(-9_000_000_000_000_000_000, 2, 0),
            Some(-6_000_000_000_000_000_000)
        );
    }
}

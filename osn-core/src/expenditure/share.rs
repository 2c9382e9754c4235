//! A part of a whole: hundredths of a per cent, so that 60.25 % is exact.

use std::fmt;
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::money::{Money, MoneyError, Rounding};

/// A percentage with two decimals. It may exceed the whole: what somebody typed is kept and refused with its article.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share(u32);

/// A text that is no percentage with at most two decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a percentage has at most two decimals, such as \"60.25\"")]
pub struct ShareError;

impl Share {
    /// All of it.
    pub const WHOLE: Self = Self(10_000);
    /// Nothing of it.
    pub const NOTHING: Self = Self(0);

    /// From hundredths of a per cent: 10,000 is the whole.
    pub const fn from_basis_points(points: u32) -> Self {
        Self(points)
    }

    /// In hundredths of a per cent.
    pub const fn basis_points(self) -> u32 {
        self.0
    }

    /// As a factor: one is the whole.
    pub fn factor(self) -> Decimal {
        Decimal::new(self.0.into(), 4)
    }

    /// From a factor, where it has no finer part than a hundredth of a per cent: 0.0013 is 0.13 %.
    pub fn of_factor(factor: Decimal) -> Option<Self> {
        let points = factor.checked_mul(Decimal::from(10_000))?;
        let points = points.is_integer().then_some(points)?;
        u32::try_from(points).ok().map(Self)
    }

    /// This part of an amount, rounded once to the cent.
    ///
    /// # Errors
    /// When the result is too large.
    pub fn of(self, amount: Money) -> Result<Money, MoneyError> {
        amount.times(self.factor(), Rounding::HalfUp)
    }

    /// What part of a whole an amount is, rounded once to a hundredth of a per cent; nothing where there is no whole.
    pub fn of_whole(part: Money, whole: Money) -> Option<Self> {
        if !whole.is_positive() || part.is_negative() {
            return None;
        }
        let points = part
            .as_decimal()
            .checked_mul(Decimal::from(10_000))?
            .checked_div(whole.as_decimal())?;
        let points = points.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
        u32::try_from(points).ok().map(Self)
    }

    /// The sum; at the end of the scale it stays there.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// What is left of it without the other; nothing at the least.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

/// The form of JSON and of the databases' documents: `60.25`.
impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&Decimal::new(self.0.into(), 2).to_string())
    }
}

impl FromStr for Share {
    type Err = ShareError;

    fn from_str(text: &str) -> Result<Self, ShareError> {
        let number: Decimal = text.parse().map_err(|_| ShareError)?;
        let points = number.checked_mul(Decimal::ONE_HUNDRED).ok_or(ShareError)?;
        if !points.fract().is_zero() {
            return Err(ShareError);
        }
        u32::try_from(points).map(Self).map_err(|_| ShareError)
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn written_and_read() {
        for (text, points) in [
            ("60", 6_000),
            ("60.25", 6_025),
            ("100.01", 10_001),
            ("0", 0),
            ("0.02", 2),
        ] {
            let share: Share = text.parse().unwrap();
            assert_eq!(share.basis_points(), points, "{text}");
            assert_eq!(share.to_string().parse(), Ok(share));
        }
        for text in ["", "-1", "60.251", "60 %", "a", "99999999999"] {
            assert_eq!(text.parse::<Share>(), Err(ShareError), "{text}");
        }
    }

    #[test]
    fn a_part_of_a_whole() {
        let euros = |cents| Money::from_cents(cents);
        for (part, whole, points) in [
            (50, 100, Some(5_000)),
            (1, 3, Some(3_333)),
            (2, 3, Some(6_667)),
            (0, 5, Some(0)),
            (300, 100, Some(30_000)),
            (1, 0, None),
            (-1, 5, None),
        ] {
            let share = Share::of_whole(euros(part), euros(whole));
            assert_eq!(share.map(Share::basis_points), points, "{part} of {whole}");
        }
    }

    proptest! {
        #[test]
        fn a_part_never_exceeds_the_whole(cents in 0_i64..1_000_000_000_000, points in 0_u32..=10_000) {
            let amount = Money::from_cents(cents);
            let part = Share::from_basis_points(points).of(amount).unwrap();
            prop_assert!(part <= amount && !part.is_negative());
        }
    }
}

//! Money: euros with exactly two decimals, checked arithmetic and rounding that is always asked for.
//!
//! The law rounds once, at the end of each formula: multiply and divide with [`Decimal`] factors and name the [`Rounding`].
//! Nothing here overflows silently and nothing is a float.

use std::fmt;
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::de::{Error as _, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::text::number::{self, NumberError};

/// How a result with more than two decimals becomes an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// To the nearest cent, half a cent away from zero: the rule for amounts unless a text says otherwise.
    HalfUp,
    /// Towards zero: fractions of a cent are dropped.
    Down,
}

impl From<Rounding> for RoundingStrategy {
    fn from(rounding: Rounding) -> Self {
        match rounding {
            Rounding::HalfUp => Self::MidpointAwayFromZero,
            Rounding::Down => Self::ToZero,
        }
    }
}

/// Why an amount could not be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum MoneyError {
    /// The result does not fit in 64-bit cents.
    #[error("the amount is too large")]
    Overflow,
    /// Division by zero, or a split into no parts.
    #[error("an amount cannot be divided by zero")]
    DivisionByZero,
    /// A decimal with more than two decimals, where no rounding was asked for.
    #[error("the amount has more than two decimals")]
    TooPrecise,
}

/// Why a text is not an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum MoneyParseError {
    /// Not the machine form: digits, a point, two decimals.
    #[error("an amount is written with a point and two decimals, such as \"1234.56\"")]
    Malformed,
    /// Not a number in Greek notation.
    #[error(transparent)]
    Number(#[from] NumberError),
    /// Cents have no fractions.
    #[error("an amount has at most two decimals")]
    TooPrecise,
    /// The amount does not fit in 64-bit cents.
    #[error("the amount is too large")]
    TooLarge,
}

/// An amount in euros with exactly two decimals; it may be negative (a correction, a refund).
///
/// Invariant: the decimal has scale 2 and its cents fit in an `i64`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(Decimal);

impl Default for Money {
    fn default() -> Self {
        Self::ZERO
    }
}

impl Money {
    /// No money.
    pub const ZERO: Self = Self(Decimal::from_parts(0, 0, 0, false, 2));

    /// The ISO 4217 code of every amount here.
    pub const CURRENCY: &'static str = "EUR";

    /// An amount from whole cents, as the databases and the program contract hold it.
    pub fn from_cents(cents: i64) -> Self {
        Self(Decimal::new(cents, 2))
    }

    /// The amount in whole cents.
    pub fn cents(self) -> i64 {
        // The invariant makes the conversion exact; zero could only come from a bug that the tests would show.
        i64::try_from(self.0.mantissa()).unwrap_or_default()
    }

    /// An exact amount from a decimal number of euros.
    pub fn from_decimal(euros: Decimal) -> Result<Self, MoneyError> {
        let amount = Self::rounded(euros, Rounding::Down)?;
        if amount.0 == euros {
            Ok(amount)
        } else {
            Err(MoneyError::TooPrecise)
        }
    }

    /// The amount nearest to a decimal number of euros.
    pub fn rounded(euros: Decimal, rounding: Rounding) -> Result<Self, MoneyError> {
        let mut amount = euros.round_dp_with_strategy(2, rounding.into());
        amount.rescale(2);
        // A huge decimal keeps fewer decimals instead of failing; it is out of range anyway.
        if amount.scale() != 2 || i64::try_from(amount.mantissa()).is_err() {
            return Err(MoneyError::Overflow);
        }
        if amount.is_zero() {
            return Ok(Self::ZERO);
        }
        Ok(Self(amount))
    }

    /// The amount as a decimal number of euros, for a formula that rounds at its end.
    pub const fn as_decimal(self) -> Decimal {
        self.0
    }

    /// Whether this is exactly nothing.
    pub const fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// Whether the amount is below zero.
    pub fn is_negative(self) -> bool {
        self < Self::ZERO
    }

    /// Whether the amount is above zero.
    pub fn is_positive(self) -> bool {
        self > Self::ZERO
    }

    /// The amount with the other sign.
    pub fn checked_neg(self) -> Result<Self, MoneyError> {
        self.cents()
            .checked_neg()
            .map(Self::from_cents)
            .ok_or(MoneyError::Overflow)
    }

    /// The sum of two amounts.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.cents()
            .checked_add(other.cents())
            .map(Self::from_cents)
            .ok_or(MoneyError::Overflow)
    }

    /// The difference of two amounts; it may be negative.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.cents()
            .checked_sub(other.cents())
            .map(Self::from_cents)
            .ok_or(MoneyError::Overflow)
    }

    /// The sum of many amounts; nothing for none.
    pub fn checked_sum<I>(amounts: I) -> Result<Self, MoneyError>
    where
        I: IntoIterator<Item = Self>,
    {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }

    /// The amount multiplied by a factor (a rate, a number of hours), rounded once.
    pub fn times(self, factor: Decimal, rounding: Rounding) -> Result<Self, MoneyError> {
        let product = self.0.checked_mul(factor).ok_or(MoneyError::Overflow)?;
        Self::rounded(product, rounding)
    }

    /// The amount divided by a divisor (an equivalence factor, a number of months), rounded once.
    pub fn divide_by(self, divisor: Decimal, rounding: Rounding) -> Result<Self, MoneyError> {
        if divisor.is_zero() {
            return Err(MoneyError::DivisionByZero);
        }
        let quotient = self.0.checked_div(divisor).ok_or(MoneyError::Overflow)?;
        Self::rounded(quotient, rounding)
    }

    /// `parts` amounts that differ by at most one cent, the larger ones first, and whose sum is this amount.
    pub fn split(self, parts: u32) -> Result<Vec<Self>, MoneyError> {
        let divisor = i64::from(parts);
        let (Some(share), Some(rest)) = (self.cents().checked_div(divisor), self.cents().checked_rem(divisor)) else {
            return Err(MoneyError::DivisionByZero);
        };
        let with_extra = rest.unsigned_abs();
        (0..parts)
            .map(|index| {
                let extra = if u64::from(index) < with_extra {
                    rest.signum()
                } else {
                    0
                };
                Self::from_cents(share).checked_add(Self::from_cents(extra))
            })
            .collect()
    }

    /// Reads the machine form only: an optional minus, digits without leading zeros, a point and two decimals.
    ///
    /// # Examples
    /// ```
    /// use osn_core::money::Money;
    /// assert_eq!(Money::parse("1234.56")?.cents(), 123_456);
    /// assert!(Money::parse("1234.5").is_err());
    /// # Ok::<(), osn_core::money::MoneyParseError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, MoneyParseError> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, decimals) = digits.split_once('.').ok_or(MoneyParseError::Malformed)?;
        let only_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty()
            || decimals.len() != 2
            || !only_digits(whole)
            || !only_digits(decimals)
            || (whole.len() > 1 && whole.starts_with('0'))
        {
            return Err(MoneyParseError::Malformed);
        }
        let sign = if negative { "-" } else { "" };
        let cents: i64 = format!("{sign}{whole}{decimals}")
            .parse()
            .map_err(|_| MoneyParseError::TooLarge)?;
        if negative && cents == 0 {
            return Err(MoneyParseError::Malformed);
        }
        Ok(Self::from_cents(cents))
    }

    /// Reads what a person typed in a Greek form: `1.234,56`, `1234,5`, `1.234`, with or without the euro sign.
    pub fn parse_el(text: &str) -> Result<Self, MoneyParseError> {
        let text = text.trim();
        let bare = ["€", "ευρώ", "EUR"]
            .iter()
            .find_map(|unit| text.strip_suffix(unit))
            .or_else(|| text.strip_prefix('€'))
            .unwrap_or(text);
        Self::from_decimal(number::parse_el(bare)?).map_err(|error| match error {
            MoneyError::TooPrecise => MoneyParseError::TooPrecise,
            MoneyError::Overflow | MoneyError::DivisionByZero => MoneyParseError::TooLarge,
        })
    }

    /// The amount as Greek readers write it: «1.234,56 €».
    pub fn format_el(self) -> String {
        format!("{} €", number::format_el(self.0))
    }
}

/// The machine form that [`Money::parse`] reads: `1234.56`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.to_string())
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Money({} EUR)", self.0)
    }
}

impl FromStr for Money {
    type Err = MoneyParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

#[derive(Serialize)]
struct Written {
    amount: String,
    currency: &'static str,
}

#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "an amount such as {\"amount\": \"1234.56\", \"currency\": \"EUR\"}"
)]
struct Read {
    #[serde(deserialize_with = "read_amount")]
    amount: Money,
    #[serde(deserialize_with = "read_currency")]
    #[expect(dead_code, reason = "checked while it is read; there is one currency")]
    currency: (),
}

struct AmountVisitor;

impl serde::de::Visitor<'_> for AmountVisitor {
    type Value = Money;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string with a point and two decimals, such as \"1234.56\"")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Money, E> {
        Money::parse(text).map_err(E::custom)
    }
}

fn read_amount<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Money, D::Error> {
    deserializer.deserialize_str(AmountVisitor)
}

fn read_currency<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
    let currency = String::deserialize(deserializer)?;
    if currency == Money::CURRENCY {
        Ok(())
    } else {
        Err(D::Error::invalid_value(
            Unexpected::Str(&currency),
            &"the currency \"EUR\"",
        ))
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = Written {
            amount: self.to_string(),
            currency: Self::CURRENCY,
        };
        written.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Read::deserialize(deserializer).map(|read| read.amount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn euros(text: &str) -> Money {
        Money::parse(text).unwrap()
    }

    #[test]
    fn machine_form_has_one_spelling() {
        for (text, cents) in [
            ("1234.56", 123_456),
            ("0.00", 0),
            ("-0.01", -1),
            ("92233720368547758.07", i64::MAX),
            ("-92233720368547758.08", i64::MIN),
        ] {
            assert_eq!(Money::parse(text).unwrap().cents(), cents);
            assert_eq!(Money::from_cents(cents).to_string(), text);
        }
        for text in [
            "", ".", "1234", "1234.5", "1234.567", "1,00", "01.00", "-0.00", "+1.00", " 1.00", "1.00 ", ".50",
            "1e2.00", "--1.00", "١.00", "1_0.00",
        ] {
            assert_eq!(Money::parse(text), Err(MoneyParseError::Malformed), "{text:?}");
        }
        assert_eq!(Money::parse("92233720368547758.08"), Err(MoneyParseError::TooLarge));
    }

    #[test]
    fn greek_form() {
        let cases: [(&str, Result<i64, MoneyParseError>); 12] = [
            ("1.234,50", Ok(123_450)),
            ("1234,5", Ok(123_450)),
            ("1,234.50", Err(NumberError::Ambiguous.into())),
            ("1.234,56 €", Ok(123_456)),
            ("€1.234", Ok(123_400)),
            ("12 ευρώ", Ok(1_200)),
            ("12 EUR", Ok(1_200)),
            ("-0,5", Ok(-50)),
            ("0,125", Err(MoneyParseError::TooPrecise)),
            ("0,120", Ok(12)),
            ("100.000.000.000.000.000", Err(MoneyParseError::TooLarge)),
            ("€", Err(NumberError::Empty.into())),
        ];
        for (text, expected) in cases {
            assert_eq!(Money::parse_el(text).map(Money::cents), expected, "{text:?}");
        }
        assert_eq!(euros("1234.56").format_el(), "1.234,56 €");
        assert_eq!(euros("-1234567.00").format_el(), "-1.234.567,00 €");
        assert_eq!(Money::ZERO.format_el(), "0,00 €");
        assert_eq!(euros("999.99").format_el(), "999,99 €");
    }

    #[test]
    fn rounds_once_and_as_asked() {
        let third = Decimal::from(3);
        assert_eq!(
            euros("20000.00").divide_by(Decimal::new(175, 2), Rounding::HalfUp),
            Ok(euros("11428.57"))
        );
        assert_eq!(euros("100.00").divide_by(third, Rounding::Down), Ok(euros("33.33")));
        assert_eq!(euros("200.00").divide_by(third, Rounding::HalfUp), Ok(euros("66.67")));
        assert_eq!(euros("200.00").divide_by(third, Rounding::Down), Ok(euros("66.66")));
        let half = Decimal::new(5, 1);
        assert_eq!(euros("0.01").times(half, Rounding::HalfUp), Ok(euros("0.01")));
        assert_eq!(euros("-0.01").times(half, Rounding::HalfUp), Ok(euros("-0.01")));
        assert_eq!(euros("-0.01").times(half, Rounding::Down), Ok(Money::ZERO));
        assert_eq!(
            euros("1.00").divide_by(Decimal::ZERO, Rounding::Down),
            Err(MoneyError::DivisionByZero)
        );
        assert_eq!(
            Money::from_cents(i64::MAX).times(Decimal::TWO, Rounding::Down),
            Err(MoneyError::Overflow)
        );
        assert_eq!(
            Money::from_cents(i64::MAX).times(Decimal::MAX, Rounding::Down),
            Err(MoneyError::Overflow)
        );
        assert_eq!(Money::rounded(Decimal::MAX, Rounding::Down), Err(MoneyError::Overflow));
        assert_eq!(
            Money::from_decimal(Decimal::new(12_345, 3)),
            Err(MoneyError::TooPrecise)
        );
        assert_eq!(Money::from_decimal(Decimal::new(5, 0)), Ok(euros("5.00")));
    }

    #[test]
    fn json_form() {
        let json = r#"{"amount":"1234.56","currency":"EUR"}"#;
        assert_eq!(serde_json::to_string(&euros("1234.56")).unwrap(), json);
        assert_eq!(serde_json::from_str::<Money>(json).unwrap(), euros("1234.56"));
        let refusals = [
            (r#"{"amount":12.5,"currency":"EUR"}"#, "two decimals"),
            (r#"{"amount":"12.5","currency":"EUR"}"#, "two decimals"),
            (r#"{"amount":"12.50","currency":"USD"}"#, "the currency \"EUR\""),
            (r#"{"amount":"12.50"}"#, "missing field `currency`"),
            (r#"{"amount":"12.50","currency":"EUR","vat":1}"#, "unknown field `vat`"),
            (r#""12.50""#, "an amount such as"),
        ];
        for (json, wanted) in refusals {
            let message = serde_json::from_str::<Money>(json).unwrap_err().to_string();
            assert!(message.contains(wanted), "{json}: {message}");
        }
    }

    proptest! {
        #[test]
        fn every_form_reads_back(cents: i64) {
            let money = Money::from_cents(cents);
            prop_assert_eq!(money.cents(), cents);
            prop_assert_eq!(Money::parse(&money.to_string()), Ok(money));
            prop_assert_eq!(serde_json::from_str::<Money>(&serde_json::to_string(&money).unwrap()).unwrap(), money);
            prop_assert_eq!(Money::parse_el(&money.format_el()), Ok(money));
        }

        #[test]
        fn addition_is_that_of_cents(left: i64, right: i64) {
            let sum = Money::from_cents(left).checked_add(Money::from_cents(right));
            prop_assert_eq!(sum.ok().map(Money::cents), left.checked_add(right));
            let difference = Money::from_cents(left).checked_sub(Money::from_cents(right));
            prop_assert_eq!(difference.ok().map(Money::cents), left.checked_sub(right));
            prop_assert_eq!(left.cmp(&right), Money::from_cents(left).cmp(&Money::from_cents(right)));
        }

        #[test]
        fn split_keeps_the_sum(cents: i64, parts in 1_u32..200) {
            let money = Money::from_cents(cents);
            let shares = money.split(parts).unwrap();
            prop_assert_eq!(shares.len(), usize::try_from(parts).unwrap());
            prop_assert_eq!(Money::checked_sum(shares.iter().copied()), Ok(money));
            let (least, most) = (shares.iter().min().unwrap(), shares.iter().max().unwrap());
            prop_assert!(most.checked_sub(*least).unwrap() <= Money::from_cents(1));
        }

        #[test]
        fn times_one_changes_nothing(cents: i64) {
            let money = Money::from_cents(cents);
            prop_assert_eq!(money.times(Decimal::ONE, Rounding::HalfUp), Ok(money));
            prop_assert_eq!(money.divide_by(Decimal::ONE, Rounding::Down), Ok(money));
        }
    }

    #[test]
    fn no_parts_is_an_error() {
        assert_eq!(euros("1.00").split(0), Err(MoneyError::DivisionByZero));
    }
}

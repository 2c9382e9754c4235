//! Equivalence scales: incomes of households of different size made comparable.
//!
//! The scales are dated data with their sources (`data/equivalence-scales.toml`); the formula is one: a weight for the first
//! adult, one for each further adult, one for each minor, and in some laws another one for the first minor of a single
//! adult. Scales that are not a sum of weights, such as the square root of the size, are not modelled.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::lang::LocalText;
use crate::money::{Money, MoneyError, Rounding};
use crate::parameter::{self, DataError, Dated, Timeline};
use crate::time::age_on;

const FILE: &str = "equivalence-scales.toml";
const TEXT: &str = include_str!("../data/equivalence-scales.toml");

/// Weights are whole multiples of 1/10,000, as the program contract holds fixed-point numbers.
const FIXED_ONE: i64 = 10_000;

/// Why there is no scale or no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScaleError {
    /// No scale has this code.
    #[error("there is no equivalence scale `{code}`")]
    UnknownCode {
        /// The code asked for.
        code: String,
    },
    /// The scale exists, but not on this day.
    #[error("the equivalence scale `{code}` is not in force on {on}")]
    NotInForce {
        /// The code asked for.
        code: String,
        /// The day asked for.
        on: NaiveDate,
    },
    /// The data file is wrong.
    #[error(transparent)]
    Data(#[from] DataError),
}

/// Who lives in a household, by age on the day of the assessment. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HouseholdComposition {
    ages: Vec<u32>,
}

/// A household that cannot be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CompositionError {
    /// Nobody lives in it.
    #[error("a household has at least one person")]
    Empty,
    /// Somebody is born after the day of the assessment.
    #[error("a member of the household is born after {on}")]
    NotBorn {
        /// The day of the assessment.
        on: NaiveDate,
    },
}

impl HouseholdComposition {
    /// A household of people of these ages, in full years.
    pub fn from_ages(ages: impl IntoIterator<Item = u32>) -> Result<Self, CompositionError> {
        let ages: Vec<u32> = ages.into_iter().collect();
        if ages.is_empty() {
            return Err(CompositionError::Empty);
        }
        Ok(Self { ages })
    }

    /// A household of people born on these days, as it is on the day `on`.
    pub fn from_birth_dates(
        births: impl IntoIterator<Item = NaiveDate>,
        on: NaiveDate,
    ) -> Result<Self, CompositionError> {
        let ages: Option<Vec<u32>> = births.into_iter().map(|born| age_on(born, on)).collect();
        Self::from_ages(ages.ok_or(CompositionError::NotBorn { on })?)
    }

    /// How many people live in it.
    pub fn people(&self) -> u32 {
        u32::try_from(self.ages.len()).unwrap_or(u32::MAX)
    }

    /// How many are younger than `age`.
    pub fn younger_than(&self, age: u32) -> u32 {
        let younger = self.ages.iter().filter(|years| **years < age).count();
        u32::try_from(younger).unwrap_or(u32::MAX)
    }
}

/// What the amounts of a scale are, where the law writes amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AmountUnit {
    /// Euros a month.
    EurPerMonth,
    /// Euros a year.
    EurPerYear,
}

/// A line of the data file, as the law writes it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    unit: Option<AmountUnit>,
    #[serde(with = "rust_decimal::serde::str")]
    first_adult: Decimal,
    #[serde(with = "rust_decimal::serde::str")]
    other_adult: Decimal,
    #[serde(with = "rust_decimal::serde::str")]
    minor: Decimal,
    #[serde(default, with = "rust_decimal::serde::str_option")]
    single_parent_first_minor: Option<Decimal>,
    minor_under_age: u32,
}

impl Written {
    /// The sum of what each person of the household counts, in the law's own numbers.
    fn sum(&self, household: &HouseholdComposition) -> Option<Decimal> {
        let counted = Counted::of(household, self.minor_under_age);
        let single = self
            .single_parent_first_minor
            .filter(|_| counted.single_adult_with_minors);
        let mut minors = counted.minors;
        let mut sum = self.first_adult;
        if let Some(first_minor) = single {
            minors = minors.saturating_sub(1);
            sum = sum.checked_add(first_minor)?;
        }
        let others = self.other_adult.checked_mul(counted.other_adults.into())?;
        sum.checked_add(others)?
            .checked_add(self.minor.checked_mul(minors.into())?)
    }
}

/// A household as a scale counts it.
struct Counted {
    other_adults: u32,
    minors: u32,
    single_adult_with_minors: bool,
}

impl Counted {
    fn of(household: &HouseholdComposition, minor_under_age: u32) -> Self {
        let minors = household.younger_than(minor_under_age);
        let adults = household.people().saturating_sub(minors);
        if adults == 0 {
            // The oldest child counts as the first adult; a household of children is no single-parent family.
            return Self {
                other_adults: 0,
                minors: minors.saturating_sub(1),
                single_adult_with_minors: false,
            };
        }
        Self {
            other_adults: adults.saturating_sub(1),
            minors,
            single_adult_with_minors: adults == 1 && minors > 0,
        }
    }
}

/// The weights of a scale as whole multiples of 1/10,000 (1.0000 = 10000), for a program that counts the same way.
///
/// The program counts everybody younger than `minor_under_age` as a minor. Where exactly one adult lives with minors and
/// `single_parent_first_minor` is given, it replaces the weight of one minor; where there is no adult, the oldest minor is the first adult.
/// Income in cents times 10,000, divided by the sum of weights and rounded half-up once, equals [`Scale::equivalised`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeightsFixed4 {
    /// The first adult; always 10000.
    pub first_adult: i64,
    /// Each further adult.
    pub other_adult: i64,
    /// Each minor.
    pub minor: i64,
    /// The first minor of a single adult, where the scale has such a rule.
    pub single_parent_first_minor: Option<i64>,
    /// Whoever is younger is a minor.
    pub minor_under_age: u32,
}

/// An equivalence scale as it is in force on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scale {
    code: String,
    title: LocalText,
    line: Dated<Written>,
    weights: WeightsFixed4,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    scale: Vec<Named<Written>>,
    bands: Vec<Named<WrittenBands>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Named<T> {
    code: String,
    title: LocalText,
    #[serde(bound(deserialize = "T: Deserialize<'de>"))]
    in_force: Timeline<T>,
}

impl<T: Clone> Named<T> {
    fn on(items: Vec<Self>, code: &str, on: NaiveDate) -> Result<(LocalText, Dated<T>), ScaleError> {
        let item = items
            .into_iter()
            .find(|item| item.code == code)
            .ok_or_else(|| ScaleError::UnknownCode { code: code.to_owned() })?;
        let line = item.in_force.on(on).cloned();
        let line = line.ok_or_else(|| ScaleError::NotInForce {
            code: code.to_owned(),
            on,
        })?;
        Ok((item.title, line))
    }
}

impl Scale {
    /// The scale with this code as it is in force on a day. The codes are those of [`Scale::codes`].
    pub fn by_code(code: &str, on: NaiveDate) -> Result<Self, ScaleError> {
        let file: File = parameter::read(FILE, TEXT)?;
        let (title, line) = Named::on(file.scale, code, on)?;
        let weights = fixed4(&line.value).ok_or_else(|| {
            let reason = format!("the weights of `{code}` are not multiples of 0.0001 of the first adult's");
            DataError { file: FILE, reason }
        })?;
        Ok(Self {
            code: code.to_owned(),
            title,
            line,
            weights,
        })
    }

    /// Every code with its title, in the order of the file.
    pub fn codes() -> Result<Vec<(String, LocalText)>, ScaleError> {
        let file: File = parameter::read(FILE, TEXT)?;
        Ok(file.scale.into_iter().map(|scale| (scale.code, scale.title)).collect())
    }

    /// The code.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What the scale is called.
    pub const fn title(&self) -> &LocalText {
        &self.title
    }

    /// Where it comes from.
    pub fn source(&self) -> &str {
        &self.line.source
    }

    /// First day in force of this line of the law.
    pub const fn in_force_from(&self) -> NaiveDate {
        self.line.from
    }

    /// The weights as the program contract holds them.
    pub const fn weights_fixed4(&self) -> WeightsFixed4 {
        self.weights
    }

    /// What the people of the household count together, in the law's own numbers.
    pub(crate) fn sum(&self, household: &HouseholdComposition) -> Result<Decimal, MoneyError> {
        self.line.value.sum(household).ok_or(MoneyError::Overflow)
    }

    /// How many times the needs of a person who lives alone this household has; 1 for one person.
    pub fn factor(&self, household: &HouseholdComposition) -> Result<Decimal, MoneyError> {
        let first_adult = self.line.value.first_adult;
        self.sum(household)?
            .checked_div(first_adult)
            .ok_or(MoneyError::Overflow)
    }

    /// The household's income divided by its factor, rounded half-up to the cent, once.
    pub fn equivalised(&self, income: Money, household: &HouseholdComposition) -> Result<Money, MoneyError> {
        income.divide_by(self.factor(household)?, Rounding::HalfUp)
    }

    /// The amount that the law gives to this household, where it writes amounts: the guaranteed income or the income limit.
    pub fn amount(&self, household: &HouseholdComposition) -> Option<Result<(Money, AmountUnit), MoneyError>> {
        let unit = self.line.value.unit?;
        let amount = self.sum(household).and_then(Money::from_decimal);
        Some(amount.map(|amount| (amount, unit)))
    }
}

fn fixed4(written: &Written) -> Option<WeightsFixed4> {
    let weight = |amount: Decimal| -> Option<i64> {
        let scaled = amount
            .checked_div(written.first_adult)?
            .checked_mul(Decimal::from(FIXED_ONE))?
            .normalize();
        (scaled.scale() == 0 && !scaled.is_sign_negative()).then_some(())?;
        i64::try_from(scaled.mantissa()).ok()
    };
    Some(WeightsFixed4 {
        first_adult: weight(written.first_adult)?,
        other_adult: weight(written.other_adult)?,
        minor: weight(written.minor)?,
        single_parent_first_minor: match written.single_parent_first_minor {
            Some(amount) => Some(weight(amount)?),
            None => None,
        },
        minor_under_age: written.minor_under_age,
    })
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenBands {
    up_to: Vec<String>,
}

/// Bands of equivalised income, such as the categories of a benefit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomeBands {
    up_to: Vec<Money>,
    source: String,
}

impl IncomeBands {
    /// The bands with this code as they are in force on a day.
    pub fn by_code(code: &str, on: NaiveDate) -> Result<Self, ScaleError> {
        let file: File = parameter::read(FILE, TEXT)?;
        let (_, line) = Named::on(file.bands, code, on)?;
        let up_to: Result<Vec<Money>, _> = line.value.up_to.iter().map(|amount| Money::parse(amount)).collect();
        match up_to {
            Ok(up_to) if up_to.is_sorted_by(|left, right| left < right) => Ok(Self {
                up_to,
                source: line.source,
            }),
            _ => {
                let reason = format!("the bands of `{code}` are not rising amounts");
                Err(DataError { file: FILE, reason }.into())
            }
        }
    }

    /// The band of an amount, from 1; `None` above the last.
    pub fn band(&self, equivalised: Money) -> Option<u32> {
        let place = self.up_to.iter().position(|end| equivalised <= *end)?;
        u32::try_from(place).ok()?.checked_add(1)
    }

    /// Where they come from.
    pub fn source(&self) -> &str {
        &self.source
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn euros(text: &str) -> Money {
        Money::parse(text).unwrap()
    }

    /// Adults of forty and children of ten.
    fn household(adults: usize, minors: usize) -> HouseholdComposition {
        let ages = std::iter::repeat_n(40, adults).chain(std::iter::repeat_n(10, minors));
        HouseholdComposition::from_ages(ages).unwrap()
    }

    fn amount(code: &str, on: &str, people: (usize, usize)) -> Money {
        let scale = Scale::by_code(code, day(on)).unwrap();
        scale.amount(&household(people.0, people.1)).unwrap().unwrap().0
    }

    #[test]
    fn guaranteed_income_of_both_periods() {
        for (people, old, new) in [
            ((1, 0), "200.00", "216.00"),
            ((2, 0), "300.00", "324.00"),
            ((2, 2), "400.00", "432.00"),
            ((1, 1), "300.00", "324.00"),
            ((1, 3), "400.00", "432.00"),
            ((3, 1), "450.00", "486.00"),
        ] {
            assert_eq!(amount("minimum-income", "2023-11-30", people), euros(old), "{people:?}");
            assert_eq!(amount("minimum-income", "2023-12-01", people), euros(new), "{people:?}");
        }
        // A child without parents counts as an adult, and its sibling as a minor.
        assert_eq!(amount("minimum-income", "2022-01-01", (0, 1)), euros("200.00"));
        assert_eq!(amount("minimum-income", "2022-01-01", (0, 2)), euros("250.00"));
    }

    #[test]
    fn income_limits_of_teba() {
        for (people, limit) in [
            ((1, 0), "3000.00"),
            ((2, 0), "4500.00"),
            ((1, 1), "4500.00"),
            ((2, 1), "5400.00"),
            ((1, 2), "5400.00"),
            ((2, 2), "6300.00"),
            ((1, 3), "6300.00"),
            ((2, 3), "7200.00"),
            ((1, 4), "7200.00"),
        ] {
            assert_eq!(amount("teba", "2022-08-19", people), euros(limit), "{people:?}");
        }
    }

    #[test]
    fn child_benefit() {
        let on = day("2022-08-19");
        let scale = Scale::by_code("a21", on).unwrap();
        let bands = IncomeBands::by_code("a21", on).unwrap();
        for (people, income, equivalised, band) in [
            ((1, 1), "12000.00", "8000.00", Some(2)),
            ((2, 2), "12000.00", "6000.00", Some(1)),
            ((1, 2), "20000.00", "11428.57", Some(3)),
            ((1, 1), "9000.00", "6000.00", Some(1)),
            ((2, 1), "15000.00", "8571.43", Some(2)),
            ((1, 0), "6000.50", "6000.50", Some(2)),
            ((1, 0), "15000.01", "15000.01", None),
        ] {
            let result = scale
                .equivalised(euros(income), &household(people.0, people.1))
                .unwrap();
            assert_eq!(
                (result, bands.band(result)),
                (euros(equivalised), band),
                "{people:?} {income}"
            );
        }
    }

    #[test]
    fn oecd_scales_split_at_fourteen() {
        let on = day("2022-08-19");
        let family = HouseholdComposition::from_ages([45, 43, 14, 13, 0]).unwrap();
        for (code, factor) in [("oecd-modified", "2.6"), ("oecd-original", "3.4")] {
            let scale = Scale::by_code(code, on).unwrap();
            assert_eq!(scale.factor(&family).unwrap(), factor.parse().unwrap(), "{code}");
            assert_eq!(scale.amount(&family), None, "{code}");
        }
        let single = Scale::by_code("oecd-modified", on).unwrap();
        assert_eq!(single.factor(&household(1, 2)).unwrap(), "1.6".parse().unwrap());
        assert_eq!(
            single.equivalised(euros("10000.00"), &household(1, 1)).unwrap(),
            euros("7692.31")
        );
    }

    #[test]
    fn weights_for_programs() {
        let weights = |code: &str| {
            let weights = Scale::by_code(code, day("2024-01-01")).unwrap().weights_fixed4();
            assert_eq!(weights.first_adult, FIXED_ONE, "{code}");
            (
                weights.other_adult,
                weights.minor,
                weights.single_parent_first_minor,
                weights.minor_under_age,
            )
        };
        assert_eq!(weights("oecd-modified"), (5_000, 3_000, None, 14));
        assert_eq!(weights("oecd-original"), (7_000, 5_000, None, 14));
        assert_eq!(weights("minimum-income"), (5_000, 2_500, Some(5_000), 18));
        assert_eq!(weights("teba"), (5_000, 3_000, Some(5_000), 18));
        assert_eq!(weights("a21"), (5_000, 2_500, Some(5_000), 18));
        assert_eq!(Scale::codes().unwrap().len(), 5);
    }

    #[test]
    fn the_day_matters() {
        assert_eq!(
            Scale::by_code("minimum-income", day("2017-01-31")),
            Err(ScaleError::NotInForce {
                code: "minimum-income".into(),
                on: day("2017-01-31")
            })
        );
        assert_eq!(
            Scale::by_code("square-root", day("2022-01-01")),
            Err(ScaleError::UnknownCode {
                code: "square-root".into()
            })
        );
        let births = [day("1980-01-01"), day("2008-08-20")];
        let before = HouseholdComposition::from_birth_dates(births, day("2022-08-19")).unwrap();
        let birthday = HouseholdComposition::from_birth_dates(births, day("2022-08-20")).unwrap();
        assert_eq!((before.younger_than(14), birthday.younger_than(14)), (1, 0));
        assert_eq!(
            HouseholdComposition::from_birth_dates(births, day("2008-08-19")),
            Err(CompositionError::NotBorn { on: day("2008-08-19") })
        );
        assert_eq!(HouseholdComposition::from_ages([]), Err(CompositionError::Empty));
    }

    /// The integer arithmetic that a program does with the weights, half-up like the rules.
    fn as_a_program_counts(income: i64, ages: &[u32], weights: WeightsFixed4) -> i64 {
        let minors = i64::try_from(ages.iter().filter(|age| **age < weights.minor_under_age).count()).unwrap();
        let adults = i64::try_from(ages.len()).unwrap().checked_sub(minors).unwrap();
        let mut sum = weights.first_adult;
        let mut counted_minors = minors;
        match (adults, weights.single_parent_first_minor) {
            (0, _) => counted_minors = counted_minors.saturating_sub(1),
            (1, Some(first)) if minors > 0 => {
                counted_minors = counted_minors.saturating_sub(1);
                sum = sum.saturating_add(first);
            }
            _ => {}
        }
        sum = sum.saturating_add(weights.other_adult.saturating_mul(adults.saturating_sub(1).max(0)));
        sum = sum.saturating_add(weights.minor.saturating_mul(counted_minors));
        let doubled = income.saturating_mul(FIXED_ONE).saturating_mul(2).saturating_add(sum);
        doubled.div_euclid(sum.saturating_mul(2))
    }

    proptest! {
        #[test]
        fn a_program_gets_the_same_cents(
            income in 0_i64..100_000_000,
            ages in prop::collection::vec(0_u32..100, 1..12),
            code in prop::sample::select(vec!["oecd-modified", "oecd-original", "minimum-income", "teba", "a21"]),
        ) {
            let scale = Scale::by_code(code, day("2022-08-19")).unwrap();
            let household = HouseholdComposition::from_ages(ages.iter().copied()).unwrap();
            let cents = scale.equivalised(Money::from_cents(income), &household).unwrap().cents();
            prop_assert_eq!(cents, as_a_program_counts(income, &ages, scale.weights_fixed4()));
        }

        #[test]
        fn one_more_person_never_needs_less(ages in prop::collection::vec(0_u32..100, 1..8), more in 0_u32..100) {
            let scale = Scale::by_code("oecd-modified", day("2022-08-19")).unwrap();
            let small = HouseholdComposition::from_ages(ages.iter().copied()).unwrap();
            let large = HouseholdComposition::from_ages(ages.iter().copied().chain([more])).unwrap();
            prop_assert!(scale.factor(&large).unwrap() > scale.factor(&small).unwrap());
        }
    }
}

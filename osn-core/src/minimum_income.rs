//! The Minimum Guaranteed Income (ΕΕΕ, formerly ΚΕΑ): guaranteed amount, monthly support, limits of income and property.
//!
//! Calls of a municipality use it to recognise or to refer households. Source: L. 4389/2016, art. 235; the numbers are in
//! `data/minimum-income.toml` and `data/equivalence-scales.toml`. The benefit itself is no income for another benefit
//! (art. 235(4)): whoever adds up a household's income leaves it out.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer};

use crate::equivalence::{HouseholdComposition, Scale, ScaleError};
use crate::money::{Money, MoneyError, Rounding};
use crate::parameter::{self, DataError, Timeline};

const FILE: &str = "minimum-income.toml";
const TEXT: &str = include_str!("../data/minimum-income.toml");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    limits: Timeline<Limits>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Limits {
    income_months: u32,
    #[serde(deserialize_with = "amount")]
    property_first: Money,
    #[serde(deserialize_with = "amount")]
    property_further: Money,
    #[serde(deserialize_with = "amount")]
    property_at_most: Money,
    #[serde(deserialize_with = "amount")]
    vehicles_at_most: Money,
    deposits_months: u32,
}

fn amount<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Money, D::Error> {
    Money::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}

/// The rules as they are in force on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MinimumIncome {
    scale: Scale,
    limits: Limits,
    source: String,
}

impl MinimumIncome {
    /// The rules in force on a day.
    pub fn on(day: NaiveDate) -> Result<Self, ScaleError> {
        let scale = Scale::by_code("minimum-income", day)?;
        let file: File = parameter::read(FILE, TEXT)?;
        let line = file.limits.on(day).cloned().ok_or_else(|| DataError {
            file: FILE,
            reason: format!("no limits are in force on {day}, though the amounts are"),
        })?;
        Ok(Self {
            scale,
            limits: line.value,
            source: line.source,
        })
    }

    /// Where the limits come from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The guaranteed amount of a household, in euros a month.
    pub fn guaranteed(&self, household: &HouseholdComposition) -> Result<Money, MoneyError> {
        // The law writes this scale in euros a month, so that its sum is the amount.
        Money::from_decimal(self.scale.sum(household)?)
    }

    /// The highest income of the months looked at (six) with which a household has a right to support.
    pub fn income_limit(&self, household: &HouseholdComposition) -> Result<Money, MoneyError> {
        let months = Decimal::from(self.limits.income_months);
        self.guaranteed(household)?.times(months, Rounding::HalfUp)
    }

    /// The monthly support with this income of the months looked at: what is missing to the limit, a month.
    ///
    /// `None` where the income is above the limit; at the limit the support is zero and the right exists.
    pub fn monthly_support(
        &self,
        household: &HouseholdComposition,
        income: Money,
    ) -> Result<Option<Money>, MoneyError> {
        let limit = self.income_limit(household)?;
        if income > limit {
            return Ok(None);
        }
        let missing = limit.checked_sub(income)?;
        let months = Decimal::from(self.limits.income_months);
        missing.divide_by(months, Rounding::HalfUp).map(Some)
    }

    /// The highest value of real estate for a household of this many members.
    pub fn property_limit(&self, members: u32) -> Result<Money, MoneyError> {
        let further = Decimal::from(members.saturating_sub(1));
        let limit = self
            .limits
            .property_further
            .times(further, Rounding::HalfUp)?
            .checked_add(self.limits.property_first)?;
        Ok(limit.min(self.limits.property_at_most))
    }

    /// The highest imputed cost of vehicles.
    pub const fn vehicles_limit(&self) -> Money {
        self.limits.vehicles_at_most
    }

    /// The highest deposits and securities of a household.
    pub fn deposits_limit(&self, household: &HouseholdComposition) -> Result<Money, MoneyError> {
        let months = Decimal::from(self.limits.deposits_months);
        self.guaranteed(household)?.times(months, Rounding::HalfUp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(day: &str) -> MinimumIncome {
        MinimumIncome::on(day.parse().unwrap()).unwrap()
    }

    fn euros(text: &str) -> Money {
        Money::parse(text).unwrap()
    }

    fn ages(ages: &[u32]) -> HouseholdComposition {
        HouseholdComposition::from_ages(ages.iter().copied()).unwrap()
    }

    #[test]
    fn income_limits() {
        for (household, old, new) in [
            (ages(&[40]), "1200.00", "1296.00"),
            (ages(&[40, 40, 10, 10]), "2400.00", "2592.00"),
        ] {
            assert_eq!(on("2023-11-30").income_limit(&household), Ok(euros(old)));
            assert_eq!(on("2023-12-01").income_limit(&household), Ok(euros(new)));
        }
    }

    #[test]
    fn support() {
        let single_parent = ages(&[40, 10]);
        for (income, support) in [
            ("900.00", Some("174.00")),
            ("1944.00", Some("0.00")),
            ("1944.01", None),
            ("0.00", Some("324.00")),
        ] {
            let result = on("2023-12-01").monthly_support(&single_parent, euros(income)).unwrap();
            assert_eq!(result, support.map(euros), "{income}");
        }
    }

    #[test]
    fn property_vehicles_and_deposits() {
        let rules = on("2022-01-01");
        for (members, limit) in [(1, "90000.00"), (4, "135000.00"), (5, "150000.00"), (6, "150000.00")] {
            assert_eq!(rules.property_limit(members), Ok(euros(limit)), "{members}");
        }
        assert_eq!(rules.vehicles_limit(), euros("6000.00"));
        assert_eq!(rules.deposits_limit(&ages(&[40])), Ok(euros("4800.00")));
        assert_eq!(on("2024-01-01").deposits_limit(&ages(&[40])), Ok(euros("5184.00")));
    }

    #[test]
    fn there_is_a_first_day() {
        assert!(MinimumIncome::on("2017-01-31".parse().unwrap()).is_err());
    }
}

//! The numbers of the law: dated, with source and marking, from this crate's data files.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer};

use super::kinds::Category;
use crate::calendar::Calendar;
use crate::money::Money;
use crate::operation::Regime;
use crate::parameter::{self, DataError, Timeline};

pub(super) const FILE_1420: (&str, &str) = (
    "expenditure-1420.toml",
    include_str!("../../data/expenditure-1420.toml"),
);
pub(super) const FILE_2127: (&str, &str) = (
    "expenditure-2127.toml",
    include_str!("../../data/expenditure-2127.toml"),
);
pub(super) const FILE_GREECE: (&str, &str) = (
    "expenditure-greece.toml",
    include_str!("../../data/expenditure-greece.toml"),
);

/// How far a number or a rule is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Marking {
    /// A primary or public source was read.
    Sourced,
    /// From memory: to be verified with the managing authority before a decision.
    Verify,
}

/// One parameter over time.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter<T> {
    /// How far it is known.
    pub marking: Marking,
    /// Its values.
    value: Timeline<T>,
}

impl<T: Copy> Parameter<T> {
    /// The value on a day. Before its first line the first one holds, after its last the last: a regime speaks about the
    /// whole of its operations.
    pub fn on(&self, day: NaiveDate) -> Option<T> {
        let lines = self.value.lines();
        let nearest = || lines.first().filter(|first| day < first.from).or_else(|| lines.last());
        self.value.on(day).or_else(nearest).map(|line| line.value)
    }
}

/// An amount in a data file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount(pub Money);

/// A factor in a data file: one is the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Factor(pub Decimal);

/// A day in a data file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day(pub NaiveDate);

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Money::parse(&String::deserialize(deserializer)?)
            .map(Self)
            .map_err(serde::de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Factor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map(Self)
            .map_err(|_| serde::de::Error::custom("a factor is a decimal number in quotes, such as \"0.15\""))
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parameter::toml_day(deserializer).map(Self)
    }
}

/// Numbers of one regime.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegimeNumbers {
    /// Funds that are social funds: land and infrastructure are never eligible there.
    pub social_funds: Vec<String>,
    /// Categories that are direct staff costs.
    pub staff_categories: Vec<Category>,
    /// First day of the window.
    pub window_from: Parameter<Day>,
    /// Last day of the window.
    pub window_to: Parameter<Day>,
    /// First day for the Youth Employment Initiative.
    pub youth_from: Option<Parameter<Day>>,
    /// Operations up to this total are free of the deduction of revenue.
    pub revenue_threshold: Option<Parameter<Amount>>,
    /// Up to this amount simplified costs are compulsory.
    pub simplified_up_to: Parameter<Amount>,
    /// Indirect costs, of direct costs, without calculation.
    pub flat_7: Option<Parameter<Factor>>,
    /// Indirect costs, of direct staff costs.
    pub flat_15: Parameter<Factor>,
    /// Indirect costs, of direct costs, with a method.
    pub flat_25: Parameter<Factor>,
    /// Direct staff costs, of the other direct costs.
    pub staff_20: Parameter<Factor>,
    /// Remaining costs, of direct staff costs.
    pub flat_40: Parameter<Factor>,
    /// Handling of food and goods, and accompanying measures, of their purchase.
    pub food_7: Option<Parameter<Factor>>,
    /// Hours of a year of full-time work.
    pub hours: Parameter<u32>,
    /// Land, of the total.
    pub land: Parameter<Factor>,
    /// Land of derelict sites, of the total.
    pub land_derelict: Parameter<Factor>,
    /// Outside the Union, of the programme's budget of the fund.
    pub abroad: Option<Parameter<Factor>>,
    /// Below this total cost VAT is eligible even where it is recovered.
    pub vat_below: Option<Parameter<Amount>>,
    /// Years for which an investment must last.
    pub durability_years: Parameter<u32>,
    /// Documents: the amount that parts small operations from others.
    pub archive_limit: Option<Parameter<Amount>>,
    /// Documents: years of small operations, or of all.
    pub archive_years: Parameter<u32>,
    /// Documents: years of the others.
    pub archive_years_large: Option<Parameter<u32>>,
}

/// Numbers of Greek law.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NationalNumbers {
    /// Direct award of goods and ordinary services.
    pub direct_award: Parameter<Amount>,
    /// Direct award of works and of social and special services.
    pub direct_award_special: Parameter<Amount>,
    /// Direct award of interoperability, with a ministerial act.
    pub direct_award_ict: Parameter<Amount>,
    /// Above this a written agreement is needed.
    pub written_above: Parameter<Amount>,
    /// Above this the electronic system is needed.
    pub electronic_above: Parameter<Amount>,
    /// Levy of the procurement authority.
    pub levy: Parameter<Factor>,
    /// Levy on contracts above this.
    pub levy_above: Parameter<Amount>,
    /// Levy of the electronic system.
    pub levy_system: Parameter<Factor>,
    /// Income tax kept back: goods.
    pub tax_goods: Parameter<Factor>,
    /// Income tax kept back: services.
    pub tax_services: Parameter<Factor>,
    /// Income tax kept back: liquid fuel and tobacco.
    pub tax_fuel: Parameter<Factor>,
    /// Income tax kept back: fees of persons for technical, management and consulting services.
    pub tax_fees: Parameter<Factor>,
    /// No tax is kept back up to this without a contract.
    pub tax_free_up_to: Parameter<Amount>,
    /// Days by which the invoice may precede acceptance.
    pub invoice_before_acceptance: Parameter<u32>,
    /// Above this payment the clearances are needed.
    pub clearance_above: Parameter<Amount>,
}

/// The numbers that a judgement uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// Of the regime.
    pub regime: RegimeNumbers,
    /// Of the country.
    pub national: NationalNumbers,
    /// Its public holidays.
    pub calendar: Calendar,
}

impl Parameters {
    /// The numbers of a regime, as this crate's data say.
    ///
    /// # Errors
    /// When a data file is wrong; the tests find that.
    pub fn of(regime: Regime) -> Result<Self, DataError> {
        let (file, text) = match regime {
            Regime::Period1420 => FILE_1420,
            Regime::Period2127 => FILE_2127,
        };
        Ok(Self {
            regime: parameter::read(file, text)?,
            national: parameter::read(FILE_GREECE.0, FILE_GREECE.1)?,
            calendar: Calendar::greek().map_err(|error| DataError {
                file: crate::calendar::HOLIDAYS.0,
                reason: error.to_string(),
            })?,
        })
    }

    /// Whether a category is direct staff cost.
    pub fn is_staff(&self, category: Category) -> bool {
        self.regime.staff_categories.contains(&category)
    }

    /// Whether a fund is a social fund.
    pub fn is_social(&self, fund: &str) -> bool {
        self.regime.social_funds.iter().any(|social| social == fund)
    }
}

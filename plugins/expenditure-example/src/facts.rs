//! What this set reads of the facts; every other field is passed over.

use serde::{Deserialize, Deserializer};

/// Euro cents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cents(pub i64);

/// `1234.56` as cents.
pub(crate) fn cents(text: &str) -> Option<Cents> {
    let (whole, part) = text.split_once('.')?;
    let negative = whole.starts_with('-');
    let digits: i64 = format!("{}{part}", whole.trim_start_matches('-')).parse().ok()?;
    (part.len() == 2).then_some(Cents(if negative { -digits } else { digits }))
}

impl<'de> Deserialize<'de> for Cents {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Amount<'a> {
            amount: &'a str,
        }
        let amount = Amount::deserialize(deserializer)?;
        cents(amount.amount).ok_or_else(|| serde::de::Error::custom("an amount has two decimals"))
    }
}

/// A percentage in hundredths: `33.33` is 3333.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Points(pub i64);

impl<'de> Deserialize<'de> for Points {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <&str>::deserialize(deserializer)?;
        let (whole, part) = text.split_once('.').unwrap_or((text, "00"));
        let padded = format!("{whole}{part:0<2}");
        padded
            .parse()
            .map(Self)
            .map_err(|_| serde::de::Error::custom("a share is a percentage"))
    }
}

/// The frozen facts, as far as this set asks.
#[derive(Debug, Deserialize)]
pub struct Facts<'a> {
    /// `what-if`, `entry` or `claim`.
    pub stage: &'a str,
    /// The expense.
    #[serde(borrow)]
    pub expense: Expense<'a>,
    /// The contract under which it is paid.
    #[serde(borrow)]
    pub contract: Option<Contract<'a>>,
}

/// The expense.
#[derive(Debug, Deserialize)]
pub struct Expense<'a> {
    /// The paper.
    pub document: Document,
    /// The part of it that is declared.
    pub share: Points,
    /// Whether tax is declared too.
    pub vat_included: bool,
    /// What was bought.
    #[serde(default)]
    pub nature: &'a str,
    /// Papers that are there.
    #[serde(borrow, default)]
    pub papers: Vec<Paper<'a>>,
}

/// The paper with its amounts.
#[derive(Debug, Deserialize)]
pub struct Document {
    /// Without tax.
    pub net: Cents,
    /// Tax.
    pub vat: Cents,
}

/// A paper that is there.
#[derive(Debug, Deserialize)]
pub struct Paper<'a> {
    /// What it proves.
    pub kind: &'a str,
}

/// The contract.
#[derive(Debug, Deserialize)]
pub struct Contract<'a> {
    /// How it was awarded.
    pub path: &'a str,
    /// Its value without tax.
    pub value: Cents,
    /// When it was awarded: `2022-06-30`, so that texts compare as days do.
    pub awarded_on: &'a str,
}

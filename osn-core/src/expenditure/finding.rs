//! What a rule answers: a finding with its verdict, its reason and the values that the reason speaks of.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::share::Share;
use crate::canonical::Digest;
use crate::money::Money;
use crate::text::{date, number};

/// The answer of one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "verdict")]
pub enum Verdict {
    /// Nothing against it.
    Ok,
    /// Something is to be looked at, or is still missing.
    Warn,
    /// This part is not eligible.
    Cut {
        /// The part.
        amount: Money,
    },
    /// Not eligible at all.
    Reject,
}

impl Verdict {
    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Cut { .. } => "cut",
            Self::Reject => "reject",
        }
    }

    /// The verdict's weight: the heavier speaks for all.
    pub const fn weight(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Warn => 1,
            Self::Cut { .. } => 2,
            Self::Reject => 3,
        }
    }
}

/// A value that a reason speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Value {
    /// An amount.
    Money(Money),
    /// A day.
    Day(NaiveDate),
    /// A percentage.
    Share(Share),
    /// A number.
    #[serde(with = "rust_decimal::serde::str")]
    Number(Decimal),
    /// A code or a number of an act.
    Text(String),
}

impl Value {
    /// The value in a reader's notation.
    pub fn shown(&self, lang: &str) -> String {
        let greek = lang == "el";
        let plain = |value: Decimal| {
            let text = value.normalize();
            if greek {
                number::format_el(text)
            } else {
                text.to_string()
            }
        };
        match self {
            Self::Money(amount) if greek => amount.format_el(),
            Self::Money(amount) => format!("€{}", english(amount.as_decimal())),
            Self::Day(day) => date::format_long(*day, lang),
            Self::Share(share) => format!("{} %", plain(Decimal::new(share.basis_points().into(), 2))),
            Self::Number(value) => plain(*value),
            Self::Text(text) => text.clone(),
        }
    }
}

/// `1,234.56`.
fn english(value: Decimal) -> String {
    number::format_el(value)
        .chars()
        .map(|c| match c {
            '.' => ',',
            ',' => '.',
            other => other,
        })
        .collect()
}

impl From<Money> for Value {
    fn from(amount: Money) -> Self {
        Self::Money(amount)
    }
}

impl From<NaiveDate> for Value {
    fn from(day: NaiveDate) -> Self {
        Self::Day(day)
    }
}

impl From<Share> for Value {
    fn from(share: Share) -> Self {
        Self::Share(share)
    }
}

impl From<Decimal> for Value {
    fn from(number: Decimal) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// One answer of one rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// Code of the rule, e.g. `E14-PERIOD`: its article and its texts stand in the catalogue.
    pub rule: Cow<'static, str>,
    /// Answer.
    pub verdict: Verdict,
    /// Key of the reason in the rule's texts; empty when nothing is to be said.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub reason: Cow<'static, str>,
    /// Values of the reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<Cow<'static, str>, Value>,
}

/// The national set that judged beside the rules of the Union: a plugin, pinned by the digest of its code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NationalRules {
    /// Its key.
    pub name: String,
    /// Its version, for people.
    pub version: String,
    /// SHA-256 of its code: what judged.
    pub digest: Digest,
}

/// All answers about one expense or one operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judgement {
    /// Version of the rule set: a digest over its data and the version of its code.
    pub rule_set: String,
    /// The national set, where one took the place of the crate's own national layer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub national: Option<NationalRules>,
    /// What was declared.
    pub declared: Money,
    /// What is eligible of it.
    pub eligible: Money,
    /// The heaviest verdict; a cut is the sum of cuts.
    pub outcome: Verdict,
    /// Every answer, in the order of the rules.
    pub findings: Vec<Finding>,
}

impl Judgement {
    /// Adds the findings up: a rejection leaves nothing, cuts never exceed what was declared.
    pub fn of(rule_set: &str, declared: Money, findings: Vec<Finding>) -> Self {
        let heaviest = findings
            .iter()
            .map(|finding| finding.verdict.weight())
            .max()
            .unwrap_or(0);
        // A credit note is no expense of its own: it reduces the one that it names.
        let ceiling = declared.max(Money::ZERO);
        let cut = findings
            .iter()
            .filter_map(|finding| match finding.verdict {
                Verdict::Cut { amount } => Some(amount),
                Verdict::Ok | Verdict::Warn | Verdict::Reject => None,
            })
            .try_fold(Money::ZERO, Money::checked_add)
            .unwrap_or(ceiling)
            .min(ceiling);
        let (outcome, eligible) = match heaviest {
            3 => (Verdict::Reject, Money::ZERO),
            2 => (
                Verdict::Cut { amount: cut },
                ceiling.checked_sub(cut).unwrap_or_default(),
            ),
            1 => (Verdict::Warn, ceiling),
            _ => (Verdict::Ok, ceiling),
        };
        Self {
            rule_set: rule_set.to_owned(),
            national: None,
            declared,
            eligible,
            outcome,
            findings,
        }
    }

    /// The same judgement with what a national set said, added up anew.
    #[must_use]
    pub fn with_national(mut self, national: NationalRules, findings: Vec<Finding>) -> Self {
        self.findings.extend(findings);
        Self {
            national: Some(national),
            ..Self::of(&self.rule_set, self.declared, self.findings)
        }
    }

    /// The findings of one rule.
    pub fn of_rule<'a>(&'a self, code: &'a str) -> impl Iterator<Item = &'a Finding> {
        self.findings.iter().filter(move |finding| finding.rule == code)
    }

    /// Findings that ask somebody to do something, the heaviest first.
    pub fn open(&self) -> Vec<&Finding> {
        let mut open: Vec<&Finding> = self
            .findings
            .iter()
            .filter(|finding| finding.verdict != Verdict::Ok)
            .collect();
        open.sort_by_key(|finding| std::cmp::Reverse(finding.verdict.weight()));
        open
    }
}

/// Where rules put their answers.
pub(super) struct Out<'a> {
    pub(super) rule: &'static str,
    pub(super) at_claim: bool,
    pub(super) findings: &'a mut Vec<Finding>,
}

impl Out<'_> {
    fn put(&mut self, verdict: Verdict, reason: &'static str, values: &[(&'static str, Value)]) {
        self.findings.push(Finding {
            rule: Cow::Borrowed(self.rule),
            verdict,
            reason: Cow::Borrowed(reason),
            values: values
                .iter()
                .map(|(name, value)| (Cow::Borrowed(*name), value.clone()))
                .collect(),
        });
    }

    pub(super) fn ok(&mut self) {
        self.put(Verdict::Ok, "", &[]);
    }

    pub(super) fn ok_with(&mut self, values: &[(&'static str, Value)]) {
        self.put(Verdict::Ok, "", values);
    }

    pub(super) fn warn(&mut self, reason: &'static str, values: &[(&'static str, Value)]) {
        self.put(Verdict::Warn, reason, values);
    }

    pub(super) fn reject(&mut self, reason: &'static str, values: &[(&'static str, Value)]) {
        self.put(Verdict::Reject, reason, values);
    }

    /// This part is not eligible; nothing to cut is nothing against it.
    pub(super) fn cut(&mut self, reason: &'static str, amount: Money, values: &[(&'static str, Value)]) {
        if amount.is_positive() {
            self.put(Verdict::Cut { amount }, reason, values);
        } else {
            self.ok_with(values);
        }
    }

    /// What may still come before the claim, and must be there at the claim.
    pub(super) fn missing(&mut self, reason: &'static str, values: &[(&'static str, Value)]) {
        let verdict = if self.at_claim { Verdict::Reject } else { Verdict::Warn };
        self.put(verdict, reason, values);
    }

    /// Nothing against it, or the reason why there is.
    pub(super) fn require(&mut self, holds: bool, reason: &'static str) {
        if holds {
            self.ok();
        } else {
            self.reject(reason, &[]);
        }
    }
}

//! The rules, each a small function named after what it asks, and the dated numbers they read.

use serde::Deserialize;

use crate::facts::{Cents, Facts, cents};

/// Codes of the rules, in the order in which an auditor reads.
pub const CODES: [&str; 3] = ["X-AWARD", "X-FOODTAX", "X-RECEIPT"];

/// The answer of one rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing against it.
    Ok,
    /// Something is to be looked at, or still missing.
    Warn,
    /// This part is not eligible.
    Cut(Cents),
    /// Not eligible at all.
    Reject,
}

/// A value that a reason speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// An amount.
    Money(Cents),
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Code of the rule.
    pub rule: &'static str,
    /// Answer.
    pub verdict: Verdict,
    /// Key of the reason; empty when nothing is to be said.
    pub reason: &'static str,
    /// What the reason speaks of.
    pub values: Vec<(&'static str, Said)>,
}

#[derive(Debug, Deserialize)]
struct Line<'a> {
    from: &'a str,
    value: &'a str,
}

#[derive(Debug, Deserialize)]
struct Lines<'a> {
    #[serde(borrow)]
    direct_award: Vec<Line<'a>>,
    #[serde(borrow)]
    receipts_above: Vec<Line<'a>>,
}

/// The dated numbers.
#[derive(Debug)]
pub struct Numbers(Lines<'static>);

impl Numbers {
    /// Reads this crate's data.
    ///
    /// # Errors
    /// When the data file is wrong; the golden cases find that.
    pub fn load() -> Result<Self, serde_json::Error> {
        serde_json::from_str(include_str!("../data/numbers.json")).map(Self)
    }
}

/// The value of the last line that had begun.
fn on(lines: &[Line<'_>], day: &str) -> Option<Cents> {
    let line = lines.iter().rev().find(|line| line.from <= day)?;
    cents(line.value)
}

/// The last value, for rules that no day governs.
fn latest(lines: &[Line<'_>]) -> Option<Cents> {
    cents(lines.last()?.value)
}

fn answer(rule: &'static str, verdict: Verdict, reason: &'static str, values: &[(&'static str, Cents)]) -> Finding {
    Finding {
        rule,
        verdict,
        reason,
        values: values
            .iter()
            .map(|(name, cents)| (*name, Said::Money(*cents)))
            .collect(),
    }
}

/// Judges one expense: every rule answers that has something to say.
pub fn judge(numbers: &Numbers, facts: &Facts<'_>) -> Vec<Finding> {
    let all = [award(numbers, facts), food_tax(facts), receipt(numbers, facts)];
    all.into_iter().flatten().collect()
}

/// A direct award stays within the limit of its day.
fn award(numbers: &Numbers, facts: &Facts<'_>) -> Option<Finding> {
    let contract = facts.contract.as_ref().filter(|contract| contract.path == "direct")?;
    let Some(limit) = on(&numbers.0.direct_award, contract.awarded_on) else {
        return Some(answer("X-AWARD", Verdict::Warn, "unknown", &[]));
    };
    Some(if contract.value > limit {
        answer(
            "X-AWARD",
            Verdict::Reject,
            "above",
            &[("value", contract.value), ("limit", limit)],
        )
    } else {
        answer("X-AWARD", Verdict::Ok, "", &[])
    })
}

/// The tax on food is refunded: declared, it is cut, as much of it as is declared.
fn food_tax(facts: &Facts<'_>) -> Option<Finding> {
    let expense = &facts.expense;
    if expense.nature != "food" {
        return None;
    }
    let part = expense.document.vat.0.checked_mul(expense.share.0)?;
    // Rounded once, half up.
    let tax = Cents((part + 5_000).div_euclid(10_000));
    Some(if expense.vat_included && tax.0 > 0 {
        answer("X-FOODTAX", Verdict::Cut(tax), "refunded", &[("tax", tax)])
    } else {
        answer("X-FOODTAX", Verdict::Ok, "", &[])
    })
}

/// Above an amount the proof of payment is there: missing at entry is looked at, missing at the claim rejects.
fn receipt(numbers: &Numbers, facts: &Facts<'_>) -> Option<Finding> {
    let limit = latest(&numbers.0.receipts_above)?;
    let expense = &facts.expense;
    let proved = expense.papers.iter().any(|paper| paper.kind == "payment");
    let needed = expense.document.net > limit && facts.stage != "what-if";
    Some(match (proved || !needed, facts.stage) {
        (true, _) => answer("X-RECEIPT", Verdict::Ok, "", &[]),
        (false, "claim") => answer("X-RECEIPT", Verdict::Reject, "missing", &[("limit", limit)]),
        (false, _) => answer("X-RECEIPT", Verdict::Warn, "missing", &[("limit", limit)]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_holds_from_its_day_on() {
        let numbers = Numbers::load().unwrap();
        for (day, wanted) in [
            ("2014-12-31", None),
            ("2022-06-30", Some(2_000_000)),
            ("2022-07-01", Some(2_500_000)),
            ("2030-01-01", Some(2_500_000)),
        ] {
            assert_eq!(on(&numbers.0.direct_award, day), wanted.map(Cents), "{day}");
        }
    }
}

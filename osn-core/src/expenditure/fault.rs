//! What cannot be true of any expense, and is refused at the door with its article and its remedy.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::budget::BudgetLine;
use super::expense::{CostForm, Expense};
use super::finding::Value;
use super::kinds::DocumentKind;
use super::share::Share;
use super::terms::FlatRate;
use crate::money::Money;
use crate::operation::Regime;

/// A field that cannot be as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// JSON Pointer into the expense.
    pub path: &'static str,
    /// Code of the rule whose article says why.
    pub rule: &'static str,
    /// Key of the reason in the rule's texts.
    pub reason: &'static str,
    /// Values of the reason.
    pub values: BTreeMap<Cow<'static, str>, Value>,
}

struct Faults {
    regime: Regime,
    found: Vec<Fault>,
}

impl Faults {
    fn put(&mut self, path: &'static str, rule: &'static str, reason: &'static str, values: &[(&'static str, Value)]) {
        self.found.push(Fault {
            path,
            rule,
            reason,
            values: values
                .iter()
                .map(|(name, value)| (Cow::Borrowed(*name), value.clone()))
                .collect(),
        });
    }

    fn of_regime(&self, old: &'static str, new: &'static str) -> &'static str {
        match self.regime {
            Regime::Period1420 => old,
            Regime::Period2127 => new,
        }
    }
}

/// Everything about an expense that cannot be, on the day `on`.
pub fn faults(expense: &Expense, regime: Regime, on: NaiveDate) -> Vec<Fault> {
    let mut faults = Faults {
        regime,
        found: Vec::new(),
    };
    amounts(expense, &mut faults);
    shares(expense, &mut faults);
    forms(expense, &mut faults);
    if let Some(paid) = expense.dates.paid.filter(|paid| *paid > on) {
        faults.put("/dates/paid", "D12-ORDER", "future", &[("paid", paid.into())]);
    }
    faults.found
}

const DOCUMENT: &str = "D01-DOCUMENT";

fn amounts(expense: &Expense, faults: &mut Faults) {
    let document = &expense.document;
    if document.currency != Money::CURRENCY {
        let currency = Value::Text(document.currency.clone());
        faults.put("/document/currency", DOCUMENT, "currency", &[("currency", currency)]);
    }
    let sum = document.net.checked_add(document.vat);
    if sum != Ok(document.gross) {
        let values = [
            ("sum", Value::Money(sum.unwrap_or_default())),
            ("gross", Value::Money(document.gross)),
        ];
        faults.put("/document/gross", DOCUMENT, "sum", &values);
    }
    let parts = [
        ("/document/net", document.net),
        ("/document/vat", document.vat),
        ("/document/gross", document.gross),
    ];
    for (path, amount) in parts {
        match document.kind {
            DocumentKind::CreditNote if amount.is_positive() => {
                faults.put(path, "D12-CREDIT", "positive", &[("amount", amount.into())]);
            }
            DocumentKind::CreditNote => {}
            _ if amount.is_negative() => faults.put(path, DOCUMENT, "negative", &[("amount", amount.into())]),
            _ => {}
        }
    }
    if document.net.is_zero() {
        faults.put("/document/net", DOCUMENT, "nothing", &[]);
    }
    if document.number.trim().is_empty() && !expense.form.is_simplified() {
        faults.put("/document/number", DOCUMENT, "no-number", &[]);
    }
    if let CostForm::Unit { .. } = expense.form
        && let Ok(Some(computed)) = expense.computed()
        && computed != document.net
    {
        let rule = faults.of_regime("E14-SETTLE", "E21-SETTLE");
        let values = [
            ("computed", Value::Money(computed)),
            ("net", Value::Money(document.net)),
        ];
        faults.put("/document/net", rule, "product", &values);
    }
}

fn shares(expense: &Expense, faults: &mut Faults) {
    let double = faults.of_regime("E14-DOUBLE", "E21-DOUBLE");
    if expense.share > Share::WHOLE || expense.share == Share::NOTHING {
        faults.put("/share", double, "share", &[("share", expense.share.into())]);
    }
    let allocated = expense
        .allocations
        .iter()
        .fold(Share::NOTHING, |sum, part| sum.plus(part.share));
    if allocated > Share::WHOLE {
        faults.put("/allocations", double, "allocation", &[("all", allocated.into())]);
    }
}

/// Everything about a budget line that cannot be beside the other lines of its operation: a rate in a category or a regime that
/// does not know it, and a flat rate on what a flat rate makes.
pub fn line_faults(line: &BudgetLine, others: &[&BudgetLine], regime: Regime) -> Vec<Fault> {
    let mut faults = Faults {
        regime,
        found: Vec::new(),
    };
    let Some(rate) = line.rate else { return faults.found };
    let form = faults.of_regime("E14-FORM", "E21-FORM");
    if !rate.is_known_in(regime) {
        faults.put("/rate", form, "unknown-rate", &[("rate", rate.name().into())]);
    }
    if line.form != "flat" || !rate.fits(line.category) {
        let values = [
            ("category", line.category.name().into()),
            ("form", line.form.as_str().into()),
        ];
        faults.put("/rate", form, "category", &values);
    }
    let stand = |wanted: FlatRate| others.iter().any(|other| other.rate == Some(wanted));
    let twice = match rate {
        FlatRate::Remaining40 => stand(FlatRate::Staff20),
        FlatRate::Staff20 => stand(FlatRate::Remaining40),
        _ => false,
    };
    if twice {
        let rule = faults.of_regime("E14-FLAT40B", "E21-FLAT40B");
        faults.put("/rate", rule, "flat-on-flat", &[("rate", rate.name().into())]);
    }
    faults.found
}

fn forms(expense: &Expense, faults: &mut Faults) {
    if let CostForm::Flat { base, rate } = &expense.form
        && base.iter().any(|category| category.is_flat())
    {
        let rule = faults.of_regime("E14-FLAT40B", "E21-FLAT40B");
        faults.put("/form/base", rule, "flat-on-flat", &[("rate", rate.name().into())]);
    }
    if let Some(payroll) = &expense.payroll {
        let rule = faults.of_regime("E14-1720", "E21-1720");
        if payroll.full_time == Share::NOTHING || payroll.full_time > Share::WHOLE {
            faults.put("/payroll/full_time", rule, "no-rate", &[]);
        }
        if payroll.hours <= Decimal::ZERO {
            faults.put("/payroll/hours", rule, "no-hours", &[]);
        }
        if !payroll.annual_gross.is_positive() {
            faults.put("/payroll/annual_gross", rule, "no-rate", &[]);
        }
    }
}

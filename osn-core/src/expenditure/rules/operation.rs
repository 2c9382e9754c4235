//! The whole operation: revenue, contributions in kind against public support, durability, the duty to keep documents.

use chrono::{Datelike as _, NaiveDate};
use rust_decimal::Decimal;

use super::Whole;
use crate::expenditure::finding::{Out, Value};
use crate::expenditure::parameters::Parameters;
use crate::expenditure::share::Share;
use crate::expenditure::terms::{FundingTerms, OperationFacts};
use crate::money::{Money, MoneyError, Rounding};
use crate::operation::Regime;
use crate::time::Period;

/// CPR 65(8): net revenue that nobody foresaw is deducted.
pub(super) fn cpr_65_8(whole: &Whole<'_>, out: &mut Out<'_>) {
    let terms = &whole.facts.operation.terms;
    let Some(revenue) = terms.net_revenue.filter(|revenue| revenue.is_positive()) else {
        return;
    };
    let threshold = whole.p.regime.revenue_threshold.as_ref();
    let Some(threshold) = threshold.and_then(|threshold| threshold.on(whole.facts.on)) else {
        return;
    };
    let total = terms.total_eligible.unwrap_or(whole.ledger.total_eligible);
    let values = [
        ("revenue", Value::Money(revenue)),
        ("threshold", Value::Money(threshold.0)),
    ];
    if total <= threshold.0 || terms.revenue_in_advance {
        out.ok_with(&values);
    } else {
        out.cut("deduct", revenue.min(whole.ledger.total_eligible), &values);
    }
}

/// CPR 69(1)(a); CPR 67(1)(a): public support never exceeds what is eligible without contributions in kind.
pub(super) fn cpr_69_1(whole: &Whole<'_>, out: &mut Out<'_>) {
    let ledger = whole.ledger;
    let support = whole.facts.operation.terms.public_support;
    if let Some(support) = support.filter(|_| ledger.in_kind.is_positive()) {
        let most = ledger.total_eligible.checked_sub(ledger.in_kind).unwrap_or_default();
        let values = [("support", Value::Money(support)), ("most", Value::Money(most))];
        if support > most {
            out.reject("support", &values);
        } else {
            out.ok_with(&values);
        }
    }
}

/// CPR 71; CPR 65: an investment lasts; in a social fund only where State aid obliges. What is taken back is in proportion to the
/// whole months that are missing.
pub(super) fn cpr_71(whole: &Whole<'_>, out: &mut Out<'_>) {
    let operation = &whole.facts.operation;
    let Some(investment) = operation.terms.investment else {
        return;
    };
    if whole.p.is_social(&operation.fund) && !investment.maintenance_duty {
        return;
    }
    let years = whole
        .p
        .regime
        .durability_years
        .on(investment.final_payment_on)
        .unwrap_or(0);
    let until = years_after(investment.final_payment_on, years);
    match investment.ceased_on {
        Some(ceased) if ceased < until => {
            let kept = Period {
                from: investment.final_payment_on,
                to: ceased.pred_opt(),
            };
            let all = years.saturating_mul(12);
            let missing = all.saturating_sub(kept.whole_months());
            let part = Decimal::from(missing)
                .checked_div(Decimal::from(all))
                .unwrap_or(Decimal::ONE);
            let total = whole.ledger.total_eligible;
            let values = [
                ("ceased", Value::Day(ceased)),
                ("until", Value::Day(until)),
                ("missing", Value::Number(missing.into())),
                ("all", Value::Number(all.into())),
            ];
            out.cut("ceased", total.times(part, Rounding::HalfUp).unwrap_or(total), &values);
        }
        _ => out.ok_with(&[("until", until.into())]),
    }
}

fn years_after(day: NaiveDate, years: u32) -> NaiveDate {
    let months = chrono::Months::new(years.saturating_mul(12));
    day.checked_add_months(months).unwrap_or(NaiveDate::MAX)
}

/// The last day of the year of `day`, this many years later.
fn end_of_year(day: NaiveDate, years: u32) -> Option<NaiveDate> {
    let year = day.year().checked_add(i32::try_from(years).ok()?)?;
    NaiveDate::from_ymd_opt(year, 12, 31)
}

/// CPR 140; CPR 82: the day until which documents are kept, once the operation's closing is known.
///
/// 2014-2020: below an amount of total eligible expenditure three years from the end of the year in which the accounts with
/// the expenditure were submitted, else two years from the accounts with the final one. 2021-2027: five years from the end of
/// the year of the last payment to the beneficiary body.
pub fn retention_until(p: &Parameters, operation: &OperationFacts, total_eligible: Money) -> Option<NaiveDate> {
    let FundingTerms { closing, .. } = &operation.terms;
    match operation.regime {
        Regime::Period1420 => {
            let accounts = closing.accounts_on?;
            let limit = p.regime.archive_limit.as_ref()?.on(accounts)?;
            let years = if total_eligible < limit.0 {
                p.regime.archive_years.on(accounts)?
            } else {
                p.regime.archive_years_large.as_ref()?.on(accounts)?
            };
            end_of_year(accounts, years)
        }
        Regime::Period2127 => {
            let paid = closing.last_payment_on?;
            end_of_year(paid, p.regime.archive_years.on(paid)?)
        }
    }
}

/// CPR 140; CPR 82: documents are kept until a day; proceedings stop the clock.
pub(super) fn cpr_140(whole: &Whole<'_>, out: &mut Out<'_>) {
    let operation = &whole.facts.operation;
    let total = operation.terms.total_eligible.unwrap_or(whole.ledger.total_eligible);
    match retention_until(whole.p, operation, total) {
        _ if operation.terms.closing.proceedings => out.warn("proceedings", &[]),
        Some(until) => out.ok_with(&[("until", until.into())]),
        None => {
            out.warn("running", &[]);
        }
    }
}

/// L. 4914/2022 art. 42(2): a correction is the irregular amount; where that cannot be counted, a flat part of what was examined.
///
/// # Errors
/// When the amount is too large.
pub fn correction(irregular: Option<Money>, examined: Money, flat: Share) -> Result<Money, MoneyError> {
    match irregular {
        Some(amount) => Ok(amount.max(Money::ZERO).min(examined)),
        None => Ok(flat.of(examined)?.min(examined)),
    }
}

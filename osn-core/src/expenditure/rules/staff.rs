//! Own staff: the 1,720-hour rule and the papers that replace or accompany it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::Case;
use crate::expenditure::expense::Payroll;
use crate::expenditure::finding::{Out, Value};
use crate::expenditure::kinds::PaperKind;
use crate::expenditure::share::Share;
use crate::money::{Money, MoneyError, Rounding};

/// The rate of an hour: annual gross cost of employment by the hours of full-time work, in proportion to part time.
///
/// # Errors
/// When the part of full time is nothing, or the amount is too large.
pub fn hourly_rate(annual_gross: Money, full_time: Share, hours: u32) -> Result<Money, MoneyError> {
    let hours = Decimal::from(hours)
        .checked_mul(full_time.factor())
        .ok_or(MoneyError::Overflow)?;
    annual_gross.divide_by(hours, Rounding::HalfUp)
}

fn rates(case: &Case<'_>, payroll: &Payroll) -> Option<(Money, Decimal)> {
    let hours = case.p.regime.hours.on(case.facts.expense.incurred_on())?;
    let rate = hourly_rate(payroll.annual_gross, payroll.full_time, hours).ok()?;
    let most = Decimal::from(hours).checked_mul(payroll.full_time.factor())?;
    Some((rate, most))
}

/// CPR 68a(2); CPR 55(2): the hour costs the latest documented annual gross cost by 1,720 hours.
pub(super) fn cpr_68a_2(case: &Case<'_>, out: &mut Out<'_>) {
    let Some(payroll) = &case.facts.expense.payroll else {
        return;
    };
    if payroll.fixed.is_some() {
        return;
    }
    let Some((rate, _)) = rates(case, payroll) else {
        return out.reject("no-rate", &[]);
    };
    let most = rate.times(payroll.hours, Rounding::HalfUp).unwrap_or_default();
    let values = [
        ("rate", Value::Money(rate)),
        ("hours", Value::Number(payroll.hours)),
        ("most", Value::Money(most)),
    ];
    let over = case.declared.checked_sub(most).unwrap_or_default();
    out.cut("above", over, &values);
}

/// CPR 68a(3); CPR 55(3): no more hours of a person in a year than the rate was computed with.
pub(super) fn cpr_68a_3(case: &Case<'_>, out: &mut Out<'_>) {
    let Some(payroll) = &case.facts.expense.payroll else {
        return;
    };
    if payroll.fixed.is_some() {
        return;
    }
    let Some((rate, most)) = rates(case, payroll) else {
        return;
    };
    let before = case.facts.ledger.hours_before;
    let left = most.checked_sub(before).unwrap_or_default().max(Decimal::ZERO);
    let over = payroll.hours.checked_sub(left).unwrap_or_default().max(Decimal::ZERO);
    let values = [
        ("hours", Value::Number(before.saturating_add(payroll.hours))),
        ("most", Value::Number(most)),
        ("over", Value::Number(over)),
    ];
    let rate = payroll.hourly_rate.map_or(rate, |declared| declared.min(rate));
    let amount = rate.times(over, Rounding::HalfUp).unwrap_or_default();
    out.cut("hours", amount.min(case.declared), &values);
}

/// CPR 68a(5); CPR 55(5): a fixed part of working time stands in a document of the employer, and no more than it is declared.
pub(super) fn cpr_68a_5(case: &Case<'_>, out: &mut Out<'_>) {
    let Some(payroll) = &case.facts.expense.payroll else {
        return;
    };
    let Some(fixed) = payroll.fixed else { return };
    if !case.facts.expense.has(PaperKind::Assignment) {
        return out.reject("no-document", &[("fixed", fixed.into())]);
    }
    let Some(most) = payroll.gross.and_then(|gross| fixed.of(gross).ok()) else {
        return out.missing("no-gross", &[("fixed", fixed.into())]);
    };
    let over = case.declared.checked_sub(most).unwrap_or_default();
    out.cut("above", over, &[("fixed", fixed.into()), ("most", most.into())]);
}

/// National rules of eligibility: assignment and monthly time-sheets, unless somebody works there wholly or at a fixed part.
/// What a sheet says of its days must be possible.
pub(super) fn time_sheets(case: &Case<'_>, out: &mut Out<'_>) {
    let expense = &case.facts.expense;
    let Some(payroll) = &expense.payroll else { return };
    if !expense.has(PaperKind::Assignment) {
        return out.missing("no-assignment", &[]);
    }
    if payroll.fixed.is_some() {
        return out.ok();
    }
    let mut sheets = expense.papers.iter().filter(|paper| paper.kind == PaperKind::Timesheet);
    let Some(first) = sheets.next() else {
        return out.missing("no-timesheet", &[]);
    };
    let mut fine = true;
    if first.sound == Some(false) || sheets.any(|paper| paper.sound == Some(false)) {
        fine = false;
        out.reject("unsigned", &[]);
    }
    for (reason, day, hours) in impossible_days(case, payroll) {
        fine = false;
        out.reject(reason, &[("day", day.into()), ("hours", hours.into())]);
    }
    let hours = payroll.sheet.iter().map(|day| day.hours);
    let copied = hours.fold(Decimal::ZERO, Decimal::saturating_add);
    if !payroll.sheet.is_empty() && copied != payroll.hours {
        fine = false;
        out.missing(
            "other-hours",
            &[("copied", copied.into()), ("hours", payroll.hours.into())],
        );
    }
    if fine {
        out.ok();
    }
}

/// Days of the time-sheets on which nobody can have worked so: on leave, on a public holiday, more hours than a day has.
fn impossible_days(case: &Case<'_>, payroll: &Payroll) -> Vec<(&'static str, NaiveDate, Decimal)> {
    let mut days: BTreeMap<NaiveDate, (Decimal, bool)> = BTreeMap::new();
    for day in &payroll.sheet {
        let sum = days.entry(day.on).or_default();
        *sum = (sum.0.saturating_add(day.hours), sum.1 || day.leave);
    }
    let worked = days.into_iter().filter(|(_, (hours, _))| *hours > Decimal::ZERO);
    let wrong = worked.filter_map(|(day, (hours, leave))| {
        let reason = if leave {
            "on-leave"
        } else if case.p.calendar.holiday(day).is_some() {
            "holiday"
        } else if hours > HOURS_OF_A_DAY {
            "long-day"
        } else {
            return None;
        };
        Some((reason, day, hours))
    });
    wrong.collect()
}

/// Hours that a day has.
const HOURS_OF_A_DAY: Decimal = Decimal::from_parts(24, 0, 0, false, 0);

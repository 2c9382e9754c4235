//! When: the window of the regime, the operation's own period, and the order of the days of one expense.

use chrono::NaiveDate;

use super::Case;
use crate::expenditure::expense::Dates;
use crate::expenditure::facts::Stage;
use crate::expenditure::finding::{Out, Value};
use crate::time::Period;

/// First and last day of the regime's window for this operation.
fn window(case: &Case<'_>) -> Option<(NaiveDate, NaiveDate)> {
    let (numbers, terms) = (&case.p.regime, &case.facts.operation.terms);
    let on = case.facts.on;
    let from = numbers.window_from.on(on)?.0;
    let from = terms
        .programme_submitted_on
        .map_or(from, |submitted| submitted.min(from));
    let youth = numbers.youth_from.as_ref().filter(|_| terms.youth_initiative);
    let from = youth.and_then(|youth| youth.on(on)).map_or(from, |day| day.0);
    Some((from, numbers.window_to.on(on)?.0))
}

fn paid_inside(case: &Case<'_>, out: &mut Out<'_>) {
    let Some((from, to)) = window(case) else { return };
    let expense = &case.facts.expense;
    let bounds = [("from", Value::Day(from)), ("to", Value::Day(to))];
    let with = |name, day| {
        let mut values = vec![(name, Value::Day(day))];
        values.extend(bounds.iter().cloned());
        values
    };
    let incurred = expense.incurred_on();
    if incurred < from || incurred > to {
        out.reject("incurred", &with("incurred", incurred));
    }
    match expense.dates.paid {
        Some(paid) if paid < from || paid > to => out.reject("paid", &with("paid", paid)),
        Some(_) if (from..=to).contains(&incurred) => out.ok_with(&bounds),
        Some(_) => {}
        // Nothing is paid before it is spent; from the last day on nothing can be paid any more.
        None if case.facts.on >= to => out.reject("unpaid", &bounds),
        None if case.facts.stage == Stage::WhatIf => out.ok_with(&bounds),
        None => out.missing("unpaid", &bounds),
    }
}

/// CPR 65(2); CPR 63(2), L. 4914/2022 art. 40(4): incurred and paid inside the window.
pub(super) fn cpr_65_2(case: &Case<'_>, out: &mut Out<'_>) {
    let expense = &case.facts.expense;
    if !expense.form.is_simplified() && !expense.is_credit() && !case.facts.operation.terms.youth_initiative {
        paid_inside(case, out);
    }
}

/// CPR 65(3), (5): the Youth Employment Initiative begins earlier.
pub(super) fn cpr_65_3(case: &Case<'_>, out: &mut Out<'_>) {
    let expense = &case.facts.expense;
    if !expense.form.is_simplified() && !expense.is_credit() && case.facts.operation.terms.youth_initiative {
        paid_inside(case, out);
    }
}

/// CPR 65(4); CPR 63(2): of a unit cost or a lump sum, what was done lies in the window, not the payment.
pub(super) fn cpr_65_4(case: &Case<'_>, out: &mut Out<'_>) {
    if !case.facts.expense.form.is_simplified() {
        return;
    }
    let Some((from, to)) = window(case) else { return };
    let bounds = [("from", Value::Day(from)), ("to", Value::Day(to))];
    match case.facts.expense.dates.carried_out {
        Some(Period { from: first, to: last }) if first >= from && last.is_some_and(|last| last <= to) => out.ok(),
        Some(Period { to: Some(_), .. }) => out.reject("outside", &bounds),
        Some(Period { to: None, .. }) | None => out.missing("unknown", &bounds),
    }
}

/// CPR 65(6); CPR 63(6): not completed before the application for funding was submitted.
pub(super) fn cpr_65_6(case: &Case<'_>, out: &mut Out<'_>) {
    let terms = &case.facts.operation.terms;
    match (terms.applied_on, terms.completed_on) {
        (Some(applied), Some(completed)) if completed < applied => out.reject(
            "completed",
            &[("completed", completed.into()), ("applied", applied.into())],
        ),
        (Some(_), _) => out.ok(),
        (None, _) => {}
    }
}

/// The decision of inclusion: incurred between the days that it fixes.
pub(super) fn decision_of_inclusion(case: &Case<'_>, out: &mut Out<'_>) {
    let expense = &case.facts.expense;
    let Some(period) = case.facts.operation.period else {
        return;
    };
    let inside = match expense.dates.carried_out.filter(|_| expense.form.is_simplified()) {
        Some(done) => period.contains(done.from) && done.to.is_none_or(|to| period.contains(to)),
        None => period.contains(expense.incurred_on()),
    };
    let mut values = vec![
        ("incurred", Value::Day(expense.incurred_on())),
        ("from", Value::Day(period.from)),
    ];
    values.extend(period.to.map(|to| ("to", Value::Day(to))));
    if inside {
        out.ok();
    } else {
        out.reject("outside", &values);
    }
}

/// The steps whose days must follow each other, each with the name under which its reason speaks of it.
fn steps(dates: &Dates) -> [(&'static str, Option<NaiveDate>); 5] {
    [
        ("commitment", dates.committed),
        ("award", dates.awarded),
        ("contract", dates.contracted),
        ("delivery", dates.delivered),
        ("acceptance", dates.accepted),
    ]
}

/// Checklist 12: commitment, award, contract, delivery, acceptance, invoice, payment, in this order.
pub(super) fn date_order(case: &Case<'_>, out: &mut Out<'_>) {
    let expense = &case.facts.expense;
    let dates = &expense.dates;
    let (issued, mut wrong) = (expense.document.issued_on, false);
    let known: Vec<(&'static str, NaiveDate)> = steps(dates)
        .into_iter()
        .filter_map(|(name, day)| day.map(|day| (name, day)))
        .collect();
    for pair in known.windows(2) {
        if let [(first, before), (second, after)] = pair
            && before > after
        {
            wrong = true;
            let values = [
                ("first", Value::from(*first)),
                ("first_on", Value::Day(*before)),
                ("second", Value::from(*second)),
                ("second_on", Value::Day(*after)),
            ];
            out.reject("order", &values);
        }
    }
    // An invoice may come a little before the acceptance, which a person then looks at.
    if let Some(accepted) = dates.accepted.filter(|accepted| issued < *accepted) {
        wrong = true;
        let days = case.p.national.invoice_before_acceptance.on(issued).unwrap_or(0);
        let values = [("issued", Value::Day(issued)), ("accepted", Value::Day(accepted))];
        if accepted.signed_duration_since(issued).num_days() <= days.into() {
            out.warn("invoice-early", &values);
        } else {
            out.missing("invoice-much-earlier", &values);
        }
    }
    if let Some(paid) = dates.paid {
        if paid < issued && !expense.form.is_simplified() {
            wrong = true;
            out.reject(
                "paid-before-document",
                &[("paid", paid.into()), ("issued", issued.into())],
            );
        }
        if let Some(accepted) = dates.accepted.filter(|accepted| paid < *accepted) {
            wrong = true;
            out.missing(
                "paid-before-acceptance",
                &[("paid", paid.into()), ("accepted", accepted.into())],
            );
        }
    }
    if !wrong {
        out.ok();
    }
}

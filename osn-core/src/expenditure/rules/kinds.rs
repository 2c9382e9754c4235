//! What: contributions in kind, depreciation, interest, land, equipment, pay by third parties.

use chrono::NaiveDate;

use super::Case;
use crate::expenditure::expense::InKind;
use crate::expenditure::finding::{Out, Value};
use crate::expenditure::kinds::{DocumentKind, Nature};
use crate::money::{Money, Rounding};

/// What is above a value; everything where there is none.
fn above(case: &Case<'_>, value: Option<Money>) -> Option<Money> {
    value.map(|value| case.declared.checked_sub(value).unwrap_or_default().max(Money::ZERO))
}

/// CPR 69(1); CPR 67(1): in kind: the value is verified independently and does not exceed the market.
pub(super) fn cpr_69_1(case: &Case<'_>, out: &mut Out<'_>) {
    let Some(in_kind) = &case.facts.expense.in_kind else {
        return;
    };
    match in_kind {
        InKind::Goods { market_value } => match above(case, *market_value) {
            Some(over) => out.cut("above-market", over, &[]),
            None => out.reject("unverified", &[]),
        },
        InKind::Land { certified_value } => match above(case, *certified_value) {
            Some(over) => out.cut("above-market", over, &[]),
            None => out.reject("no-valuer", &[]),
        },
        InKind::Work { hours, rate, signed } => {
            if !signed {
                return out.reject("no-sheets", &[]);
            }
            let most = rate.times(*hours, Rounding::HalfUp).unwrap_or_default();
            let over = above(case, Some(most)).unwrap_or_default();
            let values = [
                ("hours", Value::Number(*hours)),
                ("rate", Value::Money(*rate)),
                ("most", Value::Money(most)),
            ];
            out.cut("above-work", over, &values);
        }
    }
}

/// CPR 69(2); CPR 67(2): depreciation: allowed, documented, of the period of support, of nothing that a grant bought.
pub(super) fn cpr_69_2(case: &Case<'_>, out: &mut Out<'_>) {
    let expense = &case.facts.expense;
    let Some(depreciation) = &expense.depreciation else {
        if expense.document.kind == DocumentKind::Depreciation {
            out.reject("undocumented", &[]);
        }
        return;
    };
    let mut fine = true;
    let mut refuse = |holds: bool, reason| {
        if !holds {
            fine = false;
            out.reject(reason, &[]);
        }
    };
    refuse(case.facts.operation.terms.depreciation_allowed, "not-allowed");
    refuse(depreciation.documented, "undocumented");
    refuse(!depreciation.granted, "granted");
    let inside = case.facts.operation.period.is_none_or(|period| {
        period.contains(depreciation.period.from)
            && depreciation.period.to.is_some_and(|to: NaiveDate| period.contains(to))
    });
    refuse(inside, "outside");
    if fine {
        out.ok();
    }
}

/// CPR 69(3)(a); CPR 64(1)(a): interest on debt is not eligible.
pub(super) fn cpr_69_3_a(case: &Case<'_>, out: &mut Out<'_>) {
    match case.facts.expense.nature {
        Nature::Interest => out.reject("interest", &[]),
        Nature::InterestSubsidy => out.ok(),
        _ => {}
    }
}

/// CPR 69(3)(b), ESF 13(4); CPR 64(1)(b), ESF+ 16: no land or infrastructure in a social fund; elsewhere a part at most.
pub(super) fn cpr_69_3_b(case: &Case<'_>, out: &mut Out<'_>) {
    let (expense, operation) = (&case.facts.expense, &case.facts.operation);
    if !matches!(
        expense.nature,
        Nature::Land | Nature::RealEstate | Nature::Infrastructure
    ) {
        return;
    }
    if case.p.is_social(&operation.fund) {
        return out.reject("social-fund", &[("fund", operation.fund.as_str().into())]);
    }
    if expense.nature == Nature::Infrastructure {
        return out.ok();
    }
    let numbers = &case.p.regime;
    let part = if operation.terms.derelict_site {
        &numbers.land_derelict
    } else {
        &numbers.land
    };
    let Some(part) = part.on(expense.incurred_on()) else {
        return;
    };
    let total = operation
        .terms
        .total_eligible
        .unwrap_or(case.facts.ledger.total_eligible);
    let most = total.times(part.0, Rounding::HalfUp).unwrap_or_default();
    let left = most
        .checked_sub(case.facts.ledger.land_before)
        .unwrap_or_default()
        .max(Money::ZERO);
    let over = case.declared.checked_sub(left).unwrap_or_default();
    out.cut("above", over, &[("most", most.into()), ("total", total.into())]);
}

/// ESF+ 16: furniture, equipment and vehicles when necessary, fully depreciated, or cheapest.
pub(super) fn esf_16(case: &Case<'_>, out: &mut Out<'_>) {
    let expense = &case.facts.expense;
    if expense.nature == Nature::Equipment && case.p.is_social(&case.facts.operation.fund) {
        out.require(expense.equipment.is_some(), "no-reason");
    }
}

/// ESF 13(5): pay and allowances that a third party gave to participants: no more than it bore.
pub(super) fn esf_13_5(case: &Case<'_>, out: &mut Out<'_>) {
    if let Some(borne) = case.facts.expense.third_party_cost {
        let over = above(case, Some(borne)).unwrap_or_default();
        out.cut("above", over, &[("borne", borne.into())]);
    }
}

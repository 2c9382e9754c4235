//! What: contributions in kind, depreciation, interest, land, equipment, pay by third parties.

use rust_decimal::Decimal;

use super::Case;
use crate::expenditure::expense::{Depreciation, InKind};
use crate::expenditure::facts::Stage;
use crate::expenditure::finding::{Out, Value};
use crate::expenditure::kinds::{DocumentKind, Nature, PaperKind};
use crate::money::{Money, Rounding};
use crate::time::Period;

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

/// What a period takes of the cost: its whole months inside the operation's own period, of the months over which the thing is
/// written off, for the part of its use; rounded once. Nothing where a figure is missing.
fn written_off(case: &Case<'_>, depreciation: &Depreciation) -> Option<(u32, Money)> {
    let (cost, life) = (depreciation.cost?, depreciation.months.filter(|months| *months > 0)?);
    let support = case.facts.operation.period;
    let from = support.map_or(depreciation.period.from, |own| own.from.max(depreciation.period.from));
    let to = match (depreciation.period.to?, support.and_then(|own| own.to)) {
        (to, Some(end)) => to.min(end),
        (to, None) => to,
    };
    let months = Period { from, to: Some(to) }.whole_months().min(life);
    let factor = Decimal::from(months).checked_mul(depreciation.used.factor())?;
    let most = cost
        .as_decimal()
        .checked_mul(factor)?
        .checked_div(Decimal::from(life))?;
    Some((months, Money::rounded(most, Rounding::HalfUp).ok()?))
}

/// CPR 69(2); CPR 67(2): depreciation: allowed, documented, of the period of support, of nothing that a grant bought; and no
/// more than that period takes of the cost.
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
    if !fine {
        return;
    }
    let Some((months, most)) = written_off(case, depreciation) else {
        return out.missing("uncounted", &[]);
    };
    if months == 0 {
        return out.reject("outside", &[]);
    }
    let over = above(case, Some(most)).unwrap_or_default();
    out.cut("above", over, &[("months", months.into()), ("most", most.into())]);
}

/// CPR 69(3)(a); CPR 64(1)(a): interest on debt is not eligible. Fees of the operation's account are no interest: national rules
/// say which, and a person looks.
pub(super) fn cpr_69_3_a(case: &Case<'_>, out: &mut Out<'_>) {
    match case.facts.expense.nature {
        Nature::Interest => out.cut("interest", case.declared, &[]),
        Nature::InterestSubsidy => out.ok(),
        Nature::BankFee => out.warn("bank-fee", &[]),
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

/// ESF 13(5): pay and allowances that a third party gave to participants: proved, and no more than it bore.
pub(super) fn esf_13_5(case: &Case<'_>, out: &mut Out<'_>) {
    let expense = &case.facts.expense;
    if let Some(borne) = expense.third_party_cost {
        let proofs = [PaperKind::Payment, PaperKind::Payslip, PaperKind::Valuation];
        if case.facts.stage != Stage::WhatIf && !proofs.iter().any(|kind| expense.has(*kind)) {
            return out.missing("no-proof", &[]);
        }
        let over = above(case, Some(borne)).unwrap_or_default();
        out.cut("above", over, &[("borne", borne.into())]);
    }
}

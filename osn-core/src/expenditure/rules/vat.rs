//! VAT.

use rust_decimal::Decimal;

use super::Case;
use crate::expenditure::finding::{Out, Value};
use crate::expenditure::share::Share;
use crate::expenditure::terms::{StateAid, VatStatus};
use crate::money::{Money, Rounding};

/// The part of the declared VAT that comes back, rounded once.
fn recovered(case: &Case<'_>, part: Share) -> Money {
    let expense = &case.facts.expense;
    let factor = expense
        .share
        .factor()
        .checked_mul(part.factor())
        .unwrap_or(Decimal::ZERO);
    expense
        .document
        .vat
        .times(factor, Rounding::HalfUp)
        .unwrap_or_default()
        .min(case.declared)
}

/// CPR 69(3)(c): only VAT that does not come back. CPR 64(1)(c): below a total cost, every VAT, without State aid.
pub(super) fn cpr_69_3_c(case: &Case<'_>, out: &mut Out<'_>) {
    let (expense, terms) = (&case.facts.expense, &case.facts.operation.terms);
    if !expense.vat_included || !expense.document.vat.is_positive() {
        return;
    }
    if let Some(limit) = &case.p.regime.vat_below
        && let Some(limit) = limit.on(expense.incurred_on())
    {
        let small = terms.total_cost.is_some_and(|total| total < limit.0);
        if small && terms.state_aid == StateAid::None {
            return out.ok_with(&[("limit", limit.0.into())]);
        }
    }
    let part = match terms.vat {
        VatStatus::Unknown => return out.missing("unknown", &[]),
        VatStatus::NonRecoverable => return out.ok(),
        VatStatus::Recoverable => Share::WHOLE,
        VatStatus::ProRata(part) => part,
    };
    let values = [
        ("vat", Value::Money(expense.document.vat)),
        ("part", Value::Share(part)),
    ];
    out.cut("recoverable", recovered(case, part), &values);
}

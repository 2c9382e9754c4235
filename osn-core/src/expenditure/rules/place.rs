//! Where.

use super::Case;
use crate::expenditure::finding::Out;
use crate::expenditure::kinds::{PaperKind, Place};
use crate::money::{Money, Rounding};

/// CPR 70, ESF 13(2)-(3): in the programme's area; elsewhere when the area benefits; outside the Union within a part.
pub(super) fn cpr_70(case: &Case<'_>, out: &mut Out<'_>) {
    let expense = &case.facts.expense;
    match expense.place {
        Place::Area => out.ok(),
        Place::Union if !expense.benefits_area => out.reject("no-benefit", &[]),
        // That the area benefits is what somebody says; the paper that shows it is looked at.
        Place::Union if !expense.has(PaperKind::Justification) => out.warn("justify", &[]),
        Place::Union => out.ok(),
        Place::Outside => {
            if !expense.place_agreed || !expense.benefits_area {
                return out.reject("not-agreed", &[]);
            }
            let part = case.p.regime.abroad.as_ref();
            let part = part.and_then(|part| part.on(expense.incurred_on()));
            let (Some(part), Some(budget)) = (part, case.facts.operation.terms.programme_budget) else {
                return out.missing("no-budget", &[]);
            };
            let most = budget.times(part.0, Rounding::HalfUp).unwrap_or_default();
            let left = most
                .checked_sub(case.facts.ledger.abroad_before)
                .unwrap_or_default()
                .max(Money::ZERO);
            let over = case.declared.checked_sub(left).unwrap_or_default();
            out.cut("above", over, &[("most", most.into())]);
        }
    }
}

/// CPR 63(4), L. 4914/2022 art. 40(2): may lie outside when it contributes to the objectives.
pub(super) fn cpr_63_4(case: &Case<'_>, out: &mut Out<'_>) {
    let expense = &case.facts.expense;
    if expense.place == Place::Area {
        out.ok();
    } else {
        out.require(expense.benefits_area, "no-contribution");
    }
}

//! Public procurement (L. 4412/2016): thresholds of the direct award by date, written form, publication, splitting.

use super::Case;
use crate::expenditure::contract::{AwardPath, Contract, ContractKind};
use crate::expenditure::finding::{Out, Value};
use crate::expenditure::parameters::{Amount, Parameter};
use crate::money::Money;

fn direct<'a>(case: &'a Case<'_>) -> Option<&'a Contract> {
    case.facts
        .contract
        .as_ref()
        .filter(|contract| contract.path == AwardPath::Direct)
}

/// The limit of a direct award of this kind on the day of the award.
fn limit(case: &Case<'_>, contract: &Contract) -> Option<Money> {
    let national = &case.p.national;
    let limit: &Parameter<Amount> = match contract.kind {
        ContractKind::Goods | ContractKind::Services | ContractKind::Consulting => &national.direct_award,
        ContractKind::Works | ContractKind::SocialServices => &national.direct_award_special,
        ContractKind::Ict => &national.direct_award_ict,
    };
    limit.on(contract.awarded_on).map(|limit| limit.0)
}

fn within(case: &Case<'_>, out: &mut Out<'_>, contract: &Contract) {
    let Some(limit) = limit(case, contract) else { return };
    let values = [("value", Value::Money(contract.value)), ("limit", Value::Money(limit))];
    if contract.value > limit {
        out.reject("above", &values);
    } else {
        out.ok_with(&values);
    }
}

/// Art. 118(1): direct award of goods and ordinary services.
pub(super) fn direct_30(case: &Case<'_>, out: &mut Out<'_>) {
    let kinds = [ContractKind::Goods, ContractKind::Services, ContractKind::Consulting];
    if let Some(contract) = direct(case).filter(|contract| kinds.contains(&contract.kind)) {
        within(case, out, contract);
    }
}

/// Art. 118(1): direct award of works and of social and other special services.
pub(super) fn direct_60(case: &Case<'_>, out: &mut Out<'_>) {
    let kinds = [ContractKind::Works, ContractKind::SocialServices];
    if let Some(contract) = direct(case).filter(|contract| kinds.contains(&contract.kind)) {
        within(case, out, contract);
    }
}

/// Art. 118(6): direct award of interoperability, with a ministerial act.
pub(super) fn direct_ict(case: &Case<'_>, out: &mut Out<'_>) {
    if let Some(contract) = direct(case).filter(|contract| contract.kind == ContractKind::Ict) {
        if !contract.ministerial_act {
            return out.reject("no-act", &[]);
        }
        within(case, out, contract);
    }
}

/// Art. 118(3): above an amount there is a written agreement. Without a contract on record, the paper's own amount counts.
pub(super) fn written_agreement(case: &Case<'_>, out: &mut Out<'_>) {
    let expense = &case.facts.expense;
    let (value, on, signed) = match &case.facts.contract {
        Some(contract) => (contract.value, contract.awarded_on, contract.signed_on.is_some()),
        None if expense.is_purchase() => (expense.document.net, expense.incurred_on(), false),
        None => return,
    };
    let Some(limit) = case.p.national.written_above.on(on) else {
        return;
    };
    if value > limit.0 && !signed {
        out.reject("no-agreement", &[("value", value.into()), ("limit", limit.0.into())]);
    } else {
        out.ok();
    }
}

/// Art. 118(3): a direct award that was not published in the registry makes the contract void; one published after it was signed
/// is looked at.
pub(super) fn published_award(case: &Case<'_>, out: &mut Out<'_>) {
    let Some(contract) = direct(case) else { return };
    if contract.award_adam.is_none() {
        return out.reject("void", &[]);
    }
    match (contract.award_published_on, contract.signed_on) {
        (Some(published), Some(signed)) if published > signed => {
            out.warn("late", &[("published", published.into()), ("signed", signed.into())]);
        }
        _ => out.ok(),
    }
}

/// Art. 6: one object is not split to stay below a limit.
pub(super) fn no_splitting(case: &Case<'_>, out: &mut Out<'_>) {
    let Some(contract) = direct(case) else { return };
    let Some(limit) = limit(case, contract) else { return };
    let others = case.facts.ledger.similar_awards;
    let sum = contract.value.checked_add(others).unwrap_or(limit);
    if others.is_positive() && contract.value <= limit && sum > limit {
        out.warn("split", &[("sum", sum.into()), ("limit", limit.into())]);
    } else {
        out.ok();
    }
}

/// Art. 36: above an amount the electronic procurement system is used.
pub(super) fn electronic_system(case: &Case<'_>, out: &mut Out<'_>) {
    let Some(contract) = &case.facts.contract else { return };
    // What may be awarded directly is not bound to the system.
    if contract.path == AwardPath::Direct {
        return out.ok();
    }
    let Some(limit) = case.p.national.electronic_above.on(contract.awarded_on) else {
        return;
    };
    if contract.value > limit.0 && !contract.electronic {
        out.reject(
            "not-electronic",
            &[("value", contract.value.into()), ("limit", limit.0.into())],
        );
    } else {
        out.ok();
    }
}

//! How: forms of cost, flat rates with their ceilings over the whole operation, double funding.

use rust_decimal::Decimal;

use super::Case;
use crate::expenditure::expense::CostForm;
use crate::expenditure::finding::{Out, Value};
use crate::expenditure::indicator::Measured;
use crate::expenditure::kinds::Category;
use crate::expenditure::settle::flat_sum;
use crate::expenditure::share::Share;
use crate::expenditure::terms::{FlatRate, StateAid};
use crate::money::Rounding;
use crate::operation::{ImplementationMode, Regime};

/// The flat rate of this expense.
fn rate(case: &Case<'_>) -> Option<FlatRate> {
    match &case.facts.expense.form {
        CostForm::Flat { rate, .. } => Some(*rate),
        CostForm::Actual | CostForm::Unit { .. } | CostForm::Lump { .. } => None,
    }
}

/// What exceeds the ceiling of a flat rate.
fn ceiling(case: &Case<'_>, out: &mut Out<'_>, rate: FlatRate) {
    let on = case.facts.expense.incurred_on();
    let Ok(Some(sum)) = flat_sum(rate, on, case.p, &case.facts.ledger) else {
        return out.reject("unknown-rate", &[]);
    };
    let over = case.declared.checked_sub(sum.left()).unwrap_or_default();
    let values = [
        ("rate", Value::Share(sum.percent())),
        ("base", Value::Money(sum.base)),
        ("most", Value::Money(sum.most)),
        ("before", Value::Money(sum.before)),
    ];
    out.cut("above", over, &values);
}

/// CPR 65(11); CPR 63(9): one item of expenditure is supported once, its parts never above the whole.
pub(super) fn cpr_65_11(case: &Case<'_>, out: &mut Out<'_>) {
    let others = &case.facts.ledger.same_item;
    let elsewhere = others.iter().fold(Share::NOTHING, |sum, item| sum.plus(item.share));
    let all = elsewhere.plus(case.facts.expense.share);
    if all > Share::WHOLE {
        let times = u32::try_from(others.len()).unwrap_or(u32::MAX);
        out.reject("declared-elsewhere", &[("all", all.into()), ("others", times.into())]);
    } else if others.is_empty() {
        out.ok();
    } else {
        out.ok_with(&[("all", all.into())]);
    }
}

/// CPR 67(1); CPR 53(1): one form for each cost, and one that the regime knows.
pub(super) fn cpr_67_1(case: &Case<'_>, out: &mut Out<'_>) {
    let (expense, regime) = (&case.facts.expense, case.facts.operation.regime);
    if rate(case).is_some_and(|rate| !rate.is_known_in(regime)) {
        return out.reject(
            "unknown-rate",
            &[("rate", rate(case).map_or("", FlatRate::name).into())],
        );
    }
    // A simplified cost stands in a simplified category, and nothing else does.
    let fits = match &expense.form {
        CostForm::Actual => !expense.category.is_simplified(),
        CostForm::Unit { .. } => expense.category == Category::B1,
        CostForm::Lump { .. } => expense.category == Category::B2,
        CostForm::Flat { rate, .. } => rate.fits(expense.category),
    };
    if !fits {
        let values = [
            ("category", expense.category.name().into()),
            ("form", expense.form.name().into()),
        ];
        return out.reject("category", &values);
    }
    match &case.facts.ledger.line_form {
        Some(line) if line != expense.form.name() => {
            out.reject(
                "line",
                &[("line", line.as_str().into()), ("form", expense.form.name().into())],
            );
        }
        _ => out.ok(),
    }
}

/// CPR 67(3); CPR 53(1): forms are combined only for different categories, projects or successive phases; the work of one
/// person in one month has one form, whatever its category.
pub(super) fn cpr_67_3(case: &Case<'_>, out: &mut Out<'_>) {
    let expense = &case.facts.expense;
    let mut same_person = case.facts.ledger.same_person.iter();
    if let Some(other) = same_person.find(|other| **other != expense.form.name()) {
        return out.reject(
            "same-person",
            &[("form", expense.form.name().into()), ("other", other.as_str().into())],
        );
    }
    let other = case.facts.ledger.other_forms.iter().find(|other| {
        other.category == expense.category
            && other.sub_project == expense.sub_project
            && other.phase == expense.phase
            && other.form != expense.form.name()
    });
    match other {
        Some(other) => out.reject(
            "two-forms",
            &[
                ("category", expense.category.name().into()),
                ("form", expense.form.name().into()),
                ("other", other.form.as_str().into()),
            ],
        ),
        None => out.ok(),
    }
}

/// CPR 67(4): what is carried out by public procurement alone is declared by what was paid.
pub(super) fn cpr_67_4(case: &Case<'_>, out: &mut Out<'_>) {
    if !case.facts.expense.form.is_simplified() {
        return;
    }
    let procured = case.facts.operation.mode == Some(ImplementationMode::Contract) || case.facts.contract.is_some();
    out.require(!procured, "procured");
}

/// CPR 67(2a), ESF 14(4); CPR 53(2): small operations use simplified costs.
pub(super) fn cpr_67_2a(case: &Case<'_>, out: &mut Out<'_>) {
    let (expense, terms) = (&case.facts.expense, &case.facts.operation.terms);
    if expense.form.is_simplified() || terms.state_aid == StateAid::Other || expense.is_credit() {
        return;
    }
    let size = match case.facts.operation.regime {
        Regime::Period1420 => terms.public_support,
        Regime::Period2127 => terms.total_cost,
    };
    let limit = case.p.regime.simplified_up_to.on(expense.incurred_on());
    if let (Some(size), Some(limit)) = (size, limit) {
        // The categories to which a flat rate applies may be declared by what was paid.
        if size <= limit.0 && terms.flat_rates.is_empty() {
            out.reject("small", &[("size", size.into()), ("limit", limit.0.into())]);
        } else {
            out.ok();
        }
    }
}

/// CPR 67(1)(b), (c); CPR 53(1)(b), (c): units are those that were delivered or that the indicator counted, a lump sum is due
/// when its aim was reached.
pub(super) fn settled_from_deliveries(case: &Case<'_>, out: &mut Out<'_>) {
    let (expense, ledger) = (&case.facts.expense, &case.facts.ledger);
    if expense.indicator.is_some() && ledger.measured.is_none() && expense.form.is_simplified() {
        return out.missing("unmeasured", &[]);
    }
    match &expense.form {
        CostForm::Unit { quantity, unit_cost } => match ledger.units_left {
            Some(left) => {
                let over = quantity.saturating_sub(left);
                let amount = unit_cost
                    .times(Decimal::from(over), Rounding::HalfUp)
                    .unwrap_or_default();
                let amount = amount.min(case.declared);
                let units = ("quantity", Value::from(*quantity));
                match &ledger.measured {
                    Some(measured) => {
                        let before = measured.value.saturating_sub(u64::from(left));
                        let before = ("before", Value::Number(before.into()));
                        out.cut("measured", amount, &[&counted(measured)[..], &[units, before]].concat());
                    }
                    None => out.cut("units", amount, &[units, ("left", Value::from(left))]),
                }
            }
            None => out.missing("uncounted", &[]),
        },
        CostForm::Lump { achieved: true, .. } => out.ok(),
        CostForm::Lump { milestone, .. } => match &ledger.measured {
            Some(measured) => {
                let target = measured.target.unwrap_or_default();
                let target = ("target", Value::Number(target.into()));
                out.missing("not-reached", &[&counted(measured)[..], &[target]].concat());
            }
            None => out.missing("not-achieved", &[("milestone", milestone.as_str().into())]),
        },
        CostForm::Actual | CostForm::Flat { .. } => {}
    }
}

/// What an indicator counted, as a finding says it.
fn counted(measured: &Measured) -> [(&'static str, Value); 3] {
    [
        ("indicator", measured.code.as_str().into()),
        ("value", Value::Number(measured.value.into())),
        ("on", measured.on.into()),
    ]
}

/// A base that holds something computed at a flat rate itself; said once, by the rule that forbids it.
fn base_is_flat(case: &Case<'_>) -> bool {
    match &case.facts.expense.form {
        CostForm::Flat { base, .. } => base.iter().any(|category| category.is_flat()),
        CostForm::Actual | CostForm::Unit { .. } | CostForm::Lump { .. } => false,
    }
}

/// CPR 54(a): indirect costs up to 7 % of direct costs; the base never holds indirect costs.
pub(super) fn cpr_54_a(case: &Case<'_>, out: &mut Out<'_>) {
    if rate(case) == Some(FlatRate::Indirect7) {
        if base_is_flat(case) {
            return out.reject("base", &[]);
        }
        ceiling(case, out, FlatRate::Indirect7);
    }
}

/// CPR 68(1)(b); CPR 54(b): indirect costs up to 15 % of direct staff costs.
pub(super) fn cpr_68_1_b(case: &Case<'_>, out: &mut Out<'_>) {
    if rate(case) == Some(FlatRate::Indirect15) {
        ceiling(case, out, FlatRate::Indirect15);
    }
}

/// CPR 68(1)(a); CPR 54(c): indirect costs up to 25 % of direct costs, with an approved method.
pub(super) fn cpr_68_1_a(case: &Case<'_>, out: &mut Out<'_>) {
    if rate(case) == Some(FlatRate::Indirect25) {
        if !case.facts.operation.terms.approved_method {
            return out.reject("method", &[]);
        }
        ceiling(case, out, FlatRate::Indirect25);
    }
}

/// CPR 68a(1); CPR 55(1): staff costs up to 20 % of the other direct costs, without a large contract of works.
pub(super) fn cpr_68a_1(case: &Case<'_>, out: &mut Out<'_>) {
    if rate(case) == Some(FlatRate::Staff20) {
        if case.facts.operation.terms.large_works {
            return out.reject("works", &[]);
        }
        ceiling(case, out, FlatRate::Staff20);
    }
}

/// CPR 68b(1); CPR 56(1): all remaining costs up to 40 % of direct staff costs.
pub(super) fn cpr_68b_1(case: &Case<'_>, out: &mut Out<'_>) {
    if rate(case) == Some(FlatRate::Remaining40) {
        ceiling(case, out, FlatRate::Remaining40);
    }
}

/// CPR 68b(2); CPR 56(3): no flat rate on costs that a flat rate made.
pub(super) fn cpr_68b_2(case: &Case<'_>, out: &mut Out<'_>) {
    let Some(rate) = rate(case) else { return };
    let ledger = &case.facts.ledger;
    let staff_twice = rate == FlatRate::Remaining40 && ledger.staff_is_flat;
    if staff_twice || base_is_flat(case) {
        out.reject("flat-on-flat", &[("rate", rate.name().into())]);
    } else {
        out.ok();
    }
}

/// ESF+ 22: material support: handling, and accompanying measures, each up to 7 % of the purchase.
pub(super) fn esf_22(case: &Case<'_>, out: &mut Out<'_>) {
    if let Some(rate @ (FlatRate::FoodHandling | FlatRate::FoodMeasures)) = rate(case) {
        if !case.facts.operation.terms.material_support {
            return out.reject("objective", &[]);
        }
        ceiling(case, out, rate);
    }
}

//! What is kept back from a payment: levies of the procurement authorities, income tax.

use super::Case;
use crate::expenditure::Share;
use crate::expenditure::contract::{AwardPath, ContractKind, SupplierKind};
use crate::expenditure::finding::{Out, Value};
use crate::expenditure::kinds::Nature;
use crate::expenditure::parameters::{Factor, NationalNumbers, Parameter};
use crate::money::{Money, Rounding};
use chrono::NaiveDate;

fn paid_on(case: &Case<'_>) -> NaiveDate {
    case.facts.expense.dates.paid.unwrap_or(case.facts.on)
}

/// The net amount of this payment; nothing is kept back from what is no purchase.
fn net(case: &Case<'_>) -> Option<Money> {
    let expense = &case.facts.expense;
    expense.is_purchase().then_some(expense.document.net)
}

/// Of a payment, what the law keeps back: at which rate, and how much.
struct Due {
    rate: Share,
    amount: Money,
}

impl Due {
    /// Where nothing is kept back.
    const NONE: Self = Self {
        rate: Share::NOTHING,
        amount: Money::ZERO,
    };

    fn of(net: Money, factor: &Parameter<Factor>, case: &Case<'_>) -> Self {
        let at_rate = |factor: Factor| {
            Some(Self {
                rate: Share::of_factor(factor.0)?,
                amount: net.times(factor.0, Rounding::HalfUp).ok()?,
            })
        };
        factor.on(paid_on(case)).and_then(at_rate).unwrap_or(Self::NONE)
    }
}

/// Says whether what was kept back is what the law keeps back. A wrong amount is put right, it rejects nothing.
fn compare(out: &mut Out<'_>, kept: Option<Money>, due: Money, rate: Option<Share>) {
    let mut values = vec![("due", Value::Money(due))];
    values.extend(kept.filter(|kept| *kept != due).map(|kept| ("kept", kept.into())));
    values.extend(rate.map(|rate| ("rate", rate.into())));
    match kept {
        Some(kept) if kept == due => out.ok_with(&values),
        Some(_) => out.warn("wrong", &values),
        None if due.is_zero() => out.ok_with(&values),
        None => out.warn("missing", &values),
    }
}

/// Art. 350(3) L. 4412/2016: the levy of each payment of contracts above an amount.
pub(super) fn levy(case: &Case<'_>, out: &mut Out<'_>) {
    let Some(net) = net(case) else { return };
    let value = case.facts.contract.as_ref().map_or(net, |contract| contract.value);
    let Some(limit) = case.p.national.levy_above.on(paid_on(case)) else {
        return;
    };
    let levy = if value > limit.0 {
        Due::of(net, &case.p.national.levy, case)
    } else {
        Due::NONE
    };
    compare(out, case.facts.expense.withheld.levy, levy.amount, Some(levy.rate));
}

/// Art. 36(6) L. 4412/2016: the levy of the electronic system, on its contracts and on no direct award. Whether it was started is
/// to be verified.
pub(super) fn levy_system(case: &Case<'_>, out: &mut Out<'_>) {
    if let (Some(net), Some(contract)) = (net(case), &case.facts.contract) {
        let through = contract.electronic && contract.path != AwardPath::Direct;
        let levy = if through {
            Due::of(net, &case.p.national.levy_system, case)
        } else {
            Due::NONE
        };
        compare(
            out,
            case.facts.expense.withheld.levy_system,
            levy.amount,
            Some(levy.rate),
        );
    }
}

/// What is bought, as the law on income tax sorts it.
fn is_service(kind: ContractKind) -> bool {
    !matches!(kind, ContractKind::Goods)
}

/// Art. 64(2) L. 4172/2013: the tax that a public body keeps back from a legal person, on the net amount.
///
/// Nothing without a contract up to an amount. Fuel and tobacco have a rate of their own.
///
/// # Errors
/// When the amount is too large.
pub fn withheld_tax(
    numbers: &NationalNumbers,
    (net, service, fuel, has_contract): (Money, bool, bool, bool),
    on: NaiveDate,
) -> Result<Money, crate::money::MoneyError> {
    let free = numbers.tax_free_up_to.on(on).map(|free| free.0).unwrap_or_default();
    if !has_contract && net <= free {
        return Ok(Money::ZERO);
    }
    let factor = match (fuel, service) {
        (true, _) => &numbers.tax_fuel,
        (false, true) => &numbers.tax_services,
        (false, false) => &numbers.tax_goods,
    };
    match factor.on(on) {
        Some(factor) => net.times(factor.0, Rounding::HalfUp),
        None => Ok(Money::ZERO),
    }
}

/// Art. 64(2) L. 4172/2013: the tax kept back from legal persons.
pub(super) fn tax(case: &Case<'_>, out: &mut Out<'_>) {
    let company = case
        .facts
        .supplier
        .is_some_and(|supplier| supplier.kind == SupplierKind::Company);
    let Some(net) = net(case).filter(|_| company) else {
        return;
    };
    let expense = &case.facts.expense;
    let service = case.facts.contract.as_ref().map_or_else(
        || expense.category != crate::expenditure::kinds::Category::A4,
        |contract| is_service(contract.kind),
    );
    let bought = (
        net,
        service,
        expense.nature == Nature::Fuel,
        case.facts.contract.is_some(),
    );
    let due = withheld_tax(&case.p.national, bought, paid_on(case)).unwrap_or_default();
    compare(out, expense.withheld.tax, due, None);
}

/// Art. 64(1)(d) L. 4172/2013: the tax kept back from fees of persons for technical, management and consulting services.
pub(super) fn tax_fees(case: &Case<'_>, out: &mut Out<'_>) {
    let person = case
        .facts
        .supplier
        .is_some_and(|supplier| supplier.kind == SupplierKind::Person);
    let fees = case
        .facts
        .contract
        .as_ref()
        .is_some_and(|contract| contract.kind == ContractKind::Consulting);
    if let Some(net) = net(case).filter(|_| person && fees) {
        let due = Due::of(net, &case.p.national.tax_fees, case).amount;
        compare(out, case.facts.expense.withheld.tax, due, None);
    }
}

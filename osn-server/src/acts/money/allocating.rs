//! What an expense paid for, part by part: actions, instalments, deliveries and deliverables that are there and belong together.

use osn_core::expenditure::{Allocation, Expense};
use osn_core::id::ActionId;
use osn_core::operation::Operation;
use osn_store::Part;

use crate::acts::Acting;
use crate::refusal::{FieldError, Outcome, Refusal};

/// The parts of an expense: how much was for which action, instalment, delivery.
pub(super) fn parts(expense: &Expense) -> Outcome<Vec<Part>> {
    let declared = expense.declared()?;
    let part = |part: &Allocation| {
        Ok(Part {
            expense_id: expense.id,
            action_id: part.action_id,
            delivery_id: part.delivery_id,
            instalment: part.instalment,
            amount: part.share.of(declared)?,
        })
    };
    expense.allocations.iter().map(part).collect()
}

/// An expense as it is kept: a part that names a delivery of an action names the action and the instalment, too, so that
/// the money is found from both ends and counts among theirs.
///
/// # Errors
/// Every part that names what is not there, or a delivery of another action or another instalment.
pub(super) async fn placed(acting: &Acting, operation: &Operation, mut expense: Expense) -> Outcome<Expense> {
    let mut errors = Vec::new();
    for (number, part) in expense.allocations.iter_mut().enumerate() {
        let at = |name: &str| format!("/allocations/{number}/{name}");
        let named = part.deliverable.as_ref();
        if named.is_some_and(|code| !operation.deliverables.iter().any(|known| known.code == *code)) {
            errors.push(FieldError::new(at("deliverable"), "unknown-record"));
        }
        if let Some(action) = part.action_id
            && acting.scope.action(action).await?.is_none()
        {
            errors.push(FieldError::new(at("action_id"), "unknown-record"));
            continue;
        }
        let wrong = of_delivery(acting, part).await?;
        errors.extend(wrong.map(|(name, code)| FieldError::new(at(name), code)));
    }
    if errors.is_empty() {
        Ok(expense)
    } else {
        Err(Refusal::invalid("expense.invalid", errors))
    }
}

/// Holds a part to the delivery that it names; the field that contradicts it and why, where one does.
async fn of_delivery(acting: &Acting, part: &mut Allocation) -> Outcome<Option<(&'static str, &'static str)>> {
    let Some(id) = part.delivery_id else { return Ok(None) };
    let Some(delivery) = acting.scope.delivery(id).await? else {
        return Ok(Some(("delivery_id", "unknown-record")));
    };
    if part.instalment.is_some_and(|named| named != delivery.value.instalment) {
        return Ok(Some(("instalment", "delivery-of-another-instalment")));
    }
    let award = acting.scope.award(delivery.value.award_id).await?;
    // Immediate help belongs to no action.
    let action: Option<ActionId> = award.and_then(|award| award.value.action_id);
    if part.action_id.is_some() && part.action_id != action {
        return Ok(Some(("delivery_id", "delivery-of-another-action")));
    }
    part.action_id = action;
    part.instalment = action.map(|_| delivery.value.instalment);
    Ok(None)
}

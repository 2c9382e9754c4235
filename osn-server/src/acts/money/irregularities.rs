//! The register of irregularities: recorded by one person, confirmed by another, taken back by the next claim.

use std::collections::BTreeMap;

use osn_core::expenditure::{FoundBy, Irregularity, IrregularityEvent, IrregularityState};
use osn_core::id::{ClaimId, ExpenseId, IrregularityId, OperationId};
use osn_core::money::Money;
use osn_core::state::Machine as _;
use osn_store::Versioned;
use schemars::JsonSchema;
use serde::Deserialize;

use super::expenses::{self, Because};
use super::operation;
use crate::acts::{Acting, Saved, entry};
use crate::auth::Right;
use crate::refusal::{FieldError, Outcome, Refusal};
use crate::shapes;

/// An irregularity to record.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIrregularity {
    /// The expense.
    #[schemars(with = "uuid::Uuid")]
    pub expense_id: ExpenseId,
    /// `own`, `managing-authority`, `accounting`, `audit-authority`, `union`, `report`.
    #[schemars(with = "String")]
    pub found_by: FoundBy,
    /// When it was found.
    pub found_on: chrono::NaiveDate,
    /// The article that was broken.
    pub article: String,
    /// What is wrong; no names of persons.
    pub finding: String,
    /// What it takes from the expense.
    #[schemars(with = "shapes::Money")]
    pub amount: Money,
    /// Whether fraud is suspected.
    #[serde(default)]
    pub fraud: bool,
}

/// Records an irregularity of an expense.
pub async fn record(acting: &Acting, of: OperationId, new: NewIrregularity) -> Outcome<Saved<Irregularity>> {
    let by = acting.require(Right::KeepExpenses)?.id;
    operation(acting, of).await?;
    let expense = acting.scope.expense(new.expense_id).await?;
    let expense = expense.filter(|read| read.value.expense.operation_id == of);
    let expense = expense.ok_or_else(|| Refusal::field("/expense_id", "unknown-record"))?;
    let known = acting.scope.irregularities(of).await?;
    let mut errors = Vec::new();
    for (path, text) in [("/article", &new.article), ("/finding", &new.finding)] {
        if text.trim().is_empty() {
            errors.push(FieldError::new(path, "required"));
        }
    }
    let taken = taken(&known)?.remove(&new.expense_id).unwrap_or_default();
    let left = expense.value.eligible.checked_sub(taken)?;
    if !new.amount.is_positive() {
        errors.push(FieldError::new("/amount", "not-positive"));
    } else if new.amount > left {
        errors.push(FieldError::new("/amount", "beyond-expense").with("left", left));
    }
    if new.found_on > acting.zone().day(acting.now) {
        errors.push(FieldError::new("/found_on", "in-future"));
    }
    if !errors.is_empty() {
        return Err(Refusal::invalid("request.invalid", errors));
    }
    let last = known.iter().map(|read| read.value.number).max().unwrap_or(0);
    let irregularity = Irregularity {
        id: acting.app.new_id(IrregularityId::new),
        operation_id: of,
        number: last + 1,
        expense_id: new.expense_id,
        found_by: new.found_by,
        found_on: new.found_on,
        article: new.article.trim().to_owned(),
        finding: new.finding.trim().to_owned(),
        amount: new.amount,
        fraud: new.fraud,
        systemic: None,
        state: IrregularityState::Suspected { by },
    };
    let mut tx = acting.begin("irregularity.record").await?;
    tx.insert_irregularity(&irregularity).await?;
    let details = serde_json::json!({
        "operation": of, "expense": new.expense_id, "found_by": new.found_by.name(), "amount": new.amount.to_string(),
        "fraud": new.fraud,
    });
    tx.journal(entry(
        "irregularity.record",
        "irregularity",
        irregularity.id.uuid(),
        details,
    ));
    let saved = Saved {
        value: irregularity,
        version: 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

/// The register of an operation, by number.
pub async fn list(acting: &Acting, of: OperationId) -> Outcome<Vec<Versioned<Irregularity>>> {
    acting.require(Right::SeeMoney)?;
    operation(acting, of).await?;
    Ok(acting.scope.irregularities(of).await?)
}

pub(super) async fn read(acting: &Acting, id: IrregularityId) -> Outcome<Versioned<Irregularity>> {
    let found = acting.scope.irregularity(id).await?;
    found.ok_or_else(|| Refusal::not_found("irregularity.unknown"))
}

/// One irregularity.
pub async fn get(acting: &Acting, id: IrregularityId) -> Outcome<Saved<Irregularity>> {
    acting.require(Right::SeeMoney)?;
    Ok(read(acting, id).await?.into())
}

/// Another person confirms it: the next claim takes the amount back.
pub async fn confirm(acting: &Acting, id: IrregularityId) -> Outcome<Saved<Irregularity>> {
    let by = acting.require(Right::ApproveMoney)?.id;
    let before = read(acting, id).await?;
    let event = IrregularityEvent::Confirm { by, at: acting.now };
    decide(acting, before, event, "irregularity.confirm").await
}

/// Another person dismisses it, with a reason.
pub async fn dismiss(acting: &Acting, id: IrregularityId, because: Because) -> Outcome<Saved<Irregularity>> {
    let by = acting.require(Right::ApproveMoney)?.id;
    let before = read(acting, id).await?;
    if because.reason.trim().is_empty() {
        return Err(Refusal::field("/reason", "required"));
    }
    let event = IrregularityEvent::Dismiss {
        by,
        at: acting.now,
        reason: because.reason,
    };
    decide(acting, before, event, "irregularity.dismiss").await
}

async fn decide(
    acting: &Acting,
    before: Versioned<Irregularity>,
    event: IrregularityEvent,
    act: &'static str,
) -> Outcome<Saved<Irregularity>> {
    acting.check_version(before.version)?;
    let mut moved = before.value;
    let by = acting.require(Right::ApproveMoney)?.id;
    if matches!(&moved.state, IrregularityState::Suspected { by: maker } if *maker == by) {
        return Err(Refusal::conflict("money.same-person"));
    }
    moved.state = moved.state.apply(&event)?;
    let mut tx = acting.begin(act).await?;
    tx.update_irregularity(&moved, before.version).await?;
    let details = serde_json::json!({ "state": moved.state.name(), "amount": moved.amount.to_string() });
    tx.journal(entry(act, "irregularity", moved.id.uuid(), details));
    let saved = Saved {
        value: moved,
        version: before.version + 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

/// What confirmed irregularities take from each expense.
///
/// # Errors
/// When a sum is too large.
pub(super) fn taken(register: &[Versioned<Irregularity>]) -> Outcome<BTreeMap<ExpenseId, Money>> {
    let mut sums: BTreeMap<ExpenseId, Money> = BTreeMap::new();
    for read in register {
        let sum = sums.entry(read.value.expense_id).or_default();
        *sum = sum.checked_add(read.value.takes())?;
    }
    Ok(sums)
}

/// Irregularities whose amount a claim still has to take back, by expense.
pub(super) fn open(register: Vec<Versioned<Irregularity>>) -> BTreeMap<ExpenseId, Vec<Versioned<Irregularity>>> {
    let mut open: BTreeMap<ExpenseId, Vec<Versioned<Irregularity>>> = BTreeMap::new();
    for read in register {
        if matches!(read.value.state, IrregularityState::Confirmed { .. }) {
            open.entry(read.value.expense_id).or_default().push(read);
        }
    }
    open
}

/// Those that a claim took back.
pub(super) async fn corrected_by(
    acting: &Acting,
    of: OperationId,
    claim: ClaimId,
) -> Outcome<Vec<Versioned<Irregularity>>> {
    let register = acting.scope.irregularities(of).await?;
    let own = |read: &Versioned<Irregularity>| matches!(read.value.state, IrregularityState::Corrected { claim_id, .. } if claim_id == claim);
    Ok(register.into_iter().filter(own).collect())
}

/// The subject of an irregularity's expense, for those who read the register.
pub async fn subjects(acting: &Acting, register: &[Versioned<Irregularity>]) -> Outcome<BTreeMap<ExpenseId, String>> {
    let mut subjects = BTreeMap::new();
    for read in register {
        if !subjects.contains_key(&read.value.expense_id) {
            let expense = expenses::read(acting, read.value.expense_id).await?.value.expense;
            subjects.insert(expense.id, expense.subject);
        }
    }
    Ok(subjects)
}

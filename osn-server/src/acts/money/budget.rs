//! Budget lines, reallocations by two people, commitments.

use osn_core::expenditure::{
    BudgetLine, Category, Commitment, CommitmentState, FlatRate, Reallocation, ReallocationError, ReallocationEvent,
    ReallocationState, line_faults,
};
use osn_core::id::{BudgetLineId, CommitmentId, OperationId, ReallocationId};
use osn_core::identifier::Ada;
use osn_core::lang::LocalText;
use osn_core::money::Money;
use osn_core::operation::Operation;
use osn_core::state::Machine as _;
use osn_store::Versioned;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{operation, refused};
use crate::acts::{Acting, Saved, entry};
use crate::auth::Right;
use crate::refusal::{FieldError, Outcome, Refusal};
use crate::shapes;

/// A line to keep.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLine {
    /// Code within the operation.
    pub code: String,
    /// Name.
    #[schemars(with = "shapes::LocalText")]
    pub name: LocalText,
    /// Work package.
    pub work_package: String,
    /// Category of the grid, e.g. `A4`.
    #[schemars(with = "String")]
    pub category: Category,
    /// `actual`, `unit`, `lump`, `flat`.
    pub form: String,
    /// Year.
    #[serde(default)]
    pub year: Option<i32>,
    /// Amount of one unit.
    #[serde(default)]
    #[schemars(with = "Option<shapes::Money>")]
    pub unit_cost: Option<Money>,
    /// The rate of a flat line: `indirect7`, `indirect15`, `indirect25`, `staff20`, `remaining40`, `food-handling`,
    /// `food-measures`. Its amounts are computed.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub rate: Option<FlatRate>,
    /// The deliverable of a lump line, by its code: the sum is due once it is accepted.
    #[serde(default)]
    pub deliverable: Option<String>,
    /// The indicator of the operation that a line of unit costs counts, or whose target a lump line waits for, by its code.
    #[serde(default)]
    pub indicator: Option<String>,
    /// Amount.
    #[schemars(with = "shapes::Money")]
    pub amount: Money,
}

/// Adds a line to the budget.
pub async fn add_line(acting: &Acting, of: OperationId, new: NewLine) -> Outcome<Saved<BudgetLine>> {
    acting.require(Right::KeepExpenses)?;
    let operation = operation(acting, of).await?.value;
    let mut errors = Vec::new();
    if new.code.trim().is_empty() {
        errors.push(FieldError::new("/code", "required"));
    }
    if !["actual", "unit", "lump", "flat"].contains(&new.form.as_str()) {
        errors.push(FieldError::new("/form", "unknown-option"));
    }
    if !new.amount.is_positive() {
        errors.push(FieldError::new("/amount", "not-positive"));
    }
    if new.form == "flat" && new.rate.is_none() {
        errors.push(FieldError::new("/rate", "required"));
    }
    if let Some(code) = &new.deliverable
        && (new.form != "lump" || !operation.deliverables.iter().any(|part| part.code == *code))
    {
        errors.push(FieldError::new("/deliverable", "unknown-record"));
    }
    errors.extend(indicator_faults(&new, &operation));
    let line = BudgetLine {
        id: acting.app.new_id(BudgetLineId::new),
        operation_id: of,
        code: new.code.trim().to_owned(),
        name: new.name,
        work_package: new.work_package,
        category: new.category,
        form: new.form,
        year: new.year,
        unit_cost: new.unit_cost,
        rate: new.rate,
        deliverable: new.deliverable,
        indicator: new.indicator,
        approved: new.amount,
        amount: new.amount,
    };
    let known = acting.scope.budget(of).await?;
    let others: Vec<&BudgetLine> = known.iter().map(|read| &read.value).collect();
    errors.extend(refused(&line_faults(&line, &others, operation.regime))?);
    if !errors.is_empty() {
        return Err(Refusal::invalid("request.invalid", errors));
    }
    let mut tx = acting.begin("budget.line").await?;
    tx.insert_budget_line(&line).await?;
    let details = serde_json::json!({ "operation": of, "code": line.code, "amount": line.amount.to_string() });
    tx.journal(entry("budget.line", "budget-line", line.id.uuid(), details));
    let saved = Saved {
        value: line,
        version: 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

/// What cannot be of a line that settles from an indicator.
fn indicator_faults(new: &NewLine, operation: &Operation) -> Vec<FieldError> {
    let Some(code) = &new.indicator else { return Vec::new() };
    let mut errors = Vec::new();
    let known = operation.indicators.iter().find(|known| known.code == *code);
    match (known, new.form.as_str()) {
        (None, _) => errors.push(FieldError::new("/indicator", "unknown-record")),
        (Some(_), "unit") => {
            if !new.unit_cost.is_some_and(Money::is_positive) {
                errors.push(FieldError::new("/unit_cost", "required"));
            }
        }
        (Some(known), "lump") => {
            if known.target.is_none() {
                errors.push(FieldError::new("/indicator", "indicator-no-target"));
            }
            if new.deliverable.is_some() {
                errors.push(FieldError::new("/indicator", "one-aim"));
            }
        }
        (Some(_), _) => errors.push(FieldError::new("/indicator", "indicator-form")),
    }
    errors
}

/// The lines of an operation.
pub async fn lines(acting: &Acting, of: OperationId) -> Outcome<Vec<Versioned<BudgetLine>>> {
    acting.require(Right::SeeMoney)?;
    Ok(acting.scope.budget(of).await?)
}

/// Money to move.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReallocation {
    /// From this line.
    #[schemars(with = "uuid::Uuid")]
    pub from: BudgetLineId,
    /// To this line.
    #[schemars(with = "uuid::Uuid")]
    pub to: BudgetLineId,
    /// This much.
    #[schemars(with = "shapes::Money")]
    pub amount: Money,
    /// Why.
    pub reason: String,
    /// Number of the amended decision, beyond the margin.
    #[serde(default)]
    pub amendment: Option<String>,
}

/// What a line has free: neither committed nor declared.
pub(super) async fn free(acting: &Acting, line: &BudgetLine) -> Outcome<Money> {
    let committed = acting.scope.commitments(line.operation_id).await?;
    let committed = committed
        .iter()
        .map(|row| &row.value)
        .filter(|row| row.budget_line_id == line.id && row.state == CommitmentState::Active)
        .map(|row| row.amount);
    let declared = acting.scope.operation_expenses(line.operation_id).await?;
    let declared = declared
        .iter()
        .filter(|row| row.value.expense.budget_line_id == Some(line.id))
        .filter_map(|row| row.value.expense.declared().ok());
    // What is committed pays what is declared: the larger of both is not free.
    let used = Money::checked_sum(committed)?.max(Money::checked_sum(declared)?);
    Ok(line.amount.checked_sub(used)?)
}

/// One person asks money to move.
pub async fn propose(acting: &Acting, of: OperationId, new: NewReallocation) -> Outcome<Saved<Reallocation>> {
    let by = acting.require(Right::KeepExpenses)?.id;
    let operation = operation(acting, of).await?.value;
    let lines = acting.scope.budget(of).await?;
    let line = |id: BudgetLineId, path: &str| {
        let found = lines.iter().find(|line| line.value.id == id);
        found
            .map(|line| &line.value)
            .ok_or_else(|| Refusal::field(path, "unknown-record"))
    };
    let (from, _) = (line(new.from, "/from")?, line(new.to, "/to")?);
    if new.reason.trim().is_empty() {
        return Err(Refusal::field("/reason", "required"));
    }
    let typed = new.amendment.as_deref().map(str::trim).filter(|ada| !ada.is_empty());
    let amendment = typed.map(Ada::parse).transpose().map_err(|error| {
        let error = FieldError::new("/amendment", error.code()).saying(error.text());
        Refusal::invalid("request.invalid", vec![error])
    })?;
    let moved = acting.scope.reallocations(of).await?;
    let moved = moved
        .iter()
        .map(|row| &row.value)
        .filter(|row| row.from == new.from && !matches!(row.state, ReallocationState::Rejected { .. }))
        .map(|row| row.amount);
    let moved = Money::checked_sum(moved)?;
    let reallocation = Reallocation {
        id: acting.app.new_id(ReallocationId::new),
        operation_id: of,
        from: new.from,
        to: new.to,
        amount: new.amount,
        reason: new.reason,
        amendment,
        state: ReallocationState::Proposed { by },
    };
    reallocation.check(from, free(acting, from).await?, moved, operation.reallocation_margin)?;
    let mut tx = acting.begin("budget.propose").await?;
    tx.insert_reallocation(&reallocation).await?;
    let details =
        serde_json::json!({ "operation": of, "from": new.from, "to": new.to, "amount": new.amount.to_string() });
    tx.journal(entry("budget.propose", "reallocation", reallocation.id.uuid(), details));
    let saved = Saved {
        value: reallocation,
        version: 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

/// Another person lets it move, or not.
pub async fn decide(acting: &Acting, id: ReallocationId, agree: bool) -> Outcome<Saved<Reallocation>> {
    let by = acting.require(Right::ApproveMoney)?.id;
    let read = acting
        .scope
        .reallocation(id)
        .await?
        .ok_or_else(|| Refusal::not_found("reallocation.unknown"))?;
    acting.check_version(read.version)?;
    let mut reallocation = read.value;
    if matches!(&reallocation.state, ReallocationState::Proposed { by: maker } if *maker == by) {
        return Err(Refusal::conflict("money.same-person"));
    }
    let event = if agree {
        ReallocationEvent::Approve { by, at: acting.now }
    } else {
        ReallocationEvent::Reject { by, at: acting.now }
    };
    reallocation.state = reallocation.state.apply(&event)?;
    let mut moved = Vec::new();
    if agree {
        let lines = acting.scope.budget(reallocation.operation_id).await?;
        for (id, gives) in [(reallocation.from, true), (reallocation.to, false)] {
            let line = lines
                .iter()
                .find(|line| line.value.id == id)
                .ok_or_else(|| Refusal::internal("a reallocation names no line"))?;
            let mut changed = line.value.clone();
            if gives {
                let free = free(acting, &changed).await?;
                if free < reallocation.amount {
                    return Err(ReallocationError::NotThere { left: free }.into());
                }
                changed.amount = changed.amount.checked_sub(reallocation.amount)?;
            } else {
                changed.amount = changed.amount.checked_add(reallocation.amount)?;
            }
            moved.push((changed, line.version));
        }
    }
    let mut tx = acting.begin("budget.decide").await?;
    tx.update_reallocation(&reallocation, read.version).await?;
    for (line, version) in &moved {
        tx.update_budget_line(line, *version).await?;
    }
    let details = serde_json::json!({ "state": reallocation.state.name(), "amount": reallocation.amount.to_string() });
    tx.journal(entry("budget.decide", "reallocation", id.uuid(), details));
    let saved = Saved {
        value: reallocation,
        version: read.version + 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

/// Reallocations of an operation.
pub async fn reallocations(acting: &Acting, of: OperationId) -> Outcome<Vec<Versioned<Reallocation>>> {
    acting.require(Right::SeeMoney)?;
    Ok(acting.scope.reallocations(of).await?)
}

/// A commitment to keep.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCommitment {
    /// The line.
    #[schemars(with = "uuid::Uuid")]
    pub budget_line_id: BudgetLineId,
    /// Number of its posting.
    pub ada: String,
    /// When it was decided.
    pub decided_on: chrono::NaiveDate,
    /// For what.
    pub subject: String,
    /// How much.
    #[schemars(with = "shapes::Money")]
    pub amount: Money,
}

/// Records a commitment within what its line has free.
pub async fn commit(acting: &Acting, of: OperationId, new: NewCommitment) -> Outcome<Saved<Commitment>> {
    let by = acting.require(Right::KeepExpenses)?.id;
    let line = acting
        .scope
        .budget_line(new.budget_line_id)
        .await?
        .filter(|line| line.value.operation_id == of)
        .ok_or_else(|| Refusal::field("/budget_line_id", "unknown-record"))?
        .value;
    let mut errors = Vec::new();
    let ada =
        Ada::parse(&new.ada).map_err(|error| errors.push(FieldError::new("/ada", error.code()).saying(error.text())));
    let committed = acting.scope.commitments(of).await?;
    let committed = committed
        .iter()
        .map(|row| &row.value)
        .filter(|row| row.budget_line_id == line.id && row.state == CommitmentState::Active)
        .map(|row| row.amount);
    let left = line.amount.checked_sub(Money::checked_sum(committed)?)?;
    if !new.amount.is_positive() {
        errors.push(FieldError::new("/amount", "not-positive"));
    } else if new.amount > left {
        errors.push(FieldError::new("/amount", "beyond-line").with("left", left));
    }
    let (Ok(ada), true) = (ada, errors.is_empty()) else {
        return Err(Refusal::invalid("request.invalid", errors));
    };
    let commitment = Commitment {
        id: acting.app.new_id(CommitmentId::new),
        operation_id: of,
        budget_line_id: line.id,
        ada,
        decided_on: new.decided_on,
        subject: new.subject,
        amount: new.amount,
        by,
        state: CommitmentState::Active,
    };
    let mut tx = acting.begin("budget.commit").await?;
    tx.insert_commitment(&commitment).await?;
    let details =
        serde_json::json!({ "line": line.id, "ada": commitment.ada, "amount": commitment.amount.to_string() });
    tx.journal(entry("budget.commit", "commitment", commitment.id.uuid(), details));
    let saved = Saved {
        value: commitment,
        version: 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

/// Releases a commitment: the money is free again.
pub async fn release(acting: &Acting, id: CommitmentId) -> Outcome<Saved<Commitment>> {
    acting.require(Right::KeepExpenses)?;
    let read = acting
        .scope
        .commitment(id)
        .await?
        .ok_or_else(|| Refusal::not_found("commitment.unknown"))?;
    acting.check_version(read.version)?;
    let mut commitment = read.value;
    if commitment.state == CommitmentState::Released {
        return Err(Refusal::conflict("commitment.released"));
    }
    commitment.state = CommitmentState::Released;
    let mut tx = acting.begin("budget.release").await?;
    tx.update_commitment(&commitment, read.version).await?;
    tx.journal(entry("budget.release", "commitment", id.uuid(), serde_json::json!({})));
    let saved = Saved {
        value: commitment,
        version: read.version + 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

/// Commitments of an operation.
pub async fn commitments(acting: &Acting, of: OperationId) -> Outcome<Vec<Versioned<Commitment>>> {
    acting.require(Right::SeeMoney)?;
    Ok(acting.scope.commitments(of).await?)
}

impl From<ReallocationError> for Refusal {
    fn from(error: ReallocationError) -> Self {
        match error {
            ReallocationError::NotPositive => Self::field("/amount", "not-positive"),
            ReallocationError::SameLine => Self::field("/to", "same-line"),
            ReallocationError::NotThere { left } => {
                let error = FieldError::new("/amount", "beyond-line").with("left", left);
                Self::invalid("request.invalid", vec![error])
            }
            ReallocationError::BeyondMargin { most } => {
                let error = FieldError::new("/amendment", "beyond-margin").with("most", most);
                Self::invalid("request.invalid", vec![error])
            }
            ReallocationError::Money(error) => error.into(),
        }
    }
}

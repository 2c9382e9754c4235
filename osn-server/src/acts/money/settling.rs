//! Flat rates, unit costs and lump sums settle themselves: what each line of them has due, and the expenses that declare it.
//!
//! A rate is computed on what other people approved of its base; a unit cost on what its indicator counted; a lump sum is due
//! once its deliverable is accepted or the target of its indicator reached. Settled amounts are expenses like all others: judged at once, approved by another person, judged again at the claim.

use chrono::NaiveDate;
use osn_core::expenditure::{
    Allocation, BudgetLine, CostForm, Document, DocumentKind, Expense, FlatRate, FlatSum, Measured, Share, base_of,
    flat_sum, unit_sum,
};
use osn_core::id::{BudgetLineId, ExpenseId, OperationId};
use osn_core::lang::LocalText;
use osn_core::money::Money;
use osn_core::operation::Deliverable;
use osn_core::state::Machine as _;
use osn_core::time::Period;
use osn_store::ExpenseRow;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::expenses::{self, ExpenseView};
use super::judging::Ground;
use super::national::Words;
use super::{operation, rules};
use crate::acts::Acting;
use crate::auth::Right;
use crate::refusal::{Outcome, Refusal};
use crate::shapes;

/// A line of flat rates, unit costs or lump sums with what it has due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LineDue {
    /// The line.
    #[schemars(with = "uuid::Uuid")]
    pub budget_line_id: BudgetLineId,
    /// The operation.
    #[schemars(with = "uuid::Uuid")]
    pub operation_id: OperationId,
    /// Its code.
    pub code: String,
    /// Its name.
    #[schemars(with = "shapes::LocalText")]
    pub name: LocalText,
    /// `flat`, `unit`, `lump`.
    pub form: String,
    /// `due`; `settled`: nothing is left; `waiting`: for its base, for something to arrive, for its deliverable to be accepted or
    /// for its target; `no-room`: the line is used up; `unsaid`: the line names no rate, indicator or deliverable, or the period
    /// knows no such rate.
    pub state: String,
    /// The rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub rate: Option<FlatRate>,
    /// The same in per cent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub percent: Option<Share>,
    /// What the rate is computed on: approved and eligible.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<shapes::Money>")]
    pub base: Option<Money>,
    /// The deliverable of a lump sum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deliverable: Option<String>,
    /// When it was accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted_on: Option<NaiveDate>,
    /// The indicator of a unit cost or a lump sum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub indicator: Option<String>,
    /// What it has reached, in its units; whoever is a unit counts once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measured: Option<u64>,
    /// What it is to reach.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<u64>,
    /// What one unit costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<shapes::Money>")]
    pub unit_cost: Option<Money>,
    /// Units that are due now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub units: Option<u32>,
    /// All that the rate makes of its base, that was counted at its unit cost, or the lump sum.
    #[schemars(with = "shapes::Money")]
    pub most: Money,
    /// Declared before.
    #[schemars(with = "shapes::Money")]
    pub before: Money,
    /// Due now, within what the line has left.
    #[schemars(with = "shapes::Money")]
    pub due: Money,
}

/// What a person says to settle.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settle {
    /// The sub-project that declares it.
    pub sub_project: String,
}

/// What was declared.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Settled {
    /// An expense for each line, in the order of their codes.
    pub items: Vec<ExpenseView>,
}

/// What every line of flat rates, unit costs and lump sums has due.
pub async fn due(acting: &Acting, of: OperationId) -> Outcome<Vec<LineDue>> {
    acting.require(Right::SeeMoney)?;
    let ground = ground(acting, of).await?;
    let lines = acting.scope.budget(of).await?;
    let settles = lines.into_iter().map(|read| read.value).filter(settles);
    settles.map(|line| of_line(acting, &ground, &line)).collect()
}

fn settles(line: &BudgetLine) -> bool {
    match line.form.as_str() {
        "flat" | "lump" => true,
        // Units of deliveries are declared by hand: which of them a line pays, a person says.
        "unit" => line.indicator.is_some(),
        _ => false,
    }
}

/// The operation's expenses, of which only what was approved is a base.
async fn ground(acting: &Acting, of: OperationId) -> Outcome<Ground> {
    let mut ground = Ground::of(acting, operation(acting, of).await?.value).await?;
    counted(&mut ground)?;
    Ok(ground)
}

fn counted(ground: &mut Ground) -> Outcome<()> {
    ground.count(|row| if counts(row) { row.eligible } else { Money::ZERO })
}

/// A cost that waits for approval is no base yet; what was settled before is settled, approved or not.
fn counts(row: &ExpenseRow) -> bool {
    row.state.name() != "entered" || matches!(row.expense.form, CostForm::Flat { .. })
}

fn of_line(acting: &Acting, ground: &Ground, line: &BudgetLine) -> Outcome<LineDue> {
    let mut due = LineDue {
        budget_line_id: line.id,
        operation_id: line.operation_id,
        code: line.code.clone(),
        name: line.name.clone(),
        form: line.form.clone(),
        state: "unsaid".to_owned(),
        rate: line.rate,
        percent: None,
        base: None,
        deliverable: line.deliverable.clone(),
        accepted_on: None,
        indicator: line.indicator.clone(),
        measured: None,
        target: None,
        unit_cost: line.unit_cost.filter(|_| line.form == "unit"),
        units: None,
        most: Money::ZERO,
        before: Money::ZERO,
        due: Money::ZERO,
    };
    let left = ground.left_of(line.id)?;
    match line.form.as_str() {
        "flat" => rate_due(acting, ground, line, left, &mut due)?,
        "unit" => units_due(ground, line, left, &mut due)?,
        _ => lump_due(acting, ground, line, left, &mut due)?,
    }
    Ok(due)
}

fn rate_due(acting: &Acting, ground: &Ground, line: &BudgetLine, left: Money, due: &mut LineDue) -> Outcome<()> {
    let Some(sum) = sum_of(acting, ground, line)? else {
        return Ok(());
    };
    (due.percent, due.base) = (Some(sum.percent()), Some(sum.base));
    (due.most, due.before) = (sum.most, sum.before);
    due.due = sum.left().min(left).max(Money::ZERO);
    due.state = state(sum.left(), due.due, sum.base.is_positive());
    Ok(())
}

/// What an indicator counted and nobody declared yet, in whole units.
fn units_due(ground: &Ground, line: &BudgetLine, left: Money, due: &mut LineDue) -> Outcome<()> {
    let (Some((measured, before)), Some(cost)) = (measured_of(ground, line), line.unit_cost) else {
        return Ok(());
    };
    let sum = unit_sum(cost, measured.value, *before, left)?;
    (due.measured, due.target, due.units) = (Some(measured.value), measured.target, Some(sum.units));
    due.before = line.amount.checked_sub(left)?;
    (due.most, due.due) = (due.before.checked_add(sum.open)?, sum.amount);
    due.state = state(sum.open, due.due, measured.value > 0);
    Ok(())
}

/// A lump sum: all of it when its aim is achieved, nothing before.
fn lump_due(acting: &Acting, ground: &Ground, line: &BudgetLine, left: Money, due: &mut LineDue) -> Outcome<()> {
    let achieved = if let Some((measured, _)) = measured_of(ground, line) {
        (due.measured, due.target) = (Some(measured.value), measured.target);
        measured.is_reached()
    } else if let Some(deliverable) = deliverable_of(ground, line) {
        let on = acting.zone().day(acting.now);
        due.accepted_on = deliverable.accepted_on.filter(|accepted| *accepted <= on);
        due.accepted_on.is_some()
    } else {
        return Ok(());
    };
    (due.most, due.before) = (line.amount, line.amount.checked_sub(left)?);
    let open = if achieved { left } else { Money::ZERO };
    due.due = open.max(Money::ZERO);
    due.state = state(open, due.due, achieved);
    Ok(())
}

fn state(open: Money, due: Money, begun: bool) -> String {
    let name = match (due.is_positive(), open.is_positive(), begun) {
        (true, ..) => "due",
        (false, true, _) => "no-room",
        (false, false, true) => "settled",
        (false, false, false) => "waiting",
    };
    name.to_owned()
}

fn deliverable_of<'g>(ground: &'g Ground, line: &BudgetLine) -> Option<&'g Deliverable> {
    let code = line.deliverable.as_ref()?;
    ground.operation.deliverables.iter().find(|part| part.code == *code)
}

fn measured_of<'g>(ground: &'g Ground, line: &BudgetLine) -> Option<&'g (Measured, u64)> {
    ground.measured(line.indicator.as_ref()?)
}

fn sum_of(acting: &Acting, ground: &Ground, line: &BudgetLine) -> Outcome<Option<FlatSum>> {
    let Some(rate) = line.rate else { return Ok(None) };
    let expense = expense(acting, ground, line, Money::ZERO, 0)?;
    let p = rules()?.parameters(ground.operation.regime);
    Ok(flat_sum(rate, expense.incurred_on(), p, &ground.sums(&expense))?)
}

/// The expense that declares this amount of a line, and of a unit cost so many units.
fn expense(acting: &Acting, ground: &Ground, line: &BudgetLine, amount: Money, units: u32) -> Outcome<Expense> {
    let on = acting.zone().day(acting.now);
    let document = Document {
        kind: DocumentKind::Simplified,
        number: line.code.clone(),
        issued_on: on,
        net: amount,
        vat: Money::ZERO,
        gross: amount,
        currency: Money::CURRENCY.to_owned(),
    };
    let id = acting.app.new_id(ExpenseId::new);
    let mut expense = Expense::of(id, line.operation_id, line.category, document);
    expense.work_package.clone_from(&line.work_package);
    expense.budget_line_id = Some(line.id);
    line.name.get("el").clone_into(&mut expense.subject);
    if let Some(rate) = line.rate {
        let base = base_of(rate, rules()?.parameters(ground.operation.regime));
        expense.dates.carried_out = days_of(ground, |row| base.contains(&row.expense.category));
        expense.form = CostForm::Flat { rate, base };
    } else if let Some((measured, _)) = measured_of(ground, line) {
        of_indicator(&mut expense, line, measured, units);
    } else if let Some(deliverable) = deliverable_of(ground, line) {
        let accepted = deliverable.accepted_on;
        expense.deliverable = Some(deliverable.code.clone());
        expense.dates.accepted = accepted;
        expense.dates.carried_out = accepted.map(|day| Period {
            from: day,
            to: Some(day),
        });
        expense.form = CostForm::Lump {
            milestone: deliverable.code.clone(),
            achieved: true,
        };
    }
    Ok(expense)
}

/// An expense that is settled from an indicator: from when to when it was counted, and which part of it went to which action.
fn of_indicator(expense: &mut Expense, line: &BudgetLine, measured: &Measured, units: u32) {
    expense.indicator = Some(measured.code.clone());
    expense.dates.carried_out = measured.days;
    expense.form = match line.unit_cost.filter(|_| line.form == "unit") {
        Some(unit_cost) => CostForm::Unit {
            quantity: units,
            unit_cost,
        },
        None => CostForm::Lump {
            milestone: measured.code.clone(),
            achieved: measured.is_reached(),
        },
    };
    let part = |(action, share)| Allocation {
        share,
        action_id: Some(action),
        deliverable: None,
        delivery_id: None,
        instalment: None,
    };
    expense.allocations = measured.parts().into_iter().map(part).collect();
}

/// From the first to the last day on which the costs of a base were incurred.
fn days_of(ground: &Ground, is_base: impl Fn(&ExpenseRow) -> bool) -> Option<Period> {
    let rows = ground.expenses.values().map(|read| &read.value);
    let days: Vec<NaiveDate> = rows
        .filter(|row| counts(row) && is_base(row) && !row.expense.is_credit())
        .map(|row| row.expense.incurred_on())
        .collect();
    let (from, to) = (days.iter().min()?, days.iter().max()?);
    Some(Period {
        from: *from,
        to: Some(*to),
    })
}

/// Declares everything that is due: one expense for each line, judged like any other, all of them or none.
pub async fn settle(acting: &Acting, of: OperationId, how: Settle) -> Outcome<Settled> {
    acting.require(Right::KeepExpenses)?;
    let mut ground = ground(acting, of).await?;
    if !ground
        .operation
        .sub_projects
        .iter()
        .any(|part| part.code == how.sub_project)
    {
        return Err(Refusal::field("/sub_project", "unknown-record"));
    }
    let words = Words::of(acting).await?;
    let (mut made, mut views) = (Vec::new(), Vec::new());
    for line in acting.scope.budget(of).await?.into_iter().map(|read| read.value) {
        if !settles(&line) {
            continue;
        }
        let due = of_line(acting, &ground, &line)?;
        if due.state != "due" {
            continue;
        }
        let mut expense = expense(acting, &ground, &line, due.due, due.units.unwrap_or_default())?;
        expense.sub_project.clone_from(&how.sub_project);
        let (row, judged) = expenses::prepare(acting, &ground, expense).await?;
        ground.add(row.clone(), acting.now)?;
        counted(&mut ground)?;
        views.push(expenses::view(&words, &row, &judged)?);
        made.push((row, judged));
    }
    if made.is_empty() {
        return Err(Refusal::conflict("settlement.nothing"));
    }
    let mut tx = acting.begin("expense.settle").await?;
    for (row, judged) in &made {
        expenses::insert(acting, &mut tx, row, judged).await?;
    }
    let settled = Settled { items: views };
    acting.commit(tx, &settled).await?;
    Ok(settled)
}

//! Flat rates and lump sums settle themselves: what each line of them has due, and the expenses that declare it.
//!
//! A rate is computed on what other people approved of its base; a lump sum is due once its deliverable is accepted. Settled
//! amounts are expenses like all others: judged at once, approved by another person, judged again at the claim.

use chrono::NaiveDate;
use osn_core::expenditure::{
    BudgetLine, CostForm, Document, DocumentKind, Expense, FlatRate, FlatSum, Share, base_of, flat_sum,
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

/// A line of flat rates or lump sums with what it has due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LineDue {
    /// The line.
    #[schemars(with = "uuid::Uuid")]
    pub budget_line_id: BudgetLineId,
    /// Its code.
    pub code: String,
    /// Its name.
    #[schemars(with = "shapes::LocalText")]
    pub name: LocalText,
    /// `flat`, `lump`.
    pub form: String,
    /// `due`; `settled`: nothing is left; `waiting`: for its base, or for its deliverable to be accepted; `no-room`: the line is
    /// used up; `unsaid`: the line names no rate or no deliverable, or the period knows no such rate.
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
    /// All that the rate makes of its base, or the lump sum.
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

/// What every line of flat rates and lump sums has due.
pub async fn due(acting: &Acting, of: OperationId) -> Outcome<Vec<LineDue>> {
    acting.require(Right::SeeMoney)?;
    let ground = ground(acting, of).await?;
    let lines = acting.scope.budget(of).await?;
    let settles = lines.into_iter().map(|read| read.value).filter(settles);
    settles.map(|line| of_line(acting, &ground, &line)).collect()
}

fn settles(line: &BudgetLine) -> bool {
    line.form == "flat" || line.form == "lump"
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
        code: line.code.clone(),
        name: line.name.clone(),
        form: line.form.clone(),
        state: "unsaid".to_owned(),
        rate: line.rate,
        percent: None,
        base: None,
        deliverable: line.deliverable.clone(),
        accepted_on: None,
        most: Money::ZERO,
        before: Money::ZERO,
        due: Money::ZERO,
    };
    let left = ground.left_of(line.id)?;
    if line.form == "flat" {
        let Some(sum) = sum_of(acting, ground, line)? else {
            return Ok(due);
        };
        (due.percent, due.base) = (Some(sum.percent()), Some(sum.base));
        (due.most, due.before) = (sum.most, sum.before);
        due.due = sum.left().min(left).max(Money::ZERO);
        due.state = state(sum.left(), due.due, sum.base.is_positive());
    } else if let Some(deliverable) = deliverable_of(ground, line) {
        let on = acting.zone().day(acting.now);
        let accepted = deliverable.accepted_on.filter(|accepted| *accepted <= on);
        due.accepted_on = accepted;
        (due.most, due.before) = (line.amount, line.amount.checked_sub(left)?);
        let open = if accepted.is_some() { left } else { Money::ZERO };
        due.due = open.max(Money::ZERO);
        due.state = state(open, due.due, accepted.is_some());
    }
    Ok(due)
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

fn sum_of(acting: &Acting, ground: &Ground, line: &BudgetLine) -> Outcome<Option<FlatSum>> {
    let Some(rate) = line.rate else { return Ok(None) };
    let expense = expense(acting, ground, line, Money::ZERO)?;
    let p = rules()?.parameters(ground.operation.regime);
    Ok(flat_sum(rate, expense.incurred_on(), p, &ground.sums(&expense))?)
}

/// The expense that declares what a line has due.
fn expense(acting: &Acting, ground: &Ground, line: &BudgetLine, amount: Money) -> Outcome<Expense> {
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
        let mut expense = expense(acting, &ground, &line, due.due)?;
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

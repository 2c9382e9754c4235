//! What if an action were approved: what its lines would have free, what the rules on expenditure say about each planned amount,
//! what absorption would become. Nothing is kept.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, NaiveDate};
use osn_core::expenditure::{
    AwardPath, BudgetLine, Category, Contract, ContractKind, CostForm, Document, DocumentKind, Expense, ExpenseState,
    Nature, Share, Stage, base_of,
};
use osn_core::id::{AccountId, BudgetLineId, ContractId, ExpenseId, OperationId, SupplierId};
use osn_core::identifier::Adam;
use osn_core::lang::LocalText;
use osn_core::money::Money;
use osn_core::time::Period;
use osn_store::ExpenseRow;
use rust_decimal::prelude::ToPrimitive as _;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::board::{self, Board};
use super::budget;
use super::expenses::JudgementView;
use super::judging::{Ground, Judged};
use super::national::Words;
use super::{operation, rules};
use crate::acts::Acting;
use crate::auth::Right;
use crate::refusal::{FieldError, Outcome, Refusal};
use crate::shapes;

/// Planned amounts that one question may hold.
const MOST_ITEMS: usize = 100;
/// Months over which one amount may be spread.
const MOST_MONTHS: u32 = 240;

/// The money of an action that nobody has approved yet.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ActionPlan {
    /// When the action would run.
    #[schemars(with = "shapes::Period")]
    pub period: Period,
    /// The sub-project that would declare it.
    pub sub_project: String,
    /// What it would cost, by line and category.
    pub items: Vec<PlannedAmount>,
}

/// An amount of the plan.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedAmount {
    /// The budget line that would pay it.
    #[schemars(with = "uuid::Uuid")]
    pub budget_line_id: BudgetLineId,
    /// Category of the grid; absent, the line's.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub category: Option<Category>,
    /// For what; no names.
    pub subject: String,
    /// How much, as it would be declared.
    #[schemars(with = "shapes::Money")]
    pub amount: Money,
    /// When it would be spent; absent, over the whole action.
    #[serde(default)]
    #[schemars(with = "Option<shapes::Period>")]
    pub period: Option<Period>,
    /// What would be bought, where the law treats it apart: `food`, `equipment`, `land` and others.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub nature: Option<Nature>,
    /// The contract that would pay it, where one is on record.
    #[serde(default)]
    #[schemars(with = "Option<uuid::Uuid>")]
    pub contract_id: Option<ContractId>,
    /// How it would be awarded, where no contract is on record yet: judged as if that were done, published and signed as the
    /// law asks. Without it, it is bought without a contract.
    #[serde(default)]
    pub award: Option<PlannedAward>,
}

/// An award that is still to come.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedAward {
    /// `goods`, `services`, `social-services`, `works`, `ict`, `consulting`.
    #[schemars(with = "String")]
    pub kind: ContractKind,
    /// `direct`, `open`, `negotiated`, `framework`.
    #[schemars(with = "String")]
    pub path: AwardPath,
}

/// The number under which an award to come is taken to be published.
const TO_COME: &str = "99AWRD999999999";

/// What a line would have left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LineAfter {
    /// The line.
    #[schemars(with = "uuid::Uuid")]
    pub budget_line_id: BudgetLineId,
    /// Its code.
    pub code: String,
    /// Its name.
    #[schemars(with = "shapes::LocalText")]
    pub name: LocalText,
    /// Free now: neither committed nor declared.
    #[schemars(with = "shapes::Money")]
    pub free: Money,
    /// What the action plans on it.
    #[schemars(with = "shapes::Money")]
    pub planned: Money,
    /// Free with the action; negative where the line does not have it.
    #[schemars(with = "shapes::Money")]
    pub left: Money,
}

/// A planned amount as the rules see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct JudgedAmount {
    /// The line.
    #[schemars(with = "uuid::Uuid")]
    pub budget_line_id: BudgetLineId,
    /// Category.
    pub category: String,
    /// For what.
    pub subject: String,
    /// Would it be eligible? Judged as if it were spent on the first day of its period, and on the last: the worse answer.
    pub judgement: JudgementView,
}

/// What was paid of the budget, or would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Absorption {
    /// Paid.
    #[schemars(with = "shapes::Money")]
    pub spent: Money,
    /// Eligible of it.
    #[schemars(with = "shapes::Money")]
    pub eligible: Money,
    /// What part of the budget is paid, in per cent; absent without a budget.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub share: Option<Share>,
}

/// A month of the curve with the plan in it: sums up to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PlannedPoint {
    /// `2022-09`.
    pub month: String,
    /// Paid up to then, without the action.
    #[schemars(with = "shapes::Money")]
    pub spent: Money,
    /// With the action, each amount spread evenly over the months of its period.
    #[schemars(with = "shapes::Money")]
    pub with_action: Money,
}

/// What would become of an operation's money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ActionWhatIf {
    /// The operation.
    #[schemars(with = "uuid::Uuid")]
    pub operation_id: OperationId,
    /// Its budget.
    #[schemars(with = "shapes::Money")]
    pub budget: Money,
    /// What the action plans.
    #[schemars(with = "shapes::Money")]
    pub planned: Money,
    /// What would be eligible of it.
    #[schemars(with = "shapes::Money")]
    pub eligible: Money,
    /// Whether every line has what is planned on it and nothing of it would be rejected.
    pub fits: bool,
    /// The lines that the plan names.
    pub lines: Vec<LineAfter>,
    /// The planned amounts, in their order.
    pub items: Vec<JudgedAmount>,
    /// Absorption now.
    pub now: Absorption,
    /// Absorption once the action is paid.
    pub after: Absorption,
    /// By month.
    pub curve: Vec<PlannedPoint>,
}

/// What if this action were approved?
pub async fn ask(acting: &Acting, of: OperationId, plan: ActionPlan) -> Outcome<ActionWhatIf> {
    acting.require(Right::SeeMoney)?;
    let operation = operation(acting, of).await?.value;
    let lines: BTreeMap<BudgetLineId, BudgetLine> = acting
        .scope
        .budget(of)
        .await?
        .into_iter()
        .map(|read| (read.value.id, read.value))
        .collect();
    check(&plan, &lines)?;
    let mut ground = Ground::of(acting, operation).await?;
    let words = Words::of(acting).await?;
    let (mut items, mut eligible) = (Vec::new(), Money::ZERO);
    for (number, item) in plan.items.iter().enumerate() {
        let Some(line) = lines.get(&item.budget_line_id) else {
            continue;
        };
        let (expense, judged) = judged(acting, &ground, &plan, (number, item), line).await?;
        eligible = eligible.checked_add(judged.judgement.eligible)?;
        items.push(JudgedAmount {
            budget_line_id: line.id,
            category: expense.category.name().to_owned(),
            subject: item.subject.clone(),
            judgement: JudgementView::of(&words, Stage::WhatIf.name(), &judged.judgement),
        });
        // The next amount is judged beside this one: ceilings and lines are used up once.
        ground.add(row(expense, &judged), acting.now)?;
    }
    let named = after(acting, &plan, &lines).await?;
    let planned = Money::checked_sum(plan.items.iter().map(|item| item.amount))?;
    let board = board::board(acting, of).await?;
    let rejected = items.iter().any(|item| item.judgement.outcome == "reject");
    Ok(ActionWhatIf {
        operation_id: of,
        budget: board.all.budget,
        planned,
        eligible,
        fits: !rejected && named.iter().all(|line| !line.left.is_negative()),
        lines: named,
        items,
        now: absorption(&board, Money::ZERO, Money::ZERO)?,
        after: absorption(&board, planned, eligible)?,
        curve: curve(&board, &plan)?,
    })
}

/// What no plan can be, each with its field.
fn check(plan: &ActionPlan, lines: &BTreeMap<BudgetLineId, BudgetLine>) -> Outcome<()> {
    let mut errors = Vec::new();
    let mut closed = |path: &str, period: &Period| match period.to {
        None => errors.push(FieldError::new(format!("{path}/to"), "required")),
        Some(to) if to < period.from || months(period).len() > usize::try_from(MOST_MONTHS).unwrap_or(0) => {
            errors.push(FieldError::new(format!("{path}/to"), "out-of-range"));
        }
        Some(_) => {}
    };
    closed("/period", &plan.period);
    for (number, item) in plan.items.iter().enumerate() {
        if let Some(period) = &item.period {
            closed(&format!("/items/{number}/period"), period);
        }
    }
    if plan.items.is_empty() {
        errors.push(FieldError::new("/items", "required"));
    } else if plan.items.len() > MOST_ITEMS {
        errors.push(FieldError::new("/items", "out-of-range"));
    }
    for (number, item) in plan.items.iter().enumerate() {
        if !lines.contains_key(&item.budget_line_id) {
            errors.push(FieldError::new(
                format!("/items/{number}/budget_line_id"),
                "unknown-record",
            ));
        }
        if !item.amount.is_positive() {
            errors.push(FieldError::new(format!("/items/{number}/amount"), "not-positive"));
        }
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Refusal::invalid("request.invalid", errors))
    }
}

/// What the paper of such a cost would be.
const fn kind_of(category: Category) -> DocumentKind {
    match category {
        Category::A1 => DocumentKind::Payroll,
        Category::A5d => DocumentKind::Depreciation,
        Category::A10 => DocumentKind::InKind,
        Category::B1 | Category::B2 | Category::B3 | Category::B4 | Category::B5 => DocumentKind::Simplified,
        _ => DocumentKind::Invoice,
    }
}

/// The form of cost of a line, for a planned amount of it.
fn form_of(ground: &Ground, line: &BudgetLine, amount: Money) -> Outcome<CostForm> {
    Ok(match (line.form.as_str(), line.unit_cost, line.rate) {
        ("unit", Some(unit_cost), _) if unit_cost.is_positive() => {
            let units = amount.as_decimal().checked_div(unit_cost.as_decimal());
            let quantity = units.and_then(|units| units.trunc().to_u32()).unwrap_or_default();
            CostForm::Unit { quantity, unit_cost }
        }
        ("lump", ..) => CostForm::Lump {
            milestone: line.deliverable.clone().unwrap_or_else(|| line.code.clone()),
            achieved: false,
        },
        ("flat", _, Some(rate)) => CostForm::Flat {
            rate,
            base: base_of(rate, rules()?.parameters(ground.operation.regime)),
        },
        _ => CostForm::Actual,
    })
}

/// The contract of an award to come.
fn awarded(acting: &Acting, expense: &Expense, award: PlannedAward, on: NaiveDate) -> Outcome<Contract> {
    Ok(Contract {
        id: acting.app.new_id(ContractId::new),
        operation_id: expense.operation_id,
        supplier_id: SupplierId::new(uuid::Uuid::nil()),
        subject: expense.subject.clone(),
        kind: award.kind,
        path: award.path,
        cpv: String::new(),
        value: expense.document.net,
        awarded_on: on,
        signed_on: Some(on),
        request_adam: None,
        award_adam: Some(Adam::parse(TO_COME).map_err(Refusal::internal)?),
        award_published_on: None,
        contract_adam: None,
        electronic: award.path != AwardPath::Direct,
        ministerial_act: false,
    })
}

/// A planned amount judged as if it were spent on the first and on the last day of its period; the worse answer.
async fn judged(
    acting: &Acting,
    ground: &Ground,
    plan: &ActionPlan,
    (number, item): (usize, &PlannedAmount),
    line: &BudgetLine,
) -> Outcome<(Expense, Judged)> {
    let period = item.period.unwrap_or(plan.period);
    let category = item.category.unwrap_or(line.category);
    let document = Document {
        kind: kind_of(category),
        number: (number + 1).to_string(),
        issued_on: period.from,
        net: item.amount,
        vat: Money::ZERO,
        gross: item.amount,
        currency: Money::CURRENCY.to_owned(),
    };
    let id = acting.app.new_id(ExpenseId::new);
    let mut expense = Expense::of(id, ground.operation.id, category, document);
    expense.sub_project.clone_from(&plan.sub_project);
    expense.work_package.clone_from(&line.work_package);
    expense.budget_line_id = Some(line.id);
    expense.subject.clone_from(&item.subject);
    expense.nature = item.nature.unwrap_or_default();
    expense.form = form_of(ground, line, item.amount)?;
    expense.contract_id = match (item.contract_id, item.award) {
        (None, Some(award)) => Some(ground.assume(awarded(acting, &expense, award, period.from)?)),
        (on_record, _) => on_record,
    };
    expense.dates.carried_out = Some(period).filter(|_| expense.form.is_simplified());
    ground.check(acting, &expense).map_err(|refusal| at(number, refusal))?;
    let first = ground.judge(acting, &expense, Stage::WhatIf).await;
    let first = first.map_err(|refusal| at(number, refusal))?;
    let days: BTreeSet<NaiveDate> = [period.from, period.to.unwrap_or(period.from)].into();
    let (Some(last), true) = (days.last(), days.len() > 1) else {
        return Ok((expense, first));
    };
    expense.document.issued_on = *last;
    let second = ground.judge(acting, &expense, Stage::WhatIf).await?;
    let weight = |judged: &Judged| (judged.judgement.outcome.weight(), judged.judgement.eligible);
    let ((heavy, most), (other, less)) = (weight(&first), weight(&second));
    let first_is_worse = heavy > other || (heavy == other && most < less);
    Ok((expense, if first_is_worse { first } else { second }))
}

/// What is wrong with an amount, at its place in the plan.
fn at(number: usize, refusal: Refusal) -> Refusal {
    if refusal.errors().is_empty() {
        return refusal;
    }
    let errors = refusal.errors().iter().map(|error| {
        let mut error = error.clone();
        error.path = match error.path.as_str() {
            "/sub_project" => "/sub_project".to_owned(),
            path if path.starts_with("/document") => format!("/items/{number}/amount"),
            path if path.starts_with("/form") => format!("/items/{number}/budget_line_id"),
            path => format!("/items/{number}{path}"),
        };
        error
    });
    Refusal::invalid("expense.invalid", errors.collect())
}

fn row(expense: Expense, judged: &Judged) -> ExpenseRow {
    ExpenseRow {
        expense,
        state: ExpenseState::Entered {
            by: AccountId::new(uuid::Uuid::nil()),
        },
        fingerprint: judged.fingerprint,
        eligible: judged.judgement.eligible,
        outcome: judged.judgement.outcome.name().to_owned(),
        claim_id: None,
    }
}

/// The lines that a plan names, by their codes.
async fn after(
    acting: &Acting,
    plan: &ActionPlan,
    lines: &BTreeMap<BudgetLineId, BudgetLine>,
) -> Outcome<Vec<LineAfter>> {
    let mut sums: BTreeMap<BudgetLineId, Money> = BTreeMap::new();
    for item in &plan.items {
        let sum = sums.entry(item.budget_line_id).or_default();
        *sum = sum.checked_add(item.amount)?;
    }
    let mut after = Vec::new();
    for (id, planned) in sums {
        let Some(line) = lines.get(&id) else { continue };
        let free = budget::free(acting, line).await?;
        after.push(LineAfter {
            budget_line_id: id,
            code: line.code.clone(),
            name: line.name.clone(),
            free,
            planned,
            left: free.checked_sub(planned)?,
        });
    }
    after.sort_by(|one, other| one.code.cmp(&other.code));
    Ok(after)
}

fn absorption(board: &Board, planned: Money, eligible: Money) -> Outcome<Absorption> {
    let spent = board.all.spent.checked_add(planned)?;
    Ok(Absorption {
        spent,
        eligible: board.all.eligible.checked_add(eligible)?,
        share: Share::of_whole(spent, board.all.budget),
    })
}

/// The months that a period touches, as `2022-09`.
fn months(period: &Period) -> Vec<String> {
    let number = |day: NaiveDate| day.year() * 12 + i32::try_from(day.month0()).unwrap_or(0);
    let (first, last) = (number(period.from), number(period.to.unwrap_or(period.from)));
    (first..=last)
        .take(usize::try_from(MOST_MONTHS).unwrap_or(0) + 1)
        .map(|month| format!("{:04}-{:02}", month.div_euclid(12), month.rem_euclid(12) + 1))
        .collect()
}

fn curve(board: &Board, plan: &ActionPlan) -> Outcome<Vec<PlannedPoint>> {
    let mut by_month: BTreeMap<String, Money> = BTreeMap::new();
    for item in &plan.items {
        let months = months(&item.period.unwrap_or(plan.period));
        let parts = item.amount.split(u32::try_from(months.len()).unwrap_or(1))?;
        for (month, part) in months.into_iter().zip(parts) {
            let sum = by_month.entry(month).or_default();
            *sum = sum.checked_add(part)?;
        }
    }
    let paid: BTreeMap<&str, Money> = board
        .curve
        .iter()
        .map(|point| (point.month.as_str(), point.spent))
        .collect();
    let every: BTreeSet<&str> = paid
        .keys()
        .copied()
        .chain(by_month.keys().map(String::as_str))
        .collect();
    let (mut spent, mut planned) = (Money::ZERO, Money::ZERO);
    let mut points = Vec::new();
    for month in every {
        spent = paid.get(month).copied().unwrap_or(spent);
        planned = planned.checked_add(by_month.get(month).copied().unwrap_or_default())?;
        points.push(PlannedPoint {
            month: month.to_owned(),
            spent,
            with_action: spent.checked_add(planned)?,
        });
    }
    Ok(points)
}

//! The board: budget, committed, spent, certified; the curve of absorption; papers that are missing.

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate};
use osn_core::expenditure::{BudgetLine, CommitmentState, Figures, Verdict, figures, retention_until};
use osn_core::id::{BudgetLineId, ExpenseId, OperationId};
use osn_core::money::Money;
use osn_core::operation::Operation;
use osn_core::state::Machine as _;
use osn_store::{ExpenseRow, Versioned};
use schemars::JsonSchema;
use serde::Serialize;

use super::national::Words;
use super::{FindingView, operation, rules};
use crate::acts::Acting;
use crate::auth::Right;
use crate::refusal::Outcome;
use crate::shapes;

/// A line with its figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LineFigures {
    /// The line.
    #[schemars(with = "shapes::BudgetLine")]
    pub line: BudgetLine,
    /// Its figures.
    #[schemars(with = "shapes::Figures")]
    pub figures: Figures,
}

/// A point of the curve: sums up to the end of a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Point {
    /// `2022-09`.
    pub month: String,
    /// Paid up to then.
    #[schemars(with = "shapes::Money")]
    pub spent: Money,
    /// Of that certified by now.
    #[schemars(with = "shapes::Money")]
    pub certified: Money,
}

/// An expense that waits for something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Waiting {
    /// The expense.
    #[schemars(with = "uuid::Uuid")]
    pub expense_id: ExpenseId,
    /// For what.
    pub subject: String,
    /// What is missing or wrong, the heaviest first.
    pub findings: Vec<FindingView>,
}

/// The board of one operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Board {
    /// The operation.
    #[schemars(with = "uuid::Uuid")]
    pub operation_id: OperationId,
    /// Day of the figures.
    pub on: NaiveDate,
    /// All of it.
    #[schemars(with = "shapes::Figures")]
    pub all: Figures,
    /// What confirmed irregularities take; it is not in what is eligible.
    #[schemars(with = "shapes::Money")]
    pub irregular: Money,
    /// By line.
    pub lines: Vec<LineFigures>,
    /// Of expenses that name no line; they are in all of it too.
    #[schemars(with = "shapes::Figures")]
    pub without_line: Figures,
    /// By month, where something was paid.
    pub curve: Vec<Point>,
    /// Expenses that another person has not approved yet.
    pub not_approved: u32,
    /// Expenses that wait for papers or are not eligible, at most twenty.
    pub waiting: Vec<Waiting>,
    /// How many of them there are.
    pub waiting_total: u32,
    /// Documents are kept until this day, once the closing is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archive_until: Option<NaiveDate>,
}

/// Expenses on the list of what is missing.
const SHOWN: usize = 20;

/// The board.
pub async fn board(acting: &Acting, of: OperationId) -> Outcome<Board> {
    acting.require(Right::SeeMoney)?;
    let operation = operation(acting, of).await?.value;
    let expenses = acting.scope.operation_expenses(of).await?;
    let (lines, without_line) = by_line(acting, of, &expenses).await?;
    let all = figures(lines.iter().map(|line| line.figures).chain([without_line]))?;
    let (waiting, waiting_total) = waiting(acting, &expenses).await?;
    let register = acting.scope.irregularities(of).await?;
    let irregular = Money::checked_sum(register.iter().map(|read| read.value.takes()))?;
    let entered = expenses.iter().filter(|row| row.value.state.name() == "entered");
    Ok(Board {
        operation_id: of,
        on: acting.zone().day(acting.now),
        all: Figures {
            budget: operation.budget.unwrap_or(all.budget),
            eligible: all.eligible.checked_sub(irregular)?,
            ..all
        },
        irregular,
        curve: curve(&expenses)?,
        not_approved: u32::try_from(entered.count()).unwrap_or(u32::MAX),
        waiting,
        waiting_total,
        archive_until: archive(&operation, all.eligible)?,
        lines,
        without_line,
    })
}

fn archive(operation: &Operation, eligible: Money) -> Outcome<Option<NaiveDate>> {
    let facts = operation.facts("");
    let total = operation.terms.total_eligible.unwrap_or(eligible);
    Ok(retention_until(rules()?.parameters(operation.regime), &facts, total))
}

fn of_expense(row: &ExpenseRow) -> Outcome<Figures> {
    let declared = row.expense.declared()?;
    let paid = row.expense.dates.paid.is_some();
    Ok(Figures {
        obligated: declared,
        spent: if paid { declared } else { Money::ZERO },
        eligible: if paid { row.eligible } else { Money::ZERO },
        certified: if row.state.name() == "certified" {
            row.eligible
        } else {
            Money::ZERO
        },
        ..Figures::default()
    })
}

/// The figures of each line, and of what names no line.
async fn by_line(
    acting: &Acting,
    of: OperationId,
    expenses: &[Versioned<ExpenseRow>],
) -> Outcome<(Vec<LineFigures>, Figures)> {
    let mut sums: BTreeMap<Option<BudgetLineId>, Vec<Figures>> = BTreeMap::new();
    for row in expenses {
        let sum = sums.entry(row.value.expense.budget_line_id).or_default();
        sum.push(of_expense(&row.value)?);
    }
    for row in acting.scope.commitments(of).await? {
        if row.value.state == CommitmentState::Active {
            let sum = sums.entry(Some(row.value.budget_line_id)).or_default();
            sum.push(Figures {
                committed: row.value.amount,
                ..Figures::default()
            });
        }
    }
    let mut lines = Vec::new();
    for line in acting.scope.budget(of).await? {
        let own = sums.remove(&Some(line.value.id)).unwrap_or_default();
        let budget = Figures {
            budget: line.value.amount,
            ..Figures::default()
        };
        lines.push(LineFigures {
            figures: figures(own.into_iter().chain([budget]))?,
            line: line.value,
        });
    }
    let rest = sums.remove(&None).unwrap_or_default();
    Ok((lines, figures(rest)?))
}

fn curve(expenses: &[Versioned<ExpenseRow>]) -> Outcome<Vec<Point>> {
    let mut months: BTreeMap<(i32, u32), (Money, Money)> = BTreeMap::new();
    for row in expenses {
        let Some(paid) = row.value.expense.dates.paid else {
            continue;
        };
        let own = of_expense(&row.value)?;
        let sums = months.entry((paid.year(), paid.month())).or_default();
        sums.0 = sums.0.checked_add(own.spent)?;
        sums.1 = sums.1.checked_add(own.certified)?;
    }
    let (mut spent, mut certified) = (Money::ZERO, Money::ZERO);
    let mut points = Vec::new();
    for ((year, month), sums) in months {
        spent = spent.checked_add(sums.0)?;
        certified = certified.checked_add(sums.1)?;
        points.push(Point {
            month: format!("{year:04}-{month:02}"),
            spent,
            certified,
        });
    }
    Ok(points)
}

async fn waiting(acting: &Acting, expenses: &[Versioned<ExpenseRow>]) -> Outcome<(Vec<Waiting>, u32)> {
    let words = Words::of(acting).await?;
    let open = |row: &&Versioned<ExpenseRow>| {
        let is_open = ["entered", "approved"].contains(&row.value.state.name());
        is_open && row.value.outcome != Verdict::Ok.name()
    };
    let open: Vec<_> = expenses.iter().filter(open).collect();
    let mut shown = Vec::new();
    for row in open.iter().take(SHOWN) {
        let id = row.value.expense.id;
        let last = acting.scope.judgements(id).await?.pop();
        let findings = last.iter().flat_map(|kept| {
            let by = kept.judgement.national.as_ref();
            kept.judgement.open().into_iter().map(move |finding| (by, finding))
        });
        shown.push(Waiting {
            expense_id: id,
            subject: row.value.expense.subject.clone(),
            findings: findings
                .map(|(by, finding)| FindingView::of(&words, by, finding))
                .collect(),
        });
    }
    Ok((shown, u32::try_from(open.len()).unwrap_or(u32::MAX)))
}

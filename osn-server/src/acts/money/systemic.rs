//! Systemic irregularities: a criterion finds every expense that it touches, a flat rate says what is taken of each. They stand in
//! the register one by one, are decided together by another person, and come off the next claims.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use osn_core::expenditure::{
    Criterion, FoundBy, Irregularity, IrregularityEvent, IrregularityState, Share, Systemic, Verdict, spread,
};
use osn_core::id::{ExpenseId, IrregularityId, OperationId};
use osn_core::money::Money;
use osn_core::state::Machine as _;
use osn_store::{ExpenseRow, Versioned};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::expenses::{self, Because};
use super::irregularities::{self, taken};
use super::operation;
use crate::acts::{Acting, entry};
use crate::auth::Right;
use crate::refusal::{FieldError, Outcome, Refusal};
use crate::shapes;

/// A systemic irregularity to record, or to look at first.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSystemic {
    /// What the touched expenses have in common.
    #[schemars(with = "shapes::Criterion")]
    pub criterion: Criterion,
    /// The part that is taken of each, in per cent: 100 takes all that is eligible of it.
    #[schemars(with = "String")]
    pub rate: Share,
    /// `own`, `managing-authority`, `accounting`, `audit-authority`, `union`, `report`.
    #[schemars(with = "String")]
    pub found_by: FoundBy,
    /// When it was found.
    pub found_on: NaiveDate,
    /// The article that was broken.
    pub article: String,
    /// What is wrong; no names of persons.
    pub finding: String,
    /// Whether fraud is suspected.
    #[serde(default)]
    pub fraud: bool,
}

/// An expense that it touches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Touched {
    /// The expense.
    #[schemars(with = "uuid::Uuid")]
    pub expense_id: ExpenseId,
    /// For what.
    pub subject: String,
    /// The paper's number.
    pub number: String,
    /// Its sub-project.
    pub sub_project: String,
    /// What was examined: eligible, less what other irregularities take.
    #[schemars(with = "shapes::Money")]
    pub examined: Money,
    /// What is taken of it.
    #[schemars(with = "shapes::Money")]
    pub amount: Money,
    /// Its irregularity in the register; absent while nothing is recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<uuid::Uuid>")]
    pub irregularity_id: Option<IrregularityId>,
    /// `suspected`, `confirmed`, `corrected`, `dismissed`; absent while nothing is recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
}

/// A systemic irregularity with everything that it touches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SystemicView {
    /// The first of its irregularities; absent while nothing is recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<uuid::Uuid>")]
    pub id: Option<IrregularityId>,
    /// The operation.
    #[schemars(with = "uuid::Uuid")]
    pub operation_id: OperationId,
    /// What the expenses have in common.
    #[schemars(with = "shapes::Criterion")]
    pub criterion: Criterion,
    /// The part that is taken of each.
    #[schemars(with = "String")]
    pub rate: Share,
    /// The article that was broken.
    pub article: String,
    /// What is wrong.
    pub finding: String,
    /// All that was examined.
    #[schemars(with = "shapes::Money")]
    pub examined: Money,
    /// All that is taken: exactly the rate of what was examined, rounded once.
    #[schemars(with = "shapes::Money")]
    pub amount: Money,
    /// The expenses.
    pub items: Vec<Touched>,
}

/// Which expenses would it touch, and what would it take of each? Nothing is kept.
pub async fn look(acting: &Acting, of: OperationId, new: &NewSystemic) -> Outcome<SystemicView> {
    acting.require(Right::SeeMoney)?;
    operation(acting, of).await?;
    let register = acting.scope.irregularities(of).await?;
    found(acting, of, new, &register).await
}

async fn found(
    acting: &Acting,
    of: OperationId,
    new: &NewSystemic,
    register: &[Versioned<Irregularity>],
) -> Outcome<SystemicView> {
    check(acting, new)?;
    let taken = taken(register)?;
    let mut touched = Vec::new();
    for read in acting.scope.operation_expenses(of).await? {
        let row = read.value;
        let spoke = match new.criterion {
            Criterion::Rule { .. } => spoke(acting, &row).await?,
            Criterion::Supplier { .. } | Criterion::Contract { .. } | Criterion::Line { .. } => BTreeSet::new(),
        };
        let before = taken.get(&row.expense.id).copied().unwrap_or_default();
        let examined = row.eligible.checked_sub(before)?;
        if new.criterion.touches(&row.expense, &spoke) && examined.is_positive() {
            touched.push(of_row(row, examined));
        }
    }
    let examined: Vec<Money> = touched.iter().map(|each| each.examined).collect();
    for (each, amount) in touched.iter_mut().zip(spread(&examined, new.rate)?) {
        each.amount = amount;
    }
    // Of a few cents a rate may take nothing: that is no irregularity.
    touched.retain(|each| each.amount.is_positive());
    Ok(SystemicView {
        id: None,
        operation_id: of,
        criterion: new.criterion.clone(),
        rate: new.rate,
        article: new.article.trim().to_owned(),
        finding: new.finding.trim().to_owned(),
        examined: Money::checked_sum(examined)?,
        amount: Money::checked_sum(touched.iter().map(|each| each.amount))?,
        items: touched,
    })
}

fn of_row(row: ExpenseRow, examined: Money) -> Touched {
    Touched {
        expense_id: row.expense.id,
        subject: row.expense.subject,
        number: row.expense.document.number,
        sub_project: row.expense.sub_project,
        examined,
        amount: Money::ZERO,
        irregularity_id: None,
        state: None,
    }
}

/// Codes of the rules that did not simply agree when an expense was judged last.
async fn spoke(acting: &Acting, row: &ExpenseRow) -> Outcome<BTreeSet<String>> {
    if row.outcome == Verdict::Ok.name() {
        return Ok(BTreeSet::new());
    }
    let last = acting.scope.judgements(row.expense.id).await?.pop();
    let open = last.iter().flat_map(|kept| kept.judgement.open());
    Ok(open.map(|finding| finding.rule.to_string()).collect())
}

fn check(acting: &Acting, new: &NewSystemic) -> Outcome<()> {
    let mut errors = Vec::new();
    for (path, text) in [("/article", &new.article), ("/finding", &new.finding)] {
        if text.trim().is_empty() {
            errors.push(FieldError::new(path, "required"));
        }
    }
    if new.rate == Share::NOTHING || new.rate > Share::WHOLE {
        errors.push(FieldError::new("/rate", "out-of-range"));
    }
    if new.found_on > acting.zone().day(acting.now) {
        errors.push(FieldError::new("/found_on", "in-future"));
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Refusal::invalid("request.invalid", errors))
    }
}

/// Records it: an irregularity for every expense that it touches, all of them or none.
pub async fn record(acting: &Acting, of: OperationId, new: NewSystemic) -> Outcome<SystemicView> {
    let by = acting.require(Right::KeepExpenses)?.id;
    operation(acting, of).await?;
    let register = acting.scope.irregularities(of).await?;
    let mut view = found(acting, of, &new, &register).await?;
    if view.items.is_empty() {
        return Err(Refusal::conflict("irregularity.touches-nothing"));
    }
    let group = acting.app.new_id(IrregularityId::new);
    let mut number = register.iter().map(|read| read.value.number).max().unwrap_or(0);
    let mut tx = acting.begin("irregularity.record-systemic").await?;
    let mut id = group;
    for each in &mut view.items {
        number = number.saturating_add(1);
        let irregularity = Irregularity {
            id,
            operation_id: of,
            number,
            expense_id: each.expense_id,
            found_by: new.found_by,
            found_on: new.found_on,
            article: view.article.clone(),
            finding: view.finding.clone(),
            amount: each.amount,
            fraud: new.fraud,
            systemic: Some(Systemic {
                group,
                criterion: new.criterion.clone(),
                rate: new.rate,
            }),
            state: IrregularityState::Suspected { by },
        };
        tx.insert_irregularity(&irregularity).await?;
        each.irregularity_id = Some(id);
        each.state = Some(irregularity.state.name().to_owned());
        id = acting.app.new_id(IrregularityId::new);
    }
    let details = serde_json::json!({
        "operation": of, "criterion": new.criterion, "rate": new.rate, "found_by": new.found_by.name(),
        "expenses": view.items.len(), "amount": view.amount.to_string(), "fraud": new.fraud,
    });
    tx.journal(entry(
        "irregularity.record-systemic",
        "irregularity",
        group.uuid(),
        details,
    ));
    view.id = Some(group);
    acting.commit(tx, &view).await?;
    Ok(view)
}

/// All irregularities of a group, by number.
async fn members(acting: &Acting, group: IrregularityId) -> Outcome<Vec<Versioned<Irregularity>>> {
    let first = irregularities::read(acting, group).await?.value;
    let mut register = acting.scope.irregularities(first.operation_id).await?;
    register.retain(|read| {
        read.value
            .systemic
            .as_ref()
            .is_some_and(|systemic| systemic.group == group)
    });
    if register.is_empty() {
        return Err(Refusal::not_found("irregularity.unknown"));
    }
    Ok(register)
}

/// A systemic irregularity, by the first of its irregularities.
pub async fn get(acting: &Acting, group: IrregularityId) -> Outcome<SystemicView> {
    acting.require(Right::SeeMoney)?;
    let members = members(acting, group).await?;
    view(acting, group, &members).await
}

async fn view(acting: &Acting, group: IrregularityId, members: &[Versioned<Irregularity>]) -> Outcome<SystemicView> {
    let unknown = || Refusal::not_found("irregularity.unknown");
    let first = &members.first().ok_or_else(unknown)?.value;
    let systemic = first.systemic.clone().ok_or_else(unknown)?;
    let mut items = Vec::new();
    for read in members {
        let row = expenses::read(acting, read.value.expense_id).await?.value;
        let eligible = row.eligible;
        items.push(Touched {
            amount: read.value.amount,
            irregularity_id: Some(read.value.id),
            state: Some(read.value.state.name().to_owned()),
            ..of_row(row, eligible)
        });
    }
    Ok(SystemicView {
        id: Some(group),
        operation_id: first.operation_id,
        criterion: systemic.criterion,
        rate: systemic.rate,
        article: first.article.clone(),
        finding: first.finding.clone(),
        examined: Money::checked_sum(items.iter().map(|each| each.examined))?,
        amount: Money::checked_sum(items.iter().map(|each| each.amount))?,
        items,
    })
}

/// Another person confirms all of it: the next claims take the amounts back.
pub async fn confirm(acting: &Acting, group: IrregularityId) -> Outcome<SystemicView> {
    let by = acting.require(Right::ApproveMoney)?.id;
    let event = IrregularityEvent::Confirm { by, at: acting.now };
    decide(acting, group, &event, "irregularity.confirm-systemic").await
}

/// Another person dismisses all of it, with a reason.
pub async fn dismiss(acting: &Acting, group: IrregularityId, because: Because) -> Outcome<SystemicView> {
    let by = acting.require(Right::ApproveMoney)?.id;
    if because.reason.trim().is_empty() {
        return Err(Refusal::field("/reason", "required"));
    }
    let event = IrregularityEvent::Dismiss {
        by,
        at: acting.now,
        reason: because.reason,
    };
    decide(acting, group, &event, "irregularity.dismiss-systemic").await
}

/// What of it was decided alone before stays decided.
async fn decide(
    acting: &Acting,
    group: IrregularityId,
    event: &IrregularityEvent,
    act: &'static str,
) -> Outcome<SystemicView> {
    let by = acting.require(Right::ApproveMoney)?.id;
    let mut members = members(acting, group).await?;
    let open = |read: &Versioned<Irregularity>| matches!(read.value.state, IrregularityState::Suspected { .. });
    if let Some(decided) = members.first().filter(|_| !members.iter().any(open)) {
        // Nothing is left to decide: the machine says so.
        decided.value.state.apply(event)?;
    }
    if members
        .iter()
        .any(|read| matches!(&read.value.state, IrregularityState::Suspected { by: maker } if *maker == by))
    {
        return Err(Refusal::conflict("money.same-person"));
    }
    let mut tx = acting.begin(act).await?;
    let mut decided = 0_u32;
    for read in members.iter_mut().filter(|read| open(read)) {
        read.value.state = read.value.state.apply(event)?;
        tx.update_irregularity(&read.value, read.version).await?;
        decided = decided.saturating_add(1);
    }
    tx.journal(entry(
        act,
        "irregularity",
        group.uuid(),
        serde_json::json!({ "decided": decided }),
    ));
    let view = view(acting, group, &members).await?;
    acting.commit(tx, &view).await?;
    Ok(view)
}

//! Expenses: judged before money is spent, at entry, with every paper that comes; entered by one person, approved by another.

use osn_core::expenditure::{Expense, ExpenseEvent, ExpenseState, Judgement, Stage};
use osn_core::id::{AccountId, ClaimId, ExpenseId, JudgementId, OperationId};
use osn_core::money::Money;
use osn_core::state::Machine as _;
use osn_core::time::Instant;
use osn_store::{ExpenseFilter, ExpenseRow, NewJudgement, Page, PageQuery, Versioned};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::allocating::{parts, placed};
use super::judging::{Ground, Judged, refuse_double};
use super::national::Words;
use super::{FindingView, operation};
use crate::acts::{Acting, Saved, entry};
use crate::auth::Right;
use crate::refusal::{Outcome, Refusal};
use crate::shapes;

/// A judgement as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct JudgementView {
    /// `what-if`, `entry`, `claim`.
    pub stage: String,
    /// When; absent of a question that nothing was kept of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Instant>,
    /// Version of the rule set.
    pub rule_set: String,
    /// The national set that took the place of the law of Greece: name, version, digest of its code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub national: Option<String>,
    /// Digest of the frozen input.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_digest: Option<String>,
    /// What was declared.
    #[schemars(with = "shapes::Money")]
    pub declared: Money,
    /// What is eligible of it.
    #[schemars(with = "shapes::Money")]
    pub eligible: Money,
    /// `ok`, `warn`, `cut`, `reject`.
    pub outcome: String,
    /// Every finding.
    pub findings: Vec<FindingView>,
}

impl JudgementView {
    pub(super) fn of(words: &Words, stage: &str, judgement: &Judgement) -> Self {
        let by = judgement.national.as_ref();
        Self {
            stage: stage.to_owned(),
            at: None,
            rule_set: judgement.rule_set.clone(),
            national: by.map(|by| format!("{} {} {}", by.name, by.version, by.digest)),
            input_digest: None,
            declared: judgement.declared,
            eligible: judgement.eligible,
            outcome: judgement.outcome.name().to_owned(),
            findings: judgement
                .findings
                .iter()
                .map(|finding| FindingView::of(words, by, finding))
                .collect(),
        }
    }
}

/// An expense with where it stands and its last judgement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ExpenseView {
    /// The expense.
    #[schemars(with = "shapes::Expense")]
    pub expense: Expense,
    /// `entered`, `approved`, `claimed`, `certified`, `withdrawn`.
    pub state: String,
    /// The claim that froze it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<uuid::Uuid>")]
    pub claim_id: Option<ClaimId>,
    /// What is declared.
    #[schemars(with = "shapes::Money")]
    pub declared: Money,
    /// What is eligible by the last judgement.
    #[schemars(with = "shapes::Money")]
    pub eligible: Money,
    /// The last verdict.
    pub outcome: String,
    /// The last judgement, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub judgement: Option<JudgementView>,
}

impl ExpenseView {
    fn of(row: &ExpenseRow, judgement: Option<JudgementView>) -> Outcome<Self> {
        Ok(Self {
            declared: row.expense.declared()?,
            expense: row.expense.clone(),
            state: row.state.name().to_owned(),
            claim_id: row.claim_id,
            eligible: row.eligible,
            outcome: row.outcome.clone(),
            judgement,
        })
    }
}

/// Would this be eligible? Nothing is kept.
pub async fn what_if(acting: &Acting, of: OperationId, mut expense: Expense) -> Outcome<JudgementView> {
    acting.require(Right::SeeMoney)?;
    let ground = Ground::of(acting, operation(acting, of).await?.value).await?;
    expense.id = acting.app.new_id(ExpenseId::new);
    expense.operation_id = of;
    let expense = placed(acting, &ground.operation, expense).await?;
    ground.check(acting, &expense)?;
    let judged = ground.judge(acting, &expense, Stage::WhatIf).await?;
    let words = Words::of(acting).await?;
    Ok(JudgementView::of(&words, Stage::WhatIf.name(), &judged.judgement))
}

pub(super) fn judgement_of<'a>(
    id: JudgementId,
    row: &ExpenseRow,
    stage: Stage,
    claim_id: Option<ClaimId>,
    judged: &'a Judged,
) -> NewJudgement<'a> {
    NewJudgement {
        id,
        expense_id: Some(row.expense.id),
        claim_id,
        stage: stage.name(),
        input: &judged.input,
        judgement: &judged.judgement,
    }
}

/// An expense judged and checked, ready to be written; used by entry and by import.
pub(super) async fn prepare(acting: &Acting, ground: &Ground, expense: Expense) -> Outcome<(ExpenseRow, Judged)> {
    let by = acting.require(Right::KeepExpenses)?.id;
    let expense = placed(acting, &ground.operation, expense).await?;
    judged_by(acting, by, ground, expense).await
}

/// An expense that waits for its transaction.
pub(crate) struct Prepared {
    row: ExpenseRow,
    judged: Judged,
}

/// An expense of something that is given in the same transaction, entered by whoever gives it.
pub(crate) async fn prepared_by(acting: &Acting, by: AccountId, expense: Expense) -> Outcome<Prepared> {
    let ground = Ground::of(acting, operation(acting, expense.operation_id).await?.value).await?;
    let (row, judged) = judged_by(acting, by, &ground, expense).await?;
    Ok(Prepared { row, judged })
}

/// Writes it.
pub(crate) async fn insert_prepared(acting: &Acting, tx: &mut osn_store::Tx, prepared: &Prepared) -> Outcome<()> {
    insert(acting, tx, &prepared.row, &prepared.judged).await
}

async fn judged_by(acting: &Acting, by: AccountId, ground: &Ground, expense: Expense) -> Outcome<(ExpenseRow, Judged)> {
    let expense = ground.settled(acting, &expense);
    ground.check(acting, &expense)?;
    let judged = ground.judge(acting, &expense, Stage::Entry).await?;
    refuse_double(acting, &judged).await?;
    let row = ExpenseRow {
        expense,
        state: ExpenseState::Entered { by },
        fingerprint: judged.fingerprint,
        eligible: judged.judgement.eligible,
        outcome: judged.judgement.outcome.name().to_owned(),
        claim_id: None,
    };
    Ok((row, judged))
}

/// Writes a new expense with its judgement.
pub(super) async fn insert(acting: &Acting, tx: &mut osn_store::Tx, row: &ExpenseRow, judged: &Judged) -> Outcome<()> {
    tx.insert_expense(row, &parts(&row.expense)?).await?;
    let id = acting.app.new_id(JudgementId::new);
    tx.insert_judgements(&[judgement_of(id, row, Stage::Entry, None, judged)])
        .await?;
    let details = serde_json::json!({
        "operation": row.expense.operation_id, "outcome": row.outcome, "rule_set": judged.judgement.rule_set,
        "declared": judged.judgement.declared.to_string(), "eligible": row.eligible.to_string(),
    });
    tx.journal(entry("expense.record", "expense", row.expense.id.uuid(), details));
    Ok(())
}

/// A new expense with its first judgement, as it is shown.
pub(super) fn view(words: &Words, row: &ExpenseRow, judged: &Judged) -> Outcome<ExpenseView> {
    let judgement = JudgementView::of(words, Stage::Entry.name(), &judged.judgement);
    ExpenseView::of(row, Some(judgement))
}

/// Records an expense; it is judged at once.
pub async fn record(acting: &Acting, of: OperationId, mut expense: Expense) -> Outcome<Saved<ExpenseView>> {
    acting.require(Right::KeepExpenses)?;
    let ground = Ground::of(acting, operation(acting, of).await?.value).await?;
    expense.id = acting.app.new_id(ExpenseId::new);
    expense.operation_id = of;
    expense.papers.retain(|paper| paper.digest.is_empty());
    let (row, judged) = prepare(acting, &ground, expense).await?;
    let mut tx = acting.begin("expense.record").await?;
    insert(acting, &mut tx, &row, &judged).await?;
    let words = Words::of(acting).await?;
    let view = JudgementView::of(&words, Stage::Entry.name(), &judged.judgement);
    let saved = Saved {
        value: ExpenseView::of(&row, Some(view))?,
        version: 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

pub(super) async fn read(acting: &Acting, id: ExpenseId) -> Outcome<Versioned<ExpenseRow>> {
    acting
        .scope
        .expense(id)
        .await?
        .ok_or_else(|| Refusal::not_found("expense.unknown"))
}

/// A frozen or certified expense changes no more; neither does one that was taken back.
fn refuse_frozen(row: &ExpenseRow) -> Outcome<()> {
    match &row.state {
        ExpenseState::Claimed { .. } | ExpenseState::Certified { .. } => Err(Refusal::conflict("expense.frozen")),
        _ => Ok(()),
    }
}

/// Changes an expense that no claim has frozen; it is judged again and needs approval again.
pub async fn change(acting: &Acting, id: ExpenseId, mut expense: Expense) -> Outcome<Saved<ExpenseView>> {
    let before = read(acting, id).await?;
    acting.require(Right::KeepExpenses)?;
    acting.check_version(before.version)?;
    refuse_frozen(&before.value)?;
    expense.id = id;
    expense.operation_id = before.value.expense.operation_id;
    // Papers come and go through their own door, where their bytes are hashed.
    expense.papers.clone_from(&before.value.expense.papers);
    rewrite(acting, before, expense, "expense.change").await
}

/// Writes an expense as it is now, judged again.
pub(super) async fn rewrite(
    acting: &Acting,
    before: Versioned<ExpenseRow>,
    expense: Expense,
    act: &'static str,
) -> Outcome<Saved<ExpenseView>> {
    let (mut tx, saved) = rewriting(acting, before, expense, act).await?;
    let id = saved.value.expense.id.uuid();
    let details = serde_json::json!({ "outcome": saved.value.outcome, "eligible": saved.value.eligible.to_string() });
    tx.journal(entry(act, "expense", id, details));
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

/// The same, with the transaction still open: a paper's bytes go with it.
pub(super) async fn rewriting(
    acting: &Acting,
    before: Versioned<ExpenseRow>,
    expense: Expense,
    act: &'static str,
) -> Outcome<(osn_store::Tx, Saved<ExpenseView>)> {
    let by = acting.require(Right::KeepExpenses)?.id;
    let state = before.value.state.apply(&ExpenseEvent::Change { by })?;
    let ground = Ground::of(acting, operation(acting, expense.operation_id).await?.value).await?;
    let (mut row, judged) = prepare(acting, &ground, expense).await?;
    row.state = state;
    let mut tx = acting.begin(act).await?;
    tx.update_expense(&row, before.version, &parts(&row.expense)?).await?;
    let judgement = acting.app.new_id(JudgementId::new);
    tx.insert_judgements(&[judgement_of(judgement, &row, Stage::Entry, None, &judged)])
        .await?;
    let words = Words::of(acting).await?;
    let view = JudgementView::of(&words, Stage::Entry.name(), &judged.judgement);
    let saved = Saved {
        value: ExpenseView::of(&row, Some(view))?,
        version: before.version + 1,
    };
    Ok((tx, saved))
}

/// Another person approves an expense: it may be claimed.
pub async fn approve(acting: &Acting, id: ExpenseId) -> Outcome<Saved<ExpenseView>> {
    let by = acting.require(Right::ApproveMoney)?.id;
    let before = read(acting, id).await?;
    if matches!(&before.value.state, ExpenseState::Entered { by: maker } if *maker == by) {
        return Err(Refusal::conflict("money.same-person"));
    }
    step(
        acting,
        before,
        ExpenseEvent::Approve { by, at: acting.now },
        "expense.approve",
    )
    .await
}

/// Why something is taken back.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Because {
    /// Why.
    pub reason: String,
}

/// Takes an expense back that no claim has frozen.
pub async fn withdraw(acting: &Acting, id: ExpenseId, because: Because) -> Outcome<Saved<ExpenseView>> {
    let by = acting.require(Right::KeepExpenses)?.id;
    if because.reason.trim().is_empty() {
        return Err(Refusal::field("/reason", "required"));
    }
    let before = read(acting, id).await?;
    refuse_frozen(&before.value)?;
    let event = ExpenseEvent::Withdraw {
        by,
        at: acting.now,
        reason: because.reason,
    };
    step(acting, before, event, "expense.withdraw").await
}

async fn step(
    acting: &Acting,
    before: Versioned<ExpenseRow>,
    event: ExpenseEvent,
    act: &'static str,
) -> Outcome<Saved<ExpenseView>> {
    acting.check_version(before.version)?;
    let mut row = before.value;
    row.state = row.state.apply(&event)?;
    let mut tx = acting.begin(act).await?;
    tx.move_expense(&row, before.version).await?;
    let details = serde_json::json!({ "state": row.state.name() });
    tx.journal(entry(act, "expense", row.expense.id.uuid(), details));
    let saved = Saved {
        value: ExpenseView::of(&row, None)?,
        version: before.version + 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

/// One expense with its last judgement.
pub async fn get(acting: &Acting, id: ExpenseId) -> Outcome<Saved<ExpenseView>> {
    acting.require(Right::SeeMoney)?;
    let row = read(acting, id).await?;
    let last = judgements(acting, id).await?.pop();
    Ok(Saved {
        value: ExpenseView::of(&row.value, last)?,
        version: row.version,
    })
}

/// Every judgement of an expense, oldest first.
pub async fn judgements(acting: &Acting, id: ExpenseId) -> Outcome<Vec<JudgementView>> {
    acting.require(Right::SeeMoney)?;
    let rows = acting.scope.judgements(id).await?;
    let words = Words::of(acting).await?;
    let view = |row: &osn_store::JudgementRow| JudgementView {
        at: Some(row.at),
        input_digest: Some(row.input_digest.to_string()),
        ..JudgementView::of(&words, &row.stage, &row.judgement)
    };
    Ok(rows.iter().map(view).collect())
}

/// Expenses.
pub async fn list(
    acting: &Acting,
    filter: ExpenseFilter<'_>,
    query: PageQuery,
) -> Outcome<Page<Versioned<ExpenseView>>> {
    acting.require(Right::SeeMoney)?;
    let page = acting.scope.expenses(filter, query).await?;
    let items = page
        .items
        .iter()
        .map(|row| {
            Ok(Versioned {
                value: ExpenseView::of(&row.value, None)?,
                version: row.version,
                updated_at: row.updated_at,
            })
        })
        .collect::<Outcome<Vec<_>>>()?;
    Ok(Page {
        items,
        total: page.total,
        next: page.next,
    })
}

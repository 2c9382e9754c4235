//! Claims of a sub-project: collected, judged again, frozen with every finding and document, submitted by another person.

use std::collections::BTreeMap;

use osn_core::canonical::{Digest, digest, to_canonical};
use osn_core::expenditure::{
    Claim, ClaimEvent, ClaimLine, ClaimState, ClaimTotals, ExpenseEvent, IrregularityEvent, Judgement, LineKind, Stage,
    WholeFacts, totals,
};
use osn_core::id::{ClaimId, ExpenseId, JudgementId, OperationId};
use osn_core::money::Money;
use osn_core::state::Machine as _;
use osn_store::{ClaimLineRow, ExpenseRow, FrozenLine, JudgementRow, NewJudgement, Page, PageQuery, Versioned};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::collect::{Collection, collect};
use super::expenses::{Because, JudgementView, judgement_of};
use super::national::Words;
use super::{irregularities, operation, rules};
use crate::acts::{Acting, Saved, entry};
use crate::auth::Right;
use crate::refusal::{Outcome, Refusal};
use crate::shapes;

/// A claim to begin.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewClaim {
    /// Sub-project.
    pub sub_project: String,
    /// Expenses paid up to this day.
    pub up_to: chrono::NaiveDate,
}

/// Begins a claim.
pub async fn begin(acting: &Acting, of: OperationId, new: NewClaim) -> Outcome<Saved<Claim>> {
    let by = acting.require(Right::KeepExpenses)?.id;
    let operation = operation(acting, of).await?.value;
    if !operation.sub_projects.iter().any(|part| part.code == new.sub_project) {
        return Err(Refusal::field("/sub_project", "unknown-record"));
    }
    let known = acting.scope.operation_claims(of).await?;
    if known
        .iter()
        .any(|claim| claim.value.sub_project == new.sub_project && claim.value.state == ClaimState::Draft)
    {
        return Err(Refusal::conflict("claim.open"));
    }
    let last = known.iter().map(|claim| claim.value.number).max().unwrap_or(0);
    let claim = Claim {
        id: acting.app.new_id(ClaimId::new),
        operation_id: of,
        sub_project: new.sub_project,
        number: last + 1,
        up_to: new.up_to,
        by,
        at: acting.now,
        totals: None,
        rule_set: None,
        state: ClaimState::Draft,
    };
    let mut tx = acting.begin("claim.begin").await?;
    tx.insert_claim(&claim).await?;
    let details = serde_json::json!({ "operation": of, "number": claim.number });
    tx.journal(entry("claim.begin", "claim", claim.id.uuid(), details));
    let saved = Saved {
        value: claim,
        version: 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

/// An expense as a claim would take it, or leave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Collected {
    /// The expense.
    #[schemars(with = "uuid::Uuid")]
    pub expense_id: ExpenseId,
    /// `expense`, `correction`.
    pub kind: String,
    /// For what.
    pub subject: String,
    /// The paper's number.
    pub number: String,
    /// What is declared.
    #[schemars(with = "shapes::Money")]
    pub declared: Money,
    /// What is eligible; a correction is negative.
    #[schemars(with = "shapes::Money")]
    pub eligible: Money,
    /// The judgement at the claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub judgement: Option<JudgementView>,
}

/// A claim with its lines: frozen ones, or what a freeze would take now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ClaimView {
    /// The claim.
    #[schemars(with = "shapes::Claim")]
    pub claim: Claim,
    /// Sums.
    #[schemars(with = "shapes::ClaimTotals")]
    pub totals: ClaimTotals,
    /// Lines.
    pub lines: Vec<Collected>,
    /// What stays out, each with its judgement: not eligible now.
    pub left_out: Vec<Collected>,
    /// Approved expenses are claimed; these wait for a second person.
    pub not_approved: u32,
    /// Findings about the operation as a whole.
    pub whole: JudgementView,
}

fn shown(words: &Words, row: &ExpenseRow, line: &ClaimLine, judged: Option<&Judgement>) -> Collected {
    Collected {
        expense_id: row.expense.id,
        kind: kind(line.kind).to_owned(),
        subject: row.expense.subject.clone(),
        number: row.expense.document.number.clone(),
        declared: line.declared,
        eligible: line.eligible,
        judgement: judged.map(|judged| JudgementView::of(words, Stage::Claim.name(), judged)),
    }
}

pub(super) const fn kind(kind: LineKind) -> &'static str {
    match kind {
        LineKind::Expense => "expense",
        LineKind::Correction => "correction",
    }
}

/// A claim as it stands.
pub async fn get(acting: &Acting, id: ClaimId) -> Outcome<Saved<ClaimView>> {
    acting.require(Right::SeeMoney)?;
    let read = read(acting, id).await?;
    let version = read.version;
    let value = if read.value.state == ClaimState::Draft {
        preview(acting, read.value).await?
    } else {
        frozen(acting, read.value).await?
    };
    Ok(Saved { value, version })
}

async fn preview(acting: &Acting, claim: Claim) -> Outcome<ClaimView> {
    let found = collect(acting, &claim).await?;
    let words = Words::of(acting).await?;
    let lines: Vec<ClaimLine> = found.taken.iter().map(|each| each.line.clone()).collect();
    let left_out = found.left_out.iter().map(|(row, judged)| {
        let line = ClaimLine {
            kind: LineKind::Expense,
            expense_id: row.expense.id,
            declared: judged.judgement.declared,
            eligible: Money::ZERO,
        };
        shown(&words, row, &line, Some(&judged.judgement))
    });
    Ok(ClaimView {
        totals: totals(&lines)?,
        lines: found
            .taken
            .iter()
            .map(|each| {
                let judged = each.judged.as_ref().map(|judged| &judged.judgement);
                shown(&words, &each.row.value, &each.line, judged)
            })
            .collect(),
        left_out: left_out.collect(),
        not_approved: found.not_approved,
        whole: JudgementView::of(&words, Stage::Claim.name(), &found.whole),
        claim,
    })
}

/// A frozen line with its expense.
pub(super) struct FrozenRow {
    pub(super) line: ClaimLineRow,
    pub(super) expense: ExpenseRow,
    pub(super) judgement: Option<JudgementRow>,
}

pub(super) async fn frozen_rows(acting: &Acting, claim: &Claim) -> Outcome<Vec<FrozenRow>> {
    let expenses = acting.scope.claim_expenses(claim.id).await?;
    let judgements = acting.scope.claim_judgements(claim.id).await?;
    let mut judgements: BTreeMap<JudgementId, JudgementRow> = judgements.into_iter().map(|row| (row.id, row)).collect();
    let lines = acting.scope.claim_lines(claim.id).await?;
    lines
        .into_iter()
        .map(|line| {
            let expense = expenses
                .get(&line.line.expense_id)
                .ok_or_else(|| Refusal::internal("a frozen line without its expense"))?
                .value
                .clone();
            let judgement = line.judgement_id.and_then(|id| judgements.remove(&id));
            Ok(FrozenRow {
                line,
                expense,
                judgement,
            })
        })
        .collect()
}

async fn frozen(acting: &Acting, claim: Claim) -> Outcome<ClaimView> {
    let rows = frozen_rows(acting, &claim).await?;
    let words = Words::of(acting).await?;
    let line = |row: &FrozenRow| {
        let judged = row.judgement.as_ref().map(|kept| &kept.judgement);
        shown(&words, &row.expense, &row.line.line, judged)
    };
    let whole = WholeFacts {
        on: acting.zone().day(acting.now),
        operation: operation(acting, claim.operation_id)
            .await?
            .value
            .facts(&claim.sub_project),
        ledger: osn_core::expenditure::Ledger {
            total_eligible: claim.totals.map(|sums| sums.claimed).unwrap_or_default(),
            ..Default::default()
        },
    };
    Ok(ClaimView {
        totals: claim.totals.unwrap_or_default(),
        lines: rows.iter().map(line).collect(),
        left_out: Vec::new(),
        not_approved: 0,
        whole: JudgementView::of(&words, Stage::Claim.name(), &rules()?.judge_whole(&whole)),
        claim,
    })
}

async fn read(acting: &Acting, id: ClaimId) -> Outcome<Versioned<Claim>> {
    acting
        .scope
        .claim(id)
        .await?
        .ok_or_else(|| Refusal::not_found("claim.unknown"))
}

pub(super) async fn claim(acting: &Acting, id: ClaimId) -> Outcome<Versioned<Claim>> {
    acting.require(Right::SeeMoney)?;
    read(acting, id).await
}

/// Claims.
pub async fn list(acting: &Acting, of: Option<OperationId>, query: PageQuery) -> Outcome<Page<Versioned<Claim>>> {
    acting.require(Right::SeeMoney)?;
    Ok(acting.scope.claims(of, query).await?)
}

/// What a claim froze, in one form: its lines, each with its judgement's input and its documents.
pub(super) fn manifest(claim: &Claim, lines: &[ManifestLine<'_>]) -> serde_json::Value {
    let lines: Vec<serde_json::Value> = lines
        .iter()
        .map(|each| {
            let papers: Vec<&String> = each.expense.papers.iter().map(|paper| &paper.digest).collect();
            serde_json::json!({
                "kind": kind(each.line.kind), "expense": each.line.expense_id, "declared": each.line.declared,
                "eligible": each.line.eligible, "judgement": each.judgement, "input": each.input, "papers": papers,
            })
        })
        .collect();
    serde_json::json!({ "claim": claim.id, "number": claim.number, "up_to": claim.up_to, "lines": lines })
}

/// A line of the manifest.
pub(super) struct ManifestLine<'a> {
    pub(super) line: &'a ClaimLine,
    pub(super) expense: &'a osn_core::expenditure::Expense,
    pub(super) judgement: Option<JudgementId>,
    pub(super) input: Option<Digest>,
}

/// The digest over a manifest.
pub(super) fn manifest_digest(document: &serde_json::Value) -> Outcome<Digest> {
    let bytes = to_canonical(document).map_err(Refusal::internal)?;
    Ok(digest("claim-manifest:1", &bytes))
}

/// Judges everything again and freezes it: expenses, findings and documents change no more.
pub async fn freeze(acting: &Acting, id: ClaimId) -> Outcome<Saved<ClaimView>> {
    let by = acting.require(Right::KeepExpenses)?.id;
    let before = read(acting, id).await?;
    acting.check_version(before.version)?;
    let mut claim = before.value;
    if claim.state != ClaimState::Draft {
        return Err(Refusal::conflict("claim.frozen"));
    }
    let found = collect(acting, &claim).await?;
    if found.taken.is_empty() {
        return Err(Refusal::conflict("claim.empty"));
    }
    let ids: BTreeMap<ExpenseId, JudgementId> = found
        .taken
        .iter()
        .filter(|each| each.judged.is_some())
        .map(|each| (each.line.expense_id, acting.app.new_id(JudgementId::new)))
        .collect();
    let lines: Vec<ClaimLine> = found.taken.iter().map(|each| each.line.clone()).collect();
    claim.totals = Some(totals(&lines)?);
    claim.rule_set = Some(found.whole.rule_set.clone());
    let of_manifest: Vec<ManifestLine<'_>> = found
        .taken
        .iter()
        .map(|each| ManifestLine {
            line: &each.line,
            expense: &each.row.value.expense,
            judgement: each.judgement(&ids),
            input: each
                .judged
                .as_ref()
                .map(|judged| digest("judgement-input:1", &judged.input)),
        })
        .collect();
    let digest = manifest_digest(&manifest(&claim, &of_manifest))?;
    claim.state = claim.state.apply(&ClaimEvent::Freeze {
        by,
        at: acting.now,
        digest,
    })?;
    let mut tx = acting.begin("claim.freeze").await?;
    tx.update_claim(&claim, before.version).await?;
    write_frozen(acting, &mut tx, &claim, &found, &ids).await?;
    let details = serde_json::json!({
        "digest": digest, "lines": lines.len(), "claimed": claim.totals.map(|sums| sums.claimed.to_string()),
        "rule_set": claim.rule_set,
    });
    tx.journal(entry("claim.freeze", "claim", id.uuid(), details));
    let version = before.version + 1;
    let saved = Saved {
        value: claim.clone(),
        version,
    };
    acting.commit(tx, &saved).await?;
    Ok(Saved {
        value: frozen(acting, claim).await?,
        version,
    })
}

async fn write_frozen(
    acting: &Acting,
    tx: &mut osn_store::Tx,
    claim: &Claim,
    found: &Collection,
    ids: &BTreeMap<ExpenseId, JudgementId>,
) -> Outcome<()> {
    let frozen: Vec<FrozenLine<'_>> = found
        .taken
        .iter()
        .map(|each| FrozenLine {
            line: &each.line,
            judgement_id: each.judgement(ids),
        })
        .collect();
    let mut judgements: Vec<NewJudgement<'_>> = Vec::new();
    for each in &found.taken {
        // A correction of an irregularity leaves its expense where it is: an earlier line moved it.
        if each.line.kind == LineKind::Correction && !each.row.value.expense.is_credit() {
            continue;
        }
        let mut row = each.row.value.clone();
        row.state = row.state.apply(&ExpenseEvent::Claim { claim_id: claim.id })?;
        row.claim_id = Some(claim.id);
        if let Some(judged) = &each.judged {
            row.eligible = judged.judgement.eligible;
            judged.judgement.outcome.name().clone_into(&mut row.outcome);
            if let Some(id) = ids.get(&each.line.expense_id) {
                judgements.push(judgement_of(*id, &row, Stage::Claim, Some(claim.id), judged));
            }
        }
        tx.move_expense(&row, each.row.version).await?;
    }
    judgements.push(NewJudgement {
        id: acting.app.new_id(JudgementId::new),
        expense_id: None,
        claim_id: Some(claim.id),
        stage: "whole",
        input: &found.whole_input,
        judgement: &found.whole,
    });
    tx.insert_judgements(&judgements).await?;
    tx.freeze_lines(claim.id, &frozen).await?;
    for read in &found.corrected {
        let mut moved = read.value.clone();
        moved.state = moved.state.apply(&IrregularityEvent::Correct { claim_id: claim.id })?;
        tx.update_irregularity(&moved, read.version).await?;
    }
    Ok(())
}

/// Another person submits a frozen claim.
pub async fn submit(acting: &Acting, id: ClaimId) -> Outcome<Saved<Claim>> {
    let by = acting.require(Right::ApproveMoney)?.id;
    let before = read(acting, id).await?;
    if matches!(&before.value.state, ClaimState::Frozen { by: maker, .. } if *maker == by) {
        return Err(Refusal::conflict("money.same-person"));
    }
    step(
        acting,
        before,
        ClaimEvent::Submit { by, at: acting.now },
        None,
        "claim.submit",
    )
    .await
}

/// What the managing authority certified.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Certified {
    /// The amount.
    #[schemars(with = "shapes::Money")]
    pub amount: Money,
}

/// Records that the managing authority certified a claim.
pub async fn certify(acting: &Acting, id: ClaimId, certified: Certified) -> Outcome<Saved<Claim>> {
    let by = acting.require(Right::KeepExpenses)?.id;
    let before = read(acting, id).await?;
    let claimed = before.value.totals.map(|sums| sums.claimed).unwrap_or_default();
    if certified.amount.is_negative() || certified.amount > claimed {
        return Err(Refusal::field("/amount", "beyond-claim"));
    }
    let event = ClaimEvent::Certify {
        by,
        at: acting.now,
        amount: certified.amount,
    };
    step(acting, before, event, Some(ExpenseEvent::Certify), "claim.certify").await
}

/// Takes a claim back: its expenses are free again.
pub async fn withdraw(acting: &Acting, id: ClaimId, because: Because) -> Outcome<Saved<Claim>> {
    let by = acting.require(Right::ApproveMoney)?.id;
    if because.reason.trim().is_empty() {
        return Err(Refusal::field("/reason", "required"));
    }
    let before = read(acting, id).await?;
    let event = ClaimEvent::Withdraw {
        by,
        at: acting.now,
        reason: because.reason,
    };
    let release = ExpenseEvent::Release { at: acting.now };
    step(acting, before, event, Some(release), "claim.withdraw").await
}

async fn step(
    acting: &Acting,
    before: Versioned<Claim>,
    event: ClaimEvent,
    of_expenses: Option<ExpenseEvent>,
    act: &'static str,
) -> Outcome<Saved<Claim>> {
    acting.check_version(before.version)?;
    let mut claim = before.value;
    claim.state = claim.state.apply(&event)?;
    let mut rows = Vec::new();
    if let Some(event) = &of_expenses {
        for mut read in acting.scope.claim_expenses(claim.id).await?.into_values() {
            if read.value.claim_id == Some(claim.id) {
                read.value.state = read.value.state.apply(event)?;
                if matches!(event, ExpenseEvent::Release { .. }) {
                    read.value.claim_id = None;
                }
                rows.push(read);
            }
        }
    }
    let reopened = if matches!(of_expenses, Some(ExpenseEvent::Release { .. })) {
        irregularities::corrected_by(acting, claim.operation_id, claim.id).await?
    } else {
        Vec::new()
    };
    let mut tx = acting.begin(act).await?;
    tx.update_claim(&claim, before.version).await?;
    for row in &rows {
        tx.move_expense(&row.value, row.version).await?;
    }
    for read in reopened {
        let mut moved = read.value;
        moved.state = moved.state.apply(&IrregularityEvent::Reopen)?;
        tx.update_irregularity(&moved, read.version).await?;
    }
    let details = serde_json::json!({ "state": claim.state.name(), "expenses": rows.len() });
    tx.journal(entry(act, "claim", claim.id.uuid(), details));
    let saved = Saved {
        value: claim,
        version: before.version + 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

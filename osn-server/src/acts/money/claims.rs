//! Claims of a sub-project: collected, judged again, frozen with every finding and document, submitted by another person.

use std::collections::BTreeMap;

use osn_core::canonical::{Digest, digest, to_canonical};
use osn_core::expenditure::{
    Claim, ClaimEvent, ClaimLine, ClaimState, ClaimTotals, ExpenseEvent, LineKind, Stage, Verdict, WholeFacts, totals,
};
use osn_core::id::{ClaimId, ExpenseId, JudgementId, OperationId};
use osn_core::money::Money;
use osn_core::state::Machine as _;
use osn_store::{ClaimLineRow, ExpenseRow, FrozenLine, NewJudgement, Page, PageQuery, Versioned};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::expenses::{Because, JudgementView, judgement_of};
use super::judging::{Ground, Judged};
use super::{operation, rules};
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

struct Taken {
    row: Versioned<ExpenseRow>,
    line: ClaimLine,
    judged: Option<Judged>,
}

struct Collection {
    taken: Vec<Taken>,
    left_out: Vec<(ExpenseRow, Judged)>,
    not_approved: u32,
    whole_input: Vec<u8>,
    whole: osn_core::expenditure::Judgement,
}

/// Collects and judges what a claim would hold now.
async fn collect(acting: &Acting, claim: &Claim) -> Outcome<Collection> {
    let ground = Ground::of(acting, operation(acting, claim.operation_id).await?.value).await?;
    let (mut taken, mut left_out, mut not_approved) = (Vec::new(), Vec::new(), 0_u32);
    let due = ground.expenses.iter().filter(|row| {
        let expense = &row.value.expense;
        let on = expense.dates.paid.unwrap_or(expense.document.issued_on);
        expense.sub_project == claim.sub_project && on <= claim.up_to
    });
    let mut credits = Vec::new();
    for row in due {
        match row.value.state.name() {
            "entered" => not_approved = not_approved.saturating_add(1),
            "approved" if row.value.expense.is_credit() => credits.push(row.clone()),
            "approved" => {
                let judged = ground.judge(acting, &row.value.expense, Stage::Claim).await?;
                if judged.judgement.outcome == Verdict::Reject || judged.judgement.eligible.is_zero() {
                    left_out.push((row.value.clone(), judged));
                } else {
                    taken.push(Taken {
                        line: ClaimLine {
                            kind: LineKind::Expense,
                            expense_id: row.value.expense.id,
                            declared: judged.judgement.declared,
                            eligible: judged.judgement.eligible,
                        },
                        row: row.clone(),
                        judged: Some(judged),
                    });
                }
            }
            _ => {}
        }
    }
    for row in credits {
        taken.extend(correction(&ground, &taken, row)?);
    }
    let eligible = taken.iter().map(|each| each.line.eligible);
    let mut ledger = osn_core::expenditure::Ledger {
        total_eligible: Money::checked_sum(eligible)?,
        ..Default::default()
    };
    let in_kind = taken.iter().filter(|each| each.row.value.expense.in_kind.is_some());
    ledger.in_kind = Money::checked_sum(in_kind.map(|each| each.line.eligible))?;
    let facts = WholeFacts {
        on: acting.zone().day(acting.now),
        operation: ground.operation.facts(&claim.sub_project),
        ledger,
    };
    Ok(Collection {
        taken,
        left_out,
        not_approved,
        whole: rules()?.judge_whole(&facts),
        whole_input: to_canonical(&facts).map_err(Refusal::internal)?,
    })
}

/// A credit note takes from what an earlier claim declared; in the claim of its own expense it is settled already.
fn correction(ground: &Ground, taken: &[Taken], row: Versioned<ExpenseRow>) -> Outcome<Option<Taken>> {
    let Some(of) = row.value.expense.credits else {
        return Ok(None);
    };
    let declared = row.value.expense.declared()?;
    let here = taken.iter().any(|each| each.line.expense_id == of);
    let before = ground
        .expenses
        .iter()
        .find(|other| other.value.expense.id == of && other.value.claim_id.is_some());
    let eligible = match (here, before) {
        (true, _) => Money::ZERO,
        // No more is taken back than was claimed.
        (false, Some(other)) => declared.max(other.value.eligible.checked_neg()?),
        (false, None) => return Ok(None),
    };
    Ok(Some(Taken {
        line: ClaimLine {
            kind: LineKind::Correction,
            expense_id: row.value.expense.id,
            declared: Money::ZERO,
            eligible,
        },
        row,
        judged: None,
    }))
}

fn shown(row: &ExpenseRow, line: &ClaimLine, judged: Option<&Judged>) -> Outcome<Collected> {
    Ok(Collected {
        expense_id: row.expense.id,
        kind: kind(line.kind).to_owned(),
        subject: row.expense.subject.clone(),
        number: row.expense.document.number.clone(),
        declared: line.declared,
        eligible: line.eligible,
        judgement: judged
            .map(|judged| JudgementView::of(Stage::Claim.name(), &judged.judgement))
            .transpose()?,
    })
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
    let lines: Vec<ClaimLine> = found.taken.iter().map(|each| each.line.clone()).collect();
    let left_out = found.left_out.iter().map(|(row, judged)| {
        let line = ClaimLine {
            kind: LineKind::Expense,
            expense_id: row.expense.id,
            declared: judged.judgement.declared,
            eligible: Money::ZERO,
        };
        shown(row, &line, Some(judged))
    });
    Ok(ClaimView {
        totals: totals(&lines)?,
        lines: found
            .taken
            .iter()
            .map(|each| shown(&each.row.value, &each.line, each.judged.as_ref()))
            .collect::<Outcome<_>>()?,
        left_out: left_out.collect::<Outcome<_>>()?,
        not_approved: found.not_approved,
        whole: JudgementView::of(Stage::Claim.name(), &found.whole)?,
        claim,
    })
}

/// A frozen line with its expense.
pub(super) struct FrozenRow {
    pub(super) line: ClaimLineRow,
    pub(super) expense: ExpenseRow,
    pub(super) judgement: Option<osn_store::JudgementRow>,
}

pub(super) async fn frozen_rows(acting: &Acting, claim: &Claim) -> Outcome<Vec<FrozenRow>> {
    let lines = acting.scope.claim_lines(claim.id).await?;
    let mut rows = Vec::with_capacity(lines.len());
    for line in lines {
        let expense = super::expenses::read(acting, line.line.expense_id).await?.value;
        let judgements = acting.scope.judgements(line.line.expense_id).await?;
        let judgement = judgements.into_iter().find(|row| Some(row.id) == line.judgement_id);
        rows.push(FrozenRow {
            line,
            expense,
            judgement,
        });
    }
    Ok(rows)
}

async fn frozen(acting: &Acting, claim: Claim) -> Outcome<ClaimView> {
    let rows = frozen_rows(acting, &claim).await?;
    let lines = rows.iter().map(|row| {
        let judgement = row
            .judgement
            .as_ref()
            .map(|kept| JudgementView::of(&kept.stage, &kept.judgement))
            .transpose()?;
        Ok(Collected {
            judgement,
            ..shown(&row.expense, &row.line.line, None)?
        })
    });
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
        lines: lines.collect::<Outcome<_>>()?,
        left_out: Vec::new(),
        not_approved: 0,
        whole: JudgementView::of(Stage::Claim.name(), &rules()?.judge_whole(&whole))?,
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
            judgement: ids.get(&each.line.expense_id).copied(),
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
            judgement_id: ids.get(&each.line.expense_id).copied(),
        })
        .collect();
    let mut judgements: Vec<NewJudgement<'_>> = Vec::new();
    for each in &found.taken {
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
        for line in acting.scope.claim_lines(claim.id).await? {
            let mut read = super::expenses::read(acting, line.line.expense_id).await?;
            if read.value.claim_id == Some(claim.id) {
                read.value.state = read.value.state.apply(event)?;
                if matches!(event, ExpenseEvent::Release { .. }) {
                    read.value.claim_id = None;
                }
                rows.push(read);
            }
        }
    }
    let mut tx = acting.begin(act).await?;
    tx.update_claim(&claim, before.version).await?;
    for row in &rows {
        tx.move_expense(&row.value, row.version).await?;
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

//! Scientific opinions on proposals of actions and on deliverables: recorded once, read by whoever reads the subject.

use osn_core::expenditure::{OpinionOutcome, OpinionSubject, ScientificOpinion};
use osn_core::id::{OperationId, OpinionId, ProposalId};
use osn_core::lang::LocalText;
use schemars::JsonSchema;
use serde::Deserialize;

use super::operation;
use crate::acts::{Acting, Saved, entry};
use crate::auth::Right;
use crate::refusal::{FieldError, Outcome, Refusal};
use crate::shapes;

/// An opinion to record.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOpinion {
    /// The body or the office that gave it; no private person.
    #[schemars(with = "shapes::LocalText")]
    pub given_by: LocalText,
    /// When.
    pub given_on: chrono::NaiveDate,
    /// `favourable`, `with-remarks`, `unfavourable`.
    #[schemars(with = "String")]
    pub outcome: OpinionOutcome,
    /// In which words.
    #[schemars(with = "shapes::LocalText")]
    pub remarks: LocalText,
    /// Its number in the protocol.
    #[serde(default)]
    pub number: String,
}

async fn keep(
    acting: &Acting,
    right: Right,
    subject: OpinionSubject,
    new: NewOpinion,
) -> Outcome<Saved<ScientificOpinion>> {
    let by = acting.require(right)?.id;
    let mut errors = Vec::new();
    for (path, text) in [("/given_by", &new.given_by), ("/remarks", &new.remarks)] {
        if text.is_empty() {
            errors.push(FieldError::new(path, "required"));
        }
    }
    if new.given_on > acting.zone().day(acting.now) {
        errors.push(FieldError::new("/given_on", "in-future"));
    }
    if !errors.is_empty() {
        return Err(Refusal::invalid("request.invalid", errors));
    }
    let opinion = ScientificOpinion {
        id: acting.app.new_id(OpinionId::new),
        subject,
        given_by: new.given_by,
        given_on: new.given_on,
        outcome: new.outcome,
        remarks: new.remarks,
        number: new.number.trim().to_owned(),
        by,
    };
    let mut tx = acting.begin("opinion.record").await?;
    tx.insert_opinion(&opinion).await?;
    let details = serde_json::json!({ "about": opinion.subject.key(), "outcome": opinion.outcome.name() });
    tx.journal(entry("opinion.record", "opinion", opinion.id.uuid(), details));
    let saved = Saved {
        value: opinion,
        version: 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

async fn read(acting: &Acting, subject: &OpinionSubject) -> Outcome<Vec<ScientificOpinion>> {
    let found = acting.scope.opinions(subject).await?;
    Ok(found.into_iter().map(|read| read.value).collect())
}

/// Records an opinion on a proposal.
pub async fn on_proposal(acting: &Acting, id: ProposalId, new: NewOpinion) -> Outcome<Saved<ScientificOpinion>> {
    acting.require(Right::PlanActions)?;
    crate::acts::network::proposals::get(acting, id).await?;
    let subject = OpinionSubject::Proposal { proposal_id: id };
    keep(acting, Right::PlanActions, subject, new).await
}

/// Opinions on a proposal, oldest first.
pub async fn of_proposal(acting: &Acting, id: ProposalId) -> Outcome<Vec<ScientificOpinion>> {
    acting.require(Right::SeeWork)?;
    crate::acts::network::proposals::get(acting, id).await?;
    read(acting, &OpinionSubject::Proposal { proposal_id: id }).await
}

async fn deliverable(acting: &Acting, of: OperationId, code: &str) -> Outcome<OpinionSubject> {
    let operation = operation(acting, of).await?.value;
    let known = operation.deliverables.iter().any(|part| part.code == code);
    if !known {
        return Err(Refusal::not_found("deliverable.unknown"));
    }
    Ok(OpinionSubject::Deliverable {
        operation_id: of,
        code: code.to_owned(),
    })
}

/// Records an opinion on a deliverable.
pub async fn on_deliverable(
    acting: &Acting,
    of: OperationId,
    code: &str,
    new: NewOpinion,
) -> Outcome<Saved<ScientificOpinion>> {
    acting.require(Right::KeepExpenses)?;
    let subject = deliverable(acting, of, code).await?;
    keep(acting, Right::KeepExpenses, subject, new).await
}

/// Opinions on a deliverable, oldest first.
pub async fn of_deliverable(acting: &Acting, of: OperationId, code: &str) -> Outcome<Vec<ScientificOpinion>> {
    acting.require(Right::SeeMoney)?;
    read(acting, &deliverable(acting, of, code).await?).await
}

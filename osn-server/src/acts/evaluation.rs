//! What is decided about an action at its end: stop, repeat or extend it; one proposes, another approves.

use osn_core::action::ActionState;
use osn_core::evaluation::{ActionEvaluation, Conclusion, EvaluationError, EvaluationEvent, EvaluationState, Figures};
use osn_core::id::{ActionId, EvaluationId};
use osn_core::lang::LocalText;
use osn_core::state::Machine as _;
use osn_store::{NetworkFilter, Versioned};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::acts::network::Why;
use crate::acts::{Acting, Saved, actions, entry};
use crate::auth::Right;
use crate::refusal::{Outcome, Refusal};
use crate::shapes;

/// An evaluation to propose.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEvaluation {
    /// What becomes of the action.
    #[schemars(with = "shapes::Conclusion")]
    pub conclusion: Conclusion,
    /// Why.
    #[schemars(with = "shapes::LocalText")]
    pub reason: LocalText,
}

/// Every evaluation of an action, oldest first.
pub async fn list(acting: &Acting, action: ActionId) -> Outcome<Vec<Saved<ActionEvaluation>>> {
    acting.require(Right::SeeWork)?;
    actions::read(acting, action).await?;
    Ok(of_action(acting, action).await?.into_iter().map(Saved::from).collect())
}

async fn of_action(acting: &Acting, action: ActionId) -> Outcome<Vec<Versioned<ActionEvaluation>>> {
    let filter = NetworkFilter {
        subject: Some(action.uuid()),
        ..NetworkFilter::default()
    };
    Ok(acting.scope.all_network_records(filter).await?)
}

/// Whether two people agreed on what becomes of an action.
pub(crate) async fn is_evaluated(acting: &Acting, action: ActionId) -> Outcome<bool> {
    let found = of_action(acting, action).await?;
    Ok(found
        .iter()
        .any(|one| matches!(one.value.state, EvaluationState::Approved { .. })))
}

/// What an action has reached now: the figures of an evaluation.
pub async fn figures(acting: &Acting, id: ActionId) -> Outcome<Figures> {
    acting.require(Right::SeeWork)?;
    let action = actions::read(acting, id).await?.value;
    let reached = acting.scope.reached(id).await?;
    Ok(Figures {
        places: action.places_in_force().map_or(0, |version| version.places),
        awards: reached.awards,
        recipients: reached.recipients,
        households: reached.households,
        delivered: reached.deliveries,
        failed: reached.failures,
        budget: action.budget,
    })
}

/// Proposes what becomes of an action, with its figures of this moment.
pub async fn propose(acting: &Acting, action_id: ActionId, new: NewEvaluation) -> Outcome<Saved<ActionEvaluation>> {
    let proposed_by = acting.require(Right::PlanActions)?.id;
    let action = actions::read(acting, action_id).await?.value;
    if !matches!(
        action.state,
        ActionState::Approved { .. } | ActionState::Completed { .. }
    ) {
        return Err(Refusal::conflict("evaluation.too-early"));
    }
    if new.reason.is_empty() {
        return Err(Refusal::field("/reason", "required"));
    }
    let before = of_action(acting, action_id).await?;
    let stands = |one: &Versioned<ActionEvaluation>| !matches!(one.value.state, EvaluationState::Rejected { .. });
    if before.iter().any(stands) {
        return Err(Refusal::conflict("evaluation.there-is-one"));
    }
    let evaluation = ActionEvaluation {
        id: acting.app.new_id(EvaluationId::new),
        action_id,
        conclusion: new.conclusion,
        reason: new.reason,
        figures: figures(acting, action_id).await?,
        proposed_by,
        proposed_at: acting.now,
        state: EvaluationState::Proposed,
    };
    let mut tx = acting.begin("evaluation.propose").await?;
    tx.insert_network(&evaluation).await?;
    let details = serde_json::json!({ "evaluation": evaluation.id, "conclusion": evaluation.conclusion, "figures": evaluation.figures });
    tx.journal(entry("evaluation.propose", "action", action_id.uuid(), details));
    let saved = Saved {
        value: evaluation,
        version: 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

/// A second person agrees.
pub async fn approve(acting: &Acting, id: EvaluationId) -> Outcome<Saved<ActionEvaluation>> {
    let by = acting.require(Right::PlanActions)?.id;
    let event = EvaluationEvent::Approve { by, at: acting.now };
    decide(acting, id, "evaluation.approve", event).await
}

/// A second person does not agree, with a reason; then another evaluation can be proposed.
pub async fn reject(acting: &Acting, id: EvaluationId, why: Why) -> Outcome<Saved<ActionEvaluation>> {
    let by = acting.require(Right::PlanActions)?.id;
    let event = EvaluationEvent::Reject {
        by,
        at: acting.now,
        reason: why.given()?,
    };
    decide(acting, id, "evaluation.reject", event).await
}

async fn decide(
    acting: &Acting,
    id: EvaluationId,
    act: &'static str,
    event: EvaluationEvent,
) -> Outcome<Saved<ActionEvaluation>> {
    let found: Option<Versioned<ActionEvaluation>> = acting.scope.network_record(id.uuid()).await?;
    let Versioned { value, version, .. } = found.ok_or_else(|| Refusal::not_found("evaluation.unknown"))?;
    acting.check_version(version)?;
    let mut evaluation = value;
    evaluation.decide(&event)?;
    let mut tx = acting.begin(act).await?;
    tx.update_network(&evaluation, version).await?;
    let details =
        serde_json::json!({ "evaluation": id, "conclusion": evaluation.conclusion, "state": evaluation.state.name() });
    tx.journal(entry(act, "action", evaluation.action_id.uuid(), details));
    let saved = Saved {
        value: evaluation,
        version: version + 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

impl From<EvaluationError> for Refusal {
    fn from(error: EvaluationError) -> Self {
        match error {
            EvaluationError::SamePerson => Self::conflict("evaluation.same-person"),
            EvaluationError::Transition(error) => error.into(),
        }
    }
}

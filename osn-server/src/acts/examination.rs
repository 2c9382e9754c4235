//! The examination of a need against the mapping: the rules compute, people decide on what is unknown.

use osn_core::coverage::{self, Confirmation, DecisionError, UnknownDecision};
use osn_core::id::RequestId;
use osn_core::request::{RequestEvent, SupportRequest};
use osn_core::state::Machine as _;
use osn_core::time::Instant;
use osn_store::Versioned;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::acts::network::overruling;
use crate::acts::upkeep::keeping;
use crate::acts::{Acting, Saved, entry, requests, upkeep};
use crate::auth::Right;
use crate::refusal::{FieldError, Outcome, Refusal};
use crate::shapes;

/// What people decided about undetermined services; replaces what was decided before.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Decisions {
    /// One for each service.
    #[schemars(with = "Vec<shapes::UnknownDecision>")]
    pub decisions: Vec<UnknownDecision>,
}

/// Examines a request against the mapping as it is recorded now.
pub async fn examine(acting: &Acting, id: RequestId) -> Outcome<Saved<Confirmation>> {
    acting.require(Right::ExamineNeeds)?;
    let request = requests::get(acting, id).await?;
    acting.check_version(request.version)?;
    let request = &request;
    // Nothing that is recorded at a moment before this one may become visible after it: whoever reads the mapping as of the
    // examination reads what was examined.
    keeping::judged(|| confirm(acting, request.clone(), None, "request.examine")).await
}

/// Takes people's decisions and examines again, against the mapping as the first examination read it.
pub async fn decide(acting: &Acting, id: RequestId, decided: Decisions) -> Outcome<Saved<Confirmation>> {
    acting.require(Right::ExamineNeeds)?;
    let mut request = requests::get(acting, id).await?;
    acting.check_version(request.version)?;
    let before = acting
        .scope
        .confirmation(id)
        .await?
        .ok_or_else(|| Refusal::conflict("examination.missing"))?;
    request.value.decisions = decided.decisions;
    confirm(acting, request, Some(&before.value), "request.decide").await
}

/// The last examination.
pub async fn get(acting: &Acting, id: RequestId) -> Outcome<Versioned<Confirmation>> {
    requests::get(acting, id).await?;
    acting
        .scope
        .confirmation(id)
        .await?
        .ok_or_else(|| Refusal::not_found("examination.missing"))
}

/// What the rules answer to a request from the mapping as it was recorded at a moment, with nothing decided by people. Nothing is
/// kept of it.
pub async fn at(acting: &Acting, id: RequestId, at: Instant) -> Outcome<Versioned<Confirmation>> {
    let request = requests::get(acting, id).await?;
    let directory = acting.scope.directory(Some(at)).await?;
    let (need, policy) = (&request.value.need, upkeep::policy(acting).freshness);
    let answer = coverage::confirm(&directory, need, policy, acting.zone().day(at), &[]);
    Ok(Versioned {
        value: answer.map_err(|error| wrong_decision(&error, &[]))?,
        version: request.version,
        updated_at: at,
    })
}

async fn confirm(
    acting: &Acting,
    request: Versioned<SupportRequest>,
    before: Option<&Confirmation>,
    act: &'static str,
) -> Outcome<Saved<Confirmation>> {
    let Versioned {
        value: mut request,
        version,
        ..
    } = request;
    let on = acting.zone().day(acting.now);
    let mut read = None;
    let policy = before.map_or_else(|| upkeep::policy(acting).freshness, |before| before.policy);
    let confirmation = if let Some(before) = before {
        let directory = acting.scope.directory(Some(before.recorded_at)).await?;
        coverage::confirm(
            &directory,
            &request.need,
            policy,
            acting.zone().day(before.recorded_at),
            &request.decisions,
        )
    } else {
        // Decisions about an older mapping do not carry over to a new one.
        request.decisions.clear();
        read = Some(acting.scope.directory_revision().await?);
        let directory = acting.scope.directory(Some(acting.now)).await?;
        coverage::confirm(&directory, &request.need, policy, on, &[])
    };
    let confirmation = confirmation.map_err(|error| wrong_decision(&error, &request.decisions))?;
    request.state = request.state.apply(&RequestEvent::Examine { at: acting.now })?;
    let mut tx = acting.begin(act).await?;
    if let Some(read) = read {
        keeping::hold(acting, &mut tx, read).await?;
    }
    tx.update_request(&request, version).await?;
    tx.save_confirmation(request.id, &confirmation).await?;
    overruling::lapse(acting, &mut tx, request.id).await?;
    let details = serde_json::json!({
        "outcome": confirmation.outcome.name(), "examined": confirmation.examined.len(), "open": confirmation.open,
        "decided": request.decisions.len(),
    });
    tx.journal(entry(act, "request", request.id.uuid(), details));
    let saved = Saved {
        value: confirmation,
        version: version + 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

fn wrong_decision(error: &DecisionError, decisions: &[UnknownDecision]) -> Refusal {
    let (service, code, field) = match error {
        DecisionError::NotACandidate(service) => (service, "decision-not-a-candidate", "service_id"),
        DecisionError::NotUndetermined(service) => (service, "decision-not-undetermined", "service_id"),
        DecisionError::NoReason(service) => (service, "required", "reason"),
    };
    let index = decisions
        .iter()
        .position(|decision| decision.service_id == *service)
        .unwrap_or_default();
    Refusal::invalid(
        "request.invalid",
        vec![FieldError::new(format!("/decisions/{index}/{field}"), code)],
    )
}

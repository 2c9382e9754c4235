//! Following an application with its reference and one-time code, and taking it back: no account needed.

use osn_core::application::{Application, ApplicationState, AssessmentOutcome, Reference};
use osn_core::call::{Call, CallState};
use osn_core::delivery::{Award, AwardState, Delivery};
use osn_core::lang::LocalText;
use osn_core::recall::{Recall, lot_key};
use osn_core::state::Machine as _;
use osn_core::time::Instant;
use osn_programs::about::Role;
use osn_store::Versioned;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::code_hash;
use crate::acts::calls::OpenCall;
use crate::acts::decisions::ClaimShown;
use crate::acts::written::{Ground, Said};
use crate::acts::{Acting, awards, calls, decisions};
use crate::refusal::{Kind, Outcome, Refusal};
use crate::shapes;

/// What leads back to an application.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// The public reference, in any hand.
    pub reference: String,
    /// The one-time code.
    pub code: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials(***)")
    }
}

/// An application as its applicant sees it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Tracked {
    /// The reference.
    pub reference: String,
    /// The protocol number, e.g. `17/2022`, once given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
    /// The call.
    #[schemars(with = "uuid::Uuid")]
    pub call_id: osn_core::id::CallId,
    /// The call's title.
    #[schemars(with = "shapes::LocalText")]
    pub call: LocalText,
    /// `received`, `under-assessment`, `selected`, `reserve`, `not-selected`, `withdrawn`.
    pub state: &'static str,
    /// Place on the reserve list, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reserve_position: Option<u32>,
    /// When it was received.
    pub submitted_at: Instant,
    /// What happened, oldest first.
    pub timeline: Vec<TrackedEvent>,
    /// Planned and made deliveries.
    pub deliveries: Vec<TrackedDelivery>,
    /// What was decided and why, once the list is final.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<TrackedDecision>,
}

/// The decision about an application, for its applicant.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TrackedDecision {
    /// `eligible`, `not-eligible`, `missing-evidence`.
    #[schemars(with = "String")]
    pub outcome: AssessmentOutcome,
    /// The date as of which it was judged.
    pub as_of: chrono::NaiveDate,
    /// Every claim with every criterion.
    pub claims: Vec<ClaimShown>,
}

/// One thing that happened.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TrackedEvent {
    /// `received`, `call-closed`, `assessed`, `list-final`, `awarded`, `fulfilled`, `withdrawn`.
    pub event: &'static str,
    /// When.
    pub at: Instant,
}

/// A delivery as its recipient sees it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TrackedDelivery {
    /// Instalment, counted from 1.
    pub instalment: u16,
    /// The planned day.
    pub planned_for: chrono::NaiveDate,
    /// `planned`, `failed`, `delivered`, `cancelled`; `waits` where there is nothing to bring yet.
    pub state: &'static str,
    /// When it arrived.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<Instant>,
    /// What was written down when it arrived, the recipient's own data among it.
    pub written: Vec<Said>,
    /// Its lot was called back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recalled: Option<TrackedRecall>,
}

/// A recall of what somebody received.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TrackedRecall {
    /// The lot.
    pub lot: String,
    /// Why.
    #[schemars(with = "shapes::LocalText")]
    pub reason: LocalText,
    /// When it was called back.
    pub at: Instant,
}

/// Shows an application to whoever holds its reference and code.
pub async fn track(acting: &Acting, credentials: &Credentials) -> Outcome<Tracked> {
    let application = held(acting, credentials).await?.value;
    let open = calls::open(acting, application.call_id).await?;
    let call = &open.call;
    let award = awards::of_application(acting, &application, call.value.action_id).await?;
    let deliveries = match &award {
        Some(award) => deliveries(acting, &award.value).await?,
        None => Vec::new(),
    };
    let (state, reserve_position) = step(&application, acting.now > call.value.closes_at);
    let timeline = timeline(
        acting,
        &application,
        &call.value,
        award.as_ref().map(|award| &award.value),
    );
    let decision = decision(acting, &open, &application).await?;
    Ok(Tracked {
        reference: application.reference.to_string(),
        protocol: application.protocol.map(|number| number.to_string()),
        call_id: application.call_id,
        call: call.value.title.clone(),
        state,
        reserve_position,
        submitted_at: application.submitted_at,
        timeline,
        deliveries,
        decision,
    })
}

/// What was decided about it, with every reason: only once a final list speaks of this application, or a round left it waiting
/// for a paper.
async fn decision(acting: &Acting, open: &OpenCall, application: &Application) -> Outcome<Option<TrackedDecision>> {
    let told = matches!(
        application.state,
        ApplicationState::Selected | ApplicationState::Reserve { .. } | ApplicationState::NotSelected
    );
    if !told && !misses_a_paper(&open.call.value, application) {
        return Ok(None);
    }
    let found = decisions::of_own(acting, open, application).await?;
    Ok(found.map(|explained| TrackedDecision {
        outcome: explained.decision.outcome,
        as_of: explained.as_of,
        claims: explained.claims,
    }))
}

/// Whether a round of a rolling intake is over and left this application waiting for a paper: no last list is near, and whoever
/// is not told what is missing would wait for ever.
fn misses_a_paper(call: &Call, application: &Application) -> bool {
    let missing = matches!(
        application.state,
        ApplicationState::Assessed {
            outcome: AssessmentOutcome::MissingEvidence,
            ..
        }
    );
    missing && call.intake.is_rolling() && matches!(call.state, CallState::Published { .. })
}

/// Where an application stands, as its applicant is told.
fn step(application: &Application, is_closed: bool) -> (&'static str, Option<u32>) {
    match &application.state {
        ApplicationState::Received if is_closed => ("under-assessment", None),
        ApplicationState::Received => ("received", None),
        // What the rules said is told with the final list, not before: until then people may still correct it.
        ApplicationState::Assessed { .. } => ("under-assessment", None),
        ApplicationState::Reserve { position } => ("reserve", Some(*position)),
        ApplicationState::Withdrawn { .. } => ("withdrawn", None),
        state @ (ApplicationState::Selected | ApplicationState::NotSelected) => (state.name(), None),
    }
}

/// What happened so far, oldest first.
fn timeline(acting: &Acting, application: &Application, call: &Call, award: Option<&Award>) -> Vec<TrackedEvent> {
    let event = |event, at| TrackedEvent { event, at };
    let mut timeline = vec![event("received", application.submitted_at)];
    if acting.now > call.closes_at {
        timeline.push(event("call-closed", call.closes_at));
    }
    match &call.state {
        CallState::Assessed { at } if *at >= application.submitted_at => timeline.push(event("assessed", *at)),
        CallState::Final { at, .. } => timeline.push(event("list-final", *at)),
        CallState::Draft
        | CallState::Published { .. }
        | CallState::Assessed { .. }
        | CallState::Proposed { .. }
        | CallState::Cancelled { .. } => {}
    }
    if let Some(award) = award {
        timeline.push(event("awarded", award.awarded_at));
        if let AwardState::Fulfilled { at } = award.state {
            timeline.push(event("fulfilled", at));
        }
    }
    if let ApplicationState::Withdrawn { at } = application.state {
        timeline.push(event("withdrawn", at));
    }
    timeline.sort_by_key(|event| event.at);
    timeline
}

/// The deliveries of an award, with what was written down: the recipient reads their own data.
async fn deliveries(acting: &Acting, award: &Award) -> Outcome<Vec<TrackedDelivery>> {
    let found = acting.scope.deliveries_of(award.id).await?;
    let is_written = |delivery: &Versioned<Delivery>| {
        let mut attempts = delivery.value.attempts.iter();
        attempts.any(|attempt| attempt.has_notes || !attempt.recorded.is_empty())
    };
    let ground = match award.action_id.filter(|_| found.iter().any(is_written)) {
        Some(action) => Some((Ground::of(acting, action).await?, acting.scope.recalls(action).await?)),
        None => None,
    };
    let ids = found.iter().map(|delivery| delivery.value.id);
    let notes = acting.scope.delivery_notes_for_machine(ids).await?;
    let tracked = found.iter().map(|delivery| {
        let delivery = &delivery.value;
        let written = |(ground, _): &(Ground, _)| ground.whole(acting.lang.tag(), delivery, notes.get(&delivery.id));
        TrackedDelivery {
            instalment: delivery.instalment,
            planned_for: delivery.planned_for,
            state: if delivery.waits { "waits" } else { delivery.state.name() },
            delivered_at: delivery.delivered_at(),
            written: ground.as_ref().map(written).unwrap_or_default(),
            recalled: ground
                .as_ref()
                .and_then(|(ground, recalls)| recalled(ground, recalls, delivery)),
        }
    });
    Ok(tracked.collect())
}

/// The recall of the lot that was handed over at a delivery.
fn recalled(ground: &Ground, recalls: &[Recall], delivery: &Delivery) -> Option<TrackedRecall> {
    let field = ground.about.recorded(Role::Lot)?;
    let lots = delivery
        .attempts
        .iter()
        .filter_map(|attempt| attempt.recorded.get(&field.key)?.as_str());
    let keys: Vec<String> = lots.map(lot_key).collect();
    let recall = recalls.iter().find(|recall| keys.contains(&lot_key(&recall.lot)))?;
    Some(TrackedRecall {
        lot: recall.lot.clone(),
        reason: recall.reason.clone(),
        at: recall.at,
    })
}

/// Takes an application back; with it goes its award, and the first on reserve moves up.
pub async fn withdraw(acting: &Acting, credentials: &Credentials) -> Outcome<Tracked> {
    let application = held(acting, credentials).await?;
    awards::withdraw_application(acting, application, "application.withdraw").await?;
    track(acting, credentials).await
}

/// The application of a reference and code: the same answer for a wrong reference and a wrong code.
async fn held(acting: &Acting, credentials: &Credentials) -> Outcome<Versioned<Application>> {
    let unknown = || Refusal::not_found("application.unknown");
    let reference: Reference = credentials.reference.parse().map_err(|_| unknown())?;
    let throttle = acting.app.trackings();
    let name = format!("{}/{}", acting.municipality().id, reference.as_str());
    throttle
        .check(&name, acting.now)
        .map_err(|wait| Refusal::new(Kind::TooMany, "application.wait").with("seconds", wait.seconds))?;
    let hash = code_hash(&reference, &credentials.code);
    let application = acting.scope.application_by_reference(&reference).await?;
    let stored = match &application {
        Some(application) => acting.scope.application_code_hash(application.value.id).await?,
        None => None,
    };
    match application.filter(|_| stored == Some(hash)) {
        Some(application) => {
            throttle.succeeded(&name);
            Ok(application)
        }
        None => {
            throttle.failed(&name, acting.now);
            Err(unknown())
        }
    }
}

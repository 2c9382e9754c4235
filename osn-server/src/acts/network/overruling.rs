//! Overruling the rules: an officer proposes another answer with a reason, a second one decides.

use osn_core::coverage::Confirmation;
use osn_core::id::{OverrulingId, RequestId, ServiceId};
use osn_core::lang::LocalText;
use osn_core::overruling::{Overruling, OverrulingError, OverrulingEvent, OverrulingState};
use osn_core::request::RequestState;
use osn_core::state::Machine as _;
use osn_store::{NetworkFilter, Page, PageQuery, Tx, Versioned};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Why, change, read};
use crate::acts::{Acting, Saved, entry, examination, requests};
use crate::auth::Right;
use crate::refusal::{Outcome, Refusal};
use crate::shapes;

/// Another answer to propose.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOverruling {
    /// People whom the network does not serve; 0: it serves everybody.
    pub residual: u32,
    /// The services that serve them; at least one when fewer are left than the rules say.
    #[serde(default)]
    #[schemars(with = "Vec<uuid::Uuid>")]
    pub refer_to: Vec<ServiceId>,
    /// Why.
    #[schemars(with = "shapes::LocalText")]
    pub reason: LocalText,
}

fn of_request(id: RequestId) -> NetworkFilter<'static> {
    NetworkFilter {
        subject: Some(id.uuid()),
        ..NetworkFilter::default()
    }
}

/// Proposes another answer to an examined need on which nothing is open.
pub async fn propose(acting: &Acting, id: RequestId, new: NewOverruling) -> Outcome<Saved<Overruling>> {
    let by = acting.require(Right::ExamineNeeds)?.id;
    let request = requests::get(acting, id).await?;
    if !matches!(request.value.state, RequestState::Examined { .. }) {
        return Err(Refusal::conflict("examination.missing"));
    }
    let examined = examination::get(acting, id).await?;
    if examined.value.overruled.is_some() {
        return Err(Refusal::conflict("overruling.done"));
    }
    if examined.value.open > 0 {
        return Err(Refusal::conflict("certificate.open-unknowns").with("open", examined.value.open));
    }
    let overruling = Overruling {
        id: acting.app.new_id(OverrulingId::new),
        request_id: id,
        examination: examined.version,
        computed: examined.value.outcome,
        residual: new.residual,
        refer_to: new.refer_to,
        reason: new.reason,
        by,
        at: acting.now,
        state: OverrulingState::Proposed,
    };
    overruling.check(&examined.value)?;
    super::keep(acting, "overruling.propose", "overruling", overruling).await
}

/// What was proposed about a request, oldest first.
pub async fn list(acting: &Acting, id: RequestId, query: PageQuery) -> Outcome<Page<Versioned<Overruling>>> {
    requests::get(acting, id).await?;
    super::page(acting, of_request(id), query).await
}

async fn get(acting: &Acting, id: OverrulingId) -> Outcome<Versioned<Overruling>> {
    let found: Versioned<Overruling> = read(acting, id.uuid(), "overruling.unknown").await?;
    // Whoever may not see the request may not see this.
    requests::get(acting, found.value.request_id)
        .await
        .map_err(|_| Refusal::not_found("overruling.unknown"))?;
    Ok(found)
}

/// A second officer approves: the examination answers as proposed from now on.
pub async fn approve(acting: &Acting, id: OverrulingId) -> Outcome<Saved<Overruling>> {
    let by = acting.require(Right::ExamineNeeds)?.id;
    let Versioned { mut value, version, .. } = get(acting, id).await?;
    acting.check_version(version)?;
    let request = requests::get(acting, value.request_id).await?;
    let examined = examination::get(acting, value.request_id).await?;
    let mut confirmation: Confirmation = examined.value;
    value.approve(&mut confirmation, examined.version, by, acting.now)?;
    let mut tx = acting.begin("overruling.approve").await?;
    tx.update_network(&value, version).await?;
    // The request is touched, so that whoever decides on it at the same moment finds that it moved.
    tx.update_request(&request.value, request.version).await?;
    tx.save_confirmation(value.request_id, &confirmation).await?;
    let details = serde_json::json!({
        "request": value.request_id, "computed": value.computed.residual(), "residual": value.residual,
    });
    tx.journal(entry("overruling.approve", "overruling", id.uuid(), details));
    let saved = Saved {
        value,
        version: version + 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

/// A second officer refuses, with a reason.
pub async fn reject(acting: &Acting, id: OverrulingId, why: Why) -> Outcome<Saved<Overruling>> {
    let by = acting.require(Right::ExamineNeeds)?.id;
    let reason = why.given()?;
    let found = get(acting, id).await?;
    change(acting, found, ("overruling.reject", "overruling"), |overruling| {
        Ok(overruling.reject(by, acting.now, reason)?)
    })
    .await
}

/// Another examination ends what was proposed about the one before.
pub(crate) async fn lapse(acting: &Acting, tx: &mut Tx, id: RequestId) -> Outcome<()> {
    let filter = NetworkFilter {
        state: Some("proposed"),
        ..of_request(id)
    };
    for open in acting.scope.all_network_records::<Overruling>(filter).await? {
        let mut value = open.value;
        value.state = value.state.apply(&OverrulingEvent::Lapse { at: acting.now })?;
        tx.update_network(&value, open.version).await?;
    }
    Ok(())
}

impl From<OverrulingError> for Refusal {
    fn from(error: OverrulingError) -> Self {
        match error {
            OverrulingError::NoReason => Self::field("/reason", "required"),
            OverrulingError::Same { .. } => Self::field("/residual", "overruling-same"),
            OverrulingError::MoreThanInNeed { .. } => Self::field("/residual", "overruling-more-than-in-need"),
            OverrulingError::NotExamined(_) => Self::field("/refer_to", "decision-not-a-candidate"),
            OverrulingError::NotReferable(_) => Self::field("/refer_to", "service-not-referable"),
            OverrulingError::NoService => Self::field("/refer_to", "overruling-no-service"),
            OverrulingError::SamePerson => Self::conflict("overruling.same-person"),
            OverrulingError::Moved => Self::conflict("overruling.moved"),
            OverrulingError::Transition(error) => error.into(),
        }
    }
}

//! Applications as staff see them: without names in lists, opened with a reason that the journal keeps.

use osn_core::application::{Application, ApplicationData};
use osn_core::id::{ApplicationId, CallId};
use osn_core::state::Machine as _;
use osn_store::{Access, Page, PageQuery, Readable, Versioned};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::acts::Acting;
use crate::auth::Right;
use crate::refusal::{Outcome, Refusal};

/// An application without its sealed data.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ApplicationView {
    /// Identifier.
    #[schemars(with = "uuid::Uuid")]
    pub id: ApplicationId,
    /// The call.
    #[schemars(with = "uuid::Uuid")]
    pub call_id: CallId,
    /// Public reference.
    pub reference: String,
    /// Protocol number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
    /// When it was received.
    pub submitted_at: osn_core::time::Instant,
    /// `received`, `assessed`, `selected`, `reserve`, `not-selected`, `withdrawn`.
    pub state: &'static str,
    /// The state with what belongs to it.
    #[schemars(with = "serde_json::Value")]
    pub step: osn_core::application::ApplicationState,
    /// Version.
    pub version: i64,
}

impl From<Versioned<Application>> for ApplicationView {
    fn from(read: Versioned<Application>) -> Self {
        let application = read.value;
        Self {
            id: application.id,
            call_id: application.call_id,
            reference: application.reference.to_string(),
            protocol: application.protocol.map(|number| number.to_string()),
            submitted_at: application.submitted_at,
            state: application.state.name(),
            step: application.state,
            version: read.version,
        }
    }
}

/// Applications of a call, in the order in which they came; `state` narrows.
pub async fn list(
    acting: &Acting,
    call: CallId,
    state: Option<&str>,
    query: PageQuery,
) -> Outcome<Page<ApplicationView>> {
    acting.require(Right::SeeApplications)?;
    Ok(acting
        .scope
        .applications(call, state, query)
        .await?
        .map(ApplicationView::from))
}

/// How many applications of a call stand where.
pub async fn counts(acting: &Acting, call: CallId) -> Outcome<BTreeMap<String, u64>> {
    acting.require(Right::SeeApplications)?;
    Ok(acting.scope.application_counts(call).await?)
}

/// An application with what it resembles.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ApplicationDetails {
    /// As in lists.
    #[serde(flatten)]
    pub application: ApplicationView,
    /// Applications of the same call that share an address, a telephone or a name with birth date: a hint, never a refusal.
    #[schemars(with = "Vec<uuid::Uuid>")]
    pub similar: Vec<ApplicationId>,
}

/// One application, without personal data.
pub async fn get(acting: &Acting, id: ApplicationId) -> Outcome<ApplicationDetails> {
    acting.require(Right::SeeApplications)?;
    let application = read(acting, id).await?;
    let similar = acting.scope.similar_applications(id).await?;
    Ok(ApplicationDetails {
        application: application.into(),
        similar,
    })
}

pub(crate) async fn read(acting: &Acting, id: ApplicationId) -> Outcome<Versioned<Application>> {
    acting
        .scope
        .application(id)
        .await?
        .ok_or_else(|| Refusal::not_found("application.unknown"))
}

/// Why somebody opens sealed data.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// In words; the journal keeps it.
    pub reason: String,
}

/// Opens the sealed data of an application: one journal entry with subject and reason.
pub async fn open(acting: &Acting, id: ApplicationId, reason: &Reason) -> Outcome<ApplicationData> {
    let officer = acting.require(Right::OpenApplications)?;
    let words = reason.reason.trim();
    if !(5..=500).contains(&words.chars().count()) {
        return Err(Refusal::field("/reason", "reason-length"));
    }
    read(acting, id).await?;
    let access = Access {
        actor: officer.id,
        reason: words.to_owned(),
    };
    readable(acting.scope.application_data(id, access, acting.now).await?)
}

/// Data that can be read, or the refusal that says why not.
pub(crate) fn readable<T>(data: Option<Readable<T>>) -> Outcome<T> {
    match data {
        Some(Readable::Data(data)) => Ok(data),
        Some(Readable::Erased) => Err(Refusal::not_found("application.erased")),
        None => Err(Refusal::not_found("application.unknown")),
    }
}

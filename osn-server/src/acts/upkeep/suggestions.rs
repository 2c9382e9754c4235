//! Suggestions: anybody says that something is wrong; the owner or a moderator decides, with a reason.

use osn_core::directory::DirectoryRecord;
use osn_core::id::{OrganizationId, SuggestionId};
use osn_core::state::Machine as _;
use osn_core::time::Instant;
use osn_core::upkeep::{RecordKind, Suggestion, SuggestionAbout, SuggestionEvent, SuggestionFrom, SuggestionState};
use osn_store::{Page, PageQuery, SuggestionFilter, SuggestionText, Versioned};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{answering, find, keeping, name, reminders};
use crate::acts::{Acting, entry};
use crate::auth::Right;
use crate::refusal::{FieldError, Kind, Outcome, Refusal};
use crate::shapes;

/// The longest suggestion, in characters.
const LONGEST: usize = 2000;

/// How often a suggestion is written anew when others write about the same record in the same moment.
const ATTEMPTS: usize = 5;

/// What somebody says.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSuggestion {
    /// What it is about.
    #[schemars(with = "shapes::SuggestionAbout")]
    pub about: SuggestionAbout,
    /// In words.
    pub words: String,
    /// How to reach whoever writes, if they want an answer. Sealed, and forgotten when it is decided.
    #[serde(default)]
    pub contact: Option<String>,
}

impl std::fmt::Debug for NewSuggestion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewSuggestion")
            .field("about", &self.about)
            .finish_non_exhaustive()
    }
}

/// That it arrived.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct Received {
    /// When.
    pub received_at: Instant,
    /// Whether the body that answers for the record is written to; else the municipality alone knows of it, and whoever signs
    /// in for the body.
    pub owner_told: bool,
}

/// A suggestion as the owner and the moderator see it.
#[derive(Clone, Serialize, JsonSchema)]
pub struct SuggestionView {
    /// Identifier.
    #[schemars(with = "uuid::Uuid")]
    pub id: SuggestionId,
    /// `organization`, `location`, `service`.
    pub kind: &'static str,
    /// The record.
    pub record_id: Uuid,
    /// Its name.
    #[schemars(with = "Option<shapes::LocalText>")]
    pub record: Option<osn_core::lang::LocalText>,
    /// The body that owns it.
    #[schemars(with = "uuid::Uuid")]
    pub owner: OrganizationId,
    /// What it is about.
    #[schemars(with = "shapes::SuggestionAbout")]
    pub about: SuggestionAbout,
    /// `citizen`, `owner-link`.
    #[schemars(with = "String")]
    pub from: SuggestionFrom,
    /// In words.
    pub words: String,
    /// How to reach whoever wrote it; gone once it is decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// `open`, `accepted`, `refused`.
    pub state: &'static str,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it came.
    pub at: Instant,
}

impl std::fmt::Debug for SuggestionView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SuggestionView")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// A decision to accept.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Accept {
    /// The record as it should be; left out where it was changed already.
    #[schemars(with = "Option<shapes::DirectoryRecord>")]
    pub record: Option<DirectoryRecord>,
}

/// A decision to refuse.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Refuse {
    /// Why.
    pub reason: String,
}

/// Takes a suggestion of anybody about a record of the mapping.
pub async fn make(acting: &Acting, kind: RecordKind, id: Uuid, new: NewSuggestion) -> Outcome<Received> {
    let mapped = acting.mapping().await?;
    let record = find(&mapped.directory, kind, id).ok_or_else(|| Refusal::not_found("record.unknown"))?;
    let owner = answering(&record)?;
    let mut errors = Vec::new();
    let words = new.words.trim();
    match words.chars().count() {
        0 => errors.push(FieldError::new("/words", "required")),
        count if count > LONGEST => errors.push(FieldError::new("/words", "words-too-long")),
        _ => {}
    }
    let contact = new
        .contact
        .as_deref()
        .map(str::trim)
        .filter(|contact| !contact.is_empty());
    if contact.is_some_and(|contact| contact.chars().count() > 200) {
        errors.push(FieldError::new("/contact", "words-too-long"));
    }
    if !errors.is_empty() {
        return Err(Refusal::invalid("request.invalid", errors));
    }
    // One record takes a few suggestions in a quarter of an hour: enough for people, too few for a machine.
    let name = format!("{}/{id}", acting.municipality().id);
    let throttle = acting.app.suggestions();
    throttle
        .check(&name, acting.now)
        .map_err(|wait| Refusal::new(Kind::TooMany, "suggestion.wait").with("seconds", wait.seconds))?;
    throttle.failed(&name, acting.now);
    let suggestion = Suggestion {
        id: acting.app.new_id(SuggestionId::new),
        kind,
        record_id: id,
        owner,
        about: new.about,
        from: SuggestionFrom::Citizen,
        at: acting.now,
        state: SuggestionState::Open,
    };
    let text = SuggestionText {
        suggestion,
        words: words.to_owned(),
        contact: contact.map(str::to_owned),
    };
    let received = Received {
        received_at: acting.now,
        owner_told: reminders::may_tell_of_suggestion(acting, owner).await?,
    };
    // Two people may write about one record in the same moment, where no link waits yet: whose link comes second takes the first.
    for _ in 1..ATTEMPTS {
        match receive(acting, &text, &received).await {
            Err(refusal) if ["record.exists", "record.stale"].contains(&refusal.code()) => {}
            done => return done.map(|()| received),
        }
    }
    receive(acting, &text, &received).await.map(|()| received)
}

/// Keeps a suggestion, and the message to the body where one goes out.
async fn receive(acting: &Acting, text: &SuggestionText, received: &Received) -> Outcome<()> {
    let suggestion = &text.suggestion;
    let mut tx = acting.begin("suggestion.make").await?;
    tx.insert_suggestion(text).await?;
    tx.journal(entry(
        "suggestion.make",
        "suggestion",
        suggestion.id.uuid(),
        serde_json::json!({ "about": suggestion.about.name(), "from": "citizen" }),
    ));
    if received.owner_told {
        reminders::tell_of_suggestion(acting, &mut tx, suggestion).await?;
    }
    acting.commit(tx, received).await
}

/// Suggestions, oldest first; an owner sees those about its own records.
pub async fn list(acting: &Acting, state: Option<&str>, query: PageQuery) -> Outcome<Page<Versioned<SuggestionView>>> {
    let officer = acting.require(Right::KeepRecords)?;
    let bound = officer.is_bound();
    let filter = SuggestionFilter {
        state,
        owner: officer.organization.filter(|_| bound),
        record: None,
    };
    if bound && filter.owner.is_none() {
        return Err(Refusal::new(Kind::Forbidden, "access.other-body"));
    }
    let found = acting.scope.suggestions(filter, query).await?;
    let mapped = acting.mapping().await?;
    Ok(found.map(|read| Versioned {
        value: view(&mapped.directory, read.value),
        version: read.version,
        updated_at: read.updated_at,
    }))
}

fn view(directory: &osn_core::directory::Directory, text: SuggestionText) -> SuggestionView {
    let SuggestionText {
        suggestion,
        words,
        contact,
    } = text;
    SuggestionView {
        id: suggestion.id,
        kind: suggestion.kind.name(),
        record_id: suggestion.record_id,
        record: find(directory, suggestion.kind, suggestion.record_id).map(|record| name(&record).clone()),
        owner: suggestion.owner,
        about: suggestion.about,
        from: suggestion.from,
        words,
        contact,
        state: suggestion.state.name(),
        reason: match suggestion.state {
            SuggestionState::Refused { reason, .. } => Some(reason),
            SuggestionState::Open | SuggestionState::Accepted { .. } => None,
        },
        at: suggestion.at,
    }
}

/// One suggestion.
pub async fn get(acting: &Acting, id: SuggestionId) -> Outcome<Versioned<SuggestionView>> {
    let read = read(acting, id).await?;
    let mapped = acting.mapping().await?;
    Ok(Versioned {
        value: view(&mapped.directory, read.value),
        version: read.version,
        updated_at: read.updated_at,
    })
}

async fn read(acting: &Acting, id: SuggestionId) -> Outcome<Versioned<SuggestionText>> {
    let officer = acting.require(Right::KeepRecords)?;
    let read = acting
        .scope
        .suggestion(id)
        .await?
        .ok_or_else(|| Refusal::not_found("suggestion.unknown"))?;
    let suggestion = &read.value.suggestion;
    let record = acting
        .scope
        .record_in_force(suggestion.kind.name(), suggestion.record_id)
        .await?;
    // A record that changed hands took its suggestions with it, as the list has them.
    let owner = record.and_then(|version| version.owner).unwrap_or(suggestion.owner);
    officer
        .acts_for(owner)
        .map_err(|_| Refusal::not_found("suggestion.unknown"))?;
    Ok(read)
}

/// It is right: the record becomes a new version with it, or was changed already.
pub async fn accept(acting: &Acting, id: SuggestionId, accept: Accept) -> Outcome<Versioned<SuggestionView>> {
    keeping::judged(|| accept_judged(acting, id, &accept)).await?;
    get(acting, id).await
}

async fn accept_judged(acting: &Acting, id: SuggestionId, accept: &Accept) -> Outcome<()> {
    let read = read(acting, id).await?;
    let by = acting.require(Right::KeepRecords)?.id;
    let mut suggestion = read.value.suggestion;
    let event = SuggestionEvent::Accept { by, at: acting.now };
    suggestion.state = suggestion.state.apply(&event)?;
    let change = match accept.record.clone() {
        Some(record) => Some(keeping::prepare(acting, suggestion.kind, suggestion.record_id, record).await?),
        None => None,
    };
    let mut tx = acting.begin("suggestion.accept").await?;
    if let Some(change) = &change {
        keeping::write(acting, &mut tx, change).await?;
    }
    tx.decide_suggestion(&suggestion, read.version).await?;
    tx.journal(entry(
        "suggestion.accept",
        "suggestion",
        id.uuid(),
        serde_json::json!({ "record": suggestion.record_id, "changed": change.is_some() }),
    ));
    Ok(tx.commit().await?)
}

/// It is not right, or not for this record: the reason stays.
pub async fn refuse(acting: &Acting, id: SuggestionId, refuse: Refuse) -> Outcome<Versioned<SuggestionView>> {
    let read = read(acting, id).await?;
    let by = acting.require(Right::KeepRecords)?.id;
    let reason = refuse.reason.trim().to_owned();
    if reason.is_empty() {
        return Err(Refusal::field("/reason", "required"));
    }
    let mut suggestion = read.value.suggestion;
    let event = SuggestionEvent::Refuse {
        by,
        at: acting.now,
        reason,
    };
    suggestion.state = suggestion.state.apply(&event)?;
    let mut tx = acting.begin("suggestion.refuse").await?;
    tx.decide_suggestion(&suggestion, read.version).await?;
    tx.journal(entry(
        "suggestion.refuse",
        "suggestion",
        id.uuid(),
        serde_json::json!({ "record": suggestion.record_id }),
    ));
    tx.commit().await?;
    get(acting, id).await
}

//! Upkeep of the mapping: who confirms a record, reminds its owner, suggests, changes, withdraws and merges; its terms.

pub mod apart;
pub mod board;
pub mod confirming;
pub mod days;
pub mod digests;
pub mod duplicates;
pub mod history;
pub mod keeping;
pub(crate) mod kept;
pub mod link;
pub(crate) mod mailboxes;
pub mod reminders;
pub mod suggestions;
pub mod terms;
mod unfinished;
pub mod waiting;

use osn_core::directory::{Directory, DirectoryRecord};
use osn_core::id::OrganizationId;
use osn_core::lang::LocalText;
use osn_core::upkeep::{RecordKind, UpkeepPolicy};
use osn_store::{Page, PageQuery, RecordVersion};
use uuid::Uuid;

use crate::acts::Acting;
use crate::auth::{Officer, Right};
use crate::refusal::{Outcome, Refusal};

/// What the municipality decided about upkeep (`settings.upkeep`); the usual days where it decided nothing.
pub fn policy(acting: &Acting) -> UpkeepPolicy {
    days::of(acting.municipality())
}

/// The kind of record that an address names.
pub fn kind(name: &str) -> Outcome<RecordKind> {
    RecordKind::named(name).ok_or_else(|| Refusal::not_found("record.unknown"))
}

/// The body that answers for a record.
pub fn owner(record: &DirectoryRecord) -> Option<OrganizationId> {
    match record {
        DirectoryRecord::Organization(organization) => Some(organization.id),
        DirectoryRecord::Location(location) => location.organization_id,
        DirectoryRecord::Service(service) => Some(service.organization_id),
        DirectoryRecord::Taxonomy(_) | DirectoryRecord::TaxonomyTerm(_) => None,
    }
}

/// The body that answers for a record, where an act needs one.
///
/// # Errors
/// `record.nobodys` where the record names none: somebody has to say first whose it is.
fn answering(record: &DirectoryRecord) -> Outcome<OrganizationId> {
    owner(record).ok_or_else(|| Refusal::conflict("record.nobodys"))
}

/// Whether the reader is told who did what with a record of this body: the municipality is, and the body itself. To another
/// body the people of this one are strangers.
fn sees_all(acting: &Acting, body: Option<OrganizationId>) -> bool {
    let answers = |officer: &Officer| match body {
        Some(body) => officer.acts_for(body).is_ok(),
        None => !officer.is_bound(),
    };
    acting.actor.may(Right::SeeWork) && acting.actor.officer().is_some_and(answers)
}

/// Whether nobody may learn where it is.
pub(crate) fn is_protected(record: &DirectoryRecord) -> bool {
    matches!(record, DirectoryRecord::Location(place) if place.protected)
}

/// The name of a record.
pub fn name(record: &DirectoryRecord) -> &LocalText {
    match record {
        DirectoryRecord::Organization(organization) => &organization.name,
        DirectoryRecord::Location(location) => &location.name,
        DirectoryRecord::Service(service) => &service.name,
        DirectoryRecord::Taxonomy(taxonomy) => &taxonomy.name,
        DirectoryRecord::TaxonomyTerm(term) => &term.name,
    }
}

/// A record of the mapping by its kind and identifier.
pub fn find(directory: &Directory, kind: RecordKind, id: Uuid) -> Option<DirectoryRecord> {
    directory.record(kind.name(), id)
}

/// A page of what was read whole: its cursor counts the items before it.
///
/// # Errors
/// When the cursor is none of these.
pub(crate) fn cut<T>(items: Vec<T>, query: &PageQuery) -> Outcome<Page<T>> {
    let from: usize = match &query.after {
        None => 0,
        Some(after) => after.parse().map_err(|_| Refusal::field("/after", "wrong-type"))?,
    };
    let total = items.len();
    let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
    let end = from.saturating_add(limit).min(total);
    Ok(Page {
        items: items.into_iter().take(end).skip(from).collect(),
        total: u64::try_from(total).unwrap_or(u64::MAX),
        next: (end < total).then(|| end.to_string()),
    })
}

/// The version of a record that is in force; a record that is gone is not found.
async fn in_force(acting: &Acting, kind: RecordKind, id: Uuid) -> Outcome<RecordVersion> {
    acting
        .scope
        .record_in_force(kind.name(), id)
        .await?
        .filter(|version| !version.retired)
        .ok_or_else(|| Refusal::not_found("record.unknown"))
}

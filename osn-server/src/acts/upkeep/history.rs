//! The history of a record: every version, when, in which role, what changed. Accounts are for staff; where a protected
//! place is, or was, is for nobody.

use std::borrow::Cow;

use osn_core::directory::{Directory, DirectoryRecord};
use osn_core::id::AccountId;
use osn_core::record_change::{FieldChange, changes};
use osn_core::time::Instant;
use osn_core::upkeep::RecordKind;
use osn_store::RecordVersion;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::is_protected;
use crate::acts::Acting;
use crate::auth::Right;
use crate::refusal::{Outcome, Refusal};

/// One version of a record.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct VersionView {
    /// The mapping's revision that wrote it.
    pub revision: i64,
    /// From this moment the mapping said so.
    pub recorded_at: Instant,
    /// Until this moment; absent while it is in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub superseded_at: Option<Instant>,
    /// This version says that the record is gone.
    pub retired: bool,
    /// In which roles it was written; empty: by the system, or by the owner's link.
    pub roles: Vec<String>,
    /// By whom, for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// What changed against the version before; empty for the first.
    pub changes: Vec<ChangeView>,
}

/// One field that says something else.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ChangeView {
    /// The way to it: a JSON Pointer.
    pub path: String,
    /// What it said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// What it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

impl From<FieldChange> for ChangeView {
    fn from(change: FieldChange) -> Self {
        Self {
            path: change.path,
            before: change.before,
            after: change.after,
        }
    }
}

/// Fields that say where a place is, and the notes of what a field said before.
pub(crate) const WHEREABOUTS: [&str; 9] = [
    "area",
    "addresses",
    "latitude",
    "longitude",
    "transportation",
    "external_identifier",
    "external_identifier_type",
    "address_note",
    "metadata",
];

/// Every version, newest first.
pub async fn history(acting: &Acting, kind: RecordKind, id: Uuid) -> Outcome<Vec<VersionView>> {
    of(acting, kind.name(), id).await
}

/// The same of any record, by the name of its kind: taxonomies and terms have a history, too.
pub async fn of(acting: &Acting, kind: &str, id: Uuid) -> Outcome<Vec<VersionView>> {
    let versions = acting.scope.directory_history(kind, id).await?;
    if versions.is_empty() {
        return Err(Refusal::not_found("record.unknown"));
    }
    let is_staff = acting.actor.may(Right::SeeWork);
    let mapped = acting.mapping().await?;
    // A place that is or ever was protected gives nothing away, not even by what it said before.
    let hidden = versions.iter().any(|version| is_protected(&version.record));
    let mut views = Vec::with_capacity(versions.len());
    for (at, version) in versions.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| versions.get(at));
        let (roles, by) = who(acting, version.recorded_by, is_staff).await?;
        views.push(VersionView {
            revision: version.revision,
            recorded_at: version.recorded_at,
            superseded_at: version.superseded_at,
            retired: version.retired,
            roles,
            by,
            changes: between(&mapped.directory, before, version, hidden)?,
        });
    }
    views.reverse();
    Ok(views)
}

fn between(
    directory: &Directory,
    before: Option<&RecordVersion>,
    after: &RecordVersion,
    hidden: bool,
) -> Outcome<Vec<ChangeView>> {
    let Some(before) = before else {
        return Ok(Vec::new());
    };
    let all = changes(&shown(directory, before), &shown(directory, after)).map_err(Refusal::internal)?;
    let shown = all
        .into_iter()
        .filter(|change| !(hidden && WHEREABOUTS.contains(&change.field())));
    Ok(shown.map(ChangeView::from).collect())
}

/// A version as it may be told: a service says no shape of a place that is protected by now, or gone.
pub(crate) fn shown<'v>(directory: &Directory, version: &'v RecordVersion) -> Cow<'v, DirectoryRecord> {
    let is_hidden = |place| directory.location(place).is_none_or(|place| place.protected);
    let told = match &version.record {
        DirectoryRecord::Service(service) => service.without_shapes_of(is_hidden),
        _ => None,
    };
    told.map_or(Cow::Borrowed(&version.record), |service| {
        Cow::Owned(DirectoryRecord::Service(service))
    })
}

/// Roles for everybody, the name for staff.
async fn who(acting: &Acting, account: Option<AccountId>, is_staff: bool) -> Outcome<(Vec<String>, Option<String>)> {
    let Some(id) = account else {
        return Ok((Vec::new(), None));
    };
    let Some(account) = acting.scope.account(id).await? else {
        return Ok((Vec::new(), None));
    };
    let by = is_staff.then_some(account.value.name);
    Ok((account.value.roles, by))
}

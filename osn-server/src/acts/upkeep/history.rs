//! The history of a record: every version, when, in which role, what changed. Accounts are for the municipality and the
//! record's own body; notes of changes that a source gave along are for staff; where a protected place is, or was, is for nobody.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use osn_core::directory::{Directory, DirectoryRecord, Noted, WHEREABOUTS};
use osn_core::id::AccountId;
use osn_core::record_change::{FieldChange, changes};
use osn_core::time::Instant;
use osn_core::upkeep::RecordKind;
use osn_store::{Account, Page, PageQuery, RecordVersion};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::{is_protected, keeping, owner, sees_all};
use crate::acts::{Acting, mapping};
use crate::refusal::{Outcome, Refusal};

/// One version of a record.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct VersionView {
    /// The mapping's revision that wrote it.
    pub revision: i64,
    /// Which version of the record it is, counted from 1.
    pub number: u64,
    /// From this moment the mapping said so.
    pub recorded_at: Instant,
    /// Until this moment; absent while it is in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub superseded_at: Option<Instant>,
    /// This version says that the record is gone.
    pub retired: bool,
    /// In which roles it was written; empty: by nobody who had signed in.
    pub roles: Vec<String>,
    /// By which way the record was confirmed with it: `owner-link`, `owner-account`, `staff`, `import`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub through: Option<&'static str>,
    /// By whom, for the municipality and the body itself.
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

/// Versions that a page tells at once.
pub const ON_A_PAGE: u32 = 100;

/// The newest versions of a record, newest first, as many as a page tells at once.
pub async fn history(acting: &Acting, kind: RecordKind, id: Uuid) -> Outcome<Vec<VersionView>> {
    of(acting, kind.name(), id).await
}

/// The same of any record, by the name of its kind: taxonomies and terms have a history, too.
pub async fn of(acting: &Acting, kind: &str, id: Uuid) -> Outcome<Vec<VersionView>> {
    Ok(page(acting, kind, id, &before(None)).await?.items)
}

/// The page of versions before one, by its revision.
pub fn before(revision: Option<String>) -> PageQuery {
    PageQuery {
        limit: ON_A_PAGE,
        after: revision,
    }
}

/// A page of the versions of any record, newest first; its cursor is the revision of the last one told.
pub async fn page(acting: &Acting, kind: &str, id: Uuid, query: &PageQuery) -> Outcome<Page<VersionView>> {
    let versions = acting.scope.directory_history(kind, id).await?;
    if versions.is_empty() {
        return Err(Refusal::not_found("record.unknown"));
    }
    let end = match &query.after {
        None => versions.len(),
        Some(after) => {
            let after: i64 = after.parse().map_err(|_| Refusal::field("/after", "wrong-type"))?;
            versions.partition_point(|version| version.revision < after)
        }
    };
    let from = end.saturating_sub(usize::try_from(query.limit).unwrap_or(usize::MAX));
    let told = versions.get(from..end).unwrap_or_default();
    let mapped = acting.mapping().await?;
    // A place that is or ever was protected gives nothing away, not even by what it said before.
    let is_hidden = versions.iter().any(|version| is_protected(&version.record));
    let hidden = is_hidden.then(|| keeping::streets(&versions));
    let writers = Writers::of(acting, kind, id, told).await?;
    let mut views = Vec::with_capacity(told.len());
    for (at, version) in (from..end).zip(told).rev() {
        let before = at.checked_sub(1).and_then(|at| versions.get(at));
        let is_named = sees_all(acting, owner(&version.record));
        let (roles, by) = writers.of_account(version.recorded_by, is_named);
        views.push(VersionView {
            revision: version.revision,
            number: u64::try_from(at).unwrap_or(u64::MAX).saturating_add(1),
            recorded_at: version.recorded_at,
            superseded_at: version.superseded_at,
            retired: version.retired,
            roles,
            through: writers.ways.get(&version.recorded_at).copied(),
            by,
            changes: between(acting, &mapped.directory, before, version, hidden.as_deref())?,
        });
    }
    Ok(Page {
        items: views,
        total: u64::try_from(versions.len()).unwrap_or(u64::MAX),
        next: told.first().filter(|_| from > 0).map(|last| last.revision.to_string()),
    })
}

/// Who wrote versions of a record, and by which way it was confirmed with them.
struct Writers {
    /// The accounts, each read once; `None` is gone.
    accounts: BTreeMap<AccountId, Option<Account>>,
    /// The ways of the confirmations, by their moments.
    ways: BTreeMap<Instant, &'static str>,
}

impl Writers {
    async fn of(acting: &Acting, kind: &str, id: Uuid, versions: &[RecordVersion]) -> Outcome<Self> {
        let mut accounts = BTreeMap::new();
        for account in versions.iter().filter_map(|version| version.recorded_by) {
            if let Entry::Vacant(unread) = accounts.entry(account) {
                let read = acting.scope.account(account).await?;
                unread.insert(read.map(|read| read.value));
            }
        }
        let confirmations = match RecordKind::named(kind) {
            Some(kind) => acting.scope.record_confirmations(kind, id).await?,
            None => Vec::new(),
        };
        Ok(Self {
            accounts,
            ways: confirmations
                .into_iter()
                .map(|confirmation| (confirmation.at, confirmation.through.name()))
                .collect(),
        })
    }

    /// Roles for everybody, the name for those to whom people are named.
    fn of_account(&self, account: Option<AccountId>, is_named: bool) -> (Vec<String>, Option<String>) {
        let account = account.and_then(|id| self.accounts.get(&id)).and_then(Option::as_ref);
        let Some(account) = account else {
            return (Vec::new(), None);
        };
        (account.roles.clone(), is_named.then(|| account.name.clone()))
    }
}

fn between(
    acting: &Acting,
    directory: &Directory,
    before: Option<&RecordVersion>,
    after: &RecordVersion,
    hidden: Option<&[String]>,
) -> Outcome<Vec<ChangeView>> {
    let Some(before) = before else {
        return Ok(Vec::new());
    };
    let told = |version| {
        let mut record = shown(directory, version);
        if record.has_metadata() {
            record = Cow::Owned(mapping::told(acting, record.into_owned()));
        }
        match (hidden, &*record) {
            (Some(streets), DirectoryRecord::Location(place)) => {
                let mut told = place.clone().hidden(streets);
                told.protected = place.protected;
                Cow::Owned(DirectoryRecord::Location(told))
            }
            _ => record,
        }
    };
    let all = changes(&told(before), &told(after)).map_err(Refusal::internal)?;
    let shown = all
        .into_iter()
        .filter(|change| !(hidden.is_some() && WHEREABOUTS.contains(&change.field())));
    Ok(shown.map(ChangeView::from).collect())
}

/// A version as it may be told: a service does not show where a place is that is protected by now, or gone.
pub(crate) fn shown<'v>(directory: &Directory, version: &'v RecordVersion) -> Cow<'v, DirectoryRecord> {
    let is_hidden = |place| directory.location(place).is_none_or(|place| place.protected);
    let told = match &version.record {
        DirectoryRecord::Service(service) => service.without_whereabouts(directory, is_hidden),
        _ => None,
    };
    told.map_or(Cow::Borrowed(&version.record), |service| {
        Cow::Owned(DirectoryRecord::Service(service))
    })
}

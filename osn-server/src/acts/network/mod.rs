//! Need and network: reported gaps and what bodies offer, referrals, members and meetings, overruling, immediate help,
//! proposals of actions, and the trace through all of them.

pub mod board;
pub mod ceilings;
pub mod daily;
pub mod emergencies;
pub mod extensions;
pub(crate) mod following;
pub mod gaps;
pub mod granting;
pub mod immediate;
pub mod meetings;
pub mod members;
pub mod offers;
pub mod options;
pub mod overruling;
pub mod planned;
pub mod profiles;
pub mod proposals;
pub mod referrals;
pub(crate) mod searched;
pub mod trace;

use osn_core::directory::{Directory, Taxonomy, TermCode};
use osn_core::id::{GapId, OrganizationId};
use osn_store::{NetworkFilter, NetworkRecord, Page, PageQuery, Versioned};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::acts::{Acting, Saved, entry};
use crate::refusal::{FieldError, Outcome, Refusal};
use crate::shapes;

/// A reason in words.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Why {
    /// Why.
    #[schemars(with = "shapes::LocalText")]
    pub reason: osn_core::lang::LocalText,
}

impl Why {
    /// The reason; refused where there is none.
    pub(crate) fn given(self) -> Outcome<osn_core::lang::LocalText> {
        if self.reason.get("el").trim().is_empty() && self.reason.get("en").trim().is_empty() {
            return Err(Refusal::field("/reason", "required"));
        }
        Ok(self.reason)
    }
}

/// What a list is asked for.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Listed {
    /// Where the records stand.
    #[serde(default)]
    pub state: Option<String>,
}

impl Listed {
    pub(crate) fn filter(&self) -> NetworkFilter<'_> {
        NetworkFilter {
            state: self.state.as_deref().filter(|state| !state.is_empty()),
            ..NetworkFilter::default()
        }
    }
}

/// Terms that the mapping does not know, each at its place.
fn unknown_terms(
    directory: &Directory,
    taxonomy: Taxonomy,
    path: &str,
    codes: &[TermCode],
    errors: &mut Vec<FieldError>,
) {
    for (index, code) in codes.iter().enumerate() {
        if directory.term(code).is_none_or(|term| term.taxonomy != taxonomy) {
            errors.push(FieldError::new(format!("{path}/{index}"), "unknown-term"));
        }
    }
}

/// A category that the mapping does not know.
fn unknown_category(directory: &Directory, path: &str, code: &TermCode, errors: &mut Vec<FieldError>) {
    if directory
        .term(code)
        .is_none_or(|term| term.taxonomy != Taxonomy::Category)
    {
        errors.push(FieldError::new(path, "unknown-term"));
    }
}

/// A body that the mapping does not know.
fn unknown_body(directory: &Directory, path: &str, body: OrganizationId, errors: &mut Vec<FieldError>) {
    if directory.organization(body).is_none() {
        errors.push(FieldError::new(path, "unknown-record"));
    }
}

/// Refuses when something is wrong.
fn sound(errors: Vec<FieldError>) -> Outcome<()> {
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Refusal::invalid("request.invalid", errors))
    }
}

/// One record, or that there is none.
async fn read<T: NetworkRecord>(acting: &Acting, id: Uuid, unknown: &'static str) -> Outcome<Versioned<T>> {
    acting
        .scope
        .network_record(id)
        .await?
        .ok_or_else(|| Refusal::not_found(unknown))
}

/// Keeps a new record with its line in the journal.
async fn keep<T: NetworkRecord>(
    acting: &Acting,
    act: &'static str,
    kind: &'static str,
    record: T,
) -> Outcome<Saved<T>> {
    let mut tx = acting.begin(act).await?;
    tx.insert_network(&record).await?;
    let details = serde_json::json!({ "state": record.state_name() });
    tx.journal(entry(act, kind, record.uuid(), details));
    let saved = Saved {
        value: record,
        version: 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

/// Changes one record: its version is checked, the step may refuse, and the change has its line in the journal.
async fn change<T: NetworkRecord>(
    acting: &Acting,
    read: Versioned<T>,
    (act, kind): (&'static str, &'static str),
    step: impl FnOnce(&mut T) -> Outcome<()>,
) -> Outcome<Saved<T>> {
    let Versioned { mut value, version, .. } = read;
    acting.check_version(version)?;
    step(&mut value)?;
    let mut tx = acting.begin(act).await?;
    tx.update_network(&value, version).await?;
    let details = serde_json::json!({ "state": value.state_name() });
    tx.journal(entry(act, kind, value.uuid(), details));
    let saved = Saved {
        value,
        version: version + 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

/// A page of records of the API.
async fn page<T: NetworkRecord>(
    acting: &Acting,
    filter: NetworkFilter<'_>,
    query: PageQuery,
) -> Outcome<Page<Versioned<T>>> {
    Ok(acting.scope.network_records(filter, query).await?)
}

/// A page of what belongs to a gap or to a report that was joined into it, oldest first.
async fn of_gaps<T: NetworkRecord>(acting: &Acting, gap: GapId, query: PageQuery) -> Outcome<Page<Versioned<T>>> {
    let subjects = gaps::with_joined(acting, gap).await?;
    let filter = |gap: GapId| NetworkFilter {
        subject: Some(gap.uuid()),
        ..NetworkFilter::default()
    };
    if subjects.len() == 1 {
        return page(acting, filter(gap), query).await;
    }
    let mut items: Vec<Versioned<T>> = Vec::new();
    for subject in subjects {
        items.extend(acting.scope.all_network_records(filter(subject)).await?);
    }
    items.sort_by_key(|read| read.value.uuid());
    let total = u64::try_from(items.len()).unwrap_or(u64::MAX);
    let after = query.after.as_deref().map(Uuid::parse_str).transpose();
    let after = after.map_err(|_| Refusal::field("/after", "wrong-type"))?;
    items.retain(|read| after.is_none_or(|after| read.value.uuid() > after));
    let limit = usize::try_from(query.limit.max(1)).unwrap_or(usize::MAX);
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(|read| read.value.uuid().to_string());
    Ok(Page { items, total, next })
}

/// How many people a count speaks of: for messages.
pub(crate) fn number(count: u32) -> String {
    count.to_string()
}

/// Something that was asked to be done later.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct Later {
    /// The job, which can be watched.
    #[schemars(with = "uuid::Uuid")]
    pub job: osn_core::id::JobId,
}

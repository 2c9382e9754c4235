//! The use cases, shared by the API and the pages: load, let the rules decide, save in one transaction, return a value.
//!
//! Invariant: nothing here knows HTTP. Every act asks the actor for the right it needs before it reads anything.

mod acting;

pub mod accounts;
mod assigning;
pub mod consolidated;
pub mod files;
pub mod finding;
pub mod mapping;
pub mod model;
pub mod opening;
pub mod synonyms;
pub mod upkeep;

pub mod certificate;
pub mod examination;
pub mod network;
pub mod request_files;
pub mod requests;
pub(crate) mod running;

pub mod actions;
pub mod calls;
pub mod preview;
pub mod programs;

pub mod applications;
pub mod evidence;
pub mod intake;

pub mod assessment;
pub mod decisions;
pub mod draw;
pub mod dry_run;
mod facts;
pub mod published;
pub mod selection;

pub mod awards;
pub mod deliveries;
pub mod delivering;
pub mod evaluation;
pub mod indicators;
pub mod occasions;
pub mod recalls;
pub mod recalls_everywhere;
pub mod recording;
pub mod stock;
pub mod written;

pub mod records;

pub mod money;

pub use acting::{Acting, Once};

use osn_store::{JournalDraft, Page, PageQuery, StoreError, Versioned};
use serde::Serialize;
use uuid::Uuid;

use crate::refusal::Outcome;

/// A value as it was saved or read, with its version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Saved<T> {
    /// The value.
    #[serde(flatten)]
    pub value: T,
    /// Its version, for `If-Match`.
    pub version: i64,
}

impl<T> From<Versioned<T>> for Saved<T> {
    fn from(read: Versioned<T>) -> Self {
        Self {
            value: read.value,
            version: read.version,
        }
    }
}

/// The journal's entry of an act. `details` name fields, codes and digests, never personal values.
pub(crate) fn entry(
    act: &'static str,
    subject_kind: &'static str,
    subject: Uuid,
    details: serde_json::Value,
) -> JournalDraft {
    JournalDraft::about(act, subject_kind, subject).with(details)
}

/// Every item of a list that the store gives in pages: for what is counted or changed as a whole.
///
/// # Errors
/// When the database fails.
pub(crate) async fn every<Item, Read>(read: impl Fn(PageQuery) -> Read) -> Outcome<Vec<Item>>
where
    Read: Future<Output = Result<Page<Item>, StoreError>>,
{
    let (mut all, mut query) = (Vec::new(), PageQuery::first());
    loop {
        let page = read(query).await?;
        all.extend(page.items);
        let Some(after) = page.next else { return Ok(all) };
        query = PageQuery {
            after: Some(after),
            ..PageQuery::first()
        };
    }
}

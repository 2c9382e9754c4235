//! The records that wait for a confirmation, the oldest first: what is listed on the freshness board, and all of a kind, in pages.

use chrono::NaiveDate;
use osn_core::directory::Directory;
use osn_core::id::OrganizationId;
use osn_core::lang::LocalText;
use osn_core::upkeep::{Freshness, RecordKind};
use osn_store::{Page, PageQuery};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::kept::{Kept, kept};
use super::mailboxes::Mailboxes;
use super::{cut, policy};
use crate::acts::Acting;
use crate::auth::Right;
use crate::refusal::Outcome;
use crate::shapes;

/// A record that waits for a confirmation.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct WaitingRecord {
    /// `organization`, `location`, `service`.
    #[schemars(with = "String")]
    pub kind: RecordKind,
    /// The record.
    pub id: Uuid,
    /// Its name.
    #[schemars(with = "shapes::LocalText")]
    pub name: LocalText,
    /// The body that answers for it; none where the record of a place does not say.
    #[schemars(with = "Option<uuid::Uuid>")]
    pub organization_id: Option<OrganizationId>,
    /// The body's name.
    #[schemars(with = "shapes::LocalText")]
    pub organization: LocalText,
    /// The day of the last confirmation.
    pub confirmed_on: Option<NaiveDate>,
    /// The day of the last reminder.
    pub reminded_on: Option<NaiveDate>,
    /// Whether its body has a mailbox that a reminder can go to.
    pub reachable: bool,
    /// `fresh`, `reminder-due`, `no-cover`, `no-referral`, `never-confirmed`.
    #[schemars(with = "String")]
    pub freshness: Freshness,
}

/// A record that is kept up, with how fresh it is.
pub(super) type Judged<'d> = (Kept<'d>, Freshness);

/// Every record with how fresh it is today; a body sees its own records. `of` leaves one body.
pub(super) async fn judged<'d>(
    acting: &Acting,
    directory: &'d Directory,
    of: Option<OrganizationId>,
) -> Outcome<Vec<Judged<'d>>> {
    let officer = acting.require(Right::SeeWork)?;
    let of = if officer.is_bound() { officer.organization } else { of };
    let (today, policy) = (acting.zone().day(acting.now), policy(acting));
    let kept = kept(directory, &acting.scope.last_confirmed().await?);
    let own = kept.into_iter().filter(|record| of.is_none() || record.owner == of);
    let judged = own.map(|record| {
        let degree = Freshness::of(record.confirmed_on, policy.freshness, today);
        (record, degree)
    });
    Ok(judged.collect())
}

/// Those that are not fresh: never confirmed first, then the oldest.
pub(super) fn oldest_first(mut records: Vec<Judged<'_>>) -> Vec<Judged<'_>> {
    records.retain(|(_, degree)| *degree != Freshness::Fresh);
    records.sort_by_key(|(record, _)| (record.confirmed_on, record.kind, record.id));
    records
}

/// The records as they are shown.
pub(super) async fn shown(
    acting: &Acting,
    directory: &Directory,
    records: Vec<Judged<'_>>,
) -> Outcome<Vec<WaitingRecord>> {
    let ids: Vec<(RecordKind, Uuid)> = records.iter().map(|(record, _)| (record.kind, record.id)).collect();
    let reminded = acting.scope.reminded_of(&ids).await?;
    let mailboxes = Mailboxes::read(acting).await?;
    let asked = |record: &Kept<'_>| {
        let at = reminded.get(&(record.kind, record.id, record.owner?))?;
        Some(acting.zone().day(*at))
    };
    let shown = records.into_iter().map(|(record, freshness)| WaitingRecord {
        kind: record.kind,
        id: record.id,
        name: record.name.clone(),
        organization_id: record.owner,
        organization: body_name(directory, record.owner),
        confirmed_on: record.confirmed_on,
        reminded_on: asked(&record),
        reachable: record.owner.is_some_and(|body| mailboxes.of(directory, body).is_some()),
        freshness,
    });
    Ok(shown.collect())
}

pub(super) fn body_name(directory: &Directory, body: Option<OrganizationId>) -> LocalText {
    body.and_then(|body| directory.organization(body))
        .map(|body| body.name.clone())
        .unwrap_or_default()
}

/// A page of the records of a kind that wait; a body sees its own. `of` leaves one body.
pub async fn list(
    acting: &Acting,
    kind: RecordKind,
    of: Option<OrganizationId>,
    query: &PageQuery,
) -> Outcome<Page<WaitingRecord>> {
    let mapped = acting.mapping().await?;
    let directory = &mapped.directory;
    let mut records = oldest_first(judged(acting, directory, of).await?);
    records.retain(|(record, _)| record.kind == kind);
    let page = cut(records, query)?;
    Ok(Page {
        items: shown(acting, directory, page.items).await?,
        total: page.total,
        next: page.next,
    })
}

//! Likely duplicates, and merging two records that are one: what pointed to the one that goes points to the one that stays.

use std::collections::BTreeSet;
use std::sync::Arc;

use osn_core::directory::{Directory, DirectoryRecord, Service, ServiceAtLocation, Successor};
use osn_core::duplicates::{LikelyDuplicate, likely_duplicates};
use osn_core::id::{LocationId, OrganizationId, SubscriptionId};
use osn_core::lang::LocalText;
use osn_core::network::{Member, MemberState};
use osn_core::upkeep::{RecordKind, ReminderEvent, Subscription};
use osn_store::{Account, MergedRecord, NetworkFilter, Page, PageQuery, Tx, Versioned};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{cut, find, in_force, is_protected, keeping, name, owner, reminders, unfinished};
use crate::acts::{Acting, entry, every};
use crate::auth::Right;
use crate::programs::blocking;
use crate::refusal::{Outcome, Refusal};
use crate::shapes;

/// Two records that look like one.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DuplicateView {
    /// `organization`, `location`, `service`.
    pub kind: &'static str,
    /// One of them.
    pub one: Uuid,
    /// Its name.
    #[schemars(with = "shapes::LocalText")]
    pub one_name: LocalText,
    /// The other.
    pub other: Uuid,
    /// Its name.
    #[schemars(with = "shapes::LocalText")]
    pub other_name: LocalText,
    /// How likely: the sum of the reasons' weights.
    pub score: u32,
    /// `same-name`, `near-name`, `same-body`, `same-place`, `same-phone`, `same-site`, `same-categories`.
    pub reasons: Vec<&'static str>,
}

/// Which record stays and which goes.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Merge {
    /// The record that stays.
    pub into: Uuid,
}

/// What a merge did.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct Merged {
    /// The record that stays.
    pub into: Uuid,
    /// Records that pointed to the one that went and point to it now.
    pub moved: usize,
}

/// A record that is gone because it was another one.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MergedView {
    /// `organization`, `location`, `service`.
    pub kind: &'static str,
    /// The record that is gone.
    pub id: Uuid,
    /// The record that stays.
    pub into: Uuid,
    /// When.
    pub at: osn_core::time::Instant,
}

/// Pairs that look like one and of which nobody decided that they are two, the likeliest first.
pub async fn list(acting: &Acting, kind: RecordKind, query: &PageQuery) -> Outcome<Page<DuplicateView>> {
    acting.require(Right::MaintainDirectory)?;
    let mapped = acting.mapping().await?;
    let apart = acting.scope.records_apart(kind).await?;
    let apart: BTreeSet<(Uuid, Uuid)> = apart.into_iter().map(|pair| (pair.one, pair.other)).collect();
    let all = Arc::clone(&mapped);
    // A large mapping takes a while: not on a thread that answers others.
    let pairs = blocking(move || {
        let mut pairs = likely_duplicates(&all.directory, kind);
        pairs.retain(|pair| !apart.contains(&(pair.one, pair.other)));
        Ok(pairs)
    });
    let title = |id| {
        find(&mapped.directory, kind, id)
            .map(|record| name(&record).clone())
            .unwrap_or_default()
    };
    let view = |pair: LikelyDuplicate| DuplicateView {
        kind: kind.name(),
        one: pair.one,
        one_name: title(pair.one),
        other: pair.other,
        other_name: title(pair.other),
        score: pair.score,
        reasons: pair.reasons.iter().map(|reason| reason.name()).collect(),
    };
    Ok(cut(pairs.await?, query)?.map(view))
}

/// Records that were merged; anybody may read where a record went.
pub async fn merged(acting: &Acting) -> Outcome<Vec<MergedView>> {
    let view = |merged: MergedRecord| MergedView {
        kind: merged.kind.name(),
        id: merged.record_id,
        into: merged.into,
        at: merged.at,
    };
    Ok(acting.scope.merged_records().await?.into_iter().map(view).collect())
}

/// Merges a record into another of its kind, in one transaction. Its history stays, and its address leads on.
pub async fn merge(acting: &Acting, kind: RecordKind, id: Uuid, merge: Merge) -> Outcome<Merged> {
    acting.require(Right::MaintainDirectory)?;
    if merge.into == id {
        return Err(Refusal::field("/into", "merge-into-itself"));
    }
    keeping::judged(|| merge_judged(acting, kind, id, merge)).await
}

async fn merge_judged(acting: &Acting, kind: RecordKind, id: Uuid, merge: Merge) -> Outcome<Merged> {
    let goes = in_force(acting, kind, id).await?;
    acting.check_version(goes.revision)?;
    let stays = in_force(acting, kind, merge.into)
        .await
        .map_err(|_| Refusal::field("/into", "unknown-record"))?;
    // Of a protected place and an open one either the one would be found at the other's address, or the open one's
    // history would tell where the other is.
    if is_protected(&goes.record) != is_protected(&stays.record) {
        return Err(Refusal::field("/into", "merge-protected"));
    }
    let mapped = acting.mapping().await?;
    let moved: Vec<DirectoryRecord> = mapped
        .directory
        .records()
        .filter(|record| record.uuid() != id)
        .filter_map(|record| pointed_elsewhere(record, kind, id, merge.into))
        .collect();
    let moved = with_programs(moved, &goes.record, stays.record);
    still_stands(acting, &mapped.directory, &moved, id)?;
    let people = match kind {
        RecordKind::Organization => {
            People::of(acting, OrganizationId::new(id), OrganizationId::new(merge.into)).await?
        }
        RecordKind::Location | RecordKind::Service => {
            unfinished::nothing_is_about(acting, kind, id).await?;
            People::default()
        }
    };
    let mut tx = acting.begin("record.merge").await?;
    keeping::hold(acting, &mut tx, mapped.revision).await?;
    tx.hold_record(kind.name(), id, Some(goes.revision)).await?;
    for record in &moved {
        tx.put_directory_record(record, owner(record)).await?;
    }
    people.follow(&mut tx).await?;
    end_reminders(acting, &mut tx, &mapped.directory, &moved, (kind, id)).await?;
    tx.retire_directory_record(kind.name(), id).await?;
    tx.merge_record(kind, id, merge.into, goes.revision).await?;
    tx.journal(entry(
        "record.merge",
        kind.name(),
        id,
        serde_json::json!({ "into": merge.into, "moved": moved.len(), "accounts": people.accounts.len() }),
    ));
    let merged = Merged {
        into: merge.into,
        moved: moved.len(),
    };
    acting.commit(tx, &merged).await?;
    Ok(merged)
}

/// Ends the reminders about the record that goes, and about those whose owner is another one now: they are asked anew.
async fn end_reminders(
    acting: &Acting,
    tx: &mut Tx,
    before: &Directory,
    moved: &[DirectoryRecord],
    goes: (RecordKind, Uuid),
) -> Outcome<()> {
    let changes_hands = moved.iter().filter_map(|record| {
        let kind = RecordKind::named(record.kind())?;
        let was = find(before, kind, record.uuid())?;
        (owner(&was) != owner(record)).then(|| (kind, record.uuid()))
    });
    for (kind, id) in changes_hands.chain([goes]) {
        let event = ReminderEvent::Replace { at: acting.now };
        reminders::end(acting, tx, kind, id, event).await?;
    }
    Ok(())
}

/// Who acts for a body that goes, and what it asked to be told: both follow it into the body that stays.
#[derive(Default)]
struct People {
    accounts: Vec<Versioned<Account>>,
    /// Subscriptions of the body that goes.
    ended: Vec<Versioned<Subscription>>,
    /// The same of the body that stays, where it has not subscribed to that itself.
    begun: Vec<Subscription>,
}

impl People {
    /// # Errors
    /// When the body that goes is a member of the network, or has something open: that stays under its own name, and nobody
    /// who acts for the other body could end it.
    async fn of(acting: &Acting, goes: OrganizationId, stays: OrganizationId) -> Outcome<Self> {
        let membership = NetworkFilter {
            body: Some(goes),
            ..NetworkFilter::default()
        };
        let members = acting.scope.all_network_records::<Member>(membership).await?;
        let is_over = |member: &Versioned<Member>| matches!(member.value.state, MemberState::Ended { .. });
        if !members.iter().all(is_over) {
            return Err(Refusal::field("/into", "merge-member"));
        }
        unfinished::nothing_is_open(acting, goes).await?;
        let mut accounts = every(|query| acting.scope.accounts(query)).await?;
        accounts.retain(|account| account.value.organization_id == Some(goes));
        for account in &mut accounts {
            account.value.organization_id = Some(stays);
        }
        let subscriptions = |body| every(move |query| acting.scope.subscriptions(Some(body), query));
        let ended = subscriptions(goes).await?;
        let known = subscriptions(stays).await?;
        let asks = |one: &Subscription| (one.categories.clone(), one.areas.clone());
        let new = ended.iter().map(|one| &one.value);
        let new = new.filter(|one| known.iter().all(|known| asks(&known.value) != asks(one)));
        let begun = new.map(|one| Subscription {
            id: acting.app.new_id(SubscriptionId::new),
            organization_id: stays,
            ..one.clone()
        });
        Ok(Self {
            accounts,
            begun: begun.collect(),
            ended,
        })
    }

    async fn follow(&self, tx: &mut Tx) -> Outcome<()> {
        for account in &self.accounts {
            tx.update_account(&account.value, account.version).await?;
        }
        for one in &self.ended {
            tx.update_subscription(&one.value, one.version, true).await?;
        }
        for one in &self.begun {
            tx.insert_subscription(one).await?;
        }
        Ok(())
    }
}

/// The records that change, with the body that stays: services keep the programs to which they belong.
fn with_programs(
    mut moved: Vec<DirectoryRecord>,
    goes: &DirectoryRecord,
    stays: DirectoryRecord,
) -> Vec<DirectoryRecord> {
    let DirectoryRecord::Organization(goes) = goes else {
        return moved;
    };
    if goes.programs.is_empty() {
        return moved;
    }
    // The body that stays may be among those that change already: it stood below the other.
    let at = moved.iter().position(|record| record.uuid() == stays.uuid());
    let stays = at.map_or(stays, |at| moved.remove(at));
    if let DirectoryRecord::Organization(mut body) = stays {
        let known: Vec<Uuid> = body.programs.iter().map(|program| program.id).collect();
        let new = goes.programs.iter().filter(|program| !known.contains(&program.id));
        body.programs.extend(new.cloned());
        moved.push(DirectoryRecord::Organization(body));
    }
    moved
}

/// Whether the mapping holds together after a merge: nobody stands above themselves, and nothing points at what went.
fn still_stands(acting: &Acting, before: &Directory, moved: &[DirectoryRecord], gone: Uuid) -> Outcome<()> {
    let mut after = Successor::new(before, moved.iter().cloned(), [gone]);
    for record in moved {
        if let DirectoryRecord::Service(service) = record {
            after.service(before, service);
        }
    }
    let found = after.problems(before);
    if found.is_empty() {
        return Ok(());
    }
    keeping::breaks_nothing(acting, before, &before.problems(), &found)
}

/// The record with every pointer to `from` turned to `to`; `None` when it has none.
fn pointed_elsewhere(record: DirectoryRecord, kind: RecordKind, from: Uuid, to: Uuid) -> Option<DirectoryRecord> {
    match (kind, record) {
        (RecordKind::Organization, DirectoryRecord::Organization(mut body))
            if body.parent_organization_id == Some(OrganizationId::new(from)) =>
        {
            // A body does not stand above itself.
            body.parent_organization_id = Some(OrganizationId::new(to)).filter(|parent| *parent != body.id);
            Some(DirectoryRecord::Organization(body))
        }
        (RecordKind::Organization, DirectoryRecord::Location(mut place))
            if place.organization_id == Some(OrganizationId::new(from)) =>
        {
            place.organization_id = Some(OrganizationId::new(to));
            Some(DirectoryRecord::Location(place))
        }
        (RecordKind::Organization, DirectoryRecord::Service(mut service))
            if service.organization_id == OrganizationId::new(from) =>
        {
            service.organization_id = OrganizationId::new(to);
            Some(DirectoryRecord::Service(service))
        }
        (RecordKind::Location, DirectoryRecord::Service(service)) => {
            moved_place(service, LocationId::new(from), LocationId::new(to)).map(DirectoryRecord::Service)
        }
        _ => None,
    }
}

/// The service at the other place, once: where it is at both already, what it has at the one alone it has at the other.
fn moved_place(mut service: Service, from: LocationId, to: LocationId) -> Option<Service> {
    if !service.locations().any(|place| place == from) {
        return None;
    }
    let links = std::mem::take(&mut service.service_at_locations);
    let (went, mut links): (Vec<_>, Vec<_>) = links.into_iter().partition(|link| link.location_id == from);
    for link in went {
        match links.iter_mut().find(|known| known.location_id == to) {
            Some(stays) => take_over(stays, link),
            None => links.push(ServiceAtLocation {
                location_id: to,
                ..link
            }),
        }
    }
    service.service_at_locations = links;
    Some(service)
}

/// What a link to the same place says that this one does not. Hours stand for all of the week: they are taken whole or not.
fn take_over(stays: &mut ServiceAtLocation, went: ServiceAtLocation) {
    fn more<Part: PartialEq>(known: &mut Vec<Part>, more: Vec<Part>, same: impl Fn(&Part, &Part) -> bool) {
        for part in more {
            if !known.iter().any(|known| same(known, &part)) {
                known.push(part);
            }
        }
    }
    if stays.schedules.is_empty() {
        stays.schedules = went.schedules;
    }
    if stays.description.is_empty() {
        stays.description = went.description;
    }
    more(&mut stays.phones, went.phones, |one, other| one.number == other.number);
    more(&mut stays.contacts, went.contacts, |one, other| {
        (&one.name, &one.email) == (&other.name, &other.email)
    });
    more(&mut stays.service_areas, went.service_areas, PartialEq::eq);
    more(&mut stays.attributes, went.attributes, PartialEq::eq);
}

//! Likely duplicates, and merging two records that are one: what pointed to the one that goes points to the one that stays.

use osn_core::directory::{Directory, DirectoryRecord, Service, Successor};
use osn_core::duplicates::{LikelyDuplicate, likely_duplicates};
use osn_core::id::{LocationId, OrganizationId};
use osn_core::lang::LocalText;
use osn_core::upkeep::RecordKind;
use osn_store::MergedRecord;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{find, in_force, is_protected, keeping, name, owner};
use crate::acts::{Acting, entry};
use crate::auth::Right;
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

/// Pairs that look like one, the likeliest first.
pub async fn list(acting: &Acting, kind: RecordKind) -> Outcome<Vec<DuplicateView>> {
    acting.require(Right::MaintainDirectory)?;
    let mapped = acting.mapping().await?;
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
    Ok(likely_duplicates(&mapped.directory, kind)
        .into_iter()
        .map(view)
        .collect())
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
    still_stands(&mapped.directory, &moved, id)?;
    let mut tx = acting.begin("record.merge").await?;
    tx.hold_record(kind.name(), id, Some(goes.revision)).await?;
    for record in &moved {
        tx.put_directory_record(record, owner(record)).await?;
    }
    tx.retire_directory_record(kind.name(), id).await?;
    tx.merge_record(kind, id, merge.into, goes.revision).await?;
    tx.journal(entry(
        "record.merge",
        kind.name(),
        id,
        serde_json::json!({ "into": merge.into, "moved": moved.len() }),
    ));
    let merged = Merged {
        into: merge.into,
        moved: moved.len(),
    };
    acting.commit(tx, &merged).await?;
    Ok(merged)
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
fn still_stands(before: &Directory, moved: &[DirectoryRecord], gone: Uuid) -> Outcome<()> {
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
    keeping::breaks_nothing(&before.problems(), &found)
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

/// The service at the other place, once.
fn moved_place(mut service: Service, from: LocationId, to: LocationId) -> Option<Service> {
    if !service.locations().any(|place| place == from) {
        return None;
    }
    if service.locations().any(|place| place == to) {
        service.service_at_locations.retain(|link| link.location_id != from);
    }
    for link in service
        .service_at_locations
        .iter_mut()
        .filter(|link| link.location_id == from)
    {
        link.location_id = to;
    }
    Some(service)
}

//! More places of a service that exists: agreed for a day, and written into the mapping on that day.

use chrono::NaiveDate;
use osn_core::directory::DirectoryRecord;
use osn_core::gap::{
    Closure, ExtensionError, ExtensionEvent, ExtensionState, GapEvent, GapState, ReportedGap, ServiceExtension,
};
use osn_core::id::{ExtensionId, GapId, JobId, ServiceId};
use osn_core::lang::LocalText;
use osn_core::state::Machine as _;
use osn_core::upkeep::RecordKind;
use osn_store::{Job, Page, PageQuery, Versioned};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Listed, change, gaps, read};
use crate::acts::upkeep::keeping;
use crate::acts::{Acting, Saved, entry};
use crate::auth::Right;
use crate::refusal::{Outcome, Refusal};
use crate::shapes;

/// The kind of the job that changes the mapping on the day.
pub(crate) const JOB: &str = "network.extend";

/// More places to agree.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewExtension {
    /// The service.
    #[schemars(with = "uuid::Uuid")]
    pub service_id: ServiceId,
    /// How many places more.
    pub places: u32,
    /// What they are counted in, where the record does not say; left out: places.
    #[serde(default)]
    #[schemars(with = "Option<shapes::LocalText>")]
    pub unit: Option<LocalText>,
    /// The day on which the mapping changes.
    pub effective_on: NaiveDate,
}

/// Agrees more places for a gap that the team works on; the service's body does so for its own, the team for all.
pub async fn plan(acting: &Acting, gap: GapId, new: NewExtension) -> Outcome<Saved<ServiceExtension>> {
    let officer = acting.require(Right::KeepRecords)?;
    let about = gaps::get(acting, gap).await?;
    if !matches!(about.value.state, GapState::Accepted { .. }) {
        return Err(Refusal::conflict("gap.not-accepted"));
    }
    let mapped = acting.mapping().await?;
    let service = mapped
        .directory
        .service(new.service_id)
        .ok_or_else(|| Refusal::field("/service_id", "unknown-record"))?;
    officer.acts_for(service.organization_id)?;
    let extension = ServiceExtension {
        id: acting.app.new_id(ExtensionId::new),
        gap_id: gap,
        service_id: service.id,
        organization_id: service.organization_id,
        places: new.places,
        unit: new.unit.unwrap_or_else(|| LocalText::new("θέσεις", "places")),
        effective_on: new.effective_on,
        planned_by: officer.id,
        planned_at: acting.now,
        state: ExtensionState::Planned,
    };
    extension
        .check(acting.zone().day(acting.now))
        .map_err(|error| match error {
            ExtensionError::NoPlaces => Refusal::field("/places", "out-of-range"),
            ExtensionError::Past => Refusal::field("/effective_on", "extension-past"),
        })?;
    let begins = new.effective_on.and_time(chrono::NaiveTime::MIN);
    let run_at = acting.zone().instant_from(begins).unwrap_or(acting.now).max(acting.now);
    let job = Job {
        id: acting.app.new_id(JobId::new),
        kind: JOB.to_owned(),
        payload: json!({ "extension": extension.id }),
        dedupe_key: Some(format!("{JOB}/{}", extension.id)),
        run_at,
    };
    let mut tx = acting.begin("extension.plan").await?;
    tx.insert_network(&extension).await?;
    tx.enqueue(&job).await?;
    let details = json!({ "gap": gap, "service": extension.service_id, "places": extension.places, "on": extension.effective_on });
    tx.journal(entry("extension.plan", "extension", extension.id.uuid(), details));
    let saved = Saved {
        value: extension,
        version: 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

/// What was agreed for a gap and the reports that were joined into it, oldest first.
pub async fn of_gap(acting: &Acting, gap: GapId, query: PageQuery) -> Outcome<Page<Versioned<ServiceExtension>>> {
    gaps::get(acting, gap).await?;
    super::of_gaps(acting, gap, query).await
}

/// Everything that was agreed, oldest first.
pub async fn list(acting: &Acting, asked: &Listed, query: PageQuery) -> Outcome<Page<Versioned<ServiceExtension>>> {
    acting.require(Right::SeeWork)?;
    super::page(acting, asked.filter(), query).await
}

/// One extension.
pub async fn get(acting: &Acting, id: ExtensionId) -> Outcome<Versioned<ServiceExtension>> {
    acting.require(Right::SeeWork)?;
    read(acting, id.uuid(), "extension.unknown").await
}

/// Gives it up before its day.
pub async fn cancel(acting: &Acting, id: ExtensionId) -> Outcome<Saved<ServiceExtension>> {
    let officer = acting.require(Right::KeepRecords)?;
    let extension = get(acting, id).await?;
    officer.acts_for(extension.value.organization_id)?;
    let event = ExtensionEvent::Cancel {
        by: officer.id,
        at: acting.now,
    };
    change(acting, extension, ("extension.cancel", "extension"), |extension| {
        extension.state = extension.state.apply(&event)?;
        Ok(())
    })
    .await
}

#[derive(Deserialize)]
struct Payload {
    extension: ExtensionId,
}

/// The day came: the mapping says it as a new version of the record, and the gap is closed by it. Done again, it finds
/// that it was done.
pub(crate) async fn work(acting: &Acting, payload: Value) -> Outcome<Value> {
    let Payload { extension } = serde_json::from_value(payload).map_err(Refusal::internal)?;
    let Some(read) = acting
        .scope
        .network_record::<ServiceExtension>(extension.uuid())
        .await?
    else {
        return Ok(json!({ "applied": false }));
    };
    let Versioned { mut value, version, .. } = read;
    if value.state != ExtensionState::Planned {
        return Ok(json!({ "applied": false }));
    }
    let kind = RecordKind::Service;
    let record = acting
        .scope
        .record_in_force(kind.name(), value.service_id.uuid())
        .await?;
    let mut tx = acting.begin("extension.apply").await?;
    let service = record
        .filter(|record| !record.retired)
        .and_then(|record| match record.record {
            DirectoryRecord::Service(service) => Some((service, record.revision)),
            DirectoryRecord::Organization(_)
            | DirectoryRecord::Location(_)
            | DirectoryRecord::Taxonomy(_)
            | DirectoryRecord::TaxonomyTerm(_) => None,
        });
    if let Some((service, revision)) = service {
        let (changed, before, after) = value.extended(&service);
        let event = ExtensionEvent::Apply {
            at: acting.now,
            before,
            after,
        };
        value.state = value.state.apply(&event)?;
        keeping::hold_one(acting, &mut tx, (kind, value.service_id.uuid()), revision).await?;
        let owner = changed.organization_id;
        tx.put_directory_record(&DirectoryRecord::Service(changed), Some(owner))
            .await?;
        close(acting, &mut tx, &value).await?;
    } else {
        value.state = value.state.apply(&ExtensionEvent::Fail { at: acting.now })?;
    }
    tx.update_network(&value, version).await?;
    let details = json!({ "service": value.service_id, "state": value.state.name() });
    tx.journal(entry("extension.apply", "extension", value.id.uuid(), details));
    tx.commit().await?;
    Ok(json!({ "applied": matches!(value.state, ExtensionState::Applied { .. }) }))
}

/// The gap that was worked on is closed in the name of whoever agreed the extension.
async fn close(acting: &Acting, tx: &mut osn_store::Tx, extension: &ServiceExtension) -> Outcome<()> {
    let Some(mut gap) = acting
        .scope
        .network_record::<ReportedGap>(extension.gap_id.uuid())
        .await?
    else {
        return Ok(());
    };
    if !matches!(gap.value.state, GapState::Accepted { .. }) {
        return Ok(());
    }
    gap.value.state = gap.value.state.apply(&GapEvent::Close {
        by: extension.planned_by,
        at: acting.now,
        closure: Closure::Extension {
            extension: extension.id,
        },
    })?;
    tx.update_network(&gap.value, gap.version).await?;
    tx.journal(entry(
        "gap.close",
        "gap",
        gap.value.id.uuid(),
        json!({ "by": "extension" }),
    ));
    Ok(())
}

//! The mapping: kept in bulk by coordinators, searched by everybody.

use std::collections::HashSet;

use osn_core::directory::{
    Directory, DirectoryError, DirectoryRecord, Location, Noted, Organization, Rule, Service, Successor, Taxonomy,
    TaxonomyTerm, unfollowable,
};
use osn_core::id::{OrganizationId, ServiceId};
use osn_core::upkeep::Freshness;
use osn_store::{Page, PageQuery, RecordVersion};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::acts::running::running;
use crate::acts::upkeep::{history, keeping};
use crate::acts::{Acting, entry, upkeep};
use crate::auth::Right;
use crate::refusal::{FieldError, Kind, Outcome, Refusal};
use crate::shapes;

/// Records to keep, of any kind, in one transaction.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Records {
    /// The records.
    #[schemars(with = "Vec<shapes::DirectoryRecord>")]
    pub records: Vec<DirectoryRecord>,
}

/// What a bulk change did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Changed {
    /// New records.
    pub added: usize,
    /// Records with a new version.
    pub changed: usize,
    /// Records that were the same already.
    pub unchanged: usize,
}

/// Keeps records: all of them, or none where the mapping would contradict itself.
pub async fn put(acting: &Acting, given: Records) -> Outcome<Changed> {
    acting.require(Right::MaintainDirectory)?;
    let records = last_of_each(given.records);
    keeping::judged(|| put_judged(acting, &records)).await
}

async fn put_judged(acting: &Acting, records: &[DirectoryRecord]) -> Outcome<Changed> {
    let mapped = acting.mapping().await?;
    let before = &mapped.directory;
    let mut done = Changed::default();
    let mut write = Vec::new();
    for record in records {
        match before.record(record.kind(), record.uuid()) {
            Some(known) if known == *record => done.unchanged += 1,
            known => {
                if known.is_some() {
                    done.changed += 1;
                } else {
                    done.added += 1;
                }
                write.push(record.clone());
            }
        }
    }
    let mut after = Successor::new(before, write.iter().cloned(), []);
    let mut errors = Vec::new();
    for (index, record) in write.iter().enumerate() {
        if let DirectoryRecord::Service(service) = record {
            after.service(before, service);
            errors.extend(keeping::not_ahead(acting, service).map(|error| FieldError {
                path: format!("/records/{index}{}", error.path),
                ..error
            }));
        }
    }
    errors.extend(after.problems(before).iter().map(|problem| field(problem, &write)));
    for record in &write {
        let known = before.record(record.kind(), record.uuid());
        errors.extend(
            unread_hours(known.as_ref(), record)
                .iter()
                .map(|problem| field(problem, &write)),
        );
    }
    if !errors.is_empty() {
        return Err(Refusal::invalid("directory.invalid", errors));
    }
    let mut tx = acting.begin("directory.put").await?;
    keeping::hold(acting, &mut tx, mapped.revision).await?;
    for record in &write {
        tx.put_directory_record(record, owner(record)).await?;
    }
    let details = serde_json::json!({ "added": done.added, "changed": done.changed, "unchanged": done.unchanged });
    tx.journal(entry(
        "directory.put",
        "directory",
        acting.municipality().id.uuid(),
        details,
    ));
    acting.commit(tx, &done).await?;
    Ok(done)
}

/// Hours that somebody writes so that nobody can follow them: they would be shown as not stated. Those that stood there before,
/// as a file brought them, keep nobody from correcting something else.
pub(crate) fn unread_hours(before: Option<&DirectoryRecord>, record: &DirectoryRecord) -> Vec<DirectoryError> {
    let known = before.map(unfollowable).unwrap_or_default();
    let new = unfollowable(record).into_iter().filter(|told| !known.contains(told));
    new.map(|told| DirectoryError::Invalid {
        record: format!("{} {}", record.kind(), record.uuid()),
        field: told.path,
        part: Some(told.schedule),
        rule: told.rule,
    })
    .collect()
}

/// Each record once: of one that stands twice the last one counts.
fn last_of_each(records: Vec<DirectoryRecord>) -> Vec<DirectoryRecord> {
    let mut seen = HashSet::new();
    let mut kept: Vec<DirectoryRecord> = records
        .into_iter()
        .rev()
        .filter(|record| seen.insert(record.uuid()))
        .collect();
    kept.reverse();
    kept
}

fn owner(record: &DirectoryRecord) -> Option<OrganizationId> {
    match record {
        DirectoryRecord::Taxonomy(_) | DirectoryRecord::TaxonomyTerm(_) => None,
        DirectoryRecord::Organization(organization) => Some(organization.id),
        DirectoryRecord::Location(location) => location.organization_id,
        DirectoryRecord::Service(service) => Some(service.organization_id),
    }
}

/// Where a contradiction stands among the records that were sent; the whole document where it is not one of them.
pub(crate) fn field(problem: &DirectoryError, written: &[DirectoryRecord]) -> FieldError {
    let (record, code, name) = match problem {
        DirectoryError::UnknownTerm { record, code, .. } => (record, "unknown-term", code.to_string()),
        DirectoryError::UnknownRecord { record, id, .. } => (record, "unknown-record", id.clone()),
        DirectoryError::MissingText { record, field } => (record, "greek-text-missing", (*field).to_owned()),
        DirectoryError::BackwardsAges { record, .. } => (record, "backwards-ages", String::new()),
        DirectoryError::ExposedProtectedPlace { record } => (record, "protected-place-exposed", String::new()),
        DirectoryError::Circle { record } => (record, "stands-above-itself", String::new()),
        DirectoryError::DuplicateCode { record, code } => (record, "duplicate-code", code.to_string()),
        DirectoryError::Invalid {
            record, field, rule, ..
        } => (record, broken(*rule), field.clone()),
    };
    let id = record.rsplit(' ').next().unwrap_or_default();
    let index = written.iter().position(|written| written.uuid().to_string() == id);
    let path = index.map_or_else(|| "/records".to_owned(), |index| format!("/records/{index}"));
    FieldError::new(path, code).with("record", record).with("name", name)
}

/// The record that a contradiction is about: its kind and identifier.
pub(crate) fn record_of(problem: &DirectoryError) -> &str {
    match problem {
        DirectoryError::UnknownTerm { record, .. }
        | DirectoryError::UnknownRecord { record, .. }
        | DirectoryError::MissingText { record, .. }
        | DirectoryError::BackwardsAges { record, .. }
        | DirectoryError::ExposedProtectedPlace { record }
        | DirectoryError::Circle { record }
        | DirectoryError::DuplicateCode { record, .. }
        | DirectoryError::Invalid { record, .. } => record,
    }
}

fn broken(rule: Rule) -> &'static str {
    match rule {
        Rule::TooLong => "record-text-too-long",
        Rule::ControlCharacters => "record-control-characters",
        Rule::InvalidUri => "record-invalid-uri",
        Rule::InvalidEmail => "record-invalid-email",
        Rule::ImpossibleCoordinates => "record-impossible-coordinates",
        Rule::InvalidRecurrence => "record-invalid-recurrence",
        Rule::IncompleteRecurrence => "record-incomplete-recurrence",
        Rule::ContradictoryRecurrence => "record-contradictory-recurrence",
        Rule::BackwardsPeriod => "record-backwards-period",
        Rule::Negative => "record-negative",
        Rule::ImpossibleAge => "record-impossible-age",
        Rule::InvalidCode => "record-invalid-code",
        Rule::TellsWhere => "record-tells-where",
    }
}

/// A record as its reader may see it: notes of who changed it before it came here may name a person, and are for staff.
pub(crate) fn told<T: Noted>(acting: &Acting, record: T) -> T {
    if acting.actor.may(Right::SeeWork) {
        record
    } else {
        record.without_metadata()
    }
}

/// A service as everybody may see it.
#[derive(Debug, Clone, Serialize)]
pub struct ServiceView {
    /// The record.
    #[serde(flatten)]
    pub service: Service,
    /// The body that offers it.
    pub organization: Option<Organization>,
    /// Where it is offered; a protected place carries no address.
    pub places: Vec<Location>,
    /// How far the record can still be trusted, on the day as of which it is read.
    pub freshness: Freshness,
}

/// A service with its body and its places.
pub(crate) fn view(acting: &Acting, directory: &Directory, service: &Service) -> ServiceView {
    ServiceView {
        organization: directory
            .organization(service.organization_id)
            .map(|body| told(acting, body.clone())),
        places: service
            .locations()
            .filter_map(|id| directory.location(id))
            .map(|place| told(acting, place.clone()))
            .collect(),
        freshness: Freshness::of(
            service.assured_date,
            upkeep::policy(acting).freshness,
            acting.zone().day(acting.as_of.unwrap_or(acting.now)),
        ),
        service: told(acting, service.clone()),
    }
}

/// One service.
pub async fn service(acting: &Acting, id: ServiceId) -> Outcome<ServiceView> {
    let mapped = acting.mapping().await?;
    let service = mapped
        .directory
        .service(id)
        .ok_or_else(|| Refusal::not_found("service.unknown"))?;
    Ok(view(acting, &mapped.directory, service))
}

/// One service, or a running action of the municipality as a service.
pub async fn service_or_action(acting: &Acting, id: ServiceId) -> Outcome<ServiceView> {
    match service(acting, id).await {
        Err(refusal) if refusal.kind() == Kind::NotFound => {
            let running = running(acting).await?;
            let directory = &running.mapped.directory;
            let action = directory.service(id).ok_or(refusal)?;
            Ok(view(acting, directory, action))
        }
        other => other,
    }
}

/// Every version of a service's record, as it may be told by now.
pub async fn history(acting: &Acting, id: ServiceId) -> Outcome<Vec<RecordVersion>> {
    acting.require(Right::SeeWork)?;
    let mapped = acting.mapping().await?;
    let versions = acting.scope.directory_history("service", id.uuid()).await?;
    let told = versions.into_iter().map(|version| RecordVersion {
        record: history::shown(&mapped.directory, &version).into_owned(),
        ..version
    });
    Ok(told.collect())
}

/// A page of the bodies, by name.
pub async fn organizations(acting: &Acting, query: &PageQuery) -> Outcome<Page<Organization>> {
    let mapped = acting.mapping().await?;
    let mut all: Vec<&Organization> = mapped.directory.organizations().collect();
    all.sort_by_cached_key(|organization| {
        (
            osn_core::text::sort_key(organization.name.get(acting.lang.tag())),
            organization.id,
        )
    });
    Ok(upkeep::cut(all, query)?.map(|body| told(acting, body.clone())))
}

/// A body with its services.
#[derive(Debug, Clone, Serialize)]
pub struct OrganizationView {
    /// The record.
    #[serde(flatten)]
    pub organization: Organization,
    /// What it offers.
    pub services: Vec<Service>,
}

/// One body.
pub async fn organization(acting: &Acting, id: OrganizationId) -> Outcome<OrganizationView> {
    let mapped = acting.mapping().await?;
    let organization = mapped
        .directory
        .organization(id)
        .ok_or_else(|| Refusal::not_found("organization.unknown"))?;
    let services = mapped.directory.services_of(id);
    Ok(OrganizationView {
        organization: told(acting, organization.clone()),
        services: services.map(|service| told(acting, service.clone())).collect(),
    })
}

/// The terms of a taxonomy.
pub async fn terms(acting: &Acting, taxonomy: Taxonomy) -> Outcome<Vec<TaxonomyTerm>> {
    let mapped = acting.mapping().await?;
    let terms = mapped.directory.terms(taxonomy);
    Ok(terms.map(|term| told(acting, term.clone())).collect())
}

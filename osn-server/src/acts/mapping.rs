//! The mapping: kept in bulk by coordinators, searched by everybody.

use std::collections::{BTreeMap, BTreeSet};

use osn_core::directory::{
    Directory, DirectoryError, DirectoryRecord, Location, Organization, Rule, Service, Taxonomy, TaxonomyTerm, TermCode,
};
use osn_core::id::{OrganizationId, ServiceId};
use osn_store::{Page, PageQuery, RecordVersion};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::acts::{Acting, entry};
use crate::auth::Right;
use crate::directory::{Mapped, Relevance};
use crate::refusal::{FieldError, Outcome, Refusal};
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
    let mapped = acting.mapping().await?;
    let mut all: BTreeMap<Uuid, DirectoryRecord> = mapped
        .directory
        .records()
        .map(|record| (record.uuid(), record))
        .collect();
    let mut done = Changed::default();
    let mut write = Vec::new();
    for record in given.records {
        match all.insert(record.uuid(), record.clone()) {
            Some(before) if before == record => done.unchanged += 1,
            Some(_) => {
                done.changed += 1;
                write.push(record);
            }
            None => {
                done.added += 1;
                write.push(record);
            }
        }
    }
    let problems = Directory::new(acting.now, all.into_values()).problems();
    if !problems.is_empty() {
        return Err(Refusal::invalid(
            "directory.invalid",
            problems.iter().map(|problem| field(problem, &write)).collect(),
        ));
    }
    let mut tx = acting.begin("directory.put").await?;
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

fn owner(record: &DirectoryRecord) -> Option<OrganizationId> {
    match record {
        DirectoryRecord::Taxonomy(_) | DirectoryRecord::TaxonomyTerm(_) => None,
        DirectoryRecord::Organization(organization) => Some(organization.id),
        DirectoryRecord::Location(location) => location.organization_id,
        DirectoryRecord::Service(service) => Some(service.organization_id),
    }
}

/// Where a contradiction stands among the records that were sent; the whole document where it is not one of them.
fn field(problem: &DirectoryError, written: &[DirectoryRecord]) -> FieldError {
    let (record, code, name) = match problem {
        DirectoryError::UnknownTerm { record, code, .. } => (record, "unknown-term", code.to_string()),
        DirectoryError::UnknownRecord { record, id, .. } => (record, "unknown-record", id.clone()),
        DirectoryError::MissingText { record, field } => (record, "greek-text-missing", (*field).to_owned()),
        DirectoryError::BackwardsAges { record, .. } => (record, "backwards-ages", String::new()),
        DirectoryError::ExposedProtectedPlace { record } => (record, "protected-place-exposed", String::new()),
        DirectoryError::Circle { record } => (record, "stands-above-itself", String::new()),
        DirectoryError::DuplicateCode { record, code } => (record, "duplicate-code", code.to_string()),
        DirectoryError::Invalid { record, field, rule } => (record, broken(*rule), field.clone()),
    };
    let id = record.rsplit(' ').next().unwrap_or_default();
    let index = written.iter().position(|written| written.uuid().to_string() == id);
    let path = index.map_or_else(|| "/records".to_owned(), |index| format!("/records/{index}"));
    FieldError::new(path, code).with("record", record).with("name", name)
}

fn broken(rule: Rule) -> &'static str {
    match rule {
        Rule::TooLong => "record-text-too-long",
        Rule::ControlCharacters => "record-control-characters",
        Rule::InvalidUri => "record-invalid-uri",
        Rule::InvalidEmail => "record-invalid-email",
        Rule::ImpossibleCoordinates => "record-impossible-coordinates",
        Rule::InvalidRecurrence => "record-invalid-recurrence",
        Rule::BackwardsPeriod => "record-backwards-period",
        Rule::Negative => "record-negative",
        Rule::ImpossibleAge => "record-impossible-age",
        Rule::InvalidCode => "record-invalid-code",
    }
}

/// What somebody looks for.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Search {
    /// Words, with or without accents, in any language of the records.
    pub q: Option<String>,
    /// Code of a category: it and everything below it.
    pub category: Option<String>,
    /// Code of a group that the service must be open to.
    pub group: Option<String>,
    /// Code of an area that must be served.
    pub area: Option<String>,
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
}

/// Services that fit: those whose record says so before those whose record does not say, the better answer to the words
/// first, then by name.
pub async fn search(acting: &Acting, search: &Search, query: &PageQuery) -> Outcome<Page<ServiceView>> {
    let mapped = acting.mapping().await?;
    let mut found = matching(&mapped, search);
    found.sort_by_cached_key(|(unsure, relevance, service)| {
        (
            *unsure,
            std::cmp::Reverse(*relevance),
            mapped.place(service.id, acting.lang),
        )
    });
    let offset: usize = match &query.after {
        None => 0,
        Some(after) => after.parse().map_err(|_| Refusal::field("/after", "wrong-type"))?,
    };
    let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
    let total = found.len();
    let page = found.into_iter().skip(offset).take(limit);
    let items: Vec<ServiceView> = page.map(|(_, _, service)| view(&mapped.directory, service)).collect();
    let end = offset.saturating_add(items.len());
    Ok(Page {
        items,
        total: u64::try_from(total).unwrap_or(u64::MAX),
        next: (end < total).then(|| end.to_string()),
    })
}

/// A service that fits: whether something about it is unknown, and how well it answers the words.
type Found<'m> = (bool, Option<Relevance>, &'m Service);

fn matching<'m>(mapped: &'m Mapped, search: &Search) -> Vec<Found<'m>> {
    let directory = &mapped.directory;
    let filter = Filter::of(directory, search);
    let words = search.q.as_deref().map(str::trim).filter(|words| !words.is_empty());
    let chosen = |service: &'m Service, relevance| Some((filter.unsure(service)?, relevance, service));
    match words {
        None => directory
            .services()
            .filter_map(|service| chosen(service, None))
            .collect(),
        Some(words) => {
            let found = mapped.find(words).into_iter();
            found
                .filter_map(|(id, relevance)| chosen(directory.service(id)?, Some(relevance)))
                .collect()
        }
    }
}

/// What somebody chose, with everything above and below it: a child's service serves who chose the parent, and the
/// parent's serves who chose the child.
struct Filter {
    categories: Option<BTreeSet<TermCode>>,
    groups: Option<BTreeSet<TermCode>>,
    areas: Option<BTreeSet<TermCode>>,
}

impl Filter {
    fn of(directory: &Directory, search: &Search) -> Self {
        let chosen = |code: &Option<String>| code.as_deref().filter(|code| !code.is_empty()).map(TermCode::new);
        let around = |code: TermCode| {
            let mut all = directory.with_descendants(&code);
            all.extend(directory.with_ancestors(&code));
            all
        };
        Self {
            categories: chosen(&search.category).map(|code| directory.with_descendants(&code)),
            groups: chosen(&search.group).map(around),
            areas: chosen(&search.area).map(around),
        }
    }

    /// `None` when the service does not fit; else whether its record leaves something unsaid.
    fn unsure(&self, service: &Service) -> Option<bool> {
        if let Some(wanted) = &self.categories
            && !service.categories.iter().any(|code| wanted.contains(code))
        {
            return None;
        }
        let groups = if service.open_to_all {
            None
        } else {
            self.groups.as_ref()
        };
        let mut unsure = false;
        for (wanted, stated) in [(groups, &service.groups), (self.areas.as_ref(), &service.areas)] {
            match (wanted, stated) {
                (None, _) => {}
                (Some(_), None) => unsure = true,
                (Some(wanted), Some(stated)) if stated.iter().any(|code| wanted.contains(code)) => {}
                (Some(_), Some(_)) => return None,
            }
        }
        Some(unsure)
    }
}

fn view(directory: &Directory, service: &Service) -> ServiceView {
    ServiceView {
        organization: directory.organization(service.organization_id).cloned(),
        places: service
            .locations()
            .filter_map(|id| directory.location(id))
            .cloned()
            .collect(),
        service: service.clone(),
    }
}

/// One service.
pub async fn service(acting: &Acting, id: ServiceId) -> Outcome<ServiceView> {
    let mapped = acting.mapping().await?;
    let service = mapped
        .directory
        .service(id)
        .ok_or_else(|| Refusal::not_found("service.unknown"))?;
    Ok(view(&mapped.directory, service))
}

/// Every version of a service's record.
pub async fn history(acting: &Acting, id: ServiceId) -> Outcome<Vec<RecordVersion>> {
    acting.require(Right::SeeWork)?;
    Ok(acting.scope.directory_history("service", id.uuid()).await?)
}

/// Every body, by name.
pub async fn organizations(acting: &Acting) -> Outcome<Vec<Organization>> {
    let mapped = acting.mapping().await?;
    let mut all: Vec<Organization> = mapped.directory.organizations().cloned().collect();
    all.sort_by_cached_key(|organization| osn_core::text::sort_key(organization.name.get(acting.lang.tag())));
    Ok(all)
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
        .cloned()
        .ok_or_else(|| Refusal::not_found("organization.unknown"))?;
    let services = mapped.directory.services_of(id).cloned().collect();
    Ok(OrganizationView { organization, services })
}

/// The terms of a taxonomy.
pub async fn terms(acting: &Acting, taxonomy: Taxonomy) -> Outcome<Vec<TaxonomyTerm>> {
    Ok(acting.mapping().await?.directory.terms(taxonomy).cloned().collect())
}

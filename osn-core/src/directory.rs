//! The mapping in HSDS's terms: organizations, locations, services, and the taxonomies that relate them.
//!
//! What a record does not say is `None`: unknown is a value of its own and is never read as yes or no.
//! Source of the names: Open Referral HSDS 3.2.3.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::id::{LocationId, OrganizationId, ServiceId, TermId};
use crate::lang::LocalText;
use crate::time::Instant;

/// The stable code of a taxonomy term, e.g. `food.meals` or `athens.6` (HSDS `taxonomy_term.code`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TermCode(pub String);

impl TermCode {
    /// A code from text.
    pub fn new(code: impl Into<String>) -> Self {
        Self(code.into())
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl core::fmt::Display for TermCode {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which of the three taxonomies a term belongs to (HSDS `taxonomy`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Taxonomy {
    /// What is offered (attribute link type `service_type`).
    Category,
    /// Whom it is for (attribute link type `eligibility`).
    BeneficiaryGroup,
    /// Where: a municipality and its communities.
    Area,
}

/// A term of a taxonomy (HSDS `taxonomy_term`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaxonomyTerm {
    /// Identifier.
    pub id: TermId,
    /// Stable code.
    pub code: TermCode,
    /// Its taxonomy.
    pub taxonomy: Taxonomy,
    /// The term above it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<TermCode>,
    /// Name.
    pub name: LocalText,
    /// What falls under it.
    pub description: LocalText,
    /// Other spellings met in the wild, for import and search.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
}

/// How sure the project is of a fact about a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Marking {
    /// A public source says it.
    Sourced,
    /// Taken from memory: shown with "to be verified".
    Verify,
}

/// The kind of body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrganizationKind {
    /// The municipality, its directorates and legal entities.
    Municipal,
    /// Another public body.
    Public,
    /// A non-governmental organisation.
    Ngo,
    /// A parish or other body of a church.
    Church,
    /// A social enterprise.
    SocialEnterprise,
    /// A fictional body of the demonstration.
    Example,
}

/// A body that offers services (HSDS `organization`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organization {
    /// Identifier.
    pub id: OrganizationId,
    /// Name.
    pub name: LocalText,
    /// What it is.
    pub description: LocalText,
    /// Kind of body.
    pub kind: OrganizationKind,
    /// The body above it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_organization_id: Option<OrganizationId>,
    /// Its public site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    /// Where the facts come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// How sure they are.
    pub marking: Marking,
}

/// HSDS `location_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LocationType {
    /// A place one can go to.
    Physical,
    /// A postal address only.
    Postal,
    /// Telephone or internet.
    Virtual,
}

/// A place, or a way to reach a service without one (HSDS `location`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Location {
    /// Identifier.
    pub id: LocationId,
    /// The body that runs it.
    pub organization_id: OrganizationId,
    /// Kind of location.
    pub location_type: LocationType,
    /// Name of the structure (δομή).
    pub name: LocalText,
    /// Street and number, as the source gives it. Always `None` when `protected`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address_1: Option<String>,
    /// Postal code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// City.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// The municipal community it lies in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<TermCode>,
    /// Latitude in degrees, as a decimal string.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latitude: Option<String>,
    /// Longitude in degrees, as a decimal string.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longitude: Option<String>,
    /// A remark beside the address, e.g. "address to be verified".
    #[serde(default, skip_serializing_if = "LocalText::is_empty")]
    pub address_note: LocalText,
    /// A place whose address is never published (shelters for victims of violence).
    #[serde(default)]
    pub protected: bool,
    /// How sure the facts are.
    pub marking: Marking,
}

/// How a service reaches people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// People come to a place.
    Place,
    /// It comes to people's homes.
    Home,
    /// By telephone or internet.
    Remote,
    /// Teams in the street.
    Street,
}

/// HSDS `service.status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ServiceStatus {
    /// Runs.
    #[serde(rename = "active")]
    Active,
    /// Does not run now.
    #[serde(rename = "inactive")]
    Inactive,
    /// Ended for good.
    #[serde(rename = "defunct")]
    Defunct,
    /// Closed for a time.
    #[serde(rename = "temporarily closed")]
    TemporarilyClosed,
}

/// Places of a service (HSDS `service_capacity` with its `unit`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceCapacity {
    /// Free places.
    pub available: u32,
    /// All places.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<u32>,
    /// What is counted, e.g. "place".
    pub unit: LocalText,
    /// The day the figures were given.
    pub updated: NaiveDate,
}

/// What is offered (HSDS `service`, with its attributes in typed fields).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Identifier.
    pub id: ServiceId,
    /// The body that offers it.
    pub organization_id: OrganizationId,
    /// Where it is offered (HSDS `service_at_location`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub locations: Vec<LocationId>,
    /// Name.
    pub name: LocalText,
    /// What one gets.
    pub description: LocalText,
    /// HSDS status.
    pub status: ServiceStatus,
    /// Category terms.
    pub categories: Vec<TermCode>,
    /// Groups it is for; `None`: the record does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<TermCode>>,
    /// The source says that it is for everybody.
    #[serde(default)]
    pub open_to_all: bool,
    /// Youngest age, full years, when the record states one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_age: Option<u8>,
    /// Oldest age, full years, when the record states one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum_age: Option<u8>,
    /// Areas it serves; `None`: the record does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub areas: Option<Vec<TermCode>>,
    /// How it reaches people; `None`: the record does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modes: Option<Vec<Mode>>,
    /// Languages of service (ISO 639-1); `None`: the record does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub languages: Option<Vec<String>>,
    /// Places; `None`: the record does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<ServiceCapacity>,
    /// Whether it costs the person something; `None`: the record does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_of_charge: Option<bool>,
    /// Papers that it asks for (HSDS `required_document`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub required_documents: Vec<LocalText>,
    /// The day somebody last confirmed the record (HSDS `assured_date`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assured_date: Option<NaiveDate>,
    /// Where the facts come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// How sure they are.
    pub marking: Marking,
}

/// One record of the directory, of any kind: what the store versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "kebab-case")]
pub enum DirectoryRecord {
    /// A term of a taxonomy.
    TaxonomyTerm(TaxonomyTerm),
    /// A body.
    Organization(Organization),
    /// A place.
    Location(Location),
    /// A service.
    Service(Service),
}

impl DirectoryRecord {
    /// The kind's stable name.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::TaxonomyTerm(_) => "taxonomy-term",
            Self::Organization(_) => "organization",
            Self::Location(_) => "location",
            Self::Service(_) => "service",
        }
    }

    /// The record's identifier, whatever its kind.
    pub fn uuid(&self) -> uuid::Uuid {
        match self {
            Self::TaxonomyTerm(term) => term.id.uuid(),
            Self::Organization(organization) => organization.id.uuid(),
            Self::Location(location) => location.id.uuid(),
            Self::Service(service) => service.id.uuid(),
        }
    }
}

/// A record that points at something that is not there, or says something impossible.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DirectoryError {
    /// A term code that no taxonomy has.
    #[error("{record}: unknown {taxonomy:?} term `{code}`")]
    UnknownTerm {
        /// The record that names it.
        record: String,
        /// The taxonomy in which it was looked for.
        taxonomy: Taxonomy,
        /// The code.
        code: TermCode,
    },
    /// An organization or location that is not there.
    #[error("{record}: no such {kind} `{id}`")]
    UnknownRecord {
        /// The record that names it.
        record: String,
        /// Kind looked for.
        kind: &'static str,
        /// Its id.
        id: String,
    },
    /// A text without Greek.
    #[error("{record}: `{field}` needs a Greek text")]
    MissingText {
        /// The record.
        record: String,
        /// The field.
        field: &'static str,
    },
    /// The youngest age is above the oldest.
    #[error("{record}: minimum_age {minimum} is above maximum_age {maximum}")]
    BackwardsAges {
        /// The record.
        record: String,
        /// Youngest.
        minimum: u8,
        /// Oldest.
        maximum: u8,
    },
    /// A protected place with an address or coordinates.
    #[error("{record}: a protected location carries no address and no coordinates")]
    ExposedProtectedPlace {
        /// The record.
        record: String,
    },
}

/// The mapping as it was recorded at an instant, indexed for examination and search.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    recorded_at: Instant,
    terms: BTreeMap<TermCode, TaxonomyTerm>,
    children: BTreeMap<TermCode, Vec<TermCode>>,
    organizations: BTreeMap<OrganizationId, Organization>,
    locations: BTreeMap<LocationId, Location>,
    /// By Greek name, then id: the order in which every list shows them is worked out once, not for each list.
    services: Vec<Service>,
    positions: BTreeMap<ServiceId, u32>,
    by_category: BTreeMap<TermCode, Vec<u32>>,
}

impl Directory {
    /// Builds the directory from the records valid at `recorded_at`.
    pub fn new(recorded_at: Instant, records: impl IntoIterator<Item = DirectoryRecord>) -> Self {
        let mut directory = Self {
            recorded_at,
            ..Self::default()
        };
        let mut services = BTreeMap::new();
        for record in records {
            match record {
                DirectoryRecord::TaxonomyTerm(term) => {
                    if let Some(parent) = &term.parent {
                        directory
                            .children
                            .entry(parent.clone())
                            .or_default()
                            .push(term.code.clone());
                    }
                    directory.terms.insert(term.code.clone(), term);
                }
                DirectoryRecord::Organization(organization) => {
                    directory.organizations.insert(organization.id, organization);
                }
                DirectoryRecord::Location(location) => {
                    directory.locations.insert(location.id, location);
                }
                DirectoryRecord::Service(service) => {
                    services.insert(service.id, service);
                }
            }
        }
        directory.services = services.into_values().collect();
        directory
            .services
            .sort_by_cached_key(|service| (crate::text::sort_key(service.name.get("el")), service.id));
        for (position, service) in (0_u32..).zip(&directory.services) {
            directory.positions.insert(service.id, position);
            for category in &service.categories {
                let filed = directory.by_category.entry(category.clone()).or_default();
                filed.push(position);
            }
        }
        directory
    }

    /// The instant as of which it was read.
    pub fn recorded_at(&self) -> Instant {
        self.recorded_at
    }

    /// A term by its code.
    pub fn term(&self, code: &TermCode) -> Option<&TaxonomyTerm> {
        self.terms.get(code)
    }

    /// The terms of one taxonomy, by code.
    pub fn terms(&self, taxonomy: Taxonomy) -> impl Iterator<Item = &TaxonomyTerm> {
        self.terms.values().filter(move |term| term.taxonomy == taxonomy)
    }

    /// A service by its id.
    pub fn service(&self, id: ServiceId) -> Option<&Service> {
        self.at(*self.positions.get(&id)?)
    }

    /// Every service, by Greek name.
    pub fn services(&self) -> impl ExactSizeIterator<Item = &Service> {
        self.services.iter()
    }

    fn at(&self, position: u32) -> Option<&Service> {
        self.services.get(usize::try_from(position).ok()?)
    }

    /// An organization by its id.
    pub fn organization(&self, id: OrganizationId) -> Option<&Organization> {
        self.organizations.get(&id)
    }

    /// Every organization, by id.
    pub fn organizations(&self) -> impl ExactSizeIterator<Item = &Organization> {
        self.organizations.values()
    }

    /// A location by its id.
    pub fn location(&self, id: LocationId) -> Option<&Location> {
        self.locations.get(&id)
    }

    /// Every location, by id.
    pub fn locations(&self) -> impl ExactSizeIterator<Item = &Location> {
        self.locations.values()
    }

    /// The services filed directly under any of these categories, each once, by Greek name.
    pub fn services_in<'a>(
        &self,
        categories: impl IntoIterator<Item = &'a TermCode>,
    ) -> impl Iterator<Item = &Service> {
        let filed = categories
            .into_iter()
            .filter_map(|category| self.by_category.get(category));
        let mut positions: Vec<u32> = filed.flatten().copied().collect();
        positions.sort_unstable();
        positions.dedup();
        positions.into_iter().filter_map(|position| self.at(position))
    }

    /// A term and everything below it.
    pub fn with_descendants(&self, code: &TermCode) -> BTreeSet<TermCode> {
        let mut found = BTreeSet::new();
        let mut open = vec![code.clone()];
        while let Some(next) = open.pop() {
            if found.insert(next.clone()) {
                open.extend(self.children.get(&next).into_iter().flatten().cloned());
            }
        }
        found
    }

    /// A term and everything above it, nearest first.
    pub fn with_ancestors(&self, code: &TermCode) -> Vec<TermCode> {
        let mut found: Vec<TermCode> = Vec::new();
        let mut next = Some(code.clone());
        while let Some(current) = next {
            if found.contains(&current) {
                break;
            }
            next = self.terms.get(&current).and_then(|term| term.parent.clone());
            found.push(current);
        }
        found
    }

    /// Every contradiction in the records: unknown terms and records, missing Greek, backwards ages, exposed places.
    pub fn problems(&self) -> Vec<DirectoryError> {
        let mut problems = Vec::new();
        for term in self.terms.values() {
            if let Some(parent) = &term.parent {
                self.want_term(&mut problems, &format!("term {}", term.code), term.taxonomy, parent);
            }
        }
        for organization in self.organizations.values() {
            let record = format!("organization {}", organization.id);
            want_text(&mut problems, &record, "name", &organization.name);
            if let Some(parent) = organization.parent_organization_id {
                self.want_organization(&mut problems, &record, parent);
            }
        }
        for location in self.locations.values() {
            let record = format!("location {}", location.id);
            self.want_organization(&mut problems, &record, location.organization_id);
            if let Some(area) = &location.area {
                self.want_term(&mut problems, &record, Taxonomy::Area, area);
            }
            let exposed = location.address_1.is_some() || location.latitude.is_some() || location.longitude.is_some();
            if location.protected && exposed {
                problems.push(DirectoryError::ExposedProtectedPlace { record });
            }
        }
        for service in &self.services {
            self.service_problems(&mut problems, service);
        }
        problems
    }

    fn service_problems(&self, problems: &mut Vec<DirectoryError>, service: &Service) {
        let record = format!("service {}", service.id);
        want_text(problems, &record, "name", &service.name);
        want_text(problems, &record, "description", &service.description);
        self.want_organization(problems, &record, service.organization_id);
        for id in &service.locations {
            if !self.locations.contains_key(id) {
                problems.push(DirectoryError::UnknownRecord {
                    record: record.clone(),
                    kind: "location",
                    id: id.to_string(),
                });
            }
        }
        for code in &service.categories {
            self.want_term(problems, &record, Taxonomy::Category, code);
        }
        for code in service.groups.iter().flatten() {
            self.want_term(problems, &record, Taxonomy::BeneficiaryGroup, code);
        }
        for code in service.areas.iter().flatten() {
            self.want_term(problems, &record, Taxonomy::Area, code);
        }
        if let (Some(minimum), Some(maximum)) = (service.minimum_age, service.maximum_age)
            && minimum > maximum
        {
            problems.push(DirectoryError::BackwardsAges {
                record,
                minimum,
                maximum,
            });
        }
    }

    fn want_term(&self, problems: &mut Vec<DirectoryError>, record: &str, taxonomy: Taxonomy, code: &TermCode) {
        if self.terms.get(code).is_none_or(|term| term.taxonomy != taxonomy) {
            problems.push(DirectoryError::UnknownTerm {
                record: record.to_owned(),
                taxonomy,
                code: code.clone(),
            });
        }
    }

    fn want_organization(&self, problems: &mut Vec<DirectoryError>, record: &str, id: OrganizationId) {
        if !self.organizations.contains_key(&id) {
            problems.push(DirectoryError::UnknownRecord {
                record: record.to_owned(),
                kind: "organization",
                id: id.to_string(),
            });
        }
    }
}

fn want_text(problems: &mut Vec<DirectoryError>, record: &str, field: &'static str, text: &LocalText) {
    if !text.has("el") || text.get("el").trim().is_empty() {
        problems.push(DirectoryError::MissingText {
            record: record.to_owned(),
            field,
        });
    }
}

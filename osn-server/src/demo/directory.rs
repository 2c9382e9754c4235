//! The city's directory files, read into the records that the directory's own interface takes.
//!
//! The files name records by short keys; identifiers are derived from the municipality, the kind and the key, so that
//! the same file gives the same identifiers everywhere and uploading it twice changes nothing.

use chrono::NaiveDate;
use osn_core::directory::{
    DirectoryRecord, Location, LocationType, Marking, Mode, Organization, OrganizationKind, Service, ServiceCapacity,
    ServiceStatus, Taxonomy, TaxonomyTerm, TermCode,
};
use osn_core::id::{LocationId, OrganizationId, ServiceId, TermId};
use osn_core::lang::LocalText;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// One taxonomy file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TaxonomyFile {
    taxonomy: TaxonomyHead,
    #[serde(default)]
    terms: Vec<TermRow>,
}

#[derive(Debug, Deserialize)]
struct TaxonomyHead {
    taxonomy: Taxonomy,
}

/// A term; the files also keep where it lies, which the directory does not carry yet.
#[derive(Debug, Deserialize)]
struct TermRow {
    code: String,
    #[serde(default)]
    parent: Option<String>,
    name: LocalText,
    #[serde(default)]
    description: LocalText,
    #[serde(default)]
    aliases: Vec<String>,
}

/// The file of organizations.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrganizationsFile {
    organizations: Vec<OrganizationRow>,
}

#[derive(Debug, Deserialize)]
struct OrganizationRow {
    key: String,
    name: LocalText,
    #[serde(default)]
    description: LocalText,
    kind: OrganizationKind,
    #[serde(default)]
    parent: Option<String>,
    #[serde(default)]
    website: Option<String>,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    source_reference: Option<String>,
    marking: Marking,
}

/// The file of places.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LocationsFile {
    locations: Vec<LocationRow>,
}

#[derive(Debug, Deserialize)]
struct LocationRow {
    key: String,
    organization: String,
    name: LocalText,
    location_type: LocationType,
    #[serde(default)]
    address_1: Option<String>,
    #[serde(default)]
    postal_code: Option<String>,
    #[serde(default)]
    city: Option<String>,
    #[serde(default)]
    area: Option<String>,
    #[serde(default)]
    latitude: Option<String>,
    #[serde(default)]
    longitude: Option<String>,
    #[serde(default)]
    address_note: LocalText,
    #[serde(default)]
    protected: bool,
    marking: Marking,
}

/// The file of services.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServicesFile {
    services: Vec<ServiceRow>,
}

#[derive(Debug, Deserialize)]
struct ServiceRow {
    key: String,
    organization: String,
    #[serde(default)]
    locations: Vec<String>,
    name: LocalText,
    description: LocalText,
    status: ServiceStatus,
    categories: Vec<TermCode>,
    #[serde(default)]
    groups: Option<Vec<TermCode>>,
    #[serde(default)]
    open_to_all: bool,
    #[serde(default)]
    minimum_age: Option<u8>,
    #[serde(default)]
    maximum_age: Option<u8>,
    #[serde(default)]
    areas: Option<Vec<TermCode>>,
    #[serde(default)]
    modes: Option<Vec<Mode>>,
    #[serde(default)]
    languages: Option<Vec<String>>,
    #[serde(default)]
    capacity: Option<ServiceCapacity>,
    #[serde(default)]
    free_of_charge: Option<bool>,
    #[serde(default)]
    documents: Vec<LocalText>,
    #[serde(default)]
    assured_date: Option<NaiveDate>,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    source_reference: Option<String>,
    marking: Marking,
}

/// Derives identifiers of one municipality's records from their keys.
#[derive(Clone, Debug)]
pub(super) struct Names {
    slug: String,
}

impl Names {
    /// For the municipality with this short name.
    pub(super) fn new(slug: &str) -> Self {
        Self { slug: slug.to_owned() }
    }

    /// A UUID of our own making (version 8) from the municipality, a kind and a key.
    pub(super) fn uuid(&self, kind: &str, key: &str) -> Uuid {
        let digest = Sha256::digest(format!("osn-directory/1\n{}\n{kind}\n{key}", self.slug));
        let mut bytes = [0_u8; 16];
        for (to, from) in bytes.iter_mut().zip(digest) {
            *to = from;
        }
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }

    /// The organization with this key.
    pub(super) fn organization(&self, key: &str) -> OrganizationId {
        OrganizationId::new(self.uuid("organization", key))
    }

    fn location(&self, key: &str) -> LocationId {
        LocationId::new(self.uuid("location", key))
    }

    /// The service with this key.
    pub(super) fn service(&self, key: &str) -> ServiceId {
        ServiceId::new(self.uuid("service", key))
    }
}

fn cited(source: Option<String>, reference: Option<String>) -> Option<String> {
    match (source, reference) {
        (Some(source), Some(reference)) => Some(format!("{source}: {reference}")),
        (source, reference) => source.or(reference),
    }
}

impl TaxonomyFile {
    pub(super) fn records(self, names: &Names) -> impl Iterator<Item = DirectoryRecord> {
        let taxonomy = self.taxonomy.taxonomy;
        self.terms.into_iter().map(move |row| {
            DirectoryRecord::TaxonomyTerm(TaxonomyTerm {
                id: TermId::new(names.uuid("taxonomy-term", &row.code)),
                code: TermCode::new(row.code),
                taxonomy,
                parent: row.parent.map(TermCode::new),
                name: row.name,
                description: row.description,
                aliases: row.aliases,
            })
        })
    }
}

impl OrganizationsFile {
    pub(super) fn records(self, names: &Names) -> impl Iterator<Item = DirectoryRecord> {
        self.organizations.into_iter().map(|row| {
            DirectoryRecord::Organization(Organization {
                id: names.organization(&row.key),
                name: row.name,
                description: row.description,
                kind: row.kind,
                parent_organization_id: row.parent.map(|key| names.organization(&key)),
                website: row.website,
                source: cited(row.source, row.source_reference),
                marking: row.marking,
            })
        })
    }
}

impl LocationsFile {
    pub(super) fn records(self, names: &Names) -> impl Iterator<Item = DirectoryRecord> {
        self.locations.into_iter().map(|row| {
            DirectoryRecord::Location(Location {
                id: names.location(&row.key),
                organization_id: names.organization(&row.organization),
                location_type: row.location_type,
                name: row.name,
                address_1: row.address_1,
                postal_code: row.postal_code,
                city: row.city,
                area: row.area.map(TermCode::new),
                latitude: row.latitude,
                longitude: row.longitude,
                address_note: row.address_note,
                protected: row.protected,
                marking: row.marking,
            })
        })
    }
}

impl ServicesFile {
    pub(super) fn records(self, names: &Names) -> impl Iterator<Item = DirectoryRecord> {
        self.services.into_iter().map(|row| {
            DirectoryRecord::Service(Service {
                id: names.service(&row.key),
                organization_id: names.organization(&row.organization),
                locations: row.locations.iter().map(|key| names.location(key)).collect(),
                name: row.name,
                description: row.description,
                status: row.status,
                categories: row.categories,
                groups: row.groups,
                open_to_all: row.open_to_all,
                minimum_age: row.minimum_age,
                maximum_age: row.maximum_age,
                areas: row.areas,
                modes: row.modes,
                languages: row.languages,
                capacity: row.capacity,
                free_of_charge: row.free_of_charge,
                required_documents: row.documents,
                assured_date: row.assured_date,
                source: cited(row.source, row.source_reference),
                marking: row.marking,
            })
        })
    }
}

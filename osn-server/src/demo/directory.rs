//! The city's directory files, read into the records that the directory's own interface takes.
//!
//! The files name records by short keys; identifiers are derived from the municipality, the kind and the key, so that
//! the same file gives the same identifiers everywhere and uploading it twice changes nothing.

use chrono::{NaiveDate, NaiveTime};
use osn_core::directory::{
    Address, DirectoryRecord, Frequency, Location, LocationType, Marking, Mode, Number, Organization, OrganizationKind,
    RequiredDocument, Schedule, Service, ServiceAtLocation, ServiceCapacity, ServiceStatus, Taxonomy,
    TaxonomyDescription, TaxonomyTerm, TermCode, Uri, Weekday, Whereabouts,
};
use osn_core::id::{LocationId, OrganizationId, ServiceId, TaxonomyId, TermId};
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
    key: String,
    taxonomy: Taxonomy,
    name: LocalText,
    #[serde(default)]
    description: LocalText,
    #[serde(default)]
    version: Option<String>,
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
    #[serde(default)]
    neighbourhoods: Vec<NeighbourhoodRow>,
}

/// A part of an area: another word by which people look for it.
#[derive(Debug, Deserialize)]
struct NeighbourhoodRow {
    name: LocalText,
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
    website: Option<Uri>,
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
    latitude: Option<Number>,
    #[serde(default)]
    longitude: Option<Number>,
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
    capacity: Option<CapacityRow>,
    #[serde(default)]
    free_of_charge: Option<bool>,
    #[serde(default)]
    documents: Vec<LocalText>,
    #[serde(default)]
    hours: Option<HoursRow>,
    #[serde(default)]
    assured_date: Option<NaiveDate>,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    source_reference: Option<String>,
    marking: Marking,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CapacityRow {
    available: u32,
    #[serde(default)]
    maximum: Option<u32>,
    unit: LocalText,
    updated: NaiveDate,
}

/// Opening hours as people write them down.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HoursRow {
    #[serde(default)]
    days: Vec<Weekday>,
    opens: NaiveTime,
    closes: NaiveTime,
    #[serde(default)]
    note: LocalText,
}

impl HoursRow {
    fn schedule(self, id: Uuid) -> Schedule {
        let name = |day: &Weekday| serde_json::to_value(day).ok()?.as_str().map(str::to_owned);
        let days: Vec<String> = self.days.iter().filter_map(name).collect();
        Schedule {
            freq: (!days.is_empty()).then_some(Frequency::Weekly),
            byday: (!days.is_empty()).then(|| days.join(",")),
            opens_at: Some(self.opens),
            closes_at: Some(self.closes),
            notes: self.note,
            ..Schedule::new(id)
        }
    }
}

/// What every address of the municipality shares.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct AddressDefaults {
    region: String,
    state_province: String,
    country: String,
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
        let head = self.taxonomy;
        let taxonomy = head.taxonomy;
        let id = TaxonomyId::new(names.uuid("taxonomy", &head.key));
        let description = DirectoryRecord::Taxonomy(TaxonomyDescription {
            description: head.description,
            version: head.version,
            ..TaxonomyDescription::new(id, taxonomy, head.name)
        });
        let terms = self.terms.into_iter().map(move |row| {
            let id = TermId::new(names.uuid("taxonomy-term", &row.code));
            let parts = row.neighbourhoods.iter().flat_map(|part| part.name.iter());
            let parts = parts.map(|(_, name)| name.to_owned());
            DirectoryRecord::TaxonomyTerm(TaxonomyTerm {
                parent: row.parent.map(TermCode::new),
                description: row.description,
                aliases: row.aliases.into_iter().chain(parts).collect(),
                ..TaxonomyTerm::new(id, TermCode::new(row.code), taxonomy, row.name)
            })
        });
        [description].into_iter().chain(terms)
    }
}

impl OrganizationsFile {
    pub(super) fn records(self, names: &Names) -> impl Iterator<Item = DirectoryRecord> {
        self.organizations.into_iter().map(|row| {
            DirectoryRecord::Organization(Organization {
                kind: Some(row.kind),
                parent_organization_id: row.parent.map(|key| names.organization(&key)),
                website: row.website,
                source: cited(row.source, row.source_reference),
                marking: row.marking,
                ..Organization::new(names.organization(&row.key), row.name, row.description)
            })
        })
    }
}

impl LocationsFile {
    pub(super) fn records(self, names: &Names, defaults: &AddressDefaults) -> impl Iterator<Item = DirectoryRecord> {
        self.locations.into_iter().map(|row| {
            let mut location = Location::new(names.location(&row.key), row.location_type);
            location.organization_id = Some(names.organization(&row.organization));
            location.name = row.name;
            location.address_note = row.address_note;
            location.protected = row.protected;
            location.marking = row.marking;
            let address = Address {
                address_1: row.address_1,
                city: row.city,
                region: Some(defaults.region.clone()),
                state_province: Some(defaults.state_province.clone()),
                postal_code: row.postal_code,
                country: Some(defaults.country.clone()),
                ..Address::new(names.uuid("address", &row.key))
            };
            let is_there = address.address_1.is_some() || address.postal_code.is_some() || address.city.is_some();
            DirectoryRecord::Location(location.at(Whereabouts {
                area: row.area.map(TermCode::new),
                addresses: is_there.then_some(address).into_iter().collect(),
                latitude: row.latitude,
                longitude: row.longitude,
                ..Whereabouts::default()
            }))
        })
    }
}

impl ServicesFile {
    pub(super) fn records(self, names: &Names) -> impl Iterator<Item = DirectoryRecord> {
        self.services.into_iter().map(|row| {
            let id = names.service(&row.key);
            let places = row.locations.iter().map(|key| names.location(key));
            let capacity = row
                .capacity
                .map(|row| ServiceCapacity::of(id, row.available, row.maximum, row.unit, row.updated));
            let documents = row.documents.into_iter().enumerate();
            let hours = row.hours.map(|hours| hours.schedule(names.uuid("schedule", &row.key)));
            DirectoryRecord::Service(Service {
                service_at_locations: places.map(|place| ServiceAtLocation::linking(id, place)).collect(),
                schedules: hours.into_iter().collect(),
                description: row.description,
                categories: row.categories,
                groups: row.groups,
                open_to_all: row.open_to_all,
                minimum_age: row.minimum_age,
                maximum_age: row.maximum_age,
                areas: row.areas,
                modes: row.modes,
                languages: row.languages,
                capacities: capacity.into_iter().collect(),
                free_of_charge: row.free_of_charge,
                required_documents: documents
                    .map(|(index, paper)| RequiredDocument::named(id, index, paper))
                    .collect(),
                assured_date: row.assured_date,
                source: cited(row.source, row.source_reference),
                marking: row.marking,
                ..Service::new(id, names.organization(&row.organization), row.name, row.status)
            })
        })
    }
}

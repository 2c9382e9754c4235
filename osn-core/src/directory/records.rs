//! The records that the store versions: taxonomies and their terms, bodies, places, services.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::parts::{
    Accessibility, Address, Attribute, Contact, CostOption, Funding, Language, Metadata, OrganizationIdentifier, Phone,
    RequiredDocument, Schedule, ServiceArea, ServiceAtLocation, ServiceCapacity, ServiceProgram, Url,
};
use super::value::{Number, Uri};
use super::walk::{Blank, Met, Walk, entities, plain_entities};
use super::{LocationType, Marking, Mode, OrganizationKind, ServiceStatus, Taxonomy, TermCode};
use crate::id::{LocationId, OrganizationId, ServiceId, TaxonomyId, TermId};
use crate::lang::LocalText;

plain_entities! {
    /// What a taxonomy is (HSDS `taxonomy`).
    TaxonomyDescription(TaxonomyId) {
        /// Which taxonomy it describes; one that has no part of its own in the rules is `Other` with its identifier.
        taxonomy: Taxonomy,
        /// Name.
        name: LocalText,
        ..
        /// What it classifies.
        description: LocalText,
        /// Where it is published.
        uri: Option<Uri>,
        /// Version.
        version: Option<String>,
        /// What was changed.
        metadata: Vec<Metadata>,
    }

    /// A term of a taxonomy (HSDS `taxonomy_term`).
    TaxonomyTerm(TermId) {
        /// Stable code; where a source gives none it is the identifier.
        code: TermCode,
        /// Its taxonomy.
        taxonomy: Taxonomy,
        /// Name.
        name: LocalText,
        ..
        /// What falls under it.
        description: LocalText,
        /// The term above it.
        parent: Option<TermCode>,
        /// Other spellings met in the wild, for import and search.
        aliases: Vec<String>,
        /// Language of the term where it is one of several (ISO 639).
        language: Option<String>,
        /// The term in another vocabulary.
        term_uri: Option<Uri>,
        /// What was changed.
        metadata: Vec<Metadata>,
    }
}

entities! {
    /// A body that offers services (HSDS `organization`).
    Organization(OrganizationId) {
        /// Name.
        name: LocalText,
        /// What it is.
        description: LocalText,
        ..
        /// Kind of body; `None`: the record does not say.
        kind: Option<OrganizationKind>,
        /// Other name.
        alternate_name: LocalText,
        /// Mail address.
        email: Option<String>,
        /// Its public site.
        website: Option<Uri>,
        /// Further sites.
        additional_websites: Vec<Url>,
        /// Deprecated in HSDS, kept.
        tax_status: Option<String>,
        /// Deprecated in HSDS, kept.
        tax_id: Option<String>,
        /// Year in which it was founded.
        year_incorporated: Option<u16>,
        /// Legal form.
        legal_status: LocalText,
        /// Address of its logo.
        logo: Option<String>,
        /// Its persistent identifier on the web (not its site).
        uri: Option<Uri>,
        /// The body above it.
        parent_organization_id: Option<OrganizationId>,
        /// Where its money comes from.
        funding: Vec<Funding>,
        /// Contacts.
        contacts: Vec<Contact>,
        /// Telephones.
        phones: Vec<Phone>,
        /// HSDS "programs": services under one roof.
        programs: Vec<ServiceProgram>,
        /// Its numbers in registers.
        organization_identifiers: Vec<OrganizationIdentifier>,
        /// Where the facts come from.
        source: Option<String>,
        /// How sure they are.
        marking: Marking,
    }

    /// What is offered (HSDS `service`, with the attributes that the rules read in typed fields).
    Service(ServiceId) {
        /// The body that offers it.
        organization_id: OrganizationId,
        /// Name.
        name: LocalText,
        /// HSDS status.
        status: ServiceStatus,
        ..
        /// The HSDS "program" that it belongs to.
        program_id: Option<Uuid>,
        /// Other name.
        alternate_name: LocalText,
        /// What one gets.
        description: LocalText,
        /// Its page.
        url: Option<Uri>,
        /// Further pages.
        additional_urls: Vec<Url>,
        /// Mail address.
        email: Option<String>,
        /// Interpretation.
        interpretation_services: LocalText,
        /// How one gets it.
        application_process: LocalText,
        /// What it costs, in words.
        fees_description: LocalText,
        /// Deprecated in HSDS, kept.
        wait_time: LocalText,
        /// Deprecated in HSDS, kept.
        fees: LocalText,
        /// Accreditations.
        accreditations: LocalText,
        /// Whom it is for, in words.
        eligibility_description: LocalText,
        /// Deprecated in HSDS, kept.
        licenses: LocalText,
        /// What one must know now.
        alert: LocalText,
        /// Category terms.
        categories: Vec<TermCode>,
        /// Groups it is for; `None`: the record does not say.
        groups: Option<Vec<TermCode>>,
        /// The source says that it is for everybody.
        open_to_all: bool,
        /// Youngest age, full years, when the record states one.
        minimum_age: Option<u8>,
        /// Oldest age, full years, when the record states one.
        maximum_age: Option<u8>,
        /// Areas it serves, by term; `None`: the record does not say.
        areas: Option<Vec<TermCode>>,
        /// Areas in words or shapes.
        service_areas: Vec<ServiceArea>,
        /// How it reaches people; `None`: the record does not say.
        modes: Option<Vec<Mode>>,
        /// Languages of service (ISO 639-1); `None`: the record does not say.
        languages: Option<Vec<String>>,
        /// Languages with a name or remark of their own.
        language_notes: Vec<Language>,
        /// Where it is offered.
        service_at_locations: Vec<ServiceAtLocation>,
        /// Hours that hold wherever it is offered.
        schedules: Vec<Schedule>,
        /// Places and quantities; none: the record does not say.
        capacities: Vec<ServiceCapacity>,
        /// Whether it costs the person something; `None`: the record does not say.
        free_of_charge: Option<bool>,
        /// Prices.
        cost_options: Vec<CostOption>,
        /// Where its money comes from.
        funding: Vec<Funding>,
        /// Papers that it asks for.
        required_documents: Vec<RequiredDocument>,
        /// Contacts.
        contacts: Vec<Contact>,
        /// Telephones.
        phones: Vec<Phone>,
        /// The day somebody last confirmed the record.
        assured_date: Option<NaiveDate>,
        /// The mailbox that answers for it.
        assurer_email: Option<String>,
        /// Where the facts come from.
        source: Option<String>,
        /// How sure they are.
        marking: Marking,
    }
}

impl Service {
    /// The places where it is offered.
    pub fn locations(&self) -> impl ExactSizeIterator<Item = LocationId> + '_ {
        self.service_at_locations.iter().map(|link| link.location_id)
    }

    /// The same without the shapes of areas served from hidden places, which would show where those are; nothing when it has
    /// none.
    pub(super) fn without_shapes_of(&self, is_hidden: impl Fn(LocationId) -> bool) -> Option<Self> {
        let tells = |link: &ServiceAtLocation| {
            is_hidden(link.location_id) && link.service_areas.iter().any(|area| area.extent.is_some())
        };
        if !self.service_at_locations.iter().any(tells) {
            return None;
        }
        let mut service = self.clone();
        for link in service.service_at_locations.iter_mut().filter(|link| tells(link)) {
            for area in &mut link.service_areas {
                (area.extent, area.extent_type) = (None, None);
            }
        }
        Some(service)
    }

    /// The capacity that counts places for people, when the record states one.
    pub fn capacity(&self) -> Option<&ServiceCapacity> {
        self.capacities.iter().find(|capacity| capacity.counts_places())
    }
}

/// Where a place is: all that would give a protected place away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whereabouts {
    /// The municipal community it lies in.
    pub area: Option<TermCode>,
    /// Addresses.
    pub addresses: Vec<Address>,
    /// Latitude, degrees (WGS 84).
    pub latitude: Option<Number>,
    /// Longitude, degrees.
    pub longitude: Option<Number>,
    /// How one gets there.
    pub transportation: LocalText,
    /// Its number in a register of places.
    pub external_identifier: Option<String>,
    /// The register.
    pub external_identifier_type: Option<String>,
}

/// A place, or a way to reach a service without one (HSDS `location`).
///
/// Where it is can be read through [`Location::whereabouts`] only, which says nothing about a protected place; nor does its
/// JSON. Whoever gives the remark beside the address out asks [`Location::address_note`], which says none of such a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "LocationFields", into = "LocationFields")]
pub struct Location {
    /// Identifier.
    pub id: LocationId,
    /// Kind of location.
    pub location_type: LocationType,
    /// The body that runs it.
    pub organization_id: Option<OrganizationId>,
    /// Name of the structure (δομή).
    pub name: LocalText,
    /// Other name.
    pub alternate_name: LocalText,
    /// What it is.
    pub description: LocalText,
    /// Its page.
    pub url: Option<Uri>,
    /// Languages spoken there.
    pub languages: Vec<Language>,
    /// Contacts.
    pub contacts: Vec<Contact>,
    /// How it can be reached and used.
    pub accessibility: Vec<Accessibility>,
    /// Telephones.
    pub phones: Vec<Phone>,
    /// Hours.
    pub schedules: Vec<Schedule>,
    /// A remark beside the address, e.g. "address to be verified".
    pub address_note: LocalText,
    /// A place whose address is never published (shelters for victims of violence).
    pub protected: bool,
    /// How sure the facts are.
    pub marking: Marking,
    /// Terms and facts for which there is no field.
    pub attributes: Vec<Attribute>,
    /// What was changed.
    pub metadata: Vec<Metadata>,
    whereabouts: Whereabouts,
}

static NOWHERE: Whereabouts = Whereabouts {
    area: None,
    addresses: Vec::new(),
    latitude: None,
    longitude: None,
    transportation: LocalText::NONE,
    external_identifier: None,
    external_identifier_type: None,
};

impl Location {
    /// With what it must have; it says nothing else.
    pub fn new(id: LocationId, location_type: LocationType) -> Self {
        LocationFields::new(id, location_type).into()
    }

    /// Where it is; nothing at all for a protected place.
    pub fn whereabouts(&self) -> &Whereabouts {
        if self.protected { &NOWHERE } else { &self.whereabouts }
    }

    /// The same place, there.
    #[must_use]
    pub fn at(mut self, whereabouts: Whereabouts) -> Self {
        self.whereabouts = whereabouts;
        self
    }

    /// Whether somebody wrote down where a protected place is: such a record is refused. Words beside the address tell as much.
    pub fn is_exposed(&self) -> bool {
        self.protected && (self.whereabouts != NOWHERE || !self.address_note.is_empty())
    }

    /// The remark beside the address; nothing for a protected place.
    pub fn address_note(&self) -> &LocalText {
        const NOTHING: &LocalText = &LocalText::NONE;
        if self.protected { NOTHING } else { &self.address_note }
    }
}

entities! {
    /// The fields of a location as they stand in JSON.
    LocationFields(LocationId) {
        /// Kind.
        location_type: LocationType,
        ..
        /// Body.
        organization_id: Option<OrganizationId>,
        /// Name.
        name: LocalText,
        /// Other name.
        alternate_name: LocalText,
        /// What it is.
        description: LocalText,
        /// Page.
        url: Option<Uri>,
        /// Languages.
        languages: Vec<Language>,
        /// Contacts.
        contacts: Vec<Contact>,
        /// Accessibility.
        accessibility: Vec<Accessibility>,
        /// Telephones.
        phones: Vec<Phone>,
        /// Hours.
        schedules: Vec<Schedule>,
        /// Remark.
        address_note: LocalText,
        /// Protected.
        protected: bool,
        /// How sure.
        marking: Marking,
        /// Community.
        area: Option<TermCode>,
        /// Addresses.
        addresses: Vec<Address>,
        /// Latitude.
        latitude: Option<Number>,
        /// Longitude.
        longitude: Option<Number>,
        /// How one gets there.
        transportation: LocalText,
        /// Number in a register.
        external_identifier: Option<String>,
        /// The register.
        external_identifier_type: Option<String>,
    }
}

impl From<LocationFields> for Location {
    fn from(fields: LocationFields) -> Self {
        Self {
            id: fields.id,
            location_type: fields.location_type,
            organization_id: fields.organization_id,
            name: fields.name,
            alternate_name: fields.alternate_name,
            description: fields.description,
            url: fields.url,
            languages: fields.languages,
            contacts: fields.contacts,
            accessibility: fields.accessibility,
            phones: fields.phones,
            schedules: fields.schedules,
            address_note: fields.address_note,
            protected: fields.protected,
            marking: fields.marking,
            attributes: fields.attributes,
            // Of a protected place, what a field said before tells as much as the field.
            metadata: if fields.protected { Vec::new() } else { fields.metadata },
            whereabouts: Whereabouts {
                area: fields.area,
                addresses: fields.addresses,
                latitude: fields.latitude,
                longitude: fields.longitude,
                transportation: fields.transportation,
                external_identifier: fields.external_identifier,
                external_identifier_type: fields.external_identifier_type,
            },
        }
    }
}

impl From<Location> for LocationFields {
    fn from(location: Location) -> Self {
        let whereabouts = location.whereabouts().clone();
        let address_note = location.address_note().clone();
        Self {
            id: location.id,
            location_type: location.location_type,
            organization_id: location.organization_id,
            name: location.name,
            alternate_name: location.alternate_name,
            description: location.description,
            url: location.url,
            languages: location.languages,
            contacts: location.contacts,
            accessibility: location.accessibility,
            phones: location.phones,
            schedules: location.schedules,
            address_note,
            protected: location.protected,
            marking: location.marking,
            area: whereabouts.area,
            addresses: whereabouts.addresses,
            latitude: whereabouts.latitude,
            longitude: whereabouts.longitude,
            transportation: whereabouts.transportation,
            external_identifier: whereabouts.external_identifier,
            external_identifier_type: whereabouts.external_identifier_type,
            attributes: location.attributes,
            metadata: location.metadata,
        }
    }
}

impl Blank for Marking {
    fn is_blank(&self) -> bool {
        false
    }
}

impl Walk for Location {
    fn walk(&self, path: &mut Vec<&'static str>, see: &mut dyn FnMut(&[&'static str], Met<'_>)) {
        LocationFields::from(self.clone()).walk(path, see);
    }

    fn drop_metadata(&mut self) {
        let mut fields = LocationFields::from(self.clone());
        fields.drop_metadata();
        *self = fields.into();
    }
}

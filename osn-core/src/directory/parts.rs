//! What stands inside a record: HSDS's smaller entities, each with an identifier of its own.

use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::value::{Number, Updated, Uri, derived_id};
use super::walk::{entities, plain_entities};
use super::{TaxonomyTerm, TermCode};
use crate::id::{LocationId, ServiceId, TermId};
use crate::lang::LocalText;

/// HSDS `address.address_type`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AddressType {
    /// Where one goes.
    #[default]
    Physical,
    /// Where letters go.
    Postal,
    /// Neither.
    Virtual,
}

/// HSDS `service_area.extent_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExtentType {
    /// Geometry in JSON (RFC 7946).
    Geojson,
    /// Topology in JSON.
    Topojson,
    /// KML.
    Kml,
    /// Words.
    Text,
}

/// A day of the week as RFC 5545 writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Weekday {
    /// Monday.
    Mo,
    /// Tuesday.
    Tu,
    /// Wednesday.
    We,
    /// Thursday.
    Th,
    /// Friday.
    Fr,
    /// Saturday.
    Sa,
    /// Sunday.
    Su,
}

/// HSDS `schedule.freq`: the two that it allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Frequency {
    /// Each `interval` weeks.
    Weekly,
    /// Each `interval` months.
    Monthly,
}

plain_entities! {
    /// A term or a fact that hangs on an entity (HSDS `attribute`).
    Attribute(Uuid) {
        ..
        /// What the term says about the entity, e.g. `eligibility`.
        link_type: Option<String>,
        /// The kind of entity that it hangs on, where the source says so.
        link_entity: Option<String>,
        /// The term.
        taxonomy_term_id: Option<TermId>,
        /// A value beside the term or without one.
        value: LocalText,
        /// What people read.
        label: LocalText,
        /// What was changed.
        metadata: Vec<Metadata>,
    }

    /// One change of one field (HSDS `metadata`).
    Metadata(Uuid) {
        /// The day.
        last_action_date: NaiveDate,
        /// What was done.
        last_action_type: String,
        /// The field.
        field_name: String,
        /// What it said.
        previous_value: String,
        /// What it says.
        replacement_value: String,
        /// In which role; a name is personal data.
        updated_by: String,
        ..
        /// The record, where the source says so.
        resource_id: Option<Uuid>,
        /// Its kind.
        resource_type: Option<String>,
    }
}

entities! {
    /// A further address on the web (HSDS `url`).
    Url(Uuid) {
        /// The address.
        url: Uri,
        ..
        /// What stands there.
        label: LocalText,
    }

    /// Where the money comes from (HSDS `funding`).
    Funding(Uuid) {
        ..
        /// The source.
        source: LocalText,
    }

    /// A telephone number (HSDS `phone`).
    Phone(Uuid) {
        /// The number as one dials it.
        number: String,
        ..
        /// Extension; HSDS allows a number only.
        extension: Option<u32>,
        /// `voice`, `text`, `fax`, `cell`, `video`, `pager`, `textphone`.
        phone_type: Option<String>,
        /// When and for what.
        description: LocalText,
        /// Languages spoken there.
        languages: Vec<Language>,
    }

    /// Somebody to speak to: a role rather than a person (HSDS `contact`).
    Contact(Uuid) {
        ..
        /// Name of the contact.
        name: LocalText,
        /// Post.
        title: LocalText,
        /// Department.
        department: LocalText,
        /// Mail address.
        email: Option<String>,
        /// Telephones.
        phones: Vec<Phone>,
    }

    /// A language of service with its remark (HSDS `language`).
    Language(Uuid) {
        ..
        /// Its name.
        name: LocalText,
        /// ISO 639-1, or 639-3 where there is none.
        code: Option<String>,
        /// How it is offered.
        note: LocalText,
    }

    /// One block of opening hours (HSDS `schedule`): a split day is two of them. Times are local.
    Schedule(Uuid) {
        ..
        /// First day on which it holds.
        valid_from: Option<NaiveDate>,
        /// Last day on which it holds.
        valid_to: Option<NaiveDate>,
        /// The day from which `interval` and `count` count.
        dtstart: Option<NaiveDate>,
        /// Offset from UTC in hours, as HSDS has it; the municipality's zone is what counts here.
        timezone: Option<Number>,
        /// Last day of the recurrence.
        until: Option<NaiveDate>,
        /// How often it happens.
        count: Option<u32>,
        /// First day of the week.
        wkst: Option<Weekday>,
        /// How it recurs.
        freq: Option<Frequency>,
        /// Each so many weeks or months.
        interval: Option<u32>,
        /// Days of the week, `MO,TU` or `1MO,-1FR` (RFC 5545).
        byday: Option<String>,
        /// Weeks of the year.
        byweekno: Option<String>,
        /// Days of the month.
        bymonthday: Option<String>,
        /// Days of the year.
        byyearday: Option<String>,
        /// In words.
        description: LocalText,
        /// Opens, local time.
        opens_at: Option<NaiveTime>,
        /// Closes, local time; at or before `opens_at` it is on the next day.
        closes_at: Option<NaiveTime>,
        /// Where the schedule is published.
        schedule_link: Option<Uri>,
        /// How one attends.
        attending_type: LocalText,
        /// Remarks.
        notes: LocalText,
        /// Whether it holds on public holidays; `None`: the record does not say.
        public_holidays: Option<bool>,
    }

    /// Where a service is offered, in words, by a term or by a shape (HSDS `service_area`).
    ServiceArea(Uuid) {
        ..
        /// Name.
        name: LocalText,
        /// Description.
        description: LocalText,
        /// The shape, in the format that `extent_type` names.
        extent: Option<String>,
        /// Format of the shape.
        extent_type: Option<ExtentType>,
        /// A page or register about it.
        uri: Option<String>,
    }

    /// An address (HSDS `address`). What the source does not say is absent, also where HSDS wants it.
    Address(Uuid) {
        ..
        /// Who it is for.
        attention: Option<String>,
        /// Street and number, as the source gives it.
        address_1: Option<String>,
        /// Second line.
        address_2: Option<String>,
        /// City.
        city: Option<String>,
        /// Region.
        region: Option<String>,
        /// Province.
        state_province: Option<String>,
        /// Postal code.
        postal_code: Option<String>,
        /// ISO 3166-1 alpha-2.
        country: Option<String>,
        /// Its kind; `None`: physical.
        address_type: Option<AddressType>,
    }

    /// How a place can be reached and used (HSDS `accessibility`).
    Accessibility(Uuid) {
        ..
        /// What there is.
        description: LocalText,
        /// Details.
        details: LocalText,
        /// A page about it.
        url: Option<Uri>,
    }

    /// What it costs (HSDS `cost_option`).
    CostOption(Uuid) {
        ..
        /// First day.
        valid_from: Option<NaiveDate>,
        /// Last day.
        valid_to: Option<NaiveDate>,
        /// For whom or what.
        option: LocalText,
        /// ISO 4217.
        currency: Option<String>,
        /// The amount.
        amount: Option<Number>,
        /// Per what.
        amount_description: LocalText,
    }

    /// HSDS's own "program": services of a body under one roof. A kind of intervention is another thing.
    ServiceProgram(Uuid) {
        /// Name.
        name: LocalText,
        ..
        /// Other name.
        alternate_name: LocalText,
        /// What it is.
        description: LocalText,
    }

    /// A paper that a service asks for (HSDS `required_document`).
    RequiredDocument(Uuid) {
        ..
        /// The paper.
        document: LocalText,
        /// Where one gets it.
        uri: Option<Uri>,
    }

    /// A number in a register (HSDS `organization_identifier`).
    OrganizationIdentifier(Uuid) {
        /// The register in words.
        identifier_type: String,
        /// The number.
        identifier: String,
        ..
        /// Prefix of org-id.guide.
        identifier_scheme: Option<String>,
    }

    /// What a capacity counts (HSDS `unit`).
    Unit(Uuid) {
        /// Name, e.g. "place".
        name: LocalText,
        ..
        /// System of units, e.g. `SI`; a place for a person has none.
        scheme: Option<String>,
        /// Its code in the system.
        identifier: Option<String>,
        /// A page about it.
        uri: Option<Uri>,
    }

    /// Places or quantities of a service (HSDS `service_capacity`).
    ServiceCapacity(Uuid) {
        /// Free.
        available: u32,
        /// What is counted.
        unit: Unit,
        /// When the figures were given.
        updated: Updated,
        ..
        /// All.
        maximum: Option<u32>,
        /// Remarks.
        description: LocalText,
    }

    /// A service at a place (HSDS `service_at_location`).
    ServiceAtLocation(Uuid) {
        /// The place.
        location_id: LocationId,
        ..
        /// What is offered there.
        description: LocalText,
        /// Areas served from there.
        service_areas: Vec<ServiceArea>,
        /// Contacts.
        contacts: Vec<Contact>,
        /// Telephones.
        phones: Vec<Phone>,
        /// Hours.
        schedules: Vec<Schedule>,
    }
}

impl ServiceAtLocation {
    /// The plain link between a service and a place, with the identifier that follows from them.
    pub fn linking(service: ServiceId, location: LocationId) -> Self {
        let id = derived_id(service.uuid(), "service_at_location", &location.to_string());
        Self::new(id, location)
    }
}

impl Unit {
    /// A unit known by its name only.
    pub fn named(name: LocalText) -> Self {
        Self::new(derived_id(Uuid::nil(), "unit", name.get("el")), name)
    }
}

impl ServiceCapacity {
    /// Free places of a service for people.
    pub fn of(service: ServiceId, available: u32, maximum: Option<u32>, unit: LocalText, on: NaiveDate) -> Self {
        let unit = Unit::named(unit);
        let id = derived_id(service.uuid(), "service_capacity", &unit.id.to_string());
        Self {
            maximum,
            ..Self::new(id, available, unit, on.into())
        }
    }

    /// Whether it counts places for people and not kilograms: a unit of a system of measures does not.
    pub fn counts_places(&self) -> bool {
        self.unit.scheme.is_none()
    }
}

impl RequiredDocument {
    /// A paper known by its name only, the `index`-th of a service.
    pub fn named(service: ServiceId, index: usize, document: LocalText) -> Self {
        Self {
            document,
            ..Self::new(derived_id(service.uuid(), "required_document", &index.to_string()))
        }
    }
}

impl Attribute {
    /// That a term says something about an entity, with the identifier that follows from both.
    pub fn of_term(entity: Uuid, link_type: &str, term: &TaxonomyTerm) -> Self {
        Self {
            link_type: Some(link_type.to_owned()),
            taxonomy_term_id: Some(term.id),
            ..Self::new(derived_id(entity, link_type, &term.id.to_string()))
        }
    }
}

impl TermCode {
    /// The code of a term that has none: its identifier.
    pub fn of_id(id: TermId) -> Self {
        Self(id.to_string())
    }
}

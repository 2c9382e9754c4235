//! What is wrong with records: pointers to nothing, circles, impossible values, protected places given away, hostile text.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::circle::in_circles;
use super::giveaway::giving_away;
use super::spelling::{is_by_day, is_email, is_ordinal, text_rule};
use super::walk::{Met, Walk, each_text};
use super::{
    Attribute, Directory, Location, Number, Organization, Schedule, Service, ServiceArea, Taxonomy, TaxonomyTerm,
    TermCode,
};
use crate::id::{LocationId, OrganizationId, TermId};
use crate::lang::LocalText;

/// Characters of a text that people read.
const PROSE_LIMIT: usize = 20_000;
/// Characters of a line: a name, a number, an address.
const LINE_LIMIT: usize = 500;
/// Characters of a shape.
const EXTENT_LIMIT: usize = 200_000;
/// The oldest age that a condition may name.
const OLDEST: u8 = 130;

/// The rule that a field breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Longer than anything people write there.
    TooLong,
    /// Characters that steer the screen instead of saying something.
    ControlCharacters,
    /// Not an address that may be published.
    InvalidUri,
    /// Not a mail address.
    InvalidEmail,
    /// Latitude beyond ±90 or longitude beyond ±180, or one without the other.
    ImpossibleCoordinates,
    /// Not a rule of recurrence.
    InvalidRecurrence,
    /// A recurrence that says too little: nobody could tell its days without this field ([`unfollowable`]).
    ///
    /// [`unfollowable`]: super::unfollowable
    IncompleteRecurrence,
    /// A field of a recurrence that cannot stand beside another one ([`unfollowable`]).
    ///
    /// [`unfollowable`]: super::unfollowable
    ContradictoryRecurrence,
    /// Ends before it starts.
    BackwardsPeriod,
    /// Below zero.
    Negative,
    /// An age that nobody reaches.
    ImpossibleAge,
    /// Not a code as its standard writes it.
    InvalidCode,
    /// Words that tell where a protected place is: its own ([`giveaways`]), or those of a service there ([`streets_named`]).
    ///
    /// [`giveaways`]: super::giveaways
    /// [`streets_named`]: Directory::streets_named
    TellsWhere,
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
    /// A record that is not there.
    #[error("{record}: no such {kind} `{id}`")]
    UnknownRecord {
        /// The record that names it.
        record: String,
        /// Kind looked for.
        kind: &'static str,
        /// Its id.
        id: String,
    },
    /// A record stands above itself.
    #[error("{record} stands above itself")]
    Circle {
        /// The record.
        record: String,
    },
    /// Two terms with one code.
    #[error("{record}: another term has the same code `{code}`")]
    DuplicateCode {
        /// The record.
        record: String,
        /// The code.
        code: TermCode,
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
    /// A protected place with an address, coordinates, an area or a shape.
    #[error("{record}: a protected location says nowhere where it is")]
    ExposedProtectedPlace {
        /// The record.
        record: String,
    },
    /// A field breaks a rule.
    #[error("{record}: `{field}`: {rule:?}")]
    Invalid {
        /// The record.
        record: String,
        /// The way to the field, with dots.
        field: String,
        /// The part of the record in which the field stands; none where it is the record's own.
        part: Option<Uuid>,
        /// The rule.
        rule: Rule,
    },
}

/// Something that a person should look at; the record stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DirectoryWarning {
    /// A place outside the municipality: its coordinates may be swapped or wrong.
    OutsideTheMunicipality {
        /// The record.
        record: String,
    },
}

/// Corners of a municipality in degrees; data of the municipality.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoundingBox {
    /// Southern edge.
    pub south: Number,
    /// Western edge.
    pub west: Number,
    /// Northern edge.
    pub north: Number,
    /// Eastern edge.
    pub east: Number,
}

impl BoundingBox {
    /// Whether a place has coordinates that lie outside: probably swapped or mistyped.
    pub fn is_outside(&self, location: &Location) -> bool {
        let place = location.whereabouts();
        let beyond = |value: Option<Number>, from, to| value.is_some_and(|value| value < from || value > to);
        beyond(place.latitude, self.south, self.north) || beyond(place.longitude, self.west, self.east)
    }
}

impl Directory {
    /// Every contradiction in the records.
    pub fn problems(&self) -> Vec<DirectoryError> {
        let mut found = Found::over(self);
        for taxonomy in self.taxonomies() {
            let record = format!("taxonomy {}", taxonomy.id);
            found.greek(&record, "name", &taxonomy.name);
            found.texts(&record, taxonomy);
            if let Taxonomy::Other(id) = taxonomy.taxonomy
                && id != taxonomy.id
            {
                found.unknown(&record, "taxonomy", id.to_string());
            }
        }
        found.terms();
        found.organizations();
        for location in self.locations() {
            found.location(location);
        }
        for service in self.services() {
            found.service(service);
        }
        found.problems
    }

    /// What a person should look at, given the corners of the municipality.
    pub fn warnings(&self, bounds: &BoundingBox) -> Vec<DirectoryWarning> {
        let records = self.locations().filter(|location| bounds.is_outside(location));
        records
            .map(|location| DirectoryWarning::OutsideTheMunicipality {
                record: format!("location {}", location.id),
            })
            .collect()
    }
}

/// Places that change: whether each will be protected, or nothing where it goes.
pub(super) type Places = HashMap<LocationId, Option<bool>>;

/// What was found against records that stand over a mapping.
pub(super) struct Found<'d> {
    /// Terms and organizations.
    directory: &'d Directory,
    /// Places, but for those that change.
    located: &'d Directory,
    changed: Option<&'d Places>,
    pub(super) problems: Vec<DirectoryError>,
}

impl<'d> Found<'d> {
    fn over(directory: &'d Directory) -> Self {
        Self {
            directory,
            located: directory,
            changed: None,
            problems: Vec::new(),
        }
    }

    /// Over a mapping of which some places change; `directory` has the terms and the organizations as they will be.
    pub(super) fn after(directory: &'d Directory, before: &'d Directory, changed: &'d Places) -> Self {
        Self {
            directory,
            located: before,
            changed: Some(changed),
            problems: Vec::new(),
        }
    }

    /// Whether a place is protected; nothing where there is none.
    fn protected(&self, id: LocationId) -> Option<bool> {
        let changed = self.changed.and_then(|changed| changed.get(&id).copied());
        changed.unwrap_or_else(|| self.located.location(id).map(|place| place.protected))
    }

    fn terms(&mut self) {
        let directory = self.directory;
        let mut codes = BTreeSet::new();
        let others = directory.other_terms.values();
        let doubles = others.filter(|term| !codes.insert((term.taxonomy, &term.code)));
        let doubles: Vec<TermCode> = doubles.map(|term| term.code.clone()).collect();
        for code in directory.doubles.iter().cloned().chain(doubles) {
            self.problems.push(DirectoryError::DuplicateCode {
                record: format!("term {code}"),
                code,
            });
        }
        let above: BTreeMap<(Taxonomy, &TermCode), Option<(Taxonomy, &TermCode)>> = directory
            .all_terms()
            .map(|term| {
                let parent = term.parent.as_ref().map(|parent| (term.taxonomy, parent));
                ((term.taxonomy, &term.code), parent)
            })
            .collect();
        let circles = in_circles(&above);
        for term in directory.all_terms() {
            let record = format!("term {}", term.code);
            self.texts(&record, term);
            self.term(&record, term, |parent| above.contains_key(&(term.taxonomy, parent)));
            if circles.contains(&(term.taxonomy, &term.code)) {
                self.problems.push(DirectoryError::Circle { record });
            }
        }
    }

    fn term(&mut self, record: &str, term: &TaxonomyTerm, is_known: impl Fn(&TermCode) -> bool) {
        if let Taxonomy::Other(id) = term.taxonomy
            && self.directory.taxonomy(id).is_none()
        {
            self.unknown(record, "taxonomy", id.to_string());
        }
        if let Some(parent) = term.parent.as_ref().filter(|parent| !is_known(parent)) {
            self.problems.push(DirectoryError::UnknownTerm {
                record: record.to_owned(),
                taxonomy: term.taxonomy,
                code: parent.clone(),
            });
        }
    }

    fn organizations(&mut self) {
        let directory = self.directory;
        let above: BTreeMap<OrganizationId, Option<OrganizationId>> = directory
            .organizations()
            .map(|organization| (organization.id, organization.parent_organization_id))
            .collect();
        let circles = in_circles(&above);
        for organization in directory.organizations() {
            let record = format!("organization {}", organization.id);
            self.organization(&record, organization);
            if let Some(parent) = &organization.parent_organization_id {
                self.want_organization(&record, *parent);
            }
            if circles.contains(&organization.id) {
                self.problems.push(DirectoryError::Circle { record });
            }
        }
    }

    fn organization(&mut self, record: &str, organization: &Organization) {
        self.greek(record, "name", &organization.name);
        self.texts(record, organization);
        self.email(record, "email", organization.email.as_deref());
        self.attributes(record, &organization.attributes);
    }

    pub(super) fn location(&mut self, location: &Location) {
        let record = format!("location {}", location.id);
        if location.is_exposed() {
            self.problems
                .push(DirectoryError::ExposedProtectedPlace { record: record.clone() });
        } else if location.protected {
            for told in giving_away(location, &self.located.streets_of(location.id)) {
                self.invalid_in(&record, &told.field, told.part, Rule::TellsWhere);
            }
        }
        self.texts(&record, location);
        self.standing_place(location);
        let place = location.whereabouts();
        let within = |value: Number, limit: i64| value.value().abs() <= Decimal::from(limit);
        let possible = match (place.latitude, place.longitude) {
            (Some(latitude), Some(longitude)) => within(latitude, 90) && within(longitude, 180),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        if !possible {
            self.invalid(&record, "latitude", Rule::ImpossibleCoordinates);
        }
        for address in &place.addresses {
            let is_code = |country: &str| country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase());
            if !address.country.as_deref().is_none_or(is_code) {
                self.invalid_in(&record, "addresses.country", Some(address.id), Rule::InvalidCode);
            }
        }
        self.schedules(&record, "schedules", &location.schedules);
    }

    /// What the other records say against a place that is sound in itself.
    pub(super) fn standing_place(&mut self, location: &Location) {
        let record = format!("location {}", location.id);
        self.attributes(&record, &location.attributes);
        if let Some(id) = location.organization_id {
            self.want_organization(&record, id);
        }
        if let Some(area) = &location.whereabouts().area {
            self.want_term(&record, Taxonomy::Area, area);
        }
    }

    pub(super) fn service(&mut self, service: &Service) {
        let record = format!("service {}", service.id);
        self.greek(&record, "name", &service.name);
        self.greek(&record, "description", &service.description);
        self.texts(&record, service);
        self.email(&record, "email", service.email.as_deref());
        self.email(&record, "assurer_email", service.assurer_email.as_deref());
        self.standing(service);
        self.schedules(&record, "schedules", &service.schedules);
        self.figures(&record, service);
        for link in &service.service_at_locations {
            self.schedules(&record, "service_at_locations.schedules", &link.schedules);
        }
    }

    /// What the other records say against a service that is sound in itself.
    pub(super) fn standing(&mut self, service: &Service) {
        let record = format!("service {}", service.id);
        self.attributes(&record, &service.attributes);
        self.pointers(&record, service);
        for link in &service.service_at_locations {
            let protected = self.protected(link.location_id).unwrap_or_default();
            let has_shape = |area: &ServiceArea| area.extent.is_some();
            if protected && link.service_areas.iter().any(has_shape) {
                self.problems
                    .push(DirectoryError::ExposedProtectedPlace { record: record.clone() });
            }
        }
        let is_hidden = |place| self.protected(place).unwrap_or_default();
        // Notes of what a field said before nobody can correct; they are for the municipality's own people.
        let is_note = |field: &str| field.split('.').any(|part| part == "metadata");
        for told in self.located.naming_streets(service, is_hidden) {
            if !is_note(&told.field) {
                self.invalid_in(&record, &told.field, told.part, Rule::TellsWhere);
            }
        }
    }

    fn pointers(&mut self, record: &str, service: &Service) {
        self.want_organization(record, service.organization_id);
        if let Some(program) = service.program_id
            && let Some(body) = self.directory.organization(service.organization_id)
            && !body.programs.iter().any(|known| known.id == program)
        {
            self.unknown(record, "program", program.to_string());
        }
        for id in service.locations() {
            if self.protected(id).is_none() {
                self.unknown(record, "location", id.to_string());
            }
        }
        for code in &service.categories {
            self.want_term(record, Taxonomy::Category, code);
        }
        for code in service.groups.iter().flatten() {
            self.want_term(record, Taxonomy::BeneficiaryGroup, code);
        }
        for code in service.areas.iter().flatten() {
            self.want_term(record, Taxonomy::Area, code);
        }
    }

    fn figures(&mut self, record: &str, service: &Service) {
        if let (Some(minimum), Some(maximum)) = (service.minimum_age, service.maximum_age)
            && minimum > maximum
        {
            self.problems.push(DirectoryError::BackwardsAges {
                record: record.to_owned(),
                minimum,
                maximum,
            });
        }
        if service
            .minimum_age
            .max(service.maximum_age)
            .is_some_and(|age| age > OLDEST)
        {
            self.invalid(record, "maximum_age", Rule::ImpossibleAge);
        }
        for cost in &service.cost_options {
            if cost.amount.is_some_and(|amount| amount < Number::default()) {
                self.invalid_in(record, "cost_options.amount", Some(cost.id), Rule::Negative);
            }
            if cost.valid_from.zip(cost.valid_to).is_some_and(|(from, to)| to < from) {
                self.invalid_in(record, "cost_options.valid_to", Some(cost.id), Rule::BackwardsPeriod);
            }
        }
        for language in service.languages.iter().flatten() {
            if !(2..=3).contains(&language.len()) || !language.bytes().all(|byte| byte.is_ascii_lowercase()) {
                self.invalid(record, "languages", Rule::InvalidCode);
            }
        }
    }

    fn schedules(&mut self, record: &str, field: &str, schedules: &[Schedule]) {
        for schedule in schedules {
            for (name, rule) in wrong_hours(schedule) {
                self.invalid_in(record, &format!("{field}.{name}"), Some(schedule.id), rule);
            }
        }
    }

    fn attributes(&mut self, record: &str, attributes: &[Attribute]) {
        let terms = attributes.iter().filter_map(|attribute| attribute.taxonomy_term_id);
        let missing: Vec<TermId> = terms.filter(|id| self.directory.term_by_id(*id).is_none()).collect();
        for id in missing {
            self.unknown(record, "taxonomy-term", id.to_string());
        }
    }

    fn texts(&mut self, record: &str, entity: &impl Walk) {
        let mut broken: Vec<(String, Option<Uuid>, Rule)> = Vec::new();
        each_text(entity, |path, part, met| {
            let last = path.last().copied().unwrap_or_default();
            let rule = match met {
                Met::Uri(uri) => (!uri.is_valid() || uri.as_str().len() > 2_000).then_some(Rule::InvalidUri),
                Met::Prose(text) => text_rule(text, if is_name(last) { LINE_LIMIT } else { PROSE_LIMIT }, true),
                Met::Line(text) if last == "extent" => text_rule(text, EXTENT_LIMIT, true),
                Met::Line(text) if last == "email" && path.len() > 1 => {
                    text_rule(text, LINE_LIMIT, false).or_else(|| (!is_email(text)).then_some(Rule::InvalidEmail))
                }
                Met::Line(text) => text_rule(text, LINE_LIMIT, false),
                Met::Part(_) => None,
            };
            broken.extend(rule.map(|rule| (path.join("."), part, rule)));
        });
        for (field, part, rule) in broken {
            self.invalid_in(record, &field, part, rule);
        }
    }

    fn email(&mut self, record: &str, field: &str, email: Option<&str>) {
        if email.is_some_and(|email| !is_email(email)) {
            self.invalid(record, field, Rule::InvalidEmail);
        }
    }

    fn greek(&mut self, record: &str, field: &'static str, text: &LocalText) {
        if !text.has("el") || text.get("el").trim().is_empty() {
            self.problems.push(DirectoryError::MissingText {
                record: record.to_owned(),
                field,
            });
        }
    }

    fn want_term(&mut self, record: &str, taxonomy: Taxonomy, code: &TermCode) {
        if self.directory.term(code).is_none_or(|term| term.taxonomy != taxonomy) {
            self.problems.push(DirectoryError::UnknownTerm {
                record: record.to_owned(),
                taxonomy,
                code: code.clone(),
            });
        }
    }

    fn want_organization(&mut self, record: &str, id: OrganizationId) {
        if self.directory.organization(id).is_none() {
            self.unknown(record, "organization", id.to_string());
        }
    }

    fn unknown(&mut self, record: &str, kind: &'static str, id: String) {
        self.problems.push(DirectoryError::UnknownRecord {
            record: record.to_owned(),
            kind,
            id,
        });
    }

    fn invalid(&mut self, record: &str, field: &str, rule: Rule) {
        self.invalid_in(record, field, None, rule);
    }

    fn invalid_in(&mut self, record: &str, field: &str, part: Option<Uuid>, rule: Rule) {
        self.problems.push(DirectoryError::Invalid {
            record: record.to_owned(),
            field: field.to_owned(),
            part,
            rule,
        });
    }
}

/// The fields of opening hours that break a rule.
fn wrong_hours(schedule: &Schedule) -> Vec<(&'static str, Rule)> {
    let mut wrong = Vec::new();
    let is_backwards =
        |from: Option<NaiveDate>, to: Option<NaiveDate>| from.zip(to).is_some_and(|(from, to)| to < from);
    if is_backwards(schedule.valid_from, schedule.valid_to) || is_backwards(schedule.dtstart, schedule.until) {
        wrong.push(("valid_to", Rule::BackwardsPeriod));
    }
    let is_zone = |value: Number| value.value().abs() <= Decimal::from(14);
    if !schedule.timezone.is_none_or(is_zone) {
        wrong.push(("timezone", Rule::InvalidRecurrence));
    }
    if schedule.interval == Some(0) || schedule.count == Some(0) {
        wrong.push(("interval", Rule::InvalidRecurrence));
    }
    for (name, list, limit) in [
        ("byday", &schedule.byday, None),
        ("byweekno", &schedule.byweekno, Some(53)),
        ("bymonthday", &schedule.bymonthday, Some(31)),
        ("byyearday", &schedule.byyearday, Some(366)),
    ] {
        let is_part = |part: &str| limit.map_or_else(|| is_by_day(part), |limit| is_ordinal(part, limit));
        let is_list = |list: &str| list.split(',').all(|part| is_part(part.trim()));
        if !list.as_deref().is_none_or(is_list) {
            wrong.push((name, Rule::InvalidRecurrence));
        }
    }
    wrong
}

fn is_name(field: &str) -> bool {
    matches!(
        field,
        "name" | "alternate_name" | "title" | "department" | "label" | "unit" | "legal_status"
    )
}

//! HSDS JSON to records: nested entities become records of their own, and what cannot be understood is named by its path.

use std::collections::BTreeMap;

use osn_core::directory::{
    Attribute, Directory, DirectoryRecord, Location, Organization, Service, TaxonomyDescription, TaxonomyTerm,
    TermCode, derived_id,
};
use osn_core::id::{LocationId, OrganizationId, ServiceId, TaxonomyId, TermId};
use osn_core::lang::LocalText;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::field::{Field, Scalar as _};
use crate::writer::Entity;

/// What is wrong with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wrong {
    /// HSDS requires it and it is not there.
    Missing,
    /// Not an object.
    NotAnObject,
    /// Not a list.
    NotAList,
    /// Not a text.
    NotText,
    /// Not a number.
    NotANumber,
    /// Not a whole number that fits.
    NotWhole,
    /// Not a day (`2026-10-01`).
    NotADay,
    /// Not a time (`09:30`).
    NotATime,
    /// Not a UUID; one was derived from the text.
    NotAUuid,
    /// Not one of the options.
    UnknownOption,
}

/// A value that could not be understood.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// JSON Pointer from the document that was read.
    pub path: String,
    /// What is wrong.
    pub wrong: Wrong,
}

/// The records that a document holds, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Records {
    /// Taxonomies.
    pub taxonomies: BTreeMap<TaxonomyId, TaxonomyDescription>,
    /// Terms.
    pub terms: BTreeMap<TermId, TaxonomyTerm>,
    /// Bodies.
    pub organizations: BTreeMap<OrganizationId, Organization>,
    /// Places.
    pub locations: BTreeMap<LocationId, Location>,
    /// Services.
    pub services: BTreeMap<ServiceId, Service>,
}

impl Records {
    /// As the store takes them.
    pub fn into_vec(self) -> Vec<DirectoryRecord> {
        let taxonomies = self.taxonomies.into_values().map(DirectoryRecord::Taxonomy);
        taxonomies
            .chain(self.terms.into_values().map(DirectoryRecord::TaxonomyTerm))
            .chain(self.organizations.into_values().map(DirectoryRecord::Organization))
            .chain(self.locations.into_values().map(DirectoryRecord::Location))
            .chain(self.services.into_values().map(DirectoryRecord::Service))
            .collect()
    }
}

/// Reads documents in one language into records.
#[derive(Debug)]
pub struct Reader<'d> {
    pub(crate) lang: String,
    pub(crate) known: Option<&'d Directory>,
    pub(crate) records: Records,
    pub(crate) parents: BTreeMap<TermId, TermId>,
    findings: Vec<Finding>,
}

impl<'d> Reader<'d> {
    /// A reader of texts in this language, where they do not say their own.
    pub fn new(lang: impl Into<String>) -> Self {
        Self {
            lang: lang.into(),
            known: None,
            records: Records::default(),
            parents: BTreeMap::new(),
            findings: Vec::new(),
        }
    }

    /// With the directory whose terms the documents may name without describing them.
    #[must_use]
    pub fn knowing(mut self, directory: &'d Directory) -> Self {
        self.known = Some(directory);
        self
    }

    /// Reads a `service` with everything inside.
    pub fn service(&mut self, document: Value) {
        let service: Option<Service> = self.read(document, String::new());
        if let Some(service) = service {
            self.records.services.insert(service.id, service);
        }
    }

    /// Reads an `organization` with everything inside, also the services that an answer of the API holds.
    pub fn organization(&mut self, mut document: Value) {
        let services = document.get_mut("services").map(Value::take);
        let organization: Option<Organization> = self.read(document, String::new());
        let Some(organization) = organization else {
            return;
        };
        let id = organization.id;
        self.records.organizations.insert(id, organization);
        for mut service in services.into_iter().filter_map(into_list).flatten() {
            if let Value::Object(service) = &mut service {
                service
                    .entry("organization_id")
                    .or_insert_with(|| id.to_string().into());
            }
            self.service(service);
        }
    }

    /// Reads a `location`.
    pub fn location(&mut self, document: Value) {
        if let Some(location) = self.read::<Location>(document, String::new()) {
            self.records.locations.insert(location.id, location);
        }
    }

    /// Reads a `taxonomy`.
    pub fn taxonomy(&mut self, document: Value) {
        if let Some(taxonomy) = self.read::<TaxonomyDescription>(document, String::new()) {
            self.keep_taxonomy(taxonomy);
        }
    }

    /// Reads a `taxonomy_term`.
    pub fn term(&mut self, document: Value) {
        if let Some(term) = self.read::<TaxonomyTerm>(document, String::new()) {
            self.records.terms.insert(term.id, term);
        }
    }

    /// The records, and what could not be understood, by path.
    pub fn finish(mut self) -> (Records, Vec<Finding>) {
        let parents = std::mem::take(&mut self.parents);
        for (term, parent) in parents {
            let code = self.code_of(parent);
            if let Some(term) = self.records.terms.get_mut(&term) {
                term.parent = Some(code);
            }
        }
        self.findings.sort();
        self.findings.dedup();
        (self.records, self.findings)
    }

    /// Keeps a description, unless it only stands in for one that nobody wrote.
    pub(crate) fn keep_taxonomy(&mut self, taxonomy: TaxonomyDescription) {
        if taxonomy.id != taxonomy.taxonomy.undescribed_id()
            || matches!(taxonomy.taxonomy, osn_core::directory::Taxonomy::Other(_))
        {
            self.records.taxonomies.insert(taxonomy.id, taxonomy);
        }
    }

    pub(crate) fn code_of(&self, id: TermId) -> TermCode {
        let read = self.records.terms.get(&id);
        let term = read.or_else(|| self.known?.term_by_id(id));
        term.map_or_else(|| TermCode::of_id(id), |term| term.code.clone())
    }

    pub(crate) fn read<E: Entity>(&mut self, value: Value, path: String) -> Option<E> {
        let Value::Object(map) = value else {
            self.find(path, Wrong::NotAnObject);
            return None;
        };
        let mut source = Source {
            reader: self,
            map,
            path,
            id: Uuid::nil(),
            attributes: Vec::new(),
        };
        source.id = source.own_id();
        source.attributes = source.list("attributes");
        Some(E::read(&mut source))
    }

    fn find(&mut self, path: String, wrong: Wrong) {
        self.findings.push(Finding { path, wrong });
    }
}

fn into_list(value: Value) -> Option<Vec<Value>> {
    match value {
        Value::Array(list) => Some(list),
        _ => None,
    }
}

/// One JSON object being taken apart.
pub(crate) struct Source<'r, 'd> {
    pub(crate) reader: &'r mut Reader<'d>,
    map: Map<String, Value>,
    path: String,
    pub(crate) id: Uuid,
    attributes: Vec<Attribute>,
}

impl Source<'_, '_> {
    fn own_id(&mut self) -> Uuid {
        match self.map.remove("id") {
            Some(Value::String(text)) => Uuid::parse_str(text.trim()).unwrap_or_else(|_| {
                self.wrong("id", Wrong::NotAUuid);
                derived_id(Uuid::nil(), "foreign", &text)
            }),
            Some(Value::Number(number)) => {
                self.wrong("id", Wrong::NotAUuid);
                derived_id(Uuid::nil(), "foreign", &number.to_string())
            }
            _ => {
                self.wrong("id", Wrong::Missing);
                // Nothing inside a record is without an identity: it follows from where it stands.
                derived_id(Uuid::nil(), "unnamed", &self.path)
            }
        }
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.map.get(key).is_some_and(|value| !value.is_null())
    }

    /// The value, unless it stands there only because HSDS requires something.
    pub(crate) fn value(&mut self, key: &str) -> Option<Value> {
        let value = self.map.remove(key).filter(|value| !value.is_null())?;
        (!self.is_unsaid(key)).then_some(value)
    }

    pub(crate) fn wrong(&mut self, key: &str, wrong: Wrong) {
        let path = format!("{}/{key}", self.path);
        self.reader.find(path, wrong);
    }

    pub(crate) fn osn(&self, key: &str) -> Option<&Value> {
        self.map.get("osn")?.get(key)
    }

    pub(crate) fn is_unsaid(&self, what: &str) -> bool {
        let unsaid = self.osn("unsaid").and_then(Value::as_array);
        unsaid.is_some_and(|unsaid| unsaid.iter().any(|known| known == what))
    }

    pub(crate) fn text(&mut self, key: &'static str) -> LocalText {
        let lang = self.reader.lang.clone();
        let shown = <Option<String> as Field>::take(self, key).unwrap_or_default();
        let translated = self.map.get("translations").and_then(Value::as_object);
        let texts = translated.into_iter().flatten();
        let mut text: LocalText = texts
            .filter_map(|(lang, fields)| Some((lang.as_str(), fields.get(key)?.as_str()?)))
            .collect();
        // Somebody who edits the text itself and not its translations means the language in which they read it.
        if !shown.is_empty() && text.get(&lang) != shown {
            text.set(&lang, shown);
        }
        text
    }

    pub(crate) fn list<E: Entity>(&mut self, key: &str) -> Vec<E> {
        match self.value(key) {
            None => Vec::new(),
            Some(Value::Array(rows)) => {
                let path = &self.path;
                let rows: Vec<_> = (0_usize..)
                    .zip(rows)
                    .map(|(index, row)| (format!("{path}/{key}/{index}"), row))
                    .collect();
                rows.into_iter()
                    .filter_map(|(path, row)| self.reader.read(row, path))
                    .collect()
            }
            Some(_) => {
                self.wrong(key, Wrong::NotAList);
                Vec::new()
            }
        }
    }

    pub(crate) fn nested<E: Entity>(&mut self, key: &str) -> Option<E> {
        let value = self.value(key)?;
        let path = format!("{}/{key}", self.path);
        self.reader.read(value, path)
    }

    /// The typed facts of a link type: attributes whose identifier follows from their value.
    pub(crate) fn facts(&mut self, link_type: &'static str) -> Vec<String> {
        let (id, lang) = (self.id, self.reader.lang.clone());
        let is_fact = |attribute: &Attribute| {
            attribute.link_type.as_deref() == Some(link_type)
                && attribute.taxonomy_term_id.is_none()
                && attribute.id == derived_id(id, link_type, attribute.value.get(&lang))
        };
        let (facts, rest): (Vec<_>, Vec<_>) = self.attributes.drain(..).partition(is_fact);
        self.attributes = rest;
        facts.into_iter().map(|fact| fact.value.get(&lang).to_owned()).collect()
    }

    pub(crate) fn fact(&mut self, link_type: &'static str) -> Option<String> {
        self.facts(link_type).into_iter().next()
    }

    /// A text that travelled as an attribute.
    pub(crate) fn told(&mut self, link_type: &'static str) -> LocalText {
        let id = derived_id(self.id, link_type, "text");
        let at = self.attributes.iter().position(|attribute| attribute.id == id);
        at.map(|at| self.attributes.remove(at).value).unwrap_or_default()
    }

    /// The typed terms of a link type.
    pub(crate) fn terms(&mut self, link_type: &'static str) -> Vec<TermCode> {
        let id = self.id;
        let mut codes = Vec::new();
        let mut rest = Vec::new();
        for attribute in std::mem::take(&mut self.attributes) {
            let typed = attribute.link_type.as_deref() == Some(link_type);
            match attribute.taxonomy_term_id {
                Some(term) if typed && attribute.id == derived_id(id, link_type, &term.to_string()) => {
                    codes.push(self.reader.code_of(term));
                }
                None if typed && attribute.id == derived_id(id, link_type, attribute.value.get(&self.reader.lang)) => {
                    codes.push(TermCode::new(attribute.value.get(&self.reader.lang)));
                }
                _ => rest.push(attribute),
            }
        }
        self.attributes = rest;
        codes
    }

    /// The attributes that no typed field took.
    pub(crate) fn attributes(&mut self) -> Vec<Attribute> {
        std::mem::take(&mut self.attributes)
    }

    /// An identifier that points at a record, whatever its type.
    pub(crate) fn pointer(&mut self, key: &str) -> Option<Uuid> {
        let value = self.value(key)?;
        let found = Uuid::parse(&value);
        if found.is_err() {
            self.wrong(key, Wrong::NotAUuid);
        }
        found.ok()
    }
}

//! The records: taxonomies, terms, organizations, locations, services and services at locations.

use osn_core::directory::{
    Attribute, Language, Location, LocationType, Marking, Organization, Service, ServiceArea, ServiceAtLocation,
    ServiceProgram, ServiceStatus, Taxonomy, TaxonomyDescription, TaxonomyTerm, TermCode, Whereabouts, derived_id,
};
use osn_core::id::{LocationId, OrganizationId, TaxonomyId, TermId};
use osn_core::lang::LocalText;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::field::Field;
use crate::reader::{Source, Wrong};
use crate::shapes::{More, by_name, name_of, shapes};
use crate::writer::{Entity, Form, Object, Writer};

impl Writer<'_> {
    fn document<E: Entity>(self, entity: &E, form: Form, more: impl FnOnce(&mut Object<'_>)) -> Value {
        let mut out = Object::new(self.formed(form), entity.uuid());
        entity.write(&mut out);
        more(&mut out);
        out.finish()
    }

    /// A `service`.
    pub fn service(self, service: &Service, form: Form) -> Value {
        if form > Form::Minimal {
            return self.document(service, form, |_| ());
        }
        let mut out = Object::new(self.formed(form), service.id.uuid());
        out.text("name", &service.name);
        out.field("status", &service.status);
        out.changed(service);
        out.finish()
    }

    /// An `organization` with its locations; with its services, in a form, where that is asked for.
    pub fn organization(self, organization: &Organization, form: Form, services: Option<Form>) -> Value {
        let directory = self.directory;
        self.document(organization, form, |out| {
            if form == Form::Full {
                let own = directory.locations_of(organization.id);
                let rows: Vec<Value> = own.map(|location| out.writer.object(location)).collect();
                out.rows("locations", rows);
            }
            if let Some(form) = services {
                let offered = directory.services_of(organization.id);
                let rows: Vec<Value> = offered.map(|service| self.service(service, form)).collect();
                out.rows("services", rows);
            }
        })
    }

    /// A `location`.
    pub fn location(self, location: &Location, form: Form) -> Value {
        self.document(location, form, |_| ())
    }

    /// A `service_at_location` with its location and its service (which does not list its places again).
    pub fn service_at_location(self, service: &Service, link: &ServiceAtLocation, form: Form) -> Value {
        self.document(link, form, |out| {
            let whole = self.service(service, form);
            if let Value::Object(mut whole) = whole {
                whole.remove("service_at_locations");
                out.put("service", Value::Object(whole));
            }
        })
    }

    /// A `taxonomy_term`.
    pub fn term(self, term: &TaxonomyTerm) -> Value {
        self.document(term, Form::Full, |_| ())
    }

    /// A `taxonomy`.
    pub fn taxonomy(self, taxonomy: &TaxonomyDescription) -> Value {
        self.document(taxonomy, Form::Full, |_| ())
    }

    /// Every taxonomy that has terms or a description; one that nobody described says what it is for.
    pub fn taxonomies(self) -> Vec<TaxonomyDescription> {
        let described = self.directory.taxonomies().cloned();
        let is_described = |taxonomy| self.directory.taxonomies().any(|known| known.taxonomy == taxonomy);
        let others = Taxonomy::RULED
            .into_iter()
            .filter(|taxonomy| !is_described(*taxonomy) && self.directory.terms(*taxonomy).next().is_some())
            .filter_map(undescribed);
        let mut all: Vec<TaxonomyDescription> = described.chain(others).collect();
        all.sort_by_key(|taxonomy| taxonomy.id);
        all
    }

    pub(crate) fn taxonomy_of(&self, taxonomy: Taxonomy) -> Option<TaxonomyDescription> {
        let described = self.directory.taxonomies().find(|known| known.taxonomy == taxonomy);
        described.cloned().or_else(|| undescribed(taxonomy))
    }
}

fn undescribed(taxonomy: Taxonomy) -> Option<TaxonomyDescription> {
    let name = match taxonomy {
        Taxonomy::Category => LocalText::new("Κατηγορίες υπηρεσιών", "Categories of services"),
        Taxonomy::BeneficiaryGroup => LocalText::new("Ομάδες ωφελουμένων", "Beneficiary groups"),
        Taxonomy::Area => LocalText::new("Περιοχές", "Areas"),
        Taxonomy::Other(_) => return None,
    };
    Some(TaxonomyDescription::new(taxonomy.undescribed_id(), taxonomy, name))
}

impl Object<'_> {
    fn changed(&mut self, service: &Service) {
        let own = [service.id.uuid(), service.organization_id.uuid()];
        let ids = own.into_iter().chain(service.locations().map(LocationId::uuid));
        if let Some(at) = self.writer.last_modified(ids) {
            self.put("last_modified", Value::String(at));
        }
    }

    fn sure(&mut self, source: Option<&str>, marking: Marking) {
        if let Some(source) = source {
            self.fact("source", source);
        }
        if marking != Marking::default() {
            self.fact("marking", &name_of(&marking));
        }
    }
}

impl Source<'_, '_> {
    fn marking(&mut self) -> Marking {
        self.fact("marking").and_then(by_name).unwrap_or_default()
    }
}

impl Entity for TaxonomyDescription {
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }

    fn write(&self, out: &mut Object<'_>) {
        out.text("name", &self.name);
        out.required_text("description", &self.description, &self.name);
        out.field("uri", &self.uri);
        out.field("version", &self.version);
        if let Some(name) = self.taxonomy.name() {
            out.osn("taxonomy", json!(name));
        }
        out.changes(&self.metadata);
    }

    fn read(from: &mut Source<'_, '_>) -> Self {
        let id = TaxonomyId::new(from.id);
        let ruled = from.osn("taxonomy").and_then(Value::as_str).and_then(Taxonomy::named);
        let known = from.reader.known.and_then(|directory| directory.taxonomy(id));
        let taxonomy = ruled.or(known.map(|known| known.taxonomy));
        Self {
            description: Field::take(from, "description"),
            uri: Field::take(from, "uri"),
            version: Field::take(from, "version"),
            metadata: from.list("metadata"),
            ..Self::new(id, taxonomy.unwrap_or(Taxonomy::Other(id)), Field::take(from, "name"))
        }
    }
}

impl Entity for TaxonomyTerm {
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }

    fn write(&self, out: &mut Object<'_>) {
        if self.code != TermCode::of_id(self.id) {
            out.put("code", json!(self.code));
        }
        out.text("name", &self.name);
        out.required_text("description", &self.description, &self.name);
        let parent = out.writer.directory.parent(self).map(|parent| parent.id.uuid());
        // A parent that is not in the directory is known by its identifier alone.
        let parent = parent.or_else(|| Uuid::parse_str(self.parent.as_ref()?.as_str()).ok());
        out.field("parent_id", &parent);
        out.put("taxonomy_id", json!(out.writer.taxonomy_id(self.taxonomy).uuid()));
        if let Some(detail) = out.writer.taxonomy_of(self.taxonomy) {
            out.put("taxonomy", json!(detail.name.get(out.writer.lang)));
            out.nested("taxonomy_detail", &detail);
        }
        out.field("language", &self.language);
        out.field("term_uri", &self.term_uri);
        if !self.aliases.is_empty() {
            out.osn("aliases", json!(self.aliases));
        }
        out.changes(&self.metadata);
    }

    fn read(from: &mut Source<'_, '_>) -> Self {
        let id = TermId::new(from.id);
        let taxonomy = taxonomy_of_term(from);
        if let Some(parent) = from.pointer("parent_id") {
            from.reader.parents.insert(id, TermId::new(parent));
        }
        let code = <Option<String> as Field>::take(from, "code").map_or_else(|| TermCode::of_id(id), TermCode::new);
        let aliases = from
            .osn("aliases")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        Self {
            description: Field::take(from, "description"),
            aliases: aliases
                .iter()
                .filter_map(|alias| alias.as_str().map(str::to_owned))
                .collect(),
            language: Field::take(from, "language"),
            term_uri: Field::take(from, "term_uri"),
            metadata: from.list("metadata"),
            ..Self::new(id, code, taxonomy, Field::take(from, "name"))
        }
    }
}

/// A term's taxonomy: described inside the term, named by its identifier, or by its name alone.
fn taxonomy_of_term(from: &mut Source<'_, '_>) -> Taxonomy {
    let detail: Option<TaxonomyDescription> = from.nested("taxonomy_detail");
    let named = from.pointer("taxonomy_id").map(TaxonomyId::new);
    let name = <Option<String> as Field>::take(from, "taxonomy");
    if let Some(detail) = detail {
        let taxonomy = detail.taxonomy;
        if !from.reader.records.taxonomies.contains_key(&detail.id) {
            from.reader.keep_taxonomy(detail);
        }
        return taxonomy;
    }
    if let Some(id) = named {
        let read = from.reader.records.taxonomies.get(&id);
        let known = read.or_else(|| from.reader.known?.taxonomy(id));
        let default = Taxonomy::RULED.into_iter().find(|ruled| ruled.undescribed_id() == id);
        return known
            .map(|known| known.taxonomy)
            .or(default)
            .unwrap_or(Taxonomy::Other(id));
    }
    let name = name.unwrap_or_default();
    let id = TaxonomyId::new(derived_id(Uuid::nil(), "taxonomy", &name));
    let text = LocalText::only(&from.reader.lang, name);
    from.reader
        .keep_taxonomy(TaxonomyDescription::new(id, Taxonomy::Other(id), text));
    Taxonomy::Other(id)
}

shapes! {
    Organization(id => Organization::new(OrganizationId::new(id), LocalText::NONE, LocalText::NONE)) {
        name, alternate_name, email, website, additional_websites, tax_status, tax_id, year_incorporated, legal_status,
        logo, uri, parent_organization_id, funding, contacts, phones, programs, organization_identifiers,
    } write_more;
    Location(id => Location::new(LocationId::new(id), LocationType::Physical)) {
        location_type, organization_id, name, alternate_name, description, url, languages, contacts, accessibility,
        phones, schedules,
    } write_more;
    ServiceAtLocation(id => ServiceAtLocation::new(id, LocationId::new(Uuid::nil()))) {
        description, service_areas, contacts, phones, schedules,
    } write_more;
    Service(id => Service::new(
        osn_core::id::ServiceId::new(id),
        OrganizationId::new(Uuid::nil()),
        LocalText::NONE,
        ServiceStatus::Active,
    )) {
        name, alternate_name, description, url, additional_urls, email, status, interpretation_services,
        application_process, fees_description, wait_time, fees, accreditations, eligibility_description, minimum_age,
        maximum_age, assured_date, assurer_email, licenses, alert, phones, schedules, service_at_locations, funding,
        cost_options, required_documents, contacts, capacities,
    } write_more;
}

impl More for Organization {
    fn write_more(&self, out: &mut Object<'_>) {
        out.required_text("description", &self.description, &self.name);
        if let Some(kind) = self.kind {
            out.fact("organization_type", &name_of(&kind));
        }
        out.sure(self.source.as_deref(), self.marking);
    }

    fn read_more(&mut self, from: &mut Source<'_, '_>) {
        self.description = Field::take(from, "description");
        self.kind = from.fact("organization_type").and_then(by_name);
        self.source = from.fact("source");
        self.marking = from.marking();
        for mut location in from.list::<Location>("locations") {
            location.organization_id = location.organization_id.or(Some(self.id));
            from.reader.records.locations.insert(location.id, location);
        }
    }
}

impl More for Location {
    fn write_more(&self, out: &mut Object<'_>) {
        // Nothing at all for a protected place.
        let place = self.whereabouts();
        out.field("transportation", &place.transportation);
        out.field("latitude", &place.latitude);
        out.field("longitude", &place.longitude);
        out.field("external_identifier", &place.external_identifier);
        out.field("external_identifier_type", &place.external_identifier_type);
        out.field("addresses", &place.addresses);
        if let Some(area) = &place.area {
            out.term("area", area);
        }
        if self.protected {
            out.fact("protected", "true");
        }
        out.told("address_note", self.address_note());
        out.sure(None, self.marking);
    }

    fn read_more(&mut self, from: &mut Source<'_, '_>) {
        self.protected = from.fact("protected").is_some();
        self.address_note = from.told("address_note");
        self.marking = from.marking();
        let whereabouts = Whereabouts {
            area: from.terms("area").into_iter().next(),
            addresses: from.list("addresses"),
            latitude: Field::take(from, "latitude"),
            longitude: Field::take(from, "longitude"),
            transportation: Field::take(from, "transportation"),
            external_identifier: Field::take(from, "external_identifier"),
            external_identifier_type: Field::take(from, "external_identifier_type"),
        };
        *self = self.clone().at(whereabouts);
    }
}

impl More for ServiceAtLocation {
    fn write_more(&self, out: &mut Object<'_>) {
        match out.writer.directory.location(self.location_id) {
            Some(location) => out.nested("location", location),
            None => out.put("location_id", json!(self.location_id)),
        }
    }

    fn read_more(&mut self, from: &mut Source<'_, '_>) {
        let nested: Option<Location> = from.nested("location");
        let named = from.pointer("location_id").map(LocationId::new);
        match nested.as_ref().map(|location| location.id).or(named) {
            Some(id) => self.location_id = id,
            None => from.wrong("location", Wrong::Missing),
        }
        if let Some(location) = nested {
            from.reader.records.locations.entry(location.id).or_insert(location);
        }
    }
}

/// The lists that may be stated and empty, which is not the same as not stated.
fn stated<T>(out: &mut Object<'_>, name: &str, list: Option<&Vec<T>>) {
    if list.is_some_and(Vec::is_empty) {
        out.fact("stated_none", name);
    }
}

impl More for Service {
    fn write_more(&self, out: &mut Object<'_>) {
        self.write_body(out);
        for category in &self.categories {
            out.term("service_type", category);
        }
        for group in self.groups.iter().flatten() {
            out.term("eligibility", group);
        }
        if self.open_to_all {
            out.fact("audience", "everybody");
        }
        for mode in self.modes.iter().flatten() {
            out.fact("delivery_mode", &name_of(mode));
        }
        if let Some(free) = self.free_of_charge {
            out.fact("cost", if free { "free" } else { "charged" });
        }
        stated(out, "groups", self.groups.as_ref());
        stated(out, "modes", self.modes.as_ref());
        stated(out, "areas", self.areas.as_ref());
        stated(out, "languages", self.languages.as_ref());
        out.sure(self.source.as_deref(), self.marking);
        if out.writer.form == Form::Full {
            self.write_areas_and_languages(out);
        }
        out.changed(self);
    }

    fn read_more(&mut self, from: &mut Source<'_, '_>) {
        self.read_body(from);
        self.categories = from.terms("service_type");
        let none = from.facts("stated_none");
        let is_none = |name: &str| none.iter().any(|stated| stated == name);
        let groups = from.terms("eligibility");
        self.groups = (!groups.is_empty() || is_none("groups")).then_some(groups);
        self.open_to_all = from.fact("audience").is_some();
        let modes: Vec<_> = from.facts("delivery_mode").into_iter().filter_map(by_name).collect();
        self.modes = (!modes.is_empty() || is_none("modes")).then_some(modes);
        self.free_of_charge = from.fact("cost").map(|cost| cost == "free");
        self.source = from.fact("source");
        self.marking = from.marking();
        let id = self.id.uuid();
        let (mut areas, mut languages) = (Vec::new(), Vec::new());
        for area in from.list::<ServiceArea>("service_areas") {
            let term = area.attributes.first().and_then(|attribute| attribute.taxonomy_term_id);
            let code = term.map_or_else(
                || TermCode::new(area.name.get(&from.reader.lang)),
                |term| from.reader.code_of(term),
            );
            if area.id == derived_id(id, "service_area", code.as_str()) {
                areas.push(code);
            } else {
                self.service_areas.push(area);
            }
        }
        for language in from.list::<Language>("languages") {
            match &language.code {
                Some(code) if language.id == derived_id(id, "language", code) => languages.push(code.clone()),
                _ => self.language_notes.push(language),
            }
        }
        self.areas = (!areas.is_empty() || is_none("areas")).then_some(areas);
        self.languages = (!languages.is_empty() || is_none("languages")).then_some(languages);
    }
}

trait Parts {
    fn write_body(&self, out: &mut Object<'_>);
    fn write_areas_and_languages(&self, out: &mut Object<'_>);
    fn read_body(&mut self, from: &mut Source<'_, '_>);
}

impl Parts for Service {
    /// The organization and the HSDS program, which stand inside the service.
    fn write_body(&self, out: &mut Object<'_>) {
        let body = out.writer.directory.organization(self.organization_id);
        out.put("organization_id", json!(self.organization_id));
        if let Some(body) = body {
            out.nested("organization", body);
        }
        if let Some(id) = self.program_id {
            match body.and_then(|body| body.programs.iter().find(|program| program.id == id)) {
                Some(program) => out.nested("program", program),
                None => out.put("program_id", json!(id)),
            }
        }
    }

    fn write_areas_and_languages(&self, out: &mut Object<'_>) {
        let id = self.id.uuid();
        let writer = out.writer;
        let areas = self.areas.iter().flatten().map(|code| {
            let mut area = ServiceArea::new(derived_id(id, "service_area", code.as_str()));
            match writer.directory.term(code) {
                Some(term) => {
                    area.name = term.name.clone();
                    area.attributes.push(Attribute::of_term(area.id, "area", term));
                }
                None => area.name = LocalText::only(writer.lang, code.as_str()),
            }
            writer.object(&area)
        });
        out.rows("service_areas", areas);
        out.field("service_areas", &self.service_areas);
        let languages = self.languages.iter().flatten().map(|code| {
            let language = Language {
                code: Some(code.clone()),
                ..Language::new(derived_id(id, "language", code))
            };
            writer.object(&language)
        });
        out.rows("languages", languages);
        out.field("languages", &self.language_notes);
    }

    fn read_body(&mut self, from: &mut Source<'_, '_>) {
        let named = from.pointer("organization_id").map(OrganizationId::new);
        let nested: Option<Organization> = from.nested("organization");
        match nested.as_ref().map(|body| body.id).or(named) {
            Some(id) => self.organization_id = id,
            None => from.wrong("organization_id", Wrong::Missing),
        }
        if let Some(body) = nested {
            from.reader.records.organizations.entry(body.id).or_insert(body);
        }
        let program: Option<ServiceProgram> = from.nested("program");
        self.program_id = program
            .as_ref()
            .map(|program| program.id)
            .or_else(|| from.pointer("program_id"));
        if let Some(program) = program
            && let Some(body) = from.reader.records.organizations.get_mut(&self.organization_id)
            && !body.programs.iter().any(|known| known.id == program.id)
        {
            body.programs.push(program);
        }
    }
}

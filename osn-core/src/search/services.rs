//! The texts by which people search a service: its own, and those of its body, places, categories, groups and areas.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Builder, Field, Found, Index, Shared, Synonyms, at};
use crate::directory::{Directory, Service, Taxonomy, TermCode};
use crate::id::ServiceId;
use crate::lang::LocalText;

/// The services of a mapping, ready to be searched.
#[derive(Debug, Default)]
pub struct ServiceIndex {
    index: Index,
    services: Vec<ServiceId>,
    numbers: HashMap<ServiceId, u32>,
}

impl ServiceIndex {
    /// The index of a mapping.
    pub fn new(directory: &Directory) -> Self {
        let mut builder = Builder::new();
        let shared = SharedTexts::new(&mut builder, directory);
        let mut services = Vec::with_capacity(directory.services().len());
        for service in directory.services() {
            builder.document(own(service), shared.of(directory, service));
            services.push(service.id);
        }
        Self {
            index: builder.finish(),
            numbers: services.iter().copied().zip(0..).collect(),
            services,
        }
    }

    /// The services that answer what somebody typed, by their numbers.
    pub fn find(&self, text: &str, synonyms: &Synonyms) -> Found<'_> {
        self.index.find(text, synonyms)
    }

    /// The service with a number.
    pub fn service(&self, number: u32) -> Option<ServiceId> {
        self.services.get(at(number)).copied()
    }

    /// The number of a service.
    pub fn number(&self, service: ServiceId) -> Option<u32> {
        self.numbers.get(&service).copied()
    }

    /// The index itself.
    pub fn index(&self) -> &Index {
        &self.index
    }
}

/// Texts that many services share, by what they belong to.
struct SharedTexts {
    terms: BTreeMap<TermCode, Shared>,
    organizations: HashMap<crate::id::OrganizationId, Shared>,
    locations: HashMap<crate::id::LocationId, Shared>,
}

fn texts(text: &LocalText) -> impl Iterator<Item = &str> {
    text.iter().map(|(_, text)| text)
}

/// What a service says of itself, in every language.
fn own(service: &Service) -> impl Iterator<Item = (Field, &str)> {
    let told = [
        (Field::Name, &service.name),
        (Field::OtherName, &service.alternate_name),
        (Field::Description, &service.description),
        (Field::Description, &service.eligibility_description),
        (Field::Description, &service.application_process),
        (Field::Description, &service.fees_description),
    ];
    told.into_iter()
        .flat_map(|(field, text)| texts(text).map(move |text| (field, text)))
}

impl SharedTexts {
    fn new(builder: &mut Builder, directory: &Directory) -> Self {
        let mut terms = BTreeMap::new();
        for (taxonomy, field) in [
            (Taxonomy::Category, Field::Category),
            (Taxonomy::BeneficiaryGroup, Field::Group),
            (Taxonomy::Area, Field::Area),
        ] {
            for term in directory.terms(taxonomy) {
                let aliases = term.aliases.iter().map(String::as_str);
                let shared = builder.share(field, texts(&term.name).chain(aliases));
                terms.insert(term.code.clone(), shared);
            }
        }
        let organizations = directory
            .organizations()
            .map(|body| {
                let names = texts(&body.name).chain(texts(&body.alternate_name));
                (body.id, builder.share(Field::Organization, names))
            })
            .collect();
        let locations = directory
            .locations()
            .map(|place| {
                let names = texts(&place.name).chain(texts(&place.alternate_name));
                let streets = place.whereabouts().addresses.iter();
                let streets = streets.flat_map(|address| address.address_1.iter().chain(&address.postal_code));
                let shared = builder.share(Field::Place, names.chain(streets.map(String::as_str)));
                (place.id, shared)
            })
            .collect();
        Self {
            terms,
            organizations,
            locations,
        }
    }

    /// What a service shares with others: each text once.
    fn of(&self, directory: &Directory, service: &Service) -> Vec<Shared> {
        let mut codes: BTreeSet<TermCode> = BTreeSet::new();
        for code in service.categories.iter().chain(service.groups.iter().flatten()) {
            codes.extend(directory.with_ancestors(code));
        }
        codes.extend(service.areas.iter().flatten().cloned());
        let places = service.locations().filter_map(|id| directory.location(id));
        codes.extend(places.filter_map(|place| place.whereabouts().area.clone()));
        let terms = codes.iter().filter_map(|code| self.terms.get(code)).copied();
        let body = self.organizations.get(&service.organization_id).copied();
        let places = service.locations().filter_map(|id| self.locations.get(&id).copied());
        terms.chain(body).chain(places).collect()
    }
}

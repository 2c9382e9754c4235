//! The texts by which people search a service: its own, and those of its body, places, categories, groups and areas.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::change::Change;
use super::{Builder, Field, Found, Index, Shared, Synonyms};
use crate::directory::{
    Changes, Directory, DirectoryRecord, Location, Organization, Renumbered, Service, Taxonomy, TermCode,
};
use crate::id::{LocationId, OrganizationId};
use crate::lang::LocalText;

/// The services of a mapping, ready to be searched, by their places in [`Directory::services`].
#[derive(Debug, Default)]
pub struct ServiceIndex {
    index: Index,
    shared: SharedTexts,
}

/// Bodies and places that say something else, are new or are gone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// Bodies.
    pub organizations: BTreeSet<OrganizationId>,
    /// Places.
    pub locations: BTreeSet<LocationId>,
}

impl Touched {
    /// By a change; what is gone may have been either.
    pub fn by(changes: &Changes) -> Self {
        let mut touched = Self::default();
        for (record, _) in &changes.written {
            match record {
                DirectoryRecord::Organization(body) => {
                    touched.organizations.insert(body.id);
                }
                DirectoryRecord::Location(place) => {
                    touched.locations.insert(place.id);
                }
                _ => {}
            }
        }
        let gone = changes.gone.iter().copied();
        touched.organizations.extend(gone.clone().map(OrganizationId::new));
        touched.locations.extend(gone.map(LocationId::new));
        touched
    }
}

impl ServiceIndex {
    /// The index of a mapping.
    pub fn new(directory: &Directory) -> Self {
        let mut builder = Builder::new();
        let shared = SharedTexts::new(&mut builder, directory);
        for service in directory.services() {
            builder.document(own(service), shared.of(directory, service));
        }
        Self {
            index: builder.finish(),
            shared,
        }
    }

    /// The index of the mapping `after` a change of the one that this index is of.
    #[must_use]
    pub fn after(&self, (before, after): (&Directory, &Directory), renumbered: &Renumbered, touched: &Touched) -> Self {
        let mut documents: BTreeSet<u32> = renumbered.written().iter().copied().collect();
        let of_places = touched.locations.iter().flat_map(|place| after.services_at(*place));
        let is_other =
            |body: &&OrganizationId| before.organization(**body).is_some() != after.organization(**body).is_some();
        let of_bodies = touched.organizations.iter().filter(is_other);
        let of_bodies = of_bodies.flat_map(|body| after.services_of(*body));
        documents.extend(
            of_places
                .chain(of_bodies)
                .filter_map(|service| after.place_of(service.id)),
        );
        let stays = (0_u32..).take(before.services().len()).map(|place| {
            let now = renumbered.stays(place);
            now.filter(|now| !documents.contains(now))
        });
        let stays: Vec<Option<u32>> = stays.collect();
        let rewritten = before.services().zip(&stays).filter(|(_, stays)| stays.is_none());
        let rewritten: Vec<&Service> = rewritten.map(|(service, _)| service).collect();
        let mut change = Change::of(&self.index, stays);
        for service in rewritten {
            own(service).for_each(|(_, text)| change.forget(text));
        }
        let mut shared = self.shared.clone();
        shared.change(&mut change, (before, after), touched);
        for place in documents {
            if let Some(service) = after.nth_service(place) {
                change.document(place, own(service), shared.of(after, service));
            }
        }
        Self {
            index: self.index.after(&change),
            shared,
        }
    }

    /// The services that answer what somebody typed, by their numbers.
    pub fn find(&self, text: &str, synonyms: &Synonyms) -> Found<'_> {
        self.index.find(text, synonyms)
    }

    /// The index itself.
    pub fn index(&self) -> &Index {
        &self.index
    }
}

/// Texts that many services share, by what they belong to.
#[derive(Debug, Clone, Default)]
struct SharedTexts {
    terms: Arc<BTreeMap<TermCode, Shared>>,
    organizations: HashMap<OrganizationId, Shared>,
    locations: HashMap<LocationId, Shared>,
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

/// What people call a body.
fn of_body(body: &Organization) -> impl Iterator<Item = &str> {
    texts(&body.name).chain(texts(&body.alternate_name))
}

/// What people call a place, and where it is.
fn of_place(place: &Location) -> impl Iterator<Item = &str> {
    let names = texts(&place.name).chain(texts(&place.alternate_name));
    let streets = place.whereabouts().addresses.iter();
    let streets = streets.flat_map(|address| address.address_1.iter().chain(&address.postal_code));
    names.chain(streets.map(String::as_str))
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
            .map(|body| (body.id, builder.share(Field::Organization, of_body(body))))
            .collect();
        let locations = directory
            .locations()
            .map(|place| (place.id, builder.share(Field::Place, of_place(place))))
            .collect();
        Self {
            terms: Arc::new(terms),
            organizations,
            locations,
        }
    }

    /// The texts of bodies and places that changed.
    fn change(&mut self, change: &mut Change, (before, after): (&Directory, &Directory), touched: &Touched) {
        for id in &touched.organizations {
            let was = before.organization(*id).into_iter().flat_map(of_body);
            was.for_each(|text| change.forget(text));
            let known = self.organizations.get(id).copied();
            match (after.organization(*id), known) {
                (Some(body), Some(known)) => change.say(known, Field::Organization, of_body(body)),
                (Some(body), None) => {
                    let shared = change.share(Field::Organization, of_body(body));
                    self.organizations.insert(*id, shared);
                }
                (None, Some(known)) => {
                    change.say(known, Field::Organization, []);
                    self.organizations.remove(id);
                }
                (None, None) => {}
            }
        }
        for id in &touched.locations {
            let was = before.location(*id).into_iter().flat_map(of_place);
            was.for_each(|text| change.forget(text));
            let known = self.locations.get(id).copied();
            match (after.location(*id), known) {
                (Some(place), Some(known)) => change.say(known, Field::Place, of_place(place)),
                (Some(place), None) => {
                    let shared = change.share(Field::Place, of_place(place));
                    self.locations.insert(*id, shared);
                }
                (None, Some(known)) => {
                    change.say(known, Field::Place, []);
                    self.locations.remove(id);
                }
                (None, None) => {}
            }
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

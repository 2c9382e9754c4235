//! The mapping as it was recorded at an instant, indexed for examination, lists and search.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use uuid::Uuid;

use super::services::{Renumbered, Services};
use super::{
    Changes, DirectoryRecord, Location, Organization, Service, ServiceAtLocation, Taxonomy, TaxonomyDescription,
    TaxonomyTerm, TermCode,
};
use crate::id::{LocationId, OrganizationId, ServiceId, TaxonomyId, TermId};
use crate::time::Instant;

/// The mapping as it was recorded at an instant.
///
/// Terms of the three ruled taxonomies are known by their codes, which are unique over all three; terms of other
/// taxonomies by their identifiers.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    recorded_at: Instant,
    pub(super) taxonomies: BTreeMap<TaxonomyId, TaxonomyDescription>,
    pub(super) terms: BTreeMap<TermCode, TaxonomyTerm>,
    pub(super) other_terms: BTreeMap<TermId, TaxonomyTerm>,
    /// Records that lost to another with the same code.
    pub(super) doubles: Vec<TermCode>,
    term_codes: HashMap<TermId, TermCode>,
    children: BTreeMap<TermCode, Vec<TermCode>>,
    pub(super) organizations: Arc<BTreeMap<OrganizationId, Organization>>,
    pub(super) locations: Arc<BTreeMap<LocationId, Location>>,
    /// The places of each body, found when they are first asked for.
    places: Arc<OnceLock<HashMap<OrganizationId, Vec<LocationId>>>>,
    /// Shared by mappings that differ in other records only: services are nearly all of it.
    pub(super) services: Arc<Services>,
    changed: Arc<HashMap<Uuid, Instant>>,
    /// The newest change of a term or taxonomy, found when it is first asked for.
    terms_changed: Arc<OnceLock<Option<Instant>>>,
    /// Where places that are protected by now once stood.
    former: Arc<HashMap<LocationId, Vec<String>>>,
}

/// Puts a directory together, record by record: those of a large city are never held beside it.
#[derive(Debug, Default)]
pub struct DirectoryBuilder {
    directory: Directory,
    services: Vec<Arc<Service>>,
}

impl DirectoryBuilder {
    /// Takes a record; of two with the same identifier the later one counts.
    pub fn add(&mut self, record: DirectoryRecord) {
        match record {
            DirectoryRecord::Taxonomy(taxonomy) => {
                self.directory.taxonomies.insert(taxonomy.id, taxonomy);
            }
            DirectoryRecord::TaxonomyTerm(term) => self.directory.add_term(term),
            DirectoryRecord::Organization(organization) => {
                Arc::make_mut(&mut self.directory.organizations).insert(organization.id, organization);
            }
            DirectoryRecord::Location(location) => {
                Arc::make_mut(&mut self.directory.locations).insert(location.id, location);
            }
            DirectoryRecord::Service(service) => self.services.push(Arc::new(service)),
        }
    }

    /// The directory as of `recorded_at`.
    pub fn finish(self, recorded_at: Instant) -> Directory {
        let mut services = self.services;
        let mut seen = HashSet::with_capacity(services.len());
        services.reverse();
        services.retain(|service| seen.insert(service.id));
        services.sort_by_cached_key(|service| Services::key(service));
        services.shrink_to_fit();
        Directory {
            recorded_at,
            services: Arc::new(Services::new(services)),
            ..self.directory
        }
    }
}

impl Directory {
    /// Builds the directory from the records valid at `recorded_at`.
    pub fn new(recorded_at: Instant, records: impl IntoIterator<Item = DirectoryRecord>) -> Self {
        let mut builder = DirectoryBuilder::default();
        records.into_iter().for_each(|record| builder.add(record));
        builder.finish(recorded_at)
    }

    fn add_term(&mut self, term: TaxonomyTerm) {
        if let Taxonomy::Other(_) = term.taxonomy {
            self.other_terms.insert(term.id, term);
            return;
        }
        if let Some(parent) = &term.parent {
            self.children.entry(parent.clone()).or_default().push(term.code.clone());
        }
        self.term_codes.insert(term.id, term.code.clone());
        if let Some(before) = self.terms.insert(term.code.clone(), term) {
            self.doubles.push(before.code);
        }
    }

    /// The instant as of which it was read.
    pub fn recorded_at(&self) -> Instant {
        self.recorded_at
    }

    /// With the moments at which records were last changed, by identifier: of a record or of anything inside it.
    #[must_use]
    pub fn with_changes(mut self, changed: impl IntoIterator<Item = (Uuid, Instant)>) -> Self {
        Arc::make_mut(&mut self.changed).extend(changed);
        self.terms_changed = Arc::default();
        self
    }

    /// When a record, or anything inside it, was last changed, where whoever built the directory said so.
    pub fn changed_at(&self, record: Uuid) -> Option<Instant> {
        self.changed.get(&record).copied()
    }

    /// When a term or a taxonomy was last changed: every record that names one tells its name, too.
    pub fn terms_changed_at(&self) -> Option<Instant> {
        *self.terms_changed.get_or_init(|| {
            let terms = self.all_terms().map(|term| term.id.uuid());
            let all = terms.chain(self.taxonomies().map(|taxonomy| taxonomy.id.uuid()));
            all.filter_map(|id| self.changed_at(id)).max()
        })
    }

    /// With the first lines of the addresses at which places once stood: once a place is protected, words that name them tell
    /// where it is ([`super::giveaways`]).
    #[must_use]
    pub fn with_former_streets(mut self, former: impl IntoIterator<Item = (LocationId, Vec<String>)>) -> Self {
        Arc::make_mut(&mut self.former).extend(former);
        self
    }

    /// The first lines of the addresses at which a place stands or once stood.
    pub fn streets_of(&self, place: LocationId) -> Vec<String> {
        let former = self.former.get(&place).into_iter().flatten().cloned();
        let known = self.location(place).map(Location::streets).unwrap_or_default();
        former.chain(known).collect()
    }

    /// A record of any kind, by the kind's stable name ([`DirectoryRecord::kind`]) and identifier.
    pub fn record(&self, kind: &str, id: Uuid) -> Option<DirectoryRecord> {
        match kind {
            "taxonomy" => self
                .taxonomy(TaxonomyId::new(id))
                .cloned()
                .map(DirectoryRecord::Taxonomy),
            "taxonomy-term" => self
                .term_by_id(TermId::new(id))
                .cloned()
                .map(DirectoryRecord::TaxonomyTerm),
            "organization" => self
                .organization(OrganizationId::new(id))
                .cloned()
                .map(DirectoryRecord::Organization),
            "location" => self
                .location(LocationId::new(id))
                .cloned()
                .map(DirectoryRecord::Location),
            "service" => self.service(ServiceId::new(id)).cloned().map(DirectoryRecord::Service),
            _ => None,
        }
    }

    /// A taxonomy's description by its identifier.
    pub fn taxonomy(&self, id: TaxonomyId) -> Option<&TaxonomyDescription> {
        self.taxonomies.get(&id)
    }

    /// The descriptions of taxonomies, by identifier. A ruled taxonomy may have terms and no description.
    pub fn taxonomies(&self) -> impl ExactSizeIterator<Item = &TaxonomyDescription> {
        self.taxonomies.values()
    }

    /// A term of a ruled taxonomy by its code.
    pub fn term(&self, code: &TermCode) -> Option<&TaxonomyTerm> {
        self.terms.get(code)
    }

    /// A term of any taxonomy by its identifier.
    pub fn term_by_id(&self, id: TermId) -> Option<&TaxonomyTerm> {
        let ruled = self.term_codes.get(&id).and_then(|code| self.terms.get(code));
        ruled.or_else(|| self.other_terms.get(&id))
    }

    /// The terms of one taxonomy, by code (of another than the ruled ones: by identifier).
    pub fn terms(&self, taxonomy: Taxonomy) -> impl Iterator<Item = &TaxonomyTerm> {
        self.all_terms().filter(move |term| term.taxonomy == taxonomy)
    }

    /// Every term: those of the ruled taxonomies by code, then the others by identifier.
    pub fn all_terms(&self) -> impl Iterator<Item = &TaxonomyTerm> {
        self.terms.values().chain(self.other_terms.values())
    }

    /// The term right above a term.
    pub fn parent(&self, term: &TaxonomyTerm) -> Option<&TaxonomyTerm> {
        let code = term.parent.as_ref()?;
        match term.taxonomy {
            Taxonomy::Other(_) => self
                .other_terms
                .values()
                .find(|other| other.taxonomy == term.taxonomy && other.code == *code),
            Taxonomy::Category | Taxonomy::BeneficiaryGroup | Taxonomy::Area => self.terms.get(code),
        }
    }

    /// A service by its id.
    pub fn service(&self, id: ServiceId) -> Option<&Service> {
        self.services.nth(self.services.position(id)?)
    }

    /// The place of a service in the order of [`Directory::services`], counted from 0.
    pub fn place_of(&self, id: ServiceId) -> Option<u32> {
        self.services.position(id)
    }

    /// Every service, by Greek name.
    pub fn services(&self) -> impl ExactSizeIterator<Item = &Service> {
        self.services.list.iter().map(Arc::as_ref)
    }

    /// The service at a place in the order of [`Directory::services`], counted from 0.
    pub fn nth_service(&self, place: u32) -> Option<&Service> {
        self.services.nth(place)
    }

    /// The services that a body offers, by Greek name.
    pub fn services_of(&self, organization: OrganizationId) -> impl Iterator<Item = &Service> {
        self.services.at(&self.services.by_organization, &organization)
    }

    /// The services offered at a place, by Greek name.
    pub fn services_at(&self, location: LocationId) -> impl Iterator<Item = &Service> {
        self.services.at(&self.services.by_location, &location)
    }

    /// A service at a place, by the identifier of the link.
    pub fn service_at_location(&self, id: Uuid) -> Option<(&Service, &ServiceAtLocation)> {
        let service = self.services.nth(*self.services.links.get(&id)?)?;
        let link = service.service_at_locations.iter().find(|link| link.id == id)?;
        Some((service, link))
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

    /// The locations that a body runs, by id.
    pub fn locations_of(&self, organization: OrganizationId) -> impl Iterator<Item = &Location> {
        let places = self.places.get_or_init(|| {
            let mut places: HashMap<OrganizationId, Vec<LocationId>> = HashMap::new();
            for location in self.locations() {
                if let Some(body) = location.organization_id {
                    places.entry(body).or_default().push(location.id);
                }
            }
            places
        });
        let own = places.get(&organization).into_iter().flatten();
        own.filter_map(|id| self.location(*id))
    }

    /// The services filed directly under any of these categories, each once, by Greek name.
    pub fn services_in<'a>(
        &self,
        categories: impl IntoIterator<Item = &'a TermCode>,
    ) -> impl Iterator<Item = &Service> {
        let places = self.places_in(categories);
        places.into_iter().filter_map(|place| self.services.nth(place))
    }

    /// The places of these services in the order of [`Directory::services`], ascending.
    pub fn places_in<'a>(&self, categories: impl IntoIterator<Item = &'a TermCode>) -> Vec<u32> {
        let filed = categories
            .into_iter()
            .filter_map(|category| self.services.by_category.get(category));
        let mut positions: Vec<u32> = filed.flatten().copied().collect();
        positions.sort_unstable();
        positions.dedup();
        positions
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

    /// Whether a term of a ruled taxonomy has terms below it.
    pub fn has_children(&self, code: &TermCode) -> bool {
        self.children.contains_key(code)
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

    /// How many records there are, of every kind.
    pub fn len(&self) -> usize {
        [
            self.taxonomies.len(),
            self.terms.len(),
            self.other_terms.len(),
            self.organizations.len(),
            self.locations.len(),
            self.services.list.len(),
        ]
        .into_iter()
        .fold(0, usize::saturating_add)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every record, as the store holds them: taxonomies, terms, organizations, locations, services.
    pub fn records(&self) -> impl Iterator<Item = DirectoryRecord> + '_ {
        self.grounds()
            .chain(self.locations().cloned().map(DirectoryRecord::Location))
            .chain(self.services().cloned().map(DirectoryRecord::Service))
    }

    /// Taxonomies, terms and organizations: what places and services stand on.
    pub(super) fn grounds(&self) -> impl Iterator<Item = DirectoryRecord> + '_ {
        let taxonomies = self.taxonomies().cloned().map(DirectoryRecord::Taxonomy);
        taxonomies
            .chain(self.all_terms().cloned().map(DirectoryRecord::TaxonomyTerm))
            .chain(self.organizations().cloned().map(DirectoryRecord::Organization))
    }

    /// The mapping once some records say something else or are gone; what did not change is shared with this one. Taxonomies
    /// and their terms, on which everything stands, are not changed this way: then there is no answer.
    pub fn after(&self, changes: Changes) -> Option<(Self, Renumbered)> {
        let is_ground = |record: &DirectoryRecord| {
            matches!(record, DirectoryRecord::Taxonomy(_) | DirectoryRecord::TaxonomyTerm(_))
        };
        let is_known_ground = |id: &Uuid| {
            self.taxonomies.contains_key(&TaxonomyId::new(*id)) || self.term_by_id(TermId::new(*id)).is_some()
        };
        if changes.written.iter().any(|(record, _)| is_ground(record)) || changes.gone.iter().any(is_known_ground) {
            return None;
        }
        let mut after = self.clone().with_former_streets(changes.former);
        after.recorded_at = changes.recorded_at;
        let changed = Arc::make_mut(&mut after.changed);
        let mut services = Vec::new();
        for id in &changes.gone {
            changed.remove(id);
            if after.organizations.contains_key(&OrganizationId::new(*id)) {
                Arc::make_mut(&mut after.organizations).remove(&OrganizationId::new(*id));
            }
            if after.locations.contains_key(&LocationId::new(*id)) {
                Arc::make_mut(&mut after.locations).remove(&LocationId::new(*id));
                after.places = Arc::default();
            }
        }
        for (record, at) in changes.written {
            changed.insert(record.uuid(), at);
            match record {
                DirectoryRecord::Organization(body) => {
                    Arc::make_mut(&mut after.organizations).insert(body.id, body);
                }
                DirectoryRecord::Location(place) => {
                    Arc::make_mut(&mut after.locations).insert(place.id, place);
                    after.places = Arc::default();
                }
                DirectoryRecord::Service(service) => services.push(Arc::new(service)),
                DirectoryRecord::Taxonomy(_) | DirectoryRecord::TaxonomyTerm(_) => {}
            }
        }
        let gone = changes.gone.into_iter().map(ServiceId::new);
        let (services, renumbered) = self.services.after(services, gone);
        after.services = Arc::new(services);
        Some((after, renumbered))
    }

    /// The same mapping with what `change` makes of some of its services.
    #[must_use]
    pub fn with_services(&self, change: impl FnMut(&Service) -> Option<Service>) -> Self {
        let written: Vec<Arc<Service>> = self.services().filter_map(change).map(Arc::new).collect();
        if written.is_empty() {
            return self.clone();
        }
        let (services, _) = self.services.after(written, []);
        Self {
            services: Arc::new(services),
            ..self.clone()
        }
    }

    /// The same mapping with other places. The services are not copied.
    #[must_use]
    pub fn with_locations(&self, change: impl FnMut(Location) -> Location) -> Self {
        let locations = self.locations().cloned().map(change);
        Self {
            locations: Arc::new(locations.map(|location| (location.id, location)).collect()),
            places: Arc::default(),
            services: Arc::clone(&self.services),
            changed: Arc::clone(&self.changed),
            terms_changed: Arc::clone(&self.terms_changed),
            former: Arc::clone(&self.former),
            taxonomies: self.taxonomies.clone(),
            terms: self.terms.clone(),
            other_terms: self.other_terms.clone(),
            doubles: self.doubles.clone(),
            term_codes: self.term_codes.clone(),
            children: self.children.clone(),
            organizations: Arc::clone(&self.organizations),
            recorded_at: self.recorded_at,
        }
    }
}

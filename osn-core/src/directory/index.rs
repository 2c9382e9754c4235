//! The mapping as it was recorded at an instant, indexed for examination, lists and search.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use super::{
    DirectoryRecord, Location, Organization, Service, ServiceAtLocation, Taxonomy, TaxonomyDescription, TaxonomyTerm,
    TermCode,
};
use crate::id::{LocationId, OrganizationId, ServiceId, TaxonomyId, TermId};
use crate::time::Instant;

/// Positions in the list of services.
type Positions<K> = HashMap<K, Vec<u32>>;

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
    organizations: BTreeMap<OrganizationId, Organization>,
    locations: BTreeMap<LocationId, Location>,
    /// By Greek name, then id: the order in which every list shows them is worked out once, not for each list.
    services: Vec<Service>,
    positions: HashMap<ServiceId, u32>,
    by_category: Positions<TermCode>,
    by_organization: Positions<OrganizationId>,
    by_location: Positions<LocationId>,
    links: HashMap<Uuid, u32>,
    changed: HashMap<Uuid, Instant>,
}

impl Directory {
    /// Builds the directory from the records valid at `recorded_at`.
    pub fn new(recorded_at: Instant, records: impl IntoIterator<Item = DirectoryRecord>) -> Self {
        let mut directory = Self {
            recorded_at,
            ..Self::default()
        };
        let mut services = HashMap::new();
        for record in records {
            match record {
                DirectoryRecord::Taxonomy(taxonomy) => {
                    directory.taxonomies.insert(taxonomy.id, taxonomy);
                }
                DirectoryRecord::TaxonomyTerm(term) => directory.add_term(term),
                DirectoryRecord::Organization(organization) => {
                    directory.organizations.insert(organization.id, organization);
                }
                DirectoryRecord::Location(location) => {
                    directory.locations.insert(location.id, location);
                }
                DirectoryRecord::Service(service) => {
                    services.insert(service.id, service);
                }
            }
        }
        directory.services = services.into_values().collect();
        directory
            .services
            .sort_by_cached_key(|service| (crate::text::sort_key(service.name.get("el")), service.id));
        directory.index_services();
        directory
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

    fn index_services(&mut self) {
        for (at, service) in (0_u32..).zip(&self.services) {
            self.positions.insert(service.id, at);
            for category in &service.categories {
                self.by_category.entry(category.clone()).or_default().push(at);
            }
            self.by_organization
                .entry(service.organization_id)
                .or_default()
                .push(at);
            for link in &service.service_at_locations {
                let there = self.by_location.entry(link.location_id).or_default();
                if there.last() != Some(&at) {
                    there.push(at);
                }
                self.links.insert(link.id, at);
            }
        }
    }

    fn at<'d, K: std::hash::Hash + Eq>(
        &'d self,
        positions: &'d Positions<K>,
        key: &K,
    ) -> impl Iterator<Item = &'d Service> + use<'d, K> {
        positions.get(key).into_iter().flatten().filter_map(|at| self.nth(*at))
    }

    fn nth(&self, at: u32) -> Option<&Service> {
        self.services.get(usize::try_from(at).ok()?)
    }

    /// The instant as of which it was read.
    pub fn recorded_at(&self) -> Instant {
        self.recorded_at
    }

    /// With the moments at which records were last changed, by identifier: of a record or of anything inside it.
    #[must_use]
    pub fn with_changes(mut self, changed: impl IntoIterator<Item = (Uuid, Instant)>) -> Self {
        self.changed.extend(changed);
        self
    }

    /// When a record, or anything inside it, was last changed, where whoever built the directory said so.
    pub fn changed_at(&self, record: Uuid) -> Option<Instant> {
        self.changed.get(&record).copied()
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
        self.nth(*self.positions.get(&id)?)
    }

    /// Every service, by Greek name.
    pub fn services(&self) -> impl ExactSizeIterator<Item = &Service> {
        self.services.iter()
    }

    /// The services that a body offers, by Greek name.
    pub fn services_of(&self, organization: OrganizationId) -> impl Iterator<Item = &Service> {
        self.at(&self.by_organization, &organization)
    }

    /// The services offered at a place, by Greek name.
    pub fn services_at(&self, location: LocationId) -> impl Iterator<Item = &Service> {
        self.at(&self.by_location, &location)
    }

    /// A service at a place, by the identifier of the link.
    pub fn service_at_location(&self, id: Uuid) -> Option<(&Service, &ServiceAtLocation)> {
        let service = self.nth(*self.links.get(&id)?)?;
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

    /// The services filed directly under any of these categories, each once, by Greek name.
    pub fn services_in<'a>(
        &self,
        categories: impl IntoIterator<Item = &'a TermCode>,
    ) -> impl Iterator<Item = &Service> {
        let filed = categories
            .into_iter()
            .filter_map(|category| self.by_category.get(category));
        let mut positions: Vec<u32> = filed.flatten().copied().collect();
        positions.sort_unstable();
        positions.dedup();
        positions.into_iter().filter_map(|position| self.nth(position))
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

    /// Every record, as the store holds them: taxonomies, terms, organizations, locations, services.
    pub fn records(&self) -> impl Iterator<Item = DirectoryRecord> + '_ {
        let taxonomies = self.taxonomies().cloned().map(DirectoryRecord::Taxonomy);
        taxonomies
            .chain(self.all_terms().cloned().map(DirectoryRecord::TaxonomyTerm))
            .chain(self.organizations().cloned().map(DirectoryRecord::Organization))
            .chain(self.locations().cloned().map(DirectoryRecord::Location))
            .chain(self.services().cloned().map(DirectoryRecord::Service))
    }
}

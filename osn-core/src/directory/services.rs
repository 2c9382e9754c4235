//! The services of a mapping in the order in which every list shows them, with what finds them; and the same once a few of them
//! changed, where the others keep their place among themselves.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;

use uuid::Uuid;

use super::{DirectoryRecord, Service, TermCode};
use crate::id::{LocationId, OrganizationId, ServiceId};
use crate::time::Instant;

/// Positions in the list of services, ascending.
type Positions<K> = HashMap<K, Vec<u32>>;

/// What changed in a mapping since it was read.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Records that say something else or are new, each once, with the moment at which that was recorded.
    pub written: Vec<(DirectoryRecord, Instant)>,
    /// Records that are gone.
    pub gone: Vec<Uuid>,
    /// Where the places among those that are written once stood: see [`super::Directory::with_former_streets`].
    pub former: Vec<(LocationId, Vec<String>)>,
    /// The moment of the last change.
    pub recorded_at: Instant,
}

/// The places of services before and after a change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Renumbered {
    /// For each place before: the place after; none of a service that changed or is gone.
    stays: Vec<Option<u32>>,
    /// The places of the services that changed or are new, ascending.
    written: Vec<u32>,
}

impl Renumbered {
    /// Where the service at a place stands now; `None` where it changed or is gone.
    pub fn stays(&self, before: u32) -> Option<u32> {
        *self.stays.get(usize::try_from(before).ok()?)?
    }

    /// The places of the services that changed or are new, ascending.
    pub fn written(&self) -> &[u32] {
        &self.written
    }

    /// How many services there are now.
    pub fn len(&self) -> usize {
        self.stays.iter().flatten().count().saturating_add(self.written.len())
    }

    /// Whether there is no service now.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The services, with what finds them.
#[derive(Debug, Default)]
pub(super) struct Services {
    /// By Greek name, then id: the order in which every list shows them is worked out once, not for each list.
    pub(super) list: Vec<Arc<Service>>,
    positions: HashMap<ServiceId, u32>,
    pub(super) by_category: Positions<TermCode>,
    pub(super) by_organization: Positions<OrganizationId>,
    pub(super) by_location: Positions<LocationId>,
    pub(super) links: HashMap<Uuid, u32>,
}

impl Services {
    /// Of a list that stands in its order.
    pub(super) fn new(list: Vec<Arc<Service>>) -> Self {
        let mut services = Self {
            list,
            ..Self::default()
        };
        for at in (0_u32..).take(services.list.len()) {
            services.find(at);
        }
        services
    }

    /// The same, where some services say something else that neither orders nor finds them.
    pub(super) fn told(&self, change: impl Fn(&Service) -> Option<Service>) -> Self {
        let told = |service: &Arc<Service>| change(Arc::as_ref(service)).map_or_else(|| Arc::clone(service), Arc::new);
        Self {
            list: self.list.iter().map(told).collect(),
            positions: self.positions.clone(),
            by_category: self.by_category.clone(),
            by_organization: self.by_organization.clone(),
            by_location: self.by_location.clone(),
            links: self.links.clone(),
        }
    }

    /// What orders the services.
    pub(super) fn key(service: &Service) -> (String, ServiceId) {
        (crate::text::sort_key(service.name.get("el")), service.id)
    }

    /// Puts what finds the service at a place to the rest.
    fn find(&mut self, at: u32) {
        let Some(service) = self.nth(at).map(Service::id_and_links) else {
            return;
        };
        let Ends {
            id,
            organization,
            categories,
            places,
            links,
        } = service;
        self.positions.insert(id, at);
        for category in categories {
            insert(&mut self.by_category, category, at);
        }
        insert(&mut self.by_organization, organization, at);
        for place in places {
            insert(&mut self.by_location, place, at);
        }
        self.links.extend(links.into_iter().map(|link| (link, at)));
    }

    pub(super) fn nth(&self, at: u32) -> Option<&Service> {
        self.list.get(usize::try_from(at).ok()?).map(Arc::as_ref)
    }

    pub(super) fn position(&self, id: ServiceId) -> Option<u32> {
        self.positions.get(&id).copied()
    }

    pub(super) fn at<'d, K: Hash + Eq>(
        &'d self,
        positions: &'d Positions<K>,
        key: &K,
    ) -> impl Iterator<Item = &'d Service> + use<'d, K> {
        positions.get(key).into_iter().flatten().filter_map(|at| self.nth(*at))
    }

    /// The same with some services written and others gone. Nothing of those that stay is worked out again: their places move
    /// up or down.
    pub(super) fn after(
        &self,
        written: Vec<Arc<Service>>,
        gone: impl IntoIterator<Item = ServiceId>,
    ) -> (Self, Renumbered) {
        let touched: HashSet<u32> = gone
            .into_iter()
            .chain(written.iter().map(|service| service.id))
            .filter_map(|id| self.position(id))
            .collect();
        // Before which of the old places each of the others comes.
        let mut new: Vec<(usize, (String, ServiceId), Arc<Service>)> = written
            .into_iter()
            .map(|service| {
                let key = Self::key(&service);
                let place = self.list.partition_point(|known| Self::key(known) < key);
                (place, key, service)
            })
            .collect();
        new.sort_unstable_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
        let mut new = new.into_iter().peekable();
        let mut list: Vec<Arc<Service>> = Vec::with_capacity(self.list.len());
        let mut renumbered = Renumbered::default();
        let next = |list: &Vec<Arc<Service>>| u32::try_from(list.len()).unwrap_or(u32::MAX);
        for (at, service) in self.list.iter().enumerate() {
            while let Some((.., service)) = new.next_if(|(place, ..)| *place <= at) {
                renumbered.written.push(next(&list));
                list.push(service);
            }
            let is_touched = u32::try_from(at).is_ok_and(|at| touched.contains(&at));
            renumbered.stays.push((!is_touched).then(|| next(&list)));
            if !is_touched {
                list.push(Arc::clone(service));
            }
        }
        for (.., service) in new {
            renumbered.written.push(next(&list));
            list.push(service);
        }
        let mut after = Self {
            list,
            positions: moved(&self.positions, &renumbered),
            by_category: all_moved(&self.by_category, &renumbered),
            by_organization: all_moved(&self.by_organization, &renumbered),
            by_location: all_moved(&self.by_location, &renumbered),
            links: moved(&self.links, &renumbered),
        };
        for at in renumbered.written.clone() {
            after.find(at);
        }
        (after, renumbered)
    }
}

/// What finds a service.
pub(super) struct Ends {
    id: ServiceId,
    organization: OrganizationId,
    categories: Vec<TermCode>,
    places: Vec<LocationId>,
    links: Vec<Uuid>,
}

impl Service {
    fn id_and_links(&self) -> Ends {
        let links = self.service_at_locations.iter();
        Ends {
            id: self.id,
            organization: self.organization_id,
            categories: self.categories.clone(),
            places: self.locations().collect(),
            links: links.map(|link| link.id).collect(),
        }
    }
}

fn insert<K: Hash + Eq>(positions: &mut Positions<K>, key: K, at: u32) {
    let list = positions.entry(key).or_default();
    if let Err(place) = list.binary_search(&at) {
        list.insert(place, at);
    }
}

fn moved<K: Hash + Eq + Copy>(positions: &HashMap<K, u32>, renumbered: &Renumbered) -> HashMap<K, u32> {
    let mut after = positions.clone();
    after.retain(|_, at| match renumbered.stays(*at) {
        Some(now) => {
            *at = now;
            true
        }
        None => false,
    });
    after
}

fn all_moved<K: Hash + Eq + Clone>(positions: &Positions<K>, renumbered: &Renumbered) -> Positions<K> {
    let lists = positions.iter().filter_map(|(key, list)| {
        let list: Vec<u32> = list.iter().filter_map(|at| renumbered.stays(*at)).collect();
        (!list.is_empty()).then(|| (key.clone(), list))
    });
    lists.collect()
}

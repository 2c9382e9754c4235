//! What a mapping would say against itself once some of its records say something else, without a second mapping in memory:
//! places and services, which are nearly all of it, are looked at one by one.

use std::collections::HashSet;

use uuid::Uuid;

use super::problems::{Found, Places};
use super::{Directory, DirectoryError, DirectoryRecord, Location, Service};
use crate::id::{LocationId, ServiceId};

/// Contradictions that are held; the others are counted.
const HELD: usize = 10_000;

/// What a mapping would say against itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// The first contradictions.
    pub problems: Vec<DirectoryError>,
    /// How many more there are.
    pub more: usize,
}

impl Judged {
    fn add(&mut self, problems: impl IntoIterator<Item = DirectoryError>) {
        for problem in problems {
            if self.problems.len() < HELD {
                self.problems.push(problem);
            } else {
                self.more = self.more.saturating_add(1);
            }
        }
    }
}

/// A mapping after a change. Every record that changes is told once: taxonomies, terms and organizations first, then each
/// place, then each service.
#[derive(Debug, Default)]
pub struct Successor {
    /// Taxonomies, terms and organizations, as they will be; `None` where they stay as they are.
    ground: Option<Directory>,
    /// Places that say something else, or go.
    places: Places,
    /// Services of the mapping that say something else, or go.
    touched: HashSet<ServiceId>,
    judged: Judged,
}

impl Successor {
    /// The mapping with other records written, services aside, and without those that go.
    pub fn new(
        before: &Directory,
        written: impl IntoIterator<Item = DirectoryRecord>,
        gone: impl IntoIterator<Item = Uuid>,
    ) -> Self {
        let (mut ground, mut places) = (Vec::new(), Vec::new());
        for record in written {
            match record {
                DirectoryRecord::Service(_) => {}
                DirectoryRecord::Location(place) => places.push(place),
                other => ground.push(other),
            }
        }
        let mut after = Self::default();
        let mut replaced: HashSet<Uuid> = ground.iter().map(DirectoryRecord::uuid).collect();
        for id in gone {
            if before.service(ServiceId::new(id)).is_some() {
                after.touched.insert(ServiceId::new(id));
            } else if before.location(LocationId::new(id)).is_some() {
                after.places.insert(LocationId::new(id), None);
            } else {
                replaced.insert(id);
            }
        }
        if !replaced.is_empty() {
            let stays = before.grounds().filter(|record| !replaced.contains(&record.uuid()));
            let ground = Directory::new(before.recorded_at(), stays.chain(ground));
            after.judged.add(ground.problems());
            after.ground = Some(ground);
        }
        for place in &places {
            after.place(before, place);
        }
        after
    }

    /// The mapping with one record written.
    pub fn with(before: &Directory, record: &DirectoryRecord) -> Self {
        match record {
            DirectoryRecord::Service(service) => {
                let mut after = Self::new(before, [], []);
                after.service(before, service);
                after
            }
            other => Self::new(before, [other.clone()], []),
        }
    }

    /// A place as it will be.
    pub fn place(&mut self, before: &Directory, place: &Location) {
        self.places.insert(place.id, Some(place.protected));
        let problems = self.found(before, |found| found.location(place));
        self.judged.add(problems);
    }

    /// A service as it will be.
    pub fn service(&mut self, before: &Directory, service: &Service) {
        if before.service(service.id).is_some() {
            self.touched.insert(service.id);
        }
        let problems = self.found(before, |found| found.service(service));
        self.judged.add(problems);
    }

    /// What is found against a record in the mapping as it will be.
    fn found<'d>(&'d self, before: &'d Directory, look: impl FnOnce(&mut Found<'d>)) -> Vec<DirectoryError> {
        let mut found = Found::after(self.ground(before), before, &self.places);
        look(&mut found);
        found.problems
    }

    /// A service that goes.
    pub fn without(&mut self, service: ServiceId) {
        self.touched.insert(service);
    }

    /// Every contradiction: of what changes, and of the places and services that stay and point at what changed. What stays is
    /// not judged again for what it says itself. Of very many only the first are told.
    pub fn problems(self, before: &Directory) -> Vec<DirectoryError> {
        self.judged(before).problems
    }

    /// The same, with how many there are beyond those that are told.
    pub fn judged(mut self, before: &Directory) -> Judged {
        let mut judged = std::mem::take(&mut self.judged);
        let mut found = Found::after(self.ground(before), before, &self.places);
        if self.ground.is_some() {
            for place in before.locations().filter(|place| !self.places.contains_key(&place.id)) {
                found.standing_place(place);
                judged.add(found.problems.drain(..));
            }
        }
        if self.ground.is_some() || !self.places.is_empty() {
            for service in before.services().filter(|service| !self.touched.contains(&service.id)) {
                found.standing(service);
                judged.add(found.problems.drain(..));
            }
        }
        judged
    }

    /// The terms as they will be: what a contradiction names by its code can be found by it.
    pub fn ground<'d>(&'d self, before: &'d Directory) -> &'d Directory {
        self.ground.as_ref().unwrap_or(before)
    }
}

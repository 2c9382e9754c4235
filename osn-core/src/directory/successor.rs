//! What a mapping would say against itself once some of its records say something else, without a second mapping in memory:
//! services, which are nearly all of it, are looked at one by one.

use std::collections::HashSet;

use uuid::Uuid;

use super::problems::Found;
use super::{Directory, DirectoryError, DirectoryRecord, Service};
use crate::id::ServiceId;

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

/// A mapping after a change. Every record that changes is told once: those that are no services first, then each service.
#[derive(Debug, Default)]
pub struct Successor {
    /// Everything but services, as it will be; `None` where it stays as it is.
    ground: Option<Directory>,
    /// Services that say something else, or go.
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
        let written: Vec<DirectoryRecord> = written.into_iter().filter(|record| !is_service(record)).collect();
        let gone: HashSet<Uuid> = gone.into_iter().collect();
        let replaced: HashSet<Uuid> = written
            .iter()
            .map(DirectoryRecord::uuid)
            .chain(gone.iter().copied())
            .collect();
        let of_service = gone.iter().copied().map(ServiceId::new);
        let touched: HashSet<ServiceId> = of_service.filter(|id| before.service(*id).is_some()).collect();
        // What goes is a service, or the ground changes.
        let is_changed = !written.is_empty() || touched.len() < gone.len();
        let ground = is_changed.then(|| {
            let stays = before.grounds().filter(|record| !replaced.contains(&record.uuid()));
            Directory::new(before.recorded_at(), stays.chain(written))
        });
        let mut judged = Judged::default();
        judged.add(ground.as_ref().map(Directory::problems).unwrap_or_default());
        Self {
            ground,
            touched,
            judged,
        }
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

    /// A service as it will be.
    pub fn service(&mut self, before: &Directory, service: &Service) {
        self.touched.insert(service.id);
        let mut found = Found::over(self.ground.as_ref().unwrap_or(before));
        found.service(service);
        self.judged.add(found.problems);
    }

    /// A service that goes.
    pub fn without(&mut self, service: ServiceId) {
        self.touched.insert(service);
    }

    /// Every contradiction: of what changes, and of the services that stay and point at what changed. A service that stays
    /// is not judged again for what it says itself. Of very many only the first are told.
    pub fn problems(self, before: &Directory) -> Vec<DirectoryError> {
        self.judged(before).problems
    }

    /// The same, with how many there are beyond those that are told.
    pub fn judged(mut self, before: &Directory) -> Judged {
        if let Some(ground) = &self.ground {
            let stay = before.services().filter(|service| !self.touched.contains(&service.id));
            let mut found = Found::over(ground);
            for service in stay {
                found.standing(service);
                self.judged.add(found.problems.drain(..));
            }
        }
        self.judged
    }

    /// The terms as they will be: what a contradiction names by its code can be found by it.
    pub fn ground<'d>(&'d self, before: &'d Directory) -> &'d Directory {
        self.ground.as_ref().unwrap_or(before)
    }
}

fn is_service(record: &DirectoryRecord) -> bool {
    matches!(record, DirectoryRecord::Service(_))
}

//! The mapping in memory: built when its revision moved, with the index that searches it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, PoisonError, Weak};

use chrono::TimeDelta;
use osn_core::directory::{Directory, Service};
use osn_core::hours::Hours;
use osn_core::id::{LocationId, MunicipalityId, ServiceId};
use osn_core::search::{Found, ServiceIndex, Synonyms};
use osn_core::text::sort_key;
use osn_core::time::Instant;
use osn_store::{Municipality, Scope, StoreError};
use tokio::sync::Mutex;

use crate::acts::opening;
use crate::acts::synonyms::SynonymList;
use crate::app::App;
use crate::fresh::Fresh;
use crate::lang::Lang;
use crate::refusal::{Kind, Outcome, Refusal};

/// The mapping of one municipality with its search index.
#[derive(Debug)]
pub struct Mapped {
    /// The mapping.
    pub directory: Directory,
    /// Its revision in the store.
    pub revision: i64,
    index: ServiceIndex,
    synonyms: Synonyms,
    /// Place of each service among all, by name in Greek and in English.
    places: Vec<(u32, u32)>,
    /// Hours of each service at its places.
    hours: Vec<PlaceHours>,
}

/// The hours of a service at each of its places.
pub type PlaceHours = Vec<(Option<LocationId>, Hours)>;

impl Mapped {
    /// Indexes a mapping of a municipality, whose settings say which words mean the same and what schedules mean that are
    /// silent about public holidays. A list of synonyms that is wrong counts as empty.
    pub fn new(directory: Directory, revision: i64, municipality: Option<&Municipality>) -> Self {
        let list = SynonymList::of(municipality);
        let unstated = opening::on_holidays(municipality);
        let synonyms = Synonyms::new(&list.groups).unwrap_or_else(|errors| {
            tracing::error!(problems = errors.len(), "the list of synonyms is not used");
            Synonyms::default()
        });
        let index = ServiceIndex::new(&directory);
        let places = order(&directory, &index);
        let hours = directory
            .services()
            .map(|service| opening::hours_of(&directory, service, unstated))
            .collect();
        Self {
            directory,
            revision,
            index,
            synonyms,
            places,
            hours,
        }
    }

    /// The services that answer what somebody typed, by number.
    pub fn find(&self, query: &str) -> Found<'_> {
        self.index.find(query, &self.synonyms)
    }

    /// The service with a number.
    pub fn service(&self, number: u32) -> Option<&Service> {
        // The index numbers the services in the order in which the mapping has them.
        self.directory.nth_service(number)
    }

    /// The number of a service.
    pub fn number(&self, service: ServiceId) -> Option<u32> {
        self.index.number(service)
    }

    /// The hours of a service at its places, by its number.
    pub fn hours(&self, number: u32) -> &[(Option<LocationId>, Hours)] {
        let hours = usize::try_from(number).ok().and_then(|number| self.hours.get(number));
        hours.map_or(&[], Vec::as_slice)
    }

    /// The place of a service among all, by name in a language.
    pub fn place(&self, number: u32, lang: Lang) -> u32 {
        let places = usize::try_from(number).ok().and_then(|number| self.places.get(number));
        places.map_or(u32::MAX, |places| match lang {
            Lang::El => places.0,
            Lang::En => places.1,
        })
    }
}

fn order(directory: &Directory, index: &ServiceIndex) -> Vec<(u32, u32)> {
    let mut places = vec![(u32::MAX, u32::MAX); directory.services().len()];
    for lang in Lang::ALL {
        let mut all: Vec<(String, ServiceId)> = directory
            .services()
            .map(|service| (sort_key(service.name.get(lang.tag())), service.id))
            .collect();
        all.sort_unstable();
        for (place, (_, id)) in (0_u32..).zip(all) {
            let number = index.number(id).and_then(|number| usize::try_from(number).ok());
            if let Some(known) = number.and_then(|number| places.get_mut(number)) {
                match lang {
                    Lang::El => known.0 = place,
                    Lang::En => known.1 = place,
                }
            }
        }
    }
    places
}

/// Older readings of one municipality that are kept.
const PAST: usize = 2;
/// Older readings that visitors may have built in a minute, for each municipality: each takes as long as a restart.
const BUILDS: usize = 10;

/// The newest mapping of each municipality, and the older readings that were asked for last.
#[derive(Debug, Default)]
pub struct DirectoryCache {
    built: Mutex<HashMap<MunicipalityId, Arc<Mapped>>>,
    /// When the mapping of each was found to hold.
    held: std::sync::Mutex<HashMap<MunicipalityId, (Fresh, Weak<Mapped>)>>,
    before: Mutex<HashMap<MunicipalityId, Past>>,
}

/// Older readings: whoever asks once asks for the next page.
#[derive(Debug, Default)]
struct Past {
    /// By the last change that each has, the one that was asked for last at the end.
    readings: Vec<(Option<Instant>, Arc<Mapped>)>,
    /// When the last ones were built for visitors.
    builds: VecDeque<Instant>,
}

impl Past {
    fn known(&mut self, last: Option<Instant>, revision: i64) -> Option<Arc<Mapped>> {
        self.readings.retain(|(_, mapped)| mapped.revision == revision);
        let found = self.readings.iter().position(|(known, _)| *known == last)?;
        let reading = self.readings.remove(found);
        let mapped = Arc::clone(&reading.1);
        self.readings.push(reading);
        Some(mapped)
    }

    /// Counts a build for a visitor, or says how many seconds to wait.
    fn count(&mut self, now: Instant) -> Result<(), i64> {
        while self.builds.front().is_some_and(|at| now - *at >= TimeDelta::minutes(1)) {
            self.builds.pop_front();
        }
        match self.builds.front() {
            Some(first) if self.builds.len() >= BUILDS => {
                Err((TimeDelta::minutes(1) - (now - *first)).num_seconds().max(0) + 1)
            }
            _ => {
                self.builds.push_back(now);
                Ok(())
            }
        }
    }
}

impl DirectoryCache {
    /// The mapping as it was a moment ago, for whoever only reads: without asking the database, as long as this server wrote
    /// nothing, and for a second at most.
    pub(crate) fn a_moment_ago(&self, id: MunicipalityId, app: &App) -> Option<Arc<Mapped>> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let (fresh, mapped) = held.get(&id)?;
        mapped.upgrade().filter(|_| fresh.holds(app))
    }

    /// Remembers that a mapping held, as somebody asked after a moment.
    pub(crate) fn holds(&self, id: MunicipalityId, fresh: Fresh, mapped: &Arc<Mapped>) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.insert(id, (fresh, Arc::downgrade(mapped)));
    }

    /// The mapping as it is recorded now: one small read tells whether the one in memory still holds.
    pub async fn current(&self, id: MunicipalityId, scope: &Scope) -> Result<Arc<Mapped>, StoreError> {
        let revision = scope.directory_revision().await?;
        let mut built = self.built.lock().await;
        // Whoever waited may find a newer one than was there when they asked.
        if let Some(mapped) = built.get(&id).filter(|mapped| mapped.revision >= revision) {
            return Ok(Arc::clone(mapped));
        }
        // The one before is let go first: two of a large city are not held at once longer than somebody needs both.
        built.remove(&id);
        let mapped = build(scope, None, revision).await?;
        built.insert(id, Arc::clone(&mapped));
        Ok(mapped)
    }

    /// The mapping as it was recorded at an instant. What nothing changed between is one reading; what visitors have built
    /// anew is counted, so that nobody keeps the server busy by asking for ever new moments.
    ///
    /// # Errors
    /// When the database fails, or visitors asked for too many moments in this minute.
    pub async fn as_of(
        &self,
        id: MunicipalityId,
        scope: &Scope,
        at: Instant,
        visitor: Option<Instant>,
    ) -> Outcome<Arc<Mapped>> {
        let revision = scope.directory_revision().await?;
        let last = scope.last_change(at).await?;
        let mut before = self.before.lock().await;
        let past = before.entry(id).or_default();
        if let Some(mapped) = past.known(last, revision) {
            return Ok(mapped);
        }
        if let Some(now) = visitor
            && let Err(seconds) = past.count(now)
        {
            return Err(Refusal::new(Kind::Busy, "mapping.past-busy").with("seconds", seconds));
        }
        let mapped = build(scope, Some(last.unwrap_or(at)), revision).await?;
        past.readings.push((last, Arc::clone(&mapped)));
        if past.readings.len() > PAST {
            past.readings.remove(0);
        }
        Ok(mapped)
    }
}

/// Reads and indexes a mapping. Indexing a large city takes a while: not on a thread that answers others.
async fn build(scope: &Scope, at: Option<Instant>, revision: i64) -> Result<Arc<Mapped>, StoreError> {
    let municipality = scope.municipality().await?;
    let directory = scope.directory(at).await?;
    let build = tokio::task::spawn_blocking(move || Mapped::new(directory, revision, municipality.as_ref()));
    match build.await {
        Ok(mapped) => Ok(Arc::new(mapped)),
        Err(failed) => std::panic::resume_unwind(failed.into_panic()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visitors_have_so_many_readings_built_in_a_minute() {
        let mut past = Past::default();
        let at = |seconds: i64| Instant::from_timestamp(1_657_836_000 + seconds, 0).unwrap();
        for second in 0..10 {
            assert_eq!(past.count(at(second)), Ok(()), "{second}");
        }
        assert_eq!(past.count(at(20)), Err(41));
        assert_eq!(past.count(at(60)), Ok(()), "the first is a minute old");
        assert_eq!(past.count(at(60)), Err(2));
    }

    #[test]
    fn the_readings_asked_for_last_are_kept_while_nothing_changes() {
        let mut past = Past::default();
        let mapped = |revision| Arc::new(Mapped::new(Directory::new(Instant::default(), []), revision, None));
        let at = |seconds: i64| Instant::from_timestamp(seconds, 0);
        for seconds in [1, 2] {
            past.readings.push((at(seconds), mapped(7)));
        }
        assert!(past.known(at(1), 7).is_some());
        assert_eq!(past.readings.last().map(|(last, _)| *last), Some(at(1)));
        assert!(past.known(at(3), 7).is_none());
        assert!(past.known(at(1), 8).is_none(), "protection by now may hide more");
    }
}

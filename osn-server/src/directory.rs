//! The mapping in memory: built when its revision moved, with the index that searches it.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, OnceLock, PoisonError, Weak};

use chrono::TimeDelta;
use osn_core::directory::{Changes, Directory, Location, Organization, Renumbered, Service, ServiceStatus};
use osn_core::hours::{Hours, OnHolidays};
use osn_core::id::{LocationId, MunicipalityId, OrganizationId, ServiceId, TermId};
use osn_core::lang::LocalText;
use osn_core::search::{Field, Found, NamedIndex, ServiceIndex, Synonyms, Touched};
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
    /// The services by their names in English; in Greek they stand in the mapping's own order.
    english: English,
    /// Hours of each service at its places.
    hours: Vec<Arc<[PlaceHour]>>,
    /// The bodies by what they say of themselves, once somebody searched them.
    bodies: OnceLock<NamedIndex<OrganizationId>>,
    /// The places by their names and the addresses that are public, once somebody searched them.
    locations: OnceLock<NamedIndex<LocationId>>,
    /// The terms by their names, once somebody searched them.
    terms: OnceLock<NamedIndex<TermId>>,
    /// The few services that do not run, once somebody searched: a search reads no record to put them last.
    idle: OnceLock<BTreeSet<u32>>,
    /// What schedules mean that are silent about public holidays.
    unstated: OnHolidays,
    /// The municipality's settings as they were read with the mapping.
    settings: serde_json::Value,
}

/// The hours of a service at one of its places.
pub type PlaceHour = (Option<LocationId>, Hours);

/// What is worked out of the records alone.
struct Read {
    directory: Directory,
    english: English,
    index: ServiceIndex,
    hours: Vec<Arc<[PlaceHour]>>,
}

impl Mapped {
    /// Indexes a mapping of a municipality, whose settings say which words mean the same and what schedules mean that are
    /// silent about public holidays. A list of synonyms that is wrong counts as empty.
    pub fn new(directory: Directory, revision: i64, municipality: Option<&Municipality>) -> Self {
        let unstated = opening::on_holidays(municipality);
        let index = ServiceIndex::new(&directory);
        let hours = directory
            .services()
            .map(|service| opening::hours_of(&directory, service, unstated).into())
            .collect();
        let read = Read {
            english: English::of(&directory),
            directory,
            index,
            hours,
        };
        Self::settled(read, unstated, revision, municipality)
    }

    /// What was read of the records, with what the municipality's settings say.
    fn settled(read: Read, unstated: OnHolidays, revision: i64, municipality: Option<&Municipality>) -> Self {
        let Read {
            directory,
            english,
            index,
            hours,
        } = read;
        Self {
            directory,
            revision,
            english,
            index,
            synonyms: synonyms(municipality),
            hours,
            bodies: OnceLock::new(),
            locations: OnceLock::new(),
            terms: OnceLock::new(),
            idle: OnceLock::new(),
            unstated,
            settings: settings(municipality),
        }
    }

    /// Whether the municipality's settings are others than those: another server may have changed them.
    pub(crate) fn is_settled_otherwise(&self, known: &serde_json::Value) -> bool {
        self.settings != *known
    }

    /// The mapping once a few of its records changed: what stays is not worked out again. `None` where it has to be read anew.
    pub fn after(&self, changes: Changes, revision: i64, municipality: Option<&Municipality>) -> Option<Self> {
        let unstated = opening::on_holidays(municipality);
        if unstated != self.unstated {
            return None;
        }
        let touched = Touched::by(&changes);
        let (directory, renumbered) = self.directory.after(changes)?;
        let index = self.index.after((&self.directory, &directory), &renumbered, &touched);
        let mut hours: Vec<Arc<[PlaceHour]>> = vec![Arc::default(); directory.services().len()];
        for (before, known) in (0_u32..).zip(&self.hours) {
            if let Some(now) = renumbered.stays(before).and_then(|now| hours.get_mut(at(now))) {
                *now = Arc::clone(known);
            }
        }
        // A place's own hours are those of the services there that state none.
        let there = touched.locations.iter().flat_map(|place| directory.services_at(*place));
        let there = there.filter_map(|service| directory.place_of(service.id));
        for place in renumbered.written().iter().copied().chain(there) {
            if let (Some(service), Some(hours)) = (directory.nth_service(place), hours.get_mut(at(place))) {
                *hours = opening::hours_of(&directory, service, unstated).into();
            }
        }
        let read = Read {
            english: self.english.after(&directory, &renumbered),
            directory,
            index,
            hours,
        };
        Some(Self::settled(read, unstated, revision, municipality))
    }

    /// The services that answer what somebody typed, by number.
    pub fn find(&self, query: &str) -> Found<'_> {
        self.index.find(query, &self.synonyms)
    }

    /// The bodies that answer every word that somebody typed, the best answer first.
    pub fn find_bodies(&self, query: &str) -> Vec<OrganizationId> {
        let index = self.bodies.get_or_init(|| {
            let mut bodies: Vec<&Organization> = self.directory.organizations().collect();
            bodies.sort_by_cached_key(|body| (sort_key(body.name.get(Lang::El.tag())), body.id));
            NamedIndex::new(bodies.into_iter().map(|body| {
                let texts = [
                    (Field::Name, &body.name),
                    (Field::OtherName, &body.alternate_name),
                    (Field::Description, &body.description),
                ];
                (body.id, said(texts))
            }))
        });
        index.find(query, &self.synonyms)
    }

    /// The places that answer every word that somebody typed, the best answer first. A protected place is found by its names
    /// alone.
    pub fn find_places(&self, query: &str) -> Vec<LocationId> {
        let index = self.locations.get_or_init(|| {
            let mut places: Vec<&Location> = self.directory.locations().collect();
            places.sort_by_cached_key(|place| (sort_key(place.name.get(Lang::El.tag())), place.id));
            NamedIndex::new(places.into_iter().map(|place| {
                let names = said([(Field::Name, &place.name), (Field::OtherName, &place.alternate_name)]);
                (place.id, names.chain(addresses(place)))
            }))
        });
        index.find(query, &self.synonyms)
    }

    /// The terms that answer every word that somebody typed, the best answer first.
    pub fn find_terms(&self, query: &str) -> Vec<TermId> {
        let index = self.terms.get_or_init(|| {
            NamedIndex::new(self.directory.all_terms().map(|term| {
                let texts = said([(Field::Name, &term.name), (Field::Description, &term.description)]);
                let aliases = term.aliases.iter().map(|alias| (Field::OtherName, alias.as_str()));
                (term.id, texts.chain(aliases))
            }))
        });
        index.find(query, &self.synonyms)
    }

    /// Of a few things with their names and descriptions, those that answer every word that somebody typed, the best first.
    pub fn find_among<'t, Id: Copy>(
        &self,
        things: impl IntoIterator<Item = (Id, [(Field, &'t LocalText); 2])>,
        query: &str,
    ) -> Vec<Id> {
        let index = NamedIndex::new(things.into_iter().map(|(id, texts)| (id, said(texts))));
        index.find(query, &self.synonyms)
    }

    /// The service with a number.
    pub fn service(&self, number: u32) -> Option<&Service> {
        // The index numbers the services in the order in which the mapping has them.
        self.directory.nth_service(number)
    }

    /// Whether the service with a number runs, as its record says.
    pub fn runs(&self, number: u32) -> bool {
        let idle = self.idle.get_or_init(|| {
            let all = (0_u32..).zip(self.directory.services());
            let idle = all.filter(|(_, service)| service.status != ServiceStatus::Active);
            idle.map(|(number, _)| number).collect()
        });
        !idle.contains(&number)
    }

    /// The number of a service.
    pub fn number(&self, service: ServiceId) -> Option<u32> {
        self.directory.place_of(service)
    }

    /// The hours of a service at its places, by its number.
    pub fn hours(&self, number: u32) -> &[PlaceHour] {
        self.hours.get(at(number)).map_or(&[], |hours| hours)
    }

    /// What schedules mean that are silent about public holidays.
    pub fn on_holidays(&self) -> OnHolidays {
        self.unstated
    }

    /// The hours of any service at its places, by the municipality's decision on public holidays: also of one that is in no
    /// mapping, as a running action is.
    pub fn hours_of(&self, service: &Service) -> Cow<'_, [PlaceHour]> {
        match self.number(service.id) {
            Some(number) => Cow::Borrowed(self.hours(number)),
            None => Cow::Owned(opening::hours_of(&self.directory, service, self.unstated)),
        }
    }

    /// The place of a service among all, by name in a language.
    pub fn place(&self, number: u32, lang: Lang) -> u32 {
        match lang {
            Lang::El => number,
            Lang::En => self.english.places.get(at(number)).copied().unwrap_or(u32::MAX),
        }
    }
}

/// Texts in every language, each with where it stands.
fn said<const N: usize>(texts: [(Field, &LocalText); N]) -> impl Iterator<Item = (Field, &str)> {
    texts
        .into_iter()
        .flat_map(|(field, text)| text.iter().map(move |(_, text)| (field, text)))
}

/// The lines of a place's addresses, as everybody may read them.
fn addresses(place: &Location) -> impl Iterator<Item = (Field, &str)> {
    let lines = place.whereabouts().addresses.iter().flat_map(|address| {
        let lines = [
            &address.address_1,
            &address.address_2,
            &address.city,
            &address.postal_code,
        ];
        lines.into_iter().flatten()
    });
    lines.map(|line| (Field::Place, line.as_str()))
}

fn settings(municipality: Option<&Municipality>) -> serde_json::Value {
    municipality
        .map(|municipality| municipality.settings.clone())
        .unwrap_or_default()
}

fn synonyms(municipality: Option<&Municipality>) -> Synonyms {
    let list = SynonymList::of(municipality);
    Synonyms::new(&list.groups).unwrap_or_else(|errors| {
        tracing::error!(problems = errors.len(), "the list of synonyms is not used");
        Synonyms::default()
    })
}

fn at(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// Services by their names in English, then by identifier.
#[derive(Debug, Default, PartialEq, Eq)]
struct English {
    /// Their numbers in that order.
    order: Vec<u32>,
    /// The place of each number.
    places: Vec<u32>,
}

impl English {
    fn key(service: &Service) -> (String, ServiceId) {
        (sort_key(service.name.get(Lang::En.tag())), service.id)
    }

    fn of(directory: &Directory) -> Self {
        let numbered = (0_u32..).zip(directory.services());
        let mut all: Vec<_> = numbered.map(|(number, service)| (Self::key(service), number)).collect();
        all.sort_unstable();
        Self::in_order(all.into_iter().map(|(_, number)| number).collect())
    }

    fn in_order(order: Vec<u32>) -> Self {
        let mut places = vec![u32::MAX; order.len()];
        for (place, number) in (0_u32..).zip(&order) {
            if let Some(known) = places.get_mut(at(*number)) {
                *known = place;
            }
        }
        Self { order, places }
    }

    /// The same after a change: the services that changed are put where they belong, the others keep their order.
    fn after(&self, directory: &Directory, renumbered: &Renumbered) -> Self {
        let mut order: Vec<u32> = Vec::with_capacity(directory.services().len());
        order.extend(self.order.iter().filter_map(|number| renumbered.stays(*number)));
        let key = |number: u32| directory.nth_service(number).map(Self::key);
        for written in renumbered.written() {
            let new = key(*written);
            let place = order.partition_point(|known| key(*known) < new);
            order.insert(place, *written);
        }
        Self::in_order(order)
    }
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
        let mapped = match built.get(&id).map(Arc::clone) {
            Some(before) => match changed(scope, before, revision).await? {
                Some(mapped) => mapped,
                None => {
                    // The one before is let go first: two of a large city are not held at once longer than somebody needs both.
                    built.remove(&id);
                    build(scope, None, revision).await?
                }
            },
            None => build(scope, None, revision).await?,
        };
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

/// Records that are taken into the mapping in memory one by one; after more of them all of it is read anew.
const A_FEW: u32 = 500;

/// The mapping in memory with what changed since; `None` where it has to be read anew.
async fn changed(scope: &Scope, before: Arc<Mapped>, revision: i64) -> Result<Option<Arc<Mapped>>, StoreError> {
    let Some(changes) = scope.directory_changes(before.revision, A_FEW).await? else {
        return Ok(None);
    };
    let municipality = scope.municipality().await?;
    let after = move || before.after(changes, revision, municipality.as_ref()).map(Arc::new);
    match tokio::task::spawn_blocking(after).await {
        Ok(mapped) => Ok(mapped),
        Err(failed) => std::panic::resume_unwind(failed.into_panic()),
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
    fn a_place_is_found_by_its_address_and_a_protected_one_by_its_name_alone() {
        let place = |number: u128, name: &str, protected: bool| {
            let id = uuid::Uuid::from_u128(number);
            let json = serde_json::json!({
                "id": id, "address_1": "Οδός Βιβλίων 5", "city": "Αθήνα", "postal_code": "11363",
            });
            let there = osn_core::directory::Whereabouts {
                addresses: vec![serde_json::from_value(json).unwrap()],
                ..Default::default()
            };
            let mut location = Location::new(LocationId::new(id), osn_core::directory::LocationType::Physical);
            location.name = LocalText::new(name, name);
            location.protected = protected;
            osn_core::directory::DirectoryRecord::Location(location.at(there))
        };
        let records = [place(1, "Ξενώνας Δοκιμής", true), place(2, "Αίθουσα Δοκιμής", false)];
        let mapped = Mapped::new(Directory::new(Instant::default(), records), 1, None);
        let find = |words: &str| {
            let found = mapped.find_places(words).into_iter();
            found.map(|id| id.uuid().as_u128()).collect::<Vec<_>>()
        };
        assert_eq!(find("βιβλίων"), [2], "where the protected one is, nobody finds");
        assert_eq!(find("vivlion 11363"), [2]);
        assert_eq!(find("ΞΕΝΩΝΑ"), [1]);
        assert_eq!(find("δοκιμή").len(), 2);
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

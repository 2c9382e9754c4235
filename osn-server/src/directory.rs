//! The mapping in memory: built when its revision moved, with the index that searches it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use osn_core::directory::{Directory, DirectoryRecord, Service};
use osn_core::hours::Hours;
use osn_core::id::{LocationId, MunicipalityId, ServiceId};
use osn_core::search::{Found, ServiceIndex, Synonyms};
use osn_core::text::sort_key;
use osn_core::time::Instant;
use osn_store::{Municipality, Scope, StoreError};
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::acts::opening;
use crate::acts::synonyms::SynonymList;
use crate::lang::Lang;

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
    /// Every record by its identifier: what a change is tried against before it is kept.
    pub fn records(&self) -> BTreeMap<Uuid, DirectoryRecord> {
        self.directory.records().map(|record| (record.uuid(), record)).collect()
    }

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
        self.directory.service(self.index.service(number)?)
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

/// The newest mapping of each municipality.
#[derive(Debug, Default)]
pub struct DirectoryCache {
    built: Mutex<HashMap<MunicipalityId, Arc<Mapped>>>,
    /// The mapping as of the instant that was asked for last: whoever asks once asks for the next page.
    before: Mutex<HashMap<MunicipalityId, (Instant, Arc<Mapped>)>>,
}

impl DirectoryCache {
    /// The mapping as it is recorded now: one small read tells whether the one in memory still holds.
    pub async fn current(&self, id: MunicipalityId, scope: &Scope) -> Result<Arc<Mapped>, StoreError> {
        let revision = scope.directory_revision().await?;
        let mut built = self.built.lock().await;
        if let Some(mapped) = built.get(&id).filter(|mapped| mapped.revision == revision) {
            return Ok(Arc::clone(mapped));
        }
        let mapped = build(scope, None, revision).await?;
        built.insert(id, Arc::clone(&mapped));
        Ok(mapped)
    }

    /// The mapping as it was recorded at an instant.
    pub async fn as_of(&self, id: MunicipalityId, scope: &Scope, at: Instant) -> Result<Arc<Mapped>, StoreError> {
        let revision = scope.directory_revision().await?;
        let mut before = self.before.lock().await;
        if let Some((_, mapped)) = before
            .get(&id)
            .filter(|(known, mapped)| *known == at && mapped.revision == revision)
        {
            return Ok(Arc::clone(mapped));
        }
        let mapped = build(scope, Some(at), revision).await?;
        before.insert(id, (at, Arc::clone(&mapped)));
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

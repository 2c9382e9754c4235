//! The mapping in memory: built when its revision moved, with an index of words that Greek and Greeklish find.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use osn_core::directory::{Directory, Service};
use osn_core::id::{MunicipalityId, ServiceId};
use osn_core::text::search::{IndexTerms, MatchQuality, Query};
use osn_core::text::sort_key;
use osn_store::{Scope, StoreError};
use tokio::sync::Mutex;

use crate::lang::Lang;

/// The mapping of one municipality with its search index.
#[derive(Debug)]
pub struct Mapped {
    /// The mapping.
    pub directory: Directory,
    /// Its revision in the store.
    pub revision: i64,
    index: Index,
}

/// How well a service answers a query: in its name before elsewhere, the word itself before its start or its sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Relevance {
    quality: MatchQuality,
    in_name: bool,
}

impl Mapped {
    fn new(directory: Directory, revision: i64) -> Self {
        Self {
            index: Index::of(&directory),
            directory,
            revision,
        }
    }

    /// The services that answer every word of a query.
    pub fn find(&self, query: &str) -> HashMap<ServiceId, Relevance> {
        self.index.find(query)
    }

    /// The place of a service among all, by name in a language.
    pub fn place(&self, service: ServiceId, lang: Lang) -> u32 {
        self.index.places.get(&service).map_or(u32::MAX, |places| match lang {
            Lang::El => places.0,
            Lang::En => places.1,
        })
    }
}

/// Words of every service. Postings are short: a few thousand services at most share a stem.
#[derive(Debug, Default)]
struct Index {
    terms: BTreeMap<String, Vec<(ServiceId, bool)>>,
    sounds: HashMap<String, Vec<(ServiceId, bool)>>,
    places: HashMap<ServiceId, (u32, u32)>,
}

impl Index {
    fn of(directory: &Directory) -> Self {
        let mut index = Self::default();
        for service in directory.services() {
            for (text, in_name) in texts(directory, service) {
                let terms = IndexTerms::of(&text);
                for term in terms.terms {
                    post(index.terms.entry(term).or_default(), service.id, in_name);
                }
                for sound in terms.sounds {
                    post(index.sounds.entry(sound).or_default(), service.id, in_name);
                }
            }
        }
        let [el, en] = Lang::ALL.map(|lang| order(directory, lang));
        index.places = el
            .into_iter()
            .map(|(id, place)| (id, (place, en.get(&id).copied().unwrap_or(u32::MAX))))
            .collect();
        index
    }

    fn find(&self, query: &str) -> HashMap<ServiceId, Relevance> {
        let mut found: Option<HashMap<ServiceId, Relevance>> = None;
        for word in Query::parse(query).words {
            let mut answers: HashMap<ServiceId, Relevance> = HashMap::new();
            let mut add = |postings: &[(ServiceId, bool)], quality| {
                for (id, in_name) in postings {
                    let relevance = Relevance {
                        quality,
                        in_name: *in_name,
                    };
                    answers
                        .entry(*id)
                        .and_modify(|known| *known = relevance.max(*known))
                        .or_insert(relevance);
                }
            };
            for sound in &word.sounds {
                add(self.sounds.get(sound).map_or(&[], Vec::as_slice), MatchQuality::Sound);
            }
            let starts = self
                .terms
                .range(word.prefix.clone()..)
                .take_while(|(term, _)| term.starts_with(&word.prefix));
            for (term, postings) in starts {
                add(
                    postings,
                    if *term == word.prefix {
                        MatchQuality::Term
                    } else {
                        MatchQuality::Prefix
                    },
                );
            }
            found = Some(match found {
                None => answers,
                Some(before) => {
                    let both = before
                        .into_iter()
                        .filter_map(|(id, known)| Some((id, known.min(*answers.get(&id)?))));
                    both.collect()
                }
            });
        }
        found.unwrap_or_default()
    }
}

fn post(postings: &mut Vec<(ServiceId, bool)>, id: ServiceId, in_name: bool) {
    match postings.last_mut() {
        Some((last, named)) if *last == id => *named |= in_name,
        _ => postings.push((id, in_name)),
    }
}

/// Everything that people search a service by: its name; then description, body, places, categories and groups.
fn texts(directory: &Directory, service: &Service) -> Vec<(String, bool)> {
    let mut texts: Vec<(String, bool)> = service.name.iter().map(|(_, text)| (text.to_owned(), true)).collect();
    let mut add =
        |text: &osn_core::lang::LocalText| texts.extend(text.iter().map(|(_, text)| (text.to_owned(), false)));
    add(&service.description);
    if let Some(organization) = directory.organization(service.organization_id) {
        add(&organization.name);
    }
    for location in service.locations().filter_map(|id| directory.location(id)) {
        add(&location.name);
    }
    let mut aliases = Vec::new();
    for code in service.categories.iter().chain(service.groups.iter().flatten()) {
        for term in directory
            .with_ancestors(code)
            .iter()
            .filter_map(|code| directory.term(code))
        {
            add(&term.name);
            aliases.extend(term.aliases.iter().map(|alias| (alias.clone(), false)));
        }
    }
    texts.extend(aliases);
    texts
}

fn order(directory: &Directory, lang: Lang) -> HashMap<ServiceId, u32> {
    let mut all: Vec<(String, ServiceId)> = directory
        .services()
        .map(|service| (sort_key(service.name.get(lang.tag())), service.id))
        .collect();
    all.sort_unstable();
    all.into_iter().map(|(_, id)| id).zip(0_u32..).collect()
}

/// The newest mapping of each municipality.
#[derive(Debug, Default)]
pub struct DirectoryCache {
    built: Mutex<HashMap<MunicipalityId, Arc<Mapped>>>,
}

impl DirectoryCache {
    /// The mapping as it is recorded now: one small read tells whether the one in memory still holds.
    pub async fn current(&self, id: MunicipalityId, scope: &Scope) -> Result<Arc<Mapped>, StoreError> {
        let revision = scope.directory_revision().await?;
        let mut built = self.built.lock().await;
        if let Some(mapped) = built.get(&id).filter(|mapped| mapped.revision == revision) {
            return Ok(Arc::clone(mapped));
        }
        let mapped = Arc::new(Mapped::new(scope.directory(None).await?, revision));
        built.insert(id, Arc::clone(&mapped));
        Ok(mapped)
    }
}

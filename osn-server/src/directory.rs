//! The mapping in memory: built when its revision moved, searched without accents.

use std::collections::HashMap;
use std::sync::Arc;

use osn_core::directory::{Directory, Service};
use osn_core::id::{MunicipalityId, ServiceId};
use osn_core::text;
use osn_store::{Scope, StoreError};
use tokio::sync::Mutex;

/// The mapping of one municipality with its search index.
#[derive(Debug)]
pub struct Mapped {
    /// The mapping.
    pub directory: Directory,
    /// Its revision in the store.
    pub revision: i64,
    words: HashMap<ServiceId, String>,
}

impl Mapped {
    fn new(directory: Directory, revision: i64) -> Self {
        let words = directory
            .services()
            .map(|service| (service.id, searched(&directory, service)))
            .collect();
        Self {
            directory,
            revision,
            words,
        }
    }

    /// Whether every word of a folded query stands in the service's texts.
    pub fn speaks_of(&self, service: ServiceId, folded_query: &[String]) -> bool {
        self.words
            .get(&service)
            .is_some_and(|words| folded_query.iter().all(|wanted| words.contains(wanted.as_str())))
    }
}

/// A query as folded stems.
pub fn fold_query(query: &str) -> Vec<String> {
    text::fold::fold(query)
        .split_whitespace()
        .map(|word| text::stem::stem(word).to_owned())
        .collect()
}

/// Everything of a service that people search by: names, descriptions, the body, categories and groups with their aliases.
fn searched(directory: &Directory, service: &Service) -> String {
    let mut words = Vec::new();
    let mut add = |text: &osn_core::lang::LocalText| words.extend(text.iter().map(|(_, text)| text.to_owned()));
    add(&service.name);
    add(&service.description);
    if let Some(organization) = directory.organization(service.organization_id) {
        add(&organization.name);
    }
    for location in service.locations.iter().filter_map(|id| directory.location(*id)) {
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
            aliases.extend(term.aliases.iter().cloned());
        }
    }
    words.extend(aliases);
    text::fold::fold(&words.join(" "))
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

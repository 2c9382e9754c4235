//! The application: what every handler, job and command stands on.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::Datelike as _;
use osn_core::id::MunicipalityId;
use osn_core::time::Instant;
use osn_store::{Kek, Municipality, OpenOptions, Place, Scope, Store};
use tokio::sync::RwLock;
use uuid::Uuid;

use crate::acts::network::searched::Searched;
use crate::acts::running::KnownRunning;
use crate::auth::Throttle;
use crate::clock::Clock;
use crate::directory::DirectoryCache;
use crate::entropy::Entropy;
use crate::ids::Ids;
use crate::paper::Press;
use crate::programs::{Programs, ProgramsConfig};
use crate::refusal::{Outcome, Refusal};
use crate::texts::Texts;
use crate::zone::Zone;

/// Where an installation lives and how it behaves.
#[derive(Debug)]
pub struct AppConfig {
    /// The databases.
    pub place: Place,
    /// Keys, compiled programs and the folder of outgoing mail.
    pub data_dir: PathBuf,
    /// Apply migrations on start.
    pub migrate: bool,
    /// How programs run.
    pub programs: ProgramsConfig,
    /// Cookies only over https (`__Host-`); off on plain http at this machine.
    pub secure_cookies: bool,
    /// This installation shows made-up data and says so.
    pub demonstration: bool,
}

/// What every handler, job and command stands on; cheap to clone.
#[derive(Debug, Clone)]
pub struct App(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    programs: Programs,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    ids: Ids,
    texts: Texts,
    directories: DirectoryCache,
    running: KnownRunning,
    hsds: crate::hsds::Answers,
    kept: crate::http::KeptAnswers,
    files: crate::acts::files::give::Files,
    logins: Throttle,
    trackings: Throttle,
    relinks: Throttle,
    suggestions: Throttle,
    searched: Searched,
    press: Press,
    hosts: RwLock<Vec<Arc<Hosted>>>,
    instance: String,
    config: AppConfig,
}

/// A municipality as this server serves it.
#[derive(Debug)]
pub struct Hosted {
    /// Its record.
    pub municipality: Municipality,
    /// Its time zone.
    pub zone: Zone,
}

/// Why an installation cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data directory.
    #[error("the data directory {path} cannot be used: {source}")]
    DataDir {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The key that seals the keys.
    #[error("the key of this installation cannot be used: {0}")]
    Key(#[source] osn_store::StoreError),
    /// The database.
    #[error(transparent)]
    Store(#[from] osn_store::StoreError),
    /// The plugin host.
    #[error("programs cannot run here: {0}")]
    Programs(#[from] osn_programs::host::HostError),
    /// The texts inside this binary.
    #[error(transparent)]
    Texts(#[from] crate::texts::TextsError),
}

impl App {
    /// Opens an installation.
    pub async fn open(config: AppConfig, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Result<Self, StartError> {
        std::fs::create_dir_all(&config.data_dir).map_err(|source| StartError::DataDir {
            path: config.data_dir.clone(),
            source,
        })?;
        let kek = Kek::read_or_create(&config.data_dir.join("installation.key")).map_err(StartError::Key)?;
        let options = OpenOptions {
            migrate: config.migrate,
            year_of,
            ..OpenOptions::new(config.place.clone(), kek)
        };
        let store = Store::open(options).await?;
        let ids = Ids::default();
        let instance = ids.next(clock.now(), &*entropy).to_string();
        let app = Self(Arc::new(Inner {
            instance,
            store,
            programs: Programs::new(&config.programs, &config.data_dir)?,
            clock,
            entropy,
            ids,
            texts: Texts::load()?,
            directories: DirectoryCache::default(),
            running: KnownRunning::default(),
            hsds: crate::hsds::Answers::default(),
            kept: crate::http::KeptAnswers::default(),
            files: crate::acts::files::give::Files::default(),
            logins: Throttle::new(5, 15),
            trackings: Throttle::new(10, 15),
            relinks: Throttle::new(3, 60),
            suggestions: Throttle::new(5, 15),
            searched: Searched::default(),
            press: Press::beside(config.programs.compiler.as_deref()),
            hosts: RwLock::default(),
            config,
        }));
        app.refresh_municipalities().await?;
        Ok(app)
    }

    /// Reads again which municipalities there are.
    pub async fn refresh_municipalities(&self) -> Result<(), osn_store::StoreError> {
        let mut hosted = Vec::new();
        for municipality in self.0.store.municipalities().await? {
            match Zone::named(&municipality.time_zone) {
                Ok(zone) => hosted.push(Arc::new(Hosted { municipality, zone })),
                Err(error) => tracing::error!(municipality = %municipality.id, %error, "a municipality is not served"),
            }
        }
        *self.0.hosts.write().await = hosted;
        Ok(())
    }

    /// The municipality of a Host header (port aside); the only one, where there is only one.
    pub async fn hosted_at(&self, host: Option<&str>) -> Option<Arc<Hosted>> {
        let hosts = self.0.hosts.read().await;
        let name = host.map(|host| host.rsplit_once(':').map_or(host, |(name, _)| name));
        let named = hosts.iter().find(|hosted| {
            name.is_some_and(|name| {
                hosted
                    .municipality
                    .hosts
                    .iter()
                    .any(|known| known.eq_ignore_ascii_case(name))
            })
        });
        named.or_else(|| hosts.first().filter(|_| hosts.len() == 1)).cloned()
    }

    /// Every municipality.
    pub async fn hosted(&self) -> Vec<Arc<Hosted>> {
        self.0.hosts.read().await.clone()
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// The rows of one municipality.
    pub fn scope(&self, id: MunicipalityId) -> Scope {
        self.0.store.for_municipality(id)
    }

    /// Installed programs.
    pub fn programs(&self) -> &Programs {
        &self.0.programs
    }

    /// Now.
    pub fn now(&self) -> Instant {
        self.0.clock.now()
    }

    /// Randomness.
    pub fn entropy(&self) -> &dyn Entropy {
        &*self.0.entropy
    }

    /// A new identifier of this moment: `app.new_id(ActionId::new)`.
    pub fn new_id<T>(&self, make: fn(Uuid) -> T) -> T {
        make(self.0.ids.next(self.now(), self.entropy()))
    }

    /// Texts in the languages of the server.
    pub fn texts(&self) -> &Texts {
        &self.0.texts
    }

    /// Slows down guessing of passwords.
    pub(crate) fn logins(&self) -> &Throttle {
        &self.0.logins
    }

    /// Slows down guessing of one-time codes.
    pub(crate) fn trackings(&self) -> &Throttle {
        &self.0.trackings
    }

    /// Slows down asking for new links: each one is a message in somebody's mailbox.
    pub(crate) fn relinks(&self) -> &Throttle {
        &self.0.relinks
    }

    /// Searches that found nothing, until they are kept.
    pub(crate) fn searched(&self) -> &Searched {
        &self.0.searched
    }

    /// Slows down suggestions about one record.
    pub(crate) fn suggestions(&self) -> &Throttle {
        &self.0.suggestions
    }

    /// The mapping of a municipality as it is now, from the cache when nothing changed.
    pub(crate) fn directories(&self) -> &DirectoryCache {
        &self.0.directories
    }

    /// The running actions of a moment ago.
    pub(crate) fn known_running(&self) -> &KnownRunning {
        &self.0.running
    }

    /// What the HSDS API answered a moment ago.
    pub(crate) fn hsds_answers(&self) -> &crate::hsds::Answers {
        &self.0.hsds
    }

    /// What everybody was answered within this second.
    pub(crate) fn kept(&self) -> &crate::http::KeptAnswers {
        &self.0.kept
    }

    /// The mapping as files, and whose turn it is to work on one.
    pub(crate) fn files(&self) -> &crate::acts::files::give::Files {
        &self.0.files
    }

    /// Names this opening of the installation in leases: two servers never share it.
    pub fn instance(&self) -> &str {
        &self.0.instance
    }

    /// Where documents are set on paper.
    pub(crate) fn press(&self) -> &Press {
        &self.0.press
    }

    /// How this installation behaves.
    pub fn config(&self) -> &AppConfig {
        &self.0.config
    }

    /// The municipality with this id.
    pub async fn municipality(&self, id: MunicipalityId) -> Outcome<Arc<Hosted>> {
        let hosts = self.0.hosts.read().await;
        hosts
            .iter()
            .find(|hosted| hosted.municipality.id == id)
            .cloned()
            .ok_or_else(|| Refusal::not_found("municipality.unknown"))
    }
}

/// The legal year of an instant in a municipality: protocol numbers start again with it.
fn year_of(time_zone: &str, at: Instant) -> i32 {
    Zone::named(time_zone).map_or_else(|_| at.year(), |zone| zone.day(at).year())
}

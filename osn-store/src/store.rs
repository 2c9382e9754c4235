//! Opening the store, municipalities, and the scope of one municipality: the only way to a query.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use chrono::Datelike as _;
use osn_core::id::MunicipalityId;
use osn_core::lang::LocalText;
use osn_core::time::Instant;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::db::{Db, Sql, next_numbers, sql};
use crate::error::{Result, StoreError};
use crate::keys::{KeyStore, MunicipalityKeys};
use crate::migrate;
use crate::seal::{Entropy, Kek, SystemEntropy, Wrapper};
use crate::submit::Queue;
use crate::tx::Tx;
use crate::value::{Arg, args};

/// Where the data are.
#[derive(Clone, PartialEq, Eq)]
pub enum Place {
    /// Embedded: `osn.db` and `keys.db` in a directory of this machine, used by one process.
    Sqlite {
        /// The directory; made when it is missing.
        dir: PathBuf,
    },
    /// A server: one database for the data, another for the keys.
    Postgres {
        /// The data.
        url: String,
        /// The keys.
        keys_url: String,
    },
}

impl fmt::Debug for Place {
    /// Addresses may hold passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite { dir } => f.debug_struct("Sqlite").field("dir", dir).finish(),
            Self::Postgres { .. } => f.write_str("Postgres(***)"),
        }
    }
}

/// The year in which a moment lies in a time zone: protocol numbers start again with it.
pub type YearOf = fn(time_zone: &str, at: Instant) -> i32;

/// The year in UTC, for whoever has no time zones at hand.
pub fn utc_year(_: &str, at: Instant) -> i32 {
    at.year()
}

/// How to open the store.
pub struct OpenOptions {
    /// Where.
    pub place: Place,
    /// The key-encryption key.
    pub kek: Kek,
    /// Applies missing migrations; otherwise a database that misses one is refused.
    pub migrate: bool,
    /// Where randomness comes from.
    pub entropy: Arc<dyn Entropy>,
    /// How legal years are counted.
    pub year_of: YearOf,
}

impl OpenOptions {
    /// The usual: migrations are applied, randomness is the system's, years are UTC's until the caller says better.
    pub fn new(place: Place, kek: Kek) -> Self {
        Self {
            place,
            kek,
            migrate: true,
            entropy: Arc::new(SystemEntropy),
            year_of: utc_year,
        }
    }
}

impl fmt::Debug for OpenOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenOptions")
            .field("place", &self.place)
            .field("migrate", &self.migrate)
            .finish_non_exhaustive()
    }
}

/// A municipality to be served.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewMunicipality {
    /// Identifier.
    pub id: MunicipalityId,
    /// Short name in configuration and exports.
    pub slug: String,
    /// Name.
    pub name: LocalText,
    /// IANA time zone.
    pub time_zone: String,
    /// Host names under which it is reached.
    pub hosts: Vec<String>,
    /// What it configures.
    pub settings: serde_json::Value,
}

/// A municipality that is served.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Municipality {
    /// Identifier.
    pub id: MunicipalityId,
    /// Short name in configuration and exports.
    pub slug: String,
    /// Name.
    pub name: LocalText,
    /// IANA time zone.
    pub time_zone: String,
    /// Host names under which it is reached.
    pub hosts: Vec<String>,
    /// What it configures.
    pub settings: serde_json::Value,
    /// The ed25519 key that verifies its signatures, hexadecimal.
    pub public_key: String,
    /// When it joined.
    pub created_at: Instant,
}

pub(crate) struct Inner {
    pub(crate) db: Db,
    pub(crate) keys: KeyStore,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) year_of: YearOf,
    /// Names this opening of the store in leases.
    pub(crate) instance: Uuid,
    pub(crate) queue: Queue,
    /// How many acts ended here.
    pub(crate) writes: AtomicU64,
    municipality_keys: RwLock<HashMap<MunicipalityId, Arc<MunicipalityKeys>>>,
}

/// Counts an act when it ended, however it ended.
pub(crate) struct Wrote<'s>(pub(crate) &'s AtomicU64);

impl Drop for Wrote<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// The store; a clone is the same store.
#[derive(Clone)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.inner.db {
            Db::Sqlite { .. } => "Sqlite",
            Db::Postgres(_) => "Postgres",
        };
        f.debug_tuple("Store").field(&kind).finish()
    }
}

/// One municipality of the store: everything that is asked or done, is asked or done here.
#[derive(Clone)]
pub struct Scope {
    pub(crate) store: Store,
    pub(crate) municipality: MunicipalityId,
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Scope").field(&self.municipality).finish()
    }
}

const INSERT: Sql = sql(
    "municipality",
    "insert into municipality (municipality_id, slug, name, time_zone, hosts, settings, public_key, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)",
);
const ALL: Sql = sql(
    "municipality",
    "select municipality_id as id, slug, name, time_zone, hosts, settings, public_key, created_at
     from municipality order by slug",
);
const ONE: Sql = sql(
    "municipality",
    "select municipality_id as id, slug, name, time_zone, hosts, settings, public_key, created_at
     from municipality where municipality_id = $1",
);

const SETTINGS: Sql = sql(
    "municipality",
    "select settings from municipality where municipality_id = $1",
);
const PUT_SETTINGS: Sql = sql(
    "municipality",
    "update municipality set settings = $2 where municipality_id = $1",
);

impl Tx {
    /// The municipality's settings, for a change of them in this act: whoever changes them too, waits. The revision of the
    /// mapping moves, because what is built from both must be built again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settings_for_update(&mut self) -> Result<serde_json::Value> {
        let municipality = self.municipality();
        next_numbers(&mut self.inner, municipality.into(), "directory", 1).await?;
        let row = self.inner.optional(&SETTINGS, args![municipality]).await?;
        row.map(|row| row.json("settings"))
            .transpose()
            .map(Option::unwrap_or_default)
    }

    /// Keeps the municipality's settings as a whole.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_settings(&mut self, settings: &serde_json::Value) -> Result<()> {
        let arguments = vec![self.municipality().into(), Arg::json(settings)?];
        self.run(&PUT_SETTINGS, arguments).await.map(|_| ())
    }
}

impl Store {
    /// Opens the store. Before it serves, the schema is checked or migrated, the key-encryption key is tried, and the
    /// list of erasures is replayed in both databases.
    ///
    /// # Errors
    /// When a database cannot be opened, the schema does not fit, or the key-encryption key is another one.
    pub async fn open(options: OpenOptions) -> Result<Self> {
        let (db, key_db) = open_databases(&options.place).await?;
        migrate::run(&db, migrate::DATA, options.migrate).await?;
        migrate::run(&key_db, migrate::KEYS, options.migrate).await?;
        let keys = KeyStore::new(key_db, Wrapper::new(&options.kek), Arc::clone(&options.entropy));
        keys.check_kek().await?;
        crate::people::replay_erasures(&db, &keys).await?;
        let instance = uuid::Builder::from_random_bytes(crate::seal::random(&*options.entropy)?).into_uuid();
        let queue = Queue::start(db.clone(), keys.clone());
        let inner = Inner {
            db,
            keys,
            entropy: options.entropy,
            year_of: options.year_of,
            instance,
            queue,
            writes: AtomicU64::default(),
            municipality_keys: RwLock::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Wraps every key under another key-encryption key, all of them or none; the data are not touched. For a store that
    /// nobody has open: a server that runs keeps the old key in memory. How many keys there were.
    ///
    /// # Errors
    /// When `options.kek` is not the present key, or the key store fails.
    pub async fn rotate_kek(options: OpenOptions, to: &Kek) -> Result<u64> {
        let (db, key_db) = open_databases(&options.place).await?;
        migrate::run(&key_db, migrate::KEYS, false).await?;
        let keys = KeyStore::new(key_db, Wrapper::new(&options.kek), Arc::clone(&options.entropy));
        let count = keys.rotate(&Wrapper::new(to)).await;
        keys.close().await;
        db.close().await;
        count
    }

    /// Makes a municipality with its signing key and its index key.
    ///
    /// # Errors
    /// `Conflict` when the identifier or the slug is taken.
    pub async fn create_municipality(&self, new: NewMunicipality, now: Instant) -> Result<()> {
        self.inner.keys.create_municipality(new.id, now).await?;
        let public_key = self
            .inner
            .keys
            .municipality(new.id)
            .await?
            .sign
            .verifying_key()
            .to_bytes();
        let mut tx = self.inner.db.begin().await?;
        let values = vec![
            Arg::from(new.id),
            new.slug.into(),
            Arg::json(&new.name)?,
            new.time_zone.into(),
            Arg::json(&new.hosts)?,
            Arg::json(&new.settings)?,
            public_key.into(),
            now.into(),
        ];
        tx.run(&INSERT, values).await?;
        let _wrote = Wrote(&self.inner.writes);
        tx.commit().await
    }

    /// A number that grows with each act that ended in this process, submissions aside: what was read while it stayed the same
    /// is not overtaken by this process.
    pub fn writes(&self) -> u64 {
        self.inner.writes.load(Ordering::SeqCst)
    }

    /// Every municipality, by slug.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn municipalities(&self) -> Result<Vec<Municipality>> {
        self.inner
            .db
            .all(&ALL, args![])
            .await?
            .iter()
            .map(municipality)
            .collect()
    }

    /// The scope of one municipality: the only way to a query.
    pub fn for_municipality(&self, id: MunicipalityId) -> Scope {
        Scope {
            store: self.clone(),
            municipality: id,
        }
    }

    /// Whether both databases answer.
    ///
    /// # Errors
    /// When one does not.
    pub async fn ping(&self) -> Result<()> {
        const PING: Sql = sql("schema_migration", "select count(*) as total from schema_migration");
        self.inner.db.one(&PING, args![]).await?;
        self.inner.keys.ping().await
    }

    /// Ends the work in hand and closes both databases.
    pub async fn close(&self) {
        self.inner.queue.stop().await;
        self.inner.db.close().await;
        self.inner.keys.close().await;
    }

    /// A municipality's own keys, unwrapped once.
    pub(crate) async fn municipality_keys(&self, id: MunicipalityId) -> Result<Arc<MunicipalityKeys>> {
        let known = {
            let keys = self
                .inner
                .municipality_keys
                .read()
                .unwrap_or_else(PoisonError::into_inner);
            keys.get(&id).cloned()
        };
        if let Some(keys) = known {
            return Ok(keys);
        }
        let keys = Arc::new(self.inner.keys.municipality(id).await?);
        let mut all = self
            .inner
            .municipality_keys
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(all.entry(id).or_insert(keys)))
    }
}

impl Scope {
    /// The municipality of this scope.
    pub const fn municipality_id(&self) -> MunicipalityId {
        self.municipality
    }

    /// The municipality's own record.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn municipality(&self) -> Result<Option<Municipality>> {
        let row = self.db().optional(&ONE, args![self.municipality]).await?;
        row.as_ref().map(municipality).transpose()
    }

    pub(crate) fn db(&self) -> &Db {
        &self.store.inner.db
    }

    pub(crate) fn entropy(&self) -> &dyn Entropy {
        &*self.store.inner.entropy
    }

    pub(crate) async fn keys(&self) -> Result<Arc<MunicipalityKeys>> {
        self.store.municipality_keys(self.municipality).await
    }
}

fn municipality(row: &crate::value::Row) -> Result<Municipality> {
    Ok(Municipality {
        id: row.id("id")?,
        slug: row.text("slug")?,
        name: row.json("name")?,
        time_zone: row.text("time_zone")?,
        hosts: row.json("hosts")?,
        settings: row.json("settings")?,
        public_key: crate::hex(&row.bytes("public_key")?),
        created_at: row.at("created_at")?,
    })
}

async fn open_databases(place: &Place) -> Result<(Db, Db)> {
    match place {
        Place::Sqlite { dir } => {
            make_private(dir)?;
            let data = Db::open_sqlite(&dir.join("osn.db"), true).await?;
            Ok((data, Db::open_sqlite(&dir.join("keys.db"), true).await?))
        }
        Place::Postgres { url, keys_url } => {
            if url == keys_url {
                return Err(StoreError::Schema("the keys need a database of their own".to_owned()));
            }
            Ok((Db::open_postgres(url).await?, Db::open_postgres(keys_url).await?))
        }
    }
}

/// The directory of an embedded database belongs to its owner alone.
fn make_private(dir: &std::path::Path) -> Result<()> {
    let file = |error: std::io::Error| StoreError::File {
        what: "data directory",
        kind: error.kind(),
    };
    if dir.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(file)
}

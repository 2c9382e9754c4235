//! A fresh store for one test, on either database, and the way behind its back.
use std::path::Path;

use osn_core::id::MunicipalityId;
use osn_core::lang::LocalText;
use osn_core::time::Instant;
use osn_store::{Kek, NewMunicipality, OpenOptions, Place, Result, Scope, Store};
use osn_test_postgres::{Database, fresh_database};
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use tempfile::TempDir;
use uuid::Uuid;

/// Declares each test once for each database.
macro_rules! both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name(&$crate::ground::Ground::sqlite().await).await; })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name(&$crate::ground::Ground::postgres().await).await; })*
        }
    };
}
pub(crate) use both;

/// The key-encryption key of every test.
pub(crate) const KEK: [u8; 32] = [7; 32];

/// A store with one municipality.
pub(crate) struct Ground {
    pub(crate) store: Store,
    pub(crate) city: Scope,
    pub(crate) place: Place,
    dir: TempDir,
    /// Dropped with the ground.
    _databases: Option<(Database, Database)>,
}

/// A moment of 2022, by seconds.
pub(crate) fn at(seconds: i64) -> Instant {
    Instant::from_timestamp(1_657_843_200 + seconds, 123_456_000).unwrap()
}

/// An identifier from a number; ids in the order of their numbers.
pub(crate) fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0180_0000_0000_7000_8000_0000_0000_0000 + number)
}

/// The municipality of every test.
pub(crate) fn city() -> MunicipalityId {
    MunicipalityId::new(id(1))
}

pub(crate) fn new_city(number: u128, slug: &str) -> NewMunicipality {
    NewMunicipality {
        id: MunicipalityId::new(id(number)),
        slug: slug.to_owned(),
        name: LocalText::new("Δήμος", "City"),
        time_zone: "Europe/Athens".to_owned(),
        hosts: vec![format!("{slug}.example")],
        settings: serde_json::json!({"languages": ["el", "en"]}),
    }
}

pub(crate) fn options(place: &Place) -> OpenOptions {
    OpenOptions::new(place.clone(), Kek::new(KEK))
}

impl Ground {
    pub(crate) async fn sqlite() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let place = Place::Sqlite {
            dir: dir.path().join("data"),
        };
        Self::at(place, dir, None).await
    }

    pub(crate) async fn postgres() -> Self {
        let databases = (fresh_database().unwrap(), fresh_database().unwrap());
        let place = Place::Postgres {
            url: databases.0.url(),
            keys_url: databases.1.url(),
        };
        Self::at(place, tempfile::tempdir().unwrap(), Some(databases)).await
    }

    async fn at(place: Place, dir: TempDir, databases: Option<(Database, Database)>) -> Self {
        let store = Store::open(options(&place)).await.unwrap();
        store.create_municipality(new_city(1, "city"), at(0)).await.unwrap();
        let city = store.for_municipality(city());
        Self {
            store,
            city,
            place,
            dir,
            _databases: databases,
        }
    }

    /// A second store on the same databases: another server, or the same one after a restart.
    pub(crate) async fn again(&self) -> Result<Store> {
        Store::open(options(&self.place)).await
    }

    /// A directory that goes with the ground.
    pub(crate) fn scratch(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        matches!(self.place, Place::Sqlite { .. })
    }

    /// The embedded database's directory.
    pub(crate) fn files(&self) -> Option<&Path> {
        match &self.place {
            Place::Sqlite { dir } => Some(dir),
            Place::Postgres { .. } => None,
        }
    }

    /// Changes the data behind the store's back.
    pub(crate) async fn raw(&self, statement: &'static str) -> Result<u64, sqlx::Error> {
        match &self.place {
            Place::Sqlite { dir } => {
                let address = format!("sqlite://{}", dir.join("osn.db").display());
                let mut connection = SqliteConnection::connect(&address).await?;
                let done = sqlx::raw_sql(statement).execute(&mut connection).await?;
                connection.close().await?;
                Ok(done.rows_affected())
            }
            Place::Postgres { url, .. } => {
                let mut connection = PgConnection::connect(url).await?;
                let done = sqlx::raw_sql(statement).execute(&mut connection).await?;
                connection.close().await?;
                Ok(done.rows_affected())
            }
        }
    }

    /// The same change in the words of each database.
    pub(crate) async fn raw_either(&self, sqlite: &'static str, postgres: &'static str) -> Result<u64, sqlx::Error> {
        self.raw(if self.is_sqlite() { sqlite } else { postgres }).await
    }
}

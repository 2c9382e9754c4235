//! Forward-only migrations: numbered files, applied once, held to the digest they were applied with.

use sha2::{Digest as _, Sha256};

use crate::db::{Db, Sql, WriteTx, sql};
use crate::error::{Result, StoreError};
use crate::value::args;

/// One migration in both dialects.
#[derive(Debug)]
pub(crate) struct Migration {
    pub(crate) number: i64,
    pub(crate) name: &'static str,
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
}

macro_rules! migrations {
    ($set:literal: $($number:literal $name:literal),* $(,)?) => {
        &[$(Migration {
            number: $number,
            name: $name,
            sqlite: include_str!(concat!("../migrations/sqlite/", $set, "/", $name, ".sql")),
            postgres: include_str!(concat!("../migrations/postgres/", $set, "/", $name, ".sql")),
        }),*]
    };
}

/// The data.
pub(crate) const DATA: &[Migration] = migrations!("data": 1 "0001_foundation", 2 "0002_selection_lines", 3 "0003_upkeep", 4 "0004_imports", 5 "0005_need", 6 "0006_money", 7 "0007_host", 8 "0008_money_further", 9 "0009_plan_record", 10 "0010_need_work", 11 "0011_decision_order", 12 "0012_deliveries", 13 "0013_ceilings", 14 "0014_stock", 15 "0015_apart", 16 "0016_ended");

/// The key store.
pub(crate) const KEYS: &[Migration] = migrations!("keys": 1 "0001_keys");

const CREATE: &str = "create table if not exists schema_migration (
    number bigint not null primary key, -- of the file
    name text not null, -- of the file
    digest text not null -- SHA-256 of the file as it was applied
)";
/// Backend-specific: `SQLite`'s INTEGER in a STRICT table has no `bigint`; two servers that start at once take turns on
/// `PostgreSQL`.
const CREATE_SQLITE: &str = "create table if not exists schema_migration (
    number integer not null primary key, -- of the file
    name text not null, -- of the file
    digest text not null -- SHA-256 of the file as it was applied
) strict";
const TURN: &str = "select pg_advisory_xact_lock(7164320260113)";

const APPLIED: Sql = sql(
    "schema_migration",
    "select number, digest from schema_migration order by number",
);
const RECORD: Sql = sql(
    "schema_migration",
    "insert into schema_migration (number, name, digest) values ($1, $2, $3)",
);

/// SHA-256 of a file, hexadecimal.
pub(crate) fn digest(text: &str) -> String {
    crate::hex(&Sha256::digest(text.as_bytes()))
}

/// Applies what is missing; without `apply`, refuses a database that misses something.
///
/// # Errors
/// When an applied file was changed since, the database is newer than this program, or something is missing.
pub(crate) async fn run(db: &Db, set: &'static [Migration], apply: bool) -> Result<()> {
    let mut tx = db.begin().await?;
    match &tx {
        WriteTx::Sqlite(_) => tx.script(CREATE_SQLITE).await?,
        WriteTx::Postgres(_) => {
            tx.script(TURN).await?;
            tx.script(CREATE).await?;
        }
    }
    let applied = tx.all(&APPLIED, args![]).await?;
    if applied.len() > set.len() {
        return Err(StoreError::Schema(format!(
            "the database has {} migrations, this program knows {}",
            applied.len(),
            set.len()
        )));
    }
    for (row, migration) in applied.iter().zip(set) {
        let text = dialect(&tx, migration);
        if row.int("number")? != migration.number || row.text("digest")? != digest(text) {
            return Err(StoreError::Schema(format!(
                "migration {} differs from the one applied",
                migration.name
            )));
        }
    }
    for migration in set.iter().skip(applied.len()) {
        if !apply {
            return Err(StoreError::Schema(format!(
                "migration {} is not applied; run `osn migrate`",
                migration.name
            )));
        }
        let text = dialect(&tx, migration);
        tx.script(text).await?;
        tx.run(&RECORD, args![migration.number, migration.name, digest(text)])
            .await?;
    }
    tx.commit().await
}

const fn dialect(tx: &WriteTx, migration: &Migration) -> &'static str {
    match tx {
        WriteTx::Sqlite(_) => migration.sqlite,
        WriteTx::Postgres(_) => migration.postgres,
    }
}

#[cfg(test)]
mod filled;

#[cfg(test)]
mod tests {
    use super::*;

    /// Name, digest for `SQLite`, digest for `PostgreSQL`.
    const LOCKED: [(&str, &str, &str); 17] = [
        (
            "0001_foundation",
            "4450812e458ff90543caa71a6775e254e50fc33e75b46d07e69d0e6538d6e255",
            "f6b3b492cbfa28ad956b14b7983ed541b5968c5212b37e807815a8402dd91464",
        ),
        (
            "0002_selection_lines",
            "85121c019c3756c7e4ee017069276be57f13e0fa6d4f13d694a93e480d56b4e9",
            "e1a9e6775c8594c93cb0d1332c2618382a2eb87d070e28172b42754e5146b1ce",
        ),
        (
            "0003_upkeep",
            "9adc9a2d37ccb8606fe64d7426a84632098560a86abe9c76b7c61534b3cc1de6",
            "3c4bff8b48aef0a64101f00522d9954eff71c3f9933e1890d217ff303d2040c0",
        ),
        (
            "0004_imports",
            "34e225fa4cd79f8fcd869754b3663e568244bb7f67aa065bdf4ebfc1911876b6",
            "1995f6875e14e009ba3e74cde26143ce83b509bdfb76500e3702dd74dcec0f5f",
        ),
        (
            "0005_need",
            "998d13b464e8bde95404e3ba3f6bc9b29ad44da75e03b2b9d0ab7dc5e4efdae3",
            "5a8ec48559e76bcff8cf3c20393b559abf328b2a6dbdc0e4b4a41bf8fb475af5",
        ),
        (
            "0006_money",
            "c94ca2ea2b52fa6eb4f653a63252ef24b11b3eef703cc831a377a2be4448da21",
            "2a384e8b53bb07ce44620f9553485051da2e382696f2188b807c78daeb8ef4da",
        ),
        (
            "0007_host",
            "050377a47d9ad84467091d0848c77c31383fce74ab9ef24a95a7d48861179a81",
            "3757c06e0a4dc8e76f070cee5d16056fe3a30f1b9b663844ff99691b46d26c59",
        ),
        (
            "0008_money_further",
            "5e53f678c7077eb99b3586466542049098793df6f15b1e414445723fa1b280de",
            "f78ee4547d115ac3cf1d179d523bde80f0429845ad15e67430b8b61856f95e57",
        ),
        (
            "0009_plan_record",
            "b183819ad5e06003204781f677dc92658a8ef7a4fad8f664a24ff0a5915cfe3e",
            "cf0ecaeef9af4cc5422ed938ba214d72c16a3808ca22b682c093df33920080c5",
        ),
        (
            "0010_need_work",
            "39c5737ca4559122d8078a8100838c067e73cf09bf6eb9f855adcb025b615d35",
            "86bda35ba82e15e6c8c467edd986c1f5337953d6edeff4f7e1a9a1eb47e2824d",
        ),
        (
            "0011_decision_order",
            "a92c5e52aec7e8bcbce5c2703d9d1015e6f8239e4e892b9fed8dbbc406f4723c",
            "a92c5e52aec7e8bcbce5c2703d9d1015e6f8239e4e892b9fed8dbbc406f4723c",
        ),
        (
            "0012_deliveries",
            "d7cc8408d9c43fea58af922960073db9802b3af16808a913409642b4539b6a32",
            "ea4f23e60a32fa641b923f1fc202bfcc444b93c21f9c4647011bc679c13ce147",
        ),
        (
            "0013_ceilings",
            "09522bd516ee05dbef9c78a18ed524eace212724533e6bf908cf0643936d516f",
            "0889e5eeb907727486c143544450980f9d9b538306605140a674cf4d9ac636bd",
        ),
        (
            "0014_stock",
            "84f7f78d679f717afdc95442764f3b68a9642046c50a9adb1de574489cea37fd",
            "111efb0822fe5e305f19baa64f6422bb6367d1e9982c063d57183da7a78ac1cb",
        ),
        (
            "0015_apart",
            "c9f54ff4d7e48ad19335930d47ee7c08d0e4d7ba9702678e35f47717b9e30033",
            "397198953ecc909906cabdfbb9a49e6b207f02a5f6b0c331f8f100fe434d9137",
        ),
        (
            "0016_ended",
            "5817db5192a35f1535b68c5febc655a36d2a0454a002ce18e0fd8cf6c3134a70",
            "5817db5192a35f1535b68c5febc655a36d2a0454a002ce18e0fd8cf6c3134a70",
        ),
        (
            "0001_keys",
            "06e85dc86b23b86db2075f449617ae9a56a272934a9d52cb0f1eaa5eda4eab93",
            "90b846123725933f32d6a0f07dd2dc79ddbd748c420fe951c7eabf354ecbf8f2",
        ),
    ];

    /// Applied migrations are never edited: a change is a new file. A released one is in this list for good.
    #[test]
    fn migrations_are_locked_by_their_digests() {
        let found: Vec<_> = DATA.iter().chain(KEYS).collect();
        assert_eq!(found.len(), LOCKED.len(), "a new migration is locked here too");
        for (migration, (name, sqlite, postgres)) in found.into_iter().zip(LOCKED) {
            assert_eq!(migration.name, name);
            assert_eq!(digest(migration.sqlite), sqlite, "{name} of SQLite was edited");
            assert_eq!(digest(migration.postgres), postgres, "{name} of PostgreSQL was edited");
        }
    }

    #[test]
    fn migrations_are_numbered_upwards() {
        for set in [DATA, KEYS] {
            assert!(set.is_sorted_by(|one, next| one.number < next.number));
            assert!(
                set.iter()
                    .all(|each| each.name.starts_with(&format!("{:04}_", each.number)))
            );
        }
    }
}

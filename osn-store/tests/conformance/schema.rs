//! The two schemas are one: same tables, columns, keys and names; migrations run once, forward only.
use std::collections::BTreeSet;
use std::path::Path;

use osn_store::{OpenOptions, Store, StoreError};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _, SqliteConnection};

use crate::ground::{Ground, both, options};

both!(
    a_store_opens_again_and_keeps_its_data,
    a_database_that_misses_a_migration_is_refused,
    a_changed_migration_is_refused,
    a_newer_database_is_refused,
    both_databases_answer,
);

async fn a_store_opens_again_and_keeps_its_data(ground: &Ground) {
    let again = ground.again().await.unwrap();
    assert_eq!(
        again.municipalities().await.unwrap(),
        ground.store.municipalities().await.unwrap()
    );
    let strict = Store::open(OpenOptions {
        migrate: false,
        ..options(&ground.place)
    })
    .await
    .unwrap();
    assert_eq!(strict.municipalities().await.unwrap().len(), 1);
    strict.close().await;
    again.close().await;
}

async fn refused(ground: &Ground, migrate: bool, word: &str) {
    let error = Store::open(OpenOptions {
        migrate,
        ..options(&ground.place)
    })
    .await
    .unwrap_err();
    assert!(
        matches!(&error, StoreError::Schema(why) if why.contains(word)),
        "{error}"
    );
}

async fn a_database_that_misses_a_migration_is_refused(ground: &Ground) {
    ground.raw("delete from schema_migration").await.unwrap();
    refused(ground, false, "osn migrate").await;
}

async fn a_changed_migration_is_refused(ground: &Ground) {
    ground
        .raw("update schema_migration set digest = 'other' where number = 1")
        .await
        .unwrap();
    refused(ground, true, "differs").await;
}

async fn a_newer_database_is_refused(ground: &Ground) {
    ground
        .raw("insert into schema_migration (number, name, digest) values (9999, 'later', 'd')")
        .await
        .unwrap();
    refused(ground, true, "this program knows").await;
}

async fn both_databases_answer(ground: &Ground) {
    ground.store.ping().await.unwrap();
    ground.store.close().await;
    assert!(matches!(ground.store.ping().await, Err(StoreError::Unavailable(_))));
}

const SQLITE_COLUMNS: &str = r#"
    select m.name || '.' || p.name || ' ' || p.type || case p."notnull" when 1 then ' not null' else ' null' end
    from sqlite_master m join pragma_table_info(m.name) p where m.type = 'table' and m.name not like 'sqlite_%'"#;
const PG_COLUMNS: &str = "
    select table_name || '.' || column_name || ' '
      || case data_type when 'uuid' then 'BLOB' when 'bytea' then 'BLOB' when 'bigint' then 'INTEGER'
         when 'boolean' then 'INTEGER' else 'TEXT' end
      || case is_nullable when 'NO' then ' not null' else ' null' end
    from information_schema.columns where table_schema = 'public'";
const SQLITE_KEYS: &str = "
    select m.name || ' (' || (select group_concat(i.name, ', ') from pragma_index_info(l.name) i) || ')'
      || case when l.partial then ' partial' else '' end
    from sqlite_master m join pragma_index_list(m.name) l where m.type = 'table' and l.\"unique\" = 1
    union select m.name || ' (number)' from sqlite_master m where m.name = 'schema_migration'";
const PG_KEYS: &str = "
    select t.relname || ' (' || (select string_agg(a.attname, ', ' order by k.place)
        from unnest(x.indkey::int[]) with ordinality k(number, place)
        join pg_attribute a on a.attrelid = t.oid and a.attnum = k.number) || ')'
      || case when x.indpred is null then '' else ' partial' end
    from pg_index x join pg_class t on t.oid = x.indrelid join pg_namespace n on n.oid = t.relnamespace
    where n.nspname = 'public' and x.indisunique";
const SQLITE_INDEXES: &str =
    "select tbl_name || ' ' || name from sqlite_master where type = 'index' and name not like 'sqlite_%'";
const PG_INDEXES: &str = "
    select t.relname || ' ' || i.relname from pg_index x join pg_class t on t.oid = x.indrelid
    join pg_class i on i.oid = x.indexrelid join pg_namespace n on n.oid = t.relnamespace
    where n.nspname = 'public' and not exists (select 1 from pg_constraint c where c.conindid = x.indexrelid)";
const SQLITE_TEXT: &str = "select coalesce(sql, '') from sqlite_master";
const PG_CONSTRAINTS: &str = "
    select c.conname from pg_constraint c join pg_class t on t.oid = c.conrelid
    join pg_namespace n on n.oid = c.connamespace where n.nspname = 'public' and t.relname <> 'schema_migration'";

async fn sqlite(file: &Path, query: &'static str) -> BTreeSet<String> {
    let mut connection = SqliteConnection::connect(&format!("sqlite://{}", file.display()))
        .await
        .unwrap();
    let rows = sqlx::query(query).fetch_all(&mut connection).await.unwrap();
    rows.iter().map(|row| row.get::<String, _>(0)).collect()
}

async fn postgres(url: &str, query: &'static str) -> BTreeSet<String> {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let wrapped = format!("select given.line::text from ({query}) given(line)");
    let rows = sqlx::query(AssertSqlSafe(wrapped))
        .fetch_all(&mut connection)
        .await
        .unwrap();
    rows.iter().map(|row| row.get::<String, _>(0)).collect()
}

#[track_caller]
fn same(what: &str, sqlite: &BTreeSet<String>, postgres: &BTreeSet<String>) {
    let only: Vec<_> = sqlite.symmetric_difference(postgres).collect();
    assert!(only.is_empty(), "{what} differ: {only:#?}");
    assert!(!sqlite.is_empty() || what == "indexes", "{what}: nothing was compared");
}

/// The key's name as every conflict reports it: the table, its columns without the municipality, `key`.
fn key_name(line: &str) -> String {
    let (table, rest) = line.split_once(" (").unwrap();
    let columns: Vec<_> = rest.split(')').next().unwrap().split(", ").collect();
    let named: Vec<_> = columns
        .iter()
        .copied()
        .filter(|column| *column != "municipality_id")
        .collect();
    let named = if named.is_empty() { columns } else { named };
    format!("{table}_{}_key", named.join("_"))
}

#[tokio::test]
async fn the_schemas_are_one() {
    let (one, other) = (Ground::sqlite().await, Ground::postgres().await);
    let osn_store::Place::Postgres { url, keys_url } = &other.place else {
        unreachable!()
    };
    for (file, url) in [("osn.db", url), ("keys.db", keys_url)] {
        let file = one.files().unwrap().join(file);
        for (what, here, there) in [
            ("columns", SQLITE_COLUMNS, PG_COLUMNS),
            ("keys", SQLITE_KEYS, PG_KEYS),
            ("indexes", SQLITE_INDEXES, PG_INDEXES),
        ] {
            same(what, &sqlite(&file, here).await, &postgres(url, there).await);
        }
        let text = sqlite(&file, SQLITE_TEXT).await.into_iter().collect::<String>();
        let names = postgres(url, PG_CONSTRAINTS).await;
        let missing: Vec<_> = names
            .iter()
            .filter(|name| !text.contains(&format!("constraint {name} ")))
            .collect();
        assert!(missing.is_empty(), "constraints that SQLite does not have: {missing:?}");
        for key in postgres(url, PG_KEYS)
            .await
            .iter()
            .filter(|key| !key.starts_with("schema_migration"))
        {
            let columns = key.split_once(" (").unwrap().1;
            let first = columns.split([',', ')']).next().unwrap();
            let is_exception = key == "municipality (slug)";
            assert!(
                first == "municipality_id" || is_exception,
                "{key} does not start with the municipality"
            );
            if !key.ends_with("partial") {
                assert!(names.contains(&key_name(key)), "{key} is not named {}", key_name(key));
            }
        }
    }
}

/// A comment for every table and column: why it is there.
#[test]
fn every_table_and_column_says_why() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let mut counted = 0;
    for set in ["sqlite/data", "sqlite/keys", "postgres/data", "postgres/keys"] {
        for entry in std::fs::read_dir(folder.join(set)).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            let lines: Vec<_> = text.lines().collect();
            for (at, line) in lines.iter().enumerate() {
                let is_table = line.starts_with("create table ");
                let is_column = line.starts_with("    ") && line.contains(" null") && !line.contains("constraint ")
                    || line.contains("_known check");
                if is_table {
                    assert!(lines[at - 1].starts_with("-- "), "{}: {line}", path.display());
                } else if is_column && !line.trim_start().starts_with("or ") && !line.contains("old.") {
                    assert!(line.contains(" -- "), "{}: {line}", path.display());
                    counted += 1;
                }
            }
        }
    }
    assert!(counted > 300, "{counted} columns were looked at");
}

/// Both folders have the same files.
#[test]
fn the_folders_hold_the_same_numbers() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let names = |set: &str| -> BTreeSet<_> {
        std::fs::read_dir(folder.join(set))
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect()
    };
    for set in ["data", "keys"] {
        assert_eq!(names(&format!("sqlite/{set}")), names(&format!("postgres/{set}")));
    }
}

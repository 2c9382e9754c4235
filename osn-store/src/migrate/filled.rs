//! An installation with data in it is brought to the next version: every row stands there again with the same values. Migration
//! 0010 is the one that writes whole tables anew.

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection, Row as _, SqliteConnection};

use super::{DATA, run};
use crate::db::Db;

/// Migrations of the version before.
const BEFORE: usize = 9;
/// Rows of each table.
const ROWS: u128 = 300;

/// The tables that are written anew, each with its columns of before.
const TABLES: [(&str, &str); 3] = [
    (
        "decision",
        "municipality_id, id, run_id, application_id, person_id, outcome, units, digest, decided_at, sealed_keys, sealed",
    ),
    (
        "award",
        "municipality_id, id, action_id, person_id, application_id, state, body, version, created_at, updated_at",
    ),
    (
        "delivery",
        "municipality_id, id, award_id, action_id, instalment, planned_for, state, body, version, created_at, updated_at",
    ),
];

#[derive(Clone, Copy)]
enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    fn bytes(self, hex: &str) -> String {
        match self {
            Self::Sqlite => format!("x'{hex}'"),
            Self::Postgres => format!("'\\x{hex}'::bytea"),
        }
    }

    fn id(self, kind: u128, number: u128) -> String {
        let hex = format!("{:032x}", (kind << 64) + number);
        match self {
            Self::Sqlite => self.bytes(&hex),
            Self::Postgres => format!("'{hex}'::uuid"),
        }
    }
}

const CITY: u128 = 1;
const ACTION: u128 = 2;
const RUN: u128 = 3;
const APPLICATION: u128 = 4;
const PERSON: u128 = 5;
const DECISION: u128 = 6;
const AWARD: u128 = 7;
const DELIVERY: u128 = 8;

fn pick<'a>(of: &[&'a str], number: u128) -> &'a str {
    let at = usize::try_from(number).unwrap_or(0) % of.len();
    of.get(at).copied().unwrap_or_default()
}

/// What the three tables refer to, and their rows: with every state, with what may be absent, with letters of every kind.
fn fill(d: Dialect) -> Vec<String> {
    let (city, action, run) = (d.id(CITY, 0), d.id(ACTION, 0), d.id(RUN, 0));
    let at = "'2022-07-15T00:00:00.123456Z'";
    let mut script = vec![
        format!(
            "insert into action (municipality_id, id, certificate_id, program, code_digest, state, budget_cents, body, version,
               created_at, updated_at)
             values ({city}, {action}, {}, 'p', 'd', 'approved', 0, '{{}}', 1, {at}, {at})",
            d.id(9, 0)
        ),
        format!(
            "insert into assessment_run (municipality_id, id, call_id, state, body, version, started_at, updated_at)
             values ({city}, {run}, {}, 'finished', '{{}}', 1, {at}, {at})",
            d.id(10, 0)
        ),
    ];
    for number in 0..ROWS {
        let (application, person, award) = (d.id(APPLICATION, number), d.id(PERSON, number), d.id(AWARD, number));
        let at = format!("'2022-07-15T00:00:{:02}.{number:06}Z'", number % 60);
        let sealed = d.bytes(&format!("{number:064x}"));
        script.push(format!(
            "insert into application (municipality_id, id, call_id, person_id, reference, state, detail, submitted_at, version,
               updated_at) values ({city}, {application}, {}, {person}, 'R{number}', 'assessed', '{{}}', {at}, 1, {at})",
            d.id(10, 0)
        ));
        script.push(format!(
            "insert into decision (municipality_id, id, run_id, application_id, person_id, outcome, units, digest, decided_at,
               sealed_keys, sealed)
             values ({city}, {}, {run}, {application}, {person}, '{}', {number}, {sealed}, {at}, {}, {sealed})",
            d.id(DECISION, number),
            pick(&["eligible", "not-eligible", "missing-evidence"], number),
            d.bytes("00ff")
        ));
        let from = if number % 7 == 0 { "null" } else { &application };
        script.push(format!(
            "insert into award (municipality_id, id, action_id, person_id, application_id, state, body, version, created_at,
               updated_at)
             values ({city}, {award}, {action}, {person}, {from}, '{}', '{{\"ε\":\"Ώρα {number} ''a''\"}}', {number}, {at}, {at})",
            pick(&["active", "withdrawn", "fulfilled"], number)
        ));
        script.push(format!(
            "insert into delivery (municipality_id, id, award_id, action_id, instalment, planned_for, state, body, version,
               created_at, updated_at)
             values ({city}, {}, {award}, {action}, {}, '2022-10-{:02}', '{}', '{{\"n\":{number}}}', 1, {at}, {at})",
            d.id(DELIVERY, number),
            number % 9 + 1,
            number % 28 + 1,
            pick(&["planned", "failed", "delivered", "cancelled"], number)
        ));
    }
    script
}

/// One text for each row.
fn reading(d: Dialect, (table, columns): (&str, &str)) -> String {
    let each = columns.split(", ");
    let text = match d {
        Dialect::Sqlite => each.map(|column| format!("quote({column})")).collect::<Vec<_>>(),
        Dialect::Postgres => each.map(|column| format!("coalesce({column}::text, '–')")).collect(),
    };
    format!("select {} from {table} order by id", text.join(" || '|' || "))
}

async fn sqlite_rows(data: &mut SqliteConnection) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for table in TABLES {
        let read = sqlx::query(AssertSqlSafe(reading(Dialect::Sqlite, table)));
        let rows = read.fetch_all(&mut *data).await.unwrap();
        all.push(rows.iter().map(|row| row.get::<String, _>(0)).collect());
    }
    all
}

async fn postgres_rows(data: &mut PgConnection) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for table in TABLES {
        let read = sqlx::query(AssertSqlSafe(reading(Dialect::Postgres, table)));
        let rows = read.fetch_all(&mut *data).await.unwrap();
        all.push(rows.iter().map(|row| row.get::<String, _>(0)).collect());
    }
    all
}

fn same(before: &[Vec<String>], after: &[Vec<String>]) {
    let full = usize::try_from(ROWS).unwrap();
    assert!(before.iter().all(|rows| rows.len() == full), "the tables were filled");
    for ((before, after), (table, _)) in before.iter().zip(after).zip(TABLES) {
        assert_eq!(before, after, "{table}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_filled_embedded_database_keeps_every_row() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("osn.db");
    let db = Db::open_sqlite(&file, true).await.unwrap();
    run(&db, &DATA[..BEFORE], true).await.unwrap();
    db.close().await;
    // What the three tables refer to stands there; what that refers to is of no interest here.
    let mut data = unbound(&file).await;
    for statement in fill(Dialect::Sqlite) {
        sqlx::query(AssertSqlSafe(statement)).execute(&mut data).await.unwrap();
    }
    let before = sqlite_rows(&mut data).await;
    data.close().await.unwrap();
    let db = Db::open_sqlite(&file, false).await.unwrap();
    run(&db, DATA, true).await.unwrap();
    // Once more: nothing is left to do.
    run(&db, DATA, false).await.unwrap();
    db.close().await;
    let mut data = unbound(&file).await;
    same(&before, &sqlite_rows(&mut data).await);
    for (table, _) in TABLES {
        let check = sqlx::query(AssertSqlSafe(format!("pragma foreign_key_check({table})")));
        assert_eq!(
            check.fetch_all(&mut data).await.unwrap().len(),
            0,
            "{table} refers to nothing that is gone"
        );
    }
    let whole = sqlx::query("pragma integrity_check")
        .fetch_one(&mut data)
        .await
        .unwrap();
    assert_eq!(whole.get::<String, _>(0), "ok");
    data.close().await.unwrap();
}

async fn unbound(file: &std::path::Path) -> SqliteConnection {
    let unbound = SqliteConnectOptions::new().filename(file).foreign_keys(false);
    unbound.connect().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_filled_server_database_keeps_every_row() {
    let database = osn_test_postgres::fresh_database().unwrap();
    let db = Db::open_postgres(&database.url()).await.unwrap();
    run(&db, &DATA[..BEFORE], true).await.unwrap();
    let mut data = PgConnection::connect(&database.url()).await.unwrap();
    let unbound = sqlx::query("set session_replication_role = replica");
    unbound.execute(&mut data).await.unwrap();
    for statement in fill(Dialect::Postgres) {
        sqlx::query(AssertSqlSafe(statement)).execute(&mut data).await.unwrap();
    }
    let before = postgres_rows(&mut data).await;
    run(&db, DATA, true).await.unwrap();
    run(&db, DATA, false).await.unwrap();
    db.close().await;
    same(&before, &postgres_rows(&mut data).await);
    data.close().await.unwrap();
}

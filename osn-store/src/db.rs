//! The two databases behind one set of verbs: the only place where a statement meets a driver.

use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Postgres, Sqlite, Transaction};

pub(crate) use crate::bulk::Bulk;
use crate::bulk::bind_columns;
use crate::error::{Result, StoreError};
use crate::value::{Arg, Row, bind_all};

/// A statement: one text with `$1…$n` for both databases.
#[derive(Clone, Copy)]
pub(crate) struct Sql {
    table: &'static str,
    text: &'static str,
    /// The exception: a text that only PostgreSQL understands (row locks). `SQLite` has one writer and needs none.
    postgres: Option<&'static str>,
}

/// A statement about `table`.
pub(crate) const fn sql(table: &'static str, text: &'static str) -> Sql {
    Sql {
        table,
        text,
        postgres: None,
    }
}

impl Sql {
    /// Marks a backend-specific statement: the same question with `PostgreSQL`'s row locks.
    pub(crate) const fn on_postgres(mut self, text: &'static str) -> Self {
        self.postgres = Some(text);
        self
    }

    fn for_postgres(&self) -> &'static str {
        match self.postgres {
            Some(text) => text,
            None => self.text,
        }
    }
}

/// A database: an embedded file with one writer and several readers, or a server.
#[derive(Clone)]
pub(crate) enum Db {
    Sqlite { writer: SqlitePool, reader: SqlitePool },
    Postgres(PgPool),
}

/// A write transaction.
pub(crate) enum WriteTx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// The body once for each database: `SQLite`'s reader pool or `PostgreSQL`'s pool.
macro_rules! on_both {
    ($db:expr, $sql:expr, ($pool:ident, $text:ident) => $body:expr) => {
        match $db {
            Db::Sqlite { reader: $pool, .. } => {
                let $text = $sql.text;
                $body
            }
            Db::Postgres($pool) => {
                let $text = $sql.for_postgres();
                $body
            }
        }
    };
}

/// The same inside a transaction.
macro_rules! in_both {
    ($tx:expr, $sql:expr, ($connection:ident, $text:ident) => $body:expr) => {
        match $tx {
            WriteTx::Sqlite(transaction) => {
                let ($connection, $text) = (&mut **transaction, $sql.text);
                $body
            }
            WriteTx::Postgres(transaction) => {
                let ($connection, $text) = (&mut **transaction, $sql.for_postgres());
                $body
            }
        }
    };
}

fn rows<R: Into<crate::value::Cells>>(table: &'static str, rows: Vec<R>) -> Vec<Row> {
    rows.into_iter().map(|row| Row::new(table, row)).collect()
}

impl Db {
    /// Opens an embedded database; `SQLite` settings as decided (`docs/decisions`): durable before fast.
    pub(crate) async fn open_sqlite(file: &Path, create: bool) -> Result<Self> {
        let base = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(create)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            .pragma("secure_delete", "on")
            .pragma("trusted_schema", "off")
            // What a statement over many rows would undo stays in memory: on disk it was written more often than the log.
            .pragma("temp_store", "memory")
            // 32 MiB of log before it is folded into the file: long work would fold it after every chunk, the same pages of
            // the indexes again and again.
            .pragma("wal_autocheckpoint", "4096")
            // 4 MiB of pages for each of those that read: the system keeps the file in its own memory anyway, and a process opens
            // eight of them (four for the data, four for the keys). 16 MiB each filled up in the course of a large call.
            .pragma("cache_size", "-4096")
            // No statistics are gathered (`analyze`, `pragma optimize`): counted while a table was small, they made a bulk
            // statement read the whole table for each of its rows once it had grown.
            // A bulk statement must look its rows up in the table's own index. Left to itself, the planner prefers to read the
            // whole table against an index of the given rows that it makes anew for each statement.
            .pragma("automatic_index", "off")
            .disable_statement_logging();
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(30))
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(
                base.clone()
                    // 16 MiB: what one statement changes should not have to leave before it is done.
                    .pragma("cache_size", "-16384")
                    // The next two take the lock of writing even where they change nothing: a reader that opened beside a long
                    // act would wait for its end, and be told that the database is busy.
                    .auto_vacuum(SqliteAutoVacuum::Incremental)
                    // A sealed record takes 1.5 KB: half as many pages to write and to look up. A new file only.
                    .page_size(8_192),
            )
            .await?;
        let reader = SqlitePoolOptions::new()
            .max_connections(4)
            .acquire_timeout(Duration::from_secs(30))
            .connect_with(base.pragma("query_only", "on"))
            .await?;
        Ok(Self::Sqlite { writer, reader })
    }

    /// Connects to a server.
    pub(crate) async fn open_postgres(url: &str) -> Result<Self> {
        let options = PgConnectOptions::from_str(url)?
            .application_name("osn")
            .options([
                ("timezone", "UTC"),
                ("default_transaction_isolation", "read committed"),
                // Flash, not a turning disk: else a few hundred rows by key are found by reading the whole table.
                ("random_page_cost", "1.1"),
            ])
            .disable_statement_logging();
        let pool = PgPoolOptions::new()
            .max_connections(16)
            .acquire_timeout(Duration::from_secs(30))
            .connect_with(options)
            .await?;
        Ok(Self::Postgres(pool))
    }

    /// Begins to write: `SQLite` takes its write lock at once, so that nothing read inside can be overtaken.
    pub(crate) async fn begin(&self) -> Result<WriteTx> {
        Ok(match self {
            Self::Sqlite { writer, .. } => WriteTx::Sqlite(writer.begin_with("begin immediate").await?),
            Self::Postgres(pool) => WriteTx::Postgres(pool.begin().await?),
        })
    }

    /// Every row.
    pub(crate) async fn all(&self, sql: &Sql, args: Vec<Arg>) -> Result<Vec<Row>> {
        on_both!(self, sql, (pool, text) => {
            Ok(rows(sql.table, bind_all!(sqlx::query(text), args).fetch_all(pool).await?))
        })
    }

    /// Every row, one after the other, as the database sends them: of one moment, and never all of them in memory.
    pub(crate) async fn each(
        &self,
        sql: &Sql,
        args: Vec<Arg>,
        mut see: impl FnMut(&Row) -> Result<()> + Send,
    ) -> Result<()> {
        on_both!(self, sql, (pool, text) => {
            let mut rows = bind_all!(sqlx::query(text), args).fetch(pool);
            while let Some(row) = rows.try_next().await? {
                see(&Row::new(sql.table, row))?;
            }
            Ok(())
        })
    }

    /// The first row.
    pub(crate) async fn optional(&self, sql: &Sql, args: Vec<Arg>) -> Result<Option<Row>> {
        on_both!(self, sql, (pool, text) => {
            let row = bind_all!(sqlx::query(text), args).fetch_optional(pool).await?;
            Ok(row.map(|row| Row::new(sql.table, row)))
        })
    }

    /// The row that is always there: counts.
    pub(crate) async fn one(&self, sql: &Sql, args: Vec<Arg>) -> Result<Row> {
        self.optional(sql, args)
            .await?
            .ok_or_else(|| sqlx::Error::RowNotFound.into())
    }

    /// Every row of a statement over many rows.
    pub(crate) async fn bulk(&self, bulk: &Bulk, common: Vec<Arg>, many: Vec<Vec<Arg>>) -> Result<Vec<Row>> {
        let mut found = Vec::new();
        match self {
            Self::Sqlite { reader, .. } => {
                for (text, args) in bulk.for_sqlite(&common, many) {
                    let query = bind_all!(sqlx::query(AssertSqlSafe(text)), args);
                    found.extend(rows(bulk.table, query.fetch_all(reader).await?));
                }
            }
            Self::Postgres(pool) => {
                for (text, columns) in bulk.for_postgres(many)? {
                    let query = bind_all!(sqlx::query(AssertSqlSafe(text)), common.iter().cloned());
                    let query = bind_columns(query, columns);
                    found.extend(rows(bulk.table, query.fetch_all(pool).await?));
                }
            }
        }
        Ok(found)
    }

    /// Ends every connection after the work in hand; `SQLite` folds its log into the file.
    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite { writer, reader } => {
                reader.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl WriteTx {
    /// Runs a statement; the number of rows it changed.
    pub(crate) async fn run(&mut self, sql: &Sql, args: Vec<Arg>) -> Result<u64> {
        in_both!(self, sql, (connection, text) => {
            Ok(bind_all!(sqlx::query(text), args).execute(connection).await?.rows_affected())
        })
    }

    /// Every row.
    pub(crate) async fn all(&mut self, sql: &Sql, args: Vec<Arg>) -> Result<Vec<Row>> {
        in_both!(self, sql, (connection, text) => {
            Ok(rows(sql.table, bind_all!(sqlx::query(text), args).fetch_all(connection).await?))
        })
    }

    /// The first row.
    pub(crate) async fn optional(&mut self, sql: &Sql, args: Vec<Arg>) -> Result<Option<Row>> {
        in_both!(self, sql, (connection, text) => {
            let row = bind_all!(sqlx::query(text), args).fetch_optional(connection).await?;
            Ok(row.map(|row| Row::new(sql.table, row)))
        })
    }

    /// A statement over many rows, with what it returns.
    pub(crate) async fn bulk(&mut self, bulk: &Bulk, common: Vec<Arg>, many: Vec<Vec<Arg>>) -> Result<Vec<Row>> {
        let mut found = Vec::new();
        match self {
            Self::Sqlite(transaction) => {
                for (text, args) in bulk.for_sqlite(&common, many) {
                    let query = bind_all!(sqlx::query(AssertSqlSafe(text)), args);
                    found.extend(rows(bulk.table, query.fetch_all(&mut **transaction).await?));
                }
            }
            Self::Postgres(transaction) => {
                for (text, columns) in bulk.for_postgres(many)? {
                    let query = bind_all!(sqlx::query(AssertSqlSafe(text)), common.iter().cloned());
                    let query = bind_columns(query, columns);
                    found.extend(rows(bulk.table, query.fetch_all(&mut **transaction).await?));
                }
            }
        }
        Ok(found)
    }

    /// Runs a whole migration file.
    pub(crate) async fn script(&mut self, text: &'static str) -> Result<()> {
        match self {
            Self::Sqlite(transaction) => {
                sqlx::raw_sql(text).execute(&mut **transaction).await?;
            }
            Self::Postgres(transaction) => {
                sqlx::raw_sql(text).execute(&mut **transaction).await?;
            }
        }
        Ok(())
    }

    /// Makes it durable.
    pub(crate) async fn commit(self) -> Result<()> {
        match self {
            Self::Sqlite(transaction) => transaction.commit().await?,
            Self::Postgres(transaction) => transaction.commit().await?,
        }
        Ok(())
    }

    /// Forgets it.
    pub(crate) async fn rollback(self) -> Result<()> {
        match self {
            Self::Sqlite(transaction) => transaction.rollback().await?,
            Self::Postgres(transaction) => transaction.rollback().await?,
        }
        Ok(())
    }
}

/// The next number of a series without gaps, its row locked until the transaction ends.
pub(crate) async fn next_numbers(tx: &mut WriteTx, municipality: Arg, name: &str, count: i64) -> Result<i64> {
    const NEXT: Sql = sql(
        "counter",
        "insert into counter (municipality_id, name, value) values ($1, $2, $3)
         on conflict (municipality_id, name) do update set value = counter.value + $3 returning value",
    );
    let row = tx
        .optional(&NEXT, vec![municipality, name.into(), count.into()])
        .await?;
    let last = row.ok_or(StoreError::Unavailable("no counter"))?.int("value")?;
    last.checked_sub(count)
        .and_then(|before| before.checked_add(1))
        .ok_or(StoreError::OutOfRange("counter"))
}

#[cfg(test)]
mod tests {
    use sqlx::Row as _;

    use super::*;
    use crate::bulk::SIZES;
    use crate::migrate;
    use crate::value::args;

    /// Every reader opens while somebody writes; none of them waits for the lock of writing.
    #[tokio::test]
    async fn readers_open_beside_a_long_act() {
        const COUNT: Sql = sql("thing", "select count(*) as total from thing");
        const WRITE: Sql = sql("thing", "insert into thing (id) values ($1)");
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open_sqlite(&dir.path().join("data.sqlite"), true).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        tx.script("create table thing (id integer not null primary key) strict")
            .await
            .unwrap();
        tx.commit().await.unwrap();

        let mut long = db.begin().await.unwrap();
        long.run(&WRITE, args![1_i64]).await.unwrap();
        let read = || db.one(&COUNT, args![]);
        let found = tokio::try_join!(read(), read(), read(), read()).unwrap();
        for row in [found.0, found.1, found.2, found.3] {
            assert_eq!(row.int("total").unwrap(), 0, "what is not committed is not seen");
        }
        long.commit().await.unwrap();
        assert_eq!(read().await.unwrap().int("total").unwrap(), 1);
        db.close().await;
    }

    /// Without statistics the planner knows nothing of sizes, and guesses otherwise for each number of rows: every
    /// statement must lead with the given rows and look each up by its whole key, or long work takes the square of its time.
    #[tokio::test]
    async fn given_rows_are_looked_up_by_key_on_sqlite() {
        let dir = tempfile::tempdir().unwrap();
        let data = [
            (crate::applications::UPDATE_MANY, "id=?"),
            (crate::deliveries::UPDATE_DELIVERIES, "id=?"),
            (crate::imports::SUPERSEDE, "kind=? AND id=?"),
            (crate::journal::NUMBER, "id=?"),
            (crate::journal::SEAL, "id=?"),
            (crate::upkeep::CURRENT_OF, "kind=? AND id=?"),
        ];
        let keys = [(crate::keys::REWRAP_PEOPLE, "person_id=?")];
        for (name, migrations, bulks) in [
            ("data", migrate::DATA, data.as_slice()),
            ("keys", migrate::KEYS, keys.as_slice()),
        ] {
            let db = Db::open_sqlite(&dir.path().join(name), true).await.unwrap();
            migrate::run(&db, migrations, true).await.unwrap();
            let Db::Sqlite { writer, .. } = &db else {
                panic!("opened as SQLite")
            };
            for (bulk, key) in bulks {
                for size in SIZES {
                    let plan = format!("explain query plan {}", bulk.repeated(size));
                    let steps = sqlx::query(AssertSqlSafe(plan)).fetch_all(writer).await.unwrap();
                    let steps: Vec<String> = steps.iter().map(|step| step.get("detail")).collect();
                    let table = format!(" {} ", bulk.table);
                    let found = steps.iter().filter(|step| format!("{step} ").contains(&table));
                    let found: Vec<&String> = found.collect();
                    assert!(
                        found.len() == 1 && found[0].starts_with("SEARCH") && found[0].contains(key),
                        "{size} rows of {}: {steps:#?}",
                        bulk.table
                    );
                }
            }
            db.close().await;
        }
    }
}

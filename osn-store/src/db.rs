//! The two databases behind one set of verbs: the only place where a statement meets a driver.

use std::collections::HashMap;
use std::path::Path;
use std::str::FromStr as _;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Postgres, Sqlite, Transaction};

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

/// A statement over many rows: `head`, then `row` as often as needed, then `tail`. `?` in `row` are its arguments;
/// `$1…$fixed` in head and tail are arguments common to all rows.
#[derive(Clone, Copy)]
pub(crate) struct Bulk {
    pub(crate) table: &'static str,
    pub(crate) fixed: usize,
    pub(crate) head: &'static str,
    pub(crate) row: &'static str,
    pub(crate) tail: &'static str,
}

/// Rows per statement. Few sizes, so that every text stays in the statement cache; 256 rows of 20 columns stay far
/// below both databases' limit of arguments.
const SIZES: [usize; 5] = [256, 64, 16, 4, 1];

impl Bulk {
    /// The text for `rows` rows; made once for each size. It joins constants of this crate and numbers of placeholders.
    fn text(&self, rows: usize, order: Order) -> Arc<str> {
        type Texts = Mutex<HashMap<(&'static str, &'static str, usize, Order), Arc<str>>>;
        static TEXTS: OnceLock<Texts> = OnceLock::new();
        let mut texts = TEXTS
            .get_or_init(Texts::default)
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let text = texts
            .entry((self.head, self.tail, rows, order))
            .or_insert_with(|| Arc::from(self.write(rows, order)));
        Arc::clone(text)
    }

    fn write(&self, rows: usize, order: Order) -> String {
        let width = self.row.matches('?').count();
        let shift = match order {
            Order::CommonFirst => 0,
            Order::RowsFirst => rows * width,
        };
        let named = |text: &str| renumbered(text, shift);
        let mut text = named(self.head);
        let mut number = self.fixed;
        for row in 0..rows {
            text.push_str(if row == 0 { " " } else { ", " });
            if order == Order::RowsFirst {
                text.push_str(self.row);
                continue;
            }
            for part in self.row.split_inclusive('?') {
                match part.strip_suffix('?') {
                    Some(before) => {
                        number += 1;
                        text.push_str(before);
                        text.push('$');
                        text.push_str(&number.to_string());
                    }
                    None => text.push_str(part),
                }
            }
        }
        text.push(' ');
        text.push_str(&named(self.tail));
        text
    }

    /// Splits rows into statements of the sizes above.
    fn split(&self, common: &[Arg], mut rows: Vec<Vec<Arg>>, order: Order) -> Vec<(Arc<str>, Vec<Arg>)> {
        let mut statements = Vec::new();
        for size in SIZES {
            while rows.len() >= size {
                let rest = rows.split_off(size);
                let (common, rows_now) = (common.iter().cloned(), rows.into_iter().flatten());
                let args = match order {
                    Order::CommonFirst => common.chain(rows_now).collect(),
                    Order::RowsFirst => rows_now.chain(common).collect(),
                };
                statements.push((self.text(size, order), args));
                rows = rest;
            }
        }
        statements
    }
}

/// A text whose numbered placeholders are moved up.
fn renumbered(text: &str, by: usize) -> String {
    let mut pieces = text.split('$');
    let mut moved = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let digits = piece
            .find(|letter: char| !letter.is_ascii_digit())
            .unwrap_or(piece.len());
        let (number, rest) = piece.split_at(digits);
        moved.push('$');
        moved.push_str(
            &number
                .parse::<usize>()
                .map_or_else(|_| number.to_owned(), |number| (number + by).to_string()),
        );
        moved.push_str(rest);
    }
    moved
}

/// Where the arguments that all rows share stand among the arguments of a statement.
///
/// `SQLite` looks the name of a numbered placeholder up in a list, so that binding thousands takes time by the square of
/// their number; placeholders without a name are found at once, but take their arguments from the front.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Order {
    CommonFirst,
    RowsFirst,
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
            .auto_vacuum(SqliteAutoVacuum::Incremental)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            .pragma("secure_delete", "on")
            .pragma("trusted_schema", "off")
            .pragma("cache_size", "-16384")
            // A bulk statement must look its rows up in the table's own index. Left to itself, the planner prefers to read the
            // whole table against an index of the given rows that it makes anew for each statement.
            .pragma("automatic_index", "off")
            .disable_statement_logging();
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(30))
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(base.clone().optimize_on_close(true, None))
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

    const fn order(&self) -> Order {
        match self {
            Self::Sqlite { .. } => Order::RowsFirst,
            Self::Postgres(_) => Order::CommonFirst,
        }
    }

    /// Every row of a statement over many rows.
    pub(crate) async fn bulk(&self, bulk: &Bulk, common: Vec<Arg>, many: Vec<Vec<Arg>>) -> Result<Vec<Row>> {
        let mut found = Vec::new();
        for (text, args) in bulk.split(&common, many, self.order()) {
            let text = AssertSqlSafe(text);
            found.extend(match self {
                Self::Sqlite { reader, .. } => {
                    rows(bulk.table, bind_all!(sqlx::query(text), args).fetch_all(reader).await?)
                }
                Self::Postgres(pool) => rows(bulk.table, bind_all!(sqlx::query(text), args).fetch_all(pool).await?),
            });
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
    const fn order(&self) -> Order {
        match self {
            Self::Sqlite(_) => Order::RowsFirst,
            Self::Postgres(_) => Order::CommonFirst,
        }
    }

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
        for (text, args) in bulk.split(&common, many, self.order()) {
            let text = AssertSqlSafe(text);
            found.extend(match self {
                Self::Sqlite(transaction) => {
                    let query = bind_all!(sqlx::query(text), args);
                    rows(bulk.table, query.fetch_all(&mut **transaction).await?)
                }
                Self::Postgres(transaction) => {
                    let query = bind_all!(sqlx::query(text), args);
                    rows(bulk.table, query.fetch_all(&mut **transaction).await?)
                }
            });
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

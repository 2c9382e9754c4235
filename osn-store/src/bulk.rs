//! Statements over many rows: one text, written for each database in the form that it takes fastest.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use chrono::NaiveDate;
use osn_core::time::Instant;
use sqlx::Postgres;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use uuid::Uuid;

use crate::error::{Result, StoreError};
use crate::value::{Arg, At, JsonText};

/// A statement over many rows: `head`, then `row` as often as needed, then `tail`. `?` in `row` are its arguments;
/// `$1…$fixed` in head and tail are arguments common to all rows. A head that ends with `values` is followed by rows in
/// parentheses, any other by a list of single values.
#[derive(Clone, Copy)]
pub(crate) struct Bulk {
    pub(crate) table: &'static str,
    pub(crate) fixed: usize,
    pub(crate) head: &'static str,
    pub(crate) row: &'static str,
    pub(crate) tail: &'static str,
}

/// Rows of one statement of `SQLite`. Few sizes, so that every text stays in the statement cache; 256 rows of 20 columns
/// stay far below the limit of arguments.
pub(crate) const SIZES: [usize; 5] = [256, 64, 16, 4, 1];
/// Rows of one statement of `PostgreSQL`: some megabytes of sealed documents in one message.
const MOST: usize = 2_048;

impl Bulk {
    /// `SQLite` takes the rows as they are, one placeholder for each value.
    ///
    /// It looks the name of a numbered placeholder up in a list, so that binding thousands takes time by the square of their
    /// number. Placeholders without a name are found at once, but take their arguments from the front: the rows' come first.
    pub(crate) fn for_sqlite(&self, common: &[Arg], mut rows: Vec<Vec<Arg>>) -> Vec<(Arc<str>, Vec<Arg>)> {
        let mut statements = Vec::new();
        for size in SIZES {
            while rows.len() >= size {
                let rest = rows.split_off(size);
                let args = rows.into_iter().flatten().chain(common.iter().cloned()).collect();
                statements.push((self.repeated(size), args));
                rows = rest;
            }
        }
        statements
    }

    /// The text for `rows` rows; made once for each size. It joins constants of this crate and numbers of placeholders.
    pub(crate) fn repeated(&self, rows: usize) -> Arc<str> {
        type Texts = Mutex<HashMap<(&'static str, &'static str, usize), Arc<str>>>;
        static TEXTS: OnceLock<Texts> = OnceLock::new();
        let mut texts = TEXTS
            .get_or_init(Texts::default)
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let text = texts.entry((self.head, self.tail, rows)).or_insert_with(|| {
            let shift = rows * self.row.matches('?').count();
            let list = vec![self.row; rows].join(", ");
            Arc::from(format!(
                "{} {list} {}",
                renumbered(self.head, shift),
                renumbered(self.tail, shift)
            ))
        });
        Arc::clone(text)
    }

    /// `PostgreSQL` takes the rows as one array for each column: the text is the same for any number of rows, so that it is
    /// parsed and planned once, and a thousand rows are a handful of arguments.
    ///
    /// # Errors
    /// When rows differ in the number or the kinds of their values: a mistake of this crate.
    pub(crate) fn for_postgres(&self, mut rows: Vec<Vec<Arg>>) -> Result<Vec<(String, Vec<Column>)>> {
        let mut statements = Vec::new();
        while !rows.is_empty() {
            let rest = rows.split_off(rows.len().min(MOST));
            let columns = columns(rows)?;
            statements.push((self.unnested(&columns), columns));
            rows = rest;
        }
        Ok(statements)
    }

    fn unnested(&self, columns: &[Column]) -> String {
        let mut row = String::with_capacity(self.row.len() * 2);
        let mut column = 0_usize;
        for part in self.row.split_inclusive('?') {
            match part.strip_suffix('?') {
                Some(before) => {
                    column += 1;
                    row.push_str(before);
                    row.push_str(&format!("given_row.c{column}"));
                }
                None => row.push_str(part),
            }
        }
        let (head, row) = match self.head.strip_suffix("values") {
            Some(head) => (head, inside(&row)),
            None => (self.head, row.as_str()),
        };
        let list = |each: &dyn Fn(usize, &Column) -> String| {
            let all: Vec<String> = columns
                .iter()
                .enumerate()
                .map(|(at, column)| each(at + 1, column))
                .collect();
            all.join(", ")
        };
        let arrays = list(&|at, column| format!("${}::{}[]", self.fixed + at, column.element()));
        let names = list(&|at, _| format!("c{at}"));
        format!(
            "{head} select {row} from unnest({arrays}) as given_row({names}) {}",
            self.tail
        )
    }
}

/// A row without its parentheses.
fn inside(row: &str) -> &str {
    row.strip_prefix('(')
        .and_then(|row| row.strip_suffix(')'))
        .unwrap_or(row)
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

/// The values of many rows in one place of the row.
pub(crate) enum Column {
    Id(Vec<Option<Uuid>>),
    Text(Vec<Option<String>>),
    Int(Vec<Option<i64>>),
    Bool(Vec<Option<bool>>),
    Bytes(Vec<Option<Vec<u8>>>),
    At(Vec<Option<Instant>>),
    Day(Vec<Option<NaiveDate>>),
    Json(Vec<Option<String>>),
}

impl Column {
    fn like(arg: &Arg, rows: usize) -> Self {
        match arg {
            Arg::Id(_) => Self::Id(Vec::with_capacity(rows)),
            Arg::Text(_) => Self::Text(Vec::with_capacity(rows)),
            Arg::Int(_) => Self::Int(Vec::with_capacity(rows)),
            Arg::Bool(_) => Self::Bool(Vec::with_capacity(rows)),
            Arg::Bytes(_) => Self::Bytes(Vec::with_capacity(rows)),
            Arg::At(_) => Self::At(Vec::with_capacity(rows)),
            Arg::Day(_) => Self::Day(Vec::with_capacity(rows)),
            Arg::Json(_) => Self::Json(Vec::with_capacity(rows)),
        }
    }

    fn push(&mut self, arg: Arg) -> Result<()> {
        match (self, arg) {
            (Self::Id(values), Arg::Id(value)) => values.push(value),
            (Self::Text(values), Arg::Text(value)) | (Self::Json(values), Arg::Json(value)) => values.push(value),
            (Self::Int(values), Arg::Int(value)) => values.push(value),
            (Self::Bool(values), Arg::Bool(value)) => values.push(value),
            (Self::Bytes(values), Arg::Bytes(value)) => values.push(value),
            (Self::At(values), Arg::At(value)) => values.push(value),
            (Self::Day(values), Arg::Day(value)) => values.push(value),
            _ => return Err(StoreError::OutOfRange("kind of a value")),
        }
        Ok(())
    }

    /// The type of one value.
    const fn element(&self) -> &'static str {
        match self {
            Self::Id(_) => "uuid",
            Self::Text(_) => "text",
            Self::Int(_) => "bigint",
            Self::Bool(_) => "boolean",
            Self::Bytes(_) => "bytea",
            Self::At(_) => "timestamptz",
            Self::Day(_) => "date",
            Self::Json(_) => "jsonb",
        }
    }
}

fn columns(rows: Vec<Vec<Arg>>) -> Result<Vec<Column>> {
    let count = rows.len();
    let first = rows.first().map(Vec::as_slice).unwrap_or_default();
    let mut columns: Vec<Column> = first.iter().map(|arg| Column::like(arg, count)).collect();
    for row in rows {
        if row.len() != columns.len() {
            return Err(StoreError::OutOfRange("width of a row"));
        }
        for (column, arg) in columns.iter_mut().zip(row) {
            column.push(arg)?;
        }
    }
    Ok(columns)
}

type PgQuery<'q> = Query<'q, Postgres, PgArguments>;

/// Binds every column behind the arguments that are bound already.
pub(crate) fn bind_columns(query: PgQuery<'_>, columns: Vec<Column>) -> PgQuery<'_> {
    columns.into_iter().fold(query, |query, column| match column {
        Column::Id(values) => query.bind(values),
        Column::Text(values) => query.bind(values),
        Column::Int(values) => query.bind(values),
        Column::Bool(values) => query.bind(values),
        Column::Bytes(values) => query.bind(values),
        Column::At(values) => query.bind(wrapped(values, At)),
        Column::Day(values) => query.bind(values),
        Column::Json(values) => query.bind(wrapped(values, JsonText)),
    })
}

fn wrapped<T, W>(values: Vec<Option<T>>, wrap: impl Fn(T) -> W) -> Vec<Option<W>> {
    values.into_iter().map(|value| value.map(&wrap)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::args;

    const INSERT: Bulk = Bulk {
        table: "thing",
        fixed: 0,
        head: "insert into thing (id, name, version) values",
        row: "(?, ?, 1)",
        tail: "",
    };
    const FIND: Bulk = Bulk {
        table: "thing",
        fixed: 1,
        head: "select id from thing where owner = $1 and id in (",
        row: "?",
        tail: ") order by id",
    };

    #[test]
    fn rows_are_placeholders_on_sqlite() {
        let texts = |bulk: &Bulk, common: &[Arg], rows: usize| -> Vec<String> {
            let rows = vec![args!["a"]; rows];
            let statements = bulk.for_sqlite(common, rows);
            statements.iter().map(|(text, _)| text.to_string()).collect()
        };
        assert_eq!(
            texts(&INSERT, &[], 5),
            [
                "insert into thing (id, name, version) values (?, ?, 1), (?, ?, 1), (?, ?, 1), (?, ?, 1) ",
                "insert into thing (id, name, version) values (?, ?, 1) "
            ]
        );
        assert_eq!(
            texts(&FIND, &[Arg::from(1_i64)], 1),
            ["select id from thing where owner = $2 and id in ( ? ) order by id"]
        );
    }

    #[test]
    fn rows_are_arrays_on_postgres() {
        let rows = vec![args![1_i64, "a"], args![2_i64, None::<String>]];
        let statements = INSERT.for_postgres(rows).unwrap();
        assert_eq!(
            statements[0].0,
            "insert into thing (id, name, version)  select given_row.c1, given_row.c2, 1 \
             from unnest($1::bigint[], $2::text[]) as given_row(c1, c2) "
        );
        let statements = FIND.for_postgres(vec![args![1_i64]; MOST + 1]).unwrap();
        assert_eq!(statements.len(), 2);
        assert_eq!(
            statements[0].0,
            "select id from thing where owner = $1 and id in ( select given_row.c1 \
             from unnest($2::bigint[]) as given_row(c1) ) order by id"
        );
    }

    #[test]
    fn rows_that_differ_are_refused() {
        assert!(INSERT.for_postgres(vec![args![1_i64, "a"], args![1_i64]]).is_err());
        assert!(
            INSERT
                .for_postgres(vec![args![1_i64, "a"], args![1_i64, 2_i64]])
                .is_err()
        );
    }
}

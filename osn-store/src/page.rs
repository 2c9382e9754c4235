//! Pages of lists, versions of records, and the statements that read documents by id.

use std::collections::{BTreeMap, BTreeSet};

use osn_core::time::Instant;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::db::{Bulk, Db, Sql};
use crate::error::{Result, StoreError};
use crate::store::Scope;
use crate::value::{Arg, FromUuid, Row};

/// A value with the version that an update must name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versioned<T> {
    /// The value.
    pub value: T,
    /// Its version, counted from 1.
    pub version: i64,
    /// When it was changed last.
    pub updated_at: Instant,
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// How many the whole list has.
    pub total: u64,
    /// Where the next page starts; opaque; `None` on the last page.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// The same page with other items.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(change).collect(),
            total: self.total,
            next: self.next,
        }
    }
}

/// Which page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageQuery {
    /// Items wanted; taken as 1 to 200.
    pub limit: u32,
    /// Cursor of the page before.
    pub after: Option<String>,
}

impl PageQuery {
    /// The first page with the greatest number of items.
    pub const fn first() -> Self {
        Self {
            limit: 200,
            after: None,
        }
    }

    pub(crate) fn limit(&self) -> u32 {
        self.limit.clamp(1, 200)
    }

    /// The cursor of lists in the order of ids.
    pub(crate) fn after_id(&self) -> Result<Uuid> {
        match &self.after {
            None => Ok(Uuid::nil()),
            Some(text) => Uuid::parse_str(text).map_err(|_| StoreError::OutOfRange("after")),
        }
    }
}

/// Cuts what was read with one item too many, and says where the next page starts.
pub(crate) fn page<T>(mut items: Vec<T>, limit: u32, total: u64, cursor: impl Fn(&T) -> String) -> Page<T> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = items.len() > limit;
    items.truncate(limit);
    let next = if more { items.last().map(cursor) } else { None };
    Page { items, total, next }
}

/// The two statements of a list in the order of ids. Arguments: municipality, filters, then cursor and limit.
pub(crate) struct Pages {
    pub(crate) page: Sql,
    pub(crate) count: Sql,
}

/// `pages!("table", "columns", "and filters", "$cursor", "$limit")`.
macro_rules! pages {
    ($table:literal, $columns:expr, $filter:literal, $after:literal, $limit:literal) => {
        $crate::page::Pages {
            page: $crate::db::sql(
                $table,
                concat!(
                    "select ",
                    $columns,
                    " from ",
                    $table,
                    " where municipality_id = $1 ",
                    $filter,
                    " and id > ",
                    $after,
                    " order by id limit ",
                    $limit
                ),
            ),
            count: $crate::db::sql(
                $table,
                concat!(
                    "select count(*) as total from ",
                    $table,
                    " where municipality_id = $1 ",
                    $filter
                ),
            ),
        }
    };
}
pub(crate) use pages;

/// `document!("table")`: read one document by municipality and id.
macro_rules! document {
    ($table:literal) => {
        $crate::db::sql(
            $table,
            concat!(
                "select id, body, version, updated_at from ",
                $table,
                " where municipality_id = $1 and id = $2"
            ),
        )
    };
}
pub(crate) use document;

/// `documents!("table")`: read documents by municipality and ids, a statement for each 256.
macro_rules! documents {
    ($table:literal) => {
        $crate::db::Bulk {
            table: $table,
            fixed: 1,
            head: concat!(
                "select id, body, version, updated_at from ",
                $table,
                " where municipality_id = $1 and id in ("
            ),
            row: "?",
            tail: ")",
        }
    };
}
pub(crate) use documents;

/// `update!("table")`: state, document and version of one record. Arguments: municipality, id, version, state, body, now.
macro_rules! update {
    ($table:literal) => {
        $crate::db::sql(
            $table,
            concat!(
                "update ",
                $table,
                " set state = $4, body = $5, version = version + 1, updated_at = $6 ",
                "where municipality_id = $1 and id = $2 and version = $3"
            ),
        )
    };
}
pub(crate) use update;

/// A document row.
pub(crate) fn versioned<T: DeserializeOwned>(row: &Row) -> Result<Versioned<T>> {
    Ok(Versioned {
        value: row.json("body")?,
        version: row.int("version")?,
        updated_at: row.at("updated_at")?,
    })
}

impl Scope {
    /// Documents by their ids; those that do not exist are left out.
    pub(crate) async fn documents<I, T>(
        &self,
        bulk: &Bulk,
        ids: impl IntoIterator<Item = I>,
    ) -> Result<BTreeMap<I, Versioned<T>>>
    where
        I: FromUuid + Ord,
        Arg: From<I>,
        T: DeserializeOwned,
    {
        let wanted: BTreeSet<I> = ids.into_iter().collect();
        let wanted = wanted.into_iter().map(|id| vec![Arg::from(id)]).collect();
        let rows = self.db().bulk(bulk, vec![self.municipality.into()], wanted).await?;
        rows.iter().map(|row| Ok((row.id("id")?, versioned(row)?))).collect()
    }
}

impl Pages {
    /// Reads a page. `args` are the municipality and the filters.
    pub(crate) async fn read<T>(
        &self,
        db: &Db,
        args: Vec<Arg>,
        query: &PageQuery,
        each: impl Fn(&Row) -> Result<T>,
    ) -> Result<Page<T>> {
        let total = db.one(&self.count, args.clone()).await?.number("total")?;
        let limit = query.limit();
        let mut args = args;
        args.push(query.after_id()?.into());
        args.push(limit.saturating_add(1).into());
        let rows = db.all(&self.page, args).await?;
        let items = rows
            .iter()
            .map(|row| Ok((row.get::<Uuid>("id")?, each(row)?)))
            .collect::<Result<Vec<_>>>()?;
        let page = page(items, limit, total, |(id, _)| id.simple().to_string());
        Ok(page.map(|(_, item)| item))
    }
}

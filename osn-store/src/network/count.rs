//! Searches that found nothing, and what the mapping of today answers to certified needs.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use osn_core::id::RequestId;
use osn_core::time::Instant;

use crate::db::{Sql, sql};
use crate::error::{Result, StoreError};
use crate::store::Scope;
use crate::tx::Tx;
use crate::value::args;

/// Searches of one day that found nothing, by what was chosen; an empty code is any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmptySearch {
    /// The category.
    pub category: String,
    /// The area.
    pub area: String,
    /// The group.
    pub group: String,
    /// How many.
    pub searches: u32,
}

/// What the mapping of an instant answers to a need that was certified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recheck {
    /// The request.
    pub request: RequestId,
    /// People whom the network leaves.
    pub residual: u32,
    /// Services on which a person would have to decide.
    pub open: u32,
    /// The mapping was read as of.
    pub recorded_at: Instant,
    /// When the request's owner was told that it would be covered.
    pub told_at: Option<Instant>,
}

const COUNT: Sql = sql(
    "empty_search",
    "insert into empty_search (municipality_id, day, category, area, group_code, searches)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (municipality_id, day, category, area, group_code)
     do update set searches = empty_search.searches + $6",
);
const COUNTED: Sql = sql(
    "empty_search",
    "select category, area, group_code, cast(sum(searches) as bigint) as total from empty_search
     where municipality_id = $1 and day >= $2 and day <= $3
     group by category, area, group_code order by total desc, category, area, group_code limit 500",
);
const RECHECKS: Sql = sql(
    "need_recheck",
    "select request_id as id, residual, open, recorded_at, told_at from need_recheck where municipality_id = $1",
);
const PUT_RECHECK: Sql = sql(
    "need_recheck",
    "insert into need_recheck (municipality_id, request_id, residual, open, recorded_at, told_at)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (municipality_id, request_id)
     do update set residual = $3, open = $4, recorded_at = $5, told_at = $6",
);

impl Scope {
    /// Searches that found nothing from one day to another, the most first; at most 500 lines.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn empty_searches(&self, from: NaiveDate, to: NaiveDate) -> Result<Vec<EmptySearch>> {
        let rows = self.db().all(&COUNTED, args![self.municipality, from, to]).await?;
        rows.iter()
            .map(|row| {
                Ok(EmptySearch {
                    category: row.text("category")?,
                    area: row.text("area")?,
                    group: row.text("group_code")?,
                    searches: row.number("total")?,
                })
            })
            .collect()
    }

    /// The last look at every certified need.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn need_rechecks(&self) -> Result<BTreeMap<RequestId, Recheck>> {
        let rows = self.db().all(&RECHECKS, args![self.municipality]).await?;
        rows.iter()
            .map(|row| {
                let request: RequestId = row.id("id")?;
                let recheck = Recheck {
                    request,
                    residual: row.number("residual")?,
                    open: row.number("open")?,
                    recorded_at: row.at("recorded_at")?,
                    told_at: row.opt_at("told_at")?,
                };
                Ok((request, recheck))
            })
            .collect()
    }
}

impl Tx {
    /// Adds searches of a day that found nothing.
    ///
    /// # Errors
    /// When the database refuses, or nothing was counted.
    pub async fn count_empty_search(&mut self, day: NaiveDate, search: &EmptySearch) -> Result<()> {
        if search.searches == 0 {
            return Err(StoreError::OutOfRange("searches"));
        }
        let args = args![
            self.municipality(),
            day,
            search.category.as_str(),
            search.area.as_str(),
            search.group.as_str(),
            search.searches
        ];
        self.run(&COUNT, args).await.map(|_| ())
    }

    /// Keeps the last look at a certified need.
    ///
    /// # Errors
    /// When there is no such request, or the database refuses.
    pub async fn put_need_recheck(&mut self, recheck: &Recheck) -> Result<()> {
        let args = args![
            self.municipality(),
            recheck.request,
            recheck.residual,
            recheck.open,
            recheck.recorded_at,
            recheck.told_at
        ];
        self.run(&PUT_RECHECK, args).await.map(|_| ())
    }
}

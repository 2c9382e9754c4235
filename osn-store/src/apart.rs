//! Pairs of records that look like one and are two, as somebody decided who looked at them.

use osn_core::time::Instant;
use osn_core::upkeep::RecordKind;
use uuid::Uuid;

use crate::db::{Sql, sql};
use crate::error::Result;
use crate::store::Scope;
use crate::tx::Tx;
use crate::value::{Row, args};

/// Two records that are two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordsApart {
    /// The one with the smaller identifier.
    pub one: Uuid,
    /// The other.
    pub other: Uuid,
    /// When somebody decided so.
    pub at: Instant,
}

const APART: Sql = sql(
    "record_apart",
    "select one_id, other_id, decided_at from record_apart where municipality_id = $1 and kind = $2
     order by decided_at desc, one_id, other_id",
);
const INSERT: Sql = sql(
    "record_apart",
    "insert into record_apart (municipality_id, kind, one_id, other_id, decided_by, decided_at)
     values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
);
const DELETE: Sql = sql(
    "record_apart",
    "delete from record_apart where municipality_id = $1 and kind = $2 and one_id = $3 and other_id = $4",
);

impl Scope {
    /// The pairs of a kind that are two records each, decided last first.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn records_apart(&self, kind: RecordKind) -> Result<Vec<RecordsApart>> {
        let rows = self.db().all(&APART, args![self.municipality, kind.name()]).await?;
        let each = |row: &Row| {
            Ok(RecordsApart {
                one: row.id("one_id")?,
                other: row.id("other_id")?,
                at: row.at("decided_at")?,
            })
        };
        rows.iter().map(each).collect()
    }
}

impl Tx {
    /// Records that two records are two, whichever is named first; `false` when somebody had decided so before.
    ///
    /// # Errors
    /// When the database refuses, as it does where the two are one.
    pub async fn keep_apart(&mut self, kind: RecordKind, one: Uuid, other: Uuid) -> Result<bool> {
        let values = vec![
            self.municipality().into(),
            kind.name().into(),
            one.min(other).into(),
            one.max(other).into(),
            self.actor.account.into(),
            self.now.into(),
        ];
        Ok(self.run(&INSERT, values).await? > 0)
    }

    /// Nobody says any more that two records are two; `false` when nobody did.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn keep_apart_no_more(&mut self, kind: RecordKind, one: Uuid, other: Uuid) -> Result<bool> {
        let args = args![self.municipality(), kind.name(), one.min(other), one.max(other)];
        Ok(self.run(&DELETE, args).await? > 0)
    }
}

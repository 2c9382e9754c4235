//! Plans that a program made, as they can be made again. They name people by identifiers only.

use osn_core::canonical::Digest;
use osn_core::id::ActionId;
use osn_core::time::Instant;
use uuid::Uuid;

use crate::db::{Sql, sql};
use crate::error::Result;
use crate::store::Scope;
use crate::tx::Tx;
use crate::value::{Row, args};

/// The record of a plan, as it can be made again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptPlan {
    /// Identifier.
    pub id: Uuid,
    /// The action.
    pub action_id: ActionId,
    /// Version of the plan.
    pub number: u32,
    /// Digest of the bytes, as it was written down.
    pub digest: Digest,
    /// Canonical JSON.
    pub body: String,
    /// When.
    pub recorded_at: Instant,
}

const NEXT: Sql = sql(
    "plan_record",
    "select id, action_id, number, digest, body, recorded_at from plan_record
     where municipality_id = $1 and id > $2 order by id limit $3",
);
const INSERT: Sql = sql(
    "plan_record",
    "insert into plan_record (municipality_id, id, action_id, number, digest, body, recorded_at)
     values ($1, $2, $3, $4, $5, $6, $7)",
);

fn record(row: &Row) -> Result<KeptPlan> {
    Ok(KeptPlan {
        id: row.id("id")?,
        action_id: row.id("action_id")?,
        number: row.number("number")?,
        digest: Digest::from_bytes(row.array("digest")?),
        body: row.text("body")?,
        recorded_at: row.at("recorded_at")?,
    })
}

impl Scope {
    /// The next records after an id; an empty answer is the end.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn plan_records(&self, after: Option<Uuid>, limit: u32) -> Result<Vec<KeptPlan>> {
        let after = after.unwrap_or_else(Uuid::nil);
        let rows = self
            .db()
            .all(&NEXT, args![self.municipality, after, limit.max(1)])
            .await?;
        rows.iter().map(record).collect()
    }
}

impl Tx {
    /// Keeps the record of a plan.
    ///
    /// # Errors
    /// `Conflict` when this version has one.
    pub async fn insert_plan_record(&mut self, record: &KeptPlan) -> Result<()> {
        let values = args![
            self.municipality(),
            record.id,
            record.action_id,
            record.number,
            record.digest.into_bytes(),
            record.body.as_str(),
            record.recorded_at,
        ];
        self.run(&INSERT, values).await.map(|_| ())
    }
}

//! Records of decisions that are no assessment: plans that a program made. They name people by identifiers only.

use osn_core::canonical::Digest;
use osn_core::time::Instant;
use uuid::Uuid;

use crate::db::{Sql, sql};
use crate::error::Result;
use crate::store::Scope;
use crate::tx::Tx;
use crate::value::{Row, args};

/// What a record is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecidedKind {
    /// A version of a plan whose people a program assigned.
    Plan,
}

impl DecidedKind {
    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plan => "plan",
        }
    }
}

/// A decision as it can be made again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecidedRecord {
    /// Identifier.
    pub id: Uuid,
    /// What it is about.
    pub kind: DecidedKind,
    /// The action.
    pub subject_id: Uuid,
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
    "decided_record",
    "select id, kind, subject_id, number, digest, body, recorded_at from decided_record
     where municipality_id = $1 and id > $2 order by id limit $3",
);
const INSERT: Sql = sql(
    "decided_record",
    "insert into decided_record (municipality_id, id, kind, subject_id, number, digest, body, recorded_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)",
);

fn record(row: &Row) -> Result<DecidedRecord> {
    let kind = match row.text("kind")?.as_str() {
        "plan" => DecidedKind::Plan,
        _ => return Err(row.inconsistent("kind")),
    };
    Ok(DecidedRecord {
        id: row.id("id")?,
        kind,
        subject_id: row.id("subject_id")?,
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
    pub async fn decided_records(&self, after: Option<Uuid>, limit: u32) -> Result<Vec<DecidedRecord>> {
        let after = after.unwrap_or_else(Uuid::nil);
        let rows = self
            .db()
            .all(&NEXT, args![self.municipality, after, limit.max(1)])
            .await?;
        rows.iter().map(record).collect()
    }
}

impl Tx {
    /// Keeps the record of a decision.
    ///
    /// # Errors
    /// `Conflict` when this decision has one.
    pub async fn insert_decided(&mut self, record: &DecidedRecord) -> Result<()> {
        let values = args![
            self.municipality(),
            record.id,
            record.kind.name(),
            record.subject_id,
            record.number,
            record.digest.into_bytes(),
            record.body.as_str(),
            record.recorded_at,
        ];
        self.run(&INSERT, values).await.map(|_| ())
    }
}

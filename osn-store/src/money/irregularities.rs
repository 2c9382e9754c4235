//! The register of irregularities.

use osn_core::expenditure::Irregularity;
use osn_core::id::{IrregularityId, OperationId};
use osn_core::state::Machine as _;

use crate::db::{Sql, sql};
use crate::error::Result;
use crate::page::{Versioned, document, update, versioned};
use crate::store::Scope;
use crate::tx::Tx;
use crate::value::{Arg, args};

const ONE: Sql = document!("irregularity");
const OF_OPERATION: Sql = sql(
    "irregularity",
    "select id, body, version, updated_at from irregularity where municipality_id = $1 and operation_id = $2 order by number",
);
const INSERT: Sql = sql(
    "irregularity",
    "insert into irregularity (municipality_id, id, operation_id, expense_id, number, state, amount_cents, body, version,
       created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $9)",
);
const UPDATE: Sql = update!("irregularity");

impl Scope {
    /// An irregularity.
    ///
    /// # Errors
    /// When the database fails or the row cannot be understood.
    pub async fn irregularity(&self, id: IrregularityId) -> Result<Option<Versioned<Irregularity>>> {
        let row = self.db().optional(&ONE, args![self.municipality, id]).await?;
        row.as_ref().map(versioned).transpose()
    }

    /// The register of an operation, by number.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn irregularities(&self, operation: OperationId) -> Result<Vec<Versioned<Irregularity>>> {
        let rows = self
            .db()
            .all(&OF_OPERATION, args![self.municipality, operation])
            .await?;
        rows.iter().map(versioned).collect()
    }
}

impl Tx {
    /// A new irregularity.
    ///
    /// # Errors
    /// `Conflict` when the operation has one with this number.
    pub async fn insert_irregularity(&mut self, new: &Irregularity) -> Result<()> {
        let values = vec![
            self.municipality().into(),
            new.id.into(),
            new.operation_id.into(),
            new.expense_id.into(),
            new.number.into(),
            new.state.name().into(),
            new.amount.cents().into(),
            Arg::json(new)?,
            self.now.into(),
        ];
        self.run(&INSERT, values).await.map(|_| ())
    }

    /// The irregularity after a step.
    ///
    /// # Errors
    /// `Stale` when it moved on.
    pub async fn update_irregularity(&mut self, moved: &Irregularity, version: i64) -> Result<()> {
        self.update(&UPDATE, moved.id.uuid(), version, moved.state.name(), moved)
            .await
    }
}

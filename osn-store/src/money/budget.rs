//! Budget lines, reallocations by two people, commitments.

use osn_core::expenditure::{BudgetLine, Commitment, CommitmentState, Reallocation};
use osn_core::id::{BudgetLineId, CommitmentId, OperationId, ReallocationId};
use osn_core::state::Machine as _;

use crate::db::{Sql, sql};
use crate::error::Result;
use crate::page::{Versioned, document, update, versioned};
use crate::store::Scope;
use crate::tx::{Tx, fresh};
use crate::value::{Arg, args};

const LINE: Sql = document!("budget_line");
const LINES: Sql = sql(
    "budget_line",
    "select id, body, version, updated_at from budget_line
     where municipality_id = $1 and operation_id = $2 order by code, id",
);
const INSERT_LINE: Sql = sql(
    "budget_line",
    "insert into budget_line (municipality_id, id, operation_id, code, state, amount_cents, body, version, created_at,
       updated_at) values ($1, $2, $3, $4, 'active', $5, $6, 1, $7, $7)",
);
const UPDATE_LINE: Sql = sql(
    "budget_line",
    "update budget_line set amount_cents = $4, body = $5, version = version + 1, updated_at = $6
     where municipality_id = $1 and id = $2 and version = $3",
);
const REALLOCATION: Sql = document!("reallocation");
const REALLOCATIONS: Sql = sql(
    "reallocation",
    "select id, body, version, updated_at from reallocation
     where municipality_id = $1 and operation_id = $2 order by id",
);
const INSERT_REALLOCATION: Sql = sql(
    "reallocation",
    "insert into reallocation (municipality_id, id, operation_id, state, body, version, created_at, updated_at)
     values ($1, $2, $3, $4, $5, 1, $6, $6)",
);
const UPDATE_REALLOCATION: Sql = update!("reallocation");
const COMMITMENT: Sql = document!("commitment");
const COMMITMENTS: Sql = sql(
    "commitment",
    "select id, body, version, updated_at from commitment
     where municipality_id = $1 and operation_id = $2 order by id",
);
const INSERT_COMMITMENT: Sql = sql(
    "commitment",
    "insert into commitment (municipality_id, id, operation_id, budget_line_id, ada, state, amount_cents, body, version,
       created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $9)",
);
const UPDATE_COMMITMENT: Sql = update!("commitment");

fn state(commitment: &Commitment) -> &'static str {
    match commitment.state {
        CommitmentState::Active => "active",
        CommitmentState::Released => "released",
    }
}

impl Scope {
    /// A line of a budget.
    ///
    /// # Errors
    /// When the database fails or the row cannot be understood.
    pub async fn budget_line(&self, id: BudgetLineId) -> Result<Option<Versioned<BudgetLine>>> {
        let row = self.db().optional(&LINE, args![self.municipality, id]).await?;
        row.as_ref().map(versioned).transpose()
    }

    /// The budget of an operation, in the order of its codes.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn budget(&self, operation: OperationId) -> Result<Vec<Versioned<BudgetLine>>> {
        let rows = self.db().all(&LINES, args![self.municipality, operation]).await?;
        rows.iter().map(versioned).collect()
    }

    /// A reallocation.
    ///
    /// # Errors
    /// When the database fails or the row cannot be understood.
    pub async fn reallocation(&self, id: ReallocationId) -> Result<Option<Versioned<Reallocation>>> {
        let row = self.db().optional(&REALLOCATION, args![self.municipality, id]).await?;
        row.as_ref().map(versioned).transpose()
    }

    /// Every reallocation of an operation, oldest first.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn reallocations(&self, operation: OperationId) -> Result<Vec<Versioned<Reallocation>>> {
        let rows = self
            .db()
            .all(&REALLOCATIONS, args![self.municipality, operation])
            .await?;
        rows.iter().map(versioned).collect()
    }

    /// A commitment.
    ///
    /// # Errors
    /// When the database fails or the row cannot be understood.
    pub async fn commitment(&self, id: CommitmentId) -> Result<Option<Versioned<Commitment>>> {
        let row = self.db().optional(&COMMITMENT, args![self.municipality, id]).await?;
        row.as_ref().map(versioned).transpose()
    }

    /// Every commitment of an operation, oldest first.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn commitments(&self, operation: OperationId) -> Result<Vec<Versioned<Commitment>>> {
        let rows = self.db().all(&COMMITMENTS, args![self.municipality, operation]).await?;
        rows.iter().map(versioned).collect()
    }
}

impl Tx {
    /// A new line.
    ///
    /// # Errors
    /// `Conflict` when the operation has a line with this code.
    pub async fn insert_budget_line(&mut self, line: &BudgetLine) -> Result<()> {
        let values = vec![
            self.municipality().into(),
            line.id.into(),
            line.operation_id.into(),
            line.code.as_str().into(),
            line.amount.cents().into(),
            Arg::json(line)?,
            self.now.into(),
        ];
        self.run(&INSERT_LINE, values).await.map(|_| ())
    }

    /// The line after a reallocation.
    ///
    /// # Errors
    /// `Stale` when it moved on.
    pub async fn update_budget_line(&mut self, line: &BudgetLine, version: i64) -> Result<()> {
        let values = vec![
            self.municipality().into(),
            line.id.into(),
            version.into(),
            line.amount.cents().into(),
            Arg::json(line)?,
            self.now.into(),
        ];
        fresh(self.run(&UPDATE_LINE, values).await?, version)
    }

    /// A reallocation that somebody asks for.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn insert_reallocation(&mut self, reallocation: &Reallocation) -> Result<()> {
        let values = vec![
            self.municipality().into(),
            reallocation.id.into(),
            reallocation.operation_id.into(),
            reallocation.state.name().into(),
            Arg::json(reallocation)?,
            self.now.into(),
        ];
        self.run(&INSERT_REALLOCATION, values).await.map(|_| ())
    }

    /// What became of it.
    ///
    /// # Errors
    /// `Stale` when somebody else was first.
    pub async fn update_reallocation(&mut self, reallocation: &Reallocation, version: i64) -> Result<()> {
        let (id, state) = (reallocation.id.uuid(), reallocation.state.name());
        self.update(&UPDATE_REALLOCATION, id, version, state, reallocation)
            .await
    }

    /// A new commitment.
    ///
    /// # Errors
    /// `Conflict` when the number of its posting is known already.
    pub async fn insert_commitment(&mut self, commitment: &Commitment) -> Result<()> {
        let values = vec![
            self.municipality().into(),
            commitment.id.into(),
            commitment.operation_id.into(),
            commitment.budget_line_id.into(),
            commitment.ada.as_str().into(),
            state(commitment).into(),
            commitment.amount.cents().into(),
            Arg::json(commitment)?,
            self.now.into(),
        ];
        self.run(&INSERT_COMMITMENT, values).await.map(|_| ())
    }

    /// The commitment after it was released.
    ///
    /// # Errors
    /// `Stale` when it moved on.
    pub async fn update_commitment(&mut self, commitment: &Commitment, version: i64) -> Result<()> {
        let id = commitment.id.uuid();
        self.update(&UPDATE_COMMITMENT, id, version, state(commitment), commitment)
            .await
    }
}

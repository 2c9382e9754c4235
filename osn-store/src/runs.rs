//! Assessment runs: what was run, with what, how far it came, and what came out.

use chrono::NaiveDate;
use osn_core::canonical::Digest;
use osn_core::id::{AccountId, AssessmentRunId, CallId};
use osn_core::time::Instant;
use serde::{Deserialize, Serialize};

use crate::DecisionQuery;
use crate::db::{Sql, sql};
use crate::error::Result;
use crate::page::{Versioned, document, versioned};
use crate::store::Scope;
use crate::tx::Tx;
use crate::value::{Arg, args};

/// Where a run stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state", rename_all_fields = "snake_case")]
pub enum RunState {
    /// Under way.
    Running,
    /// Every application was judged.
    Finished {
        /// When.
        at: Instant,
        /// Merkle root of the decisions' digests, in the order of application ids.
        merkle_root: Digest,
        /// Applications judged eligible.
        eligible: u64,
        /// Applications judged not eligible.
        not_eligible: u64,
        /// Applications that miss evidence.
        missing_evidence: u64,
        /// Fuel that the program used; never compared.
        fuel_used: u64,
    },
    /// It ended with a fault.
    Failed {
        /// When.
        at: Instant,
        /// Stable code of the fault.
        code: String,
    },
}

impl RunState {
    /// The state's stable name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Finished { .. } => "finished",
            Self::Failed { .. } => "failed",
        }
    }
}

/// One assessment of all applications of a call: what was run, with what, and what came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssessmentRun {
    /// Identifier.
    pub id: AssessmentRunId,
    /// The call.
    pub call_id: CallId,
    /// Name of the program.
    pub program: String,
    /// Digest of the code that judged.
    pub code_digest: String,
    /// Digest of the package that was installed.
    pub package_digest: String,
    /// Version of the program contract.
    pub contract: String,
    /// The call's parameters, canonical JSON text.
    pub parameters: String,
    /// The day as of which everything was judged.
    pub as_of: NaiveDate,
    /// The fuel limit for each batch.
    pub fuel_limit: u64,
    /// Who asked for it.
    pub started_by: AccountId,
    /// When.
    pub started_at: Instant,
    /// Where it stands.
    pub state: RunState,
}

const RUN: Sql = document!("assessment_run");
const RUNS: Sql = sql(
    "assessment_run",
    "select id, body, version, updated_at from assessment_run where municipality_id = $1 and call_id = $2 order by id",
);
const INSERT_RUN: Sql = sql(
    "assessment_run",
    "insert into assessment_run (municipality_id, id, call_id, state, body, version, started_at, updated_at)
     values ($1, $2, $3, $4, $5, 1, $6, $7)",
);
const FINISH_RUN: Sql = sql(
    "assessment_run",
    "update assessment_run set state = $3, body = $4, version = version + 1, updated_at = $5
     where municipality_id = $1 and id = $2 and state = 'running'",
);
const FUEL: Sql = sql(
    "assessment_run",
    "select id, fuel_used from assessment_run where municipality_id = $1 and id = $2",
);
impl Scope {
    /// A run.
    ///
    /// # Errors
    /// When the database fails or the row cannot be understood.
    pub async fn assessment_run(&self, id: AssessmentRunId) -> Result<Option<Versioned<AssessmentRun>>> {
        let row = self.db().optional(&RUN, args![self.municipality, id]).await?;
        row.as_ref().map(versioned).transpose()
    }

    /// Every run of a call, oldest first.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn assessment_runs(&self, call: CallId) -> Result<Vec<Versioned<AssessmentRun>>> {
        self.db()
            .all(&RUNS, args![self.municipality, call])
            .await?
            .iter()
            .map(versioned)
            .collect()
    }

    /// The last finished run of a call.
    ///
    /// # Errors
    /// When the database fails or the row cannot be understood.
    pub async fn last_finished_run(&self, call: CallId) -> Result<Option<AssessmentRun>> {
        match self.run_of(DecisionQuery::Call(call)).await?.flatten() {
            Some(run) => Ok(self.assessment_run(run).await?.map(|run| run.value)),
            None => Ok(None),
        }
    }

    /// Fuel that the decisions of a run took so far.
    ///
    /// # Errors
    /// When the database fails or there is no such run.
    pub async fn fuel_used(&self, run: AssessmentRunId) -> Result<u64> {
        self.db()
            .one(&FUEL, args![self.municipality, run])
            .await?
            .number("fuel_used")
    }
}

impl Tx {
    /// A new run.
    ///
    /// # Errors
    /// `Conflict` when the call does not exist.
    pub async fn insert_run(&mut self, run: &AssessmentRun) -> Result<()> {
        let values = vec![
            self.municipality().into(),
            run.id.into(),
            run.call_id.into(),
            run.state.name().into(),
            Arg::json(run)?,
            run.started_at.into(),
            self.now.into(),
        ];
        self.run(&INSERT_RUN, values).await.map(|_| ())
    }

    /// Ends a run that is under way.
    ///
    /// # Errors
    /// `Stale` when it is not under way.
    pub async fn finish_run(&mut self, run: &AssessmentRun) -> Result<()> {
        let values = vec![
            self.municipality().into(),
            run.id.into(),
            run.state.name().into(),
            Arg::json(run)?,
            self.now.into(),
        ];
        crate::tx::fresh(self.run(&FINISH_RUN, values).await?, 1)
    }
}

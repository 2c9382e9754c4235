//! Assessment runs and decision records: sealed under the person's key, found by run, call and application.

use chrono::NaiveDate;
use osn_core::application::AssessmentOutcome;
use osn_core::canonical::Digest;
use osn_core::id::{AccountId, ApplicationId, AssessmentRunId, CallId, DecisionId, MunicipalityId, PersonId};
use osn_core::time::Instant;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Readable;
use crate::db::{Bulk, Sql, sql};
use crate::error::{Result, SealFault, StoreError};
use crate::keys::PersonKey;
use crate::page::{Page, PageQuery, Versioned, document, page, versioned};
use crate::seal::Bound;
use crate::store::Scope;
use crate::tx::Tx;
use crate::value::{Arg, Row, args};

/// Decisions written in one transaction.
const CHUNK: usize = 2_048;

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

/// A decision to be kept.
#[derive(Clone, PartialEq, Eq)]
pub struct NewDecision {
    /// Identifier.
    pub id: DecisionId,
    /// The application.
    pub application_id: ApplicationId,
    /// Whose key seals it.
    pub person_id: PersonId,
    /// What the program judged.
    pub outcome: AssessmentOutcome,
    /// Ranking keys in the declared order; `None` where the program gave none.
    pub keys: Vec<Option<i64>>,
    /// Places that the application would take.
    pub units: u32,
    /// Digest of the record.
    pub digest: Digest,
    /// The record: canonical bytes.
    pub record: Vec<u8>,
}

impl std::fmt::Debug for NewDecision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("NewDecision").field(&self.id).finish()
    }
}

/// A decision without its record.
#[derive(Clone, PartialEq, Eq)]
pub struct DecisionRow {
    /// Identifier.
    pub id: DecisionId,
    /// The run that made it.
    pub run_id: AssessmentRunId,
    /// The application.
    pub application_id: ApplicationId,
    /// Whose key seals it.
    pub person_id: PersonId,
    /// What the program judged.
    pub outcome: AssessmentOutcome,
    /// Ranking keys; `Erased` with the person.
    pub keys: Readable<Vec<Option<i64>>>,
    /// Places that the application would take.
    pub units: u32,
    /// Digest of the record.
    pub digest: Digest,
    /// When it was made.
    pub at: Instant,
}

impl std::fmt::Debug for DecisionRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("DecisionRow").field(&self.id).finish()
    }
}

/// Which decisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecisionQuery {
    /// Of one run.
    Run(AssessmentRunId),
    /// Of a call: those of its last finished run.
    Call(CallId),
    /// Every decision ever made: for replay.
    All,
}

macro_rules! columns {
    () => {
        "id, run_id, application_id, person_id, outcome, units, digest, decided_at, sealed_keys"
    };
}

const RUN: Sql = document!("assessment_run");
const RUNS: Sql = sql(
    "assessment_run",
    "select id, body, version, updated_at from assessment_run where municipality_id = $1 and call_id = $2 order by id",
);
const LAST_FINISHED: Sql = sql(
    "assessment_run",
    "select id from assessment_run where municipality_id = $1 and call_id = $2 and state = 'finished'
     order by id desc limit 1",
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
const ONE: Sql = sql(
    "decision",
    concat!(
        "select ",
        columns!(),
        " from decision where municipality_id = $1 and id = $2"
    ),
);
const OF_APPLICATION: Sql = sql(
    "decision",
    concat!(
        "select ",
        columns!(),
        " from decision where municipality_id = $1 and application_id = $2 order by id"
    ),
);
const OF_RUN: Sql = sql(
    "decision",
    concat!(
        "select ",
        columns!(),
        " from decision where municipality_id = $1 and run_id = $2 and id > $3 order by id limit $4"
    ),
);
const EVERY: Sql = sql(
    "decision",
    concat!(
        "select ",
        columns!(),
        " from decision where municipality_id = $1 and id > $2 order by id limit $3"
    ),
);
const COUNT_RUN: Sql = sql(
    "decision",
    "select count(*) as total from decision where municipality_id = $1 and run_id = $2",
);
const COUNT_EVERY: Sql = sql(
    "decision",
    "select count(*) as total from decision where municipality_id = $1",
);
const RECORD: Sql = sql(
    "decision",
    "select id, person_id, sealed from decision where municipality_id = $1 and id = $2",
);
const RECORDS: Sql = sql(
    "decision",
    "select id, person_id, sealed from decision where municipality_id = $1 and id > $2 order by id limit $3",
);
const INSERT: Bulk = Bulk {
    table: "decision",
    fixed: 0,
    head: "insert into decision (municipality_id, id, run_id, application_id, person_id, outcome, units, digest,
        decided_at, sealed_keys, sealed) values",
    row: "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    tail: "",
};

fn outcome_name(outcome: AssessmentOutcome) -> &'static str {
    match outcome {
        AssessmentOutcome::Eligible => "eligible",
        AssessmentOutcome::NotEligible => "not-eligible",
        AssessmentOutcome::MissingEvidence => "missing-evidence",
    }
}

fn outcome(row: &Row) -> Result<AssessmentOutcome> {
    match row.text("outcome")?.as_str() {
        "eligible" => Ok(AssessmentOutcome::Eligible),
        "not-eligible" => Ok(AssessmentOutcome::NotEligible),
        "missing-evidence" => Ok(AssessmentOutcome::MissingEvidence),
        _ => Err(row.inconsistent("outcome")),
    }
}

fn bound<'a>(municipality: MunicipalityId, column: &'static str, id: &'a Uuid) -> Bound<'a> {
    Bound {
        municipality,
        table: "decision",
        column,
        row: id.as_bytes(),
    }
}

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

    /// A decision.
    ///
    /// # Errors
    /// When a database fails or the row cannot be understood.
    pub async fn decision(&self, id: DecisionId) -> Result<Option<DecisionRow>> {
        let rows = self.db().all(&ONE, args![self.municipality, id]).await?;
        Ok(self.decision_rows(&rows).await?.pop())
    }

    /// Every decision about one application, oldest first.
    ///
    /// # Errors
    /// When a database fails or a row cannot be understood.
    pub async fn decisions_of(&self, application: ApplicationId) -> Result<Vec<DecisionRow>> {
        let rows = self
            .db()
            .all(&OF_APPLICATION, args![self.municipality, application])
            .await?;
        self.decision_rows(&rows).await
    }

    /// Decisions, in the order of their ids.
    ///
    /// # Errors
    /// When a database fails or the cursor is not one of ours.
    pub async fn decisions(&self, which: DecisionQuery, query: PageQuery) -> Result<Page<DecisionRow>> {
        let limit = query.limit();
        let Some((total, rows)) = self
            .decision_page(which, query.after_id()?, limit.saturating_add(1))
            .await?
        else {
            return Ok(Page {
                items: Vec::new(),
                total: 0,
                next: None,
            });
        };
        let decisions = self.decision_rows(&rows).await?;
        Ok(page(decisions, limit, total, |decision| {
            decision.id.uuid().simple().to_string()
        }))
    }

    /// The next decisions after an id, for ranking and replay: an empty answer is the end.
    ///
    /// # Errors
    /// When a database fails.
    pub async fn decisions_for_machine(
        &self,
        which: DecisionQuery,
        after: Option<DecisionId>,
        limit: u32,
    ) -> Result<Vec<DecisionRow>> {
        let after = after.map_or_else(Uuid::nil, DecisionId::uuid);
        match self.decision_chunk(which, after, limit).await? {
            Some(rows) => self.decision_rows(&rows).await,
            None => Ok(Vec::new()),
        }
    }

    async fn decision_chunk(&self, which: DecisionQuery, after: Uuid, limit: u32) -> Result<Option<Vec<Row>>> {
        let Some(run) = self.run_of(which).await? else {
            return Ok(None);
        };
        let municipality = self.municipality;
        Ok(Some(match run {
            Some(run) => self.db().all(&OF_RUN, args![municipality, run, after, limit]).await?,
            None => self.db().all(&EVERY, args![municipality, after, limit]).await?,
        }))
    }

    async fn decision_page(&self, which: DecisionQuery, after: Uuid, limit: u32) -> Result<Option<(u64, Vec<Row>)>> {
        let Some(run) = self.run_of(which).await? else {
            return Ok(None);
        };
        let total = match run {
            Some(run) => self.db().one(&COUNT_RUN, args![self.municipality, run]).await?,
            None => self.db().one(&COUNT_EVERY, args![self.municipality]).await?,
        };
        let total = total.number("total")?;
        let which = run.map_or(DecisionQuery::All, DecisionQuery::Run);
        let rows = self.decision_chunk(which, after, limit).await?.unwrap_or_default();
        Ok(Some((total, rows)))
    }

    /// The run to read: `None` when a call has no finished one, `Some(None)` for all of them.
    async fn run_of(&self, which: DecisionQuery) -> Result<Option<Option<AssessmentRunId>>> {
        match which {
            DecisionQuery::All => Ok(Some(None)),
            DecisionQuery::Run(run) => Ok(Some(Some(run))),
            DecisionQuery::Call(call) => {
                let row = self
                    .db()
                    .optional(&LAST_FINISHED, args![self.municipality, call])
                    .await?;
                row.map(|row| row.id("id").map(Some)).transpose()
            }
        }
    }

    async fn decision_rows(&self, rows: &[Row]) -> Result<Vec<DecisionRow>> {
        let people = rows
            .iter()
            .map(|row| row.id("person_id"))
            .collect::<Result<Vec<PersonId>>>()?;
        let keys = self.store.inner.keys.people(self.municipality, &people).await?;
        rows.iter()
            .zip(people)
            .map(|(row, person)| self.decision_row(row, person, keys.get(&person)))
            .collect()
    }

    fn decision_row(&self, row: &Row, person_id: PersonId, key: Option<&PersonKey>) -> Result<DecisionRow> {
        let id: DecisionId = row.id("id")?;
        let keys = match self.open(row, "sealed_keys", &id.uuid(), key)? {
            Readable::Erased => Readable::Erased,
            Readable::Data(plain) => {
                Readable::Data(serde_json::from_slice(&plain).map_err(|_| row.inconsistent("sealed_keys"))?)
            }
        };
        Ok(DecisionRow {
            id,
            run_id: row.id("run_id")?,
            application_id: row.id("application_id")?,
            person_id,
            outcome: outcome(row)?,
            keys,
            units: row.number("units")?,
            digest: Digest::from_bytes(row.array("digest")?),
            at: row.at("decided_at")?,
        })
    }

    fn open(
        &self,
        row: &Row,
        column: &'static str,
        id: &Uuid,
        key: Option<&PersonKey>,
    ) -> Result<Readable<zeroize::Zeroizing<Vec<u8>>>> {
        match key.map_or(Err(SealFault::KeyMissing), PersonKey::key) {
            Ok(key) => Ok(Readable::Data(
                key.open(bound(self.municipality, column, id), &row.bytes(column)?)?,
            )),
            Err(SealFault::Erased) => Ok(Readable::Erased),
            Err(fault) => Err(fault.into()),
        }
    }

    /// The record of a decision: its canonical bytes, or `Erased` with the person.
    ///
    /// # Errors
    /// When a database fails or the sealed bytes were changed.
    pub async fn decision_record(&self, id: DecisionId) -> Result<Option<Readable<Vec<u8>>>> {
        let rows = self.db().all(&RECORD, args![self.municipality, id]).await?;
        Ok(self.records(&rows).await?.pop().map(|(_, record)| record))
    }

    /// The next records after an id, of every decision ever made: what replay reads. An empty answer is the end.
    ///
    /// # Errors
    /// When a database fails or sealed bytes were changed.
    pub async fn all_decisions(
        &self,
        after: Option<DecisionId>,
        limit: u32,
    ) -> Result<Vec<(DecisionId, Readable<Vec<u8>>)>> {
        let after = after.map_or_else(Uuid::nil, DecisionId::uuid);
        let rows = self
            .db()
            .all(&RECORDS, args![self.municipality, after, limit.max(1)])
            .await?;
        self.records(&rows).await
    }

    async fn records(&self, rows: &[Row]) -> Result<Vec<(DecisionId, Readable<Vec<u8>>)>> {
        let people = rows
            .iter()
            .map(|row| row.id("person_id"))
            .collect::<Result<Vec<PersonId>>>()?;
        let keys = self.store.inner.keys.people(self.municipality, &people).await?;
        let mut records = Vec::with_capacity(rows.len());
        for (row, person) in rows.iter().zip(people) {
            let id: DecisionId = row.id("id")?;
            let record = match self.open(row, "sealed", &id.uuid(), keys.get(&person))? {
                Readable::Data(mut plain) => Readable::Data(std::mem::take(&mut *plain)),
                Readable::Erased => Readable::Erased,
            };
            records.push((id, record));
        }
        Ok(records)
    }

    /// Keeps decisions of a run, sealed under each person's key; one transaction for each couple of thousand. The run's
    /// journal entry with the Merkle root covers them, so they have none of their own.
    ///
    /// # Errors
    /// When a person was erased meanwhile, the run does not exist, or a database fails: then the chunk at hand and all
    /// that follow are not kept.
    pub async fn save_decisions(&self, run: AssessmentRunId, decisions: Vec<NewDecision>, now: Instant) -> Result<()> {
        for chunk in decisions.chunks(CHUNK) {
            let people: Vec<PersonId> = chunk.iter().map(|decision| decision.person_id).collect();
            let keys = self.store.inner.keys.people(self.municipality, &people).await?;
            let rows = chunk
                .iter()
                .map(|decision| self.new_row(run, decision, keys.get(&decision.person_id), now))
                .collect::<Result<Vec<_>>>()?;
            let mut tx = self.db().begin().await?;
            tx.bulk(&INSERT, Vec::new(), rows).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    fn new_row(
        &self,
        run: AssessmentRunId,
        decision: &NewDecision,
        key: Option<&PersonKey>,
        now: Instant,
    ) -> Result<Vec<Arg>> {
        let key = key.map_or(Err(SealFault::KeyMissing), PersonKey::key)?;
        let id = decision.id.uuid();
        let keys = serde_json::to_vec(&decision.keys).map_err(|_| StoreError::OutOfRange("keys"))?;
        let sealed_keys = key.seal(self.entropy(), bound(self.municipality, "sealed_keys", &id), &keys)?;
        let sealed = key.seal(
            self.entropy(),
            bound(self.municipality, "sealed", &id),
            &decision.record,
        )?;
        Ok(args![
            self.municipality,
            id,
            run,
            decision.application_id,
            decision.person_id,
            outcome_name(decision.outcome),
            decision.units,
            decision.digest.into_bytes(),
            now,
            sealed_keys,
            sealed,
        ])
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

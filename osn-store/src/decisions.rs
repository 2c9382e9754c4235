//! Decision records: sealed under the person's key, found by run, call and application.

use osn_core::application::AssessmentOutcome;
use osn_core::canonical::Digest;
use osn_core::id::{ApplicationId, AssessmentRunId, CallId, DecisionId, InterventionId, MunicipalityId, PersonId};
use osn_core::time::Instant;
use uuid::Uuid;

use crate::Readable;
use crate::db::{Bulk, Sql, sql};
use crate::error::{Result, SealFault, StoreError};
use crate::keys::PersonKey;
use crate::page::{Page, PageQuery, page};
use crate::seal::Bound;
use crate::store::Scope;
use crate::tx::Tx;
use crate::value::{Arg, Row, args};

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

/// Decisions of one run, sealed and ready to be kept ([`Tx::insert_decisions`]).
pub struct SealedDecisions {
    run: AssessmentRunId,
    rows: Vec<Vec<Arg>>,
}

impl std::fmt::Debug for SealedDecisions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SealedDecisions({} of {})", self.rows.len(), self.run)
    }
}

/// What a decision is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecisionOn {
    /// An application to a call, judged by a run.
    Application {
        /// The run.
        run: AssessmentRunId,
        /// The application.
        application: ApplicationId,
    },
    /// Immediate help, decided by two people.
    Help(InterventionId),
}

impl DecisionOn {
    /// The application; none of immediate help.
    pub const fn application(self) -> Option<ApplicationId> {
        match self {
            Self::Application { application, .. } => Some(application),
            Self::Help(_) => None,
        }
    }
}

/// A decision without its record.
#[derive(Clone, PartialEq, Eq)]
pub struct DecisionRow {
    /// Identifier.
    pub id: DecisionId,
    /// What it is about.
    pub on: DecisionOn,
    /// Whose key seals it.
    pub person_id: PersonId,
    /// What the program judged, or two people decided.
    pub outcome: AssessmentOutcome,
    /// Ranking keys; `Erased` with the person.
    pub keys: Readable<Vec<Option<i64>>>,
    /// Places that the application would take, or people who are helped.
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

/// A decision of a run, as the run's own bookkeeping needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decided {
    /// Identifier.
    pub id: DecisionId,
    /// The application.
    pub application_id: ApplicationId,
    /// What the program judged.
    pub outcome: AssessmentOutcome,
    /// Digest of the record.
    pub digest: Digest,
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

/// The columns of a [`DecisionRow`].
macro_rules! columns {
    () => {
        "id, run_id, application_id, intervention_id, person_id, outcome, units, digest, decided_at, sealed_keys"
    };
}
pub(crate) use columns;

const LAST_FINISHED: Sql = sql(
    "assessment_run",
    "select id from assessment_run where municipality_id = $1 and call_id = $2 and state = 'finished'
     order by id desc limit 1",
);
const ADD_FUEL: Sql = sql(
    "assessment_run",
    "update assessment_run set fuel_used = fuel_used + $3 where municipality_id = $1 and id = $2",
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
        " from decision where municipality_id = $1 and run_id = $2 and application_id > $3 order by application_id limit $4"
    ),
);
/// Digests of a run's decisions about the applications between two: what an interrupted run goes on from.
const BETWEEN: Sql = sql(
    "decision",
    "select id, application_id, outcome, digest from decision
     where municipality_id = $1 and run_id = $2 and application_id > $3 and application_id <= $4
     order by application_id",
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

pub(crate) fn outcome_name(outcome: AssessmentOutcome) -> &'static str {
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

pub(crate) fn bound<'a>(municipality: MunicipalityId, column: &'static str, id: &'a Uuid) -> Bound<'a> {
    Bound {
        municipality,
        table: "decision",
        column,
        row: id.as_bytes(),
    }
}

fn subject(row: &Row) -> Result<DecisionOn> {
    match (
        row.opt_id("run_id")?,
        row.opt_id("application_id")?,
        row.opt_id("intervention_id")?,
    ) {
        (Some(run), Some(application), None) => Ok(DecisionOn::Application { run, application }),
        (None, None, Some(help)) => Ok(DecisionOn::Help(help)),
        _ => Err(row.inconsistent("intervention_id")),
    }
}

impl Scope {
    /// A run's decisions about the applications after one and up to another, in their order.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn decided_between(
        &self,
        run: AssessmentRunId,
        after: Option<ApplicationId>,
        last: ApplicationId,
    ) -> Result<Vec<Decided>> {
        let after = after.map_or_else(Uuid::nil, ApplicationId::uuid);
        let rows = self
            .db()
            .all(&BETWEEN, args![self.municipality, run, after, last])
            .await?;
        let decided = |row: &Row| {
            Ok(Decided {
                id: row.id("id")?,
                application_id: row.id("application_id")?,
                outcome: outcome(row)?,
                digest: Digest::from_bytes(row.array("digest")?),
            })
        };
        rows.iter().map(decided).collect()
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
            let application = match which {
                DecisionQuery::Run(_) | DecisionQuery::Call(_) => decision.on.application(),
                DecisionQuery::All => None,
            };
            let last = application.map_or(decision.id.uuid(), ApplicationId::uuid);
            last.simple().to_string()
        }))
    }

    /// The next of every decision ever made, after an id: for replay. An empty answer is the end.
    ///
    /// # Errors
    /// When a database fails.
    pub async fn every_decision(&self, after: Option<DecisionId>, limit: u32) -> Result<Vec<DecisionRow>> {
        let after = after.map_or_else(Uuid::nil, DecisionId::uuid);
        let rows = self.db().all(&EVERY, args![self.municipality, after, limit]).await?;
        self.decision_rows(&rows).await
    }

    async fn decision_page(&self, which: DecisionQuery, after: Uuid, limit: u32) -> Result<Option<(u64, Vec<Row>)>> {
        let Some(run) = self.run_of(which).await? else {
            return Ok(None);
        };
        let municipality = self.municipality;
        let (total, rows) = match run {
            Some(run) => (
                self.db().one(&COUNT_RUN, args![municipality, run]).await?,
                self.db().all(&OF_RUN, args![municipality, run, after, limit]).await?,
            ),
            None => (
                self.db().one(&COUNT_EVERY, args![municipality]).await?,
                self.db().all(&EVERY, args![municipality, after, limit]).await?,
            ),
        };
        Ok(Some((total.number("total")?, rows)))
    }

    /// The run to read: `None` when a call has no finished one, `Some(None)` for all of them.
    pub(crate) async fn run_of(&self, which: DecisionQuery) -> Result<Option<Option<AssessmentRunId>>> {
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

    pub(crate) async fn decision_rows(&self, rows: &[Row]) -> Result<Vec<DecisionRow>> {
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
        Ok(DecisionRow {
            id,
            on: subject(row)?,
            person_id,
            outcome: outcome(row)?,
            keys: self.keys_of(row, id, key)?,
            units: row.number("units")?,
            digest: Digest::from_bytes(row.array("digest")?),
            at: row.at("decided_at")?,
        })
    }

    pub(crate) fn keys_of(
        &self,
        row: &Row,
        id: DecisionId,
        key: Option<&PersonKey>,
    ) -> Result<Readable<Vec<Option<i64>>>> {
        Ok(match self.open(row, "sealed_keys", &id.uuid(), key)? {
            Readable::Erased => Readable::Erased,
            Readable::Data(plain) => {
                Readable::Data(serde_json::from_slice(&plain).map_err(|_| row.inconsistent("sealed_keys"))?)
            }
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

    /// Seals decisions of a run under each person's key, so that a transaction has nothing left to do but write them.
    ///
    /// # Errors
    /// When a person was erased meanwhile, or the database of keys fails.
    pub async fn seal_decisions(
        &self,
        run: AssessmentRunId,
        decisions: &[NewDecision],
        now: Instant,
    ) -> Result<SealedDecisions> {
        let people: Vec<PersonId> = decisions.iter().map(|decision| decision.person_id).collect();
        let keys = self.store.inner.keys.people(self.municipality, &people).await?;
        let rows = decisions
            .iter()
            .map(|decision| self.new_row(run, decision, keys.get(&decision.person_id), now))
            .collect::<Result<Vec<_>>>()?;
        Ok(SealedDecisions { run, rows })
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
    /// Keeps sealed decisions and counts the fuel that they took. The run's journal entry with the Merkle root covers them.
    ///
    /// # Errors
    /// When the run decided on one of the applications before, does not exist, or the database fails.
    pub async fn insert_decisions(&mut self, sealed: SealedDecisions, fuel_used: u64) -> Result<()> {
        let fuel = i64::try_from(fuel_used).map_err(|_| StoreError::OutOfRange("fuel_used"))?;
        self.inner.bulk(&INSERT, Vec::new(), sealed.rows).await?;
        self.run(&ADD_FUEL, args![self.municipality(), sealed.run, fuel])
            .await?;
        Ok(())
    }
}

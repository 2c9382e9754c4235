//! Leased jobs: long work that survives restarts, is never done twice at once, and can be watched.

use osn_core::id::JobId;
use osn_core::time::Instant;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::db::{Sql, sql};
use crate::error::{Result, StoreError};
use crate::page::{Page, PageQuery, Pages, pages};
use crate::store::Scope;
use crate::tx::{Tx, fresh};
use crate::value::{Arg, Row, args};

/// Work to be done; at least once, so it must bear being done again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Identifier.
    pub id: JobId,
    /// Which worker takes it.
    pub kind: String,
    /// What it needs: ids, never personal data.
    pub payload: Value,
    /// A job with a key that was used before is not written again.
    pub dedupe_key: Option<String>,
    /// Not before.
    pub run_at: Instant,
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobState {
    /// Waits.
    Queued,
    /// A worker holds it.
    Leased,
    /// It ended well.
    Done,
    /// It failed for good.
    Dead,
}

impl JobState {
    /// Whether nothing will happen to it any more.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Dead)
    }
}

/// A job as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobRow {
    /// Identifier.
    pub id: JobId,
    /// Which worker takes it.
    pub kind: String,
    /// What it needs.
    pub payload: Value,
    /// Where it stands.
    pub state: JobState,
    /// How often it was leased.
    pub attempt: u32,
    /// Not before.
    pub run_at: Instant,
    /// Progress.
    pub done: u64,
    /// Of how much.
    pub total: u64,
    /// What came out.
    pub result: Option<Value>,
    /// Stable code of the last failure.
    pub last_error: Option<String>,
    /// When it was asked for.
    pub created_at: Instant,
    /// When it ended.
    pub finished_at: Option<Instant>,
}

/// A job that this worker holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeasedJob {
    /// Identifier.
    pub id: JobId,
    /// Which worker takes it.
    pub kind: String,
    /// What it needs.
    pub payload: Value,
    /// The how manieth try this is, counted from 1.
    pub attempt: u32,
    /// Who holds it: names the lease in every later call.
    pub worker: String,
}

macro_rules! columns {
    () => {
        "id, kind, payload, state, attempt, run_at, done, total, result, last_error, created_at, finished_at"
    };
}

const ONE: Sql = sql(
    "job",
    concat!(
        "select ",
        columns!(),
        " from job where municipality_id = $1 and id = $2"
    ),
);
const PAGE: Pages = pages!("job", columns!(), "", "$2", "$3");
const INSERT: Sql = sql(
    "job",
    "insert into job (municipality_id, id, kind, payload, dedupe_key, state, attempt, run_at, done, total, created_at)
     values ($1, $2, $3, $4, $5, 'queued', 0, $6, 0, 0, $7)
     on conflict (municipality_id, dedupe_key) do nothing",
);
const BY_KEY: Sql = sql(
    "job",
    "select id from job where municipality_id = $1 and dedupe_key = $2",
);
macro_rules! lease {
    ($lock:literal) => {
        concat!(
            "with picked as materialized (
               select id as picked_id from job
               where municipality_id = $1 and finished_at is null and run_at <= $3
                 and (state = 'queued' or (state = 'leased' and lease_until < $3))
               order by run_at, id limit 1 ",
            $lock,
            ") update job set state = 'leased', attempt = attempt + 1, lease_worker = $2, lease_until = $4
             from picked where municipality_id = $1 and id = picked_id
             returning id, kind, payload, attempt"
        )
    };
}
/// Backend-specific: `PostgreSQL` skips rows that another server is leasing; `SQLite` has one writer.
const LEASE: Sql = sql("job", lease!("")).on_postgres(lease!("for update skip locked"));
const RENEW: Sql = sql(
    "job",
    "update job set lease_until = $4 where municipality_id = $1 and id = $2 and state = 'leased' and lease_worker = $3",
);
const PROGRESS: Sql = sql(
    "job",
    "update job set done = $4, total = $5
     where municipality_id = $1 and id = $2 and state = 'leased' and lease_worker = $3",
);
const FINISH: Sql = sql(
    "job",
    "update job set state = 'done', result = $4, finished_at = $5, lease_worker = null, lease_until = null,
       last_error = null where municipality_id = $1 and id = $2 and state = 'leased' and lease_worker = $3",
);
const RETRY: Sql = sql(
    "job",
    "update job set state = 'queued', last_error = $4, run_at = $5, lease_worker = null, lease_until = null
     where municipality_id = $1 and id = $2 and state = 'leased' and lease_worker = $3",
);
const GIVE_UP: Sql = sql(
    "job",
    "update job set state = 'dead', last_error = $4, finished_at = $5, lease_worker = null, lease_until = null
     where municipality_id = $1 and id = $2 and state = 'leased' and lease_worker = $3",
);

fn job(row: &Row) -> Result<JobRow> {
    Ok(JobRow {
        id: row.id("id")?,
        kind: row.text("kind")?,
        payload: row.json("payload")?,
        state: match row.text("state")?.as_str() {
            "queued" => JobState::Queued,
            "leased" => JobState::Leased,
            "done" => JobState::Done,
            "dead" => JobState::Dead,
            _ => return Err(row.inconsistent("state")),
        },
        attempt: row.number("attempt")?,
        run_at: row.at("run_at")?,
        done: row.number("done")?,
        total: row.number("total")?,
        result: row.opt_json("result")?,
        last_error: row.get("last_error")?,
        created_at: row.at("created_at")?,
        finished_at: row.opt_at("finished_at")?,
    })
}

impl Scope {
    /// A job.
    ///
    /// # Errors
    /// When the database fails or the row cannot be understood.
    pub async fn job(&self, id: JobId) -> Result<Option<JobRow>> {
        let row = self.db().optional(&ONE, args![self.municipality, id]).await?;
        row.as_ref().map(job).transpose()
    }

    /// The job that was asked for under a key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn job_with_key(&self, key: &str) -> Result<Option<JobId>> {
        let row = self.db().optional(&BY_KEY, args![self.municipality, key]).await?;
        row.map(|row| row.id("id")).transpose()
    }

    /// Jobs, oldest first.
    ///
    /// # Errors
    /// When the database fails or the cursor is not one of ours.
    pub async fn jobs(&self, query: PageQuery) -> Result<Page<JobRow>> {
        PAGE.read(self.db(), args![self.municipality], &query, job).await
    }

    /// Takes the next due job. Nobody else gets it until `ttl` has passed without [`Scope::renew_job`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lease_job(&self, worker: &str, now: Instant, ttl: chrono::TimeDelta) -> Result<Option<LeasedJob>> {
        let until = now.checked_add_signed(ttl).unwrap_or(now);
        let mut tx = self.db().begin().await?;
        let row = tx
            .optional(&LEASE, args![self.municipality, worker, now, until])
            .await?;
        tx.commit().await?;
        row.map(|row| {
            Ok(LeasedJob {
                id: row.id("id")?,
                kind: row.text("kind")?,
                payload: row.json("payload")?,
                attempt: row.number("attempt")?,
                worker: worker.to_owned(),
            })
        })
        .transpose()
    }

    /// Keeps the lease for longer.
    ///
    /// # Errors
    /// `Stale` when the lease was lost: the work must stop.
    pub async fn renew_job(&self, job: &LeasedJob, now: Instant, ttl: chrono::TimeDelta) -> Result<()> {
        let until = now.checked_add_signed(ttl).unwrap_or(now);
        self.change_job(&RENEW, job, args![until]).await
    }

    /// Says how far the work has come.
    ///
    /// # Errors
    /// `Stale` when the lease was lost: the work must stop.
    pub async fn job_progress(&self, job: &LeasedJob, done: u64, total: u64) -> Result<()> {
        let number = |value: u64| i64::try_from(value).map_err(|_| StoreError::OutOfRange("progress"));
        self.change_job(&PROGRESS, job, args![number(done)?, number(total)?])
            .await
    }

    /// Ends a job well.
    ///
    /// # Errors
    /// `Stale` when the lease was lost.
    pub async fn finish_job(&self, job: &LeasedJob, result: &Value, now: Instant) -> Result<()> {
        self.change_job(&FINISH, job, vec![Arg::json(result)?, now.into()])
            .await
    }

    /// A try failed: it is queued again for `retry_at`, or given up when there is none.
    ///
    /// # Errors
    /// `Stale` when the lease was lost.
    pub async fn fail_job(&self, job: &LeasedJob, code: &str, now: Instant, retry_at: Option<Instant>) -> Result<()> {
        match retry_at {
            Some(at) => self.change_job(&RETRY, job, args![code, at]).await,
            None => self.change_job(&GIVE_UP, job, args![code, now]).await,
        }
    }

    async fn change_job(&self, sql: &Sql, job: &LeasedJob, more: Vec<Arg>) -> Result<()> {
        let mut args = args![self.municipality, job.id, job.worker.as_str()];
        args.extend(more);
        let mut tx = self.db().begin().await?;
        fresh(tx.run(sql, args).await?, i64::from(job.attempt))?;
        tx.commit().await
    }
}

impl Tx {
    /// Asks for work, with the act that needs it. The answer is the job's id; of the older job, when its key was used.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn enqueue(&mut self, job: &Job) -> Result<JobId> {
        let values = vec![
            self.municipality().into(),
            job.id.into(),
            job.kind.as_str().into(),
            Arg::json(&job.payload)?,
            job.dedupe_key.clone().into(),
            job.run_at.into(),
            self.now.into(),
        ];
        if self.run(&INSERT, values).await? > 0 {
            return Ok(job.id);
        }
        let args = args![self.municipality(), job.dedupe_key.clone()];
        let older = self.inner.optional(&BY_KEY, args).await?;
        older.map_or(Ok(job.id), |row| row.id("id"))
    }
}

//! The background: leased jobs, the sealer, the outbox. `serve` runs it for ever; the demonstration and the tests until idle.

use chrono::TimeDelta;
use osn_core::time::Instant;
use osn_store::{LeasedJob, Scope};

use crate::acts::network::{daily, extensions};
use crate::acts::upkeep::{digests, reminders};
use crate::acts::{Acting, assessment, dry_run};
use crate::app::App;
use crate::outbox;
use crate::refusal::{Kind, Outcome, Refusal};

/// How long a job is held without a sign of life.
const LEASE: TimeDelta = TimeDelta::seconds(60);
/// Attempts before a job is given up; each waits twice as long as the one before.
const ATTEMPTS: u32 = 5;
/// The pause between two looks, in `serve`.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(500);
/// How long answers under an `Idempotency-Key` are kept.
const REMEMBERED: TimeDelta = TimeDelta::hours(48);
/// How long a file that nobody confirmed is kept.
const UNCONFIRMED: TimeDelta = TimeDelta::days(30);

/// What one round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Worked {
    /// Jobs that ended, well or not.
    pub jobs: u64,
    /// Journal entries chained.
    pub sealed: u64,
    /// Messages sent.
    pub sent: u64,
}

impl Worked {
    /// Whether there was nothing to do.
    pub const fn is_idle(self) -> bool {
        self.jobs == 0 && self.sealed == 0 && self.sent == 0
    }
}

/// Watches a job from inside.
#[derive(Debug)]
pub(crate) struct Progress<'a> {
    app: &'a App,
    scope: &'a Scope,
    job: &'a LeasedJob,
}

impl Progress<'_> {
    /// So much of so much is done; the lease is renewed.
    pub(crate) async fn at(&self, done: u64, total: u64) -> Outcome<()> {
        self.scope.job_progress(self.job, done, total).await?;
        Ok(self.scope.renew_job(self.job, self.app.now(), LEASE).await?)
    }
}

/// One round over every municipality: a job, the sealer, the outbox.
pub async fn round(app: &App) -> Outcome<Worked> {
    let mut worked = Worked::default();
    for hosted in app.hosted().await {
        let acting = Acting::machine(app, &hosted);
        acting.app.searched().keep(&acting).await?;
        worked.jobs += u64::from(one_job(&acting).await?);
        worked.sealed += acting.scope.seal(acting.app.now()).await?.entries;
        worked.sent += outbox::send(&acting).await?;
    }
    Ok(worked)
}

/// Works until nothing is left to do.
pub async fn work_until_idle(app: &App) -> Outcome<Worked> {
    let mut all = Worked::default();
    loop {
        let worked = round(app).await?;
        if worked.is_idle() {
            return Ok(all);
        }
        all.jobs += worked.jobs;
        all.sealed += worked.sealed;
        all.sent += worked.sent;
    }
}

/// One look at everything that is due, to its end. The work of the day is planned by [`run_for_ever`], and by the demonstration
/// as its days pass: whatever else drives the clock says itself when bodies are reminded.
pub async fn run_once(app: &App) -> Outcome<()> {
    work_until_idle(app).await.map(|_| ())
}

/// Works for ever; a failure is logged and tried again at the next look.
pub async fn run_for_ever(app: App) {
    let mut looks = 0_u32;
    loop {
        match round(&app).await {
            Ok(worked) if !worked.is_idle() => continue,
            Ok(_) => {}
            Err(refusal) => tracing::error!(%refusal, "background work failed"),
        }
        if looks.is_multiple_of(600) {
            forget(&app).await;
            plan_day(&app).await;
        }
        looks = looks.wrapping_add(1);
        tokio::time::sleep(PAUSE).await;
    }
}

async fn forget(app: &App) {
    for hosted in app.hosted().await {
        let before = app.now() - REMEMBERED;
        if let Err(error) = app.scope(hosted.municipality.id).forget_answers(before).await {
            tracing::error!(%error, "old answers could not be forgotten");
        }
        let before = app.now() - UNCONFIRMED;
        if let Err(error) = app.scope(hosted.municipality.id).forget_imports(before).await {
            tracing::error!(%error, "files that nobody confirmed could not be forgotten");
        }
    }
}

/// Plans what is done once a day; whoever looks first plans it for every server.
pub(crate) async fn plan_day(app: &App) {
    for hosted in app.hosted().await {
        if let Err(refusal) = reminders::plan_day(&Acting::machine(app, &hosted)).await {
            tracing::error!(%refusal, "the work of the day could not be planned");
        }
        if let Err(refusal) = daily::plan_day(&Acting::machine(app, &hosted)).await {
            tracing::error!(%refusal, "the look at certified needs could not be planned");
        }
    }
}

async fn one_job(acting: &Acting) -> Outcome<bool> {
    let Some(job) = acting
        .scope
        .lease_job(acting.app.instance(), acting.app.now(), LEASE)
        .await?
    else {
        return Ok(false);
    };
    let progress = Progress {
        app: &acting.app,
        scope: &acting.scope,
        job: &job,
    };
    let acting = Acting {
        now: acting.app.now(),
        ..acting.clone()
    };
    let ended = match job.kind.as_str() {
        assessment::JOB => assessment::work(&acting, job.payload.clone(), &progress).await,
        dry_run::JOB => dry_run::work(&acting, job.payload.clone(), &progress).await,
        reminders::JOB => reminders::work(&acting, &progress).await,
        digests::JOB => digests::work(&acting, &progress).await,
        extensions::JOB => extensions::work(&acting, job.payload.clone()).await,
        daily::JOB => daily::work(&acting, &progress).await,
        _ => Err(Refusal::internal("a job of a kind that this version does not know")),
    };
    let now = acting.app.now();
    match ended {
        Ok(result) => acting.scope.finish_job(&job, &result, now).await?,
        Err(refusal) => {
            let retry_at = retry_at(&refusal, job.attempt, now);
            tracing::error!(job = %job.id, attempt = job.attempt, %refusal, retried = retry_at.is_some(), "a job failed");
            if retry_at.is_none() && job.kind == assessment::JOB {
                assessment::failed(&acting, &job.payload, fault(&refusal)).await?;
            }
            acting.scope.fail_job(&job, refusal.code(), now, retry_at).await?;
        }
    }
    Ok(true)
}

/// What a run that failed is remembered by: the program's own fault where it was one, else the refusal.
fn fault(refusal: &Refusal) -> &str {
    refusal.args().get("fault").map_or(refusal.code(), String::as_str)
}

/// Our own troubles may pass; what the rules or a program refuse stays refused.
fn retry_at(refusal: &Refusal, attempt: u32, now: Instant) -> Option<Instant> {
    let passing = matches!(refusal.kind(), Kind::Internal | Kind::Busy | Kind::Stale);
    (passing && attempt < ATTEMPTS).then(|| now + TimeDelta::seconds(1_i64 << attempt.min(10)))
}

//! A worker that dies in the middle of an assessment loses nothing and doubles nothing: another goes on where it stood.
use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use chrono::TimeDelta;
use osn_core::canonical::Digest;
use osn_core::id::{ApplicationId, AssessmentRunId, CallId, JobId};
use osn_core::merkle;
use osn_server::app::{App, AppConfig};
use osn_server::entropy::SystemEntropy;
use osn_server::jobs;
use osn_server::programs::ProgramsConfig;
use osn_store::{DecisionQuery, JobState, PageQuery, RunState, Scope};
use osn_tests::app::{Backend, TestApp};

/// The step after which the year stands still: the call is assessed once, and may be assessed again.
const STEP: &str = "food-parcel-2022/assess/home-food-2022";
/// Applications in memory at once here: the call's 168 take eleven rounds.
const AT_ONCE: u32 = 16;

/// Another server on the same databases, by the same clock.
async fn worker(house: &TestApp) -> Result<(App, Scope)> {
    let config = AppConfig {
        place: house.ground.place(),
        data_dir: house.ground.dir.path().to_owned(),
        migrate: false,
        programs: ProgramsConfig {
            applications_at_once: Some(AT_ONCE),
            ..ProgramsConfig::default()
        },
        secure_cookies: false,
        demonstration: true,
    };
    let app = App::open(config, house.played.clock.clone(), Arc::new(SystemEntropy)).await?;
    let hosted = app.hosted().await.into_iter().next().context("no municipality")?;
    let scope = app.scope(hosted.municipality.id);
    Ok((app, scope))
}

/// Works, and dies where it stands once so much is done: what it was doing is dropped, nothing is tidied up.
async fn work_and_die(app: &App, scope: &Scope, job: JobId, done: u64) -> Result<()> {
    let far_enough = async {
        loop {
            let row = scope.job(job).await?.context("the job")?;
            if row.done >= done {
                return anyhow::Ok(());
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        reached = far_enough => reached,
        ended = jobs::work_until_idle(app) => bail!("the work ended before it was cut off: {ended:?}"),
    }
}

async fn decided(scope: &Scope, run: AssessmentRunId) -> Result<BTreeMap<ApplicationId, Digest>> {
    let (mut found, mut query, mut total) = (BTreeMap::new(), PageQuery::first(), 0);
    loop {
        let page = scope.decisions(DecisionQuery::Run(run), query).await?;
        total += page.items.len();
        found.extend(
            page.items
                .iter()
                .filter_map(|row| Some((row.on.application()?, row.digest))),
        );
        let Some(after) = page.next else { break };
        query = PageQuery {
            after: Some(after),
            ..PageQuery::first()
        };
    }
    ensure!(found.len() == total, "an application was decided twice");
    Ok(found)
}

async fn goes_on(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, STEP).await?;
    let coordinator = house.staff("coordinator").await?;
    let call: CallId = house.id("call/home-food-2022")?.parse()?;
    let accepted = coordinator
        .post(&format!("/api/v1/calls/{call}/assessments"), &serde_json::json!({}))
        .await?
        .ok();
    let id = |name: &str| accepted[name].as_str().context("an identifier").map(str::to_owned);
    let (run, job): (AssessmentRunId, JobId) = (id("run_id")?.parse()?, id("job_id")?.parse()?);

    let (first, scope) = worker(&house).await?;
    work_and_die(&first, &scope, job, 48).await?;
    let left = decided(&scope, run).await?;
    assert!((48..168).contains(&left.len()), "cut off after {}", left.len());
    let fuel_left = scope.fuel_used(run).await?;

    let (second, scope) = worker(&house).await?;
    jobs::work_until_idle(&second)
        .await
        .map_err(|refusal| anyhow::anyhow!("{refusal:?}"))?;
    let row = scope.job(job).await?.context("the job")?;
    assert_eq!(
        (row.state, row.attempt),
        (JobState::Leased, 1),
        "nobody takes what is still leased"
    );

    house.played.clock.set(second.now() + TimeDelta::seconds(61));
    jobs::work_until_idle(&second)
        .await
        .map_err(|refusal| anyhow::anyhow!("{refusal:?}"))?;
    let row = scope.job(job).await?.context("the job")?;
    assert_eq!((row.state, row.attempt, row.done), (JobState::Done, 2, 168));

    let all = decided(&scope, run).await?;
    assert_eq!(all.len(), 168, "every application once");
    assert!(
        left.iter().all(|(id, digest)| all.get(id) == Some(digest)),
        "what was kept stays"
    );
    let digests: Vec<Digest> = all.into_values().collect();
    let finished = scope.assessment_run(run).await?.context("the run")?.value.state;
    let RunState::Finished {
        merkle_root,
        eligible,
        not_eligible,
        missing_evidence,
        fuel_used,
        ..
    } = finished
    else {
        bail!("the run did not finish: {finished:?}");
    };
    assert_eq!(
        merkle_root,
        merkle::root(&digests),
        "over every decision, in the order of the applications"
    );
    assert_eq!(eligible + not_eligible + missing_evidence, 168);
    assert!(fuel_left > 0 && fuel_used > fuel_left, "{fuel_left} then {fuel_used}");
    let shown = coordinator.get(&format!("/api/v1/runs/{run}")).await?.ok();
    assert_eq!(shown["state"]["fuel_used"], fuel_used);

    let entries = scope.journal_of(call.uuid()).await?;
    let roots: Vec<_> = entries
        .iter()
        .filter(|entry| entry.act == "assessment.finish" && entry.details["run"] == run.to_string())
        .map(|entry| entry.details["merkle_root"].clone())
        .collect();
    assert_eq!(roots, [serde_json::json!(merkle_root)], "one entry for the whole run");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assessment_goes_on_where_a_dead_worker_left_it_embedded() -> Result<()> {
    goes_on(Backend::Sqlite).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assessment_goes_on_where_a_dead_worker_left_it_on_a_server() -> Result<()> {
    goes_on(Backend::Postgres).await
}

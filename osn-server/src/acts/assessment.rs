//! Assessment: every application of a call through its program, in chunks, each verdict a sealed decision record.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use osn_core::application::{Application, ApplicationData, ApplicationEvent, AssessmentOutcome};
use osn_core::call::{CallEvent, CallState};
use osn_core::canonical::Digest;
use osn_core::id::{ApplicationId, AssessmentRunId, CallId, DecisionId, JobId};
use osn_core::merkle::MerkleBuilder;
use osn_core::state::Machine as _;
use osn_core::time::Instant;
use osn_programs::about::{About, CapacityUnit};
use osn_programs::batch::Context;
use osn_programs::input::{GroupInput, from_plain};
use osn_programs::program::Assessed;
use osn_programs::record::DecisionRecord;
use osn_programs::verdict::{GroupVerdict, Outcome as Verdict};
use osn_store::{AssessmentRun, Decided, ForMachine, Job, NewDecision, RunState, SealedDecisions, Versioned};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::acts::facts::{Facts, Known};
use crate::acts::{Acting, calls, entry, intake};
use crate::auth::Right;
use crate::jobs::Progress;
use crate::programs::{Installed, blocking};
use crate::refusal::{Kind, Outcome, Refusal};

/// Kind of the job.
pub const JOB: &str = "assess";

/// Applications in memory at once, unless the installation says otherwise.
const AT_ONCE: u32 = 2_048;

/// Long work that was accepted and can be watched.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Accepted {
    /// The job.
    #[schemars(with = "uuid::Uuid")]
    pub job_id: JobId,
    /// The run.
    #[schemars(with = "uuid::Uuid")]
    pub run_id: AssessmentRunId,
    /// Where to watch it.
    pub location: String,
}

/// What the job needs to know.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Payload {
    run: AssessmentRunId,
    call: CallId,
}

/// Orders an assessment of everybody who waits: once the call has closed, or at any time while its intake is rolling.
pub async fn start(acting: &Acting, call_id: CallId) -> Outcome<Accepted> {
    let officer = acting.require(Right::Select)?;
    let open = calls::open(acting, call_id).await?;
    let call = &open.call.value;
    let still_open = acting.now <= call.closes_at;
    if still_open && (!call.intake.is_rolling() || acting.now < call.opens_at) {
        return Err(Refusal::conflict("assessment.call-open"));
    }
    if !matches!(call.state, CallState::Published { .. } | CallState::Assessed { .. }) {
        return Err(Refusal::conflict("assessment.not-now"));
    }
    let under_way = acting
        .scope
        .assessment_runs(call_id)
        .await?
        .iter()
        .any(|run| matches!(run.value.state, RunState::Running));
    if under_way {
        return Err(Refusal::conflict("assessment.running"));
    }
    let pinned = acting.app.programs().get(&acting.scope, &call.code_digest).await?;
    let run = AssessmentRun {
        id: acting.app.new_id(AssessmentRunId::new),
        call_id,
        program: open.action.program.name.clone(),
        code_digest: call.code_digest.clone(),
        package_digest: open.action.program.package_digest.clone(),
        contract: pinned.program.contract().to_owned(),
        parameters: call.parameters.clone(),
        as_of: acting.zone().day(call.judged_at(acting.now)),
        fuel_limit: pinned.program.fuel_limit(),
        started_by: officer.id,
        started_at: acting.now,
        state: RunState::Running,
    };
    let job_id = acting.app.new_id(JobId::new);
    let payload = serde_json::to_value(Payload {
        run: run.id,
        call: call_id,
    })
    .map_err(Refusal::internal)?;
    let mut tx = acting.begin("assessment.start").await?;
    tx.insert_run(&run).await?;
    tx.enqueue(&Job {
        id: job_id,
        kind: JOB.to_owned(),
        payload,
        dedupe_key: Some(format!("{JOB}/{}", run.id)),
        run_at: acting.now,
    })
    .await?;
    tx.journal(entry(
        "assessment.start",
        "call",
        call_id.uuid(),
        serde_json::json!({ "run": run.id, "as_of": run.as_of, "code": run.code_digest }),
    ));
    let accepted = Accepted {
        job_id,
        run_id: run.id,
        location: format!("/api/v1/jobs/{job_id}"),
    };
    acting.commit(tx, &accepted).await?;
    Ok(accepted)
}

/// One run.
pub async fn run(acting: &Acting, id: AssessmentRunId) -> Outcome<AssessmentRun> {
    acting.require(Right::SeeApplications)?;
    acting
        .scope
        .assessment_run(id)
        .await?
        .map(|run| run.value)
        .ok_or_else(|| Refusal::not_found("run.unknown"))
}

/// A run that ended with a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stopped {
    /// When.
    pub at: Instant,
    /// What happened, in the reader's language.
    pub text: String,
    /// Key of the program.
    pub program: String,
}

/// The stored code of a run that failed in the reader's words: a program's fault, or a refusal of ours.
pub(super) fn said(acting: &Acting, code: &str) -> String {
    let texts = acting.app.texts();
    let ours = texts.find(acting.lang, &code.replace('.', "-"), &[]);
    ours.unwrap_or_else(|| texts.get(acting.lang, "program-fault-words", &[("fault", code)]))
}

/// The last run of a call, where it ended with a fault.
pub async fn stopped(acting: &Acting, call: CallId) -> Outcome<Option<Stopped>> {
    acting.require(Right::SeeApplications)?;
    let last = acting.scope.assessment_runs(call).await?.pop().map(|run| run.value);
    Ok(last.and_then(|run| match run.state {
        RunState::Failed { at, code } => Some(Stopped {
            at,
            text: said(acting, &code),
            program: run.program,
        }),
        RunState::Running | RunState::Finished { .. } => None,
    }))
}

/// The job itself. Started again after a crash, it keeps every decision that was saved and goes on with the rest.
pub(crate) async fn work(
    acting: &Acting,
    payload: serde_json::Value,
    progress: &Progress<'_>,
) -> Outcome<serde_json::Value> {
    let payload: Payload = serde_json::from_value(payload).map_err(Refusal::internal)?;
    let run = acting
        .scope
        .assessment_run(payload.run)
        .await?
        .ok_or_else(|| Refusal::not_found("run.unknown"))?
        .value;
    if let RunState::Finished { .. } = run.state {
        return Ok(serde_json::json!({ "run": payload.run }));
    }
    let judge = Judge::of(acting, &run).await?;
    let counts = acting.scope.application_counts(payload.call).await?;
    let total: u64 = ["received", "assessed"]
        .iter()
        .filter_map(|state| counts.get(*state))
        .sum();
    let mut tally = Tally::default();
    // Three chunks are under way at once: one is read, one is judged, one is saved.
    let (mut read, mut judged) = (read(acting, &payload, None).await?, None);
    while let Some(last) = read.last() {
        let (now, next, ()) = tokio::try_join!(
            judge.decide(acting, payload.run, read),
            self::read(acting, &payload, Some(last)),
            save(acting, judged, &mut tally),
        )?;
        (read, judged) = (next, Some(now));
        progress.at(tally.total(), total).await?;
    }
    save(acting, judged, &mut tally).await?;
    progress.at(tally.total(), total).await?;
    finish(acting, run, &tally).await
}

type Rows = Vec<(Versioned<Application>, ApplicationData)>;

/// The next applications of a call, and the decisions about them that an earlier attempt of the same run saved before it was
/// cut off.
struct Chunk {
    rows: Rows,
    made: BTreeMap<ApplicationId, Made>,
}

impl Chunk {
    fn last(&self) -> Option<ApplicationId> {
        self.rows.last().map(|(read, _)| read.value.id)
    }
}

async fn read(acting: &Acting, payload: &Payload, after: Option<ApplicationId>) -> Outcome<Chunk> {
    let at_once = acting.app.config().programs.applications_at_once.unwrap_or(AT_ONCE);
    let rows = acting
        .scope
        .applications_for_machine(payload.call, ForMachine::Waiting, after, at_once)
        .await?;
    let made = match rows.last() {
        Some((last, _)) => decided_before(acting, payload.run, after, last.value.id).await?,
        None => BTreeMap::new(),
    };
    Ok(Chunk { rows, made })
}

/// Keeps the decisions of a chunk and lets every application point at its decision, in one transaction; then counts them.
async fn save(acting: &Acting, judged: Option<Judged>, tally: &mut Tally) -> Outcome<()> {
    let Some(judged) = judged else { return Ok(()) };
    let mut tx = acting.begin("assessment.chunk").await?;
    tx.insert_decisions(judged.sealed, judged.fuel_used).await?;
    tx.update_applications(&judged.moved).await?;
    tx.commit().await?;
    for decision in judged.made.values() {
        tally.count(decision);
    }
    Ok(())
}

/// The applications whose state a decision changes.
fn moved(rows: Rows, made: &BTreeMap<ApplicationId, Made>) -> Outcome<Vec<Versioned<Application>>> {
    let mut moved = Vec::with_capacity(rows.len());
    for (mut application, _) in rows {
        let Some(decision) = made.get(&application.value.id) else {
            continue;
        };
        let event = ApplicationEvent::Assess {
            decision: decision.id,
            outcome: decision.outcome,
        };
        let state = application.value.state.apply(&event)?;
        if state != application.value.state {
            application.value.state = state;
            moved.push(application);
        }
    }
    Ok(moved)
}

/// A decision that was made, as the run's bookkeeping needs it.
#[derive(Debug, Clone, Copy)]
struct Made {
    id: DecisionId,
    outcome: AssessmentOutcome,
    digest: Digest,
}

impl From<&NewDecision> for Made {
    fn from(decision: &NewDecision) -> Self {
        Self {
            id: decision.id,
            outcome: decision.outcome,
            digest: decision.digest,
        }
    }
}

/// Decisions about the applications of a chunk that an earlier attempt of the same run saved before it was cut off.
async fn decided_before(
    acting: &Acting,
    run: AssessmentRunId,
    after: Option<ApplicationId>,
    last: ApplicationId,
) -> Outcome<BTreeMap<ApplicationId, Made>> {
    let decided = acting.scope.decided_between(run, after, last).await?;
    let made = |one: &Decided| Made {
        id: one.id,
        outcome: one.outcome,
        digest: one.digest,
    };
    Ok(decided.iter().map(|one| (one.application_id, made(one))).collect())
}

/// Counts of a run and the tree of its decisions' digests, in the order of the applications.
#[derive(Default)]
struct Tally {
    eligible: u64,
    not_eligible: u64,
    missing_evidence: u64,
    tree: MerkleBuilder,
}

impl Tally {
    fn count(&mut self, decision: &Made) {
        match decision.outcome {
            AssessmentOutcome::Eligible => self.eligible += 1,
            AssessmentOutcome::NotEligible => self.not_eligible += 1,
            AssessmentOutcome::MissingEvidence => self.missing_evidence += 1,
        }
        self.tree.push(decision.digest);
    }

    fn total(&self) -> u64 {
        self.eligible + self.not_eligible + self.missing_evidence
    }
}

async fn finish(acting: &Acting, mut run: AssessmentRun, tally: &Tally) -> Outcome<serde_json::Value> {
    let at = acting.app.now();
    let merkle_root = tally.tree.root();
    let fuel_used = acting.scope.fuel_used(run.id).await?;
    let Tally {
        eligible,
        not_eligible,
        missing_evidence,
        ..
    } = *tally;
    run.state = RunState::Finished {
        at,
        merkle_root,
        eligible,
        not_eligible,
        missing_evidence,
        fuel_used,
    };
    let Versioned {
        value: mut call,
        version,
        ..
    } = calls::read(acting, run.call_id).await?;
    call.state = call.state.apply(&CallEvent::Assess { at })?;
    let result = serde_json::json!({
        "run": run.id, "merkle_root": merkle_root, "assessed": tally.total(), "eligible": eligible,
        "not_eligible": not_eligible, "missing_evidence": missing_evidence, "fuel_used": fuel_used,
    });
    let mut tx = acting.begin("assessment.finish").await?;
    tx.finish_run(&run).await?;
    tx.update_call(&call, version).await?;
    tx.journal(entry("assessment.finish", "call", run.call_id.uuid(), result.clone()));
    tx.commit().await?;
    Ok(result)
}

/// The run ended with a fault: whose, and which.
pub(crate) async fn failed(acting: &Acting, payload: &serde_json::Value, code: &str) -> Outcome<()> {
    let payload: Payload = serde_json::from_value(payload.clone()).map_err(Refusal::internal)?;
    let Some(run) = acting.scope.assessment_run(payload.run).await? else {
        return Ok(());
    };
    let mut run = run.value;
    run.state = RunState::Failed {
        at: acting.app.now(),
        code: code.to_owned(),
    };
    let mut tx = acting.begin("assessment.fail").await?;
    tx.finish_run(&run).await?;
    tx.journal(entry(
        "assessment.fail",
        "call",
        run.call_id.uuid(),
        serde_json::json!({ "run": run.id, "code": code }),
    ));
    Ok(tx.commit().await?)
}

/// A chunk after it was judged, ready to be kept: on the embedded database a transaction that seals would hold up its only
/// writer.
struct Judged {
    /// Applications whose state a decision changes.
    moved: Vec<Versioned<Application>>,
    /// Every decision about the chunk, those made before among them.
    made: BTreeMap<ApplicationId, Made>,
    /// The new ones.
    sealed: SealedDecisions,
    /// Fuel that the new ones took.
    fuel_used: u64,
}

/// The program with everything it needs for a call.
struct Judge {
    installed: Installed,
    about: Arc<About>,
    context: Context,
    facts: Arc<Facts>,
}

impl Judge {
    /// The code that was pinned at publication judges, whatever was installed since.
    async fn of(acting: &Acting, run: &AssessmentRun) -> Outcome<Self> {
        let installed = acting.app.programs().get(&acting.scope, &run.code_digest).await?;
        let about = installed.program.about(Some(&run.parameters))?;
        let facts = Facts::of(acting, &about, &run.parameters, run.as_of).await?;
        Ok(Self {
            installed,
            about,
            facts: Arc::new(facts),
            context: Context {
                as_of: run.as_of,
                parameters: run.parameters.clone(),
            },
        })
    }

    async fn decide(&self, acting: &Acting, run: AssessmentRunId, chunk: Chunk) -> Outcome<Judged> {
        let Chunk { rows, mut made } = chunk;
        let fresh = rows.iter().filter(|(read, _)| !made.contains_key(&read.value.id));
        let ids: Vec<_> = fresh.map(|_| acting.app.new_id(DecisionId::new)).collect();
        let (program, about) = (Arc::clone(&self.installed.program), Arc::clone(&self.about));
        let (context, facts) = (self.context.clone(), Arc::clone(&self.facts));
        let before = made.keys().copied().collect::<BTreeSet<_>>();
        let (rows, decisions, fuel_used) = blocking(move || {
            let open = || rows.iter().filter(|(read, _)| !before.contains(&read.value.id));
            let mut known = Known::default();
            let groups = open()
                .map(|(_, data)| group(&about, &facts, &mut known, data))
                .collect::<Outcome<Vec<GroupInput>>>()?;
            let Assessed { verdicts, fuel_used } = program.assess_metered(&context, &groups)?;
            let mut decisions = Vec::with_capacity(groups.len());
            for (((read, _), id), (input, verdict)) in open().zip(ids).zip(groups.into_iter().zip(verdicts)) {
                let outcome = stored(verdict.outcome);
                let (keys, units) = (keys(&about, &verdict), units(&about, &verdict));
                let record = DecisionRecord {
                    facts_from: facts.from(),
                    ..DecisionRecord::new(&program, &context, input, verdict)?
                };
                let record = record.to_canonical()?;
                let digest = DecisionRecord::digest_of(&record);
                let (application_id, person_id) = (read.value.id, read.value.person_id);
                decisions.push(NewDecision {
                    id,
                    application_id,
                    person_id,
                    outcome,
                    keys,
                    units,
                    digest,
                    record,
                });
            }
            Ok((rows, decisions, fuel_used))
        })
        .await?;
        made.extend(decisions.iter().map(|one| (one.application_id, Made::from(one))));
        Ok(Judged {
            moved: moved(rows, &made)?,
            made,
            sealed: acting.scope.seal_decisions(run, &decisions, acting.app.now()).await?,
            fuel_used,
        })
    }
}

/// The application as the program sees it, with the facts that it asks for. What was checked at intake is read here; nothing of it is
/// quoted in a failure.
pub(super) fn group(about: &About, facts: &Facts, known: &mut Known, data: &ApplicationData) -> Outcome<GroupInput> {
    let mut input = from_plain(about, &intake::to_plain(about, data), false).map_err(|problems| {
        let paths: Vec<String> = problems
            .iter()
            .map(|problem| format!("{} {}", problem.path, problem.code))
            .collect();
        Refusal::new(Kind::Internal, "assessment.unreadable").caused_by(paths.join(", "))
    })?;
    facts.fill(known, data.into(), &mut input);
    Ok(input)
}

/// The ranking keys of an application: those of its best claim.
pub(super) fn keys(about: &About, verdict: &GroupVerdict) -> Vec<Option<i64>> {
    let of = verdict
        .claims
        .iter()
        .filter(|claim| claim.outcome == verdict.outcome)
        .map(|claim| claim.keys.clone());
    of.min_by_key(|keys| {
        ranked(about, keys)
            .into_iter()
            .zip(&about.ranking)
            .map(|(value, key)| if key.descending { -value } else { value })
            .collect::<Vec<_>>()
    })
    .unwrap_or_default()
}

/// Keys as the ranking takes them: a row without a value comes last either way.
pub(crate) fn ranked(about: &About, keys: &[Option<i64>]) -> Vec<i64> {
    /// Beyond every value that a program may answer.
    const MOST: i64 = 1 << 53;
    let worst = |key: &osn_programs::about::RankingKey| if key.descending { -MOST } else { MOST };
    about
        .ranking
        .iter()
        .zip(keys)
        .map(|(key, value)| value.unwrap_or_else(|| worst(key)))
        .collect()
}

/// Places that an application takes, in the program's unit.
pub(super) fn units(about: &About, verdict: &GroupVerdict) -> u32 {
    match about.capacity_unit {
        CapacityUnit::Household => 1,
        CapacityUnit::Person => {
            let eligible = verdict
                .claims
                .iter()
                .filter(|claim| claim.outcome == Verdict::Eligible)
                .count();
            u32::try_from(eligible).unwrap_or(u32::MAX)
        }
    }
}

fn stored(outcome: Verdict) -> AssessmentOutcome {
    match outcome {
        Verdict::Eligible => AssessmentOutcome::Eligible,
        Verdict::NotEligible => AssessmentOutcome::NotEligible,
        Verdict::MissingEvidence => AssessmentOutcome::MissingEvidence,
    }
}

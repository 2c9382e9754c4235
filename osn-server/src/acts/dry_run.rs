//! A change tried against the real applications of a call before anybody publishes it: a new version, or other parameters.
//!
//! Both sides are judged and ranked in memory, a chunk at a time. What stays is figures in the job's answer; no verdict,
//! no list and no decision is stored, and nobody is named.

use std::collections::BTreeMap;
use std::sync::Arc;

use osn_core::application::{Application, ApplicationData, ApplicationState};
use osn_core::call::{Call, CallState};
use osn_core::id::{ApplicationId, CallId, JobId};
use osn_core::selection::{Candidate, Place, Ranking, RankingKey, TieOrder};
use osn_programs::about::{About, Kind as AnswerKind};
use osn_programs::batch::Context;
use osn_programs::input::GroupInput;
use osn_programs::parameters;
use osn_programs::verdict::{GroupVerdict, Outcome as Verdict};
use osn_store::{ForMachine, Job, Versioned};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::acts::facts::{Facts, Known};
use crate::acts::programs::{FaultStage, faults};
use crate::acts::{Acting, assessment, calls, draw, entry};
use crate::auth::Right;
use crate::jobs::Progress;
use crate::programs::{Installed, blocking, resolve};
use crate::refusal::{FieldError, Outcome, Refusal};

/// Kind of the job.
pub const JOB: &str = "dry-run";
/// Applications in memory at once.
const AT_ONCE: u32 = 2_048;

/// A change to try.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Version of the program, or digest of its package; without it, the one of the call.
    #[serde(default)]
    pub version: Option<String>,
    /// Parameters that are other than the call's.
    #[serde(default)]
    pub parameters: Option<serde_json::Map<String, Value>>,
    /// Other places than the call's.
    #[serde(default)]
    pub capacity: Option<u32>,
}

/// A trial that was accepted and can be watched.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Trial {
    /// The job; its answer holds the figures.
    #[schemars(with = "uuid::Uuid")]
    pub job_id: JobId,
    /// Where to watch it.
    pub location: String,
}

/// What the job needs to know.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Payload {
    call: CallId,
    package: String,
    parameters: String,
    capacity: u32,
}

/// Before and after.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Shift {
    /// As the call stands.
    pub before: u64,
    /// With the change.
    pub after: u64,
    /// In after, not in before.
    pub added: u64,
    /// In before, not in after.
    pub removed: u64,
}

/// One kind of cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CostShift {
    /// Text of the expense category, in Greek.
    pub category: String,
    /// Cents as the call stands.
    pub before_cents: i64,
    /// Cents with the change.
    pub after_cents: i64,
}

/// A group of applicants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GroupShift {
    /// `area`, or the key of a question.
    pub by: String,
    /// The area's code, or the answer.
    pub value: String,
    /// Applications.
    pub applications: u64,
    /// Eligible.
    pub eligible: Shift,
    /// With a place.
    pub selected: Shift,
}

/// What the change would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Figures {
    /// Version that was tried.
    pub version: String,
    /// What decides between equals in this trial: `draw` or `submission-time` (before the deadline the seed is a secret).
    pub tie: String,
    /// Applications that were judged on both sides.
    pub applications: u64,
    /// Applications that the changed form cannot read: it asks otherwise.
    pub unreadable: u64,
    /// Eligible.
    pub eligible: Shift,
    /// With a place.
    pub selected: Shift,
    /// On both lists, on another rank.
    pub re_ranked: u64,
    /// Cost, by category.
    pub cost: Vec<CostShift>,
    /// By area, and by each question that is answered with yes, no or an option.
    pub groups: Vec<GroupShift>,
}

/// Orders a trial. What the program refuses is refused here.
pub async fn start(acting: &Acting, call_id: CallId, change: Change) -> Outcome<Trial> {
    acting.require(Right::PlanActions)?;
    let open = calls::open(acting, call_id).await?;
    let call = &open.call.value;
    if matches!(call.state, CallState::Draft | CallState::Cancelled { .. }) {
        return Err(Refusal::conflict("dry-run.not-now"));
    }
    let package = version(acting, &open, change.version.as_deref()).await?;
    let installed = acting.app.programs().get(&acting.scope, &package).await?;
    let given = change.parameters.unwrap_or_default();
    let parameters = frozen(acting, &installed, call, given).await?;
    let payload = Payload {
        call: call_id,
        package,
        parameters,
        capacity: change.capacity.unwrap_or(call.capacity),
    };
    let job_id = acting.app.new_id(JobId::new);
    let mut tx = acting.begin("dry-run.start").await?;
    tx.enqueue(&Job {
        id: job_id,
        kind: JOB.to_owned(),
        payload: serde_json::to_value(&payload).map_err(Refusal::internal)?,
        dedupe_key: None,
        run_at: acting.now,
    })
    .await?;
    let details = serde_json::json!({ "package": payload.package, "capacity": payload.capacity });
    tx.journal(entry("dry-run.start", "call", call_id.uuid(), details));
    let trial = Trial {
        job_id,
        location: format!("/api/v1/jobs/{job_id}"),
    };
    acting.commit(tx, &trial).await?;
    Ok(trial)
}

/// The package of the version that was asked for.
async fn version(acting: &Acting, open: &calls::OpenCall, asked: Option<&str>) -> Outcome<String> {
    let program = &open.action.program;
    let Some(asked) = asked else {
        return Ok(program.package_digest.clone());
    };
    let rows = acting.scope.programs().await?;
    rows.into_iter()
        .rfind(|row| row.name == program.name && (row.version == asked || row.package_digest == asked))
        .map(|row| row.package_digest)
        .ok_or_else(|| Refusal::field("/version", "unknown-program"))
}

/// The call's parameters with the change over them, complete; what the version tried does not know any more is left out.
async fn frozen(
    acting: &Acting,
    installed: &Installed,
    call: &Call,
    given: serde_json::Map<String, Value>,
) -> Outcome<String> {
    let mut merged: serde_json::Map<String, Value> = serde_json::from_str(&call.parameters).unwrap_or_default();
    let about = installed.program.about(None)?;
    let known = about.parameters.get("properties").and_then(Value::as_object);
    merged.retain(|key, _| known.is_some_and(|known| known.contains_key(key)));
    merged.extend(given);
    let on = acting.zone().day(call.opens_at);
    let program = Arc::clone(&installed.program);
    blocking(move || {
        let merged = Value::Object(merged);
        let frozen = parameters::freeze(&about.parameters, &merged, &resolve(on)).map_err(refused)?;
        let problems = program.check_parameters(&frozen)?;
        if problems.is_empty() {
            Ok(frozen)
        } else {
            Err(refused(problems))
        }
    })
    .await
}

fn refused(problems: Vec<osn_programs::problem::Problem>) -> Refusal {
    let under = |problem: osn_programs::problem::Problem| FieldError {
        path: format!("/parameters{}", problem.path),
        ..FieldError::from(problem)
    };
    Refusal::invalid("action.parameters", problems.into_iter().map(under).collect())
}

/// One side of the comparison: the program under its parameters, and the list that it makes.
struct Side {
    installed: Installed,
    /// The call whose applications are judged.
    call: CallId,
    /// Digest of the package.
    package: String,
    about: Arc<About>,
    context: Context,
    facts: Facts,
    known: Known,
    ranking: Ranking,
}

impl Side {
    async fn of(
        acting: &Acting,
        call: &Call,
        (package, parameters): (&str, &str),
        (tie, capacity): (TieOrder, u32),
    ) -> Outcome<Self> {
        let installed = acting.app.programs().get(&acting.scope, package).await?;
        let about = installed.program.about(Some(parameters))?;
        let keys: Vec<RankingKey> = about
            .ranking
            .iter()
            .map(|key| RankingKey {
                key: key.key.clone(),
                descending: key.descending,
            })
            .collect();
        let as_of = acting.zone().day(call.judged_at(acting.now));
        Ok(Self {
            ranking: Ranking::new(call.id, &keys, tie, capacity, 0),
            facts: Facts::of(acting, &about, parameters, as_of).await?,
            known: Known::default(),
            context: Context {
                as_of,
                parameters: parameters.to_owned(),
            },
            installed,
            call: call.id,
            package: package.to_owned(),
            about,
        })
    }

    /// The application as this side sees it.
    fn read(&mut self, data: &ApplicationData) -> Outcome<GroupInput> {
        assessment::group(&self.about, &self.facts, &mut self.known, data)
    }

    async fn judge(&self, acting: &Acting, groups: Vec<GroupInput>) -> Outcome<Vec<GroupVerdict>> {
        let (program, context) = (Arc::clone(&self.installed.program), self.context.clone());
        let judged = blocking(move || Ok(program.assess_groups(&context, &groups)?));
        let asked = (FaultStage::DryRun, self.call, self.package.as_str());
        faults::kept(acting, asked, judged.await).await
    }

    /// Whether the application is eligible on this side; then it enters the list.
    fn take(&mut self, application: &Application, verdict: &GroupVerdict) -> Outcome<bool> {
        if verdict.outcome != Verdict::Eligible {
            return Ok(false);
        }
        let keys = assessment::keys(&self.about, verdict);
        let candidate = Candidate {
            application_id: application.id,
            reference: application.reference.clone(),
            keys: assessment::ranked(&self.about, &keys),
            submitted_at: application.submitted_at,
            protocol: application.protocol,
            units: assessment::units(&self.about, verdict),
        };
        self.ranking.push(&candidate).map_err(Refusal::internal)?;
        Ok(true)
    }
}

/// An application in the comparison: whether it is eligible on each side, and its groups.
struct Compared {
    id: ApplicationId,
    eligible: [bool; 2],
    groups: Vec<(String, String)>,
}

/// The job itself.
pub(crate) async fn work(acting: &Acting, payload: Value, progress: &Progress<'_>) -> Outcome<Value> {
    let payload: Payload = serde_json::from_value(payload).map_err(Refusal::internal)?;
    let open = calls::open(acting, payload.call).await?;
    let call = &open.call.value;
    // Before the deadline the seed is a secret, from us too: equals stand by time.
    let tie = draw::order(acting, call).await.unwrap_or(TieOrder::SubmissionTime);
    let old = (open.action.program.package_digest.as_str(), call.parameters.as_str());
    let new = (payload.package.as_str(), payload.parameters.as_str());
    let mut sides = [
        Side::of(acting, call, old, (tie.clone(), call.capacity)).await?,
        Side::of(acting, call, new, (tie.clone(), payload.capacity)).await?,
    ];
    let total: u64 = acting.scope.application_counts(payload.call).await?.values().sum();
    let (mut compared, mut unreadable, mut after) = (Vec::new(), 0_u64, None);
    loop {
        let rows = acting
            .scope
            .applications_for_machine(payload.call, ForMachine::All, after, AT_ONCE)
            .await?;
        let Some((last, _)) = rows.last() else { break };
        after = Some(last.value.id);
        unreadable += chunk(acting, &mut sides, rows, &mut compared).await?;
        let done = u64::try_from(compared.len()).unwrap_or(u64::MAX);
        progress.at(done.saturating_add(unreadable), total).await?;
    }
    let [old, new] = sides;
    let texts = Arc::clone(&new.installed.program);
    let version = texts
        .manifest()
        .map(|manifest| manifest.version.clone())
        .unwrap_or_default();
    let estimates = [estimator(&old), estimator(&new)];
    let lists = blocking(move || Ok([listed(old.ranking)?, listed(new.ranking)?])).await?;
    let occasions = u32::from(open.action.instalments);
    let figures = Figures {
        version,
        tie: match tie {
            TieOrder::Draw { .. } => "draw",
            TieOrder::SubmissionTime => "submission-time",
        }
        .to_owned(),
        cost: cost(&texts, estimates, &lists, occasions).await?,
        ..figures(&compared, &lists, unreadable)
    };
    serde_json::to_value(&figures).map_err(Refusal::internal)
}

/// Judges a chunk on both sides; how many of it one side could not read.
async fn chunk(
    acting: &Acting,
    sides: &mut [Side; 2],
    rows: Vec<(Versioned<Application>, ApplicationData)>,
    compared: &mut Vec<Compared>,
) -> Outcome<u64> {
    let (mut applications, mut groups, mut unreadable) = (Vec::new(), [Vec::new(), Vec::new()], 0);
    let old = Arc::clone(&sides[0].about);
    for (read, data) in rows {
        // Whoever took the application back is on no list.
        if matches!(read.value.state, ApplicationState::Withdrawn { .. }) {
            continue;
        }
        match (sides[0].read(&data), sides[1].read(&data)) {
            (Ok(before), Ok(after)) => {
                let of = of_groups(&old, &data);
                applications.push((read.value, of));
                groups[0].push(before);
                groups[1].push(after);
            }
            _ => unreadable += 1,
        }
    }
    let [before, after] = groups;
    let (before, after) = (
        sides[0].judge(acting, before).await?,
        sides[1].judge(acting, after).await?,
    );
    for ((application, groups), (before, after)) in applications.into_iter().zip(before.iter().zip(&after)) {
        let eligible = [
            sides[0].take(&application, before)?,
            sides[1].take(&application, after)?,
        ];
        compared.push(Compared {
            id: application.id,
            eligible,
            groups,
        });
    }
    Ok(unreadable)
}

/// The groups of an application: its area, and its answers of yes, no or an option.
fn of_groups(about: &About, data: &ApplicationData) -> Vec<(String, String)> {
    let mut groups = Vec::new();
    if let Some(area) = &data.applicant.area {
        groups.push(("area".to_owned(), area.clone()));
    }
    for field in &about.form.application {
        if !matches!(field.kind, AnswerKind::Flag | AnswerKind::Choice) {
            continue;
        }
        let value = match data.answers.get(&field.key) {
            Some(Value::Bool(true)) => "yes".to_owned(),
            Some(Value::Bool(false)) => "no".to_owned(),
            Some(Value::String(option)) => option.clone(),
            _ => continue,
        };
        groups.push((field.key.clone(), value));
    }
    groups
}

/// A list: rank and whether there is a place, by application; places given, and applications with one.
struct Listed {
    ranks: BTreeMap<ApplicationId, (u32, bool)>,
    people: u32,
    households: u32,
}

fn listed(ranking: Ranking) -> Outcome<Listed> {
    let mut list = Listed {
        ranks: BTreeMap::new(),
        people: 0,
        households: 0,
    };
    for line in ranking.finish().map_err(Refusal::internal)? {
        let selected = line.place == Place::Selected;
        if selected {
            list.people = list.people.saturating_add(line.candidate.units);
            list.households = list.households.saturating_add(1);
        }
        list.ranks.insert(line.candidate.application_id, (line.rank, selected));
    }
    Ok(list)
}

fn count(shift: &mut Shift, [before, after]: [bool; 2]) {
    shift.before += u64::from(before);
    shift.after += u64::from(after);
    shift.added += u64::from(after && !before);
    shift.removed += u64::from(before && !after);
}

fn figures(compared: &[Compared], lists: &[Listed; 2], unreadable: u64) -> Figures {
    let mut figures = Figures {
        version: String::new(),
        tie: String::new(),
        applications: u64::try_from(compared.len()).unwrap_or(u64::MAX),
        unreadable,
        eligible: Shift::default(),
        selected: Shift::default(),
        re_ranked: 0,
        cost: Vec::new(),
        groups: Vec::new(),
    };
    let mut groups: BTreeMap<(String, String), GroupShift> = BTreeMap::new();
    for one in compared {
        let ranks = [0, 1].map(|side| {
            lists
                .get(side)
                .and_then(|list: &Listed| list.ranks.get(&one.id))
                .copied()
        });
        let selected = ranks.map(|rank| rank.is_some_and(|(_, selected)| selected));
        count(&mut figures.eligible, one.eligible);
        count(&mut figures.selected, selected);
        if let [Some((before, _)), Some((after, _))] = ranks {
            figures.re_ranked += u64::from(before != after);
        }
        for (by, value) in &one.groups {
            let group = groups.entry((by.clone(), value.clone())).or_insert_with(|| GroupShift {
                by: by.clone(),
                value: value.clone(),
                applications: 0,
                eligible: Shift::default(),
                selected: Shift::default(),
            });
            group.applications += 1;
            count(&mut group.eligible, one.eligible);
            count(&mut group.selected, selected);
        }
    }
    figures.groups = groups.into_values().collect();
    figures
}

type Estimator = (Installed, Context);

fn estimator(side: &Side) -> Estimator {
    (side.installed.clone(), side.context.clone())
}

/// What both lists are expected to cost, by category.
async fn cost(
    texts: &Arc<osn_programs::program::Program>,
    estimators: [Estimator; 2],
    lists: &[Listed; 2],
    occasions: u32,
) -> Outcome<Vec<CostShift>> {
    let sizes = [0, 1].map(|side| {
        lists
            .get(side)
            .map_or((0, 0), |list: &Listed| (list.people, list.households))
    });
    let both = blocking(move || {
        let mut both = Vec::new();
        for ((installed, context), (people, households)) in estimators.iter().zip(sizes) {
            both.push(installed.program.estimate(context, people, households, occasions)?);
        }
        Ok(both)
    })
    .await?;
    let mut shifts: BTreeMap<String, CostShift> = BTreeMap::new();
    for (side, lines) in both.into_iter().enumerate() {
        for line in lines {
            let shift = shifts.entry(line.category.clone()).or_insert_with(|| CostShift {
                category: texts.texts().text_or_key("el", &format!("category-{}", line.category)),
                before_cents: 0,
                after_cents: 0,
            });
            let amount = if side == 0 {
                &mut shift.before_cents
            } else {
                &mut shift.after_cents
            };
            *amount = amount.saturating_add(line.amount_cents);
        }
    }
    Ok(shifts.into_values().collect())
}

/// The figures of a trial that is over; `None` while it runs.
pub async fn figures_of(acting: &Acting, job: JobId) -> Outcome<(osn_store::JobRow, Option<Figures>)> {
    acting.require(Right::PlanActions)?;
    let row = acting
        .scope
        .job(job)
        .await?
        .filter(|row| row.kind == JOB)
        .ok_or_else(|| Refusal::not_found("job.unknown"))?;
    let figures = row
        .result
        .clone()
        .and_then(|result| serde_json::from_value(result).ok());
    Ok((row, figures))
}

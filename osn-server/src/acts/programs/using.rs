//! What a municipality does with an installed program: enable, roll back, disable, retire; and what there is to watch.
//!
//! Actions that run keep the version that they were planned with, and calls the one that they were published with.

use std::collections::BTreeMap;

use osn_core::action::ActionState;
use osn_core::call::CallState;
use osn_core::program_use::{ProgramEvent, ProgramUse};
use osn_core::state::Machine as _;
use osn_core::time::Instant;
use osn_store::{InstalledProgram, NewProgram, ProgramHistory, RunState, Scope, Versioned};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ProgramView, current, faults, view_of};
use crate::acts::{Acting, assessment, entry};
use crate::auth::Right;
use crate::refusal::{Outcome, Refusal};

/// Assessment runs that are looked at for faults and fuel.
const WATCHED: u32 = 500;

/// One version of a program, and what is known about it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct VersionView {
    /// Version, for people.
    pub version: String,
    /// Contract version.
    pub contract: String,
    /// What decides.
    pub code_digest: String,
    /// What is installed.
    pub package_digest: String,
    /// When it was installed.
    pub installed_at: Instant,
    /// Where it comes from: `signed`, `own-build`, `unsigned`.
    pub origin: String,
    /// What the signer wrote; the signature covers it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed: Option<String>,
    /// Golden cases that passed at installation.
    pub cases: u64,
    /// New actions take this version.
    pub in_use: bool,
    /// Until when new actions took it, if they did before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used_until: Option<Instant>,
    /// Actions planned with it that are neither completed nor given up.
    pub running_actions: u64,
    /// Calls published with it.
    pub calls: u64,
    /// Of these, calls without a final list.
    pub open_calls: u64,
    /// Assessments that it finished.
    pub runs: u64,
    /// Applications that it judged in them.
    pub judged: u64,
    /// Fuel that it used in them.
    pub fuel_used: u64,
    /// Fuel that each batch was given, in the last of them.
    pub fuel_limit: u64,
    /// What ended with a fault of the program, newest first.
    pub faults: Vec<FaultView>,
}

/// Where a program was at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FaultStage {
    /// When it judged the applications of a call.
    Assessment,
    /// When it planned deliveries.
    Plan,
    /// When a change was tried.
    DryRun,
}

/// Something that ended with a fault of the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FaultView {
    /// Where.
    pub stage: FaultStage,
    /// Stable code.
    pub code: String,
    /// What happened, in the reader's language.
    pub text: String,
    /// When.
    pub at: Instant,
    /// The call.
    #[schemars(with = "uuid::Uuid")]
    pub call_id: osn_core::id::CallId,
}

/// A program with all its versions.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct VersionsView {
    /// Key.
    pub name: String,
    /// Name in the reader's language.
    pub title: String,
    /// `installed`, `enabled`, `disabled` or `retired`.
    pub state: String,
    /// Whether there is a version to go back to.
    pub can_roll_back: bool,
    /// Every version, the newest first.
    pub versions: Vec<VersionView>,
}

/// A program of another municipality on the same server, which can be enabled here too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OfferedView {
    /// Key.
    pub name: String,
    /// Version, for people.
    pub version: String,
    /// What is installed.
    pub package_digest: String,
}

/// The versions of a program with their signers, faults, fuel and calls.
pub async fn versions(acting: &Acting, name: &str) -> Outcome<VersionsView> {
    acting.require(Right::SeePrograms)?;
    let rows = rows(&acting.scope, name).await?;
    let newest = rows.last().ok_or_else(|| Refusal::not_found("program.unknown"))?;
    let used = used(acting, name).await?.value;
    let history = acting.scope.program_history(name, WATCHED).await?;
    let shown = current(&rows, &used).unwrap_or(newest);
    let installed = acting.app.programs().get(&acting.scope, &shown.package_digest).await?;
    let mut versions = Vec::with_capacity(rows.len());
    for row in rows.iter().rev() {
        let mut view = version(acting, row, &used, &history);
        view.faults
            .extend(faults::of_package(acting, &row.package_digest).await?);
        view.faults.sort_by_key(|fault| std::cmp::Reverse(fault.at));
        versions.push(view);
    }
    Ok(VersionsView {
        name: name.to_owned(),
        title: installed.program.texts().text_or_key(acting.lang.tag(), "name"),
        state: used.name().to_owned(),
        can_roll_back: used.is_enabled() && !used.before.is_empty(),
        versions,
    })
}

fn version(acting: &Acting, row: &InstalledProgram, used: &ProgramUse, history: &ProgramHistory) -> VersionView {
    let detail = |pointer: &str| row.details.pointer(pointer);
    let text = |pointer: &str| detail(pointer).and_then(serde_json::Value::as_str).map(str::to_owned);
    let count = |items: usize| u64::try_from(items).unwrap_or(u64::MAX);
    let of_row = |package: &str| package == row.package_digest;
    let actions: Vec<_> = history
        .actions
        .iter()
        .filter(|action| of_row(&action.value.program.package_digest))
        .collect();
    let running = actions.iter().filter(|action| is_running(&action.value.state)).count();
    let calls = history.calls.iter().filter(|call| {
        let published = !matches!(call.value.state, CallState::Draft);
        published && actions.iter().any(|action| action.value.id == call.value.action_id)
    });
    let calls: Vec<_> = calls.collect();
    let open = calls.iter().filter(|call| is_open(&call.value.state)).count();
    let mut view = VersionView {
        version: row.version.clone(),
        contract: row.contract.clone(),
        code_digest: row.code_digest.clone(),
        package_digest: row.package_digest.clone(),
        installed_at: row.installed_at,
        origin: text("/origin/origin").unwrap_or_default(),
        signed: text("/origin/comment"),
        cases: detail("/cases").and_then(serde_json::Value::as_u64).unwrap_or_default(),
        in_use: used.is_enabled() && used.package.as_deref().is_some_and(of_row),
        used_until: used
            .before
            .iter()
            .rfind(|before| of_row(&before.package))
            .map(|before| before.until),
        running_actions: count(running),
        calls: count(calls.len()),
        open_calls: count(open),
        runs: 0,
        judged: 0,
        fuel_used: 0,
        fuel_limit: 0,
        faults: Vec::new(),
    };
    for run in history.runs.iter().filter(|run| of_row(&run.value.package_digest)) {
        watch(acting, &mut view, &run.value);
    }
    view
}

fn watch(acting: &Acting, view: &mut VersionView, run: &osn_store::AssessmentRun) {
    match &run.state {
        RunState::Running => {}
        RunState::Finished {
            eligible,
            not_eligible,
            missing_evidence,
            fuel_used,
            ..
        } => {
            view.runs += 1;
            view.judged += eligible + not_eligible + missing_evidence;
            view.fuel_used += fuel_used;
            // Runs come newest first.
            if view.fuel_limit == 0 {
                view.fuel_limit = run.fuel_limit;
            }
        }
        RunState::Failed { at, code } => view.faults.push(FaultView {
            stage: FaultStage::Assessment,
            text: assessment::said(acting, code),
            code: code.clone(),
            at: *at,
            call_id: run.call_id,
        }),
    }
}

const fn is_running(state: &ActionState) -> bool {
    matches!(state, ActionState::Draft | ActionState::Approved { .. })
}

const fn is_open(state: &CallState) -> bool {
    !matches!(
        state,
        CallState::Draft | CallState::Final { .. } | CallState::Cancelled { .. }
    )
}

/// Versions of a program in one municipality, oldest first.
async fn rows(scope: &Scope, name: &str) -> Outcome<Vec<InstalledProgram>> {
    let mut rows = scope.programs().await?;
    rows.retain(|row| row.name == name);
    Ok(rows)
}

async fn used(acting: &Acting, name: &str) -> Outcome<Versioned<ProgramUse>> {
    acting
        .scope
        .program_use(name)
        .await?
        .ok_or_else(|| Refusal::not_found("program.unknown"))
}

/// Programs that other municipalities on this server have installed and this one has not.
pub async fn offered(acting: &Acting) -> Outcome<Vec<OfferedView>> {
    acting.require(Right::InstallPrograms)?;
    let mut newest = BTreeMap::new();
    for (_, row) in elsewhere(acting).await? {
        newest.insert(row.name.clone(), row);
    }
    for row in acting.scope.programs().await? {
        newest.remove(&row.name);
    }
    let view = |row: InstalledProgram| OfferedView {
        name: row.name,
        version: row.version,
        package_digest: row.package_digest,
    };
    Ok(newest.into_values().map(view).collect())
}

/// Programs of the other municipalities, by the time of their installation.
async fn elsewhere(acting: &Acting) -> Outcome<Vec<(Scope, InstalledProgram)>> {
    let mut found = Vec::new();
    for hosted in acting.app.hosted().await {
        if hosted.municipality.id != acting.municipality().id {
            let scope = acting.app.scope(hosted.municipality.id);
            found.extend(scope.programs().await?.into_iter().map(|row| (scope.clone(), row)));
        }
    }
    found.sort_by_key(|(_, row)| row.installed_at);
    Ok(found)
}

/// Whether a version is the one that was asked for, by its digest or as people call it.
fn is_asked(row: &InstalledProgram, which: Option<&str>) -> bool {
    which.is_none_or(|which| row.package_digest == which || row.version == which)
}

/// Lets new actions use a program: the version asked for (its package digest or its version), else the newest. A program that
/// only another municipality of this server has is installed here with it: its package was verified when it came in.
pub async fn enable(acting: &Acting, name: &str, which: Option<&str>) -> Outcome<ProgramView> {
    acting.require(Right::InstallPrograms)?;
    enable_as(acting, name, which).await
}

/// The same, for whoever runs the server at its command line.
pub async fn enable_as(acting: &Acting, name: &str, which: Option<&str>) -> Outcome<ProgramView> {
    let here = rows(&acting.scope, name).await?;
    let (row, bytes) = match here.into_iter().rfind(|row| is_asked(row, which)) {
        Some(row) => (row, None),
        None => brought(acting, name, which).await?,
    };
    let event = ProgramEvent::Enable {
        package: row.package_digest.clone(),
        at: acting.now,
    };
    let before = acting.scope.program_use(name).await?;
    if let Some(before) = &before {
        acting.check_version(before.version)?;
    }
    let next = before
        .as_ref()
        .map_or_else(|| ProgramUse::installed(name), |before| before.value.clone())
        .apply(&event)?;
    let mut tx = acting.begin("program.enable").await?;
    if let Some(bytes) = bytes {
        tx.install_program(&new_program(&row), &bytes).await?;
    }
    match before {
        Some(before) => tx.update_program_use(&next, before.version).await?,
        None => tx.insert_program_use(&next).await?,
    }
    tx.journal(entry(
        "program.enable",
        "program",
        acting.municipality().id.uuid(),
        serde_json::json!({ "name": name, "version": row.version, "package": row.package_digest, "code": row.code_digest }),
    ));
    tx.commit().await?;
    view_of(acting, name).await
}

/// The package from another municipality of this server.
async fn brought(acting: &Acting, name: &str, which: Option<&str>) -> Outcome<(InstalledProgram, Option<Vec<u8>>)> {
    let found = elsewhere(acting).await?;
    let (scope, row) = found
        .into_iter()
        .rfind(|(_, row)| row.name == name && is_asked(row, which))
        .ok_or_else(|| Refusal::not_found("program.unknown"))?;
    let bytes = scope
        .program_package(&row.package_digest)
        .await?
        .ok_or_else(|| Refusal::internal("an installed package has no bytes"))?;
    Ok((row, Some(bytes)))
}

fn new_program(row: &InstalledProgram) -> NewProgram {
    NewProgram {
        name: row.name.clone(),
        version: row.version.clone(),
        code_digest: row.code_digest.clone(),
        package_digest: row.package_digest.clone(),
        contract: row.contract.clone(),
        details: row.details.clone(),
    }
}

/// One of the steps that need nothing but the program's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// New actions may not use it; what runs goes on.
    Disable,
    /// New actions take the version before.
    RollBack,
    /// It is given up for good.
    Retire,
}

impl Step {
    const fn act(self) -> &'static str {
        match self {
            Self::Disable => "program.disable",
            Self::RollBack => "program.roll-back",
            Self::Retire => "program.retire",
        }
    }

    const fn event(self, at: Instant) -> ProgramEvent {
        match self {
            Self::Disable => ProgramEvent::Disable { at },
            Self::RollBack => ProgramEvent::RollBack { at },
            Self::Retire => ProgramEvent::Retire { at },
        }
    }
}

/// Takes a step. Retiring is refused while an action of the program runs.
pub async fn step(acting: &Acting, name: &str, step: Step) -> Outcome<ProgramView> {
    acting.require(Right::InstallPrograms)?;
    step_as(acting, name, step).await
}

/// The same, for whoever runs the server at its command line.
pub async fn step_as(acting: &Acting, name: &str, step: Step) -> Outcome<ProgramView> {
    let before = used(acting, name).await?;
    acting.check_version(before.version)?;
    let next = before.value.apply(&step.event(acting.now))?;
    if step == Step::Retire {
        let history = acting.scope.program_history(name, 0).await?;
        let running = history.actions.iter().filter(|action| is_running(&action.value.state));
        let running = running.count();
        if running > 0 {
            return Err(Refusal::conflict("program.in-use").with("count", running));
        }
    }
    let mut tx = acting.begin(step.act()).await?;
    tx.update_program_use(&next, before.version).await?;
    tx.journal(entry(
        step.act(),
        "program",
        acting.municipality().id.uuid(),
        serde_json::json!({ "name": name, "package": next.package, "before": before.value.package }),
    ));
    tx.commit().await?;
    view_of(acting, name).await
}

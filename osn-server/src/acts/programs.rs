//! Programs: installed while the server runs, after their golden cases passed; switched off and on.

use osn_core::canonical::Digest;
use osn_programs::about::About;
use osn_programs::cases;
use osn_store::{InstalledProgram, NewProgram};
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;

use crate::acts::{Acting, entry};
use crate::auth::Right;
use crate::programs::{Installed, blocking, resolve};
use crate::refusal::{Outcome, Refusal};

/// An installed program, as lists show it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ProgramView {
    /// Key.
    pub name: String,
    /// Name in the reader's language.
    pub title: String,
    /// What it is for, in the reader's language.
    pub summary: String,
    /// Version, for people.
    pub version: String,
    /// Contract version.
    pub contract: String,
    /// What decides.
    pub code_digest: String,
    /// What is installed.
    pub package_digest: String,
    /// Whether new actions may use it.
    pub enabled: bool,
    /// Golden cases that ran on installation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cases: Option<usize>,
}

/// Reads, checks and loads a package, runs its golden cases, and installs it. A failure installs nothing.
pub async fn install(acting: &Acting, bytes: Vec<u8>) -> Outcome<ProgramView> {
    acting.require(Right::InstallPrograms)?;
    install_as(acting, bytes).await
}

/// The same, for whoever runs the server at its command line.
pub async fn install_as(acting: &Acting, bytes: Vec<u8>) -> Outcome<ProgramView> {
    let installed = acting.app.programs().open(bytes.clone()).await?;
    let ran = run_cases(acting, &installed).await?;
    let manifest = installed.package.manifest();
    let program = NewProgram {
        name: manifest.key.clone(),
        version: manifest.version.clone(),
        contract: manifest.contract.clone(),
        code_digest: installed.package.code_digest(),
        package_digest: installed.package.package_digest(),
    };
    let before = find(acting, &program.name).await?;
    if before.is_none_or(|before| before.package_digest != program.package_digest) {
        let mut tx = acting.begin("program.install").await?;
        tx.install_program(&program, &bytes).await?;
        let details = serde_json::json!({
            "name": program.name, "version": program.version, "code": program.code_digest, "package": program.package_digest, "cases": ran,
        });
        tx.journal(entry("program.install", "program", acting.municipality().id.uuid(), details));
        tx.commit().await?;
    }
    acting.app.programs().put(&installed).await;
    let row = find(acting, &program.name).await?.ok_or_else(|| Refusal::internal("an installed program is not listed"))?;
    Ok(ProgramView { cases: Some(ran), ..view(acting, &row, &installed) })
}

/// Runs the golden cases of a package; how many ran.
pub async fn run_cases(acting: &Acting, installed: &Installed) -> Outcome<usize> {
    let host = Arc::clone(acting.app.programs().host());
    let Installed { program, package } = installed.clone();
    let on = acting.zone().day(acting.now);
    blocking(move || {
        let report = cases::run(&host, &program, &package, &resolve(on))?;
        Ok(report.passed)
    })
    .await
}

async fn find(acting: &Acting, name: &str) -> Outcome<Option<InstalledProgram>> {
    Ok(acting.scope.programs().await?.into_iter().find(|program| program.name == name))
}

/// Every installed program, each in its newest version.
pub async fn list(acting: &Acting) -> Outcome<Vec<ProgramView>> {
    let mut views = Vec::new();
    for row in acting.scope.programs().await? {
        let installed = acting.app.programs().get(&acting.scope, &row.package_digest.to_string()).await?;
        views.push(view(acting, &row, &installed));
    }
    Ok(views)
}

/// The newest version of a program that is switched on.
pub async fn enabled(acting: &Acting, name: &str) -> Outcome<(InstalledProgram, Installed)> {
    let row = find(acting, name).await?.filter(|program| program.enabled).ok_or_else(|| Refusal::field("/program", "unknown-program"))?;
    let installed = acting.app.programs().get(&acting.scope, &row.package_digest.to_string()).await?;
    Ok((row, installed))
}

/// A program with its description.
#[derive(Debug, Clone, Serialize)]
pub struct ProgramDetails {
    /// As in lists.
    #[serde(flatten)]
    pub program: ProgramView,
    /// Form, criteria, ranking, parameters, delivery.
    pub about: Arc<About>,
}

/// One program.
pub async fn get(acting: &Acting, name: &str) -> Outcome<ProgramDetails> {
    let row = find(acting, name).await?.ok_or_else(|| Refusal::not_found("program.unknown"))?;
    let installed = acting.app.programs().get(&acting.scope, &row.package_digest.to_string()).await?;
    let about = installed.program.about(None)?;
    Ok(ProgramDetails { program: view(acting, &row, &installed), about })
}

/// Switches a program on or off for new actions; what runs goes on with the code that its call pinned.
pub async fn set_enabled(acting: &Acting, name: &str, enabled: bool) -> Outcome<ProgramView> {
    acting.require(Right::InstallPrograms)?;
    let row = find(acting, name).await?.ok_or_else(|| Refusal::not_found("program.unknown"))?;
    let act = if enabled { "program.enable" } else { "program.disable" };
    let mut tx = acting.begin(act).await?;
    tx.set_program_enabled(&row.name, enabled).await?;
    tx.journal(entry(act, "program", acting.municipality().id.uuid(), serde_json::json!({ "name": row.name })));
    tx.commit().await?;
    let installed = acting.app.programs().get(&acting.scope, &row.package_digest.to_string()).await?;
    Ok(view(acting, &InstalledProgram { enabled, ..row }, &installed))
}

fn view(acting: &Acting, row: &InstalledProgram, installed: &Installed) -> ProgramView {
    let text = |key: &str| installed.program.texts().text(acting.lang.tag(), key, &[]).unwrap_or_default();
    ProgramView {
        name: row.name.clone(),
        title: text("name"),
        summary: text("summary"),
        version: row.version.clone(),
        contract: row.contract.clone(),
        code_digest: digest(row.code_digest),
        package_digest: digest(row.package_digest),
        enabled: row.enabled,
        cases: None,
    }
}

fn digest(digest: Digest) -> String {
    digest.to_string()
}

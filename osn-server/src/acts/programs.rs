//! Programs: installed while the server runs, after their golden cases passed; switched off and on.

use osn_programs::about::About;
use osn_programs::cases;
use osn_programs::package::{Policy, Signed, verify_signature};
use osn_store::{InstalledProgram, NewProgram};
use schemars::JsonSchema;
use serde::Serialize;

use crate::acts::{Acting, entry};
use crate::auth::Right;
use crate::programs::{Installed, blocking, own_build};
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

/// A package that somebody hands over.
#[derive(Debug, Clone)]
pub struct Handed {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The text of its `.minisig` file.
    pub signature: Option<String>,
}

/// Where a package comes from: kept with the program and in the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "origin")]
enum Origin {
    /// Signed by a trusted key; the comment is covered by the signature.
    Signed {
        /// What the signer wrote.
        comment: String,
    },
    /// Built together with this server; a demonstration says so.
    OwnBuild,
    /// Nobody vouches for it: whoever installed it said that this is wanted.
    Unsigned,
}

/// Checks the signature before anything of a package is looked at.
fn origin(acting: &Acting, handed: &Handed, allow_unsigned: bool) -> Outcome<Origin> {
    let config = &acting.app.config().programs;
    if handed.signature.is_none() && config.own_build.contains(&own_build(&handed.bytes)) {
        return Ok(Origin::OwnBuild);
    }
    let mut trust = config.trust.clone();
    if allow_unsigned {
        trust.policy = Policy::AllowUnsigned;
    }
    Ok(
        match verify_signature(&handed.bytes, handed.signature.as_deref(), &trust)? {
            Signed::By { comment, .. } => Origin::Signed { comment },
            Signed::Unsigned => Origin::Unsigned,
        },
    )
}

/// Checks who signed a package, reads and loads it, runs its golden cases, and installs it. A failure installs nothing.
pub async fn install(acting: &Acting, handed: Handed) -> Outcome<ProgramView> {
    acting.require(Right::InstallPrograms)?;
    install_as(acting, handed, false).await
}

/// The same, for whoever runs the server at its command line, and may allow a package without a signature.
pub async fn install_as(acting: &Acting, handed: Handed, allow_unsigned: bool) -> Outcome<ProgramView> {
    let origin = origin(acting, &handed, allow_unsigned)?;
    let bytes = handed.bytes;
    let installed = acting.app.programs().open(bytes.clone()).await?;
    let ran = run_cases(&installed).await?;
    let manifest = installed.package.manifest();
    let program = NewProgram {
        name: manifest.key.clone(),
        version: manifest.version.clone(),
        contract: manifest.contract.clone(),
        code_digest: installed.package.code_digest().to_string(),
        package_digest: installed.package.package_digest().to_string(),
        details: serde_json::json!({ "licence": manifest.licence, "authors": manifest.authors, "languages": manifest.languages, "cases": ran, "origin": origin }),
    };
    let before = find(acting, &program.name).await?;
    if before.is_none_or(|before| before.package_digest != program.package_digest) {
        let mut tx = acting.begin("program.install").await?;
        tx.install_program(&program, &bytes).await?;
        let details = serde_json::json!({
            "name": program.name, "version": program.version, "code": program.code_digest, "package": program.package_digest, "cases": ran,
            "origin": origin,
        });
        tx.journal(entry(
            "program.install",
            "program",
            acting.municipality().id.uuid(),
            details,
        ));
        tx.commit().await?;
    }
    acting.app.programs().put(&installed).await;
    let row = find(acting, &program.name)
        .await?
        .ok_or_else(|| Refusal::internal("an installed program is not listed"))?;
    Ok(ProgramView {
        cases: Some(ran),
        ..view(acting, &row, &installed)
    })
}

async fn run_cases(installed: &Installed) -> Outcome<usize> {
    let Installed { program, package } = installed.clone();
    blocking(move || Ok(cases::run(&program, &package)?.passed)).await
}

async fn find(acting: &Acting, name: &str) -> Outcome<Option<InstalledProgram>> {
    Ok(acting
        .scope
        .programs()
        .await?
        .into_iter()
        .find(|program| program.name == name))
}

/// Every installed program, each in its newest version.
pub async fn list(acting: &Acting) -> Outcome<Vec<ProgramView>> {
    let mut views = Vec::new();
    for row in acting.scope.programs().await? {
        let installed = acting.app.programs().get(&acting.scope, &row.package_digest).await?;
        views.push(view(acting, &row, &installed));
    }
    Ok(views)
}

/// The newest version of a program that is switched on.
pub async fn enabled(acting: &Acting, name: &str) -> Outcome<(InstalledProgram, Installed)> {
    let row = find(acting, name)
        .await?
        .filter(|program| program.enabled)
        .ok_or_else(|| Refusal::field("/program", "unknown-program"))?;
    let installed = acting.app.programs().get(&acting.scope, &row.package_digest).await?;
    Ok((row, installed))
}

/// A program with its description.
#[derive(Debug, Clone, Serialize)]
pub struct ProgramDetails {
    /// As in lists.
    #[serde(flatten)]
    pub program: ProgramView,
    /// Form, criteria, ranking, parameters, delivery.
    pub about: About,
}

/// One program.
pub async fn get(acting: &Acting, name: &str) -> Outcome<ProgramDetails> {
    let row = find(acting, name)
        .await?
        .ok_or_else(|| Refusal::not_found("program.unknown"))?;
    let installed = acting.app.programs().get(&acting.scope, &row.package_digest).await?;
    let about = About::clone(&*installed.program.about(None)?);
    Ok(ProgramDetails {
        program: view(acting, &row, &installed),
        about,
    })
}

/// Switches a program on or off for new actions; what runs goes on with the code that its call pinned.
pub async fn set_enabled(acting: &Acting, name: &str, enabled: bool) -> Outcome<ProgramView> {
    acting.require(Right::InstallPrograms)?;
    let row = find(acting, name)
        .await?
        .ok_or_else(|| Refusal::not_found("program.unknown"))?;
    let act = if enabled { "program.enable" } else { "program.disable" };
    let mut tx = acting.begin(act).await?;
    tx.set_program_enabled(&row.package_digest, enabled).await?;
    tx.journal(entry(
        act,
        "program",
        acting.municipality().id.uuid(),
        serde_json::json!({ "name": row.name }),
    ));
    tx.commit().await?;
    let installed = acting.app.programs().get(&acting.scope, &row.package_digest).await?;
    Ok(view(acting, &InstalledProgram { enabled, ..row }, &installed))
}

fn view(acting: &Acting, row: &InstalledProgram, installed: &Installed) -> ProgramView {
    let text = |key: &str| {
        installed
            .program
            .texts()
            .text(acting.lang.tag(), key, &[])
            .unwrap_or_default()
    };
    ProgramView {
        name: row.name.clone(),
        title: text("name"),
        summary: text("summary"),
        version: row.version.clone(),
        contract: row.contract.clone(),
        code_digest: row.code_digest.clone(),
        package_digest: row.package_digest.clone(),
        enabled: row.enabled,
        cases: None,
    }
}

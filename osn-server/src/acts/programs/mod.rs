//! Programs: installed while the server runs, after their golden cases passed; switched off and on.

pub(crate) mod faults;
mod using;

use osn_core::program_use::{ProgramEvent, ProgramUse};
use osn_core::state::Machine as _;
use osn_programs::about::About;
use osn_programs::cases;
use osn_programs::package::{Policy, Signed, verify_signature};
use osn_store::{InstalledProgram, NewProgram};
use schemars::JsonSchema;
use serde::Serialize;

use crate::acts::{Acting, entry};
use crate::auth::Right;
use crate::programs::{Installed, blocking, own_build};
use crate::refusal::{Kind, Outcome, Refusal};

pub use using::{
    FaultStage, FaultView, OfferedView, Step, VersionView, VersionsView, enable, enable_as, offered, step, step_as,
    versions,
};

/// An installed program, as lists show it: the version that new actions take, else the newest.
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
    /// `installed`, `enabled`, `disabled` or `retired`.
    pub state: String,
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
    /// Only installed: whoever enables it says when new actions take it.
    pub on_the_shelf: bool,
}

/// Where a package comes from: kept with the program and in the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "origin")]
pub(crate) enum Origin {
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
pub(crate) fn origin(acting: &Acting, handed: &Handed, allow_unsigned: bool) -> Outcome<Origin> {
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

/// Checks who signed a package, reads and loads it, runs its golden cases, installs it, and enables it unless it is for the
/// shelf. A failure installs nothing. A program that was disabled or retired stays so.
pub async fn install(acting: &Acting, handed: Handed) -> Outcome<ProgramView> {
    acting.require(Right::InstallPrograms)?;
    install_as(acting, handed, false).await
}

/// The same, for whoever runs the server at its command line, and may allow a package without a signature.
pub async fn install_as(acting: &Acting, handed: Handed, allow_unsigned: bool) -> Outcome<ProgramView> {
    let origin = origin(acting, &handed, allow_unsigned)?;
    let Handed {
        bytes, on_the_shelf, ..
    } = handed;
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
    let known = acting.scope.programs().await?;
    if !known.iter().any(|row| row.package_digest == program.package_digest) {
        let used = acting.scope.program_use(&program.name).await?;
        let mut tx = acting.begin("program.install").await?;
        tx.install_program(&program, &bytes).await?;
        match used {
            None => {
                tx.insert_program_use(&first_use(acting, &program, on_the_shelf)?)
                    .await?;
            }
            Some(used) if used.value.is_enabled() && !on_the_shelf => {
                let next = used.value.apply(&enabled_event(acting, &program))?;
                tx.update_program_use(&next, used.version).await?;
            }
            Some(_) => {}
        }
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
    let row = acting
        .scope
        .programs()
        .await?
        .into_iter()
        .find(|row| row.package_digest == program.package_digest)
        .ok_or_else(|| Refusal::internal("an installed program is not listed"))?;
    let used = uses(acting, &program.name).await?;
    Ok(ProgramView {
        cases: Some(ran),
        ..view(acting, &row, &used, &installed)
    })
}

fn enabled_event(acting: &Acting, program: &NewProgram) -> ProgramEvent {
    ProgramEvent::Enable {
        package: program.package_digest.clone(),
        at: acting.now,
    }
}

fn first_use(acting: &Acting, program: &NewProgram, on_the_shelf: bool) -> Outcome<ProgramUse> {
    let used = ProgramUse::installed(&program.name);
    Ok(if on_the_shelf {
        used
    } else {
        used.apply(&enabled_event(acting, program))?
    })
}

async fn uses(acting: &Acting, name: &str) -> Outcome<ProgramUse> {
    let used = acting.scope.program_use(name).await?;
    Ok(used.map_or_else(|| ProgramUse::installed(name), |used| used.value))
}

async fn run_cases(installed: &Installed) -> Outcome<usize> {
    let Installed { program, package } = installed.clone();
    blocking(move || Ok(cases::run(&program, &package)?.passed)).await
}

/// The version that new actions take.
fn current<'a>(rows: &'a [InstalledProgram], used: &ProgramUse) -> Option<&'a InstalledProgram> {
    rows.iter()
        .find(|row| Some(&row.package_digest) == used.package.as_ref())
}

/// The version of a program that is shown, and what became of the program.
async fn shown(acting: &Acting, name: &str) -> Outcome<(InstalledProgram, ProgramUse)> {
    let mut rows = acting.scope.programs().await?;
    rows.retain(|row| row.name == name);
    let used = uses(acting, name).await?;
    let row = current(&rows, &used).or(rows.last());
    let row = row.ok_or_else(|| Refusal::not_found("program.unknown"))?;
    Ok((row.clone(), used))
}

/// A program as lists show it.
async fn view_of(acting: &Acting, name: &str) -> Outcome<ProgramView> {
    let (row, used) = shown(acting, name).await?;
    let installed = acting.app.programs().get(&acting.scope, &row.package_digest).await?;
    Ok(view(acting, &row, &used, &installed))
}

/// Every installed program, each in the version that new actions take, else in its newest.
pub async fn list(acting: &Acting) -> Outcome<Vec<ProgramView>> {
    let names: std::collections::BTreeSet<String> =
        acting.scope.programs().await?.into_iter().map(|row| row.name).collect();
    let mut views = Vec::new();
    for name in names {
        views.push(view_of(acting, &name).await?);
    }
    Ok(views)
}

/// The version of a program that new actions take.
pub async fn enabled(acting: &Acting, name: &str) -> Outcome<(InstalledProgram, Installed)> {
    let unknown = || Refusal::field("/program", "unknown-program");
    let (row, used) = shown(acting, name).await.map_err(|refusal| match refusal.kind() {
        Kind::NotFound => unknown(),
        _ => refusal,
    })?;
    if !used.is_enabled() {
        return Err(unknown());
    }
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
    let (row, used) = shown(acting, name).await?;
    let installed = acting.app.programs().get(&acting.scope, &row.package_digest).await?;
    let about = About::clone(&*installed.program.about(None)?);
    Ok(ProgramDetails {
        program: view(acting, &row, &used, &installed),
        about,
    })
}

fn view(acting: &Acting, row: &InstalledProgram, used: &ProgramUse, installed: &Installed) -> ProgramView {
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
        enabled: used.is_enabled(),
        state: used.name().to_owned(),
        cases: None,
    }
}

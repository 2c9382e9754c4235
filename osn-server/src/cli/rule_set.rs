//! `osn rule-set`: national sets of rules on expenditure; for authors check and test, for hosts install, list, enable, disable.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::bail;
use clap::{Args, Subcommand};
use osn_programs::host::{Host, HostConfig};
use osn_programs::national::{self, NationalPackage, NationalSet};
use serde_json::json;

use super::place::{PlaceArgs, child_programs};
use super::program::{read, refused, signature};
use super::trust::TrustArgs;
use super::{Answer, Out};
use crate::acts::money::national::{self as acts, RuleSetView};
use crate::acts::programs::Handed;
use crate::programs::ProgramsConfig;
use crate::refusal::Outcome;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check manifest, words in both languages, codes, limits and imports
    Check(FileArgs),
    /// Run the golden cases; every rule must be tried by one
    Test(FileArgs),
    /// Install a set; its golden cases run first, and nothing takes it yet
    Install(InstallArgs),
    /// Installed sets
    List(ListArgs),
    /// Let new judgements of a municipality take a set in place of the law of Greece
    Enable(EnableArgs),
    /// Let new judgements take the law of Greece again; what was judged stays judged
    Disable(UseArgs),
}

/// A package.
#[derive(Debug, Args)]
pub(super) struct FileArgs {
    /// The package's file
    file: PathBuf,
}

/// Install a package.
#[derive(Debug, Args)]
pub(super) struct InstallArgs {
    /// The package's file
    file: PathBuf,
    /// Its signature; without it, the file of the same name with `.minisig` at its end, if there is one
    #[arg(long)]
    signature: Option<PathBuf>,
    /// Take a package that nobody signed; the journal says so
    #[arg(long)]
    allow_unsigned: bool,
    #[command(flatten)]
    trust: TrustArgs,
    /// Municipality, where several are served
    #[arg(long)]
    municipality: Option<String>,
    #[command(flatten)]
    place: PlaceArgs,
}

/// Installed sets.
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// Municipality, where several are served
    #[arg(long)]
    municipality: Option<String>,
    #[command(flatten)]
    place: PlaceArgs,
}

/// A set of a municipality.
#[derive(Debug, Args)]
pub(super) struct UseArgs {
    /// Name of the set
    name: String,
    /// Municipality, where several are served
    #[arg(long)]
    municipality: Option<String>,
    #[command(flatten)]
    place: PlaceArgs,
}

/// A set to enable.
#[derive(Debug, Args)]
pub(super) struct EnableArgs {
    #[command(flatten)]
    used: UseArgs,
    /// Version, or digest of its package; without it, the one that was installed last
    #[arg(long, value_name = "VERSION")]
    take: Option<String>,
}

pub(super) async fn run(command: Command, out: &Out) -> anyhow::Result<Answer> {
    match command {
        Command::Check(args) => check(&args.file, out),
        Command::Test(args) => test(&args.file, out),
        Command::Install(args) => install(args, out).await,
        Command::List(args) => list(args, out).await,
        Command::Enable(args) => enable(args, out).await,
        Command::Disable(args) => disable(args, out).await,
    }
}

/// A set, loaded; why not, where it is refused.
fn loaded(file: &Path) -> anyhow::Result<Result<(NationalPackage, Arc<NationalSet>), String>> {
    let bytes = read(file)?;
    let host = Host::new(HostConfig::default())?;
    let package = match NationalPackage::read(&bytes, host.limits()) {
        Ok(package) => package,
        Err(error) => return Ok(Err(error.to_string())),
    };
    Ok(match host.load_national(&package) {
        Ok(set) => Ok((package, set)),
        Err(error) => Err(error.to_string()),
    })
}

/// Why a package is refused, on paper and as JSON.
fn no(file: &Path, why: &str, out: &Out) -> Answer {
    let words = format!("{}: {why}", file.display());
    out.answer(&json!({ "file": file, "problem": why }), &words);
    Answer::No
}

fn check(file: &Path, out: &Out) -> anyhow::Result<Answer> {
    let (package, set) = match loaded(file)? {
        Ok(found) => found,
        Err(why) => return Ok(no(file, &why, out)),
    };
    let manifest = package.manifest();
    let document = json!({
        "manifest": manifest, "code_digest": package.code_digest(), "package_digest": package.package_digest(),
        "bytes": package.bytes().len(), "rules": set.codes(),
    });
    let rule = |code: &String| {
        let title = set.words().rule(code).map(|words| words.title.get("en").to_owned());
        format!("ok  {code} {}", title.unwrap_or_default())
    };
    let mut words: Vec<String> = set.codes().iter().map(rule).collect();
    words.push(format!("{} {} can be installed.", manifest.key, manifest.version));
    out.answer(&document, &words.join("\n"));
    Ok(Answer::Yes)
}

fn test(file: &Path, out: &Out) -> anyhow::Result<Answer> {
    let (package, set) = match loaded(file)? {
        Ok(found) => found,
        Err(why) => return Ok(no(file, &why, out)),
    };
    match national::run(&set, &package) {
        Ok(passed) => {
            let document = json!({ "passed": passed, "failed": 0 });
            out.answer(&document, &format!("{passed} golden cases passed"));
            Ok(Answer::Yes)
        }
        Err(failed) => {
            let shown = failed.failures.iter().map(|one| {
                let at = if one.file.is_empty() { "cases" } else { &one.file };
                format!("\n{at}: {}\n    {}", one.name, one.lines.join("\n    "))
            });
            let count = failed.failures.len();
            let head = format!("{count} golden cases failed, {} passed", failed.passed);
            let words = std::iter::once(head).chain(shown).collect::<Vec<_>>().join("\n");
            let failures: Vec<_> = failed
                .failures
                .iter()
                .map(|one| json!({ "file": one.file, "case": one.name, "lines": one.lines }))
                .collect();
            out.answer(
                &json!({ "passed": failed.passed, "failed": count, "failures": failures }),
                &words,
            );
            Ok(Answer::No)
        }
    }
}

async fn install(args: InstallArgs, out: &Out) -> anyhow::Result<Answer> {
    let programs = ProgramsConfig {
        trust: args.trust.trust(&args.place.data_dir)?,
        ..child_programs()?
    };
    let (_held, acting) = args.place.writing(args.municipality.as_deref(), programs).await?;
    let handed = Handed {
        bytes: read(&args.file)?,
        signature: signature(&args.file, args.signature.as_deref())?,
        on_the_shelf: true,
    };
    let said = |view: &RuleSetView| {
        format!(
            "{} {} is installed; {} golden cases passed",
            view.name, view.version, view.cases
        )
    };
    told(acts::install_as(&acting, handed, args.allow_unsigned).await, said, out)
}

async fn list(args: ListArgs, out: &Out) -> anyhow::Result<Answer> {
    let acting = args.place.acting(args.municipality.as_deref()).await?;
    let views = acts::all(&acting).await?;
    let line = |view: &RuleSetView| format!("{} {} {} {}", view.name, view.version, state(view), view.package_digest);
    out.answer(&views, &views.iter().map(line).collect::<Vec<_>>().join("\n"));
    Ok(Answer::Yes)
}

fn state(view: &RuleSetView) -> &'static str {
    if view.enabled { "enabled" } else { "installed" }
}

async fn enable(args: EnableArgs, out: &Out) -> anyhow::Result<Answer> {
    switch(args.used, args.take.as_deref(), true, out).await
}

async fn disable(args: UseArgs, out: &Out) -> anyhow::Result<Answer> {
    switch(args, None, false, out).await
}

async fn switch(args: UseArgs, take: Option<&str>, on: bool, out: &Out) -> anyhow::Result<Answer> {
    let (_held, acting) = args
        .place
        .writing(args.municipality.as_deref(), child_programs()?)
        .await?;
    let said = |view: &RuleSetView| {
        format!(
            "{} {} is {} ({})",
            view.name,
            view.version,
            state(view),
            view.package_digest
        )
    };
    told(acts::switch_as(&acting, &args.name, take, on).await, said, out)
}

fn told(done: Outcome<RuleSetView>, said: impl Fn(&RuleSetView) -> String, out: &Out) -> anyhow::Result<Answer> {
    match done {
        Ok(view) => {
            out.answer(&view, &said(&view));
            Ok(Answer::Yes)
        }
        Err(refusal) if refusal.cause().is_some() => bail!(refusal),
        Err(refusal) => {
            refused(&refusal, out)?;
            Ok(Answer::No)
        }
    }
}

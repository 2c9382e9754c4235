//! `osn program check|test|inspect|install|list`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::Subcommand;
use osn_programs::cases;
use osn_programs::host::{Host, HostConfig};
use osn_programs::limits::Limits;
use osn_programs::package::Package;
use osn_programs::program::Program;
use serde_json::json;

use super::place::{PlaceArgs, child_programs};
use super::trust::TrustArgs;
use super::{Answer, Out};
use crate::acts::programs::{self, Handed};
use crate::lang::Lang;
use crate::programs::ProgramsConfig;
use crate::{problem, texts::Texts};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Read and load a package, without running its cases
    Check(FileArgs),
    /// Run a package's golden cases
    Test(FileArgs),
    /// Show what a package says about itself
    Inspect(FileArgs),
    /// Install a package; its golden cases run first
    Install(InstallArgs),
    /// Installed programs
    List(ListArgs),
}

/// A package.
#[derive(Debug, clap::Args)]
pub(super) struct FileArgs {
    /// The package's file
    file: PathBuf,
}

/// Install a package.
#[derive(Debug, clap::Args)]
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

/// Installed programs.
#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {
    /// Municipality, where several are served
    #[arg(long)]
    municipality: Option<String>,
    #[command(flatten)]
    place: PlaceArgs,
}

pub(super) async fn run(command: Command, out: &Out) -> anyhow::Result<Answer> {
    match command {
        Command::Check(args) => check(&args.file, out),
        Command::Test(args) => test(&args.file, out),
        Command::Inspect(args) => inspect(&args.file, out),
        Command::Install(args) => install(args, out).await,
        Command::List(args) => list(args, out).await,
    }
}

fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))
}

/// A package, loaded; `None` and the words where it is refused.
fn load(file: &Path, out: &Out) -> anyhow::Result<Option<(Package, Arc<Program>)>> {
    let host = Host::new(HostConfig::default())?;
    let bytes = read(file)?;
    let loaded = Package::read(&bytes, host.limits())
        .map_err(crate::refusal::Refusal::from)
        .and_then(|package| {
            let program = host.load(&package)?;
            Ok((package, program))
        });
    match loaded {
        Ok((package, program)) => Ok(Some((package, program))),
        Err(refusal) => {
            refused(&refusal, out)?;
            Ok(None)
        }
    }
}

fn refused(refusal: &crate::refusal::Refusal, out: &Out) -> anyhow::Result<()> {
    let told = problem::render(refusal, &Texts::load()?, Lang::En, None);
    let mut words = format!("{} ({})", told.title, told.code);
    if let Some(detail) = &told.detail {
        words.push_str(&format!("\n{detail}"));
    }
    for error in &told.errors {
        words.push_str(&format!("\n  {}: {}", error.path, error.message));
    }
    out.answer(&told, &words);
    Ok(())
}

fn check(file: &Path, out: &Out) -> anyhow::Result<Answer> {
    let Some((package, _)) = load(file, out)? else {
        return Ok(Answer::No);
    };
    let manifest = package.manifest();
    let document = json!({ "name": manifest.key, "version": manifest.version, "code_digest": package.code_digest(), "package_digest": package.package_digest() });
    out.answer(
        &document,
        &format!(
            "{} {} can be installed. Code {}",
            manifest.key,
            manifest.version,
            package.code_digest()
        ),
    );
    Ok(Answer::Yes)
}

fn test(file: &Path, out: &Out) -> anyhow::Result<Answer> {
    let Some((package, program)) = load(file, out)? else {
        return Ok(Answer::No);
    };
    match cases::run(&program, &package) {
        Ok(report) => {
            out.answer(
                &json!({ "passed": report.passed, "failed": 0 }),
                &format!("{} golden cases passed", report.passed),
            );
            Ok(Answer::Yes)
        }
        Err(failed) => {
            out.answer(
                &json!({ "passed": failed.passed, "failed": failed.failures.len(), "report": failed.to_string() }),
                &failed.to_string(),
            );
            Ok(Answer::No)
        }
    }
}

fn inspect(file: &Path, out: &Out) -> anyhow::Result<Answer> {
    let package = Package::read(&read(file)?, &Limits::default())?;
    let manifest = package.manifest();
    let document = json!({
        "manifest": manifest, "code_digest": package.code_digest(), "package_digest": package.package_digest(), "bytes": package.bytes().len(),
        "languages": package.locales().keys().collect::<Vec<_>>(), "cases": package.cases().keys().collect::<Vec<_>>(),
        "demo": package.demo().keys().collect::<Vec<_>>(),
    });
    out.answer(&document, &serde_json::to_string_pretty(&document)?);
    Ok(Answer::Yes)
}

async fn install(args: InstallArgs, out: &Out) -> anyhow::Result<Answer> {
    let programs = ProgramsConfig {
        trust: args.trust.trust(&args.place.data_dir)?,
        ..child_programs()?
    };
    let (_held, acting) = args.place.writing(args.municipality.as_deref(), programs).await?;
    let handed = Handed {
        bytes: read(&args.file)?,
        signature: signature(&args)?,
    };
    match programs::install_as(&acting, handed, args.allow_unsigned).await {
        Ok(view) => {
            out.answer(
                &view,
                &format!(
                    "{} {} is installed; {} golden cases passed",
                    view.name,
                    view.version,
                    view.cases.unwrap_or(0)
                ),
            );
            Ok(Answer::Yes)
        }
        Err(refusal) if refusal.cause().is_some() => bail!(refusal),
        Err(refusal) => {
            refused(&refusal, out)?;
            Ok(Answer::No)
        }
    }
}

/// The text of the signature that was named, or that lies beside the package.
fn signature(args: &InstallArgs) -> anyhow::Result<Option<String>> {
    let beside = || {
        let mut name = args.file.clone().into_os_string();
        name.push(".minisig");
        Some(PathBuf::from(name)).filter(|file| file.is_file())
    };
    let file = args.signature.clone().or_else(beside);
    let read =
        |file: PathBuf| std::fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()));
    file.map(read).transpose()
}

async fn list(args: ListArgs, out: &Out) -> anyhow::Result<Answer> {
    let acting = args.place.acting(args.municipality.as_deref()).await?;
    let views = programs::list(&acting).await?;
    let line = |view: &programs::ProgramView| {
        format!(
            "{} {} {} {}",
            view.name,
            view.version,
            if view.enabled { "on" } else { "off" },
            view.code_digest
        )
    };
    out.answer(&views, &views.iter().map(line).collect::<Vec<_>>().join("\n"));
    Ok(Answer::Yes)
}

//! `osn program`: for authors new, build, check, test, run, inspect; for hosts install, list, enable, rollback, disable, retire.

mod build;
mod check;
mod findings;
mod new;
mod run;
mod using;
mod words;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Subcommand;
use osn_programs::limits::Limits;
use osn_programs::package::Package;
use serde_json::json;

use super::place::{PlaceArgs, child_programs};
use super::trust::TrustArgs;
use super::{Answer, Out};
use crate::acts::programs::{self, Handed, Step};
use crate::lang::Lang;
use crate::programs::ProgramsConfig;
use crate::{problem, texts::Texts};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a folder with a program that builds and passes at once
    New(new::NewArgs),
    /// Build a program's folder into one package
    Build(build::BuildArgs),
    /// Check manifest, form, texts, limits, imports, size and determinism
    Check(check::SourceArgs),
    /// Run the golden cases, and say what they cover
    Test(check::TestArgs),
    /// Run one case from a file: questions, verdict and reasons, ranking keys, deliveries, cost, fuel
    Run(run::RunArgs),
    /// Show what a package says about itself
    Inspect(FileArgs),
    /// Install a package; its golden cases run first
    Install(InstallArgs),
    /// Installed programs
    List(ListArgs),
    /// Let new actions of a municipality use a program
    Enable(using::EnableArgs),
    /// Let new actions use the version before
    Rollback(using::UseArgs),
    /// Close a program to new actions; what runs goes on
    Disable(using::UseArgs),
    /// Give a program up for good; its decisions stay
    Retire(using::UseArgs),
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
    /// Only install it: `osn program enable` says when new actions take it
    #[arg(long)]
    shelf: bool,
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
        Command::New(args) => new::run(&args, out),
        Command::Build(args) => build::run(&args, out),
        Command::Check(args) => check::check(&args, out),
        Command::Test(args) => check::test(&args, out),
        Command::Run(args) => run::run(&args, out),
        Command::Inspect(args) => inspect(&args.file, out),
        Command::Install(args) => install(args, out).await,
        Command::List(args) => list(args, out).await,
        Command::Enable(args) => using::enable(args, out).await,
        Command::Rollback(args) => using::step(args, Step::RollBack, out).await,
        Command::Disable(args) => using::step(args, Step::Disable, out).await,
        Command::Retire(args) => using::step(args, Step::Retire, out).await,
    }
}

pub(super) fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))
}

fn read_text(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}

pub(super) fn refused(refusal: &crate::refusal::Refusal, out: &Out) -> anyhow::Result<()> {
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
        signature: signature(&args.file, args.signature.as_deref())?,
        on_the_shelf: args.shelf,
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
pub(super) fn signature(package: &Path, named: Option<&Path>) -> anyhow::Result<Option<String>> {
    let beside = || {
        let mut name = package.as_os_str().to_owned();
        name.push(".minisig");
        Some(PathBuf::from(name)).filter(|file| file.is_file())
    };
    let file = named.map(Path::to_owned).or_else(beside);
    let read =
        |file: PathBuf| std::fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()));
    file.map(read).transpose()
}

async fn list(args: ListArgs, out: &Out) -> anyhow::Result<Answer> {
    let acting = args.place.acting(args.municipality.as_deref()).await?;
    let views = programs::list(&acting).await?;
    let line =
        |view: &programs::ProgramView| format!("{} {} {} {}", view.name, view.version, view.state, view.code_digest);
    out.answer(&views, &views.iter().map(line).collect::<Vec<_>>().join("\n"));
    Ok(Answer::Yes)
}

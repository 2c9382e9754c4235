//! `osn program check` and `test`: on a program's folder, which is built first, or on a package.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use osn_programs::author::{self, Coverage};
use osn_programs::cases::{self, Failure};
use osn_programs::host::{Host, HostConfig};
use osn_programs::package::Package;
use osn_programs::program::Program;
use serde_json::json;

use super::super::{Answer, Out};
use super::build::build;
use super::findings::{self, rules_of};

/// A program.
#[derive(Debug, Args)]
pub(crate) struct SourceArgs {
    /// Folder with a `program.toml`, which is built first, or a package's file
    #[arg(default_value = ".", value_name = "DIR|FILE")]
    pub(super) source: PathBuf,
}

/// Golden cases.
#[derive(Debug, Args)]
pub(crate) struct TestArgs {
    #[command(flatten)]
    source: SourceArgs,
    /// Answer no where a criterion is never met or never not met in any case
    #[arg(long)]
    covered: bool,
}

/// The package of a folder, built now, or of a file.
pub(super) fn package_of(source: &Path) -> anyhow::Result<Vec<u8>> {
    if source.is_dir() {
        return Ok(build(source, None)?.bytes);
    }
    super::read(source)
}

/// A host for one command: limits and all, compiled in this process.
pub(super) fn host() -> anyhow::Result<Host> {
    Ok(Host::new(HostConfig::default())?)
}

/// A package, loaded; `None`, and why, where it is refused.
pub(super) fn loaded(host: &Host, source: &Path, out: &Out) -> anyhow::Result<Option<(Package, Arc<Program>)>> {
    let package = match Package::read(&package_of(source)?, host.limits()) {
        Ok(package) => package,
        Err(error) => {
            findings::tell(&[findings::package(source, &error)], out);
            return Ok(None);
        }
    };
    match host.load(&package) {
        Ok(program) => Ok(Some((package, program))),
        Err(error) => {
            findings::tell(&rules_of(source).of_load(&error), out);
            Ok(None)
        }
    }
}

pub(super) fn check(args: &SourceArgs, out: &Out) -> anyhow::Result<Answer> {
    let bytes = package_of(&args.source)?;
    let checked = author::check(&host()?, rules_of(&args.source), &bytes);
    let mut words: Vec<String> = checked.passed.iter().map(|line| format!("ok  {line}")).collect();
    words.extend(checked.findings.iter().map(ToString::to_string));
    if checked.findings.is_empty() {
        words.push("The package can be installed.".to_owned());
    }
    out.answer(&checked, &words.join("\n"));
    Ok(if checked.findings.is_empty() {
        Answer::Yes
    } else {
        Answer::No
    })
}

pub(super) fn test(args: &TestArgs, out: &Out) -> anyhow::Result<Answer> {
    let host = host()?;
    let Some((package, program)) = loaded(&host, &args.source.source, out)? else {
        return Ok(Answer::No);
    };
    match cases::run(&program, &package) {
        Ok(report) => {
            let gaps = report.coverage.gaps();
            let words = format!(
                "{} golden cases passed\n{}",
                report.passed,
                coverage(&report.coverage, &gaps)
            );
            let document = json!({ "passed": report.passed, "failed": 0, "coverage": report.coverage, "gaps": gaps });
            out.answer(&document, &words);
            let enough = gaps.is_empty() || !args.covered;
            Ok(if enough { Answer::Yes } else { Answer::No })
        }
        Err(failed) => {
            let mut shown: Vec<String> = failed.failures.iter().map(failure).collect();
            shown.extend(failed.unsteady.iter().map(|one| format!("\n{one} [{}]", one.code())));
            let words = format!(
                "{} golden cases failed, {} passed\n{}",
                failed.failures.len(),
                failed.passed,
                shown.join("\n")
            );
            let failures: Vec<_> = failed
                .failures
                .iter()
                .map(|one| json!({ "file": file(one), "case": one.name, "lines": one.lines }))
                .collect();
            let unsteady: Vec<_> = failed
                .unsteady
                .iter()
                .map(|one| json!({ "code": one.code(), "text": one.to_string() }))
                .collect();
            let document = json!({ "passed": failed.passed, "failed": failed.failures.len(), "failures": failures, "unsteady": unsteady, "report": words });
            out.answer(&document, &words);
            Ok(Answer::No)
        }
    }
}

fn file(failure: &Failure) -> String {
    format!("cases/{}.toml", failure.file)
}

fn failure(failure: &Failure) -> String {
    let mut words = format!("\n{}: {}", file(failure), failure.name);
    for line in &failure.lines {
        words.push_str(&format!("\n    {line}"));
    }
    words
}

/// A table: how many claims of the golden cases reached each state of each criterion.
fn coverage(coverage: &Coverage, gaps: &[String]) -> String {
    const STATES: [&str; 4] = ["met", "not-met", "unknown", "not-applicable"];
    let widest = coverage.criteria.keys().map(|key| key.chars().count()).max();
    let widest = widest.unwrap_or_default().max("criterion".len());
    let row = |name: &str, cells: [String; 4]| {
        let cells: Vec<String> = cells.into_iter().map(|cell| format!("{cell:>16}")).collect();
        format!("{name:widest$}{}", cells.concat())
    };
    let mut lines = vec![row("criterion", STATES.map(str::to_owned))];
    for (key, states) in &coverage.criteria {
        let cell = |state: &str| {
            states
                .get(state)
                .map_or_else(|| "-".to_owned(), |count: &usize| count.to_string())
        };
        lines.push(row(key, STATES.map(cell)));
    }
    lines.extend(gaps.iter().map(|gap| format!("not covered: {gap}")));
    lines.join("\n")
}

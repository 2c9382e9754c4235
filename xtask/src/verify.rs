//! Tests, benches and what CI runs.
use crate::documentation;
use crate::lints::Lints;
use crate::plugins::{self, Profile};
use crate::run::{cargo, run, say, target_dir};
use crate::{outside, peers, setup, ui};
use anyhow::Result;
use osn_test_postgres::{Cluster, Durability, URL_VARIABLE};

/// Every test; with arguments, `cargo test` with these and nothing else.
pub(crate) fn test(arguments: &[String]) -> Result<()> {
    setup::require(setup::TEST)?;
    ui::build()?;
    build(Lints::Off, &["--lib", "--bins", "--tests", "--examples"])?;
    run_tests(Lints::Off, arguments)
}

/// Everything at once, so that the tools which pack the programs are built from the same dependencies as the tests.
fn build(lints: Lints, targets: &[&str]) -> Result<()> {
    say("building the tests");
    run(&mut lints.cargo(["build", "--workspace"].into_iter().chain(targets.iter().copied())))
}

fn run_tests(lints: Lints, arguments: &[String]) -> Result<()> {
    plugins::build(Profile::Dev)?;
    say("testing on SQLite and PostgreSQL");
    let cluster = Cluster::start()?;
    let picks = arguments
        .iter()
        .any(|argument| argument == "-p" || argument.starts_with("--package"));
    let mut tests = lints.cargo(
        if picks { &["test"][..] } else { &["test", "--workspace"] }
            .iter()
            .copied(),
    );
    tests
        .env(URL_VARIABLE, cluster.url())
        .env("OSN_TEST_EXECUTABLE", target_dir().join("debug/osn"));
    run(tests.args(arguments))?;
    drop(cluster);
    if arguments.is_empty() {
        outside::build_and_run()?;
        say("packaging osn-core");
        run(&mut cargo(["package", "-p", "osn-core", "--allow-dirty", "--quiet"]))?;
        say("every test passed");
    }
    Ok(())
}

/// The figures; the cluster syncs every commit, because durability is part of what is measured.
pub(crate) fn bench(arguments: &[String]) -> Result<()> {
    setup::require(setup::BENCH)?;
    ui::build()?;
    // The whole workspace, as the benches below: a selection of packages would build its dependencies with other features.
    run(&mut cargo(["build", "--release", "--workspace", "--bins"]))?;
    plugins::build(Profile::Release)?;
    let cluster = Cluster::start_with(Durability::Full)?;
    let mut benches = cargo(["bench", "--workspace", "--bench", "*"]);
    if let Some(python) = peers::python() {
        benches.env(peers::VARIABLE, python);
    }
    run(benches.args(arguments).env(URL_VARIABLE, cluster.url()))
}

/// The house rules alone.
pub(crate) fn tidy() -> Result<()> {
    run(&mut cargo(["fmt", "--all", "--check"]))?;
    run(&mut cargo([
        "test",
        "--quiet",
        "-p",
        "osn-tests",
        "--test",
        "house",
        "tidy",
    ]))
}

/// What CI runs, the cheap checks first.
pub(crate) fn ci() -> Result<()> {
    setup::require(setup::EVERYTHING)?;
    say("format");
    run(&mut cargo(["fmt", "--all", "--check"]))?;
    say("licences, banned crates, sources");
    run(&mut cargo([
        "deny",
        "--log-level",
        "error",
        "check",
        "licenses",
        "bans",
        "sources",
    ]))?;
    ui::build()?;
    say("lints, and what they look at is what is tested");
    // Benches are looked over with the rest; no test runs them.
    build(Lints::Denied, &["--all-targets"])?;
    documentation::build(Lints::Denied)?;
    run_tests(Lints::Denied, &[])
}

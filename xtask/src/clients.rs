//! Independent clients against a living server: schemathesis, in a Python environment of its own. Never a part of the tests.
use crate::peers::environment;
use crate::plugins::{self, Profile};
use crate::run::{cargo, command, root, run, say, target_dir};
use crate::{setup, ui};
use anyhow::Result;

/// The version that the decision about independent clients speaks of.
const PACKAGES: [&str; 1] = ["schemathesis==4.32.0"];
/// Seconds for each run, where nobody says another number.
const SECONDS: &str = "60";

/// Plays the demonstration and lets the clients loose on it.
pub(crate) fn run_all(arguments: &[String]) -> Result<()> {
    setup::require(setup::BUILD)?;
    let python = environment("clients", &PACKAGES, "import schemathesis")?;
    ui::build()?;
    run(&mut cargo([
        "build",
        "-p",
        "osn-server",
        "-p",
        "osn-programs",
        "--bins",
    ]))?;
    plugins::build(Profile::Dev)?;
    say("independent clients");
    run(command(python)
        .arg(root().join("tests/clients/run.py"))
        .arg(target_dir().join("debug/osn"))
        .arg(target_dir().join("plugins"))
        .arg(arguments.first().map_or(SECONDS, String::as_str)))
}

//! What the README's two commands call: set-up, styles, programs, demonstration, tests, benches.
//!
//! Standard output belongs to the command that is started in the end (`osn demo --json` prints one JSON document);
//! everything said on the way goes to standard error.
#![forbid(unsafe_code)]
#![expect(
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a tool of the terminal speaks to the terminal"
)]

mod clients;
mod documentation;
mod lints;
mod outside;
mod peers;
mod plugins;
mod run;
mod setup;
mod ui;
mod verify;

use anyhow::Result;
use plugins::Profile;
use run::{cargo, say, target_dir};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

const HELP: &str = "\
Set-up, styles, programs, demonstration, tests and benches of Open Social Net.

usage: cargo xtask COMMAND [ARGUMENTS]

  demo [ARGS]     build everything (release), then `osn demo ARGS`: play the city's year and serve it
                  (--once, --json, --seed N, --data-dir DIR, --listen ADDR: see `osn demo --help`)
  test [ARGS]     every test, on SQLite and on a private PostgreSQL; ARGS go to `cargo test`
                  (with ARGS, only that: `cargo xtask test -p osn-store`)
  bench [ARGS]    the figures, as a table; ARGS go to `cargo bench`
  clients [N]     independent clients (schemathesis) against the demonstration, N seconds each (60)
  plugins         build every program of plugins/ into target/plugins/ (--release: with the release tools)
  pdf             build osn-pdf (release) beside osn: it sets certificates on paper
  ui              styles, script and pictures into osn-server/ui/dist/ (skipped when nothing changed)
  tidy            the house rules alone
  outside         another municipality's crate, which depends on osn-core alone, natively and on wasm32
  ci              what CI runs: format, licences, then lints, documentation and `test` of one build
  setup           check what the commands above need, and install what is missing

What is missing is installed with apt-get when this is Debian or Ubuntu and you are root, with rustup or with cargo.
OSN_NO_INSTALL=1 forbids it: then the command to type is printed instead.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = documentation::as_rustdoc(&arguments).unwrap_or_else(|| dispatch(&arguments));
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<ExitCode> {
    let Some((command, rest)) = arguments.split_first() else {
        eprint!("{HELP}");
        return Ok(ExitCode::from(2));
    };
    let done = match command.as_str() {
        "demo" => demo(rest),
        "test" => verify::test(rest),
        "bench" => verify::bench(rest),
        "clients" => clients::run_all(rest),
        "plugins" => build_plugins(rest),
        "pdf" => {
            setup::require(setup::BUILD).and_then(|()| run::run(&mut cargo(["build", "--release", "-p", "osn-pdf"])))
        }
        "ui" => setup::require(setup::BUILD).and_then(|()| ui::build()),
        "tidy" => verify::tidy(),
        "outside" => setup::require(setup::BUILD).and_then(|()| outside::build_and_run()),
        "ci" => verify::ci(),
        "setup" => setup::require(setup::EVERYTHING),
        "help" | "-h" | "--help" => {
            print!("{HELP}");
            return Ok(ExitCode::SUCCESS);
        }
        unknown => {
            eprint!("xtask: there is no command {unknown:?}\n\n{HELP}");
            return Ok(ExitCode::from(2));
        }
    };
    done.map(|()| ExitCode::SUCCESS)
}

fn build_plugins(arguments: &[String]) -> Result<()> {
    setup::require(setup::BUILD)?;
    let profile = if arguments.iter().any(|argument| argument == "--release") {
        Profile::Release
    } else {
        Profile::Dev
    };
    run::run(cargo(["build", "-p", "osn-programs", "--bin", "osn-pack"]).args(profile.arguments()))?;
    plugins::build(profile)
}

/// Builds the release server and hands over to it: it inherits the terminal and gets the signals.
fn demo(arguments: &[String]) -> Result<()> {
    setup::require(setup::BUILD)?;
    ui::build()?;
    say("building the server and its tools (release)");
    run::run(&mut cargo([
        "build",
        "--release",
        "-p",
        "osn-server",
        "-p",
        "osn-programs",
        "--bins",
    ]))?;
    plugins::build(Profile::Release)?;
    let server = target_dir().join("release/osn");
    let failure = Command::new(&server).arg("demo").args(arguments).exec();
    Err(anyhow::Error::new(failure).context(format!("starting {}", server.display())))
}

//! The `osn` command. With `--json`, standard output holds one JSON document and nothing else; the rest goes to standard
//! error. Exit codes: 0 done, 1 the answer is no, 2 wrong use, 3 it could not be done.

mod audit;
mod bundles;
mod certificate;
mod demo;
mod export;
mod import;
mod init;
mod out;
mod place;
mod plans;
mod program;
mod replay;
mod rule_set;
mod selection;
mod serve;
mod trust;
mod user;
mod words;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub(crate) use out::Out;

/// Open Social Net: the information system of a municipal social safety net.
#[derive(Debug, Parser)]
#[command(
    name = "osn",
    version,
    about,
    propagate_version = true,
    arg_required_else_help = true
)]
struct Cli {
    /// One JSON document on standard output, nothing else
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve pages and API, with the background work beside
    Serve(serve::Args),
    /// Play the city's year with made-up people, then serve it
    Demo(demo::Args),
    /// Make a data directory and a municipality in it
    Init(init::Args),
    /// Bring the databases to this version
    Migrate(init::MigrateArgs),
    /// Accounts of staff and partners
    #[command(subcommand)]
    User(user::Command),
    /// Programs: check, test, install, list
    #[command(subcommand)]
    Program(program::Command),
    /// National sets of rules on expenditure: check, test, install, list, enable, disable
    #[command(subcommand)]
    RuleSet(rule_set::Command),
    /// Certificates of need
    #[command(subcommand)]
    Certificate(certificate::Command),
    /// Published lists
    #[command(subcommand)]
    Selection(selection::Command),
    /// Run stored decisions again and compare
    Replay(replay::Args),
    /// Write the mapping to a file, or decisions to files that `osn replay FILE` runs anywhere
    Export(export::Args),
    /// Bring a file into the mapping: see what it would do; with --yes, do it; undo it
    Import(import::Args),
    /// The journal
    #[command(subcommand)]
    Audit(audit::Command),
    /// Compile one program under resource limits (called by the server itself)
    #[command(hide = true)]
    CompileProgram {
        /// Component
        input: PathBuf,
        /// Machine code
        output: PathBuf,
    },
}

/// How a command ended, when it could be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Done, or yes.
    Yes,
    /// The answer is no.
    No,
}

/// Runs the command of this process.
pub fn main() -> ExitCode {
    run(std::env::args_os())
}

fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are answers (0), everything else is wrong use (2); clap knows which stream.
            let code = if error.use_stderr() { 2 } else { 0 };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    if let Command::CompileProgram { input, output } = &cli.command {
        return osn_programs::compile::compile_child_main(input, output);
    }
    let out = Out::new(cli.json);
    logs(&cli.command);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return could_not(&out, &error.into()),
    };
    match runtime.block_on(dispatch(cli.command, &out)) {
        Ok(Answer::Yes) => ExitCode::SUCCESS,
        Ok(Answer::No) => ExitCode::from(1),
        Err(error) => could_not(&out, &error),
    }
}

async fn dispatch(command: Command, out: &Out) -> anyhow::Result<Answer> {
    match command {
        Command::Serve(args) => serve::run(args, out).await,
        Command::Demo(args) => demo::run(args, out).await,
        Command::Init(args) => init::run(args, out).await,
        Command::Migrate(args) => init::migrate(args, out).await,
        Command::User(command) => user::run(command, out).await,
        Command::Program(command) => program::run(command, out).await,
        Command::RuleSet(command) => rule_set::run(command, out).await,
        Command::Certificate(command) => certificate::run(command, out).await,
        Command::Selection(command) => selection::run(command, out),
        Command::Replay(args) => replay::run(args, out).await,
        Command::Export(args) => export::run(args, out).await,
        Command::Import(args) => import::run(args, out).await,
        Command::Audit(command) => audit::run(command, out).await,
        Command::CompileProgram { .. } => Ok(Answer::Yes),
    }
}

fn could_not(out: &Out, error: &anyhow::Error) -> ExitCode {
    out.trouble(&format!("{error:#}"));
    ExitCode::from(3)
}

/// Logs go to standard error: JSON lines while serving, plain otherwise. `OSN_LOG` filters them.
fn logs(command: &Command) {
    use tracing_subscriber::EnvFilter;
    let serving = matches!(command, Command::Serve(_));
    let filter =
        EnvFilter::try_from_env("OSN_LOG").unwrap_or_else(|_| EnvFilter::new(if serving { "info" } else { "error" }));
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if serving {
        logs.json().init();
    } else {
        logs.without_time().init();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        use clap::CommandFactory as _;
        Cli::command().debug_assert();
    }

    #[test]
    fn wrong_use_is_two_and_help_is_zero() {
        let code = |args: &[&str]| format!("{:?}", run(args.iter().map(OsString::from)));
        assert_eq!(code(&["osn", "no-such-command"]), format!("{:?}", ExitCode::from(2)));
        assert_eq!(
            code(&["osn", "serve", "--listen", "nowhere"]),
            format!("{:?}", ExitCode::from(2))
        );
        assert_eq!(code(&["osn", "--version"]), format!("{:?}", ExitCode::SUCCESS));
    }
}

//! The `osn` command.

fn main() -> std::process::ExitCode {
    osn_server::cli::main()
}

//! The `osn` command.

/// Answers, verdicts and canonical texts are many small pieces that one thread makes and another frees.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    osn_server::cli::main()
}

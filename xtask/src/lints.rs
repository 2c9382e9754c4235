//! Whether our own crates are looked over by clippy while they are built: linting and building apart would check every
//! dependency once more.
use crate::run::cargo;
use std::process::Command;

/// Who compiles our own crates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lints {
    /// The compiler alone.
    Off,
    /// Clippy's, which builds what the compiler builds and says more; every warning is an error.
    Denied,
}

impl Lints {
    /// `cargo` with these arguments. What it starts in turn is built as ever: the choice is no variable of the environment.
    pub(crate) fn cargo<'a>(self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let linting = match self {
            Self::Off => [].as_slice(),
            Self::Denied => &["--config", "build.rustc-workspace-wrapper=\"clippy-driver\""],
        };
        let mut cargo = cargo(linting.iter().copied().chain(arguments));
        if self == Self::Denied {
            // As `cargo clippy -- -D warnings` says it to the compiler.
            cargo.env("CLIPPY_ARGS", "-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__");
        }
        cargo
    }
}

//! The documentation of every library, warnings denied, from what the tests are built from.
//!
//! `cargo doc` asks for each dependency once more, checked only; the way of doctests takes what is built already. So cargo is
//! told that this program is its `rustdoc`, and of the words for a run of doctests those go that make it one.
use crate::lints::Lints;
use crate::run::{run, say, target_dir};
use anyhow::{Context as _, Result};
use std::process::{Command, ExitCode};

/// Set where this program stands for `rustdoc`: the folder for the pages.
const PAGES: &str = "OSN_XTASK_PAGES";
/// Words of a run of doctests that have a value behind them.
const WITH_VALUE: [&str; 4] = [
    "--test-run-directory",
    "--test-args",
    "--test-runtool",
    "--test-runtool-arg",
];

/// Every library's pages, into `target/doc`.
pub(crate) fn build(lints: Lints) -> Result<()> {
    say("documentation");
    // Not the file that runs: the build has put a new one in its place.
    let here = target_dir().join("debug/xtask");
    run(lints
        .cargo(["test", "--doc", "--workspace", "--quiet"])
        .env("RUSTDOC", here)
        .env("RUSTDOCFLAGS", "-D warnings")
        .env(PAGES, target_dir().join("doc")))
}

/// The end of this program where cargo started it as its `rustdoc`.
pub(crate) fn as_rustdoc(arguments: &[String]) -> Option<Result<ExitCode>> {
    let pages = std::env::var_os(PAGES)?;
    let mut rustdoc = Command::new("rustdoc");
    let (words, is_run) = of_pages(arguments);
    rustdoc.args(words);
    if is_run {
        rustdoc.arg("-o").arg(pages);
    }
    let ended = rustdoc.status().context("starting rustdoc");
    Some(ended.map(|status| {
        if status.success() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }))
}

/// The words that make pages of a library, and whether they were for a run of its doctests.
fn of_pages(arguments: &[String]) -> (Vec<&str>, bool) {
    let mut words = Vec::new();
    let mut all = arguments.iter().map(String::as_str);
    let mut is_run = false;
    while let Some(word) = all.next() {
        if word == "--test" {
            is_run = true;
        } else if WITH_VALUE.contains(&word) {
            all.next();
        } else if !WITH_VALUE
            .iter()
            .any(|known| word.strip_prefix(known).is_some_and(|rest| rest.starts_with('=')))
        {
            words.push(word);
        }
    }
    (words, is_run)
}

#[cfg(test)]
mod tests {
    use super::of_pages;

    #[test]
    fn a_run_of_doctests_becomes_pages() {
        let given = [
            "--crate-name",
            "a",
            "--test",
            "src/lib.rs",
            "--test-run-directory",
            "/a",
            "--extern",
            "b=c",
        ];
        let given = given.map(str::to_owned);
        let wanted = vec!["--crate-name", "a", "src/lib.rs", "--extern", "b=c"];
        assert_eq!(of_pages(&given), (wanted, true));
        let asked = ["-vV".to_owned()];
        assert_eq!(of_pages(&asked), (vec!["-vV"], false));
    }
}

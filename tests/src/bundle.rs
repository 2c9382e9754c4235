//! Bundles of decisions as whoever receives them handles them: run again by the command alone, altered in a line.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::app::executable;

/// `osn replay FILE` as somebody types it, to its end.
pub fn replaying(file: &Path, more: &[&str]) -> Result<Output> {
    let mut command = Command::new(executable()?);
    command.arg("replay").arg(file).args(more);
    command.env_remove("OSN_LANG").env("LC_ALL", "C.UTF-8");
    command.stdin(Stdio::null()).output().context("starting osn")
}

/// The exit code, what a machine reads, and what a person reads.
pub fn replay(file: &Path) -> Result<(Option<i32>, Value, String)> {
    let machine = replaying(file, &["--json"])?;
    let person = replaying(file, &[])?;
    assert_eq!(machine.status.code(), person.status.code(), "{}", file.display());
    let said = [person.stdout, person.stderr].concat();
    let document = serde_json::from_slice(&machine.stdout).unwrap_or(Value::Null);
    Ok((person.status.code(), document, String::from_utf8(said)?))
}

/// A copy of a bundle in which one line, counted from 1, is another one.
pub fn altered(bundle: &str, folder: &Path, line: usize, change: impl Fn(&mut Value)) -> Result<PathBuf> {
    let mut lines: Vec<String> = bundle.lines().map(str::to_owned).collect();
    let at = lines.get_mut(line - 1).context("such a line")?;
    let mut value: Value = serde_json::from_str(at)?;
    change(&mut value);
    *at = serde_json::to_string(&value)?;
    let file = folder.join("altered.jsonl");
    std::fs::write(&file, lines.join("\n") + "\n")?;
    Ok(file)
}

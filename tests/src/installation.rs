//! An installation without a server, and the `osn` command on it.

use std::process::{Command, Stdio};

use anyhow::{Result, ensure};
use serde_json::Value;
use tempfile::TempDir;

use crate::app::executable;

/// The exit code of a command, and its answer: a JSON document, or what it said on standard error.
pub type Answer = (Option<i32>, Value);

/// A data directory of one municipality.
#[derive(Debug)]
pub struct Installation {
    /// Where it lies.
    pub dir: TempDir,
}

impl Installation {
    /// A fresh one.
    pub fn new() -> Result<Self> {
        let new = Self {
            dir: tempfile::tempdir()?,
        };
        let names = ["--slug", "example", "--name", "Παράδειγμα", "--name-en", "Example"];
        let made = new.osn(&[&["init"][..], &names].concat())?;
        ensure!(made.0 == Some(0), "{made:?}");
        Ok(new)
    }

    /// A command on it.
    pub fn osn(&self, command: &[&str]) -> Result<Answer> {
        let dir = self.dir.path().display().to_string();
        osn(&[command, &["--data-dir", dir.as_str()]].concat())
    }

    /// Writes a file beside its data; its path.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> Result<String> {
        let file = self.dir.path().join(name);
        std::fs::write(&file, bytes)?;
        Ok(file.display().to_string())
    }
}

/// A command that needs no installation.
pub fn osn(command: &[&str]) -> Result<Answer> {
    let output = Command::new(executable()?)
        .arg("--json")
        .args(command)
        .env_remove("OSN_TRUSTED_KEYS")
        .stdin(Stdio::null())
        .output()?;
    let answer = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&output.stderr).into_owned()));
    Ok((output.status.code(), answer))
}

/// The command answered no, with this code.
#[track_caller]
pub fn refused(answer: &Answer, code: &str) {
    assert_eq!(
        (answer.0, answer.1["code"].as_str()),
        (Some(1), Some(code)),
        "{answer:?}"
    );
}

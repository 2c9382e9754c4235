//! A half-played directory goes on where it stood, and a finished one is not played twice.
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use osn_tests::app::{executable, plugins};
use serde_json::Value;

fn demo(dir: &Path) -> Result<Command> {
    let mut command = Command::new(executable()?);
    command
        .args(["demo", "--once", "--json", "--seed", "7", "--data-dir"])
        .arg(dir)
        .arg("--plugins")
        .arg(plugins()?);
    command.stdin(Stdio::null()).stderr(Stdio::null());
    Ok(command)
}

/// Steps that the record holds; zero while there is none.
fn steps(dir: &Path) -> usize {
    let record = std::fs::read(dir.join("demo-progress.json")).unwrap_or_default();
    let record: Value = serde_json::from_slice(&record).unwrap_or_default();
    record["steps"].as_array().map_or(0, Vec::len)
}

/// Waits until so many steps were played; an end before that is told.
fn wait_for(child: &mut Child, dir: &Path, wanted: usize) -> Result<()> {
    let deadline = Instant::now() + Duration::from_mins(5);
    while steps(dir) < wanted {
        ensure!(
            child.try_wait()?.is_none(),
            "the demo ended after {} steps, before it was killed",
            steps(dir)
        );
        ensure!(
            Instant::now() < deadline,
            "only {} steps were played in five minutes",
            steps(dir)
        );
        std::thread::sleep(Duration::from_millis(2));
    }
    Ok(())
}

fn summary(dir: &Path) -> Result<Value> {
    let output = demo(dir)?.output()?;
    ensure!(output.status.success(), "the demo ended with {}", output.status);
    serde_json::from_slice(&output.stdout).context("standard output holds one JSON document")
}

#[test]
fn a_killed_year_resumes_without_doubling_and_a_finished_one_is_not_played_again() -> Result<()> {
    let dir = tempfile::tempdir()?;
    // Before the call, among the applications, among the papers, and close to the end.
    for wanted in [4, 20, 60, 150, 240, 365] {
        let mut child = demo(dir.path())?.stdout(Stdio::null()).spawn()?;
        wait_for(&mut child, dir.path(), wanted)?;
        // SIGKILL: nothing of the process gets to tidy up.
        child.kill()?;
        child.wait()?;
    }
    let first = summary(dir.path())?;
    assert_eq!(first["applications"]["received"], 168);
    assert_eq!(first["selection"]["selected"], 150);
    assert_eq!(
        (&first["deliveries"]["planned"], &first["deliveries"]["delivered"]),
        (&450.into(), &450.into())
    );
    assert_eq!(
        (&first["deliveries"]["failed"], &first["deliveries"]["repeated"]),
        (&2.into(), &2.into())
    );
    assert_eq!(first["replay"]["total"], first["replay"]["identical"]);
    assert_eq!(first["journal"]["verified"], true);
    let played = steps(dir.path());
    let second = summary(dir.path())?;
    assert_eq!(steps(dir.path()), played, "no step is played twice");
    for figure in [
        "services",
        "certificate",
        "applications",
        "assessments",
        "selection",
        "deliveries",
        "replay",
        "seed",
        "accounts",
    ] {
        assert_eq!(first[figure], second[figure], "{figure}");
    }
    Ok(())
}

#[test]
fn two_demos_do_not_play_in_one_directory() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut first = demo(dir.path())?.stdout(Stdio::null()).spawn()?;
    wait_for(&mut first, dir.path(), 1)?;
    let named = dir.path().display().to_string();
    let second = demo(dir.path())?.stderr(Stdio::piped()).output()?;
    let serve = osn(dir.path(), &["serve", "--listen", "127.0.0.1:0"])?;
    let migrate = osn(dir.path(), &["migrate"])?;
    let audit = osn(dir.path(), &["audit", "verify"])?;
    // SIGKILL: the lock ends with the process, not with its good manners.
    first.kill()?;
    first.wait()?;
    for refused in [second, serve, migrate] {
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(3), "it could not be done: {told}");
        assert!(refused.stdout.is_empty(), "{told}");
        assert!(told.contains(&named) && told.contains("another osn process"), "{told}");
    }
    assert!(
        audit.status.success(),
        "reading goes on beside: {}",
        String::from_utf8_lossy(&audit.stderr)
    );
    let after = osn(dir.path(), &["migrate"])?;
    assert!(after.status.success(), "{}", String::from_utf8_lossy(&after.stderr));
    Ok(())
}

/// Another command on the same directory, to its end.
fn osn(dir: &Path, command: &[&str]) -> Result<std::process::Output> {
    let mut child = Command::new(executable()?);
    child.args(command).arg("--data-dir").arg(dir).stdin(Stdio::null());
    Ok(child.output()?)
}

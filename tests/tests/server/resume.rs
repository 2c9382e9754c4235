//! A half-played directory goes on where it stood, and a finished one is not played twice: it is served.
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use osn_core::expenditure::RuleSet;
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
        "further",
        "money",
    ] {
        assert_eq!(first[figure], second[figure], "{figure}");
    }
    assert_eq!(
        (&first["address"], &second["address"]),
        (&Value::Null, &Value::Null),
        "nothing is served"
    );
    other_people_are_told(dir.path())?;
    what_was_played_is_served(dir.path(), &first)?;
    assert_eq!(steps(dir.path()), played, "serving plays nothing");
    whoever_alters_the_database_is_found(dir.path())
}

/// Writes something else of the same length wherever the database holds these bytes.
fn alter(dir: &Path, from: &[u8], to: &[u8]) -> Result<()> {
    let mut altered = 0;
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        if !path.is_file() {
            continue;
        }
        let mut bytes = std::fs::read(&path)?;
        let windows = bytes.windows(from.len()).enumerate();
        let places: Vec<usize> = windows
            .filter(|(_, window)| *window == from)
            .map(|(place, _)| place)
            .collect();
        for place in &places {
            bytes[*place..*place + to.len()].copy_from_slice(to);
        }
        if !places.is_empty() {
            std::fs::write(&path, bytes)?;
            altered += places.len();
        }
    }
    ensure!(altered > 0, "what is to be altered was not found");
    Ok(())
}

/// Everything is made again from the database, by another process; judgements of other rules are told apart, and a plan that was altered in it is found.
fn whoever_alters_the_database_is_found(dir: &Path) -> Result<()> {
    let replay = || -> Result<(Option<i32>, Value)> {
        let mut command = Command::new(executable()?);
        command.args(["replay", "--all", "--json", "--data-dir"]).arg(dir);
        let output = command.stdin(Stdio::null()).output()?;
        Ok((output.status.code(), serde_json::from_slice(&output.stdout)?))
    };
    let (code, whole) = replay()?;
    assert_eq!(code, Some(0), "{whole}");
    for (kind, least) in [("plans", 1), ("judgements", 20)] {
        let (total, identical) = (whole[kind]["total"].as_u64(), whole[kind]["identical"].as_u64());
        ensure!(total >= Some(least) && total == identical, "{kind}: {whole}");
    }
    // Judged by rules of another version: said, and neither called the same nor different.
    let version = RuleSet::load()?.version().to_owned();
    let older = format!("an-older{}", &version[8..]);
    alter(dir, version.as_bytes(), older.as_bytes())?;
    let (code, found) = replay()?;
    assert_eq!(code, Some(0), "{found}");
    assert_eq!(
        (&found["judgements"]["total"], &found["judgements"]["other_rules"]),
        (&0.into(), &whole["judgements"]["total"]),
        "{found}"
    );
    alter(dir, older.as_bytes(), version.as_bytes())?;
    alter(dir, b"{\"as_of\":\"2022-", b"{\"as_of\":\"2021-")?;
    let (code, found) = replay()?;
    assert_eq!((code, &found["plans"]["identical"]), (Some(1), &0.into()), "{found}");
    let differences = found["differences"].as_array().context("differences")?;
    let told = differences.iter().filter_map(Value::as_str);
    ensure!(
        told.clone()
            .any(|what| what.starts_with("plan ") && what.contains("digest")),
        "{found}"
    );
    Ok(())
}

/// A directory keeps its people: another seed is neither played nor passed over.
fn other_people_are_told(dir: &Path) -> Result<()> {
    let before = steps(dir);
    let mut other = Command::new(executable()?);
    other
        .args(["demo", "--once", "--json", "--seed", "8", "--data-dir"])
        .arg(dir);
    other.arg("--plugins").arg(plugins()?).stdin(Stdio::null());
    let refused = other.output()?;
    let told = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(3), "{told}");
    assert!(refused.stdout.is_empty(), "{told}");
    assert!(
        told.contains("begun with seed 7") && told.contains("--data-dir"),
        "{told}"
    );
    assert_eq!(steps(dir), before);
    Ok(())
}

/// The demo as most people start it: it says where it listens, and goes on.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        // A failed story leaves nothing running; one that is over already is no trouble.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The address that is printed answers, with the accounts that are printed; nobody named the seed again.
fn what_was_played_is_served(dir: &Path, first: &Value) -> Result<()> {
    let mut command = Command::new(executable()?);
    command
        .args(["demo", "--json", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(dir);
    command.arg("--plugins").arg(plugins()?);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut served = Served(command.spawn()?);
    let (output, errors) = (served.0.stdout.take(), served.0.stderr.take());
    let mut line = String::new();
    BufReader::new(output.context("standard output")?).read_line(&mut line)?;
    let summary: Value = serde_json::from_str(&line).context("one line is one document")?;
    for figure in [
        "applications",
        "assessments",
        "selection",
        "deliveries",
        "seed",
        "accounts",
        "further",
        "money",
    ] {
        assert_eq!(first[figure], summary[figure], "{figure}");
    }
    let address = summary["address"].as_str().context("an address")?;
    let place = address.strip_prefix("http://").and_then(|rest| rest.strip_suffix('/'));
    let place = place.with_context(|| format!("{address} is opened in a browser"))?;
    let (status, page) = asked(place, "GET", "/", &[], "")?;
    ensure!(status == 200 && page.contains("<html lang=\"el\""), "{status}: {page}");
    let (status, calls) = asked(place, "GET", "/api/v1/calls", &[], "")?;
    ensure!(
        status == 200 && calls.contains("\"open\""),
        "a visitor finds an open call: {calls}"
    );

    for account in summary["accounts"].as_array().context("accounts")? {
        let body = serde_json::json!({ "login": account["login"], "password": account["password"] });
        let json = ["Content-Type: application/json"];
        let (status, session) = asked(place, "POST", "/api/v1/sessions", &json, &body.to_string())?;
        ensure!(status == 201, "{}: {status} {session}", account["login"]);
        if account["login"] == "coordinator" {
            let session: Value = serde_json::from_str(&session)?;
            let token = session["token"].as_str().context("a token")?;
            let token = format!("Authorization: Bearer {token}");
            let (status, actions) = asked(place, "GET", "/api/v1/actions", &[&token], "")?;
            ensure!(status == 200, "{status} {actions}");
        }
    }
    // What is printed for people comes with the address, so that both can be read together.
    served.0.kill()?;
    let mut told = String::new();
    errors.context("standard error")?.read_to_string(&mut told)?;
    assert!(told.contains(address), "{told}");
    let password = summary["accounts"][0]["password"].as_str().context("a password")?;
    assert!(told.contains(password), "{told}");
    Ok(())
}

/// One request on a connection of its own; status and body.
fn asked(place: &str, method: &str, path: &str, headers: &[&str], body: &str) -> Result<(u16, String)> {
    let mut stream = TcpStream::connect(place)?;
    stream.set_read_timeout(Some(Duration::from_mins(1)))?;
    let headers: String = headers.iter().flat_map(|header| [*header, "\r\n"]).collect();
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {place}\r\nAccept-Language: el\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").context("an answer")?;
    let status = head.split(' ').nth(1).context("a status")?.parse()?;
    Ok((status, body.to_owned()))
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

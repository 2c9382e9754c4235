//! `osn export --decisions` and `osn replay FILE`: decisions leave the installation as a bundle that anybody runs again, with
//! nothing but the command; whoever alters a line or the program is found.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context as _, Result, ensure};
use osn_programs::record::DecisionRecord;
use osn_tests::app::{Backend, TestApp, executable};
use serde_json::{Value, json};

const ASSESSED: &str = "food-parcel-2022/assess/home-food-2022";

/// A command as somebody types it, to its end.
fn osn(args: &[&str], more: &[(&str, &str)]) -> Result<Output> {
    let mut command = Command::new(executable()?);
    command.args(args).env_remove("OSN_LANG").env("LC_ALL", "C.UTF-8");
    command.envs(more.iter().copied());
    command
        .stdin(std::process::Stdio::null())
        .output()
        .context("starting osn")
}

/// The exit code, what a machine reads, and what a person reads.
fn replay(file: &Path) -> Result<(Option<i32>, Value, String)> {
    let file = file.to_str().context("a plain path")?;
    let machine = osn(&["replay", file, "--json"], &[])?;
    let person = osn(&["replay", file], &[])?;
    assert_eq!(machine.status.code(), person.status.code(), "{file}");
    let said = [person.stdout, person.stderr].concat();
    let document = serde_json::from_slice(&machine.stdout).unwrap_or(Value::Null);
    Ok((person.status.code(), document, String::from_utf8(said)?))
}

/// A copy of the bundle in which one line, counted from 1, is another one.
fn altered(bundle: &str, folder: &Path, line: usize, change: impl Fn(&mut Value)) -> Result<PathBuf> {
    let mut lines: Vec<String> = bundle.lines().map(str::to_owned).collect();
    let at = lines.get_mut(line - 1).context("such a line")?;
    let mut value: Value = serde_json::from_str(at)?;
    change(&mut value);
    *at = serde_json::to_string(&value)?;
    let file = folder.join("altered.jsonl");
    std::fs::write(&file, lines.join("\n") + "\n")?;
    Ok(file)
}

async fn decisions_leave_and_are_made_again_elsewhere(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, ASSESSED).await?;
    let dir = house.ground.dir.path().to_str().context("a plain path")?;
    let (folder, elsewhere) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let target = folder.path().join("bundles");
    let urls = house.ground.urls().unwrap_or_default();
    let database = [("OSN_DATABASE", &*urls.0), ("OSN_KEYS_DATABASE", &*urls.1)];
    let database = if urls.0.is_empty() { &[][..] } else { &database };
    let to = target.to_str().context("a plain path")?;
    let exported = osn(&["export", "--decisions", to, "--data-dir", dir, "--json"], database)?;
    ensure!(
        exported.status.success(),
        "{}",
        String::from_utf8_lossy(&exported.stderr)
    );
    let exported: Value = serde_json::from_slice(&exported.stdout)?;
    let files = exported["files"].as_array().context("files")?;
    let total = exported["decisions"].as_u64().context("a count")?;
    assert_eq!(
        (files.len(), total, &exported["erased"]),
        (2, 250, &json!(0)),
        "one bundle for each program: {exported}"
    );

    // No installation is needed: each bundle stands alone.
    let (mut all, mut bundles) = (0, Vec::new());
    for file in files {
        let file = Path::new(file.as_str().context("a file")?);
        let (code, document, said) = replay(file)?;
        assert_eq!(
            (code, &document["identical"], &document["different"]),
            (Some(0), &document["total"], &json!(0)),
            "{said}"
        );
        let count = document["total"].as_u64().context("a count")?;
        all += count;
        bundles.push((count, file, said));
    }
    assert_eq!(all, total);
    let found = bundles.into_iter().find(|(count, ..)| *count == 168);
    let (_, file, said) = found.context("the applications of the main call")?;
    ensure!(
        said.contains("168 decisions: 168 identical, 0 different, 0 erased"),
        "{said}"
    );
    let greek = osn(&["replay", file.to_str().context("a plain path")?, "--lang", "el"], &[])?;
    let greek = String::from_utf8(greek.stdout)?;
    ensure!(greek.contains("Αποφάσεις: 168. Ίδιες: 168, αλλιώτικες: 0"), "{greek}");
    let bundle = std::fs::read_to_string(file)?;
    lines(&bundle, elsewhere.path())?;
    whole(&bundle, elsewhere.path())
}

/// One altered line: the answer is no, and the line is named.
fn lines(bundle: &str, folder: &Path) -> Result<()> {
    let outcome = |value: &mut Value| {
        let record = value["record"].as_str().unwrap();
        let (from, to) = if record.contains("\"outcome\":\"eligible\"") {
            ("\"outcome\":\"eligible\"", "\"outcome\":\"not-eligible\"")
        } else {
            ("\"outcome\":\"not-eligible\"", "\"outcome\":\"eligible\"")
        };
        record.replacen(from, to, 1)
    };
    // The digest that was written down is kept: the bytes do not fit it.
    let careless = altered(bundle, folder, 7, |value| value["record"] = outcome(value).into())?;
    let (code, document, said) = replay(&careless)?;
    assert_eq!(
        (code, &document["identical"], &document["different"]),
        (Some(1), &json!(167), &json!(1)),
        "{said}"
    );
    let named = |document: &Value| document["differences"][0].as_str().unwrap().to_owned();
    ensure!(
        named(&document).starts_with("line 7: the record's digest is"),
        "{document}"
    );
    ensure!(said.contains("line 7: "), "{said}");
    // Whoever writes a fitting digest beside it is found by the program itself.
    let careful = altered(bundle, folder, 9, |value| {
        let record = outcome(value);
        value["digest"] = DecisionRecord::digest_of(record.as_bytes()).to_string().into();
        value["record"] = record.into();
    })?;
    let (code, document, said) = replay(&careful)?;
    assert_eq!(code, Some(1), "{said}");
    ensure!(
        named(&document).starts_with("line 9: the program now decides otherwise, at /verdict/"),
        "{document}"
    );
    Ok(())
}

/// A bundle that is no bundle any more cannot be run: that is another answer than no.
fn whole(bundle: &str, folder: &Path) -> Result<()> {
    let other = |from: usize| {
        move |value: &mut Value| {
            let component = value["component"].as_str().unwrap();
            let (before, after) = component.split_at(from);
            let flipped = if after.starts_with('A') { "B" } else { "A" };
            value["component"] = format!("{before}{flipped}{}", &after[1..]).into();
        }
    };
    let component = altered(bundle, folder, 1, other(5_000))?;
    let (code, document, said) = replay(&component)?;
    assert_eq!((code, &document), (Some(3), &Value::Null), "{said}");
    ensure!(said.contains("line 1") && said.contains("the component is"), "{said}");
    let cut = folder.join("cut.jsonl");
    std::fs::write(&cut, &bundle[..bundle.len() - 40])?;
    let (code, _, said) = replay(&cut)?;
    assert_eq!(code, Some(3), "{said}");
    ensure!(said.contains("line 169 of the bundle"), "{said}");
    let (code, _, said) = replay(&folder.join("nothing.jsonl"))?;
    assert_eq!(code, Some(3), "{said}");
    ensure!(said.contains("nothing.jsonl cannot be read"), "{said}");
    Ok(())
}

osn_tests::stories!(decisions_leave_and_are_made_again_elsewhere);

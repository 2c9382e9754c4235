//! A person who writes a program outside the repository: new, build, check, test, run; and what they are told when something
//! is wrong.
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};
use osn_tests::app::executable;
use serde_json::Value;

/// A folder that belongs to nobody's workspace.
struct Author {
    ground: tempfile::TempDir,
    dir: PathBuf,
}

/// Exit code, the document on standard output, the words on standard error.
struct Said {
    code: Option<i32>,
    document: Value,
    words: String,
}

impl Author {
    fn new(name: &str) -> Result<Self> {
        Self::in_lang(name, "rust")
    }

    fn in_lang(name: &str, lang: &str) -> Result<Self> {
        let ground = tempfile::tempdir()?;
        let dir = ground.path().join(name);
        let author = Self { ground, dir };
        let said = author.run(author.ground.path(), &["new", name, "--lang", lang], &[])?;
        assert_eq!(said.code, Some(0), "{}", said.words);
        Ok(author)
    }

    fn run(&self, dir: &Path, command: &[&str], env: &[(&str, &str)]) -> Result<Said> {
        let output = Command::new(executable()?)
            .args(["--json", "program"])
            .args(command)
            .current_dir(dir)
            // What the SDK needs was fetched for this house already: nothing else may be asked of a registry.
            .env("CARGO_NET_OFFLINE", "true")
            .env(
                "CARGO_TARGET_DIR",
                Path::new(env!("CARGO_TARGET_TMPDIR")).join("author"),
            )
            .envs(env.iter().copied())
            .stdin(Stdio::null())
            .output()?;
        Ok(Said {
            code: output.status.code(),
            document: serde_json::from_slice(&output.stdout).unwrap_or_default(),
            words: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    fn osn(&self, command: &[&str]) -> Result<Said> {
        self.run(&self.dir, command, &[])
    }

    /// Changes a file; what was there before comes back to undo it.
    fn change(&self, file: &str, from: &str, to: &str) -> Result<String> {
        let path = self.dir.join(file);
        let before = std::fs::read_to_string(&path)?;
        assert!(before.contains(from), "{file} does not hold `{from}`");
        std::fs::write(&path, before.replacen(from, to, 1))?;
        Ok(before)
    }

    /// The findings of `command` after a change, as file, field and code; the file is put back.
    fn told(&self, command: &str, (file, from, to): (&str, &str, &str)) -> Result<Vec<(String, String, String)>> {
        let before = self.change(file, from, to)?;
        let said = self.osn(&[command])?;
        std::fs::write(self.dir.join(file), before)?;
        assert_eq!(said.code, Some(1), "{file}: {} {}", said.document, said.words);
        let findings = said.document["findings"].as_array().context("findings")?;
        Ok(findings
            .iter()
            .map(|finding| {
                let text = |name: &str| finding[name].as_str().unwrap_or_default().to_owned();
                assert!(!text("rule").is_empty() && !text("remedy").is_empty(), "{finding}");
                (text("file"), text("field"), text("code"))
            })
            .collect())
    }
}

#[test]
fn a_new_program_builds_passes_and_runs_outside_the_repository() -> Result<()> {
    let author = Author::new("school-supplies")?;
    let rules = std::fs::read_to_string(author.dir.join("src/lib.rs"))?;
    assert!(
        rules.lines().count() <= 60,
        "{} lines are the author's",
        rules.lines().count()
    );
    let formatted = Command::new("rustfmt")
        .args(["--check", "--config-path", ".", "--edition", "2024", "src/lib.rs"])
        .current_dir(&author.dir)
        .output()?;
    assert!(
        formatted.status.success(),
        "{}",
        String::from_utf8_lossy(&formatted.stdout)
    );

    let built = author.osn(&["build"])?;
    assert_eq!(built.code, Some(0), "{}", built.words);
    assert_eq!(built.document["name"], "school-supplies");
    assert!(built.document["bytes"].as_u64().unwrap() < built.document["limit"].as_u64().unwrap() / 2);
    let again = author.osn(&["build"])?;
    assert_eq!(
        again.document["code_digest"], built.document["code_digest"],
        "the same source, the same bytes"
    );

    let checked = author.osn(&["check"])?;
    assert_eq!(
        (checked.code, &checked.document["findings"]),
        (Some(0), &Value::Array(Vec::new()))
    );
    let passed = checked.document["passed"].to_string();
    for what in ["manifest", "imports", "size", "form", "texts", "determinism"] {
        assert!(passed.contains(what), "{what} was not looked at: {passed}");
    }

    let tested = author.osn(&["test", "--covered"])?;
    assert_eq!(
        (tested.code, &tested.document["passed"]),
        (Some(0), &Value::from(4)),
        "{}",
        tested.words
    );
    assert_eq!(tested.document["coverage"]["criteria"]["residence"]["not-met"], 1);
    assert_eq!(tested.document["gaps"], Value::Array(Vec::new()));

    let ran = author.osn(&["run", "cases/criteria.toml", "--case", "2", "--lang", "en"])?;
    assert_eq!(ran.code, Some(0), "{}", ran.words);
    assert_eq!(ran.document["verdict"]["outcome"], "not-eligible");
    assert_eq!(
        ran.document["form"]["properties"]["application"]["properties"]["income"]["anyOf"]
            .as_array()
            .map(Vec::len),
        Some(2)
    );
    assert_eq!(
        ran.document["plan"],
        Value::Null,
        "nobody plans for who is not eligible"
    );
    assert_eq!(ran.document["estimate"][0]["amount_cents"], 2500);
    assert!(ran.document["fuel"]["used"].as_u64().unwrap() > 0);
    let eligible = author.osn(&["run", "cases/criteria.toml", "--case", "1", "--lang", "en"])?;
    assert_eq!(eligible.document["verdict"]["outcome"], "eligible");
    assert_eq!(eligible.document["plan"]["deliveries"][0]["cost_cents"], 2500);
    let unknown = author.osn(&["run", "cases/criteria.toml", "--case", "no such case"])?;
    assert_eq!(
        (unknown.code, unknown.document["problems"].as_array().map(Vec::len)),
        (Some(1), Some(5))
    );
    Ok(())
}

#[test]
fn a_new_program_in_c_builds_and_passes_too() -> Result<()> {
    let author = Author::in_lang("warm-coats", "c")?;
    let rules = std::fs::read_to_string(author.dir.join("src/program.c"))?;
    assert!(
        rules.lines().count() <= 60,
        "{} lines are the author's",
        rules.lines().count()
    );
    let checked = author.osn(&["check"])?;
    assert_eq!(
        (checked.code, &checked.document["findings"]),
        (Some(0), &Value::Array(Vec::new())),
        "{}",
        checked.words
    );
    let tested = author.osn(&["test", "--covered"])?;
    assert_eq!(
        (tested.code, &tested.document["passed"]),
        (Some(0), &Value::from(4)),
        "{} {}",
        tested.document,
        tested.words
    );
    let without = author.run(&author.dir, &["build"], &[("CLANG", "/nowhere/clang")])?;
    assert!(
        without.code == Some(3) && without.words.contains("apt-get install clang lld"),
        "{}",
        without.words
    );
    Ok(())
}

#[test]
fn whoever_makes_a_mistake_is_told_file_field_rule_and_remedy() -> Result<()> {
    let author = Author::new("warm-meals")?;
    let one = |file: &str, field: &str, code: &str| vec![(file.to_owned(), field.to_owned(), code.to_owned())];

    let gone = ("locales/en.ftl", "rank-income = Yearly income, lowest first\n", "");
    assert_eq!(
        author.told("check", gone)?,
        one("locales/en.ftl", "rank-income", "text-missing")
    );
    let unused = (
        "locales/el.ftl",
        "supply-parcel =",
        "supply-box = Κουτί\nsupply-parcel =",
    );
    assert_eq!(
        author.told("check", unused)?,
        one("locales/el.ftl", "supply-box", "text-not-used")
    );
    let other = ("program.toml", "key = \"warm-meals\"", "key = \"cold-meals\"");
    assert_eq!(author.told("test", other)?, one("program.toml", "key", "other-program"));
    let field = (
        "src/lib.rs",
        "of(\"application.resident\")",
        "of(\"application.residence\")",
    );
    assert_eq!(
        author.told("check", field)?,
        one("src/lib.rs", "/criteria/0/field", "unknown-field")
    );
    let company = (
        "src/lib.rs",
        "(criteria, Keys { income: income.value })",
        "static SEEN: std::sync::atomic::AtomicI64 = std::sync::atomic::AtomicI64::new(0);\n        \
         (criteria, Keys { income: Some(SEEN.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) })",
    );
    let found = author.told("check", company)?;
    assert!(
        found.contains(&(
            "src/lib.rs".to_owned(),
            "assess".to_owned(),
            "depends-on-order".to_owned()
        )),
        "{found:?}"
    );

    Ok(())
}

#[test]
fn golden_cases_say_what_differs_and_what_they_leave_out() -> Result<()> {
    let author = Author::new("warm-soup")?;
    // A golden case that does not hold: the difference can be read.
    let before = author.change("cases/criteria.toml", "value = \"10000.00\"", "value = \"10000.02\"")?;
    let failed = author.osn(&["test"])?;
    std::fs::write(author.dir.join("cases/criteria.toml"), before)?;
    assert_eq!((failed.code, &failed.document["failed"]), (Some(1), &Value::from(1)));
    let report = failed.document["report"].as_str().unwrap();
    for line in [
        "cases/criteria.toml: Κάτοικος",
        "outcome: wanted eligible, found not-eligible",
        "seen €10,000.02, wanted €10,000.00",
    ] {
        assert!(report.contains(line), "{line} not in\n{report}");
    }
    // A criterion that no case reaches.
    let before = author.change(
        "cases/criteria.toml",
        "resident = { value = false, evidence = \"declared\" }",
        "resident = { evidence = \"declared\" }",
    )?;
    author.change(
        "cases/criteria.toml",
        "expect.outcome = \"not-eligible\"\nexpect.criteria = { residence = \"not-met\" }",
        "expect.criteria = { residence = \"unknown\" }",
    )?;
    let thin = author.osn(&["test", "--covered"])?;
    std::fs::write(author.dir.join("cases/criteria.toml"), before)?;
    assert_eq!(
        (thin.code, &thin.document["gaps"][0]),
        (Some(1), &Value::from("no case has criterion residence not-met"))
    );
    Ok(())
}

#[test]
fn what_is_missing_on_the_machine_is_named() -> Result<()> {
    let author = Author::new("warm-meals")?;
    let check = |dir: &Path, command: &[&str], env: &[(&str, &str)], wanted: &str| -> Result<()> {
        let said = author.run(dir, command, env)?;
        assert_eq!(said.code, Some(3), "{command:?}: {}", said.words);
        assert!(said.words.contains(wanted), "`{wanted}` not in: {}", said.words);
        Ok(())
    };
    let (here, outside) = (author.dir.clone(), author.ground.path().to_owned());
    check(
        &here,
        &["build"],
        &[("CARGO", "/nowhere/cargo")],
        "Install Rust from https://rustup.rs",
    )?;
    check(&here, &["build"], &[("RUSTC", "/nowhere/rustc")], "rustc was not found")?;
    check(&outside, &["build"], &[], "there is no program.toml")?;
    check(&outside, &["new", "warm-meals"], &[], "is not empty")?;
    check(&outside, &["new", "Warm Meals"], &[], "small letters")?;
    author.change(
        "Cargo.toml",
        "crate-type = [\"cdylib\", \"rlib\"]",
        "crate-type = [\"rlib\"]",
    )?;
    check(&here, &["check"], &[], "is not `cdylib`")?;
    if let Ok(text) = std::fs::read_to_string(here.join("vendor/osn-program-sdk/Cargo.toml")) {
        assert!(!text.contains("workspace"), "{text}");
    } else {
        panic!("the SDK is not in vendor/");
    }
    Ok(())
}

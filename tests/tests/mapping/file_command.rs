//! `osn import` and `osn export`: a dry run by default, exit codes, words in both languages, and the way back.
use std::path::Path;
use std::process::{Command, Output};

use anyhow::{Context as _, Result, ensure};
use osn_tests::app::{Backend, Ground, executable};
use serde_json::{Value, json};

const TERMS: &str = "id,code,name,name@en,description,taxonomy\n\
    6f2a1c7e-0000-4000-8000-000000000001,food,Σίτιση,Food,Φαγητό,category\n";
const SHEET: &str = "Φορέας;Υπηρεσία;Περιγραφή;Κατηγορία;Δομή;Διεύθυνση\n\
    Δήμος;Συσσίτιο;Γεύμα κάθε μέρα;Σίτιση;Κέντρο;Οδός 1\n";

struct Shell<'g> {
    ground: &'g Ground,
}

impl Shell<'_> {
    fn run(&self, args: &[&str]) -> Result<Output> {
        let mut command = Command::new(executable()?);
        command
            .args(args)
            .args(["--data-dir".as_ref(), self.ground.dir.path().as_os_str()]);
        if let Some((data, keys)) = self.ground.urls() {
            command.args(["--database", &data, "--keys-database", &keys]);
        }
        command.env_remove("OSN_LANG").env("LC_ALL", "C.UTF-8");
        Ok(command.output()?)
    }

    /// The exit code, the document and what went to standard error.
    fn json(&self, args: &[&str]) -> Result<(Option<i32>, Value, String)> {
        let output = self.run(&[args, &["--json"]].concat())?;
        let errors = String::from_utf8(output.stderr)?;
        let document = serde_json::from_slice(&output.stdout)
            .with_context(|| format!("{args:?}: {} {errors}", String::from_utf8_lossy(&output.stdout)))?;
        Ok((output.status.code(), document, errors))
    }

    fn text(&self, args: &[&str]) -> Result<(Option<i32>, String)> {
        let output = self.run(args)?;
        let text = String::from_utf8(output.stdout)?;
        Ok((output.status.code(), text))
    }
}

fn path(folder: &Path, name: &str, text: &str) -> Result<String> {
    let file = folder.join(name);
    std::fs::write(&file, text)?;
    Ok(file.to_str().context("a plain path")?.to_owned())
}

fn counts(document: &Value) -> [u64; 4] {
    ["added", "changed", "removed", "untouched"].map(|name| document["counts"][name].as_u64().unwrap_or(u64::MAX))
}

fn from_the_command_line(backend: Backend) -> Result<()> {
    let ground = Ground::new(backend)?;
    let files = tempfile::tempdir()?;
    let shell = Shell { ground: &ground };
    let made = shell.run(&["init", "--slug", "city", "--name", "Δήμος", "--name-en", "City"])?;
    ensure!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let terms = path(files.path(), "taxonomy_terms.csv", TERMS)?;
    let sheet = path(files.path(), "services.csv", SHEET)?;
    // Without --yes nothing is written, and the same look gives the same answer.
    for _ in 0..2 {
        let (code, document, errors) = shell.json(&["import", &terms])?;
        assert_eq!(
            (code, counts(&document)),
            (Some(0), [1, 0, 0, 0]),
            "{document} {errors}"
        );
        assert_eq!(document["written"], json!(false));
        ensure!(errors.contains("Reading"), "progress goes to standard error: {errors}");
    }
    let (code, text) = shell.text(&["import", &sheet, "--lang", "el"])?;
    assert_eq!(code, Some(1), "a category that is not there: {text}");
    ensure!(
        text.contains("services.csv!D2") && text.contains("Δεν γράφτηκε τίποτα"),
        "{text}"
    );
    let (_, english) = shell.text(&["import", &sheet])?;
    ensure!(
        english.contains("Nothing was written") && english.contains("services.csv!D2"),
        "{english}"
    );
    let (code, _) = shell.text(&["import", &terms, "--yes"])?;
    assert_eq!(code, Some(0));
    let (code, text) = shell.text(&["import", &sheet, "--lang", "el"])?;
    ensure!(code == Some(0) && text.contains("+ service «Συσσίτιο»"), "{text}");
    let (code, document, _) = shell.json(&["import", &sheet, "--yes"])?;
    assert_eq!((code, counts(&document)), (Some(0), [3, 0, 0, 0]), "{document}");
    let import = document["id"].as_str().context("it was written")?.to_owned();
    let (code, again, _) = shell.json(&["import", &sheet, "--yes"])?;
    assert_eq!((code, counts(&again)), (Some(0), [0, 0, 0, 3]), "no twins: {again}");
    assert_eq!(again["written"], json!(false), "nothing to write");
    given_out_and_back(&shell, files.path())?;
    undone(&shell, &import)
}

/// Each form of the export says the same as the mapping; a changed export shows its change.
fn given_out_and_back(shell: &Shell<'_>, folder: &Path) -> Result<()> {
    for name in ["mapping.xlsx", "mapping.zip", "mapping.json"] {
        let file = folder.join(name);
        let file = file.to_str().context("a plain path")?;
        let (code, document, errors) = shell.json(&["export", file])?;
        assert_eq!((code, &document["records"]), (Some(0), &json!(4)), "{errors}");
        let (code, back, _) = shell.json(&["import", file, "--complete"])?;
        assert_eq!((code, counts(&back)), (Some(0), [0, 0, 0, 4]), "{name}: {back}");
    }
    let json_file = folder.join("mapping.json");
    let text = std::fs::read_to_string(&json_file)?;
    std::fs::write(&json_file, text.replace("Γεύμα κάθε μέρα", "Γεύμα το μεσημέρι"))?;
    let (code, text) = shell.text(&["import", json_file.to_str().context("a plain path")?, "--lang", "en"])?;
    ensure!(
        code == Some(0) && text.contains("~ service") && text.contains("Γεύμα το μεσημέρι"),
        "{text}"
    );
    let nowhere = folder.join("missing").join("mapping.xlsx");
    let lost = shell.run(&["export", nowhere.to_str().context("a plain path")?])?;
    assert_eq!(lost.status.code(), Some(3), "it could not be done");
    let wrong = shell.run(&["export"])?;
    assert_eq!(wrong.status.code(), Some(2), "wrong use");
    let form = shell.run(&[
        "export",
        folder.join("form.xlsx").to_str().context("a plain path")?,
        "--template",
    ])?;
    assert_eq!(form.status.code(), Some(0));
    Ok(())
}

fn undone(shell: &Shell<'_>, import: &str) -> Result<()> {
    let (code, dry, _) = shell.json(&["import", "--undo", import])?;
    assert_eq!(
        (code, &dry["state"]),
        (Some(0), &json!("done")),
        "a look undoes nothing"
    );
    let (code, undone, _) = shell.json(&["import", "--undo", import, "--yes"])?;
    assert_eq!((code, &undone["state"]), (Some(0), &json!("undone")));
    let (code, twice, _) = shell.json(&["import", "--undo", import, "--yes"])?;
    assert_eq!(
        (code, &twice["code"]),
        (Some(1), &json!("state.not-possible")),
        "the answer is no"
    );
    let (code, listed, _) = shell.json(&["import", "--list"])?;
    let states: Vec<&Value> = listed
        .as_array()
        .context("a list")?
        .iter()
        .map(|one| &one["state"])
        .collect();
    assert_eq!((code, states), (Some(0), vec![&json!("undone"), &json!("done")]));
    let missing = shell.run(&["import", "no-such-file.xlsx"])?;
    assert_eq!(missing.status.code(), Some(3));
    Ok(())
}

#[test]
fn files_come_and_go_from_the_command_line_on_both_databases() -> Result<()> {
    for backend in Backend::ALL {
        from_the_command_line(backend)?;
    }
    Ok(())
}

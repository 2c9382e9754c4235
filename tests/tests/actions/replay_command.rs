//! `osn export --decisions` and `osn replay FILE`: decisions leave the installation as a bundle that anybody runs again, with
//! nothing but the command; whoever alters a line or the program is found.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use osn_programs::plan_record::PlanRecord;
use osn_programs::record::DecisionRecord;
use osn_tests::app::{Backend, TestApp};
use osn_tests::bundle::{altered, replay, replaying};
use serde_json::{Value, json};

const ASSESSED: &str = "food-parcel-2022/assess/home-food-2022";

async fn decisions_leave_and_are_made_again_elsewhere(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, ASSESSED).await?;
    let (folder, elsewhere) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let exported = house.exported(&folder.path().join("bundles"))?;
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
    let greek = replaying(file, &["--lang", "el"])?;
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

/// A plan leaves with the decisions on which it stands: it needs nothing else to be made again.
#[tokio::test(flavor = "multi_thread")]
async fn plans_leave_and_are_made_again_elsewhere() -> Result<()> {
    let house = TestApp::played(Backend::Sqlite, 7).await?;
    let folder = tempfile::tempdir()?;
    let exported = house.exported(folder.path())?;
    assert_eq!(
        (&exported["plans"], &exported["erased"]),
        (&json!(1), &json!(0)),
        "{exported}"
    );
    let mut with_plans = Vec::new();
    for file in exported["files"].as_array().context("files")? {
        let file = Path::new(file.as_str().context("a file")?);
        let (code, document, said) = replay(file)?;
        assert_eq!(code, Some(0), "{said}");
        if document["plans"]["total"] != 0 {
            with_plans.push((file, document, said));
        }
    }
    let [(file, document, said)] = with_plans.as_slice() else {
        anyhow::bail!("one bundle has the plan: {with_plans:?}");
    };
    assert_eq!(
        document["plans"],
        json!({ "total": 1, "identical": 1, "erased": 0 }),
        "{said}"
    );
    ensure!(said.contains("1 plans: 1 identical, 0 different"), "{said}");
    let bundle = std::fs::read_to_string(file)?;
    let last = bundle.lines().count();
    let named = |document: &Value| document["differences"][0].as_str().unwrap().to_owned();
    // Another decision under it.
    let other = altered(&bundle, folder.path(), last, |value| {
        let decisions = value["decisions"].as_array_mut().unwrap();
        decisions.swap(0, 1);
    })?;
    let (code, document, said) = replay(&other)?;
    assert_eq!((code, &document["plans"]["identical"]), (Some(1), &json!(0)), "{said}");
    ensure!(
        named(&document).ends_with("is not the one that was cited"),
        "{document}"
    );
    // Another plan, with a fitting digest: the program itself finds it.
    let other = altered(&bundle, folder.path(), last, |value| {
        let mut record: Value = serde_json::from_str(value["record"].as_str().unwrap()).unwrap();
        let deliveries = record["schedule"]["deliveries"].as_array_mut().unwrap();
        deliveries.pop().unwrap();
        let record = serde_json::to_string(&record).unwrap();
        value["digest"] = PlanRecord::digest_of(record.as_bytes()).to_string().into();
        value["record"] = record.into();
    })?;
    let (code, document, said) = replay(&other)?;
    assert_eq!(code, Some(1), "{said}");
    ensure!(
        named(&document) == format!("line {last}: the program now decides otherwise, at /schedule"),
        "{document}"
    );
    Ok(())
}

osn_tests::stories!(decisions_leave_and_are_made_again_elsewhere);

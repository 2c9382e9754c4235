//! A published list that anybody checks: offline with the command, in a browser with the page; every alteration is found; a
//! municipality can leave the ranking keys out.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};
use osn_tests::app::{Backend, HOST, TestApp, executable};
use osn_tests::browser::Browser;
use serde_json::Value;

const FINAL: &str = "food-parcel-2022/selection-approve/home-food-2022";

struct Published {
    house: TestApp,
    call: String,
    list: Value,
}

impl Published {
    async fn new() -> Result<Self> {
        let house = TestApp::begun(Backend::Sqlite, FINAL).await?;
        let call = house.id("call/home-food-2022")?;
        let list = house
            .visitor()
            .get(&format!("/api/v1/calls/{call}/published-list"))
            .await?
            .ok();
        Ok(Self { house, call, list })
    }
}

/// What the command says of a list: its exit code, and each question with its answer.
fn verified(list: &Value, more: &[&str]) -> Result<(Option<i32>, Value)> {
    let dir = tempfile::tempdir()?;
    let file = dir.path().join("list.json");
    std::fs::write(&file, list.to_string())?;
    let output = Command::new(executable()?)
        .args(["--json", "selection", "verify"])
        .arg(&file)
        .args(more)
        .stdin(Stdio::null())
        .output()?;
    let answer =
        serde_json::from_slice(&output.stdout).with_context(|| String::from_utf8_lossy(&output.stderr).into_owned())?;
    Ok((output.status.code(), answer))
}

fn answer(verified: &Value, question: &str) -> String {
    let checked = verified["checked"].as_array().unwrap();
    let one = checked.iter().find(|one| one["question"] == question).unwrap();
    one["answer"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_published_list_holds_and_every_alteration_is_found_offline() -> Result<()> {
    let published = Published::new().await?;
    let list = &published.list;
    let lines = list["list"]["lines"].as_array().unwrap();
    assert!(lines.len() > 100, "{} lines", lines.len());
    let text = list.to_string();
    for word in ["application_id", "person", "name", "birth"] {
        assert!(!text.contains(word), "the document holds `{word}`");
    }
    let records: std::collections::BTreeSet<&str> = lines.iter().map(|line| line["record"].as_str().unwrap()).collect();
    assert_eq!(records.len(), lines.len(), "each decision has a commitment of its own");

    let (code, said) = verified(list, &[])?;
    assert_eq!(
        (code, &said["valid"], &said["signature"]),
        (Some(0), &Value::from(true), &Value::from(true)),
        "{said}"
    );
    assert_eq!(answer(&said, "order"), "holds");
    let key = published.house.visitor().get("/api/v1/municipality").await?.ok();
    let key = key["public_key"].as_str().unwrap();
    assert_eq!(verified(list, &["--public-key", key])?.0, Some(0));
    assert_eq!(
        verified(list, &["--public-key", &"ab".repeat(32)])?.0,
        Some(1),
        "another municipality's key"
    );

    altered(list)
}

/// Whoever changes a published list is found out.
fn altered(list: &Value) -> Result<()> {
    type Change = fn(&mut Value);
    let changes: [(&str, Change, &str); 4] = [
        (
            "better keys for the last",
            |list| {
                let last = list["lines"].as_array().unwrap().len() - 1;
                list["lines"][last]["order"]["keys"][0] = 0.into();
            },
            "order",
        ),
        (
            "a place for somebody on the reserve",
            |list| {
                let lines = list["lines"].as_array_mut().unwrap();
                let first = lines.iter_mut().find(|line| line.get("reserve").is_some()).unwrap();
                first.as_object_mut().unwrap().remove("reserve");
            },
            "cut",
        ),
        (
            "another decision behind a line",
            |list| {
                list["lines"][3]["record"] = list["lines"][4]["record"].clone();
            },
            "records",
        ),
        (
            "somebody struck off",
            |list| {
                list["lines"].as_array_mut().unwrap().remove(5);
            },
            "references",
        ),
    ];
    for (what, change, question) in changes {
        let mut altered = list.clone();
        change(&mut altered["list"]);
        let (code, said) = verified(&altered, &[])?;
        assert_eq!(
            (code, answer(&said, question).as_str(), answer(&said, "digest").as_str()),
            (Some(1), "broken", "broken"),
            "{what}: {said}"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_readers_own_browser_checks_the_list_under_a_strict_policy() -> Result<()> {
    let published = Published::new().await?;
    let path = format!("/en/calls/{}/results/check", published.call);
    let page = published.house.visitor().reading("en").get(&path).await?;
    let policy = page.headers["content-security-policy"].to_str()?.to_owned();
    assert!(
        policy.contains("script-src 'self' 'wasm-unsafe-eval';") && !policy.contains("unsafe-inline"),
        "{policy}"
    );
    let results = published
        .house
        .visitor()
        .reading("en")
        .get(&format!("/en/calls/{}/results", published.call))
        .await?;
    assert!(results.text.contains(&path), "the results lead there");
    assert!(
        !results.headers["content-security-policy"].to_str()?.contains("wasm"),
        "no other page needs it"
    );

    let router = osn_server::http::router(published.house.played.app.clone());
    let opened = Browser::on(router, HOST).await?.open(&path).await?;
    assert!(
        opened.document.contains("data-osn-done=\"holds\""),
        "{:?}\n{}",
        opened.console,
        opened.document
    );
    assert_eq!(opened.console, [""; 0], "nothing was refused");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_municipality_leaves_the_ranking_keys_out_and_the_rest_is_still_checked() -> Result<()> {
    let mut published = Published::new().await?;
    let app = published.house.played.app.clone();
    let hosted = app.hosted().await.into_iter().next().context("a municipality")?;
    let mut tx = app
        .scope(hosted.municipality.id)
        .begin(osn_store::Actor::nobody("settings.put"), app.now())
        .await?;
    let mut settings = tx.settings_for_update().await?;
    settings["results"] = serde_json::json!({ "ranking_keys": false });
    tx.put_settings(&settings).await?;
    tx.commit().await?;
    app.refresh_municipalities().await?;
    let address = format!("/api/v1/calls/{}/published-list", published.call);
    published.list = published.house.visitor().get(&address).await?.ok();
    let lines = published.list["list"]["lines"].as_array().unwrap();
    assert!(
        lines.iter().all(|line| line.get("order").is_none()),
        "no key of anybody"
    );
    assert!(
        !published.list.to_string().contains("submitted_at"),
        "nor when somebody applied"
    );
    let (code, said) = verified(&published.list, &[])?;
    assert_eq!((code, &said["valid"]), (Some(0), &Value::from(true)), "{said}");
    for (question, wanted) in [
        ("order", "not-asked"),
        ("cut", "holds"),
        ("records", "holds"),
        ("references", "holds"),
    ] {
        assert_eq!(answer(&said, question), wanted, "{question}: {said}");
    }
    let mut altered = published.list.clone();
    altered["list"]["lines"].as_array_mut().unwrap().swap(0, 1);
    assert_eq!(
        verified(&altered, &[])?.0,
        Some(1),
        "who changes places is found without the keys"
    );
    Ok(())
}

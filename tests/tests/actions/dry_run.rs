//! A change tried against the real applications of a call: figures before anybody publishes it, and nothing stored.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
use anyhow::Result;
use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use osn_programs::package::{Policy, Trust};
use osn_server::jobs;
use osn_server::programs::ProgramsConfig;
use osn_tests::app::{Backend, TestApp};
use osn_tests::client::Client;
use osn_tests::maker::{Maker, version_of};
use serde_json::{Value, json};

const ASSESSED: &str = "food-parcel-2022/assess/home-food-2022";

async fn tried(house: &TestApp, client: &Client, call: &str, change: Value) -> Result<Value> {
    let accepted = client.post(&format!("/api/v1/calls/{call}/dry-runs"), &change).await?;
    assert_eq!(accepted.status, 202, "{}", accepted.text);
    let location = accepted.headers["location"].to_str()?.to_owned();
    jobs::run_once(&house.played.app).await?;
    let job = client.get(&location).await?.ok();
    assert_eq!(job["state"], "done", "{job}");
    assert!(job["total"].as_u64().unwrap() > 0, "progress is told");
    Ok(job["result"].clone())
}

/// Everything of a call that a trial must not touch.
async fn stored(house: &TestApp, call: &str) -> Result<Value> {
    let auditor = house.staff("auditor").await?;
    let read = |path: String| {
        let auditor = auditor.clone();
        async move { Ok::<_, anyhow::Error>(auditor.get(&path).await?.ok()) }
    };
    Ok(json!({
        "call": read(format!("/api/v1/calls/{call}")).await?,
        "decisions": read(format!("/api/v1/calls/{call}/decisions?limit=200")).await?,
        "applications": read(format!("/api/v1/calls/{call}/applications?limit=200")).await?,
    }))
}

/// A new version of the program against the same applications, while it waits on the shelf; and what the version in use took.
async fn another_version(house: &TestApp, coordinator: &Client, call: &str, maker: &Maker) -> Result<()> {
    let host = house.staff("host").await?;
    let package = version_of("food-parcel", "9.1.0")?;
    let path = "/api/v1/programs?shelf=true";
    let signature = BASE64.encode(maker.sign(&package, "another version"));
    let headers = [("package-signature", signature.as_str())];
    host.send(Method::POST, path, Some("application/wasm"), package, &headers)
        .await?
        .ok();
    let other = tried(house, coordinator, call, json!({ "version": "9.1.0" })).await?;
    assert_eq!(
        (
            &other["eligible"]["added"],
            &other["eligible"]["removed"],
            &other["re_ranked"]
        ),
        (&json!(0), &json!(0), &json!(0)),
        "the same rules under another number: {other}"
    );
    let watched = host.get("/api/v1/programs/food-parcel/versions").await?.ok();
    let used = &watched["versions"][1];
    let fuel = |name: &str| used[name].as_u64().unwrap();
    assert!(fuel("fuel_used") > 0 && fuel("fuel_limit") > 0, "{watched}");
    assert_eq!(used["faults"], json!([]), "{watched}");
    Ok(())
}

async fn asked(coordinator: &Client, call: &str) -> Result<()> {
    // The page says the same, and the program's own refusal of a parameter is told at its field.
    let page = coordinator
        .reading("en")
        .get(&format!("/en/staff/calls/{call}/dry-run"))
        .await?;
    assert!(
        page.status.is_success() && page.text.contains("name=\"/parameters/minimum-disability\""),
        "{}",
        page.text
    );
    let wrong = coordinator
        .post(
            &format!("/api/v1/calls/{call}/dry-runs"),
            &json!({ "parameters": { "minimum-disability": -1 } }),
        )
        .await?;
    assert_eq!(
        (wrong.status.as_u16(), wrong.errors()[0].0.as_str()),
        (422, "/parameters/minimum-disability"),
        "{}",
        wrong.text
    );
    let unknown = coordinator
        .post(
            &format!("/api/v1/calls/{call}/dry-runs"),
            &json!({ "version": "77.0.0" }),
        )
        .await?;
    assert_eq!(unknown.errors()[0].0, "/version");

    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one story, step by step")]
async fn other_terms_are_tried_and_nothing_is_stored() -> Result<()> {
    let maker = Maker::new(5);
    let programs = ProgramsConfig {
        trust: Trust::from_keys([maker.public().as_str()], Policy::RequireSignature)?,
        ..ProgramsConfig::default()
    };
    let house = TestApp::begun_with(Backend::Sqlite, ASSESSED, programs).await?;
    let call = house.id("call/home-food-2022")?;
    let coordinator = house.staff("coordinator").await?;
    let before = stored(&house, &call).await?;

    // Nothing changed: nothing is added, removed or moved.
    let same = tried(&house, &coordinator, &call, json!({})).await?;
    let decided = before["decisions"]["items"].as_array().unwrap();
    let eligible = decided.iter().filter(|one| one["outcome"] == "eligible").count();
    assert_eq!(
        same["eligible"],
        json!({ "before": eligible, "after": eligible, "added": 0, "removed": 0 })
    );
    assert_eq!(
        (
            &same["selected"]["added"],
            &same["selected"]["removed"],
            &same["re_ranked"]
        ),
        (&json!(0), &json!(0), &json!(0))
    );
    assert_eq!(
        (
            &same["unreadable"],
            same["cost"][0]["before_cents"] == same["cost"][0]["after_cents"]
        ),
        (&json!(0), true)
    );

    // A higher threshold takes people out, and nobody comes in; fewer places cost less.
    let strict = tried(
        &house,
        &coordinator,
        &call,
        json!({ "parameters": { "minimum-disability": 800_000 } }),
    )
    .await?;
    assert!(
        strict["eligible"]["removed"].as_u64().unwrap() > 0 && strict["eligible"]["added"] == 0,
        "{strict}"
    );
    let fewer = tried(&house, &coordinator, &call, json!({ "capacity": 10 })).await?;
    assert_eq!(
        (&fewer["selected"]["after"], &fewer["eligible"]["removed"]),
        (&json!(10), &json!(0))
    );
    assert!(
        fewer["cost"][0]["after_cents"].as_i64() < fewer["cost"][0]["before_cents"].as_i64(),
        "{fewer}"
    );

    // A lower one lets people in; another scale orders the same people otherwise.
    let open = tried(
        &house,
        &coordinator,
        &call,
        json!({ "parameters": { "minimum-disability": 100_000 } }),
    )
    .await?;
    assert!(
        open["eligible"]["added"].as_u64().unwrap() > 0 && open["eligible"]["removed"] == 0,
        "{open}"
    );
    let scaled = tried(
        &house,
        &coordinator,
        &call,
        json!({ "parameters": { "scale": { "code": "oecd-original" } } }),
    )
    .await?;
    assert!(scaled["re_ranked"].as_u64().unwrap() > 0, "{scaled}");
    another_version(&house, &coordinator, &call, &maker).await?;

    // By group: the groups of one kind add up to all.
    let groups = strict["groups"].as_array().unwrap();
    let areas = groups.iter().filter(|group| group["by"] == "area");
    let total: u64 = areas.map(|group| group["applications"].as_u64().unwrap()).sum();
    assert_eq!(Some(total), strict["applications"].as_u64());

    asked(&coordinator, &call).await?;
    assert_eq!(stored(&house, &call).await?, before, "a trial leaves nothing behind");
    Ok(())
}

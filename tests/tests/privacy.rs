//! No AMKA, name, telephone or street in logs, refusals, addresses or the raw files of the databases.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

use anyhow::Result;
use osn_server::route::table;
use osn_tests::app::{Backend, TestApp};
use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

/// Everything that the process logs, at the finest level.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Captured {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn finds(haystack: &[u8], needle: &str) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle.as_bytes())
}

/// What must appear nowhere: of each opened application its number, telephone, street, mailbox and full name.
async fn personal(house: &TestApp) -> Result<Vec<String>> {
    let coordinator = house.staff("coordinator").await?;
    let call = house.id("call/home-food-2022")?;
    let list = coordinator
        .get(&format!("/api/v1/calls/{call}/applications?limit=200"))
        .await?
        .ok();
    let mut values = Vec::new();
    for item in list["items"].as_array().unwrap() {
        let path = format!("/api/v1/applications/{}/open", item["id"].as_str().unwrap());
        let data = coordinator
            .post(&path, &json!({ "reason": "Έλεγχος της ίδιας της εφαρμογής" }))
            .await?
            .ok();
        let applicant = data
            .get("applicant")
            .or_else(|| data.pointer("/data/applicant"))
            .cloned()
            .unwrap_or_default();
        let text = |name: &str| applicant[name].as_str().map(str::to_owned);
        values.extend(["amka", "phone", "street", "email"].into_iter().filter_map(text));
        values.push(format!(
            "{} {}",
            text("given_name").unwrap(),
            text("family_name").unwrap()
        ));
        values.push(format!(
            "{} {}",
            text("family_name").unwrap(),
            text("given_name").unwrap()
        ));
        // As another layer might write it: escaped JSON.
        let name = serde_json::to_string(&applicant["family_name"])?;
        values.push(format!("\"family_name\":{name}"));
    }
    values.retain(|value| !value.is_empty());
    Ok(values)
}

fn files(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_personal_leaves_the_seal() -> Result<()> {
    let captured = Captured::default();
    // The compiler of programs says millions of lines about code and none about people: it is left out for time.
    let filter = tracing_subscriber::EnvFilter::new("trace,cranelift=off,regalloc2=off,wasmtime=off,wasm=off");
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(captured.clone())
        .init();
    let house = TestApp::begun(Backend::Sqlite, "food-parcel-2022/selection-approve/home-food-2022").await?;
    let personal = personal(&house).await?;
    assert!(personal.len() >= 168 * 5, "only {} values to look for", personal.len());

    let logged = captured.0.lock().unwrap().clone();
    assert!(finds(&logged, "/api/v1/calls/"), "requests are logged at all");
    let raw = files(house.ground.dir.path());
    assert!(
        raw.iter()
            .any(|(name, bytes)| name.ends_with("osn.db") && bytes.len() > 100_000),
        "the database is looked at"
    );
    // One pass over each, however many people there are. A message that was sent carries its recipient's own address and
    // nothing else about anybody.
    let anything = aho_corasick::AhoCorasick::new(&personal)?;
    let is_address = |value: &&String| value.contains('@') || value.starts_with('+');
    let beside_addresses = aho_corasick::AhoCorasick::new(personal.iter().filter(|value| !is_address(value)))?;
    let logs = ("a log line".to_owned(), logged);
    let places = raw.iter().chain([&logs]);
    let leaks: Vec<&str> = places
        .filter(|(name, bytes)| {
            let sent = name.contains("/outbox/");
            if sent { &beside_addresses } else { &anything }.is_match(bytes)
        })
        .map(|(name, _)| name.as_str())
        .collect();
    assert!(leaks.is_empty(), "personal values stand in: {leaks:?}");
    // Nor does the list that everybody may read say who anybody is.
    let call = house.id("call/home-food-2022")?;
    for published in [
        format!("/api/v1/calls/{call}/results"),
        format!("/calls/{call}/results"),
        format!("/en/calls/{call}/results"),
    ] {
        let reply = house.visitor().get(&published).await?;
        assert!(
            reply.status.is_success() && reply.text.len() > 5_000,
            "{published}: {}",
            reply.text
        );
        assert!(!anything.is_match(reply.text.as_bytes()), "{published} names somebody");
    }
    Ok(())
}

/// A probe that the search itself works: what is stored in the open is found in the same files.
#[tokio::test(flavor = "multi_thread")]
async fn the_search_finds_what_is_there() -> Result<()> {
    let house = TestApp::begun(Backend::Sqlite, "city/request-submit/digital-skills").await?;
    let raw = files(house.ground.dir.path());
    let found = raw
        .iter()
        .filter(|(_, bytes)| finds(bytes, "Ψηφιακές δεξιότητες για άνεργους γονείς"))
        .count();
    assert!(found > 0, "the title of a request is not sealed, and must be found");
    Ok(())
}

/// No address has a place for anything about a person.
#[test]
fn addresses_carry_identifiers_only() {
    // `link` is the secret of a reminder about a record, which works once; the log does not write it down. `form` is the form of
    // a file, `digest` that of a paper's bytes, `file` the identifier
    // of a paper beside a request, `day` a day of a plan of deliveries, `number` which of the groups that a meeting described.
    const ALLOWED: [&str; 15] = [
        "id", "name", "taxonomy", "path", "lang", "kind", "code", "category", "step", "link", "form", "digest", "file",
        "day", "number",
    ];
    let mut wrong = Vec::new();
    for route in table() {
        let gaps = route
            .path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        wrong.extend(
            gaps.filter(|gap| !ALLOWED.contains(&gap.trim_start_matches('*')))
                .map(|gap| format!("{}: {gap}", route.name())),
        );
        wrong.extend(
            route
                .query
                .iter()
                .filter(|name| ["amka", "phone", "reference"].contains(*name))
                .map(|name| format!("{}: ?{name}", route.name())),
        );
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn opening_somebodys_data_needs_a_reason_and_is_written_down() -> Result<()> {
    let house = TestApp::begun(Backend::Sqlite, "food-parcel-2022/application/0003").await?;
    let coordinator = house.staff("coordinator").await?;
    let call = house.id("call/home-food-2022")?;
    let list = coordinator
        .get(&format!("/api/v1/calls/{call}/applications"))
        .await?
        .ok();
    let application = list["items"][0].clone();
    assert!(
        application.get("applicant").is_none() && !list.to_string().contains("family_name"),
        "{application}"
    );
    let path = format!("/api/v1/applications/{}/open", application["id"].as_str().unwrap());
    let refused = coordinator.post(&path, &json!({ "reason": " " })).await?;
    assert_eq!(refused.status.as_u16(), 422, "{}", refused.text);
    let entries = async || -> Result<Value> {
        let auditor = house.staff("auditor").await?;
        Ok(auditor.get("/api/v1/journal?limit=200").await?.ok())
    };
    let opened = |journal: &Value| {
        let subject = application["id"].as_str().unwrap();
        journal["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|entry| entry.to_string().contains(subject) && entry["act"] == "application.open")
            .count()
    };
    let before = opened(&entries().await?);
    coordinator
        .post(&path, &json!({ "reason": "Τηλέφωνο για την παράδοση" }))
        .await?
        .ok();
    assert_eq!(opened(&entries().await?), before + 1, "one reading, one entry");
    Ok(())
}

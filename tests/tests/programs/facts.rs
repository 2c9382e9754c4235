//! Facts that a program asks the host for: whether the mapping covers somebody where they live, which services they may ask, how
//! far it is. A program made for this story with the author's tools reads all three; nothing of it stands in the server.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use axum::http::Method;
use chrono::{DateTime, Utc};
use osn_core::identifier::Amka;
use osn_programs::package::{Policy, Trust};
use osn_server::programs::ProgramsConfig;
use osn_tests::app::{Backend, TestApp, executable};
use osn_tests::client::Client;
use osn_tests::network::{id, words};
use serde_json::{Value, json};

const CERTIFIED: &str = "city/certificate/home-food-disability";

/// Reads every kind of fact that the host finds.
const RULES: &str = r#"//! Warm meals near home: only where nobody covers the need, and near a kitchen.
use osn_program_sdk::prelude::*;
use osn_program_sdk::{Content, Document, Lookup, json::Value};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kitchens;
impl Content for Kitchens {
    fn read(_: &Value) -> Option<Self> {
        Some(Self)
    }
}
osn_program_sdk::parameters! {
    pub struct Parameters {
        farthest: Int = parameter(1_000).between(0, 100_000),
        price: Cents = parameter(2_500).between(1, 100_000),
        kitchens: Document<Kitchens> = parameter("{\"places\": []}"),
    }
}
osn_program_sdk::form! {
    pub struct Household { resident: Flag = ask(Purpose::Eligibility, "public-task").required() }
}
osn_program_sdk::form! {
    pub struct Facts {
        sport: Flag = fact().found_by(Lookup::coverage(&["recreation.sport"])),
        museum: Flag = fact().found_by(Lookup::coverage(&["culture.museum"])),
        parcels: Flag = fact().found_by(Lookup::coverage(&["food.parcels"])),
        misspelt: Flag = fact().found_by(Lookup::coverage(&["no-such-category"])),
        museums: Int = fact().found_by(Lookup::services(&["culture.museum"])),
        metres: Int = fact().found_by(Lookup::distance("/kitchens/places")),
    }
}
osn_program_sdk::criteria! {
    pub struct Criteria(p: Parameters) {
        residence = criterion("call-terms").of("application.resident").holds(),
        near = criterion("call-terms").of("fact.metres").at_most("count", p.farthest),
    }
}
osn_program_sdk::ranking! {
    pub struct Keys { metres = ascending("count").between(0, 1_000_000) }
}
pub struct NearbyMeals;
impl Program for NearbyMeals {
    type Parameters = Parameters;
    type Application = Household;
    type Claim = Nothing;
    type Member = Nothing;
    type Facts = Facts;
    type Criteria = Criteria;
    type Keys = Keys;

    fn about() -> About {
        let about = About::of_households("nearby-meals").delivered_by("pickup");
        about.supply("meal", "goods").expense_category("goods").failure("not-fetched", true)
    }
    fn assess(case: &Case<'_, Self>) -> (Criteria, Keys) {
        let metres = case.facts.metres.value;
        let criteria = Criteria {
            residence: Finding::holds(case.application.resident.value),
            near: Finding::at_most(metres, case.parameters.farthest),
        };
        (criteria, Keys { metres })
    }
    fn plan(plan: &Plan<'_, Self>) -> Result<Schedule, Refusal> {
        Ok(plan.one_each(0, plan.parameters.price))
    }
    fn estimate(parameters: &Parameters, _people: u32, households: u32, occasions: u32) -> Vec<BudgetLine> {
        vec![priced(0, parameters.price, households.saturating_mul(occasions))]
    }
}
osn_program_sdk::export!(NearbyMeals);
"#;

const CASES: &str = r#"title = "Κοντά"
as-of = 2022-08-01

[[case]]
name = "Ακριβώς στο όριο"
application.resident = { value = true }
facts = { metres = 1000, sport = true }
expect.criteria = { residence = "met", near = "met" }

[[case]]
name = "Κανείς δεν ξέρει πόσο μακριά"
application.resident = { value = false }
expect.criteria = { residence = "not-met", near = "unknown" }

[[case]]
name = "Ένα μέτρο παραπέρα"
application.resident = { value = true }
facts = { metres = 1001 }
expect.criteria = { near = "not-met" }
"#;

const TEXTS: &str = "name = Γεύματα κοντά
summary = Ζεστά γεύματα κοντά στο σπίτι.
field-resident = Κατοικώ στον δήμο
basis-public-task = Δημόσιο συμφέρον
basis-call-terms = Όροι της πρόσκλησης
criterion-residence = Κατοικία
    .met = Κατοικεί.
    .not-met = Δεν κατοικεί.
    .unknown = Δεν είναι γνωστό.
criterion-near = Απόσταση
    .met = { $seen } μέτρα, ως { $wanted }.
    .not-met = { $seen } μέτρα, πάνω από { $wanted }.
    .unknown = Η απόσταση δεν είναι γνωστή.
rank-metres = Απόσταση
parameter-farthest = Πόσο μακριά
parameter-price = Τιμή
parameter-kitchens = Κουζίνες
supply-meal = Γεύμα
category-goods = Αγαθά
failure-not-fetched = Δεν το πήρε
reason-parameters-not-readable = Οι όροι δεν διαβάζονται
reason-no-budget = Τελείωσαν τα χρήματα
reason-no-capacity = Δεν υπάρχει θέση
reason-no-stock = Δεν έμειναν γεύματα
";

/// The package, made with the tools that an author has.
fn package() -> Result<Vec<u8>> {
    let ground = tempfile::tempdir()?;
    let dir = ground.path().join("nearby-meals");
    let osn = |dir: &Path, command: &[&str]| -> Result<()> {
        let output = Command::new(executable()?)
            .args(["--json", "program"])
            .args(command)
            .current_dir(dir)
            .env("CARGO_NET_OFFLINE", "true")
            .env(
                "CARGO_TARGET_DIR",
                Path::new(env!("CARGO_TARGET_TMPDIR")).join("author"),
            )
            .stdin(Stdio::null())
            .output()?;
        let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        ensure!(
            output.status.success(),
            "{command:?}: {} {}",
            said(&output.stdout),
            said(&output.stderr)
        );
        Ok(())
    };
    osn(ground.path(), &["new", "nearby-meals"])?;
    for (file, text) in [
        ("src/lib.rs", RULES),
        ("cases/criteria.toml", CASES),
        ("locales/el.ftl", TEXTS),
        ("locales/en.ftl", TEXTS),
    ] {
        std::fs::write(dir.join(file), text)?;
    }
    osn(&dir, &["build", "--output", "nearby.wasm"])?;
    Ok(std::fs::read(dir.join("nearby.wasm"))?)
}

/// Two places get an address and a point: they share a postal code.
async fn put_on_the_map(coordinator: &Client) -> Result<()> {
    let found = coordinator.get("/api/v1/services?limit=200").await?.ok();
    let mut places = BTreeMap::new();
    for service in found["items"].as_array().unwrap() {
        let record = coordinator
            .get(&format!("/api/v1/records/service/{}", id(service)?))
            .await?
            .ok();
        let Some(place) = record["service_at_locations"][0]["location_id"].as_str() else {
            continue;
        };
        let address = format!("/api/v1/records/location/{place}");
        let record = coordinator.get(&address).await?.ok();
        if record["protected"] != true {
            places.insert(address, record);
        }
        if places.len() == 2 {
            break;
        }
    }
    let points = [("37.9800", "23.7300"), ("37.9820", "23.7340")];
    for (number, ((address, mut record), (latitude, longitude))) in places.into_iter().zip(points).enumerate() {
        let fields = record.as_object_mut().context("a record")?;
        fields.remove("version");
        let id = format!("0b8f6f0e-6c1c-4d7c-9b5b-1f4f0a9f7a7{number}");
        fields.insert(
            "addresses".to_owned(),
            json!([{ "id": id, "address_1": "Πατησίων 1", "postal_code": "104 34" }]),
        );
        fields.insert("latitude".to_owned(), json!(latitude.parse::<f64>()?));
        fields.insert("longitude".to_owned(), json!(longitude.parse::<f64>()?));
        coordinator.put(&address, &record).await?.ok();
    }
    Ok(())
}

async fn published(house: &TestApp, coordinator: &Client, second: &Client) -> Result<String> {
    // 37.9810, 23.7320 is the middle of the two places; the nearer kitchen lies 0.0090 degrees to the north of it.
    let kitchens = json!({ "places": [
        { "latitude": "38.0500", "longitude": "23.7320" }, { "latitude": "37.9900", "longitude": "23.7320" },
    ] });
    let action = json!({
        "name": words("Γεύματα κοντά"), "description": words("Ζεστά γεύματα."), "program": "nearby-meals",
        "certificate_id": house.id("certificate/home-food-disability")?, "model_entry": "support.food-disability",
        "period": { "from": "2022-08-01", "to": "2022-12-31" }, "instalments": 1,
        "budget": { "amount": "1000.00", "currency": "EUR" }, "parameters": { "kitchens": kitchens },
        "places": { "places": 5, "reason": words("Πέντε") },
    });
    let action = id(&coordinator.post("/api/v1/actions", &action).await?.ok())?;
    second
        .post(&format!("/api/v1/actions/{action}/approve"), &json!({}))
        .await?
        .ok();
    let call = json!({
        "title": words("Πρόσκληση"), "capacity": 5, "one_per": "person", "tie_break": "submission-time",
        "opens_at": "2022-08-01T00:00:00+03:00", "closes_at": "2022-08-10T17:00:00+03:00",
    });
    let call = id(&coordinator
        .post(&format!("/api/v1/actions/{action}/calls"), &call)
        .await?
        .ok())?;
    coordinator
        .post(&format!("/api/v1/calls/{call}/publish"), &json!({}))
        .await?
        .ok();
    Ok(call)
}

async fn apply(house: &TestApp, call: &str, number: u16, postal: &str, area: Option<&str>) -> Result<()> {
    let born = chrono::NaiveDate::from_ymd_opt(1980, 1, 1).unwrap() + chrono::Days::new(number.into());
    let mut body = json!({
        "applicant": {
            "amka": Amka::synthetic(born, 9990).unwrap().expose(), "given_name": "Ελένη", "family_name": "Δοκιμαστικού",
            "birth_date": born, "phone": "+302100099001", "street": "Πατησίων 1", "postal_code": postal,
        },
        "answers": { "resident": true },
    });
    if let Some(area) = area {
        body["applicant"]["area"] = area.into();
    }
    house
        .visitor()
        .post(&format!("/api/v1/calls/{call}/applications"), &body)
        .await?
        .ok();
    Ok(())
}

async fn facts_arrive_and_are_right(backend: Backend) -> Result<()> {
    let nobody: [&str; 0] = [];
    let programs = ProgramsConfig {
        trust: Trust::from_keys(nobody, Policy::AllowUnsigned)?,
        ..ProgramsConfig::default()
    };
    let house = TestApp::begun_with(backend, CERTIFIED, programs).await?;
    let host = house.staff("host").await?;
    let bytes = package()?;
    let installed = host
        .send(Method::POST, "/api/v1/programs", Some("application/wasm"), bytes, &[])
        .await?;
    ensure!(installed.status.is_success(), "{}", installed.text);
    let (coordinator, second) = (house.staff("coordinator").await?, house.staff("coordinator2").await?);
    put_on_the_map(&coordinator).await?;
    let call = published(&house, &coordinator, &second).await?;
    house.played.clock.set("2022-08-02T08:00:00Z".parse::<DateTime<Utc>>()?);
    apply(&house, &call, 1, "10434", Some("athens.6")).await?;
    apply(&house, &call, 2, "11111", Some("athens.1")).await?;
    apply(&house, &call, 3, "10434", None).await?;
    house.played.clock.set("2022-08-11T08:00:00Z".parse::<DateTime<Utc>>()?);
    let coordinator = house.staff("coordinator").await?;
    coordinator
        .post(&format!("/api/v1/calls/{call}/assessments"), &json!({}))
        .await?
        .ok();
    osn_server::jobs::run_once(&house.played.app).await?;
    right(&records(&house, &call).await?)?;
    let again = house.replayed()?;
    assert_eq!(again["total"], again["identical"], "{again}");
    Ok(())
}

/// What stands in the frozen inputs: of somebody here, of somebody elsewhere, of somebody who names no area.
fn right(records: &[Value]) -> Result<()> {
    let [here, elsewhere, nowhere] = records else {
        anyhow::bail!("{} decisions", records.len());
    };
    let fact = |record: &Value, key: &str, kind: &str| record["input"]["facts"][key]["value"][kind].clone();
    for record in [here, elsewhere] {
        assert_eq!(
            fact(record, "sport", "flag"),
            json!(true),
            "a service says that it serves everybody here: {record}"
        );
        assert_eq!(
            fact(record, "museum", "flag"),
            Value::Null,
            "museums name no area: nobody knows"
        );
        assert_eq!(
            fact(record, "parcels", "flag"),
            json!(false),
            "there is no such service"
        );
        assert_eq!(
            fact(record, "misspelt", "flag"),
            Value::Null,
            "the mapping has no such category"
        );
        assert!(
            fact(record, "museums", "int").as_i64().is_some_and(|count| count > 0),
            "one may ask there: {record}"
        );
        assert!(
            record["facts_from"]["revision"]
                .as_i64()
                .is_some_and(|revision| revision > 0)
        );
    }
    // 0.0090 degrees of latitude on a sphere of 6,371,008.8 m.
    assert_eq!(
        fact(here, "metres", "int"),
        json!(1_001),
        "to the nearer kitchen: {here}"
    );
    assert_eq!(
        fact(elsewhere, "metres", "int"),
        Value::Null,
        "no place of this postal code is known"
    );
    assert_eq!(
        fact(nowhere, "sport", "flag"),
        Value::Null,
        "whoever names no area is covered by nobody for certain"
    );
    assert_eq!(fact(nowhere, "metres", "int"), json!(1_001));
    let near = |record: &Value| record["verdict"]["claims"][0]["criteria"][1]["state"].clone();
    assert_eq!((near(here), near(elsewhere)), (json!("not-met"), json!("unknown")));
    Ok(())
}

/// The records of the decisions on a call, in the order of applying.
async fn records(house: &TestApp, call: &str) -> Result<Vec<Value>> {
    let (auditor, evaluator) = (house.staff("auditor").await?, house.staff("evaluator").await?);
    let path = format!("/api/v1/calls/{call}/applications");
    let applications = evaluator.get(&path).await?.ok();
    let mut records = Vec::new();
    for application in applications["items"].as_array().unwrap() {
        let decision = evaluator.get(&format!("/api/v1/calls/{call}/decisions")).await?.ok();
        let decisions = decision["items"].as_array().unwrap().iter();
        let mut of = decisions.filter(|one| one["application_id"] == application["id"]);
        let decision = id(of.next().context("a decision")?)?;
        records.push(auditor.get(&format!("/api/v1/decisions/{decision}/record")).await?.ok());
    }
    Ok(records)
}

osn_tests::stories!(facts_arrive_and_are_right);

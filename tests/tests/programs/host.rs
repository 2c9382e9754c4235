//! One server, two municipalities: a program is installed, verified, enabled, used, watched, rolled back, disabled and retired
//! in each by itself, and replaced while requests run.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use anyhow::{Context as _, Result};
use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use osn_core::id::MunicipalityId;
use osn_core::lang::LocalText;
use osn_programs::package::{Policy, Trust};
use osn_server::acts::Acting;
use osn_server::acts::accounts::{self, NewAccount};
use osn_server::auth::Role;
use osn_server::programs::ProgramsConfig;
use osn_store::NewMunicipality;
use osn_tests::app::{Backend, TestApp};
use osn_tests::applicant::application;
use osn_tests::client::{Client, Reply};
use osn_tests::maker::{Maker, version_of};
use serde_json::{Value, json};

/// Any program of the house would do.
const PROGRAM: &str = "food-parcel";
const PUBLISHED: &str = "food-parcel-2022/call-publish/home-food-2022";
const HARBOUR: &str = "harbour.example";
const PASSWORD: &str = "a long enough password";

/// The demo's city with its call published, and a second municipality on the same server.
struct Two {
    house: TestApp,
    maker: Maker,
    city: Client,
    harbour: Client,
}

impl Two {
    async fn on(backend: Backend) -> Result<Self> {
        let maker = Maker::new(7);
        let trust = Trust::from_keys([maker.public().as_str()], Policy::RequireSignature)?;
        let programs = ProgramsConfig {
            trust,
            ..ProgramsConfig::default()
        };
        let house = TestApp::begun_with(backend, PUBLISHED, programs).await?;
        // Inside the window of the city's call.
        house.played.clock.set("2022-07-20T08:00:00Z".parse()?);
        let app = &house.played.app;
        let second = NewMunicipality {
            id: app.new_id(MunicipalityId::new),
            slug: "harbour".to_owned(),
            name: LocalText::new("Δήμος Λιμένα", "City of the Harbour"),
            time_zone: "Europe/Athens".to_owned(),
            hosts: vec![HARBOUR.to_owned()],
            settings: json!({}),
        };
        let id = second.id;
        app.store().create_municipality(second, app.now()).await?;
        app.refresh_municipalities().await?;
        let acting = Acting::machine(app, &app.municipality(id).await?);
        let account = NewAccount {
            login: "keeper".to_owned(),
            name: "Keeper of the Harbour".to_owned(),
            roles: vec![Role::Host],
            organization: None,
            email: None,
        };
        accounts::add(&acting, account, PASSWORD.to_owned()).await?;
        let city = house.staff("host").await?;
        let harbour = house.visitor_at(HARBOUR).sign_in("keeper", PASSWORD).await?;
        Ok(Self {
            house,
            maker,
            city,
            harbour,
        })
    }

    /// Hands a package over, signed or not.
    async fn install(&self, client: &Client, bytes: &[u8], signature: Option<&str>, shelf: bool) -> Result<Reply> {
        let signature = signature.map(|text| BASE64.encode(text));
        let headers: Vec<(&str, &str)> = signature
            .iter()
            .map(|text| ("package-signature", text.as_str()))
            .collect();
        let path = format!("/api/v1/programs?shelf={shelf}");
        client
            .send(Method::POST, &path, Some("application/wasm"), bytes.to_vec(), &headers)
            .await
    }
}

async fn step(client: &Client, step: &str) -> Result<Reply> {
    let path = format!("/api/v1/programs/{PROGRAM}/{step}");
    client.post(&path, &json!({})).await
}

async fn versions(client: &Client) -> Result<Value> {
    Ok(client.get(&format!("/api/v1/programs/{PROGRAM}/versions")).await?.ok())
}

/// Version numbers, newest first, each with whether new actions take it.
fn in_use(versions: &Value) -> Vec<(String, bool)> {
    let text = |item: &Value| item["version"].as_str().unwrap().to_owned();
    let items = versions["versions"].as_array().unwrap().iter();
    items
        .map(|item| (text(item), item["in_use"].as_bool().unwrap()))
        .collect()
}

fn pairs(expected: &[(&str, bool)]) -> Vec<(String, bool)> {
    expected
        .iter()
        .map(|(version, used)| ((*version).to_owned(), *used))
        .collect()
}

async fn the_life_of_a_program(backend: Backend) -> Result<()> {
    let two = Two::on(backend).await?;
    let first = installed_and_verified(&two).await?;
    enabled_and_used(&two, &first).await?;
    rolled_back_and_disabled(&two, &first).await?;
    retired(&two).await
}

/// The version that the city uses; a second one waits on its shelf.
async fn installed_and_verified(two: &Two) -> Result<String> {
    let first = versions(&two.city).await?["versions"][0]["version"]
        .as_str()
        .unwrap()
        .to_owned();

    // Install and verify: unsigned and wrongly signed packages are refused, the signer's words are kept.
    let second = version_of(PROGRAM, "9.1.0")?;
    let unsigned = two.install(&two.city, &second, None, true).await?;
    assert_eq!(unsigned.code(), "program.not-signed");
    let other = Maker::new(8).sign(&second, "somebody else");
    assert_eq!(
        two.install(&two.city, &second, Some(&other), true).await?.code(),
        "program.signature"
    );
    let signature = two.maker.sign(&second, "program 9.1.0 of the house");
    let view = two.install(&two.city, &second, Some(&signature), true).await?.ok();
    assert_eq!(
        (view["version"].as_str(), view["state"].as_str()),
        (Some("9.1.0"), Some("enabled"))
    );
    let listed = versions(&two.city).await?;
    assert_eq!(
        in_use(&listed),
        pairs(&[("9.1.0", false), (&first, true)]),
        "it waits on the shelf"
    );
    assert_eq!(listed["versions"][0]["signed"], "program 9.1.0 of the house");
    assert_eq!(listed["versions"][0]["origin"], "signed");
    assert_eq!(listed["versions"][1]["origin"], "own-build");

    Ok(first)
}

async fn enabled_and_used(two: &Two, first: &str) -> Result<()> {
    // The other municipality has nothing, is offered it, and enables it by itself.
    assert_eq!(
        two.harbour.get(&format!("/api/v1/programs/{PROGRAM}")).await?.code(),
        "program.unknown"
    );
    let offered = two.harbour.get("/api/v1/offered-programs").await?.ok();
    let items = offered["items"].as_array().context("a list")?;
    let newest: Vec<_> = items.iter().filter(|item| item["name"] == PROGRAM).collect();
    assert_eq!(newest.len(), 1, "the newest version of each program: {offered}");
    assert_eq!(newest[0]["version"], "9.1.0");
    let enabled = step(&two.harbour, &format!("enable?version={first}")).await?.ok();
    assert_eq!(
        (enabled["version"].as_str(), enabled["enabled"].as_bool()),
        (Some(first), Some(true))
    );
    let offered = two.harbour.get("/api/v1/offered-programs").await?.ok();
    let mut items = offered["items"].as_array().context("a list")?.iter();
    assert!(items.all(|item| item["name"] != PROGRAM), "it is here now: {offered}");
    assert_eq!(in_use(&versions(&two.harbour).await?), pairs(&[(first, true)]));

    // Use: the city's new actions take the new version; its open call stays with the version it was published with.
    step(&two.city, "enable?version=9.1.0").await?.ok();
    let watched = versions(&two.city).await?;
    assert_eq!(in_use(&watched), pairs(&[("9.1.0", true), (first, false)]));
    assert_eq!(
        (&watched["versions"][0]["calls"], &watched["versions"][1]["calls"]),
        (&json!(0), &json!(1))
    );
    assert_eq!(watched["versions"][1]["open_calls"], 1);
    assert_eq!(watched["versions"][1]["running_actions"], 1);
    assert!(watched["versions"][1]["used_until"].is_string(), "{watched}");
    assert_eq!(
        in_use(&versions(&two.harbour).await?),
        pairs(&[(first, true)]),
        "one municipality is not the other"
    );
    let page = two
        .city
        .reading("en")
        .get(&format!("/en/staff/programs/{PROGRAM}"))
        .await?;
    assert!(
        page.status.is_success() && page.text.contains("program 9.1.0 of the house"),
        "{}",
        page.text
    );

    Ok(())
}

async fn rolled_back_and_disabled(two: &Two, first: &str) -> Result<()> {
    // Roll back, and there is nothing before the first version.
    let back = step(&two.city, "roll-back").await?.ok();
    assert_eq!(back["version"].as_str(), Some(first));
    let nothing = step(&two.city, "roll-back").await?;
    assert_eq!(
        (nothing.status.as_u16(), nothing.code().as_str()),
        (409, "state.not-possible")
    );

    // Disable: new actions are refused, the call that runs takes applications as before.
    assert_eq!(step(&two.city, "disable").await?.ok()["state"], "disabled");
    let coordinator = two.house.staff("coordinator").await?;
    let refused = coordinator.post("/api/v1/actions", &action(&two.house)?).await?;
    assert_eq!(refused.errors()[0].1, "unknown-program", "{}", refused.text);
    let call = two.house.id("call/home-food-2022")?;
    assert_eq!(
        two.house.visitor().get(&format!("/api/v1/calls/{call}")).await?.ok()["window"],
        "open"
    );
    let applied = format!("/api/v1/calls/{call}/applications");
    let applied = two.house.visitor().post(&applied, &application(1)).await?;
    assert_eq!(applied.status, 201, "{}", applied.text);

    Ok(())
}

async fn retired(two: &Two) -> Result<()> {
    // Retire: refused while an action runs; where nothing runs it is final, and the description stays readable.
    let running = step(&two.city, "retire").await?;
    assert_eq!(
        (running.status.as_u16(), running.code().as_str()),
        (409, "program.in-use"),
        "{}",
        running.text
    );
    step(&two.harbour, "disable").await?.ok();
    assert_eq!(step(&two.harbour, "retire").await?.ok()["state"], "retired");
    assert_eq!(step(&two.harbour, "enable").await?.code(), "state.not-possible");
    let kept = two.harbour.get(&format!("/api/v1/programs/{PROGRAM}")).await?.ok();
    assert_eq!(
        (kept["state"].as_str(), kept["enabled"].as_bool()),
        (Some("retired"), Some(false))
    );

    let coordinator = two.house.staff("coordinator").await?;
    // Rights: the coordinator sees versions and changes nothing.
    assert!(versions(&coordinator).await?["versions"].is_array());
    for act in ["enable", "roll-back", "disable", "retire"] {
        assert_eq!(step(&coordinator, act).await?.status, 403, "{act}");
    }
    Ok(())
}

/// What a coordinator would send for another action like the demo's.
fn action(house: &TestApp) -> Result<Value> {
    Ok(json!({
        "name": { "el": "Δεύτερη δράση", "en": "A second action" },
        "description": { "el": "Όπως η πρώτη.", "en": "As the first." },
        "program": PROGRAM, "certificate_id": house.id("certificate/home-food-disability")?, "model_entry": "support.food-disability",
        "period": { "from": "2022-09-01", "to": "2022-12-31" }, "instalments": 1,
        "budget": { "amount": "1000.00", "currency": "EUR" },
        "places": { "places": 1, "reason": { "el": "Μία θέση.", "en": "One place." } },
    }))
}

/// The publisher's page: a package is handed over, and each button does what it says.
#[tokio::test(flavor = "multi_thread")]
async fn the_publishers_page_leads_a_program() -> Result<()> {
    let two = Two::on(Backend::Sqlite).await?;
    let page = format!("/staff/programs/{PROGRAM}");
    let package = version_of(PROGRAM, "9.1.0")?;
    let signature = two.maker.sign(&package, "by hand");
    let component = ("component", "food-parcel.wasm", package.as_slice());
    let unsigned = two.city.upload("/staff/programs", &[], component).await?;
    assert_ne!(unsigned.status, 303, "nobody signed it: {}", unsigned.text);
    assert_eq!(
        in_use(&versions(&two.city).await?).len(),
        1,
        "what is refused leaves nothing"
    );
    let signed = [("signature", signature.as_str())];
    let taken = two.city.upload("/staff/programs", &signed, component).await?;
    assert_eq!(taken.status, 303, "{}", taken.text);
    let (first, digest) = {
        let listed = versions(&two.city).await?;
        let text = |at: &str| listed.pointer(at).and_then(Value::as_str).unwrap().to_owned();
        (text("/versions/1/version"), text("/versions/0/package_digest"))
    };
    for (button, typed, version, wanted) in [
        ("roll-back", &[][..], first.as_str(), "enabled"),
        ("enable", &[("version", digest.as_str())], "9.1.0", "enabled"),
        ("disable", &[], "9.1.0", "disabled"),
    ] {
        let shown = two.city.get(&page).await?.text;
        assert!(
            shown.contains(&format!("{page}/{button}\"")),
            "{button} is offered: {shown}"
        );
        let pressed = two.city.fill(&format!("{page}/{button}"), typed).await?;
        assert_eq!(pressed.status, 303, "{button}: {}", pressed.text);
        let view = two.city.get(&format!("/api/v1/programs/{PROGRAM}")).await?.ok();
        assert_eq!(
            (&view["version"], &view["state"]),
            (&json!(version), &json!(wanted)),
            "{button}"
        );
    }
    // It is offered to give it up, and an action that runs forbids it.
    assert!(two.city.get(&page).await?.text.contains(&format!("{page}/retire\"")));
    let refused = two.city.fill(&format!("{page}/retire"), &[]).await?;
    assert_eq!(refused.status, 409, "{}", refused.text);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_life_of_a_program_on_sqlite() -> Result<()> {
    the_life_of_a_program(Backend::Sqlite).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_life_of_a_program_on_postgres() -> Result<()> {
    the_life_of_a_program(Backend::Postgres).await
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one story, step by step")]
async fn a_program_is_replaced_while_requests_run_and_none_fails() -> Result<()> {
    let two = Two::on(Backend::Sqlite).await?;
    let call = two.house.id("call/home-food-2022")?;
    let (stop, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let (reader, stop, asked) = (two.house.visitor(), Arc::clone(&stop), Arc::clone(&asked));
            let paths = [
                format!("/api/v1/calls/{call}"),
                format!("/api/v1/calls/{call}/form.schema.json"),
                format!("/calls/{call}"),
            ];
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    for path in &paths {
                        let reply = reader.get(path).await?;
                        anyhow::ensure!(reply.status.is_success(), "{path}: {} {}", reply.status, reply.text);
                        asked.fetch_add(1, Ordering::Relaxed);
                    }
                }
                Ok(())
            })
        })
        .collect();
    // People apply all the while, and none of them meets a gap between two versions.
    let applicant = {
        let (visitor, stop) = (two.house.visitor(), Arc::clone(&stop));
        let path = format!("/api/v1/calls/{call}/applications");
        tokio::spawn(async move {
            let mut number = 0_u16;
            while !stop.load(Ordering::Relaxed) {
                number += 1;
                let reply = visitor.post(&path, &application(number)).await?;
                anyhow::ensure!(
                    reply.status == 201,
                    "application {number}: {} {}",
                    reply.status,
                    reply.text
                );
            }
            Ok(number)
        })
    };
    for number in 1..=4 {
        two.house
            .played
            .clock
            .set(format!("2022-07-20T09:0{number}:00Z").parse()?);
        let package = version_of(PROGRAM, &format!("9.{number}.0"))?;
        let signature = two.maker.sign(&package, "hot");
        let view = two.install(&two.city, &package, Some(&signature), false).await?.ok();
        assert_eq!(view["version"], format!("9.{number}.0"));
        step(&two.city, "roll-back").await?.ok();
        step(&two.city, "enable").await?.ok();
    }
    stop.store(true, Ordering::Relaxed);
    for reader in readers {
        reader.await??;
    }
    let applied: u16 = applicant.await??;
    let coordinator = two.house.staff("coordinator").await?;
    let received = coordinator
        .get(&format!("/api/v1/calls/{call}/applications"))
        .await?
        .ok();
    assert!(applied > 4, "{applied} applications");
    assert_eq!(
        received["total"],
        json!(applied),
        "every one that was answered is there"
    );
    assert!(
        asked.load(Ordering::Relaxed) > 40,
        "{} requests",
        asked.load(Ordering::Relaxed)
    );
    let listed = versions(&two.city).await?;
    assert_eq!(in_use(&listed)[0], ("9.4.0".to_owned(), true));
    assert_eq!(listed["versions"].as_array().unwrap().last().unwrap()["open_calls"], 1);
    Ok(())
}

//! Upkeep: a reminder's link, scanners that follow it, one confirmation, expiry; suggestions; whose hand may write; 412; undo.
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use axum::http::{Method, StatusCode};
use chrono::TimeDelta;
use osn_tests::app::{Backend, TestApp};
use osn_tests::client::Client;
use serde_json::{Value, json};

const UNTIL: &str = "city/request-submit/digital-skills";
const FORM: &str = "application/x-www-form-urlencoded";

/// A service of the partner's own body whose mailbox is known, and was never reminded.
pub(super) async fn house(backend: Backend) -> Result<(TestApp, Client, Client, String)> {
    let house = TestApp::begun(backend, UNTIL).await?;
    let (coordinator, partner) = (house.staff("coordinator").await?, house.staff("partner").await?);
    let me = partner.get("/api/v1/me").await?.ok();
    let body = me["organization_id"]
        .as_str()
        .context("the partner has a body")?
        .to_owned();
    let address = format!("/api/v1/records/organization/{body}");
    let mut record = coordinator.get(&address).await?.ok();
    strip(&mut record);
    record["email"] = json!("owner@body.example");
    coordinator.put(&address, &record).await?.ok();
    let found = coordinator.get("/api/v1/services").await?.ok();
    let offered = found["items"].as_array().context("a list")?.iter().find(|service| {
        let place = &service["places"][0];
        place["id"].is_string() && place["protected"] != json!(true)
    });
    let service = offered.context("something is offered somewhere")?["id"]
        .as_str()
        .context("it has an identifier")?
        .to_owned();
    let address = format!("/api/v1/records/service/{service}");
    let mut record = coordinator.get(&address).await?.ok();
    strip(&mut record);
    record["organization_id"] = json!(body);
    coordinator.put(&address, &record).await?.ok();
    Ok((house, coordinator, partner, service))
}

/// The record without what the answer adds to it.
pub(super) fn strip(record: &mut Value) {
    if let Some(map) = record.as_object_mut() {
        map.remove("version");
    }
}

/// The paths of the links in the messages that went out to bodies, in no order.
fn links(folder: &Path, found: &mut Vec<String>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            links(&path, found)?;
        } else if path.extension().is_some_and(|ending| ending == "eml") {
            let text = std::fs::read_to_string(&path)?;
            let lines = text.lines().filter_map(|line| line.trim().split_once("/confirm/"));
            let ours = lines.filter(|(before, _)| !before.ends_with("/en"));
            found.extend(ours.map(|(_, secret)| format!("/confirm/{secret}")));
        }
    }
    Ok(())
}

/// The link of a reminder about the service: of its body and of its places others went out before.
async fn reminded(house: &TestApp, coordinator: &Client, service: &str) -> Result<String> {
    let outbox = house.ground.dir.path().join("outbox");
    let mut before = Vec::new();
    if outbox.exists() {
        links(&outbox, &mut before)?;
    }
    let reply = coordinator
        .post(&format!("/api/v1/records/service/{service}/reminders"), &json!({}))
        .await?;
    ensure!(
        reply.status == StatusCode::NO_CONTENT,
        "{} {}",
        reply.status,
        reply.text
    );
    osn_server::jobs::work_until_idle(&house.played.app)
        .await
        .map_err(|refusal| anyhow::anyhow!("{refusal}"))?;
    let mut found = Vec::new();
    links(&outbox, &mut found)?;
    found.retain(|link| !before.contains(link));
    found.pop().context("a link went out")
}

async fn revisions(client: &Client, service: &str) -> Result<usize> {
    let history = client
        .get(&format!("/api/v1/records/service/{service}/history"))
        .await?
        .ok();
    Ok(history["items"].as_array().map_or(0, Vec::len))
}

async fn a_link_confirms_once(backend: Backend) -> Result<()> {
    let (house, coordinator, _, service) = house(backend).await?;
    let link = reminded(&house, &coordinator, &service).await?;
    let visitor = house.visitor();
    let before = revisions(&visitor, &service).await?;
    // A scanner follows the link as often as it likes.
    for _ in 0..3 {
        let page = visitor.get(&link).await?;
        ensure!(page.status == StatusCode::OK, "{} {}", page.status, page.text);
        ensure!(page.text.contains("Όλα ισχύουν"), "the button is there");
    }
    assert_eq!(revisions(&visitor, &service).await?, before, "reading changes nothing");
    let other = if link.ends_with('A') { "B" } else { "A" };
    let guessed = format!("{}{other}", &link[..link.len() - 1]);
    assert_eq!(
        visitor.get(&guessed).await?.status,
        StatusCode::NOT_FOUND,
        "nobody makes a link"
    );
    let press = || visitor.send(Method::POST, &link, Some(FORM), b"op=confirm".to_vec(), &[]);
    assert_eq!(press().await?.status, StatusCode::OK);
    let confirmed = visitor
        .get(&format!("/api/v1/records/service/{service}/confirmations"))
        .await?
        .ok();
    assert_eq!(
        (confirmed["total"].as_u64(), &confirmed["items"][0]["through"]),
        (Some(1), &json!("owner-link"))
    );
    let again = press().await?;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.text.contains("χρησιμοποιήθηκε ήδη"), "it is said kindly");
    assert_eq!(visitor.get(&link).await?.status, StatusCode::GONE);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reminder_confirms_once_on_both_databases() -> Result<()> {
    for backend in Backend::ALL {
        a_link_confirms_once(backend).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_link_says_so_and_a_new_one_goes_to_the_owner_only() -> Result<()> {
    let (house, coordinator, _, service) = house(Backend::Sqlite).await?;
    let link = reminded(&house, &coordinator, &service).await?;
    house.played.clock.set(house.played.app.now() + TimeDelta::days(31));
    let visitor = house.visitor();
    let page = visitor.get(&link).await?;
    assert_eq!(page.status, StatusCode::GONE);
    let pressed = visitor
        .send(Method::POST, &link, Some(FORM), b"op=confirm".to_vec(), &[])
        .await?;
    assert_eq!(pressed.status, StatusCode::CONFLICT, "an old link confirms nothing");
    let asked = visitor
        .send(Method::POST, &format!("{link}/again"), Some(FORM), Vec::new(), &[])
        .await?;
    assert_eq!(asked.status, StatusCode::OK);
    let (shown, old) = (
        asked.text.matches("/confirm/").count(),
        asked.text.matches(&link).count(),
    );
    assert_eq!(shown, old, "the new link is shown to nobody");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suggestion_goes_to_the_owner_and_a_moderator() -> Result<()> {
    let (house, coordinator, partner, service) = house(Backend::Sqlite).await?;
    let other = house.staff("partner2").await?;
    let new = json!({ "about": "closed", "words": "Βρήκα κλειστά δύο φορές", "contact": "6900000002" });
    let made = house
        .visitor()
        .post(&format!("/api/v1/records/service/{service}/suggestions"), &new)
        .await?;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let seen = partner.get("/api/v1/suggestions?state=open").await?.ok();
    assert_eq!(
        (seen["total"].as_u64(), &seen["items"][0]["contact"]),
        (Some(1), &json!("6900000002"))
    );
    let elsewhere = other.get("/api/v1/suggestions").await?.ok();
    assert_eq!(elsewhere["total"].as_u64(), Some(0), "another body's queue is empty");
    let address = format!("/api/v1/suggestions/{}", seen["items"][0]["id"].as_str().unwrap());
    assert_eq!(other.get(&address).await?.status, StatusCode::NOT_FOUND);
    let silent = coordinator
        .post(&format!("{address}/refuse"), &json!({ "reason": " " }))
        .await?;
    assert_eq!(
        silent.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "a refusal has a reason"
    );
    let refused = coordinator
        .post(
            &format!("{address}/refuse"),
            &json!({ "reason": "Λειτουργεί, ρωτήσαμε" }),
        )
        .await?
        .ok();
    assert_eq!(
        (refused["state"].as_str(), refused["contact"].as_str()),
        (Some("refused"), None)
    );
    let twice = coordinator.post(&format!("{address}/accept"), &json!({})).await?;
    assert_eq!(twice.status, StatusCode::CONFLICT);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_written_by_its_own_body_and_by_whoever_read_it_last() -> Result<()> {
    let (house, coordinator, partner, service) = house(Backend::Sqlite).await?;
    let other = house.staff("partner2").await?;
    let address = format!("/api/v1/records/service/{service}");
    let mut record = partner.get(&address).await?.ok();
    let version = record["version"].as_i64().unwrap();
    strip(&mut record);
    let first = record.clone();
    record["description"]["el"] = json!("Νέα περιγραφή");
    let body = serde_json::to_vec(&record)?;
    let tag = format!("\"{version}\"");
    let put = |client: Client| {
        let (address, body, tag) = (address.clone(), body.clone(), tag.clone());
        async move {
            client
                .send(
                    Method::PUT,
                    &address,
                    Some("application/json"),
                    body,
                    &[("if-match", &tag)],
                )
                .await
        }
    };
    assert_eq!(put(other).await?.status, StatusCode::FORBIDDEN, "another body's record");
    assert_eq!(put(partner.clone()).await?.status, StatusCode::OK);
    let late = put(coordinator.clone()).await?;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED, "{}", late.text);
    let undone = coordinator
        .post(&format!("{address}/undo"), &json!({ "revision": version }))
        .await?;
    let mut undone = undone.ok();
    assert!(undone["version"].as_i64() > Some(version), "an undo is a new version");
    strip(&mut undone);
    assert_eq!(undone, first);
    let history = house.visitor().get(&format!("{address}/history")).await?.ok();
    let newest = &history["items"][0];
    assert_eq!(newest["roles"], json!(["coordinator"]), "everybody sees the role");
    assert!(newest.get("by").is_none(), "and not the person");
    assert_eq!(newest["changes"][0]["path"], json!("/description/el"));
    Ok(())
}

const STREET: &str = "Ακτή Δοκιμής 77";

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_is_protected_by_now_tells_nothing_of_its_past() -> Result<()> {
    let (house, coordinator, _, service) = house(Backend::Sqlite).await?;
    let visitor = house.visitor();
    let read = visitor.get(&format!("/api/v1/records/service/{service}")).await?.ok();
    let place = read["service_at_locations"][0]["location_id"]
        .as_str()
        .context("it is offered somewhere")?
        .to_owned();
    let address = format!("/api/v1/records/location/{place}");
    let mut record = coordinator.get(&address).await?.ok();
    strip(&mut record);
    record["addresses"] = json!([{ "id": "0b8f6f0e-6c1c-4d7c-9b5b-1f4f0a9f7a77", "address_1": STREET }]);
    record["address_note"] = json!({ "el": format!("πίσω από: {STREET}") });
    let open = coordinator.put(&address, &record).await?.ok();
    let later = || house.played.clock.set(house.played.app.now() + TimeDelta::minutes(1));
    later();
    let at = house.played.app.now().to_rfc3339().replace('+', "%2B");
    later();
    let surfaces = [
        format!("{address}/history"),
        format!("/api/v1/services/{service}?as_of={at}"),
        format!("/services/{service}?as_of={at}"),
        format!("/staff/records/location/{place}"),
    ];
    for surface in &surfaces {
        let said = coordinator.get(surface).await?;
        ensure!(said.text.contains(STREET), "{surface} tells it before: {}", said.text);
    }
    let fields = record.as_object_mut().context("a record")?;
    fields.retain(|field, _| {
        let told = [
            "area",
            "addresses",
            "latitude",
            "longitude",
            "transportation",
            "address_note",
        ];
        !told.contains(&field.as_str())
    });
    record["protected"] = json!(true);
    coordinator.put(&address, &record).await?.ok();
    let undo = json!({ "revision": open["version"] });
    for _ in 0..2 {
        for surface in surfaces
            .iter()
            .chain([&address, &format!("/services/{service}/history")])
        {
            for client in [&coordinator, &visitor] {
                let said = client.get(surface).await?;
                ensure!(
                    !said.text.contains("Δοκιμής"),
                    "{surface} tells where it is: {}",
                    said.text
                );
            }
        }
        // Then the version that told it is brought back, without where it was.
        let undone = coordinator.post(&format!("{address}/undo"), &undo).await?.ok();
        assert_eq!(undone["protected"], json!(true), "{undone}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one story, told step by step")]
async fn a_short_form_corrects_without_signing_in() -> Result<()> {
    let (house, coordinator, _, service) = house(Backend::Sqlite).await?;
    let link = reminded(&house, &coordinator, &service).await?;
    let visitor = house.visitor();
    let page = visitor.get(&format!("/en{link}")).await?;
    ensure!(
        page.status == StatusCode::OK && page.text.contains("name=\"/phone\""),
        "{}",
        page.text
    );
    let wrong = visitor
        .fill(&link, &[("op", "correct"), ("/phone", "τηλέφωνο")])
        .await?;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.text);
    ensure!(wrong.text.contains("τηλέφωνο"), "what was typed stays");
    // Letters that turn the words around them are refused where they were typed.
    let turned = [("op", "correct"), ("/phone", "2105550999"), ("/hours", "\u{202e}09-13")];
    let turned = visitor.fill(&link, &turned).await?;
    ensure!(
        turned.status == StatusCode::UNPROCESSABLE_ENTITY && turned.text.contains("id=\"hours-error\""),
        "{} {}",
        turned.status,
        turned.text
    );
    let typed = [
        ("op", "correct"),
        ("/status", "temporarily closed"),
        ("/phone", "2105550999"),
        ("/places", "4"),
        ("/words", "Ανοίγουμε ξανά τον Οκτώβριο"),
        ("/figures/served", "40"),
        ("/figures/turned_away", "11"),
        ("/figures/period/from-day", "1"),
        ("/figures/period/from-month", "5"),
        ("/figures/period/from-year", "2022"),
        ("/figures/period/to-day", "31"),
        ("/figures/period/to-month", "5"),
        ("/figures/period/to-year", "2022"),
    ];
    let assured = coordinator
        .get(&format!("/api/v1/records/service/{service}"))
        .await?
        .ok()["assured_date"]
        .clone();
    let done = visitor.fill(&link, &typed).await?;
    ensure!(
        done.status == StatusCode::OK && done.text.contains("δεν επιβεβαιώθηκαν ακόμη"),
        "{} {}",
        done.status,
        done.text
    );
    let now = coordinator
        .get(&format!("/api/v1/records/service/{service}"))
        .await?
        .ok();
    assert_eq!(now["status"], "temporarily closed");
    assert_eq!(now["phones"][0]["number"], "2105550999");
    let places = now["capacities"].as_array().context("it has places")?;
    ensure!(places.iter().any(|one| one["available"] == 4), "{now}");
    // What a person has to read is in the queue with the figures, and nobody knows yet what it says: nothing is confirmed.
    let left = coordinator.get("/api/v1/suggestions?state=open").await?.ok();
    for words in ["Οκτώβριο", "1/5/2022 – 31/5/2022", "Εξυπηρετήθηκαν: 40"] {
        ensure!(left.to_string().contains(words), "{words}: {left}");
    }
    assert_eq!(now["assured_date"], assured, "{now}");
    let confirmations = format!("/api/v1/records/service/{service}/confirmations");
    let confirmed = coordinator.get(&confirmations).await?.ok();
    assert_eq!(confirmed["total"], 0, "{confirmed}");
    let again = visitor.fill(&link, &typed).await?;
    assert_eq!(again.status, StatusCode::CONFLICT, "the link is used");
    // What could be put into the record leaves nothing to read: it is confirmed, with its figures.
    let link = reminded(&house, &coordinator, &service).await?;
    let typed: Vec<(&str, &str)> = typed.into_iter().filter(|(name, _)| *name != "/words").collect();
    let done = visitor.fill(&link, &typed).await?;
    ensure!(
        done.status == StatusCode::OK && done.text.contains("επιβεβαιώθηκαν σήμερα"),
        "{} {}",
        done.status,
        done.text
    );
    let confirmed = coordinator.get(&confirmations).await?.ok();
    assert_eq!(confirmed["total"], 1, "{confirmed}");
    assert_eq!(confirmed["items"][0]["figures"]["served"], "40", "{confirmed}");
    hours_that_words_would_contradict(&house, &coordinator, &service).await
}

/// Words do not take the place of days and times: a person reads them, and until then the record is not confirmed.
async fn hours_that_words_would_contradict(house: &TestApp, coordinator: &Client, service: &str) -> Result<()> {
    let address = format!("/api/v1/records/service/{service}");
    let mut record = coordinator.get(&address).await?.ok();
    strip(&mut record);
    record["schedules"] = json!([{ "id": "0b8f6f0e-6c1c-4d7c-9b5b-1f4f0a9f7a78", "freq": "WEEKLY", "byday": "MO,TH",
                                   "opens_at": "09:00", "closes_at": "13:00" }]);
    coordinator.put(&address, &record).await?.ok();
    house.played.clock.set(house.played.app.now() + TimeDelta::days(1));
    let coordinator = house.staff("coordinator").await?;
    let link = reminded(house, &coordinator, service).await?;
    let typed = [("op", "correct"), ("/hours", "Μόνο Τρίτη πρωί")];
    let done = house.visitor().fill(&link, &typed).await?;
    ensure!(done.text.contains("δεν επιβεβαιώθηκαν ακόμη"), "{}", done.text);
    let now = coordinator.get(&address).await?.ok();
    assert_eq!(
        (&now["assured_date"], &now["schedules"][0]["byday"]),
        (&record["assured_date"], &json!("MO,TH")),
        "{now}"
    );
    // Whoever reads it is told that accepting alone confirms nothing.
    let left = coordinator.get("/api/v1/suggestions?state=open").await?.ok();
    let left = left["items"].as_array().context("suggestions")?;
    let hours = left.iter().find(|one| one["about"] == "hours").context("it is left")?;
    let page = format!("/staff/suggestions/{}", hours["id"].as_str().context("an identifier")?);
    let page = coordinator.get(&page).await?.text;
    ensure!(page.contains("Η αποδοχή δεν επιβεβαιώνει"), "{page}");
    Ok(())
}

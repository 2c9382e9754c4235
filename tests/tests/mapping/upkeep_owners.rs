//! Whose a record is: a link asks the body that the record has now, a body hears twice in a day of what is new, and a record
//! of nobody says so before anybody presses a button.
use anyhow::{Context as _, Result, ensure};
use axum::http::StatusCode;
use chrono::TimeDelta;
use osn_tests::app::{Backend, TestApp};
use osn_tests::client::Client;
use osn_tests::network::mails;
use serde_json::{Value, json};

const UNTIL: &str = "city/request-submit/digital-skills";
const ONE: &str = "8b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7d01";
const TWO: &str = "8b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7d02";
const THREE: &str = "8b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7d03";
const SERVICE: &str = "8b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7d04";
const NOBODYS: &str = "8b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7d05";
const LINE: &str = "- Υπηρεσία: Απογευματινό μάθημα";

/// The mailbox of a body.
fn mailbox(body: &str) -> String {
    format!("body{}@owners.example", &body[body.len() - 1..])
}

/// A body with a mailbox. The names have nothing in common.
fn body(id: &str, name: &str) -> Value {
    json!({ "record": "organization", "id": id, "name": { "el": name }, "description": { "el": "Μαθήματα" },
            "email": mailbox(id) })
}

/// A service that nobody confirmed yet.
async fn service(client: &Client, of: &str) -> Result<Value> {
    let terms = client.get("/api/v1/taxonomies/category").await?.ok();
    let terms = terms["items"].as_array().context("a list")?;
    let leaf = |term: &&Value| !terms.iter().any(|other| other["parent"] == term["code"]);
    let category = &terms.iter().find(leaf).context("a term without terms below it")?["code"];
    Ok(
        json!({ "record": "service", "id": SERVICE, "organization_id": of, "name": { "el": "Απογευματινό μάθημα" },
                "description": { "el": "Κάθε απόγευμα" }, "status": "active", "categories": [category] }),
    )
}

fn later(house: &TestApp, minutes: i64) {
    let clock = &house.played.clock;
    clock.set(house.played.app.now() + TimeDelta::minutes(minutes));
}

/// Asks for the reminders that are due, a little later than whatever was asked before.
async fn ask(house: &TestApp) -> Result<()> {
    later(house, 1);
    let client = house.staff("coordinator").await?;
    let reply = client.post("/api/v1/upkeep/reminders", &json!({})).await?;
    ensure!(reply.status == StatusCode::ACCEPTED, "{} {}", reply.status, reply.text);
    osn_server::jobs::work_until_idle(&house.played.app)
        .await
        .map(|_| ())
        .map_err(|refusal| anyhow::anyhow!("{refusal}"))
}

/// Everything that ever went to a body.
fn told(house: &TestApp, body: &str) -> Result<Vec<String>> {
    let all = mails(&house.ground.dir.path().join("outbox"))?;
    let mailbox = mailbox(body);
    Ok(all.into_iter().filter(|mail| mail.contains(&mailbox)).collect())
}

/// The path of the service's link in the one message to a body that has it.
fn link(house: &TestApp, body: &str) -> Result<String> {
    let told = told(house, body)?;
    let with: Vec<_> = told.iter().filter(|mail| mail.contains(LINE)).collect();
    ensure!(with.len() == 1, "one message has it: {told:?}");
    let mut lines = with[0].lines().skip_while(|said| said.trim() != LINE);
    let below = lines.nth(1).context("a line stands below")?;
    let (_, secret) = below.trim().split_once("/confirm/").context("a link stands below")?;
    Ok(format!("/confirm/{secret}"))
}

/// A link to a body whose record has another owner says so, on reading and on answering, and nothing is confirmed.
async fn does_nothing(house: &TestApp, link: &str) -> Result<()> {
    let visitor = house.visitor();
    let suggest = format!("/services/{SERVICE}/suggest");
    for (prefix, says) in [
        ("", "η εγγραφή ανήκει τώρα σε άλλον φορέα"),
        ("/en", "the record belongs to another body now"),
    ] {
        let address = format!("{prefix}{link}");
        let read = visitor.get(&address).await?;
        let pressed = visitor.fill(&address, &[("op", "confirm")]).await?;
        assert_eq!(
            (read.status, pressed.status),
            (StatusCode::GONE, StatusCode::CONFLICT),
            "{} {}",
            read.text,
            pressed.text
        );
        for page in [read.text, pressed.text] {
            ensure!(page.contains(says) && page.contains(&suggest), "{page}");
            let offers = page.contains("value=\"confirm\"") || page.contains(&format!("{link}/again"));
            ensure!(!offers, "no button that does nothing: {page}");
        }
    }
    let confirmed = visitor
        .get(&format!("/api/v1/records/service/{SERVICE}/confirmations"))
        .await?
        .ok();
    assert_eq!(confirmed["total"], 0, "{confirmed}");
    Ok(())
}

async fn a_link_asks_whose_the_record_is(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, UNTIL).await?;
    let client = house.staff("coordinator").await?;
    for (id, name) in [
        (ONE, "Σχολή Δοκιμής"),
        (TWO, "Εργαστήρι Ραπτικής"),
        (THREE, "Λέσχη Κηπουρών"),
    ] {
        client.keep("organization", &body(id, name)).await?;
    }
    let mut offered = service(&client, ONE).await?;
    client.keep("service", &offered).await?;
    ask(&house).await?;
    let first = link(&house, ONE)?;
    assert_eq!(house.visitor().get(&first).await?.status, StatusCode::OK);
    assert_eq!(told(&house, TWO)?.len(), 1, "of its own record");
    // The record goes to another body.
    offered["organization_id"] = json!(TWO);
    client.keep("service", &offered).await?;
    does_nothing(&house, &first).await?;
    ask(&house).await?;
    let second = link(&house, TWO)?;
    assert_eq!(
        house.visitor().get(&second).await?.status,
        StatusCode::OK,
        "it is asked at once"
    );
    assert_eq!(told(&house, ONE)?.len(), 1, "the other one no more");
    // A body that is found to be another one gives its records away, too.
    let merge = format!("/api/v1/records/organization/{TWO}/merge");
    client.post(&merge, &json!({ "into": THREE })).await?.ok();
    does_nothing(&house, &second).await?;
    ask(&house).await?;
    let third = link(&house, THREE)?;
    let done = house.visitor().fill(&third, &[("op", "confirm")]).await?;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    Ok(())
}

async fn a_body_hears_twice_in_a_day(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, UNTIL).await?;
    let client = house.staff("coordinator").await?;
    client.keep("organization", &body(ONE, "Σχολή Δοκιμής")).await?;
    ask(&house).await?;
    assert_eq!(told(&house, ONE)?.len(), 1);
    let offered = service(&client, ONE).await?;
    client.keep("service", &offered).await?;
    for _ in 0..2 {
        ask(&house).await?;
        let told = told(&house, ONE)?;
        assert_eq!(told.len(), 2, "once of each: {told:?}");
        let second = told.iter().find(|mail| mail.contains(LINE)).context("the service")?;
        assert_eq!(
            second.matches("/confirm/").count(),
            2,
            "alone, in two languages: {second}"
        );
    }
    let link = link(&house, ONE)?;
    assert_eq!(house.visitor().get(&link).await?.status, StatusCode::OK);
    Ok(())
}

async fn a_record_of_nobody_offers_no_button(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, UNTIL).await?;
    let (client, partner) = (house.staff("coordinator").await?, house.staff("partner").await?);
    let mut place = json!({ "record": "location", "id": NOBODYS, "location_type": "physical",
                            "name": { "el": "Χώρος χωρίς φορέα" }, "area": "athens.6" });
    client.keep("location", &place).await?;
    let address = format!("/api/v1/records/location/{NOBODYS}");
    let said = json!({ "about": "closed", "words": "Είναι κλειστά" });
    for (path, given) in [
        ("confirmations", json!({})),
        ("reminders", json!({})),
        ("suggestions", said),
    ] {
        let refused = client.post(&format!("{address}/{path}"), &given).await?;
        assert_eq!(
            (refused.status, refused.code().as_str()),
            (StatusCode::CONFLICT, "record.nobodys"),
            "{path}: {}",
            refused.text
        );
    }
    let page = format!("/staff/records/location/{NOBODYS}");
    let has = |text: &str, act: &str| text.contains(&format!("{page}/{act}\""));
    for (prefix, says) in [("", "Γράψτε πρώτα στη φόρμα της"), ("/en", "Say first, in its form")]
    {
        let text = client.get(&format!("{prefix}{page}")).await?.text;
        ensure!(text.contains(says) && has(&text, "edit"), "{text}");
        ensure!(!has(&text, "confirm") && !has(&text, "remind"), "{text}");
    }
    let read = partner.get(&page).await?;
    assert_eq!(read.status, StatusCode::OK, "{}", read.text);
    for act in ["edit", "details", "confirm", "remind", "withdraw", "undo"] {
        ensure!(!has(&read.text, act), "{act} is not a partner's: {}", read.text);
    }
    assert_eq!(
        partner.get(&format!("{page}/edit")).await?.status,
        StatusCode::FORBIDDEN
    );
    // Once somebody says whose it is, it is asked about and confirmed like any.
    client.keep("organization", &body(ONE, "Σχολή Δοκιμής")).await?;
    place["organization_id"] = json!(ONE);
    client.keep("location", &place).await?;
    let text = client.get(&page).await?.text;
    ensure!(has(&text, "confirm") && has(&text, "remind"), "{text}");
    client.post(&format!("{address}/confirmations"), &json!({})).await?.ok();
    Ok(())
}

osn_tests::stories!(
    a_link_asks_whose_the_record_is,
    a_body_hears_twice_in_a_day,
    a_record_of_nobody_offers_no_button,
);

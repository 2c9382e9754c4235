//! What an owner sees behind a link is what it confirms; words hide no hours; and an owner hears of what people suggest.
use anyhow::{Context as _, Result, ensure};
use axum::http::StatusCode;
use chrono::TimeDelta;
use osn_core::directory::DirectoryRecord;
use osn_core::lang::LocalText;
use osn_store::Actor;
use osn_tests::app::{Backend, HOST, TestApp};
use osn_tests::client::Client;
use osn_tests::network::mails;
use serde_json::{Value, json};

const UNTIL: &str = "city/request-submit/digital-skills";
const BODY: &str = "9b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7d01";
const OTHER: &str = "9b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7d02";
const PLACE: &str = "9b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7d03";
const SERVICE: &str = "9b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7d04";
const MAILBOX: &str = "owner@link.example";
const WORDS: &str = "Η κυρία Δοκιμή λέει ότι είναι κλειστά";

fn body(id: &str, name: &str) -> Value {
    json!({ "record": "organization", "id": id, "name": { "el": name }, "description": { "el": "Μαθήματα" } })
}

/// A body with a mailbox, a place with hours of its own, and a service there that says none.
async fn recorded(client: &Client) -> Result<Value> {
    let mut owner = body(BODY, "Σχολή Συνδέσμου");
    owner["email"] = json!(MAILBOX);
    client.keep("organization", &owner).await?;
    let place = json!({
        "record": "location", "id": PLACE, "location_type": "physical", "organization_id": BODY,
        "name": { "el": "Αίθουσα Συνδέσμου" },
        "schedules": [{ "id": "9c8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7d03", "freq": "WEEKLY", "byday": "MO,TU,WE,TH,FR",
                        "opens_at": "09:00", "closes_at": "14:00" }],
    });
    client.keep("location", &place).await?;
    let terms = client.get("/api/v1/taxonomies/category").await?.ok();
    let terms = terms["items"].as_array().context("a list")?;
    let leaf = |term: &&Value| !terms.iter().any(|other| other["parent"] == term["code"]);
    let category = &terms.iter().find(leaf).context("a term without terms below it")?["code"];
    let service = json!({
        "record": "service", "id": SERVICE, "organization_id": BODY, "name": { "el": "Μάθημα Συνδέσμου" },
        "description": { "el": "Κάθε πρωί" }, "status": "active", "categories": [category],
        "service_at_locations": [{ "id": "9d8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7d03", "location_id": PLACE }],
    });
    client.keep("service", &service).await?;
    Ok(service)
}

async fn worked(house: &TestApp) -> Result<()> {
    osn_server::jobs::work_until_idle(&house.played.app)
        .await
        .map_err(|refusal| anyhow::anyhow!("{refusal}"))?;
    Ok(())
}

/// Everything that ever went to the body.
fn told(house: &TestApp) -> Result<Vec<String>> {
    let all = mails(&house.ground.dir.path().join("outbox"))?;
    Ok(all.into_iter().filter(|mail| mail.contains(MAILBOX)).collect())
}

fn link_in(mail: &str) -> Result<String> {
    let (_, rest) = mail.split_once("/confirm/").with_context(|| mail.to_owned())?;
    let secret = rest.split_whitespace().next().context("a link")?;
    Ok(format!("/confirm/{secret}"))
}

/// The link of a reminder about the service.
async fn reminded(house: &TestApp, client: &Client) -> Result<String> {
    let reminders = format!("/api/v1/records/service/{SERVICE}/reminders");
    client.post(&reminders, &json!({})).await?;
    worked(house).await?;
    link_in(told(house)?.first().context("a reminder")?)
}

/// The versions that the two forms of a page name.
fn seen(page: &str) -> Vec<String> {
    let marked = page.split("name=\"seen\" value=\"").skip(1);
    marked
        .filter_map(|rest| rest.split('"').next().map(str::to_owned))
        .collect()
}

async fn nobody_confirms_what_was_not_on_the_page(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, UNTIL).await?;
    let (client, visitor) = (house.staff("coordinator").await?, house.visitor());
    let mut service = recorded(&client).await?;
    let link = reminded(&house, &client).await?;
    let page = visitor.get(&link).await?.text;
    let both = seen(&page);
    ensure!(both.len() == 2 && both[0] == both[1], "{page}");
    let first = both[0].clone();
    // Somebody of the municipality corrects the place meanwhile, and the service.
    let place = client.get(&format!("/api/v1/records/location/{PLACE}")).await?.ok();
    let mut place = place;
    place.as_object_mut().context("a record")?.remove("version");
    place["phones"] = json!([{ "id": "9e8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7d03", "number": "2105550333" }]);
    client.keep("location", &place).await?;
    let late = visitor.fill(&link, &[("op", "confirm"), ("seen", &first)]).await?;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);
    ensure!(
        late.text.contains("αφότου ανοίξατε τη σελίδα") && late.text.contains("2105550333"),
        "it is shown as it is now: {}",
        late.text
    );
    let now = seen(&late.text).first().context("a version")?.clone();
    ensure!(now != first, "{now}");
    service["description"] = json!({ "el": "Κάθε μεσημέρι" });
    client.keep("service", &service).await?;
    let late = visitor
        .fill(&link, &[("op", "correct"), ("seen", &now), ("/phone", "2105550444")])
        .await?;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);
    ensure!(
        late.text.contains("2105550444"),
        "what was typed is kept: {}",
        late.text
    );
    let now = seen(&late.text).first().context("a version")?.clone();
    let done = visitor.fill(&link, &[("op", "confirm"), ("seen", &now)]).await?;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    Ok(())
}

async fn words_hide_no_hours_of_a_place(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, UNTIL).await?;
    let (client, visitor) = (house.staff("coordinator").await?, house.visitor());
    recorded(&client).await?;
    let link = reminded(&house, &client).await?;
    let answer = [("op", "correct"), ("/hours", "Δευτέρα έως Παρασκευή 9 με 15")];
    let done = visitor.fill(&link, &answer).await?;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let record = client.get(&format!("/api/v1/records/service/{SERVICE}")).await?.ok();
    ensure!(
        record["schedules"].as_array().is_none_or(Vec::is_empty),
        "the hours of the place hold: {record}"
    );
    let waiting = client.get("/api/v1/suggestions?state=open").await?.ok();
    let left = waiting["items"].as_array().context("suggestions")?;
    ensure!(
        left.iter()
            .any(|left| left["record_id"] == SERVICE && left["about"] == "hours"),
        "somebody reads what was written: {waiting}"
    );
    Ok(())
}

async fn a_telephone_of_a_place_is_not_doubled(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, UNTIL).await?;
    let (client, visitor) = (house.staff("coordinator").await?, house.visitor());
    recorded(&client).await?;
    let mut place = client.get(&format!("/api/v1/records/location/{PLACE}")).await?.ok();
    place.as_object_mut().context("a record")?.remove("version");
    place["phones"] = json!([{ "id": "9e8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7d03", "number": "2105550333" }]);
    client.keep("location", &place).await?;
    let link = reminded(&house, &client).await?;
    let done = visitor
        .fill(&link, &[("op", "correct"), ("/phone", "2105550444")])
        .await?;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    ensure!(done.text.contains("διαβάσει άνθρωπος"), "{}", done.text);
    let record = client.get(&format!("/api/v1/records/service/{SERVICE}")).await?.ok();
    ensure!(
        record["phones"].as_array().is_none_or(Vec::is_empty) && record["assured_date"].is_null(),
        "the old number is not confirmed beside the new one: {record}"
    );
    let waiting = client.get("/api/v1/suggestions?state=open").await?.ok();
    let left = waiting["items"].as_array().context("suggestions")?;
    ensure!(
        left.iter()
            .any(|left| left["record_id"] == SERVICE && left["about"] == "contact" && left["words"] == "2105550444"),
        "somebody reads what was written: {waiting}"
    );
    Ok(())
}

/// Whoever presses the button confirms all that people read: all of it stands on the page, with the way to the public one.
async fn an_owner_sees_all_that_it_confirms(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, UNTIL).await?;
    let client = house.staff("coordinator").await?;
    let mut service = recorded(&client).await?;
    let link = reminded(&house, &client).await?;
    let visitor = house.visitor();
    let bare = visitor.get(&link).await?.text;
    ensure!(
        !bare.contains("Δικαιολογητικά"),
        "what is not stated is not asked: {bare}"
    );
    service["free_of_charge"] = json!(false);
    service["fees_description"] = json!({ "el": "Δέκα ευρώ τον μήνα" });
    service["required_documents"] =
        json!([{ "id": "9f8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7d03", "document": { "el": "Βεβαίωση σχολείου" } }]);
    service["minimum_age"] = json!(16);
    service["languages"] = json!(["fa"]);
    service["application_process"] = json!({ "el": "Με αίτηση στη γραμματεία" });
    service["eligibility_description"] = json!({ "el": "Για όσους μένουν κοντά" });
    service["alert"] = json!({ "el": "Κλειστά τον Αύγουστο" });
    service["email"] = json!("lessons@link.example");
    service["url"] = json!("https://lessons.link.example/");
    client.keep("service", &service).await?;
    let page = visitor.get(&link).await?.text;
    for told in [
        "Δέκα ευρώ τον μήνα",
        "Βεβαίωση σχολείου",
        "από 16 ετών",
        "φαρσί",
        "Με αίτηση στη γραμματεία",
        "Για όσους μένουν κοντά",
        "Κλειστά τον Αύγουστο",
        "lessons@link.example",
        "https://lessons.link.example/",
        "Κατηγορίες",
    ] {
        ensure!(page.contains(told), "{told}: {page}");
    }
    let public = format!("href=\"/services/{SERVICE}\"");
    let (above, _) = page.split_once("Όλα ισχύουν").context("the button")?;
    ensure!(above.contains(&public), "{page}");
    Ok(())
}

/// A confirmation is of the moment of the version that it wrote, however late its turn came: the history says by which way.
async fn history_says_by_which_way_a_version_was_confirmed(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, UNTIL).await?;
    let (client, visitor) = (house.staff("coordinator").await?, house.visitor());
    recorded(&client).await?;
    let link = reminded(&house, &client).await?;
    // Another server of the house, whose clock is ahead, writes first. Moments follow one another: the next act is of that one.
    let app = &house.played.app;
    let cities = app.store().municipalities().await?;
    let here = cities.iter().find(|city| city.hosts.iter().any(|host| host == HOST));
    let city = app.store().for_municipality(here.context("the story's city")?.id);
    let place = city.record_in_force("location", PLACE.parse()?).await?;
    let DirectoryRecord::Location(mut place) = place.context("a place")?.record else {
        anyhow::bail!("a place");
    };
    place.description = LocalText::new("Στον πρώτο όροφο", "On the first floor");
    let mut tx = city
        .begin(Actor::nobody("story.ahead"), app.now() + TimeDelta::minutes(5))
        .await?;
    let body = place.organization_id;
    tx.put_directory_record(&DirectoryRecord::Location(place), body).await?;
    tx.commit().await?;
    let done = visitor.fill(&link, &[("op", "confirm")]).await?;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let read = async |what: &str| -> Result<Value> {
        let told = visitor
            .get(&format!("/api/v1/records/service/{SERVICE}/{what}"))
            .await?;
        Ok(told.ok()["items"][0].clone())
    };
    let (version, confirmation) = (read("history").await?, read("confirmations").await?);
    assert_eq!(version["through"], "owner-link", "{version} {confirmation}");
    assert_eq!(version["recorded_at"], confirmation["at"]);
    Ok(())
}

async fn an_owner_hears_of_suggestions(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, UNTIL).await?;
    let (client, visitor) = (house.staff("coordinator").await?, house.visitor());
    let mut service = recorded(&client).await?;
    let suggestion = json!({ "about": "closed", "words": WORDS, "contact": "6900000003" });
    let of = |kind: &str, id: &str| format!("/api/v1/records/{kind}/{id}/suggestions");
    let made = visitor.post(&of("service", SERVICE), &suggestion).await?.ok();
    assert_eq!(made["owner_told"], true, "{made}");
    visitor.post(&of("service", SERVICE), &suggestion).await?.ok();
    worked(&house).await?;
    let mails = told(&house)?;
    assert_eq!(mails.len(), 1, "once a day for a record: {mails:?}");
    for said in ["Έκλεισε ή δεν λειτουργεί", "Μάθημα Συνδέσμου"] {
        ensure!(mails[0].contains(said), "{said}: {}", mails[0]);
    }
    ensure!(
        !mails[0].contains("κυρία") && !mails[0].contains("6900000003"),
        "what was written stays where people sign in: {}",
        mails[0]
    );
    let page = visitor.get(&link_in(&mails[0])?).await?;
    assert_eq!(page.status, StatusCode::OK, "the link works: {}", page.text);
    // A body without a mailbox: nobody says that it was written to.
    let name = house.staff("partner").await?.get("/api/v1/me").await?.ok()["organization_id"].clone();
    let partners = name.as_str().context("a body")?;
    client
        .keep("organization", &body(OTHER, "Σχολή χωρίς διεύθυνση"))
        .await?;
    let made = visitor.post(&of("organization", OTHER), &suggestion).await?.ok();
    assert_eq!(made["owner_told"], false, "{made}");
    for (kind, id, says) in [
        ("service", SERVICE, "στάλθηκε στον φορέα"),
        ("organization", OTHER, "Ο δήμος έλαβε"),
    ] {
        let address = if kind == "service" {
            format!("/services/{id}/suggest")
        } else {
            format!("/records/{kind}/{id}/suggest")
        };
        let sent = visitor
            .fill(&address, &[("/about", "other"), ("/words", "Κάτι άλλαξε")])
            .await?;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
        let shown = visitor.get(sent.headers["location"].to_str()?).await?;
        ensure!(shown.text.contains(says), "{says}: {}", shown.text);
    }
    // The record goes to the partner's body, and what people said of it goes with it.
    let partner = house.staff("partner").await?;
    let queue = async || -> Result<u64> {
        let list = partner.get("/api/v1/suggestions?state=open").await?.ok();
        list["total"].as_u64().context("a total")
    };
    let before = queue().await?;
    service["organization_id"] = json!(partners);
    client.keep("service", &service).await?;
    assert_eq!(queue().await?, before + 3);
    let list = partner.get("/api/v1/suggestions?state=open").await?.ok();
    let items = list["items"].as_array().context("suggestions")?;
    let moved = items.iter().find(|item| item["record_id"] == SERVICE).context("it")?;
    let address = format!("/api/v1/suggestions/{}", moved["id"].as_str().context("an identifier")?);
    let refused = partner
        .post(
            &format!("{address}/refuse"),
            &json!({ "reason": "Λειτουργεί κανονικά" }),
        )
        .await?;
    assert_eq!(refused.status, StatusCode::OK, "{}", refused.text);
    Ok(())
}

osn_tests::stories!(
    nobody_confirms_what_was_not_on_the_page,
    words_hide_no_hours_of_a_place,
    a_telephone_of_a_place_is_not_doubled,
    an_owner_sees_all_that_it_confirms,
    history_says_by_which_way_a_version_was_confirmed,
    an_owner_hears_of_suggestions,
);

//! Upkeep by many hands: two records that are one, figures that come with a confirmation, and bodies that hear what changed.
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use axum::http::StatusCode;
use chrono::TimeDelta;
use osn_core::id::JobId;
use osn_tests::app::{Backend, TestApp};
use osn_tests::client::Client;
use osn_tests::network::at_fields;
use serde_json::{Value, json};

const UNTIL: &str = "city/request-submit/digital-skills";
const ONE: &str = "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7b01";
const TWIN: &str = "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7b02";
const SERVICE: &str = "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7b03";
const OTHER_SERVICE: &str = "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7b04";
const PLACE: &str = "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7b05";
const OTHER_PLACE: &str = "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7b06";
const SHELTER: &str = "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7b07";

fn body(id: &str, name: &str) -> Value {
    json!({
        "record": "organization", "id": id, "name": { "el": name }, "description": { "el": "Μαθήματα για όλους" },
        "website": "https://scholi.example",
    })
}

/// The code of a category without terms below it, and a service of a body in it.
async fn service(client: &Client, body: &str) -> Result<(String, Value)> {
    let terms = client.get("/api/v1/taxonomies/category").await?.ok();
    let terms = terms["items"].as_array().context("a list")?;
    let leaf = terms
        .iter()
        .find(|term| !terms.iter().any(|other| other["parent"] == term["code"]));
    let code = leaf.context("a term without terms below it")?["code"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let service = json!({
        "record": "service", "id": SERVICE, "organization_id": body, "name": { "el": "Βραδινό μάθημα" },
        "description": { "el": "Κάθε βράδυ" }, "status": "active", "categories": [code],
    });
    Ok((code, service))
}

/// The code of a category that has no category below it and is not this one.
async fn another_category(client: &Client, not: &str) -> Result<String> {
    let terms = client.get("/api/v1/taxonomies/category").await?.ok();
    let terms = terms["items"].as_array().context("a list")?;
    let leaf = |term: &&Value| term["code"] != not && !terms.iter().any(|other| other["parent"] == term["code"]);
    let code = terms.iter().find(leaf).context("two terms")?["code"].as_str();
    Ok(code.context("a code")?.to_owned())
}

async fn two_records_that_are_one(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, UNTIL).await?;
    let (client, visitor) = (house.staff("coordinator").await?, house.visitor());
    client
        .keep("organization", &body(ONE, "Σχολή Δεύτερης Ευκαιρίας Δοκιμής"))
        .await?;
    client
        .keep("organization", &body(TWIN, "Σχολή Δευτέρας Ευκαιρίας Δοκιμής"))
        .await?;
    let (_, offered) = service(&client, TWIN).await?;
    client.keep("service", &offered).await?;
    let pairs = client
        .get("/api/v1/upkeep/duplicates/organization?limit=200")
        .await?
        .ok();
    let pair = pairs["items"].as_array().context("a list")?.iter().find(|pair| {
        let both = [&pair["one"], &pair["other"]];
        both.contains(&&json!(ONE)) && both.contains(&&json!(TWIN))
    });
    let reasons = &pair.context("the twins are found")?["reasons"];
    ensure!(
        reasons.to_string().contains("name") && reasons.to_string().contains("same-site"),
        "{reasons}"
    );
    let merge = format!("/api/v1/records/organization/{TWIN}/merge");
    let merged = client.post(&merge, &json!({ "into": ONE })).await?.ok();
    assert_eq!(merged["moved"], 1, "its service follows: {merged}");
    let now = visitor.get(&format!("/api/v1/records/service/{SERVICE}")).await?.ok();
    assert_eq!(now["organization_id"], ONE);
    assert_eq!(
        visitor
            .get(&format!("/api/v1/records/organization/{TWIN}"))
            .await?
            .status,
        StatusCode::NOT_FOUND
    );
    let gone = visitor.get("/api/v1/merged-records").await?.ok();
    assert_eq!(
        (&gone["items"][0]["id"], &gone["items"][0]["into"]),
        (&json!(TWIN), &json!(ONE)),
        "{gone}"
    );
    let history = visitor
        .get(&format!("/api/v1/records/organization/{TWIN}/history"))
        .await?
        .ok();
    ensure!(history["total"].as_u64() >= Some(2), "its history stays: {history}");
    Ok(())
}

fn place(id: &str, street: &str) -> Value {
    json!({
        "record": "location", "id": id, "location_type": "physical", "organization_id": ONE, "name": { "el": "Αίθουσα Δοκιμής" },
        "area": "athens.6", "addresses": [{ "id": another_of(id), "address_1": street, "postal_code": "11363" }],
    })
}

/// An identifier that goes with another.
fn another_of(id: &str) -> String {
    format!("5{}", &id[1..])
}

/// The places at which a service is offered.
fn places_of(service: &Value) -> Vec<&str> {
    let links = service["service_at_locations"].as_array().into_iter().flatten();
    links.filter_map(|link| link["location_id"].as_str()).collect()
}

async fn two_places_and_two_services_that_are_one(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, UNTIL).await?;
    let (client, visitor) = (house.staff("coordinator").await?, house.visitor());
    client.keep("organization", &body(ONE, "Σχολή Δοκιμής")).await?;
    for (id, street) in [(PLACE, "Οδός Βιβλίων 5"), (OTHER_PLACE, "Βιβλίων 5")] {
        client.keep("location", &place(id, street)).await?;
    }
    let mut shelter = place(SHELTER, "");
    shelter["protected"] = json!(true);
    for whereabouts in ["addresses", "area"] {
        shelter.as_object_mut().context("a record")?.remove(whereabouts);
    }
    client.keep("location", &shelter).await?;
    // One service at both places, another at the second one alone.
    let (_, mut both) = service(&client, ONE).await?;
    let link = |id: &str, place: &str| json!({ "id": id, "location_id": place });
    both["service_at_locations"] = json!([link(&another_of(SERVICE), PLACE), link(&another_of(TWIN), OTHER_PLACE)]);
    client.keep("service", &both).await?;
    let mut second = both.clone();
    second["id"] = json!(OTHER_SERVICE);
    second["service_at_locations"] = json!([link(&another_of(OTHER_SERVICE), OTHER_PLACE)]);
    client.keep("service", &second).await?;

    let merge = async |kind: &str, id: &str, into: &str| {
        let path = format!("/api/v1/records/{kind}/{id}/merge");
        client.post(&path, &json!({ "into": into })).await
    };
    // What is protected stays by itself: neither of the two would be where it was.
    for (from, into) in [(SHELTER, PLACE), (PLACE, SHELTER)] {
        let refused = merge("location", from, into).await?;
        at_fields(&refused, &[("/into", "merge-protected")]);
    }
    for (into, wanted) in [(OTHER_PLACE, "merge-into-itself"), (SERVICE, "unknown-record")] {
        at_fields(&merge("location", OTHER_PLACE, into).await?, &[("/into", wanted)]);
    }
    let merged = merge("location", OTHER_PLACE, PLACE).await?.ok();
    assert_eq!(merged["moved"], 2, "{merged}");
    for id in [SERVICE, OTHER_SERVICE] {
        let now = visitor.get(&format!("/api/v1/records/service/{id}")).await?.ok();
        assert_eq!(places_of(&now), [PLACE], "each is offered there once");
    }
    let pairs = client.get("/api/v1/upkeep/duplicates/service?limit=200").await?.ok();
    let twins = |pair: &&Value| pair.to_string().contains(SERVICE) && pair.to_string().contains(OTHER_SERVICE);
    ensure!(
        pairs["items"].as_array().into_iter().flatten().any(|pair| twins(&pair)),
        "{pairs}"
    );
    what_is_about_it_is_closed_first(&client, &visitor).await?;
    what_was_counted_stays(&house, &client).await?;
    let gone = visitor.get(&format!("/api/v1/records/service/{OTHER_SERVICE}")).await?;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    let moved = visitor.get("/api/v1/merged-records").await?.ok();
    let moved: Vec<_> = moved["items"].as_array().context("a list")?.iter().collect();
    for (kind, id, into) in [("location", OTHER_PLACE, PLACE), ("service", OTHER_SERVICE, SERVICE)] {
        let led_on = |row: &&&Value| row["kind"] == kind && row["id"] == id && row["into"] == into;
        ensure!(moved.iter().any(|row| led_on(&row)), "{moved:?}");
        let history = visitor.get(&format!("/api/v1/records/{kind}/{id}/history")).await?.ok();
        ensure!(history["total"].as_u64() >= Some(2), "its history stays: {history}");
    }
    Ok(())
}

/// The service that goes leads on to the one that stays, and what was counted of it is a hint about that one.
async fn what_was_counted_stays(house: &TestApp, client: &Client) -> Result<()> {
    let today = house.played.app.now().date_naive();
    let period = json!({ "from": today - TimeDelta::days(31), "to": today - TimeDelta::days(1) });
    let counted = json!({ "figures": { "period": period, "turned_away": 12 } });
    let goes = format!("/api/v1/records/service/{OTHER_SERVICE}");
    client.post(&format!("{goes}/confirmations"), &counted).await?.ok();
    let merge = json!({ "into": SERVICE });
    client.post(&format!("{goes}/merge"), &merge).await?.ok();
    let page = client
        .get(&format!("/staff/records/service/{OTHER_SERVICE}"))
        .await?
        .text;
    ensure!(
        page.contains("Συγχωνεύτηκε με την εγγραφή")
            && page.contains(&format!("href=\"/staff/records/service/{SERVICE}\"")),
        "{page}"
    );
    let hints = client.get("/api/v1/unmet-need/hints").await?.ok();
    let lines = hints["turned_away"].as_array().context("a list")?;
    let is_told = |line: &Value| line["service_id"] == SERVICE && line["people"] == 12;
    ensure!(lines.iter().any(is_told), "{hints}");
    let offered = client.get(&format!("/api/v1/records/service/{SERVICE}")).await?.ok();
    let gap = json!({
        "title": { "el": "Βραδινά μαθήματα" }, "category": offered["categories"][0], "areas": ["athens.6"], "people": 12,
        "cause": "no-means", "evidence": { "el": "Δεν χωρούν όλοι" },
        "source": { "from": "turned-away", "service": SERVICE, "period": period, "people": 12 },
    });
    client.post("/api/v1/gaps", &gap).await?.ok();
    Ok(())
}

/// A service about which somebody waits for an answer is not merged away.
async fn what_is_about_it_is_closed_first(client: &Client, visitor: &Client) -> Result<()> {
    let words = json!({ "about": "contact", "words": "Άλλαξε το τηλέφωνο" });
    let address = format!("/api/v1/records/service/{OTHER_SERVICE}/suggestions");
    visitor.post(&address, &words).await?.ok();
    let merge = format!("/api/v1/records/service/{OTHER_SERVICE}/merge");
    let refused = client.post(&merge, &json!({ "into": SERVICE })).await?;
    at_fields(&refused, &[("/into", "merge-open-record")]);
    ensure!(
        refused.text.contains("υποδείξεις: 1") && !refused.text.contains("επεκτάσεις"),
        "{}",
        refused.text
    );
    let open = client.get("/api/v1/suggestions?state=open").await?.ok();
    let open = open["items"].as_array().context("suggestions")?;
    let about = open.iter().find(|one| one["record_id"] == OTHER_SERVICE);
    let id = about.context("it waits")?["id"].as_str().context("an identifier")?;
    client
        .post(&format!("/api/v1/suggestions/{id}/accept"), &json!({}))
        .await?
        .ok();
    Ok(())
}

/// The day of a confirmation is written by confirming: a body does not write it, and nobody writes one that has not come.
async fn nobody_confirms_ahead(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, UNTIL).await?;
    let (client, partner) = (house.staff("coordinator").await?, house.staff("partner").await?);
    let me = partner.get("/api/v1/me").await?.ok()["organization_id"].clone();
    let (_, mut offered) = service(&client, me.as_str().context("a body")?).await?;
    let day = |days: i64| json!((house.played.app.now() + TimeDelta::days(days)).date_naive());
    offered["assured_date"] = day(2);
    let address = format!("/api/v1/records/service/{SERVICE}");
    at_fields(
        &client.put(&address, &offered).await?,
        &[("/assured_date", "confirmed-ahead")],
    );
    let many = client
        .put("/api/v1/directory", &json!({ "records": [offered] }))
        .await?;
    at_fields(&many, &[("/records/0/assured_date", "confirmed-ahead")]);
    offered["assured_date"] = day(-10);
    client.keep("service", &offered).await?;
    for own in [day(0), day(300)] {
        offered["assured_date"] = own;
        partner.keep("service", &offered).await?;
        let now = client.get(&address).await?.ok();
        assert_eq!(now["assured_date"], day(-10), "it stays what it was: {now}");
    }
    // Withdrawn and brought back, it is as old as it was.
    let withdrawn = partner.send(axum::http::Method::DELETE, &address, None, Vec::new(), &[]);
    assert_eq!(withdrawn.await?.status, StatusCode::NO_CONTENT);
    assert_eq!(client.get(&address).await?.status, StatusCode::NOT_FOUND);
    partner.keep("service", &offered).await?;
    let now = client.get(&address).await?.ok();
    assert_eq!(now["assured_date"], day(-10), "{now}");
    Ok(())
}

/// Of one confirmation there is nothing behind the first.
async fn confirmations_have_pages(visitor: &Client, address: &str) -> Result<()> {
    let none = visitor.get(&format!("{address}?limit=1&after=1")).await?.ok();
    assert_eq!(
        (&none["total"], none["items"].as_array().map(Vec::len)),
        (&json!(1), Some(0)),
        "one in all"
    );
    Ok(())
}

async fn figures_come_with_a_confirmation(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, UNTIL).await?;
    let (client, visitor) = (house.staff("coordinator").await?, house.visitor());
    client.keep("organization", &body(ONE, "Σχολή Δοκιμής")).await?;
    let (_, offered) = service(&client, ONE).await?;
    client.keep("service", &offered).await?;
    let never = client.get("/api/v1/upkeep/board").await?.ok();
    let address = format!("/api/v1/records/service/{SERVICE}/confirmations");
    let today = house.played.app.now().date_naive();
    let period =
        |from: i64, to: i64| json!({ "from": today - TimeDelta::days(from), "to": today - TimeDelta::days(to) });
    let figures =
        |period: Value| json!({ "figures": { "period": period, "served": 120, "turned_away": 7, "waiting": 3 } });
    let future = client.post(&address, &figures(period(10, -10))).await?;
    assert_eq!(
        future.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "days that have not passed: {}",
        future.text
    );
    client.post(&address, &figures(period(31, 1))).await?.ok();
    // Everybody sees the figures; small ones are hidden. Officers see that people were turned away: a gap that nobody reported.
    confirmations_have_pages(&visitor, &address).await?;
    let shown = visitor.get(&address).await?.ok();
    let shown = &shown["items"][0]["figures"];
    assert_eq!(shown["served"], "120", "{shown}");
    ensure!(
        shown["turned_away"]
            .as_str()
            .is_some_and(|count| count.starts_with('<')),
        "{shown}"
    );
    let hints = client.get("/api/v1/unmet-need/hints").await?.ok();
    let line = hints["turned_away"]
        .as_array()
        .context("a list")?
        .iter()
        .find(|line| line["service_id"] == SERVICE);
    assert_eq!(line.context("it is a hint")?["people"], 7, "{hints}");
    // The gap that they show may be reported with them, with what was counted and nothing else.
    let gap = |people: u32, from: i64| {
        json!({
            "title": { "el": "Βραδινά μαθήματα" }, "category": offered["categories"][0], "areas": ["athens.6"], "people": people,
            "cause": "no-means", "evidence": { "el": "Δεν χωρούν όλοι" },
            "source": { "from": "turned-away", "service": SERVICE, "period": period(from, 1), "people": people },
        })
    };
    for invented in [gap(8, 31), gap(7, 30)] {
        at_fields(
            &client.post("/api/v1/gaps", &invented).await?,
            &[("/source/people", "gap-not-counted")],
        );
    }
    let mut nowhere = gap(7, 31);
    nowhere["source"]["service"] = json!(OTHER_SERVICE);
    at_fields(
        &client.post("/api/v1/gaps", &nowhere).await?,
        &[("/source/service", "unknown-record")],
    );
    let reported = client.post("/api/v1/gaps", &gap(7, 31)).await?.ok();
    assert_eq!(reported["source"]["people"], 7, "{reported}");
    // The board counts one record less that nobody ever confirmed.
    let after = client.get("/api/v1/upkeep/board").await?.ok();
    assert_eq!(
        after["all"]["never"].as_u64().map(|count| count + 1),
        never["all"]["never"].as_u64(),
        "{after}"
    );
    another_body_reads_less(&house, &client, &address).await
}

/// What is told of one body's people, and of the few whom it turned away, is not for another body.
async fn another_body_reads_less(house: &TestApp, client: &Client, address: &str) -> Result<()> {
    let noted = json!({ "note": "μίλησα με τη γραμματεία" });
    client.post(address, &noted).await?.ok();
    let other = house.staff("partner").await?;
    for (reader, is_told) in [(client, true), (&other, false)] {
        let last = reader.get(address).await?.ok()["items"][0].clone();
        ensure!(
            last["by"].is_string() == is_told && last["note"].is_string() == is_told,
            "{last}"
        );
        let versions = reader
            .get(&format!("/api/v1/records/service/{SERVICE}/history"))
            .await?
            .ok();
        let newest = &versions["items"][0];
        ensure!(
            newest["by"].is_string() == is_told && newest["roles"][0] == "coordinator",
            "{newest}"
        );
        let hints = reader.get("/api/v1/unmet-need/hints").await?.ok();
        let lines = hints["turned_away"].as_array().context("a list")?;
        let line = lines.iter().find(|line| line["service_id"] == SERVICE);
        let line = line.context("it is a hint")?;
        ensure!(
            (line["people"] == 7) == is_told && (line["fewer_than"] == 10) != is_told,
            "{line}"
        );
        let page = reader.get("/staff/unmet-need").await?.text;
        let says_few = ["&#60;10", "&lt;10"].iter().any(|few| page.contains(few));
        ensure!(says_few != is_told, "{page}");
    }
    Ok(())
}

/// The digest of the day, as a server that runs plans it.
async fn tell(house: &TestApp) -> Result<()> {
    let app = &house.played.app;
    let hosted = app.hosted().await.into_iter().next().context("a municipality")?;
    let actor = osn_store::Actor::nobody("job.ask");
    let mut tx = app.scope(hosted.municipality.id).begin(actor, app.now()).await?;
    let job = osn_store::Job {
        id: app.new_id(JobId::new),
        kind: "upkeep.digest".to_owned(),
        payload: json!({}),
        dedupe_key: Some(format!("upkeep.digest/{}", app.now().date_naive())),
        run_at: app.now(),
    };
    tx.enqueue(&job).await?;
    tx.commit().await?;
    osn_server::jobs::run_once(app)
        .await
        .map_err(|refusal| anyhow::anyhow!("{refusal}"))
}

#[expect(clippy::too_many_lines, reason = "one story, told step by step")]
async fn a_body_hears_what_changed(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, UNTIL).await?;
    let (client, partner) = (house.staff("coordinator").await?, house.staff("partner").await?);
    let me = partner.get("/api/v1/me").await?.ok()["organization_id"].clone();
    let own = format!("/api/v1/records/organization/{}", me.as_str().context("a body")?);
    let mut record = client.get(&own).await?.ok();
    record.as_object_mut().context("a record")?.remove("version");
    record["email"] = json!("owner@body.example");
    client.put(&own, &record).await?.ok();
    client.keep("organization", &body(ONE, "Σχολή Δοκιμής")).await?;
    let (category, mut offered) = service(&client, ONE).await?;
    let wrong = partner
        .post("/api/v1/subscriptions", &json!({ "categories": ["moon"] }))
        .await?;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let subscribed = partner
        .post("/api/v1/subscriptions", &json!({ "categories": [category] }))
        .await?
        .ok();
    let digests = async || -> Result<Vec<Value>> {
        house.played.clock.set(house.played.app.now() + TimeDelta::days(1));
        tell(&house).await?;
        let client = house.staff("coordinator").await?;
        let page = client.get("/api/v1/outbox?limit=200").await?.ok();
        let items = page["items"].as_array().context("messages")?;
        Ok(items
            .iter()
            .filter(|message| message["template"] == "mapping-digest")
            .cloned()
            .collect())
    };
    assert_eq!(digests().await?.len(), 0, "nothing changed in its category yet");
    let client = house.staff("coordinator").await?;
    client.keep("service", &offered).await?;
    assert_eq!(digests().await?.len(), 1, "it is told once");
    assert_eq!(digests().await?.len(), 1, "and not again");
    // Another category is none of its business, and of its own category another area neither.
    let client = house.staff("coordinator").await?;
    let mut elsewhere = offered.clone();
    elsewhere["id"] = json!(OTHER_SERVICE);
    elsewhere["categories"] = json!([another_category(&client, &category).await?]);
    client.keep("service", &elsewhere).await?;
    assert_eq!(digests().await?.len(), 1, "another category");
    let partner = house.staff("partner").await?;
    let id = subscribed["id"].as_str().context("an identifier")?;
    let first = format!("/api/v1/subscriptions/{id}");
    let ended = partner.send(axum::http::Method::DELETE, &first, None, Vec::new(), &[]);
    assert_eq!(ended.await?.status, StatusCode::NO_CONTENT);
    let wrong = partner
        .post("/api/v1/subscriptions", &json!({ "areas": ["athens.99"] }))
        .await?;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let narrow = json!({ "categories": [category], "areas": ["athens.6"] });
    let subscribed = partner.post("/api/v1/subscriptions", &narrow).await?.ok();
    // It did not say where it serves, and says now that it is not here: that is told, too. Whoever serves the whole city serves
    // here.
    for (area, heard) in [("athens.3", 2), ("athens", 3)] {
        let client = house.staff("coordinator").await?;
        offered["areas"] = json!([area]);
        offered["description"] = json!({ "el": format!("Κάθε βράδυ στην περιοχή {area}") });
        client.keep("service", &offered).await?;
        assert_eq!(digests().await?.len(), heard, "{area}");
    }
    // A confirmation says nothing new; a service that leaves the area is told a last time.
    let client = house.staff("coordinator").await?;
    let confirm = format!("/api/v1/records/service/{SERVICE}/confirmations");
    client.post(&confirm, &json!({})).await?.ok();
    assert_eq!(digests().await?.len(), 3, "a confirmation is no news");
    let client = house.staff("coordinator").await?;
    offered["areas"] = json!(["athens.3"]);
    client.keep("service", &offered).await?;
    assert_eq!(digests().await?.len(), 4, "it left the area");
    let client = house.staff("coordinator").await?;
    very_many_at_once(&client, &offered).await?;
    let told = digests().await?;
    assert_eq!(told.len(), 5, "sixty services are one message");
    let written = mails(&house.ground.dir.path().join("outbox"))?;
    let newest = written
        .iter()
        .find(|mail| mail.contains("(60)"))
        .context("it tells how many")?;
    assert_eq!(
        newest.matches("- Μάθημα").count(),
        100,
        "fifty by name, in Greek and in English: {newest}"
    );
    ensure!(newest.contains("- και άλλες: 10"), "{newest}");
    // What its body says of itself is news of each of its services; a place of it likewise.
    let client = house.staff("coordinator").await?;
    let mut owner = body(ONE, "Σχολή Δοκιμής");
    owner["phones"] = json!([{ "id": another_of(ONE), "number": "2101234567" }]);
    client.keep("organization", &owner).await?;
    let told = digests().await?;
    assert_eq!(told.len(), 6, "the body has a telephone now");
    let client = house.staff("coordinator").await?;
    offered["description"] = json!({ "el": "Κάθε Σάββατο" });
    offered["areas"] = json!(["athens.6"]);
    client.keep("service", &offered).await?;
    let partner = house.staff("partner").await?;
    let id = subscribed["id"].as_str().context("an identifier")?;
    let address = format!("/api/v1/subscriptions/{id}");
    let ended = partner.send(axum::http::Method::DELETE, &address, None, Vec::new(), &[]);
    assert_eq!(ended.await?.status, StatusCode::NO_CONTENT);
    assert_eq!(digests().await?.len(), told.len(), "who ended it hears no more");
    Ok(())
}

/// What went out.
fn mails(folder: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(mails(&path)?);
        } else if path.extension().is_some_and(|ending| ending == "eml") {
            found.push(std::fs::read_to_string(&path)?);
        }
    }
    Ok(found)
}

/// More services than one message names.
async fn very_many_at_once(client: &Client, like: &Value) -> Result<()> {
    let records = (0..60).map(|number| {
        let mut service = like.clone();
        service["id"] = json!(format!("5b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f{number:04}"));
        service["name"] = json!({ "el": format!("Μάθημα {number}") });
        service["areas"] = json!(["athens.6"]);
        service
    });
    let records: Vec<Value> = records.collect();
    client
        .put("/api/v1/directory", &json!({ "records": records }))
        .await?
        .ok();
    Ok(())
}

macro_rules! on_both_databases {
    ($($story:ident => $test:ident),* $(,)?) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $test() -> Result<()> {
            for backend in Backend::ALL {
                $story(backend).await?;
            }
            Ok(())
        }
    )*};
}

on_both_databases!(
    two_records_that_are_one => two_records_that_are_one_become_one,
    two_places_and_two_services_that_are_one => two_places_and_two_services_become_one,
    figures_come_with_a_confirmation => figures_become_a_hint,
    nobody_confirms_ahead => nobody_confirms_ahead_or_for_a_body,
    a_body_hears_what_changed => a_body_hears_what_changed_once,
);

//! Upkeep of bodies and places: reminded of, confirmed by a link and shown on the board as services are; what is protected
//! stays hidden on the way.
use anyhow::{Context as _, Result, ensure};
use axum::http::StatusCode;
use chrono::TimeDelta;
use osn_tests::app::{Backend, TestApp};
use osn_tests::client::Client;
use osn_tests::network::mails;
use serde_json::{Value, json};

const UNTIL: &str = "city/request-submit/digital-skills";
const BODY: &str = "6b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7c01";
const PLACE: &str = "6b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7c02";
const SHELTER: &str = "6b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7c03";
const SERVICE: &str = "6b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7c04";
const NOBODYS: &str = "6b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7c05";
const MAILBOX: &str = "owner@kinds.example";
const STREET: &str = "Οδός Βιβλίων 5";
const HIDDEN: &str = "Κρυψώνας 9";

fn place(id: &str, name: &str, street: &str) -> Value {
    json!({
        "record": "location", "id": id, "location_type": "physical", "organization_id": BODY, "name": { "el": name },
        "area": "athens.6", "addresses": [{ "id": format!("7{}", &id[1..]), "address_1": street }],
    })
}

/// A body with a mailbox, a place, a place that is protected by now, and a service at both.
async fn recorded(client: &Client) -> Result<()> {
    let body = json!({
        "record": "organization", "id": BODY, "name": { "el": "Σχολή Δοκιμής" }, "description": { "el": "Μαθήματα" },
        "email": MAILBOX,
    });
    client.keep("organization", &body).await?;
    client
        .keep("location", &place(PLACE, "Αίθουσα Δοκιμής", STREET))
        .await?;
    let mut shelter = place(SHELTER, "Ξενώνας Δοκιμής", HIDDEN);
    client.keep("location", &shelter).await?;
    for whereabouts in ["addresses", "area"] {
        shelter.as_object_mut().context("a record")?.remove(whereabouts);
    }
    shelter["protected"] = json!(true);
    shelter["phones"] = json!([{ "id": format!("9{}", &SHELTER[1..]), "number": "2105550222" }]);
    client.keep("location", &shelter).await?;
    let mut nobodys = place(NOBODYS, "Χώρος χωρίς φορέα", "Οδός Κανενός 1");
    nobodys.as_object_mut().context("a record")?.remove("organization_id");
    client.keep("location", &nobodys).await?;
    let terms = client.get("/api/v1/taxonomies/category").await?.ok();
    let terms = terms["items"].as_array().context("a list")?;
    let leaf = |term: &&Value| !terms.iter().any(|other| other["parent"] == term["code"]);
    let category = &terms.iter().find(leaf).context("a term without terms below it")?["code"];
    let link = |place: &str| json!({ "id": format!("8{}", &place[1..]), "location_id": place });
    let mut at_place = link(PLACE);
    at_place["phones"] = json!([{ "id": format!("9{}", &PLACE[1..]), "number": "2105550111" }]);
    at_place["schedules"] = json!([{ "id": format!("a{}", &PLACE[1..]), "freq": "WEEKLY", "byday": "MO,TH",
                                     "opens_at": "17:10", "closes_at": "19:40" }]);
    let service = json!({
        "record": "service", "id": SERVICE, "organization_id": BODY, "name": { "el": "Βραδινό μάθημα" },
        "description": { "el": "Κάθε βράδυ" }, "status": "active", "categories": [category],
        "service_at_locations": [at_place, link(SHELTER)],
    });
    client.keep("service", &service).await?;
    Ok(())
}

const OF_THE_BODY: [(&str, &str); 4] = [
    ("organization", BODY),
    ("location", PLACE),
    ("location", SHELTER),
    ("service", SERVICE),
];

/// Asks for the reminders that are due, and gives everything that ever went to the body.
async fn asked(house: &TestApp) -> Result<Vec<String>> {
    let client = house.staff("coordinator").await?;
    let reply = client.post("/api/v1/upkeep/reminders", &json!({})).await?;
    ensure!(reply.status == StatusCode::ACCEPTED, "{} {}", reply.status, reply.text);
    osn_server::jobs::work_until_idle(&house.played.app)
        .await
        .map_err(|refusal| anyhow::anyhow!("{refusal}"))?;
    let all = mails(&house.ground.dir.path().join("outbox"))?;
    // What people suggest is told by itself (`upkeep_link`).
    let is_reminder = |mail: &String| mail.contains(MAILBOX) && !mail.contains("Κάποιος μας έγραψε");
    Ok(all.into_iter().filter(is_reminder).collect())
}

/// The path of the link that stands below a line of a message.
fn link_below(mail: &str, line: &str) -> Result<String> {
    let mut lines = mail.lines().skip_while(|said| said.trim() != line);
    let below = lines.nth(1).with_context(|| format!("{line} stands in {mail}"))?;
    let (_, secret) = below.trim().split_once("/confirm/").context("a link stands below")?;
    Ok(format!("/confirm/{secret}"))
}

/// The kinds of the body's records that the board lists, each with how fresh it is.
async fn waiting(client: &Client) -> Result<Vec<(String, String)>> {
    let board = client
        .get(&format!("/api/v1/upkeep/board?organization_id={BODY}"))
        .await?
        .ok();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let oldest = board["oldest"].as_array().context("records")?;
    let mut listed: Vec<_> = oldest
        .iter()
        .map(|record| (text(&record["kind"]), text(&record["freshness"])))
        .collect();
    listed.sort();
    Ok(listed)
}

/// How many records of a kind are fresh in the whole mapping.
async fn fresh(client: &Client, kind: &str) -> Result<u64> {
    let board = client.get("/api/v1/upkeep/board").await?.ok();
    let rows = board["by_kind"].as_array().context("kinds")?;
    let row = rows.iter().find(|row| row["kind"] == kind).context("the kind")?;
    row["counts"]["fresh"].as_u64().context("a count")
}

async fn bodies_and_places_are_kept_up(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, UNTIL).await?;
    let client = house.staff("coordinator").await?;
    recorded(&client).await?;
    for (kind, id) in OF_THE_BODY {
        let address = format!("/api/v1/records/{kind}/{id}/confirmations");
        client.post(&address, &json!({ "note": "τηλεφωνικά" })).await?.ok();
    }
    assert_eq!(waiting(&client).await?, [], "confirmed today");
    let later = |days: i64| house.played.clock.set(house.played.app.now() + TimeDelta::days(days));
    later(90);
    assert_eq!(asked(&house).await?.len(), 0, "ninety days are not old");
    later(1);
    let written = asked(&house).await?;
    assert_eq!(written.len(), 1, "one message with all of it: {written:?}");
    let client = house.staff("coordinator").await?;
    let due = |kind: &str| (kind.to_owned(), "reminder-due".to_owned());
    let all = ["location", "location", "organization", "service"].map(due);
    assert_eq!(waiting(&client).await?, all);
    on_the_page(&client).await?;
    of_a_service(&house, &link_below(&written[0], "- Υπηρεσία: Βραδινό μάθημα")?).await?;
    let before = [fresh(&client, "organization").await?, fresh(&client, "location").await?];
    the_body_confirms(&house, &link_below(&written[0], "- Φορέας: Σχολή Δοκιμής")?).await?;
    the_place_is_corrected(&house, &link_below(&written[0], "- Δομή ή χώρος: Αίθουσα Δοκιμής")?).await?;
    the_shelter_confirms(&house, &link_below(&written[0], "- Δομή ή χώρος: Ξενώνας Δοκιμής")?).await?;
    link_below(&written[0], "- Place: Ξενώνας Δοκιμής")?;
    let after = [fresh(&client, "organization").await?, fresh(&client, "location").await?];
    assert_eq!(after, [before[0] + 1, before[1] + 2]);
    assert_eq!(waiting(&client).await?, [due("service")], "the others are fresh again");
    everybody_reads_and_suggests(&house).await?;
    later(1);
    assert_eq!(asked(&house).await?.len(), 1, "nobody is asked again so soon");
    later(29);
    let written = asked(&house).await?;
    assert_eq!(written.len(), 2, "what had no answer is asked about again");
    let again = written.iter().filter(|mail| mail.contains("- Φορέας:")).count();
    assert_eq!(again, 1, "and what was confirmed is not: {written:?}");
    ensure!(written.iter().all(|mail| !mail.contains(HIDDEN)), "{written:?}");
    Ok(())
}

/// The board's page lists each kind by itself, with links to the records, and says whom nobody can ask about.
async fn on_the_page(client: &Client) -> Result<()> {
    for (prefix, says) in [
        ("", "μόνο αυτές μετρούν ως κάλυψη"),
        ("/en", "they alone count as cover"),
    ] {
        let page = client
            .get(&format!("{prefix}/staff/upkeep?organization_id={BODY}"))
            .await?
            .text;
        ensure!(page.contains(says) && !page.contains(HIDDEN), "{page}");
        for (kind, id) in OF_THE_BODY {
            ensure!(page.contains(&format!("{prefix}/staff/records/{kind}/{id}")), "{page}");
        }
    }
    // The place of nobody stands among all of its kind, however many wait.
    let mut after = String::new();
    loop {
        let list = client
            .get(&format!("/api/v1/upkeep/waiting/location?limit=30{after}"))
            .await?
            .ok();
        let found = list["items"].as_array().into_iter().flatten();
        if found.into_iter().any(|record| record["id"] == NOBODYS) {
            break;
        }
        let next = list["next"].as_str().context("the place of nobody waits")?;
        after = format!("&after={next}");
    }
    let mut page = client.get("/staff/upkeep/waiting/location").await?.text;
    if !page.contains(NOBODYS) {
        page = client.get("/staff/upkeep/waiting/location?after=50").await?.text;
    }
    ensure!(
        page.contains(&format!("/staff/records/location/{NOBODYS}")) && page.contains("κανείς δεν ρωτιέται"),
        "{page}"
    );
    Ok(())
}

/// Whoever says that all is right has seen what is asked about: of each place the hours and the telephones.
async fn of_a_service(house: &TestApp, link: &str) -> Result<()> {
    let page = house.visitor().get(link).await?;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    for said in [
        "Αίθουσα Δοκιμής",
        STREET,
        "17:10",
        "2105550111",
        "Ξενώνας Δοκιμής",
        "2105550222",
    ] {
        ensure!(page.text.contains(said), "{said}: {}", page.text);
    }
    ensure!(!page.text.contains(HIDDEN), "{}", page.text);
    Ok(())
}

/// All is right, once; and the record's pages say so.
async fn the_body_confirms(house: &TestApp, link: &str) -> Result<()> {
    let visitor = house.visitor();
    let page = visitor.get(link).await?;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    ensure!(
        page.text.contains(MAILBOX) && page.text.contains("name=\"/phone\""),
        "{}",
        page.text
    );
    ensure!(
        !page.text.contains("name=\"/status\""),
        "a body has no hours: {}",
        page.text
    );
    let press = || visitor.fill(link, &[("op", "confirm")]);
    assert_eq!(press().await?.status, StatusCode::OK);
    assert_eq!(press().await?.status, StatusCode::CONFLICT, "once");
    assert_eq!(visitor.get(link).await?.status, StatusCode::GONE);
    let address = format!("/api/v1/records/organization/{BODY}/confirmations");
    let confirmed = visitor.get(&address).await?.ok();
    assert_eq!(confirmed["items"][0]["through"], "owner-link", "{confirmed}");
    let client = house.staff("coordinator").await?;
    for page in [
        format!("/staff/records/organization/{BODY}"),
        format!("/services/{SERVICE}/history"),
    ] {
        let text = client.get(&page).await?.text;
        ensure!(text.contains("ο φορέας, με σύνδεσμο υπενθύμισης"), "{page}: {text}");
    }
    let list = client.get("/staff/records?kind=organization&q=dokimis").await?.text;
    ensure!(list.contains("επίκαιρα"), "the list says how fresh bodies are: {list}");
    Ok(())
}

/// The short form corrects a place; where it is now a person has to read.
async fn the_place_is_corrected(house: &TestApp, link: &str) -> Result<()> {
    let visitor = house.visitor();
    let page = visitor.get(link).await?.text;
    ensure!(page.contains(STREET) && page.contains("name=\"/address\""), "{page}");
    let wrong = visitor.fill(link, &[("op", "correct"), ("/phone", "τηλέφωνο")]).await?;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.text);
    let typed = [
        ("op", "correct"),
        ("/phone", "2105550999"),
        ("/hours", "Κάθε πρωί"),
        ("/address", "Οδός Νέα 7"),
    ];
    let done = visitor.fill(link, &typed).await?;
    ensure!(
        done.status == StatusCode::OK && done.text.contains("δεν επιβεβαιώθηκαν ακόμη"),
        "{} {}",
        done.status,
        done.text
    );
    assert_eq!(visitor.fill(link, &typed).await?.status, StatusCode::CONFLICT, "once");
    let now = visitor.get(&format!("/api/v1/records/location/{PLACE}")).await?.ok();
    assert_eq!(
        (&now["phones"][0]["number"], &now["schedules"][0]["description"]["el"]),
        (&json!("2105550999"), &json!("Κάθε πρωί")),
        "{now}"
    );
    let client = house.staff("coordinator").await?;
    let left = client.get("/api/v1/suggestions?state=open").await?.ok();
    let left = left["items"].as_array().context("suggestions")?;
    let moved = left.iter().find(|one| one["record_id"] == PLACE);
    let moved = moved.context("it is left for a person")?;
    assert_eq!(
        (&moved["about"], &moved["words"]),
        (&json!("place"), &json!("Οδός Νέα 7"))
    );
    // The old address still stands in the record: it is not confirmed until the officer who put the new one in says so.
    let is_waiting = async || -> Result<bool> {
        let places = waiting(&client)
            .await?
            .into_iter()
            .filter(|(kind, _)| kind == "location");
        Ok(places.count() == 2)
    };
    ensure!(is_waiting().await?, "it is as old as it was");
    let mut record = now;
    record.as_object_mut().context("a record")?.remove("version");
    record["addresses"][0]["address_1"] = json!("Οδός Νέα 7");
    let address = moved["id"].as_str().context("an identifier")?;
    let accept = format!("/api/v1/suggestions/{address}/accept");
    client.post(&accept, &json!({ "record": record })).await?.ok();
    ensure!(is_waiting().await?, "accepted is not confirmed");
    let confirm = format!("/api/v1/records/location/{PLACE}/confirmations");
    client.post(&confirm, &json!({})).await?.ok();
    ensure!(!is_waiting().await?, "now it is");
    // Everybody reads what changed.
    for prefix in ["", "/en"] {
        let told = visitor
            .get(&format!("{prefix}/records/location/{PLACE}/history"))
            .await?;
        ensure!(
            told.status == StatusCode::OK && told.text.contains("2105550999"),
            "{}: {}",
            told.status,
            told.text
        );
    }
    Ok(())
}

/// The pages of a body and of a place, which a service's history leads to: anybody reads them, and says what is wrong there.
async fn everybody_reads_and_suggests(house: &TestApp) -> Result<()> {
    let visitor = house.visitor();
    let page = visitor.get(&format!("/services/{SERVICE}/history")).await?.text;
    for (kind, id) in [("organization", BODY), ("location", PLACE), ("location", SHELTER)] {
        let history = format!("/records/{kind}/{id}/history");
        ensure!(page.contains(&format!("href=\"{history}\"")), "{history}: {page}");
        let told = visitor.get(&history).await?;
        ensure!(
            told.status == StatusCode::OK && told.text.contains(&format!("/records/{kind}/{id}/suggest")),
            "{}: {}",
            told.status,
            told.text
        );
        ensure!(
            !told.text.contains("Coordinator") && !told.text.contains("τηλεφωνικά"),
            "{}",
            told.text
        );
        let suggest = format!("/records/{kind}/{id}/suggest");
        let empty = visitor.fill(&suggest, &[]).await?;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", empty.text);
        let typed = [("/about", "contact"), ("/words", "Άλλαξε το τηλέφωνο")];
        let sent = visitor.fill(&suggest, &typed).await?;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
        let place = sent.headers["location"].to_str()?;
        assert_eq!(place, format!("{history}?done=suggestion-made"));
    }
    let client = house.staff("coordinator").await?;
    let open = client.get("/api/v1/suggestions?state=open&limit=200").await?.ok();
    let open = open["items"].as_array().context("suggestions")?;
    for id in [BODY, PLACE, SHELTER] {
        let said = open
            .iter()
            .filter(|one| one["record_id"] == id && one["words"] == "Άλλαξε το τηλέφωνο");
        assert_eq!(said.count(), 1, "{id}");
    }
    // A place of nobody has a history, and nobody to whom a suggestion could go.
    let nobodys = visitor.get(&format!("/records/location/{NOBODYS}/history")).await?;
    ensure!(
        nobodys.status == StatusCode::OK && !nobodys.text.contains("/suggest"),
        "{}",
        nobodys.text
    );
    let asked = visitor.get(&format!("/records/location/{NOBODYS}/suggest")).await?;
    assert_eq!(asked.status, StatusCode::NOT_FOUND);
    let unknown = visitor.get(&format!("/records/term/{BODY}/history")).await?;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    Ok(())
}

/// A protected place is confirmed like any, and no page on the way says where it is or asks.
async fn the_shelter_confirms(house: &TestApp, link: &str) -> Result<()> {
    let visitor = house.visitor();
    for prefix in ["", "/en"] {
        let page = visitor.get(&format!("{prefix}{link}")).await?;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        ensure!(
            !page.text.contains(HIDDEN) && !page.text.contains("name=\"/address\""),
            "{}",
            page.text
        );
    }
    let done = visitor.fill(link, &[("op", "confirm")]).await?;
    ensure!(
        done.status == StatusCode::OK && !done.text.contains(HIDDEN),
        "{}",
        done.text
    );
    let client = house.staff("coordinator").await?;
    for page in [
        format!("/staff/records/location/{SHELTER}"),
        format!("/services/{SERVICE}/history"),
        format!("/records/location/{SHELTER}/history"),
        format!("/records/location/{SHELTER}/suggest"),
        format!("/staff/records/location/{SHELTER}/history"),
        "/staff/records?kind=location&q=dokimis".to_owned(),
    ] {
        let text = client.get(&page).await?.text;
        ensure!(
            text.contains("Ξενώνας Δοκιμής") && !text.contains(HIDDEN),
            "{page}: {text}"
        );
    }
    Ok(())
}

osn_tests::stories!(bodies_and_places_are_kept_up);

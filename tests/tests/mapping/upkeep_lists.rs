//! Lists of upkeep however long they are: records are searched and paged, false pairs go for good, the board says what it shows,
//! and a history has pages.
use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use axum::http::StatusCode;
use osn_tests::app::{Backend, TestApp};
use osn_tests::client::{Client, escaped};
use osn_tests::network::{at_fields, mails};
use serde_json::{Value, json};

const UNTIL: &str = "city/request-submit/digital-skills";
const BODY: &str = "7b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7d01";
const SHELTER: &str = "7b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7d02";
const STREET: &str = "Μελισσόκηπος";
const HIDDEN: &str = "Κρυψώνας";

fn numbered(number: usize) -> String {
    format!("7b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f{number:04}")
}

async fn keep_all(client: &Client, records: impl Iterator<Item = Value>) -> Result<()> {
    let records: Vec<Value> = records.collect();
    let all = client.put("/api/v1/directory", &json!({ "records": records })).await?;
    ensure!(all.status.is_success(), "{}", all.text);
    Ok(())
}

fn body(id: &str, name: &str) -> Value {
    json!({ "record": "organization", "id": id, "name": { "el": name }, "description": { "el": "Βιβλία για όλους" } })
}

fn place(id: &str, name: &str, street: &str) -> Value {
    json!({
        "record": "location", "id": id, "location_type": "physical", "organization_id": BODY, "name": { "el": name },
        "area": "athens.6", "addresses": [{ "id": format!("8{}", &id[1..]), "address_1": street }],
    })
}

/// The address of the link whose words come behind a mark in the page.
fn href(page: &str, mark: &str) -> Option<String> {
    let (before, _) = page.split_once(mark)?;
    let (_, href) = before.rsplit_once("href=\"")?;
    let href = href.split('"').next()?;
    Some(href.replace("&#38;", "&").replace("&amp;", "&"))
}

/// The list of a kind for words.
fn asked(kind: &str, words: &str) -> String {
    format!("/staff/records?kind={kind}&q={}", escaped(words))
}

fn next(page: &str) -> Option<String> {
    href(page, " rel=\"next\"")
}

/// The records of a kind that a list shows, on all of its pages; with how many pages it has.
async fn listed(client: &Client, address: &str, kind: &str) -> Result<(BTreeSet<String>, usize)> {
    let (mut found, mut pages) = (BTreeSet::new(), 0);
    let mut address = Some(address.to_owned());
    while let Some(here) = address {
        let page = client.get(&here).await?;
        ensure!(page.status == StatusCode::OK, "{here}: {} {}", page.status, page.text);
        let marked = format!("/staff/records/{kind}/");
        let ids = page.text.split(&marked).skip(1).filter_map(|rest| rest.get(..36));
        found.extend(ids.filter(|id| id.matches('-').count() == 4).map(str::to_owned));
        address = next(&page.text);
        pages += 1;
        ensure!(pages < 200, "the list ends");
    }
    Ok((found, pages))
}

async fn every_record_is_reached_and_found(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, UNTIL).await?;
    let client = house.staff("coordinator").await?;
    client.keep("organization", &body(BODY, "Βιβλιοστάσιο Δοκιμής")).await?;
    let of_number = |number: usize| place(&numbered(number), &format!("Βιβλιοστάσιο {number}"), STREET);
    keep_all(&client, (0..60).map(of_number)).await?;
    let mut shelter = place(SHELTER, "Ξενώνας Δοκιμής", HIDDEN);
    for whereabouts in ["addresses", "area"] {
        shelter.as_object_mut().context("a record")?.remove(whereabouts);
    }
    shelter["protected"] = json!(true);
    client
        .keep("location", &place(SHELTER, "Ξενώνας Δοκιμής", HIDDEN))
        .await?;
    client.keep("location", &shelter).await?;

    let (all, _) = listed(&client, "/staff/records?kind=location", "location").await?;
    ensure!(
        (0..60).all(|number| all.contains(&numbered(number))) && all.contains(SHELTER),
        "{all:?}"
    );
    for words in ["vivliostasio", "ΒΙΒΛΙΟΣΤΑΣΙΟ"] {
        let (found, pages) = listed(&client, &asked("location", words), "location").await?;
        assert_eq!((found.len(), pages), (60, 2), "{words}: {found:?}");
    }
    let page = client.get("/staff/records?kind=location&q=vivliostasio").await?.text;
    ensure!(
        page.contains("role=\"search\"") && page.contains("value=\"vivliostasio\"") && page.contains("60 εγγραφές"),
        "{page}"
    );
    let (bodies, _) = listed(&client, &asked("organization", "βιβλιοστάσιο"), "organization").await?;
    assert_eq!(bodies, BTreeSet::from([BODY.to_owned()]));
    // Services are found by the same words as everywhere.
    for words in ["ΣΥΣΣΊΤΙΟ", "sissitia"] {
        let (found, _) = listed(&client, &asked("service", words), "service").await?;
        ensure!(!found.is_empty(), "{words}");
    }
    where_it_is_finds_what_is_public(&client).await?;
    let partner = house.staff("partner").await?;
    let (own, _) = listed(&partner, &asked("location", "βιβλιοστάσιο"), "location").await?;
    assert_eq!(own, BTreeSet::new(), "a body sees its own records");
    Ok(())
}

async fn where_it_is_finds_what_is_public(client: &Client) -> Result<()> {
    let (there, _) = listed(client, &asked("location", STREET), "location").await?;
    assert_eq!(there.len(), 60, "by their address");
    let page = client.get(&asked("location", HIDDEN)).await?.text;
    ensure!(page.contains("δεν έχει όλες τις λέξεις"), "where it was: {page}");
    ensure!(!page.contains(SHELTER), "{page}");
    let (named, _) = listed(client, &asked("location", "ξενώνας"), "location").await?;
    ensure!(named.contains(SHELTER), "{named:?}");
    Ok(())
}

const PAIRS: &str = "/api/v1/upkeep/duplicates/organization";
const APART: &str = "/api/v1/upkeep/apart/organization";

async fn total(client: &Client, address: &str) -> Result<u64> {
    let list = client.get(&format!("{address}?limit=1")).await?.ok();
    list["total"].as_u64().context("a total")
}

async fn pairs_that_are_two_are_shown_no_more(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, UNTIL).await?;
    let client = house.staff("coordinator").await?;
    // Twelve bodies of one name: sixty-six pairs.
    keep_all(
        &client,
        (0..12).map(|number| body(&numbered(number), "Σύλλογος Βιβλιόφιλων Δοκιμής")),
    )
    .await?;
    let before = total(&client, PAIRS).await?;
    ensure!(before >= 66, "{before}");
    let (all, pages) = listed(&client, "/staff/duplicates/organization", "organization").await?;
    ensure!(pages >= 2, "more than fifty pairs have a second page");
    ensure!((0..12).all(|number| all.contains(&numbered(number))), "{all:?}");
    let (one, other) = (numbered(3), numbered(7));
    let refused = client.post(APART, &json!({ "one": one, "other": one })).await?;
    at_fields(&refused, &[("/other", "apart-from-itself")]);
    let refused = client.post(APART, &json!({ "one": one, "other": SHELTER })).await?;
    at_fields(&refused, &[("/other", "unknown-record")]);
    let partner = house.staff("partner").await?;
    let forbidden = partner.post(APART, &json!({ "one": one, "other": other })).await?;
    assert_eq!(forbidden.status, StatusCode::FORBIDDEN);
    // Whichever is named first, and said twice: one decision.
    for pair in [
        json!({ "one": other, "other": one }),
        json!({ "one": one, "other": other }),
    ] {
        let made = client.post(APART, &pair).await?;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        assert_eq!(
            (&made.json()["one"], &made.json()["other"]),
            (&json!(one), &json!(other))
        );
    }
    assert_eq!(
        (total(&client, PAIRS).await?, total(&client, APART).await?),
        (before - 1, 1)
    );
    let undone = client
        .post(&format!("{APART}/undo"), &json!({ "one": other, "other": one }))
        .await?;
    assert_eq!(undone.status, StatusCode::NO_CONTENT, "{}", undone.text);
    assert_eq!(
        (total(&client, PAIRS).await?, total(&client, APART).await?),
        (before, 0)
    );
    let again = client
        .post(&format!("{APART}/undo"), &json!({ "one": one, "other": other }))
        .await?;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    by_hand(&client, (&one, &other), before).await
}

/// The same with the buttons of the pages.
async fn by_hand(client: &Client, (one, other): (&str, &str), before: u64) -> Result<()> {
    let pages = "/staff/duplicates/organization";
    let pair = [("one", one), ("other", other)];
    let page = client.get(pages).await?.text;
    ensure!(page.contains(&format!("action=\"{pages}/apart\"")), "{page}");
    let done = client.fill(&format!("{pages}/apart"), &pair).await?;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert_eq!(total(client, PAIRS).await?, before - 1);
    for (prefix, words) in [("", "Να φανούν ξανά"), ("/en", "Show again")] {
        let page = client.get(&format!("{prefix}{pages}/apart")).await?.text;
        ensure!(
            page.contains(words) && page.contains(one) && page.contains(other),
            "{page}"
        );
    }
    let done = client.fill(&format!("{pages}/apart/undo"), &pair).await?;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = client.get(&format!("{pages}/apart")).await?.text;
    ensure!(page.contains("Κανένα ζευγάρι"), "{page}");
    assert_eq!(total(client, PAIRS).await?, before);
    Ok(())
}

async fn the_board_says_what_it_shows(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, UNTIL).await?;
    let client = house.staff("coordinator").await?;
    keep_all(
        &client,
        (0..201).map(|number| body(&numbered(number), &format!("Φορέας {number}"))),
    )
    .await?;
    for (prefix, says, all) in [
        ("", "Οι πρώτοι 20 από", "φορείς περιμένουν επιβεβαίωση"),
        ("/en", "The first 20 of", "bodies wait to be confirmed"),
    ] {
        let page = client.get(&format!("{prefix}/staff/upkeep")).await?.text;
        ensure!(page.contains(says), "{page}");
        let all = href(&page, all).with_context(|| page.clone())?;
        assert_eq!(all, format!("{prefix}/staff/upkeep/waiting/organization"));
        let (listed, pages) = listed(&client, &all, "organization").await?;
        ensure!((0..201).all(|number| listed.contains(&numbered(number))), "{listed:?}");
        ensure!(pages > 4, "fifty on a page: {pages}");
        ensure!(page.contains(&format!("{prefix}/staff/upkeep?bodies=50")), "{page}");
    }
    let mut shown = BTreeSet::new();
    let mut address = Some("/staff/upkeep?bodies=0".to_owned());
    while let Some(here) = address {
        let page = client.get(&here).await?.text;
        let rows = page.split("organization_id=").skip(1).filter_map(|rest| rest.get(..36));
        let before = shown.len();
        shown.extend(rows.map(str::to_owned));
        ensure!(shown.len() - before <= 50, "so many on a page: {page}");
        address = href(&page, "ακόμη</a>");
    }
    ensure!((0..201).all(|number| shown.contains(&numbered(number))), "{shown:?}");
    // One body that confirmed its own record, and has nothing else.
    let confirmations = format!("/api/v1/records/organization/{}/confirmations", numbered(0));
    client.post(&confirmations, &json!({})).await?.ok();
    let page = client
        .get(&format!("/staff/upkeep?organization_id={}", numbered(0)))
        .await?
        .text;
    ensure!(
        page.contains("Όλοι οι φορείς είναι επίκαιροι.") && !page.contains("περιμένουν επιβεβαίωση"),
        "{page}"
    );
    ensure!(
        !page.contains("Όλες οι υπηρεσίες είναι επίκαιρες"),
        "it has none: {page}"
    );
    Ok(())
}

async fn a_history_has_pages(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, UNTIL).await?;
    let (client, visitor) = (house.staff("coordinator").await?, house.visitor());
    for number in 1..=102 {
        let mut record = body(BODY, "Βιβλιοστάσιο Δοκιμής");
        record["description"] = json!({ "el": format!("Όπως λέγεται την φορά {number}") });
        client.keep("organization", &record).await?;
    }
    let address = format!("/api/v1/records/organization/{BODY}/history");
    let numbers = |list: &Value| -> Vec<u64> {
        let items = list["items"].as_array().into_iter().flatten();
        items.filter_map(|version| version["number"].as_u64()).collect()
    };
    let first = visitor.get(&format!("{address}?limit=2")).await?.ok();
    assert_eq!((numbers(&first), &first["total"]), (vec![102, 101], &json!(102)));
    let after = first["next"].as_str().context("there is more")?;
    let second = visitor.get(&format!("{address}?limit=200&after={after}")).await?.ok();
    assert_eq!(numbers(&second), (1..=100).rev().collect::<Vec<_>>());
    assert_eq!(second["next"], Value::Null);
    assert_eq!(second["items"][0]["changes"][0]["before"], "Όπως λέγεται την φορά 99");
    let wrong = visitor.get(&format!("{address}?after=x")).await?;
    at_fields(&wrong, &[("/after", "wrong-type")]);
    for (reader, page) in [
        (&client, format!("/staff/records/organization/{BODY}")),
        (&visitor, format!("/records/organization/{BODY}/history")),
        (&visitor, format!("/en/records/organization/{BODY}/history")),
    ] {
        let newest = reader.get(&page).await?.text;
        ensure!(
            newest.contains("την φορά 102") && !newest.contains("την φορά 1<"),
            "{newest}"
        );
        let more = if page.starts_with("/en") {
            "And 2 older versions"
        } else {
            "Και 2 παλιότερες εκδόσεις"
        };
        let older = href(&newest, more).with_context(|| newest.clone())?;
        ensure!(older.contains(&format!("{BODY}/history?after=")), "{older}");
        let older = reader.get(&older).await?;
        ensure!(
            older.status == StatusCode::OK && older.text.contains("την φορά 1<"),
            "{}: {}",
            older.status,
            older.text
        );
    }
    Ok(())
}

/// A body with very many records is asked in messages of a hundred, about each once, and not again on the same day.
async fn a_large_body_is_asked_in_parts(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, UNTIL).await?;
    let client = house.staff("coordinator").await?;
    let mailbox = "large@lists.example";
    let mut owner = body(BODY, "Βιβλιοστάσιο Δοκιμής");
    owner["email"] = json!(mailbox);
    client.keep("organization", &owner).await?;
    let of_number = |number: usize| place(&numbered(number), &format!("Βιβλιοστάσιο {number}"), STREET);
    keep_all(&client, (0..220).map(of_number)).await?;
    for _ in 0..2 {
        client.post("/api/v1/upkeep/reminders", &json!({})).await?.ok();
        osn_server::jobs::work_until_idle(&house.played.app)
            .await
            .map_err(|refusal| anyhow::anyhow!("{refusal}"))?;
        let told = mails(&house.ground.dir.path().join("outbox"))?;
        let told = told.iter().filter(|mail| mail.contains(mailbox));
        let links = |mail: &String| -> BTreeSet<String> {
            let links = mail.split("/confirm/").skip(1);
            links
                .filter_map(|rest| Some(rest.split_whitespace().next()?.to_owned()))
                .collect()
        };
        let mut asked: Vec<BTreeSet<String>> = told.map(links).collect();
        asked.sort_by_key(BTreeSet::len);
        let counts: Vec<usize> = asked.iter().map(BTreeSet::len).collect();
        assert_eq!(counts, [21, 100, 100], "the body and its 220 places");
        let all: BTreeSet<&String> = asked.iter().flatten().collect();
        assert_eq!(all.len(), 221, "each has a link of its own");
    }
    Ok(())
}

osn_tests::stories!(
    a_large_body_is_asked_in_parts,
    every_record_is_reached_and_found,
    pairs_that_are_two_are_shown_no_more,
    the_board_says_what_it_shows,
    a_history_has_pages,
);

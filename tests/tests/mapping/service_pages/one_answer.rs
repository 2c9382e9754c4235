//! One question has one answer: the pages, the interface and HSDS say the same of what is open, and an older reading stays old.

use anyhow::{Context as _, Result, ensure};
use axum::http::StatusCode;
use chrono::TimeDelta;
use osn_tests::client::Client;
use serde_json::{Value, json};

use super::{BODY, LINK, PLACE, SERVICE, club, strip};

/// Whether HSDS lists the service, its link and its body among what is open now, and the pages say that it is open.
async fn open_everywhere(visitor: &Client) -> Result<[bool; 4]> {
    let lists = async |list: &str, id: &str| -> Result<bool> {
        let page = visitor
            .get(&format!("/hsds/{list}?open_now=true&per_page=1000"))
            .await?
            .ok();
        let items = page["contents"].as_array().context("contents")?;
        Ok(items.iter().any(|item| item["id"] == id))
    };
    let page = visitor.get(&format!("/services/{SERVICE}")).await?.text;
    Ok([
        lists("services", SERVICE).await?,
        lists("service_at_locations", LINK).await?,
        lists("organizations", BODY).await?,
        page.contains("Ανοιχτά τώρα"),
    ])
}

/// A record that nobody confirmed for more than a year is old, in the list and on its page: that its source was not sure of it
/// does not hide that.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_old_is_old_everywhere() -> Result<()> {
    let (house, client, _) = club().await?;
    let mut service: Value = client.get(&format!("/api/v1/records/service/{SERVICE}")).await?.ok();
    strip(&mut service);
    let visitor = house.visitor();
    let page = async |address: &str| -> Result<String> { Ok(visitor.get(address).await?.text) };
    let address = format!("/services/{SERVICE}");
    for (days, said, unsaid) in [
        (1, "Στοιχεία προς επαλήθευση", "Παλιά στοιχεία"),
        (400, "Παλιά στοιχεία", "Στοιχεία προς επαλήθευση"),
    ] {
        service["marking"] = json!("verify");
        service["assured_date"] = json!((house.played.app.now() - TimeDelta::days(days)).date_naive());
        client.keep("service", &service).await?;
        let page = page(&address).await?;
        ensure!(page.contains(said) && !page.contains(unsaid), "{days}: {page}");
    }
    let list = page("/services?q=vivlioparea").await?;
    ensure!(list.contains("Παλιά στοιχεία"), "{list}");
    Ok(())
}

/// Where a place has hours of its own they are the ones that count, everywhere.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_open_is_open_everywhere() -> Result<()> {
    let (house, client, _) = club().await?;
    let visitor = house.visitor();
    let mut service: Value = client.get(&format!("/api/v1/records/service/{SERVICE}")).await?.ok();
    strip(&mut service);
    // Wherever it is offered from nine to two and from five to eight, at the club house in the morning only.
    service["service_at_locations"] = json!([{ "id": LINK, "location_id": PLACE, "schedules": [
        { "id": "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7c81", "freq": "WEEKLY", "byday": "MO,TU,WE,TH,FR",
          "opens_at": "09:00:00", "closes_at": "11:00:00", "public_holidays": false }] }]);
    client.keep("service", &service).await?;
    // A Monday in Athens: ten in the morning, one, six in the evening; and a public holiday.
    for (at, is_open) in [
        ("2022-07-18T07:00:00Z", true),
        ("2022-07-18T10:00:00Z", false),
        ("2022-07-18T15:00:00Z", false),
        ("2022-08-15T07:00:00Z", false),
    ] {
        house.played.clock.set(at.parse()?);
        assert_eq!(open_everywhere(&visitor).await?, [is_open; 4], "{at}");
    }
    // An older reading is asked about its own moment, and nobody is told to go by its hours now.
    for (at, is_open) in [("2022-07-18T07:00:00Z", true), ("2022-07-18T10:00:00Z", false)] {
        let query = format!("services?open_now=true&as_of={at}");
        let hsds = visitor.get(&format!("/hsds/{query}&per_page=1000")).await?.text;
        assert_eq!(hsds.contains(SERVICE), is_open, "HSDS as of {at}");
        let ours = visitor.get(&format!("/api/v1/{query}&limit=200")).await?.text;
        assert_eq!(ours.contains(SERVICE), is_open, "as of {at}");
        let page = visitor.get(&format!("/services/{SERVICE}?as_of={at}")).await?.text;
        ensure!(
            !page.contains("Ανοιχτά τώρα") && !page.contains("Κλειστά τώρα"),
            "as of {at}"
        );
    }
    Ok(())
}

/// What does not run is open nowhere, whatever its hours say, is said not to run, and comes after what runs.
#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_run_is_open_nowhere() -> Result<()> {
    let (house, _, category) = club().await?;
    let visitor = house.visitor();
    // A Monday, at ten in the morning in Athens.
    house.played.clock.set("2022-07-18T07:00:00Z".parse()?);
    let client = house.staff("coordinator").await?;
    let mut service: Value = client.get(&format!("/api/v1/records/service/{SERVICE}")).await?.ok();
    strip(&mut service);
    for (status, runs) in [("active", true), ("temporarily closed", false), ("inactive", false)] {
        service["status"] = json!(status);
        client.keep("service", &service).await?;
        assert_eq!(open_everywhere(&visitor).await?, [runs; 4], "{status}");
        let open = visitor.get("/api/v1/services?open_now=true&limit=200").await?.text;
        assert_eq!(open.contains(SERVICE), runs, "{status}");
        let found = visitor.get("/api/v1/services?q=vivlioparea").await?.ok();
        let opening = &found["items"][0]["opening"];
        assert_eq!(opening["state"], if runs { "open" } else { "closed" }, "{found}");
        ensure!(opening.get("opens_next").is_none(), "{found}");
        let list = visitor.get("/services?q=vivlioparea").await?.text;
        assert_eq!(list.contains("Ανοιχτά τώρα, έως"), runs, "{status}: {list}");
        assert_eq!(list.contains("Δεν λειτουργεί τώρα"), !runs, "{status}: {list}");
        let listed = visitor
            .get(&format!("/services?open=1&category={category}"))
            .await?
            .text;
        assert_eq!(listed.contains(SERVICE), runs, "{status}: {listed}");
    }
    let all = visitor.get("/api/v1/services?limit=200").await?.ok();
    let items = all["items"].as_array().context("items")?;
    let idle: Vec<bool> = items.iter().map(|item| item["status"] != "active").collect();
    ensure!(
        idle.len() > 1 && idle.is_sorted() && idle.last() == Some(&true),
        "{idle:?}"
    );
    let community = visitor.get("/areas/athens.6").await?.text;
    let link = format!("href=\"/services/{SERVICE}\"");
    let (_, after) = community.split_once(&link).context("its link")?;
    let line = after.split("<br>").next().and_then(|rest| rest.split("</li>").next());
    ensure!(
        line.is_some_and(|line| line.contains("Δεν λειτουργεί τώρα")),
        "{community}"
    );
    service["status"] = json!("defunct");
    client.keep("service", &service).await?;
    let community = visitor.get("/areas/athens.6").await?.text;
    ensure!(!community.contains(&link), "{community}");
    Ok(())
}

/// Whoever asks for a term that is not there, or that is a term of something else, is told so, and not answered with what is for
/// everybody.
#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_term_is_told() -> Result<()> {
    let (house, ..) = club().await?;
    let visitor = house.visitor();
    for (query, field) in [
        ("group=nobody", "group"),
        ("area=atlantis", "area"),
        ("category=athens.6", "category"),
    ] {
        let told = visitor.get(&format!("/api/v1/services?{query}")).await?;
        assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}: {}", told.text);
        assert_eq!(told.errors()[0].0, format!("/{field}"), "{query}");
        let page = visitor.get(&format!("/services?{query}")).await?;
        assert_eq!(page.status, StatusCode::OK, "{query}");
        let link = format!("href=\"#f-{field}\"");
        ensure!(
            page.text.contains("Δεν υπάρχει τέτοιος όρος") && page.text.contains(&link),
            "{query}: {}",
            page.text
        );
    }
    Ok(())
}

/// Bodies are filtered by what they offer; a term that nobody knows is told, and answers with nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn bodies_are_found_by_what_they_offer() -> Result<()> {
    let (house, ..) = club().await?;
    let visitor = house.visitor();
    let count = async |query: &str| -> Result<u64> {
        let page = visitor.get(&format!("/hsds/organizations?{query}")).await?.ok();
        page["total_items"].as_u64().context("a total")
    };
    let all = count("").await?;
    for query in ["area=athens.6", "language=fa", "age=30", "modified_after=2022-01-01"] {
        let some = count(query).await?;
        ensure!(0 < some && some <= all, "{query}: {some} of {all}");
    }
    ensure!(count("language=fa").await? < all, "few speak Farsi");
    assert_eq!(count("modified_after=2031-01-01").await?, 0);
    for unknown in ["services?beneficiary_group=nobody", "organizations?area=atlantis"] {
        let told = visitor.get(&format!("/hsds/{unknown}")).await?;
        assert_eq!(told.status, StatusCode::BAD_REQUEST, "{unknown}: {}", told.text);
    }
    let told = visitor.get("/services?age=%CF%80%CE%B1%CE%B9%CE%B4%CE%AF").await?;
    ensure!(
        told.text.contains("govuk-error-summary") && told.text.contains("href=\"#f-age\""),
        "{}",
        told.text
    );
    Ok(())
}

/// Whoever reads an older day stays in it: the next page, the cards, the narrower categories and the cells of the view.
#[tokio::test(flavor = "multi_thread")]
async fn an_older_reading_stays_old() -> Result<()> {
    let (house, _, category) = club().await?;
    let visitor = house.visitor();
    let now = house.played.app.now();
    let day = now.date_naive().to_string();
    house.played.clock.set(now + TimeDelta::days(2));
    let as_of = format!("as_of={day}");
    let page = visitor
        .get(&format!("/services?as_of={day}&category={category}"))
        .await?;
    ensure!(page.status.is_success(), "{}", page.status);
    let links = page.text.split("href=\"/services").skip(1);
    let links: Vec<&str> = links.filter_map(|rest| rest.split('"').next()).collect();
    let stays = |link: &&&str| link.contains(&as_of);
    // The menu leads to today.
    let today = links.iter().filter(|link| link.is_empty()).count();
    assert_eq!(links.iter().filter(stays).count() + today, links.len(), "{links:?}");
    ensure!(
        page.text.contains("Διαβάζετε τον κατάλογο όπως ήταν")
            && page.text.contains(&format!("name=\"as_of\" value=\"{day}\"")),
        "{}",
        page.text
    );
    let view = visitor.get(&format!("/coverage?as_of={day}")).await?.text;
    let cells = view.split("href=\"/services?").skip(1);
    let cells: Vec<&str> = cells.filter_map(|rest| rest.split('"').next()).collect();
    ensure!(
        !cells.is_empty() && cells.iter().all(|cell| cell.contains(&as_of)),
        "{cells:?}"
    );
    let wrong = visitor.get("/coverage?as_of=31%2F12%2F2022").await?;
    ensure!(wrong.status.is_client_error(), "{}", wrong.status);
    // A moment is understood however its signs are escaped.
    for moment in [
        "2022-05-10T10%3A00%3A00%2B03%3A00",
        "2022-05-10T10%3a00%3a00%2b03%3a00",
        "2022-05-10T10:00:00+03:00",
    ] {
        let told = visitor.get(&format!("/api/v1/services?as_of={moment}")).await?;
        assert_eq!(told.status, StatusCode::OK, "{moment}: {}", told.text);
    }
    Ok(())
}

//! Whoever keeps a copy of the mapping by HSDS hears of everything that comes, changes and goes.
use anyhow::{Context as _, Result, ensure};
use chrono::TimeDelta;
use osn_tests::app::{Backend, TestApp};
use osn_tests::client::{Client, escaped};
use serde_json::{Value, json};

const UNTIL: &str = "city/request-submit/digital-skills";
const BODY: &str = "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7d01";
const SERVICE: &str = "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7d02";
const PLACES: [&str; 2] = [
    "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7d03",
    "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7d04",
];
const LINKS: [&str; 2] = [
    "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7d05",
    "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7d06",
];

const NUMBER: &str = "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7d07";

/// A word that stands nowhere.
const NONE: &str = "ϕποδηλατ";

/// Identifiers in a list of HSDS, on one page.
async fn ids(visitor: &Client, list: &str) -> Result<Vec<String>> {
    let answer = visitor.get(&format!("/hsds/{list}per_page=1000")).await?.ok();
    let items = answer["contents"].as_array().context("a list")?;
    let ids = items.iter().filter_map(|item| item["id"].as_str());
    Ok(ids.map(str::to_owned).collect())
}

/// What is gone since a moment: kind and identifier.
async fn gone(visitor: &Client, since: &str) -> Result<Vec<(String, String)>> {
    let answer = visitor
        .get(&format!("/hsds/removed?modified_after={since}&per_page=1000"))
        .await?
        .ok();
    let items = answer["contents"].as_array().context("a list")?;
    let text = |item: &Value, field: &str| item[field].as_str().unwrap_or_default().to_owned();
    Ok(items
        .iter()
        .map(|item| (text(item, "resource_type"), text(item, "id")))
        .collect())
}

fn moment(house: &TestApp) -> String {
    house
        .played
        .app
        .now()
        .to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

async fn a_place_is_taken_off_a_service(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, UNTIL).await?;
    let (client, visitor) = (house.staff("coordinator").await?, house.visitor());
    let later = || house.played.clock.set(house.played.app.now() + TimeDelta::minutes(1));
    let text = |text: &str| json!({ "el": text });
    let body = json!({ "record": "organization", "id": BODY, "name": text("Σύλλογος γειτονιάς"), "description": text("Στέκι") });
    later();
    let since = moment(&house);
    client.keep("organization", &body).await?;
    let bodies = ids(&visitor, &format!("organizations?modified_after={since}&")).await?;
    assert_eq!(bodies, [BODY], "a body that offers nothing yet is new, too");
    for place in PLACES {
        let place = json!({ "record": "location", "id": place, "location_type": "physical", "organization_id": BODY, "name": text("Στέκι"), "area": "athens.6" });
        client.keep("location", &place).await?;
    }
    let category = visitor.get("/api/v1/taxonomies/category").await?.ok()["items"][0]["code"].clone();
    let at = |links: &[usize]| {
        let links = links
            .iter()
            .map(|link| json!({ "id": LINKS[*link], "location_id": PLACES[*link] }));
        json!({ "record": "service", "id": SERVICE, "organization_id": BODY, "name": text("Στέκι"), "description": text("Στέκι"),
                "status": "active", "categories": [category], "service_at_locations": links.collect::<Vec<_>>() })
    };
    client.keep("service", &at(&[0, 1])).await?;
    later();
    let since = moment(&house);
    client.keep("service", &at(&[0])).await?;
    let link = ("service_at_location".to_owned(), LINKS[1].to_owned());
    assert_eq!(gone(&visitor, &since).await?, [link]);
    let changed = ids(&visitor, &format!("services?modified_after={since}&")).await?;
    assert_eq!(changed, [SERVICE], "the service says something else");
    let as_of = format!("{since}&as_of={since}");
    ensure!(gone(&visitor, &as_of).await?.len() < 2, "as it was then");
    later();
    client.keep("service", &at(&[0, 1])).await?;
    assert_eq!(gone(&visitor, &since).await?, [], "it is there again");
    later();
    client
        .send(
            axum::http::Method::DELETE,
            &format!("/api/v1/records/service/{SERVICE}"),
            None,
            Vec::new(),
            &[],
        )
        .await?;
    let mut all = gone(&visitor, &since).await?;
    all.sort();
    let of = |kind: &str, id: &str| (kind.to_owned(), id.to_owned());
    let wanted = [
        of("service", SERVICE),
        of("service_at_location", LINKS[0]),
        of("service_at_location", LINKS[1]),
    ];
    assert_eq!(all, wanted, "with the service go its places");
    Ok(())
}

/// Who changed a record before it came here, in the shape of the official example of HSDS.
const ANN: &str = "Ann Persona";

/// HSDS `metadata`, the `number`-th.
fn note(number: u32, field: &str) -> Value {
    json!([{
        "id": format!("4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7e{number:02}"), "last_action_date": "2023-03-15",
        "last_action_type": "create", "field_name": field, "previous_value": "", "replacement_value": "abc", "updated_by": ANN,
    }])
}

/// A term, a body, a place and a service that all say who changed them; the service in two versions.
async fn keep_noted(house: &TestApp, client: &Client) -> Result<()> {
    let text = |text: &str| json!({ "el": text });
    let list = client.get("/api/v1/taxonomies/category").await?.ok();
    let first = &list["items"][0];
    let address = format!("/api/v1/terms/{}", first["id"].as_str().context("a term")?);
    let mut term = client.get(&address).await?.ok();
    term.as_object_mut().context("a term")?.remove("version");
    term["metadata"] = note(1, "name");
    client.put(&address, &term).await?.ok();
    let phones = json!([{ "id": NUMBER, "number": "2105200000", "metadata": note(2, "number") }]);
    let body = json!({ "record": "organization", "id": BODY, "name": text("Ποδηλάδικο"), "description": text("Στέκι"),
                       "phones": phones, "metadata": note(3, "name") });
    client.keep("organization", &body).await?;
    let place = json!({ "record": "location", "id": PLACES[0], "location_type": "physical", "organization_id": BODY,
                        "name": text("Ποδηλάδικο"), "area": "athens.6", "metadata": note(4, "name") });
    client.keep("location", &place).await?;
    for (name, number) in [("Ποδηλάδικο", 5), ("Ποδηλάδικο της γειτονιάς", 6)] {
        house.played.clock.set(house.played.app.now() + TimeDelta::minutes(1));
        let link = json!([{ "id": LINKS[0], "location_id": PLACES[0], "metadata": note(7, "location_id") }]);
        let service = json!({ "record": "service", "id": SERVICE, "organization_id": BODY, "name": text(name), "status": "active",
                              "description": text("Επισκευές"), "categories": [first["code"]], "service_at_locations": link,
                              "metadata": note(number, "name") });
        client.keep("service", &service).await?;
    }
    Ok(())
}

/// A name among such notes is personal data: staff read them, nobody else does.
async fn who_changed_a_record_is_for_staff(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, UNTIL).await?;
    let (client, visitor) = (house.staff("coordinator").await?, house.visitor());
    keep_noted(&house, &client).await?;
    let said = [
        (format!("/api/v1/services?q={}", escaped("Ποδηλάδικο")), SERVICE),
        (format!("/api/v1/services/{SERVICE}"), SERVICE),
        ("/api/v1/organizations?limit=200".to_owned(), BODY),
        (format!("/api/v1/organizations/{BODY}"), SERVICE),
        ("/api/v1/taxonomies/category".to_owned(), "items"),
        (format!("/api/v1/records/organization/{BODY}"), BODY),
        (format!("/api/v1/records/location/{}", PLACES[0]), PLACES[0]),
        (format!("/api/v1/records/service/{SERVICE}"), SERVICE),
        (format!("/api/v1/records/service/{SERVICE}/history"), "γειτονιάς"),
        ("/api/v1/mapping/json".to_owned(), SERVICE),
    ];
    for (address, holds) in &said {
        // Staff first: what was made for them is given to nobody else.
        let staff = client.get(address).await?.text;
        ensure!(
            staff.contains(ANN) || address.ends_with("history"),
            "{address} of staff: {staff}"
        );
        let told = visitor.get(address).await?;
        ensure!(
            told.status.is_success() && told.text.contains(holds),
            "{address}: {}",
            told.text
        );
        ensure!(!told.text.contains(ANN), "{address} names somebody: {}", told.text);
    }
    for address in [
        format!("/hsds/services/{SERVICE}"),
        format!("/hsds/organizations/{BODY}?full_service=true"),
        format!("/records/service/{SERVICE}/history"),
        format!("/services/{SERVICE}"),
    ] {
        let told = visitor.get(&address).await?;
        ensure!(told.status.is_success(), "{address}: {}", told.text);
        ensure!(!told.text.contains(ANN), "{address} names somebody: {}", told.text);
    }
    let history = format!("/api/v1/records/service/{SERVICE}/history");
    let changed =
        async |reader: &Client| -> Result<bool> { Ok(reader.get(&history).await?.text.contains("/metadata")) };
    ensure!(changed(&client).await?, "staff see that notes changed");
    ensure!(!changed(&visitor).await?, "nobody else does");
    Ok(())
}

osn_tests::stories!(a_place_is_taken_off_a_service, who_changed_a_record_is_for_staff);

/// A list tells more than its own records: names of terms, and places of bodies. Who keeps a copy hears of those, too.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_record_tells_of_others_changes_it() -> Result<()> {
    let house = TestApp::begun(Backend::Sqlite, UNTIL).await?;
    let (client, visitor) = (house.staff("coordinator").await?, house.visitor());
    let later = || house.played.clock.set(house.played.app.now() + TimeDelta::minutes(1));
    let text = |text: &str| json!({ "el": text });
    let body = json!({ "record": "organization", "id": BODY, "name": text("Σύλλογος"), "description": text("Στέκι") });
    client.keep("organization", &body).await?;
    later();
    let since = moment(&house);
    let place = json!({ "record": "location", "id": PLACES[0], "location_type": "physical", "organization_id": BODY,
                        "name": text("Στέκι") });
    client.keep("location", &place).await?;
    let bodies = ids(&visitor, &format!("organizations?modified_after={since}&")).await?;
    assert_eq!(bodies, [BODY], "its answer holds its places");
    later();
    let since = moment(&house);
    for list in ["services", "service_at_locations", "organizations"] {
        let none = ids(&visitor, &format!("{list}?modified_after={since}&")).await?;
        assert!(none.is_empty(), "{list}: {none:?}");
    }
    later();
    let list = client.get("/api/v1/taxonomies/category").await?.ok();
    let address = format!("/api/v1/terms/{}", list["items"][0]["id"].as_str().context("a term")?);
    let mut term = client.get(&address).await?.ok();
    term.as_object_mut().context("a term")?.remove("version");
    term["name"]["el"] = json!("Νέο όνομα κατηγορίας");
    client.put(&address, &term).await?.ok();
    for list in ["services", "service_at_locations", "organizations"] {
        let all = ids(&visitor, &format!("{list}?")).await?;
        let changed = ids(&visitor, &format!("{list}?modified_after={since}&")).await?;
        assert_eq!(changed, all, "{list}");
    }
    let page = visitor.get("/hsds/services?minimal=true").await?.ok();
    for service in page["contents"].as_array().context("a list")? {
        let modified = service["last_modified"].as_str().context("a moment")?;
        ensure!(*modified >= *since, "as the filter has it: {service}");
    }
    Ok(())
}

/// The running actions among the services.
async fn actions(visitor: &Client) -> Result<Vec<String>> {
    let list = visitor.get("/hsds/services?full=true&per_page=1000").await?.ok();
    let services = list["contents"].as_array().context("a list")?;
    let of_the_network = |service: &&Value| service["attributes"].to_string().contains("provided_through");
    let own = services.iter().filter(of_the_network);
    Ok(own
        .filter_map(|service| service["id"].as_str().map(str::to_owned))
        .collect())
}

/// When its call closes an action has no free places any more, and whoever keeps a copy hears of it; its body does not go while
/// it runs.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_closes_changes_its_action() -> Result<()> {
    let house = TestApp::begun(Backend::Sqlite, "food-parcel-2022/call-publish/home-food-2022").await?;
    let visitor = house.visitor();
    let call = house.id("call/home-food-2022")?;
    let call = visitor.get(&format!("/api/v1/calls/{call}")).await?.ok();
    let closes_at: chrono::DateTime<chrono::Utc> = call["closes_at"].as_str().context("a moment")?.parse()?;
    let mut with_places = Vec::new();
    for id in actions(&visitor).await? {
        let service = visitor.get(&format!("/hsds/services/{id}")).await?.ok();
        if service["name"] == call["action"]["el"] {
            assert_ne!(service["capacities"][0]["available"], 0, "{service}");
            with_places.push(service);
        }
    }
    let [service] = &with_places[..] else {
        anyhow::bail!("one action: {with_places:?}");
    };
    let id = service["id"].as_str().context("an identifier")?;
    let body = service["organization"]["id"].as_str().context("a body")?;
    let officer = house.staff("coordinator").await?;
    let address = format!("/api/v1/records/organization/{body}");
    let refused = officer
        .send(axum::http::Method::DELETE, &address, None, Vec::new(), &[])
        .await?;
    assert_eq!(refused.code(), "record.body-has-open", "{}", refused.text);
    ensure!(refused.text.contains("δράσεις που απαντούν"), "{}", refused.text);
    house.played.clock.set(closes_at + TimeDelta::minutes(1));
    let since = closes_at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    let changed = ids(&visitor, &format!("services?modified_after={since}&")).await?;
    ensure!(changed.iter().any(|changed| changed == id), "{changed:?}");
    let closed = visitor.get(&format!("/hsds/services/{id}")).await?.ok();
    assert_eq!(closed["capacities"][0]["available"], 0, "{closed}");
    ensure!(closed["last_modified"].as_str() >= Some(&*since), "{closed}");
    ensure!(
        closed["capacities"][0]["updated"] != service["capacities"][0]["updated"],
        "{closed}"
    );
    Ok(())
}

/// An action begins when its call is published, and ends with its period.
#[tokio::test(flavor = "multi_thread")]
async fn an_action_comes_and_goes() -> Result<()> {
    let house = TestApp::begun(Backend::Sqlite, "food-parcel-2022/call-publish/home-food-2022").await?;
    let visitor = house.visitor();
    let own = actions(&visitor).await?;
    let now = house.played.app.now();
    let day = |days: i64| (now + TimeDelta::days(days)).format("%Y-%m-%d").to_string();
    let changed = async |since: &str| ids(&visitor, &format!("services?modified_after={since}&")).await;
    let lately = changed(&day(-1)).await?;
    let id = own.iter().find(|id| lately.contains(id));
    let id = id.context("an action that began a moment ago")?.clone();
    ensure!(!changed(&day(1)).await?.contains(&id), "and not tomorrow");
    let told = visitor.get(&format!("/hsds/services/{id}")).await?.ok();
    let modified = told["last_modified"].as_str().context("a moment")?;
    ensure!(*modified >= *day(-1), "as the filter has it: {modified}");
    ensure!(
        !gone(&visitor, "2000-01-01").await?.iter().any(|(_, gone)| *gone == id),
        "it runs"
    );
    house.played.clock.set(now + TimeDelta::days(800));
    let gone_now = gone(&visitor, &day(1)).await?;
    ensure!(gone_now.contains(&("service".to_owned(), id.clone())), "{gone_now:?}");
    ensure!(!ids(&visitor, "services?").await?.contains(&id), "it is in no list");
    ensure!(gone(&visitor, &day(799)).await?.is_empty(), "it ended before that");
    Ok(())
}

/// Bodies, terms and taxonomies are found by words in any form, spelling and keyboard, as services are.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_has_a_name_is_found_by_it() -> Result<()> {
    let house = TestApp::begun(Backend::Sqlite, UNTIL).await?;
    let (client, visitor) = (house.staff("coordinator").await?, house.visitor());
    let body = json!({ "record": "organization", "id": BODY, "name": { "el": "Σύλλογος Ποδηλατών Κυψέλης" },
                       "description": { "el": "Επισκευές ποδηλάτων για όλους" } });
    client.keep("organization", &body).await?;
    for words in ["podilaton", "ΠΟΔΗΛΑΤΕΣ", "ποδήλατα κυψέλη", NONE] {
        let found = ids(&visitor, &format!("organizations?search={}&", escaped(words))).await?;
        if words == NONE {
            ensure!(found.is_empty(), "no word of it: {found:?}");
        } else {
            ensure!(found.first().is_some_and(|id| id == BODY), "{words}: {found:?}");
        }
    }
    for (list, words) in [
        ("taxonomy_terms", "sissitia"),
        ("taxonomy_terms", "sitish"),
        ("taxonomies", "katigories"),
    ] {
        let found = ids(&visitor, &format!("{list}?search={words}&")).await?;
        ensure!(!found.is_empty(), "{list} {words}");
        let all = ids(&visitor, &format!("{list}?")).await?;
        ensure!(
            found.len() < all.len(),
            "{list} {words}: {} of {}",
            found.len(),
            all.len()
        );
    }
    Ok(())
}

/// A service as HSDS gives it comes back from a file with what the rules read of it, and nothing of it twice.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_of_hsds_comes_back_as_a_file() -> Result<()> {
    let house = TestApp::begun(Backend::Sqlite, UNTIL).await?;
    let (client, visitor) = (house.staff("coordinator").await?, house.visitor());
    let list = visitor.get("/api/v1/services?category=food&limit=5").await?.ok();
    let services = list["items"].as_array().context("services")?;
    ensure!(!services.is_empty(), "{list}");
    for service in services {
        let id = service["id"].as_str().context("an id")?;
        let given = visitor.get(&format!("/hsds/services/{id}")).await?.text;
        let path = "/api/v1/imports?file=service.json";
        let media = Some("application/octet-stream");
        let import = client
            .send(axum::http::Method::POST, path, media, given.into_bytes(), &[])
            .await?
            .ok();
        let faults = format!("/api/v1/imports/{}/faults", import["id"].as_str().context("an import")?);
        let faults = client.get(&faults).await?.text;
        ensure!(import["faults"] == 0, "{faults}");
        for found in ["added", "changed", "removed"] {
            ensure!(import[found] == 0, "{found}: {import}");
        }
    }
    Ok(())
}

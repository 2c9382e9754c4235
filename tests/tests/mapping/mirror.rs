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

osn_tests::stories!(a_place_is_taken_off_a_service);

/// An action begins when its call is published, and ends with its period.
#[tokio::test(flavor = "multi_thread")]
async fn an_action_comes_and_goes() -> Result<()> {
    let house = TestApp::begun(Backend::Sqlite, "food-parcel-2022/call-publish/home-food-2022").await?;
    let visitor = house.visitor();
    let list = visitor.get("/hsds/services?full=true&per_page=1000").await?.ok();
    let services = list["contents"].as_array().context("a list")?;
    let of_the_network = |service: &&Value| service["attributes"].to_string().contains("provided_through");
    let own: Vec<String> = services
        .iter()
        .filter(of_the_network)
        .filter_map(|service| service["id"].as_str().map(str::to_owned))
        .collect();
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

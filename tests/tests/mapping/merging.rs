//! Merging: what a place had of its own and who acts for a body follow into the record that stays.
use anyhow::{Context as _, Result, ensure};
use osn_tests::app::{Backend, TestApp};
use osn_tests::client::Client;
use osn_tests::network::at_fields;
use serde_json::{Value, json};

const UNTIL: &str = "city/request-submit/digital-skills";
const BODY: &str = "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7e01";
const SERVICE: &str = "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7e02";
const PLACES: [&str; 2] = [
    "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7e03",
    "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7e04",
];

fn body() -> Value {
    json!({ "record": "organization", "id": BODY, "name": { "el": "Σύλλογος" }, "description": { "el": "Στέκι" } })
}

/// An identifier of something inside a record.
fn part(number: usize) -> String {
    format!("4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7e{:02}", 50 + number)
}

async fn what_one_place_has_of_its_own_is_kept(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, UNTIL).await?;
    let (client, visitor) = (house.staff("coordinator").await?, house.visitor());
    client.keep("organization", &body()).await?;
    for place in PLACES {
        let place = json!({ "record": "location", "id": place, "location_type": "physical", "organization_id": BODY,
                            "name": { "el": "Στέκι" }, "area": "athens.6" });
        client.keep("location", &place).await?;
    }
    let category = visitor.get("/api/v1/taxonomies/category").await?.ok()["items"][0]["code"].clone();
    let phone = |number: usize, dial: &str| json!({ "id": part(number), "number": dial });
    let went = json!({ "id": part(0), "location_id": PLACES[0], "description": { "el": "στον όροφο" },
        "phones": [phone(1, "2101111111"), phone(2, "2102222222")],
        "schedules": [{ "id": part(3), "freq": "WEEKLY", "byday": "MO,TH", "opens_at": "09:00", "closes_at": "13:00" }] });
    let stays = json!({ "id": part(4), "location_id": PLACES[1], "phones": [phone(5, "2102222222")] });
    let service = json!({ "record": "service", "id": SERVICE, "organization_id": BODY, "name": { "el": "Στέκι" },
        "description": { "el": "Στέκι" }, "status": "active", "categories": [category], "service_at_locations": [went, stays] });
    client.keep("service", &service).await?;
    let merge = format!("/api/v1/records/location/{}/merge", PLACES[0]);
    client.post(&merge, &json!({ "into": PLACES[1] })).await?.ok();
    let now = visitor.get(&format!("/api/v1/records/service/{SERVICE}")).await?.ok();
    let links = now["service_at_locations"].as_array().context("links")?;
    assert_eq!(links.len(), 1, "{now}");
    let link = &links[0];
    assert_eq!(
        (&link["id"], &link["location_id"]),
        (&json!(part(4)), &json!(PLACES[1]))
    );
    let numbers: Vec<&str> = link["phones"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|phone| phone["number"].as_str())
        .collect();
    assert_eq!(numbers, ["2102222222", "2101111111"], "each once");
    assert_eq!(link["schedules"][0]["byday"], "MO,TH", "{link}");
    assert_eq!(link["description"]["el"], "στον όροφο");
    Ok(())
}

async fn withdraw_requests(partner: &Client) -> Result<()> {
    let own = partner.get("/api/v1/requests?state=submitted").await?.ok();
    for request in own["items"].as_array().context("requests")? {
        let id = request["id"].as_str().context("an identifier")?;
        let withdraw = format!("/api/v1/requests/{id}/withdraw");
        partner.post(&withdraw, &json!({})).await?.ok();
    }
    Ok(())
}

/// Nobody of the other body could end what this one began: its requests, and what was suggested about its record.
async fn what_is_open_is_closed_first(house: &TestApp, client: &Client) -> Result<()> {
    let partner = house.staff("partner").await?;
    let goes = partner.get("/api/v1/me").await?.ok()["organization_id"].clone();
    let goes = goes.as_str().context("a body")?;
    let merge = format!("/api/v1/records/organization/{goes}/merge");
    let said = json!({ "about": "contact", "words": "Άλλαξε το τηλέφωνο" });
    let address = format!("/api/v1/records/organization/{goes}/suggestions");
    let made = house.visitor().post(&address, &said).await?;
    assert_eq!(made.status.as_u16(), 201, "{}", made.text);
    let refused = client.post(&merge, &json!({ "into": BODY })).await?;
    at_fields(&refused, &[("/into", "merge-open")]);
    for open in ["αιτήματα: 2", "υποδείξεις: 1"] {
        ensure!(refused.text.contains(open), "{open}: {}", refused.text);
    }
    ensure!(
        !refused.text.contains("παραπομπές"),
        "only what is open: {}",
        refused.text
    );
    withdraw_requests(&partner).await?;
    let refused = client.post(&merge, &json!({ "into": BODY })).await?;
    ensure!(
        refused.text.contains("υποδείξεις: 1") && !refused.text.contains("αιτήματα"),
        "{}",
        refused.text
    );
    let left = client.get("/api/v1/suggestions?state=open").await?.ok();
    let id = left["items"][0]["id"].as_str().context("a suggestion")?;
    let accept = format!("/api/v1/suggestions/{id}/accept");
    client.post(&accept, &json!({})).await?.ok();
    let refused = client.post(&merge, &json!({ "into": BODY })).await?;
    ensure!(
        refused.text.contains("δράσεις που παραδίδει: 1") && !refused.text.contains("υποδείξεις"),
        "an action goes on to its end: {}",
        refused.text
    );
    Ok(())
}

async fn who_acts_for_a_body_follows_it(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, UNTIL).await?;
    let (client, partner) = (house.staff("coordinator").await?, house.staff("partner2").await?);
    let goes = partner.get("/api/v1/me").await?.ok()["organization_id"].clone();
    let goes = goes.as_str().context("a body")?.to_owned();
    client.keep("organization", &body()).await?;
    partner
        .post("/api/v1/subscriptions", &json!({ "areas": ["athens.6"] }))
        .await?
        .ok();
    let merge = format!("/api/v1/records/organization/{goes}/merge");
    // What a member promised to the network stays under its own name.
    let invited = json!({ "organization_id": goes, "kind": "municipal" });
    let member = client.post("/api/v1/members", &invited).await?.ok();
    at_fields(
        &client.post(&merge, &json!({ "into": BODY })).await?,
        &[("/into", "merge-member")],
    );
    let member = member["id"].as_str().context("a membership")?;
    client
        .post(&format!("/api/v1/members/{member}/end"), &json!({}))
        .await?
        .ok();
    what_is_open_is_closed_first(&house, &client).await?;
    withdraw_requests(&partner).await?;
    client.post(&merge, &json!({ "into": BODY })).await?.ok();
    let partner = house.staff("partner2").await?;
    let me = partner.get("/api/v1/me").await?.ok();
    assert_eq!(me["organization_id"], BODY, "{me}");
    let asks = partner.get("/api/v1/subscriptions").await?.ok();
    assert_eq!(asks["total"], 1, "{asks}");
    assert_eq!(
        (&asks["items"][0]["organization_id"], &asks["items"][0]["areas"]),
        (&json!(BODY), &json!(["athens.6"]))
    );
    // It keeps the records that it kept before, and the body's own.
    let mut own = client.get(&format!("/api/v1/records/organization/{BODY}")).await?.ok();
    own.as_object_mut().context("a record")?.remove("version");
    own["description"] = json!({ "el": "Στέκι και μαθήματα" });
    partner.keep("organization", &own).await?;
    let journal = client.get("/api/v1/journal?limit=200").await?;
    ensure!(
        journal.status.is_success() || journal.status.as_u16() == 403,
        "{}",
        journal.text
    );
    Ok(())
}

osn_tests::stories!(what_one_place_has_of_its_own_is_kept, who_acts_for_a_body_follows_it);

//! Two people who write at once: each change is right by itself, and never are both kept when they contradict each other.
use anyhow::{Result, ensure};
use axum::http::Method;
use osn_tests::app::{Backend, TestApp};
use serde_json::json;

const UNTIL: &str = "city/request-submit/digital-skills";
const BODY: &str = "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7f01";
const ROUNDS: usize = 24;

fn id(kind: u8, round: usize) -> String {
    format!("4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a{kind:02}{round:04}")
}

/// One withdraws a place while another writes a service that stands there.
async fn a_place_goes_while_a_service_moves_in(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, UNTIL).await?;
    let (one, other) = (house.staff("coordinator").await?, house.staff("coordinator2").await?);
    let text = |text: &str| json!({ "el": text });
    let body = json!({ "record": "organization", "id": BODY, "name": text("Σύλλογος"), "description": text("Στέκι") });
    one.keep("organization", &body).await?;
    let category = one.get("/api/v1/taxonomies/category").await?.ok()["items"][0]["code"].clone();
    let (mut withdrawn, mut moved_in) = (0, 0);
    for round in 0..ROUNDS {
        let (place, service) = (id(11, round), id(12, round));
        let record = json!({ "record": "location", "id": place, "location_type": "physical", "organization_id": BODY, "name": text("Στέκι") });
        one.keep("location", &record).await?;
        let record = json!({ "record": "service", "id": service, "organization_id": BODY, "name": text("Στέκι"),
            "description": text("Στέκι"), "status": "active", "categories": [category],
            "service_at_locations": [{ "id": id(13, round), "location_id": place }] });
        let path = format!("/api/v1/records/location/{place}");
        let go = one.send(Method::DELETE, &path, None, Vec::new(), &[]);
        let address = format!("/api/v1/records/service/{service}");
        let come = other.put(&address, &record);
        // Now the one begins first, now the other.
        let (go, come) = if round % 2 == 0 {
            let (go, come) = tokio::join!(go, come);
            (go?, come?)
        } else {
            let (come, go) = tokio::join!(come, go);
            (go?, come?)
        };
        let told = format!("{} {} / {} {}", go.status, go.text, come.status, come.text);
        ensure!(!(go.status.is_success() && come.status.is_success()), "both: {told}");
        match (go.status.is_success(), come.status.is_success()) {
            (true, _) => {
                withdrawn += 1;
                ensure!(come.text.contains("unknown-record"), "{told}");
            }
            (_, true) => {
                moved_in += 1;
                ensure!(go.text.contains("record.in-use"), "{told}");
            }
            (false, false) => ensure!(false, "neither: {told}"),
        }
    }
    assert_eq!(withdrawn + moved_in, ROUNDS);
    Ok(())
}

/// Many write different records at the same moment: each is kept, none has to be asked twice.
async fn many_hands_do_not_stand_in_each_others_way(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, UNTIL).await?;
    let client = house.staff("coordinator").await?;
    let record = |number: usize| json!({ "record": "organization", "id": id(14, number), "name": { "el": format!("Σύλλογος {number}") }, "description": { "el": "Στέκι" } });
    let writes = (0..4).map(|number| {
        let (client, record) = (client.clone(), record(number));
        tokio::spawn(async move { client.keep("organization", &record).await })
    });
    for write in writes.collect::<Vec<_>>() {
        write.await??;
    }
    for number in 0..4 {
        client
            .get(&format!("/api/v1/records/organization/{}", id(14, number)))
            .await?
            .ok();
    }
    Ok(())
}

osn_tests::stories!(
    a_place_goes_while_a_service_moves_in,
    many_hands_do_not_stand_in_each_others_way
);

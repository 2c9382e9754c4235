//! Two people who write at once: each change is right by itself, and never are both kept when they contradict each other.
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use axum::http::{Method, StatusCode};
use osn_core::directory::DirectoryRecord;
use osn_server::app::App;
use osn_store::{Actor, Scope};
use osn_tests::app::{Backend, HOST, TestApp};
use osn_tests::client::Client;
use osn_tests::network::mails;
use serde_json::{Value, json};

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

/// A record as it can be written again.
async fn read(client: &Client, path: &str) -> Result<Value> {
    let mut record = client.get(path).await?.ok();
    record.as_object_mut().context("a record")?.remove("version");
    Ok(record)
}

/// The city of the story, as another server of the same house would write to it.
async fn beside(app: &App) -> Result<Scope> {
    let cities = app.store().municipalities().await?;
    let here = cities.iter().find(|city| city.hosts.iter().any(|host| host == HOST));
    Ok(app.store().for_municipality(here.context("the story's city")?.id))
}

/// Whoever examines a need while somebody writes waits, and examines what was written: read again as of that moment, the mapping
/// says the same.
async fn an_examination_waits_for_what_is_being_written(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, UNTIL).await?;
    let officer = house.staff("coordinator").await?;
    let request = house.id("request/home-food-disability")?;
    let path = format!("/api/v1/requests/{request}/examination");
    let before = officer.post(&path, &json!({})).await?.ok();
    let known = before["examined"][0]["service_id"].as_str().context("a service")?;
    let mut record = read(&officer, &format!("/api/v1/records/service/{known}")).await?;
    record["id"] = json!(id(15, 0));
    record["service_at_locations"] = json!([]);
    let record: DirectoryRecord = serde_json::from_value(record)?;
    let (app, scope) = (&house.played.app, beside(&house.played.app).await?);
    let writer = Actor {
        account: None,
        name_of_act: "record.keep",
    };
    let revision = scope.directory_revision().await?;
    let mut tx = scope.begin(writer, app.now()).await?;
    tx.hold_directory(revision).await?;
    tx.put_directory_record(&record, None).await?;
    let (again, address) = (officer.clone(), path.clone());
    let examining = tokio::spawn(async move { again.post(&address, &json!({})).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    ensure!(!examining.is_finished(), "it waits for whoever writes");
    tx.commit().await?;
    let after = examining.await??.ok();
    let services = |said: &Value| -> Result<Vec<String>> {
        let examined = said["examined"].as_array().context("a list")?;
        let ids = examined.iter().filter_map(|one| one["service_id"].as_str());
        Ok(ids.map(str::to_owned).collect())
    };
    ensure!(services(&after)?.contains(&id(15, 0)), "{after}");
    assert_eq!(services(&after)?.len(), services(&before)?.len() + 1);
    let at = after["recorded_at"].as_str().context("a moment")?;
    let reread = officer.get(&format!("{path}?as_of={at}")).await?.ok();
    assert_eq!(services(&reread)?, services(&after)?);
    Ok(())
}

/// An import is undone while somebody corrects the record that it changed: the correction is never lost unasked.
async fn an_undo_meets_a_correction(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, UNTIL).await?;
    let (one, other) = (house.staff("coordinator").await?, house.staff("coordinator2").await?);
    let terms = one.get("/api/v1/taxonomies/category").await?.ok();
    let category = terms["items"][0]["name"]["el"].as_str().context("a category")?;
    let row = |words: &str| {
        format!("Φορέας;Υπηρεσία;Περιγραφή;Κατηγορία\nΣύλλογος Δοκιμής;Κουζίνα της γειτονιάς;{words};{category}\n")
    };
    imported(&one, &row("Από την αρχή")).await?;
    let found = one.get("/api/v1/services?q=κουζίνα+γειτονιάς").await?.ok();
    let service = found["items"][0]["id"].as_str().context("the service")?.to_owned();
    let path = format!("/api/v1/records/service/{service}");
    let (mut corrected, mut undone) = (0, 0);
    for round in 0..ROUNDS {
        let import = imported(&one, &row(&format!("Από αρχείο {round}"))).await?;
        let mut record = read(&other, &path).await?;
        record["description"] = json!({ "el": format!("Διόρθωση {round}") });
        let address = format!("/api/v1/imports/{import}/undo");
        let how = json!({});
        let undo = one.post(&address, &how);
        let correct = other.put(&path, &record);
        let (undo, correct) = if round % 2 == 0 {
            let (undo, correct) = tokio::join!(undo, correct);
            (undo?, correct?)
        } else {
            let (correct, undo) = tokio::join!(correct, undo);
            (undo?, correct?)
        };
        let told = format!("{} {} / {} {}", undo.status, undo.text, correct.status, correct.text);
        ensure!(
            undo.status.is_success() || correct.status.is_success(),
            "neither: {told}"
        );
        let now = one.get(&path).await?.ok();
        if correct.status.is_success() {
            corrected += 1;
            assert_eq!(now["description"], record["description"], "lost: {told}");
        } else {
            ensure!(correct.status == StatusCode::PRECONDITION_FAILED, "{told}");
        }
        if undo.status.is_success() {
            undone += 1;
        } else {
            ensure!(
                undo.text.contains("import.changed-since") || undo.text.contains("import.moved"),
                "{told}"
            );
        }
    }
    ensure!(corrected > 0, "{corrected} corrected, {undone} undone");
    Ok(())
}

/// Takes a file and confirms it; the import.
async fn imported(client: &Client, file: &str) -> Result<String> {
    let (address, media) = ("/api/v1/imports?file=row.csv", Some("application/octet-stream"));
    let import = client
        .send(Method::POST, address, media, file.as_bytes().to_vec(), &[])
        .await?
        .ok();
    let id = import["id"].as_str().context("an import")?.to_owned();
    client
        .post(&format!("/api/v1/imports/{id}/confirm"), &json!({}))
        .await?
        .ok();
    Ok(id)
}

/// Many people write about one record in the same moment, where no link waits at its body: each is heard, and the body is told once.
async fn many_suggest_at_once(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, UNTIL).await?;
    let client = house.staff("coordinator").await?;
    let mailbox = "owner@at-once.example";
    for round in 0..4 {
        let body = json!({ "record": "organization", "id": id(16, round), "name": { "el": format!("Σύλλογος {round}") },
                           "description": { "el": "Στέκι" }, "email": mailbox });
        client.keep("organization", &body).await?;
        let path = format!("/api/v1/records/organization/{}/suggestions", id(16, round));
        let sent = (0..4).map(|number| {
            let (visitor, path) = (house.visitor(), path.clone());
            let words = json!({ "about": "closed", "words": format!("Κλειστά {number}") });
            tokio::spawn(async move { visitor.post(&path, &words).await })
        });
        for sent in sent.collect::<Vec<_>>() {
            let sent = sent.await??;
            ensure!(sent.status.is_success(), "{} {}", sent.status, sent.text);
        }
        let open = client.get("/api/v1/suggestions?state=open&limit=200").await?.ok();
        let open = open["items"].as_array().context("suggestions")?;
        let about = open.iter().filter(|one| one["record_id"] == id(16, round).as_str());
        assert_eq!(about.count(), 4, "round {round}");
    }
    osn_server::jobs::work_until_idle(&house.played.app)
        .await
        .map_err(|refusal| anyhow::anyhow!("{refusal}"))?;
    let told = mails(&house.ground.dir.path().join("outbox"))?;
    let told = told.iter().filter(|mail| mail.contains(mailbox)).count();
    assert_eq!(told, 4, "one message for each record");
    Ok(())
}

osn_tests::stories!(
    a_place_goes_while_a_service_moves_in,
    many_hands_do_not_stand_in_each_others_way,
    an_examination_waits_for_what_is_being_written,
    an_undo_meets_a_correction,
    many_suggest_at_once
);

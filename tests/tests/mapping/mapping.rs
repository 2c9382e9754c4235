//! The mapping under many hands: a file of many pieces is taken whole or not at all, an answer is never older than the last
//! change, and a map says honestly what it does not know.
use anyhow::{Context as _, Result, ensure};
use axum::http::{Method, StatusCode};
use osn_tests::app::{Backend, TestApp};
use osn_tests::client::{Client, Reply};
use serde_json::{Value, json};

const UNTIL: &str = "city/request-submit/digital-skills";
const BODY: &str = "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7a01";
/// Services of a file: more than a piece holds, and no whole number of pieces.
const MANY: u64 = 2_500;

/// A file of many services of one body, the body in it or not.
fn many(description: &str) -> String {
    let mut file = "id,organization_id,name,description,status\n".to_owned();
    for number in 1..=MANY {
        file.push_str(&format!(
            "5b8e6f0e-6c1c-4d7c-9b5b-{number:012x},{BODY},Μάθημα {number},{description},active\n"
        ));
    }
    file
}

async fn upload(client: &Client, file: &str) -> Result<Value> {
    let address = "/api/v1/imports?file=services.csv";
    let sent = client.send(
        Method::POST,
        address,
        Some("application/octet-stream"),
        file.into(),
        &[],
    );
    Ok(sent.await?.ok())
}

async fn act(client: &Client, import: &Value, act: &str) -> Result<Reply> {
    let id = import["id"].as_str().context("an import has an identifier")?;
    client.post(&format!("/api/v1/imports/{id}/{act}"), &json!({})).await
}

async fn total(client: &Client) -> Result<u64> {
    let services = client.get("/api/v1/services?limit=1").await?.ok();
    services["total"].as_u64().context("a list has a total")
}

/// A body, as an officer writes it.
async fn with_a_body(client: &Client) -> Result<()> {
    let body = json!({
        "record": "organization", "id": BODY, "name": { "el": "Σχολή Δοκιμής" }, "description": { "el": "Μαθήματα" },
    });
    client
        .put(&format!("/api/v1/records/organization/{BODY}"), &body)
        .await?
        .ok();
    Ok(())
}

async fn a_file_of_many_pieces(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, UNTIL).await?;
    let client = house.staff("coordinator").await?;
    with_a_body(&client).await?;
    let before = total(&client).await?;
    let import = upload(&client, &many("Κάθε Δευτέρα")).await?;
    assert_eq!(
        (&import["state"], &import["added"]),
        (&json!("planned"), &json!(MANY)),
        "{import}"
    );
    // Meanwhile somebody withdraws the body: what the last piece says is as wrong as what the first one says.
    let address = format!("/api/v1/records/organization/{BODY}");
    let gone = client.send(Method::DELETE, &address, None, Vec::new(), &[]).await?;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.text);
    let refused = act(&client, &import, "confirm").await?;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, "directory.invalid"),
        "{}",
        refused.text
    );
    assert_eq!(total(&client).await?, before, "nothing is half taken");
    // With the body back, the same plan is done: all of it, at one moment.
    with_a_body(&client).await?;
    let done = act(&client, &import, "confirm").await?.ok();
    assert_eq!(
        (&done["state"], total(&client).await?),
        (&json!("done"), before + MANY),
        "{done}"
    );
    let changed = upload(&client, &many("Κάθε Τρίτη")).await?;
    assert_eq!(changed["changed"], json!(MANY), "{changed}");
    act(&client, &changed, "confirm").await?.ok();
    let same = upload(&client, &many("Κάθε Τρίτη")).await?;
    assert_eq!(same["untouched"], json!(MANY), "{same}");
    // Undone in the order of doing; what was written since stands in the way.
    assert_eq!(act(&client, &import, "undo").await?.code(), "import.changed-since");
    act(&client, &changed, "undo").await?.ok();
    let back = upload(&client, &many("Κάθε Δευτέρα")).await?;
    assert_eq!(
        (&back["untouched"], total(&client).await?),
        (&json!(MANY), before + MANY),
        "{back}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_many_pieces_is_taken_whole_or_not_at_all_on_both_databases() -> Result<()> {
    for backend in Backend::ALL {
        a_file_of_many_pieces(backend).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_everybody_reads_is_never_older_than_the_last_change() -> Result<()> {
    let house = TestApp::begun(Backend::Sqlite, UNTIL).await?;
    let (client, visitor) = (house.staff("coordinator").await?, house.visitor());
    let services = client.get("/api/v1/services?limit=1").await?.ok();
    let id = services["items"][0]["id"].as_str().context("a service")?.to_owned();
    let address = format!("/api/v1/records/service/{id}");
    let mut record = client.get(&address).await?.ok();
    record.as_object_mut().context("a record")?.remove("version");
    for round in 0..5 {
        let name = format!("Όνομα αριθμός {round}");
        record["name"] = json!({ "el": name });
        client.put(&address, &record).await?.ok();
        // Twice: the second answer is the one that was kept.
        for _ in 0..2 {
            for path in [
                format!("/hsds/services/{id}"),
                "/hsds/services?per_page=1000".to_owned(),
                format!("/services/{id}"),
                format!("/en/services/{id}"),
            ] {
                let read = visitor.get(&path).await?;
                ensure!(
                    read.status == StatusCode::OK && read.text.contains(&name),
                    "{path} in round {round}"
                );
            }
            let found = visitor.get("/api/v1/services?q=όνομα+αριθμός").await?;
            ensure!(found.text.contains(&name), "a search in round {round}");
        }
    }
    // Whoever is signed in is answered anew, and a visitor is not given what they were.
    let (mine, theirs) = (
        client.get(&format!("/services/{id}")).await?,
        visitor.get(&format!("/services/{id}")).await?,
    );
    ensure!(!theirs.text.contains("/staff/sign-out") && mine.status == StatusCode::OK);
    // What depends on the hour moves with the clock although nobody writes.
    let terms = client.get("/api/v1/taxonomies/category").await?.ok();
    let category = terms["items"][0]["name"]["el"].as_str().context("a category")?;
    let sheet =
        format!("Φορέας;Υπηρεσία;Περιγραφή;Κατηγορία;Ωράριο\nΣχολή;Μάθημα;Κάθε πρωί;{category};Δευ-Παρ 09:00-14:00\n");
    let import = upload(&client, &sheet).await?;
    act(&client, &import, "confirm").await?.ok();
    let mut open = Vec::new();
    for at in ["2022-07-15T08:00:00Z", "2022-07-15T23:30:00Z", "2022-07-18T08:00:00Z"] {
        house.played.clock.set(at.parse()?);
        let list = visitor.get("/hsds/services?open_now=true").await?.ok();
        open.push(list["total_items"].as_u64().context("a total")?);
    }
    let [friday, night, monday] = open[..] else {
        unreachable!()
    };
    ensure!(friday > night && friday == monday, "{open:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_map_says_what_it_does_not_know() -> Result<()> {
    let house = TestApp::begun(Backend::Sqlite, UNTIL).await?;
    let (client, visitor) = (house.staff("coordinator").await?, house.visitor());
    let areas = visitor.get("/areas").await?.text;
    ensure!(
        (1..=7).all(|number| areas.contains(&format!("/areas/athens.{number}"))),
        "{areas}"
    );
    // The sources give no coordinates: no empty drawing, but the places by community, and why there is no map.
    let page = visitor.get("/areas/athens.6").await?.text;
    ensure!(
        page.contains("καμία πηγή δεν δίνει συντεταγμένες") && !page.contains("<svg class=\"osn-map\""),
        "{page}"
    );
    ensure!(page.contains("Αχαρνών 3"), "the address is there");
    let english = visitor.get("/en/areas/athens.6").await?.text;
    ensure!(english.contains("no source gives coordinates"), "{english}");
    let places = client
        .get("/hsds/service_at_locations?full=true&per_page=1000")
        .await?
        .ok();
    let here = places["contents"]
        .as_array()
        .context("a list")?
        .iter()
        .find_map(|link| {
            let place = &link["location"];
            place["addresses"]
                .to_string()
                .contains("Αχαρνών 3\"")
                .then(|| place["id"].as_str())?
        });
    let address = format!("/api/v1/records/location/{}", here.context("a place of the community")?);
    let mut record = client.get(&address).await?.ok();
    record.as_object_mut().context("a record")?.remove("version");
    let mut at = async |latitude: &str, longitude: &str| {
        record["latitude"] = json!(latitude);
        record["longitude"] = json!(longitude);
        client.put(&address, &record).await
    };
    at("37.9900", "23.7250").await?.ok();
    let page = visitor.get("/areas/athens.6").await?.text;
    ensure!(
        page.contains("<svg class=\"osn-map\"") && !page.contains("έξω από τον δήμο"),
        "{page}"
    );
    // Swapped, it lies in the sea; or it is a place of another city: the record stands, says so to its keeper, and is not drawn.
    for (latitude, longitude) in [("23.7250", "37.9900"), ("40.64", "22.94")] {
        at(latitude, longitude).await?.ok();
        let page = visitor.get("/areas/athens.6").await?.text;
        ensure!(
            page.contains("Μία δομή έχει συντεταγμένες έξω από τον δήμο") && !page.contains("<svg class=\"osn-map\""),
            "{latitude}: {page}"
        );
        let staff = client.get(&address.replace("/api/v1", "/staff")).await?.text;
        ensure!(staff.contains("έξω από τον δήμο"), "{latitude}: {staff}");
    }
    let refused = at("91", "23.7").await?;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
    ensure!(refused.text.contains("latitude"), "{}", refused.text);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_keeps_the_mapping_that_it_read() -> Result<()> {
    let house = TestApp::begun(Backend::Sqlite, "food-parcel-2022/action/home-food").await?;
    let (client, visitor) = (house.staff("coordinator").await?, house.visitor());
    let all = client.get("/api/v1/certificates").await?.ok();
    let first = all["items"].as_array().context("a list")?.iter().find_map(|signed| {
        let signed = signed.get("certificate").unwrap_or(signed);
        let examined = signed["confirmation"]["examined"].as_array()?;
        let service = examined.first()?["service_id"].as_str()?;
        Some((
            signed["id"].as_str()?.to_owned(),
            signed["confirmation"]["recorded_at"].as_str()?.to_owned(),
            service.to_owned(),
        ))
    });
    let (certificate, read_at, service) =
        first.with_context(|| format!("a certificate that examined a service: {all}"))?;
    let address = format!("/api/v1/certificates/{certificate}");
    let before = client.get(&address).await?.ok();
    // Since then the service says something else, and then it is gone.
    let record = format!("/api/v1/records/service/{service}");
    let mut changed = client.get(&record).await?.ok();
    changed.as_object_mut().context("a record")?.remove("version");
    let was = changed["name"]["el"].as_str().context("a name")?.to_owned();
    changed["name"] = json!({ "el": "Με άλλο όνομα" });
    client.put(&record, &changed).await?.ok();
    let gone = client.send(Method::DELETE, &record, None, Vec::new(), &[]).await?;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.text);
    // On the API, in HSDS, on the page, in the list and in the consolidated view the day of the certificate is still there.
    let at = read_at.replace('+', "%2B");
    for (path, by_day) in [
        (format!("/api/v1/services/{service}?as_of={at}"), false),
        (format!("/hsds/services/{service}?as_of={at}"), false),
        (format!("/services/{service}?as_of={at}"), false),
        (format!("/services/{service}/sheet?as_of={at}"), false),
        ("/api/v1/coverage?as_of=2022-06-30".to_owned(), true),
    ] {
        let then = visitor.get(&path).await?;
        assert_eq!(then.status, StatusCode::OK, "{path}: {}", then.text);
        ensure!(by_day || then.text.contains(&was), "{path}: {}", then.text);
        let now = path.split('?').next().unwrap_or_default();
        ensure!(
            by_day || visitor.get(now).await?.status == StatusCode::NOT_FOUND,
            "{now}"
        );
    }
    // The certificate still says what it read.
    let after = client.get(&address).await?.ok();
    assert_eq!(after, before);
    ensure!(
        after.to_string().contains(&was) && !after.to_string().contains("Με άλλο όνομα"),
        "{after}"
    );
    Ok(())
}

//! A change to one record never leaves another that contradicts it, and a place that is protected by now has no past.

use anyhow::{Context as _, Result, ensure};
use axum::http::StatusCode;
use chrono::TimeDelta;
use osn_tests::app::TestApp;
use osn_tests::client::{Client, Reply};
use serde_json::{Value, json};

use super::{BODY, LINK, PLACE, SERVICE, club, said, send, strip};

/// A corner of the shape that would show where a place is.
const CORNER: &str = "23.7261137";

async fn read(client: &Client, record: &str) -> Result<Value> {
    let mut read = client.get(&format!("/api/v1/records/{record}")).await?.ok();
    strip(&mut read);
    Ok(read)
}

/// That a record cannot be kept so, because others point at it.
async fn breaks_others(client: &Client, kind: &str, record: &Value) -> Result<()> {
    let id = record["id"].as_str().context("an id")?;
    let told = client.put(&format!("/api/v1/records/{kind}/{id}"), record).await?;
    ensure!(
        told.status == StatusCode::CONFLICT && told.text.contains("record.breaks-others"),
        "{} {}",
        told.status,
        told.text
    );
    Ok(())
}

/// The area that a service covers from a place has a shape; the place is protected only once the shape is gone, and then no older
/// version of the service shows it.
#[tokio::test(flavor = "multi_thread")]
async fn a_shape_does_not_give_a_protected_place_away() -> Result<()> {
    let (house, client, _) = club().await?;
    let later = || house.played.clock.set(house.played.app.now() + TimeDelta::minutes(1));
    let shape = format!("{{\"type\":\"Point\",\"coordinates\":[{CORNER},37.98]}}");
    let mut service = read(&client, &format!("service/{SERVICE}")).await?;
    service["service_at_locations"] = json!([{ "id": LINK, "location_id": PLACE, "service_areas": [
        { "id": "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7c51", "extent": shape, "extent_type": "geojson" }] }]);
    later();
    client.keep("service", &service).await?;
    later();
    let open = house.played.app.now().to_rfc3339().replace('+', "%2B");
    later();
    let mut place = read(&client, &format!("location/{PLACE}")).await?;
    place["protected"] = json!(true);
    for field in ["addresses", "area"] {
        place.as_object_mut().context("a place")?.remove(field);
    }
    breaks_others(&client, "location", &place).await?;
    service["service_at_locations"] = json!([{ "id": LINK, "location_id": PLACE }]);
    client.keep("service", &service).await?;
    later();
    place["address_note"] = said("πίσω από την πλατεία", "behind the square");
    let noted = client.put(&format!("/api/v1/records/location/{PLACE}"), &place).await?;
    assert_eq!(
        noted.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "words beside an address are one"
    );
    place.as_object_mut().context("a place")?.remove("address_note");
    client.keep("location", &place).await?;
    it_has_no_past(&house, &client, &open).await
}

async fn it_has_no_past(house: &TestApp, client: &Client, open: &str) -> Result<()> {
    for surface in [
        format!("/hsds/services/{SERVICE}?full=true"),
        format!("/hsds/services/{SERVICE}?full=true&as_of={open}"),
        format!("/hsds/service_at_locations/{LINK}?as_of={open}"),
        format!("/api/v1/services/{SERVICE}?as_of={open}"),
        format!("/api/v1/mapping/json?as_of={open}"),
        format!("/api/v1/records/service/{SERVICE}/history"),
    ] {
        for reader in [&house.visitor(), client] {
            let told = reader.get(&surface).await?;
            ensure!(told.status.is_success(), "{surface}: {} {}", told.status, told.text);
            ensure!(!told.text.contains(CORNER), "{surface} gives the place away");
        }
    }
    let versions = client.get(&format!("/api/v1/services/{SERVICE}/history")).await?;
    ensure!(
        versions.status.is_success() && versions.text.contains(LINK),
        "{}",
        versions.text
    );
    ensure!(
        !versions.text.contains(CORNER),
        "nor do its versions: {}",
        versions.text
    );
    Ok(())
}

/// A program of a body to which a service belongs does not go, by no way; with the body it moves to the one that stays.
#[tokio::test(flavor = "multi_thread")]
async fn a_program_in_use_stays() -> Result<()> {
    let (_house, client, _) = club().await?;
    let program = "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7c61";
    let mut body = read(&client, &format!("organization/{BODY}")).await?;
    body["programs"] = json!([{ "id": program, "name": said("Γειτονιά", "Neighbourhood") }]);
    let kept = client.keep("organization", &body).await?;
    let mut service = read(&client, &format!("service/{SERVICE}")).await?;
    service["program_id"] = json!(program);
    client.keep("service", &service).await?;
    let mut without = body.clone();
    without.as_object_mut().context("a body")?.remove("programs");
    breaks_others(&client, "organization", &without).await?;
    let address = format!("/staff/records/organization/{BODY}/details");
    let gone = [
        ("part", format!("programs/{program}")),
        ("version", kept["version"].to_string()),
    ];
    let gone = gone.map(|(name, value)| (name.to_owned(), value)).into();
    let told = send(&client, &format!("{address}/remove"), &gone).await?;
    ensure!(
        told.status == StatusCode::CONFLICT && told.text.contains("άλλες εγγραφές"),
        "{} {}",
        told.status,
        told.text
    );
    let stays = "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7c62";
    let other = json!({ "record": "organization", "id": stays, "name": said("Ένωση", "Union"),
                        "description": said("Λέσχες", "Clubs") });
    client.keep("organization", &other).await?;
    let merge = format!("/api/v1/records/organization/{BODY}/merge");
    client.post(&merge, &json!({ "into": stays })).await?.ok();
    assert_eq!(
        read(&client, &format!("organization/{stays}")).await?["programs"][0]["id"],
        program
    );
    let service = read(&client, &format!("service/{SERVICE}")).await?;
    assert_eq!(
        (&service["organization_id"], &service["program_id"]),
        (&json!(stays), &json!(program))
    );
    Ok(())
}

/// A body is not merged into one that stands far below it: the one between would stand above itself.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_merged_into_a_circle() -> Result<()> {
    let (_house, client, _) = club().await?;
    let (middle, low) = (
        "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7c71",
        "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7c72",
    );
    for (id, above) in [(middle, BODY), (low, middle)] {
        let body = json!({ "record": "organization", "id": id, "name": said("Τμήμα", "Branch"),
                           "description": said("Τμήμα", "Branch"), "parent_organization_id": above });
        client.keep("organization", &body).await?;
    }
    let merge = format!("/api/v1/records/organization/{BODY}/merge");
    let told = client.post(&merge, &json!({ "into": low })).await?;
    ensure!(
        told.status == StatusCode::CONFLICT && told.text.contains("record.breaks-others"),
        "{} {}",
        told.status,
        told.text
    );
    assert_eq!(
        read(&client, &format!("organization/{middle}")).await?["parent_organization_id"],
        BODY
    );
    client.post(&merge, &json!({ "into": middle })).await?.ok();
    Ok(())
}

/// Words that tell where a protected place is are refused at their field, whether they say it by themselves or name the street at
/// which it stood; what it said before it was protected is told nowhere any more.
#[tokio::test(flavor = "multi_thread")]
async fn words_do_not_give_a_protected_place_away() -> Result<()> {
    let (house, client, _) = club().await?;
    let later = || house.played.clock.set(house.played.app.now() + TimeDelta::minutes(1));
    let (open, after) = (
        said("Στη Βιβλίων, με αυλή", "With a yard"),
        said("Με αυλή", "With a yard"),
    );
    let mut place = read(&client, &format!("location/{PLACE}")).await?;
    place["description"] = open.clone();
    later();
    client.keep("location", &place).await?;
    let mut service = read(&client, &format!("service/{SERVICE}")).await?;
    let plain = std::mem::replace(&mut service["description"], open.clone());
    later();
    client.keep("service", &service).await?;
    // A version without the address and with the words is not told either: the street stands in an older one.
    for field in ["addresses", "area"] {
        place.as_object_mut().context("a place")?.remove(field);
    }
    later();
    client.keep("location", &place).await?;
    later();
    let before = house.played.app.now().to_rfc3339().replace('+', "%2B");
    place["protected"] = json!(true);
    let path = format!("/api/v1/records/location/{PLACE}");
    // No way protects a place whose words name a street at which it once stood, nor one of which a service says it.
    nor_do_others(&client, &place, &["Στη Βιβλίων, με αυλή"]).await?;
    place["description"] = after.clone();
    let told = client.put(&path, &place).await?;
    ensure!(told.text.contains("record.breaks-others"), "{}", told.text);
    service["description"] = plain.clone();
    client.keep("service", &service).await?;
    for (words, refused) in [
        (open, true),
        (said("Με αυλή", "In Vivlion street 5"), true),
        (said("Με αυλή, ΤΚ 113 63", "With a yard"), true),
        (said("https://maps.app.goo.gl/abc", ""), true),
        (after, false),
    ] {
        place["description"] = words;
        later();
        let told = client.put(&path, &place).await?;
        if refused {
            tells_where(&told)?;
        } else {
            told.ok();
        }
    }
    service["description"] = said("Στη Βιβλίων, με αυλή", "With a yard");
    let path = format!("/api/v1/records/service/{SERVICE}");
    tells_where(&client.put(&path, &service).await?)?;
    let page = client.get(&format!("/staff/records/location/{PLACE}/edit")).await?;
    ensure!(page.status.is_success(), "{}", page.text);
    for surface in [
        format!("/hsds/service_at_locations/{LINK}?as_of={before}"),
        format!("/api/v1/services/{SERVICE}?as_of={before}"),
        format!("/services/{SERVICE}?as_of={before}"),
        format!("/api/v1/mapping/json?as_of={before}"),
        format!("/api/v1/records/location/{PLACE}/history"),
        format!("/records/location/{PLACE}/history"),
        format!("/api/v1/records/service/{SERVICE}/history"),
        format!("/services/{SERVICE}/history"),
    ] {
        for reader in [&house.visitor(), &client] {
            let told = reader.get(&surface).await?;
            ensure!(told.status.is_success(), "{surface}: {} {}", told.status, told.text);
            ensure!(!told.text.contains("Βιβλίων,"), "{surface} tells: {}", told.text);
        }
    }
    nor_do_others(&client, &place, &["Στην οδό Άλλη 12", "Στη Βιβλίων, με αυλή"]).await
}

/// An answer says of a description that it tells where a place is.
fn tells_where(told: &Reply) -> Result<()> {
    assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", told.text);
    let errors = told.errors();
    let (field, code, _) = errors.first().context("an error")?;
    assert_eq!((&**field, &**code), ("/description", "record-tells-where"));
    Ok(())
}

/// Many records at once, and a file, which says it at the cell.
async fn nor_do_others(client: &Client, place: &Value, told: &[&str]) -> Result<()> {
    for words in told {
        let mut place = place.clone();
        place["description"] = said(words, "With a yard");
        let all = client.put("/api/v1/directory", &json!({ "records": [place] })).await?;
        ensure!(
            all.status == StatusCode::UNPROCESSABLE_ENTITY && all.text.contains("record-tells-where"),
            "{}",
            all.text
        );
        let file = format!("id;osn_protected;description\n{PLACE};true;{words}\n");
        let (address, media) = ("/api/v1/imports?file=location.csv", Some("application/octet-stream"));
        let import = client
            .send(axum::http::Method::POST, address, media, file.into_bytes(), &[])
            .await?
            .ok();
        assert_eq!(import["state"], "refused", "{words}: {import}");
        let faults = format!("/api/v1/imports/{}/faults", import["id"].as_str().context("an import")?);
        let faults = client.get(&faults).await?.ok();
        assert_eq!(faults["items"][0]["code"], "record-tells-where", "{faults}");
        assert_eq!(faults["items"][0]["place"], "location.csv!C2", "{faults}");
    }
    Ok(())
}

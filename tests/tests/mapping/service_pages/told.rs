//! What somebody needs to come, to call and to get in stands on the page and on the sheet, and nobody is told what the record
//! does not say.

use anyhow::{Context as _, Result, ensure};
use osn_tests::client::Client;
use serde_json::{Value, json};

use super::{BODY, LINK, PLACE, SERVICE, club, said, strip};

/// A record as it is written back: without its version.
async fn record(client: &Client, address: &str) -> Result<Value> {
    let mut record: Value = client.get(&format!("/api/v1/records/{address}")).await?.ok();
    strip(&mut record);
    Ok(record)
}

/// That words stand on a page, and others do not.
fn says(page: &str, said: &[&str], unsaid: &[&str]) -> Result<()> {
    for words in said {
        ensure!(page.contains(words), "«{words}» is not on\n{page}");
    }
    for words in unsaid {
        ensure!(!page.contains(words), "«{words}» is on\n{page}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_needs_to_come_and_to_call_is_told() -> Result<()> {
    let (house, client, _) = club().await?;
    let visitor = house.visitor();
    let mut service = record(&client, &format!("service/{SERVICE}")).await?;
    service["modes"] = json!(["place"]);
    service["phones"] = json!([
        { "id": "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7c06", "number": "+30 2105550123", "extension": 214 },
        { "id": "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7ca1", "number": "2105550999", "phone_type": "fax" },
    ]);
    client.keep("service", &service).await?;
    let mut place = record(&client, &format!("location/{PLACE}")).await?;
    place["addresses"] = json!([
        { "id": "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7ca2", "address_type": "postal", "address_1": "Θυρίδα 77" },
        { "id": LINK, "address_1": "Οδός Βιβλίων 5", "address_2": "2ος όροφος", "postal_code": "11363" },
    ]);
    place["accessibility"] = json!([
        { "id": "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7ca3", "description": said("Ράμπα.", "Ramp."),
          "details": said("Ήπια κλίση", "A gentle slope"), "url": "https://club.example/access" },
    ]);
    client.keep("location", &place).await?;
    let address = format!("/services/{SERVICE}");
    let told = [
        "εσωτ. 214",
        "Φαξ",
        "Οδός Βιβλίων 5, 2ος όροφος, 11363",
        "Ταχυδρομική διεύθυνση: Θυρίδα 77",
        "Ράμπα: Ήπια κλίση",
        "https://club.example/access",
        "Αν μπορείτε, τηλεφωνήστε πρώτα",
    ];
    for page in [address.clone(), format!("{address}/sheet")] {
        says(&visitor.get(&page).await?.text, &told, &["ιστοσελίδα του φορέα."])?;
    }
    let page = visitor.get(&address).await?.text;
    says(&page, &["tel:+302105550123;ext=214"], &["tel:2105550999"])?;
    // Without a telephone nobody is told to call, and without a website nobody is led to one.
    service["phones"] = json!([]);
    client.keep("service", &service).await?;
    let page = visitor.get(&address).await?.text;
    says(&page, &["Πηγαίνετε στον χώρο"], &["τηλεφωνήστε πρώτα", "δείτε πρώτα"])?;
    service["url"] = json!("https://club.example");
    client.keep("service", &service).await?;
    says(&visitor.get(&address).await?.text, &["δείτε πρώτα την ιστοσελίδα"], &[])?;
    // Nobody is sent to a protected place; the telephone of the place is the way to it.
    place["protected"] = json!(true);
    place["phones"] = json!([{ "id": "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7ca4", "number": "2105550777" }]);
    for field in ["addresses", "area"] {
        place.as_object_mut().context("a place")?.remove(field);
    }
    client.keep("location", &place).await?;
    for page in [address.clone(), format!("{address}/sheet")] {
        says(
            &visitor.get(&page).await?.text,
            &["Τηλεφωνήστε (2105550777) και θα σας πουν πού να πάτε"],
            &["Πηγαίνετε στον χώρο", "Ήπια κλίση", "club.example/access"],
        )?;
    }
    Ok(())
}

/// Of a day whose hours the record does not say nobody is told that it begins at midnight.
#[tokio::test(flavor = "multi_thread")]
async fn a_day_without_hours_is_told_as_a_day() -> Result<()> {
    let (house, client, _) = club().await?;
    let visitor = house.visitor();
    let mut service = record(&client, &format!("service/{SERVICE}")).await?;
    service["schedules"] = json!([{ "id": "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7ca5", "freq": "WEEKLY", "byday": "MO",
                                    "public_holidays": true }]);
    client.keep("service", &service).await?;
    // A Saturday and the Sunday after it.
    for (at, day) in [
        ("2022-07-16T09:00:00Z", "Ίσως ανοίξει Δευτέρα"),
        ("2022-07-17T09:00:00Z", "Ίσως ανοίξει αύριο·"),
    ] {
        house.played.clock.set(at.parse()?);
        for page in [format!("/services/{SERVICE}"), "/services?q=vivlioparea".to_owned()] {
            let page = visitor.get(&page).await?.text;
            says(&page, &[day, "δεν δηλώνονται ώρες"], &["στις 00:00"])?;
        }
        let found = visitor.get("/api/v1/services?q=vivlioparea").await?.ok();
        let opening = &found["items"][0]["opening"];
        assert_eq!(opening["doubt"], "hours-unstated", "{found}");
        ensure!(opening.get("opens_next").is_none(), "{found}");
    }
    Ok(())
}

/// A community with more places than fit on one page is read page by page, and each of them stands on one.
#[tokio::test(flavor = "multi_thread")]
async fn a_large_community_is_read_page_by_page() -> Result<()> {
    let (house, client, _) = club().await?;
    let name = |number: u32| format!("Δοκιμαστικό στέκι {number:03}");
    for number in 1..=60_u32 {
        let place = json!({
            "record": "location", "id": format!("4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9{number:05}"),
            "location_type": "physical", "organization_id": BODY, "area": "athens.6",
            "name": said(&name(number), &format!("Place {number:03}")),
        });
        client.keep("location", &place).await?;
    }
    let visitor = house.visitor();
    let (mut seen, mut after) = (Vec::new(), 0);
    loop {
        let page = visitor.get(&format!("/areas/athens.6?after={after}")).await?.text;
        let here: Vec<u32> = (1..=60).filter(|number| page.contains(&name(*number))).collect();
        ensure!(here.len() <= 50, "{} on one page", here.len());
        seen.extend(here);
        after += 50;
        if !page.contains(&format!("?after={after}\"")) {
            break;
        }
    }
    ensure!(after > 50, "there is a second page");
    assert_eq!(seen, (1..=60).collect::<Vec<u32>>());
    let beyond = visitor.get("/areas/athens.6?after=x").await?;
    ensure!(beyond.status.is_client_error(), "{}", beyond.status);
    Ok(())
}

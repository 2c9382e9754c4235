//! What is typed on the pages of records, and what such a page leaves alone.

use anyhow::{Context as _, Result, ensure};
use osn_tests::client::Client;
use osn_tests::network::led;
use serde_json::{Value, json};

use super::{BODY, PLACE, SERVICE, club, said, send, shown, strip, type_in};

/// Costs, people to talk to, access and what holds on public holidays are typed on the pages of the records; what a page does
/// not ask stays as it was.
#[tokio::test(flavor = "multi_thread")]
async fn more_of_a_record_is_typed_on_its_page() -> Result<()> {
    let (house, client, _) = club().await?;
    let read = async |kind: &str, id: &str| -> Result<Value> {
        Ok(client.get(&format!("/api/v1/records/{kind}/{id}")).await?.ok())
    };
    let mut service = read("service", SERVICE).await?;
    strip(&mut service);
    service["phones"][0]["description"] = said("Γραφείο", "Desk");
    service["schedules"][0]
        .as_object_mut()
        .context("hours")?
        .remove("public_holidays");
    client.keep("service", &service).await?;
    let holiday = "2022-10-28T08:00:00Z".parse()?;
    let typed = async |kind: &str, id: &str, typed: &[(&str, &str)]| -> Result<Value> {
        let edit = format!("/staff/records/{kind}/{id}/edit");
        let mut fields = shown(&client.get(&edit).await?.text, &edit)?;
        for (name, value) in typed {
            type_in(&mut fields, name, value);
        }
        led(&send(&client, &edit, &fields).await?)?;
        read(kind, id).await
    };
    let contact = [
        ("/contacts/r0/name/el", "Μαρία"),
        ("/contacts/r0/email", "maria@club.example"),
    ];
    let more = [
        ("/schedules/r0/public_holidays", "yes"),
        ("/cost_options/r0/option/el", "Υλικά"),
        ("/cost_options/r0/amount", "2.50"),
    ];
    let kept = typed("service", SERVICE, &[&contact[..], &more].concat()).await?;
    assert_eq!(
        (
            &kept["schedules"][0]["public_holidays"],
            &kept["schedules"][1]["public_holidays"]
        ),
        (&json!(true), &json!(false)),
        "{kept}"
    );
    let cost = &kept["cost_options"][0];
    assert_eq!(
        (&cost["option"]["el"], &cost["currency"]),
        (&json!("Υλικά"), &json!("EUR")),
        "{kept}"
    );
    assert_eq!(
        kept["phones"][0]["description"],
        said("Γραφείο", "Desk"),
        "the form asks for the Greek only"
    );
    assert_eq!(kept["contacts"][0]["email"], "maria@club.example");
    let place = typed("location", PLACE, &[("/accessibility/r0/description/el", "Ράμπα")]).await?;
    assert_eq!(place["accessibility"][0]["description"]["el"], "Ράμπα", "{place}");
    rows_that_are_not_shown_stay(&client).await?;
    let body = typed("organization", BODY, &contact).await?;
    assert_eq!(body["contacts"][0]["name"]["el"], "Μαρία", "{body}");
    // On the holiday the first hours hold, and nobody is told to ask.
    house.played.clock.set(holiday);
    let page = house.visitor().get(&format!("/services/{SERVICE}")).await?.text;
    ensure!(
        page.contains("Ανοιχτά τώρα") && !page.contains("Ίσως κλειστά"),
        "{page}"
    );
    Ok(())
}

/// A slip of the pen does not turn a change that comes too late into one that overwrites: whoever mends it is still told that
/// somebody else wrote, on the page of the record and on that of one of its parts.
#[tokio::test(flavor = "multi_thread")]
async fn a_slip_hides_no_change_of_another() -> Result<()> {
    let (_house, client, _) = club().await?;
    let record = format!("/api/v1/records/service/{SERVICE}");
    let hours = "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7c07";
    let pages = [
        (
            format!("/staff/records/service/{SERVICE}/edit"),
            "/schedules/r0/opens_at",
            "Πρώτη αλλαγή",
        ),
        (
            format!("/staff/records/service/{SERVICE}/details?part=schedules%2F{hours}"),
            "/opens_at",
            "Δεύτερη αλλαγή",
        ),
    ];
    for (page, field, theirs) in &pages {
        let mut typed = shown(&client.get(page).await?.text, page)?;
        let mut other = client.get(&record).await?.ok();
        strip(&mut other);
        other["alert"] = said(theirs, theirs);
        client.keep("service", &other).await?;
        type_in(&mut typed, field, "μεσημέρι");
        let slip = send(&client, page, &typed).await?;
        ensure!(slip.status.as_u16() == 422, "{page}: {} {}", slip.status, slip.text);
        let mut typed = shown(&slip.text, page)?;
        type_in(&mut typed, field, "10:00");
        let late = send(&client, page, &typed).await?;
        ensure!(late.status.as_u16() == 412, "{page}: {} {}", late.status, late.text);
        let after = client.get(&record).await?.ok();
        assert_eq!(after["alert"]["el"], *theirs, "{after}");
        // Once told, they may still decide that theirs stands.
        led(&send(&client, page, &shown(&late.text, page)?).await?)?;
    }
    Ok(())
}

/// Whoever confirms a record, or brings an older version back, names the version that was on the page.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_confirms_or_undoes_what_was_not_on_the_page() -> Result<()> {
    let (_house, client, _) = club().await?;
    let address = format!("/staff/records/service/{SERVICE}");
    let record = format!("/api/v1/records/service/{SERVICE}");
    let change = async |words: &str| -> Result<()> {
        let mut other = client.get(&record).await?.ok();
        strip(&mut other);
        other["alert"] = said(words, words);
        client.keep("service", &other).await?;
        Ok(())
    };
    change("Πρώτη αλλαγή").await?;
    let page = client.get(&address).await?.text;
    let (confirm, undo) = (format!("{address}/confirm"), format!("{address}/undo"));
    let (confirms, undoes) = (shown(&page, &confirm)?, shown(&page, &undo)?);
    change("Δεύτερη αλλαγή").await?;
    for (path, fields) in [(&confirm, &confirms), (&undo, &undoes)] {
        let late = send(&client, path, fields).await?;
        ensure!(late.status.as_u16() == 412, "{path}: {} {}", late.status, late.text);
    }
    let now = client.get(&record).await?.ok();
    assert_eq!(now["alert"]["el"], "Δεύτερη αλλαγή", "{now}");
    ensure!(now["assured_date"].is_null(), "{now}");
    // What comes back with the refusal speaks of what stands there now.
    let late = send(&client, &confirm, &confirms).await?;
    led(&send(&client, &confirm, &shown(&late.text, &confirm)?).await?)?;
    led(&send(&client, &undo, &shown(&client.get(&address).await?.text, &undo)?).await?)?;
    Ok(())
}

/// A row of which the page asks nothing is not lost when the page is saved, and a row that is new never takes its identifier.
async fn rows_that_are_not_shown_stay(client: &Client) -> Result<()> {
    let address = format!("/api/v1/records/service/{SERVICE}");
    let mut service = client.get(&address).await?.ok();
    strip(&mut service);
    let contact = json!({ "id": "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7c31", "department": said("Γραμματεία", "Office") });
    let contacts = service["contacts"].as_array_mut().context("contacts")?;
    contacts.push(contact.clone());
    client.keep("service", &service).await?;
    let edit = format!("/staff/records/service/{SERVICE}/edit");
    let save = async |change: &[(&str, &str)]| -> Result<Vec<Value>> {
        let mut fields = shown(&client.get(&edit).await?.text, &edit)?;
        for (name, value) in change {
            type_in(&mut fields, name, value);
        }
        led(&send(client, &edit, &fields).await?)?;
        let after = client.get(&address).await?.ok();
        Ok(after["contacts"].as_array().context("contacts")?.clone())
    };
    let saved = save(&[]).await?;
    ensure!(saved.len() == 2 && saved.contains(&contact), "{saved:?}");
    // One more, the first one away, one more again: four rows in all, each with an identifier of its own.
    save(&[("/contacts/r2/name/el", "Νίκος")]).await?;
    save(&[("/contacts/r0/name/el", ""), ("/contacts/r0/email", "")]).await?;
    let saved = save(&[("/contacts/r2/name/el", "Άννα")]).await?;
    let ids: std::collections::BTreeSet<&str> = saved.iter().filter_map(|one| one["id"].as_str()).collect();
    ensure!(
        saved.len() == 3 && ids.len() == 3 && saved.contains(&contact),
        "{saved:?}"
    );
    Ok(())
}

/// What few bodies and services say has its questions, too: registers, money, further sites, programs, areas in words.
#[tokio::test(flavor = "multi_thread")]
async fn the_rest_of_a_record_is_typed_as_well() -> Result<()> {
    let (house, client, _) = club().await?;
    let send_typed =
        async |kind: &str, id: &str, typed: &[(&str, &str)]| send_typed(&client, &format!("{kind}/{id}"), typed).await;
    let body = [
        ("/organization_identifiers/r0/identifier_type", "Μητρώο ΜΚΟ"),
        ("/organization_identifiers/r0/identifier", "0098"),
        ("/funding/r0/source/el", "Συνδρομές"),
        ("/additional_websites/r0/url", "https://more.example"),
        ("/additional_websites/r0/label/el", "Τα νέα μας"),
        ("/programs/r0/name/el", "Γειτονιά που διαβάζει"),
        ("/year_incorporated", "1998"),
    ];
    let mut wrong = body;
    wrong[3].1 = "no address";
    let told = send_typed("organization", BODY, &wrong).await?;
    ensure!(
        told.status.as_u16() == 422 && told.text.contains("additional_websites"),
        "{} {}",
        told.status,
        told.text
    );
    led(&send_typed("organization", BODY, &body).await?)?;
    let kept = client.get(&format!("/api/v1/records/organization/{BODY}")).await?.ok();
    assert_eq!(kept["organization_identifiers"][0]["identifier"], "0098", "{kept}");
    assert_eq!(kept["funding"][0]["source"]["el"], "Συνδρομές", "{kept}");
    assert_eq!(kept["year_incorporated"], 1998, "{kept}");
    let program = kept["programs"][0]["id"].as_str().context("a program")?;

    let service = [
        ("/program_id", program),
        ("/service_areas/r0/name/el", "Γύρω από τον σταθμό"),
        ("/funding/r0/source/el", "Δήμος"),
        ("/additional_urls/r0/url", "https://more.example/books"),
        ("/interpretation_services/el", "Κατόπιν συνεννόησης"),
        ("/accreditations/el", "Εθνικό δίκτυο βιβλιοθηκών"),
    ];
    led(&send_typed("service", SERVICE, &service).await?)?;
    // What was typed is what every client reads.
    let read = format!("/hsds/services/{SERVICE}?full=true");
    let read = house.visitor().get(&read).await?.ok();
    assert_eq!(read["program"]["name"], "Γειτονιά που διαβάζει", "{read}");
    let mut areas = read["service_areas"].as_array().context("areas")?.iter();
    ensure!(areas.any(|area| area["name"] == "Γύρω από τον σταθμό"), "{read}");
    assert_eq!(read["funding"][0]["source"], "Δήμος", "{read}");
    assert_eq!(
        read["additional_urls"][0]["url"], "https://more.example/books",
        "{read}"
    );
    assert_eq!(read["interpretation_services"], "Κατόπιν συνεννόησης", "{read}");
    let body = &read["organization"];
    assert_eq!(body["organization_identifiers"][0]["identifier"], "0098", "{read}");
    // Saved again, nothing moves; what the blank rows ask is not there.
    led(&send_typed("organization", BODY, &[]).await?)?;
    let mut again = client.get(&format!("/api/v1/records/organization/{BODY}")).await?.ok();
    let mut kept = kept;
    strip(&mut again);
    strip(&mut kept);
    assert_eq!(again, kept);
    Ok(())
}

/// Sends the form of a record as it stands, with some of it typed anew.
async fn send_typed(client: &Client, record: &str, typed: &[(&str, &str)]) -> Result<osn_tests::client::Reply> {
    let edit = format!("/staff/records/{record}/edit");
    let mut fields = shown(&client.get(&edit).await?.text, &edit)?;
    for (name, value) in typed {
        type_in(&mut fields, name, value);
    }
    send(client, &edit, &fields).await
}

/// A service has hours and a telephone at one of its places alone; a place has its languages and its number in a register.
#[tokio::test(flavor = "multi_thread")]
async fn what_one_place_has_of_its_own_is_typed() -> Result<()> {
    let (house, client, _) = club().await?;
    let (service, at) = (format!("service/{SERVICE}"), format!("/at/{PLACE}"));
    let days = format!("{at}/schedules/r0/days");
    let opens = format!("{at}/schedules/r0/opens_at");
    let closes = format!("{at}/schedules/r0/closes_at");
    let number = format!("{at}/phones/r0/number");
    let typed = |hour| {
        [
            (days.as_str(), "SA"),
            (opens.as_str(), hour),
            (closes.as_str(), "13:00"),
            (number.as_str(), "+30 2105550199"),
        ]
    };
    let page = client.get(&format!("/staff/records/{service}/edit")).await?.text;
    ensure!(page.contains("μόνο για τον χώρο: Στέκι της Λέσχης"), "{page}");
    let told = send_typed(&client, &service, &typed("μεσημέρι")).await?;
    ensure!(
        told.status.as_u16() == 422 && told.text.contains("μεσημέρι"),
        "{} {}",
        told.status,
        told.text
    );
    led(&send_typed(&client, &service, &typed("10:00")).await?)?;
    let read = format!("/hsds/services/{SERVICE}?full=true");
    let shown = house.visitor().get(&read).await?.ok();
    let link = &shown["service_at_locations"][0];
    assert_eq!(link["schedules"][0]["byday"], "SA", "{shown}");
    assert_eq!(link["schedules"][0]["opens_at"], "10:00:00+03:00", "{shown}");
    assert_eq!(link["phones"][0]["number"], "+30 2105550199", "{shown}");
    assert_eq!(
        shown["schedules"].as_array().map(Vec::len),
        Some(2),
        "its own hours stay"
    );
    let record = format!("/api/v1/records/{service}");
    let before = client.get(&record).await?.ok();
    led(&send_typed(&client, &service, &[]).await?)?;
    assert_eq!(client.get(&record).await?.ok(), before, "saved again, nothing moves");
    let emptied = [(days.as_str(), ""), (opens.as_str(), ""), (closes.as_str(), "")];
    led(&send_typed(&client, &service, &emptied).await?)?;
    let shown = house.visitor().get(&read).await?.ok();
    let link = &shown["service_at_locations"][0];
    ensure!(link["schedules"].as_array().is_none_or(Vec::is_empty), "{shown}");
    assert_eq!(link["phones"][0]["number"], "+30 2105550199", "{shown}");

    let place = format!("location/{PLACE}");
    let typed = [
        ("/spoken", "fa"),
        ("/external_identifier", "0512"),
        ("/external_identifier_type", "Μητρώο κτιρίων"),
    ];
    led(&send_typed(&client, &place, &typed).await?)?;
    let record = format!("/api/v1/records/{place}");
    let before = client.get(&record).await?.ok();
    assert_eq!(before["languages"][0]["code"], "fa", "{before}");
    assert_eq!(before["external_identifier"], "0512", "{before}");
    led(&send_typed(&client, &place, &[]).await?)?;
    assert_eq!(client.get(&record).await?.ok(), before, "saved again, nothing moves");
    led(&send_typed(&client, &place, &[("/spoken", "")]).await?)?;
    let after = client.get(&record).await?.ok();
    ensure!(after.get("languages").is_none(), "{after}");
    Ok(())
}

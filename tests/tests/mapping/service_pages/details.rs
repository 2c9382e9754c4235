//! Every detail of a record: each part of it is opened, filled in to the last field in three languages, and read again.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use axum::http::StatusCode;
use osn_tests::app::TestApp;
use osn_tests::client::{Client, Reply};
use osn_tests::network::led;
use serde_json::{Value, json};

use super::{BODY, Fields, PLACE, SERVICE, club, send, shown, strip, type_in};

/// What is typed into a question that a form asks, by its name and the tag that asks it.
fn sample(name: &str, tag: &str) -> String {
    let last = name.rsplit('/').next().unwrap_or_default();
    let of_day = last.rsplit_once('-').map(|(_, part)| part);
    let typed = match (last, of_day) {
        (_, Some("day")) => "1",
        (_, Some("month")) => "9",
        (_, Some("year")) => "2022",
        ("country", _) => "GR",
        ("currency", _) => "EUR",
        ("code", _) => "ar",
        ("email", _) => "desk@club.example",
        ("byday", _) => "1MO",
        ("bymonthday" | "byweekno" | "byyearday", _) => "1,-1",
        ("opens_at", _) => "09:00",
        ("closes_at", _) => "10:30",
        ("ar", _) => "نادي",
        _ if tag.contains("inputmode=\"url\"") => "https://more.example/a",
        _ if tag.contains("inputmode=\"numeric\"") => "3",
        _ if tag.contains("inputmode=\"decimal\"") => "2",
        _ => "Κάτι",
    };
    typed.to_owned()
}

/// Every question of a page's form with something to answer.
fn answers(page: &str, action: &str) -> Result<Fields> {
    let start = page.find(&format!("action=\"{action}\"")).context("the form")?;
    let form = page.get(start..).and_then(|rest| rest.split("</form>").next());
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
        rest.split('"').next().map(str::to_owned)
    };
    let mut fields = Fields::new();
    let mut select = None;
    for tag in form.unwrap_or_default().split('<').skip(1) {
        let name = attribute(tag, "name");
        if tag.starts_with("select") {
            select = name;
        } else if tag.starts_with("option") {
            // Days of the month stand in a rule of months.
            let value = attribute(tag, "value").filter(|value| !value.is_empty() && value != "WEEKLY");
            if let Some((name, value)) = value.and_then(|value| Some((select.take()?, value))) {
                fields.push((name, value));
            }
        } else if tag.starts_with("textarea") || tag.contains("type=\"text\"") || tag.contains("type=\"email\"") {
            fields.extend(name.map(|name| (name.clone(), sample(&name, tag))));
        } else if tag.starts_with("input") && tag.contains("value=\"yes\"") {
            fields.extend(name.map(|name| (name, "yes".to_owned())));
        } else if let Some(name) = name.filter(|name| name.starts_with('/') && tag.starts_with("input")) {
            // The parts of a day say no type.
            if !tag.contains("type=\"radio\"") {
                fields.push((name.clone(), sample(&name, tag)));
            }
        }
    }
    Ok(fields)
}

/// The addresses under which a page offers a new part.
fn offered(page: &str) -> Vec<String> {
    let links = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    links
        .filter(|link| link.contains("/details?part=") && link.ends_with("new"))
        .map(str::to_owned)
        .collect()
}

/// `part=phones%2Fnew` as a way.
fn way(address: &str) -> Vec<String> {
    let part = address.split("part=").nth(1).unwrap_or_default();
    part.split("%2F").map(str::to_owned).collect()
}

/// The identifier of the last row of the list that a way leads to.
fn newest(record: &Value, way: &[String]) -> Option<String> {
    let mut place = record;
    for step in way.iter().take(way.len().saturating_sub(1)) {
        place = match place {
            Value::Array(items) => items.iter().find(|item| item["id"] == step.as_str())?,
            other => other.get(step)?,
        };
    }
    Some(place.as_array()?.last()?["id"].as_str()?.to_owned())
}

/// Fills in a new part to its last question, opens it again, and goes on with the lists inside it. `known` are lists that were
/// seen already, each with the list in which it stands. How many questions were answered.
async fn fill_in(
    client: &Client,
    record: &str,
    address: &str,
    known: &mut BTreeSet<(String, String)>,
) -> Result<usize> {
    let steps = way(address);
    let names: Vec<&String> = steps.iter().filter(|step| step.len() < 30 && *step != "new").collect();
    let list = (*names.last().context("a list")?).clone();
    let above = names
        .iter()
        .rev()
        .nth(1)
        .map(|name| (*name).clone())
        .unwrap_or_default();
    if !known.insert((above, list)) {
        return Ok(0);
    }
    let arabic = format!("{address}&lang=ar");
    let page = client.get(&arabic).await?;
    ensure!(page.status.is_success(), "{arabic}: {}", page.status);
    let action = arabic.replace('&', "&#38;");
    let mut fields = shown(&page.text, &action)?;
    // A recurrence ends on a day or after so many times, not both.
    let (counts, typed): (Fields, Fields) = answers(&page.text, &action)?
        .into_iter()
        .partition(|(name, _)| name == "/count");
    ensure!(!typed.is_empty(), "{address} asks nothing");
    for (name, value) in &typed {
        type_in(&mut fields, name, value);
    }
    let told = send(client, &arabic, &fields).await?;
    ensure!(told.status.is_redirection(), "{address}: {} {}", told.status, told.text);
    let kept = client.get(&format!("/api/v1/records/{record}")).await?.ok();
    let id = newest(&kept, &steps).with_context(|| format!("{address} was kept: {kept}"))?;
    let opened = format!("{}{id}", address.strip_suffix("new").unwrap_or_default());
    let page = client.get(&opened).await?;
    let again = shown(&page.text, &opened)?;
    for pair in &typed {
        ensure!(
            again.contains(pair),
            "{opened}: {pair:?} was typed, there are {again:?}"
        );
    }
    let mut count = typed.len();
    for (name, value) in &counts {
        count += 1;
        a_recurrence_ends_once(client, &opened, again.clone(), (name, value)).await?;
    }
    for inner in offered(&page.text) {
        count += Box::pin(fill_in(client, record, &inner, known)).await?;
    }
    Ok(count)
}

/// Beside the last day the number of times is refused at its question; in its place it is kept.
async fn a_recurrence_ends_once(
    client: &Client,
    opened: &str,
    mut fields: Fields,
    (name, value): (&str, &str),
) -> Result<()> {
    type_in(&mut fields, name, value);
    let told = send(client, opened, &fields).await?;
    blamed(
        &told,
        &[
            "δεν στέκει μαζί με τα άλλα πεδία του ωραρίου",
            &format!("name=\"{name}\""),
        ],
    )?;
    for (field, typed) in &mut fields {
        if field.starts_with("/until") {
            typed.clear();
        }
    }
    led(&send(client, opened, &fields).await?)?;
    let kept = shown(&client.get(opened).await?.text, opened)?;
    ensure!(
        kept.contains(&(name.to_owned(), value.to_owned())),
        "{opened}: {kept:?}"
    );
    Ok(())
}

/// A taxonomy with a term, which attributes may name.
async fn a_taxonomy_of_our_own(client: &Client) -> Result<()> {
    let taxonomy = "/staff/taxonomies/4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7c41";
    let new = |more: &[(&str, &str)]| -> Fields {
        let all = [("version", "0")].into_iter().chain(more.iter().copied());
        all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    };
    led(&send(client, taxonomy, &new(&[("/name/el", "Μέσα")])).await?)?;
    let term = [
        ("taxonomy", "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7c41"),
        ("/name/el", "Λεωφορείο"),
        ("/code", "means.bus"),
    ];
    led(&send(client, "/staff/terms/4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7c42", &new(&term)).await?)?;
    Ok(())
}

/// Nothing that the mapping can say is without a question: every field of every part of a body, a place and a service is typed on
/// a page, is there when the part is opened again, and leaves the open standard's answer sound.
#[tokio::test(flavor = "multi_thread")]
async fn every_field_of_every_part_is_typed_on_a_page() -> Result<()> {
    let (house, client, _) = club().await?;
    a_taxonomy_of_our_own(&client).await?;
    let (mut known, mut count) = (BTreeSet::new(), 0);
    for record in [
        format!("organization/{BODY}"),
        format!("location/{PLACE}"),
        format!("service/{SERVICE}"),
    ] {
        let address = format!("/staff/records/{record}/details");
        let page = client.get(&address).await?.text;
        let lists = offered(&page);
        ensure!(lists.len() > 5, "{record}: {lists:?}");
        for list in lists {
            count += fill_in(&client, &record, &list, &mut known).await?;
        }
        // The link between the service and its place has lists of its own.
        if record.starts_with("service") {
            let link = format!("{address}?part=service_at_locations%2F{}", super::LINK);
            for list in offered(&client.get(&link).await?.text) {
                count += fill_in(&client, &record, &list, &mut known).await?;
            }
        }
        // Its own texts and what is left of its fields.
        let arabic = format!("{address}?lang=ar");
        let page = client.get(&arabic).await?.text;
        let mut fields = shown(&page, &arabic)?;
        let typed: Fields = answers(&page, &arabic)?
            .into_iter()
            .filter(|(name, _)| !name.ends_with("/el") && !name.ends_with("/en"))
            .collect();
        ensure!(typed.iter().any(|(name, _)| name == "/name/ar"), "{typed:?}");
        for (name, value) in &typed {
            type_in(&mut fields, name, value);
        }
        led(&send(&client, &arabic, &fields).await?)?;
        let again = shown(&client.get(&address).await?.text, &address)?;
        for pair in &typed {
            ensure!(
                again.contains(pair),
                "{address}: {pair:?} was typed, there are {again:?}"
            );
        }
    }
    ensure!(
        known.len() > 40 && count > 380,
        "{count} questions about {} kinds of part: {known:?}",
        known.len()
    );
    let shown = house
        .visitor()
        .get(&format!("/hsds/services/{SERVICE}?full=true&lang=ar"))
        .await?
        .ok();
    assert_eq!(shown["name"], "نادي", "{shown}");
    Ok(())
}

/// The details of the club's service.
fn details() -> String {
    format!("/staff/records/service/{SERVICE}/details")
}

/// Types into the form of a part of the club's service and sends it.
async fn type_part(client: &Client, part: &str, typed: &[(&str, &str)]) -> Result<Reply> {
    let form = format!("{}?part={part}", details());
    let mut fields = shown(&client.get(&form).await?.text, &form)?;
    for (name, value) in typed {
        type_in(&mut fields, name, value);
    }
    send(client, &form, &fields).await
}

/// That a form came back with an error beside a question, and with what was typed.
fn blamed(told: &Reply, marks: &[&str]) -> Result<()> {
    let all = marks.iter().all(|mark| told.text.contains(mark));
    ensure!(
        told.status == StatusCode::UNPROCESSABLE_ENTITY && all,
        "{} {}",
        told.status,
        told.text
    );
    Ok(())
}

/// A monthly rule, a capacity in kilograms, what is wrong beside its question, a part that goes.
#[tokio::test(flavor = "multi_thread")]
async fn a_part_says_what_is_wrong_and_goes_again() -> Result<()> {
    let (house, client, _) = club().await?;
    let record = format!("/api/v1/records/service/{SERVICE}");
    let rule = a_monthly_rule(&client, &record).await?;
    food_by_weight(&house, &client).await?;
    // A value beside an attribute.
    let value = [("/value/el", "Ναι"), ("/label/el", "Με ραντεβού")];
    led(&type_part(&client, "attributes%2Fnew", &value).await?)?;
    let nothing = type_part(&client, "contacts%2Fnew", &[]).await?;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", nothing.text);
    let nowhere = [
        "nothing%2Fnew",
        "contacts%2Fnew%2Fphones%2Fnew",
        "metadata%2Fnew",
        "service_at_locations%2Fnew",
        "phones%2F7",
    ];
    for part in nowhere {
        let told = client.get(&format!("{}?part={part}", details())).await?;
        assert_eq!(told.status, StatusCode::NOT_FOUND, "{part}");
    }
    let other = house.staff("partner").await?.get(&details()).await?;
    assert_eq!(other.status, StatusCode::FORBIDDEN, "another body's");
    what_no_list_offers_stays(&client, &record).await?;
    it_goes_again(&client, &record, &rule).await?;
    a_protected_place_stays_nowhere(&client).await
}

/// The first Monday of each month; a weekday that is none is told beside its question, and nothing typed is lost.
async fn a_monthly_rule(client: &Client, record: &str) -> Result<String> {
    let hours = |days| {
        [
            ("/freq", "MONTHLY"),
            ("/byday", days),
            ("/opens_at", "10:00"),
            ("/closes_at", "13:00"),
        ]
    };
    let told = type_part(client, "schedules%2Fnew", &hours("1XX")).await?;
    blamed(&told, &["id=\"byday-error\"", "value=\"1XX\"", "value=\"13:00\""])?;
    ensure!(
        !told.text.contains("schedules.byday"),
        "no words of ours: {}",
        told.text
    );
    led(&type_part(client, "schedules%2Fnew", &hours("1MO")).await?)?;
    let kept = client.get(record).await?.ok();
    let rule = kept["schedules"][2]["id"].as_str().context("the rule")?;
    let form = format!("{}?part=schedules%2F{rule}", details());
    let page = client.get(&form).await?.text;
    ensure!(
        page.contains("1η Δευτέρα του μήνα") && page.contains("Επόμενες φορές: Δευτέρα"),
        "what the rule says: {page}"
    );
    Ok(rule.to_owned())
}

/// The places for people are another capacity.
async fn food_by_weight(house: &TestApp, client: &Client) -> Result<()> {
    let kilos = [
        ("/available", "120"),
        ("/unit/name/el", "κιλά"),
        ("/unit/scheme", "SI"),
        ("/unit/identifier", "kg"),
        ("/updated-day", "4"),
        ("/updated-month", "7"),
        ("/updated-year", "2022"),
    ];
    let told = type_part(client, "capacities%2Fnew", &kilos[1..]).await?;
    blamed(&told, &["id=\"available-error\"", "value=\"κιλά\""])?;
    led(&type_part(client, "capacities%2Fnew", &kilos).await?)?;
    let read = format!("/hsds/services/{SERVICE}?full=true");
    let open = house.visitor().get(&read).await?.ok();
    assert_eq!(open["capacities"][0]["available"], 120, "{open}");
    assert_eq!(open["capacities"][0]["unit"]["scheme"], "SI", "{open}");
    Ok(())
}

/// A kind of telephone that the standard does not name, and a term of a taxonomy that no attribute is offered: saved again, they
/// are still there.
async fn what_no_list_offers_stays(client: &Client, record: &str) -> Result<()> {
    let mut service = client.get(record).await?.ok();
    strip(&mut service);
    let terms = client.get("/api/v1/taxonomies/category").await?.ok();
    let (phone, attribute) = (
        "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7c91",
        "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7c92",
    );
    service["phones"] = json!([{ "id": phone, "number": "2105550123", "phone_type": "satellite" }]);
    service["attributes"] = json!([{ "id": attribute, "taxonomy_term_id": terms["items"][0]["id"] }]);
    client.keep("service", &service).await?;
    let before = client.get(record).await?.ok();
    for part in [format!("phones%2F{phone}"), format!("attributes%2F{attribute}")] {
        led(&type_part(client, &part, &[]).await?)?;
    }
    let after = client.get(record).await?.ok();
    for list in ["phones", "attributes"] {
        assert_eq!(after[list], before[list], "{list}");
    }
    Ok(())
}

/// One click takes a part away, a second one finds nothing, and the history keeps what it was.
async fn it_goes_again(client: &Client, record: &str, rule: &str) -> Result<()> {
    let now = client.get(record).await?.ok();
    let version = now["version"].to_string();
    let gone = [("part", format!("schedules/{rule}")), ("version", version)];
    let gone: Fields = gone.map(|(name, value)| (name.to_owned(), value)).into();
    let remove = format!("{}/remove", details());
    led(&send(client, &remove, &gone).await?)?;
    let after = client.get(record).await?.ok();
    assert_eq!(after["schedules"].as_array().map(Vec::len), Some(2), "{after}");
    let again = send(client, &remove, &gone).await?;
    assert_eq!(again.status, StatusCode::NOT_FOUND, "it is gone already");
    let page = client.get(&format!("/staff/records/service/{SERVICE}")).await?.text;
    ensure!(page.contains("1MO"), "the history keeps it: {page}");
    Ok(())
}

/// A protected place is asked for an address as any other, and refuses it.
async fn a_protected_place_stays_nowhere(client: &Client) -> Result<()> {
    let record = format!("/api/v1/records/location/{PLACE}");
    let mut place = client.get(&record).await?.ok();
    strip(&mut place);
    place["protected"] = json!(true);
    for field in ["addresses", "area"] {
        place.as_object_mut().context("a place")?.remove(field);
    }
    client.keep("location", &place).await?;
    let form = format!("/staff/records/location/{PLACE}/details?part=addresses%2Fnew");
    let mut fields = shown(&client.get(&form).await?.text, &form)?;
    type_in(&mut fields, "/address_1", "Οδός Βιβλίων 5");
    let told = send(client, &form, &fields).await?;
    assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", told.text);
    let after = client.get(&record).await?.ok();
    ensure!(after.get("addresses").is_none(), "{after}");
    Ok(())
}

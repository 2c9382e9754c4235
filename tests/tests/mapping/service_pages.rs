//! The mapping as people meet it on pages: a service is found, read, printed, corrected and kept by its body; what is hostile is
//! refused or shown as the letters that it is.
use anyhow::{Context as _, Result, ensure};
use axum::http::StatusCode;
use osn_tests::app::{Backend, TestApp};
use osn_tests::client::Client;
use osn_tests::network::led;
use serde_json::{Value, json};

mod contradictions;
mod details;
mod one_answer;
mod told;
mod typed;

const UNTIL: &str = "city/request-submit/digital-skills";
const BODY: &str = "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7c01";
const PLACE: &str = "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7c02";
const SERVICE: &str = "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7c03";
const LINK: &str = "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7c04";

fn said(el: &str, en: &str) -> Value {
    json!({ "el": el, "en": en })
}

fn body() -> Value {
    json!({ "record": "organization", "id": BODY, "name": said("Λέσχη Αναγνωστών", "Readers' Club"),
            "description": said("Διαβάζουμε μαζί", "We read together") })
}

fn place() -> Value {
    json!({ "record": "location", "id": PLACE, "location_type": "physical", "organization_id": BODY,
            "name": said("Στέκι της Λέσχης", "Club house"), "area": "athens.6",
            "addresses": [{ "id": LINK, "address_1": "Οδός Βιβλίων 5", "postal_code": "11363" }] })
}

fn service(category: &str) -> Value {
    let hours = |id: &str, opens: &str, closes: &str| {
        json!({ "id": id, "freq": "WEEKLY", "byday": "MO,TU,WE,TH,FR", "opens_at": opens, "closes_at": closes,
                "public_holidays": false })
    };
    json!({ "record": "service", "id": SERVICE, "organization_id": BODY, "status": "active",
            "name": said("Βιβλιοπαρέα", "Book circle"),
            "description": said("Ανάγνωση με καφέ κάθε πρωί", "Reading with coffee each morning"),
            "alert": said("Κλειστά όλο τον Αύγουστο", "Closed all August"),
            "application_process": said("Περάστε από τη λέσχη", "Drop in at the club"),
            "categories": [category], "groups": ["unemployed"], "areas": ["athens.6"], "languages": ["el", "fa"],
            "minimum_age": 18, "free_of_charge": true,
            "required_documents": [{ "id": "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7c05", "document": said("Ταυτότητα", "Identity card") }],
            "phones": [{ "id": "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7c06", "number": "+30 2105550123" }],
            "schedules": [hours("4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7c07", "09:00:00", "14:00:00"),
                          hours("4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7c08", "17:00:00", "20:00:00")],
            "service_at_locations": [{ "id": LINK, "location_id": PLACE }] })
}

/// A city in which the club reads; the category of what it offers.
async fn club() -> Result<(TestApp, Client, String)> {
    let house = TestApp::begun(Backend::Sqlite, UNTIL).await?;
    let client = house.staff("coordinator").await?;
    let groups = client.get("/api/v1/taxonomies/beneficiary-group").await?.ok();
    let code = |terms: &Value| terms["items"][0]["code"].as_str().map(str::to_owned).context("a term");
    let group = code(&groups)?;
    let category = code(&client.get("/api/v1/taxonomies/category").await?.ok())?;
    client.keep("organization", &body()).await?;
    client.keep("location", &place()).await?;
    let mut service = service(&category);
    service["groups"] = json!([group]);
    client.keep("service", &service).await?;
    Ok((house, client, category))
}

/// That words stand on a page, one after the other.
fn in_order(page: &str, words: &[&str]) -> Result<()> {
    let mut from = 0;
    for word in words {
        let rest = page.get(from..).unwrap_or_default();
        let at = rest
            .find(word)
            .with_context(|| format!("«{word}» after {from} of\n{page}"))?;
        from += at;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_finds_a_service_and_reads_what_they_need_in_order() -> Result<()> {
    let (house, _, category) = club().await?;
    let visitor = house.visitor();
    // On a Saturday; clocks in Athens are three hours ahead.
    house.played.clock.set("2022-07-16T09:00:00Z".parse()?);
    for typed in [
        "βιβλιοπαρέα",
        "ΒΙΒΛΙΟΠΑΡΕΑ",
        "vivlioparea",
        "βιβλιοπαρεεσ",
        "Book+circle",
    ] {
        let page = visitor.get(&format!("/services?q={typed}")).await?.text;
        ensure!(page.contains("Βιβλιοπαρέα"), "{typed}: {page}");
        in_order(&page, &["<div role=\"status\">", "<strong>", "Βιβλιοπαρέα"])?;
    }
    let page = visitor.get("/services?q=vivlioparea").await?.text;
    ensure!(
        page.contains("Ακούγεται") || page.contains("ακούγεται"),
        "why it was found: {page}"
    );
    // Plain questions in the address: no script, nothing posted.
    in_order(
        &page,
        &[
            "<form action=\"/services\" role=\"search\">",
            "name=\"q\"",
            "name=\"category\"",
            "name=\"area\"",
            "name=\"age\"",
            "name=\"open\"",
        ],
    )?;
    let filtered = |more: &str| {
        format!(
            "/services?q=%CE%B2%CE%B9%CE%B2%CE%BB%CE%B9%CE%BF%CF%80%CE%B1%CF%81%CE%AD%CE%B1&category={category}{more}"
        )
    };
    for (more, is_there) in [
        ("", true),
        ("&area=athens.6", true),
        ("&area=athens.1", false),
        ("&age=30", true),
        ("&age=12", false),
        ("&language=fa", true),
        ("&language=uk", false),
        ("&open=1", false),
    ] {
        let page = visitor.get(&filtered(more)).await?.text;
        assert_eq!(page.contains(&format!("/services/{SERVICE}")), is_there, "{more}");
    }
    let nothing = visitor.get("/services?q=zzqqxxvv").await?.text;
    in_order(&nothing, &["role=\"status\"", "tel:197"])?;
    house.played.clock.set("2022-07-18T15:30:00Z".parse()?);
    let open = visitor.get(&filtered("&open=1")).await?.text;
    ensure!(open.contains(SERVICE), "in the second block of the day: {open}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_a_service_says_things_in_the_order_in_which_people_ask() -> Result<()> {
    let (house, _, _) = club().await?;
    let visitor = house.visitor();
    house.played.clock.set("2022-07-16T09:00:00Z".parse()?);
    let page = visitor.get(&format!("/services/{SERVICE}")).await?.text;
    in_order(
        &page,
        &[
            "Βιβλιοπαρέα",
            "Λέσχη Αναγνωστών",
            "Ανοίγει Δευτέρα 18 Ιουλίου 2022 στις 09:00",
            "Κλειστά όλο τον Αύγουστο",
            "Τι είναι",
            "Για ποιους",
            "Τι θα χρειαστείτε",
            "Ταυτότητα",
            "Επόμενο βήμα",
            "+302105550123",
            "Πού και πότε",
            "Στέκι της Λέσχης",
            "Οδός Βιβλίων 5",
            "/suggest",
        ],
    )?;
    let english = visitor.get(&format!("/en/services/{SERVICE}")).await?.text;
    in_order(
        &english,
        &[
            "Book circle",
            "Readers",
            "Closed all August",
            "Identity card",
            "Club house",
        ],
    )?;
    house.played.clock.set("2022-07-18T15:30:00Z".parse()?);
    let page = visitor.get(&format!("/services/{SERVICE}")).await?.text;
    ensure!(page.contains("Ανοιχτά τώρα, έως 20:00"), "{page}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn needs_in_everyday_words_lead_to_services() -> Result<()> {
    let (house, _, _) = club().await?;
    let visitor = house.visitor();
    for (prefix, word) in [("", "Φαγητό"), ("/en", "Food")] {
        let page = visitor.get(&format!("{prefix}/")).await?.text;
        ensure!(page.contains(word) && page.contains("112"), "{page}");
        let links: Vec<&str> = page
            .split("href=\"")
            .filter_map(|rest| rest.split('"').next())
            .filter(|link| link.starts_with(&format!("{prefix}/services?")))
            .collect();
        ensure!(links.len() >= 6, "{links:?}");
        let mut filled = 0;
        for link in &links {
            let list = visitor.get(link).await?;
            assert_eq!(list.status, StatusCode::OK, "{link}");
            filled += usize::from(list.text.contains("osn-cards"));
        }
        ensure!(
            filled * 2 > links.len(),
            "most needs are served by somebody: {filled} of {links:?}"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_goes_on_a_sheet_of_paper() -> Result<()> {
    let (house, client, _) = club().await?;
    let visitor = house.visitor();
    let address = format!("/services/{SERVICE}/sheet");
    let sheet = visitor.get(&address).await?.text;
    in_order(
        &sheet,
        &[
            "Βιβλιοπαρέα",
            "Λέσχη Αναγνωστών",
            "Κλειστά όλο τον Αύγουστο",
            "Τι είναι",
            "Ανάγνωση με καφέ",
            "Για ποιους",
            "Τι θα χρειαστείτε",
            "Ταυτότητα",
            "Πού και πότε",
            "Στέκι της Λέσχης",
            "Οδός Βιβλίων 5",
            "Επόμενο βήμα",
            "2105550123",
        ],
    )?;
    // What only a screen can do is not on it.
    let (_, main) = sheet.split_once("osn-sheet").context("the sheet")?;
    let (main, _) = main.split_once("</main>").context("the end of the sheet")?;
    ensure!(
        !main.contains("<form") && !main.contains("<button") && !main.contains("<a "),
        "{main}"
    );
    let english = visitor.get(&format!("/en{address}")).await?.text;
    in_order(
        &english,
        &[
            "Book circle",
            "Closed all August",
            "Identity card",
            "Club house",
            "Drop in at the club",
        ],
    )?;
    assert_eq!(visitor.get("/services/17/sheet").await?.status, StatusCode::NOT_FOUND);
    // What closed says so on paper too, and a place that must not be known is not on it.
    let mut closed = client.get(&format!("/api/v1/records/service/{SERVICE}")).await?.ok();
    strip(&mut closed);
    closed["status"] = json!("temporarily closed");
    client.keep("service", &closed).await?;
    let mut hidden = place();
    for field in ["area", "addresses"] {
        hidden.as_object_mut().context("a record")?.remove(field);
    }
    hidden["protected"] = json!(true);
    client.keep("location", &hidden).await?;
    let sheet = visitor.get(&address).await?.text;
    ensure!(
        sheet.contains("δεν δημοσιεύεται") && !sheet.contains("Οδός Βιβλίων"),
        "{sheet}"
    );
    ensure!(sheet.contains("osn-tag"), "that it is closed: {sheet}");
    Ok(())
}

/// The record without what the answer adds to it.
fn strip(record: &mut Value) {
    if let Some(map) = record.as_object_mut() {
        map.remove("version");
    }
}

/// The fields of a form in their order; one that may be chosen several times stands several times.
pub(crate) type Fields = Vec<(String, String)>;

pub(crate) fn type_in(fields: &mut Fields, name: &str, value: &str) {
    fields.retain(|(known, _)| known != name);
    fields.push((name.to_owned(), value.to_owned()));
}

/// What a browser would send of the form that a page shows.
pub(crate) fn shown(page: &str, action: &str) -> Result<Fields> {
    let start = page
        .find(&format!("action=\"{action}\""))
        .with_context(|| format!("a form of {action}\n{page}"))?;
    let form = page
        .get(start..)
        .and_then(|rest| rest.split("</form>").next())
        .unwrap_or_default();
    let plain = |text: &str| {
        let pairs = [
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&quot;", "\""),
            ("&#34;", "\""),
            ("&#39;", "'"),
            ("&#38;", "&"),
            ("&#60;", "<"),
            ("&#62;", ">"),
            ("&amp;", "&"),
        ];
        pairs
            .iter()
            .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
    };
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
        rest.split('"').next().map(plain)
    };
    let mut fields = Fields::new();
    let mut select = None;
    for piece in form.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
        let name = attribute(tag, "name");
        let value = attribute(tag, "value").unwrap_or_default();
        if tag.starts_with("select") {
            select = name;
        } else if tag.starts_with("option") && tag.contains(" selected") {
            fields.extend(select.clone().map(|name| (name, value)));
        } else if tag.starts_with("textarea") {
            fields.extend(name.map(|name| (name, plain(text))));
        } else if tag.starts_with("input") {
            let is_choice = tag.contains("type=\"radio\"") || tag.contains("type=\"checkbox\"");
            if !is_choice || tag.contains(" checked") {
                fields.extend(name.map(|name| (name, value)));
            }
        }
    }
    Ok(fields)
}

pub(crate) async fn send(client: &Client, path: &str, fields: &Fields) -> Result<osn_tests::client::Reply> {
    let pairs: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    client.fill(path, &pairs).await
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one story, step by step")]
async fn a_body_keeps_its_record_on_a_page_and_loses_nothing() -> Result<()> {
    let (house, client, _) = club().await?;
    let partner = house.staff("partner").await?;
    let other = house.staff("partner2").await?;
    let me = partner.get("/api/v1/me").await?.ok()["organization_id"].clone();
    let mut record = client.get(&format!("/api/v1/records/service/{SERVICE}")).await?.ok();
    strip(&mut record);
    record["organization_id"] = me;
    client.keep("service", &record).await?;
    let address = format!("/staff/records/service/{SERVICE}");
    let edit = format!("{address}/edit");
    assert_eq!(other.get(&edit).await?.status, StatusCode::FORBIDDEN, "another body's");
    let before = client.get(&format!("/api/v1/records/service/{SERVICE}")).await?.ok();
    let page = partner.get(&edit).await?.text;
    let mut fields = shown(&page, &edit)?;
    ensure!(
        fields.contains(&("/name/el".to_owned(), "Βιβλιοπαρέα".to_owned())),
        "{fields:?}"
    );
    // Sent as it stands, nothing changes.
    assert_eq!(led(&send(&partner, &edit, &fields).await?)?, address);
    let same = client.get(&format!("/api/v1/records/service/{SERVICE}")).await?.ok();
    assert_eq!(same, before, "a form that nobody touched says what was there");
    // A mistake is told beside its field, and what was typed stays.
    type_in(&mut fields, "/name/el", "Βραδινή βιβλιοπαρέα");
    type_in(&mut fields, "/minimum_age", "ενήλικες");
    let wrong = send(&partner, &edit, &fields).await?;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    ensure!(
        wrong.text.contains("govuk-error-message") && wrong.text.contains("Βραδινή βιβλιοπαρέα"),
        "{}",
        wrong.text
    );
    type_in(&mut fields, "/minimum_age", "16");
    assert_eq!(led(&send(&partner, &edit, &fields).await?)?, address);
    let after = client.get(&format!("/api/v1/records/service/{SERVICE}")).await?.ok();
    assert_eq!(
        (&after["name"]["el"], &after["minimum_age"]),
        (&json!("Βραδινή βιβλιοπαρέα"), &json!(16))
    );
    assert_eq!(
        after["schedules"], before["schedules"],
        "what the form shows in its own way comes back as it was"
    );
    assert_eq!(after["service_at_locations"], before["service_at_locations"]);
    // Somebody who read the version before is told.
    let late = send(&partner, &edit, &fields).await?;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED, "{}", late.text);
    ensure!(
        late.text.contains("govuk-error-summary") && late.text.contains("Βραδινή βιβλιοπαρέα"),
        "{}",
        late.text
    );
    assert_eq!(
        client.get(&format!("/api/v1/records/service/{SERVICE}")).await?.ok()["version"],
        after["version"],
        "and nothing is overwritten unseen"
    );
    // Who changed what stands below the record, and the public sees the role.
    let page = client.get(&address).await?.text;
    ensure!(page.contains("Βραδινή βιβλιοπαρέα"), "{page}");
    let history = house.visitor().get(&format!("/services/{SERVICE}/history")).await?.text;
    ensure!(history.contains("Βραδινή βιβλιοπαρέα"), "{history}");
    // A citizen tells that something is wrong, on the page.
    let suggest = format!("/services/{SERVICE}/suggest");
    let visitor = house.visitor();
    let empty = visitor.fill(&suggest, &[("/about", "closed"), ("/words", "")]).await?;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    led(&visitor
        .fill(&suggest, &[("/about", "closed"), ("/words", "Δεν απαντά κανείς")])
        .await?)?;
    for reader in [&partner, &client] {
        ensure!(
            reader
                .get("/staff/suggestions")
                .await?
                .text
                .contains("Βραδινή βιβλιοπαρέα")
        );
    }
    ensure!(
        !other
            .get("/staff/suggestions")
            .await?
            .text
            .contains("Βραδινή βιβλιοπαρέα")
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_text_is_refused_or_stays_text() -> Result<()> {
    let (house, client, category) = club().await?;
    let address = format!("/api/v1/records/service/{SERVICE}");
    let with = |field: &str, value: Value| {
        let mut record = service(&category);
        record["groups"] = json!([]);
        record[field] = value;
        record
    };
    let long = "α".repeat(1 << 20);
    for (field, value) in [
        ("name", said("\u{202e}αέραποιλβιΒ", "Book circle")),
        ("name", said(&long, "Book circle")),
        ("description", said("μηδενικό \u{0}", "nul")),
        ("url", json!("javascript:alert(1)")),
        ("email", json!("κάποιος")),
        ("organization_id", json!("00000000-0000-4000-8000-000000000099")),
        ("categories", json!(["no.such.term"])),
        ("schedules", json!([{ "id": LINK, "freq": "WEEKLY", "byday": "ΔΕ" }])),
    ] {
        let greek = client.put(&address, &with(field, value.clone())).await?;
        assert_eq!(
            greek.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{field}: {:.300}",
            greek.text
        );
        let english = client.reading("en").put(&address, &with(field, value)).await?;
        let told = |reply: &osn_tests::client::Reply| {
            reply
                .errors()
                .first()
                .map(|(path, _, words)| (path.clone(), words.clone()))
        };
        let (greek, english) = (told(&greek).context("a field")?, told(&english).context("a field")?);
        let points_elsewhere = ["organization_id", "categories"].contains(&field);
        ensure!(
            greek.0 == english.0 && (points_elsewhere || greek.0.contains(field)),
            "{field}: {greek:?}"
        );
        ensure!(
            greek.1 != english.1 && !greek.1.contains(&long),
            "{field}: said in both languages, in short"
        );
    }
    let huge = client
        .put(&address, &with("name", said(&"α".repeat(3 << 20), "x")))
        .await?;
    assert_eq!(huge.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", huge.text);
    contradictions(&client).await?;
    markup(&house, &client, with("name", said(NASTY, NASTY))).await
}

/// Circles of bodies and of terms, two terms with one code: nothing of it is kept.
async fn contradictions(client: &Client) -> Result<()> {
    let above = |id: &str, parent: &str| json!({ "record": "organization", "id": id, "name": said("Α", "A"), "description": said("α", "a"), "parent_organization_id": parent });
    let term = |number: u8, code: &str, parent: Option<&str>| {
        let mut term = json!({ "record": "taxonomy-term", "id": format!("4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7d0{number}"), "code": code, "taxonomy": "category", "name": said(code, code), "description": said(code, code) });
        if let Some(parent) = parent {
            term["parent"] = json!(parent);
        }
        term
    };
    for records in [
        json!([above(BODY, PLACE), above(PLACE, BODY)]),
        json!([term(1, "t.a", Some("t.b")), term(2, "t.b", Some("t.a"))]),
        json!([term(3, "t.c", None), term(4, "t.c", None)]),
    ] {
        let refused = client.put("/api/v1/directory", &json!({ "records": records })).await?;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
    }
    Ok(())
}

const NASTY: &str = "<script>alert(1)</script> =1+1";

/// Markup and formulas are letters: on every page as themselves, in every sheet as text.
async fn markup(house: &TestApp, client: &Client, mut record: Value) -> Result<()> {
    let visitor = house.visitor();
    record["description"] = said("=HYPERLINK(\"http://evil.example\")", "@SUM(A1)");
    client.keep("service", &record).await?;
    let pages = [
        format!("/services/{SERVICE}"),
        format!("/services/{SERVICE}/sheet"),
        "/services?q=alert".to_owned(),
        "/areas/athens.6".to_owned(),
        format!("/services/{SERVICE}/history"),
        format!("/services/{SERVICE}/suggest"),
        format!("/staff/records/service/{SERVICE}"),
        format!("/staff/records/service/{SERVICE}/edit"),
        "/staff/records".to_owned(),
        "/staff/upkeep".to_owned(),
    ];
    for page in &pages {
        for prefix in ["", "/en"] {
            let text = client.get(&format!("{prefix}{page}")).await?.text;
            ensure!(!text.contains("<script>alert"), "{prefix}{page}");
        }
    }
    ensure!(
        visitor.get(&pages[0]).await?.text.contains("alert(1)"),
        "shown as the letters that it is"
    );
    let csv = visitor.get("/api/v1/mapping/csv").await?;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(csv.bytes))?;
    let services = std::io::read_to_string(archive.by_name("services.csv")?)?;
    ensure!(
        services.contains("'=HYPERLINK") && !services.contains(",=HYPERLINK") && !services.contains("\"=HYPERLINK"),
        "{services:.400}"
    );
    Ok(())
}

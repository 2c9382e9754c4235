//! The page of a service tells all that its record has, in words too, and nothing that leads to a protected place.
use anyhow::{Context as _, Result, ensure};
use axum::http::StatusCode;
use osn_tests::app::{Backend, TestApp};
use osn_tests::client::Client;
use serde_json::{Value, json};

const UNTIL: &str = "city/request-submit/digital-skills";
const BODY: &str = "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9fa001";
const PLACE: &str = "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9fa002";
const SERVICE: &str = "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9fa003";
const WORDS: &str = "Δευτέρα έως Παρασκευή 9 με 15";

/// An identifier of something inside a record.
fn part(number: usize) -> String {
    format!("4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9fa{:03}", 100 + number)
}

/// A house in which a body keeps a helpline: the record with what a story adds to it.
struct Helpline {
    house: TestApp,
    record: Value,
}

impl Helpline {
    async fn begun(backend: Backend) -> Result<Self> {
        let house = TestApp::begun(backend, UNTIL).await?;
        let client = house.staff("coordinator").await?;
        let body = json!({ "record": "organization", "id": BODY, "description": { "el": "Στήριξη" },
                           "name": { "el": "Γραμμή Ζωής", "en": "Life Line" } });
        client.keep("organization", &body).await?;
        let categories = client.get("/api/v1/taxonomies/category").await?.ok();
        let record = json!({ "record": "service", "id": SERVICE, "organization_id": BODY, "status": "active",
            "name": { "el": "Γραμμή στήριξης", "en": "Helpline" }, "description": { "el": "Σας ακούμε", "en": "We listen" },
            "categories": [categories["items"][0]["code"]] });
        Ok(Self { house, record })
    }

    /// Signed in by the clock of the story.
    async fn coordinator(&self) -> Result<Client> {
        self.house.staff("coordinator").await
    }

    async fn keep(&self, more: &Value) -> Result<()> {
        let mut record = self.record.clone();
        let (record_fields, more) = (
            record.as_object_mut().context("a record")?,
            more.as_object().context("fields")?,
        );
        record_fields.extend(more.clone());
        self.coordinator().await?.keep("service", &record).await?;
        Ok(())
    }

    async fn place(&self, more: &Value) -> Result<()> {
        let mut place = json!({ "record": "location", "id": PLACE, "location_type": "physical", "organization_id": BODY,
                                "name": { "el": "Στέκι", "en": "Club house" } });
        let (fields, more) = (
            place.as_object_mut().context("a place")?,
            more.as_object().context("fields")?,
        );
        fields.extend(more.clone());
        self.coordinator().await?.keep("location", &place).await?;
        Ok(())
    }

    /// What stands between the frame of a page of the service; `rest` is what follows its address.
    async fn main(&self, prefix: &str, rest: &str) -> Result<String> {
        let page = self
            .house
            .visitor()
            .get(&format!("{prefix}/services/{SERVICE}{rest}"))
            .await?;
        ensure!(page.status == StatusCode::OK, "{rest}: {} {}", page.status, page.text);
        let (_, main) = page.text.split_once("id=\"main\"").context("the page")?;
        let (main, _) = main.split_once("</main>").context("its end")?;
        Ok(main.replace('\u{a0}', " "))
    }
}

fn has(page: &str, words: &[&str]) -> Result<()> {
    for word in words {
        ensure!(page.contains(word), "«{word}» in {page}");
    }
    Ok(())
}

fn lacks(page: &str, words: &[&str]) -> Result<()> {
    for word in words {
        ensure!(!page.contains(word), "no «{word}» in {page}");
    }
    Ok(())
}

/// That words stand on a page, one after the other.
fn in_order(page: &str, words: &[&str]) -> Result<()> {
    let mut rest = page;
    for word in words {
        (_, rest) = rest
            .split_once(word)
            .with_context(|| format!("«{word}» in its place in {page}"))?;
    }
    Ok(())
}

const UNSTATED: [&str; 3] = ["δεν αναφέρονται", "Δεν δηλώνονται ώρες", "Για τις αργίες ρωτήστε"];

/// Hours that a record says in words are told as such, with a place and without, on the page and on paper.
async fn hours_in_words_are_hours(backend: Backend) -> Result<()> {
    let line = Helpline::begun(backend).await?;
    let schedule = |number: usize, more: Value| {
        let mut schedule = json!({ "id": part(number) });
        if let (Some(fields), Some(more)) = (schedule.as_object_mut(), more.as_object()) {
            fields.extend(more.clone());
        }
        schedule
    };
    let worded = schedule(
        1,
        json!({ "description": { "el": WORDS, "en": "Monday to Friday 9 to 15" } }),
    );
    line.keep(&json!({ "schedules": [worded] })).await?;
    for rest in ["", "/sheet"] {
        let page = line.main("", rest).await?;
        in_order(&page, &["Πού και πότε", WORDS])?;
        lacks(&page, &UNSTATED)?;
        let page = line.main("/en", rest).await?;
        has(&page, &["Monday to Friday 9 to 15"])?;
        lacks(&page, &["not stated)", "Hours are not stated"])?;
    }
    // Words beside days and times, and days without times.
    let timed = json!({ "freq": "WEEKLY", "byday": "MO", "opens_at": "09:00", "closes_at": "13:00", "public_holidays": false,
                        "notes": { "el": "Τον Αύγουστο ρωτήστε" } });
    let untimed = json!({ "freq": "WEEKLY", "byday": "SA", "public_holidays": false, "description": { "el": "Σάββατο όσο κρατά η λαϊκή" } });
    line.keep(&json!({ "schedules": [schedule(2, timed), schedule(3, untimed)] }))
        .await?;
    for rest in ["", "/sheet"] {
        let page = line.main("", rest).await?;
        in_order(
            &page,
            &[
                "Πού και πότε",
                "Δευτέρα 09:00–13:00",
                "Τον Αύγουστο ρωτήστε",
                "Σάββατο όσο κρατά",
            ],
        )?;
        lacks(&page, &UNSTATED)?;
    }
    // Silence stays silence.
    line.keep(&json!({ "schedules": [schedule(4, json!({}))] })).await?;
    has(
        &line.main("", "").await?,
        &["(δεν αναφέρονται ώρες)", "Δεν δηλώνονται ώρες"],
    )?;
    // The same at a place.
    line.place(&json!({ "area": "athens.6" })).await?;
    let link = json!({ "id": part(5), "location_id": PLACE, "schedules": [worded] });
    line.keep(&json!({ "service_at_locations": [link] })).await?;
    for rest in ["", "/sheet"] {
        let page = line.main("", rest).await?;
        in_order(&page, &["Πού και πότε", "Στέκι", WORDS])?;
        lacks(&page, &UNSTATED)?;
    }
    Ok(())
}

/// A page as of a day tells the hours and the prices of that day, and its sheet stays in it.
async fn an_older_page_has_the_hours_of_its_day(backend: Backend) -> Result<()> {
    let line = Helpline::begun(backend).await?;
    let summer = json!({ "id": part(1), "freq": "WEEKLY", "byday": "MO", "opens_at": "09:00", "closes_at": "13:00",
                         "valid_to": "2022-07-31", "notes": { "el": "Καλοκαιρινό ωράριο" } });
    let winter = json!({ "id": part(2), "freq": "WEEKLY", "byday": "TU", "opens_at": "17:00", "closes_at": "20:00" });
    let price = json!({ "id": part(3), "amount": "3", "currency": "EUR", "valid_to": "2022-07-31" });
    line.keep(&json!({ "schedules": [summer, winter], "cost_options": [price] }))
        .await?;
    line.house.played.clock.set("2022-09-10T09:00:00Z".parse()?);
    let gone = ["09:00–13:00", "Καλοκαιρινό ωράριο", "3,00 €"];
    for rest in ["", "/sheet"] {
        let now = line.main("", rest).await?;
        has(&now, &["Τρίτη 17:00–20:00"])?;
        lacks(&now, &gone)?;
        let then = line.main("", &format!("{rest}?as_of=2022-07-15")).await?;
        has(&then, &gone)?;
    }
    let then = line.main("", "?as_of=2022-07-15").await?;
    has(&then, &[&format!("/services/{SERVICE}/sheet?as_of=2022-07-15")])
}

/// What imported data has is told: prices, areas in words, mail, contacts, interpretation, how to get there.
async fn the_page_hides_nothing_that_the_record_has(backend: Backend) -> Result<()> {
    let line = Helpline::begun(backend).await?;
    line.keep(&json!({})).await?;
    let labels = ["mailto:", "Γράψτε στο", "Επικοινωνία:", "Διερμηνεία", "Πώς θα φτάσετε"];
    lacks(&line.main("", "").await?, &labels)?;
    let way = json!({ "area": "athens.6", "transportation": { "el": "Λεωφορείο 040", "en": "Bus 040" } });
    line.place(&way).await?;
    line.keep(&imported()).await?;
    let greek = [
        "Ενήλικες: 1.234,50 € (τον χρόνο)",
        "Παιδιά: Δωρεάν",
        "7,50 USD",
        "6,00 €, 1/1/2031 – 31/12/2031",
        "Στη νοηματική",
        "a?b&#38;c@line.example",
        "Επικοινωνία: Γραμματεία, υποδοχή",
        "210 5550199",
        "desk@line.example",
        "Πώς θα φτάσετε: Λεωφορείο 040",
        "Επικοινωνία: Θυρωρείο",
    ];
    for rest in ["", "/sheet"] {
        let page = line.main("", rest).await?;
        has(&page, &greek)?;
        lacks(&page, &["9,00 €", "geojson"])?;
    }
    let page = line.main("", "").await?;
    let who = [
        "Για ποιους",
        "Διερμηνεία",
        "Κόστος",
        "Τι θα χρειαστείτε",
        "Επόμενο βήμα",
    ];
    let ask = [
        "mailto:a%3Fb%26c@line.example",
        "Γραμματεία",
        "tel:2105550199",
        "mailto:desk@line.example",
    ];
    let there = ["Πού και πότε", "Στέκι", "Λεωφορείο 040", "Όλη η Αττική", "/suggest"];
    in_order(&page, &[who.as_slice(), &ask, &there].concat())?;
    let english = [
        "Adults: €1,234.50 (a year)",
        "Children: Free of charge",
        "7.50 USD",
        "All of Attica",
        "How to get there: Bus 040",
    ];
    has(&line.main("/en", "").await?, &english)?;
    // The record's own words on the cost and codes of areas come first; what is free is said to be free.
    let mut both = imported();
    both["fees_description"] = json!({ "el": "Ό,τι έχετε" });
    both["areas"] = json!(["athens.6"]);
    both["free_of_charge"] = json!(true);
    line.keep(&both).await?;
    let page = line.main("", "").await?;
    in_order(&page, &["Δωρεάν", "Ό,τι έχετε"])?;
    lacks(&page, &["1.234,50", "Όλη η Αττική"])
}

/// What HSDS data says of a service beside what our own forms ask first.
fn imported() -> Value {
    let price = |number: usize, more: Value| {
        let mut price = json!({ "id": part(number), "currency": "EUR" });
        if let (Some(fields), Some(more)) = (price.as_object_mut(), more.as_object()) {
            fields.extend(more.clone());
        }
        price
    };
    json!({
        "email": "a?b&c@line.example",
        "contacts": [{ "id": part(10), "name": { "el": "Γραμματεία", "en": "Front desk" }, "email": "desk@line.example",
                       "title": { "el": "υποδοχή", "en": "reception" }, "phones": [{ "id": part(11), "number": "210 5550199" }] }],
        "interpretation_services": { "el": "Στη νοηματική", "en": "Sign language" },
        "service_areas": [{ "id": part(13), "name": { "el": "Όλη η Αττική", "en": "All of Attica" },
                            "extent": "{}", "extent_type": "geojson" }],
        "service_at_locations": [{ "id": part(14), "location_id": PLACE,
                                   "contacts": [{ "id": part(12), "name": { "el": "Θυρωρείο" } }] }],
        "cost_options": [
            price(1, json!({ "amount": "1234.5", "option": { "el": "Ενήλικες", "en": "Adults" },
                             "amount_description": { "el": "τον χρόνο", "en": "a year" } })),
            price(2, json!({ "amount": "0", "option": { "el": "Παιδιά", "en": "Children" } })),
            price(3, json!({ "amount": "7.5", "currency": "USD" })),
            price(4, json!({ "amount": "9", "valid_to": "2021-12-31" })),
            price(5, json!({ "amount": "6", "valid_from": "2031-01-01", "valid_to": "2031-12-31" })),
        ],
    })
}

/// Nothing leads to a protected place, not even on a day when nobody knew that it would be one.
async fn nothing_leads_to_a_protected_place(backend: Backend) -> Result<()> {
    let line = Helpline::begun(backend).await?;
    let open = json!({ "area": "athens.6", "transportation": { "el": "Λεωφορείο 040" }, "address_note": { "el": "Πίσω από τον ναό" },
                       "addresses": [{ "id": part(1), "address_1": "Οδός Κρυφή 5" }] });
    line.house.played.clock.set("2022-07-10T09:00:00Z".parse()?);
    line.place(&open).await?;
    let there = json!({ "id": part(2), "name": { "el": "Θυρωρείο της Κρυφής" }, "email": "krifi@line.example" });
    let area = json!({ "id": part(3), "name": { "el": "Γύρω από τον ναό" }, "extent": "{\"type\":\"Point\"}", "extent_type": "geojson" });
    let phone = json!({ "id": part(4), "number": "2105550177" });
    let link = |area: &Value| {
        json!({ "service_at_locations": [{ "id": part(5), "location_id": PLACE, "contacts": [there], "phones": [phone],
                                           "service_areas": [area] }] })
    };
    line.keep(&link(&area)).await?;
    let secrets = ["Λεωφορείο 040", "Οδός Κρυφή", "Θυρωρείο", "krifi@"];
    for rest in ["", "/sheet"] {
        has(&line.main("", rest).await?, &secrets)?;
    }
    line.house.played.clock.set("2022-07-20T09:00:00Z".parse()?);
    // A shape around it goes first: the mapping refuses to hide a place that a shape shows.
    line.keep(&link(&json!({ "id": part(3), "name": area["name"] })))
        .await?;
    line.place(&json!({ "protected": true })).await?;
    for rest in ["", "/sheet", "?as_of=2022-07-15", "/sheet?as_of=2022-07-15"] {
        let page = line.main("", rest).await?;
        has(&page, &["δεν δημοσιεύεται", "2105550177"])?;
        lacks(&page, &secrets)?;
        lacks(&page, &["Πίσω από τον ναό", "Γύρω από τον ναό", "Point"])?;
    }
    Ok(())
}

/// Who keeps the record, and where it is offered, have histories of their own: each is one click away.
async fn the_histories_of_body_and_places_are_linked(backend: Backend) -> Result<()> {
    let line = Helpline::begun(backend).await?;
    line.place(&json!({})).await?;
    let link = |number: usize| json!({ "id": part(number), "location_id": PLACE });
    line.keep(&json!({ "service_at_locations": [link(1), link(2)] }))
        .await?;
    for (prefix, words) in [
        ("", ["Ιστορικό του φορέα: Γραμμή Ζωής", "Ιστορικό του χώρου: Στέκι"]),
        (
            "/en",
            ["History of the body: Life Line", "History of the place: Club house"],
        ),
    ] {
        let page = line.main(prefix, "").await?;
        in_order(&page, &[&format!("/services/{SERVICE}/history"), words[0], words[1]])?;
        for (kind, id) in [("organization", BODY), ("location", PLACE)] {
            let address = format!("{prefix}/records/{kind}/{id}/history");
            assert_eq!(page.matches(&format!("href=\"{address}\"")).count(), 1, "{address}");
            assert_eq!(
                line.house.visitor().get(&address).await?.status,
                StatusCode::OK,
                "{address}"
            );
        }
    }
    Ok(())
}

osn_tests::stories!(
    hours_in_words_are_hours,
    an_older_page_has_the_hours_of_its_day,
    the_page_hides_nothing_that_the_record_has,
    nothing_leads_to_a_protected_place,
    the_histories_of_body_and_places_are_linked,
);

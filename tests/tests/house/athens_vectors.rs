//! The city's own words and numbers, with its own data: postal codes, names of communities, neighbourhoods as people write them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
use anyhow::{Context as _, Result};
use axum::http::Method;
use chrono::{DateTime, Utc};
use osn_core::identifier::Amka;
use osn_tests::app::{Backend, TestApp};
use serde_json::{Value, json};

const OPEN: &str = "food-parcel-2022/call-publish/home-food-2022";

/// What is told: the field, words of the message in Greek and in English.
type Hints = &'static [(&'static str, &'static str, &'static str)];

/// An application of a person with this number, who lives where the postal code and the community say.
fn application(number: u16, postal_code: &str, area: &str) -> Value {
    let born = chrono::NaiveDate::from_ymd_opt(1960, 1, 1).unwrap() + chrono::Days::new(u64::from(number));
    json!({
        "applicant": {
            "amka": Amka::synthetic(born, 9990).unwrap().expose(),
            "given_name": "Ελένη", "family_name": "Δοκιμαστικού", "birth_date": born,
            "phone": format!("+3021000{number:05}"), "street": format!("Οδός {number}"), "postal_code": postal_code, "area": area,
        },
        "answers": { "disability-percent": "80.00", "annual-income": "4200.00", "resident": true },
        "evidence": {
            "disability-percent": { "state": "declared", "valid_to": "indefinite" },
            "annual-income": { "state": "declared" }, "resident": { "state": "declared" },
        },
    })
}

/// A postal code and a date of birth are hints for whoever reads the application: nobody is refused for them.
#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one story, step by step")]
async fn a_postal_code_or_an_amka_of_another_place_or_day_is_told_and_never_refused() -> Result<()> {
    let house = TestApp::begun(Backend::Sqlite, OPEN).await?;
    house.played.clock.set("2022-07-20T08:00:00Z".parse::<DateTime<Utc>>()?);
    let path = format!("/api/v1/calls/{}/applications", house.id("call/home-food-2022")?);
    let (visitor, evaluator) = (house.visitor(), house.staff("evaluator").await?);
    let other_day = |mut body: Value| {
        body["applicant"]["birth_date"] = json!("1960-12-24");
        body
    };
    let cases: [(&str, Value, Hints); 7] = [
        ("10431 lies in the sixth", application(1, "10431", "athens.6"), &[]),
        ("11855 lies in the third", application(2, "118 55", "athens.3"), &[]),
        (
            "a boundary code suggests nothing",
            application(3, "11471", "athens.7"),
            &[],
        ),
        (
            "11146 is a neighbour's",
            application(4, "11146", "athens.5"),
            &[("/applicant/postal_code", "Γαλάτσι", "Galatsi")],
        ),
        (
            "15231 is outside",
            application(5, "15231", "athens.7"),
            &[("/applicant/postal_code", "έξω από τον δήμο", "outside the municipality")],
        ),
        (
            "10431 does not lie in the first",
            application(6, "10431", "athens.1"),
            &[(
                "/applicant/postal_code",
                "6η Δημοτική Κοινότητα",
                "6th Municipal Community",
            )],
        ),
        (
            "an AMKA of another day",
            other_day(application(7, "10431", "athens.6")),
            &[("/applicant/amka", "άλλη ημερομηνία γέννησης", "another date of birth")],
        ),
    ];
    let list = async || -> Result<Vec<Value>> {
        let list = evaluator.get(&format!("{path}?limit=50")).await?.ok();
        Ok(list["items"].as_array().context("a list")?.clone())
    };
    for (name, body, wanted) in cases {
        let before: Vec<Value> = list().await?.iter().map(|item| item["id"].clone()).collect();
        let taken = visitor.post(&path, &body).await?;
        assert_eq!(taken.status.as_u16(), 201, "{name}: {}", taken.text);
        let after = list().await?;
        let id = after
            .iter()
            .find(|item| !before.contains(&item["id"]))
            .context("it is on the list")?["id"]
            .clone();
        let open = format!("/api/v1/applications/{}/open", id.as_str().context("an id")?);
        for (lang, nth) in [("el", 0), ("en", 1)] {
            let reason = json!({ "reason": "Έλεγχος κατοικίας" });
            let opened = evaluator.reading(lang).post(&open, &reason).await?.ok();
            let hints = opened["hints"].as_array().cloned().unwrap_or_default();
            assert_eq!(hints.len(), wanted.len(), "{name}: {hints:?}");
            for (hint, (path, el, en)) in hints.iter().zip(wanted) {
                let message = hint["message"].as_str().context("a message")?;
                assert!(
                    hint["path"] == *path && message.contains([el, en][nth]),
                    "{name}: {hint}"
                );
            }
        }
    }
    for code in ["1043", "1043A"] {
        let refused = visitor.post(&path, &application(9, code, "athens.6")).await?;
        let error = &refused.errors()[0];
        assert_eq!(
            (&*error.0, &*error.1),
            ("/applicant/postal_code", "postcode.format"),
            "{code}"
        );
    }
    Ok(())
}

/// A community in a clerk's sheet, as registers of the city write it.
#[tokio::test(flavor = "multi_thread")]
async fn communities_are_known_by_the_names_that_registers_use() -> Result<()> {
    let house = TestApp::begun(Backend::Sqlite, "city/mapping/directory").await?;
    let coordinator = house.staff("coordinator").await?;
    for (number, (written, area)) in (1..).zip([
        ("ΣΥΜΒΟΥΛΙΟ 7ης ΔΗΜΟΤΙΚΗΣ ΚΟΙΝΟΤΗΤΑΣ", Some("athens.7")),
        ("5η Δ.Κ.", Some("athens.5")),
        ("1η ΔΚ", Some("athens.1")),
        ("6η Δημοτική Κοινότητα", Some("athens.6")),
        ("athens.2", Some("athens.2")),
        ("8η Δημοτική Κοινότητα", None),
        ("Συμβούλιο της Κοινότητας", None),
    ]) {
        let file = format!(
            "Φορέας;Υπηρεσία;Περιγραφή;Κατηγορία;Δομή;Διεύθυνση;Κοινότητα δομής\n\
             Σύλλογος Δοκιμής;Κουζίνα;Ζεστό φαγητό;food.meals;Στέκι {number};Οδός Δοκιμής {number};{written}\n"
        );
        let looked = coordinator
            .send(
                Method::POST,
                "/api/v1/imports?file=services.csv",
                Some("application/octet-stream"),
                file.into_bytes(),
                &[],
            )
            .await?
            .ok();
        let id = looked["id"].as_str().context("an import")?.to_owned();
        match area {
            None => {
                assert_eq!(looked["state"], "refused", "{written}: {looked}");
                let faults = coordinator.get(&format!("/api/v1/imports/{id}/faults")).await?.text;
                assert!(faults.contains("term-unknown") && faults.contains(written), "{faults}");
            }
            Some(area) => {
                assert_eq!(looked["state"], "planned", "{written}: {looked}");
                let added = coordinator.get(&format!("/api/v1/imports/{id}/added")).await?.ok();
                let places = added["items"].as_array().context("records")?.iter();
                let place = places
                    .clone()
                    .find(|record| record["kind"] == "location")
                    .context("a place")?["id"]
                    .clone();
                coordinator
                    .post(&format!("/api/v1/imports/{id}/confirm"), &json!({}))
                    .await?
                    .ok();
                let place = format!("/api/v1/records/location/{}", place.as_str().context("an id")?);
                let record = coordinator.get(&place).await?.ok();
                assert_eq!(record["area"], area, "{written}: {record}");
            }
        }
    }
    Ok(())
}

/// Neighbourhoods as they are typed: accents, Greeklish and two spellings of one name find the same services.
#[tokio::test(flavor = "multi_thread")]
async fn neighbourhoods_are_found_however_they_are_typed() -> Result<()> {
    let house = TestApp::begun(Backend::Sqlite, "city/mapping/directory").await?;
    let visitor = house.visitor();
    let found = async |words: &str| -> Result<Vec<Value>> {
        let query = words
            .bytes()
            .fold(String::new(), |query, byte| query + &format!("%{byte:02X}"));
        let list = visitor
            .get(&format!("/api/v1/services?limit=100&q={query}"))
            .await?
            .ok();
        Ok(list["items"]
            .as_array()
            .context("a list")?
            .iter()
            .map(|item| item["id"].clone())
            .collect())
    };
    for (name, spellings) in [
        ("Παγκράτι", ["παγκρατι", "ΠΑΓΚΡΑΤΙ", "pagkrati", "pangrati"]),
        ("Κυψέλη", ["κυψελη", "kipseli", "kypseli", "KYPSELI"]),
        ("Θησείο", ["θησειο", "8hseio", "thiseio", "8iseio"]),
        ("Ψυρρή", ["ψυρη", "psirri", "psyrri", "psiri"]),
    ] {
        let wanted = found(name).await?;
        assert!(!wanted.is_empty(), "{name} has services");
        for spelling in spellings {
            assert_eq!(found(spelling).await?, wanted, "{spelling} for {name}");
        }
    }
    // No service of the city's data has its place in Gkyzi: both spellings say so.
    assert_eq!((found("Γκύζη").await?, found("gkizi").await?), (Vec::new(), Vec::new()));
    Ok(())
}

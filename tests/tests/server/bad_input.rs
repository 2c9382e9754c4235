//! Bad input over HTTP: each case with its status, its code, the field it names, in both languages, and nothing lost.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]
use std::sync::Arc;

use anyhow::Result;
use axum::http::{Method, StatusCode};
use chrono::{DateTime, Utc};
use osn_tests::app::{Backend, TestApp};
use osn_tests::applicant::application;
use osn_tests::client::Reply;
use osn_tests::network::another;
use serde_json::{Value, json};

fn set(body: &mut Value, pointer: &str, value: Value) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent)
        .unwrap()
        .as_object_mut()
        .unwrap()
        .insert(name.to_owned(), value);
}

/// One case of the table.
struct Case {
    name: &'static str,
    change: fn(&mut Value),
    status: u16,
    code: &'static str,
    /// Path and code of an error that must be among the errors.
    error: Option<(&'static str, &'static str)>,
}

const fn case(name: &'static str, change: fn(&mut Value), path: &'static str, code: &'static str) -> Case {
    Case {
        name,
        change,
        status: 422,
        code: "application.invalid",
        error: Some((path, code)),
    }
}

const CASES: &[Case] = &[
    case(
        "a false check digit",
        |body| set(body, "/applicant/amka", "01013099999".into()),
        "/applicant/amka",
        "amka.check_digit",
    ),
    case(
        "an AMKA of ten digits",
        |body| set(body, "/applicant/amka", "0101309999".into()),
        "/applicant/amka",
        "amka.length",
    ),
    case(
        "letters in an AMKA",
        |body| set(body, "/applicant/amka", "0101309999A".into()),
        "/applicant/amka",
        "amka.format",
    ),
    case(
        "an impossible date in an AMKA",
        |body| set(body, "/applicant/amka", "31025099990".into()),
        "/applicant/amka",
        "amka.date",
    ),
    case(
        "31 February",
        |body| set(body, "/applicant/birth_date", "1970-02-31".into()),
        "/applicant/birth_date",
        "not-a-date",
    ),
    case(
        "a date in Greek order",
        |body| set(body, "/applicant/birth_date", "31/12/1970".into()),
        "/applicant/birth_date",
        "not-a-date",
    ),
    case(
        "a birth in the future",
        |body| set(body, "/applicant/birth_date", "2030-01-01".into()),
        "/applicant/birth_date",
        "birth-date-future",
    ),
    case(
        "no name",
        |body| set(body, "/applicant/given_name", "  ".into()),
        "/applicant/given_name",
        "required",
    ),
    case(
        "a telephone that cannot be",
        |body| set(body, "/applicant/phone", "7912345678".into()),
        "/applicant/phone",
        "phone.prefix",
    ),
    case(
        "a postal code of four digits",
        |body| set(body, "/applicant/postal_code", "1043".into()),
        "/applicant/postal_code",
        "postcode.format",
    ),
    case(
        "an unknown area",
        |body| set(body, "/applicant/area", "athens.8".into()),
        "/applicant/area",
        "unknown-term",
    ),
    case(
        "an answer of a wrong type",
        |body| set(body, "/answers/annual-income", true.into()),
        "/answers/annual-income",
        "not-an-amount",
    ),
    case(
        "a flag in words",
        |body| set(body, "/answers/resident", "ναι".into()),
        "/answers/resident",
        "not-yes-or-no",
    ),
    case(
        "a per cent above the whole",
        |body| set(body, "/answers/disability-percent", "100.01".into()),
        "/answers/disability-percent",
        "out-of-range",
    ),
    case(
        "a negative income",
        |body| set(body, "/answers/annual-income", "-1.00".into()),
        "/answers/annual-income",
        "out-of-range",
    ),
    case(
        "an answer to a question nobody asked",
        |body| set(body, "/answers/favourite-colour", "γαλάζιο".into()),
        "/answers/favourite-colour",
        "unknown-field",
    ),
    case(
        "an answer left out",
        |body| drop(body["answers"].as_object_mut().unwrap().remove("disability-percent")),
        "/answers/disability-percent",
        "required",
    ),
    case(
        "a paper that only staff accept",
        |body| set(body, "/evidence/resident/state", "accepted".into()),
        "/evidence/resident/state",
        "evidence-by-staff-only",
    ),
    Case {
        name: "an unknown field",
        change: |body| set(body, "/applicant/nickname", "Λένα".into()),
        status: 422,
        code: "request.invalid",
        error: Some(("/applicant/nickname", "unknown-field")),
    },
    Case {
        name: "a number where a text belongs",
        change: |body| set(body, "/applicant/given_name", 7.into()),
        status: 422,
        code: "request.invalid",
        error: Some(("/applicant/given_name", "wrong-type")),
    },
    Case {
        name: "a list where an object belongs",
        change: |body| set(body, "/answers", json!([])),
        status: 422,
        code: "request.invalid",
        error: Some(("/answers", "wrong-type")),
    },
];

struct OpenCall {
    house: TestApp,
    path: String,
}

impl OpenCall {
    async fn new() -> Result<Self> {
        Self::as_of("2022-07-20T08:00:00Z").await
    }

    /// The server's time never runs backwards: whoever wants an early moment begins with it.
    async fn as_of(instant: &str) -> Result<Self> {
        let house = TestApp::begun(Backend::Sqlite, "food-parcel-2022/call-publish/home-food-2022").await?;
        let path = format!("/api/v1/calls/{}/applications", house.id("call/home-food-2022")?);
        let open = Self { house, path };
        open.at(instant);
        Ok(open)
    }

    fn at(&self, instant: &str) {
        self.house.played.clock.set(instant.parse::<DateTime<Utc>>().unwrap());
    }

    async fn received(&self) -> Result<Value> {
        let coordinator = self.house.staff("coordinator").await?;
        Ok(coordinator.get(&self.path).await?.ok()["total"].clone())
    }
}

/// A refusal must be a problem in the reader's language that names the field and quotes nothing of what was sent.
#[track_caller]
fn check_problem(name: &str, reply: &Reply, status: u16, code: &str, error: Option<(&str, &str)>, greek: bool) {
    assert_eq!(
        (reply.status.as_u16(), reply.code().as_str()),
        (status, code),
        "{name}: {}",
        reply.text
    );
    assert_eq!(reply.headers["content-type"], "application/problem+json", "{name}");
    let is_greek = |text: &str| text.chars().any(|c| ('α'..='ω').contains(&c));
    let title = reply.json()["title"].as_str().unwrap_or_default().to_owned();
    assert_eq!(is_greek(&title), greek, "{name}: title `{title}`");
    if let Some((path, code)) = error {
        let errors = reply.errors();
        let found = errors.iter().find(|(at, what, _)| at == path && what == code);
        let (_, _, message) = found.unwrap_or_else(|| panic!("{name}: no {code} at {path} among {errors:?}"));
        assert!(is_greek(message) == greek && !message.is_empty(), "{name}: `{message}`");
    }
    for personal in ["Δοκιμαστικού", "+302100099001", "01013099999", "Λένα", "γαλάζιο"] {
        assert!(
            !reply.text.contains(personal),
            "{name}: the answer quotes what was sent"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_wrong_application_is_refused_by_field_in_both_languages() -> Result<()> {
    let open = OpenCall::new().await?;
    for case in CASES {
        let mut body = application(1);
        (case.change)(&mut body);
        for (lang, greek) in [("el", true), ("en", false)] {
            let reply = open.house.visitor().reading(lang).post(&open.path, &body).await?;
            check_problem(case.name, &reply, case.status, case.code, case.error, greek);
        }
    }
    assert_eq!(open.received().await?, 0, "nothing of it was taken");
    // Every error at once: nobody mends one field after another.
    let mut body = application(1);
    set(&mut body, "/applicant/amka", "01013099999".into());
    set(&mut body, "/applicant/phone", "7912345678".into());
    set(&mut body, "/answers/annual-income", true.into());
    let reply = open.house.visitor().post(&open.path, &body).await?;
    assert!(reply.errors().len() >= 3, "{:?}", reply.errors());
    // And what was in order all along is still taken.
    open.house.visitor().post(&open.path, &application(1)).await?.ok();
    assert_eq!(open.received().await?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_no_json_and_bodies_of_another_kind() -> Result<()> {
    let open = OpenCall::new().await?;
    let visitor = open.house.visitor();
    let cases: [(&str, &str, Vec<u8>, u16, &str); 5] = [
        (
            "cut off",
            "application/json",
            "{\"applicant\": {\"given_name\": \"Ελένη\", ".into(),
            400,
            "request.malformed",
        ),
        (
            "not UTF-8",
            "application/json",
            vec![b'"', 0xff, 0xfe, b'"'],
            400,
            "request.malformed",
        ),
        ("empty", "application/json", Vec::new(), 400, "request.malformed"),
        (
            "a form",
            "application/x-www-form-urlencoded",
            b"a=b".to_vec(),
            415,
            "request.not-json",
        ),
        (
            "too large",
            "application/json",
            vec![b' '; 5 << 20],
            413,
            "request.too-large",
        ),
    ];
    for (name, media, body, status, code) in cases {
        for (lang, greek) in [("el", true), ("en", false)] {
            let reply = visitor
                .reading(lang)
                .send(Method::POST, &open.path, Some(media), body.clone(), &[])
                .await?;
            check_problem(name, &reply, status, code, None, greek);
        }
    }
    assert_eq!(open.received().await?, 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn too_early_late_and_double() -> Result<()> {
    // 15/7/2022 00:00:00 in Athens is in time, a second before is not.
    let open = OpenCall::as_of("2022-07-14T20:59:59Z").await?;
    let visitor = open.house.visitor();
    for (lang, greek) in [("el", true), ("en", false)] {
        let early = visitor.reading(lang).post(&open.path, &application(5)).await?;
        check_problem("early", &early, 409, "application.too-early", None, greek);
        assert!(early.text.contains("15/7/2022"), "says when it opens: {}", early.text);
    }
    open.at("2022-07-14T21:00:00Z");
    visitor.post(&open.path, &application(5)).await?.ok();
    open.at("2022-07-20T08:00:00Z");
    let taken = visitor.post(&open.path, &application(1)).await?.ok();
    let double = visitor.post(&open.path, &application(1)).await?;
    check_problem("double", &double, 409, "application.double", None, true);
    let mut household = application(2);
    set(
        &mut household,
        "/members",
        json!([{ "amka": application(1)["applicant"]["amka"], "answers": { "birth-date": "1960-01-02" } }]),
    );
    let double = visitor.post(&open.path, &household).await?;
    check_problem("a member who applied", &double, 409, "application.double", None, true);
    // 19/8/2022 17:00:00 in Athens is in time, a second later is not.
    open.at("2022-08-19T14:00:00Z");
    visitor.post(&open.path, &application(3)).await?.ok();
    open.at("2022-08-19T14:00:01Z");
    for (lang, greek) in [("el", true), ("en", false)] {
        let late = visitor.reading(lang).post(&open.path, &application(4)).await?;
        check_problem("late", &late, 409, "application.late", None, greek);
        assert!(late.text.contains("19/8/2022"), "says when it closed: {}", late.text);
    }
    assert_eq!(open.received().await?, 3);
    // The double attempt changed nothing of the first: its reference still leads to it, now that the call has closed.
    let track = json!({ "reference": taken["reference"], "code": taken["code"] });
    assert_eq!(
        visitor.post("/api/v1/applications/track", &track).await?.ok()["state"],
        "under-assessment"
    );
    Ok(())
}

/// The same person from many sides at once: one application, whatever the interleaving.
#[tokio::test(flavor = "multi_thread")]
async fn one_person_applying_many_times_at_once_is_taken_once() -> Result<()> {
    let open = Arc::new(OpenCall::new().await?);
    let mut tasks = Vec::new();
    for _ in 0..16 {
        let open = Arc::clone(&open);
        tasks.push(tokio::spawn(async move {
            open.house.visitor().post(&open.path, &application(9)).await
        }));
    }
    let mut statuses = Vec::new();
    for task in tasks {
        statuses.push(task.await??.status.as_u16());
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [vec![201], vec![409; 15]].concat());
    assert_eq!(open.received().await?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_action_whose_parameters_the_program_refuses() -> Result<()> {
    let house = TestApp::begun(Backend::Sqlite, "food-parcel-2022/action/home-food").await?;
    let coordinator = house.staff("coordinator").await?;
    let action = coordinator
        .get(&format!("/api/v1/actions/{}", house.id("action/home-food")?))
        .await?
        .ok();
    let mut body = another(
        &action,
        json!({ "places": 10, "reason": action["places"][0]["reason"] }),
    );
    let before = coordinator.get("/api/v1/actions").await?.ok()["total"].clone();
    for (name, parameters, path) in [
        (
            "an unknown parameter",
            json!({ "favourite-colour": 1 }),
            "/parameters/favourite-colour",
        ),
        (
            "a wrong type",
            json!({ "minimum-disability": "much" }),
            "/parameters/minimum-disability",
        ),
        (
            "out of bounds",
            json!({ "minimum-disability": "101.00" }),
            "/parameters/minimum-disability",
        ),
    ] {
        set(&mut body, "/parameters", parameters);
        for (lang, greek) in [("el", true), ("en", false)] {
            let reply = coordinator.reading(lang).post("/api/v1/actions", &body).await?;
            check_problem(name, &reply, 422, "action.parameters", None, greek);
            assert!(
                reply
                    .errors()
                    .iter()
                    .any(|(at, _, message)| at == path && !message.is_empty()),
                "{name}: {}",
                reply.text
            );
        }
    }
    set(&mut body, "/parameters", json!({}));
    set(&mut body, "/model_entry", "support.no-such-entry".into());
    let unknown = coordinator.post("/api/v1/actions", &body).await?;
    let error = Some(("/model_entry", "unknown-model-entry"));
    check_problem("an unknown entry", &unknown, 422, "action.invalid", error, true);
    assert_eq!(coordinator.get("/api/v1/actions").await?.ok()["total"], before);
    Ok(())
}

/// More places than people are left uncovered, by one action or by two of one certificate, want the reason of a second person.
#[tokio::test(flavor = "multi_thread")]
async fn places_beyond_the_certified_residual() -> Result<()> {
    let house = TestApp::begun(Backend::Sqlite, "food-parcel-2022/action/home-food").await?;
    let (coordinator, second) = (house.staff("coordinator").await?, house.staff("coordinator2").await?);
    let first = format!("/api/v1/actions/{}", house.id("action/home-food")?);
    let action = coordinator.get(&first).await?.ok();
    let places = |places: u32| json!({ "places": places, "reason": { "el": "Τόσες", "en": "So many" } });
    let agreed = |places: u32| json!({ "places": places, "reason": { "el": "Δέχομαι", "en": "I agree" } });
    // 100 of the 150 are in force; 151 wait, and only another person agrees, to what was asked for.
    let asked = coordinator.post(&format!("{first}/places"), &places(151)).await?.ok();
    assert_eq!(asked["places"].as_array().unwrap().len(), 1, "not in force");
    assert_eq!(asked["asked_places"]["places"], 151);
    let beyond = format!("{first}/places/second");
    for (lang, greek) in [("el", true), ("en", false)] {
        let own = coordinator.reading(lang).post(&beyond, &agreed(151)).await?;
        check_problem("who asked", &own, 409, "action.same-person", None, greek);
        let other = second.reading(lang).post(&beyond, &agreed(152)).await?;
        check_problem("another number", &other, 409, "action.not-asked", None, greek);
        let mute = second
            .reading(lang)
            .post(&beyond, &json!({ "places": 151, "reason": {} }))
            .await?;
        check_problem(
            "no reason",
            &mute,
            422,
            "request.invalid",
            Some(("/reason", "required")),
            greek,
        );
    }
    let evaluator = house.staff("evaluator").await?.post(&beyond, &agreed(151)).await?;
    assert_eq!(evaluator.status, StatusCode::FORBIDDEN);
    let page = second
        .get(&format!("/staff/actions/{}", house.id("action/home-food")?))
        .await?
        .text;
    assert!(
        page.contains("places-beyond"),
        "the page asks the second person: {page}"
    );
    let in_force = second.post(&beyond, &agreed(151)).await?.ok();
    let version = &in_force["places"][1];
    assert_eq!(
        (&version["places"], &version["by"]),
        (&json!(151), &action["places"][0]["by"])
    );
    assert!(version["second"]["by"] != version["by"] && in_force["asked_places"].is_null());
    // The certificate is used up: a second action of it waits from its first place on, and is not approved before.
    let body = another(&action, places(1));
    let other = coordinator.post("/api/v1/actions", &body).await?.ok();
    assert_eq!(
        (&other["places"], &other["asked_places"]["places"]),
        (&json!([]), &json!(1))
    );
    let other = format!("/api/v1/actions/{}", other["id"].as_str().unwrap());
    let early = second.post(&format!("{other}/approve"), &json!({})).await?;
    check_problem("waiting", &early, 409, "action.places-wait", None, true);
    second.post(&format!("{other}/places/second"), &agreed(1)).await?.ok();
    second.post(&format!("{other}/approve"), &json!({})).await?.ok();
    Ok(())
}

/// What is sent again with its key is answered as before; the key with another body is refused.
#[tokio::test(flavor = "multi_thread")]
async fn an_idempotency_key_answers_once() -> Result<()> {
    let open = OpenCall::new().await?;
    let visitor = open.house.visitor();
    let send = async |body: &Value| {
        let bytes = serde_json::to_vec(body)?;
        visitor
            .send(
                Method::POST,
                &open.path,
                Some("application/json"),
                bytes,
                &[("idempotency-key", "my-application-1")],
            )
            .await
    };
    let first = send(&application(1)).await?;
    let again = send(&application(1)).await?;
    assert_eq!((first.status, again.status), (StatusCode::CREATED, StatusCode::CREATED));
    assert_eq!(first.json()["reference"], again.json()["reference"]);
    let other = send(&application(2)).await?;
    check_problem("another body", &other, 422, "idempotency.key-reused", None, true);
    assert_eq!(open.received().await?, 1);
    Ok(())
}

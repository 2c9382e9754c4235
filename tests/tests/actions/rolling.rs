//! A call that stays open while it is judged: lists made one after the other by two persons, each giving places that no later
//! one takes back, towards a target; on both databases, with the counselling program.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};
use osn_core::identifier::Amka;
use osn_core::published::{Answer, SignedList};
use osn_server::clock::Clock as _;
use osn_tests::app::{Backend, TestApp};
use osn_tests::client::Client;
use osn_tests::network::form;
use serde_json::{Value, json};

mod appointments;

use appointments::planned;

/// The city with a certificate that any action may cite.
const CERTIFIED: &str = "city/certificate/home-food-disability";

/// An action of five places towards a target of three, with its call.
struct Rolling {
    house: TestApp,
    action: String,
    call: String,
    coordinator: Client,
    second: Client,
}

impl Rolling {
    async fn published(backend: Backend) -> Result<Self> {
        let house = TestApp::begun_with_program(backend, CERTIFIED, "counselling").await?;
        let (coordinator, second) = (house.staff("coordinator").await?, house.staff("coordinator2").await?);
        let action = json!({
            "name": { "el": "Συμβουλευτική 2022", "en": "Counselling 2022" },
            "description": { "el": "Ατομικές συναντήσεις.", "en": "Individual meetings." },
            "program": "counselling", "certificate_id": house.id("certificate/home-food-disability")?,
            "model_entry": "support.counselling-migrants", "period": { "from": "2022-08-01", "to": "2022-12-31" },
            "instalments": 3, "budget": { "amount": "9600.00", "currency": "EUR" }, "parameters": { "target": 3 },
            "places": { "places": 5, "reason": { "el": "Πέντε άτομα για αρχή.", "en": "Five people to begin with." } },
        });
        let action = id(&coordinator.post("/api/v1/actions", &action).await?.ok())?;
        second
            .post(&format!("/api/v1/actions/{action}/approve"), &json!({}))
            .await?
            .ok();
        let path = format!("/api/v1/actions/{action}/calls");
        let mut call = json!({
            "title": { "el": "Πρόσκληση για συμβουλευτική", "en": "Call for counselling" }, "capacity": 5, "one_per": "person",
            "opens_at": "2022-08-01T00:00:00+03:00", "closes_at": "2022-10-31T17:00:00+02:00", "tie_break": "draw",
        });
        let drawn = coordinator.post(&path, &call).await?;
        assert_eq!(
            (drawn.status.as_u16(), &*drawn.errors()[0].0, &*drawn.errors()[0].1),
            (422, "/tie_break", "drawn-rolling"),
            "the first list would disclose the seed: {}",
            drawn.text
        );
        call["tie_break"] = "submission-time".into();
        let call = id(&coordinator.post(&path, &call).await?.ok())?;
        coordinator
            .post(&format!("/api/v1/calls/{call}/publish"), &json!({}))
            .await?
            .ok();
        Ok(Self {
            house,
            action,
            call,
            coordinator,
            second,
        })
    }

    /// Sessions end while days pass.
    async fn at(&mut self, instant: &str) -> Result<()> {
        self.house.played.clock.set(instant.parse::<DateTime<Utc>>()?);
        self.coordinator = self.house.staff("coordinator").await?;
        self.second = self.house.staff("coordinator2").await?;
        Ok(())
    }

    /// Somebody applies; the receipt.
    async fn apply(&self, number: u16, stay: &str, resident: bool) -> Result<Value> {
        let born = chrono::NaiveDate::from_ymd_opt(1980, 1, 1).unwrap() + chrono::Days::new(number.into());
        let body = json!({
            "applicant": {
                "amka": Amka::synthetic(born, 9990).unwrap().expose(), "given_name": "Ελένη", "family_name": "Δοκιμαστικού",
                "birth_date": born, "phone": "+302100099001", "street": "Πατησίων 1", "postal_code": "10434", "area": "athens.6",
            },
            "claims": [{}],
            "answers": {
                "stay": stay, "lives-in-greece": true, "resident": resident, "topics": ["residence"], "language": if number == 5 { "arabic" } else { "english" },
            },
        });
        let mut body = body;
        if number == 1 {
            // Somebody with a question about long-term residence: one absence was too long by itself.
            let more = [
                ("legal-stay-since", json!("2010-01-01")),
                ("longest-absence-months", json!(30)),
                ("absences-months", json!(30)),
            ];
            for (key, value) in more {
                body["answers"][key] = value;
            }
        }
        let path = format!("/api/v1/calls/{}/applications", self.call);
        let receipt = self.house.visitor().post(&path, &body).await?.ok();
        // Times decide between equals: nobody applies at the same moment.
        let clock = &self.house.played.clock;
        clock.set(clock.now() + chrono::TimeDelta::seconds(1));
        Ok(receipt)
    }

    async fn assess(&self) -> Result<()> {
        let start = format!("/api/v1/calls/{}/assessments", self.call);
        assert_eq!(self.coordinator.post(&start, &json!({})).await?.status.as_u16(), 202);
        osn_server::jobs::run_once(&self.house.played.app).await.unwrap();
        Ok(())
    }

    /// Everybody who waits is assessed and a list is proposed by one person; the list.
    async fn proposed(&self) -> Result<Value> {
        self.assess().await?;
        let propose = format!("/api/v1/calls/{}/selections", self.call);
        Ok(self.coordinator.post(&propose, &json!({})).await?.ok())
    }

    /// A round: proposed by one, approved by another; how many got a place and how many stand on reserve.
    async fn round(&self) -> Result<(u64, u64)> {
        let list = self.proposed().await?;
        let approve = format!("/api/v1/selections/{}/approve", id(&list)?);
        let own = self.coordinator.post(&approve, &json!({})).await?;
        assert_eq!(own.code(), "selection.same-person", "{}", own.text);
        self.second.post(&approve, &json!({})).await?.ok();
        let count = |name: &str| list["list"][name].as_u64().unwrap();
        Ok((count("selected"), count("reserve")))
    }

    async fn call(&self) -> Result<Value> {
        Ok(self
            .house
            .visitor()
            .get(&format!("/api/v1/calls/{}", self.call))
            .await?
            .ok())
    }

    /// State and place on reserve, as the applicant is told.
    async fn told(&self, receipt: &Value) -> Result<(String, Option<u64>)> {
        let tracked = self.track(receipt, "track").await?;
        let state = tracked["state"].as_str().unwrap().to_owned();
        Ok((state, tracked["reserve_position"].as_u64()))
    }

    async fn track(&self, receipt: &Value, step: &str) -> Result<Value> {
        let body = json!({ "reference": receipt["reference"], "code": receipt["code"] });
        let path = format!("/api/v1/applications/{step}");
        Ok(self.house.visitor().post(&path, &body).await?.ok())
    }

    async fn page(&self, path: &str) -> Result<String> {
        let reply = self.coordinator.reading("en").get(path).await?;
        anyhow::ensure!(reply.status.is_success(), "{path}: {}", reply.text);
        Ok(reply.text)
    }
}

fn id(value: &Value) -> Result<String> {
    Ok(value["id"].as_str().context("an id")?.to_owned())
}

fn told(state: &str) -> (String, Option<u64>) {
    (state.to_owned(), None)
}

#[expect(clippy::too_many_lines, reason = "one story, round after round")]
async fn goes_on_towards_its_target(backend: Backend) -> Result<()> {
    let mut call = Rolling::published(backend).await?;
    call.at("2022-08-02T08:00:00Z").await?;
    let (first, other, greek) = (
        call.apply(1, "permit", true).await?,
        call.apply(2, "no-permit", false).await?,
        call.apply(3, "greek-citizen", true).await?,
    );
    assert_eq!(
        call.call().await?["progress"],
        json!({ "given": 0, "left": 5, "target": 3, "rounds": 0 })
    );
    let staff = format!("/en/staff/calls/{}", call.call);
    assert!(
        call.page(&staff).await?.contains("Judge the applications"),
        "it is judged while it is open"
    );

    does_it_concern_me(&call).await?;

    // The first round, while the call goes on.
    assert_eq!(call.round().await?, (2, 0));
    let view = call.call().await?;
    assert_eq!(
        (&view["state"], &view["window"], &view["intake"]),
        (&json!("published"), &json!("open"), &json!("rolling"))
    );
    assert_eq!(
        view["progress"],
        json!({ "given": 2, "left": 3, "target": 3, "rounds": 1 })
    );
    for (receipt, state) in [(&first, "selected"), (&other, "selected"), (&greek, "not-selected")] {
        assert_eq!(call.told(receipt).await?, told(state));
    }
    let why = call.track(&greek, "track").await?;
    assert_eq!(
        why["decision"]["outcome"], "not-eligible",
        "whoever is refused is told why: {why}"
    );

    facts_and_reasons(&call, &first).await?;

    // A list waits for the second person, and people go on applying. Two of the city come before two of elsewhere.
    call.at("2022-09-05T08:00:00Z").await?;
    let away = call.apply(4, "permit", false).await?;
    let fifth = call.apply(5, "recognised-refugee", false).await?;
    let (sixth, seventh) = (
        call.apply(6, "permit", true).await?,
        call.apply(7, "stateless", true).await?,
    );
    let waiting = call.proposed().await?;
    let newcomer = call.apply(8, "permit", true).await?;
    assert_eq!(call.call().await?["window"], "open", "a proposed list closes nothing");
    call.second
        .post(&format!("/api/v1/selections/{}/approve", id(&waiting)?), &json!({}))
        .await?
        .ok();
    assert_eq!(
        (
            &waiting["list"]["selected"],
            &waiting["list"]["reserve"],
            &waiting["list"]["capacity"]
        ),
        (&json!(3), &json!(1), &json!(3))
    );
    for receipt in [&first, &other, &sixth, &seventh, &away] {
        assert_eq!(
            call.told(receipt).await?,
            told("selected"),
            "a later cut takes nothing back"
        );
    }
    assert_eq!(call.told(&fifth).await?, ("reserve".to_owned(), Some(1)));
    assert_eq!(
        call.told(&newcomer).await?,
        told("received"),
        "not on a list that was made before"
    );

    // Nobody is overtaken: while somebody is on reserve, a new list gives no place.
    assert_eq!(call.round().await?, (0, 1));
    assert_eq!(call.told(&newcomer).await?, ("reserve".to_owned(), Some(2)));
    call.track(&first, "withdraw").await?;
    assert_eq!(
        call.told(&fifth).await?,
        told("selected"),
        "the first on reserve moves up"
    );
    assert_eq!(call.told(&newcomer).await?, ("reserve".to_owned(), Some(2)));
    assert_eq!(
        call.call().await?["progress"],
        json!({ "given": 5, "left": 0, "target": 3, "rounds": 3 })
    );
    shown(&call, &staff).await?;
    planned(&call).await?;

    // After the last day comes the last list, and the call is over.
    call.at("2022-11-01T08:00:00Z").await?;
    let closed = call
        .house
        .visitor()
        .post(&format!("/api/v1/calls/{}/applications", call.call), &json!({}))
        .await?;
    assert!(!closed.status.is_success());
    assert_eq!(call.round().await?, (0, 0));
    let view = call.call().await?;
    assert_eq!((&view["state"], &view["window"]), (&json!("final"), &json!("closed")));
    assert_eq!(call.told(&sixth).await?, told("selected"));
    let replayed = call.house.replayed()?;
    assert_eq!(
        (&replayed["total"], &replayed["identical"]),
        (&json!(8), &json!(8)),
        "{replayed}"
    );
    assert_eq!(
        (&replayed["lists"], &replayed["lists_identical"]),
        (&json!(4), &json!(4)),
        "{replayed}"
    );
    assert_eq!(
        replayed["plans"],
        json!({ "total": 1, "identical": 1, "erased": 0 }),
        "{replayed}"
    );
    Ok(())
}

/// A permit by its letter: the topic says what the law of that day said, and where it stands.
async fn a_permit_by_its_letter(visitor: &Client, path: &str, mut asked: Value) -> Result<()> {
    asked["example"]["application"]["matter"] = json!("work");
    let told = visitor.post(path, &asked).await?.ok().to_string();
    for words in [
        "Employment",
        "Permit Α1.",
        "contract of employment",
        "Source: L. 4251/2014, art. 15.",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    Ok(())
}

/// Before anybody applies: eligibility and topics from the call's own questions, without a name, with the mapping's facts; nothing
/// is stored.
#[expect(clippy::too_many_lines, reason = "one story, step by step")]
async fn does_it_concern_me(call: &Rolling) -> Result<()> {
    let evaluator = call.house.staff("evaluator").await?;
    let applications = format!("/api/v1/calls/{}/applications", call.call);
    let before = evaluator.get(&applications).await?.ok()["total"].clone();
    let visitor = call.house.visitor().reading("en");
    let path = format!("/api/v1/calls/{}/finder", call.call);
    let about = |stay: &str| {
        json!({ "example": { "application": {
            "stay": stay, "lives-in-greece": true, "topics": ["residence"], "language": "english", "permit-expires": "2022-09-30",
        } }, "area": "athens.6", "birth_date": "1980-01-01" })
    };
    let found = visitor.post(&path, &about("permit")).await?.ok();
    assert_eq!(found["outcome"], "eligible", "{found}");
    services_are_named(&visitor, &path, (&found, &about("greek-citizen"))).await?;
    let criterion = |key: &str| {
        let criteria = found["claims"][0]["criteria"].as_array().unwrap();
        criteria.iter().find(|one| one["key"] == key).unwrap()["state"].clone()
    };
    assert_eq!(
        [
            criterion("renewal-begun"),
            criterion("renewal-in-time"),
            criterion("entitled-services"),
            criterion("long-term")
        ],
        [json!("met"), json!("met"), json!("met"), json!("unknown")],
        "{found}"
    );
    a_permit_by_its_letter(&visitor, &path, about("permit")).await?;
    let greek = visitor.post(&path, &about("greek-citizen")).await?.ok();
    assert_eq!(greek["outcome"], "not-eligible", "{greek}");
    let wrong = visitor
        .post(&path, &json!({ "example": { "application": { "stay": "tourist" } } }))
        .await?;
    assert_eq!(
        (wrong.status.as_u16(), &*wrong.errors()[0].0),
        (422, "/example/application/stay"),
        "{}",
        wrong.text
    );
    // The same on a page, which everybody finds from the call.
    let address = format!("/en/calls/{}/finder", call.call);
    let of_call = visitor.get(&format!("/en/calls/{}", call.call)).await?.text;
    assert!(
        of_call.contains(&address) && of_call.contains("See first whether it concerns you"),
        "{of_call}"
    );
    let page = visitor.get(&address).await?.text;
    assert!(
        page.contains("You give no name") && !page.contains("/applicant/"),
        "{page}"
    );
    let nothing = form(&visitor, &address, &[]).await?;
    assert_eq!(nothing.status.as_u16(), 422, "{}", nothing.text);
    let typed = [
        ("/answers/stay", "recognised-refugee"),
        ("/answers/lives-in-greece", "yes"),
        ("/answers/topics", "referral"),
        ("/answers/language", "english"),
        ("/area", "athens.6"),
        ("/birth_date-day", "1"),
        ("/birth_date-month", "1"),
        ("/birth_date-year", "1980"),
    ];
    let answered = form(&visitor, &address, &typed).await?;
    for words in [
        "you meet the conditions",
        "Referral of refugees and asylum seekers",
        "Nothing was stored",
        "services of the network are for you",
        "href=\"/en/services/",
    ] {
        assert!(answered.text.contains(words), "{words}: {}", answered.text);
    }
    assert_eq!(evaluator.get(&applications).await?.ok()["total"], before);
    Ok(())
}

/// What the host found in the mapping is frozen with the decision and shown with its source; a finding says why.
async fn facts_and_reasons(call: &Rolling, first: &Value) -> Result<()> {
    let told = call.house.visitor().reading("en");
    let body = json!({ "reference": first["reference"], "code": first["code"] });
    let told = told.post("/api/v1/applications/track", &body).await?.ok();
    let criterion = |key: &str| {
        let criteria = told["decision"]["claims"][0]["criteria"].as_array().unwrap();
        criteria.iter().find(|one| one["key"] == key).unwrap().clone()
    };
    let entitled = criterion("entitled-services");
    assert_eq!(entitled["state"], "met", "{entitled}");
    assert!(
        entitled["source"]
            .as_str()
            .unwrap()
            .starts_with("From the mapping of services as it was on 2/8/2022"),
        "{entitled}"
    );
    let absences = criterion("long-term-absences");
    assert!(
        absences["explanation"]
            .as_str()
            .unwrap()
            .ends_with("One of your absences was too long."),
        "{absences}"
    );
    assert!(absences.get("source").is_none(), "somebody gave it");

    let auditor = call.house.staff("auditor").await?;
    let evaluator = call.house.staff("evaluator").await?;
    let decisions = evaluator
        .get(&format!("/api/v1/calls/{}/decisions", call.call))
        .await?
        .ok();
    assert_eq!(decisions["total"], 3);
    let mut services: BTreeMap<String, i64> = BTreeMap::new();
    for decision in decisions["items"].as_array().unwrap() {
        let record = auditor
            .get(&format!("/api/v1/decisions/{}/record", id(decision)?))
            .await?
            .ok();
        assert_eq!(
            (&record["contract"], &record["facts_from"]["on"]),
            (&json!("0.2"), &json!("2022-08-02")),
            "{record}"
        );
        assert!(
            record["facts_from"]["revision"]
                .as_i64()
                .is_some_and(|revision| revision > 0)
        );
        let stay = record["input"]["application"]["stay"]["value"]["choice"]
            .as_str()
            .unwrap()
            .to_owned();
        let found = record["input"]["facts"]["entitled-services"]["value"]["int"]
            .as_i64()
            .unwrap();
        services.insert(stay, found);
    }
    // What somebody may use follows from the answer: services for migrants are for who is one, those for everybody for all.
    let of = |stay: &str| services.get(stay).copied().unwrap_or_default();
    assert!(
        of("permit") > of("greek-citizen") && of("greek-citizen") > 0,
        "{services:?}"
    );
    Ok(())
}

/// Every list is published and can be checked; the pages show how far it came.
async fn shown(call: &Rolling, staff: &str) -> Result<()> {
    let visitor = call.house.visitor();
    let list = async |round: &str| {
        visitor
            .get(&format!("/api/v1/calls/{}/published-list{round}", call.call))
            .await
    };
    for (round, lines) in [("?round=1", 2), ("?round=2", 4), ("", 1)] {
        let signed: SignedList = serde_json::from_value(list(round).await?.ok())?;
        assert_eq!(signed.list.lines.len(), lines, "{round}");
        let checked = signed.check();
        assert!(
            checked.iter().all(|one| one.answer != Answer::Broken),
            "{round}: {checked:?}"
        );
    }
    assert_eq!(list("?round=4").await?.status.as_u16(), 404);
    let results = visitor
        .get(&format!("/api/v1/calls/{}/results?round=2", call.call))
        .await?
        .ok();
    assert_eq!((&results["round"], &results["rounds"]), (&json!(2), &json!(3)));
    let page = visitor
        .reading("en")
        .get(&format!("/en/calls/{}/results", call.call))
        .await?
        .text;
    assert!(
        page.contains("results?round=1") && page.contains("List 2 of the same call"),
        "{page}"
    );
    let public = visitor
        .reading("en")
        .get(&format!("/en/calls/{}", call.call))
        .await?
        .text;
    for words in [
        "Target, at least",
        "3 people",
        "Given so far",
        "All along, while the call is open",
    ] {
        assert!(public.contains(words), "{words}: {public}");
    }
    let page = call.page(staff).await?;
    assert!(page.contains("So far: 5 places, towards at least 3."), "{page}");
    Ok(())
}

/// The adviser's body is named as the one that holds the appointments.
async fn named(call: &Rolling, recorder: &Client) -> Result<()> {
    let body = recorder.get("/api/v1/me").await?.ok()["organization_id"].clone();
    let named = json!({ "deliverers": [{ "organization_id": body }] });
    let path = format!("/api/v1/actions/{}/deliverers", call.action);
    call.coordinator.put(&path, &named).await?.ok();
    Ok(())
}

/// Not only how many services there are: which, each with its page; somebody else has others.
async fn services_are_named(visitor: &Client, path: &str, (found, other): (&Value, &Value)) -> Result<()> {
    let named = found["services"].as_array().unwrap();
    let total = found["services_total"].as_u64().unwrap();
    assert!(!named.is_empty() && usize::try_from(total)? >= named.len(), "{found}");
    for service in named {
        let page = visitor.get(&format!("/en/services/{}", id(service)?)).await?;
        assert!(page.text.contains(service["name"]["en"].as_str().unwrap()), "{service}");
    }
    let other = visitor.post(path, other).await?.ok();
    assert!(other["services_total"].as_u64().unwrap() < total, "{other}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_call_awards_round_after_round_and_takes_nothing_back() -> Result<()> {
    for backend in Backend::ALL {
        goes_on_towards_its_target(backend).await?;
    }
    Ok(())
}

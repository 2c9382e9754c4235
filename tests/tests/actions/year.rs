//! The city's year, from a mapped city to the last parcel, over HTTP on both databases and for several people.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]
use std::collections::BTreeMap;

use anyhow::Result;
use osn_core::identifier::Amka;
use osn_server::demo::Summary;
use osn_tests::app::{Backend, TestApp};
use osn_tests::client::Client;
use serde_json::{Value, json};

/// What holds whatever people the seed makes.
#[track_caller]
fn check_invariants(summary: &Summary) {
    assert_eq!(
        (summary.certificate.outcome.as_str(), summary.certificate.residual),
        ("gap", 150)
    );
    let assessed = summary.assessments;
    assert_eq!(summary.applications.received, 168);
    assert_eq!(
        assessed.eligible + assessed.not_eligible + assessed.missing_evidence,
        168
    );
    assert!(
        assessed.not_eligible > 0 && assessed.missing_evidence > 0,
        "{assessed:?}"
    );
    assert_eq!(summary.selection.selected, 150);
    assert_eq!(
        summary.selection.selected + summary.selection.reserve,
        assessed.eligible
    );
    assert!(summary.applications.refused >= 10, "{:?}", summary.applications);
    let deliveries = summary.deliveries;
    assert_eq!(
        (
            deliveries.planned,
            deliveries.delivered,
            deliveries.failed,
            deliveries.repeated
        ),
        (450, 450, 2, 2)
    );
    assert_eq!((summary.replay.total, summary.replay.identical), (168, 168));
    // Every program's decisions, both lists, and the plan that a program made.
    let whole = summary.replay_all;
    let counted = [whole.decisions, whole.lists, whole.plans].map(|kind| (kind.total, kind.identical));
    assert_eq!(counted, [(168 + 82, 168 + 82), (2, 2), (1, 1)]);
    let money = &summary.money;
    assert_eq!((money.expenses, money.claimed.as_str()), (3, "10500.00"), "{money:?}");
    assert!(
        money.judgements > 20 && money.judgements == money.identical,
        "{money:?}"
    );
    assert!(
        summary.services > 40 && summary.journal.verified && summary.journal.entries > 168,
        "{summary:?}"
    );
    check_summer(summary);
}

/// The summer of the same year, as the city published it: 90 children of 67 single parents, each in a week of its own.
#[track_caller]
fn check_summer(summary: &Summary) {
    let [summer] = summary.further.as_slice() else {
        panic!("one further story: {:?}", summary.further)
    };
    assert_eq!(
        (summer.certificate.outcome.as_str(), summer.certificate.residual),
        ("gap", 90)
    );
    assert_eq!(summer.applications.received, 82);
    assert_eq!((summer.selection.selected, summer.people), (67, 90), "{summer:?}");
    let assessed = summer.assessments;
    assert_eq!(summer.selection.selected + summer.selection.reserve, assessed.eligible);
    assert!(summer.selection.reserve > 0 && assessed.not_eligible > 0 && assessed.missing_evidence > 0);
    // Siblings go to the same museum in the same week, each to the group of their age: one delivery for each family and group.
    let deliveries = summer.deliveries;
    assert!((67..=90).contains(&deliveries.planned), "{deliveries:?}");
    assert_eq!((deliveries.delivered, deliveries.failed), (deliveries.planned, 0));
    assert_eq!((summer.replay.total, summer.replay.identical), (82, 82));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_year_on_the_embedded_database() -> Result<()> {
    let house = TestApp::played(Backend::Sqlite, 2022).await?;
    check_invariants(&house.played.summary);
    check_chain(&house).await?;
    check_open_today(&house).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_year_on_postgresql() -> Result<()> {
    let house = TestApp::played(Backend::Postgres, 2022).await?;
    check_invariants(&house.played.summary);
    check_chain(&house).await?;
    check_open_today(&house).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_year_holds_for_five_seeds() -> Result<()> {
    // Side by side: nothing in this binary takes longer than a year.
    let mut years = tokio::task::JoinSet::new();
    for seed in [1, 22, 333, 4_444, 55_555] {
        years.spawn(async move {
            let summary = TestApp::played(Backend::Sqlite, seed).await?.played.summary;
            anyhow::Ok((seed, summary))
        });
    }
    let mut outcomes = std::collections::BTreeSet::new();
    while let Some(year) = years.join_next().await {
        let (seed, summary) = year??;
        check_invariants(&summary);
        assert_eq!(summary.seed, seed);
        let assessed = summary.assessments;
        outcomes.insert((assessed.eligible, assessed.not_eligible, assessed.missing_evidence));
    }
    // The people are drawn: five seeds that all counted the same would be constants in disguise.
    assert!(outcomes.len() > 1, "{outcomes:?}");
    Ok(())
}

/// An auditor walks from a delivery back to the mapping: every link knows the one before it.
#[expect(clippy::too_many_lines, reason = "one chain, followed link by link")]
async fn check_chain(house: &TestApp) -> Result<()> {
    let auditor = house.staff("auditor").await?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let action_id = house.id("action/home-food")?;
    let deliveries = auditor
        .get(&format!("/api/v1/actions/{action_id}/deliveries?instalment=3&limit=1"))
        .await?
        .ok();
    assert_eq!(
        deliveries["total"],
        150 - 1 + 1 + 1,
        "149 stayed, one was promoted, the one withdrawn keeps a cancelled one"
    );
    let award = text(&deliveries["items"][0]["award_id"]);
    let awards = auditor
        .get(&format!("/api/v1/actions/{action_id}/awards?limit=200"))
        .await?
        .ok();
    let award = awards["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["id"] == *award)
        .unwrap()
        .clone();
    let application = auditor
        .get(&format!(
            "/api/v1/applications/{}",
            text(&award["basis"]["application_id"])
        ))
        .await?
        .ok();
    assert!(
        application.get("applicant").is_none(),
        "staff see no names without opening"
    );
    let call = auditor
        .get(&format!("/api/v1/calls/{}", text(&application["call_id"])))
        .await?
        .ok();
    assert_eq!(text(&call["action_id"]), action_id);
    let action = auditor.get(&format!("/api/v1/actions/{action_id}")).await?.ok();
    let places: Vec<_> = action["places"]
        .as_array()
        .unwrap()
        .iter()
        .map(|version| version["places"].clone())
        .collect();
    assert_eq!(places, [100, 150], "versions of the places are kept");
    let certificate = auditor
        .get(&format!("/api/v1/certificates/{}", text(&action["certificate_id"])))
        .await?
        .ok();
    let examined = certificate["certificate"]["confirmation"]["examined"]
        .as_array()
        .unwrap();
    assert!(
        examined
            .iter()
            .any(|service| service["decided"]["reason"]["el"].is_string()),
        "an officer decided with a reason"
    );
    assert!(
        examined
            .iter()
            .all(|service| !service["checks"].as_array().unwrap().is_empty())
    );
    let request = auditor
        .get(&format!(
            "/api/v1/requests/{}",
            text(&certificate["certificate"]["request_id"])
        ))
        .await?
        .ok();
    assert_eq!(text(&request["id"]), house.id("request/home-food-disability")?);
    let plans = auditor
        .get(&format!("/api/v1/actions/{action_id}/delivery-plans"))
        .await?
        .ok();
    let plans = plans.get("items").unwrap_or(&plans).as_array().unwrap().clone();
    assert_eq!(plans.len(), 2, "versions of the plan are kept");
    assert!(text(&plans[1]["slots"][2]["date"]).starts_with("2022-11"));
    check_requests(house).await?;
    check_meetings(house).await?;
    check_list(house).await?;
    check_promotion(house).await?;
    check_decisions(house).await
}

/// What the rules answered to every request is what the data of the city expects; the covered one names who serves.
async fn check_requests(house: &TestApp) -> Result<()> {
    let auditor = house.staff("auditor").await?;
    let file = std::fs::read_to_string(osn_tests::house::root().join("municipalities/athens/requests.toml"))?;
    let file: Value = toml::from_str(&file)?;
    let mut outcomes = Vec::new();
    for row in file["requests"].as_array().unwrap() {
        let key = row["key"].as_str().unwrap();
        let certificate = house.id(&format!("certificate/{key}"))?;
        let certificate = auditor.get(&format!("/api/v1/certificates/{certificate}")).await?.ok();
        let confirmation = &certificate["certificate"]["confirmation"];
        let outcome = &confirmation["outcome"];
        let residual = outcome["residual"].as_u64().unwrap_or(0);
        assert_eq!(outcome["outcome"], row["expected"]["outcome"], "{key}");
        assert_eq!(Some(residual), row["expected"]["residual"].as_u64(), "{key}");
        let request = house.id(&format!("request/{key}"))?;
        let request = auditor.get(&format!("/api/v1/requests/{request}")).await?.ok();
        if outcome["outcome"] == "covered" {
            assert_eq!(request["state"]["state"], "covered", "{key} is closed");
            let named = request["state"]["refer_to"].as_array().unwrap();
            let examined = confirmation["examined"].as_array().unwrap();
            let serves = examined
                .iter()
                .filter(|service| service["verdict"]["verdict"] == "serves");
            let serves: Vec<&Value> = serves.map(|service| &service["service_id"]).collect();
            assert!(
                !named.is_empty() && named.iter().all(|service| serves.contains(&service)),
                "{key}: {named:?}"
            );
        } else {
            assert_eq!(request["state"]["state"], "confirmed", "{key}");
        }
        outcomes.push(row["expected"]["outcome"].as_str().unwrap().to_owned());
    }
    assert_eq!(outcomes, ["gap", "partly-covered", "covered", "gap"]);
    Ok(())
}

/// The meetings that the project names as its examples were held, each with what is its own; one described a group, which sized
/// a gap and a request; a museum offered workshops at another.
async fn check_meetings(house: &TestApp) -> Result<()> {
    let auditor = house.staff("auditor").await?;
    let organizations = all(&auditor, "/api/v1/organizations").await?;
    let called = |id: &Value| {
        let body = organizations.iter().find(|body| body["id"] == *id);
        body.map(|body| body["name"]["en"].as_str().unwrap_or_default().to_owned())
    };
    let mut held = BTreeMap::new();
    for (key, host, purpose, cadence) in [
        ("okana", Some("OKANA"), "present-services", "once"),
        ("community-centre", Some("Community Centre"), "both", "once"),
        ("accmr", Some("ACCMR"), "both", "monthly"),
        ("museums", None, "both", "once"),
        ("kyada", Some("KYADA"), "find-gaps", "once"),
        ("job-day", None, "present-services", "once"),
    ] {
        let id = house.id(&format!("network/meeting-{key}"))?;
        let meeting = auditor.get(&format!("/api/v1/meetings/{id}")).await?.ok();
        assert_eq!(
            (&meeting["state"]["state"], &meeting["purpose"], &meeting["cadence"]),
            (&json!("held"), &json!(purpose), &json!(cadence)),
            "{key}"
        );
        match (host, called(&meeting["host"])) {
            (Some(host), Some(name)) => assert!(name.contains(host), "{key}: {name}"),
            (None, None) => {}
            other => panic!("{key}: {other:?}"),
        }
        for (lang, mark) in [("el", "παράδειγμα"), ("en", "example")] {
            let title = meeting["title"][lang].as_str().unwrap();
            assert!(title.contains(mark), "{key} says that it is an example: {title}");
        }
        held.insert(key, meeting);
    }
    assert!(held["job-day"]["place"]["en"].as_str().unwrap().contains("Serafio"));
    assert!(
        held["okana"]["follow_ups"][0]["done_on"].is_string(),
        "{}",
        held["okana"]
    );
    let link = auditor
        .get(&format!(
            "/api/v1/meetings/{}/invitation",
            held["accmr"]["id"].as_str().unwrap()
        ))
        .await?;
    assert!(link.text.contains("RRULE:FREQ=MONTHLY"), "{}", link.text);
    let offer = held["museums"]["contributions"][0].as_str().unwrap();
    let offers = all(&auditor, "/api/v1/contributions").await?;
    let offer = offers.iter().find(|one| one["id"] == *offer).unwrap();
    assert!(called(&offer["organization_id"]).unwrap().contains("Museum"), "{offer}");
    assert_eq!(
        (&offer["gap_id"], &offer["state"]["state"]),
        (&held["museums"]["gaps"][0], &json!("accepted"))
    );
    check_sized_by_kyada(house, &held["kyada"]).await
}

/// What KYADA's profile sized: at least 28 and at most 48 of 80 people.
async fn check_sized_by_kyada(house: &TestApp, meeting: &Value) -> Result<()> {
    let auditor = house.staff("auditor").await?;
    let (request, gap) = (house.id("network/request-kyada")?, house.id("network/gap-kyada")?);
    assert_eq!(
        (&meeting["requests"], &meeting["gaps"]),
        (&json!([request]), &json!([gap]))
    );
    for place in [format!("requests/{request}"), format!("gaps/{gap}")] {
        let check = auditor.get(&format!("/api/v1/{place}/size")).await?.ok();
        assert_eq!(
            (&check["people"], &check["lower"], &check["upper"]),
            (&json!(28), &json!(28), &json!(48)),
            "{place}"
        );
    }
    let certificate = house.id("network/certificate-kyada")?;
    let trace = auditor
        .get(&format!("/api/v1/trace/certificate/{certificate}"))
        .await?
        .ok();
    let kinds: Vec<&str> = trace["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["meeting", "gap", "request", "certificate"]);
    Ok(())
}

/// Every page of a list.
async fn all(client: &Client, path: &str) -> Result<Vec<Value>> {
    let (mut items, mut next) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("{path}?limit=200{next}")).await?.ok();
        items.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next"].as_str() {
            Some(after) => next = format!("&after={after}"),
            None => return Ok(items),
        }
    }
}

/// The list stands in the order that the call published: income upwards, disability downwards, minors downwards, then the
/// moment of submission and the protocol number; the places go to the first 150.
async fn check_list(house: &TestApp) -> Result<()> {
    let evaluator = house.staff("evaluator").await?;
    let selection = house.id("selection/home-food-2022")?;
    let lines = all(&evaluator, &format!("/api/v1/selections/{selection}/lines")).await?;
    let number = |value: &Value| value.as_i64().unwrap();
    let key = |line: &Value| {
        let candidate = &line["candidate"];
        let [income, disability, minors] = [0, 1, 2].map(|key| number(&candidate["keys"][key]));
        let submitted = candidate["submitted_at"].as_str().unwrap().to_owned();
        let protocol = (
            number(&candidate["protocol"]["year"]),
            number(&candidate["protocol"]["number"]),
        );
        (income, -disability, -minors, submitted, protocol)
    };
    let keys: Vec<_> = lines.iter().map(key).collect();
    assert!(keys.is_sorted(), "the list is ranked");
    assert!(
        keys.windows(2).any(|pair| pair[0].0 == pair[1].0),
        "some are as poor as each other: a tie is broken"
    );
    for (line, rank) in lines.iter().zip(1..) {
        let place = &line["place"];
        assert_eq!(number(&line["rank"]), rank);
        match rank {
            ..=150 => assert_eq!(place["place"], "selected", "{rank}"),
            _ => assert_eq!(
                (place["place"].as_str(), number(&place["position"])),
                (Some("reserve"), rank - 150)
            ),
        }
    }
    Ok(())
}

/// Who withdrew after the first instalment is followed by the first of the reserve, who gets the rest and is told.
async fn check_promotion(house: &TestApp) -> Result<()> {
    let auditor = house.staff("auditor").await?;
    let action = house.id("action/home-food")?;
    let awards = all(&auditor, &format!("/api/v1/actions/{action}/awards")).await?;
    let one = |found: Vec<&Value>| match found.as_slice() {
        [award] => (*award).clone(),
        other => panic!("one award: {other:?}"),
    };
    let withdrawn = one(awards
        .iter()
        .filter(|award| award["state"]["state"] == "withdrawn")
        .collect());
    let promoted = one(awards
        .iter()
        .filter(|award| award["basis"]["basis"] == "promotion")
        .collect());
    assert_eq!(promoted["basis"]["replaces"], withdrawn["id"]);
    let selection = house.id("selection/home-food-2022")?;
    let lines = all(&auditor, &format!("/api/v1/selections/{selection}/lines")).await?;
    let reserve = lines.iter().find(|line| line["place"]["position"] == 1).unwrap();
    assert_eq!(
        promoted["basis"]["application_id"],
        reserve["candidate"]["application_id"]
    );
    let deliveries = all(&auditor, &format!("/api/v1/actions/{action}/deliveries")).await?;
    let of = |award: &Value| -> Vec<(u64, String)> {
        let own = deliveries.iter().filter(|delivery| delivery["award_id"] == award["id"]);
        let mut own: Vec<_> = own
            .map(|delivery| {
                let state = delivery["state"]["state"].as_str().unwrap().to_owned();
                (delivery["instalment"].as_u64().unwrap(), state)
            })
            .collect();
        own.sort();
        own
    };
    let instalments = |states: [(u64, &str); 3]| states.map(|(number, state)| (number, state.to_owned())).to_vec();
    assert_eq!(
        of(&withdrawn),
        instalments([(1, "delivered"), (2, "cancelled"), (3, "cancelled")])
    );
    assert_eq!(
        of(&promoted),
        [(2, "delivered".to_owned()), (3, "delivered".to_owned())]
    );
    // Recipients were told of the plan, of the new plan and of the promotion; nothing waits unsent.
    let mut told = BTreeMap::<String, usize>::new();
    for message in all(&auditor, "/api/v1/outbox").await? {
        assert_eq!(message["state"], "sent", "{message}");
        *told
            .entry(message["template"].as_str().unwrap().to_owned())
            .or_default() += 1;
    }
    let families = 67;
    for (template, count) in [
        ("award-selected", 150 + families),
        ("delivery-planned", 150 + families),
        ("delivery-replanned", 150),
        ("award-promoted", 1),
    ] {
        assert_eq!(told.get(template), Some(&count), "{template}: {told:?}");
    }
    Ok(())
}

/// Every decision says each criterion with its reason, its legal basis, what was seen and what was wanted.
async fn check_decisions(house: &TestApp) -> Result<()> {
    let evaluator = house.staff("evaluator").await?;
    let call = house.id("call/home-food-2022")?;
    let decisions = evaluator
        .get(&format!("/api/v1/calls/{call}/decisions?limit=200"))
        .await?
        .ok();
    assert_eq!(decisions["total"], 168);
    let refused = decisions["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["outcome"] == "not-eligible")
        .unwrap()
        .clone();
    let decision = evaluator
        .get(&format!("/api/v1/decisions/{}", refused["id"].as_str().unwrap()))
        .await?
        .ok();
    let criteria = decision["claims"][0]["criteria"].as_array().unwrap();
    assert!(
        criteria.iter().any(|criterion| criterion["state"] == "not-met"),
        "{decision}"
    );
    for criterion in criteria {
        for name in ["title", "explanation", "legal_basis"] {
            assert!(
                criterion[name].as_str().is_some_and(|text| !text.is_empty()),
                "{name}: {criterion}"
            );
        }
    }
    Ok(())
}

/// After the year a visitor can apply.
async fn check_open_today(house: &TestApp) -> Result<()> {
    let visitor = house.visitor();
    let calls = visitor.get("/api/v1/calls").await?.ok();
    let open: Vec<_> = calls["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|call| call["window"] == "open")
        .collect();
    assert_eq!(open.len(), 1, "{calls}");
    let id = open[0]["id"].as_str().unwrap();
    let form = visitor.get(&format!("/api/v1/calls/{id}/form.schema.json")).await?.ok();
    assert_eq!(form["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let born = chrono::NaiveDate::from_ymd_opt(1971, 3, 4).unwrap();
    let said = |state: &str| json!({ "state": state });
    let application = json!({
        "applicant": {
            "amka": Amka::synthetic(born, 9991).unwrap().expose(), "birth_date": born, "given_name": "Άννα",
            "family_name": "Επισκέπτρια", "phone": "+302100099002", "street": "Φυλής 2", "postal_code": "10434", "area": "athens.6",
        },
        "answers": { "disability-percent": "70.00", "annual-income": "3000.00", "resident": true },
        "evidence": {
            "disability-percent": { "state": "declared", "valid_to": "indefinite" },
            "annual-income": said("declared"), "resident": said("declared"),
        },
    });
    let receipt = visitor
        .post(&format!("/api/v1/calls/{id}/applications"), &application)
        .await?;
    assert_eq!(receipt.status.as_u16(), 201, "{}", receipt.text);
    let receipt = receipt.ok();
    let track = json!({ "reference": receipt["reference"], "code": receipt["code"] });
    let tracked = visitor.post("/api/v1/applications/track", &track).await?.ok();
    assert_eq!(tracked["state"], "received", "{tracked}");
    Ok(())
}

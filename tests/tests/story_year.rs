//! The city's year, from a mapped city to the last parcel, over HTTP on both databases and for several people.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]
use anyhow::Result;
use osn_server::demo::Summary;
use osn_tests::app::{Backend, TestApp};
use serde_json::Value;

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
    let mut outcomes = std::collections::BTreeSet::new();
    for seed in [1, 22, 333, 4_444, 55_555] {
        let summary = TestApp::played(Backend::Sqlite, seed).await?.played.summary;
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
    for (key, outcome) in [
        ("home-food-disability", "gap"),
        ("school-support", "partly-covered"),
        ("digital-skills", "covered"),
    ] {
        let certificate = auditor
            .get(&format!(
                "/api/v1/certificates/{}",
                house.id(&format!("certificate/{key}"))?
            ))
            .await?
            .ok();
        assert_eq!(
            certificate["certificate"]["confirmation"]["outcome"]["outcome"], outcome,
            "{key}"
        );
    }
    check_decisions(house).await
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
    Ok(())
}

//! A pilot ends with an evaluation: one proposes to stop, repeat or extend it, with its figures; another person decides.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
use anyhow::Result;
use osn_tests::app::{Backend, TestApp};
use osn_tests::client::Client;
use osn_tests::network::{form, id, led, refused, words};
use serde_json::{Value, json};

const CERTIFIED: &str = "city/certificate/home-food-disability";

async fn planned(house: &TestApp, coordinator: &Client, second: &Client, pilot: bool) -> Result<String> {
    let action = json!({
        "name": words("Πιλοτική διανομή"), "description": words("Δοκιμή σε μία κοινότητα."), "program": "food-parcel",
        "certificate_id": house.id("certificate/home-food-disability")?, "model_entry": "support.food-disability",
        "period": { "from": "2022-08-01", "to": "2022-12-31" }, "instalments": 1, "pilot": pilot,
        "budget": { "amount": "1000.00", "currency": "EUR" }, "parameters": {},
        "places": { "places": 10, "reason": words("Δέκα νοικοκυριά για αρχή.") },
    });
    let action = id(&coordinator.post("/api/v1/actions", &action).await?.ok())?;
    let approve = format!("/api/v1/actions/{action}/approve");
    let early = json!({ "conclusion": "stop", "reason": words("Νωρίς") });
    let path = format!("/api/v1/actions/{action}/evaluations");
    refused(&coordinator.post(&path, &early).await?, 409, "evaluation.too-early");
    second.post(&approve, &json!({})).await?.ok();
    Ok(action)
}

async fn a_pilot_ends_with_an_evaluation(backend: Backend) -> Result<()> {
    let house = TestApp::begun_with_program(backend, CERTIFIED, "food-parcel").await?;
    let (coordinator, second) = (house.staff("coordinator").await?, house.staff("coordinator2").await?);
    let ordinary = planned(&house, &coordinator, &second, false).await?;
    let complete = |action: &str| format!("/api/v1/actions/{action}/complete");
    coordinator.post(&complete(&ordinary), &json!({})).await?.ok();
    let action = planned(&house, &coordinator, &second, true).await?;
    let read = coordinator.get(&format!("/api/v1/actions/{action}")).await?.ok();
    assert_eq!(read["pilot"], true);
    refused(
        &coordinator.post(&complete(&action), &json!({})).await?,
        409,
        "action.pilot-not-evaluated",
    );
    let path = format!("/api/v1/actions/{action}/evaluations");
    let proposal = json!({ "conclusion": "extend", "reason": words("Περιμένουν κι άλλοι.") });
    let wrong = coordinator
        .post(&path, &json!({ "conclusion": "extend", "reason": {} }))
        .await?;
    assert_eq!(wrong.errors()[0].0, "/reason", "{}", wrong.text);
    let proposed = coordinator.post(&path, &proposal).await?.ok();
    assert_eq!(
        (
            &proposed["figures"]["places"],
            &proposed["figures"]["delivered"],
            &proposed["state"]["state"]
        ),
        (&json!(10), &json!(0), &json!("proposed"))
    );
    refused(&second.post(&path, &proposal).await?, 409, "evaluation.there-is-one");
    let of =
        |evaluation: &Value, step: &str| format!("/api/v1/evaluations/{}/{step}", evaluation["id"].as_str().unwrap());
    let own = coordinator.post(&of(&proposed, "approve"), &json!({})).await?;
    refused(&own, 409, "evaluation.same-person");
    let silent = second.post(&of(&proposed, "reject"), &json!({ "reason": {} })).await?;
    assert_eq!(silent.status.as_u16(), 422, "{}", silent.text);
    let why = json!({ "reason": words("Λείπει το κόστος.") });
    second.post(&of(&proposed, "reject"), &why).await?.ok();
    assert_eq!(
        coordinator.post(&complete(&action), &json!({})).await?.code(),
        "action.pilot-not-evaluated",
        "a refused evaluation is none"
    );
    from_the_pages(&coordinator, &second, &action).await?;
    coordinator.post(&complete(&action), &json!({})).await?.ok();
    let all = coordinator.get(&path).await?.ok();
    let states: Vec<_> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["state"]["state"].clone())
        .collect();
    assert_eq!(states, ["rejected", "approved"]);
    let auditor = house.staff("auditor").await?;
    let journal = auditor.get("/api/v1/journal?limit=200").await?.ok();
    let acts = journal["items"].as_array().unwrap().iter();
    let acts = acts.filter(|one| one["act"].as_str().is_some_and(|act| act.starts_with("evaluation.")));
    assert_eq!(acts.count(), 4);
    Ok(())
}

/// The same once more from the pages, in both languages.
async fn from_the_pages(coordinator: &Client, second: &Client, action: &str) -> Result<()> {
    let page = format!("/staff/actions/{action}/evaluation");
    let seen = coordinator.get(&page).await?.text;
    for words in [
        "Αποτίμηση",
        "Η δράση είναι πιλοτική",
        "Λείπει το κόστος.",
        "Δεν έγινε δεκτή",
    ] {
        assert!(seen.contains(words), "{words}: {seen}");
    }
    let empty = form(coordinator, &page, &[("/conclusion", "repeat")]).await?;
    assert_eq!(empty.status.as_u16(), 422, "{}", empty.text);
    let typed = [
        ("/conclusion", "repeat"),
        ("/reason/el", "Πέτυχε."),
        ("/reason/en", "It went well."),
    ];
    led(&form(coordinator, &page, &typed).await?)?;
    let own = coordinator.reading("en").get(&format!("/en{page}")).await?.text;
    assert!(
        own.contains("You proposed it. Another person decides.") && !own.contains("/approve"),
        "{own}"
    );
    let other = second.reading("en").get(&format!("/en{page}")).await?.text;
    assert!(
        other.contains("It is repeated") && other.contains("It went well."),
        "{other}"
    );
    let (_, rest) = other.split_once("/staff/evaluations/").unwrap();
    let (evaluation, _) = rest.split_once('/').unwrap();
    let silent = form(second, &format!("/en/staff/evaluations/{evaluation}/reject"), &[]).await?;
    assert_eq!(silent.status.as_u16(), 422, "{}", silent.text);
    led(&form(second, &format!("/en/staff/evaluations/{evaluation}/approve"), &[]).await?)?;
    let after = second.reading("en").get(&format!("/en{page}")).await?.text;
    assert!(
        after.contains("Stands") && !after.contains("Propose an evaluation"),
        "{after}"
    );
    Ok(())
}

osn_tests::stories!(a_pilot_ends_with_an_evaluation);

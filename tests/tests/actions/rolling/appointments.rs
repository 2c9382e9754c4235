//! Appointments of an open call: who is given one in a language that both speak, and what came of it.

use anyhow::Result;
use serde_json::{Value, json};

use super::{Rolling, named};

/// What came of an appointment, topic by topic, with the next step and the interpreter: sealed, and opened for a reason.
async fn recorded_by_topic(call: &Rolling, delivery: &str) -> Result<()> {
    let path = format!("/api/v1/deliveries/{delivery}");
    let closed = call.coordinator.get(&path).await?.ok();
    assert!(!closed.to_string().contains("further-appointment"), "{closed}");
    let reason = json!({ "reason": "the next appointment is prepared" });
    let opened = call.coordinator.post(&format!("{path}/open"), &reason).await?.ok();
    let written = opened["attempts"][0]["written"].as_array().unwrap();
    let keys: Vec<&str> = written.iter().filter_map(|one| one["key"].as_str()).collect();
    for key in [
        "discussed",
        "residence-outcome",
        "benefits-outcome",
        "next-step",
        "interpreter",
    ] {
        assert!(keys.contains(&key), "{key}: {opened}");
    }
    Ok(())
}

/// People of all rounds are assigned appointments in their languages, in the order of the lists.
#[expect(clippy::too_many_lines, reason = "one story, step by step")]
pub(super) async fn planned(call: &Rolling) -> Result<()> {
    let slot = |instalment: u32, day: &str| {
        json!({ "instalment": instalment, "date": day,
                "occasion": { "starts": "10:00:00", "minutes": 45, "features": ["english"], "capacity": 4 } })
    };
    let plan = json!({
        "slots": [slot(1, "2022-09-12"), slot(2, "2022-09-19"), slot(3, "2022-09-26")],
        "reason": { "el": "Πρώτα ραντεβού.", "en": "First appointments." },
    });
    let path = format!("/api/v1/actions/{}/delivery-plans", call.action);
    let planned = call.coordinator.post(&path, &plan).await?.ok();
    // Who speaks no English is not given an appointment in it, and hears why.
    let without_language = planned["unplaced"].as_array().unwrap().iter();
    let without_language = without_language.filter(|one| one["reason"] == "no-common-language");
    assert!(without_language.count() > 0, "{planned}");
    assert_eq!(
        planned["created"], 12,
        "three appointments of four places each: {planned}"
    );
    assert!(
        planned["unplaced"]
            .as_array()
            .is_some_and(|unplaced| !unplaced.is_empty())
    );
    let deliveries = format!("/api/v1/actions/{}/deliveries", call.action);
    let found = call.coordinator.get(&deliveries).await?.ok();
    let attempts: Vec<Value> = found["items"].as_array().unwrap()[..4]
        .iter()
        .zip(["delivered", "delivered", "failed", "delivered"])
        .map(|(delivery, result)| {
            let kind = (result == "failed").then_some("did-not-come");
            let said = json!({
                "discussed": ["residence", "benefits"], "residence-outcome": "answered", "benefits-outcome": "referred",
                "next-step": "further-appointment", "interpreter": true,
            });
            let recorded = if result == "delivered" { said } else { json!({}) };
            json!({ "delivery_id": delivery["id"], "result": result, "kind": kind, "recorded": recorded })
        })
        .collect();
    let recorder = call.house.staff("partner").await?;
    named(call, &recorder).await?;
    let recorded = recorder
        .post(&format!("{deliveries}/attempts"), &json!({ "attempts": attempts }))
        .await?;
    assert!(recorded.status.is_success(), "{}", recorded.text);
    recorded_by_topic(call, attempts[0]["delivery_id"].as_str().unwrap()).await?;
    let measured = call.coordinator.reading("en");
    let measured = measured
        .get(&format!("/api/v1/actions/{}/indicators", call.action))
        .await?
        .ok();
    let of = |key: &str| {
        measured
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["key"] == key)
            .unwrap()
            .clone()
    };
    assert_eq!(
        (&of("people")["target"], &of("appointments")["value"]),
        (&json!(3), &json!(3)),
        "{measured}"
    );
    assert!(
        of("people")["value"]
            .as_u64()
            .is_some_and(|people| (1..=3).contains(&people)),
        "{measured}"
    );
    let page = call.page(&format!("/en/staff/actions/{}", call.action)).await?;
    assert!(page.contains("People who came to an appointment"), "{page}");
    Ok(())
}

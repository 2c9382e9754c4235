//! What stops outside of assessments, as whoever publishes programs reads it.

use anyhow::{Context as _, Result};
use osn_test_guest::Guest;
use osn_tests::app::Backend;
use serde_json::{Value, json};

use super::{City, TODAY, TRIGGER, id};

/// A plan and the trial of a change that a program does not survive: whoever publishes programs reads which, when and where.
pub(super) async fn what_goes_wrong_in_a_plan_or_a_trial_is_told_to_the_publisher(backend: Backend) -> Result<()> {
    let city = City::on(backend).await?;
    let planner = Guest {
        plan: "unreachable".to_owned(),
        ..Guest::default()
    };
    let call = city.call_with(&planner, "1.0.0").await?;
    // Tried with a version that does not survive one of the applications.
    let trial = Guest::assessing("unreachable").only_for(TRIGGER);
    assert_eq!(city.install("en", trial.package("2.0.0")).await?.status.as_u16(), 201);
    let dry_runs = format!("/api/v1/calls/{}/dry-runs", call.id);
    let trial = city.coordinator.post(&dry_runs, &json!({ "version": "2.0.0" })).await?;
    assert_eq!(trial.status.as_u16(), 202, "{}", trial.text);
    city.work().await;
    let job = city.coordinator.get(trial.headers["location"].to_str()?).await?.ok();
    assert_eq!(job["state"], "failed", "{job}");

    // The list is made final, there is too little for everybody, and the program is asked who goes without.
    city.ordered(&call).await?;
    city.work().await;
    let selections = format!("/api/v1/calls/{}/selections", call.id);
    let selection = id(&city.coordinator.post(&selections, &json!({})).await?.ok())?;
    let approve = format!("/api/v1/selections/{selection}/approve");
    city.second.post(&approve, &json!({})).await?.ok();
    let action = city.coordinator.get(&format!("/api/v1/calls/{}", call.id)).await?.ok();
    let action = action["action_id"].as_str().context("the action")?.to_owned();
    let stock = format!("/api/v1/actions/{action}/stock");
    let arrived = json!({ "event": "arrived", "supply": "thing", "pieces": 1 });
    city.coordinator.post(&stock, &arrived).await?.ok();
    let plan = json!({
        "slots": [{ "instalment": 1, "date": "2022-11-14" }], "reason": { "el": "Πρώτη φορά.", "en": "First time." },
    });
    let plans = format!("/api/v1/actions/{action}/delivery-plans");
    let refused = city.coordinator.post(&plans, &plan).await?;
    assert_eq!(
        (refused.status.as_u16(), &refused.json()["code"]),
        (422, &json!("program.fault")),
        "{}",
        refused.text
    );

    let told = city.publisher.get("/api/v1/programs/guest/versions").await?.ok();
    let versions = told["versions"].as_array().context("versions")?;
    for (version, stage) in [("1.0.0", "plan"), ("2.0.0", "dry-run")] {
        let of_version = versions.iter().find(|one| one["version"] == version);
        let faults = of_version.context("the version is listed")?["faults"]
            .as_array()
            .context("faults")?;
        let found: Vec<[&Value; 4]> = faults
            .iter()
            .map(|one| [&one["stage"], &one["code"], &one["call_id"], &one["at"]])
            .collect();
        let (stage, code, at) = (json!(stage), json!("trapped"), json!(TODAY));
        assert_eq!(found, [[&stage, &code, &json!(call.id), &at]], "{version}: {told}");
    }
    for (lang, words) in [
        ("en", ["Trying a change", "Planning deliveries"]),
        ("el", ["Δοκιμή αλλαγής", "Πρόγραμμα παραδόσεων"]),
    ] {
        let page = city.page(&city.publisher, lang, "/staff/programs/guest").await?;
        assert!(words.iter().all(|words| page.contains(words)), "{lang}: {page}");
        assert!(!page.contains("Δοκιμαστικού"), "nothing of anybody: {page}");
    }
    Ok(())
}

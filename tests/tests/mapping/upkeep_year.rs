//! Upkeep in the played year: as the days pass, bodies are reminded of the records that grow old, and the board says so;
//! and a list of synonyms that an officer keeps on its page.
use anyhow::{Context as _, Result};
use axum::http::StatusCode;
use osn_tests::app::{Backend, TestApp};
use osn_tests::network::{form, led};
use serde_json::{Value, json};

/// The mapping was confirmed on 20 May; this is the first delivery, in September.
const UNTIL: &str = "food-parcel-2022/deliver/home-food-1";

async fn the_year_reminds_bodies_of_old_records(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, UNTIL).await?;
    let officer = house.staff("coordinator").await?;
    let partner = house.staff("partner2").await?;
    let body = partner.get("/api/v1/me").await?.ok()["organization_id"].clone();
    let mut reminders = Vec::new();
    let mut after = String::new();
    loop {
        let page = officer.get(&format!("/api/v1/outbox?limit=200{after}")).await?.ok();
        let items = page["items"].as_array().context("messages")?;
        reminders.extend(
            items
                .iter()
                .filter(|message| message["template"] == "record-reminder")
                .cloned(),
        );
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert!(!reminders.is_empty(), "a reminder was written");
    assert!(
        reminders.iter().all(|message| message["state"] == "sent"),
        "{reminders:?}"
    );
    let of_body = format!(
        "/api/v1/upkeep/board?organization_id={}",
        body.as_str().unwrap_or_default()
    );
    let board = officer.get(&of_body).await?.ok();
    let oldest = board["oldest"].as_array().context("records")?;
    for kind in ["organization", "location", "service"] {
        let is_due = oldest.iter().any(|record| record["kind"] == kind);
        assert!(is_due, "a {kind} of the body is due: {board}");
    }
    for record in oldest {
        assert_eq!(
            (&record["organization_id"], &record["reachable"]),
            (&body, &json!(true))
        );
        let on = record["reminded_on"].as_str().context("the day of the reminder")?;
        // Its own record and its room were never confirmed: they are asked about from the beginning, and again.
        let since = if record["kind"] == "service" {
            "2022-08-18"
        } else {
            "2022-07-18"
        };
        assert!(
            (since.."2022-10-01").contains(&on),
            "ninety days after 20 May: {record}"
        );
    }
    let page = officer
        .get(&format!(
            "/staff/upkeep?organization_id={}",
            body.as_str().unwrap_or_default()
        ))
        .await?;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.text.contains("reminder-no-address"), "{}", page.text);
    Ok(())
}

async fn an_officer_keeps_synonyms_on_a_page(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, "city/request-submit/digital-skills").await?;
    let officer = house.staff("coordinator").await?;
    let found = async |typed: &str| -> Result<Value> {
        let found = house.visitor().get(&format!("/api/v1/services?q={typed}")).await?.ok();
        Ok(found["total"].clone())
    };
    // A word that nobody wrote anywhere finds nothing, until somebody says what it means.
    assert_eq!(found("mamaliga").await?, 0);
    let meals = found("syssitio").await?;
    assert_ne!(meals, 0);
    let version = async || -> Result<String> {
        let page = officer.get("/staff/synonyms").await?.text;
        let at = page.split("name=\"version\" value=\"").nth(1).context("a version")?;
        Ok(at.split('"').next().unwrap_or_default().to_owned())
    };
    let lines = async || -> Result<Vec<String>> {
        let list = officer.get("/api/v1/synonyms").await?.ok();
        let groups = list["groups"].as_array().context("groups")?;
        let words = |group: &Value| -> Vec<String> {
            let words = group["words"].as_array().into_iter().flatten();
            words.filter_map(|word| word.as_str().map(str::to_owned)).collect()
        };
        Ok(groups.iter().map(|group| words(group).join(", ")).collect())
    };
    let before = lines().await?;
    let typed = |lines: &[String]| {
        let joined = lines.join("\n");
        let encoded: Vec<String> = joined.bytes().map(|byte| format!("%{byte:02X}")).collect();
        encoded.concat()
    };
    let one = version().await?;
    let mut more = before.clone();
    let meal = more
        .iter_mut()
        .find(|line| line.contains("συσσίτιο"))
        .context("the meals")?;
    meal.push_str(", mamaliga");
    let (added, removed) = (typed(&more), typed(&before));
    let kept = form(&officer, "/staff/synonyms", &[("/groups", &added), ("version", &one)]).await?;
    assert_eq!(led(&kept)?, "/staff/synonyms");
    assert_eq!(found("mamaliga").await?, meals, "found by the new word");
    // Somebody who read the list before is told that it moved, and what was typed stays.
    let stale = form(&officer, "/staff/synonyms", &[("/groups", &removed), ("version", &one)]).await?;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED, "{}", stale.text);
    let now = version().await?;
    led(&form(&officer, "/staff/synonyms", &[("/groups", &removed), ("version", &now)]).await?)?;
    assert_eq!(found("mamaliga").await?, 0, "and no more once it is removed");
    assert_eq!(lines().await?, before);
    let partner = house.staff("partner").await?;
    assert_eq!(partner.get("/staff/synonyms").await?.status, StatusCode::FORBIDDEN);
    let refused = officer
        .put("/api/v1/synonyms", &json!({ "groups": [{ "words": ["μόνο"] }] }))
        .await?;
    assert_eq!(
        refused.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "one word means nothing else: {}",
        refused.text
    );
    Ok(())
}

osn_tests::stories!(
    the_year_reminds_bodies_of_old_records,
    an_officer_keeps_synonyms_on_a_page,
);

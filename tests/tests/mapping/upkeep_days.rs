//! Upkeep by the municipality's own days: when it asks, what no longer counts, to whom nobody is referred.
use anyhow::{Context as _, Result, ensure};
use axum::http::{Method, StatusCode};
use chrono::{NaiveDate, TimeDelta};
use osn_tests::app::Backend;
use osn_tests::client::{Client, Reply};
use serde_json::{Value, json};

use super::upkeep::{house, strip};

/// What a page says of a record that is too old to be counted.
const STALE: &str = "Παλιά στοιχεία";

#[expect(clippy::too_many_lines, reason = "one story, step by step")]
async fn days_are_the_municipalitys(backend: Backend) -> Result<()> {
    let (house, coordinator, partner, service) = house(backend).await?;
    let visitor = house.visitor();
    let confirmations = format!("/api/v1/records/service/{service}/confirmations");
    coordinator.post(&confirmations, &json!({})).await?.ok();
    let saved = coordinator.get("/api/v1/upkeep/days").await?;
    let mut days = saved.json();
    strip(&mut days);
    assert_eq!(
        ["remind_after_days", "no_cover_after_days", "no_referral_after_days"].map(|name| days[name].as_u64()),
        [Some(90), Some(180), Some(365)]
    );
    let tag = saved.headers["etag"].to_str()?.to_owned();
    house.played.clock.set(house.played.app.now() + TimeDelta::days(40));
    let (coordinator, partner) = {
        drop(partner);
        (house.staff("coordinator").await?, house.staff("partner").await?)
    };
    let stale = async || -> Result<bool> {
        let page = visitor.get(&format!("/services/{service}")).await?.text;
        Ok(page.contains(STALE))
    };
    let degree = async || -> Result<Value> {
        let board = coordinator.get("/api/v1/upkeep/board").await?.ok();
        Ok(board["all"].clone())
    };
    let before = (stale().await?, degree().await?);
    assert!(!before.0, "forty days are not old");
    let with = |change: &[(&str, u16)]| {
        let mut days = days.clone();
        for (name, number) in change {
            days[*name] = json!(number);
        }
        days
    };
    let short = with(&[
        ("remind_after_days", 10),
        ("no_cover_after_days", 20),
        ("no_referral_after_days", 30),
    ]);
    let refused = partner.put("/api/v1/upkeep/days", &short).await?;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let backwards = coordinator
        .put("/api/v1/upkeep/days", &with(&[("no_cover_after_days", 20)]))
        .await?;
    assert_eq!(backwards.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", backwards.text);
    assert_eq!(backwards.errors()[0].0, "/no_cover_after_days");
    let today = house.played.app.now().date_naive();
    let referred = async || refer(&coordinator, &service, today).await;
    let taken = referred().await?;
    assert_eq!(
        taken.status,
        StatusCode::CREATED,
        "forty days are not too old to refer to: {}",
        taken.text
    );
    let body = serde_json::to_vec(&short)?;
    let put = async || {
        let media = Some("application/json");
        let more = [("if-match", tag.as_str())];
        coordinator
            .send(Method::PUT, "/api/v1/upkeep/days", media, body.clone(), &more)
            .await
    };
    assert_eq!(put().await?.status, StatusCode::OK);
    assert_eq!(
        put().await?.status,
        StatusCode::PRECONDITION_FAILED,
        "somebody else decided meanwhile"
    );
    let after = (stale().await?, degree().await?);
    assert!(after.0, "forty days are old now");
    assert!(
        after.1["no_referral"].as_u64() > before.1["no_referral"].as_u64(),
        "{} {}",
        before.1,
        after.1
    );
    let refused = referred().await?;
    assert_eq!(
        (refused.errors()[0].0.as_str(), refused.errors()[0].1.as_str()),
        ("/service_id", "service-not-referable"),
        "{}",
        refused.text
    );
    examined_with_them(&coordinator).await?;
    decided_on_a_page(&coordinator).await?;
    assert!(!stale().await?, "and back");
    assert_eq!(
        referred().await?.status,
        StatusCode::CREATED,
        "the days decide, nothing else"
    );
    Ok(())
}

/// Somebody is referred to a service, with consent.
async fn refer(coordinator: &Client, service: &str, today: NaiveDate) -> Result<Reply> {
    let record = coordinator
        .get(&format!("/api/v1/records/service/{service}"))
        .await?
        .ok();
    let referral = json!({
        "organization_id": record["organization_id"], "service_id": service, "category": record["categories"][0],
        "areas": ["athens.6"],
        "consent": { "scope": ["name", "phone"], "given_on": today, "expires_on": today + TimeDelta::days(20) },
        "data": { "name": "Ελπίδα Δοκιμαστική", "phone": "6900000777" }, "answer_by": today + TimeDelta::days(5),
    });
    coordinator.post("/api/v1/referrals", &referral).await
}

/// What is examined from now on keeps these days.
async fn examined_with_them(coordinator: &Client) -> Result<()> {
    let requests = coordinator.get("/api/v1/requests?state=submitted").await?.ok();
    let id = requests["items"][0]["id"].as_str().context("a request waits")?;
    let examination = format!("/api/v1/requests/{id}/examination");
    let examined = coordinator.post(&examination, &json!({})).await?.ok();
    assert_eq!(examined["policy"]["no_cover_after_days"], 20, "{examined}");
    let services = examined["examined"].as_array().context("services")?;
    ensure!(
        !services.is_empty() && services.iter().all(|one| one["referable"] == false),
        "{examined}"
    );
    Ok(())
}

/// On the page, in both languages; a mistake stands beside its field.
async fn decided_on_a_page(coordinator: &Client) -> Result<()> {
    let address = "/staff/upkeep/days";
    let page = coordinator.get(address).await?.text;
    ensure!(
        page.contains("value=\"20\"") && page.contains("Καμία παραπομπή"),
        "{page}"
    );
    ensure!(
        coordinator
            .get("/en/staff/upkeep/days")
            .await?
            .text
            .contains("No referral after days")
    );
    let typed = |cover: &'static str, version: &'static str| {
        [
            ("/remind_after_days", "90"),
            ("/no_cover_after_days", cover),
            ("/no_referral_after_days", "365"),
            ("/remind_again_after_days", "30"),
            ("/link_valid_days", "30"),
            ("/publish_from", "10"),
            ("version", version),
        ]
    };
    // Whoever read older days is told so, whatever else is wrong; and a slip does not make the newest of them theirs.
    let late = coordinator.fill(address, &typed("9", "0")).await?;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED, "{}", late.text);
    let slip = coordinator.fill(address, &typed("πολλές", "0")).await?;
    assert_eq!(slip.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", slip.text);
    ensure!(slip.text.contains("name=\"version\" value=\"0\""), "{}", slip.text);
    let wrong = coordinator.fill(address, &typed("9", "1")).await?;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.text);
    assert_eq!(
        coordinator.fill(address, &typed("180", "1")).await?.status,
        StatusCode::SEE_OTHER
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn days_are_the_municipalitys_on_both_databases() -> Result<()> {
    for backend in Backend::ALL {
        days_are_the_municipalitys(backend).await?;
    }
    Ok(())
}

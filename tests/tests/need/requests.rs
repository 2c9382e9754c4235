//! What the record does not say is shown to an officer, who decides on the page: each with places and a reason, or the rest
//! with one.

use anyhow::Result;
use axum::http::Method;
use osn_tests::app::{Backend, TestApp};
use osn_tests::client::{Client, Reply};
use serde_json::Value;

/// The step after which three services wait for an officer.
const EXAMINED: &str = "city/request-examine/home-food-disability";

/// What a browser would post; nothing here needs an escape but the slash and the space.
async fn post(client: &Client, path: &str, pairs: &[(String, &str)]) -> Result<Reply> {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", name.replace('/', "%2F"), value.replace(' ', "+")))
        .collect();
    let body = pairs.join("&").into_bytes();
    client
        .send(Method::POST, path, Some("application/x-www-form-urlencoded"), body, &[])
        .await
}

async fn examination(client: &Client, request: &str) -> Result<Value> {
    Ok(client
        .get(&format!("/api/v1/requests/{request}/examination"))
        .await?
        .ok())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_decides_on_the_page_what_the_record_does_not_say() -> Result<()> {
    let house = TestApp::begun(Backend::Sqlite, EXAMINED).await?;
    let officer = house.staff("coordinator").await?.reading("en");
    let request = house.id("request/home-food-disability")?;
    let before = examination(&officer, &request).await?;
    assert_eq!(
        (&before["open"], &before["outcome"]["outcome"]),
        (&3.into(), &"gap".into())
    );

    let page = format!("/en/staff/requests/{request}");
    let shown = officer.get(&page).await?.text;
    for index in 0..3 {
        assert!(
            shown.contains(&format!("/decisions/{index}/places")),
            "unknown {index} has its question"
        );
    }
    assert!(!shown.contains("/decisions/3/places"), "no more than there are");

    // Half an answer: nothing is decided, and what was typed stays.
    let path = format!("{page}/decide");
    let places = |index: u8| format!("/decisions/{index}/places");
    let reason = |index: u8| format!("/decisions/{index}/reason");
    let half = post(&officer, &path, &[(places(0), "7"), (reason(1), "Asked by telephone")]).await?;
    assert_eq!(half.status.as_u16(), 422, "{}", half.text);
    assert!(
        half.text.contains("Asked by telephone") && half.text.contains("value=\"7\""),
        "nothing typed is lost"
    );
    assert_eq!(examination(&officer, &request).await?["open"], 3);

    // One with places, the rest with one reason: the residual follows at once.
    let answer = [
        (places(0), "7"),
        (reason(0), "The body brings seven parcels home"),
        ("/rest".to_owned(), "No delivery to homes"),
    ];
    let done = post(&officer, &path, &answer).await?;
    assert_eq!(done.status.as_u16(), 303, "{}", done.text);
    let after = examination(&officer, &request).await?;
    assert_eq!(after["open"], 0);
    assert_eq!(
        after["outcome"],
        serde_json::json!({ "outcome": "partly-covered", "residual": 143 })
    );
    let decided = after["examined"].as_array().unwrap();
    let reasons: Vec<&str> = decided
        .iter()
        .filter_map(|service| service["decided"]["reason"]["en"].as_str())
        .collect();
    assert_eq!(
        reasons
            .iter()
            .filter(|reason| **reason == "No delivery to homes")
            .count(),
        2,
        "{reasons:?}"
    );
    assert!(
        officer
            .get(&page)
            .await?
            .text
            .contains("The body brings seven parcels home")
    );
    Ok(())
}

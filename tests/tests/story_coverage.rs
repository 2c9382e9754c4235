//! The consolidated view of the city: what the API counts is what the list opens, and what the past held stays readable.
#![expect(clippy::unwrap_used, reason = "a test")]

use anyhow::Result;
use osn_tests::app::{Backend, TestApp};

/// The whole mapping stands, no action runs yet.
const MAPPED: &str = "city/request-examine/home-food-disability";

async fn counts_are_what_the_lists_open(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, MAPPED).await?;
    let visitor = house.visitor();
    let view = visitor.get("/api/v1/coverage?category=food&area=athens.6").await?.ok();
    let cells = view["cells"].as_array().unwrap();
    assert!(cells.len() > 20, "{} cells", cells.len());
    assert!(
        cells.iter().any(|cell| cell["gap"] == true),
        "a city without gaps is not this one"
    );
    let whole = visitor.get("/api/v1/coverage").await?.ok();
    let serving = |cell: &serde_json::Value| cell["serving"].as_u64() > Some(0);
    assert!(
        whole["cells"].as_array().unwrap().iter().any(serving),
        "nor one without services"
    );
    for cell in cells {
        let (category, group) = (cell["category"].as_str().unwrap(), cell["group"].as_str().unwrap());
        let list = format!("/api/v1/services?category={category}&group={group}&area=athens.6&limit=200");
        let total = visitor.get(&list).await?.ok()["total"].as_u64().unwrap();
        let counted: u64 = ["serving", "undetermined", "stale"]
            .iter()
            .map(|kind| cell[kind].as_u64().unwrap())
            .sum();
        assert!(
            counted <= total,
            "{category} {group}: {counted} counted, {total} listed"
        );
        assert_eq!(cell["gap"] == true, cell["serving"] == 0);
        assert_eq!(cell["actions"], 0, "nothing runs yet");
    }

    let unknown = visitor.get("/api/v1/coverage?group=martians").await?;
    assert_eq!(unknown.status.as_u16(), 422, "{}", unknown.text);
    assert_eq!(unknown.errors()[0].0, "/group");

    // Before anything was recorded every cell is empty.
    let before = visitor.get("/api/v1/coverage?as_of=2001-01-01").await?.ok();
    assert_eq!(before["cells"].as_array().unwrap().len(), 0, "no terms, no cells");

    let page = visitor.get("/coverage?category=food").await?.text;
    assert!(page.contains("/services?category=food&amp;group=") || page.contains("/services?category=food&#38;group="));
    assert!(page.contains("καμία"), "an empty cell says so");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_are_what_the_lists_open_on_sqlite() -> Result<()> {
    counts_are_what_the_lists_open(Backend::Sqlite).await
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_are_what_the_lists_open_on_postgresql() -> Result<()> {
    counts_are_what_the_lists_open(Backend::Postgres).await
}

//! The consolidated view of the city: what the API counts is what the list opens, and what the past held stays readable.
#![expect(clippy::unwrap_used, reason = "a test")]

use anyhow::Result;
use calamine::Reader as _;
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
    the_workbook_holds_it(&house, whole["cells"].as_array().unwrap()).await?;
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

/// The workbook that everybody downloads has the view as a sheet: a row for a category and a group, a column for an area.
async fn the_workbook_holds_it(house: &TestApp, cells: &[serde_json::Value]) -> Result<()> {
    let given = house.visitor().get("/api/v1/mapping/xlsx").await?.bytes;
    let mut book: calamine::Xlsx<_> = calamine::Xlsx::new(std::io::Cursor::new(given))?;
    let sheet = book.worksheet_range("Συγκεντρωτική εικόνα")?;
    let serving = |cell: &calamine::Data| {
        let text = cell.to_string();
        let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u64>().unwrap_or_default()
    };
    let written: Vec<u64> = sheet
        .rows()
        .skip(3)
        .flat_map(|row| row.iter().skip(2).map(serving))
        .collect();
    let counted = |cell: &serde_json::Value| cell["serving"].as_u64().unwrap();
    assert_eq!(written.len(), cells.len());
    assert_eq!(
        written.iter().sum::<u64>(),
        cells.iter().map(counted).sum::<u64>(),
        "the sheet and the API count alike"
    );
    // The empty form lists every community by its name: what is chosen there is a column here.
    let given = house.visitor().get("/api/v1/mapping/template").await?.bytes;
    let mut form: calamine::Xlsx<_> = calamine::Xlsx::new(std::io::Cursor::new(given))?;
    let lists = form.worksheet_range("Λίστες")?;
    let listed: Vec<String> = lists.used_cells().map(|(_, _, cell)| cell.to_string()).collect();
    let areas = house.visitor().get("/api/v1/taxonomies/area").await?.ok();
    let areas = areas["items"].as_array().unwrap();
    assert!(areas.len() > 7, "{areas:?}");
    for area in areas {
        let name = area["name"]["el"].as_str().unwrap();
        assert!(
            listed.iter().any(|cell| cell == name),
            "{name} is not listed: {listed:?}"
        );
    }
    Ok(())
}

/// An action of the municipality runs: everybody sees it as a service with its places, and nobody counts it as the network.
#[tokio::test(flavor = "multi_thread")]
async fn a_running_action_is_a_service_with_its_places_and_marked() -> Result<()> {
    let house = TestApp::begun(Backend::Sqlite, "food-parcel-2022/call-publish/home-food-2022").await?;
    let visitor = house.visitor();
    let calls = visitor.get("/api/v1/calls").await?.ok();
    let call = calls["items"].as_array().unwrap().first().unwrap().clone();
    let list = visitor.get("/hsds/services?full=true&per_page=1000").await?.ok();
    let is_marked = |service: &&serde_json::Value| {
        let attributes = service["attributes"].as_array().into_iter().flatten();
        attributes.clone().any(|one| one["link_type"] == "provided_through")
    };
    let services = list["contents"].as_array().unwrap();
    let own: Vec<&serde_json::Value> = services.iter().filter(is_marked).collect();
    let of_the_call = own
        .iter()
        .find(|own| own["capacities"][0]["maximum"] == call["capacity"]);
    let own = *of_the_call.expect("the action of the call, with its places");
    assert!(
        own["organization"]["id"].is_string() && own["status"] == "active",
        "{own}"
    );
    let english = visitor
        .get(&format!("/hsds/services/{}?lang=en", own["id"].as_str().unwrap()))
        .await?
        .text;
    assert!(
        english.contains("An action of the municipality, beyond the existing network"),
        "{english}"
    );
    // Found by the same filters, in no file and in no older reading.
    let found = visitor.get("/hsds/services?search=action&full=true&lang=en").await?;
    assert!(found.status.is_success());
    let file = visitor.get("/api/v1/mapping/json").await?.text;
    assert!(
        !file.contains(own["id"].as_str().unwrap()),
        "an export is the mapping alone"
    );
    let before = visitor
        .get("/hsds/services?as_of=2022-05-25&per_page=1000&full=true")
        .await?
        .ok();
    assert!(
        !before["contents"]
            .as_array()
            .unwrap()
            .iter()
            .any(|service| is_marked(&service))
    );
    beside_the_count(&visitor).await
}

/// In the consolidated view it stands beside the count.
async fn beside_the_count(visitor: &osn_tests::client::Client) -> Result<()> {
    let view = visitor.get("/api/v1/coverage?category=food").await?.ok();
    let cells = view["cells"].as_array().unwrap();
    let with_action: Vec<&serde_json::Value> = cells.iter().filter(|cell| cell["actions"].as_u64() > Some(0)).collect();
    assert!(!with_action.is_empty(), "{view}");
    for cell in with_action {
        let (category, group, area) = (&cell["category"], &cell["group"], &cell["area"]);
        let query = [category, group, area].map(|code| code.as_str().unwrap());
        let list = format!(
            "/api/v1/services?category={}&group={}&area={}&limit=200",
            query[0], query[1], query[2]
        );
        let total = visitor.get(&list).await?.ok()["total"].as_u64().unwrap();
        assert!(
            cell["serving"].as_u64().unwrap() <= total,
            "the action is not among what serves: {cell}"
        );
        assert_eq!(
            cell["gap"] == true,
            cell["serving"] == 0,
            "nor does it close a gap: {cell}"
        );
    }
    let page = visitor.get("/coverage?category=food").await?.text;
    assert!(page.contains("δράση"), "the page says so");
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

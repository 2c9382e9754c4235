//! The consolidated view of the city: what the API counts is what the list opens, and what the past held stays readable.
#![expect(clippy::unwrap_used, reason = "a test")]

use anyhow::Result;
use calamine::Reader as _;
use osn_tests::app::{Backend, TestApp};
use osn_tests::client::escaped;
use serde_json::json;

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
    the_workbook_holds_it(&house, &narrower_too(&visitor, &whole).await?).await?;
    for cell in cells {
        let (category, group) = (cell["category"].as_str().unwrap(), cell["group"].as_str().unwrap());
        for standing in ["serving", "undetermined", "stale"] {
            let query = format!("category={category}&group={group}&area=athens.6&standing={standing}");
            let list = visitor.get(&format!("/api/v1/services?{query}&limit=1")).await?.ok();
            assert_eq!(list["total"], cell[standing], "{query}");
            assert!(list.get("actions").is_none(), "{query}");
        }
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
    assert!(page.contains("καμία"), "an empty cell says so");
    numbers_are_links(&visitor, &page).await?;
    half_a_cell_is_none(&visitor).await?;
    let moment = visitor.get("/coverage?as_of=2022-05-20T10:00:00Z").await?;
    assert!(moment.status.is_success(), "a moment is a day, too: {}", moment.text);
    assert!(
        moment.text.contains("/api/v1/mapping/xlsx?as_of=2022-05-20"),
        "with the file of that day"
    );
    no_area_is_the_whole(&house).await
}

/// Where several areas stand above all others none is the whole city: the overview says of which area it is.
async fn no_area_is_the_whole(house: &TestApp) -> Result<()> {
    let (officer, visitor) = (house.staff("coordinator").await?, house.visitor());
    let whole = visitor.get("/coverage").await?.text;
    assert!(whole.contains("σε όλον τον δήμο"), "{whole}");
    let one = visitor.get("/coverage?area=athens.6").await?.text;
    assert!(
        one.contains("Κατηγορίες και ομάδες: ") && one.contains("area=athens.6&"),
        "{one}"
    );
    let id = "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7a91";
    let island = json!({ "record": "taxonomy-term", "id": id, "code": "island", "taxonomy": "area", "name": { "el": "Νησί", "en": "Island" } });
    officer.put(&format!("/api/v1/terms/{id}"), &island).await?.ok();
    let several = visitor.get("/coverage").await?.text;
    assert!(!several.contains("σε όλον τον δήμο"), "{several}");
    assert!(several.contains("Κατηγορίες και ομάδες: "), "{several}");
    Ok(())
}

/// Every number of the page leads to a list that says the same number.
async fn numbers_are_links(visitor: &osn_tests::client::Client, page: &str) -> Result<()> {
    let mut followed = 0;
    for piece in page.split("href=\"/services?").skip(1) {
        let (query, rest) = piece.split_once("\">").unwrap();
        let said = rest.split_once("</a>").unwrap().0;
        let said: String = said.chars().take_while(char::is_ascii_digit).collect();
        if !query.contains("standing=") || followed > 30 {
            continue;
        }
        followed += 1;
        let query = query.replace("&#38;", "&").replace("&amp;", "&");
        let list = visitor.get(&format!("/services?{query}")).await?.text;
        let counted = counted_on(&list);
        let counted: String = counted.chars().take_while(char::is_ascii_digit).collect();
        assert_eq!(counted, said, "{query}");
        assert!(list.contains("Από τη συγκεντρωτική εικόνα"), "{query}");
    }
    assert!(followed > 5, "{followed} links");
    Ok(())
}

/// How many a list says that it holds, in words.
fn counted_on(list: &str) -> &str {
    let status = list.split_once("role=\"status\"").unwrap().1;
    let counted = status.split_once("<strong>").unwrap().1;
    counted.split_once('<').unwrap().0
}

/// A cell has a category, a group and an area.
async fn half_a_cell_is_none(visitor: &osn_tests::client::Client) -> Result<()> {
    for (query, field) in [
        ("category=food&group=homeless", "/area"),
        ("category=food&area=athens.6", "/group"),
        ("group=homeless&area=athens.6", "/category"),
        ("category=athens.6&group=homeless&area=athens.6", "/category"),
    ] {
        let told = visitor
            .get(&format!("/api/v1/services?standing=serving&{query}"))
            .await?;
        assert_eq!(told.status.as_u16(), 422, "{query}: {}", told.text);
        assert_eq!(told.errors()[0].0, field, "{query}");
    }
    // What a community is said to have is what its list holds: those that say that they serve it, and those that do not say.
    let area = visitor.get("/areas/athens.6").await?.text;
    let list = visitor.get("/services?area=athens.6").await?.text;
    let total = counted_on(&list);
    assert!(area.contains(&format!(">{total}</a>")), "{total}: {area}");
    let number = |text: &str| -> u32 {
        let digits = text.chars().take_while(char::is_ascii_digit);
        digits.collect::<String>().parse().unwrap_or_default()
    };
    let told = area
        .split_once("govuk-list osn-muted")
        .unwrap()
        .1
        .split_once("</ul>")
        .unwrap()
        .0;
    let told: Vec<u32> = told.split("<li>").skip(1).map(number).collect();
    assert_eq!((told.len(), told.iter().sum()), (2, number(total)), "{area}");
    let areas = visitor.get("/areas").await?.text;
    assert!(areas.contains("δηλών"), "{areas}");
    Ok(())
}

/// The view goes all the way down where that is asked for: every category, each after the one that it belongs to, and the widest
/// count what they count by themselves.
async fn narrower_too(
    visitor: &osn_tests::client::Client,
    whole: &serde_json::Value,
) -> Result<Vec<serde_json::Value>> {
    let every = visitor.get("/api/v1/coverage?depth=all").await?.ok();
    let every = every["cells"].as_array().unwrap();
    for cell in whole["cells"].as_array().unwrap() {
        assert!(every.contains(cell), "{cell}");
    }
    let order = |cells: &[serde_json::Value]| {
        let mut codes: Vec<String> = cells
            .iter()
            .map(|cell| cell["category"].as_str().unwrap().to_owned())
            .collect();
        codes.dedup();
        codes
    };
    let found = order(every);
    let terms = visitor.get("/api/v1/taxonomies/category").await?.ok();
    let terms = terms["items"].as_array().unwrap();
    assert_eq!(found.len(), terms.len(), "every category, each once");
    let place = |code: &str| found.iter().position(|found| found == code).unwrap();
    let mut narrower = 0;
    for term in terms {
        if let Some(parent) = term["parent"].as_str() {
            narrower += 1;
            assert!(place(parent) < place(term["code"].as_str().unwrap()), "{term}");
        }
    }
    assert!(narrower > 5, "{narrower} narrower categories");
    let of_one = visitor.get("/api/v1/coverage?depth=all&category=food").await?.ok();
    let of_one = order(of_one["cells"].as_array().unwrap());
    assert_eq!(of_one.first().map(String::as_str), Some("food"));
    assert!(
        of_one.len() > 1 && of_one.iter().all(|code| found.contains(code)),
        "{of_one:?}"
    );
    let wrong = visitor.get("/api/v1/coverage?depth=some").await?;
    assert!(wrong.status.is_client_error(), "{}", wrong.text);
    Ok(every.clone())
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
    it_is_found(&visitor, own, &call).await?;
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
        let [category, group, area] = [category, group, area].map(|code| code.as_str().unwrap());
        let query = format!("category={category}&group={group}&area={area}");
        let list = |standing: &str| format!("/api/v1/services?{query}&standing={standing}&limit=1");
        let serving = visitor.get(&list("serving")).await?.ok();
        assert_eq!(
            serving["total"], cell["serving"],
            "the action is not among what serves: {cell}"
        );
        let own = visitor.get(&list("action")).await?.ok();
        let listed = own["actions"].as_array().unwrap().len();
        assert_eq!(
            (&own["total"], json!(listed)),
            (&json!(0), cell["actions"].clone()),
            "{query}"
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

/// Whoever looks for help finds the action beside the services, and goes on to its call.
async fn it_is_found(
    visitor: &osn_tests::client::Client,
    own: &serde_json::Value,
    call: &serde_json::Value,
) -> Result<()> {
    let (id, call) = (own["id"].as_str().unwrap(), call["id"].as_str().unwrap());
    let words = escaped(own["name"].as_str().unwrap());
    let found = visitor.get(&format!("/api/v1/services?q={words}")).await?.ok();
    let actions = found["actions"].as_array().unwrap();
    let action = actions.iter().find(|action| action["id"] == id).unwrap();
    assert_eq!(action["call"], call);
    assert!(
        action["reasons"].as_array().is_some_and(|reasons| !reasons.is_empty()),
        "{action}"
    );
    let services = found["items"].as_array().unwrap();
    assert!(
        services.iter().all(|service| service["id"] != id),
        "it is not among the services"
    );
    let page = visitor.get(&format!("/services?q={words}")).await?.text;
    assert!(page.contains("Δράσεις του δήμου που τρέχουν τώρα"), "{page}");
    assert!(page.contains(&format!("href=\"/calls/{call}\"")), "{page}");
    let led = visitor.get(&format!("/services/{id}")).await?;
    assert_eq!(led.status.as_u16(), 303, "{}", led.text);
    let one = visitor.get(&format!("/api/v1/services/{id}")).await?.ok();
    assert_eq!(one["name"]["el"], own["name"]);
    let past = visitor
        .get(&format!("/api/v1/services?q={words}&as_of=2022-05-25"))
        .await?
        .ok();
    assert!(past.get("actions").is_none(), "what ran then is not looked up: {past}");
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

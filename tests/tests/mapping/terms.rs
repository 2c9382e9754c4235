//! The municipality's own taxonomies and terms, kept on their pages: what changes is in the search, in HSDS and in the forms of
//! records at once, and nothing that is needed goes.
use anyhow::{Context as _, Result};
use axum::http::{Method, StatusCode};
use osn_tests::app::{Backend, TestApp};
use osn_tests::client::{Client, Reply};
use osn_tests::network::{form, led};
use serde_json::{Value, json};

const CITY: &str = "city/request-submit/digital-skills";

/// Every category, by the interface.
async fn categories(house: &TestApp) -> Result<Vec<Value>> {
    let list = house.visitor().get("/api/v1/taxonomies/category").await?.ok();
    list["items"].as_array().cloned().context("terms")
}

async fn delete(client: &Client, path: &str) -> Result<Reply> {
    client.send(Method::DELETE, path, None, Vec::new(), &[]).await
}

/// The path and code of the first thing that is wrong.
fn wrong(reply: &Reply) -> (String, String) {
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", reply.text);
    let (path, code, message) = reply.errors().into_iter().next().unwrap_or_default();
    assert!(!message.is_empty(), "{}", reply.text);
    (path, code)
}

/// Where "New term" of a taxonomy leads.
async fn begin(officer: &Client, path: &str) -> Result<String> {
    led(&officer.get(path).await?)
}

async fn an_officer_keeps_terms_on_their_pages(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, CITY).await?;
    let officer = house.staff("coordinator").await?;
    let known = categories(&house).await?;
    let parent = known[0]["code"].as_str().context("a code")?;
    let page = officer.get("/staff/terms").await?.text;
    assert!(
        page.contains("Ταξινομήσεις και όροι") && page.contains(parent),
        "{page}"
    );

    // A form that is not complete keeps what was typed, and says what is missing beside its field.
    let place = begin(&officer, "/staff/terms/new?taxonomy=category").await?;
    let blank = officer.get(&format!("{place}?taxonomy=category")).await?.text;
    assert!(
        blank.contains("name=\"/code\"") && blank.contains("food-parcels"),
        "{blank}"
    );
    let of = |pairs: &[(&'static str, &str)]| -> Vec<(&'static str, String)> {
        let all = [("taxonomy", "category"), ("version", "0")].iter().chain(pairs);
        all.map(|(name, value)| (*name, (*value).to_owned())).collect()
    };
    let send = async |place: &str, pairs: Vec<(&'static str, String)>| -> Result<Reply> {
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        form(&officer, place, &pairs).await
    };
    for (name, code, said) in [
        ("", "winter-coats", "ελληνικό"),
        ("Παλτά", "", "Συμπληρώστε"),
        ("Παλτά", "Winter Coats", "παύλες"),
        ("Παλτά", parent, parent),
    ] {
        let name = urlencoded(name);
        let pairs = of(&[("/name/el", &name), ("/name/en", "Winter coats"), ("/code", code)]);
        let refused = send(&place, pairs).await?;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name} {code}");
        assert!(
            refused.text.contains(said) && refused.text.contains("Winter coats"),
            "{}",
            refused.text
        );
    }

    // Kept: it is a category for everybody, and a choice where services are written down.
    let name = urlencoded("Χειμωνιάτικα παλτά");
    let alias = urlencoded("μπουφάν\nμπουφανάκια");
    let pairs = of(&[
        ("/name/el", &name),
        ("/name/en", "Winter coats"),
        ("/code", "winter-coats"),
        ("/parent", parent),
        ("/aliases", &alias),
    ]);
    assert_eq!(led(&send(&place, pairs).await?)?, place);
    let known = categories(&house).await?;
    let coats = known
        .iter()
        .find(|term| term["code"] == "winter-coats")
        .context("kept")?;
    assert_eq!(
        (&coats["parent"], &coats["aliases"], &coats["name"]["el"]),
        (
            &json!(parent),
            &json!(["μπουφάν", "μπουφανάκια"]),
            &json!("Χειμωνιάτικα παλτά")
        )
    );
    let id = coats["id"].as_str().context("an id")?;
    let hsds = house.visitor().get(&format!("/hsds/taxonomy_terms/{id}")).await?.ok();
    assert_eq!(hsds["code"], "winter-coats", "{hsds}");
    let form_of_a_service = begin(&officer, "/staff/records/service/new").await?;
    let choices = officer.get(&form_of_a_service).await?.text;
    assert!(choices.contains("winter-coats"), "a service can be filed under it");
    assert!(
        officer
            .get("/staff/terms?taxonomy=category")
            .await?
            .text
            .contains("– Χειμωνιάτικα παλτά")
    );

    // What others point at it by stays; nothing stands below itself; nobody writes over what he did not read.
    let address = format!("/api/v1/terms/{id}");
    let record = officer.get(&address).await?.ok();
    let with = |field: &str, value: Value| {
        let mut record = record.clone();
        record[field] = value;
        record.as_object_mut().and_then(|record| record.remove("version"));
        record
    };
    for (field, value, path, code) in [
        ("code", json!("coats"), "/code", "term-stays"),
        ("taxonomy", json!("area"), "/taxonomy", "term-stays"),
        ("parent", json!("winter-coats"), "/parent", "stands-above-itself"),
        ("parent", json!("nothing-like-it"), "/parent", "unknown-term"),
        ("name", json!({ "en": "Coats" }), "/name/el", "greek-text-missing"),
    ] {
        let refused = officer.put(&address, &with(field, value)).await?;
        assert_eq!(wrong(&refused), (path.to_owned(), code.to_owned()));
    }
    let stale = send(&place, of(&[("/name/el", &name), ("/parent", "")])).await?;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED, "{}", stale.text);
    let changed = officer
        .put(&address, &with("name", json!({ "el": "Παλτά", "fr": "Manteaux" })))
        .await?
        .ok();
    let version = changed["version"].to_string();
    let pairs = vec![
        ("version", version),
        ("/name/el", urlencoded("Παλτά")),
        ("/name/en", "Coats".to_owned()),
    ];
    led(&send(&place, pairs).await?)?;
    let kept = officer.get(&address).await?.ok();
    assert_eq!(
        kept["name"],
        json!({ "el": "Παλτά", "en": "Coats", "fr": "Manteaux" }),
        "other languages stay"
    );
    assert!(kept.get("parent").is_none() && kept.get("aliases").is_none(), "{kept}");
    let page = officer.get(&place).await?.text;
    assert!(
        page.contains("Άλλες γραφές") && page.contains("Χειμωνιάτικα παλτά"),
        "its history: {page}"
    );

    // What something needs does not go; what nothing needs goes and keeps its history.
    let used = known
        .iter()
        .find(|term| term["code"] == json!(parent))
        .context("the parent")?;
    let refused = delete(
        &officer,
        &format!("/api/v1/terms/{}", used["id"].as_str().unwrap_or_default()),
    )
    .await?;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    let partner = house.staff("partner").await?;
    assert_eq!(partner.get("/staff/terms").await?.status, StatusCode::FORBIDDEN);
    assert_eq!(
        partner
            .put(&address, &with("code", json!("winter-coats")))
            .await?
            .status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        led(&send(&format!("{place}/withdraw"), Vec::new()).await?)?,
        "/staff/terms"
    );
    assert_eq!(officer.get(&address).await?.status, StatusCode::NOT_FOUND);
    assert!(
        categories(&house)
            .await?
            .iter()
            .all(|term| term["code"] != "winter-coats")
    );
    Ok(())
}

async fn a_municipality_has_taxonomies_of_its_own(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, CITY).await?;
    let officer = house.staff("coordinator").await?;
    let place = begin(&officer, "/staff/taxonomies/new").await?;
    let id = place.rsplit('/').next().context("an id")?.to_owned();
    let missing = form(&officer, &place, &[("version", "0"), ("/name/en", "Seasons")]).await?;
    assert_eq!(missing.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", missing.text);
    let name = urlencoded("Εποχές");
    let typed = [
        ("version", "0"),
        ("/name/el", name.as_str()),
        ("/name/en", "Seasons"),
        ("/uri", "https://example.org/seasons"),
        ("/version", "2022"),
    ];
    assert_eq!(led(&form(&officer, &place, &typed).await?)?, place);
    let hsds = house.visitor().get(&format!("/hsds/taxonomies/{id}")).await?.ok();
    assert_eq!(
        (&hsds["name"], &hsds["version"], &hsds["uri"]),
        (&json!("Εποχές"), &json!("2022"), &json!("https://example.org/seasons"))
    );
    let term = begin(&officer, &format!("/staff/terms/new?taxonomy={id}")).await?;
    let name = urlencoded("Χειμώνας");
    let typed = [
        ("version", "0"),
        ("taxonomy", id.as_str()),
        ("/name/el", name.as_str()),
        ("/code", "winter"),
    ];
    assert_eq!(led(&form(&officer, &term, &typed).await?)?, term);
    let page = officer.get(&format!("/staff/terms?taxonomy={id}")).await?.text;
    assert!(page.contains("Εποχές") && page.contains("Χειμώνας"), "{page}");
    let nobody = officer
        .get("/staff/terms/5b2f9d0e-0000-4000-8000-000000000000?taxonomy=nothing")
        .await?;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
    Ok(())
}

/// As a browser sends it.
fn urlencoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

osn_tests::stories!(
    an_officer_keeps_terms_on_their_pages,
    a_municipality_has_taxonomies_of_its_own,
);

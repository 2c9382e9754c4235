//! The municipality's own taxonomies and terms, kept on their pages: what changes is in the search, in HSDS and in the forms of
//! records at once, and nothing that is needed goes.
use anyhow::{Context as _, Result};
use axum::http::{Method, StatusCode};
use osn_tests::app::{Backend, TestApp};
use osn_tests::client::{Client, Reply};
use osn_tests::network::led;
use serde_json::{Value, json};

use super::service_pages::{Fields, send, shown, type_in};

const CITY: &str = "city/request-submit/digital-skills";
/// What the form of a new category carries.
const NEW: [(&str, &str); 2] = [("taxonomy", "category"), ("version", "0")];

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

/// A form of a term that is not complete keeps what was typed, and says what is missing beside its field.
async fn what_is_wrong_is_told(officer: &Client, place: &str, taken: &str) -> Result<()> {
    let blank = officer.get(&format!("{place}?taxonomy=category")).await?.text;
    assert!(
        blank.contains("name=\"/code\"") && blank.contains("food-parcels"),
        "{blank}"
    );
    for (name, code, said) in [
        ("", "winter-coats", "ελληνικό"),
        ("Παλτά", "", "Συμπληρώστε"),
        ("Παλτά", "Winter Coats", "παύλες"),
        ("Παλτά", taken, taken),
    ] {
        let pairs = [("/name/el", name), ("/name/en", "Winter coats"), ("/code", code)];
        let refused = officer.fill(place, &[&NEW, &pairs[..]].concat()).await?;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name} {code}");
        assert!(
            refused.text.contains(said) && refused.text.contains("Winter coats"),
            "{}",
            refused.text
        );
    }
    Ok(())
}

/// What others point at a term by stays; nothing stands below itself; nobody writes over what he did not read.
async fn what_others_point_at_stays(officer: &Client, place: &str, id: &str) -> Result<()> {
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
    let stale = officer
        .fill(place, &[&NEW, &[("/name/el", "Παλτά")][..]].concat())
        .await?;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED, "{}", stale.text);
    let changed = with("name", json!({ "el": "Παλτά", "fr": "Manteaux" }));
    let changed = officer.put(&address, &changed).await?.ok();
    let version = changed["version"].to_string();
    let typed = [
        ("version", version.as_str()),
        ("/name/el", "Παλτά"),
        ("/name/en", "Coats"),
    ];
    led(&officer.fill(place, &typed).await?)?;
    let kept = officer.get(&address).await?.ok();
    let names = json!({ "el": "Παλτά", "en": "Coats", "fr": "Manteaux" });
    assert_eq!(kept["name"], names, "other languages stay");
    assert!(
        kept.get("parent").is_none() && kept.get("aliases").is_none(),
        "what was emptied is gone: {kept}"
    );
    let page = officer.get(place).await?.text;
    assert!(page.contains("Χειμωνιάτικα παλτά"), "its history: {page}");
    Ok(())
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
    let place = begin(&officer, "/staff/terms/new?taxonomy=category").await?;
    what_is_wrong_is_told(&officer, &place, parent).await?;

    // Kept: it is a category for everybody, and a choice where services are written down.
    let pairs = [
        ("/name/el", "Χειμωνιάτικα παλτά"),
        ("/name/en", "Winter coats"),
        ("/code", "winter-coats"),
        ("/parent", parent),
        ("/aliases", "μπουφάν\nμπουφανάκια"),
    ];
    assert_eq!(led(&officer.fill(&place, &[&NEW, &pairs[..]].concat()).await?)?, place);
    let known = categories(&house).await?;
    let coats = known.iter().find(|term| term["code"] == "winter-coats");
    let coats = coats.context("kept")?;
    assert_eq!(coats["parent"], parent);
    assert_eq!(coats["aliases"], json!(["μπουφάν", "μπουφανάκια"]));
    assert_eq!(coats["name"]["el"], "Χειμωνιάτικα παλτά");
    let id = coats["id"].as_str().context("an id")?;
    let hsds = house.visitor().get(&format!("/hsds/taxonomy_terms/{id}")).await?.ok();
    assert_eq!(hsds["code"], "winter-coats", "{hsds}");
    let form_of_a_service = begin(&officer, "/staff/records/service/new").await?;
    let choices = officer.get(&form_of_a_service).await?.text;
    assert!(choices.contains("winter-coats"), "a service can be filed under it");
    let page = officer.get("/staff/terms?taxonomy=category").await?.text;
    assert!(page.contains("– Χειμωνιάτικα παλτά"), "below its parent: {page}");

    what_others_point_at_stays(&officer, &place, id).await?;

    let address = format!("/api/v1/terms/{id}");
    // What something needs does not go; what nothing needs goes and keeps its history.
    let used = known.iter().find(|term| term["code"] == parent).context("the parent")?;
    let used = used["id"].as_str().context("an id")?;
    let refused = delete(&officer, &format!("/api/v1/terms/{used}")).await?;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    let partner = house.staff("partner").await?;
    assert_eq!(partner.get("/staff/terms").await?.status, StatusCode::FORBIDDEN);
    let forbidden = partner.put(&address, coats).await?;
    assert_eq!(forbidden.status, StatusCode::FORBIDDEN);
    let gone = officer.fill(&format!("{place}/withdraw"), &[]).await?;
    assert_eq!(led(&gone)?, "/staff/terms");
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
    let missing = [("version", "0"), ("/name/en", "Seasons")];
    let missing = officer.fill(&place, &missing).await?;
    assert_eq!(missing.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", missing.text);
    let typed = [
        ("version", "0"),
        ("/name/el", "Εποχές"),
        ("/name/en", "Seasons"),
        ("/uri", "https://example.org/seasons"),
        ("/version", "2022"),
    ];
    assert_eq!(led(&officer.fill(&place, &typed).await?)?, place);
    let hsds = house.visitor().get(&format!("/hsds/taxonomies/{id}")).await?.ok();
    assert_eq!(hsds["name"], "Εποχές", "{hsds}");
    assert_eq!(hsds["version"], "2022", "{hsds}");
    assert_eq!(hsds["uri"], "https://example.org/seasons", "{hsds}");
    let term = begin(&officer, &format!("/staff/terms/new?taxonomy={id}")).await?;
    let typed = [
        ("version", "0"),
        ("taxonomy", id.as_str()),
        ("/name/el", "Χειμώνας"),
        ("/code", "winter"),
    ];
    assert_eq!(led(&officer.fill(&term, &typed).await?)?, term);
    let page = officer.get(&format!("/staff/terms?taxonomy={id}")).await?.text;
    assert!(page.contains("Εποχές") && page.contains("Χειμώνας"), "{page}");
    it_speaks_arabic(&house, &officer, &term).await?;
    a_need_speaks_of_it(&officer).await?;
    let winter = term.rsplit('/').next().context("an id")?;
    a_record_hangs_on_it(&house, &officer, &id, winter).await?;
    let nowhere = "/staff/terms/5b2f9d0e-0000-4000-8000-000000000000?taxonomy=nothing";
    assert_eq!(officer.get(nowhere).await?.status, StatusCode::NOT_FOUND);
    Ok(())
}

/// A gap may name a category that has no service at all: as long as it is written down, the category has its name.
async fn a_need_speaks_of_it(officer: &Client) -> Result<()> {
    let term = begin(officer, "/staff/terms/new?taxonomy=category").await?;
    let typed = [("/name/el", "Χειμωνιάτικα παλτά"), ("/code", "winter-coats")];
    led(&officer.fill(&term, &[&NEW, &typed[..]].concat()).await?)?;
    let mut gap = osn_tests::network::gap();
    gap["category"] = json!("winter-coats");
    officer.post("/api/v1/gaps", &gap).await?.ok();
    let refused = officer.fill(&format!("{term}/withdraw"), &[]).await?;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    assert!(
        refused.text.contains("Αιτήματα και κενά που τον αναφέρουν: 1."),
        "{}",
        refused.text
    );
    Ok(())
}

/// A term is named in one language more; a form that does not ask for it leaves it alone.
async fn it_speaks_arabic(house: &TestApp, officer: &Client, term: &str) -> Result<()> {
    let page = officer.get(term).await?.text;
    assert!(
        page.contains(&format!("{term}?lang=ar")) && !page.contains("name=\"/name/ar\""),
        "{page}"
    );
    let page = officer.get(&format!("{term}?lang=ar")).await?.text;
    assert!(
        page.contains("name=\"/name/ar\"") && page.contains("dir=\"auto\""),
        "{page}"
    );
    let id = term.rsplit('/').next().context("an id")?;
    let version_of = async || -> Result<String> {
        let kept = officer.get(&format!("/api/v1/terms/{id}")).await?.ok();
        Ok(kept["version"].to_string())
    };
    let version = version_of().await?;
    let typed = [
        ("version", version.as_str()),
        ("lang", "ar"),
        ("/name/el", "Χειμώνας"),
        ("/name/ar", "شتاء"),
    ];
    assert_eq!(led(&officer.fill(term, &typed).await?)?, term);
    let hsds = house
        .visitor()
        .get(&format!("/hsds/taxonomy_terms/{id}?lang=ar"))
        .await?
        .ok();
    assert_eq!(hsds["name"], "شتاء", "{hsds}");
    let version = version_of().await?;
    let typed = [
        ("version", version.as_str()),
        ("/name/el", "Χειμώνας"),
        ("/name/ar", "شتاء"),
        ("/language", "el"),
    ];
    assert_eq!(led(&officer.fill(term, &typed).await?)?, term);
    let kept = officer.get(&format!("/api/v1/terms/{id}")).await?.ok();
    assert_eq!(
        (&kept["name"]["ar"], &kept["language"]),
        (&serde_json::json!("شتاء"), &serde_json::json!("el")),
        "{kept}"
    );
    Ok(())
}

/// A body is put under a term by its form, and taken away from it again; the rest of its record stays.
async fn a_record_hangs_on_it(house: &TestApp, officer: &Client, taxonomy: &str, term: &str) -> Result<()> {
    let bodies = house.visitor().get("/api/v1/organizations").await?.ok();
    let body = bodies["items"][0]["id"].as_str().context("a body")?;
    let record = format!("/api/v1/records/organization/{body}");
    let edit = format!("/staff/records/organization/{body}/edit");
    let before = officer.get(&record).await?.ok();
    let question = format!("/terms/{taxonomy}");
    for chosen in [true, false] {
        let page = officer.get(&edit).await?.text;
        assert!(page.contains(&question), "{page}");
        let mut fields: Fields = shown(&page, &edit)?;
        let ticked = fields.iter().any(|(name, value)| *name == question && value == term);
        assert_eq!(ticked, !chosen, "what hangs on it is ticked");
        fields.retain(|(name, _)| *name != question);
        if chosen {
            type_in(&mut fields, &question, term);
        }
        led(&send(officer, &edit, &fields).await?)?;
        let after = officer.get(&record).await?.ok();
        let hung = after["attributes"].as_array().into_iter().flatten();
        let hung = hung.filter(|one| one["taxonomy_term_id"] == term).count();
        assert_eq!(hung, usize::from(chosen), "{after}");
        assert_eq!(after["name"], before["name"]);
        assert_eq!(after["description"], before["description"]);
        if chosen {
            let refused = delete(officer, &format!("/api/v1/terms/{term}")).await?;
            assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
            let hsds = house.visitor().get(&format!("/hsds/organizations/{body}")).await?.ok();
            assert!(hsds["attributes"].to_string().contains(term), "{hsds}");
        }
    }
    Ok(())
}

osn_tests::stories!(
    an_officer_keeps_terms_on_their_pages,
    a_municipality_has_taxonomies_of_its_own,
);

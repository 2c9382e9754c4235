//! The HSDS API as a careful client meets it: every page and detail of the demonstration's city.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test")]

mod example;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use osn_core::directory::{
    DirectoryRecord, Location, LocationType, Service, ServiceAtLocation, ServiceStatus, TermCode,
};
use osn_core::id::{LocationId, OrganizationId, ServiceId};
use osn_core::lang::LocalText;
use osn_server::http;
use osn_store::{Actor, Place, Scope};
use serde_json::Value;
use tower::ServiceExt as _;
use uuid::Uuid;

/// An address that must not be known.
const SECRET: &str = "Μυστική 99";

struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }
}

struct House {
    router: Router,
    scope: Scope,
    _dir: tempfile::TempDir,
}

impl House {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let place = Place::Sqlite {
            dir: dir.path().to_owned(),
        };
        let app = example::open(place, dir.path()).await;
        let scope = app.scope(app.hosted().await.remove(0).municipality.id);
        let house = Self {
            router: http::router(app),
            scope,
            _dir: dir,
        };
        house.keep("2022-05-20T09:00:00Z", &city()).await;
        house
    }

    async fn keep(&self, at: &str, records: &[DirectoryRecord]) {
        let mut tx = self
            .scope
            .begin(Actor::nobody("directory.put"), at.parse().unwrap())
            .await
            .unwrap();
        for record in records {
            tx.put_directory_record(record, None).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "example.test");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        Reply {
            status,
            headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    async fn get(&self, path: &str) -> Value {
        let reply = self.ask(Method::GET, path, &[], "").await;
        assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.text);
        assert_eq!(reply.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*", "{path}");
        reply.json()
    }

    /// Every item of a list, page by page, with the truth of each envelope.
    async fn all(&self, list: &str, per_page: usize) -> Vec<Value> {
        let join = if list.contains('?') { '&' } else { '?' };
        let mut items = Vec::new();
        for number in 1.. {
            let page = self
                .get(&format!("/hsds/{list}{join}per_page={per_page}&page={number}"))
                .await;
            let contents = page["contents"].as_array().unwrap().clone();
            assert_eq!(page["page_number"], number);
            assert_eq!(page["size"], contents.len());
            assert_eq!(page["empty"], contents.is_empty());
            assert_eq!(page["first_page"], number == 1);
            items.extend(contents);
            let total = usize::try_from(page["total_items"].as_u64().unwrap()).unwrap();
            assert_eq!(page["total_pages"], total.div_ceil(per_page).max(1));
            assert_eq!(page["last_page"], items.len() == total, "{list} {number}");
            if page["last_page"] == true {
                return items;
            }
        }
        items
    }
}

/// The demonstration's city.
fn city() -> Vec<DirectoryRecord> {
    osn_server::demo::directory_of("athens").unwrap()
}

const LISTS: [&str; 5] = [
    "services",
    "organizations",
    "service_at_locations",
    "taxonomies",
    "taxonomy_terms",
];

fn ids(items: &[Value]) -> Vec<String> {
    items
        .iter()
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn both_bases_answer_and_what_is_not_there_is_json() {
    let house = House::new().await;
    for base in ["/hsds", "/hsds/"] {
        let answer = house.get(base).await;
        assert_eq!(answer["version"], "3.2.3");
        let profile = answer["profile"].as_str().unwrap();
        let (_, path) = profile.split_once("example.test").unwrap();
        house.get(path).await;
    }
    let nil = Uuid::nil();
    for (path, status) in [
        ("/hsds/locations".to_owned(), StatusCode::NOT_FOUND),
        (format!("/hsds/services/{nil}"), StatusCode::NOT_FOUND),
        ("/hsds/services/17".to_owned(), StatusCode::NOT_FOUND),
        (format!("/hsds/taxonomies/{nil}"), StatusCode::NOT_FOUND),
        (format!("/hsds/taxonomy_terms/{nil}"), StatusCode::NOT_FOUND),
        (format!("/hsds/service_at_locations/{nil}"), StatusCode::NOT_FOUND),
        (format!("/hsds/organizations/{nil}"), StatusCode::NOT_FOUND),
        ("/hsds/services?page=0".to_owned(), StatusCode::BAD_REQUEST),
        ("/hsds/services?per_page=x".to_owned(), StatusCode::BAD_REQUEST),
        ("/hsds/services?taxonomy_term_id=x".to_owned(), StatusCode::BAD_REQUEST),
        ("/hsds/services?modified_after=x".to_owned(), StatusCode::BAD_REQUEST),
        ("/hsds/services?full=maybe".to_owned(), StatusCode::BAD_REQUEST),
        ("/hsds/services?format=xml".to_owned(), StatusCode::BAD_REQUEST),
        ("/hsds/services?proximity=100".to_owned(), StatusCode::BAD_REQUEST),
        ("/hsds/services?lang=%CE%B5%CE%BB".to_owned(), StatusCode::BAD_REQUEST),
        ("/hsds/services?search=%FF".to_owned(), StatusCode::OK),
    ] {
        let reply = house.ask(Method::GET, &path, &[("accept", "text/html")], "").await;
        assert_eq!(reply.status, status, "{path}: {}", reply.text);
        let media = reply.headers[header::CONTENT_TYPE].to_str().unwrap();
        assert!(media.contains("json"), "{path}: {media}");
        assert_eq!(reply.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*", "{path}");
        reply.json();
    }
    let preflight = house
        .ask(Method::OPTIONS, "/hsds/services", &[("origin", "https://a.test")], "")
        .await;
    assert_eq!(preflight.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn pages_lines_and_details_agree() {
    let house = House::new().await;
    for list in LISTS {
        let items = house.all(list, 7).await;
        assert!(!items.is_empty(), "{list}");
        let unique: BTreeSet<String> = ids(&items).into_iter().collect();
        assert_eq!(unique.len(), items.len(), "{list}: each once");
        let lines = house
            .ask(Method::GET, &format!("/hsds/{list}?format=ndjson"), &[], "")
            .await;
        assert_eq!(lines.headers[header::CONTENT_TYPE], "application/x-ndjson");
        let lines: Vec<Value> = lines
            .text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(lines, items, "{list}");
        let posted = [("content-type", "application/json")];
        let posted = house
            .ask(Method::POST, &format!("/hsds/{list}"), &posted, r#"{"per_page": 7}"#)
            .await;
        assert_eq!(
            posted.json()["contents"].as_array().unwrap()[..],
            items[..items.len().min(7)]
        );
        for item in &items {
            let detail = house
                .get(&format!("/hsds/{list}/{}", item["id"].as_str().unwrap()))
                .await;
            assert_eq!(detail["id"], item["id"]);
            assert_eq!(detail.get("name"), item.get("name"));
        }
        let beyond = house.get(&format!("/hsds/{list}?page=9999")).await;
        assert_eq!(
            (beyond["empty"].clone(), beyond["size"].clone()),
            (true.into(), 0.into())
        );
        assert_eq!(beyond["total_items"], items.len());
    }
}

#[tokio::test]
async fn what_is_pointed_at_is_there() {
    let house = House::new().await;
    let mut known: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for list in LISTS {
        known.insert(list, ids(&house.all(list, 100).await).into_iter().collect());
    }
    let has = |list: &str, id: &Value| known[list].contains(id.as_str().unwrap_or_default());
    for service in house.all("services?full=true", 100).await {
        assert!(
            has("organizations", &service["organization"]["id"]),
            "{}",
            service["id"]
        );
        for link in service["service_at_locations"].as_array().into_iter().flatten() {
            assert!(has("service_at_locations", &link["id"]));
            assert!(link["location"]["id"].is_string());
        }
        for attribute in service["attributes"].as_array().into_iter().flatten() {
            let term = &attribute["taxonomy_term"];
            assert!(term.is_null() || has("taxonomy_terms", &term["id"]));
            assert!(term.is_null() || has("taxonomies", &term["taxonomy_id"]));
        }
    }
    for term in house.all("taxonomy_terms", 100).await {
        assert!(term.get("parent_id").is_none_or(|parent| has("taxonomy_terms", parent)));
    }
    for body in house.all("organizations", 100).await {
        assert!(
            body.get("parent_organization_id")
                .is_none_or(|parent| has("organizations", parent))
        );
    }
}

/// A service for whom a filter looks, and one for whom none does.
async fn one_of_each(house: &House) -> [String; 2] {
    let full = house.all("services?full=true", 100).await;
    let bodies: BTreeSet<&str> = full
        .iter()
        .filter_map(|one| one["organization"]["id"].as_str())
        .collect();
    let categories = ["food.meals", "education.school-support"];
    let service = |number: u128, name: &str, at: usize| {
        let body: Uuid = bodies.iter().nth(at).unwrap().parse().unwrap();
        let code = |code: &str| vec![TermCode::new(code)];
        let is_wanted = at == 0;
        Service {
            description: LocalText::new(name, name),
            categories: code(categories[at]),
            groups: Some(code(if is_wanted { "homeless" } else { "children" })),
            areas: Some(code(if is_wanted { "athens.6" } else { "athens.1" })),
            languages: Some(vec![if is_wanted { "en" } else { "fa" }.into()]),
            minimum_age: Some(if is_wanted { 20 } else { 60 }),
            maximum_age: Some(if is_wanted { 40 } else { 70 }),
            ..Service::new(
                ServiceId::new(Uuid::from_u128(number)),
                OrganizationId::new(body),
                LocalText::new(name, name),
                ServiceStatus::Active,
            )
        }
    };
    // The one is open day and night, the other closed for good; they are three kilometres apart.
    let place = |number: u128, code: &str, latitude: &str, longitude: &str| -> Location {
        let of = Uuid::from_u128(number);
        serde_json::from_value(serde_json::json!({
            "id": of, "location_type": "physical", "latitude": latitude, "longitude": longitude,
            "addresses": [{ "id": of, "address_1": "Οδός Δοκιμής 1", "postal_code": code }] }))
        .unwrap()
    };
    let hours = |number: u128, until: &str| {
        let hours = serde_json::json!([{
            "id": Uuid::from_u128(number), "freq": "WEEKLY", "byday": "MO,TU,WE,TH,FR,SA,SU", "public_holidays": true,
            "opens_at": "00:00:00", "closes_at": "23:59:59", "valid_from": "2020-01-01", "valid_to": until,
        }]);
        serde_json::from_value(hours).unwrap()
    };
    let mut both = [service(0xa1, "Σίτιση της δοκιμής", 0), service(0xa2, "Κουρείο", 1)];
    let places = [
        place(0xb1, "99991", "37.98000", "23.73000"),
        place(0xb2, "99992", "38.00000", "23.75500"),
    ];
    for ((service, place), until) in both.iter_mut().zip(&places).zip(["2099-12-31", "2020-12-31"]) {
        service.schedules = hours(place.id.uuid().as_u128(), until);
        service.service_at_locations = vec![ServiceAtLocation::linking(service.id, place.id)];
    }
    let places = places.map(DirectoryRecord::Location);
    let records = [places, both.clone().map(DirectoryRecord::Service)].concat();
    house.keep("2022-05-20T09:00:00Z", &records).await;
    both.map(|service| service.id.to_string())
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "every filter, alone and with every other")]
async fn filters_narrow_each_other() {
    let house = House::new().await;
    let [wanted, other] = one_of_each(&house).await;
    let all: BTreeSet<String> = ids(&house.all("services", 100).await).into_iter().collect();
    let full = house.all("services?full=true", 100).await;
    let found = full.iter().find(|service| service["id"] == wanted.as_str()).unwrap();
    let mut terms = found["attributes"].as_array().unwrap().iter();
    let term = terms
        .find(|one| one["taxonomy_term"]["code"] == "food.meals")
        .and_then(|one| one["taxonomy_term"]["id"].as_str())
        .unwrap();
    let body = found["organization"]["id"].as_str().unwrap();
    let filters = [
        format!("taxonomy_term_id={term}"),
        format!("organization_id={body}"),
        "beneficiary_group=homeless".to_owned(),
        "age=30".to_owned(),
        "area=athens.6".to_owned(),
        "search=%CF%83%CE%B9%CF%84%CE%B9%CF%83%CE%B7".to_owned(),
        "modified_after=2022-05-01".to_owned(),
        "language=en".to_owned(),
        "open_now=true".to_owned(),
    ];
    let mut narrowed = BTreeMap::new();
    for filter in &filters {
        let some: BTreeSet<String> = ids(&house.all(&format!("services?{filter}"), 100).await)
            .into_iter()
            .collect();
        assert!(some.is_subset(&all), "{filter}");
        let says = [&wanted, &other].map(|id| some.contains(id));
        match filter.as_str() {
            "modified_after=2022-05-01" => assert_eq!(says, [true, true], "{filter}"),
            _ => assert_eq!(says, [true, false], "{filter}: {some:?}"),
        }
        narrowed.insert(filter, some);
    }
    let near = [
        ("postcode=99991", [true, false]),
        ("postcode=99992", [false, true]),
        ("postcode=99991&proximity=3000", [true, false]),
        ("postcode=99991&proximity=4000", [true, true]),
    ];
    for (filter, wanted_too) in near {
        let some = ids(&house.all(&format!("services?{filter}"), 100).await);
        assert_eq!([&wanted, &other].map(|id| some.contains(id)), wanted_too, "{filter}");
    }
    assert!(!narrowed[&filters[0]].is_empty() && narrowed[&filters[0]].len() < all.len());
    for (one, with) in &narrowed {
        for (other, also) in &narrowed {
            let both: BTreeSet<String> = ids(&house.all(&format!("services?{one}&{other}"), 100).await)
                .into_iter()
                .collect();
            assert_eq!(both, with & also, "{one} and {other}");
        }
    }
    let none = house.all("services?modified_after=2022-05-20T09:00:00.001Z", 100).await;
    assert!(none.is_empty(), "nothing changed after that");
    let since = house.all("services?modified_after=2022-05-20T09:00:00Z", 100).await;
    assert_eq!(since.len(), all.len(), "on or after");
    let minimal = house.all("services?minimal=true", 100).await;
    let fields = |services: &[Value]| -> BTreeSet<String> {
        let all = services
            .iter()
            .filter_map(Value::as_object)
            .flat_map(|one| one.keys().cloned());
        all.collect()
    };
    let (few, many) = (fields(&minimal), fields(&full));
    assert!(
        few.is_subset(&many) && few.len() * 3 < many.len(),
        "{few:?} of {many:?}"
    );
    let roots = house.all("taxonomy_terms?top_only=true", 100).await;
    assert!(!roots.is_empty() && roots.iter().all(|term| term.get("parent_id").is_none()));
    let parent = roots[0]["id"].as_str().unwrap();
    for child in house.all(&format!("taxonomy_terms?parent_id={parent}"), 100).await {
        assert_eq!(child["parent_id"], parent);
    }
}

#[tokio::test]
async fn a_reader_gets_their_language_and_the_past() {
    let house = House::new().await;
    let el = house.get("/hsds/services?per_page=1").await["contents"][0].clone();
    let path = format!("/hsds/services/{}", el["id"].as_str().unwrap());
    let en = house.get(&format!("{path}?lang=en")).await;
    assert_ne!(en["name"], el["name"]);
    assert_eq!(en["translations"]["el"]["name"], el["name"]);
    assert_eq!(
        house.get(&format!("{path}?lang=ar")).await["name"],
        el["name"],
        "Greek where there is no Arabic"
    );
    // A newer version, then a removal.
    let named = |record: &DirectoryRecord| match record {
        DirectoryRecord::Service(service) if service.id.to_string() == el["id"] => Some(Service {
            name: LocalText::new("Νέο όνομα", "New name"),
            ..service.clone()
        }),
        _ => None,
    };
    let newer = city().iter().find_map(named).unwrap();
    let id = newer.id.uuid();
    house
        .keep("2022-05-25T09:00:00Z", &[DirectoryRecord::Service(newer)])
        .await;
    assert_eq!(house.get(&path).await["name"], "Νέο όνομα");
    assert_eq!(house.get(&path).await["last_modified"], "2022-05-25T09:00:00.000Z");
    assert_eq!(house.get(&format!("{path}?as_of=2022-05-24")).await["name"], el["name"]);
    assert_eq!(house.get("/hsds/services?as_of=2022-05-01").await["total_items"], 0);
    assert_eq!(house.all("services?modified_after=2022-05-21", 100).await.len(), 1);
    let at = "2022-05-26T09:00:00Z".parse().unwrap();
    let mut tx = house.scope.begin(Actor::nobody("directory.retire"), at).await.unwrap();
    assert!(tx.retire_directory_record("service", id).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(
        house.ask(Method::GET, &path, &[], "").await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        house.get(&format!("{path}?as_of=2022-05-25")).await["name"],
        "Νέο όνομα"
    );
    let gone = house.all("removed?modified_after=2022-05-26", 10).await;
    let is_gone = |one: &Value| one["resource_type"] == "service" && one["id"] == id.to_string();
    assert!(gone.iter().any(is_gone), "{gone:?}");
    assert!(house.all("removed?modified_after=2022-05-27", 10).await.is_empty());
}

#[tokio::test]
async fn what_a_client_has_is_not_sent_again() {
    let house = House::new().await;
    let first = house.ask(Method::GET, "/hsds/services", &[], "").await;
    let tag = first.headers[header::ETAG].to_str().unwrap();
    assert!(first.headers.contains_key(header::LAST_MODIFIED));
    let again = house
        .ask(Method::GET, "/hsds/services", &[("if-none-match", tag)], "")
        .await;
    assert_eq!((again.status, again.text.as_str()), (StatusCode::NOT_MODIFIED, ""));
    let other = house
        .ask(Method::GET, "/hsds/services?lang=en", &[("if-none-match", tag)], "")
        .await;
    assert_eq!(other.status, StatusCode::OK);
}

#[tokio::test]
async fn a_protected_place_is_nowhere() {
    let house = House::new().await;
    let records = city();
    let service = records.iter().find_map(|record| match record {
        DirectoryRecord::Service(service) => Some(service.clone()),
        _ => None,
    });
    let mut service = service.unwrap();
    // A record that somebody wrote past the checks: the address is in the database's hands, and on no surface.
    let mut shelter = Location::new(LocationId::new(Uuid::from_u128(9)), LocationType::Physical);
    shelter.organization_id = Some(service.organization_id);
    shelter.name = LocalText::new("Ξενώνας", "Shelter");
    let mut place: Value = serde_json::to_value(&shelter).unwrap();
    place["protected"] = true.into();
    place["addresses"] = serde_json::json!([{ "id": Uuid::nil(), "address_1": SECRET, "postal_code": "99999" }]);
    place["address_note"] = serde_json::json!({ "el": SECRET });
    place["latitude"] = "37.99991".into();
    place["longitude"] = "23.79991".into();
    let shelter: Location = serde_json::from_value(place).unwrap();
    assert!(shelter.is_exposed());
    service
        .service_at_locations
        .push(ServiceAtLocation::linking(service.id, shelter.id));
    let (id, link) = (service.id, service.service_at_locations.last().unwrap().id);
    let records = [DirectoryRecord::Location(shelter), DirectoryRecord::Service(service)];
    house.keep("2022-05-25T09:00:00Z", &records).await;
    for path in [
        format!("/hsds/services/{id}"),
        format!("/hsds/service_at_locations/{link}"),
        "/hsds/services?full=true&per_page=1000".to_owned(),
        "/hsds/organizations?full=true&full_service=true&per_page=1000".to_owned(),
        "/hsds/service_at_locations?full=true&format=ndjson".to_owned(),
        format!("/api/v1/services/{id}"),
        format!("/api/v1/records/location/{}", Uuid::from_u128(9)),
        format!("/services/{id}"),
        format!("/en/services/{id}"),
    ] {
        let reply = house.ask(Method::GET, &path, &[], "").await;
        assert_eq!(reply.status, StatusCode::OK, "{path}");
        assert!(reply.text.contains("Ξενώνας") || path.starts_with("/en"), "{path}");
        for secret in [SECRET, "37.99991", "23.79991", "99999"] {
            assert!(!reply.text.contains(secret), "{path} gives {secret}");
        }
    }
    let near = house.all("service_at_locations?postcode=99999", 10).await;
    assert!(near.is_empty(), "nor can it be found by its postal code");
}

#[tokio::test]
async fn a_page_of_another_origin_may_search_and_nothing_else() {
    let house = House::new().await;
    let foreign = [
        ("origin", "https://elsewhere.example"),
        ("sec-fetch-site", "cross-site"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let found = house
        .ask(Method::POST, "/hsds/services", &foreign, "search=sitisi")
        .await;
    assert_eq!(found.status, StatusCode::OK, "{}", found.text);
    assert_eq!(
        found.json()["contents"],
        house.get("/hsds/services?search=sitisi").await["contents"]
    );
    let refused = house
        .ask(Method::POST, "/staff/login", &foreign, "login=a&password=b")
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
}

/// The official schemas, where `OSN_HSDS_DIR` names a copy.
fn schemas() -> Option<PathBuf> {
    let dir = std::env::var_os("OSN_HSDS_DIR").map(PathBuf::from);
    if dir.is_none() {
        eprintln!("NOT RUN: OSN_HSDS_DIR names no copy of the official HSDS schemas");
    }
    dir.map(|dir| dir.join("schema"))
}

fn validator(dir: &Path, name: &str) -> jsonschema::Validator {
    let read = |path: &Path| -> Value { serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap() };
    let mut registry = jsonschema::Registry::new();
    for entry in std::fs::read_dir(dir).unwrap().map(Result::unwrap) {
        let file = entry.file_name().into_string().unwrap();
        if std::path::Path::new(&file).extension().is_some_and(|end| end == "json") && file != "openapi.json" {
            registry = registry
                .add(format!("https://hsds.test/{file}"), read(&entry.path()))
                .unwrap();
        }
    }
    let registry = registry.prepare().unwrap();
    let schema = serde_json::json!({ "$ref": format!("https://hsds.test/{name}.json") });
    let options = jsonschema::options()
        .should_validate_formats(true)
        .with_registry(&registry);
    options.build(&schema).unwrap()
}

#[tokio::test]
async fn the_official_schemas_accept_every_answer() {
    let Some(dir) = schemas() else { return };
    let house = House::new().await;
    for (list, schema) in [
        ("services", "service"),
        ("organizations", "organization"),
        ("service_at_locations", "service_at_location"),
        ("taxonomies", "taxonomy"),
        ("taxonomy_terms", "taxonomy_term"),
    ] {
        let validator = validator(&dir, schema);
        let check = |what: &str, value: &Value| {
            let errors: Vec<String> = validator
                .iter_errors(value)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{what}: {errors:#?}");
        };
        for query in ["", "full=true", "minimal=true", "lang=en&full=true"] {
            for item in house.all(&format!("{list}?{query}"), 50).await {
                check(query, &item);
            }
        }
        for id in ids(&house.all(list, 100).await) {
            for query in ["", "?full_service=true&lang=en"] {
                let path = format!("/hsds/{list}/{id}{query}");
                check(&path, &house.get(&path).await);
            }
        }
    }
}

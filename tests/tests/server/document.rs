//! The OpenAPI document against what the server really answers: every reading row of the API, on a year that was played.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use axum::http::{Method, StatusCode};
use osn_server::auth::Role;
use osn_server::http::{Limits, limited_router};
use osn_server::route::{Access, Body, Route, table};
use osn_tests::app::{Backend, HOST, TestApp};
use osn_tests::client::Client;
use serde_json::{Value, json};

/// Rows whose subject this story does not have, each with its reason.
const LEFT_OUT: &[(&str, &str)] = &[
    (
        "/api/v1/jobs/{id}",
        "the story keeps no job's id; the year's own player reads it",
    ),
    ("/api/v1/openapi.json", "it is the document"),
    (
        "/api/v1/recalls/{id}",
        "the year calls no lot back; `actions::handed` reads it, and the list of recalls is read here",
    ),
    ("/api/v1/expenses/{id}", AFTER),
    ("/api/v1/expenses/{id}/judgements", AFTER),
    ("/api/v1/expenses/{id}/trace", AFTER),
    ("/api/v1/claims/{id}", AFTER),
    ("/api/v1/claims/{id}/manifest", AFTER),
    ("/api/v1/claims/{id}/sample", AFTER),
    ("/api/v1/irregularities/{id}", AFTER),
    ("/api/v1/systemic-irregularities/{id}", AFTER),
    (
        "/api/v1/operations/{id}/deliverables/{code}/opinions",
        "the city's operation names no deliverables; `money::further` reads them",
    ),
];
/// Why rows about money have no answer here: the tests of `money` read them.
const AFTER: &str = "the year spends nothing before the step at which this story stands";

struct Read {
    house: TestApp,
    clients: BTreeMap<&'static str, Client>,
    document: Value,
}

impl Read {
    async fn new() -> Result<Self> {
        let house = TestApp::begun(Backend::Sqlite, "food-parcel-2022/deliver/home-food-1").await?;
        let mut clients = BTreeMap::new();
        for role in Role::ALL {
            clients.insert(role.name(), house.staff(role.name()).await?);
        }
        let document = house.visitor().get("/api/v1/openapi.json").await?.ok();
        let read = Self {
            house,
            clients,
            document,
        };
        read.begin_upkeep().await?;
        osn_tests::network::one_of_each(&read.house).await?;
        Ok(read)
    }

    /// The year suggests nothing and subscribes to nothing.
    async fn begin_upkeep(&self) -> Result<()> {
        let service = self.first("/api/v1/services", "/id").await?;
        let record = format!("/api/v1/records/service/{service}");
        let said = json!({ "about": "closed", "words": "Βρήκα κλειστά", "contact": "6900000002" });
        let visitor = self.house.visitor();
        visitor.post(&format!("{record}/suggestions"), &said).await?.ok();
        let figures = json!({ "period": { "from": "2022-01-01", "to": "2022-01-31" }, "served": 3, "waiting": 12 });
        let confirmed = json!({ "figures": figures, "note": "τηλεφωνικά" });
        let coordinator = &self.clients["coordinator"];
        coordinator
            .post(&format!("{record}/confirmations"), &confirmed)
            .await?
            .ok();
        let body = self.first("/api/v1/organizations", "/id").await?;
        let subscription = json!({ "organization_id": body });
        coordinator.post("/api/v1/subscriptions", &subscription).await?.ok();
        let file = "Φορέας;Υπηρεσία;Περιγραφή;Κατηγορία\nΔήμος;Α;β;Φεγγάρι\n";
        let media = Some("application/octet-stream");
        let import = "/api/v1/imports?file=broken.csv";
        let sent = coordinator
            .send(Method::POST, import, media, file.as_bytes().to_vec(), &[])
            .await?;
        assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.text);
        Ok(())
    }

    /// Somebody who may.
    fn reader(&self, access: Access) -> Client {
        let role = |right: osn_server::auth::Right| Role::ALL.into_iter().find(|role| right.is_held_by(&[*role]));
        match access {
            Access::Public => self.house.visitor(),
            Access::Right(right) => {
                role(right).map_or_else(|| self.house.visitor(), |role| self.clients[role.name()].clone())
            }
        }
    }

    /// The first of a list.
    async fn first(&self, path: &str, pointer: &str) -> Result<String> {
        let list = self.clients["coordinator"].get(path).await?.ok();
        let found = list["items"][0].pointer(pointer).and_then(Value::as_str);
        Ok(found
            .with_context(|| format!("{path} has nothing at {pointer}"))?
            .to_owned())
    }

    /// What stands in the gap of a path.
    async fn gap(&self, path: &str) -> Result<String> {
        let call = self.house.id("call/home-food-2022")?;
        let kind = path
            .trim_start_matches("/api/v1/")
            .split('/')
            .next()
            .unwrap_or_default();
        match kind {
            "requests" | "gaps" | "meetings" if path.ends_with("/size") => self.sized(kind).await,
            "actions" => self.house.id("action/home-food"),
            "calls" => Ok(call),
            "selections" => self.house.id("selection/home-food-2022"),
            "runs" => self.house.id("run/home-food-2022"),
            "requests" | "trace" => self.house.id("request/home-food-disability"),
            "decisions" => self.first(&format!("/api/v1/calls/{call}/decisions"), "/id").await,
            "applications" => self.first(&format!("/api/v1/calls/{call}/applications"), "/id").await,
            "deliveries" => {
                let action = self.house.id("action/home-food")?;
                self.first(&format!("/api/v1/actions/{action}/deliveries"), "/id").await
            }
            "certificates" => self.first("/api/v1/certificates", "/certificate/id").await,
            "taxonomies" => Ok("category".to_owned()),
            "terms" => self.first("/api/v1/taxonomies/category", "/id").await,
            "records" => self.first("/api/v1/services", "/id").await,
            "programs" => Ok("food-parcel".to_owned()),
            other => self.first(&format!("/api/v1/{other}"), "/id").await,
        }
    }

    /// A request or a report whose number comes from a described group, or the meeting that described one.
    async fn sized(&self, kind: &str) -> Result<String> {
        let list = self.clients["coordinator"]
            .get(&format!("/api/v1/{kind}?limit=200"))
            .await?
            .ok();
        let mut items = list["items"].as_array().context("a list")?.iter();
        let found = items.find(|item| item["from_profile"].is_object() || item["profiles"][0].is_object());
        let found = found.and_then(|item| item["id"].as_str());
        Ok(found.with_context(|| format!("no sized record in {kind}"))?.to_owned())
    }

    /// What is wrong with an answer, by the document's own words.
    fn wrong(&self, route: &Route, answer: &Value) -> Vec<String> {
        let operation = &self.document["paths"][route.path][route.method.as_str().to_lowercase()];
        let (status, _) = route.answer;
        let schema = &operation["responses"][status.to_string()]["content"]["application/json"]["schema"];
        assert!(!schema.is_null(), "{}: no shape in the document", route.name());
        let whole = json!({ "components": self.document["components"], "allOf": [schema] });
        let validator = jsonschema::validator_for(&whole).unwrap();
        let errors = validator.iter_errors(answer);
        errors
            .take(5)
            .map(|error| format!("{} at {}: {error:.300}", route.name(), error.instance_path()))
            .collect()
    }
}

fn answers_json(route: &Route) -> bool {
    route.path.starts_with("/api/v1/") && matches!(route.answer.1, Body::Json(_))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reading_answer_is_what_the_document_says() -> Result<()> {
    let read = Read::new().await?;
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for route in table() {
        let left_out = LEFT_OUT.iter().any(|(path, _)| *path == route.path);
        if route.method != Method::GET || !answers_json(&route) || left_out {
            continue;
        }
        let kind = if route.path.starts_with("/api/v1/trace/") {
            "request"
        } else {
            "service"
        };
        let path = route.path.replace("{kind}", kind).replace("{number}", "0");
        let path = match path.split_once('{') {
            None => path,
            Some((before, rest)) => {
                let after = rest.split_once('}').map_or("", |(_, after)| after);
                format!("{before}{}{after}", read.gap(&path).await?)
            }
        };
        let path = match route.path {
            // It is about certificates, and says so when none is named.
            "/api/v1/proposal-options" => {
                format!("{path}?certificates={}", read.gap("/api/v1/certificates/{id}").await?)
            }
            _ => path,
        };
        let reply = read.reader(route.access).get(&path).await?;
        if reply.status != StatusCode::OK {
            wrong.push(format!("{}: {} {}", route.name(), reply.status, reply.text));
            continue;
        }
        seen += 1;
        wrong.extend(read.wrong(&route, &reply.json()));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 25, "only {seen} rows were read");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn opened_data_are_what_the_document_says_and_a_false_answer_is_found() -> Result<()> {
    let read = Read::new().await?;
    let route = table()
        .into_iter()
        .find(|route| route.path == "/api/v1/applications/{id}/open")
        .unwrap();
    let path = format!(
        "/api/v1/applications/{}/open",
        read.gap("/api/v1/applications/{id}").await?
    );
    let reason = json!({ "reason": "Έλεγχος του εγγράφου της διεπαφής" });
    let mut answer = read.reader(route.access).post(&path, &reason).await?.ok();
    assert_eq!(read.wrong(&route, &answer), Vec::<String>::new());
    answer["applicant"]["nickname"] = "Λένα".into();
    assert_eq!(read.wrong(&route, &answer).len(), 1, "an undescribed field is found");
    Ok(())
}

/// The limit of an address, as the server that listens has it: 429 with the seconds to wait, for machines and for people.
#[tokio::test(flavor = "multi_thread")]
async fn too_many_searches_from_one_address_are_told_to_wait() -> Result<()> {
    let house = TestApp::begun(Backend::Sqlite, "food-parcel-2022/call-publish/home-food-2022").await?;
    let limits = Limits {
        requests_per_minute: 2,
        client_address_header: Some("x-forwarded-for".parse()?),
    };
    let client = Client::new(limited_router(house.played.app.clone(), &limits), HOST);
    let ask = async |path: &str, from: &str| {
        client
            .send(Method::GET, path, None, Vec::new(), &[("x-forwarded-for", from)])
            .await
    };
    for _ in 0..2 {
        assert_eq!(ask("/services?q=a", "192.0.2.1").await?.status, StatusCode::OK);
    }
    for (path, words) in [
        ("/services?q=a", "Πολλά αιτήματα"),
        ("/en/services?q=a", "Too many requests"),
        ("/api/v1/services?q=a&lang=en", "Too many requests"),
    ] {
        let refused = ask(path, "192.0.2.1").await?;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{path}");
        let seconds: u32 = refused.headers["retry-after"].to_str()?.parse()?;
        assert!((1..=61).contains(&seconds), "{seconds}");
        assert!(refused.text.contains(words), "{path}: {}", refused.text);
    }
    // Reading what is not searched for costs nothing, and another address is another matter.
    assert_eq!(ask("/calls", "192.0.2.1").await?.status, StatusCode::OK);
    assert_eq!(ask("/services?q=a", "192.0.2.2").await?.status, StatusCode::OK);
    Ok(())
}

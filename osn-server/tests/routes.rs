//! Every route against every role: whoever may not ask is told so, whoever may is never told "forbidden".
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod example;

use std::fmt::Write as _;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use osn_server::acts::Acting;
use osn_server::acts::accounts::{self, NewAccount};
use osn_server::auth::Role;
use osn_server::http;
use osn_server::route::{Access, Route, table};
use osn_store::Place;
use serde_json::Value;
use tower::ServiceExt as _;

const PASSWORD: &str = "a-long-password";

struct House {
    router: Router,
    _dir: tempfile::TempDir,
}

impl House {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let place = Place::Sqlite {
            dir: dir.path().to_owned(),
        };
        let app = example::open(place, dir.path()).await;
        let hosted = app.hosted().await.remove(0);
        let acting = Acting::machine(&app, &hosted);
        for role in Role::ALL {
            let organization = (role == Role::Partner).then(|| app.new_id(osn_core::id::OrganizationId::new));
            let new = NewAccount {
                login: role.name().into(),
                name: role.name().into(),
                roles: vec![role],
                organization,
                email: None,
            };
            accounts::add(&acting, new, PASSWORD.into()).await.unwrap();
        }
        Self {
            router: http::router(app),
            _dir: dir,
        }
    }

    async fn ask(&self, method: Method, path: &str, token: Option<&str>, body: Body) -> (StatusCode, Value) {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "example.test")
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    async fn token(&self, role: Role) -> String {
        let body = serde_json::json!({ "login": role.name(), "password": PASSWORD }).to_string();
        let (status, answer) = self.ask(Method::POST, "/api/v1/sessions", None, Body::from(body)).await;
        assert_eq!(status, StatusCode::CREATED, "{answer}");
        answer["token"].as_str().unwrap().to_owned()
    }
}

/// An address of the row: identifiers that exist nowhere.
fn address(route: &Route) -> String {
    let piece = |piece: &str| match piece {
        "{name}" => "no-such-program".to_owned(),
        "{taxonomy}" => "category".to_owned(),
        piece if piece.starts_with('{') => "00000000-0000-7000-8000-000000000000".to_owned(),
        piece => piece.to_owned(),
    };
    route.path.split('/').map(piece).collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn every_route_answers_every_role_by_its_right() {
    let house = House::new().await;
    let mut tokens: Vec<(String, Option<Role>, Option<String>)> = vec![("nobody".into(), None, None)];
    for role in Role::ALL {
        tokens.push((role.name().into(), Some(role), Some(house.token(role).await)));
    }
    let api = |route: &Route| route.path.starts_with("/api/v1/") && route.path != "/api/v1/sessions/current";
    for route in table().into_iter().filter(api) {
        for (name, role, token) in &tokens {
            let (status, answer) = house
                .ask(
                    route.method.clone(),
                    &address(&route),
                    token.as_deref(),
                    Body::from("{}"),
                )
                .await;
            let code = answer["code"].as_str().unwrap_or_default();
            let refused = code.starts_with("access.");
            let (wanted, why) = match (route.access, role) {
                (Access::Public, _) => (false, StatusCode::OK),
                (Access::Right(_), None) => (true, StatusCode::UNAUTHORIZED),
                (Access::Right(right), Some(role)) => (!right.is_held_by(&[*role]), StatusCode::FORBIDDEN),
            };
            // A partner's own matters are narrower than its right: an act may still say "another body's".
            assert!(
                refused == wanted || code == "access.other-body",
                "{} as {name}: {status} {answer}",
                route.name()
            );
            assert!(
                !wanted || status == why,
                "{} as {name}: {status} {answer}",
                route.name()
            );
            assert!(
                status != StatusCode::INTERNAL_SERVER_ERROR,
                "{} as {name}: {answer}",
                route.name()
            );
        }
    }
}

/// The table as a text: a changed right shows in review. Letters: Coordinator, Evaluator, Finance, Partner, Auditor, Host.
#[test]
fn the_rights_of_every_route() {
    let mut shown = String::new();
    for route in table().iter().filter(|route| route.path.starts_with("/api/v1/")) {
        let who: String = match route.access {
            Access::Public => "everybody".into(),
            Access::Right(right) => Role::ALL
                .iter()
                .map(|role| {
                    if right.roles().contains(role) {
                        role.name().chars().next().unwrap()
                    } else {
                        '-'
                    }
                })
                .collect(),
        };
        writeln!(shown, "{who} {}", route.name()).unwrap();
    }
    let held = include_str!("rights.txt");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/rights.txt"), &shown).unwrap();
        return;
    }
    assert!(
        shown == held,
        "tests/rights.txt is not the table any more; look at the difference, then run with UPDATE_EXPECT=1\n{shown}"
    );
}

#[tokio::test]
async fn the_document_lists_every_route_and_nothing_else() {
    let house = House::new().await;
    let (status, document) = house
        .ask(Method::GET, "/api/v1/openapi.json", None, Body::empty())
        .await;
    assert_eq!(status, StatusCode::OK);
    let mut listed: Vec<String> = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            assert!(
                operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()),
                "{method} {path}"
            );
            listed.push(format!("{} {path}", method.to_uppercase()));
        }
    }
    let mut wanted: Vec<String> = table()
        .iter()
        .filter(|route| !route.summary.is_empty())
        .map(Route::name)
        .collect();
    listed.sort();
    wanted.sort();
    assert_eq!(listed, wanted);
    // Every address of the API is described; only pages may be without a line.
    let silent: Vec<String> = table()
        .iter()
        .filter(|route| route.path.starts_with("/api/") && route.summary.is_empty())
        .map(Route::name)
        .collect();
    assert_eq!(silent, Vec::<String>::new());
    // Whatever is referred to is there.
    let text = document.to_string();
    for reference in text.split("\"#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(document["components"]["schemas"].get(name).is_some(), "{name}");
    }
    let ids: Vec<&str> = text
        .split("\"operationId\":\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    let different: std::collections::BTreeSet<&&str> = ids.iter().collect();
    assert_eq!(different.len(), ids.len());
}

#[tokio::test]
async fn refusals_speak_the_language_asked_for_and_hide_our_faults() {
    let house = House::new().await;
    for (path, lang, title) in [
        ("/api/v1/me", "el", "Συνδεθείτε για να συνεχίσετε"),
        ("/api/v1/me?lang=en", "el", "Sign in to go on"),
        ("/api/v1/nowhere", "en", "There is no such address"),
    ] {
        let request = Request::builder()
            .uri(path)
            .header(header::HOST, "example.test")
            .header(header::ACCEPT_LANGUAGE, lang);
        let response = house
            .router
            .clone()
            .oneshot(request.body(Body::empty()).unwrap())
            .await
            .unwrap();
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert!(
            response.headers()[header::CONTENT_SECURITY_POLICY]
                .to_str()
                .unwrap()
                .starts_with("default-src 'none'")
        );
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
        let body: Value = serde_json::from_slice(&response.into_body().collect().await.unwrap().to_bytes()).unwrap();
        assert_eq!(body["title"], title);
    }
    let (status, answer) = house
        .ask(Method::POST, "/api/v1/sessions", None, Body::from("{\"login\": "))
        .await;
    assert_eq!(
        (status, answer["code"].as_str()),
        (StatusCode::BAD_REQUEST, Some("request.malformed"))
    );
    let (status, answer) = house
        .ask(Method::POST, "/api/v1/sessions", None, Body::from("{\"login\": 7}"))
        .await;
    assert_eq!(
        (status, answer["errors"][0]["path"].as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, Some("/login"))
    );
    let (_, answer) = house
        .ask(
            Method::POST,
            "/api/v1/sessions",
            None,
            Body::from("{\"login\": \"a\", \"password\": \"b\", \"x\": 1}"),
        )
        .await;
    assert_eq!(
        (
            answer["errors"][0]["path"].as_str(),
            answer["errors"][0]["code"].as_str()
        ),
        (Some("/x"), Some("unknown-field"))
    );
    let (status, _) = house.ask(Method::DELETE, "/api/v1/services", None, Body::empty()).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn guessing_a_password_is_slowed_down_and_another_site_cannot_post() {
    let house = House::new().await;
    let guess = |password: &str| Body::from(serde_json::json!({ "login": "host", "password": password }).to_string());
    for _ in 0..5 {
        let (status, answer) = house
            .ask(Method::POST, "/api/v1/sessions", None, guess("wrong-password"))
            .await;
        assert_eq!(
            (status, answer["code"].as_str()),
            (StatusCode::UNAUTHORIZED, Some("session.wrong"))
        );
    }
    let (status, answer) = house.ask(Method::POST, "/api/v1/sessions", None, guess(PASSWORD)).await;
    assert_eq!(
        (status, answer["code"].as_str()),
        (StatusCode::TOO_MANY_REQUESTS, Some("session.wait"))
    );
    let foreign = Request::builder()
        .method(Method::POST)
        .uri("/api/v1/sessions")
        .header(header::HOST, "example.test")
        .header("sec-fetch-site", "cross-site");
    let response = house
        .router
        .clone()
        .oneshot(foreign.body(guess(PASSWORD)).unwrap())
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_key_answers_the_same_and_only_the_same_request() {
    let house = House::new().await;
    let token = house.token(Role::Coordinator).await;
    let operation = |name: &str| {
        serde_json::json!({
            "code": "op", "name": { "el": name }, "beneficiary": { "el": "Δήμος" },
            "programme": { "el": "Πρόγραμμα" }, "fund": "ESF", "regime": "1420", "work_packages": [], "sub_projects": [],
        })
    };
    let send = async |body: Value| {
        let request = Request::builder()
            .method(Method::POST)
            .uri("/api/v1/operations")
            .header(header::HOST, "example.test");
        let request = request
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::AUTHORIZATION, format!("Bearer {token}"));
        let request = request
            .header("idempotency-key", "the-same-key")
            .body(Body::from(body.to_string()))
            .unwrap();
        let response = house.router.clone().oneshot(request).await.unwrap();
        let replayed = response.headers().contains_key("idempotency-replayed");
        let status = response.status();
        let body: Value = serde_json::from_slice(&response.into_body().collect().await.unwrap().to_bytes()).unwrap();
        (status, replayed, body)
    };
    let (status, replayed, first) = send(operation("Πράξη")).await;
    assert_eq!((status, replayed), (StatusCode::CREATED, false), "{first}");
    let (status, replayed, again) = send(operation("Πράξη")).await;
    assert_eq!((status, replayed, &again), (StatusCode::CREATED, true, &first));
    let (status, _, other) = send(operation("Άλλη")).await;
    assert_eq!(
        (status, other["code"].as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, Some("idempotency.key-reused"))
    );
}

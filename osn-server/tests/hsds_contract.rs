//! A client that is made of the official OpenAPI file of HSDS: every operation with every parameter, each alone and with every
//! other, with values as the file describes them and with values that nobody should send. What comes back is what the file
//! describes, or a refusal in JSON; never a fault of the server.
#![expect(clippy::panic, clippy::unwrap_used, clippy::print_stderr, reason = "a test")]

mod example;

use std::collections::BTreeMap;
use std::path::PathBuf;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use osn_server::http;
use osn_store::{Actor, Place};
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// What a careless or hostile client sends, as it stands in an address.
const HOSTILE: [&str; 12] = [
    "",
    "x",
    "-1",
    "0",
    "99999999999999999999",
    "1e9",
    "true%00",
    "%FF%FE",
    "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "'%20or%201%3D1--",
    "..%2F..%2Fetc",
    "%CE%B1%CE%B1%E2%80%AE",
];

/// One operation of the file.
struct Operation {
    method: Method,
    path: String,
    parameters: Vec<(String, Value)>,
    answer: jsonschema::Validator,
    /// Of an item of its list.
    item: Option<jsonschema::Validator>,
}

struct Contract {
    file: Value,
    dir: PathBuf,
}

impl Contract {
    /// The official file, where `OSN_HSDS_DIR` names a copy.
    fn official() -> Option<Self> {
        let Some(dir) = std::env::var_os("OSN_HSDS_DIR").map(PathBuf::from) else {
            eprintln!("NOT RUN: OSN_HSDS_DIR names no copy of the official HSDS schemas");
            return None;
        };
        let dir = dir.join("schema");
        let file = serde_json::from_str(&std::fs::read_to_string(dir.join("openapi.json")).unwrap()).unwrap();
        Some(Self { file, dir })
    }

    /// A part of the file with its pointers followed: those into itself, and those to the schemas beside it.
    fn followed(&self, value: &Value) -> Value {
        match value {
            Value::Object(object) => match object.get("$ref").and_then(Value::as_str) {
                Some(inside) if inside.starts_with('#') => self.followed(self.file.pointer(&inside[1..]).unwrap()),
                Some(outside) => {
                    let name = outside.rsplit('/').next().unwrap().replace("_list.json", ".json");
                    json!({ "$ref": format!("https://hsds.test/{name}") })
                }
                None => object
                    .iter()
                    .map(|(key, value)| (key.clone(), self.followed(value)))
                    .collect(),
            },
            Value::Array(list) => list.iter().map(|value| self.followed(value)).collect(),
            other => other.clone(),
        }
    }

    fn validator(&self, schema: &Value) -> jsonschema::Validator {
        let mut registry = jsonschema::Registry::new();
        for entry in std::fs::read_dir(&self.dir).unwrap().map(Result::unwrap) {
            let name = entry.file_name().into_string().unwrap();
            if name != "openapi.json" {
                let schema: Value = serde_json::from_str(&std::fs::read_to_string(entry.path()).unwrap()).unwrap();
                registry = registry.add(format!("https://hsds.test/{name}"), schema).unwrap();
            }
        }
        let registry = registry.prepare().unwrap();
        let options = jsonschema::options()
            .should_validate_formats(true)
            .with_registry(&registry);
        options.build(schema).unwrap()
    }

    fn operations(&self) -> Vec<Operation> {
        let mut operations = Vec::new();
        for (path, methods) in self.file["paths"].as_object().unwrap() {
            for (method, described) in methods.as_object().unwrap() {
                let Ok(method) = method.to_uppercase().parse::<Method>() else {
                    continue;
                };
                if ![Method::GET, Method::POST].contains(&method) {
                    continue;
                }
                let parameters = described["parameters"].as_array().into_iter().flatten();
                let parameters = parameters.map(|parameter| {
                    let parameter = self.followed(parameter);
                    (
                        parameter["name"].as_str().unwrap().to_owned(),
                        parameter["schema"].clone(),
                    )
                });
                let answer = &described["responses"]["200"]["content"]["application/json"]["schema"];
                let answer = self.followed(answer);
                let item = answer["allOf"][1]["properties"]["contents"].get("items").cloned();
                operations.push(Operation {
                    method,
                    path: path.clone(),
                    parameters: parameters.collect(),
                    item: item.map(|item| self.validator(&item)),
                    answer: self.validator(&answer),
                });
            }
        }
        operations
    }
}

struct Client {
    router: Router,
    _dir: tempfile::TempDir,
}

struct Reply {
    status: StatusCode,
    media: String,
    text: String,
}

impl Client {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let place = Place::Sqlite {
            dir: dir.path().to_owned(),
        };
        let app = example::open(place, dir.path()).await;
        let scope = app.scope(app.hosted().await.remove(0).municipality.id);
        let at = "2022-05-20T09:00:00Z".parse().unwrap();
        let mut tx = scope.begin(Actor::nobody("directory.put"), at).await.unwrap();
        for record in &osn_server::demo::directory_of("athens").unwrap() {
            tx.put_directory_record(record, None).await.unwrap();
        }
        tx.commit().await.unwrap();
        Self {
            router: http::router(app),
            _dir: dir,
        }
    }

    /// Asks; of a POST the parameters stand in its form.
    async fn ask(&self, method: &Method, path: &str, query: &str) -> Reply {
        let mut request = Request::builder()
            .method(method.clone())
            .header(header::HOST, "example.test");
        let body = if *method == Method::POST {
            request = request
                .uri(path)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            query.to_owned()
        } else {
            request = request.uri(format!("{path}?{query}"));
            String::new()
        };
        let response = self
            .router
            .clone()
            .oneshot(request.body(Body::from(body)).unwrap())
            .await
            .unwrap();
        let (head, body) = response.into_parts();
        let media = head.headers.get(header::CONTENT_TYPE);
        Reply {
            status: head.status,
            media: media
                .map(|media| media.to_str().unwrap().to_owned())
                .unwrap_or_default(),
            text: String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap(),
        }
    }
}

fn check(validator: &jsonschema::Validator, value: &Value, what: &str) {
    let errors: Vec<String> = validator
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{what}: {errors:#?}");
}

impl Operation {
    /// What was answered is what the file says, or a refusal in JSON. Whether it was taken.
    async fn called(&self, client: &Client, path: &str, query: &str) -> bool {
        let reply = client.ask(&self.method, path, query).await;
        let what = format!("{} {path} {query}: {}", self.method, reply.status);
        match reply.status {
            StatusCode::OK if reply.media.starts_with("application/x-ndjson") => {
                // Every line of every list is looked at elsewhere.
                for line in reply.text.lines().take(20) {
                    check(self.item.as_ref().unwrap(), &serde_json::from_str(line).unwrap(), &what);
                }
                true
            }
            StatusCode::OK => {
                assert!(reply.media.starts_with("application/json"), "{what} {}", reply.media);
                check(&self.answer, &serde_json::from_str(&reply.text).unwrap(), &what);
                true
            }
            StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND | StatusCode::TOO_MANY_REQUESTS => {
                assert!(reply.media.contains("json"), "{what} {}", reply.media);
                let refusal: Value = serde_json::from_str(&reply.text).unwrap();
                assert!(refusal["code"].is_string(), "{what} {refusal}");
                false
            }
            _ => panic!("{what}: {:.300}", reply.text),
        }
    }

    /// Values as the file describes them; identifiers are those of records that are there.
    fn fitting(&self, name: &str, schema: &Value, known: &BTreeMap<&str, String>) -> Vec<String> {
        let of = |list: &str| known.get(list).cloned().into_iter().collect();
        match name {
            "taxonomy_term_id" | "parent_id" => of("taxonomy_terms"),
            "taxonomy_id" => of("taxonomies"),
            "organization_id" => of("organizations"),
            "search" => vec!["%CF%83%CE%AF%CF%84%CE%B9%CF%83%CE%B7".to_owned(), "sitisi".to_owned()],
            "modified_after" => vec![
                "2022-05-20T09:00:00Z".to_owned(),
                "2022-05-20T12:00:00%2B03:00".to_owned(),
            ],
            "format" => vec!["json".to_owned(), "ndjson".to_owned()],
            "postcode" => vec!["10431".to_owned()],
            // It means something beside a postcode only.
            "proximity" => vec!["500&postcode=10431".to_owned()],
            _ => match schema["type"].as_str() {
                Some("boolean") => vec!["true".to_owned(), "false".to_owned()],
                Some("integer" | "number") => vec!["1".to_owned(), "2".to_owned()],
                other => panic!("{} has a parameter that is new: {name}, {other:?}", self.path),
            },
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_made_of_the_official_file_is_answered_as_the_file_says() {
    let Some(contract) = Contract::official() else { return };
    let client = Client::new().await;
    let mut known = BTreeMap::new();
    for list in [
        "services",
        "organizations",
        "service_at_locations",
        "taxonomies",
        "taxonomy_terms",
    ] {
        let reply = client.ask(&Method::GET, &format!("/hsds/{list}"), "per_page=1").await;
        let page: Value = serde_json::from_str(&reply.text).unwrap();
        known.insert(list, page["contents"][0]["id"].as_str().unwrap().to_owned());
    }
    let operations = contract.operations();
    assert_eq!(operations.len(), 16, "as many as the file of 3.2.3 has");
    let mut calls = 0;
    for operation in &operations {
        let path = format!("/hsds{}", operation.path);
        if let Some((list, _)) = operation.path.trim_start_matches('/').split_once('/') {
            let one = path.replace("{id}", &known[list]);
            assert!(operation.called(&client, &one, "").await, "{one}");
            for wrong in HOSTILE.iter().filter(|wrong| !wrong.is_empty()) {
                assert!(
                    !operation.called(&client, &path.replace("{id}", wrong), "").await,
                    "{wrong}"
                );
            }
            calls += 1 + HOSTILE.len();
        } else {
            assert!(operation.called(&client, &path, "").await, "{path}");
        }
        let one = operation.path.split('/').nth(1).and_then(|list| known.get(list));
        let path = path.replace("{id}", one.map(String::as_str).unwrap_or_default());
        let values: Vec<(&str, Vec<String>)> = operation
            .parameters
            .iter()
            .map(|(name, schema)| (name.as_str(), operation.fitting(name, schema, &known)))
            .collect();
        for (name, fitting) in &values {
            for value in fitting {
                assert!(
                    operation.called(&client, &path, &format!("{name}={value}")).await,
                    "{path} {name}={value}"
                );
                // Beside every other parameter.
                for (other, values) in values.iter().filter(|(other, _)| other != name) {
                    let query = format!("{name}={value}&{other}={}", values[0]);
                    assert!(operation.called(&client, &path, &query).await, "{path} {query}");
                    calls += 1;
                }
            }
            for value in HOSTILE {
                operation.called(&client, &path, &format!("{name}={value}")).await;
                operation
                    .called(&client, &path, &format!("{name}={value}&{name}={value}"))
                    .await;
                calls += 2;
            }
        }
    }
    assert!(calls > 2_000, "{calls}");
}

//! The `OpenAPI` document (3.1), built from the route table: what is not in the table is not served, and the other way round.

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::problem::Problem;
use crate::route::{Access, Body, Route};

/// The document of these rows; pages, which have no summary, are left out.
pub fn document(routes: &[Route]) -> Value {
    let mut generator = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into())
        .into_generator();
    let problem = generator.subschema_for::<Problem>();
    let mut paths: Map<String, Value> = Map::new();
    for route in routes.iter().filter(|route| !route.summary.is_empty()) {
        let operation = operation(route, &mut generator, &problem);
        let path = paths.entry(route.path.to_owned()).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(route.method.as_str().to_lowercase(), operation);
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Open Social Net",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The municipal social safety net: mapping, requests, certificates, actions, calls, applications, decisions, deliveries. \
                Errors are problem details (RFC 9457) with a stable code, in the language asked for.",
            "license": { "name": "EUPL-1.2", "identifier": "EUPL-1.2" },
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "schemas": generator.take_definitions(true),
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer" },
                "session": { "type": "apiKey", "in": "cookie", "name": crate::http::SESSION_COOKIE },
            },
        },
    })
}

fn operation(route: &Route, generator: &mut SchemaGenerator, problem: &schemars::Schema) -> Value {
    let mut operation = Map::new();
    operation.insert("summary".into(), route.summary.into());
    operation.insert("operationId".into(), operation_id(route).into());
    let parameters = parameters(route);
    if !parameters.is_empty() {
        operation.insert("parameters".into(), Value::Array(parameters));
    }
    if let Some((media, schema)) = content(route.request, generator) {
        operation.insert(
            "requestBody".into(),
            json!({ "required": true, "content": { media: schema } }),
        );
    }
    let (status, answer) = route.answer;
    let mut answers = Map::new();
    let good = match content(answer, generator) {
        Some((media, schema)) => json!({ "description": "Done", "content": { media: schema } }),
        None => json!({ "description": "Done" }),
    };
    answers.insert(status.to_string(), good);
    answers.insert(
        "default".into(),
        json!({ "description": "A problem", "content": { "application/problem+json": { "schema": problem } } }),
    );
    operation.insert("responses".into(), Value::Object(answers));
    if let Access::Right(right) = route.access {
        let roles: Vec<&str> = right.roles().iter().map(|role| role.name()).collect();
        operation.insert("security".into(), json!([{ "token": [] }, { "session": [] }]));
        operation.insert("x-osn-roles".into(), json!(roles));
    }
    Value::Object(operation)
}

/// `post_calls_id_publish`: stable as long as the address is.
fn operation_id(route: &Route) -> String {
    let path = route
        .path
        .trim_start_matches("/api/v1")
        .replace(['{', '}'], "")
        .replace(['/', '.', '-'], "_");
    format!("{}{path}", route.method.as_str().to_lowercase())
}

fn parameters(route: &Route) -> Vec<Value> {
    let named = route
        .path
        .split('/')
        .filter_map(|piece| piece.strip_prefix('{')?.strip_suffix('}'));
    let mut parameters: Vec<Value> = named
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    parameters.extend(
        route
            .query
            .iter()
            .map(|name| json!({ "name": name, "in": "query", "schema": { "type": "string" } })),
    );
    parameters.push(json!({ "name": "lang", "in": "query", "description": "Language of texts: el or en", "schema": { "enum": ["el", "en"] } }));
    if route.creates {
        parameters.push(json!({ "name": "Idempotency-Key", "in": "header", "schema": { "type": "string", "minLength": 8, "maxLength": 200 } }));
    }
    parameters
}

fn content(body: Body, generator: &mut SchemaGenerator) -> Option<(&'static str, Value)> {
    match body {
        Body::Nothing => None,
        Body::Json(schema) => Some(("application/json", json!({ "schema": schema(generator) }))),
        Body::Media(media) => Some((media, json!({}))),
    }
}

//! About the server itself: who it serves, what it offers, whether it is well.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

use crate::acts::Acting;
use crate::app::App;
use crate::http::Json;
use crate::lang::Lang;
use crate::refusal::{Kind, Outcome, Refusal};
use crate::route::{Access, Route, table};
use crate::shapes;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/healthz", Access::Public, healthy)
            .says("Whether the process lives")
            .answers_media("text/plain"),
        Route::get("/readyz", Access::Public, ready)
            .says("Whether both databases answer")
            .answers_media("text/plain"),
        Route::get("/api/v1/municipality", Access::Public, municipality)
            .says("Whom this address serves")
            .answers::<MunicipalityView>(200),
        Route::get("/api/v1/openapi.json", Access::Public, openapi)
            .says("This document")
            .answers::<shapes::JsonSchemaDocument>(200),
        Route::get("/api/docs", Access::Public, docs)
            .says("The API as a page")
            .answers_media("text/html"),
    ]
}

/// Whom an address serves.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct MunicipalityView {
    /// Name.
    #[schemars(with = "shapes::LocalText")]
    name: osn_core::lang::LocalText,
    /// Languages of the answers.
    languages: [&'static str; 2],
    /// IANA time zone.
    time_zone: String,
    /// The server's time.
    now: osn_core::time::Instant,
    /// The ed25519 key that verifies its certificates, hexadecimal.
    public_key: String,
    /// Made-up data.
    demonstration: bool,
}

async fn municipality(acting: Acting) -> Json<MunicipalityView> {
    let municipality = acting.municipality();
    Json(MunicipalityView {
        name: municipality.name.clone(),
        languages: Lang::ALL.map(Lang::tag),
        time_zone: municipality.time_zone.clone(),
        now: acting.now,
        public_key: municipality.public_key.clone(),
        demonstration: acting.app.config().demonstration,
    })
}

async fn healthy() -> &'static str {
    "ok\n"
}

async fn ready(State(app): State<App>) -> Outcome<&'static str> {
    app.store()
        .ping()
        .await
        .map_err(|error| Refusal::new(Kind::Busy, "server.not-ready").caused_by(error))?;
    Ok("ready\n")
}

async fn openapi() -> Response {
    let document = super::document(&table());
    let mut response = (StatusCode::OK, document.to_string()).into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Every address of the table, for people: no script, no style of others.
async fn docs() -> Html<String> {
    let mut page = String::from(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Open Social Net: API</title>\
         <link rel=\"stylesheet\" href=\"/assets/app.css\"><main class=\"govuk-width-container govuk-main-wrapper\">\
         <h1 class=\"govuk-heading-l\">Open Social Net: API</h1><p class=\"govuk-body\">The document for machines is \
         <a class=\"govuk-link\" href=\"/api/v1/openapi.json\">openapi.json</a>.</p><table class=\"osn-table\">\
         <thead><tr><th scope=\"col\">Method</th><th scope=\"col\">Path</th><th scope=\"col\">What it does</th><th scope=\"col\">Who</th></tr></thead><tbody>",
    );
    for route in table().iter().filter(|route| !route.summary.is_empty()) {
        let who = match route.access {
            Access::Public => "anybody".to_owned(),
            Access::Right(right) => right
                .roles()
                .iter()
                .map(|role| role.name())
                .collect::<Vec<_>>()
                .join(", "),
        };
        page.push_str(&format!(
            "<tr><td>{}</td><th scope=\"row\">{}</th><td>{}</td><td>{who}</td></tr>",
            route.method, route.path, route.summary
        ));
    }
    page.push_str("</tbody></table></main></html>");
    Html(page)
}

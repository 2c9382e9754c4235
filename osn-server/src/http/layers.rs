//! The layers around the router, from the outside in: request id and trace, what is kept for this second, security headers, refusals in the reader's
//! language, panics, time, compression, cross-site protection, body limit.

use std::any::Any;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use osn_core::time::Instant;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;

use crate::app::App;
use crate::http::kept;
use crate::lang::Lang;
use crate::problem::{self, Refused};
use crate::refusal::{Kind, Refusal};

/// Bytes of a body, programs aside.
pub(crate) const BODY_LIMIT: usize = 4 << 20;
/// The longest a request may take.
const TIME_LIMIT: Duration = Duration::from_mins(1);

const SECURITY_HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), payment=()",
    ),
];

/// The trace of a request: what a person may quote and the log holds.
#[derive(Debug, Clone)]
struct Trace(String);

/// Puts the layers around the router.
pub(crate) fn around(router: Router<App>, app: &App) -> Router<App> {
    router
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        // A POST to the open data changes nothing: it is a search whose words stand in no address.
        .layer(CsrfLayer::new().with_insecure_bypass(|_, uri| is_open_data(uri.path())))
        .layer(CompressionLayer::new())
        .layer(from_fn(time_limit))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(app.clone(), refusals))
        .layer(from_fn(open_data))
        .layer(from_fn_with_state(app.clone(), security_headers))
        .layer(from_fn_with_state(app.clone(), kept::keep))
        .layer(from_fn_with_state(app.clone(), traced))
}

/// Gives the request its trace, and logs method, path, status and duration; never a query, a header or a body.
async fn traced(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let trace = app.new_id(|uuid| uuid).to_string();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    request.extensions_mut().insert(Trace(trace.clone()));
    let started = app.now();
    let mut response = next.run(request).await;
    note(&app, (&trace, started), (&method, &path), &mut response);
    response
}

/// Logs a request, and tells its trace to whoever sent it.
pub(super) fn note(
    app: &App,
    (trace, started): (&str, Instant),
    (method, path): (&Method, &str),
    response: &mut Response,
) {
    let micros = (app.now() - started).num_microseconds().unwrap_or(0);
    tracing::info!(%trace, %method, path = shown_path(path), status = response.status().as_u16(), micros, "request");
    if let Ok(value) = HeaderValue::from_str(trace) {
        response.headers_mut().insert("x-request-id", value);
    }
}

/// A path without what identifies: identifiers, references and secrets become `…`.
fn shown_path(path: &str) -> String {
    let piece = |piece: &str| {
        // No name of ours is that long; a link's secret need not hold a digit.
        let is_secret = piece.len() >= 40;
        if is_secret || (piece.len() >= 10 && piece.bytes().any(|byte| byte.is_ascii_digit())) {
            "…".to_owned()
        } else {
            piece.to_owned()
        }
    };
    path.split('/').map(piece).collect::<Vec<_>>().join("/")
}

/// Renders refusals in the reader's language: problem+json under `/api`, a page elsewhere.
async fn refusals(State(app): State<App>, request: Request, next: Next) -> Response {
    let lang = Lang::asked_for(request.uri(), request.headers());
    let path = request.uri().path().to_owned();
    let trace = request.extensions().get::<Trace>().map(|trace| trace.0.clone());
    let response = next.run(request).await;
    let refused = match response.extensions().get::<Refused>() {
        Some(refused) => std::sync::Arc::clone(&refused.0),
        None => match foreign(response.status()) {
            Some(refusal) if !has_body(&response) => std::sync::Arc::new(refusal),
            _ => return response,
        },
    };
    if let Some(cause) = refused.cause() {
        tracing::error!(trace, code = refused.code(), %cause, "a request failed");
    }
    let problem = problem::render(&refused, app.texts(), lang, trace.as_deref());
    let machine = path.starts_with("/api/") || is_open_data(&path) || path == "/healthz" || path == "/readyz";
    let mut rendered = if machine {
        problem::respond(&problem)
    } else {
        crate::pages::refused(&app, lang, &path, &problem)
    };
    for (name, value) in response.headers() {
        if ![header::CONTENT_TYPE, header::CONTENT_LENGTH, header::CONTENT_ENCODING].contains(name)
            && !rendered.headers().contains_key(name)
        {
            rendered.headers_mut().append(name, value.clone());
        }
    }
    rendered
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    rendered
}

fn is_open_data(path: &str) -> bool {
    path == "/hsds" || path.starts_with("/hsds/")
}

/// The directory's open data are read from pages of any origin; there is nothing else at those addresses.
async fn open_data(request: Request, next: Next) -> Response {
    if !is_open_data(request.uri().path()) {
        return next.run(request).await;
    }
    let mut response = if request.method() == axum::http::Method::OPTIONS {
        StatusCode::NO_CONTENT.into_response()
    } else {
        next.run(request).await
    };
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, POST, OPTIONS"),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "content-type, accept-language, if-none-match",
        ),
        (header::ACCESS_CONTROL_EXPOSE_HEADERS, "etag, last-modified"),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Refusals that layers of others make, as ours.
fn foreign(status: StatusCode) -> Option<Refusal> {
    match status {
        StatusCode::FORBIDDEN => Some(Refusal::new(Kind::Forbidden, "access.cross-site")),
        StatusCode::PAYLOAD_TOO_LARGE => Some(Refusal::new(Kind::TooLarge, "request.too-large")),
        _ => None,
    }
}

fn has_body(response: &Response) -> bool {
    response.headers().get(header::CONTENT_TYPE).is_some_and(|value| {
        value
            .to_str()
            .is_ok_and(|value| value.contains("json") || value.contains("html"))
    })
}

async fn time_limit(request: Request, next: Next) -> Response {
    match tokio::time::timeout(TIME_LIMIT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Refusal::new(Kind::Busy, "request.too-slow").into_response(),
    }
}

fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let message = panic.downcast_ref::<&'static str>().copied().map(str::to_owned);
    let message = message
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    Refusal::internal(format!("a handler panicked: {message}")).into_response()
}

async fn security_headers(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if app.config().secure_cookies {
        let two_years = HeaderValue::from_static("max-age=63072000; includeSubDomains");
        response
            .headers_mut()
            .insert(header::STRICT_TRANSPORT_SECURITY, two_years);
    }
    for (name, value) in SECURITY_HEADERS {
        response
            .headers_mut()
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    response
}

//! What handlers read from a request: JSON with the path of what is wrong, query parameters, pages of lists.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use osn_store::PageQuery;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::refusal::{FieldError, Kind, Outcome, Refusal};

/// A JSON body, in or out.
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Json<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &App) -> Outcome<Self> {
        let media = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        if !media
            .split(';')
            .next()
            .is_some_and(|media| media.trim().eq_ignore_ascii_case("application/json"))
        {
            return Err(Refusal::new(Kind::UnsupportedMedia, "request.not-json"));
        }
        let bytes = axum::body::Bytes::from_request(request, app)
            .await
            .map_err(|_| Refusal::new(Kind::TooLarge, "request.too-large"))?;
        read(&bytes).map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// Reads JSON: malformed text is one refusal, a wrong field another that names it. Nothing of the text is quoted.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Outcome<T> {
    let document: serde_json::Value = serde_json::from_slice(bytes).map_err(|error| {
        Refusal::new(Kind::Malformed, "request.malformed")
            .with("line", error.line())
            .with("column", error.column())
    })?;
    serde_path_to_error::deserialize(document).map_err(|error| wrong_field(&error))
}

fn wrong_field(error: &serde_path_to_error::Error<serde_json::Error>) -> Refusal {
    use serde_path_to_error::Segment;
    let mut path = String::new();
    for segment in error.path() {
        match segment {
            Segment::Seq { index } => path.push_str(&format!("/{index}")),
            Segment::Map { key } => path.push_str(&format!("/{}", key.replace('~', "~0").replace('/', "~1"))),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    // serde's words quote what was sent; only their first words, which name the kind of error, are read.
    let words = error.inner().to_string();
    let named = |prefix: &str| {
        words
            .strip_prefix(prefix)
            .and_then(|rest| rest.split('`').next())
            .map(str::to_owned)
    };
    let (code, name) = if let Some(name) = named("unknown field `") {
        ("unknown-field", Some(name))
    } else if let Some(name) = named("missing field `") {
        ("required", Some(name))
    } else if words.starts_with("unknown variant") {
        ("unknown-option", None)
    } else {
        ("wrong-type", None)
    };
    if let Some(name) = name
        && !path.ends_with(&format!("/{name}"))
    {
        path.push_str(&format!("/{}", name.replace('~', "~0").replace('/', "~1")));
    }
    Refusal::invalid("request.invalid", vec![FieldError::new(path, code)])
}

/// Query parameters; unknown ones are ignored.
#[derive(Debug, Clone, Copy)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for Query<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Outcome<Self> {
        let query = parts.uri.query().unwrap_or_default();
        serde_urlencoded::from_str(query)
            .map(Self)
            .map_err(|_| Refusal::new(Kind::Malformed, "request.query"))
    }
}

/// The page of a list: `?limit&after`.
#[derive(Debug, Clone)]
pub struct Page(pub PageQuery);

#[derive(Deserialize)]
struct PageParameters {
    limit: Option<u32>,
    after: Option<String>,
}

impl FromRequestParts<App> for Page {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Outcome<Self> {
        let Query(PageParameters { limit, after }) = Query::from_request_parts(parts, app).await?;
        let limit = limit.unwrap_or(50);
        if !(1..=200).contains(&limit) {
            return Err(Refusal::field("/limit", "out-of-range"));
        }
        Ok(Self(PageQuery { limit, after }))
    }
}

/// What varies in a path; what does not read is an address that is not there.
#[derive(Debug, Clone, Copy)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Path<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Outcome<Self> {
        let found = axum::extract::Path::<T>::from_request_parts(parts, app).await;
        found
            .map(|axum::extract::Path(value)| Self(value))
            .map_err(|_| Refusal::not_found("address.unknown"))
    }
}

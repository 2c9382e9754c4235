//! Shapes of answers that every group shares: lists, versions, what was created.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use osn_store::{Page, Versioned};
use schemars::JsonSchema;
use serde::Serialize;

use crate::acts::Saved;
use crate::http::Json;

/// A page of a list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct List<T> {
    /// The items.
    pub(crate) items: Vec<T>,
    /// How many the whole list has.
    pub(crate) total: u64,
    /// Cursor of the next page, for `?after=`.
    pub(crate) next: Option<String>,
}

impl<T> From<Page<T>> for List<T> {
    fn from(page: Page<T>) -> Self {
        Self {
            items: page.items,
            total: page.total,
            next: page.next,
        }
    }
}

/// A whole list that needs no pages.
pub(crate) fn whole<T>(items: Vec<T>) -> Json<List<T>> {
    let total = u64::try_from(items.len()).unwrap_or(u64::MAX);
    Json(List {
        items,
        total,
        next: None,
    })
}

/// A page of records, each with its version.
pub(crate) fn versions<T>(page: Page<Versioned<T>>) -> Json<List<Saved<T>>> {
    Json(page.map(Saved::from).into())
}

/// A record with its version, also as `ETag`.
pub(crate) fn tagged<T: Serialize>(saved: impl Into<Saved<T>>) -> Response {
    let saved = saved.into();
    let tag = HeaderValue::from_str(&format!("\"{}\"", saved.version));
    let mut response = Json(saved).into_response();
    if let Ok(tag) = tag {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// What was created, with its version as `ETag`.
pub(crate) fn created<T: Serialize>(saved: Saved<T>) -> Response {
    let mut response = tagged(saved);
    *response.status_mut() = StatusCode::CREATED;
    response
}

/// What was created, without a version.
pub(crate) fn made<T: Serialize>(made: T) -> Response {
    (StatusCode::CREATED, Json(made)).into_response()
}

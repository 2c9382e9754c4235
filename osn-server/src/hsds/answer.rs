//! How lists are answered: pages that tell the truth, lines without pages, and what was answered a moment ago.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use osn_core::id::MunicipalityId;
use osn_core::time::Instant;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::view::{Forms, Item, View};

/// Answers that are kept; when there are more, all are forgotten.
const KEPT: usize = 512;
/// Items of all selections that are kept; when there are more, all are forgotten.
const SELECTED: usize = 500_000;
/// Items written at a time when all of them are sent.
const CHUNK: usize = 100;

/// One answer in bytes, with what it was made of.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    bytes: Bytes,
    tag: String,
    modified: Instant,
}

/// What an answer depends on besides the question: it holds only as long as these do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct State {
    revision: i64,
    own: u64,
    day: NaiveDate,
}

impl State {
    /// Of a view: the directory's revision, the running actions, the day.
    pub(super) fn of(view: &View) -> Self {
        Self {
            revision: view.mapped.revision,
            own: view.own.state,
            day: view.today(),
        }
    }
}

/// The answers of a moment ago.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    kept: Mutex<HashMap<(MunicipalityId, String), (State, Answer)>>,
    selections: Mutex<HashMap<(MunicipalityId, String), (State, Selection)>>,
}

/// The items of a list, on all of its pages.
pub(super) type Selection = Arc<[Item]>;

impl Answers {
    pub(super) fn get(&self, key: &(MunicipalityId, String), state: &State) -> Option<Answer> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(key)
            .filter(|(known, _)| known == state)
            .map(|(_, answer)| answer.clone())
    }

    /// What a list selected a moment ago: its pages are asked for one after the other.
    pub(super) fn selected(&self, key: &(MunicipalityId, String), state: &State) -> Option<Selection> {
        let kept = self.selections.lock().unwrap_or_else(PoisonError::into_inner);
        let selection = kept.get(key).filter(|(known, _)| known == state);
        selection.map(|(_, items)| Arc::clone(items))
    }

    pub(super) fn select(&self, key: (MunicipalityId, String), state: State, items: &Selection) {
        let mut kept = self.selections.lock().unwrap_or_else(PoisonError::into_inner);
        let others = kept.values().map(|(_, items)| items.len());
        if others.fold(items.len(), usize::saturating_add) > SELECTED {
            kept.clear();
        }
        kept.insert(key, (state, Arc::clone(items)));
    }

    pub(super) fn keep(&self, key: (MunicipalityId, String), state: State, answer: Answer) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(key, (state, answer));
    }
}

impl Answer {
    /// A document with the moment of the directory's last change.
    pub(super) fn new(document: &Value, modified: Instant) -> Self {
        let bytes = Bytes::from(document.to_string());
        let digest = Sha256::digest(&bytes);
        let short = digest.iter().take(12).map(|byte| format!("{byte:02x}"));
        Self {
            tag: format!("W/\"{}\"", short.collect::<String>()),
            bytes,
            modified,
        }
    }

    /// The response: without a body where the client has it already.
    pub(super) fn respond(self, asked: &HeaderMap) -> Response {
        let known = asked.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
        let is_known =
            known.is_some_and(|known| known.split(',').any(|tag| tag.trim() == self.tag || tag.trim() == "*"));
        let mut response = if is_known {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            ([(header::CONTENT_TYPE, "application/json")], self.bytes).into_response()
        };
        let modified = self.modified.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        for (name, value) in [
            (header::ETAG, self.tag.as_str()),
            (header::LAST_MODIFIED, &modified),
            (header::CACHE_CONTROL, "public, no-cache"),
            (header::VARY, "accept-language"),
        ] {
            if let Ok(value) = HeaderValue::from_str(value) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

/// One page, with an envelope that tells the truth also where the page is beyond the last.
pub(super) fn page(view: &View, items: &[Item], forms: Forms, (number, per_page): (usize, usize)) -> Value {
    let total = items.len();
    let pages = total.div_ceil(per_page).max(1);
    let skipped = (number - 1).saturating_mul(per_page);
    let wanted = items.iter().skip(skipped).take(per_page);
    let contents: Vec<Value> = view.write(|writer| wanted.filter_map(|item| view.item(writer, item, forms)).collect());
    json!({
        "total_items": total,
        "total_pages": pages,
        "page_number": number,
        "size": contents.len(),
        "first_page": number == 1,
        "last_page": number >= pages,
        "empty": contents.is_empty(),
        "contents": contents,
    })
}

/// Every item on a line of its own, written while it is sent.
pub(super) fn lines(view: View, items: Selection, forms: Forms) -> Response {
    let starts = (0..items.len()).step_by(CHUNK);
    let written = starts.map(move |start| {
        let lines = view.write(|writer| {
            let chunk = items.iter().skip(start).take(CHUNK);
            let items = chunk.filter_map(|item| view.item(writer, item, forms));
            items.fold(String::new(), |mut lines, item| {
                lines.push_str(&item.to_string());
                lines.push('\n');
                lines
            })
        });
        Ok::<_, std::convert::Infallible>(Bytes::from(lines))
    });
    let body = Body::from_stream(futures_util::stream::iter(written));
    ([(header::CONTENT_TYPE, "application/x-ndjson")], body).into_response()
}

//! How lists are answered: pages that tell the truth, lines without pages, and what was answered a moment ago.

use std::collections::HashMap;
use std::ops::Range;
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

/// What is kept of either kind; when there is more, all of it is forgotten.
const KEPT: usize = 512;
/// The longest question of which anything is kept.
const QUESTION: usize = 2_000;
/// The largest answer that is kept, in bytes.
const LARGEST: usize = 1 << 20;
/// Bytes of all answers that are kept; when there are more, all are forgotten.
const BYTES: usize = 32 << 20;
/// Items of all selections that are kept; when there are more, all are forgotten.
const SELECTED: usize = 500_000;
/// Items written at a time when all of them are sent.
const CHUNK: usize = 100;
/// The same of bodies with their services.
const CHUNK_WITH_SERVICES: usize = 5;
/// Services on a page of bodies with their services: where there would be more, the page ends before the next body.
const SERVICES: usize = 1_000;

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

/// Whose question, and the question.
type Question = (MunicipalityId, String);

/// The answers of a moment ago.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    kept: Mutex<Shelf<Answer>>,
    selections: Mutex<Shelf<Selection>>,
}

/// What was worked out a moment ago, each with its weight, as long as it holds.
#[derive(Debug)]
struct Shelf<T> {
    kept: HashMap<Question, (State, T, usize)>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self { kept: HashMap::new() }
    }
}

impl<T: Clone> Shelf<T> {
    fn get(&self, question: &Question, state: &State) -> Option<T> {
        let known = self.kept.get(question).filter(|(known, ..)| known == state);
        known.map(|(_, value, _)| value.clone())
    }

    /// Keeps a value. What was made of another state of the same municipality does not hold any more, and goes.
    fn put(&mut self, question: Question, state: State, (value, weight): (T, usize), most: usize) {
        if question.1.len() > QUESTION {
            return;
        }
        self.kept
            .retain(|(id, _), (known, ..)| *id != question.0 || *known == state);
        let others = self.kept.values().map(|(.., weight)| *weight);
        if self.kept.len() >= KEPT || others.fold(weight, usize::saturating_add) > most {
            self.kept.clear();
        }
        self.kept.insert(question, (state, value, weight));
    }
}

/// The items of a list, on all of its pages.
pub(super) type Selection = Arc<[Item]>;

impl Answers {
    pub(super) fn get(&self, key: &Question, state: &State) -> Option<Answer> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(key, state)
    }

    /// What a list selected a moment ago: its pages are asked for one after the other.
    pub(super) fn selected(&self, key: &Question, state: &State) -> Option<Selection> {
        let kept = self.selections.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(key, state)
    }

    pub(super) fn select(&self, key: Question, state: State, items: &Selection) {
        let mut kept = self.selections.lock().unwrap_or_else(PoisonError::into_inner);
        kept.put(key, state, (Arc::clone(items), items.len()), SELECTED);
    }

    /// Keeps an answer that many may ask for. A large one is for whoever copies all of it, page by page, and is not asked again.
    pub(super) fn keep(&self, key: Question, state: State, answer: &Answer) {
        let size = answer.bytes.len();
        if size <= LARGEST {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.put(key, state, (answer.clone(), size), BYTES);
        }
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
    let (range, pages) = match forms.services {
        Some(_) => weighed(items, |item| view.offered(item), (number, per_page)),
        None => plain(items.len(), (number, per_page)),
    };
    let wanted = items.get(range).unwrap_or_default().iter();
    let contents: Vec<Value> = view.write(|writer| wanted.filter_map(|item| view.item(writer, item, forms)).collect());
    json!({
        "total_items": items.len(),
        "total_pages": pages,
        "page_number": number,
        "size": contents.len(),
        "first_page": number == 1,
        "last_page": number >= pages,
        "empty": contents.is_empty(),
        "contents": contents,
    })
}

/// Where a page begins and ends among so many items, and how many pages there are.
fn plain(total: usize, (number, per_page): (usize, usize)) -> (Range<usize>, usize) {
    let from = number.saturating_sub(1).saturating_mul(per_page).min(total);
    let to = from.saturating_add(per_page).min(total);
    (from..to, total.div_ceil(per_page).max(1))
}

/// The same of bodies with their services: pages end early where their services would be too many for one answer. They end at the
/// same bodies whichever page is asked for.
fn weighed<T>(
    items: &[T],
    services: impl Fn(&T) -> usize,
    (number, per_page): (usize, usize),
) -> (Range<usize>, usize) {
    let mut pages: Vec<Range<usize>> = Vec::new();
    let (mut from, mut held) = (0_usize, 0_usize);
    for (at, item) in items.iter().enumerate() {
        let more = services(item);
        let is_full = at.saturating_sub(from) >= per_page || held.saturating_add(more) > SERVICES;
        if at > from && is_full {
            pages.push(from..at);
            (from, held) = (at, 0);
        }
        held = held.saturating_add(more);
    }
    pages.push(from..items.len());
    let wanted = number.checked_sub(1).and_then(|number| pages.get(number)).cloned();
    (wanted.unwrap_or(items.len()..items.len()), pages.len())
}

/// Every item on a line of its own, written while it is sent.
pub(super) fn lines(view: View, items: Selection, forms: Forms) -> Response {
    let size = if forms.services.is_some() {
        CHUNK_WITH_SERVICES
    } else {
        CHUNK
    };
    let starts = (0..items.len()).step_by(size);
    let written = starts.map(move |start| {
        let lines = view.write(|writer| {
            let chunk = items.iter().skip(start).take(size);
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

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn state(revision: i64) -> State {
        State {
            revision,
            own: 0,
            day: "2022-05-20".parse().unwrap(),
        }
    }

    fn question(municipality: u128, text: &str) -> Question {
        (MunicipalityId::new(Uuid::from_u128(municipality)), text.to_owned())
    }

    #[test]
    fn what_is_kept_is_bounded_and_of_one_state() {
        let mut shelf = Shelf::default();
        shelf.put(question(1, "a"), state(1), ("first", 60), 100);
        shelf.put(question(2, "a"), state(7), ("other", 30), 100);
        assert_eq!(shelf.get(&question(1, "a"), &state(1)), Some("first"));
        assert_eq!(shelf.get(&question(1, "a"), &state(2)), None);
        shelf.put(question(1, "b"), state(2), ("second", 60), 100);
        assert_eq!(shelf.kept.len(), 2, "what was made of another state is gone");
        assert_eq!(shelf.get(&question(2, "a"), &state(7)), Some("other"));
        shelf.put(question(1, "c"), state(2), ("third", 60), 100);
        assert_eq!(shelf.kept.len(), 1, "too much: all is forgotten");
        shelf.put(question(1, &"x".repeat(QUESTION + 1)), state(2), ("long", 1), 100);
        assert_eq!(shelf.kept.len(), 1, "of a long question nothing is kept");
        for number in 0..KEPT {
            shelf.put(question(1, &number.to_string()), state(2), ("empty", 0), 100);
        }
        assert!(shelf.kept.len() <= KEPT, "nor is of very many");
    }

    #[test]
    fn a_large_answer_is_not_kept() {
        let answers = Answers::default();
        for (text, size, is_kept) in [("small", 1_000, true), ("large", LARGEST, false)] {
            let answer = Answer::new(&Value::String("a".repeat(size)), Instant::default());
            answers.keep(question(1, text), state(1), &answer);
            assert_eq!(answers.get(&question(1, text), &state(1)).is_some(), is_kept, "{text}");
        }
    }

    #[test]
    fn pages_of_bodies_with_services_end_early_and_hold_everything_once() {
        let services = [1, 2, SERVICES + 1, 400, 600, 1, 0, 0];
        for per_page in [1, 3, 100] {
            let page = |number| weighed(&services, |count| *count, (number, per_page));
            let (_, pages) = page(1);
            let all: Vec<Range<usize>> = (1..=pages).map(|number| page(number).0).collect();
            let held: Vec<usize> = all.clone().into_iter().flatten().collect();
            assert_eq!(held, (0..services.len()).collect::<Vec<_>>(), "{per_page}");
            for range in all {
                let count: usize = services[range.clone()].iter().sum();
                assert!((1..=per_page).contains(&range.len()), "{per_page} {range:?}");
                assert!(count <= SERVICES || range.len() == 1, "{per_page} {range:?}");
            }
            assert_eq!(
                page(pages + 1),
                (services.len()..services.len(), pages),
                "beyond the last"
            );
        }
        assert_eq!(weighed(&[], |count: &usize| *count, (1, 50)), (0..0, 1));
        let few = [1, 2, 3];
        assert_eq!(weighed(&few, |count| *count, (2, 2)), plain(few.len(), (2, 2)));
    }
}

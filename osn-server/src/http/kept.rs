//! Public answers of this second: what many readers ask at once is made once.
//!
//! An answer is kept only where nobody is named: without a session, a condition or a cookie, on rows that say so.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, Bytes, HttpBody as _, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::app::App;
use crate::fresh::Fresh;
use crate::lang::Lang;
use crate::refusal::Refusal;

/// The largest answer that is kept.
const LARGEST: usize = 1 << 20;
/// Bytes of all answers together; when there are more, all are forgotten.
const MOST: usize = 32 << 20;

/// What an answer depends on: the name of the host, the reader's language, the address, and how it may be packed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Question {
    host: String,
    lang: Lang,
    address: String,
    encoding: String,
}

impl Question {
    /// The question of a request that anybody could have sent.
    fn of(request: &Request) -> Option<Self> {
        const PERSONAL: [header::HeaderName; 5] = [
            header::AUTHORIZATION,
            header::COOKIE,
            header::IF_NONE_MATCH,
            header::IF_MATCH,
            header::RANGE,
        ];
        let (headers, uri) = (request.headers(), request.uri());
        if request.method() != Method::GET || PERSONAL.iter().any(|name| headers.contains_key(name)) {
            return None;
        }
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        Some(Self {
            host: text(header::HOST).or_else(|| uri.host())?.to_owned(),
            lang: Lang::asked_for(uri, headers),
            address: uri.path_and_query()?.as_str().to_owned(),
            encoding: text(header::ACCEPT_ENCODING).unwrap_or_default().to_owned(),
        })
    }
}

/// The mark of a response that is the same for everybody: what it was made of was read after this moment.
#[derive(Debug, Clone, Copy)]
struct Keep(Fresh);

/// Marks a response as one for everybody, where it is one: all went well, nobody is named, and its size is known.
pub(crate) fn mark(response: &mut Response, fresh: Fresh) {
    let size = response.body().size_hint().exact();
    let is_small = size.is_some_and(|size| usize::try_from(size).is_ok_and(|size| size <= LARGEST));
    let is_for_all = response.status() == StatusCode::OK && !response.headers().contains_key(header::SET_COOKIE);
    if is_small && is_for_all {
        response.extensions_mut().insert(Keep(fresh));
    }
}

/// Answers from what was answered within this second, before anything else is done; keeps what was marked.
pub(crate) async fn answer(State(app): State<App>, request: Request, next: Next) -> Response {
    let Some(question) = Question::of(&request) else {
        return next.run(request).await;
    };
    if let Some(kept) = app.kept().get(&question, &app) {
        return kept;
    }
    let response = next.run(request).await;
    match response.extensions().get::<Keep>().copied() {
        Some(Keep(fresh)) => app.kept().keep(question, fresh, response).await,
        None => response,
    }
}

#[derive(Debug)]
struct Answer {
    fresh: Fresh,
    headers: HeaderMap,
    body: Bytes,
}

/// The answers.
#[derive(Debug, Default)]
pub(crate) struct KeptAnswers(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    answers: HashMap<Question, Arc<Answer>>,
    bytes: usize,
}

impl KeptAnswers {
    /// The answer to a question, as long as it holds.
    fn get(&self, question: &Question, app: &App) -> Option<Response> {
        let answer = {
            let inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            inner.answers.get(question).map(Arc::clone)
        };
        let answer = answer.filter(|answer| answer.fresh.holds(app))?;
        let mut response = Response::new(Body::from(answer.body.clone()));
        *response.headers_mut() = answer.headers.clone();
        Some(response)
    }

    /// Keeps an answer that was made of what was read after a moment, and gives it back.
    async fn keep(&self, question: Question, fresh: Fresh, response: Response) -> Response {
        let (head, body) = response.into_parts();
        let body = match to_bytes(body, LARGEST).await {
            Ok(body) => body,
            Err(error) => return Refusal::internal(error).into_response(),
        };
        let answer = Answer {
            fresh,
            headers: head.headers.clone(),
            body: body.clone(),
        };
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.bytes = inner.bytes.saturating_add(body.len());
        if inner.bytes > MOST {
            inner.answers.clear();
            inner.bytes = body.len();
        }
        if let Some(before) = inner.answers.insert(question, Arc::new(answer)) {
            inner.bytes = inner.bytes.saturating_sub(before.body.len());
        }
        drop(inner);
        Response::from_parts(head, Body::from(body))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(headers: &[(&str, &str)], address: &str) -> Option<Question> {
        let mut request = Request::builder().uri(address).header(header::HOST, "city.example");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Question::of(&request.body(Body::empty()).unwrap())
    }

    #[test]
    fn only_what_anybody_could_have_asked_is_a_question() {
        for header in ["authorization", "cookie", "if-none-match", "if-match", "range"] {
            assert_eq!(question(&[(header, "x")], "/areas"), None, "{header}");
        }
        let posted = Request::post("/areas").header(header::HOST, "city.example");
        assert_eq!(Question::of(&posted.body(Body::empty()).unwrap()), None);
    }

    #[test]
    fn what_an_answer_depends_on_makes_another_question() {
        let plain = question(&[], "/hsds/services");
        assert!(plain.is_some() && plain == question(&[("user-agent", "x")], "/hsds/services"));
        for (headers, address) in [
            (&[][..], "/hsds/services?page=2"),
            (&[], "/hsds/services?lang=en"),
            (&[("accept-language", "en")], "/hsds/services"),
            (&[("accept-encoding", "gzip")], "/hsds/services"),
        ] {
            assert_ne!(plain, question(headers, address), "{headers:?} {address}");
        }
        // A page's language is its path's.
        assert_ne!(question(&[], "/areas"), question(&[], "/en/areas"));
        assert_eq!(
            question(&[], "/areas"),
            question(&[("accept-language", "en")], "/areas")
        );
    }

    #[tokio::test]
    async fn what_names_somebody_or_has_no_known_size_is_not_marked() {
        let fresh = Fresh::of(0);
        let marked = |mut response: Response| {
            mark(&mut response, fresh);
            response.extensions().get::<Keep>().is_some()
        };
        assert!(marked("α".into_response()));
        assert!(!marked(([(header::SET_COOKIE, "a=b")], "α").into_response()));
        assert!(!marked((StatusCode::NOT_FOUND, "α").into_response()));
        assert!(!marked(vec![0_u8; LARGEST + 1].into_response()));
        let lines = futures_util::stream::iter([Ok::<_, std::convert::Infallible>("α")]);
        assert!(!marked(Body::from_stream(lines).into_response()));
    }
}

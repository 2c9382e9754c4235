//! Public answers of this second: what many readers ask at once is made once.
//!
//! An answer is kept only where nobody is named: without a session, a condition or a cookie, on rows that say so.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, Bytes, HttpBody as _, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::routing::future::RouteFuture;
use futures_util::future::{Either, Ready, ready};
use tower::Service;

use super::layers::note;
use crate::app::App;
use crate::fresh::Fresh;
use crate::lang::Lang;
use crate::refusal::Refusal;

/// The largest answer that is kept.
const LARGEST: usize = 1 << 20;
/// Bytes of all answers together; when there are more, all are forgotten.
const MOST: usize = 32 << 20;

/// What an answer depends on: the name of the host, the reader's language, how it may be packed, and the address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Question(Box<str>);

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
        let host = text(header::HOST).or_else(|| uri.host())?;
        let lang = Lang::asked_for(uri, headers).tag();
        let encoding = text(header::ACCEPT_ENCODING).unwrap_or_default();
        // None of them holds a line feed.
        Some(Self(
            [host, lang, encoding, uri.path_and_query()?.as_str()].join("\n").into(),
        ))
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

/// The router behind the answers of this second: what was answered a moment ago goes out before the router is asked. A
/// router makes a copy of all of its layers for each request; that takes longer than a kept answer.
#[derive(Debug, Clone)]
pub(crate) struct Edge {
    app: App,
    router: Router,
}

impl Edge {
    pub(crate) fn before(router: Router, app: App) -> Self {
        Self { app, router }
    }
}

impl Service<Request> for Edge {
    type Response = Response;
    type Error = Infallible;
    type Future = Either<Ready<Result<Response, Infallible>>, RouteFuture<Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let started = self.app.now();
        let kept = Question::of(&request).and_then(|question| self.app.kept().get(&question, &self.app));
        match kept {
            Some(mut response) => {
                let trace = self.app.new_id(|uuid| uuid).to_string();
                note(
                    &self.app,
                    (&trace, started),
                    (request.method(), request.uri().path()),
                    &mut response,
                );
                Either::Left(ready(Ok(response)))
            }
            None => Either::Right(self.router.call(request)),
        }
    }
}

/// Keeps what was marked.
pub(crate) async fn keep(State(app): State<App>, request: Request, next: Next) -> Response {
    let Some(question) = Question::of(&request) else {
        return next.run(request).await;
    };
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

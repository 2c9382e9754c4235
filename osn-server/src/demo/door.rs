//! The demo's way in: requests through the very router that serves, in this process.

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

/// The largest answer that the player reads, in bytes.
const ANSWER_MAX: usize = 64 << 20;

/// What goes wrong while the year is played.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// An answer that the story did not expect.
    #[error("{step}: {method} {path} answered {status} {code}: {detail}")]
    Unexpected {
        /// The step of the story.
        step: String,
        /// Method of the request.
        method: String,
        /// Path of the request.
        path: String,
        /// HTTP status of the answer.
        status: u16,
        /// Its problem code, when it had one.
        code: String,
        /// Its detail and errors.
        detail: String,
    },
    /// An answer without something that the story needs next.
    #[error("{step}: the answer has no `{field}`")]
    Missing {
        /// The step of the story.
        step: String,
        /// What was looked for.
        field: &'static str,
    },
    /// A data file of the city or of a program that does not read.
    #[error("{file}: {problem}")]
    Data {
        /// The file.
        file: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A refusal that should have come did not come, or came with another code.
    #[error("{step}: expected the refusal `{expected}`, got `{got}`")]
    Refusal {
        /// The step of the story.
        step: String,
        /// The expected code.
        expected: String,
        /// What came.
        got: String,
    },
    /// Anything below: the store, the disk, the child process.
    #[error("{what}: {source}")]
    Below {
        /// What was being done.
        what: &'static str,
        /// Why it failed.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl DemoError {
    /// Wraps an error of something below.
    pub fn below<E>(what: &'static str) -> impl FnOnce(E) -> Self
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        move |source| Self::Below {
            what,
            source: source.into(),
        }
    }

    /// A data file that does not read.
    pub fn data(file: &str, problem: impl std::fmt::Display) -> Self {
        Self::Data {
            file: file.to_owned(),
            problem: problem.to_string(),
        }
    }
}

/// What one request carries.
#[derive(Clone, Debug)]
pub enum Load {
    /// Nothing.
    Empty,
    /// A JSON document.
    Json(Value),
    /// A component.
    Wasm(Vec<u8>),
    /// Bytes that claim to be JSON: for the refusals.
    Raw(Vec<u8>),
}

/// One request of the story.
#[derive(Clone, Debug)]
pub struct Ask<'a> {
    /// Method.
    pub method: Method,
    /// Path below `/api/v1`.
    pub path: String,
    /// Bearer token.
    pub token: Option<&'a str>,
    /// Idempotency key: the step's name.
    pub key: Option<String>,
    /// Body.
    pub load: Load,
}

/// One answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: StatusCode,
    /// The JSON body; null when there was none.
    pub body: Value,
}

impl Answer {
    /// The stable code of a problem answer.
    pub fn code(&self) -> &str {
        self.body.get("code").and_then(Value::as_str).unwrap_or_default()
    }

    /// Path and code of each error of a problem answer.
    pub fn errors(&self) -> impl Iterator<Item = (&str, &str)> {
        let errors = self.body.get("errors").and_then(Value::as_array).into_iter().flatten();
        errors.map(|error| {
            let text = |name| error.get(name).and_then(Value::as_str).unwrap_or_default();
            (text("path"), text("code"))
        })
    }
}

/// The router, called without a socket.
#[derive(Clone, Debug)]
pub struct Door {
    router: Router,
    host: String,
}

impl Door {
    /// `host` is a name under which the municipality is addressed.
    pub fn new(router: Router, host: impl Into<String>) -> Self {
        Self {
            router,
            host: host.into(),
        }
    }

    /// Sends one request and reads its answer, whatever it is.
    pub async fn send(&self, ask: &Ask<'_>) -> Result<Answer, DemoError> {
        let mut request = Request::builder()
            .method(ask.method.clone())
            .uri(format!("/api/v1{}", ask.path))
            .header(header::HOST, &self.host)
            .header(header::ACCEPT, "application/json")
            .header(header::ACCEPT_LANGUAGE, "el");
        if let Some(token) = ask.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(key) = &ask.key {
            request = request.header("idempotency-key", key);
        }
        let (kind, bytes) = match &ask.load {
            Load::Empty => (None, Vec::new()),
            Load::Json(value) => (
                Some("application/json"),
                serde_json::to_vec(value).map_err(DemoError::below("writing a request"))?,
            ),
            Load::Wasm(bytes) => (Some("application/wasm"), bytes.clone()),
            Load::Raw(bytes) => (Some("application/json"), bytes.clone()),
        };
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        let request = request
            .body(Body::from(bytes))
            .map_err(DemoError::below("writing a request"))?;
        let response = self
            .router
            .clone()
            .oneshot(request)
            .await
            .map_err(DemoError::below("calling the router"))?;
        let status = response.status();
        let body = http_body_util::Limited::new(response.into_body(), ANSWER_MAX)
            .collect()
            .await
            .map_err(DemoError::below("reading an answer"))?
            .to_bytes();
        let body = if body.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&body).unwrap_or(Value::Null)
        };
        Ok(Answer { status, body })
    }
}

//! Refusals as answers: `application/problem+json` (RFC 9457) for machines; the pages render the same refusals for people.

mod from;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::lang::Lang;
use crate::refusal::{FieldError, Kind, Refusal};
use crate::texts::Texts;

/// A refusal on its way out: rendered in the reader's language by [`crate::http`]'s outermost layer.
#[derive(Debug, Clone)]
pub struct Refused(pub std::sync::Arc<Refusal>);

/// The body of a problem answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Problem {
    /// A URI reference that names the kind of problem: `/problems/<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What happened, in the reader's language.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Stable code, e.g. `application.late`.
    pub code: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The fields that are wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
    /// The trace of the request, for a fault of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
}

/// One field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct FieldProblem {
    /// JSON Pointer to the field.
    pub path: String,
    /// Stable code.
    pub code: String,
    /// What to do about it, in the reader's language.
    pub message: String,
}

/// The status of each kind of refusal.
pub const fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::Malformed => StatusCode::BAD_REQUEST,
        Kind::NotSignedIn => StatusCode::UNAUTHORIZED,
        Kind::Forbidden => StatusCode::FORBIDDEN,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::Stale => StatusCode::PRECONDITION_FAILED,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Kind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Kind::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The refusal in a reader's language. `trace` is shown for faults of ours only.
pub fn render(refusal: &Refusal, texts: &Texts, lang: Lang, trace: Option<&str>) -> Problem {
    let args: Vec<(&str, &str)> = refusal
        .args()
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let key = refusal.code().replace('.', "-");
    let ours = matches!(refusal.kind(), Kind::Internal);
    Problem {
        kind: format!("/problems/{}", refusal.code()),
        title: texts
            .find(lang, &key, &args)
            .unwrap_or_else(|| texts.get(lang, "internal", &[])),
        status: status(refusal.kind()).as_u16(),
        code: refusal.code().to_owned(),
        detail: texts.find(lang, &format!("{key}.detail"), &args),
        errors: fields(refusal.errors(), texts, lang),
        trace: trace.filter(|_| ours).map(str::to_owned),
    }
}

/// What is said of fields, in a reader's language.
pub fn fields(errors: &[FieldError], texts: &Texts, lang: Lang) -> Vec<FieldProblem> {
    let field = |error: &FieldError| FieldProblem {
        path: error.path.clone(),
        code: error.code.clone(),
        message: message(error, texts, lang),
    };
    errors.iter().map(field).collect()
}

/// The message of one wrong field in a reader's language.
pub fn message(error: &FieldError, texts: &Texts, lang: Lang) -> String {
    if let Some(text) = &error.text {
        return text.get(lang.tag()).to_owned();
    }
    let args: Vec<(&str, &str)> = error
        .args
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let key = format!("field-{}", error.code.replace('.', "-"));
    texts
        .find(lang, &key, &args)
        .unwrap_or_else(|| texts.get(lang, "field-invalid", &[]))
}

/// The answer with the rendered body.
pub fn respond(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = serde_json::to_vec(problem).unwrap_or_default();
    let mut response = (status, body).into_response();
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    response
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = status(self.kind()).into_response();
        if let Some(seconds) = self.args().get("seconds").and_then(|seconds| seconds.parse().ok()) {
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response.extensions_mut().insert(Refused(std::sync::Arc::new(self)));
        response
    }
}

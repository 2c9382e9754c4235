//! The pages: server-rendered HTML that works without JavaScript, Greek at `/`, English under `/en/`.
//!
//! Invariant: a page reads and acts through [`crate::acts`] only, as the API does. What was posted is answered with a
//! redirect; what just happened travels as a code in the address, never as data about a person.

pub mod chart;
pub mod chrome;
pub mod form;
mod paper;
pub mod part;
pub mod views;
mod words;

mod multipart;
mod reader;
mod shown;

mod public;
mod staff;

#[cfg(test)]
mod tests;

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use osn_core::lang::LocalText;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::lang::Lang;
use crate::problem::{self, Problem};
use crate::refusal::{FieldError, Outcome, Refusal};
use crate::route::Route;
use crate::zone::Zone;

pub(crate) use words::{LOCALES, money};

use chrome::Page;
use form::FormView;

/// One row per language: the same path at `/` and under `/en`.
macro_rules! rows {
    ($($method:ident $path:literal, $access:expr, $handler:expr;)*) => {
        vec![$(
            Route::$method($path, $access, $handler),
            Route::$method(concat!("/en", $path), $access, $handler),
        )*]
    };
}
pub(crate) use rows;

/// The rows of the pages in the route table.
pub fn routes() -> Vec<Route> {
    let mut rows = public::routes();
    rows.extend(staff::routes());
    rows
}

/// A finished page.
fn show(page: &impl Template) -> Response {
    show_with(StatusCode::OK, page)
}

fn show_with(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => Refusal::internal(error).into_response(),
    }
}

/// On to another page of ours, after something was done (`done` is a key of the texts `done-…`).
fn onward(p: &Page, path: &str, done: &str) -> Response {
    let mark = if path.contains('?') { '&' } else { '?' };
    let query = if done.is_empty() {
        String::new()
    } else {
        format!("{mark}done={done}")
    };
    Redirect::to(&p.url(&format!("{path}{query}"))).into_response()
}

/// What is wrong with a field, in the reader's language.
fn said(p: &Page, error: &FieldError) -> String {
    if let Some(text) = &error.text {
        return p.text(text);
    }
    let args: Vec<(&str, &str)> = error
        .args
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let key = format!("field-{}", error.code.replace('.', "-"));
    words::find(p.lang, &key, &args).unwrap_or_else(|| p.t("field-invalid"))
}

/// Puts a refusal into a form: beside its fields where it names them, above the page where it does not.
fn blame(p: &mut Page, form: &mut FormView, refusal: &Refusal) {
    form.blame(p, refusal.errors());
    if p.errors.is_empty() {
        let args: Vec<(&str, &str)> = refusal
            .args()
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let key = refusal.code().replace('.', "-");
        let title = words::find(p.lang, &key, &args).unwrap_or_else(|| p.t("internal"));
        let detail = words::find(p.lang, &format!("{key}.detail"), &args);
        p.errors
            .push((None, detail.map_or(title.clone(), |detail| sentences(&title, &detail))));
    }
}

/// A title and what to do about it, one after the other.
fn sentences(title: &str, detail: &str) -> String {
    let stop = if title.ends_with(['.', '!', ';', '?', '·']) {
        ""
    } else {
        "."
    };
    format!("{title}{stop} {detail}")
}

/// Whether a refusal can be mended in the form that caused it; the others become pages of their own.
fn mendable(refusal: &Refusal) -> bool {
    let status = problem::status(refusal.kind());
    status.is_client_error() && ![StatusCode::FORBIDDEN, StatusCode::NOT_FOUND].contains(&status)
}

/// Puts what was wrong into the form that caused it; what cannot be mended there is a page of its own.
fn mend(p: &mut Page, form: &mut FormView, refusal: Refusal) -> Outcome<StatusCode> {
    if !mendable(&refusal) {
        return Err(refusal);
    }
    blame(p, form, &refusal);
    Ok(problem::status(refusal.kind()))
}

/// The body of a form as the value that an act takes.
fn typed<T: DeserializeOwned>(body: serde_json::Value) -> Outcome<T> {
    serde_path_to_error::deserialize(body).map_err(|error| {
        let path = error
            .path()
            .iter()
            .fold(String::new(), |path, segment| path + "/" + &segment.to_string());
        Refusal::invalid("request.invalid", vec![FieldError::new(path, "wrong-type")])
    })
}

/// What somebody wrote, in the language of the page on which it was written.
fn own_words(p: &Page, text: &str) -> LocalText {
    serde_json::from_value(serde_json::json!({ p.tag(): text })).unwrap_or_default()
}

/// A refusal for a person: called for every refusal outside `/api`.
pub fn refused(app: &App, lang: Lang, path: &str, problem: &Problem) -> Response {
    let Ok(zone) = Zone::named("UTC") else {
        return problem::respond(problem);
    };
    let ours = path
        .strip_prefix("/en")
        .filter(|rest| rest.starts_with('/'))
        .unwrap_or(path);
    let mut p = Page::plain(lang, zone, ours);
    p.municipality = p.t("network");
    p.demo = app.config().demonstration;
    p.assets = crate::http::assets_version();
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if status == StatusCode::UNAUTHORIZED && ours.starts_with("/staff") {
        let next: String = serde_urlencoded::to_string([("next", ours)]).unwrap_or_default();
        return Redirect::to(&p.url(&format!("/staff/login?{next}"))).into_response();
    }
    let mut response = show_with(status, &message(p, status, ours, problem));
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn message(p: Page, status: StatusCode, path: &str, problem: &Problem) -> views::Message {
    let title = match status {
        StatusCode::NOT_FOUND => p.t("wrong-missing-title"),
        StatusCode::FORBIDDEN => p.t("wrong-forbidden-title"),
        _ => p.t("wrong-title"),
    };
    let mut more: Vec<String> = problem.errors.iter().map(|error| error.message.clone()).collect();
    more.extend(
        problem
            .trace
            .as_deref()
            .map(|trace| p.t1("wrong-trace", "trace", trace)),
    );
    let text = match &problem.detail {
        Some(detail) => sentences(&problem.title, detail),
        None => problem.title.clone(),
    };
    let link = if path.starts_with("/staff") {
        (p.t("wrong-work"), p.url("/staff/"))
    } else {
        (p.t("wrong-home"), p.url("/"))
    };
    views::Message {
        p: p.titled(title),
        text,
        more,
        link,
    }
}

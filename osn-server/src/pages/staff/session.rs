//! Signing in and out.

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::acts::accounts;
use crate::auth::Token;
use crate::http::{Query, SESSION_COOKIE, clear_session_cookie, session_cookie};
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Field, FormView, Posted};
use crate::pages::reader::Reader;
use crate::pages::views::Login;
use crate::pages::{blame, show, show_with};
use crate::problem;
use crate::refusal::{Kind, Outcome};

#[derive(Debug, Deserialize)]
pub(super) struct Next {
    #[serde(default)]
    next: String,
}

fn form(p: &Page, next: &str) -> FormView {
    let fields = vec![
        Field::line("login", p.t("login-name"))
            .wide("20", "")
            .completed("username"),
        Field::password("password", p.t("login-password")),
    ];
    FormView::new(p.url("/staff/login"), fields, p.t("login-button")).hidden("next", next)
}

/// Where one goes after signing in: pages of ours only.
fn safe(next: &str) -> &str {
    if next.starts_with("/staff/") && !next.contains([':', '\\']) && !next.contains("//") {
        next
    } else {
        "/staff/"
    }
}

pub(super) async fn ask(reader: Reader, Query(Next { next }): Query<Next>) -> Response {
    let (acting, p) = reader.page("login-title", Section::Nowhere);
    if acting.actor.officer().is_some() {
        return Redirect::to(&p.url(safe(&next))).into_response();
    }
    let form = form(&p, safe(&next)).html(&p);
    show(&Login { p, form })
}

pub(super) async fn enter(reader: Reader, body: Bytes) -> Outcome<Response> {
    let (acting, mut p) = reader.page("login-title", Section::Nowhere);
    let posted = Posted::read(&body);
    match accounts::sign_in(&acting, posted.get("login"), posted.get("password").to_owned()).await {
        Ok(signed) => {
            let mut response = Redirect::to(&p.url(safe(posted.get("next")))).into_response();
            if let Ok(cookie) = HeaderValue::from_str(&session_cookie(&acting.app, &signed.token)) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            Ok(response)
        }
        Err(refusal) if refusal.kind() == Kind::Internal => Err(refusal),
        Err(refusal) => {
            let mut form = form(&p, safe(posted.get("next")));
            form.fill(&posted);
            blame(&mut p, &mut form, &refusal);
            let form = form.html(&p);
            let status = problem::status(refusal.kind());
            // 401 would ask the browser for its own dialogue's credentials; the form is the dialogue.
            let status = if status == StatusCode::UNAUTHORIZED {
                StatusCode::UNPROCESSABLE_ENTITY
            } else {
                status
            };
            Ok(show_with(status, &Login { p, form }))
        }
    }
}

pub(super) async fn leave(reader: Reader, headers: HeaderMap) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    let cookies = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'));
    let tokens = cookies
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| [SESSION_COOKIE, "osn"].contains(name));
    for (_, token) in tokens {
        accounts::sign_out(&acting, &Token::presented(token)).await?;
    }
    let mut response = Redirect::to(&p.url("/")).into_response();
    if let Ok(cookie) = HeaderValue::from_str(&clear_session_cookie(&acting.app)) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

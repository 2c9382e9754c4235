//! The guard of every row: which municipality, who is it, may they, was this sent before.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use osn_core::canonical;
use osn_core::time::Instant;

use crate::acts::{Acting, Once, accounts};
use crate::app::App;
use crate::auth::{Actor, SESSION_HOURS, Token};
use crate::fresh::Fresh;
use crate::http::kept;
use crate::http::limit::Limiter;
use crate::lang::Lang;
use crate::refusal::{Kind, Outcome, Refusal};
use crate::route::{Access, Route};

/// Name of the session cookie behind https; on plain http at this machine the prefix would make browsers refuse it.
pub const SESSION_COOKIE: &str = "__Host-osn";
const PLAIN_COOKIE: &str = "osn";

/// What the guard of one row knows.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    app: App,
    access: Access,
    row: Arc<str>,
    creates: bool,
    status: u16,
    personal: bool,
    kept: bool,
    limit: usize,
    limiter: Option<Arc<Limiter>>,
    /// Parameters with which the row asks for work; none: it always does.
    costly_with: &'static [&'static str],
}

impl Gate {
    pub(crate) fn new(app: App, route: &Route, limiter: Option<&Arc<Limiter>>) -> Self {
        Self {
            app,
            limiter: limiter
                .filter(|_| route.costly || !route.costly_with.is_empty())
                .map(Arc::clone),
            costly_with: if route.costly { &[] } else { route.costly_with },
            access: route.access,
            row: route.name().into(),
            creates: route.creates,
            status: route.answer.0,
            personal: route.personal,
            kept: route.kept,
            limit: route.limit,
        }
    }
}

/// Lets a request through to its handler, with the frame of its act, or refuses it.
pub(crate) async fn pass(State(gate): State<Gate>, request: Request, next: Next) -> Result<Response, Refusal> {
    let (mut parts, mut body) = request.into_parts();
    if let Some(limiter) = &gate.limiter
        && asks_for_work(gate.costly_with, parts.uri.query().unwrap_or_default())
    {
        limiter.pass(&parts, gate.app.now())?;
    }
    let fresh = Fresh::now(&gate.app);
    let mut acting = frame(&gate.app, &parts).await?;
    if let Access::Right(right) = gate.access {
        acting.require(right)?;
    }
    if gate.creates
        && let Some(key) = once_key(&parts.headers)?
    {
        let bytes = to_bytes(body, gate.limit)
            .await
            .map_err(|_| Refusal::new(Kind::TooLarge, "request.too-large"))?;
        let once = once(&gate, &acting, &key, parts.uri.path(), &bytes);
        if let Some(remembered) = remembered(&acting, &once).await? {
            return Ok(remembered);
        }
        acting.once = Some(once);
        body = Body::from(bytes);
    }
    let is_visitor = matches!(acting.actor, Actor::Visitor);
    parts.extensions.insert(acting);
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if gate.kept && is_visitor {
        kept::mark(&mut response, fresh);
    }
    if gate.personal {
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    Ok(response)
}

/// Whether a request asks for work: with one of the parameters that do, or whatever it says where none is named.
fn asks_for_work(costly_with: &[&str], query: &str) -> bool {
    let asked: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
    costly_with.is_empty() || asked.iter().any(|(name, _)| costly_with.contains(&name.as_str()))
}

/// An address that no row has.
pub(crate) async fn nothing_here() -> Refusal {
    Refusal::not_found("address.unknown")
}

/// An address whose rows have other methods.
pub(crate) async fn wrong_method() -> Refusal {
    Refusal::new(Kind::MethodNotAllowed, "method.not-allowed")
}

async fn frame(app: &App, parts: &Parts) -> Outcome<Acting> {
    let headers = &parts.headers;
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .or_else(|| parts.uri.host());
    let hosted = app
        .hosted_at(host)
        .await
        .ok_or_else(|| Refusal::not_found("municipality.unknown"))?;
    let lang = Lang::asked_for(&parts.uri, headers);
    let mut acting = Acting::of(app, &hosted, Actor::Visitor, lang);
    if let Some(token) = presented(app, headers) {
        acting.actor = accounts::who_holds(&acting, &token).await?;
    }
    acting.expected = if_match(headers)?;
    if parts.method == axum::http::Method::GET && !reads_its_own_day(parts.uri.path()) {
        acting.as_of = as_of(&acting, parts.uri.query().unwrap_or_default())?;
    }
    Ok(acting)
}

/// The token of a request: `Authorization: Bearer`, else the session cookie.
pub fn presented(app: &App, headers: &HeaderMap) -> Option<Token> {
    // Behind https only the prefixed name counts: no other host of the domain can have set it.
    let name_of_cookie = if app.config().secure_cookies {
        SESSION_COOKIE
    } else {
        PLAIN_COOKIE
    };
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    let cookies = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'));
    let cookie = cookies
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == name_of_cookie);
    bearer
        .or(cookie.map(|(_, value)| value))
        .map(|text| Token::presented(text.trim()))
}

/// Addresses that read `?as_of=` themselves: HSDS answers in its own way to what is no day.
fn reads_its_own_day(path: &str) -> bool {
    path.split('/').any(|part| part == "hsds")
}

/// `?as_of=`: a day, meaning its end, or a moment; nothing when it lies ahead.
fn as_of(acting: &Acting, query: &str) -> Outcome<Option<Instant>> {
    let asked = query.split('&').find(|pair| pair.starts_with("as_of="));
    // A plus sign that somebody did not escape stays one: `+03:00`.
    let asked = asked.map(|pair| pair.replace('+', "%2B")).unwrap_or_default();
    let asked: Vec<(String, String)> = serde_urlencoded::from_str(&asked).unwrap_or_default();
    let Some((_, asked)) = asked.into_iter().next().filter(|(_, asked)| !asked.is_empty()) else {
        return Ok(None);
    };
    let end_of = |day: NaiveDate| {
        let next = acting
            .zone()
            .instant(day.succ_opt()?.and_time(chrono::NaiveTime::MIN))?;
        next.checked_sub_signed(chrono::TimeDelta::microseconds(1))
    };
    let at = match asked.parse::<NaiveDate>() {
        Ok(day) => end_of(day),
        Err(_) => asked.parse::<Instant>().ok(),
    };
    let at = at.ok_or_else(|| Refusal::field("/as_of", "wrong-type"))?;
    Ok(Some(at).filter(|at| *at < acting.now))
}

fn if_match(headers: &HeaderMap) -> Outcome<Option<i64>> {
    let Some(value) = headers.get(header::IF_MATCH) else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let number = text.trim_start_matches("W/").trim_matches('"').parse();
    number
        .map(Some)
        .map_err(|_| Refusal::new(Kind::Malformed, "request.if-match"))
}

fn once_key(headers: &HeaderMap) -> Outcome<Option<String>> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let key = value.to_str().unwrap_or_default().trim();
    let fits = (8..=200).contains(&key.len());
    if fits {
        Ok(Some(key.to_owned()))
    } else {
        Err(Refusal::new(Kind::Malformed, "idempotency.key-invalid"))
    }
}

/// The key belongs to whoever sent it and to one address: nobody reads another's answer by guessing a key.
fn once(gate: &Gate, acting: &Acting, key: &str, path: &str, body: &[u8]) -> Once {
    let who = acting
        .actor
        .account()
        .map_or_else(|| "-".to_owned(), |account| account.to_string());
    let bound = canonical::digest("idempotency-key:1", format!("{who}\n{path}\n{key}").as_bytes());
    Once {
        route: gate.row.to_string(),
        key: bound.to_string(),
        request: canonical::digest("idempotent-request:1", body),
        status: gate.status,
    }
}

async fn remembered(acting: &Acting, once: &Once) -> Outcome<Option<Response>> {
    let Some(before) = acting.scope.idempotent(&once.route, &once.key).await? else {
        return Ok(None);
    };
    if before.request_digest != once.request {
        return Err(Refusal::new(Kind::Invalid, "idempotency.key-reused"));
    }
    let status = StatusCode::from_u16(before.status).unwrap_or(StatusCode::OK);
    let mut response = (status, before.body).into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
        .headers_mut()
        .insert("idempotency-replayed", HeaderValue::from_static("true"));
    Ok(Some(response))
}

/// The `Set-Cookie` of a new session.
pub fn session_cookie(app: &App, token: &Token) -> String {
    cookie(app, token.expose(), SESSION_HOURS * 3600)
}

/// The `Set-Cookie` that ends a session.
pub fn clear_session_cookie(app: &App) -> String {
    cookie(app, "", 0)
}

fn cookie(app: &App, value: &str, seconds: i64) -> String {
    if app.config().secure_cookies {
        format!("{SESSION_COOKIE}={value}; Path=/; Max-Age={seconds}; HttpOnly; Secure; SameSite=Lax")
    } else {
        format!("{PLAIN_COOKIE}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax")
    }
}

#[cfg(test)]
mod tests {
    use super::asks_for_work;

    #[test]
    fn a_row_asks_for_work_always_or_with_what_makes_it_so() {
        assert!(asks_for_work(&[], "") && asks_for_work(&[], "page=2"));
        for (query, does) in [
            ("", false),
            ("full=true&per_page=1000", false),
            ("research=a", false),
            ("search=a", true),
            ("page=2&se%61rch=a", true),
        ] {
            assert_eq!(asks_for_work(&["search", "open_now"], query), does, "{query}");
        }
    }
}

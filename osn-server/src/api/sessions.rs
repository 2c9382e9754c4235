//! Signing in and out, and who one is.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::List;
use crate::acts::{Acting, accounts};
use crate::auth::{Officer, Right, Role};
use crate::http::{Json, Page, clear_session_cookie, presented_token, session_cookie};
use crate::refusal::{Kind, Outcome, Refusal};
use crate::route::{Access, Route};

pub(super) fn routes() -> Vec<Route> {
    let own = Access::Right(Right::SeeSelf);
    vec![
        Route::post("/api/v1/sessions", Access::Public, open)
            .says("Sign in with a local account")
            .takes::<Login>()
            .answers::<SessionView>(201)
            .personal(),
        Route::delete("/api/v1/sessions/current", own, close)
            .says("Sign out")
            .answers_nothing(),
        Route::get("/api/v1/me", own, me)
            .says("Who is signed in")
            .answers::<AccountView>(200),
        Route::get("/api/v1/accounts", Access::Right(Right::SeeWork), list)
            .says("Colleagues")
            .reads(&["limit", "after"])
            .answers::<List<AccountView>>(200),
    ]
}

/// Login and password.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Login {
    /// Login name.
    login: String,
    /// Password.
    password: String,
}

/// Somebody who is signed in.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct SessionView {
    /// The bearer token, given out once.
    token: String,
    /// Who.
    account: AccountView,
    /// Until when.
    expires_at: osn_core::time::Instant,
}

/// An account.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct AccountView {
    /// Identifier.
    #[schemars(with = "uuid::Uuid")]
    id: osn_core::id::AccountId,
    /// Login name.
    login: String,
    /// Name.
    name: String,
    /// Roles.
    roles: Vec<Role>,
    /// The body a partner works for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<uuid::Uuid>")]
    organization_id: Option<osn_core::id::OrganizationId>,
}

impl From<Officer> for AccountView {
    fn from(officer: Officer) -> Self {
        Self {
            id: officer.id,
            login: officer.login,
            name: officer.name,
            roles: officer.roles,
            organization_id: officer.organization,
        }
    }
}

async fn open(acting: Acting, Json(login): Json<Login>) -> Outcome<Response> {
    let signed = accounts::sign_in(&acting, &login.login, login.password).await?;
    let cookie = HeaderValue::from_str(&session_cookie(&acting.app, &signed.token)).map_err(Refusal::internal)?;
    let view = SessionView {
        token: signed.token.expose().to_owned(),
        account: signed.officer.into(),
        expires_at: signed.expires_at,
    };
    let mut response = (StatusCode::CREATED, Json(view)).into_response();
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

async fn close(acting: Acting, headers: HeaderMap) -> Outcome<Response> {
    let token =
        presented_token(&acting.app, &headers).ok_or_else(|| Refusal::new(Kind::NotSignedIn, "access.sign-in"))?;
    accounts::sign_out(&acting, &token).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    let cookie = HeaderValue::from_str(&clear_session_cookie(&acting.app)).map_err(Refusal::internal)?;
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

async fn me(acting: Acting) -> Outcome<Json<AccountView>> {
    Ok(Json(acting.require(Right::SeeSelf)?.clone().into()))
}

async fn list(acting: Acting, Page(query): Page) -> Outcome<Json<List<AccountView>>> {
    Ok(Json(
        accounts::list(&acting, query).await?.map(AccountView::from).into(),
    ))
}

//! Calls and applications: what everybody may see and send, and what staff see of it.

use axum::response::{IntoResponse, Response};
use osn_core::application::{ApplicationData, Evidence};
use osn_core::id::{ActionId, ApplicationId, CallId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::{List, created, made, tagged};
use crate::acts::applications::{ApplicationDetails, ApplicationView, Reason};
use crate::acts::calls::{CallView, NewCall};
use crate::acts::evidence::CheckedEvidence;
use crate::acts::intake::{Credentials, NewApplication, Receipt, Tracked};
use crate::acts::{Acting, applications, calls, evidence, intake};
use crate::auth::Right;
use crate::http::{Json, Page, Path, Query};
use crate::refusal::Outcome;
use crate::route::{Access, Route};
use crate::shapes;

pub(super) fn routes() -> Vec<Route> {
    let (all, plan, see) = (
        Access::Public,
        Access::Right(Right::PlanActions),
        Access::Right(Right::SeeApplications),
    );
    vec![
        Route::post("/api/v1/actions/{id}/calls", plan, create)
            .says("Write a call")
            .takes::<NewCall>()
            .answers::<shapes::Call>(201)
            .creates(),
        Route::post("/api/v1/calls/{id}/publish", plan, publish)
            .says("Publish a call: parameters and code are frozen")
            .answers::<shapes::Call>(200)
            .creates(),
        Route::get("/api/v1/calls", all, list)
            .says("Calls; drafts for staff only")
            .reads(&["action", "limit", "after"])
            .answers::<List<CallView>>(200),
        Route::get("/api/v1/calls/{id}", all, get)
            .says("One call with its criteria")
            .answers::<CallView>(200),
        Route::get("/api/v1/calls/{id}/form.schema.json", all, form)
            .says("The form of a call")
            .answers::<shapes::JsonSchemaDocument>(200),
        Route::post("/api/v1/calls/{id}/applications", all, submit)
            .says("Apply, without an account")
            .takes::<NewApplication>()
            .answers::<Receipt>(201)
            .creates()
            .personal(),
        Route::post("/api/v1/applications/track", all, track)
            .says("Follow an application")
            .takes::<Credentials>()
            .answers::<Tracked>(200)
            .personal(),
        Route::post("/api/v1/applications/withdraw", all, withdraw)
            .says("Take an application back")
            .takes::<Credentials>()
            .answers::<Tracked>(200)
            .personal(),
        Route::get("/api/v1/calls/{id}/applications", see, of_call)
            .says("Applications of a call, without names")
            .reads(&["state", "limit", "after"])
            .answers::<List<ApplicationView>>(200),
        Route::get("/api/v1/applications/{id}", see, application)
            .says("One application, without personal data")
            .answers::<ApplicationDetails>(200),
        Route::post(
            "/api/v1/applications/{id}/open",
            Access::Right(Right::OpenApplications),
            open,
        )
        .says("Open sealed data, with a reason that the journal keeps")
        .takes::<Reason>()
        .answers::<shapes::ApplicationData>(200),
        Route::put(
            "/api/v1/applications/{id}/evidence",
            Access::Right(Right::CheckEvidence),
            check,
        )
        .says("Say what became of papers")
        .takes::<CheckedEvidence>()
        .answers::<SavedEvidence>(200),
    ]
}

/// The papers as they stand now, by key of the question.
#[derive(Serialize, JsonSchema)]
struct SavedEvidence {
    #[schemars(with = "std::collections::BTreeMap<String, shapes::Evidence>")]
    evidence: std::collections::BTreeMap<String, Evidence>,
    /// Of the application, for `If-Match`.
    version: i64,
}

async fn create(acting: Acting, Path(action): Path<ActionId>, Json(new): Json<NewCall>) -> Outcome<Response> {
    Ok(created(calls::create(&acting, action, new).await?))
}

async fn publish(acting: Acting, Path(id): Path<CallId>) -> Outcome<Response> {
    Ok(tagged(calls::publish(&acting, id).await?))
}

#[derive(Deserialize)]
struct OfAction {
    action: Option<ActionId>,
}

async fn list(
    acting: Acting,
    Query(OfAction { action }): Query<OfAction>,
    Page(query): Page,
) -> Outcome<Json<List<CallView>>> {
    Ok(Json(calls::list(&acting, action, query).await?.into()))
}

async fn get(acting: Acting, Path(id): Path<CallId>) -> Outcome<Json<CallView>> {
    Ok(Json(calls::get(&acting, id).await?))
}

async fn form(acting: Acting, Path(id): Path<CallId>) -> Outcome<Json<serde_json::Value>> {
    Ok(Json(calls::form_schema(&acting, id).await?))
}

async fn submit(acting: Acting, Path(id): Path<CallId>, Json(new): Json<NewApplication>) -> Outcome<Response> {
    Ok(made(intake::submit(&acting, id, new).await?))
}

async fn track(acting: Acting, Json(credentials): Json<Credentials>) -> Outcome<Json<Tracked>> {
    Ok(Json(intake::track(&acting, &credentials).await?))
}

async fn withdraw(acting: Acting, Json(credentials): Json<Credentials>) -> Outcome<Json<Tracked>> {
    Ok(Json(intake::withdraw(&acting, &credentials).await?))
}

#[derive(Deserialize)]
struct InState {
    state: Option<String>,
}

async fn of_call(
    acting: Acting,
    Path(id): Path<CallId>,
    Query(InState { state }): Query<InState>,
    Page(query): Page,
) -> Outcome<Json<List<ApplicationView>>> {
    Ok(Json(
        applications::list(&acting, id, state.as_deref(), query).await?.into(),
    ))
}

async fn application(acting: Acting, Path(id): Path<ApplicationId>) -> Outcome<Json<ApplicationDetails>> {
    Ok(Json(applications::get(&acting, id).await?))
}

async fn open(
    acting: Acting,
    Path(id): Path<ApplicationId>,
    Json(reason): Json<Reason>,
) -> Outcome<Json<ApplicationData>> {
    Ok(Json(applications::open(&acting, id, &reason).await?))
}

async fn check(
    acting: Acting,
    Path(id): Path<ApplicationId>,
    Json(checked): Json<CheckedEvidence>,
) -> Outcome<Response> {
    let saved = evidence::check(&acting, id, checked).await?;
    Ok(Json(SavedEvidence {
        evidence: saved.value,
        version: saved.version,
    })
    .into_response())
}

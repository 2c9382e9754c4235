//! Assessments, decisions and selections.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use osn_core::id::{ApplicationId, AssessmentRunId, CallId, DecisionId, JobId, SelectionId};
use osn_core::published::SignedList;
use osn_core::selection::Ranked;
use osn_store::AssessmentRun;
use serde::Deserialize;

use super::answer::{List, created, tagged};
use crate::acts::assessment::Accepted;
use crate::acts::decisions::{AnyDecision, DecisionView};
use crate::acts::dry_run::{Change, Trial};
use crate::acts::records::JobView;
use crate::acts::selection::Results;
use crate::acts::{Acting, assessment, decisions, dry_run, published, records, selection};
use crate::auth::Right;
use crate::http::{Json, Page, Path, Query};
use crate::refusal::Outcome;
use crate::route::{Access, Route};
use crate::shapes;

pub(super) fn routes() -> Vec<Route> {
    let (see, act) = (Access::Right(Right::SeeApplications), Access::Right(Right::Select));
    vec![
        Route::post("/api/v1/calls/{id}/assessments", act, start)
            .says("Assess every application of a closed call, or all that wait while an intake is rolling, as a job")
            .answers::<Accepted>(202)
            .creates(),
        Route::post(
            "/api/v1/calls/{id}/dry-runs",
            Access::Right(Right::PlanActions),
            dry_run,
        )
        .says("Try a change against a call's applications, as a job; only figures stay")
        .takes::<Change>()
        .answers::<Trial>(202)
        .creates(),
        Route::get("/api/v1/jobs/{id}", Access::Right(Right::Operate), job)
            .says("Watch a job")
            .answers::<JobView>(200),
        Route::get("/api/v1/runs/{id}", see, run)
            .says("One assessment run")
            .answers::<shapes::AssessmentRun>(200),
        Route::get("/api/v1/calls/{id}/decisions", see, of_call)
            .says("Decisions of the last run")
            .reads(&["limit", "after"])
            .answers::<List<DecisionView>>(200),
        Route::get("/api/v1/decisions/{id}", see, explain)
            .says("One decision: every criterion of a program explained, or what two people had before them on immediate help")
            .answers::<AnyDecision>(200),
        Route::get("/api/v1/decisions/{id}/record", Access::Right(Right::Audit), record)
            .says("The canonical decision record")
            .answers::<shapes::DecisionRecord>(200),
        Route::post("/api/v1/calls/{id}/selections", act, propose)
            .says("Propose the ranked list")
            .answers::<shapes::Selection>(201)
            .creates(),
        Route::get("/api/v1/selections/{id}", see, get)
            .says("One list: how it was made, and how many it holds")
            .answers::<shapes::Selection>(200),
        Route::get("/api/v1/selections/{id}/lines", see, lines)
            .says("The ranked lines of a list, best first")
            .reads(&["limit", "after"])
            .answers::<List<shapes::RankedLine>>(200),
        Route::post("/api/v1/selections/{id}/approve", act, approve)
            .says("Make a list final; never its proposer")
            .answers::<shapes::Selection>(200)
            .creates(),
        Route::post("/api/v1/selections/{id}/reject", act, reject)
            .says("Send a list back; never its proposer")
            .answers::<shapes::Selection>(200)
            .creates(),
        Route::get("/api/v1/calls/{id}/results", Access::Public, results)
            .says("The published results; of a rolling intake the last list, or the one named by `round`")
            .reads(&["round"])
            .answers::<Results>(200),
        Route::get("/api/v1/calls/{id}/published-list", Access::Public, published_list)
            .says("The final list, signed, for `osn selection verify` and the page that checks it")
            .reads(&["round"])
            .answers::<shapes::SignedList>(200)
            .costly(),
    ]
}

async fn start(acting: Acting, Path(id): Path<CallId>) -> Outcome<Response> {
    let accepted = assessment::start(&acting, id).await?;
    let location = HeaderValue::from_str(&accepted.location);
    let mut response = (StatusCode::ACCEPTED, Json(accepted)).into_response();
    if let Ok(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

async fn dry_run(acting: Acting, Path(id): Path<CallId>, Json(change): Json<Change>) -> Outcome<Response> {
    let trial = dry_run::start(&acting, id, change).await?;
    let location = HeaderValue::from_str(&trial.location);
    let mut response = (StatusCode::ACCEPTED, Json(trial)).into_response();
    if let Ok(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

async fn job(acting: Acting, Path(id): Path<JobId>) -> Outcome<Json<JobView>> {
    Ok(Json(records::job(&acting, id).await?))
}

async fn run(acting: Acting, Path(id): Path<AssessmentRunId>) -> Outcome<Json<AssessmentRun>> {
    Ok(Json(assessment::run(&acting, id).await?))
}

async fn of_call(acting: Acting, Path(id): Path<CallId>, Page(query): Page) -> Outcome<Json<List<DecisionView>>> {
    Ok(Json(decisions::of_call(&acting, id, query).await?.into()))
}

async fn explain(acting: Acting, Path(id): Path<DecisionId>) -> Outcome<Json<AnyDecision>> {
    Ok(Json(decisions::any(&acting, id).await?))
}

async fn record(acting: Acting, Path(id): Path<DecisionId>) -> Outcome<Response> {
    let bytes = decisions::record(&acting, id).await?;
    let mut response = bytes.into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

async fn propose(acting: Acting, Path(id): Path<CallId>) -> Outcome<Response> {
    Ok(created(selection::propose(&acting, id).await?))
}

async fn get(acting: Acting, Path(id): Path<SelectionId>) -> Outcome<Response> {
    Ok(tagged(selection::get(&acting, id).await?))
}

async fn lines(acting: Acting, Path(id): Path<SelectionId>, Page(query): Page) -> Outcome<Json<List<Ranked>>> {
    let call = selection::get(&acting, id).await?.value.list.call_id;
    let page = selection::page(&acting, id, query).await?;
    // The lines hold people's ranking keys: one reading, one journal entry.
    let subjects: Vec<ApplicationId> = page.items.iter().map(|line| line.candidate.application_id).collect();
    decisions::journal_reading(&acting, call, "ranked-list", &subjects).await?;
    Ok(Json(page.into()))
}

async fn approve(acting: Acting, Path(id): Path<SelectionId>) -> Outcome<Response> {
    Ok(tagged(selection::approve(&acting, id).await?))
}

async fn reject(acting: Acting, Path(id): Path<SelectionId>) -> Outcome<Response> {
    Ok(tagged(selection::reject(&acting, id).await?))
}

#[derive(Deserialize)]
struct OfRound {
    round: Option<usize>,
}

async fn published_list(
    acting: Acting,
    Path(id): Path<CallId>,
    Query(OfRound { round }): Query<OfRound>,
) -> Outcome<Json<SignedList>> {
    Ok(Json(published::list(&acting, id, round).await?))
}

async fn results(
    acting: Acting,
    Path(id): Path<CallId>,
    Query(OfRound { round }): Query<OfRound>,
) -> Outcome<Json<Results>> {
    Ok(Json(selection::results(&acting, id, round).await?))
}

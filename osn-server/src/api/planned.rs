//! The shared calendar: what bodies plan by themselves.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use osn_core::id::PlannedActionId;
use osn_core::planned::PlannedAction;

use super::answer::{List, created, tagged, versions};
use crate::acts::network::Listed;
use crate::acts::network::planned::{self as acts, NewPlannedAction};
use crate::acts::{Acting, Saved};
use crate::auth::Right;
use crate::http::{Json, Page, Path, Query};
use crate::refusal::Outcome;
use crate::route::{Access, Route};
use crate::shapes;

pub(super) fn routes() -> Vec<Route> {
    let (work, write) = (Access::Right(Right::SeeWork), Access::Right(Right::WriteRequests));
    vec![
        Route::post("/api/v1/planned-actions", write, plan)
            .says("Enter what a body plans by itself")
            .takes::<NewPlannedAction>()
            .answers::<shapes::PlannedAction>(201)
            .creates(),
        Route::get("/api/v1/planned-actions", work, list)
            .says("What bodies plan by themselves")
            .reads(&["state", "limit", "after"])
            .answers::<List<shapes::PlannedAction>>(200),
        Route::get("/api/v1/planned-actions/{id}", work, get)
            .says("One planned action")
            .answers::<shapes::PlannedAction>(200),
        Route::put("/api/v1/planned-actions/{id}", write, rewrite)
            .says("Write a planned action anew")
            .takes::<NewPlannedAction>()
            .answers::<shapes::PlannedAction>(200),
        Route::post("/api/v1/planned-actions/{id}/cancel", write, cancel)
            .says("It does not take place")
            .answers::<shapes::PlannedAction>(200)
            .creates(),
        Route::get("/api/v1/planned-actions/calendar", work, calendar)
            .says("Everything that stands, as a file for calendar programs")
            .answers_media("text/calendar"),
    ]
}

async fn plan(acting: Acting, Json(new): Json<NewPlannedAction>) -> Outcome<Response> {
    Ok(created(acts::plan(&acting, new).await?))
}

async fn list(
    acting: Acting,
    Query(asked): Query<Listed>,
    Page(query): Page,
) -> Outcome<Json<List<Saved<PlannedAction>>>> {
    Ok(versions(acts::list(&acting, &asked, query).await?))
}

async fn get(acting: Acting, Path(id): Path<PlannedActionId>) -> Outcome<Response> {
    Ok(tagged(acts::get(&acting, id).await?))
}

async fn rewrite(
    acting: Acting,
    Path(id): Path<PlannedActionId>,
    Json(new): Json<NewPlannedAction>,
) -> Outcome<Response> {
    Ok(tagged(acts::rewrite(&acting, id, new).await?))
}

async fn cancel(acting: Acting, Path(id): Path<PlannedActionId>) -> Outcome<Response> {
    Ok(tagged(acts::cancel(&acting, id).await?))
}

pub(crate) async fn calendar(acting: Acting) -> Outcome<Response> {
    let mut response = acts::calendar(&acting).await?.into_response();
    let headers = response.headers_mut();
    let media = HeaderValue::from_static("text/calendar; charset=utf-8");
    headers.insert(header::CONTENT_TYPE, media);
    let file = HeaderValue::from_static("attachment; filename=\"planned-actions.ics\"");
    headers.insert(header::CONTENT_DISPOSITION, file);
    Ok(response)
}

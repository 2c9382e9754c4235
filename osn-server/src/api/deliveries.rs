//! Delivery plans, deliveries and awards.

use axum::response::Response;
use osn_core::delivery::{Delivery, DeliveryPlan};
use osn_core::id::{ActionId, AwardId, DeliveryId};
use osn_store::DeliveryFilter;
use serde::Deserialize;

use super::answer::{List, made, tagged, versions, whole};
use crate::acts::awards::{AwardView, Withdrawal, Withdrawn};
use crate::acts::deliveries::{NewPlan, Planned};
use crate::acts::recording::{self, NewAttempt, NewAttempts, Recorded};
use crate::acts::{Acting, Saved, awards, deliveries};
use crate::auth::Right;
use crate::http::{Json, Page, Path, Query};
use crate::refusal::Outcome;
use crate::route::{Access, Route};
use crate::shapes;

pub(super) fn routes() -> Vec<Route> {
    let (see, plan, record) = (
        Access::Right(Right::SeeDeliveries),
        Access::Right(Right::PlanDeliveries),
        Access::Right(Right::RecordDeliveries),
    );
    vec![
        Route::post("/api/v1/actions/{id}/delivery-plans", plan, put_plan)
            .says("A new version of the plan; open deliveries move")
            .takes::<NewPlan>()
            .answers::<Planned>(201)
            .creates(),
        Route::get("/api/v1/actions/{id}/delivery-plans", see, plans)
            .says("Every version of the plan")
            .answers::<List<shapes::DeliveryPlan>>(200),
        Route::get("/api/v1/actions/{id}/deliveries", see, list)
            .says("Deliveries of an action")
            .reads(&["instalment", "state", "limit", "after"])
            .answers::<List<shapes::Delivery>>(200),
        Route::post("/api/v1/actions/{id}/deliveries/attempts", record, attempts)
            .says("Record many attempts, all or none")
            .takes::<NewAttempts>()
            .answers::<Recorded>(200)
            .creates(),
        Route::post("/api/v1/deliveries/{id}/attempts", record, attempt)
            .says("Record one attempt")
            .takes::<NewAttempt>()
            .answers::<shapes::Delivery>(200),
        Route::get("/api/v1/actions/{id}/awards", see, list_awards)
            .says("Awards of an action")
            .reads(&["limit", "after"])
            .answers::<List<AwardView>>(200),
        Route::post("/api/v1/awards/{id}/withdraw", plan, withdraw)
            .says("Take an award back; the first on reserve moves up")
            .takes::<Withdrawal>()
            .answers::<Withdrawn>(200)
            .creates(),
    ]
}

async fn put_plan(acting: Acting, Path(id): Path<ActionId>, Json(new): Json<NewPlan>) -> Outcome<Response> {
    Ok(made(deliveries::plan(&acting, id, new).await?))
}

async fn plans(acting: Acting, Path(id): Path<ActionId>) -> Outcome<Json<List<DeliveryPlan>>> {
    Ok(whole(deliveries::plans(&acting, id).await?))
}

#[derive(Deserialize)]
struct Filter {
    instalment: Option<u16>,
    state: Option<String>,
}

async fn list(
    acting: Acting,
    Path(id): Path<ActionId>,
    Query(filter): Query<Filter>,
    Page(query): Page,
) -> Outcome<Json<List<Saved<Delivery>>>> {
    let filter = DeliveryFilter {
        instalment: filter.instalment,
        state: filter.state,
    };
    Ok(versions(deliveries::list(&acting, id, filter, query).await?))
}

async fn attempts(acting: Acting, Path(id): Path<ActionId>, Json(new): Json<NewAttempts>) -> Outcome<Json<Recorded>> {
    Ok(Json(recording::attempts(&acting, id, new).await?))
}

async fn attempt(acting: Acting, Path(id): Path<DeliveryId>, Json(new): Json<NewAttempt>) -> Outcome<Response> {
    Ok(tagged(recording::attempt(&acting, id, new).await?))
}

async fn list_awards(acting: Acting, Path(id): Path<ActionId>, Page(query): Page) -> Outcome<Json<List<AwardView>>> {
    Ok(Json(awards::list(&acting, id, query).await?.into()))
}

async fn withdraw(acting: Acting, Path(id): Path<AwardId>, Json(given): Json<Withdrawal>) -> Outcome<Json<Withdrawn>> {
    Ok(Json(awards::withdraw(&acting, id, &given).await?))
}

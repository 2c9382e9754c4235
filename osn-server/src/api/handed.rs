//! What is written down at deliveries, occasions and day lists, lots and recalls, and how an action ends.

use axum::response::Response;
use osn_core::evaluation::{ActionEvaluation, Figures};
use osn_core::id::{ActionId, DeliveryId, EvaluationId, RecallId};

use super::answer::{List, created, made, tagged, whole};
use crate::acts::applications::Reason;
use crate::acts::delivering::{self, NewDeliverers};
use crate::acts::evaluation::{self, NewEvaluation};
use crate::acts::network::Why;
use crate::acts::occasions::{self, Asked, AskedList, DayList, OccasionView};
use crate::acts::recalls::{self, LotView, NewRecall, RecallView};
use crate::acts::recalls_everywhere::{self, AskedLot, LotEverywhere};
use crate::acts::stock::{self, NewStock, StockView};
use crate::acts::written::{self, DeliveryOpened};
use crate::acts::{Acting, Saved, deliveries};
use crate::auth::Right;
use crate::http::{Json, Path, Query};
use crate::refusal::Outcome;
use crate::route::{Access, Route};
use crate::shapes;

pub(super) fn routes() -> Vec<Route> {
    let mut routes = written_routes();
    routes.extend(evaluation_routes());
    routes
}

fn written_routes() -> Vec<Route> {
    let (see, plan, record, open) = (
        Access::Right(Right::SeeDeliveries),
        Access::Right(Right::PlanDeliveries),
        Access::Right(Right::RecordDeliveries),
        Access::Right(Right::OpenApplications),
    );
    vec![
        Route::get("/api/v1/actions/{id}/delivery-form", see, form)
            .says("What is written down at a delivery, as JSON Schema")
            .answers::<serde_json::Value>(200),
        Route::get("/api/v1/deliveries/{id}", see, delivery)
            .says("One delivery")
            .answers::<shapes::Delivery>(200),
        Route::post("/api/v1/deliveries/{id}/open", open, opened)
            .says("Open what was written down about people, with a reason")
            .takes::<Reason>()
            .answers::<DeliveryOpened>(200),
        Route::get("/api/v1/actions/{id}/occasions", see, list)
            .says("What comes when, where, for how many; by day and hour")
            .reads(&["day", "place"])
            .answers::<List<OccasionView>>(200),
        Route::post("/api/v1/actions/{id}/day-lists", record, day_list)
            .says("Open the list of a day: names, and what was said for the delivery")
            .takes::<AskedList>()
            .answers::<DayList>(200),
        Route::put("/api/v1/actions/{id}/deliverers", plan, deliverers)
            .says(
                "Name the bodies that deliver an action, all of it or at a place; whoever works for another is refused",
            )
            .takes::<NewDeliverers>()
            .answers::<shapes::Action>(200),
        Route::get("/api/v1/actions/{id}/stock", see, stock_of)
            .says("What an action has to hand over: what arrived, what was handed over, what is left")
            .answers::<StockView>(200),
        Route::post("/api/v1/actions/{id}/stock", plan, record_stock)
            .says(
                "Record what arrived, or what a count found; the next version of the plan gives no more than there is",
            )
            .takes::<NewStock>()
            .answers::<StockView>(201)
            .creates(),
        Route::get("/api/v1/actions/{id}/lots", see, lots)
            .says("The lots that were handed over")
            .answers::<List<LotView>>(200),
        Route::get("/api/v1/actions/{id}/recalls", see, of_action)
            .says("The recalls of an action")
            .answers::<List<RecallView>>(200),
        Route::post("/api/v1/actions/{id}/recalls", plan, recall)
            .says("Call a lot back; everybody who received it is told once")
            .takes::<NewRecall>()
            .answers::<RecallView>(200)
            .creates(),
        Route::get("/api/v1/lots", see, everywhere)
            .says("Where a lot was handed over: every action that writes lots down, with its counts")
            .reads(&["lot"])
            .answers::<LotEverywhere>(200),
        Route::post("/api/v1/recalls", plan, recall_everywhere)
            .says("Call a lot back in every action that writes lots down; everybody who received it is told once")
            .takes::<NewRecall>()
            .answers::<LotEverywhere>(200)
            .creates(),
        Route::get("/api/v1/recalls/{id}", see, one)
            .says("A recall with everybody who received the lot")
            .answers::<RecallView>(200),
    ]
}

fn evaluation_routes() -> Vec<Route> {
    let (work, plan) = (Access::Right(Right::SeeWork), Access::Right(Right::PlanActions));
    vec![
        Route::get("/api/v1/actions/{id}/figures", work, figures)
            .says("What an action has reached: the figures of an evaluation")
            .answers::<shapes::EvaluationFigures>(200),
        Route::get("/api/v1/actions/{id}/evaluations", work, evaluations)
            .says("Evaluations of an action, oldest first")
            .answers::<List<shapes::ActionEvaluation>>(200),
        Route::post("/api/v1/actions/{id}/evaluations", plan, propose)
            .says("Propose what becomes of an action: stop, repeat, extend")
            .takes::<NewEvaluation>()
            .answers::<shapes::ActionEvaluation>(201)
            .creates(),
        Route::post("/api/v1/evaluations/{id}/approve", plan, approve)
            .says("A second person agrees")
            .answers::<shapes::ActionEvaluation>(200),
        Route::post("/api/v1/evaluations/{id}/reject", plan, reject)
            .says("A second person does not agree")
            .takes::<Why>()
            .answers::<shapes::ActionEvaluation>(200),
    ]
}

async fn form(acting: Acting, Path(id): Path<ActionId>) -> Outcome<Json<serde_json::Value>> {
    Ok(Json(written::form(&acting, id).await?))
}

async fn delivery(acting: Acting, Path(id): Path<DeliveryId>) -> Outcome<Response> {
    Ok(tagged(deliveries::get(&acting, id).await?))
}

async fn opened(
    acting: Acting,
    Path(id): Path<DeliveryId>,
    Json(reason): Json<Reason>,
) -> Outcome<Json<DeliveryOpened>> {
    Ok(Json(written::open(&acting, id, &reason).await?))
}

async fn list(
    acting: Acting,
    Path(id): Path<ActionId>,
    Query(asked): Query<Asked>,
) -> Outcome<Json<List<OccasionView>>> {
    Ok(whole(occasions::list(&acting, id, &asked).await?))
}

async fn day_list(acting: Acting, Path(id): Path<ActionId>, Json(asked): Json<AskedList>) -> Outcome<Json<DayList>> {
    Ok(Json(occasions::day_list(&acting, id, &asked).await?))
}

async fn stock_of(acting: Acting, Path(id): Path<ActionId>) -> Outcome<Json<StockView>> {
    Ok(Json(stock::get(&acting, id).await?))
}

async fn record_stock(acting: Acting, Path(id): Path<ActionId>, Json(new): Json<NewStock>) -> Outcome<Response> {
    Ok(made(stock::record(&acting, id, new).await?))
}

async fn lots(acting: Acting, Path(id): Path<ActionId>) -> Outcome<Json<List<LotView>>> {
    Ok(whole(recalls::lots(&acting, id).await?))
}

async fn of_action(acting: Acting, Path(id): Path<ActionId>) -> Outcome<Json<List<RecallView>>> {
    Ok(whole(recalls::list(&acting, id).await?))
}

async fn recall(acting: Acting, Path(id): Path<ActionId>, Json(new): Json<NewRecall>) -> Outcome<Json<RecallView>> {
    Ok(Json(recalls::recall(&acting, id, new).await?))
}

async fn everywhere(acting: Acting, Query(asked): Query<AskedLot>) -> Outcome<Json<LotEverywhere>> {
    Ok(Json(recalls_everywhere::find(&acting, &asked.lot).await?))
}

async fn recall_everywhere(acting: Acting, Json(new): Json<NewRecall>) -> Outcome<Json<LotEverywhere>> {
    Ok(Json(recalls_everywhere::recall(&acting, new).await?))
}

async fn deliverers(acting: Acting, Path(id): Path<ActionId>, Json(new): Json<NewDeliverers>) -> Outcome<Response> {
    Ok(tagged(delivering::name(&acting, id, new).await?))
}

async fn one(acting: Acting, Path(id): Path<RecallId>) -> Outcome<Json<RecallView>> {
    Ok(Json(recalls::get(&acting, id).await?))
}

async fn figures(acting: Acting, Path(id): Path<ActionId>) -> Outcome<Json<Figures>> {
    Ok(Json(evaluation::figures(&acting, id).await?))
}

async fn evaluations(acting: Acting, Path(id): Path<ActionId>) -> Outcome<Json<List<Saved<ActionEvaluation>>>> {
    Ok(whole(evaluation::list(&acting, id).await?))
}

async fn propose(acting: Acting, Path(id): Path<ActionId>, Json(new): Json<NewEvaluation>) -> Outcome<Response> {
    Ok(created(evaluation::propose(&acting, id, new).await?))
}

async fn approve(acting: Acting, Path(id): Path<EvaluationId>) -> Outcome<Response> {
    Ok(tagged(evaluation::approve(&acting, id).await?))
}

async fn reject(acting: Acting, Path(id): Path<EvaluationId>, Json(why): Json<Why>) -> Outcome<Response> {
    Ok(tagged(evaluation::reject(&acting, id, why).await?))
}

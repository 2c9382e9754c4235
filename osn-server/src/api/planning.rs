//! Actions.

use axum::response::Response;
use osn_core::action::Action;
use osn_core::id::{ActionId, CallId};

use super::answer::{List, created, tagged, versions};
use crate::acts::actions::{NewAction, NewPlaces, SecondPlaces};
use crate::acts::indicators::IndicatorView;
use crate::acts::preview::{self, Preview};
use crate::acts::{Acting, Saved, actions, indicators};
use crate::auth::Right;
use crate::http::{Json, Page, Path};
use crate::refusal::Outcome;
use crate::route::{Access, Route};
use crate::shapes;

pub(super) fn routes() -> Vec<Route> {
    let (work, plan) = (Access::Right(Right::SeeWork), Access::Right(Right::PlanActions));
    vec![
        Route::post("/api/v1/actions", plan, create)
            .says("Plan an action from a certificate")
            .takes::<NewAction>()
            .answers::<shapes::Action>(201)
            .creates(),
        Route::get("/api/v1/actions", work, list)
            .says("Actions")
            .reads(&["limit", "after"])
            .answers::<List<shapes::Action>>(200),
        Route::get("/api/v1/actions/{id}", work, get)
            .says("One action")
            .answers::<shapes::Action>(200),
        Route::get("/api/v1/actions/{id}/indicators", work, measured)
            .says("What an action has reached, by its program's indicators")
            .answers::<Vec<IndicatorView>>(200),
        Route::post("/api/v1/actions/{id}/preview", plan, try_out)
            .says("Who would qualify: the action's rules on examples or on a call's applications; nothing is stored")
            .takes::<preview::Asked>()
            .answers::<Preview>(200),
        Route::post("/api/v1/calls/{id}/finder", Access::Public, finder)
            .says("What the rules of a call say of an example, before anybody applies; nothing is stored")
            .takes::<preview::Tried>()
            .answers::<preview::Found>(200)
            .personal()
            .costly(),
        Route::post("/api/v1/actions/{id}/places", plan, set_places)
            .says("A new version of the places; beyond the certified residual it waits for a second person")
            .takes::<NewPlaces>()
            .answers::<shapes::Action>(200)
            .creates(),
        Route::post("/api/v1/actions/{id}/places/second", plan, agree_to_places)
            .says("A second person agrees to the places beyond the certified residual that were asked for")
            .takes::<SecondPlaces>()
            .answers::<shapes::Action>(200)
            .creates(),
        Route::post("/api/v1/actions/{id}/approve", plan, approve)
            .says("Approve an action; never its creator")
            .answers::<shapes::Action>(200)
            .creates(),
        Route::post("/api/v1/actions/{id}/complete", plan, complete)
            .says("Everything was delivered")
            .answers::<shapes::Action>(200)
            .creates(),
    ]
}

async fn create(acting: Acting, Json(new): Json<NewAction>) -> Outcome<Response> {
    Ok(created(actions::create(&acting, new).await?))
}

async fn list(acting: Acting, Page(query): Page) -> Outcome<Json<List<Saved<Action>>>> {
    Ok(versions(actions::list(&acting, query).await?))
}

async fn get(acting: Acting, Path(id): Path<ActionId>) -> Outcome<Response> {
    Ok(tagged(actions::get(&acting, id).await?))
}

async fn measured(acting: Acting, Path(id): Path<ActionId>) -> Outcome<Json<Vec<IndicatorView>>> {
    Ok(Json(indicators::of_action(&acting, id).await?))
}

async fn try_out(
    acting: Acting,
    Path(id): Path<ActionId>,
    Json(asked): Json<preview::Asked>,
) -> Outcome<Json<Preview>> {
    Ok(Json(preview::of_action(&acting, id, asked).await?))
}

async fn finder(
    acting: Acting,
    Path(id): Path<CallId>,
    Json(tried): Json<preview::Tried>,
) -> Outcome<Json<preview::Found>> {
    Ok(Json(preview::of_call(&acting, id, tried).await?))
}

async fn set_places(acting: Acting, Path(id): Path<ActionId>, Json(new): Json<NewPlaces>) -> Outcome<Response> {
    Ok(tagged(actions::set_places(&acting, id, new).await?))
}

async fn agree_to_places(acting: Acting, Path(id): Path<ActionId>, Json(new): Json<SecondPlaces>) -> Outcome<Response> {
    Ok(tagged(actions::agree_to_places(&acting, id, new).await?))
}

async fn approve(acting: Acting, Path(id): Path<ActionId>) -> Outcome<Response> {
    Ok(tagged(actions::approve(&acting, id).await?))
}

async fn complete(acting: Acting, Path(id): Path<ActionId>) -> Outcome<Response> {
    Ok(tagged(actions::complete(&acting, id).await?))
}

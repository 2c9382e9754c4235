//! Groups that meetings described: one more of them, the size that a need takes from it, and the check of a number against it.

use axum::response::Response;
use osn_core::id::{GapId, MeetingId, RequestId};
use osn_core::meeting::{FromProfile, GroupProfile};

use super::answer::tagged;
use crate::acts::Acting;
use crate::acts::network::profiles::{self as acts, AskedPart, SizeCheck, SizedGroup};
use crate::auth::Right;
use crate::http::{Json, Path, Query};
use crate::refusal::Outcome;
use crate::route::{Access, Route};
use crate::shapes;

pub(super) fn routes() -> Vec<Route> {
    let (work, plan) = (Access::Right(Right::SeeWork), Access::Right(Right::PlanActions));
    vec![
        Route::post("/api/v1/meetings/{id}/profiles", plan, describe)
            .says("Describe a further group of a meeting that took place, in counts")
            .takes::<shapes::GroupProfile>()
            .answers::<shapes::Meeting>(200)
            .creates(),
        Route::get("/api/v1/meetings/{id}/profiles/{number}/size", work, size)
            .says("How many people of a described group answer what is asked, and what a request begins with")
            .reads(&["sex", "employment", "single_parents", "age_from", "age_to", "areas"])
            .answers::<SizedGroup>(200),
        Route::get("/api/v1/requests/{id}/size", work, of_request)
            .says("The number of a request beside what its described group allows")
            .answers::<SizeCheck>(200),
        Route::get("/api/v1/gaps/{id}/size", work, of_gap)
            .says("The number of a report beside what its described group allows")
            .answers::<SizeCheck>(200),
    ]
}

async fn describe(acting: Acting, Path(id): Path<MeetingId>, Json(profile): Json<GroupProfile>) -> Outcome<Response> {
    Ok(tagged(acts::describe(&acting, id, profile).await?))
}

async fn size(
    acting: Acting,
    Path((meeting, number)): Path<(MeetingId, u16)>,
    Query(asked): Query<AskedPart>,
) -> Outcome<Json<SizedGroup>> {
    let part = asked.part(&acting.mapping().await?.directory)?;
    let from = FromProfile { meeting, number, part };
    Ok(Json(acts::size(&acting, from).await?))
}

async fn of_request(acting: Acting, Path(id): Path<RequestId>) -> Outcome<Json<SizeCheck>> {
    Ok(Json(acts::of_request(&acting, id).await?))
}

async fn of_gap(acting: Acting, Path(id): Path<GapId>) -> Outcome<Json<SizeCheck>> {
    Ok(Json(acts::of_gap(&acting, id).await?))
}

//! Need and network: gaps, offers, extensions, unmet need, referrals, overruling, options, the conversation about a request.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use osn_core::coverage::CoverOption;
use osn_core::gap::{Contribution, ReportedGap, ServiceExtension};
use osn_core::id::{CertificateId, ContributionId, ExtensionId, GapId, OverrulingId, ReferralId, RequestId};
use osn_core::overruling::Overruling;
use osn_core::referral::{Referral, ReferralData};

use super::answer::{List, created, made, tagged, versions, whole};
use crate::acts::network::board::{self, BoardView, Hints, Months};
use crate::acts::network::extensions::{self, NewExtension};
use crate::acts::network::gaps::{self, Close, NewGap, NewGapProposal, Same};
use crate::acts::network::offers::{self, NewContribution};
use crate::acts::network::overruling::{self, NewOverruling};
use crate::acts::network::referrals::{self, ConcludeReferral, NewReferral, OpenReferral, RefuseReferral};
use crate::acts::network::{Later, Listed, Why, daily, options};
use crate::acts::requests::{self, Assignment, NewNote, NewRequest, NoteView};
use crate::acts::{Acting, Saved};
use crate::auth::Right;
use crate::http::{Json, Page, Path, Query};
use crate::refusal::Outcome;
use crate::route::{Access, Route};
use crate::shapes;

pub(super) fn gap_routes() -> Vec<Route> {
    let (work, write, examine) = (
        Access::Right(Right::SeeWork),
        Access::Right(Right::WriteRequests),
        Access::Right(Right::ExamineNeeds),
    );
    let gap = |route: Route| route.answers::<shapes::ReportedGap>(200).creates();
    vec![
        Route::post("/api/v1/gaps", write, report)
            .says("Report a gap")
            .takes::<NewGap>()
            .answers::<shapes::ReportedGap>(201)
            .creates(),
        Route::get("/api/v1/gaps", work, list_gaps)
            .says("Reported gaps")
            .reads(&["state", "limit", "after"])
            .answers::<List<shapes::ReportedGap>>(200),
        Route::get("/api/v1/gaps/{id}", work, get_gap)
            .says("One reported gap")
            .answers::<shapes::ReportedGap>(200),
        gap(Route::post("/api/v1/gaps/{id}/accept", examine, accept_gap).says("Take a gap as real")),
        gap(Route::post("/api/v1/gaps/{id}/dismiss", examine, dismiss_gap).says("It is no gap, for a reason"))
            .takes::<Why>(),
        gap(Route::post("/api/v1/gaps/{id}/join", examine, join_gap)
            .says("Join another report of the same gap into this one"))
        .takes::<Same>(),
        gap(Route::post("/api/v1/gaps/{id}/close", examine, close_gap).says("Close a gap by what serves it"))
            .takes::<Close>(),
        gap(Route::post("/api/v1/gaps/{id}/reopen", examine, reopen_gap).says("What closed it did not last")),
        gap(Route::post("/api/v1/gaps/{id}/proposals", write, propose_for_gap)
            .says("Propose what could be done about a gap"))
        .takes::<NewGapProposal>(),
    ]
}

pub(super) fn offer_routes() -> Vec<Route> {
    let (work, write, examine, keep) = (
        Access::Right(Right::SeeWork),
        Access::Right(Right::WriteRequests),
        Access::Right(Right::ExamineNeeds),
        Access::Right(Right::KeepRecords),
    );
    let offer = |route: Route| route.answers::<shapes::Contribution>(200).creates();
    vec![
        Route::post("/api/v1/gaps/{id}/contributions", write, contribute)
            .says("Offer means towards a gap")
            .takes::<NewContribution>()
            .answers::<shapes::Contribution>(201)
            .creates(),
        Route::get("/api/v1/gaps/{id}/contributions", work, contributions_of_gap)
            .says("What was offered towards a gap")
            .reads(&["limit", "after"])
            .answers::<List<shapes::Contribution>>(200),
        Route::get("/api/v1/contributions", work, list_contributions)
            .says("Everything that was offered")
            .reads(&["state", "limit", "after"])
            .answers::<List<shapes::Contribution>>(200),
        Route::get("/api/v1/contributions/{id}", work, get_contribution)
            .says("One offer")
            .answers::<shapes::Contribution>(200),
        offer(Route::post("/api/v1/contributions/{id}/accept", examine, accept_offer).says("Take an offer")),
        offer(
            Route::post("/api/v1/contributions/{id}/decline", examine, decline_offer)
                .says("Do not take an offer, for a reason"),
        )
        .takes::<Why>(),
        offer(Route::post("/api/v1/contributions/{id}/withdraw", write, withdraw_offer).says("Take an offer back")),
        Route::post("/api/v1/gaps/{id}/extensions", keep, extend)
            .says("Agree more places of a service; the mapping changes on the day")
            .takes::<NewExtension>()
            .answers::<shapes::ServiceExtension>(201)
            .creates(),
        Route::get("/api/v1/gaps/{id}/extensions", work, extensions_of_gap)
            .says("Extensions agreed for a gap")
            .reads(&["limit", "after"])
            .answers::<List<shapes::ServiceExtension>>(200),
        Route::get("/api/v1/extensions", work, list_extensions)
            .says("Extensions of services")
            .reads(&["state", "limit", "after"])
            .answers::<List<shapes::ServiceExtension>>(200),
        Route::get("/api/v1/extensions/{id}", work, get_extension)
            .says("One extension")
            .answers::<shapes::ServiceExtension>(200),
        Route::post("/api/v1/extensions/{id}/cancel", keep, cancel_extension)
            .says("Give an extension up before its day")
            .answers::<shapes::ServiceExtension>(200)
            .creates(),
        Route::get("/api/v1/unmet-need", work, unmet_need)
            .says("Unmet need by category, area and month")
            .reads(&["months"])
            .answers::<BoardView>(200),
        Route::get("/api/v1/unmet-need/hints", work, unmet_hints)
            .says("What suggests gaps: people turned away, searches that found nothing")
            .answers::<Hints>(200),
    ]
}

pub(super) fn need_routes() -> Vec<Route> {
    let (work, write, examine) = (
        Access::Right(Right::SeeWork),
        Access::Right(Right::WriteRequests),
        Access::Right(Right::ExamineNeeds),
    );
    vec![
        Route::put("/api/v1/requests/{id}", write, rewrite)
            .says("Write a draft anew")
            .takes::<NewRequest>()
            .answers::<shapes::SupportRequest>(200),
        Route::post("/api/v1/requests/{id}/owner", examine, assign)
            .says("Say who answers for a request, and until when")
            .takes::<Assignment>()
            .answers::<shapes::SupportRequest>(200)
            .creates(),
        Route::get("/api/v1/requests/{id}/notes", write, list_notes)
            .says("The conversation about a request")
            .reads(&["limit", "after"])
            .answers::<List<NoteView>>(200),
        Route::post("/api/v1/requests/{id}/notes", write, write_note)
            .says("Write a line of the conversation")
            .takes::<NewNote>()
            .answers::<NoteView>(201)
            .creates(),
        Route::get("/api/v1/requests/{id}/options", work, request_options)
            .says("What would cover a need: the nearest single changes")
            .answers::<List<shapes::CoverOption>>(200),
        Route::get("/api/v1/certificates/{id}/options", work, certificate_options)
            .says("What would cover what a certificate leaves uncovered")
            .answers::<List<shapes::CoverOption>>(200),
        Route::post("/api/v1/requests/{id}/overrulings", examine, overrule)
            .says("Propose another answer than the rules give, with a reason")
            .takes::<NewOverruling>()
            .answers::<shapes::Overruling>(201)
            .creates(),
        Route::get("/api/v1/requests/{id}/overrulings", work, list_overrulings)
            .says("What was proposed against the rules")
            .reads(&["limit", "after"])
            .answers::<List<shapes::Overruling>>(200),
        Route::post("/api/v1/overrulings/{id}/approve", examine, approve_overruling)
            .says("A second officer approves")
            .answers::<shapes::Overruling>(200)
            .creates(),
        Route::post("/api/v1/overrulings/{id}/reject", examine, reject_overruling)
            .says("A second officer refuses, with a reason")
            .takes::<Why>()
            .answers::<shapes::Overruling>(200)
            .creates(),
        Route::post("/api/v1/needs/recheck", examine, recheck)
            .says("Look at every certified need again against the mapping of today")
            .answers::<Later>(202),
    ]
}

pub(super) fn referral_routes() -> Vec<Route> {
    let (refer, take) = (Access::Right(Right::Refer), Access::Right(Right::TakeReferrals));
    let referral = |route: Route| route.answers::<shapes::Referral>(200).creates();
    vec![
        Route::post("/api/v1/referrals", refer, send_referral)
            .says("Refer a person to a body, with consent")
            .takes::<NewReferral>()
            .answers::<shapes::Referral>(201)
            .creates(),
        Route::get("/api/v1/referrals", take, list_referrals)
            .says("Referrals; a body sees those to itself")
            .reads(&["state", "limit", "after"])
            .answers::<List<shapes::Referral>>(200),
        Route::get("/api/v1/referrals/{id}", take, get_referral)
            .says("One referral, without the person's data")
            .answers::<shapes::Referral>(200),
        Route::post("/api/v1/referrals/{id}/open", take, open_referral)
            .says("Read the person's data; it stands in the journal")
            .takes::<OpenReferral>()
            .answers::<shapes::ReferralData>(200),
        referral(Route::post("/api/v1/referrals/{id}/accept", take, accept_referral).says("Take the person")),
        referral(
            Route::post("/api/v1/referrals/{id}/refuse", take, refuse_referral)
                .says("Do not take the person, for a reason"),
        )
        .takes::<RefuseReferral>(),
        referral(Route::post("/api/v1/referrals/{id}/withdraw", refer, withdraw_referral).says("Take a referral back")),
        referral(
            Route::post("/api/v1/referrals/{id}/conclude", take, conclude_referral)
                .says("Say what became of the person"),
        )
        .takes::<ConcludeReferral>(),
    ]
}

async fn report(acting: Acting, Json(new): Json<NewGap>) -> Outcome<Response> {
    Ok(created(gaps::report(&acting, new).await?))
}

async fn list_gaps(
    acting: Acting,
    Query(asked): Query<Listed>,
    Page(query): Page,
) -> Outcome<Json<List<Saved<ReportedGap>>>> {
    Ok(versions(gaps::list(&acting, &asked, query).await?))
}

async fn get_gap(acting: Acting, Path(id): Path<GapId>) -> Outcome<Response> {
    Ok(tagged(gaps::get(&acting, id).await?))
}

async fn accept_gap(acting: Acting, Path(id): Path<GapId>) -> Outcome<Response> {
    Ok(tagged(gaps::accept(&acting, id).await?))
}

async fn dismiss_gap(acting: Acting, Path(id): Path<GapId>, Json(why): Json<Why>) -> Outcome<Response> {
    Ok(tagged(gaps::dismiss(&acting, id, why).await?))
}

async fn join_gap(acting: Acting, Path(id): Path<GapId>, Json(same): Json<Same>) -> Outcome<Response> {
    Ok(tagged(gaps::join(&acting, id, same).await?))
}

async fn close_gap(acting: Acting, Path(id): Path<GapId>, Json(close): Json<Close>) -> Outcome<Response> {
    Ok(tagged(gaps::close(&acting, id, close).await?))
}

async fn reopen_gap(acting: Acting, Path(id): Path<GapId>) -> Outcome<Response> {
    Ok(tagged(gaps::reopen(&acting, id).await?))
}

async fn propose_for_gap(acting: Acting, Path(id): Path<GapId>, Json(new): Json<NewGapProposal>) -> Outcome<Response> {
    Ok(tagged(gaps::propose(&acting, id, new).await?))
}

async fn contribute(acting: Acting, Path(id): Path<GapId>, Json(new): Json<NewContribution>) -> Outcome<Response> {
    Ok(created(offers::offer(&acting, id, new).await?))
}

async fn contributions_of_gap(
    acting: Acting,
    Path(id): Path<GapId>,
    Page(query): Page,
) -> Outcome<Json<List<Saved<Contribution>>>> {
    Ok(versions(offers::of_gap(&acting, id, query).await?))
}

async fn list_contributions(
    acting: Acting,
    Query(asked): Query<Listed>,
    Page(query): Page,
) -> Outcome<Json<List<Saved<Contribution>>>> {
    Ok(versions(offers::list(&acting, &asked, query).await?))
}

async fn get_contribution(acting: Acting, Path(id): Path<ContributionId>) -> Outcome<Response> {
    Ok(tagged(offers::get(&acting, id).await?))
}

async fn accept_offer(acting: Acting, Path(id): Path<ContributionId>) -> Outcome<Response> {
    Ok(tagged(offers::accept(&acting, id).await?))
}

async fn decline_offer(acting: Acting, Path(id): Path<ContributionId>, Json(why): Json<Why>) -> Outcome<Response> {
    Ok(tagged(offers::decline(&acting, id, why).await?))
}

async fn withdraw_offer(acting: Acting, Path(id): Path<ContributionId>) -> Outcome<Response> {
    Ok(tagged(offers::withdraw(&acting, id).await?))
}

async fn extend(acting: Acting, Path(id): Path<GapId>, Json(new): Json<NewExtension>) -> Outcome<Response> {
    Ok(created(extensions::plan(&acting, id, new).await?))
}

async fn extensions_of_gap(
    acting: Acting,
    Path(id): Path<GapId>,
    Page(query): Page,
) -> Outcome<Json<List<Saved<ServiceExtension>>>> {
    Ok(versions(extensions::of_gap(&acting, id, query).await?))
}

async fn list_extensions(
    acting: Acting,
    Query(asked): Query<Listed>,
    Page(query): Page,
) -> Outcome<Json<List<Saved<ServiceExtension>>>> {
    Ok(versions(extensions::list(&acting, &asked, query).await?))
}

async fn get_extension(acting: Acting, Path(id): Path<ExtensionId>) -> Outcome<Response> {
    Ok(tagged(extensions::get(&acting, id).await?))
}

async fn cancel_extension(acting: Acting, Path(id): Path<ExtensionId>) -> Outcome<Response> {
    Ok(tagged(extensions::cancel(&acting, id).await?))
}

async fn unmet_need(acting: Acting, Query(asked): Query<Months>) -> Outcome<Json<BoardView>> {
    Ok(Json(BoardView::from(&board::board(&acting, asked).await?)))
}

async fn unmet_hints(acting: Acting) -> Outcome<Json<Hints>> {
    Ok(Json(board::hints(&acting).await?))
}

async fn rewrite(acting: Acting, Path(id): Path<RequestId>, Json(new): Json<NewRequest>) -> Outcome<Response> {
    Ok(tagged(requests::rewrite(&acting, id, new).await?))
}

async fn assign(acting: Acting, Path(id): Path<RequestId>, Json(to): Json<Assignment>) -> Outcome<Response> {
    Ok(tagged(requests::assign(&acting, id, to).await?))
}

async fn list_notes(acting: Acting, Path(id): Path<RequestId>, Page(query): Page) -> Outcome<Json<List<NoteView>>> {
    Ok(Json(requests::notes(&acting, id, query).await?.into()))
}

async fn write_note(acting: Acting, Path(id): Path<RequestId>, Json(new): Json<NewNote>) -> Outcome<Response> {
    Ok(made(requests::note(&acting, id, new).await?))
}

async fn request_options(acting: Acting, Path(id): Path<RequestId>) -> Outcome<Json<List<CoverOption>>> {
    Ok(whole(options::of_request(&acting, id).await?))
}

async fn certificate_options(acting: Acting, Path(id): Path<CertificateId>) -> Outcome<Json<List<CoverOption>>> {
    Ok(whole(options::of_certificate(&acting, id).await?))
}

async fn overrule(acting: Acting, Path(id): Path<RequestId>, Json(new): Json<NewOverruling>) -> Outcome<Response> {
    Ok(created(overruling::propose(&acting, id, new).await?))
}

async fn list_overrulings(
    acting: Acting,
    Path(id): Path<RequestId>,
    Page(query): Page,
) -> Outcome<Json<List<Saved<Overruling>>>> {
    Ok(versions(overruling::list(&acting, id, query).await?))
}

async fn approve_overruling(acting: Acting, Path(id): Path<OverrulingId>) -> Outcome<Response> {
    Ok(tagged(overruling::approve(&acting, id).await?))
}

async fn reject_overruling(acting: Acting, Path(id): Path<OverrulingId>, Json(why): Json<Why>) -> Outcome<Response> {
    Ok(tagged(overruling::reject(&acting, id, why).await?))
}

async fn recheck(acting: Acting) -> Outcome<Response> {
    Ok((StatusCode::ACCEPTED, Json(daily::ask(&acting).await?)).into_response())
}

async fn send_referral(acting: Acting, Json(new): Json<NewReferral>) -> Outcome<Response> {
    Ok(created(referrals::refer(&acting, new).await?))
}

async fn list_referrals(
    acting: Acting,
    Query(asked): Query<Listed>,
    Page(query): Page,
) -> Outcome<Json<List<Saved<Referral>>>> {
    Ok(versions(referrals::list(&acting, &asked, query).await?))
}

async fn get_referral(acting: Acting, Path(id): Path<ReferralId>) -> Outcome<Response> {
    Ok(tagged(referrals::get(&acting, id).await?))
}

async fn open_referral(
    acting: Acting,
    Path(id): Path<ReferralId>,
    Json(open): Json<OpenReferral>,
) -> Outcome<Json<ReferralData>> {
    Ok(Json(referrals::open(&acting, id, open).await?))
}

async fn accept_referral(acting: Acting, Path(id): Path<ReferralId>) -> Outcome<Response> {
    Ok(tagged(referrals::accept(&acting, id).await?))
}

async fn refuse_referral(
    acting: Acting,
    Path(id): Path<ReferralId>,
    Json(refused): Json<RefuseReferral>,
) -> Outcome<Response> {
    Ok(tagged(referrals::refuse(&acting, id, refused).await?))
}

async fn withdraw_referral(acting: Acting, Path(id): Path<ReferralId>) -> Outcome<Response> {
    Ok(tagged(referrals::withdraw(&acting, id).await?))
}

async fn conclude_referral(
    acting: Acting,
    Path(id): Path<ReferralId>,
    Json(concluded): Json<ConcludeReferral>,
) -> Outcome<Response> {
    Ok(tagged(referrals::conclude(&acting, id, concluded).await?))
}

//! The network at work: members, practices, meetings, immediate help, emergencies, proposals of actions, register, trace.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use osn_core::id::{CeilingId, CertificateId, EmergencyId, InterventionId, MeetingId, MemberId, ProposalId};
use osn_core::immediate::{CeilingProposal, Emergency, ImmediateIntervention};
use osn_core::meeting::Meeting;
use osn_core::network::{GoodPractice, Member};
use osn_core::proposal::ActionProposal;
use serde::Deserialize;
use uuid::Uuid;

use super::answer::{List, created, tagged, versions, whole};
use crate::acts::network::ceilings::{self, NewCeiling};
use crate::acts::network::emergencies::{self, NewEmergency};
use crate::acts::network::granting::{self, Given, HelpRecord};
use crate::acts::network::immediate::{self, Follows, HelpedPeople, NewIntervention};
use crate::acts::network::meetings::{self, FollowUpDone, Minutes, NewMeeting};
use crate::acts::network::members::{self, Contacts, JoinNetwork, NewMember, NewPractice};
use crate::acts::network::proposals::{self, NewProposal, Planned, ProposalOptions, RegisterLine};
use crate::acts::network::referrals::OpenReferral;
use crate::acts::network::trace::{self, Trace};
use crate::acts::network::{Listed, Why};
use crate::acts::{Acting, Saved};
use crate::auth::Right;
use crate::http::{Json, Page, Path, Query};
use crate::refusal::{Outcome, Refusal};
use crate::route::{Access, Route};
use crate::shapes;

pub(super) fn meeting_routes() -> Vec<Route> {
    let (work, write, plan, take) = (
        Access::Right(Right::SeeWork),
        Access::Right(Right::WriteRequests),
        Access::Right(Right::PlanActions),
        Access::Right(Right::TakeReferrals),
    );
    let meeting = |route: Route| route.answers::<shapes::Meeting>(200).creates();
    let member = |route: Route| route.answers::<shapes::Member>(200).creates();
    vec![
        Route::post("/api/v1/members", plan, invite_member)
            .says("Invite a body into the network")
            .takes::<NewMember>()
            .answers::<shapes::Member>(201)
            .creates(),
        Route::get("/api/v1/members", work, list_members)
            .says("Members of the network")
            .reads(&["state", "limit", "after"])
            .answers::<List<shapes::Member>>(200),
        Route::get("/api/v1/members/{id}", work, get_member)
            .says("One membership")
            .answers::<shapes::Member>(200),
        member(Route::post("/api/v1/members/{id}/join", plan, join_network).says("A membership begins"))
            .takes::<JoinNetwork>(),
        member(Route::post("/api/v1/members/{id}/end", plan, end_membership).says("A membership ends")),
        Route::get("/api/v1/members/{id}/contacts", take, get_contacts)
            .says("The people at a member")
            .answers::<Contacts>(200),
        Route::put("/api/v1/members/{id}/contacts", take, put_contacts)
            .says("Keep the people at a member")
            .takes::<Contacts>()
            .answers::<Contacts>(200),
        Route::post("/api/v1/practices", write, share)
            .says("Share a good practice")
            .takes::<NewPractice>()
            .answers::<shapes::GoodPractice>(201)
            .creates(),
        Route::get("/api/v1/practices", work, list_practices)
            .says("Good practices")
            .reads(&["limit", "after"])
            .answers::<List<shapes::GoodPractice>>(200),
        Route::post("/api/v1/meetings", plan, prepare)
            .says("Prepare a meeting")
            .takes::<NewMeeting>()
            .answers::<shapes::Meeting>(201)
            .creates(),
        Route::get("/api/v1/meetings", work, list_meetings)
            .says("Meetings")
            .reads(&["state", "limit", "after"])
            .answers::<List<shapes::Meeting>>(200),
        Route::get("/api/v1/meetings/{id}", work, get_meeting)
            .says("One meeting")
            .answers::<shapes::Meeting>(200),
        Route::put("/api/v1/meetings/{id}", plan, change_meeting)
            .says("Move a meeting that has not taken place")
            .takes::<NewMeeting>()
            .answers::<shapes::Meeting>(200),
        meeting(Route::post("/api/v1/meetings/{id}/invite", plan, invite).says("Send the invitations")),
        meeting(Route::post("/api/v1/meetings/{id}/cancel", plan, cancel_meeting).says("It does not take place")),
        meeting(
            Route::post("/api/v1/meetings/{id}/minutes", plan, keep_minutes)
                .says("Keep the minutes and what came of it"),
        )
        .takes::<Minutes>(),
        meeting(Route::post("/api/v1/meetings/{id}/follow-ups", write, followed_up).says("A follow-up was done"))
            .takes::<FollowUpDone>(),
        Route::get("/api/v1/meetings/{id}/invitation", work, invitation)
            .says("The meeting as an entry of a calendar")
            .answers_media("text/calendar"),
    ]
}

pub(super) fn urgent_routes() -> Vec<Route> {
    let (work, see, help) = (
        Access::Right(Right::SeeWork),
        Access::Right(Right::SeeApplications),
        Access::Right(Right::HelpAtOnce),
    );
    let one = |route: Route| route.answers::<shapes::ImmediateIntervention>(200).creates();
    let emergency = |route: Route| route.answers::<shapes::Emergency>(200).creates();
    let ceiling = |route: Route| route.answers::<shapes::CeilingProposal>(200).creates();
    vec![
        Route::post("/api/v1/interventions", help, propose_help)
            .says("Propose immediate help from the catalogue")
            .takes::<NewIntervention>()
            .answers::<shapes::ImmediateIntervention>(201)
            .creates(),
        Route::get("/api/v1/interventions", see, list_help)
            .says("Immediate help, without who is helped")
            .reads(&["state", "limit", "after"])
            .answers::<List<shapes::ImmediateIntervention>>(200),
        Route::get("/api/v1/interventions/{id}", see, get_help)
            .says("One immediate help")
            .answers::<shapes::ImmediateIntervention>(200),
        Route::get("/api/v1/interventions/{id}/record", see, help_record)
            .says("Its decisions, awards, deliveries and expenses; nobody is named")
            .answers::<HelpRecord>(200),
        Route::post("/api/v1/interventions/{id}/open", help, open_help)
            .says("Read who is helped; it stands in the journal")
            .takes::<OpenReferral>()
            .answers::<HelpedPeople>(200),
        one(Route::post("/api/v1/interventions/{id}/approve", help, approve_help).says("A second person approves")),
        one(Route::post("/api/v1/interventions/{id}/refuse", help, refuse_help).says("A second person refuses"))
            .takes::<Why>(),
        one(Route::post("/api/v1/interventions/{id}/cancel", help, cancel_help).says("Take it back")),
        one(Route::post("/api/v1/interventions/{id}/deliveries", help, give).says("Something was given"))
            .takes::<Given>(),
        one(Route::post("/api/v1/interventions/{id}/certificate", help, follows)
            .says("The request that certifies the need afterwards"))
        .takes::<Follows>(),
        Route::post("/api/v1/emergencies", help, propose_emergency)
            .says("Propose an emergency")
            .takes::<NewEmergency>()
            .answers::<shapes::Emergency>(201)
            .creates(),
        Route::get("/api/v1/emergencies", work, list_emergencies)
            .says("Emergencies")
            .reads(&["state", "limit", "after"])
            .answers::<List<shapes::Emergency>>(200),
        Route::get("/api/v1/emergencies/{id}", work, get_emergency)
            .says("One emergency")
            .answers::<shapes::Emergency>(200),
        emergency(Route::post("/api/v1/emergencies/{id}/declare", help, declare).says("A second person declares it")),
        emergency(Route::post("/api/v1/emergencies/{id}/end", help, end_emergency).says("It is over")),
        Route::post("/api/v1/ceilings", help, propose_ceiling)
            .says("Propose the most that one immediate help of an entry may take")
            .takes::<NewCeiling>()
            .answers::<shapes::CeilingProposal>(201)
            .creates(),
        Route::get("/api/v1/ceilings", work, list_ceilings)
            .says("Proposed ceilings")
            .reads(&["state", "limit", "after"])
            .answers::<List<shapes::CeilingProposal>>(200),
        Route::get("/api/v1/ceilings/{id}", work, get_ceiling)
            .says("One proposed ceiling")
            .answers::<shapes::CeilingProposal>(200),
        ceiling(Route::post("/api/v1/ceilings/{id}/approve", help, approve_ceiling).says("A second person approves")),
        ceiling(Route::post("/api/v1/ceilings/{id}/refuse", help, refuse_ceiling).says("Refuse it, or take it back")),
    ]
}

pub(super) fn proposal_routes() -> Vec<Route> {
    let (work, plan) = (Access::Right(Right::SeeWork), Access::Right(Right::PlanActions));
    let one = |route: Route| route.answers::<shapes::ActionProposal>(200).creates();
    vec![
        Route::post("/api/v1/proposals", plan, propose)
            .says("Propose an action from certificates of need")
            .takes::<NewProposal>()
            .answers::<shapes::ActionProposal>(201)
            .creates(),
        Route::get("/api/v1/proposals", work, list_proposals)
            .says("Proposals of actions")
            .reads(&["state", "limit", "after"])
            .answers::<List<shapes::ActionProposal>>(200),
        Route::get("/api/v1/proposals/{id}", work, get_proposal)
            .says("One proposal")
            .answers::<shapes::ActionProposal>(200),
        Route::get("/api/v1/proposal-options", plan, proposal_options)
            .says("What certificates could become: programs with their estimates, actions that overlap")
            .reads(&["certificates"])
            .answers::<ProposalOptions>(200),
        one(Route::post("/api/v1/proposals/{id}/approve", plan, approve)
            .says("A second person approves; it is published")),
        one(Route::post("/api/v1/proposals/{id}/reject", plan, reject).says("A second person refuses")).takes::<Why>(),
        one(Route::post("/api/v1/proposals/{id}/withdraw", plan, withdraw).says("Take a proposal back")),
        one(Route::post("/api/v1/proposals/{id}/action", plan, planned).says("The action that was planned from it"))
            .takes::<Planned>(),
        Route::get("/api/v1/register", Access::Public, register)
            .says("The public register of actions: planned, running, done")
            .answers::<List<RegisterLine>>(200),
        Route::get("/api/v1/trace/{kind}/{id}", work, through)
            .says("The way from meeting to action through a record, both ways")
            .answers::<Trace>(200),
    ]
}

async fn invite_member(acting: Acting, Json(new): Json<NewMember>) -> Outcome<Response> {
    Ok(created(members::invite(&acting, new).await?))
}

async fn list_members(
    acting: Acting,
    Query(asked): Query<Listed>,
    Page(query): Page,
) -> Outcome<Json<List<Saved<Member>>>> {
    Ok(versions(members::list(&acting, &asked, query).await?))
}

async fn get_member(acting: Acting, Path(id): Path<MemberId>) -> Outcome<Response> {
    Ok(tagged(members::get(&acting, id).await?))
}

async fn join_network(acting: Acting, Path(id): Path<MemberId>, Json(join): Json<JoinNetwork>) -> Outcome<Response> {
    Ok(tagged(members::join(&acting, id, join).await?))
}

async fn end_membership(acting: Acting, Path(id): Path<MemberId>) -> Outcome<Response> {
    Ok(tagged(members::end(&acting, id).await?))
}

async fn get_contacts(acting: Acting, Path(id): Path<MemberId>) -> Outcome<Json<Contacts>> {
    Ok(Json(members::contacts(&acting, id).await?))
}

async fn put_contacts(
    acting: Acting,
    Path(id): Path<MemberId>,
    Json(given): Json<Contacts>,
) -> Outcome<Json<Contacts>> {
    Ok(Json(members::put_contacts(&acting, id, given).await?))
}

async fn share(acting: Acting, Json(new): Json<NewPractice>) -> Outcome<Response> {
    Ok(created(members::share(&acting, new).await?))
}

async fn list_practices(acting: Acting, Page(query): Page) -> Outcome<Json<List<Saved<GoodPractice>>>> {
    Ok(versions(members::practices(&acting, query).await?))
}

async fn prepare(acting: Acting, Json(new): Json<NewMeeting>) -> Outcome<Response> {
    Ok(created(meetings::prepare(&acting, new).await?))
}

async fn list_meetings(
    acting: Acting,
    Query(asked): Query<Listed>,
    Page(query): Page,
) -> Outcome<Json<List<Saved<Meeting>>>> {
    Ok(versions(meetings::list(&acting, &asked, query).await?))
}

async fn get_meeting(acting: Acting, Path(id): Path<MeetingId>) -> Outcome<Response> {
    Ok(tagged(meetings::get(&acting, id).await?))
}

async fn change_meeting(acting: Acting, Path(id): Path<MeetingId>, Json(new): Json<NewMeeting>) -> Outcome<Response> {
    Ok(tagged(meetings::change_frame(&acting, id, new).await?))
}

async fn invite(acting: Acting, Path(id): Path<MeetingId>) -> Outcome<Response> {
    Ok(tagged(meetings::invite(&acting, id).await?))
}

async fn cancel_meeting(acting: Acting, Path(id): Path<MeetingId>) -> Outcome<Response> {
    Ok(tagged(meetings::cancel(&acting, id).await?))
}

async fn keep_minutes(acting: Acting, Path(id): Path<MeetingId>, Json(given): Json<Minutes>) -> Outcome<Response> {
    Ok(tagged(meetings::minutes(&acting, id, given).await?))
}

async fn followed_up(acting: Acting, Path(id): Path<MeetingId>, Json(done): Json<FollowUpDone>) -> Outcome<Response> {
    Ok(tagged(meetings::followed_up(&acting, id, done).await?))
}

/// The invitation as a file that calendars open; the page offers the same.
pub(crate) fn calendar_file(id: MeetingId, calendar: String) -> Response {
    let mut response = calendar.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/calendar; charset=utf-8"),
    );
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"meeting-{id}.ics\"")) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}

async fn invitation(acting: Acting, Path(id): Path<MeetingId>) -> Outcome<Response> {
    Ok(calendar_file(id, meetings::invitation(&acting, id).await?))
}

async fn propose_help(acting: Acting, Json(new): Json<NewIntervention>) -> Outcome<Response> {
    Ok(created(immediate::propose(&acting, new).await?))
}

async fn list_help(
    acting: Acting,
    Query(asked): Query<Listed>,
    Page(query): Page,
) -> Outcome<Json<List<Saved<ImmediateIntervention>>>> {
    Ok(versions(immediate::list(&acting, &asked, query).await?))
}

async fn get_help(acting: Acting, Path(id): Path<InterventionId>) -> Outcome<Response> {
    Ok(tagged(immediate::get(&acting, id).await?))
}

async fn help_record(acting: Acting, Path(id): Path<InterventionId>) -> Outcome<Json<HelpRecord>> {
    Ok(Json(granting::record(&acting, id).await?))
}

async fn open_help(
    acting: Acting,
    Path(id): Path<InterventionId>,
    Json(why): Json<OpenReferral>,
) -> Outcome<Json<HelpedPeople>> {
    Ok(Json(immediate::open(&acting, id, why).await?))
}

async fn approve_help(acting: Acting, Path(id): Path<InterventionId>) -> Outcome<Response> {
    Ok(tagged(granting::approve(&acting, id).await?))
}

async fn refuse_help(acting: Acting, Path(id): Path<InterventionId>, Json(why): Json<Why>) -> Outcome<Response> {
    Ok(tagged(granting::refuse(&acting, id, why).await?))
}

async fn cancel_help(acting: Acting, Path(id): Path<InterventionId>) -> Outcome<Response> {
    Ok(tagged(granting::cancel(&acting, id).await?))
}

async fn give(acting: Acting, Path(id): Path<InterventionId>, Json(given): Json<Given>) -> Outcome<Response> {
    Ok(tagged(granting::give(&acting, id, given).await?))
}

async fn follows(acting: Acting, Path(id): Path<InterventionId>, Json(follows): Json<Follows>) -> Outcome<Response> {
    Ok(tagged(immediate::follows(&acting, id, follows).await?))
}

async fn propose_emergency(acting: Acting, Json(new): Json<NewEmergency>) -> Outcome<Response> {
    Ok(created(emergencies::propose(&acting, new).await?))
}

async fn list_emergencies(
    acting: Acting,
    Query(asked): Query<Listed>,
    Page(query): Page,
) -> Outcome<Json<List<Saved<Emergency>>>> {
    Ok(versions(emergencies::list(&acting, &asked, query).await?))
}

async fn get_emergency(acting: Acting, Path(id): Path<EmergencyId>) -> Outcome<Response> {
    Ok(tagged(emergencies::get(&acting, id).await?))
}

async fn propose_ceiling(acting: Acting, Json(new): Json<NewCeiling>) -> Outcome<Response> {
    Ok(created(ceilings::propose(&acting, new).await?))
}

async fn list_ceilings(
    acting: Acting,
    Query(asked): Query<Listed>,
    Page(query): Page,
) -> Outcome<Json<List<Saved<CeilingProposal>>>> {
    Ok(versions(ceilings::list(&acting, &asked, query).await?))
}

async fn get_ceiling(acting: Acting, Path(id): Path<CeilingId>) -> Outcome<Response> {
    Ok(tagged(ceilings::get(&acting, id).await?))
}

async fn approve_ceiling(acting: Acting, Path(id): Path<CeilingId>) -> Outcome<Response> {
    Ok(tagged(ceilings::approve(&acting, id).await?))
}

async fn refuse_ceiling(acting: Acting, Path(id): Path<CeilingId>) -> Outcome<Response> {
    Ok(tagged(ceilings::refuse(&acting, id).await?))
}

async fn declare(acting: Acting, Path(id): Path<EmergencyId>) -> Outcome<Response> {
    Ok(tagged(emergencies::declare(&acting, id).await?))
}

async fn end_emergency(acting: Acting, Path(id): Path<EmergencyId>) -> Outcome<Response> {
    Ok(tagged(emergencies::end(&acting, id).await?))
}

async fn propose(acting: Acting, Json(new): Json<NewProposal>) -> Outcome<Response> {
    Ok(created(proposals::propose(&acting, new).await?))
}

async fn list_proposals(
    acting: Acting,
    Query(asked): Query<Listed>,
    Page(query): Page,
) -> Outcome<Json<List<Saved<ActionProposal>>>> {
    Ok(versions(proposals::list(&acting, &asked, query).await?))
}

async fn get_proposal(acting: Acting, Path(id): Path<ProposalId>) -> Outcome<Response> {
    Ok(tagged(proposals::get(&acting, id).await?))
}

/// The certificates that are asked about, one after the other with commas.
#[derive(Deserialize)]
struct AboutCertificates {
    #[serde(default)]
    certificates: String,
}

async fn proposal_options(acting: Acting, Query(asked): Query<AboutCertificates>) -> Outcome<Json<ProposalOptions>> {
    let ids = asked
        .certificates
        .split(',')
        .map(str::trim)
        .filter(|id| !id.is_empty())
        .map(|id| {
            id.parse::<CertificateId>()
                .map_err(|_| Refusal::field("/certificates", "unknown-record"))
        })
        .collect::<Outcome<Vec<_>>>()?;
    Ok(Json(proposals::options(&acting, &ids).await?))
}

async fn approve(acting: Acting, Path(id): Path<ProposalId>) -> Outcome<Response> {
    Ok(tagged(proposals::approve(&acting, id).await?))
}

async fn reject(acting: Acting, Path(id): Path<ProposalId>, Json(why): Json<Why>) -> Outcome<Response> {
    Ok(tagged(proposals::reject(&acting, id, why).await?))
}

async fn withdraw(acting: Acting, Path(id): Path<ProposalId>) -> Outcome<Response> {
    Ok(tagged(proposals::withdraw(&acting, id).await?))
}

async fn planned(acting: Acting, Path(id): Path<ProposalId>, Json(action): Json<Planned>) -> Outcome<Response> {
    Ok(tagged(proposals::planned(&acting, id, action).await?))
}

async fn register(acting: Acting) -> Outcome<Json<List<RegisterLine>>> {
    Ok(whole(proposals::register(&acting).await?))
}

async fn through(acting: Acting, Path((kind, id)): Path<(String, Uuid)>) -> Outcome<Json<Trace>> {
    Ok(Json(trace::through(&acting, &kind, id).await?))
}

//! Upkeep of the mapping: single records, confirmations, reminders, suggestions, history, duplicates, subscriptions.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use osn_core::directory::{DirectoryRecord, TaxonomyTerm};
use osn_core::id::{OrganizationId, SubscriptionId, SuggestionId, TermId};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::answer::{List, created, made, tagged, versions, whole};
use crate::acts::upkeep::apart::{self, ApartView, Pair};
use crate::acts::upkeep::board::{Board, board};
use crate::acts::upkeep::confirming::{self, Confirm, ConfirmationView};
use crate::acts::upkeep::days::{self, UpkeepDays};
use crate::acts::upkeep::digests::{self, NewSubscription, SubscriptionView};
use crate::acts::upkeep::duplicates::{self, DuplicateView, Merge, Merged, MergedView};
use crate::acts::upkeep::history::{self, VersionView};
use crate::acts::upkeep::reminders::{self, Asked};
use crate::acts::upkeep::suggestions::{self, Accept, NewSuggestion, Received, Refuse, SuggestionView};
use crate::acts::upkeep::waiting::{self, WaitingRecord};
use crate::acts::upkeep::{keeping, kind, terms};
use crate::acts::{Acting, Saved, mapping};
use crate::auth::Right;
use crate::http::{Json, Page, Path, Query};
use crate::refusal::{Outcome, Refusal};
use crate::route::{Access, Route};
use crate::shapes;

pub(super) fn record_routes() -> Vec<Route> {
    let (all, keep, maintain) = (
        Access::Public,
        Access::Right(Right::KeepRecords),
        Access::Right(Right::MaintainDirectory),
    );
    vec![
        Route::get("/api/v1/records/{kind}/{id}", all, get_record)
            .says("One record of the mapping with its revision")
            .answers::<shapes::DirectoryRecord>(200),
        Route::put("/api/v1/records/{kind}/{id}", keep, put_record)
            .says("Keep one record: new, or a new version")
            .takes::<shapes::DirectoryRecord>()
            .answers::<shapes::DirectoryRecord>(200),
        Route::delete("/api/v1/records/{kind}/{id}", keep, withdraw)
            .says("Withdraw a record; its history stays")
            .answers_nothing(),
        Route::get("/api/v1/records/{kind}/{id}/history", all, history)
            .says("Every version of a record with what changed, newest first")
            .reads(&["limit", "after"])
            .answers::<List<VersionView>>(200),
        Route::post("/api/v1/records/{kind}/{id}/undo", keep, undo)
            .says("Bring an older version back, as a new one")
            .takes::<Undo>()
            .answers::<shapes::DirectoryRecord>(200),
        Route::post("/api/v1/records/{kind}/{id}/merge", maintain, merge)
            .says("Merge a record into another that it is")
            .takes::<Merge>()
            .answers::<Merged>(200)
            .creates(),
        Route::post("/api/v1/records/{kind}/{id}/confirmations", keep, confirm)
            .says("Confirm that a record is right today")
            .takes::<Confirm>()
            .answers::<ConfirmationView>(201)
            .creates(),
        Route::get("/api/v1/records/{kind}/{id}/confirmations", all, confirmations)
            .says("Who confirmed a record, when, by which way, newest first")
            .reads(&["limit", "after"])
            .answers::<List<ConfirmationView>>(200),
        Route::post("/api/v1/records/{kind}/{id}/reminders", maintain, remind)
            .says("Remind the owner of a record now")
            .answers_nothing(),
        Route::post("/api/v1/records/{kind}/{id}/suggestions", all, suggest)
            .says("Say that something is wrong with a record")
            .takes::<NewSuggestion>()
            .answers::<Received>(201)
            .creates(),
        Route::get("/api/v1/terms/{id}", all, get_term)
            .says("One term of a taxonomy with its revision")
            .answers::<shapes::DirectoryRecord>(200),
        Route::put("/api/v1/terms/{id}", maintain, put_term)
            .says("Keep one term: new, or a new version; its code and its taxonomy stay")
            .takes::<shapes::DirectoryRecord>()
            .answers::<shapes::DirectoryRecord>(200),
        Route::delete("/api/v1/terms/{id}", maintain, withdraw_term)
            .says("Withdraw a term that no record names; its history stays")
            .answers_nothing(),
        Route::get("/api/v1/merged-records", all, merged)
            .says("Records that were found to be others")
            .answers::<List<MergedView>>(200),
    ]
}

pub(super) fn work_routes() -> Vec<Route> {
    let (work, keep, maintain) = (
        Access::Right(Right::SeeWork),
        Access::Right(Right::KeepRecords),
        Access::Right(Right::MaintainDirectory),
    );
    vec![
        Route::get("/api/v1/upkeep/board", work, show_board)
            .says("Where the mapping rots")
            .reads(&["organization_id"])
            .answers::<Board>(200),
        Route::get("/api/v1/upkeep/waiting/{kind}", work, list_waiting)
            .says("Records of a kind that wait for a confirmation, the oldest first")
            .reads(&["organization_id", "limit", "after"])
            .answers::<List<WaitingRecord>>(200),
        Route::get("/api/v1/upkeep/days", work, get_days)
            .says("After how many days a record is asked about, no longer counted, no longer referred to")
            .answers::<shapes::UpkeepDaysKept>(200),
        Route::put("/api/v1/upkeep/days", maintain, put_days)
            .says("Decide after how many days")
            .takes::<UpkeepDays>()
            .answers::<shapes::UpkeepDaysKept>(200),
        Route::post("/api/v1/upkeep/reminders", maintain, ask_reminders)
            .says("Send the reminders that are due")
            .answers::<Asked>(202),
        Route::get("/api/v1/upkeep/duplicates/{kind}", maintain, list_duplicates)
            .says("Records that look like one")
            .reads(&["limit", "after"])
            .answers::<List<DuplicateView>>(200),
        Route::get("/api/v1/upkeep/apart/{kind}", maintain, list_apart)
            .says("Records that look like one and are two")
            .reads(&["limit", "after"])
            .answers::<List<ApartView>>(200),
        Route::post("/api/v1/upkeep/apart/{kind}", maintain, keep_apart)
            .says("Decide that two records are two")
            .takes::<Pair>()
            .answers::<ApartView>(201)
            .creates(),
        Route::post("/api/v1/upkeep/apart/{kind}/undo", maintain, undo_apart)
            .says("Take back that two records are two")
            .takes::<Pair>()
            .answers_nothing(),
        Route::get("/api/v1/suggestions", keep, list_suggestions)
            .says("Suggestions about records")
            .reads(&["state", "limit", "after"])
            .answers::<List<SuggestionView>>(200),
        Route::get("/api/v1/suggestions/{id}", keep, one_suggestion)
            .says("One suggestion")
            .answers::<SuggestionView>(200),
        Route::post("/api/v1/suggestions/{id}/accept", keep, accept)
            .says("A suggestion is right: with the record as it should be")
            .takes::<Accept>()
            .answers::<SuggestionView>(200),
        Route::post("/api/v1/suggestions/{id}/refuse", keep, refuse)
            .says("A suggestion is not right, for a reason")
            .takes::<Refuse>()
            .answers::<SuggestionView>(200),
        Route::post("/api/v1/subscriptions", keep, subscribe)
            .says("Subscribe a body to changes of the mapping")
            .takes::<NewSubscription>()
            .answers::<SubscriptionView>(201)
            .creates(),
        Route::get("/api/v1/subscriptions", keep, list_subscriptions)
            .says("Subscriptions in force")
            .reads(&["limit", "after"])
            .answers::<List<SubscriptionView>>(200),
        Route::delete("/api/v1/subscriptions/{id}", keep, end_subscription)
            .says("End a subscription")
            .answers_nothing(),
    ]
}

/// The version to bring back.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Undo {
    /// Its revision.
    revision: i64,
}

/// What is varied in the address of a record.
type Record = Path<(String, Uuid)>;

async fn get_record(acting: Acting, Path((name, id)): Record) -> Outcome<Response> {
    let saved = keeping::get(&acting, kind(&name)?, id).await?;
    Ok(tagged(Saved {
        value: mapping::told(&acting, saved.value),
        version: saved.version,
    }))
}

async fn put_record(
    acting: Acting,
    Path((name, id)): Record,
    Json(record): Json<DirectoryRecord>,
) -> Outcome<Response> {
    Ok(tagged(keeping::keep(&acting, kind(&name)?, id, record).await?))
}

async fn withdraw(acting: Acting, Path((name, id)): Record) -> Outcome<StatusCode> {
    keeping::withdraw(&acting, kind(&name)?, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn get_term(acting: Acting, Path(id): Path<TermId>) -> Outcome<Response> {
    let saved = terms::get(&acting, id).await?;
    Ok(tagged(as_record(Saved {
        value: mapping::told(&acting, saved.value),
        version: saved.version,
    })))
}

async fn put_term(acting: Acting, Path(id): Path<TermId>, Json(record): Json<DirectoryRecord>) -> Outcome<Response> {
    match record {
        DirectoryRecord::TaxonomyTerm(term) if term.id == id => {
            Ok(tagged(as_record(terms::keep(&acting, term).await?)))
        }
        _ => Err(Refusal::field("/id", "record-other-id")),
    }
}

fn as_record(saved: Saved<TaxonomyTerm>) -> Saved<DirectoryRecord> {
    Saved {
        value: DirectoryRecord::TaxonomyTerm(saved.value),
        version: saved.version,
    }
}

async fn withdraw_term(acting: Acting, Path(id): Path<TermId>) -> Outcome<StatusCode> {
    terms::withdraw(&acting, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn history(acting: Acting, Path((name, id)): Record, Page(query): Page) -> Outcome<Json<List<VersionView>>> {
    let told = history::page(&acting, kind(&name)?.name(), id, &query).await?;
    Ok(Json(told.into()))
}

async fn undo(acting: Acting, Path((name, id)): Record, Json(undo): Json<Undo>) -> Outcome<Response> {
    Ok(tagged(keeping::undo(&acting, kind(&name)?, id, undo.revision).await?))
}

async fn merge(acting: Acting, Path((name, id)): Record, Json(merge): Json<Merge>) -> Outcome<Json<Merged>> {
    Ok(Json(duplicates::merge(&acting, kind(&name)?, id, merge).await?))
}

async fn confirm(acting: Acting, Path((name, id)): Record, Json(given): Json<Confirm>) -> Outcome<Response> {
    Ok(made(confirming::confirm(&acting, kind(&name)?, id, given).await?))
}

async fn confirmations(
    acting: Acting,
    Path((name, id)): Record,
    Page(query): Page,
) -> Outcome<Json<List<ConfirmationView>>> {
    let told = confirming::page(&acting, kind(&name)?, id, &query).await?;
    Ok(Json(told.into()))
}

async fn remind(acting: Acting, Path((name, id)): Record) -> Outcome<StatusCode> {
    reminders::remind_now(&acting, kind(&name)?, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn suggest(acting: Acting, Path((name, id)): Record, Json(new): Json<NewSuggestion>) -> Outcome<Response> {
    Ok(made(suggestions::make(&acting, kind(&name)?, id, new).await?))
}

async fn merged(acting: Acting) -> Outcome<Json<List<MergedView>>> {
    Ok(whole(duplicates::merged(&acting).await?))
}

#[derive(Deserialize)]
struct OfBody {
    organization_id: Option<OrganizationId>,
}

async fn get_days(acting: Acting) -> Outcome<Response> {
    Ok(tagged(days::get(&acting).await?))
}

async fn put_days(acting: Acting, Json(given): Json<UpkeepDays>) -> Outcome<Response> {
    Ok(tagged(days::put(&acting, given).await?))
}

async fn show_board(acting: Acting, Query(OfBody { organization_id }): Query<OfBody>) -> Outcome<Json<Board>> {
    Ok(Json(board(&acting, organization_id).await?))
}

async fn list_waiting(
    acting: Acting,
    Path(name): Path<String>,
    Query(OfBody { organization_id }): Query<OfBody>,
    Page(query): Page,
) -> Outcome<Json<List<WaitingRecord>>> {
    let page = waiting::list(&acting, kind(&name)?, organization_id, &query).await?;
    Ok(Json(page.into()))
}

async fn ask_reminders(acting: Acting) -> Outcome<Response> {
    Ok((StatusCode::ACCEPTED, Json(reminders::ask(&acting).await?)).into_response())
}

async fn list_duplicates(
    acting: Acting,
    Path(name): Path<String>,
    Page(query): Page,
) -> Outcome<Json<List<DuplicateView>>> {
    Ok(Json(duplicates::list(&acting, kind(&name)?, &query).await?.into()))
}

async fn list_apart(acting: Acting, Path(name): Path<String>, Page(query): Page) -> Outcome<Json<List<ApartView>>> {
    Ok(Json(apart::list(&acting, kind(&name)?, &query).await?.into()))
}

async fn keep_apart(acting: Acting, Path(name): Path<String>, Json(pair): Json<Pair>) -> Outcome<Response> {
    Ok(made(apart::decide(&acting, kind(&name)?, pair).await?))
}

async fn undo_apart(acting: Acting, Path(name): Path<String>, Json(pair): Json<Pair>) -> Outcome<StatusCode> {
    apart::take_back(&acting, kind(&name)?, pair).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct InState {
    state: Option<String>,
}

async fn list_suggestions(
    acting: Acting,
    Query(InState { state }): Query<InState>,
    Page(query): Page,
) -> Outcome<Json<List<Saved<SuggestionView>>>> {
    Ok(versions(suggestions::list(&acting, state.as_deref(), query).await?))
}

async fn one_suggestion(acting: Acting, Path(id): Path<SuggestionId>) -> Outcome<Response> {
    Ok(tagged(suggestions::get(&acting, id).await?))
}

async fn accept(acting: Acting, Path(id): Path<SuggestionId>, Json(accept): Json<Accept>) -> Outcome<Response> {
    Ok(tagged(suggestions::accept(&acting, id, accept).await?))
}

async fn refuse(acting: Acting, Path(id): Path<SuggestionId>, Json(refuse): Json<Refuse>) -> Outcome<Response> {
    Ok(tagged(suggestions::refuse(&acting, id, refuse).await?))
}

async fn subscribe(acting: Acting, Json(new): Json<NewSubscription>) -> Outcome<Response> {
    Ok(created(digests::subscribe(&acting, new).await?))
}

async fn list_subscriptions(acting: Acting, Page(query): Page) -> Outcome<Json<List<Saved<SubscriptionView>>>> {
    Ok(versions(digests::list(&acting, query).await?))
}

async fn end_subscription(acting: Acting, Path(id): Path<SubscriptionId>) -> Outcome<StatusCode> {
    digests::end(&acting, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

//! The mapping, requests for support, examinations and certificates.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use osn_core::certificate::SignedCertificate;
use osn_core::directory::{Organization, Taxonomy, TaxonomyTerm};
use osn_core::id::{CertificateId, OperationId, OrganizationId, RequestId, ServiceId};
use osn_core::intervention::InterventionModel;
use osn_core::operation::Operation;
use osn_store::RecordVersion;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::{List, created, made, tagged, versions, whole};
use crate::acts::consolidated::{self, ConsolidatedView};
use crate::acts::examination::Decisions;
use crate::acts::finding::{self, FoundAction, FoundService, Reading, Search};
use crate::acts::mapping::{Changed, OrganizationView, Records, ServiceView};
use crate::acts::model::{DeliverableProgress, NewOperation};
use crate::acts::requests::NewRequest;
use crate::acts::synonyms::{self, SynonymList};
use crate::acts::{Acting, Saved, certificate, examination, mapping, model, requests};
use crate::auth::Right;
use crate::http::{Json, Page, Path, Query};
use crate::refusal::Outcome;
use crate::route::{Access, Route};
use crate::shapes;

/// How far a deliverable of an operation is: whoever approves money says so.
fn deliverable_route() -> Route {
    Route::put(
        "/api/v1/operations/{id}/deliverables/{code}",
        Access::Right(Right::ApproveMoney),
        deliverable,
    )
    .says("How far a deliverable is, and that it was accepted")
    .takes::<DeliverableProgress>()
    .answers::<shapes::Operation>(200)
}

pub(super) fn directory_routes() -> Vec<Route> {
    let (all, work, keep) = (
        Access::Public,
        Access::Right(Right::SeeWork),
        Access::Right(Right::MaintainDirectory),
    );
    vec![
        Route::put("/api/v1/directory", keep, put_directory)
            .says("Keep records of the mapping, all or none")
            .takes::<Records>()
            .answers::<Changed>(200),
        Route::get("/api/v1/services", all, services)
            .says("Search services; each says why it was found")
            .costly()
            .reads(&[
                "q", "category", "group", "area", "age", "language", "open_now", "standing", "as_of", "limit", "after",
            ])
            .answers::<FoundList>(200),
        Route::get("/api/v1/coverage", all, get_coverage)
            .says("The consolidated view: services counted for each category, group and area, as of a day")
            .costly()
            .reads(&["category", "depth", "group", "area", "as_of"])
            .answers::<ConsolidatedView>(200),
        Route::get("/api/v1/synonyms", work, get_synonyms)
            .says("Words that mean the same, for the search")
            .answers::<shapes::SynonymsKept>(200),
        Route::put("/api/v1/synonyms", keep, put_synonyms)
            .says("Keep the list of words that mean the same")
            .takes::<SynonymList>()
            .answers::<shapes::SynonymsKept>(200),
        Route::get("/api/v1/services/{id}", all, service)
            .says("One service, or a running action of the municipality as one")
            .reads(&["as_of"])
            .answers::<shapes::DirectoryRecord>(200),
        Route::get("/api/v1/services/{id}/history", work, history)
            .says("Every version of a service's record")
            .answers::<List<RecordVersionView>>(200),
        Route::get("/api/v1/organizations", all, organizations)
            .says("Bodies, by name")
            .reads(&["as_of", "limit", "after"])
            .answers::<List<shapes::DirectoryRecord>>(200),
        Route::get("/api/v1/organizations/{id}", all, organization)
            .says("One body with its services")
            .reads(&["as_of"])
            .answers::<shapes::DirectoryRecord>(200),
        Route::get("/api/v1/taxonomies/{taxonomy}", all, taxonomy)
            .says("The terms of a taxonomy")
            .reads(&["as_of"])
            .answers::<List<shapes::DirectoryRecord>>(200),
        Route::put("/api/v1/intervention-model", keep, put_model)
            .says("Keep a new version of the intervention model")
            .takes::<shapes::InterventionModel>()
            .answers::<shapes::InterventionModel>(200),
        Route::get("/api/v1/intervention-model", all, get_model)
            .says("The intervention model")
            .answers::<shapes::InterventionModel>(200),
        Route::post("/api/v1/operations", keep, put_operation)
            .says("Keep an operation")
            .takes::<shapes::Operation>()
            .answers::<shapes::Operation>(201)
            .creates(),
        Route::get("/api/v1/operations", work, operations)
            .says("Operations")
            .reads(&["limit", "after"])
            .answers::<List<shapes::Operation>>(200),
        deliverable_route(),
        Route::get("/api/v1/operations/{id}", work, operation)
            .says("One operation")
            .answers::<shapes::Operation>(200),
    ]
}

pub(super) fn request_routes() -> Vec<Route> {
    let (work, write, examine, issue) = (
        Access::Right(Right::SeeWork),
        Access::Right(Right::WriteRequests),
        Access::Right(Right::ExamineNeeds),
        Access::Right(Right::IssueCertificates),
    );
    vec![
        Route::post("/api/v1/requests", write, write_request)
            .says("Write a request for support")
            .takes::<NewRequest>()
            .answers::<shapes::SupportRequest>(201)
            .creates(),
        Route::get("/api/v1/requests", work, list_requests)
            .says("Requests")
            .reads(&["state", "limit", "after"])
            .answers::<List<shapes::SupportRequest>>(200),
        Route::get("/api/v1/requests/{id}", work, get_request)
            .says("One request")
            .answers::<shapes::SupportRequest>(200),
        Route::post("/api/v1/requests/{id}/submit", write, submit_request)
            .says("Hand a request in")
            .answers::<shapes::SupportRequest>(200)
            .creates(),
        Route::post("/api/v1/requests/{id}/withdraw", write, withdraw_request)
            .says("Take a request back")
            .answers::<shapes::SupportRequest>(200)
            .creates(),
        Route::post("/api/v1/requests/{id}/examination", examine, examine_request)
            .says("Examine a need against the mapping")
            .answers::<shapes::Confirmation>(200)
            .creates(),
        Route::get("/api/v1/requests/{id}/examination", work, get_examination)
            .says("The last examination; with a day, what the rules answer from the mapping of that day")
            .reads(&["as_of"])
            .answers::<shapes::Confirmation>(200),
        Route::put("/api/v1/requests/{id}/examination/decisions", examine, decide)
            .says("Decide on what is unknown")
            .takes::<Decisions>()
            .answers::<shapes::Confirmation>(200),
        Route::post("/api/v1/requests/{id}/certificate", issue, issue_certificate)
            .says("Issue the certificate")
            .answers::<shapes::SignedCertificate>(201)
            .creates(),
        Route::get("/api/v1/certificates", work, certificates)
            .says("Certificates")
            .reads(&["limit", "after"])
            .answers::<List<shapes::SignedCertificate>>(200),
        Route::get("/api/v1/certificates/{id}", work, get_certificate)
            .says("One certificate")
            .answers::<shapes::SignedCertificate>(200),
        Route::get("/api/v1/certificates/{id}/document", work, certificate_document)
            .says("The certificate as a file to keep")
            .answers::<shapes::SignedCertificate>(200),
    ]
}

/// A version of a record of the mapping.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct RecordVersionView {
    revision: i64,
    #[schemars(with = "shapes::DirectoryRecord")]
    record: osn_core::directory::DirectoryRecord,
    retired: bool,
    recorded_at: osn_core::time::Instant,
    superseded_at: Option<osn_core::time::Instant>,
    #[schemars(with = "Option<uuid::Uuid>")]
    recorded_by: Option<osn_core::id::AccountId>,
}

impl From<RecordVersion> for RecordVersionView {
    fn from(version: RecordVersion) -> Self {
        let RecordVersion {
            revision,
            record,
            retired,
            recorded_at,
            superseded_at,
            recorded_by,
            ..
        } = version;
        Self {
            revision,
            record,
            retired,
            recorded_at,
            superseded_at,
            recorded_by,
        }
    }
}

async fn put_directory(acting: Acting, Json(records): Json<Records>) -> Outcome<Json<Changed>> {
    Ok(Json(mapping::put(&acting, records).await?))
}

/// A page of services that were found.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct FoundList {
    #[serde(flatten)]
    #[schemars(with = "List<shapes::FoundService>")]
    list: List<FoundService>,
    /// Running actions of the municipality that fit as well, beside the first page: not part of the existing network.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<shapes::FoundAction>", default)]
    actions: Vec<FoundAction>,
    /// How the words were understood; absent without words.
    #[serde(skip_serializing_if = "Option::is_none")]
    reading: Option<Reading>,
}

async fn services(acting: Acting, Query(search): Query<Search>, Page(query): Page) -> Outcome<Json<FoundList>> {
    let found = finding::search(&acting, &search, &query).await?;
    Ok(Json(FoundList {
        list: found.page.into(),
        actions: found.actions,
        reading: found.reading,
    }))
}

async fn get_coverage(acting: Acting, Query(asked): Query<consolidated::Asked>) -> Outcome<Json<ConsolidatedView>> {
    let view = consolidated::view(&acting, &asked).await?;
    Ok(Json(ConsolidatedView::from(&view.matrix)))
}

async fn get_synonyms(acting: Acting) -> Outcome<Response> {
    Ok(tagged(synonyms::get(&acting).await?))
}

async fn put_synonyms(acting: Acting, Json(list): Json<SynonymList>) -> Outcome<Response> {
    Ok(tagged(synonyms::put(&acting, list).await?))
}

async fn service(acting: Acting, Path(id): Path<ServiceId>) -> Outcome<Json<ServiceView>> {
    Ok(Json(mapping::service_or_action(&acting, id).await?))
}

async fn history(acting: Acting, Path(id): Path<ServiceId>) -> Outcome<Json<List<RecordVersionView>>> {
    Ok(whole(
        mapping::history(&acting, id)
            .await?
            .into_iter()
            .map(RecordVersionView::from)
            .collect(),
    ))
}

async fn organizations(acting: Acting, Page(query): Page) -> Outcome<Json<List<Organization>>> {
    Ok(Json(mapping::organizations(&acting, &query).await?.into()))
}

async fn organization(acting: Acting, Path(id): Path<OrganizationId>) -> Outcome<Json<OrganizationView>> {
    Ok(Json(mapping::organization(&acting, id).await?))
}

async fn taxonomy(acting: Acting, Path(taxonomy): Path<Taxonomy>) -> Outcome<Json<List<TaxonomyTerm>>> {
    Ok(whole(mapping::terms(&acting, taxonomy).await?))
}

async fn put_model(acting: Acting, Json(given): Json<InterventionModel>) -> Outcome<Json<InterventionModel>> {
    Ok(Json(model::put(&acting, given).await?))
}

async fn get_model(acting: Acting) -> Outcome<Json<InterventionModel>> {
    Ok(Json(model::get(&acting).await?))
}

async fn put_operation(acting: Acting, Json(new): Json<NewOperation>) -> Outcome<Response> {
    Ok(made(model::put_operation(&acting, new).await?))
}

async fn deliverable(
    acting: Acting,
    Path((id, code)): Path<(OperationId, String)>,
    Json(new): Json<DeliverableProgress>,
) -> Outcome<Response> {
    model::change_deliverable(&acting, id, &code, new).await?;
    Ok(tagged(model::operation(&acting, id).await?))
}

async fn operations(acting: Acting, Page(query): Page) -> Outcome<Json<List<Saved<Operation>>>> {
    Ok(versions(model::operations(&acting, query).await?))
}

async fn operation(acting: Acting, Path(id): Path<OperationId>) -> Outcome<Response> {
    Ok(tagged(model::operation(&acting, id).await?))
}

async fn write_request(acting: Acting, Json(new): Json<NewRequest>) -> Outcome<Response> {
    Ok(created(requests::write(&acting, new).await?))
}

#[derive(Deserialize)]
struct InState {
    state: Option<String>,
}

async fn list_requests(
    acting: Acting,
    Query(InState { state }): Query<InState>,
    Page(query): Page,
) -> Outcome<Response> {
    Ok(versions(requests::list(&acting, state.as_deref(), query).await?).into_response())
}

async fn get_request(acting: Acting, Path(id): Path<RequestId>) -> Outcome<Response> {
    Ok(tagged(requests::get(&acting, id).await?))
}

async fn submit_request(acting: Acting, Path(id): Path<RequestId>) -> Outcome<Response> {
    Ok(tagged(requests::submit(&acting, id).await?))
}

async fn withdraw_request(acting: Acting, Path(id): Path<RequestId>) -> Outcome<Response> {
    Ok(tagged(requests::withdraw(&acting, id).await?))
}

async fn examine_request(acting: Acting, Path(id): Path<RequestId>) -> Outcome<Response> {
    Ok(tagged(examination::examine(&acting, id).await?))
}

async fn get_examination(acting: Acting, Path(id): Path<RequestId>) -> Outcome<Response> {
    Ok(tagged(match acting.as_of {
        Some(at) => examination::at(&acting, id, at).await?,
        None => examination::get(&acting, id).await?,
    }))
}

async fn decide(acting: Acting, Path(id): Path<RequestId>, Json(decided): Json<Decisions>) -> Outcome<Response> {
    Ok(tagged(examination::decide(&acting, id, decided).await?))
}

async fn issue_certificate(acting: Acting, Path(id): Path<RequestId>) -> Outcome<Response> {
    Ok(made(certificate::issue(&acting, id).await?))
}

async fn certificates(acting: Acting, Page(query): Page) -> Outcome<Json<List<SignedCertificate>>> {
    Ok(Json(certificate::list(&acting, query).await?.into()))
}

async fn get_certificate(acting: Acting, Path(id): Path<CertificateId>) -> Outcome<Json<SignedCertificate>> {
    Ok(Json(certificate::get(&acting, id).await?))
}

async fn certificate_document(acting: Acting, Path(id): Path<CertificateId>) -> Outcome<Response> {
    let signed = certificate::get(&acting, id).await?;
    let mut response = Json(signed).into_response();
    let name = HeaderValue::from_str(&format!("attachment; filename=\"certificate-{id}.json\""));
    if let Ok(name) = name {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

//! Money: suppliers, contracts, budget, expenses, claims, the way from a euro to a delivery.

use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use osn_core::expenditure::{BudgetLine, Claim, Commitment, Contract, Expense, Reallocation};
use osn_core::id::{ActionId, ClaimId, CommitmentId, DeliveryId, ExpenseId, OperationId, ReallocationId};
use osn_store::ExpenseFilter;
use serde::Deserialize;
use serde_json::Value;

use super::answer::{List, created, tagged, versions, whole};
use crate::acts::money::board::{self, Board};
use crate::acts::money::budget::{self, NewCommitment, NewLine, NewReallocation};
use crate::acts::money::claims::{self, Certified, NewClaim};
use crate::acts::money::expenses::{self, Because, ExpenseView, JudgementView};
use crate::acts::money::import::{self, Imported};
use crate::acts::money::papers::{self, NewPaper, PAPER_LIMIT};
use crate::acts::money::replay::{self, Replayed};
use crate::acts::money::sampling::{self, Sample, SampleQuery};
use crate::acts::money::suppliers::{self, NewContract, NewSupplier, SupplierView};
use crate::acts::money::trace::{self, ActionMoney, PaidBy, TracedPart};
use crate::acts::money::{export, rules_shown};
use crate::acts::{Acting, Saved};
use crate::auth::Right;
use crate::http::{Json, Page, Path, Query, read};
use crate::refusal::{Kind, Outcome, Refusal};
use crate::route::{Access, Route};
use crate::shapes;

const SEE: Access = Access::Right(Right::SeeMoney);
const KEEP: Access = Access::Right(Right::KeepExpenses);
const APPROVE: Access = Access::Right(Right::ApproveMoney);

pub(super) fn routes() -> Vec<Route> {
    let mut rows = budget_routes();
    rows.extend(expense_routes());
    rows.extend(claim_routes());
    rows
}

fn budget_routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/expenditure-rules", SEE, list_rules)
            .says("Rules on expenditure with article, reasons and remedies")
            .answers::<List<rules_shown::RuleView>>(200),
        Route::post("/api/v1/suppliers", KEEP, add_supplier)
            .says("Keep a supplier; one tax number is one supplier")
            .takes::<NewSupplier>()
            .answers::<SupplierView>(201)
            .creates(),
        Route::get("/api/v1/suppliers", SEE, list_suppliers)
            .says("Suppliers")
            .reads(&["limit", "after"])
            .answers::<List<SupplierView>>(200),
        Route::post("/api/v1/operations/{id}/contracts", KEEP, add_contract)
            .says("Keep a contract")
            .takes::<NewContract>()
            .answers::<shapes::Contract>(201)
            .creates(),
        Route::get("/api/v1/operations/{id}/contracts", SEE, list_contracts)
            .says("Contracts of an operation")
            .reads(&["limit", "after"])
            .answers::<List<shapes::Contract>>(200),
        Route::get("/api/v1/operations/{id}/board", SEE, show_board)
            .says("Budget, committed, spent, certified; the curve of absorption; missing papers")
            .answers::<Board>(200),
        Route::post("/api/v1/operations/{id}/budget-lines", KEEP, add_line)
            .says("Add a line to the budget")
            .takes::<NewLine>()
            .answers::<shapes::BudgetLine>(201)
            .creates(),
        Route::get("/api/v1/operations/{id}/budget-lines", SEE, list_lines)
            .says("The budget of an operation")
            .answers::<List<shapes::BudgetLine>>(200),
        Route::post("/api/v1/operations/{id}/reallocations", KEEP, propose)
            .says("Ask for money to move between lines")
            .takes::<NewReallocation>()
            .answers::<shapes::Reallocation>(201)
            .creates(),
        Route::get("/api/v1/operations/{id}/reallocations", SEE, list_reallocations)
            .says("Reallocations of an operation")
            .answers::<List<shapes::Reallocation>>(200),
        Route::post("/api/v1/reallocations/{id}/approve", APPROVE, approve_reallocation)
            .says("Let the money move; never whoever asked")
            .answers::<shapes::Reallocation>(200)
            .creates(),
        Route::post("/api/v1/reallocations/{id}/reject", APPROVE, reject_reallocation)
            .says("Do not let the money move; never whoever asked")
            .answers::<shapes::Reallocation>(200)
            .creates(),
        Route::post("/api/v1/operations/{id}/commitments", KEEP, commit)
            .says("Record a commitment with its publication number")
            .takes::<NewCommitment>()
            .answers::<shapes::Commitment>(201)
            .creates(),
        Route::get("/api/v1/operations/{id}/commitments", SEE, list_commitments)
            .says("Commitments of an operation")
            .answers::<List<shapes::Commitment>>(200),
        Route::post("/api/v1/commitments/{id}/release", KEEP, release)
            .says("Release a commitment")
            .answers::<shapes::Commitment>(200)
            .creates(),
    ]
}

fn expense_routes() -> Vec<Route> {
    vec![
        Route::post("/api/v1/operations/{id}/expenses/what-if", SEE, what_if)
            .says("Would this be eligible? Nothing is kept")
            .takes::<shapes::NewExpense>()
            .answers::<JudgementView>(200),
        Route::post("/api/v1/operations/{id}/expenses", KEEP, record)
            .says("Record an expense; it is judged at once")
            .takes::<shapes::NewExpense>()
            .answers::<ExpenseView>(201)
            .creates(),
        Route::post("/api/v1/operations/{id}/expenses/import", KEEP, import_table)
            .says("Record a table of expenses (CSV or workbook): all rows or none")
            .takes_media("application/octet-stream")
            .reads(&["dry"])
            .answers::<Imported>(200),
        Route::get("/api/v1/operations/{id}/expenses", SEE, list_expenses)
            .says("Expenses of an operation")
            .reads(&["state", "outcome", "limit", "after"])
            .answers::<List<ExpenseView>>(200),
        Route::get("/api/v1/expenses/{id}", SEE, get_expense)
            .says("One expense with its last judgement")
            .answers::<ExpenseView>(200),
        Route::put("/api/v1/expenses/{id}", KEEP, change)
            .says("Change an expense that no claim has frozen")
            .takes::<shapes::NewExpense>()
            .answers::<ExpenseView>(200),
        Route::post("/api/v1/expenses/{id}/approve", APPROVE, approve)
            .says("Approve an expense; never whoever entered it")
            .answers::<ExpenseView>(200)
            .creates(),
        Route::post("/api/v1/expenses/{id}/withdraw", KEEP, withdraw)
            .says("Take an expense back that no claim has frozen")
            .takes::<Because>()
            .answers::<ExpenseView>(200)
            .creates(),
        Route::post("/api/v1/expenses/{id}/papers", KEEP, attach)
            .says("Attach a paper: its number, or the file itself, which is hashed")
            .takes_media("application/octet-stream")
            .reads(&["kind", "number", "file", "posted_on", "revoked_on", "sound"])
            .answers::<ExpenseView>(200),
        Route::get("/api/v1/expenses/{id}/papers/{digest}", SEE, paper)
            .says("A paper by the SHA-256 of its file")
            .answers_media("application/octet-stream"),
        Route::get("/api/v1/expenses/{id}/judgements", SEE, judgements)
            .says("Every judgement of an expense")
            .answers::<List<JudgementView>>(200),
        Route::get("/api/v1/expenses/{id}/trace", SEE, trace_expense)
            .says("From an expense to deliveries, decisions and certificates")
            .answers::<List<TracedPart>>(200),
        Route::get("/api/v1/actions/{id}/money", SEE, trace_action)
            .says("From an action back to the expenses; what one person reached cost")
            .answers::<ActionMoney>(200),
        Route::get("/api/v1/deliveries/{id}/money", SEE, trace_delivery)
            .says("From a delivery back to the expenses")
            .answers::<List<PaidBy>>(200),
        Route::post("/api/v1/judgements/replay", SEE, replay_all)
            .says("Judge every kept judgement again from its frozen input")
            .answers::<Replayed>(200),
    ]
}

fn claim_routes() -> Vec<Route> {
    vec![
        Route::post("/api/v1/operations/{id}/claims", KEEP, begin)
            .says("Begin a claim of a sub-project")
            .takes::<NewClaim>()
            .answers::<shapes::Claim>(201)
            .creates(),
        Route::get("/api/v1/operations/{id}/claims", SEE, list_claims)
            .says("Claims of an operation")
            .reads(&["limit", "after"])
            .answers::<List<shapes::Claim>>(200),
        Route::get("/api/v1/claims/{id}", SEE, get_claim)
            .says("A claim with its lines: frozen ones, or what a freeze would take now")
            .answers::<claims::ClaimView>(200),
        Route::post("/api/v1/claims/{id}/freeze", KEEP, freeze)
            .says("Judge everything again and freeze it")
            .answers::<claims::ClaimView>(200)
            .creates(),
        Route::post("/api/v1/claims/{id}/submit", APPROVE, submit)
            .says("Submit a frozen claim; never whoever froze it")
            .answers::<shapes::Claim>(200)
            .creates(),
        Route::post("/api/v1/claims/{id}/certify", KEEP, certify)
            .says("Record what the managing authority certified")
            .takes::<Certified>()
            .answers::<shapes::Claim>(200)
            .creates(),
        Route::post("/api/v1/claims/{id}/withdraw", APPROVE, withdraw_claim)
            .says("Take a claim back; its expenses are free again")
            .takes::<Because>()
            .answers::<shapes::Claim>(200)
            .creates(),
        Route::get("/api/v1/claims/{id}/manifest", SEE, manifest)
            .says("What the claim's digest is over, and every document by its SHA-256")
            .answers::<shapes::Manifest>(200),
        Route::get("/api/v1/claims/{id}/workbook", SEE, workbook)
            .says("The claim as a workbook in the order in which an auditor reads")
            .answers_media(XLSX),
        Route::get("/api/v1/claims/{id}/sample", SEE, sample)
            .says("A sample of the claim: whoever has the seed draws the same")
            .reads(&["seed", "count", "by_risk"])
            .answers::<Sample>(200),
    ]
}

pub(crate) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

async fn list_rules(acting: Acting) -> Outcome<Json<List<rules_shown::RuleView>>> {
    Ok(whole(rules_shown::list(&acting)?))
}

async fn add_supplier(acting: Acting, Json(new): Json<NewSupplier>) -> Outcome<Response> {
    Ok(created(suppliers::add(&acting, new).await?))
}

async fn list_suppliers(acting: Acting, Page(query): Page) -> Outcome<Json<List<Saved<SupplierView>>>> {
    Ok(versions(suppliers::list(&acting, query).await?))
}

async fn add_contract(acting: Acting, Path(id): Path<OperationId>, Json(new): Json<NewContract>) -> Outcome<Response> {
    Ok(created(suppliers::add_contract(&acting, id, new).await?))
}

async fn list_contracts(
    acting: Acting,
    Path(id): Path<OperationId>,
    Page(query): Page,
) -> Outcome<Json<List<Saved<Contract>>>> {
    Ok(versions(suppliers::contracts(&acting, id, query).await?))
}

async fn show_board(acting: Acting, Path(id): Path<OperationId>) -> Outcome<Json<Board>> {
    Ok(Json(board::board(&acting, id).await?))
}

async fn add_line(acting: Acting, Path(id): Path<OperationId>, Json(new): Json<NewLine>) -> Outcome<Response> {
    Ok(created(budget::add_line(&acting, id, new).await?))
}

fn all<T>(rows: Vec<osn_store::Versioned<T>>) -> Json<List<Saved<T>>> {
    whole(rows.into_iter().map(Saved::from).collect())
}

async fn list_lines(acting: Acting, Path(id): Path<OperationId>) -> Outcome<Json<List<Saved<BudgetLine>>>> {
    Ok(all(budget::lines(&acting, id).await?))
}

async fn propose(acting: Acting, Path(id): Path<OperationId>, Json(new): Json<NewReallocation>) -> Outcome<Response> {
    Ok(created(budget::propose(&acting, id, new).await?))
}

async fn list_reallocations(acting: Acting, Path(id): Path<OperationId>) -> Outcome<Json<List<Saved<Reallocation>>>> {
    Ok(all(budget::reallocations(&acting, id).await?))
}

async fn approve_reallocation(acting: Acting, Path(id): Path<ReallocationId>) -> Outcome<Response> {
    Ok(tagged(budget::decide(&acting, id, true).await?))
}

async fn reject_reallocation(acting: Acting, Path(id): Path<ReallocationId>) -> Outcome<Response> {
    Ok(tagged(budget::decide(&acting, id, false).await?))
}

async fn commit(acting: Acting, Path(id): Path<OperationId>, Json(new): Json<NewCommitment>) -> Outcome<Response> {
    Ok(created(budget::commit(&acting, id, new).await?))
}

async fn list_commitments(acting: Acting, Path(id): Path<OperationId>) -> Outcome<Json<List<Saved<Commitment>>>> {
    Ok(all(budget::commitments(&acting, id).await?))
}

async fn release(acting: Acting, Path(id): Path<CommitmentId>) -> Outcome<Response> {
    Ok(tagged(budget::release(&acting, id).await?))
}

/// A body that is an expense but for its identifiers, which the server gives.
fn expense(mut body: Value, operation: OperationId) -> Outcome<Expense> {
    if let Some(map) = body.as_object_mut() {
        map.insert("id".into(), Value::from(uuid::Uuid::nil().to_string()));
        map.insert("operation_id".into(), Value::from(operation.to_string()));
    }
    let bytes = serde_json::to_vec(&body).map_err(Refusal::internal)?;
    read(&bytes)
}

async fn what_if(acting: Acting, Path(id): Path<OperationId>, Json(body): Json<Value>) -> Outcome<Json<JudgementView>> {
    acting.require(Right::SeeMoney)?;
    Ok(Json(expenses::what_if(&acting, id, expense(body, id)?).await?))
}

async fn record(acting: Acting, Path(id): Path<OperationId>, Json(body): Json<Value>) -> Outcome<Response> {
    acting.require(Right::KeepExpenses)?;
    Ok(created(expenses::record(&acting, id, expense(body, id)?).await?))
}

async fn change(acting: Acting, Path(id): Path<ExpenseId>, Json(body): Json<Value>) -> Outcome<Response> {
    acting.require(Right::KeepExpenses)?;
    let operation = expenses::get(&acting, id).await?.value.expense.operation_id;
    let changed = Box::pin(expenses::change(&acting, id, expense(body, operation)?));
    Ok(tagged(changed.await?))
}

#[derive(Deserialize)]
struct Dry {
    dry: Option<bool>,
}

/// The body of a request, of at most so many bytes.
pub(super) async fn body(request: Request, limit: usize) -> Outcome<Bytes> {
    to_bytes(request.into_body(), limit)
        .await
        .map_err(|_| Refusal::new(Kind::TooLarge, "request.too-large"))
}

async fn import_table(
    acting: Acting,
    Path(id): Path<OperationId>,
    Query(Dry { dry }): Query<Dry>,
    request: Request,
) -> Outcome<Json<Imported>> {
    acting.require(Right::KeepExpenses)?;
    let bytes = body(request, PAPER_LIMIT).await?;
    Ok(Json(import::import(&acting, id, &bytes, dry.unwrap_or(false)).await?))
}

#[derive(Deserialize)]
struct Which {
    state: Option<String>,
    outcome: Option<String>,
}

async fn list_expenses(
    acting: Acting,
    Path(id): Path<OperationId>,
    Query(which): Query<Which>,
    Page(query): Page,
) -> Outcome<Json<List<Saved<ExpenseView>>>> {
    let filter = ExpenseFilter {
        operation: Some(id),
        state: which.state.as_deref(),
        outcome: which.outcome.as_deref(),
    };
    Ok(versions(expenses::list(&acting, filter, query).await?))
}

async fn get_expense(acting: Acting, Path(id): Path<ExpenseId>) -> Outcome<Response> {
    Ok(tagged(expenses::get(&acting, id).await?))
}

async fn approve(acting: Acting, Path(id): Path<ExpenseId>) -> Outcome<Response> {
    Ok(tagged(expenses::approve(&acting, id).await?))
}

async fn withdraw(acting: Acting, Path(id): Path<ExpenseId>, Json(because): Json<Because>) -> Outcome<Response> {
    Ok(tagged(expenses::withdraw(&acting, id, because).await?))
}

#[derive(Deserialize)]
struct AboutPaper {
    kind: Option<String>,
    number: Option<String>,
    file: Option<String>,
    posted_on: Option<NaiveDate>,
    revoked_on: Option<NaiveDate>,
    sound: Option<bool>,
}

async fn attach(
    acting: Acting,
    Path(id): Path<ExpenseId>,
    Query(about): Query<AboutPaper>,
    request: Request,
) -> Outcome<Response> {
    acting.require(Right::KeepExpenses)?;
    let new = NewPaper {
        kind: about.kind.unwrap_or_default(),
        number: about.number.unwrap_or_default(),
        file: about.file.unwrap_or_default(),
        posted_on: about.posted_on,
        revoked_on: about.revoked_on,
        sound: about.sound,
        bytes: body(request, PAPER_LIMIT).await?.to_vec(),
    };
    Ok(tagged(Box::pin(papers::attach(&acting, id, new)).await?))
}

async fn paper(acting: Acting, Path((id, digest)): Path<(ExpenseId, String)>) -> Outcome<Response> {
    let (_, bytes) = papers::bytes(&acting, id, &digest).await?;
    Ok(attachment("application/octet-stream", "paper", bytes))
}

/// Bytes that a browser saves and never shows.
pub(crate) fn attachment(media: &'static str, name: &'static str, bytes: Vec<u8>) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

async fn judgements(acting: Acting, Path(id): Path<ExpenseId>) -> Outcome<Json<List<JudgementView>>> {
    Ok(whole(expenses::judgements(&acting, id).await?))
}

async fn trace_expense(acting: Acting, Path(id): Path<ExpenseId>) -> Outcome<Json<List<TracedPart>>> {
    Ok(whole(trace::of_expense(&acting, id).await?))
}

async fn trace_action(acting: Acting, Path(id): Path<ActionId>) -> Outcome<Json<ActionMoney>> {
    Ok(Json(trace::of_action(&acting, id).await?))
}

async fn trace_delivery(acting: Acting, Path(id): Path<DeliveryId>) -> Outcome<Json<List<PaidBy>>> {
    Ok(whole(trace::of_delivery(&acting, id).await?))
}

async fn replay_all(acting: Acting) -> Outcome<Json<Replayed>> {
    Ok(Json(replay::all(&acting).await?))
}

async fn begin(acting: Acting, Path(id): Path<OperationId>, Json(new): Json<NewClaim>) -> Outcome<Response> {
    Ok(created(claims::begin(&acting, id, new).await?))
}

async fn list_claims(
    acting: Acting,
    Path(id): Path<OperationId>,
    Page(query): Page,
) -> Outcome<Json<List<Saved<Claim>>>> {
    Ok(versions(claims::list(&acting, Some(id), query).await?))
}

async fn get_claim(acting: Acting, Path(id): Path<ClaimId>) -> Outcome<Response> {
    Ok(tagged(claims::get(&acting, id).await?))
}

async fn freeze(acting: Acting, Path(id): Path<ClaimId>) -> Outcome<Response> {
    Ok(tagged(claims::freeze(&acting, id).await?))
}

async fn submit(acting: Acting, Path(id): Path<ClaimId>) -> Outcome<Response> {
    Ok(tagged(claims::submit(&acting, id).await?))
}

async fn certify(acting: Acting, Path(id): Path<ClaimId>, Json(certified): Json<Certified>) -> Outcome<Response> {
    Ok(tagged(claims::certify(&acting, id, certified).await?))
}

async fn withdraw_claim(acting: Acting, Path(id): Path<ClaimId>, Json(because): Json<Because>) -> Outcome<Response> {
    Ok(tagged(claims::withdraw(&acting, id, because).await?))
}

async fn manifest(acting: Acting, Path(id): Path<ClaimId>) -> Outcome<Json<Value>> {
    Ok(Json(export::manifest_of(&acting, id).await?))
}

async fn workbook(acting: Acting, Path(id): Path<ClaimId>) -> Outcome<Response> {
    Ok(attachment(XLSX, "claim.xlsx", export::workbook(&acting, id).await?))
}

async fn sample(acting: Acting, Path(id): Path<ClaimId>, Query(query): Query<SampleQuery>) -> Outcome<Json<Sample>> {
    Ok(Json(sampling::sample(&acting, id, query).await?))
}

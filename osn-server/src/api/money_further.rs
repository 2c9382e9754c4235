//! Money, further: national sets of rules, the register of irregularities, scientific opinions, unit costs, tables for the
//! managing authority.

use axum::body::to_bytes;
use axum::extract::Request;
use axum::response::Response;
use osn_core::expenditure::{Irregularity, ScientificOpinion};
use osn_core::id::{ClaimId, IrregularityId, OperationId, ProposalId};

use super::answer::{List, created, made, tagged, whole};
use super::money::attachment;
use super::programs::{PACKAGE_LIMIT, SIGNATURE, signature};
use crate::acts::money::action_what_if::{self, ActionPlan, ActionWhatIf};
use crate::acts::money::expenses::Because;
use crate::acts::money::irregularities::{self, NewIrregularity};
use crate::acts::money::measuring::{self, IndicatorMeasured, NewIndicator};
use crate::acts::money::national::{self, RuleSetView};
use crate::acts::money::opinions::{self, NewOpinion};
use crate::acts::money::settling::{self, LineDue, Settle, Settled};
use crate::acts::money::systemic::{self, NewSystemic, SystemicView};
use crate::acts::money::unit_costs::{self, ProgramCost};
use crate::acts::money::{authority, export};
use crate::acts::programs::Handed;
use crate::acts::{Acting, Saved};
use crate::auth::Right;
use crate::http::{Json, Path};
use crate::refusal::{Kind, Outcome, Refusal};
use crate::route::{Access, Route};
use crate::shapes;

const SEE: Access = Access::Right(Right::SeeMoney);
const KEEP: Access = Access::Right(Right::KeepExpenses);
const APPROVE: Access = Access::Right(Right::ApproveMoney);
const HOST: Access = Access::Right(Right::InstallPrograms);
const PLAN: Access = Access::Right(Right::PlanActions);

pub(super) fn routes() -> Vec<Route> {
    let mut rows = rule_set_routes();
    rows.extend(planning_routes());
    rows.extend(register_routes());
    rows.extend(systemic_routes());
    rows
}

fn rule_set_routes() -> Vec<Route> {
    vec![
        Route::post("/api/v1/rule-sets", HOST, install)
            .says(
                "Install a national set of rules on expenditure; its golden cases run first, and nothing takes it yet",
            )
            .takes_media("application/wasm")
            .answers::<RuleSetView>(201),
        Route::get("/api/v1/rule-sets", Access::Right(Right::SeePrograms), list_sets)
            .says("National sets of rules that are installed")
            .answers::<List<RuleSetView>>(200),
        Route::post("/api/v1/rule-sets/{digest}/enable", HOST, enable)
            .says("Let new judgements take a set, by the digest of its package, in place of the law of Greece")
            .answers::<RuleSetView>(200),
        Route::post("/api/v1/rule-sets/{digest}/disable", HOST, disable)
            .says("Let new judgements take the law of Greece again")
            .answers::<RuleSetView>(200),
    ]
}

fn planning_routes() -> Vec<Route> {
    vec![
        Route::post("/api/v1/operations/{id}/what-if", SEE, what_if_action)
            .says(
                "What if an action were approved: what its lines would have free, what the rules say of each amount, \
                 what absorption would become. Nothing is kept",
            )
            .takes::<ActionPlan>()
            .answers::<ActionWhatIf>(200),
        Route::get("/api/v1/operations/{id}/settlements", SEE, due)
            .says("Flat rates, unit costs and lump sums: what each line has due")
            .answers::<List<LineDue>>(200),
        Route::post("/api/v1/operations/{id}/settlements", KEEP, settle)
            .says("Declare every flat rate, unit cost and lump sum that is due, as one expense for each line")
            .takes::<Settle>()
            .answers::<Settled>(201)
            .creates(),
        Route::get("/api/v1/operations/{id}/indicators", SEE, indicators)
            .says("What an operation is measured by, and what was reached; one person counts once")
            .answers::<List<IndicatorMeasured>>(200),
        Route::put(
            "/api/v1/operations/{id}/indicators/{code}",
            Access::Right(Right::MaintainDirectory),
            put_indicator,
        )
        .says("Define an indicator of an operation, or change it")
        .takes::<NewIndicator>()
        .answers::<IndicatorMeasured>(200),
    ]
}

fn register_routes() -> Vec<Route> {
    vec![
        Route::post("/api/v1/operations/{id}/irregularities", KEEP, record)
            .says("Record an irregularity of an expense")
            .takes::<NewIrregularity>()
            .answers::<shapes::Irregularity>(201)
            .creates(),
        Route::get("/api/v1/operations/{id}/irregularities", SEE, register)
            .says("The register of irregularities of an operation")
            .answers::<List<shapes::Irregularity>>(200),
        Route::get("/api/v1/irregularities/{id}", SEE, one)
            .says("One irregularity")
            .answers::<shapes::Irregularity>(200),
        Route::post("/api/v1/irregularities/{id}/confirm", APPROVE, confirm)
            .says("Confirm an irregularity; never whoever recorded it. The next claim takes the amount back")
            .answers::<shapes::Irregularity>(200)
            .creates(),
        Route::post("/api/v1/irregularities/{id}/dismiss", APPROVE, dismiss)
            .says("Dismiss an irregularity with a reason; never whoever recorded it")
            .takes::<Because>()
            .answers::<shapes::Irregularity>(200)
            .creates(),
        Route::get("/api/v1/operations/{id}/unit-costs", SEE, costs)
            .says("What one person reached cost, by program")
            .answers::<List<ProgramCost>>(200),
        Route::get("/api/v1/operations/{id}/tables", SEE, tables)
            .says("The operation as documented tables (CSV with datapackage.json) for the managing authority's system")
            .answers_media("application/zip"),
        Route::get("/api/v1/claims/{id}/tables", SEE, claim_tables)
            .says("A frozen claim as documented tables (CSV with datapackage.json)")
            .answers_media("application/zip"),
        Route::post("/api/v1/proposals/{id}/opinions", PLAN, on_proposal)
            .says("Record a scientific opinion on a proposal")
            .takes::<NewOpinion>()
            .answers::<shapes::ScientificOpinion>(201)
            .creates(),
        Route::get(
            "/api/v1/proposals/{id}/opinions",
            Access::Right(Right::SeeWork),
            of_proposal,
        )
        .says("Scientific opinions on a proposal")
        .answers::<List<shapes::ScientificOpinion>>(200),
        Route::post(
            "/api/v1/operations/{id}/deliverables/{code}/opinions",
            KEEP,
            on_deliverable,
        )
        .says("Record a scientific opinion on a deliverable")
        .takes::<NewOpinion>()
        .answers::<shapes::ScientificOpinion>(201)
        .creates(),
        Route::get(
            "/api/v1/operations/{id}/deliverables/{code}/opinions",
            SEE,
            of_deliverable,
        )
        .says("Scientific opinions on a deliverable")
        .answers::<List<shapes::ScientificOpinion>>(200),
    ]
}

async fn install(acting: Acting, request: Request) -> Outcome<Response> {
    acting.require(Right::InstallPrograms)?;
    let signature = request.headers().get(SIGNATURE).map(signature).transpose()?;
    let bytes = to_bytes(request.into_body(), PACKAGE_LIMIT)
        .await
        .map_err(|_| Refusal::new(Kind::TooLarge, "request.too-large"))?;
    let handed = Handed {
        bytes: bytes.to_vec(),
        signature,
        on_the_shelf: true,
    };
    Ok(made(national::install(&acting, handed).await?))
}

async fn list_sets(acting: Acting) -> Outcome<Json<List<RuleSetView>>> {
    Ok(whole(national::list(&acting).await?))
}

async fn enable(acting: Acting, Path(digest): Path<String>) -> Outcome<Json<RuleSetView>> {
    Ok(Json(national::switch(&acting, &digest, true).await?))
}

async fn disable(acting: Acting, Path(digest): Path<String>) -> Outcome<Json<RuleSetView>> {
    Ok(Json(national::switch(&acting, &digest, false).await?))
}

fn systemic_routes() -> Vec<Route> {
    vec![
        Route::post("/api/v1/operations/{id}/systemic-irregularities/what-if", SEE, look)
            .says("Which expenses would a systemic irregularity touch, and what would it take of each? Nothing is kept")
            .takes::<NewSystemic>()
            .answers::<SystemicView>(200),
        Route::post("/api/v1/operations/{id}/systemic-irregularities", KEEP, record_systemic)
            .says("Record a systemic irregularity: one in the register for every expense that it touches")
            .takes::<NewSystemic>()
            .answers::<SystemicView>(201)
            .creates(),
        Route::get("/api/v1/systemic-irregularities/{id}", SEE, one_systemic)
            .says("A systemic irregularity with the expenses that it touches; named by the first of its irregularities")
            .answers::<SystemicView>(200),
        Route::post(
            "/api/v1/systemic-irregularities/{id}/confirm",
            APPROVE,
            confirm_systemic,
        )
        .says("Confirm all of it; never whoever recorded it. The next claims take the amounts back")
        .answers::<SystemicView>(200)
        .creates(),
        Route::post(
            "/api/v1/systemic-irregularities/{id}/dismiss",
            APPROVE,
            dismiss_systemic,
        )
        .says("Dismiss all of it with a reason; never whoever recorded it")
        .takes::<Because>()
        .answers::<SystemicView>(200)
        .creates(),
    ]
}

async fn look(
    acting: Acting,
    Path(id): Path<OperationId>,
    Json(new): Json<NewSystemic>,
) -> Outcome<Json<SystemicView>> {
    Ok(Json(systemic::look(&acting, id, &new).await?))
}

async fn record_systemic(
    acting: Acting,
    Path(id): Path<OperationId>,
    Json(new): Json<NewSystemic>,
) -> Outcome<Response> {
    Ok(made(systemic::record(&acting, id, new).await?))
}

async fn one_systemic(acting: Acting, Path(id): Path<IrregularityId>) -> Outcome<Json<SystemicView>> {
    Ok(Json(systemic::get(&acting, id).await?))
}

async fn confirm_systemic(acting: Acting, Path(id): Path<IrregularityId>) -> Outcome<Json<SystemicView>> {
    Ok(Json(systemic::confirm(&acting, id).await?))
}

async fn dismiss_systemic(
    acting: Acting,
    Path(id): Path<IrregularityId>,
    Json(because): Json<Because>,
) -> Outcome<Json<SystemicView>> {
    Ok(Json(systemic::dismiss(&acting, id, because).await?))
}

async fn what_if_action(
    acting: Acting,
    Path(id): Path<OperationId>,
    Json(plan): Json<ActionPlan>,
) -> Outcome<Json<ActionWhatIf>> {
    Ok(Json(action_what_if::ask(&acting, id, plan).await?))
}

async fn due(acting: Acting, Path(id): Path<OperationId>) -> Outcome<Json<List<LineDue>>> {
    Ok(whole(settling::due(&acting, id).await?))
}

async fn settle(acting: Acting, Path(id): Path<OperationId>, Json(how): Json<Settle>) -> Outcome<Response> {
    Ok(made(settling::settle(&acting, id, how).await?))
}

async fn indicators(acting: Acting, Path(id): Path<OperationId>) -> Outcome<Json<List<IndicatorMeasured>>> {
    Ok(whole(measuring::list(&acting, id).await?))
}

async fn put_indicator(
    acting: Acting,
    Path((id, code)): Path<(OperationId, String)>,
    Json(new): Json<NewIndicator>,
) -> Outcome<Json<IndicatorMeasured>> {
    Ok(Json(measuring::put(&acting, id, &code, new).await?))
}

async fn record(acting: Acting, Path(id): Path<OperationId>, Json(new): Json<NewIrregularity>) -> Outcome<Response> {
    Ok(created(irregularities::record(&acting, id, new).await?))
}

async fn register(acting: Acting, Path(id): Path<OperationId>) -> Outcome<Json<List<Saved<Irregularity>>>> {
    let found = irregularities::list(&acting, id).await?;
    Ok(whole(found.into_iter().map(Saved::from).collect()))
}

async fn one(acting: Acting, Path(id): Path<IrregularityId>) -> Outcome<Response> {
    Ok(tagged(irregularities::get(&acting, id).await?))
}

async fn confirm(acting: Acting, Path(id): Path<IrregularityId>) -> Outcome<Response> {
    Ok(tagged(irregularities::confirm(&acting, id).await?))
}

async fn dismiss(acting: Acting, Path(id): Path<IrregularityId>, Json(because): Json<Because>) -> Outcome<Response> {
    Ok(tagged(irregularities::dismiss(&acting, id, because).await?))
}

async fn costs(acting: Acting, Path(id): Path<OperationId>) -> Outcome<Json<List<ProgramCost>>> {
    Ok(whole(unit_costs::list(&acting, id).await?))
}

async fn tables(acting: Acting, Path(id): Path<OperationId>) -> Outcome<Response> {
    let bytes = authority::package(&acting, id).await?;
    Ok(attachment("application/zip", "operation.zip", bytes))
}

async fn claim_tables(acting: Acting, Path(id): Path<ClaimId>) -> Outcome<Response> {
    let bytes = export::package(&acting, id).await?;
    Ok(attachment("application/zip", "claim.zip", bytes))
}

async fn on_proposal(acting: Acting, Path(id): Path<ProposalId>, Json(new): Json<NewOpinion>) -> Outcome<Response> {
    Ok(created(opinions::on_proposal(&acting, id, new).await?))
}

async fn of_proposal(acting: Acting, Path(id): Path<ProposalId>) -> Outcome<Json<List<ScientificOpinion>>> {
    Ok(whole(opinions::of_proposal(&acting, id).await?))
}

async fn on_deliverable(
    acting: Acting,
    Path((id, code)): Path<(OperationId, String)>,
    Json(new): Json<NewOpinion>,
) -> Outcome<Response> {
    Ok(created(opinions::on_deliverable(&acting, id, &code, new).await?))
}

async fn of_deliverable(
    acting: Acting,
    Path((id, code)): Path<(OperationId, String)>,
) -> Outcome<Json<List<ScientificOpinion>>> {
    Ok(whole(opinions::of_deliverable(&acting, id, &code).await?))
}

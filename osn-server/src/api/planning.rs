//! Programs and actions.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use osn_core::action::Action;
use osn_core::id::ActionId;
use osn_programs::package::PackageError;

use super::answer::{List, created, made, tagged, versions, whole};
use crate::acts::actions::{NewAction, NewPlaces, SecondPlaces};
use crate::acts::programs::{Handed, ProgramDetails, ProgramView};
use crate::acts::{Acting, Saved, actions, programs};
use crate::auth::Right;
use crate::http::{Json, Page, Path};
use crate::refusal::{Kind, Outcome, Refusal};
use crate::route::{Access, Route};
use crate::shapes;

pub(super) fn routes() -> Vec<Route> {
    let (work, plan, host) = (
        Access::Right(Right::SeeWork),
        Access::Right(Right::PlanActions),
        Access::Right(Right::InstallPrograms),
    );
    let see = Access::Right(Right::SeePrograms);
    vec![
        Route::post("/api/v1/programs", host, install)
            .says("Install a program; its golden cases run first")
            .takes_media("application/wasm")
            .answers::<ProgramView>(201),
        Route::get("/api/v1/programs", see, list_programs)
            .says("Installed programs")
            .answers::<List<ProgramView>>(200),
        Route::get("/api/v1/programs/{name}", see, get_program)
            .says("One program with its description")
            .answers::<shapes::ProgramAbout>(200),
        Route::post("/api/v1/programs/{name}/enable", host, enable)
            .says("Switch a program on for new actions")
            .answers::<ProgramView>(200),
        Route::post("/api/v1/programs/{name}/disable", host, disable)
            .says("Switch a program off for new actions")
            .answers::<ProgramView>(200),
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
        Route::post("/api/v1/actions/{id}/places", plan, set_places)
            .says("A new version of the places")
            .takes::<NewPlaces>()
            .answers::<shapes::Action>(200)
            .creates(),
        Route::post("/api/v1/actions/{id}/places/second", plan, set_places_beyond)
            .says("Places beyond the certified residual, by the second person")
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

/// Bytes of a package that are read at all; the host's own limit is smaller and names itself.
const PACKAGE_LIMIT: usize = 8 << 20;

/// Header with the package's `.minisig` file, in base64: a header is one line, the file is four.
const SIGNATURE: &str = "package-signature";

async fn install(acting: Acting, request: Request) -> Outcome<Response> {
    let signature = request.headers().get(SIGNATURE).map(signature).transpose()?;
    let bytes = package(request.into_body()).await?;
    let handed = Handed { bytes, signature };
    Ok(made(programs::install(&acting, handed).await?))
}

fn signature(value: &HeaderValue) -> Outcome<String> {
    BASE64
        .decode(value.as_bytes())
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| PackageError::NotASignature.into())
}

async fn package(body: Body) -> Outcome<Vec<u8>> {
    let bytes = to_bytes(body, PACKAGE_LIMIT)
        .await
        .map_err(|_| Refusal::new(Kind::TooLarge, "request.too-large"))?;
    Ok(bytes.to_vec())
}

async fn list_programs(acting: Acting) -> Outcome<Json<List<ProgramView>>> {
    Ok(whole(programs::list(&acting).await?))
}

async fn get_program(acting: Acting, Path(name): Path<String>) -> Outcome<Json<ProgramDetails>> {
    Ok(Json(programs::get(&acting, &name).await?))
}

async fn enable(acting: Acting, Path(name): Path<String>) -> Outcome<Json<ProgramView>> {
    Ok(Json(programs::set_enabled(&acting, &name, true).await?))
}

async fn disable(acting: Acting, Path(name): Path<String>) -> Outcome<Json<ProgramView>> {
    Ok(Json(programs::set_enabled(&acting, &name, false).await?))
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

async fn set_places(acting: Acting, Path(id): Path<ActionId>, Json(new): Json<NewPlaces>) -> Outcome<Response> {
    Ok(tagged(actions::set_places(&acting, id, new).await?))
}

async fn set_places_beyond(
    acting: Acting,
    Path(id): Path<ActionId>,
    Json(new): Json<SecondPlaces>,
) -> Outcome<Response> {
    Ok(tagged(actions::set_places_beyond(&acting, id, new).await?))
}

async fn approve(acting: Acting, Path(id): Path<ActionId>) -> Outcome<Response> {
    Ok(tagged(actions::approve(&acting, id).await?))
}

async fn complete(acting: Acting, Path(id): Path<ActionId>) -> Outcome<Response> {
    Ok(tagged(actions::complete(&acting, id).await?))
}

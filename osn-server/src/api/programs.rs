//! Programs: installed, enabled for the municipality, watched, rolled back, disabled, retired.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use osn_programs::package::PackageError;
use serde::Deserialize;

use super::answer::{List, made, whole};
use crate::acts::programs::{Handed, OfferedView, ProgramDetails, ProgramView, Step, VersionsView};
use crate::acts::{Acting, programs};
use crate::auth::Right;
use crate::http::{Json, Path, Query};
use crate::refusal::{Kind, Outcome, Refusal};
use crate::route::{Access, Route};
use crate::shapes;

pub(super) fn routes() -> Vec<Route> {
    let (host, see) = (Access::Right(Right::InstallPrograms), Access::Right(Right::SeePrograms));
    vec![
        Route::post("/api/v1/programs", host, install)
            .says("Install a program; its golden cases run first. With ?shelf=true it waits to be enabled")
            .takes_media("application/wasm")
            .reads(&["shelf"])
            .answers::<ProgramView>(201),
        Route::get("/api/v1/programs", see, list)
            .says("Installed programs")
            .answers::<List<ProgramView>>(200),
        Route::get("/api/v1/offered-programs", host, offered)
            .says("Programs of other municipalities on this server, which can be enabled here")
            .answers::<List<OfferedView>>(200),
        Route::get("/api/v1/programs/{name}", see, get)
            .says("One program with its description")
            .answers::<shapes::ProgramAbout>(200),
        Route::get("/api/v1/programs/{name}/versions", see, versions)
            .says("Versions of a program: who signed, what ran, what went wrong")
            .answers::<VersionsView>(200),
        Route::post("/api/v1/programs/{name}/enable", host, enable)
            .says("Let new actions use a program: the newest version, or the one that ?version names")
            .reads(&["version"])
            .answers::<ProgramView>(200),
        Route::post("/api/v1/programs/{name}/roll-back", host, roll_back)
            .says("Let new actions use the version before")
            .answers::<ProgramView>(200),
        Route::post("/api/v1/programs/{name}/disable", host, disable)
            .says("Switch a program off for new actions")
            .answers::<ProgramView>(200),
        Route::post("/api/v1/programs/{name}/retire", host, retire)
            .says("Give a program up for good; decisions made with it stay")
            .answers::<ProgramView>(200),
    ]
}

/// Bytes of a package that are read at all; the host's own limit is smaller and names itself.
pub(super) const PACKAGE_LIMIT: usize = 8 << 20;

/// Header with the package's `.minisig` file, in base64: a header is one line, the file is four.
pub(super) const SIGNATURE: &str = "package-signature";

/// What installing reads from the address.
#[derive(Debug, Clone, Default, Deserialize)]
struct Shelf {
    #[serde(default)]
    shelf: bool,
}

/// What enabling reads from the address.
#[derive(Debug, Clone, Default, Deserialize)]
struct Which {
    version: Option<String>,
}

async fn install(acting: Acting, Query(asked): Query<Shelf>, request: Request) -> Outcome<Response> {
    let signature = request.headers().get(SIGNATURE).map(signature).transpose()?;
    let bytes = package(request.into_body()).await?;
    let handed = Handed {
        bytes,
        signature,
        on_the_shelf: asked.shelf,
    };
    Ok(made(programs::install(&acting, handed).await?))
}

pub(super) fn signature(value: &HeaderValue) -> Outcome<String> {
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

async fn list(acting: Acting) -> Outcome<Json<List<ProgramView>>> {
    Ok(whole(programs::list(&acting).await?))
}

async fn offered(acting: Acting) -> Outcome<Json<List<OfferedView>>> {
    Ok(whole(programs::offered(&acting).await?))
}

async fn get(acting: Acting, Path(name): Path<String>) -> Outcome<Json<ProgramDetails>> {
    Ok(Json(programs::get(&acting, &name).await?))
}

async fn versions(acting: Acting, Path(name): Path<String>) -> Outcome<Json<VersionsView>> {
    Ok(Json(programs::versions(&acting, &name).await?))
}

async fn enable(acting: Acting, Path(name): Path<String>, Query(which): Query<Which>) -> Outcome<Json<ProgramView>> {
    Ok(Json(programs::enable(&acting, &name, which.version.as_deref()).await?))
}

async fn roll_back(acting: Acting, Path(name): Path<String>) -> Outcome<Json<ProgramView>> {
    Ok(Json(programs::step(&acting, &name, Step::RollBack).await?))
}

async fn disable(acting: Acting, Path(name): Path<String>) -> Outcome<Json<ProgramView>> {
    Ok(Json(programs::step(&acting, &name, Step::Disable).await?))
}

async fn retire(acting: Acting, Path(name): Path<String>) -> Outcome<Json<ProgramView>> {
    Ok(Json(programs::step(&acting, &name, Step::Retire).await?))
}

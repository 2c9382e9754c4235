//! The mapping as files: a file is looked at, confirmed, undone; and the mapping is given out.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use osn_core::id::ImportId;
use osn_core::import::{ImportOptions, ImportPart};
use serde::Deserialize;

use super::answer::{List, created, tagged};
use crate::acts::files::bring::{self, AT_THE_DOOR, Handed};
use crate::acts::files::give::{Form, Given, give};
use crate::acts::files::undo::{self, Undo};
use crate::acts::files::view::{self, FaultView, ImportView, TouchedView};
use crate::acts::{Acting, Saved};
use crate::auth::Right;
use crate::http::{Json, Page, Path, Query};
use crate::refusal::{Kind, Outcome, Refusal};
use crate::route::{Access, Route};

pub(super) fn routes() -> Vec<Route> {
    let keep = Access::Right(Right::MaintainDirectory);
    vec![
        Route::get("/api/v1/mapping/{form}", Access::Public, given)
            .says("The mapping as a file: xlsx, csv (a zip), json; or template, the empty simple sheet")
            .costly()
            .reads(&["as_of"])
            .answers_media("application/octet-stream"),
        Route::post("/api/v1/imports", keep, receive)
            .says("Look at what a file would do to the mapping; nothing is written")
            .reads(&["file", "complete", "lenient_references"])
            .takes_media("application/octet-stream")
            .up_to(AT_THE_DOOR)
            .answers::<ImportView>(201)
            .creates(),
        Route::get("/api/v1/imports", keep, list)
            .says("Imports, newest first")
            .reads(&["limit", "after"])
            .answers::<List<ImportView>>(200),
        Route::get("/api/v1/imports/{id}", keep, one)
            .says("One import")
            .answers::<ImportView>(200),
        Route::get("/api/v1/imports/{id}/faults", keep, faults)
            .says("What keeps a file out, at its cells")
            .reads(&["limit", "after"])
            .answers::<List<FaultView>>(200),
        Route::get("/api/v1/imports/{id}/notes", keep, notes)
            .says("What a person should look at in a file, at its cells")
            .reads(&["limit", "after"])
            .answers::<List<FaultView>>(200),
        Route::get("/api/v1/imports/{id}/added", keep, added)
            .says("The records that an import adds")
            .reads(&["limit", "after"])
            .answers::<List<TouchedView>>(200),
        Route::get("/api/v1/imports/{id}/changed", keep, changed)
            .says("The records that an import changes, field by field")
            .reads(&["limit", "after"])
            .answers::<List<TouchedView>>(200),
        Route::get("/api/v1/imports/{id}/removed", keep, removed)
            .says("The records that an import removes")
            .reads(&["limit", "after"])
            .answers::<List<TouchedView>>(200),
        Route::post("/api/v1/imports/{id}/confirm", keep, confirm)
            .says("Do what was looked at, all of it or nothing")
            .answers::<ImportView>(200)
            .creates(),
        Route::post("/api/v1/imports/{id}/undo", keep, undo)
            .says("Bring back what was there before an import, as new versions")
            .takes::<Undo>()
            .answers::<ImportView>(200)
            .creates(),
    ]
}

async fn given(acting: Acting, Path(form): Path<String>) -> Outcome<Response> {
    let form = Form::named(&form).ok_or_else(|| Refusal::not_found("address.unknown"))?;
    sent(&give(&acting, form).await?)
}

/// The answer that carries a file.
pub(crate) fn sent(given: &Given) -> Outcome<Response> {
    let body = Body::from_stream(stream::iter(given.pieces()?));
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(given.media));
    headers.insert(header::CONTENT_LENGTH, given.size().into());
    let name = HeaderValue::from_str(&format!("attachment; filename=\"{}\"", given.name));
    headers.extend(name.ok().map(|name| (header::CONTENT_DISPOSITION, name)));
    Ok(response)
}

#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    file: String,
    #[serde(default)]
    complete: bool,
    #[serde(default)]
    lenient_references: bool,
}

async fn receive(acting: Acting, Query(named): Query<Named>, request: Request) -> Outcome<Response> {
    let bytes = to_bytes(request.into_body(), AT_THE_DOOR)
        .await
        .map_err(|_| Refusal::new(Kind::TooLarge, "import.too-large"))?;
    let options = ImportOptions {
        complete: named.complete,
        lenient_references: named.lenient_references,
    };
    let handed = Handed::at_the_door(named.file, bytes.to_vec(), options);
    Ok(created(bring::receive(&acting, handed).await?))
}

async fn list(acting: Acting, Page(query): Page) -> Outcome<Json<List<Saved<ImportView>>>> {
    Ok(Json(view::list(&acting, query).await?.into()))
}

async fn one(acting: Acting, Path(id): Path<ImportId>) -> Outcome<Response> {
    Ok(tagged(view::get(&acting, id).await?))
}

/// A list of what stands at cells.
type Faults = Outcome<Json<List<FaultView>>>;
/// A list of records.
type Touched = Outcome<Json<List<TouchedView>>>;

async fn faults(acting: Acting, Path(id): Path<ImportId>, Page(query): Page) -> Faults {
    Ok(Json(view::faults(&acting, id, ImportPart::Fault, &query).await?.into()))
}

async fn notes(acting: Acting, Path(id): Path<ImportId>, Page(query): Page) -> Faults {
    Ok(Json(view::faults(&acting, id, ImportPart::Note, &query).await?.into()))
}

async fn added(acting: Acting, Path(id): Path<ImportId>, Page(query): Page) -> Touched {
    Ok(Json(
        view::touched(&acting, id, ImportPart::Added, &query).await?.into(),
    ))
}

async fn changed(acting: Acting, Path(id): Path<ImportId>, Page(query): Page) -> Touched {
    Ok(Json(
        view::touched(&acting, id, ImportPart::Changed, &query).await?.into(),
    ))
}

async fn removed(acting: Acting, Path(id): Path<ImportId>, Page(query): Page) -> Touched {
    Ok(Json(
        view::touched(&acting, id, ImportPart::Removed, &query).await?.into(),
    ))
}

async fn confirm(acting: Acting, Path(id): Path<ImportId>) -> Outcome<Response> {
    Ok(tagged(bring::confirm(&acting, id).await?))
}

async fn undo(acting: Acting, Path(id): Path<ImportId>, Json(how): Json<Undo>) -> Outcome<Response> {
    Ok(tagged(undo::undo(&acting, id, how).await?))
}

//! Papers beside a request.

use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use osn_core::id::{RequestFileId, RequestId};
use serde::Deserialize;

use super::answer::{List, made, whole};
use super::money::{attachment, body};
use crate::acts::Acting;
use crate::acts::request_files::{self as files, FILE_LIMIT, RequestFileView};
use crate::auth::Right;
use crate::http::{Json, Path, Query};
use crate::refusal::Outcome;
use crate::route::{Access, Route};

pub(super) fn routes() -> Vec<Route> {
    let write = Access::Right(Right::WriteRequests);
    vec![
        Route::get("/api/v1/requests/{id}/files", write, list)
            .says("The papers beside a request")
            .answers::<List<RequestFileView>>(200),
        Route::post("/api/v1/requests/{id}/files", write, attach)
            .says("Attach a paper: PDF, PNG or JPEG; it is kept sealed and named by its SHA-256")
            .takes_media("application/octet-stream")
            .reads(&["name"])
            .answers::<RequestFileView>(201),
        Route::get("/api/v1/requests/{id}/files/{file}", write, read)
            .says("A paper's bytes; each reading stands in the journal")
            .answers_media("application/octet-stream"),
        Route::delete("/api/v1/requests/{id}/files/{file}", write, remove)
            .says("Remove a paper that nothing was certified with")
            .answers_nothing(),
    ]
}

async fn list(acting: Acting, Path(id): Path<RequestId>) -> Outcome<Json<List<RequestFileView>>> {
    Ok(whole(files::list(&acting, id).await?))
}

#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    name: String,
}

async fn attach(
    acting: Acting,
    Path(id): Path<RequestId>,
    Query(Named { name }): Query<Named>,
    request: Request,
) -> Outcome<Response> {
    acting.require(Right::WriteRequests)?;
    let bytes = body(request, FILE_LIMIT).await?;
    Ok(made(files::attach(&acting, id, &name, &bytes).await?))
}

async fn read(acting: Acting, Path((id, file)): Path<(RequestId, RequestFileId)>) -> Outcome<Response> {
    let (_, bytes) = files::read(&acting, id, file).await?;
    Ok(attachment("application/octet-stream", "paper", bytes))
}

/// A paper as its kind, for a browser to save under its own name (RFC 6266); never shown in the page's place.
pub(crate) fn saved(file: &osn_store::RequestFile, bytes: Vec<u8>) -> Response {
    let mut response = attachment("application/octet-stream", "paper", bytes);
    let name: String = file.name.bytes().map(encoded).collect();
    let ending = file.media.rsplit('/').next().unwrap_or_default();
    let value = format!("attachment; filename=\"paper.{ending}\"; filename*=UTF-8''{name}");
    if let Ok(value) = HeaderValue::from_str(&value) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// A byte of a name as the header has it: a letter or a digit as it is, anything else by its number (RFC 8187).
fn encoded(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}

async fn remove(acting: Acting, Path((id, file)): Path<(RequestId, RequestFileId)>) -> Outcome<Response> {
    files::remove(&acting, id, file).await?;
    Ok(axum::response::IntoResponse::into_response(
        axum::http::StatusCode::NO_CONTENT,
    ))
}

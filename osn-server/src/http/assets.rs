//! Styles, script and images inside the binary, under `/assets/`.

use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use crate::refusal::Refusal;

/// What `cargo xtask ui` built.
#[derive(RustEmbed)]
#[folder = "ui/dist"]
struct Assets;

/// Shown where the styles were not built into this binary.
const NOT_BUILT: &str = "/* The styles are not built into this binary: run `cargo xtask ui`, then build again. */\n";

/// One asset. Pages name it with `?v=`, so that it may be kept for long.
pub(crate) async fn get(Path(path): Path<String>) -> Result<Response, Refusal> {
    let (bytes, found) = match Assets::get(&path) {
        Some(file) => (file.data, true),
        None if path == "app.css" => (NOT_BUILT.as_bytes().into(), false),
        None => return Err(Refusal::not_found("address.unknown")),
    };
    let mut response = bytes.into_owned().into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(&path)));
    let keep = if found {
        "public, max-age=31536000, immutable"
    } else {
        "no-store"
    };
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    Ok(response)
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("wasm") => "application/wasm",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

/// The version of the assets, for their addresses: the head of the style sheet's digest.
pub fn version() -> String {
    let Some(file) = Assets::get("app.css") else {
        return "0".to_owned();
    };
    osn_core::canonical::Digest::from_bytes(file.metadata.sha256_hash())
        .to_string()
        .chars()
        .take(8)
        .collect()
}

//! The pages: server-rendered HTML that works without JavaScript, Greek first.

use axum::response::Response;

use crate::app::App;
use crate::lang::Lang;
use crate::problem::Problem;
use crate::route::Route;

/// Fluent sources of the pages, added to the server's texts.
pub const LOCALES: &[(Lang, &str)] = &[];

/// The rows of the pages in the route table.
pub fn routes() -> Vec<Route> {
    Vec::new()
}

/// A refusal for a person: called for every refusal outside `/api`.
pub fn refused(_app: &App, _lang: Lang, _path: &str, problem: &Problem) -> Response {
    crate::problem::respond(problem)
}

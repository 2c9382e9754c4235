//! HTTP around the route table: layers, the guard of every row, assets, serving.

mod assets;
mod context;
mod extract;
mod guard;
mod kept;
mod layers;
mod limit;
mod serve;

pub use assets::version as assets_version;
pub(crate) use extract::read;
pub use extract::{Json, Page, Path, Query};
pub use guard::{SESSION_COOKIE, clear_session_cookie, presented as presented_token, session_cookie};
pub(crate) use kept::KeptAnswers;
pub(crate) use layers::BODY_LIMIT;
pub use limit::Limits;
pub use serve::{ServeError, serve};

use std::sync::Arc;

use axum::Router;
use limit::Limiter;

use crate::app::App;
use crate::route;

/// The whole server as one router, without limits: what the demonstration and the tests call in process.
pub fn router(app: App) -> Router {
    limited_router(app, &Limits::off())
}

/// The router that `serve` listens with.
pub fn limited_router(app: App, limits: &Limits) -> Router {
    let limiter = Limiter::new(limits).map(Arc::new);
    let mut router = Router::new();
    for row in route::table() {
        let gate = guard::Gate::new(app.clone(), &row, limiter.as_ref());
        let guarded = row
            .handler()
            .layer(axum::middleware::from_fn_with_state(gate, guard::pass));
        router = router.route(row.path, guarded);
    }
    let router = router
        .route("/assets/{*path}", axum::routing::get(assets::get))
        .fallback(guard::nothing_here)
        .method_not_allowed_fallback(guard::wrong_method);
    let router = layers::around(router, &app).with_state(app.clone());
    Router::new().fallback_service(kept::Edge::before(router, app))
}

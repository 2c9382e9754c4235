//! The route table: one row per address and method. The router, the OpenAPI document and the test of every route against
//! every role are all built from it.

use std::pin::Pin;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::handler::Handler;
use axum::http::Method;
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, on};
use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::app::App;
use crate::auth::Right;

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody, signed in or not.
    Public,
    /// Whoever holds this right.
    Right(Right),
}

/// A body that crosses.
#[derive(Debug, Clone, Copy)]
pub enum Body {
    /// None.
    Nothing,
    /// JSON of this shape.
    Json(fn(&mut SchemaGenerator) -> Schema),
    /// Something else, by its media type.
    Media(&'static str),
}

/// One row.
#[derive(Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a column of the table")]
pub struct Route {
    /// Method.
    pub method: Method,
    /// Path with `{name}` for what varies.
    pub path: &'static str,
    /// Who may ask.
    pub access: Access,
    /// One line in English; empty for pages, which the document does not list.
    pub summary: &'static str,
    /// What is sent.
    pub request: Body,
    /// What is answered when all is well.
    pub answer: (u16, Body),
    /// The query parameters that are read.
    pub query: &'static [&'static str],
    /// Whether an `Idempotency-Key` is honoured.
    pub creates: bool,
    /// Whether the answer may hold personal data (never cached, never shared).
    pub personal: bool,
    /// Whether anybody may ask for work with it: limited by address.
    pub costly: bool,
    /// Query parameters that make it so; without them it is cheap.
    pub costly_with: &'static [&'static str],
    /// Whether its answer to whoever has no session is the same for everybody, and may be given again within a second.
    pub kept: bool,
    /// Bytes of its body that are taken when it is read before its handler, for an `Idempotency-Key`.
    pub limit: usize,
    handler: MethodRouter<App>,
}

impl Route {
    /// A row that reads.
    pub fn get<H: Handler<T, App>, T: 'static>(path: &'static str, access: Access, handler: H) -> Self {
        Self::row(Method::GET, path, access, MethodFilter::GET, erased(handler))
    }

    /// A row that acts.
    pub fn post<H: Handler<T, App>, T: 'static>(path: &'static str, access: Access, handler: H) -> Self {
        Self::row(Method::POST, path, access, MethodFilter::POST, erased(handler))
    }

    /// A row that replaces.
    pub fn put<H: Handler<T, App>, T: 'static>(path: &'static str, access: Access, handler: H) -> Self {
        Self::row(Method::PUT, path, access, MethodFilter::PUT, erased(handler))
    }

    /// A row that removes.
    pub fn delete<H: Handler<T, App>, T: 'static>(path: &'static str, access: Access, handler: H) -> Self {
        Self::row(Method::DELETE, path, access, MethodFilter::DELETE, erased(handler))
    }

    fn row(method: Method, path: &'static str, access: Access, filter: MethodFilter, call: Call) -> Self {
        let handler = on(filter, move |State(app): State<App>, request: Request| {
            call(request, app)
        });
        Self {
            costly: method == Method::POST && matches!(access, Access::Public),
            costly_with: &[],
            method,
            path,
            access,
            summary: "",
            request: Body::Nothing,
            answer: (200, Body::Nothing),
            query: &[],
            creates: false,
            kept: false,
            personal: !matches!(access, Access::Public),
            limit: crate::http::BODY_LIMIT,
            handler,
        }
    }

    /// What it does, in one line.
    #[must_use]
    pub fn says(mut self, summary: &'static str) -> Self {
        self.summary = summary;
        self
    }

    /// It reads JSON of this type.
    #[must_use]
    pub fn takes<T: JsonSchema>(mut self) -> Self {
        self.request = Body::Json(SchemaGenerator::subschema_for::<T>);
        self
    }

    /// It reads a body of this media type.
    #[must_use]
    pub fn takes_media(mut self, media: &'static str) -> Self {
        self.request = Body::Media(media);
        self
    }

    /// It reads these query parameters.
    #[must_use]
    pub fn reads(mut self, query: &'static [&'static str]) -> Self {
        self.query = query;
        self
    }

    /// It answers JSON of this type.
    #[must_use]
    pub fn answers<T: JsonSchema>(mut self, status: u16) -> Self {
        self.answer = (status, Body::Json(SchemaGenerator::subschema_for::<T>));
        self
    }

    /// It answers without a body.
    #[must_use]
    pub fn answers_nothing(mut self) -> Self {
        self.answer = (204, Body::Nothing);
        self
    }

    /// It answers a body of this media type.
    #[must_use]
    pub fn answers_media(mut self, media: &'static str) -> Self {
        self.answer = (200, Body::Media(media));
        self
    }

    /// It creates, and honours an `Idempotency-Key`.
    #[must_use]
    pub fn creates(mut self) -> Self {
        self.creates = true;
        self
    }

    /// It takes a larger body.
    #[must_use]
    pub fn up_to(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    /// Its answer may hold personal data although anybody may ask.
    #[must_use]
    pub fn personal(mut self) -> Self {
        self.personal = true;
        self
    }

    /// It searches: anybody may ask, and asks for work.
    #[must_use]
    pub fn costly(mut self) -> Self {
        self.costly = true;
        self
    }

    /// It asks for work where one of these parameters is given.
    #[must_use]
    pub fn costly_with(mut self, parameters: &'static [&'static str]) -> Self {
        self.costly_with = parameters;
        self
    }

    /// Its answer to whoever has no session is the same for everybody, and may be given again within a second.
    #[must_use]
    pub fn kept(mut self) -> Self {
        self.kept = true;
        self
    }

    /// Method and path, as people write them.
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The handler, for the router.
    pub(crate) fn handler(&self) -> MethodRouter<App> {
        self.handler.clone()
    }
}

impl std::fmt::Debug for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Route({} {:?})", self.name(), self.access)
    }
}

/// A handler of which only the answer is known.
type Call = Arc<dyn Fn(Request, App) -> Pin<Box<dyn Future<Output = Response> + Send>> + Send + Sync>;

/// Hides the type of a handler's future before axum names it in a dozen types of its own: for each of them the compiler
/// proves anew that all which the future holds may go to another thread, and with hundreds of handlers that proof was half
/// of the time in which this crate is built.
fn erased<H: Handler<T, App>, T: 'static>(handler: H) -> Call {
    Arc::new(move |request, app| Box::pin(handler.clone().call(request, app)))
}

/// The whole table: the API and the pages.
pub fn table() -> Vec<Route> {
    let mut routes = crate::api::routes();
    routes.extend(crate::hsds::routes());
    routes.extend(crate::pages::routes());
    routes
}

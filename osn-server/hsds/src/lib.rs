//! The directory's records as Open Referral HSDS JSON and back.
//!
//! [`Writer`] gives a record the shape that HSDS asks for, in one language; [`Reader`] takes such a shape apart again.
//! Each entity is listed once, in `shapes` or `records`, and that list serves both directions, so that they cannot drift
//! apart. Three things have no place in HSDS and travel in members of their own, which its schemas permit:
//!
//! * `translations`: `{language: {field: text}}`, wherever a text exists in other languages than the one shown;
//! * `osn.unsaid`: fields that hold something only because HSDS requires them;
//! * attributes with a derived identifier (`UUIDv5` of the entity, the link type and the value) for the facts that the
//!   rules read: categories, groups, ways of delivery, cost, source, marking.
#![forbid(unsafe_code)]

mod field;
mod reader;
mod records;
mod shapes;
mod text;
mod writer;

pub use reader::{Finding, Reader, Records, Wrong};
pub use writer::{Form, Writer};

/// The version of HSDS that everything here speaks.
pub const VERSION: &str = "3.2.3";

/// The official machine-readable contract of that version.
pub const OPENAPI_URL: &str = "https://raw.githubusercontent.com/openreferral/specification/v3.2.3/schema/openapi.json";

/// What HSDS demands and nobody knows: never invented, and listed in `osn.unsaid`.
pub(crate) const UNKNOWN: &str = "unknown";
/// A country that nobody knows (ISO 3166-1 user-assigned).
pub(crate) const UNKNOWN_COUNTRY: &str = "ZZ";

//! The use cases, shared by the API and the pages: load, let the rules decide, save in one transaction, return a value.
//!
//! Invariant: nothing here knows HTTP. Every act asks the actor for the right it needs before it reads anything.

pub mod accounts;
mod acting;

pub use acting::{Acting, Once};

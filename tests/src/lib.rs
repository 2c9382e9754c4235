//! What the stories share: the house on disk, the house at work, and PostgreSQL where a test needs it.
#![forbid(unsafe_code)]

pub mod app;
pub mod browser;
pub mod client;
pub mod house;
pub mod maker;
pub mod network;

pub use osn_test_postgres as postgres;
pub mod money;

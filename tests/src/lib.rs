//! What the stories share: the house on disk, and PostgreSQL where a test needs it.
#![forbid(unsafe_code)]

pub mod house;

pub use osn_test_postgres as postgres;

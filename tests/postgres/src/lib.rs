//! A private PostgreSQL cluster for tests and benches, from the machine's own binaries, never as root.
//!
//! `cargo xtask test` starts one cluster and names it in `OSN_TEST_POSTGRES_URL`; a test that runs alone starts its own.
//! A test that cannot have PostgreSQL fails and says what to install: it never skips.
//!
//! ```no_run
//! let database = osn_test_postgres::fresh_database()?;
//! assert!(database.url().starts_with("postgres://"));
//! # anyhow::Ok(())
//! ```
#![forbid(unsafe_code)]

mod cluster;
mod database;

pub use cluster::{Cluster, Durability, INSTALL_HINT, server_binaries};
pub use database::{Database, copy_of, fresh_database, fresh_database_on};

/// The variable that names a running server (a superuser's address of its `postgres` database).
pub const URL_VARIABLE: &str = "OSN_TEST_POSTGRES_URL";

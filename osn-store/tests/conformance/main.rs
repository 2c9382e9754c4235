//! One suite for both databases: every test here runs on `SQLite` and on PostgreSQL.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "helpers of tests fail the test"
)]
mod ground;
mod sample;

mod accounts;
mod applications;
mod blobs;
mod crash;
mod decisions;
mod deliveries;
mod directory;
mod erasure;
mod handed;
mod imports;
mod journal;
mod money;
mod network;
mod planning;
mod schema;
mod submission;
mod upkeep;
mod work;

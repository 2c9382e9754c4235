//! What the stories share: the house on disk, the house at work, and PostgreSQL where a test needs it.
#![forbid(unsafe_code)]

pub mod app;
pub mod applicant;
pub mod browser;
pub mod bundle;
pub mod client;
pub mod crowd;
pub mod house;
pub mod installation;
pub mod maker;
pub mod money;
mod mould;
pub mod network;
pub mod wire;

pub use osn_test_postgres as postgres;

/// Each story once on SQLite and once on PostgreSQL, under the names `sqlite::…` and `postgres::…`.
#[macro_export]
macro_rules! stories {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() -> anyhow::Result<()> { super::$name($crate::app::Backend::Sqlite).await })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() -> anyhow::Result<()> { super::$name($crate::app::Backend::Postgres).await })*
        }
    };
}

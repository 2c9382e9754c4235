//! One database per test, empty or a copy of another, dropped with its guard.
use crate::{Cluster, URL_VARIABLE, server_binaries};
use anyhow::{Context as _, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, Once, PoisonError};

/// How the names of test databases begin; the process that made one follows.
const PREFIX: &str = "osn_test_";

/// The cluster of this process where nobody named one. It ends with the process: its keeper sees the pipe close.
static OWN: Mutex<Option<Cluster>> = Mutex::new(None);

/// A database of one test; it is dropped with this value.
#[derive(Debug)]
#[must_use = "the database is dropped with this value"]
pub struct Database {
    server: String,
    name: String,
}

impl Database {
    /// Its address, as sqlx and `psql` read it.
    pub fn url(&self) -> String {
        on_database(&self.server, &self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A server that is already gone has taken the database with it.
        let _gone = psql(
            &self.server,
            &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name),
        );
    }
}

/// An empty database on the server that `OSN_TEST_POSTGRES_URL` names, else on a cluster of this process.
pub fn fresh_database() -> Result<Database> {
    if let Ok(url) = std::env::var(URL_VARIABLE) {
        return fresh_database_on(&url);
    }
    let mut own = OWN.lock().unwrap_or_else(PoisonError::into_inner);
    let cluster = match own.take() {
        Some(cluster) => cluster,
        None => Cluster::start()?,
    };
    let url = own.insert(cluster).url();
    drop(own);
    fresh_database_on(&url)
}

/// An empty database on the given server.
pub fn fresh_database_on(server: &str) -> Result<Database> {
    created(server, "")
}

/// A database that holds what another holds; nobody may be connected to that one.
pub fn copy_of(mould: &Database) -> Result<Database> {
    created(&mould.server, &format!(" TEMPLATE {}", mould.name))
}

fn created(server: &str, from: &str) -> Result<Database> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    static SWEPT: Once = Once::new();
    SWEPT.call_once(|| sweep(server));
    let name = format!(
        "{PREFIX}{}_{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    );
    psql(server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))?;
    psql(server, &format!("CREATE DATABASE {name}{from}"))?;
    Ok(Database {
        server: server.to_owned(),
        name,
    })
}

/// Drops what processes left that are gone: a killed one its databases, every one those that were kept for its whole life.
/// A server that cannot be asked is told of by the statement that comes next.
fn sweep(server: &str) {
    let like = format!("SELECT datname FROM pg_database WHERE datname LIKE '{PREFIX}%'");
    for name in psql(server, &like).unwrap_or_default().lines() {
        let process = name.strip_prefix(PREFIX).and_then(|rest| rest.split('_').next());
        let gone = process.is_some_and(|process| !Path::new("/proc").join(process).exists());
        if gone && Path::new("/proc/self").exists() {
            // Another process may sweep at the same time.
            let _swept = psql(server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

/// What `psql` answers: rows without heading.
fn psql(url: &str, statement: &str) -> Result<String> {
    let beside_server = server_binaries()
        .map(|dir| dir.join("psql"))
        .filter(|path| path.is_file());
    let output = Command::new(beside_server.unwrap_or_else(|| PathBuf::from("psql")))
        .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", statement, url])
        .output()
        .context("running psql: apt-get install postgresql-client")?;
    ensure!(
        output.status.success(),
        "{statement}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The same server's address with another database.
fn on_database(server: &str, name: &str) -> String {
    let (address, query) = server
        .split_once('?')
        .map_or((server, None), |(address, query)| (address, Some(query)));
    let authority = address.find("://").map_or(0, |at| at + 3);
    let base = address[authority..]
        .find('/')
        .map_or(address, |slash| &address[..authority + slash]);
    match query {
        Some(query) => format!("{base}/{name}?{query}"),
        None => format!("{base}/{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_changes_its_database_and_keeps_the_rest() {
        let cases = [
            (
                "postgres://osn@localhost/postgres?host=/tmp/x",
                "postgres://osn@localhost/t?host=/tmp/x",
            ),
            ("postgres://osn:pw@db:5433/postgres", "postgres://osn:pw@db:5433/t"),
            ("postgres://localhost", "postgres://localhost/t"),
        ];
        for (server, wanted) in cases {
            assert_eq!(on_database(server, "t"), wanted);
        }
    }

    #[test]
    fn two_databases_are_apart_and_go_with_their_guards() {
        let (first, second) = (fresh_database().unwrap(), fresh_database().unwrap());
        psql(&first.url(), "CREATE TABLE only_here (n INT)").unwrap();
        psql(&first.url(), "INSERT INTO only_here VALUES (7)").unwrap();
        let copy = copy_of(&first).unwrap();
        assert_eq!(psql(&copy.url(), "SELECT n FROM only_here").unwrap(), "7\n");
        let elsewhere = psql(&second.url(), "SELECT n FROM only_here").unwrap_err().to_string();
        assert!(elsewhere.contains("only_here"), "{elsewhere}");
        let address = first.url();
        drop(first);
        psql(&address, "SELECT 1").unwrap_err();
    }

    #[test]
    fn a_cluster_stops_and_leaves_nothing() {
        let cluster = Cluster::start().unwrap();
        let url = cluster.url();
        psql(&url, "SELECT 1").unwrap();
        let (_, dir) = url.split_once("host=").unwrap();
        drop(cluster);
        assert!(!std::path::Path::new(dir).exists());
    }
}

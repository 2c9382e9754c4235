//! The whole house for a story: a data directory, a database, the demo's city, and callers of every role.
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};

use anyhow::{Context as _, Result, ensure};
use axum::Router;
use axum::http::Method;
use osn_core::id::MunicipalityId;
use osn_core::lang::LocalText;
use osn_programs::package::{Policy, Trust};
use osn_server::app::{App, AppConfig};
use osn_server::clock::SystemClock;
use osn_server::demo::{self, Options, Played, Show};
use osn_server::entropy::SystemEntropy;
use osn_server::programs::ProgramsConfig;
use osn_store::{NewMunicipality, Place};
use osn_test_postgres::Database;
use tempfile::TempDir;

use crate::client::Client;
use crate::{house, mould};

/// The host name under which the demo's city is addressed.
pub const HOST: &str = "athens.example";

/// Where the data of a story lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Backend {
    /// Embedded.
    Sqlite,
    /// A server.
    Postgres,
}

impl Backend {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Sqlite, Self::Postgres];
}

/// A place for a story, removed when it ends.
#[derive(Debug)]
pub struct Ground {
    /// The data directory.
    pub dir: TempDir,
    databases: Option<(Database, Database)>,
}

impl Ground {
    /// A place that holds what another holds, of which nobody has anything open.
    pub(crate) fn copy_of(mould: &Self) -> Result<Self> {
        let dir = tempfile::tempdir()?;
        mould::copy_folder(mould.dir.path(), dir.path())?;
        let databases = match &mould.databases {
            None => None,
            Some((data, keys)) => Some((osn_test_postgres::copy_of(data)?, osn_test_postgres::copy_of(keys)?)),
        };
        Ok(Self { dir, databases })
    }

    /// A fresh one in the usual folder.
    pub fn new(backend: Backend) -> Result<Self> {
        Self::new_in(backend, &std::env::temp_dir())
    }

    /// A fresh one in a folder.
    pub(crate) fn new_in(backend: Backend, folder: &Path) -> Result<Self> {
        let databases = match backend {
            Backend::Sqlite => None,
            Backend::Postgres => Some((
                osn_test_postgres::fresh_database()?,
                osn_test_postgres::fresh_database()?,
            )),
        };
        Ok(Self {
            dir: tempfile::tempdir_in(folder)?,
            databases,
        })
    }

    /// The databases.
    pub fn place(&self) -> Place {
        match &self.databases {
            None => Place::Sqlite {
                dir: self.dir.path().to_owned(),
            },
            Some((data, keys)) => Place::Postgres {
                url: data.url(),
                keys_url: keys.url(),
            },
        }
    }

    /// An installation here with one municipality that has nothing yet and answers under `host`.
    pub async fn with_an_empty_city(&self, host: &str) -> Result<App> {
        let config = AppConfig {
            place: self.place(),
            data_dir: self.dir.path().to_owned(),
            migrate: true,
            programs: ProgramsConfig::default(),
            secure_cookies: false,
            demonstration: false,
        };
        let app = App::open(config, Arc::new(SystemClock), Arc::new(SystemEntropy)).await?;
        let new = NewMunicipality {
            id: app.new_id(MunicipalityId::new),
            slug: "city".into(),
            name: LocalText::new("Δήμος", "City"),
            time_zone: "Europe/Athens".into(),
            hosts: vec![host.to_owned()],
            settings: serde_json::json!({}),
        };
        app.store().create_municipality(new, app.now()).await?;
        app.refresh_municipalities().await?;
        Ok(app)
    }

    /// The addresses of the PostgreSQL databases, where there are any: data, keys.
    pub fn urls(&self) -> Option<(String, String)> {
        self.databases.as_ref().map(|(data, keys)| (data.url(), keys.url()))
    }

    /// What to play here; `executable` is started for the replay at the end of the year only.
    pub(crate) fn options(&self, seed: u64, executable: &Path) -> Result<Options> {
        Ok(Options {
            data_dir: self.dir.path().to_owned(),
            place: self.place(),
            seed: Some(seed),
            plugins: Some(plugins()?),
            executable: executable.to_owned(),
            programs: ProgramsConfig::default(),
            secure_cookies: false,
        })
    }
}

/// The packed programs, which `cargo xtask plugins` builds.
pub fn plugins() -> Result<PathBuf> {
    let folder = target().join("plugins");
    let packed = std::fs::read_dir(&folder).into_iter().flatten().flatten();
    let packed = packed
        .filter(|entry| entry.path().extension().is_some_and(|extension| extension == "wasm"))
        .count();
    ensure!(
        packed > 0,
        "no packed programs in {}: run `cargo xtask plugins` first",
        folder.display()
    );
    Ok(folder)
}

/// A packed national set of rules, which `cargo xtask plugins` builds.
pub fn rule_set(name: &str) -> Result<Vec<u8>> {
    let file = target().join("rule-sets").join(format!("{name}.wasm"));
    std::fs::read(&file).with_context(|| format!("no {}: run `cargo xtask plugins` first", file.display()))
}

pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| house::root().join("target"), PathBuf::from)
}

/// The `osn` executable: the one that `OSN_TEST_EXECUTABLE` names (`cargo xtask test` has built it with everything else),
/// else built now when it is not up to date. Stories start it as a person would.
pub fn executable() -> Result<&'static Path> {
    static BUILT: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let built = BUILT.get_or_init(|| match std::env::var_os("OSN_TEST_EXECUTABLE") {
        Some(named) => Ok(named.into()),
        None => build().map_err(|error| format!("{error:#}")),
    });
    built.as_deref().map_err(|error| anyhow::anyhow!("{error}"))
}

fn build() -> Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["build", "--quiet", "--package", "osn-server", "--bin", "osn"])
        .current_dir(house::root());
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    let output = command.output().context("starting cargo")?;
    ensure!(
        output.status.success(),
        "building osn: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let profile = if cfg!(debug_assertions) { "debug" } else { "release" };
    Ok(target()
        .join(profile)
        .join(format!("osn{}", std::env::consts::EXE_SUFFIX)))
}

/// A house in which the year was played up to some step.
#[derive(Debug)]
pub struct TestApp {
    /// Where it stands.
    pub ground: Ground,
    /// The application with its clock.
    pub played: Played,
    router: Router,
}

impl TestApp {
    /// Plays the year up to a step, and stands still there.
    pub async fn begun(backend: Backend, last_step: &str) -> Result<Self> {
        Self::begun_with(backend, last_step, ProgramsConfig::default()).await
    }

    /// The same, where a program of the house is installed without a signature and enabled.
    pub async fn begun_with_program(backend: Backend, last_step: &str, program: &str) -> Result<Self> {
        let nobody: [&str; 0] = [];
        let programs = ProgramsConfig {
            trust: Trust::from_keys(nobody, Policy::AllowUnsigned)?,
            ..ProgramsConfig::default()
        };
        let house = Self::begun_with(backend, last_step, programs).await?;
        let package = std::fs::read(plugins()?.join(format!("{program}.wasm")))?;
        let host = house.staff("host").await?;
        let installed = host
            .send(Method::POST, "/api/v1/programs", Some("application/wasm"), package, &[])
            .await?;
        ensure!(installed.status.is_success(), "{}", installed.text);
        Ok(house)
    }

    /// The same, where programs run and are trusted as the story wants.
    pub async fn begun_with(backend: Backend, last_step: &str, programs: ProgramsConfig) -> Result<Self> {
        let (ground, at) = mould::cast(backend, last_step).await?;
        let house = Self::on(ground, last_step, programs).await?;
        house.played.clock.set(at);
        Ok(house)
    }

    /// A house that was played by itself, and shares no key with another: those of [`Self::begun`] are copies of one.
    pub async fn apart(backend: Backend, last_step: &str) -> Result<Self> {
        Self::on(Ground::new(backend)?, last_step, ProgramsConfig::default()).await
    }

    async fn on(ground: Ground, last_step: &str, programs: ProgramsConfig) -> Result<Self> {
        let options = Options {
            programs,
            ..ground.options(mould::SEED, Path::new(""))?
        };
        let played = demo::play_until(options, Show::quiet(), Some(last_step)).await?;
        ensure!(played.progress.has(last_step), "the story has no step {last_step}");
        let router = osn_server::http::router(played.app.clone());
        Ok(Self { ground, played, router })
    }

    /// Plays the whole year.
    pub async fn played(backend: Backend, seed: u64) -> Result<Self> {
        let ground = Ground::new(backend)?;
        let played = demo::play(ground.options(seed, executable()?)?, Show::quiet()).await?;
        let router = osn_server::http::router(played.app.clone());
        Ok(Self { ground, played, router })
    }

    /// What `osn replay --all` says in a process of its own: every decision, list, plan and immediate help again.
    pub fn replayed(&self) -> Result<serde_json::Value> {
        self.told(&["replay".as_ref(), "--all".as_ref()])
    }

    /// What `osn export --decisions` says, which writes its bundles to this folder.
    pub fn exported(&self, folder: &Path) -> Result<serde_json::Value> {
        self.told(&["export".as_ref(), "--decisions".as_ref(), folder.as_os_str()])
    }

    /// What a command on this house's data says, in a process of its own.
    pub fn told(&self, arguments: &[&OsStr]) -> Result<serde_json::Value> {
        let mut command = Command::new(executable()?);
        command.arg("--json").args(arguments).arg("--data-dir");
        command.arg(self.ground.dir.path());
        if let Some((data, keys)) = self.ground.urls() {
            command.env("OSN_DATABASE", data).env("OSN_KEYS_DATABASE", keys);
        }
        let output = command
            .stdin(std::process::Stdio::null())
            .output()
            .context("starting osn")?;
        let words = || String::from_utf8_lossy(&output.stderr).into_owned();
        serde_json::from_slice(&output.stdout).with_context(words)
    }

    /// Nobody in particular, at another municipality of the same server.
    pub fn visitor_at(&self, host: &str) -> Client {
        Client::new(self.router.clone(), host)
    }

    /// Nobody in particular.
    pub fn visitor(&self) -> Client {
        Client::new(self.router.clone(), HOST)
    }

    /// Somebody who signs in with a demo account.
    pub async fn staff(&self, login: &str) -> Result<Client> {
        self.visitor().sign_in(login, self.played.progress.password()).await
    }

    /// An identifier that a step left, by its name.
    pub fn id(&self, name: &str) -> Result<String> {
        let value = self.played.progress.value(name).and_then(serde_json::Value::as_str);
        Ok(value.with_context(|| format!("no step left `{name}`"))?.to_owned())
    }
}

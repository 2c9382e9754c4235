//! Where an installation lives, from flags and their variables, and how it is opened.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::Args;
use osn_store::Place;

use crate::acts::Acting;
use crate::app::{App, AppConfig, Hosted};
use crate::clock::SystemClock;
use crate::entropy::SystemEntropy;
use crate::hold::Hold;
use crate::lang::Lang;
use crate::programs::ProgramsConfig;

/// Where the data are.
#[derive(Debug, Clone, Args)]
pub(crate) struct PlaceArgs {
    /// Folder of the embedded database, the installation's key and outgoing mail
    #[arg(long, env = "OSN_DATA_DIR", default_value = "osn-data")]
    pub(crate) data_dir: PathBuf,
    /// PostgreSQL database of the data, instead of the embedded one
    #[arg(long, env = "OSN_DATABASE", hide_env_values = true)]
    pub(crate) database: Option<String>,
    /// PostgreSQL database of the keys; without it, the data's name with `_keys` at its end
    #[arg(long, env = "OSN_KEYS_DATABASE", hide_env_values = true, requires = "database")]
    pub(crate) keys_database: Option<String>,
}

impl PlaceArgs {
    /// The store's place.
    pub(crate) fn place(&self) -> Place {
        match &self.database {
            None => Place::Sqlite {
                dir: self.data_dir.clone(),
            },
            Some(url) => Place::Postgres {
                url: url.clone(),
                keys_url: self.keys_database.clone().unwrap_or_else(|| keys_url(url)),
            },
        }
    }

    /// Opens the installation with the machine's clock.
    pub(crate) async fn open(&self, migrate: bool, programs: ProgramsConfig) -> anyhow::Result<App> {
        let config = AppConfig {
            place: self.place(),
            data_dir: self.data_dir.clone(),
            migrate,
            programs,
            secure_cookies: false,
            demonstration: crate::demo::is_demonstration(&self.data_dir),
        };
        App::open(config, Arc::new(SystemClock), Arc::new(SystemEntropy))
            .await
            .context("the installation cannot be opened")
    }

    /// Opens the installation for a command of one municipality.
    pub(crate) async fn acting(&self, municipality: Option<&str>) -> anyhow::Result<Acting> {
        self.acting_with(municipality, child_programs()?).await
    }

    async fn acting_with(&self, municipality: Option<&str>, programs: ProgramsConfig) -> anyhow::Result<Acting> {
        self.must_exist()?;
        let app = self.open(false, programs).await?;
        let hosted = chosen(&app, municipality).await?;
        Ok(Acting::machine(&app, &hosted))
    }

    /// Takes an embedded data directory for a command that writes; a server's databases take several.
    pub(crate) fn hold(&self) -> anyhow::Result<Option<Hold>> {
        match &self.database {
            None => Ok(Some(Hold::take(&self.data_dir)?)),
            Some(_) => Ok(None),
        }
    }

    /// Opens the installation for a command that writes to one municipality.
    pub(crate) async fn writing(
        &self,
        municipality: Option<&str>,
        programs: ProgramsConfig,
    ) -> anyhow::Result<(Option<Hold>, Acting)> {
        self.must_exist()?;
        let held = self.hold()?;
        Ok((held, self.acting_with(municipality, programs).await?))
    }

    /// Opens the installation for an act of whoever runs the server; one that writes takes an embedded directory for itself.
    pub(crate) async fn operating(
        &self,
        municipality: Option<&str>,
        lang: Lang,
        writes: bool,
    ) -> anyhow::Result<(Option<Hold>, Acting)> {
        self.must_exist()?;
        let held = if writes { self.hold()? } else { None };
        let app = self.open(false, child_programs()?).await?;
        let hosted = chosen(&app, municipality).await?;
        Ok((held, Acting::operator(&app, &hosted, lang)))
    }

    /// A command on an installation that is not there must not make an empty one.
    pub(crate) fn must_exist(&self) -> anyhow::Result<()> {
        if self.database.is_none() && !self.data_dir.join("osn.db").exists() {
            bail!(
                "there is no installation in {}: make one with `osn init`, or name another folder with --data-dir",
                self.data_dir.display()
            );
        }
        Ok(())
    }
}

/// Programs compiled in a child process of this executable, nothing kept.
pub(crate) fn child_programs() -> anyhow::Result<ProgramsConfig> {
    Ok(ProgramsConfig {
        compiler: Some(std::env::current_exe()?),
        ..ProgramsConfig::default()
    })
}

async fn chosen(app: &App, slug: Option<&str>) -> anyhow::Result<Arc<Hosted>> {
    let hosted = app.hosted().await;
    match slug {
        Some(slug) => hosted
            .into_iter()
            .find(|hosted| hosted.municipality.slug == slug)
            .with_context(|| format!("no municipality `{slug}` is served here")),
        None if hosted.len() == 1 => hosted.into_iter().next().context("no municipality is served here"),
        None if hosted.is_empty() => bail!("no municipality is served here: make one with `osn init`"),
        None => bail!("several municipalities are served here: name one with --municipality"),
    }
}

/// `postgres://…/osn?x` becomes `postgres://…/osn_keys?x`.
fn keys_url(url: &str) -> String {
    match url.split_once('?') {
        Some((base, options)) => format!("{base}_keys?{options}"),
        None => format!("{url}_keys"),
    }
}

#[cfg(test)]
mod tests {
    use super::keys_url;

    #[test]
    fn the_keys_have_a_database_of_their_own() {
        assert_eq!(keys_url("postgres://h/osn"), "postgres://h/osn_keys");
        assert_eq!(
            keys_url("postgres:///osn?host=/run/x"),
            "postgres:///osn_keys?host=/run/x"
        );
    }
}

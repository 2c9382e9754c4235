//! A beginning of the year is played once in a process and copied for every story that begins there.
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use anyhow::{Context as _, Result, ensure};
use osn_core::time::Instant;
use osn_server::demo::{self, Show};
use tokio::sync::OnceCell;

use crate::app::{Backend, Ground, target};

/// Everybody whom the stories meet is made from this.
pub(crate) const SEED: u64 = 7;

/// A year that stands still, closed, and the instant at which it does.
#[derive(Debug)]
struct Mould {
    ground: Ground,
    at: Instant,
}

/// By backend and last step.
type Moulds = BTreeMap<(Backend, String), Arc<OnceCell<Mould>>>;

/// They stay until the process ends, and the next one sweeps up.
static MOULDS: Mutex<Moulds> = Mutex::new(BTreeMap::new());

/// A place in which the year was played up to a step, and the instant at which it stands there.
pub(crate) async fn cast(backend: Backend, last_step: &str) -> Result<(Ground, Instant)> {
    let mould = {
        let mut moulds = MOULDS.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(moulds.entry((backend, last_step.to_owned())).or_default())
    };
    let made = mould.get_or_try_init(|| Mould::make(backend, last_step)).await?;
    Ok((Ground::copy_of(&made.ground)?, made.at))
}

impl Mould {
    async fn make(backend: Backend, last_step: &str) -> Result<Self> {
        let ground = Ground::new_in(backend, folder()?)?;
        let options = ground.options(SEED, Path::new(""))?;
        let played = demo::play_until(options, Show::quiet(), Some(last_step)).await?;
        ensure!(played.progress.has(last_step), "the story has no step {last_step}");
        let at = played.app.now();
        played.app.store().close().await;
        Ok(Self { ground, at })
    }
}

/// Where the moulds of this process lie; those of processes that ended are removed.
fn folder() -> Result<&'static Path> {
    static FOLDER: OnceLock<Result<std::path::PathBuf, String>> = OnceLock::new();
    let made = FOLDER.get_or_init(|| {
        let all = target().join("moulds");
        for old in std::fs::read_dir(&all).into_iter().flatten().flatten() {
            if !Path::new("/proc").join(old.file_name()).exists() {
                // Another process may sweep at the same time.
                let _swept = std::fs::remove_dir_all(old.path());
            }
        }
        let own = all.join(std::process::id().to_string());
        let made = std::fs::create_dir_all(&own);
        made.map(|()| own)
            .map_err(|error| format!("making the folder of moulds: {error}"))
    });
    made.as_deref().map_err(|error| anyhow::anyhow!("{error}"))
}

/// Copies a folder with everything below it; a private file stays private.
pub(crate) fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    for entry in std::fs::read_dir(from).with_context(|| from.display().to_string())? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            std::fs::create_dir(&target)?;
            std::fs::set_permissions(&target, entry.metadata()?.permissions())?;
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}

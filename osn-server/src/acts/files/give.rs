//! Giving the mapping out as a file: to anybody, always current, made once for each state of the mapping.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;
use osn_core::canonical::{Digest, digest};
use osn_core::directory::Service;
use osn_core::id::MunicipalityId;
use osn_core::matrix::CoverageMatrix;
use osn_core::time::Instant;
use osn_file::Format;
use tempfile::NamedTempFile;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::published;
use crate::acts::running::running;
use crate::acts::{Acting, consolidated};
use crate::auth::Right;
use crate::directory::Mapped;
use crate::programs::blocking;
use crate::refusal::{Outcome, Refusal};

/// A form in which files are given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The mapping.
    Mapping(Format),
    /// The empty simple sheet, with the municipality's own lists.
    Template,
}

impl Form {
    /// By its name in an address: `xlsx`, `csv`, `json`, `template`.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "xlsx" => Self::Mapping(Format::Xlsx),
            "csv" => Self::Mapping(Format::Csv),
            "json" => Self::Mapping(Format::Json),
            "template" => Self::Template,
            _ => return None,
        })
    }

    /// The form of its bytes.
    pub const fn format(self) -> Format {
        match self {
            Self::Mapping(format) => format,
            Self::Template => Format::Xlsx,
        }
    }
}

/// Whose file, in which form, for whom, and whether it is of now: an older one that was asked for last is kept beside it.
type Key = (MunicipalityId, &'static str, Reader, bool);

/// For whom a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Reader {
    /// Everybody: without the notes of who changed a record before it came here.
    Everybody,
    /// Staff: nothing is lost.
    Staff,
}

/// Files that were given out, as long as they are current, and whose turn it is to work on a large one.
#[derive(Debug)]
pub(crate) struct Files {
    kept: Mutex<HashMap<Key, Arc<Kept>>>,
    turn: Arc<Semaphore>,
}

#[derive(Debug)]
struct Kept {
    state: State,
    file: NamedTempFile,
    size: u64,
}

/// What a file was made of: it is current as long as this holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct State {
    revision: i64,
    recorded_at: Instant,
    on: NaiveDate,
    actions: Digest,
}

impl Default for Files {
    fn default() -> Self {
        Self {
            kept: Mutex::default(),
            turn: Arc::new(Semaphore::new(1)),
        }
    }
}

impl Files {
    /// Waits until no other large file is worked on. The work takes its turn along: it goes on when nobody waits for it any more.
    pub(crate) async fn turn(&self) -> Outcome<OwnedSemaphorePermit> {
        Arc::clone(&self.turn).acquire_owned().await.map_err(Refusal::internal)
    }

    fn kept(&self, key: Key, state: State) -> Option<Arc<Kept>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&key).filter(|kept| kept.state == state).map(Arc::clone)
    }

    fn keep(&self, key: Key, kept: &Arc<Kept>) {
        let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(key, Arc::clone(kept));
    }
}

/// A file to send.
#[derive(Debug, Clone)]
pub struct Given {
    kept: Arc<Kept>,
    /// Its name, e.g. `mapping-athens-2022-07-15.xlsx`.
    pub name: String,
    /// Its media type.
    pub media: &'static str,
}

/// Bytes of a piece that is sent at once.
const PIECE: usize = 64 * 1024;

impl Given {
    /// Its length in bytes.
    pub fn size(&self) -> u64 {
        self.kept.size
    }

    /// Its bytes, piece by piece: a large city is never held in memory to be sent.
    pub fn pieces(&self) -> Outcome<impl Iterator<Item = std::io::Result<Vec<u8>>> + Send + use<>> {
        let mut file = self.kept.file.reopen().map_err(Refusal::internal)?;
        let kept = Arc::clone(&self.kept);
        Ok(std::iter::from_fn(move || {
            let _kept = &kept;
            let mut piece = vec![0; PIECE];
            match file.read(&mut piece) {
                Ok(0) => None,
                Ok(read) => {
                    piece.truncate(read);
                    Some(Ok(piece))
                }
                Err(error) => Some(Err(error)),
            }
        }))
    }
}

/// The mapping as a file, as it is now; or as it was recorded at the moment that was asked for.
pub async fn give(acting: &Acting, form: Form) -> Outcome<Given> {
    let on = acting.zone().day(acting.as_of.unwrap_or(acting.now));
    let mapped = acting.mapping().await?;
    let actions: Vec<Service> = running(acting).await?.services().cloned().collect();
    let said = serde_json::to_vec(&actions).map_err(Refusal::internal)?;
    let state = State {
        revision: mapped.revision,
        recorded_at: mapped.directory.recorded_at(),
        on,
        actions: digest("running-actions:1", &said),
    };
    let reader = if acting.actor.may(Right::SeeWork) {
        Reader::Staff
    } else {
        Reader::Everybody
    };
    let key = (acting.municipality().id, key(form), reader, acting.as_of.is_none());
    let files = acting.app.files();
    let kept = match files.kept(key, state) {
        Some(kept) => kept,
        None => {
            let turn = files.turn().await?;
            // Whoever waited may find that somebody else made it meanwhile.
            match files.kept(key, state) {
                Some(kept) => kept,
                None => make(acting, (form, reader), mapped, (key, state, turn)).await?,
            }
        }
    };
    let (slug, ending) = (&acting.municipality().slug, form.format().ending());
    Ok(Given {
        kept,
        name: match form {
            Form::Mapping(_) => format!("mapping-{slug}-{on}.{ending}"),
            Form::Template => format!("services-{slug}.{ending}"),
        },
        media: form.format().media(),
    })
}

const fn key(form: Form) -> &'static str {
    match form {
        Form::Mapping(format) => format.media(),
        Form::Template => "template",
    }
}

/// Makes a file and keeps it, also when whoever asked went away: the next who asks finds it.
async fn make(
    acting: &Acting,
    (form, reader): (Form, Reader),
    mapped: Arc<Mapped>,
    (key, state, turn): (Key, State, OwnedSemaphorePermit),
) -> Outcome<Arc<Kept>> {
    let app = acting.app.clone();
    let view = match form {
        Form::Mapping(Format::Xlsx) => Some(coverage(acting).await?),
        Form::Mapping(Format::Csv | Format::Json) | Form::Template => None,
    };
    blocking(move || {
        let _turn = turn;
        let file = NamedTempFile::new().map_err(Refusal::internal)?;
        let mut out = std::io::BufWriter::new(file.reopen().map_err(Refusal::internal)?);
        let mut directory = published(&mapped.directory);
        if reader == Reader::Everybody
            && let Some(told) = directory.without_metadata()
        {
            directory = Cow::Owned(told);
        }
        let written = match form {
            Form::Mapping(format) => osn_file::write(format, &directory, view.as_ref(), &mut out, |_| ()),
            Form::Template => osn_file::template(&directory, &mut out),
        };
        written.map_err(too_large)?;
        out.flush().map_err(Refusal::internal)?;
        let size = file.as_file().metadata().map_err(Refusal::internal)?.len();
        let kept = Arc::new(Kept { state, file, size });
        app.files().keep(key, &kept);
        Ok(kept)
    })
    .await
}

/// The consolidated view of the mapping that the file holds: every category, each below the one that it belongs to.
pub async fn coverage(acting: &Acting) -> Outcome<CoverageMatrix> {
    let asked = consolidated::Asked {
        depth: consolidated::Depth::All,
        ..consolidated::Asked::default()
    };
    Ok(consolidated::view(acting, &asked).await?.matrix)
}

/// A workbook takes a million rows; nothing else can be wrong but ourselves.
fn too_large(error: osn_file::WriteError) -> Refusal {
    match error {
        osn_file::WriteError::TooManyRows(table) => Refusal::conflict("export.too-many-rows").with("table", table),
        other => Refusal::internal(other),
    }
}

//! Bringing a file in: a look at what it would do, which is kept; then, confirmed, all of it in one piece or nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use osn_core::canonical::{Digest, DigestWriter, digest};
use osn_core::directory::{Directory, DirectoryRecord};
use osn_core::id::ImportId;
use osn_core::import::{FileImport, ImportCounts, ImportEvent, ImportOptions, ImportPart, ImportState};
use osn_core::lang::LocalText;
use osn_core::state::Machine as _;
use osn_file::{Fault, FieldChange, Limits, Plan, Planned};
use osn_store::{DirectoryWrite, ImportLine, StoreError, Versioned};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::view::{ImportView, view};
use super::{MENTIONED, check, many, published, published_record, read, write};
use crate::acts::upkeep::name;
use crate::acts::{Acting, Saved, entry};
use crate::auth::Right;
use crate::directory::Mapped;
use crate::programs::blocking;
use crate::refusal::{FieldError, Outcome, Refusal};

/// Characters of a file's name that are kept.
const NAME: usize = 120;

/// A file that somebody hands over; several parts where it is a folder of tables.
#[derive(Clone)]
pub struct Handed {
    /// Its name.
    pub name: String,
    /// Names and bytes.
    pub parts: Vec<(String, Vec<u8>)>,
    /// How it is taken.
    pub options: ImportOptions,
    /// How much of it is taken.
    pub limits: Limits,
}

impl std::fmt::Debug for Handed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Handed({} parts)", self.parts.len())
    }
}

/// Bytes of a file that the server takes at its door; a larger one is for the command line.
pub const AT_THE_DOOR: usize = 16 << 20;

impl Handed {
    /// A file that came over HTTP: what it may unpack to is bounded more narrowly than at the command line.
    pub fn at_the_door(name: String, bytes: Vec<u8>, options: ImportOptions) -> Self {
        let name = if name.trim().is_empty() {
            "file".to_owned()
        } else {
            name
        };
        Self {
            parts: vec![(name.clone(), bytes)],
            name,
            options,
            limits: Limits {
                bytes: many(AT_THE_DOOR),
                unpacked: 256 << 20,
                rows: 200_000,
                ..Limits::default()
            },
        }
    }

    fn size(&self) -> u64 {
        many(self.parts.iter().map(|(_, bytes)| bytes.len()).sum())
    }

    fn digest(&self) -> Digest {
        let mut writer = DigestWriter::new("import-file:1");
        self.parts.iter().for_each(|(_, bytes)| writer.update(bytes));
        writer.finish()
    }

    /// The name as it is kept: short, without folders and without what steers a screen.
    fn shown_name(&self) -> String {
        let last = self.name.rsplit(['/', '\\']).next().unwrap_or_default();
        last.chars().filter(|symbol| !symbol.is_control()).take(NAME).collect()
    }
}

/// A record that an import writes, as it is kept until it is confirmed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Line {
    /// Kind of record.
    pub(super) kind: String,
    /// The record.
    pub(super) id: Uuid,
    /// Its name.
    pub(super) name: LocalText,
    /// What differs; short.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) fields: Vec<FieldChange>,
    /// Digest of what was there when somebody looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    was: Option<Digest>,
    /// What it will say; none where it goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    record: Option<DirectoryRecord>,
}

impl Line {
    /// About a record, without what it will say.
    pub(super) fn about(record: &DirectoryRecord, fields: Vec<FieldChange>) -> Self {
        Self {
            kind: record.kind().to_owned(),
            id: record.uuid(),
            name: name(record).clone(),
            fields,
            was: None,
            record: None,
        }
    }

    fn saying(mut self, record: DirectoryRecord) -> Self {
        self.record = Some(record);
        self
    }
}

/// What a file would do, before anything is kept.
#[derive(Debug)]
pub struct Looked {
    import: FileImport,
    planned: Planned,
}

impl Looked {
    /// The import as it would be kept.
    pub fn import(&self) -> &FileImport {
        &self.import
    }

    /// What it would do; empty where there is a fault.
    pub fn plan(&self) -> &Plan {
        &self.planned.plan
    }

    /// What keeps it out.
    pub fn faults(&self) -> &[Fault] {
        &self.planned.faults
    }

    /// What a person should look at.
    pub fn notes(&self) -> &[Fault] {
        &self.planned.notes
    }
}

/// Looks at what a file would do. Nothing is written, nothing is kept.
pub async fn look(acting: &Acting, handed: Handed) -> Outcome<Looked> {
    acting.permit(Right::MaintainDirectory)?;
    let mapped = acting.mapping().await?;
    let merged = acting.scope.merged_records().await?;
    let merged: BTreeMap<Uuid, Uuid> = merged.into_iter().map(|one| (one.record_id, one.into)).collect();
    let import = FileImport {
        id: acting.app.new_id(ImportId::new),
        file: handed.shown_name(),
        size: handed.size(),
        digest: handed.digest(),
        options: handed.options,
        counts: ImportCounts::default(),
        planned_at: mapped.revision,
        by: acting.actor.account(),
        at: acting.now,
        state: ImportState::Planned,
    };
    let options = osn_file::Options {
        namespace: acting.municipality().id.uuid(),
        lenient_references: handed.options.lenient_references,
        complete: handed.options.complete,
    };
    // One large file at a time: another one waits its turn instead of taking as much memory beside it.
    let _turn = acting.app.files().turn().await?;
    let now = acting.now;
    let planned = blocking(move || {
        let book = osn_file::read_parts(&handed.parts, &handed.limits);
        drop(handed.parts);
        Ok(osn_file::plan_knowing(
            &book,
            &published(&mapped.directory),
            &merged,
            options,
            now,
        ))
    });
    let planned = planned.await?;
    Ok(Looked {
        import: FileImport {
            counts: counts(&planned),
            state: if planned.faults.is_empty() {
                ImportState::Planned
            } else {
                ImportState::Refused
            },
            ..import
        },
        planned,
    })
}

fn counts(planned: &Planned) -> ImportCounts {
    ImportCounts {
        added: many(planned.plan.added.len()),
        changed: many(planned.plan.changed.len()),
        removed: many(planned.plan.removed.len()),
        untouched: many(planned.plan.untouched),
        faults: many(planned.faults.len()),
        notes: many(planned.notes.len()),
    }
}

/// Keeps what was looked at, so that it can be read, confirmed and undone.
pub async fn keep(acting: &Acting, looked: Looked) -> Outcome<Saved<ImportView>> {
    acting.permit(Right::MaintainDirectory)?;
    let Looked { import, planned } = looked;
    let mut tx = acting.begin("import.look").await?;
    tx.insert_import(&import).await?;
    tx.insert_import_lines(import.id, lines(planned)).await?;
    tx.journal(entry("import.look", "import", import.id.uuid(), details(&import)));
    let saved = Saved {
        value: view(acting, &import).await?,
        version: 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

/// Looks at a file and keeps what it would do.
pub async fn receive(acting: &Acting, handed: Handed) -> Outcome<Saved<ImportView>> {
    let looked = look(acting, handed).await?;
    keep(acting, looked).await
}

/// The lines of a plan, each made into its document when it is asked for: the plan of a large city shrinks while it is written.
fn lines(planned: Planned) -> impl Iterator<Item = Outcome<ImportLine>> {
    fn document(part: ImportPart, said: &impl Serialize) -> Outcome<ImportLine> {
        Ok((part, serde_json::to_string(said).map_err(Refusal::internal)?))
    }
    let Planned {
        plan, faults, notes, ..
    } = planned;
    let faults = faults.into_iter().map(|fault| document(ImportPart::Fault, &fault));
    let notes = notes.into_iter().map(|note| document(ImportPart::Note, &note));
    let added = plan
        .added
        .into_iter()
        .map(|record| document(ImportPart::Added, &line(record, None, Vec::new())?));
    let changed = plan.changed.into_iter().map(|change| {
        let line = line(change.record, Some(&change.before), change.fields)?;
        document(ImportPart::Changed, &line)
    });
    let removed = plan.removed.into_iter().map(|record| {
        let gone = Line {
            record: None,
            ..line(record.clone(), Some(&record), Vec::new())?
        };
        document(ImportPart::Removed, &gone)
    });
    faults.chain(notes).chain(added).chain(changed).chain(removed)
}

fn line(record: DirectoryRecord, before: Option<&DirectoryRecord>, fields: Vec<FieldChange>) -> Outcome<Line> {
    Ok(Line {
        was: before.map(digest_of).transpose()?,
        ..Line::about(&record, fields)
    }
    .saying(record))
}

/// What a record says, in short: whoever looked saw this.
fn digest_of(record: &DirectoryRecord) -> Outcome<Digest> {
    let bytes = serde_json::to_vec(record).map_err(Refusal::internal)?;
    Ok(digest("import-record:1", &bytes))
}

fn details(import: &FileImport) -> serde_json::Value {
    let ImportCounts {
        added,
        changed,
        removed,
        untouched,
        faults,
        ..
    } = import.counts;
    serde_json::json!({
        "file": import.digest, "complete": import.options.complete, "added": added, "changed": changed,
        "removed": removed, "untouched": untouched, "faults": faults,
    })
}

/// Does what somebody looked at: all of it in one transaction. What changed since then is never overwritten unseen.
pub async fn confirm(acting: &Acting, id: ImportId) -> Outcome<Saved<ImportView>> {
    acting.permit(Right::MaintainDirectory)?;
    let found = read(acting, id).await?;
    acting.check_version(found.version)?;
    let confirmed = |first, last| ImportEvent::Confirm {
        by: acting.actor.account(),
        at: acting.now,
        first,
        last,
    };
    found.value.state.apply(&confirmed(0, 0))?;
    if found.value.counts.written() == 0 {
        return Err(Refusal::conflict("import.nothing"));
    }
    let mapped = acting.mapping().await?;
    let writes = wanted(acting, &found, &mapped).await?;
    let mut tx = acting.begin("import.confirm").await?;
    held(tx.hold_directory(mapped.revision).await)?;
    let (first, last) = tx.write_directory(&writes).await?;
    let done = FileImport {
        state: found.value.state.apply(&confirmed(first, last))?,
        ..found.value
    };
    tx.update_import(&done, found.version).await?;
    tx.journal(entry("import.confirm", "import", id.uuid(), details(&done)));
    let saved = Saved {
        value: view(acting, &done).await?,
        version: found.version + 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

/// Somebody wrote between reading and holding the mapping.
pub(super) fn held(held: Result<(), StoreError>) -> Outcome<()> {
    held.map_err(|error| match error {
        StoreError::Stale { .. } => Refusal::conflict("import.moved").with("count", 1),
        other => other.into(),
    })
}

/// The records to write, as long as each still is what somebody looked at.
async fn wanted(acting: &Acting, found: &Versioned<FileImport>, mapped: &Arc<Mapped>) -> Outcome<Vec<DirectoryWrite>> {
    let mut lines = Vec::new();
    for part in ImportPart::WRITTEN {
        lines.extend(acting.scope.all_import_lines::<Line>(found.value.id, part).await?);
    }
    let (mapped, acting) = (Arc::clone(mapped), acting.clone());
    let moved_on = mapped.revision != found.value.planned_at;
    blocking(move || {
        let writes = if moved_on {
            unmoved(lines, &mapped.directory)?
        } else {
            let current = &mapped.directory;
            let one = |line: Line| planned_write(line, |kind, id| current.record(kind, id));
            lines.into_iter().filter_map(one).collect()
        };
        if moved_on {
            check(&acting, &mapped.directory, &writes)?;
        }
        Ok(writes)
    })
    .await
}

fn planned_write(line: Line, current: impl Fn(&str, Uuid) -> Option<DirectoryRecord>) -> Option<DirectoryWrite> {
    match line.record {
        Some(record) => Some(write(record, false)),
        None => current(&line.kind, line.id).map(|record| write(record, true)),
    }
}

/// The writes of a plan that was made against an older mapping, or the records that are not what somebody looked at.
fn unmoved(lines: Vec<Line>, directory: &Directory) -> Outcome<Vec<DirectoryWrite>> {
    let (mut writes, mut moved) = (Vec::new(), Vec::new());
    for line in lines {
        let current = directory.record(&line.kind, line.id);
        let is = match &current {
            Some(record) => Some(digest_of(&published_record(record.clone()))?),
            None => None,
        };
        if is == line.was {
            writes.extend(planned_write(line, |_, _| current.clone()));
        } else {
            moved.push(line);
        }
    }
    if moved.is_empty() {
        return Ok(writes);
    }
    let refusal = Refusal::conflict("import.moved").with("count", moved.len());
    Err(moved.iter().take(MENTIONED).fold(refusal, |refusal, line| {
        let path = format!("/{}/{}", line.kind, line.id);
        refusal.at(FieldError::new(path, "import-record-moved").with("name", line.name.get("el")))
    }))
}

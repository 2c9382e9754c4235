//! Bringing a file in: a look at what it would do, which is kept; then, confirmed, all of it in one piece or nothing.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::sync::Arc;

use osn_core::canonical::{Digest, DigestWriter, digest};
use osn_core::directory::{Directory, DirectoryRecord, Successor};
use osn_core::id::ImportId;
use osn_core::import::{FileImport, ImportCounts, ImportEvent, ImportOptions, ImportPart, ImportState};
use osn_core::lang::LocalText;
use osn_core::state::Machine as _;
use osn_file::{Book, Fault, FieldChange, Limits, Part, Step, Verdict};
use osn_store::{DirectoryWrite, ImportLine, Pieces, Tx};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::spool::{Spool, Spooling};
use super::view::{ImportView, view};
use super::{Ground, MENTIONED, look_at, many, published, published_record, read, sound, write};
use crate::acts::upkeep::{keeping, name};
use crate::acts::{Acting, Saved, entry};
use crate::auth::Right;
use crate::directory::Mapped;
use crate::nearness::bounds;
use crate::programs::blocking;
use crate::refusal::{FieldError, Kind, Outcome, Refusal};

/// Characters of a file's name that are kept.
const NAME: usize = 120;

/// A file that somebody hands over; several parts where it is a folder of tables.
pub struct Handed {
    /// Its name.
    pub name: String,
    /// Names and bytes.
    pub parts: Vec<Part>,
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
            parts: vec![Part::held(name.clone(), bytes)],
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

    /// Its length, and the digest of its bytes.
    fn measured(&self) -> Outcome<(u64, Digest)> {
        let mut writer = DigestWriter::new("import-file:1");
        let (mut size, mut piece) = (0_u64, vec![0; 1 << 16]);
        for part in &self.parts {
            let mut reader = part.reader().map_err(Refusal::internal)?;
            loop {
                let read = reader.read(&mut piece).map_err(Refusal::internal)?;
                if read == 0 {
                    break;
                }
                writer.update(piece.get(..read).unwrap_or_default());
                size = size.saturating_add(many(read));
            }
        }
        Ok((size, writer.finish()))
    }

    /// The name as it is kept: short, without folders and without what steers a screen.
    fn shown_name(&self) -> String {
        let last = self.name.rsplit(['/', '\\']).next().unwrap_or_default();
        last.chars().filter(|symbol| !symbol.is_control()).take(NAME).collect()
    }
}

/// A record that an import writes, as it is kept until it is confirmed.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Line {
    /// Kind of record.
    kind: String,
    /// The record.
    id: Uuid,
    /// Its name.
    name: LocalText,
    /// What differs; short.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    fields: Vec<FieldChange>,
    /// Digest of what was there when somebody looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    was: Option<Digest>,
    /// What it will say; none where it goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    record: Option<DirectoryRecord>,
}

impl Line {
    fn of(step: Step) -> Outcome<(ImportPart, Self)> {
        let (part, record, was, fields) = match step {
            Step::Added(record) => (ImportPart::Added, record, None, Vec::new()),
            Step::Changed(change) => {
                let was = digest_of(&change.before)?;
                (ImportPart::Changed, change.record, Some(was), change.fields)
            }
            Step::Removed(record) => {
                let was = digest_of(&record)?;
                (ImportPart::Removed, record, Some(was), Vec::new())
            }
        };
        let line = Self {
            kind: record.kind().to_owned(),
            id: record.uuid(),
            name: name(&record).clone(),
            fields,
            was,
            record: Some(record).filter(|_| part != ImportPart::Removed),
        };
        Ok((part, line))
    }
}

/// What a file would do, before anything is kept.
#[derive(Debug)]
pub struct Looked {
    import: FileImport,
    faults: Vec<Fault>,
    notes: Vec<Fault>,
    lines: Spool,
}

impl Looked {
    /// The import as it would be kept.
    pub fn import(&self) -> &FileImport {
        &self.import
    }

    /// What keeps it out.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// What a person should look at.
    pub fn notes(&self) -> &[Fault] {
        &self.notes
    }

    /// The records that it would write, in the order of the file; none where there is a fault.
    pub(super) fn lines(&self) -> Outcome<impl Iterator<Item = Outcome<ImportLine>> + Send + use<>> {
        self.lines.lines()
    }
}

/// Looks at what a file would do. Nothing is written, nothing is kept.
pub async fn look(acting: &Acting, handed: Handed) -> Outcome<Looked> {
    acting.permit(Right::MaintainDirectory)?;
    let mapped = acting.mapping().await?;
    let merged = acting.scope.merged_records().await?;
    let merged: BTreeMap<Uuid, Uuid> = merged.into_iter().map(|one| (one.record_id, one.into)).collect();
    let (handed, (size, digest)) = blocking(move || {
        let measured = handed.measured()?;
        Ok((handed, measured))
    })
    .await?;
    let import = FileImport {
        id: acting.app.new_id(ImportId::new),
        file: handed.shown_name(),
        size,
        digest,
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
        bounds: bounds(acting.municipality()),
        today: Some(acting.zone().day(acting.now)),
    };
    // One large file at a time: another one waits its turn instead of taking as much memory beside it.
    let turn = acting.app.files().turn().await?;
    let looked = blocking(move || {
        let _turn = turn;
        let book = osn_file::read_parts(&handed.parts, &handed.limits);
        drop(handed.parts);
        spooled(import, &book, &published(&mapped.directory), &merged, options)
    });
    looked.await
}

/// Writes down what a file would do, step by step.
fn spooled(
    import: FileImport,
    book: &Book,
    before: &Directory,
    merged: &BTreeMap<Uuid, Uuid>,
    options: osn_file::Options,
) -> Outcome<Looked> {
    let mut lines = Spooling::new()?;
    let mut counts = ImportCounts::default();
    let mut written = Ok(());
    let verdict = osn_file::steps(book, before, merged, options, |step| {
        let count = match &step {
            Step::Added(_) => &mut counts.added,
            Step::Changed(_) => &mut counts.changed,
            Step::Removed(_) => &mut counts.removed,
        };
        *count = count.saturating_add(1);
        if written.is_ok() {
            written = Line::of(step).and_then(|(part, line)| lines.add(part, &line));
        }
    });
    written?;
    let Verdict {
        faults,
        notes,
        untouched,
    } = verdict;
    let refused = !faults.is_empty();
    let counts = ImportCounts {
        untouched: many(untouched),
        ..counts
    };
    let counts = ImportCounts {
        faults: many(faults.len()),
        notes: many(notes.len()),
        ..if refused { ImportCounts::default() } else { counts }
    };
    let state = if refused {
        ImportState::Refused
    } else {
        ImportState::Planned
    };
    Ok(Looked {
        import: FileImport {
            counts,
            state,
            ..import
        },
        faults: faults.into_list(),
        notes: notes.into_list(),
        lines: if refused { Spool::empty()? } else { lines.finish()? },
    })
}

/// Keeps what was looked at, so that it can be read, confirmed and undone.
pub async fn keep(acting: &Acting, looked: Looked) -> Outcome<Saved<ImportView>> {
    acting.permit(Right::MaintainDirectory)?;
    let import = looked.import.clone();
    let mut tx = acting.begin("import.look").await?;
    tx.insert_import(&import).await?;
    tx.insert_import_lines(import.id, all_lines(looked)?).await?;
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

/// Everything that is known of a plan, line by line.
fn all_lines(looked: Looked) -> Outcome<impl Iterator<Item = Outcome<ImportLine>> + Send> {
    let document = |part: ImportPart, fault: &Fault| {
        let said = serde_json::to_string(fault).map_err(Refusal::internal)?;
        Ok((part, said))
    };
    let records = looked.lines()?;
    let faults = looked
        .faults
        .into_iter()
        .map(move |fault| document(ImportPart::Fault, &fault));
    let notes = looked
        .notes
        .into_iter()
        .map(move |note| document(ImportPart::Note, &note));
    Ok(faults.chain(notes).chain(records))
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
    // A plan that was made against this very mapping was judged with it.
    let mut after = if mapped.revision == found.value.planned_at {
        None
    } else {
        Some(unmoved(acting, id, &mapped).await?)
    };
    let mut tx = acting.begin("import.confirm").await?;
    held(acting, &mut tx, mapped.revision).await?;
    let mut pieces = Pieces::default();
    let mut reader = Lines::new(id);
    while let Some(lines) = reader.next(acting).await? {
        let (mapped, known) = (Arc::clone(&mapped), after.take());
        let (writes, judged) = blocking(move || {
            let writes = writes_of(lines, &mapped.directory);
            let judged = known.map(|mut after| {
                look_at(&mut after, &mapped.directory, &writes);
                after
            });
            Ok((writes, judged))
        })
        .await?;
        after = judged;
        tx.write_piece(&mut pieces, &writes).await?;
    }
    if let Some(after) = after {
        // Nothing of it happened: the transaction ends with this act.
        sound(after, &mapped.directory)?;
    }
    tx.record_pieces_at(&pieces, acting.app.now()).await?;
    let (first, last) = pieces.revisions();
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

/// Holds the mapping that was read until the act ends.
///
/// # Errors
/// `import.moved` where somebody wrote in between.
pub(super) async fn held(acting: &Acting, tx: &mut Tx, revision: i64) -> Outcome<()> {
    keeping::hold(acting, tx, revision)
        .await
        .map_err(|refusal| match refusal.kind() {
            Kind::Busy => Refusal::conflict("import.moved").with("count", 1),
            _ => refusal,
        })
}

/// The lines of an import that write records, a piece at a time.
struct Lines {
    import: ImportId,
    parts: std::array::IntoIter<ImportPart, 3>,
    part: Option<ImportPart>,
    after: i64,
}

impl Lines {
    fn new(import: ImportId) -> Self {
        let mut parts = ImportPart::WRITTEN.into_iter();
        Self {
            import,
            part: parts.next(),
            parts,
            after: 0,
        }
    }

    async fn next(&mut self, acting: &Acting) -> Outcome<Option<Vec<Line>>> {
        while let Some(part) = self.part {
            let lines = acting.scope.import_lines_after(self.import, part, self.after).await?;
            if let Some((last, _)) = lines.last() {
                self.after = *last;
                return Ok(Some(lines.into_iter().map(|(_, line)| line).collect()));
            }
            (self.part, self.after) = (self.parts.next(), 0);
        }
        Ok(None)
    }
}

/// What lines write.
fn writes_of(lines: Vec<Line>, current: &Directory) -> Vec<DirectoryWrite> {
    let one = |line: Line| match line.record {
        Some(record) => Some(write(record, false)),
        None => current.record(&line.kind, line.id).map(|record| write(record, true)),
    };
    lines.into_iter().filter_map(one).collect()
}

/// Looks whether each record of a plan that was made against an older mapping still is what somebody looked at; the mapping as
/// it would be, services aside.
async fn unmoved(acting: &Acting, id: ImportId, mapped: &Arc<Mapped>) -> Outcome<Successor> {
    let (mut count, mut moved, mut ground) = (0_usize, Vec::new(), Ground::default());
    let mut reader = Lines::new(id);
    while let Some(lines) = reader.next(acting).await? {
        let shared = Arc::clone(mapped);
        let (others, writes) = blocking(move || {
            let directory = &shared.directory;
            let (mut others, mut same) = (Vec::new(), Vec::new());
            for line in lines {
                let current = directory.record(&line.kind, line.id);
                let current = current.map(|record| published_record(directory, record));
                if current.as_ref().map(digest_of).transpose()? == line.was {
                    same.push(line);
                } else {
                    others.push(line);
                }
            }
            Ok((others, writes_of(same, directory)))
        })
        .await?;
        ground.add(writes);
        count = count.saturating_add(others.len());
        let room = usize::from(MENTIONED).saturating_sub(moved.len());
        moved.extend(others.into_iter().take(room));
    }
    if count == 0 {
        let shared = Arc::clone(mapped);
        return blocking(move || Ok(ground.successor(&shared.directory))).await;
    }
    let refusal = Refusal::conflict("import.moved").with("count", count);
    Err(moved.iter().fold(refusal, |refusal, line| {
        let path = format!("/{}/{}", line.kind, line.id);
        refusal.at(FieldError::new(path, "import-record-moved").with("name", line.name.get("el")))
    }))
}

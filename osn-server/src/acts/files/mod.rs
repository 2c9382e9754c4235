//! The mapping as files: what a file would do is looked at, done in one piece, undone in one piece; and what is given out.

pub mod bring;
pub mod give;
pub mod undo;
pub mod view;

use std::borrow::Cow;

use osn_core::directory::{Directory, DirectoryRecord, Location};
use osn_core::id::ImportId;
use osn_core::import::FileImport;
use osn_store::{DirectoryWrite, Versioned};

use crate::acts::upkeep::{keeping, owner};
use crate::acts::{Acting, mapping};
use crate::refusal::{Outcome, Refusal};

/// The import with this identifier.
async fn read(acting: &Acting, id: ImportId) -> Outcome<Versioned<FileImport>> {
    let read = acting.scope.import(id).await?;
    read.ok_or_else(|| Refusal::not_found("import.unknown"))
}

/// The mapping as it may stand in a file. A protected place says nowhere where it is; words about its address, and notes
/// of what a field said before, tell as much and stay out too.
pub(crate) fn published(directory: &Directory) -> Cow<'_, Directory> {
    let tells = |place: &Location| place.protected && !(place.address_note.is_empty() && place.metadata.is_empty());
    if !directory.locations().any(tells) {
        return Cow::Borrowed(directory);
    }
    let records = directory.records().map(published_record);
    Cow::Owned(Directory::new(directory.recorded_at(), records))
}

/// The same of one record.
pub(crate) fn published_record(record: DirectoryRecord) -> DirectoryRecord {
    match record {
        DirectoryRecord::Location(place) if place.protected => {
            keeping::kept_protected(DirectoryRecord::Location(place))
        }
        other => other,
    }
}

/// A record as it is written.
fn write(record: DirectoryRecord, retired: bool) -> DirectoryWrite {
    DirectoryWrite {
        owner: owner(&record),
        record,
        retired,
    }
}

/// Refuses what the mapping would say against itself with these records written.
fn check(acting: &Acting, directory: &Directory, writes: &[DirectoryWrite]) -> Outcome<()> {
    let mut after: std::collections::BTreeMap<_, _> = directory
        .records()
        .map(|record| ((record.kind(), record.uuid()), record))
        .collect();
    for write in writes {
        let key = (write.record.kind(), write.record.uuid());
        if write.retired {
            after.remove(&key);
        } else {
            after.insert(key, write.record.clone());
        }
    }
    let problems = Directory::new(acting.now, after.into_values()).problems();
    if problems.is_empty() {
        return Ok(());
    }
    let fields = problems
        .iter()
        .take(MENTIONED)
        .map(|problem| mapping::field(problem, &[]));
    Err(Refusal::invalid("directory.invalid", fields.collect()))
}

/// Records that a refusal names; more would not be read.
const MENTIONED: usize = 20;

/// A count, for views and the journal.
fn many(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

//! The mapping as files: what a file would do is looked at, done in one piece, undone in one piece; and what is given out.

pub mod bring;
pub mod give;
mod spool;
pub mod undo;
pub mod view;

use std::borrow::Cow;

use osn_core::directory::{Directory, DirectoryRecord, Location, Successor};
use osn_core::id::ImportId;
use osn_core::import::FileImport;
use osn_store::{DirectoryWrite, Versioned};
use uuid::Uuid;

use crate::acts::upkeep::owner;
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
    let tells = |place: &Location| place.protected && *place != shown(directory, place.clone());
    if !directory.locations().any(tells) {
        return Cow::Borrowed(directory);
    }
    Cow::Owned(directory.with_locations(|place| shown(directory, place)))
}

/// The same of one record of it.
pub(crate) fn published_record(directory: &Directory, record: DirectoryRecord) -> DirectoryRecord {
    match record {
        DirectoryRecord::Location(place) => DirectoryRecord::Location(shown(directory, place)),
        other => other,
    }
}

fn shown(directory: &Directory, place: Location) -> Location {
    if place.protected {
        let streets = directory.streets_of(place.id);
        place.hidden(&streets)
    } else {
        place
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

/// Refuses what a mapping would say against itself after a change.
fn sound(after: Successor, before: &Directory) -> Outcome<()> {
    let problems = after.problems(before);
    if problems.is_empty() {
        return Ok(());
    }
    let fields = problems
        .iter()
        .take(MENTIONED.into())
        .map(|problem| mapping::field(problem, &[]));
    Err(Refusal::invalid("directory.invalid", fields.collect()))
}

/// Looks at the services among some records that are written.
fn look_at(after: &mut Successor, before: &Directory, writes: &[DirectoryWrite]) {
    for write in writes {
        match &write.record {
            DirectoryRecord::Service(service) if write.retired => after.without(service.id),
            DirectoryRecord::Service(service) => after.service(before, service),
            _ => {}
        }
    }
}

/// What a change does to everything but services: records as they will be, and those that go.
#[derive(Debug, Default)]
struct Ground {
    written: Vec<DirectoryRecord>,
    gone: Vec<Uuid>,
}

impl Ground {
    fn add(&mut self, writes: Vec<DirectoryWrite>) {
        for write in writes {
            if write.retired {
                self.gone.push(write.record.uuid());
            } else if !matches!(write.record, DirectoryRecord::Service(_)) {
                self.written.push(write.record);
            }
        }
    }

    fn successor(self, before: &Directory) -> Successor {
        Successor::new(before, self.written, self.gone)
    }
}

/// Records that a refusal names; more would not be read.
const MENTIONED: u8 = 20;

/// A count, for views and the journal.
fn many(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

//! A file brought into the mapping: what it would do is looked at first, then it is taken whole or not at all, and can be
//! undone whole.

use serde::{Deserialize, Serialize};

use crate::canonical::Digest;
use crate::id::{AccountId, ImportId};
use crate::state::{InvalidTransition, Machine};
use crate::time::Instant;

/// How a file is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ImportOptions {
    /// The file is all there is: records of its tables that it does not have are removed.
    pub complete: bool,
    /// Rows that point at nothing are left out with a note, instead of keeping the whole file out.
    pub lenient_references: bool,
}

/// How many records a file would touch, and what is wrong with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportCounts {
    /// New records.
    pub added: u64,
    /// Records that say something else.
    pub changed: u64,
    /// Records that are removed.
    pub removed: u64,
    /// Records of the file that say the same.
    pub untouched: u64,
    /// What keeps the file out.
    pub faults: u64,
    /// What a person should look at.
    pub notes: u64,
}

impl ImportCounts {
    /// Records that would be written.
    pub const fn written(self) -> u64 {
        self.added.saturating_add(self.changed).saturating_add(self.removed)
    }
}

/// A part of what is known of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImportPart {
    /// What keeps the file out.
    Fault,
    /// What a person should look at.
    Note,
    /// A new record.
    Added,
    /// A record that says something else.
    Changed,
    /// A record that is removed.
    Removed,
}

impl ImportPart {
    /// Every part, in the order in which a person reads them.
    pub const ALL: [Self; 5] = [Self::Fault, Self::Note, Self::Added, Self::Changed, Self::Removed];

    /// The parts that write records.
    pub const WRITTEN: [Self; 3] = [Self::Added, Self::Changed, Self::Removed];

    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fault => "fault",
            Self::Note => "note",
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
        }
    }

    /// The part with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.name() == name)
    }
}

/// Where an import stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum ImportState {
    /// Something in the file keeps it out.
    Refused,
    /// What it would do is known; nothing was written.
    Planned,
    /// It was done, in one piece.
    Done {
        /// By whom; nobody where whoever runs the server did it at its command line.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<AccountId>,
        /// When.
        at: Instant,
        /// The mapping's first revision that it wrote.
        first: i64,
        /// The last.
        last: i64,
    },
    /// It was undone: what was there before is there again, as new versions.
    Undone {
        /// By whom.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<AccountId>,
        /// When.
        at: Instant,
    },
}

/// What can happen to an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportEvent {
    /// A person saw what it would do and wants it.
    Confirm {
        /// By whom.
        by: Option<AccountId>,
        /// When.
        at: Instant,
        /// The mapping's first revision that it wrote.
        first: i64,
        /// The last.
        last: i64,
    },
    /// What was there before comes back.
    Undo {
        /// By whom.
        by: Option<AccountId>,
        /// When.
        at: Instant,
    },
}

impl Machine for ImportState {
    type Event = ImportEvent;
    const NAME: &'static str = "import";

    fn name(&self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Planned => "planned",
            Self::Done { .. } => "done",
            Self::Undone { .. } => "undone",
        }
    }

    fn event_name(event: &ImportEvent) -> &'static str {
        match event {
            ImportEvent::Confirm { .. } => "confirm",
            ImportEvent::Undo { .. } => "undo",
        }
    }

    fn apply(&self, event: &ImportEvent) -> Result<Self, InvalidTransition> {
        match (self, *event) {
            (Self::Planned, ImportEvent::Confirm { by, at, first, last }) => Ok(Self::Done { by, at, first, last }),
            (Self::Done { .. }, ImportEvent::Undo { by, at }) => Ok(Self::Undone { by, at }),
            (Self::Refused | Self::Planned | Self::Done { .. } | Self::Undone { .. }, _) => Err(self.refuse(event)),
        }
    }
}

/// A file that somebody wants in the mapping. The file itself is not kept: it may hold sheets that are nobody's business.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileImport {
    /// Identifier.
    pub id: ImportId,
    /// The file's name, as it was given; short.
    pub file: String,
    /// Its length in bytes.
    pub size: u64,
    /// Digest of its bytes.
    pub digest: Digest,
    /// How it is taken.
    pub options: ImportOptions,
    /// What it would do, or did.
    pub counts: ImportCounts,
    /// The mapping's revision against which it was planned.
    pub planned_at: i64,
    /// Who brought it; nobody at the command line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<AccountId>,
    /// When it came.
    pub at: Instant,
    /// Where it stands.
    pub state: ImportState,
}

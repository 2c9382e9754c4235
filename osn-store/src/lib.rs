//! The only crate with SQL: `SQLite` (embedded) and `PostgreSQL` behind one interface.
//!
//! `Store::open` gives the store, [`Store::for_municipality`] the only way to a query, [`Scope::begin`] the only way to
//! a change: one act is one transaction with its journal entry. Personal data are sealed under a key per person, and
//! the keys live in a database of their own. Time is an argument everywhere.
#![forbid(unsafe_code)]

mod accounts;
mod apart;
mod applications;
mod blobs;
mod bulk;
mod db;
mod decisions;
mod deliveries;
mod directory;
mod eligible;
mod error;
mod imports;
mod indicators;
mod jobs;
mod journal;
mod keys;
mod lots;
mod memory;
mod migrate;
mod money;
mod network;
mod notes;
mod outbox;
mod page;
mod people;
mod plan_records;
mod planning;
mod programs;
mod requests;
mod runs;
mod seal;
mod selections;
mod signature;
mod stock;
mod store;
mod submit;
mod suggestions;
mod tx;
mod upkeep;
mod value;
mod verify;

pub use accounts::{Account, SessionRow};
pub use apart::RecordsApart;
pub use applications::{Access, ForMachine};
pub use decisions::{Decided, DecisionOn, DecisionQuery, DecisionRow, NewDecision, SealedDecisions};
pub use deliveries::{DeliveryFilter, RoundCount};
pub use directory::{RecordVersion, RecordWrite, RemovedRecord};
pub use eligible::{EligibleRow, SealedEligible};
pub use error::{DatabaseFault, Result, SealFault, StoreError};
pub use imports::{DirectoryWrite, ImportLine, Pieces, WrittenRecord};
pub use indicators::Reached;
pub use jobs::{Job, JobRow, JobState, LeasedJob};
pub use journal::{JournalDraft, JournalEntry, Sealed};
pub use lots::{HandedLot, LotCount, LotIn};
pub use memory::Remembered;
pub use money::{
    ClaimLineRow, ExpenseFilter, ExpenseRow, FrozenLine, JudgementRow, NewJudgement, NewRuleSet, Part, RuleSetRow,
    Supplier,
};
pub use network::{
    EmptySearch, NetworkFilter, NetworkRecord, NetworkTable, NewHelpDecision, PersonIn, Recheck, RequestFile,
    RequestNote,
};
pub use notes::{NewNotes, NotesOf};
pub use outbox::{Message, MessageState, OutboxMessage};
pub use page::{Page, PageQuery, Versioned};
pub use plan_records::KeptPlan;
pub use planning::CallFilter;
pub use programs::{InstalledProgram, NewProgram, ProgramHistory};
pub use runs::{AssessmentRun, RunState};
pub use seal::{Entropy, Kek, SystemEntropy};
pub use selections::Signature;
pub use signature::verify_signature;
pub use store::{Municipality, NewMunicipality, OpenOptions, Place, Scope, Store, YearOf, utc_year};
pub use submit::{BlindValue, Idempotency, NewApplication, SubmitError, Submitted};
pub use suggestions::{SuggestionFilter, SuggestionText};
pub use tx::{Actor, Tx};
pub use upkeep::{MergedRecord, Reminded};
pub use verify::{Head, JournalFault, Verified};

/// What may be personal, or was erased with its person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readable<T> {
    /// The data.
    Data(T),
    /// The person was erased.
    Erased,
}

impl<T> Readable<T> {
    /// The data, unless the person was erased.
    pub fn data(self) -> Option<T> {
        match self {
            Self::Data(data) => Some(data),
            Self::Erased => None,
        }
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| {
        DIGITS
            .get(usize::from(value & 15))
            .map_or('0', |digit| char::from(*digit))
    };
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

/// Bytes from exactly `2 * N` hexadecimal digits.
pub(crate) fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != N.checked_mul(2)? {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let pair = std::str::from_utf8(pair).ok()?;
        if pair.starts_with('+') {
            return None;
        }
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(bytes)
}

//! Search in memory: words of Greek and other languages, in any form, spelling or keyboard, with the reason of each match.
//!
//! Everything is computed here from the records, so that every database gives the same answers. The texts stand in an
//! [`Index`]; [`Index::find`] reads a query and answers documents with their scores; what a document matched, and how, is
//! told by [`Found::reasons`].

mod build;
mod change;
mod find;
mod named;
mod postings;
mod query;
mod services;
mod spelled;
mod synonyms;
mod vocabulary;

use serde::{Deserialize, Serialize};

pub use build::{Builder, Shared};
pub use find::{Found, Hit, Reason};
pub use named::NamedIndex;
pub use postings::Index;
pub use services::{ServiceIndex, Touched};
pub use synonyms::{SynonymError, SynonymGroup, Synonyms};

/// Which text of a record a word stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// Its name.
    Name,
    /// Another name of it.
    OtherName,
    /// What kind of service it is: the category, one above it, or an everyday word for it.
    Category,
    /// Where it is.
    Place,
    /// Who offers it.
    Organization,
    /// Whom it is for.
    Group,
    /// Which part of the city it serves.
    Area,
    /// What it says of itself.
    Description,
}

impl Field {
    /// Every field, in the order of their worth.
    pub const ALL: [Self; 8] = [
        Self::Name,
        Self::OtherName,
        Self::Category,
        Self::Place,
        Self::Organization,
        Self::Group,
        Self::Area,
        Self::Description,
    ];

    /// Its place in a set of fields.
    fn bit(self) -> u8 {
        match self {
            Self::Name => 1,
            Self::OtherName => 1 << 1,
            Self::Category => 1 << 2,
            Self::Place => 1 << 3,
            Self::Organization => 1 << 4,
            Self::Group => 1 << 5,
            Self::Area => 1 << 6,
            Self::Description => 1 << 7,
        }
    }

    /// How much a word in it says about the record.
    fn worth(self) -> u16 {
        match self {
            Self::Name => 10,
            Self::OtherName => 8,
            Self::Category => 7,
            Self::Place | Self::Organization => 5,
            Self::Group | Self::Area => 4,
            Self::Description => 3,
        }
    }

    /// The field of a set that says most; a set is never empty.
    fn best_of(set: u8) -> Self {
        Self::ALL
            .into_iter()
            .find(|field| set & field.bit() != 0)
            .unwrap_or(Self::Description)
    }
}

/// How a word of a query met a word of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// The word itself; accents, case and final sigma do not count.
    Word,
    /// Another form of the word.
    Inflected,
    /// It sounds the same: Greeklish, or another spelling of the same sounds.
    Sound,
    /// The record's word starts with it.
    Start,
    /// The record's word starts with its sound.
    SoundStart,
    /// It means the same, by the municipality's list.
    Synonym,
    /// It was typed with the keyboard in the other language.
    Layout,
    /// It was mistyped: a letter or two are different.
    Typo,
}

impl Form {
    /// How sure it is that the record's word was meant, out of 100.
    fn worth(self) -> u16 {
        match self {
            Self::Word => 100,
            Self::Inflected => 95,
            Self::Sound => 75,
            Self::Start => 70,
            Self::Layout | Self::Synonym => 60,
            Self::SoundStart => 50,
            Self::Typo => 40,
        }
    }
}

/// A number of a list as an index.
fn at(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// The length of a list as a number; no list here comes near the limit.
fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

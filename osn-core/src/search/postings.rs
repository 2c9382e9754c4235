//! Which word stands in which documents: compact lists, texts that many documents share kept once.

use std::sync::Arc;

use super::vocabulary::Vocabulary;
use super::{Field, at};

/// Lists of numbers, one after the other.
#[derive(Debug, Default)]
pub(super) struct Lists {
    /// Where each list ends.
    ends: Vec<u32>,
    items: Vec<u32>,
}

impl Lists {
    pub(super) fn new(lists: impl IntoIterator<Item = Vec<u32>>) -> Self {
        let mut all = Self::default();
        for list in lists {
            all.items.extend(list);
            all.ends.push(super::number(all.items.len()));
        }
        all.items.shrink_to_fit();
        all
    }

    /// Adds to the list that is being made.
    pub(super) fn push(&mut self, item: u32) {
        self.items.push(item);
    }

    /// Ends the list that is being made.
    pub(super) fn end(&mut self) {
        self.ends.push(super::number(self.items.len()));
    }

    /// Items of all lists, the one that is being made among them.
    pub(super) fn items(&self) -> usize {
        self.items.len()
    }

    fn bounds(&self, list: u32) -> std::ops::Range<usize> {
        let end = self.ends.get(at(list)).copied().unwrap_or_default();
        let start = list
            .checked_sub(1)
            .and_then(|before| self.ends.get(at(before)).copied())
            .unwrap_or_default();
        at(start)..at(end)
    }

    pub(super) fn of(&self, list: u32) -> &[u32] {
        self.items.get(self.bounds(list)).unwrap_or_default()
    }
}

/// A text that many documents have, such as the name of their category: its field, and the documents.
#[derive(Debug)]
pub(super) struct SharedText {
    pub(super) field: Field,
    pub(super) documents: Vec<u32>,
}

/// The texts of a number of documents, ready to be searched. Documents are numbered from 0 in the order in which they
/// were added.
#[derive(Debug, Default)]
pub struct Index {
    pub(super) vocabulary: Arc<Vocabulary>,
    /// Documents in whose own texts each word stands.
    pub(super) own: Lists,
    /// Beside each item of `own`, the fields in which the word stands.
    pub(super) fields: Vec<u8>,
    /// Shared texts in which each word stands.
    pub(super) shared_of: Lists,
    pub(super) shared: Vec<SharedText>,
    /// How many telling words the name of each document has, in its shortest language.
    pub(super) name_lengths: Vec<u8>,
}

impl Index {
    /// How many documents it holds.
    pub fn len(&self) -> usize {
        self.name_lengths.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.name_lengths.is_empty()
    }

    /// How many different words it knows.
    pub fn words(&self) -> usize {
        at(self.vocabulary.len())
    }

    /// The documents in whose own texts a word stands, with the fields.
    pub(super) fn own_of(&self, word: u32) -> impl Iterator<Item = (u32, u8)> + '_ {
        let fields = self.fields.get(self.own.bounds(word)).unwrap_or_default();
        self.own.of(word).iter().copied().zip(fields.iter().copied())
    }

    pub(super) fn shared_with(&self, word: u32) -> impl Iterator<Item = &SharedText> + '_ {
        self.shared_of
            .of(word)
            .iter()
            .filter_map(|shared| self.shared.get(at(*shared)))
    }

    /// The best field of a document in which a word stands.
    pub(super) fn field_of(&self, word: u32, document: u32) -> Option<Field> {
        let own = self.own.of(word).binary_search(&document).ok().and_then(|found| {
            let start = self.own.bounds(word).start;
            self.fields.get(start.saturating_add(found))
        });
        let own = own.map(|set| Field::best_of(*set));
        let shared = self
            .shared_with(word)
            .filter(|shared| shared.documents.binary_search(&document).is_ok())
            .map(|shared| shared.field)
            .min();
        own.into_iter().chain(shared).min()
    }
}

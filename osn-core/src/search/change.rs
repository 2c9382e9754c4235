//! An index once a few of its documents changed: no other text is read again. What comes out is what building anew would give.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::build::{Shared, length};
use super::postings::{Index, Lists, SharedText};
use super::spelled::{Difference, words_of};
use super::vocabulary::{Vocabulary, Word};
use super::{Field, at, number};

/// What changes in an index: first the texts that documents share, then the documents in the order of their new numbers.
#[derive(Debug, Default)]
pub(super) struct Change {
    /// For each document before: its number after; none where its texts changed or it is gone.
    stays: Vec<Option<u32>>,
    /// The documents with new texts, by their new numbers.
    documents: BTreeMap<u32, Document>,
    /// Shared texts that say something else or are new: their field, and their words.
    shared: BTreeMap<Shared, (Field, BTreeSet<Arc<str>>)>,
    spellings: Difference,
    /// How many shared texts there are.
    texts: u32,
}

#[derive(Debug)]
struct Document {
    words: BTreeMap<Arc<str>, u8>,
    shared: BTreeSet<Shared>,
    name_length: u8,
}

impl Change {
    /// Of an index whose documents are renumbered.
    pub(super) fn of(index: &Index, stays: Vec<Option<u32>>) -> Self {
        Self {
            stays,
            texts: number(index.shared.len()),
            ..Self::default()
        }
    }

    /// A shared text that is new.
    pub(super) fn share<'t>(&mut self, field: Field, texts: impl IntoIterator<Item = &'t str>) -> Shared {
        let shared = Shared(self.texts);
        self.texts = self.texts.saturating_add(1);
        self.say(shared, field, texts);
        shared
    }

    /// A shared text as it says from now on.
    pub(super) fn say<'t>(&mut self, shared: Shared, field: Field, texts: impl IntoIterator<Item = &'t str>) {
        let mut words = BTreeSet::new();
        for text in texts {
            self.spellings.count(text, 1);
            words.extend(text.split_whitespace().flat_map(words_of).map(|(word, _)| word));
        }
        self.shared.insert(shared, (field, words));
    }

    /// A text that was said before and is not any more.
    pub(super) fn forget(&mut self, text: &str) {
        self.spellings.count(text, -1);
    }

    /// A document as it says from now on.
    pub(super) fn document<'t>(
        &mut self,
        number: u32,
        texts: impl IntoIterator<Item = (Field, &'t str)>,
        shared: impl IntoIterator<Item = Shared>,
    ) {
        let mut words: BTreeMap<Arc<str>, u8> = BTreeMap::new();
        let mut name_length = u8::MAX;
        for (field, text) in texts {
            self.spellings.count(text, 1);
            let said: Vec<Arc<str>> = text
                .split_whitespace()
                .flat_map(words_of)
                .map(|(word, _)| word)
                .collect();
            if field == Field::Name {
                name_length = name_length.min(length(said.len()));
            }
            for word in said {
                *words.entry(word).or_default() |= field.bit();
            }
        }
        self.documents.insert(
            number,
            Document {
                words,
                shared: shared.into_iter().collect(),
                name_length,
            },
        );
    }

    fn stays(&self, document: u32) -> Option<u32> {
        *self.stays.get(at(document))?
    }

    /// Every word that stands in a changed text, with the documents and shared texts in which it stands now.
    fn written(&self) -> BTreeMap<&Arc<str>, Written> {
        let mut words: BTreeMap<&Arc<str>, Written> = BTreeMap::new();
        for (number, document) in &self.documents {
            for (word, fields) in &document.words {
                words.entry(word).or_default().own.push((*number, *fields));
            }
        }
        for (Shared(shared), (_, said)) in &self.shared {
            for word in said {
                words.entry(word).or_default().shared.push(*shared);
            }
        }
        words
    }
}

/// Where a word stands in what changed, in the order of the numbers.
#[derive(Debug, Default)]
struct Written {
    own: Vec<(u32, u8)>,
    shared: Vec<u32>,
}

impl Index {
    /// The index after a change.
    pub(super) fn after(&self, change: &Change) -> Self {
        let mut lists = Merged::default();
        let mut written = change.written().into_iter().peekable();
        let nothing = Written::default();
        for (old, word) in (0_u32..).zip(self.vocabulary.words()) {
            while let Some((new, stands)) = written.next_if(|(new, _)| ***new < *word.folded) {
                lists.add(self, change, None, new, &stands);
            }
            let stands = written.next_if(|(new, _)| ***new == *word.folded);
            let stands = stands.as_ref().map_or(&nothing, |(_, stands)| stands);
            lists.add(self, change, Some((old, word)), &word.folded, stands);
        }
        for (new, stands) in written {
            lists.add(self, change, None, new, &stands);
        }
        let vocabulary = if lists.is_same {
            Arc::clone(&self.vocabulary)
        } else {
            Arc::new(Vocabulary::after(&self.vocabulary, lists.words, &lists.moved))
        };
        Self {
            vocabulary,
            own: lists.own,
            fields: lists.fields,
            shared_of: lists.shared_of,
            shared: self.shared_after(change),
            name_lengths: self.lengths_after(change),
        }
    }

    fn shared_after(&self, change: &Change) -> Vec<SharedText> {
        let mut new: Vec<Vec<u32>> = vec![Vec::new(); at(change.texts)];
        for (document, said) in &change.documents {
            for Shared(shared) in &said.shared {
                if let Some(documents) = new.get_mut(at(*shared)) {
                    documents.push(*document);
                }
            }
        }
        let texts = (0_u32..).zip(new).map(|(shared, new)| {
            let before = self.shared.get(at(shared));
            let field = change.shared.get(&Shared(shared)).map(|(field, _)| *field);
            let field = field
                .or_else(|| before.map(|text| text.field))
                .unwrap_or(Field::Description);
            let stay = before.map(|text| text.documents.as_slice()).unwrap_or_default();
            let stay = stay.iter().filter_map(|document| change.stays(*document));
            SharedText {
                field,
                documents: merged(stay, new.into_iter()).collect(),
            }
        });
        texts.collect()
    }

    fn lengths_after(&self, change: &Change) -> Vec<u8> {
        let stay = change.stays.iter().flatten().count();
        let mut lengths = vec![u8::MAX; stay.saturating_add(change.documents.len())];
        let old = change.stays.iter().zip(&self.name_lengths);
        let old = old.filter_map(|(stays, length)| Some(((*stays)?, *length)));
        let new = change
            .documents
            .iter()
            .map(|(number, document)| (*number, document.name_length));
        for (number, length) in old.chain(new) {
            if let Some(place) = lengths.get_mut(at(number)) {
                *place = length;
            }
        }
        lengths
    }
}

/// Numbers of two lists in their order.
fn merged(one: impl Iterator<Item = u32>, other: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
    let (mut one, mut other) = (one.peekable(), other.peekable());
    std::iter::from_fn(move || match (one.peek(), other.peek()) {
        (Some(first), Some(second)) if second < first => other.next(),
        (Some(_), _) => one.next(),
        (None, _) => other.next(),
    })
}

/// The lists of the words, put together in the order of the vocabulary.
#[derive(Debug)]
struct Merged {
    own: Lists,
    fields: Vec<u8>,
    shared_of: Lists,
    /// The words, with how they are written.
    words: Vec<Word>,
    /// For each word before: its number now; none where it stands nowhere any more.
    moved: Vec<Option<u32>>,
    /// No word came, went, or is written otherwise.
    is_same: bool,
}

impl Default for Merged {
    fn default() -> Self {
        Self {
            own: Lists::default(),
            fields: Vec::new(),
            shared_of: Lists::default(),
            words: Vec::new(),
            moved: Vec::new(),
            is_same: true,
        }
    }
}

impl Merged {
    fn add(&mut self, index: &Index, change: &Change, old: Option<(u32, &Word)>, folded: &Arc<str>, new: &Written) {
        let number_before = old.map(|(number, _)| number);
        let (own_before, shared_before) = (self.own.items(), self.shared_of.items());
        let mut fresh = new.own.iter().copied().peekable();
        for (document, fields) in number_before.into_iter().flat_map(|word| index.own_of(word)) {
            let Some(document) = change.stays(document) else {
                continue;
            };
            while let Some((document, fields)) = fresh.next_if(|(fresh, _)| *fresh < document) {
                self.own.push(document);
                self.fields.push(fields);
            }
            self.own.push(document);
            self.fields.push(fields);
        }
        for (document, fields) in fresh {
            self.own.push(document);
            self.fields.push(fields);
        }
        let texts = number_before.map(|word| index.shared_of.of(word)).unwrap_or_default();
        let texts = texts
            .iter()
            .copied()
            .filter(|text| !change.shared.contains_key(&Shared(*text)));
        merged(texts, new.shared.iter().copied()).for_each(|text| self.shared_of.push(text));
        let stands = self.own.items() > own_before || self.shared_of.items() > shared_before;
        if !stands {
            self.is_same = false;
            if old.is_some() {
                self.moved.push(None);
            }
            return;
        }
        self.own.end();
        self.shared_of.end();
        let mut word = match old {
            Some((_, word)) => word.clone(),
            None => Word::new(Arc::clone(folded)),
        };
        if old.is_none() || change.spellings.names(folded) {
            change.spellings.apply(folded, &mut word.spellings);
            self.is_same &= old.is_some_and(|(_, before)| before.spellings == word.spellings);
        }
        if old.is_some() {
            self.moved.push(Some(number(self.words.len())));
        }
        self.words.push(word);
    }
}

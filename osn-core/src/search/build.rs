//! Building an index: documents with texts of their own and texts that they share.

use std::collections::HashMap;
use std::sync::Arc;

use super::postings::{Index, Lists, SharedText};
use super::spelled::{Spellings, words_of};
use super::vocabulary::Vocabulary;
use super::{Field, at, number};

/// The number of a shared text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Shared(pub(super) u32);

/// Words in the order in which they were met, and where they stand.
#[derive(Debug, Default)]
pub struct Builder {
    /// Number of each folded word.
    numbers: HashMap<Arc<str>, u32>,
    /// How each is written.
    spellings: Vec<Spellings>,
    /// What a piece of text between spaces was folded to: most pieces come again and again.
    pieces: HashMap<Box<str>, Met>,
    own: Vec<Vec<(u32, u8)>>,
    shared_of: Vec<Vec<u32>>,
    shared: Vec<SharedText>,
    name_lengths: Vec<u8>,
}

/// A piece of text that was met before: its words with their spellings, and how often.
#[derive(Debug)]
struct Met {
    words: Vec<(u32, Arc<str>)>,
    times: u32,
}

impl Builder {
    /// A builder without documents.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text that documents may share: the name of a body, a place, a category with its everyday words.
    pub fn share<'t>(&mut self, field: Field, texts: impl IntoIterator<Item = &'t str>) -> Shared {
        let id = number(self.shared.len());
        for text in texts {
            for word in self.words(text) {
                if let Some(lists) = self.shared_of.get_mut(at(word))
                    && lists.last() != Some(&id)
                {
                    lists.push(id);
                }
            }
        }
        self.shared.push(SharedText {
            field,
            documents: Vec::new(),
        });
        Shared(id)
    }

    /// Adds the next document: its own texts, and the shared ones that are true of it.
    pub fn document<'t>(
        &mut self,
        texts: impl IntoIterator<Item = (Field, &'t str)>,
        shared: impl IntoIterator<Item = Shared>,
    ) {
        let id = number(self.name_lengths.len());
        let mut name_length = u8::MAX;
        for (field, text) in texts {
            let words = self.words(text);
            if field == Field::Name {
                name_length = name_length.min(length(words.len()));
            }
            for word in words {
                let Some(postings) = self.own.get_mut(at(word)) else {
                    continue;
                };
                match postings.last_mut() {
                    Some((last, fields)) if *last == id => *fields |= field.bit(),
                    _ => postings.push((id, field.bit())),
                }
            }
        }
        for Shared(shared) in shared {
            if let Some(text) = self.shared.get_mut(at(shared))
                && text.documents.last() != Some(&id)
            {
                text.documents.push(id);
            }
        }
        self.name_lengths.push(name_length);
    }

    /// The telling words of a text, numbered.
    fn words(&mut self, text: &str) -> Vec<u32> {
        let mut words = Vec::new();
        for piece in text.split_whitespace() {
            if let Some(known) = self.pieces.get_mut(piece) {
                known.times = known.times.saturating_add(1);
                words.extend(known.words.iter().map(|(word, _)| *word));
                continue;
            }
            let new: Vec<(u32, Arc<str>)> = words_of(piece)
                .into_iter()
                .map(|(word, shown)| (self.number(word), shown))
                .collect();
            words.extend(new.iter().map(|(word, _)| *word));
            self.pieces.insert(piece.into(), Met { words: new, times: 1 });
        }
        words
    }

    fn number(&mut self, folded: Arc<str>) -> u32 {
        if let Some(number) = self.numbers.get(&folded) {
            return *number;
        }
        let id = number(self.spellings.len());
        self.spellings.push(Spellings::default());
        self.numbers.insert(folded, id);
        self.own.push(Vec::new());
        self.shared_of.push(Vec::new());
        id
    }

    /// The finished index.
    pub fn finish(self) -> Index {
        let mut spellings = self.spellings;
        for Met { words, times } in self.pieces.into_values() {
            for (word, shown) in words {
                if let Some(known) = spellings.get_mut(at(word)) {
                    known.count(&shown, times.into());
                }
            }
        }
        let vocabulary = Vocabulary::new(self.numbers.iter().map(|(folded, id)| {
            let spelled = spellings.get_mut(at(*id)).map(std::mem::take).unwrap_or_default();
            (Arc::clone(folded), spelled)
        }));
        // The vocabulary has an order of its own: each list moves to the place of its word.
        let mut places: Vec<u32> = vec![0; self.own.len()];
        for (folded, old) in &self.numbers {
            if let (Some(new), Some(place)) = (vocabulary.number(folded), places.get_mut(at(*old))) {
                *place = new;
            }
        }
        let own = in_order(self.own, &places);
        let fields = own.iter().flatten().map(|(_, fields)| *fields).collect();
        Index {
            own: Lists::new(
                own.into_iter()
                    .map(|list| list.into_iter().map(|(document, _)| document).collect()),
            ),
            fields,
            shared_of: Lists::new(in_order(self.shared_of, &places)),
            shared: self.shared,
            vocabulary: Arc::new(vocabulary),
            name_lengths: self.name_lengths,
        }
    }
}

/// How many words a name has, as far as it is counted.
pub(super) fn length(words: usize) -> u8 {
    u8::try_from(words).unwrap_or(u8::MAX)
}

fn in_order<T>(lists: Vec<Vec<T>>, places: &[u32]) -> Vec<Vec<T>> {
    let mut ordered: Vec<Vec<T>> = Vec::new();
    ordered.resize_with(lists.len(), Vec::new);
    for (list, place) in lists.into_iter().zip(places) {
        if let Some(slot) = ordered.get_mut(at(*place)) {
            *slot = list;
        }
    }
    ordered
}

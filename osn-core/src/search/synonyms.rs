//! Groups of words and phrases that mean the same: a municipality's list, which its staff edit.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::at;
use super::query::{Typed, is_stop_word};
use super::spelled::abbreviated;
use crate::text::fold;

/// Words and phrases of any language that mean the same: whoever types one finds what is written with another.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SynonymGroup {
    /// The words and phrases, everyday sentences among them: «δεν έχω να φάω», "I have nothing to eat".
    pub words: Vec<String>,
}

/// Groups that a list may have.
const MAX_GROUPS: usize = 2_000;
/// Words and phrases that a group may have.
const MAX_WORDS: usize = 100;
/// Characters that a phrase may have.
const MAX_LENGTH: usize = 120;

/// What is wrong with a list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SynonymError {
    /// Too many groups.
    #[error("a list has at most {MAX_GROUPS} groups")]
    TooManyGroups,
    /// A group with one word or with too many.
    #[error("group {group}: a group has 2 to {MAX_WORDS} words that differ")]
    Size {
        /// Its place in the list, from 0.
        group: usize,
    },
    /// A phrase without a word, or too long.
    #[error("group {group}, word {word}: a phrase has a word in it and at most {MAX_LENGTH} characters")]
    Phrase {
        /// The group's place in the list, from 0.
        group: usize,
        /// The phrase's place in the group, from 0.
        word: usize,
    },
}

/// A phrase, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Phrase {
    group: u32,
    pub(super) text: String,
    pub(super) words: Vec<Typed>,
}

/// A list that was checked and taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Synonyms {
    groups: Vec<Vec<Phrase>>,
    /// Group and place of the phrases whose first word has this stem.
    by_stem: HashMap<String, Vec<(u32, u32)>>,
    /// The same by the sound of a Greek first word.
    by_sound: HashMap<String, Vec<(u32, u32)>>,
}

impl Synonyms {
    /// Checks a list and takes it apart.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn new(list: &[SynonymGroup]) -> Result<Self, Vec<SynonymError>> {
        let mut errors = Vec::new();
        if list.len() > MAX_GROUPS {
            return Err(vec![SynonymError::TooManyGroups]);
        }
        let mut synonyms = Self::default();
        for (number, group) in list.iter().enumerate() {
            let different: BTreeSet<String> = group.words.iter().map(|word| fold(word)).collect();
            if different.len() < 2 || group.words.len() > MAX_WORDS {
                errors.push(SynonymError::Size { group: number });
            }
            for (word, text) in group.words.iter().enumerate() {
                if fold(text).is_empty() || text.chars().count() > MAX_LENGTH {
                    errors.push(SynonymError::Phrase { group: number, word });
                }
            }
            synonyms.add(group);
        }
        if errors.is_empty() { Ok(synonyms) } else { Err(errors) }
    }

    fn add(&mut self, group: &SynonymGroup) {
        let id = super::number(self.groups.len());
        let phrases: Vec<Phrase> = group
            .words
            .iter()
            .map(|text| Phrase {
                group: id,
                text: text.trim().to_owned(),
                words: telling_words(text),
            })
            .collect();
        for (place, phrase) in (0_u32..).zip(&phrases) {
            let Some(first) = phrase.words.first() else { continue };
            self.by_stem.entry(first.stem.clone()).or_default().push((id, place));
            if !first.folded.is_ascii() {
                for sound in &first.sound_stems {
                    self.by_sound.entry(sound.clone()).or_default().push((id, place));
                }
            }
        }
        self.groups.push(phrases);
    }

    /// The longest phrases that stand at the start of some typed words: how many words, and their groups.
    pub(super) fn at_start(&self, typed: &[Typed]) -> Option<(usize, BTreeSet<u32>)> {
        let first = typed.first()?;
        let by_sound = first.sound_stems.iter().filter_map(|sound| self.by_sound.get(sound));
        let places = self.by_stem.get(&first.stem).into_iter().chain(by_sound).flatten();
        let mut longest: (usize, BTreeSet<u32>) = (0, BTreeSet::new());
        for phrase in places.filter_map(|(group, place)| self.groups.get(at(*group))?.get(at(*place))) {
            let fits = phrase.words.len() <= typed.len() && phrase.words.iter().zip(typed).all(|(a, b)| a.means(b));
            if fits && phrase.words.len() >= longest.0 {
                if phrase.words.len() > longest.0 {
                    longest = (phrase.words.len(), BTreeSet::new());
                }
                longest.1.insert(phrase.group);
            }
        }
        (longest.0 > 0).then_some(longest)
    }

    /// Whether a phrase starts with a word.
    pub(super) fn knows(&self, typed: &Typed) -> bool {
        self.by_stem.contains_key(&typed.stem)
            || typed.sound_stems.iter().any(|sound| self.by_sound.contains_key(sound))
    }

    pub(super) fn group(&self, group: u32) -> &[Phrase] {
        self.groups.get(at(group)).map_or(&[], Vec::as_slice)
    }
}

/// The words of a phrase that say something; all of them where none does.
fn telling_words(text: &str) -> Vec<Typed> {
    // As what is typed is read: an abbreviation is one word.
    let pieces = text.split_whitespace();
    let pieces = pieces.map(|piece| fold(&abbreviated(piece).unwrap_or_else(|| piece.to_owned())));
    let folded = pieces.collect::<Vec<_>>().join(" ");
    let all = || folded.split(' ').filter(|word| !word.is_empty());
    let telling: Vec<Typed> = all().filter(|word| !is_stop_word(word)).map(Typed::new).collect();
    if telling.is_empty() {
        all().map(Typed::new).collect()
    } else {
        telling
    }
}

//! Every word of the records once: as it is written, folded, by stem and by sound.

use std::collections::HashMap;

use super::{at, number};
use crate::text::edit;
use crate::text::phonetic::{phonetic, phonetic_stem};
use crate::text::stem::stem_of_folded;

/// A word of the records.
#[derive(Debug)]
struct Word {
    folded: Box<str>,
    /// As it was first written.
    shown: Box<str>,
    /// The letters it has, one bit each, to skip what cannot be near.
    letters: u64,
}

/// The words, numbered in the order of their folded spelling.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    words: Vec<Word>,
    stems: HashMap<Box<str>, Vec<u32>>,
    /// Sound of each word, in the order of the sounds.
    sounds: Vec<(Box<str>, u32)>,
    sound_stems: HashMap<Box<str>, Vec<u32>>,
}

/// Words that one typed word may start, at most; the rest are too many to mean anything.
const MAX_STARTS: usize = 2_000;
/// Words that a mistyped one may mean, at most.
const MAX_TYPOS: usize = 12;

impl Vocabulary {
    /// The vocabulary of folded words, each with the spelling to show.
    pub(super) fn new(words: impl IntoIterator<Item = (Box<str>, Box<str>)>) -> Self {
        let mut words: Vec<Word> = words
            .into_iter()
            .map(|(folded, shown)| Word {
                letters: letters(&folded),
                folded,
                shown,
            })
            .collect();
        words.sort_unstable_by(|a, b| a.folded.cmp(&b.folded));
        let mut vocabulary = Self::default();
        for (id, word) in (0_u32..).zip(&words) {
            vocabulary
                .stems
                .entry(stem_of_folded(&word.folded).into())
                .or_default()
                .push(id);
            let sound = phonetic(&word.folded);
            if !word.folded.is_ascii() {
                let stem = phonetic_stem(&sound);
                vocabulary.sound_stems.entry(stem.into()).or_default().push(id);
            }
            vocabulary.sounds.push((sound.into(), id));
        }
        vocabulary.sounds.sort_unstable();
        vocabulary.words = words;
        vocabulary
    }

    pub(super) fn len(&self) -> u32 {
        number(self.words.len())
    }

    /// The number of a folded word.
    pub(super) fn number(&self, folded: &str) -> Option<u32> {
        self.words
            .binary_search_by(|word| (*word.folded).cmp(folded))
            .ok()
            .map(number)
    }

    /// A word as the records write it.
    pub(super) fn shown(&self, word: u32) -> &str {
        self.words.get(at(word)).map_or("", |word| &*word.shown)
    }

    pub(super) fn with_stem(&self, stem: &str) -> &[u32] {
        self.stems.get(stem).map_or(&[], Vec::as_slice)
    }

    pub(super) fn with_sound_stem(&self, stem: &str) -> &[u32] {
        self.sound_stems.get(stem).map_or(&[], Vec::as_slice)
    }

    /// The words that start with a folded one, itself not among them.
    pub(super) fn starting_with<'a>(&'a self, folded: &'a str) -> impl Iterator<Item = u32> + 'a {
        let first = self.words.partition_point(|word| *word.folded <= *folded);
        (number(first)..)
            .zip(self.words.iter().skip(first))
            .take_while(move |(_, word)| word.folded.starts_with(folded))
            .map(|(id, _)| id)
            .take(MAX_STARTS)
    }

    /// The words whose sound starts with another.
    pub(super) fn sounding_like_start<'a>(&'a self, sound: &'a str) -> impl Iterator<Item = u32> + 'a {
        let first = self.sounds.partition_point(|(known, _)| **known < *sound);
        self.sounds
            .iter()
            .skip(first)
            .take_while(move |(known, _)| known.starts_with(sound))
            .map(|(_, id)| *id)
            .take(MAX_STARTS)
    }

    /// The nearest words to a mistyped one: those with the fewest slips, by spelling or by sound.
    pub(super) fn near(&self, folded: &str, sounds: &[String]) -> Vec<u32> {
        let most = edit::forgiven(folded);
        if most == 0 {
            return Vec::new();
        }
        let mut nearest: Vec<(usize, u32)> = Vec::new();
        let mut look = |wanted: &str, known: &str, letters_known: u64, id: u32| {
            // A slip changes at most two letters of the set.
            let apart = (letters(wanted) ^ letters_known).count_ones();
            if at(apart) <= most.saturating_mul(2)
                && let Some(slips) = edit::distance(wanted, known, most)
            {
                nearest.push((slips, id));
            }
        };
        for (id, word) in (0_u32..).zip(&self.words) {
            look(folded, &word.folded, word.letters, id);
        }
        if let Some(likeliest) = sounds.first() {
            for (sound, id) in &self.sounds {
                look(likeliest, sound, letters(sound), *id);
            }
        }
        nearest.sort_unstable();
        let least = nearest.first().map_or(0, |(slips, _)| *slips);
        let mut words: Vec<u32> = nearest
            .into_iter()
            .take_while(|(slips, _)| *slips == least)
            .map(|(_, id)| id)
            .collect();
        words.sort_unstable();
        words.dedup();
        words.truncate(MAX_TYPOS);
        words
    }
}

/// One bit for each letter of a word.
fn letters(word: &str) -> u64 {
    word.chars()
        .fold(0, |set, c| set | 1_u64.rotate_left(u32::from(c).rem_euclid(64)))
}

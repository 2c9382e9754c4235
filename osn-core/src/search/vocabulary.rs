//! Every word of the records once: as it is written, folded, by stem and by sound.

use std::collections::HashMap;

use super::{at, number};
use crate::text::edit::{self, Measure};
use crate::text::phonetic::{phonetic, phonetic_stem};
use crate::text::stem::stem_of_folded;

/// A word of the records.
#[derive(Debug)]
struct Word {
    folded: Box<str>,
    /// As it was first written.
    shown: Box<str>,
    look: Look,
}

/// How a word looks from afar, to skip what cannot be near.
#[derive(Debug, Clone, Copy)]
struct Look {
    /// The letters it has, one bit each.
    letters: u64,
    /// How many.
    length: u8,
}

impl Look {
    fn of(word: &str) -> Self {
        let length = word.chars().count();
        Self {
            letters: word
                .chars()
                .fold(0, |set, c| set | 1_u64.rotate_left(u32::from(c).rem_euclid(64))),
            length: u8::try_from(length).unwrap_or(u8::MAX),
        }
    }

    /// Whether so many slips may lie between two words: each changes at most two letters of the set, and the length by one.
    fn may_be_near(self, other: Self, most: usize) -> bool {
        at((self.letters ^ other.letters).count_ones()) <= most.saturating_mul(2)
            && usize::from(self.length.abs_diff(other.length)) <= most
    }
}

/// How a word sounds.
#[derive(Debug)]
struct Sound {
    letters: Box<str>,
    look: Look,
    word: u32,
}

/// The words, numbered in the order of their folded spelling.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    words: Vec<Word>,
    stems: HashMap<Box<str>, Vec<u32>>,
    /// Sound of each word, in the order of the sounds.
    sounds: Vec<Sound>,
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
                look: Look::of(&folded),
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
            vocabulary.sounds.push(Sound {
                look: Look::of(&sound),
                letters: sound.into(),
                word: id,
            });
        }
        vocabulary
            .sounds
            .sort_unstable_by(|a, b| (&a.letters, a.word).cmp(&(&b.letters, b.word)));
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
        let first = self.sounds.partition_point(|known| *known.letters < *sound);
        self.sounds
            .iter()
            .skip(first)
            .take_while(move |known| known.letters.starts_with(sound))
            .map(|known| known.word)
            .take(MAX_STARTS)
    }

    /// The nearest words to a mistyped one: those with the fewest slips, by spelling or by sound.
    pub(super) fn near(&self, folded: &str, sounds: &[String]) -> Vec<u32> {
        let most = edit::forgiven(folded);
        if most == 0 {
            return Vec::new();
        }
        let mut nearest: Vec<(usize, u32)> = Vec::new();
        // Only the fewest slips count: what is further away than something that was found is not measured to its end.
        let mut least = most;
        let mut keep = |slips: Option<usize>, id: u32, least: &mut usize| {
            if let Some(slips) = slips {
                *least = slips;
                nearest.push((slips, id));
            }
        };
        let (look, measure) = (Look::of(folded), Measure::new(folded));
        for (id, word) in (0_u32..).zip(&self.words) {
            if look.may_be_near(word.look, least) {
                keep(measure.distance(&word.folded, least), id, &mut least);
            }
        }
        if let Some(likeliest) = sounds.first() {
            let (look, measure) = (Look::of(likeliest), Measure::new(likeliest));
            for known in &self.sounds {
                if look.may_be_near(known.look, least) {
                    keep(measure.distance(&known.letters, least), known.word, &mut least);
                }
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

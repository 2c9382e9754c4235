//! Every word of the records once: as it is written, folded, by stem and by sound.

use std::collections::HashMap;
use std::sync::Arc;

use super::spelled::Spellings;
use super::{at, number};
use crate::text::edit::{self, Measure};
use crate::text::phonetic::{phonetic, phonetic_stem};
use crate::text::stem::stem_of_folded;

/// A word of the records.
#[derive(Debug, Clone)]
pub(super) struct Word {
    pub(super) folded: Arc<str>,
    /// How it is written.
    pub(super) spellings: Spellings,
}

impl Word {
    pub(super) fn new(folded: Arc<str>) -> Self {
        Self {
            folded,
            spellings: Spellings::default(),
        }
    }
}

/// How a word sounds.
#[derive(Debug, Clone)]
struct Sound {
    letters: Arc<str>,
    word: u32,
}

impl Sound {
    fn order(one: &Self, other: &Self) -> std::cmp::Ordering {
        (&one.letters, one.word).cmp(&(&other.letters, other.word))
    }
}

/// Spellings by their length, each with the letters it has: what cannot be near a mistyped word is passed over without being
/// read.
#[derive(Debug, Default)]
struct Shelves(Vec<Shelf>);

/// Spellings of one length.
#[derive(Debug, Default)]
struct Shelf {
    /// The letters of each, one bit each.
    letters: Vec<u64>,
    /// Its place in the list that the shelves are of.
    places: Vec<u32>,
}

impl Shelves {
    fn of<'w>(spellings: impl Iterator<Item = &'w str>) -> Self {
        let mut shelves: Vec<Shelf> = Vec::new();
        for (place, spelling) in (0_u32..).zip(spellings) {
            let length = spelling.chars().count().min(LONGEST);
            if shelves.len() <= length {
                shelves.resize_with(length.saturating_add(1), Shelf::default);
            }
            if let Some(shelf) = shelves.get_mut(length) {
                shelf.letters.push(letters_of(spelling));
                shelf.places.push(place);
            }
        }
        Self(shelves)
    }

    /// The nearest spellings to a mistyped one within `least` slips, which becomes the fewest that were found: what is
    /// further away than that is not measured to its end. Each slip changes at most two letters of the set, and the length by
    /// one; those of the same length come first.
    fn near<'w>(
        &self,
        typed: &str,
        least: &mut usize,
        spelling: impl Fn(u32) -> Option<&'w str>,
        mut found: impl FnMut(usize, u32),
    ) {
        let (length, letters, measure) = (
            typed.chars().count().min(LONGEST),
            letters_of(typed),
            Measure::new(typed),
        );
        let most = *least;
        let lengths = std::iter::once(Some(length)).chain((1..=most).flat_map(|by| {
            [
                length.checked_sub(by),
                length.checked_add(by).filter(|far| *far <= LONGEST),
            ]
        }));
        for length in lengths.flatten() {
            let Some(shelf) = self.0.get(length) else { continue };
            for (known, place) in shelf.letters.iter().zip(&shelf.places) {
                if at((known ^ letters).count_ones()) > least.saturating_mul(2) {
                    continue;
                }
                if let Some(slips) = spelling(*place).and_then(|spelling| measure.distance(spelling, *least)) {
                    *least = slips;
                    found(slips, *place);
                }
            }
        }
    }
}

/// Spellings of this many letters and more stand on one shelf.
const LONGEST: usize = 64;

fn letters_of(word: &str) -> u64 {
    word.chars()
        .fold(0, |set, c| set | 1_u64.rotate_left(u32::from(c).rem_euclid(64)))
}

/// The words, numbered in the order of their folded spelling.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    words: Vec<Word>,
    stems: HashMap<Arc<str>, Vec<u32>>,
    word_shelves: Shelves,
    /// Sound of each word, in the order of the sounds.
    sounds: Vec<Sound>,
    sound_shelves: Shelves,
    sound_stems: HashMap<Arc<str>, Vec<u32>>,
}

/// Words that one typed word may start, at most; the rest are too many to mean anything.
const MAX_STARTS: usize = 2_000;
/// Words that a mistyped one may mean, at most.
const MAX_TYPOS: usize = 12;

impl Vocabulary {
    /// The vocabulary of folded words, each with the spelling to show.
    pub(super) fn new(words: impl IntoIterator<Item = (Arc<str>, Spellings)>) -> Self {
        let mut words: Vec<Word> = words
            .into_iter()
            .map(|(folded, spellings)| Word { folded, spellings })
            .collect();
        words.sort_unstable_by(|a, b| a.folded.cmp(&b.folded));
        let mut vocabulary = Self::default();
        for (id, word) in (0_u32..).zip(&words) {
            let sound = vocabulary.add(id, &word.folded);
            vocabulary.sounds.push(sound);
        }
        vocabulary.sounds.sort_unstable_by(Sound::order);
        vocabulary.shelve(words)
    }

    /// The vocabulary once a few words came or went: `words` are those of now, `moved` says of each word before where it
    /// stands in them. No word that stays is listened to again.
    pub(super) fn after(before: &Self, words: Vec<Word>, moved: &[Option<u32>]) -> Self {
        let now = |word: u32| *moved.get(at(word))?;
        let lists = |before: &HashMap<Arc<str>, Vec<u32>>| -> HashMap<Arc<str>, Vec<u32>> {
            let lists = before.iter().filter_map(|(key, list)| {
                let list: Vec<u32> = list.iter().filter_map(|word| now(*word)).collect();
                (!list.is_empty()).then(|| (Arc::clone(key), list))
            });
            lists.collect()
        };
        let sounds = before.sounds.iter().filter_map(|sound| {
            let letters = Arc::clone(&sound.letters);
            now(sound.word).map(|word| Sound { letters, word })
        });
        let mut vocabulary = Self {
            stems: lists(&before.stems),
            sound_stems: lists(&before.sound_stems),
            sounds: sounds.collect(),
            ..Self::default()
        };
        let mut is_new = vec![true; words.len()];
        for word in moved.iter().flatten() {
            if let Some(is_new) = is_new.get_mut(at(*word)) {
                *is_new = false;
            }
        }
        for ((id, word), _) in (0_u32..).zip(&words).zip(is_new).filter(|(_, is_new)| *is_new) {
            let sound = vocabulary.add(id, &word.folded);
            let place = vocabulary
                .sounds
                .partition_point(|known| Sound::order(known, &sound).is_lt());
            vocabulary.sounds.insert(place, sound);
        }
        vocabulary.shelve(words)
    }

    /// Puts a word to those of its stem; how it sounds.
    fn add(&mut self, id: u32, folded: &str) -> Sound {
        let insert = |lists: &mut HashMap<Arc<str>, Vec<u32>>, key: &str| {
            let list = match lists.get_mut(key) {
                Some(list) => list,
                None => lists.entry(key.into()).or_default(),
            };
            if let Err(place) = list.binary_search(&id) {
                list.insert(place, id);
            }
        };
        insert(&mut self.stems, &stem_of_folded(folded));
        let sound = phonetic(folded);
        if !folded.is_ascii() {
            insert(&mut self.sound_stems, phonetic_stem(&sound));
        }
        Sound {
            letters: sound.into(),
            word: id,
        }
    }

    fn shelve(mut self, words: Vec<Word>) -> Self {
        self.word_shelves = Shelves::of(words.iter().map(|word| &*word.folded));
        self.sound_shelves = Shelves::of(self.sounds.iter().map(|sound| &*sound.letters));
        self.words = words;
        self
    }

    /// The words, in their order.
    pub(super) fn words(&self) -> &[Word] {
        &self.words
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

    /// A word as the records write it most often.
    pub(super) fn shown(&self, word: u32) -> &str {
        self.words.get(at(word)).map_or("", |word| word.spellings.shown())
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
        // Only the fewest slips count, by spelling or by sound.
        let mut least = most;
        let spelling = |id: u32| self.words.get(at(id)).map(|word| &*word.folded);
        self.word_shelves
            .near(folded, &mut least, spelling, |slips, id| nearest.push((slips, id)));
        if let Some(likeliest) = sounds.first() {
            let sound = |place: u32| self.sounds.get(at(place));
            let spelling = |place: u32| sound(place).map(|sound| &*sound.letters);
            self.sound_shelves
                .near(likeliest, &mut least, spelling, |slips, place| {
                    nearest.extend(sound(place).map(|sound| (slips, sound.word)));
                });
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

//! What somebody typed, taken apart: words, phrases of the synonym list, words from the wrong keyboard, mistyped words.

use std::collections::BTreeSet;

use super::Form;
use super::spelled::abbreviated;
use super::synonyms::Synonyms;
use super::vocabulary::Vocabulary;
use crate::text::phonetic::{greeklish_variants, phonetic, phonetic_stem};
use crate::text::stem::stem_of_folded;
use crate::text::{fold, layout};

/// Folded words that say nothing about a text.
const STOP_WORDS: &str = "ο η το οι τα του τησ των τον την τη τουσ τισ ενασ μια ενα ενοσ μιασ και κι να θα σε στο στη στην \
    στον στα στουσ στισ με για απο απ ωσ προσ που πωσ οτι αν δεν δε μη μην ειναι αυτο αυτη αυτοσ αυτα αλλα οπωσ \
    κατα ανα υπο μου σου μασ σασ a an the of for to in on at and or is are am i me my we our s";

/// Folded words of everyday sentences that say that something is sought, and not what.
const ASKING_WORDS: &str = "θελω χρειαζομαι ψαχνω βρω μπορω ζητω υπαρχει εχω κανω παρω παω βοηθεια need want find look looking \
    have get can where how help with please some any";

/// Longest text that is read, in characters; the rest is dropped.
const MAX_TEXT: usize = 300;
/// Most words of it that are sought.
const MAX_WORDS: usize = 12;
/// Letters from which a word is sought by its start.
const SHORTEST_START: usize = 3;

/// Whether a folded word says nothing about a text.
pub(super) fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.split_ascii_whitespace().any(|stop| stop == word)
}

fn only_asks(word: &str) -> bool {
    ASKING_WORDS.split_ascii_whitespace().any(|asking| asking == word)
}

/// A word that was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Typed {
    pub(super) folded: String,
    pub(super) stem: String,
    /// What it may sound like; several where Latin letters may stand for several Greek ones.
    pub(super) sounds: Vec<String>,
    pub(super) sound_stems: Vec<String>,
}

impl Typed {
    pub(super) fn new(folded: &str) -> Self {
        let sounds = if folded.is_ascii() {
            greeklish_variants(folded)
        } else {
            vec![phonetic(folded)]
        };
        let stems: BTreeSet<&str> = sounds.iter().map(|sound| phonetic_stem(sound)).collect();
        Self {
            stem: stem_of_folded(folded),
            sound_stems: stems.into_iter().map(str::to_owned).collect(),
            folded: folded.to_owned(),
            sounds,
        }
    }

    /// Whether two words are forms of one, by spelling, or by sound where at least one is Greek.
    pub(super) fn means(&self, other: &Self) -> bool {
        let greek = !self.folded.is_ascii() || !other.folded.is_ascii();
        self.stem == other.stem || (greek && self.sound_stems.iter().any(|sound| other.sound_stems.contains(sound)))
    }
}

/// A word of the records that a typed one may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) word: u32,
    pub(super) form: Form,
}

/// Words of the records that together are one way to satisfy a part of the query: one of each list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) words: Vec<Vec<Candidate>>,
    /// The phrase that means the same, where it is one.
    pub(super) synonym: Option<String>,
}

/// A part of the query that is satisfied as one: a word, or a phrase of the synonym list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// As it was typed.
    pub(super) typed: String,
    pub(super) ways: Vec<Way>,
    /// What was sought instead, where it was typed with the wrong keyboard or mistyped.
    pub(super) read_as: Option<String>,
}

/// A typed word on its way to a part.
struct Word {
    raw: String,
    typed: Typed,
    by_layout: bool,
}

/// Takes apart what somebody typed.
pub(super) fn parts(text: &str, vocabulary: &Vocabulary, synonyms: &Synonyms) -> Vec<Part> {
    let text: String = text.chars().take(MAX_TEXT).collect();
    let all: Vec<Word> = text
        .split_whitespace()
        .flat_map(|piece| words_of(piece, vocabulary, synonyms))
        .collect();
    let telling = |word: &Word| !is_stop_word(&word.typed.folded);
    let only_stops = !all.iter().any(telling);
    let words: Vec<Word> = all
        .into_iter()
        .filter(|word| only_stops || telling(word))
        .take(MAX_WORDS)
        .collect();
    let typed: Vec<Typed> = words.iter().map(|word| word.typed.clone()).collect();
    let mut parts: Vec<(bool, Part)> = Vec::new();
    let (mut rest, mut rest_typed) = (words.as_slice(), typed.as_slice());
    while !rest.is_empty() {
        let (length, groups) = synonyms.at_start(rest_typed).unwrap_or((1, BTreeSet::new()));
        let (taken, after) = rest.split_at(length.min(rest.len()));
        let asks = groups.is_empty() && taken.iter().all(|word| only_asks(&word.typed.folded));
        parts.push((asks, part(taken, &groups, vocabulary, synonyms)));
        rest = after;
        rest_typed = rest_typed.get(length..).unwrap_or_default();
    }
    let only_asking = parts.iter().all(|(asks, _)| *asks);
    parts
        .into_iter()
        .filter(|(asks, _)| only_asking || !asks)
        .map(|(_, part)| part)
        .collect()
}

/// The words of a piece of text between spaces: one word where it is abbreviated with full stops; those that the other keyboard
/// would have given, where only they are known.
fn words_of(piece: &str, vocabulary: &Vocabulary, synonyms: &Synonyms) -> Vec<Word> {
    let split = |text: &str, by_layout| -> Vec<Word> {
        fold(text)
            .split(' ')
            .filter(|word| !word.is_empty())
            .map(|word| Word {
                raw: if by_layout { piece.to_owned() } else { word.to_owned() },
                typed: Typed::new(word),
                by_layout,
            })
            .collect()
    };
    let known = |word: &Word, surely: bool| {
        let found = candidates(&word.typed, vocabulary);
        let sure = |candidate: &Candidate| matches!(candidate.form, Form::Word | Form::Inflected | Form::Start);
        synonyms.knows(&word.typed)
            || is_stop_word(&word.typed.folded)
            || found.iter().any(|candidate| !surely || sure(candidate))
    };
    let mut words = split(piece, false);
    // An address such as «gov.gr» looks like an abbreviation and is sought by its parts, as long as the records have them.
    if let Some(written) = abbreviated(piece) {
        let joined = split(&written, false);
        if joined.iter().all(|word| known(word, true)) || !words.iter().all(|word| known(word, false)) {
            words = joined;
        }
    }
    if words.iter().all(|word| known(word, false)) {
        return words;
    }
    let latin = piece.chars().any(|c| c.is_ascii_alphabetic());
    let other = if latin {
        layout::typed_on_latin(piece)
    } else {
        layout::typed_on_greek(piece)
    };
    let meant = split(&other, true);
    if !meant.is_empty() && other != *piece && meant.iter().all(|word| known(word, true)) {
        meant
    } else {
        words
    }
}

fn part(taken: &[Word], groups: &BTreeSet<u32>, vocabulary: &Vocabulary, synonyms: &Synonyms) -> Part {
    let by_layout = taken.iter().any(|word| word.by_layout);
    let literal: Vec<Vec<Candidate>> = taken
        .iter()
        .map(|word| {
            let mut found = candidates(&word.typed, vocabulary);
            if word.by_layout {
                for candidate in &mut found {
                    candidate.form = Form::Layout;
                }
            }
            found
        })
        .collect();
    let mut read_as = by_layout.then(|| joined(taken.iter().map(|word| word.typed.folded.as_str())));
    let mut ways = Vec::new();
    if literal.iter().all(|words| !words.is_empty()) {
        ways.push(Way {
            words: literal,
            synonym: None,
        });
    }
    for phrase in groups.iter().flat_map(|group| synonyms.group(*group)) {
        let same =
            phrase.words.len() == taken.len() && phrase.words.iter().zip(taken).all(|(a, b)| a.stem == b.typed.stem);
        if !same {
            ways.extend(synonym(&phrase.text, &phrase.words, vocabulary));
        }
    }
    if ways.is_empty()
        && let [word] = taken
    {
        let near = vocabulary.near(&word.typed.folded, &word.typed.sounds);
        if !near.is_empty() {
            read_as = Some(joined(near.iter().map(|word| vocabulary.shown(*word))));
            let mistyped = |word| Candidate { word, form: Form::Typo };
            ways.push(Way {
                words: vec![near.into_iter().map(mistyped).collect()],
                synonym: None,
            });
        }
    }
    let mut raw: Vec<&str> = taken.iter().map(|word| word.raw.as_str()).collect();
    raw.dedup();
    Part {
        typed: joined(raw.into_iter()),
        ways,
        read_as,
    }
}

/// The way of a phrase that means the same; `None` where the records do not have its words.
fn synonym(text: &str, words: &[Typed], vocabulary: &Vocabulary) -> Option<Way> {
    let words: Vec<Vec<Candidate>> = words
        .iter()
        .map(|word| {
            let forms = vocabulary.with_stem(&word.stem).iter().copied();
            forms
                .map(|word| Candidate {
                    word,
                    form: Form::Synonym,
                })
                .collect()
        })
        .collect();
    let there = !words.is_empty() && words.iter().all(|words: &Vec<Candidate>| !words.is_empty());
    there.then(|| Way {
        words,
        synonym: Some(text.to_owned()),
    })
}

fn joined<'t>(words: impl Iterator<Item = &'t str>) -> String {
    words.collect::<Vec<_>>().join(" ")
}

/// The words of the records that a typed one may mean, each with its surest form.
fn candidates(typed: &Typed, vocabulary: &Vocabulary) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    let mut add = |words: &mut dyn Iterator<Item = u32>, form| {
        found.extend(words.map(|word| Candidate { word, form }));
    };
    add(&mut vocabulary.number(&typed.folded).into_iter(), Form::Word);
    add(&mut vocabulary.with_stem(&typed.stem).iter().copied(), Form::Inflected);
    let letters = typed.folded.chars().count();
    if letters >= SHORTEST_START {
        add(&mut vocabulary.starting_with(&typed.folded), Form::Start);
    }
    // Of a derived word only the stem is the start: «στέγη», «στέγαση».
    if typed.stem.chars().count() > SHORTEST_START && typed.stem.len() < typed.folded.len() {
        add(&mut vocabulary.starting_with(&typed.stem), Form::Start);
    }
    let latin = typed.folded.is_ascii();
    let spelled = |candidate: &Candidate| matches!(candidate.form, Form::Word | Form::Inflected);
    if latin || !found.iter().any(spelled) {
        for sound in &typed.sound_stems {
            found.extend(vocabulary.with_sound_stem(sound).iter().map(|word| Candidate {
                word: *word,
                form: Form::Sound,
            }));
        }
    }
    if latin {
        for sound in typed.sounds.iter().filter(|sound| sound.len() >= SHORTEST_START) {
            found.extend(vocabulary.sounding_like_start(sound).map(|word| Candidate {
                word,
                form: Form::SoundStart,
            }));
        }
    }
    found.sort_unstable_by_key(|candidate| (candidate.word, std::cmp::Reverse(candidate.form.worth())));
    found.dedup_by_key(|candidate| candidate.word);
    found
}

//! Finding: which documents satisfy the parts of a query, how well, and why.

use super::postings::Index;
use super::query::{Candidate, Part, Way, parts};
use super::synonyms::Synonyms;
use super::{Field, Form, at, number};

/// What the words of a query in a short name add to a score.
const WHOLE_NAME: u32 = 600;

/// A document that answers a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Its number in the index.
    pub document: u32,
    /// How well it answers, in no unit; only the order means something, and only within one query.
    pub score: u32,
}

/// Why a document answers a part of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// What was typed.
    pub typed: String,
    /// Where it was found.
    pub field: Field,
    /// In which form.
    pub form: Form,
    /// What stands there: the record's word, or the phrase of the synonym list.
    pub matched: String,
}

/// The answer to a query.
#[derive(Debug)]
pub struct Found<'i> {
    index: &'i Index,
    parts: Vec<Part>,
    /// The documents, by their numbers.
    pub hits: Vec<Hit>,
    /// Whether the documents satisfy every part; otherwise no document does, and these satisfy at least half.
    pub complete: bool,
}

/// What the parts of a query gave one document.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    score: u32,
    matched: u8,
    named: u8,
}

impl Index {
    /// The documents that answer what somebody typed.
    pub fn find(&self, text: &str, synonyms: &Synonyms) -> Found<'_> {
        let parts = parts(text, &self.vocabulary, synonyms);
        let worths: Vec<u16> = (0..=u8::MAX).map(|set| Field::best_of(set).worth()).collect();
        let mut sums: Vec<Sum> = vec![Sum::default(); self.len()];
        for part in parts.iter().filter(|part| !part.ways.is_empty()) {
            let values = self.values(part, &worths);
            let having = values.iter().filter(|value| **value > 0).count();
            let rarity = self.len().checked_div(having).and_then(usize::checked_ilog2);
            let rarity = rarity.unwrap_or_default().saturating_add(1);
            for (sum, value) in sums.iter_mut().zip(values).filter(|(_, value)| *value > 0) {
                sum.score = sum.score.saturating_add(u32::from(value).saturating_mul(rarity));
                sum.matched = sum.matched.saturating_add(1);
                sum.named = sum.named.saturating_add(u8::from(value % 2 == 1));
            }
        }
        let all = u8::try_from(parts.len()).unwrap_or(u8::MAX);
        let complete = sums.iter().any(|sum| sum.matched == all);
        let enough = if complete { all } else { all.div_ceil(2) }.max(1);
        let hits = (0_u32..)
            .zip(sums.iter().zip(&self.name_lengths))
            .filter(|(_, (sum, _))| sum.matched >= enough)
            .map(|(document, (sum, name_length))| Hit {
                document,
                score: score(*sum, *name_length, all),
            })
            .collect();
        Found {
            index: self,
            parts,
            hits,
            complete,
        }
    }

    /// How well each document satisfies a part; odd where it does so in its name.
    fn values(&self, part: &Part, worths: &[u16]) -> Vec<u16> {
        let mut best: Vec<u16> = vec![0; self.len()];
        for way in &part.ways {
            match way.words.as_slice() {
                [words] => self.mark(words, worths, &mut best),
                several => {
                    let mut least: Option<Vec<u16>> = None;
                    for words in several {
                        let mut one: Vec<u16> = vec![0; self.len()];
                        self.mark(words, worths, &mut one);
                        if let Some(before) = least {
                            for (value, before) in one.iter_mut().zip(before) {
                                *value = before.min(*value);
                            }
                        }
                        least = Some(one);
                    }
                    for (value, new) in best.iter_mut().zip(least.unwrap_or_default()) {
                        *value = new.max(*value);
                    }
                }
            }
        }
        best
    }

    fn mark(&self, words: &[Candidate], worths: &[u16], best: &mut [u16]) {
        let mut raise = |document: u32, value: u16| {
            if let Some(known) = best.get_mut(at(document)) {
                *known = value.max(*known);
            }
        };
        for Candidate { word, form } in words {
            let form = form.worth().saturating_mul(2);
            for (document, set) in self.own_of(*word) {
                let worth = worths.get(usize::from(set)).copied().unwrap_or_default();
                raise(
                    document,
                    form.saturating_mul(worth) | u16::from(set & Field::Name.bit()),
                );
            }
            for shared in self.shared_with(*word) {
                let value = form.saturating_mul(shared.field.worth());
                shared.documents.iter().for_each(|document| raise(*document, value));
            }
        }
    }
}

/// Parts that are satisfied come before parts that are satisfied well; a name that says little else comes first.
fn score(sum: Sum, name_length: u8, parts: u8) -> u32 {
    let whole = if sum.named == parts {
        WHOLE_NAME
            .saturating_mul(u32::from(parts.min(name_length)))
            .checked_div(name_length.into())
            .unwrap_or_default()
    } else {
        0
    };
    u32::from(sum.matched).saturating_mul(1 << 20).saturating_add(
        sum.score
            .saturating_add(whole)
            .min(u32::from(u16::MAX).saturating_mul(16)),
    )
}

impl Found<'_> {
    /// Whether anything was asked.
    pub fn asked(&self) -> bool {
        !self.parts.is_empty()
    }

    /// What was typed and stands nowhere, in no form.
    pub fn unknown(&self) -> impl Iterator<Item = &str> {
        self.parts
            .iter()
            .filter(|part| part.ways.is_empty())
            .map(|part| part.typed.as_str())
    }

    /// What was sought instead of what was typed: from the wrong keyboard, or mistyped.
    pub fn read_as(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parts
            .iter()
            .filter_map(|part| Some((part.typed.as_str(), part.read_as.as_deref()?)))
    }

    /// Why a document answers: the best reason of each part that it satisfies.
    pub fn reasons(&self, document: u32) -> Vec<Reason> {
        self.parts
            .iter()
            .filter_map(|part| {
                let ways = part.ways.iter().filter_map(|way| self.reason(part, way, document));
                // Of equal ways the first: what was typed itself, and the first phrases of a group.
                let best = ways.reduce(|best, way| if way.0 > best.0 { way } else { best });
                best.map(|(_, reason)| reason)
            })
            .collect()
    }

    /// How a way satisfies a part in a document: as well as the worst of its words.
    fn reason(&self, part: &Part, way: &Way, document: u32) -> Option<(u16, Reason)> {
        let mut words: Vec<(u16, Field, Form, u32)> = Vec::with_capacity(way.words.len());
        for candidates in &way.words {
            let found = candidates.iter().filter_map(|candidate| {
                let field = self.index.field_of(candidate.word, document)?;
                let worth = candidate.form.worth().saturating_mul(field.worth());
                Some((worth, field, candidate.form, candidate.word))
            });
            words.push(found.max_by_key(|(worth, ..)| *worth)?);
        }
        let (worth, field, form, _) = words.iter().min_by_key(|(worth, ..)| *worth).copied()?;
        let shown = || {
            let words: Vec<&str> = words
                .iter()
                .map(|(.., word)| self.index.vocabulary.shown(*word))
                .collect();
            words.join(" ")
        };
        let reason = Reason {
            typed: part.typed.clone(),
            field,
            form,
            matched: way.synonym.clone().unwrap_or_else(shown),
        };
        Some((worth, reason))
    }

    /// How well a document answers; `None` where it does not.
    pub fn score(&self, document: u32) -> Option<u32> {
        let found = self.hits.binary_search_by_key(&document, |hit| hit.document);
        found.ok().and_then(|at| self.hits.get(at)).map(|hit| hit.score)
    }

    /// The hits in their order, best first; `place` orders those that answer equally well.
    pub fn ranked(&self, place: impl Fn(u32) -> u32) -> Vec<Hit> {
        let mut hits = self.hits.clone();
        hits.sort_unstable_by_key(|hit| (std::cmp::Reverse(hit.score), place(hit.document)));
        hits
    }

    /// How many documents answer.
    pub fn len(&self) -> u32 {
        number(self.hits.len())
    }

    /// Whether none does.
    pub fn is_empty(&self) -> bool {
        self.hits.is_empty()
    }
}

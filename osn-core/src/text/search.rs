//! Search: what a text is found by, and what a query looks for. The databases and this module answer alike.
//!
//! A text has *terms* (stems of its words) and *sounds* (phonetic stems). A word of a query looks for a term by prefix,
//! and, when it is written in Latin letters, for any of the sounds it may mean.

use super::fold::fold;
use super::phonetic::{greeklish_variants, phonetic, phonetic_stem};
use super::stem::stem;

/// Folded words that say nothing about a text.
const STOP_WORDS: &str = "ο η το οι τα του τησ των τον την τη τουσ τισ ενασ μια ενα ενοσ μιασ και κι να θα σε στο στη στην \
    στον στα στουσ στισ με για απο απ ωσ προσ που πωσ οτι αν δεν δε μη μην ειναι εχει αυτο αυτη αυτοσ \
    αυτα αλλα οπωσ κατα ανα υπο the of";

fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.split(' ').any(|stop| stop == word)
}

/// What a text is found by. Both lists are in the order of the text and may repeat.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IndexTerms {
    /// Stems of its words, without stop words.
    pub terms: Vec<String>,
    /// Phonetic stems of its Greek words.
    pub sounds: Vec<String>,
}

impl IndexTerms {
    /// Analyses a text.
    pub fn of(text: &str) -> Self {
        let folded = fold(text);
        let words = || folded.split(' ').filter(|word| !word.is_empty() && !is_stop_word(word));
        Self {
            terms: words().map(stem).collect(),
            sounds: words()
                .filter(|word| !word.is_ascii())
                .map(|word| phonetic_stem(&phonetic(word)).to_owned())
                .collect(),
        }
    }
}

/// One word of a query: it is satisfied by a term that starts with `prefix`, or by a term that is one of `sounds`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryWord {
    /// Start of a term.
    pub prefix: String,
    /// Phonetic stems, any of which will do; empty unless the word is written in Latin letters.
    pub sounds: Vec<String>,
}

/// What a query looks for: every word of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// The words, without stop words unless there is nothing else.
    pub words: Vec<QueryWord>,
}

/// Longest query that is read; the rest is dropped.
const MAX_QUERY_WORDS: usize = 12;

impl Query {
    /// Analyses what somebody typed into the search box.
    pub fn parse(text: &str) -> Self {
        let folded = fold(text);
        let all: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
        let telling: Vec<&str> = all.iter().copied().filter(|word| !is_stop_word(word)).collect();
        let words = if telling.is_empty() { all } else { telling };
        Self {
            words: words.into_iter().take(MAX_QUERY_WORDS).map(QueryWord::of).collect(),
        }
    }

    /// How well a text answers; `None` when a word of the query is not in it.
    pub fn matches(&self, text: &IndexTerms) -> Option<MatchQuality> {
        self.words
            .iter()
            .map(|word| word.matches(text))
            .try_fold(MatchQuality::Term, |worst, quality| {
                quality.map(|quality| worst.min(quality))
            })
    }
}

impl QueryWord {
    fn of(word: &str) -> Self {
        let mut sounds: Vec<String> = Vec::new();
        for key in greeklish_variants(word) {
            let sound = phonetic_stem(&key);
            if !sounds.iter().any(|known| known == sound) {
                sounds.push(sound.to_owned());
            }
        }
        Self {
            prefix: stem(word),
            sounds,
        }
    }

    fn matches(&self, text: &IndexTerms) -> Option<MatchQuality> {
        if text.terms.contains(&self.prefix) {
            Some(MatchQuality::Term)
        } else if text.terms.iter().any(|term| term.starts_with(&self.prefix)) {
            Some(MatchQuality::Prefix)
        } else if text.sounds.iter().any(|sound| self.sounds.contains(sound)) {
            Some(MatchQuality::Sound)
        } else {
            None
        }
    }
}

/// How a text answered a query; the worst of its words counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MatchQuality {
    /// By sound only.
    Sound,
    /// By the start of a word.
    Prefix,
    /// By the word itself, in any of its forms.
    Term,
}

#[cfg(test)]
mod tests {
    use super::*;
    use MatchQuality::{Prefix, Sound, Term};

    #[test]
    fn finds() {
        for (query, text, expected) in [
            ("ΣΙΤΙΣΗ", "Σίτιση", Some(Term)),
            ("σίτιση", "Σίτιση", Some(Term)),
            ("Σίτιση", "Σίτιση", Some(Term)),
            ("sitisi", "Σίτιση", Some(Sound)),
            ("SITISI", "Σίτιση", Some(Sound)),
            ("sithsh", "Σίτιση", Some(Sound)),
            ("Pagkrati", "Παγκράτι", Some(Sound)),
            ("pangrati", "Παγκράτι", Some(Sound)),
            ("kipseli", "Κυψέλη", Some(Sound)),
            ("Kypseli", "Κυψέλη", Some(Sound)),
            ("xristos", "Χρήστος", Some(Sound)),
            ("xrhstos", "Χρήστος", Some(Sound)),
            ("Christos", "Χρήστος", Some(Sound)),
            ("xenonas", "Ξενώνας", Some(Sound)),
            ("ksenonas", "Ξενώνας", Some(Sound)),
            ("8hseio", "Θησείο", Some(Sound)),
            ("psirri", "Ψυρρή", Some(Sound)),
            ("gkizi", "Γκύζη", Some(Sound)),
            ("euaggelos", "Ευάγγελος", Some(Sound)),
            // Forms of a word, parts of a word, several words, words that say nothing.
            ("υπηρεσία", "Κοινωνικές υπηρεσίες του Δήμου", Some(Term)),
            ("ypiresia", "Κοινωνικές υπηρεσίες του Δήμου", Some(Sound)),
            ("αστεγ", "Υπνωτήριο αστέγων", Some(Term)),
            ("φαρμ", "Κοινωνικό φαρμακείο", Some(Prefix)),
            ("τροφιμα", "Διανομή τροφίμων", Some(Prefix)),
            ("διανομή των τροφίμων", "Διανομή τροφίμων", Some(Term)),
            ("dianomi τροφίμων", "Διανομή τροφίμων", Some(Sound)),
            ("caritas", "Caritas Αθήνας", Some(Term)),
            ("10431", "Πλατεία 10431", Some(Term)),
            ("σίτιση στέγη", "Σίτιση", None),
            ("νομικός", "Σίτιση", None),
            ("118", "Θησείο", None),
        ] {
            let quality = Query::parse(query).matches(&IndexTerms::of(text));
            assert_eq!(
                quality,
                expected,
                "{query} in {text}: {:?} {:?}",
                Query::parse(query),
                IndexTerms::of(text)
            );
        }
    }

    #[test]
    fn an_empty_query_matches_all_and_stop_words_alone_are_kept() {
        assert!(Query::parse("  «») ").words.is_empty());
        assert_eq!(Query::parse("και").words.len(), 1);
        assert_eq!(Query::parse("για το παιδί").words.len(), 1);
    }
}

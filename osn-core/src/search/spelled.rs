//! How the words of the records are written: of many spellings of one word, the one that is met most often is shown.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::query::is_stop_word;
use crate::text::fold;

/// A piece of text between spaces: its telling words, each with the spelling to show.
pub(super) type Piece = Vec<(Arc<str>, Arc<str>)>;

/// The most letters that stand between two full stops of an abbreviation, as in «Α.μεΑ.».
const LONGEST_RUN: usize = 3;

/// The telling words of a piece, folded, each as it is written there. What is abbreviated with full stops is the one word that
/// people type for it; of its parts those of one letter are no words.
pub(super) fn words_of(piece: &str) -> Piece {
    let folded = fold(piece);
    let several = || piece.split(|c: char| c != '.' && !c.is_alphanumeric());
    let is_abbreviated = several().any(|piece| abbreviated(piece).is_some());
    let is_word = |word: &&str| !word.is_empty() && !is_stop_word(word);
    let is_letter = move |word: &str| is_abbreviated && word.chars().nth(1).is_none();
    let words = folded.split(' ').filter(is_word).filter(|word| !is_letter(word));
    let words = words.map(|word| {
        let bare = piece.trim_matches(|c: char| !c.is_alphanumeric());
        // A piece that is several words shows each by its folded spelling.
        let shown = if fold(bare) == word { bare } else { word };
        (Arc::<str>::from(word), Arc::<str>::from(shown))
    });
    let joined = several().filter_map(abbreviated).filter_map(|written| {
        let word = fold(&written);
        (!is_stop_word(&word)).then(|| (Arc::<str>::from(word), Arc::<str>::from(written)))
    });
    words.chain(joined).collect()
}

/// An abbreviation without its full stops: «ΚΑΠΗ» for «Κ.Α.Π.Η.»; `None` for whatever is none.
pub(super) fn abbreviated(piece: &str) -> Option<String> {
    let bare = piece.trim_matches(|c: char| !c.is_alphanumeric());
    let mut runs = bare.split('.');
    let is_short = |run: &str| (1..=LONGEST_RUN).contains(&run.chars().count()) && run.chars().all(char::is_alphabetic);
    (bare.contains('.') && runs.all(is_short)).then(|| bare.replace('.', ""))
}

/// How often each spelling of one word is met.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Spellings(Vec<(Arc<str>, u32)>);

impl Spellings {
    /// Counts a spelling so many times more, or less.
    pub(super) fn count(&mut self, spelling: &Arc<str>, times: i64) {
        let known = self.0.iter().position(|(known, _)| known == spelling);
        let before = known.and_then(|at| self.0.get(at)).map_or(0, |(_, count)| *count);
        let after = i64::from(before).saturating_add(times).max(0);
        let after = u32::try_from(after).unwrap_or(u32::MAX);
        match known {
            Some(at) if after == 0 => {
                self.0.swap_remove(at);
            }
            Some(at) => {
                if let Some((_, count)) = self.0.get_mut(at) {
                    *count = after;
                }
            }
            None if after > 0 => self.0.push((Arc::clone(spelling), after)),
            None => {}
        }
    }

    /// The spelling that is met most often; of equals the first in their order.
    pub(super) fn shown(&self) -> &str {
        let most = self
            .0
            .iter()
            .min_by(|(one, times), (other, more)| more.cmp(times).then_with(|| one.cmp(other)));
        most.map_or("", |(spelling, _)| spelling)
    }
}

/// Spellings that are met more often, or less, than before: by word, then by spelling.
#[derive(Debug, Default)]
pub(super) struct Difference(HashMap<Arc<str>, BTreeMap<Arc<str>, i64>>);

impl Difference {
    /// Counts the words of a text, `times` being 1 for one that is new and -1 for one that is gone.
    pub(super) fn count(&mut self, text: &str, times: i64) {
        for (word, spelling) in text.split_whitespace().flat_map(words_of) {
            let count = self.0.entry(word).or_default().entry(spelling).or_default();
            *count = count.saturating_add(times);
        }
    }

    /// Brings the spellings of a word up to date.
    pub(super) fn apply(&self, word: &str, spellings: &mut Spellings) {
        for (spelling, times) in self.0.get(word).into_iter().flatten() {
            spellings.count(spelling, *times);
        }
    }

    /// Whether anything is said of a word.
    pub(super) fn names(&self, word: &str) -> bool {
        self.0.contains_key(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_abbreviated_is_one_word_too() {
        for (piece, expected) in [
            ("Κ.Α.Π.Η.", Some("ΚΑΠΗ")),
            ("«Κ.Δ.Α.Π.»,", Some("ΚΔΑΠ")),
            ("Α.μεΑ.", Some("ΑμεΑ")),
            ("Ν.Π.Δ.Δ", Some("ΝΠΔΔ")),
            ("ΚΑΠΗ", None),
            ("τέλος.", None),
            ("10.30", None),
            ("αρχή.Τέλος", None),
            ("...", None),
        ] {
            assert_eq!(abbreviated(piece).as_deref(), expected, "{piece}");
        }
        let words = |piece: &str| -> Vec<String> {
            let words = words_of(piece).into_iter();
            words.map(|(word, shown)| format!("{word} {shown}")).collect()
        };
        assert_eq!(words("Κ.Φ."), ["κφ ΚΦ"]);
        assert_eq!(words("Κ.Δ./Κ.Φ."), ["κδ ΚΔ", "κφ ΚΦ"]);
        assert_eq!(words("Κυψέλης,"), ["κυψελησ Κυψέλης"]);
    }
}

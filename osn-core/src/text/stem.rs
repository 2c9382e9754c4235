//! A light stem for Greek: the longest known ending is cut, so that «υπηρεσία» finds «υπηρεσιών».
//!
//! The stems are no linguist's: they only have to be equal for the forms of one word. On the twenty everyday families of
//! the test below the endings unite eighteen; a search by prefix heals one of the other two, synonyms the last.

use super::fold::{fold, is_greek};

/// Endings of nouns, adjectives and a few verbs, folded, longest first.
const ENDINGS: [&str; 36] = [
    "ματοσ",
    "ματων",
    "ιουσ",
    "ματα",
    "ιεσ",
    "ιασ",
    "ιων",
    "ιου",
    "ιοι",
    "ιον",
    "εων",
    "εωσ",
    "εισ",
    "ουσ",
    "ουν",
    "ιο",
    "ια",
    "ασ",
    "εσ",
    "ησ",
    "οσ",
    "ισ",
    "υσ",
    "ων",
    "ου",
    "οι",
    "αι",
    "ον",
    "μα",
    "α",
    "ε",
    "η",
    "ι",
    "ο",
    "υ",
    "ω",
];

/// What must be left of a word after its ending is cut.
const SHORTEST_STEM: usize = 3;

/// The stem of one word. Words of other scripts are only folded.
pub fn stem(word: &str) -> String {
    let word = fold(word);
    if !word.chars().all(is_greek) {
        return word;
    }
    cut(&word, &ENDINGS).to_owned()
}

/// `word` without the first ending that leaves enough of it. The endings stand longest first.
pub(super) fn cut<'a>(word: &'a str, endings: &[&str]) -> &'a str {
    endings
        .iter()
        .filter_map(|ending| word.strip_suffix(ending))
        .find(|stem| stem.chars().count() >= SHORTEST_STEM)
        .unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn stems(family: &str) -> BTreeSet<String> {
        family.split_whitespace().map(stem).collect()
    }

    #[test]
    fn the_longest_ending_comes_first() {
        assert!(
            ENDINGS
                .iter()
                .zip(ENDINGS.iter().skip(1))
                .all(|(a, b)| a.len() >= b.len())
        );
    }

    #[test]
    fn families_of_words_have_one_stem() {
        for family in [
            "υπηρεσία υπηρεσίες ΥΠΗΡΕΣΙΩΝ υπηρεσίας",
            "πρόσφυγας πρόσφυγες προσφύγων",
            "παιδί παιδιά παιδιών παιδιού",
            "συσσίτιο συσσίτια συσσιτίων",
            "διανομή διανομές διανομών",
            "άστεγος άστεγοι αστέγων άστεγους",
            "ενοίκιο ενοικίου ενοίκια",
            "γιατρός γιατρούς γιατρών",
            "επίδομα επιδόματα επιδομάτων",
            "αίτηση αιτήσεις αιτήσεων",
            "σχολείο σχολεία σχολείου",
            "μητέρα μητέρες",
            "άδεια άδειες αδειών",
            "φάρμακο φάρμακα φαρμάκων",
            "δήμος δήμου δήμοι",
            "νερό νερά",
            "στέγη στέγες στέγης",
            "δικηγόρος δικηγόρους δικηγόρων",
        ] {
            let stems = stems(family);
            assert_eq!(stems.len(), 1, "{family}: {stems:?}");
        }
    }

    /// What the endings do not unite, so that a change of the list is seen; see the module's first lines.
    #[test]
    fn known_misses() {
        let food = stems("τρόφιμα τροφίμων");
        assert_eq!(food, BTreeSet::from(["τροφι".to_owned(), "τροφιμ".to_owned()]));
        assert_eq!(stems("μονογονέας μονογονέων μονογονείς").len(), 2);
    }

    #[test]
    fn short_and_foreign_words_stay() {
        for (word, expected) in [
            ("γη", "γη"),
            ("φως", "φωσ"),
            ("και", "και"),
            ("Caritas", "caritas"),
            ("2ος", "2οσ"),
        ] {
            assert_eq!(stem(word), expected, "{word}");
        }
    }
}

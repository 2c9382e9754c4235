//! A light stem for Greek: the longest known ending is cut, so that «υπηρεσία» finds «υπηρεσιών».
//!
//! The stems are no linguist's: they only have to be equal for the forms of one word. How many families of words they
//! unite, and which they do not, is held by `tests/stems.rs` on a table of words from real directories.

use super::fold::{fold, is_greek};

/// Endings of nouns, adjectives and a few verbs, folded, longest first, with what stays of each.
const ENDINGS: [(&str, &str); 42] = [
    ("ματοσ", "μ"),
    ("ματων", "μ"),
    ("ματα", "μ"),
    ("ιουσ", ""),
    ("ιεσ", ""),
    ("ιασ", ""),
    ("ιων", ""),
    ("ιου", ""),
    ("ιοι", ""),
    ("ιοσ", ""),
    ("ιον", ""),
    ("εων", ""),
    ("εωσ", ""),
    ("εασ", ""),
    ("εεσ", ""),
    ("εισ", ""),
    ("ουσ", ""),
    ("ουν", ""),
    ("ιο", ""),
    ("ια", ""),
    ("ιε", ""),
    ("εα", ""),
    ("ασ", ""),
    ("εσ", ""),
    ("ησ", ""),
    ("οσ", ""),
    ("ισ", ""),
    ("υσ", ""),
    ("ων", ""),
    ("ου", ""),
    ("οι", ""),
    ("αι", ""),
    ("ον", ""),
    ("ει", ""),
    ("αω", ""),
    ("α", ""),
    ("ε", ""),
    ("η", ""),
    ("ι", ""),
    ("ο", ""),
    ("υ", ""),
    ("ω", ""),
];

/// Everyday words too short or too irregular for the endings: each form, and the stem of its family.
const IRREGULAR: [(&str, &str); 23] = [
    ("νεοσ", "νεο"),
    ("νεοι", "νεο"),
    ("νεων", "νεο"),
    ("νεουσ", "νεο"),
    ("νεου", "νεο"),
    ("νεα", "νεο"),
    ("νεασ", "νεο"),
    ("νεεσ", "νεο"),
    ("νεη", "νεο"),
    ("νεο", "νεο"),
    ("βια", "βια"),
    ("βιασ", "βια"),
    ("βιεσ", "βια"),
    ("γαλα", "γαλα"),
    ("γαλατοσ", "γαλα"),
    ("γαλακτοσ", "γαλα"),
    ("γυνη", "γυναικ"),
    ("αντρασ", "ανδρ"),
    ("αντρεσ", "ανδρ"),
    ("αντρων", "ανδρ"),
    ("αντρα", "ανδρ"),
    ("μωρο", "μωρο"),
    ("μωρα", "μωρο"),
];

/// What must be left of a word after its ending is cut.
const SHORTEST_STEM: usize = 3;

/// The stem of one word. English words lose the ending of the plural; words of other scripts are only folded.
pub fn stem(word: &str) -> String {
    stem_of_folded(&fold(word))
}

/// The stem of a word that is folded already.
pub(crate) fn stem_of_folded(word: &str) -> String {
    if word.chars().all(|c| c.is_ascii_lowercase()) {
        return english(word);
    }
    if !word.chars().all(is_greek) {
        return word.to_owned();
    }
    if let Some((_, stem)) = IRREGULAR.iter().find(|(form, _)| *form == word) {
        return (*stem).to_owned();
    }
    ENDINGS
        .iter()
        .filter_map(|(ending, stays)| Some((word.strip_suffix(ending)?, *stays)))
        .find(|(stem, stays)| stem.chars().chain(stays.chars()).count() >= SHORTEST_STEM)
        .map_or_else(|| word.to_owned(), |(stem, stays)| format!("{stem}{stays}"))
}

/// `meals` and `meal`, `nurseries` and `nursery`, `women’s` is split before.
fn english(word: &str) -> String {
    let long = word.len() > 3;
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 2) {
        format!("{stem}y")
    } else if let Some(stem) = word.strip_suffix("es").filter(|stem| {
        long && (stem.ends_with("ch") || stem.ends_with("sh") || stem.ends_with("ss") || stem.ends_with('x'))
    }) {
        stem.to_owned()
    } else if long && word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us") && !word.ends_with("is") {
        word.strip_suffix('s').unwrap_or(word).to_owned()
    } else {
        word.to_owned()
    }
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
    use super::*;

    #[test]
    fn the_longest_ending_comes_first() {
        let pairs = ENDINGS.iter().zip(ENDINGS.iter().skip(1));
        assert!(pairs.clone().all(|((a, _), (b, _))| a.len() >= b.len()));
    }

    #[test]
    fn short_and_foreign_words_stay() {
        for (word, expected) in [
            ("γη", "γη"),
            ("φως", "φωσ"),
            ("και", "και"),
            ("Caritas", "carita"),
            ("2ος", "2οσ"),
            ("meals", "meal"),
            ("nurseries", "nursery"),
            ("classes", "class"),
            ("business", "business"),
            ("bus", "bus"),
            ("access", "access"),
            ("مكتب", "مكتب"),
        ] {
            assert_eq!(stem(word), expected, "{word}");
        }
    }
}

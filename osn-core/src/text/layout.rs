//! Text typed with the keyboard in the wrong language: `st;egh` for «στέγη», «δοψτορ» for `doctor`.
//!
//! Both directions follow the keys of the Greek and the US keyboard; the key of the accent is the semicolon.

/// Keys that bear a letter on both keyboards: Latin, Greek.
const KEYS: [(char, char); 26] = [
    ('a', 'α'),
    ('b', 'β'),
    ('c', 'ψ'),
    ('d', 'δ'),
    ('e', 'ε'),
    ('f', 'φ'),
    ('g', 'γ'),
    ('h', 'η'),
    ('i', 'ι'),
    ('j', 'ξ'),
    ('k', 'κ'),
    ('l', 'λ'),
    ('m', 'μ'),
    ('n', 'ν'),
    ('o', 'ο'),
    ('p', 'π'),
    ('q', ';'),
    ('r', 'ρ'),
    ('s', 'σ'),
    ('t', 'τ'),
    ('u', 'θ'),
    ('v', 'ω'),
    ('w', 'ς'),
    ('x', 'χ'),
    ('y', 'υ'),
    ('z', 'ζ'),
];

/// What somebody meant who typed Greek on the Latin keyboard, without accents.
///
/// # Examples
/// ```
/// assert_eq!(osn_core::text::layout::typed_on_latin("cyxol;ogow"), "ψυχολογος");
/// ```
pub fn typed_on_latin(text: &str) -> String {
    text.chars()
        // The dead keys of the accent and the dialytika.
        .filter(|c| !matches!(c, ';' | ':'))
        .map(|c| {
            let small = c.to_ascii_lowercase();
            KEYS.iter()
                .find(|(latin, greek)| *latin == small && *greek != ';')
                .map_or(c, |(_, greek)| *greek)
        })
        .collect()
}

/// What somebody meant who typed Latin letters on the Greek keyboard, in small letters.
///
/// # Examples
/// ```
/// assert_eq!(osn_core::text::layout::typed_on_greek("δοψτορ"), "doctor");
/// ```
pub fn typed_on_greek(text: &str) -> String {
    text.chars()
        .flat_map(char::to_lowercase)
        .map(|c| {
            KEYS.iter()
                .find(|(_, greek)| *greek == c)
                .map_or(c, |(latin, _)| *latin)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keys_are_read_on_the_other_keyboard() {
        for (typed, meant) in [
            ("st;egh", "στεγη"),
            (";astegow", "αστεγος"),
            ("SITISH", "σιτιση"),
            ("cyxol;ogow", "ψυχολογος"),
            ("jen;vnaw", "ξενωνας"),
            ("yge;ia 2", "υγεια 2"),
        ] {
            assert_eq!(typed_on_latin(typed), meant);
        }
        for (typed, meant) in [
            ("φοοδ", "food"),
            ("δοψτορ", "doctor"),
            ("Λαςυερ", "lawyer"),
            (";θεεν", "queen"),
            ("ςομεν", "women"),
        ] {
            assert_eq!(typed_on_greek(typed), meant);
        }
    }

    proptest! {
        #[test]
        fn there_and_back(text in "[a-pr-z ]{0,20}") {
            prop_assert_eq!(typed_on_greek(&typed_on_latin(&text)), text);
        }
    }
}

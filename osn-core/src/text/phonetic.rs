//! Greeklish: a Latin key of how a Greek word sounds, and the keys that a word typed in Latin letters may mean.
//!
//! «Χρήστος» has the key `hristos`; `xristos`, `xrhstos` and `Christos` all have it among their variants.

use super::fold::{fold, is_greek};
use super::stem::cut;

/// Groups and letters of folded Greek with their sound. Groups stand before the letters they start with.
const SOUNDS: [(&str, &str); 39] = [
    ("ου", "u"),
    ("αι", "e"),
    ("ει", "i"),
    ("οι", "i"),
    ("υι", "i"),
    ("αυ", "av"),
    ("ευ", "ev"),
    ("ηυ", "iv"),
    ("γγ", "g"),
    ("γκ", "g"),
    ("γχ", "nh"),
    ("γξ", "nks"),
    ("μπ", "b"),
    ("ντ", "d"),
    ("τζ", "tz"),
    ("α", "a"),
    ("β", "v"),
    ("γ", "g"),
    ("δ", "d"),
    ("ε", "e"),
    ("ζ", "z"),
    ("η", "i"),
    ("θ", "th"),
    ("ι", "i"),
    ("κ", "k"),
    ("λ", "l"),
    ("μ", "m"),
    ("ν", "n"),
    ("ξ", "ks"),
    ("ο", "o"),
    ("π", "p"),
    ("ρ", "r"),
    ("σ", "s"),
    ("τ", "t"),
    ("υ", "i"),
    ("φ", "f"),
    ("χ", "h"),
    ("ψ", "ps"),
    ("ω", "o"),
];

/// What people type in Latin letters, with the sounds it may mean; the likeliest first, groups before their letters.
const TYPED: [(&str, &[&str]); 37] = [
    ("nch", &["nh"]),
    ("nx", &["nks", "nh"]),
    ("gch", &["nh"]),
    ("ph", &["f", "pi", "ph"]),
    ("ch", &["h"]),
    ("kh", &["h"]),
    ("gh", &["g"]),
    ("dh", &["d"]),
    ("th", &["th", "ti"]),
    ("ou", &["u"]),
    ("oy", &["u"]),
    ("ai", &["e", "ai"]),
    ("ei", &["i"]),
    ("oi", &["i", "oi"]),
    ("yi", &["i"]),
    ("mp", &["b"]),
    ("nt", &["d"]),
    ("gk", &["g"]),
    ("ng", &["g"]),
    ("gg", &["g"]),
    ("af", &["av", "af"]),
    ("ef", &["ev", "ef"]),
    ("if", &["if", "iv"]),
    ("au", &["av"]),
    ("ay", &["av"]),
    ("eu", &["ev"]),
    ("ey", &["ev"]),
    ("8", &["th"]),
    ("9", &["th"]),
    ("3", &["ks"]),
    ("4", &["ps"]),
    ("x", &["h", "ks"]),
    ("h", &["i", "h"]),
    ("b", &["v", "b"]),
    ("u", &["i", "u"]),
    ("c", &["k"]),
    ("q", &["k"]),
];

/// Never more variants of one word than this.
const MAX_VARIANTS: usize = 64;

/// The sound of Greek endings, to cut keys the way stems are cut. Longest first.
const ENDINGS: [&str; 24] = [
    "ius", "ies", "ias", "ios", "ion", "eon", "eos", "eas", "ees", "iu", "ii", "io", "ia", "ea", "as", "es", "is",
    "os", "us", "un", "on", "u", "e", "i",
];
/// Neuters: what follows their `m`.
const NEUTERS: [(&str, &str); 3] = [("maton", "aton"), ("matos", "atos"), ("mata", "ata")];
/// One-letter endings that the list above leaves to the last.
const LAST_LETTERS: [&str; 2] = ["a", "o"];

/// The key of how a text sounds, word by word, from its exact key. Latin words keep their letters.
///
/// # Examples
/// ```
/// use osn_core::text::phonetic;
/// assert_eq!(phonetic("Κέντρο Ημέρας Ψυρρή"), "kedro imeras psiri");
/// ```
pub fn phonetic(text: &str) -> String {
    let folded = fold(text);
    let words: Vec<String> = folded.split(' ').map(sound_of_word).collect();
    words.join(" ")
}

fn sound_of_word(word: &str) -> String {
    if !word.chars().any(is_greek) {
        return without_doubles(word);
    }
    let mut sound = String::with_capacity(word.len());
    let mut rest = word;
    while let Some(first) = rest.chars().next() {
        let known = SOUNDS
            .iter()
            .find_map(|(group, latin)| Some((rest.strip_prefix(group)?, *latin)));
        if let Some((after, latin)) = known {
            sound.push_str(latin);
            rest = after;
        } else {
            sound.push(first);
            rest = rest.strip_prefix(first).unwrap_or_default();
        }
    }
    without_doubles(&sound)
}

/// Letters written twice sound once. Digits stay: a postal code is no sound.
fn without_doubles(sound: &str) -> String {
    let mut out = String::with_capacity(sound.len());
    for c in sound.chars() {
        if c.is_ascii_digit() || !out.ends_with(c) {
            out.push(c);
        }
    }
    out
}

/// The phonetic keys that one word in Latin letters may stand for, the likeliest first, at most 64.
///
/// Empty for a word without a Latin letter: Greek is searched by its exact key, and `118` is no Greeklish.
pub fn greeklish_variants(word: &str) -> Vec<String> {
    let typed = fold(word);
    if !typed.chars().all(|c| c.is_ascii_alphanumeric()) || !typed.chars().any(|c| c.is_ascii_alphabetic()) {
        return Vec::new();
    }
    let mut variants = vec![String::new()];
    let mut rest = typed.as_str();
    while let Some(first) = rest.chars().next() {
        let known = TYPED
            .iter()
            .find_map(|(group, sounds)| Some((rest.strip_prefix(group)?, *sounds)));
        let (after, sounds) = if let Some((after, sounds)) = known {
            (after, sounds.to_vec())
        } else {
            let (letter, after) = rest.split_at(first.len_utf8());
            let sound = match letter {
                "w" => "o",
                "y" => "i",
                other => other,
            };
            (after, vec![sound])
        };
        // Where doubling would pass the limit, only the likeliest sound goes on.
        let open = variants.len().saturating_mul(sounds.len()) <= MAX_VARIANTS;
        let used = if open { sounds.len() } else { 1 };
        variants = sounds
            .iter()
            .take(used)
            .flat_map(|sound| variants.iter().map(move |variant| format!("{variant}{sound}")))
            .collect();
        rest = after;
    }
    let mut unique: Vec<String> = Vec::with_capacity(variants.len());
    for variant in variants {
        let variant = without_doubles(&variant);
        if !unique.contains(&variant) {
            unique.push(variant);
        }
    }
    unique
}

/// The stem of a phonetic key: the same cut on both sides of a search, so that equal keys have equal stems.
pub fn phonetic_stem(key: &str) -> &str {
    let neuter = NEUTERS
        .iter()
        .find(|(whole, _)| key.ends_with(whole))
        .and_then(|(_, ending)| key.strip_suffix(ending));
    match cut(key, &ENDINGS) {
        _ if neuter.is_some_and(|stem| stem.len() > 2) => neuter.unwrap_or(key),
        whole if whole.len() == key.len() => cut(key, &LAST_LETTERS),
        shorter => shorter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn groups_stand_before_their_letters() {
        for (index, (group, _)) in TYPED.iter().enumerate() {
            let hidden = TYPED.iter().take(index).find(|(earlier, _)| group.starts_with(earlier));
            assert_eq!(hidden, None, "{group} is never reached");
        }
        for (index, (group, _)) in SOUNDS.iter().enumerate() {
            let hidden = SOUNDS
                .iter()
                .take(index)
                .find(|(earlier, _)| group.starts_with(earlier));
            assert_eq!(hidden, None, "{group} is never reached");
        }
        assert!(
            ENDINGS
                .iter()
                .zip(ENDINGS.iter().skip(1))
                .all(|(a, b)| a.len() >= b.len())
        );
    }

    #[test]
    fn what_people_type_means_what_they_seek() {
        for (typed, sought) in [
            ("sitisi", "Σίτιση"),
            ("SITISI", "Σίτιση"),
            ("sithsh", "Σίτιση"),
            ("Pagkrati", "Παγκράτι"),
            ("pangrati", "Παγκράτι"),
            ("kipseli", "Κυψέλη"),
            ("Kypseli", "Κυψέλη"),
            ("xristos", "Χρήστος"),
            ("xrhstos", "Χρήστος"),
            ("Christos", "Χρήστος"),
            ("xenonas", "Ξενώνας"),
            ("ksenonas", "Ξενώνας"),
            ("8hseio", "Θησείο"),
            ("psirri", "Ψυρρή"),
            ("gkizi", "Γκύζη"),
            ("euaggelos", "Ευάγγελος"),
            ("Evangelos", "Ευάγγελος"),
            ("grafeio", "Γραφείο"),
            ("ypiresia", "Υπηρεσία"),
            ("yphresia", "Υπηρεσία"),
            ("boithia", "Βοήθεια"),
            ("voitheia", "Βοήθεια"),
            ("paidia", "παιδιά"),
            ("mpampis", "Μπάμπης"),
            ("Maiou", "Μαΐου"),
            ("oikonomiko", "οικονομικό"),
            ("aftodioikisi", "Αυτοδιοίκηση"),
            ("eykolo", "εύκολο"),
            ("3enonas", "Ξενώνας"),
            ("4wmi", "ψωμί"),
            ("synchronos", "Σύγχρονος"),
            ("athina", "Αθήνα"),
        ] {
            let variants = greeklish_variants(typed);
            assert!(
                variants.contains(&phonetic(sought)),
                "{typed} -> {sought} {}: {variants:?}",
                phonetic(sought)
            );
            assert!(variants.len() <= MAX_VARIANTS, "{typed}");
        }
    }

    #[test]
    fn numbers_and_greek_have_no_variants() {
        assert_eq!(greeklish_variants("10438"), Vec::<String>::new());
        assert_eq!(greeklish_variants("σίτιση"), Vec::<String>::new());
        assert_eq!(phonetic("ΤΚ 11 855"), "tk 11 855");
    }

    #[test]
    fn forms_of_a_word_share_a_phonetic_stem() {
        for family in [
            "υπηρεσία υπηρεσίες υπηρεσιών",
            "παιδί παιδιά παιδιών παιδιού",
            "άστεγος άστεγοι αστέγων",
            "επίδομα επιδόματα επιδομάτων επιδόματος",
            "τρόφιμα τροφίμων",
            "δημόσιος δημόσια δημοσίου",
        ] {
            let mut keys: Vec<String> = family
                .split(' ')
                .map(|word| phonetic_stem(&phonetic(word)).to_owned())
                .collect();
            keys.dedup();
            assert_eq!(keys.len(), 1, "{keys:?}");
        }
    }

    proptest! {
        #[test]
        fn variants_are_bounded(word in "[a-zA-Z0-9]{0,40}") {
            prop_assert!(greeklish_variants(&word).len() <= MAX_VARIANTS);
        }

        #[test]
        fn keys_are_latin(word in "[α-ωάέήίόύώ]{0,20}") {
            prop_assert!(phonetic(&word).is_ascii());
        }
    }
}

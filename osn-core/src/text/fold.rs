//! The exact search key: one spelling for a word however its accents, case and final sigma were written.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Capitals that look the same in Greek and in Latin script: Greek, Latin.
const CAPITAL_TWINS: [(char, char); 14] = [
    ('Α', 'A'),
    ('Β', 'B'),
    ('Ε', 'E'),
    ('Ζ', 'Z'),
    ('Η', 'H'),
    ('Ι', 'I'),
    ('Κ', 'K'),
    ('Μ', 'M'),
    ('Ν', 'N'),
    ('Ο', 'O'),
    ('Ρ', 'P'),
    ('Τ', 'T'),
    ('Υ', 'Y'),
    ('Χ', 'X'),
];

/// Small letters that look the same: Greek, Latin.
const SMALL_TWINS: [(char, char); 8] = [
    ('α', 'a'),
    ('ι', 'i'),
    ('κ', 'k'),
    ('ν', 'v'),
    ('ο', 'o'),
    ('ρ', 'p'),
    ('υ', 'u'),
    ('χ', 'x'),
];

/// The Greek capital that looks like this Latin one; every other character as it is.
pub fn greek_capital(c: char) -> char {
    CAPITAL_TWINS
        .iter()
        .find(|(_, latin)| *latin == c)
        .map_or(c, |(greek, _)| *greek)
}

/// The Latin capital that looks like this Greek one; every other character as it is.
pub fn latin_capital(c: char) -> char {
    CAPITAL_TWINS
        .iter()
        .find(|(greek, _)| *greek == c)
        .map_or(c, |(_, latin)| *latin)
}

/// The exact key of a text: no accents, lower case, `σ` for `ς`, words separated by one space, NFC.
///
/// Letters and digits of every script stay (a name in Arabic has a key, too). Letters of the other script that look
/// alike are corrected inside a word, as they come from keyboards left in the wrong language and from scanned gazettes.
///
/// # Examples
/// ```
/// use osn_core::text::fold;
/// assert_eq!(fold("ΟΔΟΣ"), fold("οδός"));
/// assert_eq!(fold("«Προϋπηρεσία», 2ος κύκλος"), "προυπηρεσια 2οσ κυκλοσ");
/// ```
pub fn fold(text: &str) -> String {
    let bare: String = text
        .nfd()
        .filter(|c| !is_combining_mark(*c))
        .map(symbol_to_letter)
        .collect();
    let mut key = String::with_capacity(bare.len());
    for word in bare
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        if !key.is_empty() {
            key.push(' ');
        }
        let one_script = in_one_script(word);
        let small: String = one_script
            .as_deref()
            .unwrap_or(word)
            .chars()
            .flat_map(char::to_lowercase)
            .map(|c| if c == 'ς' { 'σ' } else { c })
            .collect();
        // Small letters have other twins than capitals, so that a second look may still find one script.
        key.push_str(in_one_script(&small).as_deref().unwrap_or(&small));
    }
    // Lower-casing may leave a mark (İ becomes i and a dot); composing keeps one spelling.
    key.nfc().filter(|c| !is_combining_mark(*c)).collect()
}

/// Symbols that stand for a Greek letter in printed and scanned text.
fn symbol_to_letter(c: char) -> char {
    match c {
        '\u{b5}' => 'μ',
        'ϐ' => 'β',
        'ϑ' => 'θ',
        'ϕ' => 'φ',
        'ϰ' => 'κ',
        'ϱ' => 'ρ',
        'ϲ' => 'σ',
        'ϖ' => 'π',
        'ϵ' => 'ε',
        other => other,
    }
}

/// Whether a letter belongs to the Greek alphabet, with or without marks.
pub(super) fn is_greek(c: char) -> bool {
    matches!(c, '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}')
}

/// A word that mixes Greek and Latin, in the one script that all of its letters allow.
fn in_one_script(word: &str) -> Option<String> {
    let greek = word.chars().any(is_greek);
    let latin = word.chars().any(|c| c.is_ascii_alphabetic());
    if !(greek && latin) {
        return None;
    }
    let twins = || CAPITAL_TWINS.iter().chain(&SMALL_TWINS);
    let to_greek = |c: char| twins().find(|(_, latin)| *latin == c).map(|(greek, _)| *greek);
    let to_latin = |c: char| twins().find(|(greek, _)| *greek == c).map(|(_, latin)| *latin);
    let all_greek: Option<String> = word
        .chars()
        .map(|c| if c.is_ascii_alphabetic() { to_greek(c) } else { Some(c) })
        .collect();
    all_greek.or_else(|| {
        word.chars()
            .map(|c| if is_greek(c) { to_latin(c) } else { Some(c) })
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn vectors() {
        for (text, key) in [
            ("ΟΔΟΣ", "οδοσ"),
            ("οδός", "οδοσ"),
            ("οδοσ", "οδοσ"),
            ("προϋπηρεσία", "προυπηρεσια"),
            ("Ἀθῆναι", "αθηναι"),
            ("ΜΑΪΟΥ", "μαιου"),
            ("Μαΐου", "μαιου"),
            ("ᾠδή", "ωδη"),
            ("ΝΟ\u{b5}ΟΣ", "νομοσ"),
            ("  Στέγη,  «Καλλιθέας»! ", "στεγη καλλιθεασ"),
            ("e-ΕΦΚΑ", "e εφκα"),
            // Latin letters inside Greek words, and a Greek one inside a Latin word.
            ("AΘΗΝΑ", "αθηνα"),
            ("σίτισn", "σιτισn"),
            ("Aθήνα", "αθηνα"),
            ("ΚΕΝΤΡO", "κεντρο"),
            ("ΝGO", "ngo"),
            ("Crèche Ελπίδα", "creche ελπιδα"),
            ("Straße İstanbul", "straße istanbul"),
            ("مكتب الرعاية", "مكتب الرعاية"),
            ("", ""),
            ("—", ""),
        ] {
            assert_eq!(fold(text), key, "{text}");
        }
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn accents_and_case_do_not_matter(text in "[α-ωΑ-Ωάέήίόύώϊϋΐΰ ]{0,30}") {
            let upper: String = text.chars().flat_map(char::to_uppercase).collect();
            prop_assert_eq!(fold(&upper), fold(&text));
            let decomposed: String = text.nfd().collect();
            prop_assert_eq!(fold(&decomposed), fold(&text));
        }
    }
}

//! A sort key: Greek before Latin, accents only where everything else is equal, the same order in every database.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::fold::fold;

/// Ends one level of the key; smaller than any character of a level, so that a shorter text stands first.
const LEVEL_END: char = '\u{1}';

/// A key whose byte order is the order for readers of Greek.
///
/// First level: the exact key, digits first, then Greek, then other scripts, then Latin. Second
/// level: plain letters before accented ones.
/// Third level: the text itself. Store it in a column compared by bytes (SQLite `BINARY`, PostgreSQL `"C"`).
pub fn sort_key(text: &str) -> String {
    let mut key: String = fold(text).chars().map(by_script).collect();
    key.push(LEVEL_END);
    key.extend(accents(text));
    key.push(LEVEL_END);
    key.extend(text.nfc());
    key
}

/// Latin letters move behind the Greek ones: `a` to its full-width form, whose bytes are larger.
fn by_script(c: char) -> char {
    if c.is_ascii_lowercase() {
        // U+FF41 is the full-width a; the distance is the same for the whole alphabet.
        u32::from(c).checked_add(0xFEE0).and_then(char::from_u32).unwrap_or(c)
    } else {
        c
    }
}

/// One digit for each letter: how many marks it carries.
fn accents(text: &str) -> Vec<char> {
    let mut weights: Vec<char> = Vec::new();
    for c in text.nfd() {
        if is_combining_mark(c) {
            if let Some(last) = weights.last_mut() {
                *last = char::from_u32(u32::from(*last).saturating_add(1)).unwrap_or(*last);
            }
        } else if c.is_alphanumeric() {
            weights.push('0');
        }
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order() {
        let sorted = [
            "",
            "2ος Παιδικός Σταθμός",
            "Άγιος",
            "Αγίου",
            "Αθήνα",
            "Αθηναίων",
            "Μαιου",
            "Μαΐου",
            "Μάιου",
            "νομος",
            "νόμος",
            "Νόμος Β",
            "ξενώνας",
            "Ψυρρή",
            "Ωρωπός",
            "مكتب",
            "Athens",
            "école",
            "Zappeion",
        ];
        for (earlier, later) in sorted.iter().zip(sorted.iter().skip(1)) {
            assert!(sort_key(earlier) < sort_key(later), "{earlier} before {later}");
        }
    }

    #[test]
    fn equal_only_when_the_text_is() {
        assert_ne!(sort_key("Νόμος"), sort_key("νόμος"));
        assert_eq!(sort_key("Νο\u{301}μος"), sort_key("Νόμος"));
    }
}

//! Transliteration of Greek into Latin letters: ELOT 743 (ISO 843, type 2; UN resolution V/19).
//!
//! For labels, file names and a first proposal of a name in Latin letters. People keep the spelling of their passport: it
//! is stored beside the Greek name and never replaced by this.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::fold::is_greek;

/// A letter of the input with its marks read off.
#[derive(Clone, Copy)]
struct Letter {
    /// Small letter without marks, `σ` for `ς`.
    base: char,
    upper: bool,
    accent: bool,
    dialytika: bool,
}

/// Transliterates Greek; everything else stays.
///
/// # Examples
/// ```
/// use osn_core::text::transliterate;
/// assert_eq!(transliterate("Δήμος Αθηναίων, ΘΗΣΕΙΟ"), "Dimos Athinaion, THISEIO");
/// ```
pub fn transliterate(text: &str) -> String {
    let letters = letters(text);
    let mut out = String::with_capacity(text.len());
    let mut before: Option<Letter> = None;
    let mut rest = letters.as_slice();
    while let Some((first, after)) = rest.split_first() {
        let (latin, used) = match after
            .first()
            .and_then(|second| group(before, *first, *second, after.get(1)))
        {
            Some(latin) => (latin, 2),
            None => (single(first.base), 1),
        };
        let (taken, left) = rest.split_at(used.min(rest.len()));
        match latin {
            Some(latin) => push(&mut out, latin, taken, before, left.first()),
            None => out.push(first.base),
        }
        before = taken.last().copied();
        rest = left;
    }
    out
}

/// Reads the marks off Greek letters. Other characters keep theirs, composed.
fn letters(text: &str) -> Vec<Letter> {
    let mut letters: Vec<Letter> = Vec::with_capacity(text.len());
    for c in text.nfc() {
        let mut parts = std::iter::once(c).nfd();
        let base = parts.next().unwrap_or(c);
        if !is_greek(base) {
            letters.push(Letter {
                base: c,
                upper: false,
                accent: false,
                dialytika: false,
            });
            continue;
        }
        let small = base.to_lowercase().next().unwrap_or(base);
        let mut letter = Letter {
            base: if small == 'ς' { 'σ' } else { small },
            upper: small != base,
            accent: false,
            dialytika: false,
        };
        for mark in parts.filter(|mark| is_combining_mark(*mark)) {
            letter.accent |= matches!(mark, '\u{300}' | '\u{301}' | '\u{342}');
            letter.dialytika |= mark == '\u{308}';
        }
        letters.push(letter);
    }
    letters
}

fn is_word_letter(letter: Option<&Letter>) -> bool {
    letter.is_some_and(|letter| letter.base.is_alphabetic())
}

/// Two letters that are written together; `None` when each stands alone.
#[expect(
    clippy::option_option,
    reason = "the outer says whether the two belong together, the inner is what `single` gives, too"
)]
fn group(
    before: Option<Letter>,
    first: Letter,
    second: Letter,
    third: Option<&Letter>,
) -> Option<Option<&'static str>> {
    // An accent on the first vowel or a dialytika on the second keeps them apart: Πρόυνος, προϋπηρεσία.
    let apart = first.accent || second.dialytika;
    let latin = match (first.base, second.base) {
        ('ο', 'υ') if !apart => "ou",
        ('α', 'υ') if !apart => {
            if voiced(third) {
                "av"
            } else {
                "af"
            }
        }
        ('ε', 'υ') if !apart => {
            if voiced(third) {
                "ev"
            } else {
                "ef"
            }
        }
        ('η', 'υ') if !apart => {
            if voiced(third) {
                "iv"
            } else {
                "if"
            }
        }
        ('γ', 'γ') => "ng",
        ('γ', 'ξ') => "nx",
        ('γ', 'χ') => "nch",
        ('μ', 'π') if !is_word_letter(before.as_ref()) || !is_word_letter(third) => "b",
        _ => return None,
    };
    Some(Some(latin))
}

/// Whether αυ, ευ, ηυ sound with v before this letter: before a vowel or a voiced consonant.
fn voiced(next: Option<&Letter>) -> bool {
    next.is_some_and(|next| "αεηιουωβγδζλμνρ".contains(next.base))
}

fn single(base: char) -> Option<&'static str> {
    Some(match base {
        'α' => "a",
        'β' => "v",
        'γ' => "g",
        'δ' => "d",
        'ε' => "e",
        'ζ' => "z",
        'η' | 'ι' => "i",
        'θ' => "th",
        'κ' => "k",
        'λ' => "l",
        'μ' => "m",
        'ν' => "n",
        'ξ' => "x",
        'ο' | 'ω' => "o",
        'π' => "p",
        'ρ' => "r",
        'σ' => "s",
        'τ' => "t",
        'υ' => "y",
        'φ' => "f",
        'χ' => "ch",
        'ψ' => "ps",
        _ => return None,
    })
}

/// Writes `latin` in the case of the letters it stands for: Θ gives Th in Θήβα and TH in ΘΗΒΑ.
fn push(out: &mut String, latin: &str, taken: &[Letter], before: Option<Letter>, next: Option<&Letter>) {
    let first_upper = taken.first().is_some_and(|letter| letter.upper);
    let last_upper = taken.last().is_some_and(|letter| letter.upper);
    let all_upper = if taken.len() > 1 {
        first_upper && last_upper
    } else {
        match next.filter(|next| is_word_letter(Some(next))) {
            Some(next) => first_upper && next.upper,
            None => first_upper && before.is_some_and(|before| before.upper),
        }
    };
    if all_upper {
        out.push_str(&latin.to_ascii_uppercase());
        return;
    }
    for (index, c) in latin.chars().enumerate() {
        // γγ, ου, αυ: each Latin letter has the case of its own Greek one.
        let upper = match index {
            0 => first_upper,
            _ => taken.len() > 1 && last_upper,
        };
        out.push(if upper { c.to_ascii_uppercase() } else { c });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn vectors() {
        for (greek, latin) in [
            ("Γεώργιος", "Georgios"),
            ("Μπάμπης", "Bampis"),
            ("Ευάγγελος", "Evangelos"),
            ("Παύλος", "Pavlos"),
            ("Αυτοδιοίκηση", "Aftodioikisi"),
            ("Ευθύμιος", "Efthymios"),
            ("Άγγελος", "Angelos"),
            ("Κουμπάρος", "Koumparos"),
            ("Νταής", "Ntais"),
            ("Μαΐου", "Maiou"),
            ("Πρόυνος", "Proynos"),
            ("Ηύρηκα", "Ivrika"),
            ("Σύγχρονος", "Synchronos"),
            ("Ψυρρή", "Psyrri"),
            ("Παγκράτι", "Pagkrati"),
            ("Ωρωπός", "Oropos"),
            // Case, word ends, groups kept apart, other scripts.
            ("ΘΗΒΑ", "THIVA"),
            ("Θήβα", "Thiva"),
            ("ΨΥΡΡΗ", "PSYRRI"),
            ("Ψ", "Ps"),
            ("ΟΥΖΟ ούζο Ούζο", "OUZO ouzo Ouzo"),
            ("ΕΥΑΓΓΕΛΟΣ", "EVANGELOS"),
            ("Μπομπ", "Bob"),
            ("ΜΠΑΡ", "BAR"),
            ("Ταύ", "Taf"),
            ("άυλος", "aylos"),
            ("προϋπηρεσία", "proypiresia"),
            ("Σφίγξ, λάρυγξ", "Sfinx, larynx"),
            ("Ἀθῆναι", "Athinai"),
            ("Café Αθήνα 2022", "Café Athina 2022"),
            ("", ""),
        ] {
            assert_eq!(transliterate(greek), latin, "{greek}");
        }
    }

    proptest! {
        #[test]
        fn greek_letters_become_ascii(text in "[Α-ΡΣ-Ωα-ωάέήίόύώϊϋΐΰΆΈΉΊΌΎΏ ]{0,30}") {
            prop_assert!(transliterate(&text).is_ascii(), "{}", transliterate(&text));
        }

        #[test]
        fn anything_else_stays(text in "[a-zA-Z0-9 ,.éñ€]{0,30}") {
            prop_assert_eq!(transliterate(&text), text);
        }
    }
}

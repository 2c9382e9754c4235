//! What the column of cost says: free, a plain price, or words that somebody has to read.

use osn_core::text::fold;
use rust_decimal::Decimal;

/// Whole cells that say free and nothing else.
const FREE: [&str; 7] = [
    "δωρεαν",
    "χωρισ κοστοσ",
    "χωρισ χρεωση",
    "free",
    "free of charge",
    "no charge",
    "at no cost",
];

/// Words that may stand beside the number of a plain price: the currency, and for what it is paid.
#[rustfmt::skip]
const UNITS: [&str; 37] = [
    "ευρω", "euro", "euros", "eur", "το", "τον", "τη", "την", "ανα", "ατομο", "οικογενεια", "φορα", "επισκεψη", "συνεδρια", "μερα", "ημερα", "εβδομαδα",
    "μηνα", "μηνασ", "μηνιαιωσ", "ετοσ", "χρονο", "ετησιωσ", "per", "a", "each", "person", "family", "visit", "session", "day", "week", "month", "monthly",
    "year", "yearly", "annually",
];

/// Whether a cell says free (`true`) or a plain price (`false`); nothing where it says anything else: «Δωρεάν για ανέργους,
/// 5 € για τους άλλους» and «Όχι δωρεάν» are neither, and only whoever reads the words knows.
pub(super) fn read(text: &str) -> Option<bool> {
    if FREE.contains(&fold(text).as_str()) {
        return Some(true);
    }
    let spaced = text.replace('€', " ευρω ");
    let mut numbers: Vec<Decimal> = Vec::new();
    for piece in spaced.split(|letter: char| letter.is_whitespace() || "-–—/".contains(letter)) {
        let piece = piece.trim_matches([',', '.', ';', ':', '(', ')']);
        if piece.starts_with(|letter: char| letter.is_ascii_digit()) {
            numbers.push(crate::cell::number(piece).ok()?.value());
        } else if !piece.is_empty() && !UNITS.contains(&fold(piece).as_str()) {
            return None;
        }
    }
    // From nothing to something depends on who asks.
    let zeros = numbers.iter().filter(|number| number.is_zero()).count();
    match (numbers.len(), zeros) {
        (0, _) => None,
        (all, zeros) if all == zeros => Some(true),
        (_, 0) => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_cell_that_says_nothing_else_is_free_or_a_price() {
        for (text, wanted) in [
            ("Δωρεάν", Some(true)),
            ("ΔΩΡΕΑΝ.", Some(true)),
            ("free", Some(true)),
            ("Free of charge", Some(true)),
            ("χωρίς χρέωση", Some(true)),
            ("0", Some(true)),
            ("0 €", Some(true)),
            ("0,00 ευρώ", Some(true)),
            ("5 €", Some(false)),
            ("0,50€", Some(false)),
            ("20 ευρώ τον μήνα", Some(false)),
            ("5–10 € / συνεδρία", Some(false)),
            ("3 euros per visit", Some(false)),
            ("0-10 €", None),
            ("Δωρεάν για ανέργους, 5 € για τους άλλους", None),
            ("Όχι δωρεάν", None),
            ("not free", None),
            ("0 για ανέργους", None),
            ("5 € εκτός από ανέργους", None),
            ("Συμβολική συμμετοχή", None),
            ("€", None),
            ("", None),
        ] {
            assert_eq!(read(text), wanted, "{text}");
        }
    }
}

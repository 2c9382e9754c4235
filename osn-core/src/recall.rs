//! A recall (ανάκληση): a lot that was handed out is called back, and everybody who received it is told.

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, ActionId, RecallId};
use crate::lang::LocalText;
use crate::text::fold::{fold, greek_capital};
use crate::time::Instant;

/// Longest name of a lot, in characters.
pub const LONGEST_LOT: usize = 80;

/// The key under which one lot is found again, however it was typed: `l 22-0917` and `L22-0917` are one lot, and so are those
/// whose letters only look alike in Greek and Latin script.
///
/// Empty where the text holds no letter and no digit: then it names no lot.
pub fn lot_key(text: &str) -> String {
    let symbols = fold(text);
    let symbols = symbols.chars().filter(|symbol| symbol.is_alphanumeric());
    symbols.flat_map(char::to_uppercase).map(greek_capital).collect()
}

/// A lot that is called back. One recall for each lot of an action; calling it back again changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recall {
    /// Identifier.
    pub id: RecallId,
    /// The action that handed it out.
    pub action_id: ActionId,
    /// The lot, as whoever called it back wrote it.
    pub lot: String,
    /// Why, for the people who received it.
    pub reason: LocalText,
    /// Who called it back.
    pub by: AccountId,
    /// When.
    pub at: Instant,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lot_is_one_lot_however_it_was_typed() {
        for (typed, same) in [
            ("L22-0917", "l22 0917"),
            // Greek and Latin A.
            (" Α-12/3 ", "a123"),
            ("Παρτίδα 7", "ΠΑΡΤΙΔΑ-7"),
        ] {
            assert_eq!(lot_key(typed), lot_key(same), "{typed} {same}");
        }
        assert_ne!(lot_key("L22-0917"), lot_key("L22-0918"));
        assert_eq!(lot_key(" - / "), "");
    }
}

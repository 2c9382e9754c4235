//! How many slips of the finger lie between two words, up to a bound.

/// The optimal string alignment distance (a letter more, less, another, or two swapped) when it is at most `most`.
///
/// # Examples
/// ```
/// use osn_core::text::edit::distance;
/// assert_eq!(distance("κοινονικο", "κοινωνικο", 2), Some(1));
/// assert_eq!(distance("σιτιση", "στεγη", 1), None);
/// ```
pub fn distance(a: &str, b: &str, most: usize) -> Option<usize> {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    // Three rows: the one before the last, the last, and the one being written.
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut previous_letter = None;
    for (row, letter) in a.iter().enumerate() {
        let mut now = Vec::with_capacity(last.len());
        now.push(row.saturating_add(1));
        let mut left_letter = None;
        for (column, other) in b.iter().enumerate() {
            let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX);
            let next = column.saturating_add(1);
            let changed = at(&last, column).saturating_add(usize::from(letter != other));
            let more = at(&now, column).min(at(&last, next)).saturating_add(1);
            let mut least = changed.min(more);
            if previous_letter == Some(other) && left_letter == Some(letter) {
                let swapped = at(&before, column.saturating_sub(1)).saturating_add(1);
                least = least.min(swapped);
            }
            now.push(least);
            left_letter = Some(other);
        }
        if now.iter().all(|cost| *cost > most) {
            return None;
        }
        previous_letter = Some(letter);
        before = std::mem::replace(&mut last, now);
    }
    last.last().copied().filter(|cost| *cost <= most)
}

/// A word against which many others are measured: the same distance as [`distance`], many times as fast.
///
/// Each column of the table is one number, a bit for each letter of the word (Hyyrö 2003, with swapped letters).
#[derive(Debug, Clone)]
pub struct Measure {
    word: String,
    length: usize,
    /// For each different letter, where it stands.
    places: Vec<(char, u64)>,
    /// The bit of the last letter.
    last: u64,
}

impl Measure {
    /// For a word.
    pub fn new(word: &str) -> Self {
        let length = word.chars().count();
        let mut places: Vec<(char, u64)> = Vec::new();
        let mut last = 0;
        for (letter, place) in word.chars().zip(0_u32..64) {
            last = 1_u64.wrapping_shl(place);
            match places.iter_mut().find(|(known, _)| *known == letter) {
                Some((_, bits)) => *bits |= last,
                None => places.push((letter, last)),
            }
        }
        Self {
            word: word.to_owned(),
            length,
            places,
            last,
        }
    }

    /// How many slips lie between the word and another, when there are at most `most`.
    pub fn distance(&self, other: &str, most: usize) -> Option<usize> {
        if self.length == 0 || self.length > 64 {
            return distance(&self.word, other, most);
        }
        // Bits of what is one more, or one less, than the letter above; and of what is no more than the letter before.
        let (mut more, mut less, mut same, mut before) = (u64::MAX, 0_u64, 0_u64, 0_u64);
        let mut slips = self.length;
        for letter in other.chars() {
            let here = self
                .places
                .iter()
                .find(|(known, _)| *known == letter)
                .map_or(0, |(_, bits)| *bits);
            let swapped = (!same & here).wrapping_shl(1) & before;
            same = ((here & more).wrapping_add(more) ^ more) | here | less | swapped;
            let (up, down) = (less | !(same | more), same & more);
            if up & self.last != 0 {
                slips = slips.saturating_add(1);
            }
            if down & self.last != 0 {
                slips = slips.saturating_sub(1);
            }
            let up = up.wrapping_shl(1) | 1;
            more = down.wrapping_shl(1) | !(same | up);
            less = up & same;
            before = here;
        }
        Some(slips).filter(|slips| *slips <= most)
    }
}

/// Slips that are forgiven in a word: none in a short one, and none in a number.
pub fn forgiven(word: &str) -> usize {
    if word.chars().any(|c| c.is_ascii_digit()) {
        return 0;
    }
    match word.chars().count() {
        0..=3 => 0,
        4..=6 => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn slips_are_counted() {
        for (a, b, slips) in [
            ("σιτιση", "σιτιση", Some(0)),
            ("σιτηση", "σιτιση", Some(1)),
            ("σιτση", "σιτιση", Some(1)),
            ("σιτισιη", "σιτιση", Some(1)),
            ("σιτσιη", "σιτιση", Some(1)),
            ("φαρμκαιο", "φαρμακειο", Some(2)),
            ("στεγη", "σιτιση", None),
            ("", "αβ", Some(2)),
            ("", "", Some(0)),
            ("ca", "abc", None),
        ] {
            assert_eq!(distance(a, b, 2), slips, "{a} {b}");
        }
        assert_eq!(
            (
                forgiven("γη"),
                forgiven("στεγη"),
                forgiven("κοινωνικο"),
                forgiven("10431")
            ),
            (0, 1, 2, 0)
        );
    }

    proptest! {
        #[test]
        fn it_is_symmetric_and_bounded(a in "[αβγ]{0,7}", b in "[αβγ]{0,7}", most in 0_usize..4) {
            let there = distance(&a, &b, most);
            prop_assert_eq!(there, distance(&b, &a, most));
            prop_assert_eq!(there, distance(&a, &b, 20).filter(|slips| *slips <= most));
            prop_assert_eq!(there == Some(0), a == b);
        }

        #[test]
        fn both_ways_of_measuring_say_the_same(a in "[αβγδ]{0,9}|[αβ]{60,70}", b in "[αβγδ]{0,9}", most in 0_usize..5) {
            prop_assert_eq!(Measure::new(&a).distance(&b, most), distance(&a, &b, most), "{} {}", a, b);
        }
    }
}

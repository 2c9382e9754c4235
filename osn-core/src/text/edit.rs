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
    }
}

//! How a mail address, the parts of a recurrence and a harmless text are written.

use super::Rule;

/// A mail address that every reader of the format `email` takes: ASCII, one `@`, dotted names.
pub(super) fn is_email(text: &str) -> bool {
    let Some((local, host)) = text.split_once('@') else {
        return false;
    };
    let is_atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~-".contains(c);
    let local_is_fine = local.len() <= 64
        && local
            .split('.')
            .all(|part| !part.is_empty() && part.chars().all(is_atom));
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    local_is_fine && host.len() <= 253 && host.contains('.') && host.split('.').all(is_label)
}

/// `MO`, `1MO`, `-1FR`.
pub(super) fn is_by_day(part: &str) -> bool {
    let Some((ordinal, day)) = part.len().checked_sub(2).and_then(|at| part.split_at_checked(at)) else {
        return false;
    };
    let known = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"].contains(&day);
    known && (ordinal.is_empty() || is_ordinal(ordinal, 53))
}

/// A number between 1 and `limit`, counted from the end when negative.
pub(super) fn is_ordinal(part: &str, limit: i32) -> bool {
    let digits = part.strip_prefix(['+', '-']).unwrap_or(part);
    !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && digits.parse::<i32>().is_ok_and(|number| (1..=limit).contains(&number))
}

/// Texts may have lines and tabs. What overrides the direction of the text around it, or steers a terminal, is refused:
/// it is how a name is made to look like another.
pub(super) fn text_rule(text: &str, limit: usize, lines: bool) -> Option<Rule> {
    if text.len() > limit && text.chars().count() > limit {
        return Some(Rule::TooLong);
    }
    let hostile = |c: char| {
        let is_layout = lines && matches!(c, '\n' | '\r' | '\t');
        let overrides =
            matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}');
        (c.is_control() && !is_layout) || overrides || matches!(c, '\u{2028}' | '\u{2029}')
    };
    text.chars().any(hostile).then_some(Rule::ControlCharacters)
}

//! A meeting as an entry of a calendar (RFC 5545), which every mail program opens.

use chrono::SecondsFormat;

use super::{Cadence, Meeting, MeetingState};
use crate::time::Instant;

/// The longest line, in octets, without its break (RFC 5545, 3.1).
const LINE: usize = 75;

/// The invitation, or the word that the meeting does not take place, in a language.
///
/// `host` is the name of the server's host, for the entry's identifier; `sent_at` is when it is written.
pub fn icalendar(meeting: &Meeting, host: &str, lang: &str, sent_at: Instant) -> String {
    let cancelled = matches!(meeting.state, MeetingState::Cancelled { .. });
    let (method, status) = if cancelled {
        ("CANCEL", "CANCELLED")
    } else {
        ("REQUEST", "CONFIRMED")
    };
    let agenda: Vec<String> = (1_u32..)
        .zip(&meeting.agenda)
        .map(|(number, item)| format!("{number}. {}", item.get(lang)))
        .collect();
    let mut lines = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Open Social Net//Meetings//EN".to_owned(),
        format!("METHOD:{method}"),
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}@{host}", meeting.id),
        format!("SEQUENCE:{}", meeting.sequence),
        format!("DTSTAMP:{}", stamp(sent_at)),
        format!("DTSTART:{}", stamp(meeting.starts_at)),
        format!("DTEND:{}", stamp(meeting.ends_at)),
        format!("SUMMARY:{}", escaped(meeting.title.get(lang))),
        format!("LOCATION:{}", escaped(meeting.place.get(lang))),
        format!("STATUS:{status}"),
    ];
    if !agenda.is_empty() {
        lines.push(format!("DESCRIPTION:{}", escaped(&agenda.join("\n"))));
    }
    lines.extend(rule(meeting.cadence).map(|rule| format!("RRULE:{rule}")));
    lines.extend(["END:VEVENT".to_owned(), "END:VCALENDAR".to_owned()]);
    lines.iter().map(|line| folded(line)).collect()
}

fn rule(cadence: Cadence) -> Option<&'static str> {
    match cadence {
        Cadence::Once => None,
        Cadence::Weekly => Some("FREQ=WEEKLY"),
        Cadence::Monthly => Some("FREQ=MONTHLY"),
        Cadence::Quarterly => Some("FREQ=MONTHLY;INTERVAL=3"),
        Cadence::Yearly => Some("FREQ=YEARLY"),
    }
}

/// `20220901T070000Z`.
pub(crate) fn stamp(at: Instant) -> String {
    let text = at.to_rfc3339_opts(SecondsFormat::Secs, true);
    text.chars().filter(|letter| !matches!(letter, '-' | ':')).collect()
}

/// Text with what the format reads as marks escaped (RFC 5545, 3.3.11); other control characters go.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | ';' | ',' => out.extend(['\\', letter]),
            '\n' => out.push_str("\\n"),
            letter if letter.is_control() => {}
            letter => out.push(letter),
        }
    }
    out
}

/// A line broken where it is longer than the format allows, never inside a letter.
pub(crate) fn folded(line: &str) -> String {
    let mut out = String::with_capacity(line.len().saturating_add(2));
    let mut length = 0_usize;
    for letter in line.chars() {
        let next = length.saturating_add(letter.len_utf8());
        if next > LINE {
            out.push_str("\r\n ");
            length = letter.len_utf8().saturating_add(1);
        } else {
            length = next;
        }
        out.push(letter);
    }
    out.push_str("\r\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_escaped_and_lines_are_folded_between_letters() {
        assert_eq!(escaped("α, β; γ\\δ\r\nε"), "α\\, β\\; γ\\\\δ\\nε");
        let long = format!("SUMMARY:{}", "Συνάντηση ".repeat(20));
        let folded = folded(&long);
        for line in folded.trim_end_matches("\r\n").split("\r\n") {
            assert!(line.len() <= LINE, "{} octets: {line}", line.len());
        }
        assert_eq!(folded.replace("\r\n ", "").trim_end_matches("\r\n"), long);
    }
}

//! Opening hours as people write them: `Δευ-Παρ 09:00-14:00; Σαβ 10:00-13:00`, `Mon, Wed 9:00-12:00 17:00-20:00`.

use chrono::NaiveTime;
use osn_core::text::fold;

/// One block of hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// Days as RFC 5545 writes them, `MO,TU`; empty: no day is said.
    pub(crate) days: String,
    /// Opens.
    pub(crate) opens: NaiveTime,
    /// Closes.
    pub(crate) closes: NaiveTime,
}

/// The days with their names in every form, folded. People write a name or its beginning; a word that only begins like a day,
/// as «Δεύτερο» of «Δεύτερο Σάββατο του μήνα» does, is none.
const DAYS: [(&str, &[&str]); 7] = [
    ("MO", &["δευτερα", "δευτερασ", "δευτερεσ", "monday", "mondays"]),
    ("TU", &["τριτη", "τριτησ", "τριτεσ", "tuesday", "tuesdays"]),
    ("WE", &["τεταρτη", "τεταρτησ", "τεταρτεσ", "wednesday", "wednesdays"]),
    (
        "TH",
        &["πεμπτη", "πεμπτησ", "πεμπτεσ", "thursday", "thursdays", "thurs"],
    ),
    ("FR", &["παρασκευη", "παρασκευησ", "παρασκευεσ", "friday", "fridays"]),
    ("SA", &["σαββατο", "σαββατου", "σαββατα", "saturday", "saturdays"]),
    (
        "SU",
        &["κυριακη", "κυριακησ", "κυριακεσ", "κυριακα", "sunday", "sundays"],
    ),
];
/// Letters of the shortest beginning: with one «Τ» would be two days, and «Τε» two with «Τετ».
const BEGINNING: usize = 2;

/// What the whole week is called. Only where it stands alone: «Καθημερινά και Σάββατο» means another week.
const EVERY_DAY: [&str; 7] = [
    "καθημερινα",
    "καθε μερα",
    "καθε ημερα",
    "ολεσ τισ μερεσ",
    "daily",
    "every day",
    "everyday",
];
/// What Monday to Friday is called.
const WORKING_DAYS: [&str; 2] = ["καθημερινεσ", "weekdays"];
/// What Saturday and Sunday are called.
const WEEKEND: [&str; 6] = [
    "σαββατοκυριακο",
    "σαββατοκυριακου",
    "σαββατοκυριακα",
    "σκ",
    "weekend",
    "weekends",
];

/// Reads blocks of hours; `None` where something in it is not understood, nothing where nothing is said.
pub(crate) fn read(text: &str) -> Option<Vec<Block>> {
    let mut blocks = Vec::new();
    for part in text.split([';', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
        let at = part.find(|c: char| c.is_ascii_digit())?;
        let (days, times) = part.split_at(at);
        let days = days_of(days)?;
        for span in spans(times)? {
            blocks.push(Block {
                days: days.clone(),
                opens: span.0,
                closes: span.1,
            });
        }
    }
    Some(blocks)
}

/// Days as RFC 5545 writes them; nothing where no day is said, which is not every day.
fn days_of(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches([':', ',']).trim();
    if text.is_empty() {
        return Some(String::new());
    }
    let mut chosen = [false; 7];
    if EVERY_DAY.contains(&fold(text).as_str()) {
        chosen = [true; 7];
    } else {
        let plain = plain(text);
        for part in plain.split([',', '&', '/', ' ']).filter(|part| !part.is_empty()) {
            choose(part, &mut chosen)?;
        }
    }
    if chosen == [false; 7] {
        return None;
    }
    let names = DAYS
        .iter()
        .zip(chosen)
        .filter(|(_, chosen)| *chosen)
        .map(|((name, _), _)| *name);
    Some(names.collect::<Vec<_>>().join(","))
}

/// The same with signs for the words between days, in whatever letters they are written, and nothing around a dash: what is
/// left between spaces is a day, or not understood.
fn plain(text: &str) -> String {
    let words = text.split_whitespace().map(|word| match fold(word).as_str() {
        "και" | "and" | "τισ" => ",".to_owned(),
        "εωσ" | "ωσ" | "μεχρι" | "to" | "through" => "-".to_owned(),
        // A stroke stands between days, too.
        "σ κ" if word.contains('/') => "σκ".to_owned(),
        _ => word.replace(['–', '—'], "-"),
    });
    let spaced = words.collect::<Vec<_>>().join(" ");
    spaced.replace(" -", "-").replace("- ", "-")
}

/// Chooses one day, from one day to another, the days of work, or those of the week's end.
fn choose(part: &str, chosen: &mut [bool; 7]) -> Option<()> {
    let folded = fold(part);
    let (first, last) = if WORKING_DAYS.contains(&folded.as_str()) {
        (0, 4)
    } else if WEEKEND.contains(&folded.as_str()) {
        (5, 6)
    } else {
        let mut ends = part.split('-').map(day);
        let first = ends.next()??;
        let last = match ends.next() {
            Some(last) => last?,
            None => first,
        };
        if ends.next().is_some() {
            return None;
        }
        (first, last)
    };
    // From Saturday to Monday goes over the end of the week.
    for step in 0..7 {
        let at = first.saturating_add(step) % 7;
        if let Some(chosen) = chosen.get_mut(at) {
            *chosen = true;
        }
        if at == last {
            break;
        }
    }
    Some(())
}

fn day(text: &str) -> Option<usize> {
    let folded = fold(text.trim().trim_end_matches('.'));
    if folded.chars().count() < BEGINNING {
        return None;
    }
    DAYS.iter()
        .position(|(_, names)| names.iter().any(|name| name.starts_with(&folded)))
}

fn spans(text: &str) -> Option<Vec<(NaiveTime, NaiveTime)>> {
    let plain = text
        .replace(['–', '—'], "-")
        .replace(" - ", "-")
        .replace(" και ", " ")
        .replace(" έως ", "-");
    let spans = plain.split([',', ' ']).filter(|span| !span.is_empty()).map(|span| {
        let (from, to) = span.split_once('-')?;
        Some((time(from)?, time(to)?))
    });
    spans.collect()
}

fn time(text: &str) -> Option<NaiveTime> {
    let text = text.trim();
    let whole = text.parse::<u32>().ok().filter(|_| text.len() <= 2);
    match whole {
        Some(24) => NaiveTime::from_hms_opt(0, 0, 0),
        Some(hour) => NaiveTime::from_hms_opt(hour, 0, 0),
        None if text == "24:00" => NaiveTime::from_hms_opt(0, 0, 0),
        // What would be an offset in a cell of its own is one span too many here.
        None if text.contains('-') => None,
        None => crate::cell::time(text).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_as_people_write_them() {
        for (text, wanted) in [
            ("Δευ-Παρ 09:00-14:00", Some("MO,TU,WE,TH,FR 09:00-14:00")),
            ("ΔΕΥΤΕΡΑ - ΠΑΡΑΣΚΕΥΗ: 9.00–14.00", Some("MO,TU,WE,TH,FR 09:00-14:00")),
            (
                "Δευτέρα, Τετάρτη 9-12, 17-20",
                Some("MO,WE 09:00-12:00|MO,WE 17:00-20:00"),
            ),
            (
                "Τρ & Πεμ 10:00-13:00; Σάβ 10-12",
                Some("TU,TH 10:00-13:00|SA 10:00-12:00"),
            ),
            ("Σαβ-Δευ 8:00-24:00", Some("MO,SA,SU 08:00-00:00")),
            ("Mon-Wed 9:00-17:00", Some("MO,TU,WE 09:00-17:00")),
            ("Καθημερινά 9:00-17:00", Some("MO,TU,WE,TH,FR,SA,SU 09:00-17:00")),
            ("ΚΑΘΕ ΜΕΡΑ: 9-17", Some("MO,TU,WE,TH,FR,SA,SU 09:00-17:00")),
            ("Every day 9:00-17:00", Some("MO,TU,WE,TH,FR,SA,SU 09:00-17:00")),
            ("Καθημερινές 9:00-17:00", Some("MO,TU,WE,TH,FR 09:00-17:00")),
            ("Καθημερινές και Σάββατο 9-14", Some("MO,TU,WE,TH,FR,SA 09:00-14:00")),
            ("Καθημερινά και Σάββατο 9-14", None),
            ("Καθημερινά εκτός Κυριακής 9-14", None),
            ("Τις καθημερινές 9-17", Some("MO,TU,WE,TH,FR 09:00-17:00")),
            ("9:00-17:00", Some(" 09:00-17:00")),
            ("Δευτέρα έως Παρασκευή 9-14", Some("MO,TU,WE,TH,FR 09:00-14:00")),
            ("ΔΕΥΤΕΡΑ ΚΑΙ ΤΡΙΤΗ 9-14", Some("MO,TU 09:00-14:00")),
            ("Δευ. – Τετ., Παρ. 9-14", Some("MO,TU,WE,FR 09:00-14:00")),
            ("Mon to Wed and Fri 9-14", Some("MO,TU,WE,FR 09:00-14:00")),
            ("Δευτέρα Τετάρτη 9-14", Some("MO,WE 09:00-14:00")),
            ("Δευτέρα εκτός αργιών 9-14", None),
            ("Σαββατοκύριακο 10:00-14:00", Some("SA,SU 10:00-14:00")),
            ("Παρ & Σ/Κ 10-14", Some("FR,SA,SU 10:00-14:00")),
            ("Weekends 10-14", Some("SA,SU 10:00-14:00")),
            ("Δευτέρες και Πέμπτες 9-12", Some("MO,TH 09:00-12:00")),
            ("Tues, Thurs 9-12", Some("TU,TH 09:00-12:00")),
            ("Δεύτερο Σάββατο 10-12", None),
            ("Τρίτο Σάββατο 10-12", None),
            ("Τέταρτο Σάββατο 10-12", None),
            ("Πάσχα 10-12", None),
            ("Πάντα 9-21", None),
            ("Summer 9-13", None),
            ("Monthly 9-12", None),
            ("Τ 9-12", None),
            ("Δευ-Τρ-Τετ 9-14", None),
            ("και 9-14", None),
            ("", Some("")),
            ("Με ραντεβού", None),
            ("Δευ 9:00", None),
            ("Δευ 9:00-10:00-11:00", None),
            ("Δευ 25:00-26:00", None),
        ] {
            let said = |block: &Block| {
                format!(
                    "{} {}-{}",
                    block.days,
                    block.opens.format("%H:%M"),
                    block.closes.format("%H:%M")
                )
            };
            let read = read(text).map(|blocks| blocks.iter().map(said).collect::<Vec<_>>().join("|"));
            assert_eq!(read.as_deref(), wanted, "{text}");
        }
    }
}

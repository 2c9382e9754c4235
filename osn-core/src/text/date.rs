//! Dates as people read and write them in Greek: «15 Ιουλίου 2022», `15/07/2022`.

use chrono::{Datelike as _, NaiveDate};

/// Months in the genitive, for dates.
const GENITIVE: [&str; 12] = [
    "Ιανουαρίου",
    "Φεβρουαρίου",
    "Μαρτίου",
    "Απριλίου",
    "Μαΐου",
    "Ιουνίου",
    "Ιουλίου",
    "Αυγούστου",
    "Σεπτεμβρίου",
    "Οκτωβρίου",
    "Νοεμβρίου",
    "Δεκεμβρίου",
];

/// Months in the nominative, for headings.
const NOMINATIVE: [&str; 12] = [
    "Ιανουάριος",
    "Φεβρουάριος",
    "Μάρτιος",
    "Απρίλιος",
    "Μάιος",
    "Ιούνιος",
    "Ιούλιος",
    "Αύγουστος",
    "Σεπτέμβριος",
    "Οκτώβριος",
    "Νοέμβριος",
    "Δεκέμβριος",
];

/// Days of the week from Monday.
const WEEKDAYS: [&str; 7] = [
    "Δευτέρα",
    "Τρίτη",
    "Τετάρτη",
    "Πέμπτη",
    "Παρασκευή",
    "Σάββατο",
    "Κυριακή",
];

/// «15 Ιουλίου 2022».
pub fn format_long_el(date: NaiveDate) -> String {
    format!("{} {} {}", date.day(), name(&GENITIVE, date.month0()), date.year())
}

/// «Παρασκευή 15 Ιουλίου 2022».
pub fn format_weekday_el(date: NaiveDate) -> String {
    format!(
        "{} {}",
        name(&WEEKDAYS, date.weekday().num_days_from_monday()),
        format_long_el(date)
    )
}

/// «Ιούλιος 2022».
pub fn format_month_el(date: NaiveDate) -> String {
    format!("{} {}", name(&NOMINATIVE, date.month0()), date.year())
}

/// `15/07/2022`.
pub fn format_short_el(date: NaiveDate) -> String {
    date.format("%d/%m/%Y").to_string()
}

/// «15 Ιουλίου – 19 Αυγούστου 2022»: what both ends share is said once.
pub fn format_range_el(from: NaiveDate, to: NaiveDate) -> String {
    let end = format_long_el(to);
    if from == to {
        end
    } else if (from.year(), from.month0()) == (to.year(), to.month0()) {
        format!("{}–{end}", from.day())
    } else if from.year() == to.year() {
        format!("{} {} – {end}", from.day(), name(&GENITIVE, from.month0()))
    } else {
        format!("{} – {end}", format_long_el(from))
    }
}

/// Months in English.
const ENGLISH: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// «15 Ιουλίου 2022» in Greek, "15 July 2022" in every other language.
pub fn format_long(date: NaiveDate, lang: &str) -> String {
    if lang == "el" {
        format_long_el(date)
    } else {
        format!("{} {} {}", date.day(), name(&ENGLISH, date.month0()), date.year())
    }
}

/// «15 Ιουλίου – 19 Αυγούστου 2022» in Greek, "15 July – 19 August 2022" in every other language.
pub fn format_range(from: NaiveDate, to: NaiveDate, lang: &str) -> String {
    if lang == "el" {
        return format_range_el(from, to);
    }
    let end = format_long(to, lang);
    if from == to {
        end
    } else if (from.year(), from.month0()) == (to.year(), to.month0()) {
        format!("{}–{end}", from.day())
    } else if from.year() == to.year() {
        format!("{} {} – {end}", from.day(), name(&ENGLISH, from.month0()))
    } else {
        format!("{} – {end}", format_long(from, lang))
    }
}

fn name(names: &[&'static str], index: u32) -> &'static str {
    usize::try_from(index)
        .ok()
        .and_then(|index| names.get(index))
        .copied()
        .unwrap_or_default()
}

/// Why a text is not a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum DateError {
    /// Not day, month and year.
    #[error("a date is written as day/month/year, such as 15/07/2022")]
    Format,
    /// A year of two digits could be of two centuries.
    #[error("the year is written with four digits, such as 2022")]
    ShortYear,
    /// No such day in the calendar.
    #[error("there is no such day in the calendar")]
    NoSuchDay,
}

/// Reads `15/07/2022`, `15/7/2022`, `15-7-2022`, `15.7.2022`, or the ISO form `2022-07-15` that date fields send.
pub fn parse_el(text: &str) -> Result<NaiveDate, DateError> {
    let parts: Vec<&str> = text.trim().split(['/', '-', '.']).map(str::trim).collect();
    let [first, month, last] = parts.as_slice() else {
        return Err(DateError::Format);
    };
    if !parts
        .iter()
        .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return Err(DateError::Format);
    }
    let (day, year) = if first.len() == 4 { (last, first) } else { (first, last) };
    if year.len() == 2 {
        return Err(DateError::ShortYear);
    }
    if year.len() != 4 || day.len() > 2 || month.len() > 2 {
        return Err(DateError::Format);
    }
    let number = |part: &str| part.parse::<u32>().map_err(|_| DateError::Format);
    let year = i32::try_from(number(year)?).map_err(|_| DateError::Format)?;
    NaiveDate::from_ymd_opt(year, number(month)?, number(day)?).ok_or(DateError::NoSuchDay)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn writes() {
        assert_eq!(format_long_el(day("2022-07-15")), "15 Ιουλίου 2022");
        assert_eq!(format_long_el(day("2022-05-01")), "1 Μαΐου 2022");
        assert_eq!(format_weekday_el(day("2022-08-19")), "Παρασκευή 19 Αυγούστου 2022");
        assert_eq!(format_month_el(day("2022-11-30")), "Νοέμβριος 2022");
        assert_eq!(format_short_el(day("2022-07-05")), "05/07/2022");
        for (from, to, text) in [
            ("2022-07-15", "2022-08-19", "15 Ιουλίου – 19 Αυγούστου 2022"),
            ("2022-07-15", "2022-07-19", "15–19 Ιουλίου 2022"),
            ("2022-12-30", "2023-01-02", "30 Δεκεμβρίου 2022 – 2 Ιανουαρίου 2023"),
            ("2022-07-15", "2022-07-15", "15 Ιουλίου 2022"),
        ] {
            assert_eq!(format_range_el(day(from), day(to)), text);
        }
    }

    #[test]
    fn writes_english() {
        for (from, to, text) in [
            ("2022-07-15", "2022-08-19", "15 July – 19 August 2022"),
            ("2022-07-15", "2022-07-19", "15–19 July 2022"),
            ("2022-12-30", "2023-01-02", "30 December 2022 – 2 January 2023"),
            ("2022-05-01", "2022-05-01", "1 May 2022"),
        ] {
            assert_eq!(format_range(day(from), day(to), "en"), text);
            assert_eq!(
                format_range(day(from), day(to), "el"),
                format_range_el(day(from), day(to))
            );
        }
    }

    #[test]
    fn reads() {
        for text in ["15/07/2022", "15/7/2022", " 15.7.2022 ", "15-07-2022", "2022-07-15"] {
            assert_eq!(parse_el(text), Ok(day("2022-07-15")), "{text}");
        }
        for (text, reason) in [
            ("31/02/2022", DateError::NoSuchDay),
            ("29/02/2022", DateError::NoSuchDay),
            ("15/13/2022", DateError::NoSuchDay),
            ("0/7/2022", DateError::NoSuchDay),
            ("15/7/22", DateError::ShortYear),
            ("15/7/922", DateError::Format),
            ("15/7", DateError::Format),
            ("15 Ιουλίου 2022", DateError::Format),
            ("+5/07/2022", DateError::Format),
            ("015/07/2022", DateError::Format),
            ("", DateError::Format),
        ] {
            assert_eq!(parse_el(text), Err(reason), "{text}");
        }
    }
}

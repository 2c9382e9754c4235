//! One cell: from a core value to text and back, dates and numbers as people and Excel write them, and formulas that never
//! are.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Timelike as _};
use osn_core::directory::{Number, Uri};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde_json::Value;

use crate::fault::Code;
use crate::tables::Kind;

/// What an empty list is called, so that it is not taken for one that says nothing.
const NONE: &str = "(κανένα)";
const NONE_EN: &str = "(none)";

/// A text that no program takes for a formula: an apostrophe stands before `=`, `+`, `-`, `@`, tab and carriage return.
pub fn guard(text: &str) -> String {
    if is_formula(text.trim_start_matches('\'')) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// Takes the apostrophe of [`guard`] away.
pub fn unguard(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_formula(rest.trim_start_matches('\'')) => rest,
        Some(_) | None => text,
    }
}

fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

/// Where a program with other settings begins another cell: with Greek ones, Excel takes a semicolon for the separator.
const CUTS: [char; 4] = [';', '\t', '\r', '\n'];

/// The same in a CSV, where what follows a semicolon, a tab or a line break may become a cell of its own.
pub fn guard_csv(text: &str) -> String {
    pieces(&guard(text), |piece, out| {
        if is_sign(piece.trim_start_matches('\'')) {
            out.push('\'');
        }
        out.push_str(piece);
    })
}

/// Takes the apostrophes of [`guard_csv`] away that stand inside a text; the first is left to [`unguard`].
pub(crate) fn unguard_inside(text: &str) -> String {
    pieces(text, |piece, out| {
        let rest = piece.strip_prefix('\'');
        let rest = rest.filter(|rest| is_sign(rest.trim_start_matches('\'')));
        out.push_str(rest.unwrap_or(piece));
    })
}

/// A text put together again of its first piece as it is and what `write` makes of each further one.
fn pieces(text: &str, write: impl Fn(&str, &mut String)) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, piece) in text.split_inclusive(CUTS).enumerate() {
        if at == 0 {
            out.push_str(piece);
        } else {
            write(piece, &mut out);
        }
    }
    out
}

/// Begins with a sign of a formula; a cut that follows another begins nothing yet.
fn is_sign(text: &str) -> bool {
    is_formula(text) && !text.starts_with(CUTS)
}

/// A core value as it stands in a cell of a column of this kind.
pub(crate) fn write(kind: Kind, value: &Value) -> String {
    match (kind, value) {
        (Kind::Json, value) => value.to_string(),
        (_, Value::String(text)) => text.clone(),
        (_, Value::Array(list)) if list.is_empty() => NONE.to_owned(),
        (_, Value::Array(list)) => {
            let codes = list.iter().filter_map(Value::as_str);
            let escaped: Vec<String> = codes
                .map(|code| code.replace('\\', "\\\\").replace(';', "\\;"))
                .collect();
            escaped.join("; ")
        }
        (_, Value::Null) => String::new(),
        (_, other) => other.to_string(),
    }
}

/// What a cell says to the core; `None` where it says nothing.
pub(crate) fn read(kind: Kind, text: &str) -> Result<Option<Value>, Code> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Ok(None);
    }
    let value = match kind {
        Kind::Line => Value::from(text),
        Kind::Uri => uri(trimmed)?,
        Kind::Email => Value::from(trimmed.strip_prefix("mailto:").unwrap_or(trimmed)),
        Kind::Number => Value::from(number(trimmed)?.to_string()),
        Kind::Count => Value::from(count(trimmed)?),
        Kind::Date => Value::from(date(trimmed)?.to_string()),
        Kind::Time => Value::from(time(trimmed)?.format("%H:%M:%S%.f").to_string()),
        Kind::Updated => updated(trimmed)?,
        Kind::Flag => Value::from(flag(trimmed)?),
        Kind::Choice(words) => Value::from(choice(words, trimmed)?),
        Kind::Codes => Value::from(codes(trimmed)),
        Kind::Choices(words) => {
            let chosen: Result<Vec<&str>, Code> = codes(trimmed).iter().map(|word| choice(words, word)).collect();
            Value::from(chosen?)
        }
        Kind::Json => serde_json::from_str(trimmed).map_err(|_| Code::NotJson)?,
        Kind::Text
        | Kind::Id
        | Kind::Ref(_)
        | Kind::Link { .. }
        | Kind::Owner(_)
        | Kind::OwnerKind
        | Kind::Part(_)
        | Kind::TaxonomyName
        | Kind::TaxonomyId
        | Kind::ParentTerm
        | Kind::Derived
        | Kind::Unused => Value::from(trimmed),
    };
    Ok(Some(value))
}

/// An address as people paste it: `www.example.gr` is one.
fn uri(text: &str) -> Result<Value, Code> {
    let plain = text.starts_with("www.") && !text.contains(char::is_whitespace);
    let uri = Uri::new(if plain {
        format!("https://{text}")
    } else {
        text.to_owned()
    });
    if uri.is_valid() {
        Ok(Value::from(uri.as_str()))
    } else {
        Err(Code::NotUri)
    }
}

/// A number with a decimal comma or point: `37.98`, `37,98`, `1.234,5`.
pub(crate) fn number(text: &str) -> Result<Number, Code> {
    let read = |text: &str| text.parse::<Number>().map_err(|_| Code::NotNumber);
    match (text.contains(','), text.contains('.')) {
        (true, true) => osn_core::text::number::parse_el(text)
            .map(Number::new)
            .map_err(|_| Code::NotNumber),
        (true, false) if text.matches(',').count() == 1 => read(&text.replace(',', ".")),
        (true, false) => Err(Code::NotNumber),
        (false, _) => read(text),
    }
}

fn count(text: &str) -> Result<u32, Code> {
    let number = number(text).map_err(|_| Code::NotCount)?.value();
    if number.fract().is_zero() {
        number.to_u32().ok_or(Code::NotCount)
    } else {
        Err(Code::NotCount)
    }
}

/// A day: `15/7/2022`, `2022-07-15`, a moment's day, or the number that Excel keeps for it.
pub(crate) fn date(text: &str) -> Result<NaiveDate, Code> {
    let day = text.split(['T', ' ']).next().unwrap_or(text);
    if let Ok(date) = osn_core::text::date::parse_el(day) {
        return Ok(date);
    }
    if let Ok(date) = day.parse() {
        return Ok(date);
    }
    let serial = text.split('.').next().and_then(|whole| whole.parse::<u64>().ok());
    let epoch = NaiveDate::from_ymd_opt(1899, 12, 30);
    serial
        .filter(|serial| (61..2_958_466).contains(serial))
        // A year alone is no day, least of all one of 1905.
        .filter(|serial| !(1900..=2100).contains(serial))
        .and_then(|serial| epoch?.checked_add_days(Days::new(serial)))
        .ok_or(Code::NotDate)
}

/// A time: `9:00`, `09.00`, `09:00:00+03:00` (the offset is the zone's own), or the part of a day that Excel keeps.
pub(crate) fn time(text: &str) -> Result<NaiveTime, Code> {
    let plain = text.split(['+', 'Z']).next().unwrap_or(text).trim();
    let plain = match plain.split_once('-') {
        Some((time, offset)) if is_offset(offset) => time.trim(),
        Some(_) | None => plain,
    };
    let fraction = text
        .parse::<Decimal>()
        .ok()
        .filter(|value| text.contains('.') && *value < Decimal::ONE);
    if let Some(fraction) = fraction.filter(|_| text.len() > 5 || text.starts_with("0.")) {
        let seconds = fraction.saturating_mul(Decimal::from(86_400)).round().to_u32();
        return seconds
            .and_then(|seconds| NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0))
            .ok_or(Code::NotTime);
    }
    if plain == "0" {
        return Ok(NaiveTime::MIN);
    }
    // 9.30 that a program took for a number is 9.3: three minutes or thirty, nobody knows.
    let minutes = plain.split_once('.').map(|(_, minutes)| minutes.len());
    let dotted = match minutes {
        Some(2) => plain.replace('.', ":"),
        _ => plain.to_owned(),
    };
    let formats = [(plain, "%H:%M:%S%.f"), (plain, "%H:%M"), (&dotted, "%H:%M")];
    let read = formats
        .iter()
        .find_map(|(text, format)| NaiveTime::parse_from_str(text, format).ok());
    read.ok_or(Code::NotTime)
}

/// Whether this much west of Greenwich may be meant, as in `09:00-05:00`: what is later is the end of a span.
fn is_offset(text: &str) -> bool {
    NaiveTime::parse_from_str(text, "%H:%M").is_ok_and(|offset| offset.hour() < 12)
}

fn updated(text: &str) -> Result<Value, Code> {
    match DateTime::parse_from_rfc3339(text) {
        Ok(moment) => serde_json::to_value(moment).map_err(|_| Code::NotDate),
        Err(_) => date(text).map(|day| Value::from(day.to_string())),
    }
}

fn flag(text: &str) -> Result<bool, Code> {
    match osn_core::text::fold(text).as_str() {
        "true" | "1" | "yes" | "y" | "ναι" | "αληθεσ" | "ν" | "x" | "χ" => Ok(true),
        "false" | "0" | "no" | "n" | "οχι" | "ψευδεσ" | "ο" => Ok(false),
        _ => Err(Code::NotFlag),
    }
}

fn choice(words: &[&'static str], text: &str) -> Result<&'static str, Code> {
    let known = words.iter().find(|word| word.eq_ignore_ascii_case(text.trim()));
    known.copied().ok_or(Code::NotChoice)
}

/// Codes with semicolons between them; a semicolon that belongs to one has a backslash before it.
pub(crate) fn codes(text: &str) -> Vec<String> {
    if [NONE, NONE_EN].contains(&text.trim()) {
        return Vec::new();
    }
    let mut codes = vec![String::new()];
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            ';' | '\n' => codes.push(String::new()),
            '\\' => codes
                .last_mut()
                .into_iter()
                .for_each(|code| code.extend(letters.next())),
            other => codes.last_mut().into_iter().for_each(|code| code.push(other)),
        }
    }
    codes
        .into_iter()
        .map(|code| code.trim().to_owned())
        .filter(|code| !code.is_empty())
        .collect()
}

/// The main cell of a text: its Greek. Where there is none and the column must say something, another language with its tag
/// before it, `[en] …`, so that nothing is taken for Greek that is not.
pub(crate) fn main_text(texts: &serde_json::Map<String, Value>, must: bool) -> String {
    let said = |lang: &str| texts.get(lang).and_then(Value::as_str);
    if let Some(greek) = said("el") {
        return match tagged(greek) {
            Some(_) => format!("[el] {greek}"),
            None => greek.to_owned(),
        };
    }
    let other = said("en").map(|text| ("en", text)).or_else(|| {
        let (lang, text) = texts.iter().next()?;
        Some((lang.as_str(), text.as_str()?))
    });
    other
        .filter(|_| must)
        .map(|(lang, text)| format!("[{lang}] {text}"))
        .unwrap_or_default()
}

/// The language and the text of a main cell.
pub(crate) fn tagged(text: &str) -> Option<(&str, &str)> {
    let (lang, rest) = text.strip_prefix('[')?.split_once("] ")?;
    let is_tag = (2..=8).contains(&lang.len()) && lang.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    is_tag.then_some((lang, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_people_and_excel_write_is_read() {
        for (kind, text, wanted) in [
            (Kind::Date, "15/7/2022", Ok("2022-07-15")),
            (Kind::Date, "2022-07-15T10:00:00", Ok("2022-07-15")),
            (Kind::Date, "44757", Ok("2022-07-15")),
            (Kind::Date, "44757.5", Ok("2022-07-15")),
            (Kind::Date, "31/2/2022", Err(Code::NotDate)),
            (Kind::Date, "2026", Err(Code::NotDate)),
            (Kind::Time, "9:00", Ok("09:00:00")),
            (Kind::Time, "09.30", Ok("09:30:00")),
            (Kind::Time, "0.375", Ok("09:00:00")),
            (Kind::Time, "0.604166666666667", Ok("14:30:00")),
            (Kind::Time, "10:00:00+03:00", Ok("10:00:00")),
            (Kind::Time, "09:00-05:00", Ok("09:00:00")),
            (Kind::Time, "09:00-14:00", Err(Code::NotTime)),
            (Kind::Time, "9.3", Err(Code::NotTime)),
            (Kind::Time, "25:00", Err(Code::NotTime)),
            (Kind::Number, "37,98", Ok("37.98")),
            (Kind::Number, "1.234,5", Ok("1234.5")),
            (Kind::Number, "-3", Ok("-3")),
            (Kind::Number, "1,2,3", Err(Code::NotNumber)),
            (Kind::Flag, "ΝΑΙ", Ok("true")),
            (Kind::Flag, "όχι", Ok("false")),
            (Kind::Flag, "ίσως", Err(Code::NotFlag)),
            (Kind::Count, "12", Ok("12")),
            (Kind::Count, "12.0", Ok("12")),
            (Kind::Count, "-1", Err(Code::NotCount)),
            (Kind::Count, "1,5", Err(Code::NotCount)),
            (Kind::Uri, "www.a.gr", Ok("https://www.a.gr")),
            (Kind::Uri, "javascript:alert(1)", Err(Code::NotUri)),
        ] {
            let read = read(kind, text).map(|value| write(kind, &value.unwrap()));
            assert_eq!(read, wanted.map(str::to_owned), "{kind:?} {text}");
        }
    }

    #[test]
    fn an_empty_list_is_not_an_absent_one() {
        assert_eq!(read(Kind::Codes, " "), Ok(None));
        assert_eq!(read(Kind::Codes, NONE), Ok(Some(Value::Array(Vec::new()))));
    }

    proptest! {
        #[test]
        fn no_cell_is_a_formula_and_none_is_lost(text in "['=+@\t\r\n-]{0,3}[a-zα-ω ']{0,5}") {
            let guarded = guard(&text);
            prop_assert!(!is_formula(&guarded));
            prop_assert_eq!(unguard(&guarded), text);
        }

        #[test]
        fn no_piece_of_a_csv_is_a_formula_and_none_is_lost(text in "(['=+;\t\r\n-]|[a-zα-ω ]){0,9}") {
            let guarded = guard_csv(&text);
            prop_assert!(!is_formula(&guarded));
            prop_assert!(guarded.split(CUTS).all(|piece| !piece.starts_with(['=', '+', '-'])), "{}", guarded);
            let back = unguard_inside(&guarded);
            prop_assert_eq!(unguard(&back), text);
        }

        #[test]
        fn codes_come_back(list in proptest::collection::vec("[a-zα-ω.;\\\\]{1,6}", 0..4)) {
            let value = Value::from(list.clone());
            let text = write(Kind::Codes, &value);
            prop_assert_eq!(codes(&text), list);
        }

        #[test]
        fn a_text_keeps_its_language(text in "(\\[en\\] )?[a-zα-ω]{1,5}", lang in "el|en|ar") {
            let texts = serde_json::Map::from_iter([(lang.clone(), Value::from(text.clone()))]);
            let cell = main_text(&texts, true);
            let read = tagged(&cell).unwrap_or(("el", &cell));
            prop_assert_eq!(read, (lang.as_str(), text.as_str()));
        }
    }
}

//! Numbers as readers of a language expect them. Greek and English; other languages read the English form of digits.

use chrono::{Datelike as _, NaiveDate};

use crate::about::Unit;
use crate::batch::{END_NOT_KNOWN, WITHOUT_END};
use crate::number::to_decimal;

/// A number in its unit, as it is shown. Choices, which need a description, are shown as their symbol.
pub fn show(language: &str, unit: Unit, value: i64) -> String {
    let greek = language == "el";
    match unit {
        Unit::Cents if greek => format!("{} €", grouped(&to_decimal(value, 2), '.', ',')),
        Unit::Cents => format!("€{}", grouped(&to_decimal(value, 2), ',', '.')),
        Unit::Percent => format!("{}{}%", fixed(value, greek, 2), if greek { "\u{a0}" } else { "" }),
        Unit::Ratio => fixed(value, greek, 0),
        Unit::Date => date(value, greek),
        Unit::Flag => match (value == 0, greek) {
            (false, true) => "ναι",
            (true, true) => "όχι",
            (false, false) => "yes",
            (true, false) => "no",
        }
        .to_owned(),
        Unit::Count | Unit::Choice => counted(value, greek, ""),
        Unit::People => counted(value, greek, word(value, greek, ["άτομο", "άτομα", "person", "people"])),
        Unit::Years => counted(value, greek, word(value, greek, ["έτος", "έτη", "year", "years"])),
        Unit::Months => counted(value, greek, word(value, greek, ["μήνας", "μήνες", "month", "months"])),
        Unit::Days => counted(value, greek, word(value, greek, ["ημέρα", "ημέρες", "day", "days"])),
        Unit::Minutes => counted(
            value,
            greek,
            word(value, greek, ["λεπτό", "λεπτά", "minute", "minutes"]),
        ),
    }
}

/// What stands where there is no value.
pub(super) fn nothing(language: &str) -> &'static str {
    if language == "el" {
        "δεν έχει δηλωθεί"
    } else {
        "not given"
    }
}

fn word(value: i64, greek: bool, [one_el, many_el, one_en, many_en]: [&'static str; 4]) -> &'static str {
    match (value == 1, greek) {
        (true, true) => one_el,
        (false, true) => many_el,
        (true, false) => one_en,
        (false, false) => many_en,
    }
}

fn counted(value: i64, greek: bool, word: &str) -> String {
    let number = grouped(&value.to_string(), if greek { '.' } else { ',' }, '.');
    if word.is_empty() {
        number
    } else {
        format!("{number} {word}")
    }
}

/// Four decimals without the zeros at the end, but at least `least` of them.
fn fixed(value: i64, greek: bool, least: usize) -> String {
    let text = to_decimal(value, 4);
    let zeros = text
        .bytes()
        .rev()
        .take(4 - least)
        .take_while(|byte| *byte == b'0')
        .count();
    let kept = text.get(..text.len() - zeros).unwrap_or(&text).trim_end_matches('.');
    if greek {
        grouped(kept, '.', ',')
    } else {
        grouped(kept, ',', '.')
    }
}

/// A decimal string with separators of thousands and decimals.
fn grouped(text: &str, thousands: char, decimal: char) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, fraction) = digits
        .split_once('.')
        .map_or((digits, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut shown = sign.to_owned();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            shown.push(thousands);
        }
        shown.push(digit);
    }
    if let Some(fraction) = fraction {
        shown.push(decimal);
        shown.push_str(fraction);
    }
    shown
}

fn date(value: i64, greek: bool) -> String {
    if value == i64::from(WITHOUT_END) {
        return if greek {
            "επ’ αόριστον"
        } else {
            "without end"
        }
        .to_owned();
    }
    let known = i32::try_from(value)
        .ok()
        .filter(|day| *day != END_NOT_KNOWN)
        .and_then(NaiveDate::from_epoch_days);
    match (known, greek) {
        (Some(day), true) => format!("{}/{}/{}", day.day(), day.month(), day.year()),
        (Some(day), false) => day.format("%-d %B %Y").to_string(),
        (None, true) => "άγνωστη ημερομηνία".to_owned(),
        (None, false) => "unknown date".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_naturally() {
        for (unit, value, el, en) in [
            (Unit::Cents, 123_456_789, "1.234.567,89 €", "€1,234,567.89"),
            (Unit::Cents, -5, "-0,05 €", "€-0.05"),
            (Unit::Percent, 669_900, "66,99\u{a0}%", "66.99%"),
            (Unit::Percent, 670_000, "67,00\u{a0}%", "67.00%"),
            (Unit::Percent, 669_950, "66,995\u{a0}%", "66.995%"),
            (Unit::Ratio, 15_000, "1,5", "1.5"),
            (Unit::Ratio, 20_000, "2", "2"),
            (Unit::Date, 19_204, "31/7/2022", "31 July 2022"),
            (Unit::Date, i64::from(WITHOUT_END), "επ’ αόριστον", "without end"),
            (Unit::People, 1, "1 άτομο", "1 person"),
            (Unit::Years, 12, "12 έτη", "12 years"),
            (Unit::Flag, 1, "ναι", "yes"),
            (Unit::Count, 1_000, "1.000", "1,000"),
        ] {
            assert_eq!(
                (show("el", unit, value).as_str(), show("en", unit, value).as_str()),
                (el, en)
            );
        }
    }
}

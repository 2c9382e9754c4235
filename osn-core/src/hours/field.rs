//! The fields of a schedule as HSDS writes them, and what can be wrong with each.

use chrono::{NaiveDate, NaiveTime, Weekday};
use serde::{Deserialize, Serialize};

/// What a schedule means on a public holiday. HSDS has no word for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnHolidays {
    /// Closed.
    Closed,
    /// Open as on any other day.
    Open,
    /// The record does not say.
    #[default]
    Unstated,
}

/// One block of hours, in HSDS's fields (`schedule`, 3.2.3). Lists are separated by commas.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScheduleFields {
    /// First day on which the schedule holds.
    pub valid_from: Option<NaiveDate>,
    /// Last day on which it holds, included.
    pub valid_to: Option<NaiveDate>,
    /// First day of the recurrence; `interval` and `count` are counted from it.
    pub dtstart: Option<NaiveDate>,
    /// Last day of the recurrence, included.
    pub until: Option<NaiveDate>,
    /// Number of occurrences.
    pub count: Option<u32>,
    /// The day on which a week starts, `MO` to `SU`; Monday when absent.
    pub wkst: Option<String>,
    /// `WEEKLY` or `MONTHLY`.
    pub freq: Option<String>,
    /// Every n-th week or month; 1 when absent.
    pub interval: Option<u32>,
    /// Days of the week, with an ordinal in a month where wanted: `MO,TU`, `1MO`, `-1FR`.
    pub byday: Option<String>,
    /// Weeks of the year, 1 to 53, or from the year's end -1 to -53.
    pub byweekno: Option<String>,
    /// Days of the month, 1 to 31, or from its end -1 to -31.
    pub bymonthday: Option<String>,
    /// Days of the year, 1 to 366, or from its end -1 to -366.
    pub byyearday: Option<String>,
    /// Opening time, `09:00`, with or without seconds and offset (which is not read: hours are those on the wall).
    pub opens_at: Option<String>,
    /// Closing time; not after `opens_at` means on the next day, `24:00` midnight.
    pub closes_at: Option<String>,
    /// What it means on a public holiday.
    pub on_holidays: OnHolidays,
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Problem {
    /// The text cannot be read.
    #[error("`{value}` cannot be read; it is written as {wanted}")]
    Unreadable {
        /// What stands there.
        value: String,
        /// How it is written.
        wanted: &'static str,
    },
    /// The number is outside what there is.
    #[error("{value} is outside {least} to {most}, or zero")]
    OutOfRange {
        /// The number.
        value: i64,
        /// Smallest.
        least: i64,
        /// Largest.
        most: i64,
    },
    /// Another field needs this one.
    #[error("it is missing, and {because} cannot be understood without it")]
    Missing {
        /// The field that needs it.
        because: &'static str,
    },
    /// It cannot stand beside another field.
    #[error("it cannot stand beside {other}")]
    NotWith {
        /// The other field, or a value of it.
        other: &'static str,
    },
    /// It lies before the field that it follows.
    #[error("it lies before {other}")]
    Before {
        /// The field that it follows.
        other: &'static str,
    },
}

/// A field of a schedule that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct ScheduleError {
    /// HSDS's name of the field.
    pub field: &'static str,
    /// What is wrong.
    pub problem: Problem,
}

impl ScheduleError {
    pub(super) fn new(field: &'static str, problem: Problem) -> Self {
        Self { field, problem }
    }
}

/// Longest list that is read, so that no record costs more than it should.
const MAX_LIST: usize = 400;

/// The items of a list; an absent or empty field has none.
pub(super) fn items(text: Option<&str>) -> impl Iterator<Item = &str> {
    text.unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
        .take(MAX_LIST)
}

/// A list of numbers that are not zero and at most `most` from it.
pub(super) fn numbers(field: &'static str, text: Option<&str>, most: i64) -> Result<Vec<i32>, ScheduleError> {
    items(text)
        .map(|item| {
            let unreadable = || {
                let problem = Problem::Unreadable {
                    value: short(item),
                    wanted: "numbers separated by commas, such as 1,15,-1",
                };
                ScheduleError::new(field, problem)
            };
            let value: i64 = item.parse().map_err(|_| unreadable())?;
            let in_range = value != 0 && (most.saturating_neg()..=most).contains(&value);
            i32::try_from(value).ok().filter(|_| in_range).ok_or(ScheduleError::new(
                field,
                Problem::OutOfRange {
                    value,
                    least: most.saturating_neg(),
                    most,
                },
            ))
        })
        .collect()
}

/// A day of the week, with the ordinal before it if there is one.
pub(super) fn weekday(field: &'static str, text: &str) -> Result<(Option<i32>, Weekday), ScheduleError> {
    let unreadable = || {
        let problem = Problem::Unreadable {
            value: short(text),
            wanted: "days of the week MO, TU, WE, TH, FR, SA, SU, in a month also 1MO or -1FR",
        };
        ScheduleError::new(field, problem)
    };
    let at = text.len().checked_sub(2).ok_or_else(unreadable)?;
    let (number, code) = text.split_at_checked(at).ok_or_else(unreadable)?;
    let day = match code.to_ascii_uppercase().as_str() {
        "MO" => Weekday::Mon,
        "TU" => Weekday::Tue,
        "WE" => Weekday::Wed,
        "TH" => Weekday::Thu,
        "FR" => Weekday::Fri,
        "SA" => Weekday::Sat,
        "SU" => Weekday::Sun,
        _ => return Err(unreadable()),
    };
    if number.is_empty() {
        return Ok((None, day));
    }
    let ordinal: i32 = number.parse().map_err(|_| unreadable())?;
    if ordinal == 0 || !(-5..=5).contains(&ordinal) {
        let problem = Problem::OutOfRange {
            value: ordinal.into(),
            least: -5,
            most: 5,
        };
        return Err(ScheduleError::new(field, problem));
    }
    Ok((Some(ordinal), day))
}

/// A time on the wall: hours and minutes, perhaps seconds, perhaps an offset, which is dropped.
pub(super) fn time(field: &'static str, text: &str) -> Result<NaiveTime, ScheduleError> {
    let bare = text.trim();
    let end = bare.find(['Z', 'z', '+', '-', '.']).unwrap_or(bare.len());
    let clock = bare.get(..end).unwrap_or(bare).trim();
    if matches!(clock, "24:00" | "24:00:00") {
        return Ok(NaiveTime::MIN);
    }
    NaiveTime::parse_from_str(clock, "%H:%M:%S")
        .or_else(|_| NaiveTime::parse_from_str(clock, "%H:%M"))
        .map_err(|_| {
            let problem = Problem::Unreadable {
                value: short(text),
                wanted: "a time of the day, such as 09:00",
            };
            ScheduleError::new(field, problem)
        })
}

/// Enough of a text to find it again.
fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

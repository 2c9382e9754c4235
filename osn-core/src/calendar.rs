//! Working days: Orthodox Easter, public holidays, deadlines.
//!
//! Holidays are data (`data/public-holidays.toml`); a year in which one was moved has its own line there. Those that are Sundays
//! every year stand in a file of their own (`data/sunday-holidays.toml`): they matter for opening hours only.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, Days, Months, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use crate::lang::LocalText;
use crate::parameter::{self, DataError};

const FILE: &str = "public-holidays.toml";
const TEXT: &str = include_str!("../data/public-holidays.toml");
const SUNDAYS: (&str, &str) = ("sunday-holidays.toml", include_str!("../data/sunday-holidays.toml"));
/// The file of the holidays with its text, for whoever names the data that a decision used.
pub(crate) const HOLIDAYS: (&str, &str) = (FILE, TEXT);

/// Years for which the distance between the Julian and the Gregorian calendar is 13 days.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2099;

/// Why a day cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CalendarError {
    /// The day lies outside the years that are computed.
    #[error("the calendar covers the years 1900 to 2099")]
    OutOfRange,
    /// The data file is wrong.
    #[error(transparent)]
    Data(#[from] DataError),
}

/// Sunday of Orthodox Easter in a year from 1900 to 2099.
///
/// # Examples
/// ```
/// let easter = osn_core::calendar::orthodox_easter(2022).unwrap();
/// assert_eq!(easter.to_string(), "2022-04-24");
/// ```
#[expect(
    clippy::arithmetic_side_effects,
    reason = "the year is at most 2099, so that every intermediate value is below 10,000"
)]
pub fn orthodox_easter(year: i32) -> Option<NaiveDate> {
    if !YEARS.contains(&year) {
        return None;
    }
    let year_number = u32::try_from(year).ok()?;
    // Meeus's algorithm gives the day in the Julian calendar.
    let (leap, week, golden) = (year_number % 4, year_number % 7, year_number % 19);
    let full_moon = (19 * golden + 15) % 30;
    let to_sunday = (2 * leap + 4 * week + 34 - full_moon) % 7;
    let place = full_moon + to_sunday + 114;
    let (month, day) = (place / 31, place % 31 + 1);
    NaiveDate::from_ymd_opt(year, month, day)?.checked_add_days(Days::new(13))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    holiday: Vec<Holiday>,
    moved: Vec<Moved>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sundays {
    holiday: Vec<Holiday>,
}

/// A public holiday.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// Stable code.
    pub code: String,
    /// What people call it.
    pub name: LocalText,
    /// When it is, in a year without a decision that moves it.
    pub day: HolidayDay,
}

/// How the day of a holiday is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum HolidayDay {
    /// The same day every year.
    Fixed {
        /// Month, 1 to 12.
        month: u32,
        /// Day of the month.
        day: u32,
    },
    /// Days after Orthodox Easter Sunday; negative before it.
    Easter {
        /// Distance in days.
        easter: i64,
    },
}

impl HolidayDay {
    fn in_year(self, year: i32) -> Option<NaiveDate> {
        match self {
            Self::Fixed { month, day } => NaiveDate::from_ymd_opt(year, month, day),
            Self::Easter { easter } => orthodox_easter(year)?.checked_add_signed(chrono::TimeDelta::try_days(easter)?),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Moved {
    code: String,
    #[serde(deserialize_with = "parameter::toml_day")]
    to: NaiveDate,
    source: String,
}

/// How long a deadline is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// Days of the calendar.
    Days(u32),
    /// Working days.
    WorkingDays(u32),
    /// Months of the calendar; a day that the last month does not have becomes its last day.
    Months(u32),
}

/// The days on which a body works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    holidays: Vec<Holiday>,
    /// Those that are Sundays every year.
    sundays: Vec<Holiday>,
    /// Code and year of a moved holiday, with its day.
    moved: BTreeMap<(String, i32), NaiveDate>,
    closures: BTreeSet<NaiveDate>,
}

impl Calendar {
    /// The calendar of the public services of Greece.
    pub fn greek() -> Result<Self, CalendarError> {
        Self::read(TEXT)
    }

    fn read(text: &str) -> Result<Self, CalendarError> {
        let file: File = parameter::read(FILE, text)?;
        let mut moved = BTreeMap::new();
        for line in file.moved {
            let refuse = |reason: String| DataError { file: FILE, reason };
            if !file.holiday.iter().any(|holiday| holiday.code == line.code) {
                return Err(refuse(format!("`{}` is moved and is no holiday", line.code)).into());
            }
            if line.source.trim().is_empty() {
                return Err(refuse(format!("the move to {} has no source", line.to)).into());
            }
            if let Some(other) = moved.insert((line.code, line.to.year()), line.to) {
                return Err(refuse(format!("a holiday is moved to both {other} and {}", line.to)).into());
            }
        }
        let sundays: Sundays = parameter::read(SUNDAYS.0, SUNDAYS.1)?;
        Ok(Self {
            holidays: file.holiday,
            sundays: sundays.holiday,
            moved,
            closures: BTreeSet::new(),
        })
    }

    /// The same calendar for a body that is closed on further days.
    #[must_use]
    pub fn with_closures(mut self, days: impl IntoIterator<Item = NaiveDate>) -> Self {
        self.closures.extend(days);
        self
    }

    /// The holidays of a year with those that are Sundays every year, in the order of their days: what matters to who opens every
    /// day of the week.
    pub fn days_off(&self, year: i32) -> Vec<(NaiveDate, &Holiday)> {
        let sundays = self.sundays.iter();
        let sundays = sundays.filter_map(|holiday| Some((holiday.day.in_year(year)?, holiday)));
        let mut days = self.holidays(year);
        days.extend(sundays);
        days.sort_by_key(|(day, _)| *day);
        days
    }

    /// The holiday on a day, be it a Sunday every year, if it is one.
    pub fn day_off(&self, day: NaiveDate) -> Option<&Holiday> {
        self.days_off(day.year())
            .into_iter()
            .find_map(|(date, holiday)| (date == day).then_some(holiday))
    }

    /// The holidays of a year, in the order of their days; not those that are Sundays every year.
    pub fn holidays(&self, year: i32) -> Vec<(NaiveDate, &Holiday)> {
        let mut days: Vec<_> = self
            .holidays
            .iter()
            .filter_map(|holiday| {
                let moved = self.moved.get(&(holiday.code.clone(), year)).copied();
                Some((moved.or_else(|| holiday.day.in_year(year))?, holiday))
            })
            .collect();
        days.sort_by_key(|(day, _)| *day);
        days
    }

    /// The holiday on a day, if it is one.
    pub fn holiday(&self, day: NaiveDate) -> Option<&Holiday> {
        self.holidays(day.year())
            .into_iter()
            .find_map(|(date, holiday)| (date == day).then_some(holiday))
    }

    /// Whether the body works on a day: no Saturday, Sunday, holiday or closure.
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
            && self.holiday(day).is_none()
            && !self.closures.contains(&day)
    }

    /// The day itself when it is a working day, otherwise the next one.
    pub fn working_day_from(&self, day: NaiveDate) -> Result<NaiveDate, CalendarError> {
        let mut day = in_range(Some(day))?;
        while !self.is_working_day(day) {
            day = in_range(day.succ_opt())?;
        }
        Ok(day)
    }

    /// The `count`-th working day after `day`, which itself is not counted.
    pub fn add_working_days(&self, day: NaiveDate, count: u32) -> Result<NaiveDate, CalendarError> {
        let mut day = in_range(Some(day))?;
        for _ in 0..count {
            day = self.working_day_from(in_range(day.succ_opt())?)?;
        }
        Ok(day)
    }

    /// The last day of a deadline that runs from an event.
    ///
    /// The day of the event is not counted; a deadline that would end on a day without work ends on the next working day.
    pub fn deadline(&self, event: NaiveDate, term: Term) -> Result<NaiveDate, CalendarError> {
        let last = match term {
            Term::Days(days) => in_range(event.checked_add_days(Days::new(days.into())))?,
            Term::Months(months) => in_range(event.checked_add_months(Months::new(months)))?,
            Term::WorkingDays(days) => self.add_working_days(event, days)?,
        };
        self.working_day_from(last)
    }
}

fn in_range(day: Option<NaiveDate>) -> Result<NaiveDate, CalendarError> {
    day.filter(|day| YEARS.contains(&day.year()))
        .ok_or(CalendarError::OutOfRange)
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn easter() {
        for expected in [
            "2021-05-02",
            "2022-04-24",
            "2023-04-16",
            "2024-05-05",
            "2025-04-20",
            "2026-04-12",
            "2027-05-02",
            "2028-04-16",
        ] {
            assert_eq!(orthodox_easter(day(expected).year()), Some(day(expected)));
        }
        for year in YEARS {
            let easter = orthodox_easter(year).unwrap();
            assert_eq!(easter.weekday(), Weekday::Sun, "{year}");
            let place = (easter.month(), easter.day());
            assert!(((4, 4)..=(5, 10)).contains(&place), "{year}: {easter}");
        }
        assert_eq!((orthodox_easter(1899), orthodox_easter(2100)), (None, None));
    }

    #[test]
    fn holidays_of_a_year() {
        let calendar = Calendar::greek().unwrap();
        let days: Vec<String> = calendar
            .holidays(2022)
            .into_iter()
            .map(|(day, holiday)| format!("{day} {}", holiday.name.get("el")))
            .collect();
        expect![[r"
            2022-01-01 Πρωτοχρονιά
            2022-01-06 Θεοφάνια
            2022-03-07 Καθαρά Δευτέρα
            2022-03-25 Εθνική Εορτή 25ης Μαρτίου
            2022-04-22 Μεγάλη Παρασκευή
            2022-04-25 Δευτέρα του Πάσχα
            2022-05-02 Εργατική Πρωτομαγιά
            2022-06-13 Αγίου Πνεύματος
            2022-08-15 Κοίμηση της Θεοτόκου
            2022-10-28 Εθνική Εορτή 28ης Οκτωβρίου
            2022-12-25 Χριστούγεννα
            2022-12-26 Σύναξη της Θεοτόκου"]]
        .assert_eq(&days.join("\n"));
    }

    #[test]
    fn holidays_that_are_sundays_change_no_working_day() {
        let calendar = Calendar::greek().unwrap();
        let all = calendar.days_off(2022);
        assert_eq!(all.len(), calendar.holidays(2022).len() + 2);
        for (on, name) in [("2022-04-24", "Easter Sunday"), ("2022-06-12", "Pentecost")] {
            let holiday = calendar.day_off(day(on)).unwrap();
            assert_eq!(holiday.name.get("en"), name);
            assert_eq!(calendar.holiday(day(on)), None, "{on}");
        }
        assert_eq!(calendar.day_off(day("2022-05-20")), None);
    }

    #[test]
    fn working_days() {
        let calendar = Calendar::greek().unwrap();
        for (from, count, expected) in [
            ("2022-04-20", 5, "2022-04-29"),
            ("2022-08-12", 1, "2022-08-16"),
            ("2023-12-22", 3, "2023-12-29"),
            ("2024-04-30", 3, "2024-05-08"),
            ("2025-12-23", 2, "2025-12-29"),
            ("2022-06-09", 2, "2022-06-14"),
            ("2026-08-14", 1, "2026-08-17"),
            // Ten working days for objections after a list of 30 September 2022.
            ("2022-09-30", 10, "2022-10-14"),
            ("2022-08-13", 0, "2022-08-13"),
        ] {
            assert_eq!(
                calendar.add_working_days(day(from), count),
                Ok(day(expected)),
                "{from} +{count}"
            );
        }
        assert_eq!(
            calendar.add_working_days(day("2099-12-30"), 5),
            Err(CalendarError::OutOfRange)
        );
        assert_eq!(
            calendar.add_working_days(day("1899-12-30"), 0),
            Err(CalendarError::OutOfRange)
        );
    }

    #[test]
    fn deadlines() {
        let calendar = Calendar::greek().unwrap();
        for (event, term, expected) in [
            // Ends on a Saturday, on a holiday, on a working day.
            ("2022-09-01", Term::Days(9), "2022-09-12"),
            ("2022-08-05", Term::Days(10), "2022-08-16"),
            ("2022-08-19", Term::Days(5), "2022-08-24"),
            ("2022-09-30", Term::WorkingDays(10), "2022-10-14"),
            ("2022-08-13", Term::WorkingDays(0), "2022-08-16"),
            ("2022-01-31", Term::Months(1), "2022-02-28"),
            ("2022-07-15", Term::Months(1), "2022-08-16"),
        ] {
            assert_eq!(
                calendar.deadline(day(event), term),
                Ok(day(expected)),
                "{event} {term:?}"
            );
        }
    }

    #[test]
    fn a_body_may_close_on_further_days() {
        let calendar = Calendar::greek().unwrap();
        let eve = day("2025-12-24");
        assert!(calendar.is_working_day(eve));
        // The patron's feast of a city is a working day unless the body says otherwise.
        assert!(calendar.is_working_day(day("2022-10-03")));
        let closed = calendar.with_closures([eve]);
        assert!(!closed.is_working_day(eve));
        assert_eq!(closed.add_working_days(day("2025-12-23"), 1), Ok(day("2025-12-29")));
    }

    #[test]
    fn wrong_data_is_refused() {
        let line = "\n[[moved]]\ncode = \"labour-day\"\nto = 2022-05-03\nsource = \"s\"\n";
        for (extra, wanted) in [
            (line.to_owned(), "moved to both 2022-05-02 and 2022-05-03"),
            (line.replace("labour-day", "name-day"), "is no holiday"),
            (
                line.replace("2022-05-03", "2030-05-02").replace("\"s\"", "\"\""),
                "has no source",
            ),
            (line.replace("to =", "on ="), "unknown field `on`"),
        ] {
            let error = Calendar::read(&format!("{TEXT}{extra}")).unwrap_err().to_string();
            assert!(error.contains(wanted), "{error}");
        }
    }
}

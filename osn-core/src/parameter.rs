//! Numbers that come from law: dated, with their source, read from data files and never written into code.
//!
//! Invariant: a timeline has no overlaps and no gaps, so that a day either has exactly one value or lies before the first
//! (or after the last) line of the law.

use chrono::NaiveDate;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};

/// A value with the days it is in force and the text it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dated<T> {
    /// First day in force.
    #[serde(deserialize_with = "toml_day")]
    pub from: NaiveDate,
    /// Last day in force, included; `None` while it is in force.
    #[serde(default, deserialize_with = "toml_optional_day")]
    pub until: Option<NaiveDate>,
    /// Law, article, decision or publication.
    pub source: String,
    /// What the law says.
    pub value: T,
}

/// Why lines of law do not make a timeline.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimelineError {
    /// There is no line at all.
    #[error("there is no value")]
    Empty,
    /// A line ends before it starts.
    #[error("the value from {from} ends before it starts")]
    Backwards {
        /// First day of the line.
        from: NaiveDate,
    },
    /// A line starts while the one before it is in force.
    #[error("the value from {from} starts while the one before it is in force")]
    Overlap {
        /// First day of the later line.
        from: NaiveDate,
    },
    /// A day between two lines has no value.
    #[error("no value is in force on the day before {from}")]
    Gap {
        /// First day of the later line.
        from: NaiveDate,
    },
    /// A line does not say where it comes from.
    #[error("the value from {from} has no source")]
    NoSource {
        /// First day of the line.
        from: NaiveDate,
    },
}

/// The values of one parameter over time, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline<T>(Vec<Dated<T>>);

impl<T> Timeline<T> {
    /// Takes lines in any order and refuses overlaps, gaps and lines without a source.
    pub fn new(mut lines: Vec<Dated<T>>) -> Result<Self, TimelineError> {
        lines.sort_by_key(|line| line.from);
        if lines.is_empty() {
            return Err(TimelineError::Empty);
        }
        for line in &lines {
            let from = line.from;
            if line.until.is_some_and(|until| until < from) {
                return Err(TimelineError::Backwards { from });
            }
            if line.source.trim().is_empty() {
                return Err(TimelineError::NoSource { from });
            }
        }
        for (earlier, later) in lines.iter().zip(lines.iter().skip(1)) {
            let from = later.from;
            match earlier.until {
                Some(until) if until < from => {
                    if until.succ_opt() != Some(from) {
                        return Err(TimelineError::Gap { from });
                    }
                }
                _ => return Err(TimelineError::Overlap { from }),
            }
        }
        Ok(Self(lines))
    }

    /// The line in force on `day`.
    pub fn on(&self, day: NaiveDate) -> Option<&Dated<T>> {
        self.0
            .iter()
            .find(|line| line.from <= day && line.until.is_none_or(|until| day <= until))
    }

    /// All lines, oldest first.
    pub fn lines(&self) -> &[Dated<T>] {
        &self.0
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Timeline<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(Vec::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// A data file of this crate that cannot be read: a mistake of whoever edited it, found by the tests.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("data file {file}: {reason}")]
pub struct DataError {
    /// Name of the file.
    pub file: &'static str,
    /// What is wrong and where.
    pub reason: String,
}

/// Reads a data file.
pub fn read<T: DeserializeOwned>(file: &'static str, text: &str) -> Result<T, DataError> {
    toml::from_str(text).map_err(|error| DataError {
        file,
        reason: error.to_string(),
    })
}

/// A day written as a TOML date.
pub(crate) fn toml_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
    let written = toml::value::Datetime::deserialize(deserializer)?;
    match (written.date, written.time) {
        (Some(date), None) => NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day))
            .ok_or_else(|| D::Error::custom("there is no such day in the calendar")),
        _ => Err(D::Error::custom("a day without a time is wanted, such as 2023-12-01")),
    }
}

fn toml_optional_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDate>, D::Error> {
    toml_day(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    #[derive(Debug, Deserialize)]
    struct File {
        rate: Timeline<u32>,
    }

    const OLD: &str = "[[rate]]\nfrom = 2017-02-01\nuntil = 2023-11-30\nsource = \"a law\"\nvalue = 200\n";
    const NEW: &str = "[[rate]]\nfrom = 2023-12-01\nsource = \"another law\"\nvalue = 216\n";

    #[test]
    fn the_day_decides() {
        let file: File = read("test.toml", &format!("{NEW}{OLD}")).unwrap();
        for (day, value) in [
            ("2017-01-31", None),
            ("2017-02-01", Some(200)),
            ("2023-11-30", Some(200)),
            ("2023-12-01", Some(216)),
            ("2099-01-01", Some(216)),
        ] {
            assert_eq!(
                file.rate.on(day.parse().unwrap()).map(|line| line.value),
                value,
                "{day}"
            );
        }
        assert_eq!(file.rate.lines().len(), 2);
    }

    fn refused(text: &str, expected: &Expect) {
        let error = read::<File>("test.toml", text).unwrap_err().to_string();
        let last = error.trim_end().lines().last().unwrap().to_owned();
        expected.assert_eq(&last);
    }

    #[test]
    fn overlaps_gaps_and_missing_sources_are_refused() {
        let line =
            |from: &str, until: &str| format!("[[rate]]\nfrom = {from}\nuntil = {until}\nsource = \"s\"\nvalue = 1\n");
        refused("rate = []", &expect!["there is no value"]);
        refused(
            &format!("{OLD}{}", line("2023-11-30", "2024-01-01")),
            &expect!["the value from 2023-11-30 starts while the one before it is in force"],
        );
        refused(
            &format!("{NEW}{}", line("2024-01-01", "2024-12-31")),
            &expect!["the value from 2024-01-01 starts while the one before it is in force"],
        );
        refused(
            &format!("{OLD}{}", line("2023-12-02", "2024-01-01")),
            &expect!["no value is in force on the day before 2023-12-02"],
        );
        refused(
            &line("2024-01-02", "2024-01-01"),
            &expect!["the value from 2024-01-02 ends before it starts"],
        );
        refused(
            &OLD.replace("a law", " "),
            &expect!["the value from 2017-02-01 has no source"],
        );
        refused(
            &OLD.replace("until = 2023-11-30", "until = 2023-11-30T10:00:00"),
            &expect!["a day without a time is wanted, such as 2023-12-01"],
        );
    }

    #[test]
    fn unknown_keys_are_refused() {
        let error = read::<File>("test.toml", &format!("{NEW}till = 2024-01-01\n")).unwrap_err();
        assert!(error.reason.contains("unknown field `till`"), "{error}");
    }
}

//! Periods of days, and instants in the precision that both databases keep.

use chrono::{DateTime, Datelike as _, Months, NaiveDate, SubsecRound, Utc};
use serde::{Deserialize, Serialize};

/// A moment, UTC, microseconds: what both databases keep without loss.
pub type Instant = DateTime<Utc>;

/// Cuts an instant to microseconds, so that a value read back equals the value written.
pub fn to_micros(instant: Instant) -> Instant {
    instant.trunc_subsecs(6)
}

/// Days from `from` to `to`, both included; without `to` it is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// First day.
    pub from: NaiveDate,
    /// Last day, included; `None` is open-ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
}

/// The last day of a period stands before its first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the period ends on {to}, before it starts on {from}")]
pub struct BackwardsPeriod {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

impl Period {
    /// A closed period.
    ///
    /// # Errors
    /// When `to` is before `from`.
    pub fn new(from: NaiveDate, to: NaiveDate) -> Result<Self, BackwardsPeriod> {
        if to < from {
            Err(BackwardsPeriod { from, to })
        } else {
            Ok(Self { from, to: Some(to) })
        }
    }

    /// Whether `day` lies inside.
    pub fn contains(self, day: NaiveDate) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }

    /// Months from its first day on that it holds whole: from the 10th to the 9th of the next is one. An open one has none.
    pub fn whole_months(self) -> u32 {
        let Some(after) = self.to.and_then(|to| to.succ_opt()) else {
            return 0;
        };
        let years = after.year().saturating_sub(self.from.year());
        let parts = i64::from(after.month()).saturating_sub(self.from.month().into());
        let months = i64::from(years).saturating_mul(12).saturating_add(parts);
        let months = u32::try_from(months).unwrap_or(0);
        let reached = self.from.checked_add_months(Months::new(months));
        if reached.is_some_and(|reached| reached <= after) {
            months
        } else {
            months.saturating_sub(1)
        }
    }

    /// Whether the two share a day.
    pub fn overlaps(self, other: Self) -> bool {
        self.to.is_none_or(|to| other.from <= to) && other.to.is_none_or(|to| self.from <= to)
    }
}

/// Full years between `born` and `on`.
///
/// A person born on 29 February has their birthday on 1 March in a common year (Greek civil counting).
/// `None` when `on` is before `born`.
pub fn age_on(born: NaiveDate, on: NaiveDate) -> Option<u32> {
    on.years_since(born)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_period_holds_whole_months() {
        for (from, to, months) in [
            ("2022-01-01", "2022-10-31", 10),
            ("2022-01-10", "2022-02-09", 1),
            ("2022-01-10", "2022-02-08", 0),
            ("2022-01-31", "2022-02-28", 1),
            ("2020-05-01", "2024-04-30", 48),
            ("2022-05-01", "2022-04-30", 0),
            ("2022-05-01", "2021-04-30", 0),
        ] {
            let period = Period {
                from: day(from),
                to: Some(day(to)),
            };
            assert_eq!(period.whole_months(), months, "{from} to {to}");
        }
        let open = Period {
            from: day("2022-01-01"),
            to: None,
        };
        assert_eq!(open.whole_months(), 0);
    }

    #[test]
    fn age_counts_full_years() {
        for (born, on, age) in [
            ("2018-06-20", "2022-06-20", Some(4)),
            ("2018-06-21", "2022-06-20", Some(3)),
            ("2009-06-21", "2022-06-20", Some(12)),
            ("2009-06-20", "2022-06-20", Some(13)),
            ("2000-02-29", "2025-02-28", Some(24)),
            ("2000-02-29", "2025-03-01", Some(25)),
            ("2025-01-01", "2024-01-01", None),
        ] {
            assert_eq!(age_on(day(born), day(on)), age, "{born} on {on}");
        }
    }

    #[test]
    fn periods_include_both_ends() {
        let summer = Period::new(day("2022-06-01"), day("2022-08-31")).unwrap();
        assert!(summer.contains(day("2022-06-01")) && summer.contains(day("2022-08-31")));
        assert!(!summer.contains(day("2022-09-01")));
        assert!(summer.overlaps(Period {
            from: day("2022-08-31"),
            to: None
        }));
        assert!(Period::new(day("2022-08-31"), day("2022-06-01")).is_err());
    }
}

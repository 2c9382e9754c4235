//! The days of a recurrence: a day belongs to it or not, which is all that opening hours need of RFC 5545.

use chrono::{Datelike as _, Days, NaiveDate, Weekday};

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Frequency {
    /// By the week.
    Weekly,
    /// By the month.
    Monthly,
}

/// A recurrence whose fields were read and fit together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Recurrence {
    pub(super) freq: Frequency,
    /// At least 1.
    pub(super) interval: u32,
    pub(super) start: Option<NaiveDate>,
    pub(super) last: Option<NaiveDate>,
    /// First day of a week.
    pub(super) week_starts: Weekday,
    /// Days of the week, each with its ordinal in the month where it has one.
    pub(super) weekdays: Vec<(Option<i32>, Weekday)>,
    pub(super) month_days: Vec<i32>,
    pub(super) weeks: Vec<i32>,
    pub(super) year_days: Vec<i32>,
}

/// A count that is not reached in so many days is no end.
const COUNTED_DAYS: usize = 20_000;

impl Recurrence {
    /// Whether it has this day.
    pub(super) fn has(&self, day: NaiveDate) -> bool {
        self.start.is_none_or(|start| start <= day)
            && self.last.is_none_or(|last| day <= last)
            && self.in_turn(day)
            && self.has_weekday(day)
            && within(&self.month_days, day.day(), days_of_month(day))
            && within(&self.year_days, day.ordinal(), days_of_year(day.year()))
            && self.has_week(day)
    }

    /// The day of the `count`-th occurrence, which is the last.
    pub(super) fn end_of_count(&self, count: u32) -> Option<NaiveDate> {
        let nth = usize::try_from(count).ok()?.checked_sub(1)?;
        self.start?
            .iter_days()
            .take(COUNTED_DAYS)
            .filter(|day| self.has(*day))
            .nth(nth)
    }

    /// Whether the day's week or month is one of every `interval`.
    fn in_turn(&self, day: NaiveDate) -> bool {
        let Some(start) = self.start.filter(|_| self.interval > 1) else {
            return true;
        };
        let steps = match self.freq {
            Frequency::Weekly => {
                let days = self.week_of(day).signed_duration_since(self.week_of(start)).num_days();
                days.div_euclid(7)
            }
            Frequency::Monthly => months(day).saturating_sub(months(start)),
        };
        steps.rem_euclid(self.interval.into()) == 0
    }

    /// The first day of the week in which a day lies.
    fn week_of(&self, day: NaiveDate) -> NaiveDate {
        let into = day.weekday().days_since(self.week_starts);
        day.checked_sub_days(Days::new(into.into())).unwrap_or(day)
    }

    fn has_weekday(&self, day: NaiveDate) -> bool {
        self.weekdays.is_empty()
            || self.weekdays.iter().any(|(ordinal, weekday)| {
                day.weekday() == *weekday
                    && ordinal.is_none_or(|ordinal| {
                        let first = day.day0().div_euclid(7).saturating_add(1);
                        let left = days_of_month(day).saturating_sub(day.day());
                        let last = left.div_euclid(7).saturating_add(1);
                        ordinal.unsigned_abs() == if ordinal > 0 { first } else { last }
                    })
            })
    }

    /// Whether the day's week is one of `byweekno`: week 1 is the first with at least four days in the year.
    fn has_week(&self, day: NaiveDate) -> bool {
        if self.weeks.is_empty() {
            return true;
        }
        let Some(middle) = self.week_of(day).checked_add_days(Days::new(3)) else {
            return false;
        };
        let number = middle.ordinal0().div_euclid(7).saturating_add(1);
        let of_year = NaiveDate::from_ymd_opt(middle.year(), 12, 31).map_or(52, |end| {
            let back = end.weekday().days_since(middle.weekday());
            end.ordinal0().saturating_sub(back).div_euclid(7).saturating_add(1)
        });
        within(&self.weeks, number, of_year)
    }
}

/// Whether one of `wanted` is `number`, counted from the front or, below zero, from the end of `all`.
fn within(wanted: &[i32], number: u32, all: u32) -> bool {
    let from_end = all.saturating_sub(number).saturating_add(1);
    wanted.is_empty()
        || wanted
            .iter()
            .any(|wanted| wanted.unsigned_abs() == if *wanted > 0 { number } else { from_end })
}

fn months(day: NaiveDate) -> i64 {
    i64::from(day.year())
        .saturating_mul(12)
        .saturating_add(day.month0().into())
}

fn days_of_month(day: NaiveDate) -> u32 {
    day.num_days_in_month().into()
}

fn days_of_year(year: i32) -> u32 {
    NaiveDate::from_ymd_opt(year, 12, 31).map_or(365, |end| end.ordinal())
}

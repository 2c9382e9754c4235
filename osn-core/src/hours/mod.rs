//! Opening hours: HSDS's schedules as rules of days and times, with public holidays; open now, opens next, plain words.
//!
//! All times are those of the clock on the wall where the service is. Whoever knows the time zone converts the openings
//! to instants and asks [`judge`] again, so that days on which clocks change are right, too. What a record does not say
//! is a doubt with a name and never an answer.

mod describe;
mod field;
mod record;
mod recur;
mod rule;

use std::collections::BTreeSet;

use chrono::{Datelike as _, Days, NaiveDate, NaiveDateTime, NaiveTime};

use crate::calendar::Calendar;

pub use describe::{Said, describe, say};
pub use field::{OnHolidays, Problem, ScheduleError, ScheduleFields};
pub use record::schedules_of;
pub use recur::Frequency;
pub use rule::Rule;

/// Days that are looked ahead for the next opening: a year and a month, so that what opens once a year is found.
const HORIZON: u64 = 400;
/// Days that are looked ahead first; most services open again within them.
const NEAR: u64 = 9;
/// A service that stays open longer than this is said to be always open.
const ALWAYS: u64 = 8;

/// The public holidays of some years, looked up once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holidays(BTreeSet<NaiveDate>);

impl Holidays {
    /// The holidays of a calendar in these years.
    pub fn of(calendar: &Calendar, years: std::ops::RangeInclusive<i32>) -> Self {
        Self(
            years
                .flat_map(|year| calendar.days_off(year))
                .map(|(day, _)| day)
                .collect(),
        )
    }

    /// The holidays that matter when somebody asks on a day: of its year, the one before and the next two.
    pub fn around(calendar: &Calendar, day: NaiveDate) -> Self {
        Self::of(calendar, day.year().saturating_sub(1)..=day.year().saturating_add(2))
    }

    /// Whether a day is a holiday.
    pub fn contains(&self, day: NaiveDate) -> bool {
        self.0.contains(&day)
    }
}

/// Why a record cannot tell whether a service is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Doubt {
    /// It has no schedule.
    NoHours,
    /// It would be open, but the day is a public holiday and the record does not say what happens then.
    Holiday(NaiveDate),
    /// It says the hours and not the days.
    DaysUnstated,
    /// It says the days and not the hours.
    HoursUnstated,
}

/// A time during which a service is open, or may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Opening<T = NaiveDateTime> {
    /// First moment.
    pub opens: T,
    /// The moment at which it closes; it is closed then.
    pub closes: T,
    /// Why it is not sure; `None` when it is.
    pub doubt: Option<Doubt>,
}

impl<T: Copy + Ord> Opening<T> {
    fn holds(&self, at: T) -> bool {
        self.opens <= at && at < self.closes
    }
}

/// Whether a service is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State<T = NaiveDateTime> {
    /// It is open.
    Open {
        /// When it closes; `None` when it is open as far as one looks ahead.
        until: Option<T>,
    },
    /// It is closed.
    Closed {
        /// The next opening, sure or not; `None` when there is none within a year.
        opens_next: Option<Opening<T>>,
    },
    /// The record cannot tell.
    Unknown(Doubt),
}

/// What a list of openings, in their order, says of a moment. `until` is the end of the last opening that follows
/// without a break.
pub fn judge<T: Copy + Ord>(openings: &[Opening<T>], at: T) -> State<T> {
    let now = || openings.iter().filter(|opening| opening.holds(at));
    if let Some(sure) = now().find(|opening| opening.doubt.is_none()) {
        let until = openings
            .iter()
            .filter(|opening| opening.doubt.is_none())
            .fold(sure.closes, |until, opening| {
                if opening.opens <= until {
                    until.max(opening.closes)
                } else {
                    until
                }
            });
        return State::Open { until: Some(until) };
    }
    match now().find_map(|opening| opening.doubt) {
        Some(doubt) => State::Unknown(doubt),
        None => State::Closed {
            opens_next: openings.iter().find(|opening| opening.opens > at).copied(),
        },
    }
}

/// The opening hours of one service at one place: every block of its schedules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hours {
    rules: Vec<Rule>,
}

impl Hours {
    /// Reads the schedules of a record.
    ///
    /// # Errors
    /// Every field that cannot be understood, with the number of its schedule.
    pub fn new(schedules: &[ScheduleFields]) -> Result<Self, Vec<(usize, ScheduleError)>> {
        let (mut rules, mut errors) = (Vec::with_capacity(schedules.len()), Vec::new());
        for (number, fields) in schedules.iter().enumerate() {
            match Rule::new(fields) {
                Ok(rule) => rules.push(rule),
                Err(found) => errors.extend(found.into_iter().map(|error| (number, error))),
            }
        }
        if errors.is_empty() {
            Ok(Self { rules })
        } else {
            Err(errors)
        }
    }

    /// Whether the record says nothing at all.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The rules, in the order of the record.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The openings that start from `from` to `to`, both included, in their order; those that touch are one.
    pub fn openings(&self, from: NaiveDate, to: NaiveDate, holidays: &Holidays) -> Vec<Opening> {
        let mut found: Vec<Opening> = from
            .iter_days()
            .take_while(|day| *day <= to)
            .flat_map(|day| self.on(day, holidays))
            .collect();
        // The same doubt together, so that touching openings stand side by side.
        found.sort_unstable_by_key(|opening| (opening.doubt, opening.opens, opening.closes));
        let mut merged: Vec<Opening> = Vec::with_capacity(found.len());
        for opening in found {
            match merged.last_mut() {
                Some(last) if last.doubt == opening.doubt && opening.opens <= last.closes => {
                    last.closes = last.closes.max(opening.closes);
                }
                _ => merged.push(opening),
            }
        }
        merged.sort_unstable_by_key(|opening| (opening.opens, opening.doubt, opening.closes));
        merged
    }

    fn on<'a>(&'a self, day: NaiveDate, holidays: &'a Holidays) -> impl Iterator<Item = Opening> + 'a {
        self.rules.iter().filter_map(move |rule| rule.on(day, holidays))
    }

    /// Whether the service is open at a time on the wall.
    pub fn open_at(&self, at: NaiveDateTime, holidays: &Holidays) -> State {
        self.judged(at, holidays, |opening| opening)
    }

    /// Whether the service is open at a moment `at` of another clock: `local` is that moment on the wall, `convert`
    /// takes an opening from the wall to the other clock.
    pub fn judged_by<T: Copy + Ord>(
        &self,
        (local, at): (NaiveDateTime, T),
        holidays: &Holidays,
        convert: impl Fn(Opening) -> Opening<T>,
    ) -> State<T> {
        if self.is_empty() {
            return State::Unknown(Doubt::NoHours);
        }
        let look = |days| {
            let (from, to) = window(local.date(), days);
            let openings = self.openings(from, to, holidays);
            let endless = openings
                .iter()
                .any(|opening| opening.doubt.is_none() && opening.holds(local) && lasts(opening, local));
            let there: Vec<Opening<T>> = openings.into_iter().map(&convert).collect();
            match judge(&there, at) {
                State::Open { .. } if endless => State::Open { until: None },
                state => state,
            }
        };
        match look(NEAR) {
            State::Closed { opens_next: None } => look(HORIZON),
            state => state,
        }
    }

    fn judged(&self, at: NaiveDateTime, holidays: &Holidays, convert: impl Fn(Opening) -> Opening) -> State {
        self.judged_by((at, at), holidays, convert)
    }

    /// The next openings after a time on the wall, the one that is running not among them.
    pub fn next_openings(&self, after: NaiveDateTime, count: usize, holidays: &Holidays) -> Vec<Opening> {
        let (from, to) = window(after.date(), HORIZON);
        let mut openings = self.openings(from, to, holidays);
        openings.retain(|opening| opening.opens > after);
        openings.truncate(count);
        openings
    }
}

fn lasts(opening: &Opening, from: NaiveDateTime) -> bool {
    from.checked_add_days(Days::new(ALWAYS))
        .is_some_and(|far| opening.closes >= far)
}

/// The day before, whose openings may last into this one, and some days ahead.
fn window(day: NaiveDate, ahead: u64) -> (NaiveDate, NaiveDate) {
    (
        day.pred_opt().unwrap_or(day),
        day.checked_add_days(Days::new(ahead)).unwrap_or(NaiveDate::MAX),
    )
}

/// A block from a day's time to a time of the same or the next day.
fn block(day: NaiveDate, opens: NaiveTime, closes: NaiveTime) -> (NaiveDateTime, NaiveDateTime) {
    let last = if closes > opens {
        day
    } else {
        day.succ_opt().unwrap_or(day)
    };
    (day.and_time(opens), last.and_time(closes))
}

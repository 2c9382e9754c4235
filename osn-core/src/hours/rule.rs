//! One block of hours, understood: its season, its days, its times, and what happens on a public holiday.

use chrono::{Datelike as _, NaiveDate, NaiveTime, Weekday};

use super::field::{OnHolidays, Problem, ScheduleError, ScheduleFields, items, numbers, time, weekday};
use super::recur::{Frequency, Recurrence};
use super::{Doubt, Holidays, Opening, block};

/// The days of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RuleDays {
    /// The record does not say which.
    Unstated,
    /// One day.
    Once(NaiveDate),
    /// Days that come again.
    Again(Recurrence),
}

/// One block of opening hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    pub(super) from: Option<NaiveDate>,
    pub(super) to: Option<NaiveDate>,
    pub(super) days: RuleDays,
    /// Opening and closing time, where the record says them.
    pub(super) times: Option<(NaiveTime, NaiveTime)>,
    pub(super) on_holidays: OnHolidays,
}

impl Rule {
    /// Reads the fields of a schedule.
    ///
    /// # Errors
    /// Every field that cannot be understood.
    pub fn new(fields: &ScheduleFields) -> Result<Self, Vec<ScheduleError>> {
        let mut errors = together(fields);
        let days = days(fields, &mut errors);
        let times = times(fields, &mut errors);
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Self {
            from: fields.valid_from,
            to: fields.valid_to,
            days,
            times,
            on_holidays: fields.on_holidays,
        })
    }

    /// A rule that says neither days nor hours.
    pub(super) fn unstated() -> Self {
        Self {
            from: None,
            to: None,
            days: RuleDays::Unstated,
            times: None,
            on_holidays: OnHolidays::Unstated,
        }
    }

    /// Whether the rule speaks of a day, holiday or not. A rule without days speaks of every day of its season.
    pub fn has(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day)
            && self.to.is_none_or(|to| day <= to)
            && match &self.days {
                RuleDays::Unstated => true,
                RuleDays::Once(only) => *only == day,
                RuleDays::Again(recurrence) => recurrence.has(day),
            }
    }

    /// The opening that starts on a day.
    pub(super) fn on(&self, day: NaiveDate, holidays: &Holidays) -> Option<Opening> {
        if !self.has(day) {
            return None;
        }
        // Whoever writes down a single day knows whether it is a holiday.
        let single = matches!(self.days, RuleDays::Once(_));
        let on_holiday = !single && holidays.contains(day);
        if on_holiday && self.on_holidays == OnHolidays::Closed {
            return None;
        }
        let (opens, closes) = self.times.unwrap_or((NaiveTime::MIN, NaiveTime::MIN));
        let doubt = if self.times.is_none() {
            Some(Doubt::HoursUnstated)
        } else if self.days == RuleDays::Unstated {
            Some(Doubt::DaysUnstated)
        } else {
            (on_holiday && self.on_holidays == OnHolidays::Unstated).then_some(Doubt::Holiday(day))
        };
        let (opens, closes) = block(day, opens, closes);
        Some(Opening { opens, closes, doubt })
    }

    /// Whether it did not end before a day.
    pub(super) fn is_in_force(&self, on: NaiveDate) -> bool {
        self.season().1.is_none_or(|last| on <= last)
    }

    /// Whether it says neither days nor hours.
    pub(super) fn is_silent(&self) -> bool {
        self.days == RuleDays::Unstated && self.times.is_none()
    }

    /// First and last day that the rule can speak of, where it has them.
    pub(super) fn season(&self) -> (Option<NaiveDate>, Option<NaiveDate>) {
        let (start, last) = match &self.days {
            RuleDays::Unstated => (None, None),
            RuleDays::Once(day) => (Some(*day), Some(*day)),
            RuleDays::Again(recurrence) => (recurrence.start, recurrence.last),
        };
        let later = self.from.into_iter().chain(start).max();
        (later, self.to.into_iter().chain(last).min())
    }
}

/// What stands in two fields and does not fit together.
fn together(fields: &ScheduleFields) -> Vec<ScheduleError> {
    let mut errors = Vec::new();
    let mut wrong = |field, problem| errors.push(ScheduleError::new(field, problem));
    if let (Some(from), Some(to)) = (fields.valid_from, fields.valid_to)
        && to < from
    {
        wrong("valid_to", Problem::Before { other: "valid_from" });
    }
    if let (Some(start), Some(until)) = (fields.dtstart, fields.until)
        && until < start
    {
        wrong("until", Problem::Before { other: "dtstart" });
    }
    if fields.until.is_some() && fields.count.is_some() {
        wrong("count", Problem::NotWith { other: "until" });
    }
    for (field, value) in [("count", fields.count), ("interval", fields.interval)] {
        if value == Some(0) {
            let problem = Problem::OutOfRange {
                value: 0,
                least: 1,
                most: u32::MAX.into(),
            };
            wrong(field, problem);
        }
    }
    errors
}

fn times(fields: &ScheduleFields, errors: &mut Vec<ScheduleError>) -> Option<(NaiveTime, NaiveTime)> {
    let mut read = |field, text: &Option<String>| match text.as_deref().map(|text| time(field, text)) {
        Some(Ok(time)) => Some(time),
        Some(Err(error)) => {
            errors.push(error);
            None
        }
        None => None,
    };
    // One without the other says too little: the hours are not stated then.
    read("opens_at", &fields.opens_at).zip(read("closes_at", &fields.closes_at))
}

/// The fields that say which days; the first that is there.
fn telling(fields: &ScheduleFields) -> Option<&'static str> {
    let filled = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
    [
        ("byday", filled(&fields.byday)),
        ("bymonthday", filled(&fields.bymonthday)),
        ("byweekno", filled(&fields.byweekno)),
        ("byyearday", filled(&fields.byyearday)),
        ("interval", fields.interval.is_some()),
        ("count", fields.count.is_some()),
        ("until", fields.until.is_some()),
    ]
    .into_iter()
    .find_map(|(field, there)| there.then_some(field))
}

/// Whether the days of the week stand alone and without an ordinal.
fn is_weekly(fields: &ScheduleFields) -> bool {
    let mut days = items(fields.byday.as_deref());
    let alone = ScheduleFields {
        byday: None,
        ..fields.clone()
    };
    telling(&alone).is_none() && days.all(|day| matches!(weekday("byday", day), Ok((None, _))))
}

fn days(fields: &ScheduleFields, errors: &mut Vec<ScheduleError>) -> RuleDays {
    let freq = match fields.freq.as_deref().map(str::trim).filter(|freq| !freq.is_empty()) {
        // Days of the week and nothing else are those of every week, as people and calendars read them.
        None if telling(fields) == Some("byday") && is_weekly(fields) => Frequency::Weekly,
        None => {
            if let Some(because) = telling(fields) {
                errors.push(ScheduleError::new("freq", Problem::Missing { because }));
            }
            return fields.dtstart.map_or(RuleDays::Unstated, RuleDays::Once);
        }
        Some(freq) if freq.eq_ignore_ascii_case("WEEKLY") => Frequency::Weekly,
        Some(freq) if freq.eq_ignore_ascii_case("MONTHLY") => Frequency::Monthly,
        Some(other) => {
            let problem = Problem::Unreadable {
                value: other.chars().take(40).collect(),
                wanted: "WEEKLY or MONTHLY",
            };
            errors.push(ScheduleError::new("freq", problem));
            return RuleDays::Unstated;
        }
    };
    let before = errors.len();
    let mut recurrence = recurrence(fields, freq, errors);
    if errors.len() == before
        && let Some(count) = fields.count
    {
        recurrence.last = recurrence.end_of_count(count);
    }
    RuleDays::Again(recurrence)
}

fn recurrence(fields: &ScheduleFields, freq: Frequency, errors: &mut Vec<ScheduleError>) -> Recurrence {
    let mut weekdays = Vec::new();
    for item in items(fields.byday.as_deref()) {
        match weekday("byday", item) {
            Ok((Some(_), _)) if freq == Frequency::Weekly => {
                let problem = Problem::NotWith {
                    other: "freq WEEKLY: a day has an ordinal in a month only",
                };
                errors.push(ScheduleError::new("byday", problem));
            }
            Ok(day) => weekdays.push(day),
            Err(error) => errors.push(error),
        }
    }
    let mut list = |field, text: &Option<String>, most| {
        numbers(field, text.as_deref(), most).unwrap_or_else(|error| {
            errors.push(error);
            Vec::new()
        })
    };
    let month_days = list("bymonthday", &fields.bymonthday, 31);
    let weeks = list("byweekno", &fields.byweekno, 53);
    let year_days = list("byyearday", &fields.byyearday, 366);
    if freq == Frequency::Weekly && !month_days.is_empty() {
        errors.push(ScheduleError::new(
            "bymonthday",
            Problem::NotWith { other: "freq WEEKLY" },
        ));
    }
    let week_starts = fields
        .wkst
        .as_deref()
        .map_or(Weekday::Mon, |text| match weekday("wkst", text.trim()) {
            Ok((None, day)) => day,
            Ok((Some(_), _)) => {
                errors.push(ScheduleError::new("wkst", Problem::NotWith { other: "an ordinal" }));
                Weekday::Mon
            }
            Err(error) => {
                errors.push(error);
                Weekday::Mon
            }
        });
    let mut recurrence = Recurrence {
        freq,
        interval: fields.interval.unwrap_or(1).max(1),
        start: fields.dtstart,
        last: fields.until,
        week_starts,
        weekdays,
        month_days,
        weeks,
        year_days,
    };
    from_start(&mut recurrence, fields, errors);
    recurrence
}

/// What only the first day tells: the day of the week or the month, and where counting begins.
fn from_start(recurrence: &mut Recurrence, fields: &ScheduleFields, errors: &mut Vec<ScheduleError>) {
    let Some(start) = recurrence.start else {
        let needed_by = if recurrence.interval > 1 {
            Some("interval")
        } else if fields.count.is_some() {
            Some("count")
        } else if says_days(recurrence) || !errors.is_empty() {
            None
        } else {
            Some("freq without byday")
        };
        errors.extend(needed_by.map(|because| ScheduleError::new("dtstart", Problem::Missing { because })));
        return;
    };
    if !says_days(recurrence) {
        match recurrence.freq {
            Frequency::Weekly => recurrence.weekdays.push((None, start.weekday())),
            Frequency::Monthly => recurrence.month_days.extend(i32::try_from(start.day())),
        }
    }
}

fn says_days(recurrence: &Recurrence) -> bool {
    !(recurrence.weekdays.is_empty() && recurrence.month_days.is_empty() && recurrence.year_days.is_empty())
}

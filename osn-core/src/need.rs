//! A need: what is missing, for whom, how many, where, how and when.

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

use crate::directory::{Mode, TermCode, Weekday};
use crate::time::Period;

/// How soon help must come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Urgency {
    /// Planned support.
    Normal,
    /// Soon.
    High,
    /// At once: the urgent track.
    Immediate,
}

/// How many people, and their ages where they matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct People {
    /// Number of people.
    pub count: u32,
    /// Youngest, full years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_from: Option<u8>,
    /// Oldest, full years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_to: Option<u8>,
}

/// Hours at which people can come: a service must be open through them on each of the days, every week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeededHours {
    /// Days of the week.
    pub days: Vec<Weekday>,
    /// From, local time.
    pub from: NaiveTime,
    /// Until, local time of the same day.
    pub to: NaiveTime,
}

/// What a request asks for, in the terms of the mapping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// Category of service.
    pub category: TermCode,
    /// Beneficiary groups: a service must be open to each of them.
    pub groups: Vec<TermCode>,
    /// How many.
    pub people: People,
    /// Areas that must be served (municipal communities, or the whole city).
    pub areas: Vec<TermCode>,
    /// How it must reach people.
    pub mode: Mode,
    /// When.
    pub period: Period,
    /// Languages of service, any of which will do; empty: no condition.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<String>,
    /// At which hours; absent: no condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<NeededHours>,
    /// How soon.
    pub urgency: Urgency,
}

/// What is wrong with a need.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NeedError {
    /// Nobody is in need.
    #[error("people.count must be at least 1")]
    NoPeople,
    /// No area is named.
    #[error("areas must name at least one area")]
    NoArea,
    /// Ages stand the wrong way round.
    #[error("people.age_from {from} is above people.age_to {to}")]
    BackwardsAges {
        /// Youngest.
        from: u8,
        /// Oldest.
        to: u8,
    },
    /// The period ends before it starts.
    #[error("period.to is before period.from")]
    BackwardsPeriod,
    /// Hours without a day, or that end before they begin.
    #[error("hours need a day, and hours.to after hours.from")]
    BackwardsHours,
}

impl NeedError {
    /// The field that the remedy belongs to.
    pub fn path(&self) -> &'static str {
        match self {
            Self::NoPeople => "/need/people/count",
            Self::NoArea => "/need/areas",
            Self::BackwardsAges { .. } => "/need/people/age_from",
            Self::BackwardsPeriod => "/need/period/to",
            Self::BackwardsHours => "/need/hours",
        }
    }

    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoPeople => "need.no-people",
            Self::NoArea => "need.no-area",
            Self::BackwardsAges { .. } => "need.backwards-ages",
            Self::BackwardsPeriod => "need.backwards-period",
            Self::BackwardsHours => "need.backwards-hours",
        }
    }
}

impl Need {
    /// Everything that is wrong with it, not the first thing only.
    pub fn problems(&self) -> Vec<NeedError> {
        let mut problems = Vec::new();
        if self.people.count == 0 {
            problems.push(NeedError::NoPeople);
        }
        if self.areas.is_empty() {
            problems.push(NeedError::NoArea);
        }
        if let (Some(from), Some(to)) = (self.people.age_from, self.people.age_to)
            && from > to
        {
            problems.push(NeedError::BackwardsAges { from, to });
        }
        if self.period.to.is_some_and(|to| to < self.period.from) {
            problems.push(NeedError::BackwardsPeriod);
        }
        let backwards = |hours: &NeededHours| hours.days.is_empty() || hours.to <= hours.from;
        if self.hours.as_ref().is_some_and(backwards) {
            problems.push(NeedError::BackwardsHours);
        }
        problems
    }
}

//! The municipality's time zone: instants to legal days and back.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta, TimeZone as _};
use chrono_tz::Tz;
use osn_core::time::Instant;

/// A time zone by its IANA name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone(Tz);

/// A time zone that nobody knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown time zone `{0}`")]
pub struct UnknownZone(pub String);

impl Zone {
    /// The zone with this IANA name, e.g. `Europe/Athens`.
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        name.parse().map(Self).map_err(|_| UnknownZone(name.to_owned()))
    }

    /// The legal day of an instant.
    pub fn day(self, at: Instant) -> NaiveDate {
        self.local(at).date()
    }

    /// Date and time on the wall.
    pub fn local(self, at: Instant) -> NaiveDateTime {
        at.with_timezone(&self.0).naive_local()
    }

    /// The instant at which the wall shows a time, or passes it where clocks jump over it.
    pub fn instant_from(self, local: NaiveDateTime) -> Option<Instant> {
        let minutes = (0..24 * 60).filter_map(|minute| local.checked_add_signed(TimeDelta::try_minutes(minute)?));
        let mut there = minutes.filter_map(|local| self.instant(local));
        there.next()
    }

    /// The instant of a time on the wall; the first of two where clocks go back, none where they jump forward.
    pub fn instant(self, local: NaiveDateTime) -> Option<Instant> {
        self.0.from_local_datetime(&local).earliest().map(|at| at.to_utc())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_the_one_on_the_wall() {
        let athens = Zone::named("Europe/Athens").unwrap();
        let late = "2022-08-18T21:30:00Z".parse().unwrap();
        assert_eq!(athens.day(late).to_string(), "2022-08-19");
        let closing = "2022-08-19T17:00:00".parse().unwrap();
        assert_eq!(
            athens.instant(closing).unwrap().to_rfc3339(),
            "2022-08-19T14:00:00+00:00"
        );
        assert_eq!(athens.instant("2022-03-27T03:30:00".parse().unwrap()), None);
        let passed = athens.instant_from("2022-03-27T03:30:00".parse().unwrap());
        assert_eq!(passed, Some("2022-03-27T01:00:00Z".parse().unwrap()));
        assert!(Zone::named("Europe/Nowhere").is_err());
    }
}

//! Whether a service is open at this moment, in the municipality's time: public holidays and changes of clocks included.

use std::sync::LazyLock;

use chrono::NaiveDateTime;
use osn_core::calendar::Calendar;
use osn_core::directory::{Directory, Service};
use osn_core::hours::{Doubt, Holidays, Hours, OnHolidays, Opening, State, judge};
use osn_core::id::LocationId;
use osn_core::time::Instant;
use osn_store::Municipality;
use schemars::JsonSchema;
use serde::Serialize;

use crate::acts::Acting;
use crate::zone::Zone;

/// The public holidays of Greece; a municipality's bodies say in their records what they do on them.
static CALENDAR: LazyLock<Option<Calendar>> = LazyLock::new(|| {
    Calendar::greek()
        .inspect_err(|error| tracing::error!(%error, "public holidays are not known"))
        .ok()
});

/// The name of the public holiday on a day, if it is one.
pub fn holiday(day: chrono::NaiveDate) -> Option<&'static osn_core::lang::LocalText> {
    CALENDAR.as_ref()?.day_off(day).map(|holiday| &holiday.name)
}

/// What a municipality decided for schedules that are silent about public holidays (`hours.public_holidays` among its
/// settings: `closed`, `open` or `unstated`); nothing decided means that nobody knows.
pub fn on_holidays(municipality: Option<&Municipality>) -> OnHolidays {
    municipality
        .and_then(|municipality| municipality.settings.pointer("/hours/public_holidays"))
        .and_then(|value| serde_json::from_value(value.clone()).ok())
        .unwrap_or_default()
}

/// The hours of a service at each of its places; of the service alone where it has none, or where no place adds anything.
pub fn hours_of(directory: &Directory, service: &Service, unstated: OnHolidays) -> Vec<(Option<LocationId>, Hours)> {
    let places = service.service_at_locations.iter().map(|link| {
        let hours = Hours::of_service(directory, service, Some(link), unstated);
        (Some(link.location_id), hours)
    });
    let alone = (None, Hours::of_service(directory, service, None, unstated));
    let mut all: Vec<_> = places.filter(|(_, hours)| !hours.is_empty()).collect();
    if all.is_empty() && !alone.1.is_empty() {
        all.push(alone);
    }
    all
}

/// A moment in a municipality.
#[derive(Debug, Clone)]
pub struct Moment {
    zone: Zone,
    now: Instant,
    local: NaiveDateTime,
    holidays: Holidays,
}

impl Moment {
    /// The moment of an act, or the one as of which it reads the mapping.
    pub fn of(acting: &Acting) -> Self {
        Self::at(acting.zone(), acting.as_of.unwrap_or(acting.now))
    }

    /// A moment in a time zone.
    pub fn at(zone: Zone, now: Instant) -> Self {
        let local = zone.local(now);
        let around = |calendar| Holidays::around(calendar, local.date());
        Self {
            zone,
            now,
            local,
            holidays: CALENDAR.as_ref().map(around).unwrap_or_default(),
        }
    }

    /// Whether somewhere with these hours is open.
    pub fn state(&self, hours: &Hours) -> State<Instant> {
        let convert = |opening| self.convert(opening);
        hours.judged_by((self.local, self.now), &self.holidays, convert)
    }

    /// The next openings, as the clock on the wall shows them.
    pub fn next_openings(&self, hours: &Hours, count: usize) -> Vec<Opening> {
        hours.next_openings(self.local, count, &self.holidays)
    }

    /// Openings from the wall to moments: where clocks jump over a time, the moment of the jump.
    fn convert(&self, opening: Opening) -> Opening<Instant> {
        let at = |local| self.zone.instant_from(local).unwrap_or(Instant::MAX_UTC);
        Opening {
            opens: at(opening.opens),
            closes: at(opening.closes),
            doubt: opening.doubt,
        }
    }

    /// Whether a service is open at one of its places at least: open before unknown, unknown before closed, and of closed
    /// ones the first to open.
    pub fn anywhere(&self, places: &[(Option<LocationId>, Hours)]) -> State<Instant> {
        let states = places.iter().map(|(_, hours)| self.state(hours));
        states.reduce(better).unwrap_or(State::Unknown(Doubt::NoHours))
    }

    /// Whether a service is open somewhere now; `None` when its record cannot tell. Looks no further than this moment.
    pub fn open_now(&self, places: &[(Option<LocationId>, Hours)]) -> Option<bool> {
        let today = self.local.date();
        let yesterday = today.pred_opt().unwrap_or(today);
        let mut answer = (!places.is_empty()).then_some(false);
        for (_, hours) in places {
            let openings = hours.openings(yesterday, today, &self.holidays);
            let there: Vec<Opening<Instant>> = openings.into_iter().map(|opening| self.convert(opening)).collect();
            match judge(&there, self.now) {
                State::Open { .. } => return Some(true),
                State::Unknown(_) => answer = None,
                State::Closed { .. } => {}
            }
        }
        answer
    }
}

fn better(one: State<Instant>, other: State<Instant>) -> State<Instant> {
    let rank = |state: &State<Instant>| match state {
        State::Open { until } => (
            0,
            std::cmp::Reverse(until.unwrap_or(Instant::MAX_UTC)),
            Instant::MIN_UTC,
        ),
        State::Unknown(_) => (1, std::cmp::Reverse(Instant::MAX_UTC), Instant::MIN_UTC),
        State::Closed { opens_next } => {
            let opens = opens_next.map_or(Instant::MAX_UTC, |opening| opening.opens);
            (2, std::cmp::Reverse(Instant::MAX_UTC), opens)
        }
    };
    if rank(&other) < rank(&one) { other } else { one }
}

/// Whether a service is open, as the interface says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OpeningView {
    /// `open`, `closed` or `unknown`.
    pub state: &'static str,
    /// When it closes; absent when it is always open, and when it is not open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Instant>,
    /// When it opens next, if it is closed; absent where the record says the day and not the hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opens_next: Option<Instant>,
    /// Why it is not sure: `no-hours`, `holiday`, `days-unstated`, `hours-unstated`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doubt: Option<&'static str>,
}

impl From<State<Instant>> for OpeningView {
    fn from(state: State<Instant>) -> Self {
        let (name, until, next, doubt) = match state {
            State::Open { until } => ("open", until, None, None),
            State::Closed { opens_next } => ("closed", None, opens_next, opens_next.and_then(|next| next.doubt)),
            State::Unknown(doubt) => ("unknown", None, None, Some(doubt)),
        };
        Self {
            state: name,
            until,
            // Of a day without hours nobody is told that it begins at midnight.
            opens_next: next
                .filter(|next| next.doubt != Some(Doubt::HoursUnstated))
                .map(|next| next.opens),
            doubt: doubt.map(|doubt| match doubt {
                Doubt::NoHours => "no-hours",
                Doubt::Holiday(_) => "holiday",
                Doubt::DaysUnstated => "days-unstated",
                Doubt::HoursUnstated => "hours-unstated",
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use osn_core::hours::ScheduleFields;

    fn hours(opens: &str, closes: &str) -> Vec<(Option<LocationId>, Hours)> {
        let schedule = ScheduleFields {
            freq: Some("WEEKLY".to_owned()),
            byday: Some("MO,TU,WE,TH,FR,SA,SU".to_owned()),
            opens_at: Some(opens.to_owned()),
            closes_at: Some(closes.to_owned()),
            on_holidays: OnHolidays::Open,
            ..ScheduleFields::default()
        };
        vec![(None, Hours::new(&[schedule]).unwrap())]
    }

    fn said(opens: &str, closes: &str, at: &str) -> String {
        let moment = Moment::at(Zone::named("Europe/Athens").unwrap(), at.parse().unwrap());
        let places = hours(opens, closes);
        let view = OpeningView::from(moment.anywhere(&places));
        assert_eq!(moment.open_now(&places), Some(view.state == "open"), "{at}");
        let when = view.until.or(view.opens_next);
        format!(
            "{} {}",
            view.state,
            when.map(|at| at.format("%dT%H:%MZ").to_string()).unwrap_or_default()
        )
    }

    /// On 27 March 2022 the wall goes from 03:00 to 04:00, on 30 October 2022 from 04:00 back to 03:00.
    #[test]
    fn nights_on_which_clocks_change() {
        for (opens, closes, at, expected) in [
            // A shelter from 22:00 to 06:00: an hour shorter in spring, an hour longer in autumn.
            ("22:00", "06:00", "2022-03-26T21:00:00Z", "open 27T03:00Z"),
            ("22:00", "06:00", "2022-03-27T02:59:00Z", "open 27T03:00Z"),
            ("22:00", "06:00", "2022-03-27T03:00:00Z", "closed 27T19:00Z"),
            ("22:00", "06:00", "2022-10-30T00:30:00Z", "open 30T04:00Z"),
            ("22:00", "06:00", "2022-10-30T03:59:00Z", "open 30T04:00Z"),
            // 03:30 does not exist in spring: it closes when the wall passes it.
            ("22:00", "03:30", "2022-03-27T00:59:00Z", "open 27T01:00Z"),
            ("22:00", "03:30", "2022-03-27T01:00:00Z", "closed 27T19:00Z"),
            // 03:30 comes twice in autumn: it closes at the first.
            ("22:00", "03:30", "2022-10-30T00:29:00Z", "open 30T00:30Z"),
            ("22:00", "03:30", "2022-10-30T01:15:00Z", "closed 30T20:00Z"),
            // An ordinary morning in summer and in winter time.
            ("09:00", "14:00", "2022-07-01T06:00:00Z", "open 01T11:00Z"),
            ("09:00", "14:00", "2022-12-01T06:30:00Z", "closed 01T07:00Z"),
        ] {
            assert_eq!(said(opens, closes, at), expected, "{opens}–{closes} at {at}");
        }
    }

    #[test]
    fn of_several_places_the_best_answer_counts() {
        let moment = Moment::at(
            Zone::named("Europe/Athens").unwrap(),
            "2022-07-01T06:00:00Z".parse().unwrap(),
        );
        let both: Vec<_> = [hours("18:00", "20:00"), hours("09:00", "14:00")].concat();
        assert_eq!(OpeningView::from(moment.anywhere(&both)).state, "open");
        let closed: Vec<_> = [hours("18:00", "20:00"), hours("12:00", "14:00")].concat();
        let view = OpeningView::from(moment.anywhere(&closed));
        assert_eq!(view.opens_next, Some("2022-07-01T09:00:00Z".parse().unwrap()));
        let mut day = ScheduleFields {
            freq: Some("WEEKLY".to_owned()),
            byday: Some("MO".to_owned()),
            ..ScheduleFields::default()
        };
        let monday = vec![(None, Hours::new(&[day.clone()]).unwrap())];
        let view = OpeningView::from(moment.anywhere(&monday));
        assert_eq!(
            (view.state, view.opens_next, view.doubt),
            ("closed", None, Some("hours-unstated"))
        );
        day.opens_at = Some("00:00".to_owned());
        day.closes_at = Some("02:00".to_owned());
        let monday = vec![(None, Hours::new(&[day]).unwrap())];
        let view = OpeningView::from(moment.anywhere(&monday));
        assert_eq!(
            view.opens_next,
            Some("2022-07-03T21:00:00Z".parse().unwrap()),
            "at midnight in Athens"
        );
        assert_eq!(OpeningView::from(moment.anywhere(&[])).doubt, Some("no-hours"));
        assert_eq!(moment.open_now(&[]), None);
    }
}

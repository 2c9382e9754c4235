//! Opening hours in words: whether it is open now, when it opens next, and the lines of a week.

use chrono::NaiveDate;
use osn_core::hours::{Doubt, Hours, State, describe};
use osn_core::time::Instant;

use crate::acts::opening::holiday;
use crate::pages::chrome::Page;
use crate::pages::part::{Tag, Tone};

/// One line for a list; nothing where the record cannot tell.
pub(super) fn short(p: &Page, now: Instant, state: &State<Instant>) -> Option<String> {
    (!is_unstated(state)).then(|| words(p, now, state))
}

/// Whether the record does not say enough to tell on any day.
pub(super) fn is_unstated(state: &State<Instant>) -> bool {
    matches!(
        state,
        State::Unknown(Doubt::NoHours | Doubt::DaysUnstated | Doubt::HoursUnstated)
    )
}

/// The state beside a heading.
pub(super) fn tag(p: &Page, now: Instant, state: &State<Instant>) -> Tag {
    let tone = match state {
        State::Open { .. } => Tone::Good,
        State::Closed { .. } => Tone::Quiet,
        State::Unknown(_) => Tone::Warn,
    };
    Tag::new(tone, words(p, now, state))
}

fn words(p: &Page, now: Instant, state: &State<Instant>) -> String {
    match state {
        State::Open { until: Some(until) } => p.t1("open-until", "when", &when(p, now, *until)),
        State::Open { until: None } => p.t("open-always"),
        // Of a day without hours nobody is told a time.
        State::Closed { opens_next: Some(next) } if next.doubt == Some(Doubt::HoursUnstated) => {
            p.t1("closed-may-open-day", "when", &on(p, now, next.opens))
        }
        State::Closed { opens_next: Some(next) } => {
            let key = if next.doubt.is_none() {
                "closed-opens"
            } else {
                "closed-may-open"
            };
            p.t1(key, "when", &when(p, now, next.opens))
        }
        State::Closed { opens_next: None } => p.t("closed-for-long"),
        State::Unknown(Doubt::Holiday(day)) => {
            let name = holiday(*day).map(|name| p.text(name)).unwrap_or_default();
            p.t1("open-holiday", "holiday", &name)
        }
        State::Unknown(Doubt::NoHours | Doubt::HoursUnstated) => p.t("open-no-hours"),
        State::Unknown(Doubt::DaysUnstated) => p.t("open-no-days"),
    }
}

/// «14:00», «αύριο στις 09:00», «Δευτέρα 23 Μαΐου 2022 στις 09:00»: as near as people say it.
fn when(p: &Page, now: Instant, at: Instant) -> String {
    let (local, today) = (p.zone.local(at), p.zone.day(now));
    let time = local.format("%H:%M").to_string();
    if local.date() == today {
        p.t1("when-today", "time", &time)
    } else if Some(local.date()) == today.succ_opt() {
        p.t1("when-tomorrow", "time", &time)
    } else {
        p.t2("when-day", ("day", &p.weekday(local.date())), ("time", &time))
    }
}

/// «αύριο», «Δευτέρα 23 Μαΐου 2022».
fn on(p: &Page, now: Instant, at: Instant) -> String {
    let (day, today) = (p.zone.day(at), p.zone.day(now));
    if Some(day) == today.succ_opt() {
        p.t("when-tomorrow-day")
    } else {
        p.weekday(day)
    }
}

/// The hours of a week and what holds on public holidays.
pub(super) fn lines(p: &Page, hours: &Hours, today: NaiveDate) -> Vec<String> {
    describe(hours, p.tag(), today)
}

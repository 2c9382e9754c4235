//! Whether a service is open when people can come: through the needed hours, on every needed day of a week.

use std::borrow::Cow;

use chrono::{Datelike as _, Days, NaiveDate};

use super::{Check, Dimension, Fit, Params};
use crate::directory::{Directory, Frequency, Schedule, Service, ServiceAtLocation, Weekday};
use crate::hours::{Holidays, Hours, OnHolidays};
use crate::need::NeededHours;

/// A week without holidays: the first of the need's period.
fn week(from: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    (0..7_u64).filter_map(move |ahead| from.checked_add_days(Days::new(ahead)))
}

fn weekday(day: NaiveDate) -> Weekday {
    match day.weekday() {
        chrono::Weekday::Mon => Weekday::Mo,
        chrono::Weekday::Tue => Weekday::Tu,
        chrono::Weekday::Wed => Weekday::We,
        chrono::Weekday::Thu => Weekday::Th,
        chrono::Weekday::Fri => Weekday::Fr,
        chrono::Weekday::Sat => Weekday::Sa,
        chrono::Weekday::Sun => Weekday::Su,
    }
}

/// The days as the directory writes them: `MO,TU`.
pub(super) fn byday(days: &[Weekday], between: &str) -> String {
    let code = |day: &Weekday| match day {
        Weekday::Mo => "MO",
        Weekday::Tu => "TU",
        Weekday::We => "WE",
        Weekday::Th => "TH",
        Weekday::Fr => "FR",
        Weekday::Sa => "SA",
        Weekday::Su => "SU",
    };
    days.iter().map(code).collect::<Vec<_>>().join(between)
}

/// At one place, or at none in particular.
fn at(
    directory: &Directory,
    service: &Service,
    link: Option<&ServiceAtLocation>,
    wanted: &NeededHours,
    from: NaiveDate,
) -> Fit {
    let hours = Hours::of_service(directory, service, link, OnHolidays::Unstated);
    if hours.is_empty() {
        return Fit::Unknown;
    }
    let mut fit = Fit::Met;
    for day in week(from).filter(|day| wanted.days.contains(&weekday(*day))) {
        let (comes, goes) = (day.and_time(wanted.from), day.and_time(wanted.to));
        let before = day.pred_opt().unwrap_or(day);
        let openings = hours.openings(before, day, &Holidays::default());
        let through = openings
            .iter()
            .filter(|opening| opening.opens <= comes && opening.closes >= goes);
        // A doubt about the one day leaves the whole in doubt; a clear no about another is a no.
        match through.map(|opening| opening.doubt.is_some()).min() {
            Some(false) => {}
            Some(true) => fit = Fit::Unknown,
            None => return Fit::NotMet,
        }
    }
    fit
}

/// The answer of the best of its places.
pub(super) fn check(directory: &Directory, service: &Service, wanted: &NeededHours, from: NaiveDate) -> Check {
    let links: Vec<Option<&ServiceAtLocation>> = match service.service_at_locations.as_slice() {
        [] => vec![None],
        links => links.iter().map(Some).collect(),
    };
    let fits = links.into_iter().map(|link| at(directory, service, link, wanted, from));
    let rank = |fit: &Fit| match fit {
        Fit::Met => 0,
        Fit::Unknown => 1,
        Fit::NotMet => 2,
    };
    let fit = fits.min_by_key(rank).unwrap_or(Fit::Unknown);
    let reason = match fit {
        Fit::Met => "hours.open",
        Fit::NotMet => "hours.closed",
        Fit::Unknown => "hours.not-stated",
    };
    Check {
        dimension: Dimension::Hours,
        fit,
        reason: Cow::Borrowed(reason),
        params: Params::sorted([
            ("days", byday(&wanted.days, ", ")),
            ("from", wanted.from.format("%H:%M").to_string()),
            ("to", wanted.to.format("%H:%M").to_string()),
        ]),
    }
}

/// The service with the needed hours beside its own.
pub(super) fn opened(service: &Service, wanted: &NeededHours) -> Service {
    let mut service = service.clone();
    let plain = Schedule {
        freq: Some(Frequency::Weekly),
        byday: Some(byday(&wanted.days, ",")),
        opens_at: Some(wanted.from),
        closes_at: Some(wanted.to),
        ..Schedule::new(service.id.uuid())
    };
    service.schedules.push(plain.clone());
    for link in &mut service.service_at_locations {
        if !link.schedules.is_empty() {
            link.schedules.push(plain.clone());
        }
    }
    service
}

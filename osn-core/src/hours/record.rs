//! The hours of a service of the mapping: which of its schedules count at a place.

use super::Hours;
use super::field::{OnHolidays, ScheduleFields};
use super::rule::Rule;
use crate::directory::{Directory, Frequency, Schedule, Service, ServiceAtLocation, Weekday};

impl From<&Schedule> for ScheduleFields {
    fn from(schedule: &Schedule) -> Self {
        let time = |time: chrono::NaiveTime| time.format("%H:%M:%S").to_string();
        Self {
            valid_from: schedule.valid_from,
            valid_to: schedule.valid_to,
            dtstart: schedule.dtstart,
            until: schedule.until,
            count: schedule.count,
            wkst: schedule.wkst.map(|day| code(day).to_owned()),
            freq: schedule.freq.map(|freq| {
                match freq {
                    Frequency::Weekly => "WEEKLY",
                    Frequency::Monthly => "MONTHLY",
                }
                .to_owned()
            }),
            interval: schedule.interval,
            byday: schedule.byday.clone(),
            byweekno: schedule.byweekno.clone(),
            bymonthday: schedule.bymonthday.clone(),
            byyearday: schedule.byyearday.clone(),
            opens_at: schedule.opens_at.map(time),
            closes_at: schedule.closes_at.map(time),
            on_holidays: match schedule.public_holidays {
                Some(true) => OnHolidays::Open,
                Some(false) => OnHolidays::Closed,
                None => OnHolidays::Unstated,
            },
        }
    }
}

fn code(day: Weekday) -> &'static str {
    match day {
        Weekday::Mo => "MO",
        Weekday::Tu => "TU",
        Weekday::We => "WE",
        Weekday::Th => "TH",
        Weekday::Fr => "FR",
        Weekday::Sa => "SA",
        Weekday::Su => "SU",
    }
}

impl Hours {
    /// The hours of some schedules. One that cannot be understood is one that does not say its days and hours: a doubt,
    /// and no answer. `unstated` is what the municipality decided for schedules that are silent about public holidays.
    pub fn of(schedules: &[Schedule], unstated: OnHolidays) -> Self {
        let rules = schedules.iter().map(|schedule| {
            let mut fields = ScheduleFields::from(schedule);
            if fields.on_holidays == OnHolidays::Unstated {
                fields.on_holidays = unstated;
            }
            Rule::new(&fields).unwrap_or_else(|_| Rule::unstated())
        });
        Self { rules: rules.collect() }
    }

    /// The hours of a service at one of its places, by the schedules that count there.
    pub fn of_service(
        directory: &Directory,
        service: &Service,
        link: Option<&ServiceAtLocation>,
        unstated: OnHolidays,
    ) -> Self {
        Self::of(schedules_of(directory, service, link), unstated)
    }
}

/// The schedules that count for a service at one of its places: those of the two together, else the service's, else the
/// place's.
pub fn schedules_of<'d>(
    directory: &'d Directory,
    service: &'d Service,
    link: Option<&'d ServiceAtLocation>,
) -> &'d [Schedule] {
    let place = link.and_then(|link| directory.location(link.location_id));
    let told = [
        link.map(|link| link.schedules.as_slice()),
        Some(service.schedules.as_slice()),
        place.map(|place| place.schedules.as_slice()),
    ];
    let mut told = told.into_iter().flatten();
    told.find(|schedules| !schedules.is_empty()).unwrap_or_default()
}

//! Opening hours in words, for schedules that bring none of their own.

use osn_core::directory::{Frequency, Schedule};

const DAYS: [(&str, &str, &str); 7] = [
    ("MO", "Δευτέρα", "Monday"),
    ("TU", "Τρίτη", "Tuesday"),
    ("WE", "Τετάρτη", "Wednesday"),
    ("TH", "Πέμπτη", "Thursday"),
    ("FR", "Παρασκευή", "Friday"),
    ("SA", "Σάββατο", "Saturday"),
    ("SU", "Κυριακή", "Sunday"),
];

/// Days and hours of a weekly block, in Greek, or in English for every other language; `None` where the rule is more than
/// a list of days.
pub(crate) fn hours(schedule: &Schedule, lang: &str) -> Option<String> {
    let greek = lang == "el";
    let plain = schedule.freq != Some(Frequency::Monthly)
        && schedule.interval.is_none_or(|interval| interval == 1)
        && [&schedule.byweekno, &schedule.bymonthday, &schedule.byyearday]
            .into_iter()
            .all(Option::is_none);
    if !plain {
        return None;
    }
    let days = match &schedule.byday {
        None => None,
        Some(list) => Some(days(list, greek)?),
    };
    let clock = |time: chrono::NaiveTime| time.format("%H:%M").to_string();
    let hours = schedule
        .opens_at
        .zip(schedule.closes_at)
        .map(|(opens, closes)| format!("{}–{}", clock(opens), clock(closes)));
    let parts: Vec<String> = days.into_iter().chain(hours).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// `MO,TU,WE,FR` as “Monday–Wednesday, Friday”.
fn days(list: &str, greek: bool) -> Option<String> {
    let mut places = Vec::new();
    for day in list.split(',') {
        places.push(DAYS.iter().position(|(code, ..)| *code == day.trim())?);
    }
    places.sort_unstable();
    places.dedup();
    let name = |place: usize| DAYS.get(place).map_or("", |(_, el, en)| if greek { el } else { en });
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for place in places {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == place => *last = place,
            _ => runs.push((place, place)),
        }
    }
    let runs = runs.into_iter().map(|(from, to)| match to - from {
        0 => name(from).to_owned(),
        1 => format!("{}, {}", name(from), name(to)),
        _ => format!("{}–{}", name(from), name(to)),
    });
    Some(runs.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_said_as_people_say_them() {
        for (list, el, en) in [
            (
                "MO,TU,WE,TH,FR",
                "Δευτέρα–Παρασκευή 09:00–17:00",
                "Monday–Friday 09:00–17:00",
            ),
            ("FR,MO", "Δευτέρα, Παρασκευή 09:00–17:00", "Monday, Friday 09:00–17:00"),
            ("SA,SU", "Σάββατο, Κυριακή 09:00–17:00", "Saturday, Sunday 09:00–17:00"),
        ] {
            let schedule = Schedule {
                byday: Some(list.into()),
                opens_at: "09:00".parse().ok(),
                closes_at: "17:00".parse().ok(),
                ..Schedule::new(uuid::Uuid::nil())
            };
            assert_eq!(hours(&schedule, "el").as_deref(), Some(el));
            assert_eq!(hours(&schedule, "ar").as_deref(), Some(en));
            let first = Schedule {
                byday: Some("1MO".into()),
                ..schedule
            };
            assert_eq!(hours(&first, "el"), None, "the first Monday is not every Monday");
        }
    }
}

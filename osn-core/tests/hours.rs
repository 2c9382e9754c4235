//! Opening hours against a table that a clerk can read, and against the list of openings.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use osn_core::calendar::Calendar;
use osn_core::directory::Schedule;
use osn_core::hours::{Doubt, Holidays, Hours, OnHolidays, Opening, Rule, Said, ScheduleFields, State, describe, say};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    service: Vec<Case>,
    wrong: Vec<Wrong>,
    recurrence: Vec<Recurrence>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    schedules: Vec<ScheduleFields>,
    on: NaiveDate,
    el: Vec<String>,
    en: Vec<String>,
    at: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wrong {
    schedule: ScheduleFields,
    errors: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Recurrence {
    name: String,
    schedule: ScheduleFields,
    from: NaiveDate,
    to: NaiveDate,
    days: Vec<NaiveDate>,
}

fn table() -> Table {
    toml::from_str(include_str!("cases/hours.toml")).unwrap_or_else(|error| panic!("{error}"))
}

fn holidays() -> Holidays {
    Holidays::of(&Calendar::greek().unwrap(), 2010..=2030)
}

fn time(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
}

fn said(state: State) -> String {
    let show = |at: NaiveDateTime| at.format("%Y-%m-%d %H:%M").to_string();
    match state {
        State::Open { until: Some(until) } => format!("open until {}", show(until)),
        State::Open { until: None } => "always open".to_owned(),
        State::Closed { opens_next: None } => "closed, no opening within a year".to_owned(),
        State::Closed { opens_next: Some(next) } => {
            let word = if next.doubt.is_some() { "may open" } else { "opens" };
            format!("closed, {word} {}", show(next.opens))
        }
        State::Unknown(Doubt::NoHours) => "unknown: no hours are stated".to_owned(),
        State::Unknown(Doubt::HoursUnstated) => "unknown: the hours are not stated".to_owned(),
        State::Unknown(Doubt::DaysUnstated) => "unknown: the days are not stated".to_owned(),
        State::Unknown(Doubt::Holiday(day)) => format!("unknown: it may be closed, {day} is a public holiday"),
    }
}

#[test]
fn the_table_of_services() {
    let holidays = holidays();
    let mut wrong = Vec::new();
    for case in table().service {
        let hours = Hours::new(&case.schedules).unwrap_or_else(|errors| panic!("{}: {errors:?}", case.name));
        for (lang, expected) in [("el", &case.el), ("en", &case.en)] {
            let words = describe(&hours, lang, case.on);
            if words != *expected {
                wrong.push(format!("{}: says {words:?}, wanted {expected:?}", case.name));
            }
        }
        for (at, expected) in &case.at {
            let answer = said(hours.open_at(time(at), &holidays));
            if answer != *expected {
                wrong.push(format!("{} at {at}: {answer}, wanted {expected}", case.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What schedules say on 15 July 2022, in Greek: each as the fields of its JSON.
fn say_in_july(schedules: serde_json::Value, unstated: OnHolidays) -> Said {
    let mut schedules = schedules;
    for (number, schedule) in (1_u64..).zip(schedules.as_array_mut().unwrap()) {
        schedule["id"] = format!("4b8e6f0e-6c1c-4d7c-9b5b-{number:012}").into();
    }
    let schedules: Vec<Schedule> = serde_json::from_value(schedules).unwrap();
    say(
        &schedules,
        unstated,
        "el",
        NaiveDate::from_ymd_opt(2022, 7, 15).unwrap(),
    )
}

/// Where a schedule says its hours in words, no line says that they are not stated.
#[test]
fn words_stand_for_the_days_and_hours_that_they_say() {
    use serde_json::json;
    let words = "Δευτέρα έως Παρασκευή 9 με 15";
    let note = json!({ "el": "Ρωτήστε για τη Μαρία" });
    let open = |more: serde_json::Value| {
        let mut schedule = json!({ "description": { "el": words } });
        schedule
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        schedule
    };
    let closed = OnHolidays::Closed;
    let ask = "Για τις αργίες ρωτήστε πριν πάτε";
    for (schedules, unstated, lines, said) in [
        (
            json!([open(json!({ "notes": note }))]),
            OnHolidays::Unstated,
            vec![],
            vec![words, "Ρωτήστε για τη Μαρία"],
        ),
        (
            json!([open(json!({}))]),
            closed,
            vec!["Κλειστά στις αργίες"],
            vec![words],
        ),
        // Nothing but silence is said as such.
        (
            json!([{}]),
            closed,
            vec![
                "(δεν αναφέρονται ώρες) (δεν αναφέρονται οι ημέρες)",
                "Κλειστά στις αργίες",
            ],
            vec![],
        ),
        // What is stated stays beside the words.
        (
            json!([open(json!({ "freq": "WEEKLY", "byday": "MO,TU" }))]),
            OnHolidays::Unstated,
            vec!["Δευτέρα και Τρίτη", ask],
            vec![words],
        ),
        (
            json!([open(json!({ "opens_at": "09:00", "closes_at": "15:00" }))]),
            OnHolidays::Unstated,
            vec!["09:00–15:00", ask],
            vec![words],
        ),
        // Words alone say when they hold; what ended says nothing; the same words stand once.
        (
            json!([
                open(json!({ "valid_from": "2022-08-01", "valid_to": "2022-08-31" })),
                open(json!({ "valid_to": "2022-07-14" }))
            ]),
            OnHolidays::Unstated,
            vec![],
            vec!["1–31 Αυγούστου 2022: Δευτέρα έως Παρασκευή 9 με 15"],
        ),
        (
            json!([open(json!({})), open(json!({}))]),
            OnHolidays::Unstated,
            vec![],
            vec![words],
        ),
    ] {
        let told = say_in_july(schedules.clone(), unstated);
        assert_eq!(
            (told.lines, told.words),
            (to_owned(lines), to_owned(said)),
            "{schedules}"
        );
    }
}

fn to_owned(lines: Vec<&str>) -> Vec<String> {
    lines.into_iter().map(str::to_owned).collect()
}

#[test]
fn what_cannot_be_understood_names_its_field() {
    for case in table().wrong {
        let errors = Rule::new(&case.schedule).expect_err("it is wrong");
        let said: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(said, case.errors, "{:?}", case.schedule);
    }
}

#[test]
fn recurrences_agree_with_another_implementation() {
    for case in table().recurrence {
        let rule = Rule::new(&case.schedule).unwrap_or_else(|errors| panic!("{}: {errors:?}", case.name));
        let days: Vec<NaiveDate> = case
            .from
            .iter_days()
            .take_while(|day| *day <= case.to)
            .filter(|day| rule.has(*day))
            .collect();
        assert_eq!(days, case.days, "{}", case.name);
    }
}

#[test]
fn the_next_openings_are_listed() {
    let schedule = ScheduleFields {
        freq: Some("WEEKLY".to_owned()),
        byday: Some("TH,FR".to_owned()),
        opens_at: Some("09:00".to_owned()),
        closes_at: Some("11:00".to_owned()),
        on_holidays: OnHolidays::Closed,
        ..ScheduleFields::default()
    };
    let hours = Hours::new(&[schedule]).unwrap();
    let days: Vec<String> = hours
        .next_openings(time("2022-04-21 10:00"), 3, &holidays())
        .iter()
        .map(|opening| opening.opens.to_string())
        .collect();
    assert_eq!(
        days,
        ["2022-04-28 09:00:00", "2022-04-29 09:00:00", "2022-05-05 09:00:00"]
    );
}

fn some_schedule() -> impl Strategy<Value = ScheduleFields> {
    let days = prop::sample::subsequence(vec!["MO", "TU", "WE", "TH", "FR", "SA", "SU"], 1..=7);
    let times = (0_u32..24, 0_u32..24, prop::bool::weighted(0.9));
    let policy = prop::sample::select(vec![OnHolidays::Closed, OnHolidays::Open, OnHolidays::Unstated]);
    let season = (0_i64..60, 1_i64..90, any::<bool>());
    (days, times, policy, season, 1_u32..3, any::<bool>()).prop_map(
        |(days, (opens, closes, timed), on_holidays, (from, length, seasonal), interval, monthly)| {
            let first = NaiveDate::from_ymd_opt(2022, 3, 1).unwrap() + TimeDelta::days(from);
            ScheduleFields {
                valid_from: seasonal.then_some(first),
                valid_to: seasonal.then(|| first + TimeDelta::days(length)),
                dtstart: Some(NaiveDate::from_ymd_opt(2022, 1, 5).unwrap()),
                freq: Some(if monthly { "MONTHLY" } else { "WEEKLY" }.to_owned()),
                interval: Some(interval),
                byday: Some(days.join(",")),
                opens_at: timed.then(|| format!("{opens:02}:30")),
                closes_at: timed.then(|| format!("{closes:02}:30")),
                on_holidays,
                ..ScheduleFields::default()
            }
        },
    )
}

proptest! {
    /// What is said of a moment is what the list of all openings around it says, found minute by minute.
    #[test]
    fn open_at_agrees_with_the_openings(
        schedules in prop::collection::vec(some_schedule(), 1..4),
        minute in 0_i64..(100 * 24 * 60),
    ) {
        let holidays = holidays();
        let hours = Hours::new(&schedules).unwrap();
        let start = NaiveDate::from_ymd_opt(2022, 3, 1).unwrap();
        let at = start.and_hms_opt(0, 0, 0).unwrap() + TimeDelta::minutes(minute);
        let all: Vec<Opening> = hours.openings(
            start - TimeDelta::days(2),
            start + TimeDelta::days(700),
            &holidays,
        );
        let sure_at = |at: NaiveDateTime| all.iter().any(|one| one.doubt.is_none() && one.opens <= at && at < one.closes);
        let doubt_at = |at: NaiveDateTime| all.iter().any(|one| one.doubt.is_some() && one.opens <= at && at < one.closes);
        match hours.open_at(at, &holidays) {
            State::Open { until } => {
                prop_assert!(sure_at(at));
                let end = until.unwrap_or(at + TimeDelta::days(8));
                let mut step = at;
                while step < end {
                    prop_assert!(sure_at(step), "closed at {step}, said open until {end}");
                    step += TimeDelta::minutes(30);
                }
                prop_assert!(until.is_none_or(|until| !sure_at(until)));
            }
            State::Unknown(_) => prop_assert!(!sure_at(at) && doubt_at(at)),
            State::Closed { opens_next } => {
                prop_assert!(!sure_at(at) && !doubt_at(at));
                let next = all.iter().find(|one| one.opens > at).map(|one| one.opens);
                let near = next.filter(|next| *next < at + TimeDelta::days(398));
                prop_assert!(near.is_none() || opens_next.map(|next| next.opens) == near);
                if let Some(next) = opens_next {
                    prop_assert!(sure_at(next.opens) || doubt_at(next.opens));
                }
            }
        }
    }

    /// No text in any field breaks the reading, and whatever is accepted can be asked and described.
    #[test]
    fn hostile_fields_are_refused_or_read(
        freq in "(WEEKLY|MONTHLY|\\PC{0,8})",
        byday in "([-+]?[0-9]{0,3}[A-Zα-ω]{0,3},?){0,4}",
        list in "([-+]?[0-9]{0,20},?){0,4}",
        clock in "(24:00|[0-2][0-9]:[0-6][0-9](:[0-9]{2})?(Z|\\+03:00)?|\\PC{0,6})",
        interval in prop::option::of(any::<u32>()),
        count in prop::option::of(any::<u32>()),
    ) {
        let fields = ScheduleFields {
            freq: Some(freq),
            byday: Some(byday),
            bymonthday: Some(list.clone()),
            byyearday: Some(list.clone()),
            byweekno: Some(list),
            dtstart: NaiveDate::from_ymd_opt(2022, 1, 1),
            opens_at: Some(clock.clone()),
            closes_at: Some(clock),
            interval,
            count,
            ..ScheduleFields::default()
        };
        if let Ok(hours) = Hours::new(&[fields]) {
            hours.open_at(time("2022-05-20 10:00"), &Holidays::default());
            describe(&hours, "el", NaiveDate::from_ymd_opt(2022, 5, 20).unwrap());
        }
    }
}

//! What a camp offers, as data of its call: when schools are closed, the weeks, the bodies that take part.

use std::collections::BTreeSet;

use osn_program_sdk::json::{Value, json};
use osn_program_sdk::{Content, Day, Problem, label, problem, rows, shape};

use crate::Parameters;

/// Stands until a call gives its own.
pub(crate) const DEFAULT: &str = r#"{
    "closed": [{"from": "2022-06-16", "to": "2022-09-10"}],
    "weeks": [{"key": "week-1", "from": "2022-06-20", "to": "2022-06-24"}],
    "places": [{"key": "place-1", "name": {"el": "Πρώτος χώρος", "en": "First place"}}]
}"#;

/// The fields of the offer, for the page that sets it up.
pub(crate) fn schema() -> Value {
    let day = json!({"type": "string", "x-osn-unit": "date"});
    let text = json!({"type": "string"});
    let (key, place) = (("key", text.clone()), ("place", text));
    let [from, to] = ["from", "to"].map(|name| (name, day.clone()));
    let ages = ["age-from", "age-to"].map(|name| (name, json!({"type": "integer", "minimum": 0, "maximum": 17})));
    let [youngest, oldest] = ages;
    let lists = [
        ("closed", shape([from.clone(), to.clone()])),
        ("weeks", shape([key.clone(), from, to])),
        ("places", shape([key, ("name", label())])),
        ("workshops", shape([place, ("content", label()), youngest, oldest])),
    ];
    shape(lists.map(|(name, row)| (name, rows(MOST, row))))
}

/// Most weeks or places; they are options of a question.
const MOST: usize = 200;

/// The offer of one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programme {
    /// Periods in which schools are closed, first and last day.
    pub closed: Vec<(Day, Day)>,
    /// Weeks, in the order of their symbols.
    pub weeks: Vec<Week>,
    /// Bodies, in the order of their symbols.
    pub places: Vec<Place>,
    /// What they do there, and with whom.
    pub workshops: Vec<Workshop>,
}

/// A workshop at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workshop {
    /// Key of its place.
    pub place: String,
    /// Its content, in Greek.
    pub el: String,
    /// The same in English.
    pub en: String,
    /// Youngest and oldest age.
    pub ages: (i64, i64),
}

/// A week of the camp.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Week {
    /// Its key.
    pub key: String,
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Day,
}

/// A museum or another body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its key.
    pub key: String,
    /// Its name in Greek, with what it offers.
    pub el: String,
    /// The same in English.
    pub en: String,
}

impl Default for Programme {
    fn default() -> Self {
        let json = DEFAULT.parse().unwrap_or_default();
        Self::read(&json).unwrap_or(Self {
            closed: Vec::new(),
            weeks: Vec::new(),
            places: Vec::new(),
            workshops: Vec::new(),
        })
    }
}

fn text(json: &Value, key: &str) -> Option<String> {
    json.get(key)?.as_str().map(str::to_owned)
}

fn day(json: &Value, key: &str) -> Option<Day> {
    Day::parse(json.get(key)?.as_str()?)
}

fn list<T>(json: &Value, key: &str, read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    json.get(key)?.as_array()?.iter().map(read).collect()
}

impl Content for Programme {
    fn read(json: &Value) -> Option<Self> {
        Some(Self {
            closed: list(json, "closed", |one| Some((day(one, "from")?, day(one, "to")?)))?,
            weeks: list(json, "weeks", |one| {
                Some(Week {
                    key: text(one, "key")?,
                    from: day(one, "from")?,
                    to: day(one, "to")?,
                })
            })?,
            places: list(json, "places", |one| {
                let name = one.get("name")?;
                Some(Place {
                    key: text(one, "key")?,
                    el: text(name, "el")?,
                    en: text(name, "en")?,
                })
            })?,
            // An offer that was written before workshops were asked for has none.
            workshops: match json.get("workshops") {
                None => Vec::new(),
                Some(_) => list(json, "workshops", workshop)?,
            },
        })
    }
}

fn workshop(one: &Value) -> Option<Workshop> {
    let (content, age) = (one.get("content")?, |key: &str| one.get(key)?.as_i64());
    Some(Workshop {
        place: text(one, "place")?,
        el: text(content, "el")?,
        en: text(content, "en")?,
        ages: (age("age-from")?, age("age-to")?),
    })
}

impl Programme {
    /// The texts of its weeks and places in one language, as Fluent.
    pub(crate) fn texts(&self, language: &str) -> String {
        let mut fluent = String::new();
        for place in &self.places {
            let is_greek = language == "el";
            let name = if is_greek { &place.el } else { &place.en };
            fluent.push_str(&format!("option-wishes-{} = {name}", place.key));
            let here = self.workshops.iter().filter(|workshop| workshop.place == place.key);
            for (index, workshop) in here.enumerate() {
                let content = if is_greek { &workshop.el } else { &workshop.en };
                let (years, (from, to)) = (if is_greek { "ετών" } else { "years" }, workshop.ages);
                let before = if index == 0 { ": " } else { ", " };
                fluent.push_str(&format!("{before}{content} ({from} – {to} {years})"));
            }
            fluent.push('\n');
        }
        for Week { key, from, to } in &self.weeks {
            let ((_, first_month, first), (year, month, last)) = (from.to_ymd(), to.to_ymd());
            fluent.push_str(&format!(
                "option-weeks-{key} = {first}/{first_month} – {last}/{month}/{year}\n"
            ));
        }
        fluent
    }
}

/// Lower-case kebab-case, as keys of options are.
fn is_key(key: &str) -> bool {
    let symbols = key
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    symbols && key.starts_with(|first: char| first.is_ascii_lowercase()) && key.len() <= 64
}

/// A name is one line of plain text.
fn is_name(name: &str) -> bool {
    !name.trim().is_empty() && name.len() <= 400 && !name.contains(['{', '}', '\n', '\r'])
}

/// Everything that stops these parameters from governing a call.
pub(crate) fn check(parameters: &Parameters) -> Vec<Problem> {
    let mut problems = Vec::new();
    if parameters.youngest > parameters.oldest {
        problems.push(problem("/youngest", "min-above-max"));
    }
    let Some(programme) = &parameters.programme else {
        problems.push(problem("/programme", "wrong-shape"));
        return problems;
    };
    let Programme {
        closed,
        weeks,
        places,
        workshops,
    } = programme;
    for (name, count) in [("weeks", weeks.len()), ("places", places.len())] {
        if count == 0 || count > MOST {
            problems.push(problem(format!("/programme/{name}"), "wrong-count"));
        }
    }
    let mut seen = BTreeSet::new();
    for (index, week) in weeks.iter().enumerate() {
        let at = |field: &str| format!("/programme/weeks/{index}/{field}");
        if !is_key(&week.key) || !seen.insert(&week.key) {
            problems.push(problem(at("key"), "bad-key"));
        }
        if week.from > week.to {
            problems.push(problem(at("to"), "min-above-max"));
        }
        // A week of which a single day is a school day is not offered.
        if !closed.iter().any(|(from, to)| *from <= week.from && week.to <= *to) {
            problems.push(problem(at("from"), "schools-are-open"));
        }
    }
    let mut seen = BTreeSet::new();
    for (index, place) in places.iter().enumerate() {
        let at = |field: &str| format!("/programme/places/{index}/{field}");
        if !is_key(&place.key) || !seen.insert(&place.key) {
            problems.push(problem(at("key"), "bad-key"));
        }
        for (language, name) in [("el", &place.el), ("en", &place.en)] {
            if !is_name(name) {
                problems.push(problem(at(&format!("name/{language}")), "bad-text"));
            }
        }
    }
    for (index, workshop) in workshops.iter().enumerate() {
        let at = |field: &str| format!("/programme/workshops/{index}/{field}");
        if !places.iter().any(|place| place.key == workshop.place) {
            problems.push(problem(at("place"), "no-such-place"));
        }
        if !is_name(&workshop.el) || !is_name(&workshop.en) {
            problems.push(problem(at("content"), "bad-text"));
        }
        let (from, to) = workshop.ages;
        if from > to {
            problems.push(problem(at("age-to"), "min-above-max"));
        } else if to < parameters.youngest || from > parameters.oldest {
            problems.push(problem(at("age-from"), "ages-of-nobody"));
        }
    }
    problems
}

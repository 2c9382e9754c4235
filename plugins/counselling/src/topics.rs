//! What counselling explains of residence permits and citizenship, as dated data (`data/topics.json`): one topic for each permit of
//! the law by its letter, and for each way to citizenship, with conditions, documents, duration, fee, source and marking.
//!
//! Somebody chooses one; the law of the day says which line of it holds. Each line is a reason of the description, so that a
//! decision that is read years later says what the law said then.

use std::fmt::Write as _;
use std::sync::OnceLock;

use osn_program_sdk::json::Value;
use osn_program_sdk::{Day, Finding, State};

/// Key of the question.
pub(crate) const QUESTION: &str = "matter";
/// Key of the reason of a topic that the law of the day does not know.
pub(crate) const NO_SUCH_TOPIC: &str = "no-such-topic-then";

/// A topic.
struct Topic {
    key: &'static str,
    title: [&'static str; 2],
    lines: Vec<Line>,
}

/// What one law says of a topic.
struct Line {
    from: Day,
    until: Option<Day>,
    /// Key of its reason: the topic's with the first day.
    reason: String,
    value: &'static Value,
}

/// The topics in the order of their symbols. They are read once: an instance lives for one batch, and the data never change in it.
fn topics() -> &'static [Topic] {
    static DATA: OnceLock<Value> = OnceLock::new();
    static TOPICS: OnceLock<Vec<Topic>> = OnceLock::new();
    let data = DATA.get_or_init(|| include_str!("../data/topics.json").parse().unwrap_or_default());
    TOPICS.get_or_init(|| data.as_array().into_iter().flatten().filter_map(topic).collect())
}

fn topic(json: &'static Value) -> Option<Topic> {
    let text = |name: &str| json.get(name)?.as_str();
    let key = text("key")?;
    let line = |line: &'static Value| {
        let first = line.get("from")?.as_str()?;
        Some(Line {
            from: Day::parse(first)?,
            until: line.get("until").and_then(|day| Day::parse(day.as_str()?)),
            reason: format!("{key}-{first}"),
            value: line,
        })
    };
    Some(Topic {
        key,
        title: [text("el")?, text("en")?],
        lines: json.get("lines")?.as_array()?.iter().filter_map(line).collect(),
    })
}

/// Keys of the topics, in the order of their symbols.
pub(crate) fn keys() -> impl Iterator<Item = String> {
    topics().iter().map(|topic| topic.key.to_owned())
}

/// Keys of the reasons, line after line, in the order of their symbols.
pub(crate) fn reasons() -> impl Iterator<Item = &'static str> {
    let lines = topics().iter().flat_map(|topic| &topic.lines);
    lines.map(|line| line.reason.as_str())
}

/// What is found about the topic that somebody chose: its line under the law of a day, as a reason. `first` is the symbol of the
/// first line's reason, `none` of [`NO_SUCH_TOPIC`].
pub(crate) fn found(chosen: Option<u16>, law_on: Day, first: u16, none: u16) -> Finding {
    let Some(symbol) = chosen else {
        return Finding::not_applicable();
    };
    let mut reason = first;
    for (topic, at) in topics().iter().zip(0_u16..) {
        let mut lines = topic.lines.iter().zip(reason..);
        if at == symbol {
            let holds = |line: &Line| line.from <= law_on && line.until.is_none_or(|until| law_on <= until);
            let seen = Some(i64::from(symbol));
            return match lines.find(|(line, _)| holds(line)) {
                Some((_, reason)) => Finding::new(State::Met, seen, None).because(reason),
                None => Finding::new(State::NotApplicable, seen, None).because(none),
            };
        }
        reason = lines.last().map_or(reason, |(_, last)| last + 1);
    }
    Finding::not_applicable()
}

/// The names of the topics and the words of every line, as Fluent.
pub(crate) fn texts(language: &str) -> String {
    let is_greek = language == "el";
    let mut fluent = String::new();
    // Writing to a string cannot fail.
    for topic in topics() {
        let [el, en] = topic.title;
        let _ = writeln!(
            fluent,
            "option-{QUESTION}-{} = {}",
            topic.key,
            if is_greek { el } else { en }
        );
        for line in &topic.lines {
            let _ = writeln!(fluent, "reason-{} = {}", line.reason, words(line.value, is_greek));
        }
    }
    fluent
}

/// One line of a topic in words: what holds, what is brought, how long and for how much, where it stands.
fn words(line: &Value, is_greek: bool) -> String {
    let plain = |name: &str| line.get(name).and_then(Value::as_str).unwrap_or_default();
    let said = |name: &str| {
        let of = line.get(if is_greek { "el" } else { "en" })?;
        of.get(name)?.as_str()
    };
    let names = if is_greek {
        ["Άδεια", "Προϋποθέσεις", "Έγγραφα", "Διάρκεια", "Παράβολο", "Πηγή"]
    } else {
        ["Permit", "Conditions", "Documents", "Duration", "Fee", "Source"]
    };
    let [letters, conditions, documents, stay, fee, source] = names;
    let mut parts = Vec::new();
    if plain("letters") != "–" {
        parts.push(format!("{letters} {}.", plain("letters")));
    }
    let labelled = [
        (conditions, said("conditions")),
        (documents, said("documents")),
        (stay, said("stay")),
        (fee, said("fee")),
        (source, Some(plain("source"))),
    ];
    parts.extend(
        labelled
            .iter()
            .filter_map(|(label, said)| Some(format!("{label}: {}.", (*said)?))),
    );
    if plain("marking") != "stated" {
        let unsure = if is_greek {
            "Θα το επαληθεύσουμε μαζί σας."
        } else {
            "We will verify it with you."
        };
        parts.push(unsure.to_owned());
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    /// What section 4.5 of the rules lists: fourteen kinds of the first law, all letters of the second, the ways to citizenship.
    #[test]
    fn every_line_of_the_law_is_a_topic_with_its_source() {
        let all = topics();
        let letters = |day: Day| {
            let lines = all.iter().flat_map(|topic| &topic.lines);
            let of = lines.filter(move |line| line.from <= day && line.until.is_none_or(|until| day <= until));
            let of: Vec<&str> = of.map(|line| line.value["letters"].as_str().unwrap()).collect();
            of.join(" ")
        };
        let first = letters(day("2024-03-30"));
        for letter in [
            "Α1", "Α4", "Β1", "Γ1", "Γ2", "Γ4", "Δ1", "Δ2", "Δ3", "Δ4", "Ε", "ΣΤ1", "ΣΤ2", "ΣΤ3", "Ζ1", "Ζ2", "Ζ3",
        ] {
            assert!(first.contains(letter), "{letter}: {first}");
        }
        let second = letters(day("2024-03-31"));
        for letter in [
            "Ε.1", "Ε.2", "Ε.3", "Ε.4", "Ε.5", "Ε.6", "Ζ.1", "Ο.1", "Ο.2", "Ο.3", "Β.1", "Η.1", "Η.2", "Η.3", "Η.4",
            "Η.5", "Η.6", "Α.1", "Α.2", "Α.3", "Α.4", "Α.5", "Α.6", "Α.7", "Μ.1", "Μ.2", "Ν", "Ι.1", "Ι.8", "Ρ.1",
            "Υ.1", "Χ",
        ] {
            assert!(second.contains(letter), "{letter}: {second}");
        }
        for topic in all {
            for line in &topic.lines {
                let text = |name: &str| line.value[name].as_str().unwrap();
                assert!(text("source").len() > 10, "{}", line.reason);
                assert!(["stated", "to-verify"].contains(&text("marking")), "{}", line.reason);
                for language in ["el", "en"] {
                    assert!(line.value[language]["conditions"].is_string(), "{}", line.reason);
                }
            }
            for pair in topic.lines.windows(2) {
                assert_eq!(pair[0].until.unwrap().0 + 1, pair[1].from.0, "{}", topic.key);
            }
        }
    }

    #[test]
    fn each_day_finds_its_own_line_and_each_reason_is_its_symbol() {
        let keys: Vec<String> = keys().collect();
        let reasons: Vec<&str> = reasons().collect();
        let find = |key: &str, on: &str| {
            let symbol = keys.iter().position(|one| one == key).unwrap();
            let found = found(u16::try_from(symbol).ok(), day(on), 100, 99);
            let why = found.why.unwrap();
            (found.state, why.checked_sub(100).map(|at| reasons[usize::from(at)]))
        };
        for (key, on, wanted) in [
            ("work", "2024-03-30", (State::Met, Some("work-2014-06-01"))),
            ("work", "2024-03-31", (State::Met, Some("work-2024-03-31"))),
            ("oath", "2025-01-01", (State::Met, Some("oath-2010-03-24"))),
            (
                "exceptional",
                "2015-07-09",
                (State::Met, Some("exceptional-2015-07-09")),
            ),
            ("transfer", "2024-03-30", (State::NotApplicable, None)),
        ] {
            assert_eq!(find(key, on), wanted, "{key} {on}");
        }
        assert_eq!(found(None, day("2025-01-01"), 100, 99), Finding::not_applicable());
        let lines: Vec<String> = ["el", "en"].map(texts).concat().lines().map(str::to_owned).collect();
        assert!(
            lines.iter().all(|line| !line.contains('{') && line.contains(" = ")),
            "{lines:?}"
        );
        assert!(
            lines
                .iter()
                .any(|line| line.contains("Πηγή: L. 5038/2023") && line.contains("επαληθεύσουμε"))
        );
    }
}

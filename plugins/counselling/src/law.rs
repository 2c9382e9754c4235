//! The law that counselling explains, as dated data (`data/law.json`): which rule was in force on a day, and where it stands.

use std::sync::OnceLock;

use osn_program_sdk::Day;
use osn_program_sdk::json::Value;

/// The data, read once: an instance lives for one batch, and the data never change in it.
fn data() -> &'static Value {
    static DATA: OnceLock<Value> = OnceLock::new();
    DATA.get_or_init(|| include_str!("../data/law.json").parse().unwrap_or_default())
}

/// The rule that was in force on a day.
fn in_force(rule: &str, on: Day) -> Option<&'static Value> {
    let day = |line: &Value, key: &str| Day::parse(line.get(key)?.as_str()?);
    let lines = data().get(rule)?.as_array()?;
    let line = lines.iter().find(|line| {
        day(line, "from").is_some_and(|from| from <= on) && day(line, "until").is_none_or(|until| on <= until)
    });
    line?.get("value")
}

/// One number of a rule; `None` where no such rule was in force.
pub(crate) fn number(rule: &str, key: &str, on: Day) -> Option<i64> {
    in_force(rule, on)?.get(key)?.as_i64()
}

/// What a rule says in words, in one language: documents, fees, what the certificate of filing gives.
pub(crate) fn words(rule: &str, language: &str, on: Day) -> &'static str {
    let text = in_force(rule, on).and_then(|value| value.get(language)?.as_str());
    text.unwrap_or_default()
}

/// The first day of the newest law: what a description says where its call names no day.
pub(crate) fn newest() -> Day {
    let lines = data().get("documents").and_then(Value::as_array).into_iter().flatten();
    let from = |line: &Value| Day::parse(line.get("from")?.as_str()?);
    lines.filter_map(from).max().unwrap_or(Day(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_a_rule_follow_each_other_without_hole_or_overlap() {
        let rules = data().as_object().unwrap();
        assert!(rules.len() >= 10);
        for (rule, lines) in rules {
            let lines = lines.as_array().unwrap();
            let day = |line: &Value, key: &str| line.get(key).map(|day| Day::parse(day.as_str().unwrap()).unwrap());
            for pair in lines.windows(2) {
                let (until, from) = (day(&pair[0], "until").unwrap(), day(&pair[1], "from").unwrap());
                assert_eq!(until.0 + 1, from.0, "{rule}");
            }
            assert!(
                lines
                    .iter()
                    .all(|line| line["source"].as_str().is_some_and(|source| source.len() > 5)),
                "{rule}"
            );
            assert!(day(lines.last().unwrap(), "until").is_none(), "{rule} ends");
        }
    }

    #[test]
    fn the_law_is_chosen_by_date() {
        let day = |text| Day::parse(text).unwrap();
        assert!(words("documents", "el", day("2024-03-30")).contains("4251/2014"));
        assert!(words("documents", "el", day("2024-03-31")).contains("5038/2023"));
        for (rule, language) in ["fees", "filing", "citizenship_documents"]
            .into_iter()
            .zip(["el", "en", "el"])
        {
            assert!(!words(rule, language, newest()).is_empty(), "{rule}");
        }
        assert_ne!(
            words("filing", "en", day("2024-03-30")),
            words("filing", "en", newest())
        );
        assert_eq!(number("second_generation", "before_age", day("2024-03-30")), Some(21));
        assert_eq!(number("second_generation", "before_age", newest()), Some(23));
        assert_eq!(number("exceptional", "months", day("2015-07-08")), Some(120));
        assert_eq!(number("oral_exam", "above_age", day("2019-01-01")), None);
    }
}

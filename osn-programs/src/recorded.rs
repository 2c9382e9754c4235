//! What is written down at a delivery, by the fields that the program declares: read like a form, parted into what says
//! nothing about a person and what is kept sealed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use crate::about::{Delivery, FormField, Kind, Sensitivity};
use crate::form::plain;
use crate::input::{self, Value, Values, parse_value};
use crate::problem::Problem;
use crate::texts::{Texts, show};

/// Values by key of the field, as the form writes them.
pub type Written = BTreeMap<String, Json>;

/// What was written down about one delivery, or about one participant of it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Recorded {
    /// What says nothing about a person.
    pub clear: Written,
    /// What does.
    pub personal: Written,
}

impl std::fmt::Debug for Recorded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recorded")
            .field("clear", &self.clear)
            .finish_non_exhaustive()
    }
}

/// Reads what was written down once for a delivery, or (`each`) about one participant. Every problem at once; paths are `/<key>`.
pub fn read(delivery: &Delivery, each: bool, given: &Written) -> Result<Recorded, Vec<Problem>> {
    let fields: Vec<FormField> = delivery
        .fields
        .iter()
        .filter(|field| field.each == each)
        .cloned()
        .collect();
    let given = Json::Object(given.clone().into_iter().collect());
    let values: Values = input::read_list(&fields, &given).map_err(told_once)?;
    let mut recorded = Recorded::default();
    for field in &fields {
        let Some(value) = values.get(&field.key).and_then(|answer| answer.value.as_ref()) else {
            continue;
        };
        let part = if field.sensitivity == Sensitivity::None {
            &mut recorded.clear
        } else {
            &mut recorded.personal
        };
        part.insert(field.key.clone(), plain(value));
    }
    Ok(recorded)
}

/// What could not be read is there: that it is missing too need not be said.
fn told_once(problems: Vec<Problem>) -> Vec<Problem> {
    let wrong: BTreeSet<String> = problems
        .iter()
        .filter(|problem| problem.code != "required")
        .map(|problem| problem.path.clone())
        .collect();
    problems
        .into_iter()
        .filter(|problem| problem.code != "required" || !wrong.contains(&problem.path))
        .collect()
}

/// A written value as people read it; empty where it does not fit the field any more.
pub fn said(texts: &Texts, language: &str, field: &FormField, written: &Json) -> String {
    let option = |key: &String| texts.text_or_key(language, &format!("option-{}-{key}", field.key));
    let number = |number: i64| show(language, field.shown_in(), number);
    match parse_value(field, written) {
        Ok(Value::Flag(yes)) => number(i64::from(yes)),
        Ok(Value::Int(value) | Value::Fixed(value) | Value::Cents(value)) => number(value),
        Ok(Value::Day(day)) => number(day.to_epoch_days().into()),
        Ok(Value::Choice(key)) => option(&key),
        Ok(Value::Choices(keys) | Value::Order(keys)) => keys.iter().map(option).collect::<Vec<_>>().join(", "),
        Ok(Value::Text(text)) => text,
        Err(_) if field.kind == Kind::Text => written.as_str().unwrap_or_default().to_owned(),
        Err(_) => String::new(),
    }
}

/// Whether a name that was given is one of those that an answer names: every word of it stands there, in any order and spelling,
/// and it has at least one.
pub fn is_named(answer: &str, given: &str) -> bool {
    let words = |text: &str| -> BTreeSet<String> {
        osn_core::text::fold(text)
            .split_whitespace()
            .map(str::to_owned)
            .collect()
    };
    let (named, given) = (words(answer), words(given));
    !given.is_empty() && given.is_subset(&named)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn delivery() -> Delivery {
        let field = |key: &str, kind: &str, more: Json| {
            let mut field = json!({"key": key, "kind": kind, "purpose": "delivery", "legal_basis": "public-task"});
            field.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            field
        };
        serde_json::from_value(json!({
            "kind": "session", "failures": [], "supplies": [],
            "fields": [
                field("lot", "text", json!({"role": "lot", "sensitivity": "none", "required": true, "min": 1, "max": 5})),
                field("use-by", "day", json!({"role": "use-by", "sensitivity": "none"})),
                field("proof", "choice", json!({"options": ["signed", "code"], "required": true})),
                field("there", "flag", json!({"role": "presence", "each": true, "required": true})),
                field("taken-by", "text", json!({"role": "collected-by", "each": true, "required": true,
                    "asked_when": {"field": "there", "is": {"flag": true}}})),
            ],
        }))
        .unwrap()
    }

    fn written(given: Json) -> Written {
        serde_json::from_value(given).unwrap()
    }

    #[test]
    fn what_is_personal_is_parted_from_what_is_not() {
        let read = read(
            &delivery(),
            false,
            &written(json!({"lot": "L1", "use-by": "2022-10-01", "proof": "signed"})),
        );
        let read = read.unwrap();
        assert_eq!(read.clear, written(json!({"lot": "L1", "use-by": "2022-10-01"})));
        assert_eq!(read.personal, written(json!({"proof": "signed"})));
        assert!(!format!("{read:?}").contains("signed"));
    }

    #[test]
    fn fields_are_held_to_what_the_program_declares() {
        for (each, given, wanted) in [
            (false, json!({"lot": "L1"}), vec![("/proof", "required")]),
            (
                false,
                json!({"lot": "L12345", "proof": "signed"}),
                vec![("/lot", "wrong-length")],
            ),
            (
                false,
                json!({"lot": "L1", "proof": "letter", "use-by": "2022-02-31"}),
                vec![("/proof", "unknown-option"), ("/use-by", "not-a-date")],
            ),
            (
                false,
                json!({"lot": "L1", "proof": "code", "there": true}),
                vec![("/there", "unknown-field")],
            ),
            (true, json!({}), vec![("/there", "required")]),
            (true, json!({"there": true}), vec![("/taken-by", "required")]),
            (true, json!({"there": false}), vec![]),
            (
                true,
                json!({"there": false, "taken-by": "Μαρία"}),
                vec![("/taken-by", "not-asked")],
            ),
            (true, json!({"there": 1}), vec![("/there", "not-yes-or-no")]),
        ] {
            let found = read(&delivery(), each, &written(given.clone()))
                .err()
                .unwrap_or_default();
            let found: Vec<_> = found.iter().map(|one| (one.path.as_str(), one.code.as_str())).collect();
            assert_eq!(found, wanted, "{given}");
        }
    }

    #[test]
    fn a_name_is_one_of_those_that_were_named() {
        let named = "Μαρία Παππά (γιαγιά), Νίκος Οικονόμου";
        for (given, wanted) in [
            ("Μαρία Παππά", true),
            ("ΠΑΠΠΑ ΜΑΡΙΑ", true),
            ("Νίκος Οικονόμου", true),
            ("Μαρία Νικολάου", false),
            ("", false),
            (" – ", false),
        ] {
            assert_eq!(is_named(named, given), wanted, "{given}");
        }
    }
}

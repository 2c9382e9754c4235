//! Options that a call gives, as a parameter: a list of keys with their names, for a question of kind `Symbol`.

use serde_json::{Value, json};

use crate::bindings::osn::program::types::Problem;
use crate::goods::is_line;
use crate::parameters::{Content, Parameter, label, parameter, problem, rows, shape};

/// Stands until a call names some.
const NONE: &str = r#"{"list": []}"#;
/// Most options.
const MOST: usize = 100;

/// Options with their names, in the order of their symbols.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choices {
    /// The options.
    pub list: Vec<Choice>,
}

/// An option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its key.
    pub key: String,
    /// Its name in Greek.
    pub el: String,
    /// The same in English.
    pub en: String,
}

impl Content for Choices {
    fn read(json: &Value) -> Option<Self> {
        let text = |json: &Value, key: &str| json.get(key)?.as_str().map(str::to_owned);
        let choice = |json: &Value| {
            let label = json.get("label")?;
            Some(Choice {
                key: text(json, "key")?,
                el: text(label, "el")?,
                en: text(label, "en")?,
            })
        };
        let list = json
            .get("list")?
            .as_array()?
            .iter()
            .map(choice)
            .collect::<Option<_>>()?;
        Some(Self { list })
    }
}

impl Choices {
    /// A parameter of this kind: empty until a call names options.
    pub fn parameter() -> Parameter<&'static str> {
        let row = shape([("key", json!({"type": "string"})), ("label", label())]);
        parameter(NONE).shaped(shape([("list", rows(MOST, row))]))
    }

    /// The keys, in the order of their symbols.
    pub fn keys(&self) -> impl Iterator<Item = String> {
        self.list.iter().map(|choice| choice.key.clone())
    }

    /// The names of the options of a question, as Fluent.
    pub fn texts(&self, language: &str, question: &str) -> String {
        let named = self.list.iter().map(|choice| {
            let name = if language == "el" { &choice.el } else { &choice.en };
            format!("option-{question}-{} = {name}\n", choice.key)
        });
        named.collect()
    }

    /// Everything that stops a document from being options, below the path of its parameter: reasons `wrong-shape` and `bad-text`.
    pub fn check(choices: Option<&Self>, path: &str) -> Vec<Problem> {
        let Some(choices) = choices else {
            return vec![problem(path, "wrong-shape")];
        };
        let mut problems = Vec::new();
        if choices.list.len() > MOST {
            problems.push(problem(format!("{path}/list"), "wrong-shape"));
        }
        for (index, choice) in choices.list.iter().enumerate() {
            let again = choices.list.iter().take(index).any(|other| other.key == choice.key);
            if again || !is_key(&choice.key) || !is_line(&choice.el) || !is_line(&choice.en) {
                problems.push(problem(format!("{path}/list/{index}"), "bad-text"));
            }
        }
        problems
    }
}

/// Lower-case kebab-case, as keys of options are.
fn is_key(key: &str) -> bool {
    let symbols = key
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    symbols && key.starts_with(|first: char| first.is_ascii_lowercase()) && key.len() <= 64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_have_a_key_of_their_own_and_a_name_in_each_language() {
        let read = |json: &str| Choices::read(&json.parse().unwrap());
        let areas = read(
            r#"{"list": [{"key": "north", "label": {"el": "Βόρεια", "en": "North"}},
                          {"key": "south", "label": {"el": "Νότια", "en": "South"}}]}"#,
        );
        let areas = areas.unwrap();
        assert_eq!(areas.keys().collect::<Vec<_>>(), ["north", "south"]);
        assert_eq!(
            areas.texts("el", "area"),
            "option-area-north = Βόρεια\noption-area-south = Νότια\n"
        );
        assert!(Choices::check(Some(&areas), "/areas").is_empty());
        for wrong in [
            r#"{"list": [{"key": "North", "label": {"el": "Β", "en": "N"}}]}"#,
            r#"{"list": [{"key": "north", "label": {"el": "Β", "en": " "}}]}"#,
        ] {
            assert_eq!(
                Choices::check(read(wrong).as_ref(), "/areas")[0].path,
                "/areas/list/0",
                "{wrong}"
            );
        }
        let twice = r#"{"list": [{"key": "a", "label": {"el": "Α", "en": "A"}}, {"key": "a", "label": {"el": "Β", "en": "B"}}]}"#;
        assert_eq!(Choices::check(read(twice).as_ref(), "/areas")[0].path, "/areas/list/1");
        assert_eq!(read(r#"{"areas": []}"#), None);
    }
}

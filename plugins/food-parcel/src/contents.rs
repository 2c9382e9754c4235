//! What a parcel holds, as data of its call.

use std::fmt::Write as _;

use osn_program_sdk::json::{Value, json};
use osn_program_sdk::{Content, Problem, problem};

/// Stands until a call says what its parcels hold.
pub(crate) const DEFAULT: &str = r#"{"items": [], "producers": []}"#;

/// Most items of a parcel, and most producers.
const MOST: usize = 24;

/// The contents of one parcel.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// Its items.
    pub items: Vec<Item>,
    /// Whose food it is.
    pub producers: Vec<Producer>,
}

/// A producer, with the certificates that were seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Producer {
    /// Its name, in Greek.
    pub el: String,
    /// The same in English.
    pub en: String,
    /// Number of the organic certificate, with its body's code (Regulation (EU) 2018/848); empty where there is none.
    pub organic: String,
    /// Number in the register of agricultural or social cooperatives; empty where it is none.
    pub cooperative: String,
}

/// An item of a parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What it is, in Greek.
    pub el: String,
    /// The same in English.
    pub en: String,
    /// Pieces.
    pub pieces: u32,
}

/// The fields of the contents, for the page that sets them up.
pub(crate) fn schema() -> Value {
    let item = json!({
        "label": {"type": "object", "x-osn-form": "local-text"},
        "pieces": {"type": "integer", "minimum": 1, "maximum": 1_000},
    });
    let producer = json!({
        "label": {"type": "object", "x-osn-form": "local-text"},
        "organic": {"type": "string"},
        "cooperative": {"type": "string"},
    });
    let rows = |row: Value| json!({"type": "array", "maxItems": 24, "items": {"type": "object", "properties": row}});
    json!({"items": rows(item), "producers": rows(producer)})
}

impl Content for Contents {
    fn read(json: &Value) -> Option<Self> {
        let label = |json: &Value, language| json.get("label")?.get(language)?.as_str().map(str::to_owned);
        let item = |json: &Value| {
            Some(Item {
                el: label(json, "el")?,
                en: label(json, "en")?,
                pieces: u32::try_from(json.get("pieces")?.as_u64()?).ok()?,
            })
        };
        let number = |json: &Value, name| match json.get(name) {
            None => Some(String::new()),
            Some(number) => number.as_str().map(|number| number.trim().to_owned()),
        };
        let producer = |json: &Value| {
            Some(Producer {
                el: label(json, "el")?,
                en: label(json, "en")?,
                organic: number(json, "organic")?,
                cooperative: number(json, "cooperative")?,
            })
        };
        let items = json.get("items")?.as_array()?.iter().map(item).collect::<Option<_>>()?;
        // Contents that were written before producers were asked for have none.
        let producers = json
            .get("producers")
            .map_or(Some(&[][..]), |list| list.as_array().map(Vec::as_slice));
        let producers = producers?.iter().map(producer).collect::<Option<_>>()?;
        Some(Self { items, producers })
    }
}

impl Contents {
    /// The text of the supply: what it is, and what is in it.
    pub(crate) fn text(&self, language: &str) -> String {
        let is_greek = language == "el";
        let mut text = format!(
            "supply-parcel = {}",
            if is_greek {
                "Πακέτο τροφίμων"
            } else {
                "Food parcel"
            }
        );
        for (index, item) in self.items.iter().enumerate() {
            let name = if is_greek { &item.el } else { &item.en };
            // Writing to a string cannot fail.
            let _ = write!(text, "{}{name} × {}", if index == 0 { ": " } else { ", " }, item.pieces);
        }
        for (index, producer) in self.producers.iter().enumerate() {
            let (name, words) = if is_greek {
                (&producer.el, ["Παραγωγοί", "βιολογικά", "συνεταιρισμός"])
            } else {
                (&producer.en, ["Producers", "organic", "cooperative"])
            };
            let [title, organic, cooperative] = words;
            let _ = match index {
                0 => write!(text, ". {title}: {name}"),
                _ => write!(text, ", {name}"),
            };
            let certificates = [(organic, &producer.organic), (cooperative, &producer.cooperative)];
            let held = certificates.iter().filter(|(_, number)| !number.is_empty());
            let held: Vec<String> = held.map(|(kind, number)| format!("{kind} {number}")).collect();
            if !held.is_empty() {
                let _ = write!(text, " ({})", held.join(", "));
            }
        }
        text.push('\n');
        text
    }
}

/// One line that Fluent takes as it is.
fn is_line(text: &str) -> bool {
    !text.trim().is_empty() && text.len() <= 200 && !text.contains(['{', '}', '\n', '\r'])
}

/// Everything that stops these contents from being a parcel's.
pub(crate) fn check(contents: Option<&Contents>) -> Vec<Problem> {
    let Some(contents) = contents else {
        return vec![problem("/contents", "wrong-shape")];
    };
    let mut problems = Vec::new();
    for (list, count) in [("items", contents.items.len()), ("producers", contents.producers.len())] {
        if count > MOST {
            problems.push(problem(format!("/contents/{list}"), "wrong-shape"));
        }
    }
    for (index, producer) in contents.producers.iter().enumerate() {
        let numbers = [&producer.organic, &producer.cooperative];
        let numbers_fit = numbers.iter().all(|number| number.is_empty() || is_line(number));
        if !is_line(&producer.el) || !is_line(&producer.en) || !numbers_fit {
            problems.push(problem(format!("/contents/producers/{index}"), "bad-text"));
        }
    }
    for (index, item) in contents.items.iter().enumerate() {
        if !is_line(&item.el) || !is_line(&item.en) || item.pieces == 0 {
            problems.push(problem(format!("/contents/items/{index}"), "bad-text"));
        }
    }
    problems
}

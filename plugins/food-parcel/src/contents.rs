//! What a parcel holds, as data of its call.

use std::fmt::Write as _;

use osn_program_sdk::json::{Value, json};
use osn_program_sdk::{Content, Problem, problem};

/// Stands until a call says what its parcels hold.
pub(crate) const DEFAULT: &str = r#"{"items": []}"#;

/// Most items of a parcel.
const MOST: usize = 24;

/// The contents of one parcel.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// Its items.
    pub items: Vec<Item>,
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
    json!({"items": {"type": "array", "maxItems": 24, "items": {"type": "object", "properties": item}}})
}

impl Content for Contents {
    fn read(json: &Value) -> Option<Self> {
        let item = |json: &Value| {
            let text = |language| json.get("label")?.get(language)?.as_str().map(str::to_owned);
            Some(Item {
                el: text("el")?,
                en: text("en")?,
                pieces: u32::try_from(json.get("pieces")?.as_u64()?).ok()?,
            })
        };
        let items = json.get("items")?.as_array()?.iter().map(item).collect::<Option<_>>()?;
        Some(Self { items })
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
        text.push('\n');
        text
    }
}

/// Everything that stops these contents from being a parcel's.
pub(crate) fn check(contents: Option<&Contents>) -> Vec<Problem> {
    let Some(contents) = contents else {
        return vec![problem("/contents", "wrong-shape")];
    };
    let mut problems = Vec::new();
    if contents.items.len() > MOST {
        problems.push(problem("/contents/items", "wrong-shape"));
    }
    for (index, item) in contents.items.iter().enumerate() {
        let is_line =
            |text: &String| !text.trim().is_empty() && text.len() <= 200 && !text.contains(['{', '}', '\n', '\r']);
        if !is_line(&item.el) || !is_line(&item.en) || item.pieces == 0 {
            problems.push(problem(format!("/contents/items/{index}"), "bad-text"));
        }
    }
    problems
}

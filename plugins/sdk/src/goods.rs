//! What an action hands over, as data of its call: items with their pieces, producers with their certificates, and how much there
//! is of each instalment.
//!
//! ```
//! use osn_program_sdk::goods::Goods;
//! use osn_program_sdk::{Document, Parameters as _};
//! osn_program_sdk::parameters! {
//!     pub struct Parameters { contents: Document<Goods> = Goods::parameter() }
//! }
//! let goods = Parameters::defaults().contents.unwrap();
//! assert_eq!(goods.text("el", "parcel", "Σχολικά"), "supply-parcel = Σχολικά\n");
//! ```

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::bindings::osn::program::types::Problem;
use crate::parameters::{Content, Parameter, parameter, problem, rows, shape};

/// Stands until a call says what is handed over.
const NOTHING: &str = r#"{"items": [], "producers": []}"#;
/// Most items, producers and instalments.
const MOST: usize = 24;
/// Longest text, in bytes.
const LONGEST: usize = 200;

/// What is handed over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Goods {
    /// Its items.
    pub items: Vec<Item>,
    /// Whose goods it is.
    pub producers: Vec<Producer>,
    /// What there is of an instalment; of one that is not named there is enough.
    pub stock: Vec<InStock>,
}

/// An item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What it is, in Greek.
    pub el: String,
    /// The same in English.
    pub en: String,
    /// Pieces.
    pub pieces: u32,
    /// The only instalment that it belongs to, counted from 1; without one it is in all of them.
    pub instalment: Option<u32>,
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

/// How many of an instalment there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InStock {
    /// The instalment, counted from 1.
    pub instalment: u32,
    /// Pieces to hand over.
    pub pieces: u32,
}

/// The parts of the document, for the page that sets it up.
fn schema() -> Value {
    let text = || json!({"type": "string"});
    let number = |least: u32| json!({"type": "integer", "minimum": least, "maximum": 1_000_000});
    let name = ("label", crate::parameters::label());
    let item = shape([name.clone(), ("pieces", number(1)), ("instalment", number(1))]);
    let producer = shape([name, ("organic", text()), ("cooperative", text())]);
    let in_stock = shape([("instalment", number(1)), ("pieces", number(0))]);
    let lists = [("items", item), ("producers", producer), ("stock", in_stock)];
    shape(lists.map(|(name, row)| (name, rows(MOST, row))))
}

fn label(json: &Value, language: &str) -> Option<String> {
    json.get("label")?.get(language)?.as_str().map(str::to_owned)
}

fn number(json: &Value, name: &str) -> Option<u32> {
    u32::try_from(json.get(name)?.as_u64()?).ok()
}

impl Item {
    fn read(json: &Value) -> Option<Self> {
        Some(Self {
            el: label(json, "el")?,
            en: label(json, "en")?,
            pieces: number(json, "pieces")?,
            instalment: match json.get("instalment") {
                None | Some(Value::Null) => None,
                Some(_) => Some(number(json, "instalment")?),
            },
        })
    }
}

impl Producer {
    fn read(json: &Value) -> Option<Self> {
        let register = |name| match json.get(name) {
            None => Some(String::new()),
            Some(number) => number.as_str().map(|number| number.trim().to_owned()),
        };
        Some(Self {
            el: label(json, "el")?,
            en: label(json, "en")?,
            organic: register("organic")?,
            cooperative: register("cooperative")?,
        })
    }

    fn certificates(&self, words: [&str; 2]) -> String {
        let numbers = [&self.organic, &self.cooperative];
        let held = words.iter().zip(numbers).filter(|(_, number)| !number.is_empty());
        let held: Vec<String> = held.map(|(kind, number)| format!("{kind} {number}")).collect();
        held.join(", ")
    }
}

impl Content for Goods {
    fn read(json: &Value) -> Option<Self> {
        // What was written before producers and stock were asked for has none.
        let rows = |name| match json.get(name) {
            None => Some(&[][..]),
            Some(list) => list.as_array().map(Vec::as_slice),
        };
        let in_stock = |json: &Value| {
            Some(InStock {
                instalment: number(json, "instalment")?,
                pieces: number(json, "pieces")?,
            })
        };
        Some(Self {
            items: json
                .get("items")?
                .as_array()?
                .iter()
                .map(Item::read)
                .collect::<Option<_>>()?,
            producers: rows("producers")?.iter().map(Producer::read).collect::<Option<_>>()?,
            stock: rows("stock")?.iter().map(in_stock).collect::<Option<_>>()?,
        })
    }
}

impl Goods {
    /// A parameter of this kind: with its parts for the page that sets it up, empty until a call fills it.
    pub fn parameter() -> Parameter<&'static str> {
        parameter(NOTHING).shaped(schema())
    }

    /// The text of a supply, as Fluent: its `name`, what is in it, whose goods it is.
    pub fn text(&self, language: &str, supply: &str, name: &str) -> String {
        let is_greek = language == "el";
        let [instalment, title, organic, cooperative] = if is_greek {
            ["δόση", "Παραγωγοί", "βιολογικά", "συνεταιρισμός"]
        } else {
            ["instalment", "Producers", "organic", "cooperative"]
        };
        let mut text = format!("supply-{supply} = {name}");
        // Writing to a string cannot fail.
        for (index, item) in self.items.iter().enumerate() {
            let label = if is_greek { &item.el } else { &item.en };
            let before = if index == 0 { ": " } else { ", " };
            let _ = write!(text, "{before}{label} × {}", item.pieces);
            if let Some(number) = item.instalment {
                let _ = write!(text, " ({instalment} {number})");
            }
        }
        for (index, producer) in self.producers.iter().enumerate() {
            let label = if is_greek { &producer.el } else { &producer.en };
            let _ = match index {
                0 => write!(text, ". {title}: {label}"),
                _ => write!(text, ", {label}"),
            };
            let held = producer.certificates([organic, cooperative]);
            if !held.is_empty() {
                let _ = write!(text, " ({held})");
            }
        }
        text.push('\n');
        text
    }

    /// How many there are of each of the first `count` instalments.
    pub fn stock_of(&self, count: usize) -> Vec<Option<u32>> {
        let of = |number: u32| self.stock.iter().find(|one| one.instalment == number);
        (1..=u32::try_from(count).unwrap_or(u32::MAX))
            .map(|number| of(number).map(|one| one.pieces))
            .collect()
    }

    /// Everything that stops a document from being goods, below the path of its parameter. The reasons are `wrong-shape` and
    /// `bad-text`, which [`About::goods`](crate::about::About::goods) declares.
    pub fn check(goods: Option<&Self>, path: &str) -> Vec<Problem> {
        let Some(goods) = goods else {
            return vec![problem(path, "wrong-shape")];
        };
        let mut problems = Vec::new();
        let lengths = [
            ("items", goods.items.len()),
            ("producers", goods.producers.len()),
            ("stock", goods.stock.len()),
        ];
        for (list, _) in lengths.iter().filter(|(_, count)| *count > MOST) {
            problems.push(problem(format!("{path}/{list}"), "wrong-shape"));
        }
        for (index, producer) in goods.producers.iter().enumerate() {
            let numbers = [&producer.organic, &producer.cooperative];
            let numbers_fit = numbers.iter().all(|number| number.is_empty() || is_line(number));
            if !is_line(&producer.el) || !is_line(&producer.en) || !numbers_fit {
                problems.push(problem(format!("{path}/producers/{index}"), "bad-text"));
            }
        }
        for (index, item) in goods.items.iter().enumerate() {
            if !is_line(&item.el) || !is_line(&item.en) || item.pieces == 0 {
                problems.push(problem(format!("{path}/items/{index}"), "bad-text"));
            }
        }
        for (index, one) in goods.stock.iter().enumerate() {
            let again = goods.stock.iter().take(index);
            if one.instalment == 0 || again.filter(|other| other.instalment == one.instalment).count() > 0 {
                problems.push(problem(format!("{path}/stock/{index}"), "wrong-shape"));
            }
        }
        problems
    }
}

/// One line that Fluent takes as it is.
pub(crate) fn is_line(text: &str) -> bool {
    !text.trim().is_empty() && text.len() <= LONGEST && !text.contains(['{', '}', '\n', '\r'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Option<Goods> {
        Goods::read(&json.parse().unwrap())
    }

    #[test]
    fn what_is_handed_over_is_said_in_both_languages() {
        let goods = read(
            r#"{"items": [
                {"label": {"el": "Ρύζι", "en": "Rice"}, "pieces": 2},
                {"label": {"el": "Αλεύρι", "en": "Flour"}, "pieces": 1, "instalment": 2}],
              "producers": [
                {"label": {"el": "Αγρός", "en": "Agros"}, "organic": "GR-BIO-01 77", "cooperative": "12"},
                {"label": {"el": "Μύλος", "en": "Mill"}}],
              "stock": [{"instalment": 2, "pieces": 40}]}"#,
        );
        let goods = goods.unwrap();
        assert_eq!(
            goods.text("en", "parcel", "Parcel"),
            "supply-parcel = Parcel: Rice × 2, Flour × 1 (instalment 2). Producers: Agros (organic GR-BIO-01 77, cooperative 12), Mill\n"
        );
        assert!(
            goods
                .text("el", "parcel", "Πακέτο")
                .starts_with("supply-parcel = Πακέτο: Ρύζι × 2, Αλεύρι × 1 (δόση 2). Παραγωγοί: Αγρός")
        );
        assert_eq!(goods.stock_of(3), [None, Some(40), None]);
        assert!(Goods::check(Some(&goods), "/contents").is_empty());
    }

    #[test]
    fn what_cannot_be_goods_is_told_where_it_stands() {
        for (json, path, code) in [
            (
                r#"{"items": [{"label": {"el": "Ρύζι", "en": ""}, "pieces": 2}]}"#,
                "/goods/items/0",
                "bad-text",
            ),
            (
                r#"{"items": [{"label": {"el": "Ρύζι", "en": "Rice"}, "pieces": 0}]}"#,
                "/goods/items/0",
                "bad-text",
            ),
            (
                r#"{"items": [], "producers": [{"label": {"el": "Α", "en": "A"}, "organic": "{x}"}]}"#,
                "/goods/producers/0",
                "bad-text",
            ),
            (
                r#"{"items": [], "stock": [{"instalment": 1, "pieces": 4}, {"instalment": 1, "pieces": 5}]}"#,
                "/goods/stock/1",
                "wrong-shape",
            ),
        ] {
            let goods = read(json).unwrap();
            let problems = Goods::check(Some(&goods), "/goods");
            assert_eq!(problems.len(), 1, "{json}");
            assert_eq!((problems[0].path.as_str(), problems[0].code.as_str()), (path, code));
        }
        for json in [
            r#"{"items": "rice"}"#,
            r#"{"items": [{"label": {"el": "Ρύζι", "en": "Rice"}}]}"#,
            r#"{"items": [], "stock": [{"instalment": "one", "pieces": 1}]}"#,
            r#"{"items": [], "producers": 3}"#,
        ] {
            assert_eq!(read(json), None, "{json}");
        }
        assert_eq!(Goods::check(None, "/goods")[0].code, "wrong-shape");
    }
}

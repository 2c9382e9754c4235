//! The languages of texts: those in which a form asks for them, and one more.

use std::collections::BTreeSet;

use osn_core::directory::{FieldShape, Shape};
use serde_json::{Map, Value};

use crate::pages::chrome::Page;
use crate::pages::part::Block;

/// Languages that texts are asked for without a word.
const ALWAYS: [&str; 2] = ["el", "en"];
/// Languages that one click offers: those that newcomers to the city speak most.
const OFFERED: [&str; 13] = [
    "ar", "bn", "fa", "fr", "ka", "pa", "ps", "ru", "so", "sq", "tr", "uk", "ur",
];
/// Whether this is how a language is named in an address (ISO 639).
pub(super) fn is_language(tag: &str) -> bool {
    (2..=3).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// Ours, then those that are there already, then one more.
pub(super) fn asked(there: BTreeSet<String>, more: Option<&str>) -> Vec<String> {
    let mut langs = ALWAYS.map(str::to_owned).to_vec();
    for lang in there.into_iter().chain(more.map(str::to_owned)) {
        if !langs.contains(&lang) {
            langs.push(lang);
        }
    }
    langs
}

/// In which languages a form asks for texts, and links to the same form in one more.
pub(super) fn offered(p: &Page, current: &[String], with: impl Fn(&str) -> String) -> [Block; 2] {
    let spoken: Vec<String> = current.iter().map(|lang| language(p, lang)).collect();
    let more = OFFERED.iter().filter(|lang| current.iter().all(|known| known != *lang));
    let links = more.map(|lang| Block::Link(language(p, lang), with(lang)));
    [
        Block::Text(p.t1("details-languages", "languages", &spoken.join(", "))),
        Block::Details(p.t("details-language-more"), links.collect()),
    ]
}

/// The name of a language, or its code where we have none.
pub(super) fn language(p: &Page, code: &str) -> String {
    p.opt(&format!("language-{code}")).unwrap_or_else(|| code.to_owned())
}

/// The languages of the texts in a record.
pub(super) fn there(fields: &[FieldShape], said: &Value, found: &mut BTreeSet<String>) {
    for field in fields {
        let Some(value) = said.get(field.name) else { continue };
        match field.shape {
            Shape::Text => {
                let tags = value.as_object().into_iter().flat_map(Map::keys);
                found.extend(tags.cloned());
            }
            Shape::Entity(inner) => there(inner, value, found),
            Shape::Entities(inner) => {
                for item in value.as_array().into_iter().flatten() {
                    there(inner, item, found);
                }
            }
            _ => {}
        }
    }
}

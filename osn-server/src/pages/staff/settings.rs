//! What an action's program was given, as a person reads it: each parameter in its unit, a document by its parts and rows.

use chrono::NaiveDate;
use osn_core::equivalence::Scale;
use osn_programs::about::Unit;
use osn_programs::texts::{Texts, show};
use serde_json::{Map, Value as Json};

use crate::pages::chrome::Page;
use crate::pages::part::Cell;

/// Stands between the parts of a row.
const BETWEEN: &str = " · ";

/// A line for each parameter; a document has one for each of its parts and rows.
pub(super) fn cells(p: &Page, schema: &Json, texts: &Texts, given: &Map<String, Json>) -> Vec<Cell> {
    let saying = Saying { p, texts };
    let mut cells = Vec::new();
    for (name, value) in given {
        let key = format!("parameter-{name}");
        let property = schema.pointer(&format!("/properties/{name}")).unwrap_or(&Json::Null);
        saying.part(&key, property, value, &mut cells);
    }
    cells
}

struct Saying<'a> {
    p: &'a Page,
    texts: &'a Texts,
}

impl Saying<'_> {
    fn find(&self, key: &str) -> Option<String> {
        let text = |language| self.texts.text(language, key, &[]);
        text(self.p.tag()).or_else(|| text("el"))
    }

    /// The text of a key; without one, the last word of the key.
    fn said(&self, key: &str) -> String {
        self.find(key)
            .unwrap_or_else(|| key.rsplit('-').next().unwrap_or(key).to_owned())
    }

    fn part(&self, key: &str, property: &Json, value: &Json, cells: &mut Vec<Cell>) {
        match value {
            Json::Object(parts) if super::documents::is_document(property) => {
                for (name, value) in parts {
                    let property = property.pointer(&format!("/properties/{name}")).unwrap_or(&Json::Null);
                    self.part(&format!("{key}-{name}"), property, value, cells);
                }
            }
            Json::Array(rows) => {
                let property = property.get("items").unwrap_or(&Json::Null);
                for (number, row) in (1..).zip(rows) {
                    let label = format!("{} {number}", self.said(key));
                    cells.push(Cell::new(format!("{label}: {}", self.shown(key, property, row))));
                }
            }
            value => cells.push(Cell::new(format!(
                "{}: {}",
                self.said(key),
                self.shown(key, property, value)
            ))),
        }
    }

    fn shown(&self, key: &str, property: &Json, value: &Json) -> String {
        match value {
            Json::Null => "–".to_owned(),
            Json::Bool(yes) => self.p.t(if *yes { "yes" } else { "no" }),
            Json::Number(number) => match (number.as_i64(), unit(property)) {
                (Some(number), Some(unit)) => show(self.p.tag(), unit, number),
                _ => number.to_string(),
            },
            Json::String(text) => self.word(key, property, text),
            Json::Array(items) => {
                let property = property.get("items").unwrap_or(&Json::Null);
                let items = items.iter().map(|item| self.shown(key, property, item));
                items.collect::<Vec<_>>().join(", ")
            }
            Json::Object(parts) => self.object(key, property, parts),
        }
    }

    fn word(&self, key: &str, property: &Json, text: &str) -> String {
        if let (Some(Unit::Date), Ok(day)) = (unit(property), text.parse::<NaiveDate>()) {
            return self.p.day(day);
        }
        match property.get("enum") {
            Some(_) => self.find(&format!("{key}-{text}")).unwrap_or_else(|| text.to_owned()),
            None => text.to_owned(),
        }
    }

    fn object(&self, key: &str, property: &Json, parts: &Map<String, Json>) -> String {
        if property.get("x-osn-form").and_then(Json::as_str) == Some("local-text") {
            let text = parts.get(self.p.tag()).or_else(|| parts.get("el"));
            return text.and_then(Json::as_str).unwrap_or_default().to_owned();
        }
        if property.get("x-osn-resolve").and_then(Json::as_str) == Some("equivalence-scale") {
            let code = parts.get("code").and_then(Json::as_str).unwrap_or_default();
            let scales = Scale::codes().unwrap_or_default();
            let title = scales.iter().find(|(known, _)| known == code);
            return title.map_or_else(|| code.to_owned(), |(_, title)| self.p.text(title));
        }
        let each = parts.iter().map(|(name, value)| {
            let property = property.pointer(&format!("/properties/{name}")).unwrap_or(&Json::Null);
            self.shown(&format!("{key}-{name}"), property, value)
        });
        each.collect::<Vec<_>>().join(BETWEEN)
    }
}

fn unit(property: &Json) -> Option<Unit> {
    serde_json::from_value(property.get("x-osn-unit")?.clone()).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::lang::Lang;
    use crate::zone::Zone;

    #[test]
    fn a_document_is_read_by_its_parts_and_rows() {
        let schema = json!({"properties": {
            "limit": {"type": "integer", "x-osn-unit": "cents"},
            "from": {"type": "string", "x-osn-unit": "date"},
            "open": {"type": "boolean"},
            "plan": {"type": "object", "properties": {
                "weeks": {"type": "array", "items": {"type": "object", "properties": {
                    "from": {"type": "string", "x-osn-unit": "date"},
                    "name": {"type": "object", "x-osn-form": "local-text"},
                }}},
            }},
        }});
        let given = json!({
            "limit": 1_500_050, "from": "2022-06-20", "open": true,
            "plan": {"weeks": [{"from": "2022-06-27", "name": {"el": "Πηλός", "en": "Clay"}}]},
        });
        let p = Page::plain(Lang::El, Zone::named("UTC").unwrap(), "/");
        let cells = cells(&p, &schema, &Texts::default(), given.as_object().unwrap());
        let lines: Vec<&str> = cells.iter().map(|cell| cell.text.as_str()).collect();
        assert_eq!(
            lines,
            [
                "from: 20/6/2022",
                "limit: 15.000,50 €",
                "open: Ναι",
                "weeks 1: 27/6/2022 · Πηλός"
            ]
        );
    }
}

//! A parameter that is a document of the program's own shape, as questions: its parts, its lists of rows, texts in both languages.
//!
//! What the schema says is all that this page knows. A list shows some rows; rows that stay empty are left out, and what stays empty
//! altogether takes the program's default.

use osn_programs::texts::Texts;
use serde_json::Value as Json;

use crate::pages::chrome::Page;
use crate::pages::form::{Choice, Field, Group};

/// Rows of a list in the document itself; of a list inside a row.
const ROWS: [usize; 2] = [12, 4];

/// The groups of questions of every document among the parameters.
pub(super) fn groups(p: &Page, schema: &Json, texts: &Texts) -> Vec<Group> {
    let mut groups = Vec::new();
    for (key, property) in in_order(schema)
        .into_iter()
        .filter(|(_, property)| is_document(property))
    {
        let asking = Asking { p, texts };
        groups.push(Group {
            title: asking.said(&format!("parameter-{key}")),
            intro: asking.hint(&format!("parameter-{key}")),
            ..Group::default()
        });
        asking.parts(
            &format!("/parameters/{key}"),
            &format!("parameter-{key}"),
            property,
            &mut groups,
        );
    }
    groups
}

/// The parts of an object's schema in the order in which it names them; whatever it does not name comes after them.
pub(super) fn in_order(object: &Json) -> Vec<(&String, &Json)> {
    let order = object.get("x-osn-order").and_then(Json::as_array);
    let place = |key: &str| {
        order
            .and_then(|order| order.iter().position(|one| one == key))
            .unwrap_or(usize::MAX)
    };
    let parts = object.get("properties").and_then(Json::as_object);
    let mut parts: Vec<_> = parts.into_iter().flatten().collect();
    parts.sort_by_key(|(key, _)| place(key));
    parts
}

/// Whether a parameter is a document whose parts the schema names.
pub(super) fn is_document(property: &Json) -> bool {
    property.get("properties").is_some_and(Json::is_object)
}

struct Asking<'a> {
    p: &'a Page,
    texts: &'a Texts,
}

impl Asking<'_> {
    fn said(&self, key: &str) -> String {
        let text = |language| self.texts.text(language, key, &[]);
        text(self.p.tag())
            .or_else(|| text("el"))
            .unwrap_or_else(|| key.to_owned())
    }

    fn hint(&self, key: &str) -> String {
        self.texts
            .text(self.p.tag(), &format!("{key}.hint"), &[])
            .unwrap_or_default()
    }

    /// Each list is a group of its own; single parts between two lists stand together in one.
    fn parts(&self, path: &str, key: &str, document: &Json, groups: &mut Vec<Group>) {
        let mut is_after_list = false;
        for (name, property) in in_order(document) {
            let (path, key) = (format!("{path}/{name}"), format!("{key}-{name}"));
            if property.get("items").is_some() {
                self.list(&path, &key, property, groups);
                is_after_list = true;
                continue;
            }
            if std::mem::take(&mut is_after_list) {
                groups.push(Group {
                    title: self.said(&key),
                    intro: self.hint(&key),
                    ..Group::default()
                });
            }
            if let Some(group) = groups.last_mut() {
                self.field(&path, &key, property, "", 0, &mut group.fields);
            }
        }
    }

    /// A list of the document itself: its first row is asked, each further one is folded away behind its number.
    fn list(&self, path: &str, key: &str, list: &Json, groups: &mut Vec<Group>) {
        let Some(row) = list.get("items") else { return };
        let said = self.said(key);
        for index in 0..shown(list, 0) {
            let mut fields = Vec::new();
            self.field(&format!("{path}/{index}"), key, row, "", 1, &mut fields);
            let number = index + 1;
            groups.push(Group {
                title: if index == 0 {
                    said.clone()
                } else {
                    format!("{said}: {number}")
                },
                intro: if index == 0 { self.hint(key) } else { String::new() },
                fields,
                folds: index > 0,
                ..Group::default()
            });
        }
    }

    fn rows(&self, path: &str, key: &str, list: &Json, before: &str, depth: usize, fields: &mut Vec<Field>) {
        let Some(row) = list.get("items") else { return };
        for index in 0..shown(list, depth) {
            let before = format!("{before}{} {} · ", self.said(key), index + 1);
            self.field(&format!("{path}/{index}"), key, row, &before, depth + 1, fields);
        }
    }

    fn field(&self, path: &str, key: &str, property: &Json, before: &str, depth: usize, fields: &mut Vec<Field>) {
        if property.get("x-osn-form").and_then(Json::as_str) == Some("local-text") {
            for (language, name) in [("el", "Ελληνικά"), ("en", "English")] {
                let label = format!("{before}{} ({name})", self.said(key));
                fields.push(Field::line(&format!("{path}/{language}"), label).optional());
            }
            return;
        }
        if property.get("items").is_some() {
            return self.rows(path, key, property, before, depth, fields);
        }
        if is_document(property) {
            for (name, part) in in_order(property) {
                let (path, key) = (format!("{path}/{name}"), format!("{key}-{name}"));
                self.field(&path, &key, part, before, depth, fields);
            }
            return;
        }
        let label = format!("{before}{}", self.said(key));
        fields.push(self.plain(path, key, property, label).optional());
    }

    fn plain(&self, path: &str, key: &str, property: &Json, label: String) -> Field {
        if let Some(options) = property.get("enum").and_then(Json::as_array) {
            let options = options.iter().filter_map(Json::as_str);
            let choices = options.map(|option| Choice::new(option, self.said(&format!("{key}-{option}"))));
            return Field::select(path, label, choices.collect());
        }
        let text = |name: &str| property.get(name).and_then(Json::as_str).unwrap_or_default();
        match (text("type"), text("x-osn-unit")) {
            ("boolean", _) => Field::flag(self.p, path, label),
            ("integer", _) => Field::int(path, label),
            (_, "cents") => Field::money(path, label),
            (_, "date") => Field::day(path, label),
            _ => Field::line(path, label),
        }
    }
}

/// How many rows of a list are asked for.
fn shown(list: &Json, depth: usize) -> usize {
    let most = list.get("maxItems").and_then(Json::as_u64);
    let most = most.and_then(|most| usize::try_from(most).ok());
    ROWS.get(depth).copied().unwrap_or(0).min(most.unwrap_or(usize::MAX))
}

/// What was typed without what stayed empty; nothing where everything did.
pub(super) fn pruned(value: Json) -> Option<Json> {
    match value {
        Json::Null => None,
        Json::Object(map) => {
            let map: serde_json::Map<_, _> = map
                .into_iter()
                .filter_map(|(key, value)| Some((key, pruned(value)?)))
                .collect();
            (!map.is_empty()).then_some(Json::Object(map))
        }
        Json::Array(items) => {
            let items: Vec<_> = items.into_iter().filter_map(pruned).collect();
            (!items.is_empty()).then_some(Json::Array(items))
        }
        other => Some(other),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::lang::Lang;
    use crate::pages::form::{FormView, Posted};
    use crate::zone::Zone;

    #[test]
    fn rows_that_are_typed_become_the_document_and_empty_ones_are_left_out() {
        let schema = json!({"properties": {"plan": {"type": "object", "properties": {
            "unit": {"type": "string", "enum": ["one", "two"]},
            "rows": {"type": "array", "items": {"type": "object", "properties": {
                "label": {"type": "object", "x-osn-form": "local-text"},
                "price": {"type": "string", "x-osn-unit": "cents"},
                "inner": {"type": "array", "items": {"type": "object", "properties": {"number": {"type": "integer"}}}},
            }}},
        }}}});
        let p = Page::plain(Lang::El, Zone::named("UTC").unwrap(), "/");
        let mut form = FormView::new("/", Vec::new(), "ok");
        form.groups = groups(&p, &schema, &Texts::default());
        let typed = [
            ("/parameters/plan/unit", "two"),
            ("/parameters/plan/rows/1/label/el", "Ρύζι"),
            ("/parameters/plan/rows/1/label/en", "Rice"),
            ("/parameters/plan/rows/1/price", "1,50"),
            ("/parameters/plan/rows/1/inner/2/number", "7"),
        ];
        form.fill(&Posted::read(serde_urlencoded::to_string(typed).unwrap().as_bytes()));
        let (body, errors) = form.draft(&p);
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!(
            pruned(body).unwrap(),
            json!({"parameters": {"plan": {"unit": "two", "rows": [
                {"label": {"el": "Ρύζι", "en": "Rice"}, "price": "1.50", "inner": [{"number": 7}]},
            ]}}})
        );
        assert_eq!(pruned(json!({"a": [null, {}], "b": {"c": []}})), None);
    }

    #[test]
    fn parts_stand_in_the_order_that_the_program_declares() {
        let part = |name: &str| json!({"type": "string", "title": name});
        let list = json!({"type": "array", "maxItems": 2, "items": {"type": "object", "x-osn-order": ["to", "from"],
            "properties": {"from": part("from"), "to": part("to")}}});
        let schema = json!({"properties": {"plan": {"type": "object", "x-osn-order": ["unit", "weeks", "price", "calendar"],
            "properties": {"calendar": list, "price": part("price"), "unit": part("unit"), "weeks": list, "a-late-one": part("a")},
        }}});
        let p = Page::plain(Lang::El, Zone::named("UTC").unwrap(), "/");
        let groups = groups(&p, &schema, &Texts::default());
        let asked: Vec<(bool, Vec<&str>)> = groups
            .iter()
            .map(|group| {
                (
                    group.folds,
                    group
                        .fields
                        .iter()
                        .map(|field| field.name.trim_start_matches("/parameters/plan/"))
                        .collect(),
                )
            })
            .collect();
        assert_eq!(
            asked,
            [
                (false, vec!["unit"]),
                (false, vec!["weeks/0/to", "weeks/0/from"]),
                (true, vec!["weeks/1/to", "weeks/1/from"]),
                // What follows a list is not folded away with its last row.
                (false, vec!["price"]),
                (false, vec!["calendar/0/to", "calendar/0/from"]),
                (true, vec!["calendar/1/to", "calendar/1/from"]),
                (false, vec!["a-late-one"]),
            ]
        );
    }
}

//! A program's parameters as questions, from their schema; what people type in units becomes the schema's whole numbers.

use osn_core::equivalence::Scale;
use osn_programs::texts::Texts;
use serde_json::Value as Json;

use crate::pages::chrome::Page;
use crate::pages::form::{Choice, Field, Read};

/// Decimals of a unit: how many digits of the schema's whole number stand behind the comma.
fn decimals(unit: &str) -> Option<usize> {
    match unit {
        "percent" | "ratio" => Some(4),
        "cents" => Some(2),
        _ => None,
    }
}

fn unit(property: &Json) -> &str {
    property.get("x-osn-unit").and_then(Json::as_str).unwrap_or_default()
}

/// One question for each parameter; an empty answer takes the default.
pub(super) fn fields(p: &Page, schema: &Json, texts: &Texts) -> Vec<Field> {
    let said = |key: String| texts.text(p.tag(), &key, &[]).or_else(|| texts.text("el", &key, &[]));
    let single = |property: &Json| !super::documents::is_document(property) && property.get("x-osn-form").is_none();
    let each = super::documents::in_order(schema)
        .into_iter()
        .filter(|(_, property)| single(property))
        .map(|(key, property)| {
            let label = said(format!("parameter-{key}")).unwrap_or_else(|| key.clone());
            let hint = said(format!("parameter-{key}.hint")).unwrap_or_default();
            let option = |option: &str| said(format!("parameter-{key}-{option}")).unwrap_or_else(|| option.to_owned());
            field(p, key, label, property, &option).hint(hint).optional()
        });
    each.collect()
}

fn field(p: &Page, key: &str, label: String, property: &Json, said: &dyn Fn(&str) -> String) -> Field {
    let name = format!("/parameters/{key}");
    let default = property.get("default").cloned().unwrap_or_default();
    let shown = written(p, &default, unit(property));
    if let Some(resolver) = property.get("x-osn-resolve").and_then(Json::as_str) {
        let scales = if resolver == "equivalence-scale" {
            Scale::codes().unwrap_or_default()
        } else {
            Vec::new()
        };
        let code = default.get("code").and_then(Json::as_str).unwrap_or_default();
        let name = format!("{name}/code");
        if scales.is_empty() {
            return Field::line(&name, label).wide("20", "").proposed(code);
        }
        let choices = scales
            .into_iter()
            .map(|(code, title)| Choice::new(code, p.text(&title)))
            .collect();
        return Field::radios(&name, label, choices).proposed(code);
    }
    if let Some(options) = property.get("enum").and_then(Json::as_array) {
        let choices = options
            .iter()
            .filter_map(Json::as_str)
            .map(|option| Choice::new(option, said(option)))
            .collect();
        return Field::radios(&name, label, choices).proposed(shown);
    }
    if default.is_boolean() {
        return Field::flag(p, &name, label).proposed(if default == Json::Bool(true) { "yes" } else { "no" });
    }
    if unit(property) == "date" {
        return Field::day(&name, label);
    }
    match (unit(property), &default) {
        ("cents", _) => Field::money(&name, label).proposed(shown),
        ("percent" | "ratio", _) => Field::decimal(&name, label).proposed(shown),
        (_, Json::Number(_) | Json::Null) => Field::int(&name, label).proposed(shown),
        _ => Field::line(&name, label).read_as(Read::Text).proposed(shown),
    }
}

/// A value of the schema as people write it: 670000 in per cent is «67».
fn written(p: &Page, value: &Json, unit: &str) -> String {
    match (value.as_i64(), decimals(unit)) {
        (Some(number), Some(places)) => {
            let digits = format!("{:0>width$}", number.unsigned_abs(), width = places + 1);
            let (whole, part) = digits.split_at(digits.len() - places);
            let part = part.trim_end_matches('0');
            let comma = if p.tag() == "el" { ',' } else { '.' };
            let sign = if number < 0 { "-" } else { "" };
            if part.is_empty() {
                format!("{sign}{whole}")
            } else {
                format!("{sign}{whole}{comma}{part}")
            }
        }
        (Some(number), None) => number.to_string(),
        (None, _) => value.as_str().unwrap_or_default().to_owned(),
    }
}

/// What was read in units, in the schema's whole numbers: «67» per cent is 670000.
pub(super) fn scale(schema: &Json, given: &mut Json) {
    let Some(given) = given.as_object_mut() else { return };
    for key in given.keys().cloned().collect::<Vec<_>>() {
        let of = schema.pointer(&format!("/properties/{key}"));
        if of.is_some_and(super::documents::is_document)
            && let Some(typed) = given.remove(&key).and_then(super::documents::pruned)
        {
            given.insert(key, typed);
        }
    }
    for (key, value) in given.iter_mut() {
        let unit = schema
            .pointer(&format!("/properties/{key}"))
            .map(unit)
            .unwrap_or_default();
        if let (Some(places), Some(text)) = (decimals(unit), value.as_str()) {
            let (whole, part) = text.split_once('.').unwrap_or((text, ""));
            let scaled = format!("{whole}{part:0<places$}");
            if part.len() <= places
                && let Ok(number) = scaled.parse::<i64>()
            {
                *value = Json::from(number);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::lang::Lang;
    use crate::zone::Zone;

    #[test]
    fn what_people_write_and_what_the_schema_holds_are_one_value() {
        let p = Page::plain(Lang::El, Zone::named("UTC").unwrap(), "/");
        for (unit, number, text, read) in [
            ("percent", 670_000, "67", "67"),
            ("percent", 675_000, "67,5", "67.5"),
            ("cents", 123_450, "1234,5", "1234.50"),
            ("ratio", 500, "0,05", "0.05"),
        ] {
            assert_eq!(written(&p, &json!(number), unit), text);
            let schema = json!({ "properties": { "a": { "x-osn-unit": unit } } });
            let mut given = json!({ "a": read });
            scale(&schema, &mut given);
            assert_eq!(given, json!({ "a": number }), "{unit} {read}");
        }
    }
}

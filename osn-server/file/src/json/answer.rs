//! What a system of this kind answers to readers of HSDS, taken back into the columns that it was told from: facts that
//! stand in attributes, areas and languages by identifiers that follow from them, texts in several languages, and what
//! stands there only because HSDS asks for something.

use osn_core::directory::{Taxonomy, derived_id};
use serde_json::Value;
use uuid::Uuid;

use super::json_name;
use crate::flat::{Object, children};
use crate::tables::{Kind, position, table};

/// A fact that is told as an attribute: the table, its kind of link, and the column that it is told from.
const FACTS: [(&str, &str, &str); 15] = [
    ("organization", "organization_type", "osn_kind"),
    ("organization", "source", "osn_source"),
    ("organization", "marking", "osn_marking"),
    ("location", "protected", "osn_protected"),
    ("location", "address_note", "osn_address_note"),
    ("location", "area", "osn_area"),
    ("location", "marking", "osn_marking"),
    ("service", "service_type", "osn_categories"),
    ("service", "eligibility", "osn_groups"),
    ("service", "audience", "osn_open_to_all"),
    ("service", "delivery_mode", "osn_modes"),
    ("service", "cost", "osn_free_of_charge"),
    ("service", "source", "osn_source"),
    ("service", "marking", "osn_marking"),
    ("schedule", "public_holidays", "osn_public_holidays"),
];

/// Lists of a service that may be stated to have nothing in them, which is not the same as not stated.
const STATED: [(&str, &str); 4] = [
    ("groups", "osn_groups"),
    ("modes", "osn_modes"),
    ("areas", "osn_areas"),
    ("languages", "osn_languages"),
];

/// Takes an entity and its parts back. Of an answer of another system nothing changes: what is not derived stays.
pub(super) fn take_back(at: usize, object: &mut Object) {
    let Some(described) = table(at) else { return };
    for (child, field) in children(at) {
        let parts = object.get_mut(json_name(field)).and_then(Value::as_array_mut);
        for part in parts.into_iter().flatten().filter_map(Value::as_object_mut) {
            take_back(child, part);
        }
    }
    for column in described.columns {
        if let Kind::Part(part) = column.kind
            && let (Some(inner), Some(Value::Object(unit))) = (position(part), object.get_mut(part))
        {
            take_back(inner, unit);
        }
    }
    own_words(object);
    languages(
        described.columns.iter().filter(|column| column.kind == Kind::Text),
        object,
    );
    if described.name == "taxonomy_term" {
        ruled_term(object);
    }
    let Some(id) = identifier(object.get("id")) else { return };
    facts(described.name, id, object);
    if described.name == "service" {
        areas_and_languages(id, object);
    }
}

/// Whether an entity says that it is a taxonomy that the rules read.
pub(super) fn is_taxonomy(object: &Object) -> bool {
    ruled(object).is_some()
}

/// Whether an entity is the description of a taxonomy that nobody described.
pub(super) fn stands_in(at: usize, object: &Object) -> bool {
    let is_taxonomy = table(at).is_some_and(|table| table.name == "taxonomy");
    is_taxonomy
        && ruled(object).is_some_and(|ruled| identifier(object.get("id")) == Some(ruled.undescribed_id().uuid()))
}

/// The taxonomy that the rules read, where a description says that it is one.
fn ruled(taxonomy: &Object) -> Option<Taxonomy> {
    let said = taxonomy.get("osn_taxonomy");
    let said = said.or_else(|| taxonomy.get("osn")?.get("taxonomy"));
    said.and_then(Value::as_str).and_then(Taxonomy::named)
}

fn ruled_term(term: &mut Object) {
    let Some(Value::Object(detail)) = term.get("taxonomy_detail") else {
        return;
    };
    let Some(name) = ruled(detail).and_then(Taxonomy::name) else {
        return;
    };
    let nobody_described = position("taxonomy").is_some_and(|at| stands_in(at, detail));
    term.insert("taxonomy".to_owned(), Value::from(name));
    if nobody_described {
        term.remove("taxonomy_detail");
        term.remove("taxonomy_id");
    }
}

fn identifier(value: Option<&Value>) -> Option<Uuid> {
    Uuid::parse_str(value?.as_str()?).ok()
}

/// What is said in `osn`, which HSDS has no member for: fields that stand there for its sake alone say nothing.
fn own_words(object: &mut Object) {
    let Some(Value::Object(own)) = object.remove("osn") else {
        return;
    };
    for (key, value) in own {
        match (key.as_str(), value) {
            ("unsaid", Value::Array(unsaid)) => {
                for field in unsaid.iter().filter_map(Value::as_str) {
                    match (field, object.get_mut("updated")) {
                        ("updated.time", Some(Value::String(moment))) => {
                            if let Some((day, _)) = moment.split_once('T') {
                                *moment = day.to_owned();
                            }
                        }
                        _ => drop(object.remove(field)),
                    }
                }
            }
            ("taxonomy" | "aliases", value) => {
                object.insert(format!("osn_{key}"), value);
            }
            _ => {}
        }
    }
}

/// Texts in each language, into the columns of the languages; the plain one is the Greek.
fn languages<'c>(columns: impl Iterator<Item = &'c crate::tables::Column>, object: &mut Object) {
    let Some(Value::Object(translations)) = object.remove("translations") else {
        return;
    };
    for column in columns {
        let mut texts: Vec<(&String, &Value)> = Vec::new();
        for (lang, fields) in &translations {
            texts.extend(fields.get(column.name).map(|text| (lang, text)));
        }
        if texts.is_empty() {
            continue;
        }
        object.remove(column.name);
        for (lang, text) in texts {
            let key = match lang.as_str() {
                "el" => column.name.to_owned(),
                lang => format!("{}@{lang}", column.name),
            };
            object.insert(key, text.clone());
        }
    }
}

/// An attribute as it says a fact: its kind, and its term's code or its value.
struct Fact<'a> {
    kind: &'a str,
    said: String,
}

/// What an attribute says, where its identifier follows from it.
fn fact(owner: Uuid, attribute: &Value) -> Option<Fact<'_>> {
    let own = identifier(attribute.get("id"))?;
    let kind = attribute.get("link_type")?.as_str()?;
    let value = attribute.get("value").and_then(Value::as_str).unwrap_or_default();
    let (key, said) = match attribute.get("taxonomy_term") {
        Some(term) => {
            let id = identifier(term.get("id"))?.to_string();
            let code = term.get("code").and_then(Value::as_str);
            (id.clone(), code.map_or(id, str::to_owned))
        }
        None => (value.to_owned(), value.to_owned()),
    };
    let is_derived = |key: &str| own == derived_id(owner, kind, key);
    (is_derived(&key) || is_derived("text")).then_some(Fact { kind, said })
}

fn facts(name: &str, owner: Uuid, object: &mut Object) {
    let Some(Value::Array(attributes)) = object.remove("attributes") else {
        return;
    };
    let mut rest = Vec::new();
    for attribute in attributes {
        let Some(fact) = fact(owner, &attribute) else {
            rest.push(attribute);
            continue;
        };
        let mut known = FACTS.iter();
        let stated = STATED.iter().find(|(list, _)| *list == fact.said);
        if let Some((_, _, column)) = known.find(|(table, kind, _)| *table == name && *kind == fact.kind) {
            tell(name, column, fact, &attribute, object);
        } else if let Some((_, column)) = stated.filter(|_| name == "service" && fact.kind == "stated_none") {
            object.insert((*column).to_owned(), Value::Array(Vec::new()));
        } else {
            rest.push(attribute);
        }
    }
    if !rest.is_empty() {
        object.insert("attributes".to_owned(), Value::Array(rest));
    }
}

/// A fact into its column.
fn tell(name: &str, column: &str, fact: Fact<'_>, attribute: &Value, object: &mut Object) {
    let described = position(name).and_then(table).and_then(|table| table.column(column));
    match described.map(|(_, column)| column.kind) {
        Some(Kind::Codes | Kind::Choices(_)) => add(object, column, fact.said),
        Some(Kind::Flag) => {
            let is_said = matches!(fact.said.as_str(), "true" | "free" | "everybody" | "open");
            object.insert(column.to_owned(), Value::from(is_said));
        }
        Some(Kind::Text) => {
            for (key, text) in attribute.as_object().into_iter().flatten() {
                if let Some(lang) = key.strip_prefix("value") {
                    object.insert(format!("{column}{lang}"), text.clone());
                }
            }
        }
        _ => {
            object.insert(column.to_owned(), Value::from(fact.said));
        }
    }
}

fn add(object: &mut Object, column: &str, code: String) {
    let list = object.entry(column).or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(list) = list {
        list.push(Value::from(code));
    }
}

/// Areas and languages that a service names by their codes.
fn areas_and_languages(service: Uuid, object: &mut Object) {
    let area = |area: &Value| {
        let mut attributes = area.get("attributes").and_then(Value::as_array).into_iter().flatten();
        let said = attributes.find_map(|attribute| fact(identifier(area.get("id"))?, attribute));
        said.map(|fact| fact.said)
            .or_else(|| area.get("name").and_then(Value::as_str).map(str::to_owned))
    };
    let language = |language: &Value| language.get("code").and_then(Value::as_str).map(str::to_owned);
    by_code(service, ("service_areas", "service_area", "osn_areas"), area, object);
    by_code(service, ("languages", "language", "osn_languages"), language, object);
}

fn by_code(
    owner: Uuid,
    (list, kind, column): (&str, &str, &str),
    code: impl Fn(&Value) -> Option<String>,
    object: &mut Object,
) {
    let Some(Value::Array(parts)) = object.remove(list) else {
        return;
    };
    let mut rest = Vec::new();
    for part in parts {
        let own = identifier(part.get("id"));
        match code(&part).filter(|code| own == Some(derived_id(owner, kind, code))) {
            Some(code) => add(object, column, code),
            None => rest.push(part),
        }
    }
    if !rest.is_empty() {
        object.insert(list.to_owned(), Value::Array(rest));
    }
}

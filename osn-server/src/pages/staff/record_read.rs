//! From what was typed into a record's form back to the record: fields of the form are replaced, everything else stays.

use std::collections::{BTreeMap, BTreeSet};

use osn_core::directory::{DirectoryRecord, Location, Organization, Service, ServiceAtLocation, derived_id};
use osn_core::id::{LocationId, ServiceId};
use osn_core::upkeep::RecordKind;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::record_form::{LANGUAGES, hung, links, offers, people, row_of, spoken};
use super::record_parts::in_words_of;
use super::record_places;
use crate::pages::chrome::Page;
use crate::pages::form::{Field, FormView};
use crate::pages::typed;
use crate::refusal::{FieldError, Outcome, Refusal};

/// Lists of entities, each row a few fields.
const LISTS: [&str; 13] = [
    "phones",
    "schedules",
    "required_documents",
    "addresses",
    "contacts",
    "cost_options",
    "accessibility",
    "organization_identifiers",
    "funding",
    "additional_websites",
    "additional_urls",
    "programs",
    "service_areas",
];

/// Languages that the form asks for.
const BOTH: &[&str] = &["el", "en"];
const GREEK: &[&str] = &["el"];

/// What the form asks of a row of a list, and of a text in which languages.
fn asked_of(list: &str) -> &'static [(&'static str, &'static [&'static str])] {
    match list {
        "phones" => &[("number", &[]), ("description", GREEK)],
        "schedules" => &[
            ("days", &[]),
            ("opens_at", &[]),
            ("closes_at", &[]),
            ("valid_from", &[]),
            ("valid_to", &[]),
            ("description", GREEK),
            (HOLIDAYS, &[]),
        ],
        "required_documents" => &[("document", BOTH)],
        "contacts" => &[("name", GREEK), ("title", GREEK), ("email", &[])],
        "cost_options" => &[("option", BOTH), ("amount", &[])],
        "accessibility" => &[("description", BOTH)],
        "organization_identifiers" => &[
            ("identifier_type", &[]),
            ("identifier", &[]),
            ("identifier_scheme", &[]),
        ],
        "funding" => &[("source", BOTH)],
        "additional_websites" | "additional_urls" => &[("url", &[]), ("label", GREEK)],
        "programs" | "service_areas" => &[("name", BOTH), ("description", GREEK)],
        _ => &[("address_1", &[]), ("postal_code", &[]), ("city", &[])],
    }
}

/// Whether hours hold on public holidays: says nothing where there are no hours.
const HOLIDAYS: &str = "public_holidays";

/// What was typed, laid over the record: fields of the form are replaced, everything else stays.
///
/// # Errors
/// What cannot be read, beside its field.
pub(super) fn read(p: &Page, form: &FormView, record: &Value, today: chrono::NaiveDate) -> Outcome<Value> {
    let (given, errors) = form.draft(p);
    if !errors.is_empty() {
        return Err(Refusal::invalid("request.invalid", errors));
    }
    let mut out = record.clone();
    let tops: Vec<String> = form
        .fields()
        .filter_map(|field| field.name.trim_start_matches('/').split('/').next().map(str::to_owned))
        .collect();
    for top in tops {
        let typed = given.get(&top);
        match top.as_str() {
            "places" => set(&mut out, "service_at_locations", chosen_places(record, typed)?),
            "free_places" => set_capacity(&mut out, &given, today)?,
            "all_places" | "at" => {}
            "spoken" => set(&mut out, "languages", languages(record, typed)),
            "terms" => set(&mut out, "attributes", attributes(form, record, typed)),
            list if LISTS.contains(&list) => {
                set(&mut out, list, entities(record, list, typed)?);
            }
            field => {
                let merged = texts(record.get(field), typed, BOTH);
                set(&mut out, field, merged);
            }
        }
    }
    record_places::read(&mut out, form, given.get("at"))?;
    Ok(out)
}

/// The languages of a place: those that the form does not ask about stay, with what was noted beside each.
fn languages(record: &Value, typed: Option<&Value>) -> Option<Value> {
    let chosen = typed.and_then(Value::as_array).into_iter().flatten();
    let chosen: Vec<&str> = chosen.filter_map(Value::as_str).collect();
    let before = record.get("languages").and_then(Value::as_array);
    let stays = |one: &&Value| {
        let code = one.get("code").and_then(Value::as_str);
        code.is_none_or(|code| !LANGUAGES.contains(&code) || chosen.contains(&code))
    };
    let mut all: Vec<Value> = before.into_iter().flatten().filter(stays).cloned().collect();
    let new = chosen
        .iter()
        .filter(|code| spoken(record).all(|(known, _)| known != **code));
    all.extend(new.map(|code| json!({ "id": derived_id(own_id(record), "language", code), "code": code })));
    (!all.is_empty()).then_some(Value::Array(all))
}

/// The record's own identifier.
fn own_id(record: &Value) -> Uuid {
    let own = record.get("id").and_then(Value::as_str);
    own.and_then(|id| id.parse().ok()).unwrap_or_default()
}

/// Attributes with the terms that were chosen: what the form does not ask about stays, with the values beside it.
fn attributes(form: &FormView, record: &Value, typed: Option<&Value>) -> Option<Value> {
    let chosen = typed.and_then(Value::as_object).into_iter().flat_map(Map::values);
    let chosen = chosen.filter_map(Value::as_array).flatten().filter_map(Value::as_str);
    let chosen: BTreeSet<&str> = chosen.collect();
    let is_asked = |term: &str| form.fields().any(|field| offers(field, term));
    let before = record.get("attributes").and_then(Value::as_array);
    let stays = |one: &&Value| {
        let term = one.get("taxonomy_term_id").and_then(Value::as_str);
        term.is_none_or(|term| !is_asked(term) || chosen.contains(term))
    };
    let mut all: Vec<Value> = before.into_iter().flatten().filter(stays).cloned().collect();
    let known: BTreeSet<&str> = hung(record).map(|(term, _)| term).collect();
    let new = chosen
        .into_iter()
        .filter(|term| is_asked(term) && !known.contains(term));
    let new = new.map(|term| json!({ "id": derived_id(own_id(record), "attribute", term), "taxonomy_term_id": term }));
    all.extend(new);
    (!all.is_empty()).then_some(Value::Array(all))
}

pub(super) fn set(out: &mut Value, field: &str, value: Option<Value>) {
    let Some(map) = out.as_object_mut() else { return };
    match value {
        Some(value) => map.insert(field.to_owned(), value),
        None => map.remove(field),
    };
}

/// A text keeps the languages that the form does not ask for.
pub(super) fn texts(before: Option<&Value>, typed: Option<&Value>, asked: &[&str]) -> Option<Value> {
    let is_text = |value: Option<&Value>| value.is_some_and(Value::is_object);
    if !is_text(before) && !is_text(typed) {
        return typed.cloned();
    }
    let mut all: Map<String, Value> = before.and_then(Value::as_object).cloned().unwrap_or_default();
    all.retain(|lang, _| !asked.contains(&lang.as_str()));
    all.extend(typed.and_then(Value::as_object).cloned().unwrap_or_default());
    (!all.is_empty()).then_some(Value::Object(all))
}

/// The rows of a list: those left without their first field go, new ones get an identifier that follows from the record.
pub(super) fn entities(record: &Value, list: &str, typed: Option<&Value>) -> Outcome<Option<Value>> {
    let before = record.get(list).and_then(Value::as_array);
    let own = own_id(record);
    // A row that is there and was left blank is looked at, too: the form may show nothing of it.
    let blank = json!({});
    let there = (0..before.map_or(0, Vec::len)).map(|row| (row, &blank));
    let mut numbered: BTreeMap<usize, &Value> = there.collect();
    let filled = typed.and_then(Value::as_object).into_iter().flatten();
    numbered.extend(filled.filter_map(|(key, row)| Some((row_of(key)?, row))));
    let mut items = Vec::new();
    for (row, given) in numbered {
        let old = before.and_then(|items| items.get(row)).and_then(Value::as_object);
        let Some(item) = entity(old, list, given, row)? else {
            continue;
        };
        let mut item = item;
        if !item.contains_key("id") {
            let taken = before.map_or(0, Vec::len);
            let key = format!("{list}/{taken}/{row}");
            // A row that went may have left its number to another.
            let fresh = (0..=taken)
                .map(|again| {
                    if again == 0 {
                        key.clone()
                    } else {
                        format!("{key}/{again}")
                    }
                })
                .map(|key| json!(derived_id(own, "typed", &key)))
                .find(|id| before.into_iter().flatten().all(|known| known.get("id") != Some(id)));
            item.insert("id".to_owned(), fresh.unwrap_or_default());
        }
        items.push(Value::Object(item));
    }
    Ok((!items.is_empty()).then_some(Value::Array(items)))
}

fn entity(
    old: Option<&Map<String, Value>>,
    list: &str,
    given: &Value,
    row: usize,
) -> Outcome<Option<Map<String, Value>>> {
    let mut item = old.cloned().unwrap_or_default();
    let Some(given) = given.as_object() else {
        return Ok(None);
    };
    let asked = asked_of(list);
    for (field, langs) in asked {
        let typed = given.get(*field);
        let value = match *field {
            "days" => {
                let days = typed.and_then(Value::as_array).filter(|days| !days.is_empty());
                let days = days.map(|days| days.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","));
                if days.is_some() && !item.contains_key("freq") {
                    item.insert("freq".to_owned(), json!("WEEKLY"));
                }
                put(&mut item, "byday", days.map(Value::from));
                continue;
            }
            "opens_at" | "closes_at" => match typed.and_then(Value::as_str) {
                Some(text) => {
                    Some(clock(text).ok_or_else(|| Refusal::field(&format!("/{list}/r{row}/{field}"), "typed-time"))?)
                }
                None => None,
            },
            field => texts(item.get(field), typed, langs),
        };
        put(&mut item, field, value);
    }
    if list == "cost_options" && item.contains_key("amount") {
        item.entry("currency").or_insert_with(|| json!("EUR"));
    }
    let says = asked.iter().filter(|(field, _)| *field != HOLIDAYS).any(|(field, _)| {
        given
            .get(*field)
            .is_some_and(|value| !value.is_null() && *value != json!([]))
    });
    // A row of which the form shows nothing was not emptied by anybody: it stays.
    let is_hidden = old.is_some_and(|old| !asked.iter().any(|(field, langs)| shows(old, field, langs)));
    Ok((says || is_hidden).then_some(item))
}

/// Whether a row has something to show in a field of the form.
fn shows(row: &Map<String, Value>, field: &str, langs: &[&str]) -> bool {
    let name = if field == "days" { "byday" } else { field };
    match row.get(name) {
        None | Some(Value::Null) => false,
        Some(Value::Object(texts)) => langs.iter().any(|lang| texts.contains_key(*lang)),
        Some(_) => field != HOLIDAYS,
    }
}

fn put(item: &mut Map<String, Value>, field: &str, value: Option<Value>) {
    match value {
        Some(value) => item.insert(field.to_owned(), value),
        None => item.remove(field),
    };
}

/// `9:00`, `09.00` as the record keeps it.
pub(super) fn clock(text: &str) -> Option<Value> {
    let time = chrono::NaiveTime::parse_from_str(&text.replace('.', ":"), "%H:%M").ok()?;
    Some(json!(time))
}

/// The places that were chosen: a link that was there keeps its hours and telephones.
fn chosen_places(record: &Value, typed: Option<&Value>) -> Outcome<Option<Value>> {
    let service: Option<ServiceId> = record.get("id").and_then(Value::as_str).and_then(|id| id.parse().ok());
    let mut items = Vec::new();
    for place in typed
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
    {
        let known = links(record)
            .find(|(known, _)| *known == place)
            .map(|(_, link)| link.clone());
        let item = match (known, service, place.parse::<LocationId>()) {
            (Some(link), ..) => link,
            (None, Some(service), Ok(place)) => {
                serde_json::to_value(ServiceAtLocation::linking(service, place)).map_err(Refusal::internal)?
            }
            _ => return Err(Refusal::field("/places", "unknown-option")),
        };
        items.push(item);
    }
    Ok((!items.is_empty()).then_some(Value::Array(items)))
}

/// Free and all places of the capacity that counts people; its day is today when a figure changed.
fn set_capacity(out: &mut Value, given: &Value, today: chrono::NaiveDate) -> Outcome<()> {
    let number = |name: &str| given.get(name).and_then(Value::as_u64);
    let (free, all) = (number("free_places"), number("all_places"));
    let before = people(out).cloned();
    let said = |value: &Value, field: &str| value.get(field).and_then(Value::as_u64);
    if let Some(before) = &before
        && said(before, "available") == free
        && said(before, "maximum") == all
    {
        return Ok(());
    }
    let id = before.as_ref().and_then(|before| before.get("id").cloned());
    let mut capacities: Vec<Value> = out
        .get("capacities")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    capacities.retain(|capacity| capacity.get("id") != id.as_ref());
    if let Some(free) = free {
        let own = own_id(out);
        let mut capacity = before.unwrap_or_else(|| {
            json!({
                "id": derived_id(own, "service_capacity", "people"),
                "unit": { "id": derived_id(own, "unit", "people"), "name": { "el": "θέση", "en": "place" } },
            })
        });
        set(&mut capacity, "available", Some(json!(free)));
        set(&mut capacity, "maximum", all.map(|all| json!(all)));
        set(&mut capacity, "updated", Some(json!(today)));
        capacities.push(capacity);
    } else if all.is_some() {
        return Err(Refusal::field("/free_places", "required"));
    }
    set(
        out,
        "capacities",
        (!capacities.is_empty()).then_some(Value::Array(capacities)),
    );
    Ok(())
}

/// The record of a document.
///
/// # Errors
/// The field that is not what it should be.
pub(super) fn record(kind: RecordKind, mut document: Value) -> Outcome<DirectoryRecord> {
    if let Some(map) = document.as_object_mut() {
        map.remove("record");
        for field in ["name", "description"] {
            let needed = kind == RecordKind::Organization || (kind == RecordKind::Service && field == "name");
            if needed {
                map.entry(field).or_insert(json!({}));
            }
        }
    }
    Ok(match kind {
        RecordKind::Organization => DirectoryRecord::Organization(typed::<Organization>(document)?),
        RecordKind::Location => DirectoryRecord::Location(typed::<Location>(document)?),
        RecordKind::Service => DirectoryRecord::Service(typed::<Service>(document)?),
    })
}

/// Errors beside the fields that the form has: what the rules say of a list stands at its first row.
pub(super) fn placed(form: &FormView, errors: &[FieldError]) -> Vec<FieldError> {
    let place = |error: &FieldError| {
        let known = form.fields().any(|field| field.name == error.path);
        let top = error.path.trim_start_matches('/').split('/').next().unwrap_or_default();
        let top = if top == "service_at_locations" { "places" } else { top };
        let last = error.path.rsplit('/').next().unwrap_or_default();
        let is_near = |field: &&Field| field.name.trim_start_matches('/').split('/').next() == Some(top);
        let near = || {
            let same = form.fields().filter(is_near);
            let mut named = same.filter(|field| field.name.split('/').any(|name| name == last));
            named.next().or_else(|| form.fields().find(is_near))
        };
        let path = if known {
            None
        } else {
            near().map(|field| field.name.clone())
        };
        in_words_of(form, error, path.unwrap_or_else(|| error.path.clone()))
    };
    errors.iter().map(place).collect()
}

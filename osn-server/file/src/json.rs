//! HSDS JSON: one document with a list for each kind of record, each with everything inside it; and JSON of HSDS from
//! elsewhere, single records, pages of an interface, lines.

mod answer;
mod tags;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::io::{BufReader, Read, Write};

use osn_core::directory::{Directory, derived_id};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use uuid::Uuid;

use crate::book::{Book, Known, Limits, Sheet};
use crate::cell;
use crate::fault::{Code, Fault};
use crate::flat::{Object, Terms, children, position_of, taxonomy_of};
use crate::tables::{Column, Kind, RECORDS, TABLES, position, table};
use crate::{HSDS_VERSION, WriteError};

/// The mark of a document that says everything about its records.
const WHOLE: &str = "osn_file";

/// Writes the mapping as one JSON document, one record after the other.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn write<W: Write>(
    directory: &Directory,
    mut out: W,
    mut progress: impl FnMut(usize),
) -> Result<(), WriteError> {
    let terms = Terms::of(directory);
    write!(out, "{{\"{WHOLE}\":1,\"version\":\"{HSDS_VERSION}\"")?;
    let mut list = None;
    for (done, record) in directory.records().enumerate() {
        let (Some(at), Value::Object(object)) = (position_of(&record), serde_json::to_value(&record)?) else {
            continue;
        };
        match list {
            Some(open) if open == at => out.write_all(b",\n")?,
            _ => {
                let end = if list.is_some() { "]" } else { "" };
                let name = table(at).map(|table| table.file).unwrap_or_default();
                write!(out, "{end},\n\"{name}\":[\n")?;
                list = Some(at);
            }
        }
        serde_json::to_writer(&mut out, &hsds(at, &object, &terms))?;
        progress(done.saturating_add(1));
    }
    out.write_all(if list.is_some() { b"]}\n" } else { b"}\n" })?;
    out.flush()?;
    Ok(())
}

/// An entity in HSDS's names.
fn hsds(at: usize, object: &Object, terms: &Terms) -> Object {
    let mut out = Object::new();
    for column in table(at).map(|table| table.columns).unwrap_or_default() {
        if let Some(value) = hsds_value(column, object, terms) {
            out.insert(column.name.to_owned(), value);
        }
        if let (Kind::Text, Some(Value::Object(texts))) = (column.kind, object.get(column.field)) {
            for (lang, text) in texts.iter().filter(|(lang, _)| lang.as_str() != "el") {
                out.insert(format!("{}@{lang}", column.name), text.clone());
            }
        }
        if let Kind::Part(part) = column.kind
            && let (Some(inner), Some(Value::Object(unit))) = (position(part), object.get(part))
        {
            out.insert(part.to_owned(), Value::Object(hsds(inner, unit, terms)));
        }
    }
    for (child, field) in children(at) {
        let list = object.get(field).and_then(Value::as_array).into_iter().flatten();
        let list: Vec<Value> = list
            .filter_map(|inner| Some(Value::Object(hsds(child, inner.as_object()?, terms))))
            .collect();
        if !list.is_empty() {
            out.insert(json_name(field).to_owned(), Value::Array(list));
        }
    }
    out
}

/// HSDS's name of a list of the core.
fn json_name(field: &str) -> &str {
    if field == "language_notes" { "languages" } else { field }
}

fn hsds_value(column: &Column, object: &Object, terms: &Terms) -> Option<Value> {
    let value = object.get(column.field);
    match column.kind {
        Kind::Link { .. } | Kind::Owner(_) | Kind::OwnerKind | Kind::Unused | Kind::Part(_) | Kind::Json => None,
        Kind::Derived => {
            (column.name == "osn_untyped" && !object.contains_key("address_type")).then(|| Value::from(true))
        }
        Kind::Text => {
            let text = cell::main_text(value?.as_object()?, column.required);
            (!text.is_empty()).then(|| Value::from(text))
        }
        Kind::Number => {
            let text = value?.as_str()?;
            let number: serde_json::Number = text.parse().ok()?;
            // What does not come back the same as a number stays a text.
            let exact = number.to_string() == text;
            Some(if exact {
                Value::Number(number)
            } else {
                Value::from(text)
            })
        }
        Kind::TaxonomyName => value.filter(|value| value.is_string()).cloned(),
        Kind::TaxonomyId => terms.taxonomy(&taxonomy_of(object)).map(Value::from),
        Kind::ParentTerm => terms.parent(object).map(Value::from),
        Kind::Choice(_) if column.name == "address_type" => {
            Some(value.cloned().unwrap_or_else(|| Value::from("physical")))
        }
        _ => value.cloned(),
    }
}

/// Reads a JSON document of whatever of these shapes into the book; `text` gives it from its start.
pub(crate) fn read<R: Read>(
    book: &mut Book,
    name: &str,
    text: impl Fn() -> std::io::Result<R>,
    limits: &Limits,
) -> Result<(), Fault> {
    let unread = |error: std::io::Error| Fault::file(name, Code::Broken, error);
    let broken = |error: serde_json::Error| Fault::file(name, Code::NotJson, error);
    let (langs, whole) = tags::look(BufReader::new(text().map_err(unread)?), WHOLE).map_err(unread)?;
    let mut reader = Reader::new(name, &langs, whole, *limits);
    let mut documents = serde_json::Deserializer::from_reader(BufReader::new(text().map_err(unread)?));
    loop {
        let read = Document(&mut reader).deserialize(&mut documents);
        if let Some(fault) = reader.fault.take() {
            return Err(fault);
        }
        read.map_err(broken)?;
        // Lines of JSON: one document after the other.
        if documents.end().is_ok() {
            break;
        }
    }
    reader.finish(book)
}

struct Reader {
    name: String,
    sheets: Vec<Sheet>,
    /// Records from elsewhere may stand in pieces in several places: they are put together first.
    pending: BTreeMap<(usize, String), Object>,
    /// Rows of units, by identifier.
    units: HashMap<String, usize>,
    whole: bool,
    limits: Limits,
    fault: Option<Fault>,
}

impl Reader {
    fn new(name: &str, langs: &BTreeSet<String>, whole: bool, limits: Limits) -> Self {
        Self {
            name: name.to_owned(),
            sheets: sheets(langs),
            pending: BTreeMap::new(),
            units: HashMap::new(),
            whole,
            limits,
            fault: None,
        }
    }

    /// One entity of a list, or a document that is one entity.
    fn entity(&mut self, list: Option<usize>, object: Object) {
        let Some(at) = list.or_else(|| guess(&object)) else {
            self.fault
                .get_or_insert_with(|| Fault::file(&self.name, Code::UnknownFormat, ""));
            return;
        };
        if let (Some("service_at_location"), Some(Value::Object(service))) =
            (table(at).map(|table| table.name), object.get("service"))
        {
            let mut service = service.clone();
            service.insert(
                "service_at_locations".to_owned(),
                Value::Array(vec![Value::Object(object)]),
            );
            self.entity(position("service"), service);
        } else if self.whole {
            self.row(at, &object, None);
        } else {
            self.piece(at, object);
        }
    }

    /// A record from elsewhere, and the records inside it.
    fn piece(&mut self, at: usize, mut object: Object) {
        answer::take_back(at, &mut object);
        if answer::stands_in(at, &object) {
            return;
        }
        for (key, target) in [
            ("organization", "organization"),
            ("location", "location"),
            ("taxonomy_detail", "taxonomy"),
        ] {
            if let Some(Value::Object(inner)) = object.remove(key) {
                let pointer = if key == "taxonomy_detail" {
                    "taxonomy_id".to_owned()
                } else {
                    format!("{key}_id")
                };
                if let Some(id) = inner.get("id") {
                    object.entry(pointer).or_insert_with(|| id.clone());
                }
                if let Some(at) = position(target) {
                    self.piece(at, inner);
                }
            }
        }
        if let Some(Value::Object(program)) = object.remove("program")
            && let (Some(id), Some(body)) = (program.get("id").cloned(), object.get("organization_id").cloned())
        {
            object.entry("program_id").or_insert(id);
            let mut owner = Object::new();
            owner.insert("id".to_owned(), body);
            owner.insert("programs".to_owned(), Value::Array(vec![Value::Object(program)]));
            if let Some(at) = position("organization") {
                self.piece(at, owner);
            }
        }
        let id = object.get("id").cloned();
        for (key, owner) in [("services", "organization_id"), ("locations", "organization_id")] {
            if at != position("organization").unwrap_or(usize::MAX) {
                break;
            }
            for inner in list(object.remove(key)) {
                let mut inner = inner;
                if let Some(id) = &id {
                    inner.entry(owner).or_insert_with(|| id.clone());
                }
                let target = if key == "services" { "service" } else { "location" };
                if let Some(at) = position(target) {
                    self.piece(at, inner);
                }
            }
        }
        object.values_mut().for_each(|value| self.inside(value));
        let Some(Value::String(id)) = id else {
            self.fault
                .get_or_insert_with(|| Fault::file(&self.name, Code::Missing, "id"));
            return;
        };
        let known = self.pending.entry((at, id)).or_default();
        for (key, value) in object {
            let better = known
                .get(&key)
                .is_none_or(|known| known.to_string().len() < value.to_string().len());
            if better {
                known.insert(key, value);
            }
        }
    }

    /// Records inside parts: places of links, terms of attributes.
    fn inside(&mut self, value: &mut Value) {
        match value {
            Value::Array(list) => list.iter_mut().for_each(|value| self.inside(value)),
            Value::Object(object) => {
                for (key, target) in [("location", "location"), ("taxonomy_term", "taxonomy_term")] {
                    if let Some(Value::Object(inner)) = object.remove(key) {
                        if let Some(id) = inner.get("id") {
                            object.entry(format!("{key}_id")).or_insert_with(|| id.clone());
                        }
                        if let Some(at) = position(target) {
                            self.piece(at, inner);
                        }
                    }
                }
                object.values_mut().for_each(|value| self.inside(value));
            }
            _ => {}
        }
    }

    fn row(&mut self, at: usize, object: &Object, owner: Option<(usize, &str, usize)>) {
        let Some(described) = table(at) else { return };
        let id = match object.get("id").and_then(Value::as_str) {
            Some(id) => id.to_owned(),
            None => owner
                .and_then(|(_, owner, index)| {
                    Some(derived_id(
                        Uuid::parse_str(owner).ok()?,
                        &format!("file/{}", described.name),
                        &index.to_string(),
                    ))
                })
                .map(|id| id.to_string())
                .unwrap_or_default(),
        };
        let Some(sheet) = self.sheets.get(at) else { return };
        let mut cells = Vec::with_capacity(sheet.known.len());
        for known in &sheet.known {
            let Some(column) = described.columns.get(known.column) else {
                continue;
            };
            let said = self.said(column, known.lang.as_deref(), object, owner);
            let blank = self.whole || column.kind == Kind::Id;
            cells.push(match column.kind {
                Kind::Id => Some(id.clone()),
                _ => said.or_else(|| blank.then(String::new)),
            });
        }
        let parts: Vec<(usize, Object)> = described
            .columns
            .iter()
            .filter_map(|column| match column.kind {
                Kind::Part(part) => Some((position(part)?, object.get(part)?.as_object()?.clone())),
                _ => None,
            })
            .collect();
        for (at, unit) in parts {
            self.unit(at, &unit, &mut cells);
        }
        let limits = self.limits;
        if let Some(sheet) = self.sheets.get_mut(at) {
            let number = u32::try_from(sheet.len().saturating_add(1)).unwrap_or(u32::MAX);
            let pushed = sheet.push(number, cells.iter().map(Option::as_deref), &limits);
            if let Err(fault) = pushed {
                self.fault.get_or_insert(fault);
            }
        }
        for (child, field) in children(at) {
            let inner = object
                .get(json_name(field))
                .and_then(Value::as_array)
                .into_iter()
                .flatten();
            for (index, inner) in inner.enumerate() {
                if let Value::Object(inner) = inner {
                    self.row(child, inner, Some((at, &id, index)));
                }
            }
        }
    }

    /// The text of a cell for a field of HSDS's.
    fn said(
        &self,
        column: &Column,
        lang: Option<&str>,
        object: &Object,
        owner: Option<(usize, &str, usize)>,
    ) -> Option<String> {
        let owner_name = owner.and_then(|(at, _, _)| table(at)).map(|table| table.name);
        let plain = |name: &str| {
            object
                .get(name)
                .filter(|value| !value.is_null())
                .map(|value| cell::write(column.kind, value))
        };
        match (column.kind, owner) {
            (Kind::Link { parent, .. }, Some((_, id, _))) => Some(if owner_name == Some(parent) {
                id.to_owned()
            } else {
                String::new()
            }),
            (Kind::Owner(_), Some((_, id, _))) => Some(id.to_owned()),
            (Kind::OwnerKind, Some(_)) => owner_name.map(str::to_owned),
            (Kind::Part(part), _) => {
                let inner = object.get(part).and_then(|part| part.get("id")).and_then(Value::as_str);
                inner.map(str::to_owned).or_else(|| plain(column.name))
            }
            (Kind::Text, _) => {
                plain(&lang.map_or_else(|| column.name.to_owned(), |lang| format!("{}@{lang}", column.name)))
            }
            _ if matches!(column.name, "osn_link_entity" | "osn_resource_id" | "osn_resource_type") && !self.whole => {
                plain(column.name.trim_start_matches("osn_"))
            }
            _ => plain(column.name),
        }
    }

    /// A unit stands in its own table, once; one that says something else stays with its capacity.
    fn unit(&mut self, at: usize, unit: &Object, cells: &mut [Option<String>]) {
        let Some(sheet) = self.sheets.get(at) else { return };
        let id = unit.get("id").and_then(Value::as_str).unwrap_or_default();
        let Some(first) = self.units.get(id).copied() else {
            self.units.insert(id.to_owned(), sheet.len());
            self.row(at, unit, None);
            return;
        };
        let line = sheet.line(first);
        let same = (0..sheet.known.len()).all(|known| {
            let column = sheet.column(known);
            let lang = sheet.known.get(known).and_then(|known| known.lang.as_deref());
            let said = column
                .and_then(|column| self.said(column, lang, unit, None))
                .unwrap_or_default();
            line.cell(known).unwrap_or_default() == said
        });
        if same && !unit.contains_key("attributes") && !unit.contains_key("metadata") {
            return;
        }
        let mut core = Object::new();
        let mut name = Object::new();
        for (key, value) in unit {
            match key.split_once('@') {
                Some(("name", lang)) => {
                    name.insert(lang.to_owned(), value.clone());
                }
                None if key == "name" => {
                    let text = value.as_str().unwrap_or_default();
                    let (lang, text) = cell::tagged(text).unwrap_or(("el", text));
                    name.insert(lang.to_owned(), Value::from(text));
                }
                _ => {
                    core.insert(key.clone(), value.clone());
                }
            }
        }
        core.insert("name".to_owned(), Value::Object(name));
        if let Some(last) = cells.last_mut() {
            *last = Some(Value::Object(core).to_string());
        }
    }

    fn finish(mut self, book: &mut Book) -> Result<(), Fault> {
        if !self.whole {
            // Which languages they speak is known when all are read.
            let mut langs = BTreeSet::from(["en".to_owned()]);
            self.pending
                .values()
                .for_each(|object| tags::spoken(object, &mut langs));
            self.sheets = sheets(&langs);
        }
        for ((at, _), object) in std::mem::take(&mut self.pending) {
            self.row(at, &object, None);
        }
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        book.silent_lists |= !self.whole;
        book.elsewhere |= !self.whole;
        // A document that says everything says also that there is none of something.
        let sheets = self.sheets.into_iter().filter(|sheet| self.whole || !sheet.is_empty());
        sheets.for_each(|sheet| book.add(sheet));
        Ok(())
    }
}

/// The tables, with a column for each language of a text.
fn sheets(langs: &BTreeSet<String>) -> Vec<Sheet> {
    let sheets = TABLES.iter().enumerate().map(|(at, table)| {
        let mut known = Vec::new();
        for (column, described) in table.columns.iter().enumerate() {
            known.push(Known {
                column,
                lang: None,
                at: usize::MAX,
            });
            let more = langs.iter().filter(|_| described.kind == Kind::Text);
            known.extend(more.map(|lang| Known {
                column,
                lang: Some(lang.clone()),
                at: usize::MAX,
            }));
        }
        Sheet::new(table.name, at, known).plain()
    });
    sheets.collect()
}

fn list(value: Option<Value>) -> Vec<Object> {
    match value {
        Some(Value::Array(list)) => list
            .into_iter()
            .filter_map(|value| match value {
                Value::Object(object) => Some(object),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// The table of an entity that stands alone, by the keys that only it has.
fn guess(object: &Object) -> Option<usize> {
    let has = |key: &str| object.contains_key(key);
    let name = if has("service") && has("location") {
        "service_at_location"
    } else if has("location_type") {
        "location"
    } else if has("status") {
        "service"
    } else if has("taxonomy_detail") || has("taxonomy_id") || has("parent_id") || has("term_uri") {
        "taxonomy_term"
    } else if has("version") && has("name") && !has("website") || answer::is_taxonomy(object) {
        "taxonomy"
    } else if has("name") && has("description") {
        "organization"
    } else {
        return None;
    };
    position(name)
}

/// A document: an object with lists, a page, an entity, or a list of entities.
struct Document<'r>(&'r mut Reader);

impl<'de> DeserializeSeed<'de> for Document<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Document<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a list of HSDS")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(object) = seq.next_element::<Object>()? {
            self.0.entity(None, object);
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut alone = Object::new();
        while let Some(key) = map.next_key::<String>()? {
            // `services` of a document is a list of records; `services` of a body stands beside its name.
            let named = TABLES.iter().take(RECORDS).position(|table| table.file == key);
            match (named, key.as_str()) {
                (Some(at), _) if !alone.contains_key("id") => map.next_value_seed(List(self.0, Some(at)))?,
                (None, "contents") => map.next_value_seed(List(self.0, None))?,
                (None, WHOLE) => {
                    map.next_value::<IgnoredAny>()?;
                }
                _ => {
                    alone.insert(key, map.next_value()?);
                }
            }
        }
        if alone.contains_key("id") {
            self.0.entity(None, alone);
        }
        Ok(())
    }
}

/// The records of a list, one after the other.
struct List<'r>(&'r mut Reader, Option<usize>);

impl<'de> DeserializeSeed<'de> for List<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(object) = seq.next_element::<Object>()? {
            self.0.entity(self.1, object);
        }
        Ok(())
    }
}

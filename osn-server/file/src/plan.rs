//! What a file would do to the mapping: added, changed, removed, untouched; or what is wrong with it. Nothing in between.

use std::collections::{BTreeMap, BTreeSet};

use osn_core::directory::{Directory, DirectoryError, DirectoryRecord, Rule, Taxonomy};
use osn_core::time::Instant;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::book::Book;
use crate::build::{Builder, Options, Origins, known};
use crate::fault::{Code, Fault, short};
use crate::tables::{RECORDS, table};

/// One field that says something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// The field of the record; the English text of `name` is `name@en`.
    pub field: String,
    /// What it says; short.
    pub before: String,
    /// What it will say; short.
    pub after: String,
}

/// A record that says something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What it says.
    pub before: DirectoryRecord,
    /// What it will say.
    pub record: DirectoryRecord,
    /// The fields that differ.
    pub fields: Vec<FieldChange>,
}

/// What a file would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// New records.
    pub added: Vec<DirectoryRecord>,
    /// Records that say something else.
    pub changed: Vec<Change>,
    /// Records that the file, which is complete, does not have any more.
    pub removed: Vec<DirectoryRecord>,
    /// Records of the file that say the same.
    pub untouched: usize,
}

impl Plan {
    /// Whether it would do nothing.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty()
    }

    /// The records to write.
    pub fn written(&self) -> impl Iterator<Item = &DirectoryRecord> {
        self.added
            .iter()
            .chain(self.changed.iter().map(|change| &change.record))
    }
}

/// A plan, or what keeps the file out; with what a person should look at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Planned {
    /// What it would do; empty where there is a fault.
    pub plan: Plan,
    /// What keeps the file out.
    pub faults: Vec<Fault>,
    /// What a person should look at.
    pub notes: Vec<Fault>,
}

/// Works out what a file would do to the mapping.
pub fn plan(book: &Book, existing: &Directory, options: Options, now: Instant) -> Planned {
    plan_knowing(book, existing, &BTreeMap::new(), options, now)
}

/// The same with the records that were found to be others: each with the one that stands for it. A file that is older than
/// the finding must not bring them back.
pub fn plan_knowing(
    book: &Book,
    existing: &Directory,
    merged: &BTreeMap<Uuid, Uuid>,
    options: Options,
    now: Instant,
) -> Planned {
    let expanded;
    let book = if book.simple.is_empty() {
        book
    } else {
        expanded = crate::simple::expand(book, existing, options.namespace);
        &expanded
    };
    let mut builder = Builder::new(book, existing, options);
    let mut plan = Plan::default();
    builder.records(|_, record| match before(existing, &record) {
        None => plan.added.push(record),
        Some(before) if before == record => plan.untouched = plan.untouched.saturating_add(1),
        Some(before) => plan.changed.push(Change {
            fields: differences(&before, &record),
            before,
            record,
        }),
    });
    if options.complete {
        plan.removed = removed(book, existing, &builder);
    }
    let returned = plan.added.iter().filter_map(|record| {
        let into = merged.get(&record.uuid())?;
        let (at, row) = builder.origins.get(&record.uuid())?;
        let sheet = book.sheet(*at)?;
        Some(sheet.wrong_in(*row, "id", Code::Merged, &into.to_string()))
    });
    let returned: Vec<Fault> = returned.collect();
    let mut faults = [book.faults.clone(), std::mem::take(&mut builder.faults), returned].concat();
    if faults.is_empty() && !plan.is_empty() {
        faults = contradictions(book, existing, &plan, &builder.origins, now);
    }
    if !faults.is_empty() {
        plan = Plan::default();
    }
    let notes = [book.notes.clone(), builder.notes].concat();
    Planned { plan, faults, notes }
}

fn before(existing: &Directory, record: &DirectoryRecord) -> Option<DirectoryRecord> {
    known(existing, crate::flat::position_of(record)?, record.uuid())
}

fn removed(book: &Book, existing: &Directory, builder: &Builder<'_>) -> Vec<DirectoryRecord> {
    let present: BTreeMap<&str, BTreeSet<Uuid>> = (0..RECORDS)
        .filter(|at| book.sheet(*at).is_some())
        .filter_map(|at| Some((table(at)?.name, builder.present(at))))
        .collect();
    let gone = |record: &DirectoryRecord| {
        let name = record.kind().replace('-', "_");
        present
            .get(name.as_str())
            .is_some_and(|present| !present.contains(&record.uuid()))
    };
    existing.records().filter(gone).collect()
}

/// The fields in which two versions of a record differ.
pub fn differences(before: &DirectoryRecord, after: &DirectoryRecord) -> Vec<FieldChange> {
    let object = |record| match serde_json::to_value(record) {
        Ok(Value::Object(object)) => object,
        Ok(_) | Err(_) => serde_json::Map::new(),
    };
    let (before, after) = (object(before), object(after));
    let fields: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let changed = fields
        .into_iter()
        .filter(|field| before.get(*field) != after.get(*field));
    changed
        .flat_map(|field| field_changes(field, before.get(field), after.get(field)))
        .collect()
}

/// What a field said and says; of a text in languages, each language that differs.
fn field_changes(field: &str, before: Option<&Value>, after: Option<&Value>) -> Vec<FieldChange> {
    let change = |field: String, before: Option<&Value>, after: Option<&Value>| FieldChange {
        field,
        before: shown(before),
        after: shown(after),
    };
    let (Some(was), Some(is)) = (languages_of(before), languages_of(after)) else {
        return vec![change(field.to_owned(), before, after)];
    };
    let languages: BTreeSet<&String> = was.keys().chain(is.keys()).copied().collect();
    let named = |lang: &str| match lang {
        "el" => field.to_owned(),
        lang => format!("{field}@{lang}"),
    };
    languages
        .into_iter()
        .filter(|lang| was.get(*lang) != is.get(*lang))
        .map(|lang| change(named(lang), was.get(lang).copied(), is.get(lang).copied()))
        .collect()
}

/// The texts of a value that is a text in languages, or nothing at all.
fn languages_of(value: Option<&Value>) -> Option<BTreeMap<&String, &Value>> {
    match value {
        None => Some(BTreeMap::new()),
        Some(Value::Object(texts)) if texts.values().all(Value::is_string) => Some(texts.iter().collect()),
        Some(_) => None,
    }
}

/// A value in short, as a person reads it.
fn shown(value: Option<&Value>) -> String {
    match value {
        None => String::new(),
        Some(Value::String(text)) => short(text),
        Some(Value::Array(list)) if list.iter().all(Value::is_string) => {
            let texts: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
            short(&texts.join(", "))
        }
        Some(value) => short(&value.to_string()),
    }
}

/// What the mapping would say against itself.
fn contradictions(book: &Book, existing: &Directory, plan: &Plan, origins: &Origins, now: Instant) -> Vec<Fault> {
    let gone: BTreeSet<Uuid> = plan
        .removed
        .iter()
        .chain(plan.written())
        .map(DirectoryRecord::uuid)
        .collect();
    let stays = existing.records().filter(|record| !gone.contains(&record.uuid()));
    let after = Directory::new(now, stays.chain(plan.written().cloned()));
    let problems = after.problems();
    let mut terms: BTreeMap<&str, Uuid> = BTreeMap::new();
    for term in after.all_terms() {
        terms.insert(term.code.as_str(), term.id.uuid());
    }
    problems
        .iter()
        .map(|problem| placed(book, origins, &terms, problem))
        .collect()
}

/// A contradiction at the cell that says it.
fn placed(book: &Book, origins: &Origins, terms: &BTreeMap<&str, Uuid>, problem: &DirectoryError) -> Fault {
    let (record, code, field, value) = said(problem);
    let name = record.rsplit(' ').next().unwrap_or_default();
    let id = Uuid::parse_str(name).ok().or_else(|| terms.get(name).copied());
    let place = id
        .and_then(|id| origins.get(&id))
        .and_then(|(at, row)| Some((book.sheet(*at)?, *row)));
    let value = if value.is_empty() { field.clone() } else { value };
    match place {
        Some((sheet, row)) => {
            let first = field.split('.').next().unwrap_or(&field);
            let columns = sheet.described().columns.iter();
            let column = columns
                .clone()
                .find(|column| column.field == first)
                .map(|column| column.name);
            sheet.wrong_in(row, column.unwrap_or(first), code, &value)
        }
        None => Fault::file(record, code, value),
    }
}

/// The record, the code, the field and the value of a contradiction.
fn said(problem: &DirectoryError) -> (&str, Code, String, String) {
    match problem {
        DirectoryError::UnknownTerm { record, taxonomy, code } => {
            let field = match (taxonomy, record.split(' ').next()) {
                (_, Some("term")) => "parent",
                (Taxonomy::Category, _) => "categories",
                (Taxonomy::BeneficiaryGroup, _) => "groups",
                (Taxonomy::Area, Some("location")) => "area",
                (Taxonomy::Area | Taxonomy::Other(_), _) => "areas",
            };
            (record, Code::UnknownTerm, field.to_owned(), code.to_string())
        }
        DirectoryError::UnknownRecord { record, kind, id } => (
            record,
            Code::UnknownReference,
            format!("{}_id", kind.replace('-', "_")),
            id.clone(),
        ),
        DirectoryError::Circle { record } => (record, Code::Circle, "parent_organization_id".to_owned(), String::new()),
        DirectoryError::DuplicateCode { record, code } => {
            (record, Code::DuplicateCode, "code".to_owned(), code.to_string())
        }
        DirectoryError::MissingText { record, field } => {
            (record, Code::GreekMissing, (*field).to_owned(), String::new())
        }
        DirectoryError::BackwardsAges { record, .. } => {
            (record, Code::BackwardsAges, "minimum_age".to_owned(), String::new())
        }
        DirectoryError::ExposedProtectedPlace { record } => {
            (record, Code::Exposed, "protected".to_owned(), String::new())
        }
        DirectoryError::Invalid { record, field, rule } => (record, broken(*rule), field.clone(), String::new()),
    }
}

fn broken(rule: Rule) -> Code {
    match rule {
        Rule::TooLong => Code::TooLong,
        Rule::ControlCharacters => Code::ControlCharacters,
        Rule::InvalidUri => Code::InvalidUri,
        Rule::InvalidEmail => Code::InvalidEmail,
        Rule::ImpossibleCoordinates => Code::ImpossibleCoordinates,
        Rule::InvalidRecurrence => Code::InvalidRecurrence,
        Rule::BackwardsPeriod => Code::BackwardsPeriod,
        Rule::Negative => Code::Negative,
        Rule::ImpossibleAge => Code::ImpossibleAge,
        Rule::InvalidCode => Code::InvalidCode,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_difference_is_said_for_each_language_and_in_plain_words() {
        let check = |before: Value, after: Value, wanted: &[(&str, &str, &str)]| {
            let said = |value: &Value| Some(value.clone()).filter(|value| !value.is_null());
            let (before, after) = (said(&before), said(&after));
            let found = field_changes("name", before.as_ref(), after.as_ref());
            let found: Vec<(&str, &str, &str)> = found
                .iter()
                .map(|change| (change.field.as_str(), change.before.as_str(), change.after.as_str()))
                .collect();
            assert_eq!(found, wanted);
        };
        check(
            json!({ "el": "Α", "en": "A" }),
            json!({ "el": "Β", "en": "A" }),
            &[("name", "Α", "Β")],
        );
        check(
            json!({ "el": "Α" }),
            json!({ "el": "Α", "en": "A" }),
            &[("name@en", "", "A")],
        );
        check(
            Value::Null,
            json!({ "el": "Α", "fr": "a" }),
            &[("name", "", "Α"), ("name@fr", "", "a")],
        );
        check(json!(["a", "b"]), json!(["b"]), &[("name", "a, b", "b")]);
        check(json!(7), Value::Null, &[("name", "7", "")]);
        check(json!([{ "id": 1 }]), json!([]), &[("name", "[{\"id\":1}]", "")]);
    }
}

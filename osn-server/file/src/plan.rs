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
    /// The field of the record.
    pub field: String,
    /// What it says; short.
    pub before: String,
    /// What it will say; short.
    pub after: String,
}

/// A record that says something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
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
            record,
        }),
    });
    if options.complete {
        plan.removed = removed(book, existing, &builder);
    }
    let mut faults = [book.faults.clone(), std::mem::take(&mut builder.faults)].concat();
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
    let shown = |value: Option<&Value>| match value {
        None => String::new(),
        Some(Value::String(text)) => short(text),
        Some(value) => short(&value.to_string()),
    };
    let changed = fields
        .into_iter()
        .filter(|field| before.get(*field) != after.get(*field));
    changed
        .map(|field| FieldChange {
            field: field.clone(),
            before: shown(before.get(field)),
            after: shown(after.get(field)),
        })
        .collect()
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

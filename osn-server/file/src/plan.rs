//! What a file would do to the mapping: added, changed, removed, untouched; or what is wrong with it. Nothing in between.

use std::collections::{BTreeMap, BTreeSet};

use osn_core::directory::{
    Directory, DirectoryError, DirectoryRecord, Rule, Successor, Taxonomy, Unfollowable, unfollowable,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::book::Book;
use crate::build::{Builder, Options, known};
use crate::fault::{Code, Fault, Faults, short};
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

/// What a file does to one record.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "a step is looked at and gone")]
pub enum Step {
    /// A new record.
    Added(DirectoryRecord),
    /// A record that says something else.
    Changed(Change),
    /// A record that the file, which is complete, does not have any more.
    Removed(DirectoryRecord),
}

/// What is said of a plan beside its steps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// What keeps the file out: then none of the steps counts.
    pub faults: Faults,
    /// What a person should look at.
    pub notes: Faults,
    /// Records of the file that say the same.
    pub untouched: usize,
}

/// Works out what a file would do to the mapping, all of it at once: for a file of which one knows that it is small.
pub fn plan(book: &Book, existing: &Directory, options: Options) -> Planned {
    let mut plan = Plan::default();
    let verdict = steps(book, existing, &BTreeMap::new(), options, |step| match step {
        Step::Added(record) => plan.added.push(record),
        Step::Changed(change) => plan.changed.push(change),
        Step::Removed(record) => plan.removed.push(record),
    });
    if verdict.faults.is_empty() {
        plan.untouched = verdict.untouched;
    } else {
        plan = Plan::default();
    }
    Planned {
        plan,
        faults: verdict.faults.into_list(),
        notes: verdict.notes.into_list(),
    }
}

/// The same step by step, in the order of the tables: what a file does to a large city is never held at once. Whether any of
/// it counts is known at the end. `merged` are the records that were found to be others, each with the one that stands for
/// it: a file that is older than the finding must not bring them back.
pub fn steps(
    book: &Book,
    existing: &Directory,
    merged: &BTreeMap<Uuid, Uuid>,
    options: Options,
    mut see: impl FnMut(Step),
) -> Verdict {
    let expanded;
    let book = if book.simple.is_empty() {
        book
    } else {
        expanded = crate::simple::expand(book, existing, options.namespace);
        &expanded
    };
    let mut builder = Builder::new(book, existing, options);
    let mut after = After::new(existing);
    let mut untouched = 0_usize;
    let (mut returned, mut ahead) = (Faults::default(), Faults::default());
    let (mut outside, mut unreadable) = (Faults::default(), Faults::default());
    builder.records(|builder, record| {
        let before = before(existing, &record);
        if before.as_ref() == Some(&record) {
            untouched = untouched.saturating_add(1);
            return;
        }
        if before.is_none()
            && let Some(into) = merged.get(&record.uuid())
            && let Some((sheet, row)) = builder.origin(record.uuid())
        {
            returned.push(sheet.wrong_in(row, "id", Code::Merged, &into.to_string()));
        }
        if let DirectoryRecord::Service(service) = &record
            && let Some(day) = service
                .assured_date
                .filter(|day| options.today.is_some_and(|today| *day > today))
            && let Some((sheet, row)) = builder.origin(record.uuid())
        {
            ahead.push(sheet.wrong_in(row, "assured_date", Code::ConfirmedAhead, &day.to_string()));
        }
        if let DirectoryRecord::Location(place) = &record
            && options.bounds.is_some_and(|bounds| bounds.is_outside(place))
            && let Some((sheet, row)) = builder.origin(record.uuid())
        {
            outside.push(sheet.wrong_in(row, "latitude", Code::Outside, ""));
        }
        unreadable.extend(unfollowable(&record).iter().map(|told| unread(builder, &record, told)));
        after.written(&record, || gone(book, existing, builder, options));
        see(match before {
            None => Step::Added(record),
            Some(before) => Step::Changed(Change {
                fields: differences(&before, &record),
                before,
                record,
            }),
        });
    });
    for record in gone(book, existing, &builder, options) {
        after.removed(&record);
        see(Step::Removed(record));
    }
    let mut faults = book.faults.clone();
    faults.join(std::mem::take(&mut builder.faults));
    faults.join(returned);
    faults.join(ahead);
    if faults.is_empty() {
        faults = after.contradictions(book, &builder);
    }
    faults.extend(book.lost());
    let mut notes = book.notes.clone();
    notes.join(builder.notes);
    notes.join(outside);
    notes.join(unreadable);
    Verdict {
        faults,
        notes,
        untouched,
    }
}

/// The mapping as it would be, for what it would say against itself.
struct After<'d> {
    existing: &'d Directory,
    /// What is written and neither a place nor a service; their tables come last.
    ground: Vec<DirectoryRecord>,
    gone: Vec<Uuid>,
    successor: Option<Successor>,
}

impl<'d> After<'d> {
    fn new(existing: &'d Directory) -> Self {
        Self {
            existing,
            ground: Vec::new(),
            gone: Vec::new(),
            successor: None,
        }
    }

    fn written<I: Iterator<Item = DirectoryRecord>>(&mut self, record: &DirectoryRecord, gone: impl FnOnce() -> I) {
        if !matches!(record, DirectoryRecord::Location(_) | DirectoryRecord::Service(_)) {
            self.ground.push(record.clone());
            return;
        }
        let (existing, ground) = (self.existing, &mut self.ground);
        let after = self.successor.get_or_insert_with(|| {
            let gone = gone().map(|record| record.uuid());
            Successor::new(existing, std::mem::take(ground), gone)
        });
        match record {
            DirectoryRecord::Location(place) => after.place(existing, place),
            DirectoryRecord::Service(service) => after.service(existing, service),
            _ => {}
        }
    }

    fn removed(&mut self, record: &DirectoryRecord) {
        match (&mut self.successor, record) {
            (Some(after), DirectoryRecord::Service(service)) => after.without(service.id),
            (Some(_), _) => {}
            (None, _) => self.gone.push(record.uuid()),
        }
    }

    fn contradictions(self, book: &Book, builder: &Builder<'_>) -> Faults {
        let existing = self.existing;
        let (ground, gone) = (self.ground, self.gone);
        let after = self.successor.unwrap_or_else(|| Successor::new(existing, ground, gone));
        let terms = after.ground(existing).all_terms();
        let terms: BTreeMap<String, Uuid> = terms.map(|term| (term.code.to_string(), term.id.uuid())).collect();
        let judged = after.judged(existing);
        let mut faults = Faults::default();
        let listed = judged.problems.iter();
        faults.extend(listed.map(|problem| placed(builder, &terms, problem)));
        // What was only counted is nearly always about services: their rows are nearly all of a file.
        let services = book.sheets.iter().find(|sheet| sheet.described().name == "service");
        faults.count(services.map_or("", |sheet| sheet.name.as_str()), judged.more);
        faults
    }
}

fn before(existing: &Directory, record: &DirectoryRecord) -> Option<DirectoryRecord> {
    known(existing, crate::flat::position_of(record)?, record.uuid())
}

/// The records that a complete file does not have any more.
fn gone<'d>(
    book: &Book,
    existing: &'d Directory,
    builder: &'d Builder<'_>,
    options: Options,
) -> impl Iterator<Item = DirectoryRecord> + use<'d> {
    let tables = (0..RECORDS).filter(|at| options.complete && book.sheet(*at).is_some());
    let tables: BTreeMap<String, usize> = tables
        .filter_map(|at| Some((table(at)?.name.replace('_', "-"), at)))
        .collect();
    let records = (!tables.is_empty()).then(|| existing.records());
    records.into_iter().flatten().filter(move |record| {
        let table = tables.get(record.kind());
        table.is_some_and(|at| !builder.is_present(*at, record.uuid()))
    })
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

/// A recurrence that nobody can follow, at its cell; where hours have no rows of their own, at the row of their record.
fn unread(builder: &Builder<'_>, record: &DirectoryRecord, told: &Unfollowable) -> Fault {
    in_part(builder, told.schedule, &told.path, told.rule).unwrap_or_else(|| match builder.origin(record.uuid()) {
        Some((sheet, row)) => sheet.wrong_in(row, "schedules", broken(told.rule), &told.path),
        None => Fault::file(record.kind(), broken(told.rule), told.path.clone()),
    })
}

/// What is wrong inside a part of a record, at the cell of its own row; `None` where it has none in the file.
fn in_part(builder: &Builder<'_>, part: Uuid, field: &str, rule: Rule) -> Option<Fault> {
    let (sheet, row) = builder.row_of_part(part)?;
    let last = field.rsplit('.').next().unwrap_or(field);
    let column = sheet.described().columns.iter().find(|column| column.field == last)?;
    Some(sheet.wrong_in(row, column.name, broken(rule), field))
}

/// A contradiction at the cell that says it.
fn placed(builder: &Builder<'_>, terms: &BTreeMap<String, Uuid>, problem: &DirectoryError) -> Fault {
    if let DirectoryError::Invalid {
        part: Some(part),
        field,
        rule,
        ..
    } = problem
        && let Some(fault) = in_part(builder, *part, field, *rule)
    {
        return fault;
    }
    let (record, code, field, value) = said(problem);
    let name = record.rsplit(' ').next().unwrap_or_default();
    let id = Uuid::parse_str(name).ok().or_else(|| terms.get(name).copied());
    let place = id.and_then(|id| builder.origin(id));
    let value = if value.is_empty() { field.clone() } else { value };
    match place {
        Some((sheet, row)) => {
            let first = field.split('.').next().unwrap_or(&field);
            let columns = sheet.described().columns.iter();
            let column = columns.clone().find(|column| column.field == first);
            let column = column
                .map(|column| column.name)
                .filter(|name| sheet.find(name).is_some());
            // HSDS names what stands above a term by its identifier, we by its code.
            let column = column.or_else(|| (first == "parent").then_some("parent_id"));
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
        DirectoryError::Circle { record } => {
            let field = match record.split(' ').next() {
                Some("term") => "parent",
                _ => "parent_organization_id",
            };
            (record, Code::Circle, field.to_owned(), String::new())
        }
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
        DirectoryError::Invalid {
            record, field, rule, ..
        } => (record, broken(*rule), field.clone(), String::new()),
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
        Rule::IncompleteRecurrence => Code::IncompleteRecurrence,
        Rule::ContradictoryRecurrence => Code::ContradictoryRecurrence,
        Rule::BackwardsPeriod => Code::BackwardsPeriod,
        Rule::Negative => Code::Negative,
        Rule::ImpossibleAge => Code::ImpossibleAge,
        Rule::InvalidCode => Code::InvalidCode,
        Rule::TellsWhere => Code::TellsWhere,
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

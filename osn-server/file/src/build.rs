//! Rows back to records: identifiers, what hangs on what, and each cell read into the field that it stands for.
//!
//! A record that is known keeps what the file does not speak of: a column that is not there, a table that is not there.

mod terms;

use std::collections::HashMap;
use std::ops::Range;

use chrono::NaiveDate;
use osn_core::directory::{BoundingBox, Directory, DirectoryRecord, WHEREABOUTS, derived_id};
use osn_core::id::LocationId;
use serde_json::Value;
use uuid::Uuid;

use crate::book::{Book, Sheet};
use crate::cell;
use crate::fault::{Code, Faults};
use crate::flat::{Object, children};
use crate::ids::Ids;
use crate::tables::{Column, Kind, RECORDS, TABLES, position, table};

/// How a file is taken.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// In whose name identifiers are derived: the municipality's.
    pub namespace: Uuid,
    /// Rows that point at nothing are left out with a note, instead of keeping the whole file out.
    pub lenient_references: bool,
    /// The file is all there is: records of its tables that it does not have are removed.
    pub complete: bool,
    /// The corners of the municipality, where it says them: a place outside is noted.
    pub bounds: Option<BoundingBox>,
    /// The day on which the file is looked at, where it counts: nothing was confirmed after it.
    pub today: Option<NaiveDate>,
}

/// Rows of a part, by what they hang on. Of a large file these are most rows: each takes twelve bytes.
#[derive(Debug, Default)]
struct Owned {
    /// The table and the row of the owner, and the row, in this order.
    rows: Vec<(u8, u32, u32)>,
    taken: Vec<bool>,
    /// Rows whose owner is nowhere in the file: the owner's table and identifier, and the row.
    lost: Vec<(usize, Uuid, u32)>,
}

impl Owned {
    /// Where the rows of an owner stand.
    fn of(&self, table: u8, owner: u32) -> Range<usize> {
        let from = self.rows.partition_point(|(at, row, _)| (*at, *row) < (table, owner));
        let to = self.rows.partition_point(|(at, row, _)| (*at, *row) <= (table, owner));
        from..to
    }

    /// Whether any of them hangs on a row of a table.
    fn hangs_on(&self, table: u8) -> bool {
        let from = self.rows.partition_point(|(at, _, _)| *at < table);
        self.rows.get(from).is_some_and(|(at, _, _)| *at == table)
    }
}

/// Builds the records of a file.
pub(crate) struct Builder<'b> {
    book: &'b Book,
    existing: &'b Directory,
    options: Options,
    ids: Ids<'b>,
    owned: Vec<Owned>,
    pub(crate) faults: Faults,
    pub(crate) notes: Faults,
}

impl<'b> Builder<'b> {
    pub(crate) fn new(book: &'b Book, existing: &'b Directory, options: Options) -> Self {
        let mut faults = Faults::default();
        let ids = Ids::of(book, existing, options.namespace, &mut faults);
        let mut builder = Self {
            book,
            existing,
            options,
            ids,
            owned: Vec::new(),
            faults,
            notes: Faults::default(),
        };
        builder.owned = (0..TABLES.len()).map(|at| builder.owners(at)).collect();
        builder
    }

    /// The owners of the rows of a part.
    fn owners(&mut self, at: usize) -> Owned {
        let Some(sheet) = self.book.sheet(at) else {
            return Owned::default();
        };
        let (mut rows, mut lost) = (Vec::new(), Vec::new());
        let links: Vec<(usize, Kind)> = (0..sheet.known.len())
            .filter_map(|known| Some((known, sheet.column(known)?.kind)))
            .filter(|(_, kind)| matches!(kind, Kind::Link { .. } | Kind::Owner(_)))
            .collect();
        let is_part = sheet
            .described()
            .columns
            .iter()
            .any(|column| matches!(column.kind, Kind::Link { .. } | Kind::Owner(_)));
        for row in 0..sheet.len() {
            let mut owned = false;
            let line = sheet.line(row);
            for (known, kind) in &links {
                let text = line.cell(*known).map(str::trim).unwrap_or_default();
                if text.is_empty() {
                    continue;
                }
                owned = true;
                let number = u32::try_from(row).unwrap_or(u32::MAX);
                let Some((table, id)) = self.owner(sheet, row, *kind, text) else {
                    self.dangling(sheet, row, Some(*known), text);
                    continue;
                };
                match self.ids.said_row_of(table, id).and_then(|owner| numbers(table, owner)) {
                    Some((table, owner)) => rows.push((table, owner, number)),
                    None => lost.push((table, id, number)),
                }
            }
            if is_part && !owned {
                let named: Vec<&str> = links
                    .iter()
                    .filter_map(|(known, _)| Some(sheet.column(*known)?.name))
                    .collect();
                let fault = sheet.wrong(row, usize::MAX, Code::NoOwner, &named.join(", "));
                self.faults.push(fault);
            }
        }
        rows.sort_unstable();
        rows.shrink_to_fit();
        lost.sort_unstable();
        Owned {
            taken: vec![false; rows.len()],
            rows,
            lost,
        }
    }

    fn owner(&mut self, sheet: &Sheet, row: usize, kind: Kind, text: &str) -> Option<(usize, Uuid)> {
        if let Kind::Link { parent, .. } = kind {
            let at = position(parent)?;
            return Some((at, self.ids.pointed(at, text)?));
        }
        let kind_column = if sheet.described().name == "attribute" {
            "link_entity"
        } else {
            "resource_type"
        };
        let id = Uuid::parse_str(text).ok()?;
        match position(&sheet.said(row, kind_column)) {
            Some(at) => Some((at, id)),
            None => self.ids.whose(id).map(|at| (at, id)),
        }
    }

    /// A pointer to nothing: the row stays out, or the file.
    fn dangling(&mut self, sheet: &Sheet, row: usize, known: Option<usize>, text: &str) {
        let known = known.unwrap_or(usize::MAX);
        if self.options.lenient_references {
            self.notes.push(sheet.wrong(row, known, Code::OwnerDropped, text));
        } else {
            self.faults.push(sheet.wrong(row, known, Code::UnknownReference, text));
        }
    }

    /// Every record of the file, in the order of the tables.
    pub(crate) fn records(&mut self, mut see: impl FnMut(&mut Self, DirectoryRecord)) {
        for at in 0..RECORDS {
            let Some(sheet) = self.book.sheet(at) else { continue };
            for row in 0..sheet.len() {
                if let Some(record) = self.record(sheet, at, row) {
                    see(self, record);
                }
            }
        }
        self.orphans();
    }

    fn record(&mut self, sheet: &Sheet, at: usize, row: usize) -> Option<DirectoryRecord> {
        let id = self.ids.of_row(at, row)?;
        let before = self.before(at, id);
        let known = before.is_some();
        let faults = self.faults.len();
        let mut object = self.row(sheet, at, row, id, before.unwrap_or_default())?;
        match table(at)?.name {
            "taxonomy_term" | "taxonomy" if !self.taxonomy(sheet, row, at, id, &mut object) => {
                self.ids.forget(at, id);
                return None;
            }
            "location" if self.book.silent_lists => self.hide(id, &mut object),
            "service" if self.is_foreign(sheet, row) => self.foreign(&mut object),
            _ => {}
        }
        if !known && at == 0 && !object.contains_key("taxonomy") {
            object.insert("taxonomy".to_owned(), serde_json::json!({ "other": id.to_string() }));
        }
        object.insert("record".to_owned(), Value::from(table(at)?.name.replace('_', "-")));
        if self.faults.len() > faults {
            return None;
        }
        match serde_json::from_value(Value::Object(object)) {
            Ok(record) => Some(record),
            Err(error) => {
                self.faults
                    .push(sheet.wrong(row, usize::MAX, Code::Unreadable, &error.to_string()));
                None
            }
        }
    }

    /// A place that a simple sheet protects from now on does not say any more where it is: its empty cells leave what is there
    /// otherwise. An address that the sheet does give stays, and is a fault.
    fn hide(&self, id: Uuid, place: &mut Object) {
        let Some(known) = self
            .existing
            .location(LocationId::new(id))
            .filter(|known| !known.protected)
        else {
            return;
        };
        let known = serde_json::to_value(known).unwrap_or_default();
        if place.get("protected") != Some(&Value::from(true)) {
            return;
        }
        for field in WHEREABOUTS {
            if place.get(field) == known.get(field) {
                place.remove(field);
            }
        }
    }

    /// The record as the mapping has it.
    fn before(&self, at: usize, id: Uuid) -> Option<Object> {
        let record = known(self.existing, at, id)?;
        match serde_json::to_value(record) {
            Ok(Value::Object(object)) => Some(object),
            Ok(_) | Err(_) => None,
        }
    }

    /// A row read into its object, with everything that hangs on it. `None` where it stays out.
    fn row(&mut self, sheet: &Sheet, at: usize, row: usize, id: Uuid, mut object: Object) -> Option<Object> {
        object.insert("id".to_owned(), Value::from(id.to_string()));
        let line = sheet.line(row);
        for known in 0..sheet.known.len() {
            let (Some(column), Some(text)) = (sheet.column(known), line.cell(known)) else {
                continue;
            };
            let lang = sheet.known.get(known).and_then(|known| known.lang.as_deref());
            self.field(sheet, row, known, column, lang, text, &mut object)?;
        }
        self.required(sheet, at, row, &mut object);
        if sheet.described().name == "address" && sheet.said(row, "osn_untyped") == "true" {
            object.remove("address_type");
        }
        for (child, field) in children(at) {
            self.parts((at, row, id), child, field, &mut object);
        }
        Some(object)
    }

    fn parts(&mut self, owner: (usize, usize, Uuid), child: usize, field: &str, object: &mut Object) {
        let Some(sheet) = self.book.sheet(child) else { return };
        let rows = self.take(owner, child);
        if rows.is_empty() && self.book.silent_lists {
            return;
        }
        let mut before: HashMap<String, Object> = HashMap::new();
        let mut order: Vec<String> = Vec::new();
        if let Some(Value::Array(list)) = object.remove(field) {
            for value in list {
                if let Value::Object(inner) = value
                    && let Some(id) = inner.get("id").and_then(Value::as_str)
                {
                    order.push(id.to_owned());
                    before.insert(order.last().cloned().unwrap_or_default(), inner);
                }
            }
        }
        let mut list = Vec::new();
        let mut seen: HashMap<Uuid, usize> = HashMap::new();
        for row in rows {
            if self.is_derived(sheet, row) {
                continue;
            }
            let id = match sheet.said(row, "id").as_str() {
                "" => derived_id(
                    owner.2,
                    &format!("file/{}", sheet.described().name),
                    &list.len().to_string(),
                ),
                text => match self.ids.pointed(child, text) {
                    Some(id) => id,
                    None => {
                        self.faults.push(sheet.wrong_in(row, "id", Code::BadId, text));
                        continue;
                    }
                },
            };
            if let Some(first) = seen.get(&id).copied() {
                // A part that says the same again is the same part: HSDS repeats shared parts wherever they hang.
                if !sheet.is_repeated(first, row) {
                    let first = sheet.number(first).to_string();
                    self.faults.push(sheet.wrong_in(row, "id", Code::DuplicateId, &first));
                }
                continue;
            }
            seen.insert(id, row);
            let before = before.remove(&id.to_string()).unwrap_or_default();
            list.extend(self.row(sheet, child, row, id, before).map(Value::Object));
        }
        if self.book.silent_lists {
            // Rows of the simple sheet say nothing of an order: what is there keeps its own.
            let place = |value: &Value| {
                let id = value.get("id").and_then(Value::as_str).unwrap_or_default();
                order.iter().position(|known| known == id).unwrap_or(usize::MAX)
            };
            list.sort_by_key(place);
        }
        if !list.is_empty() {
            object.insert(field.to_owned(), Value::Array(list));
        }
    }

    /// A row that only says again what a column of ours says.
    fn is_derived(&self, sheet: &Sheet, row: usize) -> bool {
        let ours = || position("service").and_then(|at| self.book.sheet(at)?.find("osn_categories"));
        sheet.said(row, "osn_derived") == "true" && ours().is_some()
    }

    /// The rows of a part that hang on an owner, in the order of the file.
    fn take(&mut self, (table, row, id): (usize, usize, Uuid), child: usize) -> Vec<usize> {
        let (Some(owned), Some((at, row))) = (self.owned.get_mut(child), numbers(table, row)) else {
            return Vec::new();
        };
        if !owned.hangs_on(at) {
            return Vec::new();
        }
        // A part may stand in the file several times: what hangs on it hangs on its first row.
        let first = (table >= RECORDS).then(|| self.ids.said_row_of(table, id)).flatten();
        let row = first.and_then(|first| u32::try_from(first).ok()).unwrap_or(row);
        let found = owned.of(at, row);
        let taken = owned.taken.get_mut(found.clone()).into_iter().flatten();
        taken.for_each(|taken| *taken = true);
        let rows = owned.rows.get(found).into_iter().flatten();
        rows.filter_map(|(_, _, row)| usize::try_from(*row).ok()).collect()
    }

    /// Rows whose owner is nowhere in the file, or stays out of it.
    fn orphans(&mut self) {
        let owned = std::mem::take(&mut self.owned);
        for (at, owned) in owned.iter().enumerate() {
            let Some(sheet) = self.book.sheet(at) else { continue };
            let missed = owned.rows.iter().zip(&owned.taken).filter(|(_, taken)| !**taken);
            for ((owner, owner_row, row), _) in missed {
                let (owner, owner_row) = (usize::from(*owner), usize::try_from(*owner_row).unwrap_or_default());
                let Some(id) = self.ids.of_row(owner, owner_row) else {
                    continue;
                };
                // An owner that was itself refused is reported once, at its own row.
                if !self.ids.has_row(owner, id) || self.faults.is_empty() {
                    self.orphan(sheet, *row, id);
                }
            }
            for (_, id, row) in &owned.lost {
                self.orphan(sheet, *row, *id);
            }
        }
    }

    fn orphan(&mut self, sheet: &Sheet, row: u32, owner: Uuid) {
        let row = usize::try_from(row).unwrap_or_default();
        if self.is_derived(sheet, row) {
            return;
        }
        let line = sheet.line(row);
        let known = (0..sheet.known.len()).find(|known| {
            line.cell(*known)
                .is_some_and(|cell| Uuid::parse_str(cell.trim()).is_ok_and(|cell| cell == owner))
                && sheet.column(*known).is_some_and(|column| column.kind != Kind::Id)
        });
        self.dangling(sheet, row, known, &owner.to_string());
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "a cell is a sheet, a row, a column, a language and a text"
    )]
    fn field(
        &mut self,
        sheet: &Sheet,
        row: usize,
        known: usize,
        column: &Column,
        lang: Option<&str>,
        text: &str,
        object: &mut Object,
    ) -> Option<()> {
        let trimmed = text.trim();
        match column.kind {
            Kind::Id | Kind::Link { .. } | Kind::Owner(_) | Kind::OwnerKind | Kind::Derived | Kind::Unused => {}
            Kind::TaxonomyName | Kind::TaxonomyId | Kind::ParentTerm => {}
            Kind::Text => self.text(column.field, lang, text, object),
            Kind::Ref(target) => return self.reference(sheet, row, known, (column, target), trimmed, object),
            Kind::Part(part) => self.part(sheet, row, known, part, trimmed, object),
            Kind::Json => {
                if let Ok(Some(value)) = cell::read(column.kind, text) {
                    object.insert(column.field.to_owned(), value);
                }
            }
            kind => match cell::read(kind, text) {
                Ok(Some(value)) => match too_large(column.field, &value) {
                    Some(code) => self.faults.push(sheet.wrong(row, known, code, trimmed)),
                    None => {
                        object.insert(column.field.to_owned(), value);
                    }
                },
                Ok(None) => {
                    object.remove(column.field);
                }
                Err(code) => self.faults.push(sheet.wrong(row, known, code, trimmed)),
            },
        }
        Some(())
    }

    fn text(&self, field: &str, lang: Option<&str>, text: &str, object: &mut Object) {
        let texts = object.entry(field).or_insert_with(|| Value::Object(Object::new()));
        let Value::Object(texts) = texts else { return };
        let (lang, said) = match lang {
            Some(lang) => (lang, text),
            None => match cell::tagged(text) {
                Some(("el", said)) => ("el", said),
                Some((lang, said)) => {
                    texts.remove("el");
                    (lang, said)
                }
                None => ("el", text),
            },
        };
        if said.trim().is_empty() {
            texts.remove(lang);
        } else {
            texts.insert(lang.to_owned(), Value::from(said));
        }
        if texts.is_empty() {
            object.remove(field);
        }
    }

    fn reference(
        &mut self,
        sheet: &Sheet,
        row: usize,
        known: usize,
        (column, target): (&Column, &str),
        text: &str,
        object: &mut Object,
    ) -> Option<()> {
        if text.is_empty() {
            object.remove(column.field);
            return Some(());
        }
        let at = position(target)?;
        match self.ids.pointed(at, text).filter(|id| self.ids.exists(at, *id)) {
            Some(id) => {
                object.insert(column.field.to_owned(), Value::from(id.to_string()));
                Some(())
            }
            None if self.options.lenient_references => {
                object.remove(column.field);
                let optional = !column.required || target == "taxonomy_term";
                let code = if optional {
                    Code::ReferenceDropped
                } else {
                    Code::OwnerDropped
                };
                self.notes.push(sheet.wrong(row, known, code, text));
                optional.then_some(())
            }
            None => {
                self.faults.push(sheet.wrong(row, known, Code::UnknownReference, text));
                Some(())
            }
        }
    }

    /// The unit of a capacity: a row of its own table, unless it stands beside it in full.
    fn part(&mut self, sheet: &Sheet, row: usize, known: usize, part: &str, text: &str, object: &mut Object) {
        if !sheet.said(row, "osn_unit").is_empty() || text.is_empty() {
            return;
        }
        let Some(at) = position(part) else { return };
        let found = self.ids.pointed(at, text);
        let place = found.and_then(|id| Some((id, self.ids.row_of(at, id)?)));
        if let (Some((id, row)), Some(units)) = (place, self.book.sheet(at)) {
            if let Some(unit) = self.row(units, at, row, id, Object::new()) {
                object.insert(part.to_owned(), Value::Object(unit));
            }
            return;
        }
        let unchanged = object.get(part).and_then(|part| part.get("id")).and_then(Value::as_str) == Some(text);
        if !unchanged {
            self.faults.push(sheet.wrong(row, known, Code::UnknownReference, text));
        }
    }

    /// What a record cannot be without.
    fn required(&mut self, sheet: &Sheet, at: usize, row: usize, object: &mut Object) {
        let Some(table) = table(at) else { return };
        for column in table.columns.iter().filter(|column| column.required) {
            let field = match column.kind {
                Kind::Part(part) => part,
                Kind::Id | Kind::Link { .. } | Kind::Owner(_) | Kind::OwnerKind => continue,
                _ => column.field,
            };
            if object.contains_key(field) {
                continue;
            }
            match (table.name, field) {
                ("address", _) | ("attribute", "taxonomy_term_id") => {}
                (_, "description") => {
                    object.insert(field.to_owned(), Value::Object(Object::new()));
                }
                ("metadata", "previous_value" | "replacement_value") => {
                    object.insert(field.to_owned(), Value::from(""));
                }
                // It was there and pointed at nothing: that is said already.
                _ if !sheet.said(row, column.name).is_empty() => {}
                _ => {
                    let fault = sheet.wrong_in(row, column.name, Code::Missing, column.name);
                    self.faults.push(fault);
                }
            }
        }
    }

    /// Whether the file has a row of a record.
    pub(crate) fn is_present(&self, at: usize, id: Uuid) -> bool {
        self.ids.said_row_of(at, id).is_some()
    }

    /// Where a record of the file came from: its table's sheet and row.
    pub(crate) fn origin(&self, id: Uuid) -> Option<(&'b Sheet, usize)> {
        let (at, row) = self.ids.record_of(id)?;
        Some((self.book.sheet(at)?, row))
    }

    /// Where a part of a record came from: the sheet and row of its own table; of a form without one, nowhere.
    pub(crate) fn row_of_part(&self, id: Uuid) -> Option<(&'b Sheet, usize)> {
        let at = self.ids.whose(id).filter(|at| *at >= RECORDS)?;
        Some((self.book.sheet(at)?, self.ids.said_row_of(at, id)?))
    }
}

/// A table and a row as they are kept.
fn numbers(table: usize, row: usize) -> Option<(u8, u32)> {
    Some((u8::try_from(table).ok()?, u32::try_from(row).ok()?))
}

/// A record of the mapping by table and identifier.
pub(crate) fn known(directory: &Directory, at: usize, id: Uuid) -> Option<DirectoryRecord> {
    directory.record(&table(at)?.name.replace('_', "-"), id)
}

/// What is wrong with a number that its field cannot hold: said at its cell, with what to write.
fn too_large(field: &str, value: &Value) -> Option<Code> {
    match (field, value.as_u64()?) {
        ("minimum_age" | "maximum_age", 131..) => Some(Code::ImpossibleAge),
        ("year_incorporated", 65_536..) => Some(Code::NotCount),
        _ => None,
    }
}

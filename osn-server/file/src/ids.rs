//! Who is who in a file: identifiers of rows, given or derived, and what a pointer means.
//!
//! What is held for a row is what a large file adds to the memory: a table keeps identifiers and an order, and a table on
//! which nothing hangs keeps nothing.

use std::cell::OnceCell;
use std::collections::HashSet;

use osn_core::directory::Directory;
use osn_core::id::{LocationId, OrganizationId, ServiceId, TaxonomyId, TermId};
use osn_core::text::fold;
use uuid::Uuid;

use crate::book::{Book, Sheet};
use crate::fault::{Code, Faults};
use crate::tables::{RECORDS, TABLES, position, table};

/// A record that several names stand for: nobody is meant.
const SEVERAL: Uuid = Uuid::nil();

/// Identifiers of the rows of one table.
#[derive(Debug, Default)]
struct Rows {
    /// Of each row.
    ids: Vec<Option<Uuid>>,
    /// The rows that have one, in the order of their identifiers; of several with the same, the first.
    order: Vec<u32>,
}

/// A row that has the identifier of an earlier one.
struct Repeated {
    row: usize,
    first: usize,
}

impl Rows {
    fn of(ids: Vec<Option<Uuid>>) -> (Self, Vec<Repeated>) {
        let known = (0_u32..).zip(&ids).filter(|(_, id)| id.is_some());
        let order = known.map(|(row, _)| row).collect();
        let mut rows = Self { ids, order };
        let mut order = std::mem::take(&mut rows.order);
        order.sort_unstable_by_key(|row| (rows.at(*row), *row));
        let mut repeated = Vec::new();
        order.dedup_by(|row, first| {
            let is_same = rows.at(*row) == rows.at(*first);
            if is_same {
                repeated.push(Repeated {
                    row: place(*row),
                    first: place(*first),
                });
            }
            is_same
        });
        repeated.sort_unstable_by_key(|repeated| repeated.row);
        rows.order = order;
        (rows, repeated)
    }

    fn at(&self, row: u32) -> Option<Uuid> {
        self.ids.get(place(row)).copied().flatten()
    }

    fn find(&self, id: Uuid) -> Option<usize> {
        let found = self.order.binary_search_by_key(&Some(id), |row| self.at(*row)).ok()?;
        self.order.get(found).copied().map(place)
    }
}

fn place(row: u32) -> usize {
    usize::try_from(row).unwrap_or(usize::MAX)
}

/// Identifiers of the rows of a file.
#[derive(Debug)]
pub(crate) struct Ids<'b> {
    book: &'b Book,
    existing: &'b Directory,
    namespace: Uuid,
    /// Of each table; of a part, from when something is looked for in it.
    rows: Vec<OnceCell<Rows>>,
    /// Rows that were left out, by table.
    forgotten: HashSet<(usize, Uuid)>,
    /// Records of the mapping by what their names are derived to, in that order: names themselves would take as much memory
    /// as the mapping's. Where several have the same, nobody is meant.
    names: Vec<(Uuid, Uuid)>,
    /// Programs of the bodies of the mapping.
    programs: HashSet<Uuid>,
}

impl<'b> Ids<'b> {
    pub(crate) fn of(book: &'b Book, existing: &'b Directory, namespace: Uuid, faults: &mut Faults) -> Self {
        let bodies = existing.organizations();
        let mut ids = Self {
            book,
            existing,
            namespace,
            rows: (0..TABLES.len()).map(|_| OnceCell::new()).collect(),
            forgotten: HashSet::new(),
            names: Vec::new(),
            programs: bodies
                .flat_map(|body| body.programs.iter().map(|program| program.id))
                .collect(),
        };
        ids.name_the_known();
        for at in 0..RECORDS {
            let rows = ids.records(at, faults);
            if let Some(cell) = ids.rows.get(at) {
                cell.get_or_init(|| rows);
            }
        }
        ids
    }

    fn name_the_known(&mut self) {
        let existing = self.existing;
        let namespace = self.namespace;
        let mut known: Vec<(Uuid, Uuid)> = Vec::with_capacity(existing.len());
        let key = |at: usize, name: &str| derived(&namespace, at, name);
        for (at, name) in TABLES.iter().map(|table| table.name).enumerate() {
            match name {
                "organization" => known.extend(
                    existing
                        .organizations()
                        .map(|body| (key(at, &fold(body.name.get("el"))), body.id.uuid())),
                ),
                "location" => known.extend(existing.locations().map(|place| {
                    let body = place.organization_id.map(OrganizationId::uuid);
                    (key(at, &within(body, place.name.get("el"))), place.id.uuid())
                })),
                "service" => known.extend(existing.services().map(|service| {
                    let body = Some(service.organization_id.uuid());
                    (key(at, &within(body, service.name.get("el"))), service.id.uuid())
                })),
                "taxonomy_term" => known.extend(existing.all_terms().map(|term| {
                    let taxonomy = term.taxonomy.name();
                    let taxonomy = taxonomy.map_or_else(|| format!("{:?}", term.taxonomy), str::to_owned);
                    (key(at, &format!("{taxonomy}|{}", term.code)), term.id.uuid())
                })),
                _ => {}
            }
        }
        known.sort_unstable();
        known.dedup_by(|next, first| {
            let is_same = next.0 == first.0;
            if is_same {
                first.1 = SEVERAL;
            }
            is_same
        });
        self.names = known;
    }

    /// The identifier of each row of records; rows without one, and a second row of one record, are told.
    fn records(&self, at: usize, faults: &mut Faults) -> Rows {
        let Some(sheet) = self.book.sheet(at) else {
            return Rows::default();
        };
        let mut ids = Vec::with_capacity(sheet.len());
        for row in 0..sheet.len() {
            let text = sheet.said(row, "id");
            let id = if text.is_empty() {
                let key = self.natural(sheet, at, row);
                if key.as_ref().is_some_and(|key| self.is_several(at, key)) {
                    faults.push(sheet.wrong_in(row, "name", Code::ManyOwners, &sheet.said(row, "name")));
                }
                key.map(|key| self.named(at, &key))
            } else {
                self.pointed(at, &text)
            };
            if id.is_none() && text.is_empty() {
                let name = if sheet.described().name == "taxonomy_term" {
                    "code"
                } else {
                    "name"
                };
                faults.push(sheet.wrong_in(row, name, Code::Missing, name));
            } else if id.is_none() {
                faults.push(sheet.wrong_in(row, "id", Code::BadId, &text));
            }
            ids.push(id);
        }
        let (mut rows, repeated) = Rows::of(ids);
        for Repeated { row, first } in repeated {
            // A row that says the same again is the same record.
            if !sheet.is_repeated(first, row) {
                let column = if sheet.said(row, "id").is_empty() { "name" } else { "id" };
                faults.push(sheet.wrong_in(row, column, Code::DuplicateId, &sheet.number(first).to_string()));
            }
            if let Some(id) = rows.ids.get_mut(row) {
                *id = None;
            }
        }
        rows
    }

    /// The rows of a table.
    fn table(&self, at: usize) -> Option<&Rows> {
        let rows = self.rows.get(at)?;
        Some(rows.get_or_init(|| {
            let Some(sheet) = self.book.sheet(at) else {
                return Rows::default();
            };
            let said = (0..sheet.len()).map(|row| self.pointed(at, &sheet.said(row, "id")));
            // HSDS repeats shared parts wherever they hang.
            let (rows, _repeated) = Rows::of(said.collect());
            rows
        }))
    }

    /// What names the record of a row without an identifier.
    fn natural(&self, sheet: &Sheet, at: usize, row: usize) -> Option<String> {
        let name = sheet.said(row, "name");
        let name = crate::cell::tagged(&name).map_or(name.as_str(), |(_, text)| text);
        let body = || {
            let text = sheet.said(row, "organization_id");
            position("organization").and_then(|at| self.pointed(at, &text))
        };
        match table(at)?.name {
            "taxonomy_term" => {
                let (taxonomy, code) = (sheet.said(row, "taxonomy"), sheet.said(row, "code"));
                (!code.is_empty()).then(|| format!("{}|{code}", taxonomy.to_lowercase()))
            }
            "location" | "service" => (!name.is_empty()).then(|| within(body(), name)),
            _ => (!name.is_empty()).then(|| fold(name)),
        }
    }

    /// Whether several records of the mapping have this name, and none of them the identifier that a file would give it: nobody
    /// can tell which is meant, and one more would be a double.
    pub(crate) fn is_several(&self, at: usize, key: &str) -> bool {
        let derived = derived(&self.namespace, at, key);
        let found = self.names.binary_search_by_key(&derived, |(name, _)| *name).ok();
        let is_several = found
            .and_then(|at| self.names.get(at))
            .is_some_and(|(_, id)| *id == SEVERAL);
        let kind = table(at).map(|table| table.name.replace('_', "-")).unwrap_or_default();
        is_several && self.existing.record(&kind, derived).is_none()
    }

    /// The record of this name, or the identifier that it would get.
    pub(crate) fn named(&self, at: usize, key: &str) -> Uuid {
        let derived = derived(&self.namespace, at, key);
        let found = self.names.binary_search_by_key(&derived, |(name, _)| *name).ok();
        let known = found.and_then(|at| self.names.get(at)).map(|(_, id)| *id);
        known.filter(|id| *id != SEVERAL).unwrap_or(derived)
    }

    /// What a text that points at a row of a table means: an identifier, a name, or a key of another system. `None` for
    /// what looks like an identifier and is not one.
    pub(crate) fn pointed(&self, at: usize, text: &str) -> Option<Uuid> {
        if text.is_empty() {
            return None;
        }
        if let Ok(id) = Uuid::parse_str(text) {
            return Some(id);
        }
        let hex = text.chars().filter(|c| c.is_ascii_hexdigit() || *c == '-').count();
        if text.len() >= 30 && hex == text.chars().count() {
            return None;
        }
        Some(self.named(at, &fold(text)))
    }

    /// The identifier of a row; of a record's second row, none.
    pub(crate) fn of_row(&self, at: usize, row: usize) -> Option<Uuid> {
        self.table(at)?.ids.get(row).copied().flatten()
    }

    /// Forgets a row that was left out: what points at it points at nothing.
    pub(crate) fn forget(&mut self, at: usize, id: Uuid) {
        self.forgotten.insert((at, id));
    }

    /// The row of an identifier, whether or not it was left out.
    pub(crate) fn said_row_of(&self, at: usize, id: Uuid) -> Option<usize> {
        self.table(at)?.find(id)
    }

    /// The row of an identifier.
    pub(crate) fn row_of(&self, at: usize, id: Uuid) -> Option<usize> {
        let is_forgotten = !self.forgotten.is_empty() && self.forgotten.contains(&(at, id));
        self.said_row_of(at, id).filter(|_| !is_forgotten)
    }

    /// Whether the file has a row with this identifier.
    pub(crate) fn has_row(&self, at: usize, id: Uuid) -> bool {
        self.row_of(at, id).is_some()
    }

    /// The table and the row of a record, by identifier alone.
    pub(crate) fn record_of(&self, id: Uuid) -> Option<(usize, usize)> {
        (0..RECORDS).find_map(|at| Some((at, self.row_of(at, id)?)))
    }

    /// The table of a row, by identifier alone.
    pub(crate) fn whose(&self, id: Uuid) -> Option<usize> {
        (0..TABLES.len()).find(|at| self.has_row(*at, id))
    }

    /// Whether the file or the mapping has it.
    pub(crate) fn exists(&self, at: usize, id: Uuid) -> bool {
        let existing = self.existing;
        let known = || match table(at).map(|table| table.name) {
            Some("taxonomy") => existing.taxonomy(TaxonomyId::new(id)).is_some(),
            Some("taxonomy_term") => existing.term_by_id(TermId::new(id)).is_some(),
            Some("organization") => existing.organization(OrganizationId::new(id)).is_some(),
            Some("location") => existing.location(LocationId::new(id)).is_some(),
            Some("service") => existing.service(ServiceId::new(id)).is_some(),
            Some("program") => self.programs.contains(&id),
            _ => false,
        };
        self.has_row(at, id) || known()
    }
}

/// The identifier that a record without one gets from its name.
fn derived(namespace: &Uuid, at: usize, key: &str) -> Uuid {
    let table = table(at).map(|table| table.name).unwrap_or_default();
    Uuid::new_v5(namespace, format!("file/1/{table}/{key}").as_bytes())
}

/// A name inside a body.
pub(crate) fn within(body: Option<Uuid>, name: &str) -> String {
    match body {
        Some(body) => format!("{body}|{}", fold(name)),
        None => fold(name),
    }
}

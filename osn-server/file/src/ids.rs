//! Who is who in a file: identifiers of rows, given or derived, and what a pointer means.

use std::collections::{HashMap, HashSet};

use osn_core::directory::Directory;
use osn_core::id::{LocationId, OrganizationId, ServiceId, TaxonomyId, TermId};
use osn_core::text::fold;
use uuid::Uuid;

use crate::book::{Book, Sheet};
use crate::fault::{Code, Faults};
use crate::tables::{RECORDS, TABLES, position, table};

/// A record that several names stand for: nobody is meant.
const SEVERAL: Uuid = Uuid::nil();

/// Identifiers of the rows of a file.
#[derive(Debug)]
pub(crate) struct Ids<'b> {
    book: &'b Book,
    existing: &'b Directory,
    namespace: Uuid,
    /// Of each record's table, the identifier of each row.
    rows: Vec<Vec<Option<Uuid>>>,
    /// Of each table, the row of each identifier.
    places: Vec<HashMap<Uuid, u32>>,
    /// Records of the mapping by what their names are derived to, where no other has the same: names themselves would take
    /// as much memory as the mapping's.
    names: HashMap<Uuid, Uuid>,
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
            rows: vec![Vec::new(); RECORDS],
            places: vec![HashMap::new(); TABLES.len()],
            names: HashMap::new(),
            programs: bodies
                .flat_map(|body| body.programs.iter().map(|program| program.id))
                .collect(),
        };
        ids.name_the_known();
        for at in 0..TABLES.len() {
            ids.place(at, faults);
        }
        ids
    }

    fn name_the_known(&mut self) {
        let existing = self.existing;
        let namespace = self.namespace;
        let mut known: Vec<(Uuid, Uuid)> = Vec::new();
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
                    let taxonomy = crate::flat::taxonomy_name(term.taxonomy);
                    let taxonomy = taxonomy.map_or_else(|| format!("{:?}", term.taxonomy), str::to_owned);
                    (key(at, &format!("{taxonomy}|{}", term.code)), term.id.uuid())
                })),
                _ => {}
            }
        }
        for (name, id) in known {
            self.names
                .entry(name)
                .and_modify(|known| *known = SEVERAL)
                .or_insert(id);
        }
    }

    /// Gives each row of a table its identifier.
    fn place(&mut self, at: usize, faults: &mut Faults) {
        let Some(sheet) = self.book.sheet(at) else { return };
        let is_record = at < RECORDS;
        for row in 0..sheet.len() {
            let text = sheet.said(row, "id");
            let id = match text.as_str() {
                "" if is_record => self.natural(sheet, at, row),
                "" => None,
                text => match self.pointed(at, text) {
                    Some(id) => Some(id),
                    None => {
                        if is_record {
                            faults.push(sheet.wrong_in(row, "id", Code::BadId, text));
                        }
                        None
                    }
                },
            };
            if is_record && id.is_none() && text.is_empty() {
                let name = if sheet.described().name == "taxonomy_term" {
                    "code"
                } else {
                    "name"
                };
                faults.push(sheet.wrong_in(row, name, Code::Missing, name));
            }
            let number = u32::try_from(row).unwrap_or(u32::MAX);
            let known = id.and_then(|id| Some((id, *self.places.get(at)?.get(&id)?)));
            match (known, id) {
                (Some((_, first)), _) if is_record => {
                    let first = usize::try_from(first).unwrap_or_default();
                    let column = if text.is_empty() { "name" } else { "id" };
                    // A row that says the same again is the same record.
                    if !sheet.is_repeated(first, row) {
                        faults.push(sheet.wrong_in(row, column, Code::DuplicateId, &sheet.number(first).to_string()));
                    }
                    self.set(at, None);
                }
                (Some(_), _) => {}
                (None, id) => {
                    if let (Some(id), Some(places)) = (id, self.places.get_mut(at)) {
                        places.insert(id, number);
                    }
                    self.set(at, id);
                }
            }
        }
    }

    fn set(&mut self, at: usize, id: Option<Uuid>) {
        if let Some(rows) = self.rows.get_mut(at) {
            rows.push(id);
        }
    }

    /// The identifier of a row without one: of the record of the same name, or derived from the name.
    fn natural(&self, sheet: &Sheet, at: usize, row: usize) -> Option<Uuid> {
        let name = sheet.said(row, "name");
        let name = crate::cell::tagged(&name).map_or(name.as_str(), |(_, text)| text);
        let body = || {
            let text = sheet.said(row, "organization_id");
            position("organization").and_then(|at| self.pointed(at, &text))
        };
        let key = match table(at)?.name {
            "taxonomy_term" => {
                let (taxonomy, code) = (sheet.said(row, "taxonomy"), sheet.said(row, "code"));
                (!code.is_empty()).then(|| format!("{}|{code}", taxonomy.to_lowercase()))
            }
            "location" | "service" => (!name.is_empty()).then(|| within(body(), name)),
            _ => (!name.is_empty()).then(|| fold(name)),
        }?;
        Some(self.named(at, &key))
    }

    /// The record of this name, or the identifier that it would get.
    pub(crate) fn named(&self, at: usize, key: &str) -> Uuid {
        let derived = derived(&self.namespace, at, key);
        let known = self.names.get(&derived).copied().filter(|id| *id != SEVERAL);
        known.unwrap_or(derived)
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

    /// The identifier of a record's row.
    pub(crate) fn of_row(&self, at: usize, row: usize) -> Option<Uuid> {
        self.rows.get(at)?.get(row).copied().flatten()
    }

    /// Forgets a row that was left out: what points at it points at nothing.
    pub(crate) fn forget(&mut self, at: usize, id: Uuid) {
        self.places.get_mut(at).into_iter().for_each(|places| {
            places.remove(&id);
        });
    }

    /// The row of an identifier.
    pub(crate) fn row_of(&self, at: usize, id: Uuid) -> Option<usize> {
        usize::try_from(*self.places.get(at)?.get(&id)?).ok()
    }

    /// Whether the file has a row with this identifier.
    pub(crate) fn has_row(&self, at: usize, id: Uuid) -> bool {
        self.places.get(at).is_some_and(|places| places.contains_key(&id))
    }

    /// The table of a row, by identifier alone.
    pub(crate) fn whose(&self, id: Uuid) -> Option<usize> {
        self.places.iter().position(|places| places.contains_key(&id))
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

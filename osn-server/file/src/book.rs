//! A file as it was read: tables of texts, each with the way back to its cell.

use std::collections::HashMap;
use std::sync::Arc;

use crate::fault::{Code, Fault, Faults, letters, short};
use crate::lines::{Line, Lines};
use crate::tables::{Column, Kind, TABLES, Table, table};

/// How much of a file is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub bytes: u64,
    /// Bytes of everything in it, unpacked.
    pub unpacked: u64,
    /// Parts of an archive.
    pub parts: usize,
    /// Rows of one table.
    pub rows: usize,
    /// Columns of one table.
    pub columns: usize,
    /// Bytes of one cell.
    pub cell: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 256 << 20,
            unpacked: 1 << 30,
            parts: 500,
            rows: 2_000_000,
            columns: 400,
            cell: 1 << 20,
        }
    }
}

/// A column of a sheet that we know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    /// Position in the table's columns.
    pub(crate) column: usize,
    /// The language, of `name@en`.
    pub(crate) lang: Option<String>,
    /// Position in the file.
    pub(crate) at: usize,
}

/// Rows are counted past this for each further sheet of the file that a table is made of: more than any sheet has.
pub(crate) const STRIDE: u32 = 1 << 24;

/// One of the sheets of the file that the rows of a table come from.
#[derive(Debug)]
struct Origin {
    name: String,
    /// Where each known column stands in it.
    at: Vec<usize>,
}

/// One table of a file.
#[derive(Debug)]
pub struct Sheet {
    /// Its name in the file.
    pub name: String,
    /// Position of the table.
    pub(crate) table: usize,
    pub(crate) known: Vec<Known>,
    /// Formulas in it were guarded; JSON needs no guard.
    guarded: bool,
    /// Cells that stand in another row of the file than the rest of their row: the row, the known column, and the row where
    /// the cell stands.
    moved: HashMap<(u32, usize), u32>,
    /// The sheets that it is made of, where it is not one of the file itself; see [`STRIDE`].
    origins: Vec<Origin>,
    /// Every cell of a known column, row by row.
    lines: Lines,
}

impl Sheet {
    pub(crate) fn new(name: &str, table: usize, known: Vec<Known>) -> Self {
        Self {
            name: name.to_owned(),
            table,
            known,
            guarded: true,
            moved: HashMap::new(),
            origins: Vec::new(),
            lines: Lines::default(),
        }
    }

    /// The same of texts that need no guard against formulas.
    pub(crate) fn plain(mut self) -> Self {
        self.guarded = false;
        self
    }

    /// The same, made of the rows of these sheets.
    pub(crate) fn made_of<'n>(mut self, names: impl Iterator<Item = &'n str>) -> Self {
        let origins = names.map(|name| Origin {
            name: name.to_owned(),
            at: vec![usize::MAX; self.known.len()],
        });
        self.origins = origins.collect();
        self
    }

    /// A known column stands there in a sheet that it is made of.
    pub(crate) fn leads(&mut self, origin: usize, known: usize, at: usize) {
        let origin = self.origins.get_mut(origin);
        if let Some(place) = origin.and_then(|origin| origin.at.get_mut(known)) {
            *place = at;
        }
    }

    /// A row, with a cell for each known column; `None` where the file does not speak of it. A row of nothing is not kept.
    pub(crate) fn push<'c>(
        &mut self,
        number: u32,
        cells: impl Iterator<Item = Option<&'c str>>,
        limits: &Limits,
    ) -> Result<(), Fault> {
        let mut said = Vec::with_capacity(self.known.len());
        for cell in cells {
            let cell = cell.map(|cell| if self.guarded { crate::cell::unguard(cell) } else { cell });
            if cell.is_some_and(|cell| cell.len() > limits.cell) {
                return Err(self.fault(number, None, Code::CellTooLong, ""));
            }
            said.push(cell);
        }
        if said.iter().flatten().all(|cell| cell.trim().is_empty()) {
            return Ok(());
        }
        if self.lines.len() >= limits.rows {
            return Err(Fault::file(&self.name, Code::TooManyRows, limits.rows));
        }
        let kept = self.lines.push(number, said.into_iter());
        kept.map_err(|error| Fault::file(&self.name, Code::NotHeld, error))
    }

    /// A cell of the row with a number stands in another row of the file: what is wrong with it is said there.
    pub(crate) fn stands(&mut self, number: u32, name: &str, elsewhere: u32) {
        if let Some(known) = self.find(name) {
            self.moved.insert((number, known), elsewhere);
        }
    }

    /// How many rows it has.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A row.
    pub(crate) fn line(&self, row: usize) -> Arc<Line> {
        self.lines.line(row)
    }

    /// The table.
    pub(crate) fn described(&self) -> &'static Table {
        table(self.table).unwrap_or(TABLES[0])
    }

    /// Position among the known columns.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        let (column, _) = self.described().column(name)?;
        self.known
            .iter()
            .position(|known| known.column == column && known.lang.is_none())
    }

    /// What the row says in a column, trimmed; empty where it says nothing or has no such column.
    pub(crate) fn said(&self, row: usize, name: &str) -> String {
        let Some(known) = self.find(name) else {
            return String::new();
        };
        let line = self.line(row);
        line.cell(known).map(str::trim).unwrap_or_default().to_owned()
    }

    /// Whether the row says anything in a column, be it that there is nothing: JSON need not.
    pub(crate) fn speaks(&self, row: usize, name: &str) -> bool {
        self.find(name)
            .is_some_and(|known| self.line(row).cell(known).is_some())
    }

    pub(crate) fn column(&self, known: usize) -> Option<&'static Column> {
        self.described().columns.get(self.known.get(known)?.column)
    }

    /// Whether two rows say the same of themselves, whatever they hang on.
    pub(crate) fn is_repeated(&self, first: usize, second: usize) -> bool {
        let (first, second) = (self.line(first), self.line(second));
        (0..self.known.len()).all(|known| {
            let hangs = self
                .column(known)
                .is_some_and(|column| matches!(column.kind, Kind::Link { .. } | Kind::Owner(_) | Kind::OwnerKind));
            hangs || first.cell(known) == second.cell(known)
        })
    }

    /// The number of a row in its sheet of the file.
    pub(crate) fn number(&self, row: usize) -> u32 {
        self.line(row).number() % STRIDE
    }

    /// What is wrong with a cell.
    pub(crate) fn wrong(&self, row: usize, known: usize, code: Code, value: &str) -> Fault {
        self.fault(self.line(row).number(), Some(known), code, value)
    }

    /// What is wrong with a row, in a column by name where the file has it.
    pub(crate) fn wrong_in(&self, row: usize, name: &str, code: Code, value: &str) -> Fault {
        self.fault(self.line(row).number(), self.find(name), code, value)
    }

    fn fault(&self, number: u32, known: Option<usize>, code: Code, value: &str) -> Fault {
        let moved = known.and_then(|known| self.moved.get(&(number, known)));
        let number = moved.copied().unwrap_or(number);
        let origin = usize::try_from(number / STRIDE).ok();
        let origin = origin.and_then(|origin| self.origins.get(origin));
        let at = known.and_then(|known| match origin {
            Some(origin) => origin.at.get(known).copied(),
            None => self.known.get(known).map(|known| known.at),
        });
        let known = known.and_then(|known| self.known.get(known));
        Fault {
            sheet: origin.map_or(&self.name, |origin| &origin.name).clone(),
            row: Some(number % STRIDE),
            column: at.filter(|at| *at != usize::MAX).map(letters),
            header: known.and_then(|known| header(self.table, known)),
            code,
            value: short(value),
        }
    }
}

/// The header of a known column, as HSDS names it.
fn header(at: usize, known: &Known) -> Option<String> {
    let column = table(at)?.columns.get(known.column)?;
    Some(match &known.lang {
        None => column.name.to_owned(),
        Some(lang) => format!("{}@{lang}", column.name),
    })
}

/// A file: the tables that it has.
#[derive(Clone, Debug, Default)]
pub struct Book {
    /// The tables.
    pub sheets: Vec<Arc<Sheet>>,
    /// What a person should look at; nothing of it keeps the file out.
    pub notes: Faults,
    /// What keeps it out.
    pub faults: Faults,
    /// Rows of the simple sheet, as they stand.
    pub(crate) simple: Vec<Arc<crate::simple::Rows>>,
    /// An empty list of parts means that the file does not speak of them (JSON from elsewhere, the simple sheet).
    pub silent_lists: bool,
    /// JSON of HSDS that is no export of ours: what the rules read may stand in its attributes.
    pub(crate) elsewhere: bool,
}

impl Book {
    /// The sheet of a table.
    pub(crate) fn sheet(&self, table: usize) -> Option<&Sheet> {
        self.sheets.iter().find(|sheet| sheet.table == table).map(Arc::as_ref)
    }

    /// What could not be read back of what was held outside the memory: then nothing of the file counts.
    pub(crate) fn lost(&self) -> Option<Fault> {
        let tables = self.sheets.iter().map(|sheet| (&sheet.name, sheet.lines.failed()));
        let simple = self.simple.iter().map(|rows| (&rows.name, rows.failed()));
        let mut failed = tables.chain(simple);
        failed.find_map(|(name, failed)| Some(Fault::file(name, Code::NotHeld, failed?)))
    }

    /// How many rows there are, of all tables.
    pub fn rows(&self) -> usize {
        self.sheets
            .iter()
            .map(|sheet| sheet.len())
            .chain(self.simple.iter().map(|rows| rows.len()))
            .sum()
    }

    /// Takes a sheet in; a second one of the same table is refused.
    pub(crate) fn add(&mut self, sheet: Sheet) {
        if self.sheet(sheet.table).is_some() {
            let fault = Fault::file(&sheet.name, Code::SheetTwice, sheet.described().name);
            self.faults.push(fault);
        } else {
            self.sheets.push(Arc::new(sheet));
        }
    }

    /// The known columns of a header, or `None` where it is not a header of this table.
    pub(crate) fn header(&mut self, name: &str, table: usize, cells: &[String]) -> Option<Vec<Known>> {
        let mut known: Vec<Known> = Vec::new();
        let mut unknown = Vec::new();
        for (at, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.trim().is_empty()) {
            let Some(found) = column_of(table, cell, at) else {
                unknown.push((at, cell));
                continue;
            };
            if known
                .iter()
                .any(|other| other.column == found.column && other.lang == found.lang)
            {
                self.faults.push(at_header(name, at, Code::HeaderTwice, cell));
            } else {
                known.push(found);
            }
        }
        // One column that we happen to know does not make a table of ours.
        if known.is_empty() || unknown.len() > known.len().saturating_mul(2) {
            return None;
        }
        let notes = unknown
            .into_iter()
            .map(|(at, cell)| at_header(name, at, Code::UnknownColumn, cell));
        self.notes.extend(notes);
        Some(known)
    }
}

fn at_header(sheet: &str, at: usize, code: Code, value: &str) -> Fault {
    Fault {
        row: Some(1),
        column: Some(letters(at)),
        ..Fault::file(sheet, code, value)
    }
}

/// The column that a header names: by its name in HSDS, or by its label in Greek or English, accents or not.
fn column_of(at: usize, header: &str, position: usize) -> Option<Known> {
    let (name, lang) = match header.trim().split_once('@') {
        Some((name, lang)) if is_lang(lang) => (name.trim(), Some(lang.trim().to_lowercase())),
        Some(_) | None => (header.trim(), None),
    };
    let folded = osn_core::text::fold(name);
    let columns = table(at)?.columns;
    let exact = columns.iter().position(|column| column.name.eq_ignore_ascii_case(name));
    let labelled = || {
        columns
            .iter()
            .position(|column| [column.el, column.en].map(osn_core::text::fold).contains(&folded))
    };
    let column = exact.or_else(labelled)?;
    let lang = lang.filter(|lang| lang != "el");
    let is_text = matches!(columns.get(column)?.kind, Kind::Text);
    (lang.is_none() || is_text).then_some(Known {
        column,
        lang,
        at: position,
    })
}

fn is_lang(lang: &str) -> bool {
    let lang = lang.trim();
    (2..=8).contains(&lang.len()) && lang.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-')
}

/// The table that a sheet or file is named for: by entity, CSV file or label.
pub(crate) fn table_named(name: &str) -> Option<usize> {
    let plain = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let plain = plain
        .strip_suffix(".csv")
        .or_else(|| plain.strip_suffix(".CSV"))
        .unwrap_or(plain);
    let folded = osn_core::text::fold(plain);
    TABLES.iter().position(|table| {
        table.name.eq_ignore_ascii_case(plain)
            || table.file.eq_ignore_ascii_case(plain)
            || [table.el, table.en].map(osn_core::text::fold).contains(&folded)
    })
}

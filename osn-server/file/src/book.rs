//! A file as it was read: tables of texts, held close together, each with the way back to its cell.

use crate::fault::{Code, Fault, letters, short};
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

const ABSENT: u32 = 1 << 31;

/// One table of a file.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Its name in the file.
    pub name: String,
    /// Position of the table.
    pub(crate) table: usize,
    pub(crate) known: Vec<Known>,
    /// Formulas in it were guarded; JSON needs no guard.
    guarded: bool,
    /// Every cell of a known column, row by row.
    text: String,
    ends: Vec<u32>,
    numbers: Vec<u32>,
}

impl Sheet {
    pub(crate) fn new(name: &str, table: usize, known: Vec<Known>) -> Self {
        Self {
            name: name.to_owned(),
            table,
            known,
            guarded: true,
            text: String::new(),
            ends: Vec::new(),
            numbers: Vec::new(),
        }
    }

    /// The same of texts that need no guard against formulas.
    pub(crate) fn plain(mut self) -> Self {
        self.guarded = false;
        self
    }

    /// A row, with a cell for each known column; `None` where the file does not speak of it. A row of nothing is not kept.
    pub(crate) fn push<'c>(
        &mut self,
        number: u32,
        cells: impl Iterator<Item = Option<&'c str>>,
        limits: &Limits,
    ) -> Result<(), Fault> {
        let (text, ends) = (self.text.len(), self.ends.len());
        let mut blank = true;
        for cell in cells {
            let said = cell.unwrap_or_default();
            let said = if self.guarded { crate::cell::unguard(said) } else { said };
            if said.len() > limits.cell {
                return Err(self.fault(number, None, Code::CellTooLong, ""));
            }
            blank &= said.trim().is_empty();
            self.text.push_str(said);
            let end = u32::try_from(self.text.len()).ok().filter(|end| end & ABSENT == 0);
            let Some(end) = end else {
                return Err(Fault::file(&self.name, Code::TooLarge, "2 GiB"));
            };
            self.ends.push(if cell.is_none() { end | ABSENT } else { end });
        }
        if blank {
            self.text.truncate(text);
            self.ends.truncate(ends);
            return Ok(());
        }
        if self.numbers.len() >= limits.rows {
            return Err(Fault::file(&self.name, Code::TooManyRows, limits.rows));
        }
        self.numbers.push(number);
        Ok(())
    }

    /// How many rows it has.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// The table.
    pub(crate) fn described(&self) -> &'static Table {
        table(self.table).unwrap_or(TABLES[0])
    }

    /// The cell of a known column; `None` where the row does not speak of it.
    pub(crate) fn cell(&self, row: usize, known: usize) -> Option<&str> {
        let at = row.checked_mul(self.known.len())?.checked_add(known)?;
        let end = *self.ends.get(at)?;
        let start = match at.checked_sub(1) {
            None => 0,
            Some(before) => *self.ends.get(before)? & !ABSENT,
        };
        let place = |end: u32| usize::try_from(end & !ABSENT).unwrap_or_default();
        (end & ABSENT == 0).then(|| self.text.get(place(start)..place(end)))?
    }

    /// Position among the known columns.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        let (column, _) = self.described().column(name)?;
        self.known
            .iter()
            .position(|known| known.column == column && known.lang.is_none())
    }

    /// What the row says in a column, trimmed; empty where it says nothing or has no such column.
    pub(crate) fn said(&self, row: usize, name: &str) -> &str {
        let cell = self.find(name).and_then(|known| self.cell(row, known));
        cell.map(str::trim).unwrap_or_default()
    }

    pub(crate) fn column(&self, known: usize) -> Option<&'static Column> {
        self.described().columns.get(self.known.get(known)?.column)
    }

    /// Whether two rows say the same of themselves, whatever they hang on.
    pub(crate) fn is_repeated(&self, first: usize, second: usize) -> bool {
        (0..self.known.len()).all(|known| {
            let hangs = self
                .column(known)
                .is_some_and(|column| matches!(column.kind, Kind::Link { .. } | Kind::Owner(_) | Kind::OwnerKind));
            hangs || self.cell(first, known) == self.cell(second, known)
        })
    }

    /// The number of a row in the file.
    pub(crate) fn number(&self, row: usize) -> u32 {
        self.numbers.get(row).copied().unwrap_or_default()
    }

    /// What is wrong with a cell.
    pub(crate) fn wrong(&self, row: usize, known: usize, code: Code, value: &str) -> Fault {
        self.fault(self.number(row), Some(known), code, value)
    }

    /// What is wrong with a row, in a column by name where the file has it.
    pub(crate) fn wrong_in(&self, row: usize, name: &str, code: Code, value: &str) -> Fault {
        self.fault(self.number(row), self.find(name), code, value)
    }

    fn fault(&self, number: u32, known: Option<usize>, code: Code, value: &str) -> Fault {
        let known = known.and_then(|known| self.known.get(known));
        Fault {
            sheet: self.name.clone(),
            row: Some(number),
            column: known
                .filter(|known| known.at != usize::MAX)
                .map(|known| letters(known.at)),
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
    pub sheets: Vec<Sheet>,
    /// What a person should look at; nothing of it keeps the file out.
    pub notes: Vec<Fault>,
    /// What keeps it out.
    pub faults: Vec<Fault>,
    /// Rows of the simple sheet, as they stand.
    pub(crate) simple: Vec<crate::simple::Rows>,
    /// An empty list of parts means that the file does not speak of them (JSON from elsewhere, the simple sheet).
    pub silent_lists: bool,
}

impl Book {
    /// The sheet of a table.
    pub(crate) fn sheet(&self, table: usize) -> Option<&Sheet> {
        self.sheets.iter().find(|sheet| sheet.table == table)
    }

    /// How many rows there are, of all tables.
    pub fn rows(&self) -> usize {
        self.sheets
            .iter()
            .map(Sheet::len)
            .chain(self.simple.iter().map(crate::simple::Rows::len))
            .sum()
    }

    /// Takes a sheet in; a second one of the same table is refused.
    pub(crate) fn add(&mut self, sheet: Sheet) {
        if self.sheet(sheet.table).is_some() {
            let fault = Fault::file(&sheet.name, Code::SheetTwice, sheet.described().name);
            self.faults.push(fault);
        } else {
            self.sheets.push(sheet);
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

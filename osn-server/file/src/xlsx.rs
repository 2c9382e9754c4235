//! Workbooks: one sheet for each table, and back, row by row.

use std::collections::HashMap;
use std::io::{Seek, Write};

use calamine::{DataRef, Reader as _, Xlsx};
use chrono::NaiveDate;
use osn_core::directory::Directory;
use rust_xlsxwriter::{Color, DataValidation, ExcelDateTime, Format, FormatAlign, Note, Workbook, Worksheet};

use crate::book::{Book, Limits, Sheet, table_named};
use crate::cell::guard;
use crate::fault::{Code, Fault};
use crate::flat::{Flattener, Layout};
use crate::part::{Part, Source};
use crate::tables::{Kind, TABLES, Table};
use crate::{WriteError, simple};

/// Rows of a sheet in the format.
const ROWS: u32 = 1_048_576;
/// Characters of a cell: the format takes 32,767 UTF-16 units.
const CELL: usize = 10_000;
/// The sheet of texts that do not fit into a cell, and the mark that stands in their place.
const LONG: &str = "osn_long_text";
const MARK: &str = "§osn-long:";
/// Sheets that are for people only.
const FOR_PEOPLE: [&str; 4] = [HELP, VIEW, LISTS, LONG];
pub(crate) const HELP: &str = "Οδηγίες";
pub(crate) const VIEW: &str = "Συγκεντρωτική εικόνα";
pub(crate) const LISTS: &str = "Λίστες";

/// How the cells look.
pub(crate) struct Formats {
    pub(crate) head: Format,
    pub(crate) name: Format,
    pub(crate) date: Format,
    pub(crate) title: Format,
    pub(crate) gap: Format,
    pub(crate) wrap: Format,
}

impl Formats {
    pub(crate) fn new() -> Self {
        Self {
            head: Format::new()
                .set_bold()
                .set_background_color(Color::RGB(0x00_3476))
                .set_font_color(Color::White)
                .set_text_wrap()
                .set_align(FormatAlign::Top),
            name: Format::new().set_italic().set_font_color(Color::RGB(0x50_5A5F)),
            date: Format::new().set_num_format("dd/mm/yyyy"),
            title: Format::new().set_bold().set_font_size(16),
            gap: Format::new().set_background_color(Color::RGB(0xF4_CDC8)),
            wrap: Format::new().set_text_wrap().set_align(FormatAlign::Top),
        }
    }
}

/// Writes the mapping as a workbook: help, one sheet for each table, and the consolidated view where it is given.
///
/// # Errors
/// When it cannot be written, or a table has more rows than the format takes.
pub(crate) fn write<W: Write + Seek + Send>(
    directory: &Directory,
    layout: &Layout,
    view: Option<&osn_core::matrix::CoverageMatrix>,
    out: W,
    mut progress: impl FnMut(usize),
) -> Result<(), WriteError> {
    let formats = Formats::new();
    let mut book = Workbook::new();
    crate::help::sheet(book.add_worksheet(), &formats, false)?;
    if let Some(view) = view {
        crate::help::view(book.add_worksheet(), &formats, view, directory)?;
    }
    let mut next = Vec::new();
    let first = book.worksheets().len();
    for (at, table) in TABLES.iter().enumerate() {
        head(book.add_worksheet_with_constant_memory()?, table, at, layout, &formats)?;
        next.push(2_u32);
    }
    let mut long: Vec<(String, String)> = Vec::new();
    let mut flat = Flattener::new(directory, layout, false);
    for (done, record) in directory.records().enumerate() {
        for row in flat.rows(&record)? {
            let (Some(number), Some(table)) = (next.get_mut(row.table), TABLES.get(row.table)) else {
                continue;
            };
            if *number >= ROWS {
                return Err(WriteError::TooManyRows(table.name));
            }
            let sheet = book.worksheet_from_index(first.saturating_add(row.table))?;
            for (at, (cell, laid)) in row.cells.iter().zip(layout.columns(row.table)).enumerate() {
                let kind = table.columns.get(laid.column).map_or(Kind::Line, |column| column.kind);
                let column = u16::try_from(at).unwrap_or(u16::MAX);
                if cell.len() > CELL && cell.encode_utf16().count() > CELL {
                    let key = long.len().to_string();
                    sheet.write_string(*number, column, format!("{MARK}{key}"))?;
                    long.push((key, guard(cell)));
                } else {
                    put(sheet, *number, column, kind, cell, &formats)?;
                }
            }
            *number = number.saturating_add(1);
        }
        progress(done.saturating_add(1));
    }
    if !long.is_empty() {
        write_long(book.add_worksheet_with_constant_memory()?, &long)?;
    }
    book.save_to_writer(out)?;
    Ok(())
}

fn write_long(sheet: &mut Worksheet, long: &[(String, String)]) -> Result<(), WriteError> {
    sheet.set_name(LONG)?;
    let mut row = 0_u32;
    for (key, text) in long {
        let letters: Vec<char> = text.chars().collect();
        for piece in letters.chunks(CELL) {
            sheet.write_string(row, 0, key)?;
            // A bar before and after keeps blanks and what looks like a formula as they are.
            sheet.write_string(row, 1, format!("|{}|", piece.iter().collect::<String>()))?;
            row = row.saturating_add(1);
        }
    }
    Ok(())
}

/// The two header rows of a table, its lists of values and its notes.
fn head(sheet: &mut Worksheet, table: &Table, at: usize, layout: &Layout, formats: &Formats) -> Result<(), WriteError> {
    sheet.set_name(table.name)?;
    sheet.set_freeze_panes(2, 0)?;
    let names = layout.header(at);
    for (position, laid) in layout.columns(at).iter().enumerate() {
        let Some(column) = table.columns.get(laid.column) else {
            continue;
        };
        let position = u16::try_from(position).unwrap_or(u16::MAX);
        sheet.set_column_width(position, if column.kind == Kind::Text { 32 } else { 18 })?;
        let star = if column.required { " *" } else { "" };
        let lang = laid.lang.as_ref().map(|lang| format!(" ({lang})")).unwrap_or_default();
        sheet.write_string_with_format(0, position, format!("{}{lang}{star}", column.el), &formats.head)?;
        let values: &[&str] = match column.kind {
            Kind::Choice(values) => values,
            Kind::Flag => &["true", "false"],
            _ => &[],
        };
        if !values.is_empty() {
            let list = DataValidation::new().allow_list_strings(values)?;
            sheet.add_data_validation(2, position, ROWS.saturating_sub(1), position, &list)?;
        }
        if laid.lang.is_none() {
            sheet.insert_note(0, position, &Note::new(crate::help::note(column)))?;
        }
    }
    for (position, name) in names.iter().enumerate() {
        sheet.write_string_with_format(1, u16::try_from(position).unwrap_or(u16::MAX), name, &formats.name)?;
    }
    Ok(())
}

/// A cell as its kind wants it: days as days, numbers as numbers where they come back the same, the rest as text that is no
/// formula.
pub(crate) fn put(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    kind: Kind,
    cell: &str,
    formats: &Formats,
) -> Result<(), WriteError> {
    if cell.is_empty() {
        return Ok(());
    }
    match kind {
        Kind::Date => {
            // Before March 1900 the format's calendar is wrong.
            let new = NaiveDate::from_ymd_opt(1900, 3, 1);
            let day = cell
                .parse::<NaiveDate>()
                .ok()
                .filter(|day| Some(*day) >= new && cell.len() == 10);
            match day {
                Some(_) => sheet.write_datetime_with_format(
                    row,
                    column,
                    ExcelDateTime::parse_from_str(cell)?,
                    &formats.date,
                )?,
                None => sheet.write_string(row, column, guard(cell))?,
            };
        }
        Kind::Number | Kind::Count => {
            match cell.parse::<f64>().ok().filter(|number| number.to_string() == cell) {
                Some(number) => sheet.write_number(row, column, number)?,
                None => sheet.write_string(row, column, cell)?,
            };
        }
        _ => {
            sheet.write_string(row, column, guard(cell))?;
        }
    }
    Ok(())
}

/// Reads the sheets of a workbook that we know.
pub(crate) fn read(book: &mut Book, part: &Part, limits: &Limits) -> Result<(), Fault> {
    let name = part.name();
    let broken = |error: calamine::XlsxError| Fault::file(name, Code::Broken, error);
    let opened = part.open().map_err(|error| Fault::file(name, Code::Broken, error))?;
    let mut workbook: Opened<'_> = Xlsx::new(opened).map_err(broken)?;
    let names = workbook.sheet_names();
    let long = if names.iter().any(|name| name == LONG) {
        long_texts(&mut workbook).map_err(broken)?
    } else {
        HashMap::new()
    };
    for sheet in names.iter().filter(|name| !FOR_PEOPLE.contains(&name.as_str())) {
        read_sheet(book, &mut workbook, sheet, &long, limits).map_err(|stop| match stop {
            Stop::Broken(error) => Fault::file(sheet, Code::Broken, error),
            Stop::Fault(fault) => fault,
        })?;
    }
    Ok(())
}

type Opened<'p> = Xlsx<Box<dyn Source + 'p>>;

fn long_texts(workbook: &mut Opened<'_>) -> Result<HashMap<String, String>, calamine::XlsxError> {
    let mut texts: HashMap<String, String> = HashMap::new();
    let mut cells = workbook.worksheet_cells_reader(LONG)?;
    let mut key = String::new();
    while let Some(cell) = cells.next_cell()? {
        let (_, column) = cell.get_position();
        let text = text_of(cell.get_value()).unwrap_or_default();
        if column == 0 {
            key = text;
        } else {
            let piece = text
                .strip_prefix('|')
                .and_then(|text| text.strip_suffix('|'))
                .unwrap_or(&text);
            texts.entry(key.clone()).or_default().push_str(piece);
        }
    }
    Ok(texts)
}

enum Stop {
    Broken(calamine::XlsxError),
    Fault(Fault),
}

/// What a sheet turned out to be.
enum Found {
    Nothing,
    /// Not a table of ours.
    Ignored,
    Table(Sheet),
    Simple(simple::Rows),
}

fn read_sheet(
    book: &mut Book,
    workbook: &mut Opened<'_>,
    name: &str,
    long: &HashMap<String, String>,
    limits: &Limits,
) -> Result<(), Stop> {
    let mut cells = workbook.worksheet_cells_reader(name).map_err(Stop::Broken)?;
    let mut rows = RowReader {
        found: Found::Nothing,
        waiting: Vec::new(),
        name,
        limits,
    };
    let (mut number, mut row): (u32, Vec<String>) = (0, Vec::new());
    while let Some(cell) = cells.next_cell().map_err(Stop::Broken)? {
        let (at, column) = cell.get_position();
        if at != number {
            rows.row(book, number, std::mem::take(&mut row)).map_err(Stop::Fault)?;
            number = at;
        }
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if let DataRef::Error(error) = cell.get_value() {
            let mut fault = Fault::file(name, Code::CellError, error);
            fault.row = Some(at.saturating_add(1));
            fault.column = Some(crate::fault::letters(column));
            book.faults.push(fault);
            continue;
        }
        let Some(text) = text_of(cell.get_value()) else {
            continue;
        };
        if column >= limits.columns {
            continue;
        }
        if row.len() <= column {
            row.resize(column.saturating_add(1), String::new());
        }
        if let Some(cell) = row.get_mut(column) {
            *cell = match text.strip_prefix(MARK).and_then(|key| long.get(key)) {
                Some(long) => long.clone(),
                None => text,
            };
        }
    }
    rows.row(book, number, row).map_err(Stop::Fault)?;
    rows.finish(book).map_err(Stop::Fault)
}

struct RowReader<'r> {
    found: Found,
    /// Rows before the header is known.
    waiting: Vec<(u32, Vec<String>)>,
    name: &'r str,
    limits: &'r Limits,
}

/// How far down a header may stand.
const HEADER_ROWS: usize = 6;

impl RowReader<'_> {
    fn row(&mut self, book: &mut Book, number: u32, cells: Vec<String>) -> Result<(), Fault> {
        let number = number.saturating_add(1);
        match &mut self.found {
            Found::Table(sheet) => crate::csv::push(sheet, number, &cells, self.limits),
            Found::Simple(simple) => simple.push(number, &cells, self.limits),
            Found::Ignored => Ok(()),
            Found::Nothing => {
                if cells.is_empty() {
                    return Ok(());
                }
                self.waiting.push((number, cells));
                if self.waiting.len() >= HEADER_ROWS {
                    self.settle(book)
                } else {
                    Ok(())
                }
            }
        }
    }

    /// Looks for the header among the first rows: the one with HSDS's names, else the first with labels.
    fn settle(&mut self, book: &mut Book) -> Result<(), Fault> {
        let waiting = std::mem::take(&mut self.waiting);
        if waiting.is_empty() {
            return Ok(());
        }
        let simple = waiting
            .iter()
            .enumerate()
            .find_map(|(at, (_, cells))| Some((at, simple::header(cells)?)));
        let header = if let Some((at, found)) = simple {
            self.found = Found::Simple(simple::Rows::new(self.name, found));
            at
        } else {
            let exact = waiting
                .iter()
                .position(|(_, cells)| crate::read::table_of_header(cells).is_some());
            let at = exact.unwrap_or_default();
            let cells = waiting.get(at).map(|(_, cells)| cells.as_slice()).unwrap_or_default();
            let table = table_named(self.name).or_else(|| crate::read::table_of_header(cells));
            match table.and_then(|table| Some((table, book.header(self.name, table, cells)?))) {
                Some((table, known)) => self.found = Found::Table(Sheet::new(self.name, table, known)),
                None => {
                    self.found = Found::Ignored;
                    book.notes.push(Fault::file(self.name, Code::UnknownSheet, self.name));
                    return Ok(());
                }
            }
            at
        };
        for (number, cells) in waiting.into_iter().skip(header.saturating_add(1)) {
            self.row(book, number.saturating_sub(1), cells)?;
        }
        Ok(())
    }

    fn finish(mut self, book: &mut Book) -> Result<(), Fault> {
        if let Found::Nothing = self.found {
            self.settle(book)?;
        }
        match self.found {
            Found::Table(sheet) => book.add(sheet),
            Found::Simple(simple) => book.simple.push(std::sync::Arc::new(simple)),
            Found::Nothing | Found::Ignored => {}
        }
        Ok(())
    }
}

/// The text of a cell: days and times as people's programs show them.
fn text_of(value: &DataRef<'_>) -> Option<String> {
    Some(match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(flag) => flag.to_string(),
        DataRef::DateTime(moment) => {
            let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
            let time = format!("{hour:02}:{minute:02}:{second:02}");
            if moment.as_f64() < 1.0 {
                time
            } else if (hour, minute, second) == (0, 0, 0) {
                format!("{year:04}-{month:02}-{day:02}")
            } else {
                format!("{year:04}-{month:02}-{day:02}T{time}")
            }
        }
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(_) | DataRef::Empty => return None,
    })
}

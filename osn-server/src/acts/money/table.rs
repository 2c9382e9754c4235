//! A table that leaves the house: columns with their meaning, typed cells; written as a sheet of a workbook, or as CSV in a
//! package that describes itself.

use std::io::{Cursor, Write as _};

use chrono::{Datelike as _, NaiveDate};
use osn_core::money::Money;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;

use crate::refusal::{Outcome, Refusal};

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// An amount in euros.
    Money,
    /// A day.
    Day,
    /// A whole number.
    Number,
    /// Whatever the row is about: a list of items with their values.
    Any,
}

/// A column: its name for programs, its kind, its title in Greek and English.
#[derive(Debug, Clone, Copy)]
pub struct Column(pub &'static str, pub Kind, pub &'static str, pub &'static str);

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Text.
    Text(String),
    /// An amount.
    Money(Money),
    /// A day.
    Day(NaiveDate),
    /// A whole number.
    Number(u64),
    /// A digest or an identifier.
    Code(String),
    /// A code, and the key of its words for people: files hold the code, paper the words.
    Word(String, String),
    /// A label of ours in Greek and English: files hold both, paper the reader's.
    Label(&'static str, &'static str),
    /// Nothing.
    Empty,
}

/// Text; nothing when it is empty.
pub(super) fn text(text: impl Into<String>) -> Cell {
    let text = text.into();
    if text.is_empty() { Cell::Empty } else { Cell::Text(text) }
}

/// A digest or an identifier; nothing when there is none.
pub(super) fn code(of: Option<impl ToString>) -> Cell {
    let text = of.map(|of| of.to_string()).unwrap_or_default();
    if text.is_empty() { Cell::Empty } else { Cell::Code(text) }
}

/// A day, where there is one.
pub(super) fn day(day: Option<NaiveDate>) -> Cell {
    day.map_or(Cell::Empty, Cell::Day)
}

/// A table.
#[derive(Debug, Clone)]
pub struct Table {
    /// Name for programs: also of its file.
    pub name: &'static str,
    /// Title in Greek and English.
    pub title: (&'static str, &'static str),
    /// Columns.
    pub columns: &'static [Column],
    /// Rows, each with a cell for every column.
    pub rows: Vec<Vec<Cell>>,
}

/// The tables as sheets of one workbook, in their order.
pub(super) fn workbook(tables: &[Table]) -> Outcome<Vec<u8>> {
    let mut book = Workbook::new();
    let formats = Formats::new();
    let written = tables.iter().enumerate().try_for_each(|(at, table)| {
        let name = format!("{} {}", at + 1, table.title.0);
        sheet(book.add_worksheet(), &formats, &name, table)
    });
    let saved = written.and_then(|()| book.save_to_buffer());
    saved.map_err(Refusal::internal)
}

/// How the cells look.
struct Formats {
    head: Format,
    money: Format,
    day: Format,
}

impl Formats {
    fn new() -> Self {
        Self {
            head: Format::new().set_bold().set_text_wrap(),
            money: Format::new().set_num_format("#,##0.00 €"),
            day: Format::new().set_num_format("dd/mm/yyyy"),
        }
    }
}

fn sheet(sheet: &mut Worksheet, formats: &Formats, name: &str, table: &Table) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    for (column, Column(_, _, el, en)) in (0_u16..).zip(table.columns) {
        sheet.write_string_with_format(0, column, both(el, en), &formats.head)?;
        sheet.set_column_width(column, 18)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    for (row, cells) in (1_u32..).zip(&table.rows) {
        for (column, cell) in (0_u16..).zip(cells) {
            match cell {
                // A cell that begins like a formula stays text: the writer never makes a formula of a string.
                Cell::Text(text) | Cell::Code(text) | Cell::Word(text, _) => sheet.write_string(row, column, text)?,
                Cell::Label(el, en) => sheet.write_string(row, column, both(el, en))?,
                Cell::Money(amount) => {
                    let number: f64 = amount.to_string().parse().unwrap_or_default();
                    sheet.write_number_with_format(row, column, number, &formats.money)?
                }
                Cell::Day(day) => sheet.write_datetime_with_format(row, column, &excel_day(*day)?, &formats.day)?,
                Cell::Number(number) => {
                    let number = u32::try_from(*number).unwrap_or(u32::MAX);
                    sheet.write_number(row, column, f64::from(number))?
                }
                Cell::Empty => continue,
            };
        }
    }
    Ok(())
}

/// Both languages in one cell.
fn both(el: &str, en: &str) -> String {
    if el == en {
        el.to_owned()
    } else {
        format!("{el} / {en}")
    }
}

fn excel_day(day: NaiveDate) -> Result<ExcelDateTime, XlsxError> {
    let year = u16::try_from(day.year()).unwrap_or(1900);
    let (month, of_month) = (
        u8::try_from(day.month()).unwrap_or(1),
        u8::try_from(day.day()).unwrap_or(1),
    );
    ExcelDateTime::from_ymd(year, month, of_month)
}

/// The tables as CSV in one zip, with `datapackage.json` that says what every column means.
pub(super) fn package(name: &str, title: &str, tables: &[Table]) -> Outcome<Vec<u8>> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    let described = serde_json::to_vec_pretty(&description(name, title, tables)).map_err(Refusal::internal)?;
    archive
        .start_file("datapackage.json", options)
        .map_err(Refusal::internal)?;
    archive.write_all(&described).map_err(Refusal::internal)?;
    for table in tables {
        archive
            .start_file(format!("{}.csv", table.name), options)
            .map_err(Refusal::internal)?;
        archive.write_all(&csv_of(table)?).map_err(Refusal::internal)?;
    }
    Ok(archive.finish().map_err(Refusal::internal)?.into_inner())
}

fn csv_of(table: &Table) -> Outcome<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let head = table.columns.iter().map(|Column(name, ..)| *name);
    writer.write_record(head).map_err(Refusal::internal)?;
    for row in &table.rows {
        writer.write_record(row.iter().map(plain)).map_err(Refusal::internal)?;
    }
    writer.into_inner().map_err(Refusal::internal)
}

/// A cell of a CSV: no spreadsheet takes a text for a formula. A negative amount is a number.
fn plain(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) | Cell::Code(text) | Cell::Word(text, _) => osn_file::guard_csv(text),
        Cell::Label(el, en) => osn_file::guard_csv(&both(el, en)),
        Cell::Money(amount) => amount.to_string(),
        Cell::Day(day) => day.to_string(),
        Cell::Number(number) => number.to_string(),
        Cell::Empty => String::new(),
    }
}

fn description(name: &str, title: &str, tables: &[Table]) -> Value {
    let field = |Column(name, kind, el, en): &Column| {
        let kind = match kind {
            Kind::Text | Kind::Any => "string",
            Kind::Money => "number",
            Kind::Day => "date",
            Kind::Number => "integer",
        };
        json!({ "name": name, "type": kind, "title": en, "description": el })
    };
    let resource = |table: &Table| {
        json!({
            "name": table.name, "path": format!("{}.csv", table.name), "title": table.title.1, "description": table.title.0,
            "format": "csv", "mediatype": "text/csv", "encoding": "utf-8", "profile": "tabular-data-resource",
            "schema": { "fields": table.columns.iter().map(field).collect::<Vec<_>>() },
        })
    };
    json!({
        "name": name, "title": title, "profile": "tabular-data-package",
        "description": "Amounts are euros with two decimals; days are ISO 8601. An apostrophe stands before a text that a \
            spreadsheet would take for a formula.",
        "resources": tables.iter().map(resource).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    const COLUMNS: &[Column] = &[
        Column("subject", Kind::Text, "Περιγραφή", "Subject"),
        Column("amount", Kind::Money, "Ποσό", "Amount"),
    ];

    #[test]
    fn a_package_describes_its_tables_and_holds_no_formula() {
        let table = Table {
            name: "rows",
            title: ("Γραμμές", "Rows"),
            columns: COLUMNS,
            rows: vec![
                vec![text("=HYPERLINK(\"x\")"), Cell::Money(Money::from_cents(-500))],
                vec![text(""), Cell::Empty],
            ],
        };
        let bytes = package("test", "Test", &[table]).unwrap();
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut read = |name: &str| {
            let mut text = String::new();
            archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
            text
        };
        assert_eq!(
            read("rows.csv"),
            "subject,amount\n\"'=HYPERLINK(\"\"x\"\")\",-5.00\n,\n"
        );
        let described: Value = serde_json::from_str(&read("datapackage.json")).unwrap();
        let fields = &described["resources"][0]["schema"]["fields"];
        assert_eq!(
            (&fields[1]["name"], &fields[1]["type"]),
            (&json!("amount"), &json!("number"))
        );
    }
}

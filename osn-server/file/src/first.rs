//! Anybody's own table, which is not the mapping: the rows of a CSV text or of the first sheet of a workbook, each cell as its
//! program holds it and where it stands.

use calamine::{DataRef, Reader as _, Xlsx};
use chrono::NaiveDate;

use crate::book::Limits;
use crate::decode::{Text, survey};
use crate::fault::{Code, Fault};
use crate::part::Part;

/// What a cell holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Held {
    /// Nothing.
    #[default]
    Nothing,
    /// Text, without the blanks around it.
    Text(String),
    /// A number of a workbook.
    Number(f64),
    /// A day of a workbook.
    Day(NaiveDate),
    /// An error of the program that made the workbook.
    Broken,
}

impl Held {
    fn text(text: &str) -> Self {
        let text = text.trim();
        if text.is_empty() {
            Self::Nothing
        } else {
            Self::Text(text.to_owned())
        }
    }
}

/// A row.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Its number, from 1, as the program that shows the file counts.
    pub number: u32,
    /// Its cells, from the first column on.
    pub cells: Vec<Held>,
}

impl Line {
    fn is_empty(&self) -> bool {
        self.cells.iter().all(|cell| *cell == Held::Nothing)
    }
}

/// The rows in which something stands.
///
/// # Errors
/// A file that is too large, that unpacks to too much, that is neither CSV nor a workbook, or that has too many rows.
pub fn first_sheet(bytes: &[u8], limits: &Limits) -> Result<Vec<Line>, Fault> {
    let part = Part::held("", bytes.to_vec());
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limits.bytes {
        return Err(Fault::file("", Code::TooLarge, format!("{} MiB", limits.bytes >> 20)));
    }
    if !bytes.starts_with(b"PK") {
        return text(bytes, limits);
    }
    crate::read::weigh("", &mut crate::read::archive(&part)?, limits)?;
    workbook(bytes, limits)
}

fn put(lines: &mut Vec<Line>, line: Line, limits: &Limits) -> Result<(), Fault> {
    if line.is_empty() {
        return Ok(());
    }
    if lines.len() >= limits.rows {
        return Err(Fault::file("", Code::TooManyRows, limits.rows));
    }
    lines.push(line);
    Ok(())
}

fn text(bytes: &[u8], limits: &Limits) -> Result<Vec<Line>, Fault> {
    let looked = survey(bytes).map_err(|error| Fault::file("", Code::Broken, error))?;
    if looked.is_binary || bytes.starts_with(b"%PDF") {
        return Err(Fault::file("", Code::UnknownFormat, ""));
    }
    let mut lines = Vec::new();
    crate::csv::rows(Text::new(bytes, looked), |number, cells| {
        let cells = cells.iter().take(limits.columns).map(|cell| Held::text(cell)).collect();
        put(&mut lines, Line { number, cells }, limits)
    })?;
    Ok(lines)
}

fn workbook(bytes: &[u8], limits: &Limits) -> Result<Vec<Line>, Fault> {
    let broken = |error: calamine::XlsxError| Fault::file("", Code::Broken, error);
    let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(bytes)).map_err(broken)?;
    let first = book.sheet_names().into_iter().next();
    let first = first.ok_or_else(|| Fault::file("", Code::NoTable, ""))?;
    let mut cells = book.worksheet_cells_reader(&first).map_err(broken)?;
    let mut lines = Vec::new();
    let mut line = Line {
        number: 1,
        cells: Vec::new(),
    };
    // Cell by cell: a sheet whose last cell stands far out costs nothing.
    while let Some(cell) = cells.next_cell().map_err(broken)? {
        let (row, column) = cell.get_position();
        let number = row.saturating_add(1);
        if number != line.number {
            let next = Line {
                number,
                cells: Vec::new(),
            };
            put(&mut lines, std::mem::replace(&mut line, next), limits)?;
        }
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column >= limits.columns {
            continue;
        }
        if line.cells.len() <= column {
            line.cells.resize(column.saturating_add(1), Held::Nothing);
        }
        if let Some(place) = line.cells.get_mut(column) {
            *place = held(cell.get_value());
        }
    }
    put(&mut lines, line, limits)?;
    Ok(lines)
}

fn held(value: &DataRef<'_>) -> Held {
    match value {
        DataRef::Int(number) => Held::text(&number.to_string()),
        DataRef::Float(number) => Held::Number(*number),
        DataRef::String(text) => Held::text(text),
        DataRef::SharedString(text) => Held::text(text),
        DataRef::Bool(flag) => Held::text(&flag.to_string()),
        DataRef::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day)).map_or(Held::Broken, Held::Day)
        }
        DataRef::DateTimeIso(text) => {
            let day = text.get(..10).and_then(|day| day.parse().ok());
            day.map_or_else(|| Held::text(text), Held::Day)
        }
        DataRef::DurationIso(text) => Held::text(text),
        DataRef::Error(_) => Held::Broken,
        DataRef::Empty => Held::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

    use super::*;

    fn limits() -> Limits {
        Limits {
            rows: 3,
            columns: 4,
            unpacked: 4 << 20,
            ..Limits::default()
        }
    }

    #[test]
    fn a_workbook_and_a_text_say_the_same_with_their_places() {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        // Nothing above, an empty row between, and a cell far out that is not read.
        sheet.write_string(1, 0, " Ποσό ").unwrap();
        sheet.write_number(3, 0, 1240.5).unwrap();
        let day = ExcelDateTime::from_ymd(2022, 9, 28).unwrap();
        let format = Format::new().set_num_format("dd/mm/yyyy");
        sheet.write_datetime_with_format(3, 1, &day, &format).unwrap();
        sheet.write_string(3, 16_000, "μακριά").unwrap();
        let lines = first_sheet(&book.save_to_buffer().unwrap(), &limits()).unwrap();
        assert_eq!(
            lines,
            [
                Line {
                    number: 2,
                    cells: vec![Held::Text("Ποσό".to_owned())]
                },
                Line {
                    number: 4,
                    cells: vec![Held::Number(1240.5), Held::Day("2022-09-28".parse().unwrap())]
                },
            ]
        );
        let lines = first_sheet("Ποσό;Ημέρα\n;\n1.240,50;28/9/2022\n".as_bytes(), &limits()).unwrap();
        let numbers: Vec<u32> = lines.iter().map(|line| line.number).collect();
        assert_eq!(numbers, [1, 3]);
        assert_eq!(lines[1].cells[0], Held::Text("1.240,50".to_owned()));
    }

    #[test]
    fn too_much_and_what_is_no_table_is_refused_by_type() {
        let rows = "α;β\n".repeat(4);
        let code = |bytes: &[u8], limits: &Limits| first_sheet(bytes, limits).unwrap_err().code;
        assert_eq!(code(rows.as_bytes(), &limits()), Code::TooManyRows);
        let small = Limits { bytes: 4, ..limits() };
        assert_eq!(code(rows.as_bytes(), &small), Code::TooLarge);
        assert_eq!(code(b"PK\x03\x04 cut off", &limits()), Code::Broken);
        assert_eq!(code(b"%PDF-1.7", &limits()), Code::UnknownFormat);
        let mut book = Workbook::new();
        book.add_worksheet().write_string(0, 0, "α").unwrap();
        let tight = Limits {
            unpacked: 100,
            ..limits()
        };
        assert_eq!(code(&book.save_to_buffer().unwrap(), &tight), Code::Bomb);
    }
}

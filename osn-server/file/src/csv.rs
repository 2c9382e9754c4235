//! CSV: the tables as HSDS's tabular form has them, zipped with a `datapackage.json`; and CSV as people's programs write it.

use std::borrow::Cow;
use std::io::{Read, Seek, Write};

use osn_core::directory::{Directory, DirectoryRecord};
use zip::write::SimpleFileOptions;

use crate::book::{Book, Limits, Sheet, table_named};
use crate::cell::{guard_csv, unguard_inside};
use crate::decode::Text;
use crate::fault::{Code, Fault};
use crate::flat::{Flattener, Layout};
use crate::tables::{Kind, TABLES};
use crate::{WriteError, package};

/// Writes the tables of a mapping as CSV into one zip, with the description of the package beside them.
///
/// Rows are spooled to temporary files, so that the memory does not grow with the mapping.
///
/// # Errors
/// When the file or the temporary files cannot be written.
pub(crate) fn write_zip<W: Write + Seek>(
    directory: &Directory,
    layout: &Layout,
    out: W,
    mut progress: impl FnMut(usize),
) -> Result<(), WriteError> {
    let mut spools = Vec::new();
    for at in 0..TABLES.len() {
        let mut writer = csv::Writer::from_writer(std::io::BufWriter::new(tempfile::tempfile()?));
        writer.write_record(layout.header(at))?;
        spools.push(writer);
    }
    let mut flat = Flattener::new(directory, layout, true);
    for (done, record) in directory.records().enumerate() {
        write_rows(&mut flat, layout, &record, &mut spools)?;
        progress(done.saturating_add(1));
    }
    let mut archive = zip::ZipWriter::new(out);
    // Large zip entries need the 64-bit form, which every reader of today takes.
    let options = SimpleFileOptions::default().large_file(true);
    archive.start_file("datapackage.json", options)?;
    serde_json::to_writer_pretty(&mut archive, &package::describe(layout))?;
    for (at, spool) in spools.into_iter().enumerate() {
        let buffered = spool
            .into_inner()
            .map_err(|error| WriteError::Io(std::io::Error::other(error.to_string())))?;
        let mut file = buffered
            .into_inner()
            .map_err(|error| WriteError::Io(error.into_error()))?;
        std::io::Seek::rewind(&mut file)?;
        let name = TABLES.get(at).map(|table| table.file).unwrap_or_default();
        archive.start_file(format!("{name}.csv"), options)?;
        std::io::copy(&mut file, &mut archive)?;
    }
    archive.finish()?;
    Ok(())
}

fn write_rows<W: Write>(
    flat: &mut Flattener<'_>,
    layout: &Layout,
    record: &DirectoryRecord,
    spools: &mut [csv::Writer<W>],
) -> Result<(), WriteError> {
    for row in flat.rows(record)? {
        let columns = TABLES.get(row.table).map(|table| table.columns).unwrap_or_default();
        let cells = row.cells.iter().zip(layout.columns(row.table)).map(|(cell, laid)| {
            match columns.get(laid.column).map(|column| column.kind) {
                // A negative number is a number.
                Some(Kind::Number | Kind::Count) => Cow::Borrowed(cell.as_str()),
                _ => Cow::Owned(guard_csv(cell)),
            }
        });
        if let Some(spool) = spools.get_mut(row.table) {
            spool.write_record(cells.map(Cow::into_owned))?;
        }
    }
    Ok(())
}

/// Bytes of a text in which its separator is looked for.
const START: u64 = 64 << 10;

/// What separates the cells: what stands most often in the first line, outside quotation marks; and how many bytes of the
/// text say so and are no row.
fn separator(start: &[u8]) -> (u8, usize) {
    let end = start.iter().position(|byte| *byte == b'\n');
    let first = start.get(..end.unwrap_or(start.len())).unwrap_or_default();
    if let Some(said) = first
        .trim_ascii()
        .strip_prefix(b"sep=")
        .and_then(|said| said.first().copied())
    {
        return (said, first.len().saturating_add(1).min(start.len()));
    }
    let mut quoted = false;
    let (mut best, mut counts) = (b',', [(b',', 0_usize), (b';', 0), (b'\t', 0)]);
    for byte in start.iter().copied() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            other if !quoted => {
                for (separator, count) in &mut counts {
                    *count = count.saturating_add(usize::from(*separator == other));
                }
            }
            _ => {}
        }
    }
    if let Some((most, _)) = counts
        .iter()
        .max_by_key(|(_, count)| *count)
        .filter(|(_, count)| *count > 0)
    {
        best = *most;
    }
    (best, 0)
}

/// Rows of a CSV text, each with its number in the file.
pub(crate) fn rows(
    mut text: impl Read,
    mut see: impl FnMut(u32, Vec<String>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let broken = |error: &dyn std::fmt::Display| Fault::file("", Code::Broken, error);
    let mut start = Vec::new();
    let head = text.by_ref().take(START).read_to_end(&mut start);
    head.map_err(|error| broken(&error))?;
    let (separator, skipped) = separator(&start);
    let is_double = is_double(&start);
    // The last row ends, too, as the others do.
    let end: &[u8] = if is_double { b"\r\n" } else { b"\n" };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(start.get(skipped..).unwrap_or_default().chain(text).chain(end));
    // Of the two signs of a line break on Windows, the reader takes the second with the next row.
    let mut numbers = Numbers {
        past: u64::from(!is_double),
        inside: 0,
        last: 0,
    };
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|error| broken(&error))? {
        let number = numbers.next(reader.position().line(), &record);
        see(number, record.iter().map(str::to_owned).collect())?;
    }
    Ok(())
}

/// Whether rows end as on Windows, with two signs.
fn is_double(start: &[u8]) -> bool {
    let mut quoted = false;
    let end = start.iter().copied().find(|byte| {
        quoted ^= *byte == b'"';
        !quoted && matches!(*byte, b'\r' | b'\n')
    });
    end == Some(b'\r')
}

/// Counts rows as people see them: a line that has nothing in it is one, and the lines of a cell are none. The reader leaves
/// the former out, and says only on which line of the text it stands.
struct Numbers {
    /// Lines of the text that the reader is past the row that it has just read.
    past: u64,
    /// Line breaks inside cells so far.
    inside: u64,
    last: u32,
}

impl Numbers {
    fn next(&mut self, line: u64, record: &csv::StringRecord) -> u32 {
        let inside = u64::try_from(record.as_slice().matches('\n').count()).unwrap_or(u64::MAX);
        self.inside = self.inside.saturating_add(inside);
        let seen = line.saturating_sub(self.past).saturating_sub(self.inside);
        // Line breaks of other kinds among these are not counted: then a row has at least a number of its own.
        self.last = u32::try_from(seen).unwrap_or(u32::MAX).max(self.last.saturating_add(1));
        self.last
    }
}

/// Reads one CSV file into the book. A file whose name and header we do not know is a note.
pub(crate) fn read(book: &mut Book, name: &str, text: impl Read, limits: &Limits) -> Result<(), Fault> {
    let mut header: Option<Vec<String>> = None;
    let mut sheet: Option<Sheet> = None;
    let mut is_simple = false;
    let mut simple = crate::simple::Rows::default();
    let mut stop = None;
    rows(text, |number, cells| {
        if stop.is_some() {
            return Ok(());
        }
        if header.is_none() {
            if cells.iter().all(|cell| cell.trim().is_empty()) {
                return Ok(());
            }
            if cells.len() > limits.columns {
                return Err(Fault::file(name, Code::TooLarge, limits.columns));
            }
            if let Some(found) = crate::simple::header(&cells) {
                simple = crate::simple::Rows::new(name, found);
                is_simple = true;
            } else {
                let known = table_named(name).or_else(|| crate::read::table_of_header(&cells));
                match known.and_then(|at| Some((at, book.header(name, at, &cells)?))) {
                    Some((at, known)) => sheet = Some(Sheet::new(name, at, known)),
                    None => stop = Some(Fault::file(name, Code::UnknownSheet, name)),
                }
            }
            header = Some(cells);
            return Ok(());
        }
        if is_simple {
            return simple.push(number, &cells, limits);
        }
        let Some(sheet) = &mut sheet else { return Ok(()) };
        let is_guarded = |cell: &String| cell.contains('\'');
        let cells = cells.into_iter();
        let cells: Vec<String> = cells
            .map(|cell| if is_guarded(&cell) { unguard_inside(&cell) } else { cell })
            .collect();
        push(sheet, number, &cells, limits)
    })
    .map_err(|fault| Fault {
        sheet: if fault.sheet.is_empty() {
            name.to_owned()
        } else {
            fault.sheet.clone()
        },
        ..fault
    })?;
    book.notes.extend(stop);
    if let Some(sheet) = sheet {
        book.add(sheet);
    }
    if is_simple {
        book.simple.push(std::sync::Arc::new(simple));
    }
    Ok(())
}

/// The known cells of a row; a row that is shorter than its header says nothing there.
pub(crate) fn push(sheet: &mut Sheet, number: u32, cells: &[String], limits: &Limits) -> Result<(), Fault> {
    let places: Vec<usize> = sheet.known.iter().map(|known| known.at).collect();
    let said = places
        .iter()
        .map(|at| Some(cells.get(*at).map(String::as_str).unwrap_or_default()));
    sheet.push(number, said, limits)
}

/// Reads every CSV of an archive, within the limits.
pub(crate) fn read_zip<R: std::io::Read + Seek>(
    book: &mut Book,
    archive: &mut zip::ZipArchive<R>,
    limits: &Limits,
) -> Result<(), Fault> {
    for at in 0..archive.len() {
        let broken = |error: &dyn std::fmt::Display| Fault::file("", Code::Broken, error);
        let part = archive.by_index(at).map_err(|error| broken(&error))?;
        let name = part.name().map_err(|error| broken(&error))?.into_owned();
        let is_hidden = name.contains("__MACOSX") || name.rsplit('/').next().is_none_or(|last| last.starts_with('.'));
        let ending = name.rsplit('.').next().unwrap_or_default().to_lowercase();
        if is_hidden || part.is_dir() || name.ends_with("datapackage.json") {
            continue;
        }
        drop(part);
        if ending != "csv" && ending != "json" {
            book.notes.push(Fault::file(&name, Code::UnknownSheet, &name));
            continue;
        }
        let looked = crate::read::survey_entry(archive, at, &name)?;
        if ending == "csv" {
            let part = archive.by_index(at).map_err(|error| broken(&error))?;
            read(book, &name, Text::new(part, looked), limits)?;
        } else {
            // It is read more than once, and an archive gives one reader at a time.
            let mut bytes = Vec::new();
            let part = archive.by_index(at).map_err(|error| broken(&error))?;
            part.take(limits.bytes)
                .read_to_end(&mut bytes)
                .map_err(|error| broken(&error))?;
            crate::json::read(book, &name, || Ok(Text::new(bytes.as_slice(), looked)), limits)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_the_numbers_that_people_see() {
        let cases: [(&str, &[u32]); 8] = [
            ("a,b\n1,2\n", &[1, 2]),
            ("\na,b\n\n\n1,2", &[2, 5]),
            ("\na,b\n\n\n\"1\n1\",2\n3,4\n", &[2, 5, 6]),
            ("\r\na,b\r\n\r\n1,2", &[2, 4]),
            ("a,b\r\n\"1\r\n1\",2\r\n\r\n3,4\r\n", &[1, 2, 4]),
            ("\"a\na\",b\r\n\r\n1,2\r\n", &[1, 3]),
            ("a,b\r1,2\r", &[1, 2]),
            ("sep=;\na;b\n\n1;2\n", &[1, 3]),
        ];
        for (text, wanted) in cases {
            let mut numbers = Vec::new();
            let read = rows(text.as_bytes(), |number, _| {
                numbers.push(number);
                Ok(())
            });
            assert!(read.is_ok());
            assert_eq!(numbers, wanted, "{text:?}");
        }
    }
}

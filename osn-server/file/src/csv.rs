//! CSV: the tables as HSDS's tabular form has them, zipped with a `datapackage.json`; and CSV as people's programs write it.

use std::borrow::Cow;
use std::io::{Read as _, Seek, Write};

use osn_core::directory::{Directory, DirectoryRecord};
use zip::write::SimpleFileOptions;

use crate::book::{Book, Limits, Sheet, table_named};
use crate::cell::guard;
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
                _ => Cow::Owned(guard(cell)),
            }
        });
        if let Some(spool) = spools.get_mut(row.table) {
            spool.write_record(cells.map(Cow::into_owned))?;
        }
    }
    Ok(())
}

/// Text of a file, whatever program saved it: UTF-8 with or without its mark, UTF-16 with it, else Windows-1253.
pub(crate) fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding
            .decode_without_bom_handling(bytes.get(mark..).unwrap_or_default())
            .0;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => encoding_rs::WINDOWS_1253.decode(bytes).0,
    }
}

/// What separates the cells: what stands most often in the first line, outside quotation marks.
fn separator(text: &str) -> (u8, &str) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    if let Some(said) = first.trim().strip_prefix("sep=").and_then(|said| said.bytes().next()) {
        return (said, rest);
    }
    let mut quoted = false;
    let (mut best, mut counts) = (b',', [(b',', 0_usize), (b';', 0), (b'\t', 0)]);
    for byte in text.bytes().take(64 * 1024) {
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
    (best, text)
}

/// Rows of a CSV text, each with its number in the file.
pub(crate) fn rows(text: &str, mut see: impl FnMut(u32, Vec<String>) -> Result<(), Fault>) -> Result<(), Fault> {
    let (separator, text) = separator(text);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes());
    let mut number = 0_u32;
    for record in reader.records() {
        number = number.saturating_add(1);
        let record = record.map_err(|error| Fault::file("", Code::Broken, error))?;
        see(number, record.iter().map(str::to_owned).collect())?;
    }
    Ok(())
}

/// Reads one CSV file into the book. A file whose name and header we do not know is a note.
pub(crate) fn read(book: &mut Book, name: &str, bytes: &[u8], limits: &Limits) -> Result<(), Fault> {
    let text = decoded(bytes);
    let mut header: Option<Vec<String>> = None;
    let mut sheet: Option<Sheet> = None;
    let mut is_simple = false;
    let mut simple = crate::simple::Rows::default();
    let mut stop = None;
    rows(&text, |number, cells| {
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
        match &mut sheet {
            Some(sheet) => push(sheet, number, &cells, limits),
            None => Ok(()),
        }
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
        book.simple.push(simple);
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
    let mut left = limits.unpacked;
    for at in 0..archive.len() {
        let mut part = archive
            .by_index(at)
            .map_err(|error| Fault::file("", Code::Broken, error))?;
        let name = part
            .name()
            .map_err(|error| Fault::file("", Code::Broken, error))?
            .into_owned();
        let is_hidden = name.contains("__MACOSX") || name.rsplit('/').next().is_none_or(|last| last.starts_with('.'));
        let ending = name.rsplit('.').next().unwrap_or_default().to_lowercase();
        if is_hidden || part.is_dir() || name.ends_with("datapackage.json") {
            continue;
        }
        if ending != "csv" && ending != "json" {
            book.notes.push(Fault::file(&name, Code::UnknownSheet, &name));
            continue;
        }
        let mut bytes = Vec::new();
        part.by_ref()
            .take(left.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|error| Fault::file(&name, Code::Broken, error))?;
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        left = left
            .checked_sub(size)
            .ok_or_else(|| Fault::file(&name, Code::Bomb, ""))?;
        if ending == "csv" {
            read(book, &name, &bytes, limits)?;
        } else {
            crate::json::read(book, &name, &bytes, limits)?;
        }
    }
    Ok(())
}

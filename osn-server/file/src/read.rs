//! Opens a file, whatever it is: a workbook, a CSV table, an archive of tables, JSON.

use std::io::{Read as _, Seek};

use crate::book::{Book, Limits};
use crate::decode::{Survey, Text, survey};
use crate::fault::{Code, Fault};
use crate::part::{Part, Source};
use crate::tables::TABLES;
use crate::{csv, json, xlsx};

/// Reads a file. What keeps it out stands among the faults of the book.
pub fn read(name: &str, bytes: &[u8], limits: &Limits) -> Book {
    read_parts(&[Part::held(name, bytes.to_vec())], limits)
}

/// Reads several files as one, e.g. the tables of a folder. Neither they nor what stands in them is held at once.
pub fn read_parts(parts: &[Part], limits: &Limits) -> Book {
    let mut book = Book::default();
    for part in parts {
        if let Err(fault) = one(&mut book, part, limits) {
            let sheet = if fault.sheet.is_empty() {
                part.name().to_owned()
            } else {
                fault.sheet.clone()
            };
            book.faults.push(Fault { sheet, ..fault });
        }
    }
    if book.sheets.is_empty() && book.simple.is_empty() && book.faults.is_empty() {
        let name = parts.first().map(Part::name).unwrap_or_default();
        book.faults.push(Fault::file(name, Code::NoTable, ""));
    }
    book
}

fn one(book: &mut Book, part: &Part, limits: &Limits) -> Result<(), Fault> {
    let name = part.name();
    let broken = |error: std::io::Error| Fault::file(name, Code::Broken, error);
    if part.size().map_err(broken)? > limits.bytes {
        return Err(Fault::file(name, Code::TooLarge, format!("{} MiB", limits.bytes >> 20)));
    }
    let mut start = Vec::new();
    part.open()
        .map_err(broken)?
        .take(64)
        .read_to_end(&mut start)
        .map_err(broken)?;
    if start.starts_with(b"PK\x03\x04") {
        let mut archive = archive(part)?;
        weigh(name, &mut archive, limits)?;
        return if archive.index_for_name("xl/workbook.xml").is_some() {
            xlsx::read(book, part, limits)
        } else {
            csv::read_zip(book, &mut archive, limits)
        };
    }
    // An old workbook, or one with a password.
    if start.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) || start.starts_with(b"PK") || start.starts_with(b"%PDF") {
        return Err(Fault::file(name, Code::UnknownFormat, name));
    }
    let looked = survey(part.open().map_err(broken)?).map_err(broken)?;
    let text = || Ok(Text::new(part.open()?, looked));
    match first(text().map_err(broken)?).map_err(broken)? {
        None => Err(Fault::file(name, Code::NoTable, name)),
        Some(b'{' | b'[') => json::read(book, name, text, limits),
        Some(_) if looked.is_binary => Err(Fault::file(name, Code::UnknownFormat, name)),
        Some(_) => csv::read(book, name, text().map_err(broken)?, limits),
    }
}

/// The first byte of a text that is no blank.
fn first(text: impl std::io::Read) -> std::io::Result<Option<u8>> {
    for byte in std::io::BufReader::new(text).bytes() {
        let byte = byte?;
        if !byte.is_ascii_whitespace() {
            return Ok(Some(byte));
        }
    }
    Ok(None)
}

/// The archive that a part is.
pub(crate) fn archive(part: &Part) -> Result<zip::ZipArchive<Box<dyn Source + '_>>, Fault> {
    let broken = |error: &dyn std::fmt::Display| Fault::file(part.name(), Code::Broken, error);
    zip::ZipArchive::new(part.open().map_err(|error| broken(&error))?).map_err(|error| broken(&error))
}

/// A look at an entry of an archive.
pub(crate) fn survey_entry<R: std::io::Read + Seek>(
    archive: &mut zip::ZipArchive<R>,
    at: usize,
    name: &str,
) -> Result<Survey, Fault> {
    let entry = archive
        .by_index(at)
        .map_err(|error| Fault::file(name, Code::Broken, error))?;
    survey(entry).map_err(|error| Fault::file(name, Code::Broken, error))
}

/// Unpacks an archive into nothing, counting: what it says of itself may be a lie.
pub(crate) fn weigh<R: std::io::Read + Seek>(
    name: &str,
    archive: &mut zip::ZipArchive<R>,
    limits: &Limits,
) -> Result<(), Fault> {
    if archive.len() > limits.parts {
        return Err(Fault::file(name, Code::TooManyEntries, archive.len()));
    }
    let mut left = limits.unpacked;
    for at in 0..archive.len() {
        let broken = |error: &dyn std::fmt::Display| Fault::file(name, Code::Broken, error);
        let part = archive.by_index(at).map_err(|error| broken(&error))?;
        let size = std::io::copy(&mut part.take(left.saturating_add(1)), &mut std::io::sink())
            .map_err(|error| broken(&error))?;
        left = left
            .checked_sub(size)
            .ok_or_else(|| Fault::file(name, Code::Bomb, ""))?;
    }
    Ok(())
}

/// The table whose columns a header has, where the name of the file does not say.
pub(crate) fn table_of_header(cells: &[String]) -> Option<usize> {
    let known = |at: usize| {
        let columns = TABLES.get(at).map(|table| table.columns).unwrap_or_default();
        let is_column = |cell: &&String| {
            columns
                .iter()
                .any(|column| cell.trim().split('@').next() == Some(column.name))
        };
        cells.iter().filter(is_column).count()
    };
    let best = (0..TABLES.len()).max_by_key(|at| known(*at))?;
    (known(best) >= 3 && known(best).saturating_mul(10) >= cells.len().saturating_mul(7)).then_some(best)
}

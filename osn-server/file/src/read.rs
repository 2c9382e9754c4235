//! Opens a file, whatever it is: a workbook, a CSV table, an archive of tables, JSON.

use std::io::{Cursor, Read as _};

use crate::book::{Book, Limits};
use crate::fault::{Code, Fault};
use crate::tables::TABLES;
use crate::{csv, json, xlsx};

/// Reads a file. What keeps it out stands among the faults of the book.
pub fn read(name: &str, bytes: &[u8], limits: &Limits) -> Book {
    read_parts(&[(name.to_owned(), bytes.to_vec())], limits)
}

/// Reads several files as one, e.g. the tables of a folder.
pub fn read_parts(parts: &[(String, Vec<u8>)], limits: &Limits) -> Book {
    let mut book = Book::default();
    for (name, bytes) in parts {
        if let Err(fault) = part(&mut book, name, bytes, limits) {
            let sheet = if fault.sheet.is_empty() {
                name.clone()
            } else {
                fault.sheet.clone()
            };
            book.faults.push(Fault { sheet, ..fault });
        }
    }
    if book.sheets.is_empty() && book.simple.is_empty() && book.faults.is_empty() {
        let name = parts.first().map(|(name, _)| name.as_str()).unwrap_or_default();
        book.faults.push(Fault::file(name, Code::NoTable, ""));
    }
    book
}

fn part(book: &mut Book, name: &str, bytes: &[u8], limits: &Limits) -> Result<(), Fault> {
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if size > limits.bytes {
        return Err(Fault::file(name, Code::TooLarge, format!("{} MiB", limits.bytes >> 20)));
    }
    if bytes.starts_with(b"PK\x03\x04") {
        let mut archive =
            zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| Fault::file(name, Code::Broken, error))?;
        weigh(name, &mut archive, limits)?;
        return if archive.index_for_name("xl/workbook.xml").is_some() {
            xlsx::read(book, name, bytes, limits)
        } else {
            csv::read_zip(book, &mut archive, limits)
        };
    }
    // An old workbook, or one with a password.
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) || bytes.starts_with(b"PK") || bytes.starts_with(b"%PDF") {
        return Err(Fault::file(name, Code::UnknownFormat, name));
    }
    let start = csv::decoded(bytes.get(..bytes.len().min(64)).unwrap_or_default()).into_owned();
    let first = start.trim_start_matches('\u{feff}').trim_start().chars().next();
    match first {
        None => Err(Fault::file(name, Code::NoTable, name)),
        Some('{' | '[') => json::read(book, name, bytes, limits),
        Some(_) if bytes.contains(&0) && !bytes.starts_with(&[0xff, 0xfe]) && !bytes.starts_with(&[0xfe, 0xff]) => {
            Err(Fault::file(name, Code::UnknownFormat, name))
        }
        Some(_) => csv::read(book, name, bytes, limits),
    }
}

/// Unpacks an archive into nothing, counting: what it says of itself may be a lie.
fn weigh(name: &str, archive: &mut zip::ZipArchive<Cursor<&[u8]>>, limits: &Limits) -> Result<(), Fault> {
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

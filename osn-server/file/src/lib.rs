//! The mapping as files: the workbook, the CSV set and HSDS JSON, from the records of the core and back. No SQL, no HTTP.
//!
//! One description of the tables ([`tables`]) makes all of it. Writing goes record by record, so that memory does not grow
//! with the mapping. Reading ends in a [`Plan`]: what would be added, changed, removed; or in faults, each at its cell with
//! what to do about it. Nothing is half taken.
#![forbid(unsafe_code)]

mod book;
mod build;
mod cell;
mod csv;
mod decode;
mod fault;
mod first;
mod flat;
mod help;
mod hours;
mod ids;
mod json;
mod lines;
mod package;
mod part;
mod plan;
mod read;
mod simple;
pub mod tables;
mod xlsx;

use std::io::{Seek, Write};

use osn_core::directory::Directory;
use osn_core::matrix::CoverageMatrix;

pub use book::{Book, Limits, Sheet};
pub use build::Options;
pub use cell::{guard, guard_csv, unguard};
pub use fault::{Code, Fault, Faults, letters};
pub use first::{Held, Line, first_sheet};
pub use flat::{FlatRow, Flattener, Layout, languages};
pub use package::describe;
pub use part::Part;
pub use plan::{Change, FieldChange, Plan, Planned, Step, Verdict, differences, plan, steps};
pub use read::{read, read_parts};
pub use simple::template;

/// The version of HSDS that the tables follow.
pub const HSDS_VERSION: &str = "3.2.3";

/// The form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A workbook with a sheet for each table.
    Xlsx,
    /// A zip of CSV tables with `datapackage.json`.
    Csv,
    /// HSDS JSON.
    Json,
}

impl Format {
    /// The ending of its files.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "zip",
            Self::Json => "json",
        }
    }

    /// Its media type.
    pub const fn media(self) -> &'static str {
        match self {
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "application/zip",
            Self::Json => "application/json",
        }
    }
}

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The disk or the other side.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// CSV.
    #[error(transparent)]
    Csv(#[from] ::csv::Error),
    /// The archive.
    #[error(transparent)]
    Zip(#[from] zip::result::ZipError),
    /// The workbook.
    #[error(transparent)]
    Xlsx(#[from] rust_xlsxwriter::XlsxError),
    /// A record.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// More rows than a sheet takes.
    #[error("the table {0} has more rows than a workbook takes: export CSV or JSON instead")]
    TooManyRows(&'static str),
}

/// Writes a mapping in a form; `view` is the consolidated view, for the workbook. `progress` hears how many records are
/// done.
///
/// # Errors
/// When it cannot be written.
pub fn write<W: Write + Seek + Send>(
    format: Format,
    directory: &Directory,
    view: Option<&CoverageMatrix>,
    out: W,
    progress: impl FnMut(usize),
) -> Result<(), WriteError> {
    let langs = match format {
        Format::Json => std::collections::BTreeSet::new(),
        Format::Xlsx | Format::Csv => languages(directory.records()),
    };
    let layout = Layout::new(langs.iter().map(String::as_str));
    match format {
        Format::Xlsx => xlsx::write(directory, &layout, view, out, progress),
        Format::Csv => csv::write_zip(directory, &layout, out, progress),
        Format::Json => json::write(directory, std::io::BufWriter::new(out), progress),
    }
}

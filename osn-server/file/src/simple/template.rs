//! The empty simple sheet, to be filled in.

use std::io::{Seek, Write};

use osn_core::directory::Directory;
use rust_xlsxwriter::{DataValidation, Formula, Workbook};

use super::FIELDS;
use crate::WriteError;
use crate::xlsx::Formats;

/// Writes the empty simple sheet with help, an example and the lists of the municipality's own terms.
///
/// # Errors
/// When it cannot be written.
pub fn template<W: Write + Seek + Send>(directory: &Directory, out: W) -> Result<(), WriteError> {
    let formats = Formats::new();
    let mut book = Workbook::new();
    crate::help::sheet(book.add_worksheet(), &formats, true)?;
    let lengths = crate::help::lists(book.add_worksheet(), &formats, directory)?;
    let sheet = book.add_worksheet();
    sheet.set_name("Υπηρεσίες")?.set_freeze_panes(1, 0)?;
    for (column, field) in (0_u16..).zip(FIELDS) {
        sheet.set_column_width(column, 24)?;
        sheet.write_string_with_format(0, column, field.el, &formats.head)?;
        let must = if field.must {
            "Υποχρεωτικό / Required. "
        } else {
            ""
        };
        sheet.insert_note(
            0,
            column,
            &rust_xlsxwriter::Note::new(format!("{must}{} / {}. Π.χ. {}", field.el, field.en, field.example)),
        )?;
        let list = match field.key {
            "category" => Some(("A", lengths[0])),
            "area" => Some(("E", lengths[2])),
            _ => None,
        };
        if let Some((letter, length)) = list.filter(|(_, length)| *length > 0) {
            let cells = format!(
                "='{}'!${letter}$2:${letter}${}",
                crate::xlsx::LISTS,
                length.saturating_add(1)
            );
            // Several values in one cell are allowed, so the list helps and does not refuse.
            let values = DataValidation::new()
                .allow_list_formula(Formula::new(cells))
                .show_error_message(false);
            sheet.add_data_validation(1, column, 10_000, column, &values)?;
        }
        if field.key == "protected" {
            sheet.add_data_validation(
                1,
                column,
                10_000,
                column,
                &DataValidation::new().allow_list_strings(&["ναι", "όχι"])?,
            )?;
        }
    }
    sheet.set_active(true);
    book.save_to_writer(out)?;
    Ok(())
}

//! Sheets for people: how to fill in the workbook, with an example, and the consolidated view.

use osn_core::directory::{Directory, Taxonomy, TermCode};
use osn_core::matrix::CoverageMatrix;
use rust_xlsxwriter::{Format, Worksheet};

use crate::WriteError;
use crate::simple;
use crate::tables::{Column, Kind, TABLES};
use crate::xlsx::{Formats, HELP, LISTS, VIEW};

/// What to write into a column, for the note on its header.
pub(crate) fn note(column: &Column) -> String {
    let what = match column.kind {
        Kind::Id => "Αφήστε το κενό για νέα εγγραφή. / Leave empty for a new record.".to_owned(),
        Kind::Ref(target) | Kind::Part(target) | Kind::Link { parent: target, .. } => {
            format!("Το αναγνωριστικό από το φύλλο {target}. / The identifier from the sheet {target}.")
        }
        Kind::Text | Kind::Line => "Κείμενο. / Text.".to_owned(),
        Kind::Uri => "Πλήρης διεύθυνση, με https://. / A full address, with https://.".to_owned(),
        Kind::Email => "Ηλεκτρονική διεύθυνση. / A mail address.".to_owned(),
        Kind::Number | Kind::Count => "Αριθμός. / A number.".to_owned(),
        Kind::Date | Kind::Updated => "Ημερομηνία, π.χ. 15/7/2026. / A date, e.g. 15/7/2026.".to_owned(),
        Kind::Time => "Ώρα, π.χ. 09:30. / A time, e.g. 09:30.".to_owned(),
        Kind::Flag => "Ναι ή όχι. / Yes or no.".to_owned(),
        Kind::Choice(values) | Kind::Choices(values) => format!("Από τη λίστα: / From the list: {}", values.join(", ")),
        Kind::Codes => "Κωδικοί με ερωτηματικό «;» ανάμεσα. / Codes with semicolons between them.".to_owned(),
        Kind::Owner(_)
        | Kind::OwnerKind
        | Kind::TaxonomyName
        | Kind::TaxonomyId
        | Kind::ParentTerm
        | Kind::Json
        | Kind::Derived
        | Kind::Unused => "Συμπληρώνεται από το σύστημα. / Filled in by the system.".to_owned(),
    };
    let must = if column.required {
        "Υποχρεωτικό. / Required. "
    } else {
        ""
    };
    format!("{} / {}. {must}{what}", column.el, column.en)
}

/// How to fill in the file.
pub(crate) fn sheet(sheet: &mut Worksheet, formats: &Formats, is_simple: bool) -> Result<(), WriteError> {
    sheet.set_name(HELP)?;
    sheet
        .set_column_width(0, 36)?
        .set_column_width(1, 60)?
        .set_column_width(2, 60)?;
    sheet.write_string_with_format(0, 0, "Οδηγίες / Help", &formats.title)?;
    let lines = if is_simple { simple::HELP } else { FULL };
    let mut row = 2_u32;
    for (el, en) in lines {
        sheet.write_string_with_format(row, 1, *el, &formats.wrap)?;
        sheet.write_string_with_format(row, 2, *en, &formats.wrap)?;
        row = row.saturating_add(1);
    }
    row = row.saturating_add(1);
    if is_simple {
        for (column, head) in ["Στήλη", "Παράδειγμα", "Example in English"]
            .into_iter()
            .zip(0_u16..)
            .map(|(head, column)| (column, head))
        {
            sheet.write_string_with_format(row, column, head, &formats.head)?;
        }
        for field in simple::FIELDS {
            row = row.saturating_add(1);
            sheet.write_string(row, 0, field.el)?;
            sheet.write_string_with_format(row, 1, field.example, &formats.wrap)?;
            sheet.write_string_with_format(row, 2, field.en, &formats.wrap)?;
        }
    } else {
        for table in TABLES {
            row = row.saturating_add(1);
            sheet.write_string(row, 0, table.name)?;
            sheet.write_string_with_format(row, 1, format!("{}. {}", table.el, table.note_el), &formats.wrap)?;
            sheet.write_string_with_format(row, 2, format!("{}. {}", table.en, table.note_en), &formats.wrap)?;
        }
    }
    Ok(())
}

const FULL: &[(&str, &str)] = &[
    (
        "Κάθε φύλλο είναι ένας πίνακας. Η δεύτερη γραμμή έχει τα ονόματα του προτύπου HSDS και δεν αλλάζει.",
        "Each sheet is a table. Its second row holds the names of the HSDS standard and does not change.",
    ),
    (
        "Αφήστε το «id» κενό για νέα εγγραφή. Μην αλλάζετε τα υπάρχοντα.",
        "Leave “id” empty for a new record. Do not change those that are there.",
    ),
    (
        "Στήλη ή φύλλο που λείπει αφήνει ό,τι υπάρχει όπως είναι. Κενό κελί το σβήνει.",
        "A column or sheet that is missing leaves what is there. An empty cell deletes it.",
    ),
    (
        "Η απόστροφος μπροστά από =, +, - και @ προστατεύει από τύπους· μένει όπως είναι.",
        "The apostrophe before =, +, - and @ protects against formulas; leave it.",
    ),
    (
        "Προστατευμένη δομή δεν έχει ποτέ διεύθυνση, συντεταγμένες ή κοινότητα.",
        "A protected place never has an address, coordinates or a community.",
    ),
];

/// The steps by which programs that show a workbook indent a cell at most.
const DEEPEST: u8 = 15;

/// The consolidated view: a row for each category and group, a column for each area; a narrower category is indented.
pub(crate) fn view(
    sheet: &mut Worksheet,
    formats: &Formats,
    view: &CoverageMatrix,
    directory: &Directory,
) -> Result<(), WriteError> {
    sheet.set_name(VIEW)?;
    sheet.set_freeze_panes(3, 2)?;
    sheet.set_column_width(0, 32)?.set_column_width(1, 32)?;
    let name = |code: &TermCode| {
        directory
            .term(code)
            .map_or_else(|| code.to_string(), |term| term.name.get("el").to_owned())
    };
    sheet.write_string_with_format(
        0,
        0,
        format!(
            "Συγκεντρωτική εικόνα, {}",
            osn_core::text::date::format_short_el(view.on)
        ),
        &formats.title,
    )?;
    sheet.write_string(1, 0, "Υπηρεσίες που εξυπηρετούν, μαζί με των στενότερων κατηγοριών· σε παρένθεση: άγνωστο, παλιά στοιχεία, δράσεις του δικτύου. Κόκκινο: κανείς. / Services that serve, with those of narrower categories; in brackets: unknown, out of date, actions of the network. Red: nobody.")?;
    let heads = ["Κατηγορία".to_owned(), "Ομάδα".to_owned()]
        .into_iter()
        .chain(view.areas.iter().map(|code| crate::guard(&name(code))));
    for (column, head) in (0_u16..).zip(heads) {
        sheet.write_string_with_format(2, column, head, &formats.head)?;
    }
    let width = view.areas.len().max(1);
    for (place, ([category, group, _], cell)) in view.cells().enumerate() {
        let row = u32::try_from(place / width).unwrap_or(u32::MAX).saturating_add(3);
        let column = u16::try_from(place % width).unwrap_or(u16::MAX).saturating_add(2);
        if column == 2 {
            let depth = directory.with_ancestors(category).len().saturating_sub(1);
            let indented = Format::new().set_indent(u8::try_from(depth).unwrap_or(u8::MAX).min(DEEPEST));
            sheet.write_string_with_format(row, 0, crate::guard(&name(category)), &indented)?;
            sheet.write_string(row, 1, crate::guard(&name(group)))?;
        }
        let more = [cell.undetermined, cell.stale, cell.actions];
        if more == [0, 0, 0] && cell.serving > 0 {
            sheet.write_number(row, column, cell.serving)?;
        } else {
            let more = if more == [0, 0, 0] {
                String::new()
            } else {
                format!(" ({}, {}, {})", cell.undetermined, cell.stale, cell.actions)
            };
            let text = format!("{}{more}", cell.serving);
            if cell.is_gap() {
                sheet.write_string_with_format(row, column, text, &formats.gap)?;
            } else {
                sheet.write_string(row, column, text)?;
            }
        }
    }
    Ok(())
}

/// The words that the simple sheet takes: terms with their codes.
pub(crate) fn lists(sheet: &mut Worksheet, formats: &Formats, directory: &Directory) -> Result<[u32; 3], WriteError> {
    sheet.set_name(LISTS)?;
    let mut lengths = [0; 3];
    for ((taxonomy, title), (length, column)) in Taxonomy::RULED
        .into_iter()
        .zip(["Κατηγορίες", "Ομάδες ωφελουμένων", "Δημοτικές κοινότητες"])
        .zip(lengths.iter_mut().zip([0_u16, 2, 4]))
    {
        sheet.set_column_width(column, 40)?;
        sheet.write_string_with_format(0, column, title, &formats.head)?;
        sheet.write_string_with_format(0, column.saturating_add(1), "Κωδικός", &formats.head)?;
        for (row, term) in (1_u32..).zip(directory.terms(taxonomy)) {
            sheet.write_string(row, column, crate::guard(term.name.get("el")))?;
            sheet.write_string(row, column.saturating_add(1), crate::guard(term.code.as_str()))?;
            *length = row;
        }
    }
    Ok(lengths)
}

//! A table of expenses as it came, CSV or workbook: its columns, its cells as amounts, days, numbers and answers, and where each
//! stands, so that whoever sent it finds the cell that is wrong.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use osn_core::lang::LocalText;
use osn_core::money::Money;
use osn_core::text::date;
use osn_file::{Held, Limits, Line, first_sheet, letters};
use rust_decimal::Decimal;

use crate::lang::Lang;
use crate::problem;
use crate::refusal::{FieldError, Kind, Outcome, Refusal};
use crate::texts::Texts;

/// Rows of one table that are taken.
pub const MOST_ROWS: usize = 5_000;

/// Faults of one table that are told; who mends these sends it again.
const MOST_FAULTS: usize = 200;

/// Columns of the table, in Greek and in English; the order does not matter.
pub const COLUMNS: [(&str, &str); 22] = [
    ("υποέργο", "sub_project"),
    ("πακέτο εργασίας", "work_package"),
    ("κατηγορία", "category"),
    ("γραμμή", "budget_line"),
    ("περιγραφή", "subject"),
    ("αφμ", "afm"),
    ("είδος", "kind"),
    ("αριθμός", "number"),
    ("ημερομηνία", "issued_on"),
    ("καθαρό", "net"),
    ("φπα", "vat"),
    ("σύνολο", "gross"),
    ("νόμισμα", "currency"),
    ("ποσοστό", "share"),
    ("με φπα", "vat_included"),
    ("δέσμευση", "committed"),
    ("ανάθεση", "awarded"),
    ("σύμβαση", "contracted"),
    ("παράδοση", "delivered"),
    ("παραλαβή", "accepted"),
    ("πληρωμή", "paid"),
    ("λογαριασμός", "account"),
];

/// Columns without which there is no expense.
pub const NEEDED: [&str; 9] = [
    "sub_project",
    "work_package",
    "category",
    "subject",
    "number",
    "issued_on",
    "net",
    "vat",
    "gross",
];

/// The table: where each column stands, and the rows in which something stands.
pub(super) struct Table<'t> {
    texts: &'t Texts,
    places: BTreeMap<&'static str, usize>,
    lines: Vec<Line>,
    /// Headings that name no column: what stands below them is not read.
    pub(super) ignored: Vec<String>,
}

/// A row of it.
#[derive(Clone, Copy)]
pub(super) struct Row<'t> {
    table: &'t Table<'t>,
    line: &'t Line,
}

impl<'t> Table<'t> {
    /// Reads a file whole.
    pub(super) fn read(texts: &'t Texts, bytes: &[u8]) -> Outcome<Self> {
        let limits = Limits {
            bytes: 16 << 20,
            unpacked: 128 << 20,
            // And one for the head, and one to know of more.
            rows: MOST_ROWS.saturating_add(2),
            columns: 100,
            ..Limits::default()
        };
        let mut lines = first_sheet(bytes, &limits).map_err(|fault| {
            let said = LocalText::new(fault.message("el"), fault.message("en"));
            let error = FieldError::new("/rows", fault.code.name()).saying(said);
            Refusal::new(Kind::Malformed, "expenses.unreadable").at(error)
        })?;
        let out_of_range = || {
            let error = FieldError::new("/rows", "table-rows").with("most", MOST_ROWS);
            Refusal::invalid("expenses.table", vec![error])
        };
        if lines.len() < 2 || lines.len() > MOST_ROWS.saturating_add(1) {
            return Err(out_of_range());
        }
        let head = lines.remove(0);
        let mut table = Self {
            texts,
            places: BTreeMap::new(),
            lines,
            ignored: Vec::new(),
        };
        table.head(&head)?;
        Ok(table)
    }

    /// Where each column stands; a heading that nobody knows is told, a column that is there twice or not at all is refused.
    fn head(&mut self, head: &Line) -> Outcome<()> {
        let mut errors = Vec::new();
        for (at, cell) in head.cells.iter().enumerate() {
            let words = words(cell);
            match column(&words) {
                Some(name) if self.places.contains_key(name) => {
                    let error = FieldError::new(path(head.number, name), "table-column-twice");
                    errors.push(self.placed(error, Some(at), head.number, name));
                }
                Some(name) => {
                    self.places.insert(name, at);
                }
                None if words.is_empty() => {}
                None => self.ignored.push(words),
            }
        }
        for needed in NEEDED.iter().filter(|needed| !self.places.contains_key(*needed)) {
            let error = FieldError::new(path(head.number, needed), "column-missing");
            errors.push(self.placed(error, None, head.number, needed));
        }
        refuse(errors)
    }

    /// The rows, in their order.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.lines.iter().map(|line| Row { table: self, line })
    }

    /// The error with the place of its cell before what it says, in both languages.
    fn placed(&self, error: FieldError, at: Option<usize>, row: u32, column: &str) -> FieldError {
        let say = |lang: Lang| {
            let named = COLUMNS.iter().find(|(_, name)| *name == column);
            let label = named.map_or_else(String::new, |(el, en)| match lang {
                Lang::El => capital(el),
                Lang::En => capital(&en.replace('_', " ")),
            });
            let number = row.to_string();
            let cell = at.map(|at| format!("{}{row}", letters(at)));
            let said = problem::message(&error, self.texts, lang);
            let key = match (&cell, label.is_empty()) {
                (Some(_), _) => "money-import-cell",
                (None, false) => "money-import-column",
                (None, true) => "money-import-row",
            };
            let cell = cell.unwrap_or_default();
            let args = [
                ("cell", cell.as_str()),
                ("row", &number),
                ("column", &label),
                ("said", &said),
            ];
            self.texts.get(lang, key, &args)
        };
        let said = LocalText::new(say(Lang::El), say(Lang::En));
        error.saying(said)
    }
}

impl<'t> Row<'t> {
    fn cell(&self, column: &str) -> &'t Held {
        let at = self.table.places.get(column);
        at.and_then(|at| self.line.cells.get(*at)).unwrap_or(&Held::Nothing)
    }

    /// An error of a cell of this row.
    pub(super) fn error(&self, column: &str, code: &str) -> FieldError {
        self.at(column, FieldError::new("", code))
    }

    /// An error that somebody else found, at its cell of this row.
    pub(super) fn at(&self, column: &str, error: FieldError) -> FieldError {
        let error = FieldError {
            path: path(self.line.number, column),
            ..error
        };
        let at = self.table.places.get(column).copied();
        self.table.placed(error, at, self.line.number, column)
    }

    /// Text; a number as it is written.
    pub(super) fn text(&self, column: &str) -> Result<String, FieldError> {
        match self.cell(column) {
            Held::Broken => Err(self.error(column, "cell-broken")),
            other => Ok(words(other)),
        }
    }

    /// Text that may not be empty.
    pub(super) fn needed(&self, column: &str) -> Result<String, FieldError> {
        let text = self.text(column)?;
        if text.is_empty() {
            return Err(self.error(column, "required"));
        }
        Ok(text)
    }

    /// A tax number: a workbook that took it for a number lost its zeros.
    pub(super) fn afm(&self) -> Result<String, FieldError> {
        match self.cell("afm") {
            Held::Number(number) => Ok(format!("{:0>9}", written(*number))),
            _ => self.text("afm"),
        }
    }

    /// An amount, exact to the cent.
    pub(super) fn amount(&self, column: &str) -> Result<Money, FieldError> {
        let amount = match self.cell(column) {
            Held::Number(number) => Decimal::try_from(*number)
                .ok()
                .and_then(|number| Money::from_decimal(number).ok()),
            Held::Text(text) => amount(text),
            Held::Broken => return Err(self.error(column, "cell-broken")),
            Held::Nothing => return Err(self.error(column, "required")),
            Held::Day(_) => None,
        };
        amount.ok_or_else(|| self.error(column, "table-amount"))
    }

    /// A day, where one stands.
    pub(super) fn day(&self, column: &str) -> Result<Option<NaiveDate>, FieldError> {
        match self.cell(column) {
            Held::Nothing => Ok(None),
            Held::Day(day) => Ok(Some(*day)),
            Held::Text(text) => match date::parse_el(text) {
                Ok(day) => Ok(Some(day)),
                Err(_) => Err(self.error(column, "table-day")),
            },
            Held::Broken => Err(self.error(column, "cell-broken")),
            Held::Number(_) => Err(self.error(column, "table-day")),
        }
    }

    /// Yes or no; nothing is no.
    pub(super) fn yes(&self, column: &str) -> Result<bool, FieldError> {
        match self.text(column)?.to_lowercase().as_str() {
            "ναι" | "yes" | "1" | "true" | "χ" | "x" => Ok(true),
            "όχι" | "οχι" | "no" | "0" | "false" | "" => Ok(false),
            _ => Err(self.error(column, "not-yes-or-no")),
        }
    }
}

/// Nothing is taken of a table with an error in it.
pub(super) fn refuse(mut errors: Vec<FieldError>) -> Outcome<()> {
    if errors.is_empty() {
        return Ok(());
    }
    if errors.len() > MOST_FAULTS {
        let more = errors.len().saturating_sub(MOST_FAULTS);
        errors.truncate(MOST_FAULTS);
        errors.push(FieldError::new("/rows", "table-more").with("count", more));
    }
    Err(Refusal::invalid("expenses.table", errors))
}

fn path(row: u32, column: &str) -> String {
    if column.is_empty() {
        format!("/rows/{row}")
    } else {
        format!("/rows/{row}/{column}")
    }
}

/// The column that a heading names.
fn column(head: &str) -> Option<&'static str> {
    let head = head.trim_end_matches('*').trim().to_lowercase();
    let known = COLUMNS.iter().find(|(el, en)| *el == head || *en == head);
    known.map(|(_, en)| *en)
}

/// The name of a column as people read it.
pub fn capital(name: &str) -> String {
    if ["αφμ", "afm", "φπα", "vat"].contains(&name) {
        return name.to_uppercase();
    }
    let mut letters = name.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    first + letters.as_str()
}

fn words(cell: &Held) -> String {
    match cell {
        Held::Nothing | Held::Broken => String::new(),
        Held::Text(text) => text.clone(),
        Held::Number(number) => written(*number),
        Held::Day(day) => day.to_string(),
    }
}

/// A number without the noise of its binary form.
fn written(number: f64) -> String {
    Decimal::try_from(number).map_or_else(|_| number.to_string(), |number| number.normalize().to_string())
}

fn amount(text: &str) -> Option<Money> {
    let machine = || Money::from_decimal(text.parse().ok()?).ok();
    Money::parse(text)
        .ok()
        .or_else(|| Money::parse_el(text).ok())
        .or_else(machine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_and_workbooks_write_them() {
        for (text, cents) in [
            ("1.240,00", Some(124_000)),
            ("1.240,5 €", Some(124_050)),
            ("1240.00", Some(124_000)),
            ("12.5", Some(1_250)),
            ("1.240", Some(124_000)),
            ("-12,00", Some(-1_200)),
            ("1,234.50", None),
            ("12,345", None),
            ("δώδεκα", None),
        ] {
            assert_eq!(amount(text).map(Money::cents), cents, "{text}");
        }
    }

    #[test]
    fn a_number_of_a_workbook_is_written_without_noise() {
        for (number, text) in [
            (123.0, "123"),
            (4.1, "4.1"),
            (0.300_000_000_000_000_04, "0.3"),
            (1240.5, "1240.5"),
        ] {
            assert_eq!(written(number), text);
        }
    }
}

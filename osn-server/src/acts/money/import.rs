//! Expenses from a table: CSV or a workbook. Every fault with its row and column; nothing is half taken.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};
use chrono::NaiveDate;
use osn_core::expenditure::{Category, DocumentKind, Expense};
use osn_core::id::{ExpenseId, OperationId};
use osn_core::identifier::Afm;
use osn_core::money::Money;
use osn_core::text::date;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::judging::Ground;
use super::{expenses, operation};
use crate::acts::Acting;
use crate::auth::Right;
use crate::refusal::{FieldError, Kind, Outcome, Refusal};

/// Rows of one table that are taken.
pub const MOST_ROWS: usize = 5_000;

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
const NEEDED: [&str; 9] = [
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

/// What came of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Imported {
    /// Expenses recorded, or that would be.
    pub expenses: u32,
    /// Of these with nothing against them.
    pub ok: u32,
    /// With something to look at or missing.
    pub warned: u32,
    /// With a part that is not eligible.
    pub cut: u32,
    /// Not eligible.
    pub rejected: u32,
}

type Row = BTreeMap<&'static str, String>;

fn fault(row: usize, column: &str, code: &str) -> FieldError {
    FieldError::new(format!("/rows/{row}/{column}"), code)
}

/// The column that a head names.
fn column(head: &str) -> Option<&'static str> {
    let head = head.trim().trim_start_matches('\u{feff}').to_lowercase();
    COLUMNS
        .iter()
        .find(|(el, en)| *el == head || *en == head)
        .map(|(_, en)| *en)
}

/// The rows of a file: a workbook by its first bytes, else CSV with commas or semicolons.
fn rows(bytes: &[u8]) -> Outcome<Vec<Row>> {
    let lines = if bytes.starts_with(b"PK") {
        workbook(bytes)?
    } else {
        csv(bytes)?
    };
    let mut lines = lines.into_iter();
    let head: Vec<Option<&'static str>> = lines
        .next()
        .unwrap_or_default()
        .iter()
        .map(|name| column(name))
        .collect();
    let missing: Vec<FieldError> = NEEDED
        .iter()
        .filter(|needed| !head.contains(&Some(**needed)))
        .map(|needed| fault(1, needed, "column-missing"))
        .collect();
    if !missing.is_empty() {
        return Err(Refusal::invalid("expenses.table", missing));
    }
    let rows: Vec<Row> = lines
        .map(|line| {
            head.iter()
                .zip(line)
                .filter_map(|(name, cell)| name.map(|name| (name, cell.trim().to_owned())))
                .collect()
        })
        .filter(|row: &Row| row.values().any(|cell| !cell.is_empty()))
        .collect();
    if rows.is_empty() || rows.len() > MOST_ROWS {
        return Err(Refusal::invalid(
            "expenses.table",
            vec![FieldError::new("/rows", "out-of-range")],
        ));
    }
    Ok(rows)
}

fn csv(bytes: &[u8]) -> Outcome<Vec<Vec<String>>> {
    // What old programs saved as Windows-1253 is read as such.
    let (text, _, _) = match std::str::from_utf8(bytes) {
        Ok(text) => (std::borrow::Cow::Borrowed(text), encoding_rs::UTF_8, false),
        Err(_) => encoding_rs::WINDOWS_1253.decode(bytes),
    };
    let first = text.lines().next().unwrap_or_default();
    let separator = if first.matches(';').count() > first.matches(',').count() {
        b';'
    } else {
        b','
    };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let lines = reader.records().map(|record| {
        let record = record.map_err(|_| Refusal::new(Kind::Malformed, "expenses.unreadable"))?;
        Ok(record.iter().map(str::to_owned).collect())
    });
    lines.collect()
}

fn workbook(bytes: &[u8]) -> Outcome<Vec<Vec<String>>> {
    let unreadable = || Refusal::new(Kind::Malformed, "expenses.unreadable");
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(|_| unreadable())?;
    let range = book
        .worksheet_range_at(0)
        .ok_or_else(unreadable)?
        .map_err(|_| unreadable())?;
    let cell = |cell: &Data| match cell {
        Data::Empty | Data::Error(_) => String::new(),
        Data::Float(number) => plain(&number.to_string()),
        Data::DateTime(at) => {
            let (year, month, day, ..) = at.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        Data::DateTimeIso(text) => text.chars().take(10).collect(),
        other => other.to_string(),
    };
    Ok(range.rows().map(|row| row.iter().map(cell).collect()).collect())
}

/// A number of a cell with the two decimals of an amount, where it has no more than two.
fn plain(number: &str) -> String {
    let amount = number
        .parse::<Decimal>()
        .ok()
        .and_then(|number| Money::from_decimal(number).ok());
    amount.map_or_else(|| number.to_owned(), |amount| amount.to_string())
}

fn amount(text: &str) -> Option<Money> {
    let machine = || Money::from_decimal(text.parse().ok()?).ok();
    Money::parse(text)
        .ok()
        .or_else(|| Money::parse_el(text).ok())
        .or_else(machine)
}

fn yes(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "ναι" | "yes" | "1" | "true" | "χ" | "x" => Some(true),
        "όχι" | "οχι" | "no" | "0" | "false" | "" => Some(false),
        _ => None,
    }
}

/// One row as an expense, or what is wrong with its cells.
async fn read(acting: &Acting, ground: &Ground, number: usize, row: &Row) -> Outcome<Result<Expense, Vec<FieldError>>> {
    let mut errors = Vec::new();
    let cell = |name: &'static str| row.get(name).map(String::as_str).unwrap_or_default();
    let mut document = Map::new();
    for name in ["net", "vat", "gross"] {
        match amount(cell(name)) {
            Some(amount) => {
                document.insert(name.to_owned(), json!(amount));
            }
            None => errors.push(fault(number, name, "not-an-amount")),
        }
    }
    let mut dates = Map::new();
    for name in ["committed", "awarded", "contracted", "delivered", "accepted", "paid"] {
        if !cell(name).is_empty() {
            match date::parse_el(cell(name)) {
                Ok(day) => {
                    dates.insert(name.to_owned(), json!(day));
                }
                Err(_) => errors.push(fault(number, name, "not-a-date")),
            }
        }
    }
    let issued: Option<NaiveDate> = date::parse_el(cell("issued_on")).ok();
    if issued.is_none() {
        errors.push(fault(number, "issued_on", "not-a-date"));
    }
    let kind = if cell("kind").is_empty() {
        "invoice"
    } else {
        cell("kind")
    };
    if DocumentKind::named(kind).is_none() {
        errors.push(fault(number, "kind", "unknown-option"));
    }
    if Category::named(cell("category")).is_none() {
        errors.push(fault(number, "category", "unknown-option"));
    }
    let vat_included = yes(cell("vat_included"));
    if vat_included.is_none() {
        errors.push(fault(number, "vat_included", "not-yes-or-no"));
    }
    let line = Some(cell("budget_line")).filter(|code| !code.is_empty());
    let line_id = line.and_then(|code| ground.line(code));
    if line.is_some() && line_id.is_none() {
        errors.push(fault(number, "budget_line", "unknown-record"));
    }
    let supplier = supplier(acting, number, cell("afm"), &mut errors).await?;
    if !errors.is_empty() {
        return Ok(Err(errors));
    }
    document.insert("kind".into(), json!(kind));
    document.insert("number".into(), json!(cell("number")));
    document.insert("issued_on".into(), json!(issued));
    if !cell("currency").is_empty() {
        document.insert("currency".into(), json!(cell("currency").to_uppercase()));
    }
    let share = cell("share").trim_end_matches('%').trim().replace(',', ".");
    let body = json!({
        "id": acting.app.new_id(ExpenseId::new), "operation_id": ground.operation.id,
        "sub_project": cell("sub_project"), "work_package": cell("work_package"), "category": cell("category"),
        "budget_line_id": line_id, "subject": cell("subject"), "supplier_id": supplier, "document": Value::Object(document),
        "share": if share.is_empty() { "100" } else { share.as_str() }, "vat_included": vat_included,
        "form": { "form": "actual" }, "dates": Value::Object(dates), "account": cell("account"),
    });
    Ok(serde_json::from_value(body).map_err(|_| vec![fault(number, "share", "wrong-type")]))
}

async fn supplier(
    acting: &Acting,
    number: usize,
    afm: &str,
    errors: &mut Vec<FieldError>,
) -> Outcome<Option<osn_core::id::SupplierId>> {
    if afm.is_empty() {
        return Ok(None);
    }
    match Afm::parse(afm) {
        Err(error) => {
            errors.push(fault(number, "afm", error.code()).saying(error.text()));
            Ok(None)
        }
        Ok(afm) => {
            let known = acting.scope.supplier_by_afm(&afm).await?;
            if known.is_none() {
                errors.push(fault(number, "afm", "unknown-record"));
            }
            Ok(known.map(|read| read.value.id))
        }
    }
}

/// Where a refusal of one row stands in the table.
fn in_row(number: usize, refusal: Refusal) -> Outcome<Vec<FieldError>> {
    if refusal.errors().is_empty() {
        return Err(refusal);
    }
    let errors = refusal.errors().iter().map(|error| {
        let name = error.path.rsplit('/').next().unwrap_or_default();
        FieldError {
            path: format!("/rows/{number}/{name}"),
            ..error.clone()
        }
    });
    Ok(errors.collect())
}

/// Takes a table of expenses: all of its rows, or none. `dry` only says what would come of it.
pub async fn import(acting: &Acting, of: OperationId, bytes: &[u8], dry: bool) -> Outcome<Imported> {
    acting.require(Right::KeepExpenses)?;
    let mut ground = Ground::of(acting, operation(acting, of).await?.value).await?;
    let mut errors = Vec::new();
    let mut prepared = Vec::new();
    // The head is row 1, as in every spreadsheet.
    for (number, row) in rows(bytes)?.iter().enumerate().map(|(at, row)| (at + 2, row)) {
        match read(acting, &ground, number, row).await? {
            Err(wrong) => errors.extend(wrong),
            Ok(expense) => match expenses::prepare(acting, &ground, expense).await {
                Ok((row, judged)) => {
                    ground.add(row.clone(), acting.now)?;
                    prepared.push((row, judged));
                }
                Err(refusal) => errors.extend(in_row(number, refusal)?),
            },
        }
    }
    if !errors.is_empty() {
        return Err(Refusal::invalid("expenses.table", errors));
    }
    let mut imported = Imported::default();
    for (row, _) in &prepared {
        imported.expenses += 1;
        match row.outcome.as_str() {
            "ok" => imported.ok += 1,
            "warn" => imported.warned += 1,
            "cut" => imported.cut += 1,
            _ => imported.rejected += 1,
        }
    }
    if dry {
        return Ok(imported);
    }
    let mut tx = acting.begin("expenses.import").await?;
    for (row, judged) in &prepared {
        expenses::insert(acting, &mut tx, row, judged).await?;
    }
    acting.commit(tx, &imported).await?;
    Ok(imported)
}

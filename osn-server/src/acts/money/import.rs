//! Expenses from a table: CSV or a workbook. Every fault at its cell; nothing is half taken, and nothing twice.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use osn_core::expenditure::{Category, DocumentKind, Expense, normal_number};
use osn_core::id::{ExpenseId, OperationId, SupplierId};
use osn_core::identifier::Afm;
use osn_core::money::Money;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

pub use super::import_table::{COLUMNS, MOST_ROWS, NEEDED, capital};
use super::import_table::{Row, Table, refuse};
use super::judging::Ground;
use super::{expenses, operation};
use crate::acts::Acting;
use crate::auth::Right;
use crate::lang::Lang;
use crate::refusal::{FieldError, Outcome, Refusal};

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
    /// Headings that name no column: nothing below them was read.
    pub ignored: Vec<String>,
}

/// Takes the value of a cell, or keeps what is wrong with it.
fn take<T>(errors: &mut Vec<FieldError>, read: Result<T, FieldError>) -> Option<T> {
    read.map_err(|error| errors.push(error)).ok()
}

/// A kind of paper by its code, or as the pages name it; an invoice where nothing stands.
fn kind(acting: &Acting, said: &str) -> Option<DocumentKind> {
    if said.is_empty() {
        return Some(DocumentKind::Invoice);
    }
    let named = |kind: &DocumentKind| {
        let key = format!("document-kind-{}", kind.name());
        let mut names = Lang::ALL.iter().map(|lang| acting.app.texts().get(*lang, &key, &[]));
        names.any(|name| name.to_lowercase() == said.to_lowercase())
    };
    DocumentKind::named(said).or_else(|| DocumentKind::ALL.into_iter().find(named))
}

/// The paper of a row with its amounts.
fn document(acting: &Acting, row: Row<'_>, errors: &mut Vec<FieldError>) -> Map<String, Value> {
    let mut document = Map::new();
    for name in ["net", "vat", "gross"] {
        if let Some(amount) = take(errors, row.amount(name)) {
            document.insert(name.to_owned(), json!(amount));
        }
    }
    match row.day("issued_on") {
        Ok(Some(day)) => {
            document.insert("issued_on".to_owned(), json!(day));
        }
        Ok(None) => errors.push(row.error("issued_on", "required")),
        Err(error) => errors.push(error),
    }
    match take(errors, row.text("kind")).map(|said| kind(acting, &said)) {
        Some(Some(kind)) => {
            document.insert("kind".to_owned(), json!(kind.name()));
        }
        Some(None) => errors.push(row.error("kind", "table-kind")),
        None => {}
    }
    if let Some(number) = take(errors, row.needed("number")) {
        document.insert("number".to_owned(), json!(number));
    }
    match take(errors, row.text("currency")) {
        Some(currency) if !currency.is_empty() => {
            document.insert("currency".to_owned(), json!(currency.to_uppercase()));
        }
        _ => {}
    }
    document
}

/// One row as an expense, or what is wrong with its cells.
async fn read(acting: &Acting, ground: &Ground, row: Row<'_>) -> Outcome<Result<Expense, Vec<FieldError>>> {
    let mut errors = Vec::new();
    let document = document(acting, row, &mut errors);
    let mut dates = Map::new();
    for name in ["committed", "awarded", "contracted", "delivered", "accepted", "paid"] {
        if let Some(Some(day)) = take(&mut errors, row.day(name)) {
            dates.insert(name.to_owned(), json!(day));
        }
    }
    let mut texts = Map::new();
    for name in ["sub_project", "work_package", "category", "subject"] {
        if let Some(text) = take(&mut errors, row.needed(name)) {
            texts.insert(name.to_owned(), json!(text));
        }
    }
    let category = texts.get("category").and_then(Value::as_str);
    if category.is_some_and(|category| Category::named(category).is_none()) {
        errors.push(row.error("category", "table-category"));
    }
    let vat_included = take(&mut errors, row.yes("vat_included"));
    let account = take(&mut errors, row.text("account"));
    let line = take(&mut errors, row.text("budget_line")).filter(|code| !code.is_empty());
    let line_id = line.as_deref().and_then(|code| ground.line(code));
    if line.is_some() && line_id.is_none() {
        errors.push(row.error("budget_line", "table-line"));
    }
    let supplier = supplier(acting, row, &mut errors).await?;
    let share = take(&mut errors, row.text("share")).unwrap_or_default();
    let share = share.trim_end_matches('%').trim().replace(',', ".");
    if !errors.is_empty() {
        return Ok(Err(errors));
    }
    let mut body = json!({
        "id": acting.app.new_id(ExpenseId::new), "operation_id": ground.operation.id, "budget_line_id": line_id,
        "supplier_id": supplier, "document": Value::Object(document), "share": if share.is_empty() { "100" } else { share.as_str() },
        "vat_included": vat_included, "form": { "form": "actual" }, "dates": Value::Object(dates), "account": account,
    });
    if let Some(body) = body.as_object_mut() {
        body.append(&mut texts);
    }
    Ok(serde_json::from_value(body).map_err(|_| vec![row.error("share", "wrong-type")]))
}

async fn supplier(acting: &Acting, row: Row<'_>, errors: &mut Vec<FieldError>) -> Outcome<Option<SupplierId>> {
    let Some(afm) = take(errors, row.afm()).filter(|afm| !afm.is_empty()) else {
        return Ok(None);
    };
    match Afm::parse(&afm) {
        Err(error) => {
            let error = FieldError::new("", error.code()).saying(error.text());
            errors.push(row.at("afm", error));
            Ok(None)
        }
        Ok(afm) => {
            let known = acting.scope.supplier_by_afm(&afm).await?;
            if known.is_none() {
                errors.push(row.error("afm", "table-supplier"));
            }
            Ok(known.map(|read| read.value.id))
        }
    }
}

/// What two rows without a payee have in common when they are one paper: nobody's tax number tells them apart.
type Bare = (DocumentKind, String, NaiveDate, Money);

fn bare(expense: &Expense) -> Option<Bare> {
    let document = &expense.document;
    let key = || {
        (
            document.kind,
            normal_number(&document.number),
            document.issued_on,
            document.gross,
        )
    };
    expense.supplier_id.is_none().then(key)
}

/// Where a refusal of one row stands in the table.
fn in_row(row: Row<'_>, refusal: Refusal) -> Outcome<Vec<FieldError>> {
    if refusal.errors().is_empty() {
        return Err(refusal);
    }
    let errors = refusal.errors().iter().map(|error| {
        let name = error.path.rsplit('/').next().unwrap_or_default();
        let name = match name {
            "budget_line_id" => "budget_line",
            "supplier_id" => "afm",
            other if COLUMNS.iter().any(|(_, column)| *column == other) => other,
            _ => "",
        };
        row.at(name, error.clone())
    });
    Ok(errors.collect())
}

/// Takes a table of expenses: all of its rows, or none. `dry` only says what would come of it.
pub async fn import(acting: &Acting, of: OperationId, bytes: &[u8], dry: bool) -> Outcome<Imported> {
    acting.require(Right::KeepExpenses)?;
    let mut ground = Ground::of(acting, operation(acting, of).await?.value).await?;
    let table = Table::read(acting.app.texts(), bytes)?;
    let kept = ground.expenses.values();
    let mut known: BTreeSet<Bare> = kept.filter_map(|read| bare(&read.value.expense)).collect();
    let mut errors = Vec::new();
    let mut prepared = Vec::new();
    for row in table.rows() {
        let expense = match read(acting, &ground, row).await? {
            Err(wrong) => {
                errors.extend(wrong);
                continue;
            }
            Ok(expense) => expense,
        };
        if bare(&expense).is_some_and(|paper| !known.insert(paper)) {
            errors.push(row.error("number", "table-known"));
            continue;
        }
        match expenses::prepare(acting, &ground, expense).await {
            Ok((row, judged)) => {
                ground.add(row.clone(), acting.now)?;
                prepared.push((row, judged));
            }
            Err(refusal) => errors.extend(in_row(row, refusal)?),
        }
    }
    refuse(errors)?;
    let mut imported = Imported {
        ignored: table.ignored.clone(),
        ..Imported::default()
    };
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

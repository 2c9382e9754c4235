//! A claim as files: a workbook in the order in which an auditor reads, and a manifest of hashes over every document.

use osn_core::expenditure::{LineKind, Verdict};
use osn_core::id::ClaimId;
use osn_core::money::Money;
use osn_core::state::Machine as _;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use serde_json::{Value, json};

use super::claims::{self, FrozenRow, ManifestLine, kind, manifest, manifest_digest};
use super::{operation, rules};
use crate::acts::Acting;
use crate::auth::Right;
use crate::refusal::{Outcome, Refusal};

/// Everything of a frozen claim.
struct Frozen {
    claim: osn_core::expenditure::Claim,
    rows: Vec<FrozenRow>,
    payees: Vec<(String, String)>,
}

async fn frozen(acting: &Acting, id: ClaimId) -> Outcome<Frozen> {
    acting.require(Right::SeeMoney)?;
    let claim = claims::claim(acting, id).await?.value;
    if claim.state.digest().is_none() {
        return Err(Refusal::conflict("claim.not-frozen"));
    }
    let rows = claims::frozen_rows(acting, &claim).await?;
    let mut payees = Vec::with_capacity(rows.len());
    for row in &rows {
        let supplier = match row.expense.expense.supplier_id {
            Some(id) => acting.scope.supplier(id).await?.map(|read| read.value),
            None => None,
        };
        payees.push(supplier.map_or_else(Default::default, |supplier| {
            let afm = supplier.afm.map(|afm| afm.expose().to_owned()).unwrap_or_default();
            (supplier.name, afm)
        }));
    }
    Ok(Frozen { claim, rows, payees })
}

/// The manifest: what the claim's digest is over, and every document by its SHA-256. Whoever has the files can check both.
pub async fn manifest_of(acting: &Acting, id: ClaimId) -> Outcome<Value> {
    let found = frozen(acting, id).await?;
    let lines: Vec<ManifestLine<'_>> = found
        .rows
        .iter()
        .map(|row| ManifestLine {
            line: &row.line.line,
            expense: &row.expense.expense,
            judgement: row.line.judgement_id,
            input: row.judgement.as_ref().map(|kept| kept.input_digest),
        })
        .collect();
    let document = manifest(&found.claim, &lines);
    let digest = manifest_digest(&document)?;
    if found.claim.state.digest() != Some(&digest) {
        return Err(Refusal::internal(
            "the manifest of a frozen claim is not the one that was frozen",
        ));
    }
    let papers = found.rows.iter().flat_map(|row| {
        row.expense.expense.papers.iter().map(|paper| {
            json!({
                "expense": row.expense.expense.id, "kind": paper.kind.name(), "number": paper.number,
                "file": paper.file, "sha256": paper.digest,
            })
        })
    });
    Ok(json!({
        "manifest": document, "digest": digest, "rule_set": found.claim.rule_set, "totals": found.claim.totals,
        "state": found.claim.state.name(), "documents": papers.collect::<Vec<_>>(),
    }))
}

/// How the cells look.
struct Formats {
    head: Format,
    money: Format,
    day: Format,
}

impl Formats {
    fn new() -> Self {
        Self {
            head: Format::new().set_bold().set_text_wrap(),
            money: Format::new().set_num_format("#,##0.00 €"),
            day: Format::new().set_num_format("dd/mm/yyyy"),
        }
    }
}

/// A cell.
enum Cell {
    Text(String),
    Money(Money),
    Day(Option<chrono::NaiveDate>),
}

fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

fn sheet(
    book: &mut Workbook,
    formats: &Formats,
    name: &str,
    head: &[&str],
    rows: impl Iterator<Item = Vec<Cell>>,
) -> Result<(), XlsxError> {
    let sheet: &mut Worksheet = book.add_worksheet();
    sheet.set_name(name)?;
    for (column, title) in (0_u16..).zip(head) {
        sheet.write_string_with_format(0, column, *title, &formats.head)?;
        sheet.set_column_width(column, 18)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    for (row, cells) in (1_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(cells) {
            match cell {
                // A cell that begins like a formula stays text: the writer never makes a formula of a string.
                Cell::Text(text) => sheet.write_string(row, column, text)?,
                Cell::Money(amount) => {
                    let number: f64 = amount.to_string().parse().unwrap_or_default();
                    sheet.write_number_with_format(row, column, number, &formats.money)?
                }
                Cell::Day(Some(day)) => sheet.write_datetime_with_format(row, column, &day_of(day)?, &formats.day)?,
                Cell::Day(None) => sheet.write_string(row, column, "")?,
            };
        }
    }
    Ok(())
}

fn day_of(day: chrono::NaiveDate) -> Result<rust_xlsxwriter::ExcelDateTime, XlsxError> {
    use chrono::Datelike as _;
    let year = u16::try_from(day.year()).unwrap_or(1900);
    let (month, of_month) = (
        u8::try_from(day.month()).unwrap_or(1),
        u8::try_from(day.day()).unwrap_or(1),
    );
    rust_xlsxwriter::ExcelDateTime::from_ymd(year, month, of_month)
}

/// The workbook of a frozen claim: the claim, its expenses, their findings, their documents, what they were for.
pub async fn workbook(acting: &Acting, id: ClaimId) -> Outcome<Vec<u8>> {
    let found = frozen(acting, id).await?;
    let operation = operation(acting, found.claim.operation_id).await?.value;
    let mut book = Workbook::new();
    let formats = Formats::new();
    let written = first_sheet(&mut book, &formats, &found, &operation)
        .and_then(|()| expenses_sheet(&mut book, &formats, &found))
        .and_then(|()| findings_sheet(&mut book, &formats, &found))
        .and_then(|()| documents_sheet(&mut book, &formats, &found))
        .and_then(|()| parts_sheet(&mut book, &formats, &found))
        .and_then(|()| book.save_to_buffer());
    written.map_err(Refusal::internal)
}

fn first_sheet(
    book: &mut Workbook,
    formats: &Formats,
    found: &Frozen,
    operation: &osn_core::operation::Operation,
) -> Result<(), XlsxError> {
    let claim = &found.claim;
    let sums = claim.totals.unwrap_or_default();
    let digest = claim.state.digest().map(ToString::to_string).unwrap_or_default();
    let rows = vec![
        vec![text("Πράξη / Operation"), text(operation.name.get("el"))],
        vec![
            text("Δικαιούχος / Beneficiary body"),
            text(operation.beneficiary.get("el")),
        ],
        vec![text("Πρόγραμμα / Programme"), text(operation.programme.get("el"))],
        vec![text("Υποέργο / Sub-project"), text(&claim.sub_project)],
        vec![text("Αριθμός δήλωσης / Claim"), text(claim.number.to_string())],
        vec![text("Πληρωμές έως / Paid up to"), Cell::Day(Some(claim.up_to))],
        vec![text("Κατάσταση / State"), text(claim.state.name())],
        vec![text("Δαπάνες / Expenses"), text(sums.expenses.to_string())],
        vec![text("Δηλωθέντα / Declared"), Cell::Money(sums.declared)],
        vec![text("Επιλέξιμα / Eligible"), Cell::Money(sums.eligible)],
        vec![text("Διορθώσεις / Corrections"), Cell::Money(sums.corrections)],
        vec![text("Αιτούμενα / Claimed"), Cell::Money(sums.claimed)],
        vec![
            text("Κανόνες / Rule set"),
            text(claim.rule_set.clone().unwrap_or_default()),
        ],
        vec![text("Αποτύπωμα / Digest"), text(digest)],
    ];
    let head = ["Στοιχείο / Item", "Τιμή / Value"];
    sheet(book, formats, "1 Δήλωση", &head, rows.into_iter())
}

fn expenses_sheet(book: &mut Workbook, formats: &Formats, found: &Frozen) -> Result<(), XlsxError> {
    let head = [
        "Α/Α",
        "Είδος / Kind",
        "Κατηγορία / Category",
        "Περιγραφή / Subject",
        "Εκδότης / Issuer",
        "ΑΦΜ / Tax number",
        "Παραστατικό / Paper",
        "Ημερομηνία / Issued",
        "Καθαρό / Net",
        "ΦΠΑ / VAT",
        "Σύνολο / Gross",
        "Ποσοστό % / Share %",
        "Πληρωμή / Paid",
        "Λογαριασμός / Account",
        "Δηλωθέν / Declared",
        "Μη επιλέξιμο / Cut",
        "Επιλέξιμο / Eligible",
        "Δαπάνη / Expense id",
    ];
    let rows = found.rows.iter().zip(&found.payees).map(|(row, (name, afm))| {
        let (expense, line) = (&row.expense.expense, &row.line.line);
        let cut = if line.kind == LineKind::Expense {
            line.declared.checked_sub(line.eligible).unwrap_or_default()
        } else {
            Money::ZERO
        };
        vec![
            text(row.line.number.to_string()),
            text(kind(line.kind)),
            text(expense.category.name()),
            text(&expense.subject),
            text(name),
            text(afm),
            text(&expense.document.number),
            Cell::Day(Some(expense.document.issued_on)),
            Cell::Money(expense.document.net),
            Cell::Money(expense.document.vat),
            Cell::Money(expense.document.gross),
            text(expense.share.to_string()),
            Cell::Day(expense.dates.paid),
            text(&expense.account),
            Cell::Money(line.declared),
            Cell::Money(cut),
            Cell::Money(line.eligible),
            text(expense.id.to_string()),
        ]
    });
    sheet(book, formats, "2 Δαπάνες", &head, rows)
}

fn findings_sheet(book: &mut Workbook, formats: &Formats, found: &Frozen) -> Result<(), XlsxError> {
    let head = [
        "Α/Α",
        "Αποτέλεσμα / Verdict",
        "Κανόνας / Rule",
        "Άρθρο / Article",
        "Τι ζητά / Asks",
        "Αιτιολογία / Reason",
        "Ποσό / Amount",
        "Προς επαλήθευση / To verify",
    ];
    let words = rules().ok().map(osn_core::expenditure::RuleSet::catalogue);
    let rows = found.rows.iter().flat_map(|row| {
        let findings = row.judgement.iter().flat_map(|kept| &kept.judgement.findings);
        findings.filter_map(|finding| {
            let said = words?.say(finding, "el");
            let amount = match finding.verdict {
                Verdict::Cut { amount } => Cell::Money(amount),
                Verdict::Ok | Verdict::Warn | Verdict::Reject => text(""),
            };
            Some(vec![
                text(row.line.number.to_string()),
                text(finding.verdict.name().to_uppercase()),
                text(finding.rule.as_ref()),
                text(said.article),
                text(said.title),
                text(said.reason),
                amount,
                text(if said.verify { "ναι / yes" } else { "" }),
            ])
        })
    });
    sheet(book, formats, "3 Ευρήματα", &head, rows)
}

fn documents_sheet(book: &mut Workbook, formats: &Formats, found: &Frozen) -> Result<(), XlsxError> {
    let head = ["Α/Α", "Έγγραφο / Paper", "Αριθμός / Number", "Αρχείο / File", "SHA-256"];
    let words = rules().ok().map(osn_core::expenditure::RuleSet::catalogue);
    let rows = found.rows.iter().flat_map(|row| {
        row.expense.expense.papers.iter().map(|paper| {
            let name = words.map_or(paper.kind.name(), |words| words.word(paper.kind.name(), "el"));
            vec![
                text(row.line.number.to_string()),
                text(name),
                text(&paper.number),
                text(&paper.file),
                text(&paper.digest),
            ]
        })
    });
    sheet(book, formats, "4 Έγγραφα", &head, rows)
}

fn parts_sheet(book: &mut Workbook, formats: &Formats, found: &Frozen) -> Result<(), XlsxError> {
    let head = [
        "Α/Α",
        "Ποσοστό % / Share %",
        "Ποσό / Amount",
        "Δράση / Action",
        "Παραδοτέο / Deliverable",
        "Δόση / Instalment",
        "Παράδοση / Delivery",
    ];
    let rows = found.rows.iter().flat_map(|row| {
        let declared = row.line.line.declared;
        row.expense.expense.allocations.iter().map(move |part| {
            vec![
                text(row.line.number.to_string()),
                text(part.share.to_string()),
                Cell::Money(part.share.of(declared).unwrap_or_default()),
                text(part.action_id.map(|id| id.to_string()).unwrap_or_default()),
                text(part.deliverable.clone().unwrap_or_default()),
                text(part.instalment.map(|number| number.to_string()).unwrap_or_default()),
                text(part.delivery_id.map(|id| id.to_string()).unwrap_or_default()),
            ]
        })
    });
    sheet(book, formats, "5 Επιμερισμός", &head, rows)
}

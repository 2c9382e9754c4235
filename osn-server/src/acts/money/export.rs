//! A claim in the order in which an auditor reads, from which its files are made; and a manifest of hashes over every document.

use std::collections::{BTreeMap, BTreeSet};

use osn_core::expenditure::{LineKind, Verdict};
use osn_core::id::{ClaimId, SupplierId};
use osn_core::money::Money;
use osn_core::state::Machine as _;
use osn_store::Supplier;
use serde_json::{Value, json};

use super::claims::{self, FrozenRow, ManifestLine, kind, manifest, manifest_digest};
use super::national::Words;
use super::operation;
use super::table::{self, Cell, Column, Kind, Table, code, day, text};
use crate::acts::Acting;
use crate::auth::Right;
use crate::refusal::{Outcome, Refusal};

/// Everything of a frozen claim.
struct Frozen {
    claim: osn_core::expenditure::Claim,
    rows: Vec<FrozenRow>,
    payees: BTreeMap<SupplierId, Supplier>,
    words: Words,
}

async fn frozen(acting: &Acting, id: ClaimId) -> Outcome<Frozen> {
    acting.require(Right::SeeMoney)?;
    let claim = claims::claim(acting, id).await?.value;
    if claim.state.digest().is_none() {
        return Err(Refusal::conflict("claim.not-frozen"));
    }
    let rows = claims::frozen_rows(acting, &claim).await?;
    let mut payees = BTreeMap::new();
    let named = rows.iter().filter_map(|row| row.expense.expense.supplier_id);
    for id in named.collect::<BTreeSet<_>>() {
        if let Some(read) = acting.scope.supplier(id).await? {
            payees.insert(id, read.value);
        }
    }
    Ok(Frozen {
        claim,
        rows,
        payees,
        words: Words::of(acting).await?,
    })
}

/// The manifest: what the claim's digest is over, and every document by its SHA-256. Whoever has the files can check both.
pub async fn manifest_of(acting: &Acting, id: ClaimId) -> Outcome<Value> {
    manifested(&frozen(acting, id).await?)
}

fn manifested(found: &Frozen) -> Outcome<Value> {
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

/// The content of a frozen claim in the order in which an auditor reads: the claim, its expenses, their findings, their documents,
/// what they were for. Every file of the claim is made from it.
async fn content(acting: &Acting, found: &Frozen, lang: &str) -> Outcome<Vec<Table>> {
    let operation = operation(acting, found.claim.operation_id).await?.value;
    Ok(vec![
        first(found, &operation, lang),
        expenses(found),
        findings(found, lang),
        documents(found, lang),
        parts(found),
    ])
}

/// What a frozen claim says on paper: the content of its files, in a reader's language, with the manifest to travel inside.
#[derive(Debug, Clone)]
pub struct OnPaper {
    /// The claim.
    pub claim: osn_core::expenditure::Claim,
    /// Its content.
    pub tables: Vec<Table>,
    /// Its manifest.
    pub manifest: Value,
}

/// A frozen claim for paper.
pub async fn on_paper(acting: &Acting, id: ClaimId, lang: &str) -> Outcome<OnPaper> {
    let found = frozen(acting, id).await?;
    Ok(OnPaper {
        tables: content(acting, &found, lang).await?,
        manifest: manifested(&found)?,
        claim: found.claim,
    })
}

/// The workbook of a frozen claim.
pub async fn workbook(acting: &Acting, id: ClaimId) -> Outcome<Vec<u8>> {
    let found = frozen(acting, id).await?;
    table::workbook(&content(acting, &found, "el").await?)
}

/// The same tables as CSV, with their description.
pub async fn package(acting: &Acting, id: ClaimId) -> Outcome<Vec<u8>> {
    let found = frozen(acting, id).await?;
    let tables = content(acting, &found, "el").await?;
    table::package("osn-claim", "Claim of expenditure", &tables)
}

const FIRST: &[Column] = &[
    Column("item", Kind::Text, "Στοιχείο", "Item"),
    Column("value", Kind::Any, "Τιμή", "Value"),
];

fn first(found: &Frozen, operation: &osn_core::operation::Operation, lang: &str) -> Table {
    let claim = &found.claim;
    let sums = claim.totals.unwrap_or_default();
    let state = claim.state.name();
    let rows = [
        (("Πράξη", "Operation"), text(operation.name.get(lang))),
        (
            ("Δικαιούχος", "Beneficiary body"),
            text(operation.beneficiary.get(lang)),
        ),
        (("Πρόγραμμα", "Programme"), text(operation.programme.get(lang))),
        (("Υποέργο", "Sub-project"), text(&claim.sub_project)),
        (("Αριθμός δήλωσης", "Claim"), Cell::Number(claim.number.into())),
        (("Πληρωμές έως", "Paid up to"), Cell::Day(claim.up_to)),
        (
            ("Κατάσταση", "State"),
            Cell::Word(state.to_owned(), format!("state-claim-{state}")),
        ),
        (("Δαπάνες", "Expenses"), Cell::Number(sums.expenses.into())),
        (("Δηλωθέντα", "Declared"), Cell::Money(sums.declared)),
        (("Επιλέξιμα", "Eligible"), Cell::Money(sums.eligible)),
        (("Διορθώσεις", "Corrections"), Cell::Money(sums.corrections)),
        (("Αιτούμενα", "Claimed"), Cell::Money(sums.claimed)),
        (("Κανόνες", "Rule set"), code(claim.rule_set.as_ref())),
        (("Αποτύπωμα", "Digest"), code(claim.state.digest())),
    ];
    let rows = rows.map(|((el, en), value)| vec![Cell::Label(el, en), value]).into();
    Table {
        name: "claim",
        title: ("Δήλωση", "Claim"),
        columns: FIRST,
        rows,
    }
}

const EXPENSES: &[Column] = &[
    Column("number", Kind::Number, "Α/Α", "No."),
    Column("kind", Kind::Text, "Είδος", "Kind"),
    Column("category", Kind::Text, "Κατηγορία", "Category"),
    Column("subject", Kind::Text, "Περιγραφή", "Subject"),
    Column("issuer", Kind::Text, "Εκδότης", "Issuer"),
    Column("tax_number", Kind::Text, "ΑΦΜ", "Tax number"),
    Column("paper", Kind::Text, "Παραστατικό", "Paper"),
    Column("issued_on", Kind::Day, "Ημερομηνία", "Issued"),
    Column("net", Kind::Money, "Καθαρό", "Net"),
    Column("vat", Kind::Money, "ΦΠΑ", "VAT"),
    Column("gross", Kind::Money, "Σύνολο", "Gross"),
    Column("share", Kind::Text, "Ποσοστό %", "Share %"),
    Column("paid_on", Kind::Day, "Πληρωμή", "Paid"),
    Column("account", Kind::Text, "Λογαριασμός", "Account"),
    Column("declared", Kind::Money, "Δηλωθέν", "Declared"),
    Column("cut", Kind::Money, "Μη επιλέξιμο", "Cut"),
    Column("eligible", Kind::Money, "Επιλέξιμο", "Eligible"),
    Column("expense_id", Kind::Text, "Δαπάνη", "Expense id"),
];

fn expenses(found: &Frozen) -> Table {
    let row = |row: &FrozenRow| {
        let (expense, line) = (&row.expense.expense, &row.line.line);
        let payee = expense.supplier_id.and_then(|id| found.payees.get(&id));
        let afm = payee.and_then(|supplier| supplier.afm.as_ref());
        let cut = if line.kind == LineKind::Expense {
            line.declared.checked_sub(line.eligible).unwrap_or_default()
        } else {
            Money::ZERO
        };
        vec![
            Cell::Number(row.line.number.into()),
            Cell::Word(
                kind(line.kind).to_owned(),
                format!("money-claim-line-{}", kind(line.kind)),
            ),
            text(expense.category.name()),
            text(&expense.subject),
            text(payee.map(|supplier| supplier.name.clone()).unwrap_or_default()),
            text(afm.map(|afm| afm.expose().to_owned()).unwrap_or_default()),
            text(&expense.document.number),
            Cell::Day(expense.document.issued_on),
            Cell::Money(expense.document.net),
            Cell::Money(expense.document.vat),
            Cell::Money(expense.document.gross),
            text(expense.share.to_string()),
            day(expense.dates.paid),
            text(&expense.account),
            Cell::Money(line.declared),
            Cell::Money(cut),
            Cell::Money(line.eligible),
            code(Some(expense.id)),
        ]
    };
    Table {
        name: "expenses",
        title: ("Δαπάνες", "Expenses"),
        columns: EXPENSES,
        rows: found.rows.iter().map(row).collect(),
    }
}

const FINDINGS: &[Column] = &[
    Column("number", Kind::Number, "Α/Α", "No."),
    Column("verdict", Kind::Text, "Αποτέλεσμα", "Verdict"),
    Column("rule", Kind::Text, "Κανόνας", "Rule"),
    Column("article", Kind::Text, "Άρθρο", "Article"),
    Column("asks", Kind::Text, "Τι ζητά", "Asks"),
    Column("reason", Kind::Text, "Αιτιολογία", "Reason"),
    Column("amount", Kind::Money, "Ποσό", "Amount"),
    Column("to_verify", Kind::Text, "Προς επαλήθευση", "To verify"),
];

fn findings(found: &Frozen, lang: &str) -> Table {
    let of_row = |row: &FrozenRow| -> Vec<Vec<Cell>> {
        let Some(kept) = &row.judgement else {
            return Vec::new();
        };
        let each = |finding: &osn_core::expenditure::Finding| {
            let said = found.words.say(kept.judgement.national.as_ref(), finding, lang);
            let verdict = finding.verdict.name();
            vec![
                Cell::Number(row.line.number.into()),
                Cell::Word(verdict.to_uppercase(), format!("money-finding-{verdict}")),
                text(finding.rule.as_ref()),
                text(said.article),
                text(said.title),
                text(said.reason),
                match finding.verdict {
                    Verdict::Cut { amount } => Cell::Money(amount),
                    Verdict::Ok | Verdict::Warn | Verdict::Reject => Cell::Empty,
                },
                if said.verify {
                    Cell::Label("ναι", "yes")
                } else {
                    Cell::Empty
                },
            ]
        };
        kept.judgement.findings.iter().map(each).collect()
    };
    Table {
        name: "findings",
        title: ("Ευρήματα", "Findings"),
        columns: FINDINGS,
        rows: found.rows.iter().flat_map(of_row).collect(),
    }
}

const DOCUMENTS: &[Column] = &[
    Column("number", Kind::Number, "Α/Α", "No."),
    Column("paper", Kind::Text, "Έγγραφο", "Paper"),
    Column("paper_number", Kind::Text, "Αριθμός", "Number"),
    Column("file", Kind::Text, "Αρχείο", "File"),
    Column("sha256", Kind::Text, "SHA-256", "SHA-256"),
];

fn documents(found: &Frozen, lang: &str) -> Table {
    let of_row = |row: &FrozenRow| -> Vec<Vec<Cell>> {
        let each = |paper: &osn_core::expenditure::Paper| {
            vec![
                Cell::Number(row.line.number.into()),
                text(found.words.word(paper.kind.name(), lang)),
                text(&paper.number),
                text(&paper.file),
                code(Some(&paper.digest)),
            ]
        };
        row.expense.expense.papers.iter().map(each).collect()
    };
    Table {
        name: "documents",
        title: ("Έγγραφα", "Documents"),
        columns: DOCUMENTS,
        rows: found.rows.iter().flat_map(of_row).collect(),
    }
}

const PARTS: &[Column] = &[
    Column("number", Kind::Number, "Α/Α", "No."),
    Column("share", Kind::Text, "Ποσοστό %", "Share %"),
    Column("amount", Kind::Money, "Ποσό", "Amount"),
    Column("action_id", Kind::Text, "Δράση", "Action"),
    Column("deliverable", Kind::Text, "Παραδοτέο", "Deliverable"),
    Column("instalment", Kind::Text, "Δόση", "Instalment"),
    Column("delivery_id", Kind::Text, "Παράδοση", "Delivery"),
];

fn parts(found: &Frozen) -> Table {
    let of_row = |row: &FrozenRow| -> Vec<Vec<Cell>> {
        let declared = row.line.line.declared;
        let each = |part: &osn_core::expenditure::Allocation| {
            vec![
                Cell::Number(row.line.number.into()),
                text(part.share.to_string()),
                Cell::Money(part.share.of(declared).unwrap_or_default()),
                code(part.action_id),
                text(part.deliverable.clone().unwrap_or_default()),
                text(part.instalment.map(|number| number.to_string()).unwrap_or_default()),
                code(part.delivery_id),
            ]
        };
        row.expense.expense.allocations.iter().map(each).collect()
    };
    Table {
        name: "allocation",
        title: ("Επιμερισμός", "Allocation"),
        columns: PARTS,
        rows: found.rows.iter().flat_map(of_row).collect(),
    }
}

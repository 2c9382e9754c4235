//! A claim of 10,000 expenses on both databases: judged again and frozen, then exported as workbook, manifest and tables.
//!
//! `cargo bench -p osn-tests --bench claim -- 10000` says how many expenses; the default is 10,000.
#![expect(clippy::print_stdout, reason = "a bench prints its table")]

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use osn_core::expenditure::{
    Category, Document, DocumentKind, Expense, ExpenseState, Paper, PaperKind, Withheld, fingerprint,
};
use osn_core::id::{BudgetLineId, ExpenseId, OperationId, SupplierId};
use osn_core::money::Money;
use osn_store::{Actor, ExpenseRow};
use osn_tests::app::Backend;
use osn_tests::money::{Desk, euros, text};
use serde_json::json;

/// Expenses written in one transaction.
const AT_ONCE: u32 = 500;

#[tokio::main]
async fn main() -> Result<()> {
    let asked = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse::<u32>().ok());
    let count = asked.unwrap_or(10_000);
    println!("| database | expenses | frozen | workbook | manifest | tables |");
    println!("|---|---|---|---|---|---|");
    for (backend, name) in [(Backend::Sqlite, "SQLite"), (Backend::Postgres, "PostgreSQL")] {
        let times = measure(backend, count).await.with_context(|| format!("on {name}"))?;
        let [frozen, workbook, manifest, tables] = times.map(|time| time.as_millis());
        println!("| {name} | {count} | {frozen} ms | {workbook} ms | {manifest} ms | {tables} ms |");
    }
    Ok(())
}

async fn measure(backend: Backend, count: u32) -> Result<[Duration; 4]> {
    let desk = Desk::open(backend).await?;
    fill(&desk, count).await?;
    let new = json!({ "sub_project": "SP1", "up_to": "2022-09-30" });
    let claim = text(&desk.finance.post(&desk.of("claims"), &new).await?.ok(), "/id")?;
    let address = format!("/api/v1/claims/{claim}");
    let start = Instant::now();
    let frozen = desk.finance.post(&format!("{address}/freeze"), &json!({})).await?.ok();
    let mut times = [start.elapsed(), Duration::ZERO, Duration::ZERO, Duration::ZERO];
    ensure!(frozen["totals"]["expenses"] == json!(count), "{}", frozen["totals"]);
    for (time, part) in times.iter_mut().skip(1).zip(["workbook", "manifest", "tables"]) {
        let start = Instant::now();
        let reply = desk.auditor.get(&format!("{address}/{part}")).await?;
        *time = start.elapsed();
        ensure!(reply.status.is_success(), "{part}: {}", reply.status);
    }
    Ok(times)
}

/// Approved expenses with their papers, written without a judgement each: what is measured is the claim.
async fn fill(desk: &Desk, count: u32) -> Result<()> {
    let app = desk.house.played.app.clone();
    let hosted = app.hosted().await.into_iter().next().context("no municipality")?;
    let scope = app.scope(hosted.municipality.id);
    let operation: OperationId = desk.operation.parse()?;
    let supplier: SupplierId = desk.supplier.parse()?;
    let line = json!({
        "code": "9.9", "name": { "el": "Δέματα", "en": "Parcels" }, "work_package": "WP2", "category": "A4", "form": "actual",
        "amount": euros("9999999.00"),
    });
    let line = desk.finance.post(&desk.of("budget-lines"), &line).await?.ok();
    let line: BudgetLineId = text(&line, "/id")?.parse()?;
    let maker = app.new_id(osn_core::id::AccountId::new);
    let approver = app.new_id(osn_core::id::AccountId::new);
    let mut number = 0;
    while number < count {
        let mut tx = scope.begin(Actor::nobody("bench.fill"), app.now()).await?;
        for number in number..count.min(number + AT_ONCE) {
            let mut expense = expense(app.new_id(ExpenseId::new), operation, supplier, number)?;
            expense.budget_line_id = Some(line);
            let row = ExpenseRow {
                fingerprint: Some(fingerprint(&supplier.to_string(), &expense)?),
                state: ExpenseState::Approved {
                    entered_by: maker,
                    by: approver,
                    at: app.now(),
                },
                eligible: expense.declared()?,
                outcome: "ok".to_owned(),
                claim_id: None,
                expense,
            };
            tx.insert_expense(&row, &[]).await?;
        }
        tx.commit().await?;
        number = count.min(number + AT_ONCE);
    }
    Ok(())
}

fn expense(id: ExpenseId, operation: OperationId, supplier: SupplierId, number: u32) -> Result<Expense> {
    let day = |text: &str| text.parse().map(Some);
    let net = Money::from_cents(1_000 + i64::from(number % 977));
    let document = Document {
        kind: DocumentKind::Invoice,
        number: format!("Β {number}"),
        issued_on: "2022-09-28".parse()?,
        net,
        vat: Money::ZERO,
        gross: net,
        currency: Money::CURRENCY.to_owned(),
    };
    let mut expense = Expense::of(id, operation, Category::A4, document);
    "SP1".clone_into(&mut expense.sub_project);
    "WP2".clone_into(&mut expense.work_package);
    "Δέματα τροφίμων".clone_into(&mut expense.subject);
    expense.supplier_id = Some(supplier);
    expense.vat_included = false;
    "64.00.01".clone_into(&mut expense.account);
    expense.paid_to_issuer = Some(true);
    expense.withheld = Withheld {
        tax: Some(Money::ZERO),
        levy: Some(Money::ZERO),
        levy_system: None,
    };
    expense.dates.committed = day("2022-09-05")?;
    expense.dates.awarded = day("2022-09-10")?;
    expense.dates.delivered = day("2022-09-27")?;
    expense.dates.accepted = day("2022-09-28")?;
    expense.dates.paid = day("2022-09-29")?;
    let paper = |kind: PaperKind| Paper {
        digest: format!("{number:064x}"),
        file: format!("{}.pdf", kind.name()),
        ..Paper::of(kind, "ΨΡΗ4Η-354".to_owned())
    };
    expense.papers = PaperKind::ALL.into_iter().map(paper).collect();
    Ok(expense)
}

//! Judging 1,000,000 expenses with the full rule set, natively; the ledgers of 10,000 expenses of one operation, from one book.
//!
//! `cargo bench -p osn-core --bench expenditure -- 1000000` says how many are judged.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench prints its table and reads the clock"
)]

use std::time::Instant;

use osn_core::expenditure::{
    Book, Category, Document, DocumentKind, Entry, Expense, Facts, FundingTerms, Ledger, OperationFacts, Paper,
    PaperKind, RuleSet, Stage, SupplierFacts, SupplierKind, VatStatus, Verdict,
};
use osn_core::id::{ExpenseId, OperationId, SupplierId};
use osn_core::money::Money;
use osn_core::operation::Regime;
use uuid::Uuid;

const IN_ONE_OPERATION: u32 = 10_000;

fn expense(number: u32) -> Expense {
    let net = Money::from_cents(i64::from(number % 250_000) + 100);
    let vat = Money::from_cents(i64::from(number % 250_000) / 4);
    let document = Document {
        kind: DocumentKind::Invoice,
        number: format!("Α {number}"),
        issued_on: "2022-07-08".parse().unwrap(),
        net,
        vat,
        gross: net.checked_add(vat).unwrap(),
        currency: Money::CURRENCY.to_owned(),
    };
    let id = ExpenseId::new(Uuid::from_u128(number.into()));
    let papers = PaperKind::ALL.iter().take(usize::try_from(number % 17).unwrap());
    Expense {
        subject: "Δέματα".to_owned(),
        supplier_id: Some(SupplierId::new(Uuid::nil())),
        papers: papers
            .map(|kind| Paper {
                kind: *kind,
                number: "ΨΡΗ4Η-354".to_owned(),
                digest: String::new(),
                file: String::new(),
            })
            .collect(),
        ..Expense::of(id, OperationId::new(Uuid::nil()), Category::A4, document)
    }
}

fn facts(expense: Expense) -> Facts {
    Facts {
        stage: Stage::Claim,
        on: "2023-12-30".parse().unwrap(),
        operation: OperationFacts {
            regime: Regime::Period1420,
            fund: "ESF".to_owned(),
            period: None,
            mode: None,
            terms: FundingTerms {
                vat: VatStatus::ProRata("30".parse().unwrap()),
                ..FundingTerms::default()
            },
        },
        expense,
        supplier: Some(SupplierFacts {
            id: SupplierId::new(Uuid::nil()),
            kind: SupplierKind::Company,
        }),
        contract: None,
        ledger: Ledger::default(),
    }
}

fn main() {
    let asked = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse::<u32>().ok());
    let count = asked.unwrap_or(1_000_000);
    let rules = RuleSet::load().unwrap();
    let mut given: Vec<Facts> = (0..1_000).map(|number| facts(expense(number))).collect();
    let (mut findings, mut rejected) = (0_usize, 0_u32);
    let start = Instant::now();
    for number in 0..count {
        let slot = usize::try_from(number % 1_000).unwrap();
        let judgement = rules.judge(&given[slot]);
        findings += judgement.findings.len();
        rejected += u32::from(judgement.outcome == Verdict::Reject);
        given[slot].expense.document.net = Money::from_cents(i64::from(number) + 1);
    }
    let seconds = start.elapsed();
    println!("| judging expenses natively | expenses | findings | rejected | time | each |");
    println!("|---|---|---|---|---|---|");
    println!(
        "| the full rule set | {count} | {findings} | {rejected} | {} ms | {} ns |",
        seconds.as_millis(),
        seconds.as_nanos() / u128::from(count.max(1))
    );
    let parameters = rules.parameters(Regime::Period1420);
    let all: Vec<Expense> = (0..IN_ONE_OPERATION).map(expense).collect();
    let start = Instant::now();
    let entries = all.iter().map(|own| Entry::of(own, Money::from_cents(100), None, None));
    let book = Book::of(entries, parameters);
    let mut sum = 0_i64;
    for own in &all {
        sum = sum.wrapping_add(book.ledger(own, None, &[]).direct_other.cents());
    }
    let seconds = start.elapsed();
    println!(
        "| the ledgers of all expenses of one operation | {IN_ONE_OPERATION} | – | – | {} ms | {} ns |",
        seconds.as_millis(),
        seconds.as_nanos() / u128::from(IN_ONE_OPERATION)
    );
    assert!(sum > 0);
}

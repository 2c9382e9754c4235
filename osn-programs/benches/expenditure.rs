//! Judging 1,000,000 expenses with the full rule set natively, and through the contract for national sets (the example set).
//!
//! `cargo bench -p osn-programs --bench expenditure -- 1000000` says how many. Needs `cargo xtask plugins`.
#![expect(
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a bench prints its table and reads the clock"
)]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use osn_core::canonical::to_canonical;
use osn_core::expenditure::{
    Category, Document, DocumentKind, Expense, Facts, FundingTerms, Ledger, Nature, OperationFacts, RuleSet, Stage,
    VatStatus,
};
use osn_core::id::{ExpenseId, OperationId};
use osn_core::money::Money;
use osn_core::operation::Regime;
use osn_programs::host::{Host, HostConfig};
use osn_programs::national::NationalPackage;
use uuid::Uuid;

/// Expenses that differ; the others repeat them.
const PATTERN: u32 = 1_000;

fn facts(number: u32) -> Facts {
    let net = Money::from_cents(i64::from(number) * 100 + 100);
    let vat = Money::from_cents(i64::from(number) * 24);
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
    Facts {
        stage: Stage::Claim,
        on: "2023-12-30".parse().unwrap(),
        operation: OperationFacts {
            regime: Regime::Period1420,
            fund: "ESF".to_owned(),
            period: None,
            mode: None,
            terms: FundingTerms {
                vat: VatStatus::NonRecoverable,
                ..FundingTerms::default()
            },
        },
        expense: Expense {
            subject: "Δέματα".to_owned(),
            nature: Nature::Food,
            ..Expense::of(id, OperationId::new(Uuid::nil()), Category::A4, document)
        },
        supplier: None,
        contract: None,
        ledger: Ledger::default(),
    }
}

fn row(what: &str, count: u32, findings: usize, time: Duration) {
    println!(
        "| {what} | {count} | {findings} | {} ms | {} ns |",
        time.as_millis(),
        time.as_nanos() / u128::from(count.max(1))
    );
}

#[expect(clippy::too_many_lines, reason = "one table, printed row by row")]
fn main() {
    let asked = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse::<u32>().ok());
    let count = asked.unwrap_or(1_000_000);
    let given: Vec<Facts> = (0..PATTERN).map(facts).collect();
    println!("| judging expenses | expenses | findings | time | each |");
    println!("|---|---|---|---|---|");
    let rules = RuleSet::load().unwrap();
    let mut findings = 0;
    let start = Instant::now();
    for facts in given.iter().cycle().take(usize::try_from(count).unwrap()) {
        findings += rules.judge(facts).findings.len();
    }
    row("natively, the full rule set", count, findings, start.elapsed());

    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target")),
        PathBuf::from,
    );
    let bytes = std::fs::read(target.join("rule-sets/expenditure-example.wasm")).unwrap();
    let host = Host::new(HostConfig::default()).unwrap();
    let package = NationalPackage::read(&bytes, host.limits()).unwrap();
    let set = host.load_national(&package).unwrap();
    let texts: Vec<String> = given
        .iter()
        .map(|facts| String::from_utf8(to_canonical(facts).unwrap()).unwrap())
        .collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let mut findings = 0;
    let start = Instant::now();
    let mut left = usize::try_from(count).unwrap();
    while left > 0 {
        let batch = &texts[..left.min(texts.len())];
        findings += set.judge(batch).unwrap().iter().map(Vec::len).sum::<usize>();
        left -= batch.len();
    }
    row(
        "through the plugin contract, the example set",
        count,
        findings,
        start.elapsed(),
    );
    // What a claim does: the same for many expenses, with one call of the contract for all of them.
    let (mut findings, mut left) = (0, usize::try_from(count).unwrap());
    let start = Instant::now();
    while left > 0 {
        let batch = &given[..left.min(given.len())];
        let texts: Vec<String> = batch
            .iter()
            .map(|facts| String::from_utf8(to_canonical(facts).unwrap()).unwrap())
            .collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        for (facts, national) in batch.iter().zip(set.judge(&texts).unwrap()) {
            let judged = rules.judge_abroad(facts, set.identity().clone(), national);
            findings += judged.findings.len();
        }
        left -= batch.len();
    }
    row("both, as a claim asks", count, findings, start.elapsed());
    // What entry does: the facts in canonical form, the Union's rules natively, the national ones through the contract.
    let mut findings = 0;
    let start = Instant::now();
    for facts in given.iter().cycle().take(usize::try_from(count).unwrap()) {
        let text = String::from_utf8(to_canonical(facts).unwrap()).unwrap();
        let national = set.judge(&[&text]).unwrap().pop().unwrap();
        findings += rules
            .judge_abroad(facts, set.identity().clone(), national)
            .findings
            .len();
    }
    row(
        "both, one expense at a time, as at entry",
        count,
        findings,
        start.elapsed(),
    );
}

//! Judging 1,000,000 expenses with the full rule set, natively; the ledgers of 10,000 expenses of one operation, from one book.
//!
//! The expenses are a mix: of 100, 62 have nothing against them, 18 ask for a look, 12 lose a part, 8 are not eligible. Purchases
//! with a contract and without, own staff with time-sheets, unit costs and depreciation are among them; the table says what came
//! out. `cargo bench -p osn-core --bench expenditure -- 1000000` says how many are judged.
#![expect(
    clippy::float_arithmetic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench prints its table and reads the clock"
)]

use std::time::Instant;

use osn_core::expenditure::{
    AwardPath, Book, Category, Contract, ContractKind, CostForm, Dates, Depreciation, Document, DocumentKind, Entry,
    Expense, Facts, FundingTerms, Ledger, OperationFacts, Paper, PaperKind, Payroll, RuleSet, SheetDay, Stage,
    SupplierFacts, SupplierKind, VatStatus, Verdict, Withheld,
};
use osn_core::id::{ContractId, ExpenseId, OperationId, SupplierId};
use osn_core::identifier::Adam;
use osn_core::money::{Money, Rounding};
use osn_core::operation::{ImplementationMode, Regime};
use osn_core::time::Period;
use rust_decimal::Decimal;
use uuid::Uuid;

const IN_ONE_OPERATION: u32 = 10_000;
/// Different expenses that are judged again and again.
const DIFFERENT: u32 = 10_000;

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

fn part(of: Money, factor: &str) -> Money {
    of.times(factor.parse().unwrap(), Rounding::HalfUp).unwrap()
}

/// A purchase of food parcels with everything that the checklist asks.
fn purchase(number: u32) -> Expense {
    // Above the amount up to which nothing is kept back without a contract.
    let net = Money::from_cents(i64::from(number % 80_000) + 20_000);
    let vat = part(net, "0.24");
    let document = Document {
        kind: DocumentKind::Invoice,
        number: format!("Α {number}"),
        issued_on: day("2022-07-08"),
        net,
        vat,
        gross: net.checked_add(vat).unwrap(),
        currency: Money::CURRENCY.to_owned(),
    };
    let papers = [
        PaperKind::Commitment,
        PaperKind::Award,
        PaperKind::Acceptance,
        PaperKind::Document,
        PaperKind::Warrant,
        PaperKind::Payment,
        PaperKind::Clearance,
        PaperKind::Physical,
        PaperKind::Publicity,
    ];
    let id = ExpenseId::new(Uuid::from_u128(number.into()));
    Expense {
        subject: "Δέματα".to_owned(),
        sub_project: "SP1".to_owned(),
        work_package: "WP2".to_owned(),
        supplier_id: Some(SupplierId::new(Uuid::nil())),
        papers: papers.map(|kind| Paper::of(kind, "ΨΡΗ4Η-354".to_owned())).into(),
        paid_to_issuer: Some(true),
        account: "64.00.01".to_owned(),
        dates: Dates {
            committed: Some(day("2022-06-01")),
            awarded: Some(day("2022-06-10")),
            contracted: Some(day("2022-06-12")),
            delivered: Some(day("2022-07-05")),
            accepted: Some(day("2022-07-06")),
            paid: Some(day("2022-08-01")),
            ..Dates::default()
        },
        withheld: Withheld {
            tax: Some(part(net, "0.04")),
            levy: Some(Money::ZERO),
            levy_system: Some(Money::ZERO),
        },
        ..Expense::of(id, OperationId::new(Uuid::nil()), Category::A4, document)
    }
}

/// The pay of a month, with its papers and 22 days of its time-sheet.
fn pay(number: u32) -> Expense {
    let mut expense = purchase(number);
    expense.category = Category::A1;
    expense.document.kind = DocumentKind::Payroll;
    let kinds = [
        PaperKind::Document,
        PaperKind::Payment,
        PaperKind::Assignment,
        PaperKind::Payslip,
        PaperKind::Insurance,
        PaperKind::Activity,
        PaperKind::Timesheet,
        PaperKind::Publicity,
    ];
    expense.papers = kinds.map(|kind| Paper::of(kind, String::new())).into();
    let first = day("2022-06-01");
    let days = first.iter_days().filter(|day| *day != self::day("2022-06-13")).take(22);
    let sheet: Vec<SheetDay> = days
        .map(|on| SheetDay {
            on,
            hours: Decimal::from(8),
            leave: false,
        })
        .collect();
    let net = Money::from_cents(246_400);
    (expense.document.net, expense.document.vat, expense.document.gross) = (net, Money::ZERO, net);
    expense.payroll = Some(Payroll {
        annual_gross: Money::from_cents(2_408_000),
        full_time: "100".parse().unwrap(),
        hours: Decimal::from(176),
        hourly_rate: None,
        year: 2022,
        fixed: None,
        gross: None,
        sheet,
    });
    expense
}

/// So many parcels at a fixed amount.
fn units(number: u32) -> Expense {
    let mut expense = purchase(number);
    let quantity = number % 140 + 1;
    let net = Money::from_cents(i64::from(quantity) * 600);
    expense.category = Category::B1;
    expense.document.kind = DocumentKind::Simplified;
    (expense.document.net, expense.document.vat, expense.document.gross) = (net, Money::ZERO, net);
    expense.form = CostForm::Unit {
        quantity,
        unit_cost: Money::from_cents(600),
    };
    expense.dates.carried_out = Some(Period::new(day("2022-07-01"), day("2022-07-31")).unwrap());
    expense
}

/// Ten months of a freezer.
fn depreciation(number: u32) -> Expense {
    let mut expense = purchase(number);
    let net = Money::from_cents(50_000);
    expense.category = Category::A5d;
    expense.document.kind = DocumentKind::Depreciation;
    (expense.document.net, expense.document.vat, expense.document.gross) = (net, Money::ZERO, net);
    expense.depreciation = Some(Depreciation {
        period: Period::new(day("2022-01-01"), day("2022-10-31")).unwrap(),
        documented: true,
        granted: false,
        cost: Some(Money::from_cents(360_000)),
        months: Some(36),
        used: "50".parse().unwrap(),
    });
    expense
}

fn contract() -> Contract {
    Contract {
        id: ContractId::new(Uuid::nil()),
        operation_id: OperationId::new(Uuid::nil()),
        supplier_id: SupplierId::new(Uuid::nil()),
        subject: "Δέματα".to_owned(),
        kind: ContractKind::Goods,
        path: AwardPath::Direct,
        cpv: "15000000-8".to_owned(),
        value: Money::from_cents(1_200_000),
        awarded_on: day("2022-06-10"),
        signed_on: Some(day("2022-06-12")),
        request_adam: Some(Adam::parse("22REQ010000001").unwrap()),
        award_adam: Some(Adam::parse("22AWRD010000001").unwrap()),
        award_published_on: Some(day("2022-06-11")),
        contract_adam: Some(Adam::parse("22SYMV010000001").unwrap()),
        electronic: false,
        ministerial_act: false,
    }
}

fn facts(expense: Expense) -> Facts {
    let simplified = expense.form.is_simplified();
    Facts {
        stage: Stage::Claim,
        on: day("2023-12-30"),
        operation: OperationFacts {
            regime: Regime::Period1420,
            fund: "ESF".to_owned(),
            period: Some(Period::new(day("2019-01-01"), day("2023-12-31")).unwrap()),
            mode: Some(ImplementationMode::OwnMeans),
            terms: FundingTerms {
                vat: VatStatus::NonRecoverable,
                depreciation_allowed: true,
                ..FundingTerms::default()
            },
        },
        expense,
        supplier: Some(SupplierFacts {
            id: SupplierId::new(Uuid::nil()),
            kind: SupplierKind::Company,
        }),
        contract: None,
        ledger: Ledger {
            line_left: Some(Money::from_cents(100_000_000)),
            line_form: Some(if simplified { "unit" } else { "actual" }.to_owned()),
            commitment_left: Some(Money::from_cents(100_000_000)),
            units_left: simplified.then_some(1_000),
            ..Ledger::default()
        },
    }
}

/// The expense of a number, with what is against it: nothing, something to look at, a part, or all of it.
fn mixed(number: u32) -> Facts {
    let expense = match number % 10 {
        0 | 1 => pay(number),
        2 => units(number),
        3 => depreciation(number),
        _ => purchase(number),
    };
    let mut facts = facts(expense);
    if facts.expense.is_purchase() && number.is_multiple_of(2) {
        facts.contract = Some(contract());
        facts.expense.contract_id = Some(ContractId::new(Uuid::nil()));
        facts.expense.withheld.levy = Some(part(facts.expense.document.net, "0.001"));
    }
    match number / 10 % 100 {
        0..62 => {}
        // The line has no room: another person moves money first.
        62..80 => facts.ledger.line_left = Some(Money::ZERO),
        80..92 => facts.ledger.credited = Money::from_cents(100),
        // Declared in full elsewhere.
        _ => {
            let other = osn_core::expenditure::SameItem {
                expense_id: None,
                operation_id: None,
                share: "100".parse().unwrap(),
            };
            facts.ledger.same_item.push(other);
        }
    }
    facts
}

fn judged(count: u32, rules: &RuleSet) {
    let given: Vec<Facts> = (0..DIFFERENT).map(mixed).collect();
    let (mut findings, mut outcomes) = (0_usize, [0_u32; 4]);
    let start = Instant::now();
    for number in 0..count {
        let slot = usize::try_from(number % DIFFERENT).unwrap();
        let judgement = rules.judge(&given[slot]);
        findings += judgement.findings.len();
        outcomes[usize::from(judgement.outcome.weight())] += 1;
    }
    let seconds = start.elapsed();
    let share = |times: u32| format!("{:.1} %", f64::from(times) * 100.0 / f64::from(count.max(1)));
    let [ok, warn, cut, reject] = outcomes.map(share);
    println!(
        "| judging expenses natively | expenses | findings | {} | {} | cut | {} | time | each |",
        Verdict::Ok.name(),
        Verdict::Warn.name(),
        Verdict::Reject.name()
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    println!(
        "| the full rule set | {count} | {findings} | {ok} | {warn} | {cut} | {reject} | {} ms | {} ns |",
        seconds.as_millis(),
        seconds.as_nanos() / u128::from(count.max(1))
    );
    assert!(
        count < DIFFERENT || outcomes.iter().all(|times| *times > 0),
        "a mix: {outcomes:?}"
    );
}

fn main() {
    let asked = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse::<u32>().ok());
    let rules = RuleSet::load().unwrap();
    judged(asked.unwrap_or(1_000_000), &rules);
    let parameters = rules.parameters(Regime::Period1420);
    let all: Vec<Expense> = (0..IN_ONE_OPERATION).map(purchase).collect();
    let start = Instant::now();
    let entries = all.iter().map(|own| Entry::of(own, Money::from_cents(100), None, None));
    let book = Book::of(entries, parameters);
    let mut sum = 0_i64;
    for own in &all {
        sum = sum.wrapping_add(book.ledger(own, None, &[]).direct_other.cents());
    }
    let seconds = start.elapsed();
    println!();
    println!("| the ledgers of one operation, from one book | expenses | time | each |");
    println!("|---|---|---|---|");
    println!(
        "| each expense among the others | {IN_ONE_OPERATION} | {} ms | {} ns |",
        seconds.as_millis(),
        seconds.as_nanos() / u128::from(IN_ONE_OPERATION)
    );
    assert!(sum > 0);
}

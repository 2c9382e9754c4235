//! Confirming a need against 100,000 services of which 1,000 are candidates: p50 and p99 beside the target.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench prints its table and reads the clock"
)]

use std::time::Instant;

use chrono::{DateTime, NaiveDate};
use osn_core::coverage::{FreshnessPolicy, confirm};
use osn_core::directory::{
    Directory, DirectoryRecord, Mode, Service, ServiceCapacity, ServiceStatus, Taxonomy, TaxonomyTerm, TermCode,
};
use osn_core::id::{OrganizationId, ServiceId, TermId};
use osn_core::lang::LocalText;
use osn_core::need::{Need, People, Urgency};
use osn_core::time::Period;
use uuid::Uuid;

/// Services where none are asked for: `cargo bench -p osn-core --bench confirm -- 2000` says how many.
const SERVICES: u32 = 100_000;
/// Each category holds 500 services; the need's category has two below it.
const PER_CATEGORY: u32 = 500;
const ROUNDS: usize = 400;
const TARGET_MS: u128 = 20;

fn term(taxonomy: Taxonomy, code: String, parent: Option<&str>) -> DirectoryRecord {
    DirectoryRecord::TaxonomyTerm(TaxonomyTerm {
        description: LocalText::new(&code, &code),
        parent: parent.map(TermCode::new),
        ..TaxonomyTerm::new(
            TermId::new(Uuid::nil()),
            TermCode::new(&code),
            taxonomy,
            LocalText::new(&code, &code),
        )
    })
}

fn service(number: u32) -> DirectoryRecord {
    let category = format!("c.{}", number / PER_CATEGORY);
    let id = ServiceId::new(Uuid::from_u128(number.into()));
    let day = NaiveDate::from_ymd_opt(2022, 5, 20).unwrap();
    let capacity = ServiceCapacity::of(id, number % 10, None, LocalText::new("θέσεις", "places"), day);
    let name = LocalText::new(format!("Υπηρεσία {number}"), format!("Service {number}"));
    DirectoryRecord::Service(Service {
        description: LocalText::new("περιγραφή", "description"),
        categories: vec![TermCode(category)],
        groups: (!number.is_multiple_of(5)).then(|| vec![TermCode(format!("group.{}", number % 4))]),
        open_to_all: number.is_multiple_of(7),
        minimum_age: number.is_multiple_of(3).then_some(18),
        areas: (!number.is_multiple_of(11)).then(|| vec![TermCode(format!("city.{}", number % 8))]),
        modes: Some(vec![if number.is_multiple_of(2) {
            Mode::Home
        } else {
            Mode::Place
        }]),
        capacities: number.is_multiple_of(2).then_some(capacity).into_iter().collect(),
        free_of_charge: Some(true),
        assured_date: Some(day),
        ..Service::new(id, OrganizationId::new(Uuid::nil()), name, ServiceStatus::Active)
    })
}

/// Needs of one nightly look.
const NEEDS: u32 = 10_000;
/// The look in seconds, where each need takes no more than the figure of one.
const NIGHT_S: u64 = 200;

/// Every certified need again against one mapping, as the nightly look does: each about a category, an area and ages of its own.
fn many(directory: &Directory, services: u32, need: &Need, on: NaiveDate) {
    let start = Instant::now();
    let (mut covered, mut examined) = (0_u32, 0_usize);
    for number in 0..NEEDS {
        let mut each = need.clone();
        each.category = TermCode(format!("c.{}", number % (services / PER_CATEGORY)));
        each.areas = vec![TermCode(format!("city.{}", number % 7 + 1))];
        each.people.count = number % 900 + 1;
        let answer = confirm(directory, &each, FreshnessPolicy::default(), on, &[]).unwrap();
        covered += u32::from(answer.outcome.residual() == 0);
        examined += answer.examined.len();
    }
    let took = start.elapsed();
    println!("| the nightly look | needs | services examined | covered | took | a need | target |");
    println!("|---|---|---|---|---|---|---|");
    println!(
        "| one mapping of {services} | {NEEDS} | {examined} | {covered} | {} ms | {} µs | {NIGHT_S} s |",
        took.as_millis(),
        took.as_micros() / u128::from(NEEDS)
    );
}

fn main() {
    let asked = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse::<u32>().ok());
    let services = asked.unwrap_or(SERVICES).max(PER_CATEGORY * 4);
    let mut records = vec![
        term(Taxonomy::Category, "root".into(), None),
        term(Taxonomy::Category, "needed".into(), Some("root")),
        term(Taxonomy::Category, "near".into(), Some("root")),
        term(Taxonomy::Area, "city".into(), None),
    ];
    for number in 0..services / PER_CATEGORY {
        // Two categories of 500 are candidates; two more are near; the rest is elsewhere.
        let parent = ["needed", "needed", "near", "near"]
            .get(usize::try_from(number).unwrap())
            .copied();
        records.push(term(Taxonomy::Category, format!("c.{number}"), parent));
    }
    records.extend((0..4).map(|number| term(Taxonomy::BeneficiaryGroup, format!("group.{number}"), None)));
    records.extend((1..8).map(|number| term(Taxonomy::Area, format!("city.{number}"), Some("city"))));
    records.extend((0..services).map(service));
    let directory = Directory::new(DateTime::from_timestamp(1_653_000_000, 0).unwrap(), records);
    let need = Need {
        category: TermCode::new("needed"),
        groups: vec![TermCode::new("group.1")],
        people: People {
            count: 5_000,
            age_from: Some(18),
            age_to: Some(99),
        },
        areas: (1..8).map(|number| TermCode(format!("city.{number}"))).collect(),
        mode: Mode::Home,
        period: Period {
            from: NaiveDate::from_ymd_opt(2022, 9, 1).unwrap(),
            to: None,
        },
        languages: Vec::new(),
        hours: None,
        urgency: Urgency::Normal,
    };
    let on = NaiveDate::from_ymd_opt(2022, 6, 10).unwrap();
    let mut times: Vec<u128> = Vec::with_capacity(ROUNDS);
    let mut examined = 0;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let answer = confirm(&directory, &need, FreshnessPolicy::default(), on, &[]).unwrap();
        times.push(start.elapsed().as_micros());
        examined = answer.examined.len();
    }
    times.sort_unstable();
    println!("| confirming a need | services | examined | p50 | p99 | target p99 |");
    println!("|---|---|---|---|---|---|");
    println!(
        "| 1,000 candidates, 1,000 near | {services} | {examined} | {} µs | {} µs | {TARGET_MS} ms |",
        times[ROUNDS / 2],
        times[ROUNDS * 99 / 100]
    );
    many(&directory, services, &need, on);
}

//! Another municipality embeds `osn-core` in its own software: its mapping, a need, eligibility, a selection, and whether what it
//! means to pay would be eligible.
//!
//! `cargo run -p osn-core --example another_municipality`
#![expect(clippy::print_stdout, reason = "an example shows its result")]

use chrono::NaiveDate;
use osn_core::application::{AssessmentOutcome, Reference};
use osn_core::calendar::{Calendar, Term};
use osn_core::coverage::{FreshnessPolicy, confirm};
use osn_core::directory::{Directory, DirectoryRecord};
use osn_core::eligibility::{at_least, outcome};
use osn_core::equivalence::{HouseholdComposition, Scale};
use osn_core::expenditure::{Facts, RuleSet, faults};
use osn_core::id::{ApplicationId, CallId};
use osn_core::money::Money;
use osn_core::need::Need;
use osn_core::selection::{Candidate, Place, RankingKey, TieOrder, rank};
use osn_core::text::date::format_long_el;
use serde::Deserialize;
use uuid::Uuid;

/// The municipality's own data: a file, or rows of its own database.
#[derive(Deserialize)]
struct Island {
    need: Need,
    records: Vec<DirectoryRecord>,
    applicants: Vec<Applicant>,
    /// An invoice before it is paid, and the operation that would declare it.
    invoice: Facts,
}

#[derive(Deserialize)]
struct Applicant {
    ages: Vec<u32>,
    income: String,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let island: Island = toml::from_str(include_str!("another_municipality.toml"))?;
    let today: NaiveDate = "2026-10-01".parse()?;

    // Is the need really not covered by what exists?
    let directory = Directory::new("2026-10-01T08:00:00Z".parse()?, island.records);
    let answer = confirm(&directory, &island.need, FreshnessPolicy::default(), today, &[])?;
    println!("{}: {} χωρίς κάλυψη", answer.outcome.name(), answer.outcome.residual());
    for service in &answer.examined {
        println!("  {}: {:?}", service.name.get("el"), service.verdict);
    }

    // Who of the applicants is eligible, and in which order do they come?
    let scale = Scale::by_code("oecd-modified", today)?;
    let mut candidates = Vec::new();
    for (number, applicant) in (1_u8..).zip(&island.applicants) {
        let oldest = applicant.ages.iter().max().copied().map(i64::from);
        let age = at_least("age", oldest, 75);
        let household = HouseholdComposition::from_ages(applicant.ages.iter().copied())?;
        let income = scale.equivalised(Money::parse_el(&applicant.income)?, &household)?;
        let verdict = outcome([age.state]);
        println!("αίτηση {number}: {verdict:?}, {}", income.format_el());
        if verdict == AssessmentOutcome::Eligible {
            candidates.push(Candidate {
                application_id: ApplicationId::new(Uuid::from_u128(number.into())),
                reference: Reference::from_random([number; 9]),
                keys: vec![income.cents()],
                submitted_at: "2026-10-20T09:00:00Z".parse()?,
                protocol: None,
                units: 1,
            });
        }
    }
    let keys = [RankingKey {
        key: "income".into(),
        descending: false,
    }];
    let call = CallId::new(Uuid::from_u128(99));
    let list = rank(call, &keys, TieOrder::SubmissionTime, 2, candidates)?;
    for line in &list.lines {
        let place = if line.place == Place::Selected {
            "επιλέγεται"
        } else {
            "επιλαχών"
        };
        println!("{}. {} {place}", line.rank, line.candidate.reference.as_str());
    }
    let until = Calendar::greek()?.deadline("2026-10-26".parse()?, Term::WorkingDays(5))?;
    println!("ενστάσεις έως {}", format_long_el(until));
    would_be_eligible(&island.invoice)
}

/// Would the invoice be eligible? Every finding with its article and what to do about it.
fn would_be_eligible(facts: &Facts) -> Result<(), Box<dyn std::error::Error>> {
    let rules = RuleSet::load()?;
    let words = rules.catalogue();
    for fault in faults(&facts.expense, facts.operation.regime, facts.on) {
        println!("δεν γίνεται: {}", words.say_fault(&fault, "el"));
    }
    let judgement = rules.judge(facts);
    let (eligible, declared) = (judgement.eligible.format_el(), judgement.declared.format_el());
    println!("δαπάνη: {eligible} επιλέξιμα από {declared}");
    for finding in judgement.open() {
        let said = words.say(finding, "el");
        println!("  {}: {} ({})", finding.verdict.name(), said.reason, said.article);
        println!("    {}", said.remedy);
    }
    Ok(())
}

//! Another municipality's own software: it embeds `osn-core` and nothing else, and never saw the rest of the house.
//!
//! `cargo xtask test` copies this folder out of the workspace, runs it natively and as WebAssembly, and compares.
use osn_core::application::{AssessmentOutcome, ProtocolNumber, Reference};
use osn_core::coverage::{FreshnessPolicy, confirm};
use osn_core::directory::{
    Directory, DirectoryRecord, Mode, Organization, OrganizationKind, Service, ServiceCapacity, ServiceStatus,
    Taxonomy, TaxonomyTerm, TermCode,
};
use osn_core::eligibility::{at_least, at_most, outcome};
use osn_core::expenditure::{
    Category, Document, DocumentKind, Expense, Facts, FundingTerms, Ledger, OperationFacts, RuleSet, Stage, VatStatus,
    faults,
};
use osn_core::equivalence::{HouseholdComposition, Scale};
use osn_core::lang::LocalText;
use osn_core::money::Money;
use osn_core::need::{Need, People, Urgency};
use osn_core::operation::Regime;
use osn_core::selection::{Candidate, Place, RankingKey, TieOrder, rank};
use osn_core::time::Period;
use std::error::Error;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The whole story as text, or what went wrong.
pub fn text() -> String {
    let told = mapping_and_need().and_then(|need| Ok(need + &eligibility_and_selection()? + &expenditure()?));
    told.unwrap_or_else(|error| format!("failed: {error}\n"))
}

/// An island maps its help at home, and asks whether forty people over 75 are served.
fn mapping_and_need() -> Result<String> {
    let records = [
        term(Taxonomy::Category, "care", None)?,
        term(Taxonomy::Category, "care.home", Some("care"))?,
        term(Taxonomy::BeneficiaryGroup, "over-75", None)?,
        term(Taxonomy::Area, "island", None)?,
        term(Taxonomy::Area, "island.chora", Some("island"))?,
        organization()?,
        service(1, "Βοήθεια στο σπίτι", "Help at home", Some(vec![Mode::Home]), 12)?,
        service(2, "Κέντρο ημέρας", "Day centre", Some(vec![Mode::Place]), 30)?,
        service(3, "Εθελοντές γειτονιάς", "Neighbourhood volunteers", None, 8)?,
    ];
    let directory = Directory::new("2026-05-04T08:00:00Z".parse()?, records);
    if let Some(problem) = directory.problems().into_iter().next() {
        return Err(problem.into());
    }
    let need = Need {
        category: TermCode::new("care.home"),
        groups: vec![TermCode::new("over-75")],
        people: People {
            count: 40,
            age_from: Some(75),
            age_to: None,
        },
        areas: vec![TermCode::new("island.chora")],
        mode: Mode::Home,
        period: Period::new("2026-06-01".parse()?, "2026-12-31".parse()?)?,
        languages: Vec::new(),
        hours: None,
        urgency: Urgency::Normal,
    };
    let answer = confirm(
        &directory,
        &need,
        FreshnessPolicy::default(),
        "2026-05-05".parse()?,
        &[],
    )?;
    let mut told = format!(
        "need: {}, {} left of {}, {} open question\n",
        answer.outcome.name(),
        answer.outcome.residual(),
        need.people.count,
        answer.open
    );
    for service in &answer.examined {
        told += &format!(
            "  {}: {:?}, {} places\n",
            service.name.get("en"),
            service.verdict,
            service.places()
        );
    }
    Ok(told)
}

/// Four households apply for two places; one is too young, and the poorest come first.
fn eligibility_and_selection() -> Result<String> {
    let scale = Scale::by_code("oecd-modified", "2026-09-01".parse()?)?;
    let limit = Money::parse("9000.00")?;
    let mut told = String::new();
    let mut candidates = Vec::new();
    let applicants: [(u8, Option<u32>, &[u32], &str); 5] = [
        (1, Some(81), &[81], "7200.00"),
        (2, Some(76), &[76, 74], "9000.00"),
        (3, Some(70), &[70], "3000.00"),
        (4, None, &[80], "5000.00"),
        (5, Some(90), &[90, 60, 12], "9000.00"),
    ];
    for (number, age, ages, income) in applicants {
        let household = HouseholdComposition::from_ages(ages.iter().copied())?;
        let income = scale.equivalised(Money::parse(income)?, &household)?;
        let criteria = [
            at_least("age", age.map(i64::from), 75),
            at_most("income", Some(income.cents()), limit.cents()),
        ];
        let verdict = outcome(criteria.iter().map(|criterion| criterion.state));
        told += &format!("application {number}: {verdict:?}, {income} per equivalent adult\n");
        if verdict == AssessmentOutcome::Eligible {
            candidates.push(Candidate {
                application_id: format!("00000000-0000-0000-0000-{number:012}").parse()?,
                reference: Reference::from_random([number; 9]),
                keys: vec![income.cents()],
                submitted_at: "2026-09-01T09:00:00Z".parse()?,
                protocol: Some(ProtocolNumber {
                    year: 2026,
                    number: number.into(),
                }),
                units: 1,
            });
        }
    }
    let keys = [RankingKey {
        key: "income".into(),
        descending: false,
    }];
    let call = "00000000-0000-0000-0000-0000000000ca".parse()?;
    for line in rank(call, &keys, TieOrder::SubmissionTime, 2, candidates)?.lines {
        let protocol = line
            .candidate
            .protocol
            .map(|protocol| protocol.to_string())
            .unwrap_or_default();
        told += &match line.place {
            Place::Selected => format!("{}. {protocol} selected\n", line.rank),
            Place::Reserve { position } => format!("{}. {protocol} reserve {position}\n", line.rank),
        };
    }
    Ok(told)
}

/// Would the invoice of the meals be eligible, before it is paid? By which article, and what is left of it?
fn expenditure() -> Result<String> {
    let rules = RuleSet::load()?;
    let document = Document {
        kind: DocumentKind::Invoice,
        number: "A 17".into(),
        issued_on: "2026-05-10".parse()?,
        net: Money::parse("1000.00")?,
        vat: Money::parse("240.00")?,
        gross: Money::parse("1240.00")?,
        currency: Money::CURRENCY.into(),
    };
    let expense = Expense::of(
        "00000000-0000-0000-0000-0000000000e1".parse()?,
        "00000000-0000-0000-0000-0000000000aa".parse()?,
        Category::A4,
        document,
    );
    let on = "2026-05-05".parse()?;
    let mut told = String::new();
    for fault in faults(&expense, Regime::Period2127, on) {
        told += &format!("refused: {}\n", rules.catalogue().say_fault(&fault, "en"));
    }
    let facts = Facts {
        stage: Stage::WhatIf,
        on,
        operation: OperationFacts {
            regime: Regime::Period2127,
            fund: "ESF+".into(),
            period: None,
            mode: None,
            terms: FundingTerms {
                vat: VatStatus::ProRata("30".parse()?),
                ..FundingTerms::default()
            },
        },
        expense,
        supplier: None,
        contract: None,
        ledger: Ledger::default(),
    };
    let judgement = rules.judge(&facts);
    told += &format!("expense: {} of {} eligible\n", judgement.eligible, judgement.declared);
    for finding in judgement.open() {
        let said = rules.catalogue().say(finding, "en");
        told += &format!("  {} {}: {}\n", finding.rule, finding.verdict.name(), said.reason);
    }
    Ok(told)
}

fn term(taxonomy: Taxonomy, code: &str, parent: Option<&str>) -> Result<DirectoryRecord> {
    Ok(DirectoryRecord::TaxonomyTerm(TaxonomyTerm {
        parent: parent.map(TermCode::new),
        description: LocalText::new(code, code),
        ..TaxonomyTerm::new(
            "00000000-0000-0000-0000-000000000000".parse()?,
            TermCode::new(code),
            taxonomy,
            LocalText::new(code, code),
        )
    }))
}

fn organization() -> Result<DirectoryRecord> {
    Ok(DirectoryRecord::Organization(Organization {
        kind: Some(OrganizationKind::Municipal),
        ..Organization::new(
            "00000000-0000-0000-0000-000000000001".parse()?,
            LocalText::new("Κοινωνική υπηρεσία του νησιού", "The island's social service"),
            LocalText::new("Κοινωνική υπηρεσία", "Social service"),
        )
    }))
}

fn service(number: u8, el: &str, en: &str, modes: Option<Vec<Mode>>, places: u32) -> Result<DirectoryRecord> {
    let id = format!("00000000-0000-0000-0000-{number:012}").parse()?;
    let body = "00000000-0000-0000-0000-000000000001".parse()?;
    let (unit, day) = (LocalText::new("θέσεις", "places"), "2026-05-01".parse()?);
    Ok(DirectoryRecord::Service(Service {
        description: LocalText::new(el, en),
        categories: vec![TermCode::new("care.home")],
        groups: Some(vec![TermCode::new("over-75")]),
        minimum_age: Some(75),
        areas: Some(vec![TermCode::new("island")]),
        modes,
        capacities: vec![ServiceCapacity::of(id, places, None, unit, day)],
        free_of_charge: Some(true),
        assured_date: Some(day),
        ..Service::new(id, body, LocalText::new(el, en), ServiceStatus::Active)
    }))
}

#[cfg(target_arch = "wasm32")]
mod wasm {
    use std::sync::OnceLock;

    static TOLD: OnceLock<String> = OnceLock::new();

    /// Where the story stands in memory.
    #[unsafe(no_mangle)]
    extern "C" fn story() -> *const u8 {
        TOLD.get_or_init(super::text).as_ptr()
    }

    /// How many bytes it has.
    #[unsafe(no_mangle)]
    extern "C" fn story_length() -> usize {
        TOLD.get_or_init(super::text).len()
    }
}

//! Confirmation of need, case by case: `cases/need.toml` is written to be read by somebody who knows the rules, not Rust.
#![expect(
    clippy::unwrap_used,
    clippy::struct_excessive_bools,
    reason = "a test; a case says which fields are unknown"
)]

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate};
use osn_core::coverage::{
    Change, Confirmation, CoverOption, DecisionError, FreshnessPolicy, ProgramPrice, UnknownDecision, confirm,
    what_would_cover,
};
use osn_core::directory::{
    Directory, DirectoryRecord, Frequency, Mode, Organization, OrganizationKind, RequiredDocument, Schedule, Service,
    ServiceCapacity, ServiceStatus, Taxonomy, TaxonomyTerm, TermCode,
};
use osn_core::id::{OrganizationId, ServiceId, TermId};
use osn_core::lang::LocalText;
use osn_core::need::{Need, NeededHours, People, Urgency};
use osn_core::time::Period;
use serde::Deserialize;
use uuid::Uuid;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default)]
    need: NeedSketch,
    #[serde(default)]
    service: Vec<ServiceSketch>,
    /// Decisions of a person: service name -> places.
    #[serde(default)]
    decided: BTreeMap<String, u32>,
    outcome: String,
    #[serde(default)]
    residual: u32,
    /// Services on which a person must still decide.
    #[serde(default)]
    open: u32,
    #[serde(default)]
    refer_to: Vec<String>,
    /// What would cover it, nearest first: service, change, places that it brings, people whom it leaves.
    options: Option<Vec<String>>,
    /// service name -> a reason that must be given.
    #[serde(default)]
    reasons: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct NeedSketch {
    category: String,
    groups: Vec<String>,
    people: u32,
    age_from: Option<u8>,
    age_to: Option<u8>,
    areas: Vec<String>,
    mode: Mode,
    languages: Vec<String>,
    hours: Option<NeededHours>,
}

impl Default for NeedSketch {
    fn default() -> Self {
        Self {
            category: "food".into(),
            groups: vec!["disability-67".into()],
            people: 100,
            age_from: None,
            age_to: None,
            areas: vec!["city.1".into(), "city.2".into()],
            mode: Mode::Home,
            languages: Vec::new(),
            hours: None,
        }
    }
}

/// A service that fits the default need with 100 free places, except for what the case says.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ServiceSketch {
    name: String,
    category: String,
    groups: Option<Vec<String>>,
    groups_unknown: bool,
    open_to_all: bool,
    minimum_age: Option<u8>,
    maximum_age: Option<u8>,
    areas: Vec<String>,
    areas_unknown: bool,
    modes: Vec<Mode>,
    modes_unknown: bool,
    languages: Option<Vec<String>>,
    places: u32,
    places_unknown: bool,
    cost_unknown: bool,
    /// Papers that it asks for, by name.
    documents: Vec<String>,
    confirmed: NaiveDate,
    never_confirmed: bool,
    status: ServiceStatus,
    /// Days, opens, closes: `MO,TU 09:00 15:00`; empty: the record does not say.
    open: String,
}

impl Default for ServiceSketch {
    fn default() -> Self {
        Self {
            name: String::new(),
            category: "food.parcels".into(),
            groups: None,
            groups_unknown: false,
            open_to_all: false,
            minimum_age: None,
            maximum_age: None,
            areas: vec!["city".into()],
            areas_unknown: false,
            modes: vec![Mode::Home],
            modes_unknown: false,
            languages: None,
            places: 100,
            places_unknown: false,
            cost_unknown: false,
            documents: Vec::new(),
            confirmed: day("2022-05-20"),
            never_confirmed: false,
            status: ServiceStatus::Active,
            open: String::new(),
        }
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn codes(codes: &[String]) -> Vec<TermCode> {
    codes.iter().map(TermCode::new).collect()
}

fn service(number: usize, sketch: &ServiceSketch) -> Service {
    let groups = sketch.groups.clone().unwrap_or_else(|| vec!["disability-67".into()]);
    let id = ServiceId::new(Uuid::from_u128(u128::try_from(number).unwrap()));
    let unit = LocalText::new("θέσεις", "places");
    let capacity = ServiceCapacity::of(id, sketch.places, None, unit, day("2022-05-20"));
    let name = LocalText::new(&sketch.name, &sketch.name);
    Service {
        description: LocalText::new("περιγραφή", "description"),
        categories: vec![TermCode::new(&sketch.category)],
        groups: (!sketch.groups_unknown).then(|| codes(&groups)),
        open_to_all: sketch.open_to_all,
        minimum_age: sketch.minimum_age,
        maximum_age: sketch.maximum_age,
        areas: (!sketch.areas_unknown).then(|| codes(&sketch.areas)),
        modes: (!sketch.modes_unknown).then(|| sketch.modes.clone()),
        languages: sketch.languages.clone(),
        capacities: (!sketch.places_unknown).then_some(capacity).into_iter().collect(),
        free_of_charge: (!sketch.cost_unknown).then_some(true),
        required_documents: (0..)
            .zip(&sketch.documents)
            .map(|(index, paper)| RequiredDocument::named(id, index, LocalText::new(paper, paper)))
            .collect(),
        schedules: schedule(&sketch.open).into_iter().collect(),
        assured_date: (!sketch.never_confirmed).then_some(sketch.confirmed),
        ..Service::new(id, OrganizationId::new(Uuid::nil()), name, sketch.status)
    }
}

fn schedule(open: &str) -> Option<Schedule> {
    let mut parts = open.split(' ');
    let (days, opens, closes) = (parts.next()?, parts.next()?, parts.next()?);
    Some(Schedule {
        freq: Some(Frequency::Weekly),
        byday: Some(days.to_owned()),
        opens_at: Some(opens.parse().unwrap()),
        closes_at: Some(closes.parse().unwrap()),
        ..Schedule::new(Uuid::nil())
    })
}

fn term(taxonomy: Taxonomy, code: &str, parent: Option<&str>) -> DirectoryRecord {
    DirectoryRecord::TaxonomyTerm(TaxonomyTerm {
        parent: parent.map(TermCode::new),
        description: LocalText::new(code, code),
        ..TaxonomyTerm::new(
            TermId::new(Uuid::nil()),
            TermCode::new(code),
            taxonomy,
            LocalText::new(code, code),
        )
    })
}

fn city(services: &[ServiceSketch]) -> Directory {
    let terms = [
        term(Taxonomy::Category, "basics", None),
        term(Taxonomy::Category, "food", Some("basics")),
        term(Taxonomy::Category, "food.parcels", Some("food")),
        term(Taxonomy::Category, "food.meals", Some("food")),
        term(Taxonomy::Category, "goods", Some("basics")),
        term(Taxonomy::Category, "culture", None),
        term(Taxonomy::BeneficiaryGroup, "disability", None),
        term(Taxonomy::BeneficiaryGroup, "disability-67", Some("disability")),
        term(Taxonomy::BeneficiaryGroup, "homeless", None),
        term(Taxonomy::Area, "city", None),
        term(Taxonomy::Area, "city.1", Some("city")),
        term(Taxonomy::Area, "city.2", Some("city")),
        term(Taxonomy::Area, "city.3", Some("city")),
    ];
    let organization = DirectoryRecord::Organization(Organization {
        kind: Some(OrganizationKind::Example),
        ..Organization::new(
            OrganizationId::new(Uuid::nil()),
            LocalText::new("Φορέας", "Body"),
            LocalText::new("Φορέας", "Body"),
        )
    });
    let services = services
        .iter()
        .enumerate()
        .map(|(number, sketch)| DirectoryRecord::Service(service(number, sketch)));
    let directory = Directory::new(
        DateTime::from_timestamp(1_653_000_000, 0).unwrap(),
        terms.into_iter().chain([organization]).chain(services),
    );
    assert_eq!(directory.problems(), Vec::new(), "the case's own records must be sound");
    directory
}

fn need(sketch: &NeedSketch) -> Need {
    Need {
        category: TermCode::new(&sketch.category),
        groups: codes(&sketch.groups),
        people: People {
            count: sketch.people,
            age_from: sketch.age_from,
            age_to: sketch.age_to,
        },
        areas: codes(&sketch.areas),
        mode: sketch.mode,
        period: Period {
            from: day("2022-09-01"),
            to: Some(day("2022-11-30")),
        },
        languages: sketch.languages.clone(),
        hours: sketch.hours.clone(),
        urgency: Urgency::Normal,
    }
}

const ON: &str = "2022-06-10";

#[test]
fn cases() {
    let cases: Cases = toml::from_str(include_str!("cases/need.toml")).unwrap();
    assert!(cases.case.len() >= 20);
    for case in &cases.case {
        let directory = city(&case.service);
        let id = |name: &str| {
            let number = case.service.iter().position(|service| service.name == name);
            ServiceId::new(Uuid::from_u128(
                number.unwrap_or_else(|| panic!("{name}")).try_into().unwrap(),
            ))
        };
        let decisions: Vec<_> = case
            .decided
            .iter()
            .map(|(name, places)| UnknownDecision {
                service_id: id(name),
                places: *places,
                reason: LocalText::new("τηλεφώνημα", "telephone call"),
            })
            .collect();
        let answer = confirm(
            &directory,
            &need(&case.need),
            FreshnessPolicy::default(),
            day(ON),
            &decisions,
        )
        .unwrap_or_else(|error| panic!("{}: {error}", case.name));
        assert_eq!(answer.outcome.name(), case.outcome, "{}", case.name);
        assert_eq!(answer.outcome.residual(), case.residual, "{}: residual", case.name);
        assert_eq!(answer.open, case.open, "{}: open", case.name);
        assert_eq!(
            answer.refer_to,
            case.refer_to.iter().map(|name| id(name)).collect::<Vec<_>>(),
            "{}: refer to",
            case.name
        );
        check_options(case, &directory, &answer);
        for (name, reason) in &case.reasons {
            let examined = answer.examined.iter().find(|examined| examined.service_id == id(name));
            let examined = examined.unwrap_or_else(|| panic!("{}: {name} was not examined", case.name));
            assert!(
                examined.checks.iter().any(|check| check.reason == *reason),
                "{}: {name} lacks {reason}: {:?}",
                case.name,
                examined.checks
            );
        }
    }
}

#[test]
fn a_decision_must_fit_the_examination() {
    let services = [
        ServiceSketch {
            name: "κουζίνα".into(),
            ..ServiceSketch::default()
        },
        ServiceSketch {
            name: "βιβλία".into(),
            category: "culture".into(),
            ..ServiceSketch::default()
        },
        ServiceSketch {
            name: "άγνωστη".into(),
            places_unknown: true,
            ..ServiceSketch::default()
        },
    ];
    let directory = city(&services);
    let decide = |number: u128, reason: &str| {
        let decision = UnknownDecision {
            service_id: ServiceId::new(Uuid::from_u128(number)),
            places: 5,
            reason: LocalText::new(reason, reason),
        };
        confirm(
            &directory,
            &need(&NeedSketch::default()),
            FreshnessPolicy::default(),
            day(ON),
            &[decision],
        )
    };
    let id = |number: u128| ServiceId::new(Uuid::from_u128(number));
    assert_eq!(decide(0, "ναι").unwrap_err(), DecisionError::NotUndetermined(id(0)));
    assert_eq!(decide(1, "ναι").unwrap_err(), DecisionError::NotACandidate(id(1)));
    assert_eq!(decide(2, " ").unwrap_err(), DecisionError::NoReason(id(2)));
    assert!(decide(2, "ναι").is_ok());
}

fn said(option: &CoverOption) -> String {
    let name = option.service.as_ref().map_or("-", |name| name.get("el"));
    let brings = option
        .brings
        .map_or_else(|| "?".to_owned(), |places| places.to_string());
    let how = match &option.change {
        Change::Places { have, add } => format!("places {have}+{add}"),
        Change::Areas { add } => format!(
            "areas {}",
            add.iter().map(TermCode::as_str).collect::<Vec<_>>().join("+")
        ),
        Change::Ages { years, .. } => format!("ages {years}"),
        Change::Groups { add } => format!(
            "groups {}",
            add.iter().map(TermCode::as_str).collect::<Vec<_>>().join("+")
        ),
        Change::Confirm
        | Change::Mode { .. }
        | Change::Languages { .. }
        | Change::Hours { .. }
        | Change::Reopen
        | Change::Action { .. } => option.change.name().to_owned(),
    };
    format!("{name}: {how} brings {brings} leaves {}", option.leaves)
}

/// The options of a case, and that each is true: the change is made to the case's own record, and the need examined again.
fn check_options(case: &Case, directory: &Directory, answer: &Confirmation) {
    let options = what_would_cover(directory, answer, day(ON), &[]);
    if let Some(wanted) = &case.options {
        assert_eq!(&options.iter().map(said).collect::<Vec<_>>(), wanted, "{}", case.name);
    }
    for option in &options {
        let services: Vec<ServiceSketch> = case
            .service
            .iter()
            .map(|sketch| changed(sketch, option, &case.need))
            .collect();
        let decisions: Vec<UnknownDecision> = answer.examined.iter().filter_map(|each| each.decided.clone()).collect();
        let after = confirm(
            &city(&services),
            &need(&case.need),
            FreshnessPolicy::default(),
            day(ON),
            &decisions,
        );
        // A decision of a person about a service that the change answers for no longer fits: the rules say so themselves.
        if let Ok(after) = after {
            let left = after.outcome.residual();
            assert_eq!(left, option.leaves, "{}: {}", case.name, said(option));
        }
    }
}

fn changed(sketch: &ServiceSketch, option: &CoverOption, need: &NeedSketch) -> ServiceSketch {
    let mut sketch = sketch.clone();
    if option.service.as_ref().is_none_or(|name| name.get("el") != sketch.name) {
        return sketch;
    }
    let plain = |codes: &[TermCode]| codes.iter().map(|code| code.as_str().to_owned()).collect::<Vec<_>>();
    match &option.change {
        Change::Confirm => sketch.confirmed = day(ON),
        Change::Places { add, .. } => sketch.places += add,
        Change::Areas { add } => sketch.areas.extend(plain(add)),
        Change::Ages { .. } => (sketch.minimum_age, sketch.maximum_age) = (need.age_from, need.age_to),
        Change::Mode { add } => sketch.modes.push(*add),
        Change::Languages { any_of } => sketch.languages.get_or_insert_default().push(any_of[0].clone()),
        Change::Groups { add } => {
            let own = sketch.groups.get_or_insert_with(|| vec!["disability-67".into()]);
            own.extend(plain(add));
        }
        Change::Reopen => sketch.status = ServiceStatus::Active,
        Change::Hours { .. } => sketch.open = "MO,TU,WE,TH,FR,SA,SU 00:00:00 23:59:00".into(),
        Change::Action { .. } => {}
    }
    sketch
}

#[test]
fn a_new_action_costs_what_a_place_cost_before() {
    let directory = city(&[]);
    let answer = confirm(
        &directory,
        &need(&NeedSketch::default()),
        FreshnessPolicy::default(),
        day(ON),
        &[],
    )
    .unwrap();
    let price = |program: &str, place: Option<i64>| ProgramPrice {
        program: program.to_owned(),
        place: place.map(osn_core::money::Money::from_cents),
    };
    let options = what_would_cover(
        &directory,
        &answer,
        day(ON),
        &[price("known", Some(12_345)), price("new", None)],
    );
    let costs: Vec<_> = options
        .iter()
        .map(|option| match &option.change {
            Change::Action { program, places, cost } => {
                (program.as_str(), *places, cost.map(osn_core::money::Money::cents))
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(costs, [("known", 100, Some(1_234_500)), ("new", 100, None)]);
}

//! The consolidated view says of each cell what the confirmation of a need says of each service.
#![expect(clippy::unwrap_used, reason = "a test")]

use chrono::{DateTime, NaiveDate};
use osn_core::coverage::{Dimension, Fit, FreshnessPolicy, confirm};
use osn_core::directory::{Directory, DirectoryRecord, Service, TermCode};
use osn_core::matrix::{Cell, CoverageMatrix, OneCell, Standing};
use osn_core::need::Need;
use proptest::prelude::*;
use serde_json::{Value, json};

const CATEGORIES: [&str; 4] = ["food", "food.meals", "food.parcels", "shelter"];
const GROUPS: [&str; 4] = ["everyone", "disability", "disability.67", "single-parent"];
const AREAS: [&str; 4] = ["city", "city.1", "city.2", "elsewhere"];

/// A dotted code stands under what stands before its dot.
fn term(number: usize, taxonomy: &str, code: &str) -> DirectoryRecord {
    let text = json!({ "el": code, "en": code });
    let mut term = json!({
        "record": "taxonomy-term", "id": id(number), "code": code, "taxonomy": taxonomy, "name": text, "description": text,
    });
    if let Some((parent, _)) = code.split_once('.') {
        term["parent"] = json!(parent);
    }
    serde_json::from_value(term).unwrap()
}

fn id(number: usize) -> String {
    format!("00000000-0000-7000-8000-{number:012}")
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn directory(services: Vec<Service>) -> Directory {
    let terms = [("category", CATEGORIES), ("beneficiary-group", GROUPS), ("area", AREAS)]
        .into_iter()
        .flat_map(|(taxonomy, codes)| codes.map(|code| (taxonomy, code)))
        .enumerate()
        .map(|(number, (taxonomy, code))| term(number, taxonomy, code));
    let services = services.into_iter().map(DirectoryRecord::Service);
    Directory::new(
        DateTime::from_timestamp(1_653_000_000, 0).unwrap(),
        terms.chain(services),
    )
}

fn codes(codes: [&str; 4]) -> Vec<TermCode> {
    codes.map(TermCode::new).to_vec()
}

fn matrix(directory: &Directory, actions: &[Service]) -> CoverageMatrix {
    let shown = [codes(CATEGORIES), codes(GROUPS), codes(AREAS)];
    CoverageMatrix::new(directory, FreshnessPolicy::default(), day("2022-06-10"), shown, actions)
}

fn one_of(codes: [&'static str; 4]) -> impl Strategy<Value = Vec<&'static str>> {
    prop::sample::subsequence(codes.to_vec(), 0..3)
}

prop_compose! {
    fn service()(
        categories in prop::sample::subsequence(CATEGORIES.to_vec(), 1..3),
        groups in prop::option::of(one_of(GROUPS)),
        areas in prop::option::of(one_of(AREAS)),
        open_to_all in any::<bool>(),
        status in prop::sample::select(vec!["active", "active", "inactive"]),
        assured_date in prop::option::of(prop::sample::select(vec!["2022-05-20", "2021-05-20"])),
    ) -> Value {
        let mut service = json!({
            "organization_id": id(900), "name": { "el": "Υπηρεσία" }, "description": { "el": "Υπηρεσία" },
            "status": status, "categories": categories, "open_to_all": open_to_all, "marking": "sourced",
        });
        let fields = service.as_object_mut().unwrap();
        fields.extend(groups.map(|groups| ("groups".to_owned(), json!(groups))));
        fields.extend(areas.map(|areas| ("areas".to_owned(), json!(areas))));
        fields.extend(assured_date.map(|day| ("assured_date".to_owned(), json!(day))));
        service
    }
}

fn numbered(services: Vec<Value>) -> Vec<Service> {
    let identified = services.into_iter().enumerate().map(|(number, mut service)| {
        service["id"] = json!(id(1_000 + number));
        serde_json::from_value(service).unwrap()
    });
    identified.collect()
}

/// The same cell by way of the confirmation: each candidate's own answers on group, area, status and freshness.
fn by_confirmation(directory: &Directory, [category, group, area]: [&TermCode; 3]) -> Cell {
    let need: Need = serde_json::from_value(json!({
        "category": category, "groups": [group], "people": { "count": 1 }, "areas": [area], "mode": "place",
        "period": { "from": "2022-09-01" }, "urgency": "normal",
    }))
    .unwrap();
    let answer = confirm(directory, &need, FreshnessPolicy::default(), day("2022-06-10"), &[]).unwrap();
    let mut cell = Cell::default();
    for service in answer
        .examined
        .iter()
        .filter(|service| service.relation == osn_core::coverage::Relation::Candidate)
    {
        let fit = |dimension| {
            service
                .checks
                .iter()
                .find(|check| check.dimension == dimension)
                .unwrap()
                .fit
        };
        let asked = [fit(Dimension::Group), fit(Dimension::Area)];
        if asked.contains(&Fit::NotMet) || fit(Dimension::Status) == Fit::NotMet {
            continue;
        }
        match fit(Dimension::Freshness) {
            Fit::NotMet => cell.stale += 1,
            Fit::Met if !asked.contains(&Fit::Unknown) => cell.serving += 1,
            Fit::Met | Fit::Unknown => cell.undetermined += 1,
        }
    }
    cell
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_cell_agrees_with_the_confirmation_of_a_need(services in prop::collection::vec(service(), 0..6)) {
        let directory = directory(numbered(services));
        for (place, cell) in matrix(&directory, &[]).cells() {
            prop_assert_eq!(cell, by_confirmation(&directory, place), "{:?}", place);
        }
    }
}

/// The same cell by asking of each service how it stands there.
fn one_by_one(directory: &Directory, actions: &[Service], place: [&TermCode; 3]) -> Cell {
    let cell = OneCell::new(directory, FreshnessPolicy::default(), day("2022-06-10"), place);
    let existing = directory.services().map(|service| (service, false));
    let all = existing.chain(actions.iter().map(|action| (action, true)));
    let mut counted = Cell::default();
    for (service, own) in all {
        match cell.standing(service, own) {
            Some(Standing::Serving) => counted.serving += 1,
            Some(Standing::Undetermined) => counted.undetermined += 1,
            Some(Standing::Stale) => counted.stale += 1,
            Some(Standing::Action) => counted.actions += 1,
            None => {}
        }
    }
    counted
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_number_opens_what_it_counts(
        services in prop::collection::vec(service(), 0..6),
        actions in prop::collection::vec(service(), 0..3),
    ) {
        let (directory, actions) = (directory(numbered(services)), numbered(actions));
        for (place, cell) in matrix(&directory, &actions).cells() {
            prop_assert_eq!(one_by_one(&directory, &actions, place), cell, "{:?}", place);
        }
    }
}

#[test]
fn the_networks_own_actions_are_shown_and_never_counted() {
    let action = numbered(vec![json!({
        "organization_id": id(900), "name": { "el": "Πακέτα" }, "description": { "el": "Πακέτα" }, "status": "active",
        "categories": ["food.parcels"], "groups": ["disability"], "areas": ["city"], "marking": "sourced",
    })]);
    let matrix = matrix(&directory(Vec::new()), &action);
    let cell = |category: &str, group: &str, area: &str| {
        matrix
            .cell(&TermCode::new(category), &TermCode::new(group), &TermCode::new(area))
            .unwrap()
    };
    assert_eq!(
        cell("food", "disability.67", "city.2"),
        Cell {
            actions: 1,
            ..Cell::default()
        }
    );
    assert!(
        cell("food", "disability.67", "city.2").is_gap(),
        "an action is not the existing network"
    );
    assert_eq!(cell("shelter", "disability.67", "city.2"), Cell::default());
}

#[test]
fn a_term_that_is_not_shown_has_no_cell() {
    let matrix = matrix(&directory(Vec::new()), &[]);
    let (food, everyone, mars) = (TermCode::new("food"), TermCode::new("everyone"), TermCode::new("mars"));
    assert_eq!(matrix.cell(&food, &everyone, &mars), None);
}

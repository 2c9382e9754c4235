//! A mapping that takes a few changes is the mapping that is built anew: records, order, what finds them, and every answer of
//! the search with its reasons.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use osn_core::directory::{
    Address, Changes, Directory, DirectoryRecord, Location, LocationType, Organization, Service, ServiceAtLocation,
    ServiceStatus, Taxonomy, TaxonomyTerm, TermCode, Whereabouts,
};
use osn_core::id::{LocationId, OrganizationId, ServiceId, TermId};
use osn_core::lang::LocalText;
use osn_core::search::{ServiceIndex, SynonymGroup, Synonyms, Touched};
use osn_core::time::Instant;
use proptest::prelude::*;
use uuid::Uuid;

/// Words that come and go, in spellings that mean one word.
const WORDS: [&str; 16] = [
    "Στέγη",
    "ΣΤΕΓΗ",
    "στέγη",
    "γεύμα",
    "Γεύματα",
    "συσσίτιο",
    "Κυψέλη",
    "kypseli",
    "food",
    "Food-bank",
    "ξενώνας",
    "παιδιά",
    "ΠΑΙΔΙΩΝ",
    "σίτιση",
    "Ψυχολόγος",
    "12",
];
/// What people type: words, other forms, Greeklish, the wrong keyboard, slips, starts, synonyms, several words.
const TYPED: [&str; 20] = [
    "στέγη",
    "stegi",
    "γευμα",
    "γευμάτων",
    "geyma",
    "sysitio",
    "κυψελη",
    "φοοδ",
    "food bank",
    "ξεν",
    "πεδια",
    "σιτηση",
    "chxologow",
    "πεινάω",
    "12",
    "οδός 3",
    "στέγη παιδιά",
    "σύλλογος γεύμα",
    "δεν υπάρχει",
    "food παιδιά κυψέλη",
];
const SERVICES: u128 = 12;
const BODIES: u128 = 3;
const PLACES: u128 = 4;

fn id(kind: u128, number: u128) -> Uuid {
    Uuid::from_u128((kind << 64) | number)
}

/// One change of one record: which, and what it says from now on.
#[derive(Clone, Debug)]
enum Edit {
    Service(u128, Vec<usize>, u128, Option<u128>, usize),
    Body(u128, Vec<usize>),
    Place(u128, Vec<usize>, usize),
    WithoutService(u128),
    WithoutBody(u128),
    WithoutPlace(u128),
}

fn edit() -> impl Strategy<Value = Edit> {
    let words = || prop::collection::vec(0..WORDS.len(), 1..5);
    prop_oneof![
        8 => (0..SERVICES, words(), 0..BODIES, prop::option::of(0..PLACES), 0_usize..3)
            .prop_map(|(number, words, body, place, category)| Edit::Service(number, words, body, place, category)),
        2 => (0..BODIES, words()).prop_map(|(number, words)| Edit::Body(number, words)),
        2 => (0..PLACES, words(), 0_usize..3).prop_map(|(number, words, area)| Edit::Place(number, words, area)),
        2 => (0..SERVICES).prop_map(Edit::WithoutService),
        1 => (0..BODIES).prop_map(Edit::WithoutBody),
        1 => (0..PLACES).prop_map(Edit::WithoutPlace),
    ]
}

fn said(words: &[usize]) -> LocalText {
    let greek: Vec<&str> = words.iter().filter_map(|word| WORDS.get(*word).copied()).collect();
    let english: Vec<&str> = greek.iter().copied().filter(|word| word.is_ascii()).collect();
    LocalText::new(greek.join(" "), english.join(" "))
}

fn terms() -> Vec<DirectoryRecord> {
    let term = |number: u128, code: &str, taxonomy, parent: Option<&str>, name: &str| {
        DirectoryRecord::TaxonomyTerm(TaxonomyTerm {
            parent: parent.map(TermCode::new),
            ..TaxonomyTerm::new(
                TermId::new(id(9, number)),
                TermCode::new(code),
                taxonomy,
                LocalText::new(name, code),
            )
        })
    };
    vec![
        term(0, "c.0", Taxonomy::Category, None, "Διατροφή"),
        term(1, "c.1", Taxonomy::Category, Some("c.0"), "Σίτιση"),
        term(2, "c.2", Taxonomy::Category, None, "Στέγη"),
        term(3, "a.0", Taxonomy::Area, None, "Δήμος"),
        term(4, "a.1", Taxonomy::Area, Some("a.0"), "Κυψέλη"),
        term(5, "a.2", Taxonomy::Area, Some("a.0"), "Παγκράτι"),
    ]
}

/// What an edit writes, or which record goes.
fn change(edit: &Edit) -> Result<DirectoryRecord, Uuid> {
    match edit {
        Edit::Service(number, words, body, place, category) => {
            let service = ServiceId::new(id(3, *number));
            let links = place.map(|place| ServiceAtLocation::linking(service, LocationId::new(id(2, place))));
            Ok(DirectoryRecord::Service(Service {
                description: said(words.get(1..).unwrap_or_default()),
                categories: vec![TermCode::new(format!("c.{category}"))],
                service_at_locations: links.into_iter().collect(),
                ..Service::new(
                    service,
                    OrganizationId::new(id(1, *body)),
                    said(words.get(..2).unwrap_or(words)),
                    ServiceStatus::Active,
                )
            }))
        }
        Edit::Body(number, words) => {
            let body = OrganizationId::new(id(1, *number));
            let name = LocalText::only("el", format!("Σύλλογος {}", said(words).get("el")));
            Ok(DirectoryRecord::Organization(Organization::new(
                body,
                name,
                LocalText::NONE,
            )))
        }
        Edit::Place(number, words, area) => {
            let mut place = Location::new(LocationId::new(id(2, *number)), LocationType::Physical);
            place.name = said(words);
            let address = Address {
                address_1: Some(format!("Οδός {number}")),
                ..Address::new(id(8, *number))
            };
            Ok(DirectoryRecord::Location(place.at(Whereabouts {
                area: Some(TermCode::new(format!("a.{area}"))),
                addresses: vec![address],
                ..Whereabouts::default()
            })))
        }
        Edit::WithoutService(number) => Err(id(3, *number)),
        Edit::WithoutBody(number) => Err(id(1, *number)),
        Edit::WithoutPlace(number) => Err(id(2, *number)),
    }
}

fn synonyms() -> Synonyms {
    let words = ["πεινάω", "γεύμα", "συσσίτιο"].map(str::to_owned);
    Synonyms::new(&[SynonymGroup { words: words.into() }]).unwrap()
}

/// Everything that a search answers, in words.
fn answers(index: &ServiceIndex, directory: &Directory) -> Vec<String> {
    let synonyms = synonyms();
    let typed = TYPED.iter().chain(&WORDS);
    typed
        .map(|typed| {
            let found = index.find(typed, &synonyms);
            let hits: Vec<String> = found
                .ranked(|place| place)
                .iter()
                .map(|hit| {
                    let service = directory.nth_service(hit.document).map(|service| service.id);
                    format!("{service:?} {} {:?}", hit.score, found.reasons(hit.document))
                })
                .collect();
            let (read_as, unknown): (Vec<_>, Vec<_>) = (found.read_as().collect(), found.unknown().collect());
            format!("{typed}: {} {hits:?} {read_as:?} {unknown:?}", found.complete)
        })
        .collect()
}

/// What is asked of a mapping beside the search.
fn said_of(directory: &Directory) -> Vec<String> {
    let names =
        |services: &mut dyn Iterator<Item = &Service>| format!("{:?}", services.map(|one| one.id).collect::<Vec<_>>());
    let mut told = vec![format!(
        "{:?} {}",
        directory.recorded_at(),
        names(&mut directory.services())
    )];
    told.extend((0..3).map(|code| names(&mut directory.services_in([&TermCode::new(format!("c.{code}"))]))));
    told.extend((0..BODIES).map(|body| names(&mut directory.services_of(OrganizationId::new(id(1, body))))));
    told.extend((0..BODIES).map(|body| {
        let places = directory.locations_of(OrganizationId::new(id(1, body)));
        format!("{:?}", places.map(|place| place.id).collect::<Vec<_>>())
    }));
    told.extend((0..PLACES).map(|place| names(&mut directory.services_at(LocationId::new(id(2, place))))));
    for (place, service) in (0_u32..).zip(directory.services()) {
        told.push(format!("{:?}", directory.place_of(service.id) == Some(place)));
        let links = service.service_at_locations.iter();
        told.extend(links.map(|link| format!("{:?}", directory.service_at_location(link.id).map(|(one, _)| one.id))));
    }
    told.extend(
        (1..4)
            .flat_map(|kind| (0..SERVICES).map(move |number| id(kind, number)))
            .map(|record| format!("{:?}", directory.changed_at(record))),
    );
    told.extend(directory.records().map(|record| format!("{record:?}")));
    told
}

/// The records, each with the moment at which it was written.
type Known = BTreeMap<Uuid, (DirectoryRecord, Instant)>;

fn anew(known: &Known, at: Instant) -> Directory {
    let records = terms()
        .into_iter()
        .chain(known.values().map(|(record, _)| record.clone()));
    Directory::new(at, records).with_changes(known.iter().map(|(id, (_, at))| (*id, *at)))
}

fn moment(second: usize) -> Instant {
    Instant::from_timestamp(1_657_836_000 + i64::try_from(second).unwrap(), 0).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_takes_changes_is_what_is_built_anew(steps in prop::collection::vec(prop::collection::vec(edit(), 1..5), 1..14)) {
        let mut known = Known::new();
        let mut directory = anew(&known, moment(0));
        let mut index = ServiceIndex::new(&directory);
        for (second, edits) in (1..).zip(steps) {
            let at = moment(second);
            let mut gone = BTreeSet::new();
            for edit in &edits {
                match change(edit) {
                    Ok(record) => {
                        gone.remove(&record.uuid());
                        known.insert(record.uuid(), (record, at));
                    }
                    Err(id) => {
                        known.remove(&id);
                        gone.insert(id);
                    }
                }
            }
            let written = known.values().filter(|(_, written)| *written == at);
            let changes = Changes {
                written: written.cloned().collect(),
                gone: gone.into_iter().collect(),
                former: Vec::new(),
                recorded_at: at,
            };
            let touched = Touched::by(&changes);
            let (after, renumbered) = directory.after(changes).unwrap();
            index = index.after((&directory, &after), &renumbered, &touched);
            directory = after;
            let fresh = anew(&known, at);
            prop_assert_eq!(said_of(&directory), said_of(&fresh));
            let fresh_index = ServiceIndex::new(&fresh);
            prop_assert_eq!(index.index().words(), fresh_index.index().words());
            prop_assert_eq!(answers(&index, &directory), answers(&fresh_index, &fresh));
        }
    }
}

#[test]
fn a_change_of_a_term_makes_a_new_reading() {
    let directory = anew(&Known::new(), moment(0));
    let term = terms().remove(1);
    let written = Changes {
        written: vec![(term.clone(), moment(1))],
        ..Changes::default()
    };
    assert!(directory.after(written).is_none());
    let gone = Changes {
        gone: vec![term.uuid()],
        ..Changes::default()
    };
    assert!(directory.after(gone).is_none());
}

//! The mapping in memory takes what changed record by record: after any edits it answers as one that is read anew, on both
//! databases.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod example;

use std::sync::Arc;

use osn_core::directory::{
    DirectoryRecord, Frequency, Location, LocationType, Organization, Schedule, Service, ServiceAtLocation,
    ServiceStatus, Taxonomy, TaxonomyTerm, TermCode, derived_id,
};
use osn_core::id::{LocationId, OrganizationId, ServiceId, TermId};
use osn_core::lang::LocalText;
use osn_server::acts::Acting;
use osn_server::directory::Mapped;
use osn_server::lang::Lang;
use osn_store::{Actor, Place, Scope};
use uuid::Uuid;

const WORDS: [&str; 8] = [
    "Στέγη",
    "στεγη",
    "γεύμα",
    "Συσσίτιο",
    "παιδιά",
    "Kypseli",
    "ξενώνας",
    "food",
];
const TYPED: [&str; 10] = [
    "στέγη",
    "stegi",
    "γευματα",
    "sysitio",
    "παιδι",
    "κυψελη",
    "φοοδ",
    "ξενονας",
    "οδός",
    "γεύμα παιδιά",
];
const ROUNDS: u64 = 60;

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }

    fn words(&mut self) -> LocalText {
        let mut word = || WORDS[usize::try_from(self.below(8)).unwrap()];
        LocalText::new(format!("{} {}", word(), word()), word())
    }
}

fn id(kind: u128, number: u64) -> Uuid {
    Uuid::from_u128((kind << 64) | u128::from(number))
}

fn hours(dice: &mut Dice, of: Uuid) -> Vec<Schedule> {
    if dice.below(2) == 0 {
        return Vec::new();
    }
    let opens = u32::try_from(6 + dice.below(8)).unwrap();
    vec![Schedule {
        freq: Some(Frequency::Weekly),
        byday: Some("MO,TU,WE,TH,FR".into()),
        opens_at: chrono::NaiveTime::from_hms_opt(opens, 0, 0),
        closes_at: chrono::NaiveTime::from_hms_opt(opens + 4, 0, 0),
        ..Schedule::new(derived_id(of, "schedule", "0"))
    }]
}

/// One edit: mostly of a service, sometimes of a body or a place.
fn edit(dice: &mut Dice) -> DirectoryRecord {
    match dice.below(8) {
        0 => {
            let body = OrganizationId::new(id(1, dice.below(3)));
            DirectoryRecord::Organization(Organization::new(body, dice.words(), LocalText::only("el", "Φορέας")))
        }
        1 => {
            let number = id(2, dice.below(4));
            let mut place = Location::new(LocationId::new(number), LocationType::Physical);
            place.name = dice.words();
            place.schedules = hours(dice, number);
            DirectoryRecord::Location(place)
        }
        _ => {
            let service = ServiceId::new(id(3, dice.below(15)));
            let place = LocationId::new(id(2, dice.below(4)));
            DirectoryRecord::Service(Service {
                description: dice.words(),
                categories: vec![TermCode::new("food")],
                schedules: hours(dice, service.uuid()),
                service_at_locations: vec![ServiceAtLocation::linking(service, place)],
                ..Service::new(
                    service,
                    OrganizationId::new(id(1, dice.below(3))),
                    dice.words(),
                    ServiceStatus::Active,
                )
            })
        }
    }
}

/// Everything that is asked of a mapping in memory.
fn answers(mapped: &Mapped) -> Vec<String> {
    let mut told = vec![format!("{} {:?}", mapped.revision, mapped.directory.recorded_at())];
    for (number, service) in (0_u32..).zip(mapped.directory.services()) {
        let places = Lang::ALL.map(|lang| mapped.place(number, lang));
        let changed = mapped.directory.changed_at(service.id.uuid());
        told.push(format!("{service:?} {places:?} {changed:?} {:?}", mapped.hours(number)));
    }
    for typed in TYPED {
        let found = mapped.find(typed);
        let hits: Vec<String> = found
            .ranked(|number| number)
            .iter()
            .map(|hit| format!("{hit:?} {:?}", found.reasons(hit.document)))
            .collect();
        told.push(format!("{typed} {} {hits:?}", found.complete));
    }
    told
}

async fn write(scope: &Scope, at: &str, records: &[DirectoryRecord], gone: Option<(&str, Uuid)>) {
    let mut tx = scope
        .begin(Actor::nobody("directory.put"), at.parse().unwrap())
        .await
        .unwrap();
    for record in records {
        tx.put_directory_record(record, None).await.unwrap();
    }
    if let Some((kind, id)) = gone {
        tx.retire_directory_record(kind, id).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// The mapping as a server that starts would read it.
async fn anew(acting: &Acting) -> Mapped {
    let scope = &acting.scope;
    let (revision, municipality) = (
        scope.directory_revision().await.unwrap(),
        scope.municipality().await.unwrap(),
    );
    Mapped::new(scope.directory(None).await.unwrap(), revision, municipality.as_ref())
}

async fn edits_are_taken_one_by_one(place: Place, dir: &std::path::Path) {
    let app = example::open(place, dir).await;
    let acting = Acting::machine(&app, &app.hosted().await.remove(0));
    let term = |code: &str| {
        let name = LocalText::new("Σίτιση", "Food");
        let id = TermId::new(derived_id(Uuid::nil(), "term", code));
        DirectoryRecord::TaxonomyTerm(TaxonomyTerm::new(id, TermCode::new(code), Taxonomy::Category, name))
    };
    write(&acting.scope, "2022-06-01T07:00:00Z", &[term("food")], None).await;
    let mut dice = Dice(7);
    let mut before = acting.mapping().await.unwrap();
    for round in 0..ROUNDS {
        let at = format!("2022-06-01T08:{:02}:{:02}Z", round / 60, round % 60);
        let mut records: Vec<DirectoryRecord> = (0..=dice.below(4)).map(|_| edit(&mut dice)).collect();
        if round == ROUNDS / 2 {
            // What everything stands on changed: all of it is read anew.
            records.push(term("meals"));
        }
        let gone = match dice.below(6) {
            0 => Some(("location", id(2, dice.below(4)))),
            1 => Some(("organization", id(1, dice.below(3)))),
            2 | 3 => Some(("service", id(3, dice.below(15)))),
            _ => None,
        };
        write(&acting.scope, &at, &records, gone).await;
        let mapped = acting.mapping().await.unwrap();
        assert!(!Arc::ptr_eq(&before, &mapped), "{round}");
        assert_eq!(answers(&mapped), answers(&anew(&acting).await), "{round}");
        assert!(
            Arc::ptr_eq(&mapped, &acting.mapping().await.unwrap()),
            "nothing changed since"
        );
        before = mapped;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn edits_are_taken_one_by_one_on_sqlite() {
    let dir = tempfile::tempdir().unwrap();
    let place = Place::Sqlite {
        dir: dir.path().join("data"),
    };
    edits_are_taken_one_by_one(place, dir.path()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn edits_are_taken_one_by_one_on_postgresql() {
    let dir = tempfile::tempdir().unwrap();
    let (data, keys) = (
        osn_test_postgres::fresh_database().unwrap(),
        osn_test_postgres::fresh_database().unwrap(),
    );
    let place = Place::Postgres {
        url: data.url(),
        keys_url: keys.url(),
    };
    edits_are_taken_one_by_one(place, dir.path()).await;
}

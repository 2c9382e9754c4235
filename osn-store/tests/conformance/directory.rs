//! The mapping: versions by recorded time.
use osn_core::directory::{
    DirectoryRecord, Location, LocationType, Organization, OrganizationKind, Service, ServiceAtLocation, ServiceStatus,
    Taxonomy, TaxonomyTerm, TermCode, Whereabouts,
};
use osn_core::id::{LocationId, OrganizationId, ServiceId, TermId};
use osn_core::lang::LocalText;
use osn_store::{Actor, RecordWrite};

use crate::ground::{Ground, at, both, id};
use crate::sample::account;

both!(
    the_mapping_is_read_as_it_was_recorded,
    a_record_that_says_the_same_is_not_written,
    a_retired_record_keeps_its_history,
    recorded_time_never_runs_backwards,
    what_waited_is_recorded_when_its_turn_came,
    what_was_removed_can_be_followed,
    a_place_that_a_service_left_can_be_followed,
    the_mapping_knows_when_each_record_changed,
    what_changed_since_a_revision_is_told_once,
    a_place_that_is_protected_by_now_is_nowhere_in_the_past,
);

fn term(name: &str) -> DirectoryRecord {
    DirectoryRecord::TaxonomyTerm(TaxonomyTerm {
        description: LocalText::new("Κάτι", "Something"),
        ..TaxonomyTerm::new(
            TermId::new(id(30)),
            TermCode::new("food"),
            Taxonomy::Category,
            LocalText::new(name, name),
        )
    })
}

fn organization(number: u128) -> DirectoryRecord {
    DirectoryRecord::Organization(Organization {
        kind: Some(OrganizationKind::Example),
        ..Organization::new(
            OrganizationId::new(id(number)),
            LocalText::new("Φορέας", "Body"),
            LocalText::new("Περιγραφή", "Description"),
        )
    })
}

/// Service 50 at some places: number 60 is its link to place 160, and so on.
fn service_at(links: &[u128]) -> DirectoryRecord {
    let link = |link: &u128| ServiceAtLocation::new(id(*link), LocationId::new(id(100 + link)));
    DirectoryRecord::Service(Service {
        service_at_locations: links.iter().map(link).collect(),
        ..Service::new(
            ServiceId::new(id(50)),
            OrganizationId::new(id(40)),
            LocalText::new("Συσσίτιο", "Meals"),
            ServiceStatus::Active,
        )
    })
}

async fn put(ground: &Ground, seconds: i64, record: &DirectoryRecord) -> RecordWrite {
    let mut tx = ground
        .city
        .begin(Actor::account(account(), "directory.put"), at(seconds))
        .await
        .unwrap();
    let written = tx.put_directory_record(record, None).await.unwrap();
    tx.commit().await.unwrap();
    written
}

async fn name(ground: &Ground, seconds: Option<i64>) -> Option<String> {
    let directory = ground.city.directory(seconds.map(at)).await.unwrap();
    directory
        .term(&TermCode::new("food"))
        .map(|term| term.name.get("el").to_owned())
}

async fn the_mapping_is_read_as_it_was_recorded(ground: &Ground) {
    assert_eq!(put(ground, 10, &term("Τροφή")).await, RecordWrite::Added);
    assert_eq!(put(ground, 20, &term("Σίτιση")).await, RecordWrite::Changed);
    for (seconds, wanted) in [
        (Some(9), None),
        (Some(10), Some("Τροφή")),
        (Some(19), Some("Τροφή")),
        (Some(20), Some("Σίτιση")),
        (None, Some("Σίτιση")),
    ] {
        assert_eq!(name(ground, seconds).await.as_deref(), wanted, "as of {seconds:?}");
    }
    assert_eq!(ground.city.directory(None).await.unwrap().recorded_at(), at(20));
    assert_eq!(ground.city.directory(Some(at(15))).await.unwrap().recorded_at(), at(15));
    let history = ground.city.directory_history("taxonomy-term", id(30)).await.unwrap();
    let times: Vec<_> = history
        .iter()
        .map(|version| (version.recorded_at, version.superseded_at))
        .collect();
    assert_eq!(times, [(at(10), Some(at(20))), (at(20), None)]);
    assert_eq!(history[1].record, term("Σίτιση"));
    assert_eq!(history[1].recorded_by, Some(account()));
}

async fn a_record_that_says_the_same_is_not_written(ground: &Ground) {
    put(ground, 10, &term("Σίτιση")).await;
    let revision = ground.city.directory_revision().await.unwrap();
    assert_eq!(put(ground, 11, &term("Σίτιση")).await, RecordWrite::Unchanged);
    assert_eq!(ground.city.directory_revision().await.unwrap(), revision);
    put(ground, 12, &organization(40)).await;
    assert_eq!(ground.city.directory_revision().await.unwrap(), revision + 1);
}

async fn a_retired_record_keeps_its_history(ground: &Ground) {
    put(ground, 10, &organization(40)).await;
    let mut tx = ground
        .city
        .begin(Actor::account(account(), "directory.retire"), at(20))
        .await
        .unwrap();
    assert!(tx.retire_directory_record("organization", id(40)).await.unwrap());
    assert!(
        !tx.retire_directory_record("organization", id(40)).await.unwrap(),
        "only once"
    );
    assert!(
        !tx.retire_directory_record("organization", id(41)).await.unwrap(),
        "never was"
    );
    tx.commit().await.unwrap();
    assert_eq!(ground.city.directory(None).await.unwrap().organizations().len(), 0);
    assert_eq!(
        ground.city.directory(Some(at(15))).await.unwrap().organizations().len(),
        1
    );
    let history = ground.city.directory_history("organization", id(40)).await.unwrap();
    assert_eq!(
        history.iter().map(|version| version.retired).collect::<Vec<_>>(),
        [false, true]
    );
    assert_eq!(
        put(ground, 30, &organization(40)).await,
        RecordWrite::Added,
        "it came back"
    );
    assert_eq!(ground.city.directory(None).await.unwrap().organizations().len(), 1);
}

async fn recorded_time_never_runs_backwards(ground: &Ground) {
    put(ground, 20, &term("Πρώτο")).await;
    put(ground, 10, &term("Δεύτερο")).await;
    assert_eq!(name(ground, None).await.as_deref(), Some("Δεύτερο"));
    let history = ground.city.directory_history("taxonomy-term", id(30)).await.unwrap();
    assert_eq!(
        history[1].recorded_at,
        at(20),
        "a clock that runs behind does not rewrite the past"
    );
}

/// Two acts about two records: whoever was asked first and writes last is recorded last, so that a mirror which asked in between
/// hears of it.
async fn what_waited_is_recorded_when_its_turn_came(ground: &Ground) {
    put(ground, 30, &organization(41)).await;
    let actor = Actor::account(account(), "directory.put");
    let mut tx = ground.city.begin(actor, at(10)).await.unwrap();
    tx.hold_directory(ground.city.directory_revision().await.unwrap())
        .await
        .unwrap();
    tx.happens_at(at(40));
    tx.put_directory_record(&organization(42), None).await.unwrap();
    tx.happens_at(at(45));
    tx.put_directory_record(&organization(43), None).await.unwrap();
    tx.commit().await.unwrap();
    put(ground, 20, &organization(44)).await;
    let directory = ground.city.directory(None).await.unwrap();
    for (number, seconds) in [(41, 30), (42, 40), (43, 40), (44, 40)] {
        assert_eq!(directory.changed_at(id(number)), Some(at(seconds)), "{number}");
    }
}

async fn remove(ground: &Ground, seconds: i64, number: u128) {
    let actor = Actor::account(account(), "directory.retire");
    let mut tx = ground.city.begin(actor, at(seconds)).await.unwrap();
    assert!(tx.retire_directory_record("organization", id(number)).await.unwrap());
    tx.commit().await.unwrap();
}

async fn removed(ground: &Ground, since: i64, as_of: i64) -> Vec<(i64, u128)> {
    let removed = ground.city.removed_records(at(since), at(as_of)).await.unwrap();
    removed
        .iter()
        .map(|record| {
            assert_eq!(record.kind, "organization");
            let seconds = (record.removed_at - at(0)).num_seconds();
            (seconds, record.id.as_u128() - id(0).as_u128())
        })
        .collect()
}

async fn a_place_that_a_service_left_can_be_followed(ground: &Ground) {
    let ended = async |since: i64, as_of: i64| {
        let ended = ground.city.ended_links(at(since), at(as_of)).await.unwrap();
        let ended = ended.into_iter();
        ended
            .map(|(link, ended)| (link.as_u128() - id(0).as_u128(), (ended - at(0)).num_seconds()))
            .collect::<std::collections::BTreeMap<u128, i64>>()
    };
    put(ground, 10, &service_at(&[60, 61])).await;
    assert!(ended(0, 99).await.is_empty(), "nothing ended yet");
    put(ground, 20, &service_at(&[61])).await;
    put(ground, 30, &service_at(&[61, 62])).await;
    assert_eq!(
        ended(0, 99).await,
        [(60, 20), (61, 30)].into(),
        "the version that named 61 last ended, though the next names it, too"
    );
    assert_eq!(ended(21, 99).await, [(61, 30)].into(), "from that moment on");
    assert_eq!(ended(0, 25).await, [(60, 20), (61, 20)].into(), "as it was then");
    let actor = Actor::account(account(), "directory.retire");
    let mut tx = ground.city.begin(actor, at(40)).await.unwrap();
    assert!(tx.retire_directory_record("service", id(50)).await.unwrap());
    tx.commit().await.unwrap();
    put(ground, 50, &service_at(&[62])).await;
    assert_eq!(
        ended(0, 99).await,
        [(60, 20), (61, 40), (62, 40)].into(),
        "a version that says that the service is gone names nothing"
    );
}

async fn what_was_removed_can_be_followed(ground: &Ground) {
    for number in [40, 41, 42] {
        put(ground, 10, &organization(number)).await;
    }
    remove(ground, 20, 41).await;
    remove(ground, 30, 40).await;
    assert_eq!(removed(ground, 0, 99).await, [(20, 41), (30, 40)]);
    assert_eq!(removed(ground, 30, 99).await, [(30, 40)], "from that moment on");
    assert_eq!(removed(ground, 31, 99).await, []);
    assert_eq!(removed(ground, 0, 25).await, [(20, 41)], "as it was then");
    put(ground, 40, &organization(41)).await;
    assert_eq!(removed(ground, 0, 99).await, [(30, 40)], "what came back is not gone");
    assert_eq!(removed(ground, 0, 35).await, [(20, 41), (30, 40)], "and was then");
}

async fn the_mapping_knows_when_each_record_changed(ground: &Ground) {
    put(ground, 10, &term("Τροφή")).await;
    put(ground, 20, &organization(40)).await;
    put(ground, 30, &term("Σίτιση")).await;
    for (as_of, wanted) in [(Some(25), 10), (None, 30)] {
        let directory = ground.city.directory(as_of.map(at)).await.unwrap();
        assert_eq!(directory.changed_at(id(30)), Some(at(wanted)));
        assert_eq!(directory.changed_at(id(40)), Some(at(20)));
        assert_eq!(directory.changed_at(id(41)), None);
    }
}

async fn what_changed_since_a_revision_is_told_once(ground: &Ground) {
    put(ground, 10, &term("Τροφή")).await;
    put(ground, 10, &organization(40)).await;
    let before = ground.city.directory_revision().await.unwrap();
    let nothing = ground.city.directory_changes(before, 9).await.unwrap().unwrap();
    assert_eq!(
        (nothing.written.len(), nothing.gone.len(), nothing.recorded_at),
        (0, 0, at(10))
    );
    put(ground, 20, &term("Σίτιση")).await;
    put(ground, 30, &term("Διατροφή")).await;
    put(ground, 30, &organization(41)).await;
    remove(ground, 40, 40).await;
    let changes = ground.city.directory_changes(before, 3).await.unwrap().unwrap();
    assert_eq!(
        changes.written,
        [(term("Διατροφή"), at(30)), (organization(41), at(30))],
        "each as it is now"
    );
    assert_eq!((changes.gone, changes.recorded_at), (vec![id(40)], at(40)));
    assert!(
        ground.city.directory_changes(before, 2).await.unwrap().is_none(),
        "three are more than two"
    );
    put(ground, 50, &organization(40)).await;
    let back = ground.city.directory_changes(before, 9).await.unwrap().unwrap();
    assert_eq!(
        (back.written.len(), back.gone.len()),
        (3, 0),
        "what came back is not gone"
    );
}

async fn a_place_that_is_protected_by_now_is_nowhere_in_the_past(ground: &Ground) {
    let open = |number: u128| {
        Location::new(LocationId::new(id(number)), LocationType::Physical).at(Whereabouts {
            external_identifier: Some("register 7".to_owned()),
            ..Whereabouts::default()
        })
    };
    let hidden = |number: u128| {
        let mut place = Location::new(LocationId::new(id(number)), LocationType::Virtual);
        place.protected = true;
        place
    };
    for number in [50, 51, 52] {
        put(ground, 10, &DirectoryRecord::Location(open(number))).await;
    }
    put(ground, 20, &DirectoryRecord::Location(hidden(50))).await;
    put(ground, 20, &DirectoryRecord::Location(hidden(51))).await;
    let actor = Actor::account(account(), "directory.retire");
    let mut tx = ground.city.begin(actor, at(30)).await.unwrap();
    assert!(tx.retire_directory_record("location", id(51)).await.unwrap());
    tx.commit().await.unwrap();
    let before = ground.city.directory(Some(at(15))).await.unwrap();
    for (number, known) in [(50, false), (51, false), (52, true)] {
        let place = before.location(LocationId::new(id(number))).unwrap();
        assert_eq!(place.whereabouts() != &Whereabouts::default(), known, "place {number}");
    }
}

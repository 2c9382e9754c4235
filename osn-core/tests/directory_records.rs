//! Directory records: they keep everything on their way to JSON and back, and what is wrong with them is found.
#![expect(clippy::panic, reason = "a test fails by panicking")]

use chrono::NaiveDate;
use osn_core::directory::{
    Address, BoundingBox, Directory, DirectoryError, DirectoryRecord, DirectoryWarning, Frequency, Location,
    LocationType, Number, Organization, OrganizationKind, Rule, Schedule, Service, ServiceArea, ServiceAtLocation,
    ServiceStatus, Successor, Taxonomy, TaxonomyDescription, TaxonomyTerm, TermCode, Uri, Whereabouts, unfollowable,
};
use osn_core::id::{LocationId, OrganizationId, ServiceId, TaxonomyId, TermId};
use osn_core::lang::LocalText;
use osn_core::time::Instant;
use uuid::Uuid;

fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn text(text: &str) -> LocalText {
    LocalText::new(text, text)
}

fn organization(number: u128) -> Organization {
    Organization {
        kind: Some(OrganizationKind::Municipal),
        ..Organization::new(OrganizationId::new(uuid(number)), text("Φορέας"), text("Φορέας"))
    }
}

fn service(number: u128) -> Service {
    Service {
        description: text("Περιγραφή"),
        ..Service::new(
            ServiceId::new(uuid(number)),
            OrganizationId::new(uuid(1)),
            text("Υπηρεσία"),
            ServiceStatus::Active,
        )
    }
}

fn location(number: u128) -> Location {
    let mut location = Location::new(LocationId::new(uuid(number)), LocationType::Physical);
    location.organization_id = Some(OrganizationId::new(uuid(1)));
    location.name = text("Δομή");
    location
}

fn protected(mut location: Location) -> Location {
    location.protected = true;
    location
}

fn somewhere() -> Whereabouts {
    Whereabouts {
        addresses: vec![Address {
            address_1: Some("Οδός 1".into()),
            ..Address::new(uuid(90))
        }],
        latitude: "37.98".parse().ok(),
        longitude: "23.73".parse().ok(),
        ..Whereabouts::default()
    }
}

fn term(number: u128, code: &str, taxonomy: Taxonomy, parent: Option<&str>) -> TaxonomyTerm {
    TaxonomyTerm {
        description: text(code),
        parent: parent.map(TermCode::new),
        ..TaxonomyTerm::new(TermId::new(uuid(number)), TermCode::new(code), taxonomy, text(code))
    }
}

fn problems(records: impl IntoIterator<Item = DirectoryRecord>) -> Vec<DirectoryError> {
    let body = DirectoryRecord::Organization(organization(1));
    Directory::new(Instant::default(), [body].into_iter().chain(records)).problems()
}

/// The field and rule of every broken field.
fn broken(record: DirectoryRecord) -> Vec<(String, Rule)> {
    let broken = problems([record]).into_iter().map(|problem| match problem {
        DirectoryError::Invalid { field, rule, .. } => (field, rule),
        other => panic!("{other}"),
    });
    broken.collect()
}

#[test]
fn an_organization_survives_json() {
    let record = DirectoryRecord::Organization(Organization {
        website: Some(Uri::new("https://δήμος.gr/Σίτιση")),
        ..organization(1)
    });
    let json = serde_json::to_string(&record).unwrap();
    assert_eq!(
        serde_json::from_str::<DirectoryRecord>(&json).unwrap(),
        record,
        "{json}"
    );
}

#[test]
fn a_protected_place_says_nowhere_where_it_is() {
    let open = location(2).at(somewhere());
    assert_eq!(open.whereabouts().addresses.len(), 1);
    let shelter = protected(open);
    assert_eq!(shelter.whereabouts(), &Whereabouts::default());
    let json = serde_json::to_string(&DirectoryRecord::Location(shelter.clone())).unwrap();
    assert!(!json.contains("Οδός") && !json.contains("37.98"), "{json}");
    assert_eq!(
        problems([DirectoryRecord::Location(shelter)]),
        [DirectoryError::ExposedProtectedPlace {
            record: format!("location {}", uuid(2))
        }]
    );
}

#[test]
fn a_shape_around_a_protected_place_is_refused() {
    let shelter = protected(location(2));
    let mut link = ServiceAtLocation::linking(ServiceId::new(uuid(3)), shelter.id);
    link.service_areas.push(ServiceArea {
        extent: Some("{}".into()),
        ..ServiceArea::new(uuid(4))
    });
    let offered = Service {
        service_at_locations: vec![link],
        ..service(3)
    };
    let found = problems([DirectoryRecord::Location(shelter), DirectoryRecord::Service(offered)]);
    assert!(
        matches!(found.as_slice(), [DirectoryError::ExposedProtectedPlace { .. }]),
        "{found:?}"
    );
}

#[test]
fn circles_are_found_and_do_not_hang() {
    let above = |number, parent| {
        DirectoryRecord::Organization(Organization {
            parent_organization_id: Some(OrganizationId::new(uuid(parent))),
            ..organization(number)
        })
    };
    let terms = [("a", "b", 11), ("b", "a", 12), ("c", "a", 13)]
        .map(|(code, parent, id)| DirectoryRecord::TaxonomyTerm(term(id, code, Taxonomy::Category, Some(parent))));
    let found = problems([above(5, 6), above(6, 5), above(7, 5)].into_iter().chain(terms));
    let circles: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(circles.len(), 4, "who stands below a circle is not in it: {circles:?}");
}

#[test]
fn a_code_stands_for_one_term() {
    let other = TaxonomyId::new(uuid(20));
    let description = TaxonomyDescription::new(other, Taxonomy::Other(other), text("Άλλη"));
    let records = [
        term(11, "a", Taxonomy::Category, None),
        term(12, "a", Taxonomy::Area, None),
        term(13, "a", Taxonomy::Other(other), None),
        term(14, "b", Taxonomy::Other(other), None),
        term(15, "b", Taxonomy::Other(other), None),
    ];
    let found = problems(
        [DirectoryRecord::Taxonomy(description)]
            .into_iter()
            .chain(records.map(DirectoryRecord::TaxonomyTerm)),
    );
    let codes: Vec<&str> = found
        .iter()
        .map(|problem| match problem {
            DirectoryError::DuplicateCode { code, .. } => code.as_str(),
            other => panic!("{other}"),
        })
        .collect();
    assert_eq!(codes, ["a", "b"]);
}

#[test]
fn hostile_text_is_refused_wherever_it_stands() {
    let long = "α".repeat(20_001);
    for (given, rule) in [
        ("γεύμα\u{0}", Some(Rule::ControlCharacters)),
        ("\u{202e}αμεύγ", Some(Rule::ControlCharacters)),
        (long.as_str(), Some(Rule::TooLong)),
        ("<script>alert(1)</script> =1+1\nδύο", None),
    ] {
        let record = Service {
            alert: LocalText::only("ar", given),
            ..service(3)
        };
        let wanted: Vec<(String, Rule)> = rule.map(|rule| ("alert".to_owned(), rule)).into_iter().collect();
        assert_eq!(broken(DirectoryRecord::Service(record)), wanted);
    }
}

/// Each field for itself is as the standard has it: the record stands, and whoever wrote it is told.
#[test]
fn a_recurrence_that_nobody_can_follow_is_told() {
    let weekly = |byday: &str| Schedule {
        freq: Some(Frequency::Weekly),
        byday: Some(byday.into()),
        ..Schedule::new(uuid(30))
    };
    let day = |day: u32| NaiveDate::from_ymd_opt(2022, 1, day);
    let told = |schedule: Schedule| {
        let record = DirectoryRecord::Service(Service {
            schedules: vec![schedule],
            ..service(3)
        });
        let found = unfollowable(&record).into_iter();
        found.map(|told| (told.path, told.rule)).collect::<Vec<_>>()
    };
    assert_eq!(told(weekly("MO,TU")), []);
    let of_every_week = Schedule {
        freq: None,
        ..weekly("MO,TU")
    };
    assert_eq!(told(of_every_week), []);
    let monthly = Schedule {
        bymonthday: Some("1".into()),
        ..weekly("MO")
    };
    let every_other = Schedule {
        interval: Some(2),
        ..weekly("MO")
    };
    let twice_ended = Schedule {
        dtstart: day(3),
        until: day(10),
        count: Some(2),
        ..weekly("MO")
    };
    let first_monday = Schedule {
        freq: None,
        ..weekly("1MO")
    };
    for (schedule, field, rule) in [
        (weekly("2MO"), "byday", Rule::ContradictoryRecurrence),
        (monthly, "bymonthday", Rule::ContradictoryRecurrence),
        (every_other, "dtstart", Rule::IncompleteRecurrence),
        (twice_ended, "count", Rule::ContradictoryRecurrence),
        (first_monday, "freq", Rule::IncompleteRecurrence),
    ] {
        assert_eq!(told(schedule), [(format!("schedules.{field}"), rule)]);
    }
}

#[test]
fn impossible_values_name_their_field() {
    let hours = |schedule: Schedule| {
        DirectoryRecord::Service(Service {
            schedules: vec![schedule],
            ..service(3)
        })
    };
    let blank = || Schedule::new(uuid(30));
    for (list, fine) in [
        ("MO,TU", true),
        ("1MO,-1FR", true),
        ("XX", false),
        ("0MO", false),
        ("", false),
    ] {
        let record = hours(Schedule {
            byday: Some(list.into()),
            ..blank()
        });
        let found = broken(record);
        assert_eq!(found.is_empty(), fine, "{list}: {found:?}");
    }
    assert_eq!(
        broken(hours(Schedule {
            bymonthday: Some("32".into()),
            interval: Some(0),
            ..blank()
        })),
        [
            ("schedules.interval".to_owned(), Rule::InvalidRecurrence),
            ("schedules.bymonthday".to_owned(), Rule::InvalidRecurrence)
        ]
    );
    for (latitude, longitude) in [
        (Some("91"), Some("23")),
        (Some("37"), None),
        (Some("37"), Some("-180.1")),
    ] {
        let number = |text: Option<&str>| text.map(|text| text.parse::<Number>().unwrap());
        let place = location(2).at(Whereabouts {
            latitude: number(latitude),
            longitude: number(longitude),
            ..Whereabouts::default()
        });
        assert_eq!(
            broken(DirectoryRecord::Location(place)),
            [("latitude".to_owned(), Rule::ImpossibleCoordinates)]
        );
    }
    let record = DirectoryRecord::Service(Service {
        url: Some(Uri::new("javascript:alert(1)")),
        email: Some("κάποιος@δήμος".into()),
        ..service(3)
    });
    let wanted = [("url", Rule::InvalidUri), ("email", Rule::InvalidEmail)];
    assert_eq!(broken(record), wanted.map(|(field, rule)| (field.to_owned(), rule)));
}

#[test]
fn a_place_in_the_sea_is_a_warning() {
    let corner = |text: &str| text.parse::<Number>().unwrap();
    let bounds = BoundingBox {
        south: corner("37.9"),
        west: corner("23.6"),
        north: corner("38.1"),
        east: corner("23.8"),
    };
    let swapped = Whereabouts {
        latitude: "23.73".parse().ok(),
        longitude: "37.98".parse().ok(),
        ..Whereabouts::default()
    };
    let records = [location(2).at(somewhere()), location(3).at(swapped)].map(DirectoryRecord::Location);
    let found = Directory::new(Instant::default(), records).warnings(&bounds);
    let record = format!("location {}", uuid(3));
    assert_eq!(found, [DirectoryWarning::OutsideTheMunicipality { record }]);
}

#[test]
fn the_directory_finds_services_by_body_and_place() {
    let place = location(2);
    let offered = Service {
        service_at_locations: vec![ServiceAtLocation::linking(ServiceId::new(uuid(3)), place.id)],
        ..service(3)
    };
    let link = offered.service_at_locations[0].id;
    let records = [
        DirectoryRecord::Service(service(9)),
        DirectoryRecord::Location(place.clone()),
        DirectoryRecord::Service(offered),
    ];
    let directory = Directory::new(Instant::default(), records);
    let ids =
        |services: &mut dyn Iterator<Item = &Service>| services.map(|service| service.id.uuid()).collect::<Vec<_>>();
    assert_eq!(
        ids(&mut directory.services_of(OrganizationId::new(uuid(1)))),
        [uuid(3), uuid(9)]
    );
    assert_eq!(ids(&mut directory.services_at(place.id)), [uuid(3)]);
    assert_eq!(directory.service_at_location(link).unwrap().0.id.uuid(), uuid(3));
    assert_eq!(directory.records().count(), 3);
}

/// A city of two bodies, a place, a category and two services, one of them there.
fn city() -> Directory {
    let mut link = ServiceAtLocation::linking(ServiceId::new(uuid(41)), LocationId::new(uuid(31)));
    link.service_areas.push(ServiceArea {
        extent: Some("{}".into()),
        ..ServiceArea::new(uuid(51))
    });
    let at_the_place = Service {
        service_at_locations: vec![link],
        categories: vec![TermCode::new("a")],
        ..service(41)
    };
    let records = [
        DirectoryRecord::Organization(organization(1)),
        DirectoryRecord::Organization(organization(2)),
        DirectoryRecord::Location(location(31)),
        DirectoryRecord::TaxonomyTerm(term(11, "a", Taxonomy::Category, None)),
        DirectoryRecord::Service(at_the_place),
        DirectoryRecord::Service(service(42)),
    ];
    let city = Directory::new(Instant::default(), records);
    assert_eq!(city.problems(), []);
    city
}

#[test]
fn a_successor_says_what_the_whole_mapping_would_say() {
    let city = city();
    let wrong = Service {
        categories: vec![TermCode::new("b")],
        minimum_age: Some(9),
        maximum_age: Some(3),
        ..service(42)
    };
    let circle = Organization {
        parent_organization_id: Some(OrganizationId::new(uuid(1))),
        ..organization(1)
    };
    let renamed = TaxonomyTerm {
        code: TermCode::new("c"),
        ..term(11, "a", Taxonomy::Category, None)
    };
    let mut homeless = location(31);
    homeless.organization_id = Some(OrganizationId::new(uuid(9)));
    let body = DirectoryRecord::Organization(organization(9));
    let changes: [(&[DirectoryRecord], &[u128]); 13] = [
        (&[], &[]),
        (&[DirectoryRecord::Service(wrong)], &[]),
        (&[DirectoryRecord::Organization(circle)], &[]),
        (&[DirectoryRecord::TaxonomyTerm(renamed)], &[]),
        (&[], &[1]),
        (&[], &[31]),
        (&[], &[31, 41]),
        (&[DirectoryRecord::Service(service(41))], &[31, 11]),
        (&[DirectoryRecord::Location(homeless.clone())], &[]),
        (&[DirectoryRecord::Location(homeless.clone()), body], &[]),
        (&[DirectoryRecord::Location(homeless)], &[1]),
        (
            &[DirectoryRecord::Location(protected(location(31)).at(somewhere()))],
            &[],
        ),
        (&[DirectoryRecord::Location(protected(location(31)))], &[]),
    ];
    for (written, gone) in changes {
        let gone: Vec<Uuid> = gone.iter().copied().map(uuid).collect();
        let mut after = Successor::new(&city, written.iter().cloned(), gone.iter().copied());
        for record in written {
            if let DirectoryRecord::Service(service) = record {
                after.service(&city, service);
            }
        }
        let mut found: Vec<String> = after.problems(&city).iter().map(ToString::to_string).collect();
        let touched: Vec<Uuid> = written.iter().map(DirectoryRecord::uuid).chain(gone).collect();
        let stays = city.records().filter(|record| !touched.contains(&record.uuid()));
        let whole = Directory::new(Instant::default(), stays.chain(written.iter().cloned())).problems();
        let mut wanted: Vec<String> = whole.iter().map(ToString::to_string).collect();
        found.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(found, wanted, "{touched:?}");
    }
}

#[test]
fn other_places_share_the_services() {
    let city = city();
    let moved = city.with_locations(protected);
    assert!(moved.locations().all(|place| place.protected) && moved.services().len() == 2);
    assert_eq!(moved.services_at(LocationId::new(uuid(31))).count(), 1);
    assert_eq!(moved.len(), city.len());
    let same: Vec<DirectoryRecord> = city.records().filter(|record| record.kind() == "service").collect();
    assert_eq!(
        moved
            .records()
            .filter(|record| record.kind() == "service")
            .collect::<Vec<_>>(),
        same
    );
}

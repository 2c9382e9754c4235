//! A generated city for benches: bodies, places and services with hours, telephones and papers; the same for the same number.

use osn_core::directory::{
    Address, Directory, DirectoryRecord, Frequency, Location, LocationType, Organization, Phone, RequiredDocument,
    Schedule, Service, ServiceAtLocation, ServiceStatus, Taxonomy, TaxonomyTerm, TermCode, Whereabouts, derived_id,
};
use osn_core::id::{LocationId, OrganizationId, ServiceId, TermId};
use osn_core::lang::LocalText;
use uuid::Uuid;

fn id(kind: u128, number: u128) -> Uuid {
    Uuid::from_u128((kind << 96) | number)
}

fn text(name: &str, number: u128) -> LocalText {
    LocalText::new(format!("{name} {number}"), format!("No {number}"))
}

fn service(number: u128) -> Service {
    let service = ServiceId::new(id(4, number));
    let schedule = Schedule {
        freq: Some(Frequency::Weekly),
        byday: Some("MO,TU,WE,TH,FR".into()),
        opens_at: chrono::NaiveTime::from_hms_opt(9, 0, 0),
        closes_at: chrono::NaiveTime::from_hms_opt(14, 0, 0),
        ..Schedule::new(derived_id(service.uuid(), "schedule", "0"))
    };
    Service {
        description: text(
            "Στήριξη νοικοκυριών με χαμηλό εισόδημα, κατόπιν ραντεβού, στη δομή",
            number,
        ),
        categories: vec![TermCode::new(format!("c.{}", number % 40))],
        groups: Some(vec![TermCode::new(format!("g.{}", number % 12))]),
        areas: Some(vec![TermCode::new(format!("a.{}", number % 7))]),
        languages: Some(vec!["el".into(), "en".into()]),
        schedules: vec![schedule],
        phones: vec![Phone::new(
            derived_id(service.uuid(), "phone", "0"),
            "+30 2100000000".into(),
        )],
        required_documents: vec![RequiredDocument::named(service, 0, text("Ταυτότητα", 0))],
        service_at_locations: vec![ServiceAtLocation::linking(service, LocationId::new(id(3, number / 5)))],
        ..Service::new(
            service,
            OrganizationId::new(id(2, number / 50)),
            text("Υπηρεσία", number),
            ServiceStatus::Active,
        )
    }
}

fn place(number: u128) -> Location {
    let id = LocationId::new(id(3, number));
    let mut place = Location::new(id, LocationType::Physical);
    place.name = text("Δομή", number);
    place.organization_id = Some(OrganizationId::new(self::id(2, number / 10)));
    let address = Address {
        address_1: Some(format!("Πειραιώς {number}")),
        postal_code: Some(format!("{}", 10_400 + number % 100)),
        city: Some("Αθήνα".into()),
        country: Some("GR".into()),
        ..Address::new(derived_id(id.uuid(), "address", "0"))
    };
    place.at(Whereabouts {
        area: Some(TermCode::new(format!("a.{}", number % 7))),
        addresses: vec![address],
        latitude: format!("37.{}", 95_000 + number % 5_000).parse().ok(),
        longitude: format!("23.{}", 70_000 + number * 7 % 5_000).parse().ok(),
        ..Whereabouts::default()
    })
}

/// A city with so many services.
pub(crate) fn city(services: u128) -> Directory {
    let terms = [
        ("c", Taxonomy::Category, 40),
        ("g", Taxonomy::BeneficiaryGroup, 12),
        ("a", Taxonomy::Area, 7),
    ];
    let terms = terms.into_iter().flat_map(|(code, taxonomy, count)| {
        (0..count).map(move |number: u128| {
            let kind = 10 + u128::from(code.as_bytes().first().copied().unwrap_or_default());
            DirectoryRecord::TaxonomyTerm(TaxonomyTerm::new(
                TermId::new(id(kind, number)),
                TermCode::new(format!("{code}.{number}")),
                taxonomy,
                text("Όρος", number),
            ))
        })
    });
    let bodies = (0..=services / 50).map(|number| {
        DirectoryRecord::Organization(Organization::new(
            OrganizationId::new(id(2, number)),
            text("Φορέας", number),
            text("Φορέας", number),
        ))
    });
    let places = (0..=services / 5).map(|number| DirectoryRecord::Location(place(number)));
    let offered = (0..services).map(|number| DirectoryRecord::Service(service(number)));
    Directory::new(
        osn_core::time::Instant::default(),
        terms.chain(bodies).chain(places).chain(offered),
    )
}

/// Mebibytes that the process held at most, since the start or since its peak was forgotten.
pub(crate) fn peak() -> u64 {
    mebibytes("VmHWM:")
}

/// Mebibytes that the process holds now.
pub(crate) fn resident() -> u64 {
    mebibytes("VmRSS:")
}

/// Begins to watch the peak anew, where the system lets it.
pub(crate) fn forget_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

fn mebibytes(what: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(what));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok())
        .map_or(0, |kib| kib >> 10)
}

//! What goes out comes back: the same records from each of the three forms, whatever they say; a second import does nothing.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use osn_core::directory::{
    Accessibility, Address, Attribute, Contact, CostOption, Directory, DirectoryRecord, Funding, Language, Location,
    LocationType, Metadata, Mode, Organization, OrganizationIdentifier, OrganizationKind, Phone, RequiredDocument,
    Schedule, Service, ServiceArea, ServiceAtLocation, ServiceCapacity, ServiceProgram, ServiceStatus, Taxonomy,
    TaxonomyDescription, TaxonomyTerm, TermCode, Unit, Uri, Url, Whereabouts,
};
use osn_core::id::{LocationId, OrganizationId, ServiceId, TaxonomyId, TermId};
use osn_core::lang::LocalText;
use osn_file::{Format, Limits, Planned, guard};
use osn_hsds::{Form, Writer};
use proptest::prelude::*;
use support::{empty, options};
use uuid::Uuid;

fn exported(format: Format, directory: &Directory) -> Vec<u8> {
    let mut out = std::io::Cursor::new(Vec::new());
    osn_file::write(format, directory, None, &mut out, |_| ()).unwrap();
    out.into_inner()
}

fn imported(bytes: &[u8], format: Format, existing: &Directory) -> Planned {
    let book = osn_file::read(&format!("mapping.{}", format.ending()), bytes, &Limits::default());
    osn_file::plan(&book, existing, options())
}

const FORMATS: [Format; 3] = [Format::Xlsx, Format::Csv, Format::Json];

fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// Letters of four scripts, what looks like formulas, separators, quotation marks, lines.
fn word() -> impl Strategy<Value = String> {
    "['=+@\\-\\[;,\"|]{0,2}[a-zα-ωά-ώ0-9ا-ي=;,\"'\\\\ \n_x]{0,12}[a-zα-ω]"
}

/// The same on one line, for what is no text.
fn line() -> impl Strategy<Value = String> {
    word().prop_map(|word| word.replace('\n', " "))
}

fn local() -> impl Strategy<Value = LocalText> {
    proptest::collection::btree_map("el|en|ar|fr", word(), 0..3).prop_map(|texts| texts.into_iter().collect())
}

fn greek() -> impl Strategy<Value = LocalText> {
    (word(), local()).prop_map(|(name, mut texts)| {
        texts.set("el", name);
        texts
    })
}

prop_compose! {
    fn attribute(seed: u128)(value in local(), label in local(), entity in proptest::option::of(line()), named in any::<bool>()) -> Attribute {
        Attribute {
            value,
            label,
            link_entity: entity,
            taxonomy_term_id: named.then(|| TermId::new(uuid(11))),
            metadata: vec![metadata(seed + 1, None)],
            ..Attribute::new(uuid(seed))
        }
    }
}

fn metadata(id: u128, resource: Option<Uuid>) -> Metadata {
    let day = "2026-02-28".parse().unwrap();
    Metadata {
        resource_id: resource,
        ..Metadata::new(
            uuid(id),
            day,
            "update".into(),
            "name".into(),
            "=α".into(),
            "β".into(),
            "διαχειριστής".into(),
        )
    }
}

prop_compose! {
    fn phone(seed: u128)(number in "\\+?[0-9 ]{3,9}[0-9]", extension in proptest::option::of(0_u32..99_999), note in local()) -> Phone {
        Phone {
            extension,
            phone_type: Some("voice".into()),
            languages: vec![Language { note, code: Some("el".into()), ..Language::new(uuid(seed + 1)) }],
            ..Phone::new(uuid(seed), number)
        }
    }
}

prop_compose! {
    fn schedule(seed: u128)(opens in 0_u32..86_400, closes in 0_u32..86_400, notes in local(), holidays in any::<Option<bool>>(), day in 0_i32..40_000) -> Schedule {
        let time = |seconds| chrono::NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0);
        Schedule {
            opens_at: time(opens),
            closes_at: time(closes),
            valid_from: chrono::NaiveDate::from_num_days_from_ce_opt(690_000 + day),
            byday: Some("MO,TU".into()),
            timezone: "-3.5".parse().ok(),
            public_holidays: holidays,
            notes,
            ..Schedule::new(uuid(seed))
        }
    }
}

prop_compose! {
    fn organization()(name in greek(), description in local(), phone in phone(200), attribute in attribute(210), program in local(), year in any::<Option<u16>>()) -> Organization {
        Organization {
            kind: Some(OrganizationKind::Ngo),
            website: Some(Uri::new("https://δήμος.gr/a;b=1")),
            additional_websites: vec![Url { label: name.clone(), ..Url::new(uuid(220), Uri::new("https://a.gr")) }],
            year_incorporated: year,
            contacts: vec![Contact { name: description.clone(), phones: vec![phone], metadata: vec![metadata(221, Some(uuid(2)))], ..Contact::new(uuid(222)) }],
            funding: vec![Funding { source: program.clone(), ..Funding::new(uuid(224)) }],
            organization_identifiers: vec![OrganizationIdentifier { identifier_scheme: Some("GR-ΓΕΜΗ".into()), ..OrganizationIdentifier::new(uuid(225), "ΓΕΜΗ".into(), "00123".into()) }],
            programs: vec![ServiceProgram { description: program, ..ServiceProgram::new(uuid(223), name.clone()) }],
            attributes: vec![attribute],
            ..Organization::new(OrganizationId::new(uuid(2)), name, description)
        }
    }
}

prop_compose! {
    fn location()(name in local(), street in proptest::option::of(line()), schedule in schedule(310), latitude in -9_000_000_i64..9_000_000, typed in any::<bool>(), phone in phone(320)) -> Location {
        let mut location = Location::new(LocationId::new(uuid(3)), LocationType::Physical);
        location.organization_id = Some(OrganizationId::new(uuid(2)));
        location.name = name;
        location.schedules = vec![schedule];
        location.phones = vec![phone];
        location.accessibility = vec![Accessibility { description: location.name.clone(), url: Some(Uri::new("https://a.gr/ράμπα")), ..Accessibility::new(uuid(301)) }];
        let number = |value: i64| rust_decimal::Decimal::new(value, 5).to_string().parse().ok();
        location.at(Whereabouts {
            area: Some(TermCode::new("area.1")),
            addresses: vec![Address { address_1: street, address_type: typed.then_some(osn_core::directory::AddressType::Physical), ..Address::new(uuid(300)) }],
            latitude: number(latitude),
            longitude: number(-latitude),
            ..Whereabouts::default()
        })
    }
}

prop_compose! {
    fn service()(
        (name, description, alert) in (greek(), greek(), local()),
        (groups, areas, modes) in (any::<Option<bool>>(), any::<Option<bool>>(), any::<Option<bool>>()),
        (schedule, phone, attribute) in (schedule(400), phone(410), attribute(420)),
        (free, ages) in (any::<Option<bool>>(), proptest::option::of((0_u8..60, 60_u8..130))),
        long in 0_usize..2,
    ) -> Service {
        let id = ServiceId::new(uuid(4));
        let listed = |said: Option<bool>, code: &str| said.map(|some| if some { vec![TermCode::new(code)] } else { Vec::new() });
        let mut link = ServiceAtLocation::linking(id, LocationId::new(uuid(3)));
        link.schedules = vec![schedule];
        link.service_areas = vec![ServiceArea { name: alert.clone(), extent: Some("{\"α\":1}".repeat(1 + 4_000 * long)), ..ServiceArea::new(uuid(430)) }];
        let unit = |name: LocalText| Unit::new(uuid(440), name);
        let day: chrono::NaiveDate = "2026-01-31".parse().unwrap();
        let capacity = |number: u128, name: LocalText| ServiceCapacity { maximum: Some(7), ..ServiceCapacity::new(uuid(number), 3, unit(name), day.into()) };
        Service {
            description,
            alert: alert.clone(),
            program_id: Some(uuid(223)),
            categories: vec![TermCode::new("food;meals"), TermCode::new("food")],
            groups: listed(groups, "group.1"),
            areas: listed(areas, "area.1"),
            modes: modes.map(|some| if some { vec![Mode::Home, Mode::Place] } else { Vec::new() }),
            languages: groups.map(|_| vec!["el".to_owned()]),
            language_notes: vec![Language { name: alert.clone(), ..Language::new(uuid(450)) }],
            minimum_age: ages.map(|ages| ages.0),
            maximum_age: ages.map(|ages| ages.1),
            free_of_charge: free,
            service_at_locations: vec![link],
            phones: vec![phone],
            attributes: vec![attribute],
            // Two units with one identifier that say different things.
            capacities: vec![capacity(460, unit_name(&alert)), capacity(461, unit_name(&LocalText::NONE))],
            cost_options: vec![CostOption { amount: "12.5".parse().ok(), currency: Some("EUR".into()), ..CostOption::new(uuid(470)) }],
            funding: vec![Funding { source: alert.clone(), ..Funding::new(uuid(471)) }],
            required_documents: vec![RequiredDocument { document: unit_name(&name), uri: Some(Uri::new("https://a.gr/Σ")), ..RequiredDocument::new(uuid(480)) }],
            assured_date: Some(day),
            ..Service::new(id, OrganizationId::new(uuid(2)), name, ServiceStatus::TemporarilyClosed)
        }
    }
}

fn unit_name(text: &LocalText) -> LocalText {
    if text.is_empty() {
        LocalText::new("θέση", "place")
    } else {
        text.clone()
    }
}

fn terms() -> Vec<DirectoryRecord> {
    let other = TaxonomyId::new(uuid(20));
    let term = |id: u128, code: &str, taxonomy, parent: Option<&str>| {
        DirectoryRecord::TaxonomyTerm(TaxonomyTerm {
            parent: parent.map(TermCode::new),
            aliases: vec!["=άλλο; όνομα".into(), "δύο".into()],
            ..TaxonomyTerm::new(
                TermId::new(uuid(id)),
                TermCode::new(code),
                taxonomy,
                LocalText::only("el", code),
            )
        })
    };
    vec![
        DirectoryRecord::Taxonomy(TaxonomyDescription::new(
            other,
            Taxonomy::Other(other),
            LocalText::only("el", "Άλλη"),
        )),
        DirectoryRecord::Taxonomy(TaxonomyDescription::new(
            TaxonomyId::new(uuid(21)),
            Taxonomy::Category,
            LocalText::only("el", "Είδη"),
        )),
        term(10, "food", Taxonomy::Category, None),
        term(12, "food;meals", Taxonomy::Category, Some("food")),
        term(13, "group.1", Taxonomy::BeneficiaryGroup, None),
        term(14, "area.1", Taxonomy::Area, None),
        term(11, "x", Taxonomy::Other(other), None),
        term(15, "y", Taxonomy::Other(other), Some("x")),
    ]
}

fn mapping(organization: Organization, location: Location, service: Service) -> Directory {
    let records = [
        DirectoryRecord::Organization(organization),
        DirectoryRecord::Location(location),
        DirectoryRecord::Service(service),
    ];
    Directory::new(osn_core::time::Instant::default(), terms().into_iter().chain(records))
}

fn records(directory: &Directory) -> Vec<DirectoryRecord> {
    directory.records().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_form_is_lossless(organization in organization(), location in location(), service in service()) {
        let city = mapping(organization, location, service);
        prop_assert_eq!(city.problems(), Vec::new());
        for format in FORMATS {
            let bytes = exported(format, &city);
            let planned = imported(&bytes, format, &empty());
            prop_assert!(planned.faults.is_empty(), "{:?}: {:?}", format, planned.faults);
            let back = Directory::new(osn_core::time::Instant::default(), planned.plan.added);
            for (was, is) in records(&city).iter().zip(records(&back)) {
                prop_assert_eq!(was, &is, "{:?}", format);
            }
            prop_assert_eq!(records(&city).len(), records(&back).len());
            let again = imported(&bytes, format, &city);
            prop_assert!(again.plan.is_empty(), "{:?}: {:?}", format, again.plan.changed);
            prop_assert_eq!(again.plan.untouched, records(&city).len());
        }
    }
}

/// Everything as it is answered to readers of HSDS, a line each.
fn answered(city: &Directory) -> String {
    let writer = Writer::new(city, "el").with_metadata();
    let bodies = city.organizations();
    let bodies = bodies.map(|body| writer.organization(body, Form::Full, Some(Form::List)));
    // Terms tell their taxonomies; one of no rules alone looks like a body.
    let described = writer.taxonomies();
    let ruled = described.iter().filter(|taxonomy| taxonomy.taxonomy.name().is_some());
    let answers = ruled
        .map(|taxonomy| writer.taxonomy(taxonomy))
        .chain(city.all_terms().map(|term| writer.term(term)))
        .chain(bodies)
        .chain(city.locations().map(|place| writer.location(place, Form::Full)))
        .chain(city.services().map(|service| writer.service(service, Form::Full)))
        .map(|answer| answer.to_string());
    answers.collect::<Vec<_>>().join("\n")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn answers_to_readers_of_hsds_come_back(organization in organization(), location in location(), service in service()) {
        let city = mapping(organization, location, service);
        let lines = answered(&city);
        let planned = imported(lines.as_bytes(), Format::Json, &empty());
        prop_assert!(planned.faults.is_empty(), "{:?}", planned.faults);
        let back = Directory::new(osn_core::time::Instant::default(), planned.plan.added);
        for (was, is) in records(&city).iter().zip(records(&back)) {
            prop_assert_eq!(was, &is);
        }
        prop_assert_eq!(records(&city).len(), records(&back).len());
        let alone = city.services().next().map(|service| Writer::new(&city, "el").service(service, Form::Full));
        for answer in [lines, alone.unwrap_or_default().to_string()] {
            let again = imported(answer.as_bytes(), Format::Json, &city);
            prop_assert!(again.faults.is_empty(), "{:?}", again.faults);
            prop_assert!(again.plan.is_empty(), "{:?} {:?}", again.plan.added, again.plan.changed);
        }
    }
}

#[test]
fn no_cell_of_an_export_is_a_formula() {
    let name = LocalText::only("el", "=HYPERLINK(\"http://a\")");
    let mut body = Organization::new(OrganizationId::new(uuid(2)), name.clone(), LocalText::only("el", "+1"));
    body.alternate_name = LocalText::only("el", "Σίτιση;=cmd|' /C calc'!A1");
    let city = Directory::new(
        osn_core::time::Instant::default(),
        [DirectoryRecord::Organization(body)],
    );
    let bytes = exported(Format::Csv, &city);
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let text = std::io::read_to_string(archive.by_name("organizations.csv").unwrap()).unwrap();
    assert!(
        text.contains(&guard(name.get("el")).replace('"', "\"\"")) && text.contains("'+1") && text.contains(";'=cmd"),
        "{text}"
    );
}

#[test]
fn a_protected_place_says_nowhere_where_it_is() {
    let mut shelter = Location::new(LocationId::new(uuid(3)), LocationType::Physical).at(Whereabouts {
        area: Some(TermCode::new("area.1")),
        addresses: vec![Address {
            address_1: Some("Μυστικής 7".into()),
            ..Address::new(uuid(300))
        }],
        latitude: "37.98765".parse().ok(),
        longitude: "23.98765".parse().ok(),
        external_identifier: Some("ΜΗΤΡΩΟ-7".into()),
        ..Whereabouts::default()
    });
    shelter.protected = true;
    shelter.name = LocalText::only("el", "Ξενώνας");
    let city = Directory::new(
        osn_core::time::Instant::default(),
        terms().into_iter().chain([DirectoryRecord::Location(shelter)]),
    );
    for format in FORMATS {
        let mut archive = match format {
            Format::Json => None,
            Format::Csv | Format::Xlsx => {
                Some(zip::ZipArchive::new(std::io::Cursor::new(exported(format, &city))).unwrap())
            }
        };
        let text = match &mut archive {
            None => String::from_utf8(exported(format, &city)).unwrap(),
            Some(archive) => (0..archive.len())
                .map(|at| std::io::read_to_string(archive.by_index(at).unwrap()).unwrap_or_default())
                .collect(),
        };
        assert!(text.contains("Ξενώνας"));
        for secret in ["Μυστικής", "37.98765", "23.98765", "ΜΗΤΡΩΟ-7"] {
            assert!(!text.contains(secret), "{format:?} gives {secret} away");
        }
    }
}

#[test]
fn a_complete_file_removes_and_another_does_not() {
    let body = |id, name| {
        DirectoryRecord::Organization(Organization::new(
            OrganizationId::new(uuid(id)),
            LocalText::only("el", name),
            LocalText::NONE,
        ))
    };
    let city = Directory::new(osn_core::time::Instant::default(), [body(1, "Α"), body(2, "Β")]);
    let csv = format!("id,name\n{},Α\n", uuid(1));
    let book = osn_file::read("organizations.csv", csv.as_bytes(), &Limits::default());
    let planned = |complete| osn_file::plan(&book, &city, osn_file::Options { complete, ..options() }).plan;
    assert_eq!((planned(false).removed.len(), planned(true).removed.len()), (0, 1));
    assert_eq!(planned(true).removed, [body(2, "Β")]);
}

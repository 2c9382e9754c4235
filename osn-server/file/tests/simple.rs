//! What the cells of the simple sheet mean, and what several rows say of one service or one place together.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::io::Write as _;

use osn_core::directory::{
    Address, AddressType, Directory, DirectoryRecord, Location, LocationType, Schedule, Service, Taxonomy,
    TaxonomyTerm, TermCode,
};
use osn_core::id::TermId;
use osn_core::lang::LocalText;
use osn_file::{Format, Limits, Planned, plan, read};
use support::{empty, options};
use uuid::Uuid;

fn terms() -> Directory {
    let terms = [
        ("food", Taxonomy::Category, "Σίτιση"),
        ("clothes", Taxonomy::Category, "Ένδυση"),
        ("unemployed", Taxonomy::BeneficiaryGroup, "Άνεργοι"),
        ("homeless", Taxonomy::BeneficiaryGroup, "Άστεγοι"),
        ("area.6", Taxonomy::Area, "6η Κοινότητα"),
        ("area.7", Taxonomy::Area, "7η Κοινότητα"),
    ];
    let terms = (1_u128..).zip(terms).map(|(id, (code, taxonomy, name))| {
        let id = TermId::new(Uuid::from_u128(id));
        let name = LocalText::new(name, code);
        DirectoryRecord::TaxonomyTerm(TaxonomyTerm::new(id, TermCode::new(code), taxonomy, name))
    });
    let records = empty().records().chain(terms).collect::<Vec<_>>();
    Directory::new(osn_core::time::Instant::default(), records)
}

/// Columns of the sheets of these tests, by the letters that a fault names them with.
const HEADER: &str = "Φορέας|Υπηρεσία|Περιγραφή|Κατηγορία|Δομή|Διεύθυνση|Ομάδες ωφελουμένων|Κοινότητες|Ωράριο|Τηλέφωνο|Κόστος|Θέσεις|Επιβεβαιώθηκε στις|Γλώσσες|Προστατευμένη δομή\n";

/// A sheet of rows; each gives the letters of its cells. Body and service are the same unless a row says others.
fn sheet(rows: &[&[(char, &str)]]) -> String {
    let mut text = HEADER.replace('|', "\t");
    for row in rows {
        let cells = ('A'..='O').map(|letter| {
            let said = row.iter().find(|(known, _)| *known == letter).map(|(_, said)| *said);
            said.unwrap_or(match letter {
                'A' => "Δήμος",
                'B' => "Συσσίτιο",
                _ => "",
            })
        });
        text.push_str(&cells.collect::<Vec<_>>().join("\t"));
        text.push('\n');
    }
    text
}

/// What every first row says here.
const FIRST: [(char, &str); 2] = [('C', "Γεύμα"), ('D', "Σίτιση")];

fn planned(text: &str, existing: &Directory) -> Planned {
    plan(&read("s.csv", text.as_bytes(), &Limits::default()), existing, options())
}

fn with(existing: &Directory, planned: &Planned) -> Directory {
    let changed = planned.plan.changed.iter().map(|change| change.record.clone());
    let changed: Vec<DirectoryRecord> = changed.chain(planned.plan.added.clone()).collect();
    let kept = existing
        .records()
        .filter(|record| !changed.iter().any(|new| new.uuid() == record.uuid()));
    let records: Vec<DirectoryRecord> = kept.chain(changed.clone()).collect();
    Directory::new(osn_core::time::Instant::default(), records)
}

/// The mapping after a sheet without faults; the same sheet again changes nothing.
fn taken(text: &str, existing: &Directory) -> Directory {
    let first = planned(text, existing);
    assert_eq!(first.faults, [], "{text}");
    let after = with(existing, &first);
    let again = planned(text, &after);
    assert!(again.plan.is_empty() && again.faults.is_empty(), "{again:?}");
    after
}

fn service(directory: &Directory) -> Service {
    assert_eq!(directory.services().count(), 1);
    directory.services().next().unwrap().clone()
}

fn places(directory: &Directory) -> Vec<Location> {
    directory.locations().cloned().collect()
}

fn hours(schedules: &[Schedule]) -> Vec<String> {
    let said = |schedule: &Schedule| {
        let days = schedule.byday.as_deref().unwrap_or("-");
        let is_weekly = if schedule.freq.is_some() { "weekly " } else { "" };
        let time = |time: Option<chrono::NaiveTime>| time.unwrap().format("%H:%M").to_string();
        let (opens, closes) = (time(schedule.opens_at), time(schedule.closes_at));
        format!("{is_weekly}{days} {opens}-{closes}")
    };
    schedules.iter().map(said).collect()
}

/// Places and codes of the faults of a sheet, and the rows that they name.
fn faults(text: &str) -> Vec<String> {
    let planned = planned(text, &terms());
    assert!(planned.plan.is_empty() || planned.faults.is_empty());
    let said = planned.faults.iter().map(|fault| {
        let row = match fault.code.name() {
            "row-says-otherwise" => fault.value.as_str(),
            other => other,
        };
        format!("{} {row}", fault.place().replace("s.csv!", ""))
    });
    said.collect()
}

#[test]
fn only_a_cell_that_says_so_is_free_and_no_words_of_cost_are_lost() {
    let mut directory = terms();
    // One after the other into the same mapping: what an earlier sheet said of the cost does not stay beside it.
    for (cell, is_free, words) in [
        ("Δωρεάν", Some(true), ""),
        (
            "Δωρεάν για ανέργους, 5 € για τους άλλους",
            None,
            "Δωρεάν για ανέργους, 5 € για τους άλλους",
        ),
        ("5 €", Some(false), "5 €"),
        ("", Some(false), "5 €"),
        ("0 €", Some(true), ""),
        ("Όχι δωρεάν", None, "Όχι δωρεάν"),
        ("free", Some(true), ""),
    ] {
        let row = [FIRST[0], FIRST[1], ('K', cell)];
        directory = taken(&sheet(&[&row]), &directory);
        let service = service(&directory);
        let said = (service.free_of_charge, service.fees_description.get("el"));
        assert_eq!(said, (is_free, words), "{cell}");
    }
}

#[test]
fn a_list_of_groups_ends_what_was_open_to_all() {
    let mut directory = terms();
    for (cell, is_open) in [
        ("Όλοι", true),
        ("", true),
        ("Άνεργοι", false),
        ("", false),
        ("all", true),
    ] {
        let row = [FIRST[0], FIRST[1], ('G', cell)];
        directory = taken(&sheet(&[&row]), &directory);
        assert_eq!(service(&directory).open_to_all, is_open, "{cell}");
    }
}

#[test]
fn every_day_is_seven_days_and_comes_back_from_every_file() {
    for (cell, wanted) in [
        ("Καθημερινά 09:00-17:00", "weekly MO,TU,WE,TH,FR,SA,SU 09:00-17:00"),
        ("κάθε μέρα 9-17", "weekly MO,TU,WE,TH,FR,SA,SU 09:00-17:00"),
        ("every day 9:00-17:00", "weekly MO,TU,WE,TH,FR,SA,SU 09:00-17:00"),
        ("Καθημερινές 9-17", "weekly MO,TU,WE,TH,FR 09:00-17:00"),
        ("9:00-17:00", "- 09:00-17:00"),
    ] {
        let row = [FIRST[0], FIRST[1], ('I', cell)];
        let after = taken(&sheet(&[&row]), &terms());
        assert_eq!(hours(&service(&after).schedules), [wanted], "{cell}");
        for format in [Format::Xlsx, Format::Csv, Format::Json] {
            let mut out = std::io::Cursor::new(Vec::new());
            osn_file::write(format, &after, None, &mut out, |_| ()).unwrap();
            let name = format!("mapping.{}", format.ending());
            let book = read(&name, out.get_ref(), &Limits::default());
            let back = plan(&book, &after, options());
            assert!(back.plan.is_empty() && back.faults.is_empty(), "{cell} {back:?}");
            let anew = plan(&book, &empty(), options());
            let anew = service(&with(&empty(), &anew));
            assert_eq!(hours(&anew.schedules), [wanted], "{cell}");
        }
        // Hours without days take away the days of an earlier sheet.
        let bare = [FIRST[0], FIRST[1], ('I', "10:00-12:00")];
        let bare = taken(&sheet(&[&bare]), &after);
        assert_eq!(hours(&service(&bare).schedules), ["- 10:00-12:00"], "{cell}");
    }
}

#[test]
fn an_empty_cell_of_a_later_row_means_as_above() {
    let first: &[_] = &[FIRST[0], FIRST[1], ('E', "Κέντρο"), ('F', "Οδός 1"), ('I', "Δευ 9-12")];
    let more: &[_] = &[('I', "Τρι 10-14; Δευ 9-12"), ('J', "2100000000"), ('G', "Άνεργοι")];
    let same: &[_] = &[
        ('C', "ΓΕΥΜΑ"),
        ('D', "food"),
        ('F', "οδος 1"),
        ('J', "210 000 0000"),
        ('I', "Δευ-Τρι 9-12"),
    ];
    let second: &[_] = &[('E', "Παράρτημα"), ('F', "Οδός 2"), ('I', "Σαβ 9-12")];
    let after = taken(&sheet(&[first, more, same, second, &[('I', "Κυρ 9-12")]]), &terms());
    let service = service(&after);
    assert_eq!(service.phones.len(), 1);
    assert_eq!(service.groups, Some(vec![TermCode::new("unemployed")]));
    assert_eq!(places(&after).len(), 2);
    assert!(service.schedules.is_empty(), "hours are those of the places");
    let links = service.service_at_locations.iter();
    let held: Vec<Vec<String>> = links.map(|link| hours(&link.schedules)).collect();
    assert_eq!(
        held,
        [
            &[
                "weekly MO 09:00-12:00",
                "weekly TU 10:00-14:00",
                "weekly TU 09:00-12:00"
            ][..],
            &["weekly SA 09:00-12:00", "weekly SU 09:00-12:00"]
        ]
    );
}

#[test]
fn hours_of_a_service_without_a_place_add_up_too() {
    let first: &[_] = &[FIRST[0], FIRST[1], ('I', "Δευ-Παρ 9-12")];
    let after = taken(&sheet(&[first, &[('I', "Δευ-Παρ 17-20")], first]), &terms());
    let wanted = ["weekly MO,TU,WE,TH,FR 09:00-12:00", "weekly MO,TU,WE,TH,FR 17:00-20:00"];
    assert_eq!(hours(&service(&after).schedules), wanted);
}

#[test]
fn a_place_is_said_by_whichever_row_says_it_first() {
    let first: &[_] = &[FIRST[0], FIRST[1], ('E', "Ξενώνας")];
    let other: &[_] = &[('B', "Στέγη"), FIRST[0], FIRST[1], ('E', "ξενώνας"), ('O', "ναι")];
    let after = taken(&sheet(&[first, other]), &terms());
    let [place] = &places(&after)[..] else { panic!() };
    assert!(place.protected, "{place:?}");
}

#[test]
fn lists_of_later_rows_are_joined_and_claim_no_more_than_the_rows() {
    let first: &[_] = &[
        FIRST[0],
        FIRST[1],
        ('G', "Άνεργοι"),
        ('H', "6η Κοινότητα"),
        ('N', "Ελληνικά"),
    ];
    let group: &[_] = &[('G', "Άστεγοι; Άνεργοι"), ('N', "Αγγλικά")];
    let area: &[_] = &[('H', "7η Κοινότητα")];
    let service = service(&taken(&sheet(&[first, group, area]), &terms()));
    let codes = |codes: &[&str]| Some(codes.iter().map(|code| TermCode::new(*code)).collect::<Vec<_>>());
    assert_eq!(service.groups, codes(&["unemployed", "homeless"]));
    assert_eq!(service.areas, codes(&["area.6", "area.7"]));
    assert_eq!(service.languages, Some(vec!["el".to_owned(), "en".to_owned()]));
    let torn: &[_] = &[('G', "Άστεγοι"), ('H', "7η Κοινότητα")];
    assert_eq!(faults(&sheet(&[first, torn])), ["G3 2", "H3 2"]);
    assert_eq!(faults(&sheet(&[first, &[('G', "Όλοι")]])), ["G3 2"]);
    // What the first row leaves open is not answered for its community by a row about another one.
    let open: &[_] = &[FIRST[0], FIRST[1], ('H', "6η Κοινότητα")];
    assert_eq!(faults(&sheet(&[open, torn])), ["H3 2"]);
    let answered = faults(&sheet(&[open, &[('G', "Άστεγοι"), ('H', "6η Κοινότητα")]]));
    assert_eq!(answered, Vec::<String>::new());
}

#[test]
fn a_later_cell_that_says_otherwise_is_a_fault_and_never_dropped() {
    let first: &[_] = &[
        FIRST[0],
        FIRST[1],
        ('E', "Κέντρο"),
        ('F', "Οδός 1"),
        ('J', "2100000000"),
        ('K', "Δωρεάν"),
        ('L', "40"),
        ('M', "15/7/2026"),
    ];
    for (cell, wanted) in [
        (('C', "Κάτι άλλο"), Some("C3 2")),
        (('F', "Οδός 2"), None),
        (('J', "2111111111"), Some("J3 2")),
        (('J', "210 0000000"), None),
        (('K', "5 €"), Some("K3 2")),
        (('K', "ΔΩΡΕΑΝ"), None),
        (('L', "41"), Some("L3 2")),
        (('L', "40"), None),
        (('M', "16/7/2026"), Some("M3 2")),
        (('M', "2026-07-15"), None),
        (('L', "πολλές"), Some("L3 2")),
    ] {
        let wanted: Vec<&str> = wanted.into_iter().collect();
        assert_eq!(faults(&sheet(&[first, &[cell]])), wanted, "{cell:?}");
    }
    // Another address of the same structure, of this service or of another one of the body.
    for named in ["Συσσίτιο", "Ρούχα"] {
        let other: &[_] = &[FIRST[0], FIRST[1], ('B', named), ('E', "Κέντρο"), ('F', "Οδός 2")];
        assert_eq!(faults(&sheet(&[first, other])), ["F3 2"], "{named}");
    }
}

#[test]
fn a_fault_stands_where_the_cell_stands_that_is_filled_first() {
    let first: &[_] = &[FIRST[1], ('E', "Κέντρο")];
    assert_eq!(faults(&sheet(&[first, &[('J', "210")]])), ["C2 cell-missing"]);
    let second: &[_] = &[FIRST[0], ('L', "πολλές"), ('M', "αύριο"), ('O', "ίσως")];
    let found = faults(&sheet(&[first, second]));
    for wanted in ["L3 count-invalid", "M3 date-invalid", "O3 flag-invalid"] {
        assert!(found.iter().any(|found| found == wanted), "{wanted}: {found:?}");
    }
    assert!(found.iter().all(|found| !found.contains('2')), "{found:?}");
}

#[test]
fn a_fault_names_the_sheet_that_it_stands_in() {
    let first = sheet(&[&[FIRST[0], FIRST[1], ('L', "πολλές")]]);
    // Rows have the same numbers in the second, columns have other letters.
    let second = "Θέσεις\tΦορέας\tΥπηρεσία\tΠεριγραφή\tΚατηγορία\nλίγες\tΔήμος\tΡουχισμός\tΡούχα\tΈνδυση\n";
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in [("a.csv", first.as_str()), ("b.csv", second)] {
        archive
            .start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    let bytes = archive.finish().unwrap().into_inner();
    let planned = plan(&read("set.zip", &bytes, &Limits::default()), &terms(), options());
    let is_told = |fault: &&osn_file::Fault| fault.code.name() == "count-invalid" && fault.column.is_some();
    let found = planned.faults.iter().filter(is_told);
    let found: Vec<String> = found.map(osn_file::Fault::place).collect();
    assert_eq!(found, ["a.csv!L2", "b.csv!A2"], "{:?}", planned.faults);
}

/// The mapping with other places and another service in place of those that it has.
fn written(city: &Directory, place: impl Fn(Location) -> Location, change: impl Fn(Service) -> Service) -> Directory {
    let records = city.records().map(|record| match record {
        DirectoryRecord::Location(known) => DirectoryRecord::Location(place(known)),
        DirectoryRecord::Service(known) => DirectoryRecord::Service(change(known)),
        other => other,
    });
    Directory::new(osn_core::time::Instant::default(), records.collect::<Vec<_>>())
}

#[test]
fn what_the_cells_do_not_speak_of_stays() {
    let place: &[_] = &[
        FIRST[0],
        FIRST[1],
        ('E', "Κέντρο"),
        ('F', "Οδός 1"),
        ('J', "210 555 0100"),
    ];
    let city = taken(&sheet(&[place]), &terms());
    let city = written(
        &city,
        |place| {
            let mut there = place.whereabouts().clone();
            there.addresses[0].region = Some("Αττική".into());
            there.addresses.push(Address {
                address_1: Some("Θυρίδα 7".into()),
                address_type: Some(AddressType::Postal),
                ..Address::new(Uuid::from_u128(71))
            });
            let mut place = place.at(there);
            place.location_type = LocationType::Virtual;
            place
        },
        |mut service| {
            service.phones[0].description = LocalText::new("Γραμματεία", "Office");
            service
        },
    );
    let again: &[_] = &[
        FIRST[0],
        FIRST[1],
        ('E', "Κέντρο"),
        ('F', "Οδός 2"),
        ('J', "2105550100; 2105550199"),
        ('I', "Δευ 9-12"),
    ];
    let after = with(&city, &planned(&sheet(&[again]), &city));
    let phones = service(&after).phones;
    let said: Vec<(&str, &str)> = phones
        .iter()
        .map(|phone| (phone.number.as_str(), phone.description.get("el")))
        .collect();
    assert_eq!(said, [("210 555 0100", "Γραμματεία"), ("2105550199", "")]);
    let place = &places(&after)[0];
    assert_eq!(place.location_type, LocationType::Virtual);
    let addresses = &place.whereabouts().addresses;
    let lines: Vec<Option<&str>> = addresses.iter().map(|address| address.address_1.as_deref()).collect();
    assert_eq!(lines, [Some("Οδός 2"), Some("Θυρίδα 7")]);
    assert_eq!(addresses[0].region.as_deref(), Some("Αττική"));
    // A row that names no place speaks of the hours at the only one.
    let after = with(
        &after,
        &planned(&sheet(&[&[FIRST[0], FIRST[1], ('I', "Τρι 10-13")]]), &after),
    );
    assert_eq!(
        hours(&service(&after).service_at_locations[0].schedules),
        ["weekly TU 10:00-13:00"]
    );
    assert_eq!(hours(&service(&after).schedules), [""; 0]);
    let second: &[_] = &[FIRST[0], FIRST[1], ('E', "Δεύτερο")];
    let two = with(&after, &planned(&sheet(&[second]), &after));
    let planned = planned(&sheet(&[&[FIRST[0], FIRST[1], ('I', "Τρι 10-13")]]), &two);
    let codes: Vec<&str> = planned.faults.iter().map(|fault| fault.code.name()).collect();
    assert_eq!(codes, ["hours-of-which-place"]);
}

#[test]
fn a_place_is_protected_as_the_help_of_the_sheet_says() {
    let open: &[_] = &[FIRST[0], FIRST[1], ('E', "Ξενώνας"), ('F', "Οδός 1")];
    let city = taken(&sheet(&[open]), &terms());
    let protected: &[_] = &[FIRST[0], FIRST[1], ('E', "Ξενώνας"), ('O', "ναι")];
    let planned = planned(&sheet(&[protected]), &city);
    assert_eq!(planned.faults, []);
    let place = &places(&with(&city, &planned))[0];
    assert!(place.protected && !place.is_exposed(), "{place:?}");
    // An address that the sheet gives is a contradiction.
    let told: &[_] = &[FIRST[0], FIRST[1], ('E', "Ξενώνας"), ('F', "Οδός 2"), ('O', "ναι")];
    let refused = self::planned(&sheet(&[told]), &city);
    let codes: Vec<&str> = refused.faults.iter().map(|fault| fault.code.name()).collect();
    assert_eq!(codes, ["protected-place-exposed"]);
}

#[test]
fn of_two_records_of_one_name_nobody_knows_which_is_meant() {
    let city = taken(&sheet(&[&[FIRST[0], FIRST[1]]]), &terms());
    let known = service(&city);
    let doubled = [1_u128, 2].map(|id| {
        let id = osn_core::id::ServiceId::new(Uuid::from_u128(9_000 + id));
        DirectoryRecord::Service(Service { id, ..known.clone() })
    });
    let others = city.records().filter(|record| record.kind() != "service");
    let city = Directory::new(
        osn_core::time::Instant::default(),
        others.chain(doubled).collect::<Vec<_>>(),
    );
    let planned = planned(&sheet(&[&[('C', "Άλλο")]]), &city);
    let told: Vec<(String, &str)> = planned
        .faults
        .iter()
        .map(|fault| (fault.place(), fault.code.name()))
        .collect();
    assert_eq!(told, [("s.csv!B2".to_owned(), "several-with-this-name")]);
}

#[test]
fn a_number_that_cannot_be_meant_is_told_at_its_cell() {
    let text = "Φορέας;Υπηρεσία;Περιγραφή;Κατηγορία;Έως ηλικία;Επιβεβαιώθηκε στις;Ωράριο\n\
                Δήμος;Συσσίτιο;Γεύμα;Σίτιση;999;2026;Δευ 9.3-14\n";
    let wanted = ["E2 record-impossible-age", "F2 date-invalid", "G2 hours-invalid"];
    let found = faults(text);
    for wanted in wanted {
        assert!(found.iter().any(|found| found == wanted), "{wanted}: {found:?}");
    }
}

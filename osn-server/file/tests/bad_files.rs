//! Broken, hostile and careless files: each fault at its cell, and nothing of the file taken.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeMap;
use std::io::{Cursor, Write as _};

use osn_core::directory::{BoundingBox, Directory, DirectoryRecord, Taxonomy, TaxonomyTerm, TermCode};
use osn_core::id::TermId;
use osn_core::lang::LocalText;
use osn_file::{Limits, Options, plan, read, steps};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use support::{empty, options};
use uuid::Uuid;

const ONE: &str = "00000000-0000-4000-8000-000000000001";
const TWO: &str = "00000000-0000-4000-8000-000000000002";

/// Places and codes of the faults of a file.
fn faults(name: &str, bytes: &[u8], existing: &Directory, limits: &Limits) -> Vec<String> {
    let planned = plan(&read(name, bytes, limits), existing, options());
    assert!(
        planned.faults.is_empty() || planned.plan.is_empty(),
        "nothing is half taken"
    );
    planned
        .faults
        .iter()
        .map(|fault| format!("{} {}", fault.place(), fault.code.name()))
        .collect()
}

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        archive
            .start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// What is wrong inside a part of a record stands at the part's own row.
#[test]
fn a_fault_of_a_part_stands_at_its_own_cell() {
    let set = zipped(&[
        (
            "locations.csv",
            format!("id,location_type,name\n{ONE},physical,Κέντρο\n").as_bytes(),
        ),
        (
            "addresses.csv",
            format!(
                "id,location_id,address_1,city,state_province,postal_code,country,address_type\n\
                 00000000-0000-4000-8000-0000000000a1,{ONE},Οδός 1,Αθήνα,Αττική,10431,GR,physical\n\
                 00000000-0000-4000-8000-0000000000a2,{ONE},Οδός 2,Αθήνα,Αττική,10431,Ελλάδα,physical\n"
            )
            .as_bytes(),
        ),
        (
            "phones.csv",
            format!(
                "id,location_id,number,description\n\
                 00000000-0000-4000-8000-0000000000b1,{ONE},2105550100,Γραφείο\n\
                 00000000-0000-4000-8000-0000000000b2,{ONE},2105550101,Γραφείο\u{202e}\n"
            )
            .as_bytes(),
        ),
    ]);
    let mut found = faults("a.zip", &set, &empty(), &Limits::default());
    found.sort();
    assert_eq!(
        found,
        [
            "addresses.csv!G3 record-invalid-code",
            "phones.csv!D3 record-control-characters"
        ]
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn each_fault_stands_at_its_cell() {
    let organizations =
        |rows: &str| format!("id,name,description,email,year_incorporated,parent_organization_id\n{rows}");
    let cases: &[(&str, String, &[&str])] = &[
        ("organizations.csv", organizations(&format!("{ONE},Α,β,,,\n")), &[]),
        (
            "organizations.csv",
            organizations(&format!("{ONE},Α,β,,δύο,\n")),
            &["organizations.csv!E2 count-invalid"],
        ),
        (
            "organizations.csv",
            organizations(&format!("{ONE},,β,,,\n")),
            &["organizations.csv!B2 cell-missing"],
        ),
        (
            "organizations.csv",
            organizations(&format!("{ONE},Α,β,,,\n{ONE},Β,β,,,\n")),
            &["organizations.csv!A3 id-twice"],
        ),
        (
            "organizations.csv",
            organizations(&format!("{ONE},Α,β,,,\n{ONE},Α,β,,,\n")),
            &[],
        ),
        (
            "organizations.csv",
            organizations(",Α,β,,,\n,ά,β,,,\n"),
            &["organizations.csv!B3 id-twice"],
        ),
        (
            "organizations.csv",
            organizations(&format!("{},Α,β,,,\n", "0".repeat(33))),
            &["organizations.csv!A2 id-invalid"],
        ),
        (
            "organizations.csv",
            organizations(&format!("{ONE},Α,β,,,{TWO}\n")),
            &["organizations.csv!F2 reference-unknown"],
        ),
        (
            "organizations.csv",
            organizations(&format!("{ONE},Α,β,,,{TWO}\n{TWO},Β,β,,,{ONE}\n")),
            &[
                "organizations.csv!F2 stands-above-itself",
                "organizations.csv!F3 stands-above-itself",
            ],
        ),
        (
            "organizations.csv",
            organizations(&format!("{ONE},Α,β,κάποιος,,\n")),
            &["organizations.csv!D2 record-invalid-email"],
        ),
        (
            "organizations.csv",
            organizations(&format!("{ONE},Α\u{202e},β,,,\n")),
            &["organizations.csv!B2 record-control-characters"],
        ),
        (
            "organizations.csv",
            organizations(&format!("{ONE},{},β,,,\n", "α".repeat(501))),
            &["organizations.csv!B2 record-text-too-long"],
        ),
        (
            "organizations.csv",
            organizations(&format!("{ONE},{},β,,,\n", "α".repeat(1 << 20))),
            &["organizations.csv!2 cell-too-long"],
        ),
        (
            "organizations.csv",
            "id,name,name\n1,Α,Β\n".to_owned(),
            &["organizations.csv!C1 header-twice"],
        ),
        (
            "phones.csv",
            format!("id,number\n{ONE},210\n"),
            &["phones.csv!2 row-without-owner"],
        ),
        (
            "phones.csv",
            format!("id,number,service_id\n{ONE},210,{TWO}\n"),
            &["phones.csv!C2 reference-unknown"],
        ),
        (
            "locations.csv",
            format!("id,location_type,latitude,longitude\n{ONE},physical,100,23\n"),
            &["locations.csv!C2 record-impossible-coordinates"],
        ),
        (
            "locations.csv",
            format!("id,location_type\n{ONE},σπίτι\n"),
            &["locations.csv!B2 choice-invalid"],
        ),
        (
            "locations.csv",
            format!("id,location_type,osn_protected,latitude,longitude\n{ONE},physical,ναι,37,23\n"),
            &["locations.csv!C2 protected-place-exposed"],
        ),
        (
            "taxonomy_terms.csv",
            format!("id,code,name,description,taxonomy,osn_parent\n{ONE},a,Α,α,category,b\n{TWO},b,Β,β,category,a\n"),
            &[
                "taxonomy_terms.csv!F2 stands-above-itself",
                "taxonomy_terms.csv!F3 stands-above-itself",
            ],
        ),
        (
            "taxonomy_terms.csv",
            format!("id,code,name,description,taxonomy\n{ONE},a,Α,α,category\n{TWO},a,Β,β,category\n"),
            &["taxonomy_terms.csv!B3 duplicate-code"],
        ),
        ("notes.csv", "α,β\n1,2\n".to_owned(), &["notes.csv file-no-table"]),
        ("empty.csv", String::new(), &["empty.csv file-no-table"]),
        (
            "broken.json",
            "{\"organizations\":[{".to_owned(),
            &["broken.json json-invalid"],
        ),
        (
            "picture.pdf",
            "%PDF-1.7".to_owned(),
            &["picture.pdf file-unknown-format"],
        ),
    ];
    for (name, text, wanted) in cases {
        assert_eq!(
            &faults(name, text.as_bytes(), &empty(), &Limits::default()),
            wanted,
            "{text:.200}"
        );
    }
}

#[test]
fn a_rule_of_recurrence_that_is_none_is_refused_at_its_record() {
    let organizations = format!("id,name,description\n{ONE},Α,β\n");
    let services = format!("id,organization_id,name,description,status\n{TWO},{ONE},Α,β,active\n");
    for (byday, fine) in [("MO,TU", true), ("ΔΕ", false), ("MO;TU", false), ("99MO", false)] {
        let schedules = format!("id,service_id,freq,byday\n,{TWO},WEEKLY,\"{byday}\"\n");
        let file = zipped(&[
            ("organizations.csv", organizations.as_bytes()),
            ("services.csv", services.as_bytes()),
            ("schedules.csv", schedules.as_bytes()),
        ]);
        let found = faults("a.zip", &file, &empty(), &Limits::default());
        let wanted: &[&str] = if fine {
            &[]
        } else {
            &["services.csv!2 record-invalid-recurrence"]
        };
        assert_eq!(found, wanted, "{byday}");
    }
}

#[test]
fn coordinates_in_the_sea_are_noted_at_their_cell() {
    let corner = |text: &str| text.parse().unwrap();
    let bounds = BoundingBox {
        south: corner("37.9"),
        west: corner("23.6"),
        north: corner("38.1"),
        east: corner("23.8"),
    };
    let file = format!(
        "id,name,location_type,latitude,longitude\n{ONE},Α,physical,37.98,23.73\n{TWO},Β,physical,23.73,37.98\n"
    );
    let book = read("locations.csv", file.as_bytes(), &Limits::default());
    let noted = |bounds| {
        let planned = plan(&book, &empty(), Options { bounds, ..options() });
        assert_eq!(
            (planned.faults.len(), planned.plan.added.len()),
            (0, 2),
            "it is taken all the same"
        );
        let notes = planned.notes.iter();
        notes
            .map(|note| format!("{} {}", note.place(), note.code.name()))
            .collect::<Vec<_>>()
    };
    assert_eq!(noted(Some(bounds)), ["locations.csv!D3 coordinates-outside"]);
    assert_eq!(
        noted(None),
        Vec::<String>::new(),
        "a municipality that names no corners"
    );
}

#[test]
fn nothing_was_confirmed_tomorrow() {
    let file = format!(
        "id,organization_id,name,description,status,assured_date\n{ONE},{TWO},Συσσίτιο,Γεύμα,active,2022-06-02\n"
    );
    let bodies = format!("id,name,description\n{TWO},Ένωση,Σύλλογος\n");
    let parts = [
        ("organizations.csv", bodies.as_bytes()),
        ("services.csv", file.as_bytes()),
    ];
    let book = read("a.zip", &zipped(&parts), &Limits::default());
    let found = |today: &str| {
        let today = Some(today.parse().unwrap());
        let planned = plan(&book, &empty(), Options { today, ..options() });
        let faults = planned.faults.iter().map(|fault| fault.code.name());
        faults.collect::<Vec<_>>()
    };
    let with = |code: &str| found("2022-06-01").contains(&code) && !found("2022-06-02").contains(&code);
    assert!(
        with("confirmed-ahead"),
        "{:?} {:?}",
        found("2022-06-01"),
        found("2022-06-02")
    );
}

#[test]
fn bombs_and_broken_archives_are_refused() {
    let zeros = vec![b'0'; 3 << 20];
    let small = Limits {
        unpacked: 1 << 20,
        parts: 3,
        bytes: 1 << 20,
        ..Limits::default()
    };
    let bomb = zipped(&[("organizations.csv", &zeros)]);
    assert!(bomb.len() < 100_000);
    assert_eq!(faults("a.zip", &bomb, &empty(), &small), ["a.zip file-bomb"]);
    let workbook = zipped(&[("xl/workbook.xml", &zeros)]);
    assert_eq!(faults("a.xlsx", &workbook, &empty(), &small), ["a.xlsx file-bomb"]);
    let many = zipped(&[("1.csv", b""), ("2.csv", b""), ("3.csv", b""), ("4.csv", b"")]);
    assert_eq!(faults("a.zip", &many, &empty(), &small), ["a.zip file-too-many-parts"]);
    assert_eq!(faults("a.csv", &zeros, &empty(), &small), ["a.csv file-too-large"]);
    let cut = &zipped(&[("organizations.csv", b"id,name\n")])[..40];
    assert_eq!(faults("a.zip", cut, &empty(), &small), ["a.zip file-broken"]);
    let no_workbook = zipped(&[("xl/workbook.xml", b"<workbook")]);
    assert_eq!(faults("a.xlsx", &no_workbook, &empty(), &small), ["a.xlsx file-broken"]);
}

#[test]
fn what_old_programs_save_is_read() {
    let text = "id;name;description;year_incorporated\r\n;Δήμος;Περιγραφή;1.834\r\n";
    let (greek, _, _) = encoding_rs::WINDOWS_1253.encode(text);
    let mut marked = b"\xef\xbb\xbf".to_vec();
    marked.extend_from_slice(text.as_bytes());
    let wide: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let tabbed = text.replace(';', "\t");
    for bytes in [
        &greek[..],
        &marked,
        &wide,
        tabbed.as_bytes(),
        format!("sep=;\n{text}").as_bytes(),
    ] {
        let planned = plan(
            &read("organizations.csv", bytes, &Limits::default()),
            &empty(),
            options(),
        );
        let codes: Vec<_> = planned.faults.iter().map(|fault| fault.code.name()).collect();
        // 1.834 is no year: a dot is a decimal point in machines' files.
        assert_eq!(codes, ["count-invalid"]);
    }
    let fine = text.replace("1.834", "1834");
    let (greek, _, _) = encoding_rs::WINDOWS_1253.encode(&fine);
    let planned = plan(
        &read("organizations.csv", &greek, &Limits::default()),
        &empty(),
        options(),
    );
    let [DirectoryRecord::Organization(body)] = planned.plan.added.as_slice() else {
        panic!("{planned:?}")
    };
    assert_eq!((body.name.get("el"), body.year_incorporated), ("Δήμος", Some(1834)));
}

fn terms() -> Directory {
    let term = |id: u128, code: &str, taxonomy, name: &str| {
        DirectoryRecord::TaxonomyTerm(TaxonomyTerm::new(
            TermId::new(Uuid::from_u128(id)),
            TermCode::new(code),
            taxonomy,
            LocalText::new(name, code),
        ))
    };
    Directory::new(
        osn_core::time::Instant::default(),
        [
            term(1, "food", Taxonomy::Category, "Σίτιση"),
            term(
                2,
                "single-parents",
                Taxonomy::BeneficiaryGroup,
                "Μονογονεϊκές οικογένειες",
            ),
            term(3, "area.6", Taxonomy::Area, "6η Δημοτική Κοινότητα"),
        ],
    )
}

#[test]
fn a_clerk_fills_in_the_simple_sheet() {
    let text = "ΦΟΡΕΑΣ;Υπηρεσια;Περιγραφή;Κατηγορία;Δομή;Διεύθυνση;Ομάδες ωφελουμένων;Κοινότητες;Από ηλικία;Ωράριο;Τηλέφωνο;Γλώσσες;Κόστος;Δικαιολογητικά;Ελεύθερες θέσεις;Επιβεβαιώθηκε στις\n\
        Δήμος;Συσσίτιο;Γεύμα κάθε μέρα;ΣΙΤΙΣΗ;Κέντρο;Οδός 1;μονογονεικες οικογενειες;6η Δημοτική Κοινότητα;18;\"Δευ-Παρ 09:00-14:00; Σαβ 10-12\";+30 2100000000;\"Ελληνικά, Αγγλικά\";Δωρεάν;Ταυτότητα;12;15/7/2026\n\
        Δήμος;Συσσίτιο;Γεύμα κάθε μέρα;Σίτιση;Δεύτερο κέντρο;Οδός 2;;;;;;;;;;\n";
    let book = read("Υπηρεσίες.csv", text.as_bytes(), &Limits::default());
    let planned = plan(&book, &terms(), options());
    assert_eq!(planned.faults, []);
    let kinds: Vec<&str> = planned.plan.added.iter().map(DirectoryRecord::kind).collect();
    assert_eq!(kinds, ["organization", "location", "location", "service"]);
    let Some(DirectoryRecord::Service(service)) = planned.plan.added.last() else {
        panic!()
    };
    assert_eq!(service.categories, [TermCode::new("food")]);
    assert_eq!(service.groups, Some(vec![TermCode::new("single-parents")]));
    assert_eq!(service.languages, Some(vec!["el".to_owned(), "en".to_owned()]));
    assert_eq!((service.free_of_charge, service.minimum_age), (Some(true), Some(18)));
    assert_eq!(service.service_at_locations.len(), 2);
    assert_eq!(service.service_at_locations[0].schedules.len(), 2);
    assert_eq!(service.phones[0].number, "+30 2100000000");
    assert_eq!(service.capacity().map(|capacity| capacity.available), Some(12));
    let after = Directory::new(
        osn_core::time::Instant::default(),
        terms().records().chain(planned.plan.added.clone()),
    );
    let again = plan(&book, &after, options());
    assert!(again.plan.is_empty() && again.faults.is_empty(), "{again:?}");
    assert_eq!(again.plan.untouched, 4);
}

#[test]
fn faults_of_the_simple_sheet_stand_at_its_cells() {
    let header = "Φορέας,Υπηρεσία,Περιγραφή,Κατηγορία,Ωράριο,Ομάδες ωφελουμένων,Από ηλικία\n";
    for (row, wanted) in [
        ("Δήμος,Α,β,Φαγητό,,,", "D2 term-unknown"),
        ("Δήμος,,β,Σίτιση,,,", "B2 cell-missing"),
        ("Δήμος,Α,β,Σίτιση,όποτε,,", "E2 hours-invalid"),
        ("Δήμος,Α,β,Σίτιση,,Αρειανοί,", "F2 term-unknown"),
        ("Δήμος,Α,β,Σίτιση,,,νέος", "G2 count-invalid"),
    ] {
        let found = faults(
            "Υπηρεσίες.csv",
            format!("{header}{row}\n").as_bytes(),
            &terms(),
            &Limits::default(),
        );
        assert_eq!(found, [format!("Υπηρεσίες.csv!{wanted}")], "{row}");
    }
}

#[test]
fn the_template_is_an_empty_simple_sheet() {
    let mut out = Cursor::new(Vec::new());
    osn_file::template(&terms(), &mut out).unwrap();
    let book = read("υπόδειγμα.xlsx", out.get_ref(), &Limits::default());
    assert_eq!(
        (book.faults.len(), book.rows()),
        (0, 0),
        "{:?} {:?}",
        book.faults,
        book.notes
    );
    let planned = plan(&book, &terms(), options());
    assert!(
        planned.plan.is_empty() && planned.faults.is_empty(),
        "{:?}",
        planned.faults
    );
}

/// What helps a clerk is in the workbook: lists of the municipality's own terms, a note on each column, help with an example.
#[test]
fn the_template_helps_whoever_fills_it_in() {
    use std::io::Read as _;

    let mut out = Cursor::new(Vec::new());
    osn_file::template(&terms(), &mut out).unwrap();
    let mut archive = zip::ZipArchive::new(out).unwrap();
    let mut parts = std::collections::BTreeMap::new();
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).unwrap();
        let mut text = String::new();
        if part.read_to_string(&mut text).is_ok() {
            parts.insert(part.name().unwrap().into_owned(), text);
        }
    }
    let validated: Vec<&String> = parts
        .values()
        .filter(|text| text.contains("<dataValidations"))
        .collect();
    let [sheet] = validated.as_slice() else {
        panic!("one sheet has lists: {:?}", parts.keys());
    };
    let lists = sheet.matches("type=\"list\"").count();
    assert!(lists >= 2, "categories, and whether a place is protected: {lists}");
    assert!(sheet.contains("$A$2:$A$"), "the list of categories is on its own sheet");
    let notes = parts.iter().find(|(name, _)| name.contains("comments")).unwrap().1;
    assert!(notes.matches("Υποχρεωτικό / Required. ").count() > 2, "{notes}");
    assert!(notes.contains("Π.χ. "), "each note has an example: {notes}");
    let texts = &parts["xl/sharedStrings.xml"];
    for term in terms().all_terms() {
        assert!(texts.contains(term.name.get("el")), "{} is offered", term.code);
    }
}

/// A sheet with a header and a row; `day!` and `time!` are cells that hold a day or a time.
fn sheet(book: &mut Workbook, name: &str, cells: &[(&str, &str)]) {
    let formats =
        [("day", "dd/mm/yyyy"), ("time", "hh:mm")].map(|(kind, shown)| (kind, Format::new().set_num_format(shown)));
    let sheet = book.add_worksheet();
    sheet.set_name(name).unwrap();
    for (column, (head, cell)) in (0_u16..).zip(cells) {
        sheet.write_string(0, column, *head).unwrap();
        match cell.split_once('!') {
            Some((kind, said)) => {
                let (_, format) = formats.iter().find(|(known, _)| *known == kind).unwrap();
                let moment = ExcelDateTime::parse_from_str(said).unwrap();
                sheet.write_datetime_with_format(1, column, moment, format).unwrap();
            }
            None => {
                sheet.write_string(1, column, *cell).unwrap();
            }
        }
    }
}

#[test]
fn days_and_times_of_a_workbook_are_read_as_its_program_shows_them() {
    let mut book = Workbook::new();
    sheet(
        &mut book,
        "organization",
        &[("id", ONE), ("name", "Α"), ("description", "β")],
    );
    let service = [
        ("id", TWO),
        ("organization_id", ONE),
        ("name", "Α"),
        ("description", "β"),
        ("status", "active"),
        ("assured_date", "day!2022-05-20"),
    ];
    sheet(&mut book, "service", &service);
    let schedule = [
        ("service_id", TWO),
        ("valid_from", "day!2022-06-01"),
        ("opens_at", "time!09:30"),
        ("closes_at", "time!14:00"),
        ("byday", "MO"),
        ("freq", "WEEKLY"),
    ];
    sheet(&mut book, "schedule", &schedule);
    let bytes = book.save_to_buffer().unwrap();
    let planned = plan(&read("a.xlsx", &bytes, &Limits::default()), &empty(), options());
    assert_eq!(planned.faults, []);
    let Some(DirectoryRecord::Service(service)) = planned.plan.added.last() else {
        panic!("{planned:?}")
    };
    assert_eq!(
        service.assured_date.map(|day| day.to_string()).as_deref(),
        Some("2022-05-20")
    );
    let schedule = &service.schedules[0];
    let told = |time: Option<chrono::NaiveTime>| time.map(|time| time.to_string()).unwrap_or_default();
    assert_eq!(
        (
            told(schedule.opens_at),
            told(schedule.closes_at),
            schedule.valid_from.map(|day| day.to_string())
        ),
        (
            "09:30:00".to_owned(),
            "14:00:00".to_owned(),
            Some("2022-06-01".to_owned())
        )
    );
}

#[test]
fn of_very_many_faults_the_first_are_listed_and_all_are_counted() {
    // Faults of cells, and faults that only the rules of the mapping find.
    for (cell, code) in [("χίλια", "count-invalid"), ("1834", "record-invalid-email")] {
        let mut file = "name,description,email,year_incorporated\n".to_owned();
        for row in 0..12_000 {
            file.push_str(&format!("Φορέας {row},α,κάποιος,{cell}\n"));
        }
        let book = read("organizations.csv", file.as_bytes(), &Limits::default());
        let verdict = steps(&book, &empty(), &BTreeMap::new(), options(), |_| ());
        assert_eq!(verdict.faults.len(), 12_000, "{code}");
        let list = verdict.faults.into_list();
        assert!(list.len() < 1_100, "{}", list.len());
        assert_eq!(list[0].code.name(), code);
        let told: usize = list
            .iter()
            .filter(|fault| fault.code.name() == "more-of-these")
            .map(|fault| fault.value.parse::<usize>().unwrap())
            .sum();
        let listed = list.iter().filter(|fault| fault.code.name() == code).count();
        assert_eq!((listed, told), (1_000, 11_000), "{code}");
    }
}

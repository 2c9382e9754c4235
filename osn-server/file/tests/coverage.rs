//! The consolidated view as a sheet of the workbook: every cell says what the matrix says, gaps are seen, and the sheet is
//! for people alone: a workbook with it comes back as the same mapping.

mod support;

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};
use osn_core::coverage::FreshnessPolicy;
use osn_core::directory::{
    Directory, DirectoryRecord, Organization, Service, ServiceStatus, Taxonomy, TaxonomyTerm, TermCode,
};
use osn_core::id::{OrganizationId, ServiceId, TermId};
use osn_core::lang::LocalText;
use osn_core::matrix::CoverageMatrix;
use osn_core::time::Instant;
use osn_file::{Format, Limits, plan, read, write};
use uuid::Uuid;

const SHEET: &str = "Συγκεντρωτική εικόνα";

fn codes(codes: &[&str]) -> Vec<TermCode> {
    codes.iter().map(|code| TermCode::new(*code)).collect()
}

fn service(number: u128, category: &str, groups: Option<&[&str]>, areas: &[&str], assured: &str) -> DirectoryRecord {
    DirectoryRecord::Service(Service {
        description: LocalText::new("Τι προσφέρει", "What it offers"),
        categories: codes(&[category]),
        groups: groups.map(codes),
        areas: Some(codes(areas)),
        assured_date: assured.parse().ok(),
        ..Service::new(
            ServiceId::new(Uuid::from_u128(100 + number)),
            OrganizationId::new(Uuid::from_u128(50)),
            LocalText::new(format!("Υπηρεσία {number}"), format!("Service {number}")),
            ServiceStatus::Active,
        )
    })
}

fn city() -> Directory {
    let terms = [
        (1, "food", Taxonomy::Category, "Σίτιση"),
        (2, "shelter", Taxonomy::Category, "=Στέγη"),
        (3, "parents", Taxonomy::BeneficiaryGroup, "Γονείς"),
        (4, "elderly", Taxonomy::BeneficiaryGroup, "Ηλικιωμένοι"),
        (5, "first", Taxonomy::Area, "1η Κοινότητα"),
        (6, "second", Taxonomy::Area, "2η Κοινότητα"),
    ];
    let terms = terms.map(|(id, code, taxonomy, name)| {
        let (id, code) = (TermId::new(Uuid::from_u128(id)), TermCode::new(code));
        DirectoryRecord::TaxonomyTerm(TaxonomyTerm::new(id, code, taxonomy, LocalText::new(name, name)))
    });
    let body = DirectoryRecord::Organization(Organization::new(
        OrganizationId::new(Uuid::from_u128(50)),
        LocalText::new("Φορέας", "Body"),
        LocalText::new("Περιγραφή", "Description"),
    ));
    let services = [
        service(1, "food", Some(&["parents"]), &["first"], "2026-11-01"),
        service(2, "food", Some(&["parents", "elderly"]), &["first"], "2026-11-01"),
        service(3, "food", None, &["second"], "2026-11-01"),
        service(4, "shelter", Some(&["elderly"]), &["second"], "2025-01-01"),
    ];
    let records = terms.into_iter().chain([body]).chain(services);
    Directory::new(Instant::default(), records)
}

/// The cell as the sheet writes it, read back: serving, unknown, out of date, actions.
fn counts(cell: &Data) -> [u32; 4] {
    let text = cell.to_string();
    let mut numbers = text
        .split(|symbol: char| !symbol.is_ascii_digit())
        .filter_map(|number| number.parse().ok());
    std::array::from_fn(|_| numbers.next().unwrap_or_default())
}

#[test]
fn every_cell_of_the_sheet_says_what_the_matrix_says() {
    let city = city();
    let axes = [
        codes(&["food", "shelter"]),
        codes(&["parents", "elderly"]),
        codes(&["first", "second"]),
    ];
    let on = "2026-11-26".parse().unwrap();
    let matrix = CoverageMatrix::new(&city, FreshnessPolicy::default(), on, axes, &[]);
    let mut out = Cursor::new(Vec::new());
    write(Format::Xlsx, &city, Some(&matrix), &mut out, |_| ()).unwrap();
    let bytes = out.into_inner();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.clone())).unwrap();
    let sheet = book.worksheet_range(SHEET).unwrap();
    let said = |row: usize, column: usize| sheet.get((row, column)).cloned().unwrap_or_default();
    assert!(said(0, 0).to_string().contains("26/11/2026"), "{}", said(0, 0));
    assert_eq!(
        [said(2, 2), said(2, 3)].map(|head| head.to_string()),
        ["1η Κοινότητα", "2η Κοινότητα"]
    );
    let mut found: BTreeMap<[String; 3], [u32; 4]> = BTreeMap::new();
    for row in 3..7 {
        for column in 2..4 {
            let key = [said(row, 0), said(row, 1), said(2, column)].map(|name| name.to_string());
            found.insert(key, counts(&said(row, column)));
        }
    }
    let name = |code: &TermCode| {
        let name = city.term(code).unwrap().name.get("el");
        osn_file::guard(name)
    };
    let wanted: BTreeMap<[String; 3], [u32; 4]> = matrix
        .cells()
        .map(|(codes, cell)| {
            let counts = [cell.serving, cell.undetermined, cell.stale, cell.actions];
            (codes.map(name), counts)
        })
        .collect();
    assert_eq!(found, wanted);
    let at = |category: &str, group: &str, area: &str| wanted[&[category, group, area].map(str::to_owned)];
    assert_eq!(at("Σίτιση", "Γονείς", "1η Κοινότητα"), [2, 0, 0, 0], "two serve");
    assert_eq!(
        at("Σίτιση", "Γονείς", "2η Κοινότητα"),
        [0, 1, 0, 0],
        "one does not name its groups"
    );
    assert_eq!(
        at("'=Στέγη", "Ηλικιωμένοι", "2η Κοινότητα"),
        [0, 0, 1, 0],
        "one is too old to count"
    );
    assert_eq!(at("'=Στέγη", "Γονείς", "1η Κοινότητα"), [0; 4], "nobody");
    let book = read("mapping.xlsx", &bytes, &Limits::default());
    assert_eq!((book.faults.len(), book.notes.len()), (0, 0), "{:?}", book.notes);
    let again = plan(&book, &city, support::options());
    assert!(again.plan.is_empty() && again.faults.is_empty(), "{again:?}");
    let fresh = plan(&book, &support::empty(), support::options());
    assert_eq!(fresh.plan.added.len(), city.records().count(), "{:?}", fresh.faults);
}

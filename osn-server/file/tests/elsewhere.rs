//! HSDS JSON that is no export as it was written: of whatever other system, and an export that a program wrote again.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use osn_core::directory::{Directory, DirectoryRecord, Organization, Phone, Taxonomy, TaxonomyTerm, TermCode};
use osn_core::id::{OrganizationId, TermId};
use osn_core::lang::LocalText;
use osn_file::{Format, Limits, Planned};
use serde_json::{Value, json};
use support::{empty, options};
use uuid::Uuid;

const BODY: Uuid = Uuid::from_u128(0xb0);
const SERVICE: Uuid = Uuid::from_u128(0x50);
const FOOD: Uuid = Uuid::from_u128(0x10);
const COMMUNITY: Uuid = Uuid::from_u128(0x11);

fn directory(records: impl IntoIterator<Item = DirectoryRecord>) -> Directory {
    Directory::new(osn_core::time::Instant::default(), records)
}

fn text(greek: &str) -> LocalText {
    LocalText::only("el", greek)
}

fn terms() -> Directory {
    let terms = [
        (FOOD, "food", Taxonomy::Category),
        (COMMUNITY, "area.1", Taxonomy::Area),
    ];
    directory(terms.map(|(id, code, taxonomy)| {
        let term = TaxonomyTerm::new(TermId::new(id), TermCode::new(code), taxonomy, text(code));
        DirectoryRecord::TaxonomyTerm(term)
    }))
}

fn planned(text: &str, existing: &Directory) -> Planned {
    let book = osn_file::read("a.json", text.as_bytes(), &Limits::default());
    osn_file::plan(&book, existing, options())
}

/// The service that a document brings.
fn service(document: &Value) -> osn_core::directory::Service {
    let planned = planned(&document.to_string(), &terms());
    assert_eq!(planned.faults, []);
    let mut services = planned.plan.added.into_iter().filter_map(|record| match record {
        DirectoryRecord::Service(service) => Some(service),
        _ => None,
    });
    services.next().unwrap()
}

fn document(more: Value) -> Value {
    let mut document = json!({
        "id": SERVICE,
        "name": "Συσσίτιο",
        "description": "Μεσημεριανό γεύμα",
        "status": "active",
        "organization": { "id": BODY, "name": "Ένωση", "description": "Σύλλογος" },
    });
    let all = document.as_object_mut().unwrap();
    all.extend(more.as_object().unwrap().clone());
    document
}

#[test]
fn terms_that_the_rules_read_come_from_attributes() {
    let attributes = [FOOD, COMMUNITY]
        .map(|term| json!({ "id": Uuid::new_v5(&SERVICE, term.as_bytes()), "taxonomy_term_id": term }));
    let service = service(&document(json!({
        "attributes": attributes,
        "languages": [{ "id": Uuid::from_u128(0x99), "code": "ar", "note": "Τις Δευτέρες" }],
    })));
    assert_eq!(service.categories, [TermCode::new("food")]);
    assert_eq!(service.areas, Some(vec![TermCode::new("area.1")]));
    assert_eq!(service.languages, Some(vec!["ar".to_owned()]));
    assert_eq!((service.attributes.len(), service.language_notes.len()), (0, 1));
}

/// Kinds of links that happen to be ours are facts only by their identifiers.
#[test]
fn an_attribute_that_follows_from_nothing_stays_what_it_is() {
    let service = service(&document(json!({
        "attributes": [
            { "id": Uuid::from_u128(0x60), "link_type": "cost", "value": "free" },
            { "id": Uuid::from_u128(0x61), "link_type": "stated_none", "value": "groups" },
        ],
        "service_areas": [{ "id": Uuid::from_u128(0x62), "name": "Κέντρο" }],
        "osn": "κάτι άλλο",
        "translations": ["el"],
    })));
    assert_eq!((service.free_of_charge, service.groups), (None, None));
    assert_eq!((service.attributes.len(), service.service_areas.len()), (2, 1));
}

#[test]
fn texts_in_several_languages_and_what_stands_for_nothing_are_told_apart() {
    let service = service(&document(json!({
        "name": "Soup kitchen",
        "alternate_name": "Συσσίτιο",
        "translations": { "el": { "name": "Συσσίτιο" }, "en": { "name": "Soup kitchen" }, "ar": { "name": "مطبخ" } },
        "osn": { "unsaid": ["alternate_name", "updated.time", "nothing"] },
    })));
    let names: Vec<_> = service.name.iter().collect();
    assert_eq!(names, [("ar", "مطبخ"), ("el", "Συσσίτιο"), ("en", "Soup kitchen")]);
    assert!(service.alternate_name.is_empty());
}

/// An export says also that there is none of something, and a term that does not name what stands above it keeps it.
#[test]
fn an_export_that_a_program_wrote_again_is_still_one() {
    let with = |phones| {
        let body = Organization::new(OrganizationId::new(BODY), text("Ένωση"), text("Σύλλογος"));
        directory([DirectoryRecord::Organization(Organization { phones, ..body })])
    };
    let mut out = std::io::Cursor::new(Vec::new());
    osn_file::write(Format::Json, &with(Vec::new()), None, &mut out, |_| ()).unwrap();
    let written = String::from_utf8(out.into_inner()).unwrap();
    let sorted = written.replacen("\"osn_file\":1,", "", 1);
    let sorted = sorted.trim_end().strip_suffix('}').unwrap();
    let sorted = format!("{sorted},\"osn_file\" : 1}}");
    let known = with(vec![Phone::new(Uuid::from_u128(7), "2105550100".to_owned())]);
    for text in [written, sorted] {
        let planned = planned(&text, &known);
        assert_eq!((planned.faults.len(), planned.plan.changed.len()), (0, 1), "{text}");
        assert_eq!(self::planned(&text, &empty()).plan.added.len(), 1);
    }
}

#[test]
fn a_term_keeps_what_stands_above_it() {
    let child = TaxonomyTerm {
        parent: Some(TermCode::new("food")),
        ..TaxonomyTerm::new(
            TermId::new(Uuid::from_u128(0x12)),
            TermCode::new("food.meals"),
            Taxonomy::Category,
            text("Γεύματα"),
        )
    };
    let known = directory(terms().records().chain([DirectoryRecord::TaxonomyTerm(child)]));
    let term = json!({ "id": Uuid::from_u128(0x12), "code": "food.meals", "name": "Μαγειρεμένα", "description": "Γεύματα", "term_uri": "https://a.gr" });
    let planned = planned(&term.to_string(), &known);
    assert_eq!((planned.faults.len(), planned.plan.changed.len()), (0, 1));
    match planned.plan.changed.first().map(|change| &change.record) {
        Some(DirectoryRecord::TaxonomyTerm(term)) => {
            assert_eq!(
                (term.taxonomy, &term.parent),
                (Taxonomy::Category, &Some(TermCode::new("food")))
            );
        }
        other => panic!("{other:?}"),
    }
}

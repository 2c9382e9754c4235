//! The official example data of HSDS 3.2.3 (`OSN_HSDS_DIR`): its broken pointers are reported, its whole parts are taken.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says what it did not run"
)]

mod support;

use std::path::PathBuf;

use osn_core::directory::DirectoryRecord;
use osn_file::{Layout, Limits, Options, Part, describe, plan, read, read_parts};
use serde_json::Value;
use support::{empty, options};

fn folder() -> Option<PathBuf> {
    let found = std::env::var_os("OSN_HSDS_DIR")
        .map(PathBuf::from)
        .filter(|path| path.exists());
    if found.is_none() {
        println!("NOT RUN: set OSN_HSDS_DIR to a copy of the official schemas and examples");
    }
    found
}

fn csv(folder: &std::path::Path, fix: bool) -> Vec<Part> {
    let mut parts = Vec::new();
    for entry in std::fs::read_dir(folder.join("examples/csv")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.extension().is_some_and(|ending| ending == "csv") {
            let mut text = std::fs::read_to_string(&path).unwrap();
            if fix && name == "locations.csv" {
                text = text.replace(",100,101,", ",10,101,");
            }
            parts.push((name, text.into_bytes()));
        }
    }
    parts.sort();
    parts.into_iter().map(|(name, bytes)| Part::held(name, bytes)).collect()
}

#[test]
fn the_tables_of_the_example_name_every_broken_pointer() {
    let Some(folder) = folder() else { return };
    let book = read_parts(&csv(&folder, true), &Limits::default());
    let strict = plan(&book, &empty(), options());
    let places: Vec<String> = strict
        .faults
        .iter()
        .map(|fault| format!("{} {}", fault.place(), fault.code.name()))
        .collect();
    assert!(strict.plan.is_empty() && !places.is_empty());
    for wanted in [
        "locations.csv!D2",
        "contacts.csv!B2",
        "contacts.csv!D2",
        "taxonomy_terms.csv!H2",
    ] {
        assert!(
            places.iter().any(|place| place.starts_with(wanted)),
            "{wanted}: {places:#?}"
        );
    }
    let lenient = Options {
        lenient_references: true,
        ..options()
    };
    let taken = plan(&book, &empty(), lenient);
    println!("{:#?}", taken.faults);
    assert!(
        taken.notes.len() >= places.len(),
        "every pointer that was left out is listed"
    );
    let kinds: Vec<&str> = taken.plan.added.iter().map(DirectoryRecord::kind).collect();
    assert!(
        kinds.contains(&"service") && kinds.contains(&"location"),
        "{kinds:?} {:#?}",
        taken.faults
    );
}

#[test]
fn the_json_of_the_example_is_understood() {
    let Some(folder) = folder() else { return };
    for (name, wanted) in [
        ("service_full.json", "service"),
        ("organization_full.json", "organization"),
        ("location.json", "location"),
        ("taxonomy_term.json", "taxonomy-term"),
        ("taxonomy.json", "taxonomy"),
        ("service_at_location_full.json", "service"),
        ("service_list.json", "service"),
    ] {
        let text = std::fs::read_to_string(folder.join("examples").join(name)).unwrap();
        // The examples lie beyond the pole.
        let text = text.replace("\"latitude\": 100", "\"latitude\": 10");
        let book = read(name, text.as_bytes(), &Limits::default());
        let lenient = Options {
            lenient_references: true,
            ..options()
        };
        let taken = plan(&book, &empty(), lenient);
        let kinds: Vec<&str> = taken.plan.added.iter().map(DirectoryRecord::kind).collect();
        assert!(kinds.contains(&wanted), "{name}: {kinds:?} {:#?}", taken.faults);
    }
}

#[test]
fn our_package_has_every_field_of_the_official_one() {
    let Some(folder) = folder() else { return };
    let official: Value = serde_json::from_slice(&std::fs::read(folder.join("datapackage.json")).unwrap()).unwrap();
    let ours = describe(&Layout::new(["en"]));
    let named = |package: &Value, name: &str| {
        package["resources"]
            .as_array()
            .unwrap()
            .iter()
            .find(|found| found["name"] == name)
            .cloned()
    };
    for table in official["resources"].as_array().unwrap() {
        let name = table["name"].as_str().unwrap();
        let found = named(&ours, name).unwrap_or_else(|| panic!("no {name}"));
        assert_eq!(found["path"], table["path"]);
        for field in table["schema"]["fields"].as_array().unwrap() {
            let fields = found["schema"]["fields"].as_array().unwrap();
            let known = fields.iter().find(|known| known["name"] == field["name"]);
            let known = known.unwrap_or_else(|| panic!("{name} has no {}", field["name"]));
            assert_eq!(known["type"], field["type"], "{name}.{}", field["name"]);
            assert_eq!(
                known["constraints"]["required"], field["constraints"]["required"],
                "{name}.{}",
                field["name"]
            );
        }
    }
}

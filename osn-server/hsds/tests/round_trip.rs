//! Records to HSDS and back lose nothing; the official examples come back as they were.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test")]

mod dice;

use std::path::Path;

use osn_core::directory::{Directory, DirectoryRecord};
use osn_core::lang::LocalText;
use osn_core::time::Instant;
use osn_hsds::{Finding, Form, Reader, Records, Writer, Wrong};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Everything in a directory as HSDS documents, read again.
fn there_and_back(directory: &Directory, lang: &str) -> (Records, Vec<Finding>) {
    let writer = Writer::new(directory, lang).with_metadata();
    let mut reader = Reader::new(lang);
    for taxonomy in writer.taxonomies() {
        reader.taxonomy(writer.taxonomy(&taxonomy));
    }
    for term in directory.all_terms() {
        reader.term(writer.term(term));
    }
    for organization in directory.organizations() {
        reader.organization(writer.organization(organization, Form::Full, None));
    }
    for location in directory.locations() {
        reader.location(writer.location(location, Form::Full));
    }
    for service in directory.services() {
        reader.service(writer.service(service, Form::Full));
    }
    reader.finish()
}

fn sorted(mut records: Vec<DirectoryRecord>) -> Vec<DirectoryRecord> {
    records.sort_by_key(|record| (record.kind(), record.uuid()));
    records
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn records_come_back_as_they_were(seed in any::<u64>(), lang in prop::sample::select(vec!["el", "en", "ar"])) {
        let given = dice::records(seed);
        let directory = Directory::new(Instant::default(), given.clone());
        let (records, findings) = there_and_back(&directory, lang);
        prop_assert_eq!(findings, []);
        for (back, given) in sorted(records.into_vec()).into_iter().zip(sorted(given.clone())) {
            prop_assert_eq!(back, given);
        }
    }

    #[test]
    fn a_service_alone_brings_all_that_it_names(seed in any::<u64>()) {
        let given = dice::records(seed);
        let directory = Directory::new(Instant::default(), given);
        let writer = Writer::new(&directory, "el").with_metadata();
        let mut reader = Reader::new("el");
        let service = directory.services().next().unwrap();
        reader.service(writer.service(service, Form::Full));
        let (records, findings) = reader.finish();
        prop_assert_eq!(findings, []);
        prop_assert_eq!(&records.services[&service.id], service);
        prop_assert_eq!(records.organizations.values().next(), directory.organizations().next());
        for location in service.locations() {
            prop_assert_eq!(&records.locations[&location], directory.location(location).unwrap());
        }
    }

    #[test]
    fn no_answer_holds_a_null_or_an_empty_text(seed in any::<u64>()) {
        let directory = Directory::new(Instant::default(), dice::records(seed));
        let writer = Writer::new(&directory, "en");
        for service in directory.services() {
            for form in [Form::Minimal, Form::List, Form::Full] {
                says_something(&writer.service(service, form))?;
            }
        }
    }
}

fn says_something(value: &Value) -> Result<(), TestCaseError> {
    match value {
        Value::Null => Err(TestCaseError::fail("null")),
        Value::String(text) if text.is_empty() => Err(TestCaseError::fail("empty text")),
        Value::Array(rows) if rows.is_empty() => Err(TestCaseError::fail("empty list")),
        Value::Array(rows) => rows.iter().try_for_each(says_something),
        Value::Object(map) => map.values().try_for_each(says_something),
        _ => Ok(()),
    }
}

/// How many arrays stand in a value; `osn` is ours, not the list form's.
fn arrays(value: &Value) -> usize {
    match value {
        Value::Array(_) => 1,
        Value::Object(map) => map
            .iter()
            .filter(|(key, _)| *key != "osn")
            .map(|(_, value)| arrays(value))
            .sum(),
        _ => 0,
    }
}

#[test]
fn lists_carry_no_arrays_and_the_least_form_what_the_schema_requires() {
    let directory = Directory::new(Instant::default(), dice::records(7));
    let service = directory.services().next().unwrap();
    let writer = Writer::new(&directory, "el");
    let list = writer.service(service, Form::List);
    assert_eq!(arrays(&list), 0, "{list}");
    assert!(list["organization"]["name"].is_string());
    let least = writer.service(service, Form::Minimal);
    assert!(least["id"].is_string() && least["name"].is_string() && least["status"].is_string());
}

#[test]
fn an_edited_text_means_the_language_in_which_it_was_read() {
    let named = |record| match record {
        DirectoryRecord::Service(mut service) => {
            service.name = LocalText::new("Όνομα", "Name");
            DirectoryRecord::Service(service)
        }
        other => other,
    };
    let directory = Directory::new(Instant::default(), dice::records(3).into_iter().map(named));
    let service = directory.services().next().unwrap();
    let mut document = Writer::new(&directory, "el").service(service, Form::Full);
    document["name"] = json!("Νέο όνομα");
    let mut reader = Reader::new("el");
    reader.service(document);
    let (records, _) = reader.finish();
    let back = &records.services[&service.id].name;
    assert_eq!(back.get("el"), "Νέο όνομα");
    assert_eq!(back.get("en"), service.name.get("en"), "the other languages stay");
}

#[test]
fn what_cannot_be_understood_is_named_by_its_path() {
    let mut reader = Reader::new("el");
    reader.service(json!({
        "id": "17", "name": "Υπηρεσία", "status": "open", "minimum_age": 2.5, "email": null,
        "schedules": [{ "id": "00000000-0000-0000-0000-000000000001", "opens_at": "noon", "valid_from": "1/2/2026" }],
        "phones": { "number": "1" },
    }));
    let (records, findings) = reader.finish();
    assert_eq!(records.services.len(), 1, "what was understood is kept");
    let found: Vec<(&str, Wrong)> = findings
        .iter()
        .map(|found| (found.path.as_str(), found.wrong))
        .collect();
    assert_eq!(
        found,
        [
            ("/id", Wrong::NotAUuid),
            ("/minimum_age", Wrong::NotWhole),
            ("/organization_id", Wrong::Missing),
            ("/phones", Wrong::NotAList),
            ("/schedules/0/opens_at", Wrong::NotATime),
            ("/schedules/0/valid_from", Wrong::NotADay),
            ("/status", Wrong::UnknownOption),
        ]
    );
}

/// The official examples, where `OSN_HSDS_DIR` names a copy.
fn example(name: &str) -> Option<Value> {
    let Some(dir) = std::env::var_os("OSN_HSDS_DIR") else {
        eprintln!("NOT RUN: OSN_HSDS_DIR names no copy of the official HSDS examples");
        return None;
    };
    let text = std::fs::read_to_string(Path::new(&dir).join("examples").join(name)).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

/// Every value of `wanted` that `got` does not have.
fn lost(path: &str, wanted: &Value, got: &Value, found: &mut Vec<String>) {
    match (wanted, got) {
        // The moment of the last change is the store's own; the name of a term's taxonomy is the taxonomy's.
        _ if path.ends_with("/last_modified") || path.ends_with("/taxonomy_term/taxonomy") => {}
        // A program's places stand in the organization's own document.
        _ if path.ends_with("/organization/locations") => {}
        (Value::Object(wanted), Value::Object(got)) => {
            for (key, value) in wanted {
                lost(
                    &format!("{path}/{key}"),
                    value,
                    got.get(key).unwrap_or(&Value::Null),
                    found,
                );
            }
        }
        (Value::Array(wanted), Value::Array(got)) => {
            for (index, value) in wanted.iter().enumerate() {
                let id = value.get("id");
                let same = got.iter().find(|row| row.get("id") == id).unwrap_or(&Value::Null);
                lost(&format!("{path}/{index}"), value, same, found);
            }
        }
        (Value::String(wanted), Value::String(got)) => {
            let moment = |text: &str| chrono::DateTime::parse_from_rfc3339(text).ok();
            if wanted != got && (moment(wanted).is_none() || moment(wanted) != moment(got)) {
                found.push(format!("{path}: {wanted} / {got}"));
            }
        }
        (wanted, got) if wanted != got => found.push(format!("{path}: {wanted} / {got}")),
        _ => {}
    }
}

#[test]
fn the_official_examples_lose_nothing() {
    let (Some(service), Some(organization)) = (example("service_full.json"), example("organization_full.json")) else {
        return;
    };
    let mut reader = Reader::new("en");
    reader.organization(organization.clone());
    reader.service(service.clone());
    let (records, findings) = reader.finish();
    assert_eq!(findings, []);
    let directory = Directory::new(Instant::default(), records.into_vec());
    let writer = Writer::new(&directory, "en").with_metadata();
    let mut found = Vec::new();
    let body = directory.organizations().next().unwrap();
    lost(
        "",
        &organization,
        &writer.organization(body, Form::Full, Some(Form::Full)),
        &mut found,
    );
    let wanted = directory.services().next().unwrap();
    lost("", &service, &writer.service(wanted, Form::Full), &mut found);
    assert!(found.is_empty(), "{found:#?}");
}

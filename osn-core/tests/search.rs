//! Search on a table that says what is typed, what comes first and why; and on whatever else may be typed.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use osn_core::search::{Builder, Field, Found, Index, SynonymError, SynonymGroup, Synonyms};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    synonyms: Vec<SynonymGroup>,
    record: Vec<Record>,
    query: Vec<Query>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    name: BTreeMap<String, String>,
    description: BTreeMap<String, String>,
    category: Vec<String>,
    organization: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    typed: Vec<String>,
    first: Vec<String>,
    all: Option<u32>,
    because: Option<String>,
    read_as: Option<String>,
    unknown: Option<String>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| toml::from_str(include_str!("cases/search.toml")).unwrap());
static INDEX: LazyLock<Index> = LazyLock::new(|| index(&TABLE.record));
static SYNONYMS: LazyLock<Synonyms> = LazyLock::new(|| Synonyms::new(&TABLE.synonyms).unwrap());

fn index(records: &[Record]) -> Index {
    let mut builder = Builder::new();
    let shared: Vec<_> = records
        .iter()
        .map(|record| {
            let category = builder.share(Field::Category, record.category.iter().map(String::as_str));
            [
                category,
                builder.share(Field::Organization, [record.organization.as_str()]),
            ]
        })
        .collect();
    for (record, shared) in records.iter().zip(shared) {
        let names = record.name.values().map(|text| (Field::Name, text.as_str()));
        let texts = record
            .description
            .values()
            .map(|text| (Field::Description, text.as_str()));
        builder.document(names.chain(texts), shared);
    }
    builder.finish()
}

fn because(found: &Found<'_>, document: u32) -> String {
    let reasons = found.reasons(document);
    let words = reasons.iter().map(|reason| {
        let name = |value: serde_json::Value| value.as_str().unwrap().to_owned();
        let form = name(serde_json::to_value(reason.form).unwrap());
        let field = name(serde_json::to_value(reason.field).unwrap());
        format!("{form} {field} {}", reason.matched)
    });
    words.collect::<Vec<_>>().join("; ")
}

#[test]
fn the_table_of_queries() {
    let (table, index, synonyms) = (&*TABLE, &*INDEX, &*SYNONYMS);
    let mut wrong = Vec::new();
    for query in &table.query {
        for typed in &query.typed {
            let found = index.find(typed, synonyms);
            let ranked = found.ranked(|document| document);
            let name = |document: u32| table.record[usize::try_from(document).unwrap()].name["el"].clone();
            let names: Vec<String> = ranked.iter().map(|hit| name(hit.document)).collect();
            if !names.starts_with(&query.first) || query.all.is_some_and(|all| all != found.len()) {
                wrong.push(format!(
                    "{typed}: {names:?}, wanted {:?} of {:?}",
                    query.first, query.all
                ));
                continue;
            }
            let said = ranked
                .first()
                .map(|hit| because(&found, hit.document))
                .unwrap_or_default();
            let read: Vec<String> = found
                .read_as()
                .map(|(typed, read)| format!("{typed} -> {read}"))
                .collect();
            let unknown: Vec<&str> = found.unknown().collect();
            for (what, expected, said) in [
                ("because", &query.because, said),
                ("read as", &query.read_as, read.join("; ")),
                ("unknown", &query.unknown, unknown.join("; ")),
            ] {
                if expected.as_ref().is_some_and(|expected| *expected != said) {
                    wrong.push(format!("{typed}: {what} {said:?}, wanted {expected:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_word_of_every_record_finds_it_and_says_where() {
    let (table, index, synonyms) = (&*TABLE, &*INDEX, Synonyms::default());
    for (document, record) in (0_u32..).zip(&table.record) {
        for text in record
            .name
            .values()
            .chain(record.description.values())
            .chain(&record.category)
        {
            let found = index.find(text, &synonyms);
            assert!(found.complete, "{text}");
            assert!(found.hits.iter().any(|hit| hit.document == document), "{text}");
            assert!(!found.reasons(document).is_empty(), "{text}");
        }
    }
}

#[test]
fn a_list_of_synonyms_is_checked() {
    let group = |words: &[&str]| SynonymGroup {
        words: words.iter().map(|word| (*word).to_owned()).collect(),
    };
    let long = "λ".repeat(121);
    let errors = Synonyms::new(&[
        group(&["σίτιση", "ΣΙΤΙΣΗ"]),
        group(&["σίτιση", "!!", "γεύμα"]),
        group(&["στέγη", &long]),
        group(&["στέγη", "σπίτι"]),
    ]);
    assert_eq!(
        errors,
        Err(vec![
            SynonymError::Size { group: 0 },
            SynonymError::Phrase { group: 1, word: 1 },
            SynonymError::Phrase { group: 2, word: 1 },
        ])
    );
}

proptest! {
    #[test]
    fn whatever_is_typed_is_answered(typed in "(\\PC{0,60}|[a-zα-ω;: ]{0,40})") {
        let (index, synonyms) = (&*INDEX, &*SYNONYMS);
        let found = index.find(&typed, synonyms);
        for hit in &found.hits {
            prop_assert!(!found.reasons(hit.document).is_empty());
        }
    }

    #[test]
    fn accents_and_case_change_no_answer(typed in "(στέγη|γεύματα|Ξενώνας|μαθήματα ελληνικών|άστεγους γυναίκες|πεινάω)") {
        let (index, synonyms) = (&*INDEX, &*SYNONYMS);
        let plain = osn_core::text::fold(&typed);
        let upper = typed.to_uppercase();
        let wanted = index.find(&typed, synonyms).ranked(|document| document);
        prop_assert_eq!(&index.find(&plain, synonyms).ranked(|document| document), &wanted);
        prop_assert_eq!(&index.find(&upper, synonyms).ranked(|document| document), &wanted);
    }
}

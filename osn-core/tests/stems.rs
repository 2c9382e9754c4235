//! The light stem, measured on families of words from real directories.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use osn_core::text::stem;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    families: Vec<String>,
    missed: Vec<String>,
    apart: Vec<[String; 2]>,
    confused: Vec<[String; 2]>,
}

fn table() -> Table {
    toml::from_str(include_str!("cases/stems.toml")).unwrap()
}

#[test]
fn forms_of_a_word_have_one_stem() {
    let table = table();
    let missed: Vec<(String, BTreeSet<String>)> = table
        .families
        .iter()
        .map(|family| (family.clone(), family.split(' ').map(stem).collect::<BTreeSet<_>>()))
        .filter(|(_, stems)| stems.len() > 1)
        .collect();
    let names: Vec<String> = missed.iter().map(|(family, _)| family.clone()).collect();
    assert_eq!(names, table.missed, "{missed:?}");
}

#[test]
fn other_words_have_other_stems() {
    let table = table();
    for [a, b] in &table.apart {
        assert_ne!(stem(a), stem(b), "{a} {b}");
    }
    for [a, b] in &table.confused {
        assert_eq!(stem(a), stem(b), "{a} {b}: no longer confused, take them off the list");
    }
}

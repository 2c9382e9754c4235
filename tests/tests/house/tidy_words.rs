//! House rules about words: what belongs to a program stays with it, and a page that names a test names one that is there.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
use osn_tests::house::{files, root};
use std::collections::{BTreeMap, BTreeSet};

/// The crates that know no program.
const HOUSE: [&str; 4] = ["osn-core", "osn-store", "osn-programs", "osn-server"];

/// What the texts of a program are of. A key of a reason or a failure is left out: those say what went wrong, in the words in
/// which everybody says it.
const OF_A_PROGRAM: [&str; 10] = [
    "field",
    "option",
    "evidence",
    "criterion",
    "rank",
    "supply",
    "category",
    "indicator",
    "parameter",
    "basis",
];

/// Keys of programs that are words of the house, too, and why.
const GENERAL: [(&str, &str); 2] = [
    ("birth-date", "whoever applies has one: the host asks for it"),
    ("single-parent", "a family that the law on equivalence scales names"),
];

/// Keys that the programs bring, each with a file that has it, as they are written: with dashes. A key without a dash
/// (`income`, `resident`, `minors`) is an ordinary word and cannot be looked for, nor can a name of ours in Rust be told from
/// one of theirs (`use_by` is a role that any program may declare). Names of programs are looked for elsewhere.
fn keys() -> BTreeMap<String, String> {
    let mut keys = BTreeMap::new();
    for file in files(&[".ftl", ".toml"]).unwrap() {
        let Some((_, inside)) = file.path.strip_prefix("plugins/").and_then(|rest| rest.split_once('/')) else {
            continue;
        };
        let found: Vec<&str> = if inside.starts_with("locales/") {
            let messages = file
                .text
                .lines()
                .filter_map(|line| line.split_once(" =").map(|(key, _)| key));
            messages
                .filter_map(|key| key.split_once('-'))
                .filter(|(kind, _)| OF_A_PROGRAM.contains(kind))
                .map(|(_, key)| key)
                .collect()
        } else if inside.starts_with("demo/") {
            scenario(&file.text)
        } else {
            Vec::new()
        };
        for key in found.into_iter().filter(|key| key.contains('-')) {
            keys.insert(key.to_owned(), file.path.clone());
        }
    }
    keys
}

/// Keys of a scenario, its actions and its calls: what stands before the people and their attempts, which are the story's own.
fn scenario(text: &str) -> Vec<&str> {
    let before = text.split("\n[people]").next().unwrap_or_default();
    let quoted = before.lines().filter_map(|line| line.strip_prefix("key = \""));
    quoted.filter_map(|rest| rest.split('"').next()).collect()
}

/// Whether `word` stands in `line` on its own: no letter, digit, dash or underscore beside it.
fn has_word(line: &str, word: &str) -> bool {
    let joins = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + word.len()..]);
        !before.chars().next_back().is_some_and(joins) && !after.chars().next().is_some_and(joins)
    })
}

#[test]
fn the_house_uses_no_key_of_a_program() {
    let keys = keys();
    assert!(
        keys.len() > 100,
        "only {} keys: this looks in the wrong place",
        keys.len()
    );
    let (mut wrong, mut met) = (Vec::new(), BTreeSet::new());
    for file in files(&[".rs", ".html", ".ftl", ".toml", ".sql"]).unwrap() {
        let is_test = file
            .path
            .split('/')
            .any(|part| matches!(part, "tests" | "benches" | "tests.rs"));
        if is_test || !file.is_below(&HOUSE) {
            continue;
        }
        // A test at the end of a file may name what the code must not.
        let code = file.text.split("#[cfg(test)]").next().unwrap_or_default();
        for (number, line) in code.lines().enumerate() {
            for (key, of) in keys.iter().filter(|(key, _)| has_word(line, key)) {
                met.insert(key.as_str());
                if GENERAL.iter().all(|(word, _)| word != key) {
                    wrong.push(format!("{}:{}: `{key}` is a word of {of}", file.path, number + 1));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "the house knows no program:\n  {}",
        wrong.join("\n  ")
    );
    for (word, _) in GENERAL {
        assert!(met.contains(word), "`{word}` is no longer in need of an exception");
    }
}

/// The rows of the table of invariants: what holds, and the quoted words of who holds it.
fn invariants(page: &str) -> Vec<(&str, Vec<&str>)> {
    let table = page.split("\n## ").find(|part| part.starts_with("Invariants"));
    let rows = table.unwrap_or_default().lines().filter_map(|line| {
        let row = line.strip_prefix("| ")?.strip_suffix(" |")?;
        row.rsplit_once(" | ")
    });
    rows.filter(|(what, _)| *what != "invariant")
        .map(|(what, held)| (what, held.split('`').skip(1).step_by(2).collect()))
        .collect()
}

#[test]
fn every_invariant_names_a_test_that_is_there() {
    let page = std::fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let rows = invariants(&page);
    assert!(
        rows.len() > 40,
        "{} rows: the table is read in another way now",
        rows.len()
    );
    let mut wrong = Vec::new();
    for (what, held) in rows {
        let tests: Vec<(&str, &str)> = held.iter().filter_map(|named| named.split_once("::")).collect();
        if tests.is_empty() {
            wrong.push(format!("{what}: no `file::function` holds it"));
        }
        for (file, function) in tests {
            let text = std::fs::read_to_string(root().join(file)).unwrap_or_default();
            if !text.contains(&format!("fn {function}(")) {
                wrong.push(format!("{what}: {file} has no `{function}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "docs/architecture.md:\n  {}", wrong.join("\n  "));
}

/// Blocks of documentation whose backticks do not pair: file and line of the first.
fn unpaired(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (mut count, mut began) = (0, None);
    for (number, line) in text.lines().chain([""]).enumerate() {
        let line = line.trim_start();
        if line.starts_with("///") || line.starts_with("//!") {
            began = began.or(Some(number + 1));
            count += line.matches('`').count();
        } else {
            found.extend(began.filter(|_| count % 2 == 1).map(|began| format!("{path}:{began}")));
            (count, began) = (0, None);
        }
    }
    found
}

#[test]
fn backticks_of_documentation_close() {
    assert_eq!(unpaired("x", "/// `one`\n/// `two\nfn x() {}\n//! ``"), ["x:1"]);
    let wrong: Vec<String> = files(&[".rs"])
        .unwrap()
        .iter()
        .flat_map(|file| unpaired(&file.path, &file.text))
        .collect();
    assert!(wrong.is_empty(), "a backtick is left open:\n  {}", wrong.join("\n  "));
}

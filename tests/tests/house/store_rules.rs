//! The store's own rules as tests: one text for both databases, few marked exceptions, no time and no guesses in SQL.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
use osn_tests::house::{File, files};

fn store() -> Vec<File> {
    files(&[".rs"])
        .unwrap()
        .into_iter()
        .filter(|file| file.is_below(&["osn-store/src"]))
        .collect()
}

fn count(files: &[File], words: &str) -> usize {
    files.iter().map(|file| file.text.matches(words).count()).sum()
}

#[test]
fn a_statement_is_one_text_for_both_databases() {
    let files = store();
    let statements = count(&files, ": Sql =") + count(&files, ": Bulk = Bulk");
    let exceptions = count(&files, ".on_postgres(");
    assert!(statements > 100, "{statements} statements were found");
    assert!(
        exceptions * 10 <= statements,
        "{exceptions} of {statements} statements know their database"
    );
}

#[test]
fn what_knows_its_database_is_marked() {
    let mut wrong = Vec::new();
    for file in store().iter().filter(|file| !file.path.ends_with("/db.rs")) {
        let lines: Vec<_> = file.text.lines().collect();
        for at in (0..lines.len()).filter(|at| lines[*at].contains(".on_postgres(")) {
            if !lines[at.saturating_sub(10)..at]
                .iter()
                .any(|line| line.contains("/// Backend-specific: "))
            {
                wrong.push(format!("{}:{}", file.path, at + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "say why: {wrong:?}");
}

#[test]
fn a_text_that_is_put_together_is_put_together_in_one_place() {
    let files = store();
    let elsewhere: Vec<_> = files
        .iter()
        // The test of the migrations reads and fills tables by their names.
        .filter(|file| !file.path.ends_with("/db.rs") && !file.path.ends_with("/migrate/filled.rs"))
        .filter(|file| file.text.contains("AssertSqlSafe"))
        .collect();
    assert!(
        elsewhere.is_empty(),
        "{:?}",
        elsewhere.iter().map(|file| &file.path).collect::<Vec<_>>()
    );
}

/// Time is an argument; arrays, JSON operators and case-blind comparison are not in both databases.
#[test]
fn sql_asks_for_nothing_that_one_database_lacks() {
    let words = [
        "now()",
        "current_timestamp",
        " ilike ",
        "::",
        "->>",
        "any(",
        "serial",
        "autoincrement",
    ];
    let mut wrong = Vec::new();
    for file in store() {
        let lines: Vec<_> = file.text.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            // The text for one database, marked as such.
            let opened = lines[..number].iter().rposition(|line| line.contains(".on_postgres("));
            if opened.is_some_and(|from| !lines[from..number].iter().any(|line| line.ends_with(");"))) {
                continue;
            }
            let is_sql = [
                "select ",
                "insert into ",
                "update ",
                "delete from ",
                " where ",
                " values ",
            ]
            .iter()
            .any(|word| line.contains(word));
            let is_text = !line.trim_start().starts_with("//");
            if is_sql
                && is_text
                && words
                    .iter()
                    .any(|word| line.to_lowercase().contains(word) && !line.contains("crate::"))
            {
                wrong.push(format!("{}:{}: {}", file.path, number + 1, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

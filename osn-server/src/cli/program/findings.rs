//! What an author is told, on paper and as JSON.

use std::path::Path;

use osn_programs::author::{Finding, Source};
use osn_programs::package::PackageError;
use serde_json::json;

use super::super::Out;

/// Where the program of a folder has its rules.
pub(super) fn rules_of(source: &Path) -> Source<'static> {
    if source.is_dir() && !source.join("Cargo.toml").is_file() {
        Source("src/program.c")
    } else {
        Source("src/lib.rs")
    }
}

/// A package that is refused before it runs.
pub(super) fn package(source: &Path, error: &PackageError) -> Finding {
    rules_of(source).of_package(error)
}

/// Says what has to be corrected.
pub(super) fn tell(findings: &[Finding], out: &Out) {
    let words: Vec<String> = findings.iter().map(ToString::to_string).collect();
    out.answer(&json!({ "findings": findings }), &words.join("\n"));
}

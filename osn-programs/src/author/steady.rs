//! What an author is told of answers that change: two runs, another order, other company.

use crate::cases;
use crate::package::Package;
use crate::program::Program;
use crate::steady::{self, Unsteady, What};

use super::{Finding, Source};

/// Judges the applications of all golden cases again ([`steady::check`]). The number of applications where every verdict
/// stayed the same.
pub fn unsteady(source: Source<'_>, program: &Program, package: &Package) -> Result<usize, Vec<Finding>> {
    let decided = cases::examine(program, package).decided;
    let found = steady::check(program, &decided);
    if found.is_empty() {
        return Ok(decided.len());
    }
    Err(found.iter().flat_map(|one| finding(source, one)).collect())
}

fn finding(source: Source<'_>, found: &Unsteady) -> Vec<Finding> {
    let (field, remedy) = match &found.what {
        What::Fault(fault) => return source.of_fault("assess", fault),
        What::Description => ("about", "describe from the parameters alone: no static that changes"),
        What::SecondRun => (
            "assess",
            "let the verdict depend on the claim alone: no static that changes, no map whose order is not fixed",
        ),
        What::Order | What::Company => (
            "assess",
            "keep nothing between two claims: a verdict depends on its own application only",
        ),
    };
    vec![source.finding(field, found.code(), found.to_string(), remedy)]
}

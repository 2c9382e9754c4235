//! The same people and rules in OpenFisca-core, fed from arrays: the peer beside the sandbox.

use std::fs;
use std::path::Path;
use std::process::Command;

use osn_programs::batch::{Batch, Column, Context};
use osn_programs::verdict::Verdicts;
use serde_json::{Value, json};

/// The applicant's day of birth is not asked.
const NOT_ASKED: i32 = i32::MIN;
/// Whoever is younger is counted as a minor in the ranking.
const ADULT_AT: i32 = 18;

/// Seconds of the peer's best round.
#[derive(serde::Deserialize)]
pub(crate) struct Seconds {
    /// Persons and households from arrays.
    pub(crate) people: f64,
    /// Columns in, answers out.
    pub(crate) rules: f64,
}

/// Lets the peer judge everybody and holds its answers against the sandbox's.
pub(crate) fn judged(python: &str, context: &Context, batches: &[Batch], verdicts: &[Verdicts]) -> Seconds {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), context, batches);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/openfisca/food_parcel.py");
    let done = Command::new(python).arg(script).arg(folder.path()).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    same(folder.path(), verdicts);
    serde_json::from_slice(&done.stdout).unwrap()
}

fn write(folder: &Path, context: &Context, batches: &[Batch]) {
    let [mut household, mut born] = [Vec::new(), Vec::new()];
    let mut first = 0;
    for batch in batches {
        let Column::Day(days) = &batch.members[0].data else {
            unreachable!("birth dates are days")
        };
        for (row, bounds) in (first..).zip(batch.members_at.windows(2)) {
            let members = &days[bounds[0] as usize..bounds[1] as usize];
            born.push(NOT_ASKED);
            born.extend_from_slice(members);
            household.extend(std::iter::repeat_n(row, members.len() + 1));
        }
        first += i32::try_from(batch.rows).unwrap();
    }
    column(folder, "people_household", &household);
    column(folder, "born", &born);

    let numbers = |field: usize| -> Vec<i32> {
        let of = |batch: &Batch| match &batch.application[field].data {
            Column::Fixed(values) | Column::Cents(values) => {
                values.iter().map(|value| i32::try_from(*value).unwrap()).collect()
            }
            Column::Flag(values) => values.iter().copied().map(i32::from).collect::<Vec<_>>(),
            other => unreachable!("{other:?} is not asked for"),
        };
        batches.iter().flat_map(of).collect()
    };
    let papers = |field: usize| -> Vec<i32> {
        let of = |batch: &Batch| batch.application[field].evidence.clone();
        batches.iter().flat_map(of).map(i32::from).collect()
    };
    let until = batches
        .iter()
        .flat_map(|batch| batch.application[0].valid_to.clone())
        .collect();
    let columns = [
        ("disability_percent", numbers(0)),
        ("disability_paper", papers(0)),
        ("certificate_until", until),
        ("annual_income", numbers(1)),
        ("income_paper", papers(1)),
        ("resident", numbers(2)),
        ("residence_paper", papers(2)),
    ];
    for (name, values) in &columns {
        column(folder, name, values);
    }
    let parameters: Value = serde_json::from_str(&context.parameters).unwrap();
    let given = json!({
        "as_of": context.as_of, "households": first, "not_asked": NOT_ASKED, "adult_at": ADULT_AT,
        "columns": columns.each_ref().map(|(name, _)| name), "scale": parameters["scale"],
        "minimum_disability": parameters["minimum-disability"], "income_limit": parameters["income-limit"],
    });
    fs::write(folder.join("given.json"), given.to_string()).unwrap();
}

fn column(folder: &Path, name: &str, values: &[i32]) {
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    fs::write(folder.join(name), bytes).unwrap();
}

/// The peer's outcome of everybody and all three ranking keys are the sandbox's.
fn same(folder: &Path, verdicts: &[Verdicts]) {
    let answers = |name: &str| -> Vec<i64> {
        let bytes = fs::read(folder.join(format!("answer-{name}"))).unwrap();
        bytes
            .chunks_exact(8)
            .map(|number| i64::from_le_bytes(number.try_into().unwrap()))
            .collect()
    };
    let outcomes = verdicts.iter().flat_map(|verdict| &verdict.outcome);
    assert!(answers("outcome").into_iter().eq(outcomes.copied().map(i64::from)));
    for (at, name) in ["equivalised_income", "disability_percent", "minors"]
        .into_iter()
        .enumerate()
    {
        let keys = verdicts
            .iter()
            .flat_map(|verdict| verdict.keys.iter().skip(at).step_by(3));
        assert!(answers(name).into_iter().eq(keys.copied()), "{name}");
    }
}

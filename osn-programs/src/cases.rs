//! Golden cases: what a lawyer wrote down before the program was built. They run when a package is installed.
//!
//! ```toml
//! as-of = 2022-08-19
//! [[case]]
//! name = "66,99 %: δεν αρκεί"
//! source = "N-DIS-67"
//! application.part-percent = "66.99"
//! application.residence = { value = true, evidence = "accepted" }
//! expect = { outcome = "not-eligible", criteria = { part = "not-met" } }
//! ```

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use crate::about::{About, Unit};
use crate::author::Coverage;
use crate::batch::Context;
use crate::fault::Fault;
use crate::input::{GroupInput, from_plain};
use crate::number::from_decimal;
use crate::package::Package;
use crate::parameters;
use crate::problem::Problem;
use crate::program::Program;
use crate::steady::{self, Unsteady};
use crate::texts::show;
use crate::verdict::{ClaimVerdict, GroupVerdict};

/// All cases passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// How many.
    pub passed: usize,
    /// What they reached.
    pub coverage: Coverage,
}

/// What became of each case, before they run together.
#[derive(Debug, Clone)]
pub struct Examined {
    /// Cases that passed alone.
    pub passed: usize,
    /// One for each case, or file, that failed.
    pub failures: Vec<Failure>,
    /// What the program decided, for every case that it could decide: those that failed too.
    pub decided: Vec<Decided>,
}

/// One application that was judged.
#[derive(Debug, Clone)]
pub struct Decided {
    /// Day and parameters.
    pub context: Context,
    /// What the program saw.
    pub input: GroupInput,
    /// What it answered.
    pub verdict: GroupVerdict,
}

/// One case of a file, read and not yet judged.
#[derive(Debug, Clone)]
pub struct One {
    /// Its name.
    pub name: String,
    /// Day and parameters.
    pub context: Context,
    /// The application.
    pub input: GroupInput,
}

/// Cases that did not pass: the package must not be installed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Failed {
    /// One for each case, or file, that failed.
    pub failures: Vec<Failure>,
    /// Answers that were not the same when they were asked for again.
    pub unsteady: Vec<Unsteady>,
    /// Cases that passed.
    pub passed: usize,
}

/// One case that did not pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// File name without its extension.
    pub file: String,
    /// The case's name; empty for the file as a whole.
    pub name: String,
    /// What differs, one line each.
    pub lines: Vec<String>,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} golden cases failed, {} passed", self.failures.len(), self.passed)?;
        for failure in &self.failures {
            write!(f, "\n{}: {}", failure.file, failure.name)?;
            for line in &failure.lines {
                write!(f, "\n    {line}")?;
            }
        }
        for unsteady in &self.unsteady {
            write!(f, "\n{unsteady} [{}]", unsteady.code())?;
        }
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    #[serde(default)]
    title: String,
    as_of: Option<toml::value::Datetime>,
    #[serde(default)]
    parameters: toml::Table,
    #[serde(default)]
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Case {
    name: String,
    /// The rule or vector that it comes from.
    #[serde(default)]
    source: String,
    as_of: Option<toml::value::Datetime>,
    #[serde(default)]
    parameters: toml::Table,
    #[serde(default)]
    application: toml::Table,
    claims: Option<Vec<toml::Table>>,
    #[serde(default)]
    members: Vec<toml::Table>,
    #[serde(default)]
    facts: toml::Table,
    #[serde(default)]
    expect: Expect,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Expect {
    /// Outcome of the application.
    outcome: Option<String>,
    /// Key of a criterion -> its state, in every claim.
    #[serde(default)]
    criteria: BTreeMap<String, String>,
    /// Key of a criterion -> the value seen, as a decimal string or a number of the unit.
    #[serde(default)]
    seen: toml::Table,
    /// Key of a criterion -> key of the program's reason beside its state; empty = none.
    #[serde(default)]
    why: BTreeMap<String, String>,
    /// Key of a ranking key -> its value, likewise.
    #[serde(default)]
    keys: toml::Table,
    /// The program refuses the parameters with this code.
    refused: Option<String>,
}

/// Judges every golden case of a package alone.
pub fn examine(program: &Program, package: &Package) -> Examined {
    let mut examined = Examined {
        passed: 0,
        failures: Vec::new(),
        decided: Vec::new(),
    };
    for (file, text) in package.cases() {
        let cases: File = match toml::from_str(text) {
            Ok(cases) => cases,
            Err(error) => {
                examined.fail(file, "", vec![error.to_string()]);
                continue;
            }
        };
        if cases.case.is_empty() {
            examined.fail(file, &cases.title, vec!["there is no [[case]] in this file".to_owned()]);
        }
        for case in &cases.case {
            let (decided, mut lines) = match judge(program, &cases, case) {
                Ok(judged) => judged,
                Err(lines) => (None, lines),
            };
            examined.decided.extend(decided);
            if lines.is_empty() {
                examined.passed += 1;
                continue;
            }
            if !case.source.is_empty() {
                lines.push(format!("source: {}", case.source));
            }
            examined.fail(file, &case.name, lines);
        }
    }
    examined
}

/// Runs all golden cases of a package, each alone and then together: an answer that depends on its company, on an order or on
/// how often it was asked fails too.
pub fn run(program: &Program, package: &Package) -> Result<Report, Failed> {
    let Examined {
        passed,
        failures,
        decided,
    } = examine(program, package);
    let unsteady = steady::check(program, &decided);
    if failures.is_empty() && unsteady.is_empty() {
        let coverage = coverage(program, &decided);
        Ok(Report { passed, coverage })
    } else {
        Err(Failed {
            failures,
            unsteady,
            passed,
        })
    }
}

/// What the cases of a package reach.
fn coverage(program: &Program, decided: &[Decided]) -> Coverage {
    let mut coverage = Coverage::default();
    if let Ok(about) = program.about(None) {
        let criteria = about.criteria.iter().map(|one| (one.key.clone(), BTreeMap::new()));
        coverage.criteria.extend(criteria);
        coverage
            .keys
            .extend(about.ranking.iter().map(|one| (one.key.clone(), 0)));
    }
    for one in decided {
        let Ok(about) = program.about(Some(&one.context.parameters)) else {
            continue;
        };
        let outcome = one.verdict.outcome.name().to_owned();
        *coverage.outcomes.entry(outcome).or_default() += 1;
        for claim in &one.verdict.claims {
            for (criterion, found) in about.criteria.iter().zip(&claim.criteria) {
                let states = coverage.criteria.entry(criterion.key.clone()).or_default();
                *states.entry(found.state.name().to_owned()).or_default() += 1;
            }
            for (key, _) in about
                .ranking
                .iter()
                .zip(&claim.keys)
                .filter(|(_, value)| value.is_some())
            {
                *coverage.keys.entry(key.key.clone()).or_default() += 1;
            }
        }
    }
    coverage
}

/// Reads one case of a file, by its number (from 1) or by a part of its name; without either, the first.
pub fn one(program: &Program, text: &str, which: Option<&str>) -> Result<One, Vec<String>> {
    let cases: File = toml::from_str(text).map_err(|error| vec![error.to_string()])?;
    let number = which.and_then(|which| which.parse::<usize>().ok());
    let found = cases
        .case
        .iter()
        .enumerate()
        .find(|(index, case)| match (which, number) {
            (None, _) => true,
            (Some(_), Some(number)) => index + 1 == number,
            (Some(which), None) => case.name.contains(which),
        });
    let Some((_, case)) = found else {
        let mut lines = vec!["there is no such case; the file has".to_owned()];
        let listed = cases.case.iter().enumerate();
        lines.extend(listed.map(|(index, case)| format!("{}: {}", index + 1, case.name)));
        return Err(lines);
    };
    let (context, refusals) = setting(program, &cases, case)?;
    if !refusals.is_empty() {
        return Err(words(&refusals));
    }
    let about = program
        .about(Some(&context.parameters))
        .map_err(|fault| vec![fault.to_string()])?;
    let input = from_plain(&about, &plain(case)?, false).map_err(|problems| words(&problems))?;
    Ok(One {
        name: case.name.clone(),
        context,
        input,
    })
}

fn words(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}

impl Examined {
    fn fail(&mut self, file: &str, name: &str, lines: Vec<String>) {
        self.failures.push(Failure {
            file: file.to_owned(),
            name: name.to_owned(),
            lines,
        });
    }
}

/// Day and frozen parameters of a case, and why they are refused, if they are.
fn setting(program: &Program, file: &File, case: &Case) -> Result<(Context, Vec<Problem>), Vec<String>> {
    let as_of = case
        .as_of
        .as_ref()
        .or(file.as_of.as_ref())
        .ok_or_else(|| vec!["`as-of` is missing, in the case and in the file".to_owned()])?;
    let as_of: NaiveDate = as_of
        .to_string()
        .parse()
        .map_err(|_| vec![format!("`as-of` is not a date: {as_of}")])?;
    let mut given = file.parameters.clone();
    given.extend(case.parameters.clone());
    let fault = |fault: Fault| vec![fault.to_string()];
    let defaults = program.about(None).map_err(fault)?;
    let frozen = parameters::freeze(&defaults.parameters, &object(&given)?, &parameters::from_law(as_of));
    let (parameters, refusals) = match frozen {
        Ok(parameters) => {
            let refusals = program.check_parameters(&parameters).map_err(fault)?;
            (parameters, refusals)
        }
        Err(refusals) => (String::new(), refusals),
    };
    Ok((Context { as_of, parameters }, refusals))
}

/// What was decided, if anything could be, and what differs; `Ok((None, []))`: the parameters were refused as expected.
fn judge(program: &Program, file: &File, case: &Case) -> Result<(Option<Decided>, Vec<String>), Vec<String>> {
    let fault = |fault: Fault| vec![fault.to_string()];
    let (context, refusals) = setting(program, file, case)?;
    if let Some(code) = &case.expect.refused {
        return if refusals.iter().any(|problem| problem.code == *code) {
            Ok((None, Vec::new()))
        } else {
            Err(vec![format!(
                "the parameters should be refused with `{code}`, found: [{}]",
                words(&refusals).join("; ")
            )])
        };
    }
    if !refusals.is_empty() {
        return Err(words(&refusals));
    }
    let about = program.about(Some(&context.parameters)).map_err(fault)?;
    let input = from_plain(&about, &plain(case)?, false).map_err(|problems| words(&problems))?;
    let verdict = program
        .assess_groups(&context, std::slice::from_ref(&input))
        .map_err(fault)?
        .pop()
        .ok_or_else(|| vec!["no verdict".to_owned()])?;
    let lines = if case.expect.is_empty() {
        vec!["the case expects nothing: write `expect.outcome` or `expect.criteria`".to_owned()]
    } else {
        differences(&about, &case.expect, &verdict)?
    };
    let decided = Decided {
        context,
        input,
        verdict,
    };
    Ok((Some(decided), lines))
}

impl Expect {
    fn is_empty(&self) -> bool {
        let Self {
            outcome,
            criteria,
            seen,
            why,
            keys,
            refused,
        } = self;
        outcome.is_none()
            && criteria.is_empty()
            && seen.is_empty()
            && why.is_empty()
            && keys.is_empty()
            && refused.is_none()
    }
}

/// The case as the form's JSON.
fn plain(case: &Case) -> Result<Json, Vec<String>> {
    let list = |tables: &[toml::Table]| {
        tables
            .iter()
            .map(object)
            .collect::<Result<Vec<_>, _>>()
            .map(Json::Array)
    };
    let mut plain = Map::new();
    plain.insert("application".to_owned(), object(&case.application)?);
    if let Some(claims) = &case.claims {
        plain.insert("claims".to_owned(), list(claims)?);
    }
    plain.insert("members".to_owned(), list(&case.members)?);
    plain.insert("facts".to_owned(), object(&case.facts)?);
    Ok(Json::Object(plain))
}

fn object(table: &toml::Table) -> Result<Json, Vec<String>> {
    table
        .iter()
        .map(|(key, value)| Ok((key.clone(), json(key, value)?)))
        .collect::<Result<Map<_, _>, Vec<String>>>()
        .map(Json::Object)
}

fn json(key: &str, value: &toml::Value) -> Result<Json, Vec<String>> {
    Ok(match value {
        toml::Value::String(text) => Json::from(text.clone()),
        toml::Value::Integer(number) => Json::from(*number),
        toml::Value::Float(_) => return Err(vec![format!("`{key}`: write decimals in quotes, such as \"66.99\"")]),
        toml::Value::Boolean(flag) => Json::from(*flag),
        toml::Value::Datetime(day) => Json::from(day.to_string()),
        toml::Value::Array(items) => Json::Array(items.iter().map(|item| json(key, item)).collect::<Result<_, _>>()?),
        // TOML has no null: an empty table stands for "not set".
        toml::Value::Table(table) if table.is_empty() => Json::Null,
        toml::Value::Table(table) => object(
            &table
                .iter()
                .map(|(key, value)| (key.replace("valid-to", "valid_to"), value.clone()))
                .collect(),
        )?,
    })
}

fn differences(about: &About, expect: &Expect, verdict: &GroupVerdict) -> Result<Vec<String>, Vec<String>> {
    let mut lines = Vec::new();
    if let Some(wanted) = &expect.outcome
        && wanted != verdict.outcome.name()
    {
        lines.push(format!("outcome: wanted {wanted}, found {}", verdict.outcome.name()));
    }
    for (number, claim) in verdict.claims.iter().enumerate() {
        let before = if verdict.claims.len() > 1 {
            format!("claim {number}, ")
        } else {
            String::new()
        };
        claim_differences(about, expect, claim, &before, &mut lines)?;
    }
    if !lines.is_empty() {
        for claim in &verdict.claims {
            lines.extend(about.criteria.iter().zip(&claim.criteria).map(|(criterion, one)| {
                let value = |value: Option<i64>| {
                    value.map_or_else(|| "-".to_owned(), |value| show("en", criterion.unit, value))
                };
                format!(
                    "  {}: {} (seen {}, wanted {})",
                    criterion.key,
                    one.state.name(),
                    value(one.seen),
                    value(one.wanted)
                )
            }));
        }
    }
    Ok(lines)
}

fn claim_differences(
    about: &About,
    expect: &Expect,
    claim: &ClaimVerdict,
    before: &str,
    lines: &mut Vec<String>,
) -> Result<(), Vec<String>> {
    let criterion = |key: &str| {
        about
            .criterion_index(key)
            .ok_or_else(|| vec![format!("there is no criterion `{key}`")])
    };
    for (key, wanted) in &expect.criteria {
        let found = claim.criteria.get(criterion(key)?).map_or("-", |one| one.state.name());
        if found != wanted {
            lines.push(format!("{before}criterion {key}: wanted {wanted}, found {found}"));
        }
    }
    for (key, wanted) in &expect.seen {
        let index = criterion(key)?;
        let unit = about.criteria.get(index).map_or(Unit::Count, |one| one.unit);
        let found = claim.criteria.get(index).and_then(|one| one.seen);
        number(&format!("{before}seen {key}"), unit, wanted, found, lines)?;
    }
    for (key, wanted) in &expect.why {
        let found = claim.criteria.get(criterion(key)?).and_then(|one| one.why.as_deref());
        let found = found.unwrap_or_default();
        if found != wanted {
            lines.push(format!("{before}why {key}: wanted `{wanted}`, found `{found}`"));
        }
    }
    for (key, wanted) in &expect.keys {
        let index = about
            .ranking
            .iter()
            .position(|one| one.key == *key)
            .ok_or_else(|| vec![format!("there is no ranking key `{key}`")])?;
        let unit = about.ranking.get(index).map_or(Unit::Count, |one| one.unit);
        number(
            &format!("{before}key {key}"),
            unit,
            wanted,
            claim.keys.get(index).copied().flatten(),
            lines,
        )?;
    }
    Ok(())
}

fn number(
    what: &str,
    unit: Unit,
    wanted: &toml::Value,
    found: Option<i64>,
    lines: &mut Vec<String>,
) -> Result<(), Vec<String>> {
    let decimals = match unit {
        Unit::Cents => 2,
        Unit::Percent | Unit::Ratio => 4,
        _ => 0,
    };
    let wanted = match wanted {
        toml::Value::Integer(number) => Some(*number),
        toml::Value::String(text) if text == "none" => None,
        toml::Value::String(text) => Some(
            from_decimal(text, decimals)
                .ok_or_else(|| vec![format!("{what}: `{text}` is not a number of this unit")])?,
        ),
        toml::Value::Datetime(day) => {
            let day: NaiveDate = day
                .to_string()
                .parse()
                .map_err(|_| vec![format!("{what}: not a date")])?;
            Some(i64::from(day.to_epoch_days()))
        }
        _ => return Err(vec![format!("{what}: wanted a number")]),
    };
    if wanted != found {
        let value = |value: Option<i64>| value.map_or_else(|| "none".to_owned(), |value| show("en", unit, value));
        lines.push(format!("{what}: wanted {}, found {}", value(wanted), value(found)));
    }
    Ok(())
}

//! Golden cases of a national set: what somebody who knows the law wrote down. They run when a package is installed.
//!
//! ```toml
//! [ordinary]                       # the facts of an expense with nothing against it
//! stage = "claim"
//! # …
//! [[case]]
//! name = "a cent above the limit"
//! rule = "X-AWARD"
//! given = { "contract.value" = "20000.01" }
//! verdict = "REJECT"               # OK, WARN, REJECT, CUT 0.01, or SILENT
//! reason = "above"
//! ```
//!
//! `"1000.00"` is an amount unless it stands under `share`; `"-"` takes a field away.

use std::collections::BTreeSet;

use osn_core::canonical::to_canonical;
use osn_core::expenditure::{Facts, Finding, Verdict};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{NationalPackage, NationalSet};
use crate::cases::{Failed, Failure};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    ordinary: toml::Table,
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    rule: String,
    #[serde(default)]
    given: toml::Table,
    verdict: String,
    #[serde(default)]
    reason: String,
}

/// Runs every case of a package; each rule must be tried by one. The number of cases that passed.
///
/// # Errors
/// What differs, case by case: the package must not be installed.
pub fn run(set: &NationalSet, package: &NationalPackage) -> Result<usize, Failed> {
    let mut failed = Failed {
        failures: Vec::new(),
        unsteady: Vec::new(),
        passed: 0,
    };
    let mut tried = BTreeSet::new();
    let fail = |file: &str, name: &str, line: String| Failure {
        file: file.to_owned(),
        name: name.to_owned(),
        lines: vec![line],
    };
    for (name, text) in package.cases() {
        let file: File = match toml::from_str(text) {
            Ok(file) => file,
            Err(error) => {
                failed.failures.push(fail(name, "", error.message().to_owned()));
                continue;
            }
        };
        for case in &file.case {
            tried.insert(case.rule.clone());
            match differs(set, &file.ordinary, case) {
                None => failed.passed += 1,
                Some(line) => failed.failures.push(fail(name, &case.name, line)),
            }
        }
    }
    let untried = set.codes().iter().filter(|code| !tried.contains(*code));
    failed
        .failures
        .extend(untried.map(|code| fail("", code, "no case tries this rule".to_owned())));
    if failed.failures.is_empty() {
        Ok(failed.passed)
    } else {
        Err(failed)
    }
}

/// What a case gets instead of what it expects.
fn differs(set: &NationalSet, ordinary: &toml::Table, case: &Case) -> Option<String> {
    let mut given = table(ordinary);
    for (path, value) in &case.given {
        put(&mut given, path, json_of(path, value));
    }
    let facts: Facts = match serde_json::from_value(given) {
        Ok(facts) => facts,
        Err(error) => return Some(format!("the facts cannot be: {error}")),
    };
    let bytes = to_canonical(&facts).map_err(|error| error.to_string());
    let text = match bytes.and_then(|bytes| String::from_utf8(bytes).map_err(|error| error.to_string())) {
        Ok(text) => text,
        Err(why) => return Some(why),
    };
    let findings = match set.judge(&[&text]) {
        Ok(mut all) => all.pop().unwrap_or_default(),
        Err(fault) => return Some(fault.to_string()),
    };
    let got = shown(&findings, &case.rule);
    let wanted = if case.reason.is_empty() {
        case.verdict.clone()
    } else {
        format!("{} {}", case.verdict, case.reason)
    };
    (got != wanted).then(|| format!("expected {wanted}, got {got}"))
}

/// The heaviest answer of a rule.
fn shown(findings: &[Finding], rule: &str) -> String {
    let of_rule = findings.iter().filter(|finding| finding.rule == rule);
    let Some(finding) = of_rule.max_by_key(|finding| finding.verdict.weight()) else {
        return "SILENT".to_owned();
    };
    let verdict = match finding.verdict {
        Verdict::Cut { amount } => format!("CUT {amount}"),
        Verdict::Ok | Verdict::Warn | Verdict::Reject => finding.verdict.name().to_uppercase(),
    };
    if finding.reason.is_empty() {
        verdict
    } else {
        format!("{verdict} {}", finding.reason)
    }
}

fn table(given: &toml::Table) -> Value {
    let each = given.iter().map(|(key, value)| (key.clone(), json_of(key, value)));
    Value::Object(each.collect())
}

/// A value of a case as JSON; a field named `share` is a percentage and no amount.
fn json_of(path: &str, given: &toml::Value) -> Value {
    let key = path.rsplit('.').next().unwrap_or_default();
    match given {
        toml::Value::String(text) if key != "share" && is_amount(text) => json!({ "amount": text, "currency": "EUR" }),
        toml::Value::String(text) => json!(text),
        toml::Value::Integer(number) => json!(number),
        toml::Value::Float(number) => json!(number),
        toml::Value::Boolean(flag) => json!(flag),
        toml::Value::Datetime(day) => json!(day.to_string()),
        toml::Value::Array(items) => Value::Array(items.iter().map(|item| json_of(path, item)).collect()),
        toml::Value::Table(inner) => table(inner),
    }
}

fn is_amount(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    matches!(digits.split_once('.'), Some((whole, cents)) if cents.len() == 2
        && [whole, cents].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())))
}

fn put(into: &mut Value, path: &str, value: Value) {
    let (parents, key) = path.rsplit_once('.').unwrap_or(("", path));
    let mut place = into;
    for parent in parents.split('.').filter(|parent| !parent.is_empty()) {
        if !place[parent].is_object() {
            place[parent] = Value::Object(Map::new());
        }
        place = &mut place[parent];
    }
    if value == json!("-") {
        if let Some(map) = place.as_object_mut() {
            map.remove(key);
        }
    } else {
        place[key] = value;
    }
}

//! What an author is told: every finding names the file, the field, the rule and the remedy.

mod rules;
mod steady;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::fault::{Fault, FaultKind};
use crate::host::{Host, LoadError};
use crate::limits::Limits;
use crate::package::{Package, PackageError};
use crate::problem::Problem;

pub use steady::unsteady;

/// Something that an author has to correct.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The file of the program's folder.
    pub file: String,
    /// The place in it: a JSON Pointer into the description, the key of a text, the name of a setting.
    pub field: String,
    /// Stable code in kebab-case.
    pub code: String,
    /// The rule, and how it was broken.
    pub rule: String,
    /// What to do.
    pub remedy: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let field = if self.field.is_empty() {
            String::new()
        } else {
            format!(" {}", self.field)
        };
        write!(
            f,
            "{}{field}: {} [{}]\n    remedy: {}",
            self.file, self.rule, self.code, self.remedy
        )
    }
}

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// What was looked at and is in order, with its figure.
    pub passed: Vec<String>,
    /// What has to be corrected.
    pub findings: Vec<Finding>,
}

/// Where the rules of a program stand, as its author knows the file.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a>(pub &'a str);

impl Source<'_> {
    fn finding(
        self,
        field: impl Into<String>,
        code: &str,
        rule: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Finding {
        Finding {
            file: self.0.to_owned(),
            field: field.into(),
            code: code.to_owned(),
            rule: rule.into(),
            remedy: remedy.into(),
        }
    }

    /// A package that is refused before it runs.
    pub fn of_package(self, error: &PackageError) -> Finding {
        rules::package(self, error)
    }

    /// A program that does not load.
    pub fn of_load(self, error: &LoadError) -> Vec<Finding> {
        match error {
            LoadError::Package(error) => vec![self.of_package(error)],
            LoadError::Compile(error) => vec![self.finding(
                "",
                "compile",
                format!("the component cannot be compiled: {error}"),
                "make it smaller: a plain program takes 40 to 170 KB",
            )],
            LoadError::WrongTypes { reason } => vec![self.finding(
                "",
                "wrong-types",
                format!("the exports do not have the contract's types: {reason}"),
                "use the SDK that belongs to this host: `osn program new` writes it into vendor/",
            )],
            LoadError::OtherProgram { manifest, description } => vec![Finding {
                file: "program.toml".to_owned(),
                field: "key".to_owned(),
                code: "other-program".to_owned(),
                rule: format!(
                    "the manifest says `{manifest}`, the description in {} says `{description}`",
                    self.0
                ),
                remedy: "write the same key in both".to_owned(),
            }],
            LoadError::Texts { problems } => problems.iter().map(text).collect(),
            LoadError::Describe(fault) => self.of_fault("about", fault),
        }
    }

    /// A run that gave no answer.
    pub fn of_fault(self, export: &str, fault: &Fault) -> Vec<Finding> {
        match &fault.kind {
            FaultKind::BadDescription { problems } => problems.iter().map(|problem| self.described(problem)).collect(),
            FaultKind::RefusedParameters { problems } => problems
                .iter()
                .map(|problem| {
                    self.finding(
                        format!("parameters{}", problem.path),
                        &problem.code,
                        format!("the program refuses its own defaults: {problem}"),
                        "let every default lie inside its own bounds",
                    )
                })
                .collect(),
            kind => vec![self.finding(export, kind.code(), fault.to_string(), rules::fault(kind))],
        }
    }

    fn described(self, problem: &Problem) -> Finding {
        let (rule, remedy) = rules::of(&problem.code);
        self.finding(problem.path.clone(), &problem.code, with_args(rule, problem), remedy)
    }
}

fn with_args(rule: &str, problem: &Problem) -> String {
    if problem.args.is_empty() {
        return rule.to_owned();
    }
    let args: Vec<String> = problem
        .args
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    format!("{rule} ({})", args.join(", "))
}

/// A problem of the texts: `/el/field-income` is the key `field-income` of `locales/el.ftl`.
fn text(problem: &Problem) -> Finding {
    let place = problem.path.trim_start_matches('/');
    let (language, key) = place.split_once('/').unwrap_or((place, ""));
    let (rule, remedy) = rules::of(&problem.code);
    Finding {
        file: format!("locales/{language}.ftl"),
        field: key.to_owned(),
        code: problem.code.clone(),
        rule: with_args(rule, problem),
        remedy: remedy.to_owned(),
    }
}

/// Checks a package as a host would on installation, and further: sizes against the limits, the description asked twice, and
/// every golden case in other company. Golden cases that fail are `osn program test`'s to show; here their inputs serve.
pub fn check(host: &Host, source: Source<'_>, bytes: &[u8]) -> Checked {
    let mut checked = Checked::default();
    let limits = *host.limits();
    let package = match Package::read(bytes, &limits) {
        Ok(package) => package,
        Err(error) => {
            checked.findings.push(source.of_package(&error));
            return checked;
        }
    };
    read(&mut checked, &package, &limits);
    let program = match host.load(&package) {
        Ok(program) => program,
        Err(error) => {
            checked.findings.extend(source.of_load(&error));
            return checked;
        }
    };
    let about = match program.about(None) {
        Ok(about) => about,
        Err(fault) => {
            checked.findings.extend(source.of_fault("about", &fault));
            return checked;
        }
    };
    checked.passed.push(format!(
        "form: {} questions, {} criteria, {} ranking keys",
        about.form.application.len() + about.form.claim.len() + about.form.member.len(),
        about.criteria.len(),
        about.ranking.len()
    ));
    let languages: Vec<&str> = program.texts().languages().collect();
    checked
        .passed
        .push(format!("texts: complete in {}, none unused", languages.join(" and ")));
    let found = unsteady(source, &program, &package);
    match found {
        Ok(groups) => checked.passed.push(format!(
            "determinism: {groups} applications twice, shuffled and split: the same verdicts"
        )),
        Err(findings) => checked.findings.extend(findings),
    }
    checked
}

fn read(checked: &mut Checked, package: &Package, limits: &Limits) {
    let manifest = package.manifest();
    checked.passed.push(format!(
        "manifest: {} {}, contract {}, {}",
        manifest.key,
        manifest.version,
        manifest.contract,
        manifest.languages.join(" and ")
    ));
    checked.passed.push("imports: none".to_owned());
    checked.passed.push(format!(
        "size: {} bytes of at most {}",
        package.bytes().len(),
        limits.package_bytes
    ));
    if package.cases().is_empty() {
        checked.findings.push(Finding {
            file: "cases/".to_owned(),
            field: String::new(),
            code: "no-cases".to_owned(),
            rule: "a program says what it decides in golden cases, and there are none".to_owned(),
            remedy: "write cases/criteria.toml with one [[case]] for each criterion met and not met".to_owned(),
        });
    }
}

/// How often each state of each criterion was reached by golden cases.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Criterion -> state -> how many claims.
    pub criteria: BTreeMap<String, BTreeMap<String, usize>>,
    /// Outcome -> how many applications.
    pub outcomes: BTreeMap<String, usize>,
    /// Ranking key -> how many claims had a value.
    pub keys: BTreeMap<String, usize>,
}

impl Coverage {
    /// What no golden case shows: a criterion never met, one never not met, a ranking key without a value.
    pub fn gaps(&self) -> Vec<String> {
        let mut gaps = Vec::new();
        for (criterion, states) in &self.criteria {
            for state in ["met", "not-met"].iter().filter(|state| !states.contains_key(**state)) {
                gaps.push(format!("no case has criterion {criterion} {state}"));
            }
        }
        let unseen = self.keys.iter().filter(|(_, count)| **count == 0);
        gaps.extend(unseen.map(|(key, _)| format!("no case has a value of ranking key {key}")));
        gaps
    }
}

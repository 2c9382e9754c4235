//! National sets of rules on expenditure: plugins beside the programs, under the contract `expenditure`, in the same sandbox.
//!
//! A set takes the place of the national layer of `osn-core`; the rules of the Union stay the core's. It reads the frozen facts of
//! a judgement and nothing else, so that what it said can be asked again.

mod cases;
mod package;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use osn_core::canonical::Digest;
use osn_core::expenditure::{Catalogue, Finding, NationalRules};

use crate::adapt::expenditure_v0_1::{Answer, Pre, finding};
use crate::fault::{Fault, FaultKind, Lie};
use crate::host::{Host, LoadError, Shared};
use crate::problem::Problem;

pub use cases::run;
pub use package::NationalPackage;

/// The contract version that this host speaks with national sets.
pub const EXPENDITURE_CONTRACT: &str = "expenditure-0.1";

/// Expenses in one instance: their fuel together stays far below that of a batch.
const ROWS: usize = 100;
/// Findings of one expense, and values of one finding, that are believed.
const MOST_FINDINGS: usize = 100;
const MOST_VALUES: usize = 16;
/// Bytes of a text among the values: a code or a number of an act.
const MOST_TEXT: usize = 200;

/// A loaded national set.
pub struct NationalSet {
    shared: Arc<Shared>,
    pre: Pre,
    identity: NationalRules,
    package: Digest,
    codes: Vec<String>,
    words: Catalogue,
}

impl fmt::Debug for NationalSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NationalSet")
            .field("identity", &self.identity)
            .finish_non_exhaustive()
    }
}

impl Host {
    /// Compiles (or takes from the cache), links and asks a national set for its codes; each must have its words in Greek and
    /// English.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn load_national(&self, package: &NationalPackage) -> Result<Arc<NationalSet>, LoadError> {
        let shared = Arc::clone(&self.shared);
        let compiled = crate::compile::component(&shared, package.code(), package.code_digest())?;
        let pre = Pre::new(&shared.linker(), &compiled.component).map_err(|error| LoadError::WrongTypes {
            reason: format!("{error:#}"),
        })?;
        let kept = compiled.description.as_deref();
        let codes = match kept.and_then(|json| serde_json::from_str::<Vec<String>>(json).ok()) {
            Some(codes) => codes,
            None => {
                let limits = &shared.limits;
                let codes = shared
                    .run(limits.describe_fuel, limits.description_bytes, |store| pre.codes(store))
                    .map_err(|kind| LoadError::Describe(kind.into()))?;
                let json = serde_json::to_string(&codes).unwrap_or_default();
                crate::compile::keep(&shared, package.code_digest(), &compiled, &json);
                codes
            }
        };
        let problems = unsaid(&codes, package.words());
        if !problems.is_empty() {
            return Err(LoadError::Texts { problems });
        }
        Ok(Arc::new(NationalSet {
            pre,
            shared,
            identity: NationalRules {
                name: package.manifest().key.clone(),
                version: package.manifest().version.clone(),
                digest: package.code_digest(),
            },
            package: package.package_digest(),
            codes,
            words: package.words().clone(),
        }))
    }
}

/// Codes without words in both languages, words without a code, codes that the core has already.
fn unsaid(codes: &[String], words: &Catalogue) -> Vec<Problem> {
    let own: BTreeSet<&str> = codes.iter().map(String::as_str).collect();
    let core: BTreeSet<&str> = osn_core::expenditure::RuleSet::codes().collect();
    let mut problems = Vec::new();
    if codes.is_empty() {
        problems.push(Problem::new("", "no-rules"));
    }
    if own.len() != codes.len() {
        problems.push(Problem::new("", "duplicate-code"));
    }
    for code in &own {
        let path = format!("/{code}");
        if core.contains(code) {
            problems.push(Problem::new(&path, "code-of-the-core"));
        }
        let Some(rule) = words.rule(code) else {
            problems.push(Problem::new(&path, "no-words"));
            continue;
        };
        let texts = [&rule.title, &rule.article, &rule.remedy];
        let mut texts = texts.into_iter().chain(rule.reasons.values());
        if !texts.all(|text| text.has("el") && text.has("en")) {
            problems.push(Problem::new(&path, "text-missing"));
        }
    }
    let unused = words.rules().filter(|(code, _)| !own.contains(code));
    problems.extend(unused.map(|(code, _)| Problem::new(format!("/{code}"), "no-rule")));
    problems
}

impl NationalSet {
    /// What a judgement names: the set, its version, the digest of its code.
    pub const fn identity(&self) -> &NationalRules {
        &self.identity
    }

    /// SHA-256 of the whole package.
    pub const fn package_digest(&self) -> Digest {
        self.package
    }

    /// Every code of a rule, in the order in which an auditor reads.
    pub fn codes(&self) -> &[String] {
        &self.codes
    }

    /// The words of its rules.
    pub const fn words(&self) -> &Catalogue {
        &self.words
    }

    /// Judges expenses by their frozen facts (canonical JSON), each for itself.
    ///
    /// # Errors
    /// The set's fault, or the host's; `group` is the place of the facts on which it happened.
    pub fn judge(&self, facts: &[&str]) -> Result<Vec<Vec<Finding>>, Fault> {
        let mut all = Vec::with_capacity(facts.len());
        for (number, rows) in facts.chunks(ROWS).enumerate() {
            match self.instance(rows) {
                Ok(findings) => all.extend(findings),
                // Alone each shows whose fault it is. Together they may only have used up what one instance is given.
                Err(kind) if kind.is_deterministic() && rows.len() > 1 => {
                    for (row, text) in rows.iter().enumerate() {
                        all.extend(self.alone(text, number * ROWS + row)?);
                    }
                }
                Err(kind) => return Err(at(kind, number * ROWS)),
            }
        }
        Ok(all)
    }

    fn alone(&self, text: &str, row: usize) -> Result<Vec<Vec<Finding>>, Fault> {
        self.instance(&[text]).map_err(|kind| at(kind, row))
    }

    /// One run in a fresh instance.
    fn instance(&self, facts: &[&str]) -> Result<Vec<Vec<Finding>>, FaultKind> {
        let limits = &self.shared.limits;
        let answer = self
            .shared
            .run(limits.batch_fuel, limits.answer_limit(facts.len()), |store| {
                self.pre.judge(store, facts)
            })?
            .map_err(|refusal| FaultKind::RefusedInput {
                reason: key(&refusal.reason),
                row: Some(refusal.row),
            })?;
        self.checked(answer, facts.len())
    }

    /// Every finding is of a rule that the set has, with a reason that it has words for.
    fn checked(&self, answer: Answer, wanted: usize) -> Result<Vec<Vec<Finding>>, FaultKind> {
        let lie = |what, row| FaultKind::LyingAnswer { what, row };
        if answer.len() != wanted {
            let found = answer.len();
            let what = Lie::Length {
                matrix: "findings",
                wanted,
                found,
            };
            return Err(lie(what, None));
        }
        let mut all = Vec::with_capacity(wanted);
        for (row, given) in answer.into_iter().enumerate() {
            if given.len() > MOST_FINDINGS {
                return Err(lie(Lie::Value, Some(row)));
            }
            let mut findings = Vec::with_capacity(given.len());
            for each in given {
                let said = finding(each).map_err(|what| lie(what, Some(row)))?;
                self.known(&said).map_err(|what| lie(what, Some(row)))?;
                findings.push(said);
            }
            all.push(findings);
        }
        Ok(all)
    }

    fn known(&self, said: &Finding) -> Result<(), Lie> {
        let rule = self.words.rule(&said.rule).ok_or(Lie::UnknownRule)?;
        if !said.reason.is_empty() && !rule.reasons.contains_key(said.reason.as_ref()) {
            return Err(Lie::UnknownReason);
        }
        let long = |text: &str| text.len() > MOST_TEXT;
        let too_much = said.values.len() > MOST_VALUES
            || said.values.iter().any(|(name, value)| {
                long(name) || matches!(value, osn_core::expenditure::Value::Text(text) if long(text))
            });
        if too_much { Err(Lie::Value) } else { Ok(()) }
    }
}

fn at(kind: FaultKind, row: usize) -> Fault {
    Fault { kind, group: Some(row) }
}

/// A stable reason, or a word for one that is none: what a set says never becomes free text in an answer.
fn key(reason: &str) -> String {
    if crate::about::is_key(reason) {
        reason.to_owned()
    } else {
        "refused".to_owned()
    }
}

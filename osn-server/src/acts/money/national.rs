//! National sets of rules on expenditure: installed after their golden cases passed, enabled for one municipality, and the words
//! of every rule that judged here.

use std::sync::Arc;

use osn_core::expenditure::{Catalogue, Finding, Marking, NationalRules, Said};
use osn_core::time::Instant;
use osn_programs::national::{self, EXPENDITURE_CONTRACT, NationalSet};
use osn_store::{NewRuleSet, RuleSetRow};
use schemars::JsonSchema;
use serde::Serialize;

use super::rules;
use super::rules_shown::RuleView;
use crate::acts::programs::{Handed, origin};
use crate::acts::{Acting, entry};
use crate::auth::Right;
use crate::programs::blocking;
use crate::refusal::{Outcome, Refusal};

/// The words of the house's rules and of every national set that is installed here.
pub(crate) struct Words {
    house: &'static Catalogue,
    sets: Vec<Arc<NationalSet>>,
}

impl Words {
    pub(crate) async fn of(acting: &Acting) -> Outcome<Self> {
        let mut sets = Vec::new();
        for row in acting.scope.rule_sets().await? {
            sets.push(loaded(acting, &row.set.code_digest).await?);
        }
        Ok(Self {
            house: rules()?.catalogue(),
            sets,
        })
    }

    /// The word for a code that the house knows, or the code itself.
    pub(crate) fn word<'a>(&'a self, code: &'a str, lang: &str) -> &'a str {
        self.house.word(code, lang)
    }

    /// A finding in a language; `by` is the national set of its judgement.
    pub(crate) fn say(&self, by: Option<&NationalRules>, finding: &Finding, lang: &str) -> Said {
        let own = by.and_then(|by| self.sets.iter().find(|set| set.identity().digest == by.digest));
        match own.map(|set| set.words()) {
            Some(words) if words.rule(&finding.rule).is_some() => words.say(finding, lang),
            _ => self.house.say(finding, lang),
        }
    }
}

/// A set by the digest of its code or its package; compiled once.
pub(super) async fn loaded(acting: &Acting, digest: &str) -> Outcome<Arc<NationalSet>> {
    acting.app.programs().national(&acting.scope, digest).await
}

/// The set that judges beside the rules of the Union; none means the law of Greece.
pub(super) async fn enabled(acting: &Acting) -> Outcome<Option<Arc<NationalSet>>> {
    match acting.scope.enabled_rule_set().await? {
        Some(row) => Ok(Some(loaded(acting, &row.set.package_digest).await?)),
        None => Ok(None),
    }
}

/// What a set says of frozen facts, for each of them in its order: one call of the contract for all.
pub(super) async fn findings(set: &Arc<NationalSet>, facts: &[Vec<u8>]) -> Outcome<Vec<Vec<Finding>>> {
    let set = Arc::clone(set);
    let texts = facts.iter().map(|facts| String::from_utf8(facts.clone()));
    let texts = texts.collect::<Result<Vec<_>, _>>().map_err(Refusal::internal)?;
    blocking(move || {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        Ok(set.judge(&texts)?)
    })
    .await
}

/// An installed set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RuleSetView {
    /// Name.
    pub name: String,
    /// Version, for people.
    pub version: String,
    /// Version of the contract.
    pub contract: String,
    /// What judges.
    pub code_digest: String,
    /// What is installed.
    pub package_digest: String,
    /// Whether judgements take it.
    pub enabled: bool,
    /// When it was installed.
    pub installed_at: Instant,
    /// Golden cases that passed at installation.
    pub cases: u64,
    /// Its rules in words.
    pub rules: Vec<RuleView>,
}

async fn view(acting: &Acting, row: RuleSetRow) -> Outcome<RuleSetView> {
    let set = loaded(acting, &row.set.package_digest).await?;
    let rule = |code: &String| {
        set.words().rule(code).map(|words| RuleView {
            code: code.clone(),
            title: words.title.clone(),
            article: words.article.clone(),
            remedy: words.remedy.clone(),
            verify: words.marking == Marking::Verify,
            reasons: words.reasons.clone(),
        })
    };
    let cases = row.set.details.get("cases").and_then(serde_json::Value::as_u64);
    Ok(RuleSetView {
        contract: EXPENDITURE_CONTRACT.to_owned(),
        enabled: row.enabled,
        installed_at: row.installed_at,
        cases: cases.unwrap_or_default(),
        rules: set.codes().iter().filter_map(rule).collect(),
        name: row.set.name,
        version: row.set.version,
        code_digest: row.set.code_digest,
        package_digest: row.set.package_digest,
    })
}

/// Installed sets, by name.
pub async fn list(acting: &Acting) -> Outcome<Vec<RuleSetView>> {
    acting.require(Right::SeePrograms)?;
    all(acting).await
}

/// The same, for whoever runs the server at its command line.
pub async fn all(acting: &Acting) -> Outcome<Vec<RuleSetView>> {
    let mut views = Vec::new();
    for row in acting.scope.rule_sets().await? {
        views.push(view(acting, row).await?);
    }
    Ok(views)
}

async fn row(acting: &Acting, package: &str) -> Outcome<RuleSetRow> {
    let rows = acting.scope.rule_sets().await?;
    rows.into_iter()
        .find(|row| row.set.package_digest == package)
        .ok_or_else(|| Refusal::not_found("rule-set.unknown"))
}

/// Checks who signed a set, reads and loads it, runs its golden cases, and installs it. A failure installs nothing, and nothing
/// takes it before it is enabled.
pub async fn install(acting: &Acting, handed: Handed) -> Outcome<RuleSetView> {
    acting.require(Right::InstallPrograms)?;
    install_as(acting, handed, false).await
}

/// The same, for whoever runs the server at its command line, and may allow a package without a signature.
pub async fn install_as(acting: &Acting, handed: Handed, allow_unsigned: bool) -> Outcome<RuleSetView> {
    let origin = origin(acting, &handed, allow_unsigned)?;
    let (set, package) = acting.app.programs().open_national(handed.bytes).await?;
    let (running, cases) = (Arc::clone(&set), Arc::clone(&package));
    let passed = blocking(move || Ok(national::run(&running, &cases)?)).await?;
    let new = NewRuleSet {
        name: package.manifest().key.clone(),
        version: package.manifest().version.clone(),
        code_digest: package.code_digest().to_string(),
        package_digest: package.package_digest().to_string(),
        details: serde_json::json!({
            "contract": EXPENDITURE_CONTRACT, "cases": passed, "origin": origin, "licence": package.manifest().licence,
        }),
    };
    let known = acting.scope.rule_sets().await?;
    if !known.iter().any(|row| row.set.package_digest == new.package_digest) {
        let mut tx = acting.begin("rule-set.install").await?;
        tx.install_rule_set(&new, package.bytes()).await?;
        let details = serde_json::json!({
            "name": new.name, "version": new.version, "code": new.code_digest, "package": new.package_digest,
            "cases": passed, "origin": origin,
        });
        let municipality = acting.municipality().id.uuid();
        tx.journal(entry("rule-set.install", "rule-set", municipality, details));
        tx.commit().await?;
    }
    let found = row(acting, &new.package_digest).await?;
    view(acting, found).await
}

/// Lets new judgements of this municipality take a set in place of the law of Greece, or no more. What was judged stays judged.
pub async fn switch(acting: &Acting, package: &str, on: bool) -> Outcome<RuleSetView> {
    acting.require(Right::InstallPrograms)?;
    let found = row(acting, package).await?;
    switched(acting, found, on).await
}

/// The same by the name of a set, for whoever runs the server at its command line: `take` is its version or the digest of its
/// package; without it, the version in force, or the one that was installed last.
pub async fn switch_as(acting: &Acting, name: &str, take: Option<&str>, on: bool) -> Outcome<RuleSetView> {
    let mut rows = acting.scope.rule_sets().await?;
    rows.retain(|row| {
        row.set.name == name && take.is_none_or(|take| row.set.version == take || row.set.package_digest == take)
    });
    rows.sort_by_key(|row| (row.enabled && !on, row.installed_at));
    let found = rows.pop().ok_or_else(|| Refusal::not_found("rule-set.unknown"))?;
    switched(acting, found, on).await
}

async fn switched(acting: &Acting, found: RuleSetRow, on: bool) -> Outcome<RuleSetView> {
    let package = found.set.package_digest.clone();
    if found.enabled != on {
        let before = acting.scope.enabled_rule_set().await?.filter(|_| on);
        let mut tx = acting.begin("rule-set.switch").await?;
        if let Some(before) = &before {
            tx.switch_rule_set(before, false).await?;
        }
        tx.switch_rule_set(&found, on).await?;
        let details = serde_json::json!({
            "name": found.set.name, "code": found.set.code_digest, "enabled": on,
            "instead_of": before.map(|before| before.set.code_digest),
        });
        let municipality = acting.municipality().id.uuid();
        tx.journal(entry("rule-set.switch", "rule-set", municipality, details));
        tx.commit().await?;
    }
    let found = row(acting, &package).await?;
    view(acting, found).await
}

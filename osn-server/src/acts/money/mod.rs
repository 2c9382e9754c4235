//! Money: budget, expenses judged by the article that applies, claims, and the way from a euro to a delivery and back.
//!
//! Whoever enters never approves: the rules of `osn-core` refuse it, and the rights here only say who may try.

pub mod action_what_if;
mod allocating;
pub mod authority;
pub mod board;
pub mod budget;
pub mod claims;
mod collect;
pub mod expenses;
pub mod export;
pub mod import;
mod import_table;
pub mod irregularities;
mod judging;
pub mod measuring;
pub mod national;
pub mod opinions;
pub mod papers;
pub mod replay;
pub mod rules_shown;
pub mod sampling;
pub mod settling;
pub mod suppliers;
pub mod systemic;
pub mod table;
pub mod trace;
pub mod unit_costs;
mod units;

use std::sync::OnceLock;

use osn_core::expenditure::{Fault, Finding, NationalRules, RuleSet, Verdict};
use osn_core::id::OperationId;
use osn_core::lang::LocalText;
use osn_core::money::{Money, MoneyError};
use osn_core::operation::Operation;
use osn_store::Versioned;
use schemars::JsonSchema;
use serde::Serialize;

use self::national::Words;
use crate::acts::Acting;
use crate::refusal::{FieldError, Outcome, Refusal};
use crate::shapes;

/// The rules, read once.
pub(crate) fn rules() -> Outcome<&'static RuleSet> {
    static RULES: OnceLock<Result<RuleSet, String>> = OnceLock::new();
    let rules = RULES.get_or_init(|| RuleSet::load().map_err(|error| error.to_string()));
    rules.as_ref().map_err(|error| Refusal::internal(error.clone()))
}

/// One finding as it is shown: the article, the reason and the remedy in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FindingView {
    /// Code of the rule.
    pub rule: String,
    /// `ok`, `warn`, `cut`, `reject`.
    pub verdict: String,
    /// The part that is not eligible, of a cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<shapes::Money>")]
    pub amount: Option<Money>,
    /// What the rule asks.
    #[schemars(with = "shapes::LocalText")]
    pub title: LocalText,
    /// Its article.
    #[schemars(with = "shapes::LocalText")]
    pub article: LocalText,
    /// Why it answers so.
    #[schemars(with = "shapes::LocalText")]
    pub reason: LocalText,
    /// What to do.
    #[schemars(with = "shapes::LocalText")]
    pub remedy: LocalText,
    /// The rule is from memory: verify it with the managing authority.
    pub verify: bool,
}

impl FindingView {
    fn of(words: &Words, by: Option<&NationalRules>, finding: &Finding) -> Self {
        let (el, en) = (words.say(by, finding, "el"), words.say(by, finding, "en"));
        Self {
            rule: finding.rule.to_string(),
            verdict: finding.verdict.name().to_owned(),
            amount: match finding.verdict {
                Verdict::Cut { amount } => Some(amount),
                Verdict::Ok | Verdict::Warn | Verdict::Reject => None,
            },
            title: LocalText::new(el.title, en.title),
            article: LocalText::new(el.article, en.article),
            reason: LocalText::new(el.reason, en.reason),
            remedy: LocalText::new(el.remedy, en.remedy),
            verify: el.verify,
        }
    }
}

/// What cannot be, as errors of its fields: each with its article and its remedy.
pub(crate) fn refused(faults: &[Fault]) -> Outcome<Vec<FieldError>> {
    let words = rules()?.catalogue();
    let error = |fault: &Fault| {
        let said = LocalText::new(words.say_fault(fault, "el"), words.say_fault(fault, "en"));
        FieldError::new(fault.path, format!("{}.{}", fault.rule, fault.reason)).saying(said)
    };
    Ok(faults.iter().map(error).collect())
}

pub(crate) async fn operation(acting: &Acting, id: OperationId) -> Outcome<Versioned<Operation>> {
    acting
        .scope
        .operation(id)
        .await?
        .ok_or_else(|| Refusal::not_found("operation.unknown"))
}

impl From<MoneyError> for Refusal {
    fn from(error: MoneyError) -> Self {
        Self::invalid("request.invalid", vec![FieldError::new("/amount", "out-of-range")]).caused_by(error)
    }
}

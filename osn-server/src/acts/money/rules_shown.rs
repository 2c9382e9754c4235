//! The rules in words: what each asks, its article, its reasons and remedies, and whether it is to be verified.

use std::collections::BTreeMap;

use osn_core::expenditure::Marking;
use osn_core::lang::LocalText;
use schemars::JsonSchema;
use serde::Serialize;

use super::rules;
use crate::acts::Acting;
use crate::auth::Right;
use crate::refusal::Outcome;
use crate::shapes;

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RuleView {
    /// Code.
    pub code: String,
    /// What it asks.
    #[schemars(with = "shapes::LocalText")]
    pub title: LocalText,
    /// Its article.
    #[schemars(with = "shapes::LocalText")]
    pub article: LocalText,
    /// What to do when it speaks against an expense.
    #[schemars(with = "shapes::LocalText")]
    pub remedy: LocalText,
    /// From memory: verify it with the managing authority.
    pub verify: bool,
    /// Its reasons by their keys.
    #[schemars(with = "BTreeMap<String, shapes::LocalText>")]
    pub reasons: BTreeMap<String, LocalText>,
}

/// Every rule.
pub fn list(acting: &Acting) -> Outcome<Vec<RuleView>> {
    acting.require(Right::SeeMoney)?;
    let rules = rules()?.catalogue().rules();
    let view = |(code, words): (&str, &osn_core::expenditure::RuleWords)| RuleView {
        code: code.to_owned(),
        title: words.title.clone(),
        article: words.article.clone(),
        remedy: words.remedy.clone(),
        verify: words.marking == Marking::Verify,
        reasons: words.reasons.clone(),
    };
    Ok(rules.map(view).collect())
}

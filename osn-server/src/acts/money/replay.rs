//! Judgements made again from their frozen input: the same rules must say the same, to the byte.

use osn_core::canonical::to_canonical;
use osn_core::expenditure::{Facts, WholeFacts};
use osn_core::id::JudgementId;
use osn_store::{JudgementRow, PageQuery};
use schemars::JsonSchema;
use serde::Serialize;

use super::judging::judged;
use super::{national, rules};
use crate::acts::Acting;
use crate::auth::Right;
use crate::refusal::{Outcome, Refusal};

/// What came of a replay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Replayed {
    /// Judgements of the rule set that is at hand, judged again.
    pub judged: u64,
    /// The same to the byte.
    pub identical: u64,
    /// Judged by another version of the rules: replayed with that version.
    pub other_rule_set: u64,
    /// Those that differ.
    #[schemars(with = "Vec<uuid::Uuid>")]
    pub different: Vec<JudgementId>,
}

/// Judges every kept judgement again.
pub async fn all(acting: &Acting) -> Outcome<Replayed> {
    acting.require(Right::SeeMoney)?;
    everything(acting).await
}

pub(crate) async fn everything(acting: &Acting) -> Outcome<Replayed> {
    let mut replayed = Replayed::default();
    let mut query = PageQuery::first();
    loop {
        let page = acting.scope.all_judgements(query).await?;
        for row in &page.items {
            one(acting, row, &mut replayed).await?;
        }
        match page.next {
            None => return Ok(replayed),
            Some(after) => {
                query = PageQuery {
                    limit: 200,
                    after: Some(after),
                }
            }
        }
    }
}

async fn one(acting: &Acting, row: &JudgementRow, replayed: &mut Replayed) -> Outcome<()> {
    let rules = rules()?;
    if row.judgement.rule_set != rules.version() {
        replayed.other_rule_set += 1;
        return Ok(());
    }
    let input = acting
        .scope
        .judgement_input(row.id)
        .await?
        .ok_or_else(|| Refusal::internal("a judgement without its input"))?;
    let again = if row.expense_id.is_some() {
        let facts: Facts = serde_json::from_slice(&input).map_err(Refusal::internal)?;
        let national = match &row.judgement.national {
            Some(by) => Some(national::loaded(acting, &by.digest.to_string()).await?),
            None => None,
        };
        judged(national.as_ref(), &facts, &input).await?
    } else {
        let facts: WholeFacts = serde_json::from_slice(&input).map_err(Refusal::internal)?;
        rules.judge_whole(&facts)
    };
    replayed.judged += 1;
    let bytes = |judgement| to_canonical(judgement).map_err(Refusal::internal);
    if bytes(&again)? == bytes(&row.judgement)? {
        replayed.identical += 1;
    } else {
        replayed.different.push(row.id);
    }
    Ok(())
}

//! The sample of an audit: drawn from a frozen claim by a seed that is published with it.

use osn_core::expenditure::{Candidate, LineKind, Verdict, draw};
use osn_core::id::{ClaimId, ExpenseId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::claims;
use crate::acts::Acting;
use crate::refusal::Outcome;

/// How a sample is drawn.
#[derive(Debug, Clone, Deserialize)]
pub struct SampleQuery {
    /// The seed, to be published with the sample.
    pub seed: Option<String>,
    /// How many.
    pub count: Option<usize>,
    /// The riskier first.
    pub by_risk: Option<bool>,
}

/// A sample of a claim's lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Sample {
    /// The seed.
    pub seed: String,
    /// Whether the riskier come first.
    pub by_risk: bool,
    /// The expenses that were drawn.
    #[schemars(with = "Vec<uuid::Uuid>")]
    pub expenses: Vec<ExpenseId>,
}

/// Draws a sample: whoever has the seed draws the same.
pub async fn sample(acting: &Acting, id: ClaimId, query: SampleQuery) -> Outcome<Sample> {
    let claim = claims::claim(acting, id).await?.value;
    let seed = query.seed.unwrap_or_else(|| claim.id.to_string());
    let by_risk = query.by_risk.unwrap_or(false);
    let rows = claims::frozen_rows(acting, &claim).await?;
    let doubts = |row: &claims::FrozenRow| {
        let findings = row.judgement.iter().flat_map(|kept| &kept.judgement.findings);
        findings.filter(|finding| finding.verdict != Verdict::Ok).count()
    };
    let candidates: Vec<Candidate> = rows
        .iter()
        .filter(|row| row.line.line.kind == LineKind::Expense)
        .map(|row| Candidate {
            id: row.line.line.expense_id,
            amount: row.line.line.eligible,
            doubts: u32::try_from(doubts(row)).unwrap_or(u32::MAX),
        })
        .collect();
    Ok(Sample {
        expenses: draw(&seed, by_risk, query.count.unwrap_or(10), &candidates),
        seed,
        by_risk,
    })
}

//! Decisions as people read them: every criterion with its reason, the value seen and the value wanted.

use osn_core::application::{Application, AssessmentOutcome};
use osn_core::id::{ApplicationId, AssessmentRunId, CallId, DecisionId};
use osn_core::time::Instant;
use osn_programs::record::DecisionRecord;
use osn_programs::verdict::CriterionVerdict;
use osn_store::{DecisionQuery, DecisionRow, Page, PageQuery, Readable};
use schemars::JsonSchema;
use serde::Serialize;

use crate::acts::{Acting, applications, calls, entry};
use crate::auth::Right;
use crate::refusal::{Outcome, Refusal};

/// A decision, as lists show it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DecisionView {
    /// Identifier.
    #[schemars(with = "uuid::Uuid")]
    pub id: DecisionId,
    /// The run.
    #[schemars(with = "uuid::Uuid")]
    pub run_id: AssessmentRunId,
    /// The application.
    #[schemars(with = "uuid::Uuid")]
    pub application_id: ApplicationId,
    /// The application's reference.
    pub reference: String,
    /// `eligible`, `not-eligible`, `missing-evidence`.
    #[schemars(with = "String")]
    pub outcome: AssessmentOutcome,
    /// Ranking keys, in the declared order; absent where the person was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<Vec<Option<i64>>>,
    /// Places that the application would take.
    pub units: u32,
    /// Digest of the record.
    pub digest: String,
    /// When.
    pub decided_at: Instant,
}

/// One criterion of one claim.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CriterionShown {
    /// Key.
    pub key: String,
    /// What it asks.
    pub title: String,
    /// `met`, `not-met`, `unknown`, `not-applicable`.
    pub state: &'static str,
    /// The value seen, as shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen: Option<String>,
    /// The value wanted, as shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wanted: Option<String>,
    /// A sentence with both.
    pub explanation: String,
    /// The rule that asks for it.
    pub legal_basis: String,
}

/// One ranking key with its value.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct KeyShown {
    /// Key.
    pub key: String,
    /// What it is.
    pub title: String,
    /// The value, in the key's own scale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<i64>,
    /// The value, as shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shown: Option<String>,
}

/// One claim of an application.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ClaimShown {
    /// `eligible`, `not-eligible`, `missing-evidence`.
    pub outcome: &'static str,
    /// Every criterion.
    pub criteria: Vec<CriterionShown>,
    /// Every ranking key.
    pub ranking: Vec<KeyShown>,
}

/// A decision with everything that led to it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DecisionExplained {
    /// As in lists.
    #[serde(flatten)]
    pub decision: DecisionView,
    /// The date as of which it was judged.
    pub as_of: chrono::NaiveDate,
    /// Digest of the code that judged.
    pub code_digest: String,
    /// The claims.
    pub claims: Vec<ClaimShown>,
}

/// Decisions of a call's last finished run.
pub async fn of_call(acting: &Acting, call: CallId, query: PageQuery) -> Outcome<Page<DecisionView>> {
    acting.require(Right::SeeApplications)?;
    let page = acting.scope.decisions(DecisionQuery::Call(call), query).await?;
    let ids = page.items.iter().map(|row| row.application_id);
    let read = acting.scope.applications_by_id(ids).await?;
    let view = |row: DecisionRow| {
        let application = read
            .get(&row.application_id)
            .ok_or_else(|| Refusal::not_found("application.unknown"))?;
        Ok(view(row, &application.value))
    };
    let items = page.items.into_iter().map(view).collect::<Outcome<Vec<_>>>()?;
    Ok(Page {
        items,
        total: page.total,
        next: page.next,
    })
}

fn view(row: DecisionRow, application: &Application) -> DecisionView {
    DecisionView {
        id: row.id,
        run_id: row.run_id,
        application_id: row.application_id,
        reference: application.reference.to_string(),
        outcome: row.outcome,
        keys: match row.keys {
            Readable::Data(keys) => Some(keys),
            Readable::Erased => None,
        },
        units: row.units,
        digest: row.digest.to_string(),
        decided_at: row.at,
    }
}

/// The newest decision on an application, explained.
pub async fn of_application(acting: &Acting, id: ApplicationId) -> Outcome<DecisionExplained> {
    acting.require(Right::SeeApplications)?;
    let newest = acting
        .scope
        .decisions_of(id)
        .await?
        .pop()
        .ok_or_else(|| Refusal::not_found("decision.unknown"))?;
    explain(acting, newest.id).await
}

/// A decision with every criterion. A person reads what somebody said: one journal entry.
pub async fn explain(acting: &Acting, id: DecisionId) -> Outcome<DecisionExplained> {
    acting.require(Right::SeeApplications)?;
    let row = acting
        .scope
        .decision(id)
        .await?
        .ok_or_else(|| Refusal::not_found("decision.unknown"))?;
    let bytes = applications::readable(acting.scope.decision_record(id).await?)?;
    let record = DecisionRecord::from_canonical(&bytes).map_err(Refusal::internal)?;
    let application = applications::read(acting, row.application_id).await?.value;
    let open = calls::open(acting, application.call_id).await?;
    let about = open.installed.program.about(Some(&record.parameters))?;
    let (texts, lang) = (open.installed.program.texts(), acting.lang.tag());
    let criterion = |index: usize, verdict: &CriterionVerdict| {
        let declared = about.criteria.get(index)?;
        Some(CriterionShown {
            key: declared.key.clone(),
            title: texts.text_or_key(lang, &format!("criterion-{}", declared.key)),
            state: verdict.state.name(),
            seen: verdict.seen.map(|value| texts.value(lang, &about, index, value)),
            wanted: verdict.wanted.map(|value| texts.value(lang, &about, index, value)),
            explanation: texts.criterion(lang, &about, index, verdict),
            legal_basis: texts.text_or_key(lang, &format!("basis-{}", declared.legal_basis)),
        })
    };
    let claims = record.verdict.claims.iter().map(|claim| ClaimShown {
        outcome: claim.outcome.name(),
        criteria: claim
            .criteria
            .iter()
            .enumerate()
            .filter_map(|(index, verdict)| criterion(index, verdict))
            .collect(),
        ranking: about
            .ranking
            .iter()
            .zip(&claim.keys)
            .map(|(key, value)| KeyShown {
                key: key.key.clone(),
                title: texts.text_or_key(lang, &format!("rank-{}", key.key)),
                value: *value,
                shown: value.map(|value| osn_programs::texts::show(lang, key.unit, value)),
            })
            .collect(),
    });
    let claims = claims.collect();
    let mut tx = acting.begin("decision.read").await?;
    tx.journal(entry(
        "decision.read",
        "application",
        row.application_id.uuid(),
        serde_json::json!({ "decision": id }),
    ));
    tx.commit().await?;
    Ok(DecisionExplained {
        decision: view(row, &application),
        as_of: record.as_of,
        code_digest: record.code_digest.to_string(),
        claims,
    })
}

/// The canonical bytes of a decision record, for an auditor: one journal entry.
pub async fn record(acting: &Acting, id: DecisionId) -> Outcome<Vec<u8>> {
    acting.require(Right::Audit)?;
    let row = acting
        .scope
        .decision(id)
        .await?
        .ok_or_else(|| Refusal::not_found("decision.unknown"))?;
    let bytes = applications::readable(acting.scope.decision_record(id).await?)?;
    let mut tx = acting.begin("decision.record").await?;
    tx.journal(entry(
        "decision.record",
        "application",
        row.application_id.uuid(),
        serde_json::json!({ "decision": id, "digest": row.digest }),
    ));
    tx.commit().await?;
    Ok(bytes)
}

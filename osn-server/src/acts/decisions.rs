//! Decisions as people read them: every criterion with its reason, the value seen and the value wanted.

use osn_core::application::{Application, AssessmentOutcome};
use osn_core::directory::TermCode;
use osn_core::id::{AccountId, ApplicationId, AssessmentRunId, CallId, DecisionId, EmergencyId, InterventionId};
use osn_core::immediate::HelpDecision;
use osn_core::money::Money;
use osn_core::time::{Instant, Period};
use osn_programs::about::{About, Comparison, Criterion};
use osn_programs::record::{DecisionRecord, FactsFrom};
use osn_programs::texts::Texts;
use osn_programs::verdict::{ClaimVerdict, CriterionVerdict, GroupVerdict, State};
use osn_store::{DecisionOn, DecisionQuery, DecisionRow, Page, PageQuery, Readable};
use schemars::JsonSchema;
use serde::Serialize;

use crate::acts::calls::OpenCall;
use crate::acts::{Acting, applications, calls, entry};
use crate::auth::Right;
use crate::refusal::{Kind, Outcome, Refusal};
use crate::shapes;

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
    /// Where the host found the value seen: the mapping, with its day. Absent where somebody gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The paper that proves it, where one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paper: Option<String>,
    /// What would have to be otherwise for it to be met; absent where it is met or does not apply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<String>,
}

impl CriterionShown {
    /// The rule that asks for it, and where the value seen was found.
    pub fn grounds(&self) -> String {
        let all = [Some(self.legal_basis.as_str()), self.source.as_deref()];
        let said: Vec<&str> = all.into_iter().flatten().filter(|text| !text.is_empty()).collect();
        said.join(" · ")
    }
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

/// A decision of two people on immediate help, with what they had before them. Nobody is named.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct HelpExplained {
    /// Identifier.
    #[schemars(with = "uuid::Uuid")]
    pub id: DecisionId,
    /// The help.
    #[schemars(with = "uuid::Uuid")]
    pub intervention_id: InterventionId,
    /// `eligible` where it was granted, `not-eligible` where it was refused.
    #[schemars(with = "String")]
    pub outcome: AssessmentOutcome,
    /// People whom this decision is about: one, or all of a body's.
    pub units: u32,
    /// Digest of the record.
    pub digest: String,
    /// When.
    pub decided_at: Instant,
    /// Code of the catalogue's entry.
    pub entry: String,
    /// Version of the model that it was read from.
    pub model_version: u32,
    /// People who are helped in all.
    pub people: u32,
    /// Where.
    #[schemars(with = "Vec<String>")]
    pub areas: Vec<TermCode>,
    /// On which days.
    #[schemars(with = "shapes::Period")]
    pub period: Period,
    /// The most that it costs.
    #[schemars(with = "shapes::Money")]
    pub cost: Money,
    /// The emergency that opened the track.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<uuid::Uuid>")]
    pub emergency_id: Option<EmergencyId>,
    /// Who proposed it.
    #[schemars(with = "uuid::Uuid")]
    pub proposed_by: AccountId,
    /// Who decided; never the same.
    #[schemars(with = "uuid::Uuid")]
    pub decided_by: AccountId,
    /// Codes of what stood against it under the ceiling.
    pub against: Vec<String>,
}

/// A decision with what led to it: a program's on an application, or that of two people on immediate help.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum AnyDecision {
    /// On an application.
    Application(Box<DecisionExplained>),
    /// On immediate help.
    Help(Box<HelpExplained>),
}

/// Decisions of a call's last finished run. Their ranking keys are what people said: one journal entry for the page.
pub async fn of_call(acting: &Acting, call: CallId, query: PageQuery) -> Outcome<Page<DecisionView>> {
    acting.require(Right::SeeApplications)?;
    let page = acting.scope.decisions(DecisionQuery::Call(call), query).await?;
    let subjects: Vec<ApplicationId> = page.items.iter().filter_map(|row| row.on.application()).collect();
    journal_reading(acting, call, "decisions", &subjects).await?;
    let read = acting.scope.applications_by_id(subjects).await?;
    let view = |row: DecisionRow| {
        let application = row.on.application().and_then(|id| read.get(&id));
        let application = application.ok_or_else(|| Refusal::not_found("application.unknown"))?;
        view(row, &application.value)
    };
    let items = page.items.into_iter().map(view).collect::<Outcome<Vec<_>>>()?;
    Ok(Page {
        items,
        total: page.total,
        next: page.next,
    })
}

/// Most subjects that one journal entry names; of more it holds their number and the digest of their list.
const MOST_NAMED: usize = 200;

/// One journal entry for one reading of many people's data: who read, of which call, why, and whose.
pub(crate) async fn journal_reading(
    acting: &Acting,
    call: CallId,
    reason: &'static str,
    subjects: &[ApplicationId],
) -> Outcome<()> {
    if subjects.is_empty() {
        return Ok(());
    }
    let listed: Vec<String> = subjects.iter().map(ToString::to_string).collect();
    let mut details = serde_json::json!({
        "reason": reason, "count": subjects.len(),
        "subjects_digest": osn_core::canonical::digest("journal-subjects:1", listed.join("\n").as_bytes()),
    });
    if let Some(details) = details.as_object_mut().filter(|_| listed.len() <= MOST_NAMED) {
        details.insert("applications".to_owned(), listed.into());
    }
    let mut tx = acting.begin("decision.read").await?;
    tx.journal(entry("decision.read", "call", call.uuid(), details));
    Ok(tx.commit().await?)
}

/// A decision of a run; those on immediate help are shown with the help.
fn view(row: DecisionRow, application: &Application) -> Outcome<DecisionView> {
    let DecisionOn::Application { run, .. } = row.on else {
        return Err(Refusal::not_found("decision.unknown"));
    };
    Ok(DecisionView {
        id: row.id,
        run_id: run,
        application_id: application.id,
        reference: application.reference.to_string(),
        outcome: row.outcome,
        keys: match row.keys {
            Readable::Data(keys) => Some(keys),
            Readable::Erased => None,
        },
        units: row.units,
        digest: row.digest.to_string(),
        decided_at: row.at,
    })
}

/// The newest decision on an application, explained.
pub async fn of_application(acting: &Acting, id: ApplicationId) -> Outcome<DecisionExplained> {
    acting.require(Right::SeeApplications)?;
    let newest = newest(acting, id)
        .await?
        .ok_or_else(|| Refusal::not_found("decision.unknown"))?;
    explain(acting, newest.id).await
}

async fn newest(acting: &Acting, id: ApplicationId) -> Outcome<Option<DecisionRow>> {
    Ok(acting.scope.decisions_of(id).await?.pop())
}

/// The newest decision of each of these applications of a call, explained: one journal entry for all of them. A place
/// stays empty where nothing was decided or the person was erased.
pub async fn of_lines(
    acting: &Acting,
    open: &OpenCall,
    applications: &[ApplicationId],
) -> Outcome<Vec<Option<DecisionExplained>>> {
    acting.require(Right::SeeApplications)?;
    journal_reading(acting, open.call.value.id, "ranked-list", applications).await?;
    let read = acting.scope.applications_by_id(applications.iter().copied()).await?;
    let mut found = Vec::with_capacity(applications.len());
    for id in applications {
        found.push(match read.get(id) {
            Some(application) => explained_newest(acting, open, &application.value).await?,
            None => None,
        });
    }
    Ok(found)
}

/// The newest decision about an application as its own applicant reads it; whoever calls has seen that it may be told.
pub(crate) async fn of_own(
    acting: &Acting,
    open: &OpenCall,
    application: &Application,
) -> Outcome<Option<DecisionExplained>> {
    explained_newest(acting, open, application).await
}

async fn explained_newest(
    acting: &Acting,
    open: &OpenCall,
    application: &Application,
) -> Outcome<Option<DecisionExplained>> {
    let Some(row) = newest(acting, application.id).await? else {
        return Ok(None);
    };
    match explained(acting, open, row, application).await {
        Ok(explained) => Ok(Some(explained)),
        Err(refusal) if refusal.kind() == Kind::NotFound => Ok(None),
        Err(refusal) => Err(refusal),
    }
}

fn application_of(row: &DecisionRow) -> Outcome<ApplicationId> {
    row.on
        .application()
        .ok_or_else(|| Refusal::not_found("decision.unknown"))
}

/// A decision with every criterion. A person reads what somebody said: one journal entry.
pub async fn explain(acting: &Acting, id: DecisionId) -> Outcome<DecisionExplained> {
    acting.require(Right::SeeApplications)?;
    let row = acting
        .scope
        .decision(id)
        .await?
        .ok_or_else(|| Refusal::not_found("decision.unknown"))?;
    let application = application_of(&row)?;
    let application = applications::read(acting, application).await?.value;
    let open = calls::open(acting, application.call_id).await?;
    let explained = explained(acting, &open, row, &application).await?;
    let mut tx = acting.begin("decision.read").await?;
    tx.journal(entry(
        "decision.read",
        "application",
        application.id.uuid(),
        serde_json::json!({ "decision": id, "reason": "decision" }),
    ));
    tx.commit().await?;
    Ok(explained)
}

/// Any decision, explained: one journal entry.
pub async fn any(acting: &Acting, id: DecisionId) -> Outcome<AnyDecision> {
    acting.require(Right::SeeApplications)?;
    let row = acting.scope.decision(id).await?;
    let row = row.ok_or_else(|| Refusal::not_found("decision.unknown"))?;
    match row.on {
        DecisionOn::Application { .. } => Ok(AnyDecision::Application(Box::new(explain(acting, id).await?))),
        DecisionOn::Help(help) => Ok(AnyDecision::Help(Box::new(of_help(acting, row, help).await?))),
    }
}

async fn of_help(acting: &Acting, row: DecisionRow, help: InterventionId) -> Outcome<HelpExplained> {
    let bytes = applications::readable(acting.scope.decision_record(row.id).await?)?;
    let HelpDecision { asked, answer, .. } = serde_json::from_slice(&bytes).map_err(Refusal::internal)?;
    let mut tx = acting.begin("decision.read").await?;
    let details = serde_json::json!({ "decision": row.id, "reason": "decision" });
    tx.journal(entry("decision.read", "intervention", help.uuid(), details));
    tx.commit().await?;
    Ok(HelpExplained {
        id: row.id,
        intervention_id: help,
        outcome: row.outcome,
        units: row.units,
        digest: row.digest.to_string(),
        decided_at: row.at,
        entry: asked.entry,
        model_version: asked.model_version,
        people: asked.people,
        areas: asked.areas,
        period: asked.period,
        cost: asked.cost,
        emergency_id: asked.emergency_id,
        proposed_by: asked.proposed_by,
        decided_by: answer.by,
        against: answer.against.into_iter().collect(),
    })
}

/// What a stored record says, in the reader's language.
async fn explained(
    acting: &Acting,
    open: &OpenCall,
    row: DecisionRow,
    application: &Application,
) -> Outcome<DecisionExplained> {
    let bytes = applications::readable(acting.scope.decision_record(row.id).await?)?;
    let record = DecisionRecord::from_canonical(&bytes).map_err(Refusal::internal)?;
    let about = open.installed.program.about(Some(&record.parameters))?;
    let texts = open.installed.program.texts_under(Some(&record.parameters))?;
    let words = Words {
        acting,
        texts: &texts,
        about: &about,
        as_of: record.as_of,
        facts_from: record.facts_from,
    };
    Ok(DecisionExplained {
        decision: view(row, application)?,
        as_of: record.as_of,
        code_digest: record.code_digest.to_string(),
        claims: record.verdict.claims.iter().map(|claim| words.claim(claim)).collect(),
    })
}

/// A verdict that was not stored, in the reader's language.
pub(super) fn shown(
    acting: &Acting,
    (about, texts): (&About, &Texts),
    as_of: chrono::NaiveDate,
    verdict: &GroupVerdict,
) -> Vec<ClaimShown> {
    let words = Words {
        acting,
        texts,
        about,
        as_of,
        facts_from: None,
    };
    verdict.claims.iter().map(|claim| words.claim(claim)).collect()
}

/// Puts verdicts into words.
struct Words<'a> {
    acting: &'a Acting,
    texts: &'a Texts,
    about: &'a About,
    as_of: chrono::NaiveDate,
    facts_from: Option<FactsFrom>,
}

impl Words<'_> {
    fn claim(&self, claim: &ClaimVerdict) -> ClaimShown {
        let lang = self.acting.lang.tag();
        let criteria = claim.criteria.iter().zip(&self.about.criteria).enumerate();
        let ranking = self.about.ranking.iter().zip(&claim.keys).map(|(key, value)| KeyShown {
            key: key.key.clone(),
            title: self.texts.text_or_key(lang, &format!("rank-{}", key.key)),
            value: *value,
            shown: value.map(|value| osn_programs::texts::show(lang, key.unit, value)),
        });
        ClaimShown {
            outcome: claim.outcome.name(),
            criteria: criteria
                .map(|(index, (verdict, declared))| self.criterion(index, declared, verdict))
                .collect(),
            ranking: ranking.collect(),
        }
    }

    fn criterion(&self, index: usize, declared: &Criterion, verdict: &CriterionVerdict) -> CriterionShown {
        let lang = self.acting.lang.tag();
        let value = |value: Option<i64>| value.map(|value| self.texts.value(lang, self.about, index, value));
        let paper = declared
            .field
            .as_deref()
            .and_then(|field| self.about.field(field))
            .and_then(|field| field.evidence.as_ref())
            .map(|need| self.texts.text_or_key(lang, &format!("evidence-{}", need.kind)));
        let wanted = value(verdict.wanted);
        CriterionShown {
            key: declared.key.clone(),
            title: self.texts.text_or_key(lang, &format!("criterion-{}", declared.key)),
            state: verdict.state.name(),
            seen: value(verdict.seen),
            explanation: self.texts.criterion(lang, self.about, index, verdict),
            legal_basis: self.texts.text_or_key(lang, &format!("basis-{}", declared.legal_basis)),
            source: self.source(declared),
            change: self.change(declared, verdict.state, wanted.as_deref(), paper.as_deref()),
            paper,
            wanted,
        }
    }

    /// Where the host found the fact that a criterion looks at.
    fn source(&self, declared: &Criterion) -> Option<String> {
        declared.field.as_deref()?.strip_prefix("fact.")?;
        let from = self.facts_from?;
        let (day, revision) = (from.on.format("%-d/%-m/%Y").to_string(), from.revision.to_string());
        let args = [("day", day.as_str()), ("revision", revision.as_str())];
        Some(self.acting.app.texts().get(self.acting.lang, "fact-source", &args))
    }

    /// What would have to be otherwise for this criterion to be met; nothing where it is.
    fn change(&self, declared: &Criterion, state: State, wanted: Option<&str>, paper: Option<&str>) -> Option<String> {
        let day = self.as_of.format("%-d/%-m/%Y").to_string();
        let key = match (state, declared.comparison, paper, wanted) {
            (State::Met | State::NotApplicable, ..) => return None,
            (_, Comparison::ValidOn, Some(_), _) => "change-valid-on",
            (State::Unknown, _, Some(_), _) => "change-paper",
            (State::Unknown, ..) => "change-answer",
            (State::NotMet, Comparison::AtLeast, _, Some(_)) => "change-at-least",
            (State::NotMet, Comparison::AtMost, _, Some(_)) => "change-at-most",
            (State::NotMet, Comparison::Equal, _, Some(_)) => "change-equal",
            (State::NotMet, _, Some(_), _) => "change-holds-paper",
            (State::NotMet, ..) => "change-holds",
        };
        let args = [
            ("paper", paper.unwrap_or_default()),
            ("wanted", wanted.unwrap_or_default()),
            ("day", day.as_str()),
        ];
        Some(self.acting.app.texts().get(self.acting.lang, key, &args))
    }
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
    let (kind, subject) = match row.on {
        DecisionOn::Application { application, .. } => ("application", application.uuid()),
        DecisionOn::Help(help) => ("intervention", help.uuid()),
    };
    tx.journal(entry(
        "decision.record",
        kind,
        subject,
        serde_json::json!({ "decision": id, "digest": row.digest }),
    ));
    tx.commit().await?;
    Ok(bytes)
}

//! Papers: an evaluator saw them, and says accepted, refused or expired.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use osn_core::application::{ApplicationData, ApplicationState, Evidence, EvidenceState};
use osn_core::id::ApplicationId;
use osn_programs::about::About;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::acts::{Acting, Saved, applications, calls, entry, intake};
use crate::auth::Right;
use crate::refusal::{FieldError, Outcome, Refusal};
use crate::shapes;

/// What an evaluator found.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckedEvidence {
    /// By key of the question; `claims/0/<key>` for the first participant's, `members/0/<key>` for the first member's.
    pub evidence: BTreeMap<String, CheckedPaper>,
}

/// One paper.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckedPaper {
    /// `accepted`, `refused` or `expired`.
    #[schemars(with = "shapes::EvidenceState")]
    pub state: EvidenceState,
    /// Its last day; left out where it holds without end.
    #[serde(default)]
    pub valid_to: Option<NaiveDate>,
}

/// Writes down what became of papers. The application is assessed again by the next run.
pub async fn check(
    acting: &Acting,
    id: ApplicationId,
    checked: CheckedEvidence,
) -> Outcome<Saved<BTreeMap<String, Evidence>>> {
    let officer = acting.require(Right::CheckEvidence)?;
    let application = applications::read(acting, id).await?;
    acting.check_version(application.version)?;
    if !matches!(
        application.value.state,
        ApplicationState::Received | ApplicationState::Assessed { .. }
    ) {
        return Err(Refusal::conflict("evidence.too-late"));
    }
    let open = calls::open(acting, application.value.call_id).await?;
    let errors: Vec<FieldError> = checked
        .evidence
        .iter()
        .filter_map(|(key, paper)| wrong(&open.about, key, paper))
        .collect();
    if !errors.is_empty() {
        return Err(Refusal::invalid("request.invalid", errors));
    }
    let access = osn_store::Access {
        actor: officer.id,
        reason: "evidence".to_owned(),
    };
    let mut data = applications::readable(acting.scope.application_data(id, access, acting.now).await?)?;
    let strangers: Vec<FieldError> = checked
        .evidence
        .keys()
        .filter(|key| !is_somebodys(key, &data))
        .map(|key| FieldError::new(place(key), "no-such-person"))
        .collect();
    if !strangers.is_empty() {
        return Err(Refusal::invalid("request.invalid", strangers));
    }
    for (key, paper) in &checked.evidence {
        data.evidence.insert(
            key.clone(),
            Evidence {
                state: paper.state,
                valid_to: paper.valid_to,
            },
        );
    }
    let mut tx = acting.begin("evidence.check").await?;
    tx.update_application_data(id, &data).await?;
    tx.update_application(&application.value, application.version).await?;
    let states: BTreeMap<&String, EvidenceState> =
        checked.evidence.iter().map(|(key, paper)| (key, paper.state)).collect();
    tx.journal(entry(
        "evidence.check",
        "application",
        id.uuid(),
        serde_json::json!({ "papers": states }),
    ));
    let saved = Saved {
        value: data.evidence,
        version: application.version + 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

/// What is wrong with what was found about one paper, whoever's it is.
fn wrong(about: &About, key: &str, paper: &CheckedPaper) -> Option<FieldError> {
    let path = place(key);
    let Some(field) = intake::question(about, key) else {
        return Some(FieldError::new(path, "unknown-field"));
    };
    let applicants = matches!(
        paper.state,
        EvidenceState::None | EvidenceState::Declared | EvidenceState::Bringing
    );
    if applicants {
        return Some(FieldError::new(format!("{path}/state"), "evidence-by-applicant-only"));
    }
    let expires = field.evidence.as_ref().is_some_and(|need| need.expires);
    (paper.valid_to.is_some() && !expires).then(|| FieldError::new(format!("{path}/valid_to"), "no-last-day-asked"))
}

fn place(key: &str) -> String {
    format!("/evidence/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// Whether the application has the participant or member whose paper the key names.
fn is_somebodys(key: &str, data: &ApplicationData) -> bool {
    let is_there = |index: &str, people: usize| index.parse::<usize>().is_ok_and(|index| index < people);
    match key.split('/').collect::<Vec<_>>().as_slice() {
        ["claims", index, _] => is_there(index, data.claims.len()),
        ["members", index, _] => is_there(index, data.members.len()),
        _ => true,
    }
}

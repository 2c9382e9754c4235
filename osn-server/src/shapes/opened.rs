//! Shapes of what an application says once it was opened, and of the journal that says so.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde_json::Value;
use uuid::Uuid;

use super::EvidenceState;
use crate::problem::FieldProblem;

/// Sealed data of an application, opened with a reason.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct ApplicationData {
    applicant: Applicant,
    /// By key of the call's form.
    answers: BTreeMap<String, Value>,
    /// Answers of each participant.
    claims: Option<Vec<BTreeMap<String, Value>>>,
    members: Option<Vec<Member>>,
    /// By key of the question; `claims/0/<key>`, `members/0/<key>` for the others'.
    evidence: Option<BTreeMap<String, Evidence>>,
    /// What looks odd and may be right: an AMKA of another date of birth, a postal code of another area. Never a refusal.
    hints: Option<Vec<FieldProblem>>,
}

/// Who applies.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Applicant {
    amka: String,
    given_name: String,
    family_name: String,
    birth_date: NaiveDate,
    phone: String,
    email: Option<String>,
    street: String,
    postal_code: String,
    area: Option<String>,
}

/// Another member of the household.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Member {
    amka: Option<String>,
    answers: BTreeMap<String, Value>,
}

/// The paper behind an answer.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Evidence {
    state: EvidenceState,
    valid_to: Option<NaiveDate>,
}

/// An entry of the journal.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct JournalEntry {
    id: Uuid,
    /// Its place in the chain, once the sealer has chained it.
    seq: Option<u64>,
    /// Who acted; none for the server itself and for visitors.
    account: Option<Uuid>,
    act: String,
    subject_kind: Option<String>,
    subject_id: Option<Uuid>,
    at: DateTime<Utc>,
    /// Fields, codes and digests; never personal values.
    details: Value,
    /// Hexadecimal.
    digest: String,
}

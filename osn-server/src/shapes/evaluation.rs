//! Shapes of what is decided about an action at its end.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use uuid::Uuid;

use super::{LocalText, Money};

type Instant = DateTime<Utc>;

/// What becomes of an action.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub(crate) enum Conclusion {
    Stop,
    Repeat,
    Extend,
}

/// What an action had reached when it was evaluated.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct EvaluationFigures {
    places: u32,
    awards: u64,
    recipients: u64,
    households: u64,
    delivered: u64,
    failed: u64,
    budget: Money,
}

/// Where an evaluation stands.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", tag = "state")]
pub(crate) enum EvaluationState {
    Proposed,
    Approved { by: Uuid, at: Instant },
    Rejected { by: Uuid, at: Instant, reason: LocalText },
}

/// An evaluation of an action.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct ActionEvaluation {
    id: Uuid,
    action_id: Uuid,
    conclusion: Conclusion,
    reason: LocalText,
    figures: EvaluationFigures,
    proposed_by: Uuid,
    proposed_at: Instant,
    state: EvaluationState,
    /// For `If-Match`.
    version: i64,
}

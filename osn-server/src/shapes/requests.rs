//! Shapes of requests for support as the API answers them. `tests/tests/server/document.rs` holds them against real answers.

use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use uuid::Uuid;

use super::records::NeedOutcome;
use super::{LocalText, Need, UnknownDecision};

type Instant = DateTime<Utc>;

/// A support request.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct SupportRequest {
    id: Uuid,
    /// The body that asks, or whose counter or team it was written at.
    organization_id: Uuid,
    /// Who asks; absent: the body.
    origin: Option<RequestOrigin>,
    created_by: Uuid,
    title: LocalText,
    description: LocalText,
    need: Need,
    /// What people decided where the records do not say.
    decisions: Vec<UnknownDecision>,
    /// The reported gaps that it grew out of.
    gaps: Option<Vec<Uuid>>,
    /// The described group that its number of people comes from.
    from_profile: Option<super::FromProfile>,
    /// The officer who answers for it.
    owner: Option<Uuid>,
    /// The last day for the answer.
    due: Option<NaiveDate>,
    state: RequestState,
    /// For `If-Match`.
    version: i64,
}

/// Who asks through a request.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub(crate) enum RequestOrigin {
    Body,
    Team,
    Counter,
}

/// Where a request stands.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", tag = "state", rename_all_fields = "snake_case")]
pub(crate) enum RequestState {
    Draft,
    Submitted { at: Instant },
    Examined { at: Instant },
    Confirmed { certificate: Uuid, outcome: NeedOutcome },
    Covered { certificate: Uuid, refer_to: Vec<Uuid> },
    Withdrawn { at: Instant },
}

//! What the house keeps about itself: the journal, the outbox, jobs.

use osn_core::id::{JobId, MessageId};
use osn_core::time::Instant;
use osn_store::{JobRow, JobState, JournalEntry, JournalFault, MessageState, Page, PageQuery, Verified};
use schemars::JsonSchema;
use serde::Serialize;

use crate::acts::Acting;
use crate::auth::Right;
use crate::refusal::{Outcome, Refusal};

/// The journal, newest first.
pub async fn journal(acting: &Acting, query: PageQuery) -> Outcome<Page<JournalEntry>> {
    acting.require(Right::Audit)?;
    Ok(acting.scope.journal(query).await?)
}

/// What the verification of the journal found.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct JournalCheck {
    /// Whether every digest and every link holds.
    pub verified: bool,
    /// Entries in the chain.
    pub entries: u64,
    /// The chain's head.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub head: Option<String>,
    /// Entries that a published head covers.
    pub proven: u64,
    /// Entries behind the last published head: not proven yet.
    pub unproven: u64,
    /// Entries that the sealer has not chained yet.
    pub open: u64,
    /// What is broken, and where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

/// Walks the whole journal and compares it with every published head.
pub async fn verify_journal(acting: &Acting) -> Outcome<JournalCheck> {
    acting.require(Right::Audit)?;
    Ok(checked(acting.scope.verify_journal().await?))
}

/// The verification's answer as a document.
pub fn checked(found: Result<Verified, JournalFault>) -> JournalCheck {
    match found {
        Ok(found) => JournalCheck {
            verified: true,
            entries: found.entries,
            head: Some(found.head.to_string()),
            proven: found.proven,
            unproven: found.unproven,
            open: found.open,
            fault: None,
        },
        Err(fault) => JournalCheck {
            verified: false,
            entries: 0,
            head: None,
            proven: 0,
            unproven: 0,
            open: 0,
            fault: Some(fault.to_string()),
        },
    }
}

/// A message, without its recipient.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MessageView {
    /// Identifier.
    #[schemars(with = "uuid::Uuid")]
    pub id: MessageId,
    /// Which text.
    pub template: String,
    /// `pending`, `leased`, `sent`, `dead`.
    #[schemars(with = "String")]
    pub state: MessageState,
    /// Attempts so far.
    pub attempts: u32,
    /// When it was written.
    pub created_at: Instant,
    /// When it went out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<Instant>,
    /// Code of the last failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
}

/// Messages, without their recipients.
pub async fn outbox(acting: &Acting, query: PageQuery) -> Outcome<Page<MessageView>> {
    acting.require(Right::Operate)?;
    let view = |message: osn_store::OutboxMessage| MessageView {
        id: message.id,
        template: message.template_key,
        state: message.state,
        attempts: message.attempt,
        created_at: message.created_at,
        sent_at: message.sent_at,
        last_error: message.last_error,
    };
    Ok(acting.scope.outbox(query).await?.map(view))
}

/// A job as it can be watched.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct JobView {
    /// Identifier.
    #[schemars(with = "uuid::Uuid")]
    pub id: JobId,
    /// What it does.
    pub kind: String,
    /// `queued`, `running`, `done`, `failed`.
    pub state: &'static str,
    /// Done so far.
    pub done: u64,
    /// Of how many.
    pub total: u64,
    /// What came out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<serde_json::Value>,
    /// Code of the last failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    /// When it was ordered.
    pub created_at: Instant,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Instant>,
}

impl From<JobRow> for JobView {
    fn from(job: JobRow) -> Self {
        let state = match job.state {
            JobState::Queued => "queued",
            JobState::Leased => "running",
            JobState::Done => "done",
            JobState::Dead => "failed",
        };
        Self {
            id: job.id,
            kind: job.kind,
            state,
            done: job.done,
            total: job.total,
            result: job.result,
            last_error: job.last_error,
            created_at: job.created_at,
            finished_at: job.finished_at,
        }
    }
}

/// One job.
pub async fn job(acting: &Acting, id: JobId) -> Outcome<JobView> {
    acting.require(Right::Operate)?;
    acting
        .scope
        .job(id)
        .await?
        .map(JobView::from)
        .ok_or_else(|| Refusal::not_found("job.unknown"))
}

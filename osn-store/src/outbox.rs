//! The outbox: messages written with the change that causes them, leased for sending.

use osn_core::id::{MessageId, PersonId};
use osn_core::time::Instant;
use serde::{Deserialize, Serialize};

use crate::db::{Bulk, Sql, sql};
use crate::error::Result;
use crate::page::{Page, PageQuery, Pages, pages};
use crate::store::Scope;
use crate::tx::{Tx, fresh};
use crate::value::{Arg, Row, args};

/// Tries before a message is given up.
const TRIES: u32 = 8;

/// A message to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Identifier.
    pub id: MessageId,
    /// The person; the address is unsealed only when it is sent.
    pub recipient_person: Option<PersonId>,
    /// How, e.g. `sms`, `email`, `letter`.
    pub channel: &'static str,
    /// Which text.
    pub template_key: String,
    /// What the text needs: references, days, counts; no special-category content.
    pub params: serde_json::Value,
    /// A message with a key that was used before is not written again.
    pub dedupe_key: Option<String>,
}

/// Where a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MessageState {
    /// Waits.
    Pending,
    /// Somebody is sending it.
    Leased,
    /// It went out.
    Sent,
    /// It was tried too often.
    Dead,
}

/// A message as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxMessage {
    /// Identifier.
    pub id: MessageId,
    /// The person.
    pub recipient_person: Option<PersonId>,
    /// How.
    pub channel: String,
    /// Which text.
    pub template_key: String,
    /// What the text needs.
    pub params: serde_json::Value,
    /// Where it stands.
    pub state: MessageState,
    /// How often it was tried.
    pub attempt: u32,
    /// Not before.
    pub due_at: Instant,
    /// Stable code of the last failure.
    pub last_error: Option<String>,
    /// When it went out.
    pub sent_at: Option<Instant>,
    /// When it was written.
    pub created_at: Instant,
}

macro_rules! columns {
    () => {
        "id, recipient_person, channel, template_key, params, state, attempt, due_at, last_error, sent_at, created_at"
    };
}

const PAGE: Pages = pages!("outbox_message", columns!(), "", "$2", "$3");
const INSERT: Bulk = Bulk {
    table: "outbox_message",
    fixed: 0,
    head:
        "insert into outbox_message (municipality_id, id, recipient_person, channel, template_key, params, dedupe_key,
        state, attempt, due_at, created_at) values",
    row: "(?, ?, ?, ?, ?, ?, ?, 'pending', 0, ?, ?)",
    tail: "on conflict (municipality_id, dedupe_key) do nothing",
};
macro_rules! lease {
    ($lock:literal) => {
        concat!(
            "with picked as materialized (
               select id as picked_id from outbox_message
               where municipality_id = $1 and sent_at is null and due_at <= $3
                 and (state = 'pending' or (state = 'leased' and lease_until < $3))
               order by due_at, id limit $5 ",
            $lock,
            ") update outbox_message set state = 'leased', attempt = attempt + 1, lease_worker = $2, lease_until = $4
             from picked where municipality_id = $1 and id = picked_id
             returning ",
            columns!()
        )
    };
}
/// Backend-specific: `PostgreSQL` skips rows that another server is leasing; `SQLite` has one writer.
const LEASE: Sql = sql("outbox_message", lease!("")).on_postgres(lease!("for update skip locked"));
const SENT: Sql = sql(
    "outbox_message",
    "update outbox_message set state = 'sent', sent_at = $4, lease_worker = null, lease_until = null, last_error = null
     where municipality_id = $1 and id = $2 and state = 'leased' and lease_worker = $3",
);
const FAILED: Sql = sql(
    "outbox_message",
    "update outbox_message set state = case when attempt >= $6 then 'dead' else 'pending' end, last_error = $4,
       due_at = $5, lease_worker = null, lease_until = null
     where municipality_id = $1 and id = $2 and state = 'leased' and lease_worker = $3",
);

fn message(row: &Row) -> Result<OutboxMessage> {
    Ok(OutboxMessage {
        id: row.id("id")?,
        recipient_person: row.opt_id("recipient_person")?,
        channel: row.text("channel")?,
        template_key: row.text("template_key")?,
        params: row.json("params")?,
        state: match row.text("state")?.as_str() {
            "pending" => MessageState::Pending,
            "leased" => MessageState::Leased,
            "sent" => MessageState::Sent,
            "dead" => MessageState::Dead,
            _ => return Err(row.inconsistent("state")),
        },
        attempt: row.number("attempt")?,
        due_at: row.at("due_at")?,
        last_error: row.get("last_error")?,
        sent_at: row.opt_at("sent_at")?,
        created_at: row.at("created_at")?,
    })
}

impl Scope {
    /// Messages, oldest first.
    ///
    /// # Errors
    /// When the database fails or the cursor is not one of ours.
    pub async fn outbox(&self, query: PageQuery) -> Result<Page<OutboxMessage>> {
        PAGE.read(self.db(), args![self.municipality], &query, message).await
    }

    /// Takes due messages for sending; nobody else gets them until `ttl` has passed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lease_messages(
        &self,
        worker: &str,
        now: Instant,
        ttl: chrono::TimeDelta,
        limit: u32,
    ) -> Result<Vec<OutboxMessage>> {
        let until = now.checked_add_signed(ttl).unwrap_or(now);
        let mut tx = self.db().begin().await?;
        let rows = tx
            .all(&LEASE, args![self.municipality, worker, now, until, limit])
            .await?;
        tx.commit().await?;
        let mut messages = rows.iter().map(message).collect::<Result<Vec<_>>>()?;
        messages.sort_by_key(|message| (message.due_at, message.id));
        Ok(messages)
    }

    /// It went out.
    ///
    /// # Errors
    /// `Stale` when this worker does not hold it any more.
    pub async fn mark_sent(&self, worker: &str, id: MessageId, now: Instant) -> Result<()> {
        let mut tx = self.db().begin().await?;
        fresh(tx.run(&SENT, args![self.municipality, id, worker, now]).await?, 0)?;
        tx.commit().await
    }

    /// It did not go out; it is tried again at `retry_at`, eight times in all.
    ///
    /// # Errors
    /// `Stale` when this worker does not hold it any more.
    pub async fn mark_failed(&self, worker: &str, id: MessageId, code: &str, retry_at: Instant) -> Result<()> {
        let mut tx = self.db().begin().await?;
        fresh(
            tx.run(&FAILED, args![self.municipality, id, worker, code, retry_at, TRIES])
                .await?,
            0,
        )?;
        tx.commit().await
    }
}

impl Tx {
    /// Writes a message; nothing happens when its key was used before.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn outbox(&mut self, message: &Message) -> Result<()> {
        self.outbox_many(std::slice::from_ref(message)).await
    }

    /// Writes many messages.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn outbox_many(&mut self, messages: &[Message]) -> Result<()> {
        let (municipality, now) = (self.municipality(), self.now);
        let rows = messages
            .iter()
            .map(|message| {
                Ok(vec![
                    municipality.into(),
                    message.id.into(),
                    message.recipient_person.into(),
                    message.channel.into(),
                    message.template_key.as_str().into(),
                    Arg::json(&message.params)?,
                    message.dedupe_key.clone().into(),
                    now.into(),
                    now.into(),
                ])
            })
            .collect::<Result<Vec<_>>>()?;
        self.inner.bulk(&INSERT, Vec::new(), rows).await.map(|_| ())
    }
}

//! Reminders: once a day, one message for each body with the links of its records that are due.
//!
//! The link is the reminder's identifier with the municipality's mark over it. It is made when the message is sent: no
//! table and no log ever holds it.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use osn_core::id::{JobId, MessageId, OrganizationId, ReminderId};
use osn_core::lang::LocalText;
use osn_core::state::Machine as _;
use osn_core::time::Instant;
use osn_core::upkeep::{RecordKind, Reminder, ReminderEvent, ReminderState, Suggestion, SuggestionAbout, UpkeepPolicy};
use osn_store::{Job, Message, OutboxMessage, Reminded, Tx, Versioned};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::kept::{Kept, kept};
use super::mailboxes::Mailboxes;
use super::{find, name, owner, policy};
use crate::acts::{Acting, entry};
use crate::auth::Right;
use crate::jobs::Progress;
use crate::lang::Lang;
use crate::refusal::{Outcome, Refusal};

/// The kind of the job.
pub(crate) const JOB: &str = "upkeep.remind";
/// The channel of messages to bodies.
pub(crate) const CHANNEL: &str = "body";
/// The text of the message.
pub(crate) const TEMPLATE: &str = "record-reminder";
/// The text of the message about a suggestion.
pub(crate) const SUGGESTED: &str = "record-suggestion";

/// Records that one message asks about: nobody confirms hundreds in one sitting, and a transaction stays short.
const ASKED_AT_ONCE: usize = 100;

/// Work that was asked for.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct Asked {
    /// The job, which can be watched.
    #[schemars(with = "uuid::Uuid")]
    pub job: JobId,
}

/// Asks for the reminders that are due, now. Nobody is reminded twice of one record in a day.
pub async fn ask(acting: &Acting) -> Outcome<Asked> {
    acting.require(Right::MaintainDirectory)?;
    let job = enqueue(acting, JOB, &acting.now.to_rfc3339()).await?;
    Ok(Asked { job })
}

/// Plans the work of the day: reminders and digests, each once.
pub(crate) async fn plan_day(acting: &Acting) -> Outcome<()> {
    let day = acting.zone().day(acting.now).to_string();
    for kind in [JOB, super::digests::JOB] {
        if acting.scope.job_with_key(&format!("{kind}/{day}")).await?.is_none() {
            enqueue(acting, kind, &day).await?;
        }
    }
    Ok(())
}

pub(super) async fn enqueue(acting: &Acting, kind: &str, unique: &str) -> Outcome<JobId> {
    let job = Job {
        id: acting.app.new_id(JobId::new),
        kind: kind.to_owned(),
        payload: json!({}),
        dedupe_key: Some(format!("{kind}/{unique}")),
        run_at: acting.now,
    };
    let mut tx = acting.begin("job.ask").await?;
    let id = tx.enqueue(&job).await?;
    tx.commit().await?;
    Ok(id)
}

/// Reminds every body of its records that are due: a body at a time, each in one transaction. Done again, it finds the
/// reminders that it wrote and writes none.
pub(crate) async fn work(acting: &Acting, progress: &Progress<'_>) -> Outcome<Value> {
    let mapped = acting.mapping().await?;
    let reminded = acting.scope.reminded().await?;
    let kept = kept(&mapped.directory, &acting.scope.last_confirmed().await?);
    let due = due(acting, &kept, &reminded, policy(acting));
    let total = u64::try_from(due.len()).unwrap_or(u64::MAX);
    let (mut bodies, mut records) = (0_u64, 0_usize);
    let mailboxes = Mailboxes::read(acting).await?;
    for (done, (body, of_body)) in (1_u64..).zip(due) {
        if mailboxes.of(&mapped.directory, body).is_some() {
            records += of_body.len();
            bodies += 1;
            for asked in of_body.chunks(ASKED_AT_ONCE) {
                remind(acting, body, asked).await?;
            }
        }
        progress.at(done, total).await?;
    }
    Ok(json!({ "bodies": bodies, "records": records }))
}

/// The records about which each body is to be asked today: its own, its places, its services. What another body was asked
/// about a record before it changed hands says nothing about this one.
fn due(
    acting: &Acting,
    kept: &[Kept<'_>],
    reminded: &Reminded,
    policy: UpkeepPolicy,
) -> BTreeMap<OrganizationId, Vec<(RecordKind, Uuid)>> {
    let today = acting.zone().day(acting.now);
    let mut due: BTreeMap<OrganizationId, Vec<(RecordKind, Uuid)>> = BTreeMap::new();
    for record in kept {
        let Some(body) = record.owner else { continue };
        let last = reminded.get(&(record.kind, record.id, body));
        let last = last.map(|at| acting.zone().day(*at));
        if policy.is_reminder_due(record.confirmed_on, last, today) {
            due.entry(body).or_default().push((record.kind, record.id));
        }
    }
    due
}

/// Writes reminders of a body's records and the one message that carries them.
async fn remind(acting: &Acting, body: OrganizationId, records: &[(RecordKind, Uuid)]) -> Outcome<()> {
    let mut tx = acting.begin("record.remind").await?;
    let mut ids = Vec::new();
    for (kind, id) in records {
        ids.push(replace(acting, &mut tx, body, *kind, *id).await?);
    }
    tx.outbox(&message(acting, body, &ids)).await?;
    tx.journal(entry(
        "record.remind",
        "organization",
        body.uuid(),
        json!({ "records": ids.len() }),
    ));
    Ok(tx.commit().await?)
}

/// A new reminder in place of an open one.
async fn replace(
    acting: &Acting,
    tx: &mut Tx,
    owner: OrganizationId,
    kind: RecordKind,
    record_id: Uuid,
) -> Outcome<ReminderId> {
    end(acting, tx, kind, record_id, ReminderEvent::Replace { at: acting.now }).await?;
    insert(acting, tx, owner, kind, record_id).await
}

async fn insert(
    acting: &Acting,
    tx: &mut Tx,
    owner: OrganizationId,
    kind: RecordKind,
    record_id: Uuid,
) -> Outcome<ReminderId> {
    let reminder = Reminder {
        id: acting.app.new_id(ReminderId::new),
        owner,
        kind,
        record_id,
        sent_at: acting.now,
        expires_at: acting.now + TimeDelta::days(policy(acting).link_valid_days.into()),
        state: ReminderState::Sent,
    };
    tx.insert_reminder(&reminder).await?;
    Ok(reminder.id)
}

/// Ends the reminder about a record that nobody answered yet, if there is one.
pub(super) async fn end(
    acting: &Acting,
    tx: &mut Tx,
    kind: RecordKind,
    record: Uuid,
    event: ReminderEvent,
) -> Outcome<()> {
    let open = acting.scope.open_reminder(kind, record).await?;
    end_read(tx, open, &event).await
}

async fn end_read(tx: &mut Tx, open: Option<Versioned<Reminder>>, event: &ReminderEvent) -> Outcome<()> {
    if let Some(mut open) = open {
        open.value.state = open.value.state.apply(event)?;
        tx.update_reminder(&open.value, open.version).await?;
    }
    Ok(())
}

/// The message that carries these reminders. Its key is the first of them: a body may be asked about more on the same day,
/// and a reminder stands in one message.
fn message(acting: &Acting, body: OrganizationId, reminders: &[ReminderId]) -> Message {
    Message {
        id: acting.app.new_id(MessageId::new),
        recipient_person: None,
        channel: CHANNEL,
        template_key: TEMPLATE.to_owned(),
        params: json!({ "organization": body, "reminders": reminders }),
        dedupe_key: reminders.first().map(|first| format!("{TEMPLATE}/{body}/{first}")),
    }
}

/// A reminder about one record now: asked by staff, or by whoever holds an old link. It goes to the owner's address only.
pub(super) async fn remind_of(acting: &Acting, owner: OrganizationId, kind: RecordKind, id: Uuid) -> Outcome<()> {
    let mut tx = acting.begin("record.remind").await?;
    let reminder = replace(acting, &mut tx, owner, kind, id).await?;
    tx.outbox(&message(acting, owner, &[reminder])).await?;
    tx.journal(entry("record.remind", kind.name(), id, json!({ "records": 1 })));
    Ok(tx.commit().await?)
}

/// Whether a message may go to a body now about what somebody suggests: it has a mailbox, and got no more than a few in a quarter
/// of an hour, whatever a machine sends. The message that is allowed counts.
pub(super) async fn may_tell_of_suggestion(acting: &Acting, owner: OrganizationId) -> Outcome<bool> {
    let mapped = acting.mapping().await?;
    if Mailboxes::read(acting).await?.of(&mapped.directory, owner).is_none() {
        return Ok(false);
    }
    let throttle = acting.app.suggestions();
    // Counted apart from the record of the body itself, about which somebody may suggest something, too.
    let mailbox = format!("{}/{owner}/mailbox", acting.municipality().id);
    let may = throttle.check(&mailbox, acting.now).is_ok();
    if may {
        throttle.failed(&mailbox, acting.now);
    }
    Ok(may)
}

/// Tells the body that answers for a record that somebody suggested something about it: of what kind, and where to look or
/// correct. What was written stays here, where people sign in: it may name somebody. At most once a day for a record.
pub(super) async fn tell_of_suggestion(acting: &Acting, tx: &mut Tx, suggestion: &Suggestion) -> Outcome<()> {
    let (kind, id, owner) = (suggestion.kind, suggestion.record_id, suggestion.owner);
    let open = acting.scope.open_reminder(kind, id).await?;
    let holds = open
        .as_ref()
        .filter(|open| open.value.check_for(Some(owner), acting.now).is_ok());
    let reminder = match holds {
        Some(open) => open.value.id,
        // What was read is what ends: a link that somebody else made since stays, and this one is written anew.
        None => {
            let event = ReminderEvent::Replace { at: acting.now };
            end_read(tx, open, &event).await?;
            insert(acting, tx, owner, kind, id).await?
        }
    };
    tx.outbox(&Message {
        template_key: SUGGESTED.to_owned(),
        params: json!({ "organization": owner, "reminders": [reminder], "about": suggestion.about }),
        dedupe_key: Some(format!("{SUGGESTED}/{owner}/{id}/{}", acting.zone().day(acting.now))),
        ..message(acting, owner, &[reminder])
    })
    .await?;
    Ok(())
}

/// Staff remind the owner of one record. Not twice within a day: a mailbox is somebody's time.
pub async fn remind_now(acting: &Acting, kind: RecordKind, id: Uuid) -> Outcome<()> {
    acting.require(Right::MaintainDirectory)?;
    let version = super::in_force(acting, kind, id).await?;
    let owner = super::answering(&version.record)?;
    let mapped = acting.mapping().await?;
    if Mailboxes::read(acting).await?.of(&mapped.directory, owner).is_none() {
        return Err(Refusal::conflict("reminder.no-address"));
    }
    if was_reminded_today(acting, owner, kind, id).await? {
        return Err(Refusal::conflict("reminder.sent-today"));
    }
    remind_of(acting, owner, kind, id).await
}

/// Whether a link about the record waits at this body since today.
pub(super) async fn was_reminded_today(
    acting: &Acting,
    body: OrganizationId,
    kind: RecordKind,
    id: Uuid,
) -> Outcome<bool> {
    let open = acting.scope.open_reminder(kind, id).await?;
    let open = open.filter(|open| open.value.owner == body);
    let today = acting.zone().day(acting.now);
    Ok(open.is_some_and(|open| acting.zone().day(open.value.sent_at) == today))
}

/// The secret part of a link's address.
pub(super) async fn link_of(acting: &Acting, id: ReminderId) -> Outcome<String> {
    let mark = acting.scope.reminder_mark(id).await?;
    let bytes: Vec<u8> = id.uuid().as_bytes().iter().chain(&mark).copied().collect();
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// The reminder that a link names, when its mark is the municipality's.
pub(super) async fn of_link(acting: &Acting, link: &str) -> Outcome<Option<ReminderId>> {
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(link) else {
        return Ok(None);
    };
    let Some((id, mark)) = bytes.split_first_chunk::<16>() else {
        return Ok(None);
    };
    let id = ReminderId::new(Uuid::from_bytes(*id));
    let wanted = acting.scope.reminder_mark(id).await?;
    // All bytes are compared, whatever the first ones are.
    let differs = wanted
        .iter()
        .zip(mark)
        .fold(0_u8, |seen, (one, other)| seen | (one ^ other));
    Ok((differs == 0 && mark.len() == wanted.len()).then_some(id))
}

#[derive(Deserialize)]
struct Params {
    organization: OrganizationId,
    reminders: BTreeSet<ReminderId>,
    /// What a suggestion is about, where the message tells of one.
    #[serde(default)]
    about: Option<SuggestionAbout>,
}

/// A record in a message. Its name is all that is said of it, so that mail never tells where a protected place is.
struct Line {
    kind: RecordKind,
    name: LocalText,
    link: String,
    until: Instant,
}

/// The records of a message whose links still work: the body itself, then its places, then its services.
async fn lines(acting: &Acting, reminders: BTreeSet<ReminderId>) -> Outcome<Vec<Line>> {
    let mapped = acting.mapping().await?;
    let mut lines = Vec::new();
    for id in reminders {
        let reminder = acting.scope.reminder(id).await?.map(|read| read.value);
        let Some(reminder) = reminder else { continue };
        let Some(record) = find(&mapped.directory, reminder.kind, reminder.record_id) else {
            continue;
        };
        if reminder.check_for(owner(&record), acting.app.now()).is_ok() {
            lines.push(Line {
                kind: reminder.kind,
                name: name(&record).clone(),
                link: link_of(acting, id).await?,
                until: reminder.expires_at,
            });
        }
    }
    lines.sort_by_key(|line| line.kind);
    Ok(lines)
}

/// The words of a message to a body: subject and text, Greek first. `None`: there is nothing to say any more.
pub(crate) async fn words(acting: &Acting, message: &OutboxMessage) -> Outcome<Option<(OrganizationId, String)>> {
    let params: Params = serde_json::from_value(message.params.clone()).map_err(Refusal::internal)?;
    let lines = lines(acting, params.reminders).await?;
    let Some(until) = lines.iter().map(|line| line.until).min() else {
        return Ok(None);
    };
    let until = acting.zone().day(until).format("%-d/%-m/%Y").to_string();
    let municipality = &acting.municipality().name;
    let texts = acting.app.texts();
    let mut text = String::new();
    for lang in Lang::ALL {
        let prefix = if lang == Lang::El { "" } else { "/en" };
        let mut list = String::new();
        for line in &lines {
            let kind = texts.get(lang, &format!("import-kind-{}", line.kind.name()), &[]);
            list.push_str(&format!(
                "- {kind}: {}\r\n  {}{prefix}/confirm/{}\r\n",
                line.name.get(lang.tag()),
                base(acting),
                line.link
            ));
        }
        let count = lines.len().to_string();
        let about = params
            .about
            .map(|about| texts.get(lang, &format!("suggestion-about-{}", about.name()), &[]));
        let args = [
            ("about", about.as_deref().unwrap_or_default()),
            ("municipality", municipality.get(lang.tag())),
            ("records", list.as_str()),
            ("count", count.as_str()),
            ("until", until.as_str()),
        ];
        text.push_str(&texts.get(lang, &format!("message-{}", message.template_key), &args));
        text.push_str("\r\n\r\n");
    }
    Ok(Some((params.organization, text)))
}

/// Where the municipality's pages are reached from outside: `settings.address`, else its first host.
pub(crate) fn base(acting: &Acting) -> String {
    let municipality = acting.municipality();
    let stated = municipality.settings.get("address").and_then(Value::as_str);
    if let Some(stated) = stated {
        return stated.trim_end_matches('/').to_owned();
    }
    let scheme = if acting.app.config().secure_cookies {
        "https"
    } else {
        "http"
    };
    let host = municipality.hosts.first().map_or("localhost", String::as_str);
    format!("{scheme}://{host}")
}

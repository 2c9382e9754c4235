//! Messages to people: written with the act that causes them, sent afterwards; nothing in them says what the help is for.
//!
//! The folder transport writes one file a message, for development and the demonstration.

use std::path::Path;

use base64::Engine as _;
use chrono::TimeDelta;
use osn_core::application::Applicant;
use osn_core::id::{ApplicationId, MessageId, PersonId};
use osn_store::{Message, OutboxMessage, Readable};

use crate::acts::Acting;
use crate::acts::network::daily::{self, Told};
use crate::acts::network::{following, meetings};
use crate::acts::upkeep::mailboxes::Mailboxes;
use crate::acts::upkeep::{digests, reminders};
use crate::lang::Lang;
use crate::refusal::{Outcome, Refusal};

/// How long a message is held for sending.
const LEASE: TimeDelta = TimeDelta::seconds(60);
/// Messages sent in one look.
const BATCH: u32 = 50;

/// A message to the person behind an application. `params` hold days, counts and references only.
pub(crate) fn to_applicant(
    acting: &Acting,
    application: ApplicationId,
    person: PersonId,
    template: &str,
    unique: &str,
    mut params: serde_json::Value,
) -> Message {
    if let Some(params) = params.as_object_mut() {
        params.insert("application".to_owned(), serde_json::json!(application));
    }
    Message {
        id: acting.app.new_id(MessageId::new),
        recipient_person: Some(person),
        channel: "notice",
        template_key: template.to_owned(),
        params,
        dedupe_key: Some(format!("{template}/{unique}")),
    }
}

/// Sends what is due; how many went out.
pub(crate) async fn send(acting: &Acting) -> Outcome<u64> {
    let worker = acting.app.instance();
    let mut sent = 0;
    let messages = acting
        .scope
        .lease_messages(worker, acting.app.now(), LEASE, BATCH)
        .await?;
    for message in messages {
        match deliver(acting, &message).await {
            Ok(()) => {
                acting.scope.mark_sent(worker, message.id, acting.app.now()).await?;
                sent += 1;
            }
            Err(refusal) => {
                tracing::error!(message = %message.id, %refusal, "a message was not sent");
                acting
                    .scope
                    .mark_failed(
                        worker,
                        message.id,
                        refusal.code(),
                        acting.app.now() + TimeDelta::minutes(5),
                    )
                    .await?;
            }
        }
    }
    Ok(sent)
}

async fn deliver(acting: &Acting, message: &OutboxMessage) -> Outcome<()> {
    if message.channel == reminders::CHANNEL {
        return to_body(acting, message).await;
    }
    let application = message.params.get("application").cloned().unwrap_or_default();
    let id: ApplicationId = serde_json::from_value(application).map_err(Refusal::internal)?;
    let reference = acting
        .scope
        .application(id)
        .await?
        .map(|application| application.value.reference.to_string())
        .unwrap_or_default();
    match acting.scope.application_for_machine(id).await? {
        Some(Readable::Data(data)) => write(acting, message, &data.applicant, &reference).await,
        // Nobody is told any more: that is how erasure looks from here.
        Some(Readable::Erased) | None => Ok(()),
    }
}

/// A message to a body of the network. Its links are made here, and stand nowhere else.
async fn to_body(acting: &Acting, message: &OutboxMessage) -> Outcome<()> {
    if message.template_key == meetings::TEMPLATE {
        return invitation(acting, message).await;
    }
    if message.template_key == following::TEMPLATE {
        return match following::words(acting, message).await? {
            Some((address, text)) => to_address(acting, message, &address, &text).await,
            None => Ok(()),
        };
    }
    let words = match message.template_key.as_str() {
        daily::TEMPLATE => match daily::words(acting, message).await? {
            Some((Told::Officer(address), text)) => return to_address(acting, message, &address, &text).await,
            Some((Told::Body(body), text)) => Some((body, text)),
            None => None,
        },
        reminders::TEMPLATE | reminders::SUGGESTED => reminders::words(acting, message).await?,
        digests::TEMPLATE => digests::words(acting, message).await?,
        _ => return Err(Refusal::internal("a message of a kind that this version does not know")),
    };
    let mapped = acting.mapping().await?;
    let Some((body, text)) = words else {
        return Ok(());
    };
    match Mailboxes::read(acting).await?.of(&mapped.directory, body) {
        Some(address) => to_address(acting, message, &address, &text).await,
        None => Ok(()),
    }
}

/// One e-mail under the subject of its kind.
async fn to_address(acting: &Acting, message: &OutboxMessage, address: &str, text: &str) -> Outcome<()> {
    let key = format!("message-{}-subject", message.template_key);
    post(acting, message, (&format!("To: {address}"), "eml"), &key, text).await
}

/// An invitation to a meeting: words, and the entry of the calendar beside them (RFC 6047).
async fn invitation(acting: &Acting, message: &OutboxMessage) -> Outcome<()> {
    let Some(invitation) = meetings::words(acting, message).await? else {
        return Ok(());
    };
    let mapped = acting.mapping().await?;
    let Some(address) = Mailboxes::read(acting).await?.of(&mapped.directory, invitation.body) else {
        return Ok(());
    };
    let base64 = &base64::engine::general_purpose::STANDARD;
    let lines = |text: &str| {
        let encoded = base64.encode(text);
        let lines: Vec<&str> = encoded
            .as_bytes()
            .chunks(76)
            .filter_map(|line| std::str::from_utf8(line).ok())
            .collect();
        lines.join("\r\n")
    };
    let method = if invitation.calendar.contains("METHOD:CANCEL") {
        "CANCEL"
    } else {
        "REQUEST"
    };
    let boundary = format!("osn-{}", message.id);
    let body = format!(
        "--{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n\
         --{boundary}\r\nContent-Type: text/calendar; charset=utf-8; method={method}\r\n\
         Content-Disposition: attachment; filename=\"meeting.ics\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n\
         --{boundary}--\r\n",
        lines(&invitation.words),
        lines(&invitation.calendar)
    );
    let media = format!("multipart/mixed; boundary=\"{boundary}\"");
    let subject = format!("message-{}-subject", message.template_key);
    post_as(
        acting,
        message,
        (&format!("To: {address}"), "eml"),
        &subject,
        (&media, &body),
    )
    .await
}

/// One file: an e-mail where there is an address, else a short message to the telephone.
async fn write(acting: &Acting, message: &OutboxMessage, to: &Applicant, reference: &str) -> Outcome<()> {
    let municipality = &acting.municipality().name;
    let mut body = String::new();
    for lang in Lang::ALL {
        let dates = dates(&message.params);
        let lot = message.params.get("lot").and_then(serde_json::Value::as_str);
        let args = [
            ("lot", lot.unwrap_or_default()),
            ("reference", reference),
            ("municipality", municipality.get(lang.tag())),
            ("dates", dates.as_str()),
        ];
        body.push_str(
            &acting
                .app
                .texts()
                .get(lang, &format!("message-{}", message.template_key), &args),
        );
        body.push_str("\r\n\r\n");
    }
    let (address, suffix) = match &to.email {
        Some(email) => (format!("To: {email}"), "eml"),
        None => (format!("To: {}", to.phone), "sms"),
    };
    post(acting, message, (&address, suffix), "message-subject", &body).await
}

/// Writes the file of a message: its address line with the file's ending, the key of its subject, its words.
async fn post(
    acting: &Acting,
    message: &OutboxMessage,
    (address, suffix): (&str, &str),
    subject: &str,
    body: &str,
) -> Outcome<()> {
    let media = "text/plain; charset=utf-8";
    post_as(acting, message, (address, suffix), subject, (media, body)).await
}

/// The same for a body of another kind.
async fn post_as(
    acting: &Acting,
    message: &OutboxMessage,
    (address, suffix): (&str, &str),
    subject: &str,
    (media, body): (&str, &str),
) -> Outcome<()> {
    let municipality = acting.municipality().name.get("el");
    let subject = acting
        .app
        .texts()
        .get(Lang::El, subject, &[("municipality", municipality)]);
    // RFC 2047: a header holds ASCII only.
    let subject = format!(
        "=?UTF-8?B?{}?=",
        base64::engine::general_purpose::STANDARD.encode(subject)
    );
    let date = message.created_at.to_rfc2822();
    let text = format!(
        "{address}\r\nSubject: {subject}\r\nDate: {date}\r\nMessage-ID: <{}@osn>\r\nMIME-Version: 1.0\r\nContent-Type: {media}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{body}",
        message.id
    );
    let folder = acting
        .app
        .config()
        .data_dir
        .join("outbox")
        .join(&acting.municipality().slug);
    let file = folder.join(format!("{}.{suffix}", message.id));
    tokio::task::spawn_blocking(move || put(&folder, &file, &text))
        .await
        .map_err(Refusal::internal)?
        .map_err(Refusal::internal)
}

/// The days of a plan, as people read them.
fn dates(params: &serde_json::Value) -> String {
    let slots = params.get("slots").and_then(serde_json::Value::as_array);
    let days = slots
        .into_iter()
        .flatten()
        .filter_map(|slot| slot.get("date")?.as_str()?.parse::<chrono::NaiveDate>().ok());
    days.map(|day| day.format("%-d/%-m/%Y").to_string())
        .collect::<Vec<_>>()
        .join(", ")
}

/// A message holds an address: its file is the owner's alone.
fn put(folder: &Path, file: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    std::fs::create_dir_all(folder)?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)?.write_all(text.as_bytes())
}

//! What keeps the place running: the journal, messages that wait.

use axum::http::StatusCode;
use axum::response::Response;
use osn_store::MessageState;

use super::{Asked, head};
use crate::acts::records;
use crate::auth::Right;
use crate::http::Query;
use crate::pages::chrome::Section;
use crate::pages::part::{Block, Cell, Fact, Facts, Row, StaffPage, Table, Tag, Tone};
use crate::pages::reader::Reader;
use crate::pages::{show, show_with};
use crate::refusal::Outcome;

pub(super) async fn journal(reader: Reader, Query(asked): Query<Asked>) -> Outcome<Response> {
    let (acting, p) = reader.page("journal-title", Section::Journal);
    acting.require(Right::Audit)?;
    let found = acting.scope.journal(asked.query()).await?;
    let mut rows = Vec::new();
    for entry in &found.items {
        let who = match entry.account {
            Some(account) => super::person(&acting, account).await?,
            None => p.t("journal-system"),
        };
        let subject = entry.subject_id.map(|id| id.to_string()).unwrap_or_default();
        rows.push(Row::new(vec![
            Cell::number(entry.seq.map(|seq| p.number(seq)).unwrap_or_default()),
            Cell::new(p.moment(entry.at)),
            Cell::head(
                p.opt(&format!("act-{}", entry.act.replace('.', "-")))
                    .unwrap_or_else(|| entry.act.clone()),
            )
            .note(entry.act.clone()),
            Cell::new(who),
            Cell::new(entry.subject_kind.clone().unwrap_or_default()).note(subject),
            Cell::new(entry.details.to_string()).code(),
        ]));
    }
    let table = Table {
        caption: p.t("journal-title"),
        head: head(
            &p,
            [
                ("column-number", true),
                ("column-when", false),
                ("column-act", false),
                ("column-who", false),
                ("column-subject", false),
                ("column-details", false),
            ],
        ),
        rows,
        empty: p.t("journal-none"),
    };
    let mut page = StaffPage::new(p.clone())
        .subtitled(p.tc("journal-count", found.total))
        .block(Block::Text(p.t("journal-text")))
        .block(Block::Link(p.t("journal-verify"), p.url("/staff/journal/verify")))
        .block(Block::Table(table));
    page.pager = asked.pager(&p, "/staff/journal", found.next);
    Ok(show(&page))
}

/// Walks the whole chain and says whether every entry and every link holds.
pub(super) async fn verify(reader: Reader) -> Outcome<Response> {
    let (acting, p) = reader.page("journal-verify", Section::Journal);
    let check = records::verify_journal(&acting).await?;
    let (class, title, said) = match &check.fault {
        None => (
            "covered",
            p.t("journal-holds"),
            p.tc("journal-holds-text", check.entries),
        ),
        Some(fault) => ("gap", p.t("journal-broken"), fault.clone()),
    };
    let mut facts = vec![
        Fact::text(p.t("journal-proven"), p.number(check.proven)),
        Fact::text(p.t("journal-unproven"), p.number(check.unproven)),
        Fact::text(p.t("journal-open"), p.number(check.open)),
    ];
    facts.extend(
        check
            .head
            .map(|head| Fact::new(p.t("journal-head"), Cell::new(head).code())),
    );
    let page = StaffPage::new(p.clone())
        .back(p.t("journal-title"), p.url("/staff/journal"))
        .block(Block::Outcome(class, title, said))
        .block(Block::Facts(Facts { facts }));
    Ok(show(&page))
}

pub(super) async fn outbox(reader: Reader, Query(asked): Query<Asked>) -> Outcome<Response> {
    let (acting, p) = reader.page("outbox-title", Section::Outbox);
    acting.require(Right::Operate)?;
    let found = acting.scope.outbox(asked.query()).await?;
    let rows = found.items.iter().map(|message| {
        let state = match message.state {
            MessageState::Pending | MessageState::Leased => Tag::new(Tone::Warn, p.t("message-waiting")),
            MessageState::Sent => Tag::new(Tone::Good, p.t("message-sent")),
            MessageState::Dead => Tag::new(Tone::Bad, p.t("message-dead")),
        };
        Row::new(vec![
            Cell::head(
                p.opt(&format!("told-{}", message.template_key))
                    .unwrap_or_else(|| message.template_key.clone()),
            ),
            Cell::new(message.channel.clone()),
            Cell::new(p.moment(message.created_at)),
            Cell::tag(state).note(message.last_error.clone().unwrap_or_default()),
        ])
    });
    let table = Table {
        caption: p.t("outbox-title"),
        head: head(
            &p,
            [
                ("column-message", false),
                ("column-channel", false),
                ("column-when", false),
                ("column-state", false),
            ],
        ),
        rows: rows.collect(),
        empty: p.t("outbox-none"),
    };
    let mut page = StaffPage::new(p.clone())
        .subtitled(p.tc("outbox-count", found.total))
        .block(Block::Text(p.t("outbox-text")))
        .block(Block::Table(table));
    page.pager = asked.pager(&p, "/staff/outbox", found.next);
    Ok(show_with(StatusCode::OK, &page))
}

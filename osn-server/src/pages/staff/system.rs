//! What keeps the place running: programs, the journal, messages that wait.

use axum::body::Body;
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use axum::response::Response;
use osn_store::MessageState;

use super::{Asked, head, many};
use crate::acts::programs::{self, Handed, ProgramView};
use crate::acts::records;
use crate::auth::Right;
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Field, FormView};
use crate::pages::multipart::Sent;
use crate::pages::part::{Act, Block, Cell, Fact, Facts, Row, StaffPage, Table, Tag, Tone};
use crate::pages::reader::Reader;
use crate::pages::{blame, mendable, onward, show, show_with};
use crate::problem;
use crate::refusal::{Outcome, Refusal};

/// Bytes of a program's file.
const PROGRAM_LIMIT: usize = 16 << 20;

pub(super) async fn programs(reader: Reader) -> Outcome<Response> {
    let (acting, p) = reader.page("programs-title", Section::Programs);
    let installs = acting.actor.may(Right::InstallPrograms);
    let form = installs.then(|| upload_form(&p));
    Ok(show(&programs_page(&p, &programs::list(&acting).await?, form)))
}

fn programs_page(p: &Page, installed: &[ProgramView], form: Option<FormView>) -> StaffPage {
    let mut page = StaffPage::new(p.clone()).subtitled(p.tc("programs-count", many(installed.len())));
    for program in installed {
        let state = if program.enabled {
            Tag::new(Tone::Good, p.t("program-on"))
        } else {
            Tag::new(Tone::Quiet, p.t("program-off"))
        };
        page.blocks.push(Block::Heading(program.title.clone()));
        page.blocks.push(Block::Text(program.summary.clone()));
        page.blocks.push(Block::Facts(Facts {
            facts: vec![
                Fact::new(p.t("column-state"), Cell::tag(state)),
                Fact::text(p.t("program-name"), program.name.clone()),
                Fact::text(p.t("program-version"), program.version.clone()),
                Fact::text(p.t("program-contract"), program.contract.clone()),
                Fact::new(p.t("program-code"), Cell::new(program.code_digest.clone()).code()),
                Fact::new(p.t("program-package"), Cell::new(program.package_digest.clone()).code()),
            ],
        }));
        if form.is_some() {
            let (step, key) = if program.enabled {
                ("disable", "program-disable")
            } else {
                ("enable", "program-enable")
            };
            page.blocks.push(Block::Acts(vec![
                Act::new(p.url(&format!("/staff/programs/{}/{step}", program.name)), p.t(key)).secondary(),
            ]));
        }
    }
    if installed.is_empty() {
        page.blocks.push(Block::Inset(p.t("programs-none")));
    }
    if let Some(form) = form {
        page.blocks.push(Block::Heading(p.t("program-install")));
        page.blocks.push(Block::Text(p.t("program-install-text")));
        page.blocks.push(Block::Form(Box::new(form)));
    }
    page
}

fn upload_form(p: &Page) -> FormView {
    let file = Field::file("component", p.t("program-file"), ".wasm,application/wasm");
    let signature = Field::file("signature", p.t("program-signature-file"), ".minisig");
    FormView {
        multipart: true,
        ..FormView::new(p.url("/staff/programs"), vec![file, signature], p.t("program-install"))
    }
}

pub(super) async fn install(reader: Reader, request: Request<Body>) -> Outcome<Response> {
    let (acting, mut p) = reader.page("programs-title", Section::Programs);
    let sent = Sent::read(request, PROGRAM_LIMIT, "request.too-large").await?;
    let installed = match sent.file("component") {
        Some(component) => {
            let signature = sent.file("signature");
            let handed = Handed {
                bytes: component.bytes.to_vec(),
                signature: signature.map(|part| String::from_utf8_lossy(part.bytes).into_owned()),
            };
            programs::install(&acting, handed).await.map(|_| ())
        }
        None => Err(Refusal::field("component", "required")),
    };
    match installed {
        Ok(()) => Ok(onward(&p, "/staff/programs", "program-installed")),
        Err(refusal) if mendable(&refusal) => {
            let mut form = upload_form(&p);
            blame(&mut p, &mut form, &refusal);
            Ok(show_with(
                problem::status(refusal.kind()),
                &programs_page(&p, &programs::list(&acting).await?, Some(form)),
            ))
        }
        Err(refusal) => Err(refusal),
    }
}

pub(super) async fn enable(reader: Reader, Path(name): Path<String>) -> Outcome<Response> {
    programs::set_enabled(&reader.acting, &name, true).await?;
    Ok(onward(&reader.p, "/staff/programs", "program-enabled"))
}

pub(super) async fn disable(reader: Reader, Path(name): Path<String>) -> Outcome<Response> {
    programs::set_enabled(&reader.acting, &name, false).await?;
    Ok(onward(&reader.p, "/staff/programs", "program-disabled"))
}

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

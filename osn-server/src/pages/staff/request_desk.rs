//! The desk's side of a request: who answers for it, until when, and the papers beside it.

use axum::body::{Body, Bytes};
use axum::extract::{Path, Request};
use axum::response::Response;
use osn_core::id::{RequestFileId, RequestId};
use osn_core::request::{RequestState, SupportRequest};
use osn_store::PageQuery;

use super::network::{answer, opens, read, small};
use super::requests::{due, request_id};
use super::{head, id, person};
use crate::acts::Acting;
use crate::acts::request_files::{self as files, FILE_LIMIT};
use crate::acts::requests::{self, Assignment};
use crate::api::request_files::saved;
use crate::auth::{Right, Role};
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Field, FormView};
use crate::pages::multipart::Sent;
use crate::pages::onward;
use crate::pages::part::{Act, Block, Cell, Fact, Facts, Row, Table};
use crate::pages::reader::Reader;
use crate::refusal::Outcome;

/// Kinds of paper, as a browser's chooser takes them.
const ACCEPTED: &str = ".pdf,.png,.jpg,.jpeg";

fn is_open(request: &SupportRequest) -> bool {
    matches!(
        request.state,
        RequestState::Draft | RequestState::Submitted { .. } | RequestState::Examined { .. }
    )
}

/// Who answers for a request, and until when; the team changes both.
pub(super) async fn owner(acting: &Acting, p: &Page, request: &SupportRequest) -> Outcome<Vec<Block>> {
    let mut facts = Vec::new();
    if let Some(owner) = request.owner {
        facts.push(Fact::text(p.t("request-owner"), person(acting, owner).await?));
    }
    if request.due.is_some() {
        let today = acting.zone().day(acting.now);
        facts.push(Fact::new(p.t("request-due"), due(p, request, today)));
    }
    let mut blocks = Vec::new();
    if !facts.is_empty() {
        blocks.push(Block::Facts(Facts { facts }));
    }
    if acting.actor.may(Right::ExamineNeeds) && is_open(request) {
        let form = owner_form(acting, p, request).await?.scoped("u-");
        blocks.push(opens(p, "request-assign", form));
    }
    Ok(blocks)
}

async fn owner_form(acting: &Acting, p: &Page, request: &SupportRequest) -> Outcome<FormView> {
    let examines = |roles: &[String]| {
        let roles: Vec<Role> = roles.iter().filter_map(|role| Role::named(role)).collect();
        Right::ExamineNeeds.is_held_by(&roles)
    };
    let (mut officers, mut query) = (Vec::new(), PageQuery::first());
    loop {
        let page = acting.scope.accounts(query).await?;
        let able = page.items.into_iter().map(|read| read.value);
        let able = able.filter(|account| !account.disabled && examines(&account.roles));
        officers.extend(able.map(|account| Choice::new(account.id.to_string(), account.name)));
        match page.next {
            Some(after) => {
                query = PageQuery {
                    after: Some(after),
                    ..PageQuery::first()
                }
            }
            None => break,
        }
    }
    let owner = Field::select("/account_id", p.t("request-owner"), officers);
    let owner = match request.owner {
        Some(kept) => owner.proposed(kept.to_string()),
        None => owner,
    };
    let until = Field::day("/due", p.t("request-due")).optional();
    let until = match request.due {
        Some(day) => until.proposed_day(day, ""),
        None => until,
    };
    let path = format!("/staff/requests/{}/owner", request.id);
    Ok(small(p, &path, vec![owner, until], "request-assign"))
}

pub(super) async fn assign(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let id = request_id(&text)?;
    let (acting, p) = reader.page("request-assign", Section::Requests);
    let request = requests::get(&acting, id).await?.value;
    let mut form = owner_form(&acting, &p, &request).await?;
    let led = match read::<Assignment>(&p, &mut form, &body) {
        Ok(to) => requests::assign(&acting, id, to)
            .await
            .map(|_| format!("/staff/requests/{id}")),
        Err(refusal) => Err(refusal),
    };
    answer(p, form, led, "request-assigned")
}

/// The papers beside a request, for its body and the team.
pub(super) async fn papers(acting: &Acting, p: &Page, request: &SupportRequest) -> Outcome<Vec<Block>> {
    if !acting.actor.may(Right::WriteRequests) {
        return Ok(Vec::new());
    }
    let id = request.id;
    let found = files::list(acting, id).await?;
    let mut rows = Vec::new();
    let mut removes = Vec::new();
    for file in &found {
        let place = format!("/staff/requests/{id}/files/{}", file.id);
        rows.push(Row::new(vec![
            Cell::head(file.name.clone()).link(p.url(&place)),
            Cell::number(p.t1("file-kib", "size", &p.number(file.size.div_ceil(1024)))),
            Cell::new(person(acting, file.by).await?).note(p.moment(file.at)),
            Cell::new(file.sha256.clone()).code(),
        ]));
        if is_open(request) {
            let words = p.t1("file-remove", "file", &file.name);
            removes.push(Act::new(p.url(&format!("{place}/remove")), words).secondary());
        }
    }
    let mut blocks = vec![
        Block::Heading(p.t("files-beside")),
        Block::Table(Table {
            caption: p.t("files-beside"),
            head: head(
                p,
                [
                    ("file-name", false),
                    ("file-size", true),
                    ("file-by", false),
                    ("file-digest", false),
                ],
            ),
            rows,
            empty: p.t("files-beside-none"),
        }),
    ];
    if !removes.is_empty() {
        blocks.push(Block::Acts(removes));
    }
    if !matches!(request.state, RequestState::Withdrawn { .. }) {
        blocks.push(opens(p, "file-attach", attach_form(p, id).scoped("f-")));
    }
    Ok(blocks)
}

fn attach_form(p: &Page, id: RequestId) -> FormView {
    let file = Field::file("/file", p.t("file-choose"), ACCEPTED).hint(p.t("file-choose-hint"));
    FormView {
        multipart: true,
        ..small(p, &format!("/staff/requests/{id}/files"), vec![file], "file-attach")
    }
}

pub(super) async fn attach(reader: Reader, Path(text): Path<String>, request: Request<Body>) -> Outcome<Response> {
    let id = request_id(&text)?;
    let (acting, p) = reader.page("file-attach", Section::Requests);
    acting.require(Right::WriteRequests)?;
    let sent = Sent::read(request, FILE_LIMIT + 4096, "request.too-large").await?;
    let (name, bytes) = sent
        .file("/file")
        .map(|part| (part.file, part.bytes))
        .unwrap_or_default();
    let led = files::attach(&acting, id, &name, bytes)
        .await
        .map(|_| format!("/staff/requests/{id}"));
    let form = attach_form(&p, id);
    answer(p, form, led, "file-attached")
}

fn addressed(text: &str, file: &str) -> Outcome<(RequestId, RequestFileId)> {
    Ok((request_id(text)?, id(file, "request-file.unknown")?))
}

pub(super) async fn file(reader: Reader, Path((text, file)): Path<(String, String)>) -> Outcome<Response> {
    let (id, file) = addressed(&text, &file)?;
    let (kept, bytes) = files::read(&reader.acting, id, file).await?;
    Ok(saved(&kept, bytes))
}

pub(super) async fn remove(reader: Reader, Path((text, file)): Path<(String, String)>) -> Outcome<Response> {
    let (id, file) = addressed(&text, &file)?;
    files::remove(&reader.acting, id, file).await?;
    Ok(onward(&reader.p, &format!("/staff/requests/{id}"), "file-removed"))
}

//! One record of the mapping: its page with its history, the form that writes it, withdrawing and bringing back.

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::NaiveDate;
use osn_core::directory::{Directory, DirectoryRecord};
use osn_core::id::OrganizationId;
use osn_core::record_change::differences;
use osn_core::upkeep::{Freshness, PeriodFigures, RecordKind};
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::{id, record_form, record_history, record_read};
use crate::acts::upkeep::confirming::{self, Confirm, ConfirmationView};
use crate::acts::upkeep::history::{ChangeView, history};
use crate::acts::upkeep::reminders;
use crate::acts::upkeep::suggestions::{self, Accept};
use crate::acts::upkeep::{keeping, kept, kind, name, owner, policy};
use crate::acts::{Acting, Saved};
use crate::auth::{Officer, Right};
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Field, FormView, Group, Posted};
use crate::pages::part::{Act, Block, Cell, Fact, Facts, StaffPage, Tag, Tone};
use crate::pages::public::figures_fields;
use crate::pages::reader::Reader;
use crate::pages::{blame, mendable, onward, show, show_with, typed};
use crate::problem;
use crate::refusal::{Kind, Outcome, Refusal};

fn record_id(text: &str) -> Outcome<Uuid> {
    id(text, "record.unknown")
}

pub(super) fn is_bound(acting: &Acting) -> bool {
    acting.actor.officer().is_some_and(Officer::is_bound)
}

pub(super) fn freshness(acting: &Acting, confirmed_on: Option<NaiveDate>) -> Freshness {
    Freshness::of(confirmed_on, policy(acting).freshness, acting.zone().day(acting.now))
}

/// How fresh a record is, in words. An old service is no longer cover; an old body or place is old, and covers nothing anyhow.
pub(in crate::pages) fn freshness_tag(p: &Page, kind: RecordKind, degree: Freshness) -> Tag {
    let tone = match degree {
        Freshness::Fresh => Tone::Good,
        Freshness::ReminderDue => Tone::Plain,
        Freshness::NoCover | Freshness::NeverConfirmed => Tone::Warn,
        Freshness::NoReferral => Tone::Bad,
    };
    let key = match degree {
        Freshness::NoCover if kind != RecordKind::Service => "freshness-old".to_owned(),
        Freshness::NoReferral if kind != RecordKind::Service => "freshness-very-old".to_owned(),
        _ => format!("freshness-{}", degree.name()),
    };
    Tag::new(tone, p.t(&key))
}

pub(super) async fn new(reader: Reader, Path(name): Path<String>) -> Outcome<Response> {
    let kind = kind(&name)?;
    let id = reader.acting.app.new_id(|uuid| uuid);
    let place = reader.p.url(&format!("/staff/records/{}/{id}/edit", kind.name()));
    Ok(Redirect::to(&place).into_response())
}

pub(super) async fn one(reader: Reader, Path((name, text)): Path<(String, String)>) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    let (kind, id) = (kind(&name)?, record_id(&text)?);
    Ok(show(&page(&acting, p, kind, id, None).await?))
}

/// A record's page, with the form of a confirmation that has to be mended.
async fn page(acting: &Acting, p: Page, kind: RecordKind, id: Uuid, form: Option<FormView>) -> Outcome<StaffPage> {
    let versions = history(acting, kind, id).await?;
    let confirmations = confirming::list(acting, kind, id).await?;
    let current = match keeping::get(acting, kind, id).await {
        Ok(saved) => Some(saved),
        Err(refusal) if refusal.kind() == Kind::NotFound => None,
        Err(refusal) => return Err(refusal),
    };
    let mapped = acting.mapping().await?;
    let address = format!("/staff/records/{}/{id}", kind.name());
    let last = acting.scope.record_in_force(kind.name(), id).await?;
    let newest = last.as_ref().map_or(0, |version| version.revision);
    let last = last.map(|version| version.record);
    let title = last.as_ref().map(|record| p.text(name(record))).unwrap_or_default();
    let p = p.titled(title).within(Section::Records);
    // Back to where the reader may go: whoever keeps nothing came from the board.
    let (title, list) = if acting.actor.may(Right::KeepRecords) {
        ("records-title", "/staff/records")
    } else {
        ("menu-upkeep", "/staff/upkeep")
    };
    let mut page = StaffPage::new(p.clone()).back(p.t(title), p.url(list));
    let body = last.as_ref().and_then(owner);
    let keeps = may_keep(acting, body);
    match &current {
        Some(saved) => {
            let on = kept::confirmed_on(&saved.value, confirmations.iter().map(|each| each.on).max());
            page = page.tagged(freshness_tag(&p, kind, freshness(acting, on)));
            let name = body.and_then(|body| mapped.directory.organization(body));
            let facts = vec![
                Fact::text(
                    p.t("column-body"),
                    name.map(|body| p.text(&body.name)).unwrap_or_default(),
                ),
                Fact::new(p.t("column-confirmed-on"), confirmed(&p, on, &confirmations)),
                Fact::text(p.t("record-revision"), saved.version.to_string()),
            ];
            page.blocks.push(Block::Facts(Facts { facts }));
            if is_outside(acting, &saved.value) {
                page.blocks.push(Block::Warning(p.t("record-outside")));
            }
            if keeps {
                let form = form.unwrap_or_else(|| confirmation_form(&p, &address, saved.version));
                let form = body.map(|_| form);
                page.blocks
                    .extend(keeping_blocks(acting, &p, &address, saved.version, form));
            }
        }
        None => page.blocks.extend(gone(acting, &p, kind, id).await?),
    }
    page.blocks.push(Block::Heading(p.t("history-confirmations")));
    page.blocks.push(record_history::confirmations(&p, &confirmations));
    page.blocks.push(Block::Heading(p.t("history-title")));
    let undo = keeps.then_some((address.as_str(), newest));
    page.blocks
        .extend(record_history::blocks(&p, &mapped.directory, &versions, undo));
    Ok(page)
}

/// That the record is gone; where it was found to be another one, with the way there.
async fn gone(acting: &Acting, p: &Page, kind: RecordKind, id: Uuid) -> Outcome<Vec<Block>> {
    let mut blocks = vec![Block::Warning(p.t("record-is-gone"))];
    let Some(into) = acting.scope.merged_into(kind, id).await? else {
        return Ok(blocks);
    };
    let stays = acting.scope.record_in_force(kind.name(), into).await?;
    let named = stays.map(|version| p.text(name(&version.record))).unwrap_or_default();
    let there = p.url(&format!("/staff/records/{}/{into}", kind.name()));
    blocks.push(Block::Link(p.t1("record-merged-into", "name", &named), there));
    Ok(blocks)
}

/// Whether whoever reads may write a record of this body. A record of nobody is the municipality's to write.
fn may_keep(acting: &Acting, body: Option<OrganizationId>) -> bool {
    let may = |officer: &Officer| match body {
        Some(body) => officer.acts_for(body).is_ok(),
        None => !officer.is_bound(),
    };
    acting.actor.may(Right::KeepRecords) && acting.actor.officer().is_some_and(may)
}

/// What somebody who keeps a record does with it; without the form of a confirmation where nobody answers for it yet.
fn keeping_blocks(acting: &Acting, p: &Page, address: &str, version: i64, form: Option<FormView>) -> Vec<Block> {
    let mut blocks = Vec::new();
    if form.is_none() {
        blocks.push(Block::Warning(p.t("record-of-nobody")));
    }
    blocks.push(Block::Link(p.t("record-edit"), p.url(&format!("{address}/edit"))));
    blocks.push(Block::Link(p.t("record-details"), p.url(&format!("{address}/details"))));
    let reminds = form.is_some() && acting.actor.may(Right::MaintainDirectory);
    if let Some(form) = form {
        blocks.push(Block::Details(p.t("record-confirm"), vec![Block::Form(Box::new(form))]));
    }
    blocks.push(Block::Acts(acts(p, address, version, reminds)));
    blocks
}

/// The day of the last confirmation, with by which way it came; a day that nobody confirmed here came with the record, as a file
/// says it.
fn confirmed(p: &Page, on: Option<NaiveDate>, confirmations: &[ConfirmationView]) -> Cell {
    let Some(on) = on else {
        return Cell::new(p.t("upkeep-never"));
    };
    let through = confirmations.iter().find(|each| each.on == on);
    let through = through.map_or("record", |each| each.through);
    Cell::new(p.day_in_words(on)).note(p.t(&format!("confirmed-{through}")))
}

/// Whether a record is a place whose coordinates lie outside the municipality.
fn is_outside(acting: &Acting, record: &DirectoryRecord) -> bool {
    let bounds = crate::nearness::bounds(acting.municipality());
    matches!(record, DirectoryRecord::Location(place) if bounds.is_some_and(|bounds| bounds.is_outside(place)))
}

fn acts(p: &Page, address: &str, version: i64, reminds: bool) -> Vec<Act> {
    let act = |path: &str, key: &str| {
        Act::new(p.url(&format!("{address}/{path}")), p.t(key))
            .secondary()
            .hidden("version", version.to_string())
    };
    let mut acts = Vec::new();
    if reminds {
        acts.push(act("remind", "record-remind"));
    }
    acts.push(act("withdraw", "record-withdraw"));
    acts
}

/// Whoever confirms names the version that they read: nobody confirms what was not on the page.
fn confirmation_form(p: &Page, address: &str, version: i64) -> FormView {
    let mut fields = vec![
        Field::line("/note", p.t("confirm-note"))
            .hint(p.t("confirm-note-hint"))
            .optional(),
    ];
    fields.extend(figures_fields(p));
    FormView::new(
        p.url(&format!("{address}/confirm")),
        fields,
        p.t("record-confirm-button"),
    )
    .hidden("version", version.to_string())
}

#[derive(Deserialize)]
struct Given {
    #[serde(default)]
    note: String,
    figures: Option<PeriodFigures>,
}

pub(super) async fn confirm(
    reader: Reader,
    Path((name, text)): Path<(String, String)>,
    body: Bytes,
) -> Outcome<Response> {
    let Reader { mut acting, mut p } = reader;
    let (kind, id) = (kind(&name)?, record_id(&text)?);
    let address = format!("/staff/records/{}/{id}", kind.name());
    let posted = Posted::read(&body);
    let current = keeping::get(&acting, kind, id).await?.version;
    acting.expected = posted.get("version").parse().ok();
    let mut form = confirmation_form(&p, &address, current);
    form.fill(&posted);
    let (given, errors) = form.draft(&p);
    let done = if errors.is_empty() {
        let given: Given = typed(given)?;
        let confirm = Confirm {
            figures: given.figures,
            note: given.note,
        };
        confirming::confirm(&acting, kind, id, confirm).await
    } else {
        Err(Refusal::invalid("request.invalid", errors))
    };
    match done {
        Ok(_) => Ok(onward(&p, &address, "record-confirmed")),
        Err(refusal) if mendable(&refusal) => {
            blame(&mut p, &mut form, &refusal);
            if refusal.kind() != Kind::Stale {
                form.of_posted_version(&posted);
            }
            let status = problem::status(refusal.kind());
            Ok(show_with(status, &page(&acting, p, kind, id, Some(form)).await?))
        }
        Err(refusal) => Err(refusal),
    }
}

pub(super) async fn remind(reader: Reader, Path((name, text)): Path<(String, String)>) -> Outcome<Response> {
    let (kind, id) = (kind(&name)?, record_id(&text)?);
    reminders::remind_now(&reader.acting, kind, id).await?;
    let place = format!("/staff/records/{}/{id}", kind.name());
    Ok(onward(&reader.p, &place, "record-reminded"))
}

pub(super) async fn withdraw(
    reader: Reader,
    Path((name, text)): Path<(String, String)>,
    body: Bytes,
) -> Outcome<Response> {
    let Reader { mut acting, p } = reader;
    let (kind, id) = (kind(&name)?, record_id(&text)?);
    acting.expected = Posted::read(&body).get("version").parse().ok();
    keeping::withdraw(&acting, kind, id).await?;
    let place = format!("/staff/records/{}/{id}", kind.name());
    Ok(onward(&p, &place, "record-withdrawn"))
}

pub(super) async fn undo(reader: Reader, Path((name, text)): Path<(String, String)>, body: Bytes) -> Outcome<Response> {
    let Reader { mut acting, p } = reader;
    let (kind, id) = (kind(&name)?, record_id(&text)?);
    let posted = Posted::read(&body);
    acting.expected = posted.get("version").parse().ok();
    let revision = posted.get("revision").parse();
    let revision = revision.map_err(|_| Refusal::not_found("record.unknown-version"))?;
    keeping::undo(&acting, kind, id, revision).await?;
    let place = format!("/staff/records/{}/{id}", kind.name());
    Ok(onward(&p, &place, "record-brought-back"))
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Because {
    #[serde(default)]
    suggestion: String,
}

/// A record on its way through the form.
pub(super) struct Editing {
    pub(super) kind: RecordKind,
    pub(super) id: Uuid,
    /// What the record says; blank for a new one.
    pub(super) before: Value,
    /// Its revision; 0 for a new one.
    pub(super) version: i64,
    /// The suggestion that it answers.
    suggestion: String,
}

impl Editing {
    pub(super) async fn of(acting: &Acting, name: &str, text: &str, suggestion: String) -> Outcome<Self> {
        let officer = acting.require(Right::KeepRecords)?;
        let (kind, id) = (kind(name)?, record_id(text)?);
        let (before, version) = match keeping::get(acting, kind, id).await {
            Ok(Saved { value, version }) => {
                match owner(&value) {
                    Some(body) => officer.acts_for(body)?,
                    None if officer.is_bound() => return Err(Refusal::new(Kind::Forbidden, "access.other-body")),
                    None => {}
                }
                (serde_json::to_value(&value).map_err(Refusal::internal)?, version)
            }
            Err(refusal) if refusal.kind() == Kind::NotFound => (record_form::blank(kind, id, officer.organization), 0),
            Err(refusal) => return Err(refusal),
        };
        Ok(Self {
            kind,
            id,
            before,
            version,
            suggestion,
        })
    }

    fn form(&self, acting: &Acting, p: &Page, directory: &Directory) -> FormView {
        let form = record_form::form(p, directory, self.kind, &self.before, is_bound(acting));
        let address = format!("/staff/records/{}/{}", self.kind.name(), self.id);
        let back = if self.version == 0 { "/staff/records" } else { &address };
        let mut form = FormView {
            action: p.url(&format!("{address}/edit")),
            cancel: Some((p.t("cancel"), p.url(back))),
            ..form
        }
        .hidden("version", self.version.to_string())
        .hidden("suggestion", self.suggestion.clone());
        if let Some(last) = form.groups.last_mut() {
            last.buttons.push(("preview".to_owned(), p.t("record-preview")));
        }
        form
    }

    fn titled(&self, p: Page) -> Page {
        let key = if self.version == 0 {
            "record-new-"
        } else {
            "record-edit-"
        };
        let key = format!("{key}{}", self.kind.name());
        p.titled_by(&key).within(Section::Records)
    }
}

pub(super) async fn ask(
    reader: Reader,
    Path((name, text)): Path<(String, String)>,
    Query(because): Query<Because>,
) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    let editing = Editing::of(&acting, &name, &text, because.suggestion).await?;
    let p = editing.titled(p);
    let mapped = acting.mapping().await?;
    let form = editing.form(&acting, &p, &mapped.directory);
    Ok(show(&StaffPage::new(p).block(Block::Form(Box::new(form)))))
}

pub(super) async fn write(
    reader: Reader,
    Path((name, text)): Path<(String, String)>,
    body: Bytes,
) -> Outcome<Response> {
    let Reader { mut acting, p } = reader;
    let posted = Posted::read(&body);
    let editing = Editing::of(&acting, &name, &text, posted.get("suggestion").to_owned()).await?;
    let mut p = editing.titled(p);
    let mapped = acting.mapping().await?;
    let mut form = editing.form(&acting, &p, &mapped.directory);
    form.fill(&posted);
    let today = acting.zone().day(acting.now);
    let after = record_read::read(&p, &form, &editing.before, today);
    let mut blocks = Vec::new();
    // Whoever typed read this version; when another one stands there now, both are shown.
    let read_version: i64 = posted.get("version").parse().unwrap_or_default();
    acting.expected = Some(read_version);
    let done = match after {
        Ok(after) => {
            if posted.get("op") == "preview" || read_version != editing.version {
                blocks.push(changed(&p, &mapped.directory, &editing.before, &after));
            }
            if posted.get("op") == "preview" && read_version == editing.version {
                blocks.push(Block::Form(Box::new(form)));
                return Ok(previewed(p, blocks));
            }
            kept(&acting, &editing, after).await
        }
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(()) => {
            let place = format!("/staff/records/{}/{}", editing.kind.name(), editing.id);
            Ok(onward(&p, &place, "record-kept"))
        }
        Err(refusal) if mendable(&refusal) => {
            let errors = record_read::placed(&form, refusal.errors());
            if errors.is_empty() {
                blame(&mut p, &mut form, &refusal);
            } else {
                form.blame(&mut p, &errors);
            }
            if refusal.kind() == Kind::Stale {
                blocks.insert(0, Block::Warning(p.t("record-moved")));
            } else {
                form.of_posted_version(&posted);
            }
            let status = problem::status(refusal.kind());
            blocks.push(Block::Form(Box::new(form)));
            let page = StaffPage::new(p);
            Ok(show_with(status, &blocks.into_iter().fold(page, StaffPage::block)))
        }
        Err(refusal) => Err(refusal),
    }
}

/// Keeps the record; with it the suggestion that it answers is accepted.
async fn kept(acting: &Acting, editing: &Editing, after: Value) -> Outcome<()> {
    let record = record_read::record(editing.kind, after)?;
    if editing.suggestion.is_empty() {
        keeping::keep(acting, editing.kind, editing.id, record).await?;
    } else {
        let suggestion = id(&editing.suggestion, "suggestion.unknown")?;
        let accept = Accept { record: Some(record) };
        suggestions::accept(acting, suggestion, accept).await?;
    }
    Ok(())
}

/// What would change, or how what was typed differs from what stands there now.
fn changed(p: &Page, directory: &Directory, before: &Value, after: &Value) -> Block {
    let without_tag = |value: &Value| {
        let mut value = value.clone();
        if let Some(map) = value.as_object_mut() {
            map.remove("record");
        }
        value
    };
    let found = differences(&without_tag(before), &without_tag(after));
    let views: Vec<ChangeView> = found.into_iter().map(ChangeView::from).collect();
    Block::Table(record_history::changes(p, directory, &views))
}

fn previewed(p: Page, blocks: Vec<Block>) -> Response {
    let lead = p.t("record-preview-says");
    let page = StaffPage::new(p).subtitled(lead);
    show_with(StatusCode::OK, &blocks.into_iter().fold(page, StaffPage::block))
}

/// A choice among bodies, for forms that need one.
pub(super) fn body_field(p: &Page, directory: &Directory, name: &str) -> Field {
    let choice = |body: &osn_core::directory::Organization| Choice::new(body.id.to_string(), p.text(&body.name));
    let mut bodies: Vec<Choice> = directory.organizations().map(choice).collect();
    bodies.sort_by_cached_key(|choice| osn_core::text::sort_key(&choice.text));
    Field::select(name, p.t("column-body"), bodies)
}

/// One group without a title.
pub(super) fn plain(fields: Vec<Field>) -> Group {
    Group {
        fields,
        ..Group::default()
    }
}

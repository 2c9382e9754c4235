//! Everything that a record can say: its parts one by one, each with all of its fields, in every language.

use std::collections::BTreeSet;

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::directory::{Directory, Schedule};
use osn_core::hours::{Hours, describe};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::record_parts::{self, Part};
use super::records::Editing;
use super::{many, record_form, record_history, record_languages, record_read};
use crate::acts::Acting;
use crate::acts::opening::{Moment, on_holidays};
use crate::acts::upkeep::{keeping, name};
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{FormView, Posted};
use crate::pages::part::{Act, Block, Cell, Row, StaffPage, Table};
use crate::pages::reader::Reader;
use crate::pages::{blame, mendable, onward, show, show_with};
use crate::problem;
use crate::refusal::{Kind, Outcome, Refusal};

/// Characters of a row in a list of parts.
const SUMMARY: usize = 140;
/// How many openings are shown.
const OPENINGS: usize = 5;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// The way to the part; empty for the record itself.
    #[serde(default)]
    part: String,
    /// One language more.
    #[serde(default)]
    lang: String,
}

/// A part on its way through its form.
struct Detail<'a> {
    acting: &'a Acting,
    directory: &'a Directory,
    editing: Editing,
    part: Part,
    /// One language more, when it is asked for.
    lang: Option<String>,
}

impl<'a> Detail<'a> {
    fn of(acting: &'a Acting, directory: &'a Directory, editing: Editing, asked: &Asked) -> Outcome<Self> {
        let unknown = || Refusal::not_found("record.unknown-part");
        if editing.version == 0 {
            return Err(Refusal::not_found("record.unknown"));
        }
        let part = Part::at(editing.kind, &asked.part).ok_or_else(unknown)?;
        let is_there = if part.is_new() {
            // A link to a place comes with the choice of the place.
            let parent = part.parent(editing.kind).filter(|_| !part.is_link());
            parent.is_some_and(|parent| parent.of(&editing.before).is_some())
        } else {
            part.of(&editing.before).is_some()
        };
        if !is_there {
            return Err(unknown());
        }
        Ok(Self {
            acting,
            directory,
            editing,
            part,
            lang: record_languages::is_language(&asked.lang).then(|| asked.lang.clone()),
        })
    }

    /// The page of a part of this record, without the language of the page.
    fn address(&self, part: &str, lang: Option<&str>) -> String {
        let part = (!part.is_empty()).then_some(("part", part));
        let asked: Vec<(&str, &str)> = part.into_iter().chain(lang.map(|lang| ("lang", lang))).collect();
        let query = serde_urlencoded::to_string(asked).unwrap_or_default();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}/details{mark}{query}", self.record())
    }

    fn record(&self) -> String {
        format!("/staff/records/{}/{}", self.editing.kind.name(), self.editing.id)
    }

    /// The languages in which its texts are asked for: ours, those of the record, one more.
    fn langs(&self) -> Vec<String> {
        let mut found = BTreeSet::new();
        record_languages::there(self.editing.kind.fields(), &self.editing.before, &mut found);
        record_languages::asked(found, self.lang.as_deref())
    }

    fn form(&self, p: &Page) -> FormView {
        let nothing = json!({});
        let said = self.part.of(&self.editing.before).unwrap_or(&nothing);
        let first = if self.part.is_whole() {
            let bound = super::records::is_bound(self.acting);
            Some(record_form::form(
                p,
                self.directory,
                self.editing.kind,
                &self.editing.before,
                bound,
            ))
        } else {
            None
        };
        let asked = first.iter().flat_map(FormView::fields);
        let elsewhere: BTreeSet<&str> = asked
            .filter_map(|field| field.name.trim_start_matches('/').split('/').next())
            .collect();
        let fields = self.part.questions(p, self.directory, said, &self.langs(), &elsewhere);
        let way = self.part.way();
        FormView {
            guard: true,
            cancel: Some((p.t("cancel"), p.url(&self.above()))),
            ..FormView::new(
                p.url(&self.address(&way, self.lang.as_deref())),
                fields,
                p.t("record-save"),
            )
        }
        .hidden("version", self.editing.version.to_string())
    }

    /// The page above: that of the part in which this one stands, or the record's own.
    fn above(&self) -> String {
        match self.part.parent(self.editing.kind) {
            Some(parent) => self.address(&parent.way(), None),
            None => self.record(),
        }
    }

    /// What a list of parts is called.
    fn list(&self, p: &Page, list: &str) -> String {
        record_parts::label(p, "", list).unwrap_or_else(|| list.to_owned())
    }

    /// A row in a few words: a place by its name, hours as people say them, anything else by what it says.
    fn summary(&self, p: &Page, list: &str, item: &Value, row: usize) -> String {
        let place = item.get("location_id").and_then(Value::as_str);
        let place = place.and_then(|id| self.directory.location(id.parse().ok()?));
        let hours = (list == "schedules").then(|| self.hours(item)).flatten();
        let said = match (place, hours) {
            (Some(place), _) => p.text(&place.name),
            (None, Some(hours)) => self.said(p, &hours),
            (None, None) => record_history::in_words(p, self.directory, item),
        };
        let said = said.trim();
        if said.is_empty() {
            return p.t1("details-row", "number", &row.saturating_add(1).to_string());
        }
        if said.chars().count() <= SUMMARY {
            return said.to_owned();
        }
        said.chars().take(SUMMARY).chain(['…']).collect()
    }

    /// The hours of a schedule alone.
    fn hours(&self, schedule: &Value) -> Option<Hours> {
        let schedule: Schedule = serde_json::from_value(schedule.clone()).ok()?;
        Some(Hours::of(&[schedule], on_holidays(Some(self.acting.municipality()))))
    }

    /// Hours as people say them.
    fn said(&self, p: &Page, hours: &Hours) -> String {
        describe(hours, p.tag(), self.acting.zone().day(self.acting.now)).join(" · ")
    }

    /// The lists below the part: those with rows as tables, and what can be added.
    fn lists(&self, p: &Page) -> Vec<Block> {
        let mut blocks = Vec::new();
        if self.part.is_new() {
            return blocks;
        }
        let nothing = json!({});
        let said = self.part.of(&self.editing.before).unwrap_or(&nothing);
        let mut adds = Vec::new();
        for (way, list) in self.part.lists() {
            let at = |row: &str| {
                let own = self.part.way();
                let between = if own.is_empty() { "" } else { "/" };
                p.url(&self.address(&format!("{own}{between}{way}/{row}"), None))
            };
            let items = said.pointer(&format!("/{way}")).and_then(Value::as_array);
            let rows = items.into_iter().flatten().enumerate().map(|(row, item)| {
                let id = item.get("id").and_then(Value::as_str).unwrap_or_default();
                Row::new(vec![Cell::head(self.summary(p, list, item, row)).link(at(id))])
            });
            let rows: Vec<Row> = rows.collect();
            let name = self.list(p, list);
            if !rows.is_empty() {
                blocks.push(Block::Table(Table {
                    caption: name.clone(),
                    head: vec![(p.tc("details-rows", many(rows.len())), false)],
                    rows,
                    empty: String::new(),
                }));
            }
            if list != "service_at_locations" {
                adds.push(Block::Link(p.t1("details-add", "list", &name), at("new")));
            }
        }
        if !adds.is_empty() {
            blocks.push(Block::Details(p.t("details-add-title"), adds));
        }
        blocks
    }

    /// Hours in words and the next times they hold: whoever writes a rule of recurrence sees what it says.
    fn openings(&self, p: &Page) -> Vec<Block> {
        let schedule = match self.part.list() {
            Some("schedules") => self.part.of(&self.editing.before),
            _ => None,
        };
        let Some(hours) = schedule.and_then(|schedule| self.hours(schedule)) else {
            return Vec::new();
        };
        let moment = Moment::of(self.acting);
        let next = moment.next_openings(&hours, OPENINGS).into_iter().map(|opening| {
            let day = p.weekday(opening.opens.date());
            let (opens, closes) = (opening.opens.format("%H:%M"), opening.closes.format("%H:%M"));
            format!("{day} {opens}–{closes}")
        });
        let next: Vec<String> = next.collect();
        let next = if next.is_empty() {
            p.t("details-no-openings")
        } else {
            p.t1("details-openings", "days", &next.join(" · "))
        };
        vec![Block::Inset(self.said(p, &hours)), Block::Text(next)]
    }

    fn page(&self, p: &Page, form: FormView) -> StaffPage {
        let record = record_read::record(self.editing.kind, self.editing.before.clone()).ok();
        let named = record.map(|record| p.text(name(&record))).unwrap_or_default();
        let title = match self.part.list() {
            Some(list) if self.part.is_new() => p.t1("details-new", "list", &self.list(p, list)),
            Some(list) => self.list(p, list),
            None => p.t("details-title"),
        };
        let p = p.clone().titled(title).within(Section::Records);
        let above = if self.part.is_whole() {
            named.clone()
        } else {
            p.t("details-back")
        };
        let mut page = StaffPage::new(p.clone()).back(above, p.url(&self.above()));
        if !self.part.is_whole() {
            page = page.subtitled(named);
        }
        let mut lists = self.lists(&p);
        if self.part.is_whole() {
            page.blocks.push(Block::Text(p.t("details-lead")));
            page.blocks.append(&mut lists);
            page.blocks.push(Block::Heading(p.t("details-texts")));
        }
        page.blocks.extend(self.openings(&p));
        let with = |lang: &str| p.url(&self.address(&self.part.way(), Some(lang)));
        page.blocks.extend(record_languages::offered(&p, &self.langs(), with));
        page.blocks.push(Block::Form(Box::new(form)));
        page.blocks.append(&mut lists);
        if !self.part.is_whole() && !self.part.is_new() && !self.part.is_link() {
            let act = Act::new(
                p.url(&format!("{}/details/remove", self.record())),
                p.t("details-remove"),
            )
            .secondary()
            .hidden("part", self.part.way())
            .hidden("version", self.editing.version.to_string());
            page.blocks.push(Block::Acts(vec![act]));
        }
        page
    }

    async fn keep(&self, after: Value) -> Outcome<()> {
        let record = record_read::record(self.editing.kind, after)?;
        keeping::keep(self.acting, self.editing.kind, self.editing.id, record).await?;
        Ok(())
    }
}

pub(super) async fn ask(
    reader: Reader,
    Path((kind, id)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    let editing = Editing::of(&acting, &kind, &id, String::new()).await?;
    let mapped = acting.mapping().await?;
    let detail = Detail::of(&acting, &mapped.directory, editing, &asked)?;
    let form = detail.form(&p);
    Ok(show(&detail.page(&p, form)))
}

pub(super) async fn write(
    reader: Reader,
    Path((kind, id)): Path<(String, String)>,
    Query(asked): Query<Asked>,
    body: Bytes,
) -> Outcome<Response> {
    let Reader { mut acting, mut p } = reader;
    let posted = Posted::read(&body);
    acting.expected = posted.get("version").parse().ok();
    let editing = Editing::of(&acting, &kind, &id, String::new()).await?;
    let mapped = acting.mapping().await?;
    let mut detail = Detail::of(&acting, &mapped.directory, editing, &asked)?;
    let mut form = detail.form(&p);
    form.fill(&posted);
    let fresh: Uuid = acting.app.new_id(|uuid| uuid);
    let done = async {
        let typed = form.body(&p)?;
        let after = detail
            .part
            .laid_over(&detail.editing.before, &form, &typed, &json!(fresh))?;
        detail.keep(after).await
    };
    match done.await {
        Ok(()) => {
            let back = if detail.part.is_whole() {
                detail.address("", None)
            } else {
                detail.above()
            };
            Ok(onward(&p, &back, "record-kept"))
        }
        Err(refusal) if mendable(&refusal) => {
            let errors = detail.part.placed(&form, refusal.errors());
            if errors.is_empty() {
                blame(&mut p, &mut form, &refusal);
            } else {
                form.blame(&mut p, &errors);
            }
            if refusal.kind() != Kind::Stale {
                form.of_posted_version(&posted);
                detail.editing.version = acting.expected.unwrap_or(detail.editing.version);
            }
            Ok(show_with(problem::status(refusal.kind()), &detail.page(&p, form)))
        }
        Err(refusal) => Err(refusal),
    }
}

pub(super) async fn remove(reader: Reader, Path((kind, id)): Path<(String, String)>, body: Bytes) -> Outcome<Response> {
    let Reader { mut acting, mut p } = reader;
    let posted = Posted::read(&body);
    acting.expected = posted.get("version").parse().ok();
    let editing = Editing::of(&acting, &kind, &id, String::new()).await?;
    let mapped = acting.mapping().await?;
    let asked = Asked {
        part: posted.get("part").to_owned(),
        ..Asked::default()
    };
    let detail = Detail::of(&acting, &mapped.directory, editing, &asked)?;
    if detail.part.is_whole() || detail.part.is_new() || detail.part.is_link() {
        return Err(Refusal::not_found("record.unknown-part"));
    }
    let done = async { detail.keep(detail.part.without(&detail.editing.before)?).await };
    match done.await {
        Ok(()) => Ok(onward(&p, &detail.above(), "details-removed")),
        Err(refusal) if mendable(&refusal) => {
            let mut form = detail.form(&p);
            blame(&mut p, &mut form, &refusal);
            Ok(show_with(problem::status(refusal.kind()), &detail.page(&p, form)))
        }
        Err(refusal) => Err(refusal),
    }
}

//! What comes when, where and for whom; the list of one day, opened by whoever receives people or brings things.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use chrono::NaiveDate;
use osn_core::id::ActionId;

use super::actions::action_id;
use super::chain::{self, At};
use super::{head, many};
use crate::acts::delivering::Reach;
use crate::acts::occasions::{self, Asked, AskedList, DayEntry, DayList, OccasionView};
use crate::acts::{Acting, actions};
use crate::auth::Right;
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{FormView, Posted};
use crate::pages::part::{Block, Cell, Chip, Row, StaffPage, Table};
use crate::pages::reader::Reader;
use crate::pages::{show, shown};
use crate::refusal::{Outcome, Refusal};

/// Where the list of a day stands.
fn day_address(p: &Page, id: ActionId, day: NaiveDate, place: Option<&str>) -> String {
    let path = p.url(&format!("/staff/actions/{id}/days/{day}"));
    match place {
        Some(place) => {
            let query: String = serde_urlencoded::to_string([("place", place)]).unwrap_or_default();
            format!("{path}?{query}")
        }
        None => path,
    }
}

pub(super) async fn list(reader: Reader, Path(text): Path<String>, Query(asked): Query<Asked>) -> Outcome<Response> {
    let (acting, p) = reader.page("occasions-title", Section::Actions);
    let id = action_id(&text)?;
    let action = actions::get(&acting, id).await?.value;
    let all = occasions::list(&acting, id, &Asked::default()).await?;
    let is_asked = |one: &&OccasionView| {
        let place = one.place.as_ref().map(|place| &place.key);
        asked.day.is_none_or(|day| day == one.date) && asked.place.as_ref().is_none_or(|asked| place == Some(asked))
    };
    let shown: Vec<&OccasionView> = all.iter().filter(is_asked).collect();
    let mut page = StaffPage::new(p.clone())
        .subtitled(format!(
            "{} · {}",
            p.text(&action.name),
            p.tc("occasions-count", many(shown.len()))
        ))
        .back(p.text(&action.name), p.url(&format!("/staff/actions/{id}")))
        .block(Block::Table(table(&p, id, &shown)));
    page.chain = chain::of_action(&acting, &p, id, At::Deliveries).await?;
    page.chips = chips(&p, id, &all, &asked);
    Ok(show(&page))
}

/// One chip for each place.
fn chips(p: &Page, id: ActionId, all: &[OccasionView], asked: &Asked) -> Vec<Chip> {
    let places: BTreeMap<&str, &str> = all
        .iter()
        .filter_map(|one| one.place.as_ref())
        .map(|place| (place.key.as_str(), place.text.as_str()))
        .collect();
    if places.len() < 2 {
        return Vec::new();
    }
    let path = p.url(&format!("/staff/actions/{id}/occasions"));
    let mut chips = vec![Chip {
        text: p.t("all"),
        href: path.clone(),
        current: asked.place.is_none(),
    }];
    chips.extend(places.iter().map(|(key, text)| {
        let query: String = serde_urlencoded::to_string([("place", key)]).unwrap_or_default();
        Chip {
            text: (*text).to_owned(),
            href: format!("{path}?{query}"),
            current: asked.place.as_deref() == Some(key),
        }
    }));
    chips
}

fn table(p: &Page, id: ActionId, shown: &[&OccasionView]) -> Table {
    let rows = shown.iter().map(|one| {
        let place = one.place.as_ref();
        let series = one.series.as_ref().map(|series| series.text.clone());
        let features: Vec<&str> = one.features.iter().map(|feature| feature.text.as_str()).collect();
        let total = one.planned + one.delivered + one.failed;
        let people = match one.capacity {
            Some(capacity) => p.t2(
                "occasion-people-of",
                ("people", &p.number(one.people)),
                ("most", &p.number(capacity.into())),
            ),
            None if one.people > 0 => p.number(one.people),
            None => p.number(total),
        };
        let day = day_address(p, id, one.date, place.map(|place| place.key.as_str()));
        let instalment = p.url(&format!("/staff/actions/{id}/deliveries?instalment={}", one.instalment));
        Row::new(vec![
            Cell::head(p.weekday(one.date)).link(day).note(hours(p, one)),
            Cell::new(place.map(|place| place.text.clone()).unwrap_or_default()).note(series.unwrap_or_default()),
            Cell::new(ages(p, one)).note(features.join(", ")),
            Cell::number(people),
            Cell::number(p.t2(
                "deliveries-progress",
                ("done", &p.number(one.delivered)),
                ("total", &p.number(total)),
            ))
            .link(instalment),
        ])
    });
    Table {
        caption: p.t("occasions-title"),
        head: head(
            p,
            [
                ("column-when", false),
                ("column-place", false),
                ("column-for-whom", false),
                ("column-people", true),
                ("deliveries-title", true),
            ],
        ),
        rows: rows.collect(),
        empty: p.t("occasions-none"),
    }
}

/// «09:00, 240 λεπτά».
fn hours(p: &Page, one: &OccasionView) -> String {
    let starts = one.starts.map(|time| time.format("%H:%M").to_string());
    let minutes = one
        .minutes
        .map(|minutes| p.t1("occasion-minutes", "minutes", &minutes.to_string()));
    starts.into_iter().chain(minutes).collect::<Vec<_>>().join(", ")
}

fn ages(p: &Page, one: &OccasionView) -> String {
    let from = one.age_from.to_string();
    match one.age_to {
        Some(to) => p.t2("occasion-ages", ("from", &from), ("to", &to.to_string())),
        None if one.age_from > 0 => p.t1("occasion-age-from", "from", &from),
        None => p.t("occasion-everybody"),
    }
}

fn parsed(text: &str) -> Outcome<NaiveDate> {
    text.parse().map_err(|_| Refusal::not_found("day.unknown"))
}

pub(super) async fn day(
    reader: Reader,
    Path((text, day)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    let (id, day) = (action_id(&text)?, parsed(&day)?);
    Ok(show(&day_page(&acting, p, id, (day, asked.place), None).await?))
}

/// Opens the list: the page is the answer itself, because a redirect would have to open it again.
pub(super) async fn open(reader: Reader, Path((text, day)): Path<(String, String)>, body: Bytes) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    let (id, day) = (action_id(&text)?, parsed(&day)?);
    let posted = Posted::read(&body);
    let place = Some(posted.get("place").to_owned()).filter(|place| !place.is_empty());
    let asked = AskedList {
        day,
        place: place.clone(),
    };
    let list = occasions::day_list(&acting, id, &asked).await?;
    Ok(show(&day_page(&acting, p, id, (day, place), Some(list)).await?))
}

async fn day_page(
    acting: &Acting,
    p: Page,
    id: ActionId,
    (day, place): (NaiveDate, Option<String>),
    list: Option<DayList>,
) -> Outcome<StaffPage> {
    let p = p
        .clone()
        .titled(p.t1("day-title", "day", &p.weekday(day)))
        .within(Section::Actions);
    let action = actions::get(acting, id).await?.value;
    let asked = Asked {
        day: Some(day),
        place: place.clone(),
    };
    let rounds = occasions::list(acting, id, &asked).await?;
    let rounds: Vec<&OccasionView> = rounds.iter().collect();
    let mut page = StaffPage::new(p.clone())
        .subtitled(p.text(&action.name))
        .back(p.t("occasions-title"), p.url(&format!("/staff/actions/{id}/occasions")))
        .block(Block::Table(table(&p, id, &rounds)));
    match list {
        Some(list) => page.blocks.extend(opened(&p, &list)),
        None if acting.actor.may(Right::RecordDeliveries) && !opens(acting, id, place.as_deref()).await? => {
            page.blocks.push(Block::Inset(p.t("deliverers-not-you")));
        }
        None if acting.actor.may(Right::RecordDeliveries) => {
            page.blocks.push(Block::Text(p.t("day-text")));
            let form = FormView::new(
                p.url(&format!("/staff/actions/{id}/days/{day}")),
                Vec::new(),
                p.t("day-open"),
            )
            .hidden("place", place.unwrap_or_default());
            page.blocks.push(Block::Form(Box::new(form)));
        }
        None => page.blocks.push(Block::Text(p.t("open-not-yours"))),
    }
    Ok(page)
}

/// Whether the reader's body delivers at a place, or, where none is asked for, anywhere.
async fn opens(acting: &Acting, id: ActionId, place: Option<&str>) -> Outcome<bool> {
    let reach = Reach::of(acting, acting.require(Right::RecordDeliveries)?, id).await?;
    Ok(reach.is_anywhere() && (place.is_none() || reach.covers(place)))
}

fn opened(p: &Page, list: &DayList) -> Vec<Block> {
    let rows = list.entries.iter().map(|one| {
        let where_to = one
            .address
            .clone()
            .or_else(|| one.place.as_ref().map(|place| place.text.clone()));
        let starts = one.starts.map(|time| time.format("%H:%M").to_string());
        Row::new(vec![
            Cell::head(one.reference.clone())
                .link(p.url(&format!("/staff/deliveries/{}", one.delivery_id)))
                .code(),
            Cell::new(one.name.clone()).note(one.phone.clone()),
            Cell::new(where_to.unwrap_or_default()).note(starts.unwrap_or_default()),
            Cell::new(said(p, one)),
            Cell::tag(shown::state(p, "delivery", one.state)),
        ])
    });
    let table = Table {
        caption: p.t("day-list"),
        head: head(
            p,
            [
                ("results-reference", false),
                ("day-name", false),
                ("column-place", false),
                ("day-said", false),
                ("column-state", false),
            ],
        ),
        rows: rows.collect(),
        empty: p.t("deliveries-none"),
    };
    vec![Block::Warning(p.t("day-journaled")), Block::Table(table), Block::Print]
}

/// What was said for the delivery: once, then about each participant.
fn said(p: &Page, one: &DayEntry) -> String {
    super::recording::in_a_line(p, &one.answers)
}

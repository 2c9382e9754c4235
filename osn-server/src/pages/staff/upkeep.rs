//! The freshness board: where the mapping rots, with ways to act.

use axum::response::Response;
use osn_core::id::OrganizationId;
use serde::Deserialize;

use super::head;
use super::records::freshness_tag;
use crate::acts::upkeep::board::{self, Board, BoardRecord, BoardRow, Counts};
use crate::acts::upkeep::reminders;
use crate::auth::Right;
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::part::{Act, Block, Cell, Row, StaffPage, Stat, Table};
use crate::pages::reader::Reader;
use crate::pages::{onward, show};
use crate::refusal::Outcome;

#[derive(Debug, Deserialize)]
pub(super) struct OfBody {
    organization_id: Option<OrganizationId>,
}

pub(super) async fn board(reader: Reader, Query(asked): Query<OfBody>) -> Outcome<Response> {
    let (acting, p) = reader.page("upkeep-title", Section::Upkeep);
    let board = board::board(&acting, asked.organization_id).await?;
    let count = |key: &str, count: u32| Stat::new(p.t(key), p.number(count.into()));
    let all = board.all;
    let mut page = StaffPage::new(p.clone())
        .subtitled(p.t1("upkeep-on", "day", &p.day_in_words(board.on)))
        .block(Block::Stats(vec![
            count("freshness-fresh", all.fresh),
            count("freshness-reminder-due", all.due),
            count("freshness-no-cover", all.no_cover),
            count("freshness-no-referral", all.no_referral),
            count("freshness-never-confirmed", all.never),
        ]));
    if acting.actor.may(Right::MaintainDirectory) {
        page = page.act(Act::new(p.url("/staff/upkeep/remind"), p.t("upkeep-remind")));
        page.blocks
            .push(Block::Link(p.t("upkeep-days-title"), p.url("/staff/upkeep/days")));
    }
    page.blocks.push(Block::Table(oldest(&p, &board)));
    page.blocks.push(Block::Table(counts(
        &p,
        "upkeep-by-body",
        &board.by_body,
        Some("/staff/upkeep?organization_id="),
    )));
    page.blocks
        .push(Block::Table(counts(&p, "upkeep-by-category", &board.by_category, None)));
    page.blocks
        .push(Block::Table(counts(&p, "upkeep-by-area", &board.by_area, None)));
    Ok(show(&page))
}

fn oldest(p: &Page, board: &Board) -> Table {
    let day = |day: Option<chrono::NaiveDate>, none: &str| day.map_or_else(|| p.t(none), |day| p.day(day));
    // What the reader can do about it: wait, or write an address into the body's record.
    let unsent = |record: &BoardRecord| {
        if record.reachable {
            "upkeep-not-reminded"
        } else {
            "reminder-no-address"
        }
    };
    let row = |record: &BoardRecord| {
        Row::new(vec![
            Cell::head(p.text(&record.name))
                .link(p.url(&format!("/staff/records/service/{}", record.id)))
                .note(p.text(&record.organization)),
            Cell::tag(freshness_tag(p, record.freshness)),
            Cell::new(day(record.confirmed_on, "upkeep-never")),
            Cell::new(day(record.reminded_on, unsent(record))),
        ])
    };
    Table {
        caption: p.tc("upkeep-oldest", board.waiting.into()),
        head: head(
            p,
            [
                ("column-record", false),
                ("column-freshness", false),
                ("column-confirmed-on", false),
                ("column-reminded-on", false),
            ],
        ),
        rows: board.oldest.iter().map(row).collect(),
        empty: p.t("upkeep-all-fresh"),
    }
}

fn counts(p: &Page, caption: &str, rows: &[BoardRow], link: Option<&str>) -> Table {
    let row = |row: &BoardRow| {
        let Counts {
            fresh,
            due,
            no_cover,
            no_referral,
            never,
        } = row.counts;
        let name = if row.key.is_empty() {
            p.t("not-stated")
        } else {
            p.text(&row.name)
        };
        let name = Cell::head(name);
        let number = |count: u32| Cell::number(p.number(count.into()));
        Row::new(vec![
            match link {
                Some(link) => name.link(p.url(&format!("{link}{}", row.key))),
                None => name,
            },
            number(fresh),
            number(due),
            number(no_cover),
            number(no_referral),
            number(never),
        ])
    };
    Table {
        caption: p.t(caption),
        head: head(
            p,
            [
                ("column-what", false),
                ("freshness-fresh", true),
                ("freshness-reminder-due", true),
                ("freshness-no-cover", true),
                ("freshness-no-referral", true),
                ("freshness-never-confirmed", true),
            ],
        ),
        rows: rows.iter().map(row).collect(),
        empty: p.t("records-none"),
    }
}

pub(super) async fn remind(reader: Reader) -> Outcome<Response> {
    reminders::ask(&reader.acting).await?;
    Ok(onward(&reader.p, "/staff/upkeep", "reminders-asked"))
}

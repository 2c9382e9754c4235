//! The freshness board: where the mapping rots, with ways to act.

use axum::extract::Path;
use axum::response::Response;
use osn_core::id::OrganizationId;
use osn_core::upkeep::RecordKind;
use serde::Deserialize;

use super::records::freshness_tag;
use super::{Asked, head};
use crate::acts::upkeep::board::{self, Board, BoardRow, Counts};
use crate::acts::upkeep::waiting::{self, WaitingRecord};
use crate::acts::upkeep::{kind, reminders};
use crate::auth::Right;
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::part::{Act, Block, Cell, Chip, Row, StaffPage, Stat, Table};
use crate::pages::reader::Reader;
use crate::pages::{onward, show};
use crate::refusal::Outcome;

#[derive(Debug, Deserialize)]
pub(super) struct OfBody {
    organization_id: Option<OrganizationId>,
    /// The bodies alone, from this one on.
    bodies: Option<usize>,
}

/// Bodies on one page.
const BODIES: usize = 50;

pub(super) async fn board(reader: Reader, Query(asked): Query<OfBody>) -> Outcome<Response> {
    let (acting, p) = reader.page("upkeep-title", Section::Upkeep);
    let board = board::board(&acting, asked.organization_id).await?;
    if let Some(from) = asked.bodies {
        let mut page = StaffPage::new(p.clone()).back(p.t("upkeep-title"), p.url("/staff/upkeep"));
        page.blocks.extend(by_body(&p, &board, from));
        return Ok(show(&page));
    }
    let count = |key: &str, count: u32| Stat::new(p.t(key), p.number(count.into()));
    let services = board.of_kind(RecordKind::Service);
    let mut page = StaffPage::new(p.clone())
        .subtitled(p.t1("upkeep-on", "day", &p.day_in_words(board.on)))
        .block(Block::Heading(p.t("upkeep-services")))
        .block(Block::Stats(vec![
            count("freshness-fresh", services.fresh),
            count("freshness-reminder-due", services.due),
            count("freshness-no-cover", services.no_cover),
            count("freshness-no-referral", services.no_referral),
            count("freshness-never-confirmed", services.never),
        ]))
        .block(Block::Text(p.t("upkeep-kinds-says")));
    if acting.actor.may(Right::MaintainDirectory) {
        page = page.act(Act::new(p.url("/staff/upkeep/remind"), p.t("upkeep-remind")));
        page.blocks
            .push(Block::Link(p.t("upkeep-days-title"), p.url("/staff/upkeep/days")));
    }
    page.blocks.push(Block::Table(by_kind(&p, &board)));
    for kind in FIRST_SERVICES {
        page.blocks.extend(oldest(&p, &board, kind, asked.organization_id));
    }
    page.blocks.extend(by_body(&p, &board, 0));
    for (caption, rows) in [
        ("upkeep-by-category", &board.by_category),
        ("upkeep-by-area", &board.by_area),
    ] {
        let row = |row: &BoardRow| counts_row(&p, Cell::head(row_name(&p, row)), row.counts);
        page.blocks.push(Block::Table(Table {
            rows: rows.iter().map(row).collect(),
            ..counts(&p, caption, &OF_SERVICES)
        }));
    }
    Ok(show(&page))
}

/// The kinds in the order in which the page shows them: what counts as cover comes first.
const FIRST_SERVICES: [RecordKind; 3] = [RecordKind::Service, RecordKind::Location, RecordKind::Organization];

/// The degrees of services, which say what an old one is no longer good for.
const OF_SERVICES: [&str; 5] = [
    "freshness-fresh",
    "freshness-reminder-due",
    "freshness-no-cover",
    "freshness-no-referral",
    "freshness-never-confirmed",
];

/// The degrees where bodies and places are counted too: they are old, and nothing else.
const ANY_KIND: [&str; 5] = [
    "freshness-fresh",
    "freshness-reminder-due",
    "freshness-old",
    "freshness-very-old",
    "freshness-never-confirmed",
];

/// The first records of a kind that wait, with the way to all of them; in a sentence, where none does. Of a kind without records
/// nothing is said.
fn oldest(p: &Page, board: &Board, kind: RecordKind, of: Option<OrganizationId>) -> Vec<Block> {
    let counts = board.of_kind(kind);
    let waiting = match counts.waiting() {
        0 if counts.all() == 0 => return Vec::new(),
        0 => return vec![Block::Text(all_are_fresh(p, kind))],
        waiting => u64::from(waiting),
    };
    let records: Vec<&WaitingRecord> = board.oldest.iter().filter(|record| record.kind == kind).collect();
    let (shown, all) = (super::many(records.len()), wait(p, kind, waiting));
    if shown == waiting {
        return vec![Block::Table(waiting_records(p, kind, &records, all))];
    }
    let caption = p.t2(
        &format!("upkeep-first-{}", kind.name()),
        ("shown", &p.number(shown)),
        ("all", &p.number(waiting)),
    );
    let asked = Asked {
        organization_id: of,
        ..Asked::default()
    };
    vec![
        Block::Table(waiting_records(p, kind, &records, caption)),
        Block::Link(all, asked.address(p, &waiting_address(kind))),
    ]
}

fn all_are_fresh(p: &Page, kind: RecordKind) -> String {
    p.t(&format!("upkeep-fresh-{}", kind.name()))
}

/// How many wait, in words.
fn wait(p: &Page, kind: RecordKind, waiting: u64) -> String {
    p.tc(&format!("upkeep-oldest-{}", kind.name()), waiting)
}

fn waiting_address(kind: RecordKind) -> String {
    format!("/staff/upkeep/waiting/{}", kind.name())
}

/// All records of a kind that wait, in pages.
pub(super) async fn waiting(reader: Reader, Path(name): Path<String>, Query(asked): Query<Asked>) -> Outcome<Response> {
    let (acting, p) = reader.page("upkeep-title", Section::Upkeep);
    let chosen = kind(&name)?;
    let found = waiting::list(&acting, chosen, asked.organization_id, &asked.query()).await?;
    let of_all = Asked {
        after: None,
        ..asked.clone()
    };
    let mut page = StaffPage::new(p.clone()).back(p.t("upkeep-title"), of_all.address(&p, "/staff/upkeep"));
    page.chips = FIRST_SERVICES
        .map(|kind| Chip {
            text: p.t(&format!("record-kind-{}", kind.name())),
            href: of_all.address(&p, &waiting_address(kind)),
            current: kind == chosen,
        })
        .to_vec();
    page.blocks.push(if found.total == 0 {
        Block::Text(all_are_fresh(&p, chosen))
    } else {
        let records: Vec<&WaitingRecord> = found.items.iter().collect();
        Block::Table(waiting_records(&p, chosen, &records, wait(&p, chosen, found.total)))
    });
    page.pager = asked.pager(&p, &waiting_address(chosen), found.next);
    Ok(show(&page))
}

fn waiting_records(p: &Page, kind: RecordKind, records: &[&WaitingRecord], caption: String) -> Table {
    let day = |day: Option<chrono::NaiveDate>, none: &str| day.map_or_else(|| p.t(none), |day| p.day(day));
    // What the reader can do about it: wait, write an address into the body's record, or say whose the place is.
    let unsent = |record: &WaitingRecord| match (record.organization_id, record.reachable) {
        (None, _) => "upkeep-nobodys",
        (Some(_), false) => "reminder-no-address",
        (Some(_), true) => "upkeep-not-reminded",
    };
    let row = |record: &WaitingRecord| {
        let of = match kind {
            RecordKind::Organization => String::new(),
            RecordKind::Location | RecordKind::Service => p.text(&record.organization),
        };
        Row::new(vec![
            Cell::head(p.text(&record.name))
                .link(p.url(&format!("/staff/records/{}/{}", kind.name(), record.id)))
                .note(of),
            Cell::tag(freshness_tag(p, kind, record.freshness)),
            Cell::new(day(record.confirmed_on, "upkeep-never")),
            Cell::new(day(record.reminded_on, unsent(record))),
        ])
    };
    Table {
        caption,
        head: head(
            p,
            [
                ("column-record", false),
                ("column-freshness", false),
                ("column-confirmed-on", false),
                ("column-reminded-on", false),
            ],
        ),
        rows: records.iter().copied().map(row).collect(),
        empty: String::new(),
    }
}

/// The bodies from one on, the most rotten first, and the way to those after them.
fn by_body(p: &Page, board: &Board, from: usize) -> Vec<Block> {
    let bodies = board.by_body.get(from..).unwrap_or_default();
    let mut blocks = vec![Block::Table(Table {
        rows: bodies.iter().take(BODIES).map(|row| body_row(p, row)).collect(),
        ..counts(p, "upkeep-by-body", &ANY_KIND)
    })];
    let more = bodies.len().saturating_sub(BODIES);
    if more > 0 {
        let href = p.url(&format!("/staff/upkeep?bodies={}", from.saturating_add(BODIES)));
        blocks.push(Block::Link(p.tc("upkeep-more-bodies", super::many(more)), href));
    }
    blocks
}

fn by_kind(p: &Page, board: &Board) -> Table {
    let row = |kind: RecordKind| {
        let name = Cell::head(p.t(&format!("record-kind-{}", kind.name())));
        counts_row(p, name, board.of_kind(kind))
    };
    Table {
        rows: FIRST_SERVICES.map(row).to_vec(),
        ..counts(p, "upkeep-by-kind", &ANY_KIND)
    }
}

/// A row of the bodies; of the places whose record names no body there is nobody's board to lead to.
fn body_row(p: &Page, row: &BoardRow) -> Row {
    let name = Cell::head(row_name(p, row));
    let name = if row.key.is_empty() {
        name
    } else {
        name.link(p.url(&format!("/staff/upkeep?organization_id={}", row.key)))
    };
    counts_row(p, name, row.counts)
}

fn row_name(p: &Page, row: &BoardRow) -> String {
    if row.key.is_empty() {
        p.t("not-stated")
    } else {
        p.text(&row.name)
    }
}

fn counts_row(p: &Page, name: Cell, counts: Counts) -> Row {
    let Counts {
        fresh,
        due,
        no_cover,
        no_referral,
        never,
    } = counts;
    let numbers = [fresh, due, no_cover, no_referral, never].map(|count| Cell::number(p.number(count.into())));
    Row::new([name].into_iter().chain(numbers).collect())
}

/// A table of counts, without its rows.
fn counts(p: &Page, caption: &str, degrees: &[&'static str; 5]) -> Table {
    let [fresh, due, old, very_old, never] = *degrees;
    let columns = [
        ("column-what", false),
        (fresh, true),
        (due, true),
        (old, true),
        (very_old, true),
        (never, true),
    ];
    Table {
        caption: p.t(caption),
        head: head(p, columns),
        rows: Vec::new(),
        empty: p.t("records-none"),
    }
}

pub(super) async fn remind(reader: Reader) -> Outcome<Response> {
    reminders::ask(&reader.acting).await?;
    Ok(onward(&reader.p, "/staff/upkeep", "reminders-asked"))
}

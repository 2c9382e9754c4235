//! Unmet need: by category and month, by community, on a schematic map, and what suggests gaps that nobody reported.

use axum::response::Response;
use osn_core::directory::{Directory, TermCode};
use osn_core::gap::{Month, UnmetBoard, UnmetCell};
use osn_core::lang::LocalText;
use osn_core::time::Period;

use super::head;
use crate::acts::network::board::{self as acts, Hints, Months};
use crate::acts::{Acting, requests};
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::part::{Block, Cell, Row, StaffPage, Table};
use crate::pages::public::map;
use crate::pages::reader::Reader;
use crate::pages::{show, shown};
use crate::refusal::Outcome;

pub(super) async fn board(reader: Reader, Query(asked): Query<Months>) -> Outcome<Response> {
    let (acting, p) = reader.page("unmet-title", Section::Unmet);
    let board = acts::board(&acting, asked).await?;
    let mapped = acting.mapping().await?;
    let directory = &mapped.directory;
    let hints = acts::hints(&acting).await?;
    let mut page = StaffPage::new(p.clone()).back(p.t("gaps-title"), p.url("/staff/gaps"));
    page.blocks.push(Block::Text(p.t("unmet-lead")));
    page.blocks.extend(late(&acting, &p, directory).await?);
    page.blocks.push(over_time(&p, directory, &board));
    if let Some(now) = board.months.last().copied() {
        page.blocks.push(by_area(&p, directory, &board, now));
        page.blocks.push(drawing(&p, directory, &board, now));
    }
    page.blocks.extend(suggested(&p, directory, &hints));
    Ok(show(&page))
}

/// Requests whose answer is late: nobody knows yet what they would add to the board.
async fn late(acting: &Acting, p: &Page, directory: &Directory) -> Outcome<Vec<Block>> {
    let late = requests::late(acting).await?;
    if late.is_empty() {
        return Ok(Vec::new());
    }
    let today = acting.zone().day(acting.now);
    Ok(vec![
        Block::Warning(p.tc("unmet-late", super::many(late.len()))),
        Block::Table(Table {
            caption: p.t("unmet-late-title"),
            head: super::requests::columns(p),
            rows: late
                .iter()
                .map(|request| super::requests::row(p, directory, request, today))
                .collect(),
            empty: String::new(),
        }),
    ])
}

fn counted(p: &Page, cell: UnmetCell) -> Cell {
    if cell.needs == 0 {
        return Cell::number("–");
    }
    let parts = match (cell.certified, cell.reported) {
        (_, 0) => p.t("unmet-certified"),
        (0, _) => p.t("unmet-reported"),
        (certified, reported) => p.t2(
            "unmet-parts",
            ("certified", &p.number(certified.into())),
            ("reported", &p.number(reported.into())),
        ),
    };
    Cell::number(p.number(cell.people().into())).note(parts)
}

/// Each category over all areas, month by month.
fn over_time(p: &Page, directory: &Directory, board: &UnmetBoard) -> Block {
    let mut columns = vec![(p.t("need-category"), false)];
    columns.extend(board.months.iter().map(|month| (p.month(month.first()), true)));
    let row = |category: &TermCode| {
        let mut cells = vec![Cell::head(shown::term(p, directory, category))];
        cells.extend(board.months.iter().map(|month| {
            let found = board.totals.get(&(*month, category.clone())).copied();
            counted(p, found.unwrap_or_default())
        }));
        Row::new(cells)
    };
    Block::Table(Table {
        caption: p.t("unmet-over-time"),
        head: columns,
        rows: board.categories().iter().map(row).collect(),
        empty: p.t("unmet-none"),
    })
}

/// Each category in each community, at the end of a month.
fn by_area(p: &Page, directory: &Directory, board: &UnmetBoard, month: Month) -> Block {
    let mut columns = vec![(p.t("need-category"), false)];
    columns.extend(board.areas.iter().map(|area| (shown::term(p, directory, area), true)));
    let row = |category: &TermCode| {
        let mut cells = vec![Cell::head(shown::term(p, directory, category))];
        cells.extend(
            board
                .areas
                .iter()
                .map(|area| counted(p, board.cell(month, category, area))),
        );
        Row::new(cells)
    };
    let stands = |category: &&TermCode| board.totals.contains_key(&(month, (*category).clone()));
    Block::Table(Table {
        caption: p.t1("unmet-by-area", "month", &p.month_in_words(month.first())),
        head: columns,
        rows: board.categories().iter().filter(stands).map(row).collect(),
        empty: p.t("unmet-none"),
    })
}

/// The communities where their places stand, each as dark as the people whom nobody serves.
fn drawing(p: &Page, directory: &Directory, board: &UnmetBoard, month: Month) -> Block {
    let communities: Vec<(String, Vec<&osn_core::directory::Location>, u32)> = board
        .areas
        .iter()
        .map(|area| {
            let within = directory.with_descendants(area);
            let inside = |place: &&osn_core::directory::Location| {
                place
                    .whereabouts()
                    .area
                    .as_ref()
                    .is_some_and(|code| within.contains(code))
            };
            let places = directory.locations().filter(inside).collect();
            (
                shown::term(p, directory, area),
                places,
                board.of_area(month, area).people(),
            )
        })
        .collect();
    Block::Drawing(map::shaded(
        &communities,
        &p.t1("unmet-map", "month", &p.month_in_words(month.first())),
    ))
}

fn suggested(p: &Page, directory: &Directory, hints: &Hints) -> Vec<Block> {
    let name = |text: &LocalText| p.text(text);
    let days = |period: Period| shown::period(p, period);
    let turned_away = hints.turned_away.iter().map(|line| {
        let people = match (line.people, line.fewer_than) {
            (None, Some(threshold)) => format!("<{}", p.number(threshold.into())),
            (people, _) => p.number(people.unwrap_or_default().into()),
        };
        Row::new(vec![
            Cell::head(name(&line.service)).link(p.url(&format!("/services/{}", line.service_id))),
            Cell::new(days(line.period)),
            Cell::number(people),
        ])
    });
    let any = |code: &Option<String>| {
        code.as_ref().map_or_else(
            || p.t("unmet-any"),
            |code| shown::term(p, directory, &TermCode::new(code.as_str())),
        )
    };
    let searches = hints.empty_searches.iter().map(|line| {
        Row::new(vec![
            Cell::head(any(&line.category)),
            Cell::new(any(&line.area)),
            Cell::new(any(&line.group)),
            Cell::number(p.number(line.searches.into())),
        ])
    });
    vec![
        Block::Heading(p.t("unmet-hints")),
        Block::Text(p.t("unmet-hints-text")),
        Block::Table(Table {
            caption: p.t("unmet-turned-away"),
            head: head(
                p,
                [
                    ("column-service", false),
                    ("column-period", false),
                    ("column-people", true),
                ],
            ),
            rows: turned_away.collect(),
            empty: p.t("unmet-turned-away-none"),
        }),
        Block::Table(Table {
            caption: p.t("unmet-searches"),
            head: head(
                p,
                [
                    ("need-category", false),
                    ("need-areas", false),
                    ("need-groups", false),
                    ("unmet-searches-count", true),
                ],
            ),
            rows: searches.collect(),
            empty: p.t("unmet-searches-none"),
        }),
    ]
}

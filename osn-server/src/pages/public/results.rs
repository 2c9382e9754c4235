//! The final list as everybody may see it: references only.

use axum::extract::Path;
use axum::response::Response;
use osn_core::id::CallId;
use serde::Deserialize;

use super::calls::id;
use crate::acts::calls;
use crate::acts::draw::Disclosed;
use crate::acts::selection::{self, ResultLine, Rounds};
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::part::{Block, Cell, Fact, Facts, Row, Stat, Table, Tag, Tone};
use crate::pages::reader::Reader;
use crate::pages::show;
use crate::pages::views::Results;
use crate::refusal::Outcome;

/// Which of a call's final lists; the last where none is named.
#[derive(Debug, Default, Deserialize)]
pub(super) struct OfRound {
    pub(super) round: Option<usize>,
}

pub(super) async fn show_page(
    reader: Reader,
    Path(text): Path<String>,
    Query(OfRound { round }): Query<OfRound>,
) -> Outcome<Response> {
    let (acting, p) = reader.page("results-title", Section::Calls);
    let call = id(&text)?;
    let results = selection::results(&acting, call, round).await?;
    let view = calls::get(&acting, call).await?;
    let count = |place: &str| results.lines.iter().filter(|line| line.place == place).count();
    let stat = |key: &str, count: usize| Stat::new(p.t(key), p.number(u64::try_from(count).unwrap_or(u64::MAX)));
    let mut rows = Vec::new();
    for line in &results.lines {
        if line.reserve_position == Some(1) {
            rows.push(Row::cut(p.tc("results-capacity", results.capacity.into())));
        }
        rows.push(row(&p, line));
    }
    let head = [
        ("results-rank", true),
        ("results-reference", false),
        ("results-place", false),
    ];
    let table = Table {
        caption: p.t("results-caption"),
        head: head.into_iter().map(|(key, number)| (p.t(key), number)).collect(),
        rows,
        empty: p.t("results-none"),
    };
    let mut blocks = vec![
        Block::Stats(vec![
            Stat::new(p.t("applications-all"), p.number(results.received)),
            stat("results-selected-count", count("selected")),
            stat("results-reserve-count", count("reserve")),
        ]),
        Block::Inset(p.t("results-note")),
        Block::Table(table),
    ];
    blocks.extend(results.draw.as_ref().map(|draw| drawn(&p, draw)));
    blocks.push(Block::Link(
        p.t("verify-link"),
        p.url(&format!("/calls/{call}/results/check?round={}", results.rounds.round)),
    ));
    blocks.extend(others(&p, call, results.rounds));
    blocks.push(Block::Print);
    Ok(show(&Results {
        call: p.text(&view.title),
        back: p.url(&format!("/calls/{call}")),
        approved: p.moment_in_words(results.final_at),
        blocks,
        p,
    }))
}

/// Where the other lists of a rolling intake are.
fn others(p: &Page, call: CallId, rounds: Rounds) -> Vec<Block> {
    let other = (1..=rounds.rounds).filter(|round| *round != rounds.round);
    let link = |round: usize| {
        let address = p.url(&format!("/calls/{call}/results?round={round}"));
        Block::Link(p.t1("results-round", "round", &round.to_string()), address)
    };
    other.map(link).collect()
}

/// The values of the draw, and how anybody computes it again.
fn drawn(p: &Page, draw: &Disclosed) -> Block {
    let code = |key: &str, value: &str| Fact::new(p.t(key), Cell::new(value).code());
    let facts = vec![
        code("draw-commitment", &draw.commitment),
        code("draw-seed", &draw.seed),
        code("results-frozen", &draw.frozen),
    ];
    Block::Details(
        p.t("draw-title"),
        vec![
            Block::Text(p.t("draw-how")),
            Block::Facts(Facts { facts }),
            Block::Text(p.t("draw-check")),
        ],
    )
}

fn row(p: &Page, line: &ResultLine) -> Row {
    let tag = match line.reserve_position {
        Some(position) => Tag::new(Tone::Warn, p.t1("results-reserve", "position", &position.to_string())),
        None => Tag::new(Tone::Good, p.t("results-selected")),
    };
    let drawn = match line.drawn {
        Some(true) => p.t("decided-draw"),
        Some(false) | None => String::new(),
    };
    Row::new(vec![
        Cell::number(line.rank.to_string()),
        Cell::head(line.reference.clone()).code(),
        Cell::tag(tag).note(drawn),
    ])
}

//! The final list as everybody may see it: references only.

use axum::extract::Path;
use axum::response::Response;

use super::calls::id;
use crate::acts::calls;
use crate::acts::selection::{self, ResultLine};
use crate::pages::chrome::{Page, Section};
use crate::pages::part::{Block, Cell, Row, Stat, Table, Tag, Tone};
use crate::pages::reader::Reader;
use crate::pages::show;
use crate::pages::views::Results;
use crate::refusal::Outcome;

pub(super) async fn show_page(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p) = reader.page("results-title", Section::Calls);
    let call = id(&text)?;
    let results = selection::results(&acting, call).await?;
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
    let blocks = vec![
        Block::Stats(vec![
            Stat::new(p.t("applications-all"), p.number(results.received)),
            stat("results-selected-count", count("selected")),
            stat("results-reserve-count", count("reserve")),
        ]),
        Block::Inset(p.t("results-note")),
        Block::Table(table),
        Block::Print,
    ];
    Ok(show(&Results {
        call: p.text(&view.title),
        back: p.url(&format!("/calls/{call}")),
        approved: p.moment_in_words(results.final_at),
        blocks,
        p,
    }))
}

fn row(p: &Page, line: &ResultLine) -> Row {
    let tag = match line.reserve_position {
        Some(position) => Tag::new(Tone::Warn, p.t1("results-reserve", "position", &position.to_string())),
        None => Tag::new(Tone::Good, p.t("results-selected")),
    };
    Row::new(vec![
        Cell::number(line.rank.to_string()),
        Cell::head(line.reference.clone()).code(),
        Cell::tag(tag),
    ])
}

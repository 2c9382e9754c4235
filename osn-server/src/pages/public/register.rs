//! The public register of actions: planned, running, done, each with the certificates of need that it answers.

use axum::response::Response;

use crate::acts::network::proposals::{self, RegisterLine};
use crate::pages::chrome::{Page, Section};
use crate::pages::part::{Block, Cell, Row, Table, Tag, Tone};
use crate::pages::reader::Reader;
use crate::pages::views::PartsPage;
use crate::pages::{show, shown};
use crate::refusal::Outcome;

pub(super) async fn show_page(reader: Reader) -> Outcome<Response> {
    let (acting, p) = reader.page("register-title", Section::Nowhere);
    let lines = proposals::register(&acting).await?;
    let columns = [
        ("column-action", false),
        ("column-period", false),
        ("column-places", true),
        ("column-certificate", false),
        ("column-state", false),
    ];
    let table = Table {
        caption: p.t("register-title"),
        head: columns.into_iter().map(|(key, number)| (p.t(key), number)).collect(),
        rows: lines.iter().map(|line| row(&p, line)).collect(),
        empty: p.t("register-none"),
    };
    let blocks = vec![Block::Table(table)];
    let lead = p.t("register-lead");
    Ok(show(&PartsPage { p, lead, blocks }))
}

fn row(p: &Page, line: &RegisterLine) -> Row {
    let tone = match line.stage {
        "running" => Tone::Good,
        "planned" => Tone::Warn,
        _ => Tone::Quiet,
    };
    Row::new(vec![
        Cell::head(p.text(&line.name))
            .note(p.text(&line.description))
            .lang(p.foreign(&line.name)),
        Cell::new(shown::period(p, line.period)),
        Cell::number(p.number(line.places.into())),
        Cell::new(line.certificates.join(", ")),
        Cell::tag(Tag::new(tone, p.t(&format!("register-stage-{}", line.stage)))),
    ])
}

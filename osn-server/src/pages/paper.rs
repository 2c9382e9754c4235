//! A staff page on paper: the same parts in the same words, without what one can only click.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use osn_core::time::Instant;
use osn_paper::{Attached, Document, Fact, Head, Row, Words};

use super::part::{self, Block, Cell, StaffPage, Table};
use crate::app::App;
use crate::refusal::Outcome;

/// The page as a PDF to keep; `name` is the file's, in plain letters. It says that it was made when what it shows was.
pub(super) async fn answer(
    app: &App,
    page: &StaffPage,
    made_at: Instant,
    files: Vec<Attached>,
    name: &str,
) -> Outcome<Response> {
    let pdf = app.press().set(document(page, made_at, files), made_at).await?;
    let mut response = ([(header::CONTENT_TYPE, "application/pdf")], pdf).into_response();
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"{name}.pdf\"")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

fn document(page: &StaffPage, made_at: Instant, files: Vec<Attached>) -> Document {
    let p = &page.p;
    let mut blocks = Vec::new();
    if let Some(tag) = &page.tag {
        blocks.push(osn_paper::Block::Note {
            title: tag.text.clone(),
            text: String::new(),
        });
    }
    for block in &page.blocks {
        set(block, &mut blocks);
    }
    Document {
        lang: p.tag().to_owned(),
        title: p.title.clone(),
        subtitle: page.sub.clone(),
        author: p.municipality.clone(),
        day: p.day_in_words(p.zone.day(made_at)),
        blocks,
        files,
    }
}

/// Forms, buttons, links and drawings are left out: a drawing stands beside a table that says the same.
fn set(block: &Block, out: &mut Vec<osn_paper::Block>) {
    use osn_paper::Block as Set;
    let note = |title: &str, text: &str| Set::Note {
        title: title.to_owned(),
        text: text.to_owned(),
    };
    match block {
        Block::Heading(text) => out.push(Set::Heading { text: text.clone() }),
        Block::Text(text) => out.push(Set::Text { text: text.clone() }),
        Block::Inset(text) | Block::Warning(text) => out.push(note("", text)),
        Block::Outcome(_, title, text) => out.push(note(title, text)),
        Block::Stats(stats) => out.push(Set::Facts {
            facts: stats.iter().map(|stat| fact(&stat.label, plain(&stat.value))).collect(),
        }),
        Block::Facts(facts) => out.push(Set::Facts {
            facts: facts.facts.iter().map(of_fact).collect(),
        }),
        Block::Table(one) => out.push(table(one)),
        Block::Timeline(timeline) => out.push(Set::Facts {
            facts: timeline.steps.iter().map(step).collect(),
        }),
        Block::Details(title, parts) => {
            out.push(note(title, ""));
            for part in parts {
                set(part, out);
            }
        }
        Block::Progress(_, _, words) => out.push(Set::Text { text: words.clone() }),
        Block::Form(_)
        | Block::Search(_)
        | Block::Link(..)
        | Block::Acts(_)
        | Block::Drawing(_)
        | Block::Chart(_)
        | Block::Print => {}
    }
}

fn plain(text: &str) -> Words {
    Words {
        text: text.to_owned(),
        ..Words::default()
    }
}

fn fact(label: &str, says: Words) -> Fact {
    Fact {
        label: label.to_owned(),
        says: vec![says],
    }
}

fn of_fact(one: &part::Fact) -> Fact {
    Fact {
        label: one.label.clone(),
        says: one.cells.iter().map(words).collect(),
    }
}

fn step(step: &part::Step) -> Fact {
    let says = Words {
        note: step.text.clone(),
        ..plain(&step.title)
    };
    fact(&step.when, says)
}

/// A state and an answer are words already: colour and sign only repeat them.
fn words(cell: &Cell) -> Words {
    let state = cell.tag.as_ref().map_or("", |tag| &tag.text);
    let both = if state.is_empty() || cell.text.is_empty() {
        ""
    } else {
        " "
    };
    Words {
        text: format!("{state}{both}{}", cell.text),
        note: cell.note.clone().unwrap_or_default(),
        code: cell.code,
    }
}

/// A part within a table, as lines of a smaller one.
fn lines(block: &osn_paper::Block) -> Vec<Vec<Words>> {
    use osn_paper::Block as Set;
    match block {
        Set::Heading { text } | Set::Text { text } => vec![vec![plain(text)]],
        Set::Note { title, text } => vec![vec![Words {
            note: text.clone(),
            ..plain(title)
        }]],
        Set::Facts { facts } => facts
            .iter()
            .map(|fact| [vec![plain(&fact.label)], fact.says.clone()].concat())
            .collect(),
        Set::Table { rows, .. } => rows
            .iter()
            .flat_map(|row| match row {
                Row::Cells { cells } => vec![cells.clone()],
                Row::Across { text } => vec![vec![plain(text)]],
                Row::More { rows, .. } => rows.clone(),
            })
            .collect(),
    }
}

fn table(table: &Table) -> osn_paper::Block {
    let mut rows = Vec::new();
    for row in &table.rows {
        match &row.cut {
            Some(text) => rows.push(Row::Across { text: text.clone() }),
            None => rows.push(Row::Cells {
                cells: row.cells.iter().map(words).collect(),
            }),
        }
        if let Some(more) = &row.more {
            let mut parts = Vec::new();
            more.parts.iter().for_each(|part| set(part, &mut parts));
            rows.push(Row::More {
                title: more.summary.clone(),
                rows: parts.iter().flat_map(lines).collect(),
            });
        }
    }
    osn_paper::Block::Table {
        caption: table.caption.clone(),
        head: table
            .head
            .iter()
            .map(|(text, number)| Head {
                text: text.clone(),
                number: *number,
            })
            .collect(),
        rows,
        empty: table.empty.clone(),
    }
}

//! A frozen claim on paper, in the order in which an auditor reads: the content of its workbook, with the manifest of hashes inside.

use axum::extract::Path;
use axum::response::Response;
use osn_core::expenditure::Claim;
use osn_core::id::ClaimId;
use osn_core::state::Machine as _;
use osn_paper::Attached;
use serde::Deserialize;

use super::super::id;
use super::state;
use crate::acts::money::export::{self, OnPaper};
use crate::acts::money::table::{Cell as Content, Column, Kind, Table as Contents};
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::paper;
use crate::pages::part::{Block, Cell, Fact, Facts, More, Row, StaffPage, Table};
use crate::pages::reader::Reader;
use crate::pages::show;
use crate::refusal::{Outcome, Refusal};

/// The columns that stand in a row of each table; the others are said below it, because paper is narrow.
const IN_ROW: [(&str, &[&str]); 4] = [
    ("expenses", &["number", "subject", "declared", "cut", "eligible"]),
    ("findings", &["number", "verdict", "asks", "article", "amount"]),
    ("documents", &["number", "paper", "paper_number", "file", "sha256"]),
    ("allocation", &["number", "share", "amount", "action_id", "instalment"]),
];

/// Rows that are set in one document: about three hundred and fifty pages, set in a fraction of the time that a document may
/// take. A longer claim comes in volumes, one after another, so that no request takes more than one such document does.
const ROWS: usize = 6_000;

/// Which volume of a claim that has several.
#[derive(Debug, Clone, Default, Deserialize)]
pub(in crate::pages::staff) struct Which {
    #[serde(default)]
    volume: Option<usize>,
}

/// The paper. It is made when the claim came to stand where it stands: asked again, it is the same file. Of a claim in several
/// volumes a page says which there are, and each is a document of its own.
pub(in crate::pages::staff) async fn pdf(
    reader: Reader,
    Path(text): Path<String>,
    Query(which): Query<Which>,
) -> Outcome<Response> {
    let (acting, p) = reader.page("money-claims", Section::Money);
    let of: ClaimId = id(&text, "claim.unknown")?;
    let mut found = export::on_paper(&acting, of, p.tag()).await?;
    let all = volumes(&found.tables);
    let (number, name) = match which.volume {
        None if all == 1 => (1, format!("claim-{of}")),
        None => return Ok(show(&choice(&p, of, &found.claim, all))),
        Some(number) if (1..=all).contains(&number) => (number, format!("claim-{of}-{number}-of-{all}")),
        Some(_) => return Err(Refusal::not_found("claim.no-such-volume")),
    };
    found.tables = volume(found.tables, number);
    let made_at = found.claim.state.since().unwrap_or(found.claim.at);
    // The manifest is about the claim and not about a volume: it travels in the first one.
    let inside = match number {
        1 => vec![Attached {
            name: format!("claim-{of}-manifest.json"),
            media_type: "application/json".to_owned(),
            description: p.t("money-manifest"),
            text: serde_json::to_string(&found.manifest).map_err(Refusal::internal)?,
        }],
        _ => Vec::new(),
    };
    let page = page(&p, &found, number, all);
    paper::answer(&acting.app, &page, made_at, inside, &name).await
}

/// Whether a table is divided among volumes; the others stand in every one.
fn is_divided(table: &Contents) -> bool {
    IN_ROW.iter().any(|(name, _)| *name == table.name)
}

/// How many volumes a claim takes; one at the least.
fn volumes(tables: &[Contents]) -> usize {
    let rows: usize = tables
        .iter()
        .filter(|table| is_divided(table))
        .map(|table| table.rows.len())
        .sum();
    rows.div_ceil(ROWS).max(1)
}

/// The tables of one volume, counted from 1: its rows in the order in which an auditor reads, and no table twice that has none.
fn volume(tables: Vec<Contents>, number: usize) -> Vec<Contents> {
    let from = number.saturating_sub(1).saturating_mul(ROWS);
    let to = from.saturating_add(ROWS);
    let mut before = 0_usize;
    let mut taken = Vec::new();
    for mut table in tables {
        if !is_divided(&table) {
            taken.push(table);
            continue;
        }
        let here = before;
        before = before.saturating_add(table.rows.len());
        let none_at_all = table.rows.is_empty();
        let first = from.saturating_sub(here).min(table.rows.len());
        let last = to.saturating_sub(here).min(table.rows.len());
        table.rows = table.rows.drain(first..last).collect();
        if !table.rows.is_empty() || (none_at_all && number == 1) {
            taken.push(table);
        }
    }
    taken
}

fn titled(p: &Page, claim: &Claim) -> Page {
    p.clone()
        .titled(p.t1("money-claim", "number", &claim.number.to_string()))
}

fn volume_of(p: &Page, number: usize, all: usize) -> String {
    let count = |number: usize| p.number(u64::try_from(number).unwrap_or(u64::MAX));
    p.with(
        "money-volume",
        &[("number", count(number).as_str()), ("all", &count(all))],
    )
}

/// The volumes of a long claim.
fn choice(p: &Page, of: ClaimId, claim: &Claim, all: usize) -> StaffPage {
    let p = titled(p, claim);
    let here = format!("/staff/claims/{of}");
    let mut page = StaffPage::new(p.clone())
        .back(p.t("money-see-claim"), p.url(&here))
        .block(Block::Text(p.t("money-volumes")));
    for number in 1..=all {
        let link = p.url(&format!("{here}/pdf?volume={number}"));
        page.blocks.push(Block::Link(volume_of(&p, number, all), link));
    }
    page
}

/// The same as the parts of a page.
fn page(p: &Page, found: &OnPaper, number: usize, all: usize) -> StaffPage {
    let claim: &Claim = &found.claim;
    let p = titled(p, claim);
    let mut page = StaffPage::new(p.clone()).tagged(state(&p, "claim", claim.state.name()));
    if all > 1 {
        page.blocks.push(Block::Heading(volume_of(&p, number, all)));
    }
    for table in &found.tables {
        match IN_ROW.iter().find(|(name, _)| *name == table.name) {
            None => page.blocks.push(facts(&p, table)),
            Some((_, in_row)) => {
                page.blocks.push(Block::Heading(title(&p, table.title)));
                page.blocks.push(Block::Table(rows(&p, table, in_row)));
            }
        }
    }
    page.blocks.push(Block::Heading(p.t("money-manifest")));
    let inside = if number == 1 {
        "money-manifest-inside"
    } else {
        "money-manifest-first"
    };
    page.blocks.push(Block::Text(p.t(inside)));
    page
}

fn title(p: &Page, (el, en): (&str, &str)) -> String {
    if p.tag() == "el" { el } else { en }.to_owned()
}

fn facts(p: &Page, table: &Contents) -> Block {
    let fact = |row: &Vec<Content>| match row.as_slice() {
        [label, value] => Some(Fact::new(cell(p, label).text, cell(p, value))),
        _ => None,
    };
    Block::Facts(Facts {
        facts: table.rows.iter().filter_map(fact).collect(),
    })
}

fn rows(p: &Page, table: &Contents, in_row: &[&str]) -> Table {
    let stands = |column: &Column| in_row.contains(&column.0);
    let head = |column: &Column| {
        (
            title(p, (column.2, column.3)),
            matches!(column.1, Kind::Money | Kind::Number),
        )
    };
    let row = |content: &Vec<Content>| {
        let both = || table.columns.iter().zip(content);
        let said = both().filter(|(column, content)| !stands(column) && **content != Content::Empty);
        let said: Vec<Fact> = said
            .map(|(column, content)| Fact::new(title(p, (column.2, column.3)), cell(p, content)))
            .collect();
        let mut row = Row::new(
            both()
                .filter(|(column, _)| stands(column))
                .map(|(_, content)| cell(p, content))
                .collect(),
        );
        if !said.is_empty() {
            row.more = Some(More::new(
                p,
                p.t("money-particulars"),
                vec![Block::Facts(Facts { facts: said })],
            ));
        }
        row
    };
    Table {
        caption: title(p, table.title),
        head: table.columns.iter().filter(|column| stands(column)).map(head).collect(),
        rows: table.rows.iter().map(row).collect(),
        empty: p.t("money-nothing-here"),
    }
}

fn cell(p: &Page, content: &Content) -> Cell {
    match content {
        Content::Text(text) => Cell::new(text.clone()),
        Content::Code(text) => Cell::new(text.clone()).code(),
        Content::Word(_, key) => Cell::new(p.t(key)),
        Content::Label(el, en) => Cell::new(title(p, (el, en))),
        Content::Money(amount) => Cell::number(p.money(*amount)),
        Content::Day(day) => Cell::new(p.day(*day)),
        Content::Number(number) => Cell::number(p.number(*number)),
        Content::Empty => Cell::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &'static str, rows: std::ops::Range<u64>) -> Contents {
        Contents {
            name,
            title: ("", ""),
            columns: &[],
            rows: rows.map(|row| vec![Content::Number(row)]).collect(),
        }
    }

    #[test]
    fn volumes_hold_every_row_once_and_in_order() {
        let many = u64::try_from(ROWS).unwrap();
        for (expenses, findings) in [(0, 0), (1, many - 1), (many, 1), (1, many), (3, 3 * many)] {
            let tables = || {
                vec![
                    table("claim", 0..5),
                    table("expenses", 0..expenses),
                    table("findings", expenses..expenses + findings),
                ]
            };
            let all = volumes(&tables());
            let mut read = Vec::new();
            for number in 1..=all {
                let volume = volume(tables(), number);
                assert_eq!(volume[0].rows.len(), 5, "what the claim is stands in every volume");
                let rows: Vec<_> = volume.into_iter().skip(1).flat_map(|table| table.rows).collect();
                assert!(rows.len() <= ROWS);
                read.extend(rows);
            }
            let wanted: Vec<_> = (0..expenses + findings).map(|row| vec![Content::Number(row)]).collect();
            assert_eq!(read, wanted, "{expenses} and {findings}");
        }
    }
}

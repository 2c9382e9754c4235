//! A frozen claim on paper, in the order in which an auditor reads: the content of its workbook, with the manifest of hashes inside.

use axum::extract::Path;
use axum::response::Response;
use osn_core::expenditure::Claim;
use osn_core::id::ClaimId;
use osn_core::state::Machine as _;
use osn_paper::Attached;

use super::super::id;
use super::state;
use crate::acts::money::export::{self, OnPaper};
use crate::acts::money::table::{Cell as Content, Column, Kind, Table as Contents};
use crate::pages::chrome::{Page, Section};
use crate::pages::paper;
use crate::pages::part::{Block, Cell, Fact, Facts, More, Row, StaffPage, Table};
use crate::pages::reader::Reader;
use crate::refusal::{Outcome, Refusal};

/// The columns that stand in a row of each table; the others are said below it, because paper is narrow.
const IN_ROW: [(&str, &[&str]); 4] = [
    ("expenses", &["number", "subject", "declared", "cut", "eligible"]),
    ("findings", &["number", "verdict", "asks", "article", "amount"]),
    ("documents", &["number", "paper", "paper_number", "file", "sha256"]),
    ("allocation", &["number", "share", "amount", "action_id", "instalment"]),
];

/// Rows of all tables that are set on paper: about three hundred and fifty pages, set in a fraction of the time that a document
/// may take. A longer claim is read in its workbook.
const MOST_ROWS: usize = 6_000;

/// The paper. It is made when the claim came to stand where it stands: asked again, it is the same file.
pub(in crate::pages::staff) async fn pdf(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p) = reader.page("money-claims", Section::Money);
    let of: ClaimId = id(&text, "claim.unknown")?;
    let found = export::on_paper(&acting, of, p.tag()).await?;
    let rows: usize = found.tables.iter().map(|table| table.rows.len()).sum();
    if rows > MOST_ROWS {
        let count = |rows: usize| p.number(u64::try_from(rows).unwrap_or(u64::MAX));
        let refusal = Refusal::conflict("claim.too-long-for-paper").with("rows", count(rows));
        return Err(refusal.with("most", count(MOST_ROWS)));
    }
    let made_at = found.claim.state.since().unwrap_or(found.claim.at);
    let inside = Attached {
        name: format!("claim-{of}-manifest.json"),
        media_type: "application/json".to_owned(),
        description: p.t("money-manifest"),
        text: serde_json::to_string(&found.manifest).map_err(Refusal::internal)?,
    };
    let page = page(&p, &found);
    paper::answer(&acting.app, &page, made_at, vec![inside], &format!("claim-{of}")).await
}

/// The same as the parts of a page.
fn page(p: &Page, found: &OnPaper) -> StaffPage {
    let claim: &Claim = &found.claim;
    let p = p
        .clone()
        .titled(p.t1("money-claim", "number", &claim.number.to_string()));
    let mut page = StaffPage::new(p.clone()).tagged(state(&p, "claim", claim.state.name()));
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
    page.blocks.push(Block::Text(p.t("money-manifest-inside")));
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

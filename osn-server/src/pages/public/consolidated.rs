//! Who covers what: services counted for each category, group and municipal community; every cell opens its services.

use axum::response::Response;
use osn_core::directory::{Directory, Taxonomy, TermCode};
use osn_core::matrix::{Cell as Counts, CoverageMatrix, Standing};
use serde::Deserialize;

use super::services::of_taxonomy;
use crate::acts::consolidated::{self, Asked};
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::part::{Block, Cell, Row, Table};
use crate::pages::reader::Reader;
use crate::pages::views::Consolidated;
use crate::pages::{show, shown};
use crate::refusal::Outcome;

#[derive(Debug, Default, Clone, Deserialize)]
pub(super) struct Chosen {
    #[serde(default)]
    category: String,
    #[serde(default)]
    group: String,
    #[serde(default)]
    area: String,
    #[serde(default)]
    as_of: String,
}

/// The two axes of the table; the third is fixed to one term.
#[derive(Debug, Clone, Copy)]
enum Shape {
    /// Nothing chosen: categories by groups, in the whole municipality.
    Overview,
    /// A category chosen: groups by communities.
    OfCategory,
    /// A group chosen: categories by communities.
    OfGroup,
}

pub(super) async fn show_page(reader: Reader, Query(chosen): Query<Chosen>) -> Outcome<Response> {
    let (acting, p) = reader.page("consolidated-title", Section::Services);
    let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let asked = Asked {
        category: filled(&chosen.category),
        group: filled(&chosen.group),
        area: filled(&chosen.area),
        ..Asked::default()
    };
    let shape = match (&asked.category, &asked.group) {
        (Some(_), _) => Shape::OfCategory,
        (None, Some(_)) => Shape::OfGroup,
        (None, None) => Shape::Overview,
    };
    let view = consolidated::view(&acting, &asked).await?;
    let directory = &view.mapped.directory;
    let as_of = chosen.as_of.trim();
    let table = table(&p, directory, &view.matrix, (shape, as_of, asked.area.is_some()));
    let file = match as_of {
        "" => "/api/v1/mapping/xlsx".to_owned(),
        day => format!(
            "/api/v1/mapping/xlsx?{}",
            serde_urlencoded::to_string([("as_of", day)]).unwrap_or_default()
        ),
    };
    Ok(show(&Consolidated {
        filters: vec![
            of_taxonomy(
                &p,
                directory,
                ("category", "filter-category"),
                Taxonomy::Category,
                &chosen.category,
            ),
            of_taxonomy(
                &p,
                directory,
                ("group", "filter-group"),
                Taxonomy::BeneficiaryGroup,
                &chosen.group,
            ),
            of_taxonomy(&p, directory, ("area", "filter-area"), Taxonomy::Area, &chosen.area),
        ],
        as_of: as_of.to_owned(),
        read: p.t1("consolidated-read", "day", &p.day_in_words(view.matrix.on)),
        blocks: vec![Block::Table(table), Block::Link(p.t("consolidated-files"), file)],
        p,
    }))
}

/// The whole municipality among its areas: the one in which the others lie. Of a list of communities alone none is the whole.
fn whole<'m>(directory: &Directory, matrix: &'m CoverageMatrix) -> Option<&'m TermCode> {
    let is_top = |code: &&TermCode| directory.term(code).is_some_and(|term| term.parent.is_none());
    let mut top = matrix.areas.iter().filter(is_top);
    top.next().filter(|_| top.next().is_none())
}

fn table(
    p: &Page,
    directory: &Directory,
    matrix: &CoverageMatrix,
    (shape, as_of, has_area): (Shape, &str, bool),
) -> Table {
    let name = |code: &TermCode| shown::term(p, directory, code);
    let whole = whole(directory, matrix).filter(|_| !has_area);
    // Where no area is the whole, the overview is of one of them and says of which.
    let of_area = whole.or(matrix.areas.first());
    let rows: &[TermCode] = match of_area {
        Some(_) => match shape {
            Shape::Overview | Shape::OfGroup => &matrix.categories,
            Shape::OfCategory => &matrix.groups,
        },
        None => &[],
    };
    let (_, columns): (&[TermCode], &[TermCode]) = match shape {
        Shape::Overview => (&matrix.categories, &matrix.groups),
        Shape::OfCategory => (&matrix.groups, &matrix.areas),
        Shape::OfGroup => (&matrix.categories, &matrix.areas),
    };
    let place = |row: &TermCode, column: &TermCode| -> Option<[TermCode; 3]> {
        Some(match shape {
            Shape::Overview => [row.clone(), column.clone(), of_area?.clone()],
            Shape::OfCategory => [matrix.categories.first()?.clone(), row.clone(), column.clone()],
            Shape::OfGroup => [row.clone(), matrix.groups.first()?.clone(), column.clone()],
        })
    };
    let cell = |row: &TermCode, column: &TermCode| match place(row, column) {
        Some(codes) => {
            let [category, group, area] = &codes;
            let counts = matrix.cell(category, group, area).unwrap_or_default();
            counted(p, &codes, counts, as_of)
        }
        None => Cell::number(""),
    };
    let head = std::iter::once((String::new(), false)).chain(columns.iter().map(|column| (name(column), true)));
    let body = rows.iter().map(|row| {
        let cells = columns.iter().map(|column| cell(row, column));
        Row::new(std::iter::once(Cell::head(name(row))).chain(cells).collect())
    });
    Table {
        caption: match shape {
            Shape::Overview => match (whole, of_area) {
                (None, Some(area)) => p.t1("consolidated-overview-area", "area", &name(area)),
                _ => p.t("consolidated-overview"),
            },
            Shape::OfCategory => matrix.categories.first().map(name).unwrap_or_default(),
            Shape::OfGroup => matrix.groups.first().map(name).unwrap_or_default(),
        },
        head: head.collect(),
        rows: body.collect(),
        empty: p.t("consolidated-empty"),
    }
}

/// A number that opens what it counts; an empty cell says so in words. What is uncertain stands below, each with its own list.
fn counted(p: &Page, [category, group, area]: &[TermCode; 3], counts: Counts, as_of: &str) -> Cell {
    let list = |standing: Standing| {
        let mut asked = vec![
            ("category", category.as_str()),
            ("group", group.as_str()),
            ("area", area.as_str()),
            ("standing", standing.name()),
        ];
        // An older cell opens the list of its own day.
        asked.extend((!as_of.is_empty()).then_some(("as_of", as_of)));
        p.url(&format!(
            "/services?{}",
            serde_urlencoded::to_string(asked).unwrap_or_default()
        ))
    };
    let cell = if counts.is_gap() {
        Cell::number(p.t("consolidated-gap"))
    } else {
        Cell::number(p.number(counts.serving.into())).link(list(Standing::Serving))
    };
    let others = [
        (Standing::Undetermined, "consolidated-undetermined"),
        (Standing::Stale, "consolidated-stale"),
        (Standing::Action, "consolidated-actions"),
    ];
    let others = others.into_iter().filter(|(standing, _)| counts.count(*standing) > 0);
    others.fold(cell, |cell, (standing, key)| {
        cell.below(p.tc(key, counts.count(standing).into()), list(standing))
    })
}

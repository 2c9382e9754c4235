//! What an action has reached, as its program measures it.

use osn_core::id::ActionId;

use super::head;
use crate::acts::{Acting, indicators};
use crate::pages::chrome::Page;
use crate::pages::part::{Block, Cell, Row, Table};
use crate::refusal::Outcome;

/// What was reached so far, by the program's indicators.
pub(super) async fn measured(acting: &Acting, p: &Page, id: ActionId) -> Outcome<Option<Block>> {
    let indicators = indicators::of_action(acting, id).await?;
    let rows = indicators.iter().map(|indicator| {
        let number = |value: Option<u64>| value.map_or_else(|| p.t("unknown-yet"), |value| p.number(value));
        let target = indicator.target.and_then(|target| u64::try_from(target).ok());
        Row::new(vec![
            Cell::head(indicator.title.clone()),
            Cell::number(number(indicator.value)),
            Cell::number(target.map(|target| p.number(target)).unwrap_or_default()),
        ])
    });
    let rows: Vec<Row> = rows.collect();
    let columns = [
        ("column-indicator", false),
        ("column-reached", true),
        ("column-target", true),
    ];
    Ok((!rows.is_empty()).then(|| {
        Block::Table(Table {
            caption: p.t("indicators-title"),
            head: head(p, columns),
            rows,
            empty: String::new(),
        })
    }))
}

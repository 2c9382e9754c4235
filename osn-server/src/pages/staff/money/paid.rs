//! From what was delivered back to the euro: the expenses behind an action, on the action's own page.

use osn_core::id::ActionId;

use super::super::head;
use super::state;
use crate::acts::Acting;
use crate::acts::money::trace::{self, PaidBy};
use crate::auth::Right;
use crate::pages::chrome::Page;
use crate::pages::part::{Block, Cell, Row, Stat, Table};
use crate::refusal::Outcome;

/// What was spent on an action, on whom it came, and which expenses say so; for whoever may read money.
pub(in crate::pages::staff) async fn of_action(acting: &Acting, p: &Page, id: ActionId) -> Outcome<Vec<Block>> {
    if !acting.actor.may(Right::SeeMoney) {
        return Ok(Vec::new());
    }
    let money = trace::of_action(acting, id).await?;
    if money.expenses.is_empty() {
        return Ok(Vec::new());
    }
    let mut stats = vec![
        Stat::new(p.t("money-spent-all"), p.money(money.spent)),
        Stat::new(p.t("money-reached"), p.number(money.reached)),
    ];
    stats.extend(
        money
            .per_person
            .map(|each| Stat::new(p.t("money-per-person"), p.money(each))),
    );
    let row = |paid: &PaidBy| {
        Row::new(vec![
            Cell::head(paid.subject.clone()).link(p.url(&format!("/staff/expenses/{}", paid.expense_id))),
            Cell::tag(state(p, "expense", &paid.state)),
            Cell::number(p.money(paid.amount)),
        ])
    };
    let table = Table {
        caption: p.t("money-of-action"),
        head: head(
            p,
            [("money-expense", false), ("money-state", false), ("money-amount", true)],
        ),
        rows: money.expenses.iter().map(row).collect(),
        empty: String::new(),
    };
    Ok(vec![
        Block::Heading(p.t("money-of-action")),
        Block::Stats(stats),
        Block::Table(table),
    ])
}

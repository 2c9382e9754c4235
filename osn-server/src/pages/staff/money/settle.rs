//! Flat rates, unit costs and lump sums: what each line has due, and the button that declares it.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::id::OperationId;

use super::super::{head, id};
use super::{mend, read, sub_projects, titled};
use crate::acts::Acting;
use crate::acts::money::settling::{self as acts, LineDue};
use crate::auth::Right;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Field, FormView, Posted};
use crate::pages::part::{Block, Cell, Row, StaffPage, Table, Tag, Tone};
use crate::pages::reader::Reader;
use crate::pages::{onward, show, show_with};
use crate::refusal::Outcome;

fn here(of: OperationId) -> String {
    format!("/staff/money/{of}/settlements")
}

async fn form(acting: &Acting, p: &Page, of: OperationId) -> Outcome<FormView> {
    let operation = crate::acts::model::operation(acting, of).await?.value;
    let fields = vec![Field::select(
        "/sub_project",
        p.t("money-subproject"),
        sub_projects(p, &operation),
    )];
    Ok(FormView::new(p.url(&here(of)), fields, p.t("money-settle")))
}

async fn page(acting: &Acting, p: Page, of: OperationId, form: FormView) -> Outcome<StaffPage> {
    let operation = crate::acts::model::operation(acting, of).await?.value;
    let due = acts::due(acting, of).await?;
    let mut page = StaffPage::new(p.clone())
        .subtitled(p.text(&operation.name))
        .back(p.t("money-back"), p.url(&format!("/staff/money/{of}")))
        .block(Block::Text(p.t("money-settlements-text")))
        .block(Block::Table(table(&p, &due)));
    let is_due = due.iter().any(|line| line.state == "due");
    if is_due && acting.actor.may(Right::KeepExpenses) {
        page.blocks.extend(titled(&p, "money-settle", form));
    }
    Ok(page)
}

fn table(p: &Page, due: &[LineDue]) -> Table {
    let row = |line: &LineDue| {
        let on = match (&line.rate, &line.deliverable) {
            _ if line.indicator.is_some() => of_indicator(p, line),
            (Some(rate), _) => {
                let base = line.base.map(|base| p.money(base)).unwrap_or_default();
                Cell::new(p.t(&format!("money-flat-rate-{}", rate.name()))).note(base)
            }
            (None, Some(code)) => {
                let accepted = line.accepted_on.map(|day| p.day(day)).unwrap_or_default();
                Cell::new(code.clone()).note(accepted)
            }
            (None, None) => Cell::default(),
        };
        let tone = match line.state.as_str() {
            "due" | "settled" => Tone::Good,
            "waiting" => Tone::Quiet,
            _ => Tone::Warn,
        };
        Row::new(vec![
            Cell::head(p.text(&line.name)).note(line.code.clone()),
            on,
            Cell::number(p.money(line.most)),
            Cell::number(p.money(line.before)),
            Cell::number(p.money(line.due)),
            Cell::tag(Tag::new(tone, p.t(&format!("money-settle-{}", line.state)))),
        ])
    };
    Table {
        caption: p.t("money-settlements"),
        head: head(
            p,
            [
                ("money-line", false),
                ("money-settle-on", false),
                ("money-settle-most", true),
                ("money-settle-before", true),
                ("money-settle-now", true),
                ("money-state", false),
            ],
        ),
        rows: due.iter().map(row).collect(),
        empty: p.t("money-settlements-none"),
    }
}

/// What the indicator of a line counted, and what that makes.
fn of_indicator(p: &Page, line: &LineDue) -> Cell {
    let code = line.indicator.clone().unwrap_or_default();
    let measured = line.measured.map(|measured| p.number(measured)).unwrap_or_default();
    let said = match (line.unit_cost, line.units, line.target) {
        (Some(cost), Some(units), _) => p.with(
            "money-settle-units",
            &[
                ("measured", measured.as_str()),
                ("units", &p.number(units.into())),
                ("cost", &p.money(cost)),
            ],
        ),
        (_, _, Some(target)) => p.with(
            "money-settle-target",
            &[("measured", measured.as_str()), ("target", &p.number(target))],
        ),
        _ => measured,
    };
    let link = p.url(&format!("/staff/money/{}/indicators", line.operation_id));
    Cell::new(p.t1("money-settle-indicator", "code", &code))
        .link(link)
        .note(said)
}

/// What is due.
pub(in crate::pages::staff) async fn due(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p) = reader.page("money-settlements", Section::Money);
    acting.require(Right::SeeMoney)?;
    let of: OperationId = id(&text, "operation.unknown")?;
    let form = form(&acting, &p, of).await?;
    Ok(show(&page(&acting, p, of, form).await?))
}

/// Declares it.
pub(in crate::pages::staff) async fn settle(
    reader: Reader,
    Path(text): Path<String>,
    bytes: Bytes,
) -> Outcome<Response> {
    let (acting, mut p) = reader.page("money-settlements", Section::Money);
    acting.require(Right::KeepExpenses)?;
    let of: OperationId = id(&text, "operation.unknown")?;
    let mut form = form(&acting, &p, of).await?;
    form.fill(&Posted::read(&bytes));
    let done = match read(&form, &p) {
        Ok(how) => acts::settle(&acting, of, how).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(_) => Ok(onward(&p, &format!("/staff/money/{of}/expenses"), "settled")),
        Err(refusal) => {
            let status = mend(&mut p, &mut form, refusal)?;
            Ok(show_with(status, &page(&acting, p, of, form).await?))
        }
    }
}

//! What an action has to hand over: what is left, recording what arrived or was counted, and the plan made again by it.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::id::ActionId;

use super::actions::action_id;
use super::chain::{self, At};
use super::{head, many};
use crate::acts::deliveries::Planned;
use crate::acts::stock::{self, NewStock, StockLineView, StockView};
use crate::acts::written::Ground;
use crate::acts::{Acting, actions, deliveries};
use crate::auth::Right;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Field, FormView, Posted};
use crate::pages::part::{Block, Cell, Row, StaffPage, Table, Tag, Tone};
use crate::pages::reader::Reader;
use crate::pages::{mend, onward, show, show_with, typed};
use crate::refusal::Outcome;

pub(super) async fn list(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    Ok(show(&page(&acting, p, action_id(&text)?, None).await?))
}

async fn page(acting: &Acting, p: Page, id: ActionId, form: Option<FormView>) -> Outcome<StaffPage> {
    let p = p.titled_by("stock-title").within(Section::Actions);
    let action = actions::get(acting, id).await?.value;
    let found = stock::get(acting, id).await?;
    let mut page = StaffPage::new(p.clone()).subtitled(p.text(&action.name)).back(
        p.t("deliveries-title"),
        p.url(&format!("/staff/actions/{id}/deliveries")),
    );
    page.chain = chain::of_action(acting, &p, id, At::Deliveries).await?;
    let ground = Ground::of(acting, id).await?;
    if !ground.about.delivery.kind.is_goods() && found.lines.is_empty() {
        page.blocks.push(Block::Text(p.t("stock-no-goods")));
        return Ok(page);
    }
    page.blocks.push(Block::Text(p.t("stock-text")));
    if found.waiting > 0 {
        page.blocks.push(Block::Warning(p.tc("stock-waiting", found.waiting)));
    }
    page.blocks.push(Block::Table(table(&p, &found)));
    if !acting.actor.may(Right::PlanDeliveries) {
        return Ok(page);
    }
    let has_plan = !deliveries::plans(acting, id).await?.is_empty();
    if has_plan && !found.lines.is_empty() {
        page.blocks.push(if found.plan_is_older {
            Block::Warning(p.t("stock-plan-older"))
        } else {
            Block::Text(p.t("stock-plan-again-text"))
        });
        let address = p.url(&format!("/staff/actions/{id}/stock/plan"));
        let again = FormView {
            secondary: !found.plan_is_older,
            ..FormView::new(address, Vec::new(), p.t("stock-plan-again"))
        };
        page.blocks.push(Block::Form(Box::new(again)));
    }
    page.blocks.push(Block::Heading(p.t("stock-record")));
    let form = match form {
        Some(form) => form,
        None => record_form(acting, &p, id, &ground).await?,
    };
    page.blocks.push(Block::Form(Box::new(form)));
    Ok(page)
}

fn table(p: &Page, found: &StockView) -> Table {
    let columns = [
        ("column-supply", false),
        ("column-instalment", true),
        ("column-lot", false),
        ("column-use-by", false),
        ("column-recorded", true),
        ("column-handed", true),
        ("column-left", true),
        ("column-state", false),
    ];
    Table {
        caption: p.t("stock-title"),
        head: head(p, columns),
        rows: found.lines.iter().map(|line| row(p, line)).collect(),
        empty: p.t("stock-none"),
    }
}

fn row(p: &Page, line: &StockLineView) -> Row {
    let state = match line {
        StockLineView { recalled: true, .. } => Tag::new(Tone::Bad, p.t("lot-recalled")),
        StockLineView { good: false, .. } => Tag::new(Tone::Bad, p.t("stock-passed")),
        StockLineView { left: i64::MIN..0, .. } => Tag::new(Tone::Warn, p.t("stock-overdrawn")),
        StockLineView { left: 0, .. } => Tag::new(Tone::Quiet, p.t("stock-over")),
        _ => Tag::new(Tone::Good, p.t("stock-there")),
    };
    Row::new(vec![
        Cell::head(line.name.clone()),
        Cell::number(line.instalment.map(|number| number.to_string()).unwrap_or_default()),
        Cell::new(line.lot.clone().unwrap_or_default()).code(),
        Cell::new(line.use_by.map(|day| p.day(day)).unwrap_or_default()),
        Cell::number(line.recorded.to_string()),
        Cell::number(p.number(line.handed)),
        Cell::number(line.left.to_string()),
        Cell::tag(state),
    ])
}

async fn record_form(acting: &Acting, p: &Page, id: ActionId, ground: &Ground) -> Outcome<FormView> {
    let instalments = actions::get(acting, id).await?.value.instalments;
    let events = ["arrived", "counted"].map(|event| Choice::new(event, p.t(&format!("stock-{event}"))));
    let mut fields = vec![Field::radios("/event", p.t("stock-event"), events.to_vec())];
    let name = |key: &str| stock::name(ground, p.tag(), key);
    let pieces = Field::int("/pieces", p.t("stock-pieces"));
    if let [only] = ground.about.delivery.supplies.as_slice() {
        fields.push(pieces.hint(name(&only.key)));
    } else {
        let supplies = ground.about.delivery.supplies.iter();
        let choices = supplies
            .map(|one| Choice::new(one.key.clone(), name(&one.key)))
            .collect();
        fields.push(Field::select("/supply", p.t("column-supply"), choices));
        fields.push(pieces);
    }
    if ground.about.delivery.stock_in.is_some() && instalments > 1 {
        let field = Field::int("/instalment", p.t("stock-instalment"));
        fields.push(field.hint(p.t("stock-instalment-hint")).optional());
    }
    fields.push(Field::line("/lot", p.t("column-lot")).wide("20", "").optional());
    fields.push(Field::day("/use_by", p.t("column-use-by")).optional());
    let address = p.url(&format!("/staff/actions/{id}/stock"));
    Ok(FormView::new(address, fields, p.t("stock-button")))
}

pub(super) async fn record(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let Reader { acting, mut p } = reader;
    let id = action_id(&text)?;
    let mut form = record_form(&acting, &p, id, &Ground::of(&acting, id).await?).await?;
    form.fill(&Posted::read(&body));
    let recording = async {
        let new: NewStock = typed(form.body(&p)?)?;
        stock::record(&acting, id, new).await
    };
    match recording.await {
        Ok(_) => Ok(onward(&p, &format!("/staff/actions/{id}/stock"), "stock-recorded")),
        Err(refusal) => {
            let status = mend(&mut p, &mut form, refusal)?;
            Ok(show_with(status, &page(&acting, p, id, Some(form)).await?))
        }
    }
}

/// The plan in force, made again.
pub(super) async fn plan_again(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    let id = action_id(&text)?;
    let planned = stock::plan_again(&acting, id).await?;
    if planned.unplaced.is_empty() {
        return Ok(onward(&p, &format!("/staff/actions/{id}/stock"), "plan-made"));
    }
    short(&acting, p, id, &planned).await
}

/// A plan that was made, where somebody goes without something: who, and why.
pub(super) async fn short(acting: &Acting, p: Page, id: ActionId, planned: &Planned) -> Outcome<Response> {
    let p = p.titled_by("stock-short").within(Section::Actions);
    let mut rows = Vec::new();
    for one in &planned.unplaced {
        let reference = super::deliveries::reference(acting, one.award_id).await?;
        rows.push(Row::new(vec![
            Cell::head(reference).code(),
            Cell::new(one.text.clone()),
        ]));
    }
    let short = Table {
        caption: p.t("stock-short"),
        head: head(&p, [("results-reference", false), ("column-why", false)]),
        rows,
        empty: String::new(),
    };
    let mut page = StaffPage::new(p.clone())
        .subtitled(p.tc("stock-short-count", many(planned.unplaced.len())))
        .back(
            p.t("deliveries-title"),
            p.url(&format!("/staff/actions/{id}/deliveries")),
        )
        .block(Block::Text(p.t("plan-short-text")))
        .block(Block::Table(short));
    if stock::get(acting, id).await?.waiting > 0 {
        page.blocks.push(Block::Text(p.t("stock-short-text")));
    }
    Ok(show(&page))
}

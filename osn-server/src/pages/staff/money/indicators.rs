//! What an operation is measured by: what was reached and where that comes from, and the form that defines an indicator.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::expenditure::{IndicatorKind, IndicatorUnit};
use osn_core::id::OperationId;
use serde_json::Value;

use super::super::{head, id};
use super::{choices, mend, titled};
use crate::acts::Acting;
use crate::acts::money::measuring::{self as acts, IndicatorMeasured};
use crate::auth::Right;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Field, FormView, Posted};
use crate::pages::part::{Block, Cell, More, Row, StaffPage, Table, Tag, Tone};
use crate::pages::reader::Reader;
use crate::pages::{onward, show, show_with, typed};
use crate::refusal::{Outcome, Refusal};

fn here(of: OperationId) -> String {
    format!("/staff/money/{of}/indicators")
}

async fn form(acting: &Acting, p: &Page, of: OperationId) -> Outcome<FormView> {
    let actions = acts::actions(acting, of).await?;
    let actions = actions
        .iter()
        .map(|action| Choice::new(action.value.id.to_string(), p.text(&action.value.name)))
        .collect();
    let fields = vec![
        Field::line("/code", p.t("indicator-code"))
            .wide("10", "")
            .hint(p.t("indicator-code-hint")),
        Field::line("/name/el", p.t("money-name-el")),
        Field::line("/name/en", p.t("money-name-en")).optional(),
        Field::radios(
            "/kind",
            p.t("indicator-kind"),
            choices(p, "indicator-kind", IndicatorKind::ALL.map(IndicatorKind::name)),
        ),
        Field::radios(
            "/unit",
            p.t("indicator-unit"),
            choices(p, "indicator-unit", IndicatorUnit::ALL.map(IndicatorUnit::name)),
        )
        .hint(p.t("indicator-unit-hint")),
        Field::int("/target", p.t("indicator-target"))
            .hint(p.t("indicator-target-hint"))
            .optional(),
        Field::checks("/actions", p.t("indicator-actions"), actions)
            .hint(p.t("indicator-actions-hint"))
            .optional(),
        Field::line("/source", p.t("indicator-source")).hint(p.t("indicator-source-hint")),
    ];
    Ok(FormView::new(p.url(&here(of)), fields, p.t("indicator-keep")))
}

async fn page(acting: &Acting, p: Page, of: OperationId, form: FormView) -> Outcome<StaffPage> {
    let operation = crate::acts::model::operation(acting, of).await?.value;
    let found = acts::list(acting, of).await?;
    let mut page = StaffPage::new(p.clone())
        .subtitled(p.text(&operation.name))
        .back(p.t("money-back"), p.url(&format!("/staff/money/{of}")))
        .block(Block::Text(p.t("indicators-text")))
        .block(Block::Table(table(&p, &found)));
    if acting.actor.may(Right::MaintainDirectory) {
        page.blocks.extend(titled(&p, "indicator-define", form));
    }
    Ok(page)
}

fn table(p: &Page, found: &[IndicatorMeasured]) -> Table {
    let row = |each: &IndicatorMeasured| {
        let target = each.target.map(|target| p.number(target)).unwrap_or_default();
        let reached = match each.target {
            Some(target) if each.value >= target => Cell::tag(Tag::new(Tone::Good, p.t("indicator-reached"))),
            Some(_) => Cell::tag(Tag::new(Tone::Quiet, p.t("indicator-not-yet"))),
            None => Cell::default(),
        };
        let mut row = Row::new(vec![
            Cell::head(p.text(&each.name)).note(each.code.clone()),
            Cell::new(p.t(&format!("indicator-unit-{}", each.unit.name())))
                .note(p.t(&format!("indicator-kind-{}", each.kind.name()))),
            Cell::number(p.number(each.value)),
            Cell::number(target),
            Cell::number(p.number(each.declared)),
            reached,
        ]);
        row.more = Some(More::new(
            p,
            p.t("indicator-from"),
            vec![Block::Table(parts(p, each)), said(p, each)],
        ));
        row
    };
    Table {
        caption: p.t("indicators-of-operation"),
        head: head(
            p,
            [
                ("column-indicator", false),
                ("indicator-unit", false),
                ("column-reached", true),
                ("column-target", true),
                ("indicator-declared", true),
                ("money-state", false),
            ],
        ),
        rows: found.iter().map(row).collect(),
        empty: p.t("indicators-none"),
    }
}

/// Where the figure comes from, action by action.
fn parts(p: &Page, each: &IndicatorMeasured) -> Table {
    let row = |part: &acts::ActionMeasured| {
        Row::new(vec![
            Cell::head(p.text(&part.name)).link(p.url(&format!("/staff/actions/{}", part.action_id))),
            Cell::number(p.number(part.value)),
        ])
    };
    Table {
        caption: p.t("indicator-from"),
        head: head(p, [("money-action", false), ("column-reached", true)]),
        rows: each.actions.iter().map(row).collect(),
        empty: p.t("indicator-nothing"),
    }
}

fn said(p: &Page, each: &IndicatorMeasured) -> Block {
    let day = p.day(each.on);
    Block::Text(p.with(
        "indicator-said",
        &[("day", day.as_str()), ("source", each.source.as_str())],
    ))
}

/// The indicators with what was reached.
pub(in crate::pages::staff) async fn list(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p) = reader.page("indicators-of-operation", Section::Money);
    acting.require(Right::SeeMoney)?;
    let of: OperationId = id(&text, "operation.unknown")?;
    let form = form(&acting, &p, of).await?;
    Ok(show(&page(&acting, p, of, form).await?))
}

/// Defines one, or changes the one of this code.
pub(in crate::pages::staff) async fn define(
    reader: Reader,
    Path(text): Path<String>,
    bytes: Bytes,
) -> Outcome<Response> {
    let (acting, mut p) = reader.page("indicators-of-operation", Section::Money);
    acting.require(Right::MaintainDirectory)?;
    let of: OperationId = id(&text, "operation.unknown")?;
    let mut form = form(&acting, &p, of).await?;
    form.fill(&Posted::read(&bytes));
    let done = match said_by(&form, &p) {
        Ok((code, new)) => acts::put(&acting, of, &code, new).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(_) => Ok(onward(&p, &here(of), "indicator-kept")),
        Err(refusal) => {
            let status = mend(&mut p, &mut form, refusal)?;
            Ok(show_with(status, &page(&acting, p, of, form).await?))
        }
    }
}

/// The code, and what stands under it.
fn said_by(form: &FormView, p: &Page) -> Outcome<(String, acts::NewIndicator)> {
    let mut body = form.body(p)?;
    let code = body.as_object_mut().and_then(|map| map.remove("code"));
    match code {
        Some(Value::String(code)) => Ok((code, typed(body)?)),
        _ => Err(Refusal::field("/code", "required")),
    }
}

//! Lots that were handed over, calling one back, and who received it.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::id::{ActionId, RecallId};

use super::actions::action_id;
use super::chain::{self, At};
use super::{head, id, many};
use crate::acts::recalls::{self, NewRecall};
use crate::acts::recalls_everywhere::{self, AskedLot};
use crate::acts::{Acting, actions};
use crate::auth::Right;
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Field, FormView, Posted};
use crate::pages::part::{Block, Cell, Row, StaffPage, Table, Tag, Tone};
use crate::pages::reader::Reader;
use crate::pages::{mend, onward, show, show_with, typed};
use crate::refusal::Outcome;

pub(super) async fn list(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    Ok(show(&page(&acting, p, action_id(&text)?, None).await?))
}

async fn page(acting: &Acting, p: Page, id: ActionId, form: Option<FormView>) -> Outcome<StaffPage> {
    let p = p.titled_by("lots-title").within(Section::Actions);
    let action = actions::get(acting, id).await?.value;
    let lots = recalls::lots(acting, id).await?;
    let rows = lots.iter().map(|lot| {
        let state = match lot.recall_id {
            Some(recall) => Cell {
                href: Some(p.url(&format!("/staff/recalls/{recall}"))),
                ..Cell::new(p.t("lot-recalled"))
            },
            None => Cell::tag(Tag::new(Tone::Quiet, p.t("lot-stands"))),
        };
        Row::new(vec![
            Cell::head(lot.lot.clone()).code(),
            Cell::new(lot.use_by.map(|day| p.day(day)).unwrap_or_default()),
            Cell::number(p.number(lot.deliveries)),
            state,
        ])
    });
    let table = Table {
        caption: p.t("lots-title"),
        head: head(
            &p,
            [
                ("column-lot", false),
                ("column-use-by", false),
                ("deliveries-title", true),
                ("column-state", false),
            ],
        ),
        rows: rows.collect(),
        empty: p.t("lots-none"),
    };
    let mut page = StaffPage::new(p.clone())
        .subtitled(p.text(&action.name))
        .back(
            p.t("deliveries-title"),
            p.url(&format!("/staff/actions/{id}/deliveries")),
        )
        .block(Block::Table(table));
    page.chain = chain::of_action(acting, &p, id, At::Deliveries).await?;
    page.blocks
        .push(Block::Link(p.t("lots-everywhere"), p.url("/staff/lots")));
    if acting.actor.may(Right::PlanDeliveries) {
        page.blocks.push(Block::Heading(p.t("recall-title")));
        page.blocks.push(Block::Text(p.t("recall-text")));
        page.blocks
            .push(Block::Form(Box::new(form.unwrap_or_else(|| recall_form(&p, id)))));
    }
    Ok(page)
}

fn recall_form(p: &Page, id: ActionId) -> FormView {
    let fields = vec![
        Field::line("/lot", p.t("column-lot")).wide("20", ""),
        Field::line("/reason/el", p.t("recall-reason-el")).hint(p.t("recall-reason-hint")),
        Field::line("/reason/en", p.t("recall-reason-en")),
    ];
    FormView {
        secondary: true,
        ..FormView::new(
            p.url(&format!("/staff/actions/{id}/lots")),
            fields,
            p.t("recall-button"),
        )
    }
}

pub(super) async fn recall(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let Reader { acting, mut p } = reader;
    let id = action_id(&text)?;
    let mut form = recall_form(&p, id);
    form.fill(&Posted::read(&body));
    let recalling = async {
        let new: NewRecall = typed(form.body(&p)?)?;
        recalls::recall(&acting, id, new).await
    };
    match recalling.await {
        Ok(recall) => Ok(onward(&p, &format!("/staff/recalls/{}", recall.id), "lot-recalled")),
        Err(refusal) => {
            let status = mend(&mut p, &mut form, refusal)?;
            Ok(show_with(status, &page(&acting, p, id, Some(form)).await?))
        }
    }
}

/// Where a lot stands in all actions, and its recall in all of them.
pub(super) async fn everywhere(reader: Reader, Query(asked): Query<AskedLot>) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    Ok(show(&page_everywhere(&acting, p, &asked.lot, None).await?))
}

async fn page_everywhere(acting: &Acting, p: Page, lot: &str, form: Option<FormView>) -> Outcome<StaffPage> {
    let p = p.titled_by("lots-everywhere").within(Section::Actions);
    let mut page = StaffPage::new(p.clone()).back(p.t("actions-title"), p.url("/staff/actions"));
    if lot.trim().is_empty() && form.is_none() {
        page.blocks.push(Block::Table(all_lots(acting, &p).await?));
        if acting.actor.may(Right::PlanDeliveries) {
            page.blocks.push(Block::Heading(p.t("recall-everywhere")));
            page.blocks.push(Block::Text(p.t("recall-everywhere-text")));
            page.blocks.push(Block::Form(Box::new(everywhere_form(&p, ""))));
        }
        return Ok(page);
    }
    let found = recalls_everywhere::find(acting, lot).await?;
    let rows = found.actions.iter().map(|one| {
        let state = match one.recall_id {
            Some(recall) => Cell::new(p.t("lot-recalled")).link(p.url(&format!("/staff/recalls/{recall}"))),
            None if one.deliveries > 0 => Cell::tag(Tag::new(Tone::Quiet, p.t("lot-stands"))),
            None => Cell::new(p.t("lot-not-there")),
        };
        Row::new(vec![
            Cell::head(p.text(&one.name)).link(p.url(&format!("/staff/actions/{}/lots", one.action_id))),
            Cell::number(p.number(one.deliveries)),
            Cell::number(p.number(one.recipients)),
            state,
        ])
    });
    let columns = [
        ("column-action", false),
        ("deliveries-title", true),
        ("recall-recipients", true),
        ("column-state", false),
    ];
    page.blocks.push(Block::Table(Table {
        caption: p.t1("lots-of", "lot", lot),
        head: head(&p, columns),
        rows: rows.collect(),
        empty: p.t("lots-no-action"),
    }));
    if acting.actor.may(Right::PlanDeliveries) {
        page.blocks.push(Block::Heading(p.t("recall-everywhere")));
        page.blocks.push(Block::Text(p.t("recall-everywhere-text")));
        let form = form.unwrap_or_else(|| everywhere_form(&p, lot));
        page.blocks.push(Block::Form(Box::new(form)));
    }
    Ok(page)
}

/// Every lot of the municipality, each with the way to the actions that handed it over.
async fn all_lots(acting: &Acting, p: &Page) -> Outcome<Table> {
    let lots = recalls_everywhere::lots(acting).await?;
    let rows = lots.iter().map(|lot| {
        let query = serde_urlencoded::to_string([("lot", &lot.lot)]).unwrap_or_default();
        let use_by = lot.use_by.as_deref().and_then(|day| day.parse().ok());
        Row::new(vec![
            Cell::head(lot.lot.clone())
                .link(p.url(&format!("/staff/lots?{query}")))
                .code(),
            Cell::new(use_by.map(|day| p.day(day)).unwrap_or_default()),
            Cell::number(p.number(lot.deliveries)),
        ])
    });
    let columns = [
        ("column-lot", false),
        ("column-use-by", false),
        ("deliveries-title", true),
    ];
    Ok(Table {
        caption: p.t("lots-everywhere"),
        head: head(p, columns),
        rows: rows.collect(),
        empty: p.t("lots-none"),
    })
}

fn everywhere_form(p: &Page, lot: &str) -> FormView {
    let fields = vec![
        Field::line("/lot", p.t("column-lot")).wide("20", "").proposed(lot),
        Field::line("/reason/el", p.t("recall-reason-el")).hint(p.t("recall-reason-hint")),
        Field::line("/reason/en", p.t("recall-reason-en")),
    ];
    FormView::new(p.url("/staff/lots"), fields, p.t("recall-everywhere-button")).scoped("all-")
}

pub(super) async fn recall_everywhere(reader: Reader, body: Bytes) -> Outcome<Response> {
    let Reader { acting, mut p } = reader;
    let mut form = everywhere_form(&p, "");
    form.fill(&Posted::read(&body));
    let recalling = async {
        let new: NewRecall = typed(form.body(&p)?)?;
        recalls_everywhere::recall(&acting, new).await
    };
    match recalling.await {
        Ok(found) => {
            let query = serde_urlencoded::to_string([("lot", &found.lot)]).unwrap_or_default();
            Ok(onward(&p, &format!("/staff/lots?{query}"), "lot-recalled"))
        }
        Err(refusal) => {
            let lot = form.fields().find(|field| field.name == "/lot");
            let lot = lot.map(|field| field.value().to_owned()).unwrap_or_default();
            let status = mend(&mut p, &mut form, refusal)?;
            Ok(show_with(status, &page_everywhere(&acting, p, &lot, Some(form)).await?))
        }
    }
}

pub(super) async fn one(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    let recall: RecallId = id(&text, "recall.unknown")?;
    let recall = recalls::get(&acting, recall).await?;
    let p = p
        .clone()
        .titled(p.t1("recall-of", "lot", &recall.lot))
        .within(Section::Actions);
    let rows = recall.recipients.iter().map(|one| {
        let days: Vec<String> = one.days.iter().map(|day| p.day(*day)).collect();
        let first = one.deliveries.first();
        let reference = Cell::head(one.reference.clone()).code();
        Row::new(vec![
            match first {
                Some(delivery) => reference.link(p.url(&format!("/staff/deliveries/{delivery}"))),
                None => reference,
            },
            Cell::new(days.join(", ")),
        ])
    });
    let table = Table {
        caption: p.t("recall-recipients"),
        head: head(&p, [("results-reference", false), ("column-days", false)]),
        rows: rows.collect(),
        empty: p.t("recall-nobody"),
    };
    let mut page = StaffPage::new(p.clone())
        .subtitled(p.tc("recall-count", many(recall.recipients.len())))
        .back(
            p.t("lots-title"),
            p.url(&format!("/staff/actions/{}/lots", recall.action_id)),
        )
        .block(Block::Text(p.text(&recall.reason)))
        .block(Block::Text(p.t1("recall-since", "when", &p.moment(recall.at))))
        .block(Block::Table(table));
    if !recall.elsewhere.is_empty() {
        page.blocks.push(Block::Warning(p.t("recall-elsewhere")));
        for action in &recall.elsewhere {
            let name = actions::get(&acting, *action).await?.value.name;
            let address = p.url(&format!("/staff/actions/{action}/lots"));
            page.blocks.push(Block::Link(p.text(&name), address));
        }
        let query = serde_urlencoded::to_string([("lot", &recall.lot)]).unwrap_or_default();
        page.blocks.push(Block::Link(
            p.t("lots-everywhere"),
            p.url(&format!("/staff/lots?{query}")),
        ));
    }
    Ok(show(&page))
}

//! Who delivers an action beside the team: the bodies that are named, each everywhere or at one place.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::action::{Action, Deliverer};
use osn_core::id::ActionId;

use super::actions::action_id;
use super::chain::{self, At};
use super::head;
use super::network::{bodies, body_name};
use crate::acts::delivering::{self, NewDeliverers};
use crate::acts::written::Ground;
use crate::acts::{Acting, actions};
use crate::auth::Right;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Field, FormView, Posted};
use crate::pages::part::{Block, Cell, Row, StaffPage, Table};
use crate::pages::reader::Reader;
use crate::pages::{mend, onward, show, show_with, typed};
use crate::refusal::Outcome;

pub(super) async fn list(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    Ok(show(&page(&acting, p, action_id(&text)?, None).await?))
}

/// Where a body delivers, in the words of the program.
fn place_name(p: &Page, ground: &Ground, place: Option<&str>) -> String {
    let Some(place) = place else {
        return p.t("deliverers-everywhere");
    };
    let question = ground.about.delivery.places_of.as_deref();
    match question.and_then(|question| ground.about.field(question)) {
        Some(field) => ground
            .texts
            .text_or_key(p.tag(), &format!("option-{}-{place}", field.key)),
        None => place.to_owned(),
    }
}

async fn page(acting: &Acting, p: Page, id: ActionId, form: Option<FormView>) -> Outcome<StaffPage> {
    let p = p.titled_by("deliverers-title").within(Section::Actions);
    acting.require(Right::SeeDeliveries)?;
    let action = actions::get(acting, id).await?.value;
    let ground = Ground::of(acting, id).await?;
    let mapped = acting.mapping().await?;
    let rows = action.deliverers.iter().map(|one| {
        Row::new(vec![
            Cell::head(body_name(&p, &mapped.directory, Some(one.organization_id))),
            Cell::new(place_name(&p, &ground, one.place.as_deref())),
        ])
    });
    let table = Table {
        caption: p.t("deliverers-title"),
        head: head(&p, [("column-body", false), ("column-place", false)]),
        rows: rows.collect(),
        empty: p.t("deliverers-none"),
    };
    let mut page = StaffPage::new(p.clone())
        .subtitled(p.text(&action.name))
        .back(
            p.t("deliveries-title"),
            p.url(&format!("/staff/actions/{id}/deliveries")),
        )
        .block(Block::Text(p.t("deliverers-text")))
        .block(Block::Table(table));
    page.chain = chain::of_action(acting, &p, id, At::Deliveries).await?;
    if acting.actor.may(Right::PlanDeliveries) {
        let (add, remove) = match form {
            Some(form) if form.hidden.iter().any(|(_, value)| value == REMOVE) => (None, Some(form)),
            form => (form, None),
        };
        page.blocks.push(Block::Heading(p.t("deliverers-add")));
        let add = match add {
            Some(add) => add,
            None => add_form(acting, &p, id, &ground).await?,
        };
        page.blocks.push(Block::Form(Box::new(add)));
        if !action.deliverers.is_empty() {
            page.blocks.push(Block::Heading(p.t("deliverers-remove")));
            let remove = match remove {
                Some(remove) => remove,
                None => remove_form(acting, &p, &action, &ground).await?,
            };
            page.blocks.push(Block::Form(Box::new(remove)));
        }
    }
    Ok(page)
}

const REMOVE: &str = "remove";

async fn add_form(acting: &Acting, p: &Page, id: ActionId, ground: &Ground) -> Outcome<FormView> {
    let mapped = acting.mapping().await?;
    let mut fields = vec![Field::select(
        "/organization_id",
        p.t("column-body"),
        bodies(p, &mapped.directory),
    )];
    let places: Vec<Choice> = delivering::places(ground)
        .into_iter()
        .map(|key| Choice::new(key.clone(), place_name(p, ground, Some(&key))))
        .collect();
    if !places.is_empty() {
        let hint = p.t("deliverers-place-hint");
        fields.push(
            Field::select("/place", p.t("column-place"), places)
                .hint(hint)
                .optional(),
        );
    }
    let address = p.url(&format!("/staff/actions/{id}/deliverers"));
    Ok(FormView::new(address, fields, p.t("deliverers-add")))
}

async fn remove_form(acting: &Acting, p: &Page, action: &Action, ground: &Ground) -> Outcome<FormView> {
    let mapped = acting.mapping().await?;
    let choices = action.deliverers.iter().zip(0_usize..).map(|(one, index)| {
        let body = body_name(p, &mapped.directory, Some(one.organization_id));
        let place = place_name(p, ground, one.place.as_deref());
        Choice::new(index.to_string(), format!("{body}: {place}"))
    });
    let fields = vec![Field::select("/nth", p.t("column-body"), choices.collect())];
    let address = p.url(&format!("/staff/actions/{}/deliverers", action.id));
    let form = FormView {
        secondary: true,
        ..FormView::new(address, fields, p.t("deliverers-remove"))
    };
    Ok(form.hidden("op", REMOVE).scoped("r-"))
}

/// One body more, or one less.
fn changed(mut named: Vec<Deliverer>, p: &Page, form: &FormView, removes: bool) -> Outcome<NewDeliverers> {
    let body = form.body(p)?;
    if removes {
        let nth = body.get("nth").and_then(serde_json::Value::as_str);
        if let Some(nth) = nth
            .and_then(|nth| nth.parse::<usize>().ok())
            .filter(|nth| *nth < named.len())
        {
            named.remove(nth);
        }
    } else {
        named.push(typed(body)?);
    }
    Ok(NewDeliverers { deliverers: named })
}

pub(super) async fn change(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let Reader { acting, mut p } = reader;
    acting.require(Right::PlanDeliveries)?;
    let id = action_id(&text)?;
    let action = actions::get(&acting, id).await?.value;
    let ground = Ground::of(&acting, id).await?;
    let posted = Posted::read(&body);
    let removes = posted.get("op") == REMOVE;
    let mut form = if removes {
        remove_form(&acting, &p, &action, &ground).await?
    } else {
        add_form(&acting, &p, id, &ground).await?
    };
    form.fill(&posted);
    let naming = async {
        let new = changed(action.deliverers, &p, &form, removes)?;
        delivering::name(&acting, id, new).await
    };
    match naming.await {
        Ok(_) => Ok(onward(
            &p,
            &format!("/staff/actions/{id}/deliverers"),
            "deliverers-named",
        )),
        Err(refusal) => {
            let status = mend(&mut p, &mut form, refusal)?;
            Ok(show_with(status, &page(&acting, p, id, Some(form)).await?))
        }
    }
}

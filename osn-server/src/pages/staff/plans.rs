//! The plan of an action's deliveries: its versions, and the page that makes a new one, with what each round offers where the
//! program assigns people to rounds.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::delivery::{DeliveryPlan, Occasion, Slot};
use osn_core::id::ActionId;
use serde_json::{Value as Json, json};

use super::actions::action_id;
use super::{documents, head};
use crate::acts::deliveries::NewPlan;
use crate::acts::written::Ground;
use crate::acts::{Acting, actions, deliveries};
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Field, FormView, Group, Posted};
use crate::pages::part::{Block, Cell, Row, StaffPage, Table};
use crate::pages::reader::Reader;
use crate::pages::{mend, onward, show, show_with, typed};
use crate::refusal::Outcome;

/// Versions of the plan, newest first.
pub(super) async fn versions(acting: &Acting, p: &Page, plans: &[DeliveryPlan]) -> Outcome<Block> {
    let mut rows = Vec::new();
    for plan in plans.iter().rev() {
        let slots: Vec<String> = plan
            .slots
            .iter()
            .map(|slot| format!("{}η: {}", slot.instalment, p.day(slot.date)))
            .collect();
        let slots = if p.tag() == "el" {
            slots
        } else {
            plan.slots
                .iter()
                .map(|slot| format!("{}: {}", slot.instalment, p.day(slot.date)))
                .collect()
        };
        rows.push(Row::new(vec![
            Cell::number(plan.version.to_string()),
            Cell::new(slots.join(" · ")),
            Cell::new(p.text(&plan.reason)),
            Cell::new(super::person(acting, plan.by).await?).note(p.moment(plan.at)),
        ]));
    }
    Ok(Block::Table(Table {
        caption: p.t("plan-title"),
        head: head(
            p,
            [
                ("column-version", true),
                ("column-days", false),
                ("column-why", false),
                ("column-who", false),
            ],
        ),
        rows,
        empty: p.t("plan-none"),
    }))
}

async fn form(acting: &Acting, p: &Page, id: ActionId) -> Outcome<FormView> {
    let instalments = actions::get(acting, id).await?.value.instalments;
    let ground = Ground::of(acting, id).await?;
    let newest = deliveries::plans(acting, id).await?.pop();
    let before = |number: u16| -> Option<&Slot> {
        let slots = newest.as_ref().map(|plan| plan.slots.as_slice()).unwrap_or_default();
        slots.iter().find(|slot| slot.instalment == number)
    };
    let mut fields = Vec::new();
    for number in 1..=instalments {
        let label = p.t1("step-delivery", "number", &number.to_string());
        let field = Field::day(&format!("/slots/{}/date", number - 1), label);
        fields.push(match before(number) {
            Some(slot) => field.proposed_day(slot.date, ""),
            None => field,
        });
    }
    fields.push(Field::line("/reason/el", p.t("plan-reason")));
    let mut form = FormView::new(p.url(&format!("/staff/actions/{id}/plan")), fields, p.t("plan-button"));
    let delivery = &ground.about.delivery;
    let assigns = [&delivery.places_of, &delivery.series_of, &delivery.features_of];
    if assigns.iter().any(|question| question.is_some()) {
        let round = |number: u16| {
            let occasion = before(number).and_then(|slot| slot.occasion.clone());
            occasion_group(p, &ground, number, &occasion.unwrap_or_default())
        };
        form.groups.extend((1..=instalments).map(round));
    }
    form.cancel = Some((p.t("cancel"), p.url(&format!("/staff/actions/{id}"))));
    Ok(form)
}

/// What one round offers: folded away, because a round may be everybody's.
fn occasion_group(p: &Page, ground: &Ground, number: u16, before: &Occasion) -> Group {
    let delivery = &ground.about.delivery;
    let path = |part: &str| format!("/slots/{}/occasion/{part}", number - 1);
    let mut fields = Vec::new();
    if let Some(choices) = choices(p, ground, delivery.places_of.as_deref()) {
        let field = Field::select(&path("place"), p.t("column-place"), choices);
        fields.push(proposed(field, before.place.as_deref()));
    }
    match choices(p, ground, delivery.series_of.as_deref()) {
        Some(choices) => {
            let field = Field::select(&path("series"), p.t("plan-series"), choices);
            fields.push(proposed(field, before.series.as_deref()));
        }
        None => {
            let field = Field::line(&path("series"), p.t("plan-series")).hint(p.t("plan-series-hint"));
            fields.push(proposed(field.wide("10", ""), before.series.as_deref()));
        }
    }
    if let Some(choices) = choices(p, ground, delivery.features_of.as_deref()) {
        let mut field = Field::checks(&path("features"), p.t("plan-features"), choices);
        field.values.clone_from(&before.features);
        fields.push(field);
    }
    let starts = before.starts.map(|time| time.format("%H:%M").to_string());
    let starts_field = Field::line(&path("starts"), p.t("plan-starts")).hint(p.t("plan-starts-hint"));
    fields.push(proposed(starts_field.wide("5", ""), starts.as_deref()));
    let numbers = [
        ("minutes", before.minutes),
        ("capacity", before.capacity),
        ("age_from", Some(before.age_from.into()).filter(|age| *age > 0)),
        ("age_to", before.age_to.map(u32::from)),
    ];
    for (part, number) in numbers {
        let field = Field::int(&path(part), p.t(&format!("plan-{}", part.replace('_', "-"))));
        fields.push(proposed(field, number.map(|number| number.to_string()).as_deref()));
    }
    for field in &mut fields {
        field.optional = true;
    }
    Group {
        title: p.t1("plan-round", "number", &number.to_string()),
        intro: if number == 1 {
            p.t("plan-round-text")
        } else {
            String::new()
        },
        fields,
        folds: true,
        ..Group::default()
    }
}

fn proposed(field: Field, before: Option<&str>) -> Field {
    match before {
        Some(before) => field.proposed(before),
        None => field,
    }
}

/// The options of a question of the program in the reader's language; nothing where it names no such question.
fn choices(p: &Page, ground: &Ground, question: Option<&str>) -> Option<Vec<Choice>> {
    let field = ground.about.field(question?)?;
    let option = |key: &String| {
        let text = ground
            .texts
            .text_or_key(p.tag(), &format!("option-{}-{key}", field.key));
        Choice::new(key.clone(), text)
    };
    Some(field.options.iter().map(option).collect())
}

/// The body of the act: rounds are numbered, and one of which nothing was said is everybody's.
fn body(form: &FormView, p: &Page) -> Outcome<NewPlan> {
    let mut body = form.body(p)?;
    let slots = body.get_mut("slots").and_then(Json::as_array_mut);
    for (slot, number) in slots.into_iter().flatten().zip(1_u16..) {
        let Some(slot) = slot.as_object_mut() else { continue };
        slot.insert("instalment".to_owned(), json!(number));
        let occasion = slot.remove("occasion").and_then(documents::pruned);
        slot.extend(occasion.map(|occasion| ("occasion".to_owned(), occasion)));
    }
    typed(body)
}

pub(super) async fn ask(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p) = reader.page("plan-new", Section::Actions);
    let form = form(&acting, &p, action_id(&text)?).await?;
    Ok(show(
        &StaffPage::new(p.clone())
            .block(Block::Text(p.t("plan-text")))
            .block(Block::Form(Box::new(form))),
    ))
}

pub(super) async fn make(reader: Reader, Path(text): Path<String>, sent: Bytes) -> Outcome<Response> {
    let (acting, mut p) = reader.page("plan-new", Section::Actions);
    let id = action_id(&text)?;
    let mut form = form(&acting, &p, id).await?;
    form.fill(&Posted::read(&sent));
    let planning = async { deliveries::plan(&acting, id, body(&form, &p)?).await };
    match planning.await {
        Ok(planned) if planned.unplaced.is_empty() => Ok(onward(&p, &format!("/staff/actions/{id}"), "plan-made")),
        Ok(planned) => super::stock::short(&acting, p, id, &planned).await,
        Err(refusal) => {
            let status = mend(&mut p, &mut form, refusal)?;
            Ok(show_with(status, &StaffPage::new(p).block(Block::Form(Box::new(form)))))
        }
    }
}

//! Before anybody applies: what the rules of a call say of somebody, from its own questions, without a name; nothing is stored.

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use osn_core::directory::Taxonomy;
use osn_programs::about::Lookup;
use serde_json::{Value as Json, json};

use super::calls::id;
use super::{choices, example_form};
use crate::acts::Acting;
use crate::acts::calls::{self, OpenCall};
use crate::acts::preview::{self, Found, ServiceNamed, Tried};
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Field, FormView, Group, Posted};
use crate::pages::part::Block;
use crate::pages::reader::Reader;
use crate::pages::staff::{applications, preview as staff_preview};
use crate::pages::views::PartsPage;
use crate::pages::{blame, mendable, show_with, typed};
use crate::problem;
use crate::refusal::{Outcome, Refusal};

pub(super) async fn ask(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p) = reader.page("finder-title", Section::Calls);
    let open = calls::open(&acting, id(&text)?).await?;
    let form = form(&acting, &p, &open, &Posted::default()).await?;
    Ok(page(StatusCode::OK, p, &open, form, Vec::new()))
}

/// The call's own questions without names and papers, and what its facts depend on.
async fn form(acting: &Acting, p: &Page, open: &OpenCall, posted: &Posted) -> Outcome<FormView> {
    let mapped = acting.mapping().await?;
    let address = p.url(&format!("/calls/{}/finder", open.call.value.id));
    let about_and_texts = (&*open.about, &*open.texts);
    let mut form = example_form(p, about_and_texts, &mapped.directory, address, posted);
    let lookups = open.about.facts.iter().filter_map(|fact| fact.find.as_ref());
    let (mut counts, mut measures) = (false, false);
    for lookup in lookups {
        match lookup {
            Lookup::Services { .. } | Lookup::Coverage { .. } => counts = true,
            Lookup::Distance { .. } => measures = true,
        }
    }
    let mut fields = Vec::new();
    if counts {
        let areas = choices(p, &mapped.directory, Taxonomy::Area);
        fields.push(Field::select("/area", p.t("apply-area"), areas).optional());
        fields.push(Field::day("/birth_date", p.t("apply-birth-date")).optional());
    }
    if measures {
        fields.push(Field::line("/postal_code", p.t("apply-postal-code")).optional());
    }
    if !fields.is_empty() {
        form.groups.push(Group {
            title: p.t("finder-where"),
            intro: p.t("finder-where-text"),
            fields,
            ..Group::default()
        });
    }
    form.button = p.t("finder-button");
    form.guard = false;
    if !posted.pairs().is_empty() {
        form.fill(posted);
    }
    Ok(form)
}

fn page(status: StatusCode, p: Page, open: &OpenCall, form: FormView, mut blocks: Vec<Block>) -> Response {
    let call = &open.call.value;
    blocks.push(Block::Form(Box::new(form)));
    blocks.push(Block::Link(p.text(&call.title), p.url(&format!("/calls/{}", call.id))));
    let lead = p.t("finder-lead");
    show_with(status, &PartsPage { p, lead, blocks })
}

pub(super) async fn answer(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let (acting, mut p) = reader.page("finder-title", Section::Calls);
    let open = calls::open(&acting, id(&text)?).await?;
    let posted = Posted::read(&body);
    let mut form = form(&acting, &p, &open, &posted).await?;
    let op = posted.get("op");
    if op.starts_with("add-") || op.starts_with("remove-") {
        return Ok(page(StatusCode::OK, p, &open, form, Vec::new()));
    }
    // What is not answered is not known: a question may stay open.
    let (said, errors) = form.draft(&p);
    let found = if errors.is_empty() {
        judged(&acting, &open, &said).await
    } else {
        Err(Refusal::invalid("request.invalid", errors))
    };
    match found {
        Ok(found) => {
            let blocks = shown(&p, &found);
            Ok(page(StatusCode::OK, p, &open, form, blocks))
        }
        Err(refusal) if mendable(&refusal) => {
            blame(&mut p, &mut form, &refusal);
            Ok(page(problem::status(refusal.kind()), p, &open, form, Vec::new()))
        }
        Err(refusal) => Err(refusal),
    }
}

async fn judged(acting: &Acting, open: &OpenCall, said: &Json) -> Outcome<Found> {
    let Some(example) = staff_preview::example(&open.about, said) else {
        return Err(Refusal::field("", "typed-nothing"));
    };
    let part = |name: &str| said.get(name).cloned().unwrap_or(Json::Null);
    let tried: Tried = typed(json!({
        "example": example, "area": part("area"), "birth_date": part("birth_date"), "postal_code": part("postal_code"),
    }))?;
    preview::of_call(acting, open.call.value.id, tried).await
}

fn shown(p: &Page, found: &Found) -> Vec<Block> {
    let outcome = match found.example.outcome {
        "eligible" => "finder-eligible",
        "not-eligible" => "finder-not-eligible",
        _ => "finder-missing",
    };
    let mut blocks = vec![
        Block::Inset(p.t(outcome)),
        Block::Text(p.t1("finder-nothing-stored", "day", &p.day(found.as_of))),
    ];
    let several = found.example.claims.len() > 1;
    for (claim, number) in found.example.claims.iter().zip(1_u32..) {
        if several {
            blocks.push(Block::Heading(p.t1("apply-claim", "number", &number.to_string())));
        }
        blocks.extend(applications::claim(p, claim));
    }
    if !found.services.is_empty() {
        blocks.push(Block::Heading(p.tc("finder-services", found.services_total)));
        let link =
            |service: &ServiceNamed| Block::Link(p.text(&service.name), p.url(&format!("/services/{}", service.id)));
        blocks.extend(found.services.iter().map(link));
        let all = u64::try_from(found.services.len()).unwrap_or(u64::MAX);
        if all < found.services_total {
            blocks.push(Block::Link(p.t("finder-services-more"), p.url("/services")));
        }
    }
    blocks
}

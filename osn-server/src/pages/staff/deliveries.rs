//! Deliveries of an action: the table by instalment, recording results, awards.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::delivery::{AttemptResult, AwardBasis, AwardState, Delivery};
use osn_core::id::{ActionId, AwardId};
use osn_core::state::Machine as _;
use osn_store::DeliveryFilter;
use serde_json::{Value as Json, json};

use super::actions::action_id;
use super::chain::{self, At};
use super::{Asked, head, recording};
use crate::acts::awards::{AwardView, Withdrawal};
use crate::acts::delivering::Reach;
use crate::acts::written::Ground;
use crate::acts::{Acting, actions, awards, deliveries};
use crate::auth::Right;
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Field, FormView, Posted};
use crate::pages::part::{Block, Cell, Chip, Row, StaffPage, Table, Tag, Tone};
use crate::pages::reader::Reader;
use crate::pages::{mend, onward, show, show_with, shown, typed};
use crate::refusal::{Outcome, Refusal};

/// What else there is about an action's deliveries: title and address. Sessions and appointments have no stock.
const PLACES: [(&str, &str); 4] = [
    ("occasions-title", "occasions"),
    ("stock-title", "stock"),
    ("lots-title", "lots"),
    ("deliverers-title", "deliverers"),
];
const STATES: [&str; 4] = ["planned", "failed", "delivered", "cancelled"];

pub(super) async fn list(reader: Reader, Path(text): Path<String>, Query(asked): Query<Asked>) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    Ok(show(&page(&acting, p, action_id(&text)?, &asked, None).await?))
}

pub(super) async fn page(
    acting: &Acting,
    p: Page,
    id: ActionId,
    asked: &Asked,
    form: Option<FormView>,
) -> Outcome<StaffPage> {
    let p = p.titled_by("deliveries-title").within(Section::Actions);
    let action = actions::get(acting, id).await?.value;
    let filter = DeliveryFilter {
        instalment: asked.instalment.parse().ok(),
        state: asked.state().map(str::to_owned),
    };
    let found = deliveries::list(acting, id, filter, asked.query()).await?;
    let here = format!("/staff/actions/{id}/deliveries");
    let mut page = StaffPage::new(p.clone())
        .subtitled(format!(
            "{} · {}",
            p.text(&action.name),
            p.tc("deliveries-count", found.total)
        ))
        .back(p.text(&action.name), p.url(&format!("/staff/actions/{id}")));
    page.chain = chain::of_action(acting, &p, id, At::Deliveries).await?;
    page.chips = chips(&p, &here, asked, action.instalments);
    page.blocks.push(progress(acting, &p, id).await?);
    let link = |(key, place): (&str, &str)| Block::Link(p.t(key), p.url(&format!("/staff/actions/{id}/{place}")));
    let is_goods = Ground::of(acting, id).await?.about.delivery.kind.is_goods();
    let places = PLACES.into_iter().filter(|(_, place)| is_goods || *place != "stock");
    page.blocks.extend(places.map(link));
    let mut rows = Vec::new();
    let mut open = Vec::new();
    for delivery in &found.items {
        let reference = reference(acting, delivery.value.award_id).await?;
        rows.push(row(acting, &p, &action.program.package_digest, &delivery.value, &reference).await?);
        if recording::is_open(&delivery.value) {
            open.push((delivery, reference));
        }
    }
    page.blocks.push(Block::Table(Table {
        caption: p.t("deliveries-title"),
        head: head(
            &p,
            [
                ("results-reference", false),
                ("column-instalment", true),
                ("column-planned", false),
                ("column-state", false),
                ("column-attempts", false),
            ],
        ),
        rows,
        empty: p.t("deliveries-none"),
    }));
    page.pager = asked.pager(&p, &here, found.next);
    let due = open.len();
    let reach = Reach::of(acting, acting.require(Right::SeeDeliveries)?, id).await?;
    open.retain(|(delivery, _)| reach.covers_delivery(&delivery.value));
    if acting.actor.may(Right::RecordDeliveries) && open.is_empty() && due > 0 {
        page.blocks.push(Block::Inset(p.t("deliverers-not-you")));
    }
    if acting.actor.may(Right::RecordDeliveries) && !open.is_empty() {
        let form = match form {
            Some(form) => form,
            None => recording::bulk_form(acting, &p, id, asked, &open).await?,
        };
        page.blocks.push(Block::Heading(p.t("record-title")));
        page.blocks.push(Block::Text(p.t("record-text")));
        page.blocks.push(Block::Form(Box::new(form)));
    }
    Ok(page)
}

fn chips(p: &Page, here: &str, asked: &Asked, instalments: u16) -> Vec<Chip> {
    let with = |state: &str, instalment: String, text: String| Chip {
        text,
        href: Asked {
            state: state.to_owned(),
            instalment: instalment.clone(),
            ..Asked::default()
        }
        .address(p, here),
        current: asked.state == state && asked.instalment == instalment,
    };
    let mut chips = vec![with("", String::new(), p.t("all"))];
    chips.extend((1..=instalments).map(|number| {
        with(
            "",
            number.to_string(),
            p.t1("step-delivery", "number", &number.to_string()),
        )
    }));
    chips.extend(
        STATES
            .iter()
            .map(|state| with(state, String::new(), p.t(&format!("state-delivery-{state}")))),
    );
    chips
}

async fn progress(acting: &Acting, p: &Page, id: ActionId) -> Outcome<Block> {
    let count = async |state: &str| -> Outcome<u64> {
        let filter = DeliveryFilter {
            instalment: None,
            state: Some(state.to_owned()),
        };
        Ok(
            deliveries::list(acting, id, filter, osn_store::PageQuery { limit: 1, after: None })
                .await?
                .total,
        )
    };
    let (done, planned, failed) = (
        count("delivered").await?,
        count("planned").await?,
        count("failed").await?,
    );
    let total = done + planned + failed;
    let said = p.t2(
        "deliveries-progress",
        ("done", &p.number(done)),
        ("total", &p.number(total)),
    );
    Ok(Block::Progress(done, total.max(1), said))
}

/// The reference of the application that an award answers; empty of immediate help.
pub(super) async fn reference(acting: &Acting, award: AwardId) -> Outcome<String> {
    let Some(award) = acting.scope.award(award).await? else {
        return Ok(String::new());
    };
    let Some(application_id) = award.value.basis.application() else {
        return Ok(String::new());
    };
    Ok(acting
        .scope
        .application(application_id)
        .await?
        .map(|application| application.value.reference.to_string())
        .unwrap_or_default())
}

async fn row(acting: &Acting, p: &Page, package: &str, delivery: &Delivery, reference: &str) -> Outcome<Row> {
    let texts = acting.app.programs().get(&acting.scope, package).await?;
    let attempts = delivery.attempts.iter().map(|attempt| {
        let said = match &attempt.result {
            AttemptResult::Delivered => p.t("state-delivery-delivered"),
            AttemptResult::Failed { kind } => texts.program.texts().text_or_key(p.tag(), &format!("failure-{kind}")),
        };
        format!("{}: {said}", p.moment(attempt.at))
    });
    let attempts: Vec<String> = attempts.collect();
    Ok(Row::new(vec![
        Cell::head(reference)
            .link(p.url(&format!("/staff/deliveries/{}", delivery.id)))
            .code(),
        Cell::number(delivery.instalment.to_string()),
        Cell::new(p.day(delivery.planned_for)).note(p.t1(
            "plan-version",
            "version",
            &delivery.plan_version.to_string(),
        )),
        Cell::tag(if delivery.waits {
            Tag::new(Tone::Warn, p.t("state-delivery-waits"))
        } else {
            shown::state(p, "delivery", delivery.state.name())
        }),
        Cell::new(attempts.join(" · ")),
    ]))
}

pub(super) async fn awards(reader: Reader, Path(text): Path<String>, Query(asked): Query<Asked>) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    Ok(show(&awards_page(&acting, p, action_id(&text)?, &asked, None).await?))
}

async fn awards_page(
    acting: &Acting,
    p: Page,
    id: ActionId,
    asked: &Asked,
    form: Option<FormView>,
) -> Outcome<StaffPage> {
    let p = p.titled_by("awards-title").within(Section::Actions);
    let action = actions::get(acting, id).await?.value;
    let found = awards::list(acting, id, asked.query()).await?;
    let rows = found.items.iter().map(|view| {
        let basis = match view.award.basis {
            AwardBasis::Selection { .. } => p.t("award-by-selection"),
            AwardBasis::Promotion { .. } => p.t("award-by-promotion"),
            AwardBasis::Immediate { .. } => p.t("award-by-help"),
        };
        Row::new(vec![
            Cell::head(view.reference.clone()).code(),
            Cell::new(basis),
            Cell::new(p.moment(view.award.awarded_at)),
            Cell::tag(shown::state(&p, "award", view.award.state.name())),
        ])
    });
    let table = Table {
        caption: p.t("awards-title"),
        head: head(
            &p,
            [
                ("results-reference", false),
                ("column-basis-of-award", false),
                ("column-since", false),
                ("column-state", false),
            ],
        ),
        rows: rows.collect(),
        empty: p.t("awards-none"),
    };
    let mut page = StaffPage::new(p.clone())
        .subtitled(format!(
            "{} · {}",
            p.text(&action.name),
            p.tc("awards-count", found.total)
        ))
        .back(p.text(&action.name), p.url(&format!("/staff/actions/{id}")))
        .block(Block::Table(table));
    page.chain = chain::of_action(acting, &p, id, At::Deliveries).await?;
    page.pager = asked.pager(&p, &format!("/staff/actions/{id}/awards"), found.next);
    let active = found
        .items
        .iter()
        .any(|view| matches!(view.award.state, AwardState::Active));
    if acting.actor.may(Right::PlanDeliveries) && active {
        let form = form.unwrap_or_else(|| withdraw_form(&p, id, &found.items));
        page.blocks.push(Block::Heading(p.t("award-withdraw")));
        page.blocks.push(Block::Text(p.t("award-withdraw-text")));
        page.blocks.push(Block::Form(Box::new(form)));
    }
    Ok(page)
}

fn withdraw_form(p: &Page, id: ActionId, views: &[AwardView]) -> FormView {
    let active = views
        .iter()
        .filter(|view| matches!(view.award.state, AwardState::Active));
    let choices = active
        .map(|view| Choice::new(view.award.id.to_string(), view.reference.clone()))
        .collect();
    let reasons = ["recipient-withdrew", "moved-away", "deceased", "other"]
        .map(|reason| Choice::new(reason, p.t(&format!("withdrawal-{reason}"))));
    let fields = vec![
        Field::select("/award", p.t("results-reference"), choices),
        Field::radios("/reason", p.t("column-why"), reasons.to_vec()),
    ];
    FormView {
        secondary: true,
        ..FormView::new(
            p.url(&format!("/staff/actions/{id}/awards")),
            fields,
            p.t("award-withdraw"),
        )
    }
}

pub(super) async fn withdraw(
    reader: Reader,
    Path(text): Path<String>,
    Query(asked): Query<Asked>,
    body: Bytes,
) -> Outcome<Response> {
    let Reader { acting, mut p } = reader;
    let id = action_id(&text)?;
    let found = awards::list(&acting, id, asked.query()).await?;
    let mut form = withdraw_form(&p, id, &found.items);
    form.fill(&Posted::read(&body));
    let withdrawing = async {
        let body = form.body(&p)?;
        let award: AwardId = body
            .get("award")
            .and_then(Json::as_str)
            .and_then(|id| id.parse().ok())
            .ok_or_else(|| Refusal::field("/award", "unknown-record"))?;
        let withdrawal: Withdrawal = typed(json!({ "reason": body.get("reason") }))?;
        awards::withdraw(&acting, award, &withdrawal).await
    };
    match withdrawing.await {
        Ok(done) => {
            let code = if done.promoted.is_some() {
                "award-withdrawn-promoted"
            } else {
                "award-withdrawn"
            };
            Ok(onward(&p, &format!("/staff/actions/{id}/awards"), code))
        }
        Err(refusal) => {
            let status = mend(&mut p, &mut form, refusal)?;
            Ok(show_with(
                status,
                &awards_page(&acting, p, id, &asked, Some(form)).await?,
            ))
        }
    }
}

//! How an action ends: its figures, what somebody proposes, what another person decides.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::evaluation::{ActionEvaluation, Conclusion, EvaluationState, Figures};
use osn_core::id::{ActionId, EvaluationId};
use osn_core::state::Machine as _;

use super::actions::action_id;
use super::chain::{self, At};
use super::{head, id};
use crate::acts::evaluation::{self, NewEvaluation};
use crate::acts::network::Why;
use crate::acts::{Acting, actions};
use crate::auth::Right;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Field, FormView, Posted};
use crate::pages::part::{Act, Block, Cell, Row, StaffPage, Stat, Table};
use crate::pages::reader::Reader;
use crate::pages::{blame, mend, mendable, onward, show, show_with, shown, typed};
use crate::problem;
use crate::refusal::{Outcome, Refusal};

pub(super) async fn show_page(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    Ok(show(&page(&acting, p, action_id(&text)?, None).await?))
}

async fn page(acting: &Acting, p: Page, id: ActionId, form: Option<FormView>) -> Outcome<StaffPage> {
    let p = p.titled_by("evaluation-title").within(Section::Actions);
    let action = actions::get(acting, id).await?.value;
    let evaluations = evaluation::list(acting, id).await?;
    let mut page = StaffPage::new(p.clone())
        .subtitled(p.text(&action.name))
        .back(p.text(&action.name), p.url(&format!("/staff/actions/{id}")));
    page.chain = chain::of_action(acting, &p, id, At::Action).await?;
    let plans = acting.actor.may(Right::PlanActions);
    if action.pilot {
        page.blocks.push(Block::Inset(p.t("evaluation-of-pilot")));
    }
    page.blocks.push(Block::Heading(p.t("evaluation-figures")));
    page.blocks
        .push(Block::Stats(stats(&p, &evaluation::figures(acting, id).await?)));
    page.blocks.push(table(acting, &p, &evaluations).await?);
    let waits = |one: &&crate::acts::Saved<ActionEvaluation>| matches!(one.value.state, EvaluationState::Proposed);
    let stands = evaluations
        .iter()
        .any(|one| !matches!(one.value.state, EvaluationState::Rejected { .. }));
    let waiting = evaluations.iter().find(waits);
    match waiting {
        Some(one) if plans && acting.actor.account() == Some(one.value.proposed_by) => {
            page.blocks.push(Block::Inset(p.t("evaluation-other-decides")));
        }
        Some(one) if plans => {
            let address = |step: &str| p.url(&format!("/staff/evaluations/{}/{step}", one.value.id));
            page.blocks.push(Block::Acts(vec![Act::new(
                address("approve"),
                p.t("evaluation-approve"),
            )]));
            let form = form.unwrap_or_else(|| reject_form(&p, one.value.id));
            page.blocks.push(Block::Form(Box::new(form)));
        }
        None if plans && !stands => {
            page.blocks.push(Block::Heading(p.t("evaluation-propose")));
            page.blocks.push(Block::Text(p.t("evaluation-text")));
            let form = form.unwrap_or_else(|| propose_form(&p, id));
            page.blocks.push(Block::Form(Box::new(form)));
        }
        _ => {}
    }
    Ok(page)
}

fn stats(p: &Page, figures: &Figures) -> Vec<Stat> {
    let none = || p.t("unknown-yet");
    let each = figures.delivered_per_person().map(|hundredths| {
        let comma = if p.tag() == "el" { ',' } else { '.' };
        format!("{}{comma}{:02}", hundredths / 100, hundredths % 100)
    });
    let cost = figures.budget_per_person().map(|cost| p.money(cost));
    let number = |key: &str, number: u64| Stat::new(p.t(key), p.number(number));
    vec![
        number("column-places", figures.places.into()),
        number("evaluation-recipients", figures.recipients),
        number("evaluation-delivered", figures.delivered),
        number("evaluation-failed", figures.failed),
        Stat::new(p.t("evaluation-per-person"), each.unwrap_or_else(none)),
        Stat::new(p.t("evaluation-cost"), cost.unwrap_or_else(none)),
    ]
}

async fn table(acting: &Acting, p: &Page, evaluations: &[crate::acts::Saved<ActionEvaluation>]) -> Outcome<Block> {
    let mut rows = Vec::new();
    for one in evaluations {
        let one = &one.value;
        let decided = match &one.state {
            EvaluationState::Proposed => Cell::default(),
            EvaluationState::Approved { by, at } => Cell::new(super::person(acting, *by).await?).note(p.moment(*at)),
            EvaluationState::Rejected { by, at, reason } => {
                let who = super::person(acting, *by).await?;
                Cell::new(format!("{who}: {}", p.text(reason))).note(p.moment(*at))
            }
        };
        let figures = p.with(
            "evaluation-then",
            &[
                ("delivered", &p.number(one.figures.delivered)),
                ("people", &p.number(one.figures.recipients)),
            ],
        );
        rows.push(Row::new(vec![
            Cell::head(p.t(&format!("conclusion-{}", one.conclusion.name()))).note(figures),
            Cell::new(p.text(&one.reason)),
            Cell::new(super::person(acting, one.proposed_by).await?).note(p.moment(one.proposed_at)),
            Cell::tag(shown::state(p, "evaluation", one.state.name())),
            decided,
        ]));
    }
    Ok(Block::Table(Table {
        caption: p.t("evaluation-title"),
        head: head(
            p,
            [
                ("evaluation-conclusion", false),
                ("column-why", false),
                ("column-who", false),
                ("column-state", false),
                ("evaluation-second", false),
            ],
        ),
        rows,
        empty: p.t("evaluation-none"),
    }))
}

fn propose_form(p: &Page, id: ActionId) -> FormView {
    let choices = Conclusion::ALL.map(|one| Choice::new(one.name(), p.t(&format!("conclusion-{}", one.name()))));
    let fields = vec![
        Field::radios("/conclusion", p.t("evaluation-conclusion"), choices.to_vec()),
        Field::area("/reason/el", p.t("evaluation-reason-el")),
        Field::area("/reason/en", p.t("evaluation-reason-en")).optional(),
    ];
    FormView::new(
        p.url(&format!("/staff/actions/{id}/evaluation")),
        fields,
        p.t("evaluation-button"),
    )
}

fn reject_form(p: &Page, id: EvaluationId) -> FormView {
    let fields = vec![Field::line("/reason/el", p.t("evaluation-reject-why"))];
    FormView {
        secondary: true,
        ..FormView::new(
            p.url(&format!("/staff/evaluations/{id}/reject")),
            fields,
            p.t("evaluation-reject"),
        )
    }
}

pub(super) async fn propose(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let Reader { acting, mut p } = reader;
    let id = action_id(&text)?;
    let mut form = propose_form(&p, id);
    form.fill(&Posted::read(&body));
    let proposing = async {
        let new: NewEvaluation = typed(form.body(&p)?)?;
        evaluation::propose(&acting, id, new).await
    };
    match proposing.await {
        Ok(_) => Ok(onward(
            &p,
            &format!("/staff/actions/{id}/evaluation"),
            "evaluation-proposed",
        )),
        Err(refusal) => {
            let status = mend(&mut p, &mut form, refusal)?;
            Ok(show_with(status, &page(&acting, p, id, Some(form)).await?))
        }
    }
}

pub(super) async fn approve(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let one = evaluation::approve(&reader.acting, id(&text, "evaluation.unknown")?).await?;
    let back = format!("/staff/actions/{}/evaluation", one.value.action_id);
    Ok(onward(&reader.p, &back, "evaluation-approved"))
}

pub(super) async fn reject(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let Reader { acting, mut p } = reader;
    let id: EvaluationId = id(&text, "evaluation.unknown")?;
    let mut form = reject_form(&p, id);
    form.fill(&Posted::read(&body));
    let rejecting = async {
        let why: Why = typed(form.body(&p)?)?;
        evaluation::reject(&acting, id, why).await
    };
    match rejecting.await {
        Ok(one) => {
            let back = format!("/staff/actions/{}/evaluation", one.value.action_id);
            Ok(onward(&p, &back, "evaluation-rejected"))
        }
        Err(refusal) if mendable(&refusal) => {
            let found = acting.scope.network_record::<ActionEvaluation>(id.uuid()).await?;
            let action = found.ok_or_else(|| Refusal::not_found("evaluation.unknown"))?;
            blame(&mut p, &mut form, &refusal);
            Ok(show_with(
                problem::status(refusal.kind()),
                &page(&acting, p, action.value.action_id, Some(form)).await?,
            ))
        }
        Err(refusal) => Err(refusal),
    }
}

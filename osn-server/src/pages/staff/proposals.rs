//! Proposals of actions: the list, proposing one from certificates, its page with what the operations answered.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::coverage::Fit;
use osn_core::directory::{Directory, TermCode};
use osn_core::id::{CertificateId, ProposalId};
use osn_core::planned::PlannedAction;
use osn_core::proposal::{ActionProposal, FitAnswer, FitDimension, OperationFit, ProposalState};
use osn_core::state::Machine as _;
use osn_store::{PageQuery, Versioned};
use serde::Deserialize;

use super::network::{answer, chips, form_page, listed, opens, own_area, own_line, read, small, trace_link};
use super::{Asked, head, id, money, person, planned as planned_actions};
use crate::acts::money::opinions;
use crate::acts::network::Why;
use crate::acts::network::proposals::{self as acts, NewProposal, Planned, ProposalOptions};
use crate::acts::{Acting, actions, certificate, model};
use crate::auth::Right;
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Field, FormView};
use crate::pages::part::{Act, Block, Cell, Fact, Facts, Row, StaffPage, Table};
use crate::pages::reader::Reader;
use crate::pages::{onward, show, shown};
use crate::refusal::Outcome;

const STATES: [&str; 5] = ["proposed", "approved", "rejected", "planned", "withdrawn"];

fn proposal_id(text: &str) -> Outcome<ProposalId> {
    id(text, "proposal.unknown")
}

pub(super) async fn list(reader: Reader, Query(asked): Query<Asked>) -> Outcome<Response> {
    let (acting, p) = reader.page("proposals-title", Section::Proposals);
    let found = acts::list(&acting, &listed(&asked), asked.query()).await?;
    let rows = found.items.iter().map(|read| {
        let proposal = &read.value;
        Row::new(vec![
            Cell::head(p.text(&proposal.name)).link(p.url(&format!("/staff/proposals/{}", proposal.id))),
            Cell::new(shown::period(&p, proposal.period)),
            Cell::number(p.number(proposal.places.into())),
            Cell::number(p.money(proposal.budget)),
            Cell::tag(shown::state(&p, "proposal", proposal.state.name())),
        ])
    });
    let mut page = StaffPage::new(p.clone()).subtitled(p.tc("proposals-count", found.total));
    page.chips = chips(&p, &asked, "/staff/proposals", "proposal", &STATES);
    page.blocks.push(Block::Text(p.t("proposals-text")));
    page.blocks.push(Block::Link(p.t("register-title"), p.url("/actions")));
    page.blocks.push(Block::Table(Table {
        caption: p.t("proposals-title"),
        head: head(
            &p,
            [
                ("column-proposal", false),
                ("column-period", false),
                ("column-places", true),
                ("column-budget", true),
                ("column-state", false),
            ],
        ),
        rows: rows.collect(),
        empty: p.t("proposals-none"),
    }));
    page.pager = asked.pager(&p, "/staff/proposals", found.next);
    Ok(show(&page))
}

/// The certificate from which one comes.
#[derive(Debug, Default, Deserialize)]
pub(super) struct From {
    #[serde(default)]
    certificate: String,
}

/// The form with what the certificate could become: programs with their estimates, other certificates of the category.
async fn propose_form(acting: &Acting, p: &Page, from: CertificateId) -> Outcome<(FormView, ProposalOptions)> {
    let found = acts::options(acting, &[from]).await?;
    let mut certificates = Vec::new();
    for signed in certificate::list(acting, PageQuery::first()).await?.items {
        let one = signed.certificate;
        let fits = one.confirmation.need.category.as_str() == found.category && one.confirmation.outcome.residual() > 0;
        if fits {
            let text = format!(
                "{} ({})",
                one.reference,
                p.number(one.confirmation.outcome.residual().into())
            );
            certificates.push(Choice::new(one.id.to_string(), text));
        }
    }
    let programs = found
        .programs
        .iter()
        .map(|option| Choice::new(option.program.clone(), option.program.clone()));
    let entries = model::get(acting).await?.entries.into_iter();
    let entries = entries.map(|entry| Choice::new(entry.code.clone(), p.text(&entry.name)));
    let operations = acting.scope.operations(PageQuery::first()).await?.items.into_iter();
    let operations = operations.map(|read| Choice::new(read.value.id.to_string(), p.text(&read.value.name)));
    let period = Field::day("/period/from", p.t("need-from")).proposed_day(found.period.from, "");
    let until = Field::day("/period/to", p.t("need-to"));
    let until = match found.period.to {
        Some(to) => until.proposed_day(to, ""),
        None => until.optional(),
    };
    let fields = vec![
        own_line(p, "/name", "proposal-name"),
        own_area(p, "/description", "proposal-description"),
        Field::checks("/certificates", p.t("proposal-certificates"), certificates).proposed(from.to_string()),
        Field::select("/program", p.t("proposal-program"), programs.collect()),
        Field::select("/model_entry", p.t("proposal-entry"), entries.collect()),
        period,
        until,
        Field::int("/places", p.t("column-places")).proposed(found.residual.to_string()),
        Field::money("/budget/amount", p.t("proposal-budget")),
        Field::select("/operation_id", p.t("proposal-operation"), operations.collect()).optional(),
    ];
    let form = FormView {
        guard: true,
        cancel: Some((p.t("cancel"), p.url(&format!("/staff/certificates/{from}")))),
        ..FormView::new(
            p.url(&format!("/staff/proposals/new?certificate={from}")),
            fields,
            p.t("proposal-propose"),
        )
    };
    Ok((form, found))
}

fn asked_from(from: &From) -> Outcome<CertificateId> {
    id(&from.certificate, "certificate.unknown")
}

pub(super) async fn ask(reader: Reader, Query(from): Query<From>) -> Outcome<Response> {
    let (acting, p) = reader.page("proposal-new", Section::Proposals);
    let (form, found) = propose_form(&acting, &p, asked_from(&from)?).await?;
    let rows = found.programs.iter().map(|option| {
        let amount =
            |amount: Option<osn_core::money::Money>| amount.map_or_else(|| p.t("not-stated"), |amount| p.money(amount));
        Row::new(vec![
            Cell::head(option.program.clone()),
            Cell::number(amount(option.place)),
            Cell::number(amount(option.estimate)),
        ])
    });
    let programs = Block::Table(Table {
        caption: p.t("proposal-programs"),
        head: head(
            &p,
            [
                ("proposal-program", false),
                ("proposal-place", true),
                ("proposal-estimate", true),
            ],
        ),
        rows: rows.collect(),
        empty: p.t("proposal-programs-none"),
    });
    let mut page = form_page(p.clone(), ("proposals-title", "/staff/proposals"), form);
    if !found.planned_overlaps.is_empty() {
        let mapped = acting.mapping().await?;
        let caption = p.t("proposal-planned-overlaps");
        let table = planned_actions::table(&p, &mapped.directory, &found.planned_overlaps, caption);
        page.blocks.insert(0, table);
        let count = super::many(found.planned_overlaps.len());
        page.blocks
            .insert(0, Block::Warning(p.tc("proposal-planned-warning", count)));
    }
    if !found.overlaps.is_empty() {
        page.blocks.insert(
            0,
            Block::Warning(p.tc("proposal-overlaps", super::many(found.overlaps.len()))),
        );
    }
    page.blocks.insert(0, programs);
    Ok(show(&page))
}

pub(super) async fn propose(reader: Reader, Query(from): Query<From>, body: Bytes) -> Outcome<Response> {
    let (acting, p) = reader.page("proposal-new", Section::Proposals);
    let (mut form, _) = propose_form(&acting, &p, asked_from(&from)?).await?;
    form.fill(&crate::pages::form::Posted::read(&body));
    let new = form.body(&p).and_then(|mut body| {
        if let Some(budget) = body.get_mut("budget").and_then(|budget| budget.as_object_mut()) {
            budget.insert("currency".to_owned(), serde_json::json!("EUR"));
        }
        crate::pages::typed::<NewProposal>(body)
    });
    let led = match new {
        Ok(new) => acts::propose(&acting, new)
            .await
            .map(|proposal| format!("/staff/proposals/{}", proposal.value.id)),
        Err(refusal) => Err(refusal),
    };
    answer(p, form, led, "proposal-proposed")
}

pub(super) async fn one(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    let id = proposal_id(&text)?;
    let Versioned { value: proposal, .. } = acts::get(&acting, id).await?;
    let mapped = acting.mapping().await?;
    let directory = &mapped.directory;
    let title = p.text(&proposal.name);
    let p = p.titled(title).within(Section::Proposals);
    let mut page = StaffPage::new(p.clone())
        .tagged(shown::state(&p, "proposal", proposal.state.name()))
        .back(p.t("proposals-title"), p.url("/staff/proposals"))
        .block(Block::Text(p.text(&proposal.description)))
        .block(facts(&acting, &p, directory, &proposal).await?)
        .block(trace_link(&p, "proposal", id));
    page.blocks
        .extend(overlapping(&acting, &p, directory, &proposal).await?);
    for fit in &proposal.fits {
        page.blocks.push(fit_table(&acting, &p, directory, fit).await?);
    }
    let plans = acting.actor.may(Right::PlanActions);
    let given = opinions::of_proposal(&acting, id).await?;
    page.blocks.push(Block::Table(money::opinions_table(&p, &given)));
    if plans {
        let form = money::opinion_form(&p, &format!("/staff/proposals/{id}/opinions"));
        page.blocks.push(opens(&p, "opinion-record", form));
    }
    let own = acting.actor.account() == Some(proposal.proposed_by);
    match (&proposal.state, plans) {
        (ProposalState::Proposed, true) if own => {
            page.blocks.push(Block::Inset(p.t("second-person-decides")));
            page.acts
                .push(step(&p, id, "withdraw", "proposal-withdraw").secondary());
        }
        (ProposalState::Proposed, true) => {
            page.acts.push(step(&p, id, "approve", "proposal-approve"));
            page.blocks.push(opens(&p, "proposal-reject", reject_form(&p, id)));
        }
        (ProposalState::Approved { .. }, true) => {
            let mut certificates = proposal.certificates.iter().map(ToString::to_string);
            let certificate = certificates.next().unwrap_or_default();
            let further = certificates.collect::<Vec<_>>().join(",");
            let plan = format!("/staff/actions/new?certificate={certificate}&further={further}");
            page.blocks.push(Block::Link(p.t("action-new"), p.url(&plan)));
            let form = action_form(&acting, &p, &proposal).await?;
            page.blocks.push(opens(&p, "proposal-action", form));
        }
        _ => {}
    }
    Ok(show(&page))
}

/// What overlapped it when it was proposed: the municipality's own actions, and what bodies plan.
async fn overlapping(
    acting: &Acting,
    p: &Page,
    directory: &Directory,
    proposal: &ActionProposal,
) -> Outcome<Vec<Block>> {
    let mut blocks = Vec::new();
    if !proposal.overlaps.is_empty() {
        let mut cells = Vec::new();
        for id in &proposal.overlaps {
            let action = acting.scope.action(*id).await?;
            let name = action.map_or_else(|| p.t("record-is-gone"), |read| p.text(&read.value.name));
            cells.push(Cell::new(name).link(p.url(&format!("/staff/actions/{id}"))));
        }
        let label = p.tc("proposal-overlaps", super::many(proposal.overlaps.len()));
        blocks.push(Block::Facts(Facts {
            facts: vec![Fact { label, cells }],
        }));
    }
    if !proposal.planned_overlaps.is_empty() {
        let mut found = Vec::new();
        for id in &proposal.planned_overlaps {
            let read = acting.scope.network_record::<PlannedAction>(id.uuid()).await?;
            found.extend(read.map(|read| read.value));
        }
        let caption = p.t("proposal-planned-overlaps");
        blocks.push(planned_actions::table(p, directory, &found, caption));
    }
    Ok(blocks)
}

fn step(p: &Page, id: ProposalId, step: &str, key: &str) -> Act {
    Act::new(p.url(&format!("/staff/proposals/{id}/{step}")), p.t(key))
}

async fn facts(acting: &Acting, p: &Page, directory: &Directory, proposal: &ActionProposal) -> Outcome<Block> {
    let certificates = super::certificates::named(acting, p, proposal.certificates.iter().copied()).await?;
    let facts = vec![
        Fact {
            label: p.t("proposal-certificates"),
            cells: certificates,
        },
        Fact::text(p.t("need-category"), shown::term(p, directory, &proposal.category)),
        Fact::text(p.t("need-areas"), shown::terms(p, directory, &proposal.areas)),
        Fact::text(p.t("column-residual"), p.number(proposal.residual.into())),
        Fact::text(p.t("proposal-program"), proposal.program.clone()),
        Fact::text(p.t("column-period"), shown::period(p, proposal.period)),
        Fact::text(p.t("column-places"), p.number(proposal.places.into())),
        Fact::text(p.t("proposal-budget"), p.money(proposal.budget)),
        Fact::text(p.t("overruled-by"), person(acting, proposal.proposed_by).await?),
    ];
    Ok(Block::Facts(Facts { facts }))
}

async fn fit_table(acting: &Acting, p: &Page, directory: &Directory, fit: &OperationFit) -> Outcome<Block> {
    let operation = acting.scope.operation(fit.operation_id).await?;
    let name = operation.map(|read| p.text(&read.value.name)).unwrap_or_default();
    let rows = fit.answers.iter().map(|answer| {
        let (mark, word) = shown::fit(p, answer.fit);
        Row::new(vec![
            Cell::head(p.t(match answer.dimension {
                FitDimension::Character => "fit-character",
                FitDimension::Duration => "fit-duration",
                FitDimension::Budget => "fit-budget",
            })),
            Cell::mark(mark, word),
            Cell::new(fit_reason(p, directory, answer)),
        ])
    });
    let whole = match fit.fit() {
        Fit::Met => "fit-whole-met",
        Fit::NotMet => "fit-whole-not-met",
        Fit::Unknown => "fit-whole-unknown",
    };
    Ok(Block::Table(Table {
        caption: format!("{name}: {}", p.t(whole)),
        head: head(
            p,
            [
                ("column-question", false),
                ("column-answer", false),
                ("column-why", false),
            ],
        ),
        rows: rows.collect(),
        empty: String::new(),
    }))
}

fn fit_reason(p: &Page, directory: &Directory, answer: &FitAnswer) -> String {
    let words: Vec<(&str, String)> = answer
        .params
        .iter()
        .map(|(name, value)| {
            let word = match name.as_str() {
                "term" => shown::term(p, directory, &TermCode::new(value.as_str())),
                "from" | "to" => value.parse().map_or_else(|_| value.clone(), |day| p.day(day)),
                _ => value.clone(),
            };
            (name.as_str(), word)
        })
        .collect();
    let args: Vec<(&str, &str)> = words.iter().map(|(name, value)| (*name, value.as_str())).collect();
    p.with(&format!("fit-reason-{}", answer.reason.replace('.', "-")), &args)
}

/// Actions that answer one of its certificates.
async fn action_form(acting: &Acting, p: &Page, proposal: &ActionProposal) -> Outcome<FormView> {
    let found = actions::list(acting, PageQuery::first()).await?;
    let fits = found
        .items
        .iter()
        .filter(|read| read.value.certificates().all(|id| proposal.certificates.contains(&id)));
    let choices = fits.map(|read| Choice::new(read.value.id.to_string(), p.text(&read.value.name)));
    let fields = vec![Field::select("/action_id", p.t("column-action"), choices.collect())];
    Ok(small(
        p,
        &format!("/staff/proposals/{}/action", proposal.id),
        fields,
        "proposal-action",
    ))
}

pub(super) async fn planned(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let id = proposal_id(&text)?;
    let (acting, p) = reader.page("proposal-action", Section::Proposals);
    let proposal = acts::get(&acting, id).await?.value;
    let mut form = action_form(&acting, &p, &proposal).await?;
    let led = match read::<Planned>(&p, &mut form, &body) {
        Ok(action) => acts::planned(&acting, id, action)
            .await
            .map(|_| format!("/staff/proposals/{id}")),
        Err(refusal) => Err(refusal),
    };
    answer(p, form, led, "proposal-planned")
}

fn reject_form(p: &Page, id: ProposalId) -> FormView {
    small(
        p,
        &format!("/staff/proposals/{id}/reject"),
        vec![own_area(p, "/reason", "gap-reason")],
        "proposal-reject",
    )
}

pub(super) async fn approve(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let id = proposal_id(&text)?;
    acts::approve(&reader.acting, id).await?;
    Ok(onward(
        &reader.p,
        &format!("/staff/proposals/{id}"),
        "proposal-approved",
    ))
}

pub(super) async fn withdraw(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let id = proposal_id(&text)?;
    acts::withdraw(&reader.acting, id).await?;
    Ok(onward(
        &reader.p,
        &format!("/staff/proposals/{id}"),
        "proposal-withdrawn",
    ))
}

pub(super) async fn reject(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let id = proposal_id(&text)?;
    let (acting, p) = reader.page("proposal-reject", Section::Proposals);
    let mut form = reject_form(&p, id);
    let led = match read::<Why>(&p, &mut form, &body) {
        Ok(why) => acts::reject(&acting, id, why)
            .await
            .map(|_| format!("/staff/proposals/{id}")),
        Err(refusal) => Err(refusal),
    };
    answer(p, form, led, "proposal-rejected")
}

/// Records a scientific opinion on a proposal.
pub(super) async fn opine(reader: Reader, Path(text): Path<String>, bytes: Bytes) -> Outcome<Response> {
    let (acting, p) = reader.page("opinion-record", Section::Proposals);
    acting.require(Right::PlanActions)?;
    let id = proposal_id(&text)?;
    let mut form = money::opinion_form(&p, &format!("/staff/proposals/{id}/opinions"));
    let led = match read(&p, &mut form, &bytes) {
        Ok(new) => opinions::on_proposal(&acting, id, new).await,
        Err(refusal) => Err(refusal),
    };
    let led = led.map(|_| format!("/staff/proposals/{id}"));
    answer(p, form, led, "opinion-recorded")
}

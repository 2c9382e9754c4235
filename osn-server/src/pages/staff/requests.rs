//! Support requests: the list, the page of one with the examination, decisions on what is unknown.

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::NaiveDate;
use osn_core::coverage::{Confirmation, Relation, ServiceVerdict, UnknownDecision};
use osn_core::directory::Directory;
use osn_core::id::RequestId;
use osn_core::request::{RequestOrigin, RequestState, SupportRequest};
use osn_core::state::Machine as _;
use osn_core::time::Instant;
use osn_store::Versioned;

use super::{Asked, chain, examined, head, id, request_desk as desk, sized, standing};
use crate::acts::examination::Decisions;
use crate::acts::{Acting, certificate, examination, requests};
use crate::auth::Right;
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Field, FormView, Group, Posted};
use crate::pages::part::{Act, Block, Cell, Chip, Row, StaffPage, Table};
use crate::pages::reader::Reader;
use crate::pages::{blame, mendable, onward, own_words, show, show_with, shown};
use crate::refusal::{FieldError, Outcome, Refusal};

/// What the list is asked for when it is asked for late answers; no state has this name.
const LATE: &str = "late";
const STATES: [&str; 6] = ["draft", "submitted", "examined", "confirmed", "covered", "withdrawn"];

pub(super) fn request_id(text: &str) -> Outcome<RequestId> {
    id(text, "request.unknown")
}

pub(super) async fn list(reader: Reader, Query(asked): Query<Asked>) -> Outcome<Response> {
    let (acting, p) = reader.page("requests-title", Section::Requests);
    let (found, total, next) = if asked.state == LATE {
        let late = requests::late(&acting).await?;
        let total = super::many(late.len());
        (late, total, None)
    } else {
        let page = requests::list(&acting, asked.state(), asked.query()).await?;
        let found = page.items.into_iter().map(|read| read.value).collect();
        (found, page.total, page.next)
    };
    let mapped = acting.mapping().await?;
    let today = acting.zone().day(acting.now);
    let rows = found
        .iter()
        .map(|request| row(&p, &mapped.directory, request, today))
        .collect();
    let chip = |state: &str, text: String| Chip {
        text,
        href: Asked {
            state: state.to_owned(),
            ..Asked::default()
        }
        .address(&p, "/staff/requests"),
        current: asked.state == state,
    };
    let mut page = StaffPage::new(p.clone()).subtitled(p.tc("requests-count", total));
    page.chips = std::iter::once(chip("", p.t("all")))
        .chain(
            STATES
                .iter()
                .map(|state| chip(state, p.t(&format!("state-request-{state}")))),
        )
        .chain(std::iter::once(chip(LATE, p.t("request-late"))))
        .collect();
    if acting.actor.may(Right::WriteRequests) {
        page.blocks
            .push(Block::Link(p.t("request-new"), p.url("/staff/requests/new")));
        page.blocks
            .push(Block::Link(p.t("counter-title"), p.url("/staff/counter")));
    }
    page.blocks.push(Block::Table(Table {
        caption: p.t("requests-title"),
        head: columns(&p),
        rows,
        empty: p.t("requests-none"),
    }));
    page.pager = asked.pager(&p, "/staff/requests", next);
    Ok(show(&page))
}

/// The columns of a list of requests.
pub(super) fn columns(p: &Page) -> Vec<(String, bool)> {
    head(
        p,
        [
            ("column-request", false),
            ("column-need", false),
            ("column-people", true),
            ("request-due", false),
            ("column-state", false),
        ],
    )
}

pub(super) fn row(p: &Page, directory: &Directory, request: &SupportRequest, today: NaiveDate) -> Row {
    let body = directory
        .organization(request.organization_id)
        .map(|body| p.text(&body.name))
        .unwrap_or_default();
    let title = Cell::head(p.text(&request.title)).link(p.url(&format!("/staff/requests/{}", request.id)));
    Row::new(vec![
        title.note(body).lang(p.foreign(&request.title)),
        Cell::new(shown::term(p, directory, &request.need.category)).note(shown::mode(p, request.need.mode)),
        Cell::number(p.number(request.need.people.count.into())),
        due(p, request, today),
        Cell::tag(state(p, &request.state)),
    ])
}

/// The last day for the answer, marked when it has passed.
pub(super) fn due(p: &Page, request: &SupportRequest, today: NaiveDate) -> Cell {
    let cell = Cell::new(request.due.map_or_else(|| "–".to_owned(), |due| p.day(due)));
    if request.is_late(today) {
        cell.note(p.t("request-late"))
    } else {
        cell
    }
}

/// Where a request stands; a confirmed one says what was confirmed.
pub(super) fn state(p: &Page, state: &RequestState) -> crate::pages::part::Tag {
    match state {
        RequestState::Confirmed { outcome, .. } => shown::outcome_tag(p, *outcome),
        other => shown::state(p, "request", other.name()),
    }
}

pub(super) async fn one(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    let id = request_id(&text)?;
    Ok(show(&page(&acting, p, id, None).await?))
}

async fn page(acting: &Acting, p: Page, id: RequestId, form: Option<FormView>) -> Outcome<StaffPage> {
    let Versioned { value: request, .. } = requests::get(acting, id).await?;
    if let Some(at) = acting.as_of {
        return older(acting, p, &request, at).await;
    }
    let confirmation = acting.scope.confirmation(id).await?.map(|read| read.value);
    let mapped = acting.mapping().await?;
    let directory = &mapped.directory;
    let p = p.titled(request.title.get(acting.lang.tag())).within(Section::Requests);
    let body = directory
        .organization(request.organization_id)
        .map(|body| p.text(&body.name))
        .unwrap_or_default();
    let subtitle = match request.origin {
        RequestOrigin::Body => body,
        origin => format!("{body} · {}", p.t(&format!("request-origin-{}", origin.name()))),
    };
    let mut page = StaffPage::new(p.clone())
        .subtitled(subtitle)
        .tagged(state(&p, &request.state))
        .back(p.t("requests-title"), p.url("/staff/requests"));
    page.chain = chain::of_request(acting, &p, &request).await?;
    page.acts = acts(acting, &p, &request, confirmation.as_ref());
    page.blocks.push(Block::Text(p.text(&request.description)));
    page.blocks.push(examined::need(&p, directory, &request.need));
    let people = request.need.people.count;
    page.blocks
        .extend(sized::provenance(acting, &p, request.from_profile.as_ref(), people).await?);
    page.blocks.extend(sized::grew_out_of(acting, &p, &request.gaps).await?);
    page.blocks.extend(desk::owner(acting, &p, &request).await?);
    if request.state == RequestState::Draft && acting.actor.may(Right::WriteRequests) {
        let edit = p.url(&format!("/staff/requests/{id}/edit"));
        page.blocks.push(Block::Link(p.t("request-edit"), edit));
    }
    page.blocks.push(super::network::trace_link(&p, "request", id));
    match &confirmation {
        None => page.blocks.push(Block::Inset(p.t("request-not-examined"))),
        Some(confirmation) => {
            page.blocks.push(Block::Heading(p.t("request-examination")));
            page.blocks.extend(on_its_first_day(acting, &p, &request));
            page.blocks.extend(examined::blocks(&p, directory, confirmation));
            let decidable =
                matches!(request.state, RequestState::Examined { .. }) && acting.actor.may(Right::ExamineNeeds);
            let form = form.or_else(|| decidable.then(|| decisions_form(&p, id, confirmation)).flatten());
            if let Some(form) = form {
                page.blocks.push(Block::Heading(p.t("decide-title")));
                page.blocks.push(Block::Text(p.t("decide-text")));
                page.blocks.push(Block::Form(Box::new(form)));
            }
            let beside = standing::overruling_blocks(acting, &p, &request, confirmation).await?;
            page.blocks.extend(beside);
            let options = standing::options_block(acting, &p, directory, confirmation).await?;
            page.blocks.extend(options);
        }
    }
    page.blocks.extend(desk::papers(acting, &p, &request).await?);
    page.blocks.extend(standing::notes(acting, &p, id).await?);
    Ok(page)
}

/// The way to the answer of the first day of the need, where that has passed.
fn on_its_first_day(acting: &Acting, p: &Page, request: &SupportRequest) -> Option<Block> {
    let first = request.need.period.from;
    let passed = first < acting.zone().day(acting.now);
    let link = p.url(&format!("/staff/requests/{}?as_of={first}", request.id));
    passed.then(|| Block::Link(p.t("request-on-its-day"), link))
}

/// What the rules would have answered from the mapping of an earlier day; nothing of it is kept.
async fn older(acting: &Acting, p: Page, request: &SupportRequest, at: Instant) -> Outcome<StaffPage> {
    let answer = examination::at(acting, request.id, at).await?.value;
    let mapped = acting.mapping().await?;
    let p = p.titled(request.title.get(acting.lang.tag())).within(Section::Requests);
    let day = p.day_in_words(acting.zone().day(at));
    let mut page = StaffPage::new(p.clone())
        .back(p.t("request-today"), p.url(&format!("/staff/requests/{}", request.id)))
        .block(Block::Warning(p.t1("request-as-of", "day", &day)))
        .block(examined::need(&p, &mapped.directory, &request.need));
    page.blocks.extend(examined::blocks(&p, &mapped.directory, &answer));
    Ok(page)
}

fn acts(acting: &Acting, p: &Page, request: &SupportRequest, confirmation: Option<&Confirmation>) -> Vec<Act> {
    let act = |step: &str, key: &str| Act::new(p.url(&format!("/staff/requests/{}/{step}", request.id)), p.t(key));
    let mut acts = Vec::new();
    let (writes, examines) = (
        acting.actor.may(Right::WriteRequests),
        acting.actor.may(Right::ExamineNeeds),
    );
    match &request.state {
        RequestState::Draft if writes => acts.push(act("submit", "request-submit")),
        RequestState::Submitted { .. } if examines => acts.push(act("examine", "request-examine")),
        RequestState::Examined { .. } if examines => {
            if confirmation.is_some_and(|confirmation| confirmation.open == 0)
                && acting.actor.may(Right::IssueCertificates)
            {
                acts.push(act("certificate", "request-certify"));
            }
            acts.push(act("examine", "request-examine-again").secondary());
        }
        _ => {}
    }
    if writes
        && matches!(
            request.state,
            RequestState::Draft | RequestState::Submitted { .. } | RequestState::Examined { .. }
        )
    {
        acts.push(act("withdraw", "request-withdraw").secondary());
    }
    acts
}

/// One pair of questions for each service on which the record leaves a person to decide.
fn decisions_form(p: &Page, id: RequestId, confirmation: &Confirmation) -> Option<FormView> {
    let mut groups: Vec<Group> = undetermined(confirmation)
        .enumerate()
        .map(|(index, service)| {
            let places = Field::int(&format!("/decisions/{index}/places"), p.t("decide-places")).optional();
            let reason = Field::line(&format!("/decisions/{index}/reason"), p.t("decide-reason")).optional();
            let (places, reason) = match &service.decided {
                Some(decided) => (
                    places.proposed(decided.places.to_string()),
                    reason.proposed(p.text(&decided.reason)),
                ),
                None => (places, reason),
            };
            Group {
                title: p.text(&service.name),
                intro: p.text(&service.organization),
                fields: vec![places, reason],
                ..Group::default()
            }
        })
        .collect();
    if groups.is_empty() {
        return None;
    }
    let rest = Field::line("/rest", p.t("decide-rest"))
        .hint(p.t("decide-rest-hint"))
        .optional();
    groups.push(Group {
        title: p.t("decide-rest-title"),
        fields: vec![rest],
        ..Group::default()
    });
    Some(FormView {
        action: p.url(&format!("/staff/requests/{id}/decide")),
        groups,
        button: p.t("decide-button"),
        guard: true,
        ..FormView::default()
    })
}

fn undetermined(confirmation: &Confirmation) -> impl Iterator<Item = &osn_core::coverage::ExaminedService> {
    let open = |service: &&osn_core::coverage::ExaminedService| {
        service.relation == Relation::Candidate && service.verdict == ServiceVerdict::Undetermined
    };
    confirmation.examined.iter().filter(open)
}

pub(super) async fn decide(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let Reader { acting, mut p } = reader;
    let id = request_id(&text)?;
    let confirmation = examination::get(&acting, id).await?.value;
    let Some(mut form) = decisions_form(&p, id, &confirmation) else {
        return Ok(onward(&p, &format!("/staff/requests/{id}"), ""));
    };
    form.fill(&Posted::read(&body));
    let refusal = match decided(&acting, &p, id, &form, &confirmation).await {
        Ok(()) => return Ok(onward(&p, &format!("/staff/requests/{id}"), "request-decided")),
        Err(refusal) if mendable(&refusal) => refusal,
        Err(refusal) => return Err(refusal),
    };
    blame(&mut p, &mut form, &refusal);
    Ok(show_with(
        StatusCode::UNPROCESSABLE_ENTITY,
        &page(&acting, p, id, Some(form)).await?,
    ))
}

async fn decided(
    acting: &Acting,
    p: &Page,
    id: RequestId,
    form: &FormView,
    confirmation: &Confirmation,
) -> Outcome<()> {
    let (typed, errors) = form.draft(p);
    if !errors.is_empty() {
        return Err(Refusal::invalid("request.invalid", errors));
    }
    let rest = typed.get("rest").and_then(|rest| rest.as_str()).unwrap_or_default();
    let mut decisions = Vec::new();
    let mut errors = Vec::new();
    let value = |name: String| {
        form.fields()
            .find(|field| field.name == name)
            .map_or("", |field| field.value())
    };
    for (index, service) in undetermined(confirmation).enumerate() {
        let reason = value(format!("/decisions/{index}/reason"));
        let places = value(format!("/decisions/{index}/places"));
        let (places, reason) = match (places, reason, rest) {
            ("", "", "") => continue,
            ("", "", rest) => (0, rest),
            ("", _, _) => {
                errors.push(FieldError::new(format!("/decisions/{index}/places"), "required"));
                continue;
            }
            (_, "", _) => {
                errors.push(FieldError::new(format!("/decisions/{index}/reason"), "required"));
                continue;
            }
            (places, reason, _) => (places.replace('.', "").parse().unwrap_or_default(), reason),
        };
        let reason = own_words(p, reason);
        decisions.push(UnknownDecision {
            service_id: service.service_id,
            places,
            reason,
        });
    }
    if !errors.is_empty() {
        return Err(Refusal::invalid("request.invalid", errors));
    }
    examination::decide(acting, id, Decisions { decisions }).await?;
    Ok(())
}

pub(super) async fn submit(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let id = request_id(&text)?;
    requests::submit(&reader.acting, id).await?;
    Ok(onward(&reader.p, &format!("/staff/requests/{id}"), "request-submitted"))
}

pub(super) async fn withdraw(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let id = request_id(&text)?;
    requests::withdraw(&reader.acting, id).await?;
    Ok(onward(&reader.p, &format!("/staff/requests/{id}"), "request-withdrawn"))
}

pub(super) async fn examine(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let id = request_id(&text)?;
    examination::examine(&reader.acting, id).await?;
    Ok(onward(&reader.p, &format!("/staff/requests/{id}"), "request-examined"))
}

pub(super) async fn certify(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let signed = certificate::issue(&reader.acting, request_id(&text)?).await?;
    Ok(onward(
        &reader.p,
        &format!("/staff/certificates/{}", signed.certificate.id),
        "certificate-issued",
    ))
}

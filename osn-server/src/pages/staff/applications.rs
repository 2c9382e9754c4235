//! Applications: the list without names, the decision with every criterion, papers, and the sealed data for whoever has a
//! reason to open them.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::application::{ApplicationData, ApplicationState, AssessmentOutcome, Evidence, EvidenceState};
use osn_core::directory::TermCode;
use osn_core::id::ApplicationId;
use osn_programs::texts::Texts;
use serde_json::Value as Json;

use super::calls::call_id;
use super::chain::{self, At};
use super::{Asked, head, id, papers};
use crate::acts::applications::{ApplicationView, Reason};
use crate::acts::calls::OpenCall;
use crate::acts::decisions::{self, ClaimShown, DecisionExplained};
use crate::acts::{Acting, applications, calls, intake};
use crate::auth::Right;
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Field, FormView, Posted};
use crate::pages::part::{Block, Cell, Chip, Fact, Facts, Mark, Row, StaffPage, Table, Tag};
use crate::pages::reader::Reader;
use crate::pages::{blame, mendable, show, show_with, shown, typed};
use crate::problem;
use crate::refusal::{Kind, Outcome};

const STATES: [&str; 6] = [
    "received",
    "assessed",
    "selected",
    "reserve",
    "not-selected",
    "withdrawn",
];

pub(super) fn application_id(text: &str) -> Outcome<ApplicationId> {
    id(text, "application.unknown")
}

pub(super) async fn list(reader: Reader, Path(text): Path<String>, Query(asked): Query<Asked>) -> Outcome<Response> {
    let (acting, p) = reader.page("applications-title", Section::StaffCalls);
    let call = call_id(&text)?;
    let found = applications::list(&acting, call, asked.state(), asked.query()).await?;
    let open = calls::open(&acting, call).await?;
    let here = format!("/staff/calls/{call}/applications");
    let rows = found.items.iter().map(|application| {
        Row::new(vec![
            Cell::head(application.reference.clone())
                .link(p.url(&format!("/staff/applications/{}", application.id)))
                .code(),
            Cell::new(application.protocol.clone().unwrap_or_default()),
            Cell::new(p.moment(application.submitted_at)),
            Cell::tag(state(&p, application)),
        ])
    });
    let table = Table {
        caption: p.t("applications-title"),
        head: head(
            &p,
            [
                ("results-reference", false),
                ("column-protocol", false),
                ("column-submitted", false),
                ("column-state", false),
            ],
        ),
        rows: rows.collect(),
        empty: p.t("applications-none"),
    };
    let chip = |state: &str, text: String| Chip {
        text,
        href: Asked {
            state: state.to_owned(),
            ..Asked::default()
        }
        .address(&p, &here),
        current: asked.state == state,
    };
    let mut page = StaffPage::new(p.clone())
        .subtitled(format!(
            "{} · {}",
            p.text(&open.call.value.title),
            p.tc("applications-count", found.total)
        ))
        .back(p.t("job-call"), p.url(&format!("/staff/calls/{call}")))
        .block(Block::Text(p.t("applications-no-names")))
        .block(Block::Table(table));
    page.chips = std::iter::once(chip("", p.t("all")))
        .chain(
            STATES
                .iter()
                .map(|state| chip(state, p.t(&format!("state-application-{state}")))),
        )
        .collect();
    page.pager = asked.pager(&p, &here, found.next);
    Ok(show(&page))
}

/// Where it stands; a judged one says what was judged, one on reserve says its place.
fn state(p: &Page, application: &ApplicationView) -> Tag {
    match application.step {
        ApplicationState::Assessed { outcome, .. } => shown::assessed(p, outcome),
        ApplicationState::Reserve { position } => {
            super::lists::place(p, osn_core::selection::Place::Reserve { position })
        }
        _ => shown::state(p, "application", application.state),
    }
}

pub(super) async fn one(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    Ok(show(&page(&acting, p, application_id(&text)?, Forms::default()).await?))
}

/// Forms that were sent and came back, and what was opened.
#[derive(Default)]
pub(super) struct Forms {
    pub(super) reason: Option<FormView>,
    pub(super) papers: Option<FormView>,
    pub(super) data: Option<ApplicationData>,
}

pub(super) async fn page(acting: &Acting, p: Page, id: ApplicationId, forms: Forms) -> Outcome<StaffPage> {
    let details = applications::get(acting, id).await?;
    let application = &details.application;
    let open = calls::open(acting, application.call_id).await?;
    let p = p
        .clone()
        .titled(p.t1("application-title", "reference", &application.reference))
        .within(Section::StaffCalls);
    let mut page = StaffPage::new(p.clone())
        .tagged(state(&p, application))
        .subtitled(p.text(&open.call.value.title))
        .back(
            p.t("applications-title"),
            p.url(&format!("/staff/calls/{}/applications", application.call_id)),
        );
    page.chain = chain::of_action(acting, &p, open.call.value.action_id, At::Call).await?;
    page.blocks.push(Block::Facts(Facts {
        facts: vec![
            Fact::text(p.t("column-submitted"), p.moment_in_words(application.submitted_at)),
            Fact::text(
                p.t("column-protocol"),
                application.protocol.clone().unwrap_or_else(|| p.t("protocol-coming")),
            ),
        ],
    }));
    page.blocks.extend(similar(acting, &p, &details.similar).await?);
    match decisions::of_application(acting, id).await {
        Ok(decision) => {
            page.blocks.push(Block::Heading(p.t("application-decision")));
            page.blocks.extend(explained(&p, &decision));
        }
        Err(refusal) if refusal.kind() == Kind::NotFound => {
            page.blocks.push(Block::Inset(p.t("application-not-judged")));
        }
        Err(refusal) => return Err(refusal),
    }
    if acting.actor.may(Right::CheckEvidence)
        && matches!(
            application.step,
            ApplicationState::Received | ApplicationState::Assessed { .. }
        )
    {
        let form = forms.papers.unwrap_or_else(|| match &forms.data {
            Some(data) => papers::form_of(&p, id, &open, data),
            None => papers::form(&p, id, &open, 0, 0),
        });
        page.blocks
            .extend(papers::blocks(&p, &open, form, forms.data.is_some()));
    }
    page.blocks.push(Block::Heading(p.t("open-title")));
    match forms.data {
        Some(data) => page.blocks.extend(opened(acting, &p, &open, &data).await?),
        None if acting.actor.may(Right::OpenApplications) => {
            page.blocks.push(Block::Text(p.t("open-text")));
            page.blocks.push(Block::Form(Box::new(
                forms.reason.unwrap_or_else(|| reason_form(&p, id)),
            )));
        }
        None => page.blocks.push(Block::Text(p.t("open-not-yours"))),
    }
    Ok(page)
}

async fn similar(acting: &Acting, p: &Page, similar: &[ApplicationId]) -> Outcome<Vec<Block>> {
    let mut blocks = Vec::new();
    for id in similar {
        let other = applications::get(acting, *id).await?.application.reference;
        blocks.push(Block::Warning(p.t1("application-similar", "reference", &other)));
        blocks.push(Block::Link(other, p.url(&format!("/staff/applications/{id}"))));
    }
    Ok(blocks)
}

/// A claim in words: every criterion, every ranking key.
pub(in crate::pages) fn claim(p: &Page, claim: &ClaimShown) -> Vec<Block> {
    let mut blocks = vec![criteria(p, claim)];
    let facts: Vec<Fact> = claim
        .ranking
        .iter()
        .map(|key| Fact::text(key.title.clone(), key.shown.clone().unwrap_or_else(|| p.t("unknown"))))
        .collect();
    if !facts.is_empty() {
        blocks.push(Block::Facts(Facts { facts }));
    }
    blocks
}

/// A decision in words: what it was judged by, every criterion, every ranking key.
pub(super) fn explained(p: &Page, decision: &DecisionExplained) -> Vec<Block> {
    let mut blocks = Vec::new();
    for (index, claim) in decision.claims.iter().enumerate() {
        if decision.claims.len() > 1 {
            blocks.push(Block::Heading(p.t1("apply-claim", "number", &(index + 1).to_string())));
        }
        blocks.extend(self::claim(p, claim));
    }
    let judged = p.with(
        "application-judged",
        &[
            ("day", &p.day(decision.as_of)),
            ("outcome", &outcome(p, decision.decision.outcome)),
        ],
    );
    blocks.push(Block::Text(judged));
    blocks
}

fn outcome(p: &Page, outcome: AssessmentOutcome) -> String {
    shown::assessed(p, outcome).text
}

fn criteria(p: &Page, claim: &ClaimShown) -> Block {
    let rows = claim.criteria.iter().map(|criterion| {
        let said = p.t(&format!("criterion-{}", criterion.state));
        let (answer, unseen) = match criterion.state {
            "met" => (Cell::mark(Mark::Yes, said), p.t("unknown")),
            "not-met" => (Cell::mark(Mark::No, said), p.t("unknown")),
            "not-applicable" => (Cell::new(said), String::new()),
            _ => (Cell::mark(Mark::Unknown, said), p.t("unknown")),
        };
        Row::new(vec![
            Cell::head(criterion.title.clone()),
            answer,
            Cell::new(criterion.seen.clone().unwrap_or(unseen)),
            Cell::new(criterion.wanted.clone().unwrap_or_default()),
            Cell::new(criterion.explanation.clone()).note(criterion.grounds()),
        ])
    });
    let columns = [
        ("column-criterion", false),
        ("column-answer", false),
        ("column-seen", false),
        ("column-wanted", false),
        ("column-why", false),
    ];
    Block::Table(Table {
        caption: p.t("application-criteria"),
        head: head(p, columns),
        rows: rows.collect(),
        empty: String::new(),
    })
}

fn reason_form(p: &Page, id: ApplicationId) -> FormView {
    let reason = Field::line("/reason", p.t("open-reason")).hint(p.t("open-reason-hint"));
    FormView {
        secondary: true,
        ..FormView::new(
            p.url(&format!("/staff/applications/{id}/open")),
            vec![reason],
            p.t("open-button"),
        )
    }
}

/// Opens the sealed data: the page is the answer itself, because a redirect would have to open them again.
pub(super) async fn open(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let Reader { acting, mut p } = reader;
    let id = application_id(&text)?;
    let mut form = reason_form(&p, id);
    form.fill(&Posted::read(&body));
    let opening = async {
        let reason: Reason = typed(form.body(&p)?)?;
        applications::open(&acting, id, &reason).await
    };
    match opening.await {
        Ok(data) => Ok(show(
            &page(
                &acting,
                p,
                id,
                Forms {
                    data: Some(data),
                    ..Forms::default()
                },
            )
            .await?,
        )),
        Err(refusal) if mendable(&refusal) => {
            blame(&mut p, &mut form, &refusal);
            let forms = Forms {
                reason: Some(form),
                ..Forms::default()
            };
            Ok(show_with(
                problem::status(refusal.kind()),
                &page(&acting, p, id, forms).await?,
            ))
        }
        Err(refusal) => Err(refusal),
    }
}

async fn opened(acting: &Acting, p: &Page, open: &OpenCall, data: &ApplicationData) -> Outcome<Vec<Block>> {
    let mapped = acting.mapping().await?;
    let applicant = &data.applicant;
    let area = applicant
        .area
        .as_ref()
        .map(|code| shown::term(p, &mapped.directory, &TermCode::new(code.as_str())));
    let person = [
        ("apply-family-name", applicant.family_name.clone()),
        ("apply-given-name", applicant.given_name.clone()),
        ("apply-amka", applicant.amka.clone()),
        ("apply-birth-date", p.day(applicant.birth_date)),
        ("apply-phone", applicant.phone.clone()),
        (
            "apply-email",
            applicant.email.clone().unwrap_or_else(|| p.t("not-stated")),
        ),
        ("apply-street", applicant.street.clone()),
        ("apply-postal-code", applicant.postal_code.clone()),
        ("apply-area", area.unwrap_or_else(|| p.t("not-stated"))),
    ];
    let mut blocks = vec![
        Block::Warning(p.t("open-journaled")),
        Block::Facts(Facts {
            facts: person
                .into_iter()
                .map(|(key, said)| Fact::text(p.t(key), said))
                .collect(),
        }),
    ];
    let hints = intake::hints(acting, &mapped, applicant);
    blocks.extend(
        hints
            .iter()
            .map(|hint| Block::Inset(p.t1("apply-hint", "hint", &crate::pages::said(p, hint)))),
    );
    blocks.push(Block::Heading(p.t("apply-questions")));
    let texts = &open.texts;
    let answers = |answers: &std::collections::BTreeMap<String, Json>| Facts {
        facts: answers
            .iter()
            .map(|(key, value)| {
                Fact::text(
                    texts.text_or_key(p.tag(), &format!("field-{key}")),
                    said(p, texts, key, value),
                )
            })
            .collect(),
    };
    blocks.push(Block::Facts(answers(&data.answers)));
    for (index, claim) in data.claims.iter().enumerate() {
        blocks.push(Block::Heading(p.t1("apply-claim", "number", &(index + 1).to_string())));
        blocks.push(Block::Facts(answers(claim)));
    }
    for (index, member) in data.members.iter().enumerate() {
        blocks.push(Block::Heading(p.t1("apply-member", "number", &(index + 1).to_string())));
        blocks.push(Block::Facts(answers(&member.answers)));
    }
    let papers: Vec<Fact> = data
        .evidence
        .iter()
        .map(|(key, evidence)| paper(p, texts, key, *evidence))
        .collect();
    if !papers.is_empty() {
        blocks.push(Block::Heading(p.t("call-papers")));
        blocks.push(Block::Facts(Facts { facts: papers }));
    }
    Ok(blocks)
}

/// An answer as it was given.
fn said(p: &Page, texts: &Texts, key: &str, value: &Json) -> String {
    match value {
        Json::Bool(yes) => p.t(if *yes { "yes" } else { "no" }),
        Json::String(text) => texts
            .text(p.tag(), &format!("option-{key}-{text}"), &[])
            .unwrap_or_else(|| text.clone()),
        Json::Array(items) => items
            .iter()
            .map(|item| said(p, texts, key, item))
            .collect::<Vec<_>>()
            .join(", "),
        Json::Object(object) => object
            .get("amount")
            .and_then(Json::as_str)
            .map(|amount| format!("{amount} €"))
            .unwrap_or_default(),
        other => other.to_string(),
    }
}

fn paper(p: &Page, texts: &Texts, key: &str, evidence: Evidence) -> Fact {
    let state = match evidence.state {
        EvidenceState::None => "none",
        EvidenceState::Declared => "declared",
        EvidenceState::Bringing => "bringing",
        EvidenceState::Accepted => "accepted",
        EvidenceState::Refused => "refused",
        EvidenceState::Expired => "expired",
    };
    let question = papers::named(p, texts, key);
    let until = evidence.valid_to.map(|day| p.day(day)).unwrap_or_default();
    Fact::new(question, Cell::new(p.t(&format!("evidence-state-{state}"))).note(until))
}

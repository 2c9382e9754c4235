//! Recording deliveries on pages: many at once, or one with everything that is written down about it; and opening what is sealed.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::delivery::{Attempt, AttemptResult, Delivery, DeliveryState};
use osn_core::id::{ActionId, DeliveryId};
use osn_core::state::Machine as _;
use osn_store::Versioned;
use serde_json::{Map, Value as Json, json};

use super::actions::action_id;
use super::deliveries::{page, reference};
use super::{Asked, head, id};
use crate::acts::applications::Reason;
use crate::acts::delivering::Reach;
use crate::acts::recording::{self, NewAttempt, NewAttempts};
use crate::acts::written::{self, DeliveryOpened, Ground, Said};
use crate::acts::{Acting, deliveries, occasions};
use crate::auth::Right;
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Field, FormView, Group, Posted};
use crate::pages::part::{Block, Cell, Fact, Facts, Row, StaffPage, Table};
use crate::pages::public::written_fields;
use crate::pages::reader::Reader;
use crate::pages::{blame, mend, mendable, onward, show, show_with, shown, typed};
use crate::problem;
use crate::refusal::{FieldError, Outcome, Refusal};

fn delivery_id(text: &str) -> Outcome<DeliveryId> {
    id(text, "delivery.unknown")
}

pub(super) const fn is_open(delivery: &Delivery) -> bool {
    !delivery.waits && matches!(delivery.state, DeliveryState::Planned | DeliveryState::Failed)
}

/// How an attempt may end, by the program's kinds of failure.
fn results(p: &Page, ground: &Ground) -> Vec<Choice> {
    let mut results = vec![Choice::new("delivered", p.t("state-delivery-delivered"))];
    results.extend(ground.about.delivery.failures.iter().map(|failure| {
        let said = ground.texts.text_or_key(p.tag(), &format!("failure-{}", failure.key));
        Choice::new(format!("failed:{}", failure.key), p.t1("record-failed", "why", &said))
    }));
    results
}

/// The questions about each participant of a delivery, below `path`; a participant is named by its position.
fn roll(p: &Page, ground: &Ground, roll: &[u16], path: &str, lead: &str) -> Vec<Field> {
    let mut fields = Vec::new();
    for claim in roll {
        let place = format!("{path}/participants/c{claim}");
        for mut field in written_fields(p, &ground.texts, &ground.about.delivery.fields, true, &place) {
            let number = (claim + 1).to_string();
            let who = p.t1("apply-claim", "number", &number);
            field.label = format!("{lead}{who}: {}", field.label);
            field.optional = true;
            fields.push(field);
        }
    }
    fields
}

/// One list for each delivery of the page that is still due; what stays empty is not recorded. What the program wants to be
/// written down once holds for all that arrived.
pub(super) async fn bulk_form(
    acting: &Acting,
    p: &Page,
    id: ActionId,
    asked: &Asked,
    open: &[(&Versioned<Delivery>, String)],
) -> Outcome<FormView> {
    let ground = Ground::of(acting, id).await?;
    let results = results(p, &ground);
    let mut fields = Vec::new();
    for (delivery, reference) in open {
        let delivery = &delivery.value;
        let number = delivery.instalment.to_string();
        let label = p.with(
            "record-label",
            &[
                ("reference", reference),
                ("number", &number),
                ("day", &p.day(delivery.planned_for)),
            ],
        );
        let path = format!("/{}", delivery.id);
        fields.push(Field::select(&format!("{path}/result"), label, results.clone()).optional());
        let of_roll = occasions::roll(acting, &ground, delivery).await?;
        fields.extend(roll(p, &ground, &of_roll, &path, &format!("{reference}, ")));
    }
    let mut groups = vec![Group {
        fields,
        ..Group::default()
    }];
    let mut once = written_fields(p, &ground.texts, &ground.about.delivery.fields, false, "/recorded");
    if !once.is_empty() {
        for field in &mut once {
            field.optional = true;
        }
        groups.push(Group {
            title: p.t("record-once"),
            intro: p.t("record-once-text"),
            fields: once,
            ..Group::default()
        });
    }
    Ok(FormView {
        action: asked.address(p, &format!("/staff/actions/{id}/deliveries")),
        groups,
        button: p.t("record-button"),
        ..FormView::default()
    })
}

/// The body of one attempt, from what was typed about it; nothing where no result was chosen.
fn attempt(typed: &Json, recorded: Option<&Json>) -> Option<Map<String, Json>> {
    let chosen = typed.get("result").and_then(Json::as_str)?;
    let mut attempt = Map::new();
    let note = typed.get("note").filter(|note| !note.is_null());
    attempt.extend(note.map(|note| ("note".to_owned(), note.clone())));
    let Some(kind) = chosen.strip_prefix("failed:") else {
        attempt.insert("result".to_owned(), json!(chosen));
        attempt.extend(recorded.map(|recorded| ("recorded".to_owned(), recorded.clone())));
        let each = typed.get("participants").and_then(Json::as_object);
        let each = each.into_iter().flatten().filter_map(|(name, recorded)| {
            let claim: u16 = name.strip_prefix('c')?.parse().ok()?;
            Some((claim, recorded))
        });
        let mut each: Vec<(u16, &Json)> = each.collect();
        each.sort_by_key(|(claim, _)| *claim);
        if !each.is_empty() {
            let each = each
                .iter()
                .map(|(claim, recorded)| json!({ "claim": claim, "recorded": recorded }));
            attempt.insert("participants".to_owned(), each.collect());
        }
        return Some(attempt);
    };
    attempt.insert("result".to_owned(), json!("failed"));
    attempt.insert("kind".to_owned(), json!(kind));
    Some(attempt)
}

/// Where the form asks for what an error of the act speaks of. `sent` are the bodies, each with its delivery, where there are many.
fn in_form(error: &FieldError, sent: &[(String, Map<String, Json>)]) -> FieldError {
    let parts: Vec<&str> = error.path.split('/').skip(1).collect();
    let (of, rest) = match parts.as_slice() {
        ["attempts", index, rest @ ..] => (index.parse::<usize>().ok().and_then(|index| sent.get(index)), rest),
        rest => (sent.first(), rest),
    };
    let prefix = of.map(|(delivery, _)| delivery.as_str()).unwrap_or_default();
    let claim_at = |index: &str| -> Option<u64> {
        let index: usize = index.parse().ok()?;
        let given = of.and_then(|(_, body)| body.get("participants")?.get(index)?.get("claim")?.as_u64());
        given.or_else(|| u64::try_from(index).ok())
    };
    let path = match rest {
        ["participants", index, "recorded", key] => match claim_at(index) {
            Some(claim) => format!("{prefix}/participants/c{claim}/{key}"),
            None => error.path.clone(),
        },
        ["recorded", key] => format!("/recorded/{key}"),
        ["kind" | "result"] => format!("{prefix}/result"),
        ["note"] => format!("{prefix}/note"),
        _ => error.path.clone(),
    };
    FieldError { path, ..error.clone() }
}

/// A refusal with its errors where the form asks.
fn placed(refusal: Refusal, sent: &[(String, Map<String, Json>)]) -> Refusal {
    if refusal.errors().is_empty() {
        return refusal;
    }
    let errors = refusal.errors().iter().map(|error| in_form(error, sent)).collect();
    Refusal::invalid("request.invalid", errors)
}

pub(super) async fn record(
    reader: Reader,
    Path(text): Path<String>,
    Query(asked): Query<Asked>,
    body: Bytes,
) -> Outcome<Response> {
    let Reader { acting, mut p } = reader;
    let id = action_id(&text)?;
    let posted = Posted::read(&body);
    let mut form = bulk_form_of(&acting, &p, id, &asked).await?;
    form.fill(&posted);
    let recording = async {
        let typed_in = form.body(&p)?;
        let recorded = typed_in.get("recorded");
        let of_delivery = typed_in.as_object().into_iter().flatten();
        let sent: Vec<(String, Map<String, Json>)> = of_delivery
            .filter(|(name, _)| *name != "recorded")
            .filter_map(|(name, typed)| Some((format!("/{name}"), attempt(typed, recorded)?)))
            .collect();
        if sent.is_empty() {
            return Err(Refusal::field("", "typed-nothing"));
        }
        let attempts = sent.iter().map(|(name, attempt)| {
            let mut attempt = attempt.clone();
            attempt.insert("delivery_id".to_owned(), json!(name.trim_start_matches('/')));
            Json::Object(attempt)
        });
        let new: NewAttempts = typed(json!({ "attempts": attempts.collect::<Vec<_>>() }))?;
        let done = recording::attempts(&acting, id, new).await;
        done.map_err(|refusal| placed(refusal, &sent))
    };
    match recording.await {
        Ok(_) => {
            let back = Asked { after: None, ..asked }.address(&p, &format!("/staff/actions/{id}/deliveries"));
            let back = back.strip_prefix(p.prefix()).unwrap_or(&back).to_owned();
            Ok(onward(&p, &back, "deliveries-recorded"))
        }
        Err(refusal) => {
            let status = mend(&mut p, &mut form, refusal)?;
            Ok(show_with(status, &page(&acting, p, id, &asked, Some(form)).await?))
        }
    }
}

/// The form as the page showed it: of the deliveries that are still due.
async fn bulk_form_of(acting: &Acting, p: &Page, id: ActionId, asked: &Asked) -> Outcome<FormView> {
    let filter = osn_store::DeliveryFilter {
        instalment: asked.instalment.parse().ok(),
        state: asked.state().map(str::to_owned),
    };
    let found = deliveries::list(acting, id, filter, asked.query()).await?;
    let officer = acting.require(Right::RecordDeliveries)?;
    let reach = Reach::of(acting, officer, id).await?;
    let is_due = |delivery: &&Versioned<Delivery>| is_open(&delivery.value) && reach.covers_delivery(&delivery.value);
    let mut open = Vec::new();
    for delivery in found.items.iter().filter(is_due) {
        open.push((delivery, reference(acting, delivery.value.award_id).await?));
    }
    bulk_form(acting, p, id, asked, &open).await
}

/// Forms that were sent and came back, and what was opened.
#[derive(Default)]
struct Forms {
    record: Option<FormView>,
    reason: Option<FormView>,
    opened: Option<DeliveryOpened>,
}

pub(super) async fn one(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    Ok(show(
        &one_page(&acting, p, delivery_id(&text)?, Forms::default()).await?,
    ))
}

async fn one_page(acting: &Acting, p: Page, id: DeliveryId, forms: Forms) -> Outcome<StaffPage> {
    let delivery = deliveries::get(acting, id).await?.value;
    let award = acting.scope.award(delivery.award_id).await?;
    let action = award.and_then(|award| award.value.action_id);
    let action = action.ok_or_else(|| Refusal::conflict("delivery.of-help"))?;
    let ground = Ground::of(acting, action).await?;
    let reference = reference(acting, delivery.award_id).await?;
    let title = p.with(
        "record-label",
        &[
            ("reference", &reference),
            ("number", &delivery.instalment.to_string()),
            ("day", &p.day(delivery.planned_for)),
        ],
    );
    let p = p.titled(title).within(Section::Actions);
    let mut page = StaffPage::new(p.clone())
        .tagged(shown::state(&p, "delivery", delivery.state.name()))
        .back(
            p.t("deliveries-title"),
            p.url(&format!("/staff/actions/{action}/deliveries")),
        );
    page.blocks.push(attempts(acting, &p, &ground, &delivery).await?);
    let records = match acting.actor.officer() {
        Some(officer) => Reach::of(acting, officer, action).await?.covers_delivery(&delivery),
        None => false,
    };
    if is_open(&delivery) && acting.actor.may(Right::RecordDeliveries) && !records {
        page.blocks.push(Block::Inset(p.t("deliverers-not-you")));
    }
    if acting.actor.may(Right::RecordDeliveries) && is_open(&delivery) && records {
        let form = match forms.record {
            Some(form) => form,
            None => one_form(acting, &p, &ground, &delivery).await?,
        };
        page.blocks.push(Block::Heading(p.t("record-title")));
        page.blocks.push(Block::Form(Box::new(form)));
    }
    if delivery.attempts.iter().any(|attempt| attempt.has_notes) {
        page.blocks.push(Block::Heading(p.t("written-personal")));
        match forms.opened {
            Some(opened) => page.blocks.extend(opened_blocks(&p, &opened)),
            None if acting.actor.may(Right::OpenApplications) => {
                page.blocks.push(Block::Text(p.t("open-text")));
                let form = forms.reason.unwrap_or_else(|| reason_form(&p, id));
                page.blocks.push(Block::Form(Box::new(form)));
            }
            None => page.blocks.push(Block::Text(p.t("open-not-yours"))),
        }
    }
    Ok(page)
}

/// Every attempt with what was written down that says nothing about a person.
async fn attempts(acting: &Acting, p: &Page, ground: &Ground, delivery: &Delivery) -> Outcome<Block> {
    let mut rows = Vec::new();
    for attempt in &delivery.attempts {
        rows.push(Row::new(vec![
            Cell::head(p.moment(attempt.at)),
            Cell::new(outcome(p, ground, attempt)),
            Cell::new(in_a_line(p, &ground.clear(p.tag(), attempt))),
            Cell::number(attempt.present.map(|came| p.number(came.into())).unwrap_or_default()),
            Cell::new(super::person(acting, attempt.by).await?),
        ]));
    }
    Ok(Block::Table(Table {
        caption: p.t("column-attempts"),
        head: head(
            p,
            [
                ("column-when", false),
                ("column-state", false),
                ("column-written", false),
                ("column-present", true),
                ("column-who", false),
            ],
        ),
        rows,
        empty: p.t("written-nothing"),
    }))
}

fn outcome(p: &Page, ground: &Ground, attempt: &Attempt) -> String {
    match &attempt.result {
        AttemptResult::Delivered => p.t("state-delivery-delivered"),
        AttemptResult::Failed { kind } => {
            let why = ground.texts.text_or_key(p.tag(), &format!("failure-{kind}"));
            p.t1("record-failed", "why", &why)
        }
    }
}

/// What was written down, one thing after the other: «Παρτίδα: Λ-1 · Ανάλωση ως: 31/12/2022».
pub(super) fn in_a_line(p: &Page, written: &[Said]) -> String {
    let said = written.iter().map(|one| match one.claim {
        None => format!("{}: {}", one.label, one.said),
        Some(claim) => {
            let who = p.t1("apply-claim", "number", &(claim + 1).to_string());
            format!("{who}: {}: {}", one.label, one.said)
        }
    });
    said.collect::<Vec<_>>().join(" · ")
}

fn opened_blocks(p: &Page, opened: &DeliveryOpened) -> Vec<Block> {
    let mut blocks = vec![Block::Warning(p.t("open-journaled"))];
    for attempt in &opened.attempts {
        if attempt.erased {
            blocks.push(Block::Text(p.t("written-erased")));
        }
        let facts = attempt.written.iter().map(|one| {
            let label = match one.claim {
                None => one.label.clone(),
                Some(claim) => {
                    let who = p.t1("apply-claim", "number", &(claim + 1).to_string());
                    format!("{who}: {}", one.label)
                }
            };
            Fact::text(label, one.said.clone())
        });
        let mut facts: Vec<Fact> = facts.collect();
        facts.extend(
            attempt
                .note
                .iter()
                .map(|note| Fact::text(p.t("record-note"), note.clone())),
        );
        blocks.push(Block::Facts(Facts { facts }));
    }
    blocks
}

/// What happened at an attempt.
fn note_field(p: &Page, path: &str) -> Field {
    Field::area(path, p.t("record-note"))
        .hint(p.t("record-note-hint"))
        .optional()
}

async fn one_form(acting: &Acting, p: &Page, ground: &Ground, delivery: &Delivery) -> Outcome<FormView> {
    let result = Field::radios("/result", p.t("column-state"), results(p, ground));
    let mut fields = vec![result];
    let mut once = written_fields(p, &ground.texts, &ground.about.delivery.fields, false, "/recorded");
    // Of a failure nothing is written down: whether something is missing the act says.
    for field in &mut once {
        field.optional = true;
    }
    fields.extend(once);
    let of_roll = occasions::roll(acting, ground, delivery).await?;
    fields.extend(roll(p, ground, &of_roll, "", ""));
    fields.push(note_field(p, "/note"));
    let address = p.url(&format!("/staff/deliveries/{}", delivery.id));
    Ok(FormView::new(address, fields, p.t("record-button")))
}

pub(super) async fn record_one(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let Reader { acting, mut p } = reader;
    let id = delivery_id(&text)?;
    let delivery = deliveries::get(&acting, id).await?.value;
    let ground = written::of_delivery(&acting, &delivery).await?;
    let mut form = one_form(&acting, &p, &ground, &delivery).await?;
    form.fill(&Posted::read(&body));
    let recording = async {
        let typed_in = form.body(&p)?;
        let sent = attempt(&typed_in, typed_in.get("recorded")).unwrap_or_default();
        let new: NewAttempt = typed(Json::Object(sent.clone()))?;
        let done = recording::attempt(&acting, id, new).await;
        done.map_err(|refusal| placed(refusal, &[(String::new(), sent)]))
    };
    match recording.await {
        Ok(_) => Ok(onward(&p, &format!("/staff/deliveries/{id}"), "deliveries-recorded")),
        Err(refusal) if mendable(&refusal) => {
            blame(&mut p, &mut form, &refusal);
            let forms = Forms {
                record: Some(form),
                ..Forms::default()
            };
            Ok(show_with(
                problem::status(refusal.kind()),
                &one_page(&acting, p, id, forms).await?,
            ))
        }
        Err(refusal) => Err(refusal),
    }
}

fn reason_form(p: &Page, id: DeliveryId) -> FormView {
    let reason = Field::line("/reason", p.t("open-reason")).hint(p.t("open-reason-hint"));
    FormView {
        secondary: true,
        ..FormView::new(
            p.url(&format!("/staff/deliveries/{id}/open")),
            vec![reason],
            p.t("open-button"),
        )
    }
}

/// Opens what is sealed: the page is the answer itself, because a redirect would have to open it again.
pub(super) async fn open(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let Reader { acting, mut p } = reader;
    let id = delivery_id(&text)?;
    let mut form = reason_form(&p, id);
    form.fill(&Posted::read(&body));
    let opening = async {
        let reason: Reason = typed(form.body(&p)?)?;
        written::open(&acting, id, &reason).await
    };
    let (status, forms) = match opening.await {
        Ok(opened) => (
            axum::http::StatusCode::OK,
            Forms {
                opened: Some(opened),
                ..Forms::default()
            },
        ),
        Err(refusal) if mendable(&refusal) => {
            blame(&mut p, &mut form, &refusal);
            let forms = Forms {
                reason: Some(form),
                ..Forms::default()
            };
            (problem::status(refusal.kind()), forms)
        }
        Err(refusal) => return Err(refusal),
    };
    Ok(show_with(status, &one_page(&acting, p, id, forms).await?))
}

//! Following an application with its number and code, and taking it back. Both are posted: neither stands in an address.

use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::Response;

use crate::acts::decisions::CriterionShown;
use crate::acts::intake::{self, Credentials, Tracked, TrackedDecision, TrackedDelivery};
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Field, FormView, Posted};
use crate::pages::part::{Block, Cell, Fact, Facts, Mark, Moment, Step, Timeline};
use crate::pages::reader::Reader;
use crate::pages::views::{self, TrackForm};
use crate::pages::{mendable, show, show_with, shown};
use crate::problem;
use crate::refusal::{Kind, Outcome, Refusal};

fn form(p: &Page) -> FormView {
    let fields = vec![
        Field::line("reference", p.t("track-reference"))
            .hint(p.t("track-reference-hint"))
            .wide("20", "")
            .completed("off"),
        Field::line("code", p.t("track-code"))
            .hint(p.t("track-code-hint"))
            .wide("20", "")
            .completed("off"),
    ];
    FormView::new(p.url("/track"), fields, p.t("track-button"))
}

pub(super) async fn ask(reader: Reader) -> Response {
    let (_, p) = reader.page("track-title", Section::Track);
    let form = form(&p).html(&p);
    show(&TrackForm { p, form })
}

pub(super) async fn show_it(reader: Reader, body: Bytes) -> Outcome<Response> {
    let (acting, p) = reader.page("track-title", Section::Track);
    let posted = Posted::read(&body);
    let credentials = credentials(&posted);
    match intake::track(&acting, &credentials).await {
        Ok(tracked) => Ok(tracked_page(&p, &tracked, &credentials)),
        Err(refusal) => again(p, &posted, refusal),
    }
}

pub(super) async fn withdraw(reader: Reader, body: Bytes) -> Outcome<Response> {
    let (acting, mut p) = reader.page("track-title", Section::Track);
    let posted = Posted::read(&body);
    let credentials = credentials(&posted);
    match intake::withdraw(&acting, &credentials).await {
        Ok(_) => {
            p.flash = p.opt("done-application-withdrawn");
            let tracked = intake::track(&acting, &credentials).await?;
            Ok(tracked_page(&p, &tracked, &credentials))
        }
        Err(refusal) => again(p, &posted, refusal),
    }
}

fn credentials(posted: &Posted) -> Credentials {
    Credentials {
        reference: posted.get("reference").to_owned(),
        code: posted.get("code").to_owned(),
    }
}

/// The form again with what is wrong. A wrong number and a wrong code read the same.
fn again(mut p: Page, posted: &Posted, refusal: Refusal) -> Outcome<Response> {
    if !mendable(&refusal) && refusal.kind() != Kind::NotFound {
        return Err(refusal);
    }
    let mut form = form(&p);
    form.fill(posted);
    for field in form
        .groups
        .iter_mut()
        .flat_map(|group| &mut group.fields)
        .filter(|field| field.name == "code")
    {
        field.values.clear();
    }
    crate::pages::blame(&mut p, &mut form, &refusal);
    let status = if refusal.kind() == Kind::NotFound {
        StatusCode::NOT_FOUND
    } else {
        problem::status(refusal.kind())
    };
    let form = form.html(&p);
    Ok(show_with(status, &TrackForm { p, form }))
}

fn tracked_page(p: &Page, tracked: &Tracked, credentials: &Credentials) -> Response {
    let tag = shown::state(p, "application", tracked.state);
    let says = match tracked.reserve_position {
        Some(position) => p.t1("state-application-reserve-position", "position", &position.to_string()),
        None => p.t(&format!("state-application-{}-says", tracked.state)),
    };
    let open = !matches!(tracked.state, "withdrawn" | "not-selected");
    let back = || FormView {
        secondary: true,
        ..FormView::new(p.url("/track/withdraw"), Vec::new(), p.t("withdraw-button"))
            .hidden("reference", credentials.reference.clone())
            .hidden("code", credentials.code.clone())
    };
    show(&views::Tracked {
        reference: tracked.reference.clone(),
        call: (p.text(&tracked.call), p.url(&format!("/calls/{}", tracked.call_id))),
        timeline: timeline(p, tracked),
        withdraw: open.then(|| back().html(p)),
        recalls: recalls(p, tracked),
        reasons: tracked
            .decision
            .as_ref()
            .map(|decision| reasons(p, decision))
            .unwrap_or_default(),
        tag,
        says,
        p: p.clone(),
    })
}

/// The decision in plain words: every condition with its answer, what was seen, what is asked, and what would change it.
fn reasons(p: &Page, decision: &TrackedDecision) -> Vec<Block> {
    let outcome = shown::assessed(p, decision.outcome).text;
    let judged = p.with(
        "application-judged",
        &[("day", &p.day(decision.as_of)), ("outcome", &outcome)],
    );
    let mut blocks = vec![Block::Heading(p.t("tracked-why")), Block::Text(judged)];
    let several = decision.claims.len() > 1;
    for (index, claim) in decision.claims.iter().enumerate() {
        if several {
            blocks.push(Block::Heading(p.t1("apply-claim", "number", &(index + 1).to_string())));
        }
        let facts = claim.criteria.iter().map(|criterion| reason(p, criterion)).collect();
        blocks.push(Block::Facts(Facts { facts }));
        let order: Vec<Fact> = claim
            .ranking
            .iter()
            .map(|key| Fact::text(key.title.clone(), key.shown.clone().unwrap_or_else(|| p.t("unknown"))))
            .collect();
        if !order.is_empty() {
            blocks.push(Block::Text(p.t("tracked-order")));
            blocks.push(Block::Facts(Facts { facts: order }));
        }
    }
    blocks.push(Block::Inset(p.t("tracked-object")));
    blocks
}

fn reason(p: &Page, criterion: &CriterionShown) -> Fact {
    let said = p.t(&format!("criterion-{}", criterion.state));
    let answer = match criterion.state {
        "met" => Cell::mark(Mark::Yes, said),
        "not-met" => Cell::mark(Mark::No, said),
        "not-applicable" => Cell::new(said),
        _ => Cell::mark(Mark::Unknown, said),
    };
    let mut cells = vec![answer, Cell::new(criterion.explanation.clone())];
    let seen = criterion.seen.as_ref().map(|seen| p.t1("tracked-seen", "seen", seen));
    let wanted = criterion
        .wanted
        .as_ref()
        .map(|wanted| p.t1("tracked-wanted", "wanted", wanted));
    let values: Vec<String> = seen.into_iter().chain(wanted).collect();
    if !values.is_empty() {
        cells.push(Cell::new(values.join(" ")));
    }
    cells.extend(criterion.change.clone().map(Cell::new));
    if let Some(last) = cells.last_mut() {
        last.note = Some(criterion.grounds()).filter(|basis| !basis.is_empty());
    }
    Fact {
        label: criterion.title.clone(),
        cells,
    }
}

fn timeline(p: &Page, tracked: &Tracked) -> Timeline {
    let past = tracked.timeline.iter().map(|event| Step {
        title: p.t(&format!("event-{}", event.event)),
        when: p.moment(event.at),
        text: String::new(),
        at: Moment::Past,
    });
    let mut steps: Vec<Step> = past.collect();
    if let (Some(number), Some(first)) = (&tracked.protocol, steps.first_mut()) {
        first.text = p.t1("step-protocol", "number", number);
    }
    let deliveries: Vec<Step> = tracked
        .deliveries
        .iter()
        .map(|delivery| delivered(p, delivery))
        .collect();
    if deliveries.is_empty() && !matches!(tracked.state, "withdrawn" | "not-selected") {
        steps.push(Step {
            title: p.t(&format!("state-application-{}-next", tracked.state)),
            when: String::new(),
            text: String::new(),
            at: Moment::Now,
        });
    }
    steps.extend(deliveries);
    Timeline { steps }
}

fn delivered(p: &Page, delivery: &TrackedDelivery) -> Step {
    let (at, when) = match (delivery.state, delivery.delivered_at) {
        (_, Some(at)) => (Moment::Past, p.moment(at)),
        ("cancelled", None) => (Moment::Past, p.weekday(delivery.planned_for)),
        ("failed", None) => (Moment::Now, p.weekday(delivery.planned_for)),
        _ => (Moment::Next, p.weekday(delivery.planned_for)),
    };
    let mut said = vec![p.t(&format!("step-{}", delivery.state))];
    said.extend(delivery.written.iter().map(|one| match one.claim {
        None => format!("{}: {}", one.label, one.said),
        Some(claim) => {
            let who = p.t1("apply-claim", "number", &(claim + 1).to_string());
            format!("{who}: {}: {}", one.label, one.said)
        }
    }));
    Step {
        title: p.t1("step-delivery", "number", &delivery.instalment.to_string()),
        when,
        text: said.join(" · "),
        at,
    }
}

/// What somebody received and must not use any more, before everything else.
fn recalls(p: &Page, tracked: &Tracked) -> Vec<Block> {
    let recalled = tracked
        .deliveries
        .iter()
        .filter_map(|delivery| delivery.recalled.as_ref());
    let mut blocks: Vec<Block> = Vec::new();
    for recall in recalled {
        blocks.push(Block::Warning(p.t1("tracked-recall", "lot", &recall.lot)));
        blocks.push(Block::Inset(p.text(&recall.reason)));
    }
    blocks
}

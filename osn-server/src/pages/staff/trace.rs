//! The trace as a page: meeting, gap, request, certificate, proposal, action; every step leads on and back.

use axum::extract::Path;
use axum::response::Response;
use uuid::Uuid;

use super::{head, id};
use crate::acts::network::trace::{self as acts, StepKind, TraceStep};
use crate::pages::chrome::{Page, Section};
use crate::pages::part::{Block, Cell, Row, StaffPage, Table, Tag, Tone};
use crate::pages::reader::Reader;
use crate::pages::{show, shown};
use crate::refusal::Outcome;

pub(super) async fn through(reader: Reader, Path((kind, text)): Path<(String, String)>) -> Outcome<Response> {
    let (acting, p) = reader.page("trace-title", Section::Gaps);
    let from: Uuid = id(&text, "trace.unknown")?;
    let trace = acts::through(&acting, &kind, from).await?;
    let name = |id: &Uuid| {
        let found = trace.steps.iter().find(|step| step.id == *id);
        found.map(|step| p.text(&step.name)).unwrap_or_default()
    };
    let rows = trace.steps.iter().map(|step| {
        let linked = |ids: &[Uuid]| ids.iter().map(name).collect::<Vec<_>>().join(" · ");
        let words = p.text(&step.name);
        let title = Cell::head(words)
            .link(p.url(&address(step)))
            .lang(p.foreign(&step.name));
        let here = if step.id == from {
            title.note(p.t("trace-here"))
        } else {
            title
        };
        Row::new(vec![
            Cell::new(p.t(&format!("trace-kind-{}", step.kind.name()))),
            here,
            Cell::tag(state(&p, step)),
            Cell::new(linked(&step.before)),
            Cell::new(linked(&step.after)),
        ])
    });
    let page = StaffPage::new(p.clone())
        .block(Block::Text(p.t("trace-text")))
        .block(Block::Table(Table {
            caption: p.t("trace-title"),
            head: head(
                &p,
                [
                    ("trace-kind", false),
                    ("trace-step", false),
                    ("column-state", false),
                    ("trace-before", false),
                    ("trace-after", false),
                ],
            ),
            rows: rows.collect(),
            empty: String::new(),
        }));
    Ok(show(&page))
}

fn address(step: &TraceStep) -> String {
    let place = match step.kind {
        StepKind::Meeting => "meetings",
        StepKind::Gap => "gaps",
        StepKind::Intervention => "urgent",
        StepKind::Request => "requests",
        StepKind::Certificate => "certificates",
        StepKind::Proposal => "proposals",
        StepKind::Action => "actions",
    };
    format!("/staff/{place}/{}", step.id)
}

fn state(p: &Page, step: &TraceStep) -> Tag {
    match step.kind {
        StepKind::Certificate => Tag::new(Tone::Plain, p.t(&format!("outcome-{}-short", step.state))),
        StepKind::Meeting
        | StepKind::Gap
        | StepKind::Intervention
        | StepKind::Request
        | StepKind::Proposal
        | StepKind::Action => shown::state(p, step.kind.name(), &step.state),
    }
}

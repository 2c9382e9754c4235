//! The workplace's first page: what waits for this person, and nothing else.

use axum::response::Response;
use osn_core::action::{Action, ActionState};
use osn_store::{DeliveryFilter, PageQuery};

use super::{calls, desk_network, head};
use crate::acts::calls::{CallView, Window};
use crate::acts::network::{Listed, immediate};
use crate::acts::{Acting, actions, deliveries, examination, requests};
use crate::auth::Right;
use crate::pages::chrome::{Page, Section};
use crate::pages::part::{Block, Cell, Row, StaffPage, Table, Tag, Tone};
use crate::pages::reader::Reader;
use crate::pages::show;
use crate::refusal::Outcome;

/// Something that waits.
pub(super) struct Task {
    pub(super) what: String,
    pub(super) href: String,
    pub(super) why: Tag,
    pub(super) note: String,
}

pub(super) async fn show_page(reader: Reader) -> Outcome<Response> {
    let (acting, p) = reader.page("work-title", Section::Work);
    let mut tasks = Vec::new();
    if acting.actor.may(Right::SeeWork) {
        tasks.extend(requests_waiting(&acting, &p).await?);
        tasks.extend(actions_waiting(&acting, &p).await?);
        tasks.extend(calls_waiting(&acting, &p).await?);
        tasks.extend(desk_network::waiting(&acting, &p).await?);
    }
    if acting.actor.may(Right::HelpAtOnce) {
        tasks.extend(help_waiting(&acting, &p).await?);
    }
    let rows = tasks.iter().map(|task| {
        Row::new(vec![
            Cell::head(task.what.clone())
                .link(task.href.clone())
                .note(task.note.clone()),
            Cell::tag(task.why.clone()),
        ])
    });
    let table = Table {
        caption: p.t("work-waiting"),
        head: head(&p, [("column-what", false), ("column-next", false)]),
        rows: rows.collect(),
        empty: p.t("work-nothing"),
    };
    let name = p.who.as_ref().map(|who| who.name.clone()).unwrap_or_default();
    Ok(show(
        &StaffPage::new(p.clone())
            .subtitled(p.t1("work-hello", "name", &name))
            .block(Block::Table(table)),
    ))
}

fn first() -> PageQuery {
    PageQuery {
        limit: 100,
        after: None,
    }
}

async fn requests_waiting(acting: &Acting, p: &Page) -> Outcome<Vec<Task>> {
    let mut tasks = Vec::new();
    let examines = acting.actor.may(Right::ExamineNeeds);
    for (state, key) in [
        ("draft", "task-submit"),
        ("submitted", "task-examine"),
        ("examined", "task-certify"),
    ] {
        for request in requests::list(acting, Some(state), first()).await?.items {
            let request = request.value;
            let mut why = Tag::new(Tone::Plain, p.t(key));
            if state == "examined" {
                let open = examination::get(acting, request.id).await?.value.open;
                if open > 0 {
                    why = Tag::new(Tone::Warn, p.tc("task-decide", open.into()));
                }
            }
            if request.is_late(acting.zone().day(acting.now)) {
                why = Tag::new(Tone::Bad, p.t("request-late"));
            }
            let mine = if state == "draft" {
                acting.actor.may(Right::WriteRequests)
            } else {
                examines
            };
            if mine {
                let people = p.tc("people-count", request.need.people.count.into());
                tasks.push(Task {
                    what: p.text(&request.title),
                    href: p.url(&format!("/staff/requests/{}", request.id)),
                    why,
                    note: people,
                });
            }
        }
    }
    Ok(tasks)
}

/// Immediate help that waits for a second person, or for its certificate beyond the day.
async fn help_waiting(acting: &Acting, p: &Page) -> Outcome<Vec<Task>> {
    let mut tasks = Vec::new();
    let (me, today) = (acting.actor.account(), acting.zone().day(acting.now));
    for state in ["proposed", "approved", "delivered"] {
        let asked = Listed {
            state: Some(state.to_owned()),
        };
        for read in immediate::list(acting, &asked, first()).await?.items {
            let help = read.value;
            let why = if help.is_certificate_late(today) {
                Tag::new(Tone::Bad, p.t("task-certificate-late"))
            } else if state == "proposed" && me != Some(help.proposed_by) {
                Tag::new(Tone::Warn, p.t("task-approve"))
            } else {
                continue;
            };
            tasks.push(Task {
                what: p.t("help-title"),
                href: p.url(&format!("/staff/urgent/{}", help.id)),
                why,
                note: p.tc("people-count", help.to.count().into()),
            });
        }
    }
    Ok(tasks)
}

async fn actions_waiting(acting: &Acting, p: &Page) -> Outcome<Vec<Task>> {
    let mut tasks = Vec::new();
    let me = acting.actor.account();
    for action in actions::list(acting, first()).await?.items {
        let action = action.value;
        let href = p.url(&format!("/staff/actions/{}", action.id));
        match action.state {
            ActionState::Draft if acting.actor.may(Right::PlanActions) => {
                let key = if me == Some(action.created_by) {
                    "task-approve-other"
                } else {
                    "task-approve"
                };
                let why = Tag::new(Tone::Warn, p.t(key));
                tasks.push(Task {
                    what: p.text(&action.name),
                    href,
                    why,
                    note: p.t("menu-actions"),
                });
            }
            ActionState::Approved { .. } if acting.actor.may(Right::RecordDeliveries) => {
                tasks.extend(due(acting, p, &action).await?);
            }
            _ => {}
        }
    }
    Ok(tasks)
}

/// Deliveries whose day has come, and those that failed and must be repeated.
async fn due(acting: &Acting, p: &Page, action: &Action) -> Outcome<Vec<Task>> {
    let today = acting.zone().day(acting.now);
    let href = |state: &str| p.url(&format!("/staff/actions/{}/deliveries?state={state}", action.id));
    let mut tasks = Vec::new();
    let failed = deliveries::list(
        acting,
        action.id,
        DeliveryFilter {
            instalment: None,
            state: Some("failed".into()),
        },
        PageQuery { limit: 1, after: None },
    )
    .await?;
    if failed.total > 0 {
        let why = Tag::new(Tone::Bad, p.tc("task-repeat", failed.total));
        tasks.push(Task {
            what: p.text(&action.name),
            href: href("failed"),
            why,
            note: p.t("deliveries-title"),
        });
    }
    let Some(plan) = deliveries::plans(acting, action.id).await?.pop() else {
        return Ok(tasks);
    };
    for slot in plan.slots.iter().filter(|slot| slot.date <= today) {
        let filter = DeliveryFilter {
            instalment: Some(slot.instalment),
            state: Some("planned".into()),
        };
        let planned = deliveries::list(acting, action.id, filter, PageQuery { limit: 1, after: None }).await?;
        if planned.total > 0 {
            let why = Tag::new(Tone::Warn, p.tc("task-record", planned.total));
            let note = p.t1("step-delivery", "number", &slot.instalment.to_string());
            let href = format!("{}&instalment={}", href("planned"), slot.instalment);
            tasks.push(Task {
                what: p.text(&action.name),
                href,
                why,
                note: format!("{note} · {}", p.weekday(slot.date)),
            });
        }
    }
    Ok(tasks)
}

/// Whether somebody applied to a rolling intake since its last assessment.
async fn has_new(acting: &Acting, call: &CallView) -> Outcome<bool> {
    if !call.is_rolling_now() {
        return Ok(false);
    }
    let counts = acting.scope.application_counts(call.id).await?;
    let received = counts.get("received").copied();
    Ok(received.is_some_and(|received| received > 0))
}

async fn calls_waiting(acting: &Acting, p: &Page) -> Outcome<Vec<Task>> {
    let (plans, selects) = (acting.actor.may(Right::PlanActions), acting.actor.may(Right::Select));
    let mut tasks = Vec::new();
    for call in calls::newest(acting).await? {
        let key = match (call.state, call.window) {
            ("draft", _) if plans => "task-publish",
            ("published", Window::Closed) if selects => "task-assess",
            ("published", Window::Open) if selects && has_new(acting, &call).await? => "task-assess-new",
            ("assessed", _) if selects => "task-propose",
            ("proposed", _) if selects => "task-approve-list",
            _ => continue,
        };
        let path = if call.state == "proposed" {
            format!("/staff/calls/{}/list", call.id)
        } else {
            format!("/staff/calls/{}", call.id)
        };
        let note = format!("{} · {}", p.t("menu-calls"), p.moment(call.closes_at));
        tasks.push(Task {
            what: p.text(&call.title),
            href: p.url(&path),
            why: Tag::new(Tone::Warn, p.t(key)),
            note,
        });
    }
    Ok(tasks)
}

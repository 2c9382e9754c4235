//! Calls as staff see them: writing, publishing, assessing, and the work that can be watched.

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use osn_core::id::{CallId, JobId};
use osn_store::{JobState, PageQuery};

use super::actions::action_id;
use super::chain::{self, At};
use super::{Asked, head, id};
use crate::acts::assessment::Stopped;
use crate::acts::calls::{CallView, NewCall, Progress, Window};
use crate::acts::{Acting, actions, applications, assessment, calls};
use crate::auth::Right;
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Field, FormView, Posted};
use crate::pages::part::{Act, Block, Cell, Fact, Facts, Row, StaffPage, Stat, Table};
use crate::pages::public::call_tag;
use crate::pages::reader::Reader;
use crate::pages::{mend, onward, show, show_with, typed};
use crate::refusal::{Outcome, Refusal};

pub(super) fn call_id(text: &str) -> Outcome<CallId> {
    id(text, "call.unknown")
}

pub(super) fn columns(p: &Page) -> Vec<(String, bool)> {
    head(
        p,
        [
            ("column-call", false),
            ("column-until", false),
            ("column-places", true),
            ("column-state", false),
        ],
    )
}

pub(super) fn row(p: &Page, call: &CallView) -> Row {
    Row::new(vec![
        Cell::head(p.text(&call.title))
            .link(p.url(&format!("/staff/calls/{}", call.id)))
            .lang(p.foreign(&call.title)),
        Cell::new(p.moment(call.closes_at)),
        Cell::number(p.number(call.capacity.into())),
        Cell::tag(crate::pages::shown::state(p, "call", call.state)),
    ])
}

pub(super) async fn list(reader: Reader, Query(asked): Query<Asked>) -> Outcome<Response> {
    let (acting, p) = reader.page("staff-calls-title", Section::StaffCalls);
    acting.require(Right::SeeWork)?;
    let found = calls::list(&acting, None, asked.query()).await?;
    let mut page = StaffPage::new(p.clone())
        .subtitled(p.tc("calls-count", found.total))
        .block(Block::Table(Table {
            caption: p.t("staff-calls-title"),
            head: columns(&p),
            rows: found.items.iter().map(|call| row(&p, call)).collect(),
            empty: p.t("staff-calls-none"),
        }));
    page.pager = asked.pager(&p, "/staff/calls", found.next);
    Ok(show(&page))
}

async fn form(acting: &Acting, p: &Page, text: &str) -> Outcome<FormView> {
    let action = actions::get(acting, action_id(text)?).await?.value;
    let places = action
        .places_in_force()
        .map(|places| places.places.to_string())
        .unwrap_or_default();
    let one_per = vec![
        Choice::new("household", p.t("call-once-household")),
        Choice::new("person", p.t("call-once-person")),
    ];
    let ties = vec![
        Choice::new("submission-time", p.t("call-tie-choice-time")),
        Choice::new("draw", p.t("call-tie-choice-draw")),
    ];
    let line = |name: &str, key: &str, said: &str| Field::line(name, p.t(key)).proposed(said);
    let fields = vec![
        line("/title/el", "call-title-el", action.name.get("el")),
        line(
            "/title/en",
            "call-title-en",
            if action.name.has("en") {
                action.name.get("en")
            } else {
                ""
            },
        )
        .optional(),
        Field::moment("/opens_at", p.t("call-opens")).hint(p.t("call-moment-hint")),
        Field::moment("/closes_at", p.t("call-closes")).hint(p.t("call-moment-hint")),
        Field::int("/capacity", p.t("column-places")).proposed(places),
        Field::radios("/one_per", p.t("call-one-per"), one_per).proposed("household"),
        Field::radios("/tie_break", p.t("call-tie"), ties)
            .hint(p.t("call-tie-hint"))
            .proposed("submission-time"),
    ];
    let mut form = FormView::new(
        p.url(&format!("/staff/actions/{text}/calls/new")),
        fields,
        p.t("call-write"),
    );
    form.cancel = Some((p.t("cancel"), p.url(&format!("/staff/actions/{text}"))));
    Ok(form)
}

pub(super) async fn ask(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p) = reader.page("call-new", Section::StaffCalls);
    let form = form(&acting, &p, &text).await?;
    Ok(show(&StaffPage::new(p).block(Block::Form(Box::new(form)))))
}

pub(super) async fn write(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let (acting, mut p) = reader.page("call-new", Section::StaffCalls);
    let mut form = form(&acting, &p, &text).await?;
    form.fill(&Posted::read(&body));
    let written = async {
        let new: NewCall = typed(form.body(&p)?)?;
        calls::create(&acting, action_id(&text)?, new).await
    };
    match written.await {
        Ok(call) => Ok(onward(&p, &format!("/staff/calls/{}", call.value.id), "call-written")),
        Err(refusal) => {
            let status = mend(&mut p, &mut form, refusal)?;
            Ok(show_with(status, &StaffPage::new(p).block(Block::Form(Box::new(form)))))
        }
    }
}

pub(super) async fn one(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    acting.require(Right::SeeWork)?;
    let call = calls::get(&acting, call_id(&text)?).await?;
    let p = p.titled(call.title.get(acting.lang.tag())).within(Section::StaffCalls);
    let mut page = StaffPage::new(p.clone())
        .tagged(crate::pages::shown::state(&p, "call", call.state))
        .subtitled(call_tag(&p, acting.now, call.window, call.state, call.opens_at, call.closes_at).text)
        .back(p.t("staff-calls-title"), p.url("/staff/calls"));
    page.chain = chain::of_action(&acting, &p, call.action_id, At::Call).await?;
    page.acts = acts(&acting, &p, &call);
    if acting.actor.may(Right::SeeApplications) {
        page.blocks.push(Block::Stats(counts(&acting, &p, &call).await?));
        let stopped = assessment::stopped(&acting, call.id).await?;
        page.blocks
            .extend(stopped.iter().flat_map(|run| told(&acting, &p, run)));
    }
    page.blocks.extend(call.progress.map(|progress| towards(&p, &progress)));
    page.blocks.push(Block::Text(next(&p, &call)));
    page.blocks.push(Block::Facts(facts(&p, &call)));
    page.blocks.push(criteria(&p, &call));
    if acting.actor.may(Right::SeeApplications) {
        page.blocks.push(Block::Link(
            p.t("applications-title"),
            p.url(&format!("/staff/calls/{}/applications", call.id)),
        ));
        let lists = call.progress.is_some_and(|progress| progress.rounds > 0);
        if lists || matches!(call.state, "proposed" | "final") {
            page.blocks.push(Block::Link(
                p.t("list-title"),
                p.url(&format!("/staff/calls/{}/list", call.id)),
            ));
        }
    }
    if acting.actor.may(Right::PlanActions) && call.state != "draft" {
        let address = p.url(&format!("/staff/calls/{}/dry-run", call.id));
        page.blocks.push(Block::Link(p.t("dry-run-title"), address));
    }
    page.blocks
        .push(Block::Link(p.t("call-public"), p.url(&format!("/calls/{}", call.id))));
    Ok(show(&page))
}

fn acts(acting: &Acting, p: &Page, call: &CallView) -> Vec<Act> {
    let act = |step: &str, key: &str| Act::new(p.url(&format!("/staff/calls/{}/{step}", call.id)), p.t(key));
    let closed = call.window == Window::Closed;
    let (plans, selects) = (acting.actor.may(Right::PlanActions), acting.actor.may(Right::Select));
    match call.state {
        "draft" if plans => vec![act("publish", "call-publish")],
        "published" if selects && (closed || call.is_rolling_now()) => vec![act("assess", "call-assess")],
        "assessed" if selects => vec![
            act("propose", "call-propose"),
            act("assess", "call-assess-again").secondary(),
        ],
        _ => Vec::new(),
    }
}

/// What happens next, in one sentence.
fn next(p: &Page, call: &CallView) -> String {
    p.t(match (call.state, call.window) {
        ("draft", _) => "call-next-publish",
        ("published", Window::NotYet) => "call-next-wait",
        ("published", Window::Open) if call.is_rolling_now() => "call-next-rolling",
        ("published", Window::Open) => "call-next-open",
        ("published", _) => "call-next-assess",
        ("assessed", _) => "call-next-propose",
        ("proposed", _) => "call-next-approve",
        ("final", _) => "call-next-deliver",
        _ => "call-next-nothing",
    })
}

async fn counts(acting: &Acting, p: &Page, call: &CallView) -> Outcome<Vec<Stat>> {
    let counts = applications::counts(acting, call.id).await?;
    let all = counts.values().sum();
    let mut stats = vec![Stat::new(p.t("applications-all"), p.number(all))];
    for (state, count) in counts {
        stats.push(Stat::new(p.t(&format!("state-application-{state}")), p.number(count)));
    }
    Ok(stats)
}

/// That the last assessment stopped, why, and where more of it stands.
fn told(acting: &Acting, p: &Page, run: &Stopped) -> Vec<Block> {
    let said = p.t2("call-run-stopped", ("when", &p.moment(run.at)), ("what", &run.text));
    let mut blocks = vec![Block::Warning(said)];
    if acting.actor.may(Right::SeePrograms) {
        let address = p.url(&format!("/staff/programs/{}", run.program));
        blocks.push(Block::Link(p.t("call-run-stopped-program"), address));
    }
    blocks
}

fn facts(p: &Page, call: &CallView) -> Facts {
    let once = match call.one_per {
        osn_core::call::OnePer::Household => "call-once-household",
        osn_core::call::OnePer::Person => "call-once-person",
    };
    Facts {
        facts: vec![
            Fact::text(p.t("call-fact-from"), p.moment_in_words(call.opens_at)),
            Fact::text(p.t("call-fact-until"), p.moment_in_words(call.closes_at)),
            Fact::text(p.t("column-places"), p.number(call.capacity.into())),
            Fact::text(p.t("action-instalments-short"), p.number(call.instalments.into())),
            Fact::text(p.t("call-one-per"), p.t(once)),
            Fact::text(p.t("call-intake"), p.t(intake(call))),
            Fact::text(p.t("call-tie"), crate::pages::public::tie(p, &call.tie_break)),
        ],
    }
}

const fn intake(call: &CallView) -> &'static str {
    if call.intake.is_rolling() {
        "call-intake-rolling"
    } else {
        "call-intake-deadline"
    }
}

/// How far a rolling intake has come: a bar towards the target, or towards all places where there is no target.
fn towards(p: &Page, progress: &Progress) -> Block {
    let given = u64::from(progress.given);
    let target = progress.target.and_then(|target| u64::try_from(target).ok());
    let all = given.saturating_add(progress.left.into());
    let key = if target.is_some() {
        "call-towards-target"
    } else {
        "call-towards-places"
    };
    let said = p.with(
        key,
        &[
            ("given", &p.number(given)),
            ("target", &p.number(target.unwrap_or(all))),
            ("left", &p.number(progress.left.into())),
            ("rounds", &p.number(u64::try_from(progress.rounds).unwrap_or(u64::MAX))),
        ],
    );
    let most = target.unwrap_or(all).max(1);
    Block::Progress(given.min(most), most, said)
}

fn criteria(p: &Page, call: &CallView) -> Block {
    let criteria = call.criteria.iter().map(|criterion| {
        Row::new(vec![
            Cell::head(criterion.title.clone()),
            Cell::new(criterion.wanted.clone().unwrap_or_else(|| p.t("call-wanted-holds"))),
            Cell::new(criterion.legal_basis.clone()),
        ])
    });
    Block::Table(Table {
        caption: p.t("call-criteria"),
        head: head(
            p,
            [
                ("column-criterion", false),
                ("column-wanted", false),
                ("column-basis", false),
            ],
        ),
        rows: criteria.collect(),
        empty: String::new(),
    })
}

pub(super) async fn publish(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let id = call_id(&text)?;
    calls::publish(&reader.acting, id).await?;
    Ok(onward(&reader.p, &format!("/staff/calls/{id}"), "call-published"))
}

pub(super) async fn assess(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let accepted = assessment::start(&reader.acting, call_id(&text)?).await?;
    Ok(onward(&reader.p, &format!("/staff/jobs/{}", accepted.job_id), ""))
}

/// Long work, watched: the page loads itself again until the work is over.
pub(super) async fn progress(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, mut p) = reader.page("job-title", Section::StaffCalls);
    let id: JobId = id(&text, "job.unknown")?;
    acting.require(Right::Operate)?;
    let job = acting
        .scope
        .job(id)
        .await?
        .ok_or_else(|| Refusal::not_found("job.unknown"))?;
    let key = match job.state {
        JobState::Queued => "job-queued",
        JobState::Leased => "job-running",
        JobState::Done => "job-done",
        JobState::Dead => "job-failed",
    };
    if !job.state.is_over() {
        p.refresh = Some(2);
    }
    let total = job.total.max(1);
    let said = p.t2(
        "job-progress",
        ("done", &p.number(job.done)),
        ("total", &p.number(job.total)),
    );
    let mut page =
        StaffPage::new(p.clone())
            .subtitled(p.t(key))
            .block(Block::Progress(job.done.min(total), total, said));
    if let Some(code) = &job.last_error {
        let what = p.opt(&code.replace('.', "-")).unwrap_or_else(|| p.t("internal"));
        page.blocks
            .push(Block::Warning(p.t2("job-error", ("what", &what), ("code", code))));
    }
    if let Some(call) = job.payload.get("call").and_then(|call| call.as_str()) {
        page.blocks
            .push(Block::Link(p.t("job-call"), p.url(&format!("/staff/calls/{call}"))));
    }
    Ok(show_with(StatusCode::OK, &page))
}

/// The newest calls, for the first page.
pub(super) async fn newest(acting: &Acting) -> Outcome<Vec<CallView>> {
    Ok(calls::list(acting, None, PageQuery { limit: 50, after: None })
        .await?
        .items)
}

//! A change tried against the applications of a call: the question, the wait, the figures.

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use osn_core::id::{CallId, JobId};
use osn_core::money::Money;
use osn_store::JobState;
use serde_json::Value as Json;

use super::{head, id, parameters};
use crate::acts::dry_run::{self, Change, Figures, Shift};
use crate::acts::{Acting, calls, programs};
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Field, FormView, Posted};
use crate::pages::part::{Block, Cell, Row, StaffPage, Stat, Table};
use crate::pages::reader::Reader;
use crate::pages::{mend, onward, show, show_with};
use crate::refusal::Outcome;

pub(super) async fn ask(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p) = reader.page("dry-run-title", Section::StaffCalls);
    let call = id(&text, "call.unknown")?;
    let (form, _) = form(&acting, &p, call).await?;
    Ok(show(&page(p, call, form)))
}

fn page(p: Page, call: CallId, form: FormView) -> StaffPage {
    StaffPage::new(p.clone())
        .back(p.t("job-call"), p.url(&format!("/staff/calls/{call}")))
        .block(Block::Text(p.t("dry-run-text")))
        .block(Block::Form(Box::new(form)))
}

/// The questions, with the call's own values proposed; and the schema of the parameters.
async fn form(acting: &Acting, p: &Page, call: CallId) -> Outcome<(FormView, Json)> {
    let open = calls::open(acting, call).await?;
    let program = &open.action.program;
    let found = programs::versions(acting, &program.name).await?;
    let choices = found
        .versions
        .iter()
        .map(|version| Choice::new(version.package_digest.clone(), version.version.clone()))
        .collect();
    let mut schema = open.about.parameters.clone();
    propose(&mut schema, &open.call.value.parameters);
    let mut fields = vec![
        Field::radios("/version", p.t("program-version"), choices).proposed(program.package_digest.as_str()),
        Field::int("/capacity", p.t("dry-run-capacity")).proposed(open.call.value.capacity.to_string()),
    ];
    fields.extend(parameters::fields(p, &schema, open.installed.program.texts()));
    let address = p.url(&format!("/staff/calls/{call}/dry-run"));
    Ok((FormView::new(address, fields, p.t("dry-run-start")), schema))
}

/// The call's frozen values instead of the program's defaults.
fn propose(schema: &mut Json, frozen: &str) {
    let frozen: Json = serde_json::from_str(frozen).unwrap_or_default();
    let Some(properties) = schema.get_mut("properties").and_then(Json::as_object_mut) else {
        return;
    };
    for (key, property) in properties {
        if let (Some(value), Some(property)) = (frozen.get(key), property.as_object_mut()) {
            property.insert("default".to_owned(), value.clone());
        }
    }
}

pub(super) async fn begin(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let (acting, mut p) = reader.page("dry-run-title", Section::StaffCalls);
    let call = id(&text, "call.unknown")?;
    let (mut form, schema) = form(&acting, &p, call).await?;
    form.fill(&Posted::read(&body));
    let begun = match change(&p, &form, &schema) {
        Ok(change) => dry_run::start(&acting, call, change).await,
        Err(refusal) => Err(refusal),
    };
    match begun {
        Ok(trial) => Ok(onward(&p, &format!("/staff/dry-runs/{}", trial.job_id), "")),
        Err(refusal) => {
            let status = mend(&mut p, &mut form, refusal)?;
            Ok(show_with(status, &page(p, call, form)))
        }
    }
}

fn change(p: &Page, form: &FormView, schema: &Json) -> Outcome<Change> {
    let mut body = form.body(p)?;
    if let Some(given) = body.get_mut("parameters") {
        parameters::scale(schema, given);
    }
    super::super::typed(body)
}

/// The trial, watched; then its figures.
pub(super) async fn watch(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, mut p) = reader.page("dry-run-title", Section::StaffCalls);
    let job: JobId = id(&text, "job.unknown")?;
    let (row, figures) = dry_run::figures_of(&acting, job).await?;
    if !row.state.is_over() {
        p.refresh = Some(2);
    }
    let mut page = StaffPage::new(p.clone());
    if let Some(call) = row.payload.get("call").and_then(Json::as_str) {
        page = page.back(p.t("job-call"), p.url(&format!("/staff/calls/{call}")));
    }
    match (figures, &row.last_error) {
        (Some(figures), _) => page.blocks = shown(&p, &figures),
        (None, Some(code)) if row.state == JobState::Dead => {
            page.blocks.push(Block::Warning(p.t1("job-error", "code", code)));
        }
        _ => {
            let (done, total) = (p.number(row.done), p.number(row.total));
            let said = p.t2("job-progress", ("done", &done), ("total", &total));
            let total = row.total.max(1);
            page.blocks.push(Block::Progress(row.done.min(total), total, said));
        }
    }
    Ok(show_with(StatusCode::OK, &page))
}

fn shown(p: &Page, figures: &Figures) -> Vec<Block> {
    let stat = |key: &str, value: u64| Stat::new(p.t(key), p.number(value));
    let mut blocks = vec![
        Block::Inset(p.t("dry-run-nothing-stored")),
        Block::Text(p.t1("dry-run-version", "version", &figures.version)),
        Block::Stats(vec![
            stat("dry-run-applications", figures.applications),
            stat("dry-run-re-ranked", figures.re_ranked),
            stat("dry-run-unreadable", figures.unreadable),
        ]),
        Block::Table(shifts(p, figures)),
        Block::Table(cost(p, figures)),
        Block::Table(groups(p, figures)),
    ];
    if figures.tie == "submission-time" {
        blocks.push(Block::Text(p.t("dry-run-tie")));
    }
    blocks
}

fn cells(p: &Page, shift: &Shift) -> [Cell; 4] {
    [shift.before, shift.after, shift.added, shift.removed].map(|value| Cell::number(p.number(value)))
}

const SHIFT: [(&str, bool); 4] = [
    ("dry-run-before", true),
    ("dry-run-after", true),
    ("dry-run-added", true),
    ("dry-run-removed", true),
];

fn shifts(p: &Page, figures: &Figures) -> Table {
    let row = |key: &str, shift: &Shift| {
        let mut row = vec![Cell::head(p.t(key))];
        row.extend(cells(p, shift));
        Row::new(row)
    };
    let mut columns = vec![(String::new(), false)];
    columns.extend(head(p, SHIFT));
    Table {
        caption: p.t("dry-run-who"),
        head: columns,
        rows: vec![
            row("dry-run-eligible", &figures.eligible),
            row("dry-run-selected", &figures.selected),
        ],
        empty: String::new(),
    }
}

fn cost(p: &Page, figures: &Figures) -> Table {
    let money = |cents: i64| Cell::number(p.money(Money::from_cents(cents)));
    let rows = figures.cost.iter().map(|line| {
        Row::new(vec![
            Cell::head(line.category.clone()),
            money(line.before_cents),
            money(line.after_cents),
        ])
    });
    Table {
        caption: p.t("dry-run-cost"),
        head: head(
            p,
            [
                ("dry-run-category", false),
                ("dry-run-before", true),
                ("dry-run-after", true),
            ],
        ),
        rows: rows.collect(),
        empty: p.t("dry-run-no-cost"),
    }
}

fn groups(p: &Page, figures: &Figures) -> Table {
    let rows = figures.groups.iter().map(|group| {
        let mut row = vec![
            Cell::head(group.value.clone()).note(group.by.clone()),
            Cell::number(p.number(group.applications)),
        ];
        row.extend(cells(p, &group.selected));
        Row::new(row)
    });
    let mut columns = head(p, [("dry-run-group", false), ("dry-run-applications", true)]);
    columns.extend(head(p, SHIFT));
    Table {
        caption: p.t("dry-run-groups"),
        head: columns,
        rows: rows.collect(),
        empty: p.t("dry-run-no-groups"),
    }
}

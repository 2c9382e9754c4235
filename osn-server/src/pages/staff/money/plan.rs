//! What if an action were approved: its planned amounts are typed, and the page says what would be free, what the rules say of each
//! and what absorption would become. Nothing is kept.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::expenditure::{AwardPath, ContractKind, Share};
use osn_core::id::{ActionId, OperationId};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::{head, id};
use super::board::month;
use super::{category_choices, checklist, choices, in_euros, mend, sub_projects, verdict};
use crate::acts::Acting;
use crate::acts::money::action_what_if::{self as acts, ActionWhatIf, JudgedAmount, LineAfter, PlannedPoint};
use crate::acts::money::budget;
use crate::auth::Right;
use crate::http::Query;
use crate::pages::chart::Chart;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Field, FormView, Group, Posted};
use crate::pages::part::{Block, Cell, More, Row, StaffPage, Stat, Table};
use crate::pages::reader::Reader;
use crate::pages::{show, show_with, typed};
use crate::refusal::Outcome;

/// Amounts that the form has at first, and at most.
const FIRST_ROWS: usize = 2;
const MOST_ROWS: usize = 20;

fn here(of: OperationId) -> String {
    format!("/staff/money/{of}/what-if")
}

async fn form(acting: &Acting, p: &Page, of: OperationId, rows: usize) -> Outcome<FormView> {
    let operation = crate::acts::model::operation(acting, of).await?.value;
    let lines: Vec<Choice> = budget::lines(acting, of)
        .await?
        .iter()
        .map(|read| {
            let name = format!("{} {}", read.value.code, p.text(&read.value.name));
            Choice::new(read.value.id.to_string(), name)
        })
        .collect();
    let paths = choices(p, "money-award-path", AwardPath::ALL.map(AwardPath::name));
    let kinds = choices(p, "money-contract-kind", ContractKind::ALL.map(ContractKind::name));
    let mut groups = vec![Group {
        title: p.t("money-plan-action"),
        fields: vec![
            Field::day("/period/from", p.t("money-from")),
            Field::day("/period/to", p.t("money-to")),
            Field::select("/sub_project", p.t("money-subproject"), sub_projects(p, &operation)),
        ],
        ..Group::default()
    }];
    groups.extend((0..rows).map(|number| {
        let name = |field: &str| format!("/items/{number}/{field}");
        Group {
            title: p.t1("money-plan-amount", "number", &(number + 1).to_string()),
            fields: vec![
                Field::select(&name("budget_line_id"), p.t("money-line"), lines.clone()).optional(),
                Field::line(&name("subject"), p.t("money-subject"))
                    .hint(p.t("money-subject-hint"))
                    .optional(),
                Field::money(&name("amount/amount"), p.t("money-amount"))
                    .hint(p.t("apply-amount-hint"))
                    .optional(),
                Field::select(&name("category"), p.t("money-category"), category_choices(p))
                    .hint(p.t("money-plan-category-hint"))
                    .optional(),
                Field::select(&name("award/path"), p.t("money-award-path"), paths.clone())
                    .hint(p.t("money-plan-award-hint"))
                    .optional(),
                Field::select(&name("award/kind"), p.t("money-plan-award-kind"), kinds.clone()).optional(),
                Field::day(&name("period/from"), p.t("money-from")).optional(),
                Field::day(&name("period/to"), p.t("money-to"))
                    .hint(p.t("money-plan-period-hint"))
                    .optional(),
            ],
            ..Group::default()
        }
    }));
    if let Some(last) = groups.last_mut() {
        last.buttons = vec![("part".into(), p.t("money-plan-more"))];
    }
    let form = FormView {
        action: p.url(&here(of)),
        groups,
        button: p.t("money-plan-ask"),
        ..FormView::default()
    };
    Ok(form.hidden("rows", rows.to_string()))
}

async fn page(
    acting: &Acting,
    p: Page,
    of: OperationId,
    form: FormView,
    found: Option<&ActionWhatIf>,
) -> Outcome<StaffPage> {
    let operation = crate::acts::model::operation(acting, of).await?.value;
    let mut page = StaffPage::new(p.clone())
        .subtitled(p.text(&operation.name))
        .back(p.t("money-back"), p.url(&format!("/staff/money/{of}")))
        .block(Block::Text(p.t("money-plan-text")));
    if let Some(found) = found {
        page.blocks.extend(answer(&p, found));
    }
    page.blocks.push(Block::Form(Box::new(form)));
    Ok(page)
}

fn percent(share: Option<Share>) -> String {
    share.map(|share| format!(" ({share} %)")).unwrap_or_default()
}

/// What would become of the operation's money.
fn answer(p: &Page, found: &ActionWhatIf) -> Vec<Block> {
    let (kind, key) = if found.fits {
        ("covered", "money-plan-fits")
    } else {
        ("gap", "money-plan-fits-not")
    };
    let words = format!(
        "{}: {} · {}: {}",
        p.t("money-planned"),
        p.money(found.planned),
        p.t("money-eligible"),
        p.money(found.eligible)
    );
    let paid = |absorption: &acts::Absorption| format!("{}{}", p.money(absorption.spent), percent(absorption.share));
    let mut blocks = vec![
        Block::Outcome(kind, p.t(key), words),
        Block::Stats(vec![
            Stat::new(p.t("money-budget"), p.money(found.budget)),
            Stat::new(p.t("money-absorbed-now"), paid(&found.now)),
            Stat::new(p.t("money-absorbed-after"), paid(&found.after)),
        ]),
        Block::Table(lines(p, &found.lines)),
        Block::Table(items(p, &found.items)),
    ];
    blocks.extend(curve(p, found));
    blocks
}

fn lines(p: &Page, lines: &[LineAfter]) -> Table {
    let row = |line: &LineAfter| {
        let left = Cell::number(p.money(line.left));
        let left = if line.left.is_negative() {
            left.note(p.t("money-plan-beyond"))
        } else {
            left
        };
        Row::new(vec![
            Cell::head(p.text(&line.name)).note(line.code.clone()),
            Cell::number(p.money(line.free)),
            Cell::number(p.money(line.planned)),
            left,
        ])
    };
    Table {
        caption: p.t("money-plan-lines"),
        head: head(
            p,
            [
                ("money-line", false),
                ("money-free", true),
                ("money-planned", true),
                ("money-free-after", true),
            ],
        ),
        rows: lines.iter().map(row).collect(),
        empty: String::new(),
    }
}

fn items(p: &Page, items: &[JudgedAmount]) -> Table {
    let row = |item: &JudgedAmount| {
        let judgement = &item.judgement;
        let open = judgement.findings.iter().filter(|finding| finding.verdict != "ok");
        let open: Vec<_> = open.cloned().collect();
        let mut row = Row::new(vec![
            Cell::head(item.subject.clone()).note(item.category.clone()),
            Cell::tag(verdict(p, &judgement.outcome)),
            Cell::number(p.money(judgement.declared)),
            Cell::number(p.money(judgement.eligible)),
        ]);
        if !open.is_empty() {
            let table = checklist(p, p.t("money-checklist"), &open);
            row.more = Some(More::new(p, p.t("money-reason"), vec![Block::Table(table)]));
        }
        row
    };
    Table {
        caption: p.t("money-plan-amounts"),
        head: head(
            p,
            [
                ("money-subject", false),
                ("money-verdict", false),
                ("money-planned", true),
                ("money-eligible", true),
            ],
        ),
        rows: items.iter().map(row).collect(),
        empty: String::new(),
    }
}

fn curve(p: &Page, found: &ActionWhatIf) -> Vec<Block> {
    let months: Vec<String> = found.curve.iter().map(|point| month(&point.month)).collect();
    let of = |amount: fn(&PlannedPoint) -> osn_core::money::Money| {
        found.curve.iter().map(|point| amount(point).as_decimal()).collect()
    };
    let chart = Chart::of(
        p.t("money-plan-curve"),
        &months,
        &[
            (p.t("money-absorbed-after"), of(|point| point.with_action)),
            (p.t("money-absorbed-now"), of(|point| point.spent)),
        ],
        Some((found.budget.as_decimal(), p.t("money-budget"))),
    );
    let row = |point: &PlannedPoint| {
        Row::new(vec![
            Cell::head(month(&point.month)),
            Cell::number(p.money(point.spent)),
            Cell::number(p.money(point.with_action)),
        ])
    };
    let table = Table {
        caption: p.t("money-plan-curve"),
        head: head(
            p,
            [
                ("money-month", false),
                ("money-absorbed-now", true),
                ("money-absorbed-after", true),
            ],
        ),
        rows: found.curve.iter().map(row).collect(),
        empty: String::new(),
    };
    vec![Block::Chart(Box::new(chart)), Block::Table(table)]
}

/// What the address says: a draft of an action to begin from.
#[derive(Debug, Clone, Default, Deserialize)]
pub(in crate::pages::staff) struct From {
    #[serde(default)]
    action: String,
}

/// The empty form, or with the period and the money of a draft.
pub(in crate::pages::staff) async fn ask(
    reader: Reader,
    Path(text): Path<String>,
    Query(from): Query<From>,
) -> Outcome<Response> {
    let (acting, p) = reader.page("money-plan", Section::Money);
    acting.require(Right::SeeMoney)?;
    let of: OperationId = id(&text, "operation.unknown")?;
    let mut form = form(&acting, &p, of, FIRST_ROWS).await?;
    if !from.action.is_empty() {
        let action: ActionId = id(&from.action, "action.unknown")?;
        let action = crate::acts::actions::get(&acting, action).await?.value;
        let amount = json!({ "subject": p.text(&action.name), "amount": action.budget });
        form.show(&p, &json!({ "period": action.period, "items": [amount] }));
    }
    Ok(show(&page(&acting, p, of, form, None).await?))
}

/// Answers what was typed, or adds a row.
pub(in crate::pages::staff) async fn tell(reader: Reader, Path(text): Path<String>, bytes: Bytes) -> Outcome<Response> {
    let (acting, mut p) = reader.page("money-plan", Section::Money);
    acting.require(Right::SeeMoney)?;
    let of: OperationId = id(&text, "operation.unknown")?;
    let posted = Posted::read(&bytes);
    let more = posted.get("op") == "part";
    let rows = posted.get("rows").parse().unwrap_or(FIRST_ROWS) + usize::from(more);
    let mut form = form(&acting, &p, of, rows.clamp(1, MOST_ROWS)).await?;
    form.fill(&posted);
    if more {
        return Ok(show(&page(&acting, p, of, form, None).await?));
    }
    let done = match plan(&p, &form) {
        Ok(plan) => acts::ask(&acting, of, plan).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(found) => Ok(show(&page(&acting, p, of, form, Some(&found)).await?)),
        Err(refusal) => {
            let status = mend(&mut p, &mut form, refusal)?;
            Ok(show_with(status, &page(&acting, p, of, form, None).await?))
        }
    }
}

/// The plan that a form holds; an amount without a subject is named after its category's line.
fn plan(p: &Page, form: &FormView) -> Outcome<acts::ActionPlan> {
    let body = form.body(p)?;
    let mut body = in_euros(body);
    let items = body.get_mut("items").and_then(Value::as_array_mut);
    for item in items.into_iter().flatten().filter_map(Value::as_object_mut) {
        item.entry("subject").or_insert_with(|| json!(p.t("money-plan-action")));
    }
    if let Some(map) = body.as_object_mut() {
        map.entry("items").or_insert_with(|| json!([]));
    }
    typed(body)
}

//! Systemic irregularities: a criterion and a rate are typed, the page shows every expense that they touch, and only then is
//! anything recorded; another person decides on all of it.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::expenditure::{Criterion, FoundBy, RuleSet};
use osn_core::id::{IrregularityId, OperationId};

use super::super::{head, id};
use super::{choices, in_euros, mend, questions, read, state, titled};
use crate::acts::Acting;
use crate::acts::money::expenses::Because;
use crate::acts::money::systemic::{self as acts, NewSystemic, SystemicView, Touched};
use crate::auth::Right;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Field, FormView, Posted};
use crate::pages::part::{Act, Block, Cell, Fact, Facts, Row, StaffPage, Table};
use crate::pages::reader::Reader;
use crate::pages::{onward, show, show_with, typed};
use crate::refusal::{FieldError, Outcome, Refusal};

fn here(of: OperationId) -> String {
    format!("/staff/money/{of}/systemic")
}

fn path(group: IrregularityId) -> String {
    format!("/staff/systemic/{group}")
}

async fn form(acting: &Acting, p: &Page, of: OperationId) -> Outcome<FormView> {
    let known = questions::known(acting, p, of).await?;
    let rules = RuleSet::codes().map(|code| Choice::new(code, code)).collect();
    let fields = vec![
        Field::radios(
            "/criterion/by",
            p.t("money-systemic-by"),
            choices(p, "money-systemic-by", Criterion::NAMES),
        ),
        Field::select("/criterion/rule", p.t("money-rule"), rules).optional(),
        Field::select("/criterion/supplier_id", p.t("money-supplier"), known.payees).optional(),
        Field::select("/criterion/contract_id", p.t("money-contract"), known.contracts).optional(),
        Field::select("/criterion/budget_line_id", p.t("money-line"), known.lines).optional(),
        Field::decimal("/rate", p.t("money-systemic-rate")).hint(p.t("money-systemic-rate-hint")),
        Field::select(
            "/found_by",
            p.t("money-found-by"),
            choices(p, "money-found-by", FoundBy::ALL.map(FoundBy::name)),
        ),
        Field::day("/found_on", p.t("money-found-on")),
        Field::line("/article", p.t("money-article")),
        Field::area("/finding", p.t("money-irregular-what")).hint(p.t("money-subject-hint")),
        Field::flag(p, "/fraud", p.t("money-fraud")),
    ];
    let mut form = FormView::new(p.url(&here(of)), fields, p.t("money-systemic-record"));
    if let Some(group) = form.groups.last_mut() {
        group.buttons = vec![("look".into(), p.t("money-systemic-look"))];
    }
    Ok(form)
}

async fn new_page(
    acting: &Acting,
    p: Page,
    of: OperationId,
    form: FormView,
    found: Option<&SystemicView>,
) -> Outcome<StaffPage> {
    let operation = crate::acts::model::operation(acting, of).await?.value;
    let register = format!("/staff/money/{of}/irregularities");
    let mut page = StaffPage::new(p.clone())
        .subtitled(p.text(&operation.name))
        .back(p.t("money-irregularities"), p.url(&register))
        .block(Block::Text(p.t("money-systemic-text")));
    if let Some(found) = found {
        page.blocks.push(Block::Facts(sums(&p, found)));
        page.blocks.push(Block::Table(touched(&p, &found.items)));
    }
    page.blocks.push(Block::Form(Box::new(form)));
    Ok(page)
}

fn sums(p: &Page, found: &SystemicView) -> Facts {
    let by = p.t(&format!("money-systemic-by-{}", found.criterion.name()));
    let by = match &found.criterion {
        Criterion::Rule { rule } => Cell::new(by).note(rule.clone()),
        Criterion::Supplier { .. } | Criterion::Contract { .. } | Criterion::Line { .. } => Cell::new(by),
    };
    Facts {
        facts: vec![
            Fact::new(p.t("money-systemic-by"), by),
            Fact::text(p.t("money-article"), found.article.clone()),
            Fact::text(p.t("money-irregular-what"), found.finding.clone()),
            Fact::text(p.t("money-systemic-examined"), p.money(found.examined)),
            Fact::text(p.t("money-systemic-rate"), format!("{} %", found.rate)),
            Fact::text(p.t("money-systemic-amount"), p.money(found.amount)),
        ],
    }
}

fn touched(p: &Page, items: &[Touched]) -> Table {
    let row = |item: &Touched| {
        let stands = match (&item.state, item.irregularity_id) {
            (Some(name), Some(_)) => Cell::tag(state(p, "irregularity", name)),
            _ => Cell::default(),
        };
        Row::new(vec![
            Cell::head(item.subject.clone())
                .link(p.url(&format!("/staff/expenses/{}", item.expense_id)))
                .note(item.number.clone()),
            Cell::new(item.sub_project.clone()),
            Cell::number(p.money(item.examined)),
            Cell::number(p.money(item.amount)),
            stands,
        ])
    };
    Table {
        caption: p.t("money-systemic-touches"),
        head: head(
            p,
            [
                ("money-expense", false),
                ("money-subproject", false),
                ("money-systemic-examined", true),
                ("money-systemic-amount", true),
                ("money-state", false),
            ],
        ),
        rows: items.iter().map(row).collect(),
        empty: p.t("money-systemic-touches-none"),
    }
}

/// The empty form.
pub(in crate::pages::staff) async fn ask(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p) = reader.page("money-systemic", Section::Money);
    acting.require(Right::KeepExpenses)?;
    let of: OperationId = id(&text, "operation.unknown")?;
    let form = form(&acting, &p, of).await?;
    Ok(show(&new_page(&acting, p, of, form, None).await?))
}

/// Shows what it would touch, or records it.
pub(in crate::pages::staff) async fn write(
    reader: Reader,
    Path(text): Path<String>,
    bytes: Bytes,
) -> Outcome<Response> {
    let (acting, mut p) = reader.page("money-systemic", Section::Money);
    acting.require(Right::KeepExpenses)?;
    let of: OperationId = id(&text, "operation.unknown")?;
    let posted = Posted::read(&bytes);
    let mut form = form(&acting, &p, of).await?;
    form.fill(&posted);
    let done = match new(&p, &form, &posted) {
        Err(refusal) => Err(refusal),
        Ok(new) if posted.get("op") == "look" => acts::look(&acting, of, &new).await,
        Ok(new) => acts::record(&acting, of, new).await,
    };
    match done {
        Ok(SystemicView { id: Some(group), .. }) => Ok(onward(&p, &path(group), "systemic-recorded")),
        Ok(found) => Ok(show(&new_page(&acting, p, of, form, Some(&found)).await?)),
        Err(refusal) => {
            let status = mend(&mut p, &mut form, refusal)?;
            Ok(show_with(status, &new_page(&acting, p, of, form, None).await?))
        }
    }
}

/// What the form holds; the criterion's own field may not be empty, the others are not read.
fn new(p: &Page, form: &FormView, posted: &Posted) -> Outcome<NewSystemic> {
    let body = form.body(p)?;
    let field = match posted.get("/criterion/by") {
        "supplier" => "supplier_id",
        "contract" => "contract_id",
        "line" => "budget_line_id",
        _ => "rule",
    };
    if body.pointer(&format!("/criterion/{field}")).is_none() {
        let error = FieldError::new(format!("/criterion/{field}"), "required");
        return Err(Refusal::invalid("request.invalid", vec![error]));
    }
    typed(in_euros(body))
}

fn dismiss_form(p: &Page, group: IrregularityId) -> FormView {
    FormView {
        secondary: true,
        ..FormView::new(
            p.url(&format!("{}/dismiss", path(group))),
            vec![Field::area("/reason", p.t("money-reason-why"))],
            p.t("money-systemic-dismiss"),
        )
    }
}

async fn group_page(acting: &Acting, p: Page, group: IrregularityId, form: FormView) -> Outcome<StaffPage> {
    let found = acts::get(acting, group).await?;
    let register = format!("/staff/money/{}/irregularities", found.operation_id);
    let mut page = StaffPage::new(p.clone())
        .back(p.t("money-irregularities"), p.url(&register))
        .block(Block::Facts(sums(&p, &found)))
        .block(Block::Table(touched(&p, &found.items)));
    let open = found
        .items
        .iter()
        .any(|item| item.state.as_deref() == Some("suspected"));
    if open && acting.actor.may(Right::ApproveMoney) {
        let confirm = p.url(&format!("{}/confirm", path(group)));
        page = page.act(Act::new(confirm, p.t("money-systemic-confirm")));
        page.blocks.extend(titled(&p, "money-systemic-dismiss", form));
    }
    Ok(page)
}

/// A systemic irregularity.
pub(in crate::pages::staff) async fn one(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p) = reader.page("money-systemic", Section::Money);
    acting.require(Right::SeeMoney)?;
    let group: IrregularityId = id(&text, "irregularity.unknown")?;
    let form = dismiss_form(&p, group);
    Ok(show(&group_page(&acting, p, group, form).await?))
}

/// Another person confirms all of it.
pub(in crate::pages::staff) async fn confirm(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let group: IrregularityId = id(&text, "irregularity.unknown")?;
    acts::confirm(&reader.acting, group).await?;
    Ok(onward(&reader.p, &path(group), "irregularity-confirmed"))
}

/// Another person dismisses all of it.
pub(in crate::pages::staff) async fn dismiss(
    reader: Reader,
    Path(text): Path<String>,
    bytes: Bytes,
) -> Outcome<Response> {
    let (acting, mut p) = reader.page("money-systemic", Section::Money);
    acting.require(Right::ApproveMoney)?;
    let group: IrregularityId = id(&text, "irregularity.unknown")?;
    let mut form = dismiss_form(&p, group);
    form.fill(&Posted::read(&bytes));
    let done = match read::<Because>(&form, &p) {
        Ok(because) => acts::dismiss(&acting, group, because).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(_) => Ok(onward(&p, &path(group), "irregularity-dismissed")),
        Err(refusal) => {
            let status = mend(&mut p, &mut form, refusal)?;
            Ok(show_with(status, &group_page(&acting, p, group, form).await?))
        }
    }
}

//! The register of irregularities, what one person reached cost, deliverables with the opinions on them, and the tables for the
//! managing authority.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::expenditure::{FoundBy, Irregularity, OpinionOutcome, ScientificOpinion};
use osn_core::id::{IrregularityId, OperationId};
use osn_core::operation::{Deliverable, Operation};
use osn_core::state::Machine as _;
use osn_store::{ExpenseFilter, PageQuery, Versioned};

use super::super::{head, id};
use super::{choices, mend, read, state, titled};
use crate::acts::money::expenses::{self, Because};
use crate::acts::money::unit_costs::{self, ActionCost, ProgramCost};
use crate::acts::money::{authority, irregularities, opinions};
use crate::acts::{Acting, model};
use crate::api::money::attachment;
use crate::auth::Right;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Field, FormView, Posted};
use crate::pages::part::{Act, Block, Cell, Fact, Facts, Row, StaffPage, Table};
use crate::pages::reader::Reader;
use crate::pages::{onward, show, show_with};
use crate::refusal::{Outcome, Refusal};

fn page_of(p: &Page, operation: &Operation) -> StaffPage {
    StaffPage::new(p.clone())
        .subtitled(p.text(&operation.name))
        .back(p.t("money-back"), p.url(&format!("/staff/money/{}", operation.id)))
}

async fn operation(acting: &Acting, of: OperationId) -> Outcome<Operation> {
    Ok(crate::acts::model::operation(acting, of).await?.value)
}

// --- irregularities

async fn record_form(acting: &Acting, p: &Page, of: OperationId) -> Outcome<FormView> {
    let filter = ExpenseFilter {
        operation: Some(of),
        ..ExpenseFilter::default()
    };
    let found = expenses::list(acting, filter, PageQuery::first()).await?;
    let choice = |read: &Versioned<expenses::ExpenseView>| {
        let expense = &read.value.expense;
        let words = format!("{} · {}", expense.document.number, expense.subject);
        Choice::new(expense.id.to_string(), words)
    };
    let fields = vec![
        Field::select(
            "/expense_id",
            p.t("money-expense"),
            found.items.iter().map(choice).collect(),
        ),
        Field::select(
            "/found_by",
            p.t("money-found-by"),
            choices(p, "money-found-by", FoundBy::ALL.map(FoundBy::name)),
        ),
        Field::day("/found_on", p.t("money-found-on")),
        Field::line("/article", p.t("money-article")),
        Field::area("/finding", p.t("money-irregular-what")).hint(p.t("money-subject-hint")),
        Field::money("/amount/amount", p.t("money-amount")).hint(p.t("apply-amount-hint")),
        Field::flag(p, "/fraud", p.t("money-fraud")),
    ];
    let action = p.url(&format!("/staff/money/{of}/irregularities"));
    Ok(FormView::new(action, fields, p.t("money-irregular-record")))
}

async fn register_page(acting: &Acting, p: Page, of: OperationId, form: FormView) -> Outcome<StaffPage> {
    let register = irregularities::list(acting, of).await?;
    let subjects = irregularities::subjects(acting, &register).await?;
    let row = |read: &Versioned<Irregularity>| {
        let found = &read.value;
        let subject = subjects.get(&found.expense_id).cloned().unwrap_or_default();
        let fraud = if found.fraud {
            p.t("money-fraud-yes")
        } else {
            String::new()
        };
        Row::new(vec![
            Cell::head(found.number.to_string()).link(p.url(&format!("/staff/irregularities/{}", found.id))),
            Cell::new(subject).link(p.url(&format!("/staff/expenses/{}", found.expense_id))),
            Cell::new(p.t(&format!("money-found-by-{}", found.found_by.name()))).note(p.day(found.found_on)),
            Cell::new(found.article.clone()).note(fraud),
            Cell::number(p.money(found.amount)),
            Cell::tag(state(&p, "irregularity", found.state.name())),
        ])
    };
    let table = Table {
        caption: p.t("money-irregularities"),
        head: head(
            &p,
            [
                ("money-irregular-number", false),
                ("money-expense", false),
                ("money-found-by", false),
                ("money-article", false),
                ("money-amount", true),
                ("money-state", false),
            ],
        ),
        rows: register.iter().map(row).collect(),
        empty: p.t("money-irregularities-none"),
    };
    let mut page = page_of(&p, &operation(acting, of).await?)
        .block(Block::Text(p.t("money-irregularities-text")))
        .block(Block::Table(table));
    if acting.actor.may(Right::KeepExpenses) {
        let systemic = p.url(&format!("/staff/money/{of}/systemic"));
        page.blocks.push(Block::Link(p.t("money-systemic"), systemic));
        page.blocks.extend(titled(&p, "money-irregular-record", form));
    }
    Ok(page)
}

/// The register.
pub(in crate::pages::staff) async fn register(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p) = reader.page("money-irregularities", Section::Money);
    acting.require(Right::SeeMoney)?;
    let of: OperationId = id(&text, "operation.unknown")?;
    let form = record_form(&acting, &p, of).await?;
    Ok(show(&register_page(&acting, p, of, form).await?))
}

/// Records an irregularity.
pub(in crate::pages::staff) async fn record(
    reader: Reader,
    Path(text): Path<String>,
    bytes: Bytes,
) -> Outcome<Response> {
    let (acting, mut p) = reader.page("money-irregularities", Section::Money);
    acting.require(Right::KeepExpenses)?;
    let of: OperationId = id(&text, "operation.unknown")?;
    let mut form = record_form(&acting, &p, of).await?;
    form.fill(&Posted::read(&bytes));
    let done = match read(&form, &p) {
        Ok(new) => irregularities::record(&acting, of, new).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(saved) => Ok(onward(
            &p,
            &format!("/staff/irregularities/{}", saved.value.id),
            "irregularity-recorded",
        )),
        Err(refusal) => {
            let status = mend(&mut p, &mut form, refusal)?;
            Ok(show_with(status, &register_page(&acting, p, of, form).await?))
        }
    }
}

fn dismiss_form(p: &Page, of: IrregularityId) -> FormView {
    FormView {
        secondary: true,
        ..FormView::new(
            p.url(&format!("/staff/irregularities/{of}/dismiss")),
            vec![Field::area("/reason", p.t("money-reason-why"))],
            p.t("money-irregular-dismiss"),
        )
    }
}

async fn irregularity_page(acting: &Acting, p: Page, of: IrregularityId, form: FormView) -> Outcome<StaffPage> {
    let found = irregularities::get(acting, of).await?.value;
    let mut facts = vec![
        Fact::new(
            p.t("money-expense"),
            Cell::new(p.t("money-see-expense")).link(p.url(&format!("/staff/expenses/{}", found.expense_id))),
        ),
        Fact::text(
            p.t("money-found-by"),
            p.t(&format!("money-found-by-{}", found.found_by.name())),
        ),
        Fact::text(p.t("money-found-on"), p.day(found.found_on)),
        Fact::text(p.t("money-article"), found.article.clone()),
        Fact::text(p.t("money-irregular-what"), found.finding.clone()),
        Fact::text(p.t("money-amount"), p.money(found.amount)),
    ];
    if found.fraud {
        facts.push(Fact::text(p.t("money-fraud"), p.t("yes")));
    }
    if let Some(systemic) = &found.systemic {
        let link = p.url(&format!("/staff/systemic/{}", systemic.group));
        facts.push(Fact::new(
            p.t("money-systemic"),
            Cell::new(p.t("money-systemic-see")).link(link),
        ));
    }
    if let osn_core::expenditure::IrregularityState::Corrected { claim_id, .. } = &found.state {
        let link = p.url(&format!("/staff/claims/{claim_id}"));
        facts.push(Fact::new(
            p.t("money-corrected-by"),
            Cell::new(p.t("money-see-claim")).link(link),
        ));
    }
    let here = format!("/staff/money/{}/irregularities", found.operation_id);
    let mut page = StaffPage::new(p.clone())
        .tagged(state(&p, "irregularity", found.state.name()))
        .back(p.t("money-irregularities"), p.url(&here))
        .block(Block::Facts(Facts { facts }));
    if found.state.name() == "suspected" && acting.actor.may(Right::ApproveMoney) {
        let confirm = p.url(&format!("/staff/irregularities/{of}/confirm"));
        page = page.act(Act::new(confirm, p.t("money-irregular-confirm")));
        page.blocks.extend(titled(&p, "money-irregular-dismiss", form));
    }
    Ok(page)
}

/// One irregularity.
pub(in crate::pages::staff) async fn irregularity(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p) = reader.page("money-irregularity", Section::Money);
    let of: IrregularityId = id(&text, "irregularity.unknown")?;
    let form = dismiss_form(&p, of);
    Ok(show(&irregularity_page(&acting, p, of, form).await?))
}

/// Another person confirms it.
pub(in crate::pages::staff) async fn confirm(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let of: IrregularityId = id(&text, "irregularity.unknown")?;
    irregularities::confirm(&reader.acting, of).await?;
    let path = format!("/staff/irregularities/{of}");
    Ok(onward(&reader.p, &path, "irregularity-confirmed"))
}

/// Another person dismisses it.
pub(in crate::pages::staff) async fn dismiss(
    reader: Reader,
    Path(text): Path<String>,
    bytes: Bytes,
) -> Outcome<Response> {
    let (acting, mut p) = reader.page("money-irregularity", Section::Money);
    acting.require(Right::ApproveMoney)?;
    let of: IrregularityId = id(&text, "irregularity.unknown")?;
    let mut form = dismiss_form(&p, of);
    form.fill(&Posted::read(&bytes));
    let done = match read::<Because>(&form, &p) {
        Ok(because) => irregularities::dismiss(&acting, of, because).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(_) => Ok(onward(
            &p,
            &format!("/staff/irregularities/{of}"),
            "irregularity-dismissed",
        )),
        Err(refusal) => {
            let status = mend(&mut p, &mut form, refusal)?;
            Ok(show_with(status, &irregularity_page(&acting, p, of, form).await?))
        }
    }
}

// --- unit costs

/// What one person reached cost, by program: a table for each, and all of them together first.
pub(in crate::pages::staff) async fn costs(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p) = reader.page("money-unit-costs", Section::Money);
    let of: OperationId = id(&text, "operation.unknown")?;
    let programs = unit_costs::list(&acting, of).await?;
    let columns = |first: &str| {
        head(
            &p,
            [
                (first, false),
                ("money-spent-all", true),
                ("money-reached", true),
                ("money-per-person", true),
            ],
        )
    };
    let amount = |amount: Option<osn_core::money::Money>| {
        Cell::number(amount.map_or_else(|| p.t("money-nobody-yet"), |amount| p.money(amount)))
    };
    let of_program = |program: &ProgramCost| {
        Row::new(vec![
            Cell::head(program.program.clone()).code(),
            Cell::number(p.money(program.spent)),
            Cell::number(p.number(program.reached)),
            amount(program.per_person),
        ])
    };
    let of_action = |action: &ActionCost| {
        Row::new(vec![
            Cell::head(p.text(&action.name)).link(p.url(&format!("/staff/actions/{}", action.action_id))),
            Cell::number(p.money(action.spent)),
            Cell::number(p.number(action.reached)),
            amount(action.per_person),
        ])
    };
    let mut page = page_of(&p, &operation(&acting, of).await?)
        .block(Block::Text(p.t("money-unit-costs-text")))
        .block(Block::Table(Table {
            caption: p.t("money-unit-costs"),
            head: columns("money-program"),
            rows: programs.iter().map(of_program).collect(),
            empty: p.t("money-unit-costs-none"),
        }));
    for program in &programs {
        page.blocks.push(Block::Table(Table {
            caption: p.t1("money-unit-costs-of", "program", &program.program),
            head: columns("money-action"),
            rows: program.actions.iter().map(of_action).collect(),
            empty: String::new(),
        }));
    }
    Ok(show(&page))
}

// --- deliverables and opinions

/// Opinions on one subject.
pub(in crate::pages::staff) fn opinions_table(p: &Page, opinions: &[ScientificOpinion]) -> Table {
    let row = |opinion: &ScientificOpinion| {
        Row::new(vec![
            Cell::head(p.text(&opinion.given_by)).note(opinion.number.clone()),
            Cell::new(p.day(opinion.given_on)),
            Cell::new(p.t(&format!("opinion-{}", opinion.outcome.name()))),
            Cell::new(p.text(&opinion.remarks)),
        ])
    };
    Table {
        caption: p.t("opinions"),
        head: head(
            p,
            [
                ("opinion-given-by", false),
                ("opinion-given-on", false),
                ("opinion-outcome", false),
                ("opinion-remarks", false),
            ],
        ),
        rows: opinions.iter().map(row).collect(),
        empty: p.t("opinions-none"),
    }
}

/// Asks for an opinion that somebody gave.
pub(in crate::pages::staff) fn opinion_form(p: &Page, action: &str) -> FormView {
    let outcomes = choices(p, "opinion", OpinionOutcome::ALL.map(OpinionOutcome::name));
    let lang = p.tag();
    FormView::new(
        p.url(action),
        vec![
            Field::line(&format!("/given_by/{lang}"), p.t("opinion-given-by")).hint(p.t("opinion-given-by-hint")),
            Field::day("/given_on", p.t("opinion-given-on")),
            Field::radios("/outcome", p.t("opinion-outcome"), outcomes),
            Field::area(&format!("/remarks/{lang}"), p.t("opinion-remarks")),
            Field::line("/number", p.t("opinion-number")).optional(),
        ],
        p.t("opinion-record"),
    )
    .scoped("opinion-")
}

/// The deliverables of an operation, each with its days, its progress and a way to the opinions on it.
pub(in crate::pages::staff) async fn deliverables(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p) = reader.page("money-deliverables", Section::Money);
    acting.require(Right::SeeMoney)?;
    let operation = operation(&acting, id(&text, "operation.unknown")?).await?;
    let row = |part: &Deliverable| {
        let link = p.url(&deliverable_path(operation.id, &part.code));
        Row::new(vec![
            Cell::head(p.text(&part.name)).link(link).note(part.code.clone()),
            Cell::new(part.work_package.clone()),
            Cell::new(part.due_on.map(|day| p.day(day)).unwrap_or_default()),
            Cell::new(part.accepted_on.map(|day| p.day(day)).unwrap_or_default()),
            Cell::number(format!("{} %", part.progress)),
        ])
    };
    let table = Table {
        caption: p.t("money-deliverables"),
        head: head(
            &p,
            [
                ("money-deliverable", false),
                ("money-workpackage", false),
                ("money-due", false),
                ("money-accepted", false),
                ("money-progress", true),
            ],
        ),
        rows: operation.deliverables.iter().map(row).collect(),
        empty: p.t("money-deliverables-none"),
    };
    Ok(show(&page_of(&p, &operation).block(Block::Table(table))))
}

/// The address of a deliverable; its code may be in Greek.
fn deliverable_path(of: OperationId, code: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let letters = code.bytes().map(|byte| {
        if plain(byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    });
    format!("/staff/money/{of}/deliverables/{}", letters.collect::<String>())
}

/// The forms of a deliverable's page, with what was typed into one of them.
struct Forms {
    opinion: FormView,
    progress: Option<FormView>,
}

impl Forms {
    fn of(p: &Page, of: OperationId, code: &str) -> Self {
        Self {
            opinion: opinion_form(p, &deliverable_path(of, code)),
            progress: None,
        }
    }
}

fn progress_form(p: &Page, of: OperationId, code: &str) -> FormView {
    let fields = vec![
        Field::decimal("/progress", p.t("deliverable-progress")).hint(p.t("deliverable-progress-hint")),
        Field::day("/due_on", p.t("money-due")).optional(),
        Field::day("/accepted_on", p.t("money-accepted"))
            .hint(p.t("deliverable-accepted-hint"))
            .optional(),
    ];
    let action = p.url(&format!("{}/progress", deliverable_path(of, code)));
    FormView::new(action, fields, p.t("deliverable-keep"))
}

async fn deliverable_page(acting: &Acting, p: Page, of: OperationId, code: &str, forms: Forms) -> Outcome<StaffPage> {
    let given = opinions::of_deliverable(acting, of, code).await?;
    let operation = operation(acting, of).await?;
    let part = operation.deliverables.iter().find(|part| part.code == code);
    let part = part.ok_or_else(|| Refusal::not_found("deliverable.unknown"))?;
    let title = p.text(&part.name);
    let p = p.titled(title);
    let mut page = StaffPage::new(p.clone())
        .back(
            p.t("money-deliverables"),
            p.url(&format!("/staff/money/{of}/deliverables")),
        )
        .block(Block::Facts(Facts {
            facts: vec![
                Fact::text(p.t("money-workpackage"), part.work_package.clone()),
                Fact::text(p.t("money-due"), part.due_on.map(|day| p.day(day)).unwrap_or_default()),
                Fact::text(
                    p.t("money-accepted"),
                    part.accepted_on.map(|day| p.day(day)).unwrap_or_default(),
                ),
                Fact::text(p.t("money-progress"), format!("{} %", part.progress)),
            ],
        }))
        .block(Block::Table(opinions_table(&p, &given)));
    if acting.actor.may(Right::ApproveMoney) {
        let form = match forms.progress {
            Some(typed) => typed,
            None => {
                let mut form = progress_form(&p, of, code);
                form.show(&p, &serde_json::to_value(part).map_err(Refusal::internal)?);
                form
            }
        };
        page.blocks.extend(titled(&p, "deliverable-keep", form));
    }
    if acting.actor.may(Right::KeepExpenses) {
        page.blocks.extend(titled(&p, "opinion-record", forms.opinion));
    }
    Ok(page)
}

/// Says how far a deliverable is, and that it was accepted.
pub(in crate::pages::staff) async fn progress(
    reader: Reader,
    Path((text, code)): Path<(String, String)>,
    bytes: Bytes,
) -> Outcome<Response> {
    let (acting, mut p) = reader.page("money-deliverables", Section::Money);
    acting.require(Right::ApproveMoney)?;
    let of: OperationId = id(&text, "operation.unknown")?;
    let mut form = progress_form(&p, of, &code);
    form.fill(&Posted::read(&bytes));
    let done = match read(&form, &p) {
        Ok(new) => model::change_deliverable(&acting, of, &code, new).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(_) => Ok(onward(&p, &deliverable_path(of, &code), "deliverable-kept")),
        Err(refusal) => {
            let status = mend(&mut p, &mut form, refusal)?;
            let mut forms = Forms::of(&p, of, &code);
            forms.progress = Some(form);
            Ok(show_with(
                status,
                &deliverable_page(&acting, p, of, &code, forms).await?,
            ))
        }
    }
}

/// One deliverable with the opinions on it.
pub(in crate::pages::staff) async fn deliverable(
    reader: Reader,
    Path((text, code)): Path<(String, String)>,
) -> Outcome<Response> {
    let (acting, p) = reader.page("money-deliverables", Section::Money);
    acting.require(Right::SeeMoney)?;
    let of: OperationId = id(&text, "operation.unknown")?;
    let forms = Forms::of(&p, of, &code);
    Ok(show(&deliverable_page(&acting, p, of, &code, forms).await?))
}

/// Records an opinion on a deliverable.
pub(in crate::pages::staff) async fn opine(
    reader: Reader,
    Path((text, code)): Path<(String, String)>,
    bytes: Bytes,
) -> Outcome<Response> {
    let (acting, mut p) = reader.page("money-deliverables", Section::Money);
    acting.require(Right::KeepExpenses)?;
    let of: OperationId = id(&text, "operation.unknown")?;
    let here = deliverable_path(of, &code);
    let mut forms = Forms::of(&p, of, &code);
    forms.opinion.fill(&Posted::read(&bytes));
    let done = match read(&forms.opinion, &p) {
        Ok(new) => opinions::on_deliverable(&acting, of, &code, new).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(_) => Ok(onward(&p, &here, "opinion-recorded")),
        Err(refusal) => {
            let status = mend(&mut p, &mut forms.opinion, refusal)?;
            Ok(show_with(
                status,
                &deliverable_page(&acting, p, of, &code, forms).await?,
            ))
        }
    }
}

/// The tables for the managing authority.
pub(in crate::pages::staff) async fn tables(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let bytes = authority::package(&reader.acting, id(&text, "operation.unknown")?).await?;
    Ok(attachment("application/zip", "operation.zip", bytes))
}

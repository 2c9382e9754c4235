//! Entry of an expense with judgement at once, and the page that reads like an auditor's checklist.

use axum::body::{Body, Bytes};
use axum::extract::{Path, Request};
use axum::response::Response;
use osn_core::expenditure::{AwardPath, Category, DocumentKind, Expense, PaperKind};
use osn_core::id::{ExpenseId, OperationId};
use osn_store::PageQuery;
use serde_json::{Value, json};

use super::super::{head, id};
use super::board::sub_projects;
use super::{checklist, outcome_block, state, verdict};
use crate::acts::Acting;
use crate::acts::money::expenses::{self as acts, Because, ExpenseView, JudgementView};
use crate::acts::money::papers::{self, NewPaper, PAPER_LIMIT};
use crate::acts::money::suppliers;
use crate::acts::money::trace::{self, TracedPart};
use crate::auth::Right;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Field, FormView, Group, Posted};
use crate::pages::multipart::Sent;
use crate::pages::part::{Act, Block, Cell, Fact, Facts, Row, StaffPage, Table};
use crate::pages::reader::Reader;
use crate::pages::{blame, mendable, onward, show, show_with, typed};
use crate::problem;
use crate::refusal::{Outcome, Refusal};

/// What an expense may name: lines, payees, contracts, actions.
struct Known {
    lines: Vec<Choice>,
    payees: Vec<Choice>,
    contracts: Vec<Choice>,
    actions: Vec<Choice>,
}

async fn known(acting: &Acting, p: &Page, of: OperationId) -> Outcome<Known> {
    let lines = crate::acts::money::budget::lines(acting, of).await?;
    let payees = suppliers::list(acting, PageQuery::first()).await?;
    let contracts = suppliers::contracts(acting, of, PageQuery::first()).await?;
    let actions = crate::acts::actions::list(acting, PageQuery::first()).await?;
    let line = |line: &osn_store::Versioned<osn_core::expenditure::BudgetLine>| {
        let name = format!("{} {}", line.value.code, p.text(&line.value.name));
        Choice::new(line.value.id.to_string(), name)
    };
    Ok(Known {
        lines: lines.iter().map(line).collect(),
        payees: payees
            .items
            .iter()
            .map(|read| Choice::new(read.value.id.to_string(), read.value.name.clone()))
            .collect(),
        contracts: contracts
            .items
            .iter()
            .map(|read| Choice::new(read.value.id.to_string(), read.value.subject.clone()))
            .collect(),
        actions: actions
            .items
            .iter()
            .map(|read| Choice::new(read.value.id.to_string(), p.text(&read.value.name)))
            .collect(),
    })
}

/// What was bought, for what, from whom.
fn what(p: &Page, operation: &osn_core::operation::Operation, known: Known) -> Vec<Field> {
    let packages: Vec<Choice> = operation
        .work_packages
        .iter()
        .map(|part| Choice::new(part.code.clone(), p.text(&part.name)))
        .collect();
    let categories: Vec<Choice> = Category::ALL
        .iter()
        .map(|category| Choice::new(category.name(), category.name()))
        .collect();
    vec![
        Field::line("/subject", p.t("money-subject")).hint(p.t("money-subject-hint")),
        Field::select("/sub_project", p.t("money-subproject"), sub_projects(p, operation)),
        Field::select("/work_package", p.t("money-workpackage"), packages),
        Field::select("/category", p.t("money-category"), categories),
        Field::select("/budget_line_id", p.t("money-line"), known.lines).optional(),
        Field::select("/supplier_id", p.t("money-supplier"), known.payees).optional(),
        Field::select("/contract_id", p.t("money-contract"), known.contracts).optional(),
        Field::select("/allocations/0/action_id", p.t("money-action"), known.actions).optional(),
        Field::int("/allocations/0/instalment", p.t("money-instalment")).optional(),
        Field::line("/account", p.t("money-account")).optional(),
    ]
}

/// The paper with its amounts.
fn paper_fields(p: &Page) -> Vec<Field> {
    let kinds: Vec<Choice> = DocumentKind::ALL
        .iter()
        .map(|kind| Choice::new(kind.name(), p.t(&format!("document-kind-{}", kind.name()))))
        .collect();
    vec![
        Field::select("/document/kind", p.t("money-document-kind"), kinds).proposed("invoice"),
        Field::line("/document/number", p.t("money-number")),
        Field::day("/document/issued_on", p.t("money-issued")),
        Field::money("/document/net/amount", p.t("money-net")).hint(p.t("apply-amount-hint")),
        Field::money("/document/vat/amount", p.t("money-vat")),
        Field::money("/document/gross/amount", p.t("money-gross")),
        Field::flag(p, "/vat_included", p.t("money-vat-included")),
        Field::decimal("/share", p.t("money-share")).optional().proposed("100"),
    ]
}

async fn form(acting: &Acting, p: &Page, of: OperationId) -> Outcome<FormView> {
    let operation = crate::acts::model::operation(acting, of).await?.value;
    let known = known(acting, p, of).await?;
    let group = |key: &str, fields| Group {
        title: p.t(key),
        fields,
        ..Group::default()
    };
    let dates = vec![
        Field::day("/dates/committed", p.t("money-committed")).optional(),
        Field::day("/dates/accepted", p.t("money-accepted")).optional(),
        Field::day("/dates/paid", p.t("money-paid")).optional(),
    ];
    let mut last = group("money-dates", dates);
    last.buttons = vec![("what-if".into(), p.t("money-what-if"))];
    Ok(FormView {
        action: p.url(&format!("/staff/money/{of}/expenses/new")),
        groups: vec![
            group("money-subject", what(p, &operation, known)),
            group("money-document", paper_fields(p)),
            last,
        ],
        button: p.t("money-record"),
        guard: true,
        ..FormView::default()
    })
}

/// What the form holds as the body of the API.
fn body(form: &FormView, p: &Page, of: OperationId) -> Outcome<Value> {
    let mut body = form
        .body(p)
        .map_err(|errors| Refusal::invalid("request.invalid", errors))?;
    for name in ["net", "vat", "gross"] {
        if let Some(amount) = body.pointer_mut(&format!("/document/{name}")) {
            amount["currency"] = json!("EUR");
        }
    }
    // One action takes all of it; without one there is nothing to allocate.
    let part = body.pointer("/allocations/0").cloned();
    if let Some(map) = body.as_object_mut() {
        match part {
            Some(mut part) if part.get("action_id").is_some() => {
                part["share"] = json!("100.00");
                map.insert("allocations".into(), json!([part]));
            }
            _ => {
                map.remove("allocations");
            }
        }
        map.insert("form".into(), json!({ "form": "actual" }));
        map.insert("id".into(), json!(uuid::Uuid::nil()));
        map.insert("operation_id".into(), json!(of));
    }
    Ok(body)
}

fn page(p: Page, of: OperationId, form: FormView, judged: Option<&JudgementView>) -> StaffPage {
    let mut page = StaffPage::new(p.clone())
        .subtitled(p.t("money-what-if-says"))
        .back(p.t("money-back"), p.url(&format!("/staff/money/{of}")));
    if let Some(judgement) = judged {
        page.blocks.push(outcome_block(&p, judgement));
        let caption = p.t("money-checklist");
        page.blocks
            .push(Block::Table(checklist(&p, caption, &judgement.findings)));
    }
    page.blocks.push(Block::Form(Box::new(form)));
    page
}

/// The empty form.
pub(in crate::pages::staff) async fn ask(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p) = reader.page("money-new-expense", Section::Money);
    let of: OperationId = id(&text, "operation.unknown")?;
    acting.require(Right::SeeMoney)?;
    let form = form(&acting, &p, of).await?;
    Ok(show(&page(p, of, form, None)))
}

/// Judges what was typed, or records it.
pub(in crate::pages::staff) async fn write(
    reader: Reader,
    Path(text): Path<String>,
    bytes: Bytes,
) -> Outcome<Response> {
    let (acting, mut p) = reader.page("money-new-expense", Section::Money);
    let of: OperationId = id(&text, "operation.unknown")?;
    let posted = Posted::read(&bytes);
    acting.require(Right::KeepExpenses)?;
    let mut form = form(&acting, &p, of).await?;
    form.fill(&posted);
    let only_asks = posted.get("op") == "what-if";
    let done = match body(&form, &p, of).and_then(typed::<Expense>) {
        Err(refusal) => Err(refusal),
        Ok(expense) if only_asks => acts::what_if(&acting, of, expense).await.map(Err),
        Ok(expense) => acts::record(&acting, of, expense).await.map(Ok),
    };
    match done {
        Ok(Ok(saved)) => Ok(onward(
            &p,
            &format!("/staff/expenses/{}", saved.value.expense.id),
            "expense-recorded",
        )),
        Ok(Err(judgement)) => Ok(show(&page(p, of, form, Some(&judgement)))),
        Err(refusal) if mendable(&refusal) => {
            blame(&mut p, &mut form, &refusal);
            Ok(show_with(problem::status(refusal.kind()), &page(p, of, form, None)))
        }
        Err(refusal) => Err(refusal),
    }
}

/// One expense: what it is, what was judged of it, its papers, where its money went.
pub(in crate::pages::staff) async fn one(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p) = reader.page("money-expenses", Section::Money);
    let expense: ExpenseId = id(&text, "expense.unknown")?;
    Ok(show(&expense_page(&acting, p, expense).await?))
}

async fn expense_page(acting: &Acting, p: Page, of: ExpenseId) -> Outcome<StaffPage> {
    let view = acts::get(acting, of).await?.value;
    let expense = &view.expense;
    let here = format!("/staff/expenses/{of}");
    let p = p.titled(expense.subject.clone());
    let mut page = StaffPage::new(p.clone())
        .tagged(state(&p, "expense", &view.state))
        .back(
            p.t("money-back"),
            p.url(&format!("/staff/money/{}/expenses", expense.operation_id)),
        );
    if view.state == "entered" && acting.actor.may(Right::ApproveMoney) {
        page = page.act(Act::new(p.url(&format!("{here}/approve")), p.t("money-approve")));
    }
    if let Some(judgement) = &view.judgement {
        page.blocks.push(outcome_block(&p, judgement));
    }
    page.blocks.push(Block::Facts(facts(acting, &p, &view).await?));
    if let Some(judgement) = &view.judgement {
        let caption = p.t("money-checklist");
        page.blocks
            .push(Block::Table(checklist(&p, caption, &judgement.findings)));
        page.blocks.push(Block::Facts(Facts {
            facts: vec![Fact::new(
                p.t("money-rule-set"),
                Cell::new(judgement.rule_set.clone()).code(),
            )],
        }));
    }
    page.blocks.push(Block::Table(papers_table(&p, expense)));
    let open = ["entered", "approved"].contains(&view.state.as_str());
    if open && acting.actor.may(Right::KeepExpenses) {
        page.blocks.push(Block::Heading(p.t("money-paper-add")));
        page.blocks.push(Block::Form(Box::new(paper_form(&p, &here))));
    }
    page.blocks.push(Block::Heading(p.t("money-trace")));
    page.blocks.extend(traced(&p, &trace::of_expense(acting, of).await?));
    if open && acting.actor.may(Right::KeepExpenses) {
        page.blocks.push(Block::Heading(p.t("money-withdraw")));
        let form = FormView {
            secondary: true,
            ..FormView::new(
                p.url(&format!("{here}/withdraw")),
                vec![Field::area("/reason", p.t("money-reason-why"))],
                p.t("money-withdraw"),
            )
        };
        page.blocks.push(Block::Form(Box::new(form.scoped("withdraw-"))));
    }
    Ok(page)
}

async fn facts(acting: &Acting, p: &Page, view: &ExpenseView) -> Outcome<Facts> {
    let expense = &view.expense;
    let document = &expense.document;
    let kind = p.t(&format!("document-kind-{}", document.kind.name()));
    let mut facts = vec![
        Fact::text(p.t("money-document"), format!("{kind} {}", document.number)),
        Fact::text(p.t("money-issued"), p.day(document.issued_on)),
        Fact::text(
            p.t("money-gross"),
            format!(
                "{} = {} + {} {}",
                p.money(document.gross),
                p.money(document.net),
                p.t("money-vat"),
                p.money(document.vat)
            ),
        ),
        Fact::text(p.t("money-category"), expense.category.name()),
        Fact::text(p.t("money-declared"), p.money(view.declared)),
        Fact::new(p.t("money-verdict"), Cell::tag(verdict(p, &view.outcome))),
        Fact::text(p.t("money-eligible"), p.money(view.eligible)),
    ];
    if let Some(paid) = expense.dates.paid {
        facts.push(Fact::text(p.t("money-paid"), p.day(paid)));
    }
    if let Some(supplier) = expense.supplier_id
        && let Some(read) = acting.scope.supplier(supplier).await?
    {
        facts.push(Fact::text(p.t("money-supplier"), read.value.name));
    }
    if let Some(contract) = expense.contract_id
        && let Some(read) = acting.scope.contract(contract).await?
    {
        let path: AwardPath = read.value.path;
        let value = format!(
            "{} ({}, {})",
            read.value.subject,
            path.name(),
            p.money(read.value.value)
        );
        facts.push(Fact::text(p.t("money-contract"), value));
    }
    if let Some(claim) = view.claim_id {
        let link = p.url(&format!("/staff/claims/{claim}"));
        facts.push(Fact::new(
            p.t("money-claims"),
            Cell::new(p.t("state-expense-claimed")).link(link),
        ));
    }
    Ok(Facts { facts })
}

fn paper_word(p: &Page, kind: &str) -> String {
    crate::acts::money::rules().map_or_else(
        |_| kind.to_owned(),
        |rules| rules.catalogue().word(kind, p.tag()).to_owned(),
    )
}

fn papers_table(p: &Page, expense: &Expense) -> Table {
    let row = |paper: &osn_core::expenditure::Paper| {
        Row::new(vec![
            Cell::head(paper_word(p, paper.kind.name())),
            Cell::new(paper.number.clone()),
            Cell::new(paper.file.clone()),
            Cell::new(paper.digest.clone()).code(),
        ])
    };
    Table {
        caption: p.t("money-papers"),
        head: vec![
            (p.t("money-paper"), false),
            (p.t("money-paper-number"), false),
            (p.t("money-import-file"), false),
            ("SHA-256".to_owned(), false),
        ],
        rows: expense.papers.iter().map(row).collect(),
        empty: p.t("money-papers-none"),
    }
}

fn paper_form(p: &Page, here: &str) -> FormView {
    let kinds: Vec<Choice> = PaperKind::ALL
        .iter()
        .map(|kind| Choice::new(kind.name(), paper_word(p, kind.name())))
        .collect();
    FormView {
        multipart: true,
        ..FormView::new(
            p.url(&format!("{here}/papers")),
            vec![
                Field::select("kind", p.t("money-paper"), kinds),
                Field::line("number", p.t("money-paper-number")).optional(),
                Field::file("paper", p.t("money-paper"), ""),
            ],
            p.t("money-paper-add"),
        )
        .scoped("paper-")
    }
}

/// Where a part went: an action, or immediate help.
fn served(p: &Page, part: &TracedPart) -> Cell {
    let place = match (part.action_id, part.intervention_id) {
        (Some(action), _) => format!("/staff/actions/{action}"),
        (None, Some(help)) => format!("/staff/urgent/{help}"),
        (None, None) => return Cell::head(p.text(&part.action)),
    };
    Cell::head(p.text(&part.action)).link(p.url(&place))
}

fn traced(p: &Page, parts: &[TracedPart]) -> Vec<Block> {
    if parts.is_empty() {
        return vec![Block::Inset(p.t("money-trace-none"))];
    }
    let row = |part: &TracedPart| {
        let per = part.per_delivery.map(|amount| p.money(amount)).unwrap_or_default();
        Row::new(vec![
            served(p, part),
            Cell::number(p.money(part.amount)),
            Cell::number(p.number(part.delivered)),
            Cell::number(per),
            match part.certificate_id {
                Some(id) => Cell::new(p.t("money-see-certificate")).link(p.url(&format!("/staff/certificates/{id}"))),
                None => Cell::new(p.t("money-certificate-follows")),
            },
        ])
    };
    let mut blocks = vec![Block::Table(Table {
        caption: p.t("money-trace"),
        head: head(
            p,
            [
                ("money-action", false),
                ("money-amount", true),
                ("money-delivered", true),
                ("money-per-delivery", true),
                ("money-certificate", false),
            ],
        ),
        rows: parts.iter().map(row).collect(),
        empty: String::new(),
    })];
    let deliveries = parts.iter().flat_map(|part| &part.deliveries).take(20).map(|each| {
        let decision = each.decision_id.map(|id| id.to_string()).unwrap_or_default();
        Row::new(vec![
            Cell::number(each.instalment.to_string()),
            Cell::head(each.delivery_id.to_string()).code(),
            Cell::new(decision).code(),
        ])
    });
    blocks.push(Block::Table(Table {
        caption: p.t("money-delivered"),
        head: head(
            p,
            [
                ("money-instalment", true),
                ("money-delivered", false),
                ("money-decision", false),
            ],
        ),
        rows: deliveries.collect(),
        empty: p.t("money-trace-none"),
    }));
    blocks
}

/// Another person approves.
pub(in crate::pages::staff) async fn approve(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let expense: ExpenseId = id(&text, "expense.unknown")?;
    acts::approve(&reader.acting, expense).await?;
    Ok(onward(
        &reader.p,
        &format!("/staff/expenses/{expense}"),
        "expense-approved",
    ))
}

/// Takes it back.
pub(in crate::pages::staff) async fn withdraw(
    reader: Reader,
    Path(text): Path<String>,
    bytes: Bytes,
) -> Outcome<Response> {
    let expense: ExpenseId = id(&text, "expense.unknown")?;
    let reason = Posted::read(&bytes).get("/reason").to_owned();
    acts::withdraw(&reader.acting, expense, Because { reason }).await?;
    Ok(onward(
        &reader.p,
        &format!("/staff/expenses/{expense}"),
        "expense-withdrawn",
    ))
}

/// Attaches a paper: its kind, and its number or its file.
pub(in crate::pages::staff) async fn paper(
    reader: Reader,
    Path(text): Path<String>,
    request: Request<Body>,
) -> Outcome<Response> {
    let expense: ExpenseId = id(&text, "expense.unknown")?;
    reader.acting.require(Right::KeepExpenses)?;
    let sent = Sent::read(request, PAPER_LIMIT, "request.too-large").await?;
    let (posted, file) = (sent.posted(), sent.file("paper"));
    let new = NewPaper {
        kind: posted.get("kind").to_owned(),
        number: posted.get("number").to_owned(),
        file: file.as_ref().map(|part| part.file.clone()).unwrap_or_default(),
        bytes: file.map(|part| part.bytes.to_vec()).unwrap_or_default(),
    };
    papers::attach(&reader.acting, expense, new).await?;
    Ok(onward(
        &reader.p,
        &format!("/staff/expenses/{expense}"),
        "paper-attached",
    ))
}

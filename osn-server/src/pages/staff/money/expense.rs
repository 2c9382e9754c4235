//! One expense: a page that reads like an auditor's checklist, its papers, and where its money went.

use axum::body::{Body, Bytes};
use axum::extract::{Path, Request};
use axum::response::Response;
use chrono::NaiveDate;
use osn_core::expenditure::{AwardPath, CostForm, Expense, PaperKind};
use osn_core::id::ExpenseId;
use serde::Deserialize;

use super::super::{head, id};
use super::{category, checklist, chip, mend, outcome_block, read, state, titled, verdict, withdraw_form};
use crate::acts::Acting;
use crate::acts::money::expenses::{self as acts, ExpenseView, JudgementView};
use crate::acts::money::papers::{self, NewPaper, PAPER_LIMIT};
use crate::acts::money::trace::{self, TracedPart};
use crate::api::money::attachment;
use crate::auth::Right;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Field, FormView, Posted};
use crate::pages::multipart::Sent;
use crate::pages::part::{Act, Block, Cell, Fact, Facts, Row, StaffPage, Table};
use crate::pages::reader::Reader;
use crate::pages::{onward, show, show_with};
use crate::refusal::Outcome;

/// The forms of the page, with what was typed into one of them.
struct Forms {
    paper: FormView,
    withdraw: FormView,
}

fn here(of: ExpenseId) -> String {
    format!("/staff/expenses/{of}")
}

impl Forms {
    fn of(p: &Page, of: ExpenseId) -> Self {
        Self {
            paper: paper_form(p, &here(of)),
            withdraw: withdraw_form(p, &here(of)),
        }
    }
}

/// One expense: what it is, what was judged of it, its papers, where its money went.
pub(in crate::pages::staff) async fn one(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p) = reader.page("money-expenses", Section::Money);
    let expense: ExpenseId = id(&text, "expense.unknown")?;
    let forms = Forms::of(&p, expense);
    Ok(show(&expense_page(&acting, p, expense, forms).await?))
}

async fn expense_page(acting: &Acting, p: Page, of: ExpenseId, forms: Forms) -> Outcome<StaffPage> {
    let view = acts::get(acting, of).await?.value;
    let expense = &view.expense;
    let here = here(of);
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
        page.blocks.push(Block::Facts(judged_by(&p, judgement)));
    }
    page.blocks.push(Block::Table(papers_table(&p, expense)));
    let open = ["entered", "approved"].contains(&view.state.as_str()) && acting.actor.may(Right::KeepExpenses);
    if open {
        page.chips.push(chip(&p, "money-change", format!("{here}/edit")));
        page.blocks.extend(titled(&p, "money-paper-add", forms.paper));
    }
    if !expense.is_credit() && acting.actor.may(Right::KeepExpenses) {
        let new = format!(
            "/staff/money/{}/expenses/new?kind=credit-note&credits={of}",
            expense.operation_id
        );
        page.chips.push(chip(&p, "money-credit", new));
    }
    page.blocks.push(Block::Heading(p.t("money-trace")));
    page.blocks.extend(traced(&p, &trace::of_expense(acting, of).await?));
    if open {
        page.blocks.extend(titled(&p, "money-withdraw", forms.withdraw));
    }
    Ok(page)
}

/// By which rules it was judged: the version of the house's, and the national set where one is enabled.
fn judged_by(p: &Page, judgement: &JudgementView) -> Facts {
    let mut facts = vec![Fact::new(
        p.t("money-rule-set"),
        Cell::new(judgement.rule_set.clone()).code(),
    )];
    if let Some(national) = &judgement.national {
        facts.push(Fact::new(p.t("money-national-set"), Cell::new(national.clone()).code()));
    }
    Facts { facts }
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
        Fact::text(p.t("money-category"), category(p, expense.category)),
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
            p.t(&format!("money-award-path-{}", path.name())),
            p.money(read.value.value)
        );
        facts.push(Fact::text(p.t("money-contract"), value));
    }
    if let Some(code) = &expense.indicator {
        let said = match &expense.form {
            CostForm::Unit { quantity, unit_cost } => {
                let quantity = p.number((*quantity).into());
                format!("{code}: {quantity} × {}", p.money(*unit_cost))
            }
            _ => code.clone(),
        };
        let link = p.url(&format!("/staff/money/{}/indicators", expense.operation_id));
        facts.push(Fact::new(p.t("column-indicator"), Cell::new(said).link(link)));
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

/// What was said of a paper beside its number: when it was posted or revoked, and that it is not as it must be.
fn remark(p: &Page, paper: &osn_core::expenditure::Paper) -> String {
    let day = |key: &str, day: Option<NaiveDate>| day.map(|day| format!("{}: {}", p.t(key), p.day(day)));
    let unsound = (paper.sound == Some(false)).then(|| p.t("money-paper-not-sound"));
    let said = [
        day("money-paper-posted", paper.posted_on),
        day("money-paper-revoked", paper.revoked_on),
        unsound,
    ];
    said.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn papers_table(p: &Page, expense: &Expense) -> Table {
    let row = |paper: &osn_core::expenditure::Paper| {
        Row::new(vec![
            Cell::head(paper_word(p, paper.kind.name())).note(remark(p, paper)),
            Cell::new(paper.number.clone()),
            match paper.digest.as_str() {
                "" => Cell::new(""),
                digest => Cell::new(paper.file.clone()).link(format!("{}/papers/{digest}", p.url(&here(expense.id)))),
            },
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
                Field::select("/kind", p.t("money-paper"), kinds),
                Field::line("/number", p.t("money-paper-number")).optional(),
                Field::day("/posted_on", p.t("money-paper-posted")).optional(),
                Field::day("/revoked_on", p.t("money-paper-revoked")).optional(),
                Field::flag(p, "/sound", p.t("money-paper-sound"))
                    .hint(p.t("money-paper-sound-hint"))
                    .optional(),
                Field::file("/file", p.t("money-paper-file"), "").hint(p.t("money-paper-hint")),
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
    let (acting, mut p) = reader.page("money-expenses", Section::Money);
    acting.require(Right::KeepExpenses)?;
    let of: ExpenseId = id(&text, "expense.unknown")?;
    let mut forms = Forms::of(&p, of);
    forms.withdraw.fill(&Posted::read(&bytes));
    let done = match read(&forms.withdraw, &p) {
        Ok(because) => acts::withdraw(&acting, of, because).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(_) => Ok(onward(&p, &here(of), "expense-withdrawn")),
        Err(refusal) => {
            let status = mend(&mut p, &mut forms.withdraw, refusal)?;
            Ok(show_with(status, &expense_page(&acting, p, of, forms).await?))
        }
    }
}

/// What the form says of a paper beside its file.
#[derive(Deserialize)]
struct AboutPaper {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    number: String,
    posted_on: Option<NaiveDate>,
    revoked_on: Option<NaiveDate>,
    sound: Option<bool>,
}

impl AboutPaper {
    fn with(self, (file, bytes): (String, Vec<u8>)) -> NewPaper {
        NewPaper {
            kind: self.kind,
            number: self.number,
            posted_on: self.posted_on,
            revoked_on: self.revoked_on,
            sound: self.sound,
            file,
            bytes,
        }
    }
}

/// Attaches a paper: its kind, and its number or its file.
pub(in crate::pages::staff) async fn paper(
    reader: Reader,
    Path(text): Path<String>,
    request: Request<Body>,
) -> Outcome<Response> {
    let (acting, mut p) = reader.page("money-expenses", Section::Money);
    acting.require(Right::KeepExpenses)?;
    let of: ExpenseId = id(&text, "expense.unknown")?;
    let sent = Sent::read(request, PAPER_LIMIT, "request.too-large").await?;
    let (posted, file) = (sent.posted(), sent.file("/file"));
    let mut forms = Forms::of(&p, of);
    forms.paper.fill(&posted);
    let file = file
        .map(|part| (part.file.clone(), part.bytes.to_vec()))
        .unwrap_or_default();
    let done = match read::<AboutPaper>(&forms.paper, &p) {
        Ok(about) => Box::pin(papers::attach(&acting, of, about.with(file))).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(_) => Ok(onward(&p, &here(of), "paper-attached")),
        Err(refusal) => {
            let status = mend(&mut p, &mut forms.paper, refusal)?;
            Ok(show_with(status, &expense_page(&acting, p, of, forms).await?))
        }
    }
}

/// The file of a paper; a browser saves it and never shows it.
pub(in crate::pages::staff) async fn file(
    reader: Reader,
    Path((text, digest)): Path<(String, String)>,
) -> Outcome<Response> {
    let (_, bytes) = papers::bytes(&reader.acting, id(&text, "expense.unknown")?, &digest).await?;
    Ok(attachment("application/octet-stream", "paper", bytes))
}

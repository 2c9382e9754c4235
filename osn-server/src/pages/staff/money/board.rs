//! The board: figures, the curve with its table, the list of what waits, lines, claims; expenses and their import.

use axum::body::{Body, Bytes};
use axum::extract::{Path, Request};
use axum::response::{IntoResponse as _, Redirect, Response};
use osn_core::expenditure::Figures;
use osn_core::id::OperationId;
use osn_core::money::Money;
use osn_core::operation::Regime;
use osn_store::{ExpenseFilter, PageQuery};

use super::super::{Asked, head, id};
use super::{category, chip, mend, read, state, sub_projects, titled, verdict};
use crate::acts::Acting;
use crate::acts::money::board::{self as acts, Board, Waiting};
use crate::acts::money::import::{self as importing, Imported};
use crate::acts::money::papers::PAPER_LIMIT;
use crate::acts::money::{claims, expenses};
use crate::auth::Right;
use crate::http::Query;
use crate::lang::Lang;
use crate::pages::chart::Chart;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Field, FormView, Posted};
use crate::pages::multipart::Sent;
use crate::pages::part::{Block, Cell, Chip, Row, StaffPage, Stat, Table};
use crate::pages::reader::Reader;
use crate::pages::{onward, show, show_with};
use crate::refusal::{Outcome, Refusal};

/// The operations: with one, straight to its board.
pub(in crate::pages::staff) async fn operations(reader: Reader) -> Outcome<Response> {
    let (acting, p) = reader.page("money-title", Section::Money);
    acting.require(Right::SeeMoney)?;
    let found = crate::acts::model::operations(&acting, PageQuery::first()).await?;
    if let [only] = found.items.as_slice() {
        let address = p.url(&format!("/staff/money/{}", only.value.id));
        return Ok(Redirect::to(&address).into_response());
    }
    let row = |read: &osn_store::Versioned<osn_core::operation::Operation>| {
        let operation = &read.value;
        Row::new(vec![
            Cell::head(p.text(&operation.name)).link(p.url(&format!("/staff/money/{}", operation.id))),
            Cell::new(p.t(regime(operation.regime))).note(operation.fund.clone()),
            Cell::number(operation.budget.map(|budget| p.money(budget)).unwrap_or_default()),
        ])
    };
    let table = Table {
        caption: p.t("money-operations"),
        head: head(
            &p,
            [
                ("money-operation", false),
                ("operation-regime", false),
                ("money-budget", true),
            ],
        ),
        rows: found.items.iter().map(row).collect(),
        empty: p.t("money-none"),
    };
    Ok(show(&StaffPage::new(p.clone()).block(Block::Table(table))))
}

/// The key of a programming period.
fn regime(of: Regime) -> &'static str {
    match of {
        Regime::Period1420 => "operation-regime-1420",
        Regime::Period2127 => "operation-regime-2127",
    }
}

fn figures(p: &Page, figures: &Figures, irregular: Money) -> Vec<Stat> {
    let mut stats: Vec<Stat> = [
        ("money-budget", figures.budget),
        ("money-committed", figures.committed),
        ("money-obligated", figures.obligated),
        ("money-spent", figures.spent),
        ("money-eligible", figures.eligible),
        ("money-certified", figures.certified),
    ]
    .map(|(key, amount)| Stat::new(p.t(key), p.money(amount)))
    .into();
    if irregular.is_positive() {
        stats.push(Stat::new(p.t("money-irregular"), p.money(irregular)));
    }
    stats
}

/// The forms of the board, with what was typed into one of them.
struct Forms {
    claim: FormView,
    import: FormView,
}

impl Forms {
    async fn of(acting: &Acting, p: &Page, of: OperationId) -> Outcome<Self> {
        let operation = crate::acts::model::operation(acting, of).await?.value;
        Ok(Self {
            claim: claim_form(p, of, &operation),
            import: import_form(p, of),
        })
    }
}

/// The board of an operation.
pub(in crate::pages::staff) async fn board(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p) = reader.page("money-title", Section::Money);
    acting.require(Right::SeeMoney)?;
    let of: OperationId = id(&text, "operation.unknown")?;
    let forms = Forms::of(&acting, &p, of).await?;
    Ok(show(&board_page(&acting, p, of, forms).await?))
}

async fn board_page(acting: &Acting, p: Page, of: OperationId, forms: Forms) -> Outcome<StaffPage> {
    let board = acts::board(acting, of).await?;
    let operation = crate::acts::model::operation(acting, of).await?.value;
    let mut page = StaffPage::new(p.clone())
        .subtitled(p.text(&operation.name))
        .block(Block::Stats(figures(&p, &board.all, board.irregular)));
    let here = format!("/staff/money/{of}");
    page.chips = vec![
        chip(&p, "money-expenses", format!("{here}/expenses")),
        chip(&p, "money-new-expense", format!("{here}/expenses/new")),
        chip(&p, "money-lines", format!("{here}/budget")),
        chip(&p, "money-settlements", format!("{here}/settlements")),
        chip(&p, "money-plan", format!("{here}/what-if")),
        chip(&p, "money-contracts", format!("{here}/contracts")),
        chip(&p, "money-suppliers", "/staff/suppliers".to_owned()),
        chip(&p, "money-irregularities", format!("{here}/irregularities")),
        chip(&p, "money-unit-costs", format!("{here}/unit-costs")),
        chip(&p, "operation-title", format!("{here}/operation")),
        chip(&p, "money-deliverables", format!("{here}/deliverables")),
        chip(&p, "indicators-of-operation", format!("{here}/indicators")),
        chip(&p, "money-tables", format!("{here}/tables")),
    ];
    if crate::acts::model::operations(acting, PageQuery::first())
        .await?
        .items
        .len()
        > 1
    {
        page = page.back(p.t("money-operations"), p.url("/staff/money"));
    }
    page.blocks.extend(curve(&p, &board));
    page.blocks.push(Block::Heading(p.t("money-waiting")));
    if board.not_approved > 0 {
        page.blocks
            .push(Block::Text(p.tc("money-waiting-approval", board.not_approved.into())));
    }
    page.blocks.push(Block::Table(waiting(&p, &board.waiting)));
    page.blocks.push(Block::Table(lines(&p, &board)));
    page.blocks.push(Block::Table(claims_table(acting, &p, of).await?));
    if let Some(until) = board.archive_until {
        page.blocks
            .push(Block::Text(p.t1("money-archive", "day", &p.day_in_words(until))));
    }
    if acting.actor.may(Right::KeepExpenses) {
        page.blocks.extend(titled(&p, "money-new-claim", forms.claim));
        page.blocks.push(Block::Heading(p.t("money-import")));
        page.blocks.push(Block::Text(p.t("money-import-hint")));
        page.blocks.push(import_columns(&p));
        page.blocks.push(Block::Form(Box::new(forms.import)));
    }
    Ok(page)
}

/// «9/2022».
pub(super) fn month(month: &str) -> String {
    match month.split_once('-') {
        Some((year, month)) => format!("{}/{year}", month.trim_start_matches('0')),
        None => month.to_owned(),
    }
}

/// The curve and its table: whoever does not see the drawing reads the same numbers.
fn curve(p: &Page, board: &Board) -> Vec<Block> {
    let Some(last) = board.curve.last() else {
        return vec![Block::Inset(p.t("money-curve-none"))];
    };
    let months: Vec<String> = board.curve.iter().map(|point| month(&point.month)).collect();
    let spent = board.curve.iter().map(|point| point.spent.as_decimal()).collect();
    let certified = board.curve.iter().map(|point| point.certified.as_decimal()).collect();
    let last_month = month(&last.month);
    let args = [
        ("month", last_month.as_str()),
        ("spent", &p.money(last.spent)),
        ("budget", &p.money(board.all.budget)),
    ];
    let chart = Chart::of(
        p.with("money-curve-says", &args),
        &months,
        &[(p.t("money-spent"), spent), (p.t("money-certified"), certified)],
        Some((board.all.budget.as_decimal(), p.t("money-budget"))),
    );
    let row = |point: &acts::Point| {
        Row::new(vec![
            Cell::head(month(&point.month)),
            Cell::number(p.money(point.spent)),
            Cell::number(p.money(point.certified)),
        ])
    };
    let table = Table {
        caption: p.t("money-curve"),
        head: head(
            p,
            [("money-month", false), ("money-spent", true), ("money-certified", true)],
        ),
        rows: board.curve.iter().map(row).collect(),
        empty: String::new(),
    };
    vec![
        Block::Heading(p.t("money-curve")),
        Block::Chart(Box::new(chart)),
        Block::Table(table),
    ]
}

fn waiting(p: &Page, waiting: &[Waiting]) -> Table {
    let row = |each: &Waiting| {
        let said: Vec<String> = each.findings.iter().map(|finding| p.text(&finding.reason)).collect();
        let first = each.findings.first().map_or("warn", |finding| finding.verdict.as_str());
        Row::new(vec![
            Cell::head(each.subject.clone()).link(p.url(&format!("/staff/expenses/{}", each.expense_id))),
            Cell::tag(verdict(p, first)),
            Cell::new(said.join(" · ")),
        ])
    };
    Table {
        caption: p.t("money-waiting"),
        head: head(
            p,
            [
                ("money-subject", false),
                ("money-verdict", false),
                ("money-reason", false),
            ],
        ),
        rows: waiting.iter().map(row).collect(),
        empty: p.t("money-waiting-none"),
    }
}

fn lines(p: &Page, board: &Board) -> Table {
    let row = |line: &acts::LineFigures| {
        let figures = &line.figures;
        let left = figures.budget.checked_sub(figures.obligated).unwrap_or_default();
        Row::new(vec![
            Cell::head(p.text(&line.line.name)).note(line.line.code.clone()),
            Cell::new(category(p, line.line.category)),
            Cell::number(p.money(figures.budget)),
            Cell::number(p.money(figures.committed)),
            Cell::number(p.money(figures.obligated)),
            Cell::number(p.money(figures.spent)),
            Cell::number(p.money(figures.certified)),
            Cell::number(p.money(left)),
        ])
    };
    let mut rows: Vec<Row> = board.lines.iter().map(row).collect();
    let bare = &board.without_line;
    if !bare.obligated.is_zero() {
        let nothing = Cell::default;
        rows.push(Row::new(vec![
            Cell::head(p.t("money-line-without")),
            nothing(),
            nothing(),
            nothing(),
            Cell::number(p.money(bare.obligated)),
            Cell::number(p.money(bare.spent)),
            Cell::number(p.money(bare.certified)),
            nothing(),
        ]));
    }
    Table {
        caption: p.t("money-lines"),
        head: head(
            p,
            [
                ("money-line", false),
                ("money-category", false),
                ("money-budget", true),
                ("money-committed", true),
                ("money-obligated", true),
                ("money-spent", true),
                ("money-certified", true),
                ("money-left", true),
            ],
        ),
        rows,
        empty: p.t("money-lines-none"),
    }
}

async fn claims_table(acting: &Acting, p: &Page, of: OperationId) -> Outcome<Table> {
    let found = claims::list(acting, Some(of), PageQuery::first()).await?;
    let row = |read: &osn_store::Versioned<osn_core::expenditure::Claim>| {
        use osn_core::state::Machine as _;
        let claim = &read.value;
        let number = p.t1("money-claim", "number", &claim.number.to_string());
        let sums = claim.totals.unwrap_or_default();
        Row::new(vec![
            Cell::head(number).link(p.url(&format!("/staff/claims/{}", claim.id))),
            Cell::new(claim.sub_project.clone()),
            Cell::new(p.day(claim.up_to)),
            Cell::tag(state(p, "claim", claim.state.name())),
            Cell::number(p.money(sums.claimed)),
        ])
    };
    Ok(Table {
        caption: p.t("money-claims"),
        head: head(
            p,
            [
                ("money-claims", false),
                ("money-subproject", false),
                ("money-up-to", false),
                ("money-state", false),
                ("money-claimed", true),
            ],
        ),
        rows: found.items.iter().map(row).collect(),
        empty: p.t("money-claims-none"),
    })
}

fn claim_form(p: &Page, of: OperationId, operation: &osn_core::operation::Operation) -> FormView {
    FormView::new(
        p.url(&format!("/staff/money/{of}/claims")),
        vec![
            Field::select("/sub_project", p.t("money-subproject"), sub_projects(p, operation)),
            Field::day("/up_to", p.t("money-up-to")),
        ],
        p.t("money-claim-begin"),
    )
}

fn import_form(p: &Page, of: OperationId) -> FormView {
    let file = Field::file("rows", p.t("money-import-file"), ".csv,.xlsx");
    let mut form = FormView {
        multipart: true,
        secondary: true,
        ..FormView::new(
            p.url(&format!("/staff/money/{of}/import")),
            vec![file],
            p.t("money-import-send"),
        )
    };
    if let Some(only) = form.groups.first_mut() {
        only.buttons = vec![("look".to_owned(), p.t("money-import-look"))];
    }
    form
}

/// The headings that a table may have, folded away.
fn import_columns(p: &Page) -> Block {
    let row = |(el, en): &(&str, &str)| {
        let name = match p.lang {
            Lang::El => importing::capital(el),
            Lang::En => importing::capital(&en.replace('_', " ")),
        };
        let needed = importing::NEEDED.contains(en);
        let needed = needed.then(|| p.t("money-import-column-needed"));
        Row::new(vec![Cell::head(name), Cell::new(needed.unwrap_or_default())])
    };
    let table = Table {
        caption: p.t("money-import-columns"),
        head: head(
            p,
            [
                ("money-import-column-name", false),
                ("money-import-column-needed", false),
            ],
        ),
        rows: importing::COLUMNS.iter().map(row).collect(),
        empty: String::new(),
    };
    let parts = vec![Block::Text(p.t("money-import-columns-hint")), Block::Table(table)];
    Block::Details(p.t("money-import-columns"), parts)
}

/// What a table would bring, before the forms of the board.
fn would_bring(p: &Page, found: &Imported) -> Vec<Block> {
    let counts = [
        ("money-expenses", found.expenses),
        ("money-verdict-ok", found.ok),
        ("money-verdict-warn", found.warned),
        ("money-verdict-cut", found.cut),
        ("money-verdict-reject", found.rejected),
    ];
    let stats = counts.map(|(key, count)| Stat::new(p.t(key), p.number(count.into())));
    let mut blocks = vec![Block::Inset(p.t("money-import-would")), Block::Stats(stats.to_vec())];
    if !found.ignored.is_empty() {
        let ignored = p.t1("money-import-ignored", "columns", &found.ignored.join(", "));
        blocks.push(Block::Text(ignored));
    }
    blocks
}

/// Begins a claim.
pub(in crate::pages::staff) async fn begin(
    reader: Reader,
    Path(text): Path<String>,
    bytes: Bytes,
) -> Outcome<Response> {
    let (acting, mut p) = reader.page("money-title", Section::Money);
    acting.require(Right::KeepExpenses)?;
    let of: OperationId = id(&text, "operation.unknown")?;
    let mut forms = Forms::of(&acting, &p, of).await?;
    forms.claim.fill(&Posted::read(&bytes));
    let done = match read(&forms.claim, &p) {
        Ok(new) => claims::begin(&acting, of, new).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(saved) => Ok(onward(&p, &format!("/staff/claims/{}", saved.value.id), "claim-begun")),
        Err(refusal) => {
            let status = mend(&mut p, &mut forms.claim, refusal)?;
            Ok(show_with(status, &board_page(&acting, p, of, forms).await?))
        }
    }
}

/// Takes a table of expenses, all of it or nothing.
pub(in crate::pages::staff) async fn import(
    reader: Reader,
    Path(text): Path<String>,
    request: Request<Body>,
) -> Outcome<Response> {
    let (acting, mut p) = reader.page("money-title", Section::Money);
    acting.require(Right::KeepExpenses)?;
    let of: OperationId = id(&text, "operation.unknown")?;
    let sent = Sent::read(request, PAPER_LIMIT, "request.too-large").await?;
    let looks = sent.posted().get("op") == "look";
    let done = match sent.file("rows") {
        Some(file) => importing::import(&acting, of, file.bytes, looks).await,
        None => Err(Refusal::field("rows", "required")),
    };
    match done {
        Ok(found) if looks => {
            let forms = Forms::of(&acting, &p, of).await?;
            let said = would_bring(&p, &found);
            let mut page = board_page(&acting, p, of, forms).await?;
            page.blocks.splice(0..0, said);
            Ok(show(&page))
        }
        Ok(_) => Ok(onward(&p, &format!("/staff/money/{of}/expenses"), "expenses-imported")),
        Err(refusal) => {
            let mut forms = Forms::of(&acting, &p, of).await?;
            let status = mend(&mut p, &mut forms.import, refusal)?;
            Ok(show_with(status, &board_page(&acting, p, of, forms).await?))
        }
    }
}

/// The expenses of an operation.
pub(in crate::pages::staff) async fn list(
    reader: Reader,
    Path(text): Path<String>,
    Query(asked): Query<Asked>,
) -> Outcome<Response> {
    let (acting, p) = reader.page("money-expenses", Section::Money);
    let of: OperationId = id(&text, "operation.unknown")?;
    let filter = ExpenseFilter {
        operation: Some(of),
        state: asked.state(),
        outcome: None,
    };
    let found = expenses::list(&acting, filter, asked.query()).await?;
    let row = |read: &osn_store::Versioned<expenses::ExpenseView>| {
        let (view, expense) = (&read.value, &read.value.expense);
        Row::new(vec![
            Cell::head(expense.subject.clone()).link(p.url(&format!("/staff/expenses/{}", expense.id))),
            Cell::new(expense.document.number.clone()).note(p.day(expense.document.issued_on)),
            Cell::new(category(&p, expense.category)),
            Cell::tag(state(&p, "expense", &view.state)),
            Cell::tag(verdict(&p, &view.outcome)),
            Cell::number(p.money(view.declared)),
            Cell::number(p.money(view.eligible)),
        ])
    };
    let here = format!("/staff/money/{of}/expenses");
    let table = Table {
        caption: p.t("money-expenses"),
        head: head(
            &p,
            [
                ("money-subject", false),
                ("money-document", false),
                ("money-category", false),
                ("money-state", false),
                ("money-verdict", false),
                ("money-declared", true),
                ("money-eligible", true),
            ],
        ),
        rows: found.items.iter().map(row).collect(),
        empty: p.t("money-expenses-none"),
    };
    let mut page = StaffPage::new(p.clone())
        .back(p.t("money-back"), p.url(&format!("/staff/money/{of}")))
        .block(Block::Table(table));
    page.chips = osn_core::expenditure::ExpenseState::NAMES
        .iter()
        .map(|name| Chip {
            text: p.t(&format!("state-expense-{name}")),
            href: p.url(&format!("{here}?state={name}")),
            current: asked.state() == Some(name),
        })
        .collect();
    page.pager = asked.pager(&p, &here, found.next);
    Ok(show(&page))
}

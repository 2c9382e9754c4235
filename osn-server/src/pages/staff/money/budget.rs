//! The budget: its lines, money that one person asks to move and another lets move, commitments.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::expenditure::{
    BudgetLine, Category, Commitment, CommitmentState, FlatRate, Reallocation, ReallocationState,
};
use osn_core::id::{BudgetLineId, CommitmentId, OperationId, ReallocationId};
use osn_core::money::Money;
use osn_core::state::Machine as _;
use osn_store::Versioned;

use super::super::{head, id, person};
use super::{category, category_choices, choices, mend, packages, read, state, titled};
use crate::acts::Acting;
use crate::acts::money::budget as acts;
use crate::auth::Right;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Field, FormView, Posted};
use crate::pages::part::{Act, Block, Cell, Fact, Facts, Row, StaffPage, Table};
use crate::pages::reader::Reader;
use crate::pages::{onward, show, show_with};
use crate::refusal::{Outcome, Refusal};

/// The forms of the page, with what was typed into one of them.
struct Forms {
    line: FormView,
    movement: FormView,
    commitment: FormView,
}

fn here(of: OperationId) -> String {
    format!("/staff/money/{of}/budget")
}

impl Forms {
    async fn of(acting: &Acting, p: &Page, of: OperationId) -> Outcome<Self> {
        let operation = crate::acts::model::operation(acting, of).await?.value;
        let lines: Vec<Choice> = acts::lines(acting, of)
            .await?
            .iter()
            .map(|line| Choice::new(line.value.id.to_string(), name(p, &line.value)))
            .collect();
        let forms = choices(p, "money-cost-form", ["actual", "unit", "lump", "flat"]);
        let rates = choices(p, "money-flat-rate", FlatRate::ALL.map(FlatRate::name));
        let deliverables = operation
            .deliverables
            .iter()
            .map(|part| Choice::new(part.code.clone(), p.text(&part.name)))
            .collect();
        let indicators = operation
            .indicators
            .iter()
            .map(|part| Choice::new(part.code.clone(), p.text(&part.name)))
            .collect();
        let line = vec![
            Field::line("/code", p.t("money-line-code")).wide("10", ""),
            Field::line("/name/el", p.t("money-name-el")),
            Field::line("/name/en", p.t("money-name-en")).optional(),
            Field::select("/work_package", p.t("money-workpackage"), packages(p, &operation)),
            Field::select("/category", p.t("money-category"), category_choices(p)),
            Field::select("/form", p.t("money-form"), forms).proposed("actual"),
            Field::money("/unit_cost/amount", p.t("money-unit-cost")).optional(),
            Field::select("/rate", p.t("money-rate"), rates)
                .hint(p.t("money-rate-hint"))
                .optional(),
            Field::select("/deliverable", p.t("money-deliverable"), deliverables)
                .hint(p.t("money-deliverable-hint"))
                .optional(),
            Field::select("/indicator", p.t("column-indicator"), indicators)
                .hint(p.t("money-indicator-hint"))
                .optional(),
            Field::int("/year", p.t("money-year")).optional(),
            Field::money("/amount/amount", p.t("money-amount")).hint(p.t("apply-amount-hint")),
        ];
        let movement = vec![
            Field::select("/from", p.t("money-move-from"), lines.clone()),
            Field::select("/to", p.t("money-move-to"), lines.clone()),
            Field::money("/amount/amount", p.t("money-amount")).hint(p.t("apply-amount-hint")),
            Field::area("/reason", p.t("money-reason-why")),
            Field::line("/amendment", p.t("money-amendment"))
                .hint(p.t("money-amendment-hint"))
                .optional(),
        ];
        let commitment = vec![
            Field::select("/budget_line_id", p.t("money-line"), lines),
            Field::line("/ada", p.t("money-ada")),
            Field::day("/decided_on", p.t("money-day-committed")),
            Field::line("/subject", p.t("money-subject")),
            Field::money("/amount/amount", p.t("money-amount")).hint(p.t("apply-amount-hint")),
        ];
        let form =
            |part: &str, fields, key: &str| FormView::new(p.url(&format!("{}/{part}", here(of))), fields, p.t(key));
        Ok(Self {
            line: form("lines", line, "money-line-add").scoped("line-"),
            movement: form("reallocations", movement, "money-move-ask").scoped("move-"),
            commitment: form("commitments", commitment, "money-commit").scoped("commitment-"),
        })
    }
}

fn name(p: &Page, line: &BudgetLine) -> String {
    format!("{} {}", line.code, p.text(&line.name))
}

fn name_of(p: &Page, lines: &[Versioned<BudgetLine>], id: BudgetLineId) -> String {
    let line = lines.iter().find(|line| line.value.id == id);
    line.map(|line| name(p, &line.value)).unwrap_or_default()
}

async fn page(acting: &Acting, p: Page, of: OperationId, forms: Forms) -> Outcome<StaffPage> {
    let operation = crate::acts::model::operation(acting, of).await?.value;
    let lines = acts::lines(acting, of).await?;
    let movements = acts::reallocations(acting, of).await?;
    let commitments = acts::commitments(acting, of).await?;
    let keeps = acting.actor.may(Right::KeepExpenses);
    let mut page = StaffPage::new(p.clone())
        .subtitled(p.text(&operation.name))
        .back(p.t("money-back"), p.url(&format!("/staff/money/{of}")))
        .block(Block::Table(lines_table(&p, &lines)));
    if !lines.is_empty() {
        page.blocks.push(Block::Table(by_year(&p, &lines)?));
    }
    if keeps {
        page.blocks.extend(titled(&p, "money-line-add", forms.line));
    }
    page.blocks.push(Block::Heading(p.t("money-moves")));
    let (waiting, decided): (Vec<_>, Vec<_>) = movements
        .iter()
        .partition(|read| matches!(read.value.state, ReallocationState::Proposed { .. }));
    for read in waiting {
        page.blocks.extend(proposed(acting, &p, &lines, &read.value).await?);
    }
    page.blocks.push(Block::Table(movements_table(&p, &lines, &decided)));
    if keeps {
        page.blocks.extend(titled(&p, "money-move-ask", forms.movement));
    }
    page.blocks.push(Block::Heading(p.t("money-committed")));
    page.blocks
        .push(Block::Table(commitments_table(&p, &lines, &commitments)));
    let active = commitments
        .iter()
        .filter(|read| keeps && read.value.state == CommitmentState::Active);
    let release = |read: &Versioned<Commitment>| {
        let path = format!("/staff/commitments/{}/release", read.value.id);
        Act::new(p.url(&path), p.t1("money-release", "ada", read.value.ada.as_str())).secondary()
    };
    page.blocks.push(Block::Acts(active.map(release).collect()));
    if keeps {
        page.blocks.extend(titled(&p, "money-commit", forms.commitment));
    }
    Ok(page)
}

fn lines_table(p: &Page, lines: &[Versioned<BudgetLine>]) -> Table {
    let row = |read: &Versioned<BudgetLine>| {
        let line = &read.value;
        let year = line.year.map(|year| year.to_string()).unwrap_or_default();
        Row::new(vec![
            Cell::head(p.text(&line.name)).note(line.code.clone()),
            Cell::new(line.work_package.clone()).note(year),
            Cell::new(category(p, line.category)),
            Cell::new(p.t(&format!("money-cost-form-{}", line.form)))
                .note(line.unit_cost.map(|cost| p.money(cost)).unwrap_or_default()),
            Cell::number(p.money(line.approved)),
            Cell::number(p.money(line.amount)),
        ])
    };
    Table {
        caption: p.t("money-lines"),
        head: head(
            p,
            [
                ("money-line", false),
                ("money-workpackage", false),
                ("money-category", false),
                ("money-form", false),
                ("money-approved", true),
                ("money-now", true),
            ],
        ),
        rows: lines.iter().map(row).collect(),
        empty: p.t("money-lines-none"),
    }
}

/// The budget as a decision of inclusion sets it out: its categories, year by year. Lines without a year have a column of
/// their own.
fn by_year(p: &Page, lines: &[Versioned<BudgetLine>]) -> Outcome<Table> {
    let mut sums: BTreeMap<(Category, Option<i32>), Money> = BTreeMap::new();
    for read in lines {
        let line = &read.value;
        let sum = sums.entry((line.category, line.year)).or_default();
        *sum = sum.checked_add(line.amount)?;
    }
    let years: BTreeSet<Option<i32>> = sums.keys().map(|(_, year)| *year).collect();
    let categories: BTreeSet<Category> = sums.keys().map(|(category, _)| *category).collect();
    let row = |title: String, of: Option<Category>| {
        let is_of = |category: &Category| of.is_none_or(|of| of == *category);
        let of_year = |year: Option<Option<i32>>| {
            let parts = sums
                .iter()
                .filter(|((category, known), _)| is_of(category) && year.is_none_or(|year| year == *known));
            Money::checked_sum(parts.map(|(_, amount)| *amount))
        };
        let mut cells = vec![Cell::head(title)];
        for year in years.iter().copied().map(Some).chain([None]) {
            cells.push(Cell::number(p.money(of_year(year)?)));
        }
        Ok::<Row, Refusal>(Row::new(cells))
    };
    let mut rows = Vec::new();
    for of in categories {
        rows.push(row(category(p, of), Some(of))?);
    }
    rows.push(row(p.t("money-gross"), None)?);
    let year = |year: &Option<i32>| year.map_or_else(|| p.t("money-no-year"), |year| year.to_string());
    let mut head = vec![(p.t("money-category"), false)];
    head.extend(years.iter().map(|known| (year(known), true)));
    head.push((p.t("money-gross"), true));
    Ok(Table {
        caption: p.t("money-by-year"),
        head,
        rows,
        empty: String::new(),
    })
}

/// What one person asks for, with what another person can do about it.
async fn proposed(
    acting: &Acting,
    p: &Page,
    lines: &[Versioned<BudgetLine>],
    movement: &Reallocation,
) -> Outcome<Vec<Block>> {
    let ReallocationState::Proposed { by } = &movement.state else {
        return Ok(Vec::new());
    };
    let mut facts = vec![
        Fact::text(p.t("money-move-from"), name_of(p, lines, movement.from)),
        Fact::text(p.t("money-move-to"), name_of(p, lines, movement.to)),
        Fact::text(p.t("money-amount"), p.money(movement.amount)),
        Fact::text(p.t("money-reason-why"), movement.reason.clone()),
        Fact::text(p.t("money-asked-by"), person(acting, *by).await?),
    ];
    if let Some(ada) = &movement.amendment {
        facts.push(Fact::new(p.t("money-amendment"), Cell::new(ada.as_str()).code()));
    }
    let mut blocks = vec![Block::Facts(Facts { facts })];
    if acting.actor.may(Right::ApproveMoney) {
        let act = |step: &str| p.url(&format!("/staff/reallocations/{}/{step}", movement.id));
        blocks.push(Block::Acts(vec![
            Act::new(act("approve"), p.t("money-approve")),
            Act::new(act("reject"), p.t("money-reject")).secondary(),
        ]));
    }
    Ok(blocks)
}

fn movements_table(p: &Page, lines: &[Versioned<BudgetLine>], movements: &[&Versioned<Reallocation>]) -> Table {
    let row = |read: &&Versioned<Reallocation>| {
        let movement = &read.value;
        Row::new(vec![
            Cell::head(name_of(p, lines, movement.from)),
            Cell::new(name_of(p, lines, movement.to)),
            Cell::number(p.money(movement.amount)),
            Cell::new(movement.reason.clone()),
            Cell::tag(state(p, "reallocation", movement.state.name())),
        ])
    };
    Table {
        caption: p.t("money-moves-decided"),
        head: head(
            p,
            [
                ("money-move-from", false),
                ("money-move-to", false),
                ("money-amount", true),
                ("money-reason-why", false),
                ("money-state", false),
            ],
        ),
        rows: movements.iter().map(row).collect(),
        empty: p.t("money-moves-none"),
    }
}

fn commitments_table(p: &Page, lines: &[Versioned<BudgetLine>], commitments: &[Versioned<Commitment>]) -> Table {
    let row = |read: &Versioned<Commitment>| {
        let commitment = &read.value;
        let stands = match commitment.state {
            CommitmentState::Active => "active",
            CommitmentState::Released => "released",
        };
        Row::new(vec![
            Cell::head(commitment.subject.clone()),
            Cell::new(commitment.ada.as_str()).code(),
            Cell::new(p.day(commitment.decided_on)),
            Cell::new(name_of(p, lines, commitment.budget_line_id)),
            Cell::number(p.money(commitment.amount)),
            Cell::tag(state(p, "commitment", stands)),
        ])
    };
    Table {
        caption: p.t("money-committed"),
        head: head(
            p,
            [
                ("money-subject", false),
                ("money-ada", false),
                ("money-day-committed", false),
                ("money-line", false),
                ("money-amount", true),
                ("money-state", false),
            ],
        ),
        rows: commitments.iter().map(row).collect(),
        empty: p.t("money-commitments-none"),
    }
}

/// The budget of an operation.
pub(in crate::pages::staff) async fn ask(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p) = reader.page("money-lines", Section::Money);
    acting.require(Right::SeeMoney)?;
    let of: OperationId = id(&text, "operation.unknown")?;
    let forms = Forms::of(&acting, &p, of).await?;
    Ok(show(&page(&acting, p, of, forms).await?))
}

/// What was typed into one of the forms of the page.
struct Given {
    acting: Acting,
    p: Page,
    of: OperationId,
    forms: Forms,
}

impl Given {
    async fn read(reader: Reader, text: &str, bytes: &[u8], form: fn(&mut Forms) -> &mut FormView) -> Outcome<Self> {
        let (acting, p) = reader.page("money-lines", Section::Money);
        acting.require(Right::KeepExpenses)?;
        let of: OperationId = id(text, "operation.unknown")?;
        let mut forms = Forms::of(&acting, &p, of).await?;
        form(&mut forms).fill(&Posted::read(bytes));
        Ok(Self { acting, p, of, forms })
    }

    async fn answer(
        mut self,
        done: Result<(), Refusal>,
        form: fn(&mut Forms) -> &mut FormView,
        code: &str,
    ) -> Outcome<Response> {
        match done {
            Ok(()) => Ok(onward(&self.p, &here(self.of), code)),
            Err(refusal) => {
                let status = mend(&mut self.p, form(&mut self.forms), refusal)?;
                let page = page(&self.acting, self.p, self.of, self.forms).await?;
                Ok(show_with(status, &page))
            }
        }
    }
}

/// Adds a line.
pub(in crate::pages::staff) async fn add_line(
    reader: Reader,
    Path(text): Path<String>,
    bytes: Bytes,
) -> Outcome<Response> {
    let given = Given::read(reader, &text, &bytes, |forms| &mut forms.line).await?;
    let done = match read(&given.forms.line, &given.p) {
        Ok(new) => acts::add_line(&given.acting, given.of, new).await.map(drop),
        Err(refusal) => Err(refusal),
    };
    given.answer(done, |forms| &mut forms.line, "line-added").await
}

/// One person asks money to move.
pub(in crate::pages::staff) async fn propose(
    reader: Reader,
    Path(text): Path<String>,
    bytes: Bytes,
) -> Outcome<Response> {
    let given = Given::read(reader, &text, &bytes, |forms| &mut forms.movement).await?;
    let done = match read(&given.forms.movement, &given.p) {
        Ok(new) => acts::propose(&given.acting, given.of, new).await.map(drop),
        Err(refusal) => Err(refusal),
    };
    given.answer(done, |forms| &mut forms.movement, "move-asked").await
}

/// Records a commitment.
pub(in crate::pages::staff) async fn commit(
    reader: Reader,
    Path(text): Path<String>,
    bytes: Bytes,
) -> Outcome<Response> {
    let given = Given::read(reader, &text, &bytes, |forms| &mut forms.commitment).await?;
    let done = match read(&given.forms.commitment, &given.p) {
        Ok(new) => acts::commit(&given.acting, given.of, new).await.map(drop),
        Err(refusal) => Err(refusal),
    };
    given.answer(done, |forms| &mut forms.commitment, "committed").await
}

/// Another person lets the money move.
pub(in crate::pages::staff) async fn approve(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    decide(&reader, &text, true, "move-approved").await
}

/// Another person does not.
pub(in crate::pages::staff) async fn reject(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    decide(&reader, &text, false, "move-rejected").await
}

async fn decide(reader: &Reader, text: &str, agree: bool, code: &str) -> Outcome<Response> {
    reader.acting.require(Right::ApproveMoney)?;
    let movement: ReallocationId = id(text, "reallocation.unknown")?;
    let saved = acts::decide(&reader.acting, movement, agree).await?;
    Ok(onward(&reader.p, &here(saved.value.operation_id), code))
}

/// Releases a commitment.
pub(in crate::pages::staff) async fn release(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    reader.acting.require(Right::KeepExpenses)?;
    let commitment: CommitmentId = id(&text, "commitment.unknown")?;
    let saved = acts::release(&reader.acting, commitment).await?;
    Ok(onward(
        &reader.p,
        &here(saved.value.operation_id),
        "commitment-released",
    ))
}

//! Entry of an expense: what is asked follows from the kind of paper; judged at once, then recorded, or changed.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::expenditure::{DocumentKind, Expense, SheetDay};
use osn_core::id::{ExpenseId, OperationId};
use osn_core::text::date;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::id;
use super::questions::{self, Asking};
use super::{checklist, in_euros, mend, outcome_block};
use crate::acts::Acting;
use crate::acts::money::expenses::{self as acts, JudgementView};
use crate::auth::Right;
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{FormView, Posted};
use crate::pages::part::{Block, Chip, StaffPage};
use crate::pages::reader::Reader;
use crate::pages::{onward, show, show_with, typed};
use crate::refusal::{Outcome, Refusal};

/// Rows of the table of parts that a form has at most.
const MOST_PARTS: usize = 20;

/// What the address says: the kind of paper, and the expense that a credit note reduces.
#[derive(Debug, Clone, Default, Deserialize)]
pub(in crate::pages::staff) struct Which {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    credits: String,
}

impl Which {
    fn asking(&self, rows: usize) -> Outcome<Asking> {
        let credits = match self.credits.as_str() {
            "" => None,
            text => Some(id(text, "expense.unknown")?),
        };
        let kind = DocumentKind::named(&self.kind).unwrap_or(DocumentKind::Invoice);
        Ok(Asking { kind, rows, credits })
    }

    fn query(&self) -> String {
        let given = [("kind", &self.kind), ("credits", &self.credits)];
        let given: Vec<_> = given.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        match serde_urlencoded::to_string(given) {
            Ok(query) if !query.is_empty() => format!("?{query}"),
            _ => String::new(),
        }
    }
}

/// Where a form belongs: a new expense, or one that is changed.
struct Place {
    operation: OperationId,
    before: Option<Expense>,
    path: String,
    asking: Asking,
}

impl Place {
    fn new(of: OperationId, which: &Which, rows: usize) -> Outcome<Self> {
        Ok(Self {
            operation: of,
            before: None,
            path: format!("/staff/money/{of}/expenses/new{}", which.query()),
            asking: which.asking(rows)?,
        })
    }

    fn of(expense: Expense, rows: usize) -> Self {
        Self {
            operation: expense.operation_id,
            path: format!("/staff/expenses/{}/edit", expense.id),
            asking: Asking {
                kind: expense.document.kind,
                rows: rows.max(expense.allocations.len()),
                credits: expense.credits,
            },
            before: Some(expense),
        }
    }

    async fn form(&self, acting: &Acting, p: &Page) -> Outcome<FormView> {
        let operation = crate::acts::model::operation(acting, self.operation).await?.value;
        let known = questions::known(acting, p, self.operation).await?;
        let mut groups = questions::groups(p, &operation, known, &self.asking);
        if let Some(last) = groups.last_mut() {
            last.buttons = vec![
                ("part".into(), p.t("money-part-more")),
                ("what-if".into(), p.t("money-what-if")),
            ];
        }
        let button = if self.before.is_some() {
            "money-change"
        } else {
            "money-record"
        };
        let form = FormView {
            action: p.url(&self.path),
            groups,
            button: p.t(button),
            guard: true,
            ..FormView::default()
        };
        Ok(form.hidden("rows", self.asking.rows.to_string()))
    }

    fn page(&self, p: Page, form: FormView, judged: Option<&JudgementView>) -> StaffPage {
        let back = match &self.before {
            Some(expense) => format!("/staff/expenses/{}", expense.id),
            None => format!("/staff/money/{}", self.operation),
        };
        let mut page = StaffPage::new(p.clone())
            .subtitled(p.t("money-what-if-says"))
            .back(p.t("money-back"), p.url(&back));
        if self.before.is_none() && self.asking.credits.is_none() {
            page.chips = self.kinds(&p);
        }
        if let Some(judgement) = judged {
            page.blocks.push(outcome_block(&p, judgement));
            let caption = p.t("money-checklist");
            page.blocks
                .push(Block::Table(checklist(&p, caption, &judgement.findings)));
        }
        page.blocks.push(Block::Form(Box::new(form)));
        page
    }

    /// The kinds of paper, each with its own questions; a credit note begins at the expense that it reduces.
    fn kinds(&self, p: &Page) -> Vec<Chip> {
        let own = DocumentKind::ALL
            .into_iter()
            .filter(|kind| *kind != DocumentKind::CreditNote);
        own.map(|kind| Chip {
            text: p.t(&format!("document-kind-{}", kind.name())),
            href: p.url(&format!(
                "/staff/money/{}/expenses/new?kind={}",
                self.operation,
                kind.name()
            )),
            current: kind == self.asking.kind,
        })
        .collect()
    }

    /// What the form holds, laid over the expense that is changed.
    fn expense(&self, p: &Page, form: &FormView) -> Outcome<Expense> {
        let body = form.body(p)?;
        let mut body = in_euros(body);
        whole_part(&mut body);
        sheet_days(&mut body)?;
        if let Some(before) = &self.before {
            let before = serde_json::to_value(before).map_err(Refusal::internal)?;
            body = questions::laid_over(before, body, form);
        }
        if let Some(map) = body.as_object_mut() {
            map.entry("form").or_insert_with(|| json!({ "form": "actual" }));
            map.insert("id".into(), json!(uuid::Uuid::nil()));
            map.insert("operation_id".into(), json!(self.operation));
            if let Some(credits) = self.asking.credits {
                map.insert("credits".into(), json!(credits));
            }
        }
        typed(body)
    }
}

/// A single part without a share takes all of it.
fn whole_part(body: &mut Value) {
    let parts = body.get_mut("allocations").and_then(Value::as_array_mut);
    if let Some([Value::Object(only)]) = parts.map(Vec::as_mut_slice) {
        only.entry("share").or_insert_with(|| json!("100.00"));
    }
}

/// A time-sheet as it is typed, a line for each day: «25/3/2022 8», with «άδεια» or "leave" after a day of leave.
fn sheet_days(body: &mut Value) -> Outcome<()> {
    let Some(Value::String(lines)) = body.pointer("/payroll/sheet") else {
        return Ok(());
    };
    let wrong = || Refusal::field("/payroll/sheet", "not-a-sheet");
    let mut days = Vec::new();
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let mut words = line.split_whitespace();
        let on = words
            .next()
            .and_then(|day| date::parse_el(day).ok())
            .ok_or_else(wrong)?;
        let (mut hours, mut leave) = (Decimal::ZERO, false);
        for word in words {
            if ["άδεια", "αδεια", "leave"].contains(&word.to_lowercase().as_str()) {
                leave = true;
            } else {
                hours = word.replace(',', ".").parse().map_err(|_| wrong())?;
            }
        }
        if hours.is_sign_negative() {
            return Err(wrong());
        }
        days.push(SheetDay { on, hours, leave });
    }
    if let Some(sheet) = body.pointer_mut("/payroll/sheet") {
        *sheet = serde_json::to_value(days).map_err(Refusal::internal)?;
    }
    Ok(())
}

/// The same lines again, for a form that shows what is recorded.
fn sheet_lines(p: &Page, expense: &Expense, value: &mut Value) {
    let days = expense.payroll.iter().flat_map(|payroll| &payroll.sheet);
    let line = |day: &SheetDay| {
        let leave = if day.leave {
            p.t("money-sheet-leave")
        } else {
            String::new()
        };
        format!("{} {} {leave}", p.day(day.on), day.hours).trim_end().to_owned()
    };
    let lines: Vec<String> = days.map(line).collect();
    if let Some(sheet) = value.pointer_mut("/payroll/sheet") {
        *sheet = json!(lines.join("\n"));
    }
}

fn rows(posted: &Posted) -> usize {
    let rows = posted.get("rows").parse().unwrap_or(1);
    let rows = rows + usize::from(posted.get("op") == "part");
    rows.clamp(1, MOST_PARTS)
}

/// The empty form.
pub(in crate::pages::staff) async fn ask(
    reader: Reader,
    Path(text): Path<String>,
    Query(which): Query<Which>,
) -> Outcome<Response> {
    let (acting, p) = reader.page("money-new-expense", Section::Money);
    acting.require(Right::SeeMoney)?;
    let place = Place::new(id(&text, "operation.unknown")?, &which, 1)?;
    let form = place.form(&acting, &p).await?;
    Ok(show(&place.page(p, form, None)))
}

/// The form with an expense as it stands.
pub(in crate::pages::staff) async fn edit(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p) = reader.page("money-change", Section::Money);
    acting.require(Right::KeepExpenses)?;
    let expense = acts::get(&acting, id(&text, "expense.unknown")?).await?.value.expense;
    let mut value = serde_json::to_value(&expense).map_err(Refusal::internal)?;
    sheet_lines(&p, &expense, &mut value);
    let place = Place::of(expense, 1);
    let mut form = place.form(&acting, &p).await?;
    form.show(&p, &value);
    Ok(show(&place.page(p, form, None)))
}

/// Judges what was typed, or records it.
pub(in crate::pages::staff) async fn write(
    reader: Reader,
    Path(text): Path<String>,
    Query(which): Query<Which>,
    bytes: Bytes,
) -> Outcome<Response> {
    let (acting, p) = reader.page("money-new-expense", Section::Money);
    acting.require(Right::KeepExpenses)?;
    let posted = Posted::read(&bytes);
    let place = Place::new(id(&text, "operation.unknown")?, &which, rows(&posted))?;
    Box::pin(answer(&acting, p, place, &posted)).await
}

/// Judges what was typed, or changes the expense.
pub(in crate::pages::staff) async fn change(
    reader: Reader,
    Path(text): Path<String>,
    bytes: Bytes,
) -> Outcome<Response> {
    let (acting, p) = reader.page("money-change", Section::Money);
    acting.require(Right::KeepExpenses)?;
    let of: ExpenseId = id(&text, "expense.unknown")?;
    let posted = Posted::read(&bytes);
    let expense = acts::get(&acting, of).await?.value.expense;
    let place = Place::of(expense, rows(&posted));
    Box::pin(answer(&acting, p, place, &posted)).await
}

async fn answer(acting: &Acting, mut p: Page, place: Place, posted: &Posted) -> Outcome<Response> {
    let mut form = place.form(acting, &p).await?;
    form.fill(posted);
    if posted.get("op") == "part" {
        return Ok(show(&place.page(p, form, None)));
    }
    let done = match (place.expense(&p, &form), &place.before) {
        (Err(refusal), _) => Err(refusal),
        (Ok(expense), _) if posted.get("op") == "what-if" => {
            acts::what_if(acting, place.operation, expense).await.map(Err)
        }
        (Ok(expense), Some(before)) => Box::pin(acts::change(acting, before.id, expense)).await.map(Ok),
        (Ok(expense), None) => acts::record(acting, place.operation, expense).await.map(Ok),
    };
    match done {
        Ok(Ok(saved)) => {
            let path = format!("/staff/expenses/{}", saved.value.expense.id);
            Ok(onward(&p, &path, "expense-recorded"))
        }
        Ok(Err(judgement)) => Ok(show(&place.page(p, form, Some(&judgement)))),
        Err(refusal) => {
            let status = mend(&mut p, &mut form, refusal)?;
            Ok(show_with(status, &place.page(p, form, None)))
        }
    }
}

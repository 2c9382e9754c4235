//! A claim: what it holds or would hold, why the rest stays out, and the steps by two people.

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use osn_core::id::{ClaimId, OperationId};
use osn_core::money::Money;
use osn_core::state::Machine as _;

use super::super::{head, id};
use super::{checklist, mend, read, state, titled, verdict, withdraw_form};
use crate::acts::Acting;
use crate::acts::money::claims::{self as acts, ClaimView, Collected};
use crate::acts::money::sampling::{self, SampleQuery};
use crate::acts::money::{export, settling};
use crate::api::money::{XLSX, attachment};
use crate::auth::Right;
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Field, FormView, Posted};
use crate::pages::part::{Act, Block, Cell, Chip, Fact, Facts, More, Row, StaffPage, Stat, Table};
use crate::pages::reader::Reader;
use crate::pages::{onward, show, show_with};
use crate::refusal::{Outcome, Refusal};

fn lines(p: &Page, caption: &str, lines: &[Collected], empty: &str) -> Table {
    let row = |line: &Collected| {
        let said = line.judgement.as_ref();
        let outcome = said.map_or(Cell::new(p.t("money-corrections")), |judgement| {
            Cell::tag(verdict(p, &judgement.outcome))
        });
        let findings = said.map_or_else(Vec::new, |judgement| judgement.findings.clone());
        let open: Vec<_> = findings.into_iter().filter(|finding| finding.verdict != "ok").collect();
        let mut row = Row::new(vec![
            Cell::head(line.subject.clone()).link(p.url(&format!("/staff/expenses/{}", line.expense_id))),
            Cell::new(line.number.clone()),
            outcome,
            Cell::number(p.money(line.declared)),
            Cell::number(p.money(line.eligible)),
        ]);
        if !open.is_empty() {
            let table = checklist(p, p.t("money-checklist"), &open);
            row.more = Some(More::new(p, p.t("money-reason"), vec![Block::Table(table)]));
        }
        row
    };
    Table {
        caption: p.t(caption),
        head: head(
            p,
            [
                ("money-subject", false),
                ("money-document", false),
                ("money-verdict", false),
                ("money-declared", true),
                ("money-eligible", true),
            ],
        ),
        rows: lines.iter().map(row).collect(),
        empty: p.t(empty),
    }
}

/// The forms of the page, with what was typed into one of them.
struct Forms {
    certify: FormView,
    withdraw: FormView,
}

fn here(of: ClaimId) -> String {
    format!("/staff/claims/{of}")
}

impl Forms {
    fn of(p: &Page, of: ClaimId) -> Self {
        let amount = Field::money("/amount/amount", p.t("money-amount")).hint(p.t("apply-amount-hint"));
        let action = p.url(&format!("{}/certify", here(of)));
        Self {
            certify: FormView::new(action, vec![amount], p.t("money-certify")),
            withdraw: withdraw_form(p, &here(of)),
        }
    }
}

/// One claim.
pub(in crate::pages::staff) async fn one(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p) = reader.page("money-claims", Section::Money);
    let of: ClaimId = id(&text, "claim.unknown")?;
    let forms = Forms::of(&p, of);
    Ok(show(&page(&acting, p, of, forms).await?))
}

async fn page(acting: &Acting, p: Page, of: ClaimId, forms: Forms) -> Outcome<StaffPage> {
    let view = acts::get(acting, of).await?.value;
    let title = p.t1("money-claim", "number", &view.claim.number.to_string());
    let p = p.titled(title);
    let mut page = StaffPage::new(p.clone())
        .tagged(state(&p, "claim", view.claim.state.name()))
        .back(
            p.t("money-back"),
            p.url(&format!("/staff/money/{}", view.claim.operation_id)),
        );
    page.acts = steps(&p, &view, &acting.actor);
    page.blocks.push(Block::Stats(sums(&p, &view)));
    if view.not_approved > 0 {
        page.blocks
            .push(Block::Text(p.tc("money-waiting-approval", view.not_approved.into())));
    }
    if let Some(digest) = view.claim.state.digest() {
        page.blocks.push(Block::Facts(Facts {
            facts: vec![
                Fact::new(p.t("money-digest"), Cell::new(digest.to_string()).code()),
                Fact::new(
                    p.t("money-rule-set"),
                    Cell::new(view.claim.rule_set.clone().unwrap_or_default()).code(),
                ),
            ],
        }));
        let here = here(of);
        page.blocks
            .push(Block::Link(p.t("money-download"), p.url(&format!("{here}/workbook"))));
        if acting.app.press().stands() {
            page.blocks
                .push(Block::Link(p.t("money-claim-pdf"), p.url(&format!("{here}/pdf"))));
        }
        page.blocks
            .push(Block::Link(p.t("money-tables"), p.url(&format!("{here}/tables"))));
        page.blocks
            .push(Block::Link(p.t("money-manifest"), p.url(&format!("{here}/manifest"))));
        page.blocks
            .push(Block::Link(p.t("money-sample"), p.url(&format!("{here}/sample"))));
    }
    page.blocks.push(Block::Table(lines(
        &p,
        "money-lines-of-claim",
        &view.lines,
        "money-expenses-none",
    )));
    if view.claim.state.name() == "draft" {
        page.blocks
            .extend(unsettled(acting, &p, view.claim.operation_id).await?);
        page.blocks.push(Block::Table(lines(
            &p,
            "money-left-out",
            &view.left_out,
            "money-left-out-none",
        )));
    }
    page.blocks
        .push(Block::Table(checklist(&p, p.t("money-whole"), &view.whole.findings)));
    if view.claim.state.name() == "submitted" && acting.actor.may(Right::KeepExpenses) {
        page.blocks.extend(titled(&p, "money-certify", forms.certify));
    }
    let open = ["draft", "frozen", "submitted"].contains(&view.claim.state.name());
    if open && acting.actor.may(Right::ApproveMoney) {
        page.blocks.extend(titled(&p, "money-withdraw", forms.withdraw));
    }
    Ok(page)
}

/// Simplified costs that are due and that nobody declared: the claim would go without them.
async fn unsettled(acting: &Acting, p: &Page, of: OperationId) -> Outcome<Vec<Block>> {
    let due = settling::due(acting, of).await?;
    let due = due.iter().filter(|line| line.state == "due").map(|line| line.due);
    let due = Money::checked_sum(due)?;
    if !due.is_positive() {
        return Ok(Vec::new());
    }
    let link = p.url(&format!("/staff/money/{of}/settlements"));
    Ok(vec![
        Block::Warning(p.t1("money-claim-due", "amount", &p.money(due))),
        Block::Link(p.t("money-settlements"), link),
    ])
}

/// The sample of an audit, drawn from a frozen claim: whoever has the seed draws the same.
pub(in crate::pages::staff) async fn sample(
    reader: Reader,
    Path(text): Path<String>,
    Query(asked): Query<SampleQuery>,
) -> Outcome<Response> {
    let (acting, p) = reader.page("money-sample", Section::Money);
    let of: ClaimId = id(&text, "claim.unknown")?;
    let view = acts::get(&acting, of).await?.value;
    let drawn = sampling::sample(&acting, of, asked).await?;
    let lines = drawn
        .expenses
        .iter()
        .filter_map(|id| view.lines.iter().find(|line| line.expense_id == *id));
    let lines: Vec<Collected> = lines.cloned().collect();
    let path = |by_risk: bool| {
        let given = [
            ("seed", drawn.seed.as_str()),
            ("by_risk", if by_risk { "true" } else { "false" }),
        ];
        let query = serde_urlencoded::to_string(given).unwrap_or_default();
        p.url(&format!("{}/sample?{query}", here(of)))
    };
    let chip = |key: &str, by_risk: bool| Chip {
        text: p.t(key),
        href: path(by_risk),
        current: drawn.by_risk == by_risk,
    };
    let mut page = StaffPage::new(p.clone())
        .subtitled(p.t("money-sample-says"))
        .back(
            p.t1("money-claim", "number", &view.claim.number.to_string()),
            p.url(&here(of)),
        )
        .block(Block::Facts(Facts {
            facts: vec![Fact::new(
                p.t("money-sample-seed"),
                Cell::new(drawn.seed.clone()).code(),
            )],
        }))
        .block(Block::Table(self::lines(
            &p,
            "money-sample",
            &lines,
            "money-expenses-none",
        )));
    page.chips = vec![chip("money-sample-random", false), chip("money-sample-risk", true)];
    Ok(show(&page))
}

fn sums(p: &Page, view: &ClaimView) -> Vec<Stat> {
    let sums = &view.totals;
    vec![
        Stat::new(p.t("money-expenses"), p.number(sums.expenses.into())),
        Stat::new(p.t("money-declared"), p.money(sums.declared)),
        Stat::new(p.t("money-eligible"), p.money(sums.eligible)),
        Stat::new(p.t("money-corrections"), p.money(sums.corrections)),
        Stat::new(p.t("money-claimed"), p.money(sums.claimed)),
    ]
}

fn steps(p: &Page, view: &ClaimView, actor: &crate::auth::Actor) -> Vec<Act> {
    let here = here(view.claim.id);
    match view.claim.state.name() {
        "draft" if actor.may(Right::KeepExpenses) => {
            vec![Act::new(p.url(&format!("{here}/freeze")), p.t("money-freeze"))]
        }
        "frozen" if actor.may(Right::ApproveMoney) => {
            vec![Act::new(p.url(&format!("{here}/submit")), p.t("money-submit"))]
        }
        _ => Vec::new(),
    }
}

/// Judges and freezes.
pub(in crate::pages::staff) async fn freeze(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let claim: ClaimId = id(&text, "claim.unknown")?;
    acts::freeze(&reader.acting, claim).await?;
    Ok(onward(&reader.p, &here(claim), "claim-frozen"))
}

/// Submits; another person than who froze it.
pub(in crate::pages::staff) async fn submit(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let claim: ClaimId = id(&text, "claim.unknown")?;
    acts::submit(&reader.acting, claim).await?;
    Ok(onward(&reader.p, &here(claim), "claim-submitted"))
}

/// Records what was certified.
pub(in crate::pages::staff) async fn certify(
    reader: Reader,
    Path(text): Path<String>,
    bytes: Bytes,
) -> Outcome<Response> {
    let (acting, mut p) = reader.page("money-claims", Section::Money);
    acting.require(Right::KeepExpenses)?;
    let of: ClaimId = id(&text, "claim.unknown")?;
    let mut forms = Forms::of(&p, of);
    forms.certify.fill(&Posted::read(&bytes));
    let done = match read(&forms.certify, &p) {
        Ok(certified) => acts::certify(&acting, of, certified).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(_) => Ok(onward(&p, &here(of), "claim-certified")),
        Err(refusal) => {
            let status = mend(&mut p, &mut forms.certify, refusal)?;
            Ok(show_with(status, &page(&acting, p, of, forms).await?))
        }
    }
}

/// Takes it back.
pub(in crate::pages::staff) async fn withdraw(
    reader: Reader,
    Path(text): Path<String>,
    bytes: Bytes,
) -> Outcome<Response> {
    let (acting, mut p) = reader.page("money-claims", Section::Money);
    acting.require(Right::ApproveMoney)?;
    let of: ClaimId = id(&text, "claim.unknown")?;
    let mut forms = Forms::of(&p, of);
    forms.withdraw.fill(&Posted::read(&bytes));
    let done = match read(&forms.withdraw, &p) {
        Ok(because) => acts::withdraw(&acting, of, because).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(_) => Ok(onward(&p, &here(of), "claim-withdrawn")),
        Err(refusal) => {
            let status = mend(&mut p, &mut forms.withdraw, refusal)?;
            Ok(show_with(status, &page(&acting, p, of, forms).await?))
        }
    }
}

/// The workbook.
pub(in crate::pages::staff) async fn workbook(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let claim: ClaimId = id(&text, "claim.unknown")?;
    let bytes = export::workbook(&reader.acting, claim).await?;
    Ok(attachment(XLSX, "claim.xlsx", bytes))
}

/// The same content as documented tables.
pub(in crate::pages::staff) async fn tables(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let bytes = export::package(&reader.acting, id(&text, "claim.unknown")?).await?;
    Ok(attachment("application/zip", "claim.zip", bytes))
}

/// The manifest of hashes.
pub(in crate::pages::staff) async fn manifest(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let claim: ClaimId = id(&text, "claim.unknown")?;
    let manifest = export::manifest_of(&reader.acting, claim).await?;
    let bytes = serde_json::to_vec_pretty(&manifest).map_err(Refusal::internal)?;
    let mut response = bytes.into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

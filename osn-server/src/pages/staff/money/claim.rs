//! A claim: what it holds or would hold, why the rest stays out, and the steps by two people.

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use osn_core::id::{ClaimId, OperationId};
use osn_core::state::Machine as _;

use super::super::{head, id};
use super::{checklist, state, verdict};
use crate::acts::money::claims::{self as acts, Certified, ClaimView, Collected, NewClaim};
use crate::acts::money::expenses::Because;
use crate::acts::money::export;
use crate::api::money::{XLSX, attachment};
use crate::auth::Right;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Field, FormView, Posted};
use crate::pages::part::{Act, Block, Cell, Fact, Facts, More, Row, StaffPage, Stat, Table};
use crate::pages::reader::Reader;
use crate::pages::{onward, show, typed};
use crate::refusal::{Outcome, Refusal};

/// Begins a claim.
pub(in crate::pages::staff) async fn begin(
    reader: Reader,
    Path(text): Path<String>,
    bytes: Bytes,
) -> Outcome<Response> {
    let (acting, p) = reader.page("money-title", Section::Money);
    let of: OperationId = id(&text, "operation.unknown")?;
    acting.require(Right::KeepExpenses)?;
    let mut form = FormView::new(
        "",
        vec![
            Field::line("/sub_project", p.t("money-subproject")),
            Field::day("/up_to", p.t("money-up-to")),
        ],
        "",
    );
    form.fill(&Posted::read(&bytes));
    let body = form
        .body(&p)
        .map_err(|errors| Refusal::invalid("request.invalid", errors))?;
    let saved = acts::begin(&acting, of, typed::<NewClaim>(body)?).await?;
    Ok(onward(&p, &format!("/staff/claims/{}", saved.value.id), "claim-begun"))
}

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

/// One claim.
pub(in crate::pages::staff) async fn one(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p) = reader.page("money-claims", Section::Money);
    let of: ClaimId = id(&text, "claim.unknown")?;
    let view = acts::get(&acting, of).await?.value;
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
        let here = format!("/staff/claims/{of}");
        page.blocks
            .push(Block::Link(p.t("money-download"), p.url(&format!("{here}/workbook"))));
        page.blocks
            .push(Block::Link(p.t("money-manifest"), p.url(&format!("{here}/manifest"))));
    }
    page.blocks.push(Block::Table(lines(
        &p,
        "money-lines-of-claim",
        &view.lines,
        "money-expenses-none",
    )));
    if view.claim.state.name() == "draft" {
        page.blocks.push(Block::Table(lines(
            &p,
            "money-left-out",
            &view.left_out,
            "money-left-out-none",
        )));
    }
    page.blocks
        .push(Block::Table(checklist(&p, p.t("money-whole"), &view.whole.findings)));
    page.blocks.extend(forms(&p, &view, &acting.actor));
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
    let here = format!("/staff/claims/{}", view.claim.id);
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

fn forms(p: &Page, view: &ClaimView, actor: &crate::auth::Actor) -> Vec<Block> {
    let here = format!("/staff/claims/{}", view.claim.id);
    let mut blocks = Vec::new();
    if view.claim.state.name() == "submitted" && actor.may(Right::KeepExpenses) {
        let field = Field::money("/amount/amount", p.t("money-amount")).hint(p.t("apply-amount-hint"));
        blocks.push(Block::Heading(p.t("money-certify")));
        blocks.push(Block::Form(Box::new(FormView::new(
            p.url(&format!("{here}/certify")),
            vec![field],
            p.t("money-certify"),
        ))));
    }
    let open = ["draft", "frozen", "submitted"].contains(&view.claim.state.name());
    if open && actor.may(Right::ApproveMoney) {
        blocks.push(Block::Heading(p.t("money-withdraw")));
        let form = FormView {
            secondary: true,
            ..FormView::new(
                p.url(&format!("{here}/withdraw")),
                vec![Field::area("/reason", p.t("money-reason-why"))],
                p.t("money-withdraw"),
            )
        };
        blocks.push(Block::Form(Box::new(form)));
    }
    blocks
}

/// Judges and freezes.
pub(in crate::pages::staff) async fn freeze(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let claim: ClaimId = id(&text, "claim.unknown")?;
    acts::freeze(&reader.acting, claim).await?;
    Ok(onward(&reader.p, &format!("/staff/claims/{claim}"), "claim-frozen"))
}

/// Submits; another person than who froze it.
pub(in crate::pages::staff) async fn submit(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let claim: ClaimId = id(&text, "claim.unknown")?;
    acts::submit(&reader.acting, claim).await?;
    Ok(onward(&reader.p, &format!("/staff/claims/{claim}"), "claim-submitted"))
}

/// Records what was certified.
pub(in crate::pages::staff) async fn certify(
    reader: Reader,
    Path(text): Path<String>,
    bytes: Bytes,
) -> Outcome<Response> {
    let claim: ClaimId = id(&text, "claim.unknown")?;
    reader.acting.require(Right::KeepExpenses)?;
    let p = &reader.p;
    let mut form = FormView::new("", vec![Field::money("/amount/amount", p.t("money-amount"))], "");
    form.fill(&Posted::read(&bytes));
    let mut body = form
        .body(p)
        .map_err(|errors| Refusal::invalid("request.invalid", errors))?;
    body["amount"]["currency"] = serde_json::json!("EUR");
    acts::certify(&reader.acting, claim, typed::<Certified>(body)?).await?;
    Ok(onward(p, &format!("/staff/claims/{claim}"), "claim-certified"))
}

/// Takes it back.
pub(in crate::pages::staff) async fn withdraw(
    reader: Reader,
    Path(text): Path<String>,
    bytes: Bytes,
) -> Outcome<Response> {
    let claim: ClaimId = id(&text, "claim.unknown")?;
    let reason = Posted::read(&bytes).get("/reason").to_owned();
    acts::withdraw(&reader.acting, claim, Because { reason }).await?;
    Ok(onward(&reader.p, &format!("/staff/claims/{claim}"), "claim-withdrawn"))
}

/// The workbook.
pub(in crate::pages::staff) async fn workbook(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let claim: ClaimId = id(&text, "claim.unknown")?;
    let bytes = export::workbook(&reader.acting, claim).await?;
    Ok(attachment(XLSX, "claim.xlsx", bytes))
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

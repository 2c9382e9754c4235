//! Who is paid and under which contract: suppliers with their tax number checked, contracts with their path of award.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::expenditure::{AwardPath, Contract, ContractKind, SupplierKind};
use osn_core::id::OperationId;
use osn_core::identifier::Adam;

use super::super::{Asked, head, id};
use super::{choices, mend, read};
use crate::acts::Acting;
use crate::acts::money::suppliers as acts;
use crate::auth::Right;
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Field, FormView, Posted};
use crate::pages::part::{Block, Cell, Row, StaffPage, Table};
use crate::pages::reader::Reader;
use crate::pages::{onward, show, show_with};
use crate::refusal::Outcome;

const SUPPLIERS: &str = "/staff/suppliers";

fn supplier_form(p: &Page) -> FormView {
    let kinds = choices(p, "money-supplier-kind", SupplierKind::ALL.map(SupplierKind::name));
    FormView::new(
        p.url(SUPPLIERS),
        vec![
            Field::radios("/kind", p.t("money-kind"), kinds),
            Field::line("/name", p.t("money-name")),
            Field::line("/afm", p.t("money-afm"))
                .wide("10", "numeric")
                .hint(p.t("money-afm-hint"))
                .optional(),
        ],
        p.t("money-supplier-add"),
    )
}

async fn suppliers_page(acting: &Acting, p: Page, asked: &Asked, form: FormView) -> Outcome<StaffPage> {
    let found = acts::list(acting, asked.query()).await?;
    let row = |read: &osn_store::Versioned<acts::SupplierView>| {
        let supplier = &read.value;
        Row::new(vec![
            Cell::head(supplier.name.clone()),
            Cell::new(p.t(&format!("money-supplier-kind-{}", supplier.kind))),
            Cell::new(supplier.afm.clone().unwrap_or_default()).code(),
        ])
    };
    let table = Table {
        caption: p.t("money-suppliers"),
        head: head(&p, [("money-name", false), ("money-kind", false), ("money-afm", false)]),
        rows: found.items.iter().map(row).collect(),
        empty: p.t("money-suppliers-none"),
    };
    let mut page = StaffPage::new(p.clone())
        .back(p.t("money-back"), p.url("/staff/money"))
        .block(Block::Table(table));
    page.pager = asked.pager(&p, SUPPLIERS, found.next);
    if acting.actor.may(Right::KeepExpenses) {
        page.blocks.extend(super::titled(&p, "money-supplier-add", form));
    }
    Ok(page)
}

/// The suppliers.
pub(in crate::pages::staff) async fn list(reader: Reader, Query(asked): Query<Asked>) -> Outcome<Response> {
    let (acting, p) = reader.page("money-suppliers", Section::Money);
    let form = supplier_form(&p);
    Ok(show(&suppliers_page(&acting, p, &asked, form).await?))
}

/// Keeps a supplier.
pub(in crate::pages::staff) async fn add(reader: Reader, bytes: Bytes) -> Outcome<Response> {
    let (acting, mut p) = reader.page("money-suppliers", Section::Money);
    acting.require(Right::KeepExpenses)?;
    let mut form = supplier_form(&p);
    form.fill(&Posted::read(&bytes));
    let done = match read(&form, &p) {
        Ok(new) => acts::add(&acting, new).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(_) => Ok(onward(&p, SUPPLIERS, "supplier-added")),
        Err(refusal) => {
            let status = mend(&mut p, &mut form, refusal)?;
            Ok(show_with(
                status,
                &suppliers_page(&acting, p, &Asked::default(), form).await?,
            ))
        }
    }
}

async fn contract_form(acting: &Acting, p: &Page, of: OperationId) -> Outcome<FormView> {
    let payees = acts::all(acting).await?;
    let payees = payees
        .into_iter()
        .map(|supplier| Choice::new(supplier.id.to_string(), supplier.name))
        .collect();
    let kinds = choices(p, "money-contract-kind", ContractKind::ALL.map(ContractKind::name));
    let paths = choices(p, "money-award-path", AwardPath::ALL.map(AwardPath::name));
    let fields = vec![
        Field::select("/supplier_id", p.t("money-supplier"), payees),
        Field::line("/subject", p.t("money-subject")).hint(p.t("money-subject-hint")),
        Field::select("/kind", p.t("money-kind"), kinds),
        Field::radios("/path", p.t("money-award-path"), paths),
        Field::line("/cpv", p.t("money-cpv")).wide("10", "numeric"),
        Field::money("/value/amount", p.t("money-contract-value")).hint(p.t("apply-amount-hint")),
        Field::day("/awarded_on", p.t("money-day-awarded")),
        Field::day("/signed_on", p.t("money-day-contracted")).optional(),
        Field::line("/request_adam", p.t("money-adam-request")).optional(),
        Field::line("/award_adam", p.t("money-adam-award")).optional(),
        Field::day("/award_published_on", p.t("money-award-published")).optional(),
        Field::line("/contract_adam", p.t("money-adam-contract")).optional(),
        Field::flag(p, "/electronic", p.t("money-electronic")).optional(),
        Field::flag(p, "/ministerial_act", p.t("money-ministerial-act")).optional(),
    ];
    let action = p.url(&format!("/staff/money/{of}/contracts"));
    Ok(FormView::new(action, fields, p.t("money-contract-add")))
}

async fn contracts_page(
    acting: &Acting,
    p: Page,
    of: OperationId,
    asked: &Asked,
    form: FormView,
) -> Outcome<StaffPage> {
    let found = acts::contracts(acting, of, asked.query()).await?;
    let payees = acts::all(acting).await?;
    let row = |read: &osn_store::Versioned<Contract>| {
        let contract = &read.value;
        let payee = payees.iter().find(|supplier| supplier.id == contract.supplier_id);
        let numbers = [&contract.request_adam, &contract.award_adam, &contract.contract_adam];
        let numbers: Vec<&str> = numbers.into_iter().flatten().map(Adam::as_str).collect();
        let kind = p.t(&format!("money-contract-kind-{}", contract.kind.name()));
        Row::new(vec![
            Cell::head(contract.subject.clone()).note(kind),
            Cell::new(payee.map(|supplier| supplier.name.clone()).unwrap_or_default()),
            Cell::new(p.t(&format!("money-award-path-{}", contract.path.name()))).note(contract.cpv.clone()),
            Cell::new(p.day(contract.awarded_on)).note(contract.signed_on.map(|day| p.day(day)).unwrap_or_default()),
            Cell::number(p.money(contract.value)),
            Cell::new(numbers.join(" ")).code(),
        ])
    };
    let table = Table {
        caption: p.t("money-contracts"),
        head: head(
            &p,
            [
                ("money-subject", false),
                ("money-supplier", false),
                ("money-award-path", false),
                ("money-days-of-contract", false),
                ("money-contract-value", true),
                ("money-adam", false),
            ],
        ),
        rows: found.items.iter().map(row).collect(),
        empty: p.t("money-contracts-none"),
    };
    let mut page = StaffPage::new(p.clone())
        .back(p.t("money-back"), p.url(&format!("/staff/money/{of}")))
        .block(Block::Table(table));
    page.pager = asked.pager(&p, &format!("/staff/money/{of}/contracts"), found.next);
    if acting.actor.may(Right::KeepExpenses) {
        page.blocks.extend(super::titled(&p, "money-contract-add", form));
    }
    Ok(page)
}

/// The contracts of an operation.
pub(in crate::pages::staff) async fn contracts(
    reader: Reader,
    Path(text): Path<String>,
    Query(asked): Query<Asked>,
) -> Outcome<Response> {
    let (acting, p) = reader.page("money-contracts", Section::Money);
    acting.require(Right::SeeMoney)?;
    let of: OperationId = id(&text, "operation.unknown")?;
    let form = contract_form(&acting, &p, of).await?;
    Ok(show(&contracts_page(&acting, p, of, &asked, form).await?))
}

/// Keeps a contract.
pub(in crate::pages::staff) async fn add_contract(
    reader: Reader,
    Path(text): Path<String>,
    bytes: Bytes,
) -> Outcome<Response> {
    let (acting, mut p) = reader.page("money-contracts", Section::Money);
    acting.require(Right::KeepExpenses)?;
    let of: OperationId = id(&text, "operation.unknown")?;
    let mut form = contract_form(&acting, &p, of).await?;
    form.fill(&Posted::read(&bytes));
    let done = match read(&form, &p) {
        Ok(new) => acts::add_contract(&acting, of, new).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(_) => Ok(onward(&p, &format!("/staff/money/{of}/contracts"), "contract-added")),
        Err(refusal) => {
            let status = mend(&mut p, &mut form, refusal)?;
            let page = contracts_page(&acting, p, of, &Asked::default(), form).await?;
            Ok(show_with(status, &page))
        }
    }
}

//! The questions about an expense, by the kind of its paper, and how answers are laid over an expense that is changed.

use osn_core::expenditure::{Category, DocumentKind, EquipmentReason, FlatRate, Nature, Place};
use osn_core::id::{ExpenseId, OperationId};
use osn_core::operation::Operation;
use osn_store::PageQuery;
use serde_json::{Map, Value};

use super::{category_choices, choices, packages, sub_projects};
use crate::acts::Acting;
use crate::acts::money::suppliers;
use crate::pages::chrome::Page;
use crate::pages::form::{Choice, Field, FormView, Group};
use crate::refusal::Outcome;

/// What decides which questions are asked.
pub(super) struct Asking {
    /// Kind of the paper.
    pub(super) kind: DocumentKind,
    /// Rows of the table of parts.
    pub(super) rows: usize,
    /// The expense that a credit note reduces.
    pub(super) credits: Option<ExpenseId>,
}

/// What an expense may name: lines, payees, contracts, actions.
pub(super) struct Known {
    pub(super) lines: Vec<Choice>,
    pub(super) payees: Vec<Choice>,
    pub(super) contracts: Vec<Choice>,
    actions: Vec<Choice>,
}

/// Reads it.
pub(super) async fn known(acting: &Acting, p: &Page, of: OperationId) -> Outcome<Known> {
    let lines = crate::acts::money::budget::lines(acting, of).await?;
    let payees = suppliers::all(acting).await?;
    let contracts = suppliers::all_contracts(acting, of).await?;
    let actions = crate::acts::actions::list(acting, PageQuery::first()).await?;
    let line = |line: &osn_store::Versioned<osn_core::expenditure::BudgetLine>| {
        let name = format!("{} {}", line.value.code, p.text(&line.value.name));
        Choice::new(line.value.id.to_string(), name)
    };
    Ok(Known {
        lines: lines.iter().map(line).collect(),
        payees: payees
            .into_iter()
            .map(|supplier| Choice::new(supplier.id.to_string(), supplier.name))
            .collect(),
        contracts: contracts
            .into_iter()
            .map(|contract| Choice::new(contract.id.to_string(), contract.subject))
            .collect(),
        actions: actions
            .items
            .iter()
            .map(|read| Choice::new(read.value.id.to_string(), p.text(&read.value.name)))
            .collect(),
    })
}

/// Everything that is asked, in the order in which an officer reads the papers.
pub(super) fn groups(p: &Page, operation: &Operation, known: Known, asking: &Asking) -> Vec<Group> {
    let group = |key: &str, fields| Group {
        title: p.t(key),
        fields,
        ..Group::default()
    };
    let parts = parts(p, operation, &known.actions, asking.rows);
    let mut groups = vec![
        group("money-subject", what(p, operation, known)),
        group("money-document", paper(p, asking.kind)),
    ];
    match asking.kind {
        DocumentKind::Payroll => groups.push(group("document-kind-payroll", payroll(p))),
        DocumentKind::InKind => groups.push(group("document-kind-in-kind", in_kind(p))),
        DocumentKind::Depreciation => groups.push(group("document-kind-depreciation", depreciation(p))),
        DocumentKind::Simplified => groups.push(group("document-kind-simplified", simplified(p))),
        DocumentKind::Invoice | DocumentKind::Receipt => groups.push(group("money-withheld", withheld(p))),
        DocumentKind::CreditNote => {}
    }
    groups.push(group("money-place", place(p)));
    groups.push(group("money-dates", dates(p)));
    groups.push(Group {
        intro: p.t("money-parts-hint"),
        ..group("money-parts", parts)
    });
    groups
}

/// What was bought, for what, from whom.
fn what(p: &Page, operation: &Operation, known: Known) -> Vec<Field> {
    vec![
        Field::line("/subject", p.t("money-subject")).hint(p.t("money-subject-hint")),
        Field::select("/sub_project", p.t("money-subproject"), sub_projects(p, operation)),
        Field::select("/work_package", p.t("money-workpackage"), packages(p, operation)),
        Field::select("/category", p.t("money-category"), category_choices(p)),
        Field::select(
            "/nature",
            p.t("money-nature"),
            choices(p, "money-nature", Nature::ALL.map(Nature::name)),
        )
        .optional(),
        Field::select(
            "/equipment",
            p.t("money-equipment"),
            choices(p, "money-equipment", EquipmentReason::ALL.map(EquipmentReason::name)),
        )
        .optional(),
        Field::select("/budget_line_id", p.t("money-line"), known.lines).optional(),
        Field::select("/supplier_id", p.t("money-supplier"), known.payees).optional(),
        Field::select("/contract_id", p.t("money-contract"), known.contracts).optional(),
        Field::line("/account", p.t("money-account")).optional(),
    ]
}

/// The paper with its amounts.
fn paper(p: &Page, kind: DocumentKind) -> Vec<Field> {
    // Goods come with an invoice, services with a receipt: whoever types decides. Every other kind asks its own questions.
    let kinds: &[DocumentKind] = match kind {
        DocumentKind::Invoice | DocumentKind::Receipt => &[DocumentKind::Invoice, DocumentKind::Receipt],
        _ => &[kind],
    };
    let kinds = choices(p, "document-kind", kinds.iter().map(|kind| kind.name()));
    vec![
        Field::select("/document/kind", p.t("money-document-kind"), kinds).proposed(kind.name()),
        Field::line("/document/number", p.t("money-number")),
        Field::day("/document/issued_on", p.t("money-issued")),
        Field::money("/document/net/amount", p.t("money-net")).hint(p.t("apply-amount-hint")),
        Field::money("/document/vat/amount", p.t("money-vat")),
        Field::money("/document/gross/amount", p.t("money-gross")),
        Field::flag(p, "/vat_included", p.t("money-vat-included")),
        Field::decimal("/share", p.t("money-share")).optional().proposed("100"),
    ]
}

fn payroll(p: &Page) -> Vec<Field> {
    vec![
        Field::money("/payroll/annual_gross/amount", p.t("money-annual-gross")),
        Field::decimal("/payroll/full_time", p.t("money-full-time")).proposed("100"),
        Field::int("/payroll/year", p.t("money-year")),
        Field::decimal("/payroll/hours", p.t("money-hours")).hint(p.t("money-hours-hint")),
        Field::money("/payroll/hourly_rate/amount", p.t("money-hourly-rate"))
            .hint(p.t("money-hourly-rate-hint"))
            .optional(),
        Field::decimal("/payroll/fixed", p.t("money-fixed")).optional(),
        Field::money("/payroll/gross/amount", p.t("money-period-gross"))
            .hint(p.t("money-period-gross-hint"))
            .optional(),
        Field::area("/payroll/sheet", p.t("money-sheet"))
            .hint(p.t("money-sheet-hint"))
            .optional(),
    ]
}

/// Where it happened, and why that serves the programme.
fn place(p: &Page) -> Vec<Field> {
    vec![
        Field::select(
            "/place",
            p.t("money-where"),
            choices(p, "money-where", Place::ALL.map(Place::name)),
        )
        .optional(),
        Field::flag(p, "/benefits_area", p.t("money-benefits-area")).optional(),
        Field::flag(p, "/place_agreed", p.t("money-place-agreed")).optional(),
        Field::money("/third_party_cost/amount", p.t("money-third-party"))
            .hint(p.t("money-third-party-hint"))
            .optional(),
    ]
}

fn in_kind(p: &Page) -> Vec<Field> {
    vec![
        Field::radios(
            "/in_kind/kind",
            p.t("money-kind"),
            choices(p, "money-in-kind", ["goods", "land", "work"]),
        ),
        Field::money("/in_kind/market_value/amount", p.t("money-market-value")).optional(),
        Field::money("/in_kind/certified_value/amount", p.t("money-certified-value")).optional(),
        Field::decimal("/in_kind/hours", p.t("money-hours")).optional(),
        Field::money("/in_kind/rate/amount", p.t("money-hourly-rate")).optional(),
        Field::flag(p, "/in_kind/signed", p.t("money-signed")).optional(),
    ]
}

fn depreciation(p: &Page) -> Vec<Field> {
    vec![
        Field::day("/depreciation/period/from", p.t("money-from")),
        Field::day("/depreciation/period/to", p.t("money-to")),
        Field::flag(p, "/depreciation/documented", p.t("money-purchase-proved")),
        Field::flag(p, "/depreciation/granted", p.t("money-purchase-granted")),
        Field::money("/depreciation/cost/amount", p.t("money-purchase-cost")),
        Field::int("/depreciation/months", p.t("money-written-off-months")),
        Field::decimal("/depreciation/used", p.t("money-used-part")).proposed("100"),
    ]
}

fn simplified(p: &Page) -> Vec<Field> {
    let bases: Vec<Choice> = Category::ALL
        .iter()
        .filter(|category| !category.is_flat())
        .map(|category| Choice::new(category.name(), category.name()))
        .collect();
    vec![
        Field::radios(
            "/form/form",
            p.t("money-form"),
            choices(p, "money-cost-form", ["unit", "lump", "flat"]),
        ),
        Field::int("/form/quantity", p.t("money-quantity")).optional(),
        Field::money("/form/unit_cost/amount", p.t("money-unit-cost")).optional(),
        Field::line("/form/milestone", p.t("money-milestone")).optional(),
        Field::flag(p, "/form/achieved", p.t("money-achieved")).optional(),
        Field::select(
            "/form/rate",
            p.t("money-rate"),
            choices(p, "money-flat-rate", FlatRate::ALL.map(FlatRate::name)),
        )
        .optional(),
        Field::checks("/form/base", p.t("money-base"), bases).optional(),
        Field::day("/dates/carried_out/from", p.t("money-carried-out-from")).optional(),
        Field::day("/dates/carried_out/to", p.t("money-carried-out-to")).optional(),
    ]
}

fn withheld(p: &Page) -> Vec<Field> {
    vec![
        Field::money("/withheld/tax/amount", p.t("money-withheld-tax")).optional(),
        Field::money("/withheld/levy/amount", p.t("money-withheld-levy")).optional(),
        Field::money("/withheld/levy_system/amount", p.t("money-withheld-system")).optional(),
        Field::flag(p, "/paid_to_issuer", p.t("money-paid-to-issuer")).optional(),
    ]
}

fn dates(p: &Page) -> Vec<Field> {
    [
        ("committed", "money-day-committed"),
        ("awarded", "money-day-awarded"),
        ("contracted", "money-day-contracted"),
        ("delivered", "money-day-delivered"),
        ("accepted", "money-accepted"),
        ("incurred", "money-day-incurred"),
        ("paid", "money-paid"),
    ]
    .map(|(name, key)| Field::day(&format!("/dates/{name}"), p.t(key)).optional())
    .into()
}

/// Over what the amount is spread: at most 100 % in all.
fn parts(p: &Page, operation: &Operation, actions: &[Choice], rows: usize) -> Vec<Field> {
    let deliverables: Vec<Choice> = operation
        .deliverables
        .iter()
        .map(|part| Choice::new(part.code.clone(), p.text(&part.name)))
        .collect();
    let row = |number: usize| {
        let name = |field: &str| format!("/allocations/{number}/{field}");
        let label = |key: &str| format!("{} {}", p.t(key), number + 1);
        let mut fields = vec![
            Field::decimal(&name("share"), label("money-part-share")).optional(),
            Field::select(&name("action_id"), label("money-action"), actions.to_vec()).optional(),
            Field::int(&name("instalment"), label("money-instalment")).optional(),
        ];
        if !deliverables.is_empty() {
            let field = Field::select(&name("deliverable"), label("money-deliverable"), deliverables.clone());
            fields.push(field.optional());
        }
        fields.push(Field::line(&name("delivery_id"), label("money-delivery")).optional());
        fields
    };
    (0..rows).flat_map(row).collect()
}

/// The answers over the expense as it stood: what the form asks is replaced, everything else stays.
pub(super) fn laid_over(mut before: Value, typed: Value, form: &FormView) -> Value {
    for field in form.fields() {
        // A list is written anew; of a record only what the form asks.
        let mut keys: Vec<&str> = field.name.trim_start_matches('/').split('/').collect();
        let list = keys
            .iter()
            .position(|key| key.bytes().all(|byte| byte.is_ascii_digit()));
        keys.truncate(list.unwrap_or(keys.len()));
        forget(&mut before, &keys);
    }
    merge(&mut before, typed);
    before
}

fn forget(value: &mut Value, keys: &[&str]) {
    let Some(map) = value.as_object_mut() else { return };
    match keys {
        [only] => {
            map.remove(*only);
        }
        [first, rest @ ..] => {
            if let Some(inner) = map.get_mut(*first) {
                forget(inner, rest);
                // An amount without its number is none.
                let empty = inner
                    .as_object()
                    .is_some_and(|left| left.keys().all(|key| key == "currency"));
                if empty {
                    map.remove(*first);
                }
            }
        }
        [] => {}
    }
}

fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key).or_insert_with(|| Value::Object(Map::new())), value);
            }
        }
        (into, from) => *into = from,
    }
}

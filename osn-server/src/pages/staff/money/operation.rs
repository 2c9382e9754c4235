//! The operation itself: what the decision of inclusion says of it, and the terms by which its expenditure is judged.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::expenditure::{FlatRate, FundingTerms, Share, StateAid, VatStatus};
use osn_core::id::OperationId;
use osn_core::identifier::Ada;
use osn_core::operation::{ImplementationMode, Inclusion, Operation};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::{head, id};
use super::questions::laid_over;
use super::{choices, in_euros, mend, titled};
use crate::acts::Acting;
use crate::acts::model::{self, Terms};
use crate::auth::Right;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Field, FormView, Group, Posted};
use crate::pages::part::{Block, Cell, Fact, Facts, Row, StaffPage, Table};
use crate::pages::reader::Reader;
use crate::pages::{onward, own_words, show, show_with, typed};
use crate::refusal::{FieldError, Outcome, Refusal};

fn here(of: OperationId) -> String {
    format!("/staff/money/{of}/operation")
}

/// A decision of inclusion or an amendment, as it is typed.
#[derive(Deserialize, Default)]
struct Decided {
    #[serde(default)]
    on: Option<chrono::NaiveDate>,
    #[serde(default)]
    ada: Option<String>,
    #[serde(default)]
    change: Option<String>,
}

fn amounts(p: &Page) -> Vec<Field> {
    let money = |name: &str, key: &str| Field::money(&format!("/terms/{name}/amount"), p.t(key)).optional();
    vec![
        Field::select(
            "/vat",
            p.t("operation-vat"),
            choices(
                p,
                "operation-vat",
                ["unknown", "non-recoverable", "recoverable", "pro-rata"],
            ),
        ),
        Field::decimal("/vat_part", p.t("operation-vat-part"))
            .hint(p.t("operation-vat-part-hint"))
            .optional(),
        Field::select(
            "/terms/state_aid",
            p.t("operation-state-aid"),
            choices(p, "operation-state-aid", ["none", "de-minimis", "other"]),
        ),
        money("total_cost", "operation-total-cost").hint(p.t("apply-amount-hint")),
        money("total_eligible", "operation-total-eligible"),
        money("public_support", "operation-public-support"),
        Field::decimal("/terms/fund_share", p.t("operation-fund-share")).optional(),
        money("programme_budget", "operation-programme-budget"),
        money("net_revenue", "operation-net-revenue"),
        Field::decimal("/reallocation_margin", p.t("operation-margin"))
            .hint(p.t("operation-margin-hint"))
            .optional(),
        Field::flag(p, "/terms/revenue_in_advance", p.t("operation-revenue-in-advance")),
        Field::checks(
            "/terms/flat_rates",
            p.t("operation-flat-rates"),
            choices(p, "money-flat-rate", FlatRate::ALL.map(FlatRate::name)),
        )
        .optional(),
    ]
}

fn days_and_flags(p: &Page) -> Vec<Field> {
    let day = |name: &str, key: &str| Field::day(&format!("/terms/{name}"), p.t(key)).optional();
    let flag = |name: &str, key: &str| Field::flag(p, &format!("/terms/{name}"), p.t(key));
    vec![
        day("applied_on", "operation-applied-on"),
        day("completed_on", "operation-completed-on"),
        day("programme_submitted_on", "operation-programme-submitted-on"),
        day("closing/accounts_on", "operation-accounts-on"),
        day("closing/last_payment_on", "operation-last-payment-on"),
        flag("closing/proceedings", "operation-proceedings"),
        flag("approved_method", "operation-approved-method"),
        flag("large_works", "operation-large-works"),
        flag("youth_initiative", "operation-youth-initiative"),
        flag("material_support", "operation-material-support"),
        flag("derelict_site", "operation-derelict-site"),
        flag("depreciation_allowed", "operation-depreciation-allowed"),
    ]
}

fn form(p: &Page, operation: &Operation) -> FormView {
    let group = |key: &str, fields| Group {
        title: p.t(key),
        fields,
        ..Group::default()
    };
    let decision = vec![
        Field::day("/decision/on", p.t("operation-decided-on")).optional(),
        Field::line("/decision/ada", p.t("money-ada")).optional(),
        Field::area("/decision/change", p.t("operation-change")).optional(),
    ];
    FormView {
        action: p.url(&here(operation.id)),
        groups: vec![
            group("operation-amounts", amounts(p)),
            group("operation-days", days_and_flags(p)),
            Group {
                intro: p.t("operation-decision-hint"),
                ..group("operation-decision-new", decision)
            },
        ],
        button: p.t("operation-keep"),
        guard: true,
        ..FormView::default()
    }
}

/// The operation as the form shows it: the part of VAT that comes back beside its kind.
fn as_typed(operation: &Operation) -> Outcome<Value> {
    let (kind, part) = match operation.terms.vat {
        VatStatus::Unknown => ("unknown", None),
        VatStatus::NonRecoverable => ("non-recoverable", None),
        VatStatus::Recoverable => ("recoverable", None),
        VatStatus::ProRata(part) => ("pro-rata", Some(part)),
    };
    let terms = serde_json::to_value(&operation.terms).map_err(Refusal::internal)?;
    let margin = operation.reallocation_margin;
    Ok(json!({ "terms": terms, "vat": kind, "vat_part": part, "reallocation_margin": margin }))
}

/// What was typed over the terms as they stood, and a decision where one was typed.
fn read(p: &Page, form: &FormView, operation: &Operation) -> Outcome<Terms> {
    let mut body = in_euros(form.body(p)?);
    let decided: Decided = match body.get_mut("decision").map(Value::take) {
        Some(given) => typed(given)?,
        None => Decided::default(),
    };
    let vat = match (body["vat"].as_str(), body["vat_part"].as_str()) {
        (Some("pro-rata"), Some(part)) => json!({ "pro-rata": part }),
        (Some("pro-rata"), None) => return Err(Refusal::field("/vat_part", "required")),
        (Some(kind), _) => json!(kind),
        (None, _) => json!("unknown"),
    };
    let margin: Option<Share> =
        typed(body["reallocation_margin"].take()).map_err(|_| Refusal::field("/reallocation_margin", "wrong-type"))?;
    let before = json!({ "terms": operation.terms });
    let mut terms = laid_over(before, json!({ "terms": body["terms"] }), form);
    terms["terms"]["vat"] = vat;
    let Judged { terms } = typed(terms)?;
    Ok(Terms {
        terms,
        reallocation_margin: margin,
        decision: decision(p, &decided)?,
    })
}

/// What the form changes of an operation.
#[derive(Deserialize)]
struct Judged {
    terms: FundingTerms,
}

/// A decision with its day; of what is half typed the day is asked.
fn decision(p: &Page, decided: &Decided) -> Outcome<Option<Inclusion>> {
    let said = |text: &Option<String>| {
        text.as_deref()
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    let (ada, change) = (said(&decided.ada), said(&decided.change));
    let Some(on) = decided.on else {
        let half = ada.is_some() || change.is_some();
        return if half {
            Err(Refusal::field("/decision/on", "required"))
        } else {
            Ok(None)
        };
    };
    let ada = ada.map(|ada| Ada::parse(&ada)).transpose().map_err(|error| {
        let field = FieldError::new("/decision/ada", error.code()).saying(error.text());
        Refusal::invalid("request.invalid", vec![field])
    })?;
    Ok(Some(Inclusion {
        on,
        ada,
        change: own_words(p, &change.unwrap_or_default()),
    }))
}

fn facts(p: &Page, operation: &Operation) -> Facts {
    let terms = &operation.terms;
    let vat = match terms.vat {
        VatStatus::Unknown => p.t("operation-vat-unknown"),
        VatStatus::NonRecoverable => p.t("operation-vat-non-recoverable"),
        VatStatus::Recoverable => p.t("operation-vat-recoverable"),
        VatStatus::ProRata(part) => format!("{} ({part} %)", p.t("operation-vat-pro-rata")),
    };
    let aid = match terms.state_aid {
        StateAid::None => "none",
        StateAid::DeMinimis => "de-minimis",
        StateAid::Other => "other",
    };
    let regime = serde_json::to_value(operation.regime).unwrap_or_default();
    let mut facts = vec![
        Fact::text(p.t("operation-beneficiary"), p.text(&operation.beneficiary)),
        Fact::text(p.t("operation-programme"), p.text(&operation.programme)),
        Fact::text(p.t("operation-fund"), operation.fund.clone()),
        Fact::text(
            p.t("operation-regime"),
            p.t(&format!("operation-regime-{}", regime.as_str().unwrap_or_default())),
        ),
    ];
    let texts = [
        ("operation-axis", &operation.priority_axis),
        ("operation-investment", &operation.territorial_investment),
    ];
    for (key, text) in texts {
        facts.extend(text.as_ref().map(|text| Fact::text(p.t(key), p.text(text))));
    }
    facts.extend(operation.period.map(|period| {
        let to = period.to.map(|to| p.day(to)).unwrap_or_default();
        Fact::text(p.t("column-period"), format!("{} – {to}", p.day(period.from)))
    }));
    let amounts = [
        ("money-budget", operation.budget),
        ("operation-total-cost", terms.total_cost),
        ("operation-total-eligible", terms.total_eligible),
        ("operation-public-support", terms.public_support),
    ];
    for (key, amount) in amounts {
        let said = amount.map_or_else(|| p.t("operation-not-known"), |amount| p.money(amount));
        facts.push(Fact::text(p.t(key), said));
    }
    let share = terms.fund_share.map(|share| format!("{share} %"));
    facts.push(Fact::text(
        p.t("operation-fund-share"),
        share.unwrap_or_else(|| p.t("operation-not-known")),
    ));
    let margin = operation.reallocation_margin.map(|margin| format!("{margin} %"));
    facts.push(Fact::text(
        p.t("operation-margin"),
        margin.unwrap_or_else(|| p.t("operation-not-known")),
    ));
    facts.push(Fact::text(p.t("operation-vat"), vat));
    facts.push(Fact::text(
        p.t("operation-state-aid"),
        p.t(&format!("operation-state-aid-{aid}")),
    ));
    Facts { facts }
}

fn parts(p: &Page, operation: &Operation) -> Vec<Block> {
    let mode = |mode: ImplementationMode| match mode {
        ImplementationMode::OwnMeans => p.t("operation-mode-own-means"),
        ImplementationMode::Contract => p.t("operation-mode-contract"),
    };
    let sub_projects = operation.sub_projects.iter();
    let packages = operation.work_packages.iter();
    let decisions = operation.decisions.iter();
    vec![
        Block::Table(Table {
            caption: p.t("operation-sub-projects"),
            head: head(p, [("money-subproject", false), ("operation-mode", false)]),
            rows: sub_projects
                .map(|part| {
                    Row::new(vec![
                        Cell::head(p.text(&part.name)).note(part.code.clone()),
                        Cell::new(mode(part.mode)),
                    ])
                })
                .collect(),
            empty: p.t("operation-none"),
        }),
        Block::Table(Table {
            caption: p.t("operation-work-packages"),
            head: head(p, [("money-workpackage", false)]),
            rows: packages
                .map(|part| Row::new(vec![Cell::head(p.text(&part.name)).note(part.code.clone())]))
                .collect(),
            empty: p.t("operation-none"),
        }),
        Block::Table(Table {
            caption: p.t("operation-decisions"),
            head: head(
                p,
                [
                    ("operation-decided-on", false),
                    ("money-ada", false),
                    ("operation-change", false),
                ],
            ),
            rows: decisions
                .map(|one| {
                    let ada = one.ada.as_ref().map(|ada| ada.as_str().to_owned());
                    Row::new(vec![
                        Cell::head(p.day(one.on)),
                        Cell::new(ada.unwrap_or_default()).code(),
                        Cell::new(p.text(&one.change)),
                    ])
                })
                .collect(),
            empty: p.t("operation-decisions-none"),
        }),
    ]
}

fn page(acting: &Acting, p: Page, operation: &Operation, form: FormView) -> StaffPage {
    let mut page = StaffPage::new(p.clone())
        .subtitled(p.text(&operation.name))
        .back(p.t("money-back"), p.url(&format!("/staff/money/{}", operation.id)))
        .block(Block::Facts(facts(&p, operation)));
    page.blocks.extend(parts(&p, operation));
    if acting.actor.may(Right::MaintainDirectory) {
        page.blocks.extend(titled(&p, "operation-terms", form));
    }
    page
}

/// The operation.
pub(in crate::pages::staff) async fn one(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p) = reader.page("operation-title", Section::Money);
    acting.require(Right::SeeMoney)?;
    let operation = model::operation(&acting, id(&text, "operation.unknown")?).await?.value;
    let mut form = form(&p, &operation);
    form.show(&p, &as_typed(&operation)?);
    Ok(show(&page(&acting, p, &operation, form)))
}

/// Changes its terms, with the decision that changes them.
pub(in crate::pages::staff) async fn change(
    reader: Reader,
    Path(text): Path<String>,
    bytes: Bytes,
) -> Outcome<Response> {
    let (acting, mut p) = reader.page("operation-title", Section::Money);
    acting.require(Right::MaintainDirectory)?;
    let of: OperationId = id(&text, "operation.unknown")?;
    let operation = model::operation(&acting, of).await?.value;
    let mut form = form(&p, &operation);
    form.fill(&Posted::read(&bytes));
    let done = match read(&p, &form, &operation) {
        Ok(terms) => model::change_terms(&acting, of, terms).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(_) => Ok(onward(&p, &here(of), "operation-kept")),
        Err(refusal) => {
            let status = mend(&mut p, &mut form, refusal)?;
            Ok(show_with(status, &page(&acting, p, &operation, form)))
        }
    }
}

//! Ceilings of immediate help: what holds for each entry of the catalogue, what waits for a second person, a form to propose one.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::id::CeilingId;
use osn_core::immediate::CeilingProposal;
use osn_core::intervention::InterventionModel;
use osn_core::state::Machine as _;
use osn_store::{PageQuery, Versioned};

use super::urgent::{ceiling, read_amounts};
use super::{head, id, person};
use crate::acts::network::Listed;
use crate::acts::network::ceilings::{self as acts, NewCeiling};
use crate::acts::{Acting, model};
use crate::auth::Right;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Field, FormView};
use crate::pages::part::{Act, Block, Cell, Fact, Facts, Row, StaffPage, Table, Tag, Tone};
use crate::pages::reader::Reader;
use crate::pages::{mend, onward, show, show_with, shown};
use crate::refusal::Outcome;

/// The address.
pub(super) const CEILINGS: &str = "/staff/ceilings";

/// What stands above the urgent track while a part of a ceiling is missing: who must set it, and where.
pub(super) fn missing(p: &Page, model: &InterventionModel) -> Option<Block> {
    let unset = model.catalogue.0.iter().filter(|entry| acts::is_unset(entry));
    let names: Vec<String> = unset.map(|entry| p.text(&entry.name)).collect();
    (!names.is_empty()).then(|| Block::Warning(p.t1("ceilings-missing", "names", &names.join(", "))))
}

fn form(p: &Page, model: &InterventionModel) -> FormView {
    let entries = model.catalogue.0.iter();
    let entries = entries.map(|entry| Choice::new(entry.code.clone(), p.text(&entry.name)));
    let fields = vec![
        Field::radios("/entry", p.t("urgent-entry"), entries.collect()),
        Field::int("/ceiling/people", p.t("ceiling-people")),
        Field::money("/ceiling/cost/amount", p.t("ceiling-cost")).hint(p.t("apply-amount-hint")),
        Field::int("/ceiling/days", p.t("ceiling-days")),
        Field::line("/decision", p.t("ceiling-decision")).hint(p.t("ceiling-decision-hint")),
    ];
    FormView::new(p.url(CEILINGS), fields, p.t("ceiling-propose"))
}

fn holds(p: &Page, model: &InterventionModel) -> Table {
    let row = |entry: &osn_core::intervention::CatalogueEntry| {
        let said = if acts::is_unset(entry) {
            Cell::tag(Tag::new(Tone::Warn, p.t("ceiling-unset")))
        } else {
            Cell::new(ceiling(p, &entry.ceiling))
        };
        Row::new(vec![
            Cell::head(p.text(&entry.name)).note(p.text(&entry.description)),
            said,
        ])
    };
    Table {
        caption: p.t("ceilings-hold"),
        head: head(p, [("urgent-entry", false), ("urgent-ceiling", false)]),
        rows: model.catalogue.0.iter().map(row).collect(),
        empty: p.t("ceilings-no-catalogue"),
    }
}

async fn waiting(acting: &Acting, p: &Page, model: &InterventionModel) -> Outcome<Vec<Block>> {
    let asked = Listed {
        state: Some("proposed".to_owned()),
    };
    let found = acts::list(acting, &asked, PageQuery::first()).await?;
    let mut blocks = vec![Block::Heading(p.t("ceilings-waiting"))];
    if found.items.is_empty() {
        blocks.push(Block::Text(p.t("ceilings-waiting-none")));
    }
    for Versioned { value, .. } in &found.items {
        blocks.extend(proposed(acting, p, model, value).await?);
    }
    Ok(blocks)
}

async fn proposed(acting: &Acting, p: &Page, model: &InterventionModel, one: &CeilingProposal) -> Outcome<Vec<Block>> {
    let entry = model.catalogue.0.iter().find(|entry| entry.code == one.entry);
    let facts = vec![
        Fact::text(
            p.t("urgent-entry"),
            entry.map_or_else(|| one.entry.clone(), |entry| p.text(&entry.name)),
        ),
        Fact::text(p.t("urgent-ceiling"), ceiling(p, &one.ceiling)),
        Fact::text(p.t("ceiling-decision"), one.decision.clone()),
        Fact::text(p.t("overruled-by"), person(acting, one.proposed_by).await?),
        Fact::new(
            p.t("column-state"),
            Cell::tag(shown::state(p, "ceiling", one.state.name())),
        ),
    ];
    let act = |step: &str, key: &str| Act::new(p.url(&format!("{CEILINGS}/{}/{step}", one.id)), p.t(key));
    let own = acting.actor.account() == Some(one.proposed_by);
    let buttons = match (acting.actor.may(Right::HelpAtOnce), own) {
        (false, _) => Vec::new(),
        (true, true) => vec![act("refuse", "ceiling-take-back").secondary()],
        (true, false) => vec![
            act("approve", "ceiling-approve"),
            act("refuse", "ceiling-refuse").secondary(),
        ],
    };
    Ok(vec![Block::Facts(Facts { facts }), Block::Acts(buttons)])
}

async fn page(acting: &Acting, p: Page, form: Option<FormView>) -> Outcome<StaffPage> {
    let model = model::get(acting).await?;
    let mut page = StaffPage::new(p.clone())
        .subtitled(p.t("ceilings-text"))
        .back(p.t("help-title"), p.url("/staff/urgent"))
        .block(Block::Table(holds(&p, &model)));
    page.blocks.extend(waiting(acting, &p, &model).await?);
    if acting.actor.may(Right::HelpAtOnce) {
        page.blocks.push(Block::Heading(p.t("ceiling-new")));
        let form = form.unwrap_or_else(|| self::form(&p, &model));
        page.blocks.push(Block::Form(Box::new(form)));
    }
    Ok(page)
}

/// What holds and what waits.
pub(super) async fn all(reader: Reader) -> Outcome<Response> {
    let (acting, p) = reader.page("ceilings-title", Section::Urgent);
    Ok(show(&page(&acting, p, None).await?))
}

/// Proposes a ceiling.
pub(super) async fn propose(reader: Reader, body: Bytes) -> Outcome<Response> {
    let (acting, mut p) = reader.page("ceilings-title", Section::Urgent);
    let mut form = form(&p, &model::get(&acting).await?);
    let done = match read_amounts::<NewCeiling>(&p, &mut form, &body) {
        Ok(new) => acts::propose(&acting, new).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(_) => Ok(onward(&p, CEILINGS, "ceiling-proposed")),
        Err(refusal) => {
            let status = mend(&mut p, &mut form, refusal)?;
            Ok(show_with(status, &page(&acting, p, Some(form)).await?))
        }
    }
}

/// Another person approves.
pub(super) async fn approve(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let proposal: CeilingId = id(&text, "ceiling.unknown")?;
    acts::approve(&reader.acting, proposal).await?;
    Ok(onward(&reader.p, CEILINGS, "ceiling-approved"))
}

/// It is refused, or taken back.
pub(super) async fn refuse(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let proposal: CeilingId = id(&text, "ceiling.unknown")?;
    acts::refuse(&reader.acting, proposal).await?;
    Ok(onward(&reader.p, CEILINGS, "ceiling-refused"))
}

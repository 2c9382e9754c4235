//! Declared emergencies: what stands below the urgent track, proposing one, declaring it, ending it.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::directory::{Directory, Taxonomy};
use osn_core::id::EmergencyId;
use osn_core::immediate::{Emergency, EmergencyState};
use osn_core::state::Machine as _;
use osn_store::PageQuery;

use super::id;
use super::network::{answer, form_page, own_line};
use super::urgent::{ceiling, read_amounts};
use crate::acts::network::Listed;
use crate::acts::network::emergencies::{self as acts, NewEmergency};
use crate::acts::{Acting, model};
use crate::auth::Right;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Field, FormView};
use crate::pages::part::{Act, Block, Cell, Fact, Facts};
use crate::pages::public::choices;
use crate::pages::reader::Reader;
use crate::pages::{onward, show, shown};
use crate::refusal::Outcome;

/// Every emergency with its steps.
pub(super) async fn blocks(acting: &Acting, p: &Page) -> Outcome<Vec<Block>> {
    if !acting.actor.may(Right::SeeWork) {
        return Ok(Vec::new());
    }
    let found = acts::list(acting, &Listed::default(), PageQuery::first()).await?;
    let mapped = acting.mapping().await?;
    let mut blocks = vec![Block::Heading(p.t("emergencies-title"))];
    if found.items.is_empty() {
        blocks.push(Block::Text(p.t("emergencies-none")));
    }
    for read in &found.items {
        blocks.extend(emergency(acting, p, &mapped.directory, &read.value));
    }
    Ok(blocks)
}

fn emergency(acting: &Acting, p: &Page, directory: &Directory, emergency: &Emergency) -> Vec<Block> {
    let facts = vec![
        Fact::text(p.t("emergency-name"), p.text(&emergency.name)),
        Fact::text(p.t("need-areas"), shown::terms(p, directory, &emergency.areas)),
        Fact::text(p.t("column-period"), shown::period(p, emergency.period)),
        Fact::text(p.t("urgent-ceiling"), ceiling(p, &emergency.ceiling)),
        Fact::new(
            p.t("column-state"),
            Cell::tag(shown::state(p, "emergency", emergency.state.name())),
        ),
    ];
    let act = |step: &str, key: &str| Act::new(p.url(&format!("/staff/emergencies/{}/{step}", emergency.id)), p.t(key));
    let own = acting.actor.account() == Some(emergency.proposed_by);
    let buttons = match (&emergency.state, acting.actor.may(Right::HelpAtOnce)) {
        (EmergencyState::Proposed, true) if own => vec![act("end", "emergency-end").secondary()],
        (EmergencyState::Proposed, true) => vec![
            act("declare", "emergency-declare"),
            act("end", "emergency-end").secondary(),
        ],
        (EmergencyState::Declared { .. }, true) => vec![act("end", "emergency-end").secondary()],
        (EmergencyState::Ended { .. }, _) | (_, false) => Vec::new(),
    };
    vec![Block::Facts(Facts { facts }), Block::Acts(buttons)]
}

async fn emergency_form(acting: &Acting, p: &Page) -> Outcome<FormView> {
    let mapped = acting.mapping().await?;
    let catalogue = model::get(acting).await?.catalogue.0;
    let entries = catalogue
        .into_iter()
        .map(|entry| Choice::new(entry.code.clone(), p.text(&entry.name)));
    let fields = vec![
        own_line(p, "/name", "emergency-name"),
        Field::checks(
            "/areas",
            p.t("need-areas"),
            choices(p, &mapped.directory, Taxonomy::Area),
        ),
        Field::day("/period/from", p.t("need-from")),
        Field::day("/period/to", p.t("need-to")),
        Field::checks("/entries", p.t("emergency-entries"), entries.collect()),
        Field::int("/ceiling/people", p.t("ceiling-people")),
        Field::money("/ceiling/cost/amount", p.t("ceiling-cost")),
        Field::int("/ceiling/days", p.t("ceiling-days")),
    ];
    Ok(FormView {
        guard: true,
        cancel: Some((p.t("cancel"), p.url("/staff/urgent"))),
        ..FormView::new(p.url("/staff/emergencies/new"), fields, p.t("emergency-propose"))
    })
}

pub(super) async fn ask(reader: Reader) -> Outcome<Response> {
    let (acting, p) = reader.page("emergency-new", Section::Urgent);
    let form = emergency_form(&acting, &p).await?;
    Ok(show(&form_page(p, ("help-title", "/staff/urgent"), form)))
}

pub(super) async fn propose(reader: Reader, body: Bytes) -> Outcome<Response> {
    let (acting, p) = reader.page("emergency-new", Section::Urgent);
    let mut form = emergency_form(&acting, &p).await?;
    let led = match read_amounts::<NewEmergency>(&p, &mut form, &body) {
        Ok(new) => acts::propose(&acting, new).await.map(|_| "/staff/urgent".to_owned()),
        Err(refusal) => Err(refusal),
    };
    answer(p, form, led, "emergency-proposed")
}

pub(super) async fn declare(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let emergency: EmergencyId = id(&text, "emergency.unknown")?;
    acts::declare(&reader.acting, emergency).await?;
    Ok(onward(&reader.p, "/staff/urgent", "emergency-declared"))
}

pub(super) async fn end(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let emergency: EmergencyId = id(&text, "emergency.unknown")?;
    acts::end(&reader.acting, emergency).await?;
    Ok(onward(&reader.p, "/staff/urgent", "emergency-ended"))
}

//! The urgent track: immediate help and emergencies, by maker and checker.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::directory::{Directory, Taxonomy};
use osn_core::id::{EmergencyId, InterventionId};
use osn_core::immediate::{Emergency, EmergencyState, HelpTo, ImmediateIntervention, InterventionState};
use osn_core::intervention::{Ceiling, InterventionModel};
use osn_core::state::Machine as _;
use osn_store::{PageQuery, Versioned};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::network::{answer, bodies, body_name, chips, form_page, listed, opens, own_area, own_line, read, small};
use super::{Asked, head, id, person};
use crate::acts::network::immediate::{self as acts, Given, HelpedPeople, NewEmergency, NewIntervention};
use crate::acts::network::referrals::OpenReferral;
use crate::acts::network::{Listed, Why};
use crate::acts::{Acting, model};
use crate::auth::Right;
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Field, FormView, Posted};
use crate::pages::part::{Act, Block, Cell, Fact, Facts, Row, StaffPage, Table};
use crate::pages::public::choices;
use crate::pages::reader::Reader;
use crate::pages::{onward, show, shown, typed};
use crate::refusal::{Outcome, Refusal};

const STATES: [&str; 5] = ["proposed", "approved", "refused", "delivered", "cancelled"];
/// People whom one form asks for.
const PEOPLE: usize = 5;

fn help_id(text: &str) -> Outcome<InterventionId> {
    id(text, "intervention.unknown")
}

pub(super) async fn list(reader: Reader, Query(asked): Query<Asked>) -> Outcome<Response> {
    let (acting, p) = reader.page("help-title", Section::Urgent);
    let found = acts::list(&acting, &listed(&asked), asked.query()).await?;
    let model = model::get(&acting).await?;
    let today = acting.zone().day(acting.now);
    let rows = found.items.iter().map(|read| {
        let help = &read.value;
        let due = Cell::new(p.day(help.certificate_due));
        let due = match help.certificate_id {
            Some(certificate) => {
                Cell::new(p.t("chain-certificate")).link(p.url(&format!("/staff/certificates/{certificate}")))
            }
            None if help.is_certificate_late(today) => due.note(p.t("request-late")),
            None => due,
        };
        Row::new(vec![
            Cell::head(entry(&p, &model, &help.entry)).link(p.url(&format!("/staff/urgent/{}", help.id))),
            Cell::number(p.number(help.to.count().into())),
            Cell::number(p.money(help.cost)),
            due,
            Cell::tag(shown::state(&p, "intervention", help.state.name())),
        ])
    });
    let mut page = StaffPage::new(p.clone()).subtitled(p.tc("urgent-count", found.total));
    page.chips = chips(&p, &asked, "/staff/urgent", "intervention", &STATES);
    if acting.actor.may(Right::HelpAtOnce) {
        page.blocks
            .push(Block::Link(p.t("urgent-new"), p.url("/staff/urgent/new")));
        page.blocks
            .push(Block::Link(p.t("emergency-new"), p.url("/staff/emergencies/new")));
    }
    page.blocks.push(Block::Table(Table {
        caption: p.t("help-title"),
        head: head(
            &p,
            [
                ("urgent-entry", false),
                ("column-people", true),
                ("column-cost", true),
                ("urgent-certificate", false),
                ("column-state", false),
            ],
        ),
        rows: rows.collect(),
        empty: p.t("urgent-none"),
    }));
    page.blocks.extend(emergencies(&acting, &p).await?);
    page.pager = asked.pager(&p, "/staff/urgent", found.next);
    Ok(show(&page))
}

fn entry(p: &Page, model: &InterventionModel, code: &str) -> String {
    let found = model.catalogue.0.iter().find(|entry| entry.code == code);
    found.map_or_else(|| code.to_owned(), |entry| p.text(&entry.name))
}

fn ceiling(p: &Page, ceiling: &Ceiling) -> String {
    let people = ceiling
        .people
        .map_or_else(|| "–".to_owned(), |people| p.number(people.into()));
    let cost = ceiling.cost.map_or_else(|| "–".to_owned(), |cost| p.money(cost));
    let days = ceiling
        .days
        .map_or_else(|| "–".to_owned(), |days| p.number(days.into()));
    p.with(
        "urgent-ceiling-says",
        &[("people", &people), ("cost", &cost), ("days", &days)],
    )
}

async fn emergencies(acting: &Acting, p: &Page) -> Outcome<Vec<Block>> {
    if !acting.actor.may(Right::SeeWork) {
        return Ok(Vec::new());
    }
    let found = acts::emergencies(acting, &Listed::default(), PageQuery::first()).await?;
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

async fn propose_form(acting: &Acting, p: &Page) -> Outcome<FormView> {
    let mapped = acting.mapping().await?;
    let directory = &mapped.directory;
    let catalogue = model::get(acting).await?.catalogue.0;
    let entries = catalogue.into_iter().map(|entry| Choice {
        hint: ceiling(p, &entry.ceiling),
        ..Choice::new(entry.code.clone(), p.text(&entry.name))
    });
    let open = acts::emergencies(
        acting,
        &Listed {
            state: Some("declared".to_owned()),
        },
        PageQuery::first(),
    )
    .await?;
    let open = open
        .items
        .iter()
        .map(|read| Choice::new(read.value.id.to_string(), p.text(&read.value.name)));
    let mut fields = vec![
        Field::radios("/entry", p.t("urgent-entry"), entries.collect()),
        Field::select("/emergency_id", p.t("urgent-emergency"), open.collect()).optional(),
    ];
    for number in 0..PEOPLE {
        let label = |key: &str| p.t1(key, "number", &(number + 1).to_string());
        fields.push(Field::line(&format!("/people/{number}/name"), label("urgent-person-name")).optional());
        fields.push(Field::line(&format!("/people/{number}/phone"), label("urgent-person-phone")).optional());
    }
    fields.extend([
        Field::select("/organization_id", p.t("urgent-body"), bodies(p, directory))
            .hint(p.t("urgent-body-hint"))
            .optional(),
        Field::int("/count", p.t("urgent-body-count")).optional(),
        Field::checks("/areas", p.t("need-areas"), choices(p, directory, Taxonomy::Area)),
        Field::day("/period/from", p.t("need-from")),
        Field::day("/period/to", p.t("need-to")),
        Field::money("/cost/amount", p.t("urgent-cost")),
        own_area(p, "/reason", "urgent-reason").hint(p.t("request-description-hint")),
    ]);
    Ok(FormView {
        guard: true,
        cancel: Some((p.t("cancel"), p.url("/staff/urgent"))),
        ..FormView::new(p.url("/staff/urgent/new"), fields, p.t("urgent-propose"))
    })
}

/// Amounts carry their currency; a line of people without a name is none.
fn read_amounts<T: DeserializeOwned>(p: &Page, form: &mut FormView, body: &[u8]) -> Outcome<T> {
    form.fill(&Posted::read(body));
    let mut body = form
        .body(p)
        .map_err(|errors| Refusal::invalid("request.invalid", errors))?;
    for pointer in ["/cost", "/ceiling/cost"] {
        if let Some(cost) = body.pointer_mut(pointer).and_then(Value::as_object_mut) {
            cost.insert("currency".to_owned(), json!("EUR"));
        }
    }
    if let Some(people) = body.get_mut("people").and_then(Value::as_array_mut) {
        people.retain(|person| person["name"].is_string() || person["phone"].is_string());
    }
    typed(body)
}

pub(super) async fn ask(reader: Reader) -> Outcome<Response> {
    let (acting, p) = reader.page("urgent-new", Section::Urgent);
    let form = propose_form(&acting, &p).await?;
    Ok(show(&form_page(p, ("help-title", "/staff/urgent"), form)))
}

pub(super) async fn propose(reader: Reader, body: Bytes) -> Outcome<Response> {
    let (acting, p) = reader.page("urgent-new", Section::Urgent);
    let mut form = propose_form(&acting, &p).await?;
    let led = match read_amounts::<NewIntervention>(&p, &mut form, &body) {
        Ok(new) => acts::propose(&acting, new)
            .await
            .map(|help| format!("/staff/urgent/{}", help.value.id)),
        Err(refusal) => Err(refusal),
    };
    answer(p, form, led, "urgent-proposed")
}

pub(super) async fn one(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    let id = help_id(&text)?;
    Ok(show(&page(&acting, p, id, None).await?))
}

async fn page(acting: &Acting, p: Page, id: InterventionId, opened: Option<HelpedPeople>) -> Outcome<StaffPage> {
    let Versioned { value: help, .. } = acts::get(acting, id).await?;
    let mapped = acting.mapping().await?;
    let model = model::get(acting).await?;
    let title = entry(&p, &model, &help.entry);
    let p = p.titled(title).within(Section::Urgent);
    let to = match &help.to {
        HelpTo::People { .. } => p.t("urgent-to-people"),
        HelpTo::Body { organization_id, .. } => body_name(&p, &mapped.directory, Some(*organization_id)),
    };
    let mut facts = vec![
        Fact::text(p.t("urgent-to"), to),
        Fact::text(p.t("column-people"), p.number(help.to.count().into())),
        Fact::text(p.t("need-areas"), shown::terms(&p, &mapped.directory, &help.areas)),
        Fact::text(p.t("column-period"), shown::period(&p, help.period)),
        Fact::text(p.t("urgent-cost"), p.money(help.cost)),
        Fact::text(p.t("urgent-ceiling"), ceiling(&p, &help.ceiling)),
        Fact::text(p.t("urgent-reason"), p.text(&help.reason)),
        Fact::text(p.t("urgent-certificate-due"), p.day(help.certificate_due)),
        Fact::text(p.t("overruled-by"), person(acting, help.proposed_by).await?),
    ];
    if let InterventionState::Approved { by, .. } = &help.state {
        facts.push(Fact::text(p.t("overruled-approved"), person(acting, *by).await?));
    }
    let given = help
        .given
        .iter()
        .map(|given| Row::new(vec![Cell::new(p.day(given.on)), Cell::number(p.money(given.cost))]));
    let mut page = StaffPage::new(p.clone())
        .tagged(shown::state(&p, "intervention", help.state.name()))
        .back(p.t("help-title"), p.url("/staff/urgent"))
        .block(Block::Facts(Facts { facts }))
        .block(Block::Table(Table {
            caption: p.t("urgent-given"),
            head: head(&p, [("column-when", false), ("column-cost", true)]),
            rows: given.collect(),
            empty: p.t("urgent-given-none"),
        }));
    if let Some(opened) = &opened {
        page.blocks.push(people(&p, opened));
    }
    if acting.actor.may(Right::HelpAtOnce) {
        steps(acting, &mut page, &help, opened.as_ref());
    }
    Ok(page)
}

fn people(p: &Page, opened: &HelpedPeople) -> Block {
    let rows = opened.people.iter().map(|person| {
        let piece = |piece: Option<&String>| piece.cloned().unwrap_or_default();
        let data = person.data.as_ref();
        Row::new(vec![
            Cell::head(piece(data.and_then(|data| data.name.as_ref()))),
            Cell::new(piece(data.and_then(|data| data.phone.as_ref()))),
        ])
    });
    Block::Table(Table {
        caption: p.t("urgent-people"),
        head: head(p, [("contact-name", false), ("contact-phone", false)]),
        rows: rows.collect(),
        empty: p.t("urgent-people-none"),
    })
}

fn steps(acting: &Acting, page: &mut StaffPage, help: &ImmediateIntervention, opened: Option<&HelpedPeople>) {
    let p = page.p.clone();
    let id = help.id;
    let act = |step: &str, key: &str| Act::new(p.url(&format!("/staff/urgent/{id}/{step}")), p.t(key));
    if opened.is_none() && matches!(help.to, HelpTo::People { .. }) {
        page.blocks
            .push(opens(&p, "urgent-open", open_form(&p, id).scoped("o-")));
    }
    let own = acting.actor.account() == Some(help.proposed_by);
    match &help.state {
        InterventionState::Proposed if own => {
            page.blocks.push(Block::Inset(p.t("second-person-decides")));
            page.acts.push(act("cancel", "urgent-cancel").secondary());
        }
        InterventionState::Proposed => {
            page.acts.push(act("approve", "urgent-approve"));
            page.blocks
                .push(opens(&p, "urgent-refuse", refuse_form(&p, id).scoped("r-")));
        }
        InterventionState::Approved { .. } => {
            page.acts.push(act("cancel", "urgent-cancel").secondary());
            page.blocks
                .push(opens(&p, "urgent-give", give_form(&p, help, opened).scoped("g-")));
        }
        InterventionState::Refused { .. }
        | InterventionState::Delivered { .. }
        | InterventionState::Cancelled { .. } => {}
    }
}

fn open_form(p: &Page, id: InterventionId) -> FormView {
    let reason = Field::line("/reason", p.t("referral-open-reason")).hint(p.t("referral-open-hint"));
    small(p, &format!("/staff/urgent/{id}/open"), vec![reason], "urgent-open")
}

fn refuse_form(p: &Page, id: InterventionId) -> FormView {
    small(
        p,
        &format!("/staff/urgent/{id}/refuse"),
        vec![own_area(p, "/reason", "gap-reason")],
        "urgent-refuse",
    )
}

/// People by their names where somebody opened them, else by their place in the list.
fn give_form(p: &Page, help: &ImmediateIntervention, opened: Option<&HelpedPeople>) -> FormView {
    let mut fields = Vec::new();
    if let HelpTo::People { people } = &help.to {
        let known = |number: usize| {
            let person = opened.and_then(|opened| opened.people.get(number));
            person.and_then(|person| person.data.as_ref()?.name.clone())
        };
        let choices = people.iter().enumerate().map(|(number, person)| {
            let place = || p.t1("urgent-person", "number", &(number + 1).to_string());
            Choice::new(person.to_string(), known(number).unwrap_or_else(place))
        });
        fields.push(Field::select("/person_id", p.t("urgent-whom"), choices.collect()));
    }
    fields.extend([
        Field::day("/on", p.t("column-when")),
        Field::money("/cost/amount", p.t("column-cost")),
        Field::flag(p, "/last", p.t("urgent-last")).proposed("no"),
    ]);
    small(p, &format!("/staff/urgent/{}/give", help.id), fields, "urgent-give")
}

fn frame(reader: Reader, text: &str, title: &str) -> Outcome<(Acting, Page, InterventionId, String)> {
    let id = help_id(text)?;
    let (acting, p) = reader.page(title, Section::Urgent);
    Ok((acting, p, id, format!("/staff/urgent/{id}")))
}

pub(super) async fn approve(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p, id, path) = frame(reader, &text, "urgent-approve")?;
    acts::approve(&acting, id).await?;
    Ok(onward(&p, &path, "urgent-approved"))
}

pub(super) async fn cancel(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p, id, path) = frame(reader, &text, "urgent-cancel")?;
    acts::cancel(&acting, id).await?;
    Ok(onward(&p, &path, "urgent-cancelled"))
}

pub(super) async fn refuse(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let (acting, p, id, path) = frame(reader, &text, "urgent-refuse")?;
    let mut form = refuse_form(&p, id);
    let led = match read::<Why>(&p, &mut form, &body) {
        Ok(why) => acts::refuse(&acting, id, why).await.map(|_| path),
        Err(refusal) => Err(refusal),
    };
    answer(p, form, led, "urgent-refused")
}

/// Who is helped is shown in the answer itself: it never stands in an address.
pub(super) async fn open(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let (acting, p, id, _) = frame(reader, &text, "urgent-open")?;
    let mut form = open_form(&p, id);
    let opened = match read::<OpenReferral>(&p, &mut form, &body) {
        Ok(why) => acts::open(&acting, id, why).await,
        Err(refusal) => Err(refusal),
    };
    match opened {
        Ok(people) => Ok(show(&page(&acting, p, id, Some(people)).await?)),
        Err(refusal) => answer(p, form, Err(refusal), ""),
    }
}

pub(super) async fn give(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let (acting, p, id, path) = frame(reader, &text, "urgent-give")?;
    let help = acts::get(&acting, id).await?.value;
    let mut form = give_form(&p, &help, None);
    let led = match read_amounts::<Given>(&p, &mut form, &body) {
        Ok(given) => acts::give(&acting, id, given).await.map(|_| path),
        Err(refusal) => Err(refusal),
    };
    answer(p, form, led, "urgent-gave")
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

pub(super) async fn ask_emergency(reader: Reader) -> Outcome<Response> {
    let (acting, p) = reader.page("emergency-new", Section::Urgent);
    let form = emergency_form(&acting, &p).await?;
    Ok(show(&form_page(p, ("help-title", "/staff/urgent"), form)))
}

pub(super) async fn propose_emergency(reader: Reader, body: Bytes) -> Outcome<Response> {
    let (acting, p) = reader.page("emergency-new", Section::Urgent);
    let mut form = emergency_form(&acting, &p).await?;
    let led = match read_amounts::<NewEmergency>(&p, &mut form, &body) {
        Ok(new) => acts::propose_emergency(&acting, new)
            .await
            .map(|_| "/staff/urgent".to_owned()),
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
    acts::end_emergency(&reader.acting, emergency).await?;
    Ok(onward(&reader.p, "/staff/urgent", "emergency-ended"))
}

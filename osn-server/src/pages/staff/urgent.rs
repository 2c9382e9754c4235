//! The urgent track: immediate help by maker and checker, with what stands of it in the tables that a call uses.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::application::AssessmentOutcome;
use osn_core::directory::Taxonomy;
use osn_core::expenditure::Category;
use osn_core::id::{InterventionId, PersonId};
use osn_core::immediate::{HelpTo, ImmediateIntervention, InterventionState};
use osn_core::intervention::{Ceiling, InterventionModel};
use osn_core::state::Machine as _;
use osn_store::{PageQuery, Versioned};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::network::{answer, bodies, body_name, chips, form_page, listed, opens, own_area, read, small, trace_link};
use super::{Asked, ceilings, emergencies, head, id, person};
use crate::acts::network::emergencies as declared;
use crate::acts::network::granting::{self, Given, HelpAwarded, HelpDelivered, HelpRecord};
use crate::acts::network::immediate::{self as acts, Follows, HelpedPeople, NewIntervention};
use crate::acts::network::referrals::OpenReferral;
use crate::acts::network::{Listed, Why};
use crate::acts::{Acting, model, requests};
use crate::auth::Right;
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Field, FormView, Posted};
use crate::pages::part::{Act, Block, Cell, Fact, Facts, Row, StaffPage, Table};
use crate::pages::public::choices;
use crate::pages::reader::Reader;
use crate::pages::{onward, show, shown, typed};
use crate::refusal::Outcome;

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
    page.blocks.extend(ceilings::missing(&p, &model));
    if acting.actor.may(Right::HelpAtOnce) {
        page.blocks
            .push(Block::Link(p.t("ceilings-title"), p.url(ceilings::CEILINGS)));
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
    page.blocks.extend(emergencies::blocks(&acting, &p).await?);
    page.pager = asked.pager(&p, "/staff/urgent", found.next);
    Ok(show(&page))
}

fn entry(p: &Page, model: &InterventionModel, code: &str) -> String {
    let found = model.catalogue.0.iter().find(|entry| entry.code == code);
    found.map_or_else(|| code.to_owned(), |entry| p.text(&entry.name))
}

pub(super) fn ceiling(p: &Page, ceiling: &Ceiling) -> String {
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

async fn propose_form(acting: &Acting, p: &Page) -> Outcome<FormView> {
    let mapped = acting.mapping().await?;
    let directory = &mapped.directory;
    let catalogue = model::get(acting).await?.catalogue.0;
    let entries = catalogue.into_iter().map(|entry| Choice {
        hint: ceiling(p, &entry.ceiling),
        ..Choice::new(entry.code.clone(), p.text(&entry.name))
    });
    let open = declared::list(
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
    fields.extend(payer_fields(acting, p).await?);
    Ok(FormView {
        guard: true,
        cancel: Some((p.t("cancel"), p.url("/staff/urgent"))),
        ..FormView::new(p.url("/staff/urgent/new"), fields, p.t("urgent-propose"))
    })
}

/// Which operation pays, and under what; nothing where the municipality pays itself.
async fn payer_fields(acting: &Acting, p: &Page) -> Outcome<Vec<Field>> {
    let (mut operations, mut parts, mut packages) = (Vec::new(), Vec::new(), Vec::new());
    for read in acting.scope.operations(PageQuery::first()).await?.items {
        let operation = read.value;
        operations.push(Choice::new(operation.id.to_string(), p.text(&operation.name)));
        let line = |code: &str, name: &str| Choice::new(code.to_owned(), format!("{} {code} {name}", operation.code));
        parts.extend(
            operation
                .sub_projects
                .iter()
                .map(|part| line(&part.code, &p.text(&part.name))),
        );
        packages.extend(
            operation
                .work_packages
                .iter()
                .map(|part| line(&part.code, &p.text(&part.name))),
        );
    }
    if operations.is_empty() {
        return Ok(Vec::new());
    }
    let categories = Category::ALL.into_iter().filter(|category| !category.is_simplified());
    let categories = categories.map(|category| {
        let words = p.opt(&format!("money-category-{}", category.name().to_lowercase()));
        Choice::new(category.name(), words.unwrap_or_else(|| category.name().to_owned()))
    });
    Ok(vec![
        Field::select("/payer/operation_id", p.t("urgent-payer"), operations)
            .hint(p.t("urgent-payer-hint"))
            .optional(),
        Field::select("/payer/sub_project", p.t("urgent-sub-project"), parts).optional(),
        Field::select("/payer/work_package", p.t("urgent-work-package"), packages).optional(),
        Field::select("/payer/category", p.t("urgent-category"), categories.collect()).optional(),
    ])
}

/// Amounts carry their currency; a line of people without a name is none.
pub(super) fn read_amounts<T: DeserializeOwned>(p: &Page, form: &mut FormView, body: &[u8]) -> Outcome<T> {
    form.fill(&Posted::read(body));
    let mut body = form.body(p)?;
    for pointer in ["/cost", "/ceiling/cost"] {
        if let Some(cost) = body.pointer_mut(pointer).and_then(Value::as_object_mut) {
            cost.insert("currency".to_owned(), json!("EUR"));
        }
    }
    // Without an operation there is no payer, whatever else was chosen.
    if body.pointer("/payer/operation_id").is_none()
        && let Some(whole) = body.as_object_mut()
    {
        whole.remove("payer");
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
        Fact::new(p.t("urgent-certificate-due"), certificate(acting, &p, &help)),
        Fact::text(p.t("overruled-by"), person(acting, help.proposed_by).await?),
    ];
    if let Some(payer) = &help.payer {
        let operation = acting.scope.operation(payer.operation_id).await?;
        let name = operation.map(|read| p.text(&read.value.name)).unwrap_or_default();
        facts.push(Fact::text(p.t("urgent-payer"), name));
    }
    if let Some(request) = help.request_id {
        let cell = Cell::new(p.t("urgent-request")).link(p.url(&format!("/staff/requests/{request}")));
        facts.push(Fact::new(p.t("urgent-follows"), cell));
    }
    if let InterventionState::Approved { by, .. } = &help.state {
        facts.push(Fact::text(p.t("overruled-approved"), person(acting, *by).await?));
    }
    let mut page = StaffPage::new(p.clone())
        .tagged(shown::state(&p, "intervention", help.state.name()))
        .back(p.t("help-title"), p.url("/staff/urgent"))
        .block(Block::Facts(Facts { facts }))
        .block(trace_link(&p, "intervention", id));
    let record = granting::record(acting, id).await?;
    page.blocks.extend(recorded(&p, &help, &record));
    if let Some(opened) = &opened {
        page.blocks.push(people(&p, opened));
    }
    if acting.actor.may(Right::HelpAtOnce) {
        steps(acting, &mut page, &help, opened.as_ref());
        if help.certificate_id.is_none() && granting::counts(&help) {
            let form = follows_form(acting, &p, id).await?;
            page.blocks.push(opens(&p, "urgent-follows", form.scoped("q-")));
        }
    }
    Ok(page)
}

/// The certificate that follows, or the day by which it must.
fn certificate(acting: &Acting, p: &Page, help: &ImmediateIntervention) -> Cell {
    match help.certificate_id {
        Some(id) => Cell::new(p.t("chain-certificate")).link(p.url(&format!("/staff/certificates/{id}"))),
        None if help.is_certificate_late(acting.zone().day(acting.now)) => {
            Cell::new(p.day(help.certificate_due)).note(p.t("request-late"))
        }
        None => Cell::new(p.day(help.certificate_due)),
    }
}

/// Whom a decision or a delivery is about: by the place in the list, because nobody is named here.
fn whom(p: &Page, help: &ImmediateIntervention, person: PersonId) -> String {
    match &help.to {
        HelpTo::People { people } => {
            let number = people
                .iter()
                .position(|one| *one == person)
                .map_or(0, |index| index + 1);
            p.t1("urgent-person", "number", &number.to_string())
        }
        HelpTo::Body { .. } => p.t("urgent-to-body"),
    }
}

/// What stands in the tables that a call uses: decisions, awards, what was given and what paid for it.
fn recorded(p: &Page, help: &ImmediateIntervention, record: &HelpRecord) -> Vec<Block> {
    let columns = [
        ("column-when", false),
        ("urgent-whom", false),
        ("column-cost", true),
        ("urgent-expense", false),
    ];
    let given = Block::Table(Table {
        caption: p.t("urgent-given"),
        head: head(p, columns),
        rows: record.awards.iter().flat_map(|award| given(p, help, award)).collect(),
        empty: p.t("urgent-given-none"),
    });
    if record.decisions.is_empty() {
        return vec![given];
    }
    let decided = record.decisions.iter().map(|decision| {
        let granted = decision.outcome == AssessmentOutcome::Eligible;
        let award = record.awards.iter().find(|award| award.person_id == decision.person_id);
        Row::new(vec![
            Cell::head(whom(p, help, decision.person_id)),
            Cell::new(p.t(if granted {
                "urgent-granted"
            } else {
                "urgent-not-granted"
            }))
            .note(p.moment(decision.decided_at)),
            award.map_or_else(
                || Cell::new("–"),
                |award| Cell::tag(shown::state(p, "award", award.state)),
            ),
            Cell::new(decision.digest.clone()).code(),
        ])
    });
    let columns = [
        ("urgent-whom", false),
        ("urgent-decision", false),
        ("urgent-award", false),
        ("file-digest", false),
    ];
    let decided = Block::Table(Table {
        caption: p.t("urgent-decisions"),
        head: head(p, columns),
        rows: decided.collect(),
        empty: String::new(),
    });
    vec![given, decided]
}

/// What was given of one award, each with the expense that paid for it.
fn given(p: &Page, help: &ImmediateIntervention, award: &HelpAwarded) -> Vec<Row> {
    let row = |delivery: &HelpDelivered| {
        let paid = delivery.expenses.first().map(|paid| {
            let place = p.url(&format!("/staff/expenses/{}", paid.expense_id));
            Cell::new(p.t("urgent-expense")).link(place)
        });
        Row::new(vec![
            Cell::head(p.day(delivery.on)),
            Cell::new(whom(p, help, award.person_id)),
            Cell::number(p.money(delivery.cost)),
            paid.unwrap_or_else(|| Cell::new("–")),
        ])
    };
    award.deliveries.iter().map(row).collect()
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
            if help.given.is_empty() {
                page.acts.push(act("cancel", "urgent-cancel").secondary());
            }
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
    ]);
    if help.payer.is_some() {
        fields.push(Field::line("/paper", p.t("urgent-paper")).hint(p.t("urgent-paper-hint")));
    }
    fields.extend([Field::flag(p, "/last", p.t("urgent-last")).proposed("no")]);
    small(p, &format!("/staff/urgent/{}/give", help.id), fields, "urgent-give")
}

/// The request that certifies the need afterwards, of those that were handed in.
async fn follows_form(acting: &Acting, p: &Page, id: InterventionId) -> Outcome<FormView> {
    let mut choices = Vec::new();
    for state in ["submitted", "examined", "confirmed", "covered"] {
        let found = requests::list(acting, Some(state), PageQuery::first()).await?;
        let each = found.items.iter().map(|read| &read.value);
        choices.extend(each.map(|request| Choice::new(request.id.to_string(), p.text(&request.title))));
    }
    let field = Field::select("/request_id", p.t("urgent-request"), choices);
    Ok(small(
        p,
        &format!("/staff/urgent/{id}/certificate"),
        vec![field],
        "urgent-follows",
    ))
}

pub(super) async fn follows(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let (acting, p, id, path) = frame(reader, &text, "urgent-follows")?;
    let mut form = follows_form(&acting, &p, id).await?;
    let led = match read::<Follows>(&p, &mut form, &body) {
        Ok(follows) => acts::follows(&acting, id, follows).await.map(|_| path),
        Err(refusal) => Err(refusal),
    };
    answer(p, form, led, "urgent-followed")
}

fn frame(reader: Reader, text: &str, title: &str) -> Outcome<(Acting, Page, InterventionId, String)> {
    let id = help_id(text)?;
    let (acting, p) = reader.page(title, Section::Urgent);
    Ok((acting, p, id, format!("/staff/urgent/{id}")))
}

pub(super) async fn approve(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p, id, path) = frame(reader, &text, "urgent-approve")?;
    granting::approve(&acting, id).await?;
    Ok(onward(&p, &path, "urgent-approved"))
}

pub(super) async fn cancel(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p, id, path) = frame(reader, &text, "urgent-cancel")?;
    granting::cancel(&acting, id).await?;
    Ok(onward(&p, &path, "urgent-cancelled"))
}

pub(super) async fn refuse(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let (acting, p, id, path) = frame(reader, &text, "urgent-refuse")?;
    let mut form = refuse_form(&p, id);
    let led = match read::<Why>(&p, &mut form, &body) {
        Ok(why) => granting::refuse(&acting, id, why).await.map(|_| path),
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
        Ok(given) => granting::give(&acting, id, given).await.map(|_| path),
        Err(refusal) => Err(refusal),
    };
    answer(p, form, led, "urgent-gave")
}

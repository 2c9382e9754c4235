//! Actions: the list, planning one from a certificate, its page with places, plan and calls.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::action::{Action, ActionState};
use osn_core::coverage::NeedOutcome;
use osn_core::id::ActionId;
use osn_core::state::Machine as _;
use osn_store::PageQuery;
use serde::Deserialize;
use serde_json::json;

use super::chain::{self, At};
use super::{Asked, documents, head, id, indicators, parameters, settings};
use crate::acts::actions::{NewAction, NewPlaces};
use crate::acts::programs::ProgramDetails;
use crate::acts::{Acting, actions, calls, certificate, deliveries, model, programs};
use crate::auth::Right;
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Field, FormView, Group, Posted};
use crate::pages::part::{Act, Block, Cell, Fact, Facts, Row, StaffPage, Stat, Table};
use crate::pages::reader::Reader;
use crate::pages::{blame, mend, mendable, onward, show, show_with, shown, typed};
use crate::problem;
use crate::refusal::Outcome;

pub(super) fn action_id(text: &str) -> Outcome<ActionId> {
    id(text, "action.unknown")
}

pub(super) async fn list(reader: Reader, Query(asked): Query<Asked>) -> Outcome<Response> {
    let (acting, p) = reader.page("actions-title", Section::Actions);
    let found = actions::list(&acting, asked.query()).await?;
    let mut page = StaffPage::new(p.clone()).subtitled(p.tc("actions-count", found.total));
    if acting.actor.may(Right::PlanActions) {
        page.blocks
            .push(Block::Link(p.t("action-new"), p.url("/staff/actions/new")));
    }
    page.blocks.push(Block::Table(Table {
        caption: p.t("actions-title"),
        head: head(
            &p,
            [
                ("column-action", false),
                ("column-period", false),
                ("column-places", true),
                ("column-budget", true),
                ("column-state", false),
            ],
        ),
        rows: found.items.iter().map(|action| row(&p, &action.value)).collect(),
        empty: p.t("actions-none"),
    }));
    page.pager = asked.pager(&p, "/staff/actions", found.next);
    Ok(show(&page))
}

pub(super) fn row(p: &Page, action: &Action) -> Row {
    Row::new(vec![
        Cell::head(p.text(&action.name))
            .link(p.url(&format!("/staff/actions/{}", action.id)))
            .lang(p.foreign(&action.name)),
        Cell::new(shown::period(p, action.period)),
        Cell::number(
            action
                .places_in_force()
                .map(|places| p.number(places.places.into()))
                .unwrap_or_default(),
        ),
        Cell::number(p.money(action.budget)),
        Cell::tag(shown::state(p, "action", action.state.name())),
    ])
}

#[derive(Debug, Deserialize)]
pub(super) struct Chosen {
    #[serde(default)]
    certificate: String,
    #[serde(default)]
    program: String,
    /// Further certificates, with commas between them.
    #[serde(default)]
    further: String,
}

/// The form in two steps: which certificate and which program, then everything else with that program's parameters.
async fn form(acting: &Acting, p: &Page, chosen: &Chosen) -> Outcome<FormView> {
    let programs = programs::list(acting).await?;
    let enabled: Vec<Choice> = programs
        .iter()
        .filter(|program| program.enabled)
        .map(|program| Choice {
            hint: program.summary.clone(),
            ..Choice::new(program.name.clone(), program.title.clone())
        })
        .collect();
    let program = match enabled.as_slice() {
        [only] => only.value.clone(),
        _ => chosen.program.clone(),
    };
    let details = if program.is_empty() {
        None
    } else {
        Some(programs::get(acting, &program).await?)
    };
    let usable = certificates(acting, p).await?;
    let further = Field::checks("/further_certificates", p.t("action-further"), usable.clone())
        .hint(p.t("action-further-hint"))
        .optional()
        .proposing(chosen.further.split(','));
    let several = usable.len() > 1;
    let certificate =
        Field::select("/certificate_id", p.t("action-certificate"), usable).proposed(chosen.certificate.as_str());
    let which = Field::radios("/program", p.t("action-program"), enabled).proposed(program.as_str());
    let mut groups = vec![Group {
        title: p.t("action-basis"),
        fields: std::iter::once(certificate)
            .chain(Some(further).filter(|_| several))
            .chain([which])
            .collect(),
        ..Group::default()
    }];
    let mut button = p.t("continue");
    let mut hidden = Vec::new();
    if let Some(details) = &details {
        groups.extend(questions(acting, p, details).await?);
        button = p.t("action-plan");
        hidden.push(("step".to_owned(), "plan".to_owned()));
    }
    Ok(FormView {
        action: p.url("/staff/actions/new"),
        groups,
        hidden,
        button,
        cancel: Some((p.t("cancel"), p.url("/staff/actions"))),
        guard: true,
        ..FormView::default()
    })
}

/// Certificates that leave somebody unserved, newest first.
async fn certificates(acting: &Acting, p: &Page) -> Outcome<Vec<Choice>> {
    let found = certificate::list(
        acting,
        PageQuery {
            limit: 200,
            after: None,
        },
    )
    .await?;
    let usable = found
        .items
        .iter()
        .filter(|signed| signed.certificate.confirmation.outcome != NeedOutcome::Covered);
    let choice = |signed: &osn_core::certificate::SignedCertificate| {
        let (_, outcome) = shown::outcome(p, signed.certificate.confirmation.outcome);
        Choice::new(
            signed.certificate.id.to_string(),
            format!("{}: {outcome}", signed.certificate.reference),
        )
    };
    Ok(usable.map(choice).collect())
}

async fn questions(acting: &Acting, p: &Page, details: &ProgramDetails) -> Outcome<Vec<Group>> {
    let entries = match model::get(acting).await {
        Ok(model) => model
            .entries
            .iter()
            .map(|entry| Choice::new(entry.code.clone(), p.text(&entry.name)))
            .chain(
                model
                    .catalogue
                    .0
                    .iter()
                    .map(|entry| Choice::new(entry.code.clone(), p.text(&entry.name))),
            )
            .collect(),
        Err(_) => Vec::new(),
    };
    let operations = crate::acts::model::operations(
        acting,
        PageQuery {
            limit: 200,
            after: None,
        },
    )
    .await?;
    let operations = operations
        .items
        .iter()
        .map(|operation| Choice::new(operation.value.id.to_string(), p.text(&operation.value.name)))
        .collect();
    let line = |name: &str, key: &str| Field::line(name, p.t(key));
    let about = vec![
        line("/name/el", "action-name-el"),
        line("/name/en", "action-name-en").optional(),
        Field::area("/description/el", p.t("action-description-el")).hint(p.t("action-description-hint")),
        Field::area("/description/en", p.t("action-description-en")).optional(),
        Field::select("/model_entry", p.t("action-model-entry"), entries),
    ];
    let size = vec![
        Field::int("/places/places", p.t("action-places")).hint(p.t("action-places-hint")),
        line("/places/reason/el", "action-places-reason"),
        Field::day("/period/from", p.t("action-from")),
        Field::day("/period/to", p.t("action-to")),
        Field::int("/instalments", p.t("action-instalments")),
        Field::flag(p, "/pilot", p.t("action-pilot"))
            .hint(p.t("action-pilot-hint"))
            .optional(),
        Field::money("/budget/amount", p.t("action-budget")).hint(p.t("apply-amount-hint")),
        Field::select("/operation_id", p.t("action-operation"), operations).optional(),
    ];
    let texts = acting
        .app
        .programs()
        .get(&acting.scope, &details.program.package_digest)
        .await?;
    let given = parameters::fields(p, &details.about.parameters, texts.program.texts());
    let group = |title: &str, fields| Group {
        title: p.t(title),
        fields,
        ..Group::default()
    };
    let mut groups = vec![
        group("action-about", about),
        group("action-size", size),
        group("action-settings", given),
    ];
    groups.extend(documents::groups(p, &details.about.parameters, texts.program.texts()));
    Ok(groups)
}

pub(super) async fn ask(reader: Reader, Query(chosen): Query<Chosen>) -> Outcome<Response> {
    let (acting, p) = reader.page("action-new", Section::Actions);
    let form = form(&acting, &p, &chosen).await?;
    Ok(show(&StaffPage::new(p).block(Block::Form(Box::new(form)))))
}

pub(super) async fn plan(reader: Reader, body: Bytes) -> Outcome<Response> {
    let (acting, mut p) = reader.page("action-new", Section::Actions);
    let posted = Posted::read(&body);
    let chosen = Chosen {
        certificate: posted.get("/certificate_id").to_owned(),
        program: posted.get("/program").to_owned(),
        further: posted.all("/further_certificates").collect::<Vec<_>>().join(","),
    };
    let mut form = form(&acting, &p, &chosen).await?;
    if posted.get("step").is_empty() {
        return Ok(show(&StaffPage::new(p).block(Block::Form(Box::new(form)))));
    }
    form.fill(&posted);
    let refusal = match planned(&acting, &p, &form, &chosen.program).await {
        Ok(action) => return Ok(onward(&p, &format!("/staff/actions/{action}"), "action-planned")),
        Err(refusal) if mendable(&refusal) => refusal,
        Err(refusal) => return Err(refusal),
    };
    blame(&mut p, &mut form, &refusal);
    Ok(show_with(
        problem::status(refusal.kind()),
        &StaffPage::new(p).block(Block::Form(Box::new(form))),
    ))
}

async fn planned(acting: &Acting, p: &Page, form: &FormView, program: &str) -> Outcome<ActionId> {
    let mut body = form.body(p)?;
    let details = programs::get(acting, program).await?;
    if let Some(parameters) = body.get_mut("parameters") {
        parameters::scale(&details.about.parameters, parameters);
    }
    if let Some(budget) = body.get_mut("budget").and_then(|budget| budget.as_object_mut()) {
        budget.insert("currency".to_owned(), json!("EUR"));
    }
    let new: NewAction = typed(body)?;
    Ok(actions::create(acting, new).await?.value.id)
}

pub(super) async fn one(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    let form = None;
    Ok(show(&page(&acting, p, action_id(&text)?, form).await?))
}

/// The way to what a draft would do to the budget of its operation, for whoever may read money.
fn what_if(acting: &Acting, p: &Page, action: &Action) -> Option<Block> {
    let operation = action.operation_id.filter(|_| acting.actor.may(Right::SeeMoney))?;
    let path = p.url(&format!("/staff/money/{operation}/what-if?action={}", action.id));
    matches!(action.state, ActionState::Draft).then(|| Block::Link(p.t("money-plan-of-action"), path))
}

async fn page(acting: &Acting, p: Page, id: ActionId, form: Option<FormView>) -> Outcome<StaffPage> {
    let action = actions::get(acting, id).await?.value;
    let p = p.titled(action.name.get(acting.lang.tag())).within(Section::Actions);
    let mut page = StaffPage::new(p.clone())
        .tagged(shown::state(&p, "action", action.state.name()))
        .subtitled(shown::period(&p, action.period))
        .back(p.t("actions-title"), p.url("/staff/actions"));
    page.chain = chain::of_action(acting, &p, id, At::Action).await?;
    let officer = acting.require(Right::SeeWork)?;
    let act = |step: &str, key: &str| Act::new(p.url(&format!("/staff/actions/{id}/{step}")), p.t(key));
    let plans = acting.actor.may(Right::PlanActions);
    match action.state {
        ActionState::Draft if plans && officer.id != action.created_by => {
            page.acts.push(act("approve", "action-approve"));
        }
        ActionState::Draft => page.blocks.push(Block::Inset(p.t("action-waits"))),
        ActionState::Approved { .. } if plans => page.acts.push(act("complete", "action-complete").secondary()),
        _ => {}
    }
    if action.pilot {
        page.blocks.push(Block::Inset(p.t("evaluation-of-pilot")));
    }
    page.blocks.push(Block::Text(p.text(&action.description)));
    page.blocks.push(Block::Stats(stats(&p, &action)));
    page.blocks.push(Block::Facts(facts(acting, &p, &action).await?));
    page.blocks.extend(places(acting, &p, &action).await?);
    page.blocks.extend(calls_of(acting, &p, &action).await?);
    page.blocks.extend(plans_of(acting, &p, &action).await?);
    page.blocks.extend(indicators::measured(acting, &p, id).await?);
    page.blocks.extend(super::money::paid_for(acting, &p, id).await?);
    page.blocks.extend(what_if(acting, &p, &action));
    if plans {
        let address = p.url(&format!("/staff/actions/{id}/preview"));
        page.blocks.push(Block::Link(p.t("preview-title"), address));
    }
    if plans && matches!(action.state, ActionState::Draft | ActionState::Approved { .. }) {
        let (own, beyond) = match form {
            Some(form) if form.action.ends_with("/places-beyond") => (None, Some(form)),
            form => (form, None),
        };
        page.blocks.push(Block::Heading(p.t("places-new")));
        page.blocks
            .push(Block::Form(Box::new(own.unwrap_or_else(|| places_form(&p, id)))));
        if let Some(asked) = &action.asked_places {
            let by = super::person(acting, asked.by).await?;
            page.blocks.push(Block::Heading(p.t("places-beyond")));
            let places = p.number(asked.places.into());
            let said = p.t2("places-beyond-asked", ("places", &places), ("who", &by));
            page.blocks
                .push(Block::Inset(format!("{said}: {}", p.text(&asked.reason))));
            if officer.id == asked.by {
                page.blocks.push(Block::Text(p.t("places-beyond-waits")));
            } else {
                let form = beyond.unwrap_or_else(|| beyond_form(&p, id, asked.places));
                page.blocks.push(Block::Form(Box::new(form)));
            }
        }
    }
    Ok(page)
}

fn stats(p: &Page, action: &Action) -> Vec<Stat> {
    vec![
        Stat::new(
            p.t("column-places"),
            action
                .places_in_force()
                .map(|places| p.number(places.places.into()))
                .unwrap_or_default(),
        ),
        Stat::new(p.t("column-residual"), p.number(action.certified_residual.into())),
        Stat::new(p.t("action-instalments-short"), p.number(action.instalments.into())),
        Stat::new(p.t("column-budget"), p.money(action.budget)),
    ]
}

async fn facts(acting: &Acting, p: &Page, action: &Action) -> Outcome<Facts> {
    let certificates = super::certificates::named(acting, p, action.certificates()).await?;
    let entry = match model::get(acting).await {
        Ok(model) => {
            let strands = model.entries.iter().map(|entry| (&entry.code, &entry.name));
            let catalogue = model.catalogue.0.iter().map(|entry| (&entry.code, &entry.name));
            strands
                .chain(catalogue)
                .find(|(code, _)| **code == action.model_entry)
                .map(|(_, name)| p.text(name))
        }
        Err(_) => None,
    };
    let mut facts = vec![
        Fact {
            label: p.t("action-certificate"),
            cells: certificates,
        },
        Fact::text(
            p.t("action-model-entry"),
            entry.unwrap_or_else(|| action.model_entry.clone()),
        ),
        Fact::text(
            p.t("action-open-places"),
            p.number(actions::open_places(acting, action).await?.into()),
        ),
        Fact::text(p.t("action-program"), action.program.name.clone()),
        Fact::new(
            p.t("program-code"),
            Cell::new(action.program.code_digest.clone()).code(),
        ),
        Fact::text(
            p.t("action-created-by"),
            super::person(acting, action.created_by).await?,
        ),
    ];
    if let ActionState::Approved { by, at } = action.state {
        let by = super::person(acting, by).await?;
        facts.push(Fact::new(p.t("action-approved-by"), Cell::new(by).note(p.moment(at))));
    }
    if let Some(given) = action.parameters.as_object().filter(|given| !given.is_empty()) {
        let installed = acting
            .app
            .programs()
            .get(&acting.scope, &action.program.package_digest)
            .await?;
        let about = installed.program.about(None)?;
        let cells = settings::cells(p, &about.parameters, installed.program.texts(), given);
        facts.push(Fact {
            label: p.t("action-settings"),
            cells,
        });
    }
    Ok(Facts { facts })
}

async fn places(acting: &Acting, p: &Page, action: &Action) -> Outcome<Vec<Block>> {
    let mut rows = Vec::new();
    for version in action.places.iter().rev() {
        let by = super::person(acting, version.by).await?;
        let second = match &version.second {
            Some(second) => format!(
                "{}: {}",
                super::person(acting, second.by).await?,
                p.text(&second.reason)
            ),
            None => String::new(),
        };
        rows.push(Row::new(vec![
            Cell::number(version.version.to_string()),
            Cell::number(p.number(version.places.into())),
            Cell::new(p.text(&version.reason)).note(second),
            Cell::new(by).note(p.moment(version.at)),
        ]));
    }
    let caption = p.t("places-versions");
    let head = head(
        p,
        [
            ("column-version", true),
            ("column-places", true),
            ("column-why", false),
            ("column-who", false),
        ],
    );
    Ok(vec![Block::Table(Table {
        caption,
        head,
        rows,
        empty: String::new(),
    })])
}

async fn calls_of(acting: &Acting, p: &Page, action: &Action) -> Outcome<Vec<Block>> {
    let found = calls::list(acting, Some(action.id), PageQuery { limit: 50, after: None }).await?;
    let rows = found.items.iter().map(|call| super::calls::row(p, call)).collect();
    let mut blocks = vec![Block::Table(Table {
        caption: p.t("action-calls"),
        head: super::calls::columns(p),
        rows,
        empty: p.t("action-no-calls"),
    })];
    if acting.actor.may(Right::PlanActions) && matches!(action.state, ActionState::Approved { .. }) {
        blocks.push(Block::Link(
            p.t("call-new"),
            p.url(&format!("/staff/actions/{}/calls/new", action.id)),
        ));
    }
    Ok(blocks)
}

async fn plans_of(acting: &Acting, p: &Page, action: &Action) -> Outcome<Vec<Block>> {
    let plans = deliveries::plans(acting, action.id).await?;
    let mut blocks = vec![super::plans::versions(acting, p, &plans).await?];
    if acting.actor.may(Right::PlanDeliveries) {
        blocks.push(Block::Link(
            p.t("plan-new"),
            p.url(&format!("/staff/actions/{}/plan", action.id)),
        ));
    }
    blocks.push(Block::Link(
        p.t("deliveries-title"),
        p.url(&format!("/staff/actions/{}/deliveries", action.id)),
    ));
    let further = [
        ("occasions-title", "occasions"),
        ("awards-title", "awards"),
        ("lots-title", "lots"),
        ("evaluation-title", "evaluation"),
    ];
    blocks.extend(further.map(|(key, place)| {
        let address = p.url(&format!("/staff/actions/{}/{place}", action.id));
        Block::Link(p.t(key), address)
    }));
    Ok(blocks)
}

fn places_form(p: &Page, id: ActionId) -> FormView {
    let fields = vec![
        Field::int("/places", p.t("action-places")),
        Field::line("/reason/el", p.t("action-places-reason")),
    ];
    FormView {
        secondary: true,
        ..FormView::new(p.url(&format!("/staff/actions/{id}/places")), fields, p.t("places-set"))
    }
}

pub(super) async fn places_set(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let Reader { acting, mut p } = reader;
    let id = action_id(&text)?;
    let mut form = places_form(&p, id);
    form.fill(&Posted::read(&body));
    let set = async {
        let new: NewPlaces = typed(form.body(&p)?)?;
        actions::set_places(&acting, id, new).await
    };
    match set.await {
        Ok(saved) => {
            let done = match saved.value.asked_places {
                Some(_) => "places-asked",
                None => "places-set",
            };
            Ok(onward(&p, &format!("/staff/actions/{id}"), done))
        }
        Err(refusal) => {
            let status = mend(&mut p, &mut form, refusal)?;
            Ok(show_with(status, &page(&acting, p, id, Some(form)).await?))
        }
    }
}

/// Beyond what the certificates leave open: somebody asked for it, and whoever is signed in agrees, with a reason.
fn beyond_form(p: &Page, id: ActionId, places: u32) -> FormView {
    let fields = vec![Field::line("/reason/el", p.t("places-second-reason"))];
    let form = FormView::new(
        p.url(&format!("/staff/actions/{id}/places-beyond")),
        fields,
        p.t1("places-beyond-set", "places", &p.number(places.into())),
    );
    FormView {
        secondary: true,
        ..form
    }
    .hidden("places", places.to_string())
    .scoped("beyond-")
}

pub(super) async fn places_beyond(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let Reader { acting, mut p } = reader;
    let id = action_id(&text)?;
    let posted = Posted::read(&body);
    // The number that this person read; it may be asked for no longer.
    let places: u32 = posted.get("places").parse().unwrap_or_default();
    let mut form = beyond_form(&p, id, places);
    form.fill(&posted);
    let set = async {
        let mut body = form.body(&p)?;
        if let Some(body) = body.as_object_mut() {
            body.insert("places".to_owned(), json!(places));
        }
        actions::agree_to_places(&acting, id, typed(body)?).await
    };
    match set.await {
        Ok(_) => Ok(onward(&p, &format!("/staff/actions/{id}"), "places-set")),
        Err(refusal) => {
            let status = mend(&mut p, &mut form, refusal)?;
            Ok(show_with(status, &page(&acting, p, id, Some(form)).await?))
        }
    }
}

pub(super) async fn approve(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let id = action_id(&text)?;
    actions::approve(&reader.acting, id).await?;
    Ok(onward(&reader.p, &format!("/staff/actions/{id}"), "action-approved"))
}

pub(super) async fn complete(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let id = action_id(&text)?;
    actions::complete(&reader.acting, id).await?;
    Ok(onward(&reader.p, &format!("/staff/actions/{id}"), "action-completed"))
}

//! What stands beside an examination: what would cover the need, what officers propose against the rules, the conversation.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::coverage::{Change, Confirmation, CoverOption, Relation};
use osn_core::directory::{Directory, TermCode};
use osn_core::id::{OverrulingId, RequestId};
use osn_core::overruling::{Overruling, OverrulingState};
use osn_core::request::{RequestState, SupportRequest};
use osn_core::state::Machine as _;
use osn_store::PageQuery;

use super::network::{answer, opens, own_area, read, small};
use super::{head, id, person};
use crate::acts::network::overruling::{self as acts, NewOverruling};
use crate::acts::network::{Why, options};
use crate::acts::requests::{self, NewNote};
use crate::acts::{Acting, examination};
use crate::auth::Right;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Field, FormView};
use crate::pages::part::{Act, Block, Cell, Fact, Facts, Row, Table};
use crate::pages::reader::Reader;
use crate::pages::{onward, shown};
use crate::refusal::Outcome;

/// Options on a page at most: the nearest.
const SHOWN: usize = 12;

/// What would cover what an examination leaves uncovered, as a table.
pub(super) async fn options_block(
    acting: &Acting,
    p: &Page,
    directory: &Directory,
    confirmation: &Confirmation,
) -> Outcome<Vec<Block>> {
    let found = options::of(acting, confirmation).await?;
    if confirmation.outcome.residual() == 0 {
        return Ok(Vec::new());
    }
    let rows = found.iter().take(SHOWN).map(|option| {
        let who = match (&option.service, option.service_id) {
            (Some(name), Some(id)) => Cell::head(p.text(name)).link(p.url(&format!("/services/{id}"))),
            _ => Cell::head(p.t("option-new-action")),
        };
        let brings = option
            .brings
            .map_or_else(|| p.t("not-stated"), |places| p.number(places.into()));
        Row::new(vec![
            who,
            Cell::new(change(p, directory, option)),
            Cell::number(brings),
            Cell::number(p.number(option.leaves.into())),
        ])
    });
    Ok(vec![
        Block::Heading(p.t("options-title")),
        Block::Text(p.t("options-text")),
        Block::Table(Table {
            caption: p.t("options-title"),
            head: head(
                p,
                [
                    ("column-service", false),
                    ("option-change", false),
                    ("option-brings", true),
                    ("option-leaves", true),
                ],
            ),
            rows: rows.collect(),
            empty: p.t("options-none"),
        }),
    ])
}

fn change(p: &Page, directory: &Directory, option: &CoverOption) -> String {
    let age = |age: Option<u8>| age.map(|age| age.to_string()).unwrap_or_default();
    let terms = |codes: &[TermCode]| shown::terms(p, directory, codes);
    match &option.change {
        Change::Confirm => p.t("option-confirm"),
        Change::Places { have, add } => p.t2(
            "option-places",
            ("have", &p.number((*have).into())),
            ("add", &p.number((*add).into())),
        ),
        Change::Areas { add } => p.t1("option-areas", "areas", &terms(add)),
        Change::Ages {
            from,
            to,
            wanted_from,
            wanted_to,
            ..
        } => p.t2(
            "option-ages",
            ("seen", &shown::ages(p, &age(*from), &age(*to))),
            ("wanted", &shown::ages(p, &age(*wanted_from), &age(*wanted_to))),
        ),
        Change::Mode { add } => p.t1("option-mode", "mode", &shown::mode(p, *add)),
        Change::Languages { any_of } => {
            let languages: Vec<String> = any_of.iter().map(|code| shown::language(p, code)).collect();
            p.t1("option-languages", "languages", &languages.join(", "))
        }
        Change::Groups { add } => p.t1("option-groups", "groups", &terms(add)),
        Change::Hours { add } => {
            let days: Vec<String> = add.days.iter().map(|day| shown::weekday(p, *day)).collect();
            let hours = format!("{}–{}", add.from.format("%H:%M"), add.to.format("%H:%M"));
            p.t2("option-hours", ("days", &days.join(", ")), ("hours", &hours))
        }
        Change::Reopen => p.t("option-reopen"),
        Change::Action { program, places, cost } => {
            let places = p.number((*places).into());
            match cost {
                Some(cost) => p.with(
                    "option-action-cost",
                    &[("program", program), ("places", &places), ("cost", &p.money(*cost))],
                ),
                None => p.t2("option-action", ("program", program), ("places", &places)),
            }
        }
    }
}

/// What two officers decided, and what waits for a second one.
pub(super) async fn overruling_blocks(
    acting: &Acting,
    p: &Page,
    request: &SupportRequest,
    confirmation: &Confirmation,
) -> Outcome<Vec<Block>> {
    let mut blocks = Vec::new();
    if let Some(overruled) = &confirmation.overruled {
        let facts = vec![
            Fact::text(p.t("overruled-computed"), shown::outcome(p, overruled.computed).1),
            Fact::text(p.t("gap-reason"), p.text(&overruled.reason)),
            Fact::text(p.t("overruled-by"), person(acting, overruled.by).await?),
            Fact::text(p.t("overruled-approved"), person(acting, overruled.approved_by).await?),
        ];
        blocks.push(Block::Heading(p.t("overruled-title")));
        blocks.push(Block::Facts(Facts { facts }));
    }
    let examines = acting.actor.may(Right::ExamineNeeds);
    let mut waits = false;
    for read in acts::list(acting, request.id, PageQuery::first()).await?.items {
        let proposed = read.value;
        if proposed.state == OverrulingState::Proposed {
            waits = true;
            blocks.extend(proposal(acting, p, &proposed, examines).await?);
        }
    }
    let decided = matches!(request.state, RequestState::Examined { .. }) && confirmation.open == 0;
    if examines && decided && !waits && confirmation.overruled.is_none() {
        let form = overrule_form(p, request.id, confirmation).scoped("v-");
        blocks.push(opens(p, "overrule-title", form));
    }
    Ok(blocks)
}

async fn proposal(acting: &Acting, p: &Page, proposed: &Overruling, examines: bool) -> Outcome<Vec<Block>> {
    let facts = vec![
        Fact::text(p.t("overrule-residual"), p.number(proposed.residual.into())),
        Fact::text(p.t("gap-reason"), p.text(&proposed.reason)),
        Fact::text(p.t("overruled-by"), person(acting, proposed.by).await?),
        Fact::new(
            p.t("column-state"),
            Cell::tag(shown::state(p, "overruling", proposed.state.name())),
        ),
    ];
    let mut blocks = vec![Block::Heading(p.t("overruling-waits")), Block::Facts(Facts { facts })];
    let own = acting.actor.account() == Some(proposed.by);
    if own {
        blocks.push(Block::Inset(p.t("second-person-decides")));
    } else if examines {
        let approve = Act::new(
            p.url(&format!("/staff/overrulings/{}/approve", proposed.id)),
            p.t("overruling-approve"),
        );
        blocks.push(Block::Acts(vec![approve]));
        blocks.push(opens(p, "overruling-reject", reject_form(p, proposed.id).scoped("w-")));
    }
    Ok(blocks)
}

fn overrule_form(p: &Page, id: RequestId, confirmation: &Confirmation) -> FormView {
    let services: Vec<Choice> = confirmation
        .examined
        .iter()
        .filter(|service| service.relation == Relation::Candidate && service.referable)
        .map(|service| Choice::new(service.service_id.to_string(), p.text(&service.name)))
        .collect();
    let fields = vec![
        Field::int("/residual", p.t("overrule-residual")).hint(p.t("overrule-residual-hint")),
        Field::checks("/refer_to", p.t("overrule-refer-to"), services).optional(),
        own_area(p, "/reason", "gap-reason"),
    ];
    small(p, &format!("/staff/requests/{id}/overrule"), fields, "overrule-propose")
}

fn reject_form(p: &Page, id: OverrulingId) -> FormView {
    small(
        p,
        &format!("/staff/overrulings/{id}/reject"),
        vec![own_area(p, "/reason", "gap-reason")],
        "overruling-reject",
    )
}

/// The conversation between the body and the team.
pub(super) async fn notes(acting: &Acting, p: &Page, id: RequestId) -> Outcome<Vec<Block>> {
    if !acting.actor.may(Right::WriteRequests) {
        return Ok(Vec::new());
    }
    let found = requests::notes(acting, id, PageQuery::first()).await?;
    let mut blocks = vec![Block::Heading(p.t("notes-title"))];
    for note in found.items {
        let by = person(acting, note.by).await?;
        blocks.push(Block::Inset(format!("{} – {by}, {}", note.words, p.moment(note.at))));
    }
    blocks.push(Block::Form(Box::new(note_form(p, id).scoped("n-"))));
    Ok(blocks)
}

fn note_form(p: &Page, id: RequestId) -> FormView {
    small(
        p,
        &format!("/staff/requests/{id}/note"),
        vec![Field::area("/words", p.t("note-words"))],
        "note-write",
    )
}

fn request_frame(reader: Reader, text: &str, title: &str) -> Outcome<(Acting, Page, RequestId, String)> {
    let id: RequestId = id(text, "request.unknown")?;
    let (acting, p) = reader.page(title, Section::Requests);
    Ok((acting, p, id, format!("/staff/requests/{id}")))
}

pub(super) async fn overrule(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let (acting, p, id, path) = request_frame(reader, &text, "overrule-title")?;
    let confirmation = examination::get(&acting, id).await?.value;
    let mut form = overrule_form(&p, id, &confirmation);
    let led = match read::<NewOverruling>(&p, &mut form, &body) {
        Ok(new) => acts::propose(&acting, id, new).await.map(|_| path),
        Err(refusal) => Err(refusal),
    };
    answer(p, form, led, "overruling-proposed")
}

pub(super) async fn note(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let (acting, p, id, path) = request_frame(reader, &text, "notes-title")?;
    let mut form = note_form(&p, id);
    let led = match read::<NewNote>(&p, &mut form, &body) {
        Ok(new) => requests::note(&acting, id, new).await.map(|_| path),
        Err(refusal) => Err(refusal),
    };
    answer(p, form, led, "note-written")
}

pub(super) async fn approve(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let overruling: OverrulingId = id(&text, "overruling.unknown")?;
    let approved = acts::approve(&reader.acting, overruling).await?;
    let path = format!("/staff/requests/{}", approved.value.request_id);
    Ok(onward(&reader.p, &path, "overruling-approved"))
}

pub(super) async fn reject(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let overruling: OverrulingId = id(&text, "overruling.unknown")?;
    let (acting, p) = reader.page("overruling-reject", Section::Requests);
    let mut form = reject_form(&p, overruling);
    let led = match read::<Why>(&p, &mut form, &body) {
        Ok(why) => acts::reject(&acting, overruling, why)
            .await
            .map(|done| format!("/staff/requests/{}", done.value.request_id)),
        Err(refusal) => Err(refusal),
    };
    answer(p, form, led, "overruling-rejected")
}

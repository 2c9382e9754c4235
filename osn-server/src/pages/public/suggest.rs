//! "Something is wrong here": a suggestion about a service by anybody; and the history of a service for everybody.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::directory::{Directory, Service};
use osn_core::id::ServiceId;
use osn_core::lang::LocalText;
use osn_core::upkeep::{RecordKind, SuggestionAbout};

use crate::acts::upkeep::suggestions::{self, NewSuggestion};
use crate::acts::upkeep::{confirming, find, history as acts, name};
use crate::acts::{Acting, mapping};
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Field, FormView, Posted};
use crate::pages::part::{Block, Cell, Row, Table};
use crate::pages::reader::Reader;
use crate::pages::staff::record_history;
use crate::pages::views::PartsPage;
use crate::pages::{blame, mendable, onward, show, show_with, typed};
use crate::problem;
use crate::refusal::{Outcome, Refusal};

fn service_id(text: &str) -> Outcome<ServiceId> {
    text.parse().map_err(|_| Refusal::not_found("service.unknown"))
}

async fn service_name(acting: &Acting, id: ServiceId) -> Outcome<LocalText> {
    Ok(mapping::service(acting, id).await?.service.name)
}

fn form(p: &Page, id: ServiceId) -> FormView {
    let abouts =
        SuggestionAbout::ALL.map(|about| Choice::new(about.name(), p.t(&format!("suggestion-about-{}", about.name()))));
    let fields = vec![
        Field::radios("/about", p.t("suggestion-about"), abouts.to_vec()),
        Field::area("/words", p.t("suggestion-words")).hint(p.t("suggestion-words-hint")),
        Field::line("/contact", p.t("suggestion-contact"))
            .hint(p.t("suggestion-contact-hint"))
            .optional(),
    ];
    FormView {
        cancel: Some((p.t("cancel"), p.url(&format!("/services/{id}")))),
        ..FormView::new(
            p.url(&format!("/services/{id}/suggest")),
            fields,
            p.t("suggestion-send"),
        )
    }
}

pub(super) async fn ask(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p) = reader.page("suggestion-title", Section::Services);
    let id = service_id(&text)?;
    let lead = p.text(&service_name(&acting, id).await?);
    let blocks = vec![Block::Form(Box::new(form(&p, id)))];
    Ok(show(&PartsPage { p, lead, blocks }))
}

pub(super) async fn send(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let (acting, mut p) = reader.page("suggestion-title", Section::Services);
    let id = service_id(&text)?;
    let lead = p.text(&service_name(&acting, id).await?);
    let mut form = form(&p, id);
    form.fill(&Posted::read(&body));
    let made = match form.body(&p) {
        Ok(body) => made(&acting, id, body).await,
        Err(refusal) => Err(refusal),
    };
    match made {
        Ok(()) => Ok(onward(&p, &format!("/services/{id}"), "suggestion-made")),
        Err(refusal) if mendable(&refusal) => {
            blame(&mut p, &mut form, &refusal);
            let blocks = vec![Block::Form(Box::new(form))];
            Ok(show_with(
                problem::status(refusal.kind()),
                &PartsPage { p, lead, blocks },
            ))
        }
        Err(refusal) => Err(refusal),
    }
}

async fn made(acting: &Acting, id: ServiceId, body: serde_json::Value) -> Outcome<()> {
    let new: NewSuggestion = typed(body)?;
    suggestions::make(acting, RecordKind::Service, id.uuid(), new).await?;
    Ok(())
}

pub(super) async fn history(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p) = reader.page("history-title", Section::Services);
    let id = service_id(&text)?;
    let lead = p.text(&service_name(&acting, id).await?);
    let versions = acts::history(&acting, RecordKind::Service, id.uuid()).await?;
    let confirmations = confirming::list(&acting, RecordKind::Service, id.uuid()).await?;
    let mapped = acting.mapping().await?;
    let mut blocks = record_history::blocks(&p, &mapped.directory, &versions, None);
    blocks.push(Block::Heading(p.t("history-confirmations")));
    blocks.push(record_history::confirmations(&p, &confirmations));
    if let Some(service) = mapped.directory.service(id) {
        blocks.push(Block::Table(around(&acting, &p, &mapped.directory, service).await?));
    }
    blocks.push(Block::Link(p.t("history-back"), p.url(&format!("/services/{id}"))));
    Ok(show(&PartsPage { p, lead, blocks }))
}

/// When the body and the places of a service were last confirmed, and by which way: its own record says nothing of theirs.
async fn around(acting: &Acting, p: &Page, directory: &Directory, service: &Service) -> Outcome<Table> {
    let body = [(RecordKind::Organization, service.organization_id.uuid())];
    let places = service.locations().map(|place| (RecordKind::Location, place.uuid()));
    let mut rows = Vec::new();
    for (kind, id) in body.into_iter().chain(places) {
        let Some(record) = find(directory, kind, id) else {
            continue;
        };
        let confirmations = confirming::list(acting, kind, id).await?;
        let last = confirmations.iter().max_by_key(|each| each.on);
        rows.push(Row::new(vec![
            Cell::head(p.text(name(&record))).note(p.t(&format!("import-kind-{}", kind.name()))),
            Cell::new(last.map_or_else(|| p.t("upkeep-never"), |last| p.day_in_words(last.on))),
            Cell::new(
                last.map(|last| p.t(&format!("confirmed-{}", last.through)))
                    .unwrap_or_default(),
            ),
        ]));
    }
    let columns = ["column-record", "column-confirmed-on", "column-confirmed-through"];
    Ok(Table {
        caption: p.t("history-around"),
        head: columns.map(|key| (p.t(key), false)).to_vec(),
        rows,
        empty: String::new(),
    })
}

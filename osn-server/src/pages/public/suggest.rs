//! "Something is wrong here": a suggestion about a service, a body or a place by anybody; and their history for everybody.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::directory::{Directory, Service};
use osn_core::id::ServiceId;
use osn_core::lang::LocalText;
use osn_core::upkeep::{RecordKind, SuggestionAbout};
use serde::Deserialize;
use uuid::Uuid;

use crate::acts::upkeep::suggestions::{self, NewSuggestion, Received};
use crate::acts::upkeep::{confirming, find, history as acts, kind, name, owner};
use crate::acts::{Acting, mapping};
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Field, FormView, Posted};
use crate::pages::part::{Block, Cell, Row, Table};
use crate::pages::reader::Reader;
use crate::pages::staff::record_history;
use crate::pages::views::PartsPage;
use crate::pages::{blame, mendable, onward, show, show_with, typed};
use crate::problem;
use crate::refusal::{Outcome, Refusal};

/// A record of which everybody may read the history.
struct Told {
    kind: RecordKind,
    id: Uuid,
    name: LocalText,
    /// Whether there is a body to which a suggestion about it goes.
    is_owned: bool,
}

/// The address above the pages of a record: a service has one of its own.
pub(super) fn address(kind: RecordKind, id: Uuid) -> String {
    match kind {
        RecordKind::Service => format!("/services/{id}"),
        RecordKind::Organization | RecordKind::Location => format!("/records/{}/{id}", kind.name()),
    }
}

impl Told {
    async fn service(acting: &Acting, text: &str) -> Outcome<Self> {
        let id: ServiceId = text.parse().map_err(|_| Refusal::not_found("service.unknown"))?;
        Ok(Self {
            kind: RecordKind::Service,
            id: id.uuid(),
            name: mapping::service(acting, id).await?.service.name,
            is_owned: true,
        })
    }

    /// A record that is gone has a history, and nobody to tell.
    async fn record(acting: &Acting, (name_of_kind, text): (&str, &str)) -> Outcome<Self> {
        let unknown = || Refusal::not_found("record.unknown");
        let (kind, id) = (kind(name_of_kind)?, text.parse::<Uuid>().map_err(|_| unknown())?);
        let version = acting
            .scope
            .record_in_force(kind.name(), id)
            .await?
            .ok_or_else(unknown)?;
        Ok(Self {
            kind,
            id,
            name: name(&version.record).clone(),
            is_owned: !version.retired && owner(&version.record).is_some(),
        })
    }

    fn address(&self) -> String {
        address(self.kind, self.id)
    }

    /// Where one goes on: to the service, or to what was told of the record.
    fn home(&self) -> String {
        match self.kind {
            RecordKind::Service => self.address(),
            RecordKind::Organization | RecordKind::Location => format!("{}/history", self.address()),
        }
    }
}

fn form(p: &Page, told: &Told) -> FormView {
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
        cancel: Some((p.t("cancel"), p.url(&told.home()))),
        ..FormView::new(
            p.url(&format!("{}/suggest", told.address())),
            fields,
            p.t("suggestion-send"),
        )
    }
}

pub(super) async fn ask(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let told = Told::service(&reader.acting, &text).await?;
    Ok(asked(reader, &told))
}

pub(super) async fn ask_of(reader: Reader, Path((name, text)): Path<(String, String)>) -> Outcome<Response> {
    let told = about_owned(&reader.acting, (&name, &text)).await?;
    Ok(asked(reader, &told))
}

async fn about_owned(acting: &Acting, of: (&str, &str)) -> Outcome<Told> {
    let told = Told::record(acting, of).await?;
    if told.is_owned {
        Ok(told)
    } else {
        Err(Refusal::not_found("record.unknown"))
    }
}

fn asked(reader: Reader, told: &Told) -> Response {
    let (_, p) = reader.page("suggestion-title", Section::Services);
    let blocks = vec![Block::Form(Box::new(form(&p, told)))];
    let lead = p.text(&told.name);
    show(&PartsPage { p, lead, blocks })
}

pub(super) async fn send(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let told = Told::service(&reader.acting, &text).await?;
    sent(reader, &told, &body).await
}

pub(super) async fn send_of(
    reader: Reader,
    Path((name, text)): Path<(String, String)>,
    body: Bytes,
) -> Outcome<Response> {
    let told = about_owned(&reader.acting, (&name, &text)).await?;
    sent(reader, &told, &body).await
}

async fn sent(reader: Reader, told: &Told, body: &[u8]) -> Outcome<Response> {
    let (acting, mut p) = reader.page("suggestion-title", Section::Services);
    let lead = p.text(&told.name);
    let mut form = form(&p, told);
    form.fill(&Posted::read(body));
    let made = match form.body(&p) {
        Ok(body) => made(&acting, told, body).await,
        Err(refusal) => Err(refusal),
    };
    match made {
        Ok(received) if received.owner_told => Ok(onward(&p, &told.home(), "suggestion-made")),
        Ok(_) => Ok(onward(&p, &told.home(), "suggestion-kept")),
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

async fn made(acting: &Acting, told: &Told, body: serde_json::Value) -> Outcome<Received> {
    let new: NewSuggestion = typed(body)?;
    suggestions::make(acting, told.kind, told.id, new).await
}

/// From which version on a history is told.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Before {
    after: Option<String>,
}

pub(super) async fn history(
    reader: Reader,
    Path(text): Path<String>,
    Query(before): Query<Before>,
) -> Outcome<Response> {
    let told = Told::service(&reader.acting, &text).await?;
    told_history(reader, told, before).await
}

pub(super) async fn history_of(
    reader: Reader,
    Path((name, text)): Path<(String, String)>,
    Query(before): Query<Before>,
) -> Outcome<Response> {
    let told = Told::record(&reader.acting, (&name, &text)).await?;
    told_history(reader, told, before).await
}

async fn told_history(reader: Reader, told: Told, before: Before) -> Outcome<Response> {
    let (acting, p) = reader.page("history-title", Section::Services);
    let lead = p.text(&told.name);
    let versions = acts::page(&acting, told.kind.name(), told.id, &acts::before(before.after)).await?;
    let confirmations = confirming::list(&acting, told.kind, told.id).await?;
    let mapped = acting.mapping().await?;
    let mut blocks = record_history::blocks(&p, &mapped.directory, &versions.items, None);
    blocks.push(Block::Heading(p.t("history-confirmations")));
    blocks.push(record_history::confirmations(&p, &confirmations));
    if told.kind == RecordKind::Service {
        if let Some(service) = mapped.directory.service(ServiceId::new(told.id)) {
            blocks.push(Block::Table(around(&acting, &p, &mapped.directory, service).await?));
        }
        blocks.push(Block::Link(p.t("history-back"), p.url(&told.address())));
    } else {
        if told.is_owned {
            let suggest = p.url(&format!("{}/suggest", told.address()));
            blocks.push(Block::Link(p.t("suggestion-link"), suggest));
        }
        blocks.push(Block::Link(p.t("services-all"), p.url("/services")));
    }
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
            Cell::head(p.text(name(&record)))
                .link(p.url(&format!("/records/{}/{id}/history", kind.name())))
                .lang(p.foreign(name(&record)))
                .note(p.t(&format!("import-kind-{}", kind.name()))),
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

//! The versions of a record before the newest ones, so many on a page.

use axum::extract::Path;
use axum::response::Response;
use uuid::Uuid;

use super::{Asked, id, record_history};
use crate::acts::upkeep::terms::{TAXONOMY, TERM};
use crate::acts::upkeep::{history, kind, name};
use crate::auth::Right;
use crate::http::Query;
use crate::pages::chrome::Section;
use crate::pages::part::StaffPage;
use crate::pages::reader::Reader;
use crate::pages::show;
use crate::refusal::Outcome;

pub(super) async fn of_record(
    reader: Reader,
    Path((name, text)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Outcome<Response> {
    let (kind, id) = (kind(&name)?, id(&text, "record.unknown")?);
    let address = format!("/staff/records/{}/{id}", kind.name());
    let undoes = reader.acting.actor.may(Right::KeepRecords);
    let of = (kind.name(), id, Section::Records);
    versions(reader, of, (&address, undoes), asked).await
}

pub(super) async fn of_term(reader: Reader, Path(text): Path<String>, Query(asked): Query<Asked>) -> Outcome<Response> {
    let id = id(&text, "record.unknown")?;
    let address = format!("/staff/terms/{id}");
    versions(reader, (TERM, id, Section::Terms), (&address, false), asked).await
}

pub(super) async fn of_taxonomy(
    reader: Reader,
    Path(text): Path<String>,
    Query(asked): Query<Asked>,
) -> Outcome<Response> {
    let id = id(&text, "record.unknown")?;
    let address = format!("/staff/taxonomies/{id}");
    versions(reader, (TAXONOMY, id, Section::Terms), (&address, false), asked).await
}

/// A page of the versions of a record that stands at `address`, each with a button that brings it back where `undoes`.
async fn versions(
    reader: Reader,
    (kind, id, section): (&str, Uuid, Section),
    (address, undoes): (&str, bool),
    asked: Asked,
) -> Outcome<Response> {
    let (acting, p) = reader.page("history-title", section);
    let told = history::page(&acting, kind, id, &history::before(asked.after.clone())).await?;
    let mapped = acting.mapping().await?;
    let last = acting.scope.record_in_force(kind, id).await?;
    let newest = last.as_ref().map_or(0, |version| version.revision);
    let title = last.map(|version| p.text(name(&version.record))).unwrap_or_default();
    let mut page = StaffPage::new(p.clone()).back(title, p.url(address));
    let undo = undoes.then_some((address, newest));
    page.blocks = record_history::blocks(&p, &mapped.directory, &told.items, undo);
    // The way to those before stands below the last of them.
    page.pager = asked.pager(&p, &format!("{address}/history"), None);
    Ok(show(&page))
}

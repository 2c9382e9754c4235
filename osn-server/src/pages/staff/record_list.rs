//! The records of the mapping, kind by kind: searched as services are, so many on a page.

use std::collections::BTreeMap;

use axum::response::Response;
use chrono::NaiveDate;
use osn_core::directory::{Directory, DirectoryRecord};
use osn_core::id::{LocationId, OrganizationId, ServiceId};
use osn_core::text::sort_key;
use osn_core::upkeep::RecordKind;
use osn_store::PageQuery;
use serde::Deserialize;
use uuid::Uuid;

use super::records::{freshness, freshness_tag, is_bound};
use super::{ON_A_PAGE, head};
use crate::acts::Acting;
use crate::acts::upkeep::{cut, find, kept, name, owner};
use crate::directory::Mapped;
use crate::http::Query;
use crate::lang::Lang;
use crate::pages::chrome::{Page, Section};
use crate::pages::part::{Block, Cell, Chip, Pager, Row, SearchBox, StaffPage, Table, Tag};
use crate::pages::reader::Reader;
use crate::pages::show;
use crate::refusal::Outcome;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Listed {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    q: String,
    after: Option<String>,
}

impl Listed {
    fn words(&self) -> &str {
        self.q.trim()
    }
}

pub(super) async fn list(reader: Reader, Query(asked): Query<Listed>) -> Outcome<Response> {
    let (acting, p) = reader.page("records-title", Section::Records);
    let mapped = acting.mapping().await?;
    let kind = RecordKind::named(&asked.kind).unwrap_or(RecordKind::Service);
    let officer = acting.actor.officer();
    let own = officer.and_then(|officer| officer.organization);
    let own = own.filter(|_| is_bound(&acting));
    let query = PageQuery {
        limit: ON_A_PAGE,
        after: asked.after.clone(),
    };
    let found = cut(found(&mapped, kind, own, asked.words(), p.lang), &query)?;
    let last = last_confirmed(&acting, kind, &found.items).await?;
    let records = found.items.iter().filter_map(|id| find(&mapped.directory, kind, *id));
    let rows = records.map(|record| {
        let on = kept::confirmed_on(&record, last.get(&record.uuid()).copied());
        let fresh = freshness_tag(&p, kind, freshness(&acting, on));
        row(&p, &mapped.directory, &record, fresh)
    });
    let table = Table {
        caption: p.t("records-title"),
        head: head(
            &p,
            [
                ("column-record", false),
                ("column-body", false),
                ("column-freshness", false),
            ],
        ),
        rows: rows.collect(),
        empty: p.t(if asked.words().is_empty() {
            "records-none"
        } else {
            "records-none-found"
        }),
    };
    let mut page = StaffPage::new(p.clone()).subtitled(p.tc("records-count", found.total));
    page.chips = RecordKind::ALL
        .map(|each| Chip {
            text: p.t(&format!("record-kind-{}", each.name())),
            href: address(&p, each, asked.words(), None),
            current: each == kind,
        })
        .to_vec();
    if own.is_none() || kind != RecordKind::Organization {
        let href = p.url(&format!("/staff/records/{}/new", kind.name()));
        page.blocks
            .push(Block::Link(p.t(&format!("record-new-{}", kind.name())), href));
    }
    page.blocks.push(Block::Search(SearchBox {
        action: p.url("/staff/records"),
        label: p.t("records-search"),
        q: asked.words().to_owned(),
        hidden: vec![("kind", kind.name().to_owned())],
    }));
    page.blocks.push(Block::Table(table));
    page.pager = Pager {
        first: asked.after.is_some().then(|| address(&p, kind, asked.words(), None)),
        next: found
            .next
            .map(|after| address(&p, kind, asked.words(), Some(after.as_str()))),
    };
    Ok(show(&page))
}

/// The address of a page of the list.
fn address(p: &Page, kind: RecordKind, words: &str, after: Option<&str>) -> String {
    let given = [("kind", Some(kind.name())), ("q", Some(words)), ("after", after)];
    let pairs = given.map(|(name, value)| (name, value.unwrap_or_default()));
    let pairs: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    let query = serde_urlencoded::to_string(&pairs).unwrap_or_default();
    p.url(&format!("/staff/records?{query}"))
}

/// The records of a kind, of one body or all: those that answer the words, the best answer first; without words by name.
fn found(mapped: &Mapped, kind: RecordKind, own: Option<OrganizationId>, words: &str, lang: Lang) -> Vec<Uuid> {
    let is_own = |owner: Option<OrganizationId>| own.is_none() || owner == own;
    let directory = &mapped.directory;
    match kind {
        RecordKind::Service => {
            let all = services(mapped, words, lang);
            let all = all.into_iter().filter_map(|id| directory.service(id));
            let all = all.filter(|service| is_own(Some(service.organization_id)));
            all.map(|service| service.id.uuid()).collect()
        }
        RecordKind::Organization => {
            let all = if words.is_empty() {
                let all = directory.organizations().map(|body| (body.id, &body.name));
                by_name(all, lang)
            } else {
                mapped.find_bodies(words)
            };
            let all = all.into_iter().filter(|id| is_own(Some(*id)));
            all.map(OrganizationId::uuid).collect()
        }
        RecordKind::Location => {
            let all = if words.is_empty() {
                let all = directory.locations().map(|place| (place.id, &place.name));
                by_name(all, lang)
            } else {
                mapped.find_places(words)
            };
            let all = all.into_iter().filter_map(|id| directory.location(id));
            let all = all.filter(|place| is_own(place.organization_id));
            all.map(|place| LocationId::uuid(place.id)).collect()
        }
    }
}

fn services(mapped: &Mapped, words: &str, lang: Lang) -> Vec<ServiceId> {
    let numbers: Vec<u32> = if words.is_empty() {
        let mut numbers: Vec<u32> = (0_u32..)
            .zip(mapped.directory.services())
            .map(|(number, _)| number)
            .collect();
        numbers.sort_by_key(|number| mapped.place(*number, lang));
        numbers
    } else {
        let found = mapped.find(words);
        let ranked = if found.complete {
            found.ranked(|number| mapped.place(number, lang))
        } else {
            Vec::new()
        };
        ranked.into_iter().map(|hit| hit.document).collect()
    };
    let services = numbers.into_iter().filter_map(|number| mapped.service(number));
    services.map(|service| service.id).collect()
}

fn by_name<'t, Id: Copy + Ord>(
    things: impl Iterator<Item = (Id, &'t osn_core::lang::LocalText)>,
    lang: Lang,
) -> Vec<Id> {
    let mut things: Vec<_> = things.collect();
    things.sort_by_cached_key(|(id, name)| (sort_key(name.get(lang.tag())), *id));
    things.into_iter().map(|(id, _)| id).collect()
}

/// When the records of a page were confirmed last; services say it themselves.
async fn last_confirmed(acting: &Acting, kind: RecordKind, ids: &[Uuid]) -> Outcome<BTreeMap<Uuid, NaiveDate>> {
    match kind {
        RecordKind::Service => Ok(BTreeMap::new()),
        RecordKind::Organization | RecordKind::Location => Ok(acting.scope.last_confirmed_of(kind, ids).await?),
    }
}

fn row(p: &Page, directory: &Directory, record: &DirectoryRecord, fresh: Tag) -> Row {
    let body = owner(record).and_then(|id| directory.organization(id));
    let href = p.url(&format!("/staff/records/{}/{}", record.kind(), record.uuid()));
    Row::new(vec![
        Cell::head(p.text(name(record)))
            .link(href)
            .lang(p.foreign(name(record))),
        Cell::new(body.map(|body| p.text(&body.name)).unwrap_or_default()),
        Cell::tag(fresh),
    ])
}

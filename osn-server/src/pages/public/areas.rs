//! The municipal communities: what stands in each, on a schematic map and in a list beside it.

use std::collections::BTreeSet;

use axum::extract::Path;
use axum::response::Response;
use osn_core::directory::{Directory, Location, ServiceStatus, Taxonomy, TaxonomyTerm, TermCode};
use osn_store::PageQuery;
use serde::Deserialize;

use super::{map, service, services};
use crate::acts::finding::{self, Fitting, Search};
use crate::acts::{Acting, upkeep};
use crate::directory::Mapped;
use crate::http::Query;
use crate::nearness::bounds;
use crate::pages::chrome::{Page, Section};
use crate::pages::part::Pager;
use crate::pages::reader::Reader;
use crate::pages::show;
use crate::pages::views::{AreaLink, AreaPage, AreaPlace, Areas};
use crate::refusal::{Outcome, Refusal};

/// The communities: areas that lie in another one; all of them, where none does.
fn communities(directory: &Directory) -> impl Iterator<Item = &TaxonomyTerm> {
    let has_whole = directory.terms(Taxonomy::Area).any(|term| term.parent.is_some());
    directory
        .terms(Taxonomy::Area)
        .filter(move |term| !has_whole || term.parent.is_some())
}

/// The places that stand in an area or in one below it, by name. A protected place stands nowhere.
fn standing<'d>(p: &Page, directory: &'d Directory, code: &TermCode) -> Vec<&'d Location> {
    let within = directory.with_descendants(code);
    let inside = |place: &&Location| {
        place
            .whereabouts()
            .area
            .as_ref()
            .is_some_and(|area| within.contains(area))
    };
    let mut places: Vec<&Location> = directory.locations().filter(inside).collect();
    places.sort_by_cached_key(|place| osn_core::text::sort_key(&p.text(&place.name)));
    places
}

/// How many services the list for an area holds: those that say that they serve it, a part of it or the whole around it, and
/// those that do not say.
fn serving(acting: &Acting, mapped: &Mapped, code: &TermCode) -> Outcome<Fitting> {
    let search = Search {
        area: Some(code.to_string()),
        ..Search::default()
    };
    finding::count(acting, mapped, &search)
}

pub(super) async fn list(reader: Reader) -> Outcome<Response> {
    let (acting, p) = reader.page("areas-title", Section::Services);
    let mapped = acting.mapping().await?;
    let directory = &mapped.directory;
    let areas = communities(directory).map(|term| {
        Ok(AreaLink {
            name: p.text(&term.name),
            foreign: p.foreign(&term.name),
            href: p.url(&format!("/areas/{}", term.code)),
            text: p.text(&term.description),
            places: p.tc("areas-places", count(standing(&p, directory, &term.code).len())),
            services: p.tc("area-said", serving(&acting, &mapped, &term.code)?.said),
        })
    });
    let areas = areas.collect::<Outcome<Vec<_>>>()?;
    Ok(show(&Areas { p, areas }))
}

fn count(items: usize) -> u64 {
    u64::try_from(items).unwrap_or(u64::MAX)
}

/// Places on one page: a large community has thousands, and their map is read with a finger.
const ON_A_PAGE: u32 = 50;

/// Which of them are asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    after: Option<String>,
    as_of: String,
}

pub(super) async fn one(reader: Reader, Path(code): Path<String>, Query(asked): Query<Asked>) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    let mapped = acting.mapping().await?;
    let directory = &mapped.directory;
    let term = directory
        .term(&TermCode::new(code))
        .filter(|term| term.taxonomy == Taxonomy::Area)
        .ok_or_else(|| Refusal::not_found("area.unknown"))?;
    let p = p.titled(term.name.get(acting.lang.tag())).within(Section::Services);
    let standing = standing(&p, directory, &term.code);
    let bounds = bounds(acting.municipality());
    let total = count(standing.len());
    let query = PageQuery {
        limit: ON_A_PAGE,
        after: asked.after.clone(),
    };
    let page = upkeep::cut(standing, &query)?;
    let points = map::points(page.items.iter().copied(), bounds);
    let on_the_map: BTreeSet<usize> = points.iter().map(|point| point.number).collect();
    let outside = page
        .items
        .iter()
        .filter(|place| bounds.is_some_and(|bounds| bounds.is_outside(place)));
    let outside = count(outside.count());
    let serving = serving(&acting, &mapped, &term.code)?;
    let places = (1..).zip(&page.items).map(|(number, place)| AreaPlace {
        number: on_the_map.contains(&number).then_some(number),
        name: p.text(&place.name),
        address: service::addresses(&p, place).0,
        services: directory
            .services_at(place.id)
            .filter(|service| service.status != ServiceStatus::Defunct)
            .map(|service| {
                let address = p.url(&format!("/services/{}", service.id));
                (p.text(&service.name), address, services::idle(&p, service))
            })
            .collect(),
    });
    let here = |after: Option<String>| {
        let mut further = Vec::new();
        further.extend(after.map(|after| ("after", after)));
        further.extend(Some(("as_of", asked.as_of.clone())).filter(|(_, day)| !day.is_empty()));
        let query = serde_urlencoded::to_string(&further).unwrap_or_default();
        let mark = if query.is_empty() { "" } else { "?" };
        p.url(&format!("/areas/{}{mark}{query}", term.code))
    };
    Ok(show(&AreaPage {
        count: p.tc("areas-places", total),
        pager: Pager {
            first: asked.after.is_some().then(|| here(None)),
            next: page.next.map(|next| here(Some(next))),
        },
        places: places.collect(),
        text: p.text(&term.description),
        names: term.aliases.join(", "),
        outside: (outside > 0).then(|| p.tc("area-outside", outside)),
        map: map::svg(&points, &p.t1("area-map", "area", &p.text(&term.name))),
        serving: p.tc("areas-services", serving.said.saturating_add(serving.unsaid)),
        said: std::iter::once(p.tc("area-said", serving.said))
            .chain((serving.unsaid > 0).then(|| p.tc("area-unsaid", serving.unsaid)))
            .collect(),
        services: p.url(&format!("/services?area={}", term.code)),
        p,
    }))
}

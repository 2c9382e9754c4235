//! The municipal communities: what stands in each, on a schematic map and in a list beside it.

use axum::extract::Path;
use axum::response::Response;
use osn_core::directory::{Directory, Location, Taxonomy, TaxonomyTerm, TermCode};

use super::map;
use crate::acts::Acting;
use crate::acts::finding::{self, Search};
use crate::directory::Mapped;
use crate::nearness::bounds;
use crate::pages::chrome::{Page, Section};
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

/// How many services the list for an area holds: those that serve it, a part of it or the whole around it, and those that do not
/// say.
fn serving(acting: &Acting, mapped: &Mapped, code: &TermCode) -> Outcome<u64> {
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
            services: p.tc("areas-services", serving(&acting, &mapped, &term.code)?),
        })
    });
    let areas = areas.collect::<Outcome<Vec<_>>>()?;
    Ok(show(&Areas { p, areas }))
}

fn count(items: usize) -> u64 {
    u64::try_from(items).unwrap_or(u64::MAX)
}

pub(super) async fn one(reader: Reader, Path(code): Path<String>) -> Outcome<Response> {
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
    let points = map::points(standing.iter().copied(), bounds);
    let outside = standing
        .iter()
        .filter(|place| bounds.is_some_and(|bounds| bounds.is_outside(place)));
    let outside = count(outside.count());
    let places = (1..).zip(&standing).map(|(number, place)| AreaPlace {
        number: points.iter().any(|point| point.number == number).then_some(number),
        name: p.text(&place.name),
        address: address(place),
        services: directory
            .services_at(place.id)
            .map(|service| (p.text(&service.name), p.url(&format!("/services/{}", service.id))))
            .collect(),
    });
    Ok(show(&AreaPage {
        places: places.collect(),
        text: p.text(&term.description),
        names: term.aliases.join(", "),
        outside: (outside > 0).then(|| p.tc("area-outside", outside)),
        map: map::svg(&points, &p.t1("area-map", "area", &p.text(&term.name))),
        serving: p.tc("areas-services", serving(&acting, &mapped, &term.code)?),
        services: p.url(&format!("/services?area={}", term.code)),
        p,
    }))
}

fn address(place: &Location) -> String {
    let address = place.whereabouts().addresses.first();
    let parts = address
        .into_iter()
        .flat_map(|address| [&address.address_1, &address.postal_code, &address.city]);
    parts.flatten().cloned().collect::<Vec<_>>().join(", ")
}

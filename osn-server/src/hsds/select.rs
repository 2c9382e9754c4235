//! Which items a list holds: every filter narrows what the others leave.

use std::collections::BTreeSet;

use osn_core::directory::{
    Attribute, Directory, Location, Organization, Service, ServiceAtLocation, ServiceStatus, TermCode,
};
use osn_core::id::{LocationId, OrganizationId, TermId};
use osn_core::search::Hit;
use osn_core::time::Instant;
use uuid::Uuid;

use super::ask::{Ask, wrong};
use super::view::View;
use crate::acts::opening::Moment;
use crate::directory::{Mapped, PlaceHour};
use crate::nearness::{Point, distance, located, middle, plain, point, postcodes};
use crate::refusal::Outcome;

/// The filters of one request over one view.
#[derive(Debug)]
pub(super) struct Filters<'v> {
    view: &'v View,
    directory: &'v Directory,
    terms: Vec<TermId>,
    taxonomies: Vec<Uuid>,
    organizations: Vec<OrganizationId>,
    modified_after: Option<Instant>,
    group: Option<Vec<TermCode>>,
    age: Option<u8>,
    /// Terms that include the area, and those inside it.
    area: Option<(Vec<TermCode>, BTreeSet<TermCode>)>,
    language: Option<String>,
    near: Option<Near>,
    open: Option<Open<'v>>,
    /// Whether a body is asked for by what one of its services is.
    by_services: bool,
}

/// Places with a postal code, or within some metres of the middle of those.
#[derive(Debug)]
struct Near {
    postcode: String,
    centre: Option<Point>,
    metres: Option<i64>,
}

/// The moment at which something is open, by the hours that the pages go by.
#[derive(Debug)]
struct Open<'v> {
    mapped: &'v Mapped,
    moment: Moment,
}

impl<'v> Filters<'v> {
    /// Reads the filters.
    pub(super) fn of(view: &'v View, ask: &Ask) -> Outcome<Self> {
        let directory = view.directory();
        let term = |name: &str| -> Outcome<Option<TermCode>> {
            let Some(text) = ask.text(name) else {
                return Ok(None);
            };
            let by_id = Uuid::parse_str(text)
                .ok()
                .and_then(|id| directory.term_by_id(TermId::new(id)));
            let code = by_id.map_or_else(|| TermCode::new(text), |term| term.code.clone());
            // A term that nobody knows would answer with everything that is for everybody.
            match directory.term(&code) {
                Some(_) => Ok(Some(code)),
                None => Err(wrong(name, "unknown-term")),
            }
        };
        let open = ask.flag("open_now")?.then(|| Open {
            mapped: &view.mapped,
            moment: Moment::at(view.zone, view.as_of.unwrap_or(view.now)),
        });
        let named = ["beneficiary_group", "age", "area", "language", "postcode"];
        let by_services = open.is_some() || named.iter().any(|name| ask.text(name).is_some());
        Ok(Self {
            view,
            directory,
            terms: ask.ids("taxonomy_term_id")?.into_iter().map(TermId::new).collect(),
            taxonomies: ask.ids("taxonomy_id")?,
            organizations: ask
                .ids("organization_id")?
                .into_iter()
                .map(OrganizationId::new)
                .collect(),
            modified_after: ask.moment("modified_after", view.zone)?,
            group: term("beneficiary_group")?.map(|code| directory.with_ancestors(&code)),
            age: ask.number("age")?,
            area: term("area")?.map(|code| (directory.with_ancestors(&code), directory.with_descendants(&code))),
            language: ask.text("language").map(str::to_lowercase),
            near: Near::of(directory, ask)?,
            open,
            by_services,
        })
    }

    /// Whether a service passes, wherever it is offered.
    pub(super) fn service(&self, service: &Service) -> bool {
        self.offered(service, None)
            && self.open.as_ref().is_none_or(|open| open.anywhere(service))
            && self.near.as_ref().is_none_or(|near| {
                service
                    .locations()
                    .filter_map(|id| self.directory.location(id))
                    .any(|place| near.has(place))
            })
    }

    /// Whether a service at one place passes.
    pub(super) fn link(&self, service: &Service, link: &ServiceAtLocation) -> bool {
        let place = self.directory.location(link.location_id);
        self.offered(service, Some(link))
            && self.open.as_ref().is_none_or(|open| open.there(service, link))
            && self
                .near
                .as_ref()
                .is_none_or(|near| place.is_some_and(|place| near.has(place)))
    }

    fn offered(&self, service: &Service, link: Option<&ServiceAtLocation>) -> bool {
        let wants_terms = !self.terms.is_empty() || !self.taxonomies.is_empty();
        let terms_fit = !wants_terms || self.terms_fit(&self.terms_of(service, link));
        terms_fit
            && self.organizations.iter().all(|id| *id == service.organization_id)
            && self
                .modified_after
                .is_none_or(|after| self.view.changed(service).is_some_and(|at| at >= after))
            && self.group.as_ref().is_none_or(|including| {
                let groups = service.groups.as_ref();
                service.open_to_all || groups.is_some_and(|groups| groups.iter().any(|code| including.contains(code)))
            })
            && self.age.is_none_or(|age| {
                service.minimum_age.is_none_or(|least| age >= least)
                    && service.maximum_age.is_none_or(|most| age <= most)
            })
            && self.area_fits(service, link)
            && self.language_fits(service, link)
    }

    fn terms_fit(&self, terms: &BTreeSet<TermId>) -> bool {
        let taxonomies: BTreeSet<Uuid> = terms
            .iter()
            .filter_map(|id| self.directory.term_by_id(*id))
            .map(|term| {
                osn_hsds::Writer::new(self.directory, "el")
                    .taxonomy_id(term.taxonomy)
                    .uuid()
            })
            .collect();
        self.terms.iter().all(|id| terms.contains(id)) && self.taxonomies.iter().all(|id| taxonomies.contains(id))
    }

    /// The terms that hang on a service, or on it at one place: categories, groups, areas, attributes.
    fn terms_of(&self, service: &Service, link: Option<&ServiceAtLocation>) -> BTreeSet<TermId> {
        let codes = service.categories.iter();
        let codes = codes
            .chain(service.groups.iter().flatten())
            .chain(service.areas.iter().flatten());
        let typed = codes.filter_map(|code| self.directory.term(code)).map(|term| term.id);
        let own = service
            .attributes
            .iter()
            .chain(link.into_iter().flat_map(|link| &link.attributes));
        typed.chain(own.filter_map(named)).collect()
    }

    fn area_fits(&self, service: &Service, link: Option<&ServiceAtLocation>) -> bool {
        let Some((including, inside)) = &self.area else {
            return true;
        };
        let stated = service.areas.iter().flatten();
        if stated.clone().next().is_some() {
            return stated
                .into_iter()
                .any(|code| including.contains(code) || inside.contains(code));
        }
        // What does not say which areas it serves is found where it stands.
        let mut places: Box<dyn Iterator<Item = LocationId>> = match link {
            Some(link) => Box::new(std::iter::once(link.location_id)),
            None => Box::new(service.locations()),
        };
        places.any(|id| {
            let place = self.directory.location(id);
            place
                .and_then(|place| place.whereabouts().area.as_ref())
                .is_some_and(|code| inside.contains(code))
        })
    }

    fn language_fits(&self, service: &Service, link: Option<&ServiceAtLocation>) -> bool {
        let Some(wanted) = &self.language else {
            return true;
        };
        let place = link.and_then(|link| self.directory.location(link.location_id));
        let there = place.into_iter().flat_map(|place| &place.languages);
        let noted = service.language_notes.iter().chain(there);
        service.languages.iter().flatten().any(|code| code == wanted)
            || noted
                .filter_map(|language| language.code.as_ref())
                .any(|code| code == wanted)
    }

    /// Whether a body passes: a term may hang on it or on something that it offers, and one of its services passes the rest.
    pub(super) fn organization(&self, body: &Organization) -> bool {
        let offers_some = || self.directory.services_of(body.id).any(|service| self.service(service));
        let has_changed = |after| self.view.changed_body(body.id).is_some_and(|at| at >= after);
        // A body that offers nothing changes, too.
        let passes = match self.modified_after {
            Some(after) if !self.by_services && has_changed(after) => true,
            None if !self.by_services => true,
            _ => offers_some(),
        };
        if !passes {
            return false;
        }
        if self.terms.is_empty() && self.taxonomies.is_empty() {
            return true;
        }
        let offered = self
            .directory
            .services_of(body.id)
            .flat_map(|service| self.terms_of(service, None));
        self.terms_fit(&body.attributes.iter().filter_map(named).chain(offered).collect())
    }
}

fn named(attribute: &Attribute) -> Option<TermId> {
    attribute.taxonomy_term_id
}

/// Whether a service runs: whatever hours stand on one that does not, nobody finds it open.
fn runs(service: &Service) -> bool {
    service.status == ServiceStatus::Active
}

impl Open<'_> {
    /// Whether it is open at one of its places, or wherever it is offered when it has none with hours.
    fn anywhere(&self, service: &Service) -> bool {
        runs(service) && self.now(&self.mapped.hours_of(service))
    }

    fn there(&self, service: &Service, link: &ServiceAtLocation) -> bool {
        let all = self.mapped.hours_of(service);
        let there = all.iter().find(|(place, _)| *place == Some(link.location_id));
        runs(service) && there.is_some_and(|there| self.now(std::slice::from_ref(there)))
    }

    fn now(&self, places: &[PlaceHour]) -> bool {
        self.moment.open_now(places) == Some(true)
    }
}

impl Near {
    fn of(directory: &Directory, ask: &Ask) -> Outcome<Option<Self>> {
        let metres: Option<u32> = ask.number("proximity")?;
        let Some(postcode) = ask.text("postcode").map(plain) else {
            return match metres {
                Some(_) => Err(wrong("postcode", "required")),
                None => Ok(None),
            };
        };
        Ok(Some(Self {
            centre: middle(&located(directory, &postcode)),
            postcode,
            metres: metres.map(i64::from),
        }))
    }

    fn has(&self, place: &Location) -> bool {
        match self.metres {
            None => postcodes(place).any(|code| code == self.postcode),
            Some(metres) => {
                let distance = self
                    .centre
                    .zip(point(place))
                    .map(|(centre, point)| distance(centre, point));
                distance.is_some_and(|distance| distance <= metres)
            }
        }
    }
}

/// Services that answer every word, by number, with how well; `None` where no words were given.
pub(super) fn found(view: &View, ask: &Ask) -> Option<Vec<Hit>> {
    let found = view.mapped.find(ask.text("search")?);
    // Pages offer what answers some of the words, and say so; an answer here cannot say it.
    Some(if found.complete { found.hits } else { Vec::new() })
}

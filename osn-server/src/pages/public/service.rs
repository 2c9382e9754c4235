//! The page of one service, in the order in which people ask: what, for whom, what to bring, what next, where and when.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::NaiveDate;
use osn_core::directory::{
    Accessibility, Address, AddressType, Contact, Directory, Location, Marking, Mode, Phone, Service,
    ServiceAtLocation, ServiceStatus,
};
use osn_core::hours::{Said, say, schedules_of};
use osn_core::id::ServiceId;
use osn_core::lang::LocalText;
use osn_core::upkeep::{Freshness, RecordKind};

use super::{cost, hours, suggest};
use crate::acts::Acting;
use crate::acts::mapping::{self, ServiceView};
use crate::acts::opening::Moment;
use crate::acts::running::running;
use crate::directory::{Mapped, PlaceHour};
use crate::pages::chrome::{Page, Section};
use crate::pages::part::{Fact, Facts, Tag, Tone};
use crate::pages::reader::Reader;
use crate::pages::views::{Mail, Person, ServicePage, Sheet, Spot, Telephone};
use crate::pages::{show, shown};
use crate::refusal::{Outcome, Refusal};

pub(super) async fn one(reader: Reader, Path(id): Path<String>) -> Outcome<Response> {
    let Reader { acting, p } = &reader;
    let (acting, p) = (acting.clone(), p.clone());
    match page(reader, &id).await {
        Ok(page) => Ok(show(&page)),
        Err(refusal) => elsewhere(&acting, &p, &id, refusal).await,
    }
}

/// The same on one sheet of paper.
pub(super) async fn sheet(reader: Reader, Path(id): Path<String>) -> Outcome<Response> {
    let as_of = older(&reader.acting, &reader.p);
    let page = page(reader, &id).await?;
    Ok(show(&Sheet {
        p: page.p.clone(),
        back: page.p.url(&format!("/services/{id}{as_of}")),
        page,
    }))
}

/// A service that was found to be another one leads there; a running action of the municipality leads to its call.
async fn elsewhere(acting: &Acting, p: &Page, id: &str, refusal: Refusal) -> Outcome<Response> {
    let Ok(id) = id.parse::<ServiceId>() else {
        return Err(refusal);
    };
    if let Some(call) = running(acting).await?.call(id) {
        return Ok(Redirect::to(&p.url(&format!("/calls/{call}"))).into_response());
    }
    match acting.scope.merged_into(RecordKind::Service, id.uuid()).await? {
        Some(into) => Ok(Redirect::permanent(&p.url(&format!("/services/{into}"))).into_response()),
        None => Err(refusal),
    }
}

/// What keeps the reader of an older day in that day.
fn older(acting: &Acting, p: &Page) -> String {
    let query = acting.as_of.and_then(|_| p.path.split_once('?'));
    query.map(|(_, query)| format!("?{query}")).unwrap_or_default()
}

async fn page(reader: Reader, id: &str) -> Outcome<ServicePage> {
    let Reader { acting, p } = reader;
    let id: ServiceId = id.parse().map_err(|_| Refusal::not_found("service.unknown"))?;
    let view = mapping::service(&acting, id).await?;
    let mapped = acting.mapping().await?;
    let p = p
        .titled(view.service.name.get(acting.lang.tag()))
        .within(Section::Services);
    Ok(built(&acting, p, &mapped, &view))
}

#[expect(clippy::too_many_lines, reason = "the fields of one page, one after the other")]
fn built(acting: &Acting, p: Page, mapped: &Mapped, view: &ServiceView) -> ServicePage {
    let (service, directory) = (&view.service, &mapped.directory);
    let told: Vec<PlaceHour> = mapped
        .number(service.id)
        .map(|number| mapped.hours(number).to_vec())
        .unwrap_or_default();
    let running = service.status == ServiceStatus::Active;
    // Of an older day the hours that held then.
    let on = acting.zone().day(acting.as_of.unwrap_or(acting.now));
    let said = |link| {
        say(
            schedules_of(directory, service, link),
            mapped.on_holidays(),
            p.tag(),
            on,
        )
    };
    let own = match told.iter().find(|(place, _)| place.is_none()) {
        Some(_) => said(None),
        None => Said::default(),
    };
    let spots: Vec<Spot> = service
        .service_at_locations
        .iter()
        .filter_map(|link| {
            let place = directory.location(link.location_id)?;
            let told = said(Some(link));
            Some(Spot {
                hours: told.lines,
                notes: told.words,
                ..spot(&p, directory, (place, link))
            })
        })
        .collect();
    let is_worded = !own.words.is_empty() || spots.iter().any(|spot| !spot.notes.is_empty());
    let by = view
        .organization
        .as_ref()
        .map(|body| p.text(&body.name))
        .unwrap_or_default();
    let site = view.organization.as_ref().and_then(|body| body.website.as_ref());
    let site = service.url.as_ref().or(site).filter(|site| site.is_valid());
    ServicePage {
        foreign: p.foreign(&service.name),
        description: p.text(&service.description),
        alert: p.text(&service.alert),
        tag: state(&p, service)
            .or_else(|| stale(&p, view.freshness))
            .or_else(|| unverified(&p, service)),
        open: open(&p, acting, &told, is_worded).filter(|_| running),
        hours: own.lines,
        notes: own.words,
        categories: service
            .categories
            .iter()
            .map(|code| {
                (
                    shown::term(&p, directory, code),
                    p.url(&format!("/services?category={code}")),
                )
            })
            .collect(),
        groups: groups(&p, directory, service),
        eligibility: p.text(&service.eligibility_description),
        who: who(&p, service, on),
        documents: service
            .required_documents
            .iter()
            .map(|paper| p.text(&paper.document))
            .collect(),
        application: p.text(&service.application_process),
        next: next(&p, (directory, service), &by, site.is_some()),
        phones: phones(&p, service.phones.iter()),
        mail: service.email.as_deref().map(mail),
        contacts: people(&p, &service.contacts),
        website: site.map(ToString::to_string),
        spots,
        place: place(&p, directory, service),
        checked: service.assured_date.map_or_else(
            || p.t("service-never-checked"),
            |day| p.t1("service-checked", "day", &p.day_in_words(day)),
        ),
        answers: p.t1("service-answers", "body", &by),
        source: source(&p, service),
        sheet: p.url(&format!("/services/{}/sheet{}", service.id, older(acting, &p))),
        histories: histories(&p, directory, service),
        by,
        p,
    }
}

/// Whether it is open now. Nobody reads that hours are not stated above the words that state them.
fn open(p: &Page, acting: &Acting, told: &[PlaceHour], is_worded: bool) -> Option<Tag> {
    let state = Moment::of(acting).anywhere(told);
    let is_shown = acting.as_of.is_none() && !(is_worded && hours::is_unstated(&state));
    is_shown.then(|| hours::tag(p, acting.now, &state))
}

/// Where the histories of its body and its places are read.
fn histories(p: &Page, directory: &Directory, service: &Service) -> Vec<(String, String)> {
    let link = |kind, id, key, name: &LocalText| {
        let address = format!("{}/history", suggest::address(kind, id));
        (p.t1(key, "name", &p.text(name)), p.url(&address))
    };
    let body = directory.organization(service.organization_id);
    let body = body.map(|body| link(RecordKind::Organization, body.id.uuid(), "history-of-body", &body.name));
    let mut links: Vec<(String, String)> = body.into_iter().collect();
    for place in service.locations().filter_map(|id| directory.location(id)) {
        let place = link(RecordKind::Location, place.id.uuid(), "history-of-place", &place.name);
        if !links.contains(&place) {
            links.push(place);
        }
    }
    links
}

/// Whom to ask, as far as the record says.
fn people(p: &Page, contacts: &[Contact]) -> Vec<Person> {
    let person = |contact: &Contact| {
        let who = [&contact.name, &contact.title, &contact.department].map(|text| p.text(text));
        let who: Vec<String> = who.into_iter().filter(|text| !text.is_empty()).collect();
        let person = Person {
            who: who.join(", "),
            phones: phones(p, contact.phones.iter()),
            mail: contact.email.as_deref().map(mail),
        };
        let says = !person.who.is_empty() || !person.phones.is_empty() || person.mail.is_some();
        says.then_some(person)
    };
    contacts.iter().filter_map(person).collect()
}

/// A mail address as a link: what would begin a subject or a second receiver is escaped.
fn mail(address: &str) -> Mail {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "@.-_~!$'*+".contains(c);
    let mut href = String::from("mailto:");
    for c in address.trim().chars() {
        if is_plain(c) {
            href.push(c);
        } else {
            let mut bytes = [0; 4];
            href.extend(c.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}")));
        }
    }
    Mail {
        address: address.trim().to_owned(),
        href,
    }
}

/// Telephone numbers, with what they are and what they are for.
fn phones<'s>(p: &Page, phones: impl Iterator<Item = &'s Phone>) -> Vec<Telephone> {
    let telephone = |phone: &Phone| {
        let kind = phone.phone_type.as_deref().filter(|_| !is_called(phone));
        let kind = kind.and_then(|kind| p.opt(&format!("record-choice-phone-type-{kind}")));
        let extension = phone.extension;
        let extension = extension.map(|number| p.t1("service-extension", "number", &number.to_string()));
        let purpose = Some(p.text(&phone.description)).filter(|text| !text.is_empty());
        let notes: Vec<String> = [kind, extension, purpose].into_iter().flatten().collect();
        Telephone {
            number: phone.number.clone(),
            dial: if is_called(phone) { dial(phone) } else { String::new() },
            note: notes.join(", "),
        }
    };
    phones.map(telephone).collect()
}

/// Whether somebody answers with their voice: whoever calls a fax hears a tone.
fn is_called(phone: &Phone) -> bool {
    let kind = phone.phone_type.as_deref();
    !matches!(kind, Some("fax" | "text" | "textphone" | "video" | "pager"))
}

/// What a telephone dials: the number, and its extension as RFC 3966 writes it.
fn dial(phone: &Phone) -> String {
    let number = phone.number.chars();
    let number: String = number.filter(|c| c.is_ascii_digit() || *c == '+').collect();
    match phone.extension {
        Some(extension) => format!("{number};ext={extension}"),
        None => number,
    }
}

/// That the record is too old to be counted on.
fn stale(p: &Page, freshness: Freshness) -> Option<Tag> {
    freshness.is_stale().then(|| Tag::new(Tone::Warn, p.t("stale-tag")))
}

/// That its source was not sure of it. That nobody confirmed it for long says more, and stands in its place.
fn unverified(p: &Page, service: &Service) -> Option<Tag> {
    (service.marking == Marking::Verify).then(|| Tag::new(Tone::Quiet, p.t("facts-to-verify")))
}

fn state(p: &Page, service: &Service) -> Option<Tag> {
    let (tone, key) = match service.status {
        ServiceStatus::Active => return None,
        ServiceStatus::Inactive => (Tone::Warn, "service-state-inactive"),
        ServiceStatus::Defunct => (Tone::Bad, "service-state-defunct"),
        ServiceStatus::TemporarilyClosed => (Tone::Warn, "service-state-temporarily-closed"),
    };
    Some(Tag::new(tone, p.t(key)))
}

fn groups(p: &Page, directory: &Directory, service: &Service) -> Vec<String> {
    match &service.groups {
        _ if service.open_to_all => vec![p.t("service-open-to-all")],
        Some(groups) if !groups.is_empty() => groups.iter().map(|code| shown::term(p, directory, code)).collect(),
        _ => vec![p.t("not-stated")],
    }
}

fn who(p: &Page, service: &Service, on: NaiveDate) -> Facts {
    let age = |age: Option<u8>| age.map(|age| age.to_string()).unwrap_or_default();
    let languages = service.languages.as_ref().map(|codes| {
        codes
            .iter()
            .map(|code| shown::language(p, code))
            .collect::<Vec<_>>()
            .join(", ")
    });
    let mut facts = vec![
        Fact::text(
            p.t("service-ages"),
            shown::ages(p, &age(service.minimum_age), &age(service.maximum_age)),
        ),
        Fact::text(p.t("service-languages"), languages.unwrap_or_else(|| p.t("not-stated"))),
    ];
    let interpretation = p.text(&service.interpretation_services);
    if !interpretation.is_empty() {
        facts.push(Fact::text(p.t("service-interpretation"), interpretation));
    }
    facts.push(cost::fact(p, service, on));
    Facts { facts }
}

/// One action for each way in which the service reaches people, and where to ask a person.
fn next(p: &Page, (directory, service): (&Directory, &Service), by: &str, has_site: bool) -> Vec<String> {
    let line = |mode: &Mode| match mode {
        Mode::Place => go(p, (directory, service), by, has_site),
        Mode::Home => p.t("service-next-home"),
        Mode::Remote => p.t("service-next-remote"),
        Mode::Street => p.t("service-next-street"),
    };
    let mut lines: Vec<String> = service.modes.iter().flatten().map(line).collect();
    if lines.is_empty() {
        lines.push(p.t1("service-next-unknown", "body", by));
    }
    lines.push(p.t("service-next-help"));
    lines
}

/// That one goes there, after asking by what the record has; who is to be told first where a protected place is, calls.
fn go(p: &Page, (directory, service): (&Directory, &Service), by: &str, has_site: bool) -> String {
    let places: Vec<&Location> = service.locations().filter_map(|id| directory.location(id)).collect();
    let links = service.service_at_locations.iter();
    let phones = service.phones.iter();
    let phones = phones.chain(links.flat_map(|link| &link.phones));
    let phones = phones.chain(places.iter().flat_map(|place| &place.phones));
    let phones = phones.chain(service.contacts.iter().flat_map(|contact| &contact.phones));
    let mut numbers: Vec<&str> = Vec::new();
    for phone in phones.filter(|phone| is_called(phone)) {
        if !numbers.contains(&phone.number.as_str()) {
            numbers.push(&phone.number);
        }
    }
    let is_hidden = !places.is_empty() && places.iter().all(|place| place.protected);
    match (is_hidden, numbers.is_empty()) {
        (true, true) => p.t1("service-next-protected", "body", by),
        (true, false) => p.t1("service-next-protected-call", "phone", &numbers.join(", ")),
        (false, false) => p.t("service-next-place-call"),
        (false, true) if has_site => p.t("service-next-place-site"),
        (false, true) => p.t("service-next-place"),
    }
}

/// An address in one line.
fn line(address: &Address) -> String {
    let parts = [
        &address.address_1,
        &address.address_2,
        &address.postal_code,
        &address.city,
    ];
    parts.into_iter().flatten().cloned().collect::<Vec<_>>().join(", ")
}

/// The address to which one goes, and the others.
pub(super) fn addresses(p: &Page, place: &Location) -> (String, Vec<String>) {
    let all = &place.whereabouts().addresses;
    let is_visited = |address: &&Address| address.address_type.unwrap_or_default() == AddressType::Physical;
    let Some(first) = all.iter().find(is_visited).or_else(|| all.first()) else {
        return (String::new(), Vec::new());
    };
    let others = all.iter().filter(|other| other.id != first.id);
    let told = others.filter_map(|other| {
        let line = Some(line(other)).filter(|line| !line.is_empty())?;
        Some(match other.address_type {
            Some(AddressType::Postal) => p.t1("service-address-postal", "address", &line),
            _ => line,
        })
    });
    (line(first), told.collect())
}

/// How a place can be reached and used, with a page about it. Of a protected place neither details nor a page: both lead to it.
fn access(p: &Page, place: &Location, way: &Accessibility) -> Option<(String, Option<String>)> {
    let description = p.text(&way.description);
    if place.protected {
        return (!description.is_empty()).then_some((description, None));
    }
    let details = p.text(&way.details);
    let said = match (description.is_empty(), details.is_empty()) {
        (false, false) => format!("{}: {details}", description.trim_end_matches('.')),
        (true, _) => details,
        (false, true) => description,
    };
    let site = way.url.as_ref().filter(|site| site.is_valid()).map(ToString::to_string);
    (!said.is_empty() || site.is_some()).then_some((said, site))
}

pub(super) fn spot(p: &Page, directory: &Directory, (place, link): (&Location, &ServiceAtLocation)) -> Spot {
    let (line, further) = addresses(p, place);
    let note = |text: &LocalText| p.text(text);
    let (address, said) = match (place.protected, line.is_empty()) {
        (true, _) => (p.t("service-protected"), String::new()),
        (false, true) if place.address_note().is_empty() => (p.t("address-not-stated"), String::new()),
        (false, true) => (String::new(), note(place.address_note())),
        (false, false) if place.address_note().is_empty() && place.marking == Marking::Verify => {
            (line, p.t("address-to-verify"))
        }
        (false, false) => (line, note(place.address_note())),
    };
    let area = place
        .whereabouts()
        .area
        .as_ref()
        .map(|code| shown::term(p, directory, code))
        .unwrap_or_default();
    Spot {
        name: p.text(&place.name),
        address,
        further: if place.protected { Vec::new() } else { further },
        area,
        note: said,
        // The contact point is all that is known of a protected place.
        phones: phones(p, link.phones.iter().chain(&place.phones)),
        // Neither how one gets to a protected place nor who works there is told: both lead to it.
        transport: match p.text(&place.whereabouts().transportation) {
            how if how.is_empty() || place.protected => String::new(),
            how => p.t1("service-transport", "how", &how),
        },
        contacts: if place.protected {
            Vec::new()
        } else {
            people(p, &link.contacts)
        },
        accessibility: place
            .accessibility
            .iter()
            .filter_map(|way| access(p, place, way))
            .collect(),
        hours: Vec::new(),
        notes: Vec::new(),
    }
}

fn place(p: &Page, directory: &Directory, service: &Service) -> Facts {
    let unstated = || p.t("not-stated");
    let modes = service.modes.as_ref().map(|modes| {
        modes
            .iter()
            .map(|mode| shown::mode(p, *mode))
            .collect::<Vec<_>>()
            .join(", ")
    });
    let places = service.capacity().map(|capacity| {
        let (free, day) = (p.number(capacity.available.into()), p.day(capacity.updated.day()));
        match capacity.maximum {
            Some(all) => p.with(
                "service-places-of",
                &[("free", &free), ("all", &p.number(all.into())), ("day", &day)],
            ),
            None => p.t2("service-places-free", ("free", &free), ("day", &day)),
        }
    });
    Facts {
        facts: vec![
            Fact::text(p.t("service-modes"), modes.unwrap_or_else(unstated)),
            Fact::text(
                p.t("service-areas"),
                areas(p, directory, service).unwrap_or_else(unstated),
            ),
            Fact::text(p.t("service-places"), places.unwrap_or_else(unstated)),
        ],
    }
}

/// The areas that it serves; where none of ours is set, as its own words name them.
fn areas(p: &Page, directory: &Directory, service: &Service) -> Option<String> {
    let codes = service.areas.as_deref().unwrap_or_default();
    if !codes.is_empty() {
        return Some(shown::terms(p, directory, codes));
    }
    let names = service.service_areas.iter().filter_map(|area| {
        let names = [&area.name, &area.description].map(|text| p.text(text));
        names.into_iter().find(|name| !name.is_empty())
    });
    let names: Vec<String> = names.collect();
    (!names.is_empty()).then(|| names.join(", "))
}

fn source(p: &Page, service: &Service) -> String {
    let Some(source) = &service.source else {
        return String::new();
    };
    let said = p.opt(&format!("source-{source}")).unwrap_or_else(|| source.clone());
    p.t1("service-source", "source", &said)
}

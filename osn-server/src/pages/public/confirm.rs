//! The page behind a reminder's link: following it changes nothing, one button says that all is right, a short form
//! corrects. Whoever holds an old link is told so and can ask for a new one, which goes to the owner's mailbox.

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use osn_core::directory::{
    Directory, DirectoryRecord, Location, Organization, Phone, Schedule, Service, ServiceAtLocation,
};
use osn_core::hours::{Hours, say, schedules_of};
use osn_core::upkeep::{LinkFault, PeriodFigures, RecordKind};
use serde::Deserialize;

use super::service::spot;
use super::{cost, hours, suggest};
use crate::acts::Acting;
use crate::acts::opening::on_holidays;
use crate::acts::upkeep::link::{self, Answer, Answered, Linked};
use crate::acts::upkeep::{is_protected, kept, name};
use crate::directory::Mapped;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Field, FormView, Group, Posted};
use crate::pages::part::{Block, Cell, Fact, Facts};
use crate::pages::reader::Reader;
use crate::pages::views::PartsPage;
use crate::pages::{blame, mendable, show_with, shown, typed};
use crate::problem;
use crate::refusal::{Outcome, Refusal};

pub(super) async fn ask(reader: Reader, Path(secret): Path<String>) -> Outcome<Response> {
    let (acting, p) = reader.page("confirm-title", Section::Nowhere);
    let linked = link::look(&acting, &secret).await?;
    let form = correction(&p, &secret, &linked);
    page(&acting, p, &secret, &linked, form, StatusCode::OK).await
}

pub(super) async fn answer(reader: Reader, Path(secret): Path<String>, body: Bytes) -> Outcome<Response> {
    let (acting, mut p) = reader.page("confirm-title", Section::Nowhere);
    let posted = Posted::read(&body);
    let mut form = correction(&p, &secret, &link::look(&acting, &secret).await?);
    form.fill(&posted);
    let given = match posted.get("op") {
        "correct" => read(&p, &form),
        _ => Ok(Answer::default()),
    };
    let given = given.map(|given| Answer {
        seen: posted.get("seen").parse().ok(),
        ..given
    });
    let done = match given {
        Ok(given) => link::answer(&acting, &secret, given).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(answered) => Ok(thanks(p, &answered)),
        Err(refusal) if mendable(&refusal) => {
            let linked = link::look(&acting, &secret).await?;
            // A link that does nothing any more says so itself; whatever else is wrong stands above the form.
            if linked.fault.is_none() {
                blame(&mut p, &mut form, &refusal);
            }
            let status = problem::status(refusal.kind());
            page(&acting, p, &secret, &linked, form, status).await
        }
        Err(refusal) => Err(refusal),
    }
}

pub(super) async fn again(reader: Reader, Path(secret): Path<String>) -> Outcome<Response> {
    let (acting, mut p) = reader.page("confirm-again-title", Section::Nowhere);
    link::again(&acting, &secret).await?;
    // This address answers a POST alone: the other language is read at the link itself.
    p.path = format!("/confirm/{secret}");
    let lead = p.t("confirm-again-sent");
    Ok(show_with(
        StatusCode::OK,
        &PartsPage {
            p,
            lead,
            blocks: Vec::new(),
        },
    ))
}

async fn page(
    acting: &Acting,
    p: Page,
    secret: &str,
    linked: &Linked,
    form: FormView,
    status: StatusCode,
) -> Outcome<Response> {
    let Some(record) = linked.record.as_ref().filter(|_| linked.fault.is_none()) else {
        let key = match linked.fault {
            Some(LinkFault::Used) => "confirm-used",
            Some(LinkFault::OtherOwner) => "confirm-other-owner",
            Some(LinkFault::Expired) | None => "confirm-expired",
        };
        let lead = p.t(key);
        let mut blocks = Vec::new();
        if linked.fault == Some(LinkFault::OtherOwner) {
            blocks = tell(&p, linked);
        } else if linked.record.is_some() {
            let again = FormView::new(
                p.url(&format!("/confirm/{secret}/again")),
                Vec::new(),
                p.t("confirm-again"),
            );
            blocks.push(Block::Text(p.t("confirm-again-says")));
            blocks.push(Block::Form(Box::new(again)));
        }
        let status = if status == StatusCode::OK {
            StatusCode::GONE
        } else {
            status
        };
        return Ok(show_with(status, &PartsPage { p, lead, blocks }));
    };
    let mut blocks = vec![Block::Facts(facts(acting, &p, record).await?)];
    blocks.extend(public_page(&p, record));
    let all_right = FormView::new(
        p.url(&format!("/confirm/{secret}")),
        Vec::new(),
        p.t("confirm-all-right"),
    );
    let all_right = all_right
        .hidden("op", "confirm")
        .hidden("seen", linked.seen.to_string());
    blocks.push(Block::Form(Box::new(all_right)));
    blocks.push(Block::Heading(p.t("confirm-correct")));
    blocks.push(Block::Form(Box::new(form)));
    let lead = p.t1("confirm-lead", "name", &p.text(name(record)));
    Ok(show_with(status, &PartsPage { p, lead, blocks }))
}

/// Where people read the record: what the facts here leave out stands there.
fn public_page(p: &Page, record: &DirectoryRecord) -> Option<Block> {
    let is_service = matches!(record, DirectoryRecord::Service(_));
    is_service.then(|| Block::Link(p.t("confirm-see"), p.url(&format!("/services/{}", record.uuid()))))
}

/// What somebody does whose record went to another body: no new link would help.
fn tell(p: &Page, linked: &Linked) -> Vec<Block> {
    let record = suggest::address(linked.reminder.kind, linked.reminder.record_id);
    vec![
        Block::Text(p.t("confirm-other-owner-tell")),
        Block::Link(p.t("suggestion-title"), p.url(&format!("{record}/suggest"))),
    ]
}

/// The record in plain words.
async fn facts(acting: &Acting, p: &Page, record: &DirectoryRecord) -> Outcome<Facts> {
    let mapped = acting.mapping().await?;
    let stated = |text: String| if text.is_empty() { p.t("not-stated") } else { text };
    let mut facts = vec![
        Fact::text(p.t("column-record"), p.t(&format!("import-kind-{}", record.kind()))),
        Fact::text(p.t("confirm-name"), p.text(name(record))),
    ];
    let said = match record {
        DirectoryRecord::Organization(body) => body_facts(p, body),
        DirectoryRecord::Location(place) => place_facts(acting, p, &mapped.directory, place),
        DirectoryRecord::Service(service) => service_facts(acting, p, &mapped.directory, service),
        DirectoryRecord::Taxonomy(_) | DirectoryRecord::TaxonomyTerm(_) => Vec::new(),
    };
    facts.extend(said.into_iter().map(|(key, text)| Fact::text(p.t(key), stated(text))));
    if let DirectoryRecord::Service(service) = record {
        facts.extend(spots(acting, p, &mapped, service));
    }
    let last = kept::last_confirmed(acting, record).await?;
    let last = last.map(|day| p.day_in_words(day)).unwrap_or_default();
    facts.push(Fact::text(p.t("confirm-last"), stated(last)));
    Ok(Facts { facts })
}

/// A label with what the record says; nothing: it does not say.
type Said = (&'static str, String);

fn body_facts(p: &Page, body: &Organization) -> Vec<Said> {
    let site = body.website.as_ref().map(ToString::to_string);
    vec![
        ("confirm-about", p.text(&body.description)),
        ("confirm-phone", numbers(&body.phones)),
        ("record-field-email", body.email.clone().unwrap_or_default()),
        ("record-field-website", site.unwrap_or_default()),
    ]
}

fn place_facts(acting: &Acting, p: &Page, directory: &Directory, place: &Location) -> Vec<Said> {
    let mut facts = vec![("confirm-about", p.text(&place.description))];
    if place.protected {
        // Whoever holds the link learns no more of where it is than anybody.
        facts.push(("confirm-address", p.t("service-protected")));
    } else {
        let area = place.whereabouts().area.as_slice();
        facts.push(("confirm-address", address(place)));
        facts.push(("record-field-area", shown::terms(p, directory, area)));
    }
    facts.push(("confirm-phone", numbers(&place.phones)));
    facts.push(("confirm-hours", told_hours(acting, p, &place.schedules)));
    facts
}

fn service_facts(acting: &Acting, p: &Page, directory: &Directory, service: &Service) -> Vec<Said> {
    let free = service.capacity().map(|capacity| p.number(capacity.available.into()));
    let terms = |codes: Option<&[_]>| shown::terms(p, directory, codes.unwrap_or_default());
    let mut said = vec![
        ("confirm-what", p.text(&service.description)),
        (
            "confirm-status",
            p.t(&format!("record-status-{}", status_name(service))),
        ),
        ("confirm-phone", numbers(&service.phones)),
        ("confirm-hours", told_hours(acting, p, &service.schedules)),
        ("confirm-free-places", free.unwrap_or_default()),
        (
            "confirm-for",
            if service.open_to_all {
                p.t("service-open-to-all")
            } else {
                terms(service.groups.as_deref())
            },
        ),
        ("confirm-areas", terms(service.areas.as_deref())),
    ];
    // Where each place says its own, the service itself need not.
    let has_places = !service.service_at_locations.is_empty();
    let is_of_places = |key: &str| has_places && ["confirm-phone", "confirm-hours"].contains(&key);
    said.retain(|(key, text)| !text.is_empty() || !is_of_places(key));
    said.extend(more_of_service(acting, p, directory, service));
    said
}

/// What else a service says and people go by: whoever confirms all of it has seen it. What is not stated needs no confirmation.
fn more_of_service(acting: &Acting, p: &Page, directory: &Directory, service: &Service) -> Vec<Said> {
    let today = acting.zone().day(acting.now);
    let age = |age: Option<u8>| age.map(|age| age.to_string()).unwrap_or_default();
    let (from, to) = (age(service.minimum_age), age(service.maximum_age));
    let ages = if from.is_empty() && to.is_empty() {
        String::new()
    } else {
        shown::ages(p, &from, &to)
    };
    let languages = service.languages.iter().flatten();
    let languages: Vec<String> = languages.map(|code| shown::language(p, code)).collect();
    let modes = service.modes.iter().flatten();
    let modes: Vec<String> = modes.map(|mode| shown::mode(p, *mode)).collect();
    let papers = service.required_documents.iter();
    let papers: Vec<String> = papers.map(|paper| p.text(&paper.document)).collect();
    let site = service.url.as_ref().map(ToString::to_string);
    let mut said = vec![
        ("record-field-alert", p.text(&service.alert)),
        (
            "record-field-categories",
            shown::terms(p, directory, &service.categories),
        ),
        (
            "record-field-eligibility-description",
            p.text(&service.eligibility_description),
        ),
        ("service-ages", ages),
        ("record-field-languages", languages.join(", ")),
        (
            "record-field-interpretation-services",
            p.text(&service.interpretation_services),
        ),
        ("service-cost", cost::stated(p, service, today).join(" · ")),
        ("record-field-required-documents", papers.join(", ")),
        ("record-field-application-process", p.text(&service.application_process)),
        ("record-field-modes", modes.join(", ")),
        ("record-field-email", service.email.clone().unwrap_or_default()),
        ("record-field-url", site.unwrap_or_default()),
    ];
    said.retain(|(_, text)| !text.is_empty());
    said
}

/// Each place of a service with its hours and telephones, as the page of the service has them: they are what is asked about.
fn spots(acting: &Acting, p: &Page, mapped: &Mapped, service: &Service) -> Vec<Fact> {
    let today = acting.zone().day(acting.now);
    let of_link = |link: &ServiceAtLocation| {
        let place = mapped.directory.location(link.location_id)?;
        let spot = spot(p, &mapped.directory, (place, link));
        let schedules = schedules_of(&mapped.directory, service, Some(link));
        let told = say(schedules, mapped.on_holidays(), p.tag(), today);
        let lines = [told.lines, told.words].concat();
        let numbers: Vec<String> = spot.phones.into_iter().map(|phone| phone.number).collect();
        let line = |key: &str, said: String| {
            let said = if said.is_empty() { p.t("not-stated") } else { said };
            Cell::new(format!("{}: {said}", p.t(key)))
        };
        Some(Fact {
            label: format!("{}: {}", p.t("confirm-places"), spot.name),
            cells: vec![
                Cell::new(spot.address).note(spot.note),
                line("confirm-hours", lines.join(" · ")),
                line("confirm-phone", numbers.join(", ")),
            ],
        })
    };
    let facts: Vec<Fact> = service.service_at_locations.iter().filter_map(of_link).collect();
    if facts.is_empty() {
        return vec![Fact::text(p.t("confirm-places"), p.t("not-stated"))];
    }
    facts
}

/// The street of a place; nothing of a protected one.
fn address(place: &Location) -> String {
    let addresses = place.whereabouts().addresses.iter();
    let streets: Vec<&str> = addresses.filter_map(|address| address.address_1.as_deref()).collect();
    streets.join(", ")
}

fn numbers(phones: &[Phone]) -> String {
    let numbers: Vec<&str> = phones.iter().map(|phone| phone.number.as_str()).collect();
    numbers.join(", ")
}

/// Hours as they are written: in words, and in days and times.
fn told_hours(acting: &Acting, p: &Page, schedules: &[Schedule]) -> String {
    let today = acting.zone().day(acting.now);
    let is_timed = |schedule: &&Schedule| schedule.opens_at.is_some() || schedule.freq.is_some();
    let timed: Vec<Schedule> = schedules.iter().filter(is_timed).cloned().collect();
    let mut told: Vec<String> = schedules.iter().map(|each| p.text(&each.description)).collect();
    if !timed.is_empty() {
        let unstated = on_holidays(Some(acting.municipality()));
        told.extend(hours::lines(p, &Hours::of(&timed, unstated), today));
    }
    told.retain(|line| !line.is_empty());
    told.join(" · ")
}

fn status_name(service: &Service) -> &'static str {
    use osn_core::directory::ServiceStatus::{Active, Defunct, Inactive, TemporarilyClosed};
    match service.status {
        Active => "active",
        Inactive => "inactive",
        Defunct => "defunct",
        TemporarilyClosed => "temporarily-closed",
    }
}

/// The short form: what an owner knows of a record of this kind. Nobody is asked where a protected place is.
fn correction(p: &Page, secret: &str, linked: &Linked) -> FormView {
    let kind = linked.reminder.kind;
    let hidden = linked.record.as_ref().is_some_and(is_protected);
    let mut now = vec![Field::line("/phone", p.t("confirm-phone")).wide("20", "tel").optional()];
    if kind != RecordKind::Organization {
        let hours = Field::line("/hours", p.t("confirm-hours")).hint(p.t("confirm-hours-hint"));
        now.push(hours.optional());
    }
    if kind == RecordKind::Location && !hidden {
        let address = Field::line("/address", p.t("confirm-address")).hint(p.t("confirm-address-hint"));
        now.push(address.optional());
    }
    if kind == RecordKind::Service {
        let states = [
            ("active", "record-status-active"),
            ("temporarily closed", "record-status-temporarily-closed"),
            ("defunct", "record-status-defunct"),
        ];
        let states = states.map(|(value, key)| Choice::new(value, p.t(key)));
        let status = Field::radios("/status", p.t("confirm-status"), states.to_vec());
        now.insert(0, status.optional());
        now.push(Field::int("/places", p.t("confirm-free-places")).optional());
    }
    let hint = if hidden {
        "confirm-words-protected-hint"
    } else {
        "confirm-words-hint"
    };
    now.push(Field::area("/words", p.t("confirm-words")).hint(p.t(hint)).optional());
    let group = |title: &str, intro: &str, fields| Group {
        title: p.t(title),
        intro: p.t(intro),
        fields,
        ..Group::default()
    };
    let mut groups = vec![group("confirm-now", "confirm-now-intro", now)];
    if kind == RecordKind::Service {
        groups.push(group("figures-title", "figures-intro", figures_fields(p)));
    }
    FormView {
        action: p.url(&format!("/confirm/{secret}")),
        groups,
        hidden: vec![
            ("op".to_owned(), "correct".to_owned()),
            ("seen".to_owned(), linked.seen.to_string()),
        ],
        button: p.t("confirm-send"),
        secondary: true,
        ..FormView::default()
    }
}

/// Figures of a period, all optional.
pub(in crate::pages) fn figures_fields(p: &Page) -> Vec<Field> {
    vec![
        Field::day("/figures/period/from", p.t("figures-from")).optional(),
        Field::day("/figures/period/to", p.t("figures-to")).optional(),
        Field::int("/figures/served", p.t("figures-served")).optional(),
        Field::int("/figures/turned_away", p.t("figures-turned-away")).optional(),
        Field::int("/figures/waiting", p.t("figures-waiting")).optional(),
    ]
}

#[derive(Deserialize)]
struct Given {
    status: Option<osn_core::directory::ServiceStatus>,
    phone: Option<String>,
    hours: Option<String>,
    places: Option<u32>,
    address: Option<String>,
    words: Option<String>,
    figures: Option<PeriodFigures>,
}

fn read(p: &Page, form: &FormView) -> Outcome<Answer> {
    let (body, errors) = form.draft(p);
    if !errors.is_empty() {
        return Err(Refusal::invalid("request.invalid", errors));
    }
    let given: Given = typed(body)?;
    Ok(Answer {
        seen: None,
        figures: given.figures,
        status: given.status,
        phone: given.phone,
        hours: given.hours,
        places: given.places,
        address: given.address,
        words: given.words,
    })
}

/// Thanks for an answer. What a person has to read is not confirmed yet, and nobody is told that it is.
fn thanks(p: Page, answered: &Answered) -> Response {
    let record = &answered.record;
    let p = p.titled_by("confirm-thanks");
    let says = if answered.confirmed {
        "confirm-thanks-says"
    } else {
        "confirm-thanks-read"
    };
    let lead = p.t1(says, "name", &p.text(name(record)));
    let blocks = public_page(&p, record).into_iter().collect();
    show_with(StatusCode::OK, &PartsPage { p, lead, blocks })
}

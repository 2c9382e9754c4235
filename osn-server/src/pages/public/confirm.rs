//! The page behind a reminder's link: following it changes nothing, one button says that all is right, a short form
//! corrects. Whoever holds an old link is told so and can ask for a new one, which goes to the owner's mailbox.

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use osn_core::directory::{DirectoryRecord, Service};
use osn_core::upkeep::{LinkFault, PeriodFigures};
use serde::Deserialize;

use crate::acts::Acting;
use crate::acts::upkeep::link::{self, Answer, Linked};
use crate::acts::upkeep::name;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Field, FormView, Group, Posted};
use crate::pages::part::{Block, Fact, Facts};
use crate::pages::reader::Reader;
use crate::pages::views::PartsPage;
use crate::pages::{blame, mendable, show_with, shown, typed};
use crate::refusal::{Kind, Outcome, Refusal};

pub(super) async fn ask(reader: Reader, Path(secret): Path<String>) -> Outcome<Response> {
    let (acting, p) = reader.page("confirm-title", Section::Nowhere);
    let linked = link::look(&acting, &secret).await?;
    let form = correction(&p, &secret);
    page(&acting, p, &secret, &linked, form, StatusCode::OK).await
}

pub(super) async fn answer(reader: Reader, Path(secret): Path<String>, body: Bytes) -> Outcome<Response> {
    let (acting, mut p) = reader.page("confirm-title", Section::Nowhere);
    let posted = Posted::read(&body);
    let mut form = correction(&p, &secret);
    form.fill(&posted);
    let given = match posted.get("op") {
        "correct" => read(&p, &form),
        _ => Ok(Answer::default()),
    };
    let done = match given {
        Ok(given) => link::answer(&acting, &secret, given).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(record) => Ok(thanks(p, &record)),
        Err(refusal) if refusal.kind() == Kind::Conflict => {
            let linked = link::look(&acting, &secret).await?;
            page(&acting, p, &secret, &linked, form, StatusCode::CONFLICT).await
        }
        Err(refusal) if mendable(&refusal) => {
            blame(&mut p, &mut form, &refusal);
            let linked = link::look(&acting, &secret).await?;
            page(&acting, p, &secret, &linked, form, StatusCode::UNPROCESSABLE_ENTITY).await
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
            Some(LinkFault::Expired) | None => "confirm-expired",
        };
        let lead = p.t(key);
        let mut blocks = Vec::new();
        if linked.record.is_some() {
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
    let all_right = FormView::new(
        p.url(&format!("/confirm/{secret}")),
        Vec::new(),
        p.t("confirm-all-right"),
    );
    blocks.push(Block::Form(Box::new(all_right.hidden("op", "confirm"))));
    if matches!(record, DirectoryRecord::Service(_)) {
        blocks.push(Block::Heading(p.t("confirm-correct")));
        blocks.push(Block::Form(Box::new(form)));
    }
    let lead = p.t1("confirm-lead", "name", &p.text(name(record)));
    Ok(show_with(status, &PartsPage { p, lead, blocks }))
}

/// The record in plain words.
async fn facts(acting: &Acting, p: &Page, record: &DirectoryRecord) -> Outcome<Facts> {
    let mut facts = vec![Fact::text(p.t("confirm-name"), p.text(name(record)))];
    if let DirectoryRecord::Service(service) = record {
        let mapped = acting.mapping().await?;
        let directory = &mapped.directory;
        let places: Vec<String> = service
            .locations()
            .filter_map(|id| directory.location(id))
            .map(|place| {
                let streets = place
                    .whereabouts()
                    .addresses
                    .iter()
                    .filter_map(|address| address.address_1.clone());
                let street = streets.collect::<Vec<_>>().join(", ");
                let name = p.text(&place.name);
                if street.is_empty() {
                    name
                } else {
                    format!("{name}: {street}")
                }
            })
            .collect();
        facts.extend(service_facts(p, service));
        let mut add = |key: &str, text: String| {
            let text = if text.is_empty() { p.t("not-stated") } else { text };
            facts.push(Fact::text(p.t(key), text));
        };
        add("confirm-places", places.join(" · "));
        add(
            "confirm-for",
            shown::terms(p, directory, service.groups.as_deref().unwrap_or_default()),
        );
        add(
            "confirm-areas",
            shown::terms(p, directory, service.areas.as_deref().unwrap_or_default()),
        );
    }
    Ok(Facts { facts })
}

fn service_facts(p: &Page, service: &Service) -> Vec<Fact> {
    let stated = |text: String| if text.is_empty() { p.t("not-stated") } else { text };
    let phones: Vec<&str> = service.phones.iter().map(|phone| phone.number.as_str()).collect();
    let hours: Vec<String> = service
        .schedules
        .iter()
        .map(|schedule| p.text(&schedule.description))
        .collect();
    let free = service.capacity().map(|capacity| p.number(capacity.available.into()));
    vec![
        Fact::text(p.t("confirm-what"), stated(p.text(&service.description))),
        Fact::text(
            p.t("confirm-status"),
            p.t(&format!("record-status-{}", status_name(service))),
        ),
        Fact::text(p.t("confirm-phone"), stated(phones.join(", "))),
        Fact::text(p.t("confirm-hours"), stated(hours.join(" · "))),
        Fact::text(p.t("confirm-free-places"), stated(free.unwrap_or_default())),
        Fact::text(
            p.t("confirm-last"),
            stated(service.assured_date.map(|day| p.day_in_words(day)).unwrap_or_default()),
        ),
    ]
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

/// The short form.
fn correction(p: &Page, secret: &str) -> FormView {
    let states = [
        ("active", "record-status-active"),
        ("temporarily closed", "record-status-temporarily-closed"),
        ("defunct", "record-status-defunct"),
    ];
    let states = states.map(|(value, key)| Choice::new(value, p.t(key)));
    let now = vec![
        Field::radios("/status", p.t("confirm-status"), states.to_vec()).optional(),
        Field::line("/phone", p.t("confirm-phone")).wide("20", "tel").optional(),
        Field::line("/hours", p.t("confirm-hours"))
            .hint(p.t("confirm-hours-hint"))
            .optional(),
        Field::int("/places", p.t("confirm-free-places")).optional(),
        Field::area("/words", p.t("confirm-words"))
            .hint(p.t("confirm-words-hint"))
            .optional(),
    ];
    let group = |title: &str, intro: &str, fields| Group {
        title: p.t(title),
        intro: p.t(intro),
        fields,
        ..Group::default()
    };
    FormView {
        action: p.url(&format!("/confirm/{secret}")),
        groups: vec![
            group("confirm-now", "confirm-now-intro", now),
            group("figures-title", "figures-intro", figures_fields(p)),
        ],
        hidden: vec![("op".to_owned(), "correct".to_owned())],
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
        figures: given.figures,
        status: given.status,
        phone: given.phone,
        hours: given.hours,
        places: given.places,
        words: given.words,
    })
}

fn thanks(p: Page, record: &DirectoryRecord) -> Response {
    let p = p.titled_by("confirm-thanks");
    let lead = p.t1("confirm-thanks-says", "name", &p.text(name(record)));
    let blocks = vec![Block::Link(
        p.t("confirm-see"),
        p.url(&format!("/services/{}", record.uuid())),
    )];
    let blocks = if matches!(record, DirectoryRecord::Service(_)) {
        blocks
    } else {
        Vec::new()
    };
    show_with(StatusCode::OK, &PartsPage { p, lead, blocks })
}

//! The directory: search with filters as a plain GET form, and the page of one service.

use axum::extract::Path;
use axum::response::Response;
use osn_core::directory::{Directory, Location, Marking, Mode, Service, ServiceStatus, Taxonomy, TermCode};
use osn_core::id::ServiceId;
use osn_core::lang::LocalText;
use osn_store::PageQuery;
use serde::Deserialize;

use crate::acts::finding::{self, Search};
use crate::acts::mapping::{self, ServiceView};
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::Choice;
use crate::pages::part::{Card, Chip, Fact, Facts, Pager, Tag, Tone};
use crate::pages::reader::Reader;
use crate::pages::views::{Filter, ServicePage, Services, Spot};
use crate::pages::{show, shown};
use crate::refusal::{Outcome, Refusal};

/// Services on one page: short enough for a phone on a slow line.
const ON_A_PAGE: u32 = 20;

#[derive(Debug, Default, Clone, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    category: String,
    #[serde(default)]
    group: String,
    #[serde(default)]
    area: String,
    after: Option<String>,
}

impl Asked {
    /// The address of the list with these filters.
    fn address(&self, p: &Page) -> String {
        let given = [
            ("q", &self.q),
            ("category", &self.category),
            ("group", &self.group),
            ("area", &self.area),
        ];
        let mut pairs: Vec<(&str, &str)> = given
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name, value.as_str()))
            .collect();
        pairs.extend(self.after.as_deref().map(|after| ("after", after)));
        let query = serde_urlencoded::to_string(&pairs).unwrap_or_default();
        if query.is_empty() {
            p.url("/services")
        } else {
            p.url(&format!("/services?{query}"))
        }
    }
}

pub(super) async fn list(reader: Reader, Query(asked): Query<Asked>) -> Outcome<Response> {
    let (acting, p) = reader.page("services-title", Section::Services);
    let mapped = acting.mapping().await?;
    let directory = &mapped.directory;
    let filled = |text: &String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let search = Search {
        q: filled(&asked.q),
        category: filled(&asked.category),
        group: filled(&asked.group),
        area: filled(&asked.area),
        ..Search::default()
    };
    let query = PageQuery {
        limit: ON_A_PAGE,
        after: asked.after.clone(),
    };
    let found = finding::search(&acting, &search, &query).await?.page;
    let pager = Pager {
        first: asked.after.is_some().then(|| {
            Asked {
                after: None,
                ..asked.clone()
            }
            .address(&p)
        }),
        next: found.next.map(|after| {
            Asked {
                after: Some(after),
                ..asked.clone()
            }
            .address(&p)
        }),
    };
    Ok(show(&Services {
        count: p.tc("services-count", found.total),
        about: about(&p, directory, &asked),
        cards: found
            .items
            .iter()
            .map(|found| card(&p, directory, &found.view))
            .collect(),
        filters: filters(&p, directory, &asked),
        chips: chips(&p, directory, &asked),
        q: asked.q,
        pager,
        p,
    }))
}

/// «για «φαγητό», Τρόφιμα και σίτιση».
fn about(p: &Page, directory: &Directory, asked: &Asked) -> String {
    let codes = [&asked.category, &asked.group, &asked.area];
    let named = codes
        .into_iter()
        .filter(|code| !code.is_empty())
        .map(|code| shown::term(p, directory, &TermCode::new(code.as_str())));
    let all: Vec<String> = Some(asked.q.trim().to_owned())
        .filter(|q| !q.is_empty())
        .into_iter()
        .chain(named)
        .collect();
    if all.is_empty() {
        String::new()
    } else {
        p.t1("services-about", "what", &all.join(" · "))
    }
}

fn filters(p: &Page, directory: &Directory, asked: &Asked) -> Vec<Filter> {
    [
        ("category", "filter-category", Taxonomy::Category, &asked.category),
        ("group", "filter-group", Taxonomy::BeneficiaryGroup, &asked.group),
        ("area", "filter-area", Taxonomy::Area, &asked.area),
    ]
    .into_iter()
    .map(|(name, label, taxonomy, chosen)| Filter {
        name,
        label: p.t(label),
        any: p.t(&format!("{label}-any")),
        choices: choices(p, directory, taxonomy),
        chosen: chosen.clone(),
    })
    .collect()
}

/// The terms of a taxonomy as answers, those below another set in.
pub(in crate::pages) fn choices(p: &Page, directory: &Directory, taxonomy: Taxonomy) -> Vec<Choice> {
    let indent = |code: &TermCode| "– ".repeat(directory.with_ancestors(code).len().saturating_sub(1));
    let of = |term: &osn_core::directory::TaxonomyTerm| {
        Choice::new(
            term.code.as_str(),
            format!("{}{}", indent(&term.code), p.text(&term.name)),
        )
    };
    let mut terms: Vec<_> = directory.terms(taxonomy).collect();
    // A term stands under its parent, whatever their codes are.
    terms.sort_by_cached_key(|term| {
        directory
            .with_ancestors(&term.code)
            .into_iter()
            .rev()
            .collect::<Vec<_>>()
    });
    terms.into_iter().map(of).collect()
}

/// Narrower categories of the chosen one, or its siblings where it has none below.
fn chips(p: &Page, directory: &Directory, asked: &Asked) -> Vec<Chip> {
    if asked.category.is_empty() {
        return Vec::new();
    }
    let chosen = TermCode::new(asked.category.as_str());
    let parent = directory.term(&chosen).and_then(|term| term.parent.clone());
    let under = |code: &TermCode| {
        directory
            .terms(Taxonomy::Category)
            .filter(|term| term.parent.as_ref() == Some(code))
            .collect::<Vec<_>>()
    };
    let (root, mut below) = (chosen.clone(), under(&chosen));
    let root = match (below.is_empty(), parent) {
        (true, Some(parent)) => {
            below = under(&parent);
            parent
        }
        _ => root,
    };
    let chip = |code: &TermCode| Chip {
        text: shown::term(p, directory, code),
        href: Asked {
            category: code.to_string(),
            after: None,
            ..asked.clone()
        }
        .address(p),
        current: *code == chosen,
    };
    std::iter::once(chip(&root))
        .chain(below.iter().map(|term| chip(&term.code)))
        .collect()
}

fn card(p: &Page, directory: &Directory, view: &ServiceView) -> Card {
    let service = &view.service;
    let mut meta = Vec::new();
    meta.push((shown::terms(p, directory, &service.categories), String::new()));
    if let Some(areas) = areas(p, directory, view) {
        meta.push((areas, String::new()));
    }
    if let Some(free) = service.free_of_charge {
        meta.push((p.t(if free { "card-free" } else { "card-cost" }), String::new()));
    }
    let unverified = view
        .places
        .iter()
        .any(|place| !place.address_note.is_empty() || place.marking == Marking::Verify);
    let tag = if service.status != ServiceStatus::Active {
        Some(Tag::new(Tone::Warn, p.t("card-not-running")))
    } else if unverified {
        Some(Tag::new(Tone::Quiet, p.t("address-to-verify")))
    } else {
        None
    };
    Card {
        title: p.text(&service.name),
        href: p.url(&format!("/services/{}", service.id)),
        foreign: p.foreign(&service.name),
        tag,
        by: view
            .organization
            .as_ref()
            .map(|body| p.text(&body.name))
            .unwrap_or_default(),
        text: p.text(&service.description),
        meta,
    }
}

/// Where it serves, else where it stands; nothing when the record does not say.
fn areas(p: &Page, directory: &Directory, view: &ServiceView) -> Option<String> {
    let served = view.service.areas.as_deref().filter(|areas| !areas.is_empty());
    let standing: Vec<TermCode> = view
        .places
        .iter()
        .filter_map(|place| place.whereabouts().area.clone())
        .collect();
    let codes = served.map_or(standing, <[TermCode]>::to_vec);
    Some(shown::terms(p, directory, &codes)).filter(|names| !names.is_empty())
}

pub(super) async fn one(reader: Reader, Path(id): Path<String>) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    let id: ServiceId = id.parse().map_err(|_| Refusal::not_found("service.unknown"))?;
    let view = mapping::service(&acting, id).await?;
    let mapped = acting.mapping().await?;
    let (service, directory) = (&view.service, &mapped.directory);
    let p = p.titled(service.name.get(acting.lang.tag())).within(Section::Services);
    let by = view
        .organization
        .as_ref()
        .map(|body| p.text(&body.name))
        .unwrap_or_default();
    Ok(show(&ServicePage {
        foreign: p.foreign(&service.name),
        description: p.text(&service.description),
        tag: state(&p, service),
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
        who: who(&p, service),
        documents: service
            .required_documents
            .iter()
            .map(|paper| p.text(&paper.document))
            .collect(),
        next: next(&p, service, &by),
        website: view
            .organization
            .as_ref()
            .and_then(|body| body.website.as_ref())
            .map(ToString::to_string),
        spots: view.places.iter().map(|place| spot(&p, directory, place)).collect(),
        place: place(&p, directory, service),
        checked: service.assured_date.map_or_else(
            || p.t("service-never-checked"),
            |day| p.t1("service-checked", "day", &p.day_in_words(day)),
        ),
        source: source(&p, service),
        by,
        p,
    }))
}

fn state(p: &Page, service: &Service) -> Option<Tag> {
    let (tone, key) = match service.status {
        ServiceStatus::Active if service.marking == Marking::Verify => (Tone::Quiet, "facts-to-verify"),
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

fn who(p: &Page, service: &Service) -> Facts {
    let age = |age: Option<u8>| age.map(|age| age.to_string()).unwrap_or_default();
    let languages = service.languages.as_ref().map(|codes| {
        codes
            .iter()
            .map(|code| shown::language(p, code))
            .collect::<Vec<_>>()
            .join(", ")
    });
    let cost = service
        .free_of_charge
        .map(|free| p.t(if free { "service-free" } else { "service-paid" }));
    let unstated = || p.t("not-stated");
    Facts {
        facts: vec![
            Fact::text(
                p.t("service-ages"),
                shown::ages(p, &age(service.minimum_age), &age(service.maximum_age)),
            ),
            Fact::text(p.t("service-languages"), languages.unwrap_or_else(unstated)),
            Fact::text(p.t("service-cost"), cost.unwrap_or_else(unstated)),
        ],
    }
}

/// One action for each way in which the service reaches people, and where to ask a person.
fn next(p: &Page, service: &Service, by: &str) -> Vec<String> {
    let key = |mode: &Mode| match mode {
        Mode::Place => "service-next-place",
        Mode::Home => "service-next-home",
        Mode::Remote => "service-next-remote",
        Mode::Street => "service-next-street",
    };
    let mut lines: Vec<String> = service.modes.iter().flatten().map(|mode| p.t(key(mode))).collect();
    if lines.is_empty() {
        lines.push(p.t1("service-next-unknown", "body", by));
    }
    lines.push(p.t("service-next-help"));
    lines
}

fn spot(p: &Page, directory: &Directory, place: &Location) -> Spot {
    let address = place.whereabouts().addresses.first();
    let line = address
        .into_iter()
        .flat_map(|address| [&address.address_1, &address.postal_code, &address.city])
        .flatten()
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    let note = |text: &LocalText| p.text(text);
    let (address, said) = match (place.protected, line.is_empty()) {
        (true, _) => (p.t("service-protected"), String::new()),
        (false, true) => (p.t("not-stated"), note(&place.address_note)),
        (false, false) if place.address_note.is_empty() && place.marking == Marking::Verify => {
            (line, p.t("address-to-verify"))
        }
        (false, false) => (line, note(&place.address_note)),
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
        area,
        note: said,
    }
}

fn place(p: &Page, directory: &Directory, service: &Service) -> Facts {
    let unstated = || p.t("not-stated");
    let areas = service.areas.as_ref().map(|codes| shown::terms(p, directory, codes));
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
            Fact::text(p.t("service-areas"), areas.unwrap_or_else(unstated)),
            Fact::text(p.t("service-places"), places.unwrap_or_else(unstated)),
        ],
    }
}

fn source(p: &Page, service: &Service) -> String {
    let Some(source) = &service.source else {
        return String::new();
    };
    let said = p.opt(&format!("source-{source}")).unwrap_or_else(|| source.clone());
    p.t1("service-source", "source", &said)
}

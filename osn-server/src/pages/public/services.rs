//! Finding a service: words, filters as a plain GET form, and the reason for which each service was found.

use std::collections::BTreeSet;

use axum::response::Response;
use osn_core::directory::{Directory, Marking, Service, ServiceStatus, Taxonomy, TermCode};
use osn_core::matrix::Standing;
use osn_core::search::{Field, Form};
use osn_store::PageQuery;
use serde::Deserialize;

use super::hours;
use crate::acts::Acting;
use crate::acts::finding::{self, FoundAction, FoundService, Reading, Reason, Search};
use crate::acts::mapping::ServiceView;
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::Choice;
use crate::pages::part::{Card, Chip, Pager, Tag, Tone};
use crate::pages::reader::Reader;
use crate::pages::views::{Filter, Services};
use crate::pages::{said as said_of, show, shown};
use crate::refusal::{FieldError, Outcome};

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
    #[serde(default)]
    age: String,
    #[serde(default)]
    language: String,
    #[serde(default)]
    open: String,
    /// The day as of which the mapping is read; the request has been led there already.
    #[serde(default)]
    as_of: String,
    /// How the services stand in the cell of the consolidated view that category, group and area name.
    standing: Option<Standing>,
    after: Option<String>,
}

impl Asked {
    /// Whether a filter is chosen that stands behind "more filters".
    fn more(&self) -> bool {
        [&self.group, &self.age, &self.language, &self.open]
            .iter()
            .any(|value| !value.is_empty())
    }

    /// The address of the list with these filters.
    fn address(&self, p: &Page) -> String {
        let given = [
            ("q", &self.q),
            ("category", &self.category),
            ("group", &self.group),
            ("area", &self.area),
            ("age", &self.age),
            ("language", &self.language),
            ("open", &self.open),
            ("as_of", &self.as_of),
        ];
        let standing = self.standing.map(|standing| ("standing", standing.name()));
        let mut pairs: Vec<(&str, &str)> = given
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name, value.as_str()))
            .collect();
        pairs.extend(standing);
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
    let (acting, mut p) = reader.page("services-title", Section::Services);
    let mapped = acting.mapping().await?;
    let directory = &mapped.directory;
    let asked = known(&mut p, directory, asked);
    let search = sought(&mut p, &asked);
    let query = PageQuery {
        limit: ON_A_PAGE,
        after: asked.after.clone(),
    };
    let finding = finding::search(&acting, &search, &query).await?;
    let found = finding.page;
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
    let actions = finding.actions;
    Ok(show(&Services {
        count: match asked.standing {
            Some(Standing::Action) => p.tc("consolidated-actions", u64::try_from(actions.len()).unwrap_or(u64::MAX)),
            _ => p.tc("services-count", found.total),
        },
        standing: asked.standing.map(|standing| {
            let all = Asked {
                standing: None,
                after: None,
                ..asked.clone()
            };
            (p.t(&format!("standing-{}", standing.name())), all.address(&p))
        }),
        actions: actions
            .iter()
            .map(|action| action_card(&p, directory, action))
            .collect(),
        about: about(&p, directory, &asked),
        cards: found
            .items
            .iter()
            .map(|found| found_card(&p, &acting, directory, found, &asked.as_of))
            .collect(),
        reading: finding.reading.map(|reading| said(&p, &reading)).unwrap_or_default(),
        more: asked.more(),
        age: asked.age.clone(),
        open: !asked.open.is_empty(),
        as_of: asked.as_of.clone(),
        filters: filters(&p, directory, &asked),
        chips: chips(&p, directory, &asked),
        q: asked.q,
        pager,
        p,
    }))
}

/// What is asked for, without terms that are not there (any more): each is said, and everything else is answered.
fn known(p: &mut Page, directory: &Directory, mut asked: Asked) -> Asked {
    // A cell is asked for by three terms that are there.
    if asked.standing.is_some() {
        return asked;
    }
    let filters = [
        (&mut asked.category, Taxonomy::Category, "/category", "filter-category"),
        (&mut asked.group, Taxonomy::BeneficiaryGroup, "/group", "filter-group"),
        (&mut asked.area, Taxonomy::Area, "/area", "filter-area"),
    ];
    for (code, taxonomy, field, label) in filters {
        if finding::named(directory, Some(code.as_str()), taxonomy, field).is_err() {
            let wrong = said_of(p, &FieldError::new(field, "unknown-term"));
            let id = format!("f-{}", field.trim_start_matches('/'));
            p.errors.push((Some(id), format!("{}: {wrong}", p.t(label))));
            code.clear();
        }
    }
    asked
}

/// What the filters ask for; what is no age is said on the page.
fn sought(p: &mut Page, asked: &Asked) -> Search {
    let filled = |text: &String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    // What is no age filters nothing: it is said, and the box shows it again.
    let age = filled(&asked.age).map(|age| age.parse::<u8>()).transpose();
    if age.is_err() {
        let wrong = said_of(p, &FieldError::new("/age", "typed-whole-number"));
        p.errors
            .push((Some("f-age".to_owned()), format!("{}: {wrong}", p.t("filter-age"))));
    }
    Search {
        q: filled(&asked.q),
        category: filled(&asked.category),
        group: filled(&asked.group),
        area: filled(&asked.area),
        age: age.unwrap_or_default(),
        language: filled(&asked.language),
        open_now: (!asked.open.is_empty()).then_some(true),
        standing: asked.standing,
    }
}

/// «για «φαγητό», Τρόφιμα και σίτιση».
fn about(p: &Page, directory: &Directory, asked: &Asked) -> String {
    let codes = [&asked.category, &asked.group, &asked.area];
    let named = codes
        .into_iter()
        .filter(|code| !code.is_empty())
        .map(|code| shown::term(p, directory, &TermCode::new(code.as_str())));
    let age = asked.age.trim().parse::<u8>().ok();
    let further = [
        age.map(|age| p.t1("services-about-age", "age", &age.to_string())),
        (!asked.language.is_empty()).then(|| shown::language(p, &asked.language)),
        (!asked.open.is_empty()).then(|| p.t("filter-open")),
    ];
    let all: Vec<String> = Some(asked.q.trim().to_owned())
        .filter(|q| !q.is_empty())
        .into_iter()
        .chain(named)
        .chain(further.into_iter().flatten())
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
    .map(|(name, label, taxonomy, chosen)| of_taxonomy(p, directory, (name, label), taxonomy, chosen))
    .chain(languages(p, directory, &asked.language))
    .collect()
}

/// A filter whose answers are the terms of a taxonomy: its name in the address and the key of its label.
pub(super) fn of_taxonomy(
    p: &Page,
    directory: &Directory,
    (name, label): (&'static str, &str),
    taxonomy: Taxonomy,
    chosen: &str,
) -> Filter {
    Filter {
        name,
        label: p.t(label),
        any: p.t(&format!("{label}-any")),
        choices: choices(p, directory, taxonomy),
        chosen: chosen.to_owned(),
    }
}

/// The languages that some record names; no filter where none does.
fn languages(p: &Page, directory: &Directory, chosen: &str) -> Option<Filter> {
    let spoken = directory.services().filter_map(|service| service.languages.as_ref());
    let codes: BTreeSet<&String> = spoken.flatten().collect();
    (!codes.is_empty()).then(|| Filter {
        name: "language",
        label: p.t("filter-language"),
        any: p.t("filter-language-any"),
        choices: codes
            .into_iter()
            .map(|code| Choice::new(code.as_str(), shown::language(p, code)))
            .collect(),
        chosen: chosen.to_owned(),
    })
}

/// How the words were understood, where that is not as they were typed.
fn said(p: &Page, reading: &Reading) -> Vec<String> {
    let read_as = reading.read_as.iter();
    let read = read_as.map(|word| p.t2("search-read-as", ("typed", &word.typed), ("sought", &word.sought)));
    let unknown = reading.unknown.iter().map(|word| p.t1("search-unknown", "typed", word));
    let some = (!reading.complete && reading.unknown.is_empty()).then(|| p.t("search-some-words"));
    read.chain(unknown).chain(some).collect()
}

/// Why a service was found: where each word stands, in which form.
fn why(p: &Page, reason: &Reason) -> String {
    let place = p.t(match reason.field {
        Field::Name => "why-in-name",
        Field::OtherName => "why-in-other-name",
        Field::Category => "why-in-category",
        Field::Place => "why-in-place",
        Field::Organization => "why-in-organization",
        Field::Group => "why-in-group",
        Field::Area => "why-in-area",
        Field::Description => "why-in-description",
    });
    let key = match reason.form {
        Form::Word | Form::Inflected => "why-word",
        Form::Start => "why-start",
        Form::Sound | Form::SoundStart => "why-sound",
        Form::Synonym => "why-synonym",
        Form::Layout => "why-layout",
        Form::Typo => "why-typo",
    };
    let args = [
        ("place", place.as_str()),
        ("word", reason.matched.as_str()),
        ("typed", reason.typed.as_str()),
    ];
    p.with(key, &args)
}

fn found_card(p: &Page, acting: &Acting, directory: &Directory, found: &FoundService, as_of: &str) -> Card {
    let mut card = card(p, directory, &found.view);
    if !as_of.is_empty() {
        let query = serde_urlencoded::to_string([("as_of", as_of)]).unwrap_or_default();
        card.href = format!("{}?{query}", card.href);
    }
    // What an older reading says of its hours, nobody is told to go by, nor by the hours of what does not run.
    if acting.as_of.is_none()
        && found.view.service.status == ServiceStatus::Active
        && let Some(open) = hours::short(p, acting.now, &found.open)
    {
        card.meta.insert(0, (String::new(), open));
    }
    card.why = found.reasons.iter().map(|reason| why(p, reason)).collect();
    card
}

/// A running action of the municipality: its call says the rest.
fn action_card(p: &Page, directory: &Directory, action: &FoundAction) -> Card {
    let mut card = card(p, directory, &action.found.view);
    card.href = match action.call {
        Some(call) => p.url(&format!("/calls/{call}")),
        None => p.url("/calls"),
    };
    card.tag = Some(Tag::new(Tone::Plain, p.t("card-action")));
    if let Some(places) = action.found.view.service.capacity().and_then(|places| places.maximum) {
        card.meta.push((p.t("call-places-word"), p.number(places.into())));
    }
    card.why = action.found.reasons.iter().map(|reason| why(p, reason)).collect();
    card
}

/// The terms of a taxonomy as answers, those below another set in.
pub(in crate::pages) fn choices(p: &Page, directory: &Directory, taxonomy: Taxonomy) -> Vec<Choice> {
    let of = |term: &osn_core::directory::TaxonomyTerm| {
        let depth = directory.with_ancestors(&term.code).len().saturating_sub(1);
        Choice::new(term.code.as_str(), shown::below(p, depth, term))
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

/// That a service does not run, where it does not.
pub(super) fn idle(p: &Page, service: &Service) -> Option<Tag> {
    (service.status != ServiceStatus::Active).then(|| Tag::new(Tone::Warn, p.t("card-not-running")))
}

pub(super) fn card(p: &Page, directory: &Directory, view: &ServiceView) -> Card {
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
        idle(p, service)
    } else if view.freshness.is_stale() {
        Some(Tag::new(Tone::Warn, p.t("stale-tag")))
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
        why: Vec::new(),
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

//! The HSDS API under `/hsds`: read only, open to everybody, every endpoint and parameter of the contract and some more.
//!
//! How the contract's contradictions are decided stands in `docs/decisions/`.

mod answer;
mod ask;
mod own;
mod select;
mod view;

use std::cmp::Reverse;
use std::collections::HashSet;

use axum::http::{HeaderMap, Uri, header};
use axum::response::Response;
use osn_core::directory::{Taxonomy, TaxonomyTerm};
use osn_core::id::{OrganizationId, ServiceId, TaxonomyId, TermId};
use osn_core::text::sort_key;
use osn_hsds::{Form, OPENAPI_URL, VERSION, Writer};
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) use answer::Answers;
use answer::{Answer, Selection, State};
use ask::Ask;
pub(crate) use own::services as running_actions;
use select::{Filters, found, says};
use view::{Forms, Item, View};

use crate::acts::Acting;
use crate::http::Path;
use crate::lang::Lang;
use crate::refusal::{Outcome, Refusal};
use crate::route::{Access, Route};

const JSON: &str = "application/json";

/// The rows of the HSDS API.
pub fn routes() -> Vec<Route> {
    let open = Access::Public;
    let mut rows = vec![
        Route::get("/hsds", open, base),
        Route::get("/hsds/", open, base),
        Route::get("/hsds/profile", open, profile),
        Route::get("/hsds/removed", open, removed),
        Route::get("/hsds/services", open, services),
        Route::post("/hsds/services", open, services),
        Route::get("/hsds/services/{id}", open, service),
        Route::get("/hsds/organizations", open, organizations),
        Route::post("/hsds/organizations", open, organizations),
        Route::get("/hsds/organizations/{id}", open, organization),
        Route::get("/hsds/service_at_locations", open, links),
        Route::post("/hsds/service_at_locations", open, links),
        Route::get("/hsds/service_at_locations/{id}", open, link),
        Route::get("/hsds/taxonomies", open, taxonomies),
        Route::post("/hsds/taxonomies", open, taxonomies),
        Route::get("/hsds/taxonomies/{id}", open, taxonomy),
        Route::get("/hsds/taxonomy_terms", open, terms),
        Route::post("/hsds/taxonomy_terms", open, terms),
        Route::get("/hsds/taxonomy_terms/{id}", open, term),
    ];
    for row in &mut rows {
        *row = row.clone().answers_media(JSON).kept();
    }
    rows
}

/// The address of this API as its reader sees it.
fn here(acting: &Acting, headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let fits = |host: &&str| {
        host.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
    };
    let scheme = if acting.app.config().secure_cookies {
        "https"
    } else {
        "http"
    };
    format!("{scheme}://{}/hsds", host.filter(fits).unwrap_or("localhost"))
}

async fn base(acting: Acting, headers: HeaderMap, ask: Ask) -> Outcome<Response> {
    let view = View::of(&acting, &ask).await?;
    let here = here(&acting, &headers);
    let name = acting.municipality().name.get(&view.lang).to_owned();
    let description = acting
        .app
        .texts()
        .get(acting.lang, "hsds-description", &[("name", &name)]);
    let document = json!({
        "version": VERSION,
        "profile": format!("{here}/profile"),
        "openapi_url": OPENAPI_URL,
        "description": description,
        "data_guide": format!("{here}/profile"),
        "publisher": { "name": name },
    });
    Ok(Answer::new(&document, view.directory().recorded_at()).respond(&headers))
}

/// What this API has beyond HSDS, and how it reads what HSDS leaves open.
async fn profile(acting: Acting, headers: HeaderMap, ask: Ask) -> Outcome<Response> {
    let view = View::of(&acting, &ask).await?;
    let document = json!({
        "name": "Open Social Net",
        "extends": { "name": "HSDS", "version": VERSION, "openapi_url": OPENAPI_URL },
        "members": {
            "translations": "{language: {field: text}}: the texts of an entity in every language, where there are several",
            "osn.unsaid": "fields that hold something only because HSDS requires them, e.g. an unknown postal code",
            "osn.taxonomy": "which of the taxonomies that the municipality's rules read it is",
            "osn.aliases": "other spellings of a term",
        },
        "link_types": {
            "service_type": "category of a service", "eligibility": "group that a service is for",
            "audience": "everybody, where the source says so", "delivery_mode": "place, home, remote or street",
            "cost": "free or charged", "area": "municipal community of a place or service area",
            "organization_type": "kind of body", "marking": "verify: not yet checked against a source",
            "protected": "a place whose address is never published", "source": "where the facts come from",
            "provided_through": "municipal-action: an action of the municipality, not part of the existing network",
        },
        "parameters": {
            "lang": "language of the texts (BCP 47); falls back to Greek, then English",
            "as_of": "day or moment: the directory as it was recorded then",
            "beneficiary_group": "code or identifier: services whose record says that they are open to the group",
            "age": "full years: services whose limits do not exclude the age",
            "area": "code or identifier: services that serve it, contain it or stand in it",
            "language": "ISO 639 code of a language of service",
            "open_now": "true: services that are open at this moment, public holidays included",
            "taxonomy_term_id": "several may be given; all of them must hold",
        },
        "lists": { "removed": "records that are gone, with modified_after as the moment from which they are wanted" },
    });
    Ok(Answer::new(&document, view.directory().recorded_at()).respond(&headers))
}

/// A list: from what was answered a moment ago, in lines, or as a page.
async fn list(
    acting: Acting,
    ask: Ask,
    uri: Uri,
    headers: HeaderMap,
    forms: impl Fn(&Ask) -> Outcome<Forms>,
    select: impl Fn(&View, &Ask) -> Outcome<Vec<Item>>,
) -> Outcome<Response> {
    let view = View::of(&acting, &ask).await?;
    let (page, forms) = (ask.page()?, forms(&ask)?);
    // What depends on the minute is worked out each time; what was recorded long ago is asked for seldom.
    let is_lasting = !ask.flag("open_now")? && view.as_of.is_none();
    let key = (
        acting.municipality().id,
        format!("{} {} {}", uri.path(), view.lang, ask.key()),
    );
    let state = State::of(&view);
    let answers = acting.app.hsds_answers();
    if is_lasting && let Some(answer) = answers.get(&key, &state) {
        return Ok(answer.respond(&headers));
    }
    let all_pages = (
        key.0,
        format!("{} {} {}", uri.path(), view.lang, ask.key_of_all_pages()),
    );
    let known = answers.selected(&all_pages, &state).filter(|_| is_lasting);
    let items: Selection = match known {
        Some(items) => items,
        None => {
            let items = select(&view, &ask)?.into();
            if is_lasting {
                answers.select(all_pages, state.clone(), &items);
            }
            items
        }
    };
    if ask.ndjson()? {
        return Ok(answer::lines(view, items, forms));
    }
    let answer = Answer::new(
        &answer::page(&view, &items, forms, page),
        view.directory().recorded_at(),
    );
    if is_lasting {
        answers.keep(key, state, answer.clone());
    }
    Ok(answer.respond(&headers))
}

/// One record.
async fn one(
    acting: Acting,
    ask: Ask,
    headers: HeaderMap,
    id: &str,
    code: &'static str,
    write: impl FnOnce(&View, Writer<'_>, Uuid) -> Option<Value>,
) -> Outcome<Response> {
    let id = Uuid::parse_str(id).map_err(|_| Refusal::not_found(code))?;
    let view = View::of(&acting, &ask).await?;
    let document = view
        .write(|writer| write(&view, writer, id))
        .ok_or_else(|| Refusal::not_found(code))?;
    Ok(Answer::new(&document, view.directory().recorded_at()).respond(&headers))
}

fn form(ask: &Ask) -> Outcome<Form> {
    Ok(if ask.flag("minimal")? {
        Form::Minimal
    } else if ask.flag("full")? {
        Form::Full
    } else {
        Form::List
    })
}

fn plain(ask: &Ask) -> Outcome<Forms> {
    Ok(Forms {
        item: form(ask)?,
        services: None,
    })
}

async fn services(acting: Acting, uri: Uri, headers: HeaderMap, ask: Ask) -> Outcome<Response> {
    list(acting, ask, uri, headers, plain, |view, ask| {
        let filters = Filters::of(view, ask)?;
        let Some(mut hits) = found(view, ask) else {
            let chosen = view.services().filter(|service| filters.service(service));
            return Ok(chosen.map(|service| Item::Service(service.id)).collect());
        };
        let lang = if view.lang == "en" { Lang::En } else { Lang::El };
        hits.sort_unstable_by_key(|hit| (Reverse(hit.score), view.mapped.place(hit.document, lang)));
        let known = hits.iter().filter_map(|hit| view.mapped.service(hit.document));
        let words = ask.text("search").unwrap_or_default();
        let own = view.own.services.iter().filter(|service| {
            let texts = service.name.iter().chain(service.description.iter());
            says(words, texts.map(|(_, text)| text))
        });
        let chosen = known.chain(own).filter(|service| filters.service(service));
        Ok(chosen.map(|service| Item::Service(service.id)).collect())
    })
    .await
}

async fn service(acting: Acting, Path(id): Path<String>, headers: HeaderMap, ask: Ask) -> Outcome<Response> {
    one(acting, ask, headers, &id, "service.unknown", |view, writer, id| {
        let service = view.service(ServiceId::new(id))?;
        Some(writer.service(service, Form::Full))
    })
    .await
}

async fn links(acting: Acting, uri: Uri, headers: HeaderMap, ask: Ask) -> Outcome<Response> {
    list(acting, ask, uri, headers, plain, |view, ask| {
        let filters = Filters::of(view, ask)?;
        let found = found(view, ask);
        let found: Option<HashSet<u32>> = found.map(|hits| hits.iter().map(|hit| hit.document).collect());
        let words = ask.text("search").unwrap_or_default();
        let mut items = Vec::new();
        for (number, service) in (0_u32..).zip(view.directory().services()) {
            let service_says = found.as_ref().is_none_or(|found| found.contains(&number));
            for link in &service.service_at_locations {
                let place = view.directory().location(link.location_id);
                let place_says = || place.is_some_and(|place| says(words, place.name.iter().map(|(_, text)| text)));
                if (service_says || place_says()) && filters.link(service, link) {
                    items.push(Item::Link(link.id));
                }
            }
        }
        Ok(items)
    })
    .await
}

async fn link(acting: Acting, Path(id): Path<String>, headers: HeaderMap, ask: Ask) -> Outcome<Response> {
    one(acting, ask, headers, &id, "service.unknown", |view, writer, id| {
        let (service, link) = view.link(id)?;
        Some(writer.service_at_location(service, link, Form::Full))
    })
    .await
}

async fn organizations(acting: Acting, uri: Uri, headers: HeaderMap, ask: Ask) -> Outcome<Response> {
    let forms = |ask: &Ask| {
        Ok(Forms {
            item: form(ask)?.max(Form::List),
            services: ask.flag("full_service")?.then_some(Form::Full),
        })
    };
    list(acting, ask, uri, headers, forms, |view, ask| {
        let filters = Filters::of(view, ask)?;
        let words = ask.text("search").unwrap_or_default();
        let directory = view.directory();
        let mut chosen: Vec<_> = directory
            .organizations()
            .filter(|body| {
                let names = body
                    .name
                    .iter()
                    .chain(body.alternate_name.iter())
                    .chain(body.description.iter());
                says(words, names.map(|(_, text)| text)) && filters.organization(body)
            })
            .collect();
        chosen.sort_by_cached_key(|body| (sort_key(body.name.get("el")), body.id));
        Ok(chosen.into_iter().map(|body| Item::Organization(body.id)).collect())
    })
    .await
}

async fn organization(acting: Acting, Path(id): Path<String>, headers: HeaderMap, ask: Ask) -> Outcome<Response> {
    let services = if ask.flag("full_service")? {
        Form::Full
    } else {
        Form::Minimal
    };
    one(acting, ask, headers, &id, "organization.unknown", |view, writer, id| {
        let body = view.directory().organization(OrganizationId::new(id))?;
        Some(writer.organization(body, Form::Full, Some(services)))
    })
    .await
}

async fn taxonomies(acting: Acting, uri: Uri, headers: HeaderMap, ask: Ask) -> Outcome<Response> {
    list(acting, ask, uri, headers, plain, |view, ask| {
        let words = ask.text("search").unwrap_or_default();
        #[expect(
            clippy::redundant_closure_for_method_calls,
            reason = "the method alone has too narrow a lifetime"
        )]
        let all = view.write(|writer| writer.taxonomies()).into_iter();
        let chosen = all.filter(|taxonomy| {
            let texts = taxonomy.name.iter().chain(taxonomy.description.iter());
            says(words, texts.map(|(_, text)| text))
        });
        Ok(chosen.map(|taxonomy| Item::Taxonomy(Box::new(taxonomy))).collect())
    })
    .await
}

async fn taxonomy(acting: Acting, Path(id): Path<String>, headers: HeaderMap, ask: Ask) -> Outcome<Response> {
    one(acting, ask, headers, &id, "taxonomy.unknown", |_, writer, id| {
        let mut all = writer.taxonomies().into_iter();
        let taxonomy = all.find(|taxonomy| taxonomy.id == TaxonomyId::new(id))?;
        Some(writer.taxonomy(&taxonomy))
    })
    .await
}

async fn terms(acting: Acting, uri: Uri, headers: HeaderMap, ask: Ask) -> Outcome<Response> {
    list(acting, ask, uri, headers, plain, |view, ask| {
        let words = ask.text("search").unwrap_or_default();
        let taxonomies = ask.ids("taxonomy_id")?;
        let parents = ask.ids("parent_id")?;
        let top_only = ask.flag("top_only")?;
        let directory = view.directory();
        let id_of = |taxonomy: Taxonomy| view.write(|writer| writer.taxonomy_id(taxonomy).uuid());
        let fits = |term: &&TaxonomyTerm| {
            let parent = directory.parent(term).map(|parent| parent.id.uuid());
            let texts = term.name.iter().chain(term.description.iter()).map(|(_, text)| text);
            taxonomies.iter().all(|id| *id == id_of(term.taxonomy))
                && parents.iter().all(|id| Some(*id) == parent)
                && !(top_only && term.parent.is_some())
                && says(words, texts.chain(term.aliases.iter().map(String::as_str)))
        };
        Ok(directory
            .all_terms()
            .filter(fits)
            .map(|term| Item::Term(term.id))
            .collect())
    })
    .await
}

async fn term(acting: Acting, Path(id): Path<String>, headers: HeaderMap, ask: Ask) -> Outcome<Response> {
    one(acting, ask, headers, &id, "term.unknown", |view, writer, id| {
        Some(writer.term(view.directory().term_by_id(TermId::new(id))?))
    })
    .await
}

/// Records that are gone, in the order of their removal: what HSDS has no word for and every mirror needs.
async fn removed(acting: Acting, headers: HeaderMap, ask: Ask) -> Outcome<Response> {
    let view = View::of(&acting, &ask).await?;
    let since = ask.moment("modified_after", view.zone)?.unwrap_or_default();
    let gone = acting
        .scope
        .removed_records(since, view.as_of.unwrap_or(acting.now))
        .await?;
    let items: Vec<Item> = gone
        .iter()
        .map(|record| {
            Item::Removed(json!({
                "id": record.id,
                "resource_type": record.kind.replace('-', "_"),
                "removed_at": record.removed_at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
            }))
        })
        .collect();
    let forms = plain(&ask)?;
    if ask.ndjson()? {
        return Ok(answer::lines(view, items.into(), forms));
    }
    let document = answer::page(&view, &items, forms, ask.page()?);
    Ok(Answer::new(&document, view.directory().recorded_at()).respond(&headers))
}

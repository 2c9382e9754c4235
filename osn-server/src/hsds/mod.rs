//! The HSDS API under `/hsds`: read only, open to everybody, every endpoint and parameter of the contract and some more.
//!
//! How the contract's contradictions are decided stands in `docs/decisions/`.

mod answer;
mod ask;
mod select;
mod view;

use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::Arc;

use axum::http::{HeaderMap, Uri, header};
use axum::response::Response;
use osn_core::directory::{Organization, Taxonomy, TaxonomyTerm};
use osn_core::id::{OrganizationId, ServiceId, TaxonomyId, TermId};
use osn_core::search::Field;
use osn_core::text::sort_key;
use osn_core::time::Instant;
use osn_hsds::{Form, OPENAPI_URL, VERSION, Writer};
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) use answer::Answers;
use answer::{Answer, Selection, State};
use ask::Ask;
use select::{Filters, found};
use view::{Forms, Item, View};

use crate::acts::Acting;
use crate::http::Path;
use crate::lang::Lang;
use crate::programs::blocking;
use crate::refusal::{Outcome, Refusal};
use crate::route::{Access, Route};

const JSON: &str = "application/json";
/// Items of a page that are written in a moment.
const SMALL: usize = 100;
/// Parameters with which somebody asks for work. Whoever copies the mapping page by page needs none of them.
const WORK: [&str; 6] = ["search", "open_now", "full_service", "as_of", "postcode", "proximity"];

/// The rows of the HSDS API.
pub fn routes() -> Vec<Route> {
    let open = Access::Public;
    let mut rows = vec![
        Route::get("/hsds", open, base),
        Route::get("/hsds/", open, base),
        Route::get("/hsds/profile", open, profile),
        Route::get("/hsds/removed", open, removed).costly(),
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
        *row = row.clone().answers_media(JSON).kept().costly_with(&WORK);
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
            "full_service": "true: bodies with their services; a page ends before per_page where its bodies offer more than 1000",
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
    let answer = written(&view, &items, forms, page).await?;
    if is_lasting {
        answers.keep(key, state, &answer);
    }
    Ok(answer.respond(&headers))
}

/// A page of a list; a large one is written off the threads on which everybody's requests are answered.
async fn written(view: &View, items: &Selection, forms: Forms, page: (usize, usize)) -> Outcome<Answer> {
    let (view, items) = (view.clone(), Arc::clone(items));
    let write = move || {
        let document = answer::page(&view, &items, forms, page);
        Answer::new(&document, view.directory().recorded_at())
    };
    if page.1 <= SMALL && forms.services.is_none() {
        return Ok(write());
    }
    blocking(move || Ok(write())).await
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
        let own = view.own.mapped.find(words);
        let own = own.hits.iter().filter(|_| own.complete);
        let own = own.filter_map(|hit| view.own.mapped.service(hit.document));
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
        // A service says the names of its places, too.
        let numbered = (0_u32..).zip(view.directory().services());
        let saying = numbered.filter(|(number, _)| found.as_ref().is_none_or(|found| found.contains(number)));
        let links =
            saying.flat_map(|(_, service)| service.service_at_locations.iter().map(move |link| (service, link)));
        Ok(links
            .filter(|(service, link)| filters.link(service, link))
            .map(|(_, link)| Item::Link(link.id))
            .collect())
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
        let directory = view.directory();
        let said: Vec<&Organization> = match ask.text("search") {
            Some(words) => {
                let found = view.mapped.find_bodies(words).into_iter();
                found.filter_map(|id| directory.organization(id)).collect()
            }
            None => {
                let mut all: Vec<_> = directory.organizations().collect();
                all.sort_by_cached_key(|body| (sort_key(body.name.get("el")), body.id));
                all
            }
        };
        let chosen = said.into_iter().filter(|body| filters.organization(body));
        Ok(chosen.map(|body| Item::Organization(body.id)).collect())
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
        #[expect(
            clippy::redundant_closure_for_method_calls,
            reason = "the method alone has too narrow a lifetime"
        )]
        let all = view.write(|writer| writer.taxonomies());
        let chosen: Vec<_> = match ask.text("search") {
            Some(words) => {
                let texts = (0_usize..).zip(&all).map(|(number, taxonomy)| {
                    let texts = [
                        (Field::Name, &taxonomy.name),
                        (Field::Description, &taxonomy.description),
                    ];
                    (number, texts)
                });
                let found = view.mapped.find_among(texts, words).into_iter();
                found.filter_map(|number| all.get(number)).cloned().collect()
            }
            None => all,
        };
        Ok(chosen
            .into_iter()
            .map(|taxonomy| Item::Taxonomy(Box::new(taxonomy)))
            .collect())
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
        let taxonomies = ask.ids("taxonomy_id")?;
        let parents = ask.ids("parent_id")?;
        let top_only = ask.flag("top_only")?;
        let directory = view.directory();
        let id_of = |taxonomy: Taxonomy| view.write(|writer| writer.taxonomy_id(taxonomy).uuid());
        let fits = |term: &&TaxonomyTerm| {
            let parent = directory.parent(term).map(|parent| parent.id.uuid());
            taxonomies.iter().all(|id| *id == id_of(term.taxonomy))
                && parents.iter().all(|id| Some(*id) == parent)
                && !(top_only && term.parent.is_some())
        };
        let said: Vec<&TaxonomyTerm> = match ask.text("search") {
            Some(words) => {
                let found = view.mapped.find_terms(words).into_iter();
                found.filter_map(|id| directory.term_by_id(id)).collect()
            }
            None => directory.all_terms().collect(),
        };
        let chosen = said.into_iter().filter(fits);
        Ok(chosen.map(|term| Item::Term(term.id)).collect())
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
async fn removed(acting: Acting, uri: Uri, headers: HeaderMap, ask: Ask) -> Outcome<Response> {
    let view = View::of(&acting, &ask).await?;
    let (page, forms) = (ask.page()?, plain(&ask)?);
    let key = (
        acting.municipality().id,
        format!("{} {}", uri.path(), ask.key_of_all_pages()),
    );
    let (state, answers) = (State::of(&view), acting.app.hsds_answers());
    let known = answers.selected(&key, &state).filter(|_| view.as_of.is_none());
    let items = match known {
        Some(items) => items,
        None => {
            let items = gone(&acting, &view, &ask).await?.into();
            if view.as_of.is_none() {
                answers.select(key, state, &items);
            }
            items
        }
    };
    if ask.ndjson()? {
        return Ok(answer::lines(view, items, forms));
    }
    let document = answer::page(&view, &items, forms, page);
    Ok(Answer::new(&document, view.directory().recorded_at()).respond(&headers))
}

/// What is gone since a moment: records, services at places that their service no longer names, actions that ended.
async fn gone(acting: &Acting, view: &View, ask: &Ask) -> Outcome<Vec<Item>> {
    let since = ask.moment("modified_after", view.zone)?.unwrap_or_default();
    let until = view.as_of.unwrap_or(acting.now);
    let records = acting.scope.removed_records(since, until).await?.into_iter();
    let records = records.map(|gone| (gone.removed_at, gone.kind.replace('-', "_"), gone.id));
    let links = acting.scope.ended_links(since, until).await?.into_iter();
    let links = links.filter(|(id, _)| view.link(*id).is_none());
    let links = links.map(|(id, at)| (at, "service_at_location".to_owned(), id));
    let ended = view.own.ended.iter().filter(|(_, at)| *at >= since);
    let ended = ended.map(|(id, at)| (*at, "service".to_owned(), id.uuid()));
    let mut all: Vec<_> = records.chain(links).chain(ended).collect();
    // What was removed in one act goes in one order on every database.
    all.sort_unstable();
    let item = |(at, kind, id): (Instant, String, Uuid)| Item::Removed { at, kind, id };
    Ok(all.into_iter().map(item).collect())
}

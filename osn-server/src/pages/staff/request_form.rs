//! Writing a request: a body's or the team's whole form, and the short one of a counter at which a citizen asks. Each is kept
//! as a draft or handed in.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::directory::{Directory, Taxonomy};
use osn_core::id::RequestId;
use osn_core::lang::LocalText;
use osn_core::need::Need;
use osn_core::request::{RequestOrigin, RequestState, SupportRequest};
use serde_json::{Value, json};

use super::network::{bodies, form_page, is_bound, named, own_area};
use super::requests::request_id;
use super::sized::{Begun, Start};
use crate::acts::Acting;
use crate::acts::requests::{self, NewRequest};
use crate::http::Query;
use crate::lang::Lang;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Field, FormView, Group, Posted};
use crate::pages::part::{Block, StaffPage};
use crate::pages::public::choices;
use crate::pages::reader::Reader;
use crate::pages::{blame, mendable, onward, show, show_with, typed};
use crate::problem;
use crate::refusal::{Outcome, Refusal};

const MODES: [&str; 4] = ["place", "home", "remote", "street"];
const URGENCIES: [&str; 3] = ["normal", "high", "immediate"];

/// The days of the week as answers.
fn weekdays(p: &Page) -> Vec<Choice> {
    let codes = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
    (1..)
        .zip(codes)
        .map(|(number, code)| Choice::new(code, p.t(&format!("date-weekday-{number}"))))
        .collect()
}

/// The form of a new request.
async fn form(acting: &Acting, p: &Page) -> Outcome<FormView> {
    let mapped = acting.mapping().await?;
    let directory = &mapped.directory;
    let text = |name: &str, key: &str| Field::line(name, p.t(key));
    let origins = [RequestOrigin::Body, RequestOrigin::Team];
    let mut about = vec![
        text("/title/el", "request-title-el"),
        text("/title/en", "request-title-en").optional(),
        Field::area("/description/el", p.t("request-description-el")).hint(p.t("request-description-hint")),
        Field::area("/description/en", p.t("request-description-en")).optional(),
    ];
    if !is_bound(acting) {
        about.insert(
            0,
            Field::select("/organization_id", p.t("request-body"), bodies(p, directory)),
        );
        let origins =
            origins.map(|origin| Choice::new(origin.name(), p.t(&format!("request-origin-{}", origin.name()))));
        about.insert(
            1,
            Field::radios("/origin", p.t("request-origin"), origins.to_vec())
                .proposed("body")
                .optional(),
        );
    }
    let group = |title: &str, fields| Group {
        title: p.t(title),
        fields,
        ..Group::default()
    };
    Ok(FormView {
        action: p.url("/staff/requests/new"),
        groups: vec![
            group("request-about", about),
            group("request-need", need_fields(p, directory)),
        ],
        button: p.t("request-write"),
        draft: Some(p.t("request-keep")),
        cancel: Some((p.t("cancel"), p.url("/staff/requests"))),
        guard: true,
        ..FormView::default()
    })
}

/// What is needed, for whom, where, how, when, how soon.
fn need_fields(p: &Page, directory: &Directory) -> Vec<Field> {
    let languages = ["el", "en", "ar", "fr", "fa", "ur", "uk", "sq"]
        .map(|code| Choice::new(code, p.t(&format!("language-{code}"))));
    vec![
        Field::select(
            "/need/category",
            p.t("need-category"),
            choices(p, directory, Taxonomy::Category),
        ),
        Field::checks(
            "/need/groups",
            p.t("need-groups"),
            choices(p, directory, Taxonomy::BeneficiaryGroup),
        )
        .optional(),
        Field::int("/need/people/count", p.t("need-people")),
        Field::int("/need/people/age_from", p.t("need-age-from")).optional(),
        Field::int("/need/people/age_to", p.t("need-age-to")).optional(),
        Field::checks("/need/areas", p.t("need-areas"), choices(p, directory, Taxonomy::Area)),
        Field::radios("/need/mode", p.t("need-mode"), named(p, "mode", &MODES)),
        Field::day("/need/period/from", p.t("need-from")),
        Field::day("/need/period/to", p.t("need-to")).optional(),
        Field::checks("/need/languages", p.t("need-languages"), languages.to_vec())
            .hint(p.t("need-languages-hint"))
            .optional(),
        Field::checks("/need/hours/days", p.t("need-hours-days"), weekdays(p))
            .hint(p.t("need-hours-hint"))
            .optional(),
        Field::line("/need/hours/from", p.t("need-hours-from"))
            .wide("5", "")
            .optional(),
        Field::line("/need/hours/to", p.t("need-hours-to"))
            .wide("5", "")
            .optional(),
        Field::radios("/need/urgency", p.t("need-urgency"), named(p, "urgency", &URGENCIES)).proposed("normal"),
    ]
}

/// The short form of a counter: what, for whom, how many, where, when, how soon. The citizen is not named.
async fn counter_form(acting: &Acting, p: &Page) -> Outcome<FormView> {
    let mapped = acting.mapping().await?;
    let directory = &mapped.directory;
    let kept = |field: &Field| !field.name.starts_with("/need/languages") && !field.name.starts_with("/need/hours");
    let today = acting.zone().day(acting.now);
    let mut fields: Vec<Field> = need_fields(p, directory)
        .into_iter()
        .filter(kept)
        .map(|field| match field.name.as_str() {
            "/need/people/count" => field.proposed("1"),
            "/need/mode" => field.proposed("place"),
            "/need/period/from" => field.proposed_day(today, ""),
            _ => field,
        })
        .collect();
    if !is_bound(acting) {
        let own = acting.actor.officer().and_then(|officer| officer.organization);
        let body = Field::select("/organization_id", p.t("counter-body"), bodies(p, directory));
        let body = match own {
            Some(own) => body.proposed(own.to_string()),
            None => body,
        };
        fields.insert(0, body);
    }
    fields.push(own_area(p, "/description", "counter-words").hint(p.t("request-description-hint")));
    Ok(FormView {
        draft: Some(p.t("request-keep")),
        guard: true,
        cancel: Some((p.t("cancel"), p.url("/staff/requests"))),
        ..FormView::new(p.url("/staff/counter"), fields, p.t("request-write"))
    })
}

/// A citizen's request is named by what is asked for.
fn counter_title(acting: &Acting, directory: &Directory, need: &Need) -> LocalText {
    let [el, en] = [Lang::El, Lang::En].map(|lang| {
        let category = directory
            .term(&need.category)
            .map(|term| term.name.get(lang.tag()).to_owned())
            .unwrap_or_default();
        acting
            .app
            .texts()
            .get(lang, "request-counter-title", &[("what", category.as_str())])
    });
    LocalText::new(el, en)
}

/// What was typed, as the act takes it.
fn read(p: &Page, form: &FormView, posted: &Posted) -> Outcome<Value> {
    let mut body = form.body(p)?;
    if let Some(need) = body.get_mut("need").and_then(Value::as_object_mut) {
        need.entry("groups").or_insert(json!([]));
        // Hours are written as people write them: 17:00.
        if let Some(hours) = need.get_mut("hours").and_then(Value::as_object_mut) {
            for name in ["from", "to"] {
                let written = hours.get(name).and_then(Value::as_str);
                if let Some(time) = written.map(|time| json!(format!("{time}:00"))) {
                    hours.insert(name.to_owned(), time);
                }
            }
        }
    }
    if let Some(request) = body.as_object_mut() {
        request.insert("submit".to_owned(), json!(!is_draft(posted)));
    }
    Ok(body)
}

fn is_draft(posted: &Posted) -> bool {
    posted.get("op") == "draft"
}

/// On to the request, or the form again with what is wrong.
fn answer(mut p: Page, mut form: FormView, posted: &Posted, led: Outcome<RequestId>) -> Outcome<Response> {
    let done = if is_draft(posted) {
        "request-kept"
    } else {
        "request-written"
    };
    match led {
        Ok(id) => Ok(onward(&p, &format!("/staff/requests/{id}"), done)),
        Err(refusal) if mendable(&refusal) => {
            blame(&mut p, &mut form, &refusal);
            let page = StaffPage::new(p).block(Block::Form(Box::new(form)));
            Ok(show_with(problem::status(refusal.kind()), &page))
        }
        Err(refusal) => Err(refusal),
    }
}

pub(super) async fn ask(reader: Reader, Query(start): Query<Start>) -> Outcome<Response> {
    let (acting, p) = reader.page("request-new", Section::Requests);
    let mut form = form(&acting, &p).await?;
    Begun::of(&acting, start).await?.request(&p, &mut form);
    Ok(show(&form_page(p, ("requests-title", "/staff/requests"), form)))
}

pub(super) async fn write(reader: Reader, Query(start): Query<Start>, body: Bytes) -> Outcome<Response> {
    let (acting, p) = reader.page("request-new", Section::Requests);
    let begun = Begun::of(&acting, start).await?;
    let mut form = form(&acting, &p).await?;
    begun.request(&p, &mut form);
    let posted = Posted::read(&body);
    form.fill(&posted);
    let led = written(&acting, &p, (&begun, &form), &posted).await;
    answer(p, form, &posted, led)
}

async fn written(acting: &Acting, p: &Page, (begun, form): (&Begun, &FormView), posted: &Posted) -> Outcome<RequestId> {
    let mut body = read(p, form, posted)?;
    begun.along_with_request(&mut body);
    let new: NewRequest = typed(body)?;
    Ok(requests::write(acting, new).await?.value.id)
}

pub(super) async fn ask_counter(reader: Reader) -> Outcome<Response> {
    let (acting, p) = reader.page("counter-title", Section::Requests);
    let form = counter_form(&acting, &p).await?;
    let mut page = form_page(p.clone(), ("requests-title", "/staff/requests"), form);
    page.blocks.insert(0, Block::Text(p.t("counter-text")));
    Ok(show(&page))
}

pub(super) async fn write_counter(reader: Reader, body: Bytes) -> Outcome<Response> {
    let (acting, p) = reader.page("counter-title", Section::Requests);
    let mut form = counter_form(&acting, &p).await?;
    let posted = Posted::read(&body);
    form.fill(&posted);
    let led = counted(&acting, &p, &form, &posted).await;
    answer(p, form, &posted, led)
}

async fn counted(acting: &Acting, p: &Page, form: &FormView, posted: &Posted) -> Outcome<RequestId> {
    let mut body = read(p, form, posted)?;
    if let Some(request) = body.as_object_mut() {
        request.insert("title".to_owned(), json!({}));
        request.insert("origin".to_owned(), json!(RequestOrigin::Counter));
    }
    let mut new: NewRequest = typed(body)?;
    new.title = counter_title(acting, &acting.mapping().await?.directory, &new.need);
    Ok(requests::write(acting, new).await?.value.id)
}

/// The whole form of a draft, with what stands in it.
async fn edit_form(acting: &Acting, p: &Page, request: &SupportRequest) -> Outcome<FormView> {
    let mut form = form(acting, p).await?;
    form.action = p.url(&format!("/staff/requests/{}/edit", request.id));
    form.cancel = Some((p.t("cancel"), p.url(&format!("/staff/requests/{}", request.id))));
    form.fill(&standing(request));
    Ok(form)
}

/// A request as its form would have posted it.
fn standing(request: &SupportRequest) -> Posted {
    use chrono::Datelike as _;
    let need = &request.need;
    let mut pairs = vec![
        ("/organization_id".to_owned(), request.organization_id.to_string()),
        ("/origin".to_owned(), request.origin.name().to_owned()),
        ("/need/category".to_owned(), need.category.to_string()),
        ("/need/people/count".to_owned(), need.people.count.to_string()),
    ];
    let mut put = |name: &str, value: String| pairs.push((name.to_owned(), value));
    for lang in ["el", "en"] {
        put(&format!("/title/{lang}"), exact(&request.title, lang));
        put(&format!("/description/{lang}"), exact(&request.description, lang));
    }
    for (name, age) in [("from", need.people.age_from), ("to", need.people.age_to)] {
        put(
            &format!("/need/people/age_{name}"),
            age.map(|age| age.to_string()).unwrap_or_default(),
        );
    }
    for (name, codes) in [("groups", &need.groups), ("areas", &need.areas)] {
        for code in codes {
            put(&format!("/need/{name}"), code.to_string());
        }
    }
    for (name, day) in [("from", Some(need.period.from)), ("to", need.period.to)] {
        let parts = day.map(|day| {
            [
                ("day", day.day().to_string()),
                ("month", day.month().to_string()),
                ("year", day.year().to_string()),
            ]
        });
        for (part, value) in parts.into_iter().flatten() {
            put(&format!("/need/period/{name}-{part}"), value);
        }
    }
    for code in &need.languages {
        put("/need/languages", code.clone());
    }
    if let Some(hours) = &need.hours {
        for day in &hours.days {
            let code = serde_json::to_value(day).ok();
            put(
                "/need/hours/days",
                code.and_then(|code| code.as_str().map(str::to_owned))
                    .unwrap_or_default(),
            );
        }
        put("/need/hours/from", hours.from.format("%H:%M").to_string());
        put("/need/hours/to", hours.to.format("%H:%M").to_string());
    }
    for (name, value) in [("mode", json!(need.mode)), ("urgency", json!(need.urgency))] {
        put(&format!("/need/{name}"), value.as_str().unwrap_or_default().to_owned());
    }
    pairs.into_iter().collect()
}

/// The words in this language and no other.
fn exact(text: &LocalText, lang: &str) -> String {
    let found = text.iter().find(|(tag, _)| *tag == lang);
    found.map(|(_, words)| words.to_owned()).unwrap_or_default()
}

async fn draft(acting: &Acting, id: RequestId) -> Outcome<SupportRequest> {
    let request = requests::get(acting, id).await?.value;
    if request.state == RequestState::Draft {
        Ok(request)
    } else {
        Err(Refusal::conflict("request.not-a-draft"))
    }
}

pub(super) async fn ask_edit(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let id = request_id(&text)?;
    let (acting, p) = reader.page("request-edit", Section::Requests);
    let request = draft(&acting, id).await?;
    let form = edit_form(&acting, &p, &request).await?;
    Ok(show(&form_page(p, ("requests-title", "/staff/requests"), form)))
}

pub(super) async fn edit(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let id = request_id(&text)?;
    let (acting, p) = reader.page("request-edit", Section::Requests);
    let request = draft(&acting, id).await?;
    let mut form = edit_form(&acting, &p, &request).await?;
    let posted = Posted::read(&body);
    form.fill(&posted);
    let led = rewritten(&acting, &p, (&request, &form), &posted).await;
    answer(p, form, &posted, led)
}

async fn rewritten(
    acting: &Acting,
    p: &Page,
    (request, form): (&SupportRequest, &FormView),
    posted: &Posted,
) -> Outcome<RequestId> {
    let mut new: NewRequest = typed(read(p, form, posted)?)?;
    // What the form does not ask for stays as it was.
    new.gaps.clone_from(&request.gaps);
    if is_bound(acting) || request.origin == RequestOrigin::Counter {
        new.origin = request.origin;
    }
    Ok(requests::rewrite(acting, request.id, new).await?.value.id)
}

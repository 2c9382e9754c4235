//! Suggestions of citizens and owners: the queue of a moderator, and of a body about its own records.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::id::SuggestionId;
use osn_core::upkeep::SuggestionFrom;

use super::{Asked, head, id};
use crate::acts::Acting;
use crate::acts::upkeep::suggestions::{self as acts, Accept, Refuse, SuggestionView};
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Field, FormView, Posted};
use crate::pages::part::{Act, Block, Cell, Chip, Fact, Facts, Row, StaffPage, Table};
use crate::pages::reader::Reader;
use crate::pages::{blame, mendable, onward, show, show_with, shown};
use crate::problem;
use crate::refusal::Outcome;

const STATES: [&str; 3] = ["open", "accepted", "refused"];

fn suggestion_id(text: &str) -> Outcome<SuggestionId> {
    id(text, "suggestion.unknown")
}

pub(super) async fn list(reader: Reader, Query(asked): Query<Asked>) -> Outcome<Response> {
    let (acting, p) = reader.page("suggestions-title", Section::Suggestions);
    let found = acts::list(&acting, asked.state(), asked.query()).await?;
    let rows = found.items.iter().map(|read| row(&p, &read.value)).collect();
    let chip = |state: &str, text: String| Chip {
        text,
        href: Asked {
            state: state.to_owned(),
            ..Asked::default()
        }
        .address(&p, "/staff/suggestions"),
        current: asked.state == state,
    };
    let mut page = StaffPage::new(p.clone()).subtitled(p.tc("suggestions-count", found.total));
    page.chips = std::iter::once(chip("", p.t("all")))
        .chain(
            STATES
                .iter()
                .map(|state| chip(state, p.t(&format!("state-suggestion-{state}")))),
        )
        .collect();
    page.blocks.push(Block::Table(Table {
        caption: p.t("suggestions-title"),
        head: head(
            &p,
            [
                ("column-record", false),
                ("suggestion-about", false),
                ("column-when", false),
                ("column-state", false),
            ],
        ),
        rows,
        empty: p.t("suggestions-none"),
    }));
    page.pager = asked.pager(&p, "/staff/suggestions", found.next);
    Ok(show(&page))
}

fn row(p: &Page, view: &SuggestionView) -> Row {
    Row::new(vec![
        Cell::head(record_name(p, view)).link(p.url(&format!("/staff/suggestions/{}", view.id))),
        Cell::new(about(p, view)).note(p.t(from_key(view))),
        Cell::new(p.moment(view.at)),
        Cell::tag(shown::state(p, "suggestion", view.state)),
    ])
}

fn record_name(p: &Page, view: &SuggestionView) -> String {
    view.record
        .as_ref()
        .map_or_else(|| p.t("record-is-gone"), |name| p.text(name))
}

fn about(p: &Page, view: &SuggestionView) -> String {
    p.t(&format!("suggestion-about-{}", view.about.name()))
}

fn from_key(view: &SuggestionView) -> &'static str {
    match view.from {
        SuggestionFrom::Citizen => "suggestion-from-citizen",
        SuggestionFrom::OwnerLink => "suggestion-from-owner",
    }
}

pub(super) async fn one(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    let id = suggestion_id(&text)?;
    let form = refusal_form(&p, id);
    Ok(show(&page(&acting, p, id, form).await?))
}

async fn page(acting: &Acting, p: Page, id: SuggestionId, form: FormView) -> Outcome<StaffPage> {
    let view = acts::get(acting, id).await?.value;
    let title = record_name(&p, &view);
    let p = p.titled(title).within(Section::Suggestions);
    let mut facts = vec![
        Fact::text(p.t("suggestion-about"), about(&p, &view)),
        Fact::text(p.t("suggestion-words"), view.words.clone()),
        Fact::text(p.t("suggestion-from"), p.t(from_key(&view))),
        Fact::text(p.t("column-when"), p.moment(view.at)),
    ];
    facts.extend(
        view.contact
            .clone()
            .map(|contact| Fact::text(p.t("suggestion-contact"), contact)),
    );
    facts.extend(
        view.reason
            .clone()
            .map(|reason| Fact::text(p.t("suggestion-reason"), reason)),
    );
    let record = format!("/staff/records/{}/{}", view.kind, view.record_id);
    let mut page = StaffPage::new(p.clone())
        .back(p.t("suggestions-title"), p.url("/staff/suggestions"))
        .tagged(shown::state(&p, "suggestion", view.state))
        .block(Block::Facts(Facts { facts }));
    if matches!(view.from, SuggestionFrom::OwnerLink) && view.state != "refused" {
        page.blocks.push(Block::Text(p.t("suggestion-confirm-after")));
    }
    page.blocks.push(Block::Link(p.t("suggestion-record"), p.url(&record)));
    if view.state == "open" {
        let edit = format!("{record}/edit?suggestion={id}");
        page.blocks.push(Block::Link(p.t("suggestion-edit"), p.url(&edit)));
        let done = Act::new(
            p.url(&format!("/staff/suggestions/{id}/accept")),
            p.t("suggestion-done"),
        );
        page.blocks.push(Block::Acts(vec![done.secondary()]));
        page.blocks.push(Block::Details(
            p.t("suggestion-refuse"),
            vec![Block::Form(Box::new(form))],
        ));
    }
    Ok(page)
}

fn refusal_form(p: &Page, id: SuggestionId) -> FormView {
    let fields = vec![Field::area("/reason", p.t("suggestion-reason")).hint(p.t("suggestion-reason-hint"))];
    FormView {
        secondary: true,
        ..FormView::new(
            p.url(&format!("/staff/suggestions/{id}/refuse")),
            fields,
            p.t("suggestion-refuse"),
        )
    }
}

pub(super) async fn accept(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let id = suggestion_id(&text)?;
    acts::accept(&reader.acting, id, Accept::default()).await?;
    Ok(onward(
        &reader.p,
        &format!("/staff/suggestions/{id}"),
        "suggestion-accepted",
    ))
}

pub(super) async fn refuse(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let Reader { acting, mut p } = reader;
    let id = suggestion_id(&text)?;
    let mut form = refusal_form(&p, id);
    let posted = Posted::read(&body);
    form.fill(&posted);
    let reason = posted.get("/reason").to_owned();
    match acts::refuse(&acting, id, Refuse { reason }).await {
        Ok(_) => Ok(onward(&p, &format!("/staff/suggestions/{id}"), "suggestion-refused")),
        Err(refusal) if mendable(&refusal) => {
            blame(&mut p, &mut form, &refusal);
            let status = problem::status(refusal.kind());
            Ok(show_with(status, &page(&acting, p, id, form).await?))
        }
        Err(refusal) => Err(refusal),
    }
}

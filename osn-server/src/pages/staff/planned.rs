//! The shared calendar: what every body means to do by itself, entered on the same page, and a file for calendar programs.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::directory::{Directory, Taxonomy};
use osn_core::id::PlannedActionId;
use osn_core::lang::LocalText;
use osn_core::planned::PlannedAction;

use super::network::{answer, bodies, body_name, form_page, is_bound, own_area, own_line, read};
use super::{head, id};
use crate::acts::Acting;
use crate::acts::network::planned::{self as acts, NewPlannedAction};
use crate::auth::Right;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Field, FormView};
use crate::pages::part::{Act, Block, Cell, Row, StaffPage, Table};
use crate::pages::public::choices;
use crate::pages::reader::Reader;
use crate::pages::{onward, show, shown};
use crate::refusal::{Outcome, Refusal};

/// Planned actions as a table; also beside a proposal that they overlap.
pub(super) fn table(p: &Page, directory: &Directory, planned: &[PlannedAction], caption: String) -> Block {
    let rows = planned.iter().map(|action| {
        Row::new(vec![
            Cell::head(p.text(&action.title))
                .note(p.text(&action.words))
                .lang(p.foreign(&action.title)),
            Cell::new(body_name(p, directory, Some(action.organization_id))),
            Cell::new(shown::period(p, action.period)),
            Cell::new(shown::term(p, directory, &action.category)).note(shown::terms(p, directory, &action.groups)),
            Cell::new(shown::terms(p, directory, &action.areas)),
            Cell::number(
                action
                    .people
                    .map_or_else(|| "–".to_owned(), |people| p.number(people.into())),
            ),
        ])
    });
    Block::Table(Table {
        caption,
        head: head(
            p,
            [
                ("planned-column", false),
                ("column-body", false),
                ("column-period", false),
                ("column-need", false),
                ("need-areas", false),
                ("column-people", true),
            ],
        ),
        rows: rows.collect(),
        empty: p.t("planned-none"),
    })
}

pub(super) async fn list(reader: Reader) -> Outcome<Response> {
    let (acting, p) = reader.page("planned-title", Section::Planned);
    let found = acts::standing(&acting).await?;
    let mapped = acting.mapping().await?;
    let directory = &mapped.directory;
    let mut page = StaffPage::new(p.clone())
        .subtitled(p.tc("planned-count", super::many(found.len())))
        .block(Block::Text(p.t("planned-text")))
        .block(Block::Link(
            p.t("planned-calendar"),
            p.url("/staff/planned/calendar.ics"),
        ))
        .block(table(&p, directory, &found, p.t("planned-title")));
    if acting.actor.may(Right::WriteRequests) {
        let own = acting.actor.officer();
        let mine = |action: &&PlannedAction| own.is_some_and(|own| own.acts_for(action.organization_id).is_ok());
        for action in found.iter().filter(mine) {
            let words = p.t1("planned-edit-of", "title", &p.text(&action.title));
            let edit = p.url(&format!("/staff/planned/{}/edit", action.id));
            page.blocks.push(Block::Link(words, edit));
        }
        let cancel = found.iter().filter(mine).map(|action| {
            let words = p.t1("planned-cancel", "title", &p.text(&action.title));
            Act::new(p.url(&format!("/staff/planned/{}/cancel", action.id)), words).secondary()
        });
        page.blocks.push(Block::Acts(cancel.collect()));
        page.blocks.push(Block::Heading(p.t("planned-new")));
        page.blocks
            .push(Block::Form(Box::new(form(&acting, &p, directory, None)?)));
    }
    Ok(show(&page))
}

/// Asks for a planned action; of one that stands, everything but the body.
fn form(acting: &Acting, p: &Page, directory: &Directory, before: Option<&PlannedAction>) -> Outcome<FormView> {
    let mut fields = Vec::new();
    if !is_bound(acting) && before.is_none() {
        fields.push(Field::select(
            "/organization_id",
            p.t("column-body"),
            bodies(p, directory),
        ));
    }
    let of = |taxonomy| choices(p, directory, taxonomy);
    fields.extend([
        own_line(p, "/title", "planned-name"),
        own_area(p, "/words", "planned-words").hint(p.t("request-description-hint")),
        Field::select("/category", p.t("need-category"), of(Taxonomy::Category)),
        Field::checks("/groups", p.t("need-groups"), of(Taxonomy::BeneficiaryGroup)).optional(),
        Field::checks("/areas", p.t("need-areas"), of(Taxonomy::Area)),
        Field::day("/period/from", p.t("need-from")),
        Field::day("/period/to", p.t("need-to")),
        Field::int("/people", p.t("column-people")).optional(),
    ]);
    let (path, button) = match before {
        None => ("/staff/planned".to_owned(), "planned-enter"),
        Some(planned) => (format!("/staff/planned/{}/edit", planned.id), "planned-edit"),
    };
    let mut form = FormView {
        guard: true,
        ..FormView::new(p.url(&path), fields, p.t(button))
    };
    if let Some(planned) = before {
        form.show(p, &serde_json::to_value(planned).map_err(Refusal::internal)?);
    }
    Ok(form)
}

pub(super) async fn plan(reader: Reader, body: Bytes) -> Outcome<Response> {
    let (acting, p) = reader.page("planned-new", Section::Planned);
    let mapped = acting.mapping().await?;
    let mut form = form(&acting, &p, &mapped.directory, None)?;
    let led = match read::<NewPlannedAction>(&p, &mut form, &body) {
        Ok(new) => acts::plan(&acting, new).await.map(|_| "/staff/planned".to_owned()),
        Err(refusal) => Err(refusal),
    };
    answer(p, form, led, "planned-entered")
}

pub(super) async fn ask_edit(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p) = reader.page("planned-edit", Section::Planned);
    let found = own(&acting, &text).await?;
    let mapped = acting.mapping().await?;
    let form = form(&acting, &p, &mapped.directory, Some(&found))?;
    Ok(show(&form_page(p, ("planned-title", "/staff/planned"), form)))
}

/// A planned action that the reader may change: their own body's, as long as it stands.
async fn own(acting: &Acting, text: &str) -> Outcome<PlannedAction> {
    let officer = acting.require(Right::WriteRequests)?;
    let found = acts::get(acting, id(text, "planned.unknown")?).await?.value;
    officer.acts_for(found.organization_id)?;
    Ok(found)
}

pub(super) async fn edit(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let (acting, p) = reader.page("planned-edit", Section::Planned);
    let found = own(&acting, &text).await?;
    let mapped = acting.mapping().await?;
    let mut form = form(&acting, &p, &mapped.directory, Some(&found))?;
    let led = match read::<NewPlannedAction>(&p, &mut form, &body) {
        Ok(mut new) => {
            // The page asks in its own language; what stands in the other one stays.
            new.title = said_anew(&found.title, &new.title);
            new.words = said_anew(&found.words, &new.words);
            let done = acts::rewrite(&acting, found.id, new).await;
            done.map(|_| "/staff/planned".to_owned())
        }
        Err(refusal) => Err(refusal),
    };
    answer(p, form, led, "planned-changed")
}

fn said_anew(before: &LocalText, new: &LocalText) -> LocalText {
    let mut both = before.clone();
    for (lang, text) in new.iter() {
        both.set(lang, text);
    }
    both
}

pub(super) async fn cancel(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let planned: PlannedActionId = id(&text, "planned.unknown")?;
    acts::cancel(&reader.acting, planned).await?;
    Ok(onward(&reader.p, "/staff/planned", "planned-cancelled"))
}

pub(super) async fn calendar(reader: Reader) -> Outcome<Response> {
    crate::api::planned::calendar(reader.acting).await
}

//! What the pages of need and network share: reading a form into what an act takes, showing it again with what is wrong,
//! chips of states, the way to the trace.

use axum::response::Response;
use osn_core::directory::Directory;
use osn_core::id::OrganizationId;
use serde::de::DeserializeOwned;

use super::Asked;
use crate::acts::Acting;
use crate::acts::network::Listed;
use crate::auth::Officer;
use crate::pages::chrome::Page;
use crate::pages::form::{Choice, Field, FormView, Posted};
use crate::pages::part::{Block, Chip, StaffPage};
use crate::pages::{blame, mendable, onward, show_with, typed};
use crate::problem;
use crate::refusal::Outcome;

/// What was typed, as the act takes it; the form keeps what was typed.
pub(super) fn read<T: DeserializeOwned>(p: &Page, form: &mut FormView, body: &[u8]) -> Outcome<T> {
    form.fill(&Posted::read(body));
    let body = form.body(p)?;
    typed(body)
}

/// On to where the act led, or the form again with what is wrong.
pub(super) fn answer(mut p: Page, mut form: FormView, led: Outcome<String>, done: &str) -> Outcome<Response> {
    match led {
        Ok(path) => Ok(onward(&p, &path, done)),
        Err(refusal) if mendable(&refusal) => {
            blame(&mut p, &mut form, &refusal);
            let page = StaffPage::new(p).block(Block::Form(Box::new(form)));
            Ok(show_with(problem::status(refusal.kind()), &page))
        }
        Err(refusal) => Err(refusal),
    }
}

/// A page of one form.
pub(super) fn form_page(p: Page, back: (&str, &str), form: FormView) -> StaffPage {
    let (key, path) = back;
    let back = (p.t(key), p.url(path));
    StaffPage::new(p)
        .back(back.0, back.1)
        .block(Block::Form(Box::new(form)))
}

/// What a list is asked for.
pub(super) fn listed(asked: &Asked) -> Listed {
    Listed {
        state: asked.state().map(str::to_owned),
    }
}

/// A chip for each state, and one for all.
pub(super) fn chips(p: &Page, asked: &Asked, path: &str, machine: &str, states: &[&str]) -> Vec<Chip> {
    let chip = |state: &str, text: String| Chip {
        text,
        href: Asked {
            state: state.to_owned(),
            ..Asked::default()
        }
        .address(p, path),
        current: asked.state == state,
    };
    std::iter::once(chip("", p.t("all")))
        .chain(
            states
                .iter()
                .map(|state| chip(state, p.t(&format!("state-{machine}-{state}")))),
        )
        .collect()
}

/// Whether whoever reads acts for one body only.
pub(super) fn is_bound(acting: &Acting) -> bool {
    acting.actor.officer().is_some_and(Officer::is_bound)
}

/// The name of a body; of the team, where there is none.
pub(super) fn body_name(p: &Page, directory: &Directory, body: Option<OrganizationId>) -> String {
    match body {
        None => p.t("network-team"),
        Some(id) => directory
            .organization(id)
            .map_or_else(|| p.t("record-is-gone"), |body| p.text(&body.name)),
    }
}

/// Every body as an answer, by name.
pub(super) fn bodies(p: &Page, directory: &Directory) -> Vec<Choice> {
    let mut bodies: Vec<Choice> = directory
        .organizations()
        .map(|body| Choice::new(body.id.to_string(), p.text(&body.name)))
        .collect();
    bodies.sort_by_cached_key(|choice| osn_core::text::sort_key(&choice.text));
    bodies
}

/// Answers of a closed list, each with its words under `prefix`.
pub(super) fn named(p: &Page, prefix: &str, names: &[&str]) -> Vec<Choice> {
    names
        .iter()
        .map(|name| Choice::new(*name, p.t(&format!("{prefix}-{name}"))))
        .collect()
}

/// A line, or several, in the language of the page.
pub(super) fn own_line(p: &Page, name: &str, key: &str) -> Field {
    Field::line(&format!("{name}/{}", p.tag()), p.t(key))
}

/// Several lines in the language of the page.
pub(super) fn own_area(p: &Page, name: &str, key: &str) -> Field {
    Field::area(&format!("{name}/{}", p.tag()), p.t(key))
}

/// A small form that stands on a record's page.
pub(super) fn small(p: &Page, path: &str, fields: Vec<Field>, button: &str) -> FormView {
    FormView {
        secondary: true,
        ..FormView::new(p.url(path), fields, p.t(button))
    }
}

/// A form that opens on a record's page.
pub(super) fn opens(p: &Page, key: &str, form: FormView) -> Block {
    Block::Details(p.t(key), vec![Block::Form(Box::new(form))])
}

/// The way to the trace.
pub(super) fn trace_link(p: &Page, kind: &str, id: impl std::fmt::Display) -> Block {
    Block::Link(p.t("trace-link"), p.url(&format!("/staff/trace/{kind}/{id}")))
}

//! The history of a record in words: each version with when, in which role, and what changed field by field.

use osn_core::directory::{Directory, TermCode};
use serde_json::Value;

use super::record_parts;
use crate::acts::upkeep::confirming::{ConfirmationView, FiguresView};
use crate::acts::upkeep::history::{ChangeView, VersionView};
use crate::pages::chrome::Page;
use crate::pages::part::{Act, Block, Cell, Row, Table};
use crate::pages::shown;

/// Confirmations that a page tells; the API tells all.
const CONFIRMATIONS: usize = 100;

/// Versions, newest first; with `undo` (the record's address and its newest version, which the reader knows) each older one can
/// be brought back. Below them the way to those before, which stand at `history` below the page's own address.
pub(in crate::pages) fn blocks(
    p: &Page,
    directory: &Directory,
    versions: &[VersionView],
    undo: Option<(&str, i64)>,
) -> Vec<Block> {
    let mut blocks = Vec::new();
    for version in versions {
        let key = match (version.number == 1, version.retired) {
            (true, _) => "history-first",
            (false, true) => "history-withdrawn",
            (false, false) => "history-changed",
        };
        blocks.push(Block::Heading(p.t1(
            key,
            "when",
            &p.moment_in_words(version.recorded_at),
        )));
        blocks.push(Block::Text(who(p, version)));
        if !version.changes.is_empty() {
            blocks.push(Block::Table(changes(p, directory, &version.changes)));
        }
        let in_force = version.superseded_at.is_none() && !version.retired;
        if let Some((address, newest)) = undo.filter(|_| !in_force && !version.retired) {
            let act = Act::new(p.url(&format!("{address}/undo")), p.t("record-undo")).secondary();
            let act = act.hidden("version", newest.to_string());
            blocks.push(Block::Acts(vec![act.hidden("revision", version.revision.to_string())]));
        }
    }
    if let Some(last) = versions.last().filter(|last| last.number > 1) {
        let here = p.path.split('?').next().unwrap_or_default();
        // A form that was sent back stands at an address of its own.
        let record = here.trim_end_matches("/confirm").trim_end_matches("/history");
        let href = p.url(&format!("{record}/history?after={}", last.revision));
        blocks.push(Block::Link(p.tc("history-older", last.number.saturating_sub(1)), href));
    }
    blocks
}

fn who(p: &Page, version: &VersionView) -> String {
    let roles: Vec<String> = version.roles.iter().map(|role| p.t(&format!("role-{role}"))).collect();
    match (&version.by, roles.is_empty()) {
        (Some(name), _) => p.t2("history-by", ("name", name), ("roles", &roles.join(", "))),
        (None, false) => p.t1("history-roles", "roles", &roles.join(", ")),
        (None, true) => match version.through {
            Some(way) => p.t1("history-through", "way", &p.t(&format!("confirmed-{way}"))),
            None => p.t("history-nobody"),
        },
    }
}

/// Field by field, before and after.
pub(in crate::pages) fn changes(p: &Page, directory: &Directory, changes: &[ChangeView]) -> Table {
    let row = |change: &ChangeView| {
        Row::new(vec![
            Cell::head(field(p, &change.path)),
            Cell::new(value(p, directory, change.before.as_ref())),
            Cell::new(value(p, directory, change.after.as_ref())),
        ])
    };
    Table {
        caption: p.t("history-changes"),
        head: vec![
            (p.t("history-field"), false),
            (p.t("history-before"), false),
            (p.t("history-after"), false),
        ],
        rows: changes.iter().map(row).collect(),
        empty: p.t("history-no-changes"),
    }
}

/// The name of a field; the way to it where it has no name of its own.
pub(super) fn field(p: &Page, path: &str) -> String {
    let mut named: Vec<String> = Vec::new();
    let mut list = "";
    for part in path.trim_start_matches('/').split('/').filter(|part| part.len() < 30) {
        if let Some(name) = record_parts::label(p, list, part) {
            named.push(name);
            list = part;
            continue;
        }
        // Behind a text stands its language.
        match (named.last_mut(), p.opt(&format!("language-{part}"))) {
            (Some(last), Some(language)) => *last = format!("{last} ({language})"),
            _ => named.push(part.replace('_', " ")),
        }
    }
    named.join(": ")
}

fn value(p: &Page, directory: &Directory, value: Option<&Value>) -> String {
    let Some(value) = value else {
        return p.t("history-nothing");
    };
    match value {
        Value::Null => p.t("history-nothing"),
        Value::Bool(true) => p.t("yes"),
        Value::Bool(false) => p.t("no"),
        Value::Number(number) => number.to_string(),
        Value::String(text) => word(p, directory, text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| self::value(p, directory, Some(item))).collect();
            items.join(", ")
        }
        Value::Object(map) => {
            let said = map.iter().filter(|(key, _)| *key != "id");
            let said: Vec<String> = said.map(|(_, inner)| self::value(p, directory, Some(inner))).collect();
            said.join(" · ")
        }
    }
}

/// What a part of a record says, in a line.
pub(super) fn in_words(p: &Page, directory: &Directory, part: &Value) -> String {
    value(p, directory, Some(part))
}

/// A code by its name, a day as people write it, anything else as it is.
fn word(p: &Page, directory: &Directory, text: &str) -> String {
    let code = TermCode::new(text);
    if directory.term(&code).is_some() {
        return shown::term(p, directory, &code);
    }
    if let Ok(day) = text.parse::<chrono::NaiveDate>() {
        return p.day(day);
    }
    let id = text.parse::<uuid::Uuid>().ok();
    let body = id.and_then(|id| directory.organization(osn_core::id::OrganizationId::new(id)));
    body.map_or_else(|| text.to_owned(), |body| p.text(&body.name))
}

/// Who confirmed the record, when and how.
pub(in crate::pages) fn confirmations(p: &Page, views: &[ConfirmationView]) -> Block {
    let row = |view: &ConfirmationView| {
        let by = view.by.clone().unwrap_or_default();
        Row::new(vec![
            Cell::head(p.day_in_words(view.on)).note(view.note.clone()),
            Cell::new(p.t(&format!("confirmed-{}", view.through))).note(by),
            Cell::new(
                view.figures
                    .as_ref()
                    .map(|figures| self::figures(p, figures))
                    .unwrap_or_default(),
            ),
        ])
    };
    let mut rows: Vec<Row> = views.iter().take(CONFIRMATIONS).map(row).collect();
    let more = views.len().saturating_sub(CONFIRMATIONS);
    if more > 0 {
        rows.push(Row::cut(p.tc("history-confirmations-more", super::many(more))));
    }
    Block::Table(Table {
        caption: p.t("history-confirmations"),
        head: vec![
            (p.t("column-confirmed-on"), false),
            (p.t("column-confirmed-through"), false),
            (p.t("figures-title"), false),
        ],
        rows,
        empty: p.t("history-never-confirmed"),
    })
}

fn figures(p: &Page, figures: &FiguresView) -> String {
    let said = [
        ("figures-served", &figures.served),
        ("figures-turned-away", &figures.turned_away),
        ("figures-waiting", &figures.waiting),
    ];
    let said: Vec<String> = said
        .into_iter()
        .filter_map(|(key, count)| Some(format!("{}: {}", p.t(key), count.as_ref()?)))
        .collect();
    let to = figures.to.map(|day| p.day(day)).unwrap_or_default();
    format!("{} – {to} · {}", p.day(figures.from), said.join(" · "))
}

//! Ranked lists: proposed by one person, approved by another, every line with every reason.

use axum::extract::Path;
use axum::response::Response;
use osn_core::id::{ApplicationId, SelectionId};
use osn_core::selection::{DecidedBy, Place, Ranked, Selection, SelectionState};
use osn_core::state::Machine as _;
use serde::Deserialize;

use super::calls::call_id;
use super::chain::{self, At};
use super::{applications, head, id};
use crate::acts::calls::OpenCall;
use crate::acts::decisions::{self, DecisionExplained};
use crate::acts::{Acting, calls, draw, selection};
use crate::auth::Right;
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::part::{Act, Block, Cell, Fact, Facts, More, Pager, Row, StaffPage, Stat, Table, Tag, Tone};
use crate::pages::reader::Reader;
use crate::pages::{onward, show, shown};
use crate::refusal::{Outcome, Refusal};

/// Lines on a page: one journal entry says whose reasons were read.
const ON_A_PAGE: u32 = 25;

#[derive(Debug, Default, Deserialize)]
pub(super) struct From {
    #[serde(default)]
    from: u32,
}

fn list_id(text: &str) -> Outcome<SelectionId> {
    id(text, "selection.unknown")
}

/// The newest list of a call.
pub(super) async fn of_call(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let call = call_id(&text)?;
    reader.acting.require(Right::SeeApplications)?;
    let lists = reader.acting.scope.selections(call).await?;
    let newest = lists
        .into_iter()
        .max_by_key(|list| list.value.proposed_at)
        .ok_or_else(|| Refusal::not_found("selection.unknown"))?;
    Ok(onward(&reader.p, &format!("/staff/lists/{}", newest.value.id), ""))
}

pub(super) async fn one(
    reader: Reader,
    Path(text): Path<String>,
    Query(From { from }): Query<From>,
) -> Outcome<Response> {
    let (acting, p) = reader.page("list-title", Section::StaffCalls);
    let list = selection::get(&acting, list_id(&text)?).await?.value;
    let open = calls::open(&acting, list.list.call_id).await?;
    let by = super::person(&acting, list.proposed_by).await?;
    let sub = p.with(
        "list-proposed",
        &[
            ("title", &p.text(&open.call.value.title)),
            ("name", &by),
            ("when", &p.moment(list.proposed_at)),
        ],
    );
    let mut page = StaffPage::new(p.clone())
        .tagged(shown::state(&p, "selection", list.state.name()))
        .subtitled(sub)
        .back(p.t("job-call"), p.url(&format!("/staff/calls/{}", list.list.call_id)));
    page.chain = chain::of_action(&acting, &p, open.call.value.action_id, At::List).await?;
    acts(&acting, &p, &list, &mut page);
    page.blocks.push(Block::Stats(stats(&p, &list)));
    let texts = &open.texts;
    let keys: Vec<String> = list
        .list
        .keys
        .iter()
        .map(|key| texts.text_or_key(p.tag(), &format!("rank-{}", key.key)))
        .collect();
    page.blocks
        .push(Block::Text(p.t1("list-order", "keys", &keys.join(" · "))));
    page.blocks.push(table(&acting, &p, &list, &open, from).await?);
    page.pager = pager(&p, &list, from);
    page.blocks.push(Block::Facts(seals(&p, &list)));
    Ok(show(&page))
}

fn acts(acting: &Acting, p: &Page, list: &Selection, page: &mut StaffPage) {
    if list.state != SelectionState::Proposed || !acting.actor.may(Right::Select) {
        return;
    }
    if acting.actor.account() == Some(list.proposed_by) {
        page.blocks.push(Block::Inset(p.t("list-other-approves")));
        return;
    }
    page.acts.push(Act::new(
        p.url(&format!("/staff/lists/{}/approve", list.id)),
        p.t("list-approve"),
    ));
    page.acts
        .push(Act::new(p.url(&format!("/staff/lists/{}/reject", list.id)), p.t("list-reject")).secondary());
}

/// What holds the list together: the digest of its references, and of a draw what it was committed to.
fn seals(p: &Page, list: &Selection) -> Facts {
    let code = |key: &str, value: String| Fact::new(p.t(key), Cell::new(value).code());
    let mut facts = vec![code("results-frozen", list.list.frozen.to_string())];
    if let Some(draw) = draw::disclosed(&list.list) {
        facts.push(code("draw-commitment", draw.commitment));
        facts.push(code("draw-seed", draw.seed));
    }
    Facts { facts }
}

fn stats(p: &Page, list: &Selection) -> Vec<Stat> {
    vec![
        Stat::new(p.t("list-eligible"), p.number(list.list.lines().into())),
        Stat::new(p.t("column-places"), p.number(list.list.capacity.into())),
        Stat::new(p.t("results-selected-count"), p.number(list.list.selected.into())),
        Stat::new(p.t("results-reserve-count"), p.number(list.list.reserve.into())),
    ]
}

async fn table(acting: &Acting, p: &Page, list: &Selection, open: &OpenCall, from: u32) -> Outcome<Block> {
    let texts = &open.texts;
    let rank = |key: &str| short(&texts.text_or_key(p.tag(), &format!("rank-{key}")));
    let mut columns = head(p, [("results-rank", true), ("results-reference", false)]);
    columns.extend(list.list.keys.iter().map(|key| (rank(&key.key), true)));
    columns.extend(head(p, [("results-place", false), ("column-decided", false)]));
    let mut rows = Vec::new();
    let shown = selection::lines(acting, list.id, from, ON_A_PAGE).await?;
    let subjects: Vec<ApplicationId> = shown.iter().map(|line| line.candidate.application_id).collect();
    let decided = decisions::of_lines(acting, open, &subjects).await?;
    for (line, explained) in shown.iter().zip(decided) {
        if line.place == (Place::Reserve { position: 1 }) {
            rows.push(Row::cut(p.tc("results-capacity", list.list.capacity.into())));
        }
        rows.push(row(p, list, line, explained.as_ref(), &rank));
    }
    Ok(Block::Table(Table {
        caption: p.t("list-title"),
        head: columns,
        rows,
        empty: p.t("results-none"),
    }))
}

/// What a ranking key is, for the head of a column: «Εισόδημα, από το μικρότερο» says its direction above the table.
fn short(text: &str) -> String {
    text.split(',').next().unwrap_or(text).to_owned()
}

fn row(
    p: &Page,
    list: &Selection,
    line: &Ranked,
    explained: Option<&DecisionExplained>,
    rank: &dyn Fn(&str) -> String,
) -> Row {
    let application = p.url(&format!("/staff/applications/{}", line.candidate.application_id));
    let mut cells = vec![
        Cell::number(line.rank.to_string()),
        Cell::head(line.candidate.reference.to_string())
            .link(application)
            .code(),
    ];
    let ranking = explained
        .and_then(|explained| explained.claims.first())
        .map(|claim| claim.ranking.as_slice())
        .unwrap_or_default();
    for (index, key) in list.list.keys.iter().enumerate() {
        let said = ranking
            .iter()
            .find(|shown| shown.key == key.key)
            .and_then(|shown| shown.shown.clone());
        let raw = || {
            line.candidate
                .keys
                .get(index)
                .map(ToString::to_string)
                .unwrap_or_default()
        };
        cells.push(Cell::number(said.unwrap_or_else(raw)));
    }
    cells.push(Cell::tag(place(p, line.place)));
    cells.push(Cell::new(match &line.decided_by {
        DecidedBy::First => p.t("decided-first"),
        DecidedBy::Key(key) => rank(key),
        DecidedBy::SubmissionTime => p.t("decided-submission-time"),
        DecidedBy::Draw => p.t("decided-draw"),
        DecidedBy::Protocol => p.t("decided-protocol"),
    }));
    let more = explained.map(|explained| More::new(p, p.t("list-why"), applications::explained(p, explained)));
    Row {
        more,
        ..Row::new(cells)
    }
}

pub(super) fn place(p: &Page, place: Place) -> Tag {
    match place {
        Place::Selected => Tag::new(Tone::Good, p.t("results-selected")),
        Place::Reserve { position } => Tag::new(Tone::Warn, p.t1("results-reserve", "position", &position.to_string())),
    }
}

fn pager(p: &Page, list: &Selection, from: u32) -> Pager {
    let here = format!("/staff/lists/{}", list.id);
    let next = from.saturating_add(ON_A_PAGE);
    Pager {
        first: (from > 0).then(|| p.url(&here)),
        next: (next < list.list.lines()).then(|| p.url(&format!("{here}?from={next}"))),
    }
}

pub(super) async fn propose(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let proposed = selection::propose(&reader.acting, call_id(&text)?).await?;
    Ok(onward(
        &reader.p,
        &format!("/staff/lists/{}", proposed.value.id),
        "list-proposed",
    ))
}

pub(super) async fn approve(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let id = list_id(&text)?;
    selection::approve(&reader.acting, id).await?;
    Ok(onward(&reader.p, &format!("/staff/lists/{id}"), "list-approved"))
}

pub(super) async fn reject(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let id = list_id(&text)?;
    let rejected = selection::reject(&reader.acting, id).await?;
    Ok(onward(
        &reader.p,
        &format!("/staff/calls/{}", rejected.value.list.call_id),
        "list-rejected",
    ))
}

//! Likely duplicates: pairs with their reasons, merging one record into the other, and saying that they are two.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::upkeep::RecordKind;
use uuid::Uuid;

use super::{Asked, head};
use crate::acts::upkeep::apart::{self, ApartView, Pair};
use crate::acts::upkeep::duplicates::{self as acts, DuplicateView, Merge};
use crate::acts::upkeep::kind;
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::Posted;
use crate::pages::part::{Act, Block, Cell, Chip, Fact, Facts, Row, StaffPage, Table};
use crate::pages::reader::Reader;
use crate::pages::{onward, show};
use crate::refusal::{Outcome, Refusal};

/// The kinds of records as links to their lists.
fn chips(p: &Page, chosen: RecordKind, below: &str) -> Vec<Chip> {
    RecordKind::ALL
        .map(|kind| Chip {
            text: p.t(&format!("record-kind-{}", kind.name())),
            href: p.url(&format!("/staff/duplicates/{}{below}", kind.name())),
            current: kind == chosen,
        })
        .to_vec()
}

pub(super) async fn list(reader: Reader, Path(name): Path<String>, Query(asked): Query<Asked>) -> Outcome<Response> {
    let (acting, p) = reader.page("duplicates-title", Section::Duplicates);
    let chosen = kind(&name)?;
    let pairs = acts::list(&acting, chosen, &asked.query()).await?;
    let mut page = StaffPage::new(p.clone()).subtitled(p.tc("duplicates-count", pairs.total));
    page.chips = chips(&p, chosen, "");
    let address = format!("/staff/duplicates/{}", chosen.name());
    page.blocks.push(Block::Link(
        p.t("duplicates-apart-title"),
        p.url(&format!("{address}/apart")),
    ));
    if pairs.items.is_empty() {
        page.blocks.push(Block::Text(p.t("duplicates-none")));
    }
    for pair in &pairs.items {
        page.blocks.extend(blocks(&p, pair));
    }
    page.pager = asked.pager(&p, &address, pairs.next);
    Ok(show(&page))
}

fn blocks(p: &Page, pair: &DuplicateView) -> [Block; 3] {
    let reasons: Vec<String> = pair
        .reasons
        .iter()
        .map(|reason| p.t(&format!("duplicate-{reason}")))
        .collect();
    let address = |id: Uuid| p.url(&format!("/staff/records/{}/{id}", pair.kind));
    let (one, other) = (p.text(&pair.one_name), p.text(&pair.other_name));
    let merge = |gone: Uuid, into: Uuid, name: &str| {
        Act::new(
            p.url(&format!("/staff/duplicates/{}", pair.kind)),
            p.t1("duplicates-keep", "name", name),
        )
        .secondary()
        .hidden("gone", gone.to_string())
        .hidden("into", into.to_string())
    };
    let facts = vec![
        Fact::new(p.t("duplicates-one"), Cell::new(one.clone()).link(address(pair.one))),
        Fact::new(
            p.t("duplicates-other"),
            Cell::new(other.clone()).link(address(pair.other)),
        ),
        Fact::text(p.t("duplicates-reasons"), reasons.join(", ")),
    ];
    let newer = format!("{other} ({})", p.t("duplicates-newer"));
    let older = format!("{one} ({})", p.t("duplicates-older"));
    [
        Block::Heading(one),
        Block::Facts(Facts { facts }),
        Block::Acts(vec![
            merge(pair.other, pair.one, &older),
            merge(pair.one, pair.other, &newer),
            of_pair(p, (pair.kind, "apart"), "duplicates-apart", (pair.one, pair.other)),
        ]),
    ]
}

/// A button about a pair of a kind.
fn of_pair(p: &Page, (kind, act): (&str, &str), words: &str, (one, other): (Uuid, Uuid)) -> Act {
    Act::new(p.url(&format!("/staff/duplicates/{kind}/{act}")), p.t(words))
        .secondary()
        .hidden("one", one.to_string())
        .hidden("other", other.to_string())
}

pub(super) async fn merge(reader: Reader, Path(name): Path<String>, body: Bytes) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    let kind = kind(&name)?;
    let (gone, into) = two(&body, "gone", "into")?;
    acts::merge(&acting, kind, gone, Merge { into }).await?;
    let place = format!("/staff/records/{}/{into}", kind.name());
    Ok(onward(&p, &place, "records-merged"))
}

/// Two records as a button names them.
fn two(body: &Bytes, one: &str, other: &str) -> Outcome<(Uuid, Uuid)> {
    let posted = Posted::read(body);
    let id = |field: &str| posted.get(field).parse::<Uuid>();
    let unknown = |_| Refusal::not_found("record.unknown");
    Ok((id(one).map_err(unknown)?, id(other).map_err(unknown)?))
}

/// The pairs of which somebody decided that they are two.
pub(super) async fn list_apart(
    reader: Reader,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Outcome<Response> {
    let (acting, p) = reader.page("duplicates-apart-title", Section::Duplicates);
    let chosen = kind(&name)?;
    let pairs = apart::list(&acting, chosen, &asked.query()).await?;
    let address = format!("/staff/duplicates/{}", chosen.name());
    let mut page = StaffPage::new(p.clone())
        .subtitled(p.tc("duplicates-count", pairs.total))
        .back(p.t("duplicates-title"), p.url(&address));
    page.chips = chips(&p, chosen, "/apart");
    if pairs.items.is_empty() {
        page.blocks.push(Block::Text(p.t("duplicates-apart-none")));
    }
    for pair in &pairs.items {
        page.blocks.extend(apart_blocks(&p, pair));
    }
    page.pager = asked.pager(&p, &format!("{address}/apart"), pairs.next);
    Ok(show(&page))
}

fn apart_blocks(p: &Page, pair: &ApartView) -> [Block; 2] {
    let cell = |id: Uuid, name| {
        let address = p.url(&format!("/staff/records/{}/{id}", pair.kind));
        Cell::head(p.text(name)).link(address).lang(p.foreign(name))
    };
    let table = Table {
        caption: p.t1("duplicates-apart-since", "when", &p.moment_in_words(pair.at)),
        head: head(p, [("duplicates-one", false), ("duplicates-other", false)]),
        rows: vec![Row::new(vec![
            cell(pair.one, &pair.one_name),
            cell(pair.other, &pair.other_name),
        ])],
        empty: String::new(),
    };
    let undo = of_pair(
        p,
        (pair.kind, "apart/undo"),
        "duplicates-apart-undo",
        (pair.one, pair.other),
    );
    [Block::Table(table), Block::Acts(vec![undo])]
}

pub(super) async fn keep_apart(reader: Reader, Path(name): Path<String>, body: Bytes) -> Outcome<Response> {
    let kind = kind(&name)?;
    let (one, other) = two(&body, "one", "other")?;
    apart::decide(&reader.acting, kind, Pair { one, other }).await?;
    let place = format!("/staff/duplicates/{}", kind.name());
    Ok(onward(&reader.p, &place, "records-apart"))
}

pub(super) async fn undo_apart(reader: Reader, Path(name): Path<String>, body: Bytes) -> Outcome<Response> {
    let kind = kind(&name)?;
    let (one, other) = two(&body, "one", "other")?;
    apart::take_back(&reader.acting, kind, Pair { one, other }).await?;
    let place = format!("/staff/duplicates/{}/apart", kind.name());
    Ok(onward(&reader.p, &place, "records-apart-no-more"))
}

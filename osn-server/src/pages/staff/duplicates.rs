//! Likely duplicates: pairs with their reasons, and merging one record into the other.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::upkeep::RecordKind;
use uuid::Uuid;

use crate::acts::upkeep::duplicates::{self as acts, DuplicateView, Merge};
use crate::acts::upkeep::kind;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::Posted;
use crate::pages::part::{Act, Block, Cell, Chip, Fact, Facts, StaffPage};
use crate::pages::reader::Reader;
use crate::pages::{onward, show};
use crate::refusal::{Outcome, Refusal};

/// Pairs on one page: a person decides on each.
const LISTED: usize = 50;

pub(super) async fn list(reader: Reader, Path(name): Path<String>) -> Outcome<Response> {
    let (acting, p) = reader.page("duplicates-title", Section::Duplicates);
    let chosen = kind(&name)?;
    let pairs = acts::list(&acting, chosen).await?;
    let mut page = StaffPage::new(p.clone()).subtitled(p.tc("duplicates-count", super::many(pairs.len())));
    page.chips = RecordKind::ALL
        .map(|kind| Chip {
            text: p.t(&format!("record-kind-{}", kind.name())),
            href: p.url(&format!("/staff/duplicates/{}", kind.name())),
            current: kind == chosen,
        })
        .to_vec();
    if pairs.is_empty() {
        page.blocks.push(Block::Text(p.t("duplicates-none")));
    }
    for pair in pairs.iter().take(LISTED) {
        page.blocks.extend(blocks(&p, pair));
    }
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
        ]),
    ]
}

pub(super) async fn merge(reader: Reader, Path(name): Path<String>, body: Bytes) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    let kind = kind(&name)?;
    let posted = Posted::read(&body);
    let id = |field: &str| posted.get(field).parse::<Uuid>();
    let unknown = |_| Refusal::not_found("record.unknown");
    let (gone, into) = (id("gone").map_err(unknown)?, id("into").map_err(unknown)?);
    acts::merge(&acting, kind, gone, Merge { into }).await?;
    let place = format!("/staff/records/{}/{into}", kind.name());
    Ok(onward(&p, &place, "records-merged"))
}

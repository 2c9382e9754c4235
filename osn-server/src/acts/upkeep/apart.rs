//! Two records that look like one and are two: somebody looked and said so, and the pair is not shown as one again.

use osn_core::time::Instant;
use osn_core::upkeep::RecordKind;
use osn_store::{Page, PageQuery, RecordsApart};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{cut, find, name};
use crate::acts::{Acting, entry};
use crate::auth::Right;
use crate::directory::Mapped;
use crate::refusal::{Outcome, Refusal};
use crate::shapes;

/// Two records of one kind, in any order.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    /// One of them.
    pub one: Uuid,
    /// The other.
    pub other: Uuid,
}

/// Two records that are two.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ApartView {
    /// `organization`, `location`, `service`.
    pub kind: &'static str,
    /// The one with the smaller identifier.
    pub one: Uuid,
    /// Its name.
    #[schemars(with = "shapes::LocalText")]
    pub one_name: osn_core::lang::LocalText,
    /// The other.
    pub other: Uuid,
    /// Its name.
    #[schemars(with = "shapes::LocalText")]
    pub other_name: osn_core::lang::LocalText,
    /// When somebody decided so.
    pub at: Instant,
}

impl ApartView {
    /// `None` where one of the two is gone: then there is nothing to keep apart.
    fn of(mapped: &Mapped, kind: RecordKind, pair: RecordsApart) -> Option<Self> {
        let title = |id| find(&mapped.directory, kind, id).map(|record| name(&record).clone());
        Some(Self {
            kind: kind.name(),
            one: pair.one,
            one_name: title(pair.one)?,
            other: pair.other,
            other_name: title(pair.other)?,
            at: pair.at,
        })
    }
}

/// Pairs of which somebody decided that they are two, decided last first.
pub async fn list(acting: &Acting, kind: RecordKind, query: &PageQuery) -> Outcome<Page<ApartView>> {
    acting.require(Right::MaintainDirectory)?;
    let mapped = acting.mapping().await?;
    let pairs = acting.scope.records_apart(kind).await?.into_iter();
    let views = pairs.filter_map(|pair| ApartView::of(&mapped, kind, pair));
    cut(views.collect(), query)
}

/// Decides that two records are two.
pub async fn decide(acting: &Acting, kind: RecordKind, pair: Pair) -> Outcome<ApartView> {
    acting.require(Right::MaintainDirectory)?;
    if pair.one == pair.other {
        return Err(Refusal::field("/other", "apart-from-itself"));
    }
    let mapped = acting.mapping().await?;
    for (path, id) in [("/one", pair.one), ("/other", pair.other)] {
        if find(&mapped.directory, kind, id).is_none() {
            return Err(Refusal::field(path, "unknown-record"));
        }
    }
    let decided = RecordsApart {
        one: pair.one.min(pair.other),
        other: pair.one.max(pair.other),
        at: acting.now,
    };
    let view = ApartView::of(&mapped, kind, decided).ok_or_else(|| Refusal::not_found("record.unknown"))?;
    let mut tx = acting.begin("record.apart").await?;
    // Whoever decides it once more says nothing new.
    if tx.keep_apart(kind, decided.one, decided.other).await? {
        let details = serde_json::json!({ "other": decided.other });
        tx.journal(entry("record.apart", kind.name(), decided.one, details));
    }
    acting.commit(tx, &view).await?;
    Ok(view)
}

/// Takes the decision back: the pair is shown again where it looks like one.
pub async fn take_back(acting: &Acting, kind: RecordKind, pair: Pair) -> Outcome<()> {
    acting.require(Right::MaintainDirectory)?;
    let (one, other) = (pair.one.min(pair.other), pair.one.max(pair.other));
    let mut tx = acting.begin("record.apart-no-more").await?;
    if !tx.keep_apart_no_more(kind, one, other).await? {
        tx.rollback().await?;
        return Err(Refusal::not_found("record.unknown-pair"));
    }
    let details = serde_json::json!({ "other": other });
    tx.journal(entry("record.apart-no-more", kind.name(), one, details));
    Ok(tx.commit().await?)
}

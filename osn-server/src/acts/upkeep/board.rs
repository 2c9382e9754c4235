//! The freshness board: where the mapping rots, by kind, body, category and community, the oldest record first.
//!
//! Bodies, places and services are asked about alike; services alone are counted as cover.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use osn_core::directory::{Directory, TermCode};
use osn_core::id::OrganizationId;
use osn_core::lang::LocalText;
use osn_core::upkeep::{Freshness, RecordKind};
use schemars::JsonSchema;
use serde::Serialize;

use super::kept::Kept;
use super::waiting::{self, WaitingRecord, body_name};
use crate::acts::Acting;
use crate::refusal::Outcome;
use crate::shapes;

/// How many records stand at each degree.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Counts {
    /// Confirmed lately.
    pub fresh: u32,
    /// The owner is to be reminded.
    pub due: u32,
    /// Old: a service is no longer counted as cover.
    pub no_cover: u32,
    /// Very old: a service is hidden from referral.
    pub no_referral: u32,
    /// Never confirmed.
    pub never: u32,
}

impl Counts {
    fn add(&mut self, degree: Freshness) {
        let count = match degree {
            Freshness::Fresh => &mut self.fresh,
            Freshness::ReminderDue => &mut self.due,
            Freshness::NoCover => &mut self.no_cover,
            Freshness::NoReferral => &mut self.no_referral,
            Freshness::NeverConfirmed => &mut self.never,
        };
        *count = count.saturating_add(1);
    }

    /// Those that wait for a confirmation.
    pub fn waiting(&self) -> u32 {
        self.rotten().saturating_add(self.due)
    }

    /// Those that cannot be trusted: too old, or never confirmed.
    pub fn rotten(&self) -> u32 {
        self.no_cover
            .saturating_add(self.no_referral)
            .saturating_add(self.never)
    }

    /// All of them.
    pub fn all(&self) -> u32 {
        self.waiting().saturating_add(self.fresh)
    }
}

/// The records of one kind.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct KindRow {
    /// `organization`, `location`, `service`.
    #[schemars(with = "String")]
    pub kind: RecordKind,
    /// How many.
    pub counts: Counts,
}

/// A row of the board.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BoardRow {
    /// The body's identifier or the term's code; empty: the record does not say.
    pub key: String,
    /// Its name.
    #[schemars(with = "shapes::LocalText")]
    pub name: LocalText,
    /// How many.
    pub counts: Counts,
}

/// The board.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Board {
    /// As of this day.
    pub on: NaiveDate,
    /// Records of every kind together.
    pub all: Counts,
    /// By kind: bodies, places, services. Services alone are counted as cover.
    pub by_kind: Vec<KindRow>,
    /// By body, the most rotten first: its own record, its places, its services.
    pub by_body: Vec<BoardRow>,
    /// Services by category.
    pub by_category: Vec<BoardRow>,
    /// Services by the community that they serve.
    pub by_area: Vec<BoardRow>,
    /// The oldest records that are not fresh, at most twenty of each kind: never confirmed first.
    pub oldest: Vec<WaitingRecord>,
    /// How many are not fresh in all.
    pub waiting: u32,
}

impl Board {
    /// How many records of a kind stand at each degree.
    pub fn of_kind(&self, kind: RecordKind) -> Counts {
        let row = self.by_kind.iter().find(|row| row.kind == kind);
        row.map(|row| row.counts).unwrap_or_default()
    }
}

/// Records of a kind on the board at most; [`waiting::list`] has all of them.
const LISTED: usize = 20;

/// The board; a body sees its own records. `of` leaves one body.
pub async fn board(acting: &Acting, of: Option<OrganizationId>) -> Outcome<Board> {
    let mapped = acting.mapping().await?;
    let directory = &mapped.directory;
    let kept = waiting::judged(acting, directory, of).await?;
    let mut tally = Tally::default();
    for (record, degree) in &kept {
        tally.add(record, *degree);
    }
    let mut left = BTreeMap::from(RecordKind::ALL.map(|kind| (kind, LISTED)));
    let mut oldest = waiting::oldest_first(kept);
    // Of each kind by itself: many places that nobody confirmed yet hide no service.
    oldest.retain(|(record, _)| {
        let has_room = left.get_mut(&record.kind).filter(|left| **left > 0);
        has_room.map(|left| *left -= 1).is_some()
    });
    let by_kind = RecordKind::ALL.map(|kind| KindRow {
        kind,
        counts: tally.kinds.get(&kind).copied().unwrap_or_default(),
    });
    let bodies = tally.bodies.into_iter().map(|(body, counts)| BoardRow {
        key: body.map(|body| body.to_string()).unwrap_or_default(),
        name: body_name(directory, body),
        counts,
    });
    Ok(Board {
        on: acting.zone().day(acting.now),
        all: tally.all,
        by_kind: by_kind.to_vec(),
        by_body: ordered(bodies.collect()),
        by_category: terms(directory, tally.categories),
        by_area: terms(directory, tally.areas),
        waiting: tally.all.waiting(),
        oldest: waiting::shown(acting, directory, oldest).await?,
    })
}

/// Rows of terms, the most rotten first.
fn terms(directory: &Directory, counts: BTreeMap<Option<TermCode>, Counts>) -> Vec<BoardRow> {
    let row = |(code, counts): (Option<TermCode>, Counts)| BoardRow {
        name: code
            .as_ref()
            .and_then(|code| directory.term(code))
            .map(|term| term.name.clone())
            .unwrap_or_default(),
        key: code.map(|code| code.to_string()).unwrap_or_default(),
        counts,
    };
    ordered(counts.into_iter().map(row).collect())
}

/// The most rotten first, then by name.
fn ordered(mut rows: Vec<BoardRow>) -> Vec<BoardRow> {
    rows.sort_by_cached_key(|row| {
        (
            std::cmp::Reverse(row.counts.rotten()),
            osn_core::text::sort_key(row.name.get("el")),
            row.key.clone(),
        )
    });
    rows
}

/// Counts on the way.
#[derive(Default)]
struct Tally {
    all: Counts,
    kinds: BTreeMap<RecordKind, Counts>,
    bodies: BTreeMap<Option<OrganizationId>, Counts>,
    categories: BTreeMap<Option<TermCode>, Counts>,
    areas: BTreeMap<Option<TermCode>, Counts>,
}

impl Tally {
    fn add(&mut self, record: &Kept<'_>, degree: Freshness) {
        self.all.add(degree);
        self.kinds.entry(record.kind).or_default().add(degree);
        self.bodies.entry(record.owner).or_default().add(degree);
        let each = |counts: &mut BTreeMap<Option<TermCode>, Counts>, codes: Option<&Vec<TermCode>>| {
            let codes = codes.filter(|codes| !codes.is_empty());
            match codes {
                None => counts.entry(None).or_default().add(degree),
                Some(codes) => codes
                    .iter()
                    .for_each(|code| counts.entry(Some(code.clone())).or_default().add(degree)),
            }
        };
        if let Some(service) = record.service {
            each(&mut self.categories, Some(&service.categories));
            each(&mut self.areas, service.areas.as_ref());
        }
    }
}

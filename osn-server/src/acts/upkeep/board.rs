//! The freshness board: where the mapping rots, by body, category and community, the oldest record first.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use osn_core::directory::{Directory, Service, TermCode};
use osn_core::id::{OrganizationId, ServiceId};
use osn_core::lang::LocalText;
use osn_core::upkeep::{Freshness, RecordKind};
use schemars::JsonSchema;
use serde::Serialize;

use super::mailboxes::Mailboxes;
use super::{policy, reminders};
use crate::acts::Acting;
use crate::auth::Right;
use crate::refusal::Outcome;
use crate::shapes;

/// How many records stand at each degree.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Counts {
    /// Confirmed lately.
    pub fresh: u32,
    /// The owner is to be reminded.
    pub due: u32,
    /// No longer counted as cover.
    pub no_cover: u32,
    /// Hidden from referral.
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

    /// Those that cannot be trusted: too old, or never confirmed.
    pub fn rotten(&self) -> u32 {
        self.no_cover
            .saturating_add(self.no_referral)
            .saturating_add(self.never)
    }

    /// All of them.
    pub fn all(&self) -> u32 {
        self.rotten().saturating_add(self.fresh).saturating_add(self.due)
    }
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

/// A record on the board.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BoardRecord {
    /// The service.
    #[schemars(with = "uuid::Uuid")]
    pub id: ServiceId,
    /// Its name.
    #[schemars(with = "shapes::LocalText")]
    pub name: LocalText,
    /// Its body.
    #[schemars(with = "uuid::Uuid")]
    pub organization_id: OrganizationId,
    /// The body's name.
    #[schemars(with = "shapes::LocalText")]
    pub organization: LocalText,
    /// The day of the last confirmation.
    pub confirmed_on: Option<NaiveDate>,
    /// The day of the last reminder.
    pub reminded_on: Option<NaiveDate>,
    /// Whether its body has a mailbox that a reminder can go to.
    pub reachable: bool,
    /// `fresh`, `reminder-due`, `no-cover`, `no-referral`, `never-confirmed`.
    #[schemars(with = "String")]
    pub freshness: Freshness,
}

/// The board.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Board {
    /// As of this day.
    pub on: NaiveDate,
    /// Everything.
    pub all: Counts,
    /// By body, the most rotten first.
    pub by_body: Vec<BoardRow>,
    /// By category.
    pub by_category: Vec<BoardRow>,
    /// By community.
    pub by_area: Vec<BoardRow>,
    /// The oldest records that are not fresh, at most two hundred: never confirmed first.
    pub oldest: Vec<BoardRecord>,
    /// How many are not fresh in all.
    pub waiting: u32,
}

/// Records listed at most; the rows above say where the others are.
const LISTED: usize = 200;

/// The board; a body sees its own records. `of` leaves one body.
pub async fn board(acting: &Acting, of: Option<OrganizationId>) -> Outcome<Board> {
    let officer = acting.require(Right::SeeWork)?;
    let of = if officer.is_bound() { officer.organization } else { of };
    let mapped = acting.mapping().await?;
    let directory = &mapped.directory;
    let reminded = acting.scope.reminded().await?;
    let mailboxes = Mailboxes::read(acting).await?;
    let (today, policy) = (acting.zone().day(acting.now), policy(acting));
    let mut tally = Tally::default();
    let mut oldest: Vec<(&Service, Freshness)> = Vec::new();
    let kept = directory
        .services()
        .filter(|service| reminders::is_kept(service) && of.is_none_or(|body| service.organization_id == body));
    for service in kept {
        let degree = Freshness::of(service.assured_date, policy.freshness, today);
        tally.add(service, degree);
        if degree != Freshness::Fresh {
            oldest.push((service, degree));
        }
    }
    oldest.sort_by_key(|(service, _)| (service.assured_date, service.id));
    let record = |(service, freshness): &(&Service, Freshness)| BoardRecord {
        id: service.id,
        name: service.name.clone(),
        organization_id: service.organization_id,
        organization: body_name(directory, service.organization_id),
        confirmed_on: service.assured_date,
        reminded_on: reminded
            .get(&(RecordKind::Service, service.id.uuid()))
            .map(|at| acting.zone().day(*at)),
        reachable: mailboxes.of(directory, service.organization_id).is_some(),
        freshness: *freshness,
    };
    let terms = |counts: BTreeMap<Option<TermCode>, Counts>| {
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
    };
    let bodies = tally.bodies.into_iter().map(|(body, counts)| BoardRow {
        key: body.to_string(),
        name: body_name(directory, body),
        counts,
    });
    Ok(Board {
        on: today,
        all: tally.all,
        by_body: ordered(bodies.collect()),
        by_category: terms(tally.categories),
        by_area: terms(tally.areas),
        waiting: u32::try_from(oldest.len()).unwrap_or(u32::MAX),
        oldest: oldest.iter().take(LISTED).map(record).collect(),
    })
}

fn body_name(directory: &Directory, body: OrganizationId) -> LocalText {
    directory
        .organization(body)
        .map(|body| body.name.clone())
        .unwrap_or_default()
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
    bodies: BTreeMap<OrganizationId, Counts>,
    categories: BTreeMap<Option<TermCode>, Counts>,
    areas: BTreeMap<Option<TermCode>, Counts>,
}

impl Tally {
    fn add(&mut self, service: &Service, degree: Freshness) {
        self.all.add(degree);
        self.bodies.entry(service.organization_id).or_default().add(degree);
        let each = |counts: &mut BTreeMap<Option<TermCode>, Counts>, codes: Option<&Vec<TermCode>>| {
            let codes = codes.filter(|codes| !codes.is_empty());
            match codes {
                None => counts.entry(None).or_default().add(degree),
                Some(codes) => codes
                    .iter()
                    .for_each(|code| counts.entry(Some(code.clone())).or_default().add(degree)),
            }
        };
        each(&mut self.categories, Some(&service.categories));
        each(&mut self.areas, service.areas.as_ref());
    }
}

//! The consolidated view: how many services each category offers to each beneficiary group in each area.
//!
//! The same questions as in the confirmation of a need ([`crate::coverage`]), asked for every cell at once: does the record
//! say that the service is for this group, that it serves this area, is it running, is it fresh enough to count? What the
//! record does not say is counted apart. An empty cell is where nobody is known to help.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::coverage::{Fit, FreshnessPolicy};
use crate::directory::{Directory, Service, ServiceStatus, Taxonomy, TermCode};
use crate::time::Instant;

/// Counts of services in one cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// The record says that the service is for this group and serves this area; it runs and is fresh enough to count.
    pub serving: u32,
    /// Nothing speaks against it, but the record does not name the group or the area, or was never confirmed.
    pub undetermined: u32,
    /// It would serve, but nobody has confirmed the record for too long.
    pub stale: u32,
    /// Running actions of the network itself: shown, never counted as the existing network.
    pub actions: u32,
}

/// How a service stands in a cell: what it is counted as there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Counted in [`Cell::serving`].
    Serving,
    /// Counted in [`Cell::undetermined`].
    Undetermined,
    /// Counted in [`Cell::stale`].
    Stale,
    /// Counted in [`Cell::actions`].
    Action,
}

impl Standing {
    /// Every one, in the order in which a cell shows them.
    pub const ALL: [Self; 4] = [Self::Serving, Self::Undetermined, Self::Stale, Self::Action];

    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Serving => "serving",
            Self::Undetermined => "undetermined",
            Self::Stale => "stale",
            Self::Action => "action",
        }
    }

    /// Of a service of this kind, whose record answers so for the group and the area; `None` where it speaks against it.
    const fn of(fit: Fit, kind: Kind) -> Option<Self> {
        match (fit, kind) {
            (Fit::NotMet, _) => None,
            (_, Kind::Action) => Some(Self::Action),
            (_, Kind::Stale) => Some(Self::Stale),
            (Fit::Met, Kind::Fresh) => Some(Self::Serving),
            (Fit::Unknown, _) | (_, Kind::NeverConfirmed) => Some(Self::Undetermined),
        }
    }
}

impl Cell {
    /// How many services stand so.
    pub const fn count(self, standing: Standing) -> u32 {
        match standing {
            Standing::Serving => self.serving,
            Standing::Undetermined => self.undetermined,
            Standing::Stale => self.stale,
            Standing::Action => self.actions,
        }
    }

    fn add(&mut self, standing: Standing) {
        let counted = match standing {
            Standing::Serving => &mut self.serving,
            Standing::Undetermined => &mut self.undetermined,
            Standing::Stale => &mut self.stale,
            Standing::Action => &mut self.actions,
        };
        *counted = counted.saturating_add(1);
    }

    /// Whether no service of the existing network is known to help here.
    pub fn is_gap(self) -> bool {
        self.serving == 0
    }
}

/// Where a cell lies: positions in [`CoverageMatrix::categories`], `groups` and `areas`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct At {
    category: usize,
    group: usize,
    area: usize,
}

/// Services x beneficiary groups x areas, of the mapping as it was recorded at an instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoverageMatrix {
    /// The mapping was read as it was recorded at this instant.
    pub recorded_at: Instant,
    /// Freshness is counted to this day.
    pub on: NaiveDate,
    /// Categories; a category counts what is filed under it and below it.
    pub categories: Vec<TermCode>,
    /// Beneficiary groups.
    pub groups: Vec<TermCode>,
    /// Areas.
    pub areas: Vec<TermCode>,
    /// One cell for each category, group and area, in this order, the area changing fastest.
    cells: Vec<Cell>,
}

/// How a service stands to a group or an area, for each of them.
type Fits = BTreeMap<TermCode, Vec<Fit>>;

impl CoverageMatrix {
    /// Counts every cell.
    ///
    /// `categories`, `groups` and `areas` are the terms to show; `actions` are the network's own running actions, as
    /// services.
    pub fn new<'a>(
        directory: &Directory,
        policy: FreshnessPolicy,
        on: NaiveDate,
        [categories, groups, areas]: [Vec<TermCode>; 3],
        actions: impl IntoIterator<Item = &'a Service>,
    ) -> Self {
        let size = categories
            .len()
            .saturating_mul(groups.len())
            .saturating_mul(areas.len());
        let mut matrix = Self {
            recorded_at: directory.recorded_at(),
            on,
            cells: vec![Cell::default(); size],
            categories,
            groups,
            areas,
        };
        let rows = matrix.rows(directory);
        let by_group = fits(directory, &matrix.groups, false);
        let by_area = fits(directory, &matrix.areas, true);
        let existing = directory.services().map(|service| (service, false));
        for (service, own) in existing.chain(actions.into_iter().map(|service| (service, true))) {
            if service.status != ServiceStatus::Active {
                continue;
            }
            let mut filed: Vec<usize> = service
                .categories
                .iter()
                .filter_map(|category| rows.get(category))
                .flatten()
                .copied()
                .collect();
            filed.sort_unstable();
            filed.dedup();
            let groups = if service.open_to_all {
                vec![Fit::Met; matrix.groups.len()]
            } else {
                best(&by_group, service.groups.as_deref(), matrix.groups.len())
            };
            let areas = best(&by_area, service.areas.as_deref(), matrix.areas.len());
            let kind = if own { Kind::Action } else { kind(service, policy, on) };
            for category in filed {
                matrix.count(category, &groups, &areas, kind);
            }
        }
        matrix
    }

    /// The cell of a category, a group and an area, when all three are shown.
    pub fn cell(&self, category: &TermCode, group: &TermCode, area: &TermCode) -> Option<Cell> {
        let position = |terms: &[TermCode], code| terms.iter().position(|term| term == code);
        self.at(At {
            category: position(&self.categories, category)?,
            group: position(&self.groups, group)?,
            area: position(&self.areas, area)?,
        })
    }

    /// Every cell with its category, group and area.
    pub fn cells(&self) -> impl Iterator<Item = ([&TermCode; 3], Cell)> {
        let places = self.categories.iter().flat_map(move |category| {
            self.groups
                .iter()
                .flat_map(move |group| self.areas.iter().map(move |area| [category, group, area]))
        });
        places.zip(self.cells.iter().copied())
    }

    /// For each category, the rows that count it: its own and those of the terms above it.
    fn rows(&self, directory: &Directory) -> BTreeMap<TermCode, Vec<usize>> {
        let mut rows: BTreeMap<TermCode, Vec<usize>> = BTreeMap::new();
        for term in directory.terms(Taxonomy::Category) {
            let above = directory.with_ancestors(&term.code);
            let counting = (0..).zip(&self.categories).filter(|(_, shown)| above.contains(shown));
            rows.insert(term.code.clone(), counting.map(|(row, _)| row).collect());
        }
        rows
    }

    fn index(&self, at: At) -> usize {
        let row = at.category.saturating_mul(self.groups.len()).saturating_add(at.group);
        row.saturating_mul(self.areas.len()).saturating_add(at.area)
    }

    fn at(&self, at: At) -> Option<Cell> {
        self.cells.get(self.index(at)).copied()
    }

    fn count(&mut self, category: usize, groups: &[Fit], areas: &[Fit], kind: Kind) {
        for (group, for_group) in groups.iter().enumerate() {
            for (area, in_area) in areas.iter().enumerate() {
                let index = self.index(At { category, group, area });
                let Some(cell) = self.cells.get_mut(index) else {
                    continue;
                };
                if let Some(standing) = Standing::of(both(*for_group, *in_area), kind) {
                    cell.add(standing);
                }
            }
        }
    }
}

/// One cell, which tells of each service how it stands there: what the number of a [`CoverageMatrix`] counts, by name.
#[derive(Clone, Debug)]
pub struct OneCell {
    categories: BTreeSet<TermCode>,
    by_group: Fits,
    by_area: Fits,
    policy: FreshnessPolicy,
    on: NaiveDate,
}

impl OneCell {
    /// The cell of a category, a group and an area, with freshness counted to a day.
    pub fn new(
        directory: &Directory,
        policy: FreshnessPolicy,
        on: NaiveDate,
        [category, group, area]: [&TermCode; 3],
    ) -> Self {
        Self {
            categories: directory.with_descendants(category),
            by_group: fits(directory, std::slice::from_ref(group), false),
            by_area: fits(directory, std::slice::from_ref(area), true),
            policy,
            on,
        }
    }

    /// The categories that the cell counts: its own and those below it.
    pub fn categories(&self) -> &BTreeSet<TermCode> {
        &self.categories
    }

    /// How a service of the existing network stands here, or an action of the network itself where it is its `own`; `None` where
    /// it is not counted.
    pub fn standing(&self, service: &Service, own: bool) -> Option<Standing> {
        let is_filed_here = service.categories.iter().any(|code| self.categories.contains(code));
        if service.status != ServiceStatus::Active || !is_filed_here {
            return None;
        }
        let answer = |fits: &Fits, named: Option<&[TermCode]>| best(fits, named, 1).first().copied();
        let group = if service.open_to_all {
            Some(Fit::Met)
        } else {
            answer(&self.by_group, service.groups.as_deref())
        };
        let area = answer(&self.by_area, service.areas.as_deref());
        let kind = if own {
            Kind::Action
        } else {
            kind(service, self.policy, self.on)
        };
        Standing::of(both(group?, area?), kind)
    }
}

/// What a service counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Fresh,
    NeverConfirmed,
    Stale,
    Action,
}

fn kind(service: &Service, policy: FreshnessPolicy, on: NaiveDate) -> Kind {
    match service.assured_date {
        None => Kind::NeverConfirmed,
        Some(day) if on.signed_duration_since(day).num_days() > policy.no_cover_after_days.into() => Kind::Stale,
        Some(_) => Kind::Fresh,
    }
}

/// For each term that a record may name, how it answers for each of `wanted`: a term above includes it; where
/// `inside_is_partly`, a term inside it serves a part, which the record leaves open.
fn fits(directory: &Directory, wanted: &[TermCode], inside_is_partly: bool) -> Fits {
    let mut fits = Fits::new();
    for (position, code) in wanted.iter().enumerate() {
        let mut note = |named: TermCode, fit| {
            let row = fits.entry(named).or_insert_with(|| vec![Fit::NotMet; wanted.len()]);
            if let Some(known) = row.get_mut(position) {
                *known = fit;
            }
        };
        if inside_is_partly {
            for inside in directory.with_descendants(code) {
                note(inside, Fit::Unknown);
            }
        }
        for including in directory.with_ancestors(code) {
            note(including, Fit::Met);
        }
    }
    fits
}

/// The best answer of the terms that a record names; unknown where it names none.
fn best(fits: &Fits, named: Option<&[TermCode]>, wanted: usize) -> Vec<Fit> {
    let Some(named) = named else {
        return vec![Fit::Unknown; wanted];
    };
    let mut best = vec![Fit::NotMet; wanted];
    for row in named.iter().filter_map(|code| fits.get(code)) {
        for (known, fit) in best.iter_mut().zip(row) {
            *known = either(*known, *fit);
        }
    }
    best
}

/// Two questions that must both be answered with yes.
fn both(one: Fit, other: Fit) -> Fit {
    match (one, other) {
        (Fit::NotMet, _) | (_, Fit::NotMet) => Fit::NotMet,
        (Fit::Unknown, _) | (_, Fit::Unknown) => Fit::Unknown,
        (Fit::Met, Fit::Met) => Fit::Met,
    }
}

/// Two answers of which one yes is enough.
fn either(one: Fit, other: Fit) -> Fit {
    match (one, other) {
        (Fit::Met, _) | (_, Fit::Met) => Fit::Met,
        (Fit::Unknown, _) | (_, Fit::Unknown) => Fit::Unknown,
        (Fit::NotMet, Fit::NotMet) => Fit::NotMet,
    }
}

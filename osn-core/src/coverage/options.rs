//! What would cover a need: the single changes that bring the network nearest to it, each tried by examining the changed
//! record with the same rules. Nothing here is guessed: an option is what the examination answers once the change is made.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::examine::Examiner;
use super::{Confirmation, Dimension, ExaminedService, Fit, Relation, ServiceVerdict};
use crate::directory::{Directory, Mode, Service, ServiceCapacity, TermCode};
use crate::id::ServiceId;
use crate::lang::LocalText;
use crate::money::{Money, Rounding};
use crate::need::{Need, NeededHours};

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "change", rename_all_fields = "snake_case")]
pub enum Change {
    /// The body confirms its record: nothing else keeps it from counting.
    Confirm,
    /// So many places more.
    Places {
        /// Free places that the record states.
        have: u32,
        /// Places to add.
        add: u32,
    },
    /// It serves these areas too.
    Areas {
        /// The areas that it lacks.
        add: Vec<TermCode>,
    },
    /// It takes other ages.
    Ages {
        /// Youngest today.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<u8>,
        /// Oldest today.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<u8>,
        /// Youngest needed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        wanted_from: Option<u8>,
        /// Oldest needed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        wanted_to: Option<u8>,
        /// Years that it must open, at both ends together.
        years: u8,
    },
    /// It reaches people another way.
    Mode {
        /// Which.
        add: Mode,
    },
    /// It speaks one of these languages.
    Languages {
        /// Which.
        any_of: Vec<String>,
    },
    /// It is open at other hours too.
    Hours {
        /// When people can come.
        add: NeededHours,
    },
    /// It opens for these groups.
    Groups {
        /// Which.
        add: Vec<TermCode>,
    },
    /// It opens again.
    Reopen,
    /// An installed program runs an action.
    Action {
        /// Key of the program.
        program: String,
        /// Places that are needed.
        places: u32,
        /// What it would cost at the price of a place of the municipality's own actions; none: it has run none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cost: Option<Money>,
    },
}

impl Change {
    /// Stable name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Places { .. } => "places",
            Self::Areas { .. } => "areas",
            Self::Ages { .. } => "ages",
            Self::Mode { .. } => "mode",
            Self::Languages { .. } => "languages",
            Self::Groups { .. } => "groups",
            Self::Hours { .. } => "hours",
            Self::Reopen => "reopen",
            Self::Action { .. } => "action",
        }
    }

    /// How far the network is from it: a rank for the kind, then how much of it.
    fn distance(&self) -> (u8, u64) {
        let many = |items: usize| u64::try_from(items).unwrap_or(u64::MAX);
        match self {
            Self::Confirm => (0, 0),
            Self::Areas { add } => (1, many(add.len())),
            Self::Ages { years, .. } => (2, u64::from(*years)),
            Self::Languages { any_of } => (3, many(any_of.len())),
            Self::Places { add, .. } => (4, u64::from(*add)),
            Self::Hours { add } => (5, many(add.days.len())),
            Self::Mode { .. } => (6, 0),
            Self::Groups { add } => (7, many(add.len())),
            Self::Reopen => (8, 0),
            Self::Action { places, .. } => (9, u64::from(*places)),
        }
    }
}

/// One way to cover a need, or to come nearer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoverOption {
    /// The change.
    pub change: Change,
    /// The service that it changes; none for a new action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_id: Option<ServiceId>,
    /// The service's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<LocalText>,
    /// Places that it brings; none while the record leaves something unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brings: Option<u32>,
    /// What would still be unknown after the change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<Dimension>,
    /// People left without service after it, as far as is known.
    pub leaves: u32,
}

impl CoverOption {
    /// Whether nobody is left.
    pub const fn closes(&self) -> bool {
        self.leaves == 0
    }
}

/// A program that could run an action, with what a place of it cost before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramPrice {
    /// Key of the program.
    pub program: String,
    /// What a place cost in the municipality's own actions; none: it has run none.
    pub place: Option<Money>,
}

/// The single changes that would cover what an examination leaves uncovered, the nearest first: those that close it
/// before those that only help, then by the distance of the change, then by the service's name.
///
/// `on` is the legal day of the examination.
pub fn what_would_cover(
    directory: &Directory,
    confirmation: &Confirmation,
    on: NaiveDate,
    programs: &[ProgramPrice],
) -> Vec<CoverOption> {
    let residual = confirmation.outcome.residual();
    if residual == 0 {
        return Vec::new();
    }
    let rules = Examiner::new(directory, &confirmation.need, confirmation.policy, on);
    let candidates = confirmation
        .examined
        .iter()
        .filter(|service| service.relation == Relation::Candidate);
    let mut options: Vec<CoverOption> = candidates
        .filter_map(|examined| {
            let service = directory.service(examined.service_id)?;
            option(directory, &rules, (confirmation, examined), service, on)
        })
        .collect();
    options.extend(programs.iter().map(|price| {
        CoverOption {
            change: Change::Action {
                program: price.program.clone(),
                places: residual,
                cost: price
                    .place
                    .and_then(|place| place.times(residual.into(), Rounding::HalfUp).ok()),
            },
            service_id: None,
            service: None,
            brings: Some(residual),
            unknown: Vec::new(),
            leaves: 0,
        }
    }));
    options.sort_by_cached_key(|option| {
        let name = option
            .service
            .as_ref()
            .map(|name| crate::text::sort_key(name.get("el")));
        (
            option.leaves,
            option.brings.is_none(),
            option.change.distance(),
            name,
            option.service_id,
        )
    });
    options
}

/// The one change that this service needs, tried; none when more than one thing speaks against it, or nothing does and
/// it has no place to add.
fn option(
    directory: &Directory,
    rules: &Examiner<'_>,
    (confirmation, examined): (&Confirmation, &ExaminedService),
    service: &Service,
    on: NaiveDate,
) -> Option<CoverOption> {
    let need = &confirmation.need;
    let residual = confirmation.outcome.residual();
    let against: Vec<Dimension> = examined
        .checks
        .iter()
        .filter(|check| check.fit == Fit::NotMet)
        .map(|check| check.dimension)
        .collect();
    let (change, changed) = match against.as_slice() {
        [] if matches!(examined.verdict, ServiceVerdict::Serves { .. }) => more_places(service, residual, on)?,
        [Dimension::Capacity] => more_places(service, residual, on)?,
        [dimension] => changed(directory, *dimension, need, service, on)?,
        _ => return None,
    };
    let after = rules.examine(&changed, Relation::Candidate, None);
    let unknown: Vec<Dimension> = after
        .checks
        .iter()
        .filter(|check| check.fit == Fit::Unknown)
        .map(|check| check.dimension)
        .collect();
    let brings = match after.verdict {
        ServiceVerdict::Serves { places } => Some(places.saturating_sub(examined.places())),
        ServiceVerdict::Undetermined => None,
        // More stands against it than the reasons showed: the change alone does not help.
        ServiceVerdict::DoesNotServe => return None,
    };
    Some(CoverOption {
        change,
        service_id: Some(service.id),
        service: Some(service.name.clone()),
        brings,
        unknown,
        leaves: residual.saturating_sub(brings.unwrap_or(0)),
    })
}

fn more_places(service: &Service, add: u32, on: NaiveDate) -> Option<(Change, Service)> {
    let mut changed = service.clone();
    let capacity = changed
        .capacities
        .iter_mut()
        .find(|capacity: &&mut ServiceCapacity| capacity.counts_places())?;
    let have = capacity.available;
    capacity.available = have.saturating_add(add);
    capacity.updated = on.into();
    Some((Change::Places { have, add }, changed))
}

fn changed(
    directory: &Directory,
    dimension: Dimension,
    need: &Need,
    service: &Service,
    on: NaiveDate,
) -> Option<(Change, Service)> {
    let mut changed = service.clone();
    let change = match dimension {
        Dimension::Status => {
            changed.status = crate::directory::ServiceStatus::Active;
            Change::Reopen
        }
        Dimension::Freshness => {
            changed.assured_date = Some(on);
            Change::Confirm
        }
        Dimension::Area => {
            let add = missing(directory, changed.areas.as_ref()?, &need.areas);
            changed.areas.as_mut()?.extend(add.iter().cloned());
            Change::Areas { add }
        }
        Dimension::Group => {
            let add = missing(directory, changed.groups.as_ref()?, &need.groups);
            changed.groups.as_mut()?.extend(add.iter().cloned());
            Change::Groups { add }
        }
        Dimension::Age => ages(need, &mut changed),
        Dimension::Mode => {
            changed.modes.as_mut()?.push(need.mode);
            Change::Mode { add: need.mode }
        }
        Dimension::Language => {
            let first = need.languages.first()?;
            changed.languages.as_mut()?.push(first.clone());
            Change::Languages {
                any_of: need.languages.clone(),
            }
        }
        Dimension::Hours => {
            let add = need.hours.clone()?;
            changed = super::hours::opened(service, &add);
            Change::Hours { add }
        }
        Dimension::Cost | Dimension::Documents | Dimension::Capacity => return None,
    };
    Some((change, changed))
}

/// The terms that nothing in `have` includes.
fn missing(directory: &Directory, have: &[TermCode], wanted: &[TermCode]) -> Vec<TermCode> {
    let included = |code: &TermCode| directory.with_ancestors(code).iter().any(|above| have.contains(above));
    wanted.iter().filter(|code| !included(code)).cloned().collect()
}

/// Opens the limits as far as the need asks, and counts the years.
fn ages(need: &Need, service: &mut Service) -> Change {
    let (from, to) = (service.minimum_age, service.maximum_age);
    let (wanted_from, wanted_to) = (need.people.age_from, need.people.age_to);
    // Where the need is open at an end, the limit there must go.
    let younger = from.map_or(0, |limit| limit.saturating_sub(wanted_from.unwrap_or(0)));
    let older = match (to, wanted_to) {
        (Some(limit), Some(wanted)) => wanted.saturating_sub(limit),
        (Some(limit), None) => 120_u8.saturating_sub(limit),
        (None, _) => 0,
    };
    if younger > 0 || wanted_from.is_none() {
        service.minimum_age = wanted_from;
    }
    if older > 0 || wanted_to.is_none() {
        service.maximum_age = wanted_to;
    }
    Change::Ages {
        from,
        to,
        wanted_from,
        wanted_to,
        years: younger.saturating_add(older),
    }
}

//! Confirmation of need: every candidate service is examined, every reason is kept, what is unknown stays unknown.
//!
//! Candidates are the services of the needed category and of its descendants. Services of the siblings under the nearest
//! shared parent are listed as *near* and never counted. The rules compute; a person decides what an unknown counts for.

mod examine;
mod hours;
mod options;
mod params;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use self::examine::Examiner;
pub use self::options::{Change, CoverOption, ProgramPrice, what_would_cover};
pub use self::params::Params;
use crate::directory::{Directory, TermCode};
use crate::id::{AccountId, OrganizationId, ServiceId};
use crate::lang::LocalText;
use crate::need::Need;
use crate::time::Instant;

/// After how many days an unconfirmed record loses its worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FreshnessPolicy {
    /// The owner is reminded after this many days.
    pub remind_after_days: u16,
    /// No longer counted as cover after this many days.
    pub no_cover_after_days: u16,
    /// Hidden from referral after this many days.
    pub no_referral_after_days: u16,
}

impl Default for FreshnessPolicy {
    fn default() -> Self {
        Self {
            remind_after_days: 90,
            no_cover_after_days: 180,
            no_referral_after_days: 365,
        }
    }
}

/// What was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dimension {
    /// Does the service run?
    Status,
    /// Is it for these people?
    Group,
    /// Does it take these ages?
    Age,
    /// Does it serve these areas?
    Area,
    /// Does it reach people the way they need?
    Mode,
    /// Does it speak a language they speak?
    Language,
    /// Is the record fresh enough to trust?
    Freshness,
    /// Does it cost something?
    Cost,
    /// Does it ask for papers?
    Documents,
    /// Has it free places?
    Capacity,
    /// Is it open when people can come? Asked only where the need says when.
    Hours,
}

/// The answer to one question about one service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fit {
    /// The record says yes.
    Met,
    /// The record says no.
    NotMet,
    /// The record does not say.
    Unknown,
}

/// One examined question, with its reason as a code and parameters; the reader's language is the server's matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// What was looked at.
    pub dimension: Dimension,
    /// The answer.
    pub fit: Fit,
    /// Stable reason code, e.g. `mode.not-offered`.
    pub reason: Cow<'static, str>,
    /// What the record says and what was wanted.
    #[serde(default, skip_serializing_if = "Params::is_empty")]
    pub params: Params,
}

/// Whether a service is examined as possible cover, or listed as near.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// In the needed category or below it.
    Candidate,
    /// In a sibling category: shown, never counted.
    Near,
}

/// What the rules make of one service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "verdict")]
pub enum ServiceVerdict {
    /// It serves this need with so many free places.
    Serves {
        /// Free places.
        places: u32,
    },
    /// It does not serve this need.
    DoesNotServe,
    /// Nothing speaks against it, but something is unknown: a person decides.
    Undetermined,
}

/// A person's decision about a service that the record leaves undetermined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnknownDecision {
    /// The service.
    pub service_id: ServiceId,
    /// How many places to count; zero: it does not cover this need.
    pub places: u32,
    /// Why.
    pub reason: LocalText,
}

/// One service with everything that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExaminedService {
    /// The service.
    pub service_id: ServiceId,
    /// Its name, as recorded.
    pub name: LocalText,
    /// The body that offers it.
    pub organization_id: OrganizationId,
    /// The body's name, as recorded.
    pub organization: LocalText,
    /// Candidate or near.
    pub relation: Relation,
    /// Every question with its answer.
    pub checks: Vec<Check>,
    /// What follows by the rules.
    pub verdict: ServiceVerdict,
    /// What a person decided, where the rules could not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<UnknownDecision>,
    /// Whether people may be referred to it: fresh enough and running.
    pub referable: bool,
}

impl ExaminedService {
    /// Places that count: by the rules, or as decided; near services never count.
    pub fn places(&self) -> u32 {
        match (self.relation, self.verdict, &self.decided) {
            (Relation::Near, ..) | (_, ServiceVerdict::DoesNotServe, _) | (_, ServiceVerdict::Undetermined, None) => 0,
            (_, ServiceVerdict::Serves { places }, _) => places,
            (_, ServiceVerdict::Undetermined, Some(decision)) => decision.places,
        }
    }

    /// Whether a person still has to decide.
    pub fn is_open(&self) -> bool {
        self.relation == Relation::Candidate && self.verdict == ServiceVerdict::Undetermined && self.decided.is_none()
    }
}

/// The answer to a need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "outcome")]
pub enum NeedOutcome {
    /// The network serves everybody.
    Covered,
    /// The network serves some; `residual` people are left.
    PartlyCovered {
        /// People not served.
        residual: u32,
    },
    /// The network serves nobody.
    Gap {
        /// People not served: all of them.
        residual: u32,
    },
}

/// What two officers decided against the rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overruled {
    /// What the rules answered.
    pub computed: NeedOutcome,
    /// Why it is otherwise.
    pub reason: LocalText,
    /// Who proposed it.
    pub by: AccountId,
    /// Who approved it; never the same person.
    pub approved_by: AccountId,
    /// When it was approved.
    pub at: Instant,
}

impl NeedOutcome {
    /// The answer when `places` are found for `people`.
    pub const fn of(people: u32, places: u32) -> Self {
        match people.saturating_sub(places) {
            0 => Self::Covered,
            residual if places == 0 => Self::Gap { residual },
            residual => Self::PartlyCovered { residual },
        }
    }

    /// Stable name: `covered`, `partly-covered`, `gap`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Covered => "covered",
            Self::PartlyCovered { .. } => "partly-covered",
            Self::Gap { .. } => "gap",
        }
    }

    /// People whom the network does not serve.
    pub fn residual(self) -> u32 {
        match self {
            Self::Covered => 0,
            Self::PartlyCovered { residual } | Self::Gap { residual } => residual,
        }
    }
}

/// The whole examination of a need.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// The need.
    pub need: Need,
    /// The mapping was read as it was recorded at this instant.
    pub recorded_at: Instant,
    /// The policy in force.
    pub policy: FreshnessPolicy,
    /// Every service, candidates first, then near ones, each by name.
    pub examined: Vec<ExaminedService>,
    /// Places found.
    pub places: u32,
    /// The answer; provisional while `open` is not zero.
    pub outcome: NeedOutcome,
    /// Services on which a person still has to decide.
    pub open: u32,
    /// Services to refer people to.
    pub refer_to: Vec<ServiceId>,
    /// What two officers decided against the rules; then `outcome` is theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overruled: Option<Overruled>,
}

/// A decision that does not fit the examination.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecisionError {
    /// The service was not examined as a candidate.
    #[error("service {0} is not a candidate for this need")]
    NotACandidate(ServiceId),
    /// The rules already answer for this service.
    #[error("service {0} is not undetermined: the record answers")]
    NotUndetermined(ServiceId),
    /// A decision without a reason.
    #[error("the decision on service {0} needs a reason")]
    NoReason(ServiceId),
}

/// Examines a need against the mapping.
///
/// `on` is the legal day of the examination (freshness counts from it); `decisions` are what people decided about
/// undetermined services.
///
/// # Errors
/// When a decision names a service that is not an undetermined candidate, or gives no reason.
pub fn confirm(
    directory: &Directory,
    need: &Need,
    policy: FreshnessPolicy,
    on: NaiveDate,
    decisions: &[UnknownDecision],
) -> Result<Confirmation, DecisionError> {
    let by_service: BTreeMap<ServiceId, &UnknownDecision> = decisions
        .iter()
        .map(|decision| (decision.service_id, decision))
        .collect();
    let rules = Examiner::new(directory, need, policy, on);
    let candidates = directory.with_descendants(&need.category);
    let near = near_categories(directory, &need.category, &candidates);
    let mut seen = BTreeSet::new();
    let mut examined = Vec::new();
    for (categories, relation) in [(&candidates, Relation::Candidate), (&near, Relation::Near)] {
        for service in directory.services_in(categories) {
            if seen.insert(service.id) {
                examined.push(rules.examine(service, relation, by_service.get(&service.id).copied()));
            }
        }
    }
    check_decisions(&examined, decisions)?;
    let places = examined
        .iter()
        .fold(0_u32, |sum, service| sum.saturating_add(service.places()));
    let outcome = NeedOutcome::of(need.people.count, places);
    let open = u32::try_from(examined.iter().filter(|service| service.is_open()).count()).unwrap_or(u32::MAX);
    let refer_to = examined
        .iter()
        .filter(|service| service.places() > 0 && service.referable)
        .map(|service| service.service_id)
        .collect();
    Ok(Confirmation {
        need: need.clone(),
        recorded_at: directory.recorded_at(),
        policy,
        examined,
        places,
        outcome,
        open,
        refer_to,
        overruled: None,
    })
}

fn check_decisions(examined: &[ExaminedService], decisions: &[UnknownDecision]) -> Result<(), DecisionError> {
    for decision in decisions {
        let service = examined
            .iter()
            .find(|service| service.service_id == decision.service_id && service.relation == Relation::Candidate)
            .ok_or(DecisionError::NotACandidate(decision.service_id))?;
        if service.verdict != ServiceVerdict::Undetermined {
            return Err(DecisionError::NotUndetermined(decision.service_id));
        }
        if decision.reason.is_empty() {
            return Err(DecisionError::NoReason(decision.service_id));
        }
    }
    Ok(())
}

/// The parent of the category and everything below it, without the candidates: the nearest shared parent that has any.
fn near_categories(directory: &Directory, category: &TermCode, candidates: &BTreeSet<TermCode>) -> BTreeSet<TermCode> {
    directory
        .with_ancestors(category)
        .into_iter()
        .skip(1)
        .map(|ancestor| {
            directory
                .with_descendants(&ancestor)
                .difference(candidates)
                .cloned()
                .collect::<BTreeSet<_>>()
        })
        .find(|near| directory.services_in(near).next().is_some())
        .unwrap_or_default()
}

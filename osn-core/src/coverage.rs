//! Confirmation of need: every candidate service is examined, every reason is kept, what is unknown stays unknown.
//!
//! Candidates are the services of the needed category and of its descendants. Services of the siblings under the nearest
//! shared parent are listed as *near* and never counted. The rules compute; a person decides what an unknown counts for.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::directory::{Directory, Service, ServiceStatus, TermCode};
use crate::id::{OrganizationId, ServiceId};
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
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<Cow<'static, str>, String>,
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

impl NeedOutcome {
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
        for service in categories.iter().flat_map(|category| directory.services_in(category)) {
            if seen.insert(service.id) {
                examined.push(rules.examine(service, relation, by_service.get(&service.id).copied()));
            }
        }
    }
    check_decisions(&examined, decisions)?;
    examined.sort_by_cached_key(|service| {
        (
            service.relation,
            crate::text::sort_key(service.name.get("el")),
            service.service_id,
        )
    });
    let places = examined
        .iter()
        .fold(0_u32, |sum, service| sum.saturating_add(service.places()));
    let wanted = need.people.count;
    let outcome = match wanted.saturating_sub(places) {
        0 => NeedOutcome::Covered,
        residual if places == 0 => NeedOutcome::Gap { residual },
        residual => NeedOutcome::PartlyCovered { residual },
    };
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
        .find(|near| near.iter().any(|code| directory.services_in(code).next().is_some()))
        .unwrap_or_default()
}

/// A need prepared for looking at many services: what stands above and below its terms is worked out once.
struct Examiner<'a> {
    directory: &'a Directory,
    need: &'a Need,
    policy: FreshnessPolicy,
    on: NaiveDate,
    /// For each needed group, the terms that include it.
    groups: Vec<Vec<TermCode>>,
    /// For each needed area, the terms that include it, and those that lie inside it.
    areas: Vec<(Vec<TermCode>, BTreeSet<TermCode>)>,
}

impl<'a> Examiner<'a> {
    fn new(directory: &'a Directory, need: &'a Need, policy: FreshnessPolicy, on: NaiveDate) -> Self {
        let around = |area| (directory.with_ancestors(area), directory.with_descendants(area));
        Self {
            directory,
            need,
            policy,
            on,
            groups: need
                .groups
                .iter()
                .map(|group| directory.with_ancestors(group))
                .collect(),
            areas: need.areas.iter().map(around).collect(),
        }
    }

    fn examine(&self, service: &Service, relation: Relation, decision: Option<&UnknownDecision>) -> ExaminedService {
        let checks = vec![
            status(service),
            self.group(service),
            self.age(service),
            self.area(service),
            self.mode(service),
            self.language(service),
            self.freshness(service),
            cost(service),
            documents(service),
            capacity(service),
        ];
        let verdict = if checks.iter().any(|check| check.fit == Fit::NotMet) {
            ServiceVerdict::DoesNotServe
        } else if checks.iter().any(|check| check.fit == Fit::Unknown) {
            ServiceVerdict::Undetermined
        } else {
            ServiceVerdict::Serves {
                places: service.capacity.as_ref().map_or(0, |capacity| capacity.available),
            }
        };
        ExaminedService {
            service_id: service.id,
            name: service.name.clone(),
            organization_id: service.organization_id,
            organization: self
                .directory
                .organization(service.organization_id)
                .map(|organization| organization.name.clone())
                .unwrap_or_default(),
            relation,
            checks,
            verdict,
            decided: decision.filter(|_| verdict == ServiceVerdict::Undetermined).cloned(),
            referable: service.status == ServiceStatus::Active
                && self
                    .days_since_confirmed(service)
                    .is_none_or(|days| days <= self.policy.no_referral_after_days.into()),
        }
    }

    fn group(&self, service: &Service) -> Check {
        let wanted = list(&self.need.groups);
        if service.open_to_all {
            return check(Dimension::Group, Fit::Met, "group.open-to-all", []);
        }
        let Some(groups) = &service.groups else {
            return check(Dimension::Group, Fit::Unknown, "group.not-stated", [("wanted", wanted)]);
        };
        let met = !self.groups.is_empty()
            && self
                .groups
                .iter()
                .all(|including| including.iter().any(|code| groups.contains(code)));
        let (fit, reason) = if met {
            (Fit::Met, "group.served")
        } else {
            (Fit::NotMet, "group.not-served")
        };
        check(
            Dimension::Group,
            fit,
            reason,
            [("seen", list(groups)), ("wanted", wanted)],
        )
    }

    fn age(&self, service: &Service) -> Check {
        let (from, to) = (self.need.people.age_from, self.need.people.age_to);
        let wanted = range(from, to);
        let seen = range(service.minimum_age, service.maximum_age);
        let stated = service.minimum_age.is_some() || service.maximum_age.is_some();
        let asked = from.is_some() || to.is_some();
        let (fit, reason) = match (asked, stated) {
            (false, false) => (Fit::Met, "age.no-condition"),
            (false, true) => (Fit::Unknown, "age.limited-need-open"),
            (true, false) => (Fit::Unknown, "age.not-stated"),
            (true, true) => {
                let from_is_taken = service
                    .minimum_age
                    .is_none_or(|minimum| from.is_some_and(|from| from >= minimum));
                let up_to_is_taken = service
                    .maximum_age
                    .is_none_or(|maximum| to.is_some_and(|to| to <= maximum));
                if from_is_taken && up_to_is_taken {
                    (Fit::Met, "age.within-limits")
                } else {
                    (Fit::NotMet, "age.outside-limits")
                }
            }
        };
        check(Dimension::Age, fit, reason, [("seen", seen), ("wanted", wanted)])
    }

    fn area(&self, service: &Service) -> Check {
        let wanted = list(&self.need.areas);
        let Some(areas) = &service.areas else {
            return check(Dimension::Area, Fit::Unknown, "area.not-stated", [("wanted", wanted)]);
        };
        let serves = |including: &[TermCode]| including.iter().any(|code| areas.contains(code));
        let served = self.areas.iter().filter(|(including, _)| serves(including)).count();
        let touches = self
            .areas
            .iter()
            .any(|(_, inside)| areas.iter().any(|code| inside.contains(code)));
        let (fit, reason) = if served == self.need.areas.len() {
            (Fit::Met, "area.served")
        } else if served > 0 || touches {
            (Fit::Unknown, "area.partly-served")
        } else {
            (Fit::NotMet, "area.not-served")
        };
        check(
            Dimension::Area,
            fit,
            reason,
            [("seen", list(areas)), ("wanted", wanted)],
        )
    }

    fn mode(&self, service: &Service) -> Check {
        let wanted = mode_name(self.need.mode).to_owned();
        let Some(modes) = &service.modes else {
            return check(Dimension::Mode, Fit::Unknown, "mode.not-stated", [("wanted", wanted)]);
        };
        let (fit, reason) = if modes.contains(&self.need.mode) {
            (Fit::Met, "mode.offered")
        } else {
            (Fit::NotMet, "mode.not-offered")
        };
        let seen = modes.iter().map(|mode| mode_name(*mode)).collect::<Vec<_>>().join(", ");
        check(Dimension::Mode, fit, reason, [("seen", seen), ("wanted", wanted)])
    }

    fn language(&self, service: &Service) -> Check {
        if self.need.languages.is_empty() {
            return check(Dimension::Language, Fit::Met, "language.no-condition", []);
        }
        let wanted = self.need.languages.join(", ");
        let Some(languages) = &service.languages else {
            return check(
                Dimension::Language,
                Fit::Unknown,
                "language.not-stated",
                [("wanted", wanted)],
            );
        };
        let (fit, reason) = if self.need.languages.iter().any(|language| languages.contains(language)) {
            (Fit::Met, "language.spoken")
        } else {
            (Fit::NotMet, "language.not-spoken")
        };
        check(
            Dimension::Language,
            fit,
            reason,
            [("seen", languages.join(", ")), ("wanted", wanted)],
        )
    }

    fn days_since_confirmed(&self, service: &Service) -> Option<i64> {
        service
            .assured_date
            .map(|day| self.on.signed_duration_since(day).num_days())
    }

    fn freshness(&self, service: &Service) -> Check {
        let limit = self.policy.no_cover_after_days.to_string();
        let Some(days) = self.days_since_confirmed(service) else {
            return check(
                Dimension::Freshness,
                Fit::Unknown,
                "freshness.never-confirmed",
                [("limit", limit)],
            );
        };
        let (fit, reason) = if days > self.policy.no_cover_after_days.into() {
            (Fit::NotMet, "freshness.too-old")
        } else if days > self.policy.remind_after_days.into() {
            (Fit::Met, "freshness.reminder-due")
        } else {
            (Fit::Met, "freshness.fresh")
        };
        check(
            Dimension::Freshness,
            fit,
            reason,
            [("days", days.to_string()), ("limit", limit)],
        )
    }
}

fn status(service: &Service) -> Check {
    let (fit, reason) = match service.status {
        ServiceStatus::Active => (Fit::Met, "status.active"),
        ServiceStatus::Inactive => (Fit::NotMet, "status.inactive"),
        ServiceStatus::Defunct => (Fit::NotMet, "status.defunct"),
        ServiceStatus::TemporarilyClosed => (Fit::NotMet, "status.temporarily-closed"),
    };
    check(Dimension::Status, fit, reason, [])
}

fn cost(service: &Service) -> Check {
    let (fit, reason) = match service.free_of_charge {
        Some(true) => (Fit::Met, "cost.free"),
        Some(false) => (Fit::Unknown, "cost.charged"),
        None => (Fit::Unknown, "cost.not-stated"),
    };
    check(Dimension::Cost, fit, reason, [])
}

fn documents(service: &Service) -> Check {
    let count = service.required_documents.len();
    let reason = if count == 0 {
        "documents.none-stated"
    } else {
        "documents.asked-for"
    };
    check(Dimension::Documents, Fit::Met, reason, [("count", count.to_string())])
}

fn capacity(service: &Service) -> Check {
    let Some(capacity) = &service.capacity else {
        return check(Dimension::Capacity, Fit::Unknown, "capacity.not-stated", []);
    };
    let (fit, reason) = if capacity.available == 0 {
        (Fit::NotMet, "capacity.full")
    } else {
        (Fit::Met, "capacity.free-places")
    };
    check(
        Dimension::Capacity,
        fit,
        reason,
        [("seen", capacity.available.to_string())],
    )
}

fn check<const N: usize>(
    dimension: Dimension,
    fit: Fit,
    reason: &'static str,
    params: [(&'static str, String); N],
) -> Check {
    Check {
        dimension,
        fit,
        reason: Cow::Borrowed(reason),
        params: params
            .into_iter()
            .map(|(key, value)| (Cow::Borrowed(key), value))
            .collect(),
    }
}

fn list(codes: &[TermCode]) -> String {
    codes.iter().map(TermCode::as_str).collect::<Vec<_>>().join(", ")
}

fn range(from: Option<u8>, to: Option<u8>) -> String {
    let text = |age: Option<u8>| age.map_or_else(String::new, |age| age.to_string());
    format!("{}-{}", text(from), text(to))
}

fn mode_name(mode: crate::directory::Mode) -> &'static str {
    use crate::directory::Mode;
    match mode {
        Mode::Place => "place",
        Mode::Home => "home",
        Mode::Remote => "remote",
        Mode::Street => "street",
    }
}

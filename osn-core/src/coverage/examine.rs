//! One service under examination: each question with its answer and its reason.

use std::borrow::Cow;
use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{
    Check, Dimension, ExaminedService, Fit, FreshnessPolicy, Params, Relation, ServiceVerdict, UnknownDecision,
};
use crate::directory::{Directory, Mode, Service, ServiceStatus, TermCode};
use crate::need::Need;

/// A need prepared for looking at many services: what stands above and below its terms is worked out once.
pub(super) struct Examiner<'a> {
    directory: &'a Directory,
    need: &'a Need,
    policy: FreshnessPolicy,
    on: NaiveDate,
    /// For each needed group, the terms that include it.
    groups: Vec<Vec<TermCode>>,
    /// For each needed area, the terms that include it, and those that lie inside it.
    areas: Vec<(Vec<TermCode>, BTreeSet<TermCode>)>,
    wanted: Wanted,
}

/// What was wanted, as every reason repeats it.
struct Wanted {
    groups: String,
    ages: String,
    areas: String,
    languages: String,
    no_cover_after_days: String,
}

impl<'a> Examiner<'a> {
    pub(super) fn new(directory: &'a Directory, need: &'a Need, policy: FreshnessPolicy, on: NaiveDate) -> Self {
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
            wanted: Wanted {
                groups: list(&need.groups),
                ages: range(need.people.age_from, need.people.age_to),
                areas: list(&need.areas),
                languages: need.languages.join(", "),
                no_cover_after_days: policy.no_cover_after_days.to_string(),
            },
        }
    }

    pub(super) fn examine(
        &self,
        service: &Service,
        relation: Relation,
        decision: Option<&UnknownDecision>,
    ) -> ExaminedService {
        let mut checks = vec![
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
        let hours = self.need.hours.as_ref();
        checks.extend(hours.map(|wanted| super::hours::check(self.directory, service, wanted, self.need.period.from)));
        let verdict = if checks.iter().any(|check| check.fit == Fit::NotMet) {
            ServiceVerdict::DoesNotServe
        } else if checks.iter().any(|check| check.fit == Fit::Unknown) {
            ServiceVerdict::Undetermined
        } else {
            ServiceVerdict::Serves {
                places: service.capacity().map_or(0, |capacity| capacity.available),
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
        if service.open_to_all {
            return check(Dimension::Group, Fit::Met, "group.open-to-all", []);
        }
        let wanted = self.wanted.groups.clone();
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
        let wanted = self.wanted.ages.clone();
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
        let wanted = self.wanted.areas.clone();
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
        let wanted = self.wanted.languages.clone();
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
        let limit = self.wanted.no_cover_after_days.clone();
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
    let Some(capacity) = service.capacity() else {
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
        params: Params::sorted(params),
    }
}

fn list(codes: &[TermCode]) -> String {
    codes.iter().map(TermCode::as_str).collect::<Vec<_>>().join(", ")
}

fn range(from: Option<u8>, to: Option<u8>) -> String {
    let text = |age: Option<u8>| age.map_or_else(String::new, |age| age.to_string());
    format!("{}-{}", text(from), text(to))
}

fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Place => "place",
        Mode::Home => "home",
        Mode::Remote => "remote",
        Mode::Street => "street",
    }
}

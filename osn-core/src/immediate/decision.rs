//! The decision of two people on immediate help, frozen: what was asked, under which ceiling, who proposed, who decided.
//!
//! It is kept as a program's decision is: canonical bytes under a person's key, named by their digest, made again from
//! what they froze.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{HelpTo, ImmediateIntervention, InterventionState};
use crate::canonical::{self, CanonicalError, Digest};
use crate::directory::TermCode;
use crate::id::{AccountId, EmergencyId, InterventionId};
use crate::intervention::Ceiling;
use crate::money::Money;
use crate::time::{Instant, Period};

/// Kind and version in the digest of a record.
const KIND: &str = "immediate-help-decision:1";

/// What was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HelpAsked {
    /// Code of the catalogue's entry.
    pub entry: String,
    /// Version of the model that it was read from.
    pub model_version: u32,
    /// How many people are helped in all; this record is about one of them, or about a body's.
    pub people: u32,
    /// Where.
    pub areas: Vec<TermCode>,
    /// On which days.
    pub period: Period,
    /// The most that it costs.
    pub cost: Money,
    /// The emergency that opened the track.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency_id: Option<EmergencyId>,
    /// The ceiling that held.
    pub ceiling: Ceiling,
    /// Who proposed it.
    pub proposed_by: AccountId,
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HelpAnswer {
    /// Whether it was granted.
    pub granted: bool,
    /// Who decided.
    pub by: AccountId,
    /// When.
    pub at: Instant,
    /// Codes of what stood against it under the ceiling; empty when nothing did.
    pub against: BTreeSet<String>,
}

/// A decision on immediate help.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HelpDecision {
    /// The help.
    pub intervention_id: InterventionId,
    /// What was asked.
    pub asked: HelpAsked,
    /// What was answered.
    pub answer: HelpAnswer,
}

impl HelpDecision {
    /// The decision that help carries, once somebody decided on it.
    pub fn of(help: &ImmediateIntervention) -> Option<Self> {
        let (granted, by, at) = match &help.state {
            InterventionState::Approved { by, at } => (true, *by, *at),
            InterventionState::Refused { by, at, .. } => (false, *by, *at),
            InterventionState::Proposed | InterventionState::Delivered { .. } | InterventionState::Cancelled { .. } => {
                return None;
            }
        };
        let asked = HelpAsked {
            entry: help.entry.clone(),
            model_version: help.model_version,
            people: help.to.count(),
            areas: help.areas.clone(),
            period: help.period,
            cost: help.cost,
            emergency_id: help.emergency_id,
            ceiling: help.ceiling.clone(),
            proposed_by: help.proposed_by,
        };
        let against = asked.against();
        Some(Self {
            intervention_id: help.id,
            asked,
            answer: HelpAnswer {
                granted,
                by,
                at,
                against,
            },
        })
    }

    /// The canonical bytes with their digest.
    ///
    /// # Errors
    /// When the record cannot be written canonically.
    pub fn to_canonical(&self) -> Result<(Vec<u8>, Digest), CanonicalError> {
        let bytes = canonical::to_canonical(self)?;
        let digest = canonical::digest(KIND, &bytes);
        Ok((bytes, digest))
    }

    /// Makes the decision again from stored bytes: what differs from what stands in them; nothing where it is the same.
    ///
    /// A person's judgement cannot be computed. What can be is everything that bound it: the digest, what stood against
    /// it under the ceiling, that nothing did where it was granted, and that two people decided.
    pub fn replay(bytes: &[u8], digest: Digest) -> Option<String> {
        if canonical::digest(KIND, bytes) != digest {
            return Some("the record is not the one whose digest is stored".to_owned());
        }
        let Ok(record) = serde_json::from_slice::<Self>(bytes) else {
            return Some("the record cannot be read".to_owned());
        };
        if record.to_canonical().map_or(true, |(again, _)| again != bytes) {
            return Some("the record is not canonical".to_owned());
        }
        let against = record.asked.against();
        if against != record.answer.against {
            return Some(format!("what stands against it is now {against:?}"));
        }
        if record.answer.granted && !against.is_empty() {
            return Some("it was granted beyond its ceiling".to_owned());
        }
        (record.answer.by == record.asked.proposed_by).then(|| "one person proposed and decided".to_owned())
    }
}

impl HelpAsked {
    /// Codes of what stands against it, by the same rules that a proposal is examined with.
    fn against(&self) -> BTreeSet<String> {
        super::beyond(&self.ceiling, self.people, self.cost, self.period)
            .iter()
            .map(|problem| format!("{}:{}", problem.code(), problem.path().trim_start_matches('/')))
            .collect()
    }
}

impl HelpTo {
    /// How many people one decision is about: a person's own, or all of a body's.
    pub fn units(&self) -> u32 {
        match self {
            Self::People { .. } => 1,
            Self::Body { people, .. } => *people,
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::lang::LocalText;

    type Change = fn(&mut HelpDecision);

    fn help() -> ImmediateIntervention {
        let day = chrono::NaiveDate::from_ymd_opt(2022, 7, 1).unwrap();
        ImmediateIntervention {
            id: InterventionId::new(Uuid::from_u128(1)),
            entry: "meals".to_owned(),
            model_version: 1,
            to: HelpTo::Body {
                organization_id: crate::id::OrganizationId::new(Uuid::from_u128(2)),
                people: 5,
            },
            areas: vec![TermCode::new("city.1")],
            period: Period::new(day, day).unwrap(),
            cost: Money::from_cents(5_000),
            reason: LocalText::new("Καύσωνας", "Heat"),
            emergency_id: None,
            payer: None,
            ceiling: Ceiling {
                people: Some(5),
                cost: Some(Money::from_cents(5_000)),
                days: Some(1),
            },
            request_id: None,
            certificate_due: day,
            certificate_id: None,
            proposed_by: AccountId::new(Uuid::from_u128(3)),
            proposed_at: Instant::UNIX_EPOCH,
            given: Vec::new(),
            state: InterventionState::Proposed,
        }
    }

    fn granted() -> HelpDecision {
        let mut help = help();
        assert_eq!(HelpDecision::of(&help), None, "nobody decided yet");
        help.approve(AccountId::new(Uuid::from_u128(4)), Instant::UNIX_EPOCH)
            .unwrap();
        HelpDecision::of(&help).unwrap()
    }

    #[test]
    fn a_decision_is_made_again_and_a_changed_one_is_found() {
        let decision = granted();
        let (bytes, digest) = decision.to_canonical().unwrap();
        assert_eq!(HelpDecision::replay(&bytes, digest), None);
        assert_eq!((decision.asked.people, help().to.units()), (5, 5));
        let mut flipped = bytes.clone();
        flipped.iter_mut().take(20).for_each(|byte| *byte ^= 1);
        assert!(HelpDecision::replay(&flipped, digest).is_some(), "a flipped byte");
        let cases: [(&str, Change); 4] = [
            ("more people than the ceiling", |it| it.asked.people = 6),
            ("a ceiling that never was", |it| it.asked.ceiling.days = None),
            ("one person in both roles", |it| it.answer.by = it.asked.proposed_by),
            ("something against it that is not", |it| {
                it.answer.against.insert("immediate-over-ceiling:cost".to_owned());
            }),
        ];
        for (what, change) in cases {
            let mut other = granted();
            change(&mut other);
            let (bytes, digest) = other.to_canonical().unwrap();
            assert!(HelpDecision::replay(&bytes, digest).is_some(), "{what}");
        }
    }

    #[test]
    fn what_was_granted_beyond_the_ceiling_is_found_though_it_says_so() {
        let mut decision = granted();
        decision.asked.people = 6;
        decision.answer.against = decision.asked.against();
        let (bytes, digest) = decision.to_canonical().unwrap();
        let said = HelpDecision::replay(&bytes, digest);
        assert_eq!(said.as_deref(), Some("it was granted beyond its ceiling"));
    }
}

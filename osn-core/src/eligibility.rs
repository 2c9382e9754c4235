//! Three-valued criteria with explained outcomes: met, not met, unknown, and the value seen beside the value wanted.

use serde::{Deserialize, Serialize};

use crate::application::AssessmentOutcome;

/// The answer to one criterion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CriterionState {
    /// Met.
    Met,
    /// Not met.
    NotMet,
    /// Something is missing, so that nobody can say.
    Unknown,
    /// Does not apply to this claim.
    NotApplicable,
}

impl CriterionState {
    /// And: one failure decides, an unknown waits.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::NotMet, _) | (_, Self::NotMet) => Self::NotMet,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::NotApplicable, state) | (state, Self::NotApplicable) => state,
            (Self::Met, Self::Met) => Self::Met,
        }
    }

    /// Or (alternatives): one success decides, an unknown waits.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Met, _) | (_, Self::Met) => Self::Met,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::NotApplicable, state) | (state, Self::NotApplicable) => state,
            (Self::NotMet, Self::NotMet) => Self::NotMet,
        }
    }
}

/// One criterion of one claim: the values are in the unit that the criterion declares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CriterionOutcome {
    /// The criterion's key.
    pub key: String,
    /// The answer.
    pub state: CriterionState,
    /// The value seen.
    pub seen: i64,
    /// The value wanted.
    pub wanted: i64,
}

/// The outcome that follows from the states: any failure refuses, else any unknown waits, else eligible.
pub fn outcome(states: impl IntoIterator<Item = CriterionState>) -> AssessmentOutcome {
    match states
        .into_iter()
        .fold(CriterionState::NotApplicable, CriterionState::and)
    {
        CriterionState::NotMet => AssessmentOutcome::NotEligible,
        CriterionState::Unknown => AssessmentOutcome::MissingEvidence,
        CriterionState::Met | CriterionState::NotApplicable => AssessmentOutcome::Eligible,
    }
}

/// A criterion of the form "at least": unknown when there is no value.
pub fn at_least(key: &str, seen: Option<i64>, wanted: i64) -> CriterionOutcome {
    compare(key, seen, wanted, |seen| seen >= wanted)
}

/// A criterion of the form "at most": unknown when there is no value.
pub fn at_most(key: &str, seen: Option<i64>, wanted: i64) -> CriterionOutcome {
    compare(key, seen, wanted, |seen| seen <= wanted)
}

fn compare(key: &str, seen: Option<i64>, wanted: i64, holds: impl Fn(i64) -> bool) -> CriterionOutcome {
    let state = match seen {
        None => CriterionState::Unknown,
        Some(value) if holds(value) => CriterionState::Met,
        Some(_) => CriterionState::NotMet,
    };
    CriterionOutcome {
        key: key.to_owned(),
        state,
        seen: seen.unwrap_or(0),
        wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::CriterionState::{Met, NotApplicable, NotMet, Unknown};
    use super::*;

    #[test]
    fn and_or_tables() {
        let all = [Met, NotMet, Unknown, NotApplicable];
        let mut out = String::new();
        for left in all {
            let ands: Vec<_> = all.iter().map(|right| format!("{:?}", left.and(*right))).collect();
            let ors: Vec<_> = all.iter().map(|right| format!("{:?}", left.or(*right))).collect();
            out.extend([format!("{left:?}: and {} | or {}\n", ands.join(" "), ors.join(" "))]);
        }
        expect_test::expect![[r"
            Met: and Met NotMet Unknown Met | or Met Met Met Met
            NotMet: and NotMet NotMet NotMet NotMet | or Met NotMet Unknown NotMet
            Unknown: and Unknown NotMet Unknown Unknown | or Met Unknown Unknown Unknown
            NotApplicable: and Met NotMet Unknown NotApplicable | or Met NotMet Unknown NotApplicable
        "]]
        .assert_eq(&out);
    }

    #[test]
    fn sixty_seven_percent_is_enough_and_a_hundredth_less_is_not() {
        assert_eq!(at_least("disability", Some(670_000), 670_000).state, Met);
        assert_eq!(at_least("disability", Some(669_900), 670_000).state, NotMet);
        assert_eq!(at_least("disability", None, 670_000).state, Unknown);
        assert_eq!(outcome([Met, Unknown, NotMet]), AssessmentOutcome::NotEligible);
        assert_eq!(outcome([Met, Unknown]), AssessmentOutcome::MissingEvidence);
    }
}

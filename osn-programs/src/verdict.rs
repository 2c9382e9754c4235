//! What the host hands on after checking an answer: outcome, every criterion with value seen and wanted, ranking keys.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The outcome of a claim or an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Every criterion is met (or does not apply).
    Eligible,
    /// At least one criterion is not met.
    NotEligible,
    /// None is refused, but at least one cannot be decided yet.
    MissingEvidence,
}

/// The state of one criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Met.
    Met,
    /// Not met.
    NotMet,
    /// Not known yet: an answer or a document is missing.
    Unknown,
    /// The rule does not apply here.
    NotApplicable,
}

/// One criterion of one claim. Its key is the [`crate::about::Criterion`] at the same position.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CriterionVerdict {
    /// Its state.
    pub state: State,
    /// The value that was looked at, in the criterion's unit.
    pub seen: Option<i64>,
    /// The value that the rule wants, in the criterion's unit.
    pub wanted: Option<i64>,
    /// Key of the program's reason, where the state alone does not say enough (contract 0.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// The verdict on one claim.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimVerdict {
    /// Its outcome.
    pub outcome: Outcome,
    /// One for each criterion of the description, in its order.
    pub criteria: Vec<CriterionVerdict>,
    /// One for each ranking key of the description, in its order; `None` ranks last.
    pub keys: Vec<Option<i64>>,
}

/// The verdict on one application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupVerdict {
    /// Eligible where any claim is, else missing evidence where any claim is, else not eligible.
    pub outcome: Outcome,
    /// One for each claim, in the order of the application.
    pub claims: Vec<ClaimVerdict>,
}

/// A checked answer as columns: matrices are row-major (criteria of row 0, then of row 1).
#[derive(Clone, PartialEq, Eq)]
pub struct Verdicts {
    /// Criteria a row.
    pub criteria: usize,
    /// Ranking keys a row.
    pub ranking: usize,
    /// One a row.
    pub outcome: Vec<u8>,
    /// One an application.
    pub group_outcome: Vec<u8>,
    /// rows x criteria.
    pub state: Vec<u8>,
    /// rows x criteria; [`NONE`] where there is none.
    pub seen: Vec<i64>,
    /// rows x criteria; [`NONE`] where there is none.
    pub wanted: Vec<i64>,
    /// rows x criteria: symbols of the description's reasons, [`SAID`] where the state says enough; empty where it does everywhere.
    pub why: Vec<u16>,
    /// rows x ranking keys; [`NONE`] where there is none.
    pub keys: Vec<i64>,
}

/// "There is none" in a column of numbers.
pub const NONE: i64 = i64::MIN;

/// "The state says enough" in the column of reasons.
pub const SAID: u16 = u16::MAX;

// Values seen and ranking keys are personal data: `Debug` leaves them out.
impl fmt::Debug for CriterionVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.state)
    }
}

impl fmt::Debug for ClaimVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClaimVerdict")
            .field("outcome", &self.outcome)
            .field("criteria", &self.criteria)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Verdicts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verdicts")
            .field("rows", &self.outcome.len())
            .field("groups", &self.group_outcome.len())
            .finish_non_exhaustive()
    }
}

impl Outcome {
    /// The outcome behind a code of the contract.
    pub const fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Eligible),
            1 => Some(Self::NotEligible),
            2 => Some(Self::MissingEvidence),
            _ => None,
        }
    }

    /// Kebab-case name, as in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Eligible => "eligible",
            Self::NotEligible => "not-eligible",
            Self::MissingEvidence => "missing-evidence",
        }
    }
}

impl State {
    /// The state behind a code of the contract.
    pub const fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Met),
            1 => Some(Self::NotMet),
            2 => Some(Self::Unknown),
            3 => Some(Self::NotApplicable),
            _ => None,
        }
    }

    /// Kebab-case name, as in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "not-met",
            Self::Unknown => "unknown",
            Self::NotApplicable => "not-applicable",
        }
    }
}

impl Verdicts {
    /// The verdict on the application that owns rows `rows`, with the description's reasons by their keys. `None` where the position
    /// does not exist.
    pub fn group(&self, reasons: &[String], group: usize, rows: std::ops::Range<usize>) -> Option<GroupVerdict> {
        let outcome = Outcome::from_code(*self.group_outcome.get(group)?)?;
        let claims = rows.map(|row| self.claim(reasons, row)).collect::<Option<Vec<_>>>()?;
        Some(GroupVerdict { outcome, claims })
    }

    fn claim(&self, reasons: &[String], row: usize) -> Option<ClaimVerdict> {
        let value = |number: i64| (number != NONE).then_some(number);
        let cells = row * self.criteria..(row + 1) * self.criteria;
        let criteria = self
            .state
            .get(cells.clone())?
            .iter()
            .zip(self.seen.get(cells.clone())?)
            .zip(self.wanted.get(cells.clone())?)
            .zip(cells)
            .map(|(((state, seen), wanted), cell)| {
                let why = self.why.get(cell).copied().unwrap_or(SAID);
                Some(CriterionVerdict {
                    state: State::from_code(*state)?,
                    seen: value(*seen),
                    wanted: value(*wanted),
                    why: reasons.get(usize::from(why)).cloned(),
                })
            })
            .collect::<Option<Vec<_>>>()?;
        let keys = self.keys.get(row * self.ranking..(row + 1) * self.ranking)?;
        Some(ClaimVerdict {
            outcome: Outcome::from_code(*self.outcome.get(row)?)?,
            criteria,
            keys: keys.iter().map(|key| value(*key)).collect(),
        })
    }
}

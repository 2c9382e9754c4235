//! A plan that can be made again: what was asked, of which decisions, and what the program answered.
//!
//! What people said is not repeated: it stays in their decisions, which are cited by identifier and digest. Whoever erases a person
//! erases what a plan was made from, and the plan can then not be made again.

use chrono::NaiveDate;
use osn_core::canonical::{self, Digest};
use osn_core::id::DecisionId;
use serde::{Deserialize, Serialize};

use crate::batch::Context;
use crate::fault::{Fault, Whose};
use crate::input::GroupInput;
use crate::plan::{PlanRequest, Schedule};
use crate::program::Program;
use crate::record::{DecisionRecord, Difference, RecordError, Replayed};

/// Prefix of a record's digest.
const KIND: &str = "plan-record:1";

/// One plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanRecord {
    /// Contract between host and program.
    pub contract: String,
    /// SHA-256 of the code that planned.
    pub code_digest: Digest,
    /// The date as of which it was planned.
    pub as_of: NaiveDate,
    /// The parameters in force, complete, as canonical JSON.
    pub parameters: String,
    /// Everybody who was assigned, in the order of the list.
    pub people: Vec<Planned>,
    /// What was asked.
    pub request: PlanRequest,
    /// What the program answered.
    pub schedule: Schedule,
}

/// An awarded application of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Planned {
    /// The decision whose frozen input the program saw.
    pub decision: DecisionId,
    /// Digest of that decision's record.
    pub digest: Digest,
    /// Positions of the participants that were assigned.
    pub claims: Vec<u16>,
}

impl PlanRecord {
    /// Canonical JSON: the bytes that are kept and hashed.
    ///
    /// # Errors
    /// When a number is too large for canonical JSON.
    pub fn to_canonical(&self) -> Result<Vec<u8>, RecordError> {
        Ok(canonical::to_canonical(self)?)
    }

    /// Reads canonical bytes; any other spelling is refused.
    ///
    /// # Errors
    /// When they are no record of a plan.
    pub fn from_canonical(bytes: &[u8]) -> Result<Self, RecordError> {
        let value = canonical::from_canonical_bytes(bytes)?;
        serde_json::from_value(value).map_err(|error| RecordError::Shape {
            reason: error.to_string(),
        })
    }

    /// Digest of bytes that should be a record's.
    pub fn digest_of(bytes: &[u8]) -> Digest {
        canonical::digest(KIND, bytes)
    }

    /// Makes the plan again from the bytes that were kept, the digest that was written down, and the records of the
    /// decisions that it cites, in its order.
    ///
    /// # Errors
    /// A fault of the host; the program's own is a difference.
    pub fn replay_bytes(
        program: &Program,
        bytes: &[u8],
        written_down: Digest,
        decisions: &[&[u8]],
    ) -> Result<Replayed, Fault> {
        let found = Self::digest_of(bytes);
        match Self::from_canonical(bytes) {
            Ok(record) if found == written_down => match record.people(decisions) {
                Ok(people) => record.replay(program, &people),
                Err(what) => Ok(Replayed::Different { what }),
            },
            Ok(_) | Err(_) => Ok(Replayed::Different {
                what: Difference::Digest {
                    wanted: written_down,
                    found,
                },
            }),
        }
    }

    /// What the program saw of everybody who was assigned, read from the decisions that the plan cites.
    fn people(&self, decisions: &[&[u8]]) -> Result<Vec<GroupInput>, Difference> {
        let mut people = Vec::with_capacity(self.people.len());
        for (number, cited) in self.people.iter().enumerate() {
            let altered = Difference::Cited {
                decision: cited.decision,
            };
            let Some(bytes) = decisions.get(number) else {
                return Err(altered);
            };
            let record = DecisionRecord::from_canonical(bytes);
            let mut input = match record {
                Ok(record) if DecisionRecord::digest_of(bytes) == cited.digest => record.input,
                Ok(_) | Err(_) => return Err(altered),
            };
            let mut all: Vec<Option<_>> = std::mem::take(&mut input.claims).into_iter().map(Some).collect();
            let chosen = |claim: &u16| all.get_mut(usize::from(*claim)).and_then(Option::take);
            input.claims = cited.claims.iter().filter_map(chosen).collect();
            people.push(input);
        }
        Ok(people)
    }

    /// Makes the plan again from the inputs of the cited decisions, in their order.
    ///
    /// # Errors
    /// A fault of the host; the program's own is a difference.
    pub fn replay(&self, program: &Program, people: &[GroupInput]) -> Result<Replayed, Fault> {
        let different = |what| Ok(Replayed::Different { what });
        if self.contract != program.contract() {
            let found = self.contract.clone();
            return different(Difference::Contract { found });
        }
        if self.code_digest != program.code_digest() {
            return different(Difference::Component {
                wanted: self.code_digest,
                found: program.code_digest(),
            });
        }
        let context = Context {
            as_of: self.as_of,
            parameters: self.parameters.clone(),
        };
        match program.plan(&context, people, &self.request) {
            Ok(schedule) if schedule == self.schedule => Ok(Replayed::Identical),
            Ok(_) => different(Difference::Verdict {
                at: vec!["/schedule".to_owned()],
            }),
            Err(fault) if fault.whose() == Whose::Host => Err(fault),
            Err(fault) => different(Difference::Fault { fault: fault.kind }),
        }
    }
}

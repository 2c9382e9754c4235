//! A decision that can be made again: everything that went in, what decided, and what came out.
//!
//! The record keeps the fuel *limit*; fuel used is a fact about a batch and is never compared.

use std::sync::atomic::AtomicU64;

use chrono::NaiveDate;
use osn_core::canonical::{self, CanonicalError, Digest};
use osn_core::id::DecisionId;
use serde::{Deserialize, Serialize};

use crate::batch::Context;
use crate::fault::{Fault, FaultKind};
use crate::input::{GroupInput, encode};
use crate::program::Program;
use crate::verdict::GroupVerdict;

/// Prefix of a record's digest.
const KIND: &str = "decision-record:1";

/// One decision on one application. `Debug` shows no input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionRecord {
    /// Contract between host and program.
    pub contract: String,
    /// SHA-256 of the code that decided.
    pub code_digest: Digest,
    /// SHA-256 of the package that was installed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package_digest: Option<Digest>,
    /// The date as of which it was decided.
    pub as_of: NaiveDate,
    /// The parameters in force, complete, as canonical JSON.
    pub parameters: String,
    /// Fuel that the batch was given.
    pub fuel_limit: u64,
    /// The application as the program saw it.
    pub input: GroupInput,
    /// Where the host found the facts among the input; absent where it found none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts_from: Option<FactsFrom>,
    /// Keys of the verdict's criteria, in its order, so that the record can be read without the program.
    pub criteria: Vec<String>,
    /// Keys of the verdict's ranking keys, likewise.
    pub ranking: Vec<String>,
    /// The verdict.
    pub verdict: GroupVerdict,
}

/// The state of the mapping in which facts were found: whoever has the mapping's history finds them again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactsFrom {
    /// Revision of the mapping.
    pub revision: i64,
    /// The day on which it was read, in the municipality's time.
    pub on: NaiveDate,
}

/// What running a record again gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replayed {
    /// The same verdict, byte for byte.
    Identical,
    /// Something else.
    Different {
        /// What differs.
        what: Difference,
    },
}

/// What differs between a record and its replay.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Difference {
    /// Another contract.
    #[error("the record is for contract {found}")]
    Contract {
        /// The record's contract.
        found: String,
    },
    /// The component is not the one that decided.
    #[error("the component is {found}, the record was decided by {wanted}")]
    Component {
        /// Digest in the record.
        wanted: Digest,
        /// Digest of the component at hand.
        found: Digest,
    },
    /// The bytes of the record are not what was written down at the time.
    #[error("the record's digest is {found}, written down was {wanted}")]
    Digest {
        /// Digest that was written down.
        wanted: Digest,
        /// Digest of the bytes at hand.
        found: Digest,
    },
    /// The verdict is another one.
    #[error("the program now decides otherwise, at {}", .at.join(", "))]
    Verdict {
        /// JSON Pointers into the verdict.
        at: Vec<String>,
    },
    /// A decision on which a plan stands is not the one that was cited, or is not there.
    #[error("decision {decision}, on which the plan stands, is not the one that was cited")]
    Cited {
        /// The decision.
        decision: DecisionId,
    },
    /// The program does not decide at all.
    #[error("the program no longer decides: {fault}")]
    Fault {
        /// Why.
        fault: FaultKind,
    },
}

/// A record that cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// Not canonical JSON.
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
    /// Canonical JSON of something else.
    #[error("this is no decision record: {reason}")]
    Shape {
        /// What the reader said.
        reason: String,
    },
}

impl DecisionRecord {
    /// Writes down what `program` decided on `input`. `None` where the verdict is not of this program's shape.
    pub fn new(program: &Program, context: &Context, input: GroupInput, verdict: GroupVerdict) -> Result<Self, Fault> {
        let about = program.about(Some(&context.parameters))?;
        Ok(Self {
            contract: program.contract().to_owned(),
            code_digest: program.code_digest(),
            package_digest: program.package_digest(),
            as_of: context.as_of,
            parameters: context.parameters.clone(),
            fuel_limit: program.fuel_limit(),
            input,
            facts_from: None,
            criteria: about.criteria.iter().map(|one| one.key.clone()).collect(),
            ranking: about.ranking.iter().map(|one| one.key.clone()).collect(),
            verdict,
        })
    }

    /// Canonical JSON: the bytes that are sealed and hashed.
    pub fn to_canonical(&self) -> Result<Vec<u8>, RecordError> {
        Ok(canonical::to_canonical(self)?)
    }

    /// Reads canonical bytes; any other spelling is refused.
    pub fn from_canonical(bytes: &[u8]) -> Result<Self, RecordError> {
        let value = canonical::from_canonical_bytes(bytes)?;
        serde_json::from_value(value).map_err(|error| RecordError::Shape {
            reason: error.to_string(),
        })
    }

    /// Digest of the record's canonical bytes, under the prefix `osn:decision-record:1`.
    pub fn digest(&self) -> Result<Digest, RecordError> {
        Ok(canonical::digest(KIND, &self.to_canonical()?))
    }

    /// Digest of bytes that should be a record's.
    pub fn digest_of(bytes: &[u8]) -> Digest {
        canonical::digest(KIND, bytes)
    }
}

/// Runs a record again with the component at hand and compares bytes.
pub fn replay(program: &Program, record: &DecisionRecord) -> Result<Replayed, Fault> {
    let different = |what| Ok(Replayed::Different { what });
    if record.contract != program.contract() {
        return different(Difference::Contract {
            found: record.contract.clone(),
        });
    }
    if record.code_digest != program.code_digest() {
        return different(Difference::Component {
            wanted: record.code_digest,
            found: program.code_digest(),
        });
    }
    match again(program, record) {
        Err(fault) if fault.whose() == crate::fault::Whose::Host => Err(fault),
        Err(fault) => different(Difference::Fault { fault: fault.kind }),
        Ok((criteria, ranking, verdict)) => {
            let mut at = Vec::new();
            compare("/criteria", &json(&record.criteria), &json(&criteria), &mut at);
            compare("/ranking", &json(&record.ranking), &json(&ranking), &mut at);
            compare("/verdict", &json(&record.verdict), &json(&verdict), &mut at);
            if at.is_empty() {
                Ok(Replayed::Identical)
            } else {
                different(Difference::Verdict { at })
            }
        }
    }
}

/// The same, from the bytes that were sealed and the digest that was written down.
pub fn replay_bytes(program: &Program, bytes: &[u8], written_down: Digest) -> Result<Replayed, Fault> {
    let found = DecisionRecord::digest_of(bytes);
    match DecisionRecord::from_canonical(bytes) {
        Ok(record) if found == written_down => replay(program, &record),
        Ok(_) | Err(_) => Ok(Replayed::Different {
            what: Difference::Digest {
                wanted: written_down,
                found,
            },
        }),
    }
}

type Decided = (Vec<String>, Vec<String>, GroupVerdict);

fn again(program: &Program, record: &DecisionRecord) -> Result<Decided, Fault> {
    let context = Context {
        as_of: record.as_of,
        parameters: record.parameters.clone(),
    };
    let about = program.about(Some(&context.parameters))?;
    let encoded = encode(&about, std::slice::from_ref(&record.input), 0).map_err(FaultKind::Input)?;
    let verdicts = program.assess_with(&about, &context, &encoded.batch, record.fuel_limit, &AtomicU64::new(0))?;
    let verdict = verdicts
        .group(&about.reasons, 0, 0..record.input.rows())
        .ok_or_else(|| FaultKind::Host {
            reason: "a checked answer could not be read".to_owned(),
        })?;
    let keys = |keys: Vec<&String>| keys.into_iter().cloned().collect();
    Ok((
        keys(about.criteria.iter().map(|one| &one.key).collect()),
        keys(about.ranking.iter().map(|one| &one.key).collect()),
        verdict,
    ))
}

fn json<T: Serialize>(value: &T) -> serde_json::Value {
    // These shapes hold strings, integers and lists only: there is nothing that JSON could refuse.
    serde_json::to_value(value).unwrap_or_default()
}

/// Pointers to the leaves that differ.
fn compare(path: &str, left: &serde_json::Value, right: &serde_json::Value, at: &mut Vec<String>) {
    use serde_json::Value;
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            let keys: std::collections::BTreeSet<&String> = left.keys().chain(right.keys()).collect();
            for key in keys {
                let value = |object: &serde_json::Map<String, Value>| object.get(key).cloned().unwrap_or_default();
                compare(&format!("{path}/{key}"), &value(left), &value(right), at);
            }
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            for (index, (left, right)) in left.iter().zip(right).enumerate() {
                compare(&format!("{path}/{index}"), left, right, at);
            }
        }
        (left, right) if left != right => at.push(path.to_owned()),
        _ => {}
    }
}

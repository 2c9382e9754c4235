//! One application as named values: what is stored with a decision, and what columns are made from.
//!
//! Names, contacts and free notes never stand here: only the answers that the description asks for and does not keep with
//! the host. `Debug` shows counts, never values.

mod encode;
mod plain;

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::about::{Kind, Subject};
use crate::number;

pub use encode::{Encoded, encode};
pub(crate) use plain::read_list;
pub use plain::{from_plain, parse_value};

/// Answers by key.
pub type Values = BTreeMap<String, Answer>;

/// One application.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupInput {
    /// Answers about the application.
    #[serde(default)]
    pub application: Values,
    /// The claims: participants, or exactly one where the program counts households.
    pub claims: Vec<ClaimInput>,
    /// Members of the household.
    #[serde(default)]
    pub members: Vec<Values>,
    /// Facts about the application that the host found out.
    #[serde(default)]
    pub facts: Values,
}

/// One claim.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimInput {
    /// Answers about the claim.
    #[serde(default)]
    pub answers: Values,
    /// Facts about the claim that the host found out.
    #[serde(default)]
    pub facts: Values,
}

/// An answer and the state of its document.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The value; `None` where only the document is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// The state of the document that proves it.
    #[serde(default, skip_serializing_if = "Evidence::is_none")]
    pub evidence: Evidence,
    /// The last day on which the document holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<ValidTo>,
}

/// A value. In JSON: `{"cents": "4200.00"}`, `{"fixed": "67.0000"}`, `{"day": "2022-08-19"}`, `{"flag": true}`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Value {
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Int(i64),
    /// Ten-thousandths.
    Fixed(#[serde(with = "fixed_text")] i64),
    /// Euro cents.
    Cents(#[serde(with = "cents_text")] i64),
    /// A day.
    Day(NaiveDate),
    /// The key of an option.
    Choice(String),
    /// Keys of options.
    Choices(Vec<String>),
    /// Keys of options in the order of preference.
    Order(Vec<String>),
    /// Free text.
    Text(String),
}

/// The state of a document.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// Nothing was said about it.
    #[default]
    None,
    /// The applicant declares to have it.
    Declared,
    /// The applicant will bring it.
    Bringing,
    /// An evaluator accepted it.
    Accepted,
    /// An evaluator refused it.
    Refused,
    /// It was accepted and has expired since.
    Expired,
}

/// The last day on which a document holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValidTo {
    /// It holds without end («επ' αόριστον»).
    Indefinite,
    /// It holds up to and including this day.
    Until(NaiveDate),
}

impl Evidence {
    /// The code of the contract.
    pub const fn code(self) -> u8 {
        match self {
            Self::None => 0,
            Self::Declared => 1,
            Self::Bringing => 2,
            Self::Accepted => 3,
            Self::Refused => 4,
            Self::Expired => 5,
        }
    }

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde's skip_serializing_if passes a reference"
    )]
    const fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }
}

impl Value {
    /// The kind of this value.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Flag(_) => Kind::Flag,
            Self::Int(_) => Kind::Int,
            Self::Fixed(_) => Kind::Fixed,
            Self::Cents(_) => Kind::Cents,
            Self::Day(_) => Kind::Day,
            Self::Choice(_) => Kind::Choice,
            Self::Choices(_) => Kind::Choices,
            Self::Order(_) => Kind::Order,
            Self::Text(_) => Kind::Text,
        }
    }
}

impl From<Value> for Answer {
    fn from(value: Value) -> Self {
        Self {
            value: Some(value),
            ..Self::default()
        }
    }
}

impl Answer {
    /// The same answer with its document in this state.
    #[must_use]
    pub const fn proven(mut self, evidence: Evidence, valid_to: Option<ValidTo>) -> Self {
        self.evidence = evidence;
        self.valid_to = valid_to;
        self
    }
}

impl GroupInput {
    /// Rows that this application takes.
    pub fn rows(&self) -> usize {
        self.claims.len()
    }

    /// Canonical JSON: the bytes that are sealed with a decision.
    pub fn to_canonical(&self) -> Result<Vec<u8>, osn_core::canonical::CanonicalError> {
        osn_core::canonical::to_canonical(self)
    }
}

/// Why an application cannot be turned into columns. Positions, never values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// A key that the description does not ask for.
    #[error("application {group}: `{at}` is not asked for by the program")]
    UnknownField {
        /// Position of the application.
        group: usize,
        /// Reference such as `application.residence` or `member.2.birth-date`.
        at: String,
    },
    /// A question of the host that must not cross.
    #[error("application {group}: `{at}` stays with the host and must not be sent to the program")]
    HostOnly {
        /// Position of the application.
        group: usize,
        /// Reference.
        at: String,
    },
    /// A value of another kind.
    #[error("application {group}: `{at}` is of another kind (wanted {wanted:?}, found {found:?})")]
    OtherKind {
        /// Position of the application.
        group: usize,
        /// Reference.
        at: String,
        /// The kind that the description declares.
        wanted: Kind,
        /// The kind that came.
        found: Kind,
    },
    /// An option that does not exist.
    #[error("application {group}: `{at}` names an option that does not exist")]
    UnknownOption {
        /// Position of the application.
        group: usize,
        /// Reference.
        at: String,
    },
    /// A number outside ±(2^53 - 1), or a value outside the bounds that the description declares.
    #[error("application {group}: `{at}` is out of range")]
    OutOfRange {
        /// Position of the application.
        group: usize,
        /// Reference.
        at: String,
    },
    /// A document, or its last day, where the question asks for none.
    #[error("application {group}: `{at}` asks for no document")]
    NoEvidenceAsked {
        /// Position of the application.
        group: usize,
        /// Reference.
        at: String,
    },
    /// Too few or too many claims or members.
    #[error("application {group}: {count} of `{what}`, at most {limit} and at least one claim")]
    Count {
        /// Position of the application.
        group: usize,
        /// `claims` or `members`.
        what: &'static str,
        /// How many came.
        count: usize,
        /// How many are allowed.
        limit: u32,
    },
}

pub(crate) fn reference(subject: Subject, position: usize, key: &str) -> String {
    match subject {
        Subject::Application => format!("application.{key}"),
        Subject::Claim | Subject::Member => format!("{}.{position}.{key}", subject.name()),
    }
}

impl fmt::Debug for GroupInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GroupInput")
            .field("claims", &self.claims.len())
            .field("members", &self.members.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ClaimInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClaimInput").finish_non_exhaustive()
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("evidence", &self.evidence)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}(***)", self.kind())
    }
}

impl Serialize for ValidTo {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Indefinite => serializer.serialize_str("indefinite"),
            Self::Until(day) => serializer.collect_str(day),
        }
    }
}

impl<'de> Deserialize<'de> for ValidTo {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse()
            .map_err(|()| serde::de::Error::custom("wanted a date or `indefinite`"))
    }
}

impl std::str::FromStr for ValidTo {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "indefinite" => Ok(Self::Indefinite),
            day => plain::day(day).map(Self::Until).ok_or(()),
        }
    }
}

mod cents_text {
    //! Cents as a decimal string with two decimals.
    use serde::{Deserialize as _, Deserializer, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
    pub(super) fn serialize<S: Serializer>(value: &i64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::number::to_decimal(*value, 2))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
        let text = String::deserialize(deserializer)?;
        super::number::from_decimal(&text, 2)
            .ok_or_else(|| serde::de::Error::custom("wanted an amount such as \"12.50\""))
    }
}

mod fixed_text {
    //! Ten-thousandths as a decimal string with four decimals.
    use serde::{Deserialize as _, Deserializer, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
    pub(super) fn serialize<S: Serializer>(value: &i64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::number::to_decimal(*value, 4))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
        let text = String::deserialize(deserializer)?;
        super::number::from_decimal(&text, 4)
            .ok_or_else(|| serde::de::Error::custom("wanted a number such as \"67.0000\""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_application_has_one_canonical_spelling() {
        let day = |text: &str| text.parse().unwrap();
        let mut group = GroupInput {
            claims: vec![ClaimInput::default()],
            ..GroupInput::default()
        };
        let certificate =
            Answer::from(Value::Fixed(669_900)).proven(Evidence::Accepted, Some(ValidTo::Until(day("2025-06-30"))));
        group.application.insert("percent".to_owned(), certificate);
        group.application.insert("income".to_owned(), Value::Cents(-5).into());
        group.claims[0].answers.insert(
            "wishes".to_owned(),
            Value::Order(vec!["b".to_owned(), "a".to_owned()]).into(),
        );
        group
            .members
            .push([("born".to_owned(), Value::Day(day("2012-03-03")).into())].into());
        let bytes = group.to_canonical().unwrap();
        assert_eq!(
            String::from_utf8(bytes.clone()).unwrap(),
            r#"{"application":{"income":{"value":{"cents":"-0.05"}},"percent":{"evidence":"accepted","valid_to":"2025-06-30","value":{"fixed":"66.9900"}}},"claims":[{"answers":{"wishes":{"value":{"order":["b","a"]}}},"facts":{}}],"facts":{},"members":[{"born":{"value":{"day":"2012-03-03"}}}]}"#
        );
        assert_eq!(serde_json::from_slice::<GroupInput>(&bytes).unwrap(), group);
        assert!(
            serde_json::from_str::<Value>(r#"{"cents": 5}"#).is_err(),
            "amounts are decimal strings"
        );
        assert!(serde_json::from_str::<Value>(r#"{"cents": "5.001"}"#).is_err());
        let shown = format!("{group:?} {:?}", group.application);
        assert!(!shown.contains("66") && !shown.contains("2025"), "{shown}");
    }
}

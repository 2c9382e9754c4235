//! An application to a call: its reference, its state, and the sealed parts about people.

use core::fmt;
use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::id::{ApplicationId, CallId, DecisionId, PersonId};
use crate::state::{InvalidTransition, Machine};
use crate::time::Instant;

/// The public reference of an application: ten Crockford base-32 symbols, the last a check symbol, e.g. `7K4Q-9TZ2-MB`.
///
/// It tells nothing about when or by whom the application was made. Input accepts lower case and Greek look-alikes, and
/// reads `O` as `0`, `I` and `L` as `1`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reference(String);

/// A reference that cannot be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// Not ten symbols.
    #[error("a reference has ten symbols, e.g. 7K4Q-9TZ2-MB")]
    Length,
    /// A symbol that is never used.
    #[error("`{0}` is not used in references")]
    Symbol(char),
    /// The check symbol differs: mistyped.
    #[error("the reference is mistyped: its check symbol does not fit")]
    Check,
}

const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl Reference {
    /// A reference from nine random bytes (the low five bits of each count).
    pub fn from_random(bytes: [u8; 9]) -> Self {
        let values = bytes.map(|byte| byte & 31);
        let mut text: String = values.iter().map(|value| symbol(*value)).collect();
        text.push(symbol(check_value(&values)));
        Self(text)
    }

    /// Ten symbols without separators.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The symbols in the low fifty bits of a word; words sort as the texts do.
    pub(crate) fn packed(&self) -> u64 {
        let value = |byte: u8| SYMBOLS.iter().zip(0_u64..).find(|(symbol, _)| **symbol == byte);
        self.0
            .bytes()
            .filter_map(value)
            .fold(0, |packed, (_, value)| (packed << 5) | value)
    }

    /// The reference behind [`Reference::packed`].
    pub(crate) fn from_packed(packed: u64) -> Self {
        let at = |shift: u32| u8::try_from((packed >> shift) & 31).unwrap_or_default();
        Self(
            [45, 40, 35, 30, 25, 20, 15, 10, 5, 0]
                .map(|shift| symbol(at(shift)))
                .iter()
                .collect(),
        )
    }
}

fn symbol(value: u8) -> char {
    SYMBOLS
        .get(usize::from(value & 31))
        .map_or('0', |byte| char::from(*byte))
}

/// Weighted sum modulo 31: finds every single wrong symbol among 0..=30 apart and every swap of neighbours.
fn check_value(values: &[u8]) -> u8 {
    let sum = values.iter().zip(2_u32..).fold(0_u32, |sum, (value, weight)| {
        sum.wrapping_add(u32::from(*value).wrapping_mul(weight))
    });
    u8::try_from(sum.rem_euclid(31)).unwrap_or(0)
}

impl core::str::FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        let mut values = Vec::with_capacity(10);
        for given in text.chars().filter(|c| !c.is_whitespace() && *c != '-') {
            let upper = given.to_uppercase().next().unwrap_or(given);
            let latin = match upper {
                'Ο' | 'O' => '0',
                'Ι' | 'I' | 'L' => '1',
                'Α' => 'A',
                'Β' => 'B',
                'Ε' => 'E',
                'Ζ' => 'Z',
                'Η' => 'H',
                'Κ' => 'K',
                'Μ' => 'M',
                'Ν' => 'N',
                'Ρ' => 'P',
                'Τ' => 'T',
                'Υ' => 'Y',
                'Χ' => 'X',
                other => other,
            };
            let value = SYMBOLS.iter().zip(0_u8..).find(|(byte, _)| char::from(**byte) == latin);
            values.push(value.ok_or(ReferenceError::Symbol(given))?.1);
        }
        let (Some(check), Some(body)) = (values.get(9), values.get(..9)) else {
            return Err(ReferenceError::Length);
        };
        if values.len() != 10 {
            return Err(ReferenceError::Length);
        }
        if *check != check_value(body) {
            return Err(ReferenceError::Check);
        }
        Ok(Self(values.iter().map(|value| symbol(*value)).collect()))
    }
}

impl TryFrom<String> for Reference {
    type Error = ReferenceError;

    fn try_from(text: String) -> Result<Self, ReferenceError> {
        text.parse()
    }
}

impl From<Reference> for String {
    fn from(reference: Reference) -> Self {
        reference.0
    }
}

impl fmt::Display for Reference {
    /// Grouped for reading aloud: `7K4Q-9TZ2-MB`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, rest) = self.0.split_at_checked(4).unwrap_or((&self.0, ""));
        let (second, last) = rest.split_at_checked(4).unwrap_or((rest, ""));
        write!(f, "{first}-{second}-{last}")
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reference({self})")
    }
}

/// The gapless number of an application in its municipality and year, given by the sealer after commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProtocolNumber {
    /// Year in the municipality's time zone.
    pub year: i32,
    /// Counted from 1.
    pub number: u32,
}

impl fmt::Display for ProtocolNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.year)
    }
}

/// The state of the paper behind an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EvidenceState {
    /// Nothing was said about it.
    None,
    /// The applicant declares it.
    Declared,
    /// The applicant will bring it.
    Bringing,
    /// Staff saw it and accept it.
    Accepted,
    /// Staff saw it and refuse it.
    Refused,
    /// It was valid, and no longer is.
    Expired,
}

/// The paper behind one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Its state.
    pub state: EvidenceState,
    /// Last day of validity; `None`: indefinite, or not applicable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
}

/// Who applies: the host's own fields, sealed; they never reach a program, a log or an error.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Applicant {
    /// AMKA, eleven digits, checked.
    pub amka: String,
    /// First name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Date of birth.
    pub birth_date: NaiveDate,
    /// Telephone (E.164).
    pub phone: String,
    /// E-mail, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Street and number.
    pub street: String,
    /// Postal code.
    pub postal_code: String,
    /// Municipal community, when known (a term code).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<String>,
}

impl fmt::Debug for Applicant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Applicant(***)")
    }
}

/// Another member of the household, as far as duplicates must be found: sealed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// AMKA, where the applicant gives it (the demonstration gives none).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amka: Option<String>,
    /// Answers about this member, by field key of the program's form.
    pub answers: BTreeMap<String, serde_json::Value>,
}

impl fmt::Debug for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Member(***)")
    }
}

/// Everything that an application says: sealed under the applicant's key as one document.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApplicationData {
    /// Who applies.
    pub applicant: Applicant,
    /// Answers for the application as a whole, by field key of the program's form.
    pub answers: BTreeMap<String, serde_json::Value>,
    /// Answers of each claim (participant), where the program counts participants beside the applicant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<BTreeMap<String, serde_json::Value>>,
    /// Members of the household beside the applicant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Member>,
    /// The papers, by field key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub evidence: BTreeMap<String, Evidence>,
}

impl fmt::Debug for ApplicationData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApplicationData(***)")
    }
}

/// The outcome of an assessment, as the program judged it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AssessmentOutcome {
    /// Every criterion is met.
    Eligible,
    /// At least one is not.
    NotEligible,
    /// None is failed, but something is missing.
    MissingEvidence,
}

/// Where an application stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state", rename_all_fields = "snake_case")]
pub enum ApplicationState {
    /// Received in time.
    Received,
    /// Judged.
    Assessed {
        /// The decision record.
        decision: DecisionId,
        /// Its outcome.
        outcome: AssessmentOutcome,
    },
    /// On the final list, with a place.
    Selected,
    /// On the reserve list.
    Reserve {
        /// Place on the reserve list, counted from 1.
        position: u32,
    },
    /// The list is final and it is not on it.
    NotSelected,
    /// Taken back by the applicant.
    Withdrawn {
        /// When.
        at: Instant,
    },
}

/// What can happen to an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApplicationEvent {
    /// It was judged (again).
    Assess {
        /// The decision record.
        decision: DecisionId,
        /// Its outcome.
        outcome: AssessmentOutcome,
    },
    /// The final list gives it a place.
    Select,
    /// The final list puts it on reserve.
    PutOnReserve {
        /// Place on the reserve list.
        position: u32,
    },
    /// The final list does not hold it.
    NotSelect,
    /// A place became free and it is first on reserve.
    Promote,
    /// The applicant takes it back.
    Withdraw {
        /// When.
        at: Instant,
    },
}

impl Machine for ApplicationState {
    type Event = ApplicationEvent;
    const NAME: &'static str = "application";

    fn name(&self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Assessed { .. } => "assessed",
            Self::Selected => "selected",
            Self::Reserve { .. } => "reserve",
            Self::NotSelected => "not-selected",
            Self::Withdrawn { .. } => "withdrawn",
        }
    }

    fn event_name(event: &ApplicationEvent) -> &'static str {
        match event {
            ApplicationEvent::Assess { .. } => "assess",
            ApplicationEvent::Select => "select",
            ApplicationEvent::PutOnReserve { .. } => "put-on-reserve",
            ApplicationEvent::NotSelect => "not-select",
            ApplicationEvent::Promote => "promote",
            ApplicationEvent::Withdraw { .. } => "withdraw",
        }
    }

    fn apply(&self, event: &ApplicationEvent) -> Result<Self, InvalidTransition> {
        use AssessmentOutcome::Eligible;
        match (self, event) {
            (Self::Received | Self::Assessed { .. }, ApplicationEvent::Assess { decision, outcome }) => {
                Ok(Self::Assessed {
                    decision: *decision,
                    outcome: *outcome,
                })
            }
            (Self::Assessed { outcome: Eligible, .. }, ApplicationEvent::Select)
            | (Self::Reserve { .. }, ApplicationEvent::Promote) => Ok(Self::Selected),
            (Self::Assessed { outcome: Eligible, .. }, ApplicationEvent::PutOnReserve { position }) => {
                Ok(Self::Reserve { position: *position })
            }
            (Self::Assessed { .. }, ApplicationEvent::NotSelect) => Ok(Self::NotSelected),
            (
                Self::Received | Self::Assessed { .. } | Self::Selected | Self::Reserve { .. },
                ApplicationEvent::Withdraw { at },
            ) => Ok(Self::Withdrawn { at: *at }),
            _ => Err(self.refuse(event)),
        }
    }
}

/// An application without its sealed data: what lists and states need.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// Identifier; never public (its time would tell something).
    pub id: ApplicationId,
    /// The call.
    pub call_id: CallId,
    /// The person whose key seals the data.
    pub person_id: PersonId,
    /// Public reference.
    pub reference: Reference,
    /// Protocol number, once the sealer gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol: Option<ProtocolNumber>,
    /// When it was received.
    pub submitted_at: Instant,
    /// Where it stands.
    pub state: ApplicationState,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_reads_back_from_any_hand() {
        let reference = Reference::from_random([7, 19, 4, 22, 9, 26, 31, 2, 18]);
        let shown = reference.to_string();
        assert_eq!(shown.parse::<Reference>().unwrap(), reference);
        assert_eq!(
            shown.to_lowercase().replace('-', " ").parse::<Reference>().unwrap(),
            reference
        );
        assert_eq!("7K4Q".parse::<Reference>(), Err(ReferenceError::Length));
        assert_eq!("7K4Q-9TZ2-M!".parse::<Reference>(), Err(ReferenceError::Symbol('!')));
    }

    #[test]
    fn a_mistyped_symbol_is_found() {
        let text = Reference::from_random([1, 2, 3, 4, 5, 6, 7, 8, 9]).as_str().to_owned();
        for at in 0..9 {
            let other = |symbol| if symbol == 'Z' { 'Y' } else { 'Z' };
            let wrong: String = text
                .chars()
                .enumerate()
                .map(|(place, symbol)| if place == at { other(symbol) } else { symbol })
                .collect();
            // Z (31) and 0 are one in the check's arithmetic; none of the symbols above is 0.
            assert_eq!(wrong.parse::<Reference>(), Err(ReferenceError::Check), "{wrong}");
        }
    }
}

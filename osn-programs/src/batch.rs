//! Columns: what crosses into the sandbox. One column per declared question, one value per row.

use std::fmt;

use chrono::NaiveDate;

/// Byte in [`Field::evidence`]; see [`crate::input::Evidence`].
pub type EvidenceCode = u8;

/// [`Field::valid_to`] of a document that holds without end.
pub const WITHOUT_END: i32 = i32::MAX;
/// [`Field::valid_to`] where the last day is not known.
pub const END_NOT_KNOWN: i32 = i32::MIN;

/// The frozen surroundings of an assessment: there is no clock and no default on the other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// The date as of which everything is judged.
    pub as_of: NaiveDate,
    /// Complete parameters as canonical JSON (see [`crate::parameters::freeze`]).
    pub parameters: String,
}

/// Values of one question. `Debug` shows the kind, never a value.
#[derive(Clone, PartialEq, Eq)]
pub enum Column {
    /// 0 or 1.
    Flag(Vec<u8>),
    /// Whole numbers.
    Int(Vec<i64>),
    /// Four decimals.
    Fixed(Vec<i64>),
    /// Euro cents.
    Cents(Vec<i64>),
    /// Days since 1970-01-01.
    Day(Vec<i32>),
    /// Symbols: positions in the question's options.
    Choice(Vec<u16>),
    /// Several symbols a value.
    Choices(Ragged),
    /// Several symbols a value, in the order of preference.
    Order(Ragged),
    /// Texts.
    Text(Texts),
}

/// Lists of symbols: value i owns `vals[at[i]..at[i + 1]]`.
#[derive(Clone, PartialEq, Eq)]
pub struct Ragged {
    /// Offsets, one more than there are values.
    pub at: Vec<u32>,
    /// Symbols of all values.
    pub vals: Vec<u16>,
}

/// Texts: value i is `utf8[at[i]..at[i + 1]]`.
#[derive(Clone, PartialEq, Eq)]
pub struct Texts {
    /// Byte offsets, one more than there are values.
    pub at: Vec<u32>,
    /// All texts, one after the other.
    pub utf8: String,
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Texts")
            .field("bytes", &self.utf8.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Ragged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ragged")
            .field("symbols", &self.vals.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(data) => write!(f, "Flag({})", data.len()),
            Self::Int(data) => write!(f, "Int({})", data.len()),
            Self::Fixed(data) => write!(f, "Fixed({})", data.len()),
            Self::Cents(data) => write!(f, "Cents({})", data.len()),
            Self::Day(data) => write!(f, "Day({})", data.len()),
            Self::Choice(data) => write!(f, "Choice({})", data.len()),
            Self::Choices(data) => write!(f, "Choices({})", data.at.len()),
            Self::Order(data) => write!(f, "Order({})", data.at.len()),
            Self::Text(data) => write!(f, "Text({})", data.at.len()),
        }
    }
}

/// One question: values, whether they are there, and the state of their documents.
#[derive(Clone, PartialEq, Eq)]
pub struct Field {
    /// One byte a value, 1 = answered; empty = all answered.
    pub present: Vec<u8>,
    /// One code a value; empty where the question asks for no document.
    pub evidence: Vec<EvidenceCode>,
    /// Last day a value's document holds (or [`WITHOUT_END`], [`END_NOT_KNOWN`]); empty where documents do not expire.
    pub valid_to: Vec<i32>,
    /// The values.
    pub data: Column,
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Field").field(&self.data).finish()
    }
}

/// Applications as columns. Rows of one application are adjacent and never split over batches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Number of claims.
    pub rows: u32,
    /// Number of applications.
    pub groups: u32,
    /// Row -> application.
    pub group: Vec<u32>,
    /// One value an application.
    pub application: Vec<Field>,
    /// One value a row.
    pub claim: Vec<Field>,
    /// Members of application g are `members_at[g]..members_at[g + 1]`.
    pub members_at: Vec<u32>,
    /// One value a household member.
    pub members: Vec<Field>,
    /// One value a row.
    pub facts: Vec<Field>,
}

//! Questions, declared once: the description and the typed row come from the same lines, so that they cannot drift apart.

use serde_json::{Map, Value, json};

use crate::answer::Kind;
use crate::bindings::osn::program::request::Field;

/// Why a question is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A criterion needs it.
    Eligibility,
    /// The order of the list needs it.
    Ranking,
    /// The delivery needs it.
    Delivery,
    /// Published figures need it, as sums.
    Statistics,
}

/// A list of questions with a typed row. Made by [`form!`](crate::form).
pub trait Form: Sized + std::fmt::Debug {
    /// The questions, in declared order.
    fn questions() -> Vec<Value>;
    /// The row at a position of their columns.
    fn read(columns: &[Field], row: usize) -> Self;
}

/// A question under construction.
#[derive(Debug, Clone)]
pub struct Ask(Map<String, Value>);

/// A question: why it is asked, and the key of its legal basis.
pub fn ask(purpose: Purpose, legal_basis: &str) -> Ask {
    let purpose = match purpose {
        Purpose::Eligibility => "eligibility",
        Purpose::Ranking => "ranking",
        Purpose::Delivery => "delivery",
        Purpose::Statistics => "statistics",
    };
    let mut map = Map::new();
    map.insert("purpose".to_owned(), json!(purpose));
    map.insert("legal_basis".to_owned(), json!(legal_basis));
    Ask(map)
}

/// A fact that the host finds out by itself, about the application unless it is [`Ask::of_claim`].
pub fn fact() -> Ask {
    Ask(Map::new())
}

impl Ask {
    fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.0.insert(key.to_owned(), value.into());
        self
    }

    /// The application cannot be submitted without it.
    #[must_use]
    pub fn required(self) -> Self {
        self.with("required", true)
    }

    /// Smallest and largest value, in the kind's own scale.
    #[must_use]
    pub fn between(self, min: i64, max: i64) -> Self {
        self.with("min", min).with("max", max)
    }

    /// Largest value (or length, or number of options).
    #[must_use]
    pub fn at_most(self, max: i64) -> Self {
        self.with("max", max)
    }

    /// The unit in which it is shown, such as `percent`.
    #[must_use]
    pub fn shown_as(self, unit: &str) -> Self {
        self.with("unit", unit)
    }

    /// It belongs to a special category of data (GDPR, Article 9).
    #[must_use]
    pub fn special(self) -> Self {
        self.with("sensitivity", "special")
    }

    /// A document of this kind proves it.
    #[must_use]
    pub fn proven_by(self, kind: &str) -> Self {
        self.with("evidence", json!({"kind": kind}))
    }

    /// A document of this kind, which has a last day, proves it.
    #[must_use]
    pub fn proven_until(self, kind: &str) -> Self {
        self.with("evidence", json!({"kind": kind, "expires": true}))
    }

    /// It is asked only where an earlier answer has this value, such as `{"flag": true}`.
    #[must_use]
    pub fn when(self, field: &str, is: &Value) -> Self {
        self.with("asked_when", json!({"field": field, "is": is}))
    }

    /// How the host finds a fact out. Without it nobody does, and the fact is not known.
    #[must_use]
    pub fn found_by(self, lookup: crate::Lookup) -> Self {
        self.with("find", lookup.into_json())
    }

    /// It says nothing about a person, and is kept in the clear: only of what is written down at a delivery.
    #[must_use]
    pub fn impersonal(self) -> Self {
        self.with("sensitivity", "none")
    }

    /// It is written down for each participant of a delivery.
    #[must_use]
    pub fn each(self) -> Self {
        self.with("each", true)
    }

    /// What the host does with it at a delivery, beyond keeping it: `lot`, `use-by`, `presence` or `collected-by`.
    #[must_use]
    pub fn role(self, role: &str) -> Self {
        self.with("role", role)
    }

    /// Of `collected-by`: the question whose answer names those who may, such as `claim.fetched-by`.
    #[must_use]
    pub fn among(self, question: &str) -> Self {
        self.with("among", question)
    }

    /// A fact about each claim instead of the application.
    #[must_use]
    pub fn of_claim(self) -> Self {
        self.with("of", "claim")
    }

    /// The finished question. `name` is the Rust field; the key is the same in kebab-case.
    pub fn into_question<K: Kind>(self, name: &str) -> Value {
        let mut question = self.with("key", key(name)).with("kind", K::NAME);
        if !K::options().is_empty() {
            question = question.with("options", K::options().to_vec());
        }
        Value::Object(question.0)
    }

    /// A question that the host asks and keeps: it is no column, and the program never sees the answer.
    pub fn for_host_only<K: Kind>(self, name: &str) -> Value {
        self.with("host_only", true).into_question::<K>(name)
    }
}

/// `birth_date` to `birth-date`.
pub(crate) fn key(name: &str) -> String {
    name.replace('_', "-")
}

/// No questions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Nothing;

impl Form for Nothing {
    fn questions() -> Vec<Value> {
        Vec::new()
    }

    fn read(_columns: &[Field], _row: usize) -> Self {
        Self
    }
}

/// Declares questions and the row that answers them.
///
/// ```
/// use osn_program_sdk::{Date, Flag, Purpose::Eligibility, ask};
/// osn_program_sdk::form! {
///     /// About one participant.
///     pub struct Child {
///         birth_date: Date = ask(Eligibility, "regulation").required(),
///         attends_school: Flag = ask(Eligibility, "regulation"),
///     }
/// }
/// ```
#[macro_export]
macro_rules! form {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[$doc:meta])* $field:ident : $kind:ty = $ask:expr),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        $vis struct $name { $($(#[$doc])* #[doc = stringify!($field)] pub $field: $crate::Answer<<$kind as $crate::Kind>::Value>),* }

        impl $crate::Form for $name {
            fn questions() -> Vec<$crate::json::Value> {
                vec![$($crate::Ask::into_question::<$kind>($ask, stringify!($field))),*]
            }

            #[inline]
            fn read(columns: &[$crate::Field], row: usize) -> Self {
                let mut columns = columns.iter();
                Self { $($field: $crate::Answer::read::<$kind>(columns.next(), row)),* }
            }
        }
    };
}

//! Criteria and ranking keys, declared once; three-valued findings with the value seen and the value wanted.

use serde_json::{Map, Value, json};

use crate::answer::{Answer, Evidence, ValidTo};
use crate::day::Day;

/// "There is none" in a column of numbers.
pub(crate) const NONE: i64 = i64::MIN;

/// The state of a criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// What was found about one criterion of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// Its state.
    pub state: State,
    /// The value that was looked at.
    pub seen: Option<i64>,
    /// The value that the rule wants.
    pub wanted: Option<i64>,
    /// Symbol of a reason, where the state alone does not say enough: see [`Finding::because`].
    pub why: Option<u16>,
}

impl Finding {
    /// A finding as it is, where none of the functions below makes it.
    #[inline]
    pub const fn new(state: State, seen: Option<i64>, wanted: Option<i64>) -> Self {
        Self {
            state,
            seen,
            wanted,
            why: None,
        }
    }

    /// The same finding with a reason of the description, counted as `About::reason` adds them after the standard four (4 is the
    /// first). Its text `reason-<key>` is read after the criterion's own.
    #[must_use]
    pub const fn because(self, reason: u16) -> Self {
        Self {
            why: Some(reason),
            ..self
        }
    }

    /// The rule does not apply.
    pub const fn not_applicable() -> Self {
        Self::new(State::NotApplicable, None, None)
    }

    /// The value is at least what is wanted; unknown without a value.
    #[inline]
    pub fn at_least(seen: Option<i64>, wanted: i64) -> Self {
        Self::compared(seen, wanted, |seen| seen >= wanted)
    }

    /// The value is at most what is wanted; unknown without a value.
    #[inline]
    pub fn at_most(seen: Option<i64>, wanted: i64) -> Self {
        Self::compared(seen, wanted, |seen| seen <= wanted)
    }

    /// The value is exactly what is wanted; unknown without a value.
    #[inline]
    pub fn equal(seen: Option<i64>, wanted: i64) -> Self {
        Self::compared(seen, wanted, |seen| seen == wanted)
    }

    #[inline]
    fn compared(seen: Option<i64>, wanted: i64, holds: impl Fn(i64) -> bool) -> Self {
        let state = match seen {
            None => State::Unknown,
            Some(seen) if holds(seen) => State::Met,
            Some(_) => State::NotMet,
        };
        Self::new(state, seen, Some(wanted))
    }

    /// The answer is yes; unknown without an answer.
    #[inline]
    pub fn holds(answer: Option<bool>) -> Self {
        let state = match answer {
            None => State::Unknown,
            Some(true) => State::Met,
            Some(false) => State::NotMet,
        };
        Self::new(state, answer.map(i64::from), Some(1))
    }

    /// A document that must hold on a day: decided by its state and its last day.
    ///
    /// Not met where it was refused or its last day is past; met where it was accepted and holds; unknown otherwise.
    #[inline]
    pub fn document<T>(answer: &Answer<T>, on: Day) -> Self {
        let last = match answer.valid_to {
            ValidTo::NotKnown => None,
            ValidTo::Until(day) => Some(i64::from(day.0)),
            ValidTo::Indefinite => Some(i64::from(i32::MAX)),
        };
        let wanted = i64::from(on.0);
        let past = last.filter(|last| *last < wanted);
        let state = match answer.evidence {
            Evidence::Refused | Evidence::Expired => return Self::new(State::NotMet, past, Some(wanted)),
            _ if past.is_some() => State::NotMet,
            Evidence::Accepted if last.is_some() => State::Met,
            Evidence::Accepted | Evidence::None | Evidence::Declared | Evidence::Bringing => State::Unknown,
        };
        Self::new(state, last, Some(wanted))
    }

    /// The same finding, but "met" only counts once the document was accepted.
    ///
    /// A value that fails by itself stays "not met" without papers. A refused document makes it "not met", and the value is no
    /// longer one that was seen. A document that expired did prove the value; that it expired is [`Finding::document`]'s to say.
    #[must_use]
    #[inline]
    pub const fn proven(self, evidence: Evidence) -> Self {
        match (self.state, evidence) {
            (State::Met, Evidence::Refused) => Self::new(State::NotMet, None, self.wanted),
            (State::Met, Evidence::None | Evidence::Declared | Evidence::Bringing) => {
                Self::new(State::Unknown, self.seen, self.wanted)
            }
            (State::Met, Evidence::Accepted | Evidence::Expired)
            | (State::NotMet | State::Unknown | State::NotApplicable, _) => self,
        }
    }
}

/// Criteria of a program: one named finding each. Made by [`criteria!`](crate::criteria).
pub trait Findings<P> {
    /// The criteria under these parameters, in declared order.
    fn declared(parameters: &P) -> Vec<Value>;
    /// Of each criterion the set in which it is enough to meet one ([`Rule::or`]), in declared order.
    fn alternatives(parameters: &P) -> Vec<Option<String>> {
        let name = |criterion: &Value| criterion.get("alternatives")?.as_str().map(str::to_owned);
        Self::declared(parameters).iter().map(name).collect()
    }
    /// The findings, in declared order.
    fn each(&self, visit: impl FnMut(Finding));
}

/// A criterion under construction: words only, because every batch asks for its sets and only the description for the document.
#[derive(Debug, Clone, Copy)]
pub struct Rule<'a> {
    legal_basis: &'a str,
    field: Option<&'a str>,
    comparison: Option<(&'a str, &'a str)>,
    wanted: Option<i64>,
    alternatives: Option<&'a str>,
}

/// A criterion: the key of the rule that asks for it.
pub const fn criterion(legal_basis: &str) -> Rule<'_> {
    Rule {
        legal_basis,
        field: None,
        comparison: None,
        wanted: None,
        alternatives: None,
    }
}

impl<'a> Rule<'a> {
    /// The answer that it looks at, such as `application.residence`.
    #[must_use]
    pub const fn of(mut self, field: &'a str) -> Self {
        self.field = Some(field);
        self
    }

    /// The value seen must be at least the value wanted.
    #[must_use]
    pub fn at_least(self, unit: &'a str, wanted: impl Into<Option<i64>>) -> Self {
        self.compare("at-least", unit, wanted.into())
    }

    /// The value seen must be at most the value wanted.
    #[must_use]
    pub fn at_most(self, unit: &'a str, wanted: impl Into<Option<i64>>) -> Self {
        self.compare("at-most", unit, wanted.into())
    }

    /// The value seen must be the value wanted.
    #[must_use]
    pub fn equal(self, unit: &'a str, wanted: impl Into<Option<i64>>) -> Self {
        self.compare("equal", unit, wanted.into())
    }

    /// The answer must be yes, or the document accepted.
    #[must_use]
    pub fn holds(self) -> Self {
        self.compare("holds", "flag", None)
    }

    /// The document must hold on the as-of date.
    #[must_use]
    pub fn valid_on_date(self) -> Self {
        self.compare("valid-on", "date", None)
    }

    /// The option seen must be one that the rule accepts.
    #[must_use]
    pub fn one_of(self) -> Self {
        self.compare("one-of", "choice", None)
    }

    const fn compare(mut self, comparison: &'a str, unit: &'a str, wanted: Option<i64>) -> Self {
        self.comparison = Some((comparison, unit));
        self.wanted = wanted;
        self
    }

    /// It is enough to meet any criterion with the same name here.
    #[must_use]
    pub const fn or(mut self, alternatives: &'a str) -> Self {
        self.alternatives = Some(alternatives);
        self
    }

    /// The set in which it is enough to meet one.
    pub fn set(self) -> Option<String> {
        self.alternatives.map(str::to_owned)
    }

    /// The finished criterion.
    pub fn into_criterion(self, name: &str) -> Value {
        let said = [
            ("key", Some(crate::form::key(name).into())),
            ("legal_basis", Some(self.legal_basis.into())),
            ("field", self.field.map(Value::from)),
            ("comparison", self.comparison.map(|(comparison, _)| comparison.into())),
            ("unit", self.comparison.map(|(_, unit)| unit.into())),
            ("wanted", self.wanted.map(Value::from)),
            ("alternatives", self.alternatives.map(Value::from)),
        ];
        let said = said
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), value?)));
        Value::Object(said.collect())
    }
}

/// Ranking keys of a program: one named value each. Made by [`ranking!`](crate::ranking).
pub trait RankingKeys {
    /// The keys, in declared order.
    fn declared() -> Vec<Value>;
    /// The values, in declared order.
    fn each(&self, visit: impl FnMut(Option<i64>));
}

/// A ranking key under construction.
#[derive(Debug, Clone)]
pub struct Key(Map<String, Value>);

/// Smaller values first.
pub fn ascending(unit: &str) -> Key {
    let mut map = Map::new();
    map.insert("unit".to_owned(), json!(unit));
    Key(map)
}

/// Larger values first.
pub fn descending(unit: &str) -> Key {
    let mut key = ascending(unit);
    key.0.insert("descending".to_owned(), json!(true));
    key
}

impl Key {
    /// Smallest and largest value: the host refuses any other.
    #[must_use]
    pub fn between(mut self, min: i64, max: i64) -> Self {
        self.0.insert("min".to_owned(), json!(min));
        self.0.insert("max".to_owned(), json!(max));
        self
    }

    /// The finished key.
    pub fn into_key(mut self, name: &str) -> Value {
        self.0.insert("key".to_owned(), json!(crate::form::key(name)));
        Value::Object(self.0)
    }
}

/// Declares the criteria of a program and the struct that holds one finding for each.
///
/// ```
/// use osn_program_sdk::{criterion, Int, parameter};
/// osn_program_sdk::parameters! { pub struct Parameters { youngest: Int = parameter(4) } }
/// osn_program_sdk::criteria! {
///     /// What is checked.
///     pub struct Criteria(p: Parameters) {
///         age = criterion("regulation").of("claim.birth-date").at_least("years", p.youngest),
///     }
/// }
/// ```
#[macro_export]
macro_rules! criteria {
    ($(#[$meta:meta])* $vis:vis struct $name:ident($p:ident : $parameters:ty) { $($(#[$doc:meta])* $field:ident = $rule:expr),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        $vis struct $name { $($(#[$doc])* #[doc = stringify!($field)] pub $field: $crate::Finding),* }

        impl $crate::Findings<$parameters> for $name {
            fn declared($p: &$parameters) -> Vec<$crate::json::Value> {
                let _ = $p;
                vec![$($crate::Rule::into_criterion($rule, stringify!($field))),*]
            }

            fn alternatives($p: &$parameters) -> Vec<Option<String>> {
                let _ = $p;
                vec![$($crate::Rule::set($rule)),*]
            }

            #[inline]
            fn each(&self, mut visit: impl FnMut($crate::Finding)) {
                $(visit(self.$field);)*
            }
        }
    };
}

/// Declares the ranking keys of a program, most important first, and the struct that holds one value for each.
#[macro_export]
macro_rules! ranking {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[$doc:meta])* $field:ident = $key:expr),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        $vis struct $name { $($(#[$doc])* #[doc = stringify!($field)] pub $field: Option<i64>),* }

        impl $crate::RankingKeys for $name {
            fn declared() -> Vec<$crate::json::Value> {
                vec![$($crate::Key::into_key($key, stringify!($field))),*]
            }

            #[inline]
            fn each(&self, mut visit: impl FnMut(Option<i64>)) {
                $(visit(self.$field);)*
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_judged_by_state_and_last_day() {
        let on = Day(100);
        let check = |evidence, valid_to, state, seen| {
            let answer = Answer {
                value: Some(true),
                evidence,
                valid_to,
            };
            assert_eq!(
                Finding::document(&answer, on),
                Finding::new(state, seen, Some(100)),
                "{evidence:?} {valid_to:?}"
            );
        };
        check(Evidence::Accepted, ValidTo::Until(Day(100)), State::Met, Some(100));
        check(Evidence::Accepted, ValidTo::Until(Day(99)), State::NotMet, Some(99));
        check(
            Evidence::Accepted,
            ValidTo::Indefinite,
            State::Met,
            Some(i64::from(i32::MAX)),
        );
        check(Evidence::Accepted, ValidTo::NotKnown, State::Unknown, None);
        check(Evidence::Declared, ValidTo::Until(Day(99)), State::NotMet, Some(99));
        check(Evidence::Bringing, ValidTo::Until(Day(101)), State::Unknown, Some(101));
        check(Evidence::None, ValidTo::NotKnown, State::Unknown, None);
        check(Evidence::Refused, ValidTo::Until(Day(101)), State::NotMet, None);
        check(Evidence::Expired, ValidTo::Until(Day(99)), State::NotMet, Some(99));
    }

    #[test]
    fn met_counts_only_with_an_accepted_document() {
        let met = Finding::at_least(Some(5), 5);
        for (evidence, state, seen) in [
            (Evidence::Accepted, State::Met, Some(5)),
            (Evidence::Expired, State::Met, Some(5)),
            (Evidence::Refused, State::NotMet, None),
            (Evidence::Declared, State::Unknown, Some(5)),
            (Evidence::None, State::Unknown, Some(5)),
        ] {
            assert_eq!(met.proven(evidence), Finding::new(state, seen, Some(5)));
        }
        // Who says to be below the threshold needs no paper to be refused.
        assert_eq!(
            Finding::at_least(Some(4), 5).proven(Evidence::None).state,
            State::NotMet
        );
        assert_eq!(
            Finding::at_most(None, 5).proven(Evidence::Accepted).state,
            State::Unknown
        );
    }
}

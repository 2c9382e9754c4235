//! One answer of a row: its value, the state of its document, and how it is read from a column.

use crate::bindings::osn::program::request::{Column, Field};
use crate::day::Day;

/// An answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer<T> {
    /// The value; `None` where the question was not answered.
    pub value: Option<T>,
    /// The state of the document that proves it.
    pub evidence: Evidence,
    /// The last day on which the document holds.
    pub valid_to: ValidTo,
}

/// The state of a document.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Evidence {
    /// Nothing was said about it, or the question asks for none.
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ValidTo {
    /// Not known.
    #[default]
    NotKnown,
    /// Up to and including this day.
    Until(Day),
    /// Without end.
    Indefinite,
}

impl<T> Answer<T> {
    /// No answer.
    pub const MISSING: Self = Self {
        value: None,
        evidence: Evidence::None,
        valid_to: ValidTo::NotKnown,
    };

    /// An answer whose document an evaluator accepted. For tests of programs.
    pub const fn accepted(value: T) -> Self {
        Self {
            value: Some(value),
            evidence: Evidence::Accepted,
            valid_to: ValidTo::NotKnown,
        }
    }

    /// An answer that is declared only. For tests of programs.
    pub const fn declared(value: T) -> Self {
        Self {
            value: Some(value),
            evidence: Evidence::Declared,
            valid_to: ValidTo::NotKnown,
        }
    }

    /// Reads the value in row `row` of a column of kind `K`.
    #[inline]
    pub fn read<K: Kind<Value = T>>(field: Option<&Field>, row: usize) -> Self {
        let Some(field) = field else { return Self::MISSING };
        let present = field.present.is_empty() || field.present.get(row) == Some(&1);
        let evidence = match field.evidence.get(row) {
            Some(1) => Evidence::Declared,
            Some(2) => Evidence::Bringing,
            Some(3) => Evidence::Accepted,
            Some(4) => Evidence::Refused,
            Some(5) => Evidence::Expired,
            _ => Evidence::None,
        };
        let valid_to = match field.valid_to.get(row) {
            None | Some(&i32::MIN) => ValidTo::NotKnown,
            Some(&i32::MAX) => ValidTo::Indefinite,
            Some(day) => ValidTo::Until(Day(*day)),
        };
        Self {
            value: if present { K::value(&field.data, row) } else { None },
            evidence,
            valid_to,
        }
    }
}

/// A kind of value: how it is named in the description and read from a column.
pub trait Kind {
    /// What a row holds.
    type Value;
    /// Its name in the description.
    const NAME: &'static str;
    /// The value in a row; `None` where the column is of another kind.
    fn value(column: &Column, row: usize) -> Option<Self::Value>;
    /// Keys of the options, in the order of their symbols.
    fn options() -> &'static [&'static str] {
        &[]
    }
}

/// The options of a choice. Made by [`options!`](crate::options).
pub trait Options: Sized + Copy + 'static {
    /// Their keys, in the order of their symbols.
    const KEYS: &'static [&'static str];
    /// The option with this symbol.
    fn from_symbol(symbol: u16) -> Option<Self>;
}

macro_rules! plain_kinds {
    ($($(#[$doc:meta])* $kind:ident ($name:literal, $column:ident) -> $value:ty: $read:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $kind;

        impl Kind for $kind {
            type Value = $value;
            const NAME: &'static str = $name;

            #[inline]
            fn value(column: &Column, row: usize) -> Option<$value> {
                match column {
                    Column::$column(data) => data.get(row).map($read),
                    _ => None,
                }
            }
        }
    )*};
}

plain_kinds! {
    /// Yes or no.
    Flag("flag", Flag) -> bool: |value| *value != 0;
    /// A whole number.
    Int("int", Int) -> i64: |value| *value;
    /// A number with four decimals: 66.99 % is 669900.
    Fixed("fixed", Fixed) -> i64: |value| *value;
    /// An amount of euro, in cents.
    Cents("cents", Cents) -> i64: |value| *value;
    /// A day.
    Date("day", Day) -> Day: |value| Day(*value);
}

/// Free text.
#[derive(Debug, Clone, Copy)]
pub struct Text;

impl Kind for Text {
    type Value = String;
    const NAME: &'static str = "text";

    fn value(column: &Column, row: usize) -> Option<String> {
        let Column::Text(texts) = column else { return None };
        let (from, to) = (*texts.at.get(row)? as usize, *texts.at.get(row + 1)? as usize);
        texts.utf8.get(from..to).map(str::to_owned)
    }
}

/// One of the options of `E`.
#[derive(Debug, Clone, Copy)]
pub struct OneOf<E>(std::marker::PhantomData<E>);

impl<E: Options> Kind for OneOf<E> {
    type Value = E;
    const NAME: &'static str = "choice";

    fn value(column: &Column, row: usize) -> Option<E> {
        match column {
            Column::Choice(data) => data.get(row).and_then(|symbol| E::from_symbol(*symbol)),
            _ => None,
        }
    }

    fn options() -> &'static [&'static str] {
        E::KEYS
    }
}

/// Any number of the options of `E`.
#[derive(Debug, Clone, Copy)]
pub struct Several<E>(std::marker::PhantomData<E>);

/// Options of `E` in the order of preference.
#[derive(Debug, Clone, Copy)]
pub struct Ranked<E>(std::marker::PhantomData<E>);

fn symbols<'a>(at: &[u32], vals: &'a [u16], row: usize) -> Option<&'a [u16]> {
    let (from, to) = (*at.get(row)? as usize, *at.get(row + 1)? as usize);
    vals.get(from..to)
}

fn ragged<E: Options>(at: &[u32], vals: &[u16], row: usize) -> Option<Vec<E>> {
    symbols(at, vals, row)?
        .iter()
        .map(|symbol| E::from_symbol(*symbol))
        .collect()
}

plain_kinds! {
    /// One of the options that the parameters give (see [`About::options`](crate::about::About::options)): its symbol.
    Symbol("choice", Choice) -> u16: |value| *value;
}

/// Any number of the options that the parameters give: their symbols.
#[derive(Debug, Clone, Copy)]
pub struct Symbols;

/// Options that the parameters give, in the order of preference: their symbols.
#[derive(Debug, Clone, Copy)]
pub struct RankedSymbols;

impl Kind for Symbols {
    type Value = Vec<u16>;
    const NAME: &'static str = "choices";

    fn value(column: &Column, row: usize) -> Option<Vec<u16>> {
        match column {
            Column::Choices(data) => symbols(&data.at, &data.vals, row).map(<[u16]>::to_vec),
            _ => None,
        }
    }
}

impl Kind for RankedSymbols {
    type Value = Vec<u16>;
    const NAME: &'static str = "order";

    fn value(column: &Column, row: usize) -> Option<Vec<u16>> {
        match column {
            Column::Order(data) => symbols(&data.at, &data.vals, row).map(<[u16]>::to_vec),
            _ => None,
        }
    }
}

impl<E: Options> Kind for Several<E> {
    type Value = Vec<E>;
    const NAME: &'static str = "choices";

    fn value(column: &Column, row: usize) -> Option<Vec<E>> {
        match column {
            Column::Choices(data) => ragged(&data.at, &data.vals, row),
            _ => None,
        }
    }

    fn options() -> &'static [&'static str] {
        E::KEYS
    }
}

impl<E: Options> Kind for Ranked<E> {
    type Value = Vec<E>;
    const NAME: &'static str = "order";

    fn value(column: &Column, row: usize) -> Option<Vec<E>> {
        match column {
            Column::Order(data) => ragged(&data.at, &data.vals, row),
            _ => None,
        }
    }

    fn options() -> &'static [&'static str] {
        E::KEYS
    }
}

/// Declares the options of a choice: an enum and the keys of its variants.
///
/// ```
/// osn_program_sdk::options! {
///     /// Where somebody lives.
///     pub enum Dwelling { Home = "home", Shelter = "shelter" }
/// }
/// ```
#[macro_export]
macro_rules! options {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$doc:meta])* $variant:ident = $key:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        $vis enum $name { $($(#[$doc])* #[doc = $key] $variant),* }

        impl $crate::Options for $name {
            const KEYS: &'static [&'static str] = &[$($key),*];

            fn from_symbol(symbol: u16) -> Option<Self> {
                [$(Self::$variant),*].get(usize::from(symbol)).copied()
            }
        }
    };
}

//! What each entity of the mapping can say, as data: a form or a table of every field is made from it and forgets none.

use chrono::{NaiveDate, NaiveTime};
use uuid::Uuid;

use super::value::{Number, Updated, Uri};
use super::{
    AddressType, ExtentType, Frequency, LocationFields, LocationType, Marking, Mode, Organization, OrganizationKind,
    Service, ServiceStatus, Taxonomy, TermCode, Weekday,
};
use crate::id::{LocationId, OrganizationId, ServiceId, TaxonomyId, TermId};
use crate::lang::LocalText;
use crate::upkeep::RecordKind;

/// A field of an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldShape {
    /// Its name in JSON.
    pub name: &'static str,
    /// Whether the entity cannot be without it.
    pub required: bool,
    /// What it holds.
    pub shape: Shape,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A text in several languages.
    Text,
    /// One line.
    Line,
    /// An address on the web or another URI.
    Uri,
    /// Yes or no.
    Flag,
    /// A whole number, not below zero.
    Whole,
    /// A decimal number.
    Number,
    /// A day.
    Day,
    /// A day or a moment.
    DayOrMoment,
    /// A time of the day.
    Time,
    /// One of these codes.
    Choice(&'static [&'static str]),
    /// The identifier of a term.
    Term,
    /// Another record, by its identifier or code.
    Reference,
    /// A list of codes.
    Values,
    /// One entity with these fields.
    Entity(&'static [FieldShape]),
    /// A list of entities with these fields.
    Entities(&'static [FieldShape]),
}

impl Shape {
    /// A list of this.
    const fn many(self) -> Self {
        match self {
            Self::Entity(fields) => Self::Entities(fields),
            _ => Self::Values,
        }
    }
}

/// What a type holds when it stands in a field.
pub(super) trait Shaped {
    /// That.
    const SHAPE: Shape;
}

impl<T: Shaped> Shaped for Option<T> {
    const SHAPE: Shape = T::SHAPE;
}

impl<T: Shaped> Shaped for Vec<T> {
    const SHAPE: Shape = T::SHAPE.many();
}

macro_rules! shaped {
    ($($shape:expr => $($type:ty),+;)*) => {$($(
        impl Shaped for $type {
            const SHAPE: Shape = $shape;
        }
    )+)*};
}

shaped! {
    Shape::Text => LocalText;
    Shape::Line => String;
    Shape::Uri => Uri;
    Shape::Flag => bool;
    Shape::Whole => u8, u16, u32;
    Shape::Number => Number;
    Shape::Day => NaiveDate;
    Shape::DayOrMoment => Updated;
    Shape::Time => NaiveTime;
    Shape::Term => TermId;
    Shape::Reference => Uuid, OrganizationId, LocationId, ServiceId, TaxonomyId, Taxonomy, TermCode;
    Shape::Choice(&["physical", "postal", "virtual"]) => AddressType, LocationType;
    Shape::Choice(&["geojson", "topojson", "kml", "text"]) => ExtentType;
    Shape::Choice(&["MO", "TU", "WE", "TH", "FR", "SA", "SU"]) => Weekday;
    Shape::Choice(&["WEEKLY", "MONTHLY"]) => Frequency;
    Shape::Choice(&["sourced", "verify"]) => Marking;
    Shape::Choice(&["municipal", "public", "ngo", "church", "social-enterprise", "example"]) => OrganizationKind;
    Shape::Choice(&["place", "home", "remote", "street"]) => Mode;
    Shape::Choice(&["active", "inactive", "defunct", "temporarily closed"]) => ServiceStatus;
}

const fn fields(shape: Shape) -> &'static [FieldShape] {
    match shape {
        Shape::Entity(fields) => fields,
        _ => &[],
    }
}

impl RecordKind {
    /// Every field of a record of this kind but its identifier.
    pub const fn fields(self) -> &'static [FieldShape] {
        match self {
            Self::Organization => fields(Organization::SHAPE),
            Self::Location => fields(LocationFields::SHAPE),
            Self::Service => fields(Service::SHAPE),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde::de::DeserializeOwned;
    use serde_json::json;

    use super::*;

    /// The codes of a choice are the ones that its type reads, and no other: serde names them all where it meets a wrong one.
    #[test]
    fn the_codes_of_a_choice_are_those_of_its_type() {
        fn check<T: Shaped + DeserializeOwned + core::fmt::Debug>() {
            let Shape::Choice(codes) = T::SHAPE else {
                panic!("not a choice");
            };
            let told = serde_json::from_value::<T>(json!("no code")).unwrap_err().to_string();
            let read: BTreeSet<&str> = told.split('`').skip(3).step_by(2).collect();
            assert_eq!(read, codes.iter().copied().collect(), "{told}");
        }
        check::<AddressType>();
        check::<LocationType>();
        check::<ExtentType>();
        check::<Weekday>();
        check::<Frequency>();
        check::<Marking>();
        check::<OrganizationKind>();
        check::<Mode>();
        check::<ServiceStatus>();
    }
}

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
    use serde::de::DeserializeOwned;
    use serde_json::json;

    use super::*;
    use crate::directory::Location;

    /// The codes of a choice are the ones that its type reads, and no other.
    #[test]
    fn the_codes_of_a_choice_are_those_of_its_type() {
        fn check<T: Shaped + DeserializeOwned>(variants: usize) {
            let Shape::Choice(codes) = T::SHAPE else {
                panic!("not a choice");
            };
            assert_eq!(codes.len(), variants, "{codes:?}");
            for code in codes {
                assert!(serde_json::from_value::<T>(json!(code)).is_ok(), "{code}");
            }
        }
        check::<AddressType>(3);
        check::<LocationType>(3);
        check::<ExtentType>(4);
        check::<Weekday>(7);
        check::<Frequency>(2);
        check::<Marking>(2);
        check::<OrganizationKind>(6);
        check::<Mode>(4);
        check::<ServiceStatus>(4);
    }

    /// Whatever a record says in JSON has a shape: nothing is written that no form could ask for.
    #[test]
    fn every_field_of_json_has_a_shape() {
        let id = Uuid::from_u128(1);
        let place = Location::new(LocationId::new(id), LocationType::Physical);
        let said = serde_json::to_value(place).unwrap();
        let known: Vec<&str> = RecordKind::Location.fields().iter().map(|field| field.name).collect();
        for name in said.as_object().unwrap().keys().filter(|name| *name != "id") {
            assert!(known.contains(&name.as_str()), "{name}");
        }
        for kind in RecordKind::ALL {
            let lists = kind
                .fields()
                .iter()
                .filter(|field| matches!(field.shape, Shape::Entities(_)));
            assert!(lists.count() > 5, "{kind:?}");
        }
    }
}

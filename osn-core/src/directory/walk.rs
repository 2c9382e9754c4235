//! How the directory's entities are declared: one macro writes the struct, its constructor, its shape and the walk over its texts.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime};
use uuid::Uuid;

use super::value::{Number, Updated, Uri};
use crate::id::{LocationId, OrganizationId, ServiceId, TaxonomyId, TermId};
use crate::lang::LocalText;

/// A value that says nothing: left out of JSON, so that absent and empty are one.
pub(super) trait Blank {
    /// Whether there is nothing to say.
    fn is_blank(&self) -> bool;
}

impl<T> Blank for Option<T> {
    fn is_blank(&self) -> bool {
        self.is_none()
    }
}

impl<T> Blank for Vec<T> {
    fn is_blank(&self) -> bool {
        self.is_empty()
    }
}

impl Blank for LocalText {
    fn is_blank(&self) -> bool {
        self.is_empty()
    }
}

impl Blank for bool {
    fn is_blank(&self) -> bool {
        !*self
    }
}

/// What a walk meets.
#[derive(Clone, Copy, Debug)]
pub(super) enum Met<'a> {
    /// A text that people read; it may have several lines.
    Prose(&'a str),
    /// One line: a name, a code, a number, an address.
    Line(&'a str),
    /// An address on the web or another URI.
    Uri(&'a Uri),
    /// A part of the record, before everything inside it.
    Part(Uuid),
}

/// The identifier of an entity.
pub(super) trait Identity {
    /// That of a part; a record has its own name.
    fn part(&self) -> Option<Uuid> {
        None
    }
}

impl Identity for Uuid {
    fn part(&self) -> Option<Uuid> {
        Some(*self)
    }
}

impl Identity for OrganizationId {}
impl Identity for LocationId {}
impl Identity for ServiceId {}
impl Identity for TaxonomyId {}
impl Identity for TermId {}

/// Shows every text of a record with the path of its field and the innermost part around it.
pub(super) fn each_text(record: &impl Walk, mut see: impl FnMut(&[&'static str], Option<Uuid>, Met<'_>)) {
    let mut within: Vec<(usize, Uuid)> = Vec::new();
    record.walk(&mut Vec::new(), &mut |path, met| {
        while within.last().is_some_and(|(depth, _)| *depth >= path.len()) {
            within.pop();
        }
        match met {
            Met::Part(id) => within.push((path.len(), id)),
            text => see(path, within.last().map(|(_, id)| *id), text),
        }
    });
}

/// Walks over every text of a value, with the path of its field.
pub(super) trait Walk {
    /// Shows every text to `see`; `path` is the way from the record to here.
    fn walk(&self, path: &mut Vec<&'static str>, see: &mut dyn FnMut(&[&'static str], Met<'_>));

    /// Forgets HSDS `metadata`, here and in every part.
    fn drop_metadata(&mut self) {}

    /// Empties a field of an entity, unless no such entity is without it.
    fn blank(&mut self, _field: &str) {}
}

/// Whether a field holds notes of who changed what.
pub(super) fn is_metadata(field: &str) -> bool {
    field == "metadata"
}

impl<T: Walk> Walk for Option<T> {
    fn walk(&self, path: &mut Vec<&'static str>, see: &mut dyn FnMut(&[&'static str], Met<'_>)) {
        if let Some(value) = self {
            value.walk(path, see);
        }
    }

    fn drop_metadata(&mut self) {
        if let Some(value) = self {
            value.drop_metadata();
        }
    }
}

impl<T: Walk> Walk for Vec<T> {
    fn walk(&self, path: &mut Vec<&'static str>, see: &mut dyn FnMut(&[&'static str], Met<'_>)) {
        for value in self {
            value.walk(path, see);
        }
    }

    fn drop_metadata(&mut self) {
        for value in self {
            value.drop_metadata();
        }
    }
}

impl Walk for LocalText {
    fn walk(&self, path: &mut Vec<&'static str>, see: &mut dyn FnMut(&[&'static str], Met<'_>)) {
        for (lang, text) in self.iter() {
            see(path, Met::Line(lang));
            see(path, Met::Prose(text));
        }
    }
}

impl Walk for String {
    fn walk(&self, path: &mut Vec<&'static str>, see: &mut dyn FnMut(&[&'static str], Met<'_>)) {
        see(path, Met::Line(self));
    }
}

impl Walk for super::TermCode {
    fn walk(&self, path: &mut Vec<&'static str>, see: &mut dyn FnMut(&[&'static str], Met<'_>)) {
        see(path, Met::Line(self.as_str()));
    }
}

impl Walk for Uri {
    fn walk(&self, path: &mut Vec<&'static str>, see: &mut dyn FnMut(&[&'static str], Met<'_>)) {
        see(path, Met::Uri(self));
    }
}

/// Values without a text.
macro_rules! silent {
    ($($type:ty),* $(,)?) => {$(
        impl Walk for $type {
            fn walk(&self, _: &mut Vec<&'static str>, _: &mut dyn FnMut(&[&'static str], Met<'_>)) {}
        }
    )*};
}

silent!(
    bool,
    u8,
    u16,
    u32,
    Uuid,
    NaiveDate,
    NaiveTime,
    DateTime<FixedOffset>,
    Number,
    Updated,
    OrganizationId,
    LocationId,
    ServiceId,
    TaxonomyId,
    TermId,
    super::Taxonomy,
    super::Marking,
    super::OrganizationKind,
    super::LocationType,
    super::ServiceStatus,
    super::Mode,
    super::AddressType,
    super::ExtentType,
    super::Weekday,
    super::Frequency,
);

/// Declares entities: `Name(IdType) { required fields, .. optional fields, }`. Optional ones default to "the record does
/// not say". The entity gets `new(id, required…)`, its shape and its walk.
macro_rules! plain_entities {
    ($(
        $(#[$meta:meta])*
        $name:ident($id:ty) {
            $($(#[$required_doc:meta])* $required:ident: $required_type:ty,)*
            ..
            $($(#[$optional_doc:meta])* $optional:ident: $optional_type:ty,)*
        }
    )*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// Identifier.
            pub id: $id,
            $($(#[$required_doc])* pub $required: $required_type,)*
            $(
                $(#[$optional_doc])*
                #[serde(default, skip_serializing_if = "crate::directory::walk::Blank::is_blank")]
                pub $optional: $optional_type,
            )*
        }

        impl $name {
            /// With what it must have; it says nothing else.
            pub fn new(id: $id, $($required: $required_type),*) -> Self {
                Self { id, $($required,)* $($optional: Default::default(),)* }
            }
        }

        impl crate::directory::shape::Shaped for $name {
            const SHAPE: crate::directory::Shape = crate::directory::Shape::Entity(&[
                $(crate::directory::FieldShape {
                    name: stringify!($required),
                    required: true,
                    shape: <$required_type as crate::directory::shape::Shaped>::SHAPE,
                },)*
                $(crate::directory::FieldShape {
                    name: stringify!($optional),
                    required: false,
                    shape: <$optional_type as crate::directory::shape::Shaped>::SHAPE,
                },)*
            ]);
        }

        impl crate::directory::walk::Walk for $name {
            fn walk(
                &self,
                path: &mut Vec<&'static str>,
                see: &mut dyn FnMut(&[&'static str], crate::directory::walk::Met<'_>),
            ) {
                if let Some(id) = crate::directory::walk::Identity::part(&self.id) {
                    see(path, crate::directory::walk::Met::Part(id));
                }
                $(
                    path.push(stringify!($required));
                    self.$required.walk(path, see);
                    path.pop();
                )*
                $(
                    path.push(stringify!($optional));
                    self.$optional.walk(path, see);
                    path.pop();
                )*
            }

            fn drop_metadata(&mut self) {
                $(self.$required.drop_metadata();)*
                $(
                    if crate::directory::walk::is_metadata(stringify!($optional)) {
                        self.$optional = Default::default();
                    } else {
                        self.$optional.drop_metadata();
                    }
                )*
            }

            fn blank(&mut self, field: &str) {
                $(
                    if field == stringify!($optional) {
                        self.$optional = Default::default();
                    }
                )*
            }
        }
    )*};
}

/// As [`plain_entities`], each with `attributes` and `metadata` as HSDS gives them to nearly every entity.
macro_rules! entities {
    ($(
        $(#[$meta:meta])*
        $name:ident($id:ty) {
            $($(#[$required_doc:meta])* $required:ident: $required_type:ty,)*
            ..
            $($(#[$optional_doc:meta])* $optional:ident: $optional_type:ty,)*
        }
    )*) => {
        crate::directory::walk::plain_entities! {$(
            $(#[$meta])*
            $name($id) {
                $($(#[$required_doc])* $required: $required_type,)*
                ..
                $($(#[$optional_doc])* $optional: $optional_type,)*
                /// Terms and facts for which there is no field.
                attributes: Vec<crate::directory::Attribute>,
                /// What was changed, when, in which role; never published with a name.
                metadata: Vec<crate::directory::Metadata>,
            }
        )*}
    };
}

pub(super) use {entities, plain_entities};

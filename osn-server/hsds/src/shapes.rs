//! The smaller entities of HSDS, each listed once: that list writes and reads it.

use chrono::NaiveDate;
use osn_core::directory::{
    Accessibility, Address, Attribute, Contact, CostOption, Funding, Language, Metadata, OrganizationIdentifier, Phone,
    RequiredDocument, Schedule, ServiceArea, ServiceCapacity, ServiceProgram, Unit, Updated, Uri, Url,
};
use osn_core::id::TermId;
use osn_core::lang::LocalText;
use serde_json::Value;
use uuid::Uuid;

use crate::field::Field;
use crate::reader::{Source, Wrong};
use crate::writer::{Entity, Object};
use crate::{UNKNOWN, UNKNOWN_COUNTRY, text};

/// What an entity has beyond its plain fields. Written before `attributes`, read after the plain fields.
pub(crate) trait More {
    fn write_more(&self, out: &mut Object<'_>);
    fn read_more(&mut self, from: &mut Source<'_, '_>);
}

/// `Type(blank entity) { field, field as "name", … }`, with `+ more` where the entity has more than plain fields.
macro_rules! shapes {
    ($($type:ident($id:ident => $blank:expr) { $($field:ident $(as $key:literal)?),* $(,)? } $($more:ident)?;)*) => {$(
        impl Entity for $type {
            fn uuid(&self) -> Uuid {
                $crate::shapes::AsUuid::as_uuid(&self.id)
            }

            fn write(&self, out: &mut Object<'_>) {
                $(out.field($crate::shapes::key!($field $($key)?), &self.$field);)*
                $($crate::shapes::More::$more(self, out);)?
                out.extras(&self.attributes, &self.metadata);
            }

            fn read(from: &mut Source<'_, '_>) -> Self {
                let $id = from.id;
                let mut entity: $type = $blank;
                $(entity.$field = Field::take(from, $crate::shapes::key!($field $($key)?));)*
                $($crate::shapes::read!($more, entity, from);)?
                entity.attributes = from.attributes();
                entity.metadata = from.list("metadata");
                entity
            }
        }
    )*};
}

macro_rules! key {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $key:literal) => {
        $key
    };
}

macro_rules! read {
    (write_more, $entity:ident, $from:ident) => {
        $crate::shapes::More::read_more(&mut $entity, $from)
    };
}

pub(crate) use {key, read, shapes};

/// Identifiers of every kind as what they are.
pub(crate) trait AsUuid {
    fn as_uuid(&self) -> Uuid;
}

impl AsUuid for Uuid {
    fn as_uuid(&self) -> Uuid {
        *self
    }
}

macro_rules! as_uuid {
    ($($type:ident),*) => {$(
        impl AsUuid for osn_core::id::$type {
            fn as_uuid(&self) -> Uuid {
                self.uuid()
            }
        }
    )*};
}

as_uuid!(TaxonomyId, TermId, OrganizationId, LocationId, ServiceId);

shapes! {
    Url(id => Url::new(id, Uri::new(""))) { url, label };
    Funding(id => Funding::new(id)) { source };
    Phone(id => Phone::new(id, String::new())) {
        number, extension, phone_type as "type", description, languages,
    };
    Contact(id => Contact::new(id)) { name, title, department, email, phones };
    Language(id => Language::new(id)) { name, code, note };
    Schedule(id => Schedule::new(id)) {
        valid_from, valid_to, dtstart, timezone, until, count, wkst, freq, interval, byday, byweekno, bymonthday,
        byyearday, description, opens_at, closes_at, schedule_link, attending_type, notes,
    } write_more;
    ServiceArea(id => ServiceArea::new(id)) { name, description, extent, extent_type, uri };
    Address(id => Address::new(id)) {
        attention, address_1, address_2, city, region, state_province, postal_code, country, address_type,
    } write_more;
    Accessibility(id => Accessibility::new(id)) { description, details, url };
    CostOption(id => CostOption::new(id)) { valid_from, valid_to, option, currency, amount, amount_description };
    ServiceProgram(id => ServiceProgram::new(id, LocalText::NONE)) { name, alternate_name, description } write_more;
    RequiredDocument(id => RequiredDocument::new(id)) { document, uri };
    OrganizationIdentifier(id => OrganizationIdentifier::new(id, String::new(), String::new())) {
        identifier_scheme, identifier_type, identifier,
    };
    Unit(id => Unit::new(id, LocalText::NONE)) { name, scheme, identifier, uri };
    ServiceCapacity(id => ServiceCapacity::new(
        id,
        0,
        Unit::new(Uuid::nil(), LocalText::NONE),
        Updated::Day(NaiveDate::default()),
    )) { available, unit, updated, maximum, description };
}

impl Field for Unit {
    fn put(&self, out: &mut Object<'_>, key: &'static str) {
        out.nested(key, self);
    }

    fn take(from: &mut Source<'_, '_>, key: &'static str) -> Self {
        from.nested(key).unwrap_or_else(|| {
            from.wrong(key, Wrong::Missing);
            Self::new(Uuid::nil(), LocalText::NONE)
        })
    }
}

impl More for Schedule {
    fn write_more(&self, out: &mut Object<'_>) {
        if self.description.is_empty()
            && let Some(words) = text::hours(self, out.writer.lang)
        {
            out.unsaid("description", words);
        }
        if let Some(open) = self.public_holidays {
            out.fact("public_holidays", if open { "open" } else { "closed" });
        }
    }

    fn read_more(&mut self, from: &mut Source<'_, '_>) {
        self.public_holidays = from.fact("public_holidays").map(|fact| fact == "open");
    }
}

impl More for Address {
    /// HSDS requires five fields of every address; what the source does not say is not invented.
    fn write_more(&self, out: &mut Object<'_>) {
        for (key, value) in [
            ("address_1", &self.address_1),
            ("city", &self.city),
            ("state_province", &self.state_province),
            ("postal_code", &self.postal_code),
        ] {
            if value.is_none() {
                out.unsaid(key, UNKNOWN);
            }
        }
        if self.country.is_none() {
            out.unsaid("country", UNKNOWN_COUNTRY);
        }
        if self.address_type.is_none() {
            out.unsaid("address_type", "physical");
        }
    }

    fn read_more(&mut self, _: &mut Source<'_, '_>) {}
}

impl More for ServiceProgram {
    fn write_more(&self, out: &mut Object<'_>) {
        out.required_text("description", &self.description, &self.name);
    }

    fn read_more(&mut self, _: &mut Source<'_, '_>) {}
}

impl Entity for Metadata {
    fn uuid(&self) -> Uuid {
        self.id
    }

    fn write(&self, out: &mut Object<'_>) {
        out.field("resource_id", &self.resource_id);
        out.field("resource_type", &self.resource_type);
        out.field("last_action_date", &self.last_action_date);
        out.field("last_action_type", &self.last_action_type);
        out.field("field_name", &self.field_name);
        out.field("previous_value", &self.previous_value);
        out.field("replacement_value", &self.replacement_value);
        out.field("updated_by", &self.updated_by);
    }

    fn read(from: &mut Source<'_, '_>) -> Self {
        Self {
            id: from.id,
            resource_id: Field::take(from, "resource_id"),
            resource_type: Field::take(from, "resource_type"),
            last_action_date: Field::take(from, "last_action_date"),
            last_action_type: Field::take(from, "last_action_type"),
            field_name: Field::take(from, "field_name"),
            previous_value: Field::take(from, "previous_value"),
            replacement_value: Field::take(from, "replacement_value"),
            updated_by: Field::take(from, "updated_by"),
        }
    }
}

impl Entity for Attribute {
    fn uuid(&self) -> Uuid {
        self.id
    }

    fn write(&self, out: &mut Object<'_>) {
        out.field("link_type", &self.link_type);
        out.field("link_entity", &self.link_entity);
        out.field("value", &self.value);
        out.field("label", &self.label);
        if let Some(id) = self.taxonomy_term_id {
            out.term_object(id);
        }
        out.changes(&self.metadata);
    }

    fn read(from: &mut Source<'_, '_>) -> Self {
        let term: Option<osn_core::directory::TaxonomyTerm> = from.nested("taxonomy_term");
        let nested = term.as_ref().map(|term| term.id);
        if let Some(term) = term {
            from.reader.records.terms.entry(term.id).or_insert(term);
        }
        let named = from.pointer("taxonomy_term_id").map(TermId::new);
        Self {
            id: from.id,
            link_type: Field::take(from, "link_type"),
            link_entity: Field::take(from, "link_entity"),
            taxonomy_term_id: nested.or(named),
            value: Field::take(from, "value"),
            label: Field::take(from, "label"),
            metadata: from.list("metadata"),
        }
    }
}

/// A value as JSON text, for facts that are lists of names.
pub(crate) fn name_of<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(name)) => name,
        _ => String::new(),
    }
}

/// The value with this name.
pub(crate) fn by_name<T: serde::de::DeserializeOwned>(name: String) -> Option<T> {
    serde_json::from_value(Value::String(name)).ok()
}

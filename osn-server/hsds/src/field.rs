//! Values of fields: how each is written and read.

use chrono::{DateTime, NaiveDate, NaiveTime};
use osn_core::directory::{
    AddressType, ExtentType, Frequency, LocationType, Number, ServiceStatus, Updated, Uri, Weekday,
};
use osn_core::id::{OrganizationId, TermId};
use osn_core::lang::LocalText;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use crate::reader::{Source, Wrong};
use crate::writer::{Entity, Form, Object};

/// A value that a field may hold.
pub(crate) trait Field: Sized {
    /// Writes it; what says nothing writes nothing.
    fn put(&self, out: &mut Object<'_>, key: &'static str);
    /// Reads it; what is absent or wrong reads as saying nothing.
    fn take(from: &mut Source<'_, '_>, key: &'static str) -> Self;
}

/// A value that is one JSON value.
pub(crate) trait Scalar: Sized {
    fn value(&self) -> Value;
    fn parse(value: &Value) -> Result<Self, Wrong>;
}

impl<T: Scalar> Field for Option<T> {
    fn put(&self, out: &mut Object<'_>, key: &'static str) {
        if let Some(value) = self {
            out.put(key, value.value());
        }
    }

    fn take(from: &mut Source<'_, '_>, key: &'static str) -> Self {
        let value = from.value(key)?;
        match T::parse(&value) {
            Ok(value) => Some(value),
            Err(wrong) => {
                from.wrong(key, wrong);
                None
            }
        }
    }
}

/// A field that must be there.
macro_rules! required {
    ($($type:ty => $blank:expr),* $(,)?) => {$(
        impl Field for $type {
            fn put(&self, out: &mut Object<'_>, key: &'static str) {
                out.put(key, self.value());
            }

            fn take(from: &mut Source<'_, '_>, key: &'static str) -> Self {
                let there = from.has(key);
                let value = <Option<$type> as Field>::take(from, key);
                if value.is_none() && !there {
                    from.wrong(key, Wrong::Missing);
                }
                value.unwrap_or_else(|| $blank)
            }
        }
    )*};
}

required! {
    String => String::new(),
    u32 => 0,
    Uri => Uri::new(""),
    NaiveDate => NaiveDate::default(),
    ServiceStatus => ServiceStatus::Active,
    LocationType => LocationType::Physical,
}

impl Scalar for String {
    fn value(&self) -> Value {
        Value::String(self.clone())
    }

    fn parse(value: &Value) -> Result<Self, Wrong> {
        match value {
            Value::String(text) => Ok(text.clone()),
            // Feeds give numbers where texts belong; the digits are what they mean.
            Value::Number(number) => Ok(number.to_string()),
            _ => Err(Wrong::NotText),
        }
    }
}

macro_rules! whole {
    ($($type:ty),*) => {$(
        impl Scalar for $type {
            fn value(&self) -> Value {
                Value::from(*self)
            }

            fn parse(value: &Value) -> Result<Self, Wrong> {
                let number = Number::parse(value)?;
                number.to_string().parse().map_err(|_| Wrong::NotWhole)
            }
        }
    )*};
}

whole!(u8, u16, u32);

impl Scalar for Number {
    fn value(&self) -> Value {
        let text = self.to_string();
        // A number without a fraction is written without one; nine places and the digits of a coordinate fit an f64.
        text.parse::<i64>()
            .map(Value::from)
            .or_else(|_| text.parse::<f64>().map(Value::from))
            .unwrap_or(Value::Null)
    }

    fn parse(value: &Value) -> Result<Self, Wrong> {
        let text = match value {
            Value::Number(number) => number.to_string(),
            Value::String(text) => text.clone(),
            _ => return Err(Wrong::NotANumber),
        };
        text.parse().map_err(|_| Wrong::NotANumber)
    }
}

impl Scalar for Uri {
    fn value(&self) -> Value {
        Value::String(self.to_string())
    }

    fn parse(value: &Value) -> Result<Self, Wrong> {
        String::parse(value).map(Uri::new)
    }
}

impl Scalar for NaiveDate {
    fn value(&self) -> Value {
        Value::String(self.to_string())
    }

    fn parse(value: &Value) -> Result<Self, Wrong> {
        let text = String::parse(value)?;
        // Some feeds give a moment where a day belongs.
        let day = text.split(['T', ' ']).next().unwrap_or_default();
        day.parse().map_err(|_| Wrong::NotADay)
    }
}

impl Field for Option<NaiveTime> {
    fn put(&self, out: &mut Object<'_>, key: &'static str) {
        if let Some(time) = self {
            let time = out.writer.time(*time);
            out.put(key, Value::String(time));
        }
    }

    /// The time on the wall: an offset, which cannot hold all year in most places, is left aside.
    fn take(from: &mut Source<'_, '_>, key: &'static str) -> Self {
        let text = <Option<String> as Field>::take(from, key)?;
        let local = text.trim().trim_end_matches('Z');
        let local = local.split(['+', '-']).next().unwrap_or_default();
        let time = local.parse().ok();
        if time.is_none() {
            from.wrong(key, Wrong::NotATime);
        }
        time
    }
}

impl Field for Updated {
    fn put(&self, out: &mut Object<'_>, key: &'static str) {
        let text = match self {
            Self::Day(day) => {
                out.less("updated.time");
                format!("{day}T00:00:00Z")
            }
            Self::Moment(moment) => moment.to_rfc3339(),
        };
        out.put(key, Value::String(text));
    }

    fn take(from: &mut Source<'_, '_>, key: &'static str) -> Self {
        let text = String::take(from, key);
        let moment = DateTime::parse_from_rfc3339(&text);
        match moment {
            Ok(moment) if from.is_unsaid("updated.time") => Self::Day(moment.date_naive()),
            Ok(moment) => Self::Moment(moment),
            Err(_) => match text.parse() {
                Ok(day) => Self::Day(day),
                Err(_) => {
                    from.wrong(key, Wrong::NotADay);
                    Self::Day(NaiveDate::default())
                }
            },
        }
    }
}

macro_rules! identifiers {
    ($($type:ty: $make:expr),* $(,)?) => {$(
        impl Scalar for $type {
            fn value(&self) -> Value {
                Value::String(self.to_string())
            }

            fn parse(value: &Value) -> Result<Self, Wrong> {
                let text = String::parse(value)?;
                Uuid::parse_str(text.trim()).map($make).map_err(|_| Wrong::NotAUuid)
            }
        }
    )*};
}

identifiers! {
    Uuid: |uuid| uuid,
    OrganizationId: OrganizationId::new,
    TermId: TermId::new,
}

fn named<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

fn option<T: DeserializeOwned>(value: &Value) -> Result<T, Wrong> {
    serde_json::from_value(value.clone()).map_err(|_| Wrong::UnknownOption)
}

macro_rules! options {
    ($($type:ty),* $(,)?) => {$(
        impl Scalar for $type {
            fn value(&self) -> Value {
                named(self)
            }

            fn parse(value: &Value) -> Result<Self, Wrong> {
                option(value)
            }
        }
    )*};
}

options!(AddressType, ExtentType, Frequency, LocationType, ServiceStatus, Weekday);

impl Field for LocalText {
    fn put(&self, out: &mut Object<'_>, key: &'static str) {
        out.text(key, self);
    }

    fn take(from: &mut Source<'_, '_>, key: &'static str) -> Self {
        from.text(key)
    }
}

impl<E: Entity> Field for Vec<E> {
    fn put(&self, out: &mut Object<'_>, key: &'static str) {
        if self.is_empty() || out.writer.form != Form::Full {
            return;
        }
        let rows: Vec<Value> = self.iter().map(|entity| out.writer.object(entity)).collect();
        out.rows(key, rows);
    }

    fn take(from: &mut Source<'_, '_>, key: &'static str) -> Self {
        from.list(key)
    }
}

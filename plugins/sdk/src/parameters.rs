//! What a call may set, declared once: the schema and the typed struct come from the same lines.

use serde_json::{Map, Value, json};

use crate::answer::{Cents, Date, Fixed, Flag, Int, OneOf, Options};
use crate::bindings::osn::program::types::Problem;
use crate::day::Day;
use crate::household::Scale;

/// Parameters of a program. Made by [`parameters!`](crate::parameters).
pub trait Parameters: Sized {
    /// JSON Schema of each parameter, by key.
    fn properties() -> Map<String, Value>;
    /// The keys, in the order in which they are asked for.
    fn order() -> Vec<String>;
    /// Reads complete parameters.
    fn read(json: &Value) -> Result<Self, Vec<Problem>>;
    /// The defaults; a parameter that the host resolves is not resolved here.
    fn defaults() -> Self;
}

/// A kind of parameter.
pub trait ParameterKind {
    /// What the program reads.
    type Value;
    /// What a default is written as.
    type Default;
    /// JSON types.
    fn types() -> Value;
    /// The default as JSON.
    fn json(default: &Self::Default) -> Value;
    /// The default as a value.
    fn default_value(default: Self::Default) -> Self::Value;
    /// Reads a value.
    fn read(json: &Value) -> Option<Self::Value>;
    /// Further keywords of the schema.
    fn keywords(_schema: &mut Map<String, Value>) {}
}

macro_rules! numbers {
    ($($kind:ident $unit:literal),*) => {$(
        impl ParameterKind for $kind {
            type Value = i64;
            type Default = i64;

            fn types() -> Value {
                json!("integer")
            }

            fn json(default: &i64) -> Value {
                json!(default)
            }

            fn default_value(default: i64) -> i64 {
                default
            }

            fn read(json: &Value) -> Option<i64> {
                json.as_i64()
            }

            fn keywords(schema: &mut Map<String, Value>) {
                schema.insert("x-osn-unit".to_owned(), json!($unit));
            }
        }
    )*};
}

numbers!(Int "count", Fixed "ratio", Cents "cents");

impl ParameterKind for Flag {
    type Value = bool;
    type Default = bool;

    fn types() -> Value {
        json!("boolean")
    }

    fn json(default: &bool) -> Value {
        json!(default)
    }

    fn default_value(default: bool) -> bool {
        default
    }

    fn read(json: &Value) -> Option<bool> {
        json.as_bool()
    }
}

/// A day, written as `YYYY-MM-DD`.
impl ParameterKind for Date {
    type Value = Day;
    type Default = Day;

    fn types() -> Value {
        json!("string")
    }

    fn json(default: &Day) -> Value {
        let (year, month, day) = default.to_ymd();
        json!(format!("{year:04}-{month:02}-{day:02}"))
    }

    fn default_value(default: Day) -> Day {
        default
    }

    fn read(json: &Value) -> Option<Day> {
        Day::parse(json.as_str()?)
    }

    fn keywords(schema: &mut Map<String, Value>) {
        schema.insert("x-osn-unit".to_owned(), json!("date"));
    }
}

/// One of the options of `E`, by its key.
impl<E: Options + PartialEq> ParameterKind for OneOf<E> {
    type Value = E;
    type Default = E;

    fn types() -> Value {
        json!("string")
    }

    fn json(default: &E) -> Value {
        let is_default = |symbol: &u16| E::from_symbol(*symbol).as_ref() == Some(default);
        let symbol = (0..=u16::MAX).take(E::KEYS.len()).find(is_default);
        json!(symbol.and_then(|symbol| E::KEYS.get(usize::from(symbol))))
    }

    fn default_value(default: E) -> E {
        default
    }

    fn read(json: &Value) -> Option<E> {
        let key = json.as_str()?;
        let symbol = E::KEYS.iter().position(|one| *one == key)?;
        E::from_symbol(u16::try_from(symbol).ok()?)
    }

    fn keywords(schema: &mut Map<String, Value>) {
        schema.insert("enum".to_owned(), json!(E::KEYS));
    }
}

/// What a [`Document`] holds: read as a whole, so that what is wrong in it is [`Program::check`](crate::Program::check)'s to say.
pub trait Content: Sized {
    /// Reads it; `None` where it has another shape.
    fn read(json: &Value) -> Option<Self>;
}

/// A parameter that is a JSON object of the program's own shape: a calendar, a list of places. Its default is written as JSON.
#[derive(Debug, Clone, Copy)]
pub struct Document<T>(std::marker::PhantomData<T>);

impl<T: Content> ParameterKind for Document<T> {
    /// `None` where the document has another shape.
    type Value = Option<T>;
    type Default = &'static str;

    fn types() -> Value {
        json!("object")
    }

    fn json(default: &&'static str) -> Value {
        serde_json::from_str(default).unwrap_or_default()
    }

    fn default_value(default: &'static str) -> Option<T> {
        T::read(&Self::json(&default))
    }

    fn read(json: &Value) -> Option<Option<T>> {
        Some(T::read(json))
    }
}

/// A parameter that need not be set.
impl<K: ParameterKind> ParameterKind for Option<K> {
    type Value = Option<K::Value>;
    type Default = Option<K::Default>;

    fn types() -> Value {
        // A kind has one type by itself.
        json!([K::types(), "null"])
    }

    fn json(default: &Self::Default) -> Value {
        default.as_ref().map_or(Value::Null, K::json)
    }

    fn default_value(default: Self::Default) -> Self::Value {
        default.map(K::default_value)
    }

    fn read(json: &Value) -> Option<Self::Value> {
        if json.is_null() {
            Some(None)
        } else {
            K::read(json).map(Some)
        }
    }

    fn keywords(schema: &mut Map<String, Value>) {
        K::keywords(schema);
    }
}

impl ParameterKind for Scale {
    type Value = Self;
    type Default = &'static str;

    fn types() -> Value {
        json!("object")
    }

    fn json(code: &&'static str) -> Value {
        json!({"code": code})
    }

    fn default_value(_code: &'static str) -> Self {
        Self::UNRESOLVED
    }

    fn read(json: &Value) -> Option<Self> {
        let weight = |key| {
            json.get(key)
                .and_then(Value::as_i64)
                .filter(|weight| (0..=1_000_000).contains(weight))
        };
        Some(Self {
            first_adult: weight("first_adult").filter(|weight| *weight > 0)?,
            other_adult: weight("other_adult")?,
            minor: weight("minor")?,
            single_parent_first_minor: match json.get("single_parent_first_minor") {
                None | Some(Value::Null) => None,
                Some(_) => Some(weight("single_parent_first_minor")?),
            },
            minor_under_age: i32::try_from(weight("minor_under_age")?).ok()?,
        })
    }

    fn keywords(schema: &mut Map<String, Value>) {
        schema.insert("x-osn-resolve".to_owned(), json!("equivalence-scale"));
        let weights = [
            "code",
            "first_adult",
            "other_adult",
            "minor",
            "single_parent_first_minor",
            "minor_under_age",
        ];
        schema.insert("required".to_owned(), json!(weights));
    }
}

/// A parameter under construction.
#[derive(Debug, Clone)]
pub struct Parameter<D> {
    default: D,
    schema: Map<String, Value>,
}

/// A parameter with its default.
pub fn parameter<D>(default: D) -> Parameter<D> {
    Parameter {
        default,
        schema: Map::new(),
    }
}

impl<D> Parameter<D> {
    fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.schema.insert(key.to_owned(), value.into());
        self
    }

    /// Smallest and largest value.
    #[must_use]
    pub fn between(self, min: i64, max: i64) -> Self {
        self.with("minimum", min).with("maximum", max)
    }

    /// The unit in which it is shown, such as `percent`.
    #[must_use]
    pub fn shown_as(self, unit: &str) -> Self {
        self.with("x-osn-unit", unit)
    }

    /// A keyword of the schema, such as `x-osn-form` for a page of its own.
    #[must_use]
    pub fn keyword(self, key: &str, value: impl Into<Value>) -> Self {
        self.with(key, value)
    }

    /// The parts of a document, for the page that sets it up: an object that [`shape`] made.
    #[must_use]
    pub fn shaped(mut self, shape: Value) -> Self {
        if let Value::Object(mut shape) = shape {
            let parts = ["properties", ORDER].map(|key| (key.to_owned(), shape.remove(key).unwrap_or_default()));
            self.schema.extend(parts);
        }
        self
    }

    /// The finished schema.
    pub fn into_schema<K: ParameterKind<Default = D>>(self) -> Value {
        let mut schema = Map::new();
        K::keywords(&mut schema);
        schema.extend(self.schema);
        schema.insert("type".to_owned(), K::types());
        schema.insert("default".to_owned(), K::json(&self.default));
        Value::Object(schema)
    }

    /// The default as the program reads it.
    pub fn into_default<K: ParameterKind<Default = D>>(self) -> K::Value {
        K::default_value(self.default)
    }
}

/// The keyword of an object's schema that says in which order its parts are asked for: JSON itself has none.
pub(crate) const ORDER: &str = "x-osn-order";

/// An object in a document's schema, whose parts are asked for in this order.
pub fn shape<const N: usize>(parts: [(&str, Value); N]) -> Value {
    let order: Vec<&str> = parts.iter().map(|(name, _)| *name).collect();
    let properties: Map<String, Value> = parts
        .iter()
        .map(|(name, part)| ((*name).to_owned(), part.clone()))
        .collect();
    json!({"type": "object", "properties": properties, ORDER: order})
}

/// A list in a document's schema: at most so many rows of this shape.
pub fn rows(most: usize, row: Value) -> Value {
    json!({"type": "array", "maxItems": most, "items": row})
}

/// A text in both languages, in a document's schema.
pub fn label() -> Value {
    json!({"type": "object", "x-osn-form": "local-text"})
}

/// Something wrong with a document.
pub fn problem(path: impl Into<String>, code: &str) -> Problem {
    Problem {
        path: path.into(),
        code: code.to_owned(),
        args: Vec::new(),
    }
}

/// Declares the parameters of a program.
///
/// ```
/// use osn_program_sdk::{Cents, Fixed, Scale, parameter};
/// osn_program_sdk::parameters! {
///     pub struct Parameters {
///         minimum: Fixed = parameter(670_000).between(0, 1_000_000).shown_as("percent"),
///         income_limit: Option<Cents> = parameter(None),
///         scale: Scale = parameter("oecd-modified"),
///     }
/// }
/// ```
#[macro_export]
macro_rules! parameters {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[$doc:meta])* $field:ident : $kind:ty = $parameter:expr),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        $vis struct $name { $($(#[$doc])* #[doc = stringify!($field)] pub $field: <$kind as $crate::ParameterKind>::Value),* }

        impl $crate::Parameters for $name {
            fn properties() -> $crate::json::Map<String, $crate::json::Value> {
                [$(($crate::json::key(stringify!($field)), $crate::Parameter::into_schema::<$kind>($parameter))),*].into_iter().collect()
            }

            fn order() -> Vec<String> {
                vec![$($crate::json::key(stringify!($field))),*]
            }

            fn read(json: &$crate::json::Value) -> Result<Self, Vec<$crate::Problem>> {
                let mut problems = Vec::new();
                $(let $field = $crate::json::read::<$kind>(json, stringify!($field), &mut problems);)*
                match ($($field,)*) {
                    ($(Some($field),)*) => Ok(Self { $($field),* }),
                    _ => Err(problems),
                }
            }

            fn defaults() -> Self {
                Self { $($field: $crate::Parameter::into_default::<$kind>($parameter)),* }
            }
        }
    };
}

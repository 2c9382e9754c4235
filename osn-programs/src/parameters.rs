//! A program's parameters: a small part of JSON Schema (2020-12), frozen once into canonical JSON for a call.
//!
//! The schema is an object whose `properties` each have a `type` (`integer`, `boolean`, `string`, `object`, or one of them
//! with `null`) and a `default`; `minimum`, `maximum`, `enum`, `required` (of an object) and `x-osn-unit` may stand beside.
//! `"x-osn-resolve": "equivalence-scale"` marks a parameter that a person gives as `{"code": …}` and the host completes
//! from its dated law data, so that the frozen parameters hold every number that decides.

use serde_json::{Map, Value};

use crate::number::MAX_NUMBER;
use crate::problem::Problem;

/// Completes a parameter: name of the resolver (`equivalence-scale`) and the value given. `None` where there is no such thing.
pub type Resolve<'a> = dyn Fn(&str, &Value) -> Option<Value> + 'a;

/// A resolver that knows nothing: for programs without resolved parameters.
pub fn no_resolver(_name: &str, _given: &Value) -> Option<Value> {
    None
}

/// The resolver of this house: scales of the dated law data, as they are in force on a day.
pub fn from_law(on: chrono::NaiveDate) -> impl Fn(&str, &Value) -> Option<Value> {
    move |name, given| {
        if name != "equivalence-scale" {
            return None;
        }
        let code = given.get("code")?.as_str()?;
        let scale = osn_core::equivalence::Scale::by_code(code, on).ok()?;
        let mut weights = serde_json::to_value(scale.weights_fixed4()).ok()?;
        weights.as_object_mut()?.insert("code".to_owned(), code.into());
        Some(weights)
    }
}

/// Everything that is wrong with a schema.
pub(crate) fn check_schema(schema: &Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
        return vec![Problem::new("/parameters/properties", "not-an-object")];
    };
    for (key, property) in properties {
        let path = format!("/parameters/properties/{key}");
        if !crate::about::is_key(key) {
            problems.push(Problem::new(&path, "bad-key").with("key", key.chars().take(64).collect::<String>()));
        }
        if types(property).is_empty() {
            problems.push(Problem::new(format!("{path}/type"), "unknown-type"));
        }
        match property.get("default") {
            None => problems.push(Problem::new(format!("{path}/default"), "required")),
            Some(default) => check_value(
                property,
                default,
                &format!("{path}/default"),
                property.get("x-osn-resolve").is_some(),
                &mut problems,
            ),
        }
    }
    problems
}

/// Completes, checks and freezes parameters: defaults for what is not given, resolvers applied, canonical JSON.
pub fn freeze(schema: &Value, given: &Value, resolve: &Resolve<'_>) -> Result<String, Vec<Problem>> {
    let mut problems = Vec::new();
    let empty = Map::new();
    let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
    let Some(given) = given.as_object() else {
        return Err(vec![Problem::new("", "not-an-object")]);
    };
    for key in given.keys().filter(|key| !properties.contains_key(*key)) {
        problems.push(Problem::new(format!("/{key}"), "unknown-parameter"));
    }
    let mut complete = Map::new();
    for (key, property) in properties {
        let path = format!("/{key}");
        let value = given
            .get(key)
            .or_else(|| property.get("default"))
            .cloned()
            .unwrap_or(Value::Null);
        let value = match property.get("x-osn-resolve").and_then(Value::as_str) {
            Some(name) if !is_complete(property, &value) => resolve(name, &value).unwrap_or_else(|| {
                problems.push(Problem::new(&path, "cannot-be-resolved").with("resolver", name));
                value
            }),
            _ => value,
        };
        check_value(property, &value, &path, false, &mut problems);
        complete.insert(key.clone(), value);
    }
    // One wrong value may be refused twice (not resolved, then incomplete): the first reason is enough.
    problems.dedup_by(|later, earlier| later.path.starts_with(&earlier.path) && earlier.code == "cannot-be-resolved");
    if !problems.is_empty() {
        return Err(problems);
    }
    let bytes = osn_core::canonical::to_canonical_bytes(&Value::Object(complete))
        .map_err(|error| vec![Problem::new("", "not-canonical").with("reason", error)])?;
    String::from_utf8(bytes).map_err(|_| vec![Problem::new("", "not-canonical")])
}

fn types(property: &Value) -> Vec<&str> {
    fn known(name: &Value) -> Option<&str> {
        name.as_str()
            .filter(|name| ["integer", "boolean", "string", "object", "null"].contains(name))
    }
    match property.get("type") {
        Some(Value::Array(names)) => names.iter().map(known).collect::<Option<Vec<_>>>().unwrap_or_default(),
        Some(one) => known(one).into_iter().collect(),
        None => Vec::new(),
    }
}

fn required(property: &Value) -> impl Iterator<Item = &str> {
    property
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

fn is_complete(property: &Value, value: &Value) -> bool {
    value.is_null() || required(property).all(|key| value.get(key).is_some())
}

fn check_value(property: &Value, value: &Value, path: &str, unresolved: bool, problems: &mut Vec<Problem>) {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_i64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Object(_) => "object",
        Value::Array(_) => "array",
    };
    let types = types(property);
    if !types.contains(&kind) {
        problems.push(
            Problem::new(path, "wrong-type")
                .with("wanted", types.join(", "))
                .with("found", kind),
        );
        return;
    }
    if let Some(number) = value.as_i64() {
        let bound = |name| property.get(name).and_then(Value::as_i64);
        let (min, max) = (
            bound("minimum").unwrap_or(-MAX_NUMBER),
            bound("maximum").unwrap_or(MAX_NUMBER),
        );
        if number < min || number > max {
            problems.push(Problem::new(path, "out-of-range").with("min", min).with("max", max));
        }
    }
    if let Some(options) = property.get("enum").and_then(Value::as_array)
        && !options.contains(value)
    {
        problems.push(Problem::new(path, "unknown-option"));
    }
    if value.is_object() && !unresolved {
        for key in required(property).filter(|key| value.get(*key).is_none()) {
            problems.push(Problem::new(format!("{path}/{key}"), "required"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn schema() -> Value {
        json!({"type": "object", "properties": {
            "minimum": {"type": "integer", "default": 670_000, "minimum": 0, "maximum": 1_000_000},
            "limit": {"type": ["integer", "null"], "default": null},
            "scale": {"type": "object", "default": {"code": "a"}, "required": ["code", "adult"], "x-osn-resolve": "scale"},
        }})
    }

    fn resolve(name: &str, given: &Value) -> Option<Value> {
        (name == "scale" && given["code"] == "a").then(|| json!({"code": "a", "adult": 5000}))
    }

    #[test]
    fn defaults_are_filled_and_resolved() {
        let frozen = freeze(&schema(), &json!({"limit": 5}), &resolve).unwrap();
        assert_eq!(
            frozen,
            r#"{"limit":5,"minimum":670000,"scale":{"adult":5000,"code":"a"}}"#
        );
        // Frozen parameters freeze to themselves.
        assert_eq!(
            freeze(&schema(), &serde_json::from_str(&frozen).unwrap(), &no_resolver).unwrap(),
            frozen
        );
        assert_eq!(check_schema(&schema()), []);
    }

    #[test]
    fn every_problem_is_named() {
        let given = json!({"minimum": 1_000_001, "limit": "x", "scale": {"code": "b"}, "other": 1});
        let codes: Vec<_> = freeze(&schema(), &given, &resolve)
            .unwrap_err()
            .into_iter()
            .map(|one| (one.path, one.code))
            .collect();
        let wanted = [
            ("/other", "unknown-parameter"),
            ("/limit", "wrong-type"),
            ("/minimum", "out-of-range"),
            ("/scale", "cannot-be-resolved"),
        ];
        assert_eq!(codes, wanted.map(|(path, code)| (path.to_owned(), code.to_owned())));
    }
}

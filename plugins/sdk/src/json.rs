//! JSON values, for the macros of this crate.

pub use serde_json::{Map, Value, json};

use crate::bindings::osn::program::types::Problem;
use crate::parameters::{ParameterKind, problem};

/// `birth_date` to `birth-date`.
pub fn key(name: &str) -> String {
    crate::form::key(name)
}

/// Reads one parameter, or says what is wrong with it.
pub fn read<K: ParameterKind>(json: &Value, name: &str, problems: &mut Vec<Problem>) -> Option<K::Value> {
    let key = key(name);
    let value = json.get(&key);
    let read = value.and_then(K::read);
    if read.is_none() {
        let code = if value.is_none() { "required" } else { "wrong-type" };
        problems.push(problem(format!("/{key}"), code));
    }
    read
}

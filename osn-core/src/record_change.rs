//! What changed between two versions of a record, field by field, whatever its kind.
//!
//! Records are compared as the documents in which they are kept: a field that a later version of this crate adds is
//! compared without a line of code.

use serde_json::Value;

use crate::directory::DirectoryRecord;

/// One field that says something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// The way to it: a JSON Pointer. Items of a list that have an `id` are met by it, the others by their place.
    pub path: String,
    /// What it said; `None`: it was not there.
    pub before: Option<Value>,
    /// What it says; `None`: it is gone.
    pub after: Option<Value>,
}

impl FieldChange {
    /// The field at the top of the record.
    pub fn field(&self) -> &str {
        self.path.trim_start_matches('/').split('/').next().unwrap_or_default()
    }
}

/// Every field that differs, in the order of the paths.
///
/// # Errors
/// When a record cannot be written as a document, which no record of this crate does.
pub fn changes(before: &DirectoryRecord, after: &DirectoryRecord) -> Result<Vec<FieldChange>, serde_json::Error> {
    Ok(differences(
        &serde_json::to_value(before)?,
        &serde_json::to_value(after)?,
    ))
}

/// Every place in which two documents differ, in the order of the paths.
pub fn differences(before: &Value, after: &Value) -> Vec<FieldChange> {
    let mut found = Vec::new();
    compare(&mut found, String::new(), Some(before), Some(after));
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

fn compare(found: &mut Vec<FieldChange>, path: String, before: Option<&Value>, after: Option<&Value>) {
    if before == after {
        return;
    }
    match (before, after) {
        (Some(Value::Object(one)), Some(Value::Object(other))) => {
            let gone = one.keys().filter(|key| !other.contains_key(*key));
            for key in other.keys().chain(gone) {
                compare(found, format!("{path}/{}", escaped(key)), one.get(key), other.get(key));
            }
        }
        (Some(Value::Array(one)), Some(Value::Array(other))) if are_entities(one) && are_entities(other) => {
            for item in one.iter().filter(|item| by_id(other, item).is_none()) {
                compare(found, item_path(&path, item), Some(item), None);
            }
            for item in other {
                compare(found, item_path(&path, item), by_id(one, item), Some(item));
            }
        }
        // A list of plain values is one statement: «languages: el, en».
        _ => found.push(FieldChange {
            path,
            before: before.cloned(),
            after: after.cloned(),
        }),
    }
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn are_entities(items: &[Value]) -> bool {
    items.iter().all(|item| item.get("id").is_some_and(Value::is_string))
}

fn by_id<'v>(items: &'v [Value], wanted: &Value) -> Option<&'v Value> {
    items.iter().find(|item| item.get("id") == wanted.get("id"))
}

fn item_path(path: &str, item: &Value) -> String {
    let id = item.get("id").and_then(Value::as_str).unwrap_or_default();
    format!("{path}/{}", escaped(id))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_change_names_its_field_and_both_values() {
        let before = json!({
            "name": { "el": "Σίτιση", "en": "Meals" }, "languages": ["el"], "phones": [{ "id": "1", "number": "210" },
            { "id": "2", "number": "211" }], "status": "active", "same": { "a": [1, 2] },
        });
        let after = json!({
            "name": { "el": "Συσσίτιο", "en": "Meals" }, "languages": ["el", "en"], "phones": [{ "id": "3", "number": "213" },
            { "id": "1", "number": "212" }], "assured_date": "2022-06-01", "same": { "a": [1, 2] },
        });
        let said: Vec<String> = differences(&before, &after)
            .iter()
            .map(|change| {
                let value = |value: &Option<Value>| value.as_ref().map_or("-".to_owned(), Value::to_string);
                format!("{} {} {}", change.path, value(&change.before), value(&change.after))
            })
            .collect();
        assert_eq!(
            said,
            [
                r#"/assured_date - "2022-06-01""#,
                r#"/languages ["el"] ["el","en"]"#,
                r#"/name/el "Σίτιση" "Συσσίτιο""#,
                r#"/phones/1/number "210" "212""#,
                r#"/phones/2 {"id":"2","number":"211"} -"#,
                r#"/phones/3 - {"id":"3","number":"213"}"#,
                r#"/status "active" -"#,
            ]
        );
    }

    #[test]
    fn equal_documents_differ_nowhere() {
        let one = json!({ "a": [{ "id": "1" }], "b": null });
        assert_eq!(differences(&one, &one), []);
    }
}

//! What the host finds out for a fact: services of the mapping, whether there are any, how far it is.

use serde_json::{Value, json};

/// Where the host looks for a fact.
#[derive(Debug, Clone)]
pub struct Lookup(Value);

impl Lookup {
    /// How many services of these categories (none = any) run, serve the person's area and are for the person.
    pub fn services(categories: &[&str]) -> Self {
        Self(json!({"what": "services", "categories": categories}))
    }

    /// Whether there is such a service.
    pub fn coverage(categories: &[&str]) -> Self {
        Self(json!({"what": "coverage", "categories": categories}))
    }

    /// Metres in a straight line to the nearest of the places that the parameter at this JSON Pointer lists, each with `latitude`
    /// and `longitude`.
    pub fn distance(to: &str) -> Self {
        Self(json!({"what": "distance", "to": to}))
    }

    /// The services must be for one of these groups of the mapping.
    #[must_use]
    pub fn for_groups(mut self, groups: &[&str]) -> Self {
        if let Some(of) = self.0.as_object_mut() {
            let all = of.entry("groups").or_insert_with(|| json!({}));
            if let Some(all) = all.as_object_mut() {
                all.insert("always".to_owned(), json!(groups));
            }
        }
        self
    }

    /// The same, for groups that follow from the option that answers a question, such as `application.stay`.
    #[must_use]
    pub fn for_groups_by(mut self, field: &str, of_option: &[(&str, &[&str])]) -> Self {
        let of: serde_json::Map<String, Value> = of_option
            .iter()
            .map(|(option, groups)| ((*option).to_owned(), json!(groups)))
            .collect();
        if let Some(lookup) = self.0.as_object_mut() {
            let all = lookup.entry("groups").or_insert_with(|| json!({}));
            if let Some(all) = all.as_object_mut() {
                all.insert("field".to_owned(), json!(field));
                all.insert("of".to_owned(), Value::Object(of));
            }
        }
        self
    }

    pub(crate) fn into_json(self) -> Value {
        self.0
    }
}

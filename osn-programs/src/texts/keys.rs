//! Which texts a description needs, and which a source has.

use std::collections::BTreeSet;

use fluent_bundle::FluentResource;
use fluent_syntax::ast::Entry;

use crate::about::{About, Subject};

/// Keys of all messages and attributes of a source. Terms (`-city = …`) are the translator's own business.
pub(super) fn of(resource: &FluentResource) -> Vec<String> {
    let mut keys = Vec::new();
    for entry in resource.entries() {
        if let Entry::Message(message) = entry {
            let id = message.id.name;
            if message.value.is_some() {
                keys.push(id.to_owned());
            }
            keys.extend(
                message
                    .attributes
                    .iter()
                    .map(|attribute| format!("{id}.{}", attribute.id.name)),
            );
        }
    }
    keys
}

/// Keys without which a page would have a hole.
pub(super) fn wanted(about: &About) -> BTreeSet<String> {
    let mut keys: BTreeSet<String> = ["name", "summary"].map(str::to_owned).into();
    for field in fields(about) {
        keys.insert(format!("field-{}", field.key));
        keys.insert(format!("basis-{}", field.legal_basis));
        keys.extend(
            field
                .options
                .iter()
                .map(|option| format!("option-{}-{option}", field.key)),
        );
        keys.extend(field.evidence.iter().map(|need| format!("evidence-{}", need.kind)));
    }
    for criterion in &about.criteria {
        let id = format!("criterion-{}", criterion.key);
        keys.extend([".met", ".not-met", ".unknown"].map(|state| format!("{id}{state}")));
        keys.insert(id);
        keys.insert(format!("basis-{}", criterion.legal_basis));
    }
    keys.extend(parameter_options(about));
    let lists: [(&str, Vec<&str>); 7] = [
        ("rank", about.ranking.iter().map(|one| one.key.as_str()).collect()),
        ("reason", about.reasons.iter().map(String::as_str).collect()),
        (
            "supply",
            about.delivery.supplies.iter().map(|one| one.key.as_str()).collect(),
        ),
        (
            "failure",
            about.delivery.failures.iter().map(|one| one.key.as_str()).collect(),
        ),
        (
            "indicator",
            about.indicators.iter().map(|one| one.key.as_str()).collect(),
        ),
        (
            "category",
            about.expense_categories.iter().map(|one| one.key.as_str()).collect(),
        ),
        ("parameter", parameters(about)),
    ];
    for (prefix, names) in lists {
        keys.extend(names.into_iter().map(|name| format!("{prefix}-{name}")));
    }
    keys
}

/// Keys that may be there, in all languages or in none.
pub(super) fn optional(about: &About) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for field in fields(about) {
        keys.extend([".hint", ".purpose"].map(|part| format!("field-{}{part}", field.key)));
        keys.extend(field.evidence.iter().map(|need| format!("evidence-{}.hint", need.kind)));
    }
    keys.extend(
        about
            .criteria
            .iter()
            .map(|criterion| format!("criterion-{}.not-applicable", criterion.key)),
    );
    keys.extend(parameters(about).into_iter().map(|key| format!("parameter-{key}.hint")));
    keys
}

fn fields(about: &About) -> impl Iterator<Item = &crate::about::FormField> {
    [Subject::Application, Subject::Claim, Subject::Member]
        .into_iter()
        .flat_map(|subject| about.form.of(subject))
        .chain(&about.delivery.fields)
}

/// What the parts of parameters are called: `parameter-<key>-<option>` of one of several, `parameter-<key>-<part>` of a document.
fn parameter_options(about: &About) -> Vec<String> {
    let properties = about
        .parameters
        .get("properties")
        .and_then(serde_json::Value::as_object);
    let mut keys = Vec::new();
    for (key, property) in properties.into_iter().flatten() {
        parts(&format!("parameter-{key}"), property, &mut keys);
    }
    keys
}

fn parts(name: &str, property: &serde_json::Value, keys: &mut Vec<String>) {
    let options = property.get("enum").and_then(serde_json::Value::as_array);
    let named = options.into_iter().flatten().filter_map(serde_json::Value::as_str);
    keys.extend(named.map(|option| format!("{name}-{option}")));
    let inner = property.get("items").unwrap_or(property);
    let properties = inner.get("properties").and_then(serde_json::Value::as_object);
    for (key, part) in properties.into_iter().flatten() {
        let name = format!("{name}-{key}");
        parts(&name, part, keys);
        keys.push(name);
    }
}

fn parameters(about: &About) -> Vec<&str> {
    about
        .parameters
        .get("properties")
        .and_then(serde_json::Value::as_object)
        .into_iter()
        .flatten()
        .map(|(key, _)| key.as_str())
        .collect()
}

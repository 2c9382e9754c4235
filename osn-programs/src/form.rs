//! JSON Schema (2020-12) of what a call's application form accepts, made from the description.

use serde_json::{Map, Value, json};

use crate::about::{About, CapacityUnit, FormField, Kind, Subject};
use crate::number::to_decimal;
use crate::texts::Texts;

/// The schema of one application, with titles and hints in a language. It describes what [`crate::input::from_plain`] reads.
pub fn application_schema(about: &About, texts: &Texts, language: &str) -> Value {
    let subject = |subject| object(about.form.of(subject), texts, language);
    let mut properties = Map::new();
    properties.insert("application".to_owned(), subject(Subject::Application));
    if about.capacity_unit == CapacityUnit::Person || !about.form.claim.is_empty() {
        let claims = json!({"type": "array", "minItems": 1, "maxItems": about.form.max_claims, "items": subject(Subject::Claim)});
        properties.insert("claims".to_owned(), claims);
    }
    if about.form.max_members > 0 {
        let members = json!({"type": "array", "maxItems": about.form.max_members, "items": subject(Subject::Member)});
        properties.insert("members".to_owned(), members);
    }
    let required: Vec<&str> = ["application", "claims"]
        .into_iter()
        .filter(|key| properties.contains_key(*key))
        .collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": texts.text_or_key(language, "name"),
        "type": "object",
        "additionalProperties": false,
        "required": required,
        "properties": properties,
    })
}

/// The schema of what is written down at one delivery: `recorded` once, `participants` for each of them.
pub fn delivery_schema(about: &About, texts: &Texts, language: &str) -> Value {
    let (each, once): (Vec<FormField>, Vec<FormField>) =
        about.delivery.fields.iter().cloned().partition(|field| field.each);
    let mut properties = Map::new();
    properties.insert("recorded".to_owned(), object(&once, texts, language));
    if !each.is_empty() {
        let of_one = json!({
            "type": "object", "additionalProperties": false, "required": ["claim"],
            "properties": {"claim": {"type": "integer", "minimum": 0}, "recorded": object(&each, texts, language)},
        });
        properties.insert("participants".to_owned(), json!({"type": "array", "items": of_one}));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": texts.text_or_key(language, "name"),
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
    })
}

fn object(fields: &[FormField], texts: &Texts, language: &str) -> Value {
    let properties: Map<String, Value> = fields
        .iter()
        .map(|field| (field.key.clone(), question(field, texts, language)))
        .collect();
    let required: Vec<&str> = fields
        .iter()
        .filter(|field| field.required && field.asked_when.is_none())
        .map(|field| field.key.as_str())
        .collect();
    let conditions: Vec<Value> = fields.iter().filter_map(condition).collect();
    let mut schema =
        json!({"type": "object", "additionalProperties": false, "required": required, "properties": properties});
    if let Some(object) = schema.as_object_mut()
        && !conditions.is_empty()
    {
        object.insert("allOf".to_owned(), Value::Array(conditions));
    }
    schema
}

/// "Where the other answer is this, this one may be given, or is required; else it must not be there."
fn condition(field: &FormField) -> Option<Value> {
    let condition = field.asked_when.as_ref()?;
    let is = plain(&condition.is);
    let either = json!({"anyOf": [{"const": is}, {"type": "object", "properties": {"value": {"const": is}}, "required": ["value"]}]});
    let mut rule = json!({
        "if": {"properties": {condition.field.clone(): either}, "required": [condition.field]},
        "else": {"properties": {field.key.clone(): false}},
    });
    if field.required {
        rule["then"] = json!({"required": [field.key]});
    }
    Some(rule)
}

/// A value as the form writes it.
pub(crate) fn plain(value: &crate::input::Value) -> Value {
    use crate::input::Value as V;
    match value {
        V::Flag(flag) => json!(flag),
        V::Int(number) => json!(number),
        V::Fixed(number) => json!(to_decimal(*number, 4)),
        V::Cents(number) => json!(to_decimal(*number, 2)),
        V::Day(day) => json!(day),
        V::Choice(text) | V::Text(text) => json!(text),
        V::Choices(keys) | V::Order(keys) => json!(keys),
    }
}

fn question(field: &FormField, texts: &Texts, language: &str) -> Value {
    let mut value = value_schema(field);
    let title = texts.text_or_key(language, &format!("field-{}", field.key));
    let hint = texts.text(language, &format!("field-{}.hint", field.key), &[]);
    if let Some(evidence) = &field.evidence {
        let mut properties = json!({
            "value": value,
            "evidence": {"enum": ["none", "declared", "bringing", "accepted", "refused", "expired"], "title": texts.text_or_key(language, &format!("evidence-{}", evidence.kind))},
        });
        if let Some(properties) = properties.as_object_mut()
            && evidence.expires
        {
            properties.insert(
                "valid_to".to_owned(),
                json!({"anyOf": [{"type": "string", "format": "date"}, {"const": "indefinite"}]}),
            );
        }
        value = json!({"anyOf": [value, {"type": "object", "additionalProperties": false, "properties": properties}]});
    }
    if let Some(object) = value.as_object_mut() {
        object.insert("title".to_owned(), json!(title));
        if let Some(hint) = hint {
            object.insert("description".to_owned(), json!(hint));
        }
        if field.host_only {
            object.insert("x-osn-host-only".to_owned(), json!(true));
        }
        if let Some(role) = field.role {
            object.insert("x-osn-role".to_owned(), json!(role));
        }
        object.insert("x-osn-kind".to_owned(), json!(field.kind));
        object.insert("x-osn-purpose".to_owned(), json!(field.purpose));
        object.insert("x-osn-legal-basis".to_owned(), json!(field.legal_basis));
        object.insert("x-osn-sensitivity".to_owned(), json!(field.sensitivity));
        if let Some(min) = field.min {
            object.insert("x-osn-min".to_owned(), json!(min));
        }
        if let Some(max) = field.max {
            object.insert("x-osn-max".to_owned(), json!(max));
        }
    }
    value
}

fn value_schema(field: &FormField) -> Value {
    let decimals = |pattern: &str| json!({"type": "string", "pattern": pattern});
    let options = json!({"type": "string", "enum": field.options});
    let list = || {
        let mut list = json!({"type": "array", "uniqueItems": true, "items": options});
        bounds(&mut list, field, "minItems", "maxItems");
        list
    };
    match field.kind {
        Kind::Flag => json!({"type": "boolean"}),
        Kind::Int => {
            let mut number = json!({"type": "integer"});
            bounds(&mut number, field, "minimum", "maximum");
            number
        }
        Kind::Fixed => decimals(r"^-?[0-9]{1,12}(\.[0-9]{1,4})?$"),
        Kind::Cents => json!({"anyOf": [
            decimals(r"^-?[0-9]{1,14}(\.[0-9]{1,2})?$"),
            {"type": "object", "additionalProperties": false, "required": ["amount"], "properties": {
                "amount": decimals(r"^-?[0-9]{1,14}(\.[0-9]{1,2})?$"), "currency": {"const": "EUR"},
            }},
        ]}),
        Kind::Day => json!({"type": "string", "format": "date"}),
        Kind::Choice => options,
        Kind::Choices | Kind::Order => list(),
        Kind::Text => {
            let mut text = json!({"type": "string"});
            bounds(&mut text, field, "minLength", "maxLength");
            text
        }
    }
}

fn bounds(schema: &mut Value, field: &FormField, least: &str, most: &str) {
    if let Some(object) = schema.as_object_mut() {
        for (name, bound) in [(least, field.min), (most, field.max)] {
            if let Some(bound) = bound {
                object.insert(name.to_owned(), json!(bound));
            }
        }
    }
}

//! The stored answers in the shape that programs' descriptions read: each answer with its paper.

use osn_core::application::{ApplicationData, Evidence, EvidenceState};
use osn_programs::about::{About, FormField};
use serde_json::{Map, Value, json};

/// The document that `osn_programs::input::from_plain` reads. Names, contacts and addresses are not in it.
pub fn to_plain(about: &About, data: &ApplicationData) -> Value {
    let paper = |key: String| data.evidence.get(&key).copied();
    let application = answers(&about.form.application, data.answers.iter(), |key| {
        paper(key.to_owned())
    });
    let mut plain = Map::from_iter([("application".to_owned(), application)]);
    if !data.claims.is_empty() {
        let claims = data.claims.iter().enumerate().map(|(index, claim)| {
            answers(&about.form.claim, claim.iter(), |key| {
                paper(format!("claims/{index}/{key}"))
            })
        });
        plain.insert("claims".to_owned(), claims.collect());
    }
    if !data.members.is_empty() {
        let members = data.members.iter().enumerate();
        let members = members.map(|(index, member)| {
            answers(&about.form.member, member.answers.iter(), |key| {
                paper(format!("members/{index}/{key}"))
            })
        });
        plain.insert("members".to_owned(), members.collect());
    }
    Value::Object(plain)
}

fn answers<'a>(
    fields: &[FormField],
    given: impl Iterator<Item = (&'a String, &'a Value)>,
    paper: impl Fn(&str) -> Option<Evidence>,
) -> Value {
    let mut all = Map::new();
    for (key, value) in given {
        all.insert(
            key.clone(),
            answer(fields.iter().find(|field| field.key == *key), value.clone(), paper(key)),
        );
    }
    // A paper may be announced for a question whose answer is still missing.
    for field in fields {
        if !all.contains_key(&field.key)
            && let Some(evidence) = paper(&field.key)
        {
            all.insert(field.key.clone(), answer(Some(field), Value::Null, Some(evidence)));
        }
    }
    Value::Object(all)
}

fn answer(field: Option<&FormField>, value: Value, paper: Option<Evidence>) -> Value {
    let Some(evidence) = paper.filter(|evidence| evidence.state != EvidenceState::None) else {
        return value;
    };
    let mut whole = json!({ "value": value, "evidence": evidence.state });
    let expires = field
        .and_then(|field| field.evidence.as_ref())
        .is_some_and(|need| need.expires);
    if let Some(whole) = whole.as_object_mut() {
        match evidence.valid_to {
            Some(day) => {
                whole.insert("valid_to".to_owned(), json!(day));
            }
            // Whoever has the paper in hand says its last day or "without end"; whoever will bring it may not know.
            None if expires && evidence.state != EvidenceState::Bringing => {
                whole.insert("valid_to".to_owned(), json!("indefinite"));
            }
            None => {}
        }
    }
    whole
}

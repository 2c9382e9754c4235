//! Reads applications as the form's JSON writes them: plain values, typed by the description.
//!
//! The same shape serves the API (`form.schema.json`), golden cases and demo scenarios: `"yearly-amount": "4200.00"`, or
//! `{"value": "4200.00", "evidence": "accepted", "valid_to": "2023-06-30"}` where a document belongs to the answer.

use chrono::NaiveDate;
use serde_json::Value as Json;

use super::{Answer, ClaimInput, Evidence, GroupInput, ValidTo, Value, Values};
use crate::about::{About, CapacityUnit, Fact, FactOf, FormField, Kind, Subject};
use crate::number::{MAX_NUMBER, from_decimal};
use crate::problem::Problem;

/// Reads one application and reports every problem. Questions that stay with the host are checked and then left out.
///
/// Bounds, options and kinds are checked. An answer to a question that the other answers do not lead to never reaches a program
/// (what nobody asks for is not kept, Regulation (EU) 2016/679, art. 5(1)(c)). That it is there, and that a `required` one is
/// missing, is a problem only with `complete`: what is assessed was read when it came in, and may be partial.
pub fn from_plain(about: &About, json: &Json, complete: bool) -> Result<GroupInput, Vec<Problem>> {
    let mut reader = Reader {
        problems: Vec::new(),
        complete,
    };
    let group = reader.group(about, json);
    if reader.problems.is_empty() {
        Ok(group)
    } else {
        Err(reader.problems)
    }
}

/// Reads one value of a question as a person or a program wrote it. `Err` is the code of the problem.
pub fn parse_value(field: &FormField, json: &Json) -> Result<Value, &'static str> {
    let value = typed(field.kind, &field.options, json)?;
    bounded(field, &value)?;
    Ok(value)
}

/// Reads a list of answers that stands alone (what is written down at a delivery), complete; paths are `/<key>`.
pub(crate) fn read_list(fields: &[FormField], json: &Json) -> Result<Values, Vec<Problem>> {
    let mut reader = Reader {
        problems: Vec::new(),
        complete: true,
    };
    let values = reader.values(fields, json, "");
    if reader.problems.is_empty() {
        Ok(values)
    } else {
        Err(reader.problems)
    }
}

struct Reader {
    problems: Vec<Problem>,
    complete: bool,
}

impl Reader {
    fn refuse(&mut self, path: &str, code: &str) {
        self.problems.push(Problem::new(path, code));
    }

    fn group(&mut self, about: &About, json: &Json) -> GroupInput {
        let Json::Object(parts) = json else {
            self.refuse("", "not-an-object");
            return GroupInput::default();
        };
        for key in parts.keys() {
            if !["application", "claims", "members", "facts"].contains(&key.as_str()) {
                self.refuse(&format!("/{}", escape(key)), "unknown-field");
            }
        }
        let empty = Json::Object(serde_json::Map::new());
        let application = self.values(
            about.form.of(Subject::Application),
            parts.get("application").unwrap_or(&empty),
            "/application",
        );
        let facts = self.facts(about, FactOf::Application, parts.get("facts"), "/facts");
        let mut claims = Vec::new();
        for (index, claim) in self.list(parts.get("claims"), "/claims").into_iter().enumerate() {
            claims.push(self.claim(about, &claim, &format!("/claims/{index}")));
        }
        if claims.is_empty() && about.capacity_unit == CapacityUnit::Household {
            claims.push(self.claim(about, &empty, "/claims/0"));
        }
        self.count("/claims", claims.len(), 1, about.form.max_claims);
        let members = self.list(parts.get("members"), "/members");
        self.count("/members", members.len(), 0, about.form.max_members);
        let members = members
            .iter()
            .enumerate()
            .map(|(index, member)| self.values(about.form.of(Subject::Member), member, &format!("/members/{index}")))
            .collect();
        GroupInput {
            application,
            claims,
            members,
            facts,
        }
    }

    fn count(&mut self, path: &str, count: usize, least: u32, most: u32) {
        if count < least as usize || count > most as usize {
            self.problems.push(
                Problem::new(path, "wrong-count")
                    .with("count", count)
                    .with("least", least)
                    .with("most", most),
            );
        }
    }

    fn list(&mut self, json: Option<&Json>, path: &str) -> Vec<Json> {
        match json {
            None => Vec::new(),
            Some(Json::Array(items)) => items.clone(),
            Some(_) => {
                self.refuse(path, "not-a-list");
                Vec::new()
            }
        }
    }

    /// A claim's answers stand directly in it; its facts, where a case or the host gives them, under `facts`.
    fn claim(&mut self, about: &About, json: &Json, path: &str) -> ClaimInput {
        let mut answers = json.clone();
        let facts = answers.as_object_mut().and_then(|object| object.remove("facts"));
        ClaimInput {
            answers: self.values(about.form.of(Subject::Claim), &answers, path),
            facts: self.facts(about, FactOf::Claim, facts.as_ref(), &format!("{path}/facts")),
        }
    }

    fn facts(&mut self, about: &About, of: FactOf, json: Option<&Json>, path: &str) -> Values {
        let mut values = Values::new();
        let Some(json) = json else { return values };
        let Json::Object(object) = json else {
            self.refuse(path, "not-an-object");
            return values;
        };
        for (key, json) in object {
            let place = format!("{path}/{}", escape(key));
            let fact: Option<&Fact> = about.facts.iter().find(|fact| fact.of == of && fact.key == *key);
            match fact.map(|fact| typed(fact.kind, &fact.options, json)) {
                None => self.refuse(&place, "unknown-field"),
                Some(Err(code)) => self.refuse(&place, code),
                Some(Ok(value)) => {
                    values.insert(key.clone(), value.into());
                }
            }
        }
        values
    }

    fn values(&mut self, fields: &[FormField], json: &Json, path: &str) -> Values {
        let mut values = Values::new();
        let Json::Object(object) = json else {
            self.refuse(path, "not-an-object");
            return values;
        };
        for (key, json) in object {
            let place = format!("{path}/{}", escape(key));
            match fields.iter().find(|field| field.key == *key) {
                None => self.refuse(&place, "unknown-field"),
                Some(field) => {
                    if let Some(answer) = self.answer(field, json, &place) {
                        values.insert(key.clone(), answer);
                    }
                }
            }
        }
        // In their order: a condition names an earlier question, which may itself not be asked.
        for field in fields {
            let is_asked = asked(field, &values);
            let place = || format!("{path}/{}", field.key);
            let given = if is_asked {
                values.get(&field.key).is_some_and(|answer| answer.value.is_some())
            } else {
                values.remove(&field.key).is_some()
            };
            if self.complete && is_asked && field.required && !given {
                self.refuse(&place(), "required");
            }
            if self.complete && !is_asked && given {
                self.refuse(&place(), "not-asked");
            }
        }
        values.retain(|key, _| fields.iter().any(|field| field.key == *key && !field.host_only));
        values
    }

    fn answer(&mut self, field: &FormField, json: &Json, path: &str) -> Option<Answer> {
        let (json, evidence, valid_to) = match json {
            Json::Null => return None,
            Json::Object(object) => {
                for key in object.keys() {
                    if !["value", "evidence", "valid_to"].contains(&key.as_str()) {
                        self.refuse(&format!("{path}/{}", escape(key)), "unknown-field");
                    }
                }
                (
                    object.get("value").unwrap_or(&Json::Null),
                    object.get("evidence"),
                    object.get("valid_to"),
                )
            }
            other => (other, None, None),
        };
        let value = match json {
            Json::Null => None,
            json => match parse_value(field, json) {
                Ok(value) => Some(value),
                Err(code) => {
                    let problem = Problem::new(path, code);
                    let bound = |problem: Problem, name, bound: Option<i64>| match bound {
                        Some(value) => problem.with(name, value),
                        None => problem,
                    };
                    self.problems
                        .push(bound(bound(problem, "min", field.min), "max", field.max));
                    None
                }
            },
        };
        let evidence = self.evidence(field, evidence, path);
        let valid_to = self.valid_to(field, valid_to, path);
        (value.is_some() || evidence != Evidence::None || valid_to.is_some()).then_some(Answer {
            value,
            evidence,
            valid_to,
        })
    }

    fn evidence(&mut self, field: &FormField, json: Option<&Json>, path: &str) -> Evidence {
        let Some(json) = json else { return Evidence::None };
        let path = format!("{path}/evidence");
        if field.evidence.is_none() {
            self.refuse(&path, "no-document-asked");
            return Evidence::None;
        }
        serde_json::from_value(json.clone()).unwrap_or_else(|_| {
            self.refuse(&path, "unknown-option");
            Evidence::None
        })
    }

    fn valid_to(&mut self, field: &FormField, json: Option<&Json>, path: &str) -> Option<ValidTo> {
        let path = format!("{path}/valid_to");
        let json = json.filter(|json| !json.is_null())?;
        if !field.evidence.as_ref().is_some_and(|evidence| evidence.expires) {
            self.refuse(&path, "no-last-day-asked");
            return None;
        }
        let read = json.as_str().and_then(|text| text.parse().ok());
        if read.is_none() {
            self.refuse(&path, "not-a-date");
        }
        read
    }
}

/// Whether the question is asked at all, given the earlier answers.
fn asked(field: &FormField, values: &Values) -> bool {
    field.asked_when.as_ref().is_none_or(|condition| {
        values
            .get(&condition.field)
            .is_some_and(|answer| answer.value.as_ref() == Some(&condition.is))
    })
}

fn typed(kind: Kind, options: &[String], json: &Json) -> Result<Value, &'static str> {
    let option = |json: &Json| {
        let key = json.as_str().ok_or("not-an-option")?;
        options.iter().find(|one| *one == key).cloned().ok_or("unknown-option")
    };
    let several = |json: &Json| {
        let keys = json
            .as_array()
            .ok_or("not-a-list")?
            .iter()
            .map(option)
            .collect::<Result<Vec<_>, _>>()?;
        let different: std::collections::BTreeSet<_> = keys.iter().collect();
        if different.len() == keys.len() {
            Ok(keys)
        } else {
            Err("duplicate-option")
        }
    };
    Ok(match kind {
        Kind::Flag => Value::Flag(json.as_bool().ok_or("not-yes-or-no")?),
        Kind::Int => Value::Int(
            json.as_i64()
                .filter(|value| value.abs() <= MAX_NUMBER)
                .ok_or("not-a-whole-number")?,
        ),
        Kind::Fixed => Value::Fixed(decimal(json, 4).ok_or("not-a-number")?),
        Kind::Cents => Value::Cents(decimal(json.get("amount").unwrap_or(json), 2).ok_or("not-an-amount")?),
        Kind::Day => Value::Day(json.as_str().and_then(day).ok_or("not-a-date")?),
        Kind::Choice => Value::Choice(option(json)?),
        Kind::Choices => {
            let mut keys = several(json)?;
            keys.sort_by_key(|key| options.iter().position(|one| one == key));
            Value::Choices(keys)
        }
        Kind::Order => Value::Order(several(json)?),
        Kind::Text => Value::Text(json.as_str().ok_or("not-a-text")?.to_owned()),
    })
}

/// A decimal string, or a whole number.
fn decimal(json: &Json, decimals: u32) -> Option<i64> {
    match json {
        Json::String(text) => from_decimal(text, decimals),
        Json::Number(number) => from_decimal(&number.as_i64()?.to_string(), decimals),
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
    }
}

/// A date as `YYYY-MM-DD`, nothing looser.
pub(super) fn day(text: &str) -> Option<NaiveDate> {
    let well_formed = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| {
            if at == 4 || at == 7 {
                byte == b'-'
            } else {
                byte.is_ascii_digit()
            }
        });
    if well_formed { text.parse().ok() } else { None }
}

fn bounded(field: &FormField, value: &Value) -> Result<(), &'static str> {
    let count = |items: usize| i64::try_from(items).unwrap_or(i64::MAX);
    let (number, code) = match value {
        Value::Flag(_) | Value::Choice(_) => return Ok(()),
        Value::Int(number) | Value::Fixed(number) | Value::Cents(number) => (*number, "out-of-range"),
        Value::Day(day) => (i64::from(day.to_epoch_days()), "out-of-range"),
        Value::Choices(keys) | Value::Order(keys) => (count(keys.len()), "wrong-number-of-options"),
        Value::Text(text) => (count(text.chars().count()), "wrong-length"),
    };
    let fits = field.min.is_none_or(|min| number >= min) && field.max.is_none_or(|max| number <= max);
    if fits { Ok(()) } else { Err(code) }
}

pub(crate) fn check_bounds(field: &FormField, value: &Value) -> bool {
    bounded(field, value).is_ok()
}

fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

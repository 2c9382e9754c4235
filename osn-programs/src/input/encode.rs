//! Applications to columns: one pass over the applications for each question, typed errors that name the field.

use std::ops::Range;

use super::{Answer, GroupInput, InputError, ValidTo, Value, Values, plain, reference};
use crate::about::{About, CapacityUnit, Fact, FactOf, FormField, Kind, Subject};
use crate::batch::{Batch, Column, END_NOT_KNOWN, Field, Ragged, Texts, WITHOUT_END};
use crate::number::MAX_NUMBER;

/// Columns, and which rows belong to which application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// The columns.
    pub batch: Batch,
    /// Rows of each application.
    pub rows: Vec<Range<usize>>,
}

/// Encodes applications for a program. `first` is added to the positions that errors name.
pub fn encode(about: &About, groups: &[GroupInput], first: usize) -> Result<Encoded, InputError> {
    for (index, group) in groups.iter().enumerate() {
        shape(about, group, first + index)?;
    }
    let mut rows = Vec::with_capacity(groups.len());
    let mut group_of = Vec::new();
    let mut members_at = vec![0];
    let mut members = 0;
    let mut next = 0;
    for (index, group) in groups.iter().enumerate() {
        rows.push(next..next + group.rows());
        next += group.rows();
        group_of.resize(next, narrow(index));
        members += group.members.len();
        members_at.push(narrow(members));
    }
    let applications = || {
        groups.iter().enumerate().map(|(group, one)| Place {
            group: first + group,
            position: 0,
            values: &one.application,
        })
    };
    let claims = || {
        groups.iter().enumerate().flat_map(|(group, one)| {
            one.claims.iter().enumerate().map(move |(position, claim)| Place {
                group: first + group,
                position,
                values: &claim.answers,
            })
        })
    };
    let people = || {
        groups.iter().enumerate().flat_map(|(group, one)| {
            one.members.iter().enumerate().map(move |(position, values)| Place {
                group: first + group,
                position,
                values,
            })
        })
    };
    let batch = Batch {
        rows: narrow(next),
        groups: narrow(groups.len()),
        group: group_of,
        application: columns(about, Subject::Application, applications)?,
        claim: columns(about, Subject::Claim, claims)?,
        members_at,
        members: columns(about, Subject::Member, people)?,
        facts: facts(about, groups, first)?,
    };
    Ok(Encoded { batch, rows })
}

struct Place<'a> {
    group: usize,
    position: usize,
    values: &'a Values,
}

/// Positions stay far below 2^32: a batch holds at most some thousands of rows (see [`crate::limits`]).
fn narrow(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Counts and keys, before any column is built.
fn shape(about: &About, group: &GroupInput, index: usize) -> Result<(), InputError> {
    let most_claims = if about.capacity_unit == CapacityUnit::Household {
        1
    } else {
        about.form.max_claims
    };
    let count = |what, count: usize, least: usize, limit: u32| {
        if count < least || count > limit as usize {
            Err(InputError::Count {
                group: index,
                what,
                count,
                limit,
            })
        } else {
            Ok(())
        }
    };
    count("claims", group.claims.len(), 1, most_claims)?;
    count("members", group.members.len(), 0, about.form.max_members)?;
    known(about, Subject::Application, 0, &group.application, index)?;
    for (position, claim) in group.claims.iter().enumerate() {
        known(about, Subject::Claim, position, &claim.answers, index)?;
        known_facts(about, FactOf::Claim, &claim.facts, index)?;
    }
    for (position, member) in group.members.iter().enumerate() {
        known(about, Subject::Member, position, member, index)?;
    }
    known_facts(about, FactOf::Application, &group.facts, index)
}

fn known(about: &About, subject: Subject, position: usize, values: &Values, group: usize) -> Result<(), InputError> {
    for key in values.keys() {
        match about.form.of(subject).iter().find(|field| field.key == *key) {
            None => {
                return Err(InputError::UnknownField {
                    group,
                    at: reference(subject, position, key),
                });
            }
            Some(field) if field.host_only => {
                return Err(InputError::HostOnly {
                    group,
                    at: reference(subject, position, key),
                });
            }
            Some(_) => {}
        }
    }
    Ok(())
}

fn known_facts(about: &About, of: FactOf, values: &Values, group: usize) -> Result<(), InputError> {
    match values
        .keys()
        .find(|key| !about.facts.iter().any(|fact| fact.of == of && fact.key == **key))
    {
        Some(key) => Err(InputError::UnknownField {
            group,
            at: format!("fact.{key}"),
        }),
        None => Ok(()),
    }
}

fn columns<'a, I: Iterator<Item = Place<'a>>>(
    about: &About,
    subject: Subject,
    places: impl Fn() -> I,
) -> Result<Vec<Field>, InputError> {
    about
        .form
        .of(subject)
        .iter()
        .filter(|field| !field.host_only)
        .map(|field| column(field, subject, places()))
        .collect()
}

fn column<'a>(
    field: &FormField,
    subject: Subject,
    places: impl Iterator<Item = Place<'a>>,
) -> Result<Field, InputError> {
    let mut builder = Builder::new(
        field.kind,
        &field.options,
        field.evidence.is_some(),
        field.evidence.as_ref().is_some_and(|need| need.expires),
    );
    for place in places {
        let answer = place.values.get(&field.key);
        let at = || reference(subject, place.position, &field.key);
        if let Some(value) = answer.and_then(|answer| answer.value.as_ref())
            && value.kind() == field.kind
            && !plain::check_bounds(field, value)
        {
            return Err(InputError::OutOfRange {
                group: place.group,
                at: at(),
            });
        }
        builder.push(answer).map_err(|wrong| wrong.at(place.group, at()))?;
    }
    Ok(builder.finish())
}

fn facts(about: &About, groups: &[GroupInput], first: usize) -> Result<Vec<Field>, InputError> {
    about
        .facts
        .iter()
        .map(|fact| fact_column(fact, groups, first))
        .collect()
}

fn fact_column(fact: &Fact, groups: &[GroupInput], first: usize) -> Result<Field, InputError> {
    let mut builder = Builder::new(fact.kind, &fact.options, false, false);
    for (index, group) in groups.iter().enumerate() {
        for claim in &group.claims {
            let values = match fact.of {
                FactOf::Application => &group.facts,
                FactOf::Claim => &claim.facts,
            };
            builder
                .push(values.get(&fact.key))
                .map_err(|wrong| wrong.at(first + index, format!("fact.{}", fact.key)))?;
        }
    }
    Ok(builder.finish())
}

enum Wrong {
    Kind { wanted: Kind, found: Kind },
    Option,
    Range,
    Evidence,
}

impl Wrong {
    fn at(self, group: usize, at: String) -> InputError {
        match self {
            Self::Kind { wanted, found } => InputError::OtherKind {
                group,
                at,
                wanted,
                found,
            },
            Self::Option => InputError::UnknownOption { group, at },
            Self::Range => InputError::OutOfRange { group, at },
            Self::Evidence => InputError::NoEvidenceAsked { group, at },
        }
    }
}

struct Builder<'a> {
    options: &'a [String],
    kind: Kind,
    asks_document: bool,
    asks_end: bool,
    field: Field,
}

impl<'a> Builder<'a> {
    fn new(kind: Kind, options: &'a [String], asks_document: bool, asks_end: bool) -> Self {
        let ragged = || Ragged {
            at: vec![0],
            vals: Vec::new(),
        };
        let data = match kind {
            Kind::Flag => Column::Flag(Vec::new()),
            Kind::Int => Column::Int(Vec::new()),
            Kind::Fixed => Column::Fixed(Vec::new()),
            Kind::Cents => Column::Cents(Vec::new()),
            Kind::Day => Column::Day(Vec::new()),
            Kind::Choice => Column::Choice(Vec::new()),
            Kind::Choices => Column::Choices(ragged()),
            Kind::Order => Column::Order(ragged()),
            Kind::Text => Column::Text(Texts {
                at: vec![0],
                utf8: String::new(),
            }),
        };
        Self {
            options,
            kind,
            asks_document,
            asks_end,
            field: Field {
                present: Vec::new(),
                evidence: Vec::new(),
                valid_to: Vec::new(),
                data,
            },
        }
    }

    fn push(&mut self, answer: Option<&Answer>) -> Result<(), Wrong> {
        let value = answer.and_then(|answer| answer.value.as_ref());
        if let Some(found) = value.map(Value::kind).filter(|found| *found != self.kind) {
            return Err(Wrong::Kind {
                wanted: self.kind,
                found,
            });
        }
        self.field.present.push(u8::from(value.is_some()));
        let evidence = answer.map_or(0, |answer| answer.evidence.code());
        let valid_to = answer.and_then(|answer| answer.valid_to);
        if self.asks_document {
            self.field.evidence.push(evidence);
        } else if evidence != 0 {
            return Err(Wrong::Evidence);
        }
        if self.asks_end {
            self.field.valid_to.push(match valid_to {
                None => END_NOT_KNOWN,
                Some(ValidTo::Indefinite) => WITHOUT_END,
                Some(ValidTo::Until(day)) => day.to_epoch_days(),
            });
        } else if valid_to.is_some() {
            return Err(Wrong::Evidence);
        }
        push_value(&mut self.field.data, self.options, value)
    }

    fn finish(mut self) -> Field {
        if self.field.present.iter().all(|byte| *byte == 1) {
            self.field.present.clear();
        }
        self.field
    }
}

fn push_value(data: &mut Column, options: &[String], value: Option<&Value>) -> Result<(), Wrong> {
    let number = |value: Option<&Value>| match value {
        Some(Value::Int(number) | Value::Fixed(number) | Value::Cents(number)) if number.abs() > MAX_NUMBER => {
            Err(Wrong::Range)
        }
        Some(Value::Int(number) | Value::Fixed(number) | Value::Cents(number)) => Ok(*number),
        _ => Ok(0),
    };
    match data {
        Column::Flag(vals) => vals.push(u8::from(matches!(value, Some(Value::Flag(true))))),
        Column::Int(vals) | Column::Fixed(vals) | Column::Cents(vals) => vals.push(number(value)?),
        Column::Day(vals) => vals.push(if let Some(Value::Day(day)) = value {
            day.to_epoch_days()
        } else {
            0
        }),
        Column::Choice(vals) => vals.push(if let Some(Value::Choice(key)) = value {
            symbol(options, key)?
        } else {
            0
        }),
        Column::Choices(ragged) | Column::Order(ragged) => {
            if let Some(Value::Choices(keys) | Value::Order(keys)) = value {
                for key in keys {
                    ragged.vals.push(symbol(options, key)?);
                }
            }
            ragged.at.push(narrow(ragged.vals.len()));
        }
        Column::Text(texts) => {
            if let Some(Value::Text(text)) = value {
                texts.utf8.push_str(text);
            }
            texts.at.push(narrow(texts.utf8.len()));
        }
    }
    Ok(())
}

fn symbol(options: &[String], key: &str) -> Result<u16, Wrong> {
    options
        .iter()
        .position(|option| option == key)
        .and_then(|position| u16::try_from(position).ok())
        .ok_or(Wrong::Option)
}

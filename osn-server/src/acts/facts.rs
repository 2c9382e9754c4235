//! Facts that a program asks the host for: found in the mapping, frozen with the decision, named with their source.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use osn_core::application::ApplicationData;
use osn_core::directory::{Directory, Service, ServiceStatus, Taxonomy, TermCode};
use osn_programs::about::{About, Fact, FactOf, GroupsOf, Lookup};
use osn_programs::input::{Answer, GroupInput, Value};
use osn_programs::record::FactsFrom;

use crate::acts::Acting;
use crate::acts::finding::Filter;
use crate::directory::Mapped;
use crate::nearness::{Point, distance, located, middle};
use crate::refusal::{Outcome, Refusal};

/// What is needed to find the facts of a program, for one call.
pub(super) struct Facts {
    wanted: Vec<Wanted>,
    /// The mapping as it stood when the work began; absent where nothing has to be found.
    mapped: Option<Arc<Mapped>>,
    as_of: NaiveDate,
    read_on: NaiveDate,
}

/// A fact with the places that it measures to, where it measures.
struct Wanted {
    fact: Fact,
    find: Lookup,
    places: Vec<Point>,
}

/// How many services are for the person by their own words, and how many leave open whom they are for.
#[derive(Clone, Copy, Default)]
struct Counted {
    sure: u32,
    unsure: u32,
}

/// Whom services are looked for, in the mapping's own codes.
struct Whom {
    groups: Vec<String>,
    area: TermCode,
    age: u8,
}

/// Counts and distances that were found already: many applicants ask the same.
#[derive(Default)]
pub(super) struct Known {
    services: BTreeMap<(usize, String, Vec<String>, u8), Counted>,
    centres: BTreeMap<String, Option<Point>>,
}

/// Whom facts are about, as far as they depend on it.
#[derive(Clone, Copy)]
pub(super) struct Somebody<'a> {
    pub(super) area: Option<&'a str>,
    pub(super) born: Option<NaiveDate>,
    pub(super) postal_code: &'a str,
}

impl<'a> From<&'a ApplicationData> for Somebody<'a> {
    fn from(data: &'a ApplicationData) -> Self {
        Self {
            area: data.applicant.area.as_deref(),
            born: Some(data.applicant.birth_date),
            postal_code: &data.applicant.postal_code,
        }
    }
}

impl Facts {
    /// Reads the mapping once, where the description asks for anything.
    pub(super) async fn of(acting: &Acting, about: &About, parameters: &str, as_of: NaiveDate) -> Outcome<Self> {
        let given: serde_json::Value = serde_json::from_str(parameters).map_err(Refusal::internal)?;
        let wanted: Vec<Wanted> = about
            .facts
            .iter()
            .filter_map(|fact| {
                let find = fact.find.clone()?;
                let places = match &find {
                    Lookup::Distance { to } => points(&given, to),
                    Lookup::Services { .. } | Lookup::Coverage { .. } => Vec::new(),
                };
                let fact = fact.clone();
                Some(Wanted { fact, find, places })
            })
            .collect();
        let mapped = if wanted.is_empty() {
            None
        } else {
            Some(acting.mapping().await?)
        };
        Ok(Self {
            wanted,
            mapped,
            as_of,
            read_on: acting.zone().day(acting.now),
        })
    }

    /// Where the facts come from; nothing where none were asked for.
    pub(super) fn from(&self) -> Option<FactsFrom> {
        self.mapped.as_ref().map(|mapped| FactsFrom {
            revision: mapped.revision,
            on: self.read_on,
        })
    }

    /// Puts the facts of an application beside its answers. What is not known is left out.
    pub(super) fn fill(&self, known: &mut Known, data: Somebody<'_>, input: &mut GroupInput) {
        let Some(mapped) = &self.mapped else { return };
        for (number, wanted) in self.wanted.iter().enumerate() {
            let found = match &wanted.find {
                Lookup::Services { categories, groups } => self
                    .count(
                        known,
                        (mapped, number),
                        (categories, groups.as_ref(), false),
                        data,
                        input,
                    )
                    .and_then(|count| match count {
                        Counted { sure: 0, unsure: 1.. } => None,
                        Counted { sure, .. } => Some(Value::Int(sure.into())),
                    }),
                Lookup::Coverage { categories, groups } => self
                    .count(
                        known,
                        (mapped, number),
                        (categories, groups.as_ref(), true),
                        data,
                        input,
                    )
                    .and_then(|count| match count {
                        Counted { sure: 1.., .. } => Some(Value::Flag(true)),
                        Counted { unsure: 1.., .. } => None,
                        Counted { .. } => Some(Value::Flag(false)),
                    }),
                Lookup::Distance { .. } => {
                    metres(known, &mapped.directory, data.postal_code, &wanted.places).map(Value::Int)
                }
            };
            let Some(value) = found else { continue };
            let answer = Answer::from(value);
            match wanted.fact.of {
                FactOf::Application => {
                    input.facts.insert(wanted.fact.key.clone(), answer);
                }
                FactOf::Claim => {
                    for claim in &mut input.claims {
                        claim.facts.insert(wanted.fact.key.clone(), answer.clone());
                    }
                }
            }
        }
    }

    /// Whom services are looked for; nothing where the area, or every group or category that the program names, is not one
    /// of the mapping's.
    fn whom(
        &self,
        directory: &Directory,
        (categories, groups): (&[String], Option<&GroupsOf>),
        data: Somebody<'_>,
        input: &GroupInput,
    ) -> Option<Whom> {
        let area = TermCode::new(data.area?);
        directory.term(&area).filter(|term| term.taxonomy == Taxonomy::Area)?;
        // A mapping with other codes has unknown facts, not wrong ones.
        if !categories.is_empty()
            && categories
                .iter()
                .all(|code| directory.term(&TermCode::new(code)).is_none())
        {
            return None;
        }
        let groups = match groups {
            None => Vec::new(),
            Some(groups) => Some(groups_of(directory, groups, input)).filter(|groups| !groups.is_empty())?,
        };
        let age = age(data.born?, self.as_of);
        Some(Whom { groups, area, age })
    }

    /// The services behind the counts, each once, in the order of their names: those that say they are for this person.
    pub(super) fn services(&self, data: Somebody<'_>, input: &GroupInput) -> Vec<&Service> {
        let Some(mapped) = &self.mapped else { return Vec::new() };
        let directory = &mapped.directory;
        let filters: Vec<Filter> = self
            .wanted
            .iter()
            .filter_map(|wanted| match &wanted.find {
                Lookup::Services { categories, groups } => {
                    let Whom { groups, area, age } =
                        self.whom(directory, (categories, groups.as_ref()), data, input)?;
                    Some(Filter::for_person(directory, categories, &groups, &area, age))
                }
                Lookup::Coverage { .. } | Lookup::Distance { .. } => None,
            })
            .collect();
        let runs = |service: &&Service| service.status == ServiceStatus::Active;
        let is_for = |service: &&Service| {
            filters
                .iter()
                .any(|filter| filter.says_it_is_for(service) == Some(true))
        };
        directory.services().filter(runs).filter(is_for).collect()
    }

    /// Services for this person (`covering`: that say they serve the area); nothing where the area, or every group that the program names, is not one of the mapping's.
    fn count(
        &self,
        known: &mut Known,
        (mapped, number): (&Mapped, usize),
        (categories, groups, covering): (&[String], Option<&GroupsOf>, bool),
        data: Somebody<'_>,
        input: &GroupInput,
    ) -> Option<Counted> {
        let directory = &mapped.directory;
        let Whom { groups, area, age } = self.whom(directory, (categories, groups), data, input)?;
        let place = (number, area.as_str().to_owned(), groups.clone(), age);
        if let Some(count) = known.services.get(&place) {
            return Some(*count);
        }
        let filter = Filter::for_person(directory, categories, &groups, &area, age);
        let mut count = Counted::default();
        let runs = |service: &&Service| service.status == ServiceStatus::Active;
        for service in directory.services().filter(runs) {
            let says = if covering {
                filter.says_it_covers(service)
            } else {
                filter.says_it_is_for(service)
            };
            match says {
                None => {}
                Some(true) => count.sure = count.sure.saturating_add(1),
                Some(false) => count.unsure = count.unsure.saturating_add(1),
            }
        }
        known.services.insert(place, count);
        Some(count)
    }
}

/// The groups that somebody belongs to, as far as the mapping knows them.
fn groups_of(directory: &Directory, groups: &GroupsOf, input: &GroupInput) -> Vec<String> {
    let answered = groups.field.as_deref().and_then(|reference| {
        let key = reference.strip_prefix("application.")?;
        match &input.application.get(key)?.value {
            Some(Value::Choice(option)) => groups.of.get(option),
            _ => None,
        }
    });
    let mut all: Vec<String> = groups
        .always
        .iter()
        .chain(answered.into_iter().flatten())
        .cloned()
        .collect();
    all.retain(|code| directory.term(&TermCode::new(code)).is_some());
    all.sort_unstable();
    all.dedup();
    all
}

/// Full years on a day, as the mapping counts them.
fn age(born: NaiveDate, on: NaiveDate) -> u8 {
    on.years_since(born)
        .and_then(|years| u8::try_from(years).ok())
        .unwrap_or(u8::MAX)
}

/// Metres from the middle of somebody's postal code to the nearest place.
fn metres(known: &mut Known, directory: &Directory, code: &str, places: &[Point]) -> Option<i64> {
    let centre = *known
        .centres
        .entry(code.to_owned())
        .or_insert_with(|| middle(&located(directory, code)));
    let centre = centre?;
    places.iter().map(|place| distance(centre, *place)).min()
}

/// The places that a parameter lists.
fn points(parameters: &serde_json::Value, to: &str) -> Vec<Point> {
    let listed = parameters.pointer(to).and_then(serde_json::Value::as_array);
    let degrees = |place: &serde_json::Value, name: &str| place.get(name)?.as_str()?.parse().ok();
    let point = |place: &serde_json::Value| Some((degrees(place, "latitude")?, degrees(place, "longitude")?));
    listed.into_iter().flatten().filter_map(point).collect()
}

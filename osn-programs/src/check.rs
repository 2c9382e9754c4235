//! Believes nothing that a program answers: lengths, states, outcomes, values, keys, symbols, plans.

use std::collections::BTreeMap;

use crate::about::{About, Comparison, Unit};
use crate::batch::{Batch, Column, Field};
use crate::fault::{FaultKind, Lie};
use crate::number::MAX_NUMBER;
use crate::verdict::{NONE, SAID, Verdicts};

const MET: u8 = 0;
const NOT_MET: u8 = 1;
const UNKNOWN: u8 = 2;
const NOT_APPLICABLE: u8 = 3;

const ELIGIBLE: u8 = 0;
const NOT_ELIGIBLE: u8 = 1;
const MISSING: u8 = 2;

/// Checks a whole answer against the description and the batch that it answers.
pub(crate) fn verdicts(about: &About, as_of: i32, batch: &Batch, answer: &Verdicts) -> Result<(), FaultKind> {
    let rows = batch.rows as usize;
    let (criteria, ranking) = (about.criteria.len(), about.ranking.len());
    for (matrix, found, wanted) in [
        ("outcome", answer.outcome.len(), rows),
        ("group-outcome", answer.group_outcome.len(), batch.groups as usize),
        ("state", answer.state.len(), rows * criteria),
        ("seen", answer.seen.len(), rows * criteria),
        ("wanted", answer.wanted.len(), rows * criteria),
        ("keys", answer.keys.len(), rows * ranking),
    ] {
        if found != wanted {
            return Err(lie(Lie::Length { matrix, wanted, found }, None));
        }
    }
    reasons(about, answer, rows * criteria)?;
    let rules = Rules::new(about, as_of);
    let cells = |row: usize| row * criteria..(row + 1) * criteria;
    for row in 0..rows {
        let (Some(state), Some(seen), Some(wanted)) = (
            answer.state.get(cells(row)),
            answer.seen.get(cells(row)),
            answer.wanted.get(cells(row)),
        ) else {
            return Err(lie(Lie::UnknownState, Some(row)));
        };
        rules.values(state, seen, wanted).map_err(|what| lie(what, Some(row)))?;
        let outcome = rules.outcome(state).ok_or_else(|| lie(Lie::UnknownState, Some(row)))?;
        match answer.outcome.get(row) {
            Some(said) if *said == outcome => {}
            Some(ELIGIBLE..=MISSING) => return Err(lie(Lie::OutcomeAgainstCriteria, Some(row))),
            _ => return Err(lie(Lie::UnknownOutcome, Some(row))),
        }
    }
    keys(about, answer, rows)?;
    groups(batch, answer)
}

/// A reason for each cell or for none, each of the description's.
fn reasons(about: &About, answer: &Verdicts, cells: usize) -> Result<(), FaultKind> {
    if !answer.why.is_empty() && answer.why.len() != cells {
        let (matrix, found) = ("why", answer.why.len());
        let lie_of = Lie::Length {
            matrix,
            wanted: cells,
            found,
        };
        return Err(lie(lie_of, None));
    }
    let known = |why: &u16| *why == SAID || usize::from(*why) < about.reasons.len();
    match answer.why.iter().position(|why| !known(why)) {
        None => Ok(()),
        Some(cell) => {
            let row = cell.checked_div(about.criteria.len());
            Err(lie(Lie::UnknownSymbol { table: "reasons" }, row))
        }
    }
}

fn keys(about: &About, answer: &Verdicts, rows: usize) -> Result<(), FaultKind> {
    if about.ranking.is_empty() {
        return Ok(());
    }
    let bounds: Vec<(i64, i64)> = about
        .ranking
        .iter()
        .map(|key| (key.min.unwrap_or(-MAX_NUMBER), key.max.unwrap_or(MAX_NUMBER)))
        .collect();
    for (row, keys) in (0..rows).zip(answer.keys.chunks_exact(about.ranking.len())) {
        for (key, (min, max)) in keys.iter().zip(&bounds) {
            if *key != NONE && (key < min || key > max) {
                return Err(lie(Lie::NumberOutOfRange { matrix: "keys" }, Some(row)));
            }
        }
    }
    Ok(())
}

fn groups(batch: &Batch, answer: &Verdicts) -> Result<(), FaultKind> {
    // Eligible beats missing evidence beats not eligible: the smallest of these ranks.
    let rank = |outcome: u8| match outcome {
        ELIGIBLE => 0,
        MISSING => 1,
        _ => 2,
    };
    let mut best = vec![2_u8; batch.groups as usize];
    for (group, outcome) in batch.group.iter().zip(&answer.outcome) {
        if let Some(best) = best.get_mut(*group as usize) {
            *best = (*best).min(rank(*outcome));
        }
    }
    for (group, (said, best)) in answer.group_outcome.iter().zip(&best).enumerate() {
        let known = (ELIGIBLE..=MISSING).contains(said);
        if !known || rank(*said) != *best {
            let row = batch.group.iter().position(|one| *one as usize == group);
            let what = if known {
                Lie::GroupAgainstClaims
            } else {
                Lie::UnknownOutcome
            };
            return Err(lie(what, row));
        }
    }
    Ok(())
}

pub(crate) const fn lie(what: Lie, row: Option<usize>) -> FaultKind {
    FaultKind::LyingAnswer { what, row }
}

/// The description's criteria, prepared for many rows.
struct Rules {
    columns: Vec<Rule>,
    /// For each set of alternatives the positions of its criteria.
    alternatives: Vec<Vec<usize>>,
    as_of: i64,
}

struct Rule {
    comparison: Comparison,
    min: i64,
    max: i64,
    /// The criterion stands alone: it is in no set of alternatives.
    alone: bool,
}

impl Rules {
    fn new(about: &About, as_of: i32) -> Self {
        let mut sets: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut columns = Vec::with_capacity(about.criteria.len());
        for (index, criterion) in about.criteria.iter().enumerate() {
            if let Some(name) = &criterion.alternatives {
                sets.entry(name).or_default().push(index);
            }
            let (min, max) = match criterion.unit {
                Unit::Flag => (0, 1),
                Unit::Date => (i64::from(i32::MIN), i64::from(i32::MAX)),
                Unit::Choice => {
                    let options = criterion
                        .field
                        .as_deref()
                        .map_or(0, |reference| options(about, reference));
                    (0, i64::try_from(options).unwrap_or(0) - 1)
                }
                Unit::Count
                | Unit::People
                | Unit::Years
                | Unit::Months
                | Unit::Days
                | Unit::Minutes
                | Unit::Percent
                | Unit::Ratio
                | Unit::Cents => (-MAX_NUMBER, MAX_NUMBER),
            };
            columns.push(Rule {
                comparison: criterion.comparison,
                min,
                max,
                alone: criterion.alternatives.is_none(),
            });
        }
        Self {
            columns,
            alternatives: sets.into_values().collect(),
            as_of: i64::from(as_of),
        }
    }

    /// Numbers are in range, and "met" or "not met" is what the declared comparison says about them.
    fn values(&self, state: &[u8], seen: &[i64], wanted: &[i64]) -> Result<(), Lie> {
        for (criterion, (((rule, state), seen), wanted)) in
            self.columns.iter().zip(state).zip(seen).zip(wanted).enumerate()
        {
            for (matrix, number) in [("seen", *seen), ("wanted", *wanted)] {
                if number != NONE && (number < rule.min || number > rule.max) {
                    return Err(Lie::NumberOutOfRange { matrix });
                }
            }
            if *state > NOT_MET {
                continue;
            }
            let holds = match rule.comparison {
                Comparison::ValidOn if *seen != NONE => *seen >= self.as_of,
                Comparison::Holds if *seen != NONE => *seen != 0,
                _ if *seen == NONE || *wanted == NONE => continue,
                Comparison::AtLeast => seen >= wanted,
                Comparison::AtMost => seen <= wanted,
                Comparison::Equal => seen == wanted,
                Comparison::ValidOn | Comparison::Holds | Comparison::OneOf => continue,
            };
            if holds != (*state == MET) {
                return Err(Lie::StateAgainstValues { criterion });
            }
        }
        Ok(())
    }

    /// The outcome that follows from the states of one row. `None` where a state does not exist.
    fn outcome(&self, state: &[u8]) -> Option<u8> {
        let (mut refused, mut open) = (false, false);
        for (rule, state) in self.columns.iter().zip(state) {
            if *state > NOT_APPLICABLE {
                return None;
            }
            refused |= rule.alone && *state == NOT_MET;
            open |= rule.alone && *state == UNKNOWN;
        }
        for set in &self.alternatives {
            let any = |wanted: u8| set.iter().any(|index| state.get(*index) == Some(&wanted));
            if any(MET) {
                continue;
            }
            open |= any(UNKNOWN);
            refused |= any(NOT_MET) && !any(UNKNOWN);
        }
        Some(if refused {
            NOT_ELIGIBLE
        } else if open {
            MISSING
        } else {
            ELIGIBLE
        })
    }
}

fn options(about: &About, reference: &str) -> usize {
    match reference.strip_prefix("fact.") {
        Some(key) => about
            .facts
            .iter()
            .find(|fact| fact.key == key)
            .map_or(0, |fact| fact.options.len()),
        None => about.field(reference).map_or(0, |field| field.options.len()),
    }
}

/// Checks that a batch fits the description, so that a wrong call of this library is never taken for a program's fault.
pub(crate) fn batch(about: &About, batch: &Batch) -> Result<(), FaultKind> {
    let wrong = |what: &str| Err(FaultKind::WrongShape { what: what.to_owned() });
    let (rows, groups) = (batch.rows as usize, batch.groups as usize);
    let adjacent = batch.group.first().is_none_or(|first| *first == 0)
        && batch
            .group
            .last()
            .map_or(groups == 0, |last| *last as usize + 1 == groups)
        && batch
            .group
            .windows(2)
            .all(|pair| matches!(pair, [a, b] if *b == *a || *b == a.wrapping_add(1)));
    if batch.group.len() != rows || !adjacent {
        return wrong("group");
    }
    let members = batch.members_at.last().map_or(0, |last| *last as usize);
    if batch.members_at.len() != groups + 1 || batch.members_at.first() != Some(&0) || !batch.members_at.is_sorted() {
        return wrong("members-at");
    }
    let asked = |fields: &[crate::about::FormField]| fields.iter().filter(|field| !field.host_only).count();
    let form = &about.form;
    for (name, fields, wanted, values) in [
        ("application", &batch.application, asked(&form.application), groups),
        ("claim", &batch.claim, asked(&form.claim), rows),
        ("members", &batch.members, asked(&form.member), members),
        ("facts", &batch.facts, about.facts.len(), rows),
    ] {
        if fields.len() != wanted || !fields.iter().all(|field| fits(field, values)) {
            return wrong(name);
        }
    }
    Ok(())
}

fn fits(field: &Field, values: usize) -> bool {
    let optional = |length: usize| length == 0 || length == values;
    let data = match &field.data {
        Column::Flag(data) => data.len() == values,
        Column::Int(data) | Column::Fixed(data) | Column::Cents(data) => data.len() == values,
        Column::Day(data) => data.len() == values,
        Column::Choice(data) => data.len() == values,
        Column::Choices(data) | Column::Order(data) => {
            data.at.len() == values + 1
                && data.at.is_sorted()
                && data.at.last().map(|last| *last as usize) == Some(data.vals.len())
        }
        Column::Text(data) => {
            data.at.len() == values + 1
                && data.at.is_sorted()
                && data.at.last().map(|last| *last as usize) == Some(data.utf8.len())
        }
    };
    data && optional(field.present.len()) && optional(field.evidence.len()) && optional(field.valid_to.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three criteria: the first stands alone, the other two are alternatives.
    fn rules() -> Rules {
        let rule = |alone| Rule {
            comparison: Comparison::OneOf,
            min: 0,
            max: 1,
            alone,
        };
        Rules {
            columns: vec![rule(true), rule(false), rule(false)],
            alternatives: vec![vec![1, 2]],
            as_of: 0,
        }
    }

    #[test]
    fn outcomes_follow_from_states_with_alternatives() {
        let names = |outcome| match outcome {
            Some(ELIGIBLE) => "eligible",
            Some(NOT_ELIGIBLE) => "not eligible",
            Some(MISSING) => "missing",
            _ => "lie",
        };
        for (states, wanted) in [
            ([MET, MET, NOT_MET], "eligible"),
            ([MET, UNKNOWN, MET], "eligible"),
            ([MET, NOT_MET, NOT_MET], "not eligible"),
            ([MET, NOT_MET, UNKNOWN], "missing"),
            ([MET, NOT_MET, NOT_APPLICABLE], "not eligible"),
            ([MET, NOT_APPLICABLE, NOT_APPLICABLE], "eligible"),
            ([UNKNOWN, NOT_MET, NOT_MET], "not eligible"),
            ([NOT_MET, UNKNOWN, UNKNOWN], "not eligible"),
            ([NOT_APPLICABLE, UNKNOWN, UNKNOWN], "missing"),
            ([MET, MET, 4], "lie"),
        ] {
            assert_eq!(names(rules().outcome(&states)), wanted, "{states:?}");
        }
    }
}

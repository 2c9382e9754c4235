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
    if !rules.allow(answer)
        && let Some(lie) = rules.lie_in(answer, rows)
    {
        return Err(lie);
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
    // Claims of one application stand together, in the order of the applications (`batch`).
    let mut claims = batch.group.iter().zip(&answer.outcome).peekable();
    for (group, said) in (0..batch.groups).zip(&answer.group_outcome) {
        let mut best = 2_u8;
        while let Some((_, outcome)) = claims.next_if(|(of, _)| **of == group) {
            best = best.min(rank(*outcome));
        }
        let known = (ELIGIBLE..=MISSING).contains(said);
        if !known || rank(*said) != best {
            let row = batch.group.iter().position(|one| *one == group);
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

/// Rows that are looked at together: their numbers stay in the nearest cache.
const PIECE: usize = 128;

impl Rule {
    /// Whether all cells of a column say what can be: the rule of [`Rules::values`] and the states that exist.
    fn allows(&self, as_of: i64, cells: impl Iterator<Item = (u8, i64, i64)>) -> bool {
        match self.comparison {
            Comparison::ValidOn => self.all(cells, |seen, _| (seen != NONE, seen >= as_of)),
            Comparison::Holds => self.all(cells, |seen, _| (seen != NONE, seen != 0)),
            Comparison::AtLeast => self.all(cells, |seen, wanted| (both(seen, wanted), seen >= wanted)),
            Comparison::AtMost => self.all(cells, |seen, wanted| (both(seen, wanted), seen <= wanted)),
            Comparison::Equal => self.all(cells, |seen, wanted| (both(seen, wanted), seen == wanted)),
            Comparison::OneOf => self.all(cells, |_, _| (false, true)),
        }
    }

    /// The same, where `compare` says whether two numbers decide, and what.
    #[expect(clippy::needless_bitwise_bool, reason = "no branch: see `Rules::allow`")]
    fn all(&self, cells: impl Iterator<Item = (u8, i64, i64)>, compare: impl Fn(i64, i64) -> (bool, bool)) -> bool {
        let is_out = |number: i64| (number != NONE) & ((number < self.min) | (number > self.max));
        let mut wrong = false;
        for (state, seen, wanted) in cells {
            let (decides, holds) = compare(seen, wanted);
            let against = (state <= NOT_MET) & decides & (holds != (state == MET));
            wrong |= against | is_out(seen) | is_out(wanted) | (state > NOT_APPLICABLE);
        }
        !wrong
    }
}

/// Whether there are two numbers.
#[expect(clippy::needless_bitwise_bool, reason = "no branch: see `Rules::allow`")]
const fn both(seen: i64, wanted: i64) -> bool {
    (seen != NONE) & (wanted != NONE)
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

    /// Whether nothing in an answer is a lie: column by column, in pieces that stay in the nearest cache, without a branch that
    /// depends on a value. What people answer is beyond any prediction, and row by row this took a sixth of an assessment.
    fn allow(&self, answer: &Verdicts) -> bool {
        let criteria = self.columns.len();
        if criteria == 0 {
            return answer.outcome.iter().all(|said| *said == ELIGIBLE);
        }
        let piece = criteria * PIECE;
        let numbers = answer.seen.chunks(piece).zip(answer.wanted.chunks(piece));
        let mut pieces = answer.state.chunks(piece).zip(numbers);
        pieces.all(|(state, (seen, wanted))| {
            let mut columns = self.columns.iter().enumerate();
            columns.all(|(at, rule)| {
                let cell = |(state, (seen, wanted)): (&[u8], (&[i64], &[i64]))| {
                    Some((*state.get(at)?, *seen.get(at)?, *wanted.get(at)?))
                };
                let numbers = seen.chunks_exact(criteria).zip(wanted.chunks_exact(criteria));
                rule.allows(self.as_of, state.chunks_exact(criteria).zip(numbers).filter_map(cell))
            })
        }) && answer
            .state
            .chunks_exact(criteria)
            .zip(&answer.outcome)
            .all(|(state, said)| self.outcome(state) == Some(*said))
    }

    /// The first lie of an answer, row by row.
    fn lie_in(&self, answer: &Verdicts, rows: usize) -> Option<FaultKind> {
        let criteria = self.columns.len();
        let found = |row: usize| {
            let cells = row * criteria..(row + 1) * criteria;
            let (state, seen, wanted) = (
                answer.state.get(cells.clone())?,
                answer.seen.get(cells.clone())?,
                answer.wanted.get(cells)?,
            );
            if let Err(what) = self.values(state, seen, wanted) {
                return Some(lie(what, Some(row)));
            }
            let what = match (self.outcome(state), answer.outcome.get(row)?) {
                (None, _) => Lie::UnknownState,
                (Some(outcome), said) if outcome == *said => return None,
                (Some(_), ELIGIBLE..=MISSING) => Lie::OutcomeAgainstCriteria,
                (Some(_), _) => Lie::UnknownOutcome,
            };
            Some(lie(what, Some(row)))
        };
        (0..rows).find_map(found)
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

    /// Puts state, seen, wanted and outcome into a row, and returns what stood there.
    fn say(answer: &mut Verdicts, row: usize, at: usize, cell: (u8, i64, i64, u8)) -> (u8, i64, i64, u8) {
        use std::mem::replace;
        (
            replace(&mut answer.state[at], cell.0),
            replace(&mut answer.seen[at], cell.1),
            replace(&mut answer.wanted[at], cell.2),
            replace(&mut answer.outcome[row], cell.3),
        )
    }

    /// Every comparison with every state and every number that is special to it, said by one row among many that are fine.
    #[test]
    fn a_column_and_a_row_are_judged_alike() {
        const ROWS: usize = PIECE * 2 + 3;
        let comparisons = [
            Comparison::AtLeast,
            Comparison::AtMost,
            Comparison::Equal,
            Comparison::Holds,
            Comparison::ValidOn,
            Comparison::OneOf,
        ];
        let rule = |comparison| Rule {
            comparison,
            min: -3,
            max: 6,
            alone: true,
        };
        let rules = Rules {
            columns: comparisons.map(rule).into(),
            alternatives: Vec::new(),
            as_of: 2,
        };
        let criteria = comparisons.len();
        let mut answer = Verdicts {
            criteria,
            ranking: 0,
            outcome: vec![MISSING; ROWS],
            group_outcome: Vec::new(),
            state: vec![UNKNOWN; ROWS * criteria],
            seen: vec![NONE; ROWS * criteria],
            wanted: vec![NONE; ROWS * criteria],
            why: Vec::new(),
            keys: Vec::new(),
        };
        assert!(rules.allow(&answer));
        let (mut lies, mut truths) = (0_usize, 0_usize);
        for column in 0..criteria {
            for state in MET..=NOT_APPLICABLE + 1 {
                for seen in [NONE, -4, -3, 0, 1, 2, 6, 7] {
                    for wanted in [NONE, -4, 0, 1, 2, 7] {
                        for outcome in ELIGIBLE..=MISSING + 1 {
                            let row = (lies + truths * 7) % ROWS;
                            let at = row * criteria + column;
                            let before = say(&mut answer, row, at, (state, seen, wanted, outcome));
                            let lie = rules.lie_in(&answer, ROWS);
                            assert_eq!(
                                rules.allow(&answer),
                                lie.is_none(),
                                "{column} {state} {seen} {wanted} {outcome}"
                            );
                            *(if lie.is_some() { &mut lies } else { &mut truths }) += 1;
                            say(&mut answer, row, at, before);
                        }
                    }
                }
            }
        }
        assert!(lies > 1_000 && truths > 100, "{lies} lies, {truths} truths");
    }
}

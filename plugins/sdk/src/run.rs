//! Runs a program over columns. The same code serves the sandbox and, natively, tests and benches.

use std::marker::PhantomData;
use std::ops::Range;

use crate::bindings::exports::osn::program::{assessor, description, planner};
use crate::bindings::osn::program::request::{Batch, Context, Fault};
use crate::bindings::osn::program::types::Problem;
use crate::day::Day;
use crate::form::Form;
use crate::judge::{Findings, NONE, RankingKeys, State};
use crate::parameters::{Parameters, problem};
use crate::plan::{Group, Plan};
use crate::program::{Case, Program, Refusal};

pub use assessor::Verdicts;

/// A program behind the contract's interfaces.
#[derive(Debug)]
pub struct Exported<P>(PhantomData<P>);

/// Symbol of the standard reason "parameters-not-readable".
const NOT_READABLE: u16 = 0;

/// "The state says enough" in the column of reasons.
const SAID: u16 = u16::MAX;

const ELIGIBLE: u8 = 0;
const NOT_ELIGIBLE: u8 = 1;
const MISSING: u8 = 2;

impl<P: Program> description::Guest for Exported<P> {
    fn describe(parameters: Option<String>) -> Result<String, Vec<Problem>> {
        let parameters = match parameters {
            None => P::Parameters::defaults(),
            Some(json) => read::<P>(&json)?,
        };
        Ok(crate::about::document::<P>(&parameters).to_string())
    }

    fn check_parameters(parameters: String) -> Vec<Problem> {
        match read::<P>(&parameters) {
            Ok(parameters) => P::check(&parameters),
            Err(problems) => problems,
        }
    }
}

impl<P: Program> assessor::Guest for Exported<P> {
    fn assess(ctx: Context, rows: Batch) -> Result<Verdicts, Fault> {
        assess::<P>(&ctx, &rows)
    }
}

impl<P: Program> planner::Guest for Exported<P> {
    fn plan(
        ctx: Context,
        rows: Batch,
        slots: Vec<planner::Slot>,
        supplies: Vec<planner::Stock>,
        kept: Vec<planner::Delivery>,
        budget: i64,
    ) -> Result<planner::Schedule, Fault> {
        let parameters = &parameters::<P>(&ctx)?;
        let plan = Plan::<P> {
            as_of: Day(ctx.as_of),
            parameters,
            rows: rows.rows,
            groups: &groups::<P>(&rows),
            slots: &slots,
            supplies: &supplies,
            kept: &kept,
            budget,
        };
        P::plan(&plan).map_err(|Refusal { code, row }| Fault { code, row })
    }

    fn estimate(ctx: Context, people: u32, households: u32, occasions: u32) -> Result<Vec<planner::BudgetLine>, Fault> {
        Ok(P::estimate(&parameters::<P>(&ctx)?, people, households, occasions))
    }
}

fn read<P: Program>(json: &str) -> Result<P::Parameters, Vec<Problem>> {
    let json = serde_json::from_str(json).map_err(|_| vec![problem("", "not-json")])?;
    P::Parameters::read(&json)
}

fn parameters<P: Program>(context: &Context) -> Result<P::Parameters, Fault> {
    read::<P>(&context.parameters).map_err(|_| Fault {
        code: NOT_READABLE,
        row: None,
    })
}

/// The applications of a plan, in the order of the list.
fn groups<P: Program>(batch: &Batch) -> Vec<Group<P>> {
    let mut groups: Vec<Group<P>> = (0..batch.groups as usize)
        .map(|group| Group {
            application: P::Application::read(&batch.application, group),
            rows: Vec::new(),
            claims: Vec::new(),
        })
        .collect();
    for (row, group) in (0..batch.rows).zip(&batch.group) {
        if let Some(group) = groups.get_mut(*group as usize) {
            group.rows.push(row);
            group.claims.push(P::Claim::read(&batch.claim, row as usize));
        }
    }
    groups
}

/// Assesses a batch.
pub fn assess<P: Program>(context: &Context, batch: &Batch) -> Result<Verdicts, Fault> {
    let parameters = parameters::<P>(context)?;
    let as_of = Day(context.as_of);
    let mut sheet = Sheet::new::<P>(&parameters, batch);
    let (mut members, mut claims) = (Vec::new(), Vec::new());
    let mut row = 0;
    for group in 0..batch.groups as usize {
        let application = P::Application::read(&batch.application, group);
        let member = |index: usize| batch.members_at.get(index).map_or(0, |at| *at as usize);
        members.clear();
        members.extend((member(group)..member(group + 1)).map(|at| P::Member::read(&batch.members, at)));
        let mut best = NOT_ELIGIBLE;
        let of_group = |row: &usize| batch.group.get(*row).is_some_and(|of| *of as usize == group);
        claims.clear();
        claims.extend(
            (row..)
                .take_while(of_group)
                .map(|row| P::Claim::read(&batch.claim, row)),
        );
        for claim in &claims {
            let case = Case::<P> {
                as_of,
                parameters: &parameters,
                application: &application,
                claim,
                claims: &claims,
                members: &members,
                facts: &P::Facts::read(&batch.facts, row),
            };
            let (criteria, keys) = P::assess(&case);
            best = better(best, sheet.add(row, &criteria, &keys));
            row += 1;
        }
        sheet.verdicts.group_outcome.push(best);
    }
    Ok(sheet.verdicts)
}

/// The answer under construction.
struct Sheet {
    verdicts: Verdicts,
    /// Set of alternatives of each criterion; `None` where it stands alone.
    sets: Vec<Option<usize>>,
    /// Number of sets.
    alternatives: usize,
    /// Number of rows.
    rows: usize,
    /// Number of ranking keys, as the first verdict has them.
    keys: usize,
    /// Number of cells, rows x criteria.
    cells: usize,
}

impl Sheet {
    /// An empty sheet. How wide its rows are is seen at the first verdict: a declaration takes as long as some twenty of them.
    fn new<P: Program>(parameters: &P::Parameters, batch: &Batch) -> Self {
        let mut names: Vec<String> = Vec::new();
        let sets = P::Criteria::alternatives(parameters).into_iter().map(|name| {
            name.map(|name| {
                names.iter().position(|one| *one == name).unwrap_or_else(|| {
                    names.push(name);
                    names.len() - 1
                })
            })
        });
        let sets: Vec<Option<usize>> = sets.collect();
        let rows = batch.rows as usize;
        let cells = rows * sets.len();
        // Nothing is what fresh memory holds already, and each cell is written once: `NONE` would be a second loop over all.
        let verdicts = Verdicts {
            outcome: Vec::with_capacity(rows),
            group_outcome: Vec::with_capacity(batch.groups as usize),
            state: vec![0; cells],
            seen: vec![0; cells],
            wanted: vec![0; cells],
            why: Vec::new(),
            keys: Vec::new(),
        };
        Self {
            verdicts,
            alternatives: names.len(),
            sets,
            rows,
            keys: 0,
            cells,
        }
    }

    /// Writes down one row and returns its outcome.
    #[inline]
    fn add<C>(&mut self, row: usize, criteria: &impl Findings<C>, keys: &impl RankingKeys) -> u8 {
        let out = &mut self.verdicts;
        if out.keys.is_empty() {
            self.keys = 0;
            keys.each(|_| self.keys += 1);
            out.keys = vec![0; self.rows * self.keys];
        }
        let (cells, ranks, all) = (self.sets.len(), self.keys, self.cells);
        let (mut refused, mut open) = (false, false);
        let cells = row * cells..(row + 1) * cells;
        if let (Some(states), Some(seen), Some(wanted)) = (
            out.state.get_mut(cells.clone()),
            out.seen.get_mut(cells.clone()),
            out.wanted.get_mut(cells.clone()),
        ) {
            let mut places = states.iter_mut().zip(seen).zip(wanted).zip(cells.clone());
            criteria.each(|finding| {
                refused |= finding.state == State::NotMet;
                open |= finding.state == State::Unknown;
                if let Some((((state, seen), wanted), cell)) = places.next() {
                    *state = code(finding.state);
                    *seen = finding.seen.unwrap_or(NONE);
                    *wanted = finding.wanted.unwrap_or(NONE);
                    if let Some(reason) = finding.why {
                        // Only who gives a reason pays for the column.
                        out.why.resize(all, SAID);
                        if let Some(why) = out.why.get_mut(cell) {
                            *why = reason;
                        }
                    }
                }
            });
            for (((state, seen), wanted), _) in places {
                // Declared and not judged.
                (*state, *seen, *wanted) = (code(State::Unknown), NONE, NONE);
                open = true;
            }
        }
        if let Some(ranks) = out.keys.get_mut(row * ranks..(row + 1) * ranks) {
            let mut places = ranks.iter_mut();
            keys.each(|key| {
                if let Some(place) = places.next() {
                    *place = key.unwrap_or(NONE);
                }
            });
            places.for_each(|place| *place = NONE);
        }
        if self.alternatives > 0 {
            (refused, open) = self.with_alternatives(cells);
        }
        let outcome = match (refused, open) {
            (true, _) => NOT_ELIGIBLE,
            (false, true) => MISSING,
            (false, false) => ELIGIBLE,
        };
        self.verdicts.outcome.push(outcome);
        outcome
    }

    /// Whether anything is refused or open, where it is enough to meet one criterion of a set.
    fn with_alternatives(&self, cells: Range<usize>) -> (bool, bool) {
        let states = self.verdicts.state.get(cells).unwrap_or_default();
        let (mut refused, mut open) = (false, false);
        for (state, set) in states.iter().zip(&self.sets) {
            refused |= set.is_none() && *state == code(State::NotMet);
            open |= set.is_none() && *state == code(State::Unknown);
        }
        for set in 0..self.alternatives {
            let any = |wanted| {
                states
                    .iter()
                    .zip(&self.sets)
                    .any(|(state, of)| *of == Some(set) && *state == code(wanted))
            };
            if !any(State::Met) {
                open |= any(State::Unknown);
                refused |= any(State::NotMet) && !any(State::Unknown);
            }
        }
        (refused, open)
    }
}

/// The outcome that an application owes to two of its claims: eligible beats missing evidence beats not eligible.
const fn better(one: u8, other: u8) -> u8 {
    match (one, other) {
        (ELIGIBLE, _) | (_, ELIGIBLE) => ELIGIBLE,
        (MISSING, _) | (_, MISSING) => MISSING,
        _ => NOT_ELIGIBLE,
    }
}

const fn code(state: State) -> u8 {
    match state {
        State::Met => 0,
        State::NotMet => 1,
        State::Unknown => 2,
        State::NotApplicable => 3,
    }
}

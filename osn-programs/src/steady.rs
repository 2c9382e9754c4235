//! Asked again, in another order, in other company: whatever changes an answer then is no rule. Held at installation and by
//! the author's own check.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::batch::Context;
use crate::cases::Decided;
use crate::fault::Fault;
use crate::input::GroupInput;
use crate::program::Program;
use crate::verdict::GroupVerdict;

/// Applications of which a batch consists at least: a case that stands alone is its own company.
const COMPANY: usize = 4;

/// What changed an answer that it must not change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The description, when it was asked for again with the same parameters.
    Description,
    /// A second run of the same applications.
    SecondRun,
    /// Another order of the same applications.
    Order,
    /// Fewer applications beside it, or none.
    Company,
    /// Together the applications were not judged at all, and each alone was.
    Fault(Fault),
}

/// An answer that was not the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsteady {
    /// What changed it.
    pub what: What,
    /// Day on which the rules were applied; none for a description under the program's defaults.
    pub as_of: Option<NaiveDate>,
    /// Position of the application among those of the day and its parameters, where it is one application's answer.
    pub application: Option<usize>,
}

impl Unsteady {
    /// Stable code in kebab-case, the key of the message.
    pub const fn code(&self) -> &'static str {
        match &self.what {
            What::Description => "description-changes",
            What::SecondRun => "not-deterministic",
            What::Order => "depends-on-order",
            What::Company => "depends-on-company",
            What::Fault(fault) => fault.kind.code(),
        }
    }
}

impl std::fmt::Display for Unsteady {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.what {
            What::Description => f.write_str("the description was another one when it was asked for again")?,
            What::SecondRun => f.write_str("the same applications gave other verdicts when they ran a second time")?,
            What::Order => f.write_str("the same applications gave other verdicts in another order")?,
            What::Company => f.write_str("the same applications gave other verdicts in other company")?,
            What::Fault(fault) => write!(f, "together the applications were not judged: {fault}")?,
        }
        match (self.application, self.as_of) {
            (Some(application), Some(day)) => write!(f, " (application {application} as of {day})"),
            (None, Some(day)) => write!(f, " (as of {day})"),
            (_, None) => Ok(()),
        }
    }
}

/// Asks for every description again, and judges applications that were judged alone: together, a second time, in another
/// order, and in halves.
pub fn check(program: &Program, decided: &[Decided]) -> Vec<Unsteady> {
    let mut settings: BTreeMap<(NaiveDate, &str), Vec<&Decided>> = BTreeMap::new();
    for one in decided {
        let setting = (one.context.as_of, one.context.parameters.as_str());
        settings.entry(setting).or_default().push(one);
    }
    let mut found = Vec::new();
    found.extend(description(program, None, None));
    for ((as_of, parameters), decided) in settings {
        found.extend(description(program, Some(parameters), Some(as_of)));
        let context = Context {
            as_of,
            parameters: parameters.to_owned(),
        };
        found.extend(one_setting(program, &context, &decided));
    }
    found
}

/// A description that is not the one that was kept.
fn description(program: &Program, parameters: Option<&str>, as_of: Option<NaiveDate>) -> Option<Unsteady> {
    let what = match program.describes_itself_again(parameters) {
        Ok(true) => return None,
        Ok(false) => What::Description,
        Err(fault) => What::Fault(fault),
    };
    Some(Unsteady {
        what,
        as_of,
        application: None,
    })
}

fn one_setting(program: &Program, context: &Context, decided: &[&Decided]) -> Vec<Unsteady> {
    let times = COMPANY.div_ceil(decided.len().max(1));
    let repeated = || (0..times).flat_map(|_| decided.iter().copied());
    let groups: Vec<GroupInput> = repeated().map(|one| one.input.clone()).collect();
    let alone: Vec<&GroupVerdict> = repeated().map(|one| &one.verdict).collect();
    let unsteady = |what: What, application: Option<usize>| Unsteady {
        what,
        as_of: Some(context.as_of),
        application,
    };
    let assess = |groups: &[GroupInput]| program.assess_groups(context, groups);
    let together = match assess(&groups) {
        Ok(verdicts) => verdicts,
        Err(fault) => return vec![unsteady(What::Fault(fault), None)],
    };
    let mut found = Vec::new();
    let mut compare = |what: What, again: Result<Vec<GroupVerdict>, Fault>| match again {
        Err(fault) => found.push(unsteady(What::Fault(fault), None)),
        Ok(again) => {
            let at = again.iter().zip(&together).position(|(again, first)| again != first);
            found.extend(at.map(|at| unsteady(what, Some(at % decided.len().max(1)))));
        }
    };
    compare(What::SecondRun, assess(&groups));
    let order = shuffled(groups.len());
    let moved: Vec<GroupInput> = order.iter().filter_map(|at| groups.get(*at).cloned()).collect();
    compare(
        What::Order,
        assess(&moved).map(|verdicts| {
            let mut back: Vec<(usize, GroupVerdict)> = order.iter().copied().zip(verdicts).collect();
            back.sort_by_key(|(at, _)| *at);
            back.into_iter().map(|(_, verdict)| verdict).collect()
        }),
    );
    compare(What::Company, Ok(alone.into_iter().cloned().collect()));
    let (left, right) = groups.split_at(groups.len() / 2);
    compare(
        What::Company,
        assess(left).and_then(|mut all| {
            all.extend(assess(right)?);
            Ok(all)
        }),
    );
    found.dedup_by(|next, first| next.what == first.what);
    found
}

/// Positions in an order that is fixed and far from the first: another one comes first, too.
fn shuffled(count: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|at| (at.wrapping_mul(0x9E37_79B9) >> 7) & 0xffff);
    if order.first() == Some(&0) {
        order.reverse();
    }
    order
}

#[cfg(test)]
mod tests {
    use super::shuffled;

    #[test]
    fn another_order_is_another_order_of_the_same() {
        for count in 0..40 {
            let mut order = shuffled(count);
            assert!(count < 2 || (!order.is_sorted() && order[0] != 0), "{order:?}");
            order.sort_unstable();
            assert!(order.into_iter().eq(0..count));
        }
    }
}

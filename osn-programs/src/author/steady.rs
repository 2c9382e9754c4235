//! Two runs, another order, other company: whatever changes a verdict then is no rule.

use std::collections::BTreeMap;

use crate::batch::Context;
use crate::cases;
use crate::input::GroupInput;
use crate::package::Package;
use crate::program::Program;
use crate::verdict::GroupVerdict;

use super::{Finding, Source};

/// Runs the applications of all golden cases twice, in another order, and split in halves and singles. The number of
/// applications where every verdict stayed the same.
pub fn unsteady(source: Source<'_>, program: &Program, package: &Package) -> Result<usize, Vec<Finding>> {
    let mut settings: BTreeMap<(chrono::NaiveDate, String), Vec<GroupInput>> = BTreeMap::new();
    for one in cases::examine(program, package).decided {
        let setting = (one.context.as_of, one.context.parameters);
        settings.entry(setting).or_default().push(one.input);
    }
    let mut count = 0;
    let mut findings = Vec::new();
    for ((as_of, parameters), groups) in settings {
        let context = Context { as_of, parameters };
        count += groups.len();
        findings.extend(one_setting(source, program, &context, &groups));
    }
    if findings.is_empty() { Ok(count) } else { Err(findings) }
}

fn one_setting(source: Source<'_>, program: &Program, context: &Context, groups: &[GroupInput]) -> Vec<Finding> {
    let assess = |groups: &[GroupInput]| program.assess_groups(context, groups);
    let first = match assess(groups) {
        Ok(verdicts) => verdicts,
        Err(fault) => return source.of_fault("assess", &fault),
    };
    let mut findings = Vec::new();
    let mut compare =
        |how: &str, code: &str, remedy: &str, again: Result<Vec<GroupVerdict>, crate::fault::Fault>| match again {
            Err(fault) => findings.extend(source.of_fault("assess", &fault)),
            Ok(again) if again == first => {}
            Ok(again) => {
                let at = again.iter().zip(&first).position(|(again, first)| again != first);
                findings.push(source.finding(
                    "assess",
                    code,
                    format!(
                        "the same applications gave other verdicts {how} (application {} as of {})",
                        at.unwrap_or_default(),
                        context.as_of
                    ),
                    remedy,
                ));
            }
        };
    compare(
        "when they ran a second time",
        "not-deterministic",
        "let the verdict depend on the claim alone: no static that changes, no map whose order is not fixed",
        assess(groups),
    );
    let company = "keep nothing between two claims: a verdict depends on its own application only";
    let order = shuffled(groups.len());
    let moved: Vec<GroupInput> = order.iter().filter_map(|at| groups.get(*at).cloned()).collect();
    compare(
        "in another order",
        "depends-on-order",
        company,
        assess(&moved).map(|verdicts| {
            let mut back: Vec<(usize, GroupVerdict)> = order.iter().copied().zip(verdicts).collect();
            back.sort_by_key(|(at, _)| *at);
            back.into_iter().map(|(_, verdict)| verdict).collect()
        }),
    );
    let (left, right) = groups.split_at(groups.len() / 2);
    let joined = |parts: &[&[GroupInput]]| {
        let mut all = Vec::new();
        for part in parts {
            all.extend(assess(part)?);
        }
        Ok(all)
    };
    compare("in two batches", "depends-on-company", company, joined(&[left, right]));
    let singles: Vec<&[GroupInput]> = groups.chunks(1).collect();
    compare("one by one", "depends-on-company", company, joined(&singles));
    findings
}

/// Positions in an order that is fixed and far from the first.
fn shuffled(count: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|at| (at.wrapping_mul(0x9E37_79B9) >> 7) & 0xffff);
    if order.is_sorted() {
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
            assert!(count < 2 || !order.is_sorted(), "{order:?}");
            order.sort_unstable();
            assert!(order.into_iter().eq(0..count));
        }
    }
}

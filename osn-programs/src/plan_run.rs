//! Plans and estimates: names to symbols, the call, and the check of what came back.

use std::collections::{BTreeMap, BTreeSet};

use crate::about::About;
use crate::adapt::{RawDelivery, RawPlan, RawSchedule};
use crate::batch::Context;
use crate::check::lie;
use crate::fault::{Fault, FaultKind, Lie};
use crate::input::{GroupInput, encode};
use crate::plan::{BudgetLine, PlanRequest, PlannedDelivery, Schedule, Unplaced};
use crate::program::{Program, refused};

impl Program {
    /// Plans the deliveries of awarded applications, in the order of the list.
    pub fn plan(&self, context: &Context, groups: &[GroupInput], request: &PlanRequest) -> Result<Schedule, Fault> {
        let about = self.about(Some(&context.parameters))?;
        let limits = &self.shared.limits;
        let encoded = encode(&about, groups, 0).map_err(FaultKind::Input)?;
        let rows = encoded.batch.rows as usize;
        if rows > limits.plan_rows {
            return Err(FaultKind::TooManyRows {
                rows,
                limit: limits.plan_rows,
            }
            .into());
        }
        let kept = request
            .kept
            .iter()
            .map(|one| raw(&about, one))
            .collect::<Result<Vec<_>, _>>()?;
        let stock = request
            .supplies
            .iter()
            .map(|one| Ok((symbol(&about, &one.supply)?, one.quantity)))
            .collect::<Result<Vec<_>, FaultKind>>()?;
        if kept
            .iter()
            .any(|one| one.row as usize >= rows || one.slot as usize >= request.slots.len())
        {
            return Err(FaultKind::WrongShape {
                what: "kept".to_owned(),
            }
            .into());
        }
        let plan = RawPlan {
            slots: &request.slots,
            stock: &stock,
            kept: &kept,
            budget: request.budget_cents,
        };
        let answer_bytes = limits.answer_limit(rows.max(1) * request.slots.len().max(1));
        let raw = self
            .shared
            .run(limits.plan_fuel, answer_bytes, |store| {
                self.pre.plan(store, context, &encoded.batch, &plan)
            })?
            .map_err(|refusal| refused(&about, &refusal, rows))?;
        check_plan(&about, rows, &plan, &raw)?;
        Ok(named(&about, raw))
    }

    /// What one run of this size is expected to cost.
    pub fn estimate(
        &self,
        context: &Context,
        people: u32,
        households: u32,
        occasions: u32,
    ) -> Result<Vec<BudgetLine>, Fault> {
        let about = self.about(Some(&context.parameters))?;
        let limits = &self.shared.limits;
        let lines = self
            .shared
            .run(limits.describe_fuel, limits.answer_bytes, |store| {
                self.pre.estimate(store, context, people, households, occasions)
            })?
            .map_err(|refusal| refused(&about, &refusal, 0))?;
        let line = |(category, amount_cents, quantity): (u16, i64, u32)| {
            let category = about.expense_categories.get(usize::from(category)).ok_or_else(|| {
                lie(
                    Lie::UnknownSymbol {
                        table: "expense_categories",
                    },
                    None,
                )
            })?;
            if !(0..=crate::number::MAX_NUMBER).contains(&amount_cents) {
                return Err(lie(Lie::NumberOutOfRange { matrix: "amount" }, None));
            }
            Ok(BudgetLine {
                category: category.key.clone(),
                amount_cents,
                quantity,
            })
        };
        Ok(lines.into_iter().map(line).collect::<Result<Vec<_>, _>>()?)
    }
}

fn symbol(about: &About, supply: &str) -> Result<u16, FaultKind> {
    let position = about.delivery.supplies.iter().position(|one| one.key == supply);
    position
        .and_then(|position| u16::try_from(position).ok())
        .ok_or_else(|| FaultKind::WrongShape {
            what: format!("supply `{supply}`"),
        })
}

fn raw(about: &About, one: &PlannedDelivery) -> Result<RawDelivery, FaultKind> {
    Ok(RawDelivery {
        row: one.row,
        slot: one.slot,
        supply: symbol(about, &one.supply)?,
        quantity: one.quantity,
        cost: one.cost_cents,
    })
}

fn check_plan(about: &About, rows: usize, plan: &RawPlan<'_>, answer: &RawSchedule) -> Result<(), FaultKind> {
    let mut spent: i64 = 0;
    let mut filled: BTreeMap<u32, u32> = BTreeMap::new();
    let mut given: BTreeMap<u16, u64> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for one in &answer.deliveries {
        let row = Some(one.row as usize);
        if one.row as usize >= rows || one.slot as usize >= plan.slots.len() {
            return Err(lie(Lie::UnknownPosition { table: "deliveries" }, None));
        }
        if usize::from(one.supply) >= about.delivery.supplies.len() {
            return Err(lie(Lie::UnknownSymbol { table: "supplies" }, row));
        }
        if one.quantity == 0 || !(0..=crate::number::MAX_NUMBER).contains(&one.cost) {
            return Err(lie(Lie::NumberOutOfRange { matrix: "deliveries" }, row));
        }
        if !seen.insert((one.row, one.slot, one.supply)) {
            return Err(lie(Lie::Contradiction, row));
        }
        spent = spent.saturating_add(one.cost);
        *filled.entry(one.slot).or_default() += 1;
        *given.entry(one.supply).or_default() += u64::from(one.quantity);
    }
    if spent > plan.budget {
        return Err(lie(Lie::OverBudget, None));
    }
    let overfull = |(slot, count): (&u32, &u32)| {
        plan.slots
            .get(*slot as usize)
            .is_some_and(|slot| slot.capacity > 0 && *count > slot.capacity)
    };
    if filled.iter().any(overfull) {
        return Err(lie(Lie::OverCapacity, None));
    }
    if plan
        .stock
        .iter()
        .any(|(supply, quantity)| given.get(supply).is_some_and(|given| *given > u64::from(*quantity)))
    {
        return Err(lie(Lie::OverStock, None));
    }
    if let Some(dropped) = plan.kept.iter().find(|one| !answer.deliveries.contains(one)) {
        return Err(lie(Lie::DroppedKept, Some(dropped.row as usize)));
    }
    if answer.unplaced.len() != answer.unplaced_why.len() {
        return Err(lie(
            Lie::Length {
                matrix: "unplaced-why",
                wanted: answer.unplaced.len(),
                found: answer.unplaced_why.len(),
            },
            None,
        ));
    }
    for (row, why) in answer.unplaced.iter().zip(&answer.unplaced_why) {
        if *row as usize >= rows {
            return Err(lie(Lie::UnknownPosition { table: "unplaced" }, None));
        }
        if usize::from(*why) >= about.reasons.len() {
            return Err(lie(Lie::UnknownSymbol { table: "reasons" }, Some(*row as usize)));
        }
    }
    Ok(())
}

/// Symbols to names; they were checked before.
fn named(about: &About, raw: RawSchedule) -> Schedule {
    let supply = |symbol: u16| {
        about
            .delivery
            .supplies
            .get(usize::from(symbol))
            .map(|one| one.key.clone())
            .unwrap_or_default()
    };
    let reason = |symbol: u16| about.reasons.get(usize::from(symbol)).cloned().unwrap_or_default();
    Schedule {
        deliveries: raw
            .deliveries
            .into_iter()
            .map(|one| PlannedDelivery {
                row: one.row,
                slot: one.slot,
                supply: supply(one.supply),
                quantity: one.quantity,
                cost_cents: one.cost,
            })
            .collect(),
        unplaced: raw
            .unplaced
            .into_iter()
            .zip(raw.unplaced_why)
            .map(|(row, why)| Unplaced {
                row,
                reason: reason(why),
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Slot;

    const fn delivery(row: u32, slot: u32, cost: i64) -> RawDelivery {
        RawDelivery {
            row,
            slot,
            supply: 0,
            quantity: 1,
            cost,
        }
    }

    fn about() -> About {
        serde_json::from_value(serde_json::json!({
            "schema": "osn-program-about-0.1", "program": "p", "intake": "rolling", "capacity_unit": "household", "form": {},
            "criteria": [], "reasons": ["no-budget"], "parameters": {},
            "delivery": {"kind": "pickup", "failures": [], "supplies": [{"key": "thing", "category": "things"}]},
        }))
        .unwrap()
    }

    #[test]
    fn every_lie_of_a_plan_is_found() {
        let slots = [
            Slot {
                capacity: 1,
                ..Slot::default()
            },
            Slot::default(),
        ];
        let kept = [delivery(1, 1, 10)];
        let plan = RawPlan {
            slots: &slots,
            stock: &[(0, 3)],
            kept: &kept,
            budget: 35,
        };
        let check = |deliveries: &[RawDelivery], unplaced: &[u32], why: &[u16]| {
            let answer = RawSchedule {
                deliveries: deliveries.to_vec(),
                unplaced: unplaced.to_vec(),
                unplaced_why: why.to_vec(),
            };
            match check_plan(&about(), 3, &plan, &answer) {
                Ok(()) => None,
                Err(FaultKind::LyingAnswer { what, .. }) => Some(what),
                Err(other) => panic!("{other}"),
            }
        };
        let stays = delivery(1, 1, 10);
        assert_eq!(
            check(&[stays, delivery(0, 0, 10), delivery(0, 1, 15)], &[2], &[0]),
            None
        );
        let many = |quantity, delivery| RawDelivery { quantity, ..delivery };
        let supplied = |supply, delivery| RawDelivery { supply, ..delivery };
        let place = |table| Lie::UnknownPosition { table };
        let range = Lie::NumberOutOfRange { matrix: "deliveries" };
        for (deliveries, lie) in [
            (vec![stays, delivery(3, 1, 1)], place("deliveries")),
            (vec![stays, delivery(0, 2, 1)], place("deliveries")),
            (
                vec![stays, supplied(1, delivery(0, 0, 1))],
                Lie::UnknownSymbol { table: "supplies" },
            ),
            (vec![stays, many(0, stays)], range),
            (vec![stays, delivery(0, 0, -1)], range),
            (vec![stays, stays], Lie::Contradiction),
            (vec![stays, delivery(0, 0, 26)], Lie::OverBudget),
            (vec![stays, delivery(0, 0, 1), delivery(2, 0, 1)], Lie::OverCapacity),
            (vec![stays, many(3, delivery(0, 0, 1))], Lie::OverStock),
            (vec![delivery(1, 1, 9)], Lie::DroppedKept),
        ] {
            assert_eq!(check(&deliveries, &[], &[]), Some(lie));
        }
        let length = Lie::Length {
            matrix: "unplaced-why",
            wanted: 1,
            found: 0,
        };
        for (unplaced, why, lie) in [
            (0, vec![], length),
            (3, vec![0], place("unplaced")),
            (0, vec![1], Lie::UnknownSymbol { table: "reasons" }),
        ] {
            assert_eq!(check(&[stays], &[unplaced], &why), Some(lie));
        }
    }
}

//! Appointments: for each person in turn the earliest with an adviser or interpreter of the person's language.

use std::collections::BTreeMap;

use osn_program_sdk::{Delivery, Left, NO_BUDGET, NO_CAPACITY, Plan, Schedule};

use crate::{APPOINTMENT, Counselling, NO_COMMON_LANGUAGE};

/// Up to the call's number of appointments each, one round after the other; a person has one on a day.
pub(crate) fn plan(plan: &Plan<'_, Counselling>) -> Schedule {
    let day = |slot: u32| {
        plan.slots
            .get(slot as usize)
            .map(|slot| slot.starts_min.div_euclid(1_440))
    };
    let mut left = Left::new(plan);
    let mut deliveries = plan.kept.to_vec();
    let mut days: BTreeMap<u32, Vec<i64>> = BTreeMap::new();
    for kept in plan.kept {
        days.entry(kept.row).or_default().extend(day(kept.slot));
    }
    let mut order: Vec<u32> = (0..u32::MAX).take(plan.slots.len()).collect();
    order.sort_by_key(|slot| {
        plan.slots
            .get(*slot as usize)
            .map(|of| (of.starts_min, of.place, of.series))
    });
    let price = plan.parameters.appointment_price;
    let rounds = usize::try_from(plan.parameters.appointments_each).unwrap_or(1);
    let (mut unplaced, mut unplaced_why) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        for group in plan.groups {
            let Some(row) = group.rows.first().copied() else {
                continue;
            };
            let has = days.entry(row).or_default();
            if has.len() > round {
                continue;
            }
            let spoken = |slot: u32| {
                let language = group.application.language.value.map(|language| language as u16);
                let offered = plan
                    .slots
                    .get(slot as usize)
                    .map(|slot| slot.features.as_slice())
                    .unwrap_or_default();
                language.is_none_or(|language| offered.contains(&language))
            };
            let is_free = |slot: &u32| {
                spoken(*slot) && left.has_places(*slot, 1) && day(*slot).is_some_and(|day| !has.contains(&day))
            };
            let found = order.iter().copied().find(is_free).filter(|_| left.affords(price));
            if let Some(slot) = found.filter(|slot| left.take(*slot, APPOINTMENT, 1, price).is_ok()) {
                has.extend(day(slot));
                deliveries.push(Delivery {
                    row,
                    slot,
                    supply: APPOINTMENT,
                    quantity: 1,
                    cost: price,
                });
            } else if !unplaced.contains(&row) {
                unplaced.push(row);
                unplaced_why.push(match (order.iter().any(|slot| spoken(*slot)), left.affords(price)) {
                    (false, _) => NO_COMMON_LANGUAGE,
                    (true, false) => NO_BUDGET,
                    (true, true) => NO_CAPACITY,
                });
            }
        }
    }
    Schedule {
        deliveries,
        unplaced,
        unplaced_why,
    }
}

//! Parcels by instalment: one for each household, in a window in which it is at home, while places, stock and money last.

use std::collections::{BTreeMap, BTreeSet};

use osn_program_sdk::{Delivery, Left, NO_CAPACITY, Plan, Schedule};

use crate::{FoodParcel, PARCEL, Shortage};

/// Occasions of one series are one instalment: its routes and windows. A household that named no window takes any; one whose
/// windows no route serves takes what there is, because a parcel at an odd hour is better than none.
pub(crate) fn plan(plan: &Plan<'_, FoodParcel>) -> Schedule {
    let mut left = Left::new(plan);
    let mut deliveries = plan.kept.to_vec();
    let series = |slot: u32| plan.slots.get(slot as usize).map(|slot| slot.series);
    let taken: BTreeSet<(u32, Option<u32>)> = plan.kept.iter().map(|kept| (kept.row, series(kept.slot))).collect();
    let mut instalments: Vec<(u32, Vec<u32>)> = Vec::new();
    for slot in (0..u32::MAX).take(plan.slots.len()) {
        let of = series(slot).unwrap_or(slot);
        match instalments.iter_mut().find(|(series, _)| *series == of) {
            Some((_, slots)) => slots.push(slot),
            None => instalments.push((of, vec![slot])),
        }
    }
    let households: BTreeMap<u32, Vec<u16>> = plan
        .groups
        .iter()
        .filter_map(|group| {
            let windows = group.application.at_home.value.iter().flatten();
            Some((*group.rows.first()?, windows.map(|window| *window as u16).collect()))
        })
        .collect();
    let rows: Vec<u32> = (0..plan.rows).collect();
    let mut turns: Vec<(u32, usize)> = rows
        .iter()
        .flat_map(|row| (0..instalments.len()).map(move |instalment| (*row, instalment)))
        .collect();
    if plan.parameters.shortage == Shortage::EverybodyOnce {
        turns.sort_by_key(|(row, instalment)| (*instalment, *row));
    }
    let mut why: BTreeMap<u32, u16> = BTreeMap::new();
    for (row, instalment) in turns {
        let Some((of, slots)) = instalments.get(instalment) else {
            continue;
        };
        if taken.contains(&(row, Some(*of))) {
            continue;
        }
        let windows = households.get(&row).map(Vec::as_slice).unwrap_or_default();
        let suits = |slot: &u32| {
            let served = plan
                .slots
                .get(*slot as usize)
                .map(|slot| slot.features.as_slice())
                .unwrap_or_default();
            served.is_empty() || windows.is_empty() || served.iter().any(|window| windows.contains(window))
        };
        let (first, second): (Vec<u32>, Vec<u32>) = slots.iter().copied().partition(suits);
        let slot = first.into_iter().chain(second).find(|slot| left.has_places(*slot, 1));
        let cost = plan.parameters.parcel_price;
        let given = slot.map_or(Err(NO_CAPACITY), |slot| left.take(slot, PARCEL, 1, cost).map(|()| slot));
        match given {
            Ok(slot) => deliveries.push(Delivery {
                row,
                slot,
                supply: PARCEL,
                quantity: 1,
                cost,
            }),
            Err(reason) => {
                why.entry(row).or_insert(reason);
            }
        }
    }
    Schedule {
        deliveries,
        unplaced: why.keys().copied().collect(),
        unplaced_why: why.into_values().collect(),
    }
}

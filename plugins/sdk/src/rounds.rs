//! Planning in rounds: one piece for everybody in each instalment, in a window in which somebody is at home, on a route that passes
//! by, while places, stock and money last.
//!
//! Occasions of one series are one instalment: its routes and windows. An occasion's features are the windows that it serves, its
//! place is the area that it passes. Who named no window takes any; one whose windows no route serves takes what there is,
//! because a parcel at an odd hour is better than none. A route never leaves its area.

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::{Delivery, Left, NO_CAPACITY, NO_STOCK, Plan, Schedule, Slot};
use crate::program::Program;

crate::options! {
    /// Who goes without when there is too little for everybody.
    pub enum Shortage {
        /// Whoever stands first on the list gets every instalment before the next gets any.
        ListOrder = "list-order",
        /// Everybody gets the first instalment before anybody gets the second.
        EverybodyOnce = "everybody-once",
    }
}

/// What is asked of an application.
type Of<'a, P, T> = Box<dyn Fn(&<P as Program>::Application) -> T + 'a>;

/// A plan in rounds, under construction.
pub struct Rounds<'a, P: Program> {
    plan: &'a Plan<'a, P>,
    supply: u16,
    cost: i64,
    shortage: Shortage,
    windows: Option<Of<'a, P, Vec<u16>>>,
    area: Option<(Of<'a, P, Option<u16>>, u16)>,
    stock: Vec<Option<u32>>,
}

impl<P: Program> std::fmt::Debug for Rounds<'_, P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rounds").field("supply", &self.supply).finish()
    }
}

/// One instalment: its series and its occasions.
struct Instalment {
    series: u32,
    slots: Vec<u32>,
    /// Pieces that are left; `None` = enough.
    left: Option<u32>,
}

/// Where somebody can be found.
struct Found {
    windows: Vec<u16>,
    area: Option<u16>,
}

impl<'a, P: Program> Rounds<'a, P> {
    /// One piece of `supply` for each application and instalment, at `cost`, in the order of the list.
    pub fn of(plan: &'a Plan<'a, P>, supply: u16, cost: i64) -> Self {
        Self {
            plan,
            supply,
            cost,
            shortage: Shortage::ListOrder,
            windows: None,
            area: None,
            stock: Vec::new(),
        }
    }

    /// Who goes without when there is too little.
    #[must_use]
    pub const fn short_by(mut self, shortage: Shortage) -> Self {
        self.shortage = shortage;
        self
    }

    /// The windows in which somebody is at home, by the symbols of the question that `features_of` names.
    #[must_use]
    pub fn at_home(mut self, windows: impl Fn(&P::Application) -> Vec<u16> + 'a) -> Self {
        self.windows = Some(Box::new(windows));
        self
    }

    /// The area in which somebody lives, by the symbol of the question that `places_of` names, and the symbol of the reason of
    /// whoever lives where no route passes. Whoever named none takes any route.
    #[must_use]
    pub fn by_area(mut self, area: impl Fn(&P::Application) -> Option<u16> + 'a, no_route: u16) -> Self {
        self.area = Some((Box::new(area), no_route));
        self
    }

    /// How many pieces there are of each instalment, in order; `None`, or an instalment that is not named: enough.
    #[must_use]
    pub fn stock(mut self, stock: Vec<Option<u32>>) -> Self {
        self.stock = stock;
        self
    }

    fn slot(&self, slot: u32) -> Option<&Slot> {
        self.plan.slots.get(slot as usize)
    }

    /// The instalments, in the order in which their series stand in the plan, less what is kept.
    fn instalments(&self) -> Vec<Instalment> {
        let mut instalments: Vec<Instalment> = Vec::new();
        for slot in (0..u32::MAX).take(self.plan.slots.len()) {
            let series = self.slot(slot).map_or(slot, |of| of.series);
            match instalments.iter_mut().find(|one| one.series == series) {
                Some(one) => one.slots.push(slot),
                None => instalments.push(Instalment {
                    left: self.stock.get(instalments.len()).copied().flatten(),
                    series,
                    slots: vec![slot],
                }),
            }
        }
        for kept in self.plan.kept {
            let of = instalments.iter_mut().find(|one| one.slots.contains(&kept.slot));
            if let Some(left) = of.and_then(|one| one.left.as_mut()) {
                *left = left.saturating_sub(kept.quantity);
            }
        }
        instalments
    }

    /// Where everybody can be found, by row.
    fn found(&self) -> BTreeMap<u32, Found> {
        // Routes that name no area pass everywhere.
        let by_area = self.plan.slots.iter().any(|slot| slot.place > 0);
        let each = self.plan.groups.iter().filter_map(|group| {
            let windows = self.windows.as_ref().map(|windows| windows(&group.application));
            let area = self.area.as_ref().filter(|_| by_area);
            let found = Found {
                windows: windows.unwrap_or_default(),
                area: area.and_then(|(area, _)| area(&group.application)),
            };
            Some((*group.rows.first()?, found))
        });
        each.collect()
    }

    /// Every row and instalment, in the order in which they are served.
    fn turns(&self, instalments: usize) -> Vec<(u32, usize)> {
        let of_row = |row: u32| (0..instalments).map(move |instalment| (row, instalment));
        let mut turns: Vec<(u32, usize)> = (0..self.plan.rows).flat_map(of_row).collect();
        if self.shortage == Shortage::EverybodyOnce {
            turns.sort_by_key(|(row, instalment)| (*instalment, *row));
        }
        turns
    }

    /// The occasion that somebody gets in an instalment, or the reason why there is none.
    fn choose(&self, left: &Left, instalment: &Instalment, found: Option<&Found>) -> Result<u32, u16> {
        let area = found.and_then(|found| found.area);
        let passes =
            |slot: &u32| area.is_none_or(|area| self.slot(*slot).is_some_and(|of| of.place == u32::from(area)));
        let routes: Vec<u32> = instalment.slots.iter().copied().filter(passes).collect();
        if let (true, Some((_, no_route))) = (routes.is_empty(), &self.area) {
            return Err(*no_route);
        }
        if instalment.left == Some(0) {
            return Err(NO_STOCK);
        }
        let windows = found.map_or(&[][..], |found| found.windows.as_slice());
        let suits = |slot: &u32| {
            let served = self.slot(*slot).map_or(&[][..], |of| of.features.as_slice());
            served.is_empty() || windows.is_empty() || served.iter().any(|window| windows.contains(window))
        };
        let (first, second): (Vec<u32>, Vec<u32>) = routes.into_iter().partition(suits);
        let mut slots = first.into_iter().chain(second);
        slots.find(|slot| left.has_places(*slot, 1)).ok_or(NO_CAPACITY)
    }

    /// The finished plan: what is kept stays; a row that goes without something is listed once, with its first reason.
    pub fn schedule(self) -> Schedule {
        let mut left = Left::new(self.plan);
        let mut deliveries = self.plan.kept.to_vec();
        let mut instalments = self.instalments();
        let series = |slot: u32| self.slot(slot).map(|of| of.series);
        let kept = self.plan.kept.iter();
        let taken: BTreeSet<(u32, Option<u32>)> = kept.map(|kept| (kept.row, series(kept.slot))).collect();
        let found = self.found();
        let mut why: BTreeMap<u32, u16> = BTreeMap::new();
        for (row, nth) in self.turns(instalments.len()) {
            let Some(instalment) = instalments.get_mut(nth) else {
                continue;
            };
            if taken.contains(&(row, Some(instalment.series))) {
                continue;
            }
            let slot = self.choose(&left, instalment, found.get(&row));
            let given = slot.and_then(|slot| left.take(slot, self.supply, 1, self.cost).map(|()| slot));
            match given {
                Ok(slot) => {
                    instalment.left = instalment.left.map(|left| left.saturating_sub(1));
                    deliveries.push(Delivery {
                        row,
                        slot,
                        supply: self.supply,
                        quantity: 1,
                        cost: self.cost,
                    });
                }
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
}

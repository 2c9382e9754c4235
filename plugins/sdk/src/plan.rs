//! Deliveries: what a planner sees, and the plan that most programs want.

use std::collections::{BTreeMap, BTreeSet};

use crate::bindings::exports::osn::program::planner;
use crate::day::Day;
use crate::program::Program;

pub use planner::{Delivery, Schedule, Slot, Stock};

/// One awarded application, with its answers.
#[derive(Debug)]
pub struct Group<P: Program + ?Sized> {
    /// Answers about the application.
    pub application: P::Application,
    /// Positions of its rows.
    pub rows: Vec<u32>,
    /// Answers about its claims, one for each of its rows.
    pub claims: Vec<P::Claim>,
}

/// What a planner sees.
#[derive(Debug)]
pub struct Plan<'a, P: Program + ?Sized> {
    /// The day as of which the plan is made.
    pub as_of: Day,
    /// The call's parameters.
    pub parameters: &'a P::Parameters,
    /// Awarded rows, counted in the order of the list.
    pub rows: u32,
    /// The applications that the rows belong to, in the order of the list.
    pub groups: &'a [Group<P>],
    /// Occasions.
    pub slots: &'a [Slot],
    /// Supplies that are limited.
    pub supplies: &'a [Stock],
    /// Deliveries that must stay.
    pub kept: &'a [Delivery],
    /// Money for everything, in cents, deliveries that are kept included.
    pub budget: i64,
}

/// Symbol of the standard reason "no-budget".
pub const NO_BUDGET: u16 = 1;
/// Symbol of the standard reason "no-capacity".
pub const NO_CAPACITY: u16 = 2;
/// Symbol of the standard reason "no-stock".
pub const NO_STOCK: u16 = 3;

/// A line of an estimate: the symbol of its expense category, the price of one piece in cents, and how many.
pub fn priced(category: u16, price: i64, quantity: u32) -> planner::BudgetLine {
    planner::BudgetLine {
        category,
        amount: price.saturating_mul(i64::from(quantity)),
        quantity,
    }
}

impl<P: Program + ?Sized> Plan<'_, P> {
    /// Gives every row, in the order of the list, one piece of `supply` at `cost` on every occasion.
    ///
    /// What is kept stays and is paid first. A row that cannot be given something is listed once, with the first reason.
    pub fn one_each(&self, supply: u16, cost: i64) -> Schedule {
        let mut left = Left::new(self);
        let mut deliveries = self.kept.to_vec();
        let taken: BTreeSet<(u32, u32)> = self.kept.iter().map(|kept| (kept.row, kept.slot)).collect();
        let mut unplaced = Vec::new();
        let mut unplaced_why = Vec::new();
        for row in 0..self.rows {
            let mut why = None;
            for slot in 0..u32::try_from(self.slots.len()).unwrap_or(u32::MAX) {
                if taken.contains(&(row, slot)) {
                    continue;
                }
                match left.take(slot, supply, 1, cost) {
                    Ok(()) => deliveries.push(Delivery {
                        row,
                        slot,
                        supply,
                        quantity: 1,
                        cost,
                    }),
                    Err(reason) => why = why.or(Some(reason)),
                }
            }
            if let Some(why) = why {
                unplaced.push(row);
                unplaced_why.push(why);
            }
        }
        Schedule {
            deliveries,
            unplaced,
            unplaced_why,
        }
    }
}

/// What is left of money, places and supplies, once everything that is kept has been paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    budget: i64,
    /// `None` = unlimited.
    places: Vec<Option<u32>>,
    stock: BTreeMap<u16, u32>,
}

impl Left {
    /// At the beginning of a plan.
    pub fn new<P: Program + ?Sized>(plan: &Plan<'_, P>) -> Self {
        let mut left = Self {
            budget: plan.budget,
            places: plan
                .slots
                .iter()
                .map(|slot| (slot.capacity > 0).then_some(slot.capacity))
                .collect(),
            stock: plan
                .supplies
                .iter()
                .map(|stock| (stock.supply, stock.quantity))
                .collect(),
        };
        for kept in plan.kept {
            left.budget = left.budget.saturating_sub(kept.cost);
            if let Some(Some(places)) = left.places.get_mut(kept.slot as usize) {
                *places = places.saturating_sub(1);
            }
            if let Some(stock) = left.stock.get_mut(&kept.supply) {
                *stock = stock.saturating_sub(kept.quantity);
            }
        }
        left
    }

    /// Whether there is money for this.
    pub const fn affords(&self, cost: i64) -> bool {
        self.budget >= cost
    }

    /// Whether `people` more find a place on an occasion.
    pub fn has_places(&self, slot: u32, people: u32) -> bool {
        match self.places.get(slot as usize) {
            None => false,
            Some(None) => true,
            Some(Some(places)) => *places >= people,
        }
    }

    /// Takes one place and `quantity` pieces at `cost` in all; the symbol of the reason where that cannot be, and nothing is taken.
    pub fn take(&mut self, slot: u32, supply: u16, quantity: u32, cost: i64) -> Result<(), u16> {
        if self.budget < cost {
            return Err(NO_BUDGET);
        }
        if !self.has_places(slot, 1) {
            return Err(NO_CAPACITY);
        }
        match self.stock.get_mut(&supply) {
            Some(stock) if *stock < quantity => return Err(NO_STOCK),
            Some(stock) => *stock -= quantity,
            None => {}
        }
        self.budget -= cost;
        if let Some(Some(places)) = self.places.get_mut(slot as usize) {
            *places -= 1;
        }
        Ok(())
    }
}

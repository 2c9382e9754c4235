//! Units of simplified costs: what was delivered or counted, less what other expenses declare of it.

use osn_core::expenditure::{CostForm, Expense, Measured};
use osn_core::id::ActionId;
use osn_store::{DeliveryFilter, PageQuery};

use super::judging::Ground;
use crate::acts::Acting;
use crate::refusal::Outcome;

/// An action, with one of its instalments where that is said.
pub(super) type Place = (ActionId, Option<u16>);

/// Units that an expense declares of deliveries.
pub(super) struct Units {
    places: Vec<Place>,
    quantity: u64,
}

impl Ground {
    /// Counts the units that an expense declares.
    pub(super) fn count_units(&mut self, expense: &Expense) {
        let CostForm::Unit { quantity, .. } = &expense.form else {
            return;
        };
        let quantity = u64::from(*quantity);
        if let Some(code) = &expense.indicator {
            if let Some((_, declared)) = self.measured.get_mut(code) {
                *declared = declared.saturating_add(quantity);
            }
        } else {
            let places = places(expense);
            self.units.push(Units { places, quantity });
            self.known().units.clear();
        }
    }

    /// What an indicator has reached, with the units that expenses declare of it.
    pub(super) fn measured(&self, code: &str) -> Option<&(Measured, u64)> {
        self.measured.get(code)
    }

    /// What the indicator that an expense names has reached, and of its units those that no other expense declares.
    pub(super) fn counted_for(&self, expense: &Expense) -> Option<(Measured, u32)> {
        let (measured, declared) = self.measured.get(expense.indicator.as_ref()?)?;
        let own = self.expenses.get(&expense.id).map(|row| &row.value.expense);
        let own = match own
            .filter(|own| own.indicator == expense.indicator)
            .map(|own| &own.form)
        {
            Some(CostForm::Unit { quantity, .. }) => u64::from(*quantity),
            _ => 0,
        };
        let left = measured.value.saturating_sub(declared.saturating_sub(own));
        Some((measured.clone(), u32::try_from(left).unwrap_or(u32::MAX)))
    }

    /// Deliveries that arrived for the actions and instalments of this expense, less the units that others declared of them.
    pub(super) async fn units_left(&self, acting: &Acting, expense: &Expense) -> Outcome<Option<u32>> {
        let places = places(expense);
        if places.is_empty() {
            return Ok(None);
        }
        let mut arrived = 0_u64;
        for place in &places {
            arrived = arrived.saturating_add(self.arrived(acting, *place).await?);
        }
        let own = self.expenses.get(&expense.id).map(|row| &row.value.expense);
        let own = match own {
            Some(own) if own.indicator.is_none() && overlaps(&places, &self::places(own)) => match &own.form {
                CostForm::Unit { quantity, .. } => u64::from(*quantity),
                CostForm::Actual | CostForm::Lump { .. } | CostForm::Flat { .. } => 0,
            },
            _ => 0,
        };
        let declared = self.declared_units(places).saturating_sub(own);
        Ok(Some(
            u32::try_from(arrived.saturating_sub(declared)).unwrap_or(u32::MAX),
        ))
    }

    async fn arrived(&self, acting: &Acting, place: Place) -> Outcome<u64> {
        if let Some(arrived) = self.known().arrived.get(&place) {
            return Ok(*arrived);
        }
        let filter = DeliveryFilter {
            instalment: place.1,
            state: Some("delivered".to_owned()),
        };
        let page = PageQuery { limit: 1, after: None };
        let arrived = acting.scope.deliveries(place.0, filter, page).await?.total;
        self.known().arrived.insert(place, arrived);
        Ok(arrived)
    }

    /// Units that all recorded expenses declare of these places.
    fn declared_units(&self, of: Vec<Place>) -> u64 {
        let mut known = self.known();
        let sum = || {
            let declared = self.units.iter().filter(|units| overlaps(&of, &units.places));
            declared.map(|units| units.quantity).sum()
        };
        match known.units.get(&of) {
            Some(units) => *units,
            None => {
                let units = sum();
                known.units.insert(of, units);
                units
            }
        }
    }
}

fn places(expense: &Expense) -> Vec<Place> {
    let parts = expense.allocations.iter();
    let mut places: Vec<_> = parts
        .filter_map(|part| part.action_id.map(|action| (action, part.instalment)))
        .collect();
    places.sort();
    places.dedup();
    places
}

fn overlaps(own: &[Place], other: &[Place]) -> bool {
    other.iter().any(|(action, instalment)| {
        own.iter()
            .any(|(own, mine)| own == action && (mine.is_none() || instalment.is_none() || mine == instalment))
    })
}

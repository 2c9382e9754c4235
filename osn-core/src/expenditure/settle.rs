//! Simplified costs that settle themselves: a flat rate from its base as it was judged, a unit cost from what its indicator
//! counted, a lump sum from the deliverable that was accepted or the target that was reached. Nobody types their amounts.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::expense::CostForm;
use super::indicator::Measured;
use super::kinds::Category;
use super::ledger::Ledger;
use super::parameters::{Factor, Parameter, Parameters};
use super::share::Share;
use super::terms::FlatRate;
use crate::money::{Money, MoneyError, Rounding};
use crate::operation::Deliverable;

/// What a flat rate makes of its base over the whole operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlatSum {
    /// One is the whole.
    pub factor: Decimal,
    /// Eligible costs on which it is computed.
    pub base: Money,
    /// What it makes of them, rounded once.
    pub most: Money,
    /// What was declared under the same rate before.
    pub before: Money,
}

impl FlatSum {
    /// What is still due; nothing at the least.
    pub fn left(&self) -> Money {
        let left = self.most.checked_sub(self.before).unwrap_or_default();
        left.max(Money::ZERO)
    }

    /// The rate as people read it.
    pub fn percent(&self) -> Share {
        let points = self.factor.checked_mul(Decimal::from(10_000)).unwrap_or_default();
        Share::from_basis_points(points.trunc().to_u32().unwrap_or(0))
    }
}

fn factor(rate: FlatRate, p: &Parameters) -> Option<&Parameter<Factor>> {
    let numbers = &p.regime;
    match rate {
        FlatRate::Indirect7 => numbers.flat_7.as_ref(),
        FlatRate::Indirect15 => Some(&numbers.flat_15),
        FlatRate::Indirect25 => Some(&numbers.flat_25),
        FlatRate::Staff20 => Some(&numbers.staff_20),
        FlatRate::Remaining40 => Some(&numbers.flat_40),
        FlatRate::FoodHandling | FlatRate::FoodMeasures => numbers.food_7.as_ref(),
    }
}

/// What a rate makes of the sums of a ledger on a day; nothing where the regime has no such rate then.
///
/// # Errors
/// When an amount is too large.
pub fn flat_sum(rate: FlatRate, on: NaiveDate, p: &Parameters, ledger: &Ledger) -> Result<Option<FlatSum>, MoneyError> {
    let Some(Factor(factor)) = factor(rate, p).and_then(|factor| factor.on(on)) else {
        return Ok(None);
    };
    let base = match rate {
        FlatRate::Indirect7 | FlatRate::Indirect25 => ledger.direct_staff.checked_add(ledger.direct_other)?,
        FlatRate::Indirect15 | FlatRate::Remaining40 => ledger.direct_staff,
        FlatRate::Staff20 => ledger.direct_other,
        FlatRate::FoodHandling | FlatRate::FoodMeasures => ledger.food,
    };
    Ok(Some(FlatSum {
        factor,
        base,
        most: base.times(factor, Rounding::HalfUp)?,
        before: ledger.flat_before,
    }))
}

/// The categories on which a rate is computed: never one that a flat rate makes.
pub fn base_of(rate: FlatRate, p: &Parameters) -> BTreeSet<Category> {
    let direct = Category::ALL.into_iter().filter(|category| !category.is_flat());
    direct
        .filter(|category| match rate {
            FlatRate::Indirect7 | FlatRate::Indirect25 => true,
            FlatRate::Indirect15 | FlatRate::Remaining40 => p.is_staff(*category),
            FlatRate::Staff20 => !p.is_staff(*category),
            FlatRate::FoodHandling | FlatRate::FoodMeasures => *category == Category::A4,
        })
        .collect()
}

/// What a unit cost has due of what its indicator counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitSum {
    /// Units that were counted.
    pub measured: u64,
    /// Units that were declared before.
    pub before: u64,
    /// Units that are due and fit into what the line has left.
    pub units: u32,
    /// What these cost.
    pub amount: Money,
    /// What all that was counted and not declared costs, fit or not.
    pub open: Money,
}

/// What a unit cost has due: units that were counted and not declared, as many whole ones as the room has. Nothing at the least:
/// a count that fell below what was declared takes nothing back by itself.
///
/// # Errors
/// When an amount is too large.
pub fn unit_sum(unit_cost: Money, measured: u64, before: u64, room: Money) -> Result<UnitSum, MoneyError> {
    let open = u32::try_from(measured.saturating_sub(before)).unwrap_or(u32::MAX);
    let fitting = room.max(Money::ZERO).cents().checked_div(unit_cost.cents());
    let fitting = fitting.map_or(0, |units| u32::try_from(units).unwrap_or(u32::MAX));
    let units = open.min(fitting);
    let cost = |units: u32| unit_cost.times(Decimal::from(units), Rounding::HalfUp);
    Ok(UnitSum {
        measured,
        before,
        units,
        amount: cost(units)?,
        open: cost(open)?,
    })
}

/// What a lump sum is paid for.
#[derive(Clone, Copy, Debug)]
pub enum Aim<'a> {
    /// A deliverable that must be accepted.
    Deliverable(&'a Deliverable),
    /// An indicator whose target must be reached.
    Indicator(&'a Measured),
}

impl Aim<'_> {
    /// Whether it is achieved on a day.
    pub fn is_achieved(&self, on: NaiveDate) -> bool {
        match self {
            Self::Deliverable(deliverable) => deliverable.accepted_on.is_some_and(|accepted| accepted <= on),
            Self::Indicator(measured) => measured.is_reached(),
        }
    }
}

/// A lump sum as its aim says, where there is one: it is achieved once the deliverable is accepted or the target reached,
/// whatever was typed. Every other form stays as it is.
#[must_use]
pub fn settled(form: CostForm, aim: Option<Aim<'_>>, on: NaiveDate) -> CostForm {
    match (form, aim) {
        (CostForm::Lump { milestone, .. }, Some(aim)) => CostForm::Lump {
            milestone,
            achieved: aim.is_achieved(on),
        },
        (form, _) => form,
    }
}

#[cfg(test)]
#[expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "bases are rolled with dice, far below the largest amount"
)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::operation::Regime;

    fn day() -> NaiveDate {
        "2022-07-08".parse().unwrap()
    }

    /// To the cent: half a cent goes up.
    fn by_hand(base: i64, per_ten_thousand: i64) -> i64 {
        (base * per_ten_thousand + 5_000) / 10_000
    }

    proptest! {
        /// However often a rate is settled while its base grows, what was settled is what the rate makes of the base: no cent
        /// more, no cent less, rounded once.
        #[test]
        fn settled_again_and_again_a_rate_is_exact_to_the_cent(
            which in 0_usize..FlatRate::ALL.len(),
            grows in prop::collection::vec((0_i64..10_000_000, 0_i64..10_000_000, any::<bool>()), 1..20),
        ) {
            let rate = FlatRate::ALL[which];
            let p = Parameters::of(Regime::Period2127).unwrap();
            let (mut staff, mut other, mut settled) = (0_i64, 0_i64, 0_i64);
            for (more_staff, more_other, settle) in grows {
                staff += more_staff;
                other += more_other;
                let ledger = Ledger {
                    direct_staff: Money::from_cents(staff),
                    direct_other: Money::from_cents(other),
                    food: Money::from_cents(other),
                    flat_before: Money::from_cents(settled),
                    ..Ledger::default()
                };
                let sum = flat_sum(rate, day(), &p, &ledger).unwrap().unwrap();
                let wanted = match rate {
                    FlatRate::Indirect7 => by_hand(staff + other, 700),
                    FlatRate::Indirect15 => by_hand(staff, 1_500),
                    FlatRate::Indirect25 => by_hand(staff + other, 2_500),
                    FlatRate::Staff20 => by_hand(other, 2_000),
                    FlatRate::Remaining40 => by_hand(staff, 4_000),
                    FlatRate::FoodHandling | FlatRate::FoodMeasures => by_hand(other, 700),
                };
                prop_assert_eq!(sum.most.cents(), wanted);
                prop_assert!(!sum.left().is_negative());
                if settle {
                    settled += sum.left().cents();
                    prop_assert_eq!(settled, wanted);
                }
            }
        }
    }

    #[test]
    fn no_rate_has_a_base_that_a_rate_makes() {
        for regime in [Regime::Period1420, Regime::Period2127] {
            let p = Parameters::of(regime).unwrap();
            for rate in FlatRate::ALL {
                let base = base_of(rate, &p);
                assert!(
                    !base.is_empty() && base.iter().all(|category| !category.is_flat()),
                    "{rate:?}"
                );
            }
        }
    }

    #[test]
    fn a_lump_sum_is_achieved_when_its_deliverable_is_accepted() {
        let lump = |achieved| CostForm::Lump {
            milestone: "Π1".to_owned(),
            achieved,
        };
        let deliverable = |accepted: Option<&str>| Deliverable {
            code: "Π1".to_owned(),
            work_package: "WP2".to_owned(),
            name: crate::lang::LocalText::default(),
            due_on: None,
            accepted_on: accepted.map(|day| day.parse().unwrap()),
            progress: Share::WHOLE,
        };
        for (accepted, achieved) in [(None, false), (Some("2022-07-08"), true), (Some("2022-07-09"), false)] {
            for typed in [false, true] {
                assert_eq!(
                    settled(lump(typed), Some(Aim::Deliverable(&deliverable(accepted))), day()),
                    lump(achieved)
                );
            }
        }
        // Without a deliverable a person says it.
        assert_eq!(settled(lump(true), None, day()), lump(true));
    }
}

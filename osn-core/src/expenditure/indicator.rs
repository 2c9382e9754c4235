//! What an operation is measured by (δείκτης): counted from what happened to people, so that nobody types what was reached.
//!
//! One person counts once, in however many actions, calls and instalments something arrived.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::share::Share;
use crate::id::{ActionId, PersonId};
use crate::lang::LocalText;
use crate::time::Period;

/// What an indicator says of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IndicatorKind {
    /// What was done (εκροή).
    Output,
    /// What came of it (αποτέλεσμα).
    Result,
}

impl IndicatorKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Output, Self::Result];

    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Output => "output",
            Self::Result => "result",
        }
    }
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IndicatorUnit {
    /// People of the households to whom something arrived. Of a household that is in several actions its largest number of
    /// people counts, once: who of them was in which action is nobody's to add up.
    Persons,
    /// Households to which something arrived, each once.
    Households,
    /// What arrived, each time: parcels handed over, sessions attended, appointments kept.
    Deliveries,
}

impl IndicatorUnit {
    /// Every unit.
    pub const ALL: [Self; 3] = [Self::Persons, Self::Households, Self::Deliveries];

    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Persons => "persons",
            Self::Households => "households",
            Self::Deliveries => "deliveries",
        }
    }
}

/// An indicator, as the decision of inclusion defines it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// Code within the operation, e.g. that of the programme's list.
    pub code: String,
    /// Name.
    pub name: LocalText,
    /// What it says.
    pub kind: IndicatorKind,
    /// What is counted.
    pub unit: IndicatorUnit,
    /// What is to be reached, in units; absent where the decision names none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<u64>,
    /// The actions that it counts; empty, all that the operation pays.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<ActionId>,
    /// Where its definition stands.
    pub source: String,
}

impl Indicator {
    /// Whether it counts what happened in an action of its operation.
    pub fn counts(&self, action: ActionId) -> bool {
        self.actions.is_empty() || self.actions.contains(&action)
    }
}

/// What arrived at one household in one action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// The action.
    pub action: ActionId,
    /// Who applied for the household.
    pub person: PersonId,
    /// People of it who were found eligible.
    pub people: u64,
    /// Deliveries that arrived.
    pub deliveries: u64,
    /// First and last day of these.
    pub days: (NaiveDate, NaiveDate),
}

/// What was measured of one action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasuredAction {
    /// The action.
    pub action_id: ActionId,
    /// By itself: who is in two actions is counted in both.
    pub value: u64,
}

/// What an indicator has reached. It holds counts and no people, so that a judgement can freeze it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    /// The indicator, by its code.
    pub code: String,
    /// The day on which it was counted.
    pub on: NaiveDate,
    /// Units.
    pub value: u64,
    /// What is to be reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<u64>,
    /// From the first to the last day on which something arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<Period>,
    /// The same by action, where something arrived.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<MeasuredAction>,
}

impl Measured {
    /// Whether the target is reached; never where there is none.
    pub fn is_reached(&self) -> bool {
        self.target.is_some_and(|target| self.value >= target)
    }

    /// What part of the whole each action has, by what it measured itself: exactly the whole together, largest remainders first.
    pub fn parts(&self) -> Vec<(ActionId, Share)> {
        let whole = u64::from(Share::WHOLE.basis_points());
        let all: u64 = self.actions.iter().map(|part| part.value).fold(0, u64::saturating_add);
        let of = |value: u64| {
            let wide = u128::from(value).saturating_mul(u128::from(whole));
            let all = u128::from(all);
            (wide.checked_div(all).unwrap_or(0), wide.checked_rem(all).unwrap_or(0))
        };
        let mut parts: Vec<(ActionId, u128, u128)> = self
            .actions
            .iter()
            .map(|part| {
                let (points, rest) = of(part.value);
                (part.action_id, points, rest)
            })
            .collect();
        let given: u128 = parts.iter().map(|(_, points, _)| points).sum();
        let left = usize::try_from(u128::from(whole).saturating_sub(given)).unwrap_or(0);
        let mut order: Vec<usize> = (0..parts.len()).collect();
        order.sort_by_key(|at| std::cmp::Reverse(parts.get(*at).map_or(0, |(_, _, rest)| *rest)));
        for at in order.into_iter().take(left) {
            if let Some((_, points, _)) = parts.get_mut(at) {
                *points = points.saturating_add(1);
            }
        }
        let share = |points: u128| Share::from_basis_points(u32::try_from(points).unwrap_or(0));
        parts
            .into_iter()
            .filter(|(_, points, _)| *points > 0)
            .map(|(action, points, _)| (action, share(points)))
            .collect()
    }
}

/// What an indicator has reached on a day, of all that arrived in the operation's actions.
pub fn measure(indicator: &Indicator, on: NaiveDate, arrived: &[Arrived]) -> Measured {
    let own = || {
        arrived
            .iter()
            .filter(|each| each.deliveries > 0 && indicator.counts(each.action))
    };
    let unit = |each: &Arrived| match indicator.unit {
        // Whoever got something is a person, whatever the decision counted.
        IndicatorUnit::Persons => each.people.max(1),
        IndicatorUnit::Households => 1,
        IndicatorUnit::Deliveries => each.deliveries,
    };
    let mut actions: BTreeMap<ActionId, u64> = BTreeMap::new();
    let mut people: BTreeMap<PersonId, u64> = BTreeMap::new();
    for each in own() {
        let sum = actions.entry(each.action).or_default();
        *sum = sum.saturating_add(unit(each));
        let most = people.entry(each.person).or_default();
        *most = (*most).max(unit(each));
    }
    let value = match indicator.unit {
        IndicatorUnit::Persons | IndicatorUnit::Households => people.values().sum(),
        IndicatorUnit::Deliveries => actions.values().sum(),
    };
    let (from, to) = (own().map(|each| each.days.0).min(), own().map(|each| each.days.1).max());
    Measured {
        code: indicator.code.clone(),
        on,
        value,
        target: indicator.target,
        days: from.map(|from| Period { from, to }),
        actions: actions
            .into_iter()
            .map(|(action_id, value)| MeasuredAction { action_id, value })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_the_whole_together() {
        let id = |number: u8| -> ActionId {
            format!("00000000-0000-0000-0000-0000000000{number:02}")
                .parse()
                .unwrap()
        };
        let measured = |values: &[u64]| Measured {
            code: "Δ1".to_owned(),
            on: "2022-10-01".parse().unwrap(),
            value: values.iter().sum(),
            target: None,
            days: None,
            actions: (1..)
                .zip(values)
                .map(|(number, value)| MeasuredAction {
                    action_id: id(number),
                    value: *value,
                })
                .collect(),
        };
        for values in [&[1, 1, 1][..], &[150], &[7, 11, 13, 0], &[u64::MAX / 4, 1, 5], &[1; 30]] {
            let parts = measured(values).parts();
            let sum = parts.iter().fold(Share::NOTHING, |sum, (_, share)| sum.plus(*share));
            assert_eq!(sum, Share::WHOLE, "{values:?}: {parts:?}");
        }
        assert_eq!(measured(&[]).parts(), []);
    }
}

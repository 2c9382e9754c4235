//! What indicators count and what settles from them, case by case: `cases/settle.toml` is written to be read by somebody who knows
//! the operation, not Rust.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use osn_core::expenditure::{
    Aim, Arrived, CostForm, Indicator, IndicatorKind, IndicatorUnit, Measured, measure, settled, unit_sum,
};
use osn_core::id::{ActionId, PersonId};
use osn_core::lang::LocalText;
use osn_core::money::Money;
use proptest::prelude::*;
use serde::Deserialize;

const CASES: &str = include_str!("cases/settle.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    count: Vec<Count>,
    unit: Vec<Unit>,
    lump: Vec<Lump>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Count {
    name: String,
    unit: IndicatorUnit,
    /// The actions that the indicator names.
    #[serde(default)]
    of: Vec<String>,
    arrived: Vec<(String, String, u64, u64)>,
    value: u64,
    #[serde(default)]
    by_action: BTreeMap<String, u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unit {
    name: String,
    #[serde(rename = "unit_cost")]
    cost: String,
    measured: u64,
    before: u64,
    room: String,
    units: u32,
    amount: String,
    /// What does not fit too; as the amount where it is not said.
    #[serde(default)]
    open: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lump {
    name: String,
    #[serde(default)]
    target: Option<u64>,
    measured: u64,
    achieved: bool,
}

fn cases() -> Cases {
    toml::from_str(CASES).unwrap()
}

/// The same identifier for the same name.
fn id<T: std::str::FromStr>(name: &str) -> T {
    let number = name
        .bytes()
        .fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    let text = format!("00000000-0000-0000-0000-{:012x}", number & 0xffff_ffff_ffff);
    text.parse().unwrap_or_else(|_| panic!("{text}"))
}

fn indicator(unit: IndicatorUnit, actions: Vec<ActionId>, target: Option<u64>) -> Indicator {
    Indicator {
        code: "Δ1".to_owned(),
        name: LocalText::new("Άτομα", "People"),
        kind: IndicatorKind::Output,
        unit,
        target,
        actions,
        source: "Απόφαση ένταξης".to_owned(),
    }
}

fn arrived(action: &str, person: &str, people: u64, deliveries: u64) -> Arrived {
    let day = |text: &str| text.parse().unwrap();
    Arrived {
        action: id(action),
        person: id::<PersonId>(person),
        people,
        deliveries,
        days: (day("2022-09-01"), day("2022-09-27")),
    }
}

fn count(indicator: &Indicator, all: &[Arrived]) -> Measured {
    measure(indicator, "2022-10-01".parse().unwrap(), all)
}

#[test]
fn what_arrived_is_counted_once_for_each_person() {
    for case in cases().count {
        let all: Vec<Arrived> = case
            .arrived
            .iter()
            .map(|(action, person, people, deliveries)| arrived(action, person, *people, *deliveries))
            .collect();
        let indicator = indicator(case.unit, case.of.iter().map(|name| id(name)).collect(), None);
        let measured = count(&indicator, &all);
        assert_eq!(measured.value, case.value, "{}", case.name);
        let wanted: BTreeMap<ActionId, u64> = case.by_action.iter().map(|(name, value)| (id(name), *value)).collect();
        let got: BTreeMap<ActionId, u64> = measured
            .actions
            .iter()
            .map(|part| (part.action_id, part.value))
            .collect();
        assert_eq!(got, wanted, "{}", case.name);
        let bytes = osn_core::canonical::to_canonical(&measured).unwrap();
        assert_eq!(
            serde_json::from_slice::<Measured>(&bytes).unwrap(),
            measured,
            "{}",
            case.name
        );
    }
}

#[test]
fn units_are_due_as_they_were_counted() {
    let money = |text: &str| Money::parse(text).unwrap();
    for case in cases().unit {
        let sum = unit_sum(money(&case.cost), case.measured, case.before, money(&case.room)).unwrap();
        let open = case.open.as_ref().unwrap_or(&case.amount);
        assert_eq!(
            (sum.units, sum.amount, sum.open),
            (case.units, money(&case.amount), money(open)),
            "{}",
            case.name
        );
    }
}

#[test]
fn a_lump_sum_waits_for_its_target() {
    for case in cases().lump {
        let all: Vec<Arrived> = (0..case.measured)
            .map(|number| arrived("camp", &number.to_string(), 1, 1))
            .collect();
        let measured = count(&indicator(IndicatorUnit::Households, Vec::new(), case.target), &all);
        let typed = CostForm::Lump {
            milestone: "Δ1".to_owned(),
            achieved: !case.achieved,
        };
        let wanted = CostForm::Lump {
            milestone: "Δ1".to_owned(),
            achieved: case.achieved,
        };
        let on = "2022-10-01".parse().unwrap();
        assert_eq!(
            settled(typed, Some(Aim::Indicator(&measured)), on),
            wanted,
            "{}",
            case.name
        );
    }
}

proptest! {
    /// However often it is settled while more arrives, what was settled is what was counted times its cost, to the cent.
    #[test]
    fn settled_again_and_again_units_are_exact_to_the_cent(
        cents in 1_i64..100_000, grows in prop::collection::vec((0_u64..500, any::<bool>()), 1..20),
    ) {
        let room = Money::from_cents(i64::MAX / 4);
        let (mut measured, mut before, mut paid) = (0_u64, 0_u64, 0_i64);
        for (more, settle) in grows {
            measured += more;
            let sum = unit_sum(Money::from_cents(cents), measured, before, room).unwrap();
            prop_assert_eq!(sum.amount.cents(), cents * i64::from(sum.units));
            if settle {
                before += u64::from(sum.units);
                paid += sum.amount.cents();
                prop_assert_eq!(paid, cents * i64::try_from(measured).unwrap());
            }
        }
    }

    /// The order in which things arrived never matters, and nobody is counted twice.
    #[test]
    fn the_order_never_matters(rows in prop::collection::vec((0_u8..4, 0_u8..6, 0_u64..5, 0_u64..3), 0..30)) {
        let all: Vec<Arrived> = rows
            .iter()
            .map(|(action, person, people, deliveries)| {
                arrived(&format!("a{action}"), &format!("p{person}"), *people, *deliveries)
            })
            .collect();
        let mut turned = all.clone();
        turned.reverse();
        for unit in IndicatorUnit::ALL {
            let indicator = indicator(unit, Vec::new(), None);
            prop_assert_eq!(count(&indicator, &all), count(&indicator, &turned));
        }
        let households = count(&indicator(IndicatorUnit::Households, Vec::new(), None), &all).value;
        prop_assert!(households <= 6);
    }
}

//! The assignment as properties: whatever families, sessions and kept places come.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::{BTreeMap, BTreeSet};

use camp::{Camp, Parameters, Participant, Programme, Session, Week};
use osn_program_sdk::{Answer, Day, Delivery, Group, Parameters as _, Plan, Program as _, Schedule, Slot};
use proptest::prelude::*;

/// A child as a test draws it: age, wishes, weeks, needs.
type Drawn = (i32, Vec<u16>, Vec<u16>, Vec<u8>);

fn on() -> Day {
    Day::ymd(2022, 6, 20)
}

fn participant((age, wishes, weeks, needs): &Drawn) -> Participant {
    let all = [
        camp::Access::StepFree,
        camp::Access::SignLanguage,
        camp::Access::QuietRoom,
    ];
    Participant {
        birth_date: Answer::accepted(on().plus_months(-12 * age - 5)),
        wishes: Answer::declared(wishes.clone()),
        weeks: Answer::declared(weeks.clone()),
        access_needs: Answer::declared(
            needs
                .iter()
                .filter_map(|need| all.get(usize::from(*need)).copied())
                .collect(),
        ),
    }
}

fn family(children: &[Drawn], first_row: u32) -> Group<Camp> {
    let missing = camp::Family {
        single_parent_status: Answer::MISSING,
        exclusive_care: Answer::MISSING,
        family_status_issued: Answer::MISSING,
        no_support: Answer::MISSING,
        annual_income: Answer::MISSING,
        resident: Answer::MISSING,
    };
    Group {
        application: missing,
        rows: (first_row..).take(children.len()).collect(),
        claims: children.iter().map(participant).collect(),
    }
}

fn families(drawn: &[Vec<Drawn>]) -> Vec<Group<Camp>> {
    let mut next = 0;
    let mut groups = Vec::new();
    for children in drawn {
        groups.push(family(children, next));
        next += u32::try_from(children.len()).unwrap();
    }
    groups
}

/// Three weeks, from Monday to Friday; schools open in autumn.
fn programme() -> Programme {
    let week = |number: i32| Week {
        key: format!("week-{}", number + 1),
        from: Day(on().0 + 7 * number),
        to: Day(on().0 + 7 * number + 4),
    };
    Programme {
        closed: vec![(Day::ymd(2022, 6, 16), Day::ymd(2022, 9, 10))],
        weeks: (0..3).map(week).collect(),
        places: Vec::new(),
        workshops: Vec::new(),
    }
}

fn plan(drawn: &[Vec<Drawn>], slots: &[Slot], kept: &[Delivery], weeks_each: i64, budget: i64) -> Schedule {
    let parameters = Parameters {
        weeks_each,
        week_price: 100,
        programme: Some(programme()),
        ..Parameters::defaults()
    };
    under(&parameters, drawn, slots, kept, budget)
}

fn under(parameters: &Parameters, drawn: &[Vec<Drawn>], slots: &[Slot], kept: &[Delivery], budget: i64) -> Schedule {
    let groups = families(drawn);
    let rows = groups
        .iter()
        .map(|group| u32::try_from(group.rows.len()).unwrap())
        .sum();
    let asked = Plan {
        as_of: on(),
        parameters,
        rows,
        groups: &groups,
        slots,
        supplies: &[],
        kept,
        budget,
    };
    Camp::plan(&asked).unwrap()
}

fn child() -> impl Strategy<Value = Drawn> {
    let some = |most: u16, count| proptest::collection::btree_set(0..most, 0..count);
    let wishes = Just((0..4).collect::<Vec<u16>>())
        .prop_shuffle()
        .prop_flat_map(|all| (0..=4_usize).prop_map(move |count| all[..count].to_vec()));
    (
        3..14_i32,
        wishes,
        some(3, 3),
        proptest::collection::btree_set(0..3_u8, 0..2),
    )
        .prop_map(|(age, wishes, weeks, needs)| (age, wishes, weeks.into_iter().collect(), needs.into_iter().collect()))
}

fn slot() -> impl Strategy<Value = Slot> {
    let groups = prop_oneof![Just((4, 7)), Just((8, 12)), Just((4, 12)), Just((0, 0))];
    (
        0..3_u32,
        0..4_u32,
        groups,
        proptest::collection::btree_set(0..3_u16, 0..4),
        1..5_u32,
    )
        .prop_map(|(series, place, (age_min, age_max), features, capacity)| Slot {
            series,
            starts_min: i64::from(on().0 + 7 * i32::try_from(series).unwrap()) * 1_440 + 540,
            minutes: 300,
            place,
            age_min,
            age_max,
            features: features.into_iter().collect(),
            capacity,
        })
}

fn world() -> impl Strategy<Value = (Vec<Vec<Drawn>>, Vec<Slot>)> {
    let family = proptest::collection::vec(child(), 1..4);
    (
        proptest::collection::vec(family, 0..12),
        proptest::collection::vec(slot(), 0..10),
    )
}

/// Who got what, without the positions of sessions: equal sessions are one.
fn what(schedule: &Schedule, slots: &[Slot]) -> Vec<(u32, (u32, u32, u16, u16))> {
    let mut what: Vec<_> = schedule
        .deliveries
        .iter()
        .map(|one| {
            let slot = &slots[one.slot as usize];
            (one.row, (slot.series, slot.place, slot.age_min, slot.age_max))
        })
        .collect();
    what.sort_unstable();
    what
}

fn row_of(drawn: &[Vec<Drawn>], row: u32) -> &Drawn {
    drawn.iter().flatten().nth(row as usize).unwrap()
}

/// Whether a session is for a child, said a second time in other words than the program's.
fn fits((age, _, weeks, needs): &Drawn, slot: &Slot) -> bool {
    *age >= i32::from(slot.age_min)
        && (slot.age_max == 0 || *age <= i32::from(slot.age_max))
        && (weeks.is_empty() || weeks.iter().any(|week| u32::from(*week) == slot.series))
        && needs.iter().all(|need| slot.features.contains(&u16::from(*need)))
}

fn is_in(deliveries: &[Delivery], one: &Delivery) -> bool {
    deliveries
        .iter()
        .any(|other| (other.row, other.slot, other.cost) == (one.row, one.slot, one.cost))
}

/// Everything that must hold of any answer.
fn check(drawn: &[Vec<Drawn>], slots: &[Slot], kept: &[Delivery], weeks_each: usize, budget: i64, schedule: &Schedule) {
    let mut filled: BTreeMap<u32, u32> = BTreeMap::new();
    let mut weeks: BTreeSet<(u32, u32)> = BTreeSet::new();
    let mut given: BTreeMap<u32, usize> = BTreeMap::new();
    for one in &schedule.deliveries {
        let slot = &slots[one.slot as usize];
        *filled.entry(one.slot).or_default() += 1;
        *given.entry(one.row).or_default() += 1;
        assert!(weeks.insert((one.row, slot.series)), "two places in one week");
        assert!(
            is_in(kept, one) || fits(row_of(drawn, one.row), slot),
            "{one:?} does not fit"
        );
    }
    for (slot, count) in filled {
        assert!(
            count <= slots[slot as usize].capacity,
            "session {slot} is over its places"
        );
    }
    assert!(
        kept.iter().all(|kept| is_in(&schedule.deliveries, kept)),
        "what is kept stays"
    );
    assert!(
        schedule.deliveries.iter().map(|one| one.cost).sum::<i64>() <= budget,
        "over the money"
    );
    let short: BTreeSet<u32> = (0..u32::try_from(drawn.iter().flatten().count()).unwrap())
        .filter(|row| given.get(row).copied().unwrap_or(0) < weeks_each)
        .collect();
    assert_eq!(
        schedule.unplaced.iter().copied().collect::<BTreeSet<_>>(),
        short,
        "who is short is said, once"
    );
    assert_eq!(schedule.unplaced.len(), schedule.unplaced_why.len());
}

/// Siblings whose week could still be found together with the places that are left and their own are together.
fn siblings_are_together(drawn: &[Vec<Drawn>], slots: &[Slot], schedule: &Schedule) {
    let mut left: Vec<u32> = slots.iter().map(|slot| slot.capacity).collect();
    for one in &schedule.deliveries {
        left[one.slot as usize] -= 1;
    }
    let mut first = 0;
    for family in drawn {
        let rows: Vec<u32> = (first..).take(family.len()).collect();
        first += u32::try_from(family.len()).unwrap();
        let own: Vec<&Delivery> = schedule
            .deliveries
            .iter()
            .filter(|one| rows.contains(&one.row))
            .collect();
        let at: BTreeSet<(u32, u32)> = own
            .iter()
            .map(|one| (slots[one.slot as usize].series, slots[one.slot as usize].place))
            .collect();
        if own.len() == family.len() && at.len() == 1 {
            continue;
        }
        let mut free = left.clone();
        for one in own {
            free[one.slot as usize] += 1;
        }
        for slot in slots {
            let here: Vec<usize> = (0..slots.len())
                .filter(|index| (slots[*index].series, slots[*index].place) == (slot.series, slot.place))
                .collect();
            assert!(
                !all_fit(family, &here, slots, &mut free),
                "siblings are apart, and ({}, {}) had places",
                slot.series,
                slot.place
            );
        }
    }
}

/// Whether there is a place for each of these among some sessions: every way is tried.
fn all_fit(children: &[Drawn], here: &[usize], slots: &[Slot], free: &mut [u32]) -> bool {
    let Some((child, others)) = children.split_first() else {
        return true;
    };
    here.iter().any(|index| {
        if free[*index] == 0 || !fits(child, &slots[*index]) {
            return false;
        }
        free[*index] -= 1;
        let all = all_fit(others, here, slots, free);
        free[*index] += 1;
        all
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn places_ages_needs_and_money_hold((drawn, slots) in world(), weeks_each in 1..4_i64, budget in prop_oneof![Just(i64::MAX), 0..2_000_i64]) {
        let schedule = plan(&drawn, &slots, &[], weeks_each, budget);
        check(&drawn, &slots, &[], usize::try_from(weeks_each).unwrap(), budget, &schedule);
        if weeks_each == 1 && budget == i64::MAX {
            siblings_are_together(&drawn, &slots, &schedule);
        }
    }

    #[test]
    fn the_order_of_sessions_and_siblings_is_irrelevant((drawn, slots) in world(), seed in any::<u64>()) {
        let turn = |length: usize| {
            let mut order: Vec<usize> = (0..length).collect();
            order.sort_by_key(|index| (seed ^ (*index as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)).wrapping_mul(0xD6E8_FEB8_6659_FD93));
            order
        };
        let before = plan(&drawn, &slots, &[], 2, i64::MAX);
        let other: Vec<Slot> = turn(slots.len()).into_iter().map(|index| slots[index].clone()).collect();
        prop_assert_eq!(what(&before, &slots), what(&plan(&drawn, &other, &[], 2, i64::MAX), &other));
        // Siblings turned round: each child, known by its answers, has what it had.
        let turned: Vec<Vec<Drawn>> = drawn.iter().map(|family| turn(family.len()).into_iter().map(|index| family[index].clone()).collect()).collect();
        let after = plan(&turned, &slots, &[], 2, i64::MAX);
        let named = |schedule: &Schedule, drawn: &[Vec<Drawn>]| {
            let family: Vec<usize> = drawn.iter().enumerate().flat_map(|(index, family)| family.iter().map(move |_| index)).collect();
            let mut named: Vec<_> = what(schedule, &slots).into_iter().map(|(row, at)| (family[row as usize], row_of(drawn, row).clone(), at)).collect();
            named.sort();
            named
        };
        prop_assert_eq!(named(&before, &drawn), named(&after, &turned));
    }

    #[test]
    fn what_is_kept_stays_and_nobody_depends_on_who_comes_after((drawn, slots) in world(), more in proptest::collection::vec(child(), 1..4)) {
        // Who stood last gives back; another family comes; everybody else keeps the place.
        let before = plan(&drawn, &slots, &[], 1, i64::MAX);
        let mut longer = drawn.clone();
        longer.push(more);
        let rows = u32::try_from(drawn.iter().flatten().count()).unwrap();
        let fresh = plan(&longer, &slots, &[], 1, i64::MAX);
        let first: Vec<_> = what(&fresh, &slots).into_iter().filter(|(row, _)| *row < rows).collect();
        prop_assert_eq!(what(&before, &slots), first);
        let with_kept = plan(&longer, &slots, &before.deliveries, 1, i64::MAX);
        check(&longer, &slots, &before.deliveries, 1, i64::MAX, &with_kept);
        let mut turned = before.deliveries.clone();
        turned.reverse();
        prop_assert_eq!(what(&with_kept, &slots), what(&plan(&longer, &slots, &turned, 1, i64::MAX), &slots));
    }
}

#[test]
fn wishes_are_followed_in_order_and_the_list_goes_first() {
    let slot = |place, capacity| Slot {
        series: 0,
        starts_min: i64::from(on().0) * 1_440,
        minutes: 300,
        place,
        age_min: 4,
        age_max: 12,
        features: Vec::new(),
        capacity,
    };
    let child = |wishes: &[u16]| vec![(8, wishes.to_vec(), Vec::new(), Vec::new())];
    let slots = [slot(0, 1), slot(1, 1), slot(2, 1)];
    let drawn = [child(&[2, 1]), child(&[2, 0]), child(&[2]), child(&[])];
    let schedule = plan(&drawn, &slots, &[], 1, i64::MAX);
    let places: Vec<(u32, u32)> = schedule
        .deliveries
        .iter()
        .map(|one| (one.row, slots[one.slot as usize].place))
        .collect();
    assert_eq!(places, [(0, 2), (1, 0), (2, 1)]);
    assert_eq!(
        (schedule.unplaced, schedule.unplaced_why),
        (vec![3], vec![osn_program_sdk::NO_CAPACITY])
    );
    // A child whom no session fits hears that, whatever places are free.
    let old = [vec![(13, Vec::new(), Vec::new(), Vec::new())]];
    assert_eq!(plan(&old, &slots, &[], 1, i64::MAX).unplaced_why, [4]);
    assert_eq!(
        plan(&drawn, &slots, &[], 1, 150).unplaced_why[0],
        osn_program_sdk::NO_BUDGET
    );
    assert!(std::mem::size_of::<Session>() <= 64);
}

/// A plan's day is looked at, and not only the week that its session is filed under.
#[test]
fn nobody_is_sent_to_a_session_while_schools_are_open() {
    let slot = |series, day: Day, minute: i64| Slot {
        series,
        starts_min: i64::from(day.0) * 1_440 + minute,
        minutes: 300,
        place: 0,
        age_min: 4,
        age_max: 12,
        features: Vec::new(),
        capacity: 1,
    };
    let (monday, friday) = (on(), Day::ymd(2022, 6, 24));
    let child = || vec![(8, Vec::new(), Vec::new(), Vec::new())];
    let outside = [
        ("in term", slot(0, Day::ymd(2022, 10, 3), 540)),
        ("the day before", slot(0, Day(monday.0 - 1), 1_439)),
        ("the day after", slot(0, Day(friday.0 + 1), 0)),
        ("in another week", slot(1, monday, 540)),
        ("in no week of the programme", slot(3, monday, 540)),
        ("of a series without a number", slot(u32::MAX, monday, 540)),
    ];
    for (what, outside) in &outside {
        let schedule = plan(&[child()], std::slice::from_ref(outside), &[], 1, i64::MAX);
        assert_eq!(schedule.deliveries.len(), 0, "{what}");
        // The program's own reason, "no-fitting-session".
        assert_eq!((schedule.unplaced, schedule.unplaced_why), (vec![0], vec![4]), "{what}");
    }
    for (day, minute) in [(monday, 0), (friday, 1_439)] {
        assert_eq!(
            plan(&[child()], &[slot(0, day, minute)], &[], 1, i64::MAX)
                .deliveries
                .len(),
            1
        );
    }
    // Sessions keep their positions where others before them are left out, and siblings are not sent there together either.
    let slots = [
        slot(0, Day::ymd(2022, 10, 3), 540),
        slot(0, monday, 540),
        slot(0, monday, 540),
    ];
    let siblings = [child(), child()].concat();
    let schedule = plan(&[siblings], &slots, &[], 1, i64::MAX);
    let mut given: Vec<u32> = schedule.deliveries.iter().map(|one| one.slot).collect();
    given.sort_unstable();
    assert_eq!(given, [1, 2]);
    // A place in a session that was moved into term stays with whoever was promised it.
    let kept = [Delivery {
        row: 0,
        slot: 0,
        supply: 0,
        quantity: 1,
        cost: 100,
    }];
    let schedule = plan(&[child()], &slots[..1], &kept, 1, i64::MAX);
    assert!(is_in(&schedule.deliveries, &kept[0]) && schedule.unplaced.is_empty());
    // A week that the call's calendar no longer covers has no sessions; without an offer of its own a call has the default week.
    let open = Programme {
        closed: vec![(friday, Day::ymd(2022, 9, 10))],
        ..programme()
    };
    for (programme, given) in [(Some(open), 0), (None, 1)] {
        let parameters = Parameters {
            programme,
            ..Parameters::defaults()
        };
        let schedule = under(&parameters, &[child()], &slots[..2], &[], i64::MAX);
        assert_eq!(schedule.deliveries.len(), given);
    }
}

//! What a described group says of a need: a table that a clerk can read, and people who are made up and counted.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "each test takes what it needs of the city")]
mod network_city;

use std::collections::BTreeMap;

use osn_core::directory::TermCode;
use osn_core::meeting::{AgeCount, AreaCount, Employment, GroupProfile, Part, ProfileError, Sex};
use osn_core::need::People;
use proptest::prelude::*;
use serde::Deserialize;

use network_city::city;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    profile: Written,
    #[serde(default)]
    part: Part,
    lower: u32,
    upper: u32,
}

/// A profile as the table writes it.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    people: u32,
    age_from: Option<u8>,
    age_to: Option<u8>,
    areas: Vec<TermCode>,
    women: Option<u32>,
    men: Option<u32>,
    employed: Option<u32>,
    unemployed: Option<u32>,
    single_parents: Option<u32>,
    ages: Vec<(u8, u8, u32)>,
    by_area: BTreeMap<String, u32>,
}

impl Written {
    fn profile(self) -> GroupProfile {
        let band = |(from, to, people)| AgeCount {
            from,
            to: Some(to),
            people,
        };
        let count = |(area, people): (String, u32)| AreaCount {
            area: TermCode::new(area),
            people,
        };
        GroupProfile {
            groups: Vec::new(),
            people: People {
                count: self.people,
                age_from: self.age_from,
                age_to: self.age_to,
            },
            areas: self.areas,
            women: self.women,
            men: self.men,
            employed: self.employed,
            unemployed: self.unemployed,
            single_parents: self.single_parents,
            ages: self.ages.into_iter().map(band).collect(),
            by_area: self.by_area.into_iter().map(count).collect(),
        }
    }
}

#[test]
fn cases() {
    let table: Table = toml::from_str(include_str!("cases/profile.toml")).unwrap();
    let city = city(Vec::new());
    for case in table.case {
        let profile = case.profile.profile();
        assert_eq!(profile.problems(&city), [], "{}", case.name);
        let size = profile.size(&case.part, &city);
        assert_eq!((size.lower, size.upper), (case.lower, case.upper), "{}", case.name);
        assert_eq!(size.exact().is_some(), case.lower == case.upper, "{}", case.name);
        assert!(size.allows(case.lower) && size.allows(case.upper), "{}", case.name);
        assert!(!size.allows(case.upper + 1), "{}", case.name);
        assert_eq!(size.shown().is_some(), case.lower > 0, "{}", case.name);
    }
}

#[test]
fn a_profile_counts_nobody_who_is_not_there_and_nobody_twice() {
    let wrong = Written {
        people: 10,
        age_from: Some(6),
        age_to: Some(12),
        women: Some(6),
        men: Some(5),
        employed: Some(4),
        unemployed: Some(6),
        single_parents: Some(11),
        ages: vec![(6, 9, 4), (9, 12, 4), (3, 5, 1), (8, 7, 1)],
        by_area: BTreeMap::from([("city".to_owned(), 8), ("city.1".to_owned(), 3)]),
        ..Written::default()
    };
    let found = wrong.profile().problems(&city(Vec::new()));
    assert_eq!(
        found,
        [
            ProfileError::MoreThanAll("women"),
            ProfileError::MoreThanAll("single_parents"),
            ProfileError::MoreThanAll("by_area"),
            ProfileError::NoSuchAges(2),
            ProfileError::NoSuchAges(3),
            ProfileError::Twice("ages"),
            ProfileError::Twice("by_area"),
        ]
    );
    let nobody = Written {
        age_from: Some(9),
        age_to: Some(8),
        ..Written::default()
    };
    let found = nobody.profile().problems(&city(Vec::new()));
    assert_eq!(found, [ProfileError::NoPeople, ProfileError::BackwardsAges]);
}

/// Somebody, with what was asked about them; `None`: nobody asked.
#[derive(Clone, Debug)]
struct Somebody {
    sex: Option<Sex>,
    employment: Option<Employment>,
    single_parent: bool,
    age: u8,
    community: usize,
    is_woman: bool,
    is_employed: bool,
}

const COMMUNITIES: [&str; 2] = ["city.1", "city.2"];
const BANDS: [(u8, u8); 3] = [(0, 5), (6, 12), (13, 17)];

fn somebody() -> impl Strategy<Value = Somebody> {
    let answers = (any::<bool>(), any::<bool>(), any::<bool>(), 0_u8..18, 0_usize..2);
    (answers, 0_u8..4, 0_u8..4).prop_map(|((woman, employed, single_parent, age, community), asked, told)| {
        let sex = if woman { Sex::Women } else { Sex::Men };
        let work = if employed {
            Employment::Employed
        } else {
            Employment::Unemployed
        };
        Somebody {
            sex: (asked > 0).then_some(sex),
            employment: (told > 0).then_some(work),
            single_parent,
            age,
            community,
            is_woman: woman,
            is_employed: employed,
        }
    })
}

fn part() -> impl Strategy<Value = Part> {
    let sex = prop_oneof![Just(None), Just(Some(Sex::Women)), Just(Some(Sex::Men))];
    let work = prop_oneof![
        Just(None),
        Just(Some(Employment::Employed)),
        Just(Some(Employment::Unemployed))
    ];
    let ages = (proptest::option::of(0_u8..18), proptest::option::of(0_u8..18));
    (sex, work, any::<bool>(), ages, 0_usize..4).prop_map(|(sex, employment, single_parents, (from, to), place)| Part {
        sex,
        employment,
        single_parents,
        age_from: from,
        age_to: to,
        areas: [&[][..], &COMMUNITIES[..1], &COMMUNITIES[1..], &["city"][..]][place]
            .iter()
            .map(|code| TermCode::new(*code))
            .collect(),
    })
}

/// The counts of people as a meeting would write them.
fn counted(people: &[Somebody], bands: usize, communities: usize) -> GroupProfile {
    let count =
        |wanted: &dyn Fn(&Somebody) -> bool| u32::try_from(people.iter().filter(|one| wanted(one)).count()).unwrap();
    GroupProfile {
        people: People {
            count: count(&|_| true),
            age_from: Some(0),
            age_to: Some(17),
        },
        groups: Vec::new(),
        areas: COMMUNITIES.iter().map(|code| TermCode::new(*code)).collect(),
        women: Some(count(&|one| one.sex == Some(Sex::Women))),
        men: Some(count(&|one| one.sex == Some(Sex::Men))),
        employed: Some(count(&|one| one.employment == Some(Employment::Employed))),
        unemployed: Some(count(&|one| one.employment == Some(Employment::Unemployed))),
        single_parents: Some(count(&|one| one.single_parent)),
        ages: BANDS[..bands]
            .iter()
            .map(|(from, to)| AgeCount {
                from: *from,
                to: Some(*to),
                people: count(&|one| (*from..=*to).contains(&one.age)),
            })
            .collect(),
        by_area: (0..communities)
            .map(|place| AreaCount {
                area: TermCode::new(COMMUNITIES[place]),
                people: count(&|one| one.community == place),
            })
            .collect(),
    }
}

fn is_meant(part: &Part, one: &Somebody) -> bool {
    let sex = part.sex.is_none_or(|sex| (sex == Sex::Women) == one.is_woman);
    let work = part
        .employment
        .is_none_or(|work| (work == Employment::Employed) == one.is_employed);
    let age = part.age_from.is_none_or(|from| one.age >= from) && part.age_to.is_none_or(|to| one.age <= to);
    let lives = [TermCode::new("city"), TermCode::new(COMMUNITIES[one.community])];
    let area = part.areas.is_empty() || part.areas.iter().any(|area| lives.contains(area));
    sex && work && age && area && (!part.single_parents || one.single_parent)
}

proptest! {
    /// Whoever they are: as many as are meant are never fewer than the lower number, nor more than the upper one.
    #[test]
    fn the_truth_lies_within(
        people in proptest::collection::vec(somebody(), 1..60),
        part in part(),
        bands in 0_usize..4,
        communities in 0_usize..3,
    ) {
        let city = city(Vec::new());
        let profile = counted(&people, bands, communities);
        prop_assert_eq!(profile.problems(&city), []);
        let size = profile.size(&part, &city);
        let truth = u32::try_from(people.iter().filter(|one| is_meant(&part, one)).count()).unwrap();
        prop_assert!(size.allows(truth), "{truth} outside {size:?}");
        for one in &size.counted {
            prop_assert!(one.lower <= one.upper && one.upper <= profile.people.count, "{size:?}");
            prop_assert!(size.upper <= one.upper && size.lower <= one.lower, "{size:?}");
        }
    }

    /// No narrower range would be true: there are people with these very counts of whom the fewest, and others of whom the most, are meant.
    #[test]
    fn no_narrower_range_would_be_true(all in 1_u32..60, women in 0_u32..60, single in 0_u32..60) {
        let (women, single) = (women.min(all), single.min(all));
        let profile = Written {
            people: all,
            women: Some(women),
            men: Some(all - women),
            single_parents: Some(single),
            ..Written::default()
        }
        .profile();
        let part = Part { sex: Some(Sex::Women), single_parents: true, ..Part::default() };
        let size = profile.size(&part, &city(Vec::new()));
        // Women stand first; single parents stand last, or first.
        let most = (0..all).filter(|one| *one < women && *one < single).count();
        let fewest = (0..all).filter(|one| *one < women && *one >= all - single).count();
        prop_assert_eq!((size.lower, size.upper), (u32::try_from(fewest).unwrap(), u32::try_from(most).unwrap()));
    }

    /// To ask one more question never makes the range reach higher.
    #[test]
    fn a_further_question_never_finds_more(people in proptest::collection::vec(somebody(), 1..60), part in part()) {
        let city = city(Vec::new());
        let profile = counted(&people, 3, 2);
        let further = Part { single_parents: true, ..part.clone() };
        let (before, after) = (profile.size(&part, &city), profile.size(&further, &city));
        prop_assert!(after.upper <= before.upper && after.lower <= before.lower);
    }
}

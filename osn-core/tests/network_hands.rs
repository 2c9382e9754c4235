//! Two people where one is not enough: immediate help within its ceiling, emergencies, and officers against the rules.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod network_city;

use osn_core::coverage::{Confirmation, FreshnessPolicy, NeedOutcome, confirm};
use osn_core::directory::{Mode, Service, ServiceStatus, TermCode};
use osn_core::id::{EmergencyId, InterventionId, OrganizationId, OverrulingId, PersonId, RequestId, ServiceId};
use osn_core::immediate::{
    Emergency, EmergencyState, HelpGiven, HelpTo, ImmediateIntervention, InterventionError, InterventionState,
};
use osn_core::intervention::{CatalogueEntry, Ceiling};
use osn_core::lang::LocalText;
use osn_core::money::Money;
use osn_core::need::{Need, People, Urgency};
use osn_core::overruling::{Overruling, OverrulingError, OverrulingState};
use osn_core::time::Period;
use uuid::Uuid;

use network_city::{at, city, codes, day, who, words};

fn help(people: usize, cost: i64, to: &str) -> ImmediateIntervention {
    let ids = (0..people).map(|number| PersonId::new(Uuid::from_u128(number.try_into().unwrap())));
    ImmediateIntervention {
        id: InterventionId::new(Uuid::nil()),
        entry: "immediate.meals".into(),
        model_version: 1,
        to: HelpTo::People { people: ids.collect() },
        areas: codes(&["city.1"]),
        period: Period {
            from: day("2022-09-01"),
            to: Some(day(to)),
        },
        cost: Money::from_cents(cost),
        reason: words("Δεν έχουν φάει"),
        emergency_id: None,
        payer: None,
        ceiling: Ceiling {
            people: Some(3),
            cost: Some(Money::from_cents(10_000)),
            days: Some(5),
        },
        request_id: None,
        certificate_due: day("2022-09-16"),
        certificate_id: None,
        proposed_by: who(1),
        proposed_at: at(),
        given: Vec::new(),
        state: InterventionState::Proposed,
    }
}

#[test]
fn immediate_help_stays_within_its_ceiling_and_needs_two_people() {
    let codes = |help: &ImmediateIntervention| {
        let problems = help.problems();
        problems
            .iter()
            .map(|problem| format!("{} {}", problem.path(), problem.code()))
            .collect::<Vec<_>>()
    };
    assert_eq!(codes(&help(3, 10_000, "2022-09-05")), [""; 0]);
    assert_eq!(
        codes(&help(4, 10_001, "2022-09-06")),
        [
            "/to immediate-over-ceiling",
            "/cost immediate-over-ceiling",
            "/period immediate-over-ceiling"
        ]
    );
    let mut open = help(1, 100, "2022-09-01");
    open.ceiling = Ceiling::default();
    assert_eq!(
        codes(&open),
        ["/entry immediate-no-ceiling"; 3],
        "no ceiling is not an endless one"
    );
    assert_eq!(codes(&help(1, 100, "2022-08-31")), ["/period/to backwards-period"]);
    let mut meals = help(2, 1_000, "2022-09-05");
    let given = |person: u128, on: &str, cost| HelpGiven {
        person_id: Some(PersonId::new(Uuid::from_u128(person))),
        on: day(on),
        by: who(2),
        cost: Money::from_cents(cost),
        delivery_id: None,
    };
    let today = day("2022-09-02");
    assert!(
        meals.give(given(0, "2022-09-01", 500), today).is_err(),
        "nothing is given before the approval"
    );
    assert_eq!(meals.approve(who(1), at()), Err(InterventionError::SamePerson));
    meals.approve(who(2), at()).unwrap();
    assert!(
        meals.approve(who(3), at()).is_err(),
        "of two who decide at once, one does"
    );
    meals.give(given(0, "2022-09-01", 500), today).unwrap();
    assert_eq!(
        meals.give(given(9, "2022-09-01", 1), today),
        Err(InterventionError::NotAmongThem)
    );
    assert_eq!(
        meals.give(given(1, "2022-09-03", 1), today),
        Err(InterventionError::OutsideDays(day("2022-09-03")))
    );
    assert!(matches!(
        meals.give(given(1, "2022-09-02", 501), today),
        Err(InterventionError::MoreThanApproved { .. })
    ));
    assert!(!meals.is_certificate_late(day("2022-09-16")) && meals.is_certificate_late(day("2022-09-17")));
}

#[test]
fn an_emergency_opens_what_it_names_where_and_while_it_lasts() {
    let mut emergency = Emergency {
        id: EmergencyId::new(Uuid::nil()),
        name: words("Καύσωνας"),
        areas: codes(&["city.1"]),
        period: Period::new(day("2022-09-01"), day("2022-09-07")).unwrap(),
        entries: vec!["immediate.meals".into()],
        ceiling: Ceiling {
            people: Some(500),
            ..Ceiling::default()
        },
        proposed_by: who(1),
        proposed_at: at(),
        state: EmergencyState::Proposed,
    };
    let entry = |code: &str| CatalogueEntry {
        code: code.into(),
        name: words(code),
        description: words(code),
        ceiling: Ceiling::default(),
    };
    let ask = |emergency: &Emergency, code: &str, to: &str, area: &str| {
        let period = Period::new(day("2022-09-02"), day(to)).unwrap();
        let areas = codes(&[area]);
        emergency.ceiling_of(&entry(code), period, &areas, |area| emergency.areas.contains(area))
    };
    let outside = |what| Err(InterventionError::OutsideEmergency(what));
    assert_eq!(
        ask(&emergency, "immediate.meals", "2022-09-03", "city.1"),
        outside("state")
    );
    assert_eq!(emergency.declare(who(1), at()), Err(InterventionError::SamePerson));
    emergency.declare(who(2), at()).unwrap();
    assert_eq!(
        ask(&emergency, "immediate.goods", "2022-09-03", "city.1"),
        outside("entry")
    );
    assert_eq!(
        ask(&emergency, "immediate.meals", "2022-09-08", "city.1"),
        outside("period")
    );
    assert_eq!(
        ask(&emergency, "immediate.meals", "2022-09-03", "city.2"),
        outside("areas")
    );
    let ceiling = ask(&emergency, "immediate.meals", "2022-09-03", "city.1").unwrap();
    assert_eq!(ceiling.people, Some(500));
}

fn examined() -> Confirmation {
    let id = ServiceId::new(Uuid::from_u128(7));
    let mut service = Service::new(
        id,
        OrganizationId::new(Uuid::nil()),
        words("Συσσίτιο"),
        ServiceStatus::Active,
    );
    service.categories = codes(&["food"]);
    service.modes = Some(vec![Mode::Home]);
    let need = Need {
        category: TermCode::new("food"),
        groups: Vec::new(),
        people: People {
            count: 50,
            age_from: None,
            age_to: None,
        },
        areas: codes(&["city.1"]),
        mode: Mode::Place,
        period: Period::new(day("2022-09-01"), day("2022-09-30")).unwrap(),
        languages: Vec::new(),
        hours: None,
        urgency: Urgency::Normal,
    };
    confirm(
        &city(vec![service]),
        &need,
        FreshnessPolicy::default(),
        day("2022-09-01"),
        &[],
    )
    .unwrap()
}

#[test]
fn an_officer_overrules_with_a_reason_and_a_second_one_approves() {
    let confirmation = examined();
    let overruling = |residual, refer_to: Vec<ServiceId>| Overruling {
        id: OverrulingId::new(Uuid::nil()),
        request_id: RequestId::new(Uuid::nil()),
        examination: 3,
        computed: confirmation.outcome,
        residual,
        refer_to,
        reason: words("Ο φορέας δέχεται και στον χώρο του"),
        by: who(1),
        at: at(),
        state: OverrulingState::Proposed,
    };
    let known = vec![ServiceId::new(Uuid::from_u128(7))];
    let stranger = ServiceId::new(Uuid::from_u128(8));
    assert_eq!(
        overruling(50, known.clone()).check(&confirmation),
        Err(OverrulingError::Same { residual: 50 })
    );
    assert_eq!(
        overruling(51, known.clone()).check(&confirmation),
        Err(OverrulingError::MoreThanInNeed {
            residual: 51,
            people: 50
        })
    );
    assert_eq!(
        overruling(10, vec![stranger]).check(&confirmation),
        Err(OverrulingError::NotExamined(stranger))
    );
    let mut old = confirmation.clone();
    old.examined.iter_mut().for_each(|service| service.referable = false);
    assert_eq!(
        overruling(10, known.clone()).check(&old),
        Err(OverrulingError::NotReferable(ServiceId::new(Uuid::from_u128(7))))
    );
    assert_eq!(
        overruling(10, Vec::new()).check(&confirmation),
        Err(OverrulingError::NoService)
    );
    let silent = Overruling {
        reason: LocalText::default(),
        ..overruling(10, known.clone())
    };
    assert_eq!(silent.check(&confirmation), Err(OverrulingError::NoReason));
    let mut good = overruling(10, known.clone());
    good.check(&confirmation).unwrap();
    let mut decided = confirmation.clone();
    assert_eq!(
        good.approve(&mut decided, 3, who(1), at()),
        Err(OverrulingError::SamePerson)
    );
    assert_eq!(good.approve(&mut decided, 4, who(2), at()), Err(OverrulingError::Moved));
    assert_eq!(decided, confirmation, "a refused approval changes nothing");
    good.approve(&mut decided, 3, who(2), at()).unwrap();
    assert_eq!(decided.outcome, NeedOutcome::PartlyCovered { residual: 10 });
    assert_eq!(decided.refer_to, known);
    assert_eq!(decided.overruled.unwrap().computed, NeedOutcome::Gap { residual: 50 });
    let second = good.approve(&mut confirmation.clone(), 3, who(3), at());
    assert!(matches!(second, Err(OverrulingError::Transition(_))), "{second:?}");
}

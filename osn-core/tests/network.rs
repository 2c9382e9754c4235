//! Need and network: reports that contradict themselves, gaps that are one, the board, consent, agreements.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod network_city;

use osn_core::coverage::Fit;
use osn_core::directory::{Service, ServiceStatus, TermCode};
use osn_core::gap::{
    ExtensionState, GapCause, GapError, GapSource, GapState, JoinError, Month, ReportedGap, ServiceExtension,
    UnmetNeed, unmet_board,
};
use osn_core::id::{ExtensionId, GapId, OperationId, OrganizationId, PersonId, ReferralId, ServiceId};
use osn_core::lang::LocalText;
use osn_core::money::Money;
use osn_core::network::{Agreement, Member, MemberError, MemberKind, MemberState};
use osn_core::operation::{Operation, Regime};
use osn_core::proposal::{FitDimension, FitQuestion, OperationScope, operation_fit};
use osn_core::referral::{Consent, DataField, Referral, ReferralData, ReferralError, ReferralState};
use osn_core::time::Period;
use uuid::Uuid;

use network_city::{at, city, codes, day, who, words};

fn gap(number: u128) -> ReportedGap {
    ReportedGap {
        id: GapId::new(Uuid::from_u128(number)),
        reported_by: who(1),
        organization_id: None,
        title: words("Γεύματα το βράδυ"),
        category: TermCode::new("food"),
        groups: codes(&["homeless"]),
        areas: codes(&["city.1"]),
        people: 40,
        cause: GapCause::NoMeans,
        evidence: words("Η ουρά στις 21:00"),
        source: GapSource::Observation,
        from_profile: None,
        reported_at: at(),
        proposals: Vec::new(),
        state: GapState::Reported,
    }
}

#[test]
fn a_report_that_contradicts_itself_says_everything_that_is_wrong() {
    assert_eq!(gap(1).problems(), []);
    let counted = Period {
        from: day("2022-09-02"),
        to: Some(day("2022-09-01")),
    };
    let wrong = ReportedGap {
        people: 0,
        areas: Vec::new(),
        evidence: LocalText::default(),
        title: LocalText::default(),
        source: GapSource::EmptySearch {
            period: counted,
            searches: 3,
        },
        ..gap(1)
    };
    let codes: Vec<_> = wrong
        .problems()
        .iter()
        .map(|problem| (problem.path(), problem.code()))
        .collect();
    assert_eq!(
        codes,
        [
            ("/title", "required"),
            ("/people", "need.no-people"),
            ("/areas", "need.no-area"),
            ("/evidence", "required"),
            ("/source/period/to", "backwards-period")
        ]
    );
    let inflated = ReportedGap {
        source: GapSource::TurnedAway {
            service: ServiceId::new(Uuid::nil()),
            period: Period::new(day("2022-08-01"), day("2022-08-31")).unwrap(),
            people: 39,
        },
        ..gap(1)
    };
    assert_eq!(
        inflated.problems(),
        [GapError::MoreThanCounted {
            people: 40,
            counted: 39
        }]
    );
}

#[test]
fn equal_gaps_are_joined_and_nobody_is_counted_twice() {
    let directory = city(Vec::new());
    let (mut one, mut other) = (gap(1), gap(2));
    other.people = 70;
    other.areas = codes(&["city"]);
    one.join(&mut other, &directory, (who(1), at())).unwrap();
    assert_eq!((one.people, one.areas.clone()), (70, codes(&["city.1", "city"])));
    assert!(matches!(other.state, GapState::Joined { into, .. } if into == one.id));
    let again = one.join(&mut other, &directory, (who(1), at())).unwrap_err();
    assert!(
        matches!(again, JoinError::Transition(_)),
        "what was joined is over: {again}"
    );
    let mut same = one.clone();
    assert_eq!(one.join(&mut same, &directory, (who(1), at())), Err(JoinError::Itself));
    for (field, different) in [
        (
            "category",
            ReportedGap {
                category: TermCode::new("other"),
                ..gap(3)
            },
        ),
        (
            "groups",
            ReportedGap {
                groups: Vec::new(),
                ..gap(3)
            },
        ),
        (
            "cause",
            ReportedGap {
                cause: GapCause::NoSuchService,
                ..gap(3)
            },
        ),
        (
            "areas",
            ReportedGap {
                areas: codes(&["city.2"]),
                ..gap(3)
            },
        ),
    ] {
        let mut different = different;
        let refused = gap(4).join(&mut different, &directory, (who(1), at())).unwrap_err();
        assert_eq!(refused, JoinError::Different(field));
        assert_eq!(different.state, GapState::Reported, "a refused join changes nothing");
    }
}

#[test]
fn the_board_counts_a_need_in_each_of_its_areas_and_once_in_the_total() {
    let directory = city(Vec::new());
    let need = |people, areas: &[&str], from: &str, until: Option<&str>, certified| UnmetNeed {
        category: TermCode::new("food"),
        areas: codes(areas),
        people,
        from: day(from),
        until: until.map(day),
        certified,
    };
    let needs = [
        need(40, &["city"], "2022-07-15", None, false),
        need(10, &["city.1"], "2022-08-01", Some("2022-08-31"), true),
        need(5, &["city.2"], "2022-08-31", None, true),
    ];
    let board = unmet_board(&directory, &needs, day("2022-09-10"), 3);
    let months: Vec<String> = board.months.iter().map(ToString::to_string).collect();
    assert_eq!(months, ["2022-07", "2022-08", "2022-09"]);
    let food = TermCode::new("food");
    let cells: Vec<_> = board
        .months
        .iter()
        .flat_map(|month| ["city.1", "city.2"].map(|area| board.cell(*month, &food, &TermCode::new(area))))
        .map(|cell| (cell.needs, cell.certified, cell.reported))
        .collect();
    // The second need was served on the last day of August: August ended without it.
    assert_eq!(
        cells,
        [(1, 0, 40), (1, 0, 40), (1, 0, 40), (2, 5, 40), (1, 0, 40), (2, 5, 40)]
    );
    let total = board.totals[&(Month::of(day("2022-09-01")), food)];
    assert_eq!(
        (total.needs, total.people()),
        (2, 45),
        "once, although it stands in two areas"
    );
}

#[test]
fn an_extension_adds_places_on_a_day_that_has_not_passed() {
    let id = ServiceId::new(Uuid::from_u128(7));
    let mut service = Service::new(
        id,
        OrganizationId::new(Uuid::nil()),
        words("Συσσίτιο"),
        ServiceStatus::Active,
    );
    let extension = |places, on: &str| ServiceExtension {
        id: ExtensionId::new(Uuid::nil()),
        gap_id: GapId::new(Uuid::nil()),
        service_id: id,
        organization_id: OrganizationId::new(Uuid::nil()),
        places,
        unit: words("μερίδες"),
        effective_on: day(on),
        planned_by: who(1),
        planned_at: at(),
        state: ExtensionState::Planned,
    };
    assert!(extension(0, "2022-09-02").check(day("2022-09-01")).is_err());
    assert!(extension(5, "2022-08-31").check(day("2022-09-01")).is_err());
    extension(5, "2022-09-01").check(day("2022-09-01")).unwrap();
    let (first, before, after) = extension(5, "2022-09-02").extended(&service);
    assert_eq!((before, after), (None, 5), "a record that said nothing says five");
    service = first;
    let (second, before, after) = extension(7, "2022-09-03").extended(&service);
    assert_eq!((before, after), (Some(5), 12));
    assert_eq!(second.capacity().unwrap().maximum, Some(12));
}

fn referral() -> (Referral, ReferralData) {
    let referral = Referral {
        id: ReferralId::new(Uuid::nil()),
        person_id: PersonId::new(Uuid::nil()),
        organization_id: OrganizationId::new(Uuid::nil()),
        service_id: None,
        category: TermCode::new("food"),
        areas: codes(&["city.1"]),
        groups: Vec::new(),
        consent: Consent {
            scope: vec![DataField::Name, DataField::Phone],
            given_on: day("2022-09-01"),
            expires_on: day("2022-09-30"),
        },
        answer_by: day("2022-09-10"),
        request_id: None,
        gap_id: None,
        referred_by: who(1),
        referred_at: at(),
        note: LocalText::default(),
        state: ReferralState::Sent,
    };
    let data = ReferralData {
        name: Some("Άννα".into()),
        phone: Some("6900000001".into()),
        ..ReferralData::default()
    };
    (referral, data)
}

#[test]
fn nothing_crosses_without_consent_after_it_or_beside_it() {
    let today = day("2022-09-05");
    let (good, data) = referral();
    assert_eq!(good.problems(&data, today), []);
    let with = |change: fn(&mut Referral, &mut ReferralData)| {
        let (mut referral, mut data) = referral();
        change(&mut referral, &mut data);
        referral.problems(&data, today)
    };
    assert_eq!(
        with(|referral, _| referral.consent.scope.clear()),
        [
            ReferralError::NoConsent,
            ReferralError::OutsideConsent(DataField::Name),
            ReferralError::OutsideConsent(DataField::Phone)
        ]
    );
    assert_eq!(
        with(|referral, _| referral.consent.expires_on = day("2022-09-04")),
        [
            ReferralError::ConsentExpired(day("2022-09-04")),
            ReferralError::AnswerBy
        ]
    );
    assert_eq!(
        with(|referral, _| referral.consent.given_on = day("2022-09-06")),
        [ReferralError::ConsentInFuture]
    );
    assert_eq!(
        with(|_, data| data.address = Some("Οδός 1".into())),
        [ReferralError::OutsideConsent(DataField::Address)]
    );
    assert_eq!(with(|_, data| data.phone = None), [ReferralError::NoWayToReach]);
    assert_eq!(
        with(|referral, _| referral.answer_by = day("2022-10-01")),
        [ReferralError::AnswerBy]
    );
    assert_eq!(
        good.may_answer(day("2022-09-11")),
        Err(ReferralError::TooLate(day("2022-09-10")))
    );
    assert_eq!(
        good.may_read(day("2022-10-01")),
        Err(ReferralError::ConsentExpired(day("2022-09-30")))
    );
    let refused = Referral {
        state: ReferralState::Withdrawn { at: at() },
        ..good
    };
    assert!(
        refused.may_read(today).is_err(),
        "what was taken back is read by nobody"
    );
    assert_eq!(format!("{data:?}"), "ReferralData(2 pieces)");
}

#[test]
fn civil_society_signs_first() {
    let member = |kind| Member {
        id: osn_core::id::MemberId::new(Uuid::nil()),
        organization_id: OrganizationId::new(Uuid::nil()),
        kind,
        agreement: None,
        state: MemberState::Invited { at: at() },
    };
    let agreement = |from: &str, to: &str| Agreement {
        reference: "12/2022".into(),
        signed_on: day("2022-08-20"),
        period: Period {
            from: day(from),
            to: Some(day(to)),
        },
    };
    let today = day("2022-09-01");
    member(MemberKind::Municipal).join(None, today, at()).unwrap();
    let civil = |agreement| {
        let mut member = member(MemberKind::CivilSociety);
        member.join(agreement, today, at()).map(|()| member.is_member_on(today))
    };
    assert_eq!(civil(None), Err(MemberError::NoAgreement));
    assert_eq!(
        civil(Some(agreement("2022-09-02", "2023-09-01"))),
        Err(MemberError::NotInForce(today))
    );
    assert_eq!(
        civil(Some(agreement("2022-09-02", "2022-09-01"))),
        Err(MemberError::BackwardsAgreement)
    );
    assert_eq!(civil(Some(agreement("2022-09-01", "2023-09-01"))), Ok(true));
}

/// An operation of which nothing is known but what it is.
fn bare_operation() -> Operation {
    Operation {
        id: OperationId::new(Uuid::nil()),
        code: "op".into(),
        name: words("Πράξη"),
        beneficiary: words("Δήμος"),
        programme: words("Πρόγραμμα"),
        fund: "ESF".into(),
        priority_axis: None,
        territorial_investment: None,
        regime: Regime::Period1420,
        period: None,
        budget: None,
        work_packages: Vec::new(),
        sub_projects: Vec::new(),
        decisions: Vec::new(),
        deliverables: Vec::new(),
        indicators: Vec::new(),
        terms: osn_core::expenditure::FundingTerms::default(),
        reallocation_margin: None,
    }
}

#[test]
fn an_operation_answers_character_duration_and_budget_each_with_its_reason() {
    let operation = |to: Option<&str>, budget: Option<i64>| Operation {
        period: to.map(|to| Period::new(day("2014-01-01"), day(to)).unwrap()),
        budget: budget.map(Money::from_cents),
        ..bare_operation()
    };
    let stated = OperationScope {
        model_entries: Some(vec!["support.food".into()]),
        groups: Some(codes(&["homeless"])),
        areas: Some(codes(&["city"])),
    };
    let ask = |entry: &str, operation: &Operation, scope: &OperationScope| {
        let question = FitQuestion {
            model_entry: entry,
            groups: vec![codes(&["homeless"])],
            areas: vec![codes(&["city.1", "city"])],
            period: Period::new(day("2022-09-01"), day("2022-12-31")).unwrap(),
            budget: Money::from_cents(1_000),
        };
        let fit = operation_fit(&question, operation, scope, Money::from_cents(500));
        let dimensions: Vec<_> = fit.answers.iter().map(|answer| answer.dimension).collect();
        assert_eq!(
            dimensions,
            [FitDimension::Character, FitDimension::Duration, FitDimension::Budget]
        );
        let reasons: Vec<_> = fit.answers.iter().map(|answer| answer.reason.clone()).collect();
        (fit.fit(), reasons.join(" "))
    };
    let whole = operation(Some("2023-12-31"), Some(1_500));
    for (entry, operation, scope, fit, reasons) in [
        (
            "support.food",
            &whole,
            &stated,
            Fit::Met,
            "character.within duration.within budget.within",
        ),
        (
            "support.camp",
            &whole,
            &stated,
            Fit::NotMet,
            "character.other-entry duration.within budget.within",
        ),
        (
            "support.food",
            &operation(Some("2022-11-30"), Some(1_499)),
            &stated,
            Fit::NotMet,
            "character.within duration.ends-after budget.exceeds",
        ),
        (
            "support.food",
            &operation(None, None),
            &OperationScope::default(),
            Fit::Unknown,
            "character.not-stated duration.not-stated budget.not-stated",
        ),
    ] {
        assert_eq!(ask(entry, operation, scope), (fit, reasons.to_owned()));
    }
}

//! The rules as a plain function, without any sandbox: what an author runs while writing.

use food_parcel::{FoodParcel, Household, Parameters};
use osn_program_sdk::{Answer, Case, Day, Evidence, Nothing, Parameters as _, Program as _, State, ValidTo};

fn check(percent: i64, evidence: Evidence, valid_to: ValidTo, disability: State, certificate: State) {
    let application = Household {
        disability_percent: Answer {
            value: Some(percent),
            evidence,
            valid_to,
        },
        annual_income: Answer::accepted(420_000),
        resident: Answer::accepted(true),
        at_home: Answer::MISSING,
        area: Answer::MISSING,
    };
    let (criteria, keys) = FoodParcel::assess(&Case {
        as_of: Day::ymd(2022, 8, 19),
        parameters: &Parameters::defaults(),
        application: &application,
        claim: &Nothing,
        claims: &[Nothing],
        members: &[],
        facts: &Nothing,
    });
    assert_eq!(
        (criteria.disability.state, criteria.certificate.state),
        (disability, certificate),
        "{percent}"
    );
    assert_eq!(
        (criteria.residence.state, criteria.income_limit.state),
        (State::Met, State::NotApplicable)
    );
    assert_eq!(keys.disability, Some(percent));
}

#[test]
fn the_vectors_of_the_rules() {
    let until = |year, month, day| ValidTo::Until(Day::ymd(year, month, day));
    check(670_000, Evidence::Accepted, until(2025, 6, 30), State::Met, State::Met);
    check(
        669_900,
        Evidence::Accepted,
        until(2025, 6, 30),
        State::NotMet,
        State::Met,
    );
    check(
        800_000,
        Evidence::Accepted,
        until(2022, 7, 31),
        State::Met,
        State::NotMet,
    );
    check(800_000, Evidence::Accepted, ValidTo::Indefinite, State::Met, State::Met);
    check(
        800_000,
        Evidence::Bringing,
        ValidTo::NotKnown,
        State::Unknown,
        State::Unknown,
    );
}

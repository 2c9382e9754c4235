//! A program that counts people, natively: every kind of column, alternatives, several claims an application.

use osn_program_sdk::Purpose::{Delivery, Eligibility};
use osn_program_sdk::about::About;
use osn_program_sdk::bindings::osn::program::types::{Ragged, Texts};
use osn_program_sdk::{
    Batch, BudgetLine, Case, Column, Context, Date, Day, Field, Finding, Flag, Int, Nothing, OneOf, Plan, Program,
    Ranked, Refusal, Schedule, Several, Text, ascending, ask, criterion, fact, parameter, run,
};

osn_program_sdk::options! {
    /// Where somebody lives.
    pub enum Dwelling { Home = "home", Shelter = "shelter", Street = "street" }
}

osn_program_sdk::parameters! {
    /// What a call may set.
    pub struct Parameters { youngest: Int = parameter(4).between(0, 120), guests: Option<Flag> = parameter(None) }
}

osn_program_sdk::form! {
    /// About the application.
    pub struct Family {
        dwelling: OneOf<Dwelling> = ask(Eligibility, "law"),
        note: Text = ask(Delivery, "law").at_most(200),
    }
}

osn_program_sdk::form! {
    /// About one child.
    pub struct Child {
        birth_date: Date = ask(Eligibility, "law").required(),
        likes: Several<Dwelling> = ask(Delivery, "law"),
        wishes: Ranked<Dwelling> = ask(Delivery, "law"),
    }
}

osn_program_sdk::form! {
    /// What the host finds out.
    pub struct Facts { distance: Int = fact().of_claim() }
}

osn_program_sdk::criteria! {
    /// What is checked.
    pub struct Criteria(p: Parameters) {
        age = criterion("law").of("claim.birth-date").at_least("years", p.youngest),
        shelter = criterion("law").of("application.dwelling").holds().or("need"),
        near = criterion("law").of("fact.distance").at_most("count", 5).or("need"),
    }
}

osn_program_sdk::ranking! {
    /// What the list is ranked by.
    pub struct Keys { first_wish = ascending("choice"), likes = ascending("count"), note = ascending("count") }
}

/// The program.
#[derive(Debug)]
pub struct Camp;

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl Program for Camp {
    type Parameters = Parameters;
    type Application = Family;
    type Claim = Child;
    type Member = Nothing;
    type Facts = Facts;
    type Criteria = Criteria;
    type Keys = Keys;

    fn about() -> About {
        About::of_people("camp", 6)
            .delivered_by("enrolment")
            .expense_category("stay")
            .supply("stay", "stay")
            .reason("too-far")
    }

    fn assess(case: &Case<'_, Self>) -> (Criteria, Keys) {
        let age = case
            .claim
            .birth_date
            .value
            .and_then(|born| born.age_on(case.as_of))
            .map(i64::from);
        let sheltered = case
            .application
            .dwelling
            .value
            .map(|dwelling| dwelling != Dwelling::Home);
        let criteria = Criteria {
            age: Finding::at_least(age, case.parameters.youngest),
            shelter: Finding::holds(sheltered),
            near: Finding::at_most(case.facts.distance.value, 5),
        };
        let wishes = case.claim.wishes.value.as_deref().unwrap_or_default();
        let keys = Keys {
            first_wish: wishes.first().map(|one| *one as i64),
            likes: case.claim.likes.value.as_deref().map(|likes| count(likes.len())),
            note: case
                .application
                .note
                .value
                .as_deref()
                .map(|note| count(note.chars().count())),
        };
        (criteria, keys)
    }

    fn plan(_plan: &Plan<'_, Self>) -> Result<Schedule, Refusal> {
        Err(Refusal {
            code: About::own_reason(0),
            row: None,
        })
    }

    fn estimate(_parameters: &Parameters, people: u32, _households: u32, _occasions: u32) -> Vec<BudgetLine> {
        vec![BudgetLine {
            category: 0,
            amount: 0,
            quantity: people,
        }]
    }
}

fn field(data: Column) -> Field {
    Field {
        present: Vec::new(),
        evidence: Vec::new(),
        valid_to: Vec::new(),
        data,
    }
}

/// Two applications: the first with three children, the second with one.
fn batch() -> Batch {
    let born = |year| Day::ymd(year, 1, 1).0;
    Batch {
        rows: 4,
        groups: 2,
        group: vec![0, 0, 0, 1],
        application: vec![
            Field {
                present: vec![1, 0],
                ..field(Column::Choice(vec![1, 0]))
            },
            field(Column::Text(Texts {
                at: vec![0, 6, 6],
                utf8: "ναι".to_owned(),
            })),
        ],
        claim: vec![
            Field {
                present: vec![1, 1, 0, 1],
                ..field(Column::Day(vec![born(2012), born(2021), 0, born(2012)]))
            },
            field(Column::Choices(Ragged {
                at: vec![0, 2, 2, 2, 3],
                vals: vec![0, 2, 1],
            })),
            field(Column::Order(Ragged {
                at: vec![0, 2, 2, 2, 3],
                vals: vec![2, 0, 1],
            })),
        ],
        members_at: vec![0, 0, 0],
        members: Vec::new(),
        facts: vec![Field {
            present: vec![0, 0, 0, 1],
            ..field(Column::Int(vec![0, 0, 0, 9]))
        }],
    }
}

fn context(parameters: &str) -> Context {
    Context {
        as_of: Day::ymd(2022, 6, 20).0,
        parameters: parameters.to_owned(),
    }
}

#[test]
fn rows_states_outcomes_and_keys() {
    let verdicts = run::assess::<Camp>(&context(r#"{"youngest":4,"guests":true}"#), &batch()).unwrap();
    // Ten years old; one year old; of unknown age: all three sheltered, so that the distance does not matter.
    // The last child is old enough, but lives nine away, and where it lives was not said.
    assert_eq!(verdicts.state, [0, 0, 2, 1, 0, 2, 2, 0, 2, 0, 2, 1]);
    assert_eq!(verdicts.outcome, [0, 1, 2, 2]);
    assert_eq!(verdicts.group_outcome, [0, 2]);
    let none = i64::MIN;
    assert_eq!(verdicts.seen, [10, 1, none, 1, 1, none, none, 1, none, 10, none, 9]);
    assert_eq!(verdicts.keys, [2, 2, 3, none, 0, 3, none, 0, 3, 1, 1, 0]);
}

#[test]
fn parameters_that_cannot_be_read_are_refused_by_the_standard_reason() {
    for parameters in ["", "[]", "{}", r#"{"youngest":"4","guests":null}"#, r#"{"youngest":4}"#] {
        let fault = run::assess::<Camp>(&context(parameters), &batch()).unwrap_err();
        assert_eq!((fault.code, fault.row), (0, None), "{parameters}");
    }
}

#[test]
fn a_column_of_another_kind_is_no_answer() {
    let mut wrong = batch();
    wrong.claim[0].data = Column::Int(vec![1, 2, 3, 4]);
    let verdicts = run::assess::<Camp>(&context(r#"{"youngest":4,"guests":null}"#), &wrong).unwrap();
    assert_eq!(verdicts.outcome, [2; 4]);
}

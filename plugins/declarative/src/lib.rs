//! A simple action that its parameters describe: questions, conditions, order and calendar are data of the call, set up from the
//! pages. Nothing is built for it, and every decision names the one code that judged it.

mod definition;
mod describe;

use osn_program_sdk::about::About;
use osn_program_sdk::json::Value;
use osn_program_sdk::{
    Answer, BudgetLine, Case, Column, Day, Delivery, Document, Evidence, Field, Finding, Findings, Form,
    Kind as Column_, Left, NO_BUDGET, Nothing, Plan, Problem, Program, RankingKeys, Refusal, Schedule, State,
    parameter,
};

pub use definition::{Condition, Definition, Key, Kind, Label, Of, Question, Rule};

/// The only supply and the only expense category.
const GIVEN: u16 = 0;
/// Symbol of the reason "outside-calendar".
const OUTSIDE_CALENDAR: u16 = 4;

osn_program_sdk::parameters! {
    /// What a call sets: the whole action.
    pub struct Parameters {
        definition: Document<Definition> = parameter(definition::DEFAULT).shaped(describe::schema()),
    }
}

/// A column of any kind as numbers: yes is 1, an option its symbol.
#[derive(Debug, Clone, Copy)]
struct Number;

impl Column_ for Number {
    type Value = i64;
    const NAME: &'static str = "int";

    fn value(column: &Column, row: usize) -> Option<i64> {
        match column {
            Column::Flag(data) => data.get(row).map(|value| i64::from(*value)),
            Column::Int(data) | Column::Fixed(data) | Column::Cents(data) => data.get(row).copied(),
            Column::Day(data) => data.get(row).map(|value| i64::from(*value)),
            Column::Choice(data) => data.get(row).map(|value| i64::from(*value)),
            Column::Choices(_) | Column::Order(_) | Column::Text(_) => None,
        }
    }
}

/// The answers to all questions about one subject, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers(Vec<Answer<i64>>);

impl Form for Answers {
    /// The parameters give them: see [`About::asks`].
    fn questions() -> Vec<Value> {
        Vec::new()
    }

    fn read(columns: &[Field], row: usize) -> Self {
        Self(
            columns
                .iter()
                .map(|column| Answer::read::<Number>(Some(column), row))
                .collect(),
        )
    }
}

/// One finding for each condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found(Vec<Finding>);

impl Findings<Parameters> for Found {
    fn declared(parameters: &Parameters) -> Vec<Value> {
        describe::criteria(&Declarative::definition(parameters))
    }

    fn each(&self, visit: impl FnMut(Finding)) {
        self.0.iter().copied().for_each(visit);
    }
}

/// One value for each key of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranks(Vec<Option<i64>>);

impl RankingKeys for Ranks {
    /// The parameters give them: see [`Program::ranking`].
    fn declared() -> Vec<Value> {
        Vec::new()
    }

    fn each(&self, visit: impl FnMut(Option<i64>)) {
        self.0.iter().copied().for_each(visit);
    }
}

/// The program.
#[derive(Debug)]
pub struct Declarative;

impl Declarative {
    /// The action, or the one that stands until it describes itself.
    fn definition(parameters: &Parameters) -> std::borrow::Cow<'_, Definition> {
        match &parameters.definition {
            Some(definition) => std::borrow::Cow::Borrowed(definition),
            None => std::borrow::Cow::Owned(Definition::default()),
        }
    }
}

/// The answer to a question: among those of its own subject.
fn answer<'a>(definition: &Definition, case: &'a Case<'_, Declarative>, position: usize) -> Option<&'a Answer<i64>> {
    let question = definition.questions.get(position)?;
    let before = definition
        .questions
        .iter()
        .take(position)
        .filter(|other| other.of == question.of)
        .count();
    match question.of {
        Of::Application => case.application.0.get(before),
        Of::Participant => case.claim.0.get(before),
    }
}

/// Full years since a day.
fn age(since: i64, on: Day) -> Option<i64> {
    Day(i32::try_from(since).ok()?).age_on(on).map(i64::from)
}

fn judge(definition: &Definition, condition: &Condition, case: &Case<'_, Declarative>) -> Finding {
    let Some(answer) = answer(definition, case, condition.question) else {
        return Finding::new(State::Unknown, None, condition.value);
    };
    let (seen, wanted) = (answer.value, condition.value.unwrap_or(1));
    let since = |seen: Option<i64>| seen.and_then(|seen| age(seen, case.as_of));
    let found = match condition.rule {
        Rule::Yes => Finding::holds(seen.map(|seen| seen == 1)),
        Rule::AtLeast => Finding::at_least(seen, wanted),
        Rule::AtMost => Finding::at_most(seen, wanted),
        Rule::Equal => Finding::equal(seen, wanted),
        Rule::AgeAtLeast => Finding::at_least(since(seen), wanted),
        Rule::AgeAtMost => Finding::at_most(since(seen), wanted),
    };
    let proof = definition
        .questions
        .get(condition.question)
        .and_then(|question| question.proof.as_ref());
    // Where no document is asked for, the word of the applicant is enough.
    found.proven(if proof.is_some() {
        answer.evidence
    } else {
        Evidence::Accepted
    })
}

impl Program for Declarative {
    type Parameters = Parameters;
    type Application = Answers;
    type Claim = Answers;
    type Member = Nothing;
    type Facts = Nothing;
    type Criteria = Found;
    type Keys = Ranks;

    fn about() -> About {
        describe::about(&Definition::default())
    }

    fn about_under(parameters: &Parameters) -> About {
        describe::about(&Self::definition(parameters))
    }

    fn ranking(parameters: &Parameters) -> Vec<Value> {
        describe::ranking(&Self::definition(parameters))
    }

    fn check(parameters: &Parameters) -> Vec<Problem> {
        definition::check(parameters.definition.as_ref())
    }

    fn assess(case: &Case<'_, Self>) -> (Found, Ranks) {
        let definition = Self::definition(case.parameters);
        let found = definition
            .conditions
            .iter()
            .map(|condition| judge(&definition, condition, case));
        let value = |key: &Key| answer(&definition, case, key.question).and_then(|answer| answer.value);
        (
            Found(found.collect()),
            Ranks(definition.order.iter().map(value).collect()),
        )
    }

    fn plan(plan: &Plan<'_, Self>) -> Result<Schedule, Refusal> {
        let definition = Self::definition(plan.parameters);
        let open = |slot: u32| {
            let day = plan
                .slots
                .get(slot as usize)
                .map(|slot| slot.starts_min.div_euclid(1_440));
            let inside =
                |(from, to): &(Day, Day)| day.is_some_and(|day| i64::from(from.0) <= day && day <= i64::from(to.0));
            definition.calendar.is_empty() || definition.calendar.iter().any(inside)
        };
        let mut left = Left::new(plan);
        let mut deliveries = plan.kept.to_vec();
        let (mut unplaced, mut unplaced_why) = (Vec::new(), Vec::new());
        for row in 0..plan.rows {
            let mut why = None;
            for slot in (0..u32::MAX).take(plan.slots.len()) {
                if plan.kept.iter().any(|kept| (kept.row, kept.slot) == (row, slot)) {
                    continue;
                }
                let given = if !open(slot) {
                    Err(OUTSIDE_CALENDAR)
                } else if left.affords(definition.price) {
                    left.take(slot, GIVEN, 1, definition.price)
                } else {
                    Err(NO_BUDGET)
                };
                match given {
                    Ok(()) => deliveries.push(Delivery {
                        row,
                        slot,
                        supply: GIVEN,
                        quantity: 1,
                        cost: definition.price,
                    }),
                    Err(reason) => why = why.or(Some(reason)),
                }
            }
            unplaced.extend(why.map(|_| row));
            unplaced_why.extend(why);
        }
        Ok(Schedule {
            deliveries,
            unplaced,
            unplaced_why,
        })
    }

    fn estimate(parameters: &Parameters, people: u32, households: u32, occasions: u32) -> Vec<BudgetLine> {
        let definition = Self::definition(parameters);
        let quantity = if definition.people { people } else { households }.saturating_mul(occasions);
        let amount = definition.price.saturating_mul(i64::from(quantity));
        vec![BudgetLine {
            category: GIVEN,
            amount,
            quantity,
        }]
    }
}

#[cfg(feature = "component")]
osn_program_sdk::export!(Declarative);

//! Weeks of culture and play at museums and other bodies, for children of single-parent families in hardship.

mod assign;
mod programme;

use osn_program_sdk::Purpose::{Delivery, Eligibility, Ranking};
use osn_program_sdk::about::About;
use osn_program_sdk::json::json;
use osn_program_sdk::{
    Answer, BudgetLine, Case, Cents, Date, Day, Document, Evidence, Finding, Flag, Int, OneOf, Options as _, Plan,
    Problem, Program, RankedSymbols, Refusal, Scale, Schedule, Several, State, Symbols, Text, ascending, ask,
    criterion, descending, parameter,
};

pub use assign::{Child, Session, assign};
pub use programme::{Place, Programme, Week};

/// The only supply and the only expense category.
const WEEK: u16 = 0;
/// Symbol of the reason "no-fitting-session".
const NO_FITTING_SESSION: u16 = 4;
/// Whoever is younger is counted as a child of the household in the ranking.
const ADULT_AT: i32 = 18;

osn_program_sdk::options! {
    /// How an applicant came to bring up children alone.
    pub enum Status {
        Widowed = "widowed",
        Unmarried = "unmarried",
        UnmarriedRecognised = "unmarried-recognised",
        DivorcedSole = "divorced-sole-care",
        DivorcedJoint = "divorced-joint-care",
        Separated = "separated",
        Assigned = "assigned-care",
        Together = "not-single",
    }
}

osn_program_sdk::options! {
    /// Which definition of a single parent a call chooses; there is no single one in the law.
    pub enum Definition { Broad = "broad", Narrow = "narrow" }
}

osn_program_sdk::options! {
    /// How much a condition counts.
    pub enum Weight { Required = "required", Preferred = "preferred", Ignored = "ignored" }
}

osn_program_sdk::options! {
    /// What a child needs in order to take part.
    pub enum Access {
        StepFree = "step-free",
        SignLanguage = "sign-language",
        QuietRoom = "quiet-room",
        OneToOne = "one-to-one",
    }
}

osn_program_sdk::options! {
    /// What a child eats.
    pub enum Diet { Anything = "anything", NoPork = "no-pork", Vegetarian = "vegetarian", Vegan = "vegan", Fasting = "fasting" }
}

osn_program_sdk::parameters! {
    /// What a call may set.
    pub struct Parameters {
        youngest: Int = parameter(4).between(0, 17).shown_as("years"),
        oldest: Int = parameter(12).between(0, 17).shown_as("years"),
        reference_day: Option<Date> = parameter(None),
        single_parent: OneOf<Definition> = parameter(Definition::Broad),
        certificate_days: Int = parameter(90).between(1, 3_650).shown_as("days"),
        supportive_environment: OneOf<Weight> = parameter(Weight::Required),
        residence: OneOf<Weight> = parameter(Weight::Required),
        income_limit: Option<Cents> = parameter(Some(1_000_000)).between(0, 100_000_000),
        scale: Scale = parameter("a21"),
        weeks_each: Int = parameter(1).between(1, 12),
        week_price: Cents = parameter(9_000).between(0, 1_000_000),
        programme: Document<Programme> = parameter(programme::DEFAULT).shaped(programme::schema()),
    }
}

osn_program_sdk::form! {
    /// About the family. Names, AMKA and address are the host's own questions.
    pub struct Family {
        single_parent_status: OneOf<Status> = ask(Eligibility, "public-task").required().proven_by("parental-care"),
        exclusive_care: Flag = ask(Eligibility, "public-task").proven_by("exclusive-care"),
        family_status_issued: Date = ask(Eligibility, "public-task").proven_by("family-status"),
        no_support: Flag = ask(Eligibility, "social-protection").special().required().proven_by("social-report"),
        annual_income: Cents = ask(Ranking, "public-task").required().between(0, 100_000_000).proven_by("tax-return"),
        resident: Flag = ask(Eligibility, "public-task").required().proven_by("residence-proof"),
    }
}

osn_program_sdk::form! {
    /// About one child that wants to take part.
    pub struct Participant {
        birth_date: Date = ask(Eligibility, "public-task").required().proven_by("birth-certificate"),
        wishes: RankedSymbols = ask(Delivery, "public-task"),
        weeks: Symbols = ask(Delivery, "public-task"),
        access_needs: Several<Access> = ask(Delivery, "social-protection").special(),
    }
}

osn_program_sdk::form! {
    /// A member of the household beside the applicant and the children that want to take part.
    pub struct Member {
        birth_date: Date = ask(Ranking, "public-task").required().proven_by("family-status"),
    }
}

osn_program_sdk::form! {
    /// What is written down of each child at each session.
    pub struct RollCall {
        present: Flag = ask(Delivery, "public-task").required().each().role("presence"),
        handed_to: Text = ask(Delivery, "public-task").required().when("present", &json!({"flag": true}))
            .each().at_most(200).role("collected-by").among("claim.fetched-by"),
    }
}

osn_program_sdk::criteria! {
    /// What is checked.
    pub struct Criteria(p: Parameters) {
        age_from = criterion("call-terms").of("claim.birth-date").at_least("years", p.youngest),
        age_to = criterion("call-terms").of("claim.birth-date").at_most("years", p.oldest),
        single_parent = criterion("single-parent").of("application.single-parent-status").one_of(),
        family_status = criterion("call-terms").of("application.family-status-issued").at_most("days", p.certificate_days),
        no_support = criterion("call-terms").of("application.no-support").holds(),
        income = criterion("call-terms").of("application.annual-income").at_most("cents", p.income_limit),
        residence = criterion("call-terms").of("application.resident").holds(),
    }
}

osn_program_sdk::ranking! {
    /// What the list is ranked by.
    pub struct Keys {
        no_support = descending("flag").between(0, 1),
        resident = descending("flag").between(0, 1),
        equivalised_income = ascending("cents").between(0, 100_000_000),
        children = descending("people").between(0, 128),
    }
}

/// The program.
#[derive(Debug)]
pub struct Camp;

/// The day on which ages are counted.
fn reference(parameters: &Parameters, as_of: Day) -> Day {
    parameters.reference_day.unwrap_or(as_of)
}

/// Whether somebody is a single parent under the definition that the call chose.
fn single_parent(family: &Family, definition: Definition) -> Finding {
    let Some(status) = family.single_parent_status.value else {
        return Finding::new(State::Unknown, None, None);
    };
    // Shared or recognised care counts where the care is in fact exclusive, and that is proven.
    let in_fact = Finding::holds(family.exclusive_care.value)
        .proven(family.exclusive_care.evidence)
        .state;
    let alone = match (definition, status) {
        (_, Status::Together) => State::NotMet,
        (_, Status::Widowed | Status::Unmarried) | (Definition::Broad, Status::DivorcedSole | Status::Assigned) => {
            State::Met
        }
        (_, Status::UnmarriedRecognised) | (Definition::Broad, Status::DivorcedJoint | Status::Separated) => in_fact,
        (Definition::Narrow, _) => State::NotMet,
    };
    let found = Finding::new(alone, Some(status as i64), None);
    found.proven(family.single_parent_status.evidence)
}

/// Days since the certificate of family status was issued; nothing where it says a day to come.
fn certificate_age(issued: &Answer<Day>, on: Day) -> Option<i64> {
    let days = i64::from(on.0) - i64::from(issued.value?.0);
    (days >= 0).then_some(days)
}

/// A yes that a call may ask for, prefer or leave out.
fn weighed(answer: &Answer<bool>, weight: Weight) -> Finding {
    match weight {
        Weight::Required => Finding::holds(answer.value).proven(answer.evidence),
        Weight::Preferred | Weight::Ignored => Finding::not_applicable(),
    }
}

/// A preference counts once its paper was accepted.
fn preferred(answer: &Answer<bool>, weight: Weight) -> Option<i64> {
    let proven = answer.value == Some(true) && answer.evidence == Evidence::Accepted;
    (weight != Weight::Ignored).then_some(i64::from(proven))
}

/// Everybody of the household by age: adults and minors, counted at `age`.
fn people(case: &Case<'_, Camp>, age: i32) -> (i64, i64) {
    let on = reference(case.parameters, case.as_of);
    let births = case.claims.iter().map(|child| child.birth_date.value);
    let births = births.chain(case.members.iter().map(|member| member.birth_date.value));
    let (mut adults, mut minors) = (1, 0);
    for born in births {
        if born.is_some_and(|born| born.is_under(age, on)) {
            minors += 1;
        } else {
            adults += 1;
        }
    }
    (adults, minors)
}

fn equivalised(case: &Case<'_, Camp>) -> Option<i64> {
    let scale = case.parameters.scale;
    let (adults, minors) = people(case, scale.minor_under_age);
    scale.equivalised(case.application.annual_income.value?, adults, minors)
}

impl Program for Camp {
    type Parameters = Parameters;
    type Application = Family;
    type Claim = Participant;
    type Member = Member;
    type Facts = osn_program_sdk::Nothing;
    type Criteria = Criteria;
    type Keys = Keys;

    fn about() -> About {
        Self::about_under(&<Parameters as osn_program_sdk::Parameters>::defaults())
    }

    fn about_under(parameters: &Parameters) -> About {
        let default = Programme::default();
        let programme = parameters.programme.as_ref().unwrap_or(&default);
        let fetch = ask(Delivery, "public-task").required().at_most(300);
        About::of_people("camp", 6)
            .max_members(12)
            .delivered_by("session")
            .options("claim.wishes", programme.places.iter().map(|place| place.key.clone()))
            .options("claim.weeks", programme.weeks.iter().map(|week| week.key.clone()))
            .places_of("claim.wishes")
            .series_of("claim.weeks")
            .features_of("claim.access-needs")
            .texts("el", &programme.texts("el"))
            .texts("en", &programme.texts("en"))
            .host_asks_of_claim(fetch.for_host_only::<Text>("fetched_by"))
            .host_asks_of_claim(ask(Delivery, "consent").for_host_only::<OneOf<Diet>>("diet"))
            .host_asks_of_claim(
                ask(Delivery, "consent")
                    .special()
                    .at_most(300)
                    .for_host_only::<Text>("allergies"),
            )
            .host_asks_of_claim(ask(Delivery, "consent").for_host_only::<Flag>("photos"))
            .recorded::<RollCall>()
            .supply("week", "camp-weeks")
            .expense_category("camp-weeks")
            .failure("absent", false)
            .failure("ill", false)
            .failure("session-cancelled", true)
            .reason("no-fitting-session")
            .reason("schools-are-open")
            .reason("wrong-shape")
            .reason("bad-key")
            .reason("bad-text")
            .reason("no-such-place")
            .reason("ages-of-nobody")
            .indicator("children", "people", "recipients")
            .indicator("families", "count", "households")
            .indicator("weeks", "count", "deliveries")
    }

    fn check(parameters: &Parameters) -> Vec<Problem> {
        programme::check(parameters)
    }

    fn assess(case: &Case<'_, Self>) -> (Criteria, Keys) {
        let (p, family) = (case.parameters, case.application);
        let born = &case.claim.birth_date;
        let age = born
            .value
            .and_then(|born| born.age_on(reference(p, case.as_of)))
            .map(i64::from);
        let certificate = certificate_age(&family.family_status_issued, case.as_of);
        let income = equivalised(case);
        let criteria = Criteria {
            age_from: Finding::at_least(age, p.youngest).proven(born.evidence),
            age_to: Finding::at_most(age, p.oldest).proven(born.evidence),
            single_parent: single_parent(family, p.single_parent),
            family_status: Finding::at_most(certificate, p.certificate_days)
                .proven(family.family_status_issued.evidence),
            no_support: weighed(&family.no_support, p.supportive_environment),
            income: match p.income_limit {
                Some(limit) => Finding::at_most(income, limit).proven(family.annual_income.evidence),
                None => Finding::not_applicable(),
            },
            residence: weighed(&family.resident, p.residence),
        };
        let keys = Keys {
            no_support: preferred(&family.no_support, p.supportive_environment),
            resident: preferred(&family.resident, p.residence),
            equivalised_income: income,
            children: Some(people(case, ADULT_AT).1),
        };
        (criteria, keys)
    }

    fn plan(plan: &Plan<'_, Self>) -> Result<Schedule, Refusal> {
        let on = reference(plan.parameters, plan.as_of);
        let families: Vec<Vec<Child>> = plan
            .groups
            .iter()
            .map(|group| {
                group
                    .rows
                    .iter()
                    .zip(&group.claims)
                    .map(|(row, child)| Child::new(*row, child, on))
                    .collect()
            })
            .collect();
        Ok(assign(plan, &families))
    }

    fn estimate(parameters: &Parameters, people: u32, _households: u32, _occasions: u32) -> Vec<BudgetLine> {
        let weeks = u32::try_from(parameters.weeks_each).unwrap_or(u32::MAX);
        let quantity = people.saturating_mul(weeks);
        let amount = parameters.week_price.saturating_mul(i64::from(quantity));
        vec![BudgetLine {
            category: WEEK,
            amount,
            quantity,
        }]
    }
}

/// How many kinds of access need there are: each is one bit of a set.
const ACCESS_NEEDS: usize = Access::KEYS.len();

#[cfg(feature = "component")]
osn_program_sdk::export!(Camp);

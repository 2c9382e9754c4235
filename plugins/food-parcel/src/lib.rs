//! Food parcels at home for residents with a certified disability of any kind.

use osn_program_sdk::Purpose::{Eligibility, Ranking};
use osn_program_sdk::about::About;
use osn_program_sdk::{
    BudgetLine, Case, Cents, Date, Evidence, Finding, Fixed, Flag, Nothing, Plan, Program, Refusal, Scale, Schedule,
    ascending, ask, criterion, descending, parameter,
};

/// Whoever is younger is counted as a minor in the ranking (the scale has an age of its own).
const ADULT_AT: i32 = 18;
/// The only supply and the only expense category.
const PARCEL: u16 = 0;

osn_program_sdk::parameters! {
    /// What a call may set.
    pub struct Parameters {
        minimum_disability: Fixed = parameter(670_000).between(0, 1_000_000).shown_as("percent"),
        income_limit: Option<Cents> = parameter(None).between(0, 100_000_000),
        scale: Scale = parameter("oecd-modified"),
        parcel_price: Cents = parameter(3_500).between(1, 100_000),
    }
}

osn_program_sdk::form! {
    /// About the household. Names, AMKA and address are the host's own questions.
    pub struct Household {
        disability_percent: Fixed = ask(Eligibility, "social-protection").required().special().between(0, 1_000_000)
            .shown_as("percent").proven_until("disability-certificate"),
        annual_income: Cents = ask(Ranking, "public-task").required().between(0, 100_000_000).proven_by("tax-return"),
        resident: Flag = ask(Eligibility, "public-task").required().proven_by("residence-proof"),
    }
}

osn_program_sdk::form! {
    /// A member of the household beside the applicant.
    pub struct Member {
        birth_date: Date = ask(Ranking, "public-task").required().proven_by("family-status"),
    }
}

osn_program_sdk::criteria! {
    /// What is checked.
    pub struct Criteria(p: Parameters) {
        disability = criterion("call-terms").of("application.disability-percent").at_least("percent", p.minimum_disability),
        certificate = criterion("call-terms").of("application.disability-percent").valid_on_date(),
        residence = criterion("call-terms").of("application.resident").holds(),
        income_proof = criterion("call-terms").of("application.annual-income").holds(),
        income_limit = criterion("call-terms").of("application.annual-income").at_most("cents", p.income_limit),
    }
}

osn_program_sdk::ranking! {
    /// What the list is ranked by.
    pub struct Keys {
        equivalised_income = ascending("cents").between(0, 100_000_000),
        disability = descending("percent").between(0, 1_000_000),
        minors = descending("people").between(0, 64),
    }
}

/// The program.
#[derive(Debug)]
pub struct FoodParcel;

/// Members younger than `age`; a member whose day of birth is missing or still to come counts as an adult.
fn younger(case: &Case<'_, FoodParcel>, age: i32) -> i64 {
    let is_younger = |member: &&Member| {
        member
            .birth_date
            .value
            .is_some_and(|born| born.is_under(age, case.as_of))
    };
    i64::try_from(case.members.iter().filter(is_younger).count()).unwrap_or(i64::MAX)
}

fn equivalised(case: &Case<'_, FoodParcel>) -> Option<i64> {
    let scale = case.parameters.scale;
    let minors = younger(case, scale.minor_under_age);
    let people = i64::try_from(case.members.len()).ok()? + 1;
    scale.equivalised(case.application.annual_income.value?, people - minors, minors)
}

impl Program for FoodParcel {
    type Parameters = Parameters;
    type Application = Household;
    type Claim = Nothing;
    type Member = Member;
    type Facts = Nothing;
    type Criteria = Criteria;
    type Keys = Keys;

    fn about() -> About {
        About::of_households("food-parcel")
            .max_members(20)
            .delivered_by("home-delivery")
            .supply("parcel", "food")
            .expense_category("food")
            .failure("nobody-home", true)
            .failure("wrong-address", true)
            .failure("refused", false)
            .indicator("households", "count", "households")
            .indicator("parcels", "count", "deliveries")
    }

    fn assess(case: &Case<'_, Self>) -> (Criteria, Keys) {
        let Household {
            disability_percent,
            annual_income,
            resident,
        } = case.application;
        let income = annual_income.value;
        let proof =
            income.map(|_| annual_income.evidence != Evidence::Refused && annual_income.evidence != Evidence::Expired);
        let criteria = Criteria {
            disability: Finding::at_least(disability_percent.value, case.parameters.minimum_disability)
                .proven(disability_percent.evidence),
            certificate: Finding::document(disability_percent, case.as_of),
            residence: Finding::holds(resident.value).proven(resident.evidence),
            income_proof: Finding::holds(proof).proven(annual_income.evidence),
            income_limit: match case.parameters.income_limit {
                Some(limit) => Finding::at_most(income, limit).proven(annual_income.evidence),
                None => Finding::not_applicable(),
            },
        };
        let keys = Keys {
            equivalised_income: equivalised(case),
            disability: disability_percent.value,
            minors: Some(younger(case, ADULT_AT)),
        };
        (criteria, keys)
    }

    fn plan(plan: &Plan<'_, Self>) -> Result<Schedule, Refusal> {
        Ok(plan.one_each(PARCEL, plan.parameters.parcel_price))
    }

    fn estimate(parameters: &Parameters, _people: u32, households: u32, occasions: u32) -> Vec<BudgetLine> {
        let quantity = households.saturating_mul(occasions);
        let amount = parameters.parcel_price.saturating_mul(i64::from(quantity));
        vec![BudgetLine {
            category: PARCEL,
            amount,
            quantity,
        }]
    }
}

#[cfg(feature = "component")]
osn_program_sdk::export!(FoodParcel);

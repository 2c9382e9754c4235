//! Food parcels at home for residents with a certified disability of any kind.

mod form;

use osn_program_sdk::Purpose::Delivery;
use osn_program_sdk::about::About;
use osn_program_sdk::choices::Choices;
use osn_program_sdk::goods::Goods;
use osn_program_sdk::rounds::{Rounds, Shortage};
use osn_program_sdk::{
    BudgetLine, Case, Cents, Document, Evidence, Finding, Fixed, Nothing, OneOf, Plan, Problem, Program, Refusal,
    Scale, Schedule, Text, ascending, ask, criterion, descending, parameter, priced,
};

pub use form::{Household, Member, Proof, Receipt, Window};

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
        shortage: OneOf<Shortage> = parameter(Shortage::ListOrder),
        contents: Document<Goods> = Goods::parameter(),
        areas: Document<Choices> = Choices::parameter(),
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
    let births = case.members.iter().filter_map(|member| member.birth_date.value);
    i64::try_from(births.filter(|born| born.is_under(age, case.as_of)).count()).unwrap_or(i64::MAX)
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
        Self::about_under(&<Parameters as osn_program_sdk::Parameters>::defaults())
    }
    fn about_under(parameters: &Parameters) -> About {
        let collects = ask(Delivery, "public-task").at_most(200);
        let name = ["Πακέτο τροφίμων", "Food parcel"];
        About::of_households("food-parcel")
            .max_members(20)
            .host_asks(collects.for_host_only::<Text>("collected_by"))
            .delivered_by("home-delivery")
            .features_of("application.at-home")
            .areas_of("application.area", parameters.areas.as_ref(), form::AREA)
            .recorded::<Receipt>()
            .goods("parcel", "food", parameters.contents.as_ref(), name)
            .stock_in("/contents/stock")
            .reason("no-route")
            .expense_category("food")
            .failure("nobody-home", true)
            .failure("wrong-address", true)
            .failure("damaged", true)
            .failure("in-hospital", true)
            .failure("moved-away", false)
            .failure("refused", false)
            .indicator("households", "count", "households")
            .indicator("parcels", "count", "deliveries")
    }
    fn check(parameters: &Parameters) -> Vec<Problem> {
        let mut problems = Goods::check(parameters.contents.as_ref(), "/contents");
        problems.extend(Choices::check(parameters.areas.as_ref(), "/areas"));
        problems
    }
    fn assess(case: &Case<'_, Self>) -> (Criteria, Keys) {
        let (household, p) = (case.application, case.parameters);
        let (disability, income) = (&household.disability_percent, &household.annual_income);
        let is_proven = !matches!(income.evidence, Evidence::Refused | Evidence::Expired);
        let criteria = Criteria {
            disability: Finding::at_least(disability.value, p.minimum_disability).proven(disability.evidence),
            certificate: Finding::document(disability, case.as_of),
            residence: Finding::holds(household.resident.value).proven(household.resident.evidence),
            income_proof: Finding::holds(income.value.map(|_| is_proven)).proven(income.evidence),
            income_limit: match p.income_limit {
                Some(limit) => Finding::at_most(income.value, limit).proven(income.evidence),
                None => Finding::not_applicable(),
            },
        };
        let keys = Keys {
            equivalised_income: equivalised(case),
            disability: disability.value,
            minors: Some(younger(case, ADULT_AT)),
        };
        (criteria, keys)
    }
    fn plan(plan: &Plan<'_, Self>) -> Result<Schedule, Refusal> {
        let contents = plan.parameters.contents.clone().unwrap_or_default();
        let windows = |of: &Household| of.at_home.value.iter().flatten().map(|one| *one as u16).collect();
        Ok(Rounds::of(plan, PARCEL, plan.parameters.parcel_price)
            .short_by(plan.parameters.shortage)
            .at_home(windows)
            .by_area(|of: &Household| of.area.value, About::own_reason(2))
            .stock(contents.stock_of(plan.slots.len()))
            .schedule())
    }
    fn estimate(parameters: &Parameters, _people: u32, households: u32, occasions: u32) -> Vec<BudgetLine> {
        let quantity = households.saturating_mul(occasions);
        vec![priced(PARCEL, parameters.parcel_price, quantity)]
    }
}

#[cfg(feature = "component")]
osn_program_sdk::export!(FoodParcel);

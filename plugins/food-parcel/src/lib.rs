//! Food parcels at home for residents with a certified disability of any kind.

mod contents;
mod rounds;

use osn_program_sdk::Purpose::{Delivery, Eligibility, Ranking};
use osn_program_sdk::about::About;
use osn_program_sdk::{
    BudgetLine, Case, Cents, Date, Document, Evidence, Finding, Fixed, Flag, Nothing, OneOf, Plan, Problem, Program,
    Refusal, Scale, Schedule, Several, Text, ascending, ask, criterion, descending, parameter,
};

pub use contents::{Contents, Item};

/// Whoever is younger is counted as a minor in the ranking (the scale has an age of its own).
const ADULT_AT: i32 = 18;
/// The only supply and the only expense category.
const PARCEL: u16 = 0;

osn_program_sdk::options! {
    /// When somebody can be found at home. Routes by area have windows; a plan's occasion names those that it serves.
    pub enum Window { Morning = "morning", Noon = "noon", Afternoon = "afternoon" }
}

osn_program_sdk::options! {
    /// Who goes without when there is too little for everybody.
    pub enum Shortage {
        /// Whoever stands first on the list gets every instalment before the next gets any.
        ListOrder = "list-order",
        /// Everybody gets the first instalment before anybody gets the second.
        EverybodyOnce = "everybody-once",
    }
}

osn_program_sdk::parameters! {
    /// What a call may set.
    pub struct Parameters {
        minimum_disability: Fixed = parameter(670_000).between(0, 1_000_000).shown_as("percent"),
        income_limit: Option<Cents> = parameter(None).between(0, 100_000_000),
        scale: Scale = parameter("oecd-modified"),
        parcel_price: Cents = parameter(3_500).between(1, 100_000),
        shortage: OneOf<Shortage> = parameter(Shortage::ListOrder),
        contents: Document<Contents> = parameter(contents::DEFAULT).keyword("properties", contents::schema()),
    }
}

osn_program_sdk::form! {
    /// About the household. Names, AMKA and address are the host's own questions.
    pub struct Household {
        disability_percent: Fixed = ask(Eligibility, "social-protection").required().special().between(0, 1_000_000)
            .shown_as("percent").proven_until("disability-certificate"),
        annual_income: Cents = ask(Ranking, "public-task").required().between(0, 100_000_000).proven_by("tax-return"),
        resident: Flag = ask(Eligibility, "public-task").required().proven_by("residence-proof"),
        at_home: Several<Window> = ask(Delivery, "public-task"),
    }
}

osn_program_sdk::options! {
    /// What proves that a parcel was received.
    pub enum Proof { Signed = "signed", Reference = "reference-shown", Witness = "second-courier" }
}

osn_program_sdk::form! {
    /// What is written down when a parcel is handed over: enough to recall it, and to know who has it.
    pub struct Receipt {
        lot: Text = ask(Delivery, "public-task").required().between(1, 40).impersonal().role("lot"),
        use_by: Date = ask(Delivery, "public-task").required().impersonal().role("use-by"),
        proof: OneOf<Proof> = ask(Delivery, "public-task").required(),
        taken_by: Text = ask(Delivery, "public-task").at_most(200).role("collected-by").among("application.collected-by"),
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
        Self::about_under(&<Parameters as osn_program_sdk::Parameters>::defaults())
    }

    fn about_under(parameters: &Parameters) -> About {
        let default = Contents::default();
        let contents = parameters.contents.as_ref().unwrap_or(&default);
        let collects = ask(Delivery, "public-task").at_most(200);
        About::of_households("food-parcel")
            .max_members(20)
            .host_asks(collects.for_host_only::<Text>("collected_by"))
            .delivered_by("home-delivery")
            .features_of("application.at-home")
            .recorded::<Receipt>()
            .supply("parcel", "food")
            .texts("el", &contents.text("el"))
            .texts("en", &contents.text("en"))
            .expense_category("food")
            .reason("wrong-shape")
            .reason("bad-text")
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
        contents::check(parameters.contents.as_ref())
    }

    fn assess(case: &Case<'_, Self>) -> (Criteria, Keys) {
        let Household {
            disability_percent,
            annual_income,
            resident,
            at_home: _,
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
        Ok(rounds::plan(plan))
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

//! The rules of this program: what is asked, what is checked, how the list is ranked, what is handed over.

use osn_program_sdk::prelude::*;

osn_program_sdk::parameters! {
    pub struct Parameters {
        income_limit: Cents = parameter(1_000_000).between(0, 100_000_000),
        price: Cents = parameter(2_500).between(1, 100_000),
    }
}
osn_program_sdk::form! {
    pub struct Household {
        resident: Flag = ask(Purpose::Eligibility, "public-task").required().proven_by("residence-proof"),
        income: Cents = ask(Purpose::Ranking, "public-task").required().between(0, 100_000_000).proven_by("tax-return"),
    }
}
osn_program_sdk::criteria! {
    pub struct Criteria(p: Parameters) {
        residence = criterion("call-terms").of("application.resident").holds(),
        income_limit = criterion("call-terms").of("application.income").at_most("cents", p.income_limit),
    }
}
osn_program_sdk::ranking! {
    pub struct Keys { income = ascending("cents").between(0, 100_000_000) }
}

pub struct ProgramType;

impl Program for ProgramType {
    type Parameters = Parameters;
    type Application = Household;
    type Claim = Nothing;
    type Member = Nothing;
    type Facts = Nothing;
    type Criteria = Criteria;
    type Keys = Keys;

    fn about() -> About {
        let about = About::of_households("program-key").delivered_by("pickup");
        let about = about.supply("parcel", "goods").expense_category("goods");
        about
            .failure("not-fetched", true)
            .indicator("households", "count", "households")
    }
    fn assess(case: &Case<'_, Self>) -> (Criteria, Keys) {
        let Household { resident, income } = case.application;
        let criteria = Criteria {
            residence: Finding::holds(resident.value).proven(resident.evidence),
            income_limit: Finding::at_most(income.value, case.parameters.income_limit).proven(income.evidence),
        };
        (criteria, Keys { income: income.value })
    }
    fn plan(plan: &Plan<'_, Self>) -> Result<Schedule, Refusal> {
        Ok(plan.one_each(0, plan.parameters.price))
    }
    fn estimate(parameters: &Parameters, _people: u32, households: u32, occasions: u32) -> Vec<BudgetLine> {
        vec![priced(0, parameters.price, households.saturating_mul(occasions))]
    }
}
osn_program_sdk::export!(ProgramType);

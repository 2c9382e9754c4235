//! What an author implements.

use crate::about::About;
use crate::bindings::exports::osn::program::planner;
use crate::bindings::osn::program::types::Problem;
use crate::day::Day;
use crate::form::Form;
use crate::judge::{Findings, RankingKeys};
use crate::parameters::Parameters;
use crate::plan::{Plan, Schedule};

/// One line of an estimate: expense category (its position in the description), cents, pieces.
pub use planner::BudgetLine;

/// One claim, with everything that a verdict on it may depend on.
#[derive(Debug)]
pub struct Case<'a, P: Program + ?Sized> {
    /// The day as of which everything is judged.
    pub as_of: Day,
    /// The call's parameters.
    pub parameters: &'a P::Parameters,
    /// Answers about the application.
    pub application: &'a P::Application,
    /// Answers about the claim.
    pub claim: &'a P::Claim,
    /// Answers about all claims of the application, this one among them.
    pub claims: &'a [P::Claim],
    /// Members of the household beside the applicant.
    pub members: &'a [P::Member],
    /// Facts that the host found out.
    pub facts: &'a P::Facts,
}

/// An input that the program cannot answer for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// Symbol of the reason, see [`About::own_reason`].
    pub code: u16,
    /// The row, if there is one.
    pub row: Option<u32>,
}

/// A kind of intervention.
pub trait Program {
    /// What a call may set.
    type Parameters: Parameters;
    /// Questions about the application.
    type Application: Form;
    /// Questions about each claim.
    type Claim: Form;
    /// Questions about each member of the household.
    type Member: Form;
    /// Facts that the host is asked for.
    type Facts: Form;
    /// What is checked.
    type Criteria: Findings<Self::Parameters>;
    /// What the list is ranked by.
    type Keys: RankingKeys;

    /// Everything else that the description says.
    fn about() -> About;

    /// The same under a call's parameters, where they give options, places or texts.
    fn about_under(_parameters: &Self::Parameters) -> About {
        Self::about()
    }

    /// The keys of the list under a call's parameters, where they give them.
    fn ranking(_parameters: &Self::Parameters) -> Vec<crate::json::Value> {
        Self::Keys::declared()
    }

    /// What is wrong with parameters that are well formed; the schema's bounds were checked before.
    fn check(_parameters: &Self::Parameters) -> Vec<Problem> {
        Vec::new()
    }

    /// The verdict on one claim: a plain function of its own case.
    fn assess(case: &Case<'_, Self>) -> (Self::Criteria, Self::Keys);

    /// The deliveries of awarded rows, in the order of the list.
    fn plan(plan: &Plan<'_, Self>) -> Result<Schedule, Refusal>;

    /// What a run of this size is expected to cost.
    fn estimate(parameters: &Self::Parameters, people: u32, households: u32, occasions: u32) -> Vec<BudgetLine>;
}

/// Exports a program from its crate. Outside WebAssembly it does nothing, so that the crate stays an ordinary library.
#[macro_export]
macro_rules! export {
    ($program:ty) => {
        #[cfg(target_arch = "wasm32")]
        mod osn_exported {
            //! Generated: the program behind the contract.
            #![expect(unsafe_code, reason = "exports of the generated bindings")]
            use super::*;
            type Exported = $crate::run::Exported<$program>;
            $crate::bindings::export_bindings!(Exported with_types_in $crate::bindings);
        }
    };
}

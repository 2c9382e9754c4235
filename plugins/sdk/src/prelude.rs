//! What most programs use, for one line at the top: `use osn_program_sdk::prelude::*;`.

pub use crate::about::About;
pub use crate::{
    Answer, BudgetLine, Case, Cents, Date, Day, Evidence, Finding, Fixed, Flag, Int, Nothing, OneOf, Plan, Program,
    Purpose, Ranked, Refusal, Scale, Schedule, Several, ascending, ask, criterion, descending, fact, parameter, priced,
};
